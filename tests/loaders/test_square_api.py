"""The Square API, against a real HTTP server that behaves like it, on its bad days too."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.square_server import TOKEN, Account, serving
from tests.support.homes import Home

NOW = datetime(2030, 11, 5, 18, 0, tzinfo=UTC)


def _text(instant: datetime) -> str:
    return instant.isoformat().replace("+00:00", "Z")


def _account(bookings: int = 14, payments: int = 11) -> Account:
    usd = {"amount": 5_000, "currency": "USD"}
    places = ("MAIN", "SECOND", "CLOSED")
    objects: dict[str, list[dict[str, Any]]] = {
        "locations": [
            {
                "id": place,
                "name": place,
                "timezone": "America/New_York",
                "currency": "USD",
                "created_at": "2020-01-01T00:00:00Z",
            }
            for place in places
        ],
        "team_members": [
            {"id": "T1", "status": "ACTIVE", "given_name": "Ana"},
            {"id": "T2", "status": "INACTIVE", "given_name": "Bea"},
        ],
        "catalog": [
            {
                "type": "ITEM",
                "id": "I1",
                "version": 1,
                "updated_at": "2030-01-01T00:00:00Z",
                "item_data": {"name": "Manicure"},
            }
        ],
        "customers": [
            {"id": f"C{n}", "given_name": "Ada", "updated_at": _text(NOW - timedelta(days=20 - n))} for n in range(8)
        ],
        "bookings": [
            {
                "id": f"b{n}",
                "version": 1,
                "status": "ACCEPTED",
                "start_at": _text(NOW - timedelta(days=25 * n - 60)),
                "updated_at": _text(NOW - timedelta(days=100)),
                "customer_id": f"C{n % 8}",
                "location_id": places[n % 3],
            }
            for n in range(bookings)
        ],
        "payments": [
            {
                "id": f"p{n}",
                "status": "COMPLETED",
                "amount_money": usd,
                "created_at": _text(NOW - timedelta(days=n + 1)),
                "updated_at": _text(NOW - timedelta(days=n + 1)),
                "location_id": places[n % 3],
                "customer_id": f"C{n % 8}",
            }
            for n in range(payments)
        ],
        "refunds": [
            {
                "id": "r1",
                "status": "COMPLETED",
                "payment_id": "p1",
                "amount_money": {"amount": 1_000, "currency": "USD"},
                "created_at": _text(NOW - timedelta(days=1)),
                "updated_at": _text(NOW - timedelta(days=1)),
            }
        ],
        "orders": [
            {
                "id": f"o{n}",
                "state": "COMPLETED",
                "created_at": _text(NOW - timedelta(days=n)),
                "updated_at": _text(NOW - timedelta(days=n)),
                "location_id": places[n % 3],
            }
            for n in range(4)
        ],
        "gift_cards": [],
        "gift_card_activities": [],
    }
    return Account(objects)


def _load(home: Home, account: Account, command: tuple[str, ...] = ("load", "square"), **env: str) -> Any:
    with serving(account) as served:
        return home.ledgerline(*command, **{**served, "LEDGERLINE_AS_OF": _text(NOW), **env})


def _ids(home: Home, table: str) -> list[str]:
    return [row[0] for row in home.query(f"select object_id from raw_square.{table} order by 1")]


def _expected(account: Account, resource: str) -> list[str]:
    return sorted(entry["id"] for entry in account.objects[resource])


def test_everything_lands_once_whatever_goes_wrong_on_the_way(home: Home) -> None:
    account = _account()
    account.faults = {
        # A storm, a 500 on page 3, a line that is cut, a cursor that expires half-way, a list that comes back as {}.
        **{("/v2/customers/search", number): "status 429 0" for number in (1, 2, 3)},
        ("/v2/payments", 2): "status 500",
        ("/v2/payments", 3): "cut",
        ("/v2/orders/search", 2): "expired",
        ("/v2/refunds", 1): "status 408",
        ("/v2/gift-cards", 1): "empty",
    }
    done = _load(home, account)
    assert done.returncode == 0, done.stderr
    for resource in ("customers", "bookings", "payments", "orders", "refunds", "locations", "team_members", "catalog"):
        assert _ids(home, resource) == _expected(account, resource), resource
    assert {place["location_id"] for place in account.queries("/v2/payments")} == {"MAIN", "SECOND", "CLOSED"}
    # The expired cursor's query began again, without one.
    assert [("cursor" in query) for query in account.queries("/v2/orders/search")] == [False, True, False, True]


def test_booking_windows_leave_no_gap_and_reach_a_year_ahead(home: Home) -> None:
    account = _account()
    assert _load(home, account).returncode == 0
    windows = [
        (query["start_at_min"], query["start_at_max"])
        for query in account.queries("/v2/bookings")
        if "cursor" not in query
    ]
    assert windows[0][0] == "2030-01-01T00:00:00Z"
    assert windows[-1][1] == _text(NOW + timedelta(days=365))
    assert all(one[1] == other[0] for one, other in pairwise(windows))
    assert all(
        datetime.fromisoformat(last) - datetime.fromisoformat(first) <= timedelta(days=30) for first, last in windows
    )


def test_the_next_run_asks_only_for_what_changed_and_a_window_of_bookings(home: Home) -> None:
    account = _account()
    assert _load(home, account).returncode == 0
    rows = home.value("select count(*) from raw_square.payments")
    account.asked.clear()
    changed = {**account.objects["payments"][0], "updated_at": _text(NOW), "status": "CANCELED"}
    account.objects["payments"][0] = changed
    later = NOW + timedelta(hours=1)
    done = _load(home, account, LEDGERLINE_AS_OF=_text(later))
    assert done.returncode == 0, done.stderr
    assert home.value("select count(*) from raw_square.payments") == rows + 1
    # The newest change seen was a day old; an hour before it is where changes are asked for.
    starts = {query["updated_at_begin_time"] for query in account.queries("/v2/payments")}
    assert starts == {_text(NOW - timedelta(days=1, hours=1))}
    assert {query["begin_time"] for query in account.queries("/v2/payments")} == {"2030-01-01T00:00:00Z"}
    first = min(query["start_at_min"] for query in account.queries("/v2/bookings"))
    assert first == _text(later - timedelta(days=90))
    # Pages that say the same are known: no row, no audit row.
    assert home.value("select count(*) from ops.load_audit where source_file = 'square/api/locations'") == 1


def test_one_refused_resource_is_said_and_the_others_land(home: Home) -> None:
    account = _account()
    account.faults = {("/v2/payments", number): "status 403" for number in range(1, 9)}
    done = _load(home, account)
    assert done.returncode == 1
    assert "square API: payments was not read to its end: /v2/payments answered 403 E403" in done.stderr
    assert _ids(home, "orders") == _expected(account, "orders")
    read = {row[0] for row in home.query("select resource from ops.source_progress")}
    assert "orders" in read
    assert "payments" not in read
    account.faults = {}
    assert _load(home, account).returncode == 0
    assert _ids(home, "payments") == _expected(account, "payments")


def test_an_api_that_stays_down_is_no_empty_account(home: Home) -> None:
    account = _account()
    account.faults = {("/v2/customers/search", number): "status 503" for number in range(1, 20)}
    done = _load(home, account, SQUARE_MAX_RETRIES="1")
    assert done.returncode == 1
    assert "customers was not read to its end: /v2/customers/search answered 503" in done.stderr
    assert account.counts["/v2/customers/search"] == 2
    assert not home.query("select 1 from ops.source_progress where resource = 'customers'")


def test_half_a_sweep_lands_and_is_read_again(home: Home) -> None:
    """How far a resource was read is kept only when all of its pages and places are in."""
    account = _account()
    account.faults = {("/v2/payments", number): "status 502" for number in range(3, 9)}
    assert _load(home, account, SQUARE_MAX_RETRIES="1").returncode == 1
    landed = _ids(home, "payments")
    assert landed
    assert landed != _expected(account, "payments")
    account.faults = {}
    account.asked.clear()
    assert _load(home, account).returncode == 0
    assert {query["updated_at_begin_time"] for query in account.queries("/v2/payments")} == {"2030-01-01T00:00:00Z"}
    assert _ids(home, "payments") == _expected(account, "payments")


def test_a_full_run_finds_what_was_deleted(home: Home) -> None:
    account = _account()
    assert _load(home, account).returncode == 0
    gone_customer = account.objects["customers"].pop(2)["id"]
    gone_booking = account.objects["bookings"].pop(3)["id"]
    hidden = account.objects["bookings"][0]
    account.objects["bookings"][0] = {**hidden, "version": 2, "start_at": "2029-01-01T00:00:00Z"}
    done = _load(home, account, ("refresh", "full"), LEDGERLINE_AS_OF=_text(NOW + timedelta(hours=1)))
    assert done.returncode == 0, done.stderr
    deleted = "select object_id from raw_square.{} where payload like '%\"is_deleted\":true%'"
    assert home.query(deleted.format("bookings")) == [(gone_booking,)]
    # Activity still names the customer, but nobody is listed under the id any more.
    assert home.query(deleted.format("customers")) == [(gone_customer,)]
    assert home.query("select start_at from staging.stg_square__bookings where booking_id = ?", hidden["id"]) == [
        (datetime(2029, 1, 1, tzinfo=UTC),)
    ]
    assert home.query(
        "select given_name from appointments.customer_analytics where square_customer_id = ?", gone_customer
    ) == [(None,)]


def test_ids_that_were_never_listed_are_asked_for_and_merges_come_to_light(home: Home) -> None:
    account = _account()
    account.objects["bookings"][0]["customer_id"] = "OLD"
    account.objects["bookings"][1]["customer_id"] = "NOBODY"
    account.merged = {"OLD": "C7"}
    assert _load(home, account).returncode == 0
    assert _ids(home, "customer_merges") == ["OLD>C7"]
    asked = [path for path, _ in account.asked if path.startswith("/v2/customers/") and not path.endswith("search")]
    assert sorted(asked) == ["/v2/customers/NOBODY", "/v2/customers/OLD"]
    account.asked.clear()
    assert _load(home, account).returncode == 0
    assert not [path for path, _ in account.asked if path.startswith("/v2/customers/") and not path.endswith("search")]


def test_the_token_stands_in_no_line_and_no_file(home: Home) -> None:
    account = _account()
    account.faults = {("/v2/refunds", 1): "status 401"}
    done = _load(home, account, ("refresh", "recent"))
    assert done.returncode == 1
    assert TOKEN not in done.stdout + done.stderr
    for path in home.path.rglob("*"):
        if path.is_file():
            assert TOKEN.encode() not in path.read_bytes(), path


def test_files_and_api_give_the_same_rows(home: Home, tmp_path: Path) -> None:
    account = _account()
    assert _load(home, account).returncode == 0
    other = Home(tmp_path / "files")
    for resource, objects in account.objects.items():
        lines = "".join(json.dumps(entry) + "\n" for entry in objects)
        if lines:
            other.put(f"org=salon/{resource}/all.jsonl", lines, "square")
    other.load("square", LEDGERLINE_AS_OF=_text(NOW))
    for resource in account.objects:
        rows = (
            f"select organization_id, object_id, version, updated_at, content_hash, payload from raw_square.{resource}"
        )
        assert sorted(home.query(rows)) == sorted(other.query(rows)), resource


@pytest.mark.parametrize(
    ("name", "value"),
    [("SQUARE_HISTORY_START", "2015"), ("SQUARE_ORGANIZATION_ID", "a/b"), ("SQUARE_MAX_RETRIES", "x")],
)
def test_a_setting_that_cannot_be_used_is_named(home: Home, name: str, value: str) -> None:
    done = home.ledgerline("load", "square", **{name: value})
    assert done.returncode == 2
    assert name in done.stderr


def test_a_token_without_an_organisation_is_said(home: Home) -> None:
    done = home.ledgerline("load", "square", SQUARE_ACCESS_TOKEN=TOKEN)
    assert done.returncode == 1
    assert "SQUARE_ORGANIZATION_ID" in done.stderr
