"""`ledgerline recover`: a warehouse made anew of landing/ and the journal, when the file is broken or gone.

Runs land again as they ran: the same files, under the same number, by the same clock; what came from no file comes from
the journal. So the marts are those of an undisturbed home. Readers keep the last publication all the while.
"""

from __future__ import annotations

import logging
import shutil
from dataclasses import replace
from itertools import groupby

import pyarrow as pa
import pyarrow.parquet as pq

from loaders.config import Settings
from loaders.landing import books
from loaders.landing.files import land
from loaders.operations import journal
from loaders.operations.journal import Landed
from loaders.sources.registry import SOURCES
from loaders.warehouse.engine import Warehouse

log = logging.getLogger("ledgerline")


def set_aside(settings: Settings) -> None:
    """Move the warehouse out of the way, never delete it. What remembers it goes."""
    journal.cut_off(settings).touch()
    shutil.rmtree(settings.state / "dlt", ignore_errors=True)
    for built in settings.state.glob("built-*"):
        built.unlink()
    if not settings.warehouse.exists():
        return
    number = 1
    while (kept := settings.warehouse.with_name(f"warehouse.broken-{number}.duckdb")).exists():
        number += 1
    settings.warehouse.replace(kept)
    wal = settings.warehouse.with_name(settings.warehouse.name + ".wal")
    if wal.exists():
        wal.replace(kept.with_name(kept.name + ".wal"))
    log.warning("recover: the old warehouse is kept as %s", kept)


def recover(settings: Settings, warehouse: Warehouse, run_id: str, *, quiet: bool) -> list[str]:
    """Land every run of the journal again; a line for each thing that could not come back as it was."""
    entries = journal.read(settings)
    warehouse.create_missing("ops", books.OPS_TABLES)
    problems: list[str] = []
    by_run = sorted(entries, key=lambda entry: entry.landed_run)
    for run, landed in groupby(by_run, key=lambda entry: entry.landed_run):
        of_run = list(landed)
        # In the order in which a run takes its sources.
        for source in SOURCES:
            of_source = [entry for entry in of_run if entry.source == source]
            if of_source:
                problems += _land(settings, warehouse, run, of_source, quiet=quiet)
    _restore_tables(settings, warehouse)
    with warehouse.connect() as connection:
        # This command comes after every run that the journal tells of.
        connection.execute(
            "update ops.application_logs set run_number = (select max(run_number) + 1 from ops.application_logs)"
            " where run_id = %s",
            run_id,
        )
    journal.cut_off(settings).unlink()
    problems += _differences(warehouse, entries)
    log.info("recover: %d files, answers and edits of the journal landed again", len(entries))
    return problems


def _land(settings: Settings, warehouse: Warehouse, run: int, entries: list[Landed], *, quiet: bool) -> list[str]:
    source = SOURCES[entries[0].source]
    warehouse.create_missing(source.schema, source.tables)
    told = [entry for entry in entries if not entry.is_file]
    if told:
        _land_told(settings, warehouse, run, told)
    files = {(entry.organization_id, entry.source_file): entry.source_hash for entry in entries if entry.is_file}
    if not files:
        return []
    clock = replace(settings, as_of=entries[0].clock)
    outcome = land(source, clock, warehouse, run, quiet=quiet, only_files=files)
    # What was refused then is refused again, and was said then.
    return [problem for problem in outcome.failures if problem]


def _land_told(settings: Settings, warehouse: Warehouse, run: int, entries: list[Landed]) -> None:
    """What came from no file: its rows and books as the journal has them."""
    source = SOURCES[entries[0].source]
    folder = journal.folder_of(settings) / "rows"
    with warehouse.writing(source.schema) as connection:
        for table in source.tables:
            path = folder / f"{run}.{source.schema}.{table.name}.parquet"
            if path.is_file():
                rows = pq.read_table(path).select(table.schema.names).cast(table.schema)
                connection.land(source.schema, table, rows, str(run))
        refused = folder / f"{run}.{source.schema}.rejected_rows.parquet"
        if refused.is_file():
            schema = books.REJECTED_ROWS.schema
            kept = pq.read_table(refused)
            for field in schema:
                # The journal of an older version lacks columns.
                if field.name not in kept.column_names:
                    kept = kept.append_column(field, pa.nulls(len(kept), field.type))
            connection.land("ops", books.REJECTED_ROWS, kept.select(schema.names).cast(schema))
        connection.land("ops", books.LOAD_AUDIT, _books(entries))


def _books(entries: list[Landed]) -> pa.Table:
    rows = [
        {
            "source": entry.source,
            "organization_id": entry.organization_id,
            "source_file": entry.source_file,
            "source_hash": entry.source_hash,
            **entry.counts,
            "loaded_at": entry.clock,
            "landed_run": entry.landed_run,
        }
        for entry in entries
    ]
    return pa.Table.from_pylist(rows, schema=books.LOAD_AUDIT.schema)


def _restore_tables(settings: Settings, warehouse: Warehouse) -> None:
    """What runs decided and remember, as the journal has it."""
    folder = journal.folder_of(settings) / "tables"
    with warehouse.connect() as connection:
        for table in journal.remembered():
            newest = next(journal.kept(folder, table), None)
            if newest is None:
                continue
            schema, name = table.split(".")
            path = str(newest).replace("'", "''")
            connection.execute(f"create schema if not exists {schema}")
            there = connection.query(
                "select 1 from information_schema.tables where table_schema = %s and table_name = %s", schema, name
            )
            if there:
                # This command's own row of the log stays.
                connection.execute(f"insert into {table} by name from read_parquet('{path}')")
            else:
                connection.execute(f"create table {table} as from read_parquet('{path}')")


def _differences(warehouse: Warehouse, entries: list[Landed]) -> list[str]:
    """Files whose rows are not what they were, by name."""
    with warehouse.connect() as connection:
        now = {
            (tenant, path, digest): rows
            for tenant, path, digest, rows in connection.query(
                "select organization_id, source_file, source_hash, rows_landed from ops.load_audit"
            )
        }
    problems = []
    # Of a file that was read again, what it came to in the end.
    last = {(entry.organization_id, entry.source_file, entry.source_hash): entry for entry in entries}
    for entry in last.values():
        rows = now.get((entry.organization_id, entry.source_file, entry.source_hash))
        was = entry.counts["rows_landed"]
        if rows is None:
            problems.append(
                f"{entry.source_file}: its bytes are gone or changed; {was} rows of it did not come back. Put the"
                " file as it was back into landing/, then `ledgerline recover` again"
            )
        elif rows != was:
            problems.append(f"{entry.source_file}: {rows} rows landed, {was} did before: its reader has changed since")
    return problems
