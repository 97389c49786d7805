"""Publishing: the marts, and only the marts, in one file that BI tools open.

The file is written aside and takes the place of the old one in one step, and only when the last build passed; readers
that have the old one open keep reading it.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

from loaders import audit
from loaders.build import last_build
from loaders.config import Settings
from loaders.warehouse import Warehouse

# One schema a domain; a schema that is not there yet is left out.
MART_SCHEMAS = ("box_office", "appointments", "creators", "funnel", "events")
# Marts of which readers ask for one row by its key: in the order of it, few blocks of the file hold the row.
_ORDER = {"appointments.customer_analytics": "organization_id, square_customer_id"}


@dataclass(frozen=True)
class Publication:
    """What was published: mart names with their row counts, or why nothing was."""

    marts: dict[str, int]
    refused: str = ""


def publish(settings: Settings, warehouse: Warehouse) -> Publication:
    """Replace `published/marts.duckdb` if the last build passed."""
    warehouse.create_missing("ops", audit.OPS_TABLES)
    with warehouse.connect() as connection:
        reason = last_build(
            connection.query("select is_whole, status, selection from ops.builds order by build_number desc")
        )
    if reason:
        return Publication({}, f"{reason}; published/ stays as it is. Run `ledgerline build` and read what it says")
    if settings.target != "duckdb":
        return Publication({}, "")
    settings.published.parent.mkdir(parents=True, exist_ok=True)
    aside = settings.published.with_name("marts.next.duckdb")
    for leftover in (aside, aside.with_name(aside.name + ".wal")):
        leftover.unlink(missing_ok=True)
    marts = _copy(warehouse, str(aside))
    with aside.open("rb") as written:
        os.fsync(written.fileno())
    aside.replace(settings.published)
    return Publication(marts)


def _copy(warehouse: Warehouse, aside: str) -> dict[str, int]:
    """Copy every mart into the file `aside`; rows per mart. DuckDB allows one instance of a file in a process."""
    rows = {}
    with warehouse.connect() as connection:
        connection.execute(f"attach '{_quoted(aside)}' as published")
        try:
            found = connection.query(
                "select table_schema, table_name from information_schema.tables"
                " where table_catalog = current_database() and list_contains(%s, table_schema) order by 1, 2",
                list(MART_SCHEMAS),
            )
            for schema in sorted({schema for schema, _ in found}):
                connection.execute(f'create schema published."{schema}"')
            for schema, name in found:
                order = _ORDER.get(f"{schema}.{name}")
                connection.execute(
                    f'create table published."{schema}"."{name}" as select * from "{schema}"."{name}"'
                    f"{f' order by {order}' if order else ''}"
                )
                rows[f"{schema}.{name}"] = connection.query(f'select count(*) from published."{schema}"."{name}"')[0][0]
        finally:
            connection.execute("detach published")
    return rows


def _quoted(path: str) -> str:
    return path.replace("'", "''")
