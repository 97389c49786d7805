"""What a home's settings may say of the platform itself. Of a domain, one of its sources declares it (`home_seeds`).

docs/settings.md lists all of it for people.
"""

from __future__ import annotations

import pyarrow as pa

from loaders.settings import cells
from loaders.settings.files import shipped_words
from loaders.source import Column, Seed

OWN: tuple[Seed, ...] = (
    Seed(
        "ops",
        "source_limits",
        (
            Column("source", cells.one_of(*shipped_words("ops", "source_limits", "source"))),
            Column("stale_hours", cells.whole(1, 100_000), pa.int32(), is_needed=False),
            Column("why", is_needed=False),
        ),
        ("source",),
    ),
)
