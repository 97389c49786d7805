"""Tables drawn at random: however one is written, it reads the same or is refused; and damage lands nowhere."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from loaders.config import load_settings
from loaders.readers.sheets import Book, Column, Layout, Sheet, read_tables
from loaders.source import Quarantined
from tests.support.homes import AS_OF
from tests.support.tables import as_csv, as_ods, as_xls, as_xlsx

LAYOUT = Layout(
    "sales",
    "a list of sales",
    (
        Column("day", "date"),
        Column("sale_id", "id"),
        Column("shop", "name"),
        Column("pieces", "count", is_summed=True),
        Column("amount", "money", is_summed=True),
    ),
    (("day",), ("shop",), ("amount",)),
    keys=("day", "shop", "sale_id"),
    covering=frozenset(("total", "gesamt", "totale")),
)
WORDS = {
    "en": {"day": "day", "sale_id": "sale id", "shop": "shop", "pieces": "pieces", "amount": "amount"},
    "de": {"day": "Tag", "sale_id": "Verkaufs-Nr.", "shop": "Geschäft", "pieces": "Stück", "amount": "Umsatz"},
    "it": {"day": "Giorno", "sale_id": "N. vendita", "shop": "Negozio", "pieces": "Pezzi", "amount": "Importo"},
}
BOOK = Book(
    (LAYOUT,),
    {
        "sales": {
            **{"day": "day", "sale_id": "sale_id", "shop": "shop", "pieces": "pieces", "amount": "amount"},
            **{"tag": "day", "verkaufs_nr": "sale_id", "geschaft": "shop", "stuck": "pieces", "umsatz": "amount"},
            **{"giorno": "day", "n_vendita": "sale_id", "negozio": "shop", "pezzi": "pieces", "importo": "amount"},
        }
    },
)
TOTALS = {"en": "Total", "de": "Gesamt", "it": "Totale"}
SETTINGS = load_settings({"LEDGERLINE_AS_OF": AS_OF})
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# What a file may be refused for that says the same in two styles.
UNDECIDED = ("ambiguous_number_style",)

Sale = tuple[date, str, str, int, Decimal]
SALES = st.lists(
    st.tuples(
        st.dates(date(2026, 1, 1), date(2026, 12, 31)),
        st.integers(10**5, 10**17).map(lambda number: f"{number}7"),
        st.sampled_from(["Total Wine", "Müller & Söhne", "1.5", "a;b|c,d", "L'arte", "-", "n/a", "03/04/2026"]),
        st.integers(0, 3_000_000),
        st.decimals(0, 3_000_000, places=2),
    ),
    min_size=1,
    max_size=6,
)


@dataclass(frozen=True)
class Way:
    """A way to write a table down."""

    container: str
    delimiter: str
    encoding: str
    decimal: str
    thousands: str
    sign: str
    order: str
    language: str
    titles: int
    has_total: bool
    has_blanks: bool
    is_typed: bool


WAYS = st.builds(
    Way,
    st.sampled_from(["csv", "csv", "csv", "xlsx", "xls", "ods"]),
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    st.sampled_from([".", ","]),
    st.sampled_from(["", "other", " ", "\u202f", "\u00a0", "'", "\u2019"]),
    st.sampled_from(["", "€", "EUR"]),
    st.sampled_from(["iso", "mdy", "dmy", "dotted", "worded"]),
    st.sampled_from(sorted(WORDS)),
    st.integers(0, 5),
    st.booleans(),
    st.booleans(),
    st.booleans(),
)


def _grouped(number: int, mark: str) -> str:
    return f"{number:,}".replace(",", mark)


def _money(amount: Decimal, way: Way) -> str:
    mark = {"other": "," if way.decimal == "." else "."}.get(way.thousands, way.thousands)
    whole, fraction = divmod(int(amount * 100), 100)
    text = f"{_grouped(whole, mark)}{way.decimal}{fraction:02}"
    return f"{way.sign} {text}".strip()


def _day(day: date, way: Way, is_shown: bool) -> str:
    if way.order == "worded":
        return f"{day.day}. {MONTHS[day.month - 1]} {day.year}"
    if way.order == "dotted" or (way.order in ("mdy", "dmy") and not is_shown):
        return f"{day.day:02}.{day.month:02}.{day.year}"
    if way.order == "iso":
        return day.isoformat()
    return f"{day.month}/{day.day}/{day.year}" if way.order == "mdy" else f"{day.day}/{day.month}/{day.year}"


def written(sales: list[Sale], way: Way) -> bytes:
    """A table, written down in some way."""
    words = WORDS[way.language]
    mark = {"other": "," if way.decimal == "." else "."}.get(way.thousands, way.thousands)
    # With slashes only where one of the dates says which is the day.
    is_shown = any(sale[0].day > 12 for sale in sales)
    is_typed = way.is_typed and way.container != "csv"
    rows: list[list[Any]] = [[f"Report {number}"] for number in range(way.titles)]
    rows.append(list(words.values()))
    for day, sale_id, shop, pieces, amount in sales:
        if is_typed:
            rows.append([day, sale_id, shop, pieces, amount])
        else:
            rows.append([_day(day, way, is_shown), sale_id, shop, _grouped(pieces, mark), _money(amount, way)])
        if way.has_blanks:
            rows.append([""] * 5)
    if way.has_total:
        pieces, amount = sum(sale[3] for sale in sales), sum((sale[4] for sale in sales), Decimal(0))
        both = [pieces, amount] if is_typed else [_grouped(pieces, mark), _money(amount, way)]
        rows.append([TOTALS[way.language], "", "", *both])
    if way.container == "csv":
        return as_csv(rows, way.delimiter, way.encoding)
    return {"xlsx": as_xlsx, "xls": as_xls, "ods": as_ods}[way.container](rows)


def _read(content: bytes, may_be: Sequence[str] = ()) -> Sheet | None:
    """The only table of a file, None where it is refused for one of these reasons."""
    try:
        (sheet,) = read_tables(content, BOOK, SETTINGS)
    except Quarantined as refused:
        if refused.reason_code not in may_be:
            raise
        return None
    return sheet


def _values(sheet: Sheet) -> list[tuple[Any, ...]]:
    return [tuple(row.values[name] for name in WORDS["en"]) for row in sheet.rows]


@settings(max_examples=200, deadline=None)
@given(SALES, st.lists(WAYS, min_size=1, max_size=4))
def test_a_table_reads_the_same_however_it_is_written(sales: list[Sale], ways: list[Way]) -> None:
    for way in ways:
        sheet = _read(written(sales, way), UNDECIDED)
        if sheet is not None:
            assert _values(sheet) == sales, way
            assert (list(sheet.rejections), sheet.rows_skipped) == ([], int(way.has_total)), way


def test_nearly_no_way_is_refused() -> None:
    """The property above would hold of a reader that refuses everything."""
    sales = [
        (date(2026, 3, 4) + timedelta(days=3 * number), f"1{number}7", "a", 1234, Decimal("1234.56"))
        for number in range(5)
    ]
    count = 0
    for container in ("csv", "xlsx", "xls", "ods"):
        for decimal in ".,":
            for thousands in ("", "other", "\u202f", "'"):
                for order in ("iso", "mdy", "dmy", "dotted"):
                    way = Way(container, ";", "utf-8", decimal, thousands, "", order, "de", 2, True, True, False)
                    sheet = _read(written(sales, way))
                    assert sheet is not None
                    assert _values(sheet) == sales
                    count += 1
    assert count > 100


DAMAGE = st.sampled_from(
    ["x", "#REF!", "1.2.3,4", "13/13/2026", "--5", "1E+17", "31/02/2026", "12:61", "5 pcs", "1,2,3"]
)


@settings(max_examples=200, deadline=None)
@given(SALES, WAYS, st.data())
def test_a_damaged_cell_lands_no_other_value(sales: list[Sale], way: Way, data: st.DataObject) -> None:
    """Its row is rejected or the file refused; every other row is as it was. A name may be anything."""
    plain = Way(
        "csv", ",", "utf-8", way.decimal, way.thousands, way.sign, way.order, "en", way.titles, False, False, False
    )
    at = data.draw(st.integers(0, len(sales) - 1))
    place = data.draw(st.sampled_from([0, 1, 3, 4]))
    damage = data.draw(DAMAGE.filter(lambda text: place != 1 or text in ("#REF!", "1E+17")))
    table = _cells(sales, plain)
    table[plain.titles + 1 + at][place] = damage
    sheet = _read(as_csv(table), (*UNDECIDED, "mixed_number_style", "mixed_date_style"))
    if sheet is None:
        return
    lines = {row.line: tuple(row.values[name] for name in WORDS["en"]) for row in sheet.rows}
    damaged_line = plain.titles + 2 + at
    assert damaged_line not in lines
    assert [each.source_row for each in sheet.rejections] == [damaged_line]
    assert [*lines.values()] == [sale for number, sale in enumerate(sales) if number != at]


def _cells(sales: list[Sale], way: Way) -> list[list[str]]:
    return list(csv.reader(io.StringIO(written(sales, way).decode())))
