"""The raw tables of the funnel, and what tells their objects apart in JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from loaders.source import raw_table
from loaders.warehouse.engine import Table


def _texts(*names: str) -> list[pa.Field[pa.DataType]]:
    return [pa.field(name, pa.string()) for name in names]


def _objects(name: str) -> Table:
    """Objects whole; the same object with the same content is landed once, wherever it stands."""
    return raw_table(name, _texts("object_id", "content_hash", "payload"), identity=("object_id", "content_hash"))


@dataclass(frozen=True)
class Export:
    """A CSV export: its columns here, and the groups of which each row and header needs one."""

    name: str
    columns: tuple[str, ...]
    needed: tuple[tuple[str, ...], ...]
    # What the reader makes of several cells or rows.
    made: tuple[str, ...] = ()

    @property
    def table(self) -> Table:
        return raw_table(self.name, _texts(*self.columns, *self.made, "extra"))


EVENTS = Export(
    "events",
    (
        *("event_id", "email", "clickfunnels_contact_id", "keap_id", "manychat_id"),
        *("name", "value", "type", "timestamp", "comment"),
    ),
    needed=(("type",), ("timestamp",)),
)
EXPORT_ORDERS = Export(
    "export_orders",
    (
        *("order_id", "order_number", "email", "full_name", "phone", "funnel_name", "status", "currency", "total"),
        *("created_at", "updated_at", "product_name", "product_names", "quantity"),
    ),
    needed=(("order_id", "order_number"), ("total",), ("status",), ("created_at",)),
    made=("line_items",),
)
EXPORT_CONTACTS = Export(
    "export_contacts",
    (
        *("email", "clickfunnels_id", "keap_id", "manychat_id", "calendar_status", "obvio_link", "phone"),
        *("full_name", "first_name", "last_name", "created_at", "updated_at"),
    ),
    # Without an address a person is known by an id, and by a phone.
    needed=(("email", "clickfunnels_id", "keap_id", "manychat_id"), ("email", "phone")),
)

WEBHOOK_EVENTS = raw_table(
    "webhook_events",
    _texts("event_key", "event_type", "data_kind", "object_id", "payload"),
    # The same event again is a duplicate, whatever it holds; without an id, the same payload is.
    identity=("event_key",),
)
OBJECT_TABLES = tuple(
    _objects(name)
    for name in (
        *("contacts", "orders", "products", "form_submissions", "transactions", "invoices"),
        "spiffy_events",
    )
)
TABLES = (*OBJECT_TABLES, WEBHOOK_EVENTS, EVENTS.table, EXPORT_ORDERS.table, EXPORT_CONTACTS.table)
BY_NAME = {table.name: table for table in TABLES}


def kind_of_object(entry: Mapping[str, Any]) -> str:
    """The table of a JSON object, by its keys, first match first; '' where they tell nothing."""
    inner = entry.get("data")
    if isinstance(inner, dict) and ("event_type" in entry or (isinstance(inner.get("data"), dict) and "id" in inner)):
        return "webhook_events"
    if "order_total" in entry and ("checkout" in entry or "payments" in entry):
        return "spiffy_events"
    return kind_of_data(entry)


# What the keys of an object must be, first match first: all of the first group, one of the second where there is one.
_MARKS: tuple[tuple[str, frozenset[str], frozenset[str]], ...] = (
    ("orders", frozenset(("billing_status", "total_amount")), frozenset()),
    ("invoices", frozenset(), frozenset(("invoice_type", "due_amount"))),
    ("transactions", frozenset(("order_id",)), frozenset(("adjusted_transaction_id", "external_type"))),
    ("form_submissions", frozenset(("page_id", "contact_id", "data")), frozenset()),
    ("contacts", frozenset(("email_address",)), frozenset()),
    ("products", frozenset(), frozenset(("variant_ids", "price_ids"))),
    ("events", frozenset(("type", "timestamp")), frozenset()),
    ("contacts", frozenset(("id", "phone_number")), frozenset(("first_name", "last_name", "full_name"))),
)


def kind_of_data(entry: Mapping[str, Any]) -> str:
    """The table of an object that ClickFunnels' API or webhooks hold; '' where its keys tell nothing."""
    keys = entry.keys()
    return next((name for name, every, one in _MARKS if every <= keys and (not one or one & keys)), "")
