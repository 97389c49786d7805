"""`python -m loaders` does what the `ledgerline` command does."""

import sys

from loaders.cli import main

if __name__ == "__main__":
    sys.exit(main())
