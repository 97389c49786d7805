"""What Square's objects are: the resources, their keys in pages and events, and the fields that must be readable.

One entry a resource, used by the reader of JSON, by the API sweeps and to make the raw tables.
"""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

from loaders.source import raw_table
from loaders.warehouse.engine import INSTANT, Table, required


@dataclass(frozen=True)
class Resource:
    """A kind of object.

    `required` are the fields without which an object is nothing; `money` the amounts that models read, `item_money`
    those of each of its `items`, `details` the fields that hold an `amount_money` of their own; `marks` the fields that
    tell this kind from most others; `id_fields` make the object's id.
    """

    name: str
    object_key: str
    required: tuple[str, ...]
    marks: tuple[str, ...]
    page_key: str = ""
    money: tuple[str, ...] = ()
    items: str = ""
    item_money: tuple[str, ...] = ()
    details: tuple[str, ...] = ()
    id_fields: tuple[str, ...] = ("id",)
    updated_fields: tuple[str, ...] = ("updated_at",)

    @property
    def list_key(self) -> str:
        return self.page_key or self.name


_PERSON = ("given_name", "family_name", "email_address", "phone_number")
RESOURCES = (
    Resource("customers", "customer", ("id",), marks=(*_PERSON, "creation_source", "preferences")),
    Resource(
        "bookings",
        "booking",
        ("id", "status", "start_at"),
        marks=("start_at", "appointment_segments"),
        items="appointment_segments",
    ),
    Resource(
        "payments",
        "payment",
        ("id", "status", "amount_money", "created_at"),
        marks=("source_type", "card_details", "refunded_money", "tip_money"),
        money=("amount_money", "tip_money", "refunded_money", "total_money"),
    ),
    Resource(
        "refunds",
        "refund",
        ("id", "status", "amount_money", "created_at"),
        marks=("payment_id", "reason"),
        money=("amount_money",),
    ),
    Resource(
        "orders",
        "order",
        ("id", "state", "created_at"),
        marks=("line_items", "state", "closed_at", "tenders"),
        money=("total_discount_money",),
        items="line_items",
        item_money=("total_money",),
    ),
    Resource("locations", "location", ("id",), marks=("timezone", "merchant_id", "business_name", "phone_number")),
    Resource("team_members", "team_member", ("id",), marks=(*_PERSON, "is_owner", "assigned_locations")),
    Resource(
        "catalog",
        "object",
        ("id", "type"),
        marks=("item_data", "item_variation_data", "category_data", "is_deleted"),
        page_key="objects",
    ),
    Resource(
        *("gift_cards", "gift_card", ("id",)),
        marks=("gan", "gan_source", "balance_money", "state"),
        money=("balance_money",),
    ),
    Resource(
        "gift_card_activities",
        "gift_card_activity",
        ("id", "type", "gift_card_id", "created_at"),
        marks=("gift_card_balance_money", "redeem_activity_details", "activate_activity_details"),
        details=("redeem_activity_details", "refund_activity_details"),
    ),
    Resource(
        "referral_profiles",
        "referral_profile",
        ("square_customer_id",),
        marks=("personal_code", "used_referral_code", "activated_as_referrer", "total_referrals_count"),
        id_fields=("square_customer_id",),
    ),
    Resource(
        "referral_rewards",
        "referral_reward",
        ("id", "reward_type", "status", "reward_amount_cents", "created_at"),
        marks=("reward_type", "reward_amount_cents"),
    ),
    Resource(
        "customer_merges",
        "customer_merge",
        ("from_customer_id", "to_customer_id", "merged_at"),
        marks=("from_customer_id", "to_customer_id", "merged_at"),
        id_fields=("from_customer_id", "to_customer_id"),
        updated_fields=("undone_at", "merged_at"),
    ),
)
BY_NAME = {resource.name: resource for resource in RESOURCES}
BY_LIST_KEY = {resource.list_key: resource for resource in RESOURCES}
BY_OBJECT_KEY = {resource.object_key: resource for resource in RESOURCES}

# Fields that hold an instant, at the top of an object and in a catalog item's variations.
INSTANTS = frozenset(
    ("created_at", "updated_at", "start_at", "closed_at", "merged_at", "undone_at", "paid_at", "activated_at")
)
# Fields that hold a whole number, which exporters also write as text.
WHOLE_NUMBERS = frozenset(
    (
        *("amount", "version", "duration_minutes", "service_variation_version", "service_duration", "catalog_version"),
        *("reward_amount_cents", "total_referrals_count"),
    )
)
# Fields that are true or false, which exporters also write as text.
FLAGS = frozenset(("is_deleted", "activated_as_referrer"))
# Names inside of these are the business's own.
FREE_FIELDS = frozenset(("metadata", "custom_attributes"))

_COLUMNS = [
    required("object_id", pa.string()),
    pa.field("version", pa.int64()),
    pa.field("updated_at", INSTANT),
    required("content_hash", pa.string()),
    required("payload", pa.string()),
]

EXPORT_TRANSACTIONS = "export_transactions"
EXPORT_ITEMS = "export_items"
EXPORT_CUSTOMERS = "export_customers"

# A row of an export has no id of its own and counts as often as it stands there, so file and line tell it apart.
TABLES: tuple[Table, ...] = (
    *(raw_table(resource.name, _COLUMNS, identity=("object_id", "content_hash")) for resource in RESOURCES),
    *(raw_table(name, _COLUMNS) for name in (EXPORT_TRANSACTIONS, EXPORT_ITEMS, EXPORT_CUSTOMERS)),
)
