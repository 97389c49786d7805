"""Whether the process lives, whether it can answer, and its figures."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from web.answers.asking import Question
from web.answers.schemas import answers
from web.published import NotPublishedError

router = APIRouter(tags=["operation"])

_STATUS = {
    "type": "object",
    "required": ["status"],
    "properties": {"status": {"type": "string"}, "publication": {"type": "integer"}, "as_of": {"type": "string"}},
}


@router.get("/healthz", responses=answers(_STATUS), summary="Whether the process answers")
async def healthz() -> Response:
    return JSONResponse({"status": "ok"})


@router.get("/readyz", responses=answers(_STATUS), summary="Whether there is a publication to answer from")
def readyz(request: Request) -> Response:
    with request.app.state.published.reading() as read:
        identity = read.identity
    return JSONResponse({"status": "ok", "publication": identity.number, "as_of": identity.as_of})


_FIGURES = answers({"type": "string"}, media_type="text/plain")


@router.get("/metrics", responses=_FIGURES, summary="Figures in Prometheus' text format")
def metrics(asking: Question) -> Response:
    asking.require("ops:read")
    number, as_of = None, ""
    try:
        with asking.published.reading() as read:
            number, as_of = read.identity.number, read.identity.as_of
    except NotPublishedError:
        pass
    text = asking.request.app.state.figures.as_text(number, as_of)
    return PlainTextResponse(text, media_type="text/plain; version=0.0.4; charset=utf-8")
