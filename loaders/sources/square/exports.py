"""Square's dashboard exports: transactions, items and customers, told by their headers.

    landing/square/**.csv, **.xlsx, …  ->  raw_square.export_transactions, export_items, export_customers

Exports overlap and repeat each other; every row of every file lands with the latest row date of its file, and the
models let one file speak for a transaction. A row says its own zone and place, and its currency where a sign, a code
or a column `Currency` does; else it is the organisation's. Amounts stay decimal text: their minor unit is the
currency's.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from typing import Any

from loaders.config import Settings
from loaders.readers.sheets import Book, Column, Kind, Layout, Row, read_tables
from loaders.source import File, Parsed, Rejection, Unreadable
from loaders.sources.square import values
from loaders.sources.square.pages import instant_text
from loaders.sources.square.resources import EXPORT_CUSTOMERS, EXPORT_ITEMS, EXPORT_TRANSACTIONS

VERSION = "4"

_REASONS = {
    **dict.fromkeys(("unknown_kind", "missing_column", "duplicate_header", "empty_file"), "bad_header"),
    "money": "bad_money",
}


@dataclass(frozen=True)
class Export:
    """A kind of export: its layout, whose name is its raw table's, and how a row is read (None: skipped)."""

    layout: Layout
    read: Callable[[Row], dict[str, Any] | None]


def read_csv(content: bytes, file: File, settings: Settings, sidecar: bytes | None) -> Parsed:
    """Read one export. Raises `Quarantined` (`bad_encoding`, `bad_header`, what every table is refused for)."""
    tables: dict[str, list[dict[str, Any]]] = {}
    rejections: list[Rejection] = []
    rows_read = skipped = 0
    for sheet in read_tables(content, _BOOK, settings):
        export = _EXPORTS[sheet.layout.name]
        rows_read, skipped = rows_read + sheet.rows_read, skipped + sheet.rows_skipped
        read: list[tuple[int, dict[str, Any]]] = []
        refused = list(sheet.rejections)
        for row in sheet.rows:
            try:
                entry = export.read(row)
            except Unreadable as why:
                refused.append(Rejection(row.line, why.reason_code, why.message, row.text))
                continue
            if entry is None:
                skipped += 1
            else:
                read.append((row.line, entry))
        rejections += sorted(refused, key=lambda each: each.source_row)
        # Which of two overlapping files speaks for a transaction: the one that reaches further.
        latest = max((entry["row_date"] for _, entry in read if entry["row_date"]), default=None)
        landed = [_landed(line, {**entry, "file_latest_date": latest}) for line, entry in read]
        tables.setdefault(export.layout.name, []).extend(landed)
    return Parsed(tables, rows_read, sum(map(len, tables.values())), rejections, rows_skipped=skipped)


def _transaction(row: Row) -> dict[str, Any]:
    kind = row.values["event_type"]
    if kind not in ("Payment", "Refund"):
        raise Unreadable("unknown_event_type", f"Event Type is {str(kind or '')[:60]!r}, expected Payment or Refund")
    when = _when(row)
    (total, tip, gift), currency = _amounts(row, "total_collected", "tip", "gift_card_sales")
    if kind == "Payment" and (min(total, tip, gift) < 0 or total < tip or total - tip < gift):
        raise Unreadable(
            "bad_money",
            f"a payment of {total} with a tip of {tip} and gift cards of {gift}; expected 0 or more, and the parts "
            "within the whole",
        )
    return {
        "object_id": f"{row.values['transaction_id']}>{row.values['payment_id']}>{kind}",
        "event_type": kind,
        "transaction_id": row.values["transaction_id"],
        "payment_id": row.values["payment_id"],
        "total_collected": str(abs(total) if kind == "Refund" else total),
        "tip": str(tip),
        "gift_card_sales": str(gift),
        **when,
        "currency": currency,
        **_where(row),
    }


def _item(row: Row) -> dict[str, Any] | None:
    kind = row.values["event_type"]
    if kind == "Refund":
        return None
    if kind != "Payment":
        raise Unreadable("unknown_event_type", f"Event Type is {str(kind or '')[:60]!r}, expected Payment or Refund")
    when = _when(row)
    (net, discount), currency = _amounts(row, "net_sales", "discounts")
    if net < 0:
        raise Unreadable("bad_money", f"Net Sales of a payment is {net}, expected 0 or more")
    return {
        "object_id": row.values["transaction_id"],
        "transaction_id": row.values["transaction_id"],
        "name": row.values["item"],
        "quantity": row.values["qty"],
        "net_sales": str(net),
        "discount": str(abs(discount)) if row.values.get("discounts") is not None else None,
        "itemization_type": row.values.get("itemization_type"),
        **when,
        "currency": currency,
        **_where(row),
    }


def _customer(row: Row) -> dict[str, Any]:
    dates = [found for name in ("first_visit", "last_visit") if isinstance(found := row.values.get(name), date)]
    phone = row.values["phone_number"]
    return {
        "object_id": row.values["square_customer_id"],
        "given_name": row.values["first_name"],
        "family_name": row.values["last_name"],
        "email_address": row.values["email_address"],
        # A spreadsheet's guard before the plus sign is no part of the number.
        "phone_number": (str(phone).lstrip("'") or None) if phone else None,
        "creation_source": row.values.get("creation_source"),
        "row_date": max(dates).isoformat() if dates else None,
    }


def _where(row: Row) -> dict[str, Any]:
    return {"location_name": row.values.get("location"), "customer_id": row.values.get("customer_id")}


def _when(row: Row) -> dict[str, Any]:
    """The row's instant, its day as it stands there, and its zone."""
    on, clock = row.values["date"], row.values["time"]
    if not isinstance(on, date) or not isinstance(clock, time):
        raise Unreadable("bad_date", "Date or Time is blank")
    at, zone = values.instant(on, clock, str(row.values["time_zone"] or ""))
    return {"created_at": instant_text(at), "row_date": on.isoformat(), "time_zone": zone.key}


def _amounts(row: Row, *names: str) -> tuple[list[Decimal], str | None]:
    """The row's amounts in these columns, where a blank is nothing, and its currency, where it says one."""
    stated = row.values.get("currency")
    if stated is not None and not values.is_currency(str(stated)):
        raise Unreadable("bad_money", f"Currency is {str(stated)[:20]!r}, expected a code of the seed currencies")
    found = []
    for name in names:
        amount = row.values.get(name)
        found.append(amount if isinstance(amount, Decimal) else Decimal(0))
        if not values.has_no_smaller_part(found[-1], row.currency):
            raise Unreadable("bad_money", f"{name} is {found[-1]}, expected no smaller part than {row.currency} has")
    return found, row.currency


def _landed(line: int, entry: dict[str, Any]) -> dict[str, Any]:
    payload = json.dumps(
        {name: value for name, value in entry.items() if value is not None and name != "object_id"},
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
    )
    return {
        "object_id": entry["object_id"],
        "version": None,
        "updated_at": None,
        "content_hash": hashlib.sha256(payload.encode()).hexdigest(),
        "payload": payload,
        "_source_row": line,
    }


_KINDS: Mapping[str, Kind] = {
    **{"date": "date", "time": "clock", "time_zone": "text", "event_type": "text"},
    **{"total_collected": "money", "tip": "money", "gift_card_sales": "money", "net_sales": "money"},
    **{"transaction_id": "id", "payment_id": "id", "square_customer_id": "id"},
}
_PLACE = (Column("location", "name"), Column("currency", "currency"), Column("customer_id", "id"))


def _layout(table: str, title: str, required: tuple[str, ...], needed: tuple[str, ...], *optional: Column) -> Layout:
    """A layout of the dashboard's, which writes the month first where nothing else shows."""
    return Layout(
        table,
        title,
        (*(Column(name, _KINDS.get(name, "name")) for name in required), *optional),
        tuple((name,) for name in required),
        advice="take the dashboard's own export, in English, with all its columns",
        needed=tuple((name,) for name in needed),
        is_each_once=True,
    )


_EXPORTS = {
    export.layout.name: export
    for export in (
        Export(
            _layout(
                EXPORT_TRANSACTIONS,
                "Square's transactions",
                (
                    *("date", "time", "time_zone", "total_collected", "tip", "gift_card_sales"),
                    *("transaction_id", "payment_id", "event_type"),
                ),
                ("transaction_id", "payment_id"),
                *_PLACE,
            ),
            _transaction,
        ),
        Export(
            _layout(
                EXPORT_ITEMS,
                "Square's item sales",
                ("date", "time", "time_zone", "item", "qty", "net_sales", "transaction_id", "event_type"),
                ("transaction_id",),
                *_PLACE,
                Column("itemization_type"),
                Column("discounts", "money"),
            ),
            _item,
        ),
        Export(
            _layout(
                EXPORT_CUSTOMERS,
                "Square's customers",
                ("first_name", "last_name", "email_address", "phone_number", "square_customer_id"),
                ("square_customer_id",),
                *(Column("first_visit", "date"), Column("last_visit", "date"), Column("creation_source")),
            ),
            _customer,
        ),
    )
}
_BOOK = Book(tuple(export.layout for export in _EXPORTS.values()), reasons=_REASONS)
