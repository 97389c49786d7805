"""An invented five-day challenge with its leads, orders, events and ads, for the demo and for tests."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

START = datetime(2030, 10, 21, 14, 0, tzinfo=UTC)
DAYS = 14
HOSTS = ("www.daily-challenge.example", "daily-challenge-free.example")
PRODUCTS = {
    6501: ("Challenge Plus", "31.00"),
    6504: ("Extra Journal", "7.00"),
    6508: ("Mentoring trial", "0.00"),
    6599: ("Coaching", "1500.00"),
}
_FOLDER = "org=challenge"
# What the business says of itself, by seed.
_FACTS: dict[str, list[str]] = {
    "funnel_goals": [
        "goal,target,starts_on,ends_on",
        "leads,20000,2025-12-13,2026-01-31",
        "plus_sales,3000,2025-12-13,2026-01-31",
        "journals,2000,2025-12-13,2026-01-31",
    ],
    "funnel_product_roles": [
        "match_on,match_value,role",
        "name,Challenge Plus,plus",
        "name,Extra Journal,extra_journal",
        "name,Extra Shipping,shipping",
        "name,Mentoring trial,trial",
        "name,Coaching,coaching",
    ],
    "funnel_challenges": ["challenge,starts_on,days", "demo,2026-01-01,31"],
    "funnel_hosts": [
        "host,channel",
        "daily-challenge.example,paid",
        "daily-challenge-free.example,organic",
        "daily-challenge-journal.example,other",
    ],
    "funnel_high_ticket": ["currency,min_amount", "USD,1000.00"],
    "funnel_campaign_types": [
        "priority,pattern,campaign_type",
        "1,sales,sales",
        "2,lead,leads",
        "3,retarget|remarket|(^|[^a-z])(rmkt|rtg)([^a-z]|$),retargeting",
        "4,content|awareness|brand,content",
    ],
}


def files() -> dict[str, bytes]:
    """The ClickFunnels folder, by path."""
    return {
        f"{_FOLDER}/contacts/page-1.json": _json([_contact(number) for number in range(0, 60, 2)]),
        f"{_FOLDER}/products/page-1.json": _json(
            [
                {"id": product_id, "name": name, "variant_ids": [product_id + 20], "created_at": "2030-09-01T00:00:00Z"}
                for product_id, (name, _) in PRODUCTS.items()
            ]
        ),
        f"{_FOLDER}/orders/page-1.json": _json([_order(number) for number in range(40)]),
        f"{_FOLDER}/transactions/page-1.json": _json([_refund(number) for number in (6, 27)]),
        f"{_FOLDER}/webhooks/october.jsonl": _lines(
            [_lead(number) for number in range(60)]
            # Refunds, and an older version that comes after them.
            + [_refunded(number) for number in (13, 20)]
            + [_webhook(f"late{number}", "order.updated", _order(number), number) for number in (13, 20)]
        ),
        f"{_FOLDER}/spiffy/october.jsonl": _lines([_spiffy(number) for number in range(4)]),
        f"{_FOLDER}/events/october.csv": _csv(_events()),
        f"{_FOLDER}/exports/orders.csv": _csv(
            [
                {
                    "Order Number": f"#E-{number}",
                    "Customer Email": f"person{50 + number}@example.com",
                    "Total": "31.00",
                    "Billing Status": "Paid",
                    "Order Date": "2030-10-30",
                }
                for number in range(3)
            ]
        ),
    }


def settings() -> dict[str, bytes]:
    """The home's settings files of the funnel, by path below `settings/`."""
    return {f"funnel/{seed}.csv": ("\n".join(lines) + "\n").encode() for seed, lines in _FACTS.items()}


def ads() -> dict[str, bytes]:
    """Reports of the challenge's ads, by path below the ads folder."""
    meta, google = [], []
    for number in range(DAYS):
        day = (START + timedelta(days=number)).date().isoformat()
        for campaign, (name, spend) in enumerate((("DC [SALES] a", 60), ("DC [LEADS] b", 30), ("DC content c", 5))):
            clicks = 20 + (number * 7 + campaign * 11) % 30
            meta.append(
                {
                    "Day": day,
                    "Campaign name": name,
                    "Campaign ID": f"12021234567890{campaign:04d}",
                    "Ad ID": f"12021234567891{campaign:04d}",
                    "Amount spent (USD)": f"{spend + number % 3}.50",
                    "Impressions": clicks * 45,
                    "Link clicks": clicks,
                    "Landing page views": clicks * 3 // 4,
                    "Leads": clicks // 8,
                }
            )
        google.append({"Day": day, "Campaign": "Search generic", "Currency code": "USD", "Cost": "15.25", "Clicks": 9})
    return {f"{_FOLDER}/meta/october.csv": _csv(meta), f"{_FOLDER}/google/october.csv": _csv(google)}


def attendance() -> dict[str, bytes]:
    """Counts of viewers, by path below the attendance folder."""
    rows = [
        {"date": f"2030-11-0{day}", "platform": platform, "participant_count": count}
        for day, platform, count in ((1, "YouTube", 410), (1, "Zoom", 38), (2, "YouTube", 322), (3, "YouTube", ""))
    ]
    return {f"{_FOLDER}/counts.csv": _csv(rows)}


def workflow() -> dict[str, bytes]:
    """Errors of automations, by path below the workflow folder."""
    rows = [
        {
            "workflow_name": "Orders sync",
            "error_node": "HTTP",
            "error_message": "timeout",
            "error_timestamp": when,
            "execution_id": f"ex-{number}",
            "created_at": f"2030-10-2{number}T09:31:00Z",
        }
        for number, when in enumerate(("2030-10-21T09:30:00Z", "around nine", "2030-10-23T09:30:00Z"), start=1)
    ]
    return {f"{_FOLDER}/errors.csv": _csv(rows)}


def _text(instant: datetime) -> str:
    return instant.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _met(number: int) -> datetime:
    return START + timedelta(hours=5 * number)


def _contact(number: int) -> dict[str, Any]:
    met = _text(_met(number))
    return {
        "id": 500 + number,
        "email_address": f"Person{number}@example.com",
        "first_name": "Person",
        "last_name": str(number),
        "phone_number": f"+1555010{number:04d}",
        "time_zone": "Pacific Time (US & Canada)",
        "created_at": met,
        "updated_at": met,
        "custom_attributes": {"manychat_id": str(9_900_000 + number)} if number % 4 == 0 else {},
        "visits": {"first_visit": {"utm_source": "meta", "utm_campaign": "DC [LEADS] b", "landing_page": "/start"}},
    }


def _lead(number: int) -> dict[str, Any]:
    lead = {
        "id": 3000 + number,
        "contact_id": 500 + number,
        "page_id": 87,
        "created_at": _text(_met(number)),
        "data": {
            "contact": {"email": f"person{number}@example.com", "name": f"Person {number}"},
            "url": f"https://{HOSTS[number % 3 % 2]}/start",
            "utm_campaign": "DC [SALES] a" if number % 2 else "(not set)",
            "ad_id": "120212345678910000" if number % 5 == 0 else None,
        },
    }
    return _webhook(f"lead{number}", "form_submission.created", lead, number)


def _order(number: int, status: str = "", hours: int = 0) -> dict[str, Any]:
    placed = _met(number) + timedelta(hours=2)
    products = [6599] if number % 17 == 16 else [6501, 6504][: 1 + number % 2] + [6508] * (number % 6 == 0)
    items: list[dict[str, Any]] = [
        {
            "id": number * 10 + part,
            "quantity": 1 + number % 3 if product_id == 6504 else 1,
            "original_product": {"id": product_id, "name": PRODUCTS[product_id][0]},
            "products_price": {"amount": PRODUCTS[product_id][1], "currency": "usd"},
        }
        for part, product_id in enumerate(products)
    ]
    total = sum(item["quantity"] * Decimal(item["products_price"]["amount"]) for item in items)
    partial = "partially-refunded" if number in (6, 27) else ""
    return {
        "id": 1000 + number,
        "order_number": f"#{1000 + number}",
        "contact_id": 500 + number,
        "live_mode": number != 33,
        "total_amount": str(total),
        "currency": "USD",
        "billing_status": status or partial or ("pending" if number % 19 == 18 else "paid"),
        "funnel_name": f"https://{HOSTS[number % 4 % 2]}/plus-order",
        "order_page": {"id": 88, "public_id": "pgDemo", "name": "Order form"},
        "billing_address_postal_code": f"{number:05d}",
        "created_at": _text(placed),
        "updated_at": _text(placed + timedelta(hours=hours)),
        "contact": {"id": 500 + number, "email_address": f"person{number}@example.com"},
        "line_items": items,
    }


def _refunded(number: int) -> dict[str, Any]:
    return _webhook(f"refund{number}", "one_time_order.refunded", _order(number, "refunded", hours=50), number)


def _refund(number: int) -> dict[str, Any]:
    return {
        "id": 7000 + number,
        "order_id": 1000 + number,
        "external_type": "refund",
        "adjusted_transaction_id": 6000 + number,
        "amount": "-10.00",
        "currency": "USD",
        "result": "approved",
        "created_at": _text(_met(number) + timedelta(days=2)),
    }


def _spiffy(number: int) -> dict[str, Any]:
    return {
        "order_id": 1000 + number,
        "order_total": 3800,
        "payments": [{"payment_status": "succeeded"}],
        "checkout": {"checkout_id": 31, "offer_name": "Challenge bundle"},
        "customer": {"email": f"bundle{number}@example.com", "name_first": "Bea", "name_last": "Bundle"},
        "created_at": _text(START + timedelta(days=3 * number)),
        "checkoutview": {"utm_source": "newsletter"},
        "items": [
            {"order_item_id": 1, "name": "Challenge Plus", "quantity": 1, "amount": 3100},
            {"order_item_id": 2, "name": "Extra Journal", "quantity": 1, "amount": 700},
        ],
    }


def _webhook(event_id: str, event_type: str, data: Mapping[str, Any], number: int) -> dict[str, Any]:
    return {
        "event_id": event_id,
        "event_type": event_type,
        "api_version": 2,
        "funnel": {"id": 77, "name": "Challenge", "public_id": "fnDemo"},
        "created_at": _text(_met(number) + timedelta(minutes=1)),
        "data": data,
    }


def _events() -> list[dict[str, Any]]:
    """What people did: the welcome e-mail, the video, the days."""
    found = []
    for number in range(0, 60, 2):
        done = [("keap.add_tag", "Status - Demo - Clicked NTN In Email", "action")] if number % 3 == 0 else []
        done += [
            ("vidalytics.view_video", f"Intro View {percent}%", "action") for percent in (5, 25, 50, 75)[: number % 5]
        ]
        done += [(f"Attended_Day_{day}", "", "analytics") for day in range(1, 1 + number % 4)]
        found += [
            {
                "event_id": f"e{number}-{part}",
                "email": f"person{number}@example.com",
                "name": name,
                "value": value,
                "type": kind,
                "timestamp": _text(_met(number) + timedelta(minutes=10 + part)),
            }
            for part, (name, value, kind) in enumerate(done)
        ]
    return found


def _json(rows: Sequence[Mapping[str, Any]]) -> bytes:
    return (json.dumps(rows, indent=1) + "\n").encode()


def _lines(rows: Sequence[Mapping[str, Any]]) -> bytes:
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def _csv(rows: Sequence[Mapping[str, Any]]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()
