"""A front door as a real process on loopback, and those who knock at it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import duckdb
import httpx

from loaders.config import PROJECT_DIR
from loaders.publishing import publish, store_of
from loaders.warehouse.engine import Warehouse
from tests.support.homes import Home
from web.keys import SCOPES, Keyring

_ADDRESS = re.compile(r"http://127\.0\.0\.1:(\d+)")


@dataclass
class Served:
    """A running `ledgerline serve`: its port, its process, and what it said on stderr so far."""

    home: Home
    port: int
    process: subprocess.Popen[str]
    said: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def key(self, *scopes: str, org: Sequence[str] = (), name: str = "a test") -> str:
        """A new key; of every scope where none is named."""
        return Keyring(self.home.path / "state").create(name, scopes or SCOPES, org)[1]

    def client(self, *scopes: str, org: Sequence[str] = (), key: str = "") -> httpx.Client:
        """Somebody with a key."""
        text = key or self.key(*scopes, org=org)
        return httpx.Client(base_url=self.url, headers={"Authorization": f"Bearer {text}"}, timeout=30)

    def get(self, path: str, *scopes: str, org: Sequence[str] = (), **headers: str) -> httpx.Response:
        with self.client(*scopes, org=org) as client:
            return client.get(path, headers=headers)

    def log(self) -> list[dict[str, Any]]:
        """The lines of the access log."""
        return [json.loads(line) for line in self.said if line.startswith("{")]

    def end(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(timeout=15)


def start(home: Home, *arguments: str, runs: bool = False, **env: str) -> Served:
    """Start `ledgerline serve` of a home, and wait until it listens; with `runs` it loads what arrives."""
    process = subprocess.Popen(
        [sys.executable, "-m", "loaders", "serve", "--port", "0", *([] if runs else ["--no-runs"]), *arguments],
        cwd=PROJECT_DIR,
        env={**home.environment, **env},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    served = Served(home, 0, process)
    assert process.stderr is not None
    for line in process.stderr:
        served.said.append(line.rstrip())
        if found := _ADDRESS.search(line):
            served.port = int(found[1])
            break
    else:
        raise AssertionError(f"serve ended with {process.wait()}: {served.said}")
    threading.Thread(target=_listen, args=(served,), daemon=True).start()
    return served


def _listen(served: Served) -> None:
    assert served.process.stderr is not None
    for line in served.process.stderr:
        served.said.append(line.rstrip())


@contextmanager
def serving(home: Home, *arguments: str, runs: bool = False, **env: str) -> Iterator[Served]:
    """Serve a home for as long as the block lasts."""
    served = start(home, *arguments, runs=runs, **env)
    try:
        yield served
    finally:
        if served.process.poll() is None:
            os.kill(served.process.pid, signal.SIGKILL)
        served.process.wait()


def publish_titles(home: Home, title: str) -> int:
    """Publish with every performance of that title; the publication's number."""
    settings = home.settings
    with duckdb.connect(str(settings.warehouse)) as warehouse:
        warehouse.execute("update box_office.performances set title = ?", [title])
    return publish(settings, Warehouse(settings), f"run of {title}").number


def restore(home: Home, number: int) -> None:
    """Let an earlier publication take the current one's place."""
    settings = home.settings
    store_of(settings, Warehouse(settings)).restore(number)


def until(is_so: Callable[[], bool], seconds: float = 10) -> None:
    """Wait until something is so."""
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.005)
