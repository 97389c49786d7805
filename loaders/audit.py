"""The books of landing: what happened to every file and every row of it, in schema `ops`.

`load_audit` has one row per tenant, path and hash, and its counts add up (a dbt test holds it); `rejected_rows` and
`quarantined_files` say why something did not land. All three are written by dlt with the file's key, so that a killed
load, repeated, writes each row once.
"""

from __future__ import annotations

import pyarrow as pa

from loaders.warehouse import Table

INSTANT = pa.timestamp("us", tz="UTC")


def required(name: str, kind: pa.DataType) -> pa.Field:
    """A column that is never NULL."""
    return pa.field(name, kind, nullable=False)


_FILE = [
    required("source", pa.string()),
    required("organization_id", pa.string()),
    required("source_file", pa.string()),
    required("source_hash", pa.string()),
]
_FILE_KEY = tuple(field.name for field in _FILE)

LOAD_AUDIT = Table(
    "load_audit",
    pa.schema(
        [
            *_FILE,
            pa.field("rows_read", pa.int64()),
            pa.field("rows_landed", pa.int64()),
            pa.field("rows_rejected", pa.int64()),
            pa.field("rows_duplicate", pa.int64()),
            pa.field("rows_skipped", pa.int64()),
            pa.field("load_id", pa.string()),
            pa.field("loaded_at", INSTANT),
            pa.field("landed_run", pa.int64()),
        ]
    ),
    _FILE_KEY,
)

REJECTED_ROWS = Table(
    "rejected_rows",
    pa.schema(
        [
            *_FILE,
            required("source_row", pa.int64()),
            pa.field("reason_code", pa.string()),
            pa.field("message", pa.string()),
            pa.field("raw_text", pa.string()),
            pa.field("rejected_at", INSTANT),
        ]
    ),
    (*_FILE_KEY, "source_row"),
)

QUARANTINED_FILES = Table(
    "quarantined_files",
    pa.schema(
        [
            *_FILE,
            pa.field("reason_code", pa.string()),
            pa.field("message", pa.string()),
            pa.field("quarantined_at", INSTANT),
            # What the verdict rests on besides the bytes: the parser's version and a sidecar. It is final until one changes.
            pa.field("attempt", pa.string()),
        ]
    ),
    _FILE_KEY,
    replaces=True,
)

APPLICATION_LOGS = Table(
    "application_logs",
    pa.schema(
        [
            required("run_id", pa.string()),
            pa.field("run_number", pa.int64()),
            pa.field("job", pa.string()),
            pa.field("mode", pa.string()),
            pa.field("organization_id", pa.string()),
            pa.field("status", pa.string()),
            pa.field("started_at", INSTANT),
            pa.field("finished_at", INSTANT),
            pa.field("duration_ms", pa.int64()),
            pa.field("rows_in", pa.int64()),
            pa.field("rows_out", pa.int64()),
            pa.field("as_of", INSTANT),
            pa.field("payload", pa.string()),
            pa.field("error", pa.string()),
        ]
    ),
    ("run_id",),
    by_dlt=False,
)

BUILDS = Table(
    "builds",
    pa.schema(
        [
            required("build_number", pa.int64()),
            pa.field("invocation_id", pa.string()),
            pa.field("is_whole", pa.bool_()),
            pa.field("status", pa.string()),
            pa.field("as_of", INSTANT),
        ]
    ),
    ("build_number",),
    by_dlt=False,
)

OPS_TABLES = (LOAD_AUDIT, REJECTED_ROWS, QUARANTINED_FILES, APPLICATION_LOGS, BUILDS)
