"""Cells: how each kind is asked for in SQL, read from a request's text, and written in an answer.

Instants are RFC 3339 in UTC, decimals are strings with every digit, nulls are null; in CSV nulls are empty.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from loaders.config import parse_instant
from web.published import Field, Reading

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DECIMAL = re.compile(r"[+-]?\d{1,28}(\.\d{1,9})?", re.ASCII)
_INTEGER = re.compile(r"[+-]?\d{1,19}", re.ASCII)
_NUMBER = re.compile(r"[+-]?\d{1,300}(\.\d{1,300})?([eE][+-]?\d{1,3})?", re.ASCII)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_LARGEST_INTEGER = 2**63 - 1
_CSV_ROWS = 1_000

# A value as a parameter of each kind: text that the engine reads as that type.
PARAMETERS = {
    "text": "%s",
    "integer": "cast(%s as bigint)",
    "number": "cast(%s as double precision)",
    "decimal": "cast(%s as decimal(38, 9))",
    "boolean": "cast(%s as boolean)",
    "date": "cast(%s as date)",
    "instant": "cast(%s as timestamptz)",
    "local": "cast(%s as timestamp)",
}
# What is expected of each kind, in words.
EXPECTED = {
    "text": "text",
    "integer": "a whole number",
    "number": "a number",
    "decimal": "a decimal number such as 12.50",
    "boolean": "true or false",
    "date": "a date as YYYY-MM-DD",
    "instant": "an instant as RFC 3339, such as 2030-11-05T18:00:00Z",
    "local": "a time as YYYY-MM-DDTHH:MM:SS",
}


def read_value(kind: str, text: str) -> str | int | None:
    """A request's text as a parameter of its kind, or None where it is none."""
    try:
        return _READERS[kind](text)
    except ValueError:
        return None


def _read_integer(text: str) -> int | None:
    number = int(text) if _INTEGER.fullmatch(text) else None
    return number if number is not None and abs(number) <= _LARGEST_INTEGER else None


def _read_instant(text: str) -> str | None:
    # A `+` of an offset that nobody escaped arrives as a blank.
    instant = parse_instant(text.replace(" ", "+") if "T" in text.upper() else text)
    return instant.isoformat() if instant else None


_READERS: dict[str, Callable[[str], str | int | None]] = {
    "text": lambda text: text if "\0" not in text else None,
    "integer": _read_integer,
    "number": lambda text: text if _NUMBER.fullmatch(text) else None,
    "decimal": lambda text: text if _DECIMAL.fullmatch(text) else None,
    "boolean": lambda text: text if text in ("true", "false") else None,
    "date": lambda text: date.fromisoformat(text).isoformat() if _DATE.fullmatch(text) else None,
    "instant": _read_instant,
    "local": lambda text: datetime.fromisoformat(text).replace(tzinfo=None).isoformat(),
}


def cell(read: Reading, field: Field) -> str:
    """A column in SQL, as `written` takes it."""
    column = f'"{field.name}"'
    return read.instant(column) if field.kind == "instant" else column


def select_list(read: Reading, fields: Sequence[Field]) -> str:
    """Columns in SQL, under their names."""
    return ", ".join(f'{cell(read, field)} as "{field.name}"' for field in fields)


def written(fields: Sequence[Field], rows: Iterable[Sequence[Any]]) -> Iterator[list[Any]]:
    """Rows as they are answered."""
    writers = [(index, _WRITERS[field.kind]) for index, field in enumerate(fields) if field.kind in _WRITERS]
    for row in rows:
        cells = list(row)
        for index, write in writers:
            if cells[index] is not None:
                cells[index] = write(cells[index])
        yield cells


def as_objects(fields: Sequence[Field], rows: Iterable[Sequence[Any]]) -> list[dict[str, Any]]:
    """Rows as JSON objects."""
    names = [field.name for field in fields]
    return [dict(zip(names, cells, strict=True)) for cells in written(fields, rows)]


def as_csv(fields: Sequence[Field], rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """A header and rows, some at a time."""
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\r\n")
    lines.writerow([field.name for field in fields])
    for count, cells in enumerate(written(fields, rows), start=1):
        lines.writerow([_csv_cell(each) for each in cells])
        if count % _CSV_ROWS == 0:
            yield text.getvalue().encode()
            text.seek(0)
            text.truncate()
    yield text.getvalue().encode()


def _csv_cell(cell: Any) -> Any:
    return str(cell).lower() if isinstance(cell, bool) else cell


def instant_text(microseconds: int) -> str:
    """Microseconds since 1970 as RFC 3339."""
    return (_EPOCH + timedelta(microseconds=microseconds)).isoformat().removesuffix("+00:00") + "Z"


def _decimal_text(value: Decimal) -> str:
    return format(value, "f")


_WRITERS: dict[str, Callable[[Any], Any]] = {
    "instant": instant_text,
    "decimal": _decimal_text,
    "date": date.isoformat,
    "local": datetime.isoformat,
}
