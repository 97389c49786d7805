"""Cells of the funnel's exports: headers in several languages, times as people and tools write them, numbers, ids.

Readers take the column's name, for the message, and the trimmed text; they raise `Unreadable` with the reason code.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path

from loaders.config import Settings, local_instant
from loaders.readers.csv_text import decode
from loaders.readers.dates import Implausible, plausible
from loaders.readers.sheets import Book, Layout
from loaders.readers.words import normalised
from loaders.settings.lookup import seed_rows, seed_stamp
from loaders.source import Quarantined, Unreadable
from loaders.sources.funnel.seeds import HEADER_ALIASES
from loaders.sources.funnel.settings import funnel_settings

log = logging.getLogger("ledgerline")

# An id fits a bigint on every engine. Amounts and counts are far beyond any real one, and far within what products and
# sums of them need: one absurd row must not overflow a mart, and so fail everybody's build.
_ID = re.compile(r"[0-9]{1,18}")
_MONEY = re.compile(r"-?[0-9]{1,10}(\.[0-9]{1,30})?")
# Far above any spelling of a time: a longer text is none, and costs no search.
_LONGEST_TIME = 100
_UTC = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?Z")
_ISO = re.compile(r"(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2})(:\d{2})?(?:\.(\d+))?\s?(?:([Zz]|UTC)|([+-]\d{2}):?(\d{2})?)?")
_DAYS = (
    (re.compile(r"[A-Za-z]{3} \d{1,2}, \d{4}"), "%b %d, %Y", ""),
    (re.compile(r"\d{1,2}\.\d{1,2}\.\d{4}"), "%d.%m.%Y", ""),
    (re.compile(r"\d{1,2}/\d{1,2}/\d{4}"), "%m/%d/%Y", "mdy"),
    (re.compile(r"\d{1,2}/\d{1,2}/\d{4}"), "%d/%m/%Y", "dmy"),
)
_CLOCKS = (
    (re.compile(r"\d{1,2}:\d{2} ?[AaPp][Mm]"), "%I:%M %p"),
    (re.compile(r"\d{1,2}:\d{2}:\d{2} ?[AaPp][Mm]"), "%I:%M:%S %p"),
    (re.compile(r"\d{1,2}:\d{2}"), "%H:%M"),
    (re.compile(r"\d{1,2}:\d{2}:\d{2}"), "%H:%M:%S"),
)


def header_aliases(kind: str, settings: Settings) -> dict[str, tuple[str, bool]]:
    """What each normalised header of a kind of export is called here, and whether its language has a decimal comma."""
    return _aliases(kind, *seed_stamp(HEADER_ALIASES, settings.home))


@cache
def _aliases(kind: str, home: Path, modified: int, size: int) -> dict[str, tuple[str, bool]]:
    aliases = {
        normalised(row["header"]): (row["target"], row["decimal_comma"] == "true")
        for row in seed_rows(HEADER_ALIASES, home)
        if row["kind"] == kind
    }
    if kind == "export_contacts":
        # Whose id a bare `id` is, the rest of the header tells, whatever a list of words says.
        aliases.pop("id", None)
    return aliases


def header_book(settings: Settings, *layouts: Layout, accepts: str = "") -> Book:
    """What the reader of tables must know of these layouts: the words of their headers, and this source's reasons."""
    words = {
        layout.name: {header: target for header, (target, _) in header_aliases(layout.name, settings).items()}
        for layout in layouts
    }
    return Book(
        layouts,
        words,
        accepts,
        reasons={"bad_encoding": "unreadable", "empty_file": "unreadable"},
        date_order=settings.of(funnel_settings).date_order,
    )


def export_text(content: bytes) -> str:
    """The text of a file, UTF-8 or, by its mark, UTF-16. Raises `Quarantined` (`unreadable`)."""
    try:
        return decode(content, utf16=True)
    except Quarantined as refused:
        raise Quarantined("unreadable", refused.detail) from None


def log_unknown(source_file: str, names: Iterable[str]) -> None:
    """Say which columns no alias knows: they are kept in `extra`."""
    found = sorted(names)
    if found:
        log.info("%s: columns that no alias knows are kept in extra: %s", source_file, ", ".join(found))


def day(name: str, text: str, settings: Settings) -> str:
    """A calendar day as `YYYY-MM-DD`, from an ISO date, `Dec 24, 2025`, `24.12.2025` or, with a date order, slashes."""
    try:
        found = _day(text.strip(), settings.of(funnel_settings).date_order)
    except Implausible as why:
        raise Unreadable("bad_date", f"{name} is {text[:40]!r}, expected {why}") from None
    if found is None:
        hint = "" if settings.of(funnel_settings).date_order else "; slashes need LEDGERLINE_FUNNEL_DATE_ORDER"
        raise Unreadable("bad_date", f"{name} is {text[:40]!r}, expected a date as YYYY-MM-DD{hint}")
    return found.isoformat()


def instant(name: str, text: str, settings: Settings) -> str:
    """A UTC time as `2025-12-24T07:30:00Z`, or, of a date alone, the day: which instant it is depends on the zone of
    reports. Without an offset a time is in the source's zone; one that a clock change skips does not exist."""
    try:
        if _UTC.fullmatch(text):
            plausible(datetime.fromisoformat(text))
            return text
        found = _instant(text.strip(), settings)
    except Implausible as why:
        raise Unreadable("bad_date", f"{name} is {text[:40]!r}, expected {why}") from None
    except ValueError:
        # A day that no month has, or an hour that no day has.
        found = None
    if found is None:
        hint = "" if settings.of(funnel_settings).date_order else "; slashes need LEDGERLINE_FUNNEL_DATE_ORDER"
        raise Unreadable(
            "bad_date", f"{name} is {text[:40]!r}, expected a time that exists, as 2025-12-24T08:00:00Z{hint}"
        )
    if not isinstance(found, datetime):
        return found.isoformat()
    spelled = found.astimezone(UTC).isoformat().replace("+00:00", "")
    return (spelled.rstrip("0") if "." in spelled else spelled) + "Z"


def spelled_instant(name: str, moment: date, settings: Settings) -> str:
    """A table's time as `instant` spells it: of a date alone the day, without an offset in the source's zone."""
    if not isinstance(moment, datetime):
        return moment.isoformat()
    found = moment if moment.tzinfo else local_instant(moment, settings.of(funnel_settings).source_timezone)
    if found is None:
        raise Unreadable("bad_date", f"{name} is {moment}, expected a time that exists: clocks skip this one")
    spelled = found.astimezone(UTC).isoformat().replace("+00:00", "")
    return (spelled.rstrip("0") if "." in spelled else spelled) + "Z"


def _day(text: str, order: str) -> date | None:
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
            return plausible(date.fromisoformat(text))
        for pattern, form, needed_order in _DAYS:
            if pattern.fullmatch(text) and needed_order in ("", order):
                return plausible(datetime.strptime(text, form).date())
    except Implausible:
        raise
    except ValueError:
        pass
    return None


def _instant(text: str, settings: Settings) -> datetime | date | None:
    if len(text) > _LONGEST_TIME:
        return None
    order, zone = settings.of(funnel_settings).date_order, settings.of(funnel_settings).source_timezone
    try:
        if match := _ISO.fullmatch(text):
            whole, clock, seconds, fraction, utc, hours, minutes = match.groups()
            offset = "+00:00" if utc else f"{hours}:{minutes or '00'}" if hours else ""
            exact = f"{whole}T{clock}{seconds or ':00'}.{(fraction or '0')[:6]:0<6}{offset}"
            found = plausible(datetime.fromisoformat(exact))
            return found.astimezone(UTC) if offset else local_instant(found, zone)
        only_day = _day(text, order)
        if only_day is not None:
            return only_day
        # A day, a blank or comma, and a clock.
        for clock_pattern, form in _CLOCKS:
            match = re.fullmatch(rf"(.+?)(?:,|, | )({clock_pattern.pattern})", text)
            named_day = _day(match[1], order) if match else None
            if match and named_day is not None:
                clock = datetime.strptime(re.sub(r"(?<=\d)(?=[AaPp])", " ", match[2]), form).time()
                return local_instant(datetime.combine(named_day, clock), zone)
    except Implausible:
        raise
    except ValueError:
        pass
    return None


def identifier(name: str, value: object) -> str:
    """A whole number that names something, as text without a sign."""
    text = "" if isinstance(value, bool) else str(value).strip()
    if not _ID.fullmatch(text):
        raise Unreadable("bad_number", f"{name} is {str(value)[:40]!r}, expected an id of at most 18 digits")
    return text


def amount(name: str, value: object) -> str:
    """Money with two decimals, from a number or its text; more decimals are rounded half away from zero."""
    text = "" if isinstance(value, bool) else str(value).strip()
    if not _MONEY.fullmatch(text):
        raise Unreadable("bad_number", f"{name} is {str(value)[:40]!r}, expected an amount such as 31.00")
    return str(Decimal(text).quantize(Decimal("0.01"), ROUND_HALF_UP))


def whole_number(name: str, value: object) -> str:
    """A whole number as text; cents, say, but never an amount with a point."""
    text = "" if isinstance(value, bool) else str(value).strip()
    if not re.fullmatch(r"-?[0-9]{1,12}", text):
        raise Unreadable("bad_number", f"{name} is {str(value)[:40]!r}, expected a whole number")
    return str(int(text))


def email(value: object) -> str | None:
    """An e-mail address as it was given; None for what is none, such as `anon` or `(not set)`."""
    text = str(value or "").strip()
    return text if re.fullmatch(r"[^@\s]+@[^@\s]+", text) else None
