"""What rows of Square's dashboard exports say of zones, instants and currencies."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from loaders.config import local_instant
from loaders.readers.words import plain_word
from loaders.settings.lookup import seed_rows
from loaders.source import Unreadable
from loaders.sources.square.seeds import CURRENCIES, TIME_ZONES

_ZONES = frozenset(available_timezones())
_ZONES_BY_NAME = {name.casefold(): name for name in _ZONES}
# Hours behind UTC of what Americans call their zones, by summer and winter.
_HOURS_BEHIND = {
    **{"EST": 5, "EDT": 4, "CST": 6, "CDT": 5, "MST": 7, "MDT": 6, "PST": 8, "PDT": 7},
    **{"AKST": 9, "AKDT": 8, "HST": 10, "AST": 4, "ADT": 3},
}


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


def _as_said(where: ZoneInfo, text: str, local: datetime) -> ZoneInfo:
    """The zone, unless its clocks are not set at that time as the abbreviation says: `MST` in July is Arizona's."""
    hours = _HOURS_BEHIND.get(text.upper())
    if hours is None or local.replace(tzinfo=where).utcoffset() == timedelta(hours=-hours):
        return where
    return ZoneInfo(f"Etc/GMT+{hours}")


def instant(on: date, clock: time, zone_text: str) -> tuple[datetime, ZoneInfo]:
    """The UTC instant of a dashboard's date and time, and their zone; the earlier one of a repeated hour."""
    local = datetime.combine(on, clock)
    where = _as_said(zone(zone_text), zone_text, local)
    found = local_instant(local, where)
    if found is None:
        raise Unreadable("bad_date", f"{local} does not exist in {where.key}: clocks skip it")
    return found, where


def is_currency(code: str) -> bool:
    """Whether the seed of currencies has it."""
    return code in _exponents()


def has_no_smaller_part(amount: Decimal, currency: str | None) -> bool:
    """Whether an amount is whole in its currency's minor unit, where that is known."""
    return currency is None or amount == round(amount, _exponents()[currency])
