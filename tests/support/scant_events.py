"""Events of which some files are missing: for each tenant what it delivered, and what comes two days later."""

from __future__ import annotations

import json
from collections.abc import Iterable

from loaders.samples import ticketing_files
from loaders.samples.ticketing_files import csv_file

FIRST, SECOND = "2026-11-20T18:00:00Z", "2026-11-22T18:00:00Z"


def _events(tenant: str, *keys: str) -> bytes:
    rows = [
        {
            "event_key": key,
            "organization_id": tenant,
            "name": key,
            "timezone": "Europe/Berlin",
            "starts_at": f"2026-12-{day:02d} 20:00",
            "currency": "EUR",
            "capacity": "100",
            "platform_refs": f"pretix:{key};hi_events:{key};eventbrite:{key}",
        }
        for day, key in enumerate(keys, start=1)
    ]
    return csv_file(ticketing_files.EVENTS, rows)


def _types(*keys: str) -> bytes:
    return csv_file(
        ticketing_files.TICKET_TYPES,
        [{"event_key": key, "ticket_type_id": "std", "name": "Standard", "capacity": "50"} for key in keys],
    )


def _order(event: str, code: str, total: str, positions: str = "", status: str = "paid") -> dict[str, str]:
    return {
        "Event slug": event,
        "Order code": code,
        "Order total": total,
        "Status": status,
        "Order date": "2026-11-18",
        "Order time": "10:00:00",
        "Date of last payment": "2026-11-18" if status == "paid" else "",
        "Positions": positions,
    }


def _orders(*orders: dict[str, str]) -> bytes:
    return csv_file(ticketing_files.PRETIX_ORDERS, list(orders))


def _positions(event: str, codes: Iterable[str], status: str = "paid") -> bytes:
    """One position of 20.00 per code; an order's are numbered as they come."""
    rows: list[dict[str, str]] = []
    for code in codes:
        rows.append(
            {
                **_order(event, code, "0", status=status),
                "Position ID": str(1 + sum(row["Order code"] == code for row in rows)),
                "Product": "Standard",
                "Price": "20.00",
                "Gender": "female",
            }
        )
    return csv_file(ticketing_files.PRETIX_POSITIONS, rows)


def _hi_orders(*codes: str) -> bytes:
    return csv_file(
        ticketing_files.HI_EVENTS_ORDERS,
        [
            {
                "Public ID": code,
                "Total Gross": "30.00",
                "Total Refunded": "0",
                "Status": "COMPLETED",
                "Payment Status": "PAYMENT_RECEIVED",
                "Currency": "EUR",
                "Created At": "2026-11-18 09:00:00",
            }
            for code in codes
        ],
    )


def _hi_attendees(event: str, *codes: str) -> bytes:
    return csv_file(
        ticketing_files.HI_EVENTS_ATTENDEES,
        [
            {
                "Public ID": code,
                "Status": "ACTIVE",
                "Event ID": event,
                "Product ID": "std",
                "Product Name": "Standard",
                "Created Date": "2026-11-18 09:00:00",
            }
            for code in codes
        ],
    )


def _native(event: str, count: int) -> bytes:
    order = {
        "order_id": f"{event}-1",
        "event_key": event,
        "status": "paid",
        "total_amount": f"{20 * count}.00",
        "created_at": "2026-11-18T09:00:00Z",
        "items": [
            {"ticket_type_id": "std", "quantity": count, "price_at_purchase": "20.00", "total": f"{20 * count}.00"}
        ],
    }
    return json.dumps([order]).encode()


TENANTS = {
    # Events alone.
    "bare": {"events.csv": _events("bare", "bare")},
    # Orders that count their positions, of which one is not paid and one was never; and an event without any.
    "counted": {
        "events.csv": _events("counted", "counted", "counted_idle"),
        "types.csv": _types("counted"),
        "orders.csv": _orders(
            _order("counted", "AAAAA", "40.00", "2"),
            _order("counted", "BBBBB", "60.00", "3", status="pending"),
            _order("counted", "CCCCC", "60.00", "3"),
            _order("counted", "DDDDD", "20.00", "0", status="canceled"),
        ),
    },
    # Orders of an older layout, which count nothing.
    "silent": {
        "events.csv": _events("silent", "silent", "silent_idle"),
        "types.csv": _types("silent"),
        "orders.csv": _orders(_order("silent", "AAAAA", "540.00")),
    },
    # A list of positions without their orders.
    "listed": {
        "events.csv": _events("listed", "listed", "listed_idle"),
        "positions.csv": _positions("listed", ["AAAAA", "AAAAA", "BBBBB"]),
    },
    "hi": {
        "events.csv": _events("hi", "hi", "hi_idle"),
        "types.csv": _types("hi"),
        "event=hi/orders.csv": _hi_orders("O-1", "O-2"),
    },
    "guests": {
        "events.csv": _events("guests", "guests"),
        "attendees.csv": _hi_attendees("guests", "A-1", "A-2"),
    },
    # Everything for one event; of another only what the shop says beside unlisted orders; nothing for a third.
    "mixed": {
        "events.csv": _events("mixed", "mixed_whole", "mixed_part", "mixed_idle"),
        "event=mixed_whole/orders.csv": _hi_orders("O-1"),
        "attendees.csv": _hi_attendees("mixed_whole", "A-1", "A-2"),
        "event=mixed_part/orders.csv": _hi_orders("O-8", "O-9"),
        "shop.json": _native("mixed_part", 4),
    },
    # One order whole, one with a position too few, one without any; 20.00 a position.
    "torn": {
        "events.csv": _events("torn", "torn"),
        "orders.csv": _orders(
            _order("torn", "AAAAA", "40.00", "2"),
            _order("torn", "BBBBB", "40.00", "2"),
            _order("torn", "CCCCC", "60.00", "3"),
        ),
        "positions.csv": _positions("torn", ["AAAAA", "AAAAA", "BBBBB"]),
    },
}
# Two days later: one order's list has come, and another order has a position less.
LATER = {
    "counted": {
        "orders_2.csv": _orders(_order("counted", "CCCCC", "60.00", "2")),
        "positions_2.csv": _positions("counted", ["AAAAA", "AAAAA"]),
    },
}
