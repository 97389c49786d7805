"""Square's pages, events and exports: what is read, what is refused by name, and what is only spelled otherwise."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from loaders.config import load_settings
from loaders.samples.demo import AS_OF
from loaders.source import File, Parsed, Quarantined
from loaders.sources.square import pages
from tests.support.homes import Home

SETTINGS = load_settings({"LEDGERLINE_AS_OF": AS_OF})
BOOKING = {"id": "b1", "version": 1, "status": "ACCEPTED", "start_at": "2030-03-08T08:00:00Z"}
USD = {"amount": 1_000, "currency": "USD"}
PAYMENT = {
    "id": "p1",
    "status": "COMPLETED",
    "created_at": "2030-03-08T08:00:00Z",
    "amount_money": USD,
    "source_type": "CARD",
}


def read(content: Any, name: str = "bookings/file.jsonl") -> Parsed:
    """What a file below the organisation's folder holds; objects are written as lines, or as a document."""
    if isinstance(content, (dict, list)):
        content = json.dumps(content)
    path = f"square/org=salon/{name}"
    return pages.read_json(content.encode(), File(Path(path), path, "salon"), SETTINGS, None)


def lines(*entries: Any) -> str:
    return "".join(json.dumps(entry) + "\n" for entry in entries)


def reasons(parsed: Parsed) -> list[tuple[int, str]]:
    return [(rejection.source_row, rejection.reason_code) for rejection in parsed.rejections]


def landed(parsed: Parsed) -> list[tuple[str, str]]:
    return [(table, row["object_id"]) for table, rows in parsed.tables.items() for row in rows]


@pytest.mark.parametrize(
    ("content", "name"),
    [
        ({"bookings": [BOOKING], "cursor": "x"}, "anywhere/page.json"),
        ({"booking": BOOKING}, "anywhere/one.json"),
        ([BOOKING], "bookings/list.json"),
        (BOOKING, "bookings/bare.json"),
        (lines(BOOKING), "bookings/bare.ndjson"),
        (lines({"booking": BOOKING}), "payments/wrapped.jsonl"),
        (lines({"type": "booking.updated", "data": {"type": "booking", "object": {"booking": BOOKING}}}), "e/e.jsonl"),
        ({"type": "booking.created", "data": {"id": "b1", "object": {"booking": BOOKING}}}, "e/event.json"),
        (
            {
                "bookings": [
                    {
                        "ID": None,
                        "id": "b1",
                        "version": "1",
                        "status": "ACCEPTED",
                        "startAt": "2030-03-08T03:00:00-05:00",
                    }
                ]
            },
            "c/camel.json",
        ),
    ],
)
def test_one_booking_in_every_shape_is_the_same_row(content: Any, name: str) -> None:
    parsed = read(content, name)
    [row] = parsed.tables["bookings"]
    [expected] = read(lines(BOOKING)).tables["bookings"]
    assert {**row, "_source_row": 1} == {**expected, "_source_row": 1}
    assert parsed.rows_read == 1


@pytest.mark.parametrize("content", [{}, {"bookings": {}}, {"cursor": ""}, {"bookings": []}, {"errors": []}])
def test_an_empty_page_has_no_rows(content: Any) -> None:
    parsed = read(content, "bookings/page.json")
    assert (parsed.rows_read, parsed.tables) == (0, {})


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ({**BOOKING, "id": None}, "missing_field"),
        ({**BOOKING, "id": ""}, "missing_field"),
        ({**BOOKING, "status": None}, "missing_field"),
        ({**BOOKING, "version": "two"}, "missing_field"),
        ({**BOOKING, "appointment_segments": "none"}, "missing_field"),
        ({**BOOKING, "start_at": "2030-03-08T08:00:00"}, "bad_timestamp"),
        ({**BOOKING, "start_at": "2030-02-30T08:00:00Z"}, "bad_timestamp"),
        ({**BOOKING, "updated_at": "yesterday"}, "bad_timestamp"),
        (PAYMENT, "wrong_resource"),
        ("text", "bad_json_line"),
        ({**BOOKING, "seller_note": "zero \0 byte"}, "bad_json_line"),
        ({"booking": {**PAYMENT, "amount_money": 5}}, "missing_field"),
        ({"payment": {**PAYMENT, "amount_money": {"amount": "10.00", "currency": "USD"}}}, "bad_money"),
        ({"payment": {**PAYMENT, "amount_money": {"amount": -1, "currency": "USD"}}}, "bad_money"),
        ({"payment": {**PAYMENT, "amount_money": {"amount": 1}}}, "bad_money"),
        ({"payment": {**PAYMENT, "amount_money": {"amount": True, "currency": "USD"}}}, "bad_money"),
        ({"payment": {**PAYMENT, "amount_money": {"amount": None, "currency": "USD"}}}, "bad_money"),
        ({"payment": {**PAYMENT, "tip_money": {"cents": 5}}}, "bad_money"),
        ({"booking": {"id": "b", "is_deleted": "perhaps", "updated_at": "2030-01-01T00:00:00Z"}}, "missing_field"),
        ({"payment": {**PAYMENT, "amount_money": {"amount": 10**14, "currency": "USD"}}}, "bad_money"),
        ({"refund": {**PAYMENT, "amount_money": {"amount": -5, "currency": "USD"}}}, "bad_money"),
        (
            {
                "order": {
                    "id": "o",
                    "state": "OPEN",
                    "created_at": "2030-01-01T00:00:00Z",
                    "line_items": [{"total_money": {"amount": 1.5, "currency": "USD"}}],
                }
            },
            "bad_money",
        ),
        ({"location": {"id": "L", "timezone": "America/Nowhere"}}, "bad_time_zone"),
        ({"gift_card": {"id": "g", "balance_money": {"amount": "7.00", "currency": "USD"}}}, "bad_money"),
        (
            {
                "gift_card_activity": {
                    "id": "a",
                    "type": "REDEEM",
                    "gift_card_id": "g",
                    "created_at": "2030-01-01T00:00:00Z",
                    "redeem_activity_details": {"amount_money": {"amount": "x", "currency": "USD"}},
                }
            },
            "bad_money",
        ),
        ({"booking": {"id": "b", "is_deleted": True}}, "missing_field"),
    ],
)
def test_a_bad_object_is_refused_by_name_and_the_rest_lands(entry: Any, reason: str) -> None:
    parsed = read(lines(BOOKING, entry, {**BOOKING, "id": "b2"}))
    assert reasons(parsed) == [(2, reason)]
    assert landed(parsed) == [("bookings", "b1"), ("bookings", "b2")]
    assert parsed.rows_read == parsed.rows_landed + len(parsed.rejections)
    assert "expected" in parsed.rejections[0].message


MEMBER = {"id": "T1", "given_name": "Ada", "family_name": "Example", "phone_number": "+1 415 555 0100"}


@pytest.mark.parametrize(
    ("folder", "entry", "kind"),
    [
        # A person is whom the folder says, with as little as stands there.
        ("team_members", MEMBER, "team_members"),
        ("customers", MEMBER, "customers"),
        ("locations", {"id": "L", "name": "Place", "phone_number": "+1 415 555 0100"}, "locations"),
        (
            "gift_cards",
            {"id": "g", "type": "DIGITAL", "state": "ACTIVE", "created_at": "2030-01-01T00:00:00Z"},
            "gift_cards",
        ),
        ("customers", {**MEMBER, "merchant_id": "M"}, "customers"),
        # Who is whole is told.
        ("customers", {**MEMBER, "is_owner": False}, None),
        ("team_members", {**MEMBER, "creation_source": "DIRECTORY"}, None),
        ("refunds", {**PAYMENT, "source_type": "CARD"}, None),
        ("bookings", MEMBER, None),
    ],
)
def test_a_bare_object_is_of_its_folders_kind_unless_it_plainly_is_another(
    folder: str, entry: dict[str, Any], kind: str | None
) -> None:
    parsed = read(lines(entry), f"{folder}/file.jsonl")
    assert landed(parsed) == ([(kind, entry["id"])] if kind else [])
    assert reasons(parsed) == ([] if kind else [(1, "wrong_resource")])


@pytest.mark.parametrize(
    "entry",
    [
        {**BOOKING, "version": "3"},
        {**BOOKING, "status": "SURPRISE"},
        {**BOOKING, "customer_id": ""},
        {"location": {"id": "L", "timezone": ""}},
        {"customer": {"id": "c", "preferences": {"email_unsubscribed": "perhaps"}}},
        {**BOOKING, "start_at": "2030-03-08t08:00:00.123456z"},
        {"payment": {**PAYMENT, "tip_money": None}},
        {"payment": {**PAYMENT, "tip_money": {}}},
        {"payment": {**PAYMENT, "tip_money": {"amount": None, "currency": "USD"}}},
        {**BOOKING, "version": "", "updated_at": ""},
        {"booking": {"id": "b", "is_deleted": "True", "updated_at": "2030-01-01T00:00:00Z"}},
        {"payment": {**PAYMENT, "amount_money": {"amount": "1000", "currency": "USD"}}},
        {"customer": {"id": "c"}},
        {"booking": {"id": "b", "is_deleted": True, "updated_at": "2030-01-01T00:00:00Z"}},
        {"object": {"id": "i", "type": "ITEM", "is_deleted": True, "updated_at": "2030-01-01T00:00:00Z"}},
    ],
)
def test_what_looks_odd_and_is_not_wrong_lands(entry: Any) -> None:
    parsed = read(lines(entry))
    assert not parsed.rejections
    assert parsed.rows_landed == 1


def test_blanks_and_null_amounts_are_none_and_flags_may_be_text() -> None:
    payment = {**PAYMENT, "tip_money": {"amount": None, "currency": "USD"}, "updated_at": ""}
    merge = {"from_customer_id": "a", "to_customer_id": "b", "merged_at": "2030-01-01T00:00:00Z", "undone_at": ""}
    profile = {"square_customer_id": "c", "activated_as_referrer": "TRUE"}
    profile |= {"total_referrals_count": "", "activated_at": ""}
    told = [{"payment": payment}, {"customer_merge": merge}, {"referral_profile": profile}]
    parsed = read(lines(*told, {"booking": {"id": "b", "is_deleted": "true", "updated_at": "2030-01-01T00:00:00Z"}}))
    assert not parsed.rejections
    found = {table: json.loads(row["payload"]) for table, (row,) in parsed.tables.items()}
    assert found["payments"] == json.loads(json.dumps(PAYMENT))
    assert "undone_at" not in found["customer_merges"]
    assert found["referral_profiles"] == {"square_customer_id": "c", "activated_as_referrer": True}
    assert found["bookings"]["is_deleted"] is True


@pytest.mark.parametrize(
    ("content", "name", "reason"),
    [
        ("{", "bookings/page.json", "bad_json"),
        ({"errors": [{"code": "UNAUTHORIZED"}]}, "payments/page.json", "api_error_page"),
        (lines(BOOKING, {"errors": [{"code": "RATE_LIMITED"}]}), "bookings/x.jsonl", "api_error_page"),
        ({"week": 1, "total": 5}, "unheard_of/page.json", "unknown_kind"),
        (lines({"id": "x"}), "unheard_of/page.jsonl", "unknown_kind"),
        ("5", "bookings/page.json", "unknown_kind"),
        ("", "bookings/page.json", "empty_file"),
    ],
)
def test_a_file_that_is_none_is_quarantined(content: Any, name: str, reason: str) -> None:
    with pytest.raises(Quarantined) as refused:
        read(content, name)
    assert refused.value.reason_code == reason


def test_a_broken_byte_is_quarantined() -> None:
    with pytest.raises(Quarantined) as refused:
        pages.read_json(b'{"bookings": "\xff"}', File(Path("square/x.json"), "square/x.json", "salon"), SETTINGS, None)
    assert refused.value.reason_code == "bad_encoding"


def test_the_line_of_a_bad_object_in_a_page_is_named() -> None:
    page = '{\n "bookings": [\n  ' + json.dumps(BOOKING) + ',\n  {"id": "b2"}\n ]\n}'
    assert reasons(read(page, "bookings/page.json")) == [(4, "missing_field")]


def test_two_bad_objects_of_one_line_are_two_rows_of_the_books(home: Home) -> None:
    home.put("org=salon/p.jsonl", lines({"bookings": [BOOKING]}, {"bookings": [{"id": "x"}, {"id": "y"}]}), "square")
    home.load("square")
    assert home.query("select rows_read, rows_landed, rows_rejected from ops.load_audit") == [(3, 1, 2)]
    assert home.query("select source_row from ops.rejected_rows order by 1") == [(2,), (3,)]


def test_events_tell_of_merges_and_deletions_and_others_are_skipped() -> None:
    customer = {"id": "C9", "updated_at": "2030-01-20T17:00:00Z"}
    merge = {"merge": {"from_customer_ids": ["C1", "C2"], "to_customer_id": "C9"}}
    parsed = read(
        lines(
            {
                "type": "customer.created",
                "created_at": "2030-02-02T00:00:00Z",
                "data": {"object": {"customer": customer, "event_context": merge}},
            },
            {
                "type": "customer.deleted",
                "data": {"object": {"customer": {"id": "C1", "updated_at": "2030-01-20T17:00:00Z"}}},
            },
            {"type": "invoice.paid", "data": {"object": {"invoice": {"id": "i"}}}},
        ),
        "events/e.jsonl",
    )
    assert landed(parsed) == [
        ("customers", "C9"),
        ("customers", "C1"),
        ("customer_merges", "C1>C9"),
        ("customer_merges", "C2>C9"),
    ]
    assert (parsed.rows_read, parsed.rows_landed, parsed.rows_skipped) == (5, 4, 1)
    # An event's own time is never a business date.
    assert parsed.tables["customer_merges"][0]["updated_at"] == datetime(2030, 1, 20, 17, tzinfo=UTC)
    assert json.loads(parsed.tables["customers"][1]["payload"])["is_deleted"] is True


def test_names_of_the_business_stay_as_they_are() -> None:
    [row] = read(lines({**BOOKING, "metadata": {"bookingId": None, "Key": 1}, "customerNote": "hi"})).tables["bookings"]
    payload = json.loads(row["payload"])
    assert payload["metadata"] == {"bookingId": None, "Key": 1}
    assert payload["customer_note"] == "hi"


def test_the_same_object_again_is_a_duplicate_wherever_it_stands(home: Home) -> None:
    home.put("org=salon/bookings/1.jsonl", lines(BOOKING, BOOKING), "square")
    home.put("org=salon/bookings/2.json", json.dumps({"bookings": [{**BOOKING, "version": "1"}]}), "square")
    home.put("org=other/bookings/2.json", json.dumps({"bookings": [BOOKING]}), "square")
    home.load("square")
    home.put(
        "org=salon/3.json", json.dumps({"cursor": "z", "bookings": [BOOKING, {**BOOKING, "version": 2}]}), "square"
    )
    home.load("square")
    home.load("square")
    assert home.query(
        "select source_file, rows_read, rows_landed, rows_duplicate from ops.load_audit"
        " order by landed_run, source_file"
    ) == [
        ("square/org=other/bookings/2.json", 1, 1, 0),
        ("square/org=salon/bookings/1.jsonl", 2, 1, 1),
        ("square/org=salon/bookings/2.json", 1, 0, 1),
        ("square/org=salon/3.json", 2, 1, 1),
    ]
    assert home.value("select count(*) from raw_square.bookings") == 3


def test_the_same_bytes_in_another_folder_are_another_kind(home: Home) -> None:
    bare = lines({"id": "x", "created_at": "2030-01-01T00:00:00Z"})
    home.put("org=salon/customers/x.jsonl", bare, "square")
    home.put("org=salon/team_members/x.jsonl", bare, "square")
    home.load("square")
    assert home.value("select count(*) from raw_square.customers") == 1
    assert home.value("select count(*) from raw_square.team_members") == 1


def test_a_folder_that_is_no_organisation_is_quarantined(home: Home) -> None:
    home.put("org=a b/bookings/1.jsonl", lines(BOOKING), "square")
    home.put("org=salon/readme.txt", "hello", "square")
    home.load("square")
    assert home.query("select reason_code from ops.quarantined_files order by source_file") == [
        ("bad_organization",),
        ("unsupported_file",),
    ]
