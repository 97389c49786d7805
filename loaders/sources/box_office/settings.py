"""The box office's setting: the zone of its printed times. What one PDF may cost is in `loaders.config`."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from loaders.config import Settings, zone


def timezone(settings: Settings) -> ZoneInfo:
    """LEDGERLINE_BOX_OFFICE_TIMEZONE, which models ask for too. Raises `ConfigError`."""
    return zone(settings.environment, "LEDGERLINE_BOX_OFFICE_TIMEZONE", "America/Chicago")
