"""The seed of creators, of which a home may say something: what an export calls its columns."""

from __future__ import annotations

from loaders.settings import cells
from loaders.settings.files import shipped_words
from loaders.source import Column, Seed

HEADER_ALIASES = Seed(
    "creators",
    "creators_header_aliases",
    (
        Column("header", alike=lambda cell: "".join(cell.lower().split())),
        Column("column_name", cells.one_of(*shipped_words("creators", "creators_header_aliases", "column_name"))),
    ),
    ("header",),
)
SEEDS: tuple[Seed, ...] = (HEADER_ALIASES,)
