"""`ledgerline` commands in processes that have the libraries imported already: half of a small command's seconds.

    done = warm.run(["status", "--json"], cwd=project, env=environment, timeout=600)

A process of its own (`warm_process.py`) imports the libraries once, never the project, and forks for each command. What
runs is the code of the working directory, in a fresh process with its own environment, streams and exit status.
`make soak` starts every command cold.
"""

from __future__ import annotations

import atexit
import io
import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import IO

from tests.support import storms

# What Python and the C library read when they start: a command with another value of these starts cold.
READ_AT_START = ("TZ", "LANG", "LC_ALL", "PYTHONHASHSEED", "PYTHONWARNINGS", "HOME", "TMPDIR", "LD_LIBRARY_PATH")


@dataclass
class _Process:
    """The process that forks, and what its forks took."""

    process: subprocess.Popen[bytes]
    requests: socket.socket
    lock: Lock = field(default_factory=Lock)


_started: list[_Process] = []
_starting = Lock()
# CPU seconds of warm commands: they are nobody's children who asks for them.
_cpu_seconds = [0.0]


def cpu_seconds() -> float:
    """CPU seconds of all commands that ran warm for this process."""
    return _cpu_seconds[0]


def can_run(env: Mapping[str, str]) -> bool:
    """Whether a warm process can stand in for one that is started with this environment."""
    if storms.IS_SOAK or sys.platform != "linux":
        return False
    return all(env.get(name) == os.environ.get(name) for name in READ_AT_START)


def run(
    arguments: Sequence[str], *, cwd: Path, env: Mapping[str, str], timeout: float
) -> subprocess.CompletedProcess[str]:
    """`python -m loaders ARGUMENT …` as `subprocess.run` does it with `capture_output=True, text=True`."""
    command = [sys.executable, "-m", "loaders", *arguments]
    ours, theirs = socket.socketpair()
    with ours, tempfile.TemporaryFile() as stdout, tempfile.TemporaryFile() as stderr:
        request = json.dumps({"arguments": list(arguments), "cwd": str(cwd), "env": dict(env)}).encode()
        with theirs:
            warm = _process()
            with warm.lock:
                descriptors = [theirs.fileno(), stdout.fileno(), stderr.fileno()]
                socket.send_fds(warm.requests, [len(request).to_bytes(4, "big")], descriptors)
                warm.requests.sendall(request)
        ours.settimeout(timeout)
        try:
            with ours.makefile("r") as answers:
                pid = int(answers.readline())
                try:
                    answer = json.loads(answers.readline())
                except TimeoutError:
                    os.kill(pid, 9)
                    raise subprocess.TimeoutExpired(command, timeout, _text(stdout), _text(stderr)) from None
        except ValueError as error:
            raise RuntimeError(f"the warm process ended before its command {command}") from error
        _cpu_seconds[0] += answer["cpu_seconds"]
        return subprocess.CompletedProcess(command, answer["status"], _text(stdout), _text(stderr))


def _text(stream: IO[bytes]) -> str:
    stream.seek(0)
    return io.TextIOWrapper(io.BytesIO(stream.read())).read()


def _process() -> _Process:
    with _starting:
        if not _started:
            ours, theirs = socket.socketpair()
            with theirs:
                program = Path(__file__).with_name("warm_process.py")
                process = subprocess.Popen(
                    [sys.executable, str(program), str(theirs.fileno())],
                    pass_fds=[theirs.fileno()],
                    stdin=subprocess.DEVNULL,
                )
            _started.append(_Process(process, ours))
            atexit.register(_end)
        return _started[0]


def _end() -> None:
    for warm in _started:
        warm.requests.close()
        warm.process.wait()
