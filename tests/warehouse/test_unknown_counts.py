"""What a tenant never delivered is unknown in the marts, and no 0: homes with only one of a mart's sources."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.drawn.programmes import CREATORS, build, load, put
from tests.support import reports
from tests.support.homes import Home, project_of

AS_OF = "2030-11-05T18:00:00Z"


@pytest.fixture(scope="module")
def programmes(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Two clients: of `mute` nobody ever exported videos, and in `loud` one creator has none."""
    home = Home(tmp_path_factory.mktemp("programmes") / "home", project=project_of(*CREATORS))
    clients = ("mute", "loud")
    users = "".join(
        f"u-{client}-{name},{client},{name},low,2030-09-01T00:00:00Z,2031-01-01T00:00:00Z,2030-09-01T00:00:00Z\n"
        for client in clients
        for name in ("ada", "ben")
    )
    missions = "".join(
        f"{kind}-{client},{client},{kind},1,true,2030-09-01T00:00:00Z\n"
        for client in clients
        for kind in ("views", "likes", "videos")
    )
    folder = "loyalty/2030-11-05"
    put(
        home,
        {
            f"{folder}/clients.csv": "id,name,vip_metric\n" + "".join(f"{name},{name},sales\n" for name in clients),
            f"{folder}/tiers.csv": "client_id,tier_order,tier_id,tier_name,sales_threshold\n"
            + "".join(f"{name},1,low,Low,0\n{name},2,high,High,500\n" for name in clients),
            f"{folder}/users.csv": (
                f"id,client_id,tiktok_handle,current_tier,tier_achieved_at,next_checkpoint_at,created_at\n{users}"
            ),
            f"{folder}/missions.csv": "id,client_id,mission_type,target_value,activated,created_at\n" + missions,
            "cruva/org=loud/videos_2030-11-05.csv": (
                "Handle,Video,Views,Likes,Comments,GMV,CTR,Units Sold,Post Date,Video Title\n"
                "ada,https://www.tiktok.com/@ada/video/7400000000000000001,40,5,0,$20.00,1.00%,2,2030-10-01,A\n"
            ),
        },
    )
    load(home, AS_OF)
    build(home, AS_OF)
    return home


def test_views_likes_and_comments_of_nobodys_exports(programmes: Home) -> None:
    counts = "checkpoint_total_views, checkpoint_total_likes, checkpoint_total_comments"
    for mart in ("users", "user_daily"):
        assert programmes.query(f"select client_id, handle_key, {counts} from creators.{mart} order by all") == [
            ("loud", "ada", 40, 5, 0),
            ("loud", "ben", 0, 0, 0),
            ("mute", "ada", None, None, None),
            ("mute", "ben", None, None, None),
        ]
    assert programmes.query(
        "select client_id, tiktok_handle, total_views, sales_per_1000_views, ctr_percent"
        " from creators.leaderboard order by 1, 2"
    ) == [
        ("loud", "ada", 40, Decimal("500.00"), Decimal("1.00")),
        ("loud", "ben", 0, None, None),
        *(("mute", name, None, None, None) for name in ("ada", "ben")),
    ]
    assert programmes.query(
        "select client_id, mission_type, status, current_value, progress_percent from creators.mission_progress"
        " where handle_key = 'ben' and mission_type <> 'videos' order by 1, 2"
    ) == [
        *(("loud", kind, "active", Decimal(0), 0) for kind in ("likes", "views")),
        *(("mute", kind, "active", None, None) for kind in ("likes", "views")),
    ]


HISTORY = "performance_code,snapshot_date,single_tickets_sold,subscription_tickets_sold,total_revenue\n"
BOX_OFFICE = ("--exclude-resource-type", "unit_test", "--select", "path:models/staging/box_office")
LAYERS = ("models/staging/settings", "models/intermediate", "models/marts", "seeds")
BOX_OFFICE = (*BOX_OFFICE, *(f"path:{layer}/box_office" for layer in LAYERS))


@pytest.fixture(scope="module")
def box_offices(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A tenant for each kind of input: sales, metadata, comparisons, price types."""
    home = Home(tmp_path_factory.mktemp("box_offices") / "home", project=project_of("box_office"))
    home.put("org=sales/history.csv", HISTORY + "300920E,2030-09-01,10,5,300.00\n300920E,2030-09-08,20,5,600.00\n")
    home.put("org=edits/metadata/edits.csv", "performance_code,capacity,budget_goal\n300920E,100,900.00\n")
    home.put(
        "org=comparisons/comparisons.csv",
        "performance_code,comparison_name,week,tickets\n300920E,Last year,1,40\n300920E,Last year,0,50\n",
    )
    home.put("org=price_types/report.pdf", reports.price_types())
    done = home.ledgerline("load", "box_office")
    assert done.returncode == 0, done.stdout + done.stderr
    done = home.ledgerline("build", *BOX_OFFICE)
    assert done.returncode == 0, done.stdout[-6000:]
    return home


def nulls(home: Home, mart: str, organization: str) -> set[str]:
    """The columns of which a tenant's rows in a mart say nothing; there are rows."""
    names = [
        row[0]
        for row in home.query(
            "select column_name from information_schema.columns where table_schema = 'box_office' and table_name = ?",
            mart,
        )
    ]
    rows = home.query(f"select {', '.join(names)} from box_office.{mart} where organization_id = ?", organization)
    assert rows, (mart, organization)
    return {name for name, cells in zip(names, zip(*rows, strict=True), strict=True) if set(cells) == {None}}


def test_sales_alone_tell_no_capacity_budget_or_comps(box_offices: Home) -> None:
    against = {"capacity", "capacity_percent", "budget_goal", "budget_percent"}
    percents = {"capacity_percent", "budget_percent"}
    assert nulls(box_offices, "performances", "sales") >= against
    assert nulls(box_offices, "performance_sales_history", "sales") == percents
    assert "capacity_percent" in nulls(box_offices, "performance_sales_progression", "sales")
    assert nulls(box_offices, "season_sales_totals", "sales") == against | {
        *("productions", "fixed_tickets_sold", "non_fixed_tickets_sold", "reserved_tickets", "reserved_revenue"),
        "available_seats",
    }
    assert nulls(box_offices, "performance_sales_snapshots", "sales") >= percents | {
        *("fixed_tickets_sold", "reserved_tickets", "available_seats", "subtotal_revenue", "reserved_revenue"),
        *("comp_tickets", "paid_single_tickets", "paid_single_atp", "overall_atp", "gross_potential_amount"),
    }


def test_what_nothing_was_sold_of_is_not_told_by_other_kinds(box_offices: Home) -> None:
    sold = {"single_tickets_sold", "subscription_tickets_sold", "total_tickets_sold", "total_revenue"}
    for organization in ("edits", "price_types"):
        assert nulls(box_offices, "performances", organization) >= {*sold, "capacity_percent", "budget_percent"}
    assert nulls(box_offices, "performance_report_reconciliations", "price_types") >= {
        *("sales_snapshot_date", "sales_tickets", "tickets_difference", "sales_revenue", "revenue_difference"),
    }
    assert nulls(box_offices, "performance_comparisons", "comparisons") >= {"subs", "capacity", "atp"}
