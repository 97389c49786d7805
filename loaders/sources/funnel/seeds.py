"""Seeds of the funnel, of which a home says what its business means."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from loaders.readers.words import normalised, plain_word
from loaders.settings import cells
from loaders.settings.files import shipped_rows, shipped_words
from loaders.source import Column, Seed

AMOUNT = pa.decimal128(18, 2)
# What adds up in funnel_kpis_daily, and so can be a goal.
KPIS = (
    *("leads", "paid_leads", "organic_leads", "other_leads", "orders", "plus_sales", "paid_plus_sales"),
    *("organic_plus_sales", "other_plus_sales", "nonzero_plus_sales", "extra_journals", "extra_shipping"),
    *("trial_sales", "high_ticket_sales", "welcome_clicks", "revenue_amount", "plus_revenue_amount"),
    "renewal_revenue_amount",
    *("high_ticket_amount", "meta_spend_amount", "google_spend_amount", "lead_sales_spend_amount"),
    *("gross_sales_amount", "refund_amount", "journals", "spend_amount", "net_sales_amount"),
)
EVENT_RULES = ("lead", "bot_alert", "welcome_click", "vsl", "attended")
ROLES = ("plus", "extra_journal", "shipping", "trial", "coaching")


def _alias_is_known(line: Mapping[str, Any]) -> str:
    targets = {row["target"] for row in shipped_rows("funnel", "funnel_header_aliases") if row["kind"] == line["kind"]}
    if line["target"] in targets:
        return ""
    return f"target is {line['target'][:40]!r}, expected one of {', '.join(sorted(targets))}"


def _goal_ends_after_it_starts(line: Mapping[str, Any]) -> str:
    return "" if line["starts_on"] <= line["ends_on"] else "ends_on is before starts_on"


# What readers look words up in; the models join the rest.
TIME_ZONES = Seed(
    "funnel",
    "funnel_time_zones",
    (Column("rails_name", alike=plain_word), Column("iana_name", cells.zone)),
    ("rails_name",),
)
HEADER_ALIASES = Seed(
    "funnel",
    "funnel_header_aliases",
    (
        Column("kind", cells.one_of(*shipped_words("funnel", "funnel_header_aliases", "kind"))),
        Column("header", alike=normalised),
        Column("target"),
        Column("decimal_comma", cells.flag, pa.bool_()),
    ),
    ("kind", "header"),
    check=_alias_is_known,
)
SEEDS: tuple[Seed, ...] = (
    Seed(
        "funnel",
        "funnel_goals",
        (
            Column("goal", cells.one_of(*KPIS)),
            Column("target", cells.money, AMOUNT),
            Column("starts_on", cells.day, pa.date32()),
            Column("ends_on", cells.day, pa.date32()),
        ),
        ("goal",),
        is_business=True,
        check=_goal_ends_after_it_starts,
    ),
    Seed(
        "funnel",
        "funnel_product_roles",
        (
            Column("match_on", cells.one_of("product_id", "name")),
            Column("match_value", alike=plain_word),
            Column("role", cells.one_of(*ROLES)),
        ),
        ("match_on", "match_value"),
        is_business=True,
    ),
    Seed(
        "funnel",
        "funnel_challenges",
        (
            Column("challenge"),
            Column("starts_on", cells.day, pa.date32()),
            Column("days", cells.whole(1, 3_660), pa.int64()),
        ),
        ("challenge",),
        is_business=True,
    ),
    Seed(
        "funnel",
        "funnel_hosts",
        (Column("host", cells.host), Column("channel", cells.one_of("paid", "organic", "other"))),
        ("host",),
        is_business=True,
    ),
    Seed(
        "funnel",
        "funnel_high_ticket",
        (Column("currency", cells.currency), Column("min_amount", cells.money, AMOUNT)),
        ("currency",),
        is_business=True,
    ),
    Seed(
        "funnel",
        "funnel_campaign_types",
        (
            Column("priority", cells.whole(0, 1_000_000), pa.int64()),
            Column("pattern", cells.pattern),
            Column("campaign_type"),
        ),
        ("priority",),
        is_business=True,
    ),
    Seed(
        "funnel",
        "funnel_order_statuses",
        (
            Column("order_source", cells.one_of(*shipped_words("funnel", "funnel_order_statuses", "order_source"))),
            Column("source_status", alike=plain_word),
            Column("billing_status"),
            Column("counts", cells.flag, pa.bool_()),
            Column("was_paid", cells.flag, pa.bool_()),
        ),
        ("order_source", "source_status"),
    ),
    Seed(
        "funnel",
        "funnel_event_rules",
        (
            Column("rule", cells.one_of(*EVENT_RULES)),
            Column("name_pattern", cells.pattern, alike=cells.exactly),
            Column("value_pattern", cells.pattern, is_needed=False, alike=cells.exactly),
        ),
        ("rule", "name_pattern", "value_pattern"),
    ),
    Seed(
        "funnel",
        "funnel_vsl_milestones",
        (Column("milestone_percent", cells.whole(0, 100), pa.int32()),),
        ("milestone_percent",),
    ),
    TIME_ZONES,
    HEADER_ALIASES,
)
