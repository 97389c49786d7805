"""Run a `ledgerline` command to which something happens when it passes a named point for the n-th time.

    python -m tests.support.killed POINT N COMMAND [ARGUMENT …]

The points are calls of the real code; nothing else about the process is different. What happens is in the environment
variable FAULT: `kill` (SIGKILL, unless it says otherwise), `term` (SIGTERM), `interrupt` (Ctrl-C), or `full`: from then
on no file can grow, which stands in for a full disk where no small file system can be mounted.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import signal
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

# Each point: the module and the name of the call, and whether the process dies before or after it, N milliseconds after
# it, or before a call in the process that dbt runs in.
POINTS: dict[str, tuple[str, str, str]] = {
    "before-raw": ("loaders.landing.files", "write_batch", "before"),
    "raw-half-written": ("loaders.warehouse.engine.Connection", "land", "after"),
    "between-books": ("loaders.landing.writing", "_book", "after"),
    "uncommitted": ("loaders.landing.writing", "_write", "after"),
    "committing": ("loaders.landing.writing", "_write", "milliseconds after"),
    "all-written": ("loaders.landing.files", "write_batch", "after"),
    "building": ("dbt.task.base.BaseRunner", "compile_and_execute", "in dbt"),
    "built": ("loaders.building.process.BuildProcess", "run", "after"),
    "before-swap": ("os", "fsync", "before"),
    "published": ("loaders.publishing", "publish", "after"),
}


def _strike() -> None:
    """It happens to the command's own process, wherever the point is passed."""
    parent = multiprocessing.parent_process()
    command = (parent.pid if parent else None) or os.getpid()
    fault = os.environ.get("FAULT", "kill")
    if fault == "full":
        for process in {command, os.getpid()}:
            resource.prlimit(process, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
        return
    os.kill(command, {"kill": signal.SIGKILL, "term": signal.SIGTERM, "interrupt": signal.SIGINT}[fault])
    # Nothing more is done by a process whose command is gone.
    time.sleep(10)
    raise AssertionError("a process outlived its command")


def _wrap(call: Callable[..., Any], when: str, count: int) -> Callable[..., Any]:
    passed = [0]

    def killed(*arguments: Any, **options: Any) -> Any:
        passed[0] += 1
        if when == "before" and passed[0] == count:
            _strike()
        value = call(*arguments, **options)
        if when == "after" and passed[0] == count:
            _strike()
        if when == "milliseconds after" and passed[0] == 1:
            threading.Timer(count / 1_000, _strike).start()
        return value

    return killed


def _set_up(point: str, count: int) -> None:
    module_name, name, when = POINTS[point]
    owner: Any
    try:
        owner = __import__(module_name, fromlist=[name])
    except ModuleNotFoundError:
        path, _, owner_name = module_name.rpartition(".")
        owner = getattr(__import__(path, fromlist=[owner_name]), owner_name)
    setattr(owner, name, _wrap(getattr(owner, name), "before" if when == "in dbt" else when, count))


def main() -> int:
    point, count, *command = sys.argv[1:]
    if POINTS[point][2] != "in dbt":
        _set_up(point, int(count))
    from loaders.command.cli import main as ledgerline  # noqa: PLC0415

    return ledgerline(command)


# The process that dbt runs in imports this module under another name.
if __name__ == "__mp_main__" and POINTS[sys.argv[1]][2] == "in dbt":
    _set_up(sys.argv[1], int(sys.argv[2]))
if __name__ == "__main__":
    sys.exit(main())
