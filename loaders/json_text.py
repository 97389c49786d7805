"""JSON text as objects, with the line and the text of each for messages; shared by every source that reads JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from loaders.source import Quarantined, Unreadable

_NO_TEXT = re.compile("[\0\ud800-\udfff]")
_BETWEEN = re.compile(r"[\s,]*")
# Enough of an object to find it by; the books are no second copy of the file.
QUOTED_CHARACTERS = 2_000


def loads(text: str) -> Any:
    """Parse JSON with exact numbers. Raises `ValueError` or `RecursionError`."""
    return json.loads(text, parse_float=Decimal, parse_constant=_no_number)


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


def document(text: str) -> Any:
    """Parse a file that is one JSON document. Raises `Quarantined` (`bad_json`)."""
    try:
        return loads(text)
    except (ValueError, RecursionError) as error:
        raise Quarantined("bad_json", f"found no JSON ({str(error)[:200]}); export it again") from None


def lines(text: str) -> Iterator[tuple[int, Any, str]]:
    """Line number, object (None where the line is no JSON) and text of each line that is not blank."""
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            try:
                yield number, loads(line), line
            except (ValueError, RecursionError):
                yield number, None, line


def first_lines(text: str, objects: Sequence[Any], key: str) -> list[int]:
    """The line on which each object of a list starts: the list at `key`, or the document itself where `key` is ''.

    Where lines do not tell the objects apart, their numbers instead.
    """
    try:
        found = _first_lines(text, objects, key)
    except ValueError:
        found = []
    return found if len(set(found)) == len(objects) else list(range(1, len(objects) + 1))


def _first_lines(text: str, objects: Sequence[Any], key: str) -> list[int]:
    position = text.find(f'"{key}"') if key else 0
    if key or text.lstrip().startswith("["):
        position = text.find("[", position) + 1
    starts = []
    decoder = json.JSONDecoder()
    line, counted = 1, 0
    for _ in objects:
        start = _BETWEEN.match(text, position).end()
        line += text.count("\n", counted, start)
        counted = start
        starts.append(line)
        position = decoder.raw_decode(text, start)[1]
    return starts


def is_storable(value: Any) -> bool:
    """Whether every text in a JSON value, names too, is text: JSON can escape a zero byte, or half a surrogate pair."""
    return not any(_NO_TEXT.search(text) for text in _texts(value))


def require_storable(value: Any) -> None:
    """Raise `Unreadable` (`bad_json`) for text in a JSON value that no engine stores."""
    if not is_storable(value):
        raise Unreadable("bad_json", "found a zero byte or half a character, expected Unicode text")


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield name
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)


def quoted(text: str) -> str:
    """Text as the books keep it."""
    return text[:QUOTED_CHARACTERS].encode("utf-8", "backslashreplace").decode()


def snake_case(name: str) -> str:
    """`teamMemberId` as `team_member_id`."""
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).lower()


def elements(text: str) -> list[tuple[int, Any, str]]:
    """Line, object and text of each element of an array, a single object, or JSON lines; None where a line is no JSON.

    Raises `Quarantined` (`unreadable`) for text that is neither a document nor lines of which the first is complete.
    """
    try:
        found = loads(text)
    except (ValueError, RecursionError) as error:
        parsed = list(lines(text))
        if len(parsed) < 2 or parsed[0][1] is None:
            raise Quarantined("unreadable", f"found broken JSON ({str(error)[:200]}); export it again") from None
        return [(number, entry, quoted(line)) for number, entry, line in parsed]
    entries = found if isinstance(found, list) else [found]
    numbers = first_lines(text, entries, "")
    return [
        (number, entry, quoted(json.dumps(entry, ensure_ascii=False, default=str)))
        for number, entry in zip(numbers, entries, strict=True)
    ]
