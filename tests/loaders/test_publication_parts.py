"""In how many parts a large mart is kept: never more than a bound, and a part stays as it is while others come."""

from __future__ import annotations

from datetime import date

import duckdb
import pytest

from loaders.publishing import content
from loaders.publishing.catalogue import Column, Mart
from loaders.warehouse.engine import Connection

MART = Mart("funnel", "days", (Column("day", "date", is_personal=False), Column("n", "integer", is_personal=False)))


def _content(first: str, last: str, extra: str = "") -> content.Content:
    """A mart with a row a day; its parts hold each row once."""
    with duckdb.connect() as connection:
        connection.execute("create schema funnel")
        connection.execute(
            "create table funnel.days as select cast(day as date) as day, 1 as n"
            f" from generate_series(date '{first}', date '{last}', interval 1 day) as t(day) {extra}"
        )
        found = content.read_content(Connection(connection), MART, None)
        counts = [
            connection.execute(f"select count(*) from funnel.days where {part.condition}").fetchall()[0][0]
            for part in found.parts
        ]
    assert sum(counts) == found.rows
    assert min(counts) > 0
    return found


@pytest.fixture(autouse=True)
def _split_early(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(content, "_SPLIT_ROWS", 10)


@pytest.mark.parametrize(
    ("first", "last", "parts"),
    [
        ("2000-01-01", "2024-12-31", 100),
        ("2000-01-01", "2025-01-01", 26),
        ("1990-01-01", "2089-12-31", 100),
        ("1990-01-01", "2090-01-01", 11),
        # What one row of year 1 made 24,849 files of.
        ("0001-01-01", "2026-11-20", 21),
        ("0001-01-01", "9999-12-31", 100),
    ],
)
def test_a_mart_has_a_part_a_quarter_as_long_as_that_is_not_too_many(first: str, last: str, parts: int) -> None:
    assert len(_content(first, last).parts) == parts <= content.MAX_PARTS


def test_a_new_day_leaves_all_other_parts_as_they_were() -> None:
    for first in ("2020-01-01", "1990-01-01", "0001-01-01"):
        before, after = (_content(first, day) for day in ("2026-11-19", "2026-11-20"))
        assert len(set(before.parts) - set(after.parts)) == 1


def test_a_row_without_a_day_has_a_part_of_its_own() -> None:
    found = _content("2000-01-01", "2000-12-31", "union all select null, 2")
    assert found.parts[0].condition == '"day" is null'
    assert len(found.parts) == 5


def test_a_year_that_no_calendar_has_is_kept_in_one_part() -> None:
    for day in ("0044-03-15 (BC)", "10000-01-01"):
        assert len(_content("2026-01-01", "2026-12-31", f"union all select date '{day}', 2").parts) == 1
    assert len(_content("2026-01-01", f"{date(2026, 1, 5)}").parts) == 1
