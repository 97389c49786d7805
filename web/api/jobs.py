"""Runs on request, how they go, and how all jobs of the home have gone."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from loaders.config import ORGANIZATION_ID, Settings
from loaders.operations.runs import between_runs
from loaders.operations.status import read_status
from loaders.warehouse.engine import Warehouse
from web.answers.asking import Asked, Question
from web.answers.problems import Problem
from web.answers.schemas import Json, answers
from web.jobs import BusyError, Jobs

router = APIRouter(tags=["jobs"])

_JOB: Json = {
    "type": "object",
    "required": ["id", "job", "status", "started_at", "progress"],
    "properties": {
        "id": {"type": "string"},
        "job": {"type": "string"},
        "status": {"type": "string", "enum": ["running", "completed", "failed"]},
        "started_at": {"type": "string", "format": "date-time"},
        "finished_at": {"type": ["string", "null"]},
        "exit_status": {"type": ["integer", "null"]},
        "progress": {"type": "array", "items": {"type": "object"}},
    },
}
_STATUS: Json = {
    "type": "object",
    "required": ["running", "jobs"],
    "properties": {
        "running": {"type": ["string", "null"]},
        "jobs": {"type": "array", "items": {"type": "object"}},
        "recent": {"type": "array", "items": _JOB},
    },
}
_ASKED: Json = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "properties": {
                        "job": {"type": "string", "enum": ["run", "refresh"]},
                        "mode": {"type": "string", "enum": ["full", "recent", "org"]},
                        "organization": {"type": "string"},
                    },
                }
            }
        },
    }
}


@router.post(
    "/api/v1/jobs",
    status_code=202,
    responses=answers(_JOB, status=202),
    openapi_extra=_ASKED,
    summary="Start a run",
)
async def start(request: Request, asking: Question) -> Response:
    said = await _body(request)
    job = said.get("job")
    if job not in ("run", "refresh"):
        raise Problem(422, "which job?", [("#/body/job", "expected run or refresh")])
    return await _start(asking, str(job), said)


@router.post("/api/cron/refresh-customer-analytics", include_in_schema=False)
async def refresh(request: Request, asking: Question) -> Response:
    return await _start(asking, "refresh", await _body(request))


@router.get("/api/v1/jobs/status", responses=answers(_STATUS), summary="How every job of the home has gone")
def status(asking: Question) -> Response:
    asking.require("ops:read")
    if asking.caller.organizations is not None:
        raise Problem(403, "jobs are of all organisations together; this key covers some of them")
    settings: Settings = asking.request.app.state.settings
    with between_runs(settings) as running:
        is_closed = bool(running) and settings.target == "duckdb"
        # The embedded engine refuses readers while it is written.
        entries = (
            [] if is_closed else read_status(settings, Warehouse(settings), datetime.now(UTC), is_running=bool(running))
        )
    jobs: Jobs = asking.request.app.state.jobs
    told = {"running": running, "jobs": entries, "recent": [job.as_json() for job in jobs.all()[:20]]}
    return Response(orjson.dumps(told, default=str), media_type="application/json")


@router.get("/api/v1/jobs/{id}", responses=answers(_JOB), summary="How one run goes")
async def job(asking: Question, id: Annotated[str, Path(max_length=40, examples=["none"])]) -> Response:
    asking.require("jobs:write")
    jobs: Jobs = asking.request.app.state.jobs
    found = jobs.get(id)
    covered = asking.caller.organizations
    if found is None or (covered is not None and found.organization not in covered):
        raise Problem(404, "there is no such job")
    return Response(orjson.dumps(found.as_json()), media_type="application/json")


router.add_api_route("/admin/jobs/status", status, methods=["GET"], include_in_schema=False)


async def _body(request: Request) -> dict[str, Any]:
    body = b"".join([chunk async for chunk in request.stream()])
    said: Any = {}
    with contextlib.suppress(orjson.JSONDecodeError):
        said = orjson.loads(body) if body else {}
    if not isinstance(said, dict) or (body and not said and body.strip() != b"{}"):
        raise Problem(422, "the body is no JSON object", [("#/body", "expected {job, mode, organization}")])
    return said


async def _start(asking: Asked, name: str, said: dict[str, Any]) -> Response:
    asking.require("jobs:write")
    mode, organization = said.get("mode") or "", said.get("organization") or ""
    errors = []
    if name == "run" and (mode or organization):
        errors.append(("#/body/mode", "a run has neither mode nor organization"))
    if name == "refresh":
        mode = mode or ("org" if organization else "recent")
        if mode not in ("full", "recent", "org"):
            errors.append(("#/body/mode", "expected full, recent or org"))
        if (mode == "org") != bool(organization):
            errors.append(("#/body/organization", "expected with mode org, and with no other"))
    if organization and not (isinstance(organization, str) and ORGANIZATION_ID.fullmatch(organization)):
        errors.append(("#/body/organization", "expected 1-64 of A-Z a-z 0-9 _ -"))
    if errors:
        raise Problem(422, "there is no such job", errors)
    covered = asking.caller.organizations
    if covered is not None and not organization:
        raise Problem(403, "this is a job of all organisations; this key covers some of them")
    if covered is not None and organization not in covered:
        raise Problem(404, "there is no such organisation")
    jobs: Jobs = asking.request.app.state.jobs
    prefix = getattr(asking.request.state, "prefix", "")
    try:
        job = await jobs.start(name, mode, organization, asking.caller.name)
    except BusyError as busy:
        raise Problem(
            409,
            f"a {name} is at work",
            kind="busy",
            headers={"Location": f"{prefix}/api/v1/jobs/{busy.job_id}", "Retry-After": "10"},
        ) from None
    headers = {"Location": f"{prefix}/api/v1/jobs/{job.id}"}
    return Response(orjson.dumps(job.as_json()), 202, headers=headers, media_type="application/json")
