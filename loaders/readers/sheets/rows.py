"""Lines as rows: every cell of a line read as its column's kind, or the first that cannot be."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat

from loaders.readers.sheets.columns import Value, read_column, unguarded, unreadable
from loaders.readers.sheets.grids import Line, column_letter, shown
from loaders.readers.sheets.headers import Header
from loaders.readers.sheets.layouts import NUMBERS, Book
from loaders.readers.sheets.style import Style, Table
from loaders.readers.sheets.words import contradicts, currency_of
from loaders.readers.sizes import cell_too_large
from loaders.source import Rejection, Unreadable

# Why a line is refused: the reason code and the message, by the line's number.
Refused = dict[int, tuple[str, str]]
Rows = tuple[list["Row"], list[Rejection], dict[int, dict[str, str]]]
# A row's currency, and why it is refused.
Verdict = tuple[str | None, tuple[str, str] | None]


@dataclass(frozen=True, slots=True)
class Row:
    """A row: its number in the file, the values of the layout's columns that the file has, the texts of all others, and
    the currency that its amounts or the header say, where one does."""

    line: int
    values: dict[str, Value]
    extra: dict[str, str]
    origin: Line
    currency: str | None = None

    @property
    def text(self) -> str:
        """The row as it stands in the file."""
        return self.origin.text


def read_rows(table: Table, lines: Sequence[Line], style: Style, book: Book) -> Rows:
    """Rows whose cells can all be read, and the others with the first bad cell in the header's order; of those, the
    cells as text where there is one for every column."""
    header, grid = table.header, table.grid
    refused: Refused = {}
    whole = _whole(lines, len(header.names), refused, book)
    values: dict[str, Sequence[Value | Unreadable]] = {}
    marks: dict[int, list[tuple[str, str]]] = {}
    extras: dict[str, list[str]] = {}
    kinds = header.layout.by_name
    for place, name in enumerate(header.names):
        of_column = [line.cells[place] for line in whole]
        column = kinds.get(name)
        if column is None:
            extras[name] = [unguarded(shown(cell)) for cell in of_column]
            continue
        read = read_column(column, header.titles[place], of_column, style, book)
        values[name] = read.values
        for index in read.bad:
            value = read.values[index]
            if isinstance(value, Unreadable) and whole[index].number not in refused:
                where = "" if grid.sheet is None else f", {grid.place(whole[index].number, place)}"
                message = f"column {column_letter(place)}{where}: {value.message}"
                refused[whole[index].number] = (value.reason_code, message)
        for index, mark in read.marks.items():
            marks.setdefault(index, []).append((name, mark))
    rows: list[Row] = []
    names, extra_names = tuple(values), tuple(extras)
    # Rows in which a cell could not be read are among the refused.
    found = zip(*values.values(), strict=True)
    others = zip(*extras.values(), strict=True) if extras else repeat(())
    judge = _judge(header, book)
    for index, (line, cells, texts) in enumerate(zip(whole, found, others, strict=False)):
        if line.number in refused:
            continue
        own: dict[str, Value] = dict(zip(names, cells, strict=True))
        currency, verdict = judge(own, marks.get(index, ()))
        if verdict:
            refused[line.number] = _of_word(header, own, line, book) or verdict
        else:
            extra = dict(zip(extra_names, texts, strict=True)) if extra_names else {}
            rows.append(Row(grid.row_number(line.number), own, extra, line, currency))
    said = {line.number: line.text for line in lines if line.number in refused}
    refused_cells = {
        grid.row_number(line.number): dict(zip(header.names, map(shown, line.cells), strict=True))
        for line in whole
        if line.number in refused
    }
    rejections = [
        Rejection(grid.row_number(number), code, message, said[number]) for number, (code, message) in refused.items()
    ]
    return rows, rejections, refused_cells


def _whole(lines: Sequence[Line], width: int, refused: Refused, book: Book) -> list[Line]:
    """The lines that have a cell for every column; the others are refused."""
    whole = []
    for line in lines:
        if line.too_large:
            refused[line.number] = ("cell_too_large", cell_too_large(line.too_large))
        elif len(line.cells) != width:
            what = f"{len(line.cells)} cells" if line.cells else "broken quoting"
            refused[line.number] = (book.reason("cells"), f"found {what}, expected {width} as in the header")
        else:
            whole.append(line)
    return whole


def _judge(header: Header, book: Book) -> Callable[[Mapping[str, Value], Sequence[tuple[str, str]]], Verdict]:
    """What tells a row's currency, and why the row is refused as a whole, if it is."""
    needed = header.layout.needed
    currencies = tuple(column.name for column in header.layout.columns if column.kind == "currency")
    of_header = next(iter(header.currencies.values()), "")

    single = tuple(group[0] for group in needed if len(group) == 1)
    several = tuple(group for group in needed if len(group) > 1)

    def judge(own: Mapping[str, Value], marks: Sequence[tuple[str, str]]) -> Verdict:
        blank = [(name,) for name in single if own.get(name) is None]
        for group in (*blank, *several):
            if all(own.get(name) is None for name in group):
                titles = " and ".join(header.title(name) for name in group if name in own) or " or ".join(group)
                return None, (book.reason("missing"), f"{titles} is blank")
        stated = next((str(own[name]) for name in currencies if own.get(name)), of_header)
        if not marks:
            return stated or None, None
        currency, problem = _currency(stated, own, marks, header)
        return currency, ("currency_mismatch", problem) if problem else None

    return judge


def _of_word(header: Header, own: Mapping[str, Value], line: Line, book: Book) -> tuple[str, str] | None:
    """Of a row that lacks a number: the verdict on the word that stands in its place, such as `n/a`."""
    for place, name in enumerate(header.names):
        column = header.layout.by_name.get(name)
        is_needed = column is not None and (name,) in header.layout.needed and own.get(name) is None
        if column is not None and is_needed and column.kind in NUMBERS and line.cells[place] != "":
            why = unreadable(column, header.titles[place], shown(line.cells[place]), book)
            return why.reason_code, f"column {column_letter(place)}: {why.message}"
    return None


def _currency(
    stated: str, found: Mapping[str, Value], marks: Sequence[tuple[str, str]], header: Header
) -> tuple[str | None, str]:
    """A row's currency, and what contradicts it: an amount's sign beside its column, or beside another's."""
    currency = stated or None
    for name, mark in marks:
        if currency is None and found[name]:
            currency = currency_of(mark)
    for name, mark in marks:
        if currency and found[name] and contradicts(mark, currency):
            said = "the row's currency is" if stated else "another amount is in"
            return currency, f"{header.title(name)} is in {mark}, but {said} {currency}"
    if currency is None:
        currency = next((code for _, mark in marks if (code := currency_of(mark))), None)
    return currency, ""
