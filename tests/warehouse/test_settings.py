"""The home's settings files, from the file to the mart: what they say holds from the next run on, in every row."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

from loaders.settings.files import shipped_rows
from loaders.sources.registry import HOME_SEEDS
from tests.support import storms
from tests.support.homes import FUNNEL, Home, project_of
from tests.support.servers import clear, connect
from tests.warehouse.test_funnel import DOMAIN, ZONE, build, load

AS_OF = "2026-01-05T20:00:00Z"
ROLES = "match_on,match_value,role\n"
ORDERS = "select billing_status, channel, is_high_ticket, is_counted from funnel.orders order by 1"


def order(number: int, **said: object) -> dict[str, object]:
    return {
        "id": number,
        "billing_status": "paid",
        "total_amount": "1500.00",
        "created_at": f"2025-12-2{number}T20:00:00Z",
        "contact": {"email_address": f"p{number}@example.com"},
        "funnel_name": "https://www.shop.example/order",
        "line_items": [
            {
                "id": number * 10,
                "original_product": {"id": 7, "name": "Workbook"},
                "products_price": {"amount": "1500.00"},
            }
        ],
        **said,
    }


FACTS = {
    "funnel/funnel_product_roles.csv": ROLES + "name,workbook,plus\n",
    "funnel/funnel_hosts.csv": "host,channel\nshop.example,organic\n",
    "funnel/funnel_high_ticket.csv": "currency,min_amount\nUSD,1000\n",
    "funnel/funnel_goals.csv": "goal,target,starts_on,ends_on\norders,10,2025-12-01,2026-01-31\n",
    "funnel/funnel_campaign_types.csv": "priority,pattern,campaign_type\n1,^autumn,sales\n",
    "funnel/funnel_challenges.csv": "challenge,starts_on,days\nwinter,2026-01-04,5\n",
    "funnel/funnel_order_statuses.csv": "order_source,source_status,billing_status,counts,was_paid\n"
    "ClickFunnels,On Hold,on-hold,true,true\nClickFunnels,PAID,settled,true,true\n",
    "funnel/funnel_event_rules.csv": "rule,name_pattern,value_pattern\nattended,Came_(\\d+),\n",
    "funnel/funnel_vsl_milestones.csv": "milestone_percent\n33\n",
    "funnel/funnel_time_zones.csv": "rails_name,iana_name\nHere,Europe/Oslo\n",
}


def put_samples(home: Home) -> None:
    """Two orders, an event, a person, and an ad-day."""
    event = {"event_id": "e1", "email": "p1@example.com", "name": "Came_1", "type": "analytics"}
    objects = [
        order(1),
        order(2, billing_status="On Hold"),
        {**event, "timestamp": "2026-01-04T20:00:00Z"},
        {"id": 5, "email_address": "p1@example.com", "time_zone": "Here", "created_at": "2025-12-20T00:00:00Z"},
    ]
    home.put("a.json", json.dumps(objects), "clickfunnels")
    home.put("ads.csv", "Day,Campaign name,Amount spent (USD)\n2025-12-24,Autumn a,5.00\n", "ads")


def facts(home: Home) -> dict[str, object]:
    """What the marts make of the settings."""
    return {
        "statuses": home.query(ORDERS),
        "roles": home.query("select distinct product_role from funnel.order_items"),
        "goals": home.query("select goal, actual from funnel.goal_progress"),
        "types": home.query("select campaign_type from funnel.ad_performance"),
        "days": home.query("select challenge, day_number, attendees from funnel.attendance_daily order by 2"),
        "milestones": home.query("select count(*) from funnel.vsl_milestones"),
        "zones": home.query("select time_zone from funnel.contacts where time_zone is not null"),
    }


STATED = {
    "statuses": [("on-hold", "organic", True, True), ("settled", "organic", True, True)],
    "roles": [("plus",)],
    "goals": [("orders", 2)],
    "types": [("sales",)],
    "days": [("winter", 1, 1), ("winter", 2, 0)],
    "milestones": [(6,)],
    "zones": [("Europe/Oslo",)],
}
SHIPPED = {
    "statuses": [("on-hold", "other", False, False), ("paid", "other", False, True)],
    "roles": [(None,)],
    "goals": [],
    "types": [("other",)],
    "days": [],
    "milestones": [(5,)],
    "zones": [("Here",)],
}


def test_what_a_home_says_holds_from_the_next_run_on_in_every_row(tmp_path: Path) -> None:
    """Stated, changed and taken back, with nothing new to load: always as if it had been so from the start."""
    home = Home(tmp_path / "home", project=project_of(*FUNNEL))
    put_samples(home)
    load(home)
    build(home, AS_OF, *storms.COMPARED)
    assert facts(home) == SHIPPED
    home.settle(FACTS)
    # Nothing is new to load, and dbt alone sees it too.
    load(home)
    subprocess.run(
        [Path(sys.executable).with_name("dbt"), "build", *DOMAIN, "--target-path", tmp_path, "--log-path", tmp_path],
        cwd=home.project,
        env={**home.environment, "LEDGERLINE_AS_OF": AS_OF, **ZONE},
        check=True,
        capture_output=True,
    )
    assert facts(home) == STATED
    home.settle({"funnel/funnel_product_roles.csv": ROLES + "product_id,7,trial\n"})
    build(home, AS_OF, *storms.COMPARED)
    assert facts(home) == {**STATED, "roles": [("trial",)]}
    for path in (home.path / "settings" / "funnel").iterdir():
        path.unlink()
    build(home)
    assert facts(home) == SHIPPED
    assert home.value("select count(*) from raw_settings.read_files") == 0


def test_a_wrong_settings_file_stops_the_command_and_changes_nothing(tmp_path: Path) -> None:
    home = Home(tmp_path / "home", project=project_of(*FUNNEL))
    home.settle({"funnel/funnel_hosts.csv": "host,channel\na.example,paid\n"})
    home.put("ads.csv", "Day,Campaign name,Amount spent (USD)\n2025-12-24,Autumn a,5.00\n", "ads")
    load(home)
    home.put("more.csv", "Day,Campaign name,Amount spent (USD)\n2025-12-25,Autumn a,5.00\n", "ads")
    home.settle(
        {
            "funnel/funnel_goals.csv": "goal,target,starts_on,ends_on\nleads,5,2025-12-01,2026-01-31\n",
            "funnel/funnel_hosts.csv": "host,channel\na.example,organic\nb.example,plenty\n",
        }
    )
    for command in (["load"], ["build"], ["run"]):
        done = home.ledgerline(*command)
        assert done.returncode == 2, done.stderr
        told = [line for line in done.stderr.splitlines() if "settings/" in line]
        assert len(told) == 1, done.stderr
        assert "settings/funnel/funnel_hosts.csv, line 3: channel is 'plenty'" in told[0]
    assert home.query("select host, channel, _source_row from raw_settings.funnel_hosts") == [("a.example", "paid", 2)]
    assert home.value("select count(*) from raw_settings.funnel_goals") == 0
    assert home.value("select count(*) from raw_ads.meta_ads") == 1
    assert home.query("select status from ops.application_logs order by run_number desc limit 1") == [("failed",)]


def test_every_seed_takes_the_homes_lines_of_every_domain(home: Home) -> None:
    """A line of the same key takes the place of the seed's: none counts twice."""
    overrides = "organization_id,customer_id_a,customer_id_b,decision\nsalon,A,B,same\n"
    home.settle({**FACTS, "appointments/square_identity_overrides.csv": overrides})
    expected = {}
    for seed in HOME_SEEDS:
        shipped = shipped_rows(seed.domain, seed.name)
        expected[seed.name] = len(shipped) or 1
        if shipped:
            text = io.StringIO()
            csv.writer(text).writerows([shipped[0].keys(), shipped[-1].values()])
            home.settle({f"{seed.domain}/{seed.name}.csv": text.getvalue()})
    done = home.ledgerline(
        "build", "--exclude-resource-type", "unit_test", "--select", "path:models/staging/settings", "path:seeds"
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
    # What readers alone look up has no model.
    for name in ("funnel_header_aliases", "seed_ticketing_headers", "creators_header_aliases"):
        del expected[name]
    assert {name: home.value(f"select count(*) from staging.stg_settings__{name}") for name in expected} == expected


@storms.whole("settings on a server")
def test_a_server_chooses_alike(tmp_path: Path, postgres: dict[str, str]) -> None:
    home = Home(tmp_path / "home", env={"LEDGERLINE_TARGET": "postgres", **postgres}, project=project_of(*FUNNEL))
    clear(postgres)
    put_samples(home)
    home.settle(FACTS)
    load(home)
    build(home)
    with connect(postgres) as cursor:
        cursor.execute(ORDERS)
        assert cursor.fetchall() == STATED["statuses"]
        cursor.execute("select count(*) from funnel.vsl_milestones")
        assert cursor.fetchall() == STATED["milestones"]
    (home.path / "settings/funnel/funnel_hosts.csv").unlink()
    build(home)
    with connect(postgres) as cursor:
        cursor.execute("select distinct channel from funnel.orders")
        assert cursor.fetchall() == [("other",)]
