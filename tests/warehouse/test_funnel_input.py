"""The funnel's input as people have it, from the file to the mart: spellings, lists of contacts, renewals, gaps."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.support.homes import FUNNEL, Home, project_of
from tests.warehouse.test_funnel import build, load

PLACED = "2025-12-24T20:00:00Z"
STATUSES = ("Paid", "partially refunded", "PARTIALLY_REFUNDED", "Réfunded", "Past Due", "re-funded")


def order(number: int, **fields: Any) -> dict[str, Any]:
    return {
        "id": number,
        "billing_status": "paid",
        "total_amount": "31.00",
        "currency": "USD",
        "created_at": PLACED,
        "updated_at": PLACED,
        **fields,
    }


def invoice(number: int, kind: str, paid_at: str | None, **fields: Any) -> dict[str, Any]:
    return {
        "id": number,
        "order_id": 30,
        "status": "paid",
        "invoice_type": kind,
        "total_amount": "49.00",
        "currency": "USD",
        "created_at": PLACED,
        "updated_at": paid_at or PLACED,
        "paid_at": paid_at,
        **fields,
    }


def hook(number: int, event_type: str, at: str, data: dict[str, Any]) -> dict[str, Any]:
    return {"event_id": f"e{number}", "event_type": event_type, "api_version": 2, "created_at": at, "data": data}


def put_invoices(home: Home) -> None:
    paid = "subscription.invoice.paid"
    entries: list[dict[str, Any]] = [
        order(30, total_amount="49.00", contact={"id": 1, "email_address": "sub@example.com"}),
        order(31, live_mode=False),
        hook(1, paid, PLACED, invoice(900, "initial", PLACED)),
        # By the day in Los Angeles.
        hook(2, paid, "2026-01-02T03:00:00Z", invoice(901, "renewal", "2026-01-02T03:00:00Z")),
        # Not paid at first, and of no stated time; told by a file, and again by webhook.
        invoice(902, "Renewal", None, status="open"),
        hook(3, paid, "2026-01-03T20:00:00Z", invoice(902, "Renewal", None, updated_at="2026-01-03T19:00:00Z")),
        # What nearly is one: not paid, paid back, of a test order, after the as-of.
        invoice(903, "renewal", None, status="open"),
        invoice(904, "renewal", PLACED),
        invoice(904, "renewal", PLACED, status="refunded", updated_at="2026-01-04T20:00:00Z"),
        invoice(905, "renewal", PLACED, order_id=31),
        invoice(906, "renewal", "2026-01-06T20:00:00Z"),
        # In another currency; of an order that nobody told of, without a total.
        invoice(907, "renewal", "2026-01-04T20:00:00Z", currency="eur"),
        invoice(908, "renewal", "2026-01-04T20:00:00Z", order_id=99, total_amount=None),
    ]
    lines = [json.dumps(entry) + "\n" for entry in entries]
    home.put("org=renewals/hooks.jsonl", "".join(lines), "clickfunnels")
    home.put("org=none/orders.json", json.dumps([order(30)]), "clickfunnels")


def two_of(number: int, email: str, name: str, phone: str) -> dict[str, Any]:
    return {"id": number, "email_address": email, "first_name": name, "phone_number": phone}


def put_people(home: Home) -> None:
    ida = {"id": 501, "email_address": "ida@example.com", "first_name": "Ida", "created_at": PLACED}
    home.put("org=list/contacts.json", json.dumps([ida]), "clickfunnels")
    buyer = {
        **{"id": 501, "email_address": "ida@example.com", "first_name": "Idalina", "last_name": "Example"},
        **{"phone_number": "555 0101", "time_zone": "pacific time (us & canada)"},
        "custom_attributes": {"keap_id": "70001", "obvio_link": "https://obvio.example/1"},
    }
    bought = order(60, contact_id=501, contact=buyer, created_at="2025-12-26T20:00:00Z", updated_at=None)
    home.put("org=list/orders.json", json.dumps([bought]), "clickfunnels")
    header = "Id,First Name,Last Name,Email,Created At,Updated At\n"
    home.put("org=list/list.csv", header + "501,Otto,Garrow,otto@example.com,2025-12-30,2025-12-30\n", "clickfunnels")
    header = "Id,First Name,Email,Phone 1,Tag Ids,Date Created\n"
    home.put("org=list/keap.csv", header + "501,Nora,nora@example.com,555 0102,9,2025-12-30\n", "clickfunnels")
    # One id of two people, by the API and by webhook; and of one, who changed their address.
    two = [("ann@example.com", "Ann", "555 0601"), ("bob@example.com", "Bob", "555 0602")]
    one = [("old@example.com", "Cy", "555 010 0603"), ("new@example.com", "Cyrus", "+1 555 010 0603")]
    for number, versions in ((601, two), (602, one)):
        for day, (email, name, phone) in enumerate(versions, start=24):
            said = {"id": number, "email_address": email, "first_name": name, "phone_number": phone}
            said |= {"created_at": PLACED, "updated_at": f"2025-12-{day}T20:00:00Z"}
            told = said if day == 24 else hook(number, "contact.updated", said["updated_at"], said)
            home.put(f"org=ids/{number}_{day}.json", json.dumps([told]), "clickfunnels")
    home.put("org=ids/o.json", json.dumps([order(61, contact=two_of(601, *two[0]))]), "clickfunnels")
    # The same without an address: of two people, and of one, in several spellings and with a record that says nothing.
    two = [("Dee", "555 010 0701"), ("Eve", "555 010 0702")]
    one = [("Fay", "555 010 0703"), ("Fay-Ann", "+1 (555) 010-0703"), ("FAY ANN", None), (None, None)]
    for number, versions in ((701, two), (702, one)):
        for day, (name, phone) in enumerate(versions, start=24):
            said = {"id": number, "email_address": None, "first_name": name, "phone_number": phone}
            said |= {"created_at": PLACED, "updated_at": f"2025-12-{day}T20:00:00Z"}
            told = said if day == 24 else hook(number * 100 + day, "contact.updated", said["updated_at"], said)
            home.put(f"org=bare/{number}_{day}.json", json.dumps([told]), "clickfunnels")
    home.put("org=bare/o.json", json.dumps([order(71, contact_id=702)]), "clickfunnels")
    bare = {"id": 310, "phone_number": "555 0310", "email_address": "anon", "created_at": PLACED}
    home.put("org=list/bare.json", json.dumps([bare]), "clickfunnels")


def put_totals(home: Home) -> None:
    priced = {"quantity": 2, "original_product": {"id": 7, "name": "Plus"}, "products_price": {"amount": "7.00"}}
    unpriced = {"quantity": 1, "original_product": {"id": 8, "name": "Extra"}, "products_price": {"amount": None}}
    orders = [
        order(1, total_amount=None, line_items=[priced, {**priced, "quantity": None}]),
        order(2, total_amount=None, line_items=[priced, unpriced]),
        order(3, total_amount=None, line_items=[]),
        order(4, total_amount=None, billing_status="refunded"),
        order(5, total_amount="", line_items=[priced]),
    ]
    spiffy = {"order_id": 6, "order_total": "4500", "payments": [{"payment_status": "Succeeded"}], "created_at": PLACED}
    untold = {**spiffy, "order_id": 7, "order_total": None, "items": [{"order_item_id": 1, "amount": "3100"}]}
    home.put("org=totals/a.json", json.dumps([*orders, spiffy, untold]), "clickfunnels")


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("input") / "home", project=project_of(*FUNNEL))
    rows = [f"{number},{status},31.00,{PLACED}\n" for number, status in enumerate(STATUSES)]
    home.put("org=words/a.csv", "Order ID,Status,Total,Created At\n" + "".join(rows), "clickfunnels")
    put_invoices(home)
    put_people(home)
    put_totals(home)
    load(home)
    assert home.value("select count(*) from ops.rejected_rows") == 0
    build(home)
    return home


def test_statuses_count_however_they_are_spelt(given: Home) -> None:
    found = given.query(
        "select billing_status, is_counted, refunded_amount, net_amount from funnel.orders"
        " where organization_id = 'words' order by source_order_id"
    )
    assert found == [
        ("paid", True, Decimal("0.00"), Decimal("31.00")),
        ("partially-refunded", True, None, None),
        ("partially-refunded", True, None, None),
        ("refunded", False, Decimal("31.00"), Decimal("0.00")),
        ("past-due", False, Decimal("0.00"), Decimal("0.00")),
        ("re-funded", False, Decimal("0.00"), Decimal("0.00")),
    ]


def test_paid_renewals_count_on_their_days(given: Home) -> None:
    renewals = given.query(
        "select invoice_id, order_id is not null, contact_id is not null, local_date, amount, currency"
        " from funnel.subscription_renewals where organization_id = 'renewals' order by 1"
    )
    assert renewals == [
        (901, True, True, date(2026, 1, 1), Decimal("49.00"), "USD"),
        (902, True, True, date(2026, 1, 3), Decimal("49.00"), "USD"),
        (907, True, True, date(2026, 1, 4), Decimal("49.00"), "EUR"),
        (908, False, False, date(2026, 1, 4), None, "USD"),
    ]
    days = given.query(
        "select date, renewal_revenue_amount, revenue_amount from funnel.funnel_kpis_daily"
        " where organization_id = 'renewals' and (renewal_revenue_amount > 0 or revenue_amount > 0) order by 1"
    )
    assert days == [
        (date(2025, 12, 24), Decimal("0.00"), Decimal("49.00")),
        (date(2026, 1, 1), Decimal("49.00"), Decimal("0.00")),
        (date(2026, 1, 3), Decimal("49.00"), Decimal("0.00")),
    ]
    # Who never delivered an invoice has no renewals of 0.
    assert given.query(
        "select organization_id, renewal_revenue_amount from funnel.funnel_kpis_periods"
        " where period = 'all' and organization_id in ('renewals', 'none') order by 1"
    ) == [("none", None), ("renewals", Decimal("98.00"))]
    assert given.query(
        "select check_name, sum(expected_amount), sum(actual_amount) from funnel.kpi_reconciliation"
        " where organization_id = 'renewals' and check_name like '%renewal%' group by 1 order by 1"
    ) == [("other_currency_renewals", 0, Decimal("49.00")), ("renewal_revenue", Decimal("98.00"), Decimal("98.00"))]


def test_a_list_of_others_makes_nobody_somebody_else(given: Home) -> None:
    assert given.query(
        "select email, clickfunnels_id, keap_id, first_name, last_name, phone, time_zone, obvio_link"
        " from funnel.contacts where organization_id = 'list' order by email nulls last"
    ) == [
        # What the order says of its buyer fills what the contact lacks.
        (
            *("ida@example.com", 501, 70001, "Ida", "Example", "555 0101", "America/Los_Angeles"),
            "https://obvio.example/1",
        ),
        ("nora@example.com", None, 501, "Nora", None, "555 0102", None, None),
        ("otto@example.com", None, None, "Otto", "Garrow", None, None, None),
        (None, 310, None, None, None, "555 0310", None, None),
    ]
    assert given.query(
        "select email from funnel.orders join funnel.contacts on contacts.id = orders.contact_id"
        " where orders.organization_id = 'list'"
    ) == [("ida@example.com",)]


def test_a_total_that_is_left_out_is_the_sum_of_the_items(given: Home) -> None:
    assert given.query(
        "select source_order_id, order_total, refunded_amount, net_amount from funnel.orders"
        " where organization_id = 'totals' order by 1"
    ) == [
        ("1", Decimal("21.00"), Decimal("0.00"), Decimal("21.00")),
        ("2", None, Decimal("0.00"), None),
        ("3", None, Decimal("0.00"), None),
        ("4", None, None, None),
        ("5", Decimal("14.00"), Decimal("0.00"), Decimal("14.00")),
        ("6", Decimal("45.00"), Decimal("0.00"), Decimal("45.00")),
        ("7", Decimal("31.00"), Decimal("0.00"), Decimal("31.00")),
    ]


def test_an_id_of_two_people_merges_nobody_and_is_listed(given: Home) -> None:
    people = "select email, clickfunnels_id from funnel.contacts where organization_id = 'ids' order by 1"
    assert given.query(people) == [("ann@example.com", 601), ("bob@example.com", 601), ("new@example.com", 602)]
    assert given.query(
        "select id_kind, source_id, email, contacts from funnel.contact_id_conflicts"
        " where organization_id = 'ids' order by email"
    ) == [("clickfunnels", 601, "ann@example.com", 2), ("clickfunnels", 601, "bob@example.com", 2)]
    assert given.query(
        "select email from funnel.orders join funnel.contacts on contacts.id = orders.contact_id"
        " where orders.organization_id = 'ids'"
    ) == [("ann@example.com",)]


def test_an_id_of_two_people_without_an_address_merges_nobody_either(given: Home) -> None:
    people = (
        "select clickfunnels_id, first_name, phone from funnel.contacts where organization_id = 'bare' order by 1, 2"
    )
    assert given.query(people) == [
        (701, "Dee", "555 010 0701"),
        (701, "Eve", "555 010 0702"),
        (702, "FAY ANN", "+1 (555) 010-0703"),
    ]
    assert (
        given.query(
            "select id_kind, source_id, email, contacts from funnel.contact_id_conflicts where organization_id = 'bare'"
        )
        == [("clickfunnels", 701, None, 2)] * 2
    )
    assert given.query(
        "select clickfunnels_id from funnel.orders join funnel.contacts on contacts.id = orders.contact_id"
        " where orders.organization_id = 'bare'"
    ) == [(702,)]
