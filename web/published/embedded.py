"""Publications as DuckDB files: one look at the file per request tells whether a new one has taken its place.

To open the same path again while the old file is open gives the old data, whether by a new connection, by `attach or
replace` or by `/proc/self/fd`. A new in-memory instance that attaches the path sees the new file: a generation is such
an instance. The old one is closed when its last reader has left.
"""

from __future__ import annotations

import contextlib
import json
import logging
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from loaders.config import Settings
from loaders.publishing.marts_file import files, quoted
from loaders.publishing.publication import Publication
from web.config import Door
from web.published import AnswerCache, Field, Identity, NotPublishedError, Reading, TooMuchError, described

log = logging.getLogger("ledgerline")

# While one file takes another's place, what was looked at and what was opened may differ; that does not last.
_ATTEMPTS = 20
_PAUSE_SECONDS = 0.05
_KEPT_OPEN = 3
PRIVATE = "marts_with_pii.duckdb"
NO_PEOPLE = (
    "personal columns are not published, or are of another publication than the one that is read; set"
    " LEDGERLINE_PUBLISH_PII=1 for every run, or use `ledgerline publish --with-pii`"
)
_FETCHED_ROWS = 2_000

_KINDS = {
    "BIGINT": "integer",
    "INTEGER": "integer",
    "HUGEINT": "integer",
    "DOUBLE": "number",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "TIMESTAMP WITH TIME ZONE": "instant",
    "TIMESTAMP": "local",
}

Look = tuple[int, int, int]


def look_at(path: Path) -> Look | None:
    """What tells one file from the next under the same name; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


class Generation:
    """One publication's file, opened. `readers` and `is_retired` belong to the lock of `Files`."""

    def __init__(self, path: Path, look: Look, door: Door) -> None:
        self.look = look
        is_kept = path.stem.isdigit()
        self._folder = path.parent.parent if is_kept else path.parent
        self._is_private = path.name == PRIVATE or path.parent.name == "with_pii"
        self._said: Publication | None = None
        self.answers = AnswerCache()
        self.readers = 0
        self.is_retired = False
        # Cursors that nobody uses; threads come and go.
        self._idle: deque[duckdb.DuckDBPyConnection] = deque()
        self._fields: dict[str, tuple[Field, ...]] = {}
        self._seconds = door.query_seconds
        self._database = duckdb.connect(":memory:", config={"threads": 1, "memory_limit": f"{door.query_memory_mb}MB"})
        try:
            self._open(path)
            self._told, self._marts = self._read_about()
        except BaseException:
            self.close()
            raise
        self.identity = Identity(*self._told, {})

    def _open(self, path: Path) -> None:
        database = self._database
        database.execute("set global TimeZone = 'UTC'")
        database.execute("set enable_progress_bar = false")
        database.execute("set python_enable_replacements = false")
        database.execute(f"attach '{quoted(path)}' as published (read_only)")
        database.execute(f"set allowed_directories = ['{quoted(self._folder)}/']")
        database.execute("set enable_external_access = false")
        database.execute("set lock_configuration = true")

    def _read_about(self) -> tuple[tuple[int, str, str, str], dict[str, bool]]:
        cursor = self._database.cursor()
        rfc3339 = "strftime(timezone('UTC', {0}), '%Y-%m-%dT%H:%M:%SZ')"
        about = cursor.execute(
            f"select publication_id, run_id, {rfc3339.format('as_of')}, {rfc3339.format('published_at')}"
            " from published.ops.publication"
        ).fetchall()[0]
        marts = dict(
            cursor.execute(
                "select schema_name || '.' || view_name, true from duckdb_views() where not internal"
                " union all select schema_name || '.' || table_name, false from duckdb_tables() where not internal"
            ).fetchall()
        )
        return about, marts

    def name(self, kept: Publication | None) -> None:
        """Take the fingerprints of the publication whose file this is; without it, the file itself tells it apart."""
        self._said = kept
        fallback = "-".join(map(str, self.look))
        fingerprints = dict(kept.fingerprints) if kept else dict.fromkeys(self._marts, fallback)
        self.identity = Identity(*self._told, fingerprints)

    def marts(self) -> list[str]:
        return sorted(key for key in self._marts if key in described() or key.startswith("ops."))

    def relation(self, mart: str) -> str:
        said = self._said
        if not self._marts[mart] or said is None or mart not in said.fingerprints:
            schema, name = mart.split(".")
            return f'published."{schema}"."{name}"'
        # What its view reads, where it is now: the home may have been moved, or copied.
        paths = files(self._folder / "with_pii", mart, said) if self._is_private else []
        if not paths or not paths[0].is_file():
            paths = files(self._folder / "data", mart, said)
        listed = ", ".join(f"'{quoted(path)}'" for path in paths)
        return f"read_parquet([{listed}])"

    def instant(self, column: str) -> str:
        return f"epoch_us({column})"

    def fields(self, mart: str) -> tuple[Field, ...] | None:
        if mart not in self._marts:
            return None
        found = self._fields.get(mart)
        if found is None:
            # What the warehouse says of itself is written for readers; marts show what their YAML describes.
            said = None if mart.startswith("ops.") else described().get(mart, {})
            columns = self.query(f"describe select * from {self.relation(mart)}")
            found = self._fields[mart] = tuple(
                Field(name, _kind(data_type), bool(said and said[name]))
                for name, data_type, *_ in columns
                if said is None or name in said
            )
        return found

    def query(self, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
        try:
            with self._running(sql, parameters) as cursor:
                return cursor.fetchall()
        except (duckdb.InterruptException, duckdb.OutOfMemoryException) as error:
            raise TooMuchError(type(error).__name__) from None

    def stream(self, sql: str, *parameters: Any) -> Iterator[tuple[Any, ...]]:
        # A cursor of its own: its reader may come back from another thread.
        cursor = self._database.cursor()
        try:
            cursor.execute(sql.replace("%s", "?"), list(parameters))
            while rows := cursor.fetchmany(_FETCHED_ROWS):
                yield from rows
        finally:
            cursor.close()

    @contextmanager
    def _running(self, sql: str, parameters: tuple[Any, ...]) -> Iterator[duckdb.DuckDBPyConnection]:
        try:
            cursor = self._idle.pop()
        except IndexError:
            cursor = self._database.cursor()
        try:
            with _WATCH.over(cursor, self._seconds):
                yield cursor.execute(sql.replace("%s", "?"), list(parameters))
        finally:
            self._idle.append(cursor)

    def close(self) -> None:
        while self._idle:
            self._idle.pop().close()
        self._database.close()


class Files:
    """The publications of a home with the embedded engine."""

    def __init__(self, settings: Settings, door: Door) -> None:
        self._path = settings.published
        self._private_path = self._path.with_name(PRIVATE)
        self._history = self._path.parent / "publications"
        self._door = door
        self._lock = threading.Lock()
        self._current: Generation | None = None
        self._private: Generation | None = None
        self._kept: OrderedDict[Path, Generation] = OrderedDict()

    def hot(self) -> AnswerCache | None:
        current = self._current
        return current.answers if current is not None and current.look == look_at(self._path) else None

    @contextmanager
    def reading(self, number: int | None = None, *, with_people: bool = False) -> Iterator[Reading]:
        if number is not None:
            generation = self._take_kept(number, with_people=with_people)
        elif with_people:
            generation = self._take_private()
        else:
            generation = self._take_current()
        try:
            yield generation
        finally:
            self._leave(generation)

    def mark(self) -> object:
        return look_at(self._path)

    def close(self) -> None:
        with self._lock:
            for generation in (self._current, self._private, *self._kept.values()):
                self._retire(generation)
            self._current = self._private = None
            self._kept.clear()

    def _take_current(self) -> Generation:
        look = look_at(self._path)
        with self._lock:
            current = self._current
            if current is None or current.look != look:
                fresh = self._opened(self._path)
                self._retire(current)
                current = self._current = fresh
            current.readers += 1
        return current

    def _take_private(self) -> Generation:
        """The private file, if it is of the publication that everybody else sees."""
        for attempt in range(_ATTEMPTS):
            with self.reading() as current, self._lock:
                private = self._private
                look = look_at(self._private_path)
                if look is None:
                    break
                if private is None or private.look != look:
                    fresh = self._opened(self._private_path)
                    self._retire(private)
                    private = self._private = fresh
                if (private.identity.number, private.identity.run_id) == (
                    current.identity.number,
                    current.identity.run_id,
                ):
                    private.readers += 1
                    return private
            # It takes its place a moment before the public one does.
            time.sleep(_PAUSE_SECONDS if attempt < _ATTEMPTS - 1 else 0)
        raise NotPublishedError(NO_PEOPLE)

    def _take_kept(self, number: int, *, with_people: bool) -> Generation:
        path = self._history / f"{number}.duckdb"
        with self._lock:
            if look_at(path) is None:
                raise NotPublishedError(f"there is no publication {number} any more", is_unknown=True)
            if with_people:
                path = self._path.parent / "with_pii" / path.name
            look = look_at(path)
            if look is None:
                raise NotPublishedError(NO_PEOPLE)
            kept = self._kept.get(path)
            if kept is None or kept.look != look:
                self._retire(self._kept.pop(path, None))
                kept = self._kept[path] = self._opened(path, number)
                while len(self._kept) > _KEPT_OPEN:
                    self._retire(self._kept.popitem(last=False)[1])
            self._kept.move_to_end(path)
            kept.readers += 1
        return kept

    def _opened(self, path: Path, number: int | None = None) -> Generation:
        """Open what is there now. Raises `NotPublishedError` where nothing is, or nothing that can be read."""
        error = ""
        for _ in range(_ATTEMPTS):
            look = look_at(path)
            if look is None:
                raise NotPublishedError("nothing is published yet; `ledgerline run` publishes what passes its tests")
            kept = self._said(number) if number is not None else None
            try:
                generation = Generation(path, look, self._door)
            except duckdb.Error as raised:
                error = type(raised).__name__
            else:
                said = kept or self._said(generation.identity.number)
                if look_at(path) == look and (said is None or said.about.run_id == generation.identity.run_id):
                    generation.name(said)
                    return generation
                generation.close()
            time.sleep(_PAUSE_SECONDS)
        log.error(
            "serve: %s cannot be read (%s); `ledgerline publish` writes it again", path.name, error or "it changes"
        )
        raise NotPublishedError("what is published cannot be read; `ledgerline publish` writes it again")

    def _said(self, number: int) -> Publication | None:
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            return Publication.from_json(json.loads((self._history / f"{number}.json").read_text()))
        return None

    def _leave(self, generation: Generation) -> None:
        with self._lock:
            generation.readers -= 1
            if generation.is_retired and not generation.readers:
                generation.close()

    def _retire(self, generation: Generation | None) -> None:
        """With the lock held: close it now, or when its last reader leaves."""
        if generation is not None and not generation.is_retired:
            generation.is_retired = True
            if not generation.readers:
                generation.close()


class _Watch:
    """Ends queries that take too long, from a thread of its own."""

    def __init__(self) -> None:
        self._until: dict[int, tuple[float, duckdb.DuckDBPyConnection]] = {}
        self._thread: threading.Thread | None = None

    @contextmanager
    def over(self, cursor: duckdb.DuckDBPyConnection, seconds: int) -> Iterator[None]:
        if self._thread is None:
            self._thread = threading.Thread(target=self._look, name="queries", daemon=True)
            self._thread.start()
        self._until[id(cursor)] = (time.monotonic() + seconds, cursor)
        try:
            yield
        finally:
            del self._until[id(cursor)]

    def _look(self) -> None:
        while True:
            time.sleep(0.25)
            now = time.monotonic()
            for until, cursor in list(self._until.values()):
                if now > until:
                    cursor.interrupt()


_WATCH = _Watch()


def _kind(data_type: str) -> str:
    return "decimal" if data_type.startswith("DECIMAL") else _KINDS.get(data_type, "text")
