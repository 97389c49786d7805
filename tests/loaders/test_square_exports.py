"""Exports of Square's dashboard: every form that they write, and what is refused of them."""

from __future__ import annotations

import json
from datetime import date, time
from decimal import Decimal
from pathlib import Path

import pytest

from loaders.source import File, Parsed, Quarantined
from loaders.sources.square import exports
from tests.loaders.test_square import SETTINGS, reasons
from tests.support.tables import as_xlsx

TRANSACTIONS = (
    "Date,Time,Time Zone,Total Collected,Tip,Gift Card Sales,"
    "Transaction ID,Payment ID,Event Type,Location,Customer ID\n"
)


def export(header: str, *rows: str) -> Parsed:
    path = "square/org=salon/export.csv"
    return exports.read_csv((header + "\n".join(rows)).encode(), File(Path(path), path, "salon"), SETTINGS, None)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("2030-13-01,10:00,Europe/Berlin,$1.00,,,t,p,Payment,,", "bad_date"),
        ("13/13/2030,10:00,Europe/Berlin,$1.00,,,t,p,Payment,,", "bad_date"),
        ("2030-03-31,02:30:00,Europe/Berlin,$1.00,,,t,p,Payment,,", "bad_date"),
        ("2030-03-30,25:30,Europe/Berlin,$1.00,,,t,p,Payment,,", "bad_date"),
        ("2030-03-30,13:30 PM,Europe/Berlin,$1.00,,,t,p,Payment,,", "bad_date"),
        ("2030-03-30,10:00,Middle Earth,$1.00,,,t,p,Payment,,", "bad_time_zone"),
        ("2030-03-30,10:00,UTC,1.2.3,,,t,p,Payment,,", "bad_money"),
        ("2030-03-30,10:00,UTC,-$1.00,,,t,p,Payment,,", "bad_money"),
        ("2030-03-30,10:00,UTC,$1.00,$2.00,,t,p,Payment,,", "bad_money"),
        ("2030-03-30,10:00,UTC,$1.00,,,t,p,Exchange,,", "unknown_event_type"),
        ("2030-03-30,10:00,UTC,$1.00,,,t,,Payment,,", "missing_field"),
        ("2030-03-30,10:00,UTC,$1.00,,,t", "missing_field"),
    ],
)
def test_a_bad_row_of_an_export_is_refused_by_name(row: str, reason: str) -> None:
    good = "2030-03-30,10:00,UTC,$1.00,,,t1,p1,Payment,,"
    parsed = export(TRANSACTIONS, good, row, good.replace("t1", "t2"))
    assert reasons(parsed) == [(3, reason)]
    assert parsed.rows_landed == 2


@pytest.mark.parametrize(
    ("date", "time", "zone", "utc"),
    [
        ("2030-01-31", "11:30:00 PM", "Eastern Time (US & Canada)", "2030-02-01T04:30:00Z"),
        ("01/31/2030", "23:30", "America/New_York", "2030-02-01T04:30:00Z"),
        ("1/31/30", "12:05 AM", "UTC", "2030-01-31T00:05:00Z"),
        # An hour that comes twice is the earlier one.
        ("2030-10-27", "02:30", "Europe/Berlin", "2030-10-27T00:30:00Z"),
    ],
)
def test_dates_times_and_zones_of_the_dashboard(date: str, time: str, zone: str, utc: str) -> None:
    parsed = export(TRANSACTIONS, f"{date},{time},{zone},$1.00,,,t,p,Payment,,")
    assert json.loads(parsed.tables["export_transactions"][0]["payload"])["created_at"] == utc


@pytest.mark.parametrize(
    ("date", "zone", "utc", "kept"),
    [
        ("2030-07-01", "MDT", "2030-07-02T05:30:00Z", "America/Denver"),
        ("2030-07-01", "central time (us & canada)", "2030-07-02T04:30:00Z", "America/Chicago"),
        ("2030-07-01", "america/chicago", "2030-07-02T04:30:00Z", "America/Chicago"),
        # Arizona's clocks stay.
        ("2030-07-01", "MST", "2030-07-02T06:30:00Z", "Etc/GMT+7"),
        ("2030-01-31", "mst", "2030-02-01T06:30:00Z", "America/Denver"),
    ],
)
def test_a_row_keeps_its_own_zone(date: str, zone: str, utc: str, kept: str) -> None:
    parsed = export(TRANSACTIONS, f"{date},23:30,{zone},$1.00,,,t,p,Payment,,")
    payload = json.loads(parsed.tables["export_transactions"][0]["payload"])
    assert (payload["created_at"], payload["time_zone"]) == (utc, kept)


@pytest.mark.parametrize(
    ("total", "tip", "currency"),
    [
        ("\u00a31.00", "", "GBP"),
        ("1.00\u00a0\u20ac", "", "EUR"),
        ("R$ 1.00", "R$0.00", "BRL"),
        ("CHF 1.00", "", "CHF"),
        ("\u00a53000", "\u00a50", "JPY"),
        # "A dollar" says none, and an amount of nothing contradicts nobody.
        ("$1.00", "", None),
        ("\u00a31.00", "$0.00", "GBP"),
    ],
)
def test_a_row_keeps_the_currency_that_it_says(total: str, tip: str, currency: str | None) -> None:
    parsed = export(TRANSACTIONS, f"2030-03-30,10:00,UTC,{total},{tip},,t,p,Payment,,")
    assert json.loads(parsed.tables["export_transactions"][0]["payload"]).get("currency") == currency


def test_a_column_of_currencies_is_read_and_no_sign_contradicts_it() -> None:
    header = TRANSACTIONS.replace("Location", "Location,Currency")
    parsed = export(
        header,
        "2030-03-30,10:00,UTC,$1.00,,,t1,p,Payment,,CAD,",
        "2030-03-30,10:00,UTC,\u00a31.00,,,t2,p,Payment,,CAD,",
        "2030-03-30,10:00,UTC,1.00,,,t3,p,Payment,,Taler,",
        "2030-03-30,10:00,UTC,\u00a31.00,\u20ac1.00,,t4,p,Payment,,,",
        "2030-03-30,10:00,UTC,1.50,,,t5,p,Payment,,JPY,",
        "2030-03-30,10:00,UTC,$1.00,,,t6,p,Payment,,EUR,",
        "2030-03-30,10:00,UTC,$1.00,\u20ac1.00,,t7,p,Payment,,,",
        "2030-03-30,10:00,UTC,\u20ac1.00,$0.00,,t8,p,Payment,,EUR,",
        "2030-03-30,10:00,UTC,?1.00,,,t9,p,Payment,,,",
        "2030-03-30,10:00,UTC,kr 1.00,,,t10,p,Payment,,SEK,",
    )
    assert json.loads(parsed.tables["export_transactions"][0]["payload"])["currency"] == "CAD"
    assert reasons(parsed) == [
        (3, "currency_mismatch"),
        (4, "bad_money"),
        (5, "currency_mismatch"),
        (6, "bad_money"),
        (7, "currency_mismatch"),
        (8, "currency_mismatch"),
        (10, "bad_money"),
    ]


@pytest.mark.parametrize(
    ("text", "amount"),
    [("$1,234.50", "1234.50"), ("", "0"), ("$0.00", "0.00"), ("\u20ac12", "12"), ("1234", "1234")],
)
def test_amounts_of_the_dashboard(text: str, amount: str) -> None:
    parsed = export(TRANSACTIONS, f'2030-03-30,10:00,UTC,"{text}",,,t,p,Payment,,')
    assert json.loads(parsed.tables["export_transactions"][0]["payload"])["total_collected"] == amount


@pytest.mark.parametrize("text", ["-$3.00", "($3.00)", "$-3.00", "$3.00"])
def test_a_refund_is_positive_however_it_is_written(text: str) -> None:
    parsed = export(TRANSACTIONS, f'2030-03-30,10:00,UTC,"{text}",,,t,p,Refund,,')
    assert json.loads(parsed.tables["export_transactions"][0]["payload"])["total_collected"] == "3.00"


@pytest.mark.parametrize(
    "header",
    [
        "Week,Total\n",
        TRANSACTIONS.replace("Total Collected", "Collected"),
        TRANSACTIONS.replace("Location", "Tip"),
        "\n\n",
    ],
)
def test_an_export_with_another_header_is_quarantined(header: str) -> None:
    with pytest.raises(Quarantined) as refused:
        export(header, "1,2")
    assert refused.value.reason_code == "bad_header"


def test_a_british_export_says_by_one_date_how_all_are_written() -> None:
    days = ("03/09/2026", "13/09/2026")
    rows = [f"{day},09:00:00,London,\u00a31.00,,,t{number},p,Payment,," for number, day in enumerate(days)]
    payloads = [json.loads(row["payload"]) for row in export(TRANSACTIONS, *rows).tables["export_transactions"]]
    assert [(each["created_at"], each["currency"]) for each in payloads] == [
        ("2026-09-03T08:00:00Z", "GBP"),
        ("2026-09-13T08:00:00Z", "GBP"),
    ]
    # Without it the dashboard's own order holds: the month stands first.
    (row,) = export(TRANSACTIONS, rows[0]).tables["export_transactions"]
    assert json.loads(row["payload"])["row_date"] == "2026-03-09"


def test_an_export_saved_as_a_workbook_says_the_same() -> None:
    header = TRANSACTIONS.strip().split(",")
    text = export(TRANSACTIONS, "2030-03-30,10:05:00,UTC,1234.50,2.00,,t1,p1,Payment,Mill St,")
    row = [date(2030, 3, 30), time(10, 5), "UTC", 1234.5, 2, None, "t1", "p1", "Payment", "Mill St", None]
    path = "square/org=salon/export.xlsx"
    book = exports.read_csv(as_xlsx([header, row]), File(Path(path), path, "salon"), SETTINGS, None)
    found, expected = (json.loads(each.tables["export_transactions"][0]["payload"]) for each in (book, text))
    assert {**found, "tip": "2.00", "total_collected": "1234.50"} == expected
    assert (Decimal(found["tip"]), Decimal(found["total_collected"])) == (2, Decimal("1234.5"))
    # A payment's id that a spreadsheet made a number of is none.
    damaged = export(TRANSACTIONS, "2030-03-30,10:05:00,UTC,1.00,,,1.2E+17,p1,Payment,,")
    assert reasons(damaged) == [(2, "damaged_id")]


def test_refunded_items_are_skipped_and_the_file_knows_how_far_it_reaches() -> None:
    parsed = export(
        "Event Type,Date,Time,Time Zone,Item,Qty,Net Sales,Transaction ID\n",
        "Payment,2030-01-31,10:00,UTC,Pedicure,1,$45.00,t",
        "Refund,2030-02-28,10:00,UTC,Pedicure,-1,-$45.00,t",
        "Payment,2030-02-02,10:00,UTC,Pedicure,1,$45.00,t2",
    )
    assert (parsed.rows_read, parsed.rows_landed, parsed.rows_skipped) == (3, 2, 1)
    payloads = [json.loads(row["payload"]) for row in parsed.tables["export_items"]]
    assert {payload["file_latest_date"] for payload in payloads} == {"2030-02-02"}
