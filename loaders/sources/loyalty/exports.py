"""Exports of the programme's tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from loaders.config import ORGANIZATION_ID, Settings
from loaders.readers import cells, sheets
from loaders.readers.export_dates import ExportDate, Observed
from loaders.readers.sheets import Book, Kind, Row, read_tables
from loaders.readers.sheets.columns import NoLimit, Value
from loaders.source import File, Parsed, Rejection, Unreadable
from loaders.sources.loyalty.tables import LAYOUTS, Column, Layout
from loaders.warehouse.engine import Warehouse

VERSION = "3"

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
    """Read a table's rows. Raises `Quarantined` (`bad_encoding`, `unknown_kind`, `duplicate_header`, dates, …)."""
    is_export = not file.source_file.startswith("sql:")
    when = context.date_of(file) if is_export and context else ExportDate(settings.as_of.date(), "as_of")
    # What is read of a database is written here, with points.
    book = _BOOK if is_export else replace(_BOOK, decimal_mark=".")
    tables: dict[str, list[dict[str, Any]]] = {}
    rejections: list[Rejection] = []
    count = duplicates = skipped = 0
    for sheet in read_tables(content, book, settings):
        layout = _BY_NAME[sheet.layout.name]
        count, skipped = count + sheet.rows_read, skipped + sheet.rows_skipped
        refused: list[Rejection] = []
        for each in sheet.rejections:
            cells_found = sheet.refused_cells.get(each.source_row, {})
            if layout.name == "users" and cells_found and _is_nobody(cells_found["tiktok_handle"]):
                skipped += 1
            else:
                refused.append(replace(each, raw_text=_listed_text(layout, cells_found)))
        read: dict[tuple[Any, ...], dict[str, Any]] = {}
        for found in sheet.rows:
            if layout.name == "users" and _is_nobody(str(found.values["tiktok_handle"] or "")):
                skipped += 1
                continue
            try:
                row = _row(layout, found)
            except Unreadable as why:
                text = _listed_text(layout, {name: str(value) for name, value in found.values.items() if value})
                refused.append(Rejection(found.line, why.reason_code, why.message, text))
                continue
            key = tuple(row[name] for name in layout.key)
            # A key that stands there twice: the last row says how it is.
            duplicates += key in read
            dated = {"export_date": when.day, "export_date_source": when.source, "_source_row": found.line}
            read[key] = {**row, **dated}
        rejections += sorted(refused, key=lambda each: each.source_row)
        tables.setdefault(layout.name, []).extend(sorted(read.values(), key=lambda row: row["_source_row"]))
    landed = sum(map(len, tables.values()))
    return Parsed(tables, count, landed, rejections, duplicates, skipped)


def _is_nobody(handle: str) -> bool:
    return handle in _NO_VALUE or not cells.handle_key(handle)


def _listed_text(layout: Layout, found: Mapping[str, str]) -> str:
    """A refused row as the books may keep it: what is in no listed column, such as an e-mail address, stays out."""
    names = {column.name for column in layout.columns}
    return ", ".join(f"{name}={cell}" for name, cell in found.items() if name in names)


def _row(layout: Layout, found: Row) -> dict[str, Any]:
    """One row. The first bad field in the table's order names the reason."""
    row: dict[str, Any] = {}
    for column in layout.columns:
        row.update(_cell(column, found.values.get(column.name)))
    if layout.name == "sales_adjustments" and row["amount"] is None and row["amount_units"] is None:
        raise Unreadable("empty_adjustment", "amount and amount_units are blank, expected one of them")
    return row


def _cell(column: Column, value: Value) -> Mapping[str, Any]:
    name = column.name
    value = None if value in _NO_VALUE or value == "" else value
    if value is None and column.choices and column.is_required:
        raise Unreadable("bad_value", f"{name} is blank, expected one of {', '.join(column.choices)}")
    if value is None and column.is_required and not column.may_be_blank:
        raise Unreadable("missing_value", f"{name} is blank")
    if column.type == "handle":
        text = str(value or column.default)
        return {name: text, f"{name}_key": cells.handle_key(text)}
    if value is None and column.default:
        value = int(column.default) if column.type == "count" else column.default
    return {name: None if value is None else _value(column, value)}


def _value(column: Column, value: str | int | Decimal | date | time | NoLimit) -> Any:
    name = column.name
    if column.choices and value not in column.choices:
        raise Unreadable("bad_value", f"{name} is {str(value)[:60]!r}, expected one of {', '.join(column.choices)}")
    if column.type == "id" and not ORGANIZATION_ID.fullmatch(str(value)):
        raise Unreadable("bad_value", f"{name} is {str(value)[:60]!r}, expected 1-64 of A-Z a-z 0-9 _ -")
    if column.type == "flag":
        if str(value).lower() not in _FLAGS:
            raise Unreadable("bad_value", f"{name} is {str(value)[:60]!r}, expected true or false")
        return _FLAGS[str(value).lower()]
    if name == "checkpoint_months" and not 1 <= int(str(value)) <= 1_200:
        raise Unreadable("bad_number", f"{name} is {value}, expected 1 to 1200")
    if isinstance(value, Decimal):
        return _decimal(column, value)
    if column.type == "instant":
        if not isinstance(value, datetime):
            raise Unreadable("bad_timestamp", f"{name} is {value}, expected a time such as 2025-01-15T08:00:00Z")
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    return value


def _decimal(column: Column, value: Decimal) -> Decimal:
    """Money in cents, percentage points to four places, rounded half away from zero."""
    places = _CENT if column.type == "money" else _POINTS
    rounded = value.quantize(places, ROUND_HALF_UP)
    if abs(rounded) >= _MOST or (column.type == "percent" and not 0 <= rounded < 10_000_000):
        reason = "bad_money" if column.type == "money" else "bad_number"
        raise Unreadable(reason, f"{column.name} is {value}, expected an amount that there can be")
    return rounded


_CENT, _POINTS, _MOST = Decimal("0.01"), Decimal("0.0001"), 10**13
_KINDS: Mapping[str, tuple[Kind, str]] = {
    **{"id": ("id", ""), "handle": ("name", ""), "count": ("count", "bad_number"), "money": ("money", "bad_money")},
    **{"percent": ("percent", "bad_number"), "flag": ("text", ""), "instant": ("moment", "bad_timestamp")},
}


def _kind_of(column: Column) -> tuple[Kind, str]:
    """What a column's cells hold, and the reason code of one that does not."""
    is_id = column.type == "text" and (column.name == "id" or column.name.endswith("_id"))
    return ("id", "") if is_id else _KINDS.get(column.type, ("name", ""))


_BY_NAME = {layout.name: layout for layout in LAYOUTS}
_BOOK = Book(
    tuple(
        sheets.Layout(
            layout.name,
            f"the table {layout.name}",
            tuple(sheets.Column(column.name, *_kind_of(column)) for column in layout.columns),
            tuple((name,) for name in layout.required),
            advice="export the whole table",
            is_each_once=True,
            # Databases write days as ISO does.
            order="",
        )
        for layout in LAYOUTS
    ),
    reasons={"cells": "column_count", "empty_file": "unknown_kind", "missing_column": "unknown_kind"},
)
