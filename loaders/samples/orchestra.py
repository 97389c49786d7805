"""A made-up season: how an invented orchestra sells, day by day. The demo, tests and benchmark print it.

Everything follows from names and dates: no clock, no state, the same on every machine.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from loaders.samples.printed_reports import ERROR, Package, Production, Show, Sold

OPENING = date(2030, 9, 20)
_LABELS = (
    ("CS", "Spring Songs"),
    ("PS", "Night at the Movies Live"),
    ("CS", "River Symphonies"),
    ("FS", "The Brass Menagerie"),
    ("CS", "Organ and Orchestra"),
    ("", "Winter Festival"),
    ("CS", "A Night in Lisbon"),
    ("PP ", "Drum Stories"),
    ("CS", "Last Waltzes"),
    ("FM", "Café Noir in Concert"),
    ("On Stage ", ""),
    ("CS", "Two Concertos"),
)
_PRICE = Decimal("62.50")


@dataclass(frozen=True)
class _Performance:
    code: str
    day: date
    time: str
    subscribers: int
    singles: int
    seats: int


def productions(day: date, count: int = 12) -> list[Production]:
    """What the report of one day prints: `count` productions of one to three performances, and two placeholders."""
    return [
        *(_production(index, day) for index in range(count)),
        Production(
            "31 Trio",
            [replace(_show(_Performance(f"31TRIO{n}", date(2031, 6, 30), "8:00 PM", 2, 0, 3520), day)) for n in (1, 2)],
        ),
    ]


def packages() -> list[Package]:
    """Subscription packages of a pops season."""
    return [
        Package(
            f"31 {name} Pops",
            "SY-Full",
            Sold(40 * n, 2500 * n * Decimal(1)),
            Sold(60 * n, 3600 * n * Decimal(1)),
            420 * n,
            45 * n,
        )
        for n, name in enumerate(("Sunday", "Friday", "Saturday"), 1)
    ]


def renewals(week: int) -> dict[str, Sequence[Package]]:
    """Renewal sections as they stand in a week of the campaign, split subscriptions included."""
    names = ("31 Friday Bravo 7", "31 Friday Split Bravo Sub", "31 Friday Split Ovation Sub", "31 Sunday Matinee")
    classical = [
        Package(
            name, "SY-Full", Sold(2 * week, 150 * week * Decimal(1)), Sold(size * week, 60 * size * week * Decimal(1))
        )
        for name, size in zip(names, (30, 9, 9, 44), strict=True)
    ]
    return {"30-31 SY Classical": classical, "30-31 SY Flex/CYO": classical[:1]}


def _production(index: int, day: date) -> Production:
    kind, title = _LABELS[index % len(_LABELS)]
    number = index // 2 + 1
    series = f"{kind}{number:02d}" if kind in ("CS", "PP ") else f"{kind}{number % 9 + 1}" if kind else ""
    opening = OPENING + timedelta(days=14 * index)
    draw = random.Random(f"production {index}")
    nights = (("E", "8:00 PM"), ("F", "7:30 PM"), ("M", "2:00 PM"))[: 1 + index % 3]
    shows = [
        _show(
            _Performance(
                f"{opening + timedelta(days=n):%y%m%d}{letter}",
                opening + timedelta(days=n),
                time,
                draw.randint(150, 500),
                draw.randint(200, 900),
                1600,
            ),
            day,
        )
        for n, (letter, time) in enumerate(nights)
    ]
    if index % 12 == 7:
        # A free event: nothing to divide by.
        shows = [replace(s, budget=ERROR, cap=ERROR, single=Sold(s.single.count, Decimal(0))) for s in shows]
        shows = [replace(s, comp=s.single.count, discount=Sold(0, Decimal(0))) for s in shows]
        shows = [replace(s, fixed=Sold(0, Decimal(0)), non_fixed=Sold(0, Decimal(0))) for s in shows]
    return Production(f"31 {series} {title}".replace("  ", " ").strip(), shows, shows[0].budget, shows[0].cap)


def _show(performance: _Performance, day: date) -> Show:
    """Subscriptions are sold early, singles along a curve that steepens towards the show."""
    days_out = (performance.day - day).days
    share = 1.0 if days_out <= 0 else math.exp(-days_out / 45)
    singles = round(performance.singles * share)
    fixed = performance.subscribers
    non_fixed = fixed // 20
    discount, comp = singles // 10, singles // 25
    paid = singles - comp
    amount = paid * _PRICE - discount * Decimal("12.50")
    reserved = max(0, min(12, days_out)) if days_out > 0 else 0
    revenue = fixed * _PRICE + non_fixed * Decimal("75.00") + amount
    potential = performance.seats * _PRICE
    return Show(
        code=performance.code,
        day=performance.day,
        time=performance.time,
        fixed=Sold(fixed, fixed * _PRICE),
        non_fixed=Sold(non_fixed, non_fixed * Decimal("75.00")),
        single=Sold(singles, amount),
        reserved=Sold(reserved, reserved * _PRICE),
        available=performance.seats - singles - fixed - non_fixed - reserved,
        budget="" if performance.singles == 0 else "55.0%",
        cap=f"{(revenue + reserved * _PRICE) / potential * 100:.1f}%",
        discount=Sold(discount, discount * (_PRICE - Decimal("12.50"))),
        comp=comp,
    )
