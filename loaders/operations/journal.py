"""What landing the same files again would not know, kept beside the warehouse in `state/journal/`.

    landed.jsonl             a line per run: its clock, and every file that it landed with tenant, path and bytes
    rows/<run>.<table>.parquet  rows that came from no file of landing/: an API's answers, edits
    tables/<table>.<content>.parquet  what runs decided or remember: decisions, the log, how far APIs were read

Everything here is read off the warehouse when a command ends, from where the last one stopped: a command that was
killed is made up for by the next one. `ledgerline recover` makes a warehouse of landing/ and this.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from loaders.building.described import described_models, meta
from loaders.config import Settings, parse_instant
from loaders.landing.books import REJECTED_ROWS
from loaders.sources.registry import SOURCES
from loaders.warehouse.engine import Connection, Warehouse, WarehouseError

log = logging.getLogger("ledgerline")

# Tables of the platform that no raw row tells.
_OWN_TABLES = ("ops.application_logs", "ops.source_progress")
_BOOKED = """
    select landed_run, loaded_at, source, organization_id, source_file, source_hash,
        rows_read, rows_landed, rows_rejected, rows_duplicate, rows_skipped
    from ops.load_audit
    where landed_run > %s
    order by landed_run, source, organization_id, source_file, source_hash
"""


_COUNTS = ("rows_read", "rows_landed", "rows_rejected", "rows_duplicate", "rows_skipped")
_BLOCK = 65_536
# The last whole line, and whatever a kill left behind it.
_LINES_FROM_END = 3


@dataclass(frozen=True)
class Landed:
    """A file, an API's answer or an edit, as it landed; `is_file` where landing/ had it."""

    landed_run: int
    loaded_at: str
    source: str
    organization_id: str
    source_file: str
    source_hash: str
    is_file: bool
    counts: Mapping[str, int]

    @property
    def clock(self) -> datetime:
        instant = parse_instant(self.loaded_at)
        assert instant is not None
        return instant


def folder_of(settings: Settings) -> Path:
    return settings.state / "journal"


def read(settings: Settings) -> list[Landed]:
    """Everything that landed, in landing order."""
    return [Landed(**entry) for line in _lines(folder_of(settings)) for entry in line["landed"]]


def _lines(folder: Path) -> Iterator[dict[str, Any]]:
    """A line per run; what a kill cut short is none."""
    path = folder / "landed.jsonl"
    if not path.is_file():
        return
    with path.open("rb") as stream:
        for line in stream:
            if line.endswith(b"\n"):
                yield json.loads(line)


@cache
def remembered() -> tuple[str, ...]:
    """The tables that no raw row tells; a model is one when its YAML says so (`meta: {remembered: true}`)."""
    models = described_models("intermediate", "*.yml", saying=b"remembered:")
    found = sorted(f"intermediate.{model['name']}" for model in models if meta(model).get("remembered"))
    return (*_OWN_TABLES, *found)


def write(settings: Settings, warehouse: Warehouse) -> None:
    """Bring the journal up to the warehouse. The embedded engine only: a server has backups of its own."""
    if settings.target != "duckdb":
        return
    folder = folder_of(settings)
    try:
        for name in ("", "rows", "tables"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        with warehouse.connect() as connection:
            _landed(connection, settings, folder)
            for table in remembered():
                _remember(connection, folder / "tables", table)
    except (OSError, duckdb.Error, WarehouseError) as error:
        # A full disk, say. Nothing of the warehouse depends on it.
        log.error("%s could not be written (%s); the next command makes up for it", folder, str(error).splitlines()[0])


def require_whole(settings: Settings, warehouse: Warehouse) -> None:
    """Refuse to go on from a warehouse that holds less than the journal tells: what it lacks would be lost for good.

    It is one that somebody deleted, an old backup, or one that a recovery was making when it was cut off.
    """
    if settings.target != "duckdb":
        return
    told = _last_run(folder_of(settings))
    with warehouse.connect() as connection:
        held = connection.query("select coalesce(max(landed_run), 0) from ops.load_audit")[0][0]
    if held >= told and not cut_off(settings).exists():
        return
    what = "a recovery was cut off" if cut_off(settings).exists() else f"the journal tells of {told}"
    raise WarehouseError(
        f"{settings.warehouse} holds {held} landing runs, and {what}: run `ledgerline recover`, which makes it anew"
        f" (or, to begin from nothing, move {folder_of(settings)} away)"
    )


def cut_off(settings: Settings) -> Path:
    """There while a recovery is on its way, and after one that did not end."""
    return settings.state / "recovering"


def _landed(connection: Connection, settings: Settings, folder: Path) -> None:
    last = _last_run(folder)
    by_run: dict[int, list[Landed]] = {}
    for run, at, source, tenant, path, digest, *counts in connection.query(_BOOKED, last):
        clock = at.isoformat().replace("+00:00", "Z")
        is_file = (settings.landing / path).is_file()
        entry = Landed(run, clock, source, tenant, path, digest, is_file, dict(zip(_COUNTS, counts, strict=True)))
        by_run.setdefault(run, []).append(entry)
    with (folder / "landed.jsonl").open("ab") as stream:
        for run, entries in by_run.items():
            for source in sorted({entry.source for entry in entries if not entry.is_file}):
                told = [entry.source_file for entry in entries if entry.source == source and not entry.is_file]
                _keep_rows(connection, folder / "rows", source, run, told)
            line = {"run": run, "landed": [asdict(entry) for entry in entries]}
            stream.write(json.dumps(line, sort_keys=True).encode() + b"\n")
        stream.flush()
        os.fsync(stream.fileno())


def _last_run(folder: Path) -> int:
    """The newest run of the journal; half a line that a kill left is cut off, so that the next one stands alone."""
    path = folder / "landed.jsonl"
    if not path.is_file():
        return 0
    with path.open("r+b") as stream:
        end = stream.seek(0, os.SEEK_END)
        tail = b""
        start = end
        block = _BLOCK
        # From the end: the whole file is as long as the home is old.
        while start > 0 and tail.count(b"\n") < _LINES_FROM_END:
            start, block = max(0, end - block), 2 * block
            stream.seek(start)
            tail = stream.read(end - start)
        whole = tail[: tail.rfind(b"\n") + 1]
        stream.truncate(start + len(whole))
    lines = whole.splitlines()
    return json.loads(lines[-1])["run"] if lines else 0


def _keep_rows(connection: Connection, folder: Path, source: str, run: int, told: list[str]) -> None:
    """The rows of one run that came from no file: raw ones, and those that were refused."""
    schema = SOURCES[source].schema
    for table in SOURCES[source].tables:
        columns = ", ".join(field.name for field in table.stored_schema)
        rows = f"from {schema}.{table.name} where _landed_run = {run} and list_contains(%s, _source_file)"
        _copy(connection, columns, rows, told, folder / f"{run}.{schema}.{table.name}.parquet")
    columns = ", ".join(field.name for field in REJECTED_ROWS.stored_schema)
    rows = f"from ops.rejected_rows where source = '{source}' and list_contains(%s, source_file)"
    _copy(connection, columns, rows, told, folder / f"{run}.{schema}.rejected_rows.parquet")


def _copy(connection: Connection, columns: str, rows: str, told: list[str], path: Path) -> None:
    if connection.query(f"select count(*) {rows}", told)[0][0]:
        aside = path.with_suffix(".next")
        copied = f"copy (select {columns} {rows}) to '{_quoted(aside)}' (format parquet, compression zstd)"
        connection.execute(copied, told)
        aside.replace(path)


def _remember(connection: Connection, folder: Path, table: str) -> None:
    """A table as it is now, written only when its content has changed."""
    schema, name = table.split(".")
    there = connection.query(
        "select 1 from information_schema.tables where table_schema = %s and table_name = %s", schema, name
    )
    if not there:
        return
    rows, content = connection.query(f"select count(*), sum(hash(t)) from {table} as t")[0]
    path = folder / f"{table}.{rows}-{content or 0:x}.parquet"
    if not path.is_file():
        aside = path.with_suffix(".next")
        connection.execute(f"copy (from {table}) to '{_quoted(aside)}' (format parquet, compression zstd)")
        aside.replace(path)
    # A kill may have left another one, and of two the clock of the files decides.
    for old in kept(folder, table):
        if old != path:
            old.unlink()


def kept(folder: Path, table: str) -> Iterator[Path]:
    """The files of a remembered table; more than one only after a kill: the newest counts."""
    yield from sorted(folder.glob(f"{table}.*.parquet"), key=lambda path: path.stat().st_mtime_ns, reverse=True)


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
