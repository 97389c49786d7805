"""Cells of a settings file, each as the seed's column needs it. What cannot be read raises `Unreadable` with what was
expected."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any
from zoneinfo import available_timezones

import duckdb

from loaders.source import Unreadable

Reader = Callable[[str], Any]

_REASON = "bad_setting"


def exactly(cell: str) -> str:
    """Two cells are the same one where every character is."""
    return cell


def one_of(*words: str) -> Reader:
    """One of some words, in any case, as the seed writes it."""
    by_folded = {word.casefold(): word for word in words}

    def read(cell: str) -> str:
        if cell.casefold() not in by_folded:
            raise Unreadable(_REASON, f"expected {', '.join(words[:-1])}{' or ' if words[:-1] else ''}{words[-1]}")
        return by_folded[cell.casefold()]

    return read


def whole(low: int, high: int) -> Reader:
    """A whole number within bounds."""

    def read(cell: str) -> int:
        if not re.fullmatch(r"-?[0-9]{1,15}", cell) or not low <= int(cell) <= high:
            raise Unreadable(_REASON, f"expected a whole number of {low} to {high}, without separators")
        return int(cell)

    return read


def money(cell: str) -> Decimal:
    """An amount of at least 0 with at most two decimals."""
    if not re.fullmatch(r"[0-9]{1,15}(\.[0-9]{1,2})?", cell):
        raise Unreadable(_REASON, "expected a number such as 1000 or 1000.00, without separators")
    return Decimal(cell).quantize(Decimal("0.01"))


def day(cell: str) -> date:
    """A calendar day as `YYYY-MM-DD`."""
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", cell):
            return date.fromisoformat(cell)
    except ValueError:
        pass
    raise Unreadable(_REASON, "expected a day as YYYY-MM-DD")


def flag(cell: str) -> bool:
    """True or false."""
    if cell.casefold() not in ("true", "false"):
        raise Unreadable(_REASON, "expected true or false")
    return cell.casefold() == "true"


def pattern(cell: str) -> str:
    """A regular expression that every engine can compile, without look-around or references back."""
    try:
        re.compile(cell)
        _engine().execute("select regexp_matches('', ?)", [cell])
    except (re.error, duckdb.Error):
        raise Unreadable(
            _REASON,
            "expected a regular expression, without look-around or references back; a sign that means itself takes a"
            r" backslash, as in \( or \+",
        ) from None
    return cell


@cache
def _engine() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


def host(cell: str) -> str:
    """A host, or any address on it: in lower case, without `www.`, as the macro `url_host` has it."""
    address = re.sub(r"^[a-z][a-z0-9+.-]*://", "", cell.lower())
    match = re.match(r"(?:[^/?#]*@)?(?:www\.)?([^/?#:@\s]+)(?=[/?#:]|$)", address)
    if not match:
        raise Unreadable(_REASON, "expected a host such as shop.example")
    return match[1]


def zone(cell: str) -> str:
    """An IANA time zone."""
    if cell not in _zones():
        raise Unreadable(_REASON, "expected an IANA time zone such as America/Chicago")
    return cell


@cache
def _zones() -> set[str]:
    return available_timezones()


def currency(cell: str) -> str:
    """A currency's code, in upper case."""
    if not re.fullmatch(r"[A-Za-z]{3}", cell):
        raise Unreadable(_REASON, "expected a currency code such as USD")
    return cell.upper()
