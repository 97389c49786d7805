"""What the tests of the reader of tables share: layouts, and what is read of a file, or refused."""

from __future__ import annotations

from typing import Any

import pytest

from loaders.config import load_settings
from loaders.readers.sheets import Book, Column, Layout, Sheet, read_tables
from loaders.source import Quarantined
from tests.support.homes import AS_OF
from tests.support.tables import as_csv

SALES = Layout(
    "sales",
    "a list of sales",
    (
        Column("day", "date"),
        Column("sale_id", "id"),
        Column("shop", "name"),
        Column("shop_id", "id"),
        Column("status"),
        Column("pieces", "count", is_summed=True),
        Column("amount", "money", is_summed=True),
        Column("currency", "currency"),
        Column("share", "percent"),
        Column("rate", "rate"),
        Column("sold_at", "moment"),
        Column("clock", "clock"),
        Column("seats", "capacity"),
        Column("views", "count", is_abbreviated=True),
    ),
    (("day",), ("shop",), ("amount",)),
    advice="take the export of sales by day",
    keys=("day", "shop", "shop_id"),
    covering=frozenset(("total", "totals", "gesamt")),
)
STOCK = Layout("stock", "a stock list", (Column("article"), Column("pieces", "count")), (("article",), ("pieces",)))
FOREIGN = Layout(
    "foreign", "a diary", (Column("mood"),), (("mood",), ("weather",)), refused="this is a diary; take sales"
)
BOOK = Book(
    (SALES, STOCK, FOREIGN),
    {
        "sales": {
            **{column.name: column.name for column in SALES.columns},
            "tag": "day",
            "laden": "shop",
            "umsatz": "amount",
        }
    },
    no_limit=frozenset(("unlimited", "\u221e")),
)
HEADER = "day,shop,amount"


def tables(content: str | bytes, book: Book = BOOK, **env: str) -> list[Sheet]:
    content = content.encode() if isinstance(content, str) else content
    return read_tables(content, book, load_settings({"LEDGERLINE_AS_OF": AS_OF, **env}))


def table(content: str | bytes, book: Book = BOOK, **env: str) -> Sheet:
    (sheet,) = tables(content, book, **env)
    return sheet


def column(content: str | bytes, name: str, **env: str) -> list[Any]:
    """A column's values, and the reason codes of the rows that were rejected."""
    sheet = table(content, BOOK, **env)
    return [row.values[name] for row in sheet.rows] + [each.reason_code for each in sheet.rejections]


def refusal(content: str | bytes, book: Book = BOOK, **env: str) -> Quarantined:
    with pytest.raises(Quarantined) as refused:
        tables(content, book, **env)
    return refused.value


def amounts(*texts: str, currency: str = "") -> bytes:
    header = ["day", "shop", "amount", *(["currency"] if currency else [])]
    return as_csv([header, *(["2026-10-01", "a", text, *([currency] if currency else [])] for text in texts)], ";")
