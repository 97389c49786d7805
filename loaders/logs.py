"""What a command says while it works: lines on stderr, for people or as JSON for what collects logs."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime

from loaders.personal import hide_personal

FORMATS = ("text", "json")


class _Text(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return hide_personal(super().format(record))


class _Json(logging.Formatter):
    """One object a line: time (UTC), level, command, message."""

    def __init__(self, command: str) -> None:
        super().__init__()
        self._command = command

    def format(self, record: logging.LogRecord) -> str:
        said = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "command": self._command,
            "message": hide_personal(record.getMessage()),
        }
        if record.exc_info:
            said["exception"] = hide_personal(self.formatException(record.exc_info))
        return json.dumps(said, ensure_ascii=False)


def set_up(command: str, log_format: str, *, quiet: bool) -> None:
    """Send what the loaders log to stderr; other libraries only what is wrong."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Json(command) if log_format == "json" else _Text("%(message)s"))
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    # dbt's log file on a full disk: the run says what is wrong; a traceback for each line does not.
    logging.raiseExceptions = False
    logging.getLogger("ledgerline").setLevel(logging.WARNING if quiet else logging.INFO)
