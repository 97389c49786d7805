"""The process: it listens, and ends within three seconds when it is told to."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from loaders.config import ConfigError, Settings
from web.app import application, organizations_of
from web.config import Door, require_distinct
from web.guard import write_access_log

log = logging.getLogger("ledgerline")

_HEADER_BYTES = 64 * 1024
_HEADER_SECONDS = 15.0
_END_SECONDS = 3
_CONNECTIONS = 4_096
_BACKLOG = 1_024
# The first that systemd hands over.
_FIRST_GIVEN = 3


class Impatient(HttpToolsProtocol):
    """HTTP whose headers come within a time and a size, or not at all: many that never end cost nothing."""

    _waiting: asyncio.TimerHandle | None = None
    _header_bytes = 0

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._expect()

    def data_received(self, data: bytes) -> None:
        if self._waiting is None and (self.cycle is None or self.cycle.response_complete):
            self._expect()
        if self._waiting is not None:
            self._header_bytes += len(data)
            if self._header_bytes > _HEADER_BYTES + 1024 * 1024:
                self._cut()
                return
        super().data_received(data)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._named = getattr(self, "_named", 0) + len(name) + len(value)
        if self._named > _HEADER_BYTES:
            self._cut()
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._settle()
        super().on_headers_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        self._settle()
        super().connection_lost(exc)

    def _expect(self) -> None:
        self._header_bytes = self._named = 0
        self._waiting = self.loop.call_later(_HEADER_SECONDS, self._cut)

    def _settle(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None
        self._named = 0

    def _cut(self) -> None:
        if self.transport is not None and not self.transport.is_closing():
            self.transport.abort()


class Server(uvicorn.Server):
    """Says where it listens once it does, and ends with status 0 when it is told to, not by the signal that told it."""

    greeting = ""
    on_end: Callable[[], None] = staticmethod(lambda: None)
    _loop: asyncio.AbstractEventLoop | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        self._loop = asyncio.get_running_loop()
        await super().startup(sockets)
        print(self.greeting, file=sys.stderr, flush=True)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        # Streams that wait for news would hold the end up.
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self.on_end)
        super().handle_exit(sig, frame)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        before = {number: signal.signal(number, self.handle_exit) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def serve(
    settings: Settings, door: Door, host: str, port: int, *, is_open: bool, root_path: str, runs_arrivals: bool
) -> int:
    """Serve until told to end; the exit status. Raises `ConfigError`."""
    require_distinct(door, organizations_of(settings))
    write_access_log()
    app, watch = application(settings, door, is_open=is_open, root_path=root_path, runs_arrivals=runs_arrivals)
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        loop="uvloop",
        http=Impatient,
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=True,
        proxy_headers=False,
        backlog=_BACKLOG,
        limit_concurrency=_CONNECTIONS,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=_END_SECONDS,
    )
    try:
        listening = _given(settings) or (config.bind_socket() if port else _any_port(host))
    except (OSError, SystemExit) as error:
        raise ConfigError(f"port {port} of {host} cannot be opened ({error}); --port names another one") from error
    bound = listening.getsockname()[1]
    shown = f"[{host}]" if ":" in host else host
    server = Server(config)
    server.on_end = watch.stop
    server.greeting = f"Ledgerline serves {settings.where_published} at http://{shown}:{bound}{root_path}"
    server.run(sockets=[listening])
    return 0


def _given(settings: Settings) -> socket.socket | None:
    """The socket that systemd opened for this process, if it did."""
    said = settings.environment
    if said.get("LISTEN_PID") != str(os.getpid()) or said.get("LISTEN_FDS") != "1":
        return None
    return socket.socket(fileno=_FIRST_GIVEN)


def _any_port(host: str) -> socket.socket:
    """A free port; which one is said when it listens."""
    return socket.create_server((host, 0), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
