"""What is new, as it comes: server-sent events."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import anyio.to_thread
import orjson
from fastapi import APIRouter
from starlette.responses import StreamingResponse

from web.answers.asking import Asked, Question
from web.answers.schemas import answers
from web.answers.single import columns_of, rows_of, tenant_of
from web.api.events import OVERVIEW, Id, event_of
from web.news import News, Watch

router = APIRouter(prefix="/api/v1", tags=["live"])

KEEP_ALIVE_SECONDS = 15.0
_STREAM = answers({"type": "string"}, media_type="text/event-stream")
_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


@router.get("/live", responses=_STREAM, summary="Each new publication, and what changed")
async def live(asking: Question) -> StreamingResponse:
    return _streamed(asking, lambda news: [("publication", _publication(asking, news))])


@router.get("/events/{id}/live", responses=_STREAM, summary="An event's overview, whenever it changes")
async def event_live(asking: Question, id: Id) -> StreamingResponse:
    asking.require("events:read")
    # Now, while it can be refused.
    await anyio.to_thread.run_sync(_overview, asking, id)
    shown = b""

    def told(news: News) -> list[tuple[str, bytes]]:
        nonlocal shown
        found = [("publication", _publication(asking, news))]
        overview = _overview(asking, id)
        if overview != shown:
            shown = overview
            found.append(("overview", overview))
        return found

    return _streamed(asking, told)


def _streamed(asking: Asked, told: Callable[[News], list[tuple[str, bytes]]]) -> StreamingResponse:
    watch: Watch = asking.request.app.state.watch
    last_id = asking.request.headers.get("last-event-id", "")

    async def lines() -> AsyncIterator[bytes]:
        known: News | None = None
        yield b"retry: 2000\n\n"
        while not watch.stopping.is_set():
            news = await watch.newer(known, KEEP_ALIVE_SECONDS)
            if news is None:
                if not watch.stopping.is_set():
                    yield b": still here\n\n"
                continue
            known = news
            if news.id == last_id:
                # Whoever comes back has seen it.
                continue
            for name, data in await anyio.to_thread.run_sync(told, news):
                yield b"event: %s\nid: %s\ndata: %s\n\n" % (name.encode(), news.id.encode(), data)

    return StreamingResponse(lines(), headers=_HEADERS, media_type="text/event-stream")


def _publication(asking: Asked, news: News) -> bytes:
    domains = {scope.removesuffix(":read") for scope in asking.caller.scopes}
    changed = [mart for mart in news.changed if mart.partition(".")[0] in domains]
    return orjson.dumps(
        {
            "publication": news.number,
            "as_of": news.as_of,
            "published_at": news.published_at,
            "domains": sorted({mart.partition(".")[0] for mart in changed}),
            "changed": changed,
        }
    )


def _overview(asking: Asked, key: str) -> bytes:
    with asking.published.reading() as read:
        tenant = tenant_of(asking, read, event_of(key))
        fields = columns_of(read, OVERVIEW, "payload")
        row = rows_of(read, OVERVIEW, fields, [("organization_id", tenant), ("event_key", key)])[0]
        payload: str = row["payload"]
        return payload.encode()
