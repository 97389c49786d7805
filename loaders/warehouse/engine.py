"""The engine behind the home: SQL, and Arrow tables for rows that land.

    Arrow tables -> raw_<source>.<table>, ops.<table>

Tables are described once, as Arrow schemas (`Table`); a missing one is created from that description, and a test holds
the dbt sources to the same names and types.
"""

from __future__ import annotations

import io
import stat
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import duckdb
import pyarrow as pa
import pyarrow.csv as pacsv

from loaders.config import Settings
from loaders.warehouse.parts import Parts

if TYPE_CHECKING:
    from psycopg2.extensions import connection as PostgresConnection  # noqa: N812


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
    # Rows that land say in which load; the column's name is dlt's, which wrote them once.
    has_load_id: bool = True

    @property
    def stored_schema(self) -> pa.Schema:
        """The columns as they stand in the warehouse."""
        return self.schema.append(pa.field("_dlt_load_id", pa.string())) if self.has_load_id else self.schema


INSTANT = pa.timestamp("us", tz="UTC")

_LET_GO_SECONDS = 10.0
# What rows are called that are about to be written.
_INCOMING = "incoming_rows"

# What a new file is readable by, at least: this DuckDB's ways of storing text cost a third less to write than the
# default ones, which versions of years ago can read. A file keeps the version that it was made with.
_STORAGE: dict[str, str | bool | int | float | list[str]] = {"storage_compatibility_version": "v1.4.0"}

_SQL_TYPES = {
    pa.string(): "varchar",
    pa.int32(): "integer",
    pa.int64(): "bigint",
    pa.bool_(): "boolean",
    pa.date32(): "date",
    INSTANT: "timestamptz",
}


def required(name: str, kind: pa.DataType) -> pa.Field[pa.DataType]:
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
        raw: duckdb.DuckDBPyConnection | PostgresConnection
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
                    else "If the file is broken, `ledgerline recover` rebuilds it from landing/ and keeps the old one."
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
        connection = Connection(raw)
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

    @contextmanager
    def writing(self, schema: str) -> Iterator[Connection]:
        """A connection whose statements hold together or not at all, even where the process is killed in between.

        Raises `WarehouseError` where the engine cannot write.
        """
        try:
            with self.connect() as connection:
                connection.begin()
                yield connection
        except self._engine_error as error:
            raise WarehouseError(
                f"writing to {schema} failed: {str(error).splitlines()[0]}. Nothing of it was written; mend that (a"
                " full disk, a permission), then run it again"
            ) from error

    @property
    def _engine_error(self) -> type[Exception]:
        if self.settings.target == "duckdb":
            return duckdb.Error
        import psycopg2  # noqa: PLC0415

        return psycopg2.Error


class Cursor(Protocol):
    """What a statement gives back."""

    def fetchall(self) -> list[tuple[Any, ...]]: ...


class Connection:
    """A DB-API connection that takes `%s` for a parameter on every engine."""

    def __init__(self, raw: duckdb.DuckDBPyConnection | PostgresConnection) -> None:
        self._raw = raw

    def execute(self, sql: str, *parameters: Any) -> Cursor:
        if isinstance(self._raw, duckdb.DuckDBPyConnection):
            # Not its `cursor()`, which is another connection, with transactions of its own.
            statement = sql.replace("%s", "?")
            return self._raw.execute(statement, parameters) if parameters else self._raw.execute(statement)
        cursor = self._raw.cursor()
        cursor.execute(sql, parameters or None)
        return cursor

    def query(self, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
        return self.execute(sql, *parameters).fetchall()

    def begin(self) -> None:
        """From here to `commit` all is one transaction; PostgreSQL's driver has begun it."""
        if isinstance(self._raw, duckdb.DuckDBPyConnection):
            self._raw.begin()

    def commit(self) -> None:
        self._raw.commit()

    def land(self, schema: str, table: Table, rows: pa.Table | Parts, load_id: str = "") -> None:
        """Write the rows whose key the table does not have; where it `replaces`, all, in place of those that it has.

        No two of the rows have one key. It is to be called within `Warehouse.writing`.
        """
        if not rows.num_rows:
            return
        if table.has_load_id:
            rows = _with_column(rows, "_dlt_load_id", load_id)
        first = next(rows.read()) if isinstance(rows, Parts) else rows
        target, names = f"{schema}.{table.name}", ", ".join(first.column_names)
        # Most often raw knows nothing of a file, and each key need not be looked for. Rows in parts are one file's.
        is_new = "_source_hash" in table.key and not self._knows(target, first)
        if is_new and not isinstance(self._raw, duckdb.DuckDBPyConnection):
            _copy_in(self._raw, target, rows)
            return
        same = " and ".join(f"landed.{name} = {_INCOMING}.{name}" for name in table.key)
        with self._incoming(target, first.schema, rows):
            if table.replaces:
                self.execute(f"delete from {target} as landed where exists (select 1 from {_INCOMING} where {same})")
            self.execute(
                f"insert into {target} ({names}) select {names} from {_INCOMING}"
                + ("" if is_new else f" where not exists (select 1 from {target} as landed where {same})")
            )
        if isinstance(rows, Parts):
            # What they took in memory the engine may need now.
            pa.default_memory_pool().release_unused()

    def _knows(self, target: str, rows: pa.Table) -> bool:
        """Whether the table has rows of any of these files."""
        hashes = rows.column("_source_hash").unique().to_pylist()
        marks = ", ".join(["%s"] * len(hashes))
        return bool(self.query(f"select 1 from {target} where _source_hash in ({marks}) limit 1", *hashes))

    @contextmanager
    def _incoming(self, target: str, schema: pa.Schema, rows: pa.Table | Parts) -> Iterator[None]:
        """Within this, the rows can be read as a table; those in parts once."""
        if isinstance(self._raw, duckdb.DuckDBPyConnection):
            # One statement for all parts: one for each makes 53 MB of a million videos, in place of 34.
            self._raw.register(_INCOMING, _stream(schema, rows) if isinstance(rows, Parts) else rows)
            yield
            self._raw.unregister(_INCOMING)
        else:
            self.execute(
                f"create temporary table {_INCOMING} as select {', '.join(schema.names)} from {target} with no data"
            )
            _copy_in(self._raw, _INCOMING, rows)
            yield
            self.execute(f"drop table {_INCOMING}")


def _with_column(rows: pa.Table | Parts, name: str, value: str) -> pa.Table | Parts:
    """The rows with a column of one text."""
    if isinstance(rows, Parts):
        return rows.map(lambda part: part.append_column(name, pa.repeat(pa.scalar(value), part.num_rows)))
    return rows.append_column(name, pa.repeat(pa.scalar(value), rows.num_rows))


def _stream(schema: pa.Schema, parts: Parts) -> pa.RecordBatchReader:
    return pa.RecordBatchReader.from_batches(schema, (batch for part in parts.read() for batch in part.to_batches()))


def _copy_in(raw: PostgresConnection, target: str, rows: pa.Table | Parts) -> None:
    """Rows into a table of the server, as CSV in which a text stands in quotes and NULL does not."""
    for part in rows.read() if isinstance(rows, Parts) else [rows]:
        # The session's zone is UTC, and an instant without a zone is one of its.
        plain = pa.schema(
            [
                field.with_type(pa.timestamp("us")) if pa.types.is_timestamp(field.type) else field
                for field in part.schema
            ]
        )
        text = pa.BufferOutputStream()
        pacsv.write_csv(part.cast(plain), text, pacsv.WriteOptions(include_header=False, quoting_style="needed"))
        with raw.cursor() as cursor:
            cursor.copy_expert(
                f"copy {target} ({', '.join(part.column_names)}) from stdin with (format csv)",
                io.BytesIO(text.getvalue()),
            )
