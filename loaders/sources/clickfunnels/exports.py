"""Exports of the funnel as tables: orders, contacts and events, by their headers in any language of the seed."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from datetime import date
from decimal import Decimal

from loaders.config import Settings
from loaders.readers.sheets import Column, Kind, Layout, Row, Sheet, header_key, read_tables
from loaders.source import File, Parsed, Rejection, Unreadable
from loaders.sources.clickfunnels.objects import NOTHING, read_event
from loaders.sources.clickfunnels.tables import EVENTS, EXPORT_CONTACTS, EXPORT_ORDERS, Export
from loaders.sources.funnel.values import amount, email, header_book, identifier, log_unknown, spelled_instant

VERSION = "5"

# Between the products that one cell lists.
_BETWEEN_NAMES = re.compile(r"[,;|\n]")
_KINDS: dict[str, Kind] = {
    **dict.fromkeys(("event_id", "clickfunnels_contact_id", "keap_id", "manychat_id"), "id"),
    **dict.fromkeys(("order_id", "order_number", "clickfunnels_id"), "id"),
    **dict.fromkeys(("created_at", "updated_at", "timestamp"), "moment"),
    **{"total": "money", "quantity": "count", "currency": "currency"},
    **dict.fromkeys(("type", "status", "email", "calendar_status"), "text"),
}
_ALIAS = "add it, or its alias as a line of settings/funnel/funnel_header_aliases.csv"


def _layout(export: Export, title: str, required: tuple[tuple[str, ...], ...], unless: Collection[str] = ()) -> Layout:
    """An export as a layout. Nobody documents in which order its dates are written."""
    return Layout(
        export.name,
        title,
        tuple(Column(name, _KINDS.get(name, "name")) for name in export.columns),
        required,
        advice=_ALIAS,
        needed=(("total",),) if export is EXPORT_ORDERS else (),
        unless=frozenset(unless),
        least_alike=2,
        order="",
    )


_EXPORTS = {export.name: export for export in (EVENTS, EXPORT_ORDERS, EXPORT_CONTACTS)}
_LAYOUTS = (
    _layout(EVENTS, "analytics events (type, timestamp)", EVENTS.needed),
    _layout(EXPORT_ORDERS, "an export of orders (a total)", EXPORT_ORDERS.needed),
    # By its address a list of people is known, or by an id and a phone; a total is no person's.
    _layout(
        EXPORT_CONTACTS, "an export of contacts (an e-mail address)", (("email",),), ("total", "order_number", "type")
    ),
    _layout(
        EXPORT_CONTACTS,
        "an export of contacts (an id and a phone)",
        (("clickfunnels_id",), ("phone",)),
        ("email", "total", "order_number", "type"),
    ),
)


def read_csv(content: bytes, file: File, settings: Settings, sidecar: bytes | None) -> Parsed:
    """Read one export. Raises `Quarantined` (`unreadable`, `unknown_kind`, `missing_column`, …)."""
    tables: dict[str, list[dict[str, str | int | None]]] = {}
    rejections: list[Rejection] = []
    read = skipped = 0
    for sheet in read_tables(content, header_book(settings, *_LAYOUTS), settings):
        export = _EXPORTS[sheet.layout.name]
        log_unknown(file.source_file, sheet.unknown)
        read, skipped = read + sheet.rows_read, skipped + sheet.rows_skipped
        rejections += sheet.rejections
        landed = tables.setdefault(export.name, [])
        whose = _whose_id(sheet) if export is EXPORT_CONTACTS else ""
        for row in sheet.rows:
            try:
                extra = {name: cell for name, cell in row.extra.items() if not (whose and name == "id")}
                found = _row(export, row, whose, settings)
                texts = {"extra": json.dumps(extra, ensure_ascii=False, sort_keys=True)}
                landed.append({**found, **texts, "_source_row": row.line})
            except Unreadable as why:
                rejections.append(Rejection(row.line, why.reason_code, why.message, row.text))
    _list_items(tables.get(EXPORT_ORDERS.name, []))
    return Parsed(tables, read, sum(map(len, tables.values())), rejections, rows_skipped=skipped)


def _list_items(rows: list[dict[str, str | int | None]]) -> None:
    """Say in each row what its order holds, as the API would: exports name products, in one row of it or several.

    A list of all its products stands in each row of an order again, and is one list."""
    items: dict[object, list[dict[str, object]]] = {}
    listed: set[tuple[object, str]] = set()
    for row in rows:
        one, several = str(row["product_name"] or ""), str(row["product_names"] or "")
        names = [one] if one else [name.strip() for name in _BETWEEN_NAMES.split(several)]
        quantity = int(str(row["quantity"])) if row["quantity"] and len(names) == 1 else 1
        order = row["order_id"] or row["order_number"]
        told = items.setdefault(order, [])
        if one or (order, several) not in listed:
            told.extend({"original_product": {"name": name}, "quantity": quantity} for name in names if name)
            listed.add((order, several))
    for row in rows:
        found = items[row["order_id"] or row["order_number"]]
        row["line_items"] = json.dumps(found, ensure_ascii=False) if found else None


# Words that only headers of ClickFunnels have, all of a group.
_OF_CLICKFUNNELS = (frozenset(("email_address", "time_zone")), frozenset(("public_id",)), frozenset(("workspace",)))
# Columns of Keap alone, and columns of Keap that other tools have too, of which one says nothing.
_OF_KEAP_ALONE = frozenset(("tag_ids", "person_type", "lead_source_id", "infusionsoft_id"))
_OF_KEAP = _OF_KEAP_ALONE | {
    "phone_1",
    "phone_2",
    "email_address_2",
    "email_2",
    "street_address_1",
    "owner_id",
    "company_id",
}


def _whose_id(sheet: Sheet) -> str:
    """Whose id a bare `id` of a list of people is: ClickFunnels' or Keap's where other words say so, else nobody's that
    we know (''), and it is kept in `extra`."""
    plain = {header_key(title) for title in sheet.titles.values()} | set(sheet.unknown)
    if "id" not in sheet.unknown:
        return ""
    if any(words <= plain for words in _OF_CLICKFUNNELS):
        whose = "clickfunnels_id"
    else:
        whose = "keap_id" if plain & _OF_KEAP_ALONE or len(plain & _OF_KEAP) > 1 else ""
    return "" if whose in sheet.titles else whose


def _row(export: Export, found: Row, whose: str, settings: Settings) -> dict[str, str | None]:
    row: dict[str, str | None] = {}
    for name in export.columns:
        value = found.values.get(name)
        if isinstance(value, date):
            row[name] = spelled_instant(name, value, settings)
        elif isinstance(value, Decimal):
            row[name] = amount(name, value)
        else:
            row[name] = str(value) if value is not None and value != "" else None
    if export is EVENTS:
        return read_event(row, settings)
    if whose:
        row[whose] = found.extra["id"] or None
    row["email"] = email(row["email"])
    for name in ("clickfunnels_id", "keap_id", "manychat_id"):
        if row.get(name):
            is_none = str(row[name]).lower() in NOTHING
            row[name] = None if is_none else identifier(name, row[name])
    for group in export.needed:
        if not any(row[name] for name in group):
            raise Unreadable("missing_field", f"{' and '.join(group)} is blank")
    if export is EXPORT_ORDERS:
        row["order_id"] = identifier("order_id", row["order_id"]) if row["order_id"] else None
        row["currency"] = row["currency"] or found.currency
        if row["quantity"] and int(row["quantity"]) < 0:
            raise Unreadable("bad_number", f"quantity is {row['quantity']}, expected 0 or more")
    return row
