"""Runs that the front door starts: on request, and when something has arrived.

Each is a `ledgerline` process of its own, with the home's lock and log like any other. One second after the last
arrival, and at most every ten seconds, what arrived is loaded, built and published.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import secrets
import signal
import sys
import time
from collections import OrderedDict, deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from loaders.config import PROJECT_DIR, Settings
from loaders.sources.registry import SOURCES

log = logging.getLogger("ledgerline")

QUIET_SECONDS, PAUSE_SECONDS = 1.0, 10.0
_END_SECONDS = 2.0
_REMEMBERED = 200
_LINES = 50


class BusyError(Exception):
    """The same job is at work; its id."""

    def __init__(self, job_id: str) -> None:
        super().__init__(job_id)
        self.job_id = job_id


@dataclass
class Job:
    """A run: what it is, who asked for it, and what it said so far. Times are UTC, RFC 3339."""

    id: str
    job: str
    mode: str
    organization: str
    started_by: str
    started_at: str
    status: str = "running"
    finished_at: str | None = None
    exit_status: int | None = None
    lines: deque[dict[str, str]] = field(default_factory=lambda: deque(maxlen=_LINES))
    process: asyncio.subprocess.Process | None = None
    done: asyncio.Event = field(default_factory=asyncio.Event)

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "job": self.job,
            "mode": self.mode or None,
            "organization": self.organization or None,
            "started_by": self.started_by,
            "status": self.status,
            "started_at": self.started_at,
            "finished_at": self.finished_at,
            "exit_status": self.exit_status,
            "progress": list(self.lines),
        }


class Jobs:
    """The runs of this process. To be used within its event loop, but for `on_arrival`."""

    def __init__(self, settings: Settings, *, runs_arrivals: bool) -> None:
        self._settings = settings
        self._runs_arrivals = runs_arrivals
        self._jobs: OrderedDict[str, Job] = OrderedDict()
        self._tasks: set[asyncio.Task[None]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._arrived: set[str] = set()
        self._is_new = asyncio.Event()
        self._last_arrival = 0.0

    def begin(self) -> None:
        """Be ready for arrivals; what arrived while nobody was there is run at once."""
        self._loop = asyncio.get_running_loop()
        if self._runs_arrivals:
            self._keep(self._work())
            for source in self._left_over():
                self._note(source)

    async def end(self) -> None:
        """End what is at work: a run that is ended publishes nothing half, and the next one goes on from there."""
        for task in self._tasks:
            task.cancel()
        running = [job for job in self._jobs.values() if job.process is not None and job.status == "running"]
        for job in running:
            _signal(job, signal.SIGTERM)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(asyncio.gather(*(_ended(job) for job in running)), _END_SECONDS)
        for job in running:
            _signal(job, signal.SIGKILL)

    def on_arrival(self, source: str) -> None:
        """Something of this source is on the disk. From any thread."""
        if self._loop is not None and self._runs_arrivals:
            self._loop.call_soon_threadsafe(self._note, source)

    def get(self, job_id: str) -> Job | None:
        return self._jobs.get(job_id)

    def all(self) -> list[Job]:
        """The newest first."""
        return list(reversed(self._jobs.values()))

    async def start(self, job: str, mode: str, organization: str, by: str, sources: tuple[str, ...] = ()) -> Job:
        """Start a run. Raises `BusyError` while the same job is at work."""
        for other in self._jobs.values():
            if other.job == job and other.status == "running":
                raise BusyError(other.id)
        made = Job(secrets.token_hex(8), job, mode, organization, by, _now())
        self._jobs[made.id] = made
        while len(self._jobs) > _REMEMBERED:
            self._jobs.popitem(last=False)
        words = [job, *filter(None, (mode, organization)), *sources]
        made.process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "loaders", *words, "--log-format", "json"),
            cwd=PROJECT_DIR,
            env=dict(self._settings.environment),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
        self._keep(self._follow(made))
        return made

    async def _follow(self, job: Job) -> None:
        process = job.process
        assert process is not None
        assert process.stderr is not None
        try:
            async for line in process.stderr:
                with contextlib.suppress(ValueError):
                    said = json.loads(line)
                    job.lines.append({"time": said["time"], "level": said["level"], "message": said["message"]})
        except ValueError:
            # A line longer than any of ours.
            log.warning("serve: what job %s says cannot be read", job.id)
        job.exit_status = await process.wait()
        job.finished_at = _now()
        # 1: something was refused or held back, and the log of runs says what; what is good is published.
        job.status = "completed" if job.exit_status == 0 else "failed"
        job.done.set()
        log.info("serve: %s ended with status %d", " ".join(filter(None, (job.job, job.mode))), job.exit_status)

    def _note(self, source: str) -> None:
        self._arrived.add(source)
        self._last_arrival = time.monotonic()
        self._is_new.set()

    async def _work(self) -> None:
        while True:
            await self._is_new.wait()
            while (rest := self._last_arrival + QUIET_SECONDS - time.monotonic()) > 0:
                await asyncio.sleep(rest)
            self._is_new.clear()
            sources, self._arrived = tuple(sorted(self._arrived)), set()
            begun = time.monotonic()
            try:
                job = await self.start("run", "", "", "arrivals", sources)
                await job.done.wait()
            except BusyError as busy:
                other = self._jobs[busy.job_id]
                await other.done.wait()
                # It may have looked before these came.
                for source in sources:
                    self._note(source)
            except OSError as error:
                log.error("serve: a run cannot be started (%s)", type(error).__name__)
            await asyncio.sleep(max(0.0, begun + PAUSE_SECONDS - time.monotonic()))

    def _left_over(self) -> list[str]:
        """Sources of which something is newer than what is published."""
        try:
            since = self._settings.published.stat().st_mtime
        except OSError:
            since = 0.0
        newer = []
        for source in SOURCES:
            days = self._settings.landing.glob(f"{source}/org=*/inbox/*")
            if any(day.stat().st_mtime > since for day in days if day.is_dir()):
                newer.append(source)
        return newer

    def _keep(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def _ended(job: Job) -> None:
    if job.process is not None:
        await job.process.wait()


def _signal(job: Job, number: int) -> None:
    """To the run and what it started."""
    with contextlib.suppress(ProcessLookupError):
        if job.process is not None and job.process.returncode is None:
            os.killpg(job.process.pid, number)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
