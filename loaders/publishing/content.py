"""What a mart holds, told from any other content by a fingerprint, whatever the order of its rows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import MAXYEAR, date

from loaders.publishing.catalogue import Mart
from loaders.warehouse.engine import Connection

# A larger mart is kept in quarters of a year, so that a day's news do not write ten years again.
_SPLIT_ROWS = 100_000
# One that spans more than 25 years is kept in years, then in decades, centuries and millennia: in quarters each.
MAX_PARTS = 100
_SPANS = (1, 4, 40, 400, 4_000)
_YEAR_1 = 4


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
    time = None if mart.lookup_key else mart.time_column
    # Quarters are counted from year 0. A null is a part of its own.
    quarter_of = f"cast(4 * extract(year from {time}) + extract(quarter from {time}) - 1 as bigint)" if time else "null"
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
    quarters = [quarter for quarter, *_ in found if quarter is not None]
    width = _width(quarters)
    if rows <= _SPLIT_ROWS or time is None or width is None:
        return Content(rows, whole, (Part("true", whole),))
    sums: dict[int | None, list[int]] = {}
    for quarter, *found_sums in found:
        start = None if quarter is None else quarter // width * width
        sums[start] = [one + more for one, more in zip(sums.get(start, [0, 0, 0]), found_sums, strict=True)]
    parts = []
    for start, (count, *hashes) in sums.items():
        if start is None:
            parts.append(Part(f"{time} is null", fingerprint("None", count, *hashes)))
            continue
        since = date(max(start // 4, 1), start % 4 * 3 + 1, 1)
        condition = f"{time} >= date '{since}' and {time} < date '{since}' + interval {3 * width} months"
        if start < _YEAR_1:
            # Python has no year 0, with which the first of the longer spans begin.
            condition = f"{time} < date '{since}' + interval {3 * (width - _YEAR_1)} months"
        # A quarter's file has the name that it always had.
        said = str(since) if width == 1 else f"{since} and {width} quarters"
        parts.append(Part(condition, fingerprint(said, count, *hashes)))
    return Content(rows, whole, tuple(parts))


def _width(quarters: Sequence[int]) -> int | None:
    """Of how many quarters a part is: the shortest span that makes no more parts than there may be.

    So a part stays as it is while others come, but for the day on which a mart outgrows a span. None where there is no
    such span, or a year that no calendar of ours has.
    """
    if not quarters or quarters[0] < _YEAR_1 or quarters[-1] >= 4 * (MAXYEAR + 1):
        return None
    spans = (span for span in _SPANS if len({quarter // span for quarter in quarters}) <= MAX_PARTS)
    return next(spans, None)
