"""Cells of ticketing exports: amounts, whole numbers, times and header names, each in one canonical spelling.

A reader returns the canonical text, or raises `Unreadable` with the reason code and what was expected; `named` says
what was found, and where.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import available_timezones

from loaders.readers.dates import Implausible, Moment, plausible
from loaders.readers.sheets.moments import read_moment
from loaders.source import Unreadable

_AMOUNT = re.compile(r"([+-]?)(\d+|\d{1,3}(?:,\d{3})+|\d{1,3}(?:\.\d{3}){2,})(?:\.(\d{1,2}))?")
_AMOUNT_COMMA = re.compile(r"([+-]?)(\d+|\d{1,3}(?:\.\d{3})+),(\d{1,2})")
_TOO_PRECISE = re.compile(r"[+-]?(?:(?:\d+|\d{1,3}(?:,\d{3})+)\.\d{3,}|\d+,\d{4,}|\d{1,3}(?:\.\d{3})+,\d{3,})")
_ZONES = frozenset(available_timezones())


def named(name: str, reader: Callable[..., str], value: Any, *arguments: Any, **options: Any) -> str:
    """Read a cell; a verdict on it names the column and quotes what stands there."""
    try:
        return reader(value, *arguments, **options)
    except Unreadable as why:
        found = " ".join(str(part) for part in (value, *arguments) if isinstance(part, (str, int)))
        raise Unreadable(why.reason_code, f"found {found[:60]!r} in {name}, {why.message}") from None


def header_name(text: str) -> str:
    """A header's or question's normalised name: casefolded, runs of other than letters and digits as one `_`."""
    return re.sub(r"[\W_]+", "_", text.casefold()).strip("_")


def amount(text: str) -> str:
    """`1,234.5`, `1.234,50` and `4,500` as plain decimals; `4.505` has more than two."""
    text = text.strip()
    if match := _AMOUNT.fullmatch(text) or _AMOUNT_COMMA.fullmatch(text):
        sign, whole, decimals = match.groups()
        digits = re.sub(r"\D", "", whole)
        if len(digits) > 15:
            raise Unreadable("bad_amount", "expected an amount below 10^15")
        return f"{'-' if sign == '-' else ''}{int(digits)}{'.' + decimals if decimals else ''}"
    if _TOO_PRECISE.fullmatch(text):
        raise Unreadable("amount_precision", "expected an amount with at most two decimals")
    raise Unreadable("bad_amount", "expected an amount such as 1,234.50 or 1.234,50")


def json_amount(value: object) -> str:
    """An amount as a JSON number or string."""
    if isinstance(value, bool) or value is None:
        raise Unreadable("bad_amount", "expected an amount as a number or a string")
    if isinstance(value, (int, Decimal)):
        number = Decimal(value)
        if not number.is_finite() or abs(number) >= 10**15:
            raise Unreadable("bad_amount", "expected an amount below 10^15")
        return _plain(number)
    return amount(str(value))


def minor_amount(value: object) -> str:
    """An amount in minor units: a whole number."""
    text = json_amount(value)
    if "." in text and Decimal(text) != int(Decimal(text)):
        raise Unreadable("bad_amount", "expected a whole number of minor units")
    return str(int(Decimal(text)))


def major_of(minor: str, exponent: int) -> str:
    """Minor units in major ones. Raises where that takes more than two decimals."""
    return _plain(Decimal(minor).scaleb(-exponent))


def _plain(value: Decimal) -> str:
    try:
        if value != value.quantize(Decimal("0.01")):
            raise Unreadable("amount_precision", "expected an amount with at most two decimals")
    except InvalidOperation:
        raise Unreadable("bad_amount", "expected an amount below 10^15") from None
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def quantity(value: object) -> str:
    """A whole number of at least 1."""
    text = str(value).strip() if not isinstance(value, bool) else ""
    if re.fullmatch(r"\d{1,9}(\.0+)?", text) and int(Decimal(text)) >= 1:
        return str(int(Decimal(text)))
    raise Unreadable("bad_quantity", "expected a whole number of at least 1")


def flag(text: str) -> str:
    """`true` or `false`, in the spellings of spreadsheets."""
    if text.casefold() in ("true", "yes", "y", "1", "t"):
        return "true"
    if text.casefold() in ("false", "no", "n", "0", "f"):
        return "false"
    raise Unreadable("missing_key", "expected true or false")


def zone(text: str) -> str:
    """The name of an IANA time zone."""
    if text not in _ZONES:
        raise Unreadable("bad_timezone", "expected an IANA time zone such as Europe/Berlin")
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
        raise Unreadable("naive_timestamp", "expected a timestamp with an offset or Z")
    raise Unreadable("bad_date", "expected a timestamp such as 2025-03-07T11:00:00Z")


def _parsed(text: str) -> datetime | None:
    """The instant that a timestamp names, in any spelling of ISO 8601 that databases and shops write."""
    written = read_moment(text) if text[:4].isdigit() else None
    found = written.month_first if written else None
    if not isinstance(found, datetime) or found.tzinfo is None:
        return None
    return _plausible(found).astimezone(UTC)


def _plausible(found: Moment) -> Moment:
    try:
        return plausible(found)
    except Implausible as why:
        raise Unreadable("bad_date", f"expected {why}") from None


def _utc(found: datetime) -> str:
    return found.isoformat(" ").replace("+00:00", "Z")
