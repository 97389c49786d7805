"""CSV exports of the funnel: orders, contacts and analytics events, by their headers in any language of the seed."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from loaders.config import Settings
from loaders.readers import cells
from loaders.readers.words import normalised
from loaders.source import File, Parsed, Quarantined, Rejection, Unreadable
from loaders.sources.clickfunnels.objects import NOTHING, read_event
from loaders.sources.clickfunnels.tables import EVENTS, EXPORT_CONTACTS, EXPORT_ORDERS, Export
from loaders.sources.funnel.values import (
    amount,
    csv_export,
    email,
    export_text,
    found_cells,
    identifier,
    instant,
    log_unknown,
    targets,
)

VERSION = "4"

# Between the products that one cell lists.
_BETWEEN_NAMES = re.compile(r"[,;|\n]")


def read_csv(content: bytes, file: File, settings: Settings, sidecar: bytes | None) -> Parsed:
    """Read one export. Raises `Quarantined` (`unreadable`, `unknown_kind`, `missing_column`)."""
    text = export_text(content)
    line, header, records = csv_export(text)
    export, names = _export_of(line, header, settings)
    log_unknown(file.source_file, set(names) - set(export.columns))
    landed: list[dict[str, str | int | None]] = []
    rejections: list[Rejection] = []
    skipped = 0
    for record in records:
        if record.cells and not any(record.cells):
            skipped += 1
            continue
        try:
            found = found_cells(names, record)
            row = read_event(found, settings) if export is EVENTS else _row(export, found, settings)
            extra = {name: cell for name, cell in found.items() if name not in export.columns}
            landed.append(
                {**row, "extra": json.dumps(extra, ensure_ascii=False, sort_keys=True), "_source_row": record.line}
            )
        except Unreadable as why:
            rejections.append(Rejection(record.line, why.reason_code, why.message, record.text))
    if export is EXPORT_ORDERS:
        _list_items(landed)
    return Parsed({export.name: landed}, len(records), len(landed), rejections, rows_skipped=skipped)


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


def _export_of(line: int, header: tuple[str, ...], settings: Settings) -> tuple[Export, list[str]]:
    """Which export a header belongs to, and what its columns are called here."""
    names = targets(EVENTS.name, header, settings)
    if _missing(EVENTS, names) == []:
        return EVENTS, names
    names = targets(EXPORT_ORDERS.name, header, settings)
    if "total" in names or "order_number" in names:
        missing = _missing(EXPORT_ORDERS, names)
        if missing:
            raise Quarantined(
                "missing_column",
                f"line {line}: found an export of orders without {', '.join(missing)}; add the column, or its alias"
                " as a line of settings/funnel/funnel_header_aliases.csv",
            )
        return EXPORT_ORDERS, names
    names = _contact_names(header, settings)
    if "email" in names or {"clickfunnels_id", "phone"} <= set(names):
        return EXPORT_CONTACTS, names
    raise Quarantined(
        "unknown_kind",
        f"line {line}: found no header of orders (a total), contacts (an e-mail address) or events (type, timestamp)",
    )


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


def _contact_names(header: tuple[str, ...], settings: Settings) -> list[str]:
    """What the columns of an export of contacts are called here. A bare `id` is of whoever made the list: ClickFunnels
    or Keap where other words say so, else nobody we know, and it is kept in `extra`."""
    names = targets(EXPORT_CONTACTS.name, header, settings)
    plain = {normalised(cell) for cell in header}
    if "id" in names:
        if any(words <= plain for words in _OF_CLICKFUNNELS):
            whose = "clickfunnels_id"
        else:
            whose = "keap_id" if plain & _OF_KEAP_ALONE or len(plain & _OF_KEAP) > 1 else "id"
        if whose not in names:
            names[names.index("id")] = whose
    return names


def _missing(export: Export, names: list[str]) -> list[str]:
    return [" or ".join(group) for group in export.needed if not set(group) & set(names)]


def _row(export: Export, found: Mapping[str, str], settings: Settings) -> dict[str, str | None]:
    row: dict[str, str | None] = {name: found.get(name) or None for name in export.columns}
    row["email"] = email(row["email"])
    for name in ("clickfunnels_id", "keap_id", "manychat_id"):
        if row.get(name):
            is_none = str(row[name]).lower() in NOTHING
            row[name] = None if is_none else identifier(name, row[name])
    for group in export.needed:
        if not any(row[name] for name in group):
            raise Unreadable("missing_field", f"{' and '.join(group)} is blank")
    if export is EXPORT_ORDERS:
        row["total"] = _total(row["total"] or "")
        row["order_id"] = identifier("order_id", row["order_id"]) if row["order_id"] else None
        row["quantity"] = _quantity(row["quantity"]) if row["quantity"] else None
    for name in ("created_at", "updated_at"):
        if row[name]:
            row[name] = instant(name, row[name] or "", settings)
    return row


def _quantity(text: str) -> str:
    match = re.fullmatch(r"([0-9]{1,9})(?:[.,]0+)?", text)
    if not match:
        raise Unreadable("bad_number", f"quantity is {text[:40]!r}, expected a whole number")
    return match[1]


def _total(text: str) -> str:
    try:
        return amount("total", str(cells.money("total", text)))
    except Unreadable as why:
        raise Unreadable("bad_number", why.message) from None
