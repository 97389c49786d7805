"""The raw tables of the box office, one Arrow schema each."""

from __future__ import annotations

import pyarrow as pa

from loaders.source import raw_table
from loaders.sources.box_office.values import EDITABLE_FIELDS
from loaders.warehouse.engine import INSTANT, Table

TEXT, COUNT, FLAG, DATE = pa.string(), pa.int64(), pa.bool_(), pa.date32()
MONEY, PERCENT = pa.decimal128(18, 2), pa.decimal128(9, 1)


def _columns(kind: pa.DataType, *names: str) -> list[pa.Field[pa.DataType]]:
    return [pa.field(name, kind) for name in names]


# What a report says of itself, repeated on each of its rows so that a row can be ranked without a join.
_RUN = [
    *_columns(TEXT, "source"),
    *_columns(DATE, "snapshot_date"),
    *_columns(INSTANT, "report_run_at"),
    *_columns(COUNT, "request_id"),
]

REPORTS = raw_table(
    "reports",
    [
        *_columns(TEXT, "report_kind"),
        *_RUN,
        *_columns(TEXT, "snapshot_date_basis", "season_list"),
        *_columns(FLAG, "include_resold", "ticket_price_only"),
        *_columns(COUNT, "page_count", "row_count", "group_count", "printed_total_tickets"),
        *_columns(MONEY, "printed_total_revenue"),
        *_columns(INSTANT, "email_date"),
        *_columns(TEXT, "parser_version"),
    ],
)

PERFORMANCE_SALES = raw_table(
    "performance_sales_rows",
    [
        *_RUN,
        *_columns(TEXT, "performance_code", "group_label"),
        *_columns(DATE, "performance_date"),
        *_columns(TEXT, "performance_time"),
        *_columns(PERCENT, "reported_budget_percent"),
        *_columns(FLAG, "reported_budget_error"),
        *_columns(COUNT, "fixed_tickets_sold"),
        *_columns(MONEY, "fixed_revenue"),
        *_columns(COUNT, "non_fixed_tickets_sold"),
        *_columns(MONEY, "non_fixed_revenue"),
        *_columns(COUNT, "single_tickets_sold"),
        *_columns(MONEY, "single_revenue", "subtotal_revenue"),
        *_columns(COUNT, "reserved_tickets"),
        *_columns(MONEY, "reserved_revenue", "total_revenue"),
        *_columns(COUNT, "available_seats"),
        *_columns(PERCENT, "reported_cap_percent"),
        *_columns(FLAG, "reported_cap_error"),
    ],
)

PRICE_TYPES = raw_table(
    "price_type_rows",
    [
        *_RUN,
        *_columns(TEXT, "performance_code", "group_label"),
        *_columns(DATE, "performance_date"),
        *_columns(TEXT, "performance_time"),
        *_columns(PERCENT, "reported_budget_percent"),
        *_columns(COUNT, "available_seats"),
        *_columns(PERCENT, "reported_cap_percent"),
        *_columns(COUNT, "package_tickets"),
        *_columns(MONEY, "package_revenue"),
        *_columns(COUNT, "single_tickets"),
        *_columns(MONEY, "single_revenue"),
        *_columns(COUNT, "discount_tickets"),
        *_columns(MONEY, "discount_revenue"),
        *_columns(COUNT, "comp_tickets", "other_tickets"),
        *_columns(MONEY, "other_revenue", "total_revenue"),
        *_columns(COUNT, "reserved_tickets"),
        *_columns(MONEY, "reserved_revenue"),
    ],
)

_PACKAGE = _columns(TEXT, "season", "category", "package_type", "package_name")

PACKAGE_SALES = raw_table(
    "package_sales_rows",
    [
        *_RUN,
        *_PACKAGE,
        *_columns(COUNT, "package_seats", "perf_seats"),
        *_columns(MONEY, "total_amount", "paid_amount"),
        *_columns(COUNT, "orders"),
    ],
)

PACKAGE_RENEWALS = raw_table(
    "package_renewal_rows",
    [
        *_RUN,
        *_PACKAGE,
        *_columns(FLAG, "ticket_price_only"),
        *_columns(COUNT, "new_pkg_seats"),
        *_columns(MONEY, "new_amount"),
        *_columns(COUNT, "renewed_pkg_seats"),
        *_columns(MONEY, "renewed_amount"),
        *_columns(COUNT, "total_pkg_seats"),
        *_columns(MONEY, "total_amount"),
    ],
)

_SNAPSHOT = [
    *_columns(TEXT, "performance_code"),
    *_columns(DATE, "snapshot_date"),
    *_columns(COUNT, "single_tickets_sold", "subscription_tickets_sold"),
    *_columns(MONEY, "total_revenue"),
    *_columns(COUNT, "fixed_tickets_sold", "non_fixed_tickets_sold"),
    *_columns(PERCENT, "reported_cap_percent", "reported_budget_percent"),
]

HISTORY = raw_table("history_rows", [*_SNAPSHOT, *_columns(TEXT, "title"), *_columns(DATE, "performance_date")])

# The filled metadata cells of a migration row are changes; each is kept in its canonical text, as in metadata_edits.
MIGRATIONS = raw_table(
    "migration_rows",
    [
        *_SNAPSHOT,
        *_columns(TEXT, *EDITABLE_FIELDS),
        *_columns(INSTANT, "changed_at"),
    ],
)

METADATA_EDITS = raw_table(
    "metadata_edits",
    [
        *_columns(TEXT, "performance_code", "field", "value"),
        *_columns(DATE, "effective_from"),
        *_columns(INSTANT, "changed_at"),
        *_columns(TEXT, "changed_by", "source", "note"),
    ],
    key=("field",),
)

COMPARISONS = raw_table(
    "comparison_rows",
    [
        *_columns(TEXT, "performance_code", "comparison_name"),
        *_columns(COUNT, "week", "tickets"),
        *_columns(FLAG, "is_target"),
        *_columns(DATE, "comparison_date"),
        *_columns(COUNT, "subs", "capacity"),
        *_columns(MONEY, "atp"),
    ],
)

TABLES: tuple[Table, ...] = (
    REPORTS,
    PERFORMANCE_SALES,
    PRICE_TYPES,
    PACKAGE_SALES,
    PACKAGE_RENEWALS,
    HISTORY,
    MIGRATIONS,
    METADATA_EDITS,
    COMPARISONS,
)
