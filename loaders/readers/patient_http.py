"""HTTP that waits and asks again, shared by the loaders of APIs.

A server that says when to come back is asked then; one that says 408, 429 or 5xx, or breaks the connection, is asked
again after 1 s, 2 s, 4 s … at most 60 s, within 10 % of chance, so that two loaders do not knock together. What is not
an answer is never "no rows": it raises.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import requests
from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt

_TIMEOUT_SECONDS = 60
_LONGEST_WAIT_SECONDS = 60
_BROKEN = (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError)


class ApiError(Exception):
    """An answer that is an error: its status, the API's own code, and the seconds it asks to wait, where it does."""

    def __init__(self, status: int, code: str, path: str, retry_after: str = "") -> None:
        super().__init__(f"{path} answered {status} {code}".rstrip())
        self.status = status
        self.seconds_to_wait = float(retry_after) if is_transient(status) and retry_after.isdigit() else None


def is_transient(status: int) -> bool:
    """Whether an answer may be another in a while."""
    return status in (408, 429) or status >= 500


def judge(response: requests.Response) -> None:
    """Raise `ApiError` for an answer that is none. Of its address only the path is told."""
    if response.status_code >= 400:
        path = urlsplit(response.url).path
        raise ApiError(response.status_code, "", path, response.headers.get("Retry-After", ""))


def _may_pass(error: BaseException) -> bool:
    return is_transient(error.status) if isinstance(error, ApiError) else isinstance(error, _BROKEN)


def _seconds_to_wait(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome is not None else None
    if isinstance(error, ApiError) and error.seconds_to_wait is not None:
        return error.seconds_to_wait
    # Chance spreads the load; no row depends on it.
    return min(_LONGEST_WAIT_SECONDS, 2.0 ** (state.attempt_number - 1)) * random.uniform(0.9, 1.1)


class PatientSession(requests.Session):
    """Sends again, up to `tries` times in all, what failed for a while; `judge` raises for answers that are none."""

    def __init__(self, tries: int, judge: Callable[[requests.Response], None] = judge) -> None:
        super().__init__()
        self._tries = tries
        self._judge = judge

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        options["timeout"] = options.get("timeout") or _TIMEOUT_SECONDS
        retrying = Retrying(
            stop=stop_after_attempt(self._tries),
            wait=_seconds_to_wait,
            retry=retry_if_exception(_may_pass),
            reraise=True,
        )
        return retrying(self._send_once, request, **options)

    def _send_once(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        # dlt hooks in a judgement of its own, which would come first and know neither code nor waiting time.
        request.hooks = {"response": []}
        response = super().send(request, **options)
        self._judge(response)
        return response
