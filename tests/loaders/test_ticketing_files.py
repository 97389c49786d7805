"""Ticketing files as a whole, orders and attendees as JSON, and what the other files of a run tell of them."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, time
from typing import Any

import pytest

from loaders.samples import ticketing_files
from loaders.samples.ticketing_files import csv_file
from loaders.source import Parsed, Quarantined
from loaders.sources.ticketing import JSON, SOURCE, kind_of, scope_of
from loaders.sources.ticketing.definitions import Definitions
from tests.loaders.test_ticketing import (
    ATTENDEE,
    EVENT,
    HI_ATTENDEE,
    ORDER,
    PAYMENT,
    _file,
    _landed,
    _read,
    _why,
    _with,
)
from tests.support.homes import Home
from tests.support.tables import as_xlsx


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


def test_attendees_of_an_older_hi_events_are_attendees() -> None:
    """It called products tickets, and had other columns of check-ins."""
    header = ("ID", "Status", "Is Checked In", "Ticket ID", "Ticket Name", "Event ID", "Public ID", "Created Date")
    row = {**HI_ATTENDEE, "ID": "1", "Ticket ID": "5", "Ticket Name": "Standard"}
    (found,) = _landed(_read(csv_file(header, [row])))
    assert (found["product_id"], found["product_name"], found["check_ins"]) == ("5", "Standard", None)
    without = tuple(name for name in header if name != "Public ID")
    with pytest.raises(Quarantined) as refused:
        _read(csv_file(without, [{name: row.get(name, "") for name in without}]))
    assert refused.value.reason_code == "missing_column"


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
