"""What ticketing's tables look like to the reader of tables."""

from __future__ import annotations

from functools import cache

from loaders.config import Settings
from loaders.readers.sheets import Book, Column, Kind, Layout, header_key
from loaders.readers.sheets.words import folded
from loaders.settings.lookup import seed_rows
from loaders.sources.ticketing import tables
from loaders.sources.ticketing.lookups import header_aliases
from loaders.sources.ticketing.seeds import NO_LIMIT
from loaders.sources.ticketing.tables import CSV_LAYOUTS
from loaders.sources.ticketing.values import header_name

REASONS = {"cells": "column_count", "missing": "missing_key", "number": "bad_amount", "money": "bad_amount"}
_ORGANIZATION = {"organization_id": "row_organization_id"}
# What tools call themselves, for people.
_TOOLS = {"pretix": "pretix", "eventbrite": "Eventbrite", "hi_events": "Hi.Events"}


def book(settings: Settings, *layouts: tables.Layout) -> Book:
    """What the reader of tables must know of these kinds of files, of all where none is named."""
    chosen = layouts or CSV_LAYOUTS
    words = {}
    for layout in chosen:
        aliases = header_aliases(layout.platform, settings) if layout.platform else _ORGANIZATION
        words[layout.name] = {
            **{column: column for column in layout.columns if column not in _ORGANIZATION.values()},
            **{header_key(header): column for header, column in aliases.items()},
        }
    return Book(tuple(map(sheet_layout, chosen)), words, reasons=REASONS, no_limit=_no_limit(), other_name=header_name)


@cache
def _no_limit() -> frozenset[str]:
    return frozenset(folded(row["word"]) for row in seed_rows(NO_LIMIT))


@cache
def sheet_layout(layout: tables.Layout) -> Layout:
    """A kind of file as a layout of the reader."""
    return Layout(
        layout.name,
        _title(layout),
        tuple(_column(layout, name) for name in layout.columns),
        tuple((name,) for name in layout.told_by or layout.listed),
        needed=tuple((name,) for name in layout.needed),
        keys=layout.needed,
        # Equal rows of a file are one.
        repeats="parts",
        day_first=frozenset(("order_no", "attendee_no")),
    )


def _title(layout: tables.Layout) -> str:
    what = layout.name.removeprefix(f"{layout.platform}_").replace("_", " ")
    return f"{what} of {_TOOLS[layout.platform]}" if layout.platform else what


def _column(layout: tables.Layout, name: str) -> Column:
    kinds: tuple[tuple[tuple[str, ...], Kind, str], ...] = (
        (("share_percent",), "percent", "bad_amount"),
        (layout.amounts, "money", "bad_amount"),
        (layout.wholes, "count", "bad_quantity"),
        (layout.capacities, "capacity", "bad_capacity"),
        (("quantity_sold",), "count", "bad_capacity"),
        (layout.days, "date", ""),
        (layout.times, "moment", ""),
        (("order_time",), "clock", ""),
        (("currency",), "currency", ""),
        (layout.ids, "id", ""),
        (layout.words, "text", ""),
    )
    kind, reason = next(((kind, reason) for names, kind, reason in kinds if name in names), ("name", ""))
    return Column(name, kind, reason)
