"""What a tenant never delivered is unknown in every KPI mart of the funnel: NULL, and never 0."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.support.homes import FUNNEL, Home, project_of
from tests.warehouse.test_funnel import build, load

ROLES = "match_on,match_value,role\nname,Plus pass,plus\nname,Extra book,extra_journal\n"
FACTS = {
    "funnel/funnel_product_roles.csv": ROLES,
    "funnel/funnel_hosts.csv": "host,channel\nshop.example,paid\n",
    "funnel/funnel_high_ticket.csv": "currency,min_amount\nUSD,1000\n",
    "funnel/funnel_goals.csv": "goal,target,starts_on,ends_on\nleads,10,2025-12-01,2026-01-31\n"
    "orders,10,2025-12-01,2026-01-31\nspend_amount,10,2026-01-20,2026-01-31\n",
    "funnel/funnel_campaign_types.csv": "priority,pattern,campaign_type\n1,sales,sales\n",
    "funnel/funnel_challenges.csv": "challenge,starts_on,days\nwinter,2026-01-04,2\n",
}
# Of an orders export with product names: in one column, in one that lists several, and in several rows of one order.
ORDERS = (
    "Order ID,Total,Status,Created At,Email{}\n"
    "1,31.00,Paid,2026-01-02,a@example.com{}\n2,14.00,Paid,2026-01-02,b@example.com{}\n"
)
NAMED = ORDERS.format(",Product,Qty", ",plus PASS,1", ",Extra book,2.0") + (
    "3,45.00,Paid,2026-01-03,a@example.com,Plus pass,1\n3,45.00,Paid,2026-01-03,a@example.com,Extra book,1\n"
    "4,45.00,Paid,2026-01-03,b@example.com,,\n"
)
LISTED = ORDERS.format(",Products", ",", ',"Plus pass, Extra book"')
LEAD = {
    "id": 9,
    "contact_id": 5,
    "page_id": 1,
    "created_at": "2026-01-02T20:00:00Z",
    "data": {"contact": {"email": "a@example.com"}, "url": "https://shop.example/start"},
}


def put_one_source_each(home: Home) -> None:
    """Tenants, each with one kind of input alone; and some that have almost what another lacks."""
    home.put("org=orders/orders.csv", ORDERS.format("", "", ""), "clickfunnels")
    home.put("org=orders/contacts.csv", "Email,Keap ID\na@example.com,7\n", "clickfunnels")
    home.put("org=named/orders.csv", NAMED, "clickfunnels")
    home.put("org=listed/orders.csv", LISTED, "clickfunnels")
    home.put("org=leads/leads.json", json.dumps([LEAD]), "clickfunnels")
    meta = "Day,Campaign name,Amount spent (USD)\n2026-01-02,Sales a,5.00\n2026-01-03,Brand,2.00\n"
    home.put("org=meta/ads.csv", meta, "ads")
    home.put("org=google/ads.csv", "Day,Campaign,Currency code,Cost\n2026-01-02,Search,USD,0.00\n", "ads")
    home.put("org=counts/counts.csv", "date,platform,participant_count\n2026-01-04,Zoom,9\n", "attendance")
    # Events, and no opt-in, nobody who came and nobody who watched.
    event = {"event_id": "e1", "email": "a@example.com", "name": "opened", "type": "action"}
    home.put("org=events/events.json", json.dumps([{**event, "timestamp": "2026-01-02T20:00:00Z"}]), "clickfunnels")
    home.put("org=events/counts.csv", "date,platform,participant_count\n2026-01-04,Zoom,9\n", "attendance")
    home.put("org=events/ads.csv", meta, "ads")


@pytest.fixture(scope="module")
def apart(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("apart") / "home", project=project_of(*FUNNEL))
    home.settle(FACTS)
    put_one_source_each(home)
    load(home)
    build(home)
    assert home.value("select count(*) from ops.rejected_rows") == 0
    return home


def period(home: Home, tenant: str, *columns: str) -> tuple[Any, ...]:
    """The sums of all days, which are those of the period; and every day has what its period has, or nothing."""
    names = ", ".join(columns)
    (found,) = home.query(
        f"select {names} from funnel.funnel_kpis_periods where organization_id = ? and period = 'all'", tenant
    )
    missing = [name for name, value in zip(columns, found, strict=True) if value is None]
    for name in missing:
        assert home.query(
            f"select distinct {name} from funnel.funnel_kpis_daily where organization_id = ?", tenant
        ) == [(None,)], name
    return found


RATIOS = ("true_cpl_amount", "true_cpp_amount", "conversion_percent", "cpl_ads_amount", "cpp_ads_amount")


def test_orders_alone_tell_nothing_of_leads_items_and_spend(apart: Home) -> None:
    assert period(
        apart, "orders", "orders", "revenue_amount", "refund_amount", "net_sales_amount", "high_ticket_sales"
    ) == (
        *(2, Decimal("45.00"), Decimal(0), Decimal("45.00")),
        0,
    )
    unknown = (
        *("leads", "paid_leads", "plus_sales", "other_plus_sales", "journals", "extra_journals", "trial_sales"),
        *("plus_revenue_amount", "meta_spend_amount", "google_spend_amount", "spend_amount", "profit_amount", "roas"),
        *("lead_sales_spend_amount", "welcome_clicks", "welcome_click_percent", "aov_all_amount", *RATIOS),
    )
    assert set(period(apart, "orders", *unknown)) == {None}
    assert apart.query(
        "select distinct total_leads, total_vip_sales, total_spend_meta, total_spend_google, cpl, cpp, roas,"
        " vip_take_rate from funnel.daily_kpis where organization_id = 'orders'"
    ) == [(None,) * 8]
    assert apart.query(
        "select sum(revenue_amount), sum(leads), sum(plus_sales), sum(manychat_connected), sum(bot_alert_contacts),"
        " sum(lead_to_plus_percent) from funnel.channel_funnel_daily where organization_id = 'orders'"
    ) == [(Decimal("45.00"), *[None] * 5)]
    assert apart.query(
        "select goal, actual, remaining, progress_percent is null, is_on_track is null from funnel.goal_progress"
        " where organization_id = 'orders' order by 1"
    ) == [
        ("leads", None, None, True, True),
        ("orders", Decimal(2), Decimal(8), False, False),
        ("spend_amount", None, None, True, True),
    ]
    assert apart.query(
        "select check_name, bool_and(is_ok), sum(actual_amount) from funnel.kpi_reconciliation"
        " where organization_id = 'orders' group by 1 order by 1"
    ) == [
        ("google_spend_by_type", None, None),
        ("items_vs_orders", None, None),
        ("leads_by_channel", None, None),
        ("meta_spend_by_type", None, None),
        ("other_currency_renewals", None, None),
        ("other_currency_revenue", True, Decimal(0)),
        ("plus_sales_by_channel", None, None),
        ("renewal_revenue", None, None),
        ("revenue_by_channel", True, Decimal("45.00")),
        ("unknown_status_orders", True, Decimal(0)),
    ]
    assert apart.query(
        "select distinct viewers, buyers, previous_viewers from funnel.vsl_milestones where organization_id = 'orders'"
    ) == [(None, None, None)]


def test_products_that_an_orders_export_names_are_items(apart: Home) -> None:
    columns = ("plus_sales", "extra_journals", "journals", "trial_sales", "plus_revenue_amount")
    assert period(apart, "named", *columns) == (2, 3, 5, 0, Decimal("76.00"))
    assert period(apart, "listed", *columns) == (1, 1, 2, 0, Decimal("14.00"))
    assert apart.query(
        "select orders.clickfunnels_order_id, product_name, quantity, product_role from funnel.order_items as items"
        " join funnel.products on products.organization_id = items.organization_id and products.id = product_id"
        " join funnel.orders on orders.organization_id = items.organization_id and orders.id = order_id"
        " where items.organization_id = 'named' order by all"
    ) == [
        (1, "Plus pass", 1, "plus"),
        (2, "Extra book", 2, "extra_journal"),
        (3, "Extra book", 1, "extra_journal"),
        (3, "Plus pass", 1, "plus"),
    ]
    assert set(period(apart, "named", "leads", "conversion_percent")) == {None}


def test_leads_alone_tell_nothing_of_orders(apart: Home) -> None:
    assert period(apart, "leads", "leads", "paid_leads", "other_leads") == (1, 1, 0)
    unknown = (
        *("orders", "revenue_amount", "plus_sales", "high_ticket_sales", "gross_sales_amount", "refund_amount"),
        *("net_sales_amount", "spend_amount", "welcome_clicks", "welcome_click_percent", *RATIOS),
    )
    assert set(period(apart, "leads", *unknown)) == {None}
    assert apart.query(
        "select lead_channel, first_plus_at, days_to_plus, revenue_amount, high_ticket_amount"
        " from funnel.lead_attribution where organization_id = 'leads'"
    ) == [("paid", None, None, None, None)]
    assert apart.query(
        "select sum(leads), sum(manychat_connected), sum(bot_alert_contacts), sum(welcome_click_contacts),"
        " sum(revenue_amount) from funnel.channel_funnel_daily where organization_id = 'leads'"
    ) == [(1, 0, None, None, None)]


def test_spend_adds_what_was_delivered(apart: Home) -> None:
    spend = ("meta_spend_amount", "google_spend_amount", "spend_amount", "lead_sales_spend_amount", "roas")
    assert period(apart, "meta", *spend) == (Decimal("7.00"), None, Decimal("7.00"), Decimal("5.00"), None)
    # 0 was delivered, and is none.
    assert period(apart, "google", *spend) == (None, Decimal(0), Decimal(0), None, None)
    assert set(period(apart, "meta", "leads", "orders", "profit_amount", *RATIOS)) == {None}
    assert apart.query(
        "select goal, actual, remaining from funnel.goal_progress where organization_id = 'google' order by 1"
    ) == [("leads", None, None), ("orders", None, None), ("spend_amount", Decimal(0), Decimal(10))]


def test_counts_of_a_stream_tell_nobody_by_name(apart: Home) -> None:
    columns = "day_number, attendees, plus_attendees, zoom_participants, retention_percent"
    days = f"select {columns} from funnel.attendance_daily"
    assert apart.query(f"{days} where organization_id = 'counts' order by 1") == [
        (1, None, None, 9, None),
        (2, None, None, None, None),
    ]
    assert apart.query(f"{days} where organization_id = 'events' order by 1") == [
        (1, 0, None, 9, None),
        (2, 0, None, None, None),
    ]
    assert apart.query(
        "select distinct viewers, buyers from funnel.vsl_milestones where organization_id = 'events'"
    ) == [(0, None)]
    assert period(apart, "events", "welcome_clicks", "leads", "welcome_click_percent") == (0, None, None)


def test_the_run_can_say_what_is_missing(apart: Home) -> None:
    """Nothing of tenants who have ads or streams alone: they may sell elsewhere."""
    said = apart.query(
        "select organization_id, split_part(message, ':', 1) from intermediate.int_funnel_inputs_missing"
    )
    assert sorted(said) == [
        ("leads", "no orders yet"),
        ("leads", "no report of ads yet"),
        ("listed", "no lead events yet"),
        ("listed", "no report of ads yet"),
        ("named", "no lead events yet"),
        ("named", "no report of ads yet"),
        ("orders", "no lead events yet"),
        ("orders", "no order names its products yet"),
        ("orders", "no report of ads yet"),
    ]


def test_what_comes_later_is_known_from_then_on_and_facts_that_nobody_states_are_not(tmp_path: Path) -> None:
    home = Home(tmp_path / "home", project=project_of(*FUNNEL))
    home.put("orders.csv", NAMED, "clickfunnels")
    home.put("ads.csv", "Day,Campaign name,Amount spent (USD)\n2026-01-02,Sales a,50.00\n", "ads")
    load(home)
    build(home)
    columns = ("leads", "plus_sales", "high_ticket_sales", "lead_sales_spend_amount", "profit_amount", "roas")
    # Profit and roas are of one revenue.
    assert period(home, "main", *columns) == (None, None, None, None, Decimal("85.00"), Decimal("2.7000"))
    home.settle(FACTS)
    home.put("leads.json", json.dumps([LEAD]), "clickfunnels")
    load(home)
    build(home)
    known = (1, 2, 0, Decimal("50.00"), Decimal("85.00"), Decimal("2.7000"))
    assert period(home, "main", *columns) == known
    assert home.query("select sum(leads), count(leads) = count(*) from funnel.funnel_kpis_daily") == [(1, True)]
