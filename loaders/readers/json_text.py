"""JSON text as objects, with the line and the text of each for messages; shared by every source that reads JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from loaders.readers.sizes import MAX_CELL, MAX_DEPTH, MAX_LINE
from loaders.source import Quarantined, Unreadable

_NO_TEXT = re.compile("[\0\ud800-\udfff]")
_TOO_DEEP = f"found lists or objects more than {MAX_DEPTH} deep within each other, expected fewer"
_BETWEEN = re.compile(r"[\s,]*")
# Enough of an object to find it by; the books are no second copy of the file.
QUOTED_CHARACTERS = 2_000


def loads(text: str) -> Any:
    """Parse JSON with exact numbers. Raises `ValueError`."""
    try:
        return json.loads(text, parse_float=Decimal, parse_constant=_no_number)
    except RecursionError:
        raise ValueError(_TOO_DEEP) from None


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


def document(text: str) -> Any:
    """Parse a file that is one JSON document. Raises `Quarantined` (`bad_json`)."""
    try:
        return loads(text)
    except ValueError as error:
        raise Quarantined("bad_json", f"found no JSON ({str(error)[:200]}); export it again") from None


def lines(text: str) -> Iterator[tuple[int, Any, str]]:
    """Line number, object (None where the line is no JSON) and text of each line that is not blank."""
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            try:
                yield number, loads(line), line
            except ValueError:
                yield number, None, line


def first_lines(text: str, objects: Sequence[Any], key: str) -> list[int]:
    """The line on which each object of a list starts: the list at `key`, or the document itself where `key` is ''.

    Where lines do not tell the objects apart, their numbers instead.
    """
    try:
        found = _first_lines(text, objects, key)
    except (ValueError, RecursionError):
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
        between = _BETWEEN.match(text, position)
        start = between.end() if between else position
        line += text.count("\n", counted, start)
        counted = start
        starts.append(line)
        position = decoder.raw_decode(text, start)[1]
    return starts


def require_storable(value: Any, reason: str = "bad_json") -> None:
    """Raise `Unreadable` for a JSON value that no engine stores, or of a size that none should.

    With `reason` for text that is none, names too: JSON can escape a zero byte, or half a surrogate pair. Else
    `cell_too_large`, `line_too_long`, `too_deep`.
    """
    level = [value]
    characters = 0
    for _ in range(MAX_DEPTH + 1):
        inner: list[Any] = []
        for each in level:
            if isinstance(each, str):
                if _NO_TEXT.search(each):
                    raise Unreadable(reason, "found a zero byte or half a character, expected Unicode text")
                if len(each) > MAX_CELL:
                    raise Unreadable(
                        "cell_too_large", f"found a text of {len(each):,} characters, expected at most {MAX_CELL:,}"
                    )
                characters += len(each)
            elif isinstance(each, dict):
                inner += each
                inner += each.values()
            elif isinstance(each, list):
                inner += each
        characters += len(inner)
        if characters > MAX_LINE:
            raise Unreadable("line_too_long", f"found an object of more than {MAX_LINE:,} characters, expected fewer")
        if not inner:
            return
        level = inner
    raise Unreadable("too_deep", _TOO_DEEP)


def may_be_odd(text: str) -> bool:
    """Whether `require_storable` could refuse what this text, which JSON was written to, holds. Never a false no."""
    return "\\u" in text or len(text) > MAX_CELL or text.count("[") + text.count("{") > MAX_DEPTH


def said(entry: Any) -> str:
    """An object as text that the books quote."""
    try:
        return quoted(json.dumps(entry, ensure_ascii=False, default=str))
    except RecursionError:
        return ""


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
    except ValueError as error:
        parsed = list(lines(text))
        if len(parsed) < 2 or parsed[0][1] is None:
            raise Quarantined("unreadable", f"found broken JSON ({str(error)[:200]}); export it again") from None
        return [(number, entry, quoted(line)) for number, entry, line in parsed]
    entries = found if isinstance(found, list) else [found]
    numbers = first_lines(text, entries, "")
    return [(number, entry, said(entry)) for number, entry in zip(numbers, entries, strict=True)]
