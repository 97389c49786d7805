"""Square JSON: pages as the API returns them, lines of objects, and events, each object in one spelling.

    landing/square/**.json, **.jsonl, **.ndjson and API pages  ->  raw_square.<resource>

The keys give the kind: a page's list, an object's wrapper, an event's `data.object`; only a bare object takes its
folder's. An object lands whole as `payload`: snake_case names, whole numbers as numbers, instants as UTC, names in
order and no nulls, so that the same object in another spelling is the same text.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from loaders.config import Settings, parse_instant
from loaders.readers.csv_text import decode
from loaders.readers.dates import Implausible, read_instant
from loaders.readers.json_text import document, first_lines, lines, quoted, require_storable, said, snake_case
from loaders.source import File, Parsed, Quarantined, Rejection, Unreadable
from loaders.sources.square.resources import (
    BY_LIST_KEY,
    BY_NAME,
    BY_OBJECT_KEY,
    FLAGS,
    FREE_FIELDS,
    INSTANTS,
    RESOURCES,
    WHOLE_NUMBERS,
    Resource,
)
from loaders.sources.square.values import is_zone

VERSION = "2"

# Amounts of one object: far beyond any real one, far within what sums of them need.
_MAX_MINOR_UNITS = 10**13
_PAGE_FURNITURE = frozenset(("cursor", "errors", "match_count", "latest_time", "related_objects"))
# For each kind the marks of all others that are none of its own.
_MARKS_OF_OTHERS = {
    resource.name: frozenset(mark for other in RESOURCES for mark in other.marks) - set(resource.marks)
    for resource in RESOURCES
}
_CURRENCY = re.compile(r"[A-Z]{3}")
_FLAGS = {"true": True, "false": False}


@dataclass(frozen=True)
class Found:
    """An object where it stands: its line, its kind (None: not told), the object itself (None: no JSON), its text."""

    line: int
    resource: Resource | None
    entry: Any
    text: str
    is_skipped: bool = False
    is_tombstone: bool = False


def folder_resource(source_file: str) -> str:
    """The resource that a path's folders name; '' where none does. What bare objects are depends on it."""
    named = [part for part in source_file.split("/")[:-1] if part in BY_NAME]
    return named[-1] if named else ""


def read_json(content: bytes, file: File, settings: Settings, sidecar: bytes | None) -> Parsed:
    """Read one file or page. Raises `Quarantined` for one that is no JSON, an answer that is an error, or no kind."""
    text = decode(content)
    folder = BY_NAME.get(folder_resource(file.source_file))
    if file.suffix in (".jsonl", ".ndjson"):
        found = [part for line in lines(text) for part in _of_line(*line, folder)]
    else:
        found = _numbered(text, list(_of_document(document(text), folder)))
    told = [part for part in found if part.resource is not None or part.is_skipped]
    if found and not told and folder is None:
        raise Quarantined(
            "unknown_kind",
            "found JSON that is no page, object or event of Square; bare objects are told by their folder, such as "
            f"bookings/ (one of {', '.join(BY_NAME)})",
        )
    tables: dict[str, list[dict[str, Any]]] = {}
    rejections: list[Rejection] = []
    seen: set[tuple[str, str, str]] = set()
    numbers: list[int] = []
    duplicates = 0
    for number, part in enumerate(found, start=1):
        if part.is_skipped:
            continue
        try:
            resource, row = _row(part)
        except Unreadable as why:
            text = quoted(part.text) if part.text else said(part.entry)
            rejections.append(Rejection(part.line, why.reason_code, why.message, text))
            numbers.append(number)
            continue
        identity = (resource.name, row["object_id"], row["content_hash"])
        if identity in seen:
            duplicates += 1
            continue
        seen.add(identity)
        tables.setdefault(resource.name, []).append({**row, "_source_row": part.line})
    if len({rejection.source_row for rejection in rejections}) < len(rejections):
        # A line that holds several bad objects: their numbers in the file tell them apart.
        rejections = [
            replace(rejection, source_row=number) for rejection, number in zip(rejections, numbers, strict=True)
        ]
    return Parsed(
        tables,
        rows_read=len(found),
        rows_landed=sum(map(len, tables.values())),
        rejections=rejections,
        rows_duplicate=duplicates,
        rows_skipped=sum(part.is_skipped for part in found),
    )


def tombstone(object_id: str, at: datetime) -> dict[str, Any]:
    """What stands for an object that a complete sweep no longer found."""
    return {"id": object_id, "is_deleted": True, "updated_at": instant_text(at)}


def _of_line(number: int, entry: Any, text: str, folder: Resource | None) -> Iterator[Found]:
    if not isinstance(entry, dict):
        yield Found(number, folder, None, text)
        return
    for part in _of_object(entry, folder):
        yield Found(number, part.resource, part.entry, text, part.is_skipped, part.is_tombstone)


def _of_document(found: Any, folder: Resource | None) -> Iterator[tuple[str, Found]]:
    """Each object of a document, and the key of the list that holds it."""
    if isinstance(found, list):
        for entry in found:
            parts = _of_object(entry, folder) if isinstance(entry, dict) else [Found(0, folder, None, "")]
            yield from (("", part) for part in parts)
        return
    if not isinstance(found, dict):
        raise Quarantined("unknown_kind", "found JSON that is neither an object nor a list")
    pages = [name for name in found if snake_case(name) in BY_LIST_KEY and isinstance(found[name], (list, dict))]
    for part in _of_object(found, folder):
        yield pages[0] if len(pages) == 1 else "", part


def _numbered(text: str, parts: list[tuple[str, Found]]) -> list[Found]:
    """The objects of a document with their lines; an event's merges share its own."""
    key = parts[0][0] if parts else ""
    entries = [part.entry for _, part in parts]
    if key or text.lstrip().startswith("["):
        numbers = first_lines(text, entries, key)
    else:
        numbers = list(range(1, len(parts) + 1))
    return [
        Found(number, part.resource, part.entry, "", part.is_skipped, part.is_tombstone)
        for number, (_, part) in zip(numbers, parts, strict=True)
    ]


def _of_object(entry: Mapping[str, Any], folder: Resource | None) -> Iterator[Found]:
    """The objects in a page, a wrapper, an event, or the bare object itself. Raises `Quarantined` for an error."""
    names = _named(entry)
    if isinstance(names.get("errors"), list) and names["errors"]:
        first = names["errors"][0] if isinstance(names["errors"][0], dict) else {}
        raise Quarantined(
            "api_error_page",
            f"found an error of the API ({str(first.get('code', 'no code'))[:60]}), expected its answer; fetch again",
        )
    if isinstance(names.get("data"), dict) and isinstance(names.get("type"), str):
        yield from _of_event(names)
        return
    pages = [name for name in names if name in BY_LIST_KEY and isinstance(names[name], (list, dict))]
    wrappers = [name for name in names if name in BY_OBJECT_KEY and isinstance(names[name], dict)]
    if pages:
        for name in pages:
            # An empty list may come back as {}.
            for inner in names[name] if isinstance(names[name], list) else ():
                yield Found(0, BY_LIST_KEY[name], inner, "")
    elif wrappers and not {"id", *(folder.required if folder else ())} & names.keys():
        for name in wrappers:
            yield Found(0, BY_OBJECT_KEY[name], names[name], "")
    elif names.keys() - _PAGE_FURNITURE:
        yield Found(0, _kind_of_bare(names, folder), entry, "")


def _of_event(event: Mapping[str, Any]) -> Iterator[Found]:
    """An event's object and the merges it tells of. Its own time is never a business date."""
    holder = _named(event["data"]).get("object")
    named = _named(holder) if isinstance(holder, dict) else {}
    objects = [name for name in named if name in BY_OBJECT_KEY and isinstance(named[name], dict)]
    if not objects:
        yield Found(0, None, event, "", is_skipped=True)
        return
    for name in objects:
        is_tombstone = name == "customer" and event["type"] == "customer.deleted"
        yield Found(0, BY_OBJECT_KEY[name], named[name], "", is_tombstone=is_tombstone)
    context = named.get("event_context")
    merge = _named(context).get("merge") if isinstance(context, dict) else None
    if isinstance(merge, dict) and "customer" in objects:
        merge = _named(merge)
        sources = merge.get("from_customer_ids")
        for source in sources if isinstance(sources, list) else [None]:
            merged = {
                "from_customer_id": source,
                "to_customer_id": merge.get("to_customer_id"),
                "merged_at": _named(named["customer"]).get("updated_at"),
            }
            yield Found(0, BY_NAME["customer_merges"], merged, "")


def _named(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {snake_case(name): value for name, value in entry.items()}


def _kind_of_bare(names: Mapping[str, Any], folder: Resource | None) -> Resource | None:
    """A bare object's kind is its folder's, unless it plainly is another: it has more of another's marks.

    None where nothing tells.
    """
    if folder is None or not names.keys() & _MARKS_OF_OTHERS[folder.name]:
        return folder
    own = len(names.keys() & folder.marks)
    others = (other for other in RESOURCES if len(names.keys() & other.marks) > own)
    return None if any(all(field in names for field in other.required) for other in others) else folder


def _row(part: Found) -> tuple[Resource, dict[str, Any]]:
    """One object as a raw row. Raises `Unreadable`."""
    if not isinstance(part.entry, dict):
        raise Unreadable("bad_json_line", "found text that is no JSON object, expected one object")
    if part.resource is None:
        raise Unreadable(
            "wrong_resource",
            "found an object that is plainly of another kind than its folder says, expected it in that kind's folder",
        )
    require_storable(part.entry, "bad_json_line")
    resource = part.resource
    entry = _spelled(part.entry)
    if part.is_tombstone:
        entry["is_deleted"] = True
    for name in FLAGS & entry.keys():
        entry[name] = _FLAGS.get(str(entry[name]).strip().lower(), entry[name])
    _check_presence(entry, resource, is_deleted=entry.get("is_deleted") is True)
    _read_scalars(entry, resource)
    _read_money(entry, resource)
    if resource.name == "locations" and entry.get("timezone") and not is_zone(entry["timezone"]):
        raise Unreadable("bad_time_zone", f"timezone is {str(entry['timezone'])[:60]!r}, expected an IANA time zone")
    payload = json.dumps(entry, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    updated = next((entry[name] for name in resource.updated_fields if name in entry), None)
    return resource, {
        "object_id": ">".join(entry[name] for name in resource.id_fields),
        "version": entry.get("version"),
        "updated_at": parse_instant(updated) if updated else None,
        "content_hash": hashlib.sha256(payload.encode()).hexdigest(),
        "payload": payload,
    }


def _check_presence(entry: Mapping[str, Any], resource: Resource, *, is_deleted: bool) -> None:
    needed = (*resource.id_fields, resource.updated_fields[-1]) if is_deleted else resource.required
    for name in needed:
        if entry.get(name) in (None, "", [], {}):
            raise Unreadable("missing_field", f"found no {name}, expected one in every {resource.object_key}")


def _read_scalars(entry: dict[str, Any], resource: Resource) -> None:
    """Ids as text, instants as UTC, whole numbers as numbers, in their places; a blank text is none."""
    for name in [field for field in entry if field == "id" or field.endswith("_id")]:
        if entry[name] == "":
            del entry[name]
        else:
            entry[name] = _identifier(name, entry[name])
    variations = _variations(entry)
    for holder in (entry, *variations, *_items(entry, resource)):
        for name in [name for name in (INSTANTS | WHOLE_NUMBERS) & holder.keys() if holder[name] == ""]:
            del holder[name]
    for holder in (entry, *variations):
        for name in INSTANTS & holder.keys():
            holder[name] = _instant(name, holder[name])
    for holder in (entry, *variations, *_items(entry, resource)):
        for name in WHOLE_NUMBERS & holder.keys():
            holder[name] = _whole_number(name, holder[name])


def _read_money(entry: dict[str, Any], resource: Resource) -> None:
    details = [part for name in resource.details if isinstance(part := entry.get(name), dict)]
    holders = [
        (entry, resource.money),
        *((item, resource.item_money) for item in _items(entry, resource)),
        *((part, ("amount_money",)) for part in details),
    ]
    for holder, fields in holders:
        for name in fields:
            stated = holder.get(name)
            # A null amount is none, where an object may have none.
            if isinstance(stated, dict) and stated.keys() <= {"currency"} and name not in resource.required:
                del holder[name]
            elif name in holder:
                holder[name] = _money(name, holder[name])


def _spelled(value: Any) -> Any:
    """Names in snake_case, and no nulls; what stands in the business's own fields stays as it is."""
    if isinstance(value, dict):
        spelled = {}
        for name, inner in value.items():
            if inner is not None:
                snake = snake_case(name)
                spelled[snake] = inner if snake in FREE_FIELDS else _spelled(inner)
        return spelled
    if isinstance(value, list):
        return [_spelled(inner) for inner in value]
    return value


def _items(entry: Mapping[str, Any], resource: Resource) -> list[dict[str, Any]]:
    found = entry.get(resource.items, []) if resource.items else []
    # An empty list may come back as {}.
    if found == {}:
        return []
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        raise Unreadable("missing_field", f"found no list of objects in {resource.items}, expected one")
    return found


def _variations(entry: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A catalog item's variations, and what each holds, or what a variation of its own holds."""
    item = entry.get("item_data")
    found = item.get("variations", []) if isinstance(item, dict) else []
    variations = [part for part in found if isinstance(part, dict)] if isinstance(found, list) else []
    holders = [part.get("item_variation_data") for part in (*variations, entry)]
    return variations + [holder for holder in holders if isinstance(holder, dict)]


def _identifier(name: str, value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, (str, int)) or not str(value).strip():
        raise Unreadable("missing_field", f"{name} is {str(value)[:60]!r}, expected an id")
    return str(value)


def _instant(name: str, value: Any) -> str:
    try:
        found = read_instant(value) if isinstance(value, str) else None
    except Implausible as why:
        raise Unreadable("bad_timestamp", f"{name} is {value[:60]!r}, expected {why}") from None
    if found is None:
        raise Unreadable(
            "bad_timestamp", f"{name} is {str(value)[:60]!r}, expected an instant with its zone: 2026-03-08T08:00:00Z"
        )
    return instant_text(found)


def instant_text(instant: datetime) -> str:
    """An instant as payloads spell it: UTC, no more decimals of a second than it has."""
    text = instant.astimezone(UTC).isoformat().replace("+00:00", "")
    return (text.rstrip("0") if "." in text else text) + "Z"


def _whole_number(name: str, value: Any) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63:
        return value
    if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,18}", value):
        return int(value)
    raise Unreadable("missing_field", f"{name} is {str(value)[:60]!r}, expected a whole number")


def _money(name: str, value: Any) -> dict[str, Any]:
    amount = value.get("amount") if isinstance(value, dict) else None
    currency = value.get("currency") if isinstance(value, dict) else None
    if isinstance(amount, str) and re.fullmatch(r"-?[0-9]{1,18}", amount):
        amount = int(amount)
    is_amount = isinstance(amount, int) and not isinstance(amount, bool) and 0 <= amount < _MAX_MINOR_UNITS
    if not is_amount or not isinstance(currency, str) or not _CURRENCY.fullmatch(currency):
        shown = json.dumps(value, ensure_ascii=False, default=str)[:80]
        raise Unreadable(
            "bad_money", f"{name} is {shown}, expected a whole number of 0 or more in minor units and its currency"
        )
    return {**value, "amount": amount}
