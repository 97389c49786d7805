"""What BI reads on PostgreSQL: a database of its own, switched in one step, read by a role that can do nothing else."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import psycopg2
import pytest

from loaders.config import PROJECT_DIR, load_settings
from loaders.landing import books
from loaders.publishing import Publication, publish, store_of
from loaders.publishing.catalogue import read_marts
from loaders.warehouse.engine import Warehouse
from tests.support import storms
from tests.support.homes import Home

KEY = "a key of this test only"
MARTS = {mart.key: mart for mart in read_marts() if mart.key in ("funnel.contacts", "events.event_overview")}


class Server:
    """A warehouse on a server with two marts, and what may be done to it."""

    def __init__(self, env: dict[str, str], home: Home) -> None:
        self.env = {**env, "PGDATABASE": "small", "LEDGERLINE_TARGET": "postgres", "LEDGERLINE_PII_KEY": KEY}
        self.home = Home(home.path, env=self.env)

    @contextmanager
    def cursor(self, database: str = "small", user: str = "postgres") -> Iterator[Any]:
        with closing(
            psycopg2.connect(host=self.env["PGHOST"], user=user, dbname=database, options="-c TimeZone=UTC")
        ) as connection:
            connection.autocommit = True
            yield connection.cursor()

    def reading(self) -> Any:
        return self.cursor("small_published", "ledgerline_reader")

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """What the readers' role gets."""
        with self.reading() as cursor:
            cursor.execute(sql)
            return cursor.fetchall()

    def mark(self, mark: int) -> None:
        """Both marts say this mark, as after a build."""
        with self.cursor() as cursor:
            cursor.execute("update funnel.contacts set calendar_status = %s", [f"mark {mark}"])
        self.mark_events(mark)

    def mark_events(self, mark: int) -> None:
        with self.cursor() as cursor:
            cursor.execute("update events.event_overview set name = %s", [f"mark {mark}"])

    def publish(self, **env: str) -> Publication:
        settings = load_settings({**self.home.environment, **env})
        return publish(settings, Warehouse(settings), "a-run")

    @property
    def store(self) -> Any:
        settings = load_settings(self.home.environment)
        return store_of(settings, Warehouse(settings))


@pytest.fixture
def server(postgres: dict[str, str], home: Home) -> Iterator[Server]:
    server = Server(postgres, home)
    with server.cursor("postgres") as cursor:
        for database in ("small_published", "small"):
            cursor.execute(f"drop database if exists {database} with (force)")
        cursor.execute("create database small template template0 lc_collate 'C' lc_ctype 'C'")
    settings = load_settings(server.home.environment)
    Warehouse(settings).create_missing("ops", books.OPS_TABLES)
    with server.cursor() as cursor:
        cursor.execute("insert into ops.builds (build_number, is_whole, status) values (1, true, 'passed')")
        for mart in MARTS.values():
            cursor.execute(f"create schema {mart.schema}")
            columns = ", ".join(f'"{column.name}" {column.data_type}' for column in mart.columns)
            cursor.execute(f"create table {mart.key} ({columns})")
        cursor.execute(
            "create table ops.source_freshness as select cast('square' as varchar) as source,"
            " cast('main' as varchar) as organization_id, cast(60 as bigint) as age_seconds, now() as last_told_at"
        )
        cursor.execute(
            "insert into funnel.contacts (organization_id, id, email) select 'main', n, 'p' || n || '@example.org'"
            " from generate_series(1, 1000) as n"
        )
        cursor.execute("insert into events.event_overview (organization_id, event_key) values ('main', 'e1')")
    yield server
    with server.cursor("postgres") as cursor:
        cursor.execute("drop database if exists small_published with (force)")
        cursor.execute("drop database small with (force)")


def test_only_what_changed_is_copied_and_any_publication_comes_back(server: Server) -> None:
    for mark in (1, 2, 3):
        server.mark(mark)
        assert server.publish().written == 2
    assert server.publish().is_same
    with server.cursor() as cursor:
        cursor.execute("update events.event_overview set timezone = 'UTC'")
    assert server.publish().written == 1
    shown = "select distinct calendar_status, name from funnel.contacts cross join events.event_overview"
    for number, mark in ((1, 1), (3, 3), (2, 2), (4, 3)):
        server.store.restore(number)
        assert server.query(shown) == [(f"mark {mark}", f"mark {mark}")]
        assert server.query("select publication_id from ops.publication") == [(number,)]
        assert server.query("select source, age_seconds from ops.source_freshness") == [("square", 60)]
    done = server.home.ledgerline("publish", "--undo")
    assert done.returncode == 0, done.stderr
    assert server.query("select publication_id from ops.publication") == [(3,)]
    listed = server.home.ledgerline("publish", "--list")
    assert [line.split()[:2] for line in listed.stdout.splitlines() if "*" in line] == [["*", "3"]]
    assert server.home.ledgerline("publish", "--to", "9").returncode == 1
    assert server.home.ledgerline("publish", "--with-pii").returncode == 1


def test_a_domain_that_is_held_back_keeps_its_marts(server: Server) -> None:
    shown = "select distinct calendar_status, name from funnel.contacts cross join events.event_overview"
    told = "select outcome, reason from ops.publication_domains where domain in ('events', 'funnel') order by domain"
    with server.cursor() as cursor:
        cursor.execute(
            "insert into ops.domain_builds (build_number, domain, status, reason, marts_built, marts)"
            " values (1, 'events', 'failed', 'test a failed', 1, 1)"
        )
    server.mark(1)
    publication = server.publish()
    assert list(publication.fingerprints) == ["funnel.contacts"]
    assert server.query(told) == [("failed", "test a failed"), ("built", None)]
    with pytest.raises(psycopg2.errors.UndefinedTable):
        server.query("select * from events.event_overview")
    with server.cursor() as cursor:
        cursor.execute("delete from ops.domain_builds")
    server.publish()
    with server.cursor() as cursor:
        cursor.execute(
            "insert into ops.domain_builds (build_number, domain, status, reason, marts_built, marts)"
            " values (1, 'events', 'failed', 'test b failed', 1, 1)"
        )
        # A view of the warehouse goes with what it reads.
        cursor.execute("drop table ops.source_freshness")
    server.mark(2)
    server.publish()
    assert server.query(shown) == [("mark 2", "mark 1")]
    assert server.query(told) == [("failed", "test b failed"), ("built", None)]
    assert server.query("select source from ops.source_freshness") == [("square",)]
    server.store.restore(2)
    assert server.query(shown) == [("mark 1", "mark 1")]
    assert server.query(told)[0] == ("built", None)
    with server.cursor() as cursor:
        cursor.execute("delete from ops.domain_builds")
        cursor.execute("drop table funnel.contacts")
    # Lost, not emptied: readers keep it.
    server.mark_events(3)
    server.publish()
    assert server.query(shown) == [("mark 1", "mark 3")]
    assert server.query(told)[1] == ("failed", "mart funnel.contacts is not in the warehouse")


def test_publications_of_an_older_version_say_of_which_run_they_are(server: Server) -> None:
    server.mark(1)
    server.publish()
    with server.cursor("small_published") as cursor:
        cursor.execute("drop view ops.publication_domains")
        cursor.execute("drop table content.current_domains")
        cursor.execute("update content.publications set said = (said::jsonb - 'domains')::text")
    server.mark(2)
    server.publish()
    server.store.restore(1)
    assert server.query("select distinct domain, run_id, outcome from ops.publication_domains order by 1") == [
        ("events", "a-run", "built"),
        ("funnel", "a-run", "built"),
    ]


def test_old_publications_go_and_what_is_read_stays(server: Server) -> None:
    for mark in range(1, 6):
        server.mark(mark)
        server.publish(LEDGERLINE_PUBLICATIONS_KEPT="2")
    assert [publication.number for publication in server.store.kept()] == [5, 4]
    with server.cursor("small_published") as cursor:
        cursor.execute("select count(*) from pg_inherits")
        assert cursor.fetchall() == [(4,)]
    server.store.restore(4)
    assert server.query("select distinct name from events.event_overview") == [("mark 4",)]


def test_a_transaction_left_open_holds_up_no_publication(server: Server) -> None:
    """What it may still read stays, and goes with the first publication after it has ended."""
    partitions = "select count(*) from pg_class where relname ~ '_[0-9a-f]{20}$' and relkind = 'r'"
    server.publish(LEDGERLINE_PUBLICATIONS_KEPT="1")
    with server.reading() as report:
        report.execute("begin isolation level repeatable read")
        report.execute("select count(*) from funnel.contacts cross join events.event_overview")
        server.mark(1)
        done = server.home.ledgerline("publish", LEDGERLINE_PUBLICATIONS_KEPT="1")
        assert (done.returncode, "older publications are still there" in done.stderr) == (0, True), done.stderr
        assert server.query("select distinct name from events.event_overview") == [("mark 1",)]
        report.execute("select distinct name from events.event_overview")
        assert report.fetchall() == [(None,)]
    server.mark(2)
    server.publish(LEDGERLINE_PUBLICATIONS_KEPT="1")
    with server.cursor("small_published") as cursor:
        cursor.execute(partitions)
        assert cursor.fetchall() == [(2,)]


def test_the_reader_reads_marts_and_nothing_else(server: Server) -> None:
    server.publish()
    assert server.query("select count(*) from funnel.contacts") == [(1000,)]
    refused = (
        ("small_published", "select * from content.current"),
        ("small_published", "insert into funnel.contacts (id) values (1)"),
        ("small_published", "delete from events.event_overview"),
        ("small_published", "create table funnel.mine (i int)"),
        ("small_published", "create table public.mine (i int)"),
        ("small_published", "drop view funnel.contacts"),
        ("small", "select * from funnel.contacts"),
        ("small", "select * from ops.rejected_rows"),
        ("small", "create table public.mine (i int)"),
    )
    for database, sql in refused:
        with server.cursor(database, "ledgerline_reader") as cursor:
            # What a role may set for itself protects nothing.
            cursor.execute("set default_transaction_read_only = off")
            with pytest.raises(psycopg2.errors.InsufficientPrivilege):
                cursor.execute(sql)


def test_personal_columns_are_hashed_as_on_the_embedded_engine(server: Server) -> None:
    server.publish()
    (shown,) = server.query("select email from funnel.contacts where id = 1")
    import duckdb  # noqa: PLC0415

    assert shown == duckdb.sql(f"select left(sha256('{KEY}' || sha256('{KEY}' || 'p1@example.org')), 32)").fetchone()
    assert server.query("select count(distinct email) from funnel.contacts") == [(1000,)]
    server.publish(LEDGERLINE_PII="omit")
    with pytest.raises(psycopg2.errors.UndefinedColumn):
        server.query("select email from funnel.contacts")
    # And back, across the change of columns.
    server.store.restore(1)
    assert server.query("select email from funnel.contacts where id = 1") == [shown]


def test_readers_see_one_publication_and_wait_for_nobody(server: Server) -> None:
    """Fifty publications, while one reader asks again and again and another keeps its transaction open."""
    server.mark(1)
    server.publish()
    problems: list[object] = []
    seen: set[int] = set()
    stop = threading.Event()
    sql = (
        "select distinct calendar_status, name, publication_id"
        " from funnel.contacts, events.event_overview, ops.publication, ops.source_freshness"
    )

    def read() -> None:
        try:
            while not stop.is_set():
                with server.reading() as cursor:
                    cursor.execute("set lock_timeout = '50ms'")
                    cursor.execute(sql)
                    ((first, second, number),) = cursor.fetchall()
                    if not first == second == f"mark {number}":
                        problems.append((first, second, number))
                    seen.add(number)
        except Exception as error:
            problems.append(error)

    reader = threading.Thread(target=read)
    reader.start()
    with server.reading() as patient:
        patient.execute("begin isolation level repeatable read")
        patient.execute("select distinct name from events.event_overview")
        assert patient.fetchall() == [("mark 1",)]
        for mark in range(2, 6):
            server.mark(mark)
            server.publish()
        # The other mart, read for the first time: of the same publication.
        patient.execute(sql)
        assert patient.fetchall() == [("mark 1", "mark 1", 1)]
        patient.execute("commit")
    for mark in range(6, storms.size("publications_read") + 1):
        server.mark(mark)
        server.publish(LEDGERLINE_PUBLICATIONS_KEPT="3")
    stop.set()
    reader.join()
    assert problems == []
    assert len(seen) > 5


KILLED = """
import os, signal, sys
import psycopg2.extensions
passed = 0
class Cursor(psycopg2.extensions.cursor):
    def execute(self, *arguments):
        global passed
        passed += 1
        if passed == int(sys.argv[1]):
            os.kill(os.getpid(), signal.SIGKILL)
        return super().execute(*arguments)
from loaders.publishing import server
server.ServerStore._open = lambda self, database, open=server.ServerStore._open: (
    lambda connection: (setattr(connection, "cursor_factory", Cursor), connection)[1])(open(self, database))
from loaders.command.cli import main
sys.exit(main(["publish"]))
"""


def test_a_publication_that_is_killed_was_never_there(server: Server) -> None:
    server.mark(1)
    server.publish()
    server.mark(2)
    shown = "select distinct calendar_status, name from funnel.contacts cross join events.event_overview"
    for step in range(1, 200, storms.size("server_publication_kill_stride")):
        done = subprocess.run(
            [sys.executable, "-c", KILLED, str(step)],
            cwd=PROJECT_DIR,
            env=server.home.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode == 0:
            assert step > 20
            break
        assert done.returncode == -9, done.stderr
        assert server.query(shown) in ([("mark 1", "mark 1")], [("mark 2", "mark 2")])
    assert server.query(shown) == [("mark 2", "mark 2")]


def test_without_the_right_to_make_a_database_it_says_what_to_ask_for(server: Server) -> None:
    with server.cursor() as cursor:
        cursor.execute("select 1 from pg_roles where rolname = 'humble'")
        if not cursor.fetchall():
            cursor.execute("create role humble login")
        cursor.execute("grant usage, create on schema ops to humble")
        cursor.execute("grant all on all tables in schema ops to humble")
    done = server.home.ledgerline("publish", PGUSER="humble")
    assert done.returncode == 1
    assert "may not create database small_published" in done.stderr
    assert "create database small_published owner humble" in done.stderr
