"""Seeds of the box office, of which a home may say something."""

from __future__ import annotations

import pyarrow as pa

from loaders.readers.words import plain_word
from loaders.settings import cells
from loaders.source import Column, Seed

SEEDS: tuple[Seed, ...] = (
    Seed(
        "box_office",
        "box_office_code_kinds",
        (
            Column("match_order", cells.whole(0, 1_000_000), pa.int64()),
            Column("code_pattern", cells.pattern),
            Column("performance_kind", cells.one_of("performance", "parking", "placeholder")),
        ),
        ("match_order",),
    ),
    Seed(
        "box_office",
        "box_office_series",
        (
            Column("match_order", cells.whole(0, 1_000_000), pa.int64()),
            Column("series_pattern", cells.pattern),
            Column("series_family"),
        ),
        ("match_order",),
    ),
    Seed(
        "box_office",
        "box_office_categories",
        (Column("printed_category", alike=plain_word), Column("category")),
        ("printed_category",),
    ),
)
