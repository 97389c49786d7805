"""What every writing command has around it: the home's lock, the log of runs, the journal, and alerts."""

from __future__ import annotations

import argparse
import logging
import sys
from datetime import UTC, datetime

from loaders import journal
from loaders.config import Settings
from loaders.runs import Run, logged_run, single_writer
from loaders.warehouse import Warehouse

log = logging.getLogger("ledgerline")


class writing:  # noqa: N801 - reads as a verb in `with`
    """The lock, the log and the warehouse of one writing command."""

    def __init__(self, settings: Settings, job: str, options: argparse.Namespace) -> None:
        self._settings = settings
        self._warehouse = Warehouse(settings)
        self._lock = single_writer(settings, job)
        mode = getattr(options, "mode", "") or " ".join([*getattr(options, "sources", []), *options.rest])
        organization = getattr(options, "organization", None) or ""
        self._log = logged_run(settings, self._warehouse, job, mode, organization)

    def __enter__(self) -> tuple[Warehouse, Run]:
        self._lock.__enter__()
        try:
            return self._warehouse, self._log.__enter__()
        except BaseException:
            self._lock.__exit__(*sys.exc_info())
            raise

    def __exit__(self, *error: object) -> None:
        try:
            self._log.__exit__(*error)
            journal.write(self._settings, self._warehouse)
        finally:
            self._lock.__exit__(*error)
            self._tell()

    def _tell(self) -> None:
        """Alerts, after the lock: a server that does not answer must hold up no run."""
        if not self._settings.alerts.is_set:
            return
        from loaders.alerts import tell  # noqa: PLC0415
        from loaders.status import read_status  # noqa: PLC0415

        try:
            tell(self._settings, read_status(self._settings, self._warehouse, datetime.now(UTC)))
        except Exception as failed:
            # Another run may hold the embedded engine by now: its end tells both.
            log.info("alerts: left to the next command (%s)", str(failed).splitlines()[0])
