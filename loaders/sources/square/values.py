"""Cells of Square's dashboard exports: money, dates, times and zones, each in one canonical spelling."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from loaders.config import local_instant
from loaders.readers.dates import Implausible, plausible
from loaders.readers.words import plain_word
from loaders.settings.lookup import seed_rows
from loaders.source import Unreadable
from loaders.sources.square.seeds import CURRENCIES, TIME_ZONES

_ZONES = frozenset(available_timezones())
_ZONES_BY_NAME = {name.casefold(): name for name in _ZONES}
_MARK = r"([^\d\s.,()-]{0,4})"
_MONEY = re.compile(rf"(-?){_MARK}\s?(-?)(\d{{1,12}}|\d{{1,3}}(?:,\d{{3}}){{1,3}})(\.\d{{1,3}})?\s?{_MARK}")
# Signs that say one currency; a plain `$` says only "a dollar", or a peso, and `kr` a crown.
_SIGNS = {
    **{"\u00a3": "GBP", "\u20ac": "EUR", "\u00a5": "JPY", "\uffe5": "JPY", "\u20b9": "INR", "\u20a9": "KRW"},
    **{"R$": "BRL", "US$": "USD", "CA$": "CAD", "C$": "CAD", "AU$": "AUD", "A$": "AUD", "NZ$": "NZD", "HK$": "HKD"},
}
_SIGNS_OF_SEVERAL = {
    "$": frozenset(
        (
            *("USD", "CAD", "AUD", "NZD", "HKD", "SGD", "TWD", "BBD", "BMD", "BSD", "BZD", "FJD", "GYD", "JMD", "KYD"),
            *("LRD", "NAD", "SBD", "SRD", "TTD", "XCD", "MXN", "ARS", "CLP", "COP", "UYU", "DOP", "CUP"),
        )
    ),
    "kr": frozenset(("SEK", "NOK", "DKK", "ISK")),
}
# Hours behind UTC of what Americans call their zones, by summer and winter.
_HOURS_BEHIND = {
    **{"EST": 5, "EDT": 4, "CST": 6, "CDT": 5, "MST": 7, "MDT": 6, "PST": 8, "PDT": 7},
    **{"AKST": 9, "AKDT": 8, "HST": 10, "AST": 4, "ADT": 3},
}
_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{2}|\d{4})")
_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?(?:\s*([AaPp])\.?[Mm]\.?)?")


def is_zone(name: object) -> bool:
    """Whether this names an IANA time zone."""
    return name in _ZONES


@cache
def _zones_by_label() -> dict[str, str]:
    return {plain_word(row["label"]): row["zone"] for row in seed_rows(TIME_ZONES)}


@cache
def _exponents() -> dict[str, int]:
    return {row["code"]: int(row["exponent"]) for row in seed_rows(CURRENCIES)}


def zone(text: str) -> ZoneInfo:
    """The zone of a dashboard's label (seed `square_time_zones`) or IANA name."""
    name = _zones_by_label().get(plain_word(text)) or _ZONES_BY_NAME.get(text.casefold(), text)
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
            return plausible(date(year + (2000 if len(match[3]) == 2 else 0), month, day_of_month))
        return plausible(date.fromisoformat(text)) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text) else _no_date(text)
    except Implausible as why:
        raise Unreadable("bad_date", f"Date is {text[:60]!r}, expected {why}") from None
    except ValueError:
        return _no_date(text)


def _no_date(text: str) -> date:
    raise Unreadable("bad_date", f"Date is {text[:60]!r}, expected 2026-09-13, 09/13/2026 or 09/13/26 (month first)")


def _as_said(where: ZoneInfo, text: str, local: datetime) -> ZoneInfo:
    """The zone, unless its clocks are not set at that time as the abbreviation says: `MST` in July is Arizona's."""
    hours = _HOURS_BEHIND.get(text.upper())
    if hours is None or local.replace(tzinfo=where).utcoffset() == timedelta(hours=-hours):
        return where
    return ZoneInfo(f"Etc/GMT+{hours}")


def instant(day_text: str, time_text: str, zone_text: str) -> tuple[datetime, ZoneInfo]:
    """The UTC instant of a dashboard's date and time, and their zone; the earlier one of a repeated hour."""
    where = zone(zone_text)
    on = day(day_text)
    match = _TIME.fullmatch(time_text)
    expected = Unreadable("bad_date", f"Time is {time_text[:60]!r}, expected 14:30:00 or 2:30:00 PM")
    if match is None:
        raise expected
    hour = int(match[1])
    if match[4]:
        hour = hour % 12 + (12 if match[4] in "Pp" else 0) if 1 <= hour <= 12 else 99
    try:
        local = datetime.combine(on, time(hour, int(match[2]), int(match[3] or 0)))
    except ValueError:
        raise expected from None
    where = _as_said(where, zone_text, local)
    found = local_instant(local, where)
    if found is None:
        raise Unreadable("bad_date", f"{local} does not exist in {where.key}: clocks skip it")
    return found, where


def money(name: str, text: str) -> tuple[Decimal, str]:
    """An amount as `$1,234.50`, `-$3.00` or `($3.00)`, and its sign or code; blank is 0."""
    plain = text.strip().replace("\N{MINUS SIGN}", "-")
    is_negative = plain.startswith("(") and plain.endswith(")")
    match = _MONEY.fullmatch(plain[1:-1] if is_negative else plain)
    if not plain:
        return Decimal(0), ""
    if not match or (is_negative and (match[1] or match[3])) or (match[1] and match[3]) or (match[2] and match[6]):
        raise Unreadable("bad_money", f"{name} is {text[:60]!r}, expected an amount such as $1,234.50 or -$3.00")
    mark = match[2] or match[6]
    if mark and mark.lower() not in _SIGNS_OF_SEVERAL and currency_code(mark) is None:
        raise Unreadable("bad_money", f"{name} is {text[:60]!r}, expected a currency's sign or code, or none")
    amount = Decimal(match[4].replace(",", "") + (match[5] or ""))
    return -amount if is_negative or match[1] or match[3] else amount, mark


def currency_code(text: str) -> str | None:
    """The currency that a sign or code says; None for one that says none alone."""
    code = _SIGNS.get(text, text).upper()
    return code if code in _exponents() else None


def contradicts(mark: str, currency: str) -> bool:
    """Whether an amount's sign or code is of another currency than this."""
    return currency not in _SIGNS_OF_SEVERAL.get(mark.lower(), (currency_code(mark),))


def has_no_smaller_part(amount: Decimal, currency: str | None) -> bool:
    """Whether an amount is whole in its currency's minor unit, where that is known."""
    return currency is None or amount == round(amount, _exponents()[currency])
