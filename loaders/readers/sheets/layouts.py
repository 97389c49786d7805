"""What a source declares of its tables: which columns there are, what they hold, and what a row must not contradict."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

# id        text that names something; a spreadsheet's damage to it is found
# count     a whole number, in which any mark parts thousands
# capacity  a count, or a word for no limit
# money     an amount, with or without a currency's sign
# decimal   any number
# rate      a number from 0 to 1, also as a percentage
# percent   percentage points
# date      a calendar day
# moment    a day, a wall-clock time or an instant
# clock     a time of day
# currency  a currency's code
# text      words; `-`, `n/a` and the like are blanks
# name      a name, title or free text, in which they are not
Kind = Literal[
    "id",
    "count",
    "capacity",
    "money",
    "decimal",
    "rate",
    "percent",
    "date",
    "moment",
    "clock",
    "currency",
    "text",
    "name",
]
NUMBERS = frozenset(("count", "capacity", "money", "decimal", "rate", "percent"))
# In which another decimal mark makes another figure.
FRACTIONS = frozenset(("money", "decimal", "rate", "percent"))
WHOLES = frozenset(("count", "capacity"))
DATES = frozenset(("date", "moment"))

Repeats = Literal["", "versions", "parts", "last", "one"]


@dataclass(frozen=True)
class Column:
    """A column of a layout.

    `reason` is the reason code of a cell that cannot be read; '' takes the layout's. `is_summed`: totals rows sum it.
    `is_abbreviated`: a count may be `12.7K`. `is_birth`: a date that may lie before the dates that readers believe.
    """

    name: str
    kind: Kind = "text"
    reason: str = ""
    is_summed: bool = False
    is_abbreviated: bool = False
    is_birth: bool = False


@dataclass(frozen=True)
class Layout:
    """One kind of table.

    `title` says in messages what it is, `advice` which export to take where a column is missing: a header is
    like this one with half of the required columns, and `least_alike` of them. A header with a column called as
    one of `unless` is another one. With `is_each_once` none of the
    columns may be there twice. `required` are groups
    of columns of which one must be there, `needed` groups of which one must not be blank in a row. `keys` say what a
    row is about: in a totals row they are blank. With `totals_are_blank` a row in which all of `names` are blank is one
    too; `covering` are the labels of totals rows, as `header_key` spells them, that sum all rows of the file. Of `key`
    and `repeats`: what two rows of one key are (`versions` and `parts` both land, of `last` the later, of `one`
    neither). `named` are pairs of an id and its name.
    A layout that is `refused` says what the file is, and is never read. `order` is the documented order of its dates;
    headers among `day_first` are of a country that writes the day first.
    """

    name: str
    title: str
    columns: tuple[Column, ...]
    required: tuple[tuple[str, ...], ...]
    advice: str = ""
    unless: frozenset[str] = frozenset()
    least_alike: int = 3
    is_each_once: bool = False
    needed: tuple[tuple[str, ...], ...] = ()
    keys: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    totals_are_blank: bool = False
    covering: frozenset[str] = frozenset()
    key: tuple[str, ...] = ()
    repeats: Repeats = ""
    named: tuple[tuple[str, str], ...] = ()
    order: Literal["mdy", "dmy", ""] = "mdy"
    day_first: frozenset[str] = frozenset()
    refused: str = ""

    @property
    def by_name(self) -> dict[str, Column]:
        return {column.name: column for column in self.columns}

    def lacks(self, names: frozenset[str]) -> list[str]:
        """The required columns that are not among these, each group as `a or b`; all of them where one excludes it."""
        if names & self.unless:
            return [" or ".join(group) for group in self.required]
        return [" or ".join(group) for group in self.required if not names.intersection(group)]


def header_key(text: str) -> str:
    """A header as headers are compared: without accents and case, runs of other than letters and digits as one `_`."""
    bare = "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
    return re.sub(r"[\W_]+", "_", bare.casefold()).strip("_")


# What sources call what went wrong; a source's page may have its own words.
REASONS: Mapping[str, str] = {
    **{"bad_encoding": "bad_encoding", "unknown_kind": "unknown_kind", "missing_column": "missing_column"},
    **{
        "cells": "missing_field",
        "missing": "missing_field",
        "number": "bad_number",
        "money": "bad_number",
        "date": "bad_date",
    },
}


@dataclass(frozen=True)
class Book:
    """What reading depends on besides the bytes: the layouts, the words of their headers, and the settings.

    `words` are, by layout, what each header is called here, keys as `header_key` spells them; a layout without words
    has its own column names as headers. `reasons` are the source's own reason codes. `no_limit` are the words of
    capacities, as `words.folded` spells them.
    """

    layouts: tuple[Layout, ...]
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    accepts: str = ""
    reasons: Mapping[str, str] = field(default_factory=dict)
    no_limit: frozenset[str] = frozenset()
    # How columns that no layout knows are called here.
    other_name: Callable[[str], str] = header_key
    # The order of dates that a source's own setting says.
    date_order: str = ""
    # The decimal mark that a source's own writer uses, else the environment's.
    decimal_mark: str = ""
    # Of the environment; `read_tables` fills them in.
    encoding: str = ""
    round_ids: bool = False
    max_unpacked: int = 400 * 1024 * 1024

    def reason(self, name: str) -> str:
        return self.reasons.get(name) or REASONS.get(name, name)

    def words_of(self, layout: Layout) -> Mapping[str, str]:
        return self.words.get(layout.name) or {column.name: column.name for column in layout.columns}
