"""One history of ticket sales, told to organisers who started to export it at different times.

Orders of three platforms change from export to export as their platforms let them. Each organiser lands the last export
and, before it, some of the earlier ones in some order, of pretix now and then without the sheet of payments. Everything
is drawn from a seeded generator, so a failure can be repeated.
"""

from __future__ import annotations

import copy
import random
from dataclasses import dataclass, field
from typing import Any

from loaders.samples import ticketing_files
from loaders.samples.ticketing_files import csv_file

EXPORTS = 4
DAYS = ("2030-10-01", "2030-10-06", "2030-10-18", "2030-10-27")


def as_of(run: int) -> str:
    return f"{DAYS[run]}T12:00:00Z"


@dataclass
class Order:
    """An order, or an attendee, as its platform would show it."""

    number: int
    status: str = "pending"
    total: int = 0
    refunded: int = 0
    positions: list[tuple[int, bool]] = field(default_factory=list)
    payments: list[dict[str, Any]] = field(default_factory=list)
    # Whether the last export still shows all that was paid; of others only what is left can be known.
    is_whole: bool = True

    def pay(self, amount: int, day: str, kind: str = "P", state: str = "confirmed") -> None:
        number = sum(payment["kind"] == kind for payment in self.payments) + 1
        self.payments.append({"kind": kind, "number": number, "amount": amount, "state": state, "day": day})

    def refund(self, draw: random.Random, amount: int, day: str) -> None:
        if amount:
            self.pay(-amount, day, "R", draw.choice(["done", "done", "transit", "created"]))


def exports(seed: int, orders: int) -> list[dict[str, dict[str, bytes]]]:
    """For each export its sheets by platform and name, for any event: `EVENT` stands for its key."""
    draw = random.Random(seed)
    platforms = {"pretix": (_pretix_step, _pretix), "hi": (_hi_step, _hi), "brite": (_brite_step, _brite)}
    shown: list[dict[str, dict[str, bytes]]] = [{} for _ in DAYS]
    for platform, (step, write) in platforms.items():
        drawn = [Order(number) for number in range(orders)]
        for run, day in enumerate(DAYS):
            for order in drawn:
                step(draw, order, day)
            shown[run][platform] = write(copy.deepcopy(drawn), day)
    return shown


def starts(seed: int, organisers: int) -> dict[str, list[tuple[int, bool]]]:
    """For each organiser the exports landed, one a run, and whether with payments: all, the last one, or some."""
    draw = random.Random(seed)
    drawn = {
        "all": [(run, True) for run in range(EXPORTS)],
        "last": [(EXPORTS - 1, True)],
        "unpaid": [(run, run == EXPORTS - 1) for run in range(EXPORTS)],
    }
    for number in range(organisers - len(drawn)):
        earlier = draw.sample(range(EXPORTS - 1), draw.randint(1, EXPORTS - 1))
        if draw.random() < 0.5:
            earlier.sort()
        drawn[f"some{number}"] = [*((run, draw.random() < 0.5) for run in earlier), (EXPORTS - 1, True)]
    return drawn


def _pretix_step(draw: random.Random, order: Order, day: str) -> None:
    if not order.positions:
        order.positions = [(20 if draw.random() < 0.8 else 0, False) for _ in range(draw.randint(1, 3))]
        order.total = sum(price for price, _ in order.positions)
    for payment in order.payments:
        if payment["state"] in ("created", "transit"):
            payment["state"] = draw.choice(["done", "done", payment["state"], "failed"])
    if draw.random() < 0.3:
        return
    if order.status == "pending":
        _pretix_ends(draw, order, day)
    elif order.status == "paid":
        _pretix_changes(draw, order, day)
    elif order.status == "canceled" and draw.random() < 0.3:
        order.status = "paid"
        order.pay(order.total, day)


def _pretix_ends(draw: random.Random, order: Order, day: str) -> None:
    """A pending order is paid, at last, or expires."""
    if draw.random() < 0.3:
        order.pay(order.total, day, state="failed")
    if draw.random() < 0.8:
        order.pay(order.total, day)
        order.status = "paid"
    elif draw.random() < 0.5:
        order.status = "expired"


def _pretix_changes(draw: random.Random, order: Order, day: str) -> None:
    """A paid order is cancelled, in part or for a fee, grows, is lowered, or gets money back for nothing."""
    valid = [number for number, (_, is_canceled) in enumerate(order.positions) if not is_canceled]
    held = sum(p["amount"] for p in order.payments if p["state"] != "failed")
    change = draw.choice(["part", "part", "cancel", "fee", "more", "lower", "thanks"])
    if change == "part" and len(valid) > 1:
        price = order.positions[valid[-1]][0]
        order.positions[valid[-1]] = (price, True)
        order.total = max(order.total - price, 0)
        order.refund(draw, min(price, held), day)
    elif change == "cancel":
        order.status = "canceled"
        order.refund(draw, draw.choice([held, held, 0, held // 2]), day)
    elif change == "fee" and held > 5:
        order.status, order.total = "canceled (paid fee)", 5
        order.positions = [(price, True) for price, _ in order.positions]
        order.refund(draw, held - 5, day)
    elif change == "more":
        order.positions.append((20, False))
        order.total += 20
        order.pay(20, day)
    elif change == "lower" and order.total >= 20:
        order.total -= 10
    elif change == "thanks" and held >= 10:
        order.refund(draw, 10, day)


def _pretix(orders: list[Order], day: str) -> dict[str, bytes]:
    common = [
        {
            "Event slug": "EVENT",
            "Order code": f"P{order.number}",
            "Order": f"P{order.number}",
            "Status": order.status,
            "Order date": "2030-09-30",
            "Order time": "10:00:00",
            "Order total": f"{order.total}.00",
        }
        for order in orders
    ]
    positions = [
        {
            **row,
            "Position ID": number,
            "Product": "General",
            "Price": f"{price}.00",
            "Status": "canceled" if is_canceled else order.status,
        }
        for row, order in zip(common, orders, strict=True)
        for number, (price, is_canceled) in enumerate(order.positions, start=1)
    ]
    payments = [
        {
            **row,
            "Payment ID": f"P{order.number}-{payment['kind']}-{payment['number']}",
            "Creation date": payment["day"],
            "Completion date": "" if payment["state"] in ("created", "failed") else payment["day"],
            "Status code": payment["state"],
            "Amount": f"{payment['amount']}.00",
        }
        for row, order in zip(common, orders, strict=True)
        for payment in order.payments
    ]
    for row, order in zip(common, orders, strict=True):
        days = [payment["day"] for payment in order.payments if payment["state"] == "confirmed"]
        row["Date of last payment"] = max(days, default="")
    return {
        "orders": csv_file(ticketing_files.PRETIX_ORDERS, common),
        "positions": csv_file(ticketing_files.PRETIX_POSITIONS, positions),
        "payments": csv_file(ticketing_files.PRETIX_PAYMENTS, payments),
    }


def _hi_step(draw: random.Random, order: Order, day: str) -> None:
    order.positions = order.positions or [(0, False)] * draw.randint(1, 3)
    order.total = order.total or draw.choice([0, 30, 60])
    if order.status == "pending" and draw.random() < 0.7:
        order.status = draw.choice(["paid", "paid", "paid", "abandoned"])
    elif order.status == "paid" and draw.random() < 0.6:
        change = draw.choice(["part", "full", "cancel", "lower"])
        if change == "part":
            order.refunded = min(order.total, order.refunded + 10)
        elif change == "full":
            order.refunded = order.total
        elif change == "lower":
            order.total = max(order.refunded, order.total - 10)
        else:
            order.status = "cancelled"
            order.refunded = draw.choice([order.total, order.refunded])
            order.positions = [(price, True) for price, _ in order.positions]
    elif order.status == "cancelled":
        order.refunded = draw.choice([order.total, order.refunded])


def _hi(orders: list[Order], day: str) -> dict[str, bytes]:
    words = {"pending": "RESERVED", "paid": "COMPLETED", "cancelled": "CANCELLED", "abandoned": "ABANDONED"}
    rows = [
        {
            "Total Gross": order.total,
            "Total Refunded": order.refunded,
            "Status": words[order.status],
            "Payment Status": "PAYMENT_RECEIVED" if order.status in ("paid", "cancelled") else "AWAITING_PAYMENT",
            "Created At": "2030-09-30 10:00:00",
            "Public ID": f"O-{order.number}",
        }
        for order in orders
    ]
    attendees = [
        {
            "Status": "CANCELLED" if is_canceled or order.status == "abandoned" else "ACTIVE",
            "Product ID": 9,
            "Product Name": "Night Pass",
            "Event ID": "EVENT",
            "Public ID": f"O-{order.number}",
            "Created Date": "2030-09-30 10:00:00",
        }
        | {"Public ID": f"A-{order.number}-{number}"}
        for order in orders
        if order.status != "pending"
        for number, (_, is_canceled) in enumerate(order.positions)
    ]
    return {
        "orders": csv_file(ticketing_files.HI_EVENTS_ORDERS, rows),
        "attendees": csv_file(ticketing_files.HI_EVENTS_ATTENDEES, attendees),
    }


def _brite_step(draw: random.Random, order: Order, day: str) -> None:
    if order.status == "pending":
        order.status, order.total = "Attending", draw.choice([0, 25, 40])
        order.positions = [(0, False)] * draw.randint(1, 2)
    elif order.status in ("Attending", "Checked In"):
        order.status = draw.choice(["Attending", "Checked In", "Not Attending", "Deleted", "Refunded", order.status])
        if order.status == "Refunded" and draw.random() < 0.5:
            order.total, order.is_whole = 0, False
        elif order.status == "Attending" and order.total > 10 and draw.random() < 0.3:
            order.total, order.is_whole = order.total - 10, False
    elif draw.random() < 0.2 and order.is_whole:
        order.status = "Attending"


def _brite(orders: list[Order], day: str) -> dict[str, bytes]:
    rows = [
        {
            "Order #": order.number,
            "Order Date": "09/30/30 10:00",
            "Quantity": len(order.positions),
            "Ticket Type": "General",
            "Attendee #": order.number,
            # What the test asks of it; the platform's own types are none of ours.
            "Order Type": "Whole" if order.is_whole else "Cut",
            "Currency": "EUR",
            "Total Paid": f"{order.total}.00",
            "Eventbrite Fees": "1.75" if order.total else "0.00",
            "Attendee Status": order.status,
        }
        for order in orders
    ]
    return {"attendees": csv_file(ticketing_files.EVENTBRITE, rows)}
