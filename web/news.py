"""What is new: one look at the publication four times a second, for everybody who waits for it."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import logging
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass

import anyio.to_thread

from web.published import NotPublishedError, Published

log = logging.getLogger("ledgerline")

LOOK_SECONDS = 0.25
_TRIES, _PATIENCE = 4, 10.0


@dataclass(frozen=True)
class News:
    """A publication, and which marts differ from the one before."""

    number: int
    as_of: str
    published_at: str
    fingerprints: Mapping[str, str]
    changed: tuple[str, ...]

    @property
    def id(self) -> str:
        """Tells this content from any other's."""
        said = json.dumps([self.number, self.as_of, sorted(self.fingerprints.items())])
        return f"{self.number}-{hashlib.sha256(said.encode()).hexdigest()[:12]}"


class Watch:
    """Looks, and wakes who waits. `stopping` is set when the process is told to end: every stream ends then."""

    def __init__(self, published: Published, webhook: str = "", secret: str = "") -> None:
        self._published = published
        self._webhook = webhook
        self._secret = secret
        self._next = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._telling: set[asyncio.Task[None]] = set()
        self.stopping = asyncio.Event()
        self.latest: News | None = None

    def begin(self) -> None:
        self._task = asyncio.create_task(self._look())

    def end(self) -> None:
        self.stop()
        if self._task is not None:
            self._task.cancel()

    def stop(self) -> None:
        self.stopping.set()
        self._wake()

    async def newer(self, known: News | None, seconds: float) -> News | None:
        """The newest publication once it is another than `known`; None after so long, or at the end."""
        until = time.monotonic() + seconds
        while not self.stopping.is_set():
            if self.latest is not None and (known is None or self.latest.id != known.id):
                return self.latest
            rest = until - time.monotonic()
            if rest <= 0:
                return None
            try:
                await asyncio.wait_for(self._next.wait(), rest)
            except TimeoutError:
                return None
        return None

    async def _look(self) -> None:
        seen: object = None
        while True:
            try:
                mark = await anyio.to_thread.run_sync(self._published.mark)
                if mark is not None and mark != seen:
                    news = await anyio.to_thread.run_sync(self._read)
                    seen = mark
                    is_first = self.latest is None
                    if is_first or (self.latest is not None and news.id != self.latest.id):
                        self.latest = news
                        self._wake()
                        if self._webhook and not is_first:
                            task = asyncio.create_task(self._tell(news))
                            self._telling.add(task)
                            task.add_done_callback(self._telling.discard)
            except NotPublishedError:
                pass
            except Exception as error:
                # The database is away for a while, say: whoever waits goes on waiting.
                log.warning("serve: no look at the publication (%s)", type(error).__name__)
            await asyncio.sleep(LOOK_SECONDS)

    def _read(self) -> News:
        before = self.latest.fingerprints if self.latest else {}
        with self._published.reading() as read:
            identity = read.identity
            told = dict(identity.fingerprints)
            changed = [mart for mart in {*told, *before} if told.get(mart) != before.get(mart)]
            return News(identity.number, identity.as_of, identity.published_at, told, tuple(sorted(changed)))

    def _wake(self) -> None:
        self._next.set()
        self._next = asyncio.Event()

    async def _tell(self, news: News) -> None:
        """Post it to the webhook, some times if need be."""
        said = {
            "publication": news.number,
            "as_of": news.as_of,
            "published_at": news.published_at,
            "changed": list(news.changed),
        }
        body = json.dumps(said).encode()
        for attempt in range(_TRIES):
            if await anyio.to_thread.run_sync(self._post, body):
                return
            await asyncio.sleep(2**attempt)
        log.error("serve: publication %d could not be told to LEDGERLINE_PUBLICATION_WEBHOOK", news.number)

    def _post(self, body: bytes) -> bool:
        timestamp = str(int(time.time()))
        signed = hmac.new(self._secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
        request = urllib.request.Request(
            self._webhook,
            body,
            {
                "Content-Type": "application/json",
                "X-Ledgerline-Timestamp": timestamp,
                "X-Ledgerline-Signature": signed,
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=_PATIENCE) as answer:
                return bool(200 <= answer.status < 300)
        except (urllib.error.URLError, OSError, ValueError):
            return False
