"""Personal data and secrets in text that people and tools are shown: messages, logs, alerts, listings.

What was read stays as it was in `ops.rejected_rows`, which only the owner of the home may open; what is shown of it
goes through here.
"""

from __future__ import annotations

import os
import re

_EMAIL = re.compile(r"[^\s<>\"',;:|()\[\]{}=]+@[^\s<>\"',;:|()\[\]{}=]+\.[A-Za-z]{2,}")
# With a country's code, in groups, or as ten to fifteen digits in a row; no date, amount or part of a file's name.
_PHONE = re.compile(
    r"(?<![\w./-])(?:\+\d[\d\s().-]{6,20}\d|\(\d{3}\)\s?\d{3}[\s.-]?\d{4}|\d{3}[\s.-]\d{3}[\s.-]\d{4}|\d{10,15})(?![\w-]|\.\d)"
)
_BEARER = re.compile(
    r"(?i)\b(bearer|token|password|secret|api[_-]?key)(\s*[=:]\s*|\s+)(?!is\b|are\b|of\b|or\b|and\b)[^\s'\"&,;]{8,}"
)
# Settings whose values are never shown, wherever they turn up.
_SECRETS = re.compile(r"TOKEN|PASSWORD|SECRET|PII_KEY|DATABASE_URL|SMTP_URL|ALERT_WEBHOOK")
_SHORTEST_SECRET = 6


def hide_personal(text: str) -> str:
    """The text without e-mail addresses, phone numbers and secrets."""
    for name, value in os.environ.items():
        if _SECRETS.search(name) and len(value) >= _SHORTEST_SECRET:
            text = text.replace(value, "<secret>")
    text = _BEARER.sub(r"\1\2<secret>", text)
    text = _EMAIL.sub("<e-mail>", text)
    return _PHONE.sub("<phone>", text)
