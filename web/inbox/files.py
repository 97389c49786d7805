"""Any file that a source reads: stored, or only read, as landing would read it."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from typing import Annotated, Any

import anyio.to_thread
import orjson
from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from loaders.config import Settings
from loaders.landing.fates import Failed, Read, Refused, Waits
from loaders.landing.reading import Unread, attempt_of, read_file
from loaders.logs import hide_personal
from loaders.operations.runs import between_runs
from loaders.source import File, Quarantined, Source
from loaders.sources.registry import SOURCES
from loaders.warehouse.engine import Warehouse
from web.answers.problems import Problem
from web.answers.schemas import Json, answers
from web.inbox.events import STORED, Organization, body_in, require_write, told
from web.inbox.storing import Inbox, aside_file, safe_name

router = APIRouter(tags=["inbox"])

_SHOWN = 50
_VERDICT: Json = {
    "type": "object",
    "required": ["status", "rows_read", "rows_landed", "rejected"],
    "properties": {
        "status": {"type": "string", "enum": ["readable"]},
        "rows_read": {"type": "integer"},
        "rows_landed": {"type": "integer"},
        "rows_skipped": {"type": "integer"},
        "rejected": {"type": "array", "items": {"type": "object"}},
    },
}


@router.put(
    "/inbox/{source}/{organization}/{name}",
    responses={
        **answers({"anyOf": [STORED, _VERDICT]}),
        **{201: answers(STORED, status=201)[201]},
    },
    openapi_extra=body_in(("application/octet-stream",)),
    summary="A file for a source; with check=1 it is only read, and what landing would say of it is answered",
)
async def put(
    request: Request,
    source: Annotated[str, Path(pattern="^[a-z_]{1,40}$", examples=["ads"], description="The source.")],
    organization: Organization,
    name: Annotated[str, Path(max_length=200, examples=["report.csv"], description="The file's name.")],
    check: Annotated[bool, Query(description="Only read it.")] = False,
) -> Response:
    require_write(request, organization)
    found = SOURCES.get(source)
    if found is None:
        raise Problem(404, f"there is no source {source}; expected one of {', '.join(SOURCES)}")
    file = _file(request.app.state.settings, found, organization, name)
    try:
        found.kind_of(file)
    except Quarantined as refused:
        raise Problem(422, refused.detail, [("#/path/name", refused.reason_code)]) from None
    if check:
        return await _check(request, found, file)
    inbox: Inbox = request.app.state.inbox
    return told(request, source, await inbox.file(source, organization, name, _some(request)), 201)


async def _some(request: Request) -> AsyncIterator[bytes]:
    """The body as it comes. Raises `Problem` (422) where there is none."""
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if chunk:
            yield chunk
    if not size:
        raise Problem(422, "the body is empty", [("#/body", "expected a file")])


def _file(settings: Settings, source: Source, organization: str, name: str) -> File:
    path = settings.landing / source.name / f"org={organization}" / "inbox" / "checked" / safe_name(name)
    return File(path, path.relative_to(settings.landing).as_posix(), organization)


async def _check(request: Request, source: Source, file: File) -> Response:
    settings: Settings = request.app.state.settings
    with aside_file(settings.state, file.path.name) as path:
        digest = hashlib.sha256()
        with path.open("wb") as written:
            async for chunk in _some(request):
                digest.update(chunk)
                await anyio.to_thread.run_sync(written.write, chunk)
        looked_at = File(path, file.source_file, file.organization_id, source_hash=digest.hexdigest())
        verdict = await anyio.to_thread.run_sync(_read, settings, source, looked_at)
    return Response(orjson.dumps(verdict), media_type="application/json")


def _read(settings: Settings, source: Source, file: File) -> dict[str, Any]:
    """What landing would make of a file. Raises `Problem` (422) where it would refuse it whole."""
    try:
        kind = source.kind_of(file)
    except Quarantined as refused:
        raise Problem(422, refused.detail, [("#/path/name", refused.reason_code)]) from None
    context = None
    if source.prepare is not None:
        with between_runs(settings) as running:
            if running and settings.target == "duckdb":
                raise Problem(
                    503, "a run is at work; the file can be checked when it has ended", headers={"Retry-After": "30"}
                )
            warehouse = Warehouse(settings)
            warehouse.create_missing(source.schema, source.tables)
            context = source.prepare(settings, warehouse, [file])
    unread = Unread(file, kind, attempt_of(source, kind, file, settings, ""))
    fate, _ = read_file(source, settings, context, unread)
    match fate:
        case Refused(_, verdict):
            raise Problem(422, hide_personal(verdict.detail), [("#/body", verdict.reason_code)], kind="refused-file")
        case Failed(_, why) | Waits(_, why):
            raise Problem(422, hide_personal(why), [("#/body", "unreadable")])
        case Read(_, parsed):
            return {
                "status": "readable",
                "rows_read": parsed.rows_read,
                "rows_landed": parsed.rows_landed,
                "rows_skipped": parsed.rows_skipped,
                "rejected": [
                    {"row": each.source_row, "reason": each.reason_code, "detail": hide_personal(each.message)}
                    for each in parsed.rejections[:_SHOWN]
                ],
            }
