"""How often somebody may ask: a bucket of tokens for each, which fills at a steady rate."""

from __future__ import annotations

import math
import time

# Buckets that are full again say nothing; they are thrown out when there are this many.
_MOST = 10_000


class Buckets:
    """Buckets by name, each of `size` tokens that come back at `rate` a second."""

    def __init__(self, rate: float, size: float) -> None:
        self._rate = rate
        self._size = size
        self._buckets: dict[str, tuple[float, float]] = {}

    def take(self, name: str) -> int:
        """Take a token: 0, or the whole seconds until there is one."""
        now = time.monotonic()
        left = self._left(name, now)
        if left < 1:
            return math.ceil((1 - left) / self._rate)
        if len(self._buckets) >= _MOST and name not in self._buckets:
            self._buckets = {each: said for each, said in self._buckets.items() if self._left(each, now) < self._size}
        self._buckets[name] = (left - 1, now)
        return 0

    def peek(self, name: str) -> int:
        """The whole seconds until there is a token; nothing is taken."""
        left = self._left(name, time.monotonic())
        return 0 if left >= 1 else math.ceil((1 - left) / self._rate)

    def _left(self, name: str, now: float) -> float:
        left, since = self._buckets.get(name, (self._size, now))
        return min(self._size, left + (now - since) * self._rate)
