"""`ledgerline doctor`: what a run needs, looked at one by one; every finding says what to do."""

from __future__ import annotations

import os
import re
import shutil
import stat
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from loaders.config import PROJECT_DIR, ConfigError, Settings
from loaders.operations.runs import between_runs, holder
from loaders.settings.files import read_lines
from loaders.settings.landed import settings_files
from loaders.sources.registry import HOME_SEEDS, SOURCES
from loaders.warehouse.engine import Warehouse, WarehouseError

_FREE_BYTES = 1_000_000_000
_PINNED = re.compile(r"^([A-Za-z0-9_.-]+)==([^\s;]+)", re.MULTILINE)
_MATTER = ("dbt-core", "dbt-duckdb", "dbt-postgres", "duckdb", "dlt", "sqlglot", "pyarrow", "pdfplumber")


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at; where it is not well, `said` says what to do."""

    what: str
    is_ok: bool
    said: str

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def examine(settings: Settings) -> list[Finding]:
    """Everything that a run needs, in the order in which it would be missed."""
    return [
        *_versions(),
        *_home(settings),
        *_settings_files(settings),
        *_engine(settings),
        *_credentials(settings),
        *_reading(settings),
    ]


def _versions() -> Iterator[Finding]:
    is_new = sys.version_info >= (3, 11)
    yield Finding("python", is_new, sys.version.split()[0] if is_new else "3.11 or newer is needed")
    pinned = dict(_PINNED.findall((PROJECT_DIR / "requirements.lock").read_text()))
    wrong = []
    for name in _MATTER:
        try:
            found = version(name)
        except PackageNotFoundError:
            found = "not installed"
        if found != pinned[name]:
            wrong.append(f"{name} is {found}, expected {pinned[name]}")
    yield Finding(
        "packages", not wrong, f"{'; '.join(wrong)}: `make install` installs what is pinned" if wrong else "as pinned"
    )


def _home(settings: Settings) -> Iterator[Finding]:
    home = settings.home
    if not home.is_dir():
        yield Finding("home", True, f"{home} is not there yet; the first run makes it")
        return
    folders = [home, settings.state, settings.published.parent]
    locked = [str(folder) for folder in folders if folder.exists() and not os.access(folder, os.W_OK | os.X_OK)]
    yield Finding(
        "home", not locked, f"{', '.join(locked)} may not be written: give it to this user" if locked else str(home)
    )
    open_to_all = [
        path.name
        for path in (settings.warehouse, settings.published.with_name("marts_with_pii.duckdb"), settings.state)
        if path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o007
    ]
    yield Finding(
        "privacy",
        not open_to_all,
        f"everybody on this machine may read {', '.join(open_to_all)}, and personal data there: chmod o-rwx them"
        if open_to_all
        else "what holds personal data is not open to everybody",
    )
    free = shutil.disk_usage(home).free
    used = settings.warehouse.stat().st_size if settings.warehouse.is_file() else 0
    needed = max(_FREE_BYTES, used)
    yield Finding(
        "disk",
        free >= needed,
        f"{free / 1e9:.1f} GB free" + ("" if free >= needed else f"; {needed / 1e9:.1f} GB are wise: make room"),
    )
    running = holder(settings)
    yield Finding("lock", True, f"held by {running}" if running else "free")


def _settings_files(settings: Settings) -> Iterator[Finding]:
    try:
        found = settings_files(HOME_SEEDS, settings.home)
        for seed, content in found.items():
            read_lines(seed, content)
    except ConfigError as wrong:
        yield Finding("settings", False, str(wrong))
        return
    names = ", ".join(sorted(seed.name for seed in found))
    yield Finding("settings", True, names or "no files in settings/: docs/settings.md says which there may be")


def _engine(settings: Settings) -> Iterator[Finding]:
    what = f"engine {settings.target}"
    if settings.target == "duckdb" and not settings.warehouse.exists():
        yield Finding(what, True, "no warehouse yet; the first run makes it")
        return
    try:
        with between_runs(settings) as running:
            if running and settings.target == "duckdb":
                yield Finding(what, True, "being written; not looked at")
                return
            newest = _newest_run(Warehouse(settings))
    except WarehouseError as error:
        yield Finding(what, False, str(error))
        return
    except Exception as error:
        yield Finding(what, False, f"{type(error).__name__}: {str(error).splitlines()[0]}")
        return
    yield Finding(what, True, str(settings.warehouse) if settings.target == "duckdb" else "it answers")
    ahead = newest is not None and newest > datetime.now(UTC) + timedelta(minutes=5)
    yield Finding(
        "clock",
        not ahead,
        f"the last run started at {newest}, which is yet to come: set this machine's clock (order never depends on it,"
        " ages do)"
        if ahead
        else "no run lies in the future",
    )


def _newest_run(warehouse: Warehouse) -> datetime | None:
    with warehouse.connect() as connection:
        there = connection.query("select 1 from information_schema.tables where table_schema = 'ops'")
        newest = "select started_at from ops.application_logs order by run_number desc limit 1"
        found = connection.query(newest) if there else []
        return found[0][0] if found else None


def _credentials(settings: Settings) -> Iterator[Finding]:
    for source in SOURCES.values():
        if source.credentials is not None:
            found = source.credentials(settings)
            yield Finding(source.name, found.is_ok, found.said)


def _reading(settings: Settings) -> Iterator[Finding]:
    yield Finding(
        "personal columns",
        True,
        "hashed with LEDGERLINE_PII_KEY in what BI reads"
        if settings.masking.is_hashing
        else "left out of what BI reads; a LEDGERLINE_PII_KEY hashes them, so that they can be joined",
    )
    yield Finding(
        "alerts",
        True,
        "are sent"
        if settings.alerts.is_set
        else "none: nobody is told when a run fails; LEDGERLINE_ALERT_WEBHOOK or LEDGERLINE_ALERT_EMAIL sends them",
    )
