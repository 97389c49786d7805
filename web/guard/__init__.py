"""What every request passes before anything answers it, and what is written down of it afterwards.

In this order: the host that was asked, sizes of headers and body, the key, its rate, room in the queue. An answer that
was made before from the same publication goes out from here, without the application being asked.
"""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import sys
import time
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from functools import lru_cache
from typing import Any

import orjson
from starlette.requests import ClientDisconnect

from web.answers.asking import VARY, cache_key, matches
from web.answers.problems import MEDIA_TYPE, Problem, body_of
from web.config import Door
from web.guard.figures import Figures
from web.guard.rates import Buckets
from web.keys import ANYBODY, Caller, Keyring
from web.published import Answer, Published

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

log = logging.getLogger("ledgerline")
access = logging.getLogger("ledgerline.access")


def write_access_log() -> None:
    """Lines of access as they are: nothing in them comes from outside but the key's name, and they are many."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(message)s"))
    access.handlers = [handler]
    access.propagate = False


MAX_HEADER_BYTES = 32 * 1024
MAX_BODY_BYTES = 1024 * 1024
MAX_REPORT_BYTES = 36 * 1024 * 1024
MAX_PATH = 2_000
_BODY_SECONDS = 30.0
# Probes tell nothing and have no key.
_PUBLIC = frozenset(("/healthz", "/readyz"))
# Whoever guesses keys may do so this often a minute.
_FAILURES_PER_MINUTE = 30

_SECURITY = (
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-resource-policy", b"same-site"),
    (b"permissions-policy", b"interest-cohort=()"),
)
_DEFAULTS = ((b"cache-control", b"private, no-cache"), (b"vary", VARY.encode()))


class Guard:
    """The application, guarded."""

    def __init__(
        self,
        app: App,
        door: Door,
        keys: Keyring,
        published: Published,
        figures: Figures,
        *,
        is_open: bool = False,
        root_path: str = "",
    ) -> None:
        self._app = app
        self._door = door
        self._keys = keys
        self._published = published
        self._figures = figures
        self._open = ANYBODY if is_open else None
        self._root_path = root_path.rstrip("/")
        self._buckets = Buckets(door.rate, 2 * door.rate)
        self._failures = Buckets(_FAILURES_PER_MINUTE / 60, _FAILURES_PER_MINUTE)
        self._security = (
            *_SECURITY,
            *(
                [(b"strict-transport-security", b"max-age=31536000; includeSubDomains")]
                if door.public_url.startswith("https:")
                else []
            ),
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        exchange = _Exchange(scope, send, self._security)
        # A stream of what is new waits all day, and for nothing.
        waits = 0 if scope["path"].endswith("/live") else 1
        self._figures.waiting += waits
        try:
            await self._answer(scope, receive, exchange)
        except Problem as problem:
            await exchange.refuse(problem)
        except ClientDisconnect:
            pass
        except Exception as error:
            if not isinstance(error, asyncio.CancelledError):
                log.error("serve: %s at %s", type(error).__name__, exchange.route, exc_info=error)
            if not exchange.is_whole:
                await exchange.refuse(Problem(500, "an error of the server; its log says more"))
        finally:
            self._figures.waiting -= waits
            self._write_down(scope, exchange, time.perf_counter() - started)

    async def _answer(self, scope: Scope, receive: Receive, exchange: _Exchange) -> None:
        headers = _headers(scope)
        self._place(scope)
        path = scope["path"]
        self._check_host(headers)
        if headers.get(b"content-encoding", b"identity") != b"identity":
            raise Problem(415, "bodies are taken as they are, without a content encoding")
        if path in _PUBLIC or is_signed(path):
            scope["state"]["caller"] = None
        else:
            caller = self._caller(scope, headers)
            exchange.caller = scope["state"]["caller"] = caller
            if wait := self._buckets.take(caller.id):
                raise Problem(
                    429, f"this key asks more than {self._door.rate} times a second", headers={"Retry-After": str(wait)}
                )
            if scope["method"] == "GET" and b"text/csv" not in headers.get(b"accept", b""):
                hot = self._published.hot()
                found = hot.get(cache_key(scope, caller)) if hot is not None else None
                if found is not None:
                    await exchange.repeat(found, headers.get(b"if-none-match", b"").decode("latin-1"))
                    self._figures.repeated += 1
                    return
        if self._figures.waiting > self._door.waiting and path not in _PUBLIC:
            raise Problem(503, "too many requests wait already", headers={"Retry-After": "1"}, kind="busy")
        body = _Body(receive, headers, self._most(path))
        await self._app(scope, body, exchange.send)

    def _place(self, scope: Scope) -> None:
        """Behind a proxy's prefix, whether or not the proxy takes it off."""
        scope.setdefault("state", {})
        if len(scope["path"]) > MAX_PATH or len(scope["query_string"]) > MAX_HEADER_BYTES:
            raise Problem(414, "the address is too long")
        if self._root_path:
            path = scope["path"]
            if path == self._root_path or path.startswith(self._root_path + "/"):
                scope["path"] = path[len(self._root_path) :] or "/"
            scope["state"]["prefix"] = self._root_path

    def _check_host(self, headers: Mapping[bytes, bytes]) -> None:
        """A page of somebody else whose name points here must not be answered."""
        host = headers.get(b"host", b"").decode("latin-1").lower()
        name = host[: host.rfind("]") + 1].strip("[]") if host.startswith("[") else host.partition(":")[0]
        if name not in self._door.hosts:
            raise Problem(421, "this host is not served here; LEDGERLINE_ALLOWED_HOSTS names those that are")

    def _caller(self, scope: Scope, headers: Mapping[bytes, bytes]) -> Caller:
        scheme, _, text = headers.get(b"authorization", b"").decode("latin-1").partition(" ")
        if not text and self._open is not None:
            return self._open
        client = client_of(scope)
        challenge = {"WWW-Authenticate": 'Bearer realm="ledgerline"'}
        if scheme.lower() != "bearer" or not text:
            raise Problem(401, "a key is needed: Authorization: Bearer llk_…", headers=challenge)
        if wait := self._failures.peek(client):
            raise Problem(429, "too many wrong keys", headers={"Retry-After": str(wait)})
        caller = self._keys.find(text.strip())
        if caller is None:
            self._failures.take(client)
            raise Problem(401, "this key is unknown, expired or revoked", headers=challenge)
        return caller

    def _most(self, path: str) -> int:
        """How long a body may be."""
        if not path.startswith("/inbox/"):
            return 64 * 1024
        if path.startswith("/inbox/box-office/"):
            return MAX_REPORT_BYTES
        if is_signed(path):
            return MAX_BODY_BYTES
        return self._door.inbox_bytes

    def _write_down(self, scope: Scope, exchange: _Exchange, seconds: float) -> None:
        """One line, without what was asked for in it: addresses hold ids, and questions hold names."""
        route = exchange.route
        self._figures.count(scope["method"], route, exchange.status, seconds)
        if not access.isEnabledFor(logging.INFO):
            return
        said = {
            "method": scope["method"],
            "route": route,
            "status": exchange.status,
            "ms": round(seconds * 1000, 2),
            "bytes": exchange.bytes,
            "key": exchange.caller.name if exchange.caller else None,
            "key_id": exchange.caller.id if exchange.caller else None,
            "client": client_of(scope),
        }
        if scope.get("state", {}).get("is_personal"):
            said["personal"] = True
        access.info(orjson.dumps(said).decode())


class _Exchange:
    """An answer on its way: what every one of them carries, and what is remembered of it."""

    def __init__(self, scope: Scope, send: Send, security: tuple[tuple[bytes, bytes], ...]) -> None:
        self._scope = scope
        self._send = send
        self._security = security
        self._route = ""
        self.caller: Caller | None = None
        self.status = 0
        self.bytes = 0
        self.is_whole = False

    @property
    def route(self) -> str:
        return self._route or getattr(self._scope.get("route"), "path", "") or "-"

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = list(message.get("headers", []))
            names = {name for name, _ in headers}
            headers += [each for each in _DEFAULTS if each[0] not in names]
            message = {**message, "headers": [*headers, *self._security]}
        elif message["type"] == "http.response.body":
            self.bytes += len(message.get("body", b""))
            self.is_whole = not message.get("more_body", False)
        await self._send(message)

    async def repeat(self, found: Answer, if_none_match: str) -> None:
        self._route = found.route
        is_known = matches(if_none_match, found.etag)
        headers = [each for each in found.headers if not is_known or each[0] in _OF_304]
        await self.send({"type": "http.response.start", "status": 304 if is_known else 200, "headers": headers})
        await self.send({"type": "http.response.body", "body": b"" if is_known else found.body})

    async def refuse(self, problem: Problem) -> None:
        if self.status:
            # It has begun: the connection is cut, so that half an answer is taken for none.
            raise ConnectionAbortedError
        body = orjson.dumps(body_of(problem, self._scope["path"]))
        headers = [(name.lower().encode(), value.encode()) for name, value in problem.headers.items()]
        headers += [(b"content-type", MEDIA_TYPE.encode()), (b"content-length", str(len(body)).encode())]
        if problem.status in (408, 413, 415):
            # What is left of the body is not read.
            headers.append((b"connection", b"close"))
        await self.send({"type": "http.response.start", "status": problem.status, "headers": headers})
        await self.send({"type": "http.response.body", "body": body})


_OF_304 = frozenset((b"etag", b"cache-control", b"vary"))


class _Body:
    """The body as it comes: so long, so fast, and not more."""

    def __init__(self, receive: Receive, headers: Mapping[bytes, bytes], most: int) -> None:
        self._receive = receive
        self._most = most
        self._read = 0
        length = headers.get(b"content-length", b"0")
        if length.isdigit() and int(length) > most:
            raise self._too_large()

    async def __call__(self) -> Message:
        if self._read < 0:
            return await self._receive()
        try:
            message = await asyncio.wait_for(self._receive(), _BODY_SECONDS)
        except TimeoutError:
            raise Problem(408, f"the body stopped coming for {_BODY_SECONDS:.0f} s") from None
        if message["type"] == "http.request":
            self._read += len(message.get("body", b""))
            if self._read > self._most:
                raise self._too_large()
            if not message.get("more_body"):
                # From here on it only waits for the other side to leave.
                self._read = -1
        return message

    def _too_large(self) -> Problem:
        return Problem(413, f"the body is larger than {self._most:,} bytes")


def is_signed(path: str) -> bool:
    """Whether an address is asked by a provider, who signs and has no key."""
    return path.startswith(("/inbox/clickfunnels/", "/inbox/square/")) or (
        path.startswith("/inbox/box-office/") and path.endswith("/mailgun")
    )


def client_of(scope: Scope) -> str:
    """The address of the other side; of IPv6 the network, of which one machine has all addresses."""
    client = scope.get("client")
    return _network_of(str(client[0])) if client else "-"


@lru_cache(maxsize=4096)
def _network_of(text: str) -> str:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return text
    if address.version == 6:
        return str(ipaddress.ip_network((address, 64), strict=False).network_address)
    return str(address)


def _headers(scope: Scope) -> dict[bytes, bytes]:
    headers = dict(scope["headers"])
    if sum(len(name) + len(value) for name, value in scope["headers"]) > MAX_HEADER_BYTES:
        raise Problem(431, f"the headers are larger than {MAX_HEADER_BYTES:,} bytes")
    return headers
