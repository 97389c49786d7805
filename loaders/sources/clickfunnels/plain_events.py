"""Analytics events by the column: lines of JSON as automations write them, hundreds of thousands a file.

A file of them is parsed and judged as columns. What is not plain, a line with a number where a text belongs, or with a
time that must be read first, is left to the reader of single lines, so that both read alike.
"""

from __future__ import annotations

from functools import reduce
from typing import Any, TypeAlias, TypeVar

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.json as pj

from loaders.readers.csv_text import is_text
from loaders.readers.dates import limits
from loaders.readers.sizes import MAX_CELL
from loaders.sources.clickfunnels.objects import EVENT_TYPES
from loaders.sources.clickfunnels.tables import EVENTS

_SCHEMA = pa.schema([pa.field(name, pa.string()) for name in EVENTS.columns])
_UTC = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?Z$"
_ID = "^[0-9]{1,18}$"
_IDS = ("clickfunnels_contact_id", "keap_id", "manychat_id")
# The stubs know a kernel's result as one kind of array and take another one: what is in it they cannot say.
Texts: TypeAlias = "pa.ChunkedArray[Any]"
Verdict: TypeAlias = "pa.Array[Any] | pa.ChunkedArray[Any]"
Column = TypeVar("Column", "pa.ChunkedArray[Any]", "pa.Array[Any] | pa.ChunkedArray[Any]")

_BLOCK_BYTES = 8 * 1024 * 1024


def read_plain_events(content: bytes) -> tuple[pa.Table, list[int]] | None:
    """The rows of the lines that are plain events, each with its `_source_row`, and the 1-based lines that are not.

    None for a file that is not lines of events at all, or whose lines an object or blank line puts out of step.
    """
    first_end = content.find(b"\n") + 1 or len(content)
    if not content.startswith(b'{"') or content.find(b'"timestamp"', 0, first_end) < 0 or b"\\u0000" in content:
        return None
    if not is_text(content):
        return None
    try:
        table = pj.read_json(
            pa.BufferReader(content),  # type: ignore[arg-type]  # the stubs know no file of Arrow's own
            read_options=pj.ReadOptions(block_size=_BLOCK_BYTES, use_threads=False),
            parse_options=pj.ParseOptions(explicit_schema=_SCHEMA, unexpected_field_behavior="error"),
        )
    except pa.ArrowInvalid:
        return None
    lines = content.count(b"\n") + (not content.endswith(b"\n"))
    if table.num_rows != lines:
        return None
    table = table.select(EVENTS.columns).combine_chunks()
    plain = _plain(table)
    numbers = pa.array(range(1, lines + 1), pa.int64())
    left = [line for line in numbers.filter(pc.invert(plain)).to_pylist() if line is not None]
    columns = {name: _blank_as_null(table.column(name)) for name in EVENTS.columns}
    read = pa.table({**columns, "extra": pa.repeat(pa.scalar("{}"), lines), "_source_row": numbers})
    return read.filter(plain), left


def _plain(table: pa.Table) -> Verdict:
    """Which rows the column way reads as the single way would."""
    verdicts: list[Verdict] = [
        pc.is_in(table.column("type"), value_set=pa.array(EVENT_TYPES)),
        pc.match_substring_regex(table.column("timestamp"), _UTC),
        _exists(table.column("timestamp")),
        reduce(
            pc.or_,
            [
                pc.greater(pc.binary_length(_filled(table.column(name))), pa.scalar(0, pa.int32()))
                for name in (*_IDS, "email")
            ],
        ),
        pc.match_substring_regex(_filled(table.column("email")), r"^$|^[^@\s]+@[^@\s]+$"),
    ]
    for name in EVENTS.columns:
        text = _filled(table.column(name))
        verdicts.append(pc.equal(text, pc.utf8_trim_whitespace(text)))
        verdicts.append(pc.less_equal(pc.binary_length(text), pa.scalar(MAX_CELL, pa.int32())))
        if name in _IDS:
            verdicts.append(pc.or_(pc.equal(text, pa.scalar("")), pc.match_substring_regex(text, _ID)))
    plain: Verdict = pa.chunked_array([pa.repeat(pa.scalar(True), table.num_rows)])
    for verdict in verdicts:
        plain = pc.and_(plain, _filled(verdict, False))
    return plain


def _exists(times: Texts) -> Verdict:
    """Whether each is a believable day of the calendar and a time of the clock; all are not, where one is neither."""
    try:
        found = pc.cast(times, pa.timestamp("us", tz="UTC"))
    except pa.ArrowInvalid:
        return pa.chunked_array([pa.repeat(pa.scalar(False), len(times))])
    days = pc.cast(found, pa.date32(), safe=False)
    holds = limits()
    return pc.and_(
        pc.greater_equal(days, pa.scalar(holds.earliest, pa.date32())),
        pc.less_equal(days, pa.scalar(holds.latest, pa.date32())),
    )


def _filled(column: Column, value: str | bool = "") -> Column:
    """The column with a value in place of NULL."""
    found: Column = pc.call_function("coalesce", [column, pa.scalar(value)])
    return found


def _blank_as_null(column: Texts) -> Texts:
    found: Texts = pc.if_else(pc.equal(_filled(column), pa.scalar("")), pa.scalar(None, pa.string()), column)
    return found
