"""The application put together: routes behind the guard."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import anyio.to_thread
from fastapi import FastAPI, Request
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import JSONResponse, Response

from loaders.config import Settings
from web.answers import problems
from web.api import appointments, box_office, creators, events, funnel, health, jobs, live, marts
from web.config import Door, suffix_of
from web.guard import App, Guard
from web.guard.figures import Figures
from web.inbox import events as webhooks
from web.inbox import files, metadata, reports
from web.inbox.storing import Inbox
from web.jobs import Jobs
from web.keys import Keyring
from web.news import Watch
from web.published import described, open_published

# Questions at work at once, each on one thread of the engine; what waits in line costs nothing.
_THREADS = 8


def application(
    settings: Settings, door: Door, *, is_open: bool = False, root_path: str = "", runs_arrivals: bool = True
) -> tuple[App, Watch]:
    """The front door of a home, as ASGI, and what has to be told when it is to end."""
    published = open_published(settings, door)
    figures = Figures()

    @asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[None]:
        # Half a second that the first question need not wait for.
        described()
        app.state.inbox.clean()
        anyio.to_thread.current_default_thread_limiter().total_tokens = _THREADS
        app.state.inbox.on_arrival = app.state.jobs.on_arrival
        app.state.jobs.begin()
        watch.begin()
        yield
        watch.end()
        await app.state.jobs.end()
        published.close()

    app = FastAPI(
        title="Ledgerline", version="1", docs_url=None, redoc_url=None, openapi_url=None, lifespan=life, debug=False
    )
    app.state.settings = settings
    app.state.door = door
    app.state.published = published
    app.state.figures = figures
    app.state.inbox = Inbox(settings.landing)
    app.state.jobs = Jobs(settings, runs_arrivals=runs_arrivals)
    watch = app.state.watch = Watch(published, door.publication_webhook, door.publication_secret)
    app.state.secret_owners = {suffix_of(each): each for each in organizations_of(settings)}
    problems.register(app)
    rooms = (
        health,
        marts,
        box_office,
        events,
        appointments,
        creators,
        funnel,
        jobs,
        live,
        metadata,
        webhooks,
        reports,
        files,
    )
    for module in rooms:
        app.include_router(module.router)
    _describe(app)
    guarded: App = Guard(app, door, Keyring(settings.state), published, figures, is_open=is_open, root_path=root_path)
    if door.origins:
        guarded = CORSMiddleware(
            guarded,
            allow_origins=door.origins,
            allow_methods=["GET", "POST", "PUT"],
            allow_headers=["authorization", "if-none-match", "content-type"],
            expose_headers=["etag", "location", "retry-after"],
        )
    return guarded, watch


def organizations_of(settings: Settings) -> list[str]:
    """Every organisation that anything was ever delivered of."""
    found = {path.name.removeprefix("org=") for path in settings.landing.glob("*/org=*") if path.is_dir()}
    return sorted(found | {settings.organization})


def _describe(app: FastAPI) -> None:
    """`/openapi.json`: made once, when it is first asked for."""
    described: dict[str, Any] = {}

    @app.get("/openapi.json", include_in_schema=False)
    def openapi(request: Request) -> Response:
        if not described:
            schema = app.openapi()
            schema.setdefault("components", {})["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer"}}
            schema["security"] = [{"key": []}]
            described.update(schema)
        prefix = getattr(request.state, "prefix", "")
        return JSONResponse({**described, "servers": [{"url": prefix}]} if prefix else described)
