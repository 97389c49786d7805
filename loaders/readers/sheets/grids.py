"""What every container comes down to: lines of cells, in a sheet that has a name where the container gives it one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal

# Rows of each sheet of a workbook have numbers of their own.
ROWS_PER_SHEET = 10_000_000


@dataclass(frozen=True, slots=True)
class Broken:
    """A cell that holds no value: a formula that failed, or a number that a spreadsheet has rounded."""

    text: str


@dataclass(frozen=True, slots=True)
class Percent:
    """A number that is shown as a percentage: 0.015 for 1.5%."""

    value: Decimal


# Numbers, dates and times are a workbook's: what it shows of them is not what it keeps.
Cell = str | int | Decimal | Percent | date | datetime | time | Broken


@dataclass(frozen=True, slots=True)
class Line:
    """A line: its 1-based number in its sheet, its cells (none where its quotes are broken), and its text, where it has
    one; the size of a cell that is too large, of which nothing is kept."""

    number: int
    cells: Sequence[Cell]
    raw: str | None = None
    too_large: int = 0

    @property
    def text(self) -> str:
        return self.raw if self.raw is not None else "\t".join(map(shown, self.cells))


@dataclass(frozen=True)
class Grid:
    """A table's container: `heads` are the first lines, each as it is under every delimiter, and `below` gives those
    after a line, cut as `width` cells."""

    heads: Sequence[tuple[str, Line, int]]
    below: Callable[[str, int, int], list[Line]]
    sheet: str | None = None
    index: int = 0

    def row_number(self, line: int) -> int:
        """The number that a line has among all sheets."""
        return self.index * ROWS_PER_SHEET + line

    def place(self, line: int, column: int) -> str:
        """Where a cell is, in words."""
        letter = column_letter(column)
        if self.sheet is None:
            return f"line {line}, column {letter}"
        return f"sheet {self.sheet[:40]!r}, cell {letter}{line}"

    def line_place(self, line: int) -> str:
        return f"line {line}" if self.sheet is None else f"sheet {self.sheet[:40]!r}, row {line}"


def column_letter(index: int) -> str:
    """The letters that a spreadsheet gives a column, counted from 0."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def shown(cell: Cell) -> str:
    """A cell as text, for what keeps text."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, Broken):
        return cell.text
    if isinstance(cell, Percent):
        return f"{_plain(cell.value * 100)}%"
    if isinstance(cell, (int, Decimal)):
        return _plain(Decimal(cell))
    return cell.isoformat(" ") if isinstance(cell, datetime) else cell.isoformat()


def _plain(value: Decimal) -> str:
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
