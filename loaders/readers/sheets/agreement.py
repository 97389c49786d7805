"""What the rows of one file must agree on: names of ids, one content of a key, and the sums of totals rows."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from loaders.readers.sheets.columns import Value, read_column
from loaders.readers.sheets.grids import Line
from loaders.readers.sheets.layouts import Book, Layout
from loaders.readers.sheets.rows import Row
from loaders.readers.sheets.style import Style, Table
from loaders.source import Quarantined, Rejection, Unreadable

_CENT = Decimal("0.01")


def agreeing(layout: Layout, rows: list[Row]) -> tuple[list[Row], list[Rejection], int]:
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
    seen: dict[tuple[Value, ...], dict[tuple[object, ...], Row]] = {}
    kept: dict[int, Row] = {}
    duplicates = 0
    for row in rows:
        key = tuple(row.values.get(name) for name in layout.key)
        content = (*row.values.values(), *row.extra.values())
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


def require_sums(table: Table, rows: Sequence[Row], totals: Sequence[Line], style: Style, book: Book) -> None:
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
