"""The raw tables of ticketing: one per kind of file, cells as text under their English names.

Every table has the folder's tenant and event ('' where the path names none): the same bytes under another `org=` or
`event=` are another file. JSON kinds carry the object whole (`payload`) beside the columns that identify it.
"""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

from loaders.source import raw_table
from loaders.warehouse.engine import Table

FOLDER_COLUMNS = ("_folder_organization_id", "_folder_event_key")


@dataclass(frozen=True)
class Layout:
    """A kind of file.

    `listed` are the columns that tell the kind (`told_by` where older exports lack some), `needed` those that no row
    may leave blank. `amounts`, `wholes`,
    `capacities`, `days`, `times`, `ids` and `words` say what their cells hold; others hold free text. `names_event`
    is False where rows say nothing of their event, so that the folder must. `summed` is the column that tells rows of
    an event apart where a model sums over them.
    """

    name: str
    platform: str
    listed: tuple[str, ...]
    needed: tuple[str, ...]
    optional: tuple[str, ...] = ()
    amounts: tuple[str, ...] = ()
    wholes: tuple[str, ...] = ()
    capacities: tuple[str, ...] = ()
    days: tuple[str, ...] = ()
    times: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    words: tuple[str, ...] = ("status",)
    told_by: tuple[str, ...] = ()
    reference: str = "event_key"
    names_event: bool = True
    summed: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        return (*self.listed, *self.optional)


# In the order of detection: the first kind whose listed columns are all there.
CSV_LAYOUTS = (
    Layout(
        "events",
        "",
        listed=("event_key", "row_organization_id", "name", "timezone", "starts_at", "currency"),
        needed=("event_key", "row_organization_id", "name", "timezone", "starts_at", "currency"),
        optional=("ends_at", "capacity", "status", "previous_event_key", "platform_refs", "updated_at"),
        capacities=("capacity",),
        times=("starts_at", "ends_at", "updated_at"),
    ),
    Layout(
        "ticket_types",
        "",
        listed=("event_key", "ticket_type_id", "name"),
        needed=("event_key", "ticket_type_id", "name"),
        optional=("price", "currency", "capacity", "quantity_sold", "is_admission", "is_complimentary", "updated_at"),
        amounts=("price",),
        capacities=("capacity",),
        times=("updated_at",),
        ids=("ticket_type_id",),
        words=("quantity_sold", "is_admission", "is_complimentary"),
        summed="ticket_type_id",
    ),
    Layout(
        "event_campaigns",
        "",
        listed=("event_key", "ad_platform", "campaign_name"),
        needed=("event_key", "ad_platform", "campaign_name"),
        optional=("share_percent",),
        amounts=("share_percent",),
    ),
    Layout(
        "pretix_orders",
        "pretix",
        listed=("event_slug", "order_code", "order_total", "status", "order_date", "order_time"),
        needed=("event_slug", "order_code", "order_total", "status", "order_date", "order_time"),
        optional=(
            *("event_name", "email", "phone_number", "company", "name", "address", "zip_code", "city", "country"),
            *("state", "custom_address_field", "vat_id", "date_of_last_payment", "fees", "order_locale"),
            *("invoice_numbers", "sales_channel", "requires_special_attention", "check_in_text", "comment"),
            *("follow_up_date", "positions", "email_address_verified", "external_customer_id"),
            *("payment_providers", "order_link"),
        ),
        amounts=("order_total", "fees"),
        days=("order_date", "date_of_last_payment"),
        ids=("order_code", "external_customer_id"),
        reference="event_slug",
    ),
    Layout(
        "pretix_positions",
        "pretix",
        listed=(
            *("event_slug", "order_code", "position_id", "status", "order_date", "order_time", "product", "price"),
        ),
        needed=(
            *("event_slug", "order_code", "position_id", "status", "order_date", "order_time", "product", "price"),
        ),
        optional=(
            *("event_name", "email", "phone_number", "product_id", "variation", "variation_id", "tax_rate"),
            *("tax_rule", "tax_value", "attendee_name", "attendee_email", "attendee_company", "company", "address"),
            *("zip_code", "city", "country", "state", "voucher", "voucher_budget_usage", "voucher_tag"),
            *("pseudonymization_id", "ticket_secret", "seat_id", "seat_name", "seat_zone", "seat_row", "seat_number"),
            *("blocked", "valid_from", "valid_until", "order_comment", "add_on_to_position_id", "follow_up_date"),
            *("invoice_address_company", "invoice_address_name", "invoice_address_street"),
            *("invoice_address_zip_code", "invoice_address_city", "invoice_address_country", "invoice_address_state"),
            *("vat_id", "sales_channel", "order_locale", "email_address_verified", "external_customer_id"),
            *("check_in_lists", "payment_providers", "position_order_link", "date", "start_date", "end_date"),
        ),
        amounts=("price", "tax_value"),
        days=("order_date",),
        ids=("order_code", "position_id", "product_id", "variation_id", "seat_id", "external_customer_id"),
        reference="event_slug",
    ),
    Layout(
        "pretix_fees",
        "pretix",
        listed=("event_slug", "order_code", "fee_type", "price"),
        needed=("event_slug", "order_code", "fee_type", "price"),
        optional=(
            *("event_name", "status", "email", "phone_number", "order_date", "order_time", "description", "tax_rate"),
            *("tax_rule", "tax_value", "company", "name", "address", "zip_code", "city", "country", "state", "vat_id"),
            *("sales_channel", "order_locale", "payment_providers"),
        ),
        amounts=("price", "tax_value"),
        days=("order_date",),
        ids=("order_code",),
        reference="event_slug",
    ),
    Layout(
        "pretix_payments",
        "pretix",
        listed=(
            *("event_slug", "order_code", "payment_id", "creation_date", "completion_date", "status_code", "amount"),
        ),
        needed=("event_slug", "order_code", "payment_id", "creation_date", "status_code", "amount"),
        optional=("status", "payment_method", "comment", "matching_id", "payment_details", "invoice_numbers"),
        amounts=("amount",),
        days=("creation_date", "completion_date"),
        ids=("order_code", "payment_id"),
        words=("status", "status_code"),
        reference="event_slug",
    ),
    Layout(
        "pretix_quotas",
        "pretix",
        listed=("quota_name", "total_quota", "paid_orders", "current_availability"),
        needed=("quota_name", "total_quota"),
        optional=(
            *("event_id", "pending_orders", "blocking_vouchers", "current_user_s_carts", "waiting_list"),
            "exited_orders",
        ),
        capacities=("total_quota",),
        ids=("event_id",),
        reference="event_id",
        names_event=False,
        summed="quota_name",
    ),
    Layout(
        "eventbrite_attendees",
        "eventbrite",
        listed=("order_number", "order_date", "quantity", "attendee_number", "total_paid", "attendee_status"),
        needed=("order_number", "order_date", "quantity", "attendee_number", "total_paid", "attendee_status"),
        optional=(
            *("event_name", "event_id", "first_name", "last_name", "email", "price_tier", "ticket_type"),
            *("order_type", "currency", "fees_paid", "eventbrite_fees", "eventbrite_payment_processing"),
            *("home_address_1", "home_address_2", "home_city", "home_state", "home_zip", "home_country"),
            *("mobile_phone", "barcode"),
        ),
        amounts=("total_paid", "fees_paid", "eventbrite_fees", "eventbrite_payment_processing"),
        wholes=("quantity",),
        times=("order_date",),
        ids=("order_number", "attendee_number", "event_id", "barcode"),
        words=("attendee_status", "order_type"),
        reference="event_id",
        names_event=False,
    ),
    Layout(
        "hi_events_orders",
        "hi_events",
        listed=("public_id", "total_gross", "total_refunded", "status", "payment_status", "created_at"),
        needed=("public_id", "total_gross", "total_refunded", "status", "created_at"),
        optional=(
            *("id", "event_id", "first_name", "last_name", "email", "total_before_additions", "total_tax"),
            *("total_fee", "refund_status", "currency", "payment_provider", "is_partially_refunded"),
            *("is_fully_refunded", "is_free_order", "is_manually_created", "billing_address", "notes", "promo_code"),
            "opted_in_to_marketing",
        ),
        amounts=("total_gross", "total_refunded", "total_before_additions", "total_tax", "total_fee"),
        times=("created_at",),
        ids=("id", "public_id", "event_id"),
        words=("status", "payment_status", "refund_status"),
        reference="event_id",
        names_event=False,
    ),
    Layout(
        "hi_events_attendees",
        "hi_events",
        listed=("public_id", "status", "check_ins", "product_id", "product_name", "event_id", "created_date"),
        needed=("public_id", "status", "event_id", "created_date"),
        told_by=("public_id", "status", "product_id", "product_name", "event_id", "created_date"),
        optional=("id", "first_name", "last_name", "email", "short_id", "last_updated_date", "notes"),
        times=("created_date", "last_updated_date"),
        ids=("id", "public_id", "event_id", "product_id", "short_id"),
        reference="event_id",
    ),
)

NATIVE_ORDERS = "native_orders"
EVENTBRITE_API = "eventbrite_api_attendees"
# Where rejected rows of quotas and ticket types stood: no row of any kind, and not counted as one.
UNREAD_CAPACITIES = "unread_capacities"

_JSON_COLUMNS = {
    NATIVE_ORDERS: ("order_id", "event_key", "row_organization_id"),
    EVENTBRITE_API: ("attendee_id", "order_id", "event_id"),
}


def _table(name: str, columns: tuple[str, ...]) -> Table:
    fields = [pa.field(column, pa.string()) for column in (*columns, *FOLDER_COLUMNS)]
    return raw_table(name, fields, key=FOLDER_COLUMNS)


TABLES = (
    *(_table(layout.name, (*layout.columns, "extra")) for layout in CSV_LAYOUTS),
    *(_table(name, (*columns, "payload")) for name, columns in _JSON_COLUMNS.items()),
    _table(UNREAD_CAPACITIES, ("kind", "event_reference", "name")),
)
