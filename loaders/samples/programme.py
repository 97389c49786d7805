"""An invented creator programme for the demo: two brands, their creators, and a week of videos exports."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

FIRST_DAY = date(2030, 10, 30)
DAYS = 7
_HEADER = (
    *("Handle", "Video", "Views", "Likes", "Comments", "GMV", "CTR"),
    *("Units Sold", "Post Date", "Video Title"),
)
# Handle, tier by the app ('' : the app does not know the creator), window's start, next checkpoint, videos.
_LAMP = (
    ("moth.reads", "silver", "2030-07-06T15:00:00Z", "2030-11-06T15:00:00Z", 6),
    ("desk_and_dusk", "gold", "2030-07-01T15:00:00Z", "2030-11-01T15:00:00Z", 5),
    ("late.shift.lena", "silver", "2030-06-28T15:00:00Z", "2030-10-28T15:00:00Z", 3),
    ("quietcorner", "bronze", "", "", 4),
    ("glow.with.theo", "gold", "2030-09-15T15:00:00Z", "2031-01-15T15:00:00Z", 7),
    ("paperlantern", "", "", "", 2),
)
_MUG = (
    ("steam.club", "silver", "2030-08-20T12:00:00Z", "2030-11-20T12:00:00Z", 5),
    ("two_sugars", "bronze", "", "", 3),
    ("kettle.kit", "silver", "2030-08-03T12:00:00Z", "2030-11-03T12:00:00Z", 4),
)
_BRANDS = (
    ("lamp", "Lamp & Co", "sales", 4, _LAMP, (("bronze", 0), ("silver", 400), ("gold", 1500), ("platinum", 4000))),
    ("mug", "Mug House", "units", 3, _MUG, (("bronze", 0), ("silver", 40), ("gold", 160))),
)


def videos_exports() -> dict[str, bytes]:
    """A week of exports of both brands: numbers grow, a refund takes some back, and one morning has bad rows."""
    files = {}
    for brand, *_, creators, _ in _BRANDS:
        for number in range(DAYS):
            day = FIRST_DAY + timedelta(days=number)
            rows = list(_videos(brand, creators, day))
            text = _csv([_HEADER, *rows, ("Summary", "-", *[""] * 8)])
            files[f"org={brand}/videos_{day}.csv"] = text.encode()
    return files


def _videos(brand: str, creators: Sequence[tuple[str, str, str, str, int]], day: date) -> Iterable[tuple[object, ...]]:
    for place, (handle, _, _, _, count) in enumerate(creators):
        for number in range(count):
            posted = FIRST_DAY - timedelta(days=17 * number + 3 * place - 6)
            if posted > day:
                continue
            age = (day - posted).days
            units = (age * (3 + place) + 7 * number) // 4 % (30 + 5 * place)
            price = 1795 if brand == "lamp" else 1250
            # One parcel comes back.
            units -= 2 if (place, number) == (1, 2) and day > FIRST_DAY + timedelta(days=3) else 0
            cents = units * price
            yield (
                f"@{handle}" if number % 2 else handle,
                f"https://www.tiktok.com/@{handle}/video/{_video_id(brand, place, number)}",
                f"{900 + 310 * age + 45 * number:,}",
                str(40 + 12 * age),
                str(3 + age // 2),
                f"${cents // 100:,}.{cents % 100:02}" if cents >= 0 else f"(${-cents // 100}.{-cents % 100:02})",
                f"{1 + (place + number) % 4}.{(place * 7 + number * 3) % 10}%",
                str(units),
                posted.isoformat(),
                f"Part {number + 1}, how I use it" if number % 3 == 0 else f"Part {number + 1}",
            )


def _video_id(brand: str, place: int, number: int) -> str:
    return f"75{'1' if brand == 'lamp' else '2'}0000000000{place:02}{number:02}"


def programme_exports() -> dict[str, bytes]:
    """The programme's tables as the app exports them on the first day, and its users again on the last."""
    first, last = FIRST_DAY, FIRST_DAY + timedelta(days=DAYS - 1)
    clients, tiers, users, missions = [], [], [], []
    for brand, name, metric, months, creators, scale in _BRANDS:
        clients.append((brand, name, metric, months, brand, "2030-01-01T00:00:00Z"))
        for order, (tier, threshold) in enumerate(scale, start=1):
            sales, units = (f"{threshold}.00", "") if metric == "sales" else ("", threshold)
            tiers.append(
                (brand, order, tier, tier.title(), sales, units, 6 + 2 * order, "true" if order == 1 else "false")
            )
        for place, (handle, tier, start, end, _) in enumerate(creators):
            if tier:
                dates = (start, end, start or "2030-05-01T00:00:00Z")
                users.append((f"{brand}-{place}", brand, f"@{handle}", tier, "false", *dates))
        users.append((f"{brand}-staff", brand, f"{brand}.team", "bronze", "true", "", "", "2030-01-01T00:00:00Z"))
        kind, target = ("sales_dollars", 250) if metric == "sales" else ("sales_units", 20)
        missions += [
            (f"{brand}-sell", brand, "Sell", kind, target, "all", "true", "true"),
            (f"{brand}-post", brand, "Post twice", "videos", 2, "all", "true", "true"),
            (f"{brand}-gold", brand, "Gold views", "views", 50_000, "gold", "true", "true"),
            (f"{brand}-likes", brand, "Likes", "likes", 900, "all", "true", "false"),
        ]
    users_header = (
        *("id", "client_id", "tiktok_handle", "current_tier", "is_admin"),
        *("tier_achieved_at", "next_checkpoint_at", "updated_at"),
    )
    later = [(*user[:3], "gold", *user[4:7], "2030-11-05T09:00:00Z") if user[0] == "lamp-3" else user for user in users]
    later = [
        (*user[:5], "2030-11-05T09:00:00Z", "2031-03-05T09:00:00Z", user[7]) if user[0] == "lamp-3" else user
        for user in later
    ]
    tables: dict[str, list[Sequence[object]]] = {
        f"{first}/clients.csv": [
            ("id", "name", "vip_metric", "checkpoint_months", "subdomain", "created_at"),
            *clients,
        ],
        f"{first}/tiers.csv": [
            (
                *("client_id", "tier_order", "tier_id", "tier_name", "sales_threshold"),
                *("units_threshold", "commission_rate", "checkpoint_exempt"),
            ),
            *tiers,
        ],
        f"{first}/users.csv": [users_header, *users],
        f"{last}/users.csv": [users_header, *later],
        f"{first}/missions.csv": [
            ("id", "client_id", "title", "mission_type", "target_value", "tier_eligibility", "enabled", "activated"),
            *missions,
        ],
        f"{first}/sales_adjustments.csv": [
            ("id", "client_id", "user_id", "adjustment_type", "amount", "amount_units", "applied_at", "reason"),
            ("adj-1", "lamp", "lamp-1", "bonus", "120.00", "", "2030-09-12T10:00:00Z", "fair stand"),
            ("adj-2", "lamp", "lamp-4", "refund", "-35.90", "", "2030-10-21T10:00:00Z", "returned"),
            ("adj-3", "lamp", "lamp-0", "manual_sale", "80.00", "", "", "waits for its invoice"),
            ("adj-4", "mug", "mug-2", "correction", "", "4", "2030-10-02T10:00:00Z", "counted twice"),
        ],
        f"{last}/redemptions.csv": [
            (
                *("id", "client_id", "user_id", "status", "tier_at_claim", "mission_id", "reward_type"),
                *("redemption_type", "redemption_frequency", "created_at", "claimed_at", "concluded_at"),
                *("reward_amount", "boost_rate_percent", "activated_at", "expires_at"),
                *("sales_at_activation", "sales_at_expiration"),
            ),
            _redemption("red-1", "lamp", "lamp-4", "concluded", "gift_card", "2030-10-03", "2030-10-20", "25.00"),
            _redemption("red-2", "lamp", "lamp-1", "claimed", "gift_card", "2030-11-04", "", "25.00"),
            (
                *("red-3", "lamp", "lamp-4", "concluded", "gold", "", "commission_boost", "scheduled", "one-time"),
                *("2030-10-01T08:00:00Z", "2030-10-01T08:00:00Z", "2030-11-02T08:00:00Z", "", "5"),
                *("2030-10-01T08:00:00Z", "2030-10-31T08:00:00Z", "1800.00", "2964.10"),
            ),
        ],
        f"{first}/handle_changes.csv": [
            ("client_id", "old_handle", "new_handle", "detected_at", "resolved_at"),
            ("mug", "@two_sugars", "@three_sugars", "2030-10-29T07:00:00Z", ""),
        ],
    }
    return {name: _csv(rows).encode() for name, rows in tables.items()}


def _redemption(
    name: str, brand: str, user: str, status: str, reward: str, claimed: str, ended: str, amount: str
) -> tuple[str, ...]:
    return (
        *(name, brand, user, status, "gold", "", reward, "instant", "monthly", f"{claimed}T08:00:00Z"),
        *(f"{claimed}T08:00:00Z", f"{ended}T08:00:00Z" if ended else "", amount, "", "", "", "", ""),
    )


def _csv(rows: Iterable[Sequence[object]]) -> str:
    stream = io.StringIO(newline="")
    csv.writer(stream, lineterminator="\n").writerows(rows)
    return stream.getvalue()
