"""Who may ask for what: keys, their scopes and the organisations that they cover.

`state/keys.json` (0600) holds the SHA-256 of each key, never the key. It is read again when it changes, so that a key
that was revoked is refused by the very next request.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock

from loaders.publishing.catalogue import MART_SCHEMAS

PREFIX = "llk_"
READ_SCOPES = tuple(f"{domain}:read" for domain in MART_SCHEMAS)
SCOPES = (*READ_SCOPES, "ops:read", "pii:read", "inbox:write", "metadata:write", "jobs:write")


@dataclass(frozen=True)
class Key:
    """A key as it is stored. No organisations: all of them. Times are UTC, RFC 3339."""

    id: str
    name: str
    sha256: str
    scopes: tuple[str, ...]
    organizations: tuple[str, ...]
    email: str
    created_at: str
    expires_at: str
    revoked_at: str = ""

    def state(self, now: datetime) -> str:
        """`active`, `expired` or `revoked`."""
        if self.revoked_at:
            return "revoked"
        return "expired" if self.expires_at and datetime.fromisoformat(self.expires_at) <= now else "active"


@dataclass(frozen=True)
class Caller:
    """Who asks: a key, or with `--open` anybody on this machine. `organizations` None: all of them."""

    id: str
    name: str
    scopes: frozenset[str]
    organizations: frozenset[str] | None
    # Two callers of one signature see the same.
    signature: str

    @classmethod
    def of(cls, key: Key) -> Caller:
        covered = sorted(key.organizations)
        said = json.dumps([sorted(key.scopes), covered]).encode()
        return cls(
            key.id,
            key.name,
            frozenset(key.scopes),
            frozenset(covered) or None,
            hashlib.sha256(said).hexdigest()[:16],
        )

    @property
    def sees_people(self) -> bool:
        return "pii:read" in self.scopes


ANYBODY = Caller("open", "open", frozenset((*READ_SCOPES, "ops:read")), None, "open")


class Keyring:
    """The keys of a home."""

    def __init__(self, state: Path) -> None:
        self._path = state / "keys.json"
        self._look: tuple[int, int, int] | None = None
        self._by_hash: dict[str, Key] = {}

    def all(self) -> list[Key]:
        """Every key that was ever made, oldest first."""
        try:
            said = json.loads(self._path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return []
        return [
            Key(**{**each, "scopes": tuple(each["scopes"]), "organizations": tuple(each["organizations"])})
            for each in said["keys"]
        ]

    def create(
        self,
        name: str,
        scopes: Sequence[str],
        organizations: Sequence[str] = (),
        email: str = "",
        expires_at: datetime | None = None,
    ) -> tuple[Key, str]:
        """A new key, and its text, which is nowhere stored."""
        text = PREFIX + secrets.token_urlsafe(32)
        key = Key(
            id=secrets.token_hex(4),
            name=name,
            sha256=_hash(text),
            scopes=tuple(dict.fromkeys(scopes)),
            organizations=tuple(dict.fromkeys(organizations)),
            email=email,
            created_at=_now(),
            expires_at=expires_at.astimezone(UTC).isoformat(timespec="seconds") if expires_at else "",
        )
        with self._writing() as keys:
            keys.append(key)
        return key, text

    def revoke(self, key_id: str) -> Key | None:
        """Let a key be refused from now on; None where there is no such key."""
        with self._writing() as keys:
            for index, key in enumerate(keys):
                if key.id == key_id:
                    keys[index] = replace(key, revoked_at=key.revoked_at or _now())
                    return keys[index]
        return None

    def find(self, text: str) -> Caller | None:
        """Whose key this is, if it holds now."""
        self._refresh()
        digest = _hash(text)
        key = self._by_hash.get(digest)
        if key is None or not hmac.compare_digest(key.sha256, digest) or key.state(datetime.now(UTC)) != "active":
            return None
        return Caller.of(key)

    def _refresh(self) -> None:
        try:
            found = self._path.stat()
        except FileNotFoundError:
            self._look, self._by_hash = None, {}
            return
        look = (found.st_ino, found.st_mtime_ns, found.st_size)
        if look != self._look:
            self._by_hash = {key.sha256: key for key in self.all()}
            self._look = look

    @contextmanager
    def _writing(self) -> Iterator[list[Key]]:
        """The keys, to be changed; they are written whole, and take the place of the old ones in one step."""
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
        with FileLock(self._path.with_suffix(".lock"), mode=0o600):
            keys = self.all()
            yield keys
            aside = self._path.with_suffix(".next")
            aside.unlink(missing_ok=True)
            descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                json.dump({"keys": [asdict(key) for key in keys]}, file, indent=1)
                file.flush()
                os.fsync(file.fileno())
            aside.replace(self._path)


def _hash(text: str) -> str:
    # A key is 32 random bytes: nothing slower is needed to keep it from being guessed.
    return hashlib.sha256(text.encode()).hexdigest()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
