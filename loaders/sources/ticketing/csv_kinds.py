"""Ticketing CSV: event definitions and the exports of pretix, Eventbrite and Hi.Events, told apart by their headers.

    landing/ticketing/**.csv  ->  raw_ticketing.<kind>

Every cell lands as text; amounts, whole numbers and times in one spelling each (`1.234,50` as `1234.50`, `3/5/25 2:00
PM` as `2025-03-05 14:00:00`), so that models only cast. Columns that a kind does not know, questions among them, go
into `extra` as JSON. A row with a cell that cannot be read is rejected; the rest of the file lands. Where models sum
over the rows of an event, as they do over quotas and ticket types, the rejected row leaves a mark in
`unread_capacities`: the rest would pass for the whole.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from loaders import source
from loaders.config import Settings
from loaders.readers.csv_text import Record, decode, delimiter_of, records
from loaders.source import File, Parsed, Quarantined, Rejection
from loaders.sources.ticketing import values
from loaders.sources.ticketing.definitions import Definitions, folders_of
from loaders.sources.ticketing.lookups import capacity, currency, header_aliases
from loaders.sources.ticketing.tables import CSV_LAYOUTS, UNREAD_CAPACITIES, Layout
from loaders.sources.ticketing.values import Unreadable, header_name

VERSION = "2"

_DEFINITION_ALIASES = {"organization_id": "row_organization_id"}


def read_csv(content: bytes, file: File, settings: Settings, sidecar: bytes | None, *, context: Definitions) -> Parsed:
    """Read one file. Raises `Quarantined` for a file that is no kind, lacks a column, or says nothing of its event."""
    text = decode(content, utf16=True)
    rows = records(text, delimiter=delimiter_of(text), broken="unknown_kind")
    header = next(rows, None)
    if header is None:
        raise Quarantined("empty_file", "found no line with text, expected a header row and rows; export it again")
    layout, names = layout_of(header.cells, settings)
    folder_organization, folder_event = folders_of(file.source_file)
    if not layout.names_event and not folder_event and layout.reference not in names:
        raise Quarantined(
            "event_unknown",
            f"found an export of {layout.name} that names no event; put it below a folder event=<event_key>",
        )
    is_day_first = "order_no" in map(header_name, header.cells)
    folder = {"_folder_organization_id": folder_organization, "_folder_event_key": folder_event}
    landed: list[dict[str, Any]] = []
    rejections: list[Rejection] = []
    unread: list[dict[str, Any]] = []
    seen: set[tuple[str, ...]] = set()
    read = duplicates = 0
    for record in rows:
        read += 1
        try:
            record.check()
            if len(record.cells) != len(header.cells):
                raise Unreadable("column_count", f"{len(header.cells)} as in the header", f"{len(record.cells)} cells")
            if record.cells in seen:
                duplicates += 1
                continue
            row = _row(layout, names, record, is_day_first, lambda cells: context.zone(layout, cells, file))
            seen.add(record.cells)
            landed.append({**row, **folder, "_source_row": record.line})
        except source.Unreadable as why:
            rejections.append(Rejection(record.line, why.reason_code, why.message, record.text))
            if layout.summed:
                unread.append({**_mark(layout, names, record), **folder, "_source_row": record.line})
    tables = {layout.name: landed, **({UNREAD_CAPACITIES: unread} if unread else {})}
    return Parsed(tables, read, len(landed), rejections, duplicates)


def _mark(layout: Layout, names: Sequence[str], record: Record) -> dict[str, Any]:
    """Of which event and of what the rejected row speaks, as far as its cells stand below their headers."""
    is_whole = len(record.cells) == len(names)
    cells = dict(zip(names, map(values.unshielded, record.cells), strict=False)) if is_whole else {}
    return {
        "kind": layout.name,
        "event_reference": cells.get(layout.reference) or None,
        "name": cells.get(layout.summed) or None,
    }


def layout_of(header: Sequence[str], settings: Settings) -> tuple[Layout, list[str]]:
    """The kind of a header, and each column's name: a repeated one as `<name>__<n>`.

    Raises `Quarantined`: `missing_column` where at least half of one kind's columns are there, else `unknown_kind`.
    """
    normalised = [header_name(cell) for cell in header]
    shares = []
    for layout in CSV_LAYOUTS:
        aliases = header_aliases(layout.platform, settings) if layout.platform else _DEFINITION_ALIASES
        english = [aliases.get(name, name) for name in normalised]
        missing = [name for name in layout.listed if name not in english]
        if not missing:
            return layout, _numbered(normalised, english)
        shares.append(((len(layout.listed) - len(missing)) / len(layout.listed), layout.name, missing))
    share, name, missing = max(shares, key=lambda entry: entry[0])
    if share >= 0.5:
        raise Quarantined(
            "missing_column",
            f"line 1: found most columns of {name}, expected also {', '.join(missing).replace('row_org', 'org')}",
        )
    raise Quarantined(
        "unknown_kind", f"line 1: found {', '.join(header)[:200]!r}, expected the header of a ticketing export"
    )


def _numbered(normalised: Sequence[str], english: Sequence[str]) -> list[str]:
    """English names; the n-th column of one name is `<normalised header>__<n>` and so stays beside the first."""
    count: dict[str, int] = {}
    names = []
    for own, name in zip(normalised, english, strict=True):
        count[name] = count.get(name, 0) + 1
        names.append(name if count[name] == 1 else f"{own}__{count[name]}")
    return names


def _row(layout: Layout, names: Sequence[str], record: Record, is_day_first: bool, zone_of: Any) -> dict[str, Any]:
    cells = {name: values.unshielded(cell) for name, cell in zip(names, record.cells, strict=True)}
    row: dict[str, Any] = {name: cells.get(name) or None for name in layout.columns}
    extra = {name: cell for name, cell in cells.items() if name not in layout.columns}
    row["extra"] = json.dumps(extra, ensure_ascii=False)
    for name in layout.needed:
        if row[name] is None:
            raise Unreadable("missing_key", f"a value in {name}")
    for name in layout.amounts:
        if row[name] is not None:
            row[name] = values.named(name, values.amount, row[name])
    for name in layout.wholes:
        row[name] = values.named(name, values.quantity, row[name])
    if row.get("currency") is not None:
        row["currency"] = values.named("currency", currency, row["currency"])
    _READ[layout.name](row, zone_of(row), is_day_first)
    return row


def _event(row: dict[str, Any], zone: ZoneInfo | None, is_day_first: bool) -> None:
    row["timezone"] = values.named("timezone", values.zone, row["timezone"])
    own = ZoneInfo(row["timezone"])
    for name in ("starts_at", "ends_at"):
        if row[name] is not None:
            row[name] = values.named(name, values.local_or_instant, row[name], own)
    if row["updated_at"] is not None:
        row["updated_at"] = values.named("updated_at", values.instant, row["updated_at"])
    if row["capacity"] is not None:
        row["capacity"] = values.named("capacity", capacity, row["capacity"])


def _ticket_type(row: dict[str, Any], zone: ZoneInfo | None, is_day_first: bool) -> None:
    if row["capacity"] is not None:
        row["capacity"] = values.named("capacity", capacity, row["capacity"])
    if row["quantity_sold"] is not None:
        row["quantity_sold"] = values.named("quantity_sold", values.whole_number, row["quantity_sold"])
    for name in ("is_admission", "is_complimentary"):
        if row[name] is not None:
            row[name] = values.named(name, values.flag, row[name])
    if row["updated_at"] is not None:
        row["updated_at"] = values.named("updated_at", values.instant, row["updated_at"])


def _campaign(row: dict[str, Any], zone: ZoneInfo | None, is_day_first: bool) -> None:
    row["ad_platform"] = row["ad_platform"].lower()


def _pretix(row: dict[str, Any], zone: ZoneInfo | None, is_day_first: bool) -> None:
    if row["order_date"] is not None and row["order_time"] is not None:
        row["order_time"] = values.named("Order time", values.local_time, row["order_date"], row["order_time"], zone)
        row["order_date"] = row["order_time"][:10]
    if row.get("date_of_last_payment") is not None:
        row["date_of_last_payment"] = values.named("date_of_last_payment", values.iso_date, row["date_of_last_payment"])


def _pretix_payment(row: dict[str, Any], zone: ZoneInfo | None, is_day_first: bool) -> None:
    for name in ("creation_date", "completion_date"):
        if row[name] is not None:
            row[name] = values.named(name, values.iso_date, row[name])


def _pretix_quota(row: dict[str, Any], zone: ZoneInfo | None, is_day_first: bool) -> None:
    row["total_quota"] = values.named("total_quota", capacity, row["total_quota"])


def _eventbrite(row: dict[str, Any], zone: ZoneInfo | None, is_day_first: bool) -> None:
    row["order_date"] = values.named("order_date", values.slashed_time, row["order_date"], zone, day_first=is_day_first)


def _hi_events_order(row: dict[str, Any], zone: ZoneInfo | None, is_day_first: bool) -> None:
    row["created_at"] = values.named("created_at", values.utc_time, row["created_at"])


def _hi_events_attendee(row: dict[str, Any], zone: ZoneInfo | None, is_day_first: bool) -> None:
    for name in ("created_date", "last_updated_date"):
        if row[name] is not None:
            row[name] = values.named(name, values.utc_time, row[name])


_READ: Mapping[str, Any] = {
    "events": _event,
    "ticket_types": _ticket_type,
    "event_campaigns": _campaign,
    "pretix_orders": _pretix,
    "pretix_positions": _pretix,
    "pretix_fees": _pretix,
    "pretix_payments": _pretix_payment,
    "pretix_quotas": _pretix_quota,
    "eventbrite_attendees": _eventbrite,
    "hi_events_orders": _hi_events_order,
    "hi_events_attendees": _hi_events_attendee,
}
