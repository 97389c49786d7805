"""One text as a date or a time: what it is where the month stands first, and what where the day does.

Zones stay as they are written: an offset is kept, a time without one is a wall-clock time of wherever the source says.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import lru_cache

from loaders.readers.sheets.words import MONTHS, folded

# Far above any spelling of a time: a longer text is none, and costs no search.
_LONGEST = 100
_YEAR_FIRST = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?!\d)")
_NUMERIC = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})(?!\d)")
_DAY_WORDED = re.compile(
    r"(\d{1,2})(?:st|nd|rd|th|er|o)?\.?(?: |-|(?<=\.))(?:de )?([^\W\d_]{3,10})\.?,?(?: de| del)?[ -](\d{4}|\d{2})(?!\d)"
)
_WORDED = re.compile(r"([^\W\d_]{3,10})\.?[ -](\d{1,2})(?:st|nd|rd|th)?,? ?(\d{4})(?!\d)")
_WEEKDAY = re.compile(r"([^\W\d_]{2,10})\.?, ?(?=\S)")
_CLOCK = re.compile(
    r"(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(?: ?([ap])\.? ?m\.?)?"
    r"(?: ?(z|utc|gmt|[+\-\u2212]\d{2}(?::?\d{2})?))?"
)
_BETWEEN = re.compile(r"(?:t|,? |, ?)(?:(?:at|um|a las|a) )?(?=\d)")

Moment = date | datetime


@dataclass(frozen=True)
class Written:
    """A date or time under each order of day and month, None where it is none under it."""

    month_first: Moment | None
    day_first: Moment | None

    def under(self, order: str) -> Moment | None:
        """What it is under `mdy` or `dmy`."""
        return self.day_first if order == "dmy" else self.month_first

    @property
    def decides(self) -> str:
        """The only order under which this is a date; '' where both are possible, or none is."""
        if (self.month_first is None) == (self.day_first is None):
            return ""
        return "mdy" if self.day_first is None else "dmy"

    @property
    def differs(self) -> bool:
        """Whether it is another date under each order."""
        return self.month_first is not None and self.day_first is not None and self.month_first != self.day_first


@lru_cache(maxsize=65_536)
def read_moment(text: str) -> Written | None:
    """A trimmed text as a date, or as a date and time; None where it is none in any order."""
    if len(text) > _LONGEST or not text.strip():
        return None
    plain = folded(text)
    if (weekday := _WEEKDAY.match(plain)) and weekday[1] not in MONTHS:
        plain = plain[weekday.end() :]
    for pattern, days in ((_YEAR_FIRST, _year_first), (_NUMERIC, _numeric), (_DAY_WORDED, _day_worded)):
        if match := pattern.match(plain):
            return _written(days(match), plain[match.end() :])
    if match := _WORDED.match(plain):
        return _written(_month_worded(match), plain[match.end() :])
    return None


@lru_cache(maxsize=65_536)
def read_clock(text: str) -> time | None:
    """A time of day: `19:05`, `7:05:00 PM`."""
    match = _CLOCK.fullmatch(folded(text)) if len(text) <= _LONGEST else None
    return _time(match) if match and not match[6] else None


def _written(days: tuple[date | None, date | None], rest: str) -> Written | None:
    clock = None
    if rest:
        apart = _BETWEEN.match(rest)
        match = _CLOCK.fullmatch(rest[apart.end() :]) if apart else None
        clock = _time(match) if match else None
        if clock is None:
            return None
        # An offset goes with the time, not with the clock.
        zone = _offset(match[6]) if match and match[6] else None
        if match and match[6] and zone is None:
            return None
        days = tuple(datetime.combine(day, clock, zone) if day else None for day in days)  # type: ignore[assignment]
    if days == (None, None):
        return None
    return Written(*days)


def _year_first(match: re.Match[str]) -> tuple[date | None, date | None]:
    found = _date(match[1], match[3], match[4])
    return found, found


def _numeric(match: re.Match[str]) -> tuple[date | None, date | None]:
    first, mark, second, year = match.groups()
    day_first = _date(year, second, first)
    # With points between them the day stands first, wherever somebody writes so.
    return (day_first, day_first) if mark == "." else (_date(year, first, second), day_first)


def _day_worded(match: re.Match[str]) -> tuple[date | None, date | None]:
    found = _date(match[3], str(MONTHS.get(match[2], 0)), match[1])
    return found, found


def _month_worded(match: re.Match[str]) -> tuple[date | None, date | None]:
    found = _date(match[3], str(MONTHS.get(match[1], 0)), match[2])
    return found, found


def _date(year: str, month: str, day: str) -> date | None:
    whole_year = int(year) if len(year) == 4 else int(year) + (2000 if int(year) < 70 else 1900)
    try:
        return date(whole_year, int(month), int(day))
    except ValueError:
        return None


def _time(match: re.Match[str]) -> time | None:
    hour, minute, second, fraction, half, _ = match.groups()
    whole_hour = int(hour)
    if half:
        if not 1 <= whole_hour <= 12:
            return None
        whole_hour = whole_hour % 12 + (12 if half == "p" else 0)
    try:
        return time(whole_hour, int(minute), int(second or 0), int((fraction or "0")[:6].ljust(6, "0")))
    except ValueError:
        return None


def _offset(text: str) -> tzinfo | None:
    if text in ("z", "utc", "gmt"):
        return UTC
    digits = text[1:].replace(":", "").ljust(4, "0")
    minutes = int(digits[:2]) * 60 + int(digits[2:])
    if minutes >= 24 * 60:
        return None
    return timezone(timedelta(minutes=minutes if text[0] == "+" else -minutes))
