"""Telling somebody that a job failed, works again, or has gone quiet: once per incident, and never personal data.

Incidents that were told stand in the home's `state/incidents.json`. One that could not be delivered is told again by
the next command; one that was delivered when the process died may be told twice.
"""

from __future__ import annotations

import json
import logging
import smtplib
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any
from urllib.parse import unquote, urlsplit

from filelock import FileLock

from loaders.config import Settings
from loaders.logs import hide_personal
from loaders.operations.status import is_wrong

log = logging.getLogger("ledgerline")

_TIMEOUT_SECONDS = 10
_LONGEST = 500


def tell(settings: Settings, entries: Sequence[dict[str, Any]]) -> None:
    """Tell what went wrong since last time, and what is right again. `entries` are those of `ledgerline status`."""
    now = {_incident(entry): _said(entry) for entry in entries if is_wrong(entry)}
    is_all_held_back = "publication held back" in now
    with _told(settings) as known:
        for incident, text in now.items():
            event = "stale" if incident.endswith("stale") else "failure"
            # Where all is held back, that is one thing to tell.
            is_part = is_all_held_back and incident.startswith("domain ")
            if incident not in known and not is_part and _deliver(settings, event, incident, text):
                known[incident] = datetime.now(UTC).isoformat(timespec="seconds")
        for incident in sorted(set(known) - set(now)):
            if _deliver(settings, "recovery", incident, f"{incident}: right again (wrong since {known[incident]})"):
                del known[incident]


def tell_failure(settings: Settings, job: str, error: str) -> None:
    """Tell that a job failed where the warehouse could not even be asked; what else is wrong stays as it was told."""
    incident = f"job {job} failed"
    with _told(settings) as known:
        if incident not in known and _deliver(settings, "failure", incident, f"{incident}: {error}"):
            known[incident] = datetime.now(UTC).isoformat(timespec="seconds")


@contextmanager
def _told(settings: Settings) -> Iterator[dict[str, str]]:
    """The incidents that were told and are not over, and since when; kept as they are in the end."""
    if not settings.alerts.is_set:
        yield {}
        return
    settings.state.mkdir(parents=True, exist_ok=True)
    ledger = settings.state / "incidents.json"
    with FileLock(settings.state / "incidents.lock", timeout=60):
        try:
            known = dict(json.loads(ledger.read_text()))
        except (OSError, ValueError):
            known = {}
        try:
            yield known
        finally:
            aside = ledger.with_suffix(".next")
            aside.write_text(json.dumps(known, indent=1, sort_keys=True))
            aside.replace(ledger)


def _incident(entry: dict[str, Any]) -> str:
    """One name as long as the same thing is wrong: a job that fails again is no new incident."""
    if entry["kind"] == "publication":
        return f"publication {entry['status']}"
    if entry["kind"] == "domain":
        return f"domain {entry['job']} held back"
    if entry["kind"] == "job" and entry["status"] in ("failed", "crashed"):
        return f"job {entry['job']} failed"
    return f"{entry['kind']} {entry['job']} stale"


def _said(entry: dict[str, Any]) -> str:
    age = entry["age_seconds"]
    if age is not None and entry["is_stale"]:
        return f"{_incident(entry)}: last good {entry['last_success_at']}, {age // 3600} hours ago"
    return f"{_incident(entry)}: {entry['status']}; {entry['error'] or 'see `ledgerline status`'}"


def _deliver(settings: Settings, event: str, incident: str, text: str) -> bool:
    """Whether every channel took it."""
    if not settings.alerts.is_set:
        return False
    text = hide_personal(f"Ledgerline on {socket.gethostname()}: {text}")[:_LONGEST]
    channels: list[Callable[[Settings, str, str, str], None]] = []
    if settings.alerts.webhook:
        channels.append(_post)
    if settings.alerts.email_to:
        channels.append(_mail)
    for channel in channels:
        try:
            channel(settings, event, incident, text)
        except (OSError, ValueError, smtplib.SMTPException) as error:
            log.warning(
                "an alert could not be sent (%s): %s; the next command tries again", type(error).__name__, error
            )
            return False
    return True


def _post(settings: Settings, event: str, incident: str, text: str) -> None:
    # Half a second that a run without alerts need not pay.
    import requests  # noqa: PLC0415

    said = {"event": event, "incident": incident, "text": text, "at": datetime.now(UTC).isoformat(timespec="seconds")}
    requests.post(settings.alerts.webhook, json=said, timeout=_TIMEOUT_SECONDS).raise_for_status()


def _mail(settings: Settings, event: str, incident: str, text: str) -> None:
    server = urlsplit(settings.alerts.smtp_url)
    message = EmailMessage()
    message["Subject"] = f"Ledgerline {event}: {incident}"
    message["From"] = settings.alerts.email_from
    message["To"] = settings.alerts.email_to
    message.set_content(text)
    host = server.hostname or "localhost"
    if server.scheme == "smtps":
        connection: smtplib.SMTP = smtplib.SMTP_SSL(host, server.port or 465, timeout=_TIMEOUT_SECONDS)
    else:
        connection = smtplib.SMTP(host, server.port or 25, timeout=_TIMEOUT_SECONDS)
    with connection as smtp:
        if server.scheme == "smtp+starttls":
            smtp.starttls()
        if server.username:
            smtp.login(unquote(server.username), unquote(server.password or ""))
        smtp.send_message(message)
