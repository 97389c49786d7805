"""What every writing command has around it: the home's lock, the log of runs, the journal, and alerts."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from loaders.config import Settings
from loaders.operations import journal
from loaders.operations.runs import Run, logged_run, single_writer
from loaders.warehouse.engine import Warehouse


@contextmanager
def writing(
    settings: Settings, job: str, options: argparse.Namespace, before: Callable[[], None] | None = None
) -> Iterator[tuple[Warehouse, Run]]:
    """The lock, the log and the warehouse of one writing command; `before` is called when the lock is held."""
    warehouse = Warehouse(settings)
    mode = getattr(options, "mode", "") or " ".join([*getattr(options, "sources", []), *options.rest])
    organization = getattr(options, "organization", None) or ""
    found: list[dict[str, Any]] = []
    error = ""
    try:
        with single_writer(settings, job):
            if before is not None:
                before()
            try:
                with logged_run(settings, warehouse, job, mode, organization) as run:
                    if before is None:
                        journal.require_whole(settings, warehouse)
                    yield warehouse, run
                journal.write(settings, warehouse)
            except BaseException as raised:
                error = f"{type(raised).__name__}: {raised}"
                raise
            finally:
                if settings.alerts.is_set:
                    found = _look(settings, warehouse)
    finally:
        # After the lock: a server that does not answer must hold up no run.
        if settings.alerts.is_set:
            _tell(settings, job, found, error)


def _look(settings: Settings, warehouse: Warehouse) -> list[dict[str, Any]]:
    """What `ledgerline status` would say; nothing where the warehouse cannot be read."""
    from loaders.operations.status import read_status  # noqa: PLC0415

    try:
        return read_status(settings, warehouse, datetime.now(UTC))
    except Exception:
        return []


def _tell(settings: Settings, job: str, found: list[dict[str, Any]], error: str) -> None:
    from loaders.operations.alerts import tell, tell_failure  # noqa: PLC0415

    if found:
        tell(settings, found)
    elif error:
        tell_failure(settings, job, error)
