"""Cells of ticketing exports: amounts, whole numbers, times and header names, each in one canonical spelling.

A reader returns the canonical text, or raises `Unreadable` with the reason code and what was expected.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from loaders import source
from loaders.config import local_instant
from loaders.readers.dates import Implausible, Moment, plausible, read_instant

_AMOUNT = re.compile(r"([+-]?)(\d+|\d{1,3}(?:,\d{3})+|\d{1,3}(?:\.\d{3}){2,})(?:\.(\d{1,2}))?")
_AMOUNT_COMMA = re.compile(r"([+-]?)(\d+|\d{1,3}(?:\.\d{3})+),(\d{1,2})")
_TOO_PRECISE = re.compile(r"[+-]?(?:(?:\d+|\d{1,3}(?:,\d{3})+)\.\d{3,}|\d+,\d{4,}|\d{1,3}(?:\.\d{3})+,\d{3,})")
_ISO_LOCAL = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ](\d{1,2}:\d{2}(?::\d{2})?)(?:\.\d+)?)?")
_SLASHED = re.compile(
    r"(\d{1,2})/(\d{1,2})/(\d{2}|\d{4})(?:,?\s+(\d{1,2}):(\d{2})(?::(\d{2}))?\s*([AaPp]\.?[Mm]\.?)?)?"
)
# A count has no decimals but those that a spreadsheet adds: `1200.0`.
_WHOLE = re.compile(r"(\d+|\d{1,3}(?:([,.'\u2019 \u00a0\u202f])\d{3})(?:\2\d{3})*)(?:[.,]0{1,2})?", re.ASCII)
_ZONES = frozenset(available_timezones())


class Unreadable(source.Unreadable):
    """A cell that cannot be read: the reason code, what was expected and, where a reader of rows knows it, found."""

    def __init__(self, reason_code: str, expected: str, found: str = "a blank cell") -> None:
        super().__init__(reason_code, f"found {found}, expected {expected}")
        self.expected = expected
        self.found = found


def named(name: str, reader: Callable[..., str], value: Any, *arguments: Any, **options: Any) -> str:
    """Read a cell; a verdict on it names the column and quotes what stands there."""
    try:
        return reader(value, *arguments, **options)
    except Unreadable as why:
        found = " ".join(str(part) for part in (value, *arguments) if isinstance(part, (str, int)))
        raise Unreadable(why.reason_code, why.expected, f"{found[:60]!r} in {name}") from None


def header_name(text: str) -> str:
    """A header's or question's normalised name: casefolded, runs of other than letters and digits as one `_`."""
    return re.sub(r"[\W_]+", "_", text.casefold()).strip("_")


def unshielded(text: str) -> str:
    """The text without the `'` by which an exporter guards it against spreadsheets."""
    return text[1:] if text[:1] == "'" and text[1:2] in ("@", "+", "-", "=", "%", "|") else text


def amount(text: str) -> str:
    """`1,234.5`, `1.234,50` and `4,500` as plain decimals; `4.505` has more than two."""
    text = text.strip()
    if match := _AMOUNT.fullmatch(text) or _AMOUNT_COMMA.fullmatch(text):
        sign, whole, decimals = match.groups()
        digits = re.sub(r"\D", "", whole)
        if len(digits) > 15:
            raise Unreadable("bad_amount", "an amount below 10^15")
        return f"{'-' if sign == '-' else ''}{int(digits)}{'.' + decimals if decimals else ''}"
    if _TOO_PRECISE.fullmatch(text):
        raise Unreadable("amount_precision", "an amount with at most two decimals")
    raise Unreadable("bad_amount", "an amount such as 1,234.50 or 1.234,50")


def json_amount(value: object) -> str:
    """An amount as a JSON number or string."""
    if isinstance(value, bool) or value is None:
        raise Unreadable("bad_amount", "an amount as a number or a string")
    if isinstance(value, (int, Decimal)):
        if not Decimal(value).is_finite() or abs(value) >= 10**15:
            raise Unreadable("bad_amount", "an amount below 10^15")
        return _plain(Decimal(value))
    return amount(str(value))


def minor_amount(value: object) -> str:
    """An amount in minor units: a whole number."""
    text = json_amount(value)
    if "." in text and Decimal(text) != int(Decimal(text)):
        raise Unreadable("bad_amount", "a whole number of minor units")
    return str(int(Decimal(text)))


def major_of(minor: str, exponent: int) -> str:
    """Minor units in major ones. Raises where that takes more than two decimals."""
    return _plain(Decimal(minor).scaleb(-exponent))


def _plain(value: Decimal) -> str:
    try:
        if value != value.quantize(Decimal("0.01")):
            raise Unreadable("amount_precision", "an amount with at most two decimals")
    except InvalidOperation:
        raise Unreadable("bad_amount", "an amount below 10^15") from None
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def quantity(value: object) -> str:
    """A whole number of at least 1."""
    text = str(value).strip() if not isinstance(value, bool) else ""
    if re.fullmatch(r"\d{1,9}(\.0+)?", text) and int(Decimal(text)) >= 1:
        return str(int(Decimal(text)))
    raise Unreadable("bad_quantity", "a whole number of at least 1")


def whole_number(text: str) -> str:
    """A whole number of 0 or more; any mark before each three digits parts thousands."""
    if match := _WHOLE.fullmatch(text):
        digits = re.sub(r"\D", "", match[1])
        if len(digits) <= 9:
            return str(int(digits))
    raise Unreadable("bad_capacity", "a whole number, a word for no limit (such as Infinite) or nothing")


def flag(text: str) -> str:
    """`true` or `false`, in the spellings of spreadsheets."""
    if text.casefold() in ("true", "yes", "y", "1", "t"):
        return "true"
    if text.casefold() in ("false", "no", "n", "0", "f"):
        return "false"
    raise Unreadable("missing_key", "true or false")


def zone(text: str) -> str:
    """The name of an IANA time zone."""
    if text not in _ZONES:
        raise Unreadable("bad_timezone", "an IANA time zone such as Europe/Berlin")
    return text


def instant(value: object) -> str:
    """A timestamp with its offset, as UTC."""
    found = _parsed(value.strip()) if isinstance(value, str) else None
    if found is not None:
        return _utc(found)
    try:
        naive = isinstance(value, str) and datetime.fromisoformat(value.strip()).tzinfo is None
    except ValueError:
        naive = False
    if naive:
        raise Unreadable("naive_timestamp", "a timestamp with an offset or Z")
    raise Unreadable("bad_date", "a timestamp such as 2025-03-07T11:00:00Z")


def local_time(day: str, clock: str, where: ZoneInfo | None) -> str:
    """A wall-clock time from an ISO date and a time; where the zone is known, one that exists there."""
    text = f"{day} {clock}".strip()
    match = _ISO_LOCAL.fullmatch(text)
    if not match:
        raise Unreadable("bad_date", "a date as YYYY-MM-DD and a time as HH:MM:SS")
    return _existing(_combined(match[1], match[2]), where)


def local_or_instant(text: str, where: ZoneInfo | None) -> str:
    """An ISO wall-clock time, or a timestamp with an offset as UTC."""
    found = _parsed(text)
    return _utc(found) if found else local_time(text, "", where)


def utc_time(day: str) -> str:
    """A time that its exporter prints in UTC without saying so."""
    found = _parsed(day) or _parsed(f"{local_time(day, '', None)}Z")
    if found is None:
        raise Unreadable("bad_date", "a date as YYYY-MM-DD and a time as HH:MM:SS")
    return _utc(found)


def slashed_time(text: str, where: ZoneInfo | None, *, day_first: bool) -> str:
    """`2/28/25 22:28`, month first unless `day_first`; AM and PM, four-digit years and ISO too."""
    match = _SLASHED.fullmatch(text)
    if not match:
        return local_or_instant(text, where)
    first, second, year, hour, minute, seconds, half = match.groups()
    day, month = (first, second) if day_first else (second, first)
    hours = int(hour or 0)
    if half:
        if not 1 <= hours <= 12:
            raise Unreadable("bad_date", "an hour of 1 to 12 before AM or PM")
        hours = hours % 12 + (12 if half[0] in "Pp" else 0)
    try:
        local = datetime(
            int(year) + (2000 if len(year) == 2 else 0),
            int(month),
            int(day),
            hours,
            int(minute or 0),
            int(seconds or 0),
        )
    except ValueError:
        order = "day/month/year" if day_first else "month/day/year"
        raise Unreadable("bad_date", f"a time as {order} hour:minute") from None
    return _existing(_plausible(local), where)


def iso_date(text: str) -> str:
    """A date; a time behind it is left off."""
    match = _ISO_LOCAL.fullmatch(text)
    if not match:
        raise Unreadable("bad_date", "a date as YYYY-MM-DD")
    return _combined(match[1], match[2]).date().isoformat()


def _combined(day: str, clock: str | None) -> datetime:
    try:
        parts = [int(part) for part in (clock or "0:0").split(":")]
        found = datetime.combine(date.fromisoformat(day), time(*parts))
    except ValueError:
        raise Unreadable("bad_date", "a date and a time that exist") from None
    return _plausible(found)


def _parsed(text: str) -> datetime | None:
    try:
        return read_instant(text)
    except Implausible as why:
        raise Unreadable("bad_date", str(why)) from None


def _plausible(found: Moment) -> Moment:
    try:
        return plausible(found)
    except Implausible as why:
        raise Unreadable("bad_date", str(why)) from None


def _existing(local: datetime, where: ZoneInfo | None) -> str:
    if where is not None and local_instant(local, where) is None:
        raise Unreadable("bad_date", f"a time that exists in {where.key}: clocks skip this one")
    return local.isoformat(" ")


def _utc(found: datetime) -> str:
    return found.isoformat(" ").replace("+00:00", "Z")
