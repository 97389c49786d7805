"""Cells that no export should have, in a file of every source beside good ones: for tests and the bench.

Each kind of file writes a line of a day that is told, and has one text that may hold anything. Hostile lines are those
of a day that nobody believes, of a cell or a list that is too large, and in JSON of text that is none.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from loaders.samples.ticketing_files import PRETIX_ORDERS, native_order

GOOD_DAY = "2030-10-04"
DAYS = ("0001-01-01", "9999-12-31", "1970-01-01", "1989-12-31", "2100-01-02", "0000-00-00")
LARGE = 5_000_000
CELLS = 100_000
DEEP = 500

Line = Callable[[int, str, Any], Any]


@dataclass(frozen=True)
class Hostile:
    """A kind of file: its source, its name below that, its header (CSV alone), and a line by number, day and text."""

    source: str
    name: str
    line: Line
    header: tuple[str, ...] = ()

    @property
    def is_json(self) -> bool:
        return not self.header

    def good(self, count: int) -> str:
        """A file of good lines."""
        return self._head() + "".join(self._text(self.line(number, GOOD_DAY, "plain")) for number in range(count))

    def bad(self, count: int, *, size: int = LARGE) -> str:
        """So many lines that are refused, each for itself; those of the calendar make up the number."""
        lines = self._odd_lines(size)
        while len(lines) < count:
            lines.append(self._text(self.line(1_000 + len(lines), DAYS[len(lines) % len(DAYS)], "plain")))
        return "".join(lines[:count])

    def _odd_lines(self, size: int) -> list[str]:
        large = self._text(self.line(900, GOOD_DAY, "x" * size))
        if not self.is_json:
            return [large, self._text([*self.line(901, GOOD_DAY, "plain"), *["1"] * CELLS])]
        deep: Any = "deep"
        for _ in range(DEEP):
            deep = [deep]
        return [
            large,
            self._text(self.line(901, GOOD_DAY, deep)),
            self._text(self.line(902, GOOD_DAY, "half a character \ud800")),
            self._text(self.line(903, GOOD_DAY, "a zero byte \0")),
            # Deeper than any parser goes.
            '{"a":' + "[" * CELLS + "\n",
        ]

    def refused_whole(self) -> dict[str, str]:
        """Files that are refused as a whole, by what is wrong with them."""
        if self.is_json:
            return {}
        return {
            "zero_byte": self._head() + self._text(self.line(1, GOOD_DAY, "a zero byte \0")),
            "columns": self._text([*self.header, *(f"column {number}" for number in range(CELLS))]),
        }

    def _head(self) -> str:
        return self._text(list(self.header)) if self.header else ""

    def _text(self, line: Any) -> str:
        if self.is_json:
            return json.dumps(line) + "\n"
        stream = io.StringIO()
        csv.writer(stream, lineterminator="\n").writerow(line)
        return stream.getvalue()


def _order(number: int, day: str, text: Any) -> dict[str, Any]:
    return {
        "id": 10_000 + number,
        "contact_id": 501,
        "total_amount": "31.00",
        "currency": "USD",
        "billing_status": "paid",
        "created_at": f"{day}T07:30:00Z",
        "note": text,
    }


def _booking(number: int, day: str, text: Any) -> dict[str, Any]:
    return {
        "id": f"B{number}",
        "status": "ACCEPTED",
        "customer_id": "C1",
        "start_at": f"{day}T15:00:00Z",
        "created_at": "2030-10-01T08:00:00Z",
        "updated_at": "2030-10-01T08:00:00Z",
        "seller_note": text,
    }


def _pretix(number: int, day: str, text: Any) -> list[str]:
    cells = {
        "Event slug": "lab30",
        "Order code": f"K{number}",
        "Order total": "95.00",
        "Status": "paid",
        "Order date": day,
        "Order time": "10:00:00",
        "Name": text,
    }
    return [cells.get(name, "") for name in PRETIX_ORDERS]


KINDS = (
    Hostile(
        "box_office",
        "history.csv",
        lambda number, day, text: [f"H{number}", day, "1", "2", "3.00", text],
        (
            *("performance_code", "snapshot_date", "single_tickets_sold", "subscription_tickets_sold"),
            "total_revenue",
            "title",
        ),
    ),
    Hostile("square", "org=salon/bookings/bookings.jsonl", _booking),
    Hostile(
        "square",
        "org=salon/transactions.csv",
        lambda number, day, text: [
            *(
                day,
                "10:00:00",
                "America/Chicago",
                "$10.00",
                "$1.00",
                "$0.00",
                f"T{number}",
                f"P{number}",
                "Payment",
                text,
            )
        ],
        (
            *("Date", "Time", "Time Zone", "Total Collected", "Tip", "Gift Card Sales", "Transaction ID", "Payment ID"),
            *("Event Type", "Location"),
        ),
    ),
    Hostile(
        "cruva",
        "org=brand/videos_2030-11-05.csv",
        lambda number, day, text: [
            *("ada", f"https://www.tiktok.com/@ada/video/{number}", "9", "1", "1", "2.00", "1.00", "1", day, text)
        ],
        (*("Handle", "Video", "Views", "Likes", "Comments", "GMV", "CTR", "Units Sold", "Post Date"), "Video Title"),
    ),
    Hostile(
        "loyalty",
        "org=brand/adjustments_2030-11-05.csv",
        lambda number, day, text: [f"a{number}", "brand", "u1", "bonus", f"{day}T00:00:00Z", "1.00", "", text],
        (*("id", "client_id", "user_id", "adjustment_type", "applied_at", "amount", "amount_units"), "reason"),
    ),
    Hostile("clickfunnels", "orders.jsonl", _order),
    Hostile(
        "clickfunnels",
        "events.jsonl",
        lambda number, day, text: {
            **{"type": "lead", "timestamp": f"{day}T16:00:00Z", "email": f"p{number}@example.com", "comment": text}
        },
    ),
    Hostile(
        "clickfunnels",
        "contacts.csv",
        lambda number, day, text: [f"p{number}@example.com", f"{day}T16:00:00Z", text],
        ("Email Address", "Created At", "Full Name"),
    ),
    Hostile(
        "ads",
        "meta.csv",
        lambda number, day, text: [day, f"{text} {number}", str(1_200 + number), "5.00", "900", "8", "1"],
        ("Day", "Campaign name", "Ad ID", "Amount spent (USD)", "Impressions", "Link clicks", "Leads"),
    ),
    Hostile(
        "attendance",
        "counts.csv",
        lambda number, day, text: [day, "Zoom", str(number), text],
        ("date", "platform", "participant_count", "note"),
    ),
    Hostile(
        "workflow",
        "errors.csv",
        lambda number, day, text: ["sync", "node", text, f"{day}T16:00:00Z", str(number)],
        ("workflow_name", "error_node", "error_message", "error_timestamp", "execution_id"),
    ),
    Hostile(
        "ticketing",
        "org=org/orders.jsonl",
        lambda number, day, text: {
            **native_order(f"G{number}", "gala", f"{day}T11:00:00Z", [("ga", 1, "50")]),
            "note": text,
        },
    ),
    Hostile("ticketing", "org=org/event=lab/pretix.csv", _pretix, PRETIX_ORDERS),
)
