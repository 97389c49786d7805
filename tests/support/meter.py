"""What each area of the suite used: printed after the tests, beside its budget.

Seconds of wall clock are those of one worker, over the number of workers: on a quiet machine they are the share of
`make test`. CPU seconds hold on a busy machine too; those of a PostgreSQL server are not among them.
"""

from __future__ import annotations

import resource
from collections import defaultdict
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from tests.support import storms, warm

_last = [0.0]


def _cpu_seconds() -> float:
    """CPU seconds of this process and everything that it started and that has ended."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(each.ru_utime + each.ru_stime for each in used) + warm.cpu_seconds()


def area_of(item: pytest.Item) -> str:
    """The folder below tests/, or `postgresql` where a test asks for a server."""
    if "postgres" in getattr(item, "fixturenames", ()):
        return "postgresql"
    return Path(item.path).parent.name


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, Any]:
    report = yield
    now = _cpu_seconds()
    report.area, report.cpu_seconds = area_of(item), now - _last[0]
    _last[0] = now
    return report


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    workers = int(getattr(config.option, "numprocesses", None) or 1)
    wall: dict[str, float] = defaultdict(float)
    cpu: dict[str, float] = defaultdict(float)
    for reports in terminalreporter.stats.values():
        for report in reports:
            if hasattr(report, "cpu_seconds"):
                wall[report.area] += report.duration / workers
                cpu[report.area] += report.cpu_seconds
    terminalreporter.section("seconds of each area")
    for area in sorted(wall, key=lambda each: -wall[each]):
        budget = storms.BUDGETS.get(area)
        said = "" if budget is None else f" of {budget} s{', over its budget' if wall[area] > budget else ''}"
        terminalreporter.line(f"{area:<12}{wall[area]:>7.0f} s{said} ({cpu[area]:.0f} CPU seconds)")
