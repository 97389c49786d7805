"""Box office CSV: history, migration, comparisons (told by their header) and metadata edits (told by their folder).

    landing/box_office/**.csv           ->  raw_box_office.history_rows, migration_rows, comparison_rows
    landing/box_office/metadata/**.csv  ->  raw_box_office.metadata_edits, one row per edited field

People make these files by hand or export them once, so a file has thousands of rows at most and single rows are
rejected; the rest of the file lands.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar

from loaders.config import Settings, start_of_day
from loaders.readers.csv_text import Record, decode, header_names, records, unknown
from loaders.readers.dates import Implausible, read_instant, span
from loaders.readers.sizes import cell_too_large
from loaders.source import File, Parsed, Quarantined, Rejection
from loaders.sources.box_office import values
from loaders.sources.box_office.settings import timezone

VERSION = "1"

Value = TypeVar("Value")

# The order in which reasons apply to a row.
REASONS = (
    "cell_too_large",
    "column_count",
    "missing_value",
    "invalid_performance_code",
    "invalid_date",
    "invalid_number",
    "inconsistent_total",
    "invalid_value",
    "conflicting_rows",
)

SNAPSHOT_COLUMNS = (
    "performance_code",
    "snapshot_date",
    "single_tickets_sold",
    "subscription_tickets_sold",
    "total_revenue",
)
SNAPSHOT_OPTIONAL = (
    "fixed_tickets_sold",
    "non_fixed_tickets_sold",
    "total_tickets_sold",
    "capacity_percent",
    "budget_percent",
)
HISTORY_OPTIONAL = ("title", "performance_date", *SNAPSHOT_OPTIONAL)
MIGRATION_COLUMNS = (*SNAPSHOT_COLUMNS, "title", "capacity", "budget_goal")
COMPARISON_COLUMNS = ("performance_code", "comparison_name", "week", "tickets")
COMPARISON_OPTIONAL = ("is_target", "comp_date", "subs", "atp", "capacity")
METADATA_OPTIONAL = ("changed_by", "changed_at", "effective_from", "note")
IGNORED = ("performance_id",)

# Columns of performance_sales_snapshots that nobody edits: they come from reports. A test holds this to the mart.
SALES_FIELDS = (
    "organization_id",
    "snapshot_id",
    "snapshot_date",
    "single_tickets_sold",
    "subscription_tickets_sold",
    "total_tickets_sold",
    "total_revenue",
    "capacity_percent",
    "budget_percent",
    "source",
    "created_at",
    "performance_kind",
    "performance_time",
    "days_out",
    "fixed_tickets_sold",
    "non_fixed_tickets_sold",
    "reserved_tickets",
    "available_seats",
    "fixed_revenue",
    "non_fixed_revenue",
    "single_revenue",
    "subtotal_revenue",
    "reserved_revenue",
    "fixed_atp",
    "non_fixed_atp",
    "single_atp",
    "overall_atp",
    "reported_budget_percent",
    "reported_cap_percent",
    "reported_budget_error",
    "reported_cap_error",
    "is_latest",
    "report_run_at",
    "report_request_id",
    "source_file",
    "gross_potential_amount",
    "reported_budget_amount",
    "reported_budget_achieved_percent",
    "comp_tickets",
    "comp_snapshot_date",
    "paid_single_tickets",
    "paid_single_atp",
)


@dataclass
class Row:
    """One record under its header: readers of cells that note what is wrong instead of raising."""

    record: Record
    cells: Mapping[str, str]
    problems: list[tuple[str, str]] = field(default_factory=list)

    def note(self, reason: str, message: str) -> None:
        self.problems.append((reason, message))

    def text(self, name: str) -> str | None:
        return self.cells.get(name) or None

    def read(self, name: str, reader: Callable[[str], Value | None], reason: str, expected: str) -> Value | None:
        """The value of a cell, None where it is blank or (noted) unreadable."""
        cell = self.cells.get(name, "")
        if not cell:
            return None
        value = reader(cell)
        if value is None:
            self.note(reason, f"{name} is {cell!r}, expected {expected}")
        return value

    def code(self) -> str | None:
        return self.read(
            "performance_code", values.read_code, "invalid_performance_code", "1-11 of A-Z 0-9 _ - (any case)"
        )

    def date(self, name: str) -> date | None:
        return self.read(name, values.read_iso_date, "invalid_date", f"a date as YYYY-MM-DD {span()}")

    def count(self, name: str) -> int | None:
        return self.read(name, values.read_count, "invalid_number", "a whole number of 0 or more")

    def money(self, name: str) -> Decimal | None:
        return self.read(name, values.read_money, "invalid_number", "an amount with at most 2 decimals")

    def percent(self, name: str) -> Decimal | None:
        return self.read(name, values.read_percent, "invalid_number", "a percent such as 57.5")

    def flag(self, name: str) -> bool | None:
        return self.read(name, values.read_flag, "invalid_value", "true or false")

    def metadata(self, name: str) -> str | None:
        return self.read(name, lambda cell: values.canonical(name, cell), "invalid_value", values.expected(name))


@dataclass(frozen=True)
class Layout:
    """A CSV kind: its raw table, the cells that must be filled, the key of a row, and how a row is read."""

    table: str
    filled: tuple[str, ...]
    key: tuple[str, ...]
    read: Callable[[Row, Settings], list[dict[str, Any]]]


def read_metadata_csv(content: bytes, file: File, settings: Settings, sidecar: bytes | None) -> Parsed:
    """Metadata edits. Raises `Quarantined`: `sales_fields_not_editable` for a column that only reports may set."""
    text = decode(content)
    header, rows = _split(text)
    names = header_names(header)
    for name in names:
        if name in SALES_FIELDS:
            raise Quarantined(
                "sales_fields_not_editable",
                f"line {header.line}: column {name!r} cannot be edited, sales come from reports only; remove it",
            )
    known = ("performance_code", *values.EDITABLE_FIELDS, *METADATA_OPTIONAL, *IGNORED)
    _require(header, names, ("performance_code",), known, "metadata")
    return _parse(names, rows, METADATA, settings)


def read_sales_csv(content: bytes, file: File, settings: Settings, sidecar: bytes | None) -> Parsed:
    """History, migration or comparisons, by the header. Raises `Quarantined` (`unknown_csv_layout`)."""
    text = decode(content)
    header, rows = _split(text)
    names = header_names(header)
    if "comparison_name" in names:
        _require(
            header, names, COMPARISON_COLUMNS, (*COMPARISON_COLUMNS, *COMPARISON_OPTIONAL, *IGNORED), "comparisons"
        )
        return _parse(names, rows, COMPARISONS, settings)
    if all(name in names for name in MIGRATION_COLUMNS):
        known = (*MIGRATION_COLUMNS, *SNAPSHOT_OPTIONAL, *values.EDITABLE_FIELDS, *IGNORED)
        _require(header, names, MIGRATION_COLUMNS, known, "migration")
        return _parse(names, rows, MIGRATION, settings)
    _require(header, names, SNAPSHOT_COLUMNS, (*SNAPSHOT_COLUMNS, *HISTORY_OPTIONAL, *IGNORED), "history")
    return _parse(names, rows, HISTORY, settings)


def _split(text: str) -> tuple[Record, list[Record]]:
    found = list(records(text))
    if not found:
        raise Quarantined("unknown_csv_layout", "found no header row, expected one on line 1")
    return found[0], found[1:]


def _require(header: Record, names: Sequence[str], needed: Sequence[str], known: Sequence[str], kind: str) -> None:
    missing = unknown(needed, names)
    surplus = unknown(names, known)
    if missing or surplus:
        what = [f"no column {', '.join(missing)}"] if missing else []
        what += [f"unknown column {', '.join(map(repr, surplus))}"] if surplus else []
        raise Quarantined(
            "unknown_csv_layout",
            f"line {header.line}: found {' and '.join(what)}; a {kind} file has {', '.join(needed)} "
            f"and may have {', '.join(unknown(known, needed))}",
        )


def _parse(names: Sequence[str], rows: Sequence[Record], layout: Layout, settings: Settings) -> Parsed:
    good: list[tuple[Row, list[dict[str, Any]]]] = []
    bad: list[Row] = []
    for record in rows:
        row = Row(record, dict(zip(names, record.cells, strict=False)))
        if record.too_large:
            row.note("cell_too_large", cell_too_large(record.too_large))
            bad.append(row)
            continue
        if len(record.cells) != len(names):
            row.note("column_count", f"found {len(record.cells)} cells, expected {len(names)} as in the header")
            bad.append(row)
            continue
        for name in layout.filled:
            if not row.cells[name]:
                row.note("missing_value", f"{name} is blank, expected a value")
        landed = layout.read(row, settings)
        bad.append(row) if row.problems else good.append((row, landed))

    kept, duplicates = _without_repeats(good, bad, layout)
    rejections = [_rejection(row) for row in sorted(bad, key=lambda row: row.record.line)]
    return Parsed(
        tables={
            layout.table: [{**values_, "_source_row": row.record.line} for row, landed in kept for values_ in landed]
        },
        rows_read=len(rows),
        rows_landed=sum(1 for _, landed in kept if landed),
        rejections=rejections,
        rows_duplicate=duplicates,
        rows_skipped=sum(1 for _, landed in kept if not landed),
    )


def _without_repeats(
    good: Sequence[tuple[Row, list[dict[str, Any]]]], bad: list[Row], layout: Layout
) -> tuple[list[tuple[Row, list[dict[str, Any]]]], int]:
    """Rows of one key: the first of identical ones stays; where they differ all are moved to `bad`."""
    by_key: dict[tuple[Any, ...], list[tuple[Row, list[dict[str, Any]]]]] = {}
    kept, duplicates = [], 0
    for row, landed in good:
        if landed:
            by_key.setdefault(tuple(landed[0][name] for name in layout.key), []).append((row, landed))
        else:
            kept.append((row, landed))
    for key, group in by_key.items():
        if all(landed == group[0][1] for _, landed in group):
            kept.append(group[0])
            duplicates += len(group) - 1
            continue
        lines = ", ".join(str(row.record.line) for row, _ in group)
        for row, _ in group:
            row.note(
                "conflicting_rows",
                f"lines {lines} say different things of {', '.join(map(str, key))}; leave only the right one",
            )
            bad.append(row)
    return kept, duplicates


def _rejection(row: Row) -> Rejection:
    reason, message = min(row.problems, key=lambda problem: REASONS.index(problem[0]))
    return Rejection(row.record.line, reason, message, row.record.text)


def _read_snapshot(row: Row) -> dict[str, Any]:
    code, day = row.code(), row.date("snapshot_date")
    single, subscription = row.count("single_tickets_sold"), row.count("subscription_tickets_sold")
    revenue = row.money("total_revenue")
    fixed, non_fixed = row.count("fixed_tickets_sold"), row.count("non_fixed_tickets_sold")
    snapshot = {
        "performance_code": code,
        "snapshot_date": day,
        "single_tickets_sold": single,
        "subscription_tickets_sold": subscription,
        "total_revenue": revenue,
        "fixed_tickets_sold": fixed,
        "non_fixed_tickets_sold": non_fixed,
        "reported_cap_percent": row.percent("capacity_percent"),
        "reported_budget_percent": row.percent("budget_percent"),
    }
    total = row.count("total_tickets_sold")
    if subscription is not None:
        if total is not None and single is not None and total != single + subscription:
            row.note(
                "inconsistent_total",
                f"total_tickets_sold is {total}, expected single + subscription = {single + subscription}",
            )
        if fixed is not None and non_fixed is not None and fixed + non_fixed != subscription:
            row.note(
                "inconsistent_total",
                f"subscription_tickets_sold is {subscription}, expected fixed + non-fixed = {fixed + non_fixed}",
            )
    return snapshot


def _read_history(row: Row, settings: Settings) -> list[dict[str, Any]]:
    return [{**_read_snapshot(row), "title": row.text("title"), "performance_date": row.date("performance_date")}]


def _read_migration(row: Row, settings: Settings) -> list[dict[str, Any]]:
    snapshot = _read_snapshot(row)
    day = snapshot["snapshot_date"]
    return [
        {
            **snapshot,
            **{name: row.metadata(name) for name in values.EDITABLE_FIELDS},
            "changed_at": start_of_day(day, settings.of(timezone)) if day else None,
        }
    ]


def _read_metadata(row: Row, settings: Settings) -> list[dict[str, Any]]:
    code = row.code()
    changed_at = row.read(
        "changed_at", _read_instant, "invalid_date", f"an instant such as 2030-10-01T15:00:00Z {span()}"
    )
    changed_at = changed_at or settings.as_of
    effective_from = row.date("effective_from") or _local_day(changed_at, settings)
    edits = []
    for name in values.EDITABLE_FIELDS:
        cell = row.cells.get(name, "")
        if not cell:
            continue
        edits.append(
            {
                "performance_code": code,
                "field": name,
                "value": None if cell == "NULL" else row.metadata(name),
                "effective_from": effective_from,
                "changed_at": changed_at,
                "changed_by": row.text("changed_by") or settings.user,
                "source": "csv",
                "note": row.text("note"),
            }
        )
    return edits


def _read_instant(cell: str) -> datetime | None:
    try:
        return read_instant(cell)
    except Implausible:
        return None


def _local_day(instant: datetime, settings: Settings) -> date:
    return instant.astimezone(settings.of(timezone)).date()


def _read_week(cell: str) -> int | None:
    if cell.lower() == "final":
        return 0
    week = values.read_count(cell)
    return week if week is not None and week <= 104 else None


def _read_comparison(row: Row, settings: Settings) -> list[dict[str, Any]]:
    return [
        {
            "performance_code": row.code(),
            "comparison_name": row.text("comparison_name"),
            "week": row.read("week", _read_week, "invalid_value", "0 to 104 or final"),
            "tickets": row.count("tickets"),
            "is_target": row.flag("is_target") or False,
            "comparison_date": row.date("comp_date"),
            "subs": row.count("subs"),
            "capacity": row.count("capacity"),
            "atp": row.money("atp"),
        }
    ]


HISTORY = Layout("history_rows", SNAPSHOT_COLUMNS, ("performance_code", "snapshot_date"), _read_history)
MIGRATION = Layout("migration_rows", SNAPSHOT_COLUMNS, ("performance_code", "snapshot_date"), _read_migration)
COMPARISONS = Layout(
    "comparison_rows", COMPARISON_COLUMNS, ("performance_code", "comparison_name", "week"), _read_comparison
)
METADATA = Layout(
    "metadata_edits", ("performance_code",), ("performance_code", "changed_at", "effective_from"), _read_metadata
)
