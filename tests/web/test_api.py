"""What is read over the API is what is published: every contract, every page of it, and of no other tenant."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from typing import Any

import httpx
import jsonschema
import pytest

from tests.web.serving import Served

EVENT, CODE, CUSTOMER, ORDER = "lantern-night-2030", "301115E", "CUST_00", "895802655881506151"
API = "/api/v1"


@pytest.fixture(scope="module")
def anybody(door: Served) -> Iterator[httpx.Client]:
    """Somebody who may read everything but personal columns."""
    scopes = [f"{name}:read" for name in ("appointments", "box_office", "creators", "events", "funnel", "ops")]
    with door.client(*scopes) as client:
        yield client


def read(client: httpx.Client, path: str) -> Any:
    answer = client.get(API + path)
    assert answer.status_code == 200, (path, answer.text)
    return answer.json()


def all_pages(client: httpx.Client, path: str) -> list[dict[str, Any]]:
    rows, cursor = [], ""
    while True:
        page = read(client, path + (f"&cursor={cursor}" if cursor else ""))
        rows += page["items"]
        cursor = page["next"]
        if not cursor:
            return rows


def as_text(value: Any) -> str:
    """A cell as CSV has it."""
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


def published(door: Served, sql: str) -> list[tuple[Any, ...]]:
    return door.home.query(sql, published=True)


# --- any mart


@pytest.mark.parametrize(
    ("mart", "order"),
    [
        ("box_office.performances", "-capacity,title"),
        ("events.view_event_daily_sales", "-amount"),
        ("appointments.customer_analytics", "avg_days_between_visits,-last_visit_at"),
        ("funnel.orders", "-order_total,utm_source"),
        ("creators.user_daily", "is_silent,-as_of_date"),
        ("box_office.performance_sales_history", "-capacity_percent"),
    ],
)
def test_pages_end_with_every_row_once(door: Served, anybody: httpx.Client, mart: str, order: str) -> None:
    """Whatever the order, with nulls in it, with equal values, with columns hidden that told rows apart."""
    path = f"/marts/{mart.replace('.', '/')}?order={order}"
    rows = all_pages(anybody, f"{path}&limit=7")
    assert len(rows) == published(door, f"select count(*) from {mart}")[0][0] > 7
    assert rows == read(anybody, f"{path}&limit=5000")["items"]
    column = order.split(",", maxsplit=1)[0].removeprefix("-")
    values = [row[column] for row in rows]
    nulls = [value is None for value in values]
    assert nulls == sorted(nulls), "nulls come last"


def test_types_are_told_without_loss(door: Served, anybody: httpx.Client) -> None:
    row = read(anybody, f"/marts/events/event_overview?event_key=eq.{EVENT}")["items"][0]
    assert (row["total_sales_current"], row["tickets_sold"]) == ("10710.00", 349)
    assert row["starts_at"] == "2030-11-23T17:00:00Z"
    assert row["as_of_date"] == "2030-11-05"
    assert row["tickets_remaining"] is not None
    order = read(anybody, f"/orders/{ORDER}")
    assert order["id"] == int(ORDER)
    counted = published(door, "select id from funnel.orders where is_counted order by id")
    found = all_pages(anybody, "/marts/funnel/orders?is_counted=eq.true&order=id&limit=10&fields=id")
    assert [row["id"] for row in found] == [key for (key,) in counted]


@pytest.mark.parametrize(
    ("question", "sql"),
    [
        ("total_revenue=gt.50000.25", "total_revenue > 50000.25"),
        ("total_revenue=le.50000", "total_revenue <= 50000"),
        ("capacity=null.true", "capacity is null"),
        ("capacity=null.false", "capacity is not null"),
        ("performance_code=in.301115E,301129E,nope", "performance_code in ('301115E', '301129E')"),
        ("performance_code=like.3011%25", "performance_code like '3011%'"),
        ("performance_date=ge.2031-01-01", "performance_date >= date '2031-01-01'"),
        ("performance_date=lt.2031-01-01&cancelled=eq.false", "performance_date < date '2031-01-01' and not cancelled"),
        ("capacity_percent=ge.50.5", "capacity_percent >= 50.5"),
        ("season=ne.30-31", "season <> '30-31'"),
        ("created_at=le.2030-11-05T19:00:00%2B01:00", "created_at <= timestamptz '2030-11-05 18:00:00+00'"),
        ("created_at=lt.2030-11-05T18:00:00Z", "created_at < timestamptz '2030-11-05 18:00:00+00'"),
        ("total_tickets_sold=eq.857", "total_tickets_sold = 857"),
        ("title=eq.Robert'); drop table x;--", "title = 'Robert''); drop table x;--'"),
    ],
)
def test_filters_choose_what_sql_would(door: Served, anybody: httpx.Client, question: str, sql: str) -> None:
    rows = all_pages(anybody, f"/marts/box_office/performances?{question}&fields=performance_code&limit=3")
    wanted = published(door, f"select performance_code from box_office.performances where {sql} order by 1")
    assert sorted(row["performance_code"] for row in rows) == [code for (code,) in wanted]


@pytest.mark.parametrize(
    ("question", "pointer"),
    [
        ("capacity=gt.many", "#/query/capacity"),
        ("capacity=5", "#/query/capacity"),
        ("performance_date=eq.2030-02-30", "#/query/performance_date"),
        ("total_revenue=eq.1e5", "#/query/total_revenue"),
        ("cancelled=eq.maybe", "#/query/cancelled"),
        ("nothing=eq.1", "#/query/nothing"),
        ("order=nothing", "#/query/order"),
        ("fields=title,nothing", "#/query/fields/nothing"),
        ("limit=0", "#/query/limit"),
        ("limit=5001", "#/query/limit"),
        ("cursor=WyJ4Il0", "#/query/cursor"),
        ("capacity=like.1%25", "#/query/capacity"),
        ("format=xml", "#/query/format"),
        ("capacity=eq.99999999999999999999", "#/query/capacity"),
    ],
)
def test_a_question_that_cannot_be_is_refused_by_name(anybody: httpx.Client, question: str, pointer: str) -> None:
    refused = anybody.get(f"{API}/marts/box_office/performances?{question}")
    assert (refused.status_code, refused.headers["content-type"]) == (422, "application/problem+json")
    assert pointer in [error["pointer"] for error in refused.json()["errors"]]


def test_a_cursor_goes_on_in_its_own_list_only(anybody: httpx.Client) -> None:
    path = "/marts/box_office/performances?limit=2"
    cursor = read(anybody, path)["next"]
    assert read(anybody, f"{path}&cursor={cursor}")["items"]
    for other in ("&order=-title", "&season=eq.30-31"):
        assert anybody.get(f"{API}{path}{other}&cursor={cursor}").status_code == 422


def test_csv_is_the_same_rows(anybody: httpx.Client) -> None:
    path = "/marts/box_office/performances?order=performance_code&fields=performance_code,title,cancelled,capacity"
    answer = anybody.get(f"{API}{path}&format=csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="box_office_performances.csv"'
    lines = list(csv.DictReader(io.StringIO(answer.text)))
    rows = read(anybody, path)["items"]
    assert lines == [{name: as_text(value) for name, value in row.items()} for row in rows]
    assert anybody.get(API + path, headers={"Accept": "text/csv"}).text == answer.text
    tag = answer.headers["etag"]
    assert anybody.get(f"{API}{path}&format=csv", headers={"If-None-Match": tag}).status_code == 304
    assert len(anybody.get(f"{API}{path}&format=csv&limit=3").text.splitlines()) == 4


def test_marts_lists_what_the_key_may_read(door: Served) -> None:
    listed = door.get(f"{API}/marts", "events:read").json()
    assert {item["schema"] for item in listed["items"]} == {"events"}
    assert listed["as_of"] == "2030-11-05T18:00:00Z"
    refused = door.get(f"{API}/marts/events/no_such_mart", "events:read")
    assert refused.status_code == 404
    assert door.get(f"{API}/marts/nowhere/orders", "events:read").status_code == 404
    assert door.get(f"{API}/marts/ops/publication", "ops:read").json()["items"][0]["publication_id"] == 1


# --- the contracts of dashboards


def test_the_overview_is_the_payload_byte_for_byte(door: Served, anybody: httpx.Client) -> None:
    payload = published(door, f"select payload from events.event_overview where event_key = '{EVENT}'")[0][0]
    for _ in range(2):
        answer = anybody.get(f"{API}/events/{EVENT}/analytics/overview")
        assert answer.content == payload.encode()
        assert answer.headers["content-type"] == "application/json"


@pytest.mark.parametrize("span", ["7d", "30d", "all"])
def test_the_timeline_is_a_bare_list_oldest_first(door: Served, anybody: httpx.Client, span: str) -> None:
    wanted = published(
        door,
        "select cast(date as varchar), amount, tickets from events.event_timeline"
        f" where event_key = '{EVENT}' and timeline_range = '{span}' order by date",
    )
    answer = anybody.get(f"{API}/events/{EVENT}/analytics/timeline?range={span}")
    assert json.loads(answer.text, parse_float=str) == [
        {"date": day, "amount": str(amount), "tickets": tickets} for day, amount, tickets in wanted
    ]
    assert anybody.get(f"{API}/events/{EVENT}/analytics/timeline?range=1y").status_code == 422


def test_the_older_dashboard_finds_what_it_knows(door: Served, anybody: httpx.Client) -> None:
    path = "/bigquery-snapshots?action="
    listed = read(anybody, f"{path}get-performances&dateFrom=2030-11-01&limit=3")
    assert isinstance(listed, list)
    assert len(listed) == 3
    first = listed[0]
    assert first["date"] == first["performance_date"] >= "2030-11-01"
    assert first["id"] == first["performance_code"]
    assert isinstance(first["totalRevenue"], float)
    assert first["totalRevenue"] == first["total_revenue"]
    assert {"capacityPercent", "budgetGoal", "occupancyGoal", "lastUpdated", "weeklySales"} <= set(first)
    history = read(anybody, f"{path}get-performance-history&performanceCode={CODE}")
    days = [snapshot["snapshot_date"] for snapshot in history["snapshots"]]
    assert history["performanceCode"] == CODE
    assert days == sorted(days)
    assert (
        len(days)
        == published(
            door, f"select count(*) from box_office.performance_sales_snapshots where performance_code = '{CODE}'"
        )[0][0]
    )
    curve = read(anybody, f"{path}get-sales-progression&performanceCode={CODE}")
    assert curve["performanceDate"] == "2030-11-15"
    assert set(curve["progression"][0]) == {"date", "weeksOut", "ticketsSold", "revenue", "capacityPercent"}
    missing = anybody.get(f"{API}{path}get-sales-progression")
    assert (missing.status_code, missing.json()["error"]) == (400, "performanceCode query parameter required")
    for action in ("get-sales-progression", "get-performance-history"):
        unknown = anybody.get(f"{API}{path}{action}&performanceCode=999999Z")
        assert (unknown.status_code, "error" in unknown.json()) == (404, True)


def test_an_order_comes_with_its_items_and_their_names(door: Served, anybody: httpx.Client) -> None:
    order = read(anybody, f"/orders/{ORDER}")
    wanted = published(
        door,
        "select items.id, product_name from funnel.order_items as items left join funnel.products as products"
        " on products.id = items.product_id and products.organization_id = items.organization_id"
        f" where order_id = {ORDER} order by 1",
    )
    assert [(item["id"], item["product_name"]) for item in order["items"]] == wanted
    assert wanted


def test_a_period_of_several_organisations_has_to_be_chosen(anybody: httpx.Client) -> None:
    several = anybody.get(f"{API}/funnel/kpis?period=7d")
    assert several.status_code == 409
    assert "challenge, festival" in several.json()["detail"]
    one = read(anybody, "/funnel/kpis?period=7d&organization=challenge")
    assert (one["period"], one["organization_id"]) == ("last_7_days", "challenge")


def test_a_creators_value_is_what_the_client_counts(anybody: httpx.Client) -> None:
    sold, units = read(anybody, "/creators/lamp/users/lamp-1"), read(anybody, "/creators/mug/users/mug-1")
    assert (sold["vip_metric"], sold["value"]) == ("sales", sold["total_sales"])
    assert (units["vip_metric"], units["value"]) == ("units", str(units["total_units"]))
    assert sold["total_sales"] == f"{float(sold['total_video_sales']) + float(sold['manual_adjustments_total']):.2f}"
    steps = read(anybody, "/creators/lamp/users/lamp-1/tier-progress")["tiers"]
    assert [step["tier_order"] for step in steps] == sorted(step["tier_order"] for step in steps)
    ranks = [row["leaderboard_rank"] for row in read(anybody, "/creators/lamp/leaderboard")["items"]]
    assert ranks == list(range(1, len(ranks) + 1))


def test_people_are_found_by_who_may_see_them(door: Served, anybody: httpx.Client) -> None:
    assert anybody.get(f"{API}/customers?q=an").status_code == 403
    whole = door.get(f"{API}/customers/{CUSTOMER}", "appointments:read", "pii:read").json()
    part = whole["given_name"][1:].upper()
    found = door.get(f"{API}/customers?q={part}", "appointments:read", "pii:read").json()["items"]
    assert CUSTOMER in {row["square_customer_id"] for row in found}
    only = door.get(f"{API}/customers?q={part}&fields=square_customer_id", "appointments:read", "pii:read").json()
    assert [row["square_customer_id"] for row in found] == [row["square_customer_id"] for row in only["items"]]
    assert all(
        part.lower() in " ".join(filter(None, (row["given_name"], row["family_name"], row["email_address"]))).lower()
        for row in found
    )
    hidden = read(anybody, f"/customers/{CUSTOMER}")
    assert hidden.get("given_name") != whole["given_name"]


# --- tenancy and the description


def paths_of(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every question of the description, its parameters filled with their examples."""
    for path, operations in schema["paths"].items():
        operation = operations.get("get")
        # Streams do not end, and jobs are of nobody's data; both have tests of their own.
        if not operation or not path.startswith(API) or path.endswith("/live") or path.startswith(f"{API}/jobs"):
            continue
        filled, query = path, {}
        for parameter in operation.get("parameters", []):
            example = parameter.get("examples") or parameter["schema"].get("examples") or [None]
            example = next(iter(example.values()))["value"] if isinstance(example, dict) else example[0]
            if parameter["in"] == "path":
                value = example if example is not None else ORDER
                filled = filled.replace("{" + parameter["name"] + "}", str(value))
            elif parameter.get("required"):
                query[parameter["name"]] = example
        yield str(httpx.URL(filled, params=query)), operation


def test_every_example_of_the_description_is_answered_as_it_says(door: Served, anybody: httpx.Client) -> None:
    schema = anybody.get("/openapi.json").json()
    assert schema["openapi"].startswith("3.1")
    asked = list(paths_of(schema))
    assert len(asked) > 25
    for path, operation in asked:
        answer = anybody.get(path)
        if answer.status_code == 409:
            answer = anybody.get(f"{path}{'&' if '?' in path else '?'}organization=challenge")
        assert answer.status_code == 200, (path, answer.text)
        described = operation["responses"]["200"]["content"]["application/json"]["schema"]
        jsonschema.validate(answer.json(), described)


def test_another_tenants_rows_are_as_if_they_were_not_there(door: Served, anybody: httpx.Client) -> None:
    """Every route of the description, asked by a key of an organisation that has nothing."""
    asked = [path for path, _ in paths_of(anybody.get("/openapi.json").json())]
    with door.client(org=["nobody_here"]) as foreign:
        for path in asked:
            answer = foreign.get(path)
            if answer.status_code == 404:
                continue
            assert answer.status_code == 200, (path, answer.status_code, answer.text)
            said = answer.json()
            rows = said["items"] if isinstance(said, dict) and "items" in said else said
            assert rows == [] or path == f"{API}/marts", (path, rows)
            chosen = foreign.get(f"{path}{'&' if '?' in path else '?'}organization=festival")
            said = chosen.json()
            rows = said if isinstance(said, list) else said.get("items")
            assert chosen.status_code == 404 or rows == [] or path == f"{API}/marts", (path, rows)


def test_a_key_of_one_tenant_sees_all_of_it_and_no_other(door: Served) -> None:
    with door.client("funnel:read", "creators:read", org=["festival", "mug"]) as client:
        rows = all_pages(client, "/marts/funnel/funnel_kpis_daily?limit=100")
        assert {row["organization_id"] for row in rows} == {"festival"}
        assert (
            len(rows)
            == published(door, "select count(*) from funnel.funnel_kpis_daily where organization_id = 'festival'")[0][0]
        )
        assert client.get(f"{API}/funnel/kpis?period=7d").json()["organization_id"] == "festival"
        assert client.get(f"{API}/funnel/kpis?period=7d&organization=challenge").status_code == 404
        assert client.get(f"{API}/creators/mug/leaderboard").status_code == 200
        assert client.get(f"{API}/creators/lamp/leaderboard").status_code == 404
        # A mart of all clients together is of none of them.
        assert client.get(f"{API}/marts/creators/evaluation_runs").status_code == 404
        csv_rows = client.get(f"{API}/marts/funnel/funnel_kpis_daily?format=csv").text
        assert not re.search("challenge", csv_rows)
