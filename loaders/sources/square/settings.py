"""Square's settings: whose account is read over the API, how far back and ahead, and how patiently."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from loaders.config import PROJECT_DIR, ConfigError, Settings, integer, one_of, organization_id, parse_instant
from loaders.source import Credentials

# Where dlt keeps secrets, the token among them where somebody put it there.
DLT_SECRETS = PROJECT_DIR / ".dlt" / "secrets.toml"


@dataclass(frozen=True)
class SquareApi:
    """Whose Square account is read over the API, how far back and ahead, and how patiently."""

    base_url: str
    access_token: str = field(repr=False)
    organization_id: str
    version: str
    history_start: datetime
    horizon_days: int
    recent_days: int
    overlap_minutes: int
    max_retries: int
    resolve_limit: int


def square_api(settings: Settings) -> SquareApi:
    """SQUARE_…, and dlt's name for the token. Raises `ConfigError`."""
    env = settings.environment
    start_text = env.get("SQUARE_HISTORY_START") or "2015-01-01T00:00:00Z"
    history_start = parse_instant(start_text)
    if history_start is None:
        raise ConfigError(f"SQUARE_HISTORY_START is {start_text!r}, expected RFC 3339 such as 2015-01-01T00:00:00Z")
    # Models ask for it themselves.
    one_of(env, "SQUARE_IDENTITY_POLICY", ("", "explicit", "standard", "any"))
    return SquareApi(
        base_url=(env.get("SQUARE_BASE_URL") or "https://connect.squareup.com").rstrip("/"),
        access_token=env.get("SQUARE_ACCESS_TOKEN") or env.get("SOURCES__SQUARE__ACCESS_TOKEN") or "",
        organization_id=organization_id(env, "SQUARE_ORGANIZATION_ID"),
        version=env.get("SQUARE_VERSION") or "2025-08-20",
        history_start=history_start,
        horizon_days=integer(env, "SQUARE_HORIZON_DAYS", 365),
        recent_days=integer(env, "SQUARE_RECENT_DAYS", 90),
        overlap_minutes=integer(env, "SQUARE_OVERLAP_MINUTES", 60),
        max_retries=integer(env, "SQUARE_MAX_RETRIES", 6),
        resolve_limit=integer(env, "SQUARE_RESOLVE_LIMIT", 200),
    )


def credentials(settings: Settings) -> Credentials:
    """Whether the API can be read."""
    api = settings.of(square_api)
    half = bool(api.access_token) != bool(api.organization_id)
    return Credentials.of(
        is_set=bool(api.access_token),
        lacks="SQUARE_ACCESS_TOKEN and SQUARE_ORGANIZATION_ID are needed both, or neither" if half else "",
    )
