"""CSV text as records: strict about structure, with the line and the text of each record for messages."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from loaders.readers.sizes import MAX_CELL, MAX_COLUMNS, MAX_LINE, cell_too_large, line_too_long
from loaders.source import Quarantined, Unreadable

csv.field_size_limit(2**31 - 1)

# What text is trimmed of, in readers and in SQL alike (macro `whitespace_characters`): all that `str.strip()` takes
# away, and characters of no width.
WHITESPACE = "".join(
    (
        *(" ", "\t", "\n", "\r", "\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\x1f", "\x85", "\xa0", "\u1680"),
        *(chr(code) for code in range(0x2000, 0x200C)),
        *("\u2028", "\u2029", "\u202f", "\u205f", "\u3000", "\ufeff"),
    )
)

# A record of a damaged file that spans more lines than this has a quote that does not close.
_RECORD_LINES = 100
_BLOCK_BYTES = 64 * 1024
# Of a record that is not kept.
_SHOWN = 2_000


@dataclass(frozen=True)
class Record:
    """One record: the 1-based line it starts on, its trimmed cells, and its text as it stands in the file.

    Of one with a cell that is too large, no cells, the beginning of its text and the size of that cell.
    """

    line: int
    cells: tuple[str, ...]
    text: str
    too_large: int = 0

    def check(self) -> None:
        """Raise `Unreadable` (`cell_too_large`) for a record whose cells were not kept."""
        if self.too_large:
            raise Unreadable("cell_too_large", cell_too_large(self.too_large))


def record_of(line: int, cells: Sequence[str], text: str) -> Record:
    """A record of cells as they stand in its text."""
    if len(text) > MAX_CELL and (largest := max(map(len, cells))) > MAX_CELL:
        return Record(line, (), text[:_SHOWN], largest)
    return Record(line, tuple([cell.strip(WHITESPACE) for cell in cells]), text)


def _lines_of(text: str) -> list[str]:
    """The lines of a text, with their ends. Raises `Quarantined` (`line_too_long`)."""
    lines = list(io.StringIO(text, newline=""))
    if len(text) > MAX_LINE and max(map(len, lines)) > MAX_LINE:
        number, size = next((number, len(line)) for number, line in enumerate(lines, 1) if len(line) > MAX_LINE)
        raise Quarantined("line_too_long", f"line {number}: {line_too_long(size)}")
    return lines


def check_header(line: int, cells: Sequence[str]) -> None:
    """Raise `Quarantined` (`too_many_columns`) for a header of more columns than any export has."""
    if len(cells) > MAX_COLUMNS:
        raise Quarantined(
            "too_many_columns",
            f"line {line}: found {len(cells):,} columns, expected at most {MAX_COLUMNS:,}; export it again",
        )


def decode(content: bytes, *, utf16: bool = False) -> str:
    """UTF-8 text, with or without a byte order mark; with `utf16` also UTF-16 with one.

    Raises `Quarantined` (`bad_encoding`, `empty_file`).
    """
    if not content:
        raise Quarantined("empty_file", "found 0 bytes, expected a header row and rows; export it again")
    if utf16 and content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            text = content.decode("utf-16")
            bad = text.find("\0")
        except UnicodeDecodeError as error:
            text, bad = "", error.start // 2
        if bad >= 0:
            raise Quarantined(
                "bad_encoding", f"character {bad + 1}: found no UTF-16 text, as its mark says; save it as UTF-8"
            )
        return text
    try:
        text = content.decode("utf-8-sig")
        bad = content.find(b"\0")
    except UnicodeDecodeError as error:
        text, bad = "", error.start
    if bad >= 0:
        # A zero byte is valid UTF-8 and never text: it is UTF-16 without its mark.
        line = content[:bad].count(b"\n") + 1
        raise Quarantined(
            "bad_encoding", f"line {line}: found byte 0x{content[bad]:02X}, which is no UTF-8 text; save it as UTF-8"
        )
    return text


def is_text(content: bytes) -> bool:
    """Whether bytes are UTF-8 without a zero byte; never more than a block of them is held as text."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    view = memoryview(content)
    try:
        for start in range(0, len(view), _BLOCK_BYTES):
            decoder.decode(view[start : start + _BLOCK_BYTES])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return b"\0" not in content


def records(
    text: str, *, delimiter: str = ",", broken: str = "unknown_csv_layout", is_headed: bool = True
) -> Iterator[Record]:
    """The records of a CSV text, blank lines left out, the header first unless the text has none.

    Raises `Quarantined` (`broken`) where quoting breaks it, or for what is too long or too wide.
    """
    lines = _lines_of(text)
    is_header = is_headed
    reader = csv.reader(lines, strict=True, delimiter=delimiter)
    start = 0
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise Quarantined(
                broken, f"line {start + 1}: found broken quoting ({error}), expected CSV; export it again"
            ) from None
        if cells:
            source = "".join(lines[start : reader.line_num]).rstrip("\r\n")
            if is_header:
                check_header(start + 1, cells)
                is_header = False
            yield record_of(start + 1, cells, source)
        start = reader.line_num


def line_records(text: str, width: int, *, delimiter: str) -> Iterator[Record]:
    """The records of a CSV text whose rows a person may have damaged: a broken one costs its own line alone.

    A quote that never closes, or that swallows whole records, or lines until the record has too few or too many cells,
    gives a record without cells for the line it stands on; the next line is read for itself. Lines with no character at
    all are left out; a field keeps its line breaks.
    """
    lines = _Lines(_lines_of(text))
    while lines.is_left:
        start = lines.taken
        try:
            for cells in csv.reader(lines, strict=True, delimiter=delimiter):
                if lines.taken - start > 1 and (len(cells) != width or lines.hides_a_record(width, delimiter)):
                    break
                if cells:
                    yield record_of(start + 1, cells, lines.between(start))
                start = lines.record_start = lines.taken
        except csv.Error:
            pass
        if start < len(lines.lines):
            lines.taken = lines.record_start = start + 1
            yield Record(start + 1, (), lines.between(start))


def header_cells(text: str) -> tuple[int, dict[str, tuple[str, ...]]]:
    """The number of the first line with text, and its cells by delimiter: comma, semicolon and tab.

    Raises `Quarantined` for a header that is too large, or has more columns than any export.
    """
    start = len(text) - len(text.lstrip("\r\n"))
    line = text[start:].partition("\n")[0]
    number = text[:start].count("\n") + 1
    records = {mark: next(line_records(line, 0, delimiter=mark), None) for mark in (",", ";", "\t")}
    for record in records.values():
        if record is not None and record.too_large:
            raise Quarantined("cell_too_large", f"line {number}: {cell_too_large(record.too_large)}")
        check_header(number, record.cells if record else ())
    return number, {mark: record.cells if record else () for mark, record in records.items()}


@dataclass
class _Lines:
    """Lines for a reader, as many as one record may span; how many it took, and where its record began."""

    lines: list[str]
    taken: int = 0
    record_start: int = 0

    @property
    def is_left(self) -> bool:
        return self.taken < len(self.lines)

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        if not self.is_left or self.taken - self.record_start > _RECORD_LINES:
            raise StopIteration
        self.taken += 1
        return self.lines[self.taken - 1]

    def hides_a_record(self, width: int, delimiter: str) -> bool:
        """Whether a line that the record went on over is a whole record for itself."""
        swallowed = self.lines[self.record_start + 1 : self.taken]
        return any(len(cells) == width for cells in csv.reader(swallowed, delimiter=delimiter))

    def between(self, start: int) -> str:
        """The text from a line to the last one taken."""
        return "".join(self.lines[start : self.taken]).rstrip("\r\n")


def delimiter_of(text: str) -> str:
    """Comma or semicolon: what stands more often in the first line that is not blank."""
    line = text.lstrip("\r\n").partition("\n")[0]
    return ";" if line.count(";") > line.count(",") else ","


def header_names(record: Record) -> list[str]:
    """A header's column names: trimmed, lower case. Raises `Quarantined` for a repeated one."""
    names = [cell.lower() for cell in record.cells]
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise Quarantined("unknown_csv_layout", f"line {record.line}: column {repeated[0]!r} is there twice")
    return names


def unknown(names: Sequence[str], known: Sequence[str]) -> list[str]:
    """The names that are not among `known`, in their order."""
    return [name for name in names if name not in known]
