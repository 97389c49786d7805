"""`ledgerline status`: last success, failure, age and freshness of every job."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from loaders import audit
from loaders.config import Settings
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
    """One entry a job: when it last succeeded and failed, its age in seconds, and what its last run said."""
    if settings.target == "duckdb" and not settings.warehouse.exists():
        return []
    warehouse.create_missing("ops", audit.OPS_TABLES)
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
            entries.append(
                {
                    "job": job,
                    "status": status,
                    "last_success_at": _text(success),
                    "last_failure_at": _text(failure),
                    "age_seconds": int((now - success).total_seconds()) if success else None,
                    "consecutive_failures": failures,
                    "duration_ms": duration_ms,
                    "runs": runs,
                    "error": error,
                }
            )
    return entries


def _text(instant: datetime | None) -> str | None:
    return instant.isoformat(timespec="seconds").replace("+00:00", "Z") if instant else None


def as_table(entries: list[dict[str, Any]]) -> str:
    """The entries as aligned text."""
    if not entries:
        return "No run yet. `ledgerline run` is the first one."
    columns = ("job", "status", "last_success_at", "last_failure_at", "age_seconds", "consecutive_failures", "runs")
    rows = [columns, *(tuple("-" if e[c] is None else str(e[c]) for c in columns) for e in entries)]
    widths = [max(len(row[index]) for row in rows) for index in range(len(columns))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    lines += [f"{entry['job']}: {entry['error']}" for entry in entries if entry["error"]]
    return "\n".join(lines)
