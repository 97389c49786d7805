"""The process behind `tests.support.warm`: started as a program, so that nothing of the project is imported here."""

from __future__ import annotations

import atexit
import gc
import importlib
import json
import multiprocessing.spawn
import multiprocessing.util
import os
import runpy
import signal
import socket
import sys
import threading
import traceback
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

# What commands import: of these, dbt takes more than a second.
LIBRARIES = (
    *("duckdb", "psycopg2", "psycopg2.extras", "pyarrow", "pyarrow.parquet", "orjson", "yaml", "filelock", "tqdm"),
    *("dlt", "sqlalchemy", "dbt.cli.main", "dbt.adapters.duckdb", "dbt.adapters.postgres"),
)
# How the command line of a process that multiprocessing spawns begins.
_SPAWNED = "from multiprocessing.spawn import spawn_main"


def main() -> None:
    """Fork for each request until whoever sends them is gone."""
    requests = socket.socket(fileno=int(sys.argv[1]))
    del sys.path[0]
    for library in LIBRARIES:
        importlib.import_module(library)
    # A fork shares what nobody touches, and looks through none of it for garbage.
    gc.collect()
    gc.freeze()
    # Nobody waits for those that wait for commands.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        length, descriptors, _, _ = socket.recv_fds(requests, 4, 3)
        if not length:
            return
        request = json.loads(_exactly(requests, int.from_bytes(length, "big")))
        if os.fork() == 0:
            requests.close()
            _wait_for_command(request, *descriptors)
        for descriptor in descriptors:
            os.close(descriptor)


def _exactly(stream: socket.socket, length: int) -> bytes:
    read = b""
    while len(read) < length:
        read += stream.recv(length - len(read))
    return read


def _wait_for_command(request: dict[str, Any], answers: int, stdout: int, stderr: int) -> None:
    """Fork for one command, wait until it ends, and answer its id, then its exit status and CPU seconds."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    command = os.fork()
    if command == 0:
        os.close(answers)
        os.dup2(stdout, 1)
        os.dup2(stderr, 2)
        for descriptor in (stdout, stderr):
            os.close(descriptor)
        _end_with(lambda: _command(request["arguments"], request["cwd"], request["env"]))
    os.write(answers, f"{command}\n".encode())
    _, status, used = os.wait4(command, 0)
    answer = {"status": os.waitstatus_to_exitcode(status), "cpu_seconds": used.ru_utime + used.ru_stime}
    os.write(answers, f"{json.dumps(answer)}\n".encode())
    os._exit(0)


def _command(arguments: Sequence[str], cwd: str, env: Mapping[str, str]) -> None:
    """What `python -m loaders ARGUMENT …` does in a folder and an environment."""
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(env)
    sys.path[:0] = [cwd, *(path for path in env.get("PYTHONPATH", "").split(os.pathsep) if path)]
    importlib.invalidate_caches()
    multiprocessing.util.spawnv_passfds = _prepare_spawn()  # type: ignore[assignment]  # it has no other hook
    sys.argv = ["loaders", *arguments]
    runpy.run_module("loaders", run_name="__main__", alter_sys=True)


def _prepare_spawn() -> Callable[[Any, Sequence[Any], Sequence[int]], int]:
    """What stands in for `spawnv_passfds`: the first process that a command spawns is forked here, before it begins.

    That one has nothing of the command, as one that is started: no thread, no open file, no module of the project, and
    it is the command's child. Any other process is started.
    """
    start = multiprocessing.util.spawnv_passfds
    ours, theirs = socket.socketpair()
    waiting = [os.fork()]
    if waiting == [0]:
        ours.close()
        _end_with(lambda: _spawned(theirs))
    theirs.close()
    ours.set_inheritable(False)
    atexit.register(ours.close)

    def spawn(path: Any, arguments: Sequence[Any], descriptors: Sequence[int]) -> int:
        arguments = [os.fsdecode(argument) for argument in arguments]
        if not waiting or not any(argument.startswith(_SPAWNED) for argument in arguments):
            return start(path, arguments, descriptors)
        request = {
            "arguments": arguments,
            "descriptors": list(descriptors),
            "env": dict(os.environ),
            "cwd": str(Path.cwd()),
        }
        sent = json.dumps(request).encode()
        socket.send_fds(ours, [len(sent).to_bytes(4, "big")], list(descriptors))
        ours.sendall(sent)
        ours.close()
        return waiting.pop()

    return spawn


def _spawned(requests: socket.socket) -> None:
    """What `python -c 'from multiprocessing.spawn import spawn_main; …' --multiprocessing-fork` does."""
    length, received, _, _ = socket.recv_fds(requests, 4, 8)
    if not length:
        os._exit(0)
    request = json.loads(_exactly(requests, int.from_bytes(length, "big")))
    requests.close()
    # First out of the way of the numbers that they are to have.
    top = max([*received, *request["descriptors"]]) + 1
    aside = [os.dup2(descriptor, top + place) for place, descriptor in enumerate(received)]
    for descriptor in received:
        os.close(descriptor)
    for descriptor, wanted in zip(aside, request["descriptors"], strict=True):
        os.dup2(descriptor, wanted)
        os.close(descriptor)
    os.chdir(request["cwd"])
    os.environ.clear()
    os.environ.update(request["env"])
    code = request["arguments"][request["arguments"].index("-c") + 1]
    sys.argv = ["-c", "--multiprocessing-fork"]
    exec(compile(code, "<string>", "exec"), {"__name__": "__main__"})


def _end_with(work: Callable[[], object]) -> None:
    """Do some work and end the process as Python ends one, without taking it apart first."""
    status = 0
    try:
        work()
    except SystemExit as ended:
        status = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
        if isinstance(ended.code, str):
            print(ended.code, file=sys.stderr)
    except BaseException:
        traceback.print_exc()
        status = 1
    try:
        threading._shutdown()  # type: ignore[attr-defined]  # as Python does when it ends
        atexit._run_exitfuncs()
    finally:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        os._exit(status)


if __name__ == "__main__":
    main()
