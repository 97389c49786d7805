"""`ledgerline status`: last success, failure, age and freshness of every job."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import yaml

from loaders import audit
from loaders.config import PROJECT_DIR, Settings
from loaders.warehouse import Warehouse

_JOBS = """
    select
        job,
        max(case when status = 'completed' then started_at end) as last_success_at,
        max(case when status in ('failed', 'crashed') then started_at end) as last_failure_at,
        max(case when status = 'completed' then run_number end) as last_success_run,
        max(run_number) as last_run,
        count(*) as runs
    from ops.application_logs
    group by job
    order by job
"""


def read_status(settings: Settings, warehouse: Warehouse, now: datetime) -> list[dict[str, Any]]:
    """One entry a job: when it last succeeded and failed, its age in seconds, whether it is stale, its last word."""
    if settings.target == "duckdb" and not settings.warehouse.exists():
        return []
    warehouse.create_missing("ops", audit.OPS_TABLES)
    limit = _stale_after_seconds()
    entries = []
    with warehouse.connect() as connection:
        for job, success, failure, success_run, last_run, runs in connection.query(_JOBS):
            status, error, duration_ms = connection.query(
                "select status, error, duration_ms from ops.application_logs where run_number = %s", last_run
            )[0]
            failures = connection.query(
                "select count(*) from ops.application_logs where job = %s and run_number > %s"
                " and status in ('failed', 'crashed')",
                job,
                success_run or 0,
            )[0][0]
            age = int((now - success).total_seconds()) if success else None
            entries.append(
                {
                    "job": job,
                    "status": status,
                    "last_success_at": _text(success),
                    "last_failure_at": _text(failure),
                    "age_seconds": age,
                    "is_stale": age is None or age > limit,
                    "consecutive_failures": failures,
                    "duration_ms": duration_ms,
                    "runs": runs,
                    "error": error,
                }
            )
    return entries


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
