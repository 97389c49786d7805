"""How one file writes its numbers and dates: found out of all its cells at once, never of one alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from loaders.readers.sheets.grids import Cell, Grid, Line
from loaders.readers.sheets.headers import Header
from loaders.readers.sheets.layouts import DATES, FRACTIONS, NUMBERS, WHOLES, Book, Column
from loaders.readers.sheets.moments import read_moment
from loaders.readers.sheets.numbers import Number, read_number
from loaders.readers.sheets.words import BLANKS, WHOLE_CURRENCIES, currency_of
from loaders.source import Quarantined


@dataclass(frozen=True)
class Style:
    """The decimal mark of a file ('' where none of its numbers has one that matters), and the order of its dates."""

    decimal: str = ""
    order: str = "mdy"


@dataclass(frozen=True)
class Table:
    """A header and the lines below it that are rows or totals rows."""

    grid: Grid
    header: Header
    lines: Sequence[Line]


@dataclass(frozen=True)
class _Seen:
    """A cell that says something, and where it stands."""

    text: str
    place: str


def style_of(tables: Sequence[Table], book: Book) -> Style:
    """The style of a file. Raises `Quarantined`: `mixed_number_style`, `ambiguous_number_style`, `mixed_date_style`."""
    marks: dict[str, _Seen] = {}
    orders: dict[str, _Seen] = {}
    undecided: list[_Seen] = []
    for table in map(_whole, tables):
        for place, name in enumerate(table.header.names):
            column = table.header.layout.by_name.get(name)
            if column is not None and column.kind in NUMBERS:
                _look_at_numbers(table, place, column, marks, undecided)
            elif column is not None and column.kind in DATES:
                for line, text in _texts(table, place):
                    written = read_moment(text)
                    if written is not None and written.decides:
                        orders.setdefault(written.decides, _Seen(text, table.grid.place(line.number, place)))
    return Style(_decimal(marks, undecided, book), _order(orders, tables, book))


def _whole(table: Table) -> Table:
    """The rows that have a cell for every column: what stands in another place says nothing."""
    width = len(table.header.names)
    return replace(table, lines=[line for line in table.lines if len(line.cells) == width])


def _look_at_numbers(table: Table, place: int, column: Column, marks: dict[str, _Seen], undecided: list[_Seen]) -> None:
    """Note what the numbers of a column say of decimal marks, and the first one that another mark would change."""
    for line, text, currency in _numbers(table, place, column.name):
        # Digits alone say nothing.
        number = None if text.isdigit() else read_number(_unabbreviated(text) if column.is_abbreviated else text)
        if number is None:
            continue
        is_count = column.kind in WHOLES and text == _unabbreviated(text)
        if is_count and number.whole is None:
            # No count under any mark.
            continue
        is_whole = is_count or (column.kind == "money" and _is_whole_currency(number, currency))
        decided = number.whole_mark if is_whole else number.decides
        if decided:
            if decided not in marks:
                marks[decided] = _Seen(text, table.grid.place(line.number, place))
        elif column.kind in FRACTIONS and number.differs and not is_whole and not undecided:
            undecided.append(_Seen(text, table.grid.place(line.number, place)))


def _decimal(marks: dict[str, _Seen], undecided: list[_Seen], book: Book) -> str:
    if len(marks) > 1:
        point, comma = marks["."], marks[","]
        raise Quarantined(
            "mixed_number_style",
            f"found {point.text[:40]!r} in {point.place} and {comma.text[:40]!r} in {comma.place}, which no one style"
            " of numbers has both of; export it again",
        )
    if marks:
        return next(iter(marks))
    if not undecided or book.decimal_mark:
        return book.decimal_mark
    (open_number,) = undecided
    raise Quarantined(
        "ambiguous_number_style",
        f"{open_number.place}: found {open_number.text[:40]!r}, and nothing in the file says whether its mark is a"
        " decimal one; set LEDGERLINE_DECIMAL_MARK to '.' or ',', or export it with two decimals",
    )


def _order(orders: dict[str, _Seen], tables: Sequence[Table], book: Book) -> str:
    if len(orders) > 1:
        month, day = orders["mdy"], orders["dmy"]
        raise Quarantined(
            "mixed_date_style",
            f"found {month.text[:40]!r} in {month.place} and {day.text[:40]!r} in {day.place}, which no one order of"
            " day and month has both of; export it again",
        )
    documented = tables[0].header.order
    return next(iter(orders), "") or book.date_order or documented


def _unabbreviated(text: str) -> str:
    return text[:-1].rstrip() if text[-1:] in ("K", "k", "M", "m") and text[:-1].strip()[-1:].isdigit() else text


def _is_whole_currency(number: Number, currency: str) -> bool:
    return (currency_of(number.mark) or currency) in WHOLE_CURRENCIES if number.whole is not None else False


def _texts(table: Table, place: int) -> Iterable[tuple[Line, str]]:
    """The different texts of a column, each with the first line that it stands in."""
    seen: dict[Cell, Line] = {}
    for line in table.lines:
        if place < len(line.cells):
            seen.setdefault(line.cells[place], line)
    return [(line, cell) for cell, line in seen.items() if isinstance(cell, str) and cell.lower() not in BLANKS]


def _numbers(table: Table, place: int, name: str) -> Iterable[tuple[Line, str, str]]:
    """The different texts of a column of numbers, each with its row's currency."""
    header = table.header
    currencies = [at for at, each in enumerate(header.names) if _kind(header, each) == "currency"]
    if name in header.currencies or not currencies:
        fixed = header.currencies.get(name) or next(iter(header.currencies.values()), "")
        return [(line, text, fixed) for line, text in _texts(table, place)]
    seen: dict[tuple[str, str], Line] = {}
    for line in table.lines:
        if max(place, currencies[0]) < len(line.cells):
            cell, currency = line.cells[place], line.cells[currencies[0]]
            if isinstance(cell, str) and isinstance(currency, str):
                seen.setdefault((cell, currency.upper()), line)
    return [(line, text, currency) for (text, currency), line in seen.items() if text.lower() not in BLANKS]


def _kind(header: Header, name: str) -> str:
    column = header.layout.by_name.get(name)
    return column.kind if column else ""
