"""Landing: one mechanism that every file source declares itself to.

    landing/<source>/**  ->  raw_<source>.*  and  ops.load_audit, ops.rejected_rows, ops.quarantined_files

A source says what it reads, how a file of each kind is read (pure: bytes in, rows out) and its raw tables with their
keys (`loaders.source`). Landing does the rest, the same for all: it walks the folder in path order, tells tenants
apart, hashes, skips what it knows, reads new files (several at once, dangerous kinds each in a process of its own),
adds provenance, and writes through dlt, raw first and the books after. A file counts as landed once its audit row is
there; until then a repeat reads it again and the merge key makes that change nothing.
"""

from __future__ import annotations

import gc
import logging
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from loaders.config import ORGANIZATION_ID, Settings
from loaders.landing import books
from loaders.landing.books import Fate, Known
from loaders.landing.progress_bar import progress
from loaders.landing.provenance import with_provenance
from loaders.landing.reading import Unread, attempt_of, fate_now, file_digest, read_file
from loaders.landing.repeats import count_landed, first_of_each, path_key
from loaders.landing.retries import rebook, refused_rows
from loaders.readers.dates import limited
from loaders.readers.json_text import quoted
from loaders.settings.lookup import seed_digest
from loaders.source import File, Kind, Parsed, Quarantined, Source, look_at
from loaders.warehouse.engine import Table, Warehouse
from loaders.warehouse.parts import Parts

log = logging.getLogger("ledgerline")

# One dlt package holds at most this much: a season's worth of reports in one, a large backfill in several.
BATCH_FILES = 2_000
BATCH_BYTES = 64 * 1024 * 1024
# Files read ahead of the one that is written, per worker.
READ_AHEAD = 2


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


def walk(source: Source, settings: Settings) -> Iterator[File | tuple[File, Quarantined]]:
    """The files of a source in path order (by bytes), each with its tenant; `.…`, `_…`, `README…` are left out."""
    root = settings.landing / source.name
    found: list[str] = []
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if not name.startswith((".", "_", "README"))]
        found += [
            (Path(folder) / name).relative_to(settings.landing).as_posix()
            for name in names
            if not name.startswith((".", "_", "README"))
        ]
    for name in sorted(found, key=os.fsencode):
        path = settings.landing / name
        # A name may be no text at all; the books get it escaped.
        source_file = os.fsencode(name).decode("utf-8", "backslashreplace")
        if source.is_sidecar(path):
            continue
        tenants = [part[4:] for part in Path(source_file).parts[1:-1] if part.startswith("org=")]
        organization_id = tenants[-1] if tenants else settings.organization
        sidecar = source.sidecar_of(path)
        sidecar = sidecar if sidecar and sidecar.is_file() else None
        file = File(path, source_file, organization_id, sidecar=sidecar, look=look_at(path))
        if not all(ORGANIZATION_ID.fullmatch(tenant) for tenant in tenants):
            yield (
                file,
                Quarantined(
                    source.bad_tenant,
                    f"the folder says org={organization_id!r}; an organisation id is 1-64 of A-Z a-z 0-9 _ -",
                ),
            )
        elif source.needs_tenant and not tenants:
            yield (
                file,
                Quarantined(
                    source.bad_tenant,
                    f"found no folder org=<id>, which says whose it is; move it below landing/{source.name}/org=<id>/",
                ),
            )
        else:
            yield file


def land(
    source: Source,
    settings: Settings,
    warehouse: Warehouse,
    landed_run: int,
    *,
    quiet: bool,
    only_tenant: str = "",
    only_files: Mapping[tuple[str, str], str] | None = None,
) -> Outcome:
    """Land what is new of one source, or of one tenant of it, or of some files: hashes by tenant and path.

    Raises nothing for a bad file: it is in `Outcome.problems` and in the books."""
    with limited(settings.date_limits):
        return _land(source, settings, warehouse, landed_run, quiet, only_tenant, only_files)


def _land(
    source: Source,
    settings: Settings,
    warehouse: Warehouse,
    landed_run: int,
    quiet: bool,
    only_tenant: str,
    only_files: Mapping[tuple[str, str], str] | None,
) -> Outcome:
    outcome = Outcome()
    known = Known.read(source, warehouse)
    entries = list(walk(source, settings))
    if only_tenant:
        entries = [entry for entry in entries if isinstance(entry, File) and entry.organization_id == only_tenant]
    with ThreadPoolExecutor(settings.workers) as pool:
        hashed = list(pool.map(_hash, entries))
    if only_files is not None:
        hashed = [
            each
            for each in hashed
            if only_files.get((each[0].organization_id, each[0].source_file)) == each[0].source_hash
        ]
    new = _new(source, settings, warehouse, known, hashed)
    outcome.files_known = len(hashed) - len(new)
    outcome.files_new = len(new)
    if not new:
        return outcome

    warehouse.create_missing(source.schema, source.tables)
    context = None
    if source.prepare is not None:
        files = [entry.file for entry in new if isinstance(entry, Unread)]
        context = source.prepare(settings, warehouse, files)
    batch: list[Fate] = []
    size = 0
    fates = _read_all(source, settings, context, known, new, outcome)
    with progress(fates, len(new), source.name, quiet=quiet) as results:
        for landed in results:
            if batch and size_of(landed) >= BATCH_BYTES:
                # What is in parts is compared with what is landed, and not with a batch that it stands in.
                write_batch(source, settings, warehouse, landed_run, batch, outcome)
                batch, size = _next_batch(), 0
            batch.append(landed)
            size += size_of(landed)
            if len(batch) >= BATCH_FILES or size >= BATCH_BYTES:
                write_batch(source, settings, warehouse, landed_run, batch, outcome)
                batch, size = _next_batch(), 0
    write_batch(source, settings, warehouse, landed_run, batch, outcome)
    return outcome


def _new(
    source: Source,
    settings: Settings,
    warehouse: Warehouse,
    known: Known,
    hashed: Sequence[tuple[File, Quarantined | None, str]],
) -> list[Fate | Unread]:
    """What the books do not know, or what is to be judged again."""
    words = seed_digest(source.seeds, settings.home)
    new: list[Fate | Unread] = []
    again: list[Unread] = []
    for file, verdict, failure in hashed:
        if failure:
            new.append(Fate(file, failure=failure))
            continue
        kind, refused = _kind(source, file) if verdict is None else (None, verdict)
        attempt = attempt_of(source, kind, file, settings, words) if kind else ""
        if known.holds(file, attempt):
            continue
        if refused is not None:
            new.append(Fate(file, quarantine=refused))
        elif known.refused_as(file, attempt) is not None:
            lines = refused_rows(warehouse, known, file, attempt)
            is_retry = known.holds_rejected(file, attempt)
            (again if is_retry else new).append(Unread(file, kind, attempt, lines, is_retry))
        else:
            new.append(Unread(file, kind, attempt))
    # Before their copies, which then know what has landed.
    return [*again, *new]


def _next_batch() -> list[Fate]:
    """None yet; what is left of the batch before, which dlt holds in cycles of references, is let go first."""
    gc.collect(1)
    return []


def land_rows(
    source: Source, settings: Settings, warehouse: Warehouse, landed_run: int, file: File, parsed: Parsed
) -> None:
    """Land rows that come from no file, such as a command's edits, with the same books as a file's."""
    warehouse.create_missing(source.schema, source.tables)
    write_batch(source, settings, warehouse, landed_run, [Fate(file, parsed)], Outcome())


def next_run(warehouse: Warehouse) -> int:
    """The number of this landing run: above that of every earlier one, ended or killed.

    A killed run may have landed rows without its books, so the log of runs counts too: what lands later has a higher
    number than anything that a build may have seen.
    """
    with warehouse.connect() as connection:
        return connection.query(
            "select greatest((select coalesce(max(landed_run), 0) + 1 from ops.load_audit),"
            " (select coalesce(max(run_number), 0) from ops.application_logs))"
        )[0][0]


def _kind(source: Source, file: File) -> tuple[Kind | None, Quarantined | None]:
    try:
        return source.kind_of(file), None
    except Quarantined as quarantined:
        return None, quarantined


def _hash(entry: File | tuple[File, Quarantined]) -> tuple[File, Quarantined | None, str]:
    file, verdict = entry if isinstance(entry, tuple) else (entry, None)
    try:
        if file.path.exists() and not file.path.is_file():
            return file, verdict, "is no regular file (a pipe or a device?); remove it"
        digest = file_digest(file.path)
    except OSError as error:
        return file, verdict, f"cannot be read ({error.strerror}); check its permissions, the next run tries again"
    return replace(file, source_hash=digest), verdict, ""


def _read_all(
    source: Source, settings: Settings, context: Any, known: Known, new: Sequence[Fate | Unread], outcome: Outcome
) -> Iterator[Fate]:
    """Every file's fate in path order; of two names of the same bytes the first counts.

    All workers read a little ahead, never everything: what is read waits in memory until it is written.
    """
    first_of: dict[tuple[str, str, str, str], int] = {}
    started: dict[int, Future[tuple[Fate, float]]] = {}
    ahead = 0
    # Readers within this process have one interpreter: two of them only wait for each other.
    is_isolated = any(isinstance(entry, Unread) and entry.kind.isolated for entry in new)
    workers = settings.workers if is_isolated else 1
    with ThreadPoolExecutor(workers) as pool:
        for index, entry in enumerate(new):
            for unread in new[ahead : index + READ_AHEAD * workers]:
                if isinstance(unread, Unread) and known.copy_of(unread.file, unread.attempt) is None:
                    file = unread.file
                    scope = source.scope_of(file.source_file)
                    bytes_read_alike = (file.organization_id, scope, file.source_hash, unread.attempt)
                    if first_of.setdefault(bytes_read_alike, ahead) == ahead:
                        started[ahead] = pool.submit(read_file, source, settings, context, unread)
                ahead += 1
            if isinstance(entry, Fate):
                yield entry
                continue
            reading = started.pop(index, None)
            fate = known.copy_of(entry.file, entry.attempt)
            if fate is None:
                fate, seconds = reading.result() if reading is not None else read_file(source, settings, context, entry)
                outcome.parse_seconds += seconds
                known.remember(fate)
            yield fate


def size_of(landed: Fate) -> int:
    """About how many bytes a file's rows take until they are written; rows in parts count as a whole batch."""
    if landed.parsed is None:
        return 0
    return sum(map(_size_of, landed.parsed.tables.values()))


def _size_of(rows: Sequence[Mapping[str, Any]] | pa.Table | Parts) -> int:
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
    """Write one batch: raw rows first, the books after. What is not in the books is read again next time."""
    if any(len(rows) for landed in batch for rows in landed.tables.values()):
        # It takes half a second, in which a file that is still being written changes.
        import dlt  # noqa: F401, PLC0415
    batch = [fate_now(each, outcome.waiting_bytes) for each in batch]
    raw = []
    for table in source.tables:
        parts = [
            with_provenance(table, landed, settings, landed_run)
            for landed in batch
            if len(landed.tables.get(table.name, ()))
        ]
        # Within one file a reader has seen to it; what comes in parts is alone.
        if len(parts) == 1:
            raw.append((table, parts[0]))
        elif parts:
            raw.append((table, first_of_each(table, pa.concat_tables(parts))))
    retries = [landed for landed in batch if landed.is_retry]
    rows_before = count_landed(source, warehouse, retries) if retries else {}
    load_id = warehouse.write(source.schema, raw)
    landed_rows = count_landed(source, warehouse, batch)

    audits, rejected, quarantined = [], [], []
    for landed in batch:
        book = {
            "source": source.name,
            "organization_id": landed.file.organization_id,
            "source_file": landed.file.source_file,
            "source_hash": landed.file.source_hash,
        }
        if landed.waits:
            outcome.waiting.append(f"{landed.file.source_file} {landed.waits}")
        elif landed.failure:
            outcome.problems.append(f"{landed.file.source_file}: {landed.failure}")
        elif landed.quarantine is not None:
            verdict = landed.quarantine
            message = quoted(f"{landed.file.source_file}: {verdict.detail}")
            quarantined.append(
                {
                    **book,
                    "reason_code": verdict.reason_code,
                    "message": message,
                    "quarantined_at": settings.as_of,
                    "attempt": landed.attempt,
                }
            )
            outcome.problems.append(f"quarantined {verdict.reason_code}: {message}")
        else:
            parsed = landed.parsed
            once = sum(len(parsed.tables.get(table.name, ())) for table in source.tables if table.is_landed_once)
            path = path_key(landed.file)
            repeats = once - (landed_rows.get(path, 0) - rows_before.get(path, 0))
            rows_landed = parsed.rows_landed - repeats
            refused = [books.rejected_row(book, landed, rejection, settings) for rejection in parsed.rejections]
            outcome.problems += [f"rejected {row['reason_code']}: {row['message']}" for row in refused]
            outcome.rows_read += parsed.rows_read
            outcome.rows_landed += rows_landed
            if landed.is_retry:
                with warehouse.connect() as connection:
                    rebook(connection, source.name, landed.file, rows_landed, refused, landed_run, settings.as_of)
                continue
            rejected += refused
            audits.append(
                {
                    **book,
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
    # The audit row is what makes a file count as landed: it comes after the raw rows, and with the verdicts.
    written = ((books.REJECTED_ROWS, rejected), (books.QUARANTINED_FILES, quarantined), (books.LOAD_AUDIT, audits))
    warehouse.write("ops", [_book(table, rows) for table, rows in written])


def _book(table: Table, rows: Iterable[Mapping[str, Any]]) -> tuple[Table, pa.Table]:
    return table, pa.Table.from_pylist(list(rows), schema=table.schema)
