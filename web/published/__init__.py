"""What is published now, or was: the one thing that answers are read from, never the warehouse.

A *generation* is one publication, opened. Every answer is read within one, so that no answer mixes two. `embedded`
opens the files of a home, `server` reads the readers' database of PostgreSQL.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol

from loaders.config import Settings
from loaders.publishing.catalogue import read_marts
from web.config import Door

__all__ = [
    "Answer",
    "AnswerCache",
    "Field",
    "Identity",
    "NotPublishedError",
    "Published",
    "Reading",
    "TooMuchError",
    "open_published",
]

# What hot answers of one generation may take together, in bytes, and how many they are.
_CACHE_BYTES = 16 * 1024 * 1024
_CACHED_ANSWERS = 2_000
_LARGEST_ANSWER = 256 * 1024


class NotPublishedError(Exception):
    """There is nothing to read; the message says why and what to do. `is_unknown`: no such publication is kept."""

    def __init__(self, message: str, *, is_unknown: bool = False) -> None:
        super().__init__(message)
        self.is_unknown = is_unknown


class TooMuchError(Exception):
    """A question takes more time or memory than one may."""


@dataclass(frozen=True)
class Identity:
    """Which publication it is. Its number may be given again, fingerprints of marts by schema and name are not."""

    number: int
    run_id: str
    as_of: str
    published_at: str
    fingerprints: Mapping[str, str]

    def fingerprint(self, mart: str) -> str:
        return self.fingerprints.get(mart, f"{self.run_id}.{self.number}.{self.published_at}")


@dataclass(frozen=True)
class Field:
    """A column of a mart. Kinds: text, integer, number, decimal, boolean, date, instant (UTC), local (a wall clock)."""

    name: str
    kind: str
    is_personal: bool = False


@dataclass(frozen=True)
class Answer:
    """An answer that was made before: its headers and bytes, and the route that made it."""

    etag: str
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes
    route: str


class AnswerCache:
    """The hot answers of one generation; the oldest go first. Several threads use it: each step is one operation."""

    def __init__(self) -> None:
        self._answers: OrderedDict[tuple[str, ...], Answer] = OrderedDict()
        self._bytes = 0

    def get(self, key: tuple[str, ...]) -> Answer | None:
        return self._answers.get(key)

    def put(self, key: tuple[str, ...], answer: Answer) -> None:
        if len(answer.body) > _LARGEST_ANSWER or key in self._answers:
            return
        self._answers[key] = answer
        self._bytes += len(answer.body)
        while self._bytes > _CACHE_BYTES or len(self._answers) > _CACHED_ANSWERS:
            try:
                _, oldest = self._answers.popitem(last=False)
            except KeyError:
                return
            self._bytes -= len(oldest.body)


class Reading(Protocol):
    """One generation while somebody reads it."""

    @property
    def identity(self) -> Identity: ...

    @property
    def answers(self) -> AnswerCache: ...

    def fields(self, mart: str) -> tuple[Field, ...] | None:
        """The columns of a mart by schema and name; None where it is not published."""

    def marts(self) -> list[str]:
        """What is published, by schema and name."""

    def relation(self, mart: str) -> str:
        """The mart in SQL."""

    def instant(self, column: str) -> str:
        """The SQL of an instant as microseconds since 1970, which every driver hands out alike."""

    def query(self, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """All rows. Parameters are %s in the SQL."""

    def stream(self, sql: str, *parameters: Any) -> Iterator[tuple[Any, ...]]:
        """The rows as they come."""


class Published(Protocol):
    """The publications of a home."""

    def reading(self, number: int | None = None, *, with_people: bool = False) -> AbstractContextManager[Reading]:
        """Read the current publication, or one that is kept; with personal columns only for who may see them.

        Raises `NotPublishedError`.
        """

    def hot(self) -> AnswerCache | None:
        """The hot answers of what is published now, where that costs no wait; None where it has to be opened."""

    def mark(self) -> object:
        """Something that is another one as soon as another publication is current; None where there is none."""

    def close(self) -> None: ...


@cache
def described() -> Mapping[str, Mapping[str, bool]]:
    """By mart, its columns, and whether each is personal. What nobody described is not shown."""
    return {mart.key: {column.name: column.is_personal for column in mart.columns} for mart in read_marts()}


def open_published(settings: Settings, door: Door) -> Published:
    """The publications of the engine in use."""
    if settings.target == "duckdb":
        from web.published.embedded import Files  # noqa: PLC0415

        return Files(settings, door)
    from web.published.server import Server  # noqa: PLC0415

    return Server(settings, door)
