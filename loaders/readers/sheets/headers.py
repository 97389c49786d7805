"""Where a table begins: the first line whose cells are the header of a layout; and what a file is that has none."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from loaders.readers.sheets.grids import Grid, Line, shown
from loaders.readers.sheets.layouts import NUMBERS, Book, Layout, header_key
from loaders.readers.sheets.words import CURRENCIES
from loaders.readers.sizes import MAX_CELL, MAX_COLUMNS, cell_too_large
from loaders.source import Quarantined

# A longer cell is no header.
_LONGEST_TITLE = 1_000
_WITH_CURRENCY = re.compile(r"(.*?)\s*\(\s*([A-Za-z]{3})\s*\)\s*")


@dataclass(frozen=True)
class Header:
    """A table's header: its layout, the line it ends on, what each column is called here and in the file, and the
    currency that it names, by column. `above` are the cells of the lines before it."""

    layout: Layout
    delimiter: str
    line: int
    end: int
    names: tuple[str, ...]
    titles: tuple[str, ...]
    currencies: dict[str, str]
    repeated: tuple[str, ...]
    above: tuple[tuple[str, ...], ...]

    @property
    def order(self) -> str:
        """The order in which exports with such a header write dates, as their tool documents it."""
        is_day_first = any(header_key(title) in self.layout.day_first for title in self.titles)
        return "dmy" if is_day_first else self.layout.order

    def title(self, name: str) -> str:
        """What the file calls a column."""
        return self.titles[self.names.index(name)]


@dataclass(frozen=True)
class _Named:
    names: tuple[str, ...]
    currencies: dict[str, str]
    repeated: tuple[str, ...]


def find_header(grid: Grid, book: Book) -> Header | None:
    """The header of a grid; None where no line is one. Raises `Quarantined` for one that fits two layouts, or none."""
    above: list[tuple[str, ...]] = []
    for line_number in dict.fromkeys(line.number for _, line, _ in grid.heads):
        here = [head for head in grid.heads if head[1].number == line_number]
        found = [header for head in here for header in _matching(head, book, tuple(above))]
        if found:
            most = max(len(header.layout.required) for header in found)
            best = [header for header in found if len(header.layout.required) == most]
            if len({header.layout.name for header in best}) > 1:
                names = " and ".join(sorted({header.layout.title for header in best}))
                raise Quarantined(
                    book.reason("unknown_kind"), f"{grid.line_place(line_number)}: found a header of {names}; keep one"
                )
            header = best[0]
            _check(grid, header, book)
            return header
        widest = max(here, key=lambda head: len(head[1].cells))
        above.append(tuple(shown(cell) for cell in widest[1].cells[:MAX_COLUMNS]))
    return None


def _matching(head: tuple[str, Line, int], book: Book, above: tuple[tuple[str, ...], ...]) -> list[Header]:
    delimiter, line, end = head
    titles = _titles(line)
    if titles is None:
        return []
    found = []
    for layout in book.layouts:
        named = _named(layout, titles, book)
        if not layout.lacks(frozenset(named.names)):
            own = (named.names, titles, named.currencies, named.repeated)
            found.append(Header(layout, delimiter, line.number, end, *own, above))
    return found


def _titles(line: Line) -> tuple[str, ...] | None:
    """The cells of a line that may be a header: texts that are no longer than titles are."""
    if not line.cells or len(line.cells) > MAX_COLUMNS:
        return None
    titles = tuple(shown(cell) for cell in line.cells)
    return None if max(map(len, titles)) > _LONGEST_TITLE else titles


def _named(layout: Layout, titles: Sequence[str], book: Book) -> _Named:
    """What each column is called here; the n-th of one name is `<name>__<n>`, and no column of the layout."""
    words = book.words_of(layout)
    kinds = {column.name: column.kind for column in layout.columns}
    names: list[str] = []
    count: dict[str, int] = {}
    currencies: dict[str, str] = {}
    for title in titles:
        key = header_key(title)
        name = words.get(key)
        if name is None and (match := _WITH_CURRENCY.fullmatch(title)) and match[2].upper() in CURRENCIES:
            plain = words.get(header_key(match[1]))
            if plain is not None and kinds.get(plain) in NUMBERS:
                name = plain
                currencies.setdefault(plain, match[2].upper())
        other = book.other_name(title) or f"column_{len(names) + 1}"
        name = name or (key if key in kinds else other)
        count[name] = count.get(name, 0) + 1
        names.append(name if count[name] == 1 else f"{other}__{count[name]}")
    repeated = tuple(name for name, times in count.items() if times > 1 and name in kinds)
    return _Named(tuple(names), currencies, repeated)


def _check(grid: Grid, header: Header, book: Book) -> None:
    if header.layout.refused:
        raise Quarantined(book.reason("unknown_kind"), f"{grid.line_place(header.line)}: {header.layout.refused}")
    if header.layout.is_each_once and header.repeated:
        title = header.title(header.repeated[0])
        raise Quarantined(
            book.reason("duplicate_header"),
            f"{grid.line_place(header.line)}: column {title!r} is there twice, expected it once; export it again",
        )


def refuse(grids: Sequence[Grid], book: Book) -> Quarantined:
    """The verdict on a file in which no line is a header: what it nearly is, else what this folder accepts."""
    nearest: tuple[float, str] | None = None
    words: set[str] = set()
    for grid in grids:
        for _, line, _ in grid.heads:
            if line.too_large or any(len(shown(cell)) > MAX_CELL for cell in line.cells):
                size = line.too_large or max(len(shown(cell)) for cell in line.cells)
                return Quarantined("cell_too_large", f"{grid.line_place(line.number)}: {cell_too_large(size)}")
            if len(line.cells) > MAX_COLUMNS:
                return Quarantined(
                    "too_many_columns",
                    f"{grid.line_place(line.number)}: found {len(line.cells):,} columns, expected at most"
                    f" {MAX_COLUMNS:,}; export it again",
                )
            titles = _titles(line)
            for layout in book.layouts if titles else ():
                near = _nearly(grid, line, titles or (), layout, book)
                if near and not layout.refused and (nearest is None or near[0] > nearest[0]):
                    nearest = near
                known = book.words_of(layout)
                words.update(title for title in titles or () if header_key(title) in known)
    if nearest is not None:
        return Quarantined(book.reason("missing_column"), nearest[1])
    places = ", ".join(f"{grid.sheet[:40]!r}" for grid in grids[:10] if grid.sheet is not None)
    first = next((line for grid in grids for _, line, _ in grid.heads), None)
    unknown = max((len(line.cells) for grid in grids for _, line, _ in grid.heads), default=0) - len(words)
    accepted = book.accepts or ", ".join(layout.title for layout in book.layouts if not layout.refused)
    known_words = f" (known words: {', '.join(sorted(words)[:10])}; {max(unknown, 0)} unknown)" if words else ""
    where = f"sheets {places}: " if places else f"line {first.number}: " if first else ""
    return Quarantined(
        book.reason("unknown_kind"),
        f"{where}found no header in the first lines{known_words}, expected one of: {accepted}",
    )


def _nearly(grid: Grid, line: Line, titles: Sequence[str], layout: Layout, book: Book) -> tuple[float, str] | None:
    """How much of a layout's header a line is, and what to say of it; None where it is too little of it."""
    names = frozenset(_named(layout, titles, book).names)
    lacking = layout.lacks(names)
    present = len(layout.required) - len(lacking)
    if present * 2 < len(layout.required) or present < layout.least_alike:
        return None
    advice = f"; {layout.advice}" if layout.advice else "; export it again with it"
    spoken = ", ".join(_in_its_language(each, titles, layout, book) for each in lacking)
    return (
        present / len(layout.required) + present / 1_000,
        f"{grid.line_place(line.number)}: this looks like {layout.title}, but has no column {spoken}{advice}",
    )


def _in_its_language(lacking: str, titles: Sequence[str], layout: Layout, book: Book) -> str:
    """A lacking column as the export would head it: the words of the seed that mean it, the first three."""
    meaning = [
        header.replace("_", " ")
        for name in lacking.split(" or ")
        for header, target in book.words_of(layout).items()
        if target == name
    ]
    return " or ".join(f"{word!r}" for word in meaning[:3]) or lacking
