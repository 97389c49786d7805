"""Progress of long work: a bar on a terminal, nothing where nobody watches."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

Item = TypeVar("Item")


@contextmanager
def progress(items: Iterable[Item], total: int, label: str, *, quiet: bool) -> Iterator[Iterable[Item]]:
    """Wrap `items` in a progress bar on stderr if that is a terminal and nobody asked for quiet."""
    if quiet or not sys.stderr.isatty():
        yield items
        return
    from tqdm import tqdm  # noqa: PLC0415

    with tqdm(items, total=total, desc=label, unit="file", leave=False) as bar:
        yield bar
