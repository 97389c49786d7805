"""Publishing: what BI reads is a set of marts of one build that passed, and nothing else.

    warehouse (private)  ->  published/ (DuckDB) or the database of readers (PostgreSQL)

`catalogue` says which marts and columns there are and which are personal, `embedded` and `server` write them on their
engine. A publication is made aside and takes the place of the one before it in one step; the last ones are kept, and
any of them comes back in one step too.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from loaders.build import last_build
from loaders.config import Settings
from loaders.publishing.publication import About, Publication, PublishError
from loaders.warehouse import Warehouse

__all__ = ["Publication", "PublishError", "Store", "as_table", "publish", "store_of"]


class Store(Protocol):
    """Where an engine keeps its publications."""

    def replace(self, about: About, *, with_pii: bool) -> Publication:
        """Make a publication of the marts as they are in the warehouse, and let it take the current one's place."""

    def kept(self) -> list[Publication]:
        """The publications that can come back, newest first."""

    def current(self) -> int | None:
        """The id of the publication that readers see; None where there is none."""

    def restore(self, number: int) -> Publication:
        """Let an earlier publication take the current one's place. Raises `PublishError` for one that is not kept."""


def store_of(settings: Settings, warehouse: Warehouse) -> Store:
    """The store of the engine in use."""
    if settings.target == "duckdb":
        from loaders.publishing.embedded import FileStore  # noqa: PLC0415

        return FileStore(settings, warehouse)
    from loaders.publishing.server import ServerStore  # noqa: PLC0415

    return ServerStore(settings, warehouse)


def publish(settings: Settings, warehouse: Warehouse, run_id: str, *, with_pii: bool = False) -> Publication:
    """Publish the marts of the last build. Raises `PublishError` where it did not pass: readers keep what they have."""
    if reason := held_back(warehouse):
        raise PublishError(f"{reason}; published/ stays as it is. Run `ledgerline build` and read what it says")
    return store_of(settings, warehouse).replace(About.of(settings, run_id), with_pii=with_pii)


def held_back(warehouse: Warehouse) -> str | None:
    """Why the marts as they are must not be published, or None."""
    with warehouse.connect() as connection:
        return last_build(
            connection.query("select is_whole, status, selection from ops.builds order by build_number desc")
        )


def as_table(kept: Sequence[Publication], current: int | None) -> str:
    """The publications as aligned text, newest first; readers see the one with a star."""
    if not kept:
        return "Nothing is published yet. `ledgerline run` publishes what passes."
    lines = [("", "id", "as_of", "published_at", "run_id", "marts", "rows")]
    for publication in kept:
        about = publication.about
        lines.append(
            (
                "*" if publication.number == current else "",
                str(publication.number),
                about.as_of,
                about.published_at,
                about.run_id,
                str(len(publication.rows)),
                str(sum(publication.rows.values())),
            )
        )
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines
    )
