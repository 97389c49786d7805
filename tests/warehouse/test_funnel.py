"""The funnel: the samples' figures, and marts that no order of landing and no repetition can change."""

from __future__ import annotations

import json
import random
import re
import shutil
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from loaders.config import PROJECT_DIR
from loaders.samples import challenge
from tests.drawn.funnels import HABITS, START, draw_funnel, draw_reports, files
from tests.support import storms
from tests.support.homes import FUNNEL, Home, project_of
from tests.support.servers import clear, compare_marts

SHARED = PROJECT_DIR.parent / "shared" / "samples"
SOURCES = ("clickfunnels", "ads", "attendance", "workflow")
DOMAIN = (
    *("--exclude-resource-type", "unit_test", "--select"),
    *(f"path:models/staging/{source}" for source in SOURCES),
    *(
        f"path:{folder}/funnel"
        for folder in ("models/staging/settings", "models/intermediate", "models/marts", "seeds")
    ),
)
AS_OF = "2026-01-05T20:00:00Z"
ZONE = {"LEDGERLINE_REPORTING_TIMEZONE": "America/Los_Angeles"}
FUNNELS = 40
MARTS = sorted(path.stem for path in (PROJECT_DIR / "models/marts/funnel").glob("*.sql"))


def load(home: Home, as_of: str = AS_OF) -> None:
    done = home.ledgerline("load", *SOURCES, LEDGERLINE_AS_OF=as_of, **ZONE)
    assert done.returncode in (0, 1), done.stderr


def build(home: Home, as_of: str = AS_OF, *arguments: str) -> str:
    """Build the domain with its data tests; what dbt says."""
    done = home.ledgerline("build", *DOMAIN, *arguments, LEDGERLINE_AS_OF=as_of, **ZONE)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    return done.stdout


def marts(home: Home) -> dict[str, list[str]]:
    """Every mart's rows as text, sorted."""
    return {mart: sorted(map(str, home.query(f"select * from funnel.{mart}"))) for mart in MARTS}


def assert_same(found: dict[str, list[str]], expected: dict[str, list[str]]) -> None:
    for mart in MARTS:
        assert found[mart] == expected[mart], (
            f"{mart}: only here {sorted(set(found[mart]) - set(expected[mart]))[:3]},"
            f" only there {sorted(set(expected[mart]) - set(found[mart]))[:3]}"
        )


@pytest.fixture(scope="module")
def sampled(tmp_path_factory: pytest.TempPathFactory) -> Home:
    if not SHARED.is_dir():
        pytest.skip("the shared samples are not beside this checkout")
    home = Home(tmp_path_factory.mktemp("funnel") / "home", project=project_of(*FUNNEL))
    for source in SOURCES:
        shutil.copytree(SHARED / source, home.path / "landing" / source)
    shutil.copytree(SHARED / "funnel_seeds", home.path / "settings" / "funnel")
    load(home)
    build(home)
    return home


def test_the_samples_land_as_their_readme_says(sampled: Home) -> None:
    found = {
        name.partition("/")[2]: (read, landed + duplicate, rejected, skipped)
        for name, read, landed, rejected, duplicate, skipped in sampled.query(
            "select source_file, rows_read, rows_landed, rows_rejected, rows_duplicate, rows_skipped"
            " from ops.load_audit where source <> 'ads'"
        )
    }
    assert found == {
        "orders/page-1.json": (10, 10, 0, 0),
        "contacts/page-1.json": (3, 3, 0, 0),
        "products/page-1.json": (5, 5, 0, 0),
        "transactions/page-1.json": (2, 2, 0, 0),
        "webhooks/2025-12.jsonl": (6, 6, 0, 0),
        "spiffy/2025-12.jsonl": (1, 1, 0, 0),
        "exports/orders.csv": (3, 2, 1, 0),
        "exports/contacts.csv": (2, 2, 0, 0),
        "events/2025-12.csv": (15, 13, 2, 0),
        "events/2026-01.jsonl": (7, 7, 0, 0),
        "youtube.csv": (5, 4, 1, 0),
        "youtube_again.csv": (1, 1, 0, 0),
        "errors.csv": (3, 2, 1, 0),
        "errors.json": (2, 2, 0, 0),
    }
    assert sampled.query("select reason_code from ops.quarantined_files order by 1") == [
        ("missing_column",),
        ("not_daily",),
    ]
    assert sampled.query("select reason_code, count(*) from ops.rejected_rows group by 1 order by 1") == [
        ("bad_date", 1),
        ("bad_number", 1),
        ("bad_type", 1),
        ("negative_value", 1),
        ("no_identity", 1),
    ]


def test_the_samples_give_their_marts(sampled: Home) -> None:
    counts = {mart: sampled.value(f"select count(*) from funnel.{mart}") for mart in MARTS}
    expected = {
        **{"contacts": 13, "orders": 13, "order_items": 14, "products": 5, "analytics_events": 20, "refunds": 3},
        **{"sales_restatements": 7, "lead_attribution": 5, "high_ticket_sales": 1, "daily_kpis": 14},
        **{"youtube_attendance": 3, "workflow_errors": 3, "ad_performance": 8, "attendance_daily": 5},
    }
    assert {mart: counts[mart] for mart in expected} == expected
    assert sampled.value("select count(*) from funnel.orders where is_counted") == 9
    assert sampled.value("select sum(line_total_amount) from funnel.order_items") == Decimal("1790.00")


def test_the_samples_give_their_days(sampled: Home) -> None:
    days = "date, orders, revenue_amount, plus_sales, gross_sales_amount, refund_amount, net_sales_amount"
    found = sampled.query(
        f"select {days} from funnel.funnel_kpis_daily where orders > 0 or refund_amount > 0 order by 1"
    )

    def row(day: int, orders: int, revenue: str, plus: int, gross: str, refunds: str, net: str) -> tuple[object, ...]:
        amounts = [Decimal(amount) for amount in (revenue, gross, refunds, net)]
        return (date(2025, 12, day), orders, amounts[0], plus, *amounts[1:])

    assert found == [
        row(23, 1, "31.00", 1, "31.00", "0.00", "31.00"),
        row(24, 5, "90.00", 3, "121.00", "0.00", "121.00"),
        row(25, 1, "1500.00", 0, "1500.00", "0.00", "1500.00"),
        row(26, 0, "0.00", 0, "0.00", "31.00", "-31.00"),
        row(27, 1, "45.00", 1, "76.00", "0.00", "76.00"),
        row(28, 1, "31.00", 0, "31.00", "10.00", "21.00"),
        row(30, 0, "0.00", 0, "0.00", "31.00", "-31.00"),
    ]
    assert sampled.query(
        "select orders, revenue_amount, plus_sales, gross_sales_amount, refund_amount, net_sales_amount"
        " from funnel.funnel_kpis_periods where period = 'all'"
    ) == [(9, Decimal("1697.00"), 5, Decimal("1759.00"), Decimal("72.00"), Decimal("1687.00"))]
    assert sampled.query(
        "select leads, paid_leads, organic_leads, extra_journals, journals, trial_sales, nonzero_plus_sales,"
        " aov_nonzero_amount, aov_all_amount, aov_plus_amount, spend_amount, lead_sales_spend_amount, cpl_ads_amount,"
        " cpp_ads_amount, true_cpl_amount, true_cpp_amount, roas, conversion_percent"
        " from funnel.funnel_kpis_daily where date = date '2025-12-24'"
    ) == [
        (
            *(5, 3, 2, 4, 7, 1, 2),
            *map(Decimal, ("45.00", "30.00", "38.00", "120.00", "100.00", "33.33", "100.00", "24.00", "40.00")),
            *map(Decimal, ("0.7500", "60.0000")),
        )
    ]
    assert sampled.query(
        "select channel, leads, plus_sales, trial_sales, extra_journals, revenue_amount, manychat_connected,"
        " bot_alert_contacts from funnel.channel_funnel_daily where date = date '2025-12-24' order by 1"
    ) == [
        ("organic", 2, 2, 1, 2, Decimal("45.00"), 1, 1),
        ("other", 0, 0, 0, 2, Decimal("14.00"), 0, 0),
        ("paid", 3, 1, 0, 0, Decimal("31.00"), 0, 0),
    ]


def test_the_samples_give_their_people_and_what_became_of_them(sampled: Home) -> None:
    assert sampled.query(
        "select clickfunnels_id, keap_id, manychat_id, created_at = timestamptz '2025-12-20 10:00:00Z', time_zone"
        " from funnel.contacts where email = 'person2@example.com'"
    ) == [(502, 70002, 9900000000002, True, "America/Los_Angeles")]
    people = "funnel.contacts as people on people.id = contact_id"
    assert sampled.query(
        f"select revenue_amount, high_ticket_amount from funnel.lead_attribution join {people}"
        " where email = 'person2@example.com'"
    ) == [(Decimal("1545.00"), Decimal("1500.00"))]
    assert sampled.query("select days_from_lead_to_sale from funnel.high_ticket_sales") == [(1,)]
    assert sampled.query(
        f"select first_utm_campaign, last_utm_campaign, campaign_type, ad_id from funnel.lead_attribution join {people}"
        " where email = 'person3@example.com'"
    ) == [("DC [LEADS] b", "DC [SALES] a", "sales", "120212345678901234")]
    assert sampled.query(
        "select billing_status, refunded_amount, net_amount from funnel.orders where clickfunnels_order_id = 1003"
    ) == [("partially-refunded", Decimal("10.00"), Decimal("21.00"))]
    assert sampled.query(
        "select change_number, changes.billing_status, is_inferred, changed_date, revenue_delta_amount"
        " from funnel.order_status_changes as changes join funnel.orders on orders.id = order_id"
        " where clickfunnels_order_id = 1004 order by 1"
    ) == [
        (1, "paid", True, date(2025, 12, 24), Decimal("31.00")),
        (2, "refunded", False, date(2025, 12, 26), Decimal("-31.00")),
    ]
    assert sampled.query("select milestone_percent, viewers, buyers from funnel.vsl_milestones order by 1") == [
        *[(5, 2, 1), (25, 1, 1), (50, 1, 1)],
        *[(75, 0, 0), (95, 0, 0)],
    ]
    assert sampled.query(
        "select day_number, attendees, plus_attendees, youtube_participants, zoom_participants, retention_percent"
        " from funnel.attendance_daily order by 1 limit 3"
    ) == [(1, 2, 2, 1010, 150, Decimal(100)), (2, 1, 1, None, None, Decimal(50)), (3, 0, 0, None, None, Decimal(0))]
    assert sampled.query("select goal, actual, days_elapsed, days_total from funnel.goal_progress order by 1") == [
        ("journals", Decimal(11), 24, 50),
        ("leads", Decimal(5), 24, 50),
        ("plus_sales", Decimal(5), 24, 50),
    ]


def write(
    home: Home,
    funnels: Sequence[list[dict[str, object]]],
    seed: int,
    number_of_files: int,
    *,
    has_all_reports: bool = True,
) -> None:
    """Each funnel as an organization, its lines and ads reports in an order of their own."""
    for number, lines in enumerate(funnels):
        draw = random.Random(f"{seed} {number}")
        for part, content in enumerate(files(draw, lines, number_of_files)):
            home.put(f"org=f{number}/{seed}_{part}.jsonl", content, "clickfunnels")
        # An id of ads that nothing but their file tells apart depends on which file landed last.
        reports = draw_reports(random.Random(f"ads {number}"), START.date(), HABITS[:3])
        count = len(reports) if has_all_reports else len(reports) // 2
        for name, content in draw.sample(sorted(reports.items()), count):
            home.put(f"org=f{number}/{draw.randint(0, 999)}/{name}", content, "ads")


@pytest.fixture(scope="module")
def funnels() -> list[list[dict[str, object]]]:
    return [draw_funnel(random.Random(f"funnel {number}")) for number in range(FUNNELS)]


@pytest.fixture(scope="module")
def landed_at_once(tmp_path_factory: pytest.TempPathFactory, funnels: list[list[dict[str, object]]]) -> Home:
    home = Home(tmp_path_factory.mktemp("at_once") / "home", project=project_of(*FUNNEL))
    home.settle(challenge.settings())
    write(home, funnels, 1, 1)
    load(home)
    build(home)
    return home


def test_any_order_and_any_repetition_give_the_same_marts(
    tmp_path: Path, funnels: list[list[dict[str, object]]], landed_at_once: Home
) -> None:
    home = Home(tmp_path / "home", project=project_of(*FUNNEL))
    home.settle(challenge.settings())
    draw = random.Random("halves")
    halves = [draw.sample(lines, len(lines) // 2) for lines in funnels]
    # Some of it first, and built; then all of it, in another order, in other files.
    write(home, halves, 2, 2, has_all_reports=False)
    load(home)
    build(home, AS_OF, *storms.COMPARED)
    write(home, funnels, 3, 3)
    load(home)
    build(home)
    assert home.value("select count(*) from ops.rejected_rows") == 0
    assert_same(marts(home), marts(landed_at_once))
    kept = home.export(["intermediate"])
    build(home, AS_OF, "--full-refresh", *storms.COMPARED)
    assert home.export(["intermediate"]) == kept
    assert_same(marts(home), marts(landed_at_once))


@pytest.mark.slow
def test_builds_on_top_of_each_other_agree_on_a_server(
    tmp_path: Path, postgres: dict[str, str], funnels: list[list[dict[str, object]]], landed_at_once: Home
) -> None:
    home = Home(tmp_path / "home", env={"LEDGERLINE_TARGET": "postgres", **postgres}, project=project_of(*FUNNEL))
    home.settle(challenge.settings())
    clear(postgres)
    draw = random.Random("halves")
    write(home, [draw.sample(lines, len(lines) // 2) for lines in funnels], 2, 1, has_all_reports=False)
    load(home)
    build(home, "2025-12-28T20:00:00Z", *storms.COMPARED)
    write(home, funnels, 3, 2)
    load(home)
    build(home)
    assert compare_marts(postgres, landed_at_once, ["funnel"]) == len(MARTS)


def test_what_was_reported_stays_reported(tmp_path: Path, landed_at_once: Home) -> None:
    """A look back gives the figures of that moment, and restatements reported before it are the same."""
    home = Home(tmp_path / "home", project=project_of(*FUNNEL))
    shutil.copytree(landed_at_once.path, home.path)
    before = "select * from funnel.sales_restatements where reported_date < date '2025-12-28' order by all"
    columns = (
        "organization_id, purchase_date, reported_date, orders, revenue_amount, orders_delta, revenue_delta_amount"
    )
    before = before.replace("*", columns, 1)
    now = home.query(before)
    build(home, "2025-12-28T20:00:00Z")
    assert home.query(before) == now
    assert len(now) > 50
    assert home.value("select max(date) from funnel.funnel_kpis_daily") == date(2025, 12, 28)
    then = home.export(["intermediate", "funnel"])
    build(home, "2025-12-28T20:00:00Z", "--full-refresh", *storms.COMPARED)
    assert home.export(["intermediate", "funnel"]) == then
    # And the present is there again.
    build(home, AS_OF, *storms.COMPARED)
    assert_same(marts(home), marts(landed_at_once))


def test_a_webhook_that_comes_late_is_no_lower_sale(tmp_path: Path) -> None:
    """Refunded by webhook, then an older paid version in a later load: refunded. One event twice: one event."""
    home = Home(tmp_path / "home", project=project_of(*FUNNEL))
    order = {
        "id": 1,
        "total_amount": "31.00",
        "created_at": "2025-12-24T20:00:00Z",
        "contact": {"email_address": " User@Example.COM "},
        "line_items": [],
    }
    refunded = {**order, "billing_status": "refunded", "updated_at": "2025-12-26T18:00:00Z"}
    paid = {**order, "billing_status": "paid", "updated_at": "2025-12-24T20:00:01Z"}
    home.put(
        "a.json", json.dumps([{"event_id": "e1", "event_type": "order.updated", "data": refunded}]), "clickfunnels"
    )
    load(home)
    home.put("b.json", json.dumps([{"event_id": "e2", "event_type": "order.created", "data": paid}]), "clickfunnels")
    home.put(
        "c.json", json.dumps([{"event_id": "e2", "event_type": "order.created", "data": paid}, []]), "clickfunnels"
    )
    load(home)
    build(home)
    assert home.query("select billing_status, is_counted from funnel.orders") == [("refunded", False)]
    assert home.query("select billing_status, is_inferred from funnel.order_status_changes order by change_number") == [
        ("paid", False),
        ("refunded", False),
    ]
    assert home.query("select email from funnel.contacts") == [("user@example.com",)]


def test_an_event_follows_its_doer_to_another_contact(tmp_path: Path) -> None:
    """No event changes, but whose it is: an export gives the id of a tool an address, in a later build."""
    home = Home(tmp_path / "home", project=project_of(*FUNNEL))
    click = {"keap_id": "7", "type": "action", "name": "click", "timestamp": "2025-12-24T20:00:00Z"}
    home.put("a.json", json.dumps([{**click, "event_id": "e1"}, {**click, "name": "open"}]), "clickfunnels")
    load(home)
    build(home, AS_OF, *storms.COMPARED)
    doers = """
        select events.name, contacts.email
        from funnel.analytics_events as events
        inner join funnel.contacts as contacts on events.contact_id = contacts.id
        order by all
    """
    assert home.query(doers) == [("click", None), ("open", None)]
    home.put("b.csv", "Email,Keap ID\na@example.com,7\n", "clickfunnels")
    load(home)
    build(home)
    assert home.query(doers) == [("click", "a@example.com"), ("open", "a@example.com")]


def test_words_that_no_seed_knows_are_kept_and_reported(tmp_path: Path) -> None:
    home = Home(tmp_path / "home", project=project_of(*FUNNEL))
    home.settle(challenge.settings())
    order = {
        "id": 1,
        "total_amount": "31.00",
        "billing_status": "On Hold",
        "created_at": "2025-12-24T20:00:00Z",
        "funnel_name": "https://new.example/order",
    }
    contact = {
        "id": 5,
        "email_address": "a@example.com",
        "time_zone": "Olympus Mons",
        "created_at": "2025-12-24T20:00:00Z",
    }
    product = {"id": 7, "name": "Something else", "price_ids": []}
    # The second checkout: a variant that is no number, an order that says nothing of payments.
    other = {"order_id": 9, "order_total": 100, "created_at": "2025-12-24T20:00:00Z", "payments": []}
    other["items"] = [{"order_item_id": 1, "variant_id": "plus-pass", "name": "Plus", "amount": 100}]
    home.put("a.json", json.dumps([order, other, contact, product]), "clickfunnels")
    home.put("ads.csv", "Day,Campaign name,Amount spent (USD)\n2025-12-24,Total Wine,5.00\n", "ads")
    load(home)
    said = build(home)
    for warning in (
        "assert_order_statuses_are_known",
        "assert_hosts_are_known",
        "assert_time_zones_are_known",
        "assert_campaigns_have_a_type",
        "assert_products_of_roles_are_sold",
    ):
        assert re.search(rf"WARN \d+ {warning} ", said), warning
    assert home.query("select billing_status, is_counted from funnel.orders order by source_order_id") == [
        ("on-hold", False),
        (None, False),
    ]
    assert home.query("select campaign_type from funnel.ad_performance") == [("other",)]
    assert home.query("select time_zone from funnel.contacts where email is not null") == [("Olympus Mons",)]
    assert home.query(
        "select actual_amount from funnel.kpi_reconciliation where check_name = 'unknown_status_orders' and not is_ok"
    ) == [(Decimal(2),)]
