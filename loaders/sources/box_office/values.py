"""What a cell of a report or of a CSV file may hold, and what it means.

Every reader returns a value or None where the text is not one; nothing is ever guessed.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from loaders.readers.dates import is_plausible, span

PERFORMANCE_CODE = re.compile(r"[A-Z0-9_-]{1,11}")
EDITABLE_FIELDS = (
    "title",
    "series",
    "venue",
    "season",
    "performance_date",
    "capacity",
    "budget_goal",
    "occupancy_goal",
    "cancelled",
)
EXPECTED = {
    "title": "1-200 characters",
    "series": "1-200 characters",
    "venue": "1-200 characters",
    "season": "two following years, such as 30-31",
    "performance_date": "a date as YYYY-MM-DD",
    "capacity": "a whole number from 1 to 100000",
    "budget_goal": "an amount of 0 or more with at most 2 decimals",
    "occupancy_goal": "a number from 0 to 100 with at most 2 decimals",
    "cancelled": "true or false",
}

_COUNT = re.compile(r"\d{1,15}|\d{1,3}(,\d{3}){1,4}", re.ASCII)
_MONEY = re.compile(r"-?\$?-?(\d{1,15}|\d{1,3}(,\d{3}){1,4})(\.\d{1,2})?", re.ASCII)
_DECIMAL = re.compile(r"-?\d{1,7}(\.\d+)?", re.ASCII)
_OCCUPANCY = re.compile(r"\d{1,3}(\.\d{1,2})?", re.ASCII)
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_SEASON = re.compile(r"(\d\d)-(\d\d)", re.ASCII)
_US_DATE = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})", re.ASCII)


def is_plausible_count(value: int) -> bool:
    """Below ten million: no house has more seats, and no product of counts and cents leaves the marts' decimals."""
    return abs(value) < 10**7


def is_plausible_amount(value: Decimal) -> bool:
    """Below ten billion."""
    return abs(value) < 10**10


def is_plausible_percent(value: Decimal) -> bool:
    """Below 10,000 %."""
    return abs(value) < 10**4


def read_code(text: str) -> str | None:
    code = text.strip().upper()
    return code if text.isascii() and PERFORMANCE_CODE.fullmatch(code) else None


def read_iso_date(text: str) -> date | None:
    if not _ISO_DATE.fullmatch(text):
        return None
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if is_plausible(found) else None


def read_us_date(text: str) -> date | None:
    """A date as the ticketing system prints it, month first."""
    match = _US_DATE.fullmatch(text)
    if not match:
        return None
    month, day, year = map(int, match.groups())
    try:
        found = date(year, month, day)
    except ValueError:
        return None
    return found if is_plausible(found) else None


def read_us_time(time: str, half: str) -> str | None:
    """`8:00`, `PM` as `20:00`; with seconds (`5:00:10`, `AM`) as `05:00:10`."""
    for form in ("%I:%M %p", "%I:%M:%S %p"):
        try:
            value = datetime.strptime(f"{time} {half}", form)
        except ValueError:
            continue
        return value.strftime("%H:%M" if form == "%I:%M %p" else "%H:%M:%S")
    return None


def read_count(text: str) -> int | None:
    value = int(text.replace(",", "")) if _COUNT.fullmatch(text) else None
    return value if value is not None and is_plausible_count(value) else None


def read_money(text: str) -> Decimal | None:
    if not _MONEY.fullmatch(text) or text.count("-") > 1:
        return None
    value = Decimal(text.replace(",", "").replace("$", "")).quantize(Decimal("0.01"))
    return value if is_plausible_amount(value) else None


def read_percent(text: str) -> Decimal | None:
    """A copied percent, rounded half away from zero to the one decimal that the page prints."""
    bare = text.removesuffix("%")
    if not _DECIMAL.fullmatch(bare):
        return None
    value = Decimal(bare).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return value if is_plausible_percent(value) else None


def read_flag(text: str) -> bool | None:
    return {"true": True, "false": False}.get(text.lower())


def is_plain_text(text: str) -> bool:
    """No control characters, and nothing that is no character at all."""
    return not any(unicodedata.category(character) in ("Cc", "Cs") for character in text)


def expected(field: str) -> str:
    """What an editable field may hold, in words."""
    return f"{EXPECTED[field]} {span()}" if field == "performance_date" else EXPECTED[field]


def canonical(field: str, text: str) -> str | None:
    """The one spelling of an editable field's value (`1440`, `150000.00`, `90.00`, `2030-11-15`, `true`), or None."""
    text = text.strip()
    if field in ("title", "series", "venue"):
        return text if 1 <= len(text) <= 200 and is_plain_text(text) else None
    reader = {
        "season": _canonical_season,
        "performance_date": _canonical_date,
        "capacity": _canonical_capacity,
        "budget_goal": _canonical_budget,
        "occupancy_goal": _canonical_occupancy,
        "cancelled": _canonical_flag,
    }[field]
    return reader(text)


def _canonical_season(text: str) -> str | None:
    match = _SEASON.fullmatch(text)
    if not match:
        return None
    first, second = map(int, match.groups())
    return text if second == (first + 1) % 100 else None


def _canonical_date(text: str) -> str | None:
    value = read_iso_date(text)
    return None if value is None else value.isoformat()


def _canonical_capacity(text: str) -> str | None:
    value = read_count(text)
    return str(value) if value is not None and 1 <= value <= 100_000 else None


def _canonical_budget(text: str) -> str | None:
    value = read_money(text)
    return str(value) if value is not None and value >= 0 else None


def _canonical_occupancy(text: str) -> str | None:
    if not _OCCUPANCY.fullmatch(text):
        return None
    value = Decimal(text).quantize(Decimal("0.01"))
    return str(value) if value <= 100 else None


def _canonical_flag(text: str) -> str | None:
    value = read_flag(text)
    return None if value is None else str(value).lower()
