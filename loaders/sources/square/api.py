"""The Square API: what each resource is asked, from when, and how deletions are found.

    GET, POST /v2/…  ->  the tables of `raw_square`, one page at a time, as if each were a file

Square cannot say which bookings changed, so their windows are read again in every run; payments come per location, or
only the main one's would; what was merged or deleted is missing from lists, so a full run looks for what it no longer
finds. How far a resource was read is kept only when all of it has landed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from loaders.config import Settings, parse_instant
from loaders.landing.api_progress import keep_progress, read_progress
from loaders.readers.dates import is_plausible
from loaders.source import Extracted, File, Page
from loaders.sources.square.known import live_customers, unlisted_customers, unseen_bookings
from loaders.sources.square.pages import instant_text, tombstone
from loaders.sources.square.resources import BY_NAME
from loaders.sources.square.settings import DLT_SECRETS, square_api
from loaders.warehouse.engine import Warehouse

_WINDOW = timedelta(hours=30 * 24)
_LOCATIONS_PER_CALL = 10


class NoLocationError(ValueError):
    """The API listed no location."""


@dataclass
class Sweep:
    """One run over the API: what it asks, and what it has seen so far."""

    settings: Settings
    warehouse: Warehouse
    client: Any
    is_full: bool
    progress: dict[str, datetime]
    location_ids: list[str] = field(default_factory=list)
    seen: dict[str, set[str]] = field(default_factory=dict)
    newest: dict[str, datetime] = field(default_factory=dict)

    @property
    def organization_id(self) -> str:
        return self.settings.of(square_api).organization_id

    def start_of(self, resource: str) -> datetime:
        """From when a resource's changes are asked for."""
        history = self.settings.of(square_api).history_start
        return history if self.is_full else self.progress.get(resource, history)

    def page(self, resource: str, objects: list[dict[str, Any]]) -> Page:
        """A page of objects as a file of its own; without its cursor, the same objects are the same bytes."""
        content = json.dumps({BY_NAME[resource].list_key: objects}, sort_keys=True, ensure_ascii=False).encode()
        name = f"square/api/{resource}"
        return Page(
            File(Path(f"{name}.json"), name, self.organization_id, hashlib.sha256(content).hexdigest()), content
        )

    def pages(self, resource: str, method: str, path: str, *, body: Any = None, **params: Any) -> Iterator[Page]:
        """The pages of a list, and what they show of it: ids, and how far its changes go."""
        for objects in self.client.pages(method, path, BY_NAME[resource].list_key, params, body):
            for entry in objects:
                if isinstance(entry, dict):
                    self.seen.setdefault(resource, set()).add(str(entry.get("id")))
                    changed = parse_instant(str(entry.get("updated_at") or entry.get("created_at") or ""))
                    # A change in year 9999 would let nothing be asked for again.
                    if changed is not None and is_plausible(changed):
                        self.newest[resource] = max(changed, self.newest.get(resource, changed))
            yield self.page(resource, objects)

    def done(self, resource: str) -> Callable[[], None]:
        """Keep how far a resource was read; called when all of it is in the books."""

        def keep() -> None:
            newest = self.newest.get(resource)
            if newest is not None:
                api = self.settings.of(square_api)
                overlap = timedelta(minutes=api.overlap_minutes)
                next_start = max(newest - overlap, self.progress.get(resource, api.history_start))
                keep_progress(self.warehouse, "square", self.organization_id, resource, next_start)

        return keep


def extract(settings: Settings, warehouse: Warehouse, mode: str, tenant: str) -> Iterator[Extracted]:
    """Everything new that the API has, as pages; between them problems, and what to do once they have landed.

    Nothing without a token. A resource that fails is said and left; the others are read all the same.
    """
    api = settings.of(square_api)
    token = api.access_token or _secret()
    if not token or (tenant and tenant != api.organization_id):
        return
    if not api.organization_id:
        yield "square: SQUARE_ACCESS_TOKEN is set but SQUARE_ORGANIZATION_ID is not; say whose account it is"
        return
    # A third of a second that runs without a token need not pay.
    import requests  # noqa: PLC0415

    from loaders.readers.patient_http import ApiError  # noqa: PLC0415
    from loaders.sources.square.client import SquareClient  # noqa: PLC0415

    progress = read_progress(warehouse, "square", api.organization_id)
    sweep = Sweep(settings, warehouse, SquareClient(api, token), mode == "full", progress)
    for resource, steps in _SWEEPS.items():
        try:
            yield from steps(sweep)
        except ApiError as error:
            hint = " Does the token have this permission?" if error.status in (401, 403) else ""
            yield f"square API: {resource} was not read to its end: {error}.{hint} The next run starts where this did."
        except NoLocationError as error:
            yield f"square API: {resource} was not read: {error}. The next run tries again."
        except (requests.RequestException, ValueError) as error:
            yield f"square API: {resource} was not read to its end: {type(error).__name__}. The next run tries again."


def _secret() -> str:
    """The token in dlt's secrets, where there are any."""
    if not DLT_SECRETS.is_file():
        return ""
    import dlt  # noqa: PLC0415

    return str(dlt.secrets.get("sources.square.access_token") or "")


def _locations(sweep: Sweep) -> Iterator[Extracted]:
    yield from sweep.pages("locations", "GET", "/v2/locations")
    sweep.location_ids = sorted(sweep.seen.get("locations", set()))
    yield sweep.done("locations")


def _team_members(sweep: Sweep) -> Iterator[Extracted]:
    for status in ("ACTIVE", "INACTIVE"):
        body = {"query": {"filter": {"status": status}}, "limit": 200}
        yield from sweep.pages("team_members", "POST", "/v2/team-members/search", body=body)
    yield sweep.done("team_members")


def _catalog(sweep: Sweep) -> Iterator[Extracted]:
    body = {
        "object_types": ["ITEM", "ITEM_VARIATION"],
        "include_deleted_objects": True,
        # `begin_time` is exclusive.
        "begin_time": instant_text(sweep.start_of("catalog") - timedelta(milliseconds=1)),
        "limit": 1000,
    }
    yield from sweep.pages("catalog", "POST", "/v2/catalog/search", body=body)
    yield sweep.done("catalog")


def _customers(sweep: Sweep) -> Iterator[Extracted]:
    live = live_customers(sweep.warehouse, sweep.organization_id) if sweep.is_full else set()
    body = {
        "query": {
            "filter": {"updated_at": {"start_at": instant_text(sweep.start_of("customers"))}},
            "sort": {"field": "CREATED_AT", "order": "ASC"},
        },
        "limit": 100,
    }
    yield from sweep.pages("customers", "POST", "/v2/customers/search", body=body)
    gone = sorted(live - sweep.seen.get("customers", set()))
    if gone:
        yield sweep.page("customers", [tombstone(each, sweep.settings.as_of) for each in gone])
    yield sweep.done("customers")


def _bookings(sweep: Sweep) -> Iterator[Extracted]:
    api, as_of = sweep.settings.of(square_api), sweep.settings.as_of
    is_first = "bookings" not in sweep.progress
    first = api.history_start if sweep.is_full or is_first else as_of - timedelta(days=api.recent_days)
    last = as_of + timedelta(days=api.horizon_days)
    start = first
    while start < last:
        end = min(start + _WINDOW, last)
        yield from sweep.pages(
            "bookings",
            "GET",
            "/v2/bookings",
            start_at_min=instant_text(start),
            start_at_max=instant_text(end),
            limit=100,
        )
        start = end
    seen = sweep.seen.get("bookings", set())
    unseen = unseen_bookings(sweep.warehouse, sweep.organization_id, seen) if sweep.is_full else {}
    for booking_id, starts_at in sorted(unseen.items()):
        if not first <= starts_at < last:
            continue
        found = sweep.client.one(f"/v2/bookings/{booking_id}")
        booking = tombstone(booking_id, as_of) if found is None else found.get("booking")
        if isinstance(booking, dict):
            yield sweep.page("bookings", [booking])
    yield sweep.done("bookings")


def _need_locations(sweep: Sweep) -> None:
    """An account has a location; where none was listed, no question can be asked, which is not "no rows"."""
    if not sweep.location_ids:
        raise NoLocationError("no location was listed, and they are asked for by location")


def _payments(sweep: Sweep) -> Iterator[Extracted]:
    _need_locations(sweep)
    # Without `location_id` only the main location's come, so each is asked for, the closed ones too.
    for location_id in sweep.location_ids:
        yield from sweep.pages(
            "payments",
            "GET",
            "/v2/payments",
            location_id=location_id,
            begin_time=instant_text(sweep.settings.of(square_api).history_start),
            updated_at_begin_time=instant_text(sweep.start_of("payments")),
            sort_field="UPDATED_AT",
            sort_order="ASC",
            limit=100,
        )
    yield sweep.done("payments")


def _refunds(sweep: Sweep) -> Iterator[Extracted]:
    yield from sweep.pages(
        "refunds",
        "GET",
        "/v2/refunds",
        begin_time=instant_text(sweep.settings.of(square_api).history_start),
        updated_at_begin_time=instant_text(sweep.start_of("refunds")),
        sort_field="UPDATED_AT",
        sort_order="ASC",
        limit=100,
    )
    yield sweep.done("refunds")


def _orders(sweep: Sweep) -> Iterator[Extracted]:
    _need_locations(sweep)
    ids = sweep.location_ids
    for start in range(0, len(ids), _LOCATIONS_PER_CALL):
        body = {
            "location_ids": ids[start : start + _LOCATIONS_PER_CALL],
            "query": {
                "filter": {"date_time_filter": {"updated_at": {"start_at": instant_text(sweep.start_of("orders"))}}},
                "sort": {"sort_field": "UPDATED_AT", "sort_order": "ASC"},
            },
            "limit": 500,
        }
        yield from sweep.pages("orders", "POST", "/v2/orders/search", body=body)
    yield sweep.done("orders")


def _gift_cards(sweep: Sweep) -> Iterator[Extracted]:
    yield from sweep.pages("gift_cards", "GET", "/v2/gift-cards", limit=50)
    yield sweep.done("gift_cards")


def _gift_card_activities(sweep: Sweep) -> Iterator[Extracted]:
    start = instant_text(sweep.start_of("gift_card_activities"))
    yield from sweep.pages("gift_card_activities", "GET", "/v2/gift-cards/activities", begin_time=start, limit=100)
    yield sweep.done("gift_card_activities")


def _people_never_listed(sweep: Sweep) -> Iterator[Extracted]:
    """Ids in activity that no list had: merged ones answer with another id, deleted ones not at all."""
    # Everything read so far must have landed before raw is asked.
    yield None
    limit = sweep.settings.of(square_api).resolve_limit
    for customer_id in unlisted_customers(sweep.warehouse, sweep.organization_id, limit):
        answer = sweep.client.one(f"/v2/customers/{customer_id}")
        customer = answer.get("customer") if answer is not None else None
        if not isinstance(customer, dict):
            # Of an id that Square does not know we know that much, and need not ask again.
            yield sweep.page("customers", [tombstone(customer_id, sweep.settings.as_of)])
            continue
        yield sweep.page("customers", [customer])
        if str(customer.get("id")) != customer_id:
            yield sweep.page("customers", [tombstone(customer_id, sweep.settings.as_of)])
            merge = {
                "from_customer_id": customer_id,
                "to_customer_id": customer.get("id"),
                "merged_at": customer.get("updated_at"),
            }
            yield sweep.page("customer_merges", [merge])


_SWEEPS: dict[str, Callable[[Sweep], Iterator[Extracted]]] = {
    "locations": _locations,
    "team_members": _team_members,
    "catalog": _catalog,
    "customers": _customers,
    "bookings": _bookings,
    "payments": _payments,
    "refunds": _refunds,
    "orders": _orders,
    "gift_cards": _gift_cards,
    "gift_card_activities": _gift_card_activities,
    "customers never listed": _people_never_listed,
}
