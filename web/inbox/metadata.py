"""Edits of a performance's metadata: stored as a file that landing reads, in the name of the key."""

from __future__ import annotations

import csv
import io
import secrets
from datetime import UTC, datetime
from typing import Annotated, Any

import anyio.to_thread
import orjson
from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from loaders.sources.box_office import values
from loaders.sources.box_office.csv_kinds import SALES_FIELDS
from web.answers.asking import Asked, Question
from web.answers.problems import Problem
from web.answers.schemas import Json, answers
from web.answers.single import Thing, tenant_of
from web.inbox.events import read_body
from web.inbox.storing import Inbox

router = APIRouter(prefix="/api/v1", tags=["box office"])

_EDITED: Json = {
    "type": "object",
    "required": ["edit_id"],
    "properties": {"edit_id": {"type": "string"}, "organization_id": {"type": "string"}},
}
_FIELDS: Json = {"type": "object", "properties": {name: {} for name in values.EDITABLE_FIELDS}}
_BODY: Json = {"requestBody": {"required": True, "content": {"application/json": {"schema": _FIELDS}}}}
_LEGACY_BODY: Json = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["performanceCode", "updates"],
                    "properties": {"performanceCode": {"type": "string"}, "updates": _FIELDS},
                }
            }
        },
    }
}


@router.put(
    "/performances/{code}/metadata",
    responses=answers(_EDITED, status=202),
    openapi_extra=_BODY,
    summary="Edit a performance: title, venue, capacity, goals; never its sales",
)
async def edit(
    request: Request,
    asking: Question,
    code: Annotated[str, Path(max_length=40, examples=["301115E"])],
) -> Response:
    return await _edit(asking, code, _object(await read_body(request)))


@router.put(
    "/update-metadata",
    responses=answers(_EDITED, status=202),
    openapi_extra=_LEGACY_BODY,
    summary="The same, as the older dashboard asks for it",
)
async def update(request: Request, asking: Question) -> Response:
    said = _object(await read_body(request))
    code, updates = said.get("performanceCode"), said.get("updates")
    errors = []
    if not isinstance(code, str) or not code:
        errors.append(("#/body/performanceCode", "expected a performance's code"))
    if not isinstance(updates, dict):
        errors.append(("#/body/updates", "expected an object of fields"))
    if errors or not isinstance(code, str) or not isinstance(updates, dict):
        raise Problem(422, "expected {performanceCode, updates}", errors)
    return await _edit(asking, code, updates, "#/body/updates")


def _object(body: bytes) -> dict[str, Any]:
    try:
        said = orjson.loads(body)
    except orjson.JSONDecodeError:
        said = None
    if not isinstance(said, dict):
        raise Problem(422, "the body is no JSON object", [("#/body", "expected an object of fields")])
    return said


async def _edit(asking: Asked, code: str, fields: dict[str, Any], where: str = "#/body") -> Response:
    asking.require("metadata:write")
    organization = await anyio.to_thread.run_sync(_organization, asking, code)
    cells = _cells(fields, where)
    now = datetime.now(UTC)
    edit_id = f"{now:%Y%m%dT%H%M%S%f}-{secrets.token_hex(4)}"
    text = io.StringIO()
    names = ["performance_code", *cells, "changed_at", "changed_by"]
    lines = csv.writer(text, lineterminator="\n")
    lines.writerow(names)
    lines.writerow([code, *cells.values(), now.isoformat().replace("+00:00", "Z"), asking.caller.name])
    inbox: Inbox = asking.request.app.state.inbox
    await anyio.to_thread.run_sync(inbox.metadata, organization, f"{edit_id}.csv", text.getvalue().encode())
    said = {"edit_id": edit_id, "organization_id": organization}
    return Response(orjson.dumps(said), 202, media_type="application/json")


def _organization(asking: Asked, code: str) -> str:
    with asking.published.reading() as read:
        return tenant_of(asking, read, Thing("box_office.performances", "performance_code", code, "performance"))


def _cells(fields: dict[str, Any], where: str) -> dict[str, str]:
    """Every field as its file holds it. Raises `Problem` (422) naming every one that cannot be."""
    errors, cells = [], {}
    for name, value in fields.items():
        pointer = f"{where}/{name}"
        if name in SALES_FIELDS:
            errors.append((pointer, "sales come from reports only"))
        elif name not in values.EDITABLE_FIELDS:
            errors.append((pointer, f"no such field; expected one of {', '.join(values.EDITABLE_FIELDS)}"))
        elif value is None:
            cells[name] = "NULL"
        else:
            text = str(value).lower() if isinstance(value, bool) else str(value)
            is_plain = isinstance(value, (str, int, float, bool)) and text != "NULL"
            cell = values.canonical(name, text) if is_plain else None
            if cell is None:
                errors.append((pointer, f"expected {values.expected(name)}, or null"))
            else:
                cells[name] = cell
    if not fields:
        errors.append((where, "expected at least one field"))
    if errors:
        raise Problem(422, "nothing was changed", errors)
    return cells
