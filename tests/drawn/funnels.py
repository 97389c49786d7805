"""Random funnels: people, orders with their versions, opt-ins and events, told by every input, in any order.

A history is a list of JSON lines; nothing in them says when they were landed. No two versions of one order or contact
have one time, so that no order of landing can matter.
"""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

START = datetime(2025, 12, 20, 3, 0, tzinfo=UTC)
HOSTS = ("www.daily-challenge.example", "daily-challenge-free.example", "unknown.example")
STATUSES = (
    *("paid", "pending", "partially-refunded", "refunded", "disputed", "cancelled", "on hold"),
    *("Paid", "Partially Refunded", "partially_refunded", "réfunded "),
)
PRODUCTS = ((6501, "Challenge Plus"), (6504, "Extra Journal"), (6508, "Mentoring trial"), (6599, "Coaching"))
# What tells the accounts of ads reports apart.
HABITS = ("column", "folder", "ids", "names")
REPORT = "Day,Campaign name,Amount spent (USD)\n"


def text(instant: datetime) -> str:
    """An instant as the API writes it."""
    return instant.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def draw_funnel(draw: random.Random) -> list[dict[str, Any]]:
    """Every object of one organization's history, oldest first by nothing at all."""
    people = [_person(draw, number) for number in range(draw.randint(2, 6))]
    lines: list[dict[str, Any]] = []
    for person in people:
        lines += _contact_versions(draw, person)
        lines += _opt_ins(draw, person)
        lines += _events(draw, person)
    for number in range(draw.randint(2, 8)):
        lines += _order(draw, 1000 + number, draw.choice(people))
    for number in range(draw.randint(0, 3)):
        lines.append(_spiffy(draw, 1000 + number, draw.choice(people)))
    for product_id, name in draw.sample(PRODUCTS, 3):
        lines.append({"id": product_id, "name": name, "variant_ids": [], "created_at": text(START)})
    return lines


def _later(draw: random.Random, instant: datetime, days: float = 3) -> datetime:
    return instant + timedelta(milliseconds=draw.randint(1, int(days * 86_400_000)))


def _person(draw: random.Random, number: int) -> dict[str, Any]:
    return {
        "id": 500 + number,
        "email": f"person{number}@example.com",
        "new_email": draw.choice([None, None, f"new{number}@example.com", f"person{(number + 1) % 6}@example.com"]),
        "keap_id": draw.choice([None, 70_000 + number]),
        "met_at": _later(draw, START, 5),
    }


def _contact_versions(draw: random.Random, person: dict[str, Any]) -> list[dict[str, Any]]:
    versions = []
    changed = person["met_at"]
    for number in range(draw.randint(0, 3)):
        changed = _later(draw, changed)
        contact = {
            "id": person["id"],
            "email_address": (person["new_email"] if number == 2 else None) or person["email"].upper(),
            "first_name": f"Name{number}",
            "phone_number": draw.choice([None, f"555{number}"]),
            "created_at": text(person["met_at"]),
            "updated_at": text(changed),
            "custom_attributes": draw.choice([{}, {"manychat_id": str(9000 + person["id"]), "utm_source": "mail"}]),
            "visits": {"first_visit": draw.choice([None, {"utm_source": "meta", "landing_page": "/start"}])},
        }
        event_type = "contact.deleted" if draw.random() < 0.1 else "contact.updated"
        versions.append(draw.choice([contact, _webhook(draw, contact, event_type, changed)]))
    return versions


def _opt_ins(draw: random.Random, person: dict[str, Any]) -> list[dict[str, Any]]:
    found = []
    for number in range(draw.randint(0, 2)):
        at = _later(draw, person["met_at"], 8)
        lead = {
            "id": person["id"] * 10 + number,
            "contact_id": draw.choice([person["id"], None]),
            "page_id": 87,
            "created_at": text(at),
            "data": {
                "contact": {"email": person["email"], "name": "Somebody"},
                "url": f"https://{draw.choice(HOSTS)}/start",
                "utm_campaign": draw.choice(["DC [SALES] a", "(not set)", None]),
            },
        }
        found += draw.choice([[lead], [_webhook(draw, lead, "form_submission.created", at)]])
        if draw.random() < 0.3:
            found += [lead, _webhook(draw, lead, "form_submission.created", at)]
    return found


def _events(draw: random.Random, person: dict[str, Any]) -> list[dict[str, Any]]:
    found = []
    for _ in range(draw.randint(0, 4)):
        name, value, kind = draw.choice(
            [
                ("vidalytics.view_video", f"Intro View {draw.choice((5, 25, 50))}%", "action"),
                ("keap.add_tag", "Status - Demo - Clicked NTN In Email", "action"),
                ("manychat.add_tag", "alerts.request_accepted", "action"),
                (f"Attended_Day_{draw.randint(1, 3)}", "", draw.choice(["analytics", "action"])),
            ]
        )
        identity = {"email": person["email"]}
        if person["keap_id"]:
            identity = draw.choice(
                [identity, {"keap_id": person["keap_id"]}, {**identity, "keap_id": person["keap_id"]}]
            )
        event = {"type": kind, "name": name, "value": value, "timestamp": text(_later(draw, START, 14)), **identity}
        if draw.random() < 0.6:
            event["event_id"] = f"e{draw.getrandbits(60)}"
        found.append(event)
    return found


def _order(draw: random.Random, number: int, person: dict[str, Any]) -> list[dict[str, Any]]:
    """The versions of an order, some by the API, some by webhook, and transactions."""
    placed = changed = _later(draw, person["met_at"], 6)
    items = [_item(draw, number, part) for part in range(draw.randint(1, 3))]
    total = draw.choice(["31.00", "0.00", "45.00", "1500.00"])
    lines = []
    for version in range(draw.randint(1, 4)):
        changed = changed if version == 0 else _later(draw, changed, 4)
        if version and draw.random() < 0.2:
            items = draw.choice([[], items[:1]])
        order = {
            "id": number,
            "order_number": f"#{number}",
            "contact_id": draw.choice([person["id"], None]),
            "contact": {"id": person["id"], "email_address": person["email"]},
            "billing_status": draw.choice(STATUSES) if version or draw.random() < 0.4 else "paid",
            "total_amount": total if draw.random() < 0.8 else "14.00",
            "currency": draw.choice(["USD", "usd", None, "EUR"]) if version == 0 else None,
            "live_mode": number % 7 != 0,
            "funnel_name": f"https://{draw.choice(HOSTS)}/order" if version == 0 else None,
            "created_at": text(placed),
            "updated_at": text(changed),
            "line_items": items,
        }
        kind = "order.deleted" if version and draw.random() < 0.1 else "order.updated"
        lines.append(
            draw.choice([order, _webhook(draw, order, kind, changed)])
            if kind == "order.updated"
            else _webhook(draw, order, kind, changed)
        )
    if draw.random() < 0.3:
        lines.append(
            {
                "id": number * 10,
                "order_id": number,
                "adjusted_transaction_id": number * 10 - 1,
                "amount": draw.choice(["-10.00", "-31.00", "5.00"]),
                "result": draw.choice(["approved", "declined"]),
                "created_at": text(_later(draw, placed, 5)),
            }
        )
    return lines


def _item(draw: random.Random, order: int, part: int) -> dict[str, Any]:
    product_id, name = draw.choice(PRODUCTS)
    return {
        "id": order * 10 + part,
        "quantity": draw.choice([1, 2, None]),
        "original_product": {"id": product_id, "name": name},
        "products_price": {"amount": draw.choice(["31.00", "7.00", "0.00"]), "currency": "usd"},
    }


def _spiffy(draw: random.Random, number: int, person: dict[str, Any]) -> dict[str, Any]:
    return {
        "order_id": number,
        "order_total": draw.choice([4500, 0, 150_000]),
        "payments": [{"payment_status": draw.choice(["succeeded", "refunded", "failed", "strange"])}],
        "customer": {"email": person["email"]},
        "created_at": text(_later(draw, person["met_at"], 6)),
        "items": [{"order_item_id": 1, "name": draw.choice(PRODUCTS)[1], "quantity": 1, "amount": 3100}],
    }


def _webhook(draw: random.Random, data: dict[str, Any], event_type: str, at: datetime) -> dict[str, Any]:
    return {
        "event_id": f"w{draw.getrandbits(60)}",
        "event_type": event_type,
        "api_version": 2,
        "created_at": text(at + timedelta(seconds=draw.randint(0, 5))),
        "funnel_id": 77,
        "data": data,
    }


def files(draw: random.Random, lines: Sequence[dict[str, Any]], number_of_files: int) -> list[str]:
    """The lines in any order, some of them more than once, in so many files."""
    told = [json.dumps(line) for line in lines]
    told += draw.choices(told, k=len(told) // 3)
    draw.shuffle(told)
    return ["\n".join([*told[number::number_of_files], ""]) for number in range(number_of_files)]


def draw_reports(draw: random.Random, start: date, habits: Sequence[str] = HABITS) -> dict[str, str]:
    """Ads reports of some accounts in one habit; what one export says of a day the next one says too.

    Each account has a campaign of its own on every day, so that no account's report can pass for another's.
    """
    accounts = [f"Brand {letter}" for letter in "ABC"[: draw.randint(1, 3)]]
    days = [start + timedelta(days=number) for number in range(6)]
    campaigns = [f"Campaign {number}" for number in range(draw.randint(1, 3))]
    habit = draw.choice(habits)
    header = {"column": "Account name,", "ids": "Campaign ID,"}.get(habit, "") + REPORT
    files = {}
    for account in accounts:
        lines = {
            day: [
                {"column": f"{account},", "ids": f"{account} {campaign},"}.get(habit, "")
                + f"{day},{campaign},{draw.randint(1, 9999) / 100:.2f}\n"
                for campaign in (*campaigns, f"Only {account}")
            ]
            for day in days
        }
        folder = f"account={account}/" if habit == "folder" else ""
        for number in range(draw.randint(1, 3)):
            first = draw.randint(0, 5)
            told = [line for day in days[first : first + 4] for line in lines[day]]
            files[f"{folder}{account}_{number}.csv"] = header + "".join(draw.sample(told, len(told)))
    return files
