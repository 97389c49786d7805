"""How far each resource of an API was read; kept only once all of it has landed."""

from __future__ import annotations

from datetime import UTC, datetime

from loaders.landing import books
from loaders.warehouse.engine import Warehouse

_TABLE = f"ops.{books.SOURCE_PROGRESS.name}"


def read_progress(warehouse: Warehouse, source: str, organization_id: str) -> dict[str, datetime]:
    """Per resource, the instant from which its changes are asked for next."""
    with warehouse.connect() as connection:
        rows = connection.query(
            f"select resource, next_start from {_TABLE} where source = %s and organization_id = %s",
            source,
            organization_id,
        )
    return {resource: next_start.astimezone(UTC) for resource, next_start in rows}


def keep_progress(
    warehouse: Warehouse, source: str, organization_id: str, resource: str, next_start: datetime | None
) -> None:
    """Remember how far a resource was read; None forgets it."""
    with warehouse.connect() as connection:
        connection.execute(
            f"delete from {_TABLE} where source = %s and organization_id = %s and resource = %s",
            source,
            organization_id,
            resource,
        )
        if next_start is not None:
            connection.execute(
                f"insert into {_TABLE} (source, organization_id, resource, next_start) values (%s, %s, %s, %s)",
                source,
                organization_id,
                resource,
                next_start,
            )
