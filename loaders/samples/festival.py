"""An invented organiser: four events on four platforms, made by arithmetic, so that every run makes the same files."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from loaders.samples import ticketing_files
from loaders.samples.ticketing_files import csv_file

GENDERS = ("Female", "Male", "Non-binary", "Prefer not to say", "")
AGES = ("18-24", "25-34", "35-44", "22", "51", "")


def files() -> dict[str, bytes]:
    """The files of `landing/ticketing`, by path."""
    return {
        "events.csv": csv_file(ticketing_files.EVENTS, _events()),
        "ticket_types.csv": csv_file(ticketing_files.TICKET_TYPES, _ticket_types()),
        "event_campaigns.csv": b"event_key,ad_platform,campaign_name\nlantern-night-2030,meta,Lantern Night | Sales\n",
        "org=festival/shop/2029.jsonl": ticketing_files.json_lines(
            _shop("lantern-night-2029", date(2029, 11, 24), 90, last_day=0)
        ),
        "org=festival/shop/2030.jsonl": ticketing_files.json_lines(
            _shop("lantern-night-2030", date(2030, 11, 23), 120, last_day=18)
        ),
        "org=festival/pretix/orders.csv": csv_file(ticketing_files.PRETIX_ORDERS, _pretix_orders(), is_quoted=True),
        "org=festival/pretix/positions.csv": csv_file(ticketing_files.PRETIX_POSITIONS, _pretix_positions()),
        "org=festival/pretix/payments.csv": csv_file(ticketing_files.PRETIX_PAYMENTS, _pretix_payments()),
        "org=festival/event=loft-party-2030/attendees.csv": csv_file(ticketing_files.EVENTBRITE, _eventbrite()),
        "org=festival/event=kyoto-evening-2030/orders.csv": csv_file(
            ticketing_files.HI_EVENTS_ORDERS, _hi_events_orders()
        ),
        "org=festival/kyoto_attendees.csv": csv_file(ticketing_files.HI_EVENTS_ATTENDEES, _hi_events_attendees()),
    }


def ads() -> dict[str, bytes]:
    """The files of `landing/ads`, by path."""
    days = [date(2030, 10, 20) + timedelta(days=day) for day in range(16)]
    rows = [
        f"{day},Lantern Night | Sales,1203{number:04d}9876543210,{20 + number % 7}.50,{900 + 40 * number},{25 + number}"
        for number, day in enumerate(days)
    ]
    total = sum(20.5 + number % 7 for number in range(len(days)))
    header = "Day,Campaign name,Ad ID,Amount spent (EUR),Impressions,Link clicks"
    return {"org=festival/meta/october.csv": "\n".join([header, *rows, f",,,{total:.2f},,", ""]).encode()}


def _events() -> list[dict[str, Any]]:
    common = {"organization_id": "festival", "status": "published", "updated_at": "2029-01-10T08:00:00Z"}
    return [
        {
            **common,
            "event_key": "lantern-night-2029",
            "name": "Lantern Night 2029",
            "timezone": "Europe/Berlin",
            "starts_at": "2029-11-24 18:00",
            "capacity": "600",
            "currency": "EUR",
            "status": "completed",
        },
        {
            **common,
            "event_key": "lantern-night-2030",
            "name": "Lantern Night 2030",
            "timezone": "Europe/Berlin",
            "starts_at": "2030-11-23 18:00",
            "capacity": "600",
            "currency": "EUR",
            "previous_event_key": "lantern-night-2029",
            "platform_refs": "pretix:lantern30",
        },
        {
            **common,
            "event_key": "loft-party-2030",
            "name": "Loft Party",
            "timezone": "America/New_York",
            "starts_at": "2030-11-15 20:00",
            "capacity": "80",
            "currency": "USD",
        },
        {
            **common,
            "event_key": "kyoto-evening-2030",
            "name": "Kyoto Evening",
            "timezone": "Asia/Tokyo",
            "starts_at": "2030-12-01 19:00",
            "capacity": "Infinite",
            "currency": "JPY",
            "platform_refs": "hi_events:41",
        },
    ]


def _ticket_types() -> list[dict[str, Any]]:
    common = {"is_admission": "true", "is_complimentary": "false", "updated_at": "2029-01-10T08:00:00Z"}
    types = [
        {"event_key": f"lantern-night-{year}", "ticket_type_id": "ga", "name": "General", "price": "30"}
        for year in (2029, 2030)
    ]
    types += [
        {
            "event_key": "lantern-night-2030",
            "ticket_type_id": "bag",
            "name": "Tote bag",
            "price": "15",
            "is_admission": "false",
        },
        {"event_key": "loft-party-2030", "ticket_type_id": "ga", "name": "General Admission", "capacity": "80"},
    ]
    return [{**common, **entry} for entry in types]


def _shop(event_key: str, start: date, orders: int, last_day: int) -> list[dict[str, Any]]:
    """Orders of the organiser's shop, more of them the nearer the event; some are refunded in part, some pending."""
    made = []
    for number in range(orders):
        days_before = last_day + (orders - number) ** 2 // (2 * orders)
        moment = datetime(start.year, start.month, start.day, tzinfo=UTC) - timedelta(
            days=days_before, minutes=(number * 487) % 1400
        )
        # Nothing of this year is later than the demo's clock.
        moment = min(moment, datetime(2030, 11, 5, 17, 0, tzinfo=UTC) + timedelta(minutes=number % 59))
        when = moment.strftime("%Y-%m-%dT%H:%M:%SZ")
        quantity = 1 + number % 4
        order = ticketing_files.native_order(
            f"{event_key[-4:]}-{number:03d}",
            event_key,
            when,
            [("ga", quantity, "30")],
            currency="EUR",
            fee_amount="1.20",
        )
        order["tickets"] = [
            {
                "ticket_code": f"{order['order_id']}-{ticket}",
                "ticket_type_id": "ga",
                "status": "active",
                "answers": {"Gender": GENDERS[(number + ticket) % 5], "Age range": AGES[(number * 3 + ticket) % 6]},
            }
            for ticket in range(quantity)
        ]
        made.append(order)
        if number % 30 == 7:
            back = (moment + timedelta(hours=30)).strftime("%Y-%m-%dT%H:%M:%SZ")
            refund = {"refund_id": "R1", "amount": "30.00", "status": "succeeded", "created_at": back}
            made.append({**order, "updated_at": back, "refunds": [refund]})
        if number % 30 == 29:
            order["status"] = "pending"
    return made


def _pretix_sales() -> list[tuple[int, str, date, int]]:
    return [
        (number, f"P{number:04d}", date(2030, 10, 1) + timedelta(days=number * 3 // 4), 1 + number % 3)
        for number in range(40)
    ]


def _pretix_orders() -> list[dict[str, Any]]:
    return [
        {
            "Event slug": "lantern30",
            "Order code": code,
            "Order total": f"{30 * quantity}.00",
            "Status": "pending" if number % 20 == 13 else "paid",
            "Email": f"{code.lower()}@example.com",
            "Phone number": "'+49 30 5550100",
            "Order date": day,
            "Order time": f"{9 + number % 10:02d}:15:00",
            "Date of last payment": "" if number % 20 == 13 else day + timedelta(days=number % 2),
            "Fees": "0.00",
            "Positions": quantity,
        }
        for number, code, day, quantity in _pretix_sales()
    ]


def _pretix_positions() -> list[dict[str, Any]]:
    return [
        {
            "Event slug": "lantern30",
            "Order code": code,
            "Position ID": position,
            "Status": "pending" if number % 20 == 13 else "paid",
            "Order date": day,
            "Order time": f"{9 + number % 10:02d}:15:00",
            "Product": "Tote bag" if position == 3 else "General",
            "Price": "30.00",
            "Gender": GENDERS[(number + position) % 5],
            "Age range": AGES[(number + position) % 6],
        }
        for number, code, day, quantity in _pretix_sales()
        for position in range(1, quantity + 1)
    ]


def _pretix_payments() -> list[dict[str, Any]]:
    rows = []
    for number, code, day, quantity in _pretix_sales():
        if number % 20 != 13:
            paid = day + timedelta(days=number % 2)
            row = {"Event slug": "lantern30", "Order": code, "Payment method": "Bank transfer"}
            state = {"Status": "confirmed", "Status code": "confirmed", "Creation date": day, "Completion date": paid}
            rows.append({**row, **state, "Payment ID": f"{code}-P-1", "Amount": f"{30 * quantity}.00"})
            if number == 5:
                back = {"Status": "done", "Status code": "done", "Creation date": paid + timedelta(days=4)}
                rows.append({**row, **back, "Payment ID": f"{code}-R-1", "Amount": f"-{30 * quantity}.00"})
    return rows


def _eventbrite() -> list[dict[str, Any]]:
    return [
        {
            "Order #": 5_500_000 + number // 2,
            "Order Date": f"10/{1 + number // 2}/30 {10 + number % 12}:05",
            "First Name": "Guest",
            "Last Name": "Example",
            "Email": f"guest{number}@example.com",
            "Quantity": 1 + number % 2,
            "Ticket Type": "General Admission",
            "Attendee #": 7_700_000 + number,
            "Order Type": "Complimentary Order" if number % 15 == 14 else "Eventbrite Completed",
            "Currency": "USD",
            "Total Paid": "0.00" if number % 15 == 14 else f"{25 * (1 + number % 2)}.00",
            "Eventbrite Fees": "0.00" if number % 15 == 14 else "1.75",
            "Eventbrite Payment Processing": "0.00" if number % 15 == 14 else "0.98",
            "Attendee Status": "Not Attending" if number == 11 else "Attending",
            "Gender": GENDERS[number % 5],
            "Age": AGES[number % 6],
        }
        for number in range(30)
    ]


def _hi_events_orders() -> list[dict[str, Any]]:
    return [
        {
            "ID": number,
            "First Name": "Guest",
            "Last Name": "Example",
            "Email": f"kyoto{number}@example.com",
            "Total Gross": 4500,
            "Total Tax": 0,
            "Total Fee": 0,
            "Total Refunded": 4500 if number == 3 else 0,
            "Status": "RESERVED" if number == 9 else "COMPLETED",
            "Payment Status": "AWAITING_PAYMENT" if number == 9 else "PAYMENT_RECEIVED",
            "Currency": "JPY",
            "Created At": f"2030-10-{10 + number} 15:30:00",
            "Public ID": f"O-{number:04d}",
        }
        for number in range(12)
    ]


def _hi_events_attendees() -> list[dict[str, Any]]:
    return [
        {
            "ID": number,
            "First Name": "Guest",
            "Last Name": "Example",
            "Email": f"kyoto{number}@example.com",
            "Status": "CANCELLED" if number == 3 else "AWAITING_PAYMENT" if number == 9 else "ACTIVE",
            "Product ID": 9,
            "Product Name": "Night Pass",
            "Event ID": 41,
            "Public ID": f"A-{number:04d}",
            "Created Date": f"2030-10-{10 + number} 15:30:00",
            "Last Updated Date": f"2030-10-{12 + number} 15:30:00",
        }
        for number in range(12)
    ]
