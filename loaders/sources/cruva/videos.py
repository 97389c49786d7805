"""The videos export: header, sync date, and one row per video."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.compute as pc

from loaders.config import Settings
from loaders.readers.csv_text import Record, decode, header_cells, line_records
from loaders.readers.dates import plausible, span
from loaders.readers.export_dates import ExportDate, Observed
from loaders.settings.lookup import seed_rows, seed_stamp
from loaders.source import File, Parsed, Quarantined, Rejection, Unreadable, raw_table
from loaders.sources.cruva.plain import CAREFUL_BYTES, Plain, read_plain, too_careful
from loaders.sources.cruva.seeds import HEADER_ALIASES
from loaders.sources.cruva.video_cells import ABSENT, COLUMNS, READERS, TITLES
from loaders.warehouse.engine import Warehouse, required
from loaders.warehouse.parts import Parts

VERSION = "1"

_SUMMARY = re.compile(r"(?:grand )?(?:summary|total)s?:?", re.IGNORECASE)

VIDEOS = raw_table(
    "videos",
    [
        required("sync_date", pa.date32()),
        pa.field("sync_date_source", pa.string()),
        required("video_key", pa.string()),
        pa.field("handle_key", pa.string()),
        pa.field("handle", pa.string()),
        pa.field("video_url", pa.string()),
        pa.field("video_title", pa.string()),
        pa.field("views", pa.int64()),
        pa.field("likes", pa.int64()),
        pa.field("comments", pa.int64()),
        pa.field("gmv", pa.decimal128(18, 2)),
        pa.field("ctr", pa.decimal128(9, 2)),
        pa.field("units_sold", pa.int64()),
        pa.field("post_date", pa.date32()),
        pa.field("quality_flags", pa.string()),
    ],
    identity=("sync_date", "_source_hash", "_source_row"),
)
# One row per export file, and another one where a later version of the reader judges it otherwise.
SYNCS = raw_table(
    "syncs",
    [
        required("sync_date", pa.date32()),
        pa.field("sync_date_source", pa.string()),
        required("reason_code", pa.string()),
        *(pa.field(f"rows_{fate}", pa.int64()) for fate in ("read", "landed", "rejected", "duplicate", "skipped")),
    ],
    key=("sync_date", "reason_code"),
)
TABLES = (VIDEOS, SYNCS)
# What a reader gives of a video: all but what landing adds.
_READ = pa.schema([field for field in VIDEOS.schema if not field.name.startswith("_") or field.name == "_source_row"])
_READ = pa.schema([field.with_nullable(True) for field in _READ if field.name != "organization_id"])
# What is the same for all plain rows of a file.
_OF_THE_FILE = ("sync_date", "sync_date_source", "quality_flags")
# A header is in the first lines of a file.
_HEAD_BYTES = 100_000


@dataclass(frozen=True)
class Header:
    """What the columns are called here, in their order ('' for one that is ignored), and what stands between them."""

    names: tuple[str, ...]
    delimiter: str
    line: int


def observed(settings: Settings, warehouse: Warehouse, files: Sequence[File]) -> Observed:
    """The dates under which the bytes of exports were landed before, or are in this run."""
    with warehouse.connect() as connection:
        rows = connection.query(
            "select organization_id, _source_hash, min(sync_date), min(sync_date_source) from raw_cruva.syncs"
            " group by organization_id, _source_hash"
        )
    return Observed.of({(client, digest): ExportDate(day, source) for client, digest, day, source in rows}, files)


def read_videos(
    stream: BinaryIO, file: File, settings: Settings, sidecar: bytes | None, *, context: Observed
) -> Parsed:
    """Read one export. Raises `Quarantined`, with the row of `syncs` where the day that it speaks of is known."""
    try:
        return _read(stream, file, settings, context)
    except Quarantined as refused:
        if refused.reason_code in ("mixed_sync_date", "ambiguous_sync_date"):
            raise
        when = context.date_of(file)
        counts = dict.fromkeys((f"rows_{fate}" for fate in ("read", "landed", "rejected", "duplicate", "skipped")), 0)
        listed = {"syncs": [_sync(when, counts, refused.reason_code)]}
        raise Quarantined(refused.reason_code, refused.detail, listed) from None


def _read(stream: BinaryIO, file: File, settings: Settings, context: Observed) -> Parsed:
    if file.suffix != ".csv":
        raise Quarantined(
            "unknown_kind", f"found a {file.suffix or 'nameless'} file, expected the videos export as .csv"
        )
    header = _header(_decoded(_head(stream)), settings)
    plain = _plain(stream, header, file, settings, context)
    records = plain.others
    data = [(record, found) for record in records if (found := _cells(header, record)) is not None]
    if not data and not len(plain.rows):
        raise Quarantined("no_rows", "found no row with a video below the header; export it again")
    when = _sync_date(header, data, file, context)
    read: list[dict[str, Any]] = []
    rejections: list[Rejection] = []
    for record, found in data:
        try:
            read.append(_row(header, record, found, when, plain.doubts.get(record.line, ())))
        except Unreadable as why:
            rejections.append(Rejection(record.line, why.reason_code, why.message, record.text))
    once, repeated = _without_repeats(plain, when, read)
    read = sorted([*read, *repeated], key=lambda row: row["_source_row"])
    landed, conflicting = _once(read)
    rejections += _conflicts(conflicting, records, stream)
    counts = {
        "rows_read": len(records) + len(plain.rows),
        "rows_landed": len(once) + len(landed),
        "rows_rejected": len(rejections),
        "rows_duplicate": len(read) - len(landed) - len(conflicting),
        "rows_skipped": len(records) - len(data),
    }
    return Parsed(
        {
            "videos": _together(once, pa.Table.from_pylist(landed, schema=_READ)),
            "syncs": [_sync(when, counts, "")],
        },
        rows_read=counts["rows_read"],
        rows_landed=counts["rows_landed"],
        rejections=sorted(rejections, key=lambda rejection: rejection.source_row),
        rows_duplicate=counts["rows_duplicate"],
        rows_skipped=counts["rows_skipped"],
    )


def _head(stream: BinaryIO) -> bytes:
    """The first lines of a file: a big export is read without its text as a whole. All of one that is no text."""
    head = stream.read(_HEAD_BYTES)
    stream.seek(0)
    if b"\0" in head or b"\n" not in head:
        return _all_of(stream)
    return head[: head.rfind(b"\n") + 1] if len(head) == _HEAD_BYTES else head


def _all_of(stream: BinaryIO) -> bytes:
    stream.seek(0)
    content = stream.read(CAREFUL_BYTES + 1)
    stream.seek(0)
    if len(content) > CAREFUL_BYTES:
        raise Quarantined("parse_limit", too_careful())
    return content


def _decoded(content: bytes) -> str:
    try:
        return decode(content)
    except Quarantined as refused:
        raise Quarantined("bad_encoding" if content else "no_rows", refused.detail) from None


def _plain(stream: BinaryIO, header: Header, file: File, settings: Settings, context: Observed) -> Plain:
    """The rows that can be read by column, and the records of all other lines; of some files all are others."""
    if "sync_date" not in header.names and header.line == 1:
        last_post_date = context.date_of(file).day + timedelta(days=1)
        found = read_plain(stream, header.names, header.delimiter, last_post_date, settings.state)
        if found is not None:
            return found
    records = line_records(_decoded(_all_of(stream)), len(header.names), delimiter=header.delimiter)
    nothing = pa.schema([_READ.field(name) for name in _READ.names if name not in _OF_THE_FILE]).empty_table()
    return Plain(
        nothing.rename_columns({"video_url": "video"}),
        pa.chunked_array([], pa.uint64()),
        [record for record in records if record.line > header.line],
    )


def _without_repeats(
    plain: Plain, when: ExportDate, read: Sequence[dict[str, Any]]
) -> tuple[pa.Table | Parts, list[dict[str, Any]]]:
    """The plain rows of videos that stand in the file once; and the others, to be compared one by one.

    Videos are told by the number of their id, which is the same wherever the id is.
    """
    several = [_repeated(plain.ids), pa.array(_numbers(row["video_key"] for row in read), pa.uint64())]
    ids = pa.concat_arrays(several)

    def changed(part: pa.Table) -> pa.Table:
        return _with_date(part.filter(pc.invert(_is_one_of(part, ids))) if len(ids) else part, when)

    repeated: list[dict[str, Any]] = []
    if len(ids):
        for part in plain.rows.read() if isinstance(plain.rows, Parts) else [plain.rows]:
            repeated += _with_date(part.filter(_is_one_of(part, ids)), when).to_pylist()
    if isinstance(plain.rows, Parts):
        return plain.rows.map(changed, len(plain.rows) - len(repeated)), repeated
    return changed(plain.rows), repeated


def _is_one_of(rows: pa.Table, ids: pa.Array[pa.UInt64Scalar]) -> pa.BooleanArray:
    return pc.is_in(rows["video_key"].cast(pa.uint64()), value_set=ids)


def _repeated(ids: pa.ChunkedArray[pa.UInt64Scalar]) -> pa.Array[pa.UInt64Scalar]:
    """The numbers that are there more than once."""
    ordered = ids.take(pc.sort_indices(ids)).combine_chunks()
    return ordered.slice(1).filter(pc.equal(ordered.slice(1), ordered.slice(0, max(0, len(ordered) - 1))))


def _numbers(keys: Iterable[str]) -> list[int]:
    """The keys that are ids, as far as plain rows may have them."""
    return [int(key) for key in keys if key.isascii() and key.isdigit() and len(key) < 20]


def _with_date(plain: pa.Table, when: ExportDate) -> pa.Table:
    """Plain rows as raw rows: with the export's day, and without a flag."""
    plain = plain.rename_columns({"video": "video_url"})
    for name, value in (("sync_date", when.day), ("sync_date_source", when.source), ("quality_flags", None)):
        plain = plain.append_column(name, pa.repeat(pa.scalar(value, _READ.field(name).type), len(plain)))
    return plain.select(_READ.names).cast(_READ)


def _together(rows: pa.Table | Parts, others: pa.Table) -> pa.Table | Parts:
    if isinstance(rows, pa.Table):
        return pa.concat_tables([rows, others])
    return Parts(len(rows) + len(others), lambda: chain(rows.read(), [others] if len(others) else []))


def _conflicts(rows: Sequence[dict[str, Any]], records: Sequence[Record], stream: BinaryIO) -> list[Rejection]:
    """The verdicts on rows of videos that stand under several handles, with their text."""
    texts = {record.line: record.text for record in records}
    lines = [] if all(row["_source_row"] in texts for row in rows) else _decoded(_all_of(stream)).split("\n")
    return [
        Rejection(
            row["_source_row"],
            "conflicting_handles",
            f"video {row['video_key']} stands under several handles in this file, here {row['handle_key']!r}",
            texts.get(row["_source_row"]) or lines[row["_source_row"] - 1].removesuffix("\r"),
        )
        for row in rows
    ]


def _sync(when: ExportDate, counts: Mapping[str, int], reason_code: str) -> dict[str, Any]:
    return {
        "sync_date": when.day,
        "sync_date_source": when.source,
        "reason_code": reason_code,
        **counts,
        "_source_row": 1,
    }


@cache
def _aliases(home: Path, modified: int, size: int) -> dict[str, str]:
    return {_spaceless(row["header"]): row["column_name"] for row in seed_rows(HEADER_ALIASES, home)}


def _spaceless(header: str) -> str:
    """How headers are compared: in lower case, without any blank."""
    return "".join(header.lower().split())


def _header(text: str, settings: Settings) -> Header:
    """The first line with text, read with the delimiter that makes most of it."""
    line, found = header_cells(text)
    titles = {delimiter: [_spaceless(cell) for cell in header] for delimiter, header in found.items()}
    if any({"affiliatehandle", "shopgmv"} <= set(each) for each in titles.values()):
        raise Quarantined("retired_source", "affiliates.csv is no longer a source: export My Videos")
    aliases = _aliases(*seed_stamp(HEADER_ALIASES, settings.home))
    known = {mark: tuple(aliases.get(title, "") for title in each) for mark, each in titles.items()}
    delimiter, names = max(known.items(), key=lambda candidate: len({*candidate[1]} - {""}))
    repeated = sorted({TITLES[name] for name in names if name and names.count(name) > 1})
    missing = [TITLES[name] for name in COLUMNS if name not in names]
    if len(missing) > 5:
        said = delimiter.join(found[delimiter])[:80]
        raise Quarantined("unknown_kind", f"line {line}: found {said!r}, expected a videos export")
    if repeated:
        raise Quarantined("duplicate_header", f"line {line}: {', '.join(repeated)} is there twice, expected it once")
    if missing:
        raise Quarantined(
            "missing_columns", f"line {line}: found no column {', '.join(missing)}; export My Videos with all columns"
        )
    return Header(names, delimiter, line)


def _cells(header: Header, record: Record) -> dict[str, str] | None:
    """A row's cells by column, None for one that is no video: blank, or a summary. {} where they cannot be told."""
    if not record.cells:
        return {}
    if not any(record.cells):
        return None
    given = list(record.cells)
    if len(given) > len(header.names) and header.names[-1] == "video_title":
        # An unquoted delimiter in the last column: what it splits belongs together again.
        title = record.text.split(header.delimiter, len(header.names) - 1)[-1] if '"' not in record.text else None
        rest = given[len(header.names) - 1 :]
        given = [*given[: len(header.names) - 1], title.strip() if title else header.delimiter.join(rest)]
    found = dict(zip(header.names, given, strict=False))
    is_summary = any(_SUMMARY.fullmatch(cell) for cell in (given[0], found.get("handle", "")))
    if is_summary and found.get("video", "").lower() in (*ABSENT, "summary", "total"):
        return None
    return found if len(given) == len(header.names) else {}


def _sync_date(
    header: Header, data: Sequence[tuple[Record, Mapping[str, str]]], file: File, context: Observed
) -> ExportDate:
    said = sorted({found["sync_date"] for _, found in data if found.get("sync_date", "").lower() not in ABSENT})
    if not said:
        return context.date_of(file)
    if len(said) > 1:
        raise Quarantined("mixed_sync_date", f"Sync Date is {said[0][:30]!r} and {said[1][:30]!r}, expected one date")
    try:
        if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", said[0]):
            raise ValueError
        return ExportDate(plausible(date.fromisoformat(said[0])), "column")
    except ValueError:
        raise Quarantined(
            "ambiguous_sync_date", f"Sync Date is {said[0][:30]!r}, expected a date such as 2025-03-31 {span()}"
        ) from None


def _row(
    header: Header, record: Record, found: Mapping[str, str], when: ExportDate, doubtful: Sequence[str]
) -> dict[str, Any]:
    """One video. The first bad field in header order names the reason; `doubtful` are all that can be one, if any."""
    record.check()
    if not found:
        what = f"{len(record.cells)} cells" if record.cells else "broken quoting"
        raise Unreadable("column_count", f"found {what}, expected {len(header.names)} cells as in line {header.line}")
    flags: set[str] = set()
    for name in doubtful:
        READERS[name](TITLES[name], found[name], flags, when)
    row: dict[str, Any] = {"sync_date": when.day, "sync_date_source": when.source, "_source_row": record.line}
    for name in header.names:
        if name in READERS:
            row.update(READERS[name](TITLES[name], found[name], flags, when))
    row["quality_flags"] = ",".join(sorted(flags)) or None
    return row


def _once(rows: Sequence[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Of the rows of one video the last; and those of videos that stand under several handles."""
    handles: dict[str, set[str]] = {}
    last: dict[str, dict[str, Any]] = {}
    for row in rows:
        handles.setdefault(row["video_key"], set()).add(row["handle_key"])
        last[row["video_key"]] = row
    several = {key for key, found in handles.items() if len(found) > 1}
    landed = [row for key, row in last.items() if key not in several]
    return (
        sorted(landed, key=lambda row: row["_source_row"]),
        [row for row in rows if row["video_key"] in several],
    )
