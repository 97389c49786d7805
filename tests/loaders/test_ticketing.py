"""Ticketing files: each kind is read, and each reason to refuse stands beside a file or row that nearly has it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, time
from pathlib import Path
from typing import Any

import pytest

from loaders.config import load_settings
from loaders.samples import ticketing_files
from loaders.samples.ticketing_files import csv_file
from loaders.source import File, Parsed, Quarantined, Unreadable
from loaders.sources.ticketing import JSON, SOURCE, kind_of, scope_of, values
from loaders.sources.ticketing.csv_kinds import read_csv
from loaders.sources.ticketing.definitions import Definitions
from loaders.sources.ticketing.json_kinds import read_json
from loaders.sources.ticketing.tables import TABLES
from tests.support.homes import AS_OF, Home
from tests.support.tables import as_xlsx

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


def test_a_file_has_one_style_of_amounts() -> None:
    rows = [{**ORDER, "Order code": f"K{number}", "Order total": text} for number, text in enumerate(("4,500", "40,5"))]
    assert [row["order_total"] for row in _landed(_read(csv_file(ticketing_files.PRETIX_ORDERS, rows)))] == [
        "4.50",
        "40.50",
    ]
    for texts, reason in ((("4,500",), "ambiguous_number_style"), (("4,5", "4.5"), "mixed_number_style")):
        rows = [{**ORDER, "Order total": text} for text in texts]
        with pytest.raises(Quarantined) as refused:
            _read(csv_file(ticketing_files.PRETIX_ORDERS, rows))
        assert refused.value.reason_code == reason


def test_a_workbook_of_several_exports_lands_all_of_them() -> None:
    """As pretix's combined export; an id that is a number stays one, and no order code is taken for a number."""
    orders = [list(ORDER), [*ORDER.values()], ["lab25", "7E989", 95, "paid", date(2025, 3, 1), time(10)]]
    payments = [[*PAYMENT, "Completion date"], [*PAYMENT.values(), ""]]
    parsed = _read(as_xlsx(orders, payments))
    assert parsed.rejections == []
    assert {name: len(rows) for name, rows in parsed.tables.items()} == {"pretix_orders": 2, "pretix_payments": 1}
    second = parsed.tables["pretix_orders"][1]
    assert (second["order_code"], second["order_total"]) == ("7E989", "95.00")
    assert second["order_time"] == "2025-03-01 10:00:00"


@pytest.mark.parametrize(("number", "reason"), [("1.12119E+10", "damaged_id"), ("11211900000", None)])
def test_an_order_number_that_a_spreadsheet_shortened_is_refused(number: str, reason: str | None) -> None:
    assert _why(_with("eventbrite_attendees", {"Order #": number})) == ([reason] if reason else [])


def test_equal_rows_of_one_file_are_duplicates() -> None:
    parsed = _read(csv_file(ticketing_files.PRETIX_ORDERS, [ORDER, ORDER, {**ORDER, "Order code": "K3BBB"}]))
    assert (parsed.rows_read, parsed.rows_landed, parsed.rows_duplicate) == (3, 2, 1)


def test_a_row_with_another_number_of_cells_is_refused() -> None:
    content = csv_file(ticketing_files.PRETIX_ORDERS, [ORDER]).rstrip() + b",one too many\r\n"
    (rejection,) = _read(content).rejections
    assert rejection.reason_code == "column_count"
    assert "found 22 cells, expected 21 as in the header" in rejection.message


@pytest.mark.parametrize(
    ("content", "name", "reason"),
    [
        (b"", "a.csv", "empty_file"),
        (b"\r\n\r\n", "a.csv", "empty_file"),
        (b"Event slug,Order code\r\n\xff\xfe", "a.csv", "bad_encoding"),
        (b"\xff\xfeE\x00v", "a.csv", "bad_encoding"),
        (b"to do,who\r\ncall,Ada\r\n", "a.csv", "unknown_kind"),
        (b"Event slug,Order,Payment ID,Creation date,Completion date,Status code\r\n", "a.csv", "missing_column"),
        (b'Event slug,"Order code\r\n', "a.csv", "unknown_kind"),
        (csv_file(ticketing_files.EVENTBRITE, [ATTENDEE]), "org=org/a.csv", "event_unknown"),
        (csv_file(("Event ID", *ticketing_files.EVENTBRITE), [ATTENDEE]), "org=org/a.csv", None),
        (csv_file(ticketing_files.EVENTBRITE, []), "event=loft/a.csv", None),
        (b'{"order_id": 1,', "a.json", "bad_json"),
        (b"   ", "a.json", "empty_file"),
        (b"[]", "a.json", None),
        (b'{"orders": []}', "a.json", None),
        (b'{"pagination": {}, "attendees": []}', "a.json", None),
        (b'[{"order_id": "1", "event_key": "gala"}]', "a.json", "unknown_kind"),
        (b'{"total_amount": NaN}', "a.json", "bad_json"),
        (b'{"a": 1}\n', "a.jsonl", "unknown_kind"),
    ],
)
def test_a_file_is_refused_whole_or_good(content: bytes, name: str, reason: str | None) -> None:
    if reason is None:
        assert not _read(content, name).rejections
    else:
        with pytest.raises(Quarantined) as refused:
            _read(content, name)
        assert refused.value.reason_code == reason


def test_the_missing_column_is_named() -> None:
    header = [name for name in ticketing_files.PRETIX_PAYMENTS if name != "Amount"]
    with pytest.raises(Quarantined) as refused:
        _read(csv_file(header, []))
    assert refused.value.detail.startswith(
        "line 1: this looks like payments of pretix, but has no column 'amount' or 'betrag'"
    )


def test_endings_and_scopes() -> None:
    assert kind_of(_file("a.ndjson")) is JSON
    with pytest.raises(Quarantined) as refused:
        kind_of(_file("a.docx"))
    assert refused.value.reason_code == "unsupported_file"
    assert kind_of(_file("a.xlsx")) is kind_of(_file("a.csv"))
    assert scope_of("ticketing/org=a/event=b/c.csv") == "a/b"
    assert scope_of("ticketing/2025/c.csv") == "/"


REFUND = {"refund_id": "R", "amount": 1, "status": "succeeded", "created_at": "2025-03-06T10:00:00Z"}
NATIVE = ticketing_files.native_order("G1", "gala", "2025-03-07T11:00:00Z", [("ga", 2, "50")])


def _native(**changed: Any) -> Parsed:
    return _read(json.dumps({**NATIVE, **changed}), "org=org/a.json")


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({}, None),
        ({"order_id": " "}, "missing_key"),
        ({"order_id": 17}, None),
        ({"status": None}, "missing_key"),
        ({"total_amount": "fifty"}, "bad_amount"),
        ({"total_amount": True}, "missing_key"),
        ({"total_amount": 45.5}, None),
        ({"total_amount": 45.505}, "amount_precision"),
        ({"total_amount": "1,234.50"}, None),
        ({"created_at": "2025-03-06 10:00:00"}, "naive_timestamp"),
        ({"created_at": "2025-03-06T10:00:00+01:00"}, None),
        ({"created_at": "soon"}, "bad_date"),
        ({"updated_at": "2025-03-06T10:00:00"}, "naive_timestamp"),
        ({"currency": "EURO"}, "bad_currency"),
        ({"currency": "eur"}, None),
        ({"amount_unit": "cents"}, "bad_amount"),
        ({"amount_unit": "minor", "total_amount": "10.5"}, "bad_amount"),
        ({"items": [{"ticket_type_id": "ga", "quantity": 0, "price_at_purchase": 1, "total": 1}]}, "bad_quantity"),
        ({"items": [{"ticket_type_id": "ga", "quantity": "2", "unit_price": 1, "total": 1}]}, None),
        ({"items": [{"ticket_type_id": "ga", "quantity": 1, "total": 1}]}, "missing_key"),
        ({"items": "none"}, "bad_json"),
        ({"tickets": [{"ticket_code": "T1", "ticket_type_id": "ga"}]}, "missing_key"),
        ({"tickets": [{"ticket_code": "T1", "ticket_type_id": "ga", "status": "active"}]}, None),
        (
            {
                "refunds": [
                    {"refund_id": "R", "amount": -1, "status": "succeeded", "created_at": "2025-03-06T10:00:00Z"}
                ]
            },
            "bad_amount",
        ),
        (
            {"refunds": [{"refund_id": "R", "amount": 1, "status": "succeeded", "created_at": "2025-03-06"}]},
            "naive_timestamp",
        ),
    ],
)
def test_a_native_order_is_refused_for_one_value(changed: dict[str, Any], reason: str | None) -> None:
    assert _why(_native(**changed)) == ([reason] if reason else [])


@pytest.mark.parametrize("text", ["\0", "\ud800"])
def test_text_that_no_database_holds_is_refused_alone(home: Home, text: str) -> None:
    good, bad = json.dumps(NATIVE), json.dumps({**NATIVE, "order_id": "G2", "note": f"a{text}"})
    home.put("a.json", f"[{good},\n{bad}]", "ticketing")
    home.put("b.jsonl", f"{bad}\n{good}", "ticketing")
    outcome = home.load("ticketing")
    assert [problem.split(":")[0] for problem in outcome.problems] == ["rejected bad_json"] * 2
    assert home.value("select count(*) from raw_ticketing.native_orders") == 2


def test_a_native_order_has_one_spelling() -> None:
    """camelCase, other names of a thing, minor units and blanks give the payload that the plain form gives."""
    plain = _native(currency="EUR", total_amount="100", tickets=[], paid_at=None)
    camel = {
        "_id": "G1",
        "eventId": "gala",
        "status": "paid",
        "totalAmount": 10000,
        "amountUnit": "minor",
        "currency": "eur",
        "createdAt": "2025-03-07T12:00:00+01:00",
        "updatedAt": "2025-03-07T11:00:00Z",
        "buyerEmail": "g1@example.com",
        "paidAt": "",
        "items": [{"ticketTypeId": "ga", "quantity": "2", "unitPrice": 5000, "total": "10000"}],
    }
    (expected,), (found,) = _landed(plain), _landed(_read(json.dumps([camel]), "org=org/a.json"))
    assert json.loads(found["payload"]) == json.loads(expected["payload"])
    assert found["order_id"] == "G1"
    assert json.loads(found["payload"])["items_total"] == "100"


def test_an_orders_own_id_comes_before_its_documents() -> None:
    (row,) = _landed(_native(_id="65f0", order_id="G1", event_id="other", event_key="gala"))
    assert (row["order_id"], row["event_key"]) == ("G1", "gala")


def test_minor_units_wait_for_the_events_currency() -> None:
    (row,) = _landed(_native(amount_unit="minor", total_amount=4500))
    payload = json.loads(row["payload"])
    assert (payload["amount_unit"], payload["total_amount"], payload["currency"]) == ("minor", "4500", None)


def test_a_ticket_costs_what_its_item_does() -> None:
    tickets = [{"ticket_code": "T1", "ticket_type_id": "ga", "status": "active", "answers": {"Your Gender?": "F "}}]
    (row,) = _landed(_native(tickets=tickets))
    (ticket,) = json.loads(row["payload"])["tickets"]
    assert (ticket["price_at_purchase"], ticket["answers"]) == ("50", {"your_gender": "F"})


def test_json_lines_are_read_one_by_one() -> None:
    lines = [json.dumps(NATIVE), "", "{oops", json.dumps({**NATIVE, "order_id": "G2"}), json.dumps(NATIVE)]
    parsed = _read("\n".join(lines), "org=org/a.jsonl")
    assert (parsed.rows_read, parsed.rows_landed, parsed.rows_duplicate) == (4, 2, 1)
    assert [(r.source_row, r.reason_code) for r in parsed.rejections] == [(3, "bad_json")]
    assert [row["_source_row"] for row in _landed(parsed)] == [1, 4]


def test_objects_of_a_list_are_known_by_their_line_or_number() -> None:
    orders = [{**NATIVE, "order_id": f"G{number}"} for number in range(3)]
    spread = _read('{"orders": [\n' + ",\n".join(map(json.dumps, orders)) + "\n]}", "org=org/a.json")
    assert [row["_source_row"] for row in _landed(spread)] == [2, 3, 4]
    dense = _read(json.dumps(orders), "org=org/a.json")
    assert [row["_source_row"] for row in _landed(dense)] == [1, 2, 3]
    # Another "orders" before the list is no list.
    hidden = _read('{"note": "orders", "orders":\n[\n' + ",\n".join(map(json.dumps, orders)) + "]}", "org=org/a.json")
    assert [row["_source_row"] for row in _landed(hidden)] == [3, 4, 5]


API = {
    "id": "8800001",
    "order_id": "66",
    "event_id": "99",
    "created": "2025-03-06T20:00:00Z",
    "changed": "2025-03-06T20:00:05Z",
    "quantity": 1,
    "ticket_class_name": "Night Pass",
    "status": "Attending",
    "checked_in": False,
    "costs": {
        "gross": {"value": 4500, "currency": "JPY"},
        "eventbrite_fee": {"value": 0, "currency": "JPY"},
        "payment_fee": {"value": 162, "currency": "JPY"},
    },
    "profile": {"email": "guest@example.com"},
    "answers": [{"question": "Gender", "answer": "Female"}],
}


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({}, None),
        ({"id": ""}, "missing_key"),
        ({"costs": {}}, "missing_key"),
        ({"costs": {"gross": {"value": "x", "currency": "JPY"}}}, "bad_amount"),
        (
            {"costs": {"gross": {"value": 1, "currency": "JPY"}, "payment_fee": {"value": 1, "currency": "USD"}}},
            "bad_currency",
        ),
        ({"costs": {"gross": {"value": 1235, "currency": "BHD"}}}, "amount_precision"),
        ({"quantity": 0}, "bad_quantity"),
        ({"changed": "2025-03-06T20:00:05"}, "naive_timestamp"),
        ({"answers": None, "profile": None}, None),
        ({"costs": {**API["costs"], "payment_fee": {"value": None, "currency": None}}}, None),
        ({"costs": {"gross": {"value": None, "currency": "JPY"}}}, "bad_amount"),
        ({"checked_in": "perhaps"}, "missing_key"),
        ({"profile": ["a"]}, "bad_json"),
        ({"costs": {**API["costs"], "payment_fee": 162}}, "bad_json"),
    ],
)
def test_an_api_attendee(changed: dict[str, Any], reason: str | None) -> None:
    page = json.dumps({"pagination": {}, "attendees": [{**API, **changed}]})
    assert _why(_read(page, "org=org/a.json")) == ([reason] if reason else [])


@pytest.mark.parametrize(
    ("said", "read_as"), [(True, True), ("true", True), ("True", True), ("false", False), (None, False), ("", False)]
)
def test_an_api_attendee_is_checked_in_however_it_is_written(said: Any, read_as: bool) -> None:
    costs = {"gross": {"value": "4500", "currency": "JPY"}, "eventbrite_fee": {"value": None}}
    page = json.dumps({"pagination": {}, "attendees": [{**API, "checked_in": said, "costs": costs}]})
    payload = json.loads(_landed(_read(page, "org=org/a.json"))[0]["payload"])
    assert (payload["is_checked_in"], payload["gross_amount"], payload["fee_amount"]) == (read_as, "4500", "0")


def test_an_api_attendees_money_is_in_whole_units() -> None:
    for currency, gross in (("JPY", "4500"), ("USD", "45")):
        costs = {"gross": {"value": 4500, "currency": currency}, "payment_fee": {"value": 162, "currency": currency}}
        page = json.dumps({"pagination": {}, "attendees": [{**API, "costs": costs}]})
        (row,) = _landed(_read(page, "org=org/a.json"))
        payload = json.loads(row["payload"])
        assert (payload["gross_amount"], payload["answers"]) == (gross, {"gender": "Female"})
        assert payload["fee_amount"] == ("162" if currency == "JPY" else "1.62")


def test_definitions_of_the_same_run_check_local_times(home: Home) -> None:
    """An export is read with its event's zone even where the definitions come later in path order."""
    row = {**ATTENDEE, "Order Date": "3/9/25 2:30"}
    home.put("event=zone/a.csv", csv_file(ticketing_files.EVENTBRITE, [row]), "ticketing")
    event = {**EVENT, "event_key": "zone", "timezone": "America/New_York"}
    home.put("z/events.csv", csv_file(ticketing_files.EVENTS, [event]), "ticketing")
    outcome = home.load("ticketing")
    assert [problem.split(":")[0] for problem in outcome.problems] == ["rejected bad_date"]
    home.put(
        "event=zone/b.csv",
        csv_file(ticketing_files.EVENTBRITE, [{**row, "Attendee #": "8"}]),
        "ticketing",
    )
    assert home.load("ticketing").problems[0].startswith("rejected bad_date")


def test_the_same_bytes_in_another_folder_are_another_file(home: Home) -> None:
    content = csv_file(ticketing_files.EVENTBRITE, [ATTENDEE], is_quoted=True)
    for name in ("org=a/event=x/1.csv", "org=a/event=y/1.csv", "org=b/event=x/1.csv", "org=a/event=x/copy.csv"):
        home.put(name, content, "ticketing")
    home.load("ticketing")
    assert home.query(
        "select organization_id, _folder_event_key from raw_ticketing.eventbrite_attendees order by all"
    ) == [("a", "x"), ("a", "y"), ("b", "x")]
    assert home.query(
        "select source_file, rows_landed, rows_duplicate from ops.load_audit where source = 'ticketing' order by 1"
    ) == [
        ("ticketing/org=a/event=x/1.csv", 1, 0),
        ("ticketing/org=a/event=x/copy.csv", 0, 1),
        ("ticketing/org=a/event=y/1.csv", 1, 0),
        ("ticketing/org=b/event=x/1.csv", 1, 0),
    ]
    assert home.load("ticketing").files_new == 0


def test_a_reader_without_its_context_is_not_asked(home: Home) -> None:
    """`prepare` runs once, and only where something new is there to read."""
    asked = []
    source = replace(SOURCE, prepare=lambda settings, warehouse, files: asked.append(len(files)) or Definitions())
    home.put("events.csv", csv_file(ticketing_files.EVENTS, [EVENT]), "ticketing")
    home.load(source)
    home.load(source)
    assert asked == [1]
