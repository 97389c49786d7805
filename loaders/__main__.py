"""`ledgerline`, and `python -m loaders`, which does the same."""

import gc
import sys


def main() -> int:
    """Run one command; the exit status."""
    # Not at the top: a process that this one starts imports this module first.
    from loaders.command.cli import main as command  # noqa: PLC0415

    try:
        return command()
    finally:
        # The process ends: to look through all that it has read for garbage takes a third of a second.
        gc.freeze()


if __name__ == "__main__":
    sys.exit(main())
