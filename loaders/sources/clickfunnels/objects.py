"""One object of the funnel's JSON: what it must have, and its times, numbers and ids in one spelling."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from loaders.config import Settings
from loaders.readers.words import plain_word
from loaders.source import Unreadable
from loaders.sources.clickfunnels.tables import EVENTS, kind_of_data
from loaders.sources.funnel.values import amount, email, identifier, instant, whole_number

EVENT_TYPES = ("lead", "purchase", "action", "message", "analytics")
# An amount that is as raw keeps it.
_SPELLED = re.compile(r"(?:0|[1-9]\d{0,9})\.\d\d")
# More of one product than anybody orders at once.
_MAX_COUNT = 100_000
# What people and tools write where there is nothing.
NOTHING = ("", "(not set)", "null", "undefined")


@dataclass(frozen=True, eq=False)
class Shape:
    """Which fields of an object are what; a dot steps into an object. `needed` must be there and not blank."""

    ids: tuple[str, ...] = ("id",)
    amounts: tuple[str, ...] = ()
    cents: tuple[str, ...] = ()
    counts: tuple[str, ...] = ()
    instants: tuple[str, ...] = ("created_at", "updated_at")
    needed: tuple[str, ...] = ("id",)
    items: str = ""


_ITEMS = {
    "line_items": Shape(
        ids=("original_product.id", "products_variant.id", "product_id", "variant_id"),
        amounts=("products_price.amount",),
        counts=("quantity",),
        instants=(),
        needed=(),
    ),
    "items": Shape(ids=(), cents=("amount",), counts=("quantity",), instants=(), needed=()),
}
_SHAPES = {
    "contacts": Shape(),
    "orders": Shape(
        ids=("id", "contact_id", "contact.id", "page_id", "order_page.id", "origination_channel_id"),
        amounts=("total_amount",),
        needed=("id", "billing_status", "created_at"),
        items="line_items",
    ),
    "products": Shape(),
    "form_submissions": Shape(ids=("id", "contact_id", "page_id"), needed=("id", "created_at")),
    "transactions": Shape(ids=("id", "order_id"), amounts=("amount",), needed=("id", "order_id", "created_at")),
    "invoices": Shape(
        ids=("id", "order_id", "order.id"),
        amounts=("total_amount", "due_amount"),
        instants=("created_at", "updated_at", "paid_at", "issued_at", "due_at"),
    ),
    "spiffy_events": Shape(ids=(), cents=("order_total",), needed=("order_id", "created_at"), items="items"),
}
_ENVELOPE = Shape(ids=("funnel_id", "page_id", "funnel.id", "page.id"), instants=("created_at",), needed=())


def read_object(kind: str, entry: dict[str, Any], settings: Settings) -> str:
    """Spell an object as raw keeps it, in place. Returns its id. Raises `Unreadable`."""
    _spell(entry, _SHAPES[kind], settings)
    if kind == "form_submissions":
        _require_person(entry)
    return str(entry["order_id" if kind == "spiffy_events" else "id"]).strip()


def read_webhook(entry: dict[str, Any], settings: Settings) -> tuple[str, str]:
    """Spell an envelope and what it holds, in place. Returns the kind of what it holds, '' for one that no mart reads,
    and its id. Raises `Unreadable`."""
    if entry.get("api_version") not in (None, 2, "2"):
        raise Unreadable(
            "unknown_kind", f"api_version is {str(entry['api_version'])[:20]!r}, expected 2; the others are deprecated"
        )
    data = entry["data"]
    event_type = str(entry.get("event_type") or "")
    kind = kind_of_data(data)
    is_deleted = event_type in ("order.deleted", "contact.deleted")
    if is_deleted:
        kind = event_type.split(".", maxsplit=1)[0] + "s"
    elif not kind and event_type.startswith("form_submission.") and isinstance(data.get("data"), dict):
        kind = "form_submissions"
    elif not kind and event_type.startswith("contact."):
        kind = "contacts"
    if kind not in ("orders", "contacts", "form_submissions", "transactions", "products", "invoices"):
        return "", ""
    _spell(entry, _ENVELOPE, settings)
    # The envelope has a time where the object does not.
    needed = ("id",) if is_deleted else tuple(name for name in _SHAPES[kind].needed if name != "created_at")
    _spell(data, _SHAPES[kind], settings, needed)
    if not any(isinstance(each.get("created_at"), str) for each in (data, entry)):
        raise Unreadable("missing_field", "created_at is blank, in the event and in what it holds")
    if kind == "form_submissions":
        _require_person(data)
    return kind, str(data["id"])


def read_event(found: Mapping[str, Any], settings: Settings) -> dict[str, str | None]:
    """One analytics event of CSV or JSON as a raw row, without `extra`. Raises `Unreadable`."""
    row = {name: _text(found.get(name)) for name in EVENTS.columns}
    for name in ("type", "timestamp"):
        if row[name] is None:
            raise Unreadable("missing_field", f"{name} is blank")
    said, when = row["type"] or "", row["timestamp"] or ""
    if plain_word(said) not in EVENT_TYPES:
        raise Unreadable("bad_type", f"type is {said[:40]!r}, expected one of {', '.join(EVENT_TYPES)}")
    row["type"] = plain_word(said)
    row["timestamp"] = instant("timestamp", when, settings)
    identities = ("clickfunnels_contact_id", "keap_id", "manychat_id")
    for name in identities:
        row[name] = None if (row[name] or "").lower() in NOTHING else row[name]
    row["email"] = email(row["email"])
    for name in identities:
        row[name] = identifier(name, row[name]) if row[name] else None
    if not any(row[name] for name in (*identities, "email")):
        raise Unreadable("no_identity", f"email, {', '.join(identities)} are blank, expected at least one")
    return row


def _require_person(entry: Mapping[str, Any]) -> None:
    answers = _object(entry, "data")
    person = _object(answers, "contact")
    if not entry.get("contact_id") and not email(person.get("email")) and not email(answers.get("email")):
        raise Unreadable("no_identity", "found no contact_id and no e-mail address, expected one of them")


def _object(entry: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """The object at a name; an empty one where there is none."""
    found = entry.get(name)
    return found if isinstance(found, dict) else {}


def _text(value: Any) -> str | None:
    text = "" if value is None else str(value).strip()
    return text or None


def _spell(entry: dict[str, Any], shape: Shape, settings: Settings, needed: tuple[str, ...] | None = None) -> None:
    for name in shape.needed if needed is None else needed:
        if entry.get(name) in (None, "", [], {}):
            raise Unreadable("missing_field", f"{name} is missing, expected one")
    for path, outer, name, spelled in _fields(shape):
        holder = entry.get(outer) if outer else entry
        if isinstance(holder, dict):
            value = holder.get(name)
            if value is not None:
                holder[name] = spelled(path, value)
    for name in shape.instants:
        value = entry.get(name)
        if value is not None and value != "":
            entry[name] = instant(name, str(value), settings)
    items = entry.get(shape.items) if shape.items else None
    if items is not None:
        if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
            raise Unreadable("missing_field", f"{shape.items} is no list of objects, expected one")
        for item in items:
            _spell(item, _ITEMS[shape.items], settings)


@cache
def _fields(shape: Shape) -> tuple[tuple[str, str, str, Callable[[str, Any], Any]], ...]:
    """Path, outer object ('' for none), name and speller of every field."""
    found = []
    for paths, spelled in ((shape.ids, _id), (shape.amounts, _amount), (shape.cents, _cents), (shape.counts, _count)):
        for path in paths:
            outer, _, name = path.rpartition(".")
            found.append((path, outer, name, spelled))
    return tuple(found)


def _id(name: str, value: Any) -> int | None:
    if type(value) is int and 0 <= value < 10**18:
        return value
    return None if value == "" else int(identifier(name, value))


def _amount(name: str, value: Any) -> str | None:
    if isinstance(value, str) and _SPELLED.fullmatch(value):
        return value
    return None if value == "" else amount(name, value)


def _cents(name: str, value: Any) -> int | None:
    """Whole cents, as a number or as text; a point would make them something else."""
    if value == "":
        return None
    if not isinstance(value, (int, str)):
        raise Unreadable("bad_number", f"{name} is {str(value)[:40]!r}, expected whole cents such as 4500")
    return int(whole_number(name, value))


def _count(name: str, value: Any) -> int | None:
    if type(value) is int and 0 <= value < _MAX_COUNT:
        return value
    if value == "":
        return None
    found = int(whole_number(name, value))
    if found < 0:
        raise Unreadable("negative_value", f"{name} is {found}, expected 0 or more")
    if found >= _MAX_COUNT:
        raise Unreadable("bad_number", f"{name} is {found}, expected less than {_MAX_COUNT}")
    return found
