"""How big a part of any file may be. What is bigger is refused by name, whatever the source.

A cell, a line or an object of such a size is a slip (a quote that never closes, a document pasted into a field, an
attack), and it would cost every reader and every mart after it. A whole file is held to `Settings.file_limits`.
"""

from __future__ import annotations

# Characters of one cell or JSON text, and of one line or JSON object.
MAX_CELL = 1_000_000
MAX_LINE = 10_000_000
MAX_COLUMNS = 2_000
# Lists and objects within each other.
MAX_DEPTH = 64


def cell_too_large(size: int) -> str:
    """What is said of such a cell."""
    return f"found a cell of {size:,} characters, expected at most {MAX_CELL:,}; a quote may not be closed"


def line_too_long(size: int) -> str:
    """What is said of such a line."""
    return f"found a line of {size:,} characters, expected at most {MAX_LINE:,}; export it again with line breaks"
