"""The same reports in any order, split over any number of runs, twice, renamed, give the same marts to the byte.

Random schedules share one warehouse as tenants, so that one build proves them all; each is compared with one that
landed everything in a single run.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loaders.samples.printed_reports import Page, Sold
from tests.support import reports, storms
from tests.support.homes import LOAD_IDS, Home, project_of
from tests.support.reports import PACKAGES, PAGE, PRODUCTIONS, SECTIONS, SHOW

pytestmark = pytest.mark.slow

SCHEDULES = storms.size("schedules_of_reports")
RUNS = 4


def _changed(sold: int) -> bytes:
    show = replace(SHOW, single=Sold(sold, Decimal(31400)), available=590 + 580 - sold)
    return reports.sales(
        Page(datetime(2030, 11, 3, 5, 0), request=900_000 + sold), [replace(PRODUCTIONS[0], shows=[show])]
    )


# Mornings of one, two and three runs; ties in run time told apart by request and by hash; every kind.
FILES: dict[str, bytes] = {
    "0.pdf": reports.sales(),
    "1.pdf": reports.sales(replace(PAGE, run_at=datetime(2030, 11, 4, 14, 15), request=900_005)),
    "2.pdf": reports.sales(replace(PAGE, run_at=datetime(2030, 11, 5, 5, 0), historical_date="2030-11-04")),
    "3.pdf": _changed(570),
    "4.pdf": _changed(571),
    "5.pdf": _changed(571) + b"\n%another file",
    "6.pdf": reports.price_types(),
    "7.pdf": reports.price_types(replace(PAGE, run_at=datetime(2030, 11, 4, 15, 0))),
    "8.pdf": reports.package_sales(),
    "9.pdf": reports.renewals(),
    "10.pdf": reports.renewals(replace(PAGE, created="D:20301104090000-06'00'"), {"30-31 SY Pops": PACKAGES}),
    "11.pdf": reports.renewals(replace(PAGE, run_at=datetime(2030, 10, 28, 5, 0), ticket_price_only="No"), SECTIONS),
}


@dataclass(frozen=True)
class Schedule:
    """For each run the files it finds: (file, the name it has there)."""

    runs: Sequence[Sequence[tuple[str, str]]]


@st.composite
def schedules(draw: st.DrawFn) -> Schedule:
    order = draw(st.permutations(sorted(FILES)))
    runs: list[list[tuple[str, str]]] = [[] for _ in range(RUNS)]
    for name in order:
        for number in draw(st.lists(st.integers(0, RUNS - 1), min_size=1, max_size=2)):
            new_name = draw(st.sampled_from(["", "a", "z", "Ä "])) + draw(st.sampled_from(["", "again "])) + name
            runs[number].append((name, new_name))
    return Schedule(runs)


def _drawn(count: int) -> list[Schedule]:
    found: list[Schedule] = []

    @settings(max_examples=count, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(schedules())
    def collect(schedule: Schedule) -> None:
        found.append(schedule)

    collect()
    return found[:count]


def test_marts_do_not_depend_on_how_reports_arrived(home: Home) -> None:
    home.project = project_of("box_office")
    drawn = _drawn(SCHEDULES)
    for name, content in FILES.items():
        home.put(f"org=reference/{name}", content)
    kill = random.Random(7)
    for number in range(RUNS):
        for index, schedule in enumerate(drawn):
            for name, new_name in schedule.runs[number]:
                home.put(f"org=tenant_{index}/{new_name}", FILES[name])
        if number in (1, 2):
            # One of these runs is killed on its way and repeated.
            home.struck(kill.choice(["raw-half-written", "uncommitted"]), 1, "load", "--quiet")
        outcome = home.load()
        assert outcome.problems == []
    done = home.ledgerline("build", "--exclude-resource-type", "unit_test", "--quiet")
    assert done.returncode == 0, done.stdout + done.stderr

    ignored = (*LOAD_IDS, "organization_id", "source_file")
    expected = home.export(["box_office"], leave_out=ignored, where="organization_id = 'reference'")
    assert len(expected["box_office.performance_sales_snapshots"]) == 4
    assert len(expected["box_office.subscription_renewal_snapshots"]) == 10
    for index, schedule in enumerate(drawn):
        found = home.export(["box_office"], leave_out=ignored, where=f"organization_id = 'tenant_{index}'")
        assert found == expected, schedule


@pytest.mark.parametrize(
    "env",
    [
        {"TZ": "Asia/Tokyo", "LEDGERLINE_THREADS": "1", "LEDGERLINE_WORKERS": "1"},
        {"TZ": "America/Los_Angeles", "LEDGERLINE_THREADS": "8", "LANG": "C", "PYTHONHASHSEED": "7"},
    ],
)
def test_marts_do_not_depend_on_the_machine(demo_home: Home, tmp_path: Path, env: dict[str, str]) -> None:
    from loaders.samples.demo import write_box_office  # noqa: PLC0415

    home = Home(tmp_path / "home", env=env, project=project_of("box_office"))
    write_box_office(home.path / "landing" / "box_office")
    done = home.ledgerline("run", "--quiet")
    assert done.returncode == 0, done.stdout + done.stderr
    assert home.export(["box_office"], published=True) == demo_home.export(["box_office"], published=True)


def test_a_second_build_changes_no_byte(demo_copy: Home, demo_home: Home) -> None:
    done = demo_copy.ledgerline("run", "--quiet", project=project_of("box_office"))
    assert done.returncode == 0, done.stderr
    assert demo_copy.export(["box_office"], leave_out=()) == demo_home.export(["box_office"], leave_out=())
