"""The materialization `kept`, in a small dbt project of its own, on both engines."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from loaders.config import PROJECT_DIR
from tests.support.servers import connect

KEPT = PROJECT_DIR / "macros" / "materializations" / "kept.sql"
HISTORIES, STEPS = 3, 5

# Entries come in runs; a piece of work is a key, made from its entries and from one rule. `all_totals` is
# the same SQL as a plain table: what a full build makes.
TOTALS = """
with

work as (select * from {{ ref('work') }}),

entries as (select * from {{ ref('entries_read') }}),

rules as (select * from {{ ref('rules_read') }}),

final as (

    select
        work.fingerprint,
        rules.rule_fingerprint,
        work.key,
        cast(sum(entries.value * rules.factor) as bigint) as total
    from entries
    inner join work on entries.key = work.key
    cross join rules
    group by work.fingerprint, rules.rule_fingerprint, work.key

)

select * from final
"""
CONFIG = """{{ config(
    materialized='kept', work='work', fingerprint='fingerprint', invalidated_by={'rules_read': 'rule_fingerprint'},
    skip_older_runs_of=['entries_read'], post_hook="{{ var('post_hook', '') }}"
) }}"""
MODELS = {
    "entries_read.sql": "{{ config(materialized='view') }} select * from {{ source('raw', 'entries') }}",
    "rules_read.sql": (
        "{{ config(materialized='table') }} select factor, 'rule ' || factor as rule_fingerprint"
        " from {{ source('raw', 'rules') }}"
    ),
    "work.sql": """{{ config(materialized='table') }}
        select
            key,
            min(landed_run) as first_landed_run,
            key || '/' || count(*) || '/' || sum(landed_run) as fingerprint
        from {{ ref('entries_read') }}
        group by key""",
    "totals.sql": CONFIG + TOTALS,
    "all_totals.sql": "{{ config(materialized='table') }}" + TOTALS,
    "models.yml": """
sources:
  - name: raw
    tables: [{name: entries}, {name: rules}]
models:
  - name: totals
    description: Totals of keys.
    columns:
      - {name: key, description: A key., data_tests: [unique, not_null]}
unit_tests:
  - name: totals_are_multiplied
    model: totals
    given:
      - {input: ref('work'), rows: [{key: a, fingerprint: a1}]}
      - {input: ref('entries_read'), rows: [{key: a, value: 2}, {key: a, value: 3}, {key: b, value: 5}]}
      - {input: ref('rules_read'), rows: [{factor: 10, rule_fingerprint: r}]}
    expect: {rows: [{key: a, total: 50}]}
""",
}
PROJECT = """
name: ledgerline
profile: p
models:
  ledgerline: {+persist_docs: {relation: true, columns: true}}
flags: {send_anonymous_usage_stats: false}
"""


@dataclass(frozen=True)
class Project:
    """A dbt project on one engine; `server` is libpq's variables, or None for DuckDB."""

    path: Path
    server: dict[str, str] | None

    def write(self, **models: str) -> None:
        for name, text in models.items():
            (self.path / "models" / f"{name}.sql").write_text(text)

    def start(self, *arguments: str, **variables: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [str(Path(sys.executable).with_name("dbt")), *arguments, "--vars", json.dumps(variables)],
            cwd=self.path,
            env={**os.environ, "DBT_PROFILES_DIR": str(self.path)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def dbt(self, *arguments: str, passes: bool = True) -> str:
        """Run a dbt command in this process, which imports it once; what it logs."""
        from dbt.cli.main import dbtRunner  # noqa: PLC0415

        log = self.path / "logs" / "dbt.log"
        log.unlink(missing_ok=True)
        places = ("--project-dir", str(self.path), "--profiles-dir", str(self.path), "--log-path", str(log.parent))
        result = dbtRunner().invoke([*arguments, *places, "--target-path", str(self.path / "target"), "--quiet"])
        said = log.read_text()
        assert result.success is passes, f"{result.exception} {said[-6000:]}"
        return said

    @contextmanager
    def cursor(self) -> Iterator[Any]:
        if self.server:
            with connect(self.server) as cursor:
                yield cursor
        else:
            with duckdb.connect(str(self.path / "warehouse.duckdb")) as connection:
                yield connection

    def run(self, *statements: str) -> list[tuple[Any, ...]]:
        """Run statements; the rows of the last one, if it has any."""
        with self.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def land(self, run: int, entries: Iterable[tuple[str, int]]) -> None:
        self.run(*(f"insert into main_raw.entries values ('{key}', {value}, {run})" for key, value in entries))

    def rows(self, table: str = "totals", columns: str = "*") -> list[str]:
        return sorted(map(repr, self.run(f"select {columns} from main.{table}")))


@pytest.fixture(params=["duckdb", "postgres"])
def project(request: pytest.FixtureRequest, tmp_path: Path) -> Project:
    """The small project, its raw tables, and the first build."""
    server = None
    target: dict[str, Any] = {"schema": "main", "threads": 2, "type": request.param}
    if request.param == "duckdb":
        target["path"] = str(tmp_path / "project" / "warehouse.duckdb")
    else:
        own = request.getfixturevalue("postgres")
        with connect(own) as cursor:
            cursor.execute("drop database if exists kept_tables")
            cursor.execute("create database kept_tables")
        server = {**own, "PGDATABASE": "kept_tables"}
        target |= {"host": own["PGHOST"], "user": own["PGUSER"], "password": "", "port": 5432, "dbname": "kept_tables"}
    found = Project(tmp_path / "project", server)
    (found.path / "models").mkdir(parents=True)
    (found.path / "macros").mkdir()
    shutil.copy(KEPT, found.path / "macros")
    (found.path / "dbt_project.yml").write_text(PROJECT)
    (found.path / "profiles.yml").write_text(json.dumps({"p": {"target": "t", "outputs": {"t": target}}}))
    for name, text in MODELS.items():
        (found.path / "models" / name).write_text(text.replace("name: raw\n", "name: raw\n    schema: main_raw\n"))
    found.run(
        "create schema if not exists main",
        "create schema main_raw",
        "create table main_raw.entries (key varchar, value integer, landed_run bigint)",
        "create table main_raw.rules as select 1 as factor",
    )
    found.land(1, [("a", 1), ("b", 2)])
    found.dbt("build")
    assert found.rows(columns="key, total") == ["('a', 1)", "('b', 2)"]
    return found


def mark(project: Project) -> None:
    """Change the rows of the table itself, so that whoever makes them again is seen."""
    project.run("update main.totals set key = key || '!'")


def test_what_stays_the_same_is_kept_and_the_rest_is_made(project: Project) -> None:
    mark(project)
    project.land(2, [("b", 3), ("c", 4)])
    project.dbt("build")
    assert project.rows(columns="key, total") == ["('a!', 1)", "('b', 5)", "('c', 4)"]
    assert "insert into" not in project.dbt("run", "--select", "totals")
    assert project.rows(columns="key, total") == ["('a!', 1)", "('b', 5)", "('c', 4)"]
    # A rule stands in every row.
    project.run("update main_raw.rules set factor = 2")
    project.dbt("build")
    assert project.rows(columns="key, total") == ["('a', 2)", "('b', 10)", "('c', 8)"]
    mark(project)
    project.dbt("build", "--full-refresh")
    assert project.rows() == project.rows("all_totals")


@pytest.mark.parametrize("seed", range(HISTORIES))
def test_incremental_builds_equal_full_ones(project: Project, seed: int) -> None:
    """Entries land, change and go, rules change, everything goes: each build leaves what a full one would."""
    draw = random.Random(seed)
    for run in range(2, 2 + STEPS):
        for _ in range(draw.randrange(4)):
            key = draw.choice("abcdef")
            action = draw.choice(("land", "land", "remove", "rule"))
            if action == "land":
                project.land(run, [(key, draw.randrange(9)) for _ in range(draw.randrange(1, 3))])
            elif action == "remove":
                project.run(f"delete from main_raw.entries where key = '{key}'")
            else:
                project.run(f"update main_raw.rules set factor = {draw.randrange(1, 4)}")
        project.dbt("run")
        assert project.rows() == project.rows("all_totals")
    project.run("delete from main_raw.entries")
    project.dbt("run")
    assert project.rows() == []
    project.land(9, [("a", 7)])
    project.dbt("run")
    assert project.rows() == project.rows("all_totals") != []


def test_older_runs_are_skipped(project: Project) -> None:
    """What landed before the oldest new work is not even read: the view would fail on it."""
    project.write(
        entries_read="{{ config(materialized='view') }}"
        " select key, case when landed_run = 1 then 1 / (value - value) else value end as value, landed_run"
        " from {{ source('raw', 'entries') }}"
    )
    project.land(2, [("c", 4)])
    assert "where landed_run >= 2" in project.dbt("run", "--select", "+totals")
    assert len(project.rows()) == 3


@pytest.mark.parametrize(
    ("old", "new", "is_another"),
    [
        ("as total", "as total, min(value) as least", True),
        ("as bigint", "as integer", True),
        ("as total", "as sum_of_all", True),
        ("as total", "as  total", False),
    ],
)
def test_other_columns_rebuild_the_table(project: Project, old: str, new: str, is_another: bool) -> None:
    before = project.rows()
    for text in (TOTALS.replace(old, new), TOTALS):
        project.write(totals=CONFIG + text, all_totals="{{ config(materialized='table') }}" + text)
        mark(project)
        project.dbt("run", "--select", "all_totals")
        assert ("rename to" in project.dbt("run", "--select", "totals")) is is_another
        assert (project.rows() == project.rows("all_totals")) is is_another
        assert "rename to" not in project.dbt("run", "--select", "totals")
    assert (project.rows() == before) is is_another


def test_the_order_of_columns_is_part_of_a_table(project: Project) -> None:
    mark(project)
    swapped = TOTALS.replace(
        "work.fingerprint,\n        rules.rule_fingerprint,\n        work.key,",
        "work.key,\n        work.fingerprint,\n        rules.rule_fingerprint,",
    )
    project.write(totals=CONFIG + swapped)
    project.dbt("build")
    assert project.rows(columns="key, total") == ["('a', 1)", "('b', 2)"]
    assert project.rows()[0].startswith("('a', 'a/")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (MODELS["totals.sql"] + " where key in (select key from {{ ref('work') }})", 2),
        (CONFIG + "-- depends_on: {{ ref('entries_read') }} {{ ref('rules_read') }} {% do ref('work') %}\nselect 1", 0),
    ],
)
def test_the_work_is_read_once(project: Project, text: str, found: int) -> None:
    before = project.rows()
    project.write(totals=text)
    said = project.dbt("run", "--select", "totals", passes=False)
    assert f"totals: found {found} references to its work, work, expected exactly 1" in said
    assert project.rows() == before


def test_a_model_that_is_not_read_has_no_older_runs(project: Project) -> None:
    text = MODELS["totals.sql"].replace("['entries_read']", "['rules_of_old']") + "{% do ref('rules_of_old') %}"
    project.write(totals=text, rules_of_old="select 1 as landed_run")
    project.land(2, [("c", 4)])
    said = project.dbt("run", passes=False)
    assert "totals: skip_older_runs_of names rules_of_old, which its SQL does not read" in said


def test_a_view_of_that_name_becomes_the_table(project: Project) -> None:
    project.run("drop table main.totals", "create view main.totals as select 1 as x")
    project.dbt("build")
    assert project.rows() == project.rows("all_totals")


def test_an_empty_build_leaves_an_empty_table(project: Project) -> None:
    project.dbt("run", "--empty")
    assert project.rows() == []
    project.dbt("run")
    assert project.rows() == project.rows("all_totals") != []


@pytest.mark.parametrize("rebuilds", [False, True])
def test_a_build_that_fails_or_is_killed_leaves_the_old_table(project: Project, rebuilds: bool) -> None:
    before = project.rows()
    project.land(2, [("b", 3)])
    if rebuilds:
        project.write(totals=CONFIG + TOTALS.replace("as total", "as total, 7 as seven"))
    project.dbt("run", "--vars", json.dumps({"post_hook": "select * from nowhere"}), passes=False)
    assert project.rows() == before
    slow = "select pg_sleep(100)" if project.server else "select count(*) from range(1000000) a, range(1000000) b"
    log = project.path / "logs" / "dbt.log"
    log.unlink()
    process = project.start("run", post_hook=slow)
    deadline = time.monotonic() + 120
    while not (log.exists() and slow in log.read_text()):
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.2)
    time.sleep(0.5)
    process.send_signal(signal.SIGKILL)
    process.wait()
    if project.server:
        project.run(
            "select pg_terminate_backend(pid) from pg_stat_activity where query like '%pg_sleep(100)%'"
            " and pid <> pg_backend_pid()"
        )
    assert project.rows() == before
    project.dbt("build")
    assert len(project.rows()) == 2
    assert project.rows() != before
    assert project.rows(columns="key, total") == project.rows("all_totals", columns="key, total")


def test_contracts_documentation_grants_and_indexes_hold(project: Project) -> None:
    columns = {"fingerprint": "varchar", "rule_fingerprint": "varchar", "key": "varchar", "total": "decimal(18, 2)"}
    described = [
        {"name": name, "data_type": kind, "description": f"It is the {name}."}
        for name, kind in reversed(columns.items())
    ]
    described[0]["constraints"] = [{"type": "not_null"}]
    model = {"name": "totals", "config": {"contract": {"enforced": True}}, "columns": described}
    text = TOTALS.replace("as bigint", "as decimal(18, 2)")
    if project.server:
        project.run("drop role if exists kept_reader", "create role kept_reader")
        model["config"]["grants"] = {"select": ["kept_reader"]}
        model["config"]["indexes"] = [{"columns": ["key"], "unique": True}]
    (project.path / "models" / "models.yml").write_text(
        json.dumps(
            {
                "sources": [{"name": "raw", "schema": "main_raw", "tables": [{"name": "entries"}, {"name": "rules"}]}],
                "models": [model],
            }
        )
    )
    project.write(totals=CONFIG + text)
    for run in (2, 3):
        # The first makes the table by its contract; the second adds a row to it.
        project.land(run, [(f"c{run}", run)])
        project.dbt("build")
        assert project.rows(columns="key, cast(total as bigint)")[-1] == f"('c{run}', {run})"
        described_now = project.run(
            "select column_name from information_schema.columns where table_name = 'totals' order by ordinal_position"
        )
        assert [name for (name,) in described_now] == [*reversed(columns)]
        if run == 2:
            mark(project)
    assert project.rows(columns="key, cast(total as bigint)")[0] == "('a!', 1)", "the table was kept"
    if project.server:
        query = "select obj_description('main.totals'::regclass), col_description('main.totals'::regclass, 1)"
        assert project.run(query)[0][1] == "It is the total."
        assert project.run("select has_table_privilege('kept_reader', 'main.totals', 'select')") == [(True,)]
        assert project.run("select indexdef like 'CREATE UNIQUE%' from pg_indexes where tablename = 'totals'") == [
            (True,)
        ]
    else:
        assert project.run(
            "select comment from duckdb_columns() where table_name = 'totals' and column_name = 'total'"
        ) == [("It is the total.",)]
    # Other types than the contract's are refused before a row is written.
    project.write(totals=CONFIG + text.replace("decimal(18, 2)", "varchar"))
    before = project.rows()
    assert "contract" in project.dbt("run", passes=False)
    assert project.rows() == before
