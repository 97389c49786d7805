"""A Square account on loopback: a real HTTP server that pages, filters and fails as the real API does.

It answers as the API's reference says: cursors belong to their query, bookings want both ends of a window of at most
31 days, payments without a location are the main one's, orders take ten locations. Faults are scripted: what goes wrong
on the n-th request to a path.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlparse

from tests.fakes.loopback import JsonHandler, listening

TOKEN = "EAAA-secret-of-the-test"
PAGE = 3

Objects = dict[str, list[dict[str, Any]]]


@dataclass
class Account:
    """What the account holds, what goes wrong, and what was asked."""

    objects: Objects
    # Path and number of the request to it (from 1): what happens instead of an answer.
    faults: dict[tuple[str, int], str] = field(default_factory=dict)
    merged: dict[str, str] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def queries(self, path: str) -> list[dict[str, Any]]:
        return [query for asked, query in self.asked if asked == path]


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def _since(entry: Mapping[str, Any], start: str | None, name: str = "updated_at") -> bool:
    return start is None or _at(entry[name]) >= _at(start)


class _Refused(Exception):  # noqa: N818 - an answer, not a fault
    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.status, self.code = status, code


def _select(  # noqa: PLR0911, PLR0912 - one branch an endpoint
    account: Account, path: str, query: dict[str, Any]
) -> tuple[str, list[dict[str, Any]]]:
    """The list's key and all objects that a query is about, in its order."""
    held = account.objects
    if path == "/v2/bookings":
        if "start_at_min" not in query or "start_at_max" not in query:
            raise _Refused(400, "MISSING_REQUIRED_PARAMETER")
        first, last = _at(query["start_at_min"]), _at(query["start_at_max"])
        if last - first > timedelta(days=31):
            raise _Refused(400, "INVALID_TIME_RANGE")
        return "bookings", [b for b in held["bookings"] if first <= _at(b["start_at"]) <= last]
    if path == "/v2/payments":
        place = query.get("location_id", "MAIN")
        found = [p for p in held["payments"] if p["location_id"] == place and "begin_time" in query]
        return "payments", sorted(
            [p for p in found if _since(p, query.get("updated_at_begin_time"))], key=lambda p: p["updated_at"]
        )
    if path == "/v2/refunds":
        return "refunds", [r for r in held["refunds"] if _since(r, query.get("updated_at_begin_time"))]
    if path == "/v2/orders/search":
        places = query["location_ids"]
        searched = query["query"]
        if len(places) > 10 or searched["sort"]["sort_field"] != "UPDATED_AT":
            raise _Refused(400, "INVALID_VALUE")
        start = searched["filter"]["date_time_filter"]["updated_at"]["start_at"]
        return "orders", [o for o in held["orders"] if o["location_id"] in places and _since(o, start)]
    if path == "/v2/customers/search":
        start = query["query"]["filter"]["updated_at"]["start_at"]
        return "customers", [c for c in held["customers"] if _since(c, start)]
    if path == "/v2/team-members/search":
        status = query["query"]["filter"]["status"]
        return "team_members", [t for t in held["team_members"] if t["status"] == status]
    if path == "/v2/catalog/search":
        found = [o for o in held["catalog"] if o["type"] in query["object_types"]]
        return "objects", [o for o in found if _at(o["updated_at"]) > _at(query["begin_time"])]
    if path == "/v2/locations":
        return "locations", held["locations"]
    if path == "/v2/gift-cards":
        return "gift_cards", held["gift_cards"]
    if path == "/v2/gift-cards/activities":
        return "gift_card_activities", [
            a for a in held["gift_card_activities"] if _since(a, query["begin_time"], "created_at")
        ]
    raise _Refused(404, "NOT_FOUND")


def _answer(account: Account, path: str, query: dict[str, Any]) -> dict[str, Any]:
    for prefix, key, resource in (
        ("/v2/customers/", "customer", "customers"),
        ("/v2/bookings/", "booking", "bookings"),
    ):
        wanted = path.removeprefix(prefix)
        if path.startswith(prefix) and wanted != "search":
            wanted = account.merged.get(wanted, wanted)
            found = [entry for entry in account.objects[resource] if entry["id"] == wanted]
            if not found:
                raise _Refused(404, "NOT_FOUND")
            return {key: found[0]}
    cursor = query.pop("cursor", None)
    key, found = _select(account, path, query)
    asked = json.dumps(query, sort_keys=True)
    start = 0
    if cursor:
        start_text, _, belongs_to = cursor.partition("|")
        if belongs_to != asked:
            raise _Refused(400, "INVALID_CURSOR")
        start = int(start_text)
    part = found[start : start + PAGE]
    # Square leaves an empty list out.
    answer: dict[str, Any] = {key: part} if part else {}
    if start + PAGE < len(found):
        answer["cursor"] = f"{start + PAGE}|{asked}"
    return answer


class _Handler(JsonHandler):
    account: Account

    def do_GET(self) -> None:  # noqa: N802 - the server calls it so
        parsed = urlparse(self.path)
        self._serve(parsed.path, {name: values[0] for name, values in parse_qs(parsed.query).items()})

    def do_POST(self) -> None:  # noqa: N802 - the server calls it so
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self._serve(urlparse(self.path).path, json.loads(body))

    def _serve(self, path: str, query: dict[str, Any]) -> None:
        account = self.account
        account.counts[path] += 1
        account.asked.append((path, dict(query)))
        fault = account.faults.get((path, account.counts[path]), "")
        if self.headers.get("Authorization") != f"Bearer {TOKEN}" or not self.headers.get("Square-Version"):
            self._send(401, {"errors": [{"code": "UNAUTHORIZED"}]})
        elif fault == "cut":
            self.cut(b'{"payments": [')
        elif fault == "expired":
            self._send(400, {"errors": [{"code": "INVALID_CURSOR"}]})
        elif fault.startswith("status"):
            _, status, *wait = fault.split()
            self._send(int(status), {"errors": [{"code": f"E{status}"}]}, retry_after=wait[0] if wait else "")
        elif fault == "empty":
            self._send(200, {path.rpartition("/")[2].replace("-", "_"): {}})
        else:
            try:
                self._send(200, _answer(account, path, query))
            except _Refused as refused:
                self._send(refused.status, {"errors": [{"code": refused.code}]})

    def _send(self, status: int, answer: dict[str, Any], *, retry_after: str = "") -> None:
        self.answer(status, answer, {"Retry-After": retry_after})


@contextmanager
def serving(account: Account) -> Iterator[dict[str, str]]:
    """Serve the account on a free port; the environment that reads from it."""
    with listening(type("Handler", (_Handler,), {"account": account})) as address:
        yield {
            "SQUARE_BASE_URL": address,
            "SQUARE_ACCESS_TOKEN": TOKEN,
            "SQUARE_ORGANIZATION_ID": "salon",
            "SQUARE_HISTORY_START": "2030-01-01T00:00:00Z",
        }
