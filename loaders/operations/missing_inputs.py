"""What nobody has delivered yet, so that figures are NULL: the last lines of a run say it.

A domain says it in a model `int_<…>_inputs_missing` with the columns `organization_id` and `message`.
"""

from __future__ import annotations

from loaders.warehouse.engine import Warehouse

# The last lines name this many.
SHOWN = 10


def missing_inputs(warehouse: Warehouse) -> list[str]:
    """What is missing, a line each; a line more where they are many."""
    with warehouse.connect() as connection:
        tables = connection.query(
            "select table_name from information_schema.tables where table_schema = 'intermediate' order by 1"
        )
        found = [
            f"{organization}: {message}"
            for (table,) in tables
            if table.endswith("_inputs_missing")
            for organization, message in connection.query(f"select organization_id, message from intermediate.{table}")
        ]
    lines = sorted(found)[:SHOWN]
    if len(found) > SHOWN:
        lines.append(f"and {len(found) - SHOWN} more of the kind")
    return lines
