"""What an order is at the as-of is what its newest delivery says, whatever was delivered before it, or never was."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.drawn.funnels import text
from tests.support import storms
from tests.support.homes import FUNNEL, Home, project_of
from tests.warehouse.test_funnel import build, load

STATUSES = (
    *("paid", "Paid", "pending", "cancelled", "disputed", "refunded", "Refunded", "partially-refunded"),
    *("Partially Refunded", "partially_refunded", "on hold"),
)
# Who is told what: the newest deliveries alone; some of the older ones, first or not; all of them.
PATHS = ("newest", "some", "others", "all")
ORDERS = 120
FIRST = datetime(2025, 11, 3, 9, 0, tzinfo=UTC)


def versions(draw: random.Random, number: int) -> list[dict[str, Any]]:
    """What an order was, oldest first; each time it changed."""
    placed = changed = FIRST + timedelta(hours=draw.randint(0, 300))
    found = []
    for _ in range(draw.randint(1, 5)):
        found.append(
            {
                "id": number,
                "order_number": str(number),
                "contact": {"id": 500 + number, "email_address": f"buyer{number}@example.com"},
                "billing_status": draw.choice(STATUSES),
                "total_amount": draw.choice(["31.00", "31.00", "31.00", "45.00", "0.00"]),
                "currency": "USD",
                "live_mode": number % 11 != 0,
                "created_at": text(placed),
                "updated_at": text(changed),
                "line_items": [],
            }
        )
        changed += timedelta(minutes=draw.randint(1, 9_000))
    return found


HEADER = "Order ID,Order Number,Status,Total,Currency,Created At,Updated At\n"


def delivery(draw: random.Random, version: dict[str, Any]) -> tuple[str, str]:
    """A version as one of the inputs tells it: the kind of file, and a line of it."""
    kind = draw.choice(("page", "webhook", "export"))
    if kind == "page":
        return "jsonl", json.dumps(version) + "\n"
    if kind == "webhook":
        event = {"event_id": f"e{draw.getrandbits(60)}", "event_type": "order.updated", "api_version": 2}
        return "jsonl", json.dumps({**event, "created_at": version["updated_at"], "data": version}) + "\n"
    names = ("id", "order_number", "billing_status", "total_amount", "currency", "created_at", "updated_at")
    return "csv", ",".join(str(version[name]) for name in names) + "\n"


def transaction(draw: random.Random, number: int) -> dict[str, Any]:
    return {
        "id": number * 10,
        "order_id": number,
        "adjusted_transaction_id": number * 10 - 1,
        "amount": draw.choice(["-10.00", "-31.00"]),
        "result": "approved",
        "created_at": text(FIRST + timedelta(days=20)),
    }


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Each path as an organization of one home: older deliveries in two runs, in any order; then the newest."""
    home = Home(tmp_path_factory.mktemp("paths") / "home", project=project_of(*FUNNEL))
    draw = random.Random("paths")
    newest: dict[str, list[dict[str, Any]]] = {"orders": [], "transactions": []}
    older: list[tuple[str, str]] = []
    for number in range(1, ORDERS + 1):
        *before, last = versions(draw, number)
        older += [delivery(draw, version) for version in before]
        newest["orders"].append(last)
        if draw.random() < 0.3:
            newest["transactions"].append(transaction(draw, number))
    parts = {"newest": 0, "some": len(older) // 3, "others": len(older) // 2, "all": len(older)}
    told_before = {path: draw.sample(older, count) for path, count in parts.items()}
    for run in (0, 1):
        for path, deliveries in told_before.items():
            for suffix, header in (("jsonl", ""), ("csv", HEADER)):
                lines = [line for kind, line in deliveries[run::2] if kind == suffix]
                if lines:
                    home.put(f"org={path}/{run}.{suffix}", header + "".join(lines), "clickfunnels")
        load(home, f"2025-12-0{1 + run}T20:00:00Z")
    for path in PATHS:
        for kind, objects in newest.items():
            home.put(f"org={path}/{kind}.json", json.dumps(objects), "clickfunnels")
    load(home, "2025-12-20T20:00:00Z")
    build(home)
    return home


def orders_of(home: Home, path: str) -> list[tuple[Any, ...]]:
    return home.query(
        "select source_order_id, billing_status, is_counted, order_total, refunded_amount, net_amount"
        " from funnel.orders where organization_id = ? order by source_order_id",
        path,
    )


@pytest.mark.parametrize("path", PATHS[1:])
def test_an_order_is_the_same_whatever_was_told_before(told: Home, path: str) -> None:
    assert orders_of(told, path) == orders_of(told, "newest")
    assert len(orders_of(told, path)) == ORDERS


@pytest.mark.parametrize("path", PATHS[1:])
def test_what_was_sold_and_given_back_in_all_is_the_same(told: Home, path: str) -> None:
    kpis = "orders, revenue_amount, gross_sales_amount, refund_amount, net_sales_amount"
    query = f"select {kpis} from funnel.funnel_kpis_periods where period = 'all' and organization_id = ?"
    assert told.query(query, path) == told.query(query, "newest")
    listed = """
        select
            orders.source_order_id,
            coalesce(sum(refunds.amount), 0),
            count(case when not refunds.is_amount_known then 1 end) as unknown
        from funnel.refunds inner join funnel.orders on refunds.order_id = orders.id
        where orders.organization_id = ?
        group by 1
        having coalesce(sum(refunds.amount), 0) <> 0 or unknown > 0
        order by 1
    """
    assert told.query(listed, path) == told.query(listed, "newest")


def test_every_state_was_drawn(told: Home) -> None:
    found = {status for _, status, *_ in orders_of(told, "newest")}
    assert {"paid", "refunded", "disputed", "partially-refunded", "cancelled", "pending", "on-hold"} <= found
    nets = [net for *_, net in orders_of(told, "newest")]
    assert None in nets
    assert Decimal(0) in nets
    assert Decimal("31.00") in nets


def test_an_export_that_gives_no_time_is_believed_since_it_was_seen(tmp_path: Path) -> None:
    """Refunded in an export without a time of change: given back on the day it was first seen so, and stays there."""
    home = Home(tmp_path / "home", project=project_of(*FUNNEL))
    header = "Order ID,Status,Total,Created At\n"
    for day, status in ((1, "Paid"), (2, "Refunded"), (3, "REFUNDED")):
        home.put(f"org=before/{day}.csv", f"{header}1,{status},31.00,2025-11-30T10:00:00Z\n", "clickfunnels")
        if day > 1:
            home.put(f"org=first/{day}.csv", f"{header}1,{status},31.00,2025-11-30T10:00:00Z\n", "clickfunnels")
        load(home, f"2025-12-0{day}T20:00:00Z")
        if day > 1:
            build(home, f"2025-12-0{day}T21:00:00Z", *(storms.COMPARED if day == 2 else ()))
    refunds = "select organization_id, refund_date, amount, is_date_estimated from funnel.refunds order by 1"
    seen = datetime(2025, 12, 2, tzinfo=UTC).date()
    assert home.query(refunds) == [
        ("before", seen, Decimal("31.00"), True),
        ("first", seen, Decimal("31.00"), True),
    ]
    kept = home.export(["intermediate", "funnel"])
    build(home, "2025-12-03T21:00:00Z", "--full-refresh", *storms.COMPARED)
    assert home.export(["intermediate", "funnel"]) == kept
    # Before anybody saw it, the order was paid.
    build(home, "2025-12-01T21:00:00Z")
    assert home.query(refunds) == []
    assert home.query("select distinct billing_status, is_counted, net_amount from funnel.orders") == [
        ("paid", True, Decimal("31.00"))
    ]
