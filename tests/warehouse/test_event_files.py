"""Events from the file to the mart: input as people have it, and what stands in the marts afterwards."""

from __future__ import annotations

import json
import shutil
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from loaders.samples import ticketing_files
from loaders.samples.ticketing_files import csv_file
from tests.support import storms
from tests.support.homes import Home, project_of
from tests.support.servers import clear, compare_marts
from tests.warehouse.test_events import BUILD, EVENTS

CLOCK = "2026-11-20T18:00:00Z"


def _events(tenant: str, *keys: str, **cells: str) -> bytes:
    return csv_file(
        ticketing_files.EVENTS,
        [
            {
                "event_key": key,
                "organization_id": tenant,
                "name": key,
                "timezone": "Europe/Berlin",
                "starts_at": "2026-12-01 20:00",
                "currency": "EUR",
                "platform_refs": f"pretix:{key};hi_events:{key};eventbrite:{key}",
                **cells,
            }
            for key in keys
        ],
    )


def _native(order_id: str, event: str, codes: list[Any], refunds: list[dict[str, Any]]) -> dict[str, Any]:
    """A paid order of one ticket of 20.00 per code."""
    return {
        "order_id": order_id,
        "event_key": event,
        "status": "paid",
        "total_amount": f"{20 * len(codes)}.00",
        "created_at": "2026-11-01T10:00:00Z",
        "updated_at": "2026-11-10T10:00:00Z",
        "items": [
            {"ticket_type_id": "std", "quantity": len(codes), "price_at_purchase": "20.00", "total": 20 * len(codes)}
        ],
        "tickets": [{"ticket_code": code, "ticket_type_id": "std", "status": "active"} for code in codes],
        "refunds": [
            {"amount": "20.00", "status": "succeeded", "created_at": "2026-11-09T08:00:00Z", **refund}
            for refund in refunds
        ],
    }


def _attendee(number: int, status: str) -> dict[str, str]:
    return {
        "Order #": str(9300 + number),
        "Order Date": "11/10/26 10:00",
        "Quantity": "1",
        "Ticket Type": "General Admission",
        "Attendee #": str(7300 + number),
        "Total Paid": "20.00",
        "Currency": "EUR",
        "Attendee Status": status,
    }


def _api_attendee(number: int, event: str, status: str) -> dict[str, Any]:
    return {
        "id": str(2300 + number),
        "order_id": str(2200 + number),
        "event_id": event,
        "created": "2026-11-10T10:00:00Z",
        "changed": "2026-11-10T10:00:00Z",
        "quantity": 1,
        "ticket_class_name": "General Admission",
        "status": status,
        "costs": {"gross": {"value": 2500, "currency": "EUR"}},
    }


STATUSES = ("Attending", "Transferred", "Unpaid", "Pending", "Canceled")
# Codes as shops write them: plain, a number, quotes and commas, other scripts, a text that is JSON.
CODES = ["P-001", 4711, 'a "b", c\\d', "Reihe Ä, 座席", '{"seat": ["A", "1"]}']


QUOTA = ("Quota name", "Total quota", "Paid orders", "Current availability")
GERMAN_QUOTA = ("Bezeichnung", "Gesamtkontingent", "Bezahlte Bestellungen", "Aktuell verfügbar")


def _quotas(*sizes: str, header: tuple[str, ...] = QUOTA) -> bytes:
    """One quota a size; their names are numbers from 0."""
    return csv_file(
        header, [dict(zip(header, (str(place), size, "1", "1"), strict=True)) for place, size in enumerate(sizes)]
    )


# The files of quotas of an event, in the order in which they are read, and the capacity that follows.
QUOTAS: dict[str, tuple[list[bytes], int | None]] = {
    "one": ([_quotas("100")], 100),
    "german": ([_quotas("Unendlich", "100", header=GERMAN_QUOTA)], None),
    "french": ([_quotas("Illimité")], None),
    "unread": ([_quotas("about 50", "100")], None),
    "unread_alone": ([_quotas("about 50")], None),
    "torn": ([_quotas("100") + b"1,5\n"], None),
    "unread_before": ([_quotas("about 50"), _quotas("100")], 100),
    "unread_since": ([_quotas("100"), _quotas("about 50")], None),
}
# A type without a readable price or capacity is one all the same.
TYPES = {
    "types": ([{"ticket_type_id": "a", "capacity": "60"}, {"ticket_type_id": "b", "capacity": "1,040"}], 1100),
    "types_unread": ([{"ticket_type_id": "a", "capacity": "60"}, {"ticket_type_id": "b", "capacity": "many"}], None),
    "types_unpriced": ([{"ticket_type_id": "a", "capacity": "60"}, {"ticket_type_id": "b", "price": "free"}], None),
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    made = Home(
        tmp_path_factory.mktemp("event_files") / "home", env={"LEDGERLINE_AS_OF": CLOCK}, project=project_of(*EVENTS)
    )
    made.put("events.csv", _events("shop", "codes", "words", "api"), "ticketing")
    orders = [
        _native(f"order-{number}", "codes", [f"{code}" if isinstance(code, str) else code, f"other-{number}"], refunds)
        for number, (code, refunds) in enumerate(
            [(code, [{"refund_id": f"r{place}", "ticket_codes": [code]}]) for place, code in enumerate(CODES)]
        )
    ]
    orders += [
        # A refund that is not through, one that names nothing, and one that names another order's ticket.
        _native("pending", "codes", ["Q-1"], [{"refund_id": "p", "status": "pending", "ticket_codes": ["Q-1"]}]),
        _native("silent", "codes", ["S-1", "S-2"], [{"refund_id": "s", "ticket_codes": []}]),
        _native("stray", "codes", ["T-1", "T-2"], [{"refund_id": "t", "ticket_codes": ["S-1", None]}]),
        # What is no list of codes names no ticket silently.
        _native("wrong", "codes", ["W-1"], [{"refund_id": "w", "ticket_codes": "W-1"}]),
    ]
    made.put("orders.json", json.dumps(orders, ensure_ascii=False), "ticketing")
    made.put(
        "event=words/attendees.csv",
        csv_file(ticketing_files.EVENTBRITE, [_attendee(*entry) for entry in enumerate(STATUSES)]),
        "ticketing",
    )
    made.put(
        "attendees.json",
        json.dumps(
            {
                "pagination": {"page_number": 1},
                "attendees": [_api_attendee(number, "api", word) for number, word in enumerate(STATUSES)],
            }
        ),
        "ticketing",
    )
    made.put("limits.csv", _events("hall", *QUOTAS, *TYPES), "ticketing")
    for event, (files, _) in QUOTAS.items():
        for place, content in enumerate(files):
            made.put(f"org=hall/event={event}/quotas_{place}.csv", content, "ticketing")
    for event, (types, _) in TYPES.items():
        rows = [{"event_key": event, "name": row["ticket_type_id"], "price": "20.00", **row} for row in types]
        made.put(f"{event}.csv", csv_file(ticketing_files.TICKET_TYPES, rows), "ticketing")
    done = made.ledgerline("load")
    assert done.returncode == 1, done.stderr
    done = made.ledgerline(*BUILD)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return made


def test_a_refund_that_names_its_ticket_voids_it(home: Home) -> None:
    tickets = dict(
        home.query("select ticket_key, status from events.tickets where event_key = 'codes' and ticket_key like '%'")
    )
    for code in CODES:
        assert tickets.pop(f"native:codes:{code}") == "void", code
    assert set(tickets.values()) == {"valid"}
    assert home.query(
        "select distinct voided_at::varchar from events.tickets where event_key = 'codes' and status = 'void'"
    ) == [("2026-11-09 08:00:00+00",)]
    assert home.query(
        "select status, count(*) from events.ticket_orders where event_key = 'codes' group by 1 order by 1"
    ) == [("partially_refunded", 7), ("valid", 1)]
    # Five orders of two, one ticket of each void; 1 + 2 + 2 tickets that nothing voided.
    assert home.query("select tickets_sold, refund_amount from events.event_overview where event_key = 'codes'") == [
        (10, Decimal("140.00"))
    ]
    assert home.query("select reason_code, message from ops.rejected_rows where message like '%ticket_codes%'") == [
        (
            "bad_json",
            "ticketing/orders.json, line 9: found something else, expected a list in refunds.ticket_codes",
        )
    ]


@pytest.mark.parametrize("event", ["words", "api"])
def test_unpaid_and_pending_attendees_are_pending_and_canceled_ones_cancelled(home: Home, event: str) -> None:
    assert home.query(
        "select source_status, status from events.ticket_orders where event_key = ? order by 1", event
    ) == [
        ("Attending", "valid"),
        ("Canceled", "cancelled"),
        ("Pending", "pending"),
        ("Transferred", "unknown"),
        ("Unpaid", "pending"),
    ]
    assert home.query("select tickets_sold, tickets_pending from events.event_overview where event_key = ?", event) == [
        (1, 2)
    ]


def test_a_quota_or_type_that_cannot_be_read_leaves_no_capacity(home: Home) -> None:
    expected = {event: capacity for event, (_, capacity) in (QUOTAS | TYPES).items()}
    assert (
        dict(home.query("select event_key, tickets_total from events.event_overview where organization_id = 'hall'"))
        == expected
    )
    # Each is reported by line, with what was expected, and the books add up (the build tests it).
    assert home.query(
        "select message from ops.rejected_rows where source_file = 'ticketing/org=hall/event=unread/quotas_0.csv'"
    ) == [
        (
            "ticketing/org=hall/event=unread/quotas_0.csv, line 2: column B: Total quota is 'about 50', expected"
            " a whole number, a word for no limit (such as Infinite) or nothing",
        )
    ]
    assert home.value("select count(*) from ops.rejected_rows where source_file like '%quotas%'") == 5
    assert home.value("select count(*) from ops.rejected_rows where source_file like '%german%'") == 0


@storms.whole("files of events on a server")
def test_a_server_says_the_same(home: Home, postgres: dict[str, str], tmp_path: Path) -> None:
    server_home = Home(
        tmp_path / "home", env={**home.env, "LEDGERLINE_TARGET": "postgres", **postgres}, project=home.project
    )
    clear(postgres)
    shutil.copytree(home.path / "landing", server_home.path / "landing")
    assert server_home.ledgerline("load").returncode == 1
    done = server_home.ledgerline(*BUILD)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert compare_marts(postgres, home, ["events"]) == 15
