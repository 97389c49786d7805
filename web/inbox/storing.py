"""Durable before it is acknowledged.

A body goes to a dot-file, which landing does not look at, is synchronised, takes its name in one step, and then the
folder is synchronised: from there on it survives whatever happens. Small events that arrive together share one such
step, as one file of JSON lines. A dot-file that a killed process left was never acknowledged and is removed.
"""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import logging
import os
import re
import tempfile
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, TypeVar

import anyio
import anyio.to_thread
import orjson

from web.answers.problems import Problem

log = logging.getLogger("ledgerline")

_T = TypeVar("_T")
_FOLDER_MODE, _FILE_MODE = 0o750, 0o640
_THREADS = 4
_ASIDE = re.compile(r"\.inbox-(\d+)-\d+")
# Providers repeat an event for some days; what is older is told apart when it lands.
_REMEMBERED = timedelta(days=10)
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
_LONGEST_NAME = 120
_SMALL = 64 * 1024


@dataclass(frozen=True)
class Stored:
    """What became of a body: its id, and whether it was there already."""

    id: str
    is_duplicate: bool
    name: str = ""


@dataclass
class _Pending:
    event_id: str
    body: bytes
    stored: asyncio.Future[Stored]


@dataclass
class _Box:
    """What is in the inbox of one source and organisation: ids of events, and digests of whole files."""

    seen: set[bytes] = field(default_factory=set)
    waiting: dict[str, _Pending] = field(default_factory=dict)


class Inbox:
    """The inbox of a home. One process at a time writes a home's inbox; runs only read it."""

    def __init__(self, landing: Path) -> None:
        self._landing = landing
        self._boxes: dict[tuple[str, str], _Box] = {}
        self._lock = threading.RLock()
        self._numbers = itertools.count()
        self._queue: asyncio.Queue[tuple[str, str, _Pending]] = asyncio.Queue()
        self._writer: asyncio.Task[None] | None = None
        self._limiter: anyio.CapacityLimiter | None = None
        # Told when something new is on the disk: of which source.
        self.on_arrival: Callable[[str], None] = lambda source: None

    def clean(self) -> None:
        """Remove what processes left that were killed while they wrote."""
        for path in self._landing.glob("*/org=*/inbox/*/.inbox-*"):
            found = _ASIDE.match(path.name)
            if found and (int(found[1]) == os.getpid() or not _is_alive(int(found[1]))):
                path.unlink(missing_ok=True)

    async def event(self, source: str, organization: str, event_id: str, body: bytes) -> Stored:
        """Store one small event; answered when it is on the disk, or when the one before it with this id is."""
        box = await self._aside_of_loop(self._box, source, organization)
        key = event_id or hashlib.sha256(body).hexdigest()
        if _digest(key) in box.seen:
            return Stored(key, is_duplicate=True)
        before = box.waiting.get(key)
        if before is not None:
            await asyncio.shield(before.stored)
            return Stored(key, is_duplicate=True)
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write_events())
        pending = _Pending(key, body, asyncio.get_running_loop().create_future())
        box.waiting[key] = pending
        self._queue.put_nowait((source, organization, pending))
        return await asyncio.shield(pending.stored)

    async def file(
        self, source: str, organization: str, name: str, body: AsyncIterator[bytes], folder: str = ""
    ) -> Stored:
        """Store one file as it comes. A file of the same bytes is a duplicate, whatever its name."""
        day = self._day(source, organization) / folder
        await self._aside_of_loop(_make_folders, day)
        aside = day / self._aside()
        digest = hashlib.sha256()
        try:
            descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _FILE_MODE)
            with os.fdopen(descriptor, "wb") as written:
                async for chunk in body:
                    digest.update(chunk)
                    await self._aside_of_loop(written.write, chunk)
                await self._aside_of_loop(_synchronise, written)
            stored = await self._aside_of_loop(
                self._name_file, source, organization, day, aside, name, digest.hexdigest()
            )
        finally:
            aside.unlink(missing_ok=True)
        if not stored.is_duplicate:
            self.on_arrival(source)
        return stored

    def metadata(self, organization: str, name: str, content: bytes) -> None:
        """Store an edit of a performance's metadata, where landing looks for those."""
        folder = self._landing / "box_office" / f"org={organization}" / "metadata"
        _make_folders(folder)
        with self._lock:
            self._write(folder, name, content)
        self.on_arrival("box_office")

    def beside(self, source: str, organization: str, name: str, content: bytes, folder: str = "") -> Path:
        """Write a small file that says something of another one, which comes after it."""
        day = self._day(source, organization) / folder
        _make_folders(day)
        with self._lock:
            self._write(day, name, content)
        return day / name

    def has(self, source: str, organization: str, digest: str) -> bool:
        """Whether a file of these bytes is there."""
        return _digest(digest) in self._box(source, organization).seen

    def _name_file(self, source: str, organization: str, day: Path, aside: Path, name: str, digest: str) -> Stored:
        with self._lock:
            box = self._box(source, organization)
            if _digest(digest) in box.seen:
                return Stored(digest, is_duplicate=True)
            named = safe_name(name)
            if (day / named).exists():
                stem, dot, suffix = named.rpartition(".")
                named = f"{stem or suffix}-{digest[:12]}{dot}{suffix if stem else ''}"
            aside.rename(day / named)
            _synchronise_folder(day)
            box.seen.add(_digest(digest))
        return Stored(digest, is_duplicate=False, name=(day / named).relative_to(self._landing).as_posix())

    async def _write_events(self) -> None:
        """All that has come while the last ones were written, again and again."""
        while True:
            batch = [await self._queue.get()]
            while not self._queue.empty():
                batch.append(self._queue.get_nowait())
            by_box: dict[tuple[str, str], list[_Pending]] = {}
            for source, organization, pending in batch:
                by_box.setdefault((source, organization), []).append(pending)
            for (source, organization), events in by_box.items():
                error: BaseException | None = None
                try:
                    await self._aside_of_loop(self._write_batch, source, organization, events)
                except Exception as raised:
                    # A full disk, say. Whoever sent it is told, and sends it again.
                    log.error("serve: the inbox cannot be written (%s)", type(raised).__name__, exc_info=raised)
                    error = Problem(507, "the inbox cannot be written; what was sent is not stored")
                self._settle(source, organization, events, error)

    def _settle(self, source: str, organization: str, events: list[_Pending], error: BaseException | None) -> None:
        box = self._boxes[source, organization]
        for each in events:
            box.waiting.pop(each.event_id, None)
            if error is None:
                box.seen.add(_digest(each.event_id))
                each.stored.set_result(Stored(each.event_id, is_duplicate=False))
            else:
                each.stored.set_exception(error)
                # Whoever waits for it hears of it; who has left does not.
                each.stored.exception()
        if error is None:
            self.on_arrival(source)

    async def _aside_of_loop(self, call: Callable[..., _T], *arguments: object) -> _T:
        """In a thread: questions that take long must not hold up what is pushed."""
        if self._limiter is None:
            self._limiter = anyio.CapacityLimiter(_THREADS)
        return await anyio.to_thread.run_sync(call, *arguments, limiter=self._limiter)

    def _write_batch(self, source: str, organization: str, events: list[_Pending]) -> None:
        day = self._day(source, organization)
        _make_folders(day)
        # A body of several lines, or none that is JSON, is a file of its own.
        lines = [each.body for each in events if len(each.body) <= _SMALL and is_line(each.body)]
        alone = [each.body for each in events if not (len(each.body) <= _SMALL and is_line(each.body))]
        with self._lock:
            if len(lines) == 1:
                alone += lines
            elif lines:
                self._write(day, _stamp(lines[0], "jsonl"), b"\n".join(lines) + b"\n", is_last=not alone)
            for index, body in enumerate(alone):
                self._write(day, _stamp(body, "json"), body, is_last=index == len(alone) - 1)

    def _write(self, day: Path, name: str, content: bytes, *, is_last: bool = True) -> None:
        aside = day / self._aside()
        try:
            descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _FILE_MODE)
            with os.fdopen(descriptor, "wb") as written:
                written.write(content)
                _synchronise(written)
            aside.rename(day / name)
        finally:
            aside.unlink(missing_ok=True)
        if is_last:
            _synchronise_folder(day)

    def _day(self, source: str, organization: str) -> Path:
        return self._landing / source / f"org={organization}" / "inbox" / f"{datetime.now(UTC):%Y-%m-%d}"

    def _aside(self) -> str:
        return f".inbox-{os.getpid()}-{next(self._numbers)}"

    def _box(self, source: str, organization: str) -> _Box:
        """What is there, read once: so a repeat is known after a restart as well."""
        key = (source, organization)
        with self._lock:
            box = self._boxes.get(key)
            if box is None:
                box = _Box()
                oldest = f"{datetime.now(UTC) - _REMEMBERED:%Y-%m-%d}"
                root = self._landing / source / f"org={organization}" / "inbox"
                for day in sorted(root.glob("????-??-??")) if root.is_dir() else ():
                    if day.name >= oldest:
                        for path in day.rglob("*"):
                            if path.is_file() and not path.name.startswith("."):
                                box.seen.update(map(_digest, _ids_in(path)))
                self._boxes[key] = box
            return box


def event_id_of(body: bytes) -> str:
    """The id that a provider gave an event; '' where there is none."""
    try:
        said = orjson.loads(body)
    except orjson.JSONDecodeError:
        return ""
    found = said.get("event_id") if isinstance(said, dict) else None
    return str(found)[:200] if isinstance(found, (str, int)) and found != "" else ""


def is_line(body: bytes) -> bool:
    """Whether a body is JSON on one line."""
    if b"\n" in body or b"\r" in body:
        return False
    try:
        return isinstance(orjson.loads(body), dict)
    except orjson.JSONDecodeError:
        return False


def safe_name(name: str) -> str:
    """A file's name of letters, digits and `._-`, which never leaves its folder, is hidden or ignored."""
    plain = _UNSAFE.sub("_", name.replace("\\", "/").rpartition("/")[2]).lstrip("._-")
    if plain.upper().startswith("README"):
        plain = f"file-{plain}"
    stem, dot, suffix = plain.rpartition(".")
    if not stem:
        return f"file-{plain[:_LONGEST_NAME] or 'unnamed'}"
    return stem[: _LONGEST_NAME - len(suffix[:12])] + dot + suffix[:12]


def _ids_in(path: Path) -> Iterator[str]:
    """The ids under which a stored file is known: of its bytes, and of each event in it."""
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    yield digest
    if path.suffix == ".json" and path.stat().st_size <= 2**20:
        if found := event_id_of(path.read_bytes()):
            yield found
    elif path.suffix == ".jsonl":
        with path.open("rb") as stream:
            for line in stream:
                body = line.rstrip(b"\n")
                yield hashlib.sha256(body).hexdigest()
                if found := event_id_of(body):
                    yield found


def _stamp(body: bytes, suffix: str) -> str:
    """A name that sorts by arrival, and is no other's."""
    return f"{datetime.now(UTC):%H%M%S.%f}-{hashlib.sha256(body).hexdigest()[:16]}.{suffix}"


def _digest(key: str) -> bytes:
    return hashlib.blake2b(key.encode(), digest_size=12).digest()


def _make_folders(folder: Path) -> None:
    """Make folders that survive: each is in its parent for good before something is put into it."""
    missing = list(itertools.takewhile(lambda each: not each.is_dir(), [folder, *folder.parents]))
    for each in reversed(missing):
        with suppress(FileExistsError):
            each.mkdir(mode=_FOLDER_MODE)
        _synchronise_folder(each.parent)


def _synchronise(written: IO[bytes]) -> None:
    written.flush()
    os.fsync(written.fileno())


def _synchronise_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


@contextmanager
def aside_file(folder: Path, name: str) -> Iterator[Path]:
    """A path for a file that is only looked at, gone afterwards."""
    folder.mkdir(parents=True, exist_ok=True, mode=_FOLDER_MODE)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".check-") as own:
        yield Path(own) / safe_name(name)
