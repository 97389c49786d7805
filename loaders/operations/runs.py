"""One run at a time, and a log of every run.

The lock is a file in the home's `state/`; the operating system lets go of it when its holder dies. Whoever holds it
may say of any run that still shows as running that it crashed.
"""

from __future__ import annotations

import json
import logging
import os
import socket
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from filelock import FileLock, Timeout

from loaders.config import Settings
from loaders.landing import books
from loaders.warehouse.engine import Warehouse, WarehouseError, close_to_others

log = logging.getLogger("ledgerline")

_LOCK, _HOLDER = "writer.lock", "writer.json"


class LockedError(Exception):
    """Another run holds the home; the message names it."""


@contextmanager
def single_writer(settings: Settings, job: str) -> Iterator[None]:
    """Hold the home for writing. Raises `LockedError` after `LEDGERLINE_LOCK_TIMEOUT_SECONDS`."""
    if not settings.state.is_dir():
        settings.state.mkdir(parents=True, exist_ok=True)
        close_to_others(settings.state)
    lock = FileLock(settings.state / _LOCK)
    try:
        lock.acquire(timeout=settings.lock_timeout_seconds, poll_interval=0.1)
    except Timeout:
        raise LockedError(
            f"{settings.home} is being written by {_said_holder(settings)}; waited "
            f"{settings.lock_timeout_seconds:.0f} s (LEDGERLINE_LOCK_TIMEOUT_SECONDS). Try again when it has ended."
        ) from None
    try:
        said = {
            "job": job,
            "pid": os.getpid(),
            "host": socket.gethostname(),
            "since": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        (settings.state / _HOLDER).write_text(json.dumps(said))
        yield
    finally:
        lock.release()


def holder(settings: Settings) -> str | None:
    """Who writes to the home right now, in words; None when nobody does."""
    if not (settings.state / _LOCK).exists():
        return None
    lock = FileLock(settings.state / _LOCK)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return _said_holder(settings)
    lock.release()
    return None


@contextmanager
def between_runs(settings: Settings) -> Iterator[str | None]:
    """Keep runs from starting while something is read; or who writes right now, in words, and nothing is kept.

    The embedded engine lets in one process at a time: whoever opened it unasked would make a run fail.
    """
    if not settings.state.is_dir():
        yield None
        return
    lock = FileLock(settings.state / _LOCK)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        yield _said_holder(settings)
        return
    try:
        yield None
    finally:
        lock.release()


def _said_holder(settings: Settings) -> str:
    try:
        who = json.loads((settings.state / _HOLDER).read_text())
        return f"`ledgerline {who['job']}` (process {who['pid']} on {who['host']}, since {who['since']})"
    except (OSError, ValueError, KeyError):
        return "another run"


@dataclass
class Run:
    """One run in progress; what it did so far goes into its row of `ops.application_logs` when it ends."""

    run_id: str
    rows_in: int = 0
    rows_out: int = 0
    payload: dict[str, Any] = field(default_factory=dict)
    error: str = ""


@contextmanager
def logged_run(
    settings: Settings, warehouse: Warehouse, job: str, mode: str = "", organization_id: str = ""
) -> Iterator[Run]:
    """Log a run in `ops.application_logs`: `running` at once, then `completed` or `failed`; `crashed` by the next run.

    A run has failed when it raised or set `Run.error`. Durations are wall clock and the only time here that is not the
    as-of clock: they describe the run, not the data.
    """
    warehouse.create_missing("ops", books.OPS_TABLES)
    run = Run(str(uuid.uuid4()))
    started, ticks = datetime.now(UTC), time.monotonic()
    with warehouse.connect() as connection:
        connection.execute(
            "update ops.application_logs set status = 'crashed', error = 'the process ended without a word'"
            " where status = 'running'"
        )
        connection.execute(
            "insert into ops.application_logs"
            " (run_id, run_number, job, mode, organization_id, status, started_at, as_of)"
            " select %s, coalesce(max(run_number), 0) + 1, %s, %s, %s, 'running', %s, %s from ops.application_logs",
            run.run_id,
            job,
            mode,
            organization_id,
            started,
            settings.as_of,
        )
    try:
        yield run
    except BaseException as error:
        run.error = run.error or f"{type(error).__name__}: {error}"
        raise
    finally:
        finished = datetime.now(UTC)
        try:
            with warehouse.connect() as connection:
                connection.execute(
                    "update ops.application_logs set status = %s, finished_at = %s, duration_ms = %s, rows_in = %s,"
                    " rows_out = %s, payload = %s, error = %s where run_id = %s",
                    "failed" if run.error else "completed",
                    finished,
                    int((time.monotonic() - ticks) * 1000),
                    run.rows_in,
                    run.rows_out,
                    json.dumps(run.payload, sort_keys=True),
                    run.error or None,
                    run.run_id,
                )
        except Exception as error:
            # A full disk, say. What went wrong before it is what must be told; the next run calls this one crashed.
            said = f"the end of the run could not be logged: {str(error).splitlines()[0]}"
            if not run.error:
                raise WarehouseError(said) from error
            log.error(said)
