"""Ticketing files: each kind is read, and each reason to refuse stands beside a file or row that nearly has it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from loaders.config import load_settings
from loaders.samples import ticketing_files
from loaders.samples.ticketing_files import csv_file
from loaders.source import File, Parsed, Quarantined, Unreadable
from loaders.sources.ticketing import values
from loaders.sources.ticketing.csv_kinds import read_csv
from loaders.sources.ticketing.definitions import Definitions
from loaders.sources.ticketing.json_kinds import read_json
from loaders.sources.ticketing.tables import TABLES
from tests.support.homes import AS_OF

SETTINGS = load_settings({"LEDGERLINE_AS_OF": AS_OF})
BERLIN = Definitions()
BERLIN.add({"event_key": "lab", "organization_id": "org", "timezone": "Europe/Berlin", "platform_refs": "pretix:lab25"})
BERLIN.add({"event_key": "loft", "organization_id": "org", "timezone": "America/New_York", "platform_refs": ""})

EVENT = {
    "event_key": "gala",
    "organization_id": "org",
    "name": "Gala",
    "timezone": "Europe/Berlin",
    "starts_at": "2025-04-05 18:00",
    "capacity": "1200",
    "currency": "EUR",
}
TYPE = {"event_key": "gala", "ticket_type_id": "ga", "name": "General", "price": "50.00", "capacity": ""}
ORDER = {
    "Event slug": "lab25",
    "Order code": "K3AAA",
    "Order total": "95.00",
    "Status": "paid",
    "Order date": "2025-03-01",
    "Order time": "10:00:00",
}
POSITION = {**ORDER, "Position ID": "1", "Product": "Standard", "Price": "40.00"}
PAYMENT = {
    "Event slug": "lab25",
    "Order": "K3AAA",
    "Payment ID": "P1",
    "Creation date": "2025-03-01",
    "Status code": "done",
    "Amount": "-40.00",
}
ATTENDEE = {
    "Order #": "1",
    "Order Date": "2/28/25 22:28",
    "Quantity": "1",
    "Attendee #": "7",
    "Total Paid": "25.00",
    "Attendee Status": "Attending",
    "Currency": "USD",
}
HI_ORDER = {
    "Total Gross": "4500",
    "Total Refunded": "0",
    "Status": "COMPLETED",
    "Payment Status": "PAYMENT_RECEIVED",
    "Created At": "2025-03-05 15:30:00",
    "Public ID": "O-1",
}
HI_ATTENDEE = {"Status": "ACTIVE", "Event ID": "41", "Public ID": "A-1", "Created Date": "2025-03-05 15:30:00"}
QUOTAS = ("Quota name", "Total quota", "Paid orders", "Current availability")
KINDS = {
    "events": (ticketing_files.EVENTS, EVENT),
    "ticket_types": (ticketing_files.TICKET_TYPES, TYPE),
    "pretix_orders": (ticketing_files.PRETIX_ORDERS, ORDER),
    "pretix_positions": (ticketing_files.PRETIX_POSITIONS, POSITION),
    "pretix_payments": (ticketing_files.PRETIX_PAYMENTS, PAYMENT),
    "eventbrite_attendees": (ticketing_files.EVENTBRITE, ATTENDEE),
    "hi_events_orders": (ticketing_files.HI_EVENTS_ORDERS, HI_ORDER),
    "hi_events_attendees": (ticketing_files.HI_EVENTS_ATTENDEES, HI_ATTENDEE),
}


def _file(name: str = "org=org/event=loft/file.csv") -> File:
    return File(Path(name), f"ticketing/{name}", "org")


def _read(content: bytes | str, name: str = "org=org/event=loft/file.csv") -> Parsed:
    content = content.encode() if isinstance(content, str) else content
    read = read_csv if name.endswith(".csv") else read_json
    return read(content, _file(name), SETTINGS, None, context=BERLIN)


def _one(kind: str, **changed: str) -> Parsed:
    header, row = KINDS[kind]
    return _read(csv_file(header, [{**row, **{key.replace("_", " "): v for key, v in changed.items()}}]))


def _with(kind: str, changed: Mapping[str, str]) -> Parsed:
    header, row = KINDS[kind]
    return _read(csv_file(header, [{**row, **changed}]))


def _landed(parsed: Parsed) -> list[dict[str, Any]]:
    (rows,) = parsed.tables.values()
    return list(rows)


def _value_or_reason(read: Callable[[], str]) -> str:
    try:
        return read()
    except Unreadable as why:
        return why.reason_code


def _why(parsed: Parsed) -> list[str]:
    return [rejection.reason_code for rejection in parsed.rejections]


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_lands_whole(kind: str) -> None:
    parsed = _with(kind, {})
    assert list(parsed.tables) == [kind]
    (row,) = _landed(parsed)
    table = next(table for table in TABLES if table.name == kind)
    known = set(table.schema.names) - {
        "organization_id",
        "_source_file",
        "_source_hash",
        "_extracted_at",
        "_landed_run",
    }
    assert set(row) == known
    assert row["_folder_organization_id"] == "org"
    assert row["_folder_event_key"] == "loft"
    assert row["_source_row"] == 2


@pytest.mark.parametrize(
    ("kind", "changed", "reason"),
    [
        ("events", {"timezone": "Mars/Olympus"}, "bad_timezone"),
        ("events", {"timezone": "Asia/Tokyo"}, None),
        ("events", {"capacity": "many"}, "bad_capacity"),
        ("events", {"capacity": "-1"}, "bad_capacity"),
        ("events", {"capacity": "Infinite"}, None),
        ("events", {"capacity": ""}, None),
        ("events", {"currency": "EURO"}, "bad_currency"),
        ("events", {"currency": "eur"}, None),
        ("events", {"event_key": ""}, "missing_key"),
        ("events", {"starts_at": "2025-03-30 02:30"}, "bad_date"),
        ("events", {"starts_at": "2025-03-30 03:00"}, None),
        ("events", {"starts_at": "2025-04-31 18:00"}, "bad_date"),
        ("events", {"starts_at": "2025-03-30T02:30:00+01:00"}, None),
        ("events", {"updated_at": "2025-01-01 10:00:00"}, "naive_timestamp"),
        ("events", {"updated_at": "2025-01-01T10:00:00Z"}, None),
        ("ticket_types", {"price": "4.5055"}, "amount_precision"),
        ("ticket_types", {"price": "4.5000"}, None),
        ("ticket_types", {"price": "\u20ac 4,50"}, None),
        ("ticket_types", {"quantity_sold": "1.5"}, "bad_capacity"),
        ("ticket_types", {"quantity_sold": "Infinite"}, "bad_capacity"),
        ("ticket_types", {"capacity": "Unbegrenzt"}, None),
        ("pretix_orders", {"Order total": "five"}, "bad_amount"),
        ("pretix_orders", {"Order total": "n/a"}, "bad_amount"),
        ("pretix_orders", {"Order total": ""}, "missing_key"),
        ("pretix_orders", {"Order total": "1.234,50"}, None),
        ("pretix_orders", {"Order date": "01.13.2025"}, "bad_date"),
        ("pretix_orders", {"Order date": "01.03.2025"}, None),
        ("pretix_orders", {"Order date": "2025-03-30", "Order time": "02:30:00"}, "bad_date"),
        ("pretix_orders", {"Order date": "2025-10-26", "Order time": "02:30:00"}, None),
        ("pretix_orders", {"Order date": "2025-03-30", "Order time": "02:30:00", "Event slug": "unknown"}, "bad_date"),
        ("pretix_orders", {"Date of last payment": "soon"}, "bad_date"),
        ("pretix_positions", {"Price": "40,5"}, None),
        ("pretix_positions", {"Product": ""}, "missing_key"),
        ("pretix_payments", {"Completion date": "2025-13-01"}, "bad_date"),
        ("pretix_payments", {"Completion date": ""}, None),
        ("eventbrite_attendees", {"Quantity": "0"}, "bad_quantity"),
        ("eventbrite_attendees", {"Quantity": "1.5"}, "bad_quantity"),
        ("eventbrite_attendees", {"Quantity": "2"}, None),
        ("eventbrite_attendees", {"Currency": "XXX"}, "bad_currency"),
        ("eventbrite_attendees", {"Order Date": "13/28/25 22:28"}, "bad_date"),
        ("eventbrite_attendees", {"Order Date": "3/9/25 2:30"}, "bad_date"),
        ("eventbrite_attendees", {"Order Date": "3/9/25 3:00"}, None),
        ("hi_events_orders", {"Created At": "yesterday"}, "bad_date"),
        ("hi_events_orders", {"Payment Status": ""}, None),
        ("hi_events_attendees", {"Public ID": ""}, "missing_key"),
    ],
)
def test_a_row_is_refused_for_one_cell(kind: str, changed: dict[str, str], reason: str | None) -> None:
    parsed = _with(kind, changed)
    # A time that Berlin skips waits where no event, and so no zone but the folder's, is known: New York has it.
    if changed.get("Event slug") == "unknown":
        reason = None
    assert _why(parsed) == ([reason] if reason else [])
    assert parsed.rows_read == parsed.rows_landed + len(parsed.rejections) == 1


def test_a_reference_means_the_folders_tenants_event_alone() -> None:
    """Berlin skips this time; for another tenant `lab25` is no event, so the row lands and waits."""
    row = {**ORDER, "Order date": "2025-03-30", "Order time": "02:30:00"}
    content = csv_file(ticketing_files.PRETIX_ORDERS, [row])
    assert _why(_read(content, "org=org/orders.csv")) == ["bad_date"]
    assert _why(_read(content, "orders.csv")) == ["bad_date"]
    assert _why(_read(content, "org=other/orders.csv")) == []


def test_a_refusal_quotes_the_cell_and_says_what_to_write() -> None:
    (rejection,) = _with("pretix_orders", {"Order total": "five"}).rejections
    assert rejection.message == "column D: Order total is 'five', expected an amount such as 1,234.56"
    assert rejection.source_row == 2
    assert "K3AAA" in rejection.raw_text
    (rejection,) = _with("eventbrite_attendees", {"Currency": "EURO"}).rejections
    assert rejection.message == "found 'EURO' in currency, expected a currency code such as EUR"


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("50", "50"),
        ("50.5", "50.5"),
        ("1,234.50", "1234.50"),
        ("1.234,50", "1234.50"),
        ("4,500", "4500"),
        ("12,345,678", "12345678"),
        ("12.345.678", "12345678"),
        ("-40.00", "-40.00"),
        ("0,99", "0.99"),
        ("4.505", "amount_precision"),
        ("1,234.505", "amount_precision"),
        ("12,34.50", "bad_amount"),
        ("1,23,456", "bad_amount"),
        ("fifty", "bad_amount"),
        ("€ 5", "bad_amount"),
        ("1e3", "bad_amount"),
        ("1234567890123456", "bad_amount"),
    ],
)
def test_amounts(text: str, read: str) -> None:
    assert _value_or_reason(lambda: values.amount(text)) == read


@pytest.mark.parametrize(
    ("value", "exponent", "read"),
    [(4500, 0, "4500"), (4500, 2, "45"), ("4505", 2, "45.05"), (1230, 3, "1.23"), (1234, 3, "amount_precision")],
)
def test_minor_amounts_go_by_their_currency(value: Any, exponent: int, read: str) -> None:
    assert _value_or_reason(lambda: values.major_of(values.minor_amount(value), exponent)) == read


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("2/28/25 22:28", "2025-02-28 22:28:00"),
        ("9/3/25 10:00", "2025-09-03 10:00:00"),
        ("2/28/2025 10:28:05 PM", "2025-02-28 22:28:05"),
        ("2/28/25 12:05 AM", "2025-02-28 00:05:00"),
        ("Jul 21, 2025 7:05 PM", "2025-07-21 19:05:00"),
        ("2025-02-28 22:28:00", "2025-02-28 22:28:00"),
        ("2025-02-28T22:28:00-05:00", "2025-03-01 03:28:00Z"),
        # The only date of its file says how it is written.
        ("28/2/25 22:28", "2025-02-28 22:28:00"),
        ("2/29/25 22:28", "bad_date"),
        ("2/28/25 13:05 PM", "bad_date"),
        # New York: 2:30 does not exist on 9 March, and is there twice on 2 November.
        ("3/9/25 2:30", "bad_date"),
        ("11/2/25 1:30", "2025-11-02 01:30:00"),
    ],
)
def test_eventbrites_times(text: str, read: str) -> None:
    parsed = _with("eventbrite_attendees", {"Order Date": text})
    assert _why(parsed) + [row["order_date"] for row in _landed(parsed)] == [read]


def test_dates_of_one_file_are_written_in_one_order() -> None:
    rows = [
        {**ATTENDEE, "Attendee #": str(n), "Order Date": day} for n, day in enumerate(("9/3/25 10:00", "13/3/25 9:00"))
    ]
    found = _landed(_read(csv_file(ticketing_files.EVENTBRITE, rows)))
    assert [row["order_date"] for row in found] == ["2025-03-09 10:00:00", "2025-03-13 09:00:00"]
    rows[0]["Order Date"] = "3/13/25 10:00"
    with pytest.raises(Quarantined) as refused:
        _read(csv_file(ticketing_files.EVENTBRITE, rows))
    assert refused.value.reason_code == "mixed_date_style"


def test_british_exports_write_the_day_first() -> None:
    header = [
        {"Order #": "Order no.", "Attendee #": "Attendee no."}.get(name, name) for name in ticketing_files.EVENTBRITE
    ]
    row = {**ATTENDEE, "Order no.": "1", "Attendee no.": "7", "Order Date": "9/3/25 10:00"}
    (landed,) = _landed(_read(csv_file(header, [row])))
    assert landed["order_date"] == "2025-03-09 10:00:00"


def test_german_headers_semicolons_and_byte_order_marks_are_read() -> None:
    text = (
        "Kurzname der Veranstaltung;Bestellnummer;Gesamtbetrag;Status;Bestelldatum;Bestelluhrzeit;Geschlecht\r\n"
        "lab25;K3AAA;1.095,00;bezahlt;2025-03-01;10:00:00;weiblich\r\n"
    )
    for content in (text.encode("utf-8-sig"), text.encode("utf-16")):
        (row,) = _landed(_read(content))
        assert (row["order_total"], row["order_time"]) == ("1095.00", "2025-03-01 10:00:00")
        assert json.loads(row["extra"]) == {"geschlecht": "weiblich"}


def test_repeated_headers_keep_both_columns() -> None:
    text = (
        "Event slug,Order code,Order total,Status,Order date,Order time,Email,Company,Gender,Company,Email,company\n"
        "lab25,K3AAA,95.00,paid,2025-03-01,10:00:00,a@example.com,First,Female,Second,why?,Third\n"
    )
    (row,) = _landed(_read(text))
    assert (row["email"], row["company"]) == ("a@example.com", "First")
    assert json.loads(row["extra"]) == {
        "gender": "Female",
        "company__2": "Second",
        "email__2": "why?",
        "company__3": "Third",
    }


def test_spreadsheet_guards_are_removed() -> None:
    (row,) = _landed(_with("pretix_orders", {"Name": "'-Cleo", "Phone number": "'+49 30", "Company": "'quoted'"}))
    assert (row["name"], row["phone_number"], row["company"]) == ("-Cleo", "+49 30", "'quoted'")


@pytest.mark.parametrize(
    ("text", "read"),
    [
        *(
            (word, "Infinite")
            for word in ("Infinite", "Unendlich", "Illimité", "ILLIMITE", "Onbeperkt", "Infinito", "∞")
        ),
        *((word, "Infinite") for word in ("Nekonečno", "Tak  terbatas", "無限", "אין סוף", "Sonsuz", "unlimited")),
        ("100", "100"),
        ("1,200", "1200"),
        ("1.200", "1200"),
        ("1\u202f200", "1200"),
        ("1200.0", "1200"),
        *((text, "bad_capacity") for text in ("1.20", "1,2", "12 00", "-1", "100 (noch 3)", "Gesamt", "1,200.300")),
    ],
)
def test_a_quota_has_no_limit_in_any_language(text: str, read: str) -> None:
    content = csv_file(QUOTAS, [{"Quota name": "All", "Total quota": text}])
    parsed = _read(content)
    if read == "bad_capacity":
        assert _why(parsed) == ["bad_capacity"]
    else:
        assert _landed(parsed)[0]["total_quota"] == read


def test_a_rejected_quota_or_type_leaves_its_mark() -> None:
    """And no other row does; what the row cannot be trusted to say is left out."""
    quotas = "Quota name,Total quota,Paid orders,Current availability\nDay,about 50,1,1\nAll,100,1,1\nshort,5\n"
    parsed = _read(quotas)
    assert _why(parsed) == ["bad_capacity", "column_count"]
    assert parsed.rows_read == parsed.rows_landed + 2 == 3
    assert parsed.rejections[0].message.startswith("column B: Total quota is 'about 50'")
    assert [(mark["kind"], mark["name"], mark["_source_row"]) for mark in parsed.tables["unread_capacities"]] == [
        ("pretix_quotas", "Day", 2),
        ("pretix_quotas", None, 4),
    ]
    assert {mark["_folder_event_key"] for mark in parsed.tables["unread_capacities"]} == {"loft"}
    (mark,) = _with("ticket_types", {"price": "free"}).tables["unread_capacities"]
    assert (mark["kind"], mark["event_reference"], mark["name"]) == ("ticket_types", "gala", "ga")
    assert "unread_capacities" not in _with("pretix_orders", {"Order total": "n/a"}).tables
