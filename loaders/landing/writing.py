"""Writing what was read: rows and books of a batch of files, in one transaction.

Either a file has landed, with its row in `ops.load_audit`, or nothing of it is there and the next run reads it again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, assert_never

import pyarrow as pa

from loaders.config import Settings
from loaders.landing import books
from loaders.landing.fates import Failed, Fate, Read, Refused, Waits
from loaders.landing.provenance import with_provenance
from loaders.landing.reading import fate_now
from loaders.landing.repeats import count_landed, first_of_each, path_key
from loaders.landing.retries import rebook
from loaders.readers.json_text import quoted
from loaders.source import File, RawRows, Rejection, Source
from loaders.warehouse.engine import Connection, Table, Warehouse
from loaders.warehouse.parts import Parts

# One transaction holds at most this much: a season's worth of reports in one, a large backfill in several.
BATCH_FILES = 2_000
BATCH_BYTES = 64 * 1024 * 1024

Row = dict[str, Any]


@dataclass
class Outcome:
    """What one run of landing did, and the lines that a person must read."""

    rows_read: int = 0
    rows_landed: int = 0
    files_new: int = 0
    files_known: int = 0
    problems: list[str] = field(default_factory=list)
    # Of them, what an API did not give: not bad input, but a job that was not done.
    failures: list[str] = field(default_factory=list)
    # Files that are not whole yet; nothing is wrong with them.
    waiting: list[str] = field(default_factory=list)
    # Tenant and hash of them: what was read, and then did not land.
    waiting_bytes: set[tuple[str, str]] = field(default_factory=set)
    parse_seconds: float = 0.0

    def add(self, other: Outcome) -> None:
        self.rows_read += other.rows_read
        self.rows_landed += other.rows_landed
        self.files_new += other.files_new
        self.files_known += other.files_known
        self.problems += other.problems
        self.failures += other.failures
        self.waiting += other.waiting
        self.parse_seconds += other.parse_seconds


def size_of(fate: Fate) -> int:
    """About how many bytes a file's rows take until they are written; rows in parts count as a whole batch."""
    return sum(map(_size_of, fate.tables.values())) if isinstance(fate, Read) else 0


def _size_of(rows: RawRows) -> int:
    if isinstance(rows, Parts):
        return BATCH_BYTES
    return rows.nbytes if isinstance(rows, pa.Table) else 1_000 * len(rows)


def write_batch(
    source: Source,
    settings: Settings,
    warehouse: Warehouse,
    landed_run: int,
    batch: Sequence[Fate],
    outcome: Outcome,
) -> None:
    """Write one batch and add it to `outcome`. Raises `WarehouseError`, and then nothing of it was written."""
    if not batch:
        return
    fates = [fate_now(fate, outcome.waiting_bytes) for fate in batch]
    with warehouse.writing(source.schema) as connection:
        written = _write(source, settings, connection, landed_run, fates)
    outcome.add(written)


def _write(
    source: Source, settings: Settings, connection: Connection, landed_run: int, fates: Sequence[Fate]
) -> Outcome:
    load_id = str(landed_run)
    read = [fate for fate in fates if isinstance(fate, Read)]
    # Rows that a retry landed before, and those that a killed load of an older version left without their books.
    before = count_landed(source, connection, [fate for fate in read if fate.is_retry])
    for table in source.tables:
        connection.land(source.schema, table, _rows_of(table, fates, settings, landed_run), load_id)
    landed = count_landed(source, connection, read)

    outcome = Outcome()
    audits: list[Row] = []
    rejected: list[Row] = []
    quarantined: list[Row] = []
    for fate in fates:
        match fate:
            case Waits(file, why):
                outcome.waiting.append(f"{file.source_file} {why}")
            case Failed(file, why):
                outcome.problems.append(f"{file.source_file}: {why}")
            case Refused(file):
                row = _quarantined(source, settings, fate)
                quarantined.append(row)
                outcome.problems.append(f"quarantined {row['reason_code']}: {row['message']}")
            case Read(file, parsed):
                once = sum(len(parsed.tables.get(table.name, ())) for table in source.tables if table.is_landed_once)
                path = path_key(file)
                repeats = once - (landed.get(path, 0) - before.get(path, 0))
                rows_landed = parsed.rows_landed - repeats
                refused = [_rejected(source, settings, fate, rejection) for rejection in parsed.rejections]
                outcome.problems += [f"rejected {row['reason_code']}: {row['message']}" for row in refused]
                outcome.rows_read += parsed.rows_read
                outcome.rows_landed += rows_landed
                if fate.is_retry:
                    rebook(connection, source.name, file, rows_landed, refused, landed_run, settings.as_of)
                    continue
                rejected += refused
                audits.append(
                    {
                        **_book_of(source, file),
                        "rows_read": parsed.rows_read,
                        "rows_landed": rows_landed,
                        "rows_rejected": len(parsed.rejections),
                        "rows_duplicate": parsed.rows_duplicate + repeats,
                        "rows_skipped": parsed.rows_skipped,
                        "load_id": load_id if rows_landed else None,
                        "loaded_at": settings.as_of,
                        "landed_run": landed_run,
                    }
                )
            case _:
                assert_never(fate)
    for table, rows in (
        (books.REJECTED_ROWS, rejected),
        (books.QUARANTINED_FILES, quarantined),
        (books.LOAD_AUDIT, audits),
    ):
        connection.land("ops", table, _book(table, rows))
    return outcome


def _rows_of(table: Table, fates: Sequence[Fate], settings: Settings, landed_run: int) -> pa.Table | Parts:
    """What a batch has for a table. Rows in parts are a batch for themselves."""
    held: list[pa.Table] = []
    for fate in fates:
        if not isinstance(fate, (Read, Refused)) or not len(fate.tables.get(table.name, ())):
            continue
        rows = with_provenance(table, fate, settings, landed_run)
        if isinstance(rows, Parts):
            return rows
        held.append(rows)
    # Within one file a reader has seen to it that no key comes twice.
    return first_of_each(table, pa.concat_tables(held)) if len(held) > 1 else (held or [table.schema.empty_table()])[0]


def _book_of(source: Source, file: File) -> Row:
    return {
        "source": source.name,
        "organization_id": file.organization_id,
        "source_file": file.source_file,
        "source_hash": file.source_hash,
    }


def _quarantined(source: Source, settings: Settings, fate: Refused) -> Row:
    return {
        **_book_of(source, fate.file),
        "reason_code": fate.verdict.reason_code,
        "message": quoted(f"{fate.file.source_file}: {fate.verdict.detail}"),
        "quarantined_at": settings.as_of,
        "attempt": fate.attempt,
    }


def _rejected(source: Source, settings: Settings, fate: Read, rejection: Rejection) -> Row:
    """A refused row as the books have it: enough of its text to find it by, for they are no second copy of the file."""
    return {
        **_book_of(source, fate.file),
        "source_row": rejection.source_row,
        "reason_code": rejection.reason_code,
        "message": quoted(f"{fate.file.source_file}, line {rejection.source_row}: {rejection.message}"),
        "raw_text": quoted(rejection.raw_text),
        "rejected_at": settings.as_of,
        "attempt": fate.attempt,
    }


def _book(table: Table, rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist(list(rows), schema=table.schema)
