"""Random histories of ticket sales: what four platforms say of the same orders in one run after another.

A history is one tenant with an event per platform. Orders are paid, changed, cancelled, refunded and brought back
between runs; exports list what stands, some leave out what is unpaid; the shop sends each change as it happens, or
(`late`) a run too late. Everything is drawn from a seeded generator, so a failure can be repeated.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from loaders.samples import ticketing_files
from loaders.samples.ticketing_files import csv_file

START = datetime(2030, 10, 1, 12, 0, tzinfo=UTC)
RUNS = 4
ZONES = ("Europe/Berlin", "America/New_York", "Asia/Tokyo", "Africa/Mbabane")


def as_of(run: int) -> str:
    """The clock of a run: noon, three days apart; the last one is on the day on which Berlin's clocks go back."""
    return (START + timedelta(days=[0, 5, 17, 26][run])).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass
class Order:
    """An order's state, as its platform would show it."""

    number: int
    quantity: int
    ordered_at: datetime
    status: str = "pending"
    gross: int = 0
    refunded: int = 0
    paid_on: str = ""
    changed_at: datetime | None = None
    versions: list[dict[str, Any]] = field(default_factory=list)


def history(seed: int, *, late: bool) -> dict[int, dict[str, bytes]]:
    """For each run the files of tenant `t<seed>` that it finds, by path below `landing/ticketing`."""
    draw = random.Random(seed)
    tenant = f"t{seed}"
    files: dict[int, dict[str, bytes]] = {run: {} for run in range(RUNS)}
    # A late organiser defines an event after its first sales, and states its ticket types later still.
    events = [(f"{tenant}-{name}", zone) for name, zone in zip(("shop", "pretix", "brite", "hi"), ZONES, strict=True)]
    files[1 if late else 0][f"org={tenant}/events.csv"] = csv_file(
        ticketing_files.EVENTS,
        [
            {
                "event_key": key,
                "organization_id": tenant,
                "name": key,
                "timezone": zone,
                "starts_at": f"2030-12-{day:02d} 18:00",
                "capacity": draw.choice(["40", "", "Infinite"]),
                "currency": "EUR",
                "platform_refs": f"pretix:{key};hi_events:{key}",
                "updated_at": "2030-01-01T00:00:00Z",
            }
            for day, (key, zone) in enumerate(events, start=1)
        ],
    )
    files[2 if late else 0][f"org={tenant}/types.csv"] = csv_file(
        ticketing_files.TICKET_TYPES,
        [
            {"event_key": events[1][0], "ticket_type_id": "ga", "name": "General", "capacity": "30"},
            {"event_key": events[1][0], "ticket_type_id": "bag", "name": "Tote bag", "is_admission": "false"},
        ],
    )
    kinds = (_shop, _pretix, _eventbrite, _hi_events)
    for (key, _), write in zip(events, kinds, strict=True):
        orders = [Order(number, draw.randint(1, 3), _moment(draw, -1)) for number in range(draw.randint(3, 7))]
        for run in range(RUNS):
            for order in orders:
                _step(draw, order, run)
            write(draw, tenant, key, orders, run, files, late)
            orders += [
                Order(len(orders) + n, draw.randint(1, 3), _moment(draw, run)) for n in range(draw.randint(0, 2))
            ]
    return files


def _moment(draw: random.Random, run: int) -> datetime:
    """A moment after a run and before the next."""
    first = START - timedelta(days=4) if run < 0 else datetime.fromisoformat(as_of(run))
    last = datetime.fromisoformat(as_of(min(run + 1, RUNS - 1)))
    return first + timedelta(seconds=draw.randint(1, max(int((last - first).total_seconds()) - 3600, 2)))


def _step(draw: random.Random, order: Order, run: int) -> None:
    """What happens to an order before a run."""
    order.versions = []
    moment = max(order.ordered_at, _moment(draw, run - 1))
    for _ in range(draw.randint(0, 2)):
        before = (order.status, order.gross, order.refunded)
        if order.status == "pending":
            order.status = draw.choice(["paid", "paid", "paid", "cancelled", "pending", "odd"])
            order.gross = 30 * order.quantity
            order.paid_on = moment.strftime("%Y-%m-%d")
        elif order.status == "paid":
            change = draw.choice(["refund", "part", "cancel", "fall", "rise", "none"])
            if change == "refund":
                order.status, order.refunded = "refunded", order.gross
            elif change == "part":
                order.refunded = min(order.gross, order.refunded + 10)
            elif change == "cancel":
                order.status = "cancelled"
            elif change in ("fall", "rise"):
                order.gross = max(0, order.gross + (10 if change == "rise" else -10))
        elif draw.random() < 0.2:
            order.status = "paid"
        moment += timedelta(seconds=draw.randint(1, 1500))
        if (order.status, order.gross, order.refunded) != before:
            order.changed_at = moment
            order.versions.append({"moment": moment, **vars(order), "versions": None})


def _shop(draw: random.Random, tenant: str, key: str, orders: list[Order], run: int, files: Any, late: bool) -> None:
    lists_refunds = draw.random() < 0.5
    sent: dict[int, list[dict[str, Any]]] = {run: [], min(run + 1, RUNS - 1): []}
    for order in orders:
        for version in order.versions:
            made = ticketing_files.native_order(
                f"{key}-{order.number}",
                key,
                order.ordered_at.isoformat(),
                [("ga", order.quantity, "30")],
                currency=draw.choice(["EUR", "EUR", "EUR", "USD"]) if order.number == 2 else "EUR",
                fee_amount=draw.choice(["1.00", "1.50"]),
            )
            made.update(status=version["status"], total_amount=version["gross"])
            made["updated_at"] = version["moment"].isoformat()
            if version["status"] == "paid" and draw.random() < 0.3:
                made["paid_at"] = (version["moment"] - timedelta(seconds=5)).isoformat()
            if draw.random() < 0.6:
                made["tickets"] = [
                    {
                        "ticket_code": f"{key}-{order.number}-{n}",
                        "ticket_type_id": "ga",
                        "status": "revoked" if version["refunded"] > 10 * n else "active",
                        "answers": {"Gender": draw.choice(["F", "m", "?"]), "Age": str(draw.randint(10, 60))},
                    }
                    for n in range(order.quantity)
                ]
            if lists_refunds and version["refunded"]:
                made["refunds"] = [
                    {
                        "refund_id": f"R{version['refunded']}",
                        "amount": version["refunded"],
                        "status": draw.choice(["succeeded", "pending"]),
                        "created_at": made["updated_at"],
                    }
                ]
            sent[min(run + 1, RUNS - 1) if late and draw.random() < 0.3 else run].append(made)
    for when, batch in sent.items():
        draw.shuffle(batch)
        # A retry repeats what was sent.
        files[when][f"org={tenant}/{key}/{run}_{when}.jsonl"] = ticketing_files.json_lines(
            [*batch, *batch[:1]] or [_nothing(key)]
        )


def _nothing(key: str) -> dict[str, Any]:
    return ticketing_files.native_order("none", f"{key}-undefined", START.isoformat(), [("ga", 1, "30")])


_PRETIX_WORDS = {"cancelled": "canceled", "refunded": "canceled", "odd": "strange"}


def _pretix(draw: random.Random, tenant: str, key: str, orders: list[Order], run: int, files: Any, late: bool) -> None:
    paid_only = draw.random() < 0.3
    listed = [order for order in orders if not paid_only or order.status == "paid"]
    common = [
        {
            "Event slug": key,
            "Order code": f"P{order.number}",
            "Order": f"P{order.number}",
            "Status": _PRETIX_WORDS.get(order.status, order.status),
            "Order date": order.ordered_at.strftime("%Y-%m-%d"),
            "Order time": order.ordered_at.strftime("%H:%M:%S"),
            "Order total": f"{order.gross}.00",
            "Date of last payment": order.paid_on if order.number % 2 else "",
        }
        for order in listed
    ]
    positions = [
        {**row, "Position ID": n + 1, "Product": "Tote bag" if n == 2 else "General", "Price": "30.00", "Gender": "F"}
        for row, order in zip(common, listed, strict=True)
        for n in range(order.quantity)
    ]
    payments = [
        {
            **row,
            "Payment ID": f"R{order.refunded}",
            "Creation date": as_of(run)[:10],
            "Status code": draw.choice(["done", "created"]),
            "Amount": f"-{order.refunded}.00",
        }
        for row, order in zip(common, listed, strict=True)
        if order.refunded
    ]
    folder = f"org={tenant}/{key}"
    files[run][f"{folder}/orders_{run}.csv"] = csv_file(ticketing_files.PRETIX_ORDERS, common)
    files[run][f"{folder}/positions_{run}.csv"] = csv_file(ticketing_files.PRETIX_POSITIONS, positions)
    if payments and tenant.endswith(("1", "3", "5", "7", "9")):
        files[run][f"{folder}/payments_{run}.csv"] = csv_file(ticketing_files.PRETIX_PAYMENTS, payments)


def _eventbrite(
    draw: random.Random, tenant: str, key: str, orders: list[Order], run: int, files: Any, late: bool
) -> None:
    words = {"paid": "Attending", "cancelled": "Not Attending", "refunded": "Refunded", "pending": "?", "odd": "??"}
    rows = [
        {
            "Order #": order.number // 2,
            "Order Date": order.ordered_at.strftime("%m/%d/%y %H:%M"),
            "Quantity": order.quantity,
            "Ticket Type": "General",
            "Attendee #": order.number,
            "Order Type": "Comp" if order.number % 5 == 4 else "Eventbrite Completed",
            "Currency": "EUR",
            "Total Paid": "0.00" if order.status == "refunded" else f"{order.gross}.00",
            "Eventbrite Fees": "0.00" if order.status == "refunded" else "1.75",
            "Attendee Status": words[order.status],
            "Age": draw.choice(["17", "30", ""]),
        }
        for order in orders
    ]
    files[run][f"org={tenant}/event={key}/attendees_{run}.csv"] = csv_file(ticketing_files.EVENTBRITE, rows)


def _hi_events(
    draw: random.Random, tenant: str, key: str, orders: list[Order], run: int, files: Any, late: bool
) -> None:
    words = {
        "paid": "COMPLETED",
        "cancelled": "CANCELLED",
        "refunded": "COMPLETED",
        "pending": "RESERVED",
        "odd": "ODD",
    }
    states = {"paid": "ACTIVE", "cancelled": "CANCELLED", "refunded": "CANCELLED", "pending": "AWAITING_PAYMENT"}
    rows, attendees = [], []
    for order in orders:
        created = order.ordered_at.strftime("%Y-%m-%d %H:%M:%S")
        paid = "PAYMENT_RECEIVED" if order.status in ("paid", "refunded") else "AWAITING_PAYMENT"
        rows.append(
            {
                "Total Gross": order.gross,
                "Total Refunded": order.refunded,
                "Status": words.get(order.status, "ODD"),
                "Payment Status": paid,
                "Created At": created,
                "Public ID": f"O-{order.number}",
            }
        )
        attendees += [
            {
                "Status": states.get(order.status, "ODD"),
                "Product ID": 9,
                "Product Name": "Night Pass",
                "Event ID": key,
                "Public ID": f"A-{order.number}-{n}",
                "Created Date": created,
                "Last Updated Date": (order.changed_at or order.ordered_at).strftime("%Y-%m-%d %H:%M:%S"),
            }
            for n in range(order.quantity)
        ]
    folder = f"org={tenant}/event={key}"
    files[run][f"{folder}/orders_{run}.csv"] = csv_file(ticketing_files.HI_EVENTS_ORDERS, rows)
    files[run][f"{folder}/tickets_{run}.csv"] = csv_file(ticketing_files.HI_EVENTS_ATTENDEES, attendees)
