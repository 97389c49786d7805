"""Rows of a videos export that are spelled plainly, read by column: most of any export, and all of a big one.

A line whose quotes stand around whole cells is the same to every reader of CSV; and a cell that is plain (digits, a
plain amount, an ISO date, a video's address, a title without blanks around it) means the same to whoever reads it. Such
rows are found with regular expressions over whole columns. All other lines are handed back, one by one, to the reader
that knows every rule. Nothing is judged here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO, cast

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from loaders.readers.csv_text import Record, line_records, record_of
from loaders.readers.dates import limits
from loaders.readers.sizes import MAX_CELL, MAX_LINE
from loaders.source import Quarantined
from loaders.warehouse.parts import Parts, Spool

_COUNT = r"[0-9]{1,13}"
_GROUPED_COUNT = r"[0-9]{1,3}(?:,[0-9]{3}){1,3}"
_CENTS = r"(?:\.[0-9]{1,2})?"
_CELLS = {
    "handle": r"@?[A-Za-z0-9._]{1,64}",
    "video": r"(?:https?://)?(?:www\.|m\.)?tiktok\.com/@[A-Za-z0-9._]+/(?:video|photo)/[0-9]{1,19}",
    "views": _COUNT,
    "likes": _COUNT,
    "comments": _COUNT,
    "gmv": rf"\$?[0-9]{{1,12}}{_CENTS}",
    "ctr": rf"[0-9]{{1,5}}{_CENTS}%?",
    "units_sold": r"-?[0-9]{1,13}",
    "post_date": (
        r"20[0-9]{2}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
        r"|02-(?:0[1-9]|1[0-9]|2[0-8]))"
    ),
}
# With commas in them: plain too where no comma stands between cells.
_GROUPED = {
    **dict.fromkeys(("views", "likes", "comments"), _GROUPED_COUNT),
    "gmv": rf"\$?{_GROUPED_COUNT}{_CENTS}",
}
# With a mark of their unit before or after them.
_MARKED = ("gmv", "ctr")
_TYPES: Mapping[str, pa.DataType] = {
    **dict.fromkeys(("views", "likes", "comments", "units_sold"), pa.int64()),
    "gmv": pa.decimal128(18, 2),
    "ctr": pa.decimal128(9, 2),
    "post_date": pa.date32(),
}
# Read at once: what it takes in memory is several times that.
_BLOCK_BYTES = 4 * 1024 * 1024
# What is read line by line is held in memory as a whole.
CAREFUL_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True)
class Plain:
    """Rows that were read by column (`video_key`, `handle_key`, `_source_row` beside the export's own columns), the ids
    of their videos as numbers, and the records of all other lines.

    `doubts` are the columns, by line, of those records of which all other cells are plain, and so need no second look.
    """

    rows: pa.Table | Parts
    ids: pa.ChunkedArray[pa.UInt64Scalar]
    others: list[Record]
    doubts: Mapping[int, Sequence[str]] = field(default_factory=dict)


def read_plain(
    stream: BinaryIO, names: tuple[str, ...], delimiter: str, last_post_date: date, folder: Path
) -> Plain | None:
    """What stands below the first line of an export; many rows are put aside below `folder`.

    None where lines are not what they look like: a field holds a line break, or a line ends in a way of its own.
    """
    spool = Spool(folder)
    ids: list[pa.Array[Any]] = []
    odd: list[tuple[int, str]] = []
    doubts: dict[int, list[str]] = {}
    last_day = min(last_post_date, limits().latest)
    plain_line = _plain_line(names, delimiter)
    number = 2
    held = 0
    for block in _blocks(stream):
        lines = None
        # Most blocks are plain as they stand: their lines need not be taken apart.
        if _is_plain(block, plain_line):
            plain = _typed(_parsed(pa.py_buffer(block), names, delimiter), names)
            numbers = _numbers(number, len(plain))
            plain = plain.append_column("_source_row", numbers)
        else:
            lines = _lines(block)
            if lines is None:
                return None
            numbers = _numbers(number, len(lines))
            is_plain = pc.match_substring_regex(lines, f"^{plain_line}$")
            plain = _typed(_parsed(_joined(lines.filter(is_plain)), names, delimiter), names)
            plain = plain.append_column("_source_row", numbers.filter(is_plain))
        number += len(numbers)
        in_time = pc.and_(
            pc.greater_equal(plain["post_date"], pa.scalar(limits().earliest, pa.date32())),
            pc.less_equal(plain["post_date"], pa.scalar(last_day, pa.date32())),
        )
        if not pc.all(in_time).as_py():
            plain = plain.filter(in_time)
        titles = pc.fill_null(
            pc.less_equal(pc.binary_length(plain["video_title"]), pa.scalar(MAX_CELL, pa.int32())), True
        )
        if not pc.all(titles).as_py():
            plain = plain.filter(titles)
        # A word for none, which is spelled as a handle can be.
        named = pc.not_equal(pc.ascii_lower(plain["handle"]), pa.scalar("null"))
        if not pc.all(named).as_py():
            plain = plain.filter(named)
        spool.add(plain)
        ids += plain["video_key"].cast(pa.uint64()).chunks
        if len(plain) < len(numbers):
            is_odd = pc.invert(pc.is_in(numbers, value_set=plain["_source_row"].combine_chunks()))
            lines = _lines(block) if lines is None else lines
            if lines is None:
                return None
            odd_numbers, odd_lines = numbers.filter(is_odd), lines.filter(is_odd)
            found = zip(odd_numbers.to_pylist(), odd_lines.to_pylist(), strict=True)
            left = [(line, text) for line, text in found if line is not None and text is not None]
            if any(text.count('"') % 2 for _, text in left):
                return None
            odd += left
            doubts |= _doubts(odd_numbers, odd_lines, names, delimiter, (limits().earliest, last_day))
            held += sum(len(text) for _, text in left)
            if held > CAREFUL_BYTES:
                raise Quarantined("parse_limit", too_careful())
    if number == 2:
        return None
    others = [record for line, text in odd for record in _records(line, text, len(names), delimiter)]
    return Plain(spool.rows(), pa.chunked_array(ids, pa.uint64()), others, doubts)


def _doubts(
    numbers: pa.Int64Array,
    lines: pa.Array[pa.StringScalar],
    names: Sequence[str],
    delimiter: str,
    days: tuple[date, date],
) -> dict[int, list[str]]:
    """Of lines that are rows without a quote: which of their cells are not plain, in the order of the columns."""
    cells = pc.split_pattern(lines, delimiter)
    is_row = pc.and_(
        pc.equal(pc.list_value_length(cells), pa.scalar(len(names))), pc.invert(pc.match_substring(lines, '"'))
    )
    rows = cells.filter(is_row)
    lines_of_rows = [line for line in numbers.filter(is_row).to_pylist() if line is not None]
    found: dict[int, list[str]] = {line: [] for line in lines_of_rows}
    for place, name in enumerate(names):
        if name in _CELLS:
            column = pc.list_element(rows, place)
            is_plain = pc.match_substring_regex(column, f"^(?:{_CELLS[name]})$")
            if name == "post_date":
                # Written in full, days are in the order of their texts.
                in_time = pc.and_(
                    pc.greater_equal(column, pa.scalar(days[0].isoformat())),
                    pc.less_equal(column, pa.scalar(days[1].isoformat())),
                )
                is_plain = pc.and_(is_plain, in_time)
            if name == "handle":
                # A word for none, which looks like a handle.
                is_plain = pc.and_not(is_plain, pc.equal(pc.ascii_lower(column), pa.scalar("null")))
            for row in pc.indices_nonzero(pc.invert(is_plain)).to_pylist():
                if row is not None:
                    found[lines_of_rows[row]].append(name)
    return found


def _records(line: int, text: str, width: int, delimiter: str) -> Iterator[Record]:
    """The record of a line that is not plain; none of an empty one."""
    if '"' in text:
        yield from (replace(record, line=line) for record in line_records(text, width, delimiter=delimiter))
    elif text:
        yield record_of(line, text.split(delimiter), text)


def too_careful() -> str:
    """What is said of a file of which too much can only be read line by line."""
    return (
        f"found more than {CAREFUL_BYTES // 1024**2} MB of lines that are not as My Videos writes them, such as cells"
        " with line breaks; export it again, or split it"
    )


def _blocks(stream: BinaryIO) -> Iterator[bytes]:
    """What stands below the first line, in blocks of whole lines."""
    stream.readline()
    while block := stream.read(_BLOCK_BYTES):
        rest = stream.readline(MAX_LINE + 1)
        if len(rest) > MAX_LINE:
            raise Quarantined("line_too_long", f"found a line of more than {MAX_LINE:,} bytes; export it again")
        yield block + rest


def _is_plain(block: bytes, plain_line: str) -> bool:
    """Whether all lines of a block are plain."""
    try:
        text = pa.array([block], pa.binary()).cast(pa.string())
    except pa.ArrowInvalid:
        return False
    return pc.match_substring_regex(text, rf"^(?:{plain_line}\r?\n)*(?:{plain_line})?$")[0].as_py()


def _numbers(first: int, count: int) -> pa.Int64Array:
    ones = pa.repeat(pa.scalar(1, pa.int64()), count)
    return pc.cumulative_sum(ones, start=pa.scalar(first - 1, pa.int64()))


def _lines(block: bytes) -> pa.Array[pa.StringScalar] | None:
    """The lines of a text, without their ends; None where that is not what `\\n` and `\\r\\n` make of it."""
    has_returns = b"\r" in block
    if b"\0" in block or (has_returns and block.count(b"\r") != block.count(b"\r\n")):
        return None
    try:
        text = pa.array([block.removesuffix(b"\n")], pa.binary()).cast(pa.string())
    except pa.ArrowInvalid:
        # No UTF-8: the careful way says where.
        return None
    lines = pc.split_pattern(text, "\n").flatten()
    return pc.ascii_rtrim(lines, "\r") if has_returns else lines


def _plain_line(names: Sequence[str], delimiter: str) -> str:
    """A regular expression of a line whose cells are plain, each of them quoted whole or not at all."""
    apart = re.escape(delimiter)
    is_apart_by_comma = delimiter == ","
    cells = []
    for name in names:
        if name in _CELLS:
            grouped = [_GROUPED[name]] if name in _GROUPED else []
            bare = [_CELLS[name], *([] if is_apart_by_comma else grouped)]
            quoted = [_CELLS[name], *grouped]
        elif name == "video_title":
            bare, quoted = [_title(apart)], [_title("")]
        else:
            bare, quoted = [rf'[^\0\r\n"{apart}]*'], [r'[^\0\r\n"]*']
        cells.append(f'(?:{"|".join(bare)}|"(?:{"|".join(quoted)})")')
    return apart.join(cells)


def _title(without: str) -> str:
    """Nothing, or a text that no blank stands around."""
    edge = rf'[^\pZ\pC"{without}]'
    return rf'(?:{edge}(?:[^\r\n"{without}]*{edge})?)?'


def _joined(lines: pa.Array[pa.StringScalar]) -> pa.Buffer:
    if not len(lines):
        return pa.py_buffer(b"")
    joined = cast("pa.StringArray", pc.binary_join(pa.ListArray.from_arrays([0, len(lines)], lines), "\n"))
    text: pa.Buffer = joined[0].as_buffer()
    return text


def _parsed(text: pa.Buffer, names: Sequence[str], delimiter: str) -> pa.Table:
    """Plain lines as columns of text; those that the export's readers ignore have numbers for names."""
    columns = [name or str(place) for place, name in enumerate(names)]
    if not text.size:
        return pa.table({name: pa.array([], pa.string()) for name in columns})
    return pa.csv.read_csv(
        pa.BufferReader(text),  # type: ignore[arg-type]  # the stubs know no file of Arrow's own
        pa.csv.ReadOptions(column_names=columns, use_threads=False, block_size=text.size + 1),
        pa.csv.ParseOptions(delimiter=delimiter, ignore_empty_lines=False),
        pa.csv.ConvertOptions(column_types=dict.fromkeys(columns, pa.string()), strings_can_be_null=False),
    )


def _typed(rows: pa.Table, names: Sequence[str]) -> pa.Table:
    """Plain cells in their types."""
    columns: dict[str, pa.Array[Any] | pa.ChunkedArray[Any]] = {}
    for name in names:
        if name in _TYPES:
            columns[name] = _bare(name, rows[name]).cast(_TYPES[name])
        elif name == "video_title":
            is_blank = pc.equal(rows[name], pa.scalar(""))
            columns[name] = pc.if_else(is_blank, pa.scalar(None, pa.string()), rows[name])
        elif name in _CELLS:
            columns[name] = rows[name]
    columns["video_key"] = pc.list_element(
        pc.split_pattern(rows["video"].combine_chunks(), "/", max_splits=1, reverse=True), 1
    )
    columns["handle_key"] = pc.ascii_lower(pc.utf8_ltrim(rows["handle"], "@"))
    return pa.table(columns)


def _bare(name: str, cells: pa.ChunkedArray[pa.StringScalar]) -> pa.ChunkedArray[pa.StringScalar]:
    """Plain numbers and dates without what may stand around and between their digits."""
    if name in _MARKED:
        cells = pc.ascii_trim(cells, "$%")
    if name in _GROUPED and pc.any(pc.match_substring(cells, ",")).as_py():
        cells = pc.replace_substring(cells, ",", "")
    return cells
