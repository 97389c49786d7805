"""What landing adds to rows as a reader gives them: whose they are, where they come from, and when they landed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from loaders.config import Settings
from loaders.landing.fates import Read, Refused
from loaders.source import ADDED, File
from loaders.warehouse.engine import Table
from loaders.warehouse.parts import Parts


def with_provenance(table: Table, landed: Read | Refused, settings: Settings, landed_run: int) -> pa.Table | Parts:
    """The rows of a file for a table, as the raw table has them."""
    rows = landed.tables[table.name]
    if isinstance(rows, Parts):
        return rows.map(lambda part: _added(table, part, landed.file, settings, landed_run))
    return _added(table, rows, landed.file, settings, landed_run)


def _added(
    table: Table, rows: Sequence[Mapping[str, Any]] | pa.Table, file: File, settings: Settings, landed_run: int
) -> pa.Table:
    """Rows as the raw table has them."""
    own = pa.schema([f for f in table.schema if f.name not in ADDED])
    data = rows.select(own.names).cast(own) if isinstance(rows, pa.Table) else pa.Table.from_pylist(rows, schema=own)
    added = {
        "organization_id": file.organization_id,
        "_source_file": file.source_file,
        "_source_hash": file.source_hash,
        "_extracted_at": settings.as_of,
        "_landed_run": landed_run,
    }
    for name, value in added.items():
        data = data.append_column(
            table.schema.field(name), pa.repeat(pa.scalar(value, table.schema.field(name).type), data.num_rows)
        )
    return data.select(table.schema.names)
