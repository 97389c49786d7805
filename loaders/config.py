"""Everything that the environment says, read in one place.

Home, engine, clock, tenant and limits; the layout of the home. What single sources are told stands beside each, in its
`settings.py`, which reads `Settings.environment`: nothing else in `loaders/` reads `os.environ`.
"""

from __future__ import annotations

import getpass
import os
import re
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

PROJECT_DIR = Path(__file__).resolve().parent.parent
# DuckDB's own unit: rows that come in another one cost it twice the time and the memory.
ROW_GROUP_ROWS = 122_880

ORGANIZATION_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_RFC3339 = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})")
TARGETS = ("duckdb", "postgres")
# Of the key that hides personal columns.
_KEY_LENGTH = 16

Found = TypeVar("Found")


class ConfigError(Exception):
    """A setting has a value that cannot be used; the message names it and what is expected."""


@dataclass(frozen=True)
class DateLimits:
    """The first and the last day that a reader believes, both within."""

    earliest: date = date(1990, 1, 1)
    latest: date = date(2100, 1, 1)


@dataclass(frozen=True)
class FileLimits:
    """What any one file may cost: bytes on disk, and memory of its reader."""

    max_bytes: int
    max_memory_mb: int


@dataclass(frozen=True)
class PdfLimits:
    """What one PDF may cost: bytes on disk, pages, seconds of wall clock, bytes of memory beyond the idle worker."""

    max_bytes: int
    max_pages: int
    max_seconds: int
    max_memory_mb: int


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
    # Blank: the dbt var `reporting_timezone` holds.
    reporting_timezone: str
    date_limits: DateLimits
    file_limits: FileLimits
    pdf_limits: PdfLimits
    workers: int
    lock_timeout_seconds: float
    postgres: Postgres
    masking: Masking
    publications_kept: int
    # Whether every publication has a second file with personal columns, for the owner of the home alone.
    publishes_people: bool
    alerts: Alerts
    # What the settings of sources are read from.
    environment: Mapping[str, str] = field(repr=False, hash=False)
    _read: dict[Callable[[Settings], Any], Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def of(self, read: Callable[[Settings], Found]) -> Found:
        """What `read` makes of the environment: the settings of a source, read once. Raises its `ConfigError`."""
        if read not in self._read:
            self._read[read] = read(self)
        found: Found = self._read[read]
        return found

    def __getstate__(self) -> dict[str, Any]:
        """A process that is sent these settings imports no source because of them: it reads what it needs itself."""
        return {**self.__dict__, "_read": {}}

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


def integer(env: Mapping[str, str], name: str, default: int) -> int:
    """A setting that is a whole number. Raises `ConfigError`."""
    text = env.get(name, "") or str(default)
    if not text.isdigit() or int(text) < 1:
        raise ConfigError(f"{name} is {text!r}, expected a whole number of at least 1")
    return int(text)


def one_of(env: Mapping[str, str], name: str, values: tuple[str, ...]) -> str:
    """A setting that is one of some words, "" where it is not set. Raises `ConfigError`."""
    text = env.get(name, "")
    if text not in values:
        raise ConfigError(f"{name} is {text!r}, expected one of {', '.join(filter(None, values))}")
    return text


def zone(env: Mapping[str, str], name: str, default: str) -> ZoneInfo:
    """A setting that is an IANA time zone. Raises `ConfigError`."""
    key = env.get(name) or default
    try:
        return ZoneInfo(key)
    except (ValueError, KeyError, OSError) as error:
        raise ConfigError(f"{name} is {key!r}, expected an IANA time zone such as {default}") from error


def organization_id(env: Mapping[str, str], name: str, expected: str = "1-64 of A-Z a-z 0-9 _ -") -> str:
    """A setting that is an organisation's id, "" where it is not set. Raises `ConfigError`."""
    text = env.get(name) or ""
    if text and not ORGANIZATION_ID.fullmatch(text):
        raise ConfigError(f"{name} is {text!r}, expected {expected}")
    return text


def _date_limits(env: Mapping[str, str]) -> DateLimits:
    """LEDGERLINE_EARLIEST_DATE, LEDGERLINE_LATEST_DATE. Raises `ConfigError`."""
    earliest = _date(env, "LEDGERLINE_EARLIEST_DATE", DateLimits.earliest)
    latest = _date(env, "LEDGERLINE_LATEST_DATE", DateLimits.latest)
    if earliest > latest:
        raise ConfigError(
            f"LEDGERLINE_EARLIEST_DATE is {str(earliest)!r}, expected a date no later than"
            f" LEDGERLINE_LATEST_DATE, which is {latest}"
        )
    return DateLimits(earliest, latest)


def _date(env: Mapping[str, str], name: str, default: date) -> date:
    text = env.get(name) or default.isoformat()
    try:
        if _ISO_DATE.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise ConfigError(f"{name} is {text!r}, expected a date as YYYY-MM-DD, such as {default}")


def _file_limits(env: Mapping[str, str]) -> FileLimits:
    """LEDGERLINE_MAX_BYTES, LEDGERLINE_MAX_MEMORY_MB."""
    return FileLimits(
        max_bytes=integer(env, "LEDGERLINE_MAX_BYTES", 2_147_483_648),
        max_memory_mb=integer(env, "LEDGERLINE_MAX_MEMORY_MB", 4096),
    )


def _pdf_limits(env: Mapping[str, str]) -> PdfLimits:
    """LEDGERLINE_PDF_MAX_…"""
    return PdfLimits(
        max_bytes=integer(env, "LEDGERLINE_PDF_MAX_BYTES", 20_971_520),
        max_pages=integer(env, "LEDGERLINE_PDF_MAX_PAGES", 200),
        max_seconds=integer(env, "LEDGERLINE_PDF_MAX_SECONDS", 60),
        max_memory_mb=integer(env, "LEDGERLINE_PDF_MAX_MEMORY_MB", 1024),
    )


def _login() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


def load_settings(env: Mapping[str, str] | None = None, *, now: datetime | None = None) -> Settings:
    """Read the environment, but for what single sources say of theirs (`Settings.of`).

    Raises `ConfigError` naming the variable, what it holds and what is expected. `now` is the start of the run, used
    where LEDGERLINE_AS_OF is not set.
    """
    env = os.environ if env is None else env
    target = env.get("LEDGERLINE_TARGET") or "duckdb"
    if target not in TARGETS:
        raise ConfigError(f"LEDGERLINE_TARGET is {target!r}, expected one of {', '.join(TARGETS)}")
    organization = organization_id(env, "LEDGERLINE_ORGANIZATION") or "main"
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
        reporting_timezone=zone(env, "LEDGERLINE_REPORTING_TIMEZONE", "UTC").key
        if env.get("LEDGERLINE_REPORTING_TIMEZONE")
        else "",
        date_limits=_date_limits(env),
        file_limits=_file_limits(env),
        pdf_limits=_pdf_limits(env),
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
        masking=_masking(env),
        publications_kept=integer(env, "LEDGERLINE_PUBLICATIONS_KEPT", 24),
        publishes_people=one_of(env, "LEDGERLINE_PUBLISH_PII", ("", "0", "1")) == "1",
        alerts=_alerts(env),
        environment=dict(env),
    )


def _masking(env: Mapping[str, str]) -> Masking:
    """LEDGERLINE_PII and its key; hashing is never done without a key, nor with one that can be tried through."""
    mode = one_of(env, "LEDGERLINE_PII", ("", "hash", "omit"))
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


def export(settings: Settings) -> None:
    """Hand one run's home, target and clock on to what reads the environment itself: dbt, dlt and child processes."""
    os.environ.update(
        LEDGERLINE_HOME=str(settings.home),
        LEDGERLINE_TARGET=settings.target,
        LEDGERLINE_AS_OF=settings.as_of.isoformat().replace("+00:00", "Z"),
        # libpq's session time zone; DuckDB's is set in profiles.yml.
        PGTZ="UTC",
        # dlt: no telemetry, no look into files outside the home. A signal ends the process: dlt would hold it back,
        # finish its step and go on as if nobody had told it to end.
        RUNTIME__DLTHUB_TELEMETRY="false",
        RUNTIME__INTERCEPT_SIGNALS="false",
        RUNTIME__LOG_LEVEL="CRITICAL",
        DLT_DATA_DIR=str(settings.state / "dlt"),
        DBT_SEND_ANONYMOUS_USAGE_STATS="false",
    )
