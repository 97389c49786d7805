"""The shared Square samples give the figures that their README expects, on DuckDB and on PostgreSQL alike."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from loaders.config import PROJECT_DIR
from tests.support.homes import Home
from tests.support.servers import clear, compare_marts

SAMPLES = PROJECT_DIR.parent / "shared" / "samples" / "square"
CLOCK = {"LEDGERLINE_AS_OF": "2026-03-15T19:00:00Z", "LEDGERLINE_REPORTING_TIMEZONE": "America/Los_Angeles"}


def _put_samples(home: Home) -> None:
    if not SAMPLES.is_dir():
        pytest.skip("the shared samples are not beside this checkout")
    for folder in SAMPLES.glob("org=*"):
        shutil.copytree(folder, home.path / "landing" / "square" / folder.name)


@pytest.fixture(scope="module")
def salons(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("square") / "home", env=CLOCK)
    _put_samples(home)
    done = home.ledgerline("refresh", "full")
    # Some of it is there to be refused.
    assert done.returncode == 1, done.stderr
    assert "build failed" not in done.stderr, done.stderr
    return home


def test_every_row_is_landed_refused_or_a_duplicate(salons: Home) -> None:
    assert salons.query(
        "select rows_read, rows_landed, rows_rejected, rows_duplicate from ops.load_audit"
        " where source_file like '%demo_rejects%' order by source_file"
    ) == [(5, 1, 3, 1), (2, 1, 1, 0)]
    assert salons.query(
        "select count(*), sum(rows_read), sum(rows_landed) from ops.load_audit where source_file not like '%rejects%'"
    ) == [(26, 140, 140)]
    assert salons.query("select reason_code from ops.rejected_rows order by source_file, source_row") == [
        ("bad_json_line",),
        ("missing_field",),
        ("bad_timestamp",),
        ("bad_money",),
    ]
    assert salons.query("select reason_code from ops.quarantined_files order by source_file") == [
        ("bad_header",),
        ("api_error_page",),
    ]


@pytest.mark.parametrize(
    ("mart", "rows"),
    [
        ("customer_analytics", (36, 3, 0)),
        ("analytics_appointments_by_location_daily", (25, 1, 1)),
        ("analytics_revenue_by_location_daily", (12, 3, 1)),
        ("analytics_overview_daily", (24, 4, 1)),
        ("referral_analytics_daily", (3, 0, 0)),
        ("revenue_bridge", (30, 30, 10)),
        ("customer_segment_transitions", (54, 1, 0)),
        ("customer_identity_groups", (41, 3, 0)),
        ("booking_changes", (1, 0, 0)),
    ],
)
def test_marts_have_as_many_rows(salons: Home, mart: str, rows: tuple[int, int, int]) -> None:
    found = dict(salons.query(f"select organization_id, count(*) from appointments.{mart} group by 1"))
    assert tuple(found.get(name, 0) for name in ("demo_salon", "demo_studio", "demo_rejects")) == rows


def test_segments_types_and_slots(salons: Home) -> None:
    def counted(column: str) -> dict[str, int]:
        return dict(
            salons.query(
                f"select {column}, count(*) from appointments.customer_analytics"
                " where organization_id = 'demo_salon' group by 1"
            )
        )

    assert counted("customer_segment") == {"NEW": 8, "ACTIVE": 4, "AT_RISK": 4, "LOST": 3, "NEVER_VISITED": 17}
    assert counted("customer_type") == {"SALON_CLIENT": 24, "RETAIL": 9, "STUDENT": 1, "POTENTIAL": 2}
    assert salons.query(
        "select sum(appointments_count), sum(bookings_count), sum(cancelled_appointments), sum(upcoming_appointments),"
        " sum(new_customers) from appointments.analytics_appointments_by_location_daily"
        " where organization_id in ('demo_salon', 'demo_studio') group by organization_id order by organization_id"
    ) == [(35, 34, 1, 3, 21), (2, 1, 0, 0, 1)]


def test_the_bridge_ties(salons: Home) -> None:
    def lines(organization: str) -> list[int]:
        return [
            cents
            for (cents,) in salons.query(
                "select sum(amount_cents) from appointments.revenue_bridge where organization_id = ? and line_no <= 80"
                " group by line_no order by line_no",
                organization,
            )
        ]

    assert lines("demo_salon") == [123_725, -20_600, -3_900, -15_000, 84_225, -3_400, 80_825, 900]
    assert lines("demo_studio") == [131_400, -2_500, -1_700, -20_000, 107_200, 0, 107_200, 0]
    assert salons.query(
        "select team_member_id, sum(revenue_cents) from appointments.analytics_team_member_performance_daily"
        " where organization_id = 'demo_salon' group by 1 order by 1"
    ) == [("TM_ANA", 22_000), ("TM_BEA", 0), ("UNASSIGNED", 62_225)]


@pytest.mark.parametrize(
    ("customer", "columns", "expected"),
    [
        (
            "E04B",
            "late_cancellations, cancellation_rate::varchar, retained_30d, retained_60d",
            (1, "0.5000", False, None),
        ),
        (
            "E10B",
            "total_revenue_cents, gift_cards_redeemed_cents, service_order_visits, first_visit_at, customer_segment",
            (4000, 4000, 1, None, "NEVER_VISITED"),
        ),
        ("E10C", "total_revenue_cents, gift_cards_bought_cents, gross_revenue_cents", (9000, 5000, 14000)),
        ("E12A", "total_revenue_cents, total_payments, avg_ticket_cents, total_visits", (8000, 2, 4000, 1)),
        (
            "E13A",
            "total_visits, booking_visits, service_order_visits, total_revenue_cents, total_tips_cents",
            (2, 1, 1, 11000, 1300),
        ),
        (
            "E15B",
            "canonical_group_size, total_visits, expected_next_visit_date::varchar, is_overdue",
            (3, 2, "2026-03-10", True),
        ),
        ("E16D", "canonical_group_size, total_visits, total_revenue_cents, customer_segment", (4, 2, 6000, "LOST")),
        (
            "E17",
            "avg_days_between_visits::varchar, median_days_between_visits::varchar, expected_next_visit_date::varchar,"
            " is_overdue, prebook_rate::varchar, json_array_length(booking_notes)",
            ("45.00", "45.00", "2026-04-04", False, "0.3333", 1),
        ),
        (
            "R1",
            "is_referrer, total_referrals, total_rewards_cents, referral_revenue_generated_cents",
            (True, 1, 1000, 7500),
        ),
        ("R2", "referral_source, total_revenue_cents", ("nell10", 7500)),
        ("CSV1", "total_revenue_cents, total_tips_cents, refunded_cents, service_order_visits", (3000, 900, 1500, 1)),
        ("CSV2", "total_revenue_cents, gift_cards_bought_cents, customer_type", (100000, 20000, "STUDENT")),
    ],
)
def test_some_people_are_who_they_are(salons: Home, customer: str, columns: str, expected: tuple[object, ...]) -> None:
    assert salons.query(
        f"select {columns} from appointments.customer_analytics where square_customer_id = ?", customer
    ) == [expected]


def test_a_day_of_the_overview(salons: Home) -> None:
    assert salons.query(
        "select total_revenue_cents, payment_count, avg_ticket_dollars::varchar, appointments_count, unique_customers,"
        " new_customers_count, referral_revenue_cents, total_customers_with_bookings, rebooking_rate::varchar"
        " from appointments.analytics_overview_daily where organization_id = 'demo_salon' and date = '2026-03-04'"
    ) == [(10000, 2, "50.00", 2, 1, 1, 7500, 16, "0.4375")]
    # Brooklyn time: the visit is on the 8th, the payment on the 9th, and a late evening is not the next day.
    assert salons.query(
        "select date::varchar, total_revenue_cents, appointments_count from appointments.analytics_overview_daily"
        " where organization_id = 'demo_studio' order by date"
    ) == [("2026-01-31", 3000, 0), ("2026-02-02", 100000, 0), ("2026-03-08", 0, 1), ("2026-03-09", 4200, 0)]


@pytest.mark.slow
def test_postgres_gives_the_same_rows(salons: Home, tmp_path: Path, postgres: dict[str, str]) -> None:
    """First in two runs, the second recent, then compared with one full run on DuckDB."""
    home = Home(tmp_path / "home", env={**CLOCK, **postgres, "LEDGERLINE_TARGET": "postgres"})
    clear(postgres)
    _put_samples(home)
    late = home.path / "late"
    (home.path / "landing" / "square" / "org=demo_salon" / "bookings").rename(late)
    for mode in ("recent", "recent"):
        done = home.ledgerline("refresh", mode)
        assert "build failed" not in done.stderr, done.stderr
        if late.exists():
            late.rename(home.path / "landing" / "square" / "org=demo_salon" / "bookings")
    assert compare_marts(postgres, salons, ["appointments"]) == 12
