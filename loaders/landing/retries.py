"""Files that landed but for some rows, read again because what their verdicts rest on has changed.

What has landed stays as it was first read: only rows that were refused are looked at, and those that can be read now
land beside the others. The books of the file are brought up to that in one transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from loaders.landing.books import REJECTED_ROWS, Known
from loaders.source import File, Parsed, RawRows
from loaders.warehouse.engine import Connection, Warehouse
from loaders.warehouse.parts import Parts

_ROWS_AT_ONCE = 500
_FILE = "source = %s and organization_id = %s and source_file = %s and source_hash = %s"


def only_rejected(parsed: Parsed, refused: Collection[int]) -> Parsed:
    """Of a file read again, the rows that were refused before: those to land now, and those that are refused still.

    The others are counted as duplicates of what has landed.
    """
    tables = {name: _of_lines(rows, refused) for name, rows in parsed.tables.items()}
    rejections = [rejection for rejection in parsed.rejections if rejection.source_row in refused]
    # A line may be refused and leave a mark of itself all the same.
    lines = {line for rows in tables.values() for line in _lines(rows)}
    landed = len(lines - {rejection.source_row for rejection in rejections})
    skipped = min(parsed.rows_skipped, parsed.rows_read - landed - len(rejections))
    return replace(
        parsed,
        tables=tables,
        rows_landed=landed,
        rejections=rejections,
        rows_duplicate=parsed.rows_read - landed - len(rejections) - skipped,
        rows_skipped=skipped,
    )


def _of_lines(rows: RawRows, lines: Collection[int]) -> Sequence[Mapping[str, Any]] | pa.Table:
    if isinstance(rows, Parts):
        return pa.concat_tables([_table_of_lines(part, lines) for part in rows.read()])
    if isinstance(rows, pa.Table):
        return _table_of_lines(rows, lines)
    return [row for row in rows if row["_source_row"] in lines]


def _table_of_lines(rows: pa.Table, lines: Collection[int]) -> pa.Table:
    return rows.filter(pc.is_in(rows["_source_row"], value_set=pa.array(sorted(lines), rows["_source_row"].type)))


def _lines(rows: Sequence[Mapping[str, Any]] | pa.Table) -> list[int]:
    listed = rows.select(["_source_row"]).to_pylist() if isinstance(rows, pa.Table) else rows
    return [row["_source_row"] for row in listed]


def refused_rows(warehouse: Warehouse, known: Known, file: File, attempt: str) -> frozenset[int]:
    """The lines of a file's bytes that were refused when they landed, under its own name or another."""
    path = known.refused_as(file, attempt)
    with warehouse.connect() as connection:
        rows = connection.query(
            f"select source_row from ops.rejected_rows where {_FILE}",
            *(known.source.name, file.organization_id, path, file.source_hash),
        )
    return frozenset(line for (line,) in rows)


def rebook(
    connection: Connection,
    source: str,
    file: File,
    landed: int,
    rejected: Sequence[Mapping[str, Any]],
    run: int,
    as_of: datetime,
) -> None:
    """Bring the books of a file up to what reading it again gave: rows that landed, and those refused still."""
    key = (source, file.organization_id, file.source_file, file.source_hash)
    connection.execute(f"delete from ops.rejected_rows where {_FILE}", *key)
    names = [field.name for field in REJECTED_ROWS.schema]
    marks = f"({', '.join(['%s'] * len(names))})"
    for start in range(0, len(rejected), _ROWS_AT_ONCE):
        part = rejected[start : start + _ROWS_AT_ONCE]
        connection.execute(
            f"insert into ops.rejected_rows ({', '.join(names)}) values {', '.join([marks] * len(part))}",
            *(row[name] for row in part for name in names),
        )
    connection.execute(
        "update ops.load_audit set rows_landed = rows_landed + %s, rows_rejected = %s,"
        " rows_duplicate = rows_duplicate + rows_rejected - %s, landed_run = %s, loaded_at = %s"
        f" where {_FILE}",
        landed,
        len(rejected),
        landed + len(rejected),
        run,
        as_of,
        *key,
    )
