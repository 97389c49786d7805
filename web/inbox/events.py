"""Webhooks that their providers sign, and native orders of a key's holder."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from loaders.sources.clickfunnels import verify_webhook
from web.answers.problems import Problem
from web.answers.schemas import Json, answers
from web.config import Door, suffix_of
from web.inbox.signatures import is_square
from web.inbox.storing import Inbox, Stored, event_id_of
from web.keys import Caller

router = APIRouter(tags=["inbox"])

Organization = Annotated[
    str, Path(pattern="^[A-Za-z0-9_-]{1,64}$", examples=["main"], description="Whose it is: an organisation's id.")
]
STORED: Json = {
    "type": "object",
    "required": ["status", "id"],
    "properties": {
        "status": {"type": "string", "enum": ["accepted", "duplicate", "ignored"]},
        "id": {"type": "string"},
        "file": {"type": "string"},
    },
}


def body_in(media_types: tuple[str, ...]) -> Json:
    """What a route takes, for its description."""
    schema = {"schema": {"type": "string", "format": "binary"}}
    return {"requestBody": {"required": True, "content": dict.fromkeys(media_types, schema)}}


async def read_body(request: Request) -> bytes:
    """The body, which the guard keeps small. Raises `Problem` (422) for none."""
    body = b"".join([chunk async for chunk in request.stream()])
    if not body:
        raise Problem(422, "the body is empty", [("#/body", "expected something")])
    return body


def told(request: Request, source: str, stored: Stored, status: int) -> Response:
    """The answer about something stored."""
    outcome = "duplicate" if stored.is_duplicate else "accepted"
    request.app.state.figures.arrivals[source, outcome] += 1
    said: dict[str, Any] = {"status": outcome, "id": stored.id}
    if stored.name:
        said["file"] = stored.name
    return Response(orjson.dumps(said), 200 if stored.is_duplicate else status, media_type="application/json")


def require_write(request: Request, organization: str, scope: str = "inbox:write") -> None:
    """Raise `Problem`: 403 without the scope, 404 for an organisation that the key does not cover."""
    caller: Caller = request.state.caller
    if scope not in caller.scopes:
        raise Problem(403, f"this key has no scope {scope}", kind="missing-scope")
    if caller.organizations is not None and organization not in caller.organizations:
        raise Problem(404, "there is no such organisation")


def _unsigned(request: Request, source: str, why: str) -> Problem:
    request.app.state.figures.arrivals[source, "refused"] += 1
    return Problem(401, why, kind="bad-signature")


async def _take(request: Request, source: str, organization: str, is_signed: Callable[[bytes], bool]) -> Response:
    body = await read_body(request)
    if not is_signed(body):
        raise _unsigned(request, source, "the signature is missing, wrong or too old")
    inbox: Inbox = request.app.state.inbox
    return told(request, source, await inbox.event(source, organization, event_id_of(body), body), 202)


@router.post(
    "/inbox/clickfunnels/{organization}",
    responses=answers(STORED, status=202),
    openapi_extra=body_in(("application/json",)),
    summary="A webhook of ClickFunnels, signed by it",
)
async def clickfunnels(request: Request, organization: Organization) -> Response:
    door: Door = request.app.state.door
    owner = request.app.state.secret_owners.setdefault(suffix_of(organization), organization)
    secrets = door.secrets_of(organization)
    if owner != organization and suffix_of(organization) in door.clickfunnels_secrets:
        # Both would have one secret, and each could pass as the other.
        raise _unsigned(request, "clickfunnels", "another organisation has the secret of this name")
    if not secrets:
        raise Problem(503, "CLICKFUNNELS_WEBHOOK_SECRET is not set here", headers={"Retry-After": "600"})
    timestamp = request.headers.get("x-webhook-clickfunnels-timestamp", "")
    signature = request.headers.get("x-webhook-clickfunnels-signature", "")

    def is_signed(body: bytes) -> bool:
        # Each of them, whichever fits: how long it takes tells nothing of which did.
        now = time.time()
        return sum(verify_webhook(secret, timestamp, body, signature, now=now) for secret in secrets) > 0

    return await _take(request, "clickfunnels", organization, is_signed)


@router.post(
    "/inbox/square/{organization}",
    responses=answers(STORED, status=202),
    openapi_extra=body_in(("application/json",)),
    summary="A webhook of Square, signed by it",
)
async def square(request: Request, organization: Organization) -> Response:
    door: Door = request.app.state.door
    url = door.square_webhook_url or (door.public_url and door.public_url + request.url.path)
    if not door.square_key or not url:
        missing = "SQUARE_WEBHOOK_SIGNATURE_KEY" if not door.square_key else "SQUARE_WEBHOOK_URL"
        raise Problem(503, f"{missing} is not set here", headers={"Retry-After": "600"})
    signature = request.headers.get("x-square-hmacsha256-signature", "")
    return await _take(request, "square", organization, lambda body: is_square(door.square_key, url, body, signature))


@router.post(
    "/inbox/ticketing/{organization}/orders",
    responses=answers(STORED, status=202),
    openapi_extra=body_in(("application/json", "application/x-ndjson")),
    summary="Orders of an organiser's own shop, as JSON or JSON lines",
)
async def orders(request: Request, organization: Organization) -> Response:
    require_write(request, organization)
    body = await read_body(request)
    _require_objects(body)
    inbox: Inbox = request.app.state.inbox
    return told(request, "ticketing", await inbox.event("ticketing", organization, "", body), 202)


def _require_objects(body: bytes) -> None:
    """Raise `Problem` (422) for what is neither JSON nor JSON lines, naming the line."""
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError:
        lines = [line for line in body.split(b"\n") if line.strip()]
        for number, line in enumerate(lines, start=1):
            try:
                is_object = isinstance(orjson.loads(line), dict)
            except orjson.JSONDecodeError:
                is_object = False
            if not is_object:
                raise Problem(
                    422,
                    "the body is neither JSON nor JSON lines",
                    [(f"#/body/{number}", "expected a JSON object on this line")],
                ) from None
        return
    if not isinstance(found, (dict, list)):
        raise Problem(422, "the body is no order", [("#/body", "expected an object, or a list of them")])
