"""Exports and counts of a funnel, times as people write them, and signatures of webhooks."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from loaders.config import ConfigError, Settings, load_settings
from loaders.source import File, Quarantined, Unreadable
from loaders.sources import clickfunnels
from loaders.sources.clickfunnels import verify_webhook
from loaders.sources.funnel.settings import funnel_settings
from loaders.sources.funnel.values import day, instant
from tests.loaders.test_clickfunnels import ORDER, PLAIN, one, read
from tests.support.tables import as_xlsx


@pytest.mark.parametrize(
    ("header", "row", "expected"),
    [
        (
            "Order Number,Customer Email,Total,Billing Status,Order Date",
            "#1003,a@example.com,31.00,Paid,2025-12-24",
            {"order_number": "#1003", "total": "31.00", "created_at": "2025-12-24", "status": "Paid"},
        ),
        ("id;total;status;created", '7;"$1,234.50";paid;24.12.2025', {"order_id": "7", "total": "1234.50"}),
        ("Order ID\tAmount\tStatus\tCreated At", "7\t(31.00)\tpaid\tDec 24, 2025 8:00 AM", {"total": "-31.00"}),
        ("E-mail,Name,Keap ID", "a@example.com,Ada,70002", {"email": "a@example.com", "keap_id": "70002"}),
        ("Event_ID,Email,Type,Timestamp", "e1,a@example.com,lead,2025-12-24", {"timestamp": "2025-12-24"}),
        ("Email,email_address,Name", "a@example.com,b@example.com,Ada", {"email": "a@example.com"}),
    ],
)
def test_exports_are_told_by_their_headers(header: str, row: str, expected: dict[str, str]) -> None:
    parsed = read(f"{header}\n{row}\n")
    ((found,),) = parsed.tables.values()
    assert {name: found[name] for name in expected} == expected


@pytest.mark.parametrize(
    ("header", "row", "code"),
    [
        ("Order ID,Total,Status,Created At", "1,n/a,paid,2025-12-24", "bad_number"),
        ("Order ID,Total,Status,Created At", "1,31.00,,2025-12-24", "missing_field"),
        ("Order ID,Order Number,Total,Status,Created At", ",,31.00,paid,2025-12-24", "missing_field"),
        ("Order ID,Total,Status,Created At", "1,31.00,paid,12/04/2025", "bad_date"),
        ("Order ID,Total,Status,Created At", "1,31,00,paid,2025-12-24", "missing_field"),
        ("Order ID,Total,Status,Created At", "x1,31.00,paid,2025-12-24", "bad_number"),
        ("Email,Keap ID", "(not set),7", "missing_field"),
        ("Email,Keap ID", "a@example.com,K7", "bad_number"),
        ("Type,Timestamp,Email", "lead,2025-12-24T00:00:00Z,", "no_identity"),
        ("Type,Timestamp,Email", "Lead!,2025-12-24T00:00:00Z,a@example.com", "bad_type"),
    ],
)
def test_a_bad_row_of_an_export_is_rejected(header: str, row: str, code: str) -> None:
    (rejection,) = read(f"{header}\n{row}\n").rejections
    assert (rejection.source_row, rejection.reason_code, rejection.raw_text) == (2, code, row)


def test_columns_that_no_alias_knows_are_kept() -> None:
    parsed = read("Order ID,Total,Status,Created At,Coupon\n1,31.00,paid,2025-12-24,SPRING\n")
    assert json.loads(parsed.tables["export_orders"][0]["extra"]) == {"coupon": "SPRING"}


def test_utf_16_is_read_by_its_mark() -> None:
    text = "Email\tName\na@example.com\tÄda\n"
    assert read(text.encode("utf-16")).tables["export_contacts"][0]["full_name"] == "Äda"
    assert one(json.dumps(ORDER).encode("utf-16").decode("utf-16"))[0] == "orders"
    assert read(json.dumps([ORDER]).encode("utf-16")).rows_landed == 1


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("2026-01-01,Twitch,5", "bad_type"),
        ("2026-01-01,YouTube,-5", "negative_value"),
        ("2026-01-01,YouTube,many", "bad_number"),
        ("01/02/2026,YouTube,5", "bad_date"),
        (",YouTube,5", "missing_field"),
    ],
)
def test_a_bad_count_is_rejected(row: str, code: str) -> None:
    (rejection,) = read(f"date,platform,participant_count\n{row}\n", "attendance").rejections
    assert rejection.reason_code == code


def test_a_blank_count_is_unknown_and_platforms_have_one_spelling() -> None:
    parsed = read("Day,Platform,Views\n2026-01-01,youtube,\n2026-01-01,ZOOM,0\n", "attendance")
    rows = parsed.tables["platform_counts"]
    assert [(row["platform"], row["participant_count"]) for row in rows] == [("YouTube", None), ("Zoom", "0")]
    for content, code in (("a,b\n", "unknown_kind"), ("date,platform\n", "missing_column")):
        with pytest.raises(Quarantined) as refused:
            read(content, "attendance")
        assert refused.value.reason_code == code


def test_an_error_needs_a_time_of_some_kind() -> None:
    header = "workflow_name,error_timestamp,created_at"
    parsed = read(
        f"{header}\nSync,around nine,2025-12-24T09:31:00Z\nSync,never,\nSync,2025-12-24T09:00:00Z,\n", "workflow"
    )
    assert [row["error_at"] for row in parsed.tables["errors"]] == [None, "2025-12-24T09:00:00Z"]
    assert [(bad.source_row, bad.reason_code) for bad in parsed.rejections] == [(3, "bad_date")]
    lines = ['{"workflow_name": "Sync", "created_at": "2025-12-24"}', '{"oops', '{"name": 1}']
    lines.append('{"workflow_name": "\\ud800", "created_at": "2025-12-24"}')
    parsed = read("\n".join(lines), "workflow")
    assert [bad.reason_code for bad in parsed.rejections] == ["bad_json", "unknown_kind", "bad_json"]


def settings(**env: str) -> Settings:
    return load_settings({f"LEDGERLINE_FUNNEL_{name}": value for name, value in env.items()})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2025-12-24T07:30:00.000Z", "2025-12-24T07:30:00.000Z"),
        ("2025-12-24T07:30:00+01:00", "2025-12-24T06:30:00Z"),
        ("2025-12-24 07:30", "2025-12-24T15:30:00Z"),
        ("2025-12-24", "2025-12-24"),
        ("Dec 24, 2025 8:00 AM", "2025-12-24T16:00:00Z"),
        ("Dec 24, 2025", "2025-12-24"),
        ("24.12.2025", "2025-12-24"),
        ("24.12.2025 23:30", "2025-12-25T07:30:00Z"),
        # A time that a clock change repeats is the earlier one.
        ("2026-11-01 01:30", "2026-11-01T08:30:00Z"),
    ],
)
def test_times_are_read_as_people_write_them(text: str, expected: str) -> None:
    # The name that Rails gives the zone does as well.
    for zone in ("America/Los_Angeles", "Pacific Time (US & Canada)"):
        assert instant("created_at", text, settings(SOURCE_TZ=zone)) == expected


@pytest.mark.parametrize(
    "text", ["2026-03-08 02:30", "12/24/2025", "2025-13-01", "24.12.25", "8:00 AM", "", "1766563203"]
)
def test_times_that_do_not_exist_are_refused(text: str) -> None:
    with pytest.raises(Unreadable) as refused:
        instant("created_at", text, settings(SOURCE_TZ="America/Los_Angeles"))
    assert refused.value.reason_code == "bad_date"


def test_slashes_need_an_order() -> None:
    assert day("date", "12/01/2025", settings(DATE_ORDER="mdy")) == "2025-12-01"
    assert day("date", "12/01/2025", settings(DATE_ORDER="dmy")) == "2025-01-12"
    assert instant("at", "12/01/2025 8:00 PM", settings(DATE_ORDER="dmy")) == "2025-01-12T20:00:00Z"
    with pytest.raises(ConfigError, match="LEDGERLINE_FUNNEL_SOURCE_TZ"):
        settings(SOURCE_TZ="Mars").of(funnel_settings)


BODY = b'{"event_id":"e1","event_type":"order.created"}'
SIGNED = "22c10510965fa32b9bdab61db3ddb6c8af7219875b6d7d772923fda16c53243f"


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, True),
        ({"now": 1_766_563_203 + 600}, True),
        ({"now": 1_766_563_203 - 600}, True),
        ({"now": 1_766_563_203 + 601}, False),
        ({"now": 1_766_563_203 - 601}, False),
        ({"now": 1_766_563_203 + 601, "tolerance_seconds": 601}, True),
        ({"secret": "another"}, False),
        ({"body": BODY + b" "}, False),
        ({"timestamp": "1766563204"}, False),
        ({"timestamp": "soon"}, False),
        ({"timestamp": None}, False),
        ({"signature": SIGNED.upper()}, False),
        ({"signature": ""}, False),
        ({"signature": "ü"}, False),
        ({"signature": None}, False),
        ({"body": None}, False),
        ({"now": float("nan")}, False),
    ],
)
def test_a_signature_holds_for_these_bytes_at_this_time(changed: dict[str, Any], expected: bool) -> None:
    call: dict[str, Any] = {
        "secret": "whsec_test",
        "timestamp": "1766563203",
        "body": BODY,
        "signature": SIGNED,
        "now": 1_766_563_203,
        **changed,
    }
    positional = [call.pop(name) for name in ("secret", "timestamp", "body", "signature")]
    assert verify_webhook(*positional, **call) is expected


@pytest.mark.parametrize(
    ("totals", "expected"),
    [
        (["1.500", "1.234,50", "31,00"], ["1500.00", "1234.50", "31.00"]),
        (["1,500", "1,234.50", "31.00"], ["1500.00", "1234.50", "31.00"]),
        (["1.500"], "ambiguous_number_style"),
        (["1.234,50", "1,234.50"], "mixed_number_style"),
    ],
)
def test_totals_of_one_file_are_written_in_one_style(totals: list[str], expected: list[str] | str) -> None:
    rows = "".join(f"{number};{total};paid;2025-12-24;EUR\n" for number, total in enumerate(totals, 1))
    content = f"Order ID;Total;Status;Created At;Moneda\n{rows}"
    if isinstance(expected, str):
        with pytest.raises(Quarantined) as refused:
            read(content)
        assert refused.value.reason_code == expected
    else:
        landed = read(content).tables["export_orders"]
        assert [(row["total"], row["currency"]) for row in landed] == [(total, "EUR") for total in expected]


def test_a_workbook_of_orders_and_contacts_lands_both() -> None:
    orders = [["Order ID", "Total", "Status", "Created At"], [7, 31, "paid", datetime(2025, 12, 24, 8, 30)]]
    contacts = [["Email Address", "Time Zone", "ID"], ["a@example.com", "UTC", 501]]
    file = File(Path("x.xlsx"), "clickfunnels/x.xlsx", "a")
    parsed = clickfunnels.read_any(as_xlsx(orders, contacts), file, PLAIN, None)
    ((order,), (contact,)) = (parsed.tables[name] for name in ("export_orders", "export_contacts"))
    assert (order["order_id"], order["total"], order["created_at"]) == ("7", "31.00", "2025-12-24T08:30:00Z")
    assert (contact["email"], contact["clickfunnels_id"]) == ("a@example.com", "501")
    assert json.loads(contact["extra"]) == {"time_zone": "UTC"}
