"""The twelve sanity checks and the invariants of creators and funnel: each defect is made, and its check names it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import duckdb
import pytest

from loaders.building import dbt
from loaders.config import export, load_settings
from tests.support.homes import Home

# Number of the check, the defect, and the test that must fail; others may notice it too.
DEFECTS = {
    "1 a column has another name": (
        "alter table appointments.customer_analytics rename preferred_hour_local to favourite_hour",
        "assert_customer_analytics_has_its_84_columns",
    ),
    "1 a column has another type": (
        "alter table appointments.customer_analytics alter preferred_weekday type bigint",
        "assert_customer_analytics_has_its_84_columns",
    ),
    "2 a person is lost": (
        "delete from appointments.customer_analytics where square_customer_id = 'CUST_01'",
        "assert_customer_analytics_has_a_row_per_person",
    ),
    "2 an alias is a row": (
        "insert into appointments.customer_analytics"
        " select * replace ('CUST_47' as square_customer_id) from appointments.customer_analytics"
        " where square_customer_id = 'CUST_46'",
        "assert_customer_analytics_has_a_row_per_person",
    ),
    "3 a ghost": (
        "insert into appointments.customer_analytics"
        " select * replace ('GHOST' as square_customer_id) from appointments.customer_analytics"
        " where square_customer_id = 'CUST_46'",
        "assert_every_person_has_something_behind_them",
    ),
    "4 a lost one passes for active": (
        "update appointments.customer_analytics set customer_segment = 'ACTIVE' where customer_segment = 'LOST'",
        "assert_segments_follow_from_the_visits",
    ),
    "4 a walk-in passes for nobody": (
        "update appointments.customer_analytics set visit_segment = 'NEVER_VISITED' where visit_segment = 'LOST'",
        "assert_segments_follow_from_the_visits",
    ),
    "5 an average is off by one": (
        "update appointments.customer_analytics set avg_ticket_cents = avg_ticket_cents + 1"
        " where square_customer_id = 'CUST_01'",
        "assert_average_tickets_follow_from_their_parts",
    ),
    "6 a first booking is gone": (
        "update appointments.customer_analytics set first_booking_at = null where square_customer_id = 'CUST_01'",
        "assert_first_bookings_are_the_earliest",
    ),
    "7 a referrer is none": (
        "update appointments.customer_analytics set is_referrer = not is_referrer where square_customer_id = 'CUST_01'",
        "assert_referrals_are_recounted",
    ),
    "8 a day is lost": (
        "delete from appointments.analytics_appointments_by_location_daily where date ="
        " (select max(date) from appointments.analytics_appointments_by_location_daily)",
        "assert_every_day_with_bookings_has_its_slots",
    ),
    "9 a no-show too many": (
        "update appointments.customer_analytics set total_no_shows = total_no_shows + 1"
        " where square_customer_id = 'CUST_01'",
        "assert_no_shows_are_counted",
    ),
    "10 a cancellation too many": (
        "update appointments.customer_analytics set total_cancelled_by_seller = total_cancelled_by_seller + 1"
        " where square_customer_id = 'CUST_01'",
        "assert_cancellations_are_counted",
    ),
    "11 a tip too much": (
        "update appointments.customer_analytics set total_tips_cents = total_tips_cents + 1"
        " where square_customer_id = 'CUST_01'",
        "assert_revenue_and_tips_are_the_sum_of_payments",
    ),
    "11 revenue of a stranger": (
        "update appointments.customer_analytics set total_revenue_cents = total_revenue_cents + 1"
        " where square_customer_id = 'CUST_01'",
        "assert_revenue_and_tips_are_the_sum_of_payments",
    ),
    "12 no-shows were lost on the way": (
        "update appointments.customer_analytics set total_no_shows = 0",
        "assert_no_column_is_empty_where_its_source_is_not",
    ),
}


# The test that must fail, and the defect; they are made at once.
CREATORS_DEFECTS = {
    "assert_creator_totals_tie": "update intermediate.int_creators__videos_settled set sales_dollars = 7",
    "assert_ranks_run_from_one": "update creators.leaderboard set leaderboard_rank = leaderboard_rank + 1",
    "assert_the_ledger_holds": "update creators.users set current_tier = 'bronze' where handle_key = 'desk_and_dusk'",
    "assert_every_tier_is_on_the_scale": "update creators.checkpoint_risk set pace_tier = 'tin'",
    "assert_no_join_crosses_clients": "update creators.video_daily_changes set client_id = 'mug'",
    "assert_completed_missions_reached_their_target": "update creators.mission_progress set completed_at = null",
    "assert_checkpoints_lie_ahead": "update creators.tier_checkpoints set next_checkpoint_at_after = decided_at",
    "assert_windows_lie_within_all_time": "update creators.users set checkpoint_videos_posted = video_count + 1",
    "assert_evidence_adds_up": "update creators.checkpoint_evidence set value_now = 7, value_at_decision = 7",
}


FUNNEL_DEFECTS = {
    "assert_funnel_references_resolve": "update intermediate.int_contacts_described set organization_id = 'another'",
    "assert_parts_sum_to_the_day": "update funnel.funnel_kpis_daily set paid_leads = paid_leads + 1",
    "assert_reports_agree": "update funnel.daily_kpis set cpl = cpl + 0.01",
    "assert_the_ledger_of_sales_ties": "update intermediate.int_order_changes_found set revenue_delta_amount = 1"
    " where is_current",
    "assert_nothing_is_later_than_the_as_of": "update funnel.workflow_errors"
    " set error_timestamp = '2031-01-01 00:00:00Z'",
    "assert_ads_lose_no_day": "delete from funnel.ad_performance where date = date '2030-10-22'",
    "assert_funnel_seeds_are_sound": "update raw_settings.funnel_hosts set host = '/'",
}


# Lines of seeds that would count twice, or as something that nobody means.
APPOINTMENTS_SEED_DEFECTS = {
    "currencies": ["('USD', 3)", "('XTS', 5)"],
    "square_booking_sources": ["('FIRST_PARTY_BUYER', false)", "('KIOSK', null)"],
    "square_product_classes": ["('REGULAR', 'salon')", "('FOOD', 'snack')"],
    "square_item_classes": ["(30, ' brow ', 'salon')", "(null, 'lash', 'salon')", "(30, 'wax', 'Salon')"],
    "square_time_zones": ["('utc', 'UTC'), ('UTC', 'Etc/UTC')", "('Mars', null)"],
    "square_identity_overrides": ["('s', 'A', 'B', 'same'), ('s', 'B', 'A', 'different')", "('s', 'A', 'C', 'Same')"],
}


def _failed(home: Home, domain: str = "appointments", *also: str) -> set[str]:
    """The names of the tests of a domain's marts that fail."""
    return {failure.split(":")[0].removeprefix("test ") for failure in _failures(home, f"marts.{domain}", *also)}


def _failures(home: Home, *selection: str) -> list[str]:
    """What dbt says of the tests that fail.

    The clock is a later one: what is tested is what was built, not what o'clock it is.
    """
    before = dict(os.environ)
    try:
        settings = load_settings({**home.environment, "LEDGERLINE_AS_OF": "2030-12-24T00:00:00Z"})
        export(settings)
        return dbt.Dbt(settings, quiet=True).run(["test", "--select", *selection]).failures
    finally:
        os.environ.clear()
        os.environ.update(before)


@pytest.fixture(scope="module")
def salon(demo_home: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A salon as it is right."""
    home = Home(tmp_path_factory.mktemp("salon") / "home")
    shutil.copytree(demo_home.path, home.path)
    assert _failed(home) == set()
    return home


@pytest.mark.parametrize("defect", DEFECTS)
def test_each_defect_is_caught_by_its_check(salon: Home, tmp_path: Path, defect: str) -> None:
    change, check = DEFECTS[defect]
    home = Home(tmp_path / "home")
    shutil.copytree(salon.path, home.path)
    with duckdb.connect(str(home.path / "warehouse.duckdb")) as connection:
        connection.execute(change)
    (failure,) = _failures(home, check)
    assert failure.startswith(f"test {check}:")


def test_each_invariant_of_creators_sees_its_defect(demo_copy: Home) -> None:
    assert _failed(demo_copy, "creators") == set()
    with duckdb.connect(str(demo_copy.path / "warehouse.duckdb")) as connection:
        for change in CREATORS_DEFECTS.values():
            connection.execute(change)
    assert set(CREATORS_DEFECTS) <= _failed(demo_copy, "creators")


def test_each_invariant_of_the_funnel_sees_its_defect(demo_copy: Home) -> None:
    seeds = "assert_funnel_seeds_are_sound"
    assert _failed(demo_copy, "funnel", seeds) == set()
    with duckdb.connect(str(demo_copy.path / "warehouse.duckdb")) as connection:
        for change in FUNNEL_DEFECTS.values():
            connection.execute(change)
    assert set(FUNNEL_DEFECTS) <= _failed(demo_copy, "funnel", seeds)


def test_each_line_of_a_salons_seeds_that_means_nothing_is_told(demo_copy: Home) -> None:
    seeds = "assert_appointments_seeds_are_sound"
    assert _failures(demo_copy, seeds) == []
    with duckdb.connect(str(demo_copy.path / "warehouse.duckdb")) as connection:
        for seed, lines in APPOINTMENTS_SEED_DEFECTS.items():
            connection.execute(f"insert into staging.{seed} values {', '.join(lines)}")
    (failure,) = _failures(demo_copy, seeds)
    assert f"Got {sum(map(len, APPOINTMENTS_SEED_DEFECTS.values()))} results" in failure
