"""Events from the file to the mart: what orders came to, from exports that began early, late or in between."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from loaders.samples import ticketing_files
from loaders.samples.ticketing_files import csv_file
from tests.support import storms
from tests.support.homes import Home, project_of
from tests.warehouse.test_events import EVENTS

FIRST, SECOND = "2026-07-03T18:00:00Z", "2026-11-20T18:00:00Z"
BUILD = (
    *("build", "--select", "+event_overview", "+ticket_orders", "+tickets", "+event_money_ledger"),
    *("--exclude-resource-type", "unit_test"),
)
# Positions of an order: a paid one and a canceled one, both of 20.00.
PAID, CANCELED = "paid", "canceled"

# For each event, for each of two runs, an order's total, status and positions, and its payments rows: number, amount,
# state. None: the export has no such sheet.
PRETIX: dict[str, list[tuple[tuple[str, str, list[str]] | None, list[tuple[str, str, str]] | None]]] = {
    "late": [
        (None, None),
        (("20.00", "paid", [PAID, CANCELED]), [("P-1", "40.00", "confirmed"), ("R-1", "-20.00", "done")]),
    ],
    "early": [
        (("40.00", "paid", [PAID, PAID]), None),
        (("20.00", "paid", [PAID, CANCELED]), [("P-1", "40.00", "confirmed"), ("R-1", "-20.00", "done")]),
    ],
    # The sheet of payments comes by itself: what was sold is learnt later.
    "learnt": [
        (("20.00", "paid", [PAID, CANCELED]), None),
        (None, [("P-1", "40.00", "confirmed"), ("R-1", "-20.00", "done")]),
    ],
    # Money went back and the total stayed: nothing more was sold.
    "thanks": [
        (None, None),
        (("40.00", "paid", [PAID, PAID]), [("P-1", "40.00", "confirmed"), ("R-1", "-20.00", "done")]),
    ],
    # The refund is not through, or did not come through.
    "open": [
        (None, None),
        (("20.00", "paid", [PAID, CANCELED]), [("P-1", "40.00", "confirmed"), ("R-1", "-20.00", "created")]),
    ],
    "failed": [
        (("40.00", "paid", [PAID, PAID]), [("P-1", "40.00", "confirmed"), ("R-1", "-20.00", "transit")]),
        (None, [("P-1", "40.00", "confirmed"), ("R-1", "-20.00", "failed")]),
    ],
    "fee": [
        (None, None),
        (("5.00", "canceled (paid fee)", [CANCELED] * 2), [("P-1", "40.00", "confirmed"), ("R-1", "-35.00", "done")]),
    ],
    "fee_alone": [(None, None), (("5.00", "Canceled (paid fee)", [CANCELED] * 2), None)],
    "fee_before": [
        (("40.00", "paid", [PAID] * 2), None),
        (("5.00", "storniert (bezahlte Gebühr)", [CANCELED] * 2), None),
    ],
    "fee_refund": [(None, None), (("5.00", "canceled (paid fee)", [CANCELED] * 2), [("R-1", "-35.00", "done")])],
    "gone": [
        (None, None),
        (("40.00", "canceled", [CANCELED] * 2), [("P-1", "40.00", "confirmed"), ("R-1", "-40.00", "done")]),
    ],
    "gone_kept": [(None, None), (("40.00", "canceled", [CANCELED] * 2), [("P-1", "40.00", "confirmed")])],
    "gone_learnt": [(("40.00", "canceled", [CANCELED] * 2), None), (None, [("P-1", "40.00", "confirmed")])],
    # Cancelled and never paid: what failed is no money.
    "never": [
        (None, None),
        (("40.00", "expired", [CANCELED] * 2), [("P-1", "40.00", "failed"), ("P-2", "40.00", "canceled")]),
    ],
    "never_known": [(None, None), (("40.00", "canceled", [CANCELED] * 2), None)],
    # It was cancelled without a word of the money; later the payments say that a part of it stayed.
    "partly": [
        (("40.00", "paid", [PAID] * 2), None),
        (("40.00", "canceled", [CANCELED] * 2), [("P-1", "40.00", "confirmed"), ("R-1", "-30.00", "done")]),
    ],
}

# Gross, refunded, status and valid tickets of each at the end.
PRETIX_MARTS = {
    "late": ("40.00", "20.00", "partially_refunded", 1),
    "early": ("40.00", "20.00", "partially_refunded", 1),
    "learnt": ("40.00", "20.00", "partially_refunded", 1),
    "thanks": ("40.00", "20.00", "partially_refunded", 2),
    "open": ("20.00", "0.00", "valid", 1),
    "failed": ("40.00", "0.00", "valid", 2),
    "fee": ("40.00", "35.00", "partially_refunded", 0),
    "fee_alone": ("5.00", "0.00", "valid", 0),
    "fee_before": ("40.00", "35.00", "partially_refunded", 0),
    "fee_refund": ("40.00", "35.00", "partially_refunded", 0),
    "gone": ("40.00", "40.00", "refunded", 0),
    "gone_kept": ("40.00", "0.00", "valid", 0),
    "gone_learnt": ("40.00", "0.00", "valid", 0),
    "never": ("0.00", "0.00", "cancelled", 0),
    "never_known": ("0.00", "0.00", "cancelled", 0),
    "partly": ("40.00", "30.00", "partially_refunded", 0),
}


def _pretix(event: str, order: tuple[str, str, list[str]]) -> tuple[bytes, bytes]:
    total, status, positions = order
    row = {
        "Event slug": event,
        "Order code": "AAAAA",
        "Order total": total,
        "Status": status,
        "Order date": "2026-07-01",
        "Order time": "10:00:00",
        "Date of last payment": "" if status in ("canceled", "expired") else "2026-07-01",
    }
    return (
        csv_file(ticketing_files.PRETIX_ORDERS, [row]),
        csv_file(
            ticketing_files.PRETIX_POSITIONS,
            [
                {**row, "Position ID": number, "Product": "Ticket", "Price": "20.00", "Status": word}
                for number, word in enumerate(positions, start=1)
            ],
        ),
    )


def _payments(event: str, rows: list[tuple[str, str, str]]) -> bytes:
    return csv_file(
        ticketing_files.PRETIX_PAYMENTS,
        [
            {
                "Event slug": event,
                "Order": "AAAAA",
                "Payment ID": f"AAAAA-{number}",
                "Creation date": day,
                "Completion date": day,
                "Status": "x",
                "Status code": state,
                "Amount": amount,
            }
            for number, amount, state in rows
            for day in ("2026-07-05" if number.startswith("R") else "2026-07-02",)
        ],
    )


def _attendee(number: int, status: str, paid: str) -> dict[str, str]:
    return {
        "Order #": str(number),
        "Order Date": "7/1/26 10:00",
        "Quantity": "1",
        "Ticket Type": "General",
        "Attendee #": str(7000 + number),
        "Total Paid": paid,
        "Attendee Status": status,
    }


def _hi_order(number: int, status: str, payment: str, refunded: str) -> dict[str, str]:
    return {
        "Total Gross": "30.00",
        "Total Refunded": refunded,
        "Status": status,
        "Payment Status": payment,
        "Created At": "2026-07-01 10:00:00",
        "Public ID": f"O-{number}",
    }


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    made = Home(tmp_path_factory.mktemp("event_money") / "home", project=project_of(*EVENTS))
    events = [
        {
            "event_key": key,
            "organization_id": "o1",
            "name": key,
            "timezone": "Europe/Berlin",
            "starts_at": "2026-12-01 20:00",
            "currency": "EUR",
            "platform_refs": f"pretix:{key}",
        }
        for key in (*PRETIX, "brite", "hi")
    ]
    made.put("org=o1/events.csv", csv_file(ticketing_files.EVENTS, events), "ticketing")
    for run, clock in enumerate((FIRST, SECOND)):
        for event, runs in PRETIX.items():
            order, payments = runs[run]
            if order:
                for name, content in zip(("orders", "positions"), _pretix(event, order), strict=True):
                    # The next export lies where the last one did.
                    made.put(f"org=o1/{event}/{name}.csv", content, "ticketing")
            if payments is not None:
                made.put(f"org=o1/{event}/payments.csv", _payments(event, payments), "ticketing")
        if run:
            rows = [
                *(_attendee(1, "Not Attending", "25.00"), _attendee(2, "Refunded", "25.00")),
                *(_attendee(3, "Deleted", "0.00"), _attendee(4, "Attending", "25.00")),
            ]
            made.put("org=o1/event=brite/a.csv", csv_file(ticketing_files.EVENTBRITE, rows), "ticketing")
            rows = [
                _hi_order(1, "CANCELLED", "PAYMENT_RECEIVED", "30.00"),
                _hi_order(2, "CANCELLED", "PAYMENT_RECEIVED", "10.00"),
                _hi_order(3, "CANCELLED", "AWAITING_PAYMENT", "0.00"),
                _hi_order(4, "COMPLETED", "PAYMENT_RECEIVED", "10.00"),
                _hi_order(5, "ABANDONED", "AWAITING_PAYMENT", "0.00"),
            ]
            made.put("org=o1/event=hi/o.csv", csv_file(ticketing_files.HI_EVENTS_ORDERS, rows), "ticketing")
        done = made.ledgerline("load", "--quiet", LEDGERLINE_AS_OF=clock)
        assert done.returncode == 0, done.stderr
        done = made.ledgerline(*BUILD, *(() if run else storms.COMPARED), LEDGERLINE_AS_OF=clock)
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return made


def _orders(home: Home, event: str) -> list[tuple[Any, ...]]:
    return home.query(
        "select source_order_id, gross_amount::varchar, refunded_amount::varchar, status"
        " from events.ticket_orders where event_key = ? order by 1",
        event,
    )


def _ledger(home: Home, event: str) -> list[tuple[Any, ...]]:
    return home.query(
        "select entry_kind, amount::varchar, local_date::varchar, date_basis"
        " from events.event_money_ledger where event_key = ? order by 3, 1, 2",
        event,
    )


@pytest.mark.parametrize("event", PRETIX)
def test_a_pretix_order_came_to_what_was_paid_and_went_back(home: Home, event: str) -> None:
    gross, refunded, status, tickets = PRETIX_MARTS[event]
    assert _orders(home, event) == [("AAAAA", gross, refunded, status)]
    assert home.query(
        "select total_sales_to_date, gross_sales_amount, tickets_sold from events.event_overview where event_key = ?",
        event,
    ) == [(Decimal(gross) - Decimal(refunded), Decimal(gross), tickets)]


def test_each_movement_has_the_day_on_which_the_money_moved(home: Home) -> None:
    partial = [("sale", "40.00", "2026-07-01", "source"), ("refund", "-20.00", "2026-07-05", "source")]
    assert _ledger(home, "late") == partial
    assert _ledger(home, "early") == partial
    assert _ledger(home, "learnt") == [
        ("sale", "20.00", "2026-07-01", "source"),
        ("refund", "-20.00", "2026-07-05", "source"),
        ("adjustment", "20.00", "2026-11-20", "observed"),
    ]
    assert _ledger(home, "fee_before") == [
        ("sale", "40.00", "2026-07-01", "source"),
        ("refund", "-35.00", "2026-11-20", "observed"),
    ]
    # Sold when it was first paid.
    assert _ledger(home, "gone") == [
        ("sale", "40.00", "2026-07-02", "source"),
        ("refund", "-40.00", "2026-07-05", "source"),
    ]
    assert _ledger(home, "failed") == [
        ("sale", "40.00", "2026-07-01", "source"),
        ("refund", "-20.00", "2026-07-05", "source"),
        ("refund", "20.00", "2026-11-20", "observed"),
    ]
    assert home.query(
        "select distinct status from events.tickets where event_key in ('fee', 'fee_before', 'gone', 'gone_kept')"
    ) == [("void",)]


def test_attendees_first_met_cancelled_were_sold_where_they_paid(home: Home) -> None:
    assert _orders(home, "brite") == [
        ("1", "25.00", "25.00", "cancelled"),
        ("2", "25.00", "25.00", "refunded"),
        ("3", "0.00", "0.00", "cancelled"),
        ("4", "25.00", "0.00", "valid"),
    ]
    assert home.value("select tickets_sold from events.event_overview where event_key = 'brite'") == 1


def test_hi_events_orders_first_met_cancelled_were_sold_where_payment_came(home: Home) -> None:
    assert _orders(home, "hi") == [
        ("O-1", "30.00", "30.00", "refunded"),
        ("O-2", "30.00", "10.00", "partially_refunded"),
        ("O-3", "0.00", "0.00", "cancelled"),
        ("O-4", "30.00", "10.00", "partially_refunded"),
        ("O-5", "0.00", "0.00", "cancelled"),
    ]
