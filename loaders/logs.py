"""What a command says while it works: lines on stderr, for people or as JSON for log collectors.

Personal data and secrets are hidden in all text that people and tools are shown: messages, logs, alerts, listings. What
was read stays as it was in `ops.rejected_rows`, which only the owner of the home may open; what is shown of it passes
through `hide_personal`.
"""

from __future__ import annotations

import json
import logging
import os
import re
import sys
from datetime import UTC, datetime

FORMATS = ("text", "json")
_EMAIL = re.compile(r"[^\s<>\"',;:|()\[\]{}=]+@[^\s<>\"',;:|()\[\]{}=]+\.[A-Za-z]{2,}")
# With a country's code, in groups, or as ten to fifteen digits in a row; no date, amount or part of a file's name.
_PHONE = re.compile(
    r"(?<![\w./-])(?:\+\d[\d\s().-]{6,20}\d|\(\d{3}\)\s?\d{3}[\s.-]?\d{4}|\d{3}[\s.-]\d{3}[\s.-]\d{4}|\d{10,15})(?![\w-]|\.\d)"
)
_BEARER = re.compile(
    r"(?i)\b(bearer|token|password|secret|api[_-]?key)(\s*[=:]\s*|\s+)(?!is\b|are\b|of\b|or\b|and\b)[^\s'\"&,;]{8,}"
)
# Settings whose values are never shown, wherever they turn up.
_SECRETS = re.compile(r"TOKEN|PASSWORD|SECRET|PII_KEY|SIGNATURE_KEY|SIGNING_KEY|DATABASE_URL|SMTP_URL|ALERT_WEBHOOK")
_SHORTEST_SECRET = 6


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


def hide_personal(text: str) -> str:
    """The text without e-mail addresses, phone numbers and secrets."""
    for name, value in os.environ.items():
        if _SECRETS.search(name) and len(value) >= _SHORTEST_SECRET:
            text = text.replace(value, "<secret>")
    text = _BEARER.sub(r"\1\2<secret>", text)
    text = _EMAIL.sub("<e-mail>", text)
    return _PHONE.sub("<phone>", text)
