"""A patient HTTP client for the Square API: pages by cursor, and what to do when it says no.

429 waits as long as the API asks; 408, 429, 5xx and broken connections back off 1 s, 2 s, 4 s … at most 60 s, within
10 % of chance, so that two loaders do not knock together. What is not an answer is never "no rows": it raises.
"""

from __future__ import annotations

import json
import logging
import random
from collections.abc import Iterator, Mapping
from typing import Any

import requests
from dlt.sources.helpers.rest_client import RESTClient
from dlt.sources.helpers.rest_client.paginators import BasePaginator, JSONResponseCursorPaginator, SinglePagePaginator
from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt

from loaders.config import SquareApi

log = logging.getLogger("ledgerline")

_TIMEOUT_SECONDS = 60
_LONGEST_WAIT_SECONDS = 60
_BROKEN = (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError)


class ApiError(Exception):
    """An answer that is an error: its status, the API's own code, and the seconds it asks to wait, where it does."""

    def __init__(self, status: int, code: str, path: str, retry_after: str = "") -> None:
        super().__init__(f"{path} answered {status} {code}".rstrip())
        self.status = status
        self.seconds_to_wait = float(retry_after) if status == 429 and retry_after.isdigit() else None


class CursorExpiredError(ApiError):
    """The API no longer knows a cursor: what it belonged to must be read from its start."""


def _is_transient(error: BaseException) -> bool:
    if isinstance(error, ApiError):
        return error.status in (408, 429) or error.status >= 500
    return isinstance(error, _BROKEN)


def _seconds_to_wait(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome is not None else None
    if isinstance(error, ApiError) and error.seconds_to_wait is not None:
        return error.seconds_to_wait
    # Chance spreads the load; no row depends on it.
    return min(_LONGEST_WAIT_SECONDS, 2.0 ** (state.attempt_number - 1)) * random.uniform(0.9, 1.1)


class _PatientSession(requests.Session):
    """Sends again what failed for a while."""

    def __init__(self, max_retries: int) -> None:
        super().__init__()
        self._max_retries = max_retries

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        options["timeout"] = options.get("timeout") or _TIMEOUT_SECONDS
        retrying = Retrying(
            stop=stop_after_attempt(self._max_retries + 1),
            wait=_seconds_to_wait,
            retry=retry_if_exception(_is_transient),
            reraise=True,
        )
        return retrying(super().send, request, **options)


def _judge(response: requests.Response, *_: Any, **__: Any) -> None:
    """Raise for an answer that is none; a hook of the request, so that a raise is a failed attempt."""
    if response.status_code < 400:
        return
    try:
        errors = response.json().get("errors") or [{}]
        code = str(errors[0].get("code", ""))[:60]
    except (ValueError, AttributeError, TypeError, IndexError):
        code = ""
    path = requests.utils.urlparse(response.url).path
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
            session=_PatientSession(api.max_retries),
        )

    def pages(
        self, method: str, path: str, list_key: str, params: Mapping[str, Any] | None = None, body: Any = None
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
        self, method: str, path: str, list_key: str, params: Mapping[str, Any] | None, body: Any
    ) -> Iterator[list[dict[str, Any]]]:
        paginator = JSONResponseCursorPaginator(
            cursor_path="cursor", **({"cursor_body_path": "cursor"} if body is not None else {"cursor_param": "cursor"})
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
        self, method: str, path: str, params: Mapping[str, Any] | None, body: Any, paginator: BasePaginator
    ) -> Iterator[dict[str, Any]]:
        # The query is copied: the paginator writes its cursor into it.
        for page in self._client.paginate(
            path,
            method=method,
            params=dict(params or {}),
            json=json.loads(json.dumps(body)) if body is not None else None,
            paginator=paginator,
            data_selector="$",
            hooks={"response": [_judge]},
        ):
            answer = page.response.json()
            if not isinstance(answer, dict):
                raise ApiError(page.response.status_code, "NO_OBJECT", path)
            yield answer
