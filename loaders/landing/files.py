"""Landing: one mechanism that every file source declares itself to.

    landing/<source>/**  ->  raw_<source>.*  and  ops.load_audit, ops.rejected_rows, ops.quarantined_files

A source says what it reads, how a file of each kind is read (pure: bytes in, rows out) and its raw tables with their
keys (`loaders.source`). Landing does the rest, the same for all: it walks the folder in path order, tells tenants
apart, hashes, skips what it knows, reads new files (several at once, dangerous kinds each in a process of its own),
adds provenance, and writes rows and books in one transaction (`loaders.landing.writing`). A file counts as landed once
its audit row is there; until then the next run reads it again.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

from loaders.config import ORGANIZATION_ID, Settings
from loaders.landing.books import Known
from loaders.landing.fates import Failed, Fate, Read, Refused
from loaders.landing.progress_bar import progress
from loaders.landing.reading import Unread, attempt_of, file_digest, read_file
from loaders.landing.retries import refused_rows
from loaders.landing.writing import BATCH_BYTES, BATCH_FILES, Outcome, size_of, write_batch
from loaders.readers.dates import limited
from loaders.settings.lookup import seed_digest
from loaders.source import File, Kind, Parsed, Quarantined, Source, look_at
from loaders.warehouse.engine import Warehouse

log = logging.getLogger("ledgerline")

# Files read ahead of the one that is written, per worker.
READ_AHEAD = 2


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
                batch, size = [], 0
            batch.append(landed)
            size += size_of(landed)
            if len(batch) >= BATCH_FILES or size >= BATCH_BYTES:
                write_batch(source, settings, warehouse, landed_run, batch, outcome)
                batch, size = [], 0
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
            new.append(Failed(file, failure))
            continue
        kind = verdict or _kind(source, file)
        attempt = "" if isinstance(kind, Quarantined) else attempt_of(source, kind, file, settings, words)
        if known.holds(file, attempt):
            continue
        if isinstance(kind, Quarantined):
            new.append(Refused(file, kind))
        elif known.refused_as(file, attempt) is not None:
            lines = refused_rows(warehouse, known, file, attempt)
            is_retry = known.holds_rejected(file, attempt)
            (again if is_retry else new).append(Unread(file, kind, attempt, lines, is_retry))
        else:
            new.append(Unread(file, kind, attempt))
    # Before their copies, which then know what has landed.
    return [*again, *new]


def land_rows(
    source: Source, settings: Settings, warehouse: Warehouse, landed_run: int, file: File, parsed: Parsed
) -> None:
    """Land rows that come from no file, such as a command's edits, with the same books as a file's."""
    warehouse.create_missing(source.schema, source.tables)
    write_batch(source, settings, warehouse, landed_run, [Read(file, parsed)], Outcome())


def next_run(warehouse: Warehouse) -> int:
    """The number of this landing run: above that of every earlier one, ended or killed.

    A killed run may have landed rows without its books, so the log of runs counts too: what lands later has a higher
    number than anything that a build may have seen.
    """
    with warehouse.connect() as connection:
        ((number,),) = connection.query(
            "select greatest((select coalesce(max(landed_run), 0) + 1 from ops.load_audit),"
            " (select coalesce(max(run_number), 0) from ops.application_logs))"
        )
    return int(number)


def _kind(source: Source, file: File) -> Kind | Quarantined:
    try:
        return source.kind_of(file)
    except Quarantined as quarantined:
        return quarantined


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
            if not isinstance(entry, Unread):
                yield entry
                continue
            reading = started.pop(index, None)
            fate: Fate | None = known.copy_of(entry.file, entry.attempt)
            if fate is None:
                fate, seconds = reading.result() if reading is not None else read_file(source, settings, context, entry)
                outcome.parse_seconds += seconds
                known.remember(fate)
            yield fate
