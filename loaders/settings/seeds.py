"""What a home's settings may say of the platform itself. Of a domain, one of its sources declares it (`home_seeds`).

docs/settings.md lists all of it for people.
"""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow as pa

from loaders.settings import cells
from loaders.source import Column, Seed


def own_seeds(sources: Iterable[str]) -> tuple[Seed, ...]:
    """The platform's own seeds, where these are the names of the sources."""
    return (
        Seed(
            "ops",
            "source_limits",
            (
                Column("source", cells.one_of(*sorted(sources))),
                Column("stale_hours", cells.whole(1, 100_000), pa.int32(), is_needed=False),
                Column("why", is_needed=False),
            ),
            ("source",),
        ),
    )
