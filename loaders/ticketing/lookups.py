"""What the readers know from the project's own seeds, the same tables that the models join."""

from __future__ import annotations

import unicodedata
from functools import cache

from loaders.seeds import seed_rows
from loaders.ticketing.values import Unreadable, header_name, whole_number


@cache
def header_aliases(platform: str) -> dict[str, str]:
    """A platform's normalised headers, in every language of the seed, with the English name of each."""
    return {
        header_name(row["header"]): row["column_name"]
        for row in seed_rows("events", "seed_ticketing_headers")
        if row["platform"] == platform
    }


@cache
def currency_exponents() -> dict[str, int]:
    """How many decimals each currency's minor unit has."""
    return {row["currency"]: int(row["exponent"]) for row in seed_rows("events", "seed_currencies")}


def currency(value: object) -> str:
    """A currency code that the seed has, in upper case."""
    code = str(value).strip().upper()
    if code not in currency_exponents():
        raise Unreadable("bad_currency", "a currency code such as EUR")
    return code


@cache
def _no_limit_words() -> frozenset[str]:
    return frozenset(_without_accents(row["word"]) for row in seed_rows("events", "seed_ticketing_no_limit"))


def _without_accents(text: str) -> str:
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
    return " ".join(plain.casefold().split())


def capacity(text: str) -> str:
    """A whole number, or `Infinite` for what an export says in any language where there is no limit."""
    if _without_accents(text) in _no_limit_words():
        return "Infinite"
    return whole_number(text)
