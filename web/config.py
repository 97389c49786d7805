"""What the environment says of the front door."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from loaders.config import ConfigError, integer

LOOPBACK = ("127.0.0.1", "localhost", "::1")
_SECRET = "CLICKFUNNELS_WEBHOOK_SECRET"
_ORIGIN = re.compile(r"https?://[^/\s]+")


@dataclass(frozen=True)
class Door:
    """How the front door is set up. Sizes are bytes, times seconds, rates requests a second."""

    public_url: str
    hosts: frozenset[str]
    origins: tuple[str, ...]
    rate: int
    waiting: int
    query_seconds: int
    query_memory_mb: int
    inbox_bytes: int
    square_webhook_url: str
    publication_webhook: str = field(repr=False)
    publication_secret: str = field(repr=False)
    square_key: str = field(repr=False)
    mailgun_key: str = field(repr=False)
    # By organisation as in the setting's suffix, '' for all others; several while one is rotated.
    clickfunnels_secrets: Mapping[str, tuple[str, ...]] = field(repr=False, default_factory=dict)

    def secrets_of(self, organization: str) -> tuple[str, ...]:
        """The ClickFunnels secrets of an organisation."""
        own = self.clickfunnels_secrets.get(suffix_of(organization))
        return own if own is not None else self.clickfunnels_secrets.get("", ())


def suffix_of(organization: str) -> str:
    """An organisation's id as the end of a setting's name."""
    return organization.upper().replace("-", "_")


def load_door(env: Mapping[str, str], host: str) -> Door:
    """Read the environment. Raises `ConfigError` naming the variable, what it holds and what is expected."""
    public_url = (env.get("LEDGERLINE_PUBLIC_URL") or "").rstrip("/")
    if public_url and not (urlsplit(public_url).scheme in ("http", "https") and urlsplit(public_url).hostname):
        raise ConfigError("LEDGERLINE_PUBLIC_URL is no address, expected https://…")
    origins = _listed(env, "LEDGERLINE_CORS_ORIGINS")
    for origin in origins:
        if not _ORIGIN.fullmatch(origin):
            raise ConfigError(f"LEDGERLINE_CORS_ORIGINS names {origin!r}, expected origins such as https://app.example")
    named = [urlsplit(public_url).hostname or "", *_listed(env, "LEDGERLINE_ALLOWED_HOSTS"), host, *LOOPBACK]
    return Door(
        public_url=public_url,
        hosts=frozenset(name.lower().strip("[]") for name in named if name and name not in ("0.0.0.0", "::")),
        origins=origins,
        rate=integer(env, "LEDGERLINE_REQUESTS_PER_SECOND", 500),
        waiting=integer(env, "LEDGERLINE_REQUESTS_WAITING", 256),
        query_seconds=integer(env, "LEDGERLINE_QUERY_SECONDS", 30),
        query_memory_mb=integer(env, "LEDGERLINE_QUERY_MEMORY_MB", 512),
        inbox_bytes=integer(env, "LEDGERLINE_INBOX_MAX_BYTES", 104_857_600),
        square_webhook_url=env.get("SQUARE_WEBHOOK_URL") or "",
        publication_webhook=_webhook(env),
        publication_secret=env.get("LEDGERLINE_PUBLICATION_WEBHOOK_SECRET") or "",
        square_key=env.get("SQUARE_WEBHOOK_SIGNATURE_KEY") or "",
        mailgun_key=env.get("MAILGUN_SIGNING_KEY") or "",
        clickfunnels_secrets=_secrets(env),
    )


def require_distinct(door: Door, organizations: list[str]) -> None:
    """Raise `ConfigError` where two organisations share a secret's suffix: one would pass as the other."""
    by_suffix: dict[str, str] = {}
    for organization in organizations:
        suffix = suffix_of(organization)
        other = by_suffix.setdefault(suffix, organization)
        if other != organization and suffix in door.clickfunnels_secrets:
            raise ConfigError(
                f"{_SECRET}_{suffix} would be the secret of both {other} and {organization};"
                " give one of them another id"
            )


def _webhook(env: Mapping[str, str]) -> str:
    webhook = env.get("LEDGERLINE_PUBLICATION_WEBHOOK") or ""
    if webhook and urlsplit(webhook).scheme not in ("http", "https"):
        raise ConfigError("LEDGERLINE_PUBLICATION_WEBHOOK is no address, expected https://…")
    if webhook and not env.get("LEDGERLINE_PUBLICATION_WEBHOOK_SECRET"):
        raise ConfigError(
            "LEDGERLINE_PUBLICATION_WEBHOOK is set, but LEDGERLINE_PUBLICATION_WEBHOOK_SECRET is not, which signs what"
            " is sent there; `openssl rand -hex 32` prints one"
        )
    return webhook


def _listed(env: Mapping[str, str], name: str) -> tuple[str, ...]:
    return tuple(text.strip() for text in env.get(name, "").split(",") if text.strip())


def _secrets(env: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    found = {}
    for name in env:
        if name == _SECRET or name.startswith(f"{_SECRET}_"):
            secrets = _listed(env, name)
            if secrets:
                found[name[len(_SECRET) + 1 :]] = secrets
    return found
