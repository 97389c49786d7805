"""`ledgerline`, and `python -m loaders`, which does the same."""

import sys


def main() -> int:
    """Run one command; the exit status."""
    # Not at the top: a process that this one starts imports this module first.
    from loaders.cli import main as command  # noqa: PLC0415

    return command()


if __name__ == "__main__":
    sys.exit(main())
