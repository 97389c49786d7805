"""Seeds of appointments, of which a home may say something, and those that readers look words up in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from loaders.readers.words import plain_word
from loaders.settings import cells
from loaders.source import Column, Seed

ITEM_CLASSES = ("salon", "training", "retail", "other", "gift_card")
TIME_ZONES = Seed("appointments", "square_time_zones")
CURRENCIES = Seed("appointments", "currencies")


def _names_two_customers(line: Mapping[str, Any]) -> str:
    return "" if line["customer_id_a"] != line["customer_id_b"] else "both customers are one"


SEEDS: tuple[Seed, ...] = (
    Seed(
        "appointments",
        "square_identity_overrides",
        (
            Column("organization_id", alike=cells.exactly),
            Column("customer_id_a", alike=cells.exactly),
            Column("customer_id_b", alike=cells.exactly),
            Column("decision", cells.one_of("same", "different")),
        ),
        ("organization_id", "customer_id_a", "customer_id_b"),
        is_business=True,
        check=_names_two_customers,
    ),
    Seed(
        "appointments",
        "square_booking_sources",
        (Column("source", alike=cells.exactly), Column("is_online", cells.flag, pa.bool_())),
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
