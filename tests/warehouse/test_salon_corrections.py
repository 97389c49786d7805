"""From a file, as people have it, to the marts of appointments."""

from __future__ import annotations

import json

import pytest

from tests.homes import Home, project_of, shared_home


def _page(home: Home, tenant: str, resource: str, *entries: dict) -> None:
    home.put(f"org={tenant}/{resource}/page.json", json.dumps({resource: entries}), "square")


def _make(home: Home) -> None:
    home.project = project_of("appointments", "square")
    _trimmed(home)
    done = home.ledgerline("refresh", "full")
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def salons(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return shared_home(tmp_path_factory, "salon-corrections", _make)


def _trimmed(home: Home) -> None:
    booking = {"status": "ACCEPTED", "start_at": "2030-10-01T10:00:00Z", "customer_id": "C1"}
    _page(
        home,
        "blanks",
        "bookings",
        {"id": "b1", **booking, "customer_note": "\u202f no\u00a0nuts \r\n\t", "seller_note": "\n\u200b\u3000"},
    )
    profile = {"email_address": "a@example.com\n", "phone_number": "+1 415 555 0100\u00a0"}
    _page(
        home,
        "blanks",
        "customers",
        {"id": "C1", "given_name": "\tAda ", "family_name": "Ex\u00a0 ample\n", **profile},
        {"id": "C2", "given_name": "Ada", "family_name": "Ex ample", "phone_number": "+1 415 555 0100"},
    )


def test_text_loses_whatever_whitespace_stands_at_its_ends(salons: Home) -> None:
    found = salons.query(
        "select given_name, family_name, email_address, phone_number, canonical_group_size, booking_notes"
        " from appointments.customer_analytics where organization_id = 'blanks'"
    )
    assert [row[:5] for row in found] == [("Ada", "Ex\u00a0 ample", "a@example.com", "+1 415 555 0100", 2)]
    (note,) = json.loads(found[0][5])
    assert (note["customer_note"], note["seller_note"]) == ("no\u00a0nuts", None)
