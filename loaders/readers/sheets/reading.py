"""A file as sheets of typed rows: what is a row, what is a totals row, and what the rows of one file must agree on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from loaders.config import Settings
from loaders.readers.sheets.columns import Value, is_blank, read_column, unguarded
from loaders.readers.sheets.grids import Cell, Grid, Line, column_letter, shown
from loaders.readers.sheets.headers import Header, find_header, refuse
from loaders.readers.sheets.layouts import Book, Layout, header_key
from loaders.readers.sheets.settings import sheet_settings
from loaders.readers.sheets.style import Style, Table, style_of
from loaders.readers.sheets.text import TEXT_SUFFIXES, text_grid
from loaders.readers.sheets.words import TOTALS, contradicts, currency_of, folded
from loaders.readers.sheets.workbooks import EXACT, WORKBOOK_SUFFIXES, is_workbook, workbook_grids
from loaders.readers.sizes import cell_too_large
from loaders.source import File, Quarantined, Rejection, Unreadable

# The least digits of an id that a spreadsheet cannot keep, and those that it keeps.
_LONG_ID = 16
_KEPT_DIGITS = 15
# What a workbook may hold when it is unpacked, for each byte that one may have.
_UNPACKED_PER_BYTE = 20
_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Row:
    """A row: its number in the file, the values of the layout's columns that the file has, the texts of all others, and
    the currency that its amounts or the header say, where one does."""

    line: int
    values: dict[str, Value]
    extra: dict[str, str]
    text: str
    currency: str | None = None


@dataclass(frozen=True)
class Sheet:
    """One table of a file. `titles` are what the file calls the layout's columns, `unknown` the names of its others,
    and `above` the lines over the header."""

    layout: Layout
    titles: dict[str, str]
    rows: Sequence[Row]
    rejections: Sequence[Rejection]
    rows_read: int
    rows_skipped: int
    rows_duplicate: int
    style: Style
    above: Sequence[tuple[str, ...]]

    @property
    def unknown(self) -> list[str]:
        return list(self.rows[0].extra) if self.rows else []


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
        decimal_mark=said.decimal_mark,
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
    lines = []
    for line in grid.below(header.delimiter, header.end, width):
        cells = line.cells
        if cells and all(cell == "" for cell in cells):
            continue
        is_wider = len(cells) > width and all(cell == "" for cell in cells[width:])
        lines.append(replace(line, cells=cells[:width]) if is_wider else line)
    return Table(grid, header, lines)


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
    totals = {index: label for index, line in enumerate(table.lines) if (label := _totals_label(header, line))}
    lines = [line for index, line in enumerate(table.lines) if index not in totals]
    rows, rejections = _rows(table, lines, style, book)
    rows, more, duplicates = _agreeing(layout, rows)
    rejections = sorted([*rejections, *more], key=lambda each: each.source_row)
    covering = [
        table.lines[index] for index, label in totals.items() if label in ("\0", *layout.covering) and layout.covering
    ]
    if covering:
        _tie(table, rows, covering, style, book)
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
    )


def _totals_label(header: Header, line: Line) -> str:
    """What a totals row is called, as `header_key` spells it, `\\0` for one without a name; '' for a row."""
    layout = header.layout
    cells: dict[str, Cell] = dict(zip(header.names, line.cells, strict=False))
    names = [name for name in layout.names if name in cells]
    if layout.totals_are_blank and names and all(is_blank(cells[name]) for name in names):
        return "\0"
    at, first = next(((at, cell) for at, cell in enumerate(line.cells) if not is_blank(cell)), (0, ""))
    if not isinstance(first, str):
        return ""
    if folded(first.partition(":")[0]) not in TOTALS:
        return ""
    of_row = header.names[at] if at < len(header.names) else ""
    if any(name != of_row and not is_blank(cells.get(name, "")) for name in layout.keys):
        return ""
    return header_key(first)


def _rows(table: Table, lines: Sequence[Line], style: Style, book: Book) -> tuple[list[Row], list[Rejection]]:
    """Rows whose cells can all be read, and the others with the first bad cell in the header's order."""
    header, grid, width = table.header, table.grid, len(table.header.names)
    bad: dict[int, tuple[str, str]] = {}
    whole = []
    for line in lines:
        if line.too_large:
            bad[line.number] = ("cell_too_large", cell_too_large(line.too_large))
        elif len(line.cells) != width:
            what = f"{len(line.cells)} cells" if line.cells else "broken quoting"
            bad[line.number] = (book.reason("cells"), f"found {what}, expected {width} cells as in the header")
        else:
            whole.append(line)
    values: dict[str, list[Value]] = {}
    marks: dict[int, list[tuple[str, str]]] = {}
    extras: dict[str, list[str]] = {}
    kinds = header.layout.by_name
    for place, name in enumerate(header.names):
        cells = [line.cells[place] for line in whole]
        column = kinds.get(name)
        if column is None:
            extras[name] = [shown(cell) for cell in cells]
            continue
        read = read_column(column, header.titles[place], cells, style, book)
        values[name] = read.values  # type: ignore[assignment]
        for index, value in enumerate(read.values):
            if isinstance(value, Unreadable) and whole[index].number not in bad:
                where = "" if grid.sheet is None else f", {grid.place(whole[index].number, place)}"
                found = f"column {column_letter(place)}{where}: {value.message}"
                bad[whole[index].number] = (value.reason_code, found)
        for index, mark in read.marks.items():
            marks.setdefault(index, []).append((name, mark))
    names, extra_names = list(values), list(extras)
    value_rows = list(zip(*values.values(), strict=True)) if values else [()] * len(whole)
    extra_rows = list(zip(*extras.values(), strict=True)) if extras else [()] * len(whole)
    rows: list[Row] = []
    currency_column = next((column.name for column in header.layout.columns if column.kind == "currency"), "")
    for index, line in enumerate(whole):
        if line.number in bad:
            continue
        own = dict(zip(names, value_rows[index], strict=True))
        stated = str(own.get(currency_column) or "") or next(iter(header.currencies.values()), "")
        currency, problem = _currency(stated, own, marks.get(index, []), header)
        if problem:
            bad[line.number] = ("currency_mismatch", problem)
            continue
        extra = dict(zip(extra_names, extra_rows[index], strict=True))
        rows.append(Row(grid.row_number(line.number), own, extra, line.text, currency))
    texts = {line.number: line.text for line in lines if line.number in bad}
    rejections = [
        Rejection(grid.row_number(number), code, message, texts[number]) for number, (code, message) in bad.items()
    ]
    return rows, rejections


def _currency(
    stated: str, found: dict[str, Value], marks: Sequence[tuple[str, str]], header: Header
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


def _agreeing(layout: Layout, rows: list[Row]) -> tuple[list[Row], list[Rejection], int]:
    """Rows that do not contradict each other, those that do, and how many are there twice."""
    rejected: dict[int, str] = {}
    for id_name, own_name in layout.named:
        called: dict[Value, dict[Value, list[Row]]] = {}
        for row in rows:
            if row.values.get(id_name) is not None and row.values.get(own_name) is not None:
                called.setdefault(row.values[id_name], {}).setdefault(row.values[own_name], []).append(row)
        for several in called.values():
            if len(several) > 1:
                said = f"one {id_name} has {len(several)} different values in {own_name}; use the original export"
                rejected.update({row.line: said for each in several.values() for row in each})
    kept: list[Row] = []
    if not layout.repeats:
        kept = rows
        duplicates = 0
    else:
        kept, duplicates = _once(layout, rows, rejected)
    refused = [
        Rejection(row.line, "conflicting_rows", rejected[row.line], row.text) for row in kept if row.line in rejected
    ]
    return [row for row in kept if row.line not in rejected], refused, duplicates


def _once(layout: Layout, rows: Sequence[Row], rejected: dict[int, str]) -> tuple[list[Row], int]:
    """Rows without those that are there twice; of one key, what the layout says of it."""
    seen: dict[tuple[Value, ...], dict[str, Row]] = {}
    kept: dict[int, Row] = {}
    duplicates = 0
    for row in rows:
        key = tuple(row.values.get(name) for name in layout.key) if layout.key else (row.line,)
        content = repr((row.values, row.extra)) if layout.key else ""
        of_key = seen.setdefault(key, {})
        if content in of_key and row.line not in rejected and of_key[content].line not in rejected:
            duplicates += 1
            continue
        if of_key and layout.repeats == "last":
            duplicates += 1
            kept.pop(next(iter(of_key.values())).line, None)
            of_key.clear()
        if of_key and layout.repeats == "one":
            said = f"another row has the same {', '.join(layout.key)} and says otherwise; leave one of them"
            rejected[row.line] = said
            rejected.update({other.line: said for other in of_key.values()})
        of_key[content] = row
        kept[row.line] = row
    return list(kept.values()), duplicates


def _tie(table: Table, rows: Sequence[Row], totals: Sequence[Line], style: Style, book: Book) -> None:
    """Raise `Quarantined` (`totals_mismatch`) where a totals row is not the sum of the rows that were read."""
    header = table.header
    for place, name in enumerate(header.names):
        column = header.layout.by_name.get(name)
        if column is None or not column.is_summed:
            continue
        total = sum((Decimal(str(value)) for row in rows if (value := row.values.get(name)) is not None), Decimal(0))
        for line in totals:
            cell = line.cells[place] if place < len(line.cells) else ""
            (printed,) = read_column(column, header.titles[place], [cell], style, book).values
            where = table.grid.place(line.number, place)
            if isinstance(printed, Unreadable):
                raise Quarantined("totals_mismatch", f"{where}: the totals row's {printed.message}")
            if printed is not None and abs(total - Decimal(str(printed))) > _CENT:
                raise Quarantined(
                    "totals_mismatch",
                    f"{where}: the rows' {header.titles[place]} sums to {total}, the totals row says {printed};"
                    " export it again",
                )
