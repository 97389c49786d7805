"""`ledgerline edit performance CODE --capacity 1440 …`: metadata edits from the command line, all or nothing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from loaders.config import Settings
from loaders.readers.dates import span
from loaders.source import Edit, Editor, EditRefused, File, Parsed, Source, UnknownCode
from loaders.sources.box_office import values
from loaders.sources.box_office.csv_kinds import SALES_FIELDS
from loaders.sources.box_office.settings import timezone
from loaders.warehouse.engine import Warehouse

# Where a code may be known from, before any build.
_CODE_TABLES = ("performance_sales_rows", "price_type_rows", "history_rows", "migration_rows", "metadata_edits")


def read_edit(
    code: str, options: Mapping[str, str], effective_from: str | None, by: str | None, note: str | None
) -> Edit:
    """Check a command's words. Raises `EditRefused` for a sales field, an unknown field or a bad value."""
    performance_code = values.read_code(code)
    if performance_code is None:
        raise EditRefused(f"performance code is {code!r}, expected 1-11 of A-Z 0-9 _ -")
    if not options:
        raise EditRefused("nothing to edit; name a field, such as --capacity 1440")
    fields: dict[str, str | None] = {}
    for field, text in options.items():
        option = "--" + field.replace("_", "-")
        if field in SALES_FIELDS:
            raise EditRefused(f"{option}: sales come from reports only; nothing was written")
        if field not in values.EDITABLE_FIELDS:
            known = ", ".join("--" + name.replace("_", "-") for name in values.EDITABLE_FIELDS)
            raise EditRefused(f"{option}: no such field; expected one of {known}")
        fields[field] = None if text == "NULL" else values.canonical(field, text)
        if text != "NULL" and fields[field] is None:
            raise EditRefused(f"{option} is {text!r}, expected {values.expected(field)} or NULL; nothing was written")
    for option, remark in (("--by", by), ("--note", note)):
        if remark is not None and not values.is_plain_text(remark):
            raise EditRefused(f"{option} is {remark!r}, expected plain text")
    day = None
    if effective_from is not None:
        day = values.read_iso_date(effective_from)
        if day is None:
            raise EditRefused(f"--effective-from is {effective_from!r}, expected a date as YYYY-MM-DD {span()}")
    return Edit(performance_code, fields, day, by, note)


def apply_edit(source: Source, edit: Edit, settings: Settings, warehouse: Warehouse) -> int:
    """Write an edit to raw at once; the number of fields. Raises `UnknownCode`, and then nothing was written."""
    # Which a command that edits nothing need not import.
    from loaders.landing.files import land_rows, next_run  # noqa: PLC0415

    warehouse.create_missing(source.schema, source.tables)
    _require_known(edit.code, settings, warehouse)
    landed_run = next_run(warehouse)
    effective_from = edit.effective_from or settings.as_of.astimezone(settings.of(timezone)).date()
    rows = [
        {
            "_source_row": 1,
            "performance_code": edit.code,
            "field": field,
            "value": value,
            "effective_from": effective_from,
            "changed_at": settings.as_of,
            "changed_by": edit.changed_by or settings.user,
            "source": "cli",
            "note": edit.note,
        }
        for field, value in edit.fields.items()
    ]
    # The run's number makes the same edit, made again after another one, an edit of its own.
    said = json.dumps([landed_run, settings.organization, rows], default=str, sort_keys=True)
    file = File(
        Path("-"), "ledgerline edit", settings.organization, source_hash=hashlib.sha256(said.encode()).hexdigest()
    )
    land_rows(source, settings, warehouse, landed_run, file, Parsed({"metadata_edits": rows}, 1, 1))
    return len(rows)


def _require_known(code: str, settings: Settings, warehouse: Warehouse) -> None:
    union = " union all ".join(
        f"select performance_code from raw_box_office.{table} where organization_id = %s and performance_code = %s"
        for table in _CODE_TABLES
    )
    with warehouse.connect() as connection:
        found = connection.query(
            f"select count(*) from ({union}) as known_codes", *([settings.organization, code] * len(_CODE_TABLES))
        )[0][0]
    if not found:
        raise UnknownCode(
            f"no performance {code} in organization {settings.organization}: no report, CSV row or edit has it. "
            "Check the code; a performance without sales yet is made by a metadata CSV"
        )


PERFORMANCE = Editor(read_edit, apply_edit)
