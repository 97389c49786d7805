"""Which dates a reader believes: those within fixed limits.

A date outside of them is a slip of a keyboard or of a clock, such as year 1, year 9999 or the epoch, and one such row
would give a mart a line for every day since. Every reader makes its dates here, whatever their spelling, and gives its
own reason for one that is refused. The limits do not move with the as-of, so that a load with an old one loses nothing.
While a file is read they are those of the settings (`limited`), elsewhere the default ones; birth dates are no dates in
this sense.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from functools import cache
from typing import TypeVar

from loaders.config import DateLimits, read_rfc3339

_DEFAULT = DateLimits()
# A value of the context, since a date is made some calls below whoever has the settings.
_limits: ContextVar[DateLimits | None] = ContextVar("date_limits", default=None)

Moment = TypeVar("Moment", bound=date)


class Implausible(ValueError):  # noqa: N818 - a verdict on a cell
    """A date outside the limits; its text is what was expected: `a date from … to …`."""

    def __init__(self) -> None:
        super().__init__(f"a date {span()}")


@contextmanager
def limited(limits: DateLimits) -> Iterator[None]:
    """Within this, dates are held to these limits."""
    token = _limits.set(limits)
    try:
        yield
    finally:
        _limits.reset(token)


def limits() -> DateLimits:
    """The limits that hold here."""
    return _limits.get() or _DEFAULT


def span() -> str:
    """The limits in words, with the settings that move them."""
    return _in_words(limits())


@cache
def _in_words(holds: DateLimits) -> str:
    return f"from {holds.earliest} to {holds.latest} (LEDGERLINE_EARLIEST_DATE, LEDGERLINE_LATEST_DATE)"


def is_plausible(found: date) -> bool:
    """Whether a day, a wall-clock time or, by its UTC day, an instant is within the limits."""
    if isinstance(found, datetime):
        try:
            found = found.date() if found.tzinfo in (None, UTC) else found.astimezone(UTC).date()
        except OverflowError:
            return False
    holds = limits()
    return holds.earliest <= found <= holds.latest


def plausible(found: Moment) -> Moment:
    """The same date. Raises `Implausible`."""
    if not is_plausible(found):
        raise Implausible
    return found


def read_instant(text: str) -> datetime | None:
    """The UTC instant that an RFC 3339 text names, None where it names none. Raises `Implausible`."""
    found = read_rfc3339(text)
    return plausible(found).astimezone(UTC) if found is not None else None
