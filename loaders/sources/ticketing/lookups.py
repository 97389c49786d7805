"""What the readers know from the project's own seeds, the same tables that the models join."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from loaders.config import Settings
from loaders.settings.lookup import seed_rows, seed_stamp
from loaders.source import Unreadable
from loaders.sources.ticketing.seeds import CURRENCIES, HEADERS
from loaders.sources.ticketing.values import header_name


def header_aliases(platform: str, settings: Settings) -> dict[str, str]:
    """A platform's normalised headers, in every language of the seed, with the English name of each."""
    return _aliases(platform, *seed_stamp(HEADERS, settings.home))


@cache
def _aliases(platform: str, home: Path, modified: int, size: int) -> dict[str, str]:
    return {
        header_name(row["header"]): row["column_name"]
        for row in seed_rows(HEADERS, home)
        if row["platform"] == platform
    }


@cache
def currency_exponents() -> dict[str, int]:
    """How many decimals each currency's minor unit has."""
    return {row["currency"]: int(row["exponent"]) for row in seed_rows(CURRENCIES)}


def currency(value: object) -> str:
    """A currency code that the seed has, in upper case."""
    code = str(value).strip().upper()
    if code not in currency_exponents():
        raise Unreadable("bad_currency", "expected a currency code such as EUR")
    return code
