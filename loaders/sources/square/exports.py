"""Square's dashboard exports: transactions, items and customers as CSV, told by their headers.

    landing/square/**.csv  ->  raw_square.export_transactions, export_items, export_customers

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
from datetime import date
from decimal import Decimal
from typing import Any

from loaders.config import Settings
from loaders.readers.csv_text import decode, records
from loaders.source import File, Parsed, Quarantined, Rejection, Unreadable
from loaders.sources.square import values
from loaders.sources.square.pages import instant_text
from loaders.sources.square.resources import EXPORT_CUSTOMERS, EXPORT_ITEMS, EXPORT_TRANSACTIONS

VERSION = "3"

Row = Mapping[str, str]


@dataclass(frozen=True)
class Export:
    """A kind of export: its raw table, the headers that tell it, and how a row is read (None: skipped)."""

    table: str
    headers: tuple[str, ...]
    read: Callable[[Row], dict[str, Any] | None]


def read_csv(content: bytes, file: File, settings: Settings, sidecar: bytes | None) -> Parsed:
    """Read one export. Raises `Quarantined` (`bad_encoding`, `bad_header`)."""
    rows = list(records(decode(content), broken="bad_header"))
    if not rows or rows[0].line != 1:
        raise Quarantined("bad_header", "line 1: found no header; export it again")
    names = list(rows[0].cells)
    export = _export_of(names)
    read: list[tuple[int, dict[str, Any]]] = []
    rejections: list[Rejection] = []
    skipped = 0
    for row in rows[1:]:
        try:
            row.check()
            if len(row.cells) != len(names):
                raise Unreadable("missing_field", f"found {len(row.cells)} cells, expected {len(names)} as in line 1")
            entry = export.read(dict(zip(names, row.cells, strict=True)))
        except Unreadable as why:
            rejections.append(Rejection(row.line, why.reason_code, why.message, row.text))
            continue
        if entry is None:
            skipped += 1
        else:
            read.append((row.line, entry))
    # Which of two overlapping files speaks for a transaction: the one that reaches further.
    latest = max((entry["row_date"] for _, entry in read if entry["row_date"]), default=None)
    landed = [_landed(line, {**entry, "file_latest_date": latest}) for line, entry in read]
    return Parsed({export.table: landed}, len(rows) - 1, len(landed), rejections, rows_skipped=skipped)


def _export_of(names: list[str]) -> Export:
    repeated = sorted({name for name in names if name and names.count(name) > 1})
    for export in _EXPORTS:
        if set(export.headers) <= set(names):
            if set(repeated) & {*export.headers, *_OPTIONAL}:
                raise Quarantined("bad_header", f"line 1: column {repeated[0]!r} is there twice; export it again")
            return export
    lacking = {export.table: [name for name in export.headers if name not in names] for export in _EXPORTS}
    nearest = min(lacking, key=lambda table: len(lacking[table]))
    raise Quarantined(
        "bad_header",
        f"line 1: found {', '.join(names)[:200]!r}, expected an export of transactions, items or customers; as "
        f"{nearest.removeprefix('export_')} it lacks {', '.join(lacking[nearest])}",
    )


def _transaction(row: Row) -> dict[str, Any]:
    kind = row["Event Type"]
    if kind not in ("Payment", "Refund"):
        raise Unreadable("unknown_event_type", f"Event Type is {kind[:60]!r}, expected Payment or Refund")
    at, zone = values.instant(row["Date"], row["Time"], row["Time Zone"])
    (total, tip, gift), currency = _amounts(row, "Total Collected", "Tip", "Gift Card Sales")
    if kind == "Payment" and (min(total, tip, gift) < 0 or total < tip or total - tip < gift):
        raise Unreadable(
            "bad_money",
            f"a payment of {total} with a tip of {tip} and gift cards of {gift}; expected 0 or more, and the parts "
            "within the whole",
        )
    return {
        "object_id": f"{_needed(row, 'Transaction ID')}>{_needed(row, 'Payment ID')}>{kind}",
        "event_type": kind,
        "transaction_id": row["Transaction ID"],
        "payment_id": row["Payment ID"],
        "created_at": instant_text(at),
        "row_date": values.day(row["Date"]).isoformat(),
        "total_collected": str(abs(total) if kind == "Refund" else total),
        "tip": str(tip),
        "gift_card_sales": str(gift),
        "time_zone": zone.key,
        "currency": currency,
        **_where(row),
    }


def _item(row: Row) -> dict[str, Any] | None:
    kind = row["Event Type"]
    if kind == "Refund":
        return None
    if kind != "Payment":
        raise Unreadable("unknown_event_type", f"Event Type is {kind[:60]!r}, expected Payment or Refund")
    at, zone = values.instant(row["Date"], row["Time"], row["Time Zone"])
    (net, discount), currency = _amounts(row, "Net Sales", "Discounts")
    if net < 0:
        raise Unreadable("bad_money", f"Net Sales of a payment is {net}, expected 0 or more")
    return {
        "object_id": _needed(row, "Transaction ID"),
        "transaction_id": row["Transaction ID"],
        "name": row["Item"] or None,
        "quantity": row["Qty"] or None,
        "net_sales": str(net),
        "discount": str(abs(discount)) if row.get("Discounts") else None,
        "itemization_type": row.get("Itemization Type") or None,
        "created_at": instant_text(at),
        "row_date": values.day(row["Date"]).isoformat(),
        "time_zone": zone.key,
        "currency": currency,
        **_where(row),
    }


def _customer(row: Row) -> dict[str, Any]:
    dates = [values.day(row[name]) for name in ("First Visit", "Last Visit") if row.get(name)]
    return {
        "object_id": _needed(row, "Square Customer ID"),
        "given_name": row["First Name"] or None,
        "family_name": row["Last Name"] or None,
        "email_address": row["Email Address"] or None,
        # A spreadsheet's guard before the plus sign is no part of the number.
        "phone_number": row["Phone Number"].lstrip("'") or None,
        "creation_source": row.get("Creation Source") or None,
        "row_date": _latest(dates),
    }


def _latest(dates: list[date]) -> str | None:
    return max(dates).isoformat() if dates else None


def _where(row: Row) -> dict[str, str | None]:
    return {"location_name": row.get("Location") or None, "customer_id": row.get("Customer ID") or None}


def _needed(row: Row, name: str) -> str:
    if not row[name]:
        raise Unreadable("missing_field", f"{name} is blank, expected an id")
    return row[name]


def _amounts(row: Row, *names: str) -> tuple[list[Decimal], str | None]:
    """The row's amounts in these columns, and its currency, where it says one."""
    stated = row.get("Currency") or ""
    currency = values.currency_code(stated)
    if stated and currency is None:
        raise Unreadable("bad_money", f"Currency is {stated[:20]!r}, expected a code of the seed currencies")
    found = [values.money(name, row.get(name, "")) for name in names]
    # An amount of nothing contradicts nobody, and says a currency only where no other does.
    marked = sorted(
        ((name, mark, amount == 0) for name, (amount, mark) in zip(names, found, strict=True) if mark),
        key=lambda each: (each[2], values.currency_code(each[1]) is None),
    )
    for name, mark, is_nothing in marked:
        if currency and not is_nothing and values.contradicts(mark, currency):
            raise Unreadable("currency_mismatch", f"{name} is in {mark}, other amounts of the row in {currency}")
        currency = currency or values.currency_code(mark)
    for name, (amount, _) in zip(names, found, strict=True):
        if not values.has_no_smaller_part(amount, currency):
            raise Unreadable("bad_money", f"{name} is {amount}, expected no smaller part than {currency} has")
    return [amount for amount, _ in found], currency


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


_OPTIONAL = (
    *(
        "Location",
        "Currency",
        "Customer ID",
        "Itemization Type",
        "Discounts",
        "First Visit",
        "Last Visit",
        "Creation Source",
    ),
)
_EXPORTS = (
    Export(
        EXPORT_TRANSACTIONS,
        (
            *("Date", "Time", "Time Zone", "Total Collected", "Tip", "Gift Card Sales"),
            *("Transaction ID", "Payment ID", "Event Type"),
        ),
        _transaction,
    ),
    Export(
        EXPORT_ITEMS,
        ("Date", "Time", "Time Zone", "Item", "Qty", "Net Sales", "Transaction ID", "Event Type"),
        _item,
    ),
    Export(
        EXPORT_CUSTOMERS,
        ("First Name", "Last Name", "Email Address", "Phone Number", "Square Customer ID"),
        _customer,
    ),
)
