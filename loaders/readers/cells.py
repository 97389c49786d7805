"""Cells of CSV exports: money, counts, percents, dates and times as people and tools write them.

Each reader takes the column's name, for the message, and the trimmed text; it raises `Unreadable` with the reason code.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal

from loaders.readers.dates import Implausible, plausible
from loaders.source import Unreadable

# More digits than any real number here has; sums of many stay within what a column holds.
_DIGITS = 13
_WHOLE = re.compile(r"([+-]?)(\d+|\d{1,3}(?:,\d{3})+)(?:\.0*)?")
_ABBREVIATED = re.compile(r"\+?(\d+(?:\.\d+)?)([KkMm])")
_DECIMAL = re.compile(r"([+-]?)(\d+|\d{1,3}(?:,\d{3})+)?(\.\d*)?")
_MONEY = re.compile(r"([+-]?)(\$?)([+-]?)(\d+|\d{1,3}(?:,\d{3})+)?(\.\d*)?")
_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_WORDED = re.compile(r"([A-Za-z]{3,9})\.? (\d{1,2}), (\d{4})")
_ISO = re.compile(r"(\d{4}-\d{2}-\d{2})([Tt ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?\s?([Zz]|[+-]\d{2}(:?\d{2})?)?)?")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH_NAMES = (
    *("january", "february", "march", "april", "may", "june", "july"),
    *("august", "september", "october", "november", "december", "sept"),
)


def count(name: str, text: str) -> int:
    """A whole number: `1,234`, `-3`, `12.0`."""
    match = _WHOLE.fullmatch(text)
    digits = match[2].replace(",", "") if match else ""
    if not match or len(digits.lstrip("0")) > _DIGITS:
        raise Unreadable("bad_number", f"{name} is {text[:60]!r}, expected a whole number such as 1,234")
    return -int(digits) if match[1] == "-" else int(digits)


def abbreviated_count(name: str, text: str) -> tuple[int, bool]:
    """A whole number that may be abbreviated, as `12.7K` or `1.2M`; and whether it was."""
    match = _ABBREVIATED.fullmatch(text)
    if not match:
        return count(name, text), False
    value = Decimal(match[1]) * (1_000 if match[2] in "Kk" else 1_000_000)
    if value != value.to_integral_value() or value >= 10**_DIGITS:
        raise Unreadable("bad_number", f"{name} is {text[:60]!r}, expected a whole number such as 12.7K")
    return int(value), True


def money(name: str, text: str) -> Decimal:
    """An amount as `$1,234.56`, `-12.3` or `($12.30)`; more than two decimals are rounded half away from zero."""
    is_negative = text.startswith("(") and text.endswith(")")
    match = _MONEY.fullmatch(text[1:-1].strip() if is_negative else text)
    signs = (match[1] + match[3]) if match else ""
    amount = _decimal(match[4], match[5]) if match else None
    if amount is None or len(signs) > 1 or (is_negative and signs):
        raise Unreadable("bad_money", f"{name} is {text[:60]!r}, expected an amount such as $1,234.56 or ($12.30)")
    amount = amount.quantize(Decimal("0.01"), ROUND_HALF_UP)
    return -amount if is_negative or signs == "-" else amount


def percent(name: str, text: str, reason_code: str = "bad_percent", places: int = 2) -> Decimal:
    """Percent points as `1.5` or `1.50%`, 0 or more, below 10 million."""
    match = _DECIMAL.fullmatch(text.removesuffix("%").strip())
    value = _decimal(match[2], match[3]) if match else None
    value = value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP) if value is not None else None
    if match is None or value is None or (match[1] == "-" and value) or value >= 10_000_000:
        raise Unreadable(reason_code, f"{name} is {text[:60]!r}, expected percent points such as 1.5 or 1.5%")
    return value


def _decimal(whole: str | None, fraction: str | None) -> Decimal | None:
    digits = (whole or "").replace(",", "")
    if not digits and not (fraction or "").strip("."):
        return None
    if len(digits.lstrip("0")) > _DIGITS or len(fraction or "") > 30:
        return None
    return Decimal(f"{digits or '0'}{fraction if fraction and fraction != '.' else ''}")


def day(name: str, text: str) -> date:
    """A date as `2025-01-15`, an ISO time (its date as written), `1/15/2025` (month first) or `Jan 15, 2025`."""
    expected = "a date such as 2025-01-15, 1/15/2025 (month first) or Jan 15, 2025"
    try:
        if match := _ISO.fullmatch(text):
            if match[2]:
                datetime.fromisoformat(text.upper().replace(" ", "T", 1).replace(" ", ""))
            return plausible(date.fromisoformat(match[1]))
        if match := _SLASHED.fullmatch(text):
            return plausible(date(int(match[3]), int(match[1]), int(match[2])))
        if (match := _WORDED.fullmatch(text)) and match[1].lower() in (*_MONTHS, *_MONTH_NAMES):
            return plausible(date(int(match[3]), _MONTHS.index(match[1][:3].lower()) + 1, int(match[2])))
    except Implausible as why:
        expected = str(why)
    except ValueError:
        pass
    raise Unreadable("bad_post_date", f"{name} is {text[:60]!r}, expected {expected}")


def instant(name: str, text: str) -> datetime:
    """A UTC instant from RFC 3339 or `2025-01-15 08:00:00+00`; without a zone it is UTC."""
    match = _ISO.fullmatch(text)
    expected = "a time such as 2025-01-15T08:00:00Z"
    try:
        if match and match[2]:
            found = plausible(datetime.fromisoformat(text.upper().replace(" ", "T", 1).replace(" ", "")))
            return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except Implausible as why:
        expected = str(why)
    except ValueError:
        pass
    raise Unreadable("bad_timestamp", f"{name} is {text[:60]!r}, expected {expected}")


def handle_key(text: str) -> str:
    """What tells handles apart: lower case, without blanks around and leading `@`."""
    return text.strip().lstrip("@").strip().lower()
