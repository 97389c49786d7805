"""Loyalty's setting: where the programme's own database is, if it is read directly."""

from __future__ import annotations

from loaders.config import Settings


def database_url(settings: Settings) -> str:
    """LOYALTY_DATABASE_URL, a secret; blank where only files are read."""
    return settings.environment.get("LOYALTY_DATABASE_URL") or ""
