"""The same project on a real PostgreSQL server: it loads and builds there, and every mart is equal row for row."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from loaders.config import PROJECT_DIR
from loaders.landing import books
from loaders.publishing.catalogue import MART_SCHEMAS, read_marts
from loaders.samples.demo import write_landing, write_settings
from tests.drawn.hostile import KINDS
from tests.support import storms
from tests.support.homes import Home, project_of
from tests.support.servers import clear, compare_marts, connect


@pytest.fixture(scope="module")
def server_home(postgres: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("server") / "home", env={"LEDGERLINE_TARGET": "postgres", **postgres})
    clear(postgres)
    write_landing(home.path / "landing")
    write_settings(home.path / "settings")
    for command in (["load", "--quiet"], ["build"]):
        done = home.ledgerline(*command)
        assert done.returncode == 0, done.stdout + done.stderr
    return home


def test_every_mart_is_equal_row_for_row(server_home: Home, postgres: dict[str, str], demo_home: Home) -> None:
    assert compare_marts(postgres, demo_home, MART_SCHEMAS) == len(read_marts())


def test_columns_have_the_same_names_in_the_same_order(
    server_home: Home, postgres: dict[str, str], demo_home: Home
) -> None:
    query = (
        "select table_schema, table_name, column_name from information_schema.columns"
        " where (table_schema like 'raw\\_%' escape '\\'"
        " or table_schema in ('appointments', 'box_office', 'events', 'funnel'))"
        " and table_schema not like '%\\_staging' escape '\\' and table_name not like '\\_dlt%' escape '\\'"
        " order by 1, 2, ordinal_position"
    )
    with connect(postgres) as cursor:
        cursor.execute(query)
        found = cursor.fetchall()
    assert found == demo_home.query(query)


def test_an_edit_and_an_unchanged_run_work_there_too(server_home: Home, postgres: dict[str, str]) -> None:
    code = "301018E"
    done = server_home.ledgerline("edit", "performance", code, "--capacity", "1234", "--note", "")
    assert done.returncode == 0, done.stderr
    with connect(postgres) as cursor:
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
    with connect(postgres) as cursor:
        cursor.execute("select reason_code from ops.quarantined_files")
        assert cursor.fetchall() == [("not_a_pdf",)]


def test_the_books_of_bad_input_are_equal_row_for_row(postgres: dict[str, str], tmp_path: Path) -> None:
    with connect(postgres) as cursor:
        cursor.execute("create database books")
    there = {**postgres, "PGDATABASE": "books"}
    homes = {
        "embedded": Home(tmp_path / "embedded"),
        "server": Home(tmp_path / "server", env={"LEDGERLINE_TARGET": "postgres", **there}),
    }
    for home in homes.values():
        for kind in KINDS:
            home.put(kind.name, kind.good(2) + kind.bad(9, size=2_000_000), kind.source)
        home.put("bad.pdf", b"not a report")
        assert home.ledgerline("load", "--quiet").returncode == 1
        # A repeat writes nothing twice.
        assert home.ledgerline("load", "--quiet").returncode == 0
    for table in (books.LOAD_AUDIT, books.REJECTED_ROWS, books.QUARANTINED_FILES):
        names = ", ".join(name for name in table.schema.names if name != "load_id")
        query = f"select {names} from ops.{table.name} order by {', '.join(table.key)}"
        with connect(there) as cursor:
            cursor.execute(query)
            found = cursor.fetchall()
        expected = homes["embedded"].query(query)
        assert len(expected) >= (1 if table is books.QUARANTINED_FILES else len(KINDS))
        assert found == expected, table.name


@storms.whole("an empty server")
def test_plain_dbt_build_passes_on_an_empty_server(postgres: dict[str, str], tmp_path: Path) -> None:
    with connect(postgres) as cursor:
        cursor.execute("create database nothing_yet")
    home = Home(tmp_path, env={"LEDGERLINE_TARGET": "postgres", **postgres, "PGDATABASE": "nothing_yet"})
    done = subprocess.run(
        [
            *(str(Path(sys.executable).with_name("dbt")), "build", "--exclude-resource-type", "unit_test"),
            *("--target-path", str(tmp_path / "target")),
        ],
        cwd=PROJECT_DIR,
        env=home.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:]
    with connect({**postgres, "PGDATABASE": "nothing_yet"}) as cursor:
        cursor.execute("select count(*) from box_office.performances")
        assert cursor.fetchall() == [(0,)]
        cursor.execute("select status from ops.builds")
        assert cursor.fetchall() == [("passed",)]


def test_a_home_pointed_at_another_database_builds_in_that_one(postgres: dict[str, str], tmp_path: Path) -> None:
    home = Home(tmp_path, env={"LEDGERLINE_TARGET": "postgres", **postgres}, project=project_of("box_office"))
    for database in ("pointed_at", "pointed_at_instead"):
        with connect(postgres) as cursor:
            cursor.execute(f"create database {database}")
        done = home.ledgerline("build", "--exclude-resource-type", "unit_test", PGDATABASE=database)
        assert done.returncode == 0, done.stdout + done.stderr
        with connect({**postgres, "PGDATABASE": database}) as cursor:
            cursor.execute("select count(*) from box_office.performances")
            assert cursor.fetchall() == [(0,)]


def test_a_server_that_does_not_answer_is_named(tmp_path: Path) -> None:
    home = Home(tmp_path / "home", env={"LEDGERLINE_TARGET": "postgres", "PGHOST": "127.0.0.1", "PGPORT": "1"})
    done = home.ledgerline("load")
    assert done.returncode == 1
    assert "PostgreSQL at 127.0.0.1:1 does not answer" in done.stderr
    assert "Traceback" not in done.stderr
