"""Landing: one mechanism that every file source declares itself to.

    landing/<source>/**  ->  raw_<source>.*  and  ops.load_audit, ops.rejected_rows, ops.quarantined_files

A source says what it reads (`Source.kind_of`), how a file of each kind is read (`Kind.read`, pure: bytes in, rows out)
and its raw tables with their keys (`RawTable`). Landing does the rest, the same for all: it walks the folder in path
order, tells tenants apart, hashes, skips what it knows, reads new files (several at once, dangerous kinds each in a
process of its own), adds provenance, and writes through dlt, raw first and the books after. A file counts as landed
once its audit row is there; until then a repeat reads it again and the merge key makes that change nothing.
"""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

from loaders import audit, isolation
from loaders.audit import INSTANT, required
from loaders.config import ORGANIZATION_ID, Settings
from loaders.progress import progress
from loaders.warehouse import Table, Warehouse

log = logging.getLogger("ledgerline")

# One dlt package holds at most this much: a season's worth of reports in one, a large backfill in several.
BATCH_FILES = 2_000
BATCH_BYTES = 256 * 1024 * 1024

_PROVENANCE_KEY = ("organization_id", "_source_hash", "_source_row")


def raw_table(name: str, columns: Sequence[pa.Field], key: tuple[str, ...] = ()) -> Table:
    """A raw table: the source's own columns between the tenant and the provenance that landing adds.

    `key` is what tells two raw rows of one source line apart, where a line can give several.
    """
    schema = pa.schema(
        [
            required("organization_id", pa.string()),
            *columns,
            required("_source_file", pa.string()),
            required("_source_hash", pa.string()),
            required("_source_row", pa.int64()),
            required("_extracted_at", INSTANT),
            # Runs in the order they ran: with path and row, the landing order, which no clock can upset.
            required("_landed_run", pa.int64()),
        ]
    )
    schema = pa.schema([schema.field(f.name).with_nullable(f.nullable and f.name not in key) for f in schema])
    return Table(name, schema, _PROVENANCE_KEY + key)


class Quarantined(Exception):  # noqa: N818 - a verdict on a file, not a fault of the program
    """A file is refused whole. `detail` says page or line, what was found and what was expected, but not the file."""

    def __init__(self, reason_code: str, detail: str) -> None:
        super().__init__(reason_code, detail)
        self.reason_code = reason_code
        self.detail = detail


@dataclass(frozen=True)
class Rejection:
    """A row that cannot be read: its 1-based line, why, and its text."""

    source_row: int
    reason_code: str
    message: str
    raw_text: str


@dataclass(frozen=True)
class Parsed:
    """What one file holds. Rows are mappings or an Arrow table, each with its `_source_row`."""

    tables: Mapping[str, Sequence[Mapping[str, Any]] | pa.Table]
    rows_read: int
    rows_landed: int
    rejections: Sequence[Rejection] = ()
    rows_duplicate: int = 0
    rows_skipped: int = 0


@dataclass(frozen=True)
class File:
    """A file in landing/: where it is, whose it is, and its bytes' SHA-256."""

    path: Path
    source_file: str
    organization_id: str
    source_hash: str = ""
    sidecar: Path | None = None

    @property
    def folders(self) -> tuple[str, ...]:
        return Path(self.source_file).parts[1:-1]

    @property
    def suffix(self) -> str:
        return self.path.suffix.lower()

    def size(self) -> int:
        return self.path.stat().st_size


@dataclass(frozen=True)
class Kind:
    """How files of one kind are read.

    `read(content, file, settings, sidecar)` is pure and raises `Quarantined`; `version` changes when it reads
    differently, so that quarantined files are tried again. `check` runs before the bytes are read at all.
    """

    name: str
    version: str
    read: Callable[[bytes, File, Settings, bytes | None], Parsed]
    check: Callable[[File, Settings], None] | None = None
    isolated: bool = False


@dataclass(frozen=True)
class Source:
    """A source of files: its name (folder, raw schema suffix), its raw tables, and what each file is.

    `kind_of` raises `Quarantined` for a file the source does not read; `sidecar_of` names the file that may stand
    beside one and lands with it. `preload` are modules that reader processes import once.
    """

    name: str
    tables: tuple[Table, ...]
    kind_of: Callable[[File], Kind]
    sidecar_of: Callable[[Path], Path | None] = lambda path: None
    is_sidecar: Callable[[Path], bool] = lambda path: False
    preload: tuple[str, ...] = ()

    @property
    def schema(self) -> str:
        return f"raw_{self.name}"


@dataclass
class Outcome:
    """What one run of landing did, and the lines that a person must read."""

    rows_read: int = 0
    rows_landed: int = 0
    files_new: int = 0
    files_known: int = 0
    problems: list[str] = field(default_factory=list)
    parse_seconds: float = 0.0

    def add(self, other: Outcome) -> None:
        self.rows_read += other.rows_read
        self.rows_landed += other.rows_landed
        self.files_new += other.files_new
        self.files_known += other.files_known
        self.problems += other.problems
        self.parse_seconds += other.parse_seconds


@dataclass(frozen=True)
class _Landed:
    """A file's fate: rows to write, or the verdict against it."""

    file: File
    parsed: Parsed | None = None
    quarantine: Quarantined | None = None
    attempt: str = ""
    failure: str = ""


def walk(source: Source, settings: Settings) -> Iterator[File | tuple[File, Quarantined]]:
    """The files of a source in path order (by bytes), each with its tenant; `.`, `_` and `README…` are not looked at."""
    root = settings.landing / source.name
    found: list[str] = []
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if not name.startswith((".", "_", "README"))]
        found += [
            (Path(folder) / name).relative_to(settings.landing).as_posix()
            for name in names
            if not name.startswith((".", "_", "README"))
        ]
    for source_file in sorted(found, key=os.fsencode):
        path = settings.landing / source_file
        if source.is_sidecar(path):
            continue
        tenants = [part[4:] for part in Path(source_file).parts[1:-1] if part.startswith("org=")]
        organization_id = tenants[-1] if tenants else settings.organization
        sidecar = source.sidecar_of(path)
        file = File(path, source_file, organization_id, sidecar=sidecar if sidecar and sidecar.is_file() else None)
        if not all(ORGANIZATION_ID.fullmatch(tenant) for tenant in tenants):
            yield (
                file,
                Quarantined(
                    "bad_organization",
                    f"the folder says org={organization_id!r}; an organisation id is 1-64 of A-Z a-z 0-9 _ -",
                ),
            )
        else:
            yield file


def land(source: Source, settings: Settings, warehouse: Warehouse, landed_run: int, *, quiet: bool) -> Outcome:
    """Land what is new of one source. Raises nothing for a bad file: it is in `Outcome.problems` and in the books."""
    outcome = Outcome()
    known = _Known.read(source, warehouse)
    entries = list(walk(source, settings))
    with ThreadPoolExecutor(settings.workers) as pool:
        hashed = list(pool.map(_hash, entries))
    todo: list[_Landed | tuple[File, Kind | None, str]] = []
    for file, verdict, failure in hashed:
        if failure:
            todo.append(_Landed(file, failure=failure))
            continue
        kind, attempt = None, ""
        if verdict is None:
            try:
                kind = source.kind_of(file)
                attempt = f"{kind.name}:{kind.version}:{_digest(file.sidecar)}"
            except Quarantined as quarantined:
                verdict = quarantined
        if known.holds(file, attempt):
            outcome.files_known += 1
        elif verdict is not None:
            todo.append(_Landed(file, quarantine=verdict))
        else:
            todo.append((file, kind, attempt))
    outcome.files_new = len(todo)
    if not todo:
        return outcome

    warehouse.create_missing(source.schema, source.tables)
    batch: list[_Landed] = []
    size = 0
    with progress(_read_all(source, settings, known, todo, outcome), len(todo), source.name, quiet=quiet) as results:
        for landed in results:
            batch.append(landed)
            size += _size(landed)
            if len(batch) >= BATCH_FILES or size >= BATCH_BYTES:
                _write(source, settings, warehouse, landed_run, batch, outcome)
                batch, size = [], 0
    _write(source, settings, warehouse, landed_run, batch, outcome)
    return outcome


def land_rows(
    source: Source, settings: Settings, warehouse: Warehouse, landed_run: int, file: File, parsed: Parsed
) -> None:
    """Land rows that come from no file, such as a command's edits, with the same books as a file's."""
    warehouse.create_missing(source.schema, source.tables)
    _write(source, settings, warehouse, landed_run, [_Landed(file, parsed)], Outcome())


def next_run(warehouse: Warehouse) -> int:
    """The number of this landing run: one more than the last one that wrote its books."""
    with warehouse.connect() as connection:
        return connection.query("select coalesce(max(landed_run), 0) + 1 from ops.load_audit")[0][0]


@dataclass
class _Known:
    """What the books already say of a source: files landed by path, and by bytes alone; verdicts by path."""

    landed: set[tuple[str, str, str]]
    rows_by_bytes: dict[tuple[str, str], int]
    verdicts: dict[tuple[str, str, str], tuple[str, str, str]]
    verdicts_by_bytes: dict[tuple[str, str, str], tuple[str, str, str]]

    @classmethod
    def read(cls, source: Source, warehouse: Warehouse) -> _Known:
        with warehouse.connect() as connection:
            landed = connection.query(
                "select organization_id, source_file, source_hash, rows_read from ops.load_audit where source = %s",
                source.name,
            )
            verdicts = connection.query(
                "select organization_id, source_file, source_hash, attempt, reason_code, message"
                " from ops.quarantined_files where source = %s",
                source.name,
            )
        return cls(
            landed={(organization, path, digest) for organization, path, digest, _ in landed},
            rows_by_bytes={(organization, digest): rows for organization, _, digest, rows in landed},
            verdicts={(org, path, digest): (attempt, code, text) for org, path, digest, attempt, code, text in verdicts},
            verdicts_by_bytes={
                (org, digest, attempt): (path, code, text) for org, path, digest, attempt, code, text in verdicts
            },
        )

    def holds(self, file: File, attempt: str) -> bool:
        key = (file.organization_id, file.source_file, file.source_hash)
        return key in self.landed or (key in self.verdicts and self.verdicts[key][0] == attempt)

    def copy_of(self, file: File, attempt: str) -> _Landed | None:
        """The fate of bytes that landed or were refused under another name: no need to read them again."""
        rows = self.rows_by_bytes.get((file.organization_id, file.source_hash))
        if rows is not None:
            return _Landed(file, Parsed({}, rows_read=rows, rows_landed=0, rows_duplicate=rows))
        verdict = self.verdicts_by_bytes.get((file.organization_id, file.source_hash, attempt))
        if verdict is not None:
            path, code, message = verdict
            return _Landed(file, quarantine=Quarantined(code, message.removeprefix(f"{path}: ")), attempt=attempt)
        return None

    def remember(self, landed: _Landed) -> None:
        file = landed.file
        if landed.parsed is not None:
            self.rows_by_bytes.setdefault((file.organization_id, file.source_hash), landed.parsed.rows_read)
        elif landed.quarantine is not None:
            self.verdicts_by_bytes[file.organization_id, file.source_hash, landed.attempt] = (
                file.source_file,
                landed.quarantine.reason_code,
                f"{file.source_file}: {landed.quarantine.detail}",
            )


def _hash(entry: File | tuple[File, Quarantined]) -> tuple[File, Quarantined | None, str]:
    file, verdict = entry if isinstance(entry, tuple) else (entry, None)
    try:
        digest = _digest(file.path)
    except OSError as error:
        return file, verdict, f"cannot be read ({error.strerror}); check its permissions, the next run tries again"
    return File(file.path, file.source_file, file.organization_id, digest, file.sidecar), verdict, ""


def _digest(path: Path | None) -> str:
    if path is None:
        return ""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _read_all(
    source: Source,
    settings: Settings,
    known: _Known,
    todo: Sequence[_Landed | tuple[File, Kind | None, str]],
    outcome: Outcome,
) -> Iterator[_Landed]:
    """Every file's fate in path order, read ahead by all workers; of two names of the same bytes the first counts."""
    first_of: dict[tuple[str, str, str], int] = {}
    with ThreadPoolExecutor(settings.workers) as pool:
        pending = []
        for index, entry in enumerate(todo):
            if isinstance(entry, _Landed):
                pending.append(None)
                continue
            file, kind, attempt = entry
            first = first_of.setdefault((file.organization_id, file.source_hash, attempt), index)
            is_first = first == index and known.copy_of(file, attempt) is None
            pending.append(pool.submit(_read, source, settings, file, kind, attempt) if is_first else None)
        for entry, future in zip(todo, pending, strict=True):
            if isinstance(entry, _Landed):
                yield entry
                continue
            file, kind, attempt = entry
            landed = known.copy_of(file, attempt)
            if landed is None:
                landed, seconds = (
                    future.result() if future is not None else _read(source, settings, file, kind, attempt)
                )
                outcome.parse_seconds += seconds
                known.remember(landed)
            yield landed


def _read(source: Source, settings: Settings, file: File, kind: Kind, attempt: str) -> tuple[_Landed, float]:
    seconds = 0.0
    try:
        if kind.check is not None:
            kind.check(file, settings)
        content = file.path.read_bytes()
        if hashlib.sha256(content).hexdigest() != file.source_hash:
            return _Landed(file, failure="changed while it was read; the next run reads it again"), seconds
        sidecar = file.sidecar.read_bytes() if file.sidecar is not None else None
        if kind.isolated:
            parsed, seconds = isolation.call(kind.read, (content, file, settings, sidecar), settings, source.preload)
        else:
            parsed = kind.read(content, file, settings, sidecar)
        return _Landed(file, parsed, attempt=attempt), seconds
    except Quarantined as quarantined:
        return _Landed(file, quarantine=quarantined, attempt=attempt), seconds
    except isolation.LimitExceeded as limit:
        return _Landed(file, quarantine=Quarantined("parse_limit", str(limit)), attempt=attempt), seconds
    except OSError as error:
        return _Landed(file, failure=f"cannot be read ({error.strerror}); the next run tries again"), seconds
    except Exception as error:
        # A fault of ours on one file must not keep the others from landing; it is said, and the run ends with 1.
        log.exception("%s: the reader failed", file.source_file)
        return _Landed(file, failure=f"the reader failed ({type(error).__name__}: {error}); please report it"), seconds


def _size(landed: _Landed) -> int:
    if landed.parsed is None:
        return 0
    return sum(
        table.nbytes if isinstance(table, pa.Table) else 1_000 * len(table) for table in landed.parsed.tables.values()
    )


def _write(
    source: Source,
    settings: Settings,
    warehouse: Warehouse,
    landed_run: int,
    batch: Sequence[_Landed],
    outcome: Outcome,
) -> None:
    """Write one batch: raw rows first, the books after. What is not in the books is read again next time."""
    raw = []
    for table in source.tables:
        parts = [
            _with_provenance(table, landed, settings, landed_run)
            for landed in batch
            if landed.parsed is not None and len(landed.parsed.tables.get(table.name, ()))
        ]
        raw.append((table, pa.concat_tables(parts) if parts else table.schema.empty_table()))
    load_id = warehouse.write(source.schema, raw)

    audits, rejected, quarantined = [], [], []
    for landed in batch:
        book = {
            "source": source.name,
            "organization_id": landed.file.organization_id,
            "source_file": landed.file.source_file,
            "source_hash": landed.file.source_hash,
        }
        if landed.failure:
            outcome.problems.append(f"{landed.file.source_file}: {landed.failure}")
        elif landed.quarantine is not None:
            verdict = landed.quarantine
            message = f"{landed.file.source_file}: {verdict.detail}"
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
            audits.append(
                {
                    **book,
                    "rows_read": parsed.rows_read,
                    "rows_landed": parsed.rows_landed,
                    "rows_rejected": len(parsed.rejections),
                    "rows_duplicate": parsed.rows_duplicate,
                    "rows_skipped": parsed.rows_skipped,
                    "load_id": load_id if parsed.rows_landed else None,
                    "loaded_at": settings.as_of,
                    "landed_run": landed_run,
                }
            )
            outcome.rows_read += parsed.rows_read
            outcome.rows_landed += parsed.rows_landed
            for rejection in parsed.rejections:
                message = f"{landed.file.source_file}, line {rejection.source_row}: {rejection.message}"
                rejected.append(
                    {
                        **book,
                        "source_row": rejection.source_row,
                        "reason_code": rejection.reason_code,
                        "message": message,
                        "raw_text": rejection.raw_text,
                        "rejected_at": settings.as_of,
                    }
                )
                outcome.problems.append(f"rejected {rejection.reason_code}: {message}")
    # The audit row is what makes a file count as landed, so it is written last of all.
    warehouse.write("ops", [_book(audit.REJECTED_ROWS, rejected), _book(audit.QUARANTINED_FILES, quarantined)])
    warehouse.write("ops", [_book(audit.LOAD_AUDIT, audits)])


def _book(table: Table, rows: Iterable[Mapping[str, Any]]) -> tuple[Table, pa.Table]:
    return table, pa.Table.from_pylist(list(rows), schema=table.schema)


def _with_provenance(table: Table, landed: _Landed, settings: Settings, landed_run: int) -> pa.Table:
    rows = landed.parsed.tables[table.name]
    own = pa.schema([f for f in table.schema if f.name not in _ADDED])
    data = rows.select(own.names).cast(own) if isinstance(rows, pa.Table) else pa.Table.from_pylist(rows, schema=own)
    added = {
        "organization_id": landed.file.organization_id,
        "_source_file": landed.file.source_file,
        "_source_hash": landed.file.source_hash,
        "_extracted_at": settings.as_of,
        "_landed_run": landed_run,
    }
    for name, value in added.items():
        data = data.append_column(
            table.schema.field(name), pa.repeat(pa.scalar(value, table.schema.field(name).type), data.num_rows)
        )
    return data.select(table.schema.names)


_ADDED = ("organization_id", "_source_file", "_source_hash", "_extracted_at", "_landed_run")
