"""Run a reader in a process of its own, so that a hostile file costs its limits and nothing else.

Workers are forked from a clean server process that has imported the reader once; each reads one file under a wall-clock
and an address-space limit and is gone. The parent never opens the file's structure itself.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.util import get_temp_dir
from pathlib import Path
from typing import Any

from loaders.config import Settings

if sys.platform != "win32":  # there the wall-clock limit alone holds
    import resource

_preloaded = threading.Lock()
# The server listens on a socket some 32 characters below the temporary folder; no system takes a path above 103.
_LONGEST_TEMP_DIR = 70


class LimitExceeded(Exception):  # noqa: N818 - a verdict on a file, not a fault of the program
    """A reader passed its time or memory; the message says which and by what setting."""


@dataclass(frozen=True)
class Limits:
    """What one call may take, and the settings that say so."""

    max_memory_mb: int
    max_seconds: int
    memory_setting: str
    seconds_setting: str = ""


def of_pdf(settings: Settings) -> Limits:
    """What reading one PDF may take."""
    limits = settings.pdf_limits
    return Limits(
        limits.max_memory_mb, limits.max_seconds, "LEDGERLINE_PDF_MAX_MEMORY_MB", "LEDGERLINE_PDF_MAX_SECONDS"
    )


def call(
    function: Callable[..., Any], arguments: tuple[Any, ...], limits: Limits, preload: tuple[str, ...]
) -> tuple[Any, float]:
    """Call `function(*arguments)` in a process of its own; its result and the CPU seconds that it took.

    Raises what the function raises, and `LimitExceeded` when it ran past its limits, whatever form that took: a signal,
    a MemoryError that a library wrapped, a process that vanished.
    """
    seconds_said = f" ({limits.seconds_setting})" if limits.seconds_setting else ""
    context = multiprocessing.get_context("forkserver")
    with _preloaded:
        _make_room_for_the_socket()
        context.set_forkserver_preload(["loaders.landing.isolation", *preload])
        receiver, sender = context.Pipe(duplex=False)
        process = context.Process(
            target=_work, args=(sender, limits.max_memory_mb, limits.max_seconds, function, arguments), daemon=True
        )
        process.start()
        sender.close()
    try:
        if not receiver.poll(limits.max_seconds):
            raise LimitExceeded(
                f"reading took longer than {limits.max_seconds} seconds{seconds_said}; split it, or export it again"
            )
        try:
            status, value, seconds = receiver.recv()
        except EOFError:
            process.join(5)
            raise LimitExceeded(
                f"the reader died (exit code {process.exitcode}) within its limits of {limits.max_seconds} seconds"
                f"{seconds_said} and {limits.max_memory_mb} MB ({limits.memory_setting})"
            ) from None
    finally:
        process.kill()
        process.join()
        receiver.close()
    if status == "memory":
        raise LimitExceeded(
            f"reading needs more than {limits.max_memory_mb} MB ({limits.memory_setting}); split it, or export it again"
        )
    if status == "raised":
        raise value
    return value, seconds


def _make_room_for_the_socket() -> None:
    """Have multiprocessing keep its socket in a folder of a short path, whatever the temporary folder is called."""
    folder = tempfile.tempdir
    if os.name == "posix" and len(os.fsencode(tempfile.gettempdir())) > _LONGEST_TEMP_DIR:
        tempfile.tempdir = "/tmp"
        try:
            # It is made on the first call, and stays what it is.
            get_temp_dir()
        finally:
            tempfile.tempdir = folder


def caused_by(error: BaseException, kind: type[BaseException]) -> bool:
    """Whether `error`, or anything it wraps in any way that libraries wrap errors, is a `kind`."""
    seen: set[int] = set()
    stack: list[Any] = [error]
    while stack:
        found = stack.pop()
        if not isinstance(found, BaseException) or id(found) in seen:
            continue
        seen.add(id(found))
        if isinstance(found, kind):
            return True
        stack += [found.__cause__, found.__context__, *found.args]
    return False


def _work(
    sender: Connection, max_memory_mb: int, max_seconds: int, function: Callable[..., Any], arguments: tuple[Any, ...]
) -> None:
    if sys.platform != "win32":
        ceiling = _address_space() + max_memory_mb * 1024 * 1024
        resource.setrlimit(resource.RLIMIT_AS, (ceiling, ceiling))
        # The parent keeps the clock; this ends a worker whose parent was killed.
        resource.setrlimit(resource.RLIMIT_CPU, (max_seconds + 1, max_seconds + 1))
    try:
        value = function(*arguments)
        reply = ("returned", value, _cpu_seconds())
    except BaseException as error:
        # Nothing is swallowed: the parent raises it, or says that memory ran out.
        reply = ("memory", None, 0.0) if caused_by(error, MemoryError) else ("raised", error, 0.0)
    sender.send(reply)
    sender.close()


def _address_space() -> int:
    try:
        return int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


def _cpu_seconds() -> float:
    return sum(os.times()[:2])
