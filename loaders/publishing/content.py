"""What a mart holds, told from any other content by a fingerprint, whatever the order of its rows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from loaders.publishing.catalogue import LOOKED_UP, Mart
from loaders.warehouse import Connection

# A larger mart is kept in quarters of a year, so that a day's news do not write ten years again.
_SPLIT_ROWS = 100_000


@dataclass(frozen=True)
class Part:
    """Some rows of a mart: a SQL condition, and the fingerprint of what it chooses."""

    condition: str
    fingerprint: str


@dataclass(frozen=True)
class Content:
    """All rows of a mart, in one part or several."""

    rows: int
    fingerprint: str
    parts: tuple[Part, ...]

    def selects(self, mart: Mart, columns: str) -> Iterator[tuple[str, str]]:
        """Each part's file name, and the select that makes it."""
        for part in self.parts:
            yield (
                file_name(mart.key, part.fingerprint),
                f'select {columns} from "{mart.schema}"."{mart.name}" where {part.condition}',
            )


def file_name(key: str, fingerprint: str) -> str:
    return f"{key}.{fingerprint}.parquet"


def read_content(connection: Connection, mart: Mart, hide: Callable[[str], str] | None) -> Content:
    """Fingerprint a mart: two sums over the hashes of its rows, with its columns and how they are shown."""
    time = mart.time_column if mart.key not in LOOKED_UP else None
    # A null is a quarter of its own.
    quarter_of = f"cast(date_trunc('quarter', {time}) as date)" if time else "null"
    found = connection.query(
        "select quarter, count(*), sum(hashed), sum(hash(hashed)) from"
        f" (select {quarter_of} as quarter, hash(mart) as hashed from"
        f' (select {mart.all_columns} from "{mart.schema}"."{mart.name}") as mart)'
        " group by quarter order by quarter nulls first"
    )
    shown = [mart.selected(hide), mart.all_columns]

    def fingerprint(*said: object) -> str:
        return hashlib.sha256(json.dumps([*said, *shown]).encode()).hexdigest()[:20]

    rows, first, second = (sum(column) for column in list(zip(*found, strict=True))[1:]) if found else (0, 0, 0)
    whole = fingerprint(rows, first, second)
    if rows <= _SPLIT_ROWS or time is None:
        return Content(rows, whole, (Part("true", whole),))
    parts = [
        Part(
            f"{time} is null"
            if quarter is None
            else f"{time} >= date '{quarter}' and {time} < date '{quarter}' + interval 3 months",
            fingerprint(str(quarter), *sums),
        )
        for quarter, *sums in found
    ]
    return Content(rows, whole, tuple(parts))
