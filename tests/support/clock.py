"""Run a `ledgerline` command on a machine whose clock says another time, and goes on from there.

python -m tests.support.clock INSTANT COMMAND [ARGUMENT …]
"""

from __future__ import annotations

import sys

import time_machine

from loaders.command.cli import main as ledgerline


def main() -> int:
    instant, *command = sys.argv[1:]
    with time_machine.travel(instant, tick=True):
        return ledgerline(command)


if __name__ == "__main__":
    sys.exit(main())
