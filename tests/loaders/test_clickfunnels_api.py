"""The ClickFunnels API, against a real HTTP server that behaves like it, on its bad days too."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.fakes.clickfunnels_server import TOKEN, Workspace, path_of, serving
from tests.support.homes import Home

NOW = datetime(2026, 1, 5, 20, 0, tzinfo=UTC)
ORDERS = path_of("orders")


def _text(instant: datetime) -> str:
    return instant.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _order(number: int, **fields: Any) -> dict[str, Any]:
    placed = NOW - timedelta(days=2, seconds=number)
    return {
        "id": 1000 + number,
        "order_number": f"#{1000 + number}",
        "contact_id": 500 + number,
        "contact": {"id": 500 + number, "email_address": f"buyer{number}@example.com"},
        "billing_status": "paid",
        "total_amount": "31.00",
        "currency": "USD",
        "live_mode": True,
        "created_at": _text(placed),
        "updated_at": _text(placed),
        "line_items": [
            {"id": 10 * number + part, "quantity": 1, "products_price": {"amount": "7.00"}} for part in (1, 2)
        ],
        **fields,
    }


def _workspace(orders: int = 45) -> Workspace:
    return Workspace(
        {
            ORDERS: [_order(number) for number in range(orders)],
            path_of("contacts"): [
                {
                    "id": 500 + number,
                    "email_address": f"buyer{number}@example.com",
                    "updated_at": _text(NOW - timedelta(days=3, seconds=number)),
                    "created_at": _text(NOW - timedelta(days=3, seconds=number)),
                }
                for number in range(25)
            ],
            path_of("products"): [{"id": 1, "name": "Plus", "variant_ids": [2]}],
            path_of("form_submissions"): [
                {
                    "id": 3,
                    "contact_id": 501,
                    "page_id": 4,
                    "created_at": _text(NOW - timedelta(days=3)),
                    "data": {"url": "https://daily.example/start"},
                }
            ],
        }
    )


def _load(home: Home, workspace: Workspace, *, days: int = 0, **env: str) -> Any:
    workspace.counts.clear()
    with serving(workspace) as served:
        return home.ledgerline(
            "load", "clickfunnels", **{**served, "LEDGERLINE_AS_OF": _text(NOW + timedelta(days=days)), **env}
        )


def _ids(home: Home, table: str) -> list[str]:
    return [row[0] for row in home.query(f"select object_id from raw_clickfunnels.{table} order by 1, content_hash")]


def test_every_page_lands_and_an_unchanged_source_costs_one_request_a_resource(home: Home) -> None:
    workspace = _workspace()
    done = _load(home, workspace)
    assert done.returncode == 0, done.stderr
    assert workspace.counts[ORDERS] == 3
    assert _ids(home, "orders") == [str(1000 + number) for number in range(45)]
    assert len(_ids(home, "contacts")) == 25
    assert _ids(home, "products") == ["1"]
    assert _ids(home, "form_submissions") == ["3"]
    assert home.query("select distinct _source_file from raw_clickfunnels.orders") == [("api/workspaces/42/orders",)]
    payload = json.loads(home.query("select payload from raw_clickfunnels.orders where object_id = '1007'")[0][0])
    assert [item["id"] for item in payload["line_items"]] == [71, 72]

    again = _load(home, workspace, days=1)
    assert again.returncode == 0, again.stderr
    assert set(workspace.counts.values()) == {1}
    assert len(workspace.counts) == 4
    assert len(_ids(home, "orders")) == 45


@pytest.mark.parametrize(("orders", "requests"), [(0, 1), (20, 1), (40, 2)])
def test_the_last_page_is_the_one_without_a_cursor(home: Home, orders: int, requests: int) -> None:
    workspace = _workspace(orders)
    assert _load(home, workspace).returncode == 0
    assert workspace.counts[ORDERS] == requests
    assert len(_ids(home, "orders")) == orders


def test_an_edited_order_is_a_new_version_and_the_walk_stops_at_what_is_known(home: Home) -> None:
    workspace = _workspace()
    assert _load(home, workspace).returncode == 0
    edited = workspace.lists[ORDERS][44]
    edited["line_items"].pop()
    # Within one second of another change, and spelled otherwise.
    edited["updated_at"] = _text(NOW + timedelta(hours=1)).replace(".000Z", "Z")
    assert _load(home, workspace, days=1).returncode == 0
    assert workspace.counts[ORDERS] == 1
    assert _ids(home, "orders").count("1044") == 2
    assert len(_ids(home, "orders")) == 46
    # The mark moved to that change.
    workspace.lists[ORDERS][43]["updated_at"] = _text(NOW + timedelta(hours=1, milliseconds=4))
    assert _load(home, workspace, days=1).returncode == 0
    assert len(_ids(home, "orders")) == 47


def test_storms_cuts_and_errors_on_the_way_change_nothing(home: Home) -> None:
    workspace = _workspace()
    workspace.faults = {
        (ORDERS, 1): "status 429 0",
        (ORDERS, 2): "status 429 0",
        (ORDERS, 4): "cut",
        (ORDERS, 6): "status 503 0",
        (path_of("contacts"), 1): "status 500",
    }
    done = _load(home, workspace)
    assert done.returncode == 0, done.stderr
    assert len(_ids(home, "orders")) == 45
    assert len(_ids(home, "contacts")) == 25


def test_rows_edited_while_paging_are_neither_lost_nor_doubled(home: Home) -> None:
    workspace = _workspace()

    def edit() -> None:
        # From the last page to the top, while the second one is asked for.
        workspace.lists[ORDERS][44] = _order(44, updated_at=_text(NOW - timedelta(minutes=1)), total_amount="32.00")

    workspace.between = {(ORDERS, 2): edit}
    assert _load(home, workspace).returncode == 0
    workspace.between = {}
    assert _load(home, workspace, days=1).returncode == 0
    assert sorted(set(_ids(home, "orders"))) == [str(1000 + number) for number in range(45)]
    totals = home.query("select payload from raw_clickfunnels.orders where object_id = '1044'")
    assert [json.loads(payload)["total_amount"] for (payload,) in totals] == ["32.00"]


def test_a_resource_that_may_not_be_read_is_said_and_the_others_land(home: Home) -> None:
    workspace = _workspace()
    workspace.faults = {(ORDERS, 2): "status 403"}
    done = _load(home, workspace)
    assert done.returncode == 1
    assert "clickfunnels API: orders was not read: /api/v2/workspaces/42/orders answered 403" in done.stderr
    assert _ids(home, "orders") == []
    assert len(_ids(home, "contacts")) == 25
    error = home.query("select error from ops.application_logs order by run_number desc limit 1")[0][0]
    assert "/api/v2/workspaces/42/orders answered 403" in error
    workspace.faults = {}
    assert _load(home, workspace, days=1).returncode == 0
    assert len(_ids(home, "orders")) == 45


def test_a_walk_that_cannot_have_seen_everything_fails(home: Home) -> None:
    workspace = _workspace()
    for fault, said in (
        ("endless", "gives one cursor twice"),
        ("html", "without a JSON array"),
    ):
        workspace.faults = {(ORDERS, 0): fault}
        done = _load(home, workspace)
        assert done.returncode == 1
        assert said in done.stderr
        assert _ids(home, "orders") == []
    workspace.faults = {}
    assert _load(home, workspace).returncode == 0
    # Sorted by age, oldest first: the first page holds what is known, a change stands on the last.
    workspace.faults = {(ORDERS, 0): "unsorted"}
    workspace.lists[ORDERS].reverse()
    workspace.lists[ORDERS][44]["updated_at"] = _text(NOW)
    done = _load(home, workspace, days=1)
    assert done.returncode == 1
    assert "is not sorted by change" in done.stderr


def test_transactions_are_asked_for_refunded_orders_until_they_came(home: Home) -> None:
    workspace = _workspace(3)
    workspace.lists[ORDERS][1] |= {"billing_status": "refunded", "updated_at": _text(NOW - timedelta(hours=1))}
    transactions = "/api/v2/orders/1001/transactions"
    workspace.lists[transactions] = [
        {
            "id": 9,
            "external_type": "refund",
            "amount": "-31.00",
            "adjusted_transaction_id": 8,
            "result": "approved",
            "created_at": _text(NOW - timedelta(hours=1)),
        }
    ]
    workspace.faults = {(transactions, 0): "status 404"}
    done = _load(home, workspace)
    assert done.returncode == 1
    assert "transactions of order 1001 was not read" in done.stderr
    workspace.faults = {}
    assert _load(home, workspace, days=1).returncode == 0
    assert workspace.counts[transactions] == 1
    payload = json.loads(home.query("select payload from raw_clickfunnels.transactions")[0][0])
    assert (payload["order_id"], payload["amount"]) == (1001, "-31.00")
    # They came, and the order has not changed since.
    assert _load(home, workspace, days=2).returncode == 0
    assert workspace.counts[transactions] == 0


def test_the_token_is_never_told(home: Home) -> None:
    workspace = _workspace(3)
    done = _load(home, workspace, CLICKFUNNELS_API_TOKEN="another-secret")
    assert done.returncode == 1
    assert "answered 401" in done.stderr
    for told in (done.stdout, done.stderr, str(home.query("select * from ops.application_logs"))):
        assert TOKEN not in told
        assert "another-secret" not in told


def test_a_token_is_not_sent_in_the_clear(home: Home) -> None:
    done = home.ledgerline("load", "clickfunnels", CLICKFUNNELS_BASE_URL="http://funnels.example/api/v2")
    assert done.returncode == 2
    assert "expected https://" in done.stderr
