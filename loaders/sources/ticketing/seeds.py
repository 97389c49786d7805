"""Seeds of events, of which a home may say something, and those that readers look words up in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from loaders.readers.words import plain_word
from loaders.settings import cells
from loaders.settings.files import shipped_rows, shipped_words
from loaders.source import Column, Seed

CURRENCIES = Seed("events", "seed_currencies")
NO_LIMIT = Seed("events", "seed_ticketing_no_limit")


def _column_is_known(line: Mapping[str, Any]) -> str:
    rows = shipped_rows("events", "seed_ticketing_headers")
    known = {row["column_name"] for row in rows if row["platform"] == line["platform"]}
    return (
        ""
        if line["column_name"] in known
        else f"column_name is {line['column_name'][:40]!r}, expected one that is in the seed"
    )


HEADERS = Seed(
    "events",
    "seed_ticketing_headers",
    (
        Column("platform", cells.one_of(*shipped_words("events", "seed_ticketing_headers", "platform"))),
        Column("language"),
        Column("header", alike=plain_word),
        Column("column_name"),
    ),
    ("platform", "header"),
    check=_column_is_known,
)
SEEDS: tuple[Seed, ...] = (
    Seed(
        "events",
        "seed_ticketing_statuses",
        (
            Column("platform", cells.one_of(*shipped_words("events", "seed_ticketing_statuses", "platform"))),
            Column("entity", cells.one_of(*shipped_words("events", "seed_ticketing_statuses", "entity"))),
            Column("source_status", alike=plain_word),
            Column("status", cells.one_of(*shipped_words("events", "seed_ticketing_statuses", "status"))),
        ),
        ("platform", "entity", "source_status"),
    ),
    HEADERS,
    Seed(
        "events",
        "seed_demographic_answers",
        (Column("dimension", cells.one_of("gender", "age")), Column("answer", alike=plain_word), Column("bucket")),
        ("dimension", "answer"),
    ),
)
