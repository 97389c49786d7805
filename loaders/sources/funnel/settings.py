"""The funnel's settings, which its sources share: how their dates are written, and in which zone their times are."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from loaders.config import ConfigError, Settings, one_of, zone
from loaders.readers.words import plain_word
from loaders.settings.lookup import seed_rows
from loaders.sources.funnel.seeds import TIME_ZONES


@dataclass(frozen=True)
class FunnelSettings:
    """How dates with slashes are read, `mdy`, `dmy` or not at all (""); and the zone of times without an offset."""

    date_order: str
    source_timezone: ZoneInfo


def funnel_settings(settings: Settings) -> FunnelSettings:
    """LEDGERLINE_FUNNEL_DATE_ORDER, LEDGERLINE_FUNNEL_SOURCE_TZ. Raises `ConfigError`."""
    return FunnelSettings(
        one_of(settings.environment, "LEDGERLINE_FUNNEL_DATE_ORDER", ("", "mdy", "dmy")), _source_timezone(settings)
    )


def of_days(settings: Settings) -> tuple[object, ...]:
    """What readers of calendar days follow."""
    return (settings.of(funnel_settings).date_order,)


def of_times(settings: Settings) -> tuple[object, ...]:
    """What readers of times follow."""
    return (*of_days(settings), settings.of(funnel_settings).source_timezone)


def _source_timezone(settings: Settings) -> ZoneInfo:
    """An IANA zone, or the name that Rails gives it."""
    env, name = settings.environment, "LEDGERLINE_FUNNEL_SOURCE_TZ"
    try:
        return zone(env, name, "UTC")
    except ConfigError:
        rows = seed_rows(TIME_ZONES, settings.home)
        zones = {plain_word(row["rails_name"]): row["iana_name"] for row in rows}
        if plain_word(env[name]) not in zones:
            raise
        return ZoneInfo(zones[plain_word(env[name])])
