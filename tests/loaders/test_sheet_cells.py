"""What a cell of a table means: each rule beside a file that breaks it and one that nearly does."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import pytest

from loaders.readers.sheets.columns import NO_LIMIT
from tests.support.sheets import amounts, column, refusal, table
from tests.support.tables import as_csv


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["1.234,50"], ["1234.50"]),
        (["1,234.50"], ["1234.50"]),
        (["12,5", "1.500"], ["12.5", "1500"]),
        (["12.5", "1.500"], ["12.5", "1.500"]),
        (["1.234.567", "1.500"], ["1234567", "1500"]),
        (["1\u202f020,50", "1\u00a0000"], ["1020.50", "1000"]),
        (["1'234.50", "1\u2019000"], ["1234.50", "1000"]),
        (["0,500", "1,500"], ["0.500", "1.500"]),
        # A fraction of nothing says nothing of its mark.
        (["12.00", "1,5"], ["12", "1.5"]),
        (["90.0000", "1,5"], ["90", "1.5"]),
        (["1.500"], "ambiguous_number_style"),
        (["1.500", "3.00"], "ambiguous_number_style"),
        (["1,500", "2500"], "ambiguous_number_style"),
        (["1500", "3"], ["1500", "3"]),
        (["1,5", "1.5"], "mixed_number_style"),
        (["1,234.50", "1.234,50"], "mixed_number_style"),
        # What is a number in no style decides nothing.
        (["1.2.3,4", "1,5"], ["1.5", "bad_number"]),
        (["1,23,456", "1.5"], ["1.5", "bad_number"]),
        (["(12.30)", "12.30-", "-12.30", "\u221212.30"], ["-12.30"] * 4),
        (["(-12.30)", "--1.5", "1.5"], ["1.5", "bad_number", "bad_number"]),
        (["$412.30", "US$1.5", "15.00 USD", "kr 5"], ["412.30", "1.5", "15", "5"]),
        (["12 pcs", "1.5"], ["1.5", "bad_number"]),
        (["-", "--", "\u2013", "n/a", "NULL", ""], [None] * 6),
        (["9" * 16, "1e5", "\u0661"], ["bad_number"] * 3),
    ],
)
def test_one_style_of_numbers_a_file(texts: list[str], expected: list[str | None] | str) -> None:
    content = amounts(*texts)
    if isinstance(expected, str):
        assert refusal(content).reason_code == expected
        return
    found = column(content, "amount")
    assert found == [each if each is None or each.startswith("bad") else Decimal(each) for each in expected]


def test_what_decides_the_style_of_an_ambiguous_file() -> None:
    assert "line 2, column C" in refusal(amounts("1.500")).detail
    assert column(amounts("1.500"), "amount", LEDGERLINE_DECIMAL_MARK=",") == [Decimal(1500)]
    assert column(amounts("1.500"), "amount", LEDGERLINE_DECIMAL_MARK=".") == [Decimal("1.5")]
    # Yen have no part that a mark could part.
    assert column(amounts("12.000", "9.000", currency="JPY"), "amount") == [Decimal(12000), Decimal(9000)]
    assert refusal(amounts("12.000", currency="KWD")).reason_code == "ambiguous_number_style"
    assert column("day;shop;amount (JPY)\n2026-10-01;a;12.000\n", "amount") == [Decimal(12000)]
    # Neither has a number of pieces.
    content = "day;shop;pieces;amount\n2026-10-01;a;12,000;150,000\n"
    assert (column(content, "pieces"), column(content, "amount")) == ([12000], [Decimal(150000)])
    content = "day;shop;pieces;amount\n2026-10-01;a;12.000;150.000\n"
    assert (column(content, "pieces"), column(content, "amount")) == ([12000], [Decimal(150000)])
    assert refusal("day;shop;pieces;amount\n2026-10-01;a;12.000;150.50\n").reason_code == "mixed_number_style"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1,234", 1234),
        ("1234.0", 1234),
        ("(6)", -6),
        ("12.5", "bad_number"),
        ("1 234", 1234),
        ("5%", "bad_number"),
        ("$5", "bad_number"),
    ],
)
def test_counts_are_whole(text: str, expected: int | str) -> None:
    assert column(f"day;shop;amount;pieces\n2026-10-01;a;5;{text}\n", "pieces") == [expected]


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("12.7K", "views", 12700),
        ("1.2M", "views", 1200000),
        ("1.2345K", "views", "bad_number"),
        ("12.7K", "pieces", "bad_number"),
        ("\u221e", "seats", NO_LIMIT),
        ("Unlimited", "seats", NO_LIMIT),
        ("1,200", "seats", 1200),
        ("unlimited", "pieces", "bad_number"),
        ("1.5%", "share", Decimal("1.5")),
        ("1.5", "share", Decimal("1.5")),
        ("50%", "rate", Decimal("0.5")),
        ("5%", "amount", "bad_number"),
        ("7:05 PM", "clock", time(19, 5)),
        ("24:00", "clock", "bad_date"),
        ("-", "status", None),
        ("n/a", "shop", "n/a"),
        ("'=SUM", "shop", "=SUM"),
        ("'tis", "shop", "'tis"),
        ("#N/A", "pieces", "bad_number"),
        ("#DIV/0!", "shop", "unreadable_cell"),
    ],
)
def test_a_cell_of_each_kind(text: str, name: str, expected: Any) -> None:
    cells = {"day": "2026-10-01", "shop": "a", "amount": "5.25", name: text}
    assert column(as_csv([list(cells), list(cells.values())], ";"), name) == [expected]


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["13/10/2026", "05/10/2026"], [date(2026, 10, 13), date(2026, 10, 5)]),
        (["10/13/2026", "05/10/2026"], [date(2026, 10, 13), date(2026, 5, 10)]),
        (["05/10/2026"], [date(2026, 5, 10)]),
        (["01.09.2026", "9/13/2026"], [date(2026, 9, 1), date(2026, 9, 13)]),
        (["13/10/2026", "10/13/2026"], "mixed_date_style"),
        # A date in no order decides nothing.
        (["13/13/2026", "10/13/2026"], [date(2026, 10, 13), "bad_date"]),
        (["2026-10-01T23:00:00Z", "1 de octubre de 2026", "Oct 1, 2026", "1. Oktober 2026"], [date(2026, 10, 1)] * 4),
        (["10/13/26", "13-Oct-26", "Tue, 10/13/2026 8:00 PM"], [date(2026, 10, 13)] * 3),
        (["46000", "20261001", "tomorrow"], ["bad_date"] * 3),
        (["0001-01-01", "2026-10-01"], [date(2026, 10, 1), "bad_date"]),
    ],
)
def test_one_order_of_dates_a_file(texts: list[str], expected: list[Any] | str) -> None:
    content = as_csv([["day", "shop", "amount"], *([text, "a", "5"] for text in texts)], ";")
    if isinstance(expected, str):
        assert refusal(content).reason_code == expected
    else:
        assert column(content, "day") == expected


def test_times_keep_the_offset_that_they_are_written_with() -> None:
    texts = ["2026-10-01 08:00:00+00", "2026-10-01T08:00:00+0000", "2026-10-01T08:00:00Z", "Oct 1, 2026 8:00 AM"]
    content = as_csv([["day", "shop", "amount", "sold_at"], *(["2026-10-01", "a", "5", text] for text in texts)])
    aware = datetime(2026, 10, 1, 8, tzinfo=UTC)
    assert column(content, "sold_at") == [aware, aware, aware, datetime(2026, 10, 1, 8)]


@pytest.mark.parametrize("text", ["1.12119E+10", "1,2E+17", "1E+05"])
def test_an_id_that_a_spreadsheet_made_a_number_of_is_damaged(text: str) -> None:
    content = as_csv(
        [["day", "shop", "amount", "sale_id"], ["2026-10-01", "a", "5", text], ["2026-10-01", "a", "5", "7E989"]]
    )
    assert column(content, "sale_id") == ["7E989", "damaged_id"]


@pytest.mark.parametrize(
    ("ids", "is_refused"),
    [
        (["120212345678901000", "120212345678902000"], True),
        (["120212345678901000", "120212345678901000"], True),
        (["120212345678901000"], False),
        (["120212345678901000", "120212345678902001"], False),
        (["12021234567890", "12021234567000"], False),
        (["A20212345678901000", "A20212345678902000"], False),
    ],
)
def test_ids_that_a_spreadsheet_rounded_are_found(ids: list[str], is_refused: bool) -> None:
    content = as_csv([["day", "shop", "amount", "sale_id"], *(["2026-10-01", "a", "5", each] for each in ids)])
    if is_refused:
        assert refusal(content).reason_code == "rounded_ids"
        assert column(content, "sale_id", LEDGERLINE_ROUND_IDS="allow") == ids
    else:
        assert column(content, "sale_id") == ids


def test_rounded_ids_are_looked_for_in_all_id_columns_together() -> None:
    header = "day,shop,amount,sale_id,shop_id\n"
    assert refusal(header + "2026-10-01,a,5,120212345678901000,120212345678902000\n").reason_code == "rounded_ids"
    assert table(header + "2026-10-01,a,5,120212345678901000,120212345678902001\n").rows


@pytest.mark.parametrize(
    ("amount", "currency", "expected"),
    [
        ("$5.25", "CAD", "CAD"),
        ("\u20ac5.25", "EUR", "EUR"),
        ("\u20ac5.25", "USD", "currency_mismatch"),
        ("R$5.25", "USD", "currency_mismatch"),
        ("$5.25", "BRL", "currency_mismatch"),
        ("5.25 usd", "EUR", "currency_mismatch"),
        # Nothing contradicts nobody.
        ("\u20ac0.00", "USD", "USD"),
        ("\u00a35.25", "", "GBP"),
        ("$5.25", "", None),
    ],
)
def test_a_sign_that_contradicts_the_row_s_currency(amount: str, currency: str, expected: str | None) -> None:
    sheet = table(as_csv([["day", "shop", "amount", "currency"], ["2026-10-01", "a", amount, currency]]))
    assert [row.currency for row in sheet.rows] + [each.reason_code for each in sheet.rejections] == [expected]


def test_a_row_that_is_out_of_place_decides_nothing() -> None:
    """Its cells stand below other headers."""
    rows = "2026-10-01;a;1.5\n2026-10-02;b;1,5;2\n"
    assert column(f"day;shop;amount\n{rows}", "amount") == [Decimal("1.5"), "missing_field"]
    with_place = rows.replace("1,5;2", "1,5")
    assert refusal(f"day;shop;amount\n{with_place}").reason_code == "mixed_number_style"
