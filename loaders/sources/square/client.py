"""A patient client for the Square API: pages by cursor, and what to do when one expires."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping
from typing import Any, Literal
from urllib.parse import urlsplit

import requests
from dlt.sources.helpers.rest_client.client import RESTClient
from dlt.sources.helpers.rest_client.paginators import BasePaginator, JSONResponseCursorPaginator, SinglePagePaginator

from loaders.readers.patient_http import ApiError, PatientSession
from loaders.sources.square.settings import SquareApi

log = logging.getLogger("ledgerline")

Method = Literal["GET", "POST"]


class CursorExpiredError(ApiError):
    """The API no longer knows a cursor: what it belonged to must be read from its start."""


def _judge(response: requests.Response) -> None:
    """Raise for an answer that is none, with the API's own code."""
    if response.status_code < 400:
        return
    try:
        errors = response.json().get("errors") or [{}]
        code = str(errors[0].get("code", ""))[:60]
    except (ValueError, AttributeError, TypeError, IndexError):
        code = ""
    path = urlsplit(response.url).path
    if response.status_code == 400 and code == "INVALID_CURSOR":
        raise CursorExpiredError(response.status_code, code, path)
    raise ApiError(response.status_code, code, path, response.headers.get("Retry-After", ""))


class SquareClient:
    """The API of one organisation. Every method raises `ApiError` or `requests.RequestException`."""

    def __init__(self, api: SquareApi, token: str) -> None:
        self._max_restarts = api.max_retries
        self._client = RESTClient(
            base_url=api.base_url,
            headers={"Authorization": f"Bearer {token}", "Square-Version": api.version},
            session=PatientSession(api.max_retries + 1, _judge),
        )

    def pages(
        self, method: Method, path: str, list_key: str, params: Mapping[str, Any] | None = None, body: Any = None
    ) -> Iterator[list[dict[str, Any]]]:
        """The objects of each page, until no cursor comes back. An expired cursor starts the query again; cursors are
        never kept longer than that."""
        for attempt in range(self._max_restarts + 1):
            try:
                yield from self._pages_once(method, path, list_key, params, body)
            except CursorExpiredError:
                if attempt == self._max_restarts:
                    raise
                log.warning("square: a cursor of %s expired; reading it from its start", path)
            else:
                return

    def _pages_once(
        self, method: Method, path: str, list_key: str, params: Mapping[str, Any] | None, body: Any
    ) -> Iterator[list[dict[str, Any]]]:
        paginator = (
            JSONResponseCursorPaginator(cursor_path="cursor", cursor_param="cursor")
            if body is None
            else JSONResponseCursorPaginator(cursor_path="cursor", cursor_body_path="cursor")
        )
        for answer in self._answers(method, path, params, body, paginator):
            found = answer.get(list_key)
            # A page without its list, or with {} in its place, has no rows.
            yield found if isinstance(found, list) else []

    def one(self, path: str) -> dict[str, Any] | None:
        """One object's answer; None where the API says that there is none."""
        try:
            return next(self._answers("GET", path, None, None, SinglePagePaginator()))
        except ApiError as error:
            if error.status == 404:
                return None
            raise

    def _answers(
        self, method: Method, path: str, params: Mapping[str, Any] | None, body: Any, paginator: BasePaginator
    ) -> Iterator[dict[str, Any]]:
        # The query is copied: the paginator writes its cursor into it.
        for page in self._client.paginate(
            path,
            method=method,
            params=dict(params or {}),
            json=json.loads(json.dumps(body)) if body is not None else None,
            paginator=paginator,
            data_selector="$",
        ):
            answer = page.response.json()
            if not isinstance(answer, dict):
                raise ApiError(page.response.status_code, "NO_OBJECT", path)
            yield answer
