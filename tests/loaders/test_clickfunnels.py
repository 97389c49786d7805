"""Files of the funnel: every reason code beside a near one that lands, every kind by its content, and signatures."""

from __future__ import annotations

import json
import random
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loaders.config import Settings, load_settings
from loaders.source import File, Parsed, Quarantined
from loaders.sources import attendance, clickfunnels, workflow
from loaders.sources.clickfunnels import payloads

PLAIN = load_settings({})
READERS = {
    "clickfunnels": clickfunnels.read_any,
    "attendance": attendance.read_counts,
    "workflow": workflow.read_errors,
}
ORDER: dict[str, Any] = {
    "id": 1001,
    "order_number": "#1001",
    "contact_id": 501,
    "total_amount": "31.00",
    "billing_status": "paid",
    "created_at": "2025-12-24T07:30:00.000Z",
    "line_items": [{"id": 1, "quantity": 1, "products_price": {"amount": "31.00"}}],
}
LEAD: dict[str, Any] = {
    "id": 3001,
    "contact_id": 505,
    "page_id": 87,
    "created_at": "2025-12-24T19:00:00Z",
    "data": {"contact": {"email": "person5@example.com"}, "url": "https://daily.example/start"},
}
REFUND: dict[str, Any] = {"id": 7, "order_id": 1, "amount": "-10.00", "created_at": "2025-12-28T20:00:00Z"}
EVENT: dict[str, Any] = {"type": "lead", "timestamp": "2025-12-24T16:00:00Z", "email": "a@example.com", "name": "x"}
SPIFFY: dict[str, Any] = {
    "order_id": 1001,
    "order_total": 4500,
    "payments": [{"payment_status": "succeeded"}],
    "created_at": "2025-12-27T18:00:00Z",
    "items": [{"order_item_id": 1, "name": "Plus", "amount": 3100}],
}


def read(content: str | bytes, source: str = "clickfunnels", settings: Settings = PLAIN) -> Parsed:
    file = File(Path("x.json"), f"{source}/x.json", "main", "hash")
    content = content.encode() if isinstance(content, str) else content
    parsed = READERS[source](content, file, settings, None)
    tables = {name: rows.to_pylist() if isinstance(rows, pa.Table) else rows for name, rows in parsed.tables.items()}
    parsed = replace(parsed, tables=tables)
    rows = sum(map(len, tables.values()))
    assert parsed.rows_landed == rows
    assert parsed.rows_read == rows + len(parsed.rejections) + parsed.rows_duplicate + parsed.rows_skipped
    return parsed


def webhook(data: dict[str, Any], event_type: str = "order.created", **fields: Any) -> dict[str, Any]:
    return {
        "event_id": "ev-1",
        "event_type": event_type,
        "api_version": 2,
        "created_at": "2025-12-24T08:00:03Z",
        "data": data,
        **fields,
    }


def one(entry: dict[str, Any] | str) -> tuple[str, dict[str, Any]]:
    parsed = read(json.dumps([entry]) if isinstance(entry, dict) else entry)
    assert not parsed.rejections, parsed.rejections
    ((table, (row,)),) = parsed.tables.items()
    return table, row


def reason(entry: dict[str, Any]) -> str:
    """Why an element is rejected that stands beside a good one."""
    parsed = read(json.dumps([{**ORDER, "id": 999_999}, entry]))
    (rejection,) = parsed.rejections
    assert rejection.raw_text
    return rejection.reason_code


@pytest.mark.parametrize(
    ("entry", "table"),
    [
        (ORDER, "orders"),
        ({"body": ORDER}, "orders"),
        ({"body": json.dumps(ORDER)}, "orders"),
        ({"id": 1, "invoice_type": "one_time_sale", "total_amount": "31.00"}, "invoices"),
        ({"id": 1, "due_amount": "0.00"}, "invoices"),
        ({**REFUND, "external_type": "refund"}, "transactions"),
        ({**REFUND, "adjusted_transaction_id": None}, "transactions"),
        (LEAD, "form_submissions"),
        ({"id": 5, "email_address": None}, "contacts"),
        ({"id": 5, "price_ids": []}, "products"),
        (EVENT, "events"),
        (SPIFFY, "spiffy_events"),
        ({k: v for k, v in SPIFFY.items() if k != "payments"} | {"checkout": {}}, "spiffy_events"),
        (webhook(ORDER), "webhook_events"),
        (webhook({"id": 9, "invoice_type": "x"}, "one-time-order.invoice.paid"), "webhook_events"),
        ({"data": LEAD}, "webhook_events"),
    ],
)
def test_content_tells_the_kind(entry: dict[str, Any], table: str) -> None:
    assert one(entry)[0] == table


@pytest.mark.parametrize(
    ("event_type", "data", "kind"),
    [
        ("order.created", ORDER, "orders"),
        # An invoice in place of an order is none.
        ("one-time-order.invoice.paid", {"id": 9, "invoice_type": "x", "total_amount": "31.00"}, "invoices"),
        ("contact.created", {"id": 501, "phone_number": "555"}, "contacts"),
        ("form_submission.created", LEAD, "form_submissions"),
        ("form_submission.created", {k: v for k, v in LEAD.items() if k != "page_id"}, "form_submissions"),
        ("order.deleted", {"id": 1001}, "orders"),
        ("contact.deleted", {"id": 501}, "contacts"),
        ("contact.updated", {"id": 501, "email_address": "a@example.com"}, "contacts"),
        ("course.finished", {"id": 1, "score": 7}, ""),
    ],
)
def test_a_webhook_is_what_it_holds(event_type: str, data: dict[str, Any], kind: str) -> None:
    assert one(webhook(data, event_type))[1]["data_kind"] == kind


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        ({**ORDER, "total_amount": "n/a"}, "bad_number"),
        ({**ORDER, "billing_status": ""}, "missing_field"),
        ({**ORDER, "created_at": None}, "missing_field"),
        ({**ORDER, "created_at": "yesterday"}, "bad_date"),
        ({**ORDER, "created_at": "2025-02-30T00:00:00Z"}, "bad_date"),
        ({**ORDER, "updated_at": "12/24/2025"}, "bad_date"),
        ({**ORDER, "id": "1" * 19}, "bad_number"),
        ({**ORDER, "line_items": {}}, "missing_field"),
        ({**ORDER, "line_items": [{"id": 1, "quantity": -1}]}, "negative_value"),
        ({**ORDER, "line_items": [{"id": 1, "products_price": {"amount": "seven"}}]}, "bad_number"),
        ({**SPIFFY, "order_total": "45.00"}, "bad_number"),
        ({**SPIFFY, "order_total": 45.5}, "bad_number"),
        ({**SPIFFY, "items": [{"amount": 31.0}]}, "bad_number"),
        ({**EVENT, "type": "clicks"}, "bad_type"),
        ({**EVENT, "type": ""}, "missing_field"),
        ({**EVENT, "timestamp": "soon"}, "bad_date"),
        ({**EVENT, "email": " ", "keap_id": "(not set)"}, "no_identity"),
        ({**EVENT, "keap_id": "K7"}, "bad_number"),
        ({**LEAD, "contact_id": None, "data": {"contact": {"email": "undefined"}}}, "no_identity"),
        (webhook(ORDER, api_version=1), "unknown_kind"),
        (webhook({**ORDER, "total_amount": "x"}), "bad_number"),
        (webhook({k: v for k, v in ORDER.items() if k != "created_at"}, created_at=None), "missing_field"),
        ({**REFUND, "external_type": "refund", "created_at": None}, "missing_field"),
        ({k: v for k, v in LEAD.items() if k != "created_at"}, "missing_field"),
        ({"hello": "world"}, "unknown_kind"),
        ({**ORDER, "order_number": "\0"}, "bad_json"),
        ({**ORDER, "order_number": "\ud800"}, "bad_json"),
        (webhook({**ORDER, "order_number": "\udfff", "tax": 10**30}), "bad_json"),
        ({**EVENT, "name": "\ud800"}, "bad_json"),
        ({**EVENT, "something": {"else": "\0"}}, "bad_json"),
        # One absurd number would overflow a sum, and so stop everybody's build.
        ({**ORDER, "total_amount": "10000000000.00"}, "bad_number"),
        ({**ORDER, "line_items": [{"id": 1, "quantity": 100_000}]}, "bad_number"),
        ({**ORDER, "line_items": [{"id": 1, "quantity": "100000"}]}, "bad_number"),
        ({**SPIFFY, "order_total": 10**12}, "bad_number"),
    ],
)
def test_a_bad_element_is_rejected_and_its_neighbour_lands(entry: dict[str, Any], code: str) -> None:
    assert reason(entry) == code


@pytest.mark.parametrize(
    "entry",
    [
        {**ORDER, "total_amount": 31},
        {**ORDER, "total_amount": "-31.005"},
        {**ORDER, "total_amount": "9999999999.99"},
        {**ORDER, "line_items": [{"id": 1, "quantity": 99_999}]},
        {**ORDER, "order_number": "\ud83d\ude00"},
        {**SPIFFY, "items": [{"amount": 3100, "variant_id": "plus-pass"}]},
        {**ORDER, "line_items": None},
        {**ORDER, "line_items": [{"id": 1, "quantity": None, "products_price": None}]},
        {**ORDER, "id": 123_456_789_012_345_678},
        {**SPIFFY, "order_total": 0},
        {**EVENT, "email": "", "keap_id": 70001},
        {**EVENT, "type": "analytics", "timestamp": "2025-12-24 16:00:00+01:00"},
        {**LEAD, "contact_id": None},
        webhook(ORDER, api_version=None),
        webhook({k: v for k, v in ORDER.items() if k != "created_at"}),
    ],
)
def test_what_is_nearly_bad_lands(entry: dict[str, Any]) -> None:
    one(entry)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "unreadable"),
        (b'[{"id": 1', "unreadable"),
        (b'{"id": 1,\n"order', "unreadable"),
        (json.dumps([ORDER]).encode().replace(b"paid", b"pa\xffid"), "unreadable"),
        (b'{"a": "\xff"}\n{"b": 1}\n', "unreadable"),
        (b'[{"hello": 1}]', "unknown_kind"),
        (b"just a note\nof two lines\n", "unknown_kind"),
        (b"Name,Phone\nAda,555\n", "unknown_kind"),
        (b"Order ID,Amount,Created At\n1,31.00,2025-12-24\n", "missing_column"),
        (b"Order Number,Total,Email\n1,2,a@example.com\n", "missing_column"),
    ],
)
def test_a_bad_file_is_refused_whole(content: bytes, code: str) -> None:
    with pytest.raises(Quarantined) as refused:
        read(content)
    assert refused.value.reason_code == code


def test_an_empty_list_is_good_and_a_bad_line_costs_itself() -> None:
    assert read("[]").rows_read == 0
    lines = [json.dumps(ORDER), "{broken", json.dumps({**ORDER, "id": 2}), "", "null"]
    parsed = read("\n".join(lines))
    assert [(bad.source_row, bad.reason_code) for bad in parsed.rejections] == [(2, "bad_json"), (5, "bad_json")]
    assert [row["_source_row"] for row in parsed.tables["orders"]] == [1, 3]


def test_the_same_object_in_another_spelling_is_a_duplicate() -> None:
    again = dict(reversed(list(ORDER.items())))
    parsed = read(json.dumps(ORDER) + "\n" + json.dumps(again, separators=(",", ":")) + "\n")
    assert (parsed.rows_landed, parsed.rows_duplicate) == (1, 1)
    # Spelled over lines, as an API page is, it is the same text.
    assert (
        read(json.dumps([ORDER], indent=1)).tables["orders"][0]["content_hash"]
        == (parsed.tables["orders"][0]["content_hash"])
    )


def test_one_event_id_twice_is_one_webhook_and_without_one_the_payload_counts() -> None:
    without = {k: v for k, v in webhook(ORDER).items() if k != "event_id"}
    entries = [
        webhook(ORDER),
        webhook({**ORDER, "id": 5}),
        without,
        without,
        webhook({**ORDER, "id": 6}, event_id="e2"),
    ]
    parsed = read("\n".join(map(json.dumps, entries)) + "\n")
    assert (parsed.rows_landed, parsed.rows_duplicate) == (3, 2)


def test_numbers_stay_exact() -> None:
    line = json.dumps(ORDER)[:-1] + ', "tax": 0.10000000000000000001, "big": 12345678901234567890123}'
    (row,) = read(line + "\n" + json.dumps({**ORDER, "id": 2})).tables["orders"][:1]
    assert "0.10000000000000000001" in row["payload"]
    assert "12345678901234567890123" in row["payload"]


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=8,
    )
)
def test_no_json_makes_the_reader_fail(value: Any) -> None:
    for entry in (value, {**ORDER, "line_items": value}, webhook(ORDER) | {"data": value}, {**EVENT, "name": value}):
        # What no engine can store, or no reader read, is refused; nothing else may be raised.
        with suppress(Quarantined):
            read(json.dumps([ORDER, entry]))


def _drawn_events(seed: int) -> str:
    """Lines of events, most of them plain, some odd in one of the ways that people know."""
    draw = random.Random(seed)
    odd: list[dict[str, Any]] = [
        *({"type": kind} for kind in ("lead", "Lead", "", None, "clicks")),
        *({"timestamp": at} for at in ("2025-12-24T16:00:00.5Z", "2025-02-30T00:00:00Z", "2025-12-24", "soon", None)),
        *({"email": email, "keap_id": "7"} for email in (" a@example.com", "(not set)", "", None, "Ü@example.com")),
        *({"email": "", "keap_id": keap} for keap in ("70001", 70001, "K7", "", "undefined", "1" * 19)),
        *({"value": value} for value in (5, "", " x", "a\u0000b", "\u2028", {"a": 1}, None)),
        *({"extra": 1}, {"event_id": "e1"}, {"event_id": ""}, {"comment": "\ttab"}),
    ]
    lines = []
    for number in range(draw.randint(1, 12)):
        event = {"event_id": f"e{number}", **EVENT, "value": "", "keap_id": ""}
        lines.append(json.dumps({**event, **draw.choice(odd)} if draw.random() < 0.3 else event))
    if draw.random() < 0.2:
        lines.insert(draw.randint(0, len(lines)), draw.choice(["", "{oops", json.dumps(ORDER), "[]"]))
    return "\n".join(lines) + draw.choice(["", "\n"])


def test_events_by_the_column_are_read_as_line_by_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def outcome(content: str) -> object:
        try:
            parsed = read(content)
        except Quarantined as refused:
            return refused.reason_code
        tables = {
            name: sorted(rows, key=lambda row: row["_source_row"]) for name, rows in parsed.tables.items() if rows
        }
        return tables, [(bad.source_row, bad.reason_code, bad.raw_text) for bad in parsed.rejections], parsed.rows_read

    contents = [_drawn_events(seed) for seed in range(400)]
    by_column = [outcome(content) for content in contents]
    assert sum(payloads.read_plain_events(content.encode()) is not None for content in contents) > 50
    monkeypatch.setattr(payloads, "read_plain_events", lambda content: None)
    for content, found in zip(contents, by_column, strict=True):
        assert found == outcome(content), content
