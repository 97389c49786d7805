"""Bytes of a text table as lines of cells, under each delimiter that it may have."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Sequence

from loaders.readers.csv_text import WHITESPACE, decode, line_records
from loaders.readers.sheets.grids import Grid, Line
from loaders.readers.sheets.layouts import Book
from loaders.readers.sizes import MAX_LINE, line_too_long
from loaders.source import Quarantined

TEXT_SUFFIXES = (".csv", ".tsv")
DELIMITERS = (",", ";", "\t", "|")
# A header stands in the first lines.
HEAD_LINES = 20
# Of a header that is quoted over several lines.
_LINES_OF_A_HEADER = 20
_SEPARATOR = re.compile(r"\"?sep=(.)\"?[,;|\t ]*", re.IGNORECASE)


def text_of(content: bytes, book: Book) -> str:
    """The text of a file: UTF-8, UTF-16 with its mark, or what LEDGERLINE_TEXT_ENCODING declares.

    Raises `Quarantined` (`bad_encoding`, `empty_file`).
    """
    try:
        return decode(content, utf16=True)
    except Quarantined as refused:
        is_marked = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        if refused.reason_code == "bad_encoding" and book.encoding and not is_marked and b"\0" not in content:
            return _declared(content, book)
        said = refused.detail.removesuffix("save it as UTF-8")
        detail = refused.detail
        if said != refused.detail:
            detail = f"{said}save it as UTF-8, or say what it is in LEDGERLINE_TEXT_ENCODING, such as cp1252"
        raise Quarantined(book.reason(refused.reason_code), detail) from None


def _declared(content: bytes, book: Book) -> str:
    try:
        return content.decode(book.encoding)
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise Quarantined(
            book.reason("bad_encoding"),
            f"line {line}: found byte 0x{content[error.start]:02X}, which is no {book.encoding} text, as"
            " LEDGERLINE_TEXT_ENCODING says; save it as UTF-8",
        ) from None


def text_grid(content: bytes, book: Book) -> Grid:
    """A text as a grid. Raises `Quarantined`."""
    text = text_of(content, book)
    if not text.strip():
        raise Quarantined(
            book.reason("empty_file"), "found no line with text, expected a header row and rows; export it again"
        )
    lines = list(io.StringIO(text, newline=""))
    if len(text) > MAX_LINE:
        for number, line in enumerate(lines, 1):
            if len(line) > MAX_LINE:
                raise Quarantined("line_too_long", f"line {number}: {line_too_long(len(line))}")
    heads, skipped = _heads(lines)

    def below(delimiter: str, line: int, width: int) -> list[Line]:
        rest = "".join(lines[line:])
        return [
            Line(record.line + line, record.cells, record.text, record.too_large)
            for record in line_records(rest, width, delimiter=delimiter)
        ]

    return Grid([head for head in heads if head[1].number > skipped], below)


def _heads(lines: Sequence[str]) -> tuple[list[tuple[str, Line, int]], int]:
    """Each of the first lines under each delimiter, with the line that it ends on; and lines that are no header."""
    heads: list[tuple[str, Line, int]] = []
    skipped = 0
    delimiters: Sequence[str] = DELIMITERS
    for index in range(min(HEAD_LINES, len(lines))):
        if not lines[index].strip():
            continue
        said = _SEPARATOR.fullmatch(lines[index].rstrip("\r\n")) if index == 0 else None
        if said:
            delimiters, skipped = ((said[1],) if said[1] in DELIMITERS else DELIMITERS), 1
            continue
        for delimiter in delimiters:
            reader = csv.reader(lines[index : index + _LINES_OF_A_HEADER], strict=True, delimiter=delimiter)
            try:
                cells = next(reader, [])
            except csv.Error:
                continue
            trimmed = [cell.strip(WHITESPACE) for cell in cells]
            heads.append((delimiter, Line(index + 1, trimmed, lines[index]), index + reader.line_num))
    return heads, skipped
