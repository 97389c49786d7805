"""Whose id a list of contacts gives, and what the funnel's JSON may leave out or write as text."""

from __future__ import annotations

import json
from typing import Any

import pytest

from loaders.source import Quarantined
from tests.loaders.test_clickfunnels import ORDER, SPIFFY, one, read, webhook


@pytest.mark.parametrize(
    ("header", "found"),
    [
        # A bare id is of whoever made the list.
        ("Id,First Name,Last Name,Email,Created At", (None, None)),
        ("ID,Email,Name", (None, None)),
        ("id,Email Address,First Name,MEMBER_RATING,TIMEZONE", (None, None)),
        ("Id,First Name,Last Name,Email,Phone 1,Tag Ids,Date Created", (None, "7")),
        ("Id,Email,Owner ID", (None, None)),
        ("Id,Email,Owner ID,Phone 2", (None, "7")),
        ("Keap ID,Email,Time Zone", (None, "7")),
        ("Infusionsoft Id,Email", (None, "7")),
        ("ID,Email Address,Time Zone", ("7", None)),
        ("id,email_address,time_zone,Tag Ids", ("7", None)),
        ("ID,Public ID,Email", ("7", None)),
        ("ID,Workspace,Email", ("7", None)),
        # What nearly says so.
        ("ID,Email,Time Zone", (None, None)),
        ("ID,Email Address,Workplace", (None, None)),
        ("ClickFunnels ID,Email", ("7", None)),
        ("Contact ID,Email", ("7", None)),
    ],
)
def test_a_bare_id_is_of_whoever_made_the_list(header: str, found: tuple[str | None, str | None]) -> None:
    cells = ["a@example.com" if "mail" in name.lower() else "" for name in header.split(",")]
    cells[0] = "7"
    (row,) = read(header + "\n" + ",".join(cells) + "\n").tables["export_contacts"]
    assert (row["clickfunnels_id"], row["keap_id"]) == found
    assert row["email"] == "a@example.com"
    assert ("7" in row["extra"]) is (found == (None, None))


def test_a_name_that_says_whose_id_it_is_goes_before_a_bare_one() -> None:
    (row,) = read("Id,Contact ID,Email Address,Time Zone\n1,2,a@example.com,UTC\n").tables["export_contacts"]
    assert row["clickfunnels_id"] == "2"
    assert json.loads(row["extra"])["id"] == "1"


def test_a_contact_without_an_address_lands_by_its_id() -> None:
    header = "Contact ID,Email,Phone\n"
    parsed = read(f"{header}5,,555\n6,anon,556\n,anon,557\n7,,\n,a@example.com,\n")
    assert [(row["clickfunnels_id"], row["email"]) for row in parsed.tables["export_contacts"]] == [
        ("5", None),
        ("6", None),
        (None, "a@example.com"),
    ]
    assert [why.reason_code for why in parsed.rejections] == ["missing_field", "missing_field"]
    assert read("Contact ID,Phone\n5,555\n").rows_landed == 1
    with pytest.raises(Quarantined, match="found no header"):
        read("Id,Phone\n5,555\n")


@pytest.mark.parametrize("contact", [{"email_address": None}, {"email_address": ""}, {"first_name": "Ann"}])
def test_a_contact_of_the_api_may_have_no_address(contact: dict[str, Any]) -> None:
    kind, row = one({"id": 310, "phone_number": "555", **contact})
    assert (kind, row["object_id"]) == ("contacts", "310")


def test_anon_is_no_address() -> None:
    lead = {"id": 1, "page_id": 2, "contact_id": None, "created_at": "2025-12-24T19:00:00Z", "data": {"email": "anon"}}
    assert [why.reason_code for why in read(json.dumps([lead])).rejections] == ["no_identity"]
    event = {"type": "lead", "timestamp": "2025-12-24T16:00:00Z", "email": "anon", "name": "x"}
    for entry in (event, {**event, "keap_id": "7"}):
        # As a file, and as lines, which are read by the column.
        parsed = read(json.dumps(entry) + "\n" + json.dumps({**event, "email": "a@example.com"}) + "\n")
        rows = parsed.tables["events"]
        assert [row["email"] for row in rows if row["keap_id"]] == ([None] if "keap_id" in entry else [])
        assert [why.reason_code for why in parsed.rejections] == ([] if "keap_id" in entry else ["no_identity"])


@pytest.mark.parametrize("total", [None, ""])
def test_an_order_without_a_total_lands(total: str | None) -> None:
    kind, row = one({**ORDER, "total_amount": total})
    assert kind == "orders"
    assert json.loads(row["payload"])["total_amount"] is None
    assert read(json.dumps([webhook({**ORDER, "total_amount": total})])).rows_landed == 1
    assert read(json.dumps([{**ORDER, "total_amount": "a lot"}, ORDER])).rejections[0].reason_code == "bad_number"


@pytest.mark.parametrize(("cents", "read_as"), [(4500, 4500), ("4500", 4500), (None, None), ("", None)])
def test_cents_may_be_text(cents: Any, read_as: int | None) -> None:
    item = {"order_item_id": 1, "name": "Plus", "amount": cents}
    kind, row = one({**SPIFFY, "order_total": cents, "items": [item]})
    payload = json.loads(row["payload"])
    assert kind == "spiffy_events"
    assert (payload["order_total"], payload["items"][0]["amount"]) == (read_as, read_as)


@pytest.mark.parametrize("cents", ["45.00", 45.5, "4,500", True, [4500]])
def test_what_is_no_whole_number_of_cents_is_refused(cents: Any) -> None:
    parsed = read(json.dumps([SPIFFY, {**SPIFFY, "order_id": 2, "order_total": cents}]))
    assert [why.reason_code for why in parsed.rejections] == ["bad_number"]


def test_events_are_of_a_type_however_it_is_spelt() -> None:
    event = {"timestamp": "2025-12-24T16:00:00Z", "email": "a@example.com", "name": "x"}
    parsed = read("".join(json.dumps({"type": said, **event}) + "\n" for said in ("Lead", " lead", "leads")))
    assert [row["type"] for row in parsed.tables["events"]] == ["lead", "lead"]
    assert [why.reason_code for why in parsed.rejections] == ["bad_type"]


def test_an_invoice_is_spelt_as_raw_keeps_it() -> None:
    invoice = {"id": 901, "invoice_type": "renewal", "total_amount": 49, "paid_at": "2026-11-05T13:13:25-06:00"}
    kind, row = one(invoice)
    assert kind == "invoices"
    assert json.loads(row["payload"]) == {**invoice, "total_amount": "49.00", "paid_at": "2026-11-05T19:13:25Z"}
    parsed = read(json.dumps([invoice, {**invoice, "id": 902, "paid_at": "soon"}]))
    assert [why.reason_code for why in parsed.rejections] == ["bad_date"]


def test_a_list_of_products_that_each_row_of_an_order_repeats_is_one() -> None:
    header = "Order ID,Total,Status,Created At,Updated At,Email,Products\n"
    rows = (
        '1,45.00,Pending,2026-01-02,2026-01-02,a@example.com,"Plus pass, Extra book"\n'
        '1,45.00,Paid,2026-01-02,2026-01-03,a@example.com,"Plus pass, Extra book"\n'
        '1,45.00,Paid,2026-01-02,2026-01-03,a@example.com,"Plus pass"\n'
    )
    landed = read(header + rows).tables["export_orders"]
    names = ["Plus pass", "Extra book", "Plus pass"]
    assert [[item["original_product"]["name"] for item in json.loads(row["line_items"])] for row in landed] == [
        names
    ] * 3
