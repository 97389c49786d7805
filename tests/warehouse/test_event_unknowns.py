"""Events of organisers who deliver only some of the files: what nothing tells is NULL, and never 0.

Each tenant is an organiser with one kind of input. The rule speaks of tenants, so one warehouse holds them all.
"""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.support import storms
from tests.support.homes import Home, project_of
from tests.support.scant_events import LATER, TENANTS
from tests.support.servers import clear, compare_marts
from tests.warehouse.test_events import BUILD, EVENTS

FIRST, SECOND = "2026-11-20T18:00:00Z", "2026-11-22T18:00:00Z"


def _put(home: Home, tenants: dict[str, dict[str, bytes]]) -> None:
    for tenant, files in tenants.items():
        for name, content in files.items():
            home.put(f"org={tenant}/{name}", content, "ticketing")


def _run(home: Home, clock: str) -> list[str]:
    """Load and build; what the run says is missing."""
    done = home.ledgerline("load", LEDGERLINE_AS_OF=clock)
    assert done.returncode == 0, done.stderr
    done = home.ledgerline(*BUILD, "path:models/intermediate/events", LEDGERLINE_AS_OF=clock)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    said = (done.stdout + done.stderr).splitlines()
    return [line.partition("not delivered yet: ")[2] for line in said if "not delivered yet: " in line]


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, list[str]]:
    made = Home(tmp_path_factory.mktemp("unknowns") / "home", project=project_of(*EVENTS))
    _put(made, TENANTS)
    return made, _run(made, FIRST)


@pytest.fixture(scope="module")
def home(first: tuple[Home, list[str]]) -> Home:
    return first[0]


def test_the_run_says_what_is_missing(first: tuple[Home, list[str]]) -> None:
    positions, attendees = "export the order positions of pretix", "export the attendees of Hi.Events"
    own, unknown = "count by their own positions until it comes", "what they brought is not known"
    assert first[1] == [
        f"counted: no ticket list yet for 2 orders of counted: they {own}; {positions}",
        f"guests: no orders yet for the tickets of guests: {unknown}; export the orders of Hi.Events",
        f"hi: no ticket list yet for 2 orders of hi: their tickets are not known; {attendees}",
        f"listed: no orders yet for the tickets of listed: {unknown}; export the orders of pretix",
        f"mixed: no ticket list yet for 2 orders of mixed_part: their tickets are not known; {attendees}",
        f"silent: no ticket list yet for 1 order of silent: their tickets are not known; {positions}",
        f"torn: no ticket list yet for 1 order of torn: they {own}; {positions}",
    ]


def _by_event(home: Home, sql: str) -> dict[str, tuple[Any, ...]]:
    return {row[0]: row[1:] for row in home.query(sql)}


def test_the_overview_says_what_is_known(home: Home) -> None:
    assert _by_event(
        home,
        "select event_key, total_sales_to_date::varchar, orders_count, orders_without_ticket_list, tickets_sold,"
        " tickets_remaining, tickets_percentage::varchar, tickets_pending, tickets_checked_in,"
        " average_ticket_amount::varchar from events.event_overview",
    ) == {
        "bare": (None, None, 0, None, None, None, None, None, None),
        "counted": ("100.00", 2, 2, 5, 95, "5.0", 3, None, "20.00"),
        "counted_idle": ("0.00", 0, 0, 0, 100, "0.0", 0, None, None),
        "silent": ("540.00", 1, 1, None, None, None, None, None, None),
        "silent_idle": ("0.00", 0, 0, None, None, None, None, None, None),
        "listed": (None, None, 0, 3, 97, "3.0", 0, 0, None),
        "listed_idle": (None, None, 0, 0, 100, "0.0", 0, 0, None),
        "hi": ("60.00", 2, 2, None, None, None, None, None, None),
        "hi_idle": ("0.00", 0, 0, None, None, None, None, None, None),
        "guests": (None, None, 0, 2, 98, "2.0", 0, 0, None),
        "mixed_whole": ("30.00", 1, 0, 2, 98, "2.0", 0, 0, "15.00"),
        "mixed_part": ("140.00", 3, 2, 4, 96, "4.0", 0, 0, "35.00"),
        "mixed_idle": ("0.00", 0, 0, 0, 100, "0.0", 0, 0, None),
        "torn": ("140.00", 3, 1, 6, 94, "6.0", 0, 0, "23.33"),
    }


def test_the_payload_says_null(home: Home) -> None:
    payloads = {
        event: json.loads(text) for event, text in home.query("select event_key, payload from events.event_overview")
    }
    assert payloads["bare"]["totalSales"] == {"current": None, "previous": None, "trend": None}
    assert payloads["silent"]["ticketsSold"] == {"sold": None, "total": 100, "percentage": None}
    assert payloads["silent"]["salesVelocity"] == {"current": None, "status": None}
    assert payloads["counted"]["ticketsSold"]["sold"] == 5
    # Nothing of the event before it is known, so there is nothing to compare with.
    assert payloads["listed_idle"]["totalSales"]["previous"] is None
    assert payloads["silent_idle"]["totalSales"]["previous"] == 540


# Of each mart: what it says of an event's money, and of its tickets.
MARTS = {
    "view_event_daily_sales": ("amount_to_date", "tickets_to_date"),
    "event_timeline": (
        "sum(amount) over (partition by event_key, timeline_range)",
        "sum(tickets) over (partition by event_key, timeline_range)",
    ),
    "event_overview_days": ("reported_amount_to_date", "tickets_sold_to_date"),
    "event_pace": ("amount_to_date", "tickets_to_date"),
    "event_platform_sales": ("amount", "tickets_sold"),
    "event_sales_velocity": ("sum(amount) over (partition by event_key)", "sum(tickets) over (partition by event_key)"),
}


@pytest.mark.parametrize("mart", MARTS)
def test_each_mart_says_null_where_nothing_tells(home: Home, mart: str) -> None:
    money, tickets = MARTS[mart]
    found = _by_event(
        home,
        f"select event_key, max(money)::varchar, max(tickets), count(money) in (0, count(*)),"
        f" count(tickets) in (0, count(*)) from (select event_key, {money} as money, {tickets} as tickets"
        f" from events.{mart} where event_key in ('silent', 'counted', 'listed', 'hi', 'guests')) as said group by 1",
    )
    assert found == {
        "counted": ("100.00", 5, True, True),
        "silent": ("540.00", None, True, True),
        "listed": (None, 3, True, True),
        "hi": ("60.00", None, True, True),
        "guests": (None, 2, True, True),
    }


def test_charts_of_an_event_without_any_input_are_null(home: Home) -> None:
    for mart, columns in (("event_timeline", "amount, tickets"), ("event_sales_velocity", "amount, tickets, status")):
        assert home.query(f"select distinct {columns} from events.{mart} where event_key = 'bare'") == [
            (None,) * len(columns.split(","))
        ]
        assert None not in home.query(f"select distinct {columns} from events.{mart} where event_key = 'mixed_idle'")[0]


def test_a_platform_that_lists_no_tickets_has_none_beside_one_that_does(home: Home) -> None:
    assert home.query(
        "select platform, amount, tickets_sold from events.event_platform_sales where event_key = 'mixed_part'"
        " order by 1"
    ) == [("hi_events", Decimal("60.00"), None), ("native", Decimal("80.00"), 4)]


def test_types_and_answers_rest_on_lists(home: Home) -> None:
    assert _by_event(
        home,
        "select event_key, tickets_valid, tickets_remaining, tickets_percentage, face_value_amount::varchar"
        " from events.event_ticket_types where event_key <> 'torn'",
    ) == {
        "counted": (None, None, None, None),
        "silent": (None, None, None, None),
        "hi": (None, None, None, None),
        "listed": (3, None, None, "60.00"),
        # Attendees of Hi.Events have no price.
        "guests": (2, None, None, None),
        "mixed_whole": (2, None, None, None),
        "mixed_part": (4, None, None, "80.00"),
    }
    assert _by_event(
        home,
        "select event_key, sum(attendees), max(answered), max(attendees_total), max(coverage_percent)::varchar"
        " from events.view_event_demographics where dimension = 'gender' group by 1",
    ) == {
        "bare": (None, None, None, None),
        "counted": (None, None, 5, None),
        "counted_idle": (None, None, 0, None),
        "silent": (None, None, None, None),
        "silent_idle": (None, None, None, None),
        "hi": (None, None, None, None),
        "hi_idle": (None, None, None, None),
        "listed": (0, 3, 3, "100.0"),
        "listed_idle": (0, 0, 0, None),
        "guests": (2, 0, 2, "0.0"),
        "mixed_whole": (2, 0, 2, "0.0"),
        "mixed_part": (4, 0, 4, "0.0"),
        "mixed_idle": (0, 0, 0, None),
        "torn": (3, 3, 6, "50.0"),
    }


def test_orders_count_their_positions_and_tickets_has_none(home: Home) -> None:
    assert home.query(
        "select source_order_id, tickets_count from events.ticket_orders"
        " where event_key in ('counted', 'silent', 'hi') order by event_key, 1"
    ) == [("AAAAA", 2), ("BBBBB", 3), ("CCCCC", 3), ("DDDDD", None), ("O-1", None), ("O-2", None), ("AAAAA", None)]
    assert home.value("select count(*) from events.tickets where event_key in ('counted', 'silent', 'hi')") == 0


def test_the_check_of_totals_counts_what_positions_lack(home: Home) -> None:
    """Of 140.00, one order lacks a position and another lacks three; a tenant without positions is not asked."""
    found = _by_event(
        home,
        "select event_key, status, expected_value, actual_value from events.event_reconciliation"
        " where check_name = 'order_total_vs_items' and event_key in ('torn', 'counted', 'silent', 'mixed_part')",
    )
    assert found == {
        "torn": ("drift", Decimal("140.00"), Decimal("60.00")),
        "counted": ("not_available", None, None),
        "silent": ("not_available", None, None),
        "mixed_part": ("ok", Decimal("80.00"), Decimal("80.00")),
    }
    assert set(home.query("select count(*) from events.event_reconciliation group by event_key")) == {(8,)}
    # Of nothing delivered there is nothing to compare.
    assert set(home.query("select status from events.event_reconciliation where event_key = 'bare'")) == {
        ("not_available",)
    }


@storms.whole("events of which little is known on a server")
def test_a_server_says_the_same(home: Home, postgres: dict[str, str], tmp_path: Path) -> None:
    server_home = Home(tmp_path / "home", env={"LEDGERLINE_TARGET": "postgres", **postgres}, project=home.project)
    clear(postgres)
    _put(server_home, TENANTS)
    _run(server_home, FIRST)
    assert compare_marts(postgres, home, ["events"]) == 15


def test_an_orders_list_takes_the_place_of_its_count(home: Home) -> None:
    """The last test here: it goes on in the same home, two days later."""
    _put(home, LATER)
    assert "counted: no ticket list yet for 1 order of counted" in "\n".join(_run(home, SECOND))
    assert home.query(
        "select tickets_sold, orders_without_ticket_list, tickets_checked_in, total_sales_to_date"
        " from events.event_overview where event_key = 'counted'"
    ) == [(4, 1, 0, Decimal("100.00"))]
    assert home.query(
        "select date::varchar, tickets_sold, tickets_voided, tickets_to_date from events.view_event_daily_sales"
        " where event_key = 'counted' and (tickets_sold <> 0 or tickets_voided <> 0) order by 1"
    ) == [("2026-11-18", 5, 0, 5), ("2026-11-22", 0, 1, 4)]
    assert home.query(
        "select source_order_id, tickets_count from events.ticket_orders where event_key = 'counted' order by 1"
    ) == [("AAAAA", 2), ("BBBBB", 3), ("CCCCC", 3), ("DDDDD", None)]
    assert home.query("select count(*), min(status) from events.tickets where event_key = 'counted'") == [(2, "valid")]
    # What was built on the way leaves no trace.
    after = home.export(["events"])
    done = home.ledgerline(*BUILD, "--full-refresh", *storms.COMPARED, LEDGERLINE_AS_OF=SECOND)
    assert done.returncode == 0, done.stdout[-3000:]
    assert home.export(["events"]) == after
