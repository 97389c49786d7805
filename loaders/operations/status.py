"""`ledgerline status`: every job, source, domain and the publication: when it last worked, its age, what is wrong."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import yaml

from loaders.config import PROJECT_DIR, Settings
from loaders.landing import books
from loaders.logs import hide_personal
from loaders.publishing import held_back, store_of
from loaders.publishing.domains import read_verdicts, seen_of, told_now
from loaders.publishing.publication import FAILED
from loaders.warehouse.engine import Connection, Warehouse

# What a scheduler calls: a job that people call by hand may rest.
SCHEDULED = ("run", "refresh")

# The last is last by number: a clock that was wrong for a while must not decide what came last.
_JOBS = """
    select
        job,
        max(case when status = 'completed' then run_number end) as last_success_run,
        max(case when status in ('failed', 'crashed') then run_number end) as last_failure_run,
        max(run_number) as last_run,
        count(*) as runs
    from ops.application_logs
    group by job
    order by job
"""


def read_status(
    settings: Settings, warehouse: Warehouse, now: datetime, *, is_running: bool = False
) -> list[dict[str, Any]]:
    """One entry a job, source and tenant, and domain, and one of the publication; `kind` says which.

    Ages are seconds: of a job since its last success, of a source since the newest thing it said (by its own clock).
    Where nobody writes (`is_running`), a run that shows as running has died.
    """
    if settings.target == "duckdb" and not settings.warehouse.exists():
        return []
    warehouse.create_missing("ops", books.OPS_TABLES)
    with warehouse.connect() as connection:
        entries = [*_jobs(connection, now, is_running=is_running), *_sources(connection, settings)]
    if entries:
        entries += _publication(settings, warehouse)
    return entries


def is_wrong(entry: dict[str, Any]) -> bool:
    """Whether somebody must look at it."""
    if entry["kind"] == "job":
        return entry["status"] in ("failed", "crashed") or (entry["job"] in SCHEDULED and entry["is_stale"])
    return entry["is_stale"] or entry["status"] in ("held back", "broken", FAILED)


def _jobs(connection: Connection, now: datetime, *, is_running: bool) -> list[dict[str, Any]]:
    limit = _stale_after_seconds()
    entries = []
    for job, success_run, failure_run, last_run, runs in connection.query(_JOBS):
        success, failure = _started(connection, success_run), _started(connection, failure_run)
        status, error, duration_ms = connection.query(
            "select status, error, duration_ms from ops.application_logs where run_number = %s", last_run
        )[0]
        if status == "running" and not is_running:
            status, error = "crashed", "the process ended without a word"
        failures = connection.query(
            "select count(*) from ops.application_logs where job = %s and run_number > %s"
            " and status in ('failed', 'crashed')",
            job,
            success_run or 0,
        )[0][0]
        age = int((now - success).total_seconds()) if success else None
        entries.append(
            _entry(
                "job",
                job,
                status,
                last_success_at=_text(success),
                last_failure_at=_text(failure),
                age_seconds=age,
                is_stale=age is None or age > limit,
                consecutive_failures=failures,
                duration_ms=duration_ms,
                runs=runs,
                error=hide_personal(error) if error else None,
            )
        )
    return entries


def _started(connection: Connection, run_number: int | None) -> datetime | None:
    """When a run started; None where there is none."""
    found = connection.query("select started_at from ops.application_logs where run_number = %s", run_number)
    return found[0][0] if found else None


def _sources(connection: Connection, settings: Settings) -> list[dict[str, Any]]:
    """How old each source's news are now, not when the marts were built."""
    there = connection.query(
        "select 1 from information_schema.tables where table_schema = 'ops' and table_name = 'source_freshness'"
    )
    entries = []
    for source, tenant, told, hours in connection.query(
        "select source, organization_id, last_told_at, stale_hours from ops.source_freshness order by 1, 2"
        if there
        else "select null, null, null, null where false"
    ):
        age = int((settings.as_of - told).total_seconds())
        is_stale = hours is not None and age > 3600 * hours
        entries.append(
            _entry(
                "source",
                f"{source}/{tenant}",
                "stale" if is_stale else "fresh",
                last_success_at=_text(told),
                age_seconds=age,
                is_stale=is_stale,
                error=f"nothing newer than {_text(told)}; expected within {hours} hours (seed source_limits)"
                if is_stale
                else None,
            )
        )
    return entries


def _publication(settings: Settings, warehouse: Warehouse) -> list[dict[str, Any]]:
    """What readers see of each domain, and whether anything newer is held back."""
    store = store_of(settings, warehouse)
    number, kept = store.current(), store.kept()
    shown = next((publication for publication in kept if publication.number == number), None)
    verdicts = read_verdicts(warehouse)
    error = None
    if reason := held_back(verdicts):
        status = "held back"
        error = f"{reason}: readers see what was published before; `ledgerline build` says what is wrong"
    elif kept and not number:
        status = "broken"
        error = "what readers open is gone or broken; `ledgerline publish` makes it anew"
    else:
        status = "published" if number else "none"
    domains = [
        _entry(
            "domain",
            domain,
            told.outcome,
            last_success_at=told.built_at,
            run_id=told.run_id,
            as_of=told.as_of,
            reason=told.reason,
            error=f"{told.reason}; {seen_of(told)}" if told.outcome == FAILED else None,
        )
        for domain, told in told_now(verdicts, shown).items()
    ]
    publication = _entry(
        "publication",
        f"publication {number}" if number else "publication",
        status,
        last_success_at=shown.about.published_at if shown else None,
        error=error,
    )
    return [*domains, publication]


def _entry(kind: str, job: str, status: str, **said: Any) -> dict[str, Any]:
    return {
        "kind": kind,
        "job": job,
        "status": status,
        "last_success_at": None,
        "last_failure_at": None,
        "age_seconds": None,
        "is_stale": False,
        "consecutive_failures": 0,
        "duration_ms": None,
        "runs": None,
        "error": None,
        **said,
    }


def _stale_after_seconds() -> int:
    """The project's own limit, which `ops.job_status` uses too."""
    project = yaml.safe_load((PROJECT_DIR / "dbt_project.yml").read_text())
    return 3600 * int(project["vars"]["job_stale_hours"])


def _text(instant: datetime | None) -> str | None:
    return instant.isoformat(timespec="seconds").replace("+00:00", "Z") if instant else None


def as_table(entries: list[dict[str, Any]]) -> str:
    """The entries as aligned text."""
    if not entries:
        return "No run yet. `ledgerline run` is the first one."
    columns = (
        "kind",
        "job",
        "status",
        "last_success_at",
        "last_failure_at",
        "age_seconds",
        "is_stale",
        "consecutive_failures",
        "runs",
    )
    rows = [columns, *(tuple(_cell(entry[column]) for column in columns) for entry in entries)]
    widths = [max(len(row[index]) for row in rows) for index in range(len(columns))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    lines += [f"{entry['job']}: {entry['error']}" for entry in entries if entry["error"]]
    return "\n".join(lines)


def _cell(value: Any) -> str:
    return "-" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
