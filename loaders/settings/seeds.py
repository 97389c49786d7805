"""The seeds that a home's settings may say something of: docs/settings.md lists them for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from loaders.readers.words import plain_word
from loaders.settings import cells
from loaders.settings.files import Column, Seed, shipped_rows

AMOUNT = pa.decimal128(18, 2)


def _exactly(cell: str) -> str:
    return cell


def _header(cell: str) -> str:
    from loaders.sources.funnel.values import normalised  # noqa: PLC0415 - which reads seeds

    return normalised(cell)


def _shipped_words(domain: str, name: str, column: str) -> list[str]:
    return list(dict.fromkeys(row[column] for row in shipped_rows(domain, name)))


def _alias_is_known(line: Mapping[str, Any]) -> str:
    targets = {row["target"] for row in shipped_rows("funnel", "funnel_header_aliases") if row["kind"] == line["kind"]}
    if line["target"] in targets:
        return ""
    return f"target is {line['target'][:40]!r}, expected one of {', '.join(sorted(targets))}"


def _column_is_known(line: Mapping[str, Any]) -> str:
    rows = shipped_rows("events", "seed_ticketing_headers")
    known = {row["column_name"] for row in rows if row["platform"] == line["platform"]}
    return (
        ""
        if line["column_name"] in known
        else f"column_name is {line['column_name'][:40]!r}, expected one that is in the seed"
    )


def _goal_ends_after_it_starts(line: Mapping[str, Any]) -> str:
    return "" if line["starts_on"] <= line["ends_on"] else "ends_on is before starts_on"


def _names_two_customers(line: Mapping[str, Any]) -> str:
    return "" if line["customer_id_a"] != line["customer_id_b"] else "both customers are one"


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
ITEM_CLASSES = ("salon", "training", "retail", "other", "gift_card")

_FUNNEL = (
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
            Column("order_source", cells.one_of(*_shipped_words("funnel", "funnel_order_statuses", "order_source"))),
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
            Column("name_pattern", cells.pattern, alike=_exactly),
            Column("value_pattern", cells.pattern, is_needed=False, alike=_exactly),
        ),
        ("rule", "name_pattern", "value_pattern"),
    ),
    Seed(
        "funnel",
        "funnel_vsl_milestones",
        (Column("milestone_percent", cells.whole(0, 100), pa.int32()),),
        ("milestone_percent",),
    ),
    Seed(
        "funnel",
        "funnel_time_zones",
        (Column("rails_name", alike=plain_word), Column("iana_name", cells.zone)),
        ("rails_name",),
    ),
    Seed(
        "funnel",
        "funnel_header_aliases",
        (
            Column("kind", cells.one_of(*_shipped_words("funnel", "funnel_header_aliases", "kind"))),
            Column("header", alike=_header),
            Column("target"),
            Column("decimal_comma", cells.flag, pa.bool_()),
        ),
        ("kind", "header"),
        check=_alias_is_known,
    ),
)
_APPOINTMENTS = (
    Seed(
        "appointments",
        "square_identity_overrides",
        (
            Column("organization_id", alike=_exactly),
            Column("customer_id_a", alike=_exactly),
            Column("customer_id_b", alike=_exactly),
            Column("decision", cells.one_of("same", "different")),
        ),
        ("organization_id", "customer_id_a", "customer_id_b"),
        is_business=True,
        check=_names_two_customers,
    ),
    Seed(
        "appointments",
        "square_booking_sources",
        (Column("source", alike=_exactly), Column("is_online", cells.flag, pa.bool_())),
        ("source",),
    ),
    Seed(
        "appointments",
        "square_item_classes",
        (
            Column("priority", cells.whole(0, 1_000_000), pa.int64()),
            Column("word", alike=plain_word),
            Column("item_class", cells.one_of(*ITEM_CLASSES)),
        ),
        ("word",),
    ),
    Seed(
        "appointments",
        "square_product_classes",
        (Column("product_type", alike=plain_word), Column("item_class", cells.one_of(*ITEM_CLASSES))),
        ("product_type",),
    ),
)
_BOX_OFFICE = (
    Seed(
        "box_office",
        "box_office_code_kinds",
        (
            Column("match_order", cells.whole(0, 1_000_000), pa.int64()),
            Column("code_pattern", cells.pattern),
            Column("performance_kind", cells.one_of("performance", "parking", "placeholder")),
        ),
        ("match_order",),
    ),
    Seed(
        "box_office",
        "box_office_series",
        (
            Column("match_order", cells.whole(0, 1_000_000), pa.int64()),
            Column("series_pattern", cells.pattern),
            Column("series_family"),
        ),
        ("match_order",),
    ),
    Seed(
        "box_office",
        "box_office_categories",
        (Column("printed_category", alike=plain_word), Column("category")),
        ("printed_category",),
    ),
)
_EVENTS = (
    Seed(
        "events",
        "seed_ticketing_statuses",
        (
            Column("platform", cells.one_of(*_shipped_words("events", "seed_ticketing_statuses", "platform"))),
            Column("entity", cells.one_of(*_shipped_words("events", "seed_ticketing_statuses", "entity"))),
            Column("source_status", alike=plain_word),
            Column("status", cells.one_of(*_shipped_words("events", "seed_ticketing_statuses", "status"))),
        ),
        ("platform", "entity", "source_status"),
    ),
    Seed(
        "events",
        "seed_ticketing_headers",
        (
            Column("platform", cells.one_of(*_shipped_words("events", "seed_ticketing_headers", "platform"))),
            Column("language"),
            Column("header", alike=plain_word),
            Column("column_name"),
        ),
        ("platform", "header"),
        check=_column_is_known,
    ),
    Seed(
        "events",
        "seed_demographic_answers",
        (Column("dimension", cells.one_of("gender", "age")), Column("answer", alike=plain_word), Column("bucket")),
        ("dimension", "answer"),
    ),
)
_CREATORS = (
    Seed(
        "creators",
        "creators_header_aliases",
        (
            Column("header", alike=lambda cell: "".join(cell.lower().split())),
            Column("column_name", cells.one_of(*_shipped_words("creators", "creators_header_aliases", "column_name"))),
        ),
        ("header",),
    ),
)
_OPS = (
    Seed(
        "ops",
        "source_limits",
        (
            Column("source", cells.one_of(*_shipped_words("ops", "source_limits", "source"))),
            Column("stale_hours", cells.whole(1, 100_000), pa.int32(), is_needed=False),
            Column("why", is_needed=False),
        ),
        ("source",),
    ),
)
SEEDS: tuple[Seed, ...] = (*_FUNNEL, *_APPOINTMENTS, *_BOX_OFFICE, *_EVENTS, *_CREATORS, *_OPS)
BY_NAME = {(seed.domain, seed.name): seed for seed in SEEDS}
