"""dbt in a process of its own, which gets ready while the run lands what is new.

To import dbt and to read the project takes two seconds, and Python half a second more to let go of it all; on another
core they cost a run nothing. The process ends with the command's own, however that ends: nobody may go on writing to a
home whose lock is free.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from typing import Any

from loaders.building.dbt import BuildResult, Dbt
from loaders.config import Settings
from loaders.logs import set_up


class BuildProcess:
    """A dbt that is getting ready for one command."""

    def __init__(self, process: SpawnProcess, connection: Connection) -> None:
        self._process = process
        self._connection = connection
        self._is_done = False

    def begin(self) -> None:
        """Let it read the project and write to the home, once the command knows that its settings are sound."""
        # Of a process that is gone `run` tells.
        with suppress(BrokenPipeError):
            self._connection.send(None)

    def wait_until_ready(self) -> None:
        """Raises what dbt raised while it got ready."""
        # Of a process that is gone `run` tells.
        with suppress(EOFError):
            self._receive()

    def run(
        self, command: Sequence[str], environment: Mapping[str, str], meanwhile: Callable[[], object]
    ) -> BuildResult:
        """Run the command in an environment as `Dbt.run` does, and raise what it raises.

        `meanwhile` is done here, so that it is ready when somebody needs it; who does is told what was wrong with it.
        """
        try:
            self._connection.send((command, dict(environment)))
            with suppress(Exception):
                meanwhile()
            result: BuildResult = self._receive()
        except (EOFError, BrokenPipeError):
            self._process.join()
            return BuildResult(False, failures=[f"dbt's process was ended from outside ({self._process.exitcode})"])
        except BaseException:
            # The end of the run is logged where dbt has let go of the warehouse.
            self.end()
            raise
        self._is_done = True
        return result

    def end(self) -> None:
        """Wait until the process is gone; one that still has something to do is killed."""
        if not self._is_done:
            self._process.kill()
        self._process.join()

    def _receive(self) -> Any:
        answer = self._connection.recv()
        if isinstance(answer, Exception):
            raise answer
        return answer


@contextmanager
def build_process(settings: Settings, options: argparse.Namespace) -> Iterator[BuildProcess]:
    """A dbt process for one command, as its command line says; it is gone afterwards."""
    # One that is killed leaves semaphores, which Python clears away: nobody needs to read of it.
    os.environ.setdefault("PYTHONWARNINGS", "ignore::UserWarning:multiprocessing.resource_tracker")
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    arguments = (theirs, settings, options, gc.get_threshold())
    process = context.Process(target=_serve, args=arguments, daemon=True)
    process.start()
    theirs.close()
    building = BuildProcess(process, ours)
    try:
        yield building
    finally:
        building.end()
        ours.close()


def _serve(
    connection: Connection, settings: Settings, options: argparse.Namespace, garbage_thresholds: tuple[int, int, int]
) -> None:
    threading.Thread(target=_end_with_the_command, daemon=True).start()
    # Ctrl-C reaches both processes; the command's own says what was interrupted.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.set_threshold(*garbage_thresholds)
    set_up(options.command, options.log_format, quiet=options.quiet)
    try:
        # Takes longest, and touches nothing.
        importlib.import_module("dbt.cli.main")
        connection.recv()
        dbt = Dbt(settings, quiet=options.quiet or options.is_dbt_quiet, domain=options.domain)
        connection.send(None)
        # What dbt has read stays until the process ends: nothing to look through again.
        gc.freeze()
        command, environment = connection.recv()
        os.environ.update(environment)
        connection.send(dbt.run(command))
        gc.freeze()
    except EOFError:
        return
    except Exception as error:
        connection.send(error)


def _end_with_the_command() -> None:
    command = multiprocessing.parent_process()
    if command is not None:
        command.join()
    os._exit(1)
