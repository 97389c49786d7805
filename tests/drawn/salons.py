"""Random histories of salons: objects of Square as they change, in the order, and with the repeats, that they arrive.

A history is one tenant's. Objects are moved, corrected, cancelled, merged, refunded, deleted and land late, twice or
out of order; their times lie on and beside the limits at which the clock moves a customer on.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
_ZONES = ("America/Los_Angeles", "America/New_York", "Europe/Berlin", None)
_LINES = ("Manicure", "Gel polish", "Master class", "Hand cream", "Gift card", "Refundable deposit", "Something")
# Services of the catalog; a line may name one, or only be called so.
_SERVICES = {"S1": "Manicure", "S2": "Gel  polish"}
_STATUSES = (
    *("ACCEPTED",) * 6,
    *("CANCELLED_BY_CUSTOMER", "CANCELLED_BY_SELLER", "NO_SHOW", "PENDING", "DECLINED", "SURPRISE"),
)

Landed = tuple[int, str, Mapping[str, Any]]


@dataclass
class Salon:
    """One tenant's history in the making: what lands in which step."""

    draw: random.Random
    as_ofs: list[datetime]
    # How much of it happens after the first step: where all is quiet, a row that must not be forgotten stands out.
    business: float
    landed: list[Landed] = field(default_factory=list)

    def instant(self) -> datetime:
        """A time of business: anywhere in fourteen months, or on or beside a limit of some as-of."""
        if self.draw.random() < self.business:
            limit = self.draw.choice(self.as_ofs) - self.draw.choice((0, 30, 42, 90, 365)) * DAY
            return limit + timedelta(seconds=self.draw.choice((-1, 0, 1)))
        return self.as_ofs[0] + timedelta(minutes=self.draw.randrange(-400 * 1440, 40 * 1440))

    def step(self) -> int:
        """When something arrives: mostly at once."""
        return self.draw.randrange(len(self.as_ofs)) if self.draw.random() < self.business else 0

    def land(self, resource: str, versions: Sequence[Mapping[str, Any]]) -> None:
        """Let versions arrive: mostly in order, sometimes late, sometimes more than once."""
        steps = len(self.as_ofs)
        step = self.step()
        for version in versions:
            self.landed.append((step, resource, version))
            if self.draw.random() < 0.15:
                self.landed.append((self.draw.randrange(steps), resource, version))
            if self.draw.random() < 2 * self.business:
                step = min(steps - 1, step + self.draw.choice((1, 1, 2, 3)))
        if len(versions) > 1 and self.draw.random() < self.business:
            late = self.draw.randrange(len(versions))
            self.landed.append((len(self.as_ofs) - 1, resource, versions[late]))

    def versions(
        self, first: Mapping[str, Any], change: Callable[[dict[str, Any]], None], at: datetime
    ) -> list[Mapping[str, Any]]:
        """A thing and what became of it; the last may be its deletion."""
        made: list[Mapping[str, Any]] = []
        current = dict(first)
        for number in range(1, self.draw.choice((1, 1, 2, 3)) + 1):
            current = {**current, "version": number, "updated_at": text(at + timedelta(hours=number))}
            if number > 1:
                change(current)
            made.append(dict(current))
        if self.draw.random() < 0.08:
            made.append({"id": first["id"], "is_deleted": True, "updated_at": text(at + timedelta(hours=9))})
        return made


def text(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


def draw_salon(seed: int, as_ofs: list[datetime]) -> list[dict[str, str]]:
    """For each step the files to land in it: name below the tenant's folder, and lines of JSON."""
    draw = random.Random(seed)
    salon = Salon(draw, as_ofs, draw.choice((0.01, 0.02, 0.05, 0.3)))
    places = [f"L{number}" for number in range(draw.choice((1, 1, 2)))]
    for place in places:
        zone = draw.choice(_ZONES)
        location = {"id": place, "name": f"Place {place}", "currency": "USD", "created_at": "2019-01-01T00:00:00Z"}
        if place == "L1" and draw.random() < 0.2:
            # What it lands with is everybody's currency from then on.
            location |= {"currency": "EUR", "created_at": "2018-01-01T00:00:00Z"}
        if draw.random() < 0.9 or place == "L0":
            salon.landed.append((salon.step(), "locations", {**location, "timezone": zone}))
    for variation, name in _SERVICES.items():
        nested = {"id": variation, "type": "ITEM_VARIATION", "item_variation_data": {"item_id": f"I{variation}"}}
        item = {"name": name, "product_type": "APPOINTMENTS_SERVICE", "variations": [nested]}

        def rename(entry: dict[str, Any]) -> None:
            entry["item_data"] = {**entry["item_data"], "name": draw.choice(tuple(_SERVICES.values()))}

        first = {"id": f"I{variation}", "type": "ITEM", "item_data": item}
        salon.land("catalog", salon.versions(first, rename, as_ofs[0]))
    people = [f"C{number}" for number in range(draw.randrange(4, 14))]
    _customers(salon, people)
    bookings = _bookings(salon, people, places)
    orders = _orders(salon, people, places, bookings)
    _payments(salon, people, places, orders)
    _referrals(salon, people)
    files: list[dict[str, str]] = [{} for _ in as_ofs]
    if draw.random() < 0.3:
        files[salon.step()] |= _exports(salon, people)
    for number, (step, resource, entry) in enumerate(salon.landed):
        name = f"{resource}/{step}.jsonl" if number % 3 else f"{resource}/{step}_{number}.jsonl"
        files[step][name] = files[step].get(name, "") + json.dumps(entry) + "\n"
    return files


def _customers(salon: Salon, people: list[str]) -> None:
    draw = salon.draw
    for person in people:
        if draw.random() < 0.15:
            continue

        def change(entry: dict[str, Any]) -> None:
            entry["phone_number"] = draw.choice((None, "+1 415 555 0100", "415-555-0101"))
            entry["given_name"] = draw.choice(("Ada", "Bob", None))

        at = salon.instant()
        first = {
            "id": person,
            "created_at": text(at),
            "given_name": draw.choice(("Ada", "Bob")),
            "family_name": draw.choice(("Example", "Sample")),
            "email_address": draw.choice((None, "a@example.com", "b@example.com")),
            "phone_number": draw.choice((None, "+1 415 555 0100", "415-555-0101")),
            "preferences": {"email_unsubscribed": draw.random() < 0.2},
        }
        salon.land("customers", salon.versions(first, change, at))
    for _ in range(draw.choice((0, 0, 1, 2))):
        one, other = draw.sample(people, 2)
        merged = {"from_customer_id": one, "to_customer_id": other, "merged_at": text(salon.instant())}
        undone = {**merged, "undone_at": text(salon.as_ofs[-1] + 99 * DAY)}
        salon.land("customer_merges", [merged, undone] if draw.random() < 0.3 else [merged])


def _bookings(salon: Salon, people: list[str], places: list[str]) -> list[tuple[str, str, datetime]]:
    draw = salon.draw
    made = []
    for number in range(draw.randrange(6, 30)):
        start = salon.instant()
        person = draw.choice([*people, None])

        def change(entry: dict[str, Any]) -> None:
            entry["status"] = draw.choice(_STATUSES)
            if draw.random() < 0.3:
                entry["start_at"] = text(salon.instant())
            if draw.random() < 0.15:
                entry["customer_id"] = draw.choice(people)
            entry["seller_note"] = draw.choice((None, "", 'says "hi"', "late\nagain"))

        first = {
            "id": f"b{number}",
            "status": draw.choice(_STATUSES),
            "created_at": text(start - timedelta(minutes=draw.randrange(-600, 60_000))),
            "start_at": text(start),
            "location_id": draw.choice([*places, "ELSEWHERE"]),
            "customer_id": person,
            "source": draw.choice(("FIRST_PARTY_BUYER", "FIRST_PARTY_MERCHANT", "UNHEARD_OF")),
            "appointment_segments": [
                {
                    "team_member_id": draw.choice(("T1", "T2", "")),
                    "service_variation_id": draw.choice(("S1", "S2")),
                    "duration_minutes": draw.choice((0, 30, 45)),
                }
                for _ in range(draw.randrange(4))
            ],
        }
        versions = salon.versions(first, change, start - 3 * DAY)
        salon.land("bookings", versions)
        if draw.random() < 0.1:
            salon.land("bookings", [{**versions[0], "id": f"b{number}-ABCDEFGHIJKLMNOPQRSTUVWX"}])
        made.append((f"b{number}", person or draw.choice(people), start))
    return made


def _orders(
    salon: Salon, people: list[str], places: list[str], bookings: list[tuple[str, str, datetime]]
) -> list[tuple[str, datetime]]:
    draw = salon.draw
    made = []
    for number in range(draw.randrange(3, 14)):
        booking, person, start = draw.choice(bookings)
        at = start + timedelta(minutes=draw.choice((-121, -120, 30, 60, 1440, 1441, 9_000)))
        if draw.random() < 0.5:
            # Paid ahead, invoiced later, or charged for having missed it.
            days = draw.choice((-180, -11, -11, 1, 1, 2, 14, 14, 60))
            at = start + days * DAY + timedelta(seconds=draw.choice((-1, 0, 1)))

        def change(entry: dict[str, Any]) -> None:
            entry["state"] = draw.choice(("COMPLETED", "CANCELED", "OPEN"))
            if draw.random() < 0.3:
                entry["reference_id"] = draw.choice((None, draw.choice(bookings)[0]))

        first: dict[str, Any] = {
            "id": f"o{number}",
            "state": draw.choice(("COMPLETED", "COMPLETED", "OPEN")),
            "created_at": text(at),
            "closed_at": text(at + timedelta(minutes=draw.choice((0, 5)))),
            "location_id": draw.choice(places),
            "customer_id": draw.choice((person, draw.choice(people), None)),
            "reference_id": booking if draw.random() < 0.2 else None,
            "line_items": [
                {
                    **{"uid": str(line), "name": draw.choice(_LINES), "total_money": _money(draw)},
                    "catalog_object_id": draw.choice((None, None, *_SERVICES)),
                }
                for line in range(draw.choice((0, 1, 1, 1, 2, 3)))
            ],
            "total_discount_money": _money(draw),
        }
        for line in first["line_items"]:
            if line["name"] == "Gift card":
                line["item_type"] = "GIFT_CARD"
        salon.land("orders", salon.versions(first, change, at))
        made.append((f"o{number}", at))
    return made


def _payments(salon: Salon, people: list[str], places: list[str], orders: list[tuple[str, datetime]]) -> None:
    draw = salon.draw
    for number in range(draw.randrange(4, 20)):
        order, order_at = draw.choice([*orders, (None, salon.instant())])
        at = order_at + timedelta(minutes=draw.choice((0, 1)))

        def change(entry: dict[str, Any]) -> None:
            entry["status"] = draw.choice(("COMPLETED", "CANCELED"))
            if draw.random() < 0.2:
                entry["customer_id"] = draw.choice(people)
            if draw.random() < 0.2:
                entry["order_id"] = draw.choice(orders)[0]
            entry["refunded_money"] = _money(draw)

        first = {
            "id": f"p{number}",
            "status": draw.choice(("COMPLETED", "COMPLETED", "APPROVED")),
            "created_at": text(at),
            "amount_money": _money(draw, draw.choice(("USD", "USD", "USD", "USD", "EUR"))),
            "tip_money": _money(draw) if draw.random() < 0.5 else None,
            "customer_id": draw.choice((draw.choice(people), None)),
            "order_id": order,
            "location_id": draw.choice((draw.choice(places), None)),
        }
        salon.land("payments", salon.versions(first, change, at))
        if draw.random() < 0.3:
            refund = {
                "id": f"r{number}",
                "payment_id": f"p{number}" if draw.random() < 0.9 else "unknown",
                "status": draw.choice(("PENDING", "COMPLETED")),
                "created_at": text(salon.instant()),
                "amount_money": _money(draw),
                "location_id": draw.choice(places),
            }
            salon.land("refunds", salon.versions(refund, lambda entry: entry.update(status="COMPLETED"), at))


def _exports(salon: Salon, people: list[str]) -> dict[str, str]:
    """Dashboard exports: sales of listed people and of guests that only they know, some of them at an as-of.

    Square's own object of an id comes then or later and takes its place; or a refund of it, or another payment.
    """
    draw = salon.draw
    when = "Location,Date,Time,Time Zone"
    transactions = [f"{when},Total Collected,Tip,Gift Card Sales,Transaction ID,Payment ID,Event Type,Customer ID"]
    items = [f"{when},Item,Qty,Net Sales,Transaction ID,Event Type,Itemization Type,Customer ID"]

    def land(resource: str, entry: dict[str, Any]) -> None:
        if draw.random() < 0.4:
            salon.landed.append((draw.randrange(len(salon.as_ofs)), resource, entry))

    for number in range(draw.randrange(2, 6)):
        at = draw.choice(salon.as_ofs) - draw.choice((0, 90, 365)) * DAY + timedelta(seconds=draw.choice((-1, 0, 1)))
        person = draw.choice((draw.choice(people), f"GUEST{number}", ""))
        # At a place that Square knows or does not, in its zone or another, in its currency or another.
        place, zone = (
            draw.choice(("", "place l0", "Pop-up", "POP-UP")),
            draw.choice(("UTC", "Asia/Tokyo", "America/Denver")),
        )
        local = at.astimezone(ZoneInfo(zone))
        where = f"{place},{local:%Y-%m-%d,%H:%M:%S},{zone}"
        later = f"{place},{local.replace(tzinfo=None) + DAY:%Y-%m-%d,%H:%M:%S},{zone}"
        sign = draw.choice("$$$\u00a5")
        transactions.append(f"{where},{sign}20,{sign}2,,t{number},e{number},Payment,{person}")
        if draw.random() < 0.5:
            transactions.append(f"{later},-{sign}5,,,x{number},e{number},Refund,")
        if draw.random() < 0.5:
            line, kind = draw.choice(_LINES), draw.choice(("Service", "Physical Good", ""))
            buyer = draw.choice((person, "", "SHOPPER"))
            items.append(f"{where},{line},1,{sign}18,t{number},Payment,{kind},{buyer}")
        sale = {"created_at": text(at), "customer_id": draw.choice((draw.choice(people), None))}
        paid = {**sale, "status": "COMPLETED", "amount_money": _money(draw)}
        land("payments", {**paid, "id": f"e{number}", "order_id": draw.choice((f"t{number}", None))})
        land("payments", {**paid, "id": f"also{number}", "order_id": f"t{number}"})
        land("refunds", {**paid, "id": f"re{number}", "payment_id": f"e{number}"})
        land(
            "orders", {**sale, "id": f"t{number}", "state": "COMPLETED", "line_items": [{"name": draw.choice(_LINES)}]}
        )
    customers = ["First Name,Last Name,Email Address,Phone Number,Square Customer ID"]
    customers += [f"Ada,Sample,b@example.com,,{person}" for person in (draw.choice(people), "SHOPPER")]
    return {
        "exports/transactions.csv": "\n".join(transactions) + "\n",
        "exports/items.csv": "\n".join(items) + "\n",
        "exports/customers.csv": "\n".join(customers) + "\n",
    }


def _money(draw: random.Random, currency: str = "USD") -> dict[str, Any]:
    return {"amount": draw.randrange(0, 20_000), "currency": currency}


def _referrals(salon: Salon, people: list[str]) -> None:
    draw = salon.draw
    for person in people:
        if draw.random() < 0.5:
            versions = [
                {
                    "square_customer_id": person,
                    "personal_code": draw.choice((None, f"CODE{draw.randrange(3)}")),
                    "used_referral_code": draw.choice((None, f"code{draw.randrange(3)}")),
                    "activated_as_referrer": draw.random() < 0.5,
                    "total_referrals_count": draw.randrange(3),
                    "updated_at": text(salon.as_ofs[0] + timedelta(hours=number)),
                }
                for number in range(draw.choice((1, 2)))
            ]
            salon.land("referral_profiles", versions)
    for number in range(draw.randrange(3)):
        one, other = draw.choice(people), draw.choice(people)
        reward = {
            "id": f"w{number}",
            "referrer_customer_id": one,
            "referred_customer_id": other,
            "reward_type": draw.choice(("referrer_reward", "friend_signup_bonus")),
            "status": "PENDING",
            "reward_amount_cents": 1_000,
            "created_at": text(salon.instant()),
            "updated_at": text(salon.as_ofs[0]),
        }
        paid = {**reward, "status": "PAID", "updated_at": text(salon.as_ofs[0] + DAY)}
        salon.land("referral_rewards", [reward, paid])
