"""A file's fate: it is opened, checked to be the one that was hashed, and read as its kind says."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from loaders import isolation
from loaders.audit import Fate
from loaders.config import Settings
from loaders.source import File, Kind, Parsed, Quarantined, Source

log = logging.getLogger("ledgerline")


@dataclass(frozen=True)
class Unread:
    """A new file, how it is read, and what its verdict will rest on besides its bytes."""

    file: File
    kind: Kind
    attempt: str


def _sidecar(file: File) -> bytes | None:
    """The bytes of a file's sidecar; one that cannot be read counts as none."""
    try:
        return file.sidecar.read_bytes() if file.sidecar is not None else None
    except OSError:
        return None


def sidecar_digest(file: File) -> str:
    sidecar = _sidecar(file)
    return "" if sidecar is None else hashlib.sha256(sidecar).hexdigest()


def file_digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


class _ChangedError(Exception):
    """A file is no longer the one that was hashed."""


def read_file(source: Source, settings: Settings, context: Any, unread: Unread) -> tuple[Fate, float]:
    """A file's fate, and the CPU seconds of the process that read it."""
    file, kind, attempt = unread.file, unread.kind, unread.attempt
    seconds = 0.0
    try:
        if kind.check is not None:
            kind.check(file, settings)
        read = kind.read if source.prepare is None else partial(kind.read, context=context)
        if kind.streamed:
            parsed = _read_streamed(read, file, settings, _sidecar(file))
        else:
            content = file.path.read_bytes()
            if hashlib.sha256(content).hexdigest() != file.source_hash:
                raise _ChangedError
            arguments = (content, file, settings, _sidecar(file))
            if kind.isolated:
                parsed, seconds = isolation.call(read, arguments, settings, source.preload)
            else:
                parsed = read(*arguments)
        return Fate(file, parsed, attempt=attempt), seconds
    except _ChangedError:
        return Fate(file, failure="changed while it was read; the next run reads it again"), seconds
    except Quarantined as quarantined:
        return Fate(file, quarantine=quarantined, attempt=attempt), seconds
    except isolation.LimitExceeded as limit:
        return Fate(file, quarantine=Quarantined("parse_limit", str(limit)), attempt=attempt), seconds
    except OSError as error:
        return Fate(file, failure=f"cannot be read ({error.strerror}); the next run tries again"), seconds
    except Exception as error:
        # A fault of ours on one file must not keep the others from landing; it is said, and the run ends with 1.
        log.exception("%s: the reader failed", file.source_file)
        return Fate(file, failure=f"the reader failed ({type(error).__name__}: {error}); please report it"), seconds


def _read_streamed(read: Callable[..., Parsed], file: File, settings: Settings, sidecar: bytes | None) -> Parsed:
    """What a file holds that is read as a stream. Whether it is still the one that was hashed is asked afterwards."""
    try:
        with file.path.open("rb") as stream:
            return read(stream, file, settings, sidecar)
    finally:
        if file_digest(file.path) != file.source_hash:
            raise _ChangedError
