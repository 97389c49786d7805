"""Rows that a table wants once, wherever they stand: which of a batch to write, which of a file were there before."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from loaders.landing.fates import Read
from loaders.source import File, Source
from loaders.warehouse.engine import Connection, Table


def first_of_each(table: Table, rows: pa.Table) -> pa.Table:
    """Rows of a batch without those that repeat an earlier one, where the table wants a row once."""
    if not table.is_landed_once or not rows.num_rows:
        return rows
    keys = rows.select(table.key).append_column("_at", pa.array(range(rows.num_rows)))
    first = keys.group_by(list(table.key)).aggregate([("_at", "min")]).column("_at_min")
    if len(first) == rows.num_rows:
        return rows
    return rows.take(first.take(pc.sort_indices(first)))


def path_key(file: File) -> tuple[str, str, str]:
    """What the books tell files apart by."""
    return (file.organization_id, file.source_file, file.source_hash)


def count_landed(source: Source, connection: Connection, batch: Sequence[Read]) -> dict[tuple[str, str, str], int]:
    """What raw holds of each file of a batch, in tables that want a row once: the rest of it were duplicates.

    Raw itself is asked, so that a file counts rows as its own that a killed run of an older version left without books.
    """
    counts: dict[tuple[str, str, str], int] = {}
    for table in source.tables:
        if not table.is_landed_once:
            continue
        hashes = sorted({fate.file.source_hash for fate in batch if len(fate.tables.get(table.name, ()))})
        for start in range(0, len(hashes), 1_000):
            part = hashes[start : start + 1_000]
            marks = ", ".join(["%s"] * len(part))
            for organization, path, digest, rows in connection.query(
                f"select organization_id, _source_file, _source_hash, count(*) from {source.schema}.{table.name}"
                f" where _source_hash in ({marks}) group by organization_id, _source_file, _source_hash",
                *part,
            ):
                key = (organization, path, digest)
                counts[key] = counts.get(key, 0) + rows
    return counts
