"""Cells of Square's dashboard exports: money, dates, times and zones, each in one canonical spelling."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from decimal import Decimal
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from loaders.config import local_instant
from loaders.seeds import seed_rows
from loaders.source import Unreadable

_ZONES = frozenset(available_timezones())
_MONEY = re.compile(r"(-?)[^\d\s.,()-]{0,4}(-?)(\d{1,12}|\d{1,3}(?:,\d{3}){1,3})(\.\d{1,3})?")
_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{2}|\d{4})")
_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?(?:\s*([AaPp])\.?[Mm]\.?)?")


def is_zone(name: object) -> bool:
    """Whether this names an IANA time zone."""
    return name in _ZONES


@cache
def _zones_by_label() -> dict[str, str]:
    return {row["label"].casefold(): row["zone"] for row in seed_rows("appointments", "square_time_zones")}


def zone(text: str) -> ZoneInfo:
    """The zone of a dashboard's label (seed `square_time_zones`) or IANA name."""
    name = _zones_by_label().get(text.casefold(), text)
    if not is_zone(name):
        raise Unreadable(
            "bad_time_zone",
            f"Time Zone is {text[:60]!r}, expected a label of the seed square_time_zones or an IANA time zone",
        )
    return ZoneInfo(name)


def day(text: str) -> date:
    """A date as `2026-09-13`, `09/13/2026` or `09/13/26`, month first."""
    try:
        if match := _SLASHED.fullmatch(text):
            month, day_of_month, year = map(int, match.groups())
            return date(year + (2000 if year < 100 else 0), month, day_of_month)
        return date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text) else _no_date(text)
    except ValueError:
        return _no_date(text)


def _no_date(text: str) -> date:
    raise Unreadable("bad_date", f"Date is {text[:60]!r}, expected 2026-09-13, 09/13/2026 or 09/13/26 (month first)")


def instant(day_text: str, time_text: str, zone_text: str) -> datetime:
    """The UTC instant of a dashboard's date and time; the earlier one of a repeated hour."""
    where = zone(zone_text)
    on = day(day_text)
    match = _TIME.fullmatch(time_text)
    hour = int(match[1]) if match else 99
    if match and match[4]:
        hour = hour % 12 + (12 if match[4] in "Pp" else 0) if 1 <= hour <= 12 else 99
    try:
        local = datetime.combine(on, time(hour, int(match[2]), int(match[3] or 0)))
    except (ValueError, TypeError):
        raise Unreadable("bad_date", f"Time is {time_text[:60]!r}, expected 14:30:00 or 2:30:00 PM") from None
    found = local_instant(local, where)
    if found is None:
        raise Unreadable("bad_date", f"{local} does not exist in {where.key}: clocks skip it")
    return found


def money(name: str, text: str) -> Decimal:
    """An amount as `$1,234.50`, `-$3.00` or `($3.00)` in the organisation's currency; blank is 0."""
    plain = text.strip().replace("\N{MINUS SIGN}", "-")
    is_negative = plain.startswith("(") and plain.endswith(")")
    match = _MONEY.fullmatch(plain[1:-1] if is_negative else plain)
    if not plain:
        return Decimal(0)
    if not match or (is_negative and (match[1] or match[2])) or (match[1] and match[2]):
        raise Unreadable("bad_money", f"{name} is {text[:60]!r}, expected an amount such as $1,234.50 or -$3.00")
    amount = Decimal(match[3].replace(",", "") + (match[4] or ""))
    return -amount if is_negative or match[1] or match[2] else amount
