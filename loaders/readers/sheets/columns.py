"""Cells of one column as values of its kind, each different text read once.

    id, text, name, currency   str
    count                      int
    capacity                   int, or NO_LIMIT
    money, decimal             Decimal
    rate                       Decimal, 1 for 100 %
    percent                    Decimal, 100 for 100 %
    date                       date
    moment                     date, or a datetime with the offset that was written or none
    clock                      time

A blank cell is None. What cannot be read is an `Unreadable`, in the place of a value.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal

from loaders.readers.dates import Implausible, plausible
from loaders.readers.sheets.grids import Broken, Cell, Percent, shown
from loaders.readers.sheets.layouts import DATES, NUMBERS, Book, Column
from loaders.readers.sheets.moments import read_clock, read_moment
from loaders.readers.sheets.numbers import Number, is_scientific, read_number
from loaders.readers.sheets.style import Style
from loaders.readers.sheets.words import BLANKS, ERRORS, folded
from loaders.readers.sheets.workbooks import EXACT
from loaders.source import Unreadable


@dataclass(frozen=True)
class NoLimit:
    """What a capacity without a limit is."""


NO_LIMIT = NoLimit()
Value = str | int | Decimal | date | datetime | time | NoLimit | None

_SHOWN = 40
_GUARDED = ("'=", "'+", "'-", "'@")
_ABBREVIATED = re.compile(r"(.*?\d)\s*([KkMm])")
_EXPECTED = {
    "count": "a whole number",
    "capacity": "a whole number, a word for no limit (such as Infinite) or nothing",
    "money": "an amount such as 1,234.56",
    "decimal": "a number such as 1,234.5",
    "rate": "a number such as 0.5, or 50%",
    "percent": "percentage points such as 1.5 or 1.5%",
    "date": "a date such as 2026-11-20",
    "moment": "a time such as 2026-11-20 19:30",
    "clock": "a time of day such as 19:30",
}
_REASONS = {"money": "money", **dict.fromkeys(NUMBERS - {"money"}, "number")}
# Days that a spreadsheet counts since 1899: those of 1982 to 2119.
_SERIAL = re.compile(r"(?:[3-7]\d{4})(?:\.\d+)?")


@dataclass(frozen=True)
class Read:
    """A column's values in the order of its cells, the places of those that cannot be read, and the currency's sign of
    those that have one."""

    values: list[Value | Unreadable]
    bad: list[int]
    marks: dict[int, str]


def read_column(column: Column, title: str, cells: Sequence[Cell], style: Style, book: Book) -> Read:
    """Read the cells of a column; `title` is what the file calls it, for messages."""
    known: dict[Cell, Value | Unreadable] = {}
    mark_of: dict[Cell, str] = {}
    for cell in set(cells):
        if isinstance(cell, str):
            known[cell], mark = _read_text(column, title, cell, style, book)
            if mark:
                mark_of[cell] = mark
        else:
            known[cell] = _judged(_read_cell, column, title, cell, book)
    unreadable = {cell for cell, value in known.items() if isinstance(value, Unreadable)}
    return Read(
        [known[cell] for cell in cells],
        [index for index, cell in enumerate(cells) if cell in unreadable] if unreadable else [],
        {index: mark_of[cell] for index, cell in enumerate(cells) if cell in mark_of} if mark_of else {},
    )


def _judged(read: Callable[..., Value], column: Column, title: str, *arguments: object) -> Value | Unreadable:
    try:
        return read(column, title, *arguments)
    except Unreadable as why:
        return why


def unguarded(text: str) -> str:
    """The text without the `'` by which an exporter guards it against spreadsheets."""
    return text[1:] if text[:2] in _GUARDED else text


def is_blank(cell: Cell) -> bool:
    return isinstance(cell, str) and unguarded(cell).lower() in BLANKS


def _read_text(column: Column, title: str, text: str, style: Style, book: Book) -> tuple[Value | Unreadable, str]:
    text = unguarded(text)
    if not text or (column.kind != "name" and text.lower() in BLANKS):
        return None, ""
    if text.lower() in ERRORS:
        return unreadable(column, title, text, book), ""
    if column.kind in ("text", "name", "id", "currency"):
        is_damaged = column.kind == "id" and is_scientific(text)
        own = text.upper() if column.kind == "currency" else text
        return (_damaged(title, text) if is_damaged else own), ""
    if column.kind in NUMBERS:
        number = read_number(text)
        value = _judged(_number_text, column, title, text, number, style, book)
        return value, number.mark if number else ""
    return _judged(_date_text, column, title, text, style, book), ""


def _number_text(column: Column, title: str, text: str, number: Number | None, style: Style, book: Book) -> Value:
    if column.kind == "capacity" and folded(text) in book.no_limit:
        return NO_LIMIT
    if column.is_abbreviated and (match := _ABBREVIATED.fullmatch(text)):
        plain = read_number(match[1])
        found = plain.under(style.decimal) if plain else None
        if found is not None:
            whole = found * (1_000 if match[2] in "Kk" else 1_000_000)
            if whole == whole.to_integral_value():
                return int(whole)
        raise unreadable(column, title, text, book)
    if number is None:
        raise unreadable(column, title, text, book)
    if column.kind in ("count", "capacity"):
        if number.whole is None or number.is_percent or number.mark:
            raise unreadable(column, title, text, book)
        return number.whole
    value = _under(number, style)
    if value is None or (number.is_percent and column.kind not in ("rate", "percent", "decimal")):
        raise unreadable(column, title, text, book)
    return value / 100 if number.is_percent and column.kind in ("rate", "decimal") else value


def _under(number: Number, style: Style) -> Decimal | None:
    if style.decimal:
        return number.under(style.decimal)
    # No mark of the file matters, or only that of whole numbers.
    if number.differs:
        return Decimal(number.whole) if number.whole is not None else None
    return number.point if number.point is not None else number.comma


def _date_text(column: Column, title: str, text: str, style: Style, book: Book) -> Value:
    if column.kind == "clock":
        clock = read_clock(text)
        if clock is None:
            raise unreadable(column, title, text, book)
        return clock
    written = read_moment(text)
    if written is not None and not style.order and written.differs:
        raise unreadable(column, title, text, book, "; which is the day, nothing in the file says")
    found = written.under(style.order) if written else None
    if found is None:
        is_serial = _SERIAL.fullmatch(text) is not None
        hint = "; a spreadsheet made a number of it: format the column as a date before saving" if is_serial else ""
        raise unreadable(column, title, text, book, hint)
    return _day(column, title, text, found, book)


def _day(column: Column, title: str, text: str, found: date | datetime, book: Book) -> Value:
    try:
        if not column.is_birth:
            plausible(found)
    except Implausible as why:
        reason = column.reason or book.reason("date")
        raise Unreadable(reason, f"{title} is {text[:_SHOWN]!r}, expected {why}") from None
    return found.date() if column.kind == "date" and isinstance(found, datetime) else found


def _read_cell(column: Column, title: str, cell: Cell, book: Book) -> Value:
    """A cell of a workbook that is no text."""
    if isinstance(cell, Broken):
        raise unreadable(column, title, cell.text, book)
    if isinstance(cell, (datetime, date, time)):
        return _workbook_date(column, title, cell, book)
    if column.kind == "id":
        plain = cell.value if isinstance(cell, Percent) else Decimal(cell)
        if abs(plain) >= EXACT:
            raise _damaged(title, shown(cell))
        return shown(cell)
    if column.kind not in NUMBERS:
        if column.kind in ("date", "moment", "clock"):
            hint = "; format the column as a date before saving"
            raise unreadable(column, title, shown(cell), book, hint)
        return shown(cell)
    value = cell.value if isinstance(cell, Percent) else Decimal(cell)
    if column.kind in ("count", "capacity"):
        if isinstance(cell, Percent) or value != value.to_integral_value() or abs(value) >= EXACT:
            raise unreadable(column, title, shown(cell), book)
        return int(value)
    if isinstance(cell, Percent) and column.kind == "money":
        raise unreadable(column, title, shown(cell), book)
    return value * 100 if isinstance(cell, Percent) and column.kind == "percent" else value


def _workbook_date(column: Column, title: str, cell: date | datetime | time, book: Book) -> Value:
    is_day = isinstance(cell, date)
    if (column.kind in ("date", "moment") and is_day) or (column.kind == "clock" and not is_day):
        return _day(column, title, shown(cell), cell, book) if isinstance(cell, date) else cell
    if column.kind == "clock" and isinstance(cell, datetime):
        return cell.time()
    if column.kind == "id":
        raise _damaged(title, shown(cell))
    if column.kind in ("text", "name"):
        return shown(cell)
    raise unreadable(column, title, shown(cell), book)


def _damaged(title: str, text: str) -> Unreadable:
    return Unreadable(
        "damaged_id",
        f"{title} is {text[:_SHOWN]!r}, which a spreadsheet made of an id; format the column as text before saving, or"
        " use the original export",
    )


def unreadable(column: Column, title: str, text: str, book: Book, hint: str = "") -> Unreadable:
    """The verdict on a cell that is no value of its column's kind."""
    default = book.reason(_REASONS.get(column.kind, "date" if column.kind in DATES | {"clock"} else "unreadable_cell"))
    reason = column.reason or default
    expected = _EXPECTED.get(column.kind, "a value")
    return Unreadable(reason, f"{title} is {text[:_SHOWN]!r}, expected {expected}{hint}")
