"""What happens to a home besides a kill: its marts end as those of an undisturbed one.

A warehouse that broke, made anew of landing/ and the journal; a clock that jumps back; many runs started at once.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from itertools import product
from pathlib import Path

import pytest

from loaders.operations import journal
from tests.support import storms
from tests.support.homes import LOAD_IDS, Home, project_of

CSV = "performance_code,snapshot_date,single_tickets_sold,subscription_tickets_sold,total_revenue\n"
RAW = ("raw_box_office", "raw_cruva", "raw_loyalty", "ops")
MARTS = ("box_office", "creators")
# What is told of this machine's clock, and of the commands themselves.
LEFT_OUT = (*(name for name in LOAD_IDS if not name.endswith("landed_run")), "_dlt_id")

OF_COMMANDS = tuple(
    f"ops.{name}"
    for name in (
        *("application_logs", "builds", "domain_builds", "test_results", "data_quality", "job_status"),
        *("published_domains", "publication_domains"),
    )
)


@pytest.fixture(scope="module")
def project() -> Path:
    return project_of("box_office", "creators", "cruva", "loyalty")


@pytest.fixture(scope="module")
def lived(project: Path, tmp_path_factory: pytest.TempPathFactory, demo_home: Home) -> Home:
    """A home of three sources that ran three times: late files, an edit, a bad file, a day later each."""
    home = Home(tmp_path_factory.mktemp("lived") / "home", env={"PYTHONPATH": str(project)})

    def run(as_of: str, problems: int) -> None:
        done = home.ledgerline("run", "--quiet", project=project, LEDGERLINE_AS_OF=as_of)
        assert done.returncode == problems, done.stderr

    _live(home, project, demo_home, run)
    return home


def _live(home: Home, project: Path, demo_home: Home, run: Callable[[str, int], None]) -> None:
    """Three days, each of which ends with `run(its evening, 1 where something was refused)`."""
    landing = home.path / "landing"
    shutil.copytree(demo_home.path / "landing" / "loyalty", landing / "loyalty")
    for name in ("box_office", "cruva"):
        files = sorted(path for path in (demo_home.path / "landing" / name).rglob("*") if path.is_file())
        for path in files[::2]:
            target = landing / path.relative_to(demo_home.path / "landing")
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, target)
    run("2030-11-05T18:00:00Z", 0)
    done = home.ledgerline("edit", "performance", "301018E", "--capacity", "1234", project=project)
    assert done.returncode == 0, done.stderr
    for path in files[1::2]:
        target = landing / path.relative_to(demo_home.path / "landing")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, target)
    home.put("bad.csv", CSV + "301018E,2030-13-01,1,2,3\n")
    run("2030-11-06T18:00:00Z", 1)
    home.put("copy-of-bad.csv", CSV + "301018E,2030-13-01,1,2,3\n")
    home.put("late.csv", CSV + "301018E,2029-09-01,1,2,3.00\n")
    run("2030-11-07T18:00:00Z", 0)


def _raw(home: Home) -> dict[str, list[str]]:
    kept = home.export(RAW, leave_out=LEFT_OUT)
    return {table: rows for table, rows in kept.items() if table not in OF_COMMANDS}


def test_a_broken_warehouse_comes_back_as_it_was(lived: Home, project: Path, tmp_path: Path) -> None:
    home = Home(tmp_path / "home", env=lived.env)
    shutil.copytree(lived.path, home.path)
    published = home.published.read_bytes()
    (home.path / "warehouse.duckdb").write_bytes(b"no database " * 10_000)
    # It says what to do, and readers do not notice.
    broken = home.ledgerline("run", project=project)
    assert broken.returncode == 1
    assert "ledgerline recover" in broken.stderr
    assert home.published.read_bytes() == published
    done = home.ledgerline("recover", project=project, LEDGERLINE_AS_OF="2030-11-07T18:00:00Z")
    assert done.returncode == 0, done.stderr
    assert "is kept as" in done.stderr
    assert (home.path / "warehouse.broken-1.duckdb").read_bytes().startswith(b"no database")
    for schema in MARTS:
        assert home.export([schema]) == lived.export([schema]), schema
    assert _raw(home) == _raw(lived)
    jobs = home.query("select job, status from ops.application_logs order by run_number")
    assert jobs[:2] == [("run", "completed"), ("edit", "completed")]
    assert jobs[-1] == ("recover", "completed")
    # And it goes on from there: nothing is new, and a day later is a day later.
    after = home.ledgerline("load", project=project)
    assert (after.returncode, "1 new files" in after.stderr) == (0, False), after.stderr


def test_a_file_that_is_gone_is_named(lived: Home, project: Path, tmp_path: Path) -> None:
    home = Home(tmp_path / "home", env=lived.env)
    shutil.copytree(lived.path, home.path)
    (home.path / "landing" / "box_office" / "late.csv").write_text(CSV + "301018E,2029-09-01,9,2,3.00\n")
    done = home.ledgerline("recover", "--quiet", project=project, LEDGERLINE_AS_OF="2030-11-07T18:00:00Z")
    assert done.returncode == 1
    assert "late.csv: its bytes are gone or changed; 1 rows of it did not come back" in done.stderr
    assert home.value("select count(*) from raw_box_office.history_rows where total_revenue = 3") == 0


def test_a_recovery_that_was_cut_off_is_begun_again(lived: Home, project: Path, tmp_path: Path) -> None:
    """Until then nothing else may write: it would go on from half a warehouse."""
    home = Home(tmp_path / "home", env=lived.env)
    shutil.copytree(lived.path, home.path)
    published = home.published.read_bytes()
    landed = (home.path / "state" / "journal" / "landed.jsonl").read_bytes()
    for point, count in (("between-books", 2), ("building", 1)):
        home.struck(point, count, "recover", "--quiet", project=project, LEDGERLINE_AS_OF="2030-11-07T18:00:00Z")
        refused = home.ledgerline("run", "--quiet", project=project)
        if point == "building":
            # Everything is back by then, and a run builds what was not built.
            assert refused.returncode == 0, refused.stderr
            break
        assert (refused.returncode, "run `ledgerline recover`" in refused.stderr) == (1, True), refused.stderr
        assert home.published.read_bytes() == published
        assert (home.path / "state" / "journal" / "landed.jsonl").read_bytes() == landed
    done = home.ledgerline("run", "--quiet", project=project, LEDGERLINE_AS_OF="2030-11-07T18:00:00Z")
    assert done.returncode == 0, done.stderr
    for schema in MARTS:
        assert home.export([schema]) == lived.export([schema]), schema
    assert _raw(home) == _raw(lived)


def test_a_warehouse_that_is_gone_is_not_begun_again_unasked(lived: Home, project: Path, tmp_path: Path) -> None:
    home = Home(tmp_path / "home", env=lived.env)
    shutil.copytree(lived.path, home.path)
    (home.path / "warehouse.duckdb").unlink()
    for _ in range(2):
        refused = home.ledgerline("run", "--quiet", project=project)
        assert (refused.returncode, "holds 0 landing runs, and the journal tells of" in refused.stderr) == (1, True)
        assert "run `ledgerline recover`" in refused.stderr
    shutil.move(home.path / "state" / "journal", tmp_path / "journal")
    done = home.ledgerline("run", "--quiet", project=project)
    assert done.returncode == 1, done.stderr
    assert "rejected" in done.stderr


def test_half_a_line_of_the_journal_is_written_again(lived: Home, project: Path, tmp_path: Path) -> None:
    home = Home(tmp_path / "home", env=lived.env)
    shutil.copytree(lived.path, home.path)
    path = home.path / "state" / "journal" / "landed.jsonl"
    whole = path.read_bytes()
    assert [json.loads(line)["run"] for line in whole.splitlines()] == sorted(
        {run for (run,) in home.query("select distinct landed_run from ops.load_audit")}
    )
    for cut in (1, 100, len(whole.splitlines(keepends=True)[-1]) + 5):
        path.write_bytes(whole[:-cut])
        assert home.ledgerline("load", "--quiet", project=project).returncode == 0
        assert path.read_bytes() == whole, cut
    assert len(journal.read(home.settings)) == home.value("select count(*) from ops.load_audit")


def test_without_a_journal_nothing_is_touched(home: Home) -> None:
    home.put("a.csv", CSV)
    done = home.ledgerline("recover")
    assert (done.returncode, "`ledgerline run` lands" in done.stderr) == (1, True)


def _assert_same_marts(home: Home, expected: Home) -> None:
    """But for the id of an edit, which holds the number of its run."""
    leave_out = (*LOAD_IDS, "change_id")
    for schema, published in product(MARTS, (False, True)):
        found = home.export([schema], leave_out=leave_out, published=published)
        assert found == expected.export([schema], leave_out=leave_out, published=published), schema


def test_a_clock_that_jumps_changes_no_mart(lived: Home, project: Path, demo_home: Home, tmp_path: Path) -> None:
    """After each day's run the clock is a month behind for one; at the end it is put right."""
    home = Home(tmp_path / "home", env=lived.env)

    def at(instant: str, *command: str) -> subprocess.CompletedProcess[str]:
        environment = {name: value for name, value in home.environment.items() if name != "LEDGERLINE_AS_OF"}
        return subprocess.run(
            [sys.executable, "-m", "tests.support.clock", instant, *command],
            cwd=project,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def run(as_of: str, problems: int) -> None:
        done = at(as_of, "run", "--quiet")
        assert done.returncode == problems, done.stderr
        behind = at(as_of.replace("-11-", "-10-"), "run", "--quiet")
        assert behind.returncode == 0, behind.stderr

    _live(home, project, demo_home, run)
    # A clock that is behind the last run is named.
    assert at("2030-11-07T18:30:00Z", "doctor").stdout.count("which is yet to come") == 0
    assert at("2030-10-01T00:00:00Z", "doctor").stdout.count("set this machine's clock") == 1
    run_again = at("2030-11-07T18:00:00Z", "run", "--quiet")
    assert run_again.returncode == 0, run_again.stderr
    _assert_same_marts(home, lived)
    # The last run is the one that ran last, and nothing took less than no time.
    status = at("2030-11-07T18:30:00Z", "status", "--json")
    (job,) = [entry for entry in json.loads(status.stdout) if (entry["kind"], entry["job"]) == ("job", "run")]
    assert (job["runs"], job["status"]) == (7, "completed")
    # Half an hour, but for what either command takes to start; the runs of the clock that was behind are a month old.
    assert job["age_seconds"] == pytest.approx(1800, abs=300)
    assert home.value("select min(duration_ms) from ops.application_logs") > 0


def test_runs_started_together_end_as_one(lived: Home, project: Path, demo_home: Home, tmp_path: Path) -> None:
    home = Home(tmp_path / "home", env=lived.env)
    days = {"2030-11-05T18:00:00Z": 2, "2030-11-06T18:00:00Z": storms.size("runs_together"), "2030-11-07T18:00:00Z": 3}

    def run(as_of: str, problems: int) -> None:
        together = days[as_of]
        processes = [
            subprocess.Popen(
                [sys.executable, "-m", "loaders", "run", "--quiet"],
                cwd=project,
                env={**home.environment, "LEDGERLINE_AS_OF": as_of},
                stderr=subprocess.PIPE,
                text=True,
            )
            for _ in range(together)
        ]
        ended = [(process.communicate(timeout=600)[1], process.returncode) for process in processes]
        assert sorted(code for _, code in ended) == [0] * (together - problems) + [1] * problems, ended

    _live(home, project, demo_home, run)
    _assert_same_marts(home, lived)
    raw = _raw(home)
    assert {table: len(rows) for table, rows in raw.items()} == {
        table: len(rows) for table, rows in _raw(lived).items()
    }
