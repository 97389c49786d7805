"""Ads reports: the traps of both ad managers' exports, and each reason to refuse beside a report that nearly has it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from loaders.config import load_settings
from loaders.source import File, Parsed, Quarantined
from loaders.sources.ads import kind_of
from loaders.sources.ads.reports import read_report
from tests.support.homes import AS_OF, Home
from tests.support.tables import as_csv, as_ods, as_xlsx

META = "Day,Campaign name,Ad ID,Amount spent (USD),Impressions,Link clicks,Leads\n"
FILE = File(Path("report.csv"), "ads/report.csv", "main")


def _read(content: str | bytes, **env: str) -> Parsed:
    content = content.encode() if isinstance(content, str) else content
    return read_report(content, FILE, load_settings({"LEDGERLINE_AS_OF": AS_OF, **env}), None)


def _rows(parsed: Parsed) -> list[dict[str, Any]]:
    (rows,) = parsed.tables.values()
    return list(rows)


def test_a_meta_report_with_its_totals_row() -> None:
    parsed = _read(
        META
        + '2025-12-24,DC [SALES] a,120212345678901234,60.00,"4,000",80,2\n2025-12-24,b,1203,5.00,900,0,\n'
        + ",,,65.00,4900,80,2\n"
    )
    assert (parsed.rows_read, parsed.rows_landed, parsed.rows_skipped) == (3, 2, 1)
    first, second = _rows(parsed)
    assert (first["ad_id"], first["spend"], first["impressions"]) == ("120212345678901234", "60.00", "4000")
    assert (first["currency"], first["day"], first["_source_row"]) == ("USD", "2025-12-24", 2)
    # A blank cell is unknown, a zero is zero.
    assert (second["leads"], second["link_clicks"]) == (None, "0")


def test_a_google_report_in_utf_16_with_a_preamble() -> None:
    text = (
        "Campaign report\nDecember 24, 2025\nCampaign\tDay\tCurrency code\tImpr.\tClicks\tCTR\tCost\tConversions\n"
        "Total Wine\t2025-12-24\tUSD\t1,200\t40\t3.33%\t15.00\t2.5\n"
        "Search\t2025-12-24\tUSD\t10\t0\t0%\t0.00\t--\nTotal: Campaigns\t--\tUSD\t1,210\t40\t3%\t15.00\t2.5\n"
    )
    parsed = _read(text.encode("utf-16"))
    assert (parsed.rows_read, parsed.rows_landed, parsed.rows_skipped) == (3, 2, 1)
    wine, search = _rows(parsed)
    assert (wine["campaign_name"], wine["conversions"], wine["_source_row"]) == ("Total Wine", "2.5", 4)
    assert search["conversions"] is None
    assert json.loads(wine["extra"]) == {"ctr": "3.33%"}


def test_a_campaign_may_be_called_total() -> None:
    """Only `Total` and `Total: …` without a day are totals rows; a campaign without a day is a row that lacks one."""
    header = "Campaign,Day,Cost\n"
    parsed = _read(header + "Total Wine,,1.00\nTotal,2025-12-24,2.00\nTotal,,2.00\nTotal: all,--,3.00\n")
    assert [row["spend"] for row in _rows(parsed)] == ["2.00"]
    assert [rejection.reason_code for rejection in parsed.rejections] == ["missing_field"]
    assert parsed.rows_skipped == 2


def test_german_headers_and_decimal_commas() -> None:
    text = "Bericht\nKampagne;Tag;Währungscode;Impr.;Klicks;Kosten\nSuche;25.12.2025;EUR;2.000;80;1.234,56\n"
    (row,) = _rows(_read(text))
    assert (row["spend"], row["impressions"], row["day"]) == ("1234.56", "2000", "2025-12-25")


@pytest.mark.parametrize(
    ("spends", "expected"),
    [
        (["1.234,50"], ["1234.50"]),
        (["1,234.50"], ["1234.50"]),
        (["12,5"], ["12.50"]),
        # Three digits alone tell nothing, and no language does either.
        (["1.234"], "ambiguous_number_style"),
        (["1,234"], "ambiguous_number_style"),
        (["1.234", "0,5"], ["1234.00", "0.50"]),
        # Two points can only stand between thousands.
        (["1.234.567"], ["1234567.00"]),
        (["1.234.567", "1.5"], "mixed_number_style"),
        (["1,5", "1.5"], "mixed_number_style"),
        (["1,234.50", "1.234,50"], "mixed_number_style"),
    ],
)
def test_one_number_style_a_file(spends: list[str], expected: list[str] | str) -> None:
    lines = [f'2025-12-24;a;{number};"{spend}"' for number, spend in enumerate(spends)]
    text = "Day;Campaign name;Ad ID;Amount spent (EUR)\n" + "\n".join(lines) + "\n"
    if isinstance(expected, str):
        with pytest.raises(Quarantined) as refused:
            _read(text)
        assert refused.value.reason_code == expected
    else:
        parsed = _read(text)
        assert [row["spend"] for row in _rows(parsed)] + [r.reason_code for r in parsed.rejections] == expected


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("2025-12-24,a,1,5.00,1,1,1", None),
        (",a,1,5.00,1,1,1", "missing_field"),
        ("2025-12-24,,1,5.00,1,1,1", "missing_field"),
        ("2025-12-24,a,1,,1,1,1", "missing_field"),
        ("2025-12-24,a,1,5.00,1,1", "missing_field"),
        ("2025-12-24,a,1,five,1,1,1", "bad_number"),
        ("2025-12-24,a,1,5.00,1.5,1,1", "bad_number"),
        ("2025-12-24,a,1,-5.00,1,1,1", "negative_value"),
        ("2025-12-24,a,1,9999999999.99,1,1,1", None),
        ("2025-12-24,a,1,10000000000,1,1,1", "bad_number"),
        ("2025-12-24,a,1,5.00,-1,1,1", "negative_value"),
        ("2025-12-32,a,1,5.00,1,1,1", "bad_date"),
        ("12/04/2025,a,1,5.00,1,1,1", "bad_date"),
        # One that can only be read in one way tells how all are.
        ("12/24/2025,a,1,5.00,1,1,1", None),
        # An ad that was not delivered has no numbers.
        ("2025-12-24,a,1,,,,", None),
        ('"Dec 24, 2025",a,1,5.00,1,1,1', None),
    ],
)
def test_a_row_is_refused_for_one_cell(row: str, reason: str | None) -> None:
    parsed = _read(META + row + "\n")
    assert [rejection.reason_code for rejection in parsed.rejections] == ([reason] if reason else [])


@pytest.mark.parametrize(("order", "day"), [("mdy", "2025-12-04"), ("dmy", "2025-04-12")])
def test_slashes_are_read_where_their_order_is_set(order: str, day: str) -> None:
    (row,) = _rows(_read(META + "12/04/2025,a,1,5.00,1,1,1\n", LEDGERLINE_FUNNEL_DATE_ORDER=order))
    assert row["day"] == day


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "unreadable"),
        (b"Day,Campaign name,Amount spent (USD)\n2025-12-24,\xff,1\n", "unreadable"),
        (b"a,b\n1,2\n", "unknown_kind"),
        (b"Day,Amount spent (USD)\n2025-12-24,1\n", "missing_column"),
        (b"Campaign;Cost\na;1\n", "missing_column"),
        (b"Reporting starts,Reporting ends,Campaign name,Amount spent (USD)\n2025-12-01,2025-12-31,a,1\n", "not_daily"),
        (b"Reporting starts,Reporting ends,Campaign name,Amount spent (USD)\n2025-12-01,2025-12-01,a,1\n", None),
        ((META + "2025-12-24,a,1,5.00,1,1,1\n,,,5.02,,,\n").encode(), "totals_mismatch"),
        ((META + "2025-12-24,a,1,5.00,1,1,1\n,,,5.01,,,\n").encode(), None),
        ((META + "2025-12-24,Total: a,1,5.00,1,1,1\n").encode(), None),
    ],
)
def test_a_report_is_refused_whole_or_good(content: bytes, reason: str | None) -> None:
    if reason is None:
        assert _read(content).rows_landed == 1
    else:
        with pytest.raises(Quarantined) as refused:
            _read(content)
        assert refused.value.reason_code == reason


def test_only_tables_are_reports() -> None:
    for name in ("a.csv", "a.tsv", "a.txt", "a.xlsx", "a.xls", "a.ods"):
        assert kind_of(File(Path(name), f"ads/{name}", "main")).name == "report"
    with pytest.raises(Quarantined, match=r"\.csv, \.tsv, \.txt, \.xlsx.*unpack it") as refused:
        kind_of(File(Path("a.zip"), "ads/a.zip", "main"))
    assert refused.value.reason_code == "unsupported_file"


def test_a_report_saved_as_a_workbook_says_the_same(home: Home) -> None:
    """Whatever it is called: a workbook named .csv is one."""
    header, *rows = [line.split(",") for line in (META + "2025-12-24,a,1203,5.50,1,1,1\n,,,5.50,1,1,1\n").splitlines()]
    numbers = [[*row[:3], *map(float, row[3:])] for row in rows]
    for organization, name, content in (
        ("text", "a.csv", as_csv([header, *rows])),
        ("xlsx", "a.xlsx", as_xlsx([["My report"], header, *numbers])),
        ("ods", "a.ods", as_ods([header, *numbers])),
        ("named", "a.csv", as_xlsx([header, *numbers], [["Notes"]])),
    ):
        home.put(f"org={organization}/{name}", content, "ads")
    outcome = home.load("ads")
    assert (outcome.problems, outcome.rows_landed) == ([], 4)
    assert home.query(
        "select count(distinct organization_id), min(spend),"
        " count(distinct (day, campaign_name, ad_id, spend, impressions, leads, currency, extra)) from raw_ads.meta_ads"
    ) == [(4, "5.50", 1)]


@pytest.mark.parametrize(
    ("total", "reason"),
    [
        ("Total,--,30.00,9", None),
        ("Total,--,31.00,9", "totals_mismatch"),
        ("Total: Campaigns,--,30.00,8", "totals_mismatch"),
        ("Total: Account,--,99.00,99", None),
        ("Gesamt: Kampagnen,--,31.00,9", "totals_mismatch"),
    ],
)
def test_which_totals_rows_of_google_must_tie(total: str, reason: str | None) -> None:
    report = f"Campaign,Day,Cost,Clicks\na,2025-12-24,10.00,4\nb,2025-12-24,20.00,5\n{total}\n"
    if reason is None:
        assert (_read(report).rows_landed, _read(report).rows_skipped) == (2, 1)
    else:
        with pytest.raises(Quarantined) as refused:
            _read(report)
        assert refused.value.reason_code == reason


def test_an_id_under_two_names_is_refused() -> None:
    rows = "2025-12-24,a,1,5.00,1,1,1\n2025-12-25,a,1,6.00,1,1,1\n"
    assert _read(META.replace("Ad ID", "Campaign ID") + rows).rows_landed == 2
    parsed = _read(META.replace("Ad ID", "Campaign ID") + rows.replace("25,a", "25,b"))
    assert [each.reason_code for each in parsed.rejections] == ["conflicting_rows"] * 2


def test_rows_of_one_ad_s_day_add_up_and_identical_ones_are_one() -> None:
    header = META.replace("Leads", "Age")
    parsed = _read(header + "2025-12-24,a,1,5.00,1,1,18-24\n2025-12-24,a,1,5.00,1,1,25-34\n" * 2)
    assert (parsed.rows_landed, parsed.rows_duplicate) == (2, 2)


def test_reports_land_as_their_tenants(home: Home) -> None:
    for organization in ("a", "b"):
        home.put(f"org={organization}/a.csv", META + "2025-12-24,a,1,5.00,1,1,1\n", "ads")
    assert home.load("ads").problems == []
    assert home.query("select organization_id, spend from raw_ads.meta_ads order by 1") == [
        ("a", "5.00"),
        ("b", "5.00"),
    ]
