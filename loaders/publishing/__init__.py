"""Publishing: what BI reads is, of every domain, the marts of one build that passed, and nothing else.

    warehouse (private)  ->  published/ (DuckDB) or the database of readers (PostgreSQL)

`catalogue` says which marts and columns there are and which are personal, `domains` which domains may be published;
`embedded` and `server` write them on their engine. A publication is made aside and takes the place of the one before it
in one step; the last ones are kept, and any of them comes back in one step too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import astuple
from typing import Protocol

from loaders.building.dbt import NOTHING_BUILT
from loaders.config import Settings
from loaders.publishing.domains import Verdict, verdicts_of
from loaders.publishing.publication import FAILED, About, Publication, PublishError
from loaders.warehouse.engine import Connection, Warehouse

__all__ = ["Publication", "PublishError", "Store", "as_table", "held_back", "publish", "shown", "store_of"]


class Store(Protocol):
    """Where an engine keeps its publications."""

    def replace(self, about: About, verdicts: Mapping[str, Verdict], *, with_pii: bool) -> Publication:
        """Make a publication that takes the current one's place: marts as they are in the warehouse.

        A domain whose verdict holds it back keeps the marts that readers see.
        """

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
    """Publish every domain whose last build passed. Raises `PublishError` where none did."""
    # Open to the end: to open the embedded engine's file again costs nothing meanwhile.
    with warehouse.connect() as connection:
        verdicts = verdicts_of(connection)
        if reason := held_back(verdicts):
            raise PublishError(f"{reason}; published/ stays as it is. Run `ledgerline build` and read what it says")
        publication = store_of(settings, warehouse).replace(About.of(settings, run_id), verdicts, with_pii=with_pii)
        _tell_warehouse(connection, publication)
    return publication


def _tell_warehouse(connection: Connection, publication: Publication) -> None:
    """Let its `ops.publication_domains` be that of the newest publication."""
    row = "(%s, cast(%s as varchar), cast(%s as timestamptz), cast(%s as timestamptz), %s, cast(%s as varchar))"
    domains = sorted(publication.domains.items())
    connection.execute("delete from ops.published_domains")
    connection.execute(
        "insert into ops.published_domains (domain, run_id, as_of, built_at, outcome, reason) values "
        + ", ".join([row] * len(domains)),
        *(value for domain, told in domains for value in (domain, *astuple(told))),
    )


def shown(settings: Settings, warehouse: Warehouse) -> Publication | None:
    """The publication that readers see, or where none can be told the newest."""
    store = store_of(settings, warehouse)
    kept, current = store.kept(), store.current()
    return next((publication for publication in kept if publication.number == current), kept[0] if kept else None)


def held_back(verdicts: Mapping[str, Verdict]) -> str | None:
    """Why nothing must be published, or None where a domain may be."""
    reasons = [verdict.held_back for verdict in verdicts.values()]
    if None in reasons:
        return None
    # What was built and failed says more than what was never built.
    return min(filter(None, reasons), key=NOTHING_BUILT.__eq__, default=NOTHING_BUILT)


def as_table(kept: Sequence[Publication], current: int | None) -> str:
    """The publications as aligned text, newest first; readers see the one with a star."""
    if not kept:
        return "Nothing is published yet. `ledgerline run` publishes what passes."
    lines = [("", "id", "as_of", "published_at", "run_id", "marts", "rows", "held back")]
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
                ", ".join(name for name, told in publication.of_domains().items() if told.outcome == FAILED),
            )
        )
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines
    )
