"""A warehouse that broke, made anew of landing/ and the journal: the marts are those of an undisturbed home."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from loaders import journal
from tests.homes import LOAD_IDS, Home, copy_project

CSV = "performance_code,snapshot_date,single_tickets_sold,subscription_tickets_sold,total_revenue\n"
RAW = ("raw_box_office", "raw_cruva", "raw_loyalty", "ops")
MARTS = ("box_office", "creators")
# What is told of this machine's clock, and of the commands themselves.
LEFT_OUT = (*(name for name in LOAD_IDS if not name.endswith("landed_run")), "_dlt_id")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_project(
        tmp_path_factory.mktemp("project") / "project", only=("box_office", "creators", "cruva", "loyalty")
    )


@pytest.fixture(scope="module")
def lived(project: Path, tmp_path_factory: pytest.TempPathFactory, demo_home: Home) -> Home:
    """A home of two sources that ran four times: late files, an edit, a bad file, a day later each."""
    home = Home(tmp_path_factory.mktemp("lived") / "home", env={"PYTHONPATH": str(project)})
    landing = home.path / "landing"
    shutil.copytree(demo_home.path / "landing" / "loyalty", landing / "loyalty")
    for name in ("box_office", "cruva"):
        files = sorted(path for path in (demo_home.path / "landing" / name).rglob("*") if path.is_file())
        for path in files[::2]:
            target = landing / path.relative_to(demo_home.path / "landing")
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, target)
    _run(home, project, "2030-11-05T18:00:00Z")
    done = home.ledgerline("edit", "performance", "301018E", "--capacity", "1234", project=project)
    assert done.returncode == 0, done.stderr
    for path in files[1::2]:
        target = landing / path.relative_to(demo_home.path / "landing")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, target)
    home.put("bad.csv", CSV + "301018E,2030-13-01,1,2,3\n")
    _run(home, project, "2030-11-06T18:00:00Z", problems=True)
    home.put("copy-of-bad.csv", CSV + "301018E,2030-13-01,1,2,3\n")
    home.put("late.csv", CSV + "301018E,2029-09-01,1,2,3.00\n")
    _run(home, project, "2030-11-07T18:00:00Z")
    return home


def _run(home: Home, project: Path, as_of: str, *, problems: bool = False) -> None:
    done = home.ledgerline("run", "--quiet", project=project, LEDGERLINE_AS_OF=as_of)
    assert done.returncode == int(problems), done.stderr


def _raw(home: Home) -> dict[str, list[str]]:
    kept = home.export(RAW, leave_out=LEFT_OUT)
    return {
        table: rows
        for table, rows in kept.items()
        if table not in ("ops.application_logs", "ops.builds", "ops.test_results", "ops.data_quality", "ops.job_status")
    }


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
