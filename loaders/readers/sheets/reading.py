"""A file as sheets of typed rows: what is a row, what is a totals row, and what the rows of one file must agree on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from loaders.config import Settings
from loaders.readers.sheets.agreement import agreeing, require_sums
from loaders.readers.sheets.columns import is_blank, unguarded
from loaders.readers.sheets.grids import Grid, Line, shown
from loaders.readers.sheets.headers import Header, find_header, refuse
from loaders.readers.sheets.layouts import Book, Layout, header_key
from loaders.readers.sheets.rows import Row, read_rows
from loaders.readers.sheets.settings import sheet_settings
from loaders.readers.sheets.style import Style, Table, style_of
from loaders.readers.sheets.text import TEXT_SUFFIXES, text_grid
from loaders.readers.sheets.words import TOTALS, TOTALS_BEGIN, folded
from loaders.readers.sheets.workbooks import EXACT, WORKBOOK_SUFFIXES, is_workbook, workbook_grids
from loaders.source import File, Quarantined, Rejection

# The least digits of an id that a spreadsheet cannot keep, and those that it keeps.
_LONG_ID = 16
_KEPT_DIGITS = 15
# What a workbook may hold when it is unpacked, for each byte that one may have.
_UNPACKED_PER_BYTE = 20


@dataclass(frozen=True)
class Sheet:
    """One table of a file. `titles` are what the file calls the layout's columns, `unknown` the names of its others,
    `above` the lines over the header, and `refused_cells` the texts of rejected rows that have one in every column."""

    layout: Layout
    titles: dict[str, str]
    rows: Sequence[Row]
    rejections: Sequence[Rejection]
    rows_read: int
    rows_skipped: int
    rows_duplicate: int
    style: Style
    above: Sequence[tuple[str, ...]]
    refused_cells: dict[int, dict[str, str]]

    unknown: Sequence[str]


def unsupported(file: File, also: Sequence[str] = ()) -> Quarantined:
    """The verdict on a file that no reader of tables is for."""
    accepted = ", ".join((*TEXT_SUFFIXES, *also, *WORKBOOK_SUFFIXES))
    unpack = "; unpack it" if file.suffix in (".zip", ".gz", ".rar", ".7z") else ""
    return Quarantined("unsupported_file", f"found a {file.suffix or 'nameless'} file, expected {accepted}{unpack}")


def read_tables(content: bytes, book: Book, settings: Settings) -> list[Sheet]:
    """Every table of a file that has a known layout, in the file's order. Raises `Quarantined`."""
    said = settings.of(sheet_settings)
    book = replace(
        book,
        encoding=said.encoding,
        decimal_mark=book.decimal_mark or said.decimal_mark,
        round_ids=said.round_ids,
        max_unpacked=_UNPACKED_PER_BYTE * settings.pdf_limits.max_bytes,
    )
    grids = workbook_grids(content, book) if is_workbook(content) else [text_grid(content, book)]
    found = [(grid, header) for grid in grids if (header := find_header(grid, book)) is not None]
    if not found:
        raise refuse(grids, book)
    tables = [_table(grid, header) for grid, header in found]
    style = style_of(tables, book)
    _require_whole_ids(tables, book)
    return [_sheet(table, style, book) for table in tables]


def _table(grid: Grid, header: Header) -> Table:
    """The lines below a header that hold anything."""
    width = len(header.names)
    lines = grid.below(header.delimiter, header.end, width)
    return Table(grid, header, [line for line in lines if not line.cells or any(cell != "" for cell in line.cells)])


def _require_whole_ids(tables: Sequence[Table], book: Book) -> None:
    """Raise `Quarantined` (`rounded_ids`) where no long id of a file has a digit that a spreadsheet would have lost."""
    count = 0
    first = ""
    for table in tables:
        kinds = table.header.layout.by_name
        places = [at for at, name in enumerate(table.header.names) if name in kinds and kinds[name].kind == "id"]
        for line in table.lines:
            for place in places:
                cell = line.cells[place] if place < len(line.cells) else ""
                if isinstance(cell, int) and abs(cell) >= EXACT:
                    continue
                digits = unguarded(cell) if isinstance(cell, str) else shown(cell) if isinstance(cell, int) else ""
                if len(digits) < _LONG_ID or not (digits.isascii() and digits.isdigit()):
                    continue
                if digits[_KEPT_DIGITS:].strip("0"):
                    return
                count += 1
                first = first or table.grid.place(line.number, place)
    if count >= 2 and not book.round_ids:
        raise Quarantined(
            "rounded_ids",
            f"{first}: found {count} ids of 16 or more digits, all of which end in zeros after the 15th: a spreadsheet"
            " has rounded them; use the original export, or, where ids are like that, LEDGERLINE_ROUND_IDS=allow",
        )


def _sheet(table: Table, style: Style, book: Book) -> Sheet:
    header, layout = table.header, table.header.layout
    label_of = _totals_label_of(header)
    totals = {index: label for index, line in enumerate(table.lines) if (label := label_of(line))}
    lines = [line for index, line in enumerate(table.lines) if index not in totals]
    rows, rejections, refused_cells = read_rows(table, lines, style, book)
    rows, more, duplicates = agreeing(layout, rows)
    rejections = sorted([*rejections, *more], key=lambda each: each.source_row)
    covering = [table.lines[index] for index, label in totals.items() if label == "\0" or label in layout.covering]
    if covering:
        require_sums(table, rows, covering, style, book)
    return Sheet(
        layout,
        {name: header.title(name) for name in header.names if name in layout.by_name},
        rows,
        rejections,
        len(table.lines),
        len(totals),
        duplicates,
        style,
        header.above,
        refused_cells,
        [name for name in header.names if name not in layout.by_name],
    )


def _totals_label_of(header: Header) -> Callable[[Line], str]:
    """What says what a totals row is called, as `header_key` spells it, `\\0` for one without a name; '' for a row."""
    layout = header.layout
    names = [at for at, name in enumerate(header.names) if name in layout.names] if layout.totals_are_blank else []
    keys = [at for at, name in enumerate(header.names) if name in layout.keys]

    def label(line: Line) -> str:
        cells = line.cells
        if names and len(cells) > names[-1] and all(is_blank(cells[at]) for at in names):
            return "\0"
        at, first = next(((at, cell) for at, cell in enumerate(cells) if not is_blank(cell)), (0, ""))
        # Most rows do not begin with anything like it.
        if not isinstance(first, str) or first[:1].lower() not in TOTALS_BEGIN:
            return ""
        if folded(first.partition(":")[0]) not in TOTALS:
            return ""
        is_told = any(key != at and key < len(cells) and not is_blank(cells[key]) for key in keys)
        return "" if is_told else header_key(first)

    return label
