"""The box office's settings: the zone of its printed times, and the mailbox that reports come to.

What one PDF may cost is in `loaders.config`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

from loaders.config import ConfigError, Settings, zone


def timezone(settings: Settings) -> ZoneInfo:
    """LEDGERLINE_BOX_OFFICE_TIMEZONE, which models ask for too. Raises `ConfigError`."""
    return zone(settings.environment, "LEDGERLINE_BOX_OFFICE_TIMEZONE", "America/Chicago")


@dataclass(frozen=True)
class Mailbox:
    """Where reports are mailed to, and which mails are reports. Senders are addresses, or `@domain` for all of one."""

    host: str
    port: int
    is_secure: bool
    user: str
    password: str = field(repr=False)
    folder: str
    senders: tuple[str, ...]
    subject: str

    @property
    def is_set(self) -> bool:
        return bool(self.host)


def mailbox(settings: Settings) -> Mailbox:
    """LEDGERLINE_MAILBOX_… Raises `ConfigError`."""
    env = settings.environment
    text = env.get("LEDGERLINE_MAILBOX_URL") or ""
    address = urlsplit(text)
    if text and not (address.scheme in ("imaps", "imap") and address.hostname and address.username):
        raise ConfigError("LEDGERLINE_MAILBOX_URL is no mailbox, expected imaps://user@host/folder")
    if address.password:
        raise ConfigError("LEDGERLINE_MAILBOX_URL holds a password; expected it in LEDGERLINE_MAILBOX_PASSWORD")
    if address.scheme == "imap" and address.hostname not in ("127.0.0.1", "localhost", "::1"):
        raise ConfigError("LEDGERLINE_MAILBOX_URL is imap://, expected imaps://; a password is never sent in the clear")
    senders = tuple(each.strip().lower() for each in env.get("LEDGERLINE_MAILBOX_FROM", "").split(",") if each.strip())
    password = env.get("LEDGERLINE_MAILBOX_PASSWORD") or ""
    for name, value in (("LEDGERLINE_MAILBOX_PASSWORD", password), ("LEDGERLINE_MAILBOX_FROM", senders)):
        if text and not value:
            raise ConfigError(f"LEDGERLINE_MAILBOX_URL is set, but {name} is not; it needs both")
    return Mailbox(
        host=address.hostname or "",
        port=address.port or (993 if address.scheme == "imaps" else 143),
        is_secure=address.scheme == "imaps",
        user=unquote(address.username or ""),
        password=password,
        folder=unquote(address.path.strip("/")) or "INBOX",
        senders=senders,
        subject=(env.get("LEDGERLINE_MAILBOX_SUBJECT") or "").lower(),
    )
