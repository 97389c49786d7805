"""Run a `ledgerline` command to which something happens when it passes a named point for the n-th time.

    python -m tests.killed POINT N COMMAND [ARGUMENT …]

The points are calls of the real code; nothing else about the process is different. What happens is in the environment
variable FAULT: `kill` (SIGKILL, unless it says otherwise), `term` (SIGTERM), or `full`: from then on no file can grow,
which stands in for a full disk where no small file system can be mounted.
"""

from __future__ import annotations

import os
import resource
import signal
import sys
from collections.abc import Callable
from typing import Any

# Each point: the module and the name of the call, and whether the process dies before or after it.
POINTS: dict[str, tuple[str, str, str]] = {
    "before-raw": ("loaders.landing", "write_batch", "before"),
    "packaged": ("dlt.pipeline.pipeline.Pipeline", "load", "before"),
    "raw-written": ("loaders.warehouse.Warehouse", "write", "after"),
    "raw-half-written": ("dlt.load.load.Load", "complete_jobs", "before"),
    "between-books": ("loaders.landing", "_book", "after"),
    "all-written": ("loaders.landing", "write_batch", "after"),
    "building": ("loaders.build", "dbt", "inside"),
    "built": ("loaders.build", "dbt", "after"),
    "before-swap": ("os", "fsync", "before"),
    "published": ("loaders.publishing", "publish", "after"),
}


def _strike() -> None:
    fault = os.environ.get("FAULT", "kill")
    if fault == "full":
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
    else:
        os.kill(os.getpid(), {"kill": signal.SIGKILL, "term": signal.SIGTERM}[fault])


def _wrap(call: Callable[..., Any], when: str, count: int) -> Callable[..., Any]:
    passed = [0]

    def killed(*arguments: Any, **options: Any) -> Any:
        passed[0] += 1
        if when == "before" and passed[0] == count:
            _strike()
        value = call(*arguments, **options)
        if when == "after" and passed[0] == count:
            _strike()
        return value

    return killed


def _kill_inside_build(count: int) -> None:
    """Die when the count-th node of the build starts to execute."""
    from dbt.task.base import BaseRunner  # noqa: PLC0415

    BaseRunner.compile_and_execute = _wrap(BaseRunner.compile_and_execute, "before", count)


def main() -> int:
    point, count, *command = sys.argv[1:]
    module_name, name, when = POINTS[point]
    if when == "inside":
        _kill_inside_build(int(count))
    else:
        owner: Any
        try:
            owner = __import__(module_name, fromlist=[name])
        except ModuleNotFoundError:
            path, _, owner_name = module_name.rpartition(".")
            owner = getattr(__import__(path, fromlist=[owner_name]), owner_name)
        setattr(owner, name, _wrap(getattr(owner, name), when, int(count)))
    from loaders.cli import main as ledgerline  # noqa: PLC0415

    return ledgerline(command)


if __name__ == "__main__":
    sys.exit(main())
