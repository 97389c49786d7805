"""Prints ticketing files as the platforms and the organiser's shop write them: for the demo and for tests.

No export of a customer is ever kept; every file comes from here.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

PRETIX_ORDERS = (
    *("Event slug", "Event name", "Order code", "Order total", "Status", "Email", "Phone number", "Order date"),
    *("Order time", "Company", "Name", "Address", "ZIP code", "City", "Country", "State", "Date of last payment"),
    *("Fees", "Order locale", "Sales channel", "Positions"),
)
PRETIX_POSITIONS = (
    *("Event slug", "Order code", "Position ID", "Status", "Email", "Order date", "Order time", "Product"),
    *("Variation", "Price", "Attendee email", "Company", "City", "Check-in lists", "Gender", "Age range", "Company"),
)
PRETIX_PAYMENTS = (
    *("Event slug", "Order", "Payment ID", "Creation date", "Completion date", "Status", "Status code", "Amount"),
    "Payment method",
)
EVENTBRITE = (
    *("Order #", "Order Date", "First Name", "Last Name", "Email", "Quantity", "Ticket Type", "Attendee #"),
    *("Order Type", "Currency", "Total Paid", "Eventbrite Fees", "Eventbrite Payment Processing", "Attendee Status"),
    *("Gender", "Age"),
)
HI_EVENTS_ORDERS = (
    *("ID", "First Name", "Last Name", "Email", "Total Gross", "Total Tax", "Total Fee", "Total Refunded", "Status"),
    *("Payment Status", "Refund Status", "Currency", "Created At", "Public ID"),
)
HI_EVENTS_ATTENDEES = (
    *("ID", "First Name", "Last Name", "Email", "Status", "Check Ins", "Product ID", "Product Name", "Event ID"),
    *("Public ID", "Created Date", "Last Updated Date"),
)
EVENTS = (
    *("event_key", "organization_id", "name", "timezone", "starts_at", "capacity", "currency", "status"),
    *("previous_event_key", "platform_refs", "updated_at"),
)
TICKET_TYPES = (
    *("event_key", "ticket_type_id", "name", "price", "currency", "capacity", "quantity_sold", "is_admission"),
    *("is_complimentary", "updated_at"),
)


def csv_file(
    header: Sequence[str], rows: Sequence[Mapping[str, Any]], *, delimiter: str = ",", is_quoted: bool = False
) -> bytes:
    """A CSV file: of two columns of one name, a row's value goes into the first."""
    out = io.StringIO()
    writer = csv.writer(
        out, delimiter=delimiter, quoting=csv.QUOTE_ALL if is_quoted else csv.QUOTE_MINIMAL, lineterminator="\r\n"
    )
    writer.writerow(header)
    for row in rows:
        seen: set[str] = set()
        cells = []
        for name in header:
            cells.append("" if name in seen else row.get(name, ""))
            seen.add(name)
        writer.writerow(cells)
    return out.getvalue().encode()


def native_order(
    order_id: str, event_key: str, created_at: str, items: Sequence[tuple[str, int, str]], **more: Any
) -> dict[str, Any]:
    """An order of the organiser's own shop: `items` are ticket type, quantity and price in whole units."""
    return {
        "order_id": order_id,
        "event_key": event_key,
        "status": "paid",
        "total_amount": str(sum(quantity * int(price) for _, quantity, price in items)),
        "created_at": created_at,
        "updated_at": created_at,
        "buyer_email": f"{order_id.lower()}@example.com",
        "items": [
            {
                "ticket_type_id": type_id,
                "quantity": quantity,
                "price_at_purchase": price,
                "total": str(quantity * int(price)),
            }
            for type_id, quantity, price in items
        ],
        **more,
    }


def json_lines(objects: Sequence[Mapping[str, Any]]) -> bytes:
    """One object a line."""
    return "".join(json.dumps(entry) + "\n" for entry in objects).encode()
