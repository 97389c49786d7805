"""Everything that the environment says, read in one place.

Home, engine, clock, tenant and limits; the layout of the home; nothing else in `loaders/` reads `os.environ`.
"""

from __future__ import annotations

import getpass
import os
import re
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from loaders.limits import ConfigError, DateLimits, FileLimits, PdfLimits, date_limits, file_limits, integer, pdf_limits
from loaders.readers.words import plain_word

PROJECT_DIR = Path(__file__).resolve().parent.parent
# DuckDB's own unit: rows that come in another one cost it twice the time and the memory.
ROW_GROUP_ROWS = 122_880

ORGANIZATION_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_RFC3339 = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})")
TARGETS = ("duckdb", "postgres")
# Of the key that hides personal columns.
_KEY_LENGTH = 16


@dataclass(frozen=True)
class Postgres:
    """Where the server engine listens: libpq's own variables, so that `psql` and Ledgerline agree."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    dbname: str
    # The database that BI reads, and the role that may read it.
    published: str
    reader: str


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


@dataclass(frozen=True)
class ClickFunnelsApi:
    """Which ClickFunnels workspace is read over the API, and what of it."""

    base_url: str
    api_token: str = field(repr=False)
    workspace_id: str
    resources: tuple[str, ...]

    @property
    def is_set(self) -> bool:
        return bool(self.base_url and self.api_token and self.workspace_id)


@dataclass(frozen=True)
class Masking:
    """How personal columns appear in what BI reads: as keyed hashes where there is a key, else not at all."""

    key: str = field(repr=False)

    @property
    def is_hashing(self) -> bool:
        return bool(self.key)


@dataclass(frozen=True)
class Alerts:
    """Where it is told that something went wrong: a webhook, an e-mail server, both or neither."""

    webhook: str = field(repr=False)
    smtp_url: str = field(repr=False)
    email_to: str
    email_from: str

    @property
    def is_set(self) -> bool:
        return bool(self.webhook or self.email_to)


@dataclass(frozen=True)
class Settings:
    """One run's view of the environment. `as_of` is the run's only clock, a UTC instant."""

    home: Path
    target: str
    as_of: datetime
    organization: str
    user: str
    box_office_timezone: ZoneInfo
    # Blank: the dbt var `reporting_timezone` holds.
    reporting_timezone: str
    funnel_date_order: str
    # The zone of times without an offset in the funnel's exports.
    funnel_source_timezone: ZoneInfo
    date_limits: DateLimits
    file_limits: FileLimits
    pdf_limits: PdfLimits
    workers: int
    lock_timeout_seconds: float
    postgres: Postgres
    square: SquareApi
    clickfunnels: ClickFunnelsApi
    masking: Masking
    publications_kept: int
    alerts: Alerts
    loyalty_database_url: str = field(repr=False, default="")

    @property
    def dlt_secrets(self) -> Path:
        return PROJECT_DIR / ".dlt" / "secrets.toml"

    @property
    def landing(self) -> Path:
        return self.home / "landing"

    @property
    def warehouse(self) -> Path:
        return self.home / "warehouse.duckdb"

    @property
    def published(self) -> Path:
        return self.home / "published" / "marts.duckdb"

    @property
    def where_published(self) -> str:
        return str(self.published) if self.target == "duckdb" else f"database {self.postgres.published}"

    @property
    def state(self) -> Path:
        return self.home / "state"


def parse_instant(text: str) -> datetime | None:
    """The UTC instant that an RFC 3339 text names, or None where it names none."""
    found = read_rfc3339(text)
    try:
        return found.astimezone(UTC) if found is not None else None
    except OverflowError:
        return None


def read_rfc3339(text: str) -> datetime | None:
    """The time that an RFC 3339 text names, with the offset that it states, or None where it names none."""
    if not _RFC3339.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text.upper())
    except ValueError:
        return None


def local_instant(local: datetime, zone: ZoneInfo) -> datetime | None:
    """The UTC instant of a wall-clock time in `zone`: the earlier one where it repeats, None where it is skipped."""
    instant = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    return instant if instant.astimezone(zone).replace(tzinfo=None) == local else None


def start_of_day(day: date, zone: ZoneInfo) -> datetime:
    """The first instant of a calendar day in `zone`, in UTC; where midnight is skipped, the first after it."""
    local = datetime(day.year, day.month, day.day)
    for minutes in range(0, 24 * 60, 15):
        if instant := local_instant(local + timedelta(minutes=minutes), zone):
            return instant
    raise ValueError(f"{day} does not exist in {zone.key}")


def _one_of(env: Mapping[str, str], name: str, values: tuple[str, ...]) -> str:
    text = env.get(name, "")
    if text not in values:
        raise ConfigError(f"{name} is {text!r}, expected one of {', '.join(filter(None, values))}")
    return text


def _zone(env: Mapping[str, str], name: str, default: str) -> ZoneInfo:
    key = env.get(name) or default
    try:
        return ZoneInfo(key)
    except (ValueError, KeyError, OSError) as error:
        raise ConfigError(f"{name} is {key!r}, expected an IANA time zone such as {default}") from error


def _funnel_source_timezone(env: Mapping[str, str], home: Path) -> ZoneInfo:
    """LEDGERLINE_FUNNEL_SOURCE_TZ: an IANA zone, or the name that Rails gives it."""
    from loaders.settings.lookup import seed_rows  # noqa: PLC0415 - which imports this module

    name = "LEDGERLINE_FUNNEL_SOURCE_TZ"
    try:
        return _zone(env, name, "UTC")
    except ConfigError:
        zones = {
            plain_word(row["rails_name"]): row["iana_name"] for row in seed_rows("funnel", "funnel_time_zones", home)
        }
        if plain_word(env[name]) not in zones:
            raise
        return ZoneInfo(zones[plain_word(env[name])])


def _login() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


def load_settings(env: Mapping[str, str] | None = None, *, now: datetime | None = None) -> Settings:
    """Read the environment.

    Raises `ConfigError` naming the variable, what it holds and what is expected. `now` is the start of the run, used
    where LEDGERLINE_AS_OF is not set.
    """
    env = os.environ if env is None else env
    target = env.get("LEDGERLINE_TARGET") or "duckdb"
    if target not in TARGETS:
        raise ConfigError(f"LEDGERLINE_TARGET is {target!r}, expected one of {', '.join(TARGETS)}")
    organization = env.get("LEDGERLINE_ORGANIZATION") or "main"
    if not ORGANIZATION_ID.fullmatch(organization):
        raise ConfigError(f"LEDGERLINE_ORGANIZATION is {organization!r}, expected 1-64 of A-Z a-z 0-9 _ -")
    as_of_text = env.get("LEDGERLINE_AS_OF")
    as_of = parse_instant(as_of_text) if as_of_text else (now or datetime.now(UTC))
    if as_of is None:
        raise ConfigError(f"LEDGERLINE_AS_OF is {as_of_text!r}, expected RFC 3339 such as 2030-11-05T18:00:00Z")
    home = Path(env["LEDGERLINE_HOME"]).resolve() if env.get("LEDGERLINE_HOME") else PROJECT_DIR / "data"
    return Settings(
        home=home,
        target=target,
        as_of=as_of,
        organization=organization,
        user=env.get("LEDGERLINE_USER") or _login(),
        box_office_timezone=_zone(env, "LEDGERLINE_BOX_OFFICE_TIMEZONE", "America/Chicago"),
        reporting_timezone=_zone(env, "LEDGERLINE_REPORTING_TIMEZONE", "UTC").key
        if env.get("LEDGERLINE_REPORTING_TIMEZONE")
        else "",
        funnel_date_order=_one_of(env, "LEDGERLINE_FUNNEL_DATE_ORDER", ("", "mdy", "dmy")),
        funnel_source_timezone=_funnel_source_timezone(env, home),
        date_limits=date_limits(env),
        file_limits=file_limits(env),
        pdf_limits=pdf_limits(env),
        workers=integer(env, "LEDGERLINE_WORKERS", os.cpu_count() or 1),
        lock_timeout_seconds=integer(env, "LEDGERLINE_LOCK_TIMEOUT_SECONDS", 600),
        postgres=Postgres(
            host=env.get("PGHOST") or "localhost",
            port=integer(env, "PGPORT", 5432),
            user=env.get("PGUSER") or "ledgerline",
            password=env.get("PGPASSWORD", ""),
            dbname=env.get("PGDATABASE") or "ledgerline",
            published=env.get("LEDGERLINE_PUBLISHED_DATABASE") or f"{env.get('PGDATABASE') or 'ledgerline'}_published",
            reader=env.get("LEDGERLINE_READER_ROLE") or "ledgerline_reader",
        ),
        square=_square(env),
        clickfunnels=_clickfunnels(env),
        masking=_masking(env),
        publications_kept=integer(env, "LEDGERLINE_PUBLICATIONS_KEPT", 24),
        alerts=_alerts(env),
        loyalty_database_url=env.get("LOYALTY_DATABASE_URL") or "",
    )


def _masking(env: Mapping[str, str]) -> Masking:
    """LEDGERLINE_PII and its key; hashing is never done without a key, nor with one that can be tried through."""
    mode = _one_of(env, "LEDGERLINE_PII", ("", "hash", "omit"))
    key = env.get("LEDGERLINE_PII_KEY") or ""
    if mode == "hash" and not key:
        raise ConfigError(
            "LEDGERLINE_PII is 'hash', but LEDGERLINE_PII_KEY is not set, expected a secret of at least"
            f" {_KEY_LENGTH} characters, such as `openssl rand -hex 32` prints; or LEDGERLINE_PII=omit"
        )
    if key and len(key) < _KEY_LENGTH:
        raise ConfigError(f"LEDGERLINE_PII_KEY has {len(key)} characters, expected at least {_KEY_LENGTH}")
    return Masking(key="" if mode == "omit" else key)


def _alerts(env: Mapping[str, str]) -> Alerts:
    webhook = env.get("LEDGERLINE_ALERT_WEBHOOK") or ""
    if webhook and urlsplit(webhook).scheme not in ("http", "https"):
        raise ConfigError("LEDGERLINE_ALERT_WEBHOOK is no address, expected https://…")
    email_to = env.get("LEDGERLINE_ALERT_EMAIL") or ""
    smtp_url = env.get("LEDGERLINE_SMTP_URL") or ""
    if email_to and urlsplit(smtp_url).scheme not in ("smtp", "smtps", "smtp+starttls"):
        raise ConfigError(
            "LEDGERLINE_ALERT_EMAIL is set, but LEDGERLINE_SMTP_URL is no address, expected smtps://user:password@host"
            " (or smtp:, smtp+starttls:)"
        )
    return Alerts(webhook, smtp_url, email_to, env.get("LEDGERLINE_ALERT_FROM") or f"ledgerline@{socket.gethostname()}")


def _square(env: Mapping[str, str]) -> SquareApi:
    organization = env.get("SQUARE_ORGANIZATION_ID") or ""
    if organization and not ORGANIZATION_ID.fullmatch(organization):
        raise ConfigError(f"SQUARE_ORGANIZATION_ID is {organization!r}, expected 1-64 of A-Z a-z 0-9 _ -")
    start_text = env.get("SQUARE_HISTORY_START") or "2015-01-01T00:00:00Z"
    history_start = parse_instant(start_text)
    if history_start is None:
        raise ConfigError(f"SQUARE_HISTORY_START is {start_text!r}, expected RFC 3339 such as 2015-01-01T00:00:00Z")
    _one_of(env, "SQUARE_IDENTITY_POLICY", ("", "explicit", "standard", "any"))
    return SquareApi(
        base_url=(env.get("SQUARE_BASE_URL") or "https://connect.squareup.com").rstrip("/"),
        access_token=env.get("SQUARE_ACCESS_TOKEN") or env.get("SOURCES__SQUARE__ACCESS_TOKEN") or "",
        organization_id=organization,
        version=env.get("SQUARE_VERSION") or "2025-08-20",
        history_start=history_start,
        horizon_days=integer(env, "SQUARE_HORIZON_DAYS", 365),
        recent_days=integer(env, "SQUARE_RECENT_DAYS", 90),
        overlap_minutes=integer(env, "SQUARE_OVERLAP_MINUTES", 60),
        max_retries=integer(env, "SQUARE_MAX_RETRIES", 6),
        resolve_limit=integer(env, "SQUARE_RESOLVE_LIMIT", 200),
    )


CLICKFUNNELS_RESOURCES = ("contacts", "orders", "products", "form_submissions", "transactions")


def _clickfunnels(env: Mapping[str, str]) -> ClickFunnelsApi:
    base_url = (env.get("CLICKFUNNELS_BASE_URL") or "").rstrip("/")
    address = urlsplit(base_url)
    is_loopback = address.hostname in ("127.0.0.1", "localhost", "::1")
    if base_url and not (address.scheme == "https" or (address.scheme == "http" and is_loopback)):
        raise ConfigError(
            f"CLICKFUNNELS_BASE_URL is {base_url!r}, expected https://…; a token is never sent in the clear"
        )
    if base_url and not base_url.endswith("/api/v2"):
        raise ConfigError(f"CLICKFUNNELS_BASE_URL is {base_url!r}, expected an address that ends in /api/v2")
    workspace_id = env.get("CLICKFUNNELS_WORKSPACE_ID") or ""
    if workspace_id and not ORGANIZATION_ID.fullmatch(workspace_id):
        raise ConfigError(f"CLICKFUNNELS_WORKSPACE_ID is {workspace_id!r}, expected the workspace's id")
    named = [name.strip() for name in env.get("CLICKFUNNELS_RESOURCES", "").split(",") if name.strip()]
    unknown = sorted(set(named) - set(CLICKFUNNELS_RESOURCES))
    if unknown:
        raise ConfigError(
            f"CLICKFUNNELS_RESOURCES names {', '.join(unknown)}, expected some of {', '.join(CLICKFUNNELS_RESOURCES)}"
        )
    return ClickFunnelsApi(
        base_url=base_url,
        api_token=env.get("CLICKFUNNELS_API_TOKEN") or "",
        workspace_id=workspace_id,
        # Transactions are asked for by order, so orders come first.
        resources=tuple(name for name in CLICKFUNNELS_RESOURCES if name in (named or CLICKFUNNELS_RESOURCES)),
    )


def export(settings: Settings) -> None:
    """Hand one run's home, target and clock on to what reads the environment itself: dbt, dlt and child processes."""
    os.environ.update(
        LEDGERLINE_HOME=str(settings.home),
        LEDGERLINE_TARGET=settings.target,
        LEDGERLINE_AS_OF=settings.as_of.isoformat().replace("+00:00", "Z"),
        # libpq's session time zone; DuckDB's is set in profiles.yml.
        PGTZ="UTC",
        # dlt: no telemetry, its load id on every row, no look into files outside the home. A signal ends the process:
        # dlt would hold it back, finish its step and go on as if nobody had told it to end.
        RUNTIME__DLTHUB_TELEMETRY="false",
        RUNTIME__INTERCEPT_SIGNALS="false",
        RUNTIME__LOG_LEVEL="CRITICAL",
        NORMALIZE__PARQUET_NORMALIZER__ADD_DLT_LOAD_ID="true",
        # Files in DuckDB's own unit, and gone when they are loaded.
        DATA_WRITER__ROW_GROUP_SIZE=str(ROW_GROUP_ROWS),
        LOAD__DELETE_COMPLETED_JOBS="true",
        DLT_DATA_DIR=str(settings.state / "dlt"),
        DBT_SEND_ANONYMOUS_USAGE_STATS="false",
    )
