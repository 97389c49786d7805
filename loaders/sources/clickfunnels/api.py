"""The ClickFunnels API: what each resource is asked, and when a walk through it may stop.

    GET {base}/workspaces/{workspace}/<resource>  ->  the tables of `raw_clickfunnels`, a page at a time, as if a file

Contacts and orders come newest change first, so a walk stops at what it saw last time. Cursors stand in a header of the
answer; the API also has one in its body, and who follows that stops at 20 rows without an error. Transactions are only
to be had per order, so those of refunded orders are asked for. A resource lands whole or not at all.
"""

from __future__ import annotations

import hashlib
import json
import logging
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from loaders.config import Settings, parse_instant
from loaders.landing.api_progress import keep_progress, read_progress
from loaders.readers.dates import is_plausible
from loaders.readers.json_text import loads
from loaders.readers.words import plain_word
from loaders.source import Extracted, File, Page, Unreadable
from loaders.sources.clickfunnels.payloads import content_hash
from loaders.sources.clickfunnels.settings import clickfunnels_api
from loaders.warehouse.engine import Warehouse

if TYPE_CHECKING:
    import requests

log = logging.getLogger("ledgerline")

_NAME = "clickfunnels"
# Newest change first, as far as the mark.
_BY_CHANGE = ("contacts", "orders")
_NEXT = "Pagination-Next"
_REFUNDED = ("refunded", "partially-refunded")
_TRIES = 6
_PENDING = "transactions of "
_ASKED_AT_ONCE = 1_000
# A server may sort the texts of instants, where `…02Z` comes after `…02.004Z`.
_SORTED_TO = timedelta(seconds=1)


class WalkError(ValueError):
    """A walk that ended where it must not, or an answer that is no page."""


@dataclass
class Walk:
    """The pages of one resource: the answers as they came, packed, and where they end."""

    pages: list[bytes] = field(default_factory=list)
    cursors: set[str] = field(default_factory=set)
    has_next: bool = False
    is_sorted: bool = True
    newest: datetime | None = None
    oldest: datetime | None = None

    def rows(self) -> Iterator[list[Any]]:
        """The rows of each page, numbers exact."""
        for page in self.pages:
            yield loads(zlib.decompress(page).decode())

    def keep(self, response: requests.Response, path: str) -> None:
        """Keep a page, and between which changes the walk went. Raises `WalkError`."""
        cursor = response.headers.get(_NEXT, "")
        if cursor and cursor in self.cursors:
            raise WalkError(f"/{path} gives one cursor twice; the walk would never end")
        self.cursors.add(cursor)
        self.has_next = bool(cursor)
        self.pages.append(zlib.compress(response.content))
        for row in response.json():
            self._note(_changed_at(row))

    def _note(self, changed: datetime | None) -> None:
        if changed is not None:
            self.is_sorted = self.is_sorted and (self.oldest is None or changed <= self.oldest + _SORTED_TO)
            self.newest = max(changed, self.newest or changed)
            self.oldest = min(changed, self.oldest or changed)


def extract(settings: Settings, warehouse: Warehouse, mode: str, tenant: str) -> Iterator[Extracted]:
    """Everything new that the API has, as pages; between them problems, and what to do once they have landed.

    Nothing without address, token and workspace. A resource that fails is said and left; the others are read.
    """
    api = settings.of(clickfunnels_api)
    if not api.is_set or (tenant and tenant != settings.organization):
        if api.api_token and not api.is_set:
            log.warning(
                "clickfunnels: the API is not read: CLICKFUNNELS_API_TOKEN is set, but not both of"
                " CLICKFUNNELS_BASE_URL and CLICKFUNNELS_WORKSPACE_ID"
            )
        return
    # Half a second that a run without credentials need not pay.
    import requests  # noqa: PLC0415

    from loaders.readers.patient_http import ApiError  # noqa: PLC0415

    progress = read_progress(warehouse, _NAME, settings.organization)
    for resource in api.resources:
        steps = (
            _transactions(settings, warehouse)
            if resource == "transactions"
            else _listed(settings, warehouse, resource, progress.get(resource))
        )
        try:
            yield from steps
        except (ApiError, WalkError, requests.RequestException) as error:
            yield _said(resource, error)


def _said(resource: str, error: Exception) -> str:
    from loaders.readers.patient_http import ApiError  # noqa: PLC0415

    # Another error's text may quote the address, and with it the token.
    why = str(error) if isinstance(error, (ApiError, WalkError)) else type(error).__name__
    hint = " Does the token have this permission?" if getattr(error, "status", 0) in (401, 403) else ""
    return f"clickfunnels API: {resource} was not read: {why}.{hint} Nothing of it landed; the next run tries again."


def _walk(settings: Settings, resource: str, path: str, params: Mapping[str, str], mark: datetime | None) -> Walk:
    """Every page of a list, or those down to the mark. Raises `ApiError`, `WalkError` or `RequestException`."""
    from dlt.sources.helpers.rest_client.client import RESTClient  # noqa: PLC0415
    from dlt.sources.helpers.rest_client.paginators import HeaderCursorPaginator  # noqa: PLC0415

    from loaders.readers.patient_http import PatientSession, judge  # noqa: PLC0415

    def judge_page(response: requests.Response) -> None:
        judge(response)
        try:
            is_page = isinstance(response.json(), list)
        except ValueError:
            is_page = False
        if not is_page:
            raise WalkError(f"/{path} answered {response.status_code} without a JSON array")

    api = settings.of(clickfunnels_api)
    client = RESTClient(
        base_url=f"{api.base_url}/",
        headers={"Authorization": f"Bearer {api.api_token}", "User-Agent": f"ledgerline/{version('ledgerline')}"},
        session=PatientSession(_TRIES, judge_page),
    )
    walk = Walk()
    reached = False
    for page in client.paginate(
        path,
        params=dict(params),
        paginator=HeaderCursorPaginator(cursor_key=_NEXT, cursor_param="after"),
        data_selector="$",
    ):
        walk.keep(page.response, path)
        # The API cannot filter by change; below the mark all is known.
        reached = mark is not None and walk.oldest is not None and walk.oldest < mark
        if reached:
            break
    if walk.has_next and not reached:
        raise WalkError(f"/{path} has more pages, but the walk ended before what is known")
    if walk.has_next and not walk.is_sorted:
        raise WalkError(f"/{path} is not sorted by change, newest first; what changed may stand further down")
    return walk


def _changed_at(row: Any) -> datetime | None:
    found = parse_instant(str(row.get("updated_at") or "")) if isinstance(row, dict) else None
    # A change in year 9999 would let nothing be asked for again.
    return found if found is not None and is_plausible(found) else None


def _listed(settings: Settings, warehouse: Warehouse, resource: str, mark: datetime | None) -> Iterator[Extracted]:
    """The pages of a workspace's list; then its mark moves."""
    path = f"workspaces/{settings.of(clickfunnels_api).workspace_id}/{resource}"
    is_by_change = resource in _BY_CHANGE
    params = {"sort_property": "updated_at", "sort_order": "desc"} if is_by_change else {}
    walk = _walk(settings, resource, path, params, mark if is_by_change else None)
    if resource == "orders" and "transactions" in settings.of(clickfunnels_api).resources:
        # Before they land: a run that is killed in between asks for them next time.
        for order_id in _newly_refunded(settings, warehouse, walk):
            keep_progress(warehouse, _NAME, settings.organization, _PENDING + order_id, settings.as_of)
    yield from _pages(settings, path, walk.rows())
    if is_by_change and walk.newest is not None:
        newest = max(walk.newest, mark or walk.newest)
        yield lambda: keep_progress(warehouse, _NAME, settings.organization, resource, newest)
    # The resource lands for itself, whatever the next one does.
    yield None


def _transactions(settings: Settings, warehouse: Warehouse) -> Iterator[Extracted]:
    """The transactions of orders that were refunded since they were last asked for."""
    pending = read_progress(warehouse, _NAME, settings.organization)
    problems = []
    for resource in sorted(pending):
        if not resource.startswith(_PENDING):
            continue
        order_id = resource.removeprefix(_PENDING)
        path = f"orders/{order_id}/transactions"
        try:
            walk = _walk(settings, "transactions", path, {}, None)
        except Exception as error:
            # Each order is asked for itself; what kept this one waits, and is said.
            problems.append(_said(f"transactions of order {order_id}", error))
            continue
        rows = (
            [{"order_id": int(order_id)} | row if isinstance(row, dict) else row for row in page]
            for page in walk.rows()
        )
        yield from _pages(settings, path, rows)

        def forget(asked: str = resource) -> None:
            keep_progress(warehouse, _NAME, settings.organization, asked, None)

        yield forget
    yield from problems


def _pages(settings: Settings, path: str, pages: Iterable[list[Any]]) -> Iterator[Page]:
    """Pages as files; the same rows are the same bytes."""
    for rows in pages:
        content = json.dumps(rows, sort_keys=True, ensure_ascii=False, default=str).encode()
        name = f"api/{path}"
        file = File(Path(f"{name}.json"), name, settings.organization, hashlib.sha256(content).hexdigest())
        yield Page(file, content)


def _newly_refunded(settings: Settings, warehouse: Warehouse, walk: Walk) -> list[str]:
    """Ids of the walk's orders that are refunded in a version that raw does not have."""
    found: dict[str, str] = {}
    for rows in walk.rows():
        for row in rows:
            if isinstance(row, dict) and plain_word(str(row.get("billing_status"))) in _REFUNDED:
                try:
                    order_id, digest = content_hash("orders", row, settings)
                except Unreadable:
                    # It will be rejected by name; there is no order to ask about.
                    continue
                found[digest] = order_id
    if not found:
        return []
    digests = list(found)
    known: set[str] = set()
    with warehouse.connect() as connection:
        for start in range(0, len(digests), _ASKED_AT_ONCE):
            part = digests[start : start + _ASKED_AT_ONCE]
            rows = connection.query(
                "select content_hash from raw_clickfunnels.orders where organization_id = %s"
                f" and content_hash in ({', '.join(['%s'] * len(part))})",
                settings.organization,
                *part,
            )
            known |= {digest for (digest,) in rows}
    return sorted({order_id for digest, order_id in found.items() if digest not in known})
