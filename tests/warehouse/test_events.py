"""Events: the past never changes, an incremental build equals a full one, and the shared samples give their figures."""

from __future__ import annotations

import json
import shutil
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest

from loaders.config import PROJECT_DIR
from loaders.samples import festival
from loaders.samples.demo import AS_OF as DEMO_AS_OF
from tests.drawn.histories import RUNS, as_of, history
from tests.support.homes import FUNNEL, Home, copy_project, project_of

SAMPLES = PROJECT_DIR.parent / "shared" / "samples" / "ticketing"
FIRST, SECOND = "2025-03-07T12:00:00Z", "2025-03-09T12:00:00Z"
HISTORIES = 24
# What was spent on ads is the funnel's.
EVENTS = ("events", "ticketing", *FUNNEL)
# Words nobody knows warn and stop nothing.
BUILD = (
    "build",
    "--exclude-resource-type",
    "unit_test",
    "--select",
    "+path:models/marts/events",
    "path:tests/data/ops",
)


def _build(home: Home, clock: str, *arguments: str) -> dict[str, list[str]]:
    done = home.ledgerline(*BUILD, *arguments, LEDGERLINE_AS_OF=clock)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return home.export(["events"])


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, list[dict[str, list[str]]]]:
    """A home that lived through every run of many histories, and its marts after each."""
    home = Home(tmp_path_factory.mktemp("lived") / "home", project=project_of(*EVENTS))
    exports = []
    histories = [history(seed, late=seed % 3 == 0) for seed in range(HISTORIES)]
    for run in range(RUNS):
        for files in histories:
            for name, content in files[run].items():
                home.put(f"run_{run}/{name}", content, "ticketing")
        home.ledgerline("load", "--quiet", LEDGERLINE_AS_OF=as_of(run))
        exports.append(_build(home, as_of(run)))
    return home, exports


@pytest.mark.slow
def test_the_histories_hold_what_they_are_to_prove(lived: tuple[Home, list[dict[str, list[str]]]]) -> None:
    home, _ = lived
    kinds = dict(home.query("select entry_kind, count(*) from events.event_money_ledger group by 1"))
    assert set(kinds) == {"sale", "fee", "adjustment", "refund", "cancellation"}
    assert min(kinds.values()) > 5
    states = {state for (state,) in home.query("select distinct status from events.ticket_orders")}
    assert states == {"valid", "pending", "cancelled", "refunded", "partially_refunded", "unknown"}
    assert home.value("select count(distinct platform) from events.tickets where status = 'void'") == 4
    assert home.value("select count(*) from events.unmatched_ticketing_events") > 0
    assert home.value("select count(*) from ops.rejected_rows") == 0


@pytest.mark.slow
def test_an_incremental_build_equals_a_full_one(lived: tuple[Home, list[dict[str, list[str]]]], tmp_path: Path) -> None:
    home, exports = lived
    shutil.copytree(home.path, tmp_path / "home")
    copy = Home(tmp_path / "home", project=project_of(*EVENTS))
    # There and back again: a look at the past in between must leave no trace.
    _build(copy, as_of(1))
    assert _build(copy, as_of(RUNS - 1)) == exports[-1]
    done = copy.ledgerline(*BUILD[:3], "--select", "+tag:live", LEDGERLINE_AS_OF=as_of(RUNS - 1))
    assert done.returncode == 0, done.stdout[-3000:]
    assert copy.export(["events"]) == exports[-1]
    assert _build(copy, as_of(RUNS - 1), "--full-refresh") == exports[-1]


@pytest.mark.slow
def test_the_past_is_rebuilt_as_it_was(lived: tuple[Home, list[dict[str, list[str]]]], tmp_path: Path) -> None:
    """With today's raw data and an earlier clock every mart says what it said then, but for what landed late."""
    home, exports = lived
    shutil.copytree(home.path, tmp_path / "home")
    copy = Home(tmp_path / "home", project=project_of(*EVENTS))
    on_time = tuple(f"'t{seed}'" for seed in range(HISTORIES) if seed % 3)
    for run in (0, 2):
        rebuilt = _build(copy, as_of(run))
        assert set(rebuilt) == set(exports[run])
        for mart, rows in rebuilt.items():
            expected = [row for row in exports[run][mart] if any(tenant in row for tenant in on_time)]
            found = [row for row in rows if any(tenant in row for tenant in on_time)]
            assert found == expected, mart


@pytest.mark.slow
def test_the_ledger_only_grows(lived: tuple[Home, list[dict[str, list[str]]]]) -> None:
    _, exports = lived
    on_time = tuple(f"'t{seed}'" for seed in range(HISTORIES) if seed % 3)
    for earlier, later in pairwise(exports):
        mart = "events.event_money_ledger"
        kept = {row for row in earlier[mart] if any(tenant in row for tenant in on_time)}
        assert kept
        assert kept <= set(later[mart])


@pytest.mark.slow
def test_an_edited_rule_reaches_every_row(tmp_path: Path) -> None:
    """A word, an answer, a definition or the SQL itself: after a change an incremental build equals a full one."""
    project = copy_project(tmp_path / "project", only=EVENTS)
    home = Home(tmp_path / "home", env={"PYTHONPATH": str(project), "LEDGERLINE_AS_OF": DEMO_AS_OF})
    for name, content in festival.files().items():
        home.put(name, content, "ticketing")

    def build(*arguments: str) -> dict[str, list[str]]:
        done = home.ledgerline(*BUILD, *arguments, project=project)
        assert done.returncode == 0, done.stdout[-3000:]
        return home.export(["events"])

    assert home.ledgerline("load", "--quiet", project=project).returncode == 0
    before = build()
    for path, old, new, changed in (
        (
            "seeds/events/seed_ticketing_statuses.csv",
            "order,pending,pending",
            "order,pending,valid",
            True,
        ),
        ("seeds/events/seed_demographic_answers.csv", "gender,female,female", "gender,female,other", True),
        ("models/intermediate/events/int_tickets_settled.sql", "is_admission, true)", "is_admission, false)", True),
        ("macros/ticketing.sql", "lower({{ ledgerline.trimmed(", "lower( {{ ledgerline.trimmed(", False),
        # A column more, in a table that is kept.
        (
            "models/intermediate/events/int_tickets_settled.sql",
            "typed.checked_in_at\n",
            "typed.checked_in_at,\n        1 as one\n",
            False,
        ),
    ):
        text = (project / path).read_text()
        assert old in text
        (project / path).write_text(text.replace(old, new))
        after = build()
        assert (after != before) is changed, path
        assert build("--full-refresh") == after, path
        before = after
    events = home.path / "landing" / "ticketing" / "events.csv"
    home.put("moved.csv", events.read_bytes().replace(b"Europe/Berlin", b"Pacific/Auckland"), "ticketing")
    assert home.ledgerline("load", "--quiet", project=project).returncode == 0
    after = build()
    assert after != before
    assert build("--full-refresh") == after


@pytest.fixture(scope="module")
def samples() -> Path:
    if not SAMPLES.is_dir():
        pytest.skip("the shared ticketing samples are not beside this checkout")
    return SAMPLES


@pytest.fixture(scope="module")
def sampled(samples: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, dict[str, list[str]]]:
    """The samples' two runs, and the marts after the first."""
    home = Home(tmp_path_factory.mktemp("samples") / "home", project=project_of(*EVENTS))
    exports = {}
    for folder, clock in (("first", FIRST), ("second", SECOND)):
        shutil.copytree(samples / folder, home.path / "landing" / "ticketing" / folder)
        done = home.ledgerline("load", "--quiet", LEDGERLINE_AS_OF=clock)
        assert done.returncode == (1 if folder == "first" else 0), done.stderr
        exports[folder] = _build(home, clock)
    return home, exports["first"]


def test_the_samples_books_are_as_their_readme_says(sampled: tuple[Home, dict[str, list[str]]]) -> None:
    home, _ = sampled
    assert home.query("select reason_code, count(*) from ops.rejected_rows group by 1 order by 1") == [
        ("bad_amount", 2),
        ("bad_json", 1),
        ("bad_timezone", 1),
        ("naive_timestamp", 1),
    ]
    assert home.query("select reason_code, message like '%amount%' from ops.quarantined_files order by 1") == [
        ("event_unknown", False),
        ("missing_column", True),
        ("unknown_kind", False),
    ]
    assert home.query(
        "select sum(rows_read), sum(rows_landed), sum(rows_rejected), sum(rows_duplicate) from ops.load_audit"
    ) == [(67 + 38, 62 + 20, 5, 18)]


def test_the_second_samples_give_their_figures(sampled: tuple[Home, dict[str, list[str]]]) -> None:
    home, _ = sampled
    assert home.query(
        "select event_key, total_sales_current, total_sales_previous, total_sales_trend, tickets_sold,"
        " tickets_percentage, tickets_pending, fee_amount, days_to_event from events.event_overview order by 1"
    ) == [
        ("kumo-night-2025", Decimal("13500.00"), None, None, 4, None, 0, Decimal("162.00"), 23),
        ("lantern-gala-2024", Decimal("40000.00"), None, None, 800, Decimal("80.0"), 0, Decimal("0.00"), -337),
        (
            "lantern-gala-2025",
            *(Decimal("42000.00"), Decimal("38400.00"), Decimal("9.3"), 840, Decimal("70.0"), 4, Decimal("0.00"), 27),
        ),
        ("lantern-lab-2025", Decimal("115.00"), None, None, 3, Decimal("2.0"), 1, Decimal("0.00"), 62),
        ("lantern-loft-2025", Decimal("120.00"), None, None, 5, Decimal("6.2"), 0, Decimal("10.92"), 11),
    ]
    assert home.query("select entry_kind, count(*) from events.event_money_ledger group by 1 order by 1") == [
        ("fee", 6),
        ("refund", 4),
        ("sale", 34),
    ]
    assert home.query("select status, count(*) from events.ticket_orders group by 1 order by 1") == [
        ("cancelled", 1),
        ("partially_refunded", 1),
        ("pending", 2),
        ("refunded", 3),
        ("valid", 29),
    ]
    assert home.query("select status, count(*) from events.tickets group by 1 order by 1") == [
        ("pending", 5),
        ("valid", 1654),
        ("void", 5),
    ]
    assert home.query(
        "select date, amount_to_date, reported_amount_to_date, late_amount from events.event_overview_days"
        " where event_key = 'lantern-lab-2025' and cast(date as varchar) = '2025-03-08'"
    ) == [(home.value("select date '2025-03-08'"), Decimal("115.00"), Decimal("155.00"), Decimal("-40.00"))]
    assert home.query(
        "select event_key, check_name, drift from events.event_reconciliation where status = 'drift' order by 1, 2"
    ) == [
        ("lantern-gala-2025", "tickets_vs_counter", Decimal("4.00")),
        ("lantern-lab-2025", "missing_from_latest_export", Decimal("-2.00")),
    ]
    assert home.query("select event_key, count(*) from events.view_event_daily_sales group by 1 order by 1") == [
        ("kumo-night-2025", 4),
        ("lantern-gala-2024", 389),
        ("lantern-gala-2025", 18),
        ("lantern-lab-2025", 9),
        ("lantern-loft-2025", 10),
    ]


def test_the_first_samples_come_back_with_their_clock(
    sampled: tuple[Home, dict[str, list[str]]], tmp_path: Path
) -> None:
    home, first = sampled
    shutil.copytree(home.path, tmp_path / "home")
    copy = Home(tmp_path / "home", project=project_of(*EVENTS))
    assert _build(copy, FIRST) == first
    (payload,) = copy.query("select payload from events.event_overview where event_key = 'lantern-gala-2025'")[0]
    assert json.loads(payload) == {
        "totalSales": {"current": 42100.00, "previous": 37400.00, "trend": 12.5},
        "ticketsSold": {"sold": 842, "total": 1200, "percentage": 70.1},
        "demographics": {
            "gender": {"male": 45, "female": 52, "other": 3},
            "age": {"18-24": 30, "25-34": 50, "35+": 20},
        },
        "salesVelocity": {"current": 5, "status": "peak"},
    }
    assert copy.query(
        "select total_sales_current, net_sales_amount, tickets_sold, tickets_percentage, tickets_complimentary"
        " from events.event_overview where event_key = 'lantern-loft-2025'"
    ) == [(Decimal("145.00"), Decimal("131.35"), 6, Decimal("7.5"), 1)]
    assert copy.query("select platform, source_event_ref, rows_count from events.unmatched_ticketing_events") == [
        ("native", "lantern-secret-2025", 1)
    ]
    assert copy.query("select status, count(*) from events.ticket_orders group by 1 order by 1") == [
        ("pending", 4),
        ("valid", 32),
    ]
    assert copy.query(
        "select list(amount order by date), list(tickets order by date) from events.event_timeline"
        " where event_key = 'lantern-gala-2025' and timeline_range = '7d'"
    ) == [([Decimal(amount) for amount in (0, 11700, 0, 0, 10000, 0, 400)], [0, 234, 0, 0, 200, 0, 8])]
