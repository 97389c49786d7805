"""Rows of a videos export that are spelled plainly, read by column: most of any export, and all of a big one.

A line whose quotes stand around whole cells is the same to every reader of CSV; and a cell that is plain (digits, a
plain amount, an ISO date, a video's address, a title without blanks around it) means the same to whoever reads it. Such
rows are found with regular expressions over whole columns. All other lines are handed back, one by one, to the reader
that knows every rule. Nothing is judged here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from functools import reduce

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from loaders.csv_text import Record, line_records

_COUNT = r"[0-9]{1,13}|[0-9]{1,3}(?:,[0-9]{3}){1,3}"
_CELLS = {
    "handle": r"@?[A-Za-z0-9._]{1,64}",
    "video": r"(?:https?://)?(?:www\.|m\.)?tiktok\.com/@[A-Za-z0-9._]+/(?:video|photo)/[0-9]{1,30}",
    "views": _COUNT,
    "likes": _COUNT,
    "comments": _COUNT,
    "gmv": r"\$?(?:[0-9]{1,12}|[0-9]{1,3}(?:,[0-9]{3}){1,3})(?:\.[0-9]{1,2})?",
    "ctr": r"[0-9]{1,5}(?:\.[0-9]{1,2})?%?",
    "units_sold": r"-?[0-9]{1,13}",
    "post_date": (
        r"20[0-9]{2}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
        r"|02-(?:0[1-9]|1[0-9]|2[0-8]))"
    ),
    "video_title": r"|[^\pZ\pC](?:[^\r\n]*[^\pZ\pC])?",
}
_TYPES = {
    **dict.fromkeys(("views", "likes", "comments", "units_sold"), pa.int64()),
    "gmv": pa.decimal128(18, 2),
    "ctr": pa.decimal128(9, 2),
    "post_date": pa.date32(),
}
# What no text holds: a line read with it between cells is one cell.
_NOWHERE = "\x01"


def read_plain(
    content: bytes, names: tuple[str, ...], delimiter: str, last_post_date: date
) -> tuple[pa.Table, list[Record]] | None:
    """The plain rows below the first line as columns (`video_key`, `handle_key`, `_source_row` beside the export's
    own), and the records of all other lines.

    None where lines are not what they look like: a field holds a line break, or a line ends in a way of its own.
    """
    lines = _lines(content)
    if lines is None:
        return None
    tables: list[pa.Table] = []
    odd: list[tuple[int, str]] = []
    number = 2
    for chunk in lines.slice(1).chunks:
        numbers = pa.array(range(number, number + len(chunk)), pa.int64())
        number += len(chunk)
        is_sound = pc.match_substring_regex(chunk, _sound_line(len(names), delimiter))
        rows = _parsed(chunk.filter(is_sound), names, delimiter).append_column("_source_row", numbers.filter(is_sound))
        is_plain = reduce(
            pc.and_,
            [pc.match_substring_regex(rows[name], f"^(?:{_CELLS[name]})$") for name in names if name in _CELLS],
        )
        plain = _typed(rows.filter(is_plain), names)
        in_time = pc.less_equal(plain["post_date"], pa.scalar(last_post_date, pa.date32()))
        tables.append(plain.filter(in_time))
        is_read = pc.is_in(numbers, value_set=tables[-1]["_source_row"].combine_chunks())
        is_odd = pc.invert(is_read)
        odd += zip(numbers.filter(is_odd).to_pylist(), chunk.filter(is_odd).to_pylist(), strict=True)
    if not tables or any(text.count('"') % 2 for _, text in odd):
        return None
    return pa.concat_tables(tables), [
        Record(line, record.cells, record.text)
        for line, text in odd
        for record in line_records(text, len(names), delimiter=delimiter)
    ]


def _lines(content: bytes) -> pa.ChunkedArray | None:
    """The lines of a text, without their ends; None where that is not what `\\n` and `\\r\\n` make of it."""
    if content.count(b"\r") != content.count(b"\r\n") or _NOWHERE.encode() in content:
        return None
    try:
        lines = pa.csv.read_csv(
            pa.BufferReader(content),
            pa.csv.ReadOptions(column_names=["line"], use_threads=False),
            pa.csv.ParseOptions(delimiter=_NOWHERE, quote_char=False, ignore_empty_lines=False),
            pa.csv.ConvertOptions(column_types={"line": pa.string()}, strings_can_be_null=False),
        )["line"]
    except pa.ArrowInvalid:
        # No UTF-8, or a line longer than any export's: the careful way says so.
        return None
    return lines if len(lines) == content.count(b"\n") + (not content.endswith(b"\n")) else None


def _sound_line(width: int, delimiter: str) -> str:
    """A regular expression of a line with so many cells, each quoted whole or not at all."""
    apart = re.escape(delimiter)
    cell = rf'(?:[^"{apart}]*|"[^"]*")'
    return f"^{cell}(?:{apart}{cell}){{{width - 1}}}$"


def _parsed(lines: pa.StringArray, names: Sequence[str], delimiter: str) -> pa.Table:
    """Sound lines as columns of text; those that the export's readers ignore have numbers for names."""
    columns = [name or str(place) for place, name in enumerate(names)]
    if not len(lines):
        return pa.table({name: pa.array([], pa.string()) for name in columns})
    text = pc.binary_join(pa.ListArray.from_arrays([0, len(lines)], lines), "\n")[0]
    return pa.csv.read_csv(
        pa.BufferReader(text.as_buffer()),
        pa.csv.ReadOptions(column_names=columns, use_threads=False, block_size=len(text.as_buffer()) + 1),
        pa.csv.ParseOptions(delimiter=delimiter, ignore_empty_lines=False),
        pa.csv.ConvertOptions(column_types=dict.fromkeys(columns, pa.string()), strings_can_be_null=False),
    )


def _typed(rows: pa.Table, names: Sequence[str]) -> pa.Table:
    """Plain cells in their types."""
    columns = {"_source_row": rows["_source_row"]}
    for name in names:
        if name in _TYPES:
            digits = rows[name] if name == "post_date" else pc.replace_substring_regex(rows[name], "[,$%]", "")
            columns[name] = digits.cast(_TYPES[name])
        elif name == "video_title":
            is_blank = pc.equal(rows[name], "")
            columns[name] = pc.if_else(is_blank, pa.scalar(None, pa.string()), rows[name])
        elif name in _CELLS:
            columns[name] = rows[name]
    columns["video_key"] = pc.replace_substring_regex(rows["video"], "^.*/", "")
    columns["handle_key"] = pc.ascii_lower(pc.utf8_ltrim(rows["handle"], "@"))
    return pa.table(columns)
