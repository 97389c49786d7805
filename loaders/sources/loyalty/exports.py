"""A CSV export of one of the programme's tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from loaders.config import ORGANIZATION_ID, Settings
from loaders.readers import cells
from loaders.readers.csv_text import Record, decode, header_cells, line_records
from loaders.readers.export_dates import ExportDate, Observed
from loaders.source import File, Parsed, Quarantined, Rejection, Unreadable
from loaders.sources.loyalty.tables import LAYOUTS, Column, Layout
from loaders.warehouse.engine import Warehouse

VERSION = "2"

_FLAGS = {
    **dict.fromkeys(("true", "t", "yes", "y", "1"), True),
    **dict.fromkeys(("false", "f", "no", "n", "0"), False),
}
# How tools that export a table write what its database has no value for.
_NO_VALUE = ("NULL", "\\N")


def observed(settings: Settings, warehouse: Warehouse, files: Sequence[File]) -> Observed:
    """The dates under which the bytes of exports were landed before, or are in this run."""
    days: dict[tuple[str, str], ExportDate] = {}
    with warehouse.connect() as connection:
        for layout in LAYOUTS:
            for client, digest, day, source in connection.query(
                "select organization_id, _source_hash, min(export_date), min(export_date_source)"
                f" from raw_loyalty.{layout.name} group by organization_id, _source_hash"
            ):
                days[client, digest] = ExportDate(day, source)
    return Observed.of(days, files)


def read_export(
    content: bytes, file: File, settings: Settings, sidecar: bytes | None, *, context: Observed | None = None
) -> Parsed:
    """Read one table's rows. Raises `Quarantined` (`bad_encoding`, `unknown_kind`, `duplicate_header`, dates)."""
    is_export = not file.source_file.startswith("sql:")
    when = context.date_of(file) if is_export and context else ExportDate(settings.as_of.date(), "as_of")
    try:
        text = decode(content)
    except Quarantined as refused:
        raise Quarantined("bad_encoding" if content else "unknown_kind", refused.detail) from None
    layout, names, delimiter, header_line = _header(text)
    read: dict[tuple[Any, ...], dict[str, Any]] = {}
    rejections: list[Rejection] = []
    count = duplicates = skipped = 0
    for record in line_records(text, len(names), delimiter=delimiter):
        if record.line <= header_line:
            continue
        count += 1
        if record.cells and not any(record.cells):
            skipped += 1
            continue
        try:
            row = _row(layout, names, record)
        except Unreadable as why:
            rejections.append(Rejection(record.line, why.reason_code, why.message, _listed_text(layout, names, record)))
            continue
        if row is None:
            skipped += 1
            continue
        key = tuple(row[name] for name in layout.key)
        # A key that stands there twice: the last row says how it is.
        duplicates += key in read
        read[key] = {**row, "export_date": when.day, "export_date_source": when.source, "_source_row": record.line}
    landed = sorted(read.values(), key=lambda row: row["_source_row"])
    return Parsed({layout.name: landed}, count, len(landed), rejections, duplicates, skipped)


def _header(text: str) -> tuple[Layout, list[str], str, int]:
    """The table, the columns' names, the delimiter and the header's line."""
    line, cells_found = header_cells(text)
    found: list[tuple[int, Layout, list[str], str]] = []
    for delimiter, header in cells_found.items():
        names = ["_".join(cell.lower().split()) for cell in header]
        for layout in LAYOUTS:
            if set(layout.required) <= set(names):
                found.append((len(layout.required), layout, names, delimiter))
    if not found:
        raise Quarantined(
            "unknown_kind",
            f"line {line}: found no table's required columns, expected a header row with those of one of "
            + "; ".join(f"{layout.name}: {', '.join(layout.required)}" for layout in LAYOUTS),
        )
    _, layout, names, delimiter = max(found, key=lambda each: each[0])
    repeated = sorted({name for name in names if names.count(name) > 1 and name in _names(layout)})
    if repeated:
        raise Quarantined("duplicate_header", f"line {line}: {', '.join(repeated)} is there twice, expected it once")
    return layout, names, delimiter, line


def _listed_text(layout: Layout, names: Sequence[str], record: Record) -> str:
    """A refused row as the books may keep it: what is in no listed column, such as an e-mail address, stays out."""
    if len(record.cells) != len(names):
        return ""
    return ", ".join(f"{name}={cell}" for name, cell in zip(names, record.cells, strict=True) if name in _names(layout))


def _names(layout: Layout) -> set[str]:
    return {column.name for column in layout.columns}


def _row(layout: Layout, names: Sequence[str], record: Record) -> dict[str, Any] | None:
    """One row, or None for a user without a handle. The first bad field in header order names the reason."""
    record.check()
    if len(record.cells) != len(names):
        what = f"{len(record.cells)} cells" if record.cells else "broken quoting"
        raise Unreadable("column_count", f"found {what}, expected {len(names)} cells as in the header")
    found = dict(zip(names, record.cells, strict=True))
    if layout.name == "users" and (found["tiktok_handle"] in _NO_VALUE or not cells.handle_key(found["tiktok_handle"])):
        return None
    by_name = {column.name: column for column in layout.columns}
    row: dict[str, Any] = {}
    for name in [*(name for name in names if name in by_name), *(name for name in by_name if name not in found)]:
        row.update(_cell(by_name[name], found.get(name, "")))
    if layout.name == "sales_adjustments" and row["amount"] is None and row["amount_units"] is None:
        raise Unreadable("empty_adjustment", "amount and amount_units are blank, expected one of them")
    return row


def _cell(column: Column, text: str) -> Mapping[str, Any]:
    name = column.name
    text = "" if text in _NO_VALUE else text
    if not text and column.choices and column.is_required:
        raise Unreadable("bad_value", f"{name} is blank, expected one of {', '.join(column.choices)}")
    if not text and column.is_required and not column.may_be_blank:
        raise Unreadable("missing_value", f"{name} is blank")
    text = text or column.default
    if column.type == "handle":
        return {name: text, f"{name}_key": cells.handle_key(text)}
    return {name: _value(column, text) if text else None}


def _value(column: Column, text: str) -> Any:
    name = column.name
    if column.choices and text not in column.choices:
        raise Unreadable("bad_value", f"{name} is {text[:60]!r}, expected one of {', '.join(column.choices)}")
    if column.type == "id" and not ORGANIZATION_ID.fullmatch(text):
        raise Unreadable("bad_value", f"{name} is {text[:60]!r}, expected 1-64 of A-Z a-z 0-9 _ -")
    if column.type == "flag":
        if text.lower() not in _FLAGS:
            raise Unreadable("bad_value", f"{name} is {text[:60]!r}, expected true or false")
        return _FLAGS[text.lower()]
    if column.type == "count":
        value = cells.count(name, text)
        if name == "checkpoint_months" and not 1 <= value <= 1_200:
            raise Unreadable("bad_number", f"{name} is {text[:60]!r}, expected 1 to 1200")
        return value
    if column.type == "percent":
        return cells.percent(name, text, "bad_number", 4) if text else None
    readers = {"money": cells.money, "instant": cells.instant}
    return readers[column.type](name, text) if column.type in readers else text
