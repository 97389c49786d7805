"""The books of landing: what happened to every file and every row of it, in schema `ops`.

`load_audit` has one row per tenant, path and hash, and its counts add up (a dbt test holds it); `rejected_rows` and
`quarantined_files` say why something did not land. All three are written in one transaction with the rows of the file.
"""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

from loaders.landing.fates import Failed, Fate, Read, Refused, Waits
from loaders.source import File, Parsed, Quarantined, Source
from loaders.warehouse.engine import INSTANT, Table, Warehouse, required

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
    has_load_id=False,
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
            # What the verdict rests on, as of a quarantined file; the row is read again when one of it changes.
            pa.field("attempt", pa.string()),
        ]
    ),
    (*_FILE_KEY, "source_row"),
    has_load_id=False,
)

QUARANTINED_FILES = Table(
    "quarantined_files",
    pa.schema(
        [
            *_FILE,
            pa.field("reason_code", pa.string()),
            pa.field("message", pa.string()),
            pa.field("quarantined_at", INSTANT),
            # What the verdict depends on besides the bytes (`loaders.landing.reading.attempt_of`); final until one of
            # them changes.
            pa.field("attempt", pa.string()),
        ]
    ),
    _FILE_KEY,
    replaces=True,
    has_load_id=False,
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
    has_load_id=False,
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
            # Of a part: which one; a later build of the same part takes its place.
            pa.field("selection", pa.string()),
            # Of the models and seeds in it, between commas; and which project's, where Ledgerline built.
            pa.field("folders", pa.string()),
            pa.field("project", pa.string()),
            # Whose nodes or tests are in it, between commas; NULL in a build of an older version, which was of all.
            pa.field("domains", pa.string()),
        ]
    ),
    ("build_number",),
    has_load_id=False,
)

DOMAIN_BUILDS = Table(
    "domain_builds",
    pa.schema(
        [
            required("build_number", pa.int64()),
            required("domain", pa.string()),
            # All that the domain uses was built and tested.
            pa.field("is_whole", pa.bool_()),
            pa.field("status", pa.string()),
            # The nodes and tests that failed, by name.
            pa.field("reason", pa.string()),
            pa.field("marts_built", pa.int64()),
            pa.field("marts", pa.int64()),
            # Of the log of runs; of dbt alone its own.
            pa.field("run_id", pa.string()),
            pa.field("built_at", INSTANT),
        ]
    ),
    ("build_number", "domain"),
    has_load_id=False,
)

# Of the newest publication that was made.
PUBLISHED_DOMAINS = Table(
    "published_domains",
    pa.schema(
        [
            required("domain", pa.string()),
            pa.field("run_id", pa.string()),
            pa.field("as_of", INSTANT),
            pa.field("built_at", INSTANT),
            required("outcome", pa.string()),
            pa.field("reason", pa.string()),
        ]
    ),
    ("domain",),
    has_load_id=False,
)

TEST_RESULTS = Table(
    "test_results",
    pa.schema(
        [
            required("invocation_id", pa.string()),
            pa.field("build_number", pa.int64()),
            required("test_name", pa.string()),
            pa.field("model", pa.string()),
            pa.field("severity", pa.string()),
            pa.field("status", pa.string()),
            pa.field("failing_rows", pa.int64()),
            pa.field("as_of", INSTANT),
        ]
    ),
    ("invocation_id", "test_name"),
    has_load_id=False,
)

SOURCE_PROGRESS = Table(
    "source_progress",
    pa.schema(
        [
            required("source", pa.string()),
            required("organization_id", pa.string()),
            required("resource", pa.string()),
            # From when the next run asks an API for changes: all before it has landed.
            required("next_start", INSTANT),
        ]
    ),
    ("source", "organization_id", "resource"),
    has_load_id=False,
)

OPS_TABLES = (
    LOAD_AUDIT,
    REJECTED_ROWS,
    QUARANTINED_FILES,
    APPLICATION_LOGS,
    BUILDS,
    DOMAIN_BUILDS,
    PUBLISHED_DOMAINS,
    TEST_RESULTS,
    SOURCE_PROGRESS,
)


@dataclass
class Known:
    """What the books already say of a source: files landed by path, and by bytes in their scope; verdicts by path."""

    source: Source
    landed: set[tuple[str, str, str]]
    rows_by_bytes: dict[tuple[str, str, str], int]
    verdicts: dict[tuple[str, str, str], tuple[str, str, str]]
    verdicts_by_bytes: dict[tuple[str, str, str, str], tuple[str, str, str]]
    # Of files and of bytes that landed but for some rows: what those verdicts rest on, and the path that they stand by.
    rejected: dict[tuple[str, str, str], set[str]]
    rejected_by_bytes: dict[tuple[str, str, str], tuple[str, str]]

    @classmethod
    def read(cls, source: Source, warehouse: Warehouse) -> Known:
        with warehouse.connect() as connection:
            landed = connection.query(
                "select organization_id, source_file, source_hash, rows_read from ops.load_audit where source = %s",
                source.name,
            )
            verdicts = connection.query(
                "select organization_id, source_file, source_hash, attempt, reason_code, message"
                " from ops.quarantined_files where source = %s",
                source.name,
            )
            rejected = connection.query(
                "select organization_id, source_file, source_hash, coalesce(attempt, '') from ops.rejected_rows"
                " where source = %s group by 1, 2, 3, 4 order by 1, 2, 3, 4",
                source.name,
            )
        attempts: dict[tuple[str, str, str], set[str]] = {}
        for org, path, digest, attempt in rejected:
            attempts.setdefault((org, path, digest), set()).add(attempt)
        return cls(
            source=source,
            landed={(organization, path, digest) for organization, path, digest, _ in landed},
            rows_by_bytes={
                (organization, source.scope_of(path), digest): rows for organization, path, digest, rows in landed
            },
            verdicts={
                (org, path, digest): (attempt, code, text) for org, path, digest, attempt, code, text in verdicts
            },
            verdicts_by_bytes={
                (org, source.scope_of(path), digest, attempt): (path, code, text)
                for org, path, digest, attempt, code, text in verdicts
            },
            rejected=attempts,
            rejected_by_bytes={
                (org, source.scope_of(path), digest): (path, attempt) for org, path, digest, attempt in rejected
            },
        )

    def holds(self, file: File, attempt: str) -> bool:
        """Whether a file landed, with no row that would be judged again, or was refused for what still holds."""
        key = (file.organization_id, file.source_file, file.source_hash)
        if key in self.landed:
            return self.rejected.get(key, {attempt}) == {attempt}
        return key in self.verdicts and self.verdicts[key][0] == attempt

    def refused_as(self, file: File, attempt: str) -> str | None:
        """The path under which bytes landed but for rows that are to be judged again; None where there are none."""
        if self.holds_rejected(file, attempt):
            return file.source_file
        path, judged_by = self.rejected_by_bytes.get(self._bytes(file), ("", attempt))
        return path if judged_by != attempt else None

    def holds_rejected(self, file: File, attempt: str) -> bool:
        """Whether this very file landed but for rows that are to be judged again."""
        key = (file.organization_id, file.source_file, file.source_hash)
        return key in self.landed and self.rejected.get(key, {attempt}) != {attempt}

    def _bytes(self, file: File) -> tuple[str, str, str]:
        return (file.organization_id, self.source.scope_of(file.source_file), file.source_hash)

    def copy_of(self, file: File, attempt: str) -> Read | Refused | None:
        """The fate of bytes that landed or were refused under another name: no need to read them again."""
        scope = self.source.scope_of(file.source_file)
        rows = self.rows_by_bytes.get(self._bytes(file))
        if rows is not None and self.refused_as(file, attempt) is not None:
            return None
        if rows is not None:
            return Read(file, Parsed({}, rows_read=rows, rows_landed=0, rows_duplicate=rows))
        verdict = self.verdicts_by_bytes.get((file.organization_id, scope, file.source_hash, attempt))
        if verdict is not None:
            path, code, message = verdict
            return Refused(file, Quarantined(code, message.removeprefix(f"{path}: ")), attempt)
        return None

    def remember(self, fate: Fate) -> None:
        """What this run will have landed or refused, for the copies that come after it."""
        match fate:
            case Read(file, parsed):
                self.rows_by_bytes.setdefault(self._bytes(file), parsed.rows_read)
                self.rejected_by_bytes.pop(self._bytes(file), None)
                self.rejected.pop((file.organization_id, file.source_file, file.source_hash), None)
            case Refused(file, verdict, attempt):
                scope = self.source.scope_of(file.source_file)
                self.verdicts_by_bytes[file.organization_id, scope, file.source_hash, attempt] = (
                    file.source_file,
                    verdict.reason_code,
                    f"{file.source_file}: {verdict.detail}",
                )
            case Failed() | Waits():
                pass
