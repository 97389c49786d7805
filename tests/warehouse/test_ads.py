"""Ads from the file to the mart: whose money a report speaks of, and which reports restate which."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from loaders.source import Kind, Parsed, Source, raw_table
from loaders.sources.ads.layouts import META as META_ADS
from loaders.sources.ads.layouts import table_of
from loaders.sources.ads.reports import read_report
from tests.drawn.funnels import draw_reports
from tests.support import storms
from tests.support.homes import FUNNEL, Home, project_of
from tests.support.servers import clear, compare_marts

AS_OF = "2026-11-20T18:00:00Z"
BUILD = (
    *("build", "--exclude-resource-type", "unit_test", "--select"),
    *("+ad_performance", "+campaign_performance_daily", "assert_ads_accounts_are_told_apart", "assert_ads_lose_no_day"),
)
META = "Day,Campaign name,Amount spent (USD)\n"
GOOGLE = "Campaign report\nCampaign,Day,Currency code,Cost\n"
DAY = "2026-10-01"


def land(home: Home, files: Mapping[str, str]) -> None:
    for name, content in files.items():
        home.put(name, content, "ads")
    done = home.ledgerline("load", "ads", LEDGERLINE_AS_OF=AS_OF)
    assert done.returncode == 0, done.stdout + done.stderr


def build(home: Home, *arguments: str) -> str:
    done = home.ledgerline(*BUILD, *arguments, LEDGERLINE_AS_OF=AS_OF)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    return done.stdout


def spent(home: Home) -> dict[str, Decimal]:
    """What each tenant spent, by both marts."""
    days = dict(home.query("select organization_id, sum(spend) from funnel.ad_performance group by 1"))
    campaigns = "select organization_id, sum(spend) from funnel.campaign_performance_daily group by 1"
    assert dict(home.query(campaigns)) == days
    return days


# Each tenant's reports in the order of their names, which is that of their landing.
REPORTS = {
    # Equally named campaigns of two accounts, told by a column, or by folders: the same bytes below two are two files.
    "meta_name": {
        "a.csv": f"Account name,{META}Brand A,{DAY},Retarget,100.00\n",
        "b.csv": f"Account name,{META}Brand B,{DAY},Retarget,70.00\n",
    },
    "meta_id": {
        "a.csv": f"Account ID,{META}act_1,{DAY},Retarget,100.00\n",
        "b.csv": f"Account ID,{META}2,{DAY},Retarget,70.00\n",
    },
    "google_name": {
        "a.csv": f"Campaign report\nAccount,Campaign,Day,Cost\nClient A,Brand,{DAY},100.00\n",
        "b.csv": f"Campaign report\nAccount,Campaign,Day,Cost\nClient B,Brand,{DAY},70.00\n",
    },
    "google_id": {
        "a.csv": f"Customer ID,Campaign,Day,Cost\n123-456-7890,Brand,{DAY},100.00\n",
        "b.csv": f"Customer ID,Campaign,Day,Cost\n123-456-7891,Brand,{DAY},70.00\n",
    },
    "spanish": {
        "a.csv": f"Nombre de la cuenta,Día,Nombre de la campaña,Importe gastado (MXN)\nA,{DAY},X,100.00\n",
        "b.csv": f"Nombre de la cuenta,Día,Nombre de la campaña,Importe gastado (MXN)\nB,{DAY},X,70.00\n",
    },
    "folder": {
        "account=1/a.csv": f"{META}{DAY},Retarget,85.00\n",
        "account=2/a.csv": f"{META}{DAY},Retarget,85.00\n",
    },
    # Nearly: one account, by its id in two spellings, its name, and a folder of that name.
    "one_account": {
        "a.csv": f"Customer ID,Account,Campaign,Day,Cost\n123-456-7890,Client,Brand,{DAY},1.00\n",
        "b.csv": f"Customer ID,Campaign,Day,Cost\n1234567890,Brand,{DAY},2.00\n",
        "c.csv": f"Account,Campaign,Day,Cost\nclient,Brand,{DAY},4.00\n",
        "d/account=Client/d.csv": f"Campaign,Day,Cost\nBrand,{DAY},8.00\n",
    },
    # Ids are unique across accounts: a newer report restates them, whichever columns it has.
    "ids": {
        "a.csv": f"Campaign ID,{META}7,{DAY},Retarget,1.00\n",
        "b.csv": f"Account name,Campaign ID,{META}Brand A,7,{DAY},Retarget,2.00\nBrand A,8,{DAY},Fall,4.00\n",
        "c.csv": f"Campaign ID,{META}7,{DAY},Retargeting,8.00\n",
    },
    # An account's name of a campaign stands for its id; another account's does not.
    "names": {
        "a.csv": f"Account name,Campaign ID,{META}Brand A,7,{DAY},Retarget,1.00\n",
        "b.csv": f"Account name,{META}Brand A,{DAY},retarget,2.00\nBrand B,{DAY},Retarget,4.00\n",
    },
    # Without an account: the newer has every campaign, so it is an export of the same; else both count.
    "restated": {
        "a.csv": f"{META}{DAY},Retarget,1.00\n2026-09-30,Ended,2.00\n",
        "b.csv": f"{META}{DAY},Retarget,4.00\n{DAY},Fall,8.00\n",
    },
    "apart": {
        "brand-a.csv": f"{META}{DAY},Retarget,100.00\n{DAY},Fall,10.00\n2026-10-02,Retarget,1.00\n",
        "brand-b.csv": f"{META}{DAY},Retarget,70.00\n2026-10-02,Retarget,2.00\n",
    },
    "currencies": {
        "a.csv": f"{META}{DAY},Retarget,100.00\n",
        "b.csv": f"{META}{DAY},Retarget,70.00\n".replace("USD", "EUR"),
    },
    "levels_apart": {
        "a.csv": f"{META}{DAY},Retarget,100.00\n{DAY},Fall,10.00\n",
        "b.csv": f"Ad name,{META}video,{DAY},Retarget,70.00\n",
    },
    "levels": {
        "a.csv": f"{META}{DAY},Retarget,100.00\n{DAY},Fall,10.00\n",
        "b.csv": f"Ad name,{META}video,{DAY},Retarget,99.00\nstill,{DAY},Fall,10.00\n",
    },
    # The column comes later, in an export that has every campaign; in one that lacks one, both count.
    "column_added": {
        "a.csv": f"{META}{DAY},Retarget,1.00\n",
        "b.csv": f"Account name,{META}Brand A,{DAY},Retarget,2.00\nBrand A,{DAY},Fall,4.00\n",
    },
    "column_added_apart": {
        "a.csv": f"{META}{DAY},Retarget,1.00\n{DAY},Other,8.00\n",
        "b.csv": f"Account name,{META}Brand A,{DAY},Retarget,2.00\nBrand A,{DAY},Fall,4.00\n",
    },
    # What no report of a tenant has is unknown; a cell that is there counts, 0 too.
    "spend_alone": {
        "meta.csv": f"{META}{DAY},Retarget,1.00\n",
        "google.csv": f"Campaign,Day,Cost\nBrand,{DAY},2.00\n",
    },
    "results": {
        "informe.csv": (
            "Día,Nombre de la campaña,Resultados,Indicador de resultado,Importe gastado (MXN),Impresiones,"
            "Clics en el enlace,Visitas a la página de destino,Inicio del informe,Fin del informe\n"
            f"{DAY},Sur,12,actions:offsite_conversion.fb_pixel_lead,4.50,1200,30,21,{DAY},2026-10-02\n"
            f"2026-10-02,Sur,0,actions:offsite_conversion.fb_pixel_lead,1.50,1000,0,0,{DAY},2026-10-02\n"
        ),
    },
    # The advice of the warning, followed: the same files once more, in folders.
    "moved": {
        "a.csv": f"{META}{DAY},Retarget,100.00\n{DAY},Fall,10.00\n",
        "b.csv": f"{META}{DAY},Retarget,70.00\n",
        "c/account=a/a.csv": f"{META}{DAY},Retarget,100.00\n{DAY},Fall,10.00\n",
        "c/account=b/b.csv": f"{META}{DAY},Retarget,70.00\n",
    },
}
SPENT = {
    **dict.fromkeys(["meta_name", "meta_id", "google_name", "google_id", "spanish", "folder"], "170.00"),
    **{"one_account": "8.00", "ids": "12.00", "names": "6.00", "restated": "14.00", "apart": "183.00"},
    **{"levels": "109.00", "levels_apart": "180.00", "column_added": "6.00", "column_added_apart": "15.00"},
    **{"moved": "180.00", "spend_alone": "3.00", "results": "6.00", "currencies": "170.00"},
}
WARNED = {"apart", "currencies", "levels_apart", "column_added_apart"}


@pytest.fixture(scope="module")
def reported(tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, str]:
    home = Home(tmp_path_factory.mktemp("ads") / "home", project=project_of(*FUNNEL))
    land(home, {f"org={tenant}/{name}": text for tenant, files in REPORTS.items() for name, text in files.items()})
    return home, build(home)


def test_each_accounts_money_counts_once(reported: tuple[Home, str]) -> None:
    home, _ = reported
    assert spent(home) == {tenant: Decimal(amount) for tenant, amount in SPENT.items()}


def test_reports_that_cannot_be_told_apart_are_named(reported: tuple[Home, str]) -> None:
    home, said = reported
    assert re.search(rf"WARN {len(WARNED)} assert_ads_accounts_are_told_apart ", said)
    compiled = next(home.path.glob("**/compiled/**/assert_ads_accounts_are_told_apart.sql"))
    found = {row[0]: row[1:] for row in home.query(compiled.read_text())}
    assert set(found) == WARNED
    assert found["apart"] == (
        *("meta", "ads/org=apart/brand-a.csv", "ads/org=apart/brand-b.csv"),
        *(date(2026, 10, 1), date(2026, 10, 2), 1),
    )
    # Each row is one of its own, though all but the file is alike.
    assert home.query(
        "select count(*), count(distinct id), sum(spend), min(account) from funnel.ad_performance"
        f" where organization_id = 'apart' and campaign_name = 'Retarget' and date = date '{DAY}'"
    ) == [(2, 2, Decimal("170.00"), "")]
    assert home.query(
        "select account, spend from funnel.campaign_performance_daily"
        f" where organization_id = 'apart' and campaign_name = 'Retarget' and date = date '{DAY}'"
    ) == [("", Decimal("170.00"))]


def test_the_account_is_a_column_of_both_marts(reported: tuple[Home, str]) -> None:
    home, _ = reported
    for mart in ("ad_performance", "campaign_performance_daily"):
        found = f"(select distinct organization_id, account || ' ' || campaign_key as whose from funnel.{mart})"
        accounts = dict(
            home.query(f"select organization_id, string_agg(whose, ', ' order by whose) from {found} group by 1")
        )
        assert accounts["meta_name"] == "Brand A name:retarget, Brand B name:retarget"
        assert accounts["google_id"] == "123-456-7890 name:brand, 123-456-7891 name:brand"
        assert accounts["folder"] == "1 name:retarget, 2 name:retarget"
        assert accounts["one_account"] == "1234567890 name:brand"
        assert accounts["ids"] == "Brand A 7, Brand A 8"
        assert accounts["names"] == "Brand A 7, Brand B name:retarget"


def test_what_no_report_says_is_unknown(reported: tuple[Home, str]) -> None:
    home, _ = reported
    counted = ("impressions", "clicks", "link_clicks", "landing_page_views", "reported_leads", "reported_purchases")
    results = ("landing_page_view_per_link_click", "reported_conversions", "frequency")
    ratios = ("cpc", "cpm", "cpl", "cpp")
    percents = ("ctr", "connect", "click_to_lead", "click_to_purchase")
    for mart, columns in (
        ("ad_performance", [*counted, *results]),
        (
            "campaign_performance_daily",
            [*counted, *(f"{r}_amount" for r in ratios), *(f"{p}_percent" for p in percents)],
        ),
    ):
        rows = home.query(f"select {', '.join(columns)} from funnel.{mart} where organization_id = 'spend_alone'")
        assert rows == [(None,) * len(columns)] * 2, mart
    assert home.query(
        "select reported_leads, reported_purchases, landing_page_views, landing_page_view_per_link_click"
        " from funnel.ad_performance where organization_id = 'results' order by date"
    ) == [(12, None, 21, Decimal("0.7")), (0, None, 0, None)]


def test_loads_and_builds_in_between_change_nothing(tmp_path: Path, reported: tuple[Home, str]) -> None:
    """A file a run, each built, gives what all of them at once give."""
    home = Home(tmp_path / "home", project=project_of(*FUNNEL))
    for number in range(max(map(len, REPORTS.values()))):
        files = {tenant: list(files.items())[number] for tenant, files in REPORTS.items() if number < len(files)}
        land(home, {f"org={tenant}/{name}": text for tenant, (name, text) in files.items()})
        if number in (0, 1):
            build(home, *storms.COMPARED)
    build(home)
    for mart in ("ad_performance", "campaign_performance_daily"):
        rows = f"select * from funnel.{mart} order by all"
        assert home.query(rows) == reported[0].query(rows)


@storms.whole("ads on a server")
def test_a_server_tells_accounts_apart_alike(
    tmp_path: Path, postgres: dict[str, str], reported: tuple[Home, str]
) -> None:
    home = Home(tmp_path / "home", env={"LEDGERLINE_TARGET": "postgres", **postgres}, project=project_of(*FUNNEL))
    clear(postgres)
    land(home, {f"org={tenant}/{name}": text for tenant, files in REPORTS.items() for name, text in files.items()})
    build(home)
    assert compare_marts(postgres, reported[0], ["funnel"]) == 2


def test_rows_of_a_version_that_knew_no_accounts_keep_theirs(tmp_path: Path) -> None:
    """It kept the column in `extra`; and its tables get the columns that this one adds."""
    known = (*("organization_id", "account_id", "account_name", "account_folder"), *raw_table("", []).schema.names)
    table = raw_table("meta_ads", [field for field in table_of(META_ADS).schema if field.name not in known])

    def read_as_before(*arguments: Any) -> Parsed:
        (rows,) = read_report(*arguments).tables.values()
        for row in rows:
            row["extra"] = json.dumps({"account_name": row.pop("account_name")})
            del row["account_id"], row["account_folder"]
        return Parsed({"meta_ads": rows}, len(rows), len(rows))

    before = Source("ads", (table,), kind_of=lambda file: Kind("report", "2", read_as_before))
    home = Home(tmp_path / "home", project=project_of(*FUNNEL), env={"LEDGERLINE_AS_OF": AS_OF})
    for account in "AB":
        home.put(f"{account}.csv", f"Account name,{META}Brand {account},{DAY},Retarget,50.00\n", "ads")
    home.put("account=C/c.csv", f"Account name,{META},{DAY},Retarget,50.00\n", "ads")
    assert home.load(before).rows_landed == 3
    home.put("d.csv", f"Account name,{META}Brand A,{DAY},Retarget,20.00\n", "ads")
    assert home.load("ads").rows_landed == 1
    build(home)
    assert home.query("select account, spend from funnel.ad_performance order by 1") == [
        ("Brand A", Decimal("20.00")),
        ("Brand B", Decimal("50.00")),
        ("C", Decimal("50.00")),
    ]


def test_no_order_of_landing_loses_or_repeats_an_accounts_money(tmp_path: Path) -> None:
    drawn = {f"t{number}": draw_reports(random.Random(f"ads {number}"), date(2026, 10, 1)) for number in range(40)}
    expected = {}
    for tenant, files in drawn.items():
        rows = {
            (name.partition("_")[0], line)
            for name, text in files.items()
            for line in text.splitlines()
            if DAY[:4] in line
        }
        expected[tenant] = sum(Decimal(line.rpartition(",")[2]) for _, line in rows)
    found = []
    for runs in (1, 2):
        home = Home(tmp_path / str(runs), project=project_of(*FUNNEL))
        draw = random.Random(runs)
        landed = [(tenant, name, text) for tenant, files in drawn.items() for name, text in files.items()]
        draw.shuffle(landed)
        for run in range(runs):
            # Another folder is another place in the order of landing.
            part = landed[run::runs]
            land(home, {f"org={tenant}/{draw.randint(0, 999)}/{name}": text for tenant, name, text in part})
            build(home, *(storms.COMPARED if run < runs - 1 else ()))
        assert spent(home) == expected
        # Of files that both count the id holds the file, and which one tells a day last is a matter of landing.
        found.append(home.query("select * exclude (id) from funnel.ad_performance order by all"))
    assert found[0] == found[1]
