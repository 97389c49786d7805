"""A real PostgreSQL server to test on: emptied, asked, and compared with an embedded warehouse."""

from __future__ import annotations

import decimal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import duckdb
import psycopg2

from tests.support.homes import Home


@contextmanager
def connect(server: dict[str, str]) -> Iterator[Any]:
    connection = psycopg2.connect(
        host=server["PGHOST"], user=server["PGUSER"], dbname=server["PGDATABASE"], options="-c TimeZone=UTC"
    )
    try:
        connection.autocommit = True
        yield connection.cursor()
    finally:
        connection.close()


def clear(server: dict[str, str]) -> None:
    """Drop every schema that an earlier test left."""
    with connect(server) as cursor:
        cursor.execute("select schema_name from information_schema.schemata where schema_owner = 'postgres'")
        for (schema,) in cursor.fetchall():
            if not schema.startswith(("pg_", "information_schema", "public")):
                cursor.execute(f"drop schema if exists {schema} cascade")


def _plain(value: Any) -> Any:
    """Scale is not part of a number's value; instants are compared as instants."""
    return value.normalize() if isinstance(value, decimal.Decimal) else value


def compare_marts(server: dict[str, str], home: Home, schemas: Sequence[str]) -> int:
    """Assert that every mart of some schemas is equal, row for row, on the server and in a home; their number."""
    with (
        connect(server) as cursor,
        duckdb.connect(str(home.path / "warehouse.duckdb"), read_only=True) as embedded,
    ):
        embedded.execute("set TimeZone = 'UTC'")
        marts = embedded.execute(
            "select table_schema, table_name from information_schema.tables"
            " where list_contains(?, table_schema) order by 1, 2",
            [list(schemas)],
        ).fetchall()
        for schema, mart in marts:
            columns = [
                row[0]
                for row in embedded.execute(
                    "select column_name from information_schema.columns where table_schema = ?"
                    " and table_name = ? order by ordinal_position",
                    [schema, mart],
                ).fetchall()
            ]
            query = f"select {', '.join(columns)} from {schema}.{mart}"
            cursor.execute(query)
            found = sorted(repr([_plain(value) for value in row]) for row in cursor.fetchall())
            expected = sorted(repr([_plain(value) for value in row]) for row in embedded.execute(query).fetchall())
            found = [line.replace("tzinfo=datetime.timezone.utc", "tzinfo=<UTC>") for line in found]
            assert found == expected, mart
    return len(marts)
