"""Ticketing tables: event definitions and the exports of pretix, Eventbrite and Hi.Events, told apart by their headers.

    landing/ticketing/**.csv, **.tsv, **.xlsx, **.xls, **.ods  ->  raw_ticketing.<kind>

Every cell lands as text; amounts, whole numbers and times in one spelling each (`1.234,50` as `1234.50`, `3/5/25 2:00
PM` as `2025-03-05 14:00:00`), so that models only cast. Columns that a kind does not know, questions among them, go
into `extra` as JSON. A row with a cell that cannot be read is rejected; the rest of the file lands. Where models sum
over the rows of an event, as they do over quotas and ticket types, the rejected row leaves a mark in
`unread_capacities`: the rest would pass for the whole.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from loaders.config import Settings, local_instant
from loaders.readers.sheets import Row, Sheet, read_tables
from loaders.readers.sheets.columns import NO_LIMIT
from loaders.source import File, Parsed, Quarantined, Rejection, Unreadable
from loaders.sources.ticketing import values
from loaders.sources.ticketing.definitions import Definitions, folders_of
from loaders.sources.ticketing.lookups import currency
from loaders.sources.ticketing.sheets import book, sheet_layout
from loaders.sources.ticketing.tables import CSV_LAYOUTS, UNREAD_CAPACITIES, Layout

VERSION = "4"

_LAYOUTS = {layout.name: layout for layout in CSV_LAYOUTS}
_CENT = Decimal("0.01")
_MOST = 10**9
# Printed in UTC without saying so.
_IN_UTC = ("created_at", "created_date", "last_updated_date")


def read_csv(content: bytes, file: File, settings: Settings, sidecar: bytes | None, *, context: Definitions) -> Parsed:
    """Read one file. Raises `Quarantined` for a file that is no kind, lacks a column, or says nothing of its event."""
    landed: dict[str, list[dict[str, Any]]] = {}
    rejections: list[Rejection] = []
    organization, event = folders_of(file.source_file)
    folder = {"_folder_organization_id": organization, "_folder_event_key": event}
    read = duplicates = skipped = 0
    for sheet in read_tables(content, book(settings), settings):
        layout = _LAYOUTS[sheet.layout.name]
        if not layout.names_event and not event and layout.reference not in sheet.titles:
            raise Quarantined(
                "event_unknown",
                f"found an export of {layout.name} that names no event; put it below a folder event=<event_key>",
            )
        read, duplicates = read + sheet.rows_read, duplicates + sheet.rows_duplicate
        skipped += sheet.rows_skipped
        refused = list(sheet.rejections)
        rows = landed.setdefault(layout.name, [])
        cells_of = dict(sheet.refused_cells)
        for row in sheet.rows:
            try:
                rows.append({**_row(layout, sheet, row, context, file), **folder, "_source_row": row.line})
            except Unreadable as why:
                refused.append(Rejection(row.line, why.reason_code, why.message, row.text))
                cells_of[row.line] = {name: str(value or "") for name, value in row.values.items()}
        refused.sort(key=lambda each: each.source_row)
        rejections += refused
        if layout.summed and refused:
            marks = (_mark(layout, cells_of.get(each.source_row, {}), each.source_row) for each in refused)
            landed.setdefault(UNREAD_CAPACITIES, []).extend({**mark, **folder} for mark in marks)
    count = sum(len(rows) for name, rows in landed.items() if name != UNREAD_CAPACITIES)
    return Parsed(landed, read, count, rejections, duplicates, skipped)


def _mark(layout: Layout, cells: Mapping[str, str], line: int) -> dict[str, Any]:
    """Of which event and of what the rejected row speaks, as far as its cells stand below their headers."""
    return {
        "kind": layout.name,
        "event_reference": cells.get(layout.reference) or None,
        "name": cells.get(layout.summed) or None,
        "_source_row": line,
    }


def _row(layout: Layout, sheet: Sheet, found: Row, context: Definitions, file: File) -> dict[str, Any]:
    """A row as text, every value in one spelling."""
    row: dict[str, Any] = dict.fromkeys(layout.columns) | found.values
    if row.get("currency") is not None:
        row["currency"] = values.named("currency", currency, row["currency"])
    if layout.name == "events":
        row["timezone"] = values.named("timezone", values.zone, row["timezone"])
        where: ZoneInfo | None = ZoneInfo(row["timezone"])
    else:
        where = context.zone(layout, row, file)
    for name in _typed(layout):
        value = row[name]
        if value is not None:
            row[name] = _spelled(layout, sheet.titles.get(name, name), name, value, where)
    if row.get("order_time") is not None and row.get("order_date") is not None and "order_time" in layout.columns:
        day, clock = found.values["order_date"], found.values["order_time"]
        if isinstance(day, date) and isinstance(clock, time):
            local = datetime.combine(day, clock)
            row["order_time"] = _existing(sheet.titles["order_time"], local, where)
            row["order_date"] = row["order_time"][:10]
    for name in ("is_admission", "is_complimentary"):
        if row.get(name) is not None:
            row[name] = values.named(name, values.flag, row[name])
    if row.get("ad_platform") is not None:
        row["ad_platform"] = row["ad_platform"].lower()
    row["extra"] = json.dumps(found.extra, ensure_ascii=False)
    return row


@cache
def _typed(layout: Layout) -> tuple[str, ...]:
    """The columns whose values are no text."""
    kinds = sheet_layout(layout).columns
    return tuple(column.name for column in kinds if column.kind not in ("text", "name", "id", "currency"))


def _spelled(layout: Layout, title: str, name: str, value: Any, where: ZoneInfo | None) -> str:
    if value is NO_LIMIT:
        return "Infinite"
    if isinstance(value, Decimal):
        cents = value.quantize(_CENT)
        if value != cents:
            raise Unreadable(
                "amount_precision", f"found {value} in {title}, expected an amount with at most two decimals"
            )
        return str(cents)
    if isinstance(value, int):
        least, reason = (1, "bad_quantity") if name in layout.wholes else (0, "bad_capacity")
        if not least <= value < _MOST:
            raise Unreadable(reason, f"found {value} in {title}, expected a whole number of at least {least}")
        return str(value)
    if name in layout.times:
        return _time(title, name, value, where)
    return str(value)


def _time(title: str, name: str, value: date, where: ZoneInfo | None) -> str:
    """A wall-clock time that exists where the event is, or a UTC instant where the cell says its offset."""
    moment = value if isinstance(value, datetime) else datetime.combine(value, time())
    if moment.tzinfo is None and name == "updated_at":
        raise Unreadable("naive_timestamp", f"found {value} in {title}, expected a timestamp with an offset or Z")
    if moment.tzinfo is None and name not in _IN_UTC:
        return _existing(title, moment, where)
    known = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return known.isoformat(" ").replace("+00:00", "Z")


def _existing(title: str, local: datetime, where: ZoneInfo | None) -> str:
    if where is not None and local_instant(local, where) is None:
        raise Unreadable(
            "bad_date", f"found {local} in {title}, expected a time that exists in {where.key}: clocks skip this one"
        )
    return local.isoformat(" ")
