"""A run to which something happens, repeated, gives what an undisturbed run gives: at every named point of it.

Killed, told to end, or on a full disk.
"""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from tests.support import reports, storms
from tests.support.homes import ENDED, LOAD_IDS, Home, project_of
from tests.support.reports import PAGE

pytestmark = pytest.mark.slow

FAULTS = tuple(fault for fault in ENDED if fault != "interrupt")
# Points of a load, with how often each is passed while the files below land; of `committing` the milliseconds, in which
# the transaction commits and the file is brought up to date.
LOAD_POINTS = {
    "before-raw": 1,
    "raw-half-written": 12,
    "between-books": 3,
    "uncommitted": 1,
    "committing": 20,
    "all-written": 1,
}
RUN_POINTS = {"building": 60, "built": 1, "before-swap": 15, "published": 1}


def _strikes(points: dict[str, int], point: str, times: int) -> list[tuple[str, int]]:
    """What happens and at which pass of a point: each fault in turn, from the first pass to the last, none twice.

    The next point begins with the next fault: where each is struck once, every fault strikes somewhere.
    """
    passes, first = points[point], list(points).index(point)
    times = min(times, passes * len(FAULTS))
    return [
        (FAULTS[(first + number) % len(FAULTS)], (2 * number + 1) * passes // (2 * times) + 1)
        for number in range(times)
    ]


def test_every_fault_strikes_somewhere_and_in_soak_everywhere() -> None:
    for points, storm in ((LOAD_POINTS, "kills_of_a_load"), (RUN_POINTS, "kills_of_a_run")):
        sampled, whole = storms.SIZES[storm]
        assert {fault for point in points for fault, _ in _strikes(points, point, sampled)} == set(FAULTS)
        for point, passes in points.items():
            struck = _strikes(points, point, whole)
            assert len(struck) == len(set(struck)) == min(whole, passes * len(FAULTS))


def _fill(home: Home) -> None:
    for day in (1, 2, 3):
        home.put(f"{day}.pdf", reports.sales(replace(PAGE, run_at=datetime(2030, 10, day, 5, 0))))
    home.put("types.pdf", reports.price_types())
    home.put("broken.pdf", b"not a report")
    home.put(
        "history.csv",
        "performance_code,snapshot_date,single_tickets_sold,subscription_tickets_sold,total_revenue\n"
        "301115E,2030-09-04,1,2,3.00\n301116E,2030-09-04,x,2,3.00\n",
    )
    home.put("metadata/plan.csv", "performance_code,capacity,venue\n301115E,1600,Main Hall\n")


@pytest.fixture(scope="module")
def box_office() -> Path:
    """A copy of the project with one domain: a kill is a kill, however much is built."""
    return project_of("box_office")


@pytest.fixture(scope="module")
def undisturbed(box_office: Path, tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("undisturbed") / "home", env={"PYTHONPATH": str(box_office)})
    _fill(home)
    done = home.ledgerline("run", "--quiet", project=box_office)
    assert done.returncode == 1, done.stderr  # one broken file and one rejected row
    return home


@pytest.mark.parametrize("point", LOAD_POINTS)
def test_a_killed_load_repeated_converges(point: str, undisturbed: Home, tmp_path: Path) -> None:
    expected = undisturbed.export(["raw_box_office"])
    books = undisturbed.export(["ops"], leave_out=LOAD_IDS)
    for fault, count in _strikes(LOAD_POINTS, point, storms.size("kills_of_a_load")):
        home = Home(tmp_path / f"{fault}_{count}")
        _fill(home)
        home.struck(point, count, "load", "--quiet", fault=fault)
        # A file's rows are there with its books, or not at all.
        assert (
            home.query(
                "select distinct _source_file from raw_box_office.performance_sales_rows"
                " where _source_hash not in (select source_hash from ops.load_audit)"
            )
            == []
        ), (point, fault, count)
        # New data comes before the repeat: it is read in the same run.
        home.put("late.pdf", reports.renewals())
        done = home.ledgerline("load", "--quiet")
        assert done.returncode in (0, 1), done.stderr
        assert home.value("select count(*) from raw_box_office.package_renewal_rows") == 4
        found = home.export(["raw_box_office"], where="_source_file <> 'box_office/late.pdf'")
        for table, rows in expected.items():
            assert found[table] == rows, (point, fault, count, table)
        for table in ("ops.load_audit", "ops.rejected_rows", "ops.quarantined_files"):
            lines = home.export(["ops"], leave_out=LOAD_IDS)[table]
            assert [line for line in lines if "late.pdf" not in line] == books[table], (point, fault, count)
        statuses = [row[0] for row in home.query("select status from ops.application_logs order by run_number")]
        assert statuses == ["crashed", "completed"], (fault, count)


@pytest.mark.parametrize("point", RUN_POINTS)
def test_a_killed_run_publishes_all_or_nothing_and_its_repeat_converges(
    point: str, undisturbed: Home, box_office: Path, tmp_path: Path
) -> None:
    expected = undisturbed.export(["box_office"], published=True)
    for fault, count in _strikes(RUN_POINTS, point, storms.size("kills_of_a_run")):
        home = Home(tmp_path / "home", env={"PYTHONPATH": str(box_office)})
        shutil.rmtree(home.path, ignore_errors=True)
        # The manifest of the undisturbed run saves each attempt a parse.
        shutil.copytree(undisturbed.path / "state" / "dbt", home.path / "state" / "dbt")
        _fill(home)
        home.struck(point, count, "run", "--quiet", fault=fault, project=box_office)
        if point != "published":
            assert not home.published.exists()
            refused = home.ledgerline("publish", project=box_office)
            assert (refused.returncode == 0) == (point in ("built", "before-swap")), refused.stderr
        done = home.ledgerline("run", "--quiet", project=box_office)
        assert done.returncode in (0, 1), done.stderr
        assert home.export(["box_office"], published=True) == expected, (point, fault, count)


@pytest.mark.parametrize("point", ["between-books", "building"])
def test_an_interrupted_run_says_so_in_one_line_and_its_repeat_goes_on(
    point: str, undisturbed: Home, box_office: Path, tmp_path: Path
) -> None:
    home = Home(tmp_path / "home", env={"PYTHONPATH": str(box_office)})
    _fill(home)
    said = home.struck(point, 2, "run", "--quiet", fault="interrupt", project=box_office)
    assert said.splitlines()[-1].startswith("ledgerline: interrupted")
    assert not home.published.exists()
    assert home.value("select status from ops.application_logs") == "failed"
    assert home.ledgerline("run", "--quiet", project=box_office).returncode in (0, 1)
    expected = undisturbed.export(["box_office"], published=True)
    assert home.export(["box_office"], published=True) == expected
