"""The programme's tables: their columns, what each must hold, and what tells two rows apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa

from loaders.source import raw_table
from loaders.warehouse.engine import INSTANT, Table, required


@dataclass(frozen=True)
class Column:
    """A column: its type, whether its table must have it, the value of a blank, and the words that it may hold.

    Types: `text`, `id` (of a client), `handle`, `count`, `money`, `percent`, `flag`, `instant`. A `blank` of a required
    column that may be blank is "".
    """

    name: str
    type: str = "text"
    is_required: bool = False
    default: str = ""
    choices: tuple[str, ...] = ()
    may_be_blank: bool = False


@dataclass(frozen=True)
class Layout:
    """One table: its columns and the key of its rows."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]

    @property
    def required(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns if column.is_required)

    @property
    def table(self) -> Table:
        return raw_table(
            self.name,
            [
                required("export_date", pa.date32()),
                pa.field("export_date_source", pa.string()),
                *(field for column in self.columns for field in _fields(column)),
            ],
            identity=("export_date", "_source_hash", "_source_row"),
        )


_TYPES: Mapping[str, pa.DataType] = {
    "text": pa.string(),
    "id": pa.string(),
    "handle": pa.string(),
    "count": pa.int64(),
    "money": pa.decimal128(18, 2),
    "percent": pa.decimal128(9, 4),
    "flag": pa.bool_(),
    "instant": INSTANT,
}


def _fields(column: Column) -> list[pa.Field[pa.DataType]]:
    fields = [pa.field(column.name, _TYPES[column.type])]
    return [*fields, pa.field(f"{column.name}_key", pa.string())] if column.type == "handle" else fields


def _must(name: str, type_: str = "text", choices: tuple[str, ...] = (), *, may_be_blank: bool = False) -> Column:
    return Column(name, type_, is_required=True, choices=choices, may_be_blank=may_be_blank)


LAYOUTS = (
    Layout(
        "clients",
        (
            _must("id", "id"),
            _must("name"),
            _must("vip_metric", choices=("sales", "units")),
            Column("subdomain"),
            Column("tier_calculation_mode", default="fixed_checkpoint", choices=("fixed_checkpoint", "lifetime")),
            Column("checkpoint_months", "count", default="4"),
            Column("currency", default="USD"),
            Column("created_at", "instant"),
            Column("updated_at", "instant"),
        ),
        ("id",),
    ),
    Layout(
        "tiers",
        (
            _must("client_id", "id"),
            _must("tier_order", "count"),
            _must("tier_id"),
            _must("tier_name"),
            Column("sales_threshold", "money"),
            Column("units_threshold", "count"),
            Column("tier_color"),
            Column("commission_rate", "percent"),
            Column("checkpoint_exempt", "flag", default="false"),
        ),
        ("client_id", "tier_id"),
    ),
    Layout(
        "users",
        (
            _must("id"),
            _must("client_id", "id"),
            _must("tiktok_handle", "handle"),
            _must("current_tier", may_be_blank=True),
            Column("is_admin", "flag", default="false"),
            Column("tier_achieved_at", "instant"),
            Column("next_checkpoint_at", "instant"),
            Column("window_start", "instant"),
            Column("created_at", "instant"),
            Column("updated_at", "instant"),
        ),
        ("client_id", "id"),
    ),
    Layout(
        "missions",
        (
            _must("id"),
            _must("client_id", "id"),
            _must("mission_type", choices=("sales_dollars", "sales_units", "videos", "views", "likes", "raffle")),
            _must("target_value", "money"),
            Column("title"),
            Column("tier_eligibility", default="all"),
            Column("enabled", "flag", default="true"),
            Column("activated", "flag", default="false"),
            Column("raffle_end_date"),
            Column("display_order", "count"),
            Column("created_at", "instant"),
        ),
        ("client_id", "id"),
    ),
    Layout(
        "sales_adjustments",
        (
            _must("id"),
            _must("client_id", "id"),
            _must("user_id"),
            _must("adjustment_type", choices=("manual_sale", "refund", "bonus", "correction")),
            _must("applied_at", "instant", may_be_blank=True),
            Column("amount", "money"),
            Column("amount_units", "count"),
            Column("reason"),
            Column("created_at", "instant"),
        ),
        ("client_id", "id"),
    ),
    Layout(
        "redemptions",
        (
            _must("id"),
            _must("client_id", "id"),
            _must("user_id"),
            _must("status"),
            _must("tier_at_claim"),
            Column("mission_id"),
            Column("reward_type"),
            Column("redemption_type"),
            Column("redemption_frequency"),
            Column("created_at", "instant"),
            Column("claimed_at", "instant"),
            Column("fulfilled_at", "instant"),
            Column("concluded_at", "instant"),
            Column("deleted_at", "instant"),
            Column("reward_amount", "money"),
            Column("boost_rate_percent", "percent"),
            Column("activated_at", "instant"),
            Column("expires_at", "instant"),
            Column("sales_at_activation", "money"),
            Column("sales_at_expiration", "money"),
            Column("admin_adjusted_commission", "money"),
            Column("final_payout_amount", "money"),
        ),
        ("client_id", "id"),
    ),
    Layout(
        "handle_changes",
        (
            _must("client_id", "id"),
            _must("old_handle", "handle"),
            _must("new_handle", "handle"),
            Column("detected_at", "instant"),
            Column("resolved_at", "instant"),
        ),
        ("client_id", "old_handle_key", "new_handle_key"),
    ),
)
RAW_TABLES = tuple(layout.table for layout in LAYOUTS)
