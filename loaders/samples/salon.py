"""An invented salon: a year of customers, bookings and payments, made by arithmetic, so that every run makes the same.

Its objects come as the API sends them: pages, wrapped lines, an event, and a dashboard export of a market stall. Every
mart of the domain has something to show: people who stay, slip away, come back, cancel late, never come, are listed
twice, refer friends, buy gift cards and return what they bought.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

_NOW = datetime(2030, 11, 5, 18, 0, tzinfo=UTC)
_CUSTOMERS = 48
_GIVEN = ("Ada", "Bela", "Cleo", "Dora", "Edda", "Fenja", "Gitta", "Hanna", "Ines", "Jule", "Kira", "Lena")
_FAMILY = ("Example", "Sample", "Specimen", "Muster")
_PLACES = (("PLACE_HARBOUR", "Harbour", "America/New_York"), ("PLACE_HILL", "Hill", "America/Los_Angeles"))
_STAFF = ("STAFF_ANA", "STAFF_BEA", "STAFF_CID")
# Variation, item, product type, minutes, price in cents.
_SERVICES = (
    ("SERVICE_MANICURE", "Signature Manicure", 60, 6_500),
    ("SERVICE_PEDICURE", "Spa Pedicure", 75, 8_000),
    ("SERVICE_GEL", "Gel Removal", 30, 2_500),
)


def files() -> dict[str, bytes]:
    """The files of `landing/square`, by path."""
    bookings, orders, payments, refunds = _business()
    half = len(bookings) // 2
    return {
        "org=salon/locations/locations.json": _page("locations", _locations()),
        "org=salon/team_members/team.json": _page("team_members", _team()),
        "org=salon/catalog/catalog.json": _page("objects", _catalog()),
        "org=salon/customers/customers.json": _page("customers", _customers()),
        "org=salon/customers/deleted.jsonl": _lines([_deletion()]),
        "org=salon/customer_merges/merges.jsonl": _lines(
            [{"from_customer_id": "CUST_47", "to_customer_id": "CUST_46", "merged_at": _text(_NOW - _days(40))}]
        ),
        "org=salon/bookings/window_1.json": _page("bookings", bookings[:half]),
        "org=salon/bookings/window_2.jsonl": _lines([{"booking": booking} for booking in bookings[half:]]),
        "org=salon/orders/orders.json": _page("orders", orders),
        "org=salon/payments/payments.json": _page("payments", payments),
        "org=salon/refunds/refunds.json": _page("refunds", refunds),
        "org=salon/gift_cards/cards.json": _page("gift_cards", _gift_cards()),
        "org=salon/gift_card_activities/activities.json": _page("gift_card_activities", _activities()),
        "org=salon/referral_profiles/profiles.jsonl": _lines(_profiles()),
        "org=salon/referral_rewards/rewards.jsonl": _lines(_rewards()),
        "org=stall/exports/transactions.csv": _TRANSACTIONS,
        "org=stall/exports/items.csv": _ITEMS,
    }


def _days(number: float) -> timedelta:
    return timedelta(days=number)


def _text(instant: datetime) -> str:
    return instant.strftime("%Y-%m-%dT%H:%M:%SZ")


def _usd(cents: int) -> dict[str, Any]:
    return {"amount": cents, "currency": "USD"}


def _page(key: str, objects: Sequence[Mapping[str, Any]]) -> bytes:
    return json.dumps({key: objects, "cursor": ""}, indent=1).encode()


def _lines(objects: Sequence[Mapping[str, Any]]) -> bytes:
    return "".join(json.dumps(entry) + "\n" for entry in objects).encode()


def _locations() -> list[dict[str, Any]]:
    return [
        {
            "id": place,
            "name": name,
            "timezone": zone,
            "currency": "USD",
            "status": "ACTIVE",
            "created_at": f"20{20 + number}-03-01T12:00:00Z",
        }
        for number, (place, name, zone) in enumerate(_PLACES)
    ]


def _team() -> list[dict[str, Any]]:
    return [
        {"id": staff, "given_name": staff[6:].title(), "family_name": "Muster", "status": "ACTIVE"} for staff in _STAFF
    ]


def _catalog() -> list[dict[str, Any]]:
    return [
        {
            "type": "ITEM",
            "id": f"ITEM_{variation}",
            "version": 1,
            "updated_at": "2029-01-01T00:00:00Z",
            "item_data": {
                "name": name,
                "product_type": "APPOINTMENTS_SERVICE",
                "variations": [
                    {
                        "type": "ITEM_VARIATION",
                        "id": variation,
                        "version": 1,
                        "updated_at": "2029-01-01T00:00:00Z",
                        "item_variation_data": {
                            "item_id": f"ITEM_{variation}",
                            "name": "Regular",
                            "service_duration": minutes * 60_000,
                            "price_money": _usd(price),
                        },
                    }
                ],
            },
        }
        for variation, name, minutes, price in _SERVICES
    ]


def _customers() -> list[dict[str, Any]]:
    made = []
    for number in range(_CUSTOMERS):
        # Two of them are one person with one telephone, written in two ways.
        twin = 44 if number == 45 else number
        made.append(
            {
                "id": f"CUST_{number:02d}",
                "version": 1,
                "given_name": _GIVEN[twin % len(_GIVEN)],
                "family_name": _FAMILY[twin % len(_FAMILY)],
                "email_address": f"customer{twin:02d}@example.com" if number % 5 else None,
                "phone_number": f"+1 212-555-01{twin:02d}" if number != 45 else "(212) 555-0144",
                "created_at": _text(_NOW - _days(400 - number)),
                "updated_at": _text(_NOW - _days(100)),
                "creation_source": "APPOINTMENTS" if number % 3 else "INSTANT_PROFILE",
                "preferences": {"email_unsubscribed": number % 11 == 0},
            }
        )
    return made


def _deletion() -> dict[str, Any]:
    gone = {"id": "CUST_05", "version": 2, "updated_at": _text(_NOW - _days(3))}
    return {
        "type": "customer.deleted",
        "event_id": "EVENT_1",
        "data": {"type": "customer", "object": {"customer": gone}},
    }


Business = tuple[list[dict[str, Any]], list[dict[str, Any]], list[dict[str, Any]], list[dict[str, Any]]]


def _business() -> Business:
    """Bookings, and of those kept, most paid for with an order beside them."""
    bookings: list[dict[str, Any]] = []
    orders: list[dict[str, Any]] = []
    payments: list[dict[str, Any]] = []
    refunds: list[dict[str, Any]] = []
    for customer in range(_CUSTOMERS - 4):
        every = 18 + customer * 7 % 43
        first = 330 - customer * 29 % 325
        for visit in range(1 + customer % 6):
            number = len(bookings)
            # Some come in future; a tenth of all is cancelled, moved or missed.
            start = (_NOW - _days(first - visit * every)).replace(hour=15 + number % 5, minute=number % 4 * 15)
            status = {3: "CANCELLED_BY_CUSTOMER", 13: "NO_SHOW", 23: "CANCELLED_BY_SELLER"}.get(number % 30, "ACCEPTED")
            place = _PLACES[customer % 2][0]
            bookings += _versions(number, customer, start, status, place)
            if status == "ACCEPTED" and start < _NOW and number % 7:
                _sell(number, customer, start + timedelta(minutes=70), place, orders, payments, refunds)
    return bookings, orders, payments, refunds


def _versions(number: int, customer: int, start: datetime, status: str, place: str) -> list[dict[str, Any]]:
    service = _SERVICES[number % len(_SERVICES)]
    first = {
        "id": f"booking{number:03d}",
        "version": 1,
        "status": "ACCEPTED",
        "created_at": _text(start - _days(5 + number % 9)),
        "updated_at": _text(start - _days(5 + number % 9)),
        "start_at": _text(start),
        "location_id": place,
        "customer_id": f"CUST_{customer:02d}",
        "source": ("FIRST_PARTY_BUYER", "FIRST_PARTY_MERCHANT")[number % 2],
        "seller_note": "prefers the window seat" if number % 17 == 0 else "",
        "appointment_segments": [
            {
                "team_member_id": _STAFF[(customer + part) % len(_STAFF)],
                "service_variation_id": service[0],
                "duration_minutes": service[2] if part or number % 4 else None,
            }
            for part in range(1 + (number % 10 == 0))
        ],
    }
    if status == "ACCEPTED" and number % 12:
        return [first]
    changed = {**first, "version": 2, "status": status, "updated_at": _text(start - timedelta(hours=4 + number))}
    if status == "ACCEPTED":
        changed["start_at"] = _text(start + timedelta(hours=2))
    return [first, changed]


def _sell(
    number: int,
    customer: int,
    at: datetime,
    place: str,
    orders: list[dict[str, Any]],
    payments: list[dict[str, Any]],
    refunds: list[dict[str, Any]],
) -> None:
    _, name, _, price = _SERVICES[number % len(_SERVICES)]
    lines: list[dict[str, Any]] = [{"uid": "1", "name": name, "quantity": "1", "total_money": _usd(price)}]
    if number % 9 == 0:
        lines.append({"uid": "2", "name": "Cuticle oil", "quantity": "1", "total_money": _usd(1_800)})
    if number % 19 == 0:
        lines.append({"uid": "3", "name": "Gift card", "item_type": "GIFT_CARD", "total_money": _usd(5_000)})
    total = sum(line["total_money"]["amount"] for line in lines)
    orders.append(
        {
            "id": f"order{number:03d}",
            "version": 1,
            "state": "COMPLETED",
            "location_id": place,
            "customer_id": f"CUST_{customer:02d}",
            "created_at": _text(at),
            "updated_at": _text(at),
            "closed_at": _text(at),
            "line_items": lines,
            "total_discount_money": _usd(500 if number % 8 == 0 else 0),
        }
    )
    payments.append(
        {
            "id": f"payment{number:03d}",
            "version": 1,
            "status": "COMPLETED",
            "created_at": _text(at),
            "updated_at": _text(at),
            "order_id": f"order{number:03d}",
            "location_id": place if number % 13 else None,
            "amount_money": _usd(total),
            "tip_money": _usd(total // 5) if number % 3 else None,
            "source_type": "CARD",
        }
    )
    if number % 21 == 0:
        refunds.append(
            {
                "id": f"refund{number:03d}",
                "status": "COMPLETED",
                "payment_id": f"payment{number:03d}",
                "location_id": place,
                "amount_money": _usd(total // 2),
                "created_at": _text(min(at + _days(2), _NOW)),
                "updated_at": _text(min(at + _days(2), _NOW)),
            }
        )


def _profiles() -> list[dict[str, Any]]:
    return [
        {
            "square_customer_id": "CUST_01",
            "personal_code": "ADA10",
            "activated_as_referrer": True,
            "activated_at": "2030-01-16T10:00:00Z",
            "total_referrals_count": 2,
            "updated_at": "2030-10-01T10:00:00Z",
        },
        *(
            {
                "square_customer_id": f"CUST_{number}",
                "used_referral_code": "ada10",
                "activated_as_referrer": False,
                "updated_at": "2030-06-01T10:00:00Z",
            }
            for number in (10, 17)
        ),
    ]


def _rewards() -> list[dict[str, Any]]:
    return [
        {
            "id": f"reward{number}",
            "referrer_customer_id": "CUST_01",
            "referred_customer_id": f"CUST_{friend}",
            "reward_type": kind,
            "status": "PAID",
            "reward_amount_cents": 1_000,
            "gift_card_id": f"gftc:{number}",
            "created_at": f"2030-0{6 + number}-01T19:00:00Z",
            "paid_at": f"2030-0{6 + number}-02T19:00:00Z",
            "updated_at": f"2030-0{6 + number}-02T19:00:00Z",
        }
        for number, (friend, kind) in enumerate(
            ((10, "referrer_reward"), (17, "referrer_reward"), (10, "friend_signup_bonus"))
        )
    ]


def _gift_cards() -> list[dict[str, Any]]:
    return [{"id": f"gftc:{number}", "state": "ACTIVE", "balance_money": _usd(700)} for number in range(3)]


def _activities() -> list[dict[str, Any]]:
    return [
        {
            "id": "activity1",
            "type": "REDEEM",
            "gift_card_id": "gftc:0",
            "created_at": "2030-09-10T20:00:00Z",
            "redeem_activity_details": {"amount_money": _usd(300)},
        }
    ]


_TRANSACTIONS = (
    b"Date,Time,Time Zone,Total Collected,Tip,Gift Card Sales,Transaction ID,Payment ID,Event Type,"
    b"Location,Customer ID\n"
    b"2030-08-31,11:30:00 PM,Eastern Time (US & Canada),$54.00,$9.00,$0.00,sale_1,pay_1,Payment,Market stall,GUEST_1\n"
    b'2030-09-02,10:00:00 AM,Eastern Time (US & Canada),"$1,200.00",$0.00,$0.00,sale_2,pay_2,Payment,Market stall,\n'
    b"2030-09-10,10:00:00 AM,Eastern Time (US & Canada),-$15.00,$0.00,$0.00,sale_3,pay_1,Refund,Market stall,GUEST_1\n"
)
_ITEMS = (
    b"Date,Time,Time Zone,Item,Qty,Net Sales,Transaction ID,Event Type,Location,Customer ID,Itemization Type\n"
    b"2030-08-31,11:30:00 PM,Eastern Time (US & Canada),Pedicure,1,$45.00,sale_1,Payment,Market stall,GUEST_1,Service\n"
    b'2030-09-02,10:00:00 AM,Eastern Time (US & Canada),Gel course,1,"$1,200.00",sale_2,Payment,Market stall,,Service\n'
)
