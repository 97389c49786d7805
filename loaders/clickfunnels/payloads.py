"""JSON of the funnel: API pages, webhook envelopes, the second checkout, analytics events; arrays, objects or lines.

    landing/clickfunnels/** and API pages  ->  raw_clickfunnels.<table>

The keys give the kind, whatever the folder. An object lands whole as `payload`, its names in order, so that the same
object in another spelling is the same text and a duplicate.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.compute as pc

from loaders.clickfunnels.objects import read_event, read_object, read_webhook
from loaders.clickfunnels.plain_events import read_plain_events
from loaders.clickfunnels.tables import BY_NAME, EVENTS, kind_of_object
from loaders.config import Settings
from loaders.funnel_values import export_text, log_unknown
from loaders.json_text import elements, loads, quoted, require_storable
from loaders.source import File, Parsed, Quarantined, Rejection, Unreadable

VERSION = "1"

# A number that a double cannot hold exactly, or that another spelling would change.
_INEXACT = r"[^0-9][:\[,]\s*-?[0-9]+(?:\.[0-9]|[eE]|[0-9]{18})"
_LINES_AT_ONCE = 2_000


def read_json(content: bytes, file: File, settings: Settings, sidecar: bytes | None) -> Parsed:
    """Read one file or page. Raises `Quarantined` (`unreadable`, `unknown_kind`)."""
    resource = file.source_file.rsplit("/", 1)[-1] if file.source_file.startswith("api/") else ""
    plain = None if resource else read_plain_events(content)
    elements_left: Iterable[tuple[int, Any, str | bytes]] = _elements(content)
    events: list[pa.Table] = []
    count = told = 0
    if plain is not None:
        events, left = [plain[0]], plain[1]
        count = told = plain[0].num_rows
        parts = content.split(b"\n") if left else []
        elements_left = ((number, entry, part) for number, part, entry in _lines(parts, left)) if left else ()
    rows: dict[str, dict[str, list[Any]]] = {}
    rejections: list[Rejection] = []
    seen: set[tuple[str, ...]] = set()
    duplicates = 0
    unknown: set[str] = set()
    for line, entry, said in elements_left:
        count += 1
        try:
            kind, row = _row(entry, resource, settings)
        except _Untold:
            rejections.append(Rejection(line, "unknown_kind", _UNTOLD, _said(entry, said)))
            continue
        except Unreadable as why:
            told += why.reason_code != "bad_json"
            rejections.append(Rejection(line, why.reason_code, why.message, _said(entry, said)))
            continue
        told += 1
        if kind == EVENTS.name:
            unknown |= entry.keys() - set(EVENTS.columns)
        else:
            key = (kind, *(row[name] for name in BY_NAME[kind].key if name != "organization_id"))
            if key in seen:
                duplicates += 1
                continue
            seen.add(key)
        columns = rows.setdefault(kind, {name: [] for name in (*row, "_source_row")})
        for name, value in row.items():
            columns[name].append(value)
        columns["_source_row"].append(line)
    if count and not told:
        raise Quarantined("unknown_kind", f"found {count} elements; {_UNTOLD}")
    log_unknown(file.source_file, unknown)
    tables = {kind: _table(kind, columns) for kind, columns in rows.items()}
    if events:
        tables[EVENTS.name] = pa.concat_tables([*events, *([tables[EVENTS.name]] if EVENTS.name in tables else [])])
    landed = sum(table.num_rows for table in tables.values())
    return Parsed(tables, count, landed, rejections, rows_duplicate=duplicates)


def _table(kind: str, columns: Mapping[str, list[Any]]) -> pa.Table:
    schema = BY_NAME[kind].schema
    return pa.table({name: pa.array(values, schema.field(name).type) for name, values in columns.items()})


_UNTOLD = "found no object of ClickFunnels or its second checkout, and no event, by its keys"


class _Untold(Exception):  # noqa: N818 - a verdict on an element
    """An element whose keys tell nothing."""


def _elements(content: bytes) -> Iterator[tuple[int, Any, str | bytes]]:
    """Line, object and text of each element; the quick way where every line is one object without inexact numbers."""
    if not content.strip():
        raise Quarantined("unreadable", f"found {len(content)} bytes, expected JSON; export it again")
    parts = content.split(b"\n")
    first = parts[0].strip()
    if first.startswith(b"{") and first.endswith(b"}") and len(parts) > 1:
        try:
            loads(first.decode("utf-8"))
        except (ValueError, RecursionError):
            pass
        else:
            # Text that no engine stores, and broken bytes, are found once for the whole file.
            export_text(content)
            for number, part, entry in _lines(parts):
                yield number, entry, part
            return
    yield from elements(export_text(content))


def _lines(parts: Sequence[bytes], numbers: Sequence[int] = ()) -> Iterator[tuple[int, bytes, Any]]:
    """Number, text and object of each line that is not blank, or of those of `numbers`; None where it is no JSON."""
    chosen = [(number, parts[number - 1]) for number in numbers or range(1, len(parts) + 1)]
    for start in range(0, len(chosen), _LINES_AT_ONCE):
        lines = [(number, part) for number, part in chosen[start : start + _LINES_AT_ONCE] if part.strip()]
        entries = [_parsed(part, orjson.loads) for _, part in lines]
        # What comes out as it went in is exact.
        doubtful = [
            index
            for index, ((_, part), entry) in enumerate(zip(lines, entries, strict=True))
            if entry is None or orjson.dumps(entry) != part
        ]
        texts = pa.array([lines[index][1] for index in doubtful], pa.binary())
        inexact = pc.match_substring_regex(texts, _INEXACT).to_pylist()
        for index, is_inexact in zip(doubtful, inexact, strict=True):
            if is_inexact:
                entries[index] = _parsed(lines[index][1], lambda part: loads(part.decode("utf-8")))
        for (number, part), entry in zip(lines, entries, strict=True):
            yield number, part, entry


def _parsed(part: bytes, parse: Callable[[bytes], Any]) -> Any:
    try:
        return parse(part)
    except (ValueError, RecursionError):
        return None


def _said(entry: Any, said: str | bytes) -> str:
    return said if isinstance(said, str) else quoted(said.decode("utf-8", "backslashreplace"))


def _row(entry: Any, resource: str, settings: Settings) -> tuple[str, dict[str, Any]]:
    """The table and row of one element. Raises `Unreadable`, or `_Untold`."""
    if entry is None:
        raise Unreadable("bad_json", "found text that is no JSON, expected one object on the line")
    if isinstance(entry, dict) and "body" in entry:
        entry = _unwrapped(entry["body"])
    if not isinstance(entry, dict):
        raise _Untold
    kind = resource or kind_of_object(entry)
    if not kind:
        raise _Untold
    if kind == EVENTS.name:
        require_storable(entry)
        extra = {name: value for name, value in entry.items() if name not in EVENTS.columns}
        return kind, {**read_event(entry, settings), "extra": _dumped(extra)}
    if kind == "webhook_events":
        data_kind, object_id = read_webhook(entry, settings)
        payload = _payload(entry)
        event_id = str(entry.get("event_id") or "").strip()
        return kind, {
            "event_key": event_id or "payload:" + _digest(payload),
            "event_type": str(entry.get("event_type") or ""),
            "data_kind": data_kind,
            "object_id": object_id,
            "payload": payload,
        }
    object_id = read_object(kind, entry, settings)
    payload = _payload(entry)
    return kind, {"object_id": object_id, "content_hash": _digest(payload), "payload": payload}


def content_hash(kind: str, entry: dict[str, Any], settings: Settings) -> tuple[str, str]:
    """An object's id, and the hash that tells its content apart in raw. Raises `Unreadable`."""
    spelled = deepcopy(entry)
    return read_object(kind, spelled, settings), _digest(_payload(spelled))


def _digest(payload: str) -> str:
    return hashlib.sha256(payload.encode()).hexdigest()


def _unwrapped(body: Any) -> Any:
    if isinstance(body, str):
        try:
            return loads(body)
        except (ValueError, RecursionError):
            return None
    return body


def _payload(entry: dict[str, Any]) -> str:
    payload = _dumped(entry)
    # A zero byte is always escaped.
    if "\\u" in payload:
        require_storable(entry)
    return payload


def _dumped(entry: dict[str, Any]) -> str:
    """An object as text: names in order, nothing between, numbers exact. Raises `Unreadable` for half a character."""
    try:
        return orjson.dumps(entry, option=orjson.OPT_SORT_KEYS).decode()
    except (TypeError, ValueError):
        require_storable(entry)
        # Decimals, and whole numbers longer than 64 bits, stay the digits that they are.
        return json.dumps(entry, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
