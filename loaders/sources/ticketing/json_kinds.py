"""Ticketing JSON: the organiser's own orders, and attendee pages of the Eventbrite API.

    landing/ticketing/**.json, **.jsonl  ->  raw_ticketing.native_orders, eventbrite_api_attendees

An object lands whole as `payload`, in one spelling: snake_case names, one name per thing (`order_id`, `event_key`,
`price_at_purchase`), amounts as decimal text, timestamps as UTC, lists that are always there, answers by normalised
question. Nothing that the source said of an order, item, ticket or refund is left out.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from loaders.config import Settings
from loaders.readers.csv_text import decode
from loaders.readers.json_text import document, first_lines, lines, quoted, require_storable, said, snake_case
from loaders.source import File, Parsed, Quarantined, Rejection, Unreadable
from loaders.sources.ticketing import values
from loaders.sources.ticketing.definitions import Definitions, folders_of
from loaders.sources.ticketing.lookups import currency, currency_exponents
from loaders.sources.ticketing.tables import EVENTBRITE_API, NATIVE_ORDERS
from loaders.sources.ticketing.values import header_name

VERSION = "3"

_ALIASES = {"_id": "order_id", "id": "order_id", "event_id": "event_key"}
_NATIVE_KEYS = ("order_id", "event_key", "items")


def read_json(content: bytes, file: File, settings: Settings, sidecar: bytes | None, *, context: Definitions) -> Parsed:
    """Read one file of JSON. Raises `Quarantined` for a file that is no JSON or no kind."""
    text = decode(content, utf16=True)
    if not text.strip():
        raise Quarantined("empty_file", "found no text, expected JSON; export it again")
    if file.suffix == ".json":
        kind, objects, key = _document(text)
        entries = _elements(text, objects, key)
    else:
        kind, entries = NATIVE_ORDERS, list(lines(text))
        if not any(isinstance(entry, dict) and _is_native(entry) for _, entry, _ in entries):
            raise Quarantined("unknown_kind", "found no line with an order id, an event key and items")
    read_one: Callable[[Mapping[str, Any]], dict[str, Any]] = (
        _native_order if kind == NATIVE_ORDERS else _eventbrite_attendee
    )
    organization, event = folders_of(file.source_file)
    folder = {"_folder_organization_id": organization, "_folder_event_key": event}
    landed: list[dict[str, Any]] = []
    rejections: list[Rejection] = []
    seen: set[str] = set()
    duplicates = 0
    for line, entry, text in entries:
        try:
            if not isinstance(entry, dict):
                raise Unreadable("bad_json", "found text that is none, expected one JSON object")
            require_storable(entry)
            row = read_one(entry)
        except Unreadable as why:
            rejections.append(Rejection(line, why.reason_code, why.message, quoted(text)))
            continue
        if row["payload"] in seen:
            duplicates += 1
            continue
        seen.add(row["payload"])
        landed.append({**row, **folder, "_source_row": line})
    return Parsed({kind: landed}, len(entries), len(landed), rejections, duplicates)


def _document(text: str) -> tuple[str, list[Any], str]:
    """The kind of a document, its objects, and the key of the list that holds them ('' where none does)."""
    found = document(text)
    key = ""
    if isinstance(found, dict):
        if isinstance(found.get("attendees"), list) and "pagination" in found:
            return EVENTBRITE_API, found["attendees"], "attendees"
        if _is_native(found):
            return NATIVE_ORDERS, [found], ""
        if isinstance(found.get("orders"), list):
            found, key = found["orders"], "orders"
    if isinstance(found, list) and (not found or any(isinstance(entry, dict) and _is_native(entry) for entry in found)):
        return NATIVE_ORDERS, found, key
    raise Quarantined("unknown_kind", "found JSON that is no order, list of orders or page of attendees")


def _elements(text: str, objects: list[Any], key: str) -> list[tuple[int, Any, str]]:
    """Each object with the line on which it starts; with its number where lines do not tell them apart."""
    return [(line, entry, said(entry)) for line, entry in zip(first_lines(text, objects, key), objects, strict=True)]


def _names(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {snake_case(name): value for name, value in entry.items()}


def _is_native(entry: Mapping[str, Any]) -> bool:
    names = {_ALIASES.get(name, name) for name in _names(entry)}
    return all(key in names for key in _NATIVE_KEYS)


def _text(entry: Mapping[str, Any], name: str) -> str:
    """A value that must be there, as text."""
    value = entry.get(name)
    if isinstance(value, (dict, list, bool)) or value is None or not str(value).strip():
        raise Unreadable("missing_key", f"found a blank cell, expected a value in {name}")
    return str(value).strip()


def _optional(entry: dict[str, Any], name: str, reader: Callable[[Any], Any]) -> None:
    """Read a value in its place where there is one; a blank text is none."""
    if entry.get(name) is None or entry.get(name) == "":
        entry[name] = None
    else:
        entry[name] = values.named(name, reader, entry[name])


def _is_true(entry: Mapping[str, Any], name: str) -> bool:
    """A flag, which may be text; none is false."""
    value = entry.get(name)
    return value not in (None, "") and values.named(name, values.flag, str(value).strip()) == "true"


def _object(entry: Mapping[str, Any], name: str) -> dict[str, Any]:
    found = entry.get(name)
    if found is not None and not isinstance(found, dict):
        raise Unreadable("bad_json", f"found something else, expected an object in {name}")
    return found or {}


def _list(entry: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    found = entry.get(name)
    if found is None:
        return []
    if not isinstance(found, list) or not all(isinstance(element, dict) for element in found):
        raise Unreadable("bad_json", f"found something else, expected a list of objects in {name}")
    return [_names(element) for element in found]


def _native_order(entry: Mapping[str, Any]) -> dict[str, Any]:
    order = _names(entry)
    for alias, name in _ALIASES.items():
        # A document may carry an id of its own database beside the order's.
        if alias in order and name not in order:
            order[name] = order.pop(alias)
    for name in ("order_id", "event_key", "status"):
        order[name] = _text(order, name)
    for name in ("total_amount", "created_at"):
        _text(order, name)
    if "items" not in order:
        raise Unreadable("missing_key", "found a blank cell, expected a value in items")
    _optional(order, "currency", currency)
    unit = str(order.get("amount_unit") or "major").strip().lower()
    if unit not in ("major", "minor"):
        raise Unreadable("bad_amount", f"found {unit[:60]!r} in amount_unit, expected major or minor")
    money = _money_reader(unit, order["currency"])
    # Minor units of the event's currency stay minor until the model knows the event.
    order["amount_unit"] = "minor" if unit == "minor" and order["currency"] is None else "major"
    for name in ("total_amount", "fee_amount", "tax_amount"):
        _optional(order, name, money)
    for name in ("created_at", "paid_at", "cancelled_at", "updated_at"):
        _optional(order, name, values.instant)
    order["items"] = [_item(item, money) for item in _list(order, "items")]
    # What the items come to, for the reconciliation of orders.
    order["items_total"] = str(sum((Decimal(item["total"]) for item in order["items"]), Decimal(0)))
    sold = {item["ticket_type_id"]: item for item in reversed(order["items"])}
    order["tickets"] = [_ticket(ticket, sold) for ticket in _list(order, "tickets")]
    order["refunds"] = [_refund(refund, money) for refund in _list(order, "refunds")]
    organization = order.get("organization_id")
    return {
        "order_id": order["order_id"],
        "event_key": order["event_key"],
        "row_organization_id": None if organization is None else str(organization),
        "payload": _dumps(order),
    }


def _money_reader(unit: str, code: str | None) -> Callable[[Any], str]:
    if unit == "major":
        return values.json_amount
    if code is None:
        return values.minor_amount
    exponent = currency_exponents()[code]
    return lambda value: values.major_of(values.minor_amount(value), exponent)


def _item(item: dict[str, Any], money: Callable[[Any], str]) -> dict[str, Any]:
    if "unit_price" in item:
        item.setdefault("price_at_purchase", item.pop("unit_price"))
    item["ticket_type_id"] = _text(item, "ticket_type_id")
    item["quantity"] = values.named("quantity", values.quantity, _text(item, "quantity"))
    for name in ("price_at_purchase", "total"):
        _text(item, name)
        _optional(item, name, money)
    _optional(item, "complimentary", lambda value: values.flag(str(value)))
    return item


def _ticket(ticket: dict[str, Any], sold: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    for name in ("ticket_code", "ticket_type_id", "status"):
        ticket[name] = _text(ticket, name)
    for name in ("revoked_at", "checked_in_at"):
        _optional(ticket, name, values.instant)
    # What a ticket cost stands at its order's item of that type.
    item = sold.get(ticket["ticket_type_id"], {})
    ticket["price_at_purchase"] = item.get("price_at_purchase")
    ticket["complimentary"] = item.get("complimentary")
    answers = ticket.get("answers")
    ticket["answers"] = _answers(answers.items() if isinstance(answers, dict) else [])
    return ticket


def _refund(refund: dict[str, Any], money: Callable[[Any], str]) -> dict[str, Any]:
    for name in ("refund_id", "status"):
        refund[name] = _text(refund, name)
    for name in ("amount", "created_at"):
        _text(refund, name)
    _optional(refund, "amount", money)
    if refund["amount"].startswith("-"):
        raise Unreadable("bad_amount", f"found {refund['amount']!r} in refunds, expected an amount of 0 or more")
    for name in ("created_at", "completed_at"):
        _optional(refund, name, values.instant)
    refund["ticket_codes"] = _codes(refund.get("ticket_codes"))
    return refund


def _codes(found: Any) -> list[str]:
    """The tickets that a refund names, as their own `ticket_code` is read; a refund may name none."""
    if found is None or found == "":
        return []
    if not isinstance(found, list):
        raise Unreadable("bad_json", "found something else, expected a list in refunds.ticket_codes")
    if any(isinstance(code, (dict, list, bool)) for code in found):
        raise Unreadable(
            "bad_json", "found something else, expected ticket codes as text or numbers in refunds.ticket_codes"
        )
    return [str(code).strip() for code in found if code is not None and str(code).strip()]


def _answers(found: Any) -> dict[str, str]:
    return {header_name(str(question)): str(answer).strip() for question, answer in found if answer is not None}


def _eventbrite_attendee(entry: Mapping[str, Any]) -> dict[str, Any]:
    ids = {name: _text(entry, key) for name, key in (("attendee_id", "id"), ("order_id", "order_id"))}
    event = _text(entry, "event_id")
    attendee: dict[str, Any] = {
        "status": _text(entry, "status"),
        "quantity": values.named("quantity", values.quantity, _text(entry, "quantity")),
        "ticket_class_name": entry.get("ticket_class_name"),
        "is_checked_in": _is_true(entry, "checked_in"),
        "email": _object(entry, "profile").get("email"),
    }
    for name, key in (("created_at", "created"), ("changed_at", "changed")):
        attendee[name] = values.named(key, values.instant, _text(entry, key))
    costs = _object(entry, "costs")
    if not _object(costs, "gross"):
        raise Unreadable("missing_key", "found a blank cell, expected a value in costs.gross")
    attendee["currency"] = values.named("costs.gross.currency", currency, costs["gross"].get("currency"))
    total = Decimal(0)
    for name in ("gross", "eventbrite_fee", "payment_fee"):
        cost = _object(costs, name)
        # A fee that is null, or of a null value, is none.
        if name != "gross" and cost.get("value") in (None, ""):
            cost = {"value": 0, "currency": attendee["currency"]}
        if cost.get("currency") != attendee["currency"]:
            raise Unreadable("bad_currency", f"found another in costs.{name}, expected the currency of costs.gross")
        money = _money_reader("minor", attendee["currency"])
        value = values.named(f"costs.{name}.value", money, cost.get("value"))
        attendee["gross_amount" if name == "gross" else name] = value
        total += Decimal(value) if name != "gross" else 0
    attendee["fee_amount"] = str(total)
    answers = entry.get("answers")
    attendee["answers"] = _answers(
        (answer.get("question") or "", answer.get("answer"))
        for answer in (answers if isinstance(answers, list) else [])
        if isinstance(answer, dict)
    )
    rest = {name: value for name, value in _names(entry).items() if name not in ("profile", "costs", "answers")}
    return {**ids, "event_id": event, "payload": _dumps({**rest, **attendee})}


def _dumps(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
