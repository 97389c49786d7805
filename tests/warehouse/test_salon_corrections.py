"""From a file, as people have it, to the marts of appointments."""

from __future__ import annotations

import json

import pytest

from tests.support.homes import Home, project_of, shared_home


def _page(home: Home, tenant: str, resource: str, *entries: dict) -> None:
    home.put(f"org={tenant}/{resource}/page.json", json.dumps({resource: entries}), "square")


def _make(home: Home) -> None:
    home.project = project_of("appointments", "square")
    _trimmed(home)
    _exported(home)
    _paid_ahead_and_missed(home)
    _one_kind_each(home)
    done = home.ledgerline("refresh", "full")
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def salons(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return shared_home(tmp_path_factory, "salon-corrections", _make)


def _trimmed(home: Home) -> None:
    booking = {"status": "ACCEPTED", "start_at": "2030-10-01T10:00:00Z", "customer_id": "C1"}
    _page(
        home,
        "blanks",
        "bookings",
        {"id": "b1", **booking, "customer_note": "\u202f no\u00a0nuts \r\n\t", "seller_note": "\n\u200b\u3000"},
    )
    profile = {"email_address": "a@example.com\n", "phone_number": "+1 415 555 0100\u00a0"}
    _page(
        home,
        "blanks",
        "customers",
        {"id": "C1", "given_name": "\tAda ", "family_name": "Ex\u00a0 ample\n", **profile},
        {"id": "C2", "given_name": "Ada", "family_name": "Ex ample", "phone_number": "+1 415 555 0100"},
    )


TRANSACTIONS = (
    "Date,Time,Time Zone,Total Collected,Tip,Gift Card Sales,Transaction ID,Payment ID,Event Type,Location,Customer ID"
)
ITEMS = (
    "Date,Time,Time Zone,Item,Qty,Net Sales,Discounts,Transaction ID,Event Type,Itemization Type,Location,Customer ID"
)
CENTRAL = "Central Time (US & Canada)"


def _export(home: Home, tenant: str, name: str, *lines: str) -> None:
    home.put(f"org={tenant}/exports/{name}.csv", "\n".join(lines) + "\n", "square")


def _exported(home: Home) -> None:
    """Nothing but the dashboard's exports, and a location that Square's own data knows too."""
    _export(
        home,
        "evening",
        "transactions",
        TRANSACTIONS,
        f"2030-09-05,20:30:00,{CENTRAL},$66.00,$6.00,,T1,P1,Payment,Northside,C1",
        f"2030-09-30,21:00:00,{CENTRAL},$100.00,,,T2,P2,Payment, northside\u00a0,C1",
        "2030-09-30,21:00:00,Pacific Time (US & Canada),$40.00,,,T3,P3,Payment,Southside,C2",
        "2030-09-30,23:30:00,MDT,$10.00,,,T4,P4,Payment,,C3",
        f"2030-10-01,21:00:00,{CENTRAL},-$20.00,,,T9,PX,Refund,Northside,C1",
    )
    _export(
        home,
        "evening",
        "items",
        ITEMS,
        f"2030-09-05,20:30:00,{CENTRAL},Gel set,1,$60.00,$0.00,T1,Payment,Service,Northside,C1",
        f"2030-09-30,21:00:00,{CENTRAL},Gel set,1,$100.00,-$5.00,T2,Payment,Service,Northside,C1",
    )
    _export(
        home,
        "yen",
        "transactions",
        TRANSACTIONS,
        "2030-09-30,21:00:00,Tokyo,\u00a53000,\u00a5300,\u00a5700,T1,P1,Payment,Ginza,C1",
        "2030-10-01,00:10:00,Tokyo,\u00a5500,,,T4,P4,Payment,Ginza,C2",
        "2030-10-02,21:00:00,Tokyo,-\u00a51000,,,T2,P1,Refund,Ginza,C1",
        "2030-10-02,21:00:00,Tokyo,\u20ac20.00,,,T3,P3,Payment,Ginza,C1",
    )
    _export(
        home,
        "yen",
        "items",
        ITEMS,
        "2030-09-30,21:00:00,Tokyo,Gel set,1,\u00a52000,-\u00a5150,T1,Payment,Service,Ginza,C1",
    )
    _page(home, "known", "locations", {"id": "L1", "name": "Northside", "currency": "GBP", "timezone": "Europe/London"})
    _export(
        home,
        "known",
        "transactions",
        TRANSACTIONS,
        "2030-09-30,23:30:00,London,30.00,,,T1,P1,Payment,NORTHSIDE,C1",
        "2030-09-30,23:30:00,Berlin,30.00,,,T2,P2,Payment,Pop-up,C1",
    )


def _revenue(salons: Home, tenant: str) -> list[tuple[object, ...]]:
    return salons.query(
        "select location_name, cast(date as varchar), currency, revenue_cents, tips_cents,"
        " cast(revenue_dollars as varchar)"
        " from appointments.analytics_revenue_by_location_daily where organization_id = ? order by 1, 2",
        tenant,
    )


def test_a_row_of_an_export_counts_on_its_own_day_at_its_own_place(salons: Home) -> None:
    assert _revenue(salons, "evening") == [
        ("Northside", "2030-09-05", None, 6_000, 600, "60.00"),
        ("Northside", "2030-09-30", None, 10_000, 0, "100.00"),
        ("Southside", "2030-09-30", None, 4_000, 0, "40.00"),
        ("Unknown location", "2030-09-30", None, 1_000, 0, "10.00"),
    ]
    assert salons.query(
        "select cast(month as varchar), amount_cents from appointments.revenue_bridge"
        " where organization_id = 'evening' and line = 'unlinked_refunds' order by 1"
    ) == [("2030-09-01", 0), ("2030-10-01", 2_000)]
    # The last visit was on September 30 there, 36 days before the as-of of November 5, 12:00 Central.
    assert salons.query(
        "select total_visits, days_since_last_visit, discount_cents from appointments.customer_analytics"
        " where organization_id = 'evening' and square_customer_id = 'C1'"
    ) == [(2, 36, 500)]


def test_a_currency_without_decimals_has_none_in_exports_either(salons: Home) -> None:
    assert _revenue(salons, "yen") == [
        # Of 3,000 are 300 a tip, 700 for gift cards, 1,000 refunded.
        ("Ginza", "2030-09-30", "JPY", 1_000, 300, "1000.00"),
        ("Ginza", "2030-10-01", "JPY", 500, 0, "500.00"),
    ]
    assert salons.query(
        "select gross_revenue_cents, refunded_cents, gift_cards_bought_cents, discount_cents"
        " from appointments.customer_analytics where organization_id = 'yen' and square_customer_id = 'C1'"
    ) == [(3_000, 1_000, 700, 150)]
    assert salons.query(
        "select line, amount_cents from appointments.revenue_bridge"
        " where organization_id = 'yen' and amount_cents > 0 and is_memo"
    ) == [("other_currency", 2_000)]


def test_a_place_that_square_knows_is_the_one_of_that_name(salons: Home) -> None:
    assert _revenue(salons, "known") == [
        ("Northside", "2030-09-30", "GBP", 3_000, 0, "30.00"),
        ("Pop-up", "2030-09-30", "GBP", 3_000, 0, "30.00"),
    ]
    assert salons.query(
        "select distinct location_id from appointments.analytics_revenue_by_location_daily"
        " where organization_id = 'known' order by 1"
    ) == [("L1",), ("Pop-up",)]


def _paid_ahead_and_missed(home: Home) -> None:
    """Each customer books a service once, at C<n>'s own times, and pays for it once."""
    _page(
        home,
        "ahead",
        "locations",
        {"id": "L1", "name": "Main", "timezone": "America/New_York", "currency": "USD"},
    )
    variation = {"id": "V1", "type": "ITEM_VARIATION", "item_variation_data": {"item_id": "I1", "name": "Regular"}}
    item = {"name": "Gel set", "product_type": "APPOINTMENTS_SERVICE", "variations": [variation]}
    home.put(
        "org=ahead/catalog/page.json",
        json.dumps({"objects": [{"id": "I1", "type": "ITEM", "item_data": item}]}),
        "square",
    )
    segments = [{"service_variation_id": "V1", "team_member_id": "T1", "duration_minutes": 60}]
    bookings, orders, payments = [], [], []
    for customer, status, booked, starts, paid, line in (
        (
            "PREPAID",
            "ACCEPTED",
            "2030-09-20T15:00:00Z",
            "2030-10-01T15:00:00Z",
            "2030-09-20T15:01:00Z",
            {"catalog_object_id": "V1"},
        ),
        ("INVOICED", "ACCEPTED", "2030-09-20T15:00:00Z", "2030-10-01T15:00:00Z", "2030-10-15T15:00:00Z", {}),
        # Came without an appointment, and made the next one at the counter.
        ("WALKED_IN", "ACCEPTED", "2030-09-20T15:05:00Z", "2030-10-01T15:00:00Z", "2030-09-20T15:01:00Z", {}),
        ("TO_COME", "ACCEPTED", "2030-11-01T15:00:00Z", "2030-12-01T15:00:00Z", "2030-11-01T15:01:00Z", {}),
        (
            "NO_SHOW",
            "NO_SHOW",
            "2030-09-20T15:00:00Z",
            "2030-10-01T15:00:00Z",
            "2030-10-02T15:00:00Z",
            {"name": "Gel set (no-show fee)"},
        ),
        ("CAME_LATER", "NO_SHOW", "2030-09-20T15:00:00Z", "2030-10-01T15:00:00Z", "2030-10-16T15:00:00Z", {}),
    ):
        bookings.append(
            {
                **{"id": f"b_{customer}", "status": status, "created_at": booked, "start_at": starts},
                **{"location_id": "L1", "customer_id": customer, "appointment_segments": segments},
            }
        )
        money = {"amount": 6_000, "currency": "USD"}
        order = {"id": f"o_{customer}", "created_at": paid, "location_id": "L1", "customer_id": customer}
        orders.append(
            {**order, "state": "COMPLETED", "line_items": [{"name": "Gel set", "total_money": money, **line}]}
        )
        payments.append(
            {
                **{"id": f"p_{customer}", "status": "COMPLETED", "created_at": paid, "amount_money": money},
                **{"location_id": "L1", "customer_id": customer, "order_id": f"o_{customer}"},
            }
        )
    _page(home, "ahead", "bookings", *bookings)
    _page(home, "ahead", "orders", *orders)
    _page(home, "ahead", "payments", *payments)


def test_what_is_paid_ahead_or_later_is_one_visit_and_a_charge_for_a_missed_one_is_none(salons: Home) -> None:
    assert salons.query(
        "select square_customer_id, total_visits, booking_visits, total_revenue_cents, customer_segment, visit_segment"
        " from appointments.customer_analytics where organization_id = 'ahead' order by 1"
    ) == [
        ("CAME_LATER", 1, 0, 6_000, "NEVER_VISITED", "NEW"),
        ("INVOICED", 1, 1, 6_000, "ACTIVE", "ACTIVE"),
        ("NO_SHOW", 0, 0, 6_000, "NEVER_VISITED", "NEVER_VISITED"),
        ("PREPAID", 1, 1, 6_000, "ACTIVE", "ACTIVE"),
        ("TO_COME", 0, 0, 6_000, "NEVER_VISITED", "NEVER_VISITED"),
        ("WALKED_IN", 2, 1, 6_000, "ACTIVE", "ACTIVE"),
    ]
    # What was paid for a booking is its technician's, on the day it was paid.
    assert salons.query(
        "select team_member_id, sum(revenue_cents) from appointments.analytics_team_member_performance_daily"
        " where organization_id = 'ahead' group by 1 order by 1"
    ) == [("T1", 18_000), ("UNASSIGNED", 18_000)]


def _one_kind_each(home: Home) -> None:
    """A tenant per kind of input, each of which delivered that kind and customers."""
    money = {"amount": 500, "currency": "USD"}
    at = "2030-10-01T15:00:00Z"
    sale = {"created_at": at, "customer_id": "C1"}
    line = {"name": "Gel set", "total_money": money}
    reward = {"id": "w1", "reward_type": "referrer_reward", "status": "PAID", "reward_amount_cents": 700}
    profile = {"square_customer_id": "C1", "personal_code": "ADA", "total_referrals_count": 2}
    for kind, entry in {
        "bookings": {"id": "b1", "status": "ACCEPTED", "start_at": at, "customer_id": "C1"},
        "payments": {"id": "p1", "status": "COMPLETED", "amount_money": money, **sale},
        "refunds": {"id": "r1", "status": "COMPLETED", "payment_id": "?", "amount_money": money, "created_at": at},
        "orders": {"id": "o1", "state": "COMPLETED", "line_items": [line], **sale},
        "referral_rewards": {**reward, "referrer_customer_id": "C1", "gift_card_id": "g1", "created_at": at},
        "referral_profiles": profile,
    }.items():
        _page(home, f"only_{kind}", kind, entry)
        _page(home, f"only_{kind}", "customers", {"id": "C1", "created_at": at})


def _rows_of(salons: Home, mart: str, columns: str) -> dict[str, tuple[object, ...]]:
    """The only row of each of these tenants."""
    rows = salons.query(
        f"select organization_id[6:], {columns} from appointments.{mart} where organization_id like 'only%' order by 1"
    )
    assert len({row[0] for row in rows}) == len(rows)
    return {row[0]: row[1:] for row in rows}


def test_a_customer_has_no_count_of_what_was_never_delivered(salons: Home) -> None:
    found = _rows_of(
        salons,
        "customer_analytics",
        "total_visits, booking_visits, total_no_shows, upcoming_bookings, service_order_visits, retail_visits,"
        " total_payments, total_revenue_cents, avg_ticket_cents, discount_cents, total_referrals, total_rewards_cents",
    )
    unknown = (None,) * 12
    assert found == {
        "bookings": (1, 1, 0, 0, *unknown[4:]),
        "payments": (*unknown[:6], 1, 500, 500, 0, None, 0),
        "refunds": unknown,
        "orders": (1, None, None, None, 1, 0, None, 0, 0, 0, None, 0),
        "referral_rewards": (*unknown[:11], 700),
        "referral_profiles": (*unknown[:10], 2, None),
    }


def test_a_day_has_no_count_of_what_was_never_delivered(salons: Home) -> None:
    assert _rows_of(
        salons,
        "analytics_overview_daily",
        "appointments_count, unique_customers, new_customers_count, total_customers_with_bookings, payment_count,"
        " total_revenue_cents, cast(total_revenue_dollars as varchar), tips_cents, referral_revenue_cents,"
        " referral_revenue_dollars, avg_ticket_dollars is null",
    ) == {
        "bookings": (1, 1, 1, 1, None, None, None, None, None, None, True),
        "payments": (None, None, None, None, 1, 500, "5.00", 0, 0, 0, False),
    }
    for mart, counts in (("team_member", "no_show_count"), ("service", "segments_count")):
        found = _rows_of(
            salons,
            f"analytics_{mart}_performance_daily",
            f"appointments_count, booked_minutes, unique_customers, {counts}, revenue_cents",
        )
        assert found == {"payments": (None, None, None, None, 500)}
    assert _rows_of(
        salons, "analytics_appointments_by_location_daily", "appointments_count, cancelled_appointments, new_customers"
    ) == {"bookings": (1, 0, 1)}
    assert _rows_of(
        salons, "analytics_revenue_by_location_daily", "revenue_cents, payment_count, gift_card_sales_cents"
    ) == {"payments": (500, 1, 0)}
    assert _rows_of(
        salons,
        "referral_analytics_daily",
        "new_customers_via_referral, referrer_rewards_count, rewards_issued_cents, friend_signup_bonuses_count,"
        " redemptions_count, redemptions_cents",
    ) == {"referral_rewards": (None, 1, 700, 0, None, None)}


def test_a_month_has_no_sum_of_what_was_never_delivered(salons: Home) -> None:
    bridge = salons.query(
        "select organization_id[6:], line, amount_cents, payment_count from appointments.revenue_bridge"
        " where organization_id in ('only_refunds', 'only_payments')"
        " and line in ('collected', 'tips', 'unlinked_refunds') order by 1, line_no"
    )
    assert bridge == [
        ("payments", "collected", 500, 1),
        ("payments", "tips", 0, 0),
        ("payments", "unlinked_refunds", 0, 0),
        ("refunds", "collected", None, None),
        ("refunds", "tips", None, None),
        ("refunds", "unlinked_refunds", 500, 1),
    ]
    assert salons.query(
        "select distinct organization_id[6:], active_customers, revenue_cents"
        " from appointments.customer_retention_cohorts where organization_id like 'only%' and month_number = 0"
    ) == [("bookings", 1, None)]


def test_text_loses_whatever_whitespace_stands_at_its_ends(salons: Home) -> None:
    found = salons.query(
        "select given_name, family_name, email_address, phone_number, canonical_group_size, booking_notes"
        " from appointments.customer_analytics where organization_id = 'blanks'"
    )
    assert [row[:5] for row in found] == [("Ada", "Ex\u00a0 ample", "a@example.com", "+1 415 555 0100", 2)]
    (note,) = json.loads(found[0][5])
    assert (note["customer_note"], note["seller_note"]) == ("no\u00a0nuts", None)
