"""Bytes of a workbook as lines of typed cells, sheet by sheet.

python-calamine reads the cells of every format. It gives neither which cells are errors nor which numbers are shown as
percentages; those are looked up beside it (`marks`). Whoever calls this bounds its time and memory: a workbook may ask
for any amount of both.
"""

from __future__ import annotations

import io
import math
import zipfile
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from loaders.readers.csv_text import WHITESPACE
from loaders.readers.sheets.grids import Broken, Cell, Grid, Line, Percent
from loaders.readers.sheets.layouts import Book
from loaders.readers.sheets.marks import ERROR, ods_marks, xls_marks, xlsx_marks
from loaders.readers.sheets.text import HEAD_LINES
from loaders.readers.sizes import MAX_CELL
from loaders.source import Quarantined

WORKBOOK_SUFFIXES = (".xlsx", ".xlsm", ".xls", ".ods")
_ZIP = b"PK\x03\x04"
_EMPTY_ZIP = b"PK\x05\x06"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MAX_SHEETS = 1_000
_MAX_ENTRIES = 20_000
# Digits that a spreadsheet keeps of a number.
_DIGITS = 15
# From here on a number does not have all digits that were typed.
EXACT = 2**53

Marks = Callable[[int], dict[tuple[int, int], str]]


def is_workbook(content: bytes) -> bool:
    """Whether bytes begin as a workbook, or any archive, does; whatever the file is called."""
    return content.startswith((_ZIP, _EMPTY_ZIP, _OLE))


def workbook_grids(content: bytes, book: Book) -> list[Grid]:
    """The sheets of a workbook, in its order. Raises `Quarantined`."""
    from python_calamine import PasswordError, load_workbook  # noqa: PLC0415 - for those who need it

    try:
        marks_of = _checked(content, book)
        workbook = load_workbook(io.BytesIO(content))
        names = workbook.sheet_names
        if len(names) > _MAX_SHEETS:
            raise Quarantined("parse_limit", f"found {len(names):,} sheets, expected at most {_MAX_SHEETS:,}; split it")
        return [_grid(workbook.get_sheet_by_index(index), name, index, marks_of) for index, name in enumerate(names)]
    except PasswordError:
        raise _encrypted() from None
    except (Quarantined, MemoryError, KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:
        # Libraries have an error of every kind for a damaged workbook, and what is written in Rust may panic.
        raise Quarantined(
            "bad_workbook", f"found a workbook that cannot be read ({str(error)[:100]}); save it again, or as CSV"
        ) from None


def _encrypted() -> Quarantined:
    return Quarantined("encrypted_workbook", "found a workbook with a password; save it without one")


def _checked(content: bytes, book: Book) -> Marks:
    """What finds the marks of a workbook's sheets, where its container is one and within its bounds."""
    if content.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise _encrypted()
        return xls_marks(content)
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise Quarantined(
            "bad_workbook", f"found a damaged workbook or archive ({str(error)[:100]}); save or download it again"
        ) from None
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > _MAX_ENTRIES or unpacked > book.max_unpacked:
        raise Quarantined(
            "parse_limit",
            f"found an archive of {len(entries):,} parts and {unpacked:,} bytes when unpacked, expected at most"
            f" {_MAX_ENTRIES:,} and {book.max_unpacked:,} (LEDGERLINE_PDF_MAX_BYTES); split it, or save it as CSV",
        )
    names = {entry.filename for entry in entries}
    if "[Content_Types].xml" in names and any(name.startswith("xl/") for name in names):
        return xlsx_marks(archive)
    if "content.xml" in names and _mimetype(archive, names).endswith("opendocument.spreadsheet"):
        return ods_marks(archive)
    listed = ", ".join(repr(name[:60]) for name in sorted(names)[:5]) or "nothing"
    raise Quarantined(
        "unsupported_file", f"found an archive with {listed}{' and more' if len(names) > 5 else ''}; unpack it"
    )


def _mimetype(archive: zipfile.ZipFile, names: Iterable[str]) -> str:
    return archive.read("mimetype")[:200].decode("ascii", "replace").strip() if "mimetype" in names else ""


def _grid(sheet: Any, name: str, index: int, marks_of: Marks) -> Grid:
    """A sheet as a grid. Its rows are numbered, and its columns lettered, as the spreadsheet shows them."""
    start = sheet.start
    if start is None:
        return Grid([], lambda delimiter, line, width: [], name, index)
    marks = marks_of(index)
    left = start[1]
    lines: list[Line] = []
    # Rows above the first filled one are given too; what calamine gives begins in the sheet's first filled column.
    for row, values in enumerate(sheet.iter_rows()):
        if not any(value != "" for value in values) and not marks:
            continue
        cells: list[Cell] = [""] * left
        cells += [_cell(value, marks.get((row, left + place))) for place, value in enumerate(values)]
        if any(cell != "" for cell in cells):
            lines.append(_line(row + 1, cells))
    heads = [("", line, line.number) for line in lines if line.number <= HEAD_LINES]

    def below(delimiter: str, after: int, width: int) -> list[Line]:
        return [_cut(line, width) for line in lines if line.number > after]

    return Grid(heads, below, name, index)


def _line(number: int, cells: Sequence[Cell]) -> Line:
    end = len(cells)
    while end and cells[end - 1] == "":
        end -= 1
    kept = cells[:end]
    largest = max((len(cell) for cell in kept if isinstance(cell, str)), default=0)
    if largest > MAX_CELL:
        return Line(number, (), "", largest)
    return Line(number, kept)


def _cut(line: Line, width: int) -> Line:
    """A sheet's rows have no width of their own: what is missing is blank."""
    if line.too_large or len(line.cells) >= width:
        return line
    return Line(line.number, [*line.cells, *[""] * (width - len(line.cells))])


def _cell(value: Any, mark: str | None) -> Cell:
    if mark == ERROR:
        return Broken(value if isinstance(value, str) and value else "#N/A")
    if isinstance(value, (str, bool)):
        return value.strip(WHITESPACE) if isinstance(value, str) else str(value).upper()
    if isinstance(value, (int, float)):
        return _number(value, is_percent=mark is not None)
    if isinstance(value, datetime):
        # A spreadsheet keeps fractions of a day.
        whole = value + timedelta(microseconds=500)
        return whole.replace(microsecond=whole.microsecond // 1000 * 1000)
    return value if isinstance(value, (date, time)) else str(value)


def _number(value: float, *, is_percent: bool) -> Cell:
    """A number as the spreadsheet shows it: to 15 digits."""
    if not math.isfinite(value):
        return Broken(str(value))
    if not is_percent and value == int(value):
        # An id that has lost digits is seen by its size.
        return int(value)
    plain = Decimal(value) if isinstance(value, int) else Decimal(f"{value:.{_DIGITS}g}")
    return Percent(plain) if is_percent else plain
