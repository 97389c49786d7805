"""JSON of the funnel: API pages, webhook envelopes, the second checkout, analytics events; arrays, objects or lines.

    landing/clickfunnels/** and API pages  ->  raw_clickfunnels.<table>

The keys give the kind, whatever the folder. An object lands whole as `payload`, its names in order, so that the same
object in another spelling is the same text and a duplicate.
"""

from __future__ import annotations

import hashlib
import io
import itertools
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import deepcopy
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.compute as pc

from loaders.config import Settings
from loaders.readers.csv_text import is_text
from loaders.readers.json_text import elements, loads, may_be_odd, quoted, require_storable
from loaders.source import File, Parsed, Quarantined, Rejection, Unreadable
from loaders.sources.clickfunnels.objects import read_event, read_object, read_webhook
from loaders.sources.clickfunnels.plain_events import read_plain_events
from loaders.sources.clickfunnels.tables import BY_NAME, EVENTS, kind_of_object
from loaders.sources.funnel.values import export_text, log_unknown

VERSION = "2"

# A number that a double cannot hold exactly, or that another spelling would change.
_INEXACT = r"[^0-9][:\[,]\s*-?[0-9]+(?:\.[0-9]|[eE]|[0-9]{18})"
# Of a block this small the memory serves the next; of a larger one it is given back and asked for again.
_LINES_AT_ONCE = 100
_ROWS_AT_ONCE = 2_000


def read_json(content: bytes, file: File, settings: Settings, sidecar: bytes | None) -> Parsed:
    """Read one file or page. Raises `Quarantined` (`unreadable`, `unknown_kind`)."""
    resource = file.source_file.rsplit("/", 1)[-1] if file.source_file.startswith("api/") else ""
    plain = None if resource else read_plain_events(content)
    elements_left: Iterable[tuple[int, Any, str | bytes]] = _elements(content)
    rows = _Rows()
    count = told = 0
    if plain is not None:
        events, left = plain
        rows.add_table(EVENTS.name, events)
        count = told = events.num_rows
        elements_left = _lines(content, frozenset(left)) if left else ()
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
        rows.add(kind, row, line)
    if count and not told:
        raise Quarantined("unknown_kind", f"found {count} elements; {_UNTOLD}")
    log_unknown(file.source_file, unknown)
    tables = rows.tables()
    landed = sum(table.num_rows for table in tables.values())
    return Parsed(tables, count, landed, rejections, rows_duplicate=duplicates)


class _Rows:
    """Rows by kind, made columns a block at a time: a block's memory serves the next."""

    def __init__(self) -> None:
        self._tables: dict[str, list[pa.Table]] = {}
        self._columns: dict[str, dict[str, list[Any]]] = {}
        self._held = 0

    def add_table(self, kind: str, table: pa.Table) -> None:
        self._tables.setdefault(kind, []).append(table)

    def add(self, kind: str, row: Mapping[str, Any], line: int) -> None:
        columns = self._columns.get(kind)
        if columns is None:
            columns = self._columns[kind] = {name: [] for name in (*row, "_source_row")}
        for name, value in row.items():
            columns[name].append(value)
        columns["_source_row"].append(line)
        self._held += 1
        if self._held >= _ROWS_AT_ONCE:
            self._put_away()

    def tables(self) -> dict[str, pa.Table]:
        self._put_away()
        return {kind: pa.concat_tables(tables) for kind, tables in self._tables.items()}

    def _put_away(self) -> None:
        for kind, columns in self._columns.items():
            schema = BY_NAME[kind].schema
            self.add_table(
                kind, pa.table({name: pa.array(values, schema.field(name).type) for name, values in columns.items()})
            )
        self._columns, self._held = {}, 0


_UNTOLD = "found no object of ClickFunnels or its second checkout, and no event, by its keys"


class _Untold(Exception):  # noqa: N818 - a verdict on an element
    """An element whose keys tell nothing."""


def _elements(content: bytes) -> Iterator[tuple[int, Any, str | bytes]]:
    """Line, object and text of each element; the quick way where every line is one object without inexact numbers."""
    if not content.strip():
        raise Quarantined("unreadable", f"found {len(content)} bytes, expected JSON; export it again")
    first = content[: content.find(b"\n") + 1].strip()
    if first.startswith(b"{") and first.endswith(b"}"):
        try:
            loads(first.decode("utf-8"))
        except (ValueError, RecursionError):
            pass
        else:
            # Text that no engine stores, and broken bytes, are found once for the whole file.
            if not is_text(content):
                export_text(content)
            yield from _lines(content)
            return
    yield from elements(export_text(content))


def _lines(content: bytes, chosen: frozenset[int] = frozenset()) -> Iterator[tuple[int, Any, bytes]]:
    """Number, object and text of each line that is not blank, or of those chosen; the object is None for no JSON."""
    numbered = ((number, part) for number, part in enumerate(io.BytesIO(content), start=1) if part.strip())
    if chosen:
        numbered = ((number, part) for number, part in numbered if number in chosen)
    while lines := list(itertools.islice(numbered, _LINES_AT_ONCE)):
        entries = [_parsed(part, orjson.loads) for _, part in lines]
        # What comes out as it went in is exact.
        doubtful = [
            index
            for index, ((_, part), entry) in enumerate(zip(lines, entries, strict=True))
            if entry is None or not _comes_back(entry, part)
        ]
        texts = pa.array([lines[index][1] for index in doubtful], pa.binary())
        inexact = pc.match_substring_regex(texts, _INEXACT).to_pylist()
        for index, is_inexact in zip(doubtful, inexact, strict=True):
            if is_inexact:
                entries[index] = _parsed(lines[index][1], lambda part: loads(part.decode("utf-8")))
        for (number, part), entry in zip(lines, entries, strict=True):
            yield number, entry, part


def _comes_back(entry: Any, part: bytes) -> bool:
    """Whether an object is written as it was read. One that is too deep is not, and is refused later."""
    try:
        return orjson.dumps(entry, option=orjson.OPT_APPEND_NEWLINE) == part
    except TypeError:
        return False


def _parsed(part: bytes, parse: Callable[[bytes], Any]) -> Any:
    try:
        return parse(part)
    except (ValueError, RecursionError):
        return None


def _said(entry: Any, said: str | bytes) -> str:
    return said if isinstance(said, str) else quoted(said.removesuffix(b"\n").decode("utf-8", "backslashreplace"))


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
    if may_be_odd(payload):
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
