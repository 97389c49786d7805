"""A day as it comes: a run every hour, bad files, a failing test, a kill, an undo, readers all along.

On the embedded engine and on PostgreSQL: no reader ever gets an error or marts of two runs, and in the evening the
marts are those of a home that nothing happened to. `make test` runs fewer hours than `make soak`.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
import psycopg2
import pytest

from loaders.config import load_settings
from loaders.publishing import store_of
from loaders.warehouse.engine import Warehouse
from tests.fakes.loopback import webhook
from tests.support import storms
from tests.support.homes import Home, project_of
from tests.support.servers import clear, connect

HEADER = "performance_code,snapshot_date,single_tickets_sold,subscription_tickets_sold,total_revenue\n"
HOURS = range(storms.size("hours_of_a_day"))
# What happens in which hour; in every other one a run finds a new file and nothing else.
EVENTS = (
    {5: "bad files", 8: "failing test", 12: "kill", 16: "undo", 20: "two runs at once"}
    if storms.IS_SOAK
    else {1: "bad files", 2: "failing test", 4: "kill", 6: "undo", 7: "two runs at once"}
)
UNDONE = next(hour for hour, event in EVENTS.items() if event == "undo")
KEPT = len(HOURS) // 2
# Tickets by the hour's end, from two marts that must be of one run, and which hour it is.
QUESTION = (
    "select publication_id, cast(as_of as varchar),"
    " (select sum(total_tickets_sold) from box_office.performance_sales_snapshots),"
    " (select sum(total_tickets_sold) from box_office.performance_sales_history) from ops.publication"
)
READER = """
import json, sys, time
import duckdb, psycopg2
kind, where, question = sys.argv[1:]
while True:
    if kind == "duckdb":
        with duckdb.connect(where, read_only=True) as connection:
            connection.execute("set TimeZone = 'UTC'")
            rows = connection.execute(question).fetchall()
    else:
        connection = psycopg2.connect(where, options="-c TimeZone=UTC")
        cursor = connection.cursor()
        cursor.execute(question)
        rows = cursor.fetchall()
        connection.close()
    print(json.dumps(rows, default=int), flush=True)
    time.sleep(0.05)
"""


def _as_of(hour: int) -> str:
    return f"2030-11-05T{hour:02}:00:00Z"


def _file(hour: int) -> str:
    return HEADER + f"A,2030-10-{hour + 1:02},{hour + 1},1,{hour}.50\n"


def _tickets(hour: int) -> int:
    """What is sold when the files up to this hour are in: each hour's snapshot has one ticket more."""
    return sum(h + 2 for h in range(hour + 1))


class Day:
    """A home on either engine, and its readers."""

    def __init__(self, home: Home, project: Path) -> None:
        self.home = home
        self.project = project
        self.is_server = home.env.get("LEDGERLINE_TARGET") == "postgres"

    def run(self, hour: int, *command: str, **env: str) -> subprocess.CompletedProcess[str]:
        return self.home.ledgerline(
            *(command or ("run", "--quiet")), project=self.project, LEDGERLINE_AS_OF=_as_of(hour), **env
        )

    def execute(self, sql: str) -> list[tuple[Any, ...]]:
        """In the warehouse, as its owner."""
        if self.is_server:
            with connect(self.home.env) as cursor:
                cursor.execute(sql)
                return cursor.fetchall() if cursor.description else []
        with duckdb.connect(str(self.home.path / "warehouse.duckdb")) as connection:
            return connection.execute(sql).fetchall()

    @property
    def where(self) -> str:
        if self.is_server:
            return f"host={self.home.env['PGHOST']} user=ledgerline_reader dbname=postgres_published"
        return str(self.home.published)

    def shown(self) -> tuple[int, str, int]:
        """What a reader sees now: the publication, its hour, the tickets."""
        if self.is_server:
            with psycopg2.connect(self.where, options="-c TimeZone=UTC") as connection, connection.cursor() as cursor:
                cursor.execute(QUESTION)
                ((number, as_of, first, second),) = cursor.fetchall()
        else:
            ((number, as_of, first, second),) = self.home.query(QUESTION, published=True)
        assert first == second
        return number, as_of[11:13], int(first)

    @contextmanager
    def reader(self) -> Iterator[subprocess.Popen[str]]:
        command = [sys.executable, "-c", READER, "postgres" if self.is_server else "duckdb", self.where, QUESTION]
        # Into a file: nobody reads along, and a full pipe would put the reader to sleep.
        with self.answers.open("w") as answers:
            reader = subprocess.Popen(command, stdout=answers, stderr=subprocess.PIPE, text=True)
            try:
                yield reader
            finally:
                reader.kill()
                reader.wait()

    @property
    def answers(self) -> Path:
        return self.home.path / "answers.jsonl"

    def marts(self) -> list[str]:
        sql = "select * from box_office.performance_sales_history order by performance_code, snapshot_date"
        return [str(tuple(map(str, row))) for row in self.execute(sql)]


@pytest.fixture(scope="module")
def box_office() -> Path:
    return project_of("box_office")


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["duckdb", pytest.param("postgres", marks=storms.whole("a day on a server"))])
def test_a_day(engine: str, box_office: Path, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    env = {"PYTHONPATH": str(box_office), "LEDGERLINE_PUBLICATIONS_KEPT": str(KEPT)}
    if engine == "postgres":
        server = request.getfixturevalue("postgres")
        clear(server)
        with connect(server) as cursor:
            cursor.execute("drop database if exists postgres_published with (force)")
        env |= {**server, "LEDGERLINE_TARGET": "postgres"}
    day = Day(Home(tmp_path / "home", env=env), box_office)
    with webhook() as (url, told, _):
        day.home.env["LEDGERLINE_ALERT_WEBHOOK"] = url
        day.home.put("h0.csv", _file(0))
        assert day.run(0).returncode == 0
        with day.reader() as reader:
            for hour in HOURS[1:]:
                day.home.put(f"h{hour}.csv", _file(hour))
                _hour(day, hour)
            assert reader.poll() is None, reader.communicate()[1]
        # The last line may be cut short.
        seen = [json.loads(line)[0] for line in day.answers.read_text().splitlines()[:-1]]
        _end(day, told, seen)
    undisturbed = Day(Home(tmp_path / "undisturbed", env={"PYTHONPATH": str(box_office)}), box_office)
    for hour in HOURS:
        undisturbed.home.put(f"h{hour}.csv", _file(hour))
    assert undisturbed.run(HOURS[-1]).returncode == 0
    assert day.marts() == undisturbed.marts()


def _hour(day: Day, hour: int) -> None:
    before = day.shown()
    expected = (f"{hour:02}", _tickets(hour))
    event = EVENTS.get(hour)
    if event == "bad files":
        day.home.put("bad.csv", HEADER + "A,yesterday,1,2,3\n")
        day.home.put("bad.pdf", b"no report")
        done = day.run(hour)
        assert (done.returncode, "invalid_date" in done.stderr, "not_a_pdf" in done.stderr) == (1, True, True)
    elif event == "failing test":
        # A test that fails: the books do not add up any more.
        day.execute("update ops.load_audit set rows_read = rows_read + 1 where source_file like '%h1.csv'")
        done = day.run(hour)
        assert done.returncode == 1
        assert "assert_every_row_is_accounted_for" in done.stderr
        assert day.shown() == before
        status = day.run(hour, "status")
        assert (status.returncode, "held back" in status.stdout) == (1, True)
        day.execute("update ops.load_audit set rows_read = rows_read - 1 where source_file like '%h1.csv'")
        return
    elif event == "kill":
        day.home.struck("building", 30, "run", "--quiet", project=day.project, LEDGERLINE_AS_OF=_as_of(hour))
        assert day.shown() == before
        return
    elif event == "undo":
        assert day.run(hour).returncode == 0
        assert day.shown()[1:] == expected
        undone = day.run(hour, "publish", "--undo")
        assert undone.returncode == 0, undone.stderr
        assert day.shown() == before
        return
    elif event == "two runs at once":
        both = [
            subprocess.Popen(
                [sys.executable, "-m", "loaders", "run", "--quiet"],
                cwd=day.project,
                env={**day.home.environment, "LEDGERLINE_AS_OF": _as_of(hour)},
                stderr=subprocess.PIPE,
                text=True,
            )
            for _ in range(2)
        ]
        assert [(each.communicate()[1], each.returncode) for each in both] == [("", 0), ("", 0)]
    else:
        done = day.run(hour)
        assert done.returncode == 0, done.stderr
    assert day.shown()[1:] == expected


def _end(day: Day, told: list[dict[str, Any]], seen: list[list[Any]]) -> None:
    # Every answer that a reader got was of one run, and readers saw the day go by.
    assert len(seen) > 100
    for _, as_of, first, second in seen:
        assert first == second == _tickets(int(as_of[11:13]))
    hours = [int(as_of[11:13]) for _, as_of, _, _ in seen]
    assert len(set(hours)) > len(HOURS) // 2
    # Nobody looked back but for the undo.
    assert all(after >= before or (before, after) == (UNDONE, UNDONE - 1) for before, after in pairwise(hours))
    settings = load_settings(day.home.environment)
    kept = store_of(settings, Warehouse(settings)).kept()
    assert len(kept) == KEPT
    runs = day.execute("select status, count(*) from ops.application_logs where job = 'run' group by 1 order by 1")
    assert runs == [("completed", len(HOURS) - 1), ("crashed", 1), ("failed", 1)]
    assert {(each["event"], each["incident"]) for each in told} == {
        ("failure", "job run failed"),
        ("failure", "publication held back"),
        ("recovery", "job run failed"),
        ("recovery", "publication held back"),
    }
    assert len(told) == 4
