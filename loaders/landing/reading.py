"""A file's fate: it is opened, checked to be the one that was hashed, and read as its kind says."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa

from loaders.config import Settings
from loaders.landing import isolation
from loaders.landing.fates import Failed, Fate, Read, Refused, Waits
from loaders.landing.retries import only_rejected
from loaders.readers.dates import limited
from loaders.readers.sheets import is_workbook, sheet_settings
from loaders.source import ADDED, File, Kind, Parsed, Quarantined, Source
from loaders.warehouse.parts import Parts

log = logging.getLogger("ledgerline")

# A larger file is read in a process of its own, which may take so much memory and not more: what a text takes depends
# on how it is cut into cells.
_READ_HERE_BYTES = 8 * 1024 * 1024
# Longer than any file takes that its limits let in.
_MAX_SECONDS = 3_600


STILL_WRITTEN = "is still being written; the next run reads it"


@dataclass(frozen=True)
class Unread:
    """A new file, how it is read, and what its verdict will rest on besides its bytes.

    Of one whose bytes landed before, but for rows that were refused, only those rows are new. A retry is one that
    landed under this very name.
    """

    file: File
    kind: Kind
    attempt: str
    refused_rows: frozenset[int] | None = None
    is_retry: bool = False


def _sidecar(file: File) -> bytes | None:
    """The bytes of a file's sidecar; one that cannot be read counts as none."""
    try:
        return file.sidecar.read_bytes() if file.sidecar is not None else None
    except OSError:
        return None


def attempt_of(source: Source, kind: Kind, file: File, settings: Settings, words: str) -> str:
    """What a verdict rests on besides the bytes: a refused file, or row, is tried again when it changes.

    That is the kind and its version, the ending, the sidecar, limits and settings that the reader follows, and the
    words that it looks up: `words` is the digest of the source's seeds.
    """
    sidecar = _sidecar(file)
    followed = [
        "" if sidecar is None else hashlib.sha256(sidecar).hexdigest(),
        settings.date_limits,
        settings.file_limits,
        settings.pdf_limits if kind.isolated or _starts_as_workbook(file) else None,
        settings.of(sheet_settings),
        *source.follows(settings),
        words,
    ]
    digest = hashlib.sha256("\n".join(map(str, followed)).encode()).hexdigest()[:16]
    return f"{kind.name}:{kind.version}:{file.suffix}:{digest}"


def file_digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


class _ChangedError(Exception):
    """A file is no longer the one that was hashed."""


def read_file(source: Source, settings: Settings, context: Any, unread: Unread) -> tuple[Fate, float]:
    """A file's fate, and the CPU seconds of the process that read it."""
    file, attempt = unread.file, unread.attempt
    seconds = 0.0
    try:
        parsed, seconds = _parsed(source, settings, context, unread)
        fate: Fate = Read(file, parsed, attempt, unread.is_retry)
    except _ChangedError:
        fate = Waits(file, STILL_WRITTEN)
    except Quarantined as quarantined:
        fate = Refused(file, quarantined, attempt)
    except isolation.LimitExceeded as limit:
        fate = Refused(file, Quarantined("parse_limit", str(limit)), attempt)
    except OSError as error:
        fate = Failed(file, f"cannot be read ({error.strerror or error}); the next run tries again")
    except Exception as error:
        if verdict := beyond_bounds(error):
            return Refused(file, verdict, attempt), seconds
        # A fault of ours on one file must not keep the others from landing; it is said, and the run ends with 1.
        log.exception("%s: the reader failed", file.source_file)
        fate = Failed(file, f"the reader failed ({type(error).__name__}: {error}); please report it")
    return fate, seconds


def fate_now(landed: Fate, waiting_bytes: set[tuple[str, str]]) -> Fate:
    """A file's fate as it is about to be written: one that changed since waits, and with it the copies of its bytes,
    which were to land with it alone. What waits is added to `waiting_bytes`, by tenant and hash."""
    file = landed.file
    key = (file.organization_id, file.source_hash)
    is_copy = isinstance(landed, Read) and not landed.tables
    if not file.is_written_still() and not (is_copy and key in waiting_bytes):
        return landed
    waiting_bytes.add(key)
    return Waits(file, STILL_WRITTEN)


def _parsed(source: Source, settings: Settings, context: Any, unread: Unread) -> tuple[Parsed, float]:
    file, kind = unread.file, unread.kind
    if file.is_written_still():
        raise _ChangedError
    if kind.check is not None:
        kind.check(file, settings)
    size = file.size()
    check_size(size, settings)
    read = kind.read if source.prepare is None else partial(kind.read, context=context)
    seconds = 0.0
    if not kind.isolated and _starts_as_workbook(file):
        # Whatever it is called: a workbook may ask for any amount of time and memory.
        check_workbook_size(size, settings)
        whole = (read, file, settings, _sidecar(file), {table.name: table.schema for table in source.tables})
        parsed, seconds = isolation.call(
            _read_large, whole, isolation.of_pdf(settings), (*source.preload, "loaders.readers.sheets")
        )
    elif kind.streamed:
        parsed = _read_streamed(read, file, settings, _sidecar(file))
    elif kind.isolated:
        arguments = (read, _content(file), file, settings, _sidecar(file))
        parsed, seconds = isolation.call(read_bytes, arguments, isolation.of_pdf(settings), source.preload)
    elif size > _READ_HERE_BYTES:
        large = (read, file, settings, _sidecar(file), {table.name: table.schema for table in source.tables})
        limits = isolation.Limits(settings.file_limits.max_memory_mb, _MAX_SECONDS, "LEDGERLINE_MAX_MEMORY_MB")
        parsed, seconds = isolation.call(_read_large, large, limits, source.preload)
    else:
        parsed = read_bytes(read, _content(file), file, settings, _sidecar(file))
    return parsed if unread.refused_rows is None else only_rejected(parsed, unread.refused_rows), seconds


def read_bytes(
    read: Callable[..., Parsed], content: bytes, file: File, settings: Settings, sidecar: bytes | None
) -> Parsed:
    """Read a file's or page's bytes under the limits of the settings. Raises `Quarantined`."""
    check_size(len(content), settings)
    with limited(settings.date_limits):
        return read(content, file, settings, sidecar)


def check_size(size: int, settings: Settings) -> None:
    """Raise `Quarantined` (`file_too_large`)."""
    limit = settings.file_limits.max_bytes
    if size > limit:
        raise Quarantined(
            "file_too_large", f"found {size:,} bytes, expected at most {limit:,} (LEDGERLINE_MAX_BYTES); split it"
        )


def check_workbook_size(size: int, settings: Settings) -> None:
    """Raise `Quarantined` (`file_too_large`)."""
    limit = settings.pdf_limits.max_bytes
    if size > limit:
        raise Quarantined(
            "file_too_large",
            f"found a workbook of {size:,} bytes, expected at most {limit:,} (LEDGERLINE_PDF_MAX_BYTES);"
            " save it as CSV",
        )


def _starts_as_workbook(file: File) -> bool:
    try:
        with file.path.open("rb") as stream:
            return is_workbook(stream.read(8))
    except OSError:
        return False


def beyond_bounds(error: Exception) -> Quarantined | None:
    """The verdict on what no reader has room for, in whatever form a library says so; None for any other error."""
    if isolation.caused_by(error, RecursionError):
        return Quarantined("too_deep", "found lists or objects too deep within each other, expected an export")
    if isolation.caused_by(error, MemoryError):
        return Quarantined("parse_limit", "reading needs more memory than there is; split it")
    return None


def _content(file: File) -> bytes:
    content = file.path.read_bytes()
    if hashlib.sha256(content).hexdigest() != file.source_hash:
        raise _ChangedError
    return content


def _read_large(
    read: Callable[..., Parsed],
    file: File,
    settings: Settings,
    sidecar: bytes | None,
    schemas: Mapping[str, pa.Schema],
) -> Parsed:
    """Read a file in this process of its own, its rows as columns: those are quick to hand over, and small."""
    parsed = read_bytes(read, _content(file), file, settings, sidecar)
    tables = {}
    for name, rows in parsed.tables.items():
        own = pa.schema([field for field in schemas[name] if field.name not in ADDED])
        tables[name] = rows if isinstance(rows, (pa.Table, Parts)) else pa.Table.from_pylist(rows, schema=own)
    return replace(parsed, tables=tables)


def _read_streamed(read: Callable[..., Parsed], file: File, settings: Settings, sidecar: bytes | None) -> Parsed:
    """What a file holds that is read as a stream. Whether it is still the one that was hashed is asked afterwards."""
    try:
        with file.path.open("rb") as stream, limited(settings.date_limits):
            return read(stream, file, settings, sidecar)
    finally:
        if file_digest(file.path) != file.source_hash:
            raise _ChangedError
