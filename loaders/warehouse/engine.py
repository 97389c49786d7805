"""The engine behind the home: plain SQL for the books the loaders keep, dlt for every row that lands.

    Arrow tables -> dlt (Parquet) -> raw_<source>.<table>
    Arrow tables -> one transaction -> ops.<table>

Tables are described once, as Arrow schemas (`Table`); a missing one is created from that description, and a test holds
the dbt sources to the same names and types.
"""

from __future__ import annotations

import logging
import shutil
import stat
import time
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from loaders.config import Settings
from loaders.warehouse.parts import Parts

log = logging.getLogger("ledgerline")


class WarehouseError(Exception):
    """The warehouse cannot be opened or written; the message says why and what to do."""


@dataclass(frozen=True)
class Table:
    """A table that loaders write: its columns, and the key that makes landing the same row twice change nothing."""

    name: str
    schema: pa.Schema
    key: tuple[str, ...]
    # A newer row of one key takes the old one's place (False: the first stays, as everywhere in raw).
    replaces: bool = False
    # A row is what its key says, wherever it stands: a second one, of any file, is counted as a duplicate.
    is_landed_once: bool = False
    # dlt adds the id of its load to every row that it writes.
    by_dlt: bool = True

    @property
    def stored_schema(self) -> pa.Schema:
        """The columns as they stand in the warehouse."""
        return self.schema.append(pa.field("_dlt_load_id", pa.string())) if self.by_dlt else self.schema


INSTANT = pa.timestamp("us", tz="UTC")

_LET_GO_SECONDS = 10.0

# What a new file is readable by, at least: this DuckDB's ways of storing text cost a third less to write than the
# default ones, which versions of years ago can read. A file keeps the version that it was made with.
_STORAGE = {"storage_compatibility_version": "v1.4.0"}

_SQL_TYPES = {
    pa.string(): "varchar",
    pa.int32(): "integer",
    pa.int64(): "bigint",
    pa.bool_(): "boolean",
    pa.date32(): "date",
    INSTANT: "timestamptz",
}


def required(name: str, kind: pa.DataType) -> pa.Field:
    """A column that is never NULL."""
    return pa.field(name, kind, nullable=False)


def sql_type(arrow_type: pa.DataType) -> str:
    """The SQL name, the same on every engine, of a column's Arrow type."""
    if pa.types.is_decimal(arrow_type):
        return f"decimal({arrow_type.precision},{arrow_type.scale})"
    return _SQL_TYPES[arrow_type]


def _open_embedded(path: Path) -> duckdb.DuckDBPyConnection:
    """Open the file as the one writer; a run that has just ended may have it open until its process is gone."""
    until = time.monotonic() + _LET_GO_SECONDS
    while True:
        try:
            return duckdb.connect(str(path), config={} if path.exists() else _STORAGE)
        except duckdb.IOException as error:
            if "lock" not in str(error).lower() or time.monotonic() > until:
                raise
            time.sleep(0.1)


def close_to_others(path: Path) -> None:
    """What holds personal data is for its owner and group."""
    path.chmod(stat.S_IMODE(path.stat().st_mode) & ~0o007)


class Warehouse:
    """Opens one home's engine. Every method opens and closes its own connection: dbt must find the file free."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        if self.settings.target == "duckdb":
            self.settings.home.mkdir(parents=True, exist_ok=True)
            try:
                is_new = not self.settings.warehouse.exists()
                raw = _open_embedded(self.settings.warehouse)
                if is_new:
                    close_to_others(self.settings.warehouse)
                raw.execute("set TimeZone = 'UTC'")
                # It goes to stdout, where a command's own answer goes.
                raw.execute("set enable_progress_bar = false")
            except duckdb.Error as error:
                said = str(error).splitlines()[0]
                what_to_do = (
                    "Close the program that has it open; BI tools should open published/marts.duckdb instead."
                    if "lock" in said.lower()
                    else "If the file is broken, `ledgerline recover` makes it anew of landing/ and keeps the old one."
                )
                raise WarehouseError(
                    f"{self.settings.warehouse} cannot be opened for writing: {said}. {what_to_do}"
                ) from error
        else:
            import psycopg2  # noqa: PLC0415 - only the server engine needs it

            server = self.settings.postgres
            try:
                raw = psycopg2.connect(
                    host=server.host,
                    port=server.port,
                    user=server.user,
                    password=server.password,
                    dbname=server.dbname,
                    options="-c TimeZone=UTC",
                )
            except psycopg2.OperationalError as error:
                raise WarehouseError(
                    f"PostgreSQL at {server.host}:{server.port} does not answer: {str(error).strip()}. "
                    "Check PGHOST, PGPORT, PGUSER, PGPASSWORD and PGDATABASE."
                ) from error
        connection = Connection(raw, "?" if self.settings.target == "duckdb" else "%s")
        try:
            yield connection
            connection.commit()
        finally:
            raw.close()

    def create_missing(self, schema: str, tables: Sequence[Table]) -> None:
        """Create the tables of `schema` that do not exist yet, and the columns that one of an older version lacks."""
        with self.connect() as connection:
            found: dict[str, set[str]] = {}
            for name, column in connection.query(
                "select table_name, column_name from information_schema.columns where table_schema = %s", schema
            ):
                found.setdefault(name, set()).add(column)
            missing = [table for table in tables if table.name not in found]
            for table in tables:
                for field in table.stored_schema:
                    if table.name in found and field.name not in found[table.name]:
                        connection.execute(
                            f"alter table {schema}.{table.name} add column {field.name} {sql_type(field.type)}"
                        )
            if not missing:
                return
            connection.execute(f"create schema if not exists {schema}")
            for table in missing:
                columns = [f"{field.name} {sql_type(field.type)}" for field in table.stored_schema]
                connection.execute(f"create table {schema}.{table.name} ({', '.join(columns)})")

    def write(self, schema: str, rows: Sequence[tuple[Table, pa.Table | Parts]]) -> str | None:
        """Land Arrow tables, or parts of them, through dlt and return its load id; None where there is no row at all.

        Tables that are not dlt's are written in one transaction, and have no load id. A package that an earlier, killed
        run left behind is dropped first: its files count as not loaded, so they are read again, and the key makes the
        repeat change nothing.
        """
        if not any(table.by_dlt for table, _ in rows):
            return self._write_books(schema, rows)
        rows = [(table, data) for table, data in rows if data.num_rows]
        is_embedded = self.settings.target == "duckdb"
        if is_embedded:
            # Half of what a merge costs is to find that nothing is there yet; here that is one join.
            rows = [(table, data if table.replaces else self._not_there(schema, table, data)) for table, data in rows]
            rows = [(table, data) for table, data in rows if data.num_rows]
        if not rows:
            return None
        import dlt  # noqa: PLC0415 - half a second that a run with nothing new need not pay
        from dlt.common.exceptions import DltException  # noqa: PLC0415

        pipeline = self._pipeline(schema)
        resources = [
            dlt.resource(
                _read_out(data) if isinstance(data, Parts) else [data],
                name=table.name,
                write_disposition="append"
                if is_embedded and not table.replaces
                else {"disposition": "merge", "strategy": "delete-insert" if table.replaces else "insert-only"},
                primary_key=list(table.key),
                # The columns are those that the source declares; dlt remembers those of an older version.
                schema_contract={"tables": "evolve", "columns": "evolve", "data_type": "freeze"},
            )
            for table, data in rows
        ]
        try:
            info = pipeline.run(resources, loader_file_format="parquet")
            info.raise_on_failed_jobs()
        except DltException as error:
            # A step that failed says which; why is the exception in it.
            raise _failed(schema, str(getattr(error, "exception", error))) from error
        # A repeat in parts may turn out to hold nothing new.
        return info.loads_ids[-1] if info.loads_ids else None

    def _write_books(self, schema: str, rows: Sequence[tuple[Table, pa.Table]]) -> None:
        """Write Arrow tables all or none: of rows that are there already the first stay, or (`replaces`) give way."""
        with self.connect() as connection:
            try:
                connection.put(schema, rows)
            except connection.errors as error:
                raise _failed(schema, str(error)) from error

    def _not_there(self, schema: str, table: Table, data: pa.Table | Parts) -> pa.Table | Parts:
        """The rows whose key no row of the table has: those of a repeat fall out, as an insert-only merge does it."""
        # Rows in parts are one file's. Most often raw knows nothing of a file.
        some = next(data.read()) if isinstance(data, Parts) else data
        if "_source_hash" in table.key and not self._knows(schema, table, some):
            return data
        if isinstance(data, Parts):
            return data.map(lambda part: self._not_there(schema, table, part))
        key = list(table.key)
        incoming = data.select(key).append_column("_position", pa.array(range(data.num_rows), pa.int64()))
        with self.connect() as connection:
            found = connection.arrow(
                f"select _position from incoming semi join {schema}.{table.name} as landed using ({', '.join(key)})",
                incoming=incoming,
            )
        if not found.num_rows:
            return data
        is_new = pc.invert(pc.is_in(incoming.column("_position"), value_set=found.column("_position").combine_chunks()))
        return data.filter(is_new)

    def _knows(self, schema: str, table: Table, data: pa.Table) -> bool:
        """Whether the table has rows of any of these files."""
        hashes = pa.table({"_source_hash": data.column("_source_hash").unique()})
        with self.connect() as connection:
            found = connection.arrow(
                f"select 1 as found from {schema}.{table.name} semi join hashes using (_source_hash) limit 1",
                hashes=hashes,
            )
        return bool(found.num_rows)

    def _pipeline(self, schema: str) -> Any:
        import dlt  # noqa: PLC0415

        warnings.filterwarnings("ignore", module="dlt")
        folder = self.settings.state / "dlt" / self.settings.target
        if self.settings.target == "duckdb":
            from dlt.destinations.impl.duckdb.configuration import DuckDbCredentials  # noqa: PLC0415

            credentials = DuckDbCredentials(str(self.settings.warehouse), pragmas=["disable_progress_bar"])
            destination = dlt.destinations.duckdb(credentials)
        else:
            server = self.settings.postgres
            destination = dlt.destinations.postgres(
                # libpq asks for a password only where the server does; dlt's own check wants one in any case.
                f"postgresql://{quote(server.user)}:{quote(server.password or 'unused', safe='')}"
                f"@{quote(server.host, safe='')}:{server.port}/{quote(server.dbname)}"
            )
        name = f"ledgerline_{schema}"

        def open_pipeline() -> Any:
            return dlt.pipeline(
                pipeline_name=name, destination=destination, dataset_name=schema, pipelines_dir=str(folder)
            )

        try:
            pipeline = open_pipeline()
            if not pipeline.has_pending_data:
                return pipeline
            why = "a killed run left a package in it"
        except Exception as error:
            why = f"a killed run left it unreadable: {type(error).__name__}"
        # It holds nothing that the warehouse does not: the files of a pending package are not in the books yet.
        log.warning("dlt's working folder of %s is made anew (%s)", schema, why)
        shutil.rmtree(folder / name, ignore_errors=True)
        return open_pipeline()


def _failed(schema: str, said: str) -> WarehouseError:
    said = said.splitlines()[0].partition(". If you are running")[0]
    return WarehouseError(
        f"writing to {schema} failed: {said}. Nothing that readers see has changed; mend that (a full disk, a"
        " permission), then run it again"
    )


def _read_out(parts: Parts) -> Iterator[pa.Table]:
    """The parts for dlt, which loads when all are read: what they took in memory the engine may need then."""
    yield from parts.read()
    pa.default_memory_pool().release_unused()


class Connection:
    """A DB-API connection that takes `%s` for a parameter on every engine."""

    def __init__(self, raw: Any, placeholder: str) -> None:
        self._raw = raw
        self._placeholder = placeholder
        self._is_embedded = isinstance(raw, duckdb.DuckDBPyConnection)

    def execute(self, sql: str, *parameters: Any) -> Any:
        cursor = self._raw.cursor()
        statement = sql.replace("%s", self._placeholder)
        cursor.execute(statement, parameters) if parameters else cursor.execute(statement)
        return cursor

    def arrow(self, sql: str, **tables: pa.Table) -> pa.Table:
        """A query of the embedded engine over Arrow tables, by their names, and what is in the warehouse."""
        for name, table in tables.items():
            self._raw.register(name, table)
        try:
            return self._raw.execute(sql).to_arrow_table()
        finally:
            for name in tables:
                self._raw.unregister(name)

    @property
    def errors(self) -> type[Exception]:
        """What the engine raises."""
        if self._is_embedded:
            return duckdb.Error
        import psycopg2  # noqa: PLC0415

        return psycopg2.Error

    def put(self, schema: str, rows: Sequence[tuple[Table, pa.Table]]) -> None:
        """Write Arrow tables in one transaction, a row once per key of its table."""
        if self._is_embedded:
            self._raw.begin()
        for table, data in rows:
            if data.num_rows:
                self._put(schema, table, data)
        self._raw.commit()

    def _put(self, schema: str, table: Table, data: pa.Table) -> None:
        incoming = f"incoming_{table.name}"
        names = ", ".join(table.schema.names)
        same = " and ".join(f"{table.name}.{name} = {incoming}.{name}" for name in table.key)
        there = f"{schema}.{table.name}"
        cursor = self._raw if self._is_embedded else self._raw.cursor()
        if self._is_embedded:
            self._raw.register(incoming, data)
        else:
            from psycopg2.extras import execute_values  # noqa: PLC0415

            cursor.execute(f"create temporary table {incoming} (like {there}) on commit drop")
            lines = list(zip(*(column.to_pylist() for column in data.columns), strict=True))
            execute_values(cursor, f"insert into {incoming} ({names}) values %s", lines, page_size=500)
        if table.replaces:
            cursor.execute(f"delete from {there} where exists (select 1 from {incoming} where {same})")
        cursor.execute(
            f"insert into {there} ({names}) select {names} from {incoming}"
            f" where not exists (select 1 from {there} where {same})"
        )

    def query(self, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
        return self.execute(sql, *parameters).fetchall()

    def commit(self) -> None:
        self._raw.commit()
