"""What goes wrong, as `application/problem+json` (RFC 9457). Nothing of the inside is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import orjson
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from web.published import NotPublishedError, TooMuchError

MEDIA_TYPE = "application/problem+json"
_TYPE = "urn:ledgerline:problem:"


class Problem(Exception):  # noqa: N818 - an answer
    """An answer that says no: status, what was found and expected, and where in the request."""

    def __init__(
        self,
        status: int,
        detail: str,
        errors: Sequence[tuple[str, str]] = (),
        *,
        kind: str = "",
        headers: Mapping[str, str] | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(status, detail)
        self.status = status
        self.detail = detail
        self.errors = errors
        self.kind = kind
        self.headers = dict(headers or {})
        # Members of its own, for who knows another form of errors.
        self.extra = dict(extra or {})


def body_of(problem: Problem, instance: str) -> dict[str, Any]:
    """The members of a problem; `instance` is the path that was asked for."""
    title = HTTPStatus(problem.status).phrase
    return {
        "type": _TYPE + (problem.kind or title.lower().replace(" ", "-").replace("'", "")),
        "title": title,
        "status": problem.status,
        "detail": problem.detail,
        "instance": instance,
        **problem.extra,
        "errors": [{"pointer": pointer, "detail": detail} for pointer, detail in problem.errors],
    }


def answer_of(problem: Problem, instance: str) -> Response:
    return Response(
        orjson.dumps(body_of(problem, instance)), problem.status, headers=problem.headers, media_type=MEDIA_TYPE
    )


def register(app: FastAPI) -> None:
    """Let every error of the application be a problem."""

    async def refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, Problem)
        return answer_of(error, request.url.path)

    async def http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        detail = error.detail if error.status_code not in (404, 405) else _NO_ROUTE[error.status_code]
        return answer_of(Problem(error.status_code, detail, headers=error.headers), request.url.path)

    async def invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        errors = [(pointer_of(each["loc"]), each["msg"]) for each in error.errors()]
        return answer_of(Problem(422, "the request cannot be understood", errors), request.url.path)

    async def unpublished(request: Request, error: Exception) -> Response:
        assert isinstance(error, NotPublishedError)
        status = 404 if error.is_unknown else 503
        headers = {} if error.is_unknown else {"Retry-After": "10"}
        return answer_of(Problem(status, str(error), kind="not-published", headers=headers), request.url.path)

    async def too_much(request: Request, error: Exception) -> Response:
        detail = "this question takes too long or too much memory; ask for less of it"
        return answer_of(Problem(503, detail, kind="too-much", headers={"Retry-After": "60"}), request.url.path)

    async def fault(request: Request, error: Exception) -> Response:
        return answer_of(Problem(500, "an error of the server; its log says more"), request.url.path)

    app.add_exception_handler(Problem, refused)
    app.add_exception_handler(HTTPException, http)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(NotPublishedError, unpublished)
    app.add_exception_handler(TooMuchError, too_much)
    app.add_exception_handler(Exception, fault)


_NO_ROUTE = {404: "there is nothing at this address", 405: "this address does not answer to this method"}


def pointer_of(location: Sequence[Any]) -> str:
    """Where in the request: `#/query/limit`, `#/body/capacity`."""
    return "#/" + "/".join(str(part).replace("~", "~0").replace("/", "~1") for part in location)
