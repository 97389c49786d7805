"""Reports by mail, without a server to which mails could be sent: fetched over IMAP, and put into landing/.

    unseen mails of the mailbox  ->  landing/box_office/org=<id>/inbox/<day>/webhook/<name>-<hash>.pdf, .pdf.json

A mail counts when its sender and subject are those of the settings. Its reports are on the disk before it is marked as
seen: a run that is killed in between finds it again, and the same bytes have the same name. Other mails stay unseen.
"""

from __future__ import annotations

import email.message
import email.policy
import email.utils
import hashlib
import imaplib
import json
import os
import re
import ssl
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC
from pathlib import Path

from loaders.config import Settings
from loaders.source import Extracted
from loaders.sources.box_office.settings import Mailbox, mailbox
from loaders.warehouse.engine import Warehouse

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
_SECONDS = 30
_LARGEST_MAIL = 40 * 1024 * 1024
_HEADER = "(BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)] RFC822.SIZE)"


def fetch(settings: Settings, warehouse: Warehouse, mode: str, tenant: str) -> Iterator[Extracted]:
    """Put what was mailed into landing/, where the same run lands it; a line where the mailbox cannot be read."""
    box = settings.of(mailbox)
    if not box.is_set or tenant not in ("", settings.organization):
        return
    try:
        yield from _fetch(box, settings)
    except (OSError, imaplib.IMAP4.error) as error:
        yield (
            f"box_office: the mailbox cannot be read ({type(error).__name__}); check LEDGERLINE_MAILBOX_URL and its"
            " password. Mails stay unseen, and the next run fetches them"
        )


def _fetch(box: Mailbox, settings: Settings) -> Iterator[Extracted]:
    connection = (
        imaplib.IMAP4_SSL(box.host, box.port, ssl_context=ssl.create_default_context(), timeout=_SECONDS)
        if box.is_secure
        else imaplib.IMAP4(box.host, box.port, timeout=_SECONDS)
    )
    with connection:
        connection.login(box.user, box.password)
        status, _ = connection.select(f'"{box.folder}"')
        if status != "OK":
            yield f"box_office: the mailbox has no folder {box.folder}; LEDGERLINE_MAILBOX_URL names it at its end"
            return
        _, found = connection.uid("SEARCH", "UNSEEN")
        for uid in (found[0] or b"").split():
            head, size = _asked(connection, uid, _HEADER)
            if not _is_report(box, head):
                continue
            if size > _LARGEST_MAIL:
                yield f"box_office: a mail of {size:,} bytes is too large; put its report into landing/ yourself"
                continue
            whole, _ = _asked(connection, uid, "(BODY.PEEK[])")
            _keep(whole, settings)
            connection.uid("STORE", uid.decode(), "+FLAGS", r"(\Seen)")


def _asked(connection: imaplib.IMAP4, uid: bytes, what: str) -> tuple[email.message.EmailMessage, int]:
    """A mail or its header, and its size where that was asked for."""
    _, answer = connection.uid("FETCH", uid.decode(), what)
    text, said = b"", b""
    for part in answer:
        if isinstance(part, tuple):
            said += part[0]
            text += part[1]
        elif isinstance(part, bytes):
            said += part
    size = re.search(rb"RFC822\.SIZE (\d+)", said)
    message = email.message_from_bytes(text, policy=email.policy.default)
    assert isinstance(message, email.message.EmailMessage)
    return message, int(size[1]) if size else 0


def _is_report(box: Mailbox, head: email.message.EmailMessage) -> bool:
    sender = email.utils.parseaddr(str(head.get("From", "")))[1].lower()
    is_known = any(sender == each or (each.startswith("@") and sender.endswith(each)) for each in box.senders)
    return is_known and box.subject in str(head.get("Subject", "")).lower()


def _keep(message: email.message.EmailMessage, settings: Settings) -> None:
    """Its reports, each with what the mail says beside it, on the disk for good."""
    day = settings.landing / "box_office" / f"org={settings.organization}" / "inbox" / f"{settings.as_of:%Y-%m-%d}"
    for part in message.walk():
        content = part.get_payload(decode=True) if not part.is_multipart() else None
        if not isinstance(content, bytes) or b"%PDF-" not in content[:1024]:
            continue
        digest = hashlib.sha256(content).hexdigest()
        inbox = day.parent
        if any(inbox.glob(f"*/webhook/*-{digest[:12]}.pdf")):
            continue
        stem = _UNSAFE.sub("_", Path(part.get_filename() or "report").stem).strip("._-")[:80] or "report"
        said = {"email_subject": str(message.get("Subject", "")), "email_id": str(message.get("Message-ID", ""))}
        with suppress(TypeError, ValueError):
            sent = email.utils.parsedate_to_datetime(str(message["Date"]))
            if sent.tzinfo is not None:
                said["email_date"] = sent.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        folder = day / "webhook"
        folder.mkdir(mode=0o750, parents=True, exist_ok=True)
        name = f"{stem}-{digest[:12]}.pdf"
        _write(folder / f"{name}.json", json.dumps(said).encode())
        _write(folder / name, content)


def _write(path: Path, content: bytes) -> None:
    aside = path.with_name(f".mail-{os.getpid()}-{path.name}")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o640)
    with os.fdopen(descriptor, "wb") as written:
        written.write(content)
        written.flush()
        os.fsync(written.fileno())
    aside.replace(path)
    for folder in (path.parent, path.parent.parent, path.parent.parent.parent):
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)
