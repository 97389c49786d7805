"""The same project on a real PostgreSQL server: it loads and builds there, and every mart is equal row for row."""

from __future__ import annotations

import decimal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import psycopg2
import pytest

from loaders.config import PROJECT_DIR
from loaders.demo import write_landing
from loaders.publish import MART_SCHEMAS
from tests.homes import Home


@contextmanager
def _connect(server: dict[str, str]) -> Iterator[Any]:
    connection = psycopg2.connect(
        host=server["PGHOST"], user=server["PGUSER"], dbname=server["PGDATABASE"], options="-c TimeZone=UTC"
    )
    try:
        connection.autocommit = True
        yield connection.cursor()
    finally:
        connection.close()


@pytest.fixture(scope="module")
def server_home(postgres: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("server") / "home", env={"LEDGERLINE_TARGET": "postgres", **postgres})
    with _connect(postgres) as cursor:
        cursor.execute("select schema_name from information_schema.schemata where schema_owner = 'postgres'")
        for (schema,) in cursor.fetchall():
            if not schema.startswith(("pg_", "information_schema", "public")):
                cursor.execute(f"drop schema if exists {schema} cascade")
    write_landing(home.path / "landing")
    for command in (["load", "--quiet"], ["build"]):
        done = home.ledgerline(*command)
        assert done.returncode == 0, done.stdout + done.stderr
    return home


def _plain(value: Any) -> Any:
    """Scale is not part of a number's value; instants are compared as instants."""
    return value.normalize() if isinstance(value, decimal.Decimal) else value


def test_every_mart_is_equal_row_for_row(server_home: Home, postgres: dict[str, str], demo_home: Home) -> None:
    with (
        _connect(postgres) as cursor,
        duckdb.connect(str(demo_home.path / "warehouse.duckdb"), read_only=True) as embedded,
    ):
        embedded.execute("set TimeZone = 'UTC'")
        marts = embedded.execute(
            "select table_schema, table_name from information_schema.tables"
            " where list_contains(?, table_schema) order by 1, 2",
            [list(MART_SCHEMAS)],
        ).fetchall()
        assert len(marts) == 33
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


def test_columns_have_the_same_names_in_the_same_order(
    server_home: Home, postgres: dict[str, str], demo_home: Home
) -> None:
    query = (
        "select table_schema, table_name, column_name from information_schema.columns"
        " where (table_schema like 'raw\\_%' escape '\\' or table_schema in ('box_office', 'events', 'funnel'))"
        " and table_schema not like '%\\_staging' escape '\\' and table_name not like '\\_dlt%' escape '\\'"
        " order by 1, 2, ordinal_position"
    )
    with _connect(postgres) as cursor:
        cursor.execute(query)
        found = cursor.fetchall()
    assert found == demo_home.query(query)


def test_an_edit_and_an_unchanged_run_work_there_too(server_home: Home, postgres: dict[str, str]) -> None:
    code = "301018E"
    done = server_home.ledgerline("edit", "performance", code, "--capacity", "1234", "--note", "")
    assert done.returncode == 0, done.stderr
    with _connect(postgres) as cursor:
        cursor.execute("select value, source, note from raw_box_office.metadata_edits where value = '1234'")
        # An empty text stays an empty text: only NULL is unknown.
        assert cursor.fetchall() == [("1234", "cli", "")]
    done = server_home.ledgerline("load")
    assert done.returncode == 0
    assert "0 new files, 23 known" in done.stderr


def test_bad_input_is_refused_there_as_well(postgres: dict[str, str], server_home: Home) -> None:
    server_home.put("bad.pdf", b"not a report")
    server_home.put(
        "bad.csv",
        "performance_code,snapshot_date,single_tickets_sold,subscription_tickets_sold,total_revenue\nA,x,1,2,3\n",
    )
    done = server_home.ledgerline("load", "--quiet")
    assert done.returncode == 1
    assert "not_a_pdf" in done.stderr
    assert "invalid_date" in done.stderr
    with _connect(postgres) as cursor:
        cursor.execute("select reason_code from ops.quarantined_files")
        assert cursor.fetchall() == [("not_a_pdf",)]


def test_plain_dbt_build_passes_on_an_empty_server(postgres: dict[str, str], tmp_path: Path) -> None:
    with _connect(postgres) as cursor:
        cursor.execute("create database nothing_yet")
    home = Home(tmp_path, env={"LEDGERLINE_TARGET": "postgres", **postgres, "PGDATABASE": "nothing_yet"})
    done = subprocess.run(
        [str(Path(sys.executable).with_name("dbt")), "build", "--target-path", str(tmp_path / "target")],
        cwd=PROJECT_DIR,
        env=home.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:]
    with _connect({**postgres, "PGDATABASE": "nothing_yet"}) as cursor:
        cursor.execute("select count(*) from box_office.performances")
        assert cursor.fetchall() == [(0,)]
        cursor.execute("select status from ops.builds")
        assert cursor.fetchall() == [("passed",)]


def test_a_server_that_does_not_answer_is_named(tmp_path: Path) -> None:
    home = Home(tmp_path / "home", env={"LEDGERLINE_TARGET": "postgres", "PGHOST": "127.0.0.1", "PGPORT": "1"})
    done = home.ledgerline("load")
    assert done.returncode == 1
    assert "PostgreSQL at 127.0.0.1:1 does not answer" in done.stderr
    assert "Traceback" not in done.stderr
