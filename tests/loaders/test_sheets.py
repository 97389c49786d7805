"""Where a table is in a file: each rule beside a file that breaks it and one that nearly does."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from loaders.config import ConfigError, load_settings
from loaders.readers.sheets import Book, Column, Layout, sheet_settings
from tests.support.sheets import HEADER, SALES, STOCK, refusal, table, tables
from tests.support.tables import Rows, as_csv, as_ods, as_xls, as_xlsx


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_text_is_read_under_any_delimiter_and_encoding(delimiter: str, encoding: str) -> None:
    content = as_csv(
        [["day", "shop", "amount"], ["2026-10-01", 'Müller; Söhne, "A|B"\tx', "1234.50"]], delimiter, encoding
    )
    (row,) = table(content).rows
    assert (row.values["shop"], row.values["amount"]) == ('Müller; Söhne, "A|B"\tx', Decimal("1234.50"))


def test_other_bytes_are_refused_with_their_line_unless_a_setting_declares_them() -> None:
    content = (HEADER + "\n2026-10-01,Café,1.00\n").encode("cp1252")
    refused = refusal(content)
    assert (refused.reason_code, "line 2" in refused.detail, "0xE9" in refused.detail) == ("bad_encoding", True, True)
    assert "LEDGERLINE_TEXT_ENCODING" in refused.detail
    (row,) = table(content, LEDGERLINE_TEXT_ENCODING="cp1252").rows
    assert row.values["shop"] == "Café"
    # What is UTF-8 stays that.
    (row,) = table((HEADER + "\n2026-10-01,Café,1.00\n").encode(), LEDGERLINE_TEXT_ENCODING="cp1252").rows
    assert row.values["shop"] == "Café"
    undefined = (HEADER + "\n2026-10-01,Caf\x00,1.00\n").encode().replace(b"\0", b"\x81")
    assert refusal(undefined, LEDGERLINE_TEXT_ENCODING="cp1252").reason_code == "bad_encoding"
    assert refusal(b"").reason_code == "empty_file"


def test_the_delimiter_is_the_one_under_which_the_header_is_known() -> None:
    """However many other ones stand in it."""
    content = 'day;shop;amount;"How, did, you, hear, of, us, please, tell"\n2026-10-01;a;1,5;"x, y"\n'
    (row,) = table(content).rows
    assert (row.values["amount"], list(row.extra.values())) == (Decimal("1.5"), ["x, y"])


@pytest.mark.parametrize(("line", "mark"), [("sep=;", ";"), ('"sep=,"', ","), ("sep=\t", "\t"), ("SEP=|", "|")])
def test_a_line_that_names_the_separator_is_no_header(line: str, mark: str) -> None:
    content = f"{line}\nday{mark}shop{mark}amount\n2026-10-01{mark}a{mark}5\n"
    (row,) = table(content).rows
    assert (row.line, row.values["amount"]) == (3, Decimal(5))


def test_a_header_stands_within_the_first_twenty_lines() -> None:
    title = 'Report "of sales\n'
    rows = f"{HEADER}\n2026-10-01,a,5\n"
    sheet = table(title * 19 + rows)
    assert ([row.line for row in sheet.rows], sheet.rows_read, len(sheet.above)) == ([21], 1, 19)
    assert refusal("Report of sales\n" * 20 + rows).reason_code == "unknown_kind"


def test_rows_of_empty_cells_are_no_rows() -> None:
    sheet = table(f"{HEADER}\n\n,,\n2026-10-01,a,5\n , ,\u00a0\n,,,,\n")
    assert (sheet.rows_read, len(sheet.rows), sheet.rows_skipped, list(sheet.rejections)) == (1, 1, 0, [])
    # A row that has anything is one.
    sheet = table(f"{HEADER}\n,,5\n")
    assert (sheet.rows_read, len(sheet.rows)) == (1, 1)


@pytest.mark.parametrize(
    ("row", "is_total"),
    [
        ("Total,,15", True),
        ("Totals:,--,15", True),
        ("Gesamt,,15", True),
        ("total : all,-,15", True),
        (",Grand Total,15", True),
        # A name that only begins so.
        ("2026-10-03,Total,5", False),
        ("2026-10-03,Total Wine,5", False),
        (",Totalitarian,5", False),
        (",Total Wine: south,5", False),
    ],
)
def test_totals_rows_are_skipped(row: str, is_total: bool) -> None:
    sheet = table(f"{HEADER}\n2026-10-01,a,5\n2026-10-02,b,10\n{row}\n")
    assert (sheet.rows_read, sheet.rows_skipped, len(sheet.rows)) == (3, int(is_total), 3 - is_total)


@pytest.mark.parametrize(
    ("total", "is_told"), [("Total,,15", True), ("Total,,99", False), ("Total,,15.0049", True), ("Summary,,99", True)]
)
def test_totals_rows_that_cover_the_file_tie(total: str, is_told: bool) -> None:
    content = f"{HEADER}\n2026-10-01,a,5.00\n2026-10-02,b,10.00\n{total}\n"
    if is_told:
        assert len(table(content).rows) == 2
    else:
        refused = refusal(content)
        assert refused.reason_code == "totals_mismatch"
        assert "line 4, column C" in refused.detail
    # Also when another row was rejected.
    broken = f"{HEADER}\n2026-10-01,a,five\n2026-10-02,b,10.00\n"
    assert len(table(broken + "Total,,10.00\n").rejections) == 1
    assert refusal(broken + "Total,,15.00\n").reason_code == "totals_mismatch"


def test_of_several_layouts_the_one_with_most_required_columns_wins() -> None:
    assert table("article,pieces\nx,5\n").layout is STOCK
    assert table("article,pieces,day,shop,amount\nx,5,2026-10-01,a,5\n").layout is SALES
    twin = Layout("twin", "a twin", (Column("article"), Column("pieces", "count")), (("article",), ("pieces",)))
    tied = refusal("article,pieces\nx,5\n", Book((STOCK, twin)))
    assert (tied.reason_code, "a stock list and a twin" in tied.detail) == ("unknown_kind", True)


def test_a_missing_column_is_named_in_the_words_of_the_export() -> None:
    wide = Layout("wide", "a report", tuple(map(Column, "abcd")), tuple((name,) for name in "abcd"), advice="take B")
    book = Book((wide,), {"wide": {"alpha": "a", "beta": "b", "gamma": "c", "delta": "d"}})
    refused = refusal("Alpha,Beta,Gamma,x\n1,2,3,4\n", book)
    assert refused.reason_code == "missing_column"
    assert "looks like a report" in refused.detail
    assert "'delta'" in refused.detail
    assert "take B" in refused.detail
    # Two words in common are no likeness; what is unknown is never quoted.
    refused = refusal("Alpha,Beta,pam@example.com,x\n1,2,3,4\n", book)
    assert refused.reason_code == "unknown_kind"
    assert "Alpha, Beta" in refused.detail
    assert "2 unknown" in refused.detail
    assert "pam@" not in refused.detail


def test_a_foreign_export_is_refused_by_its_name() -> None:
    refused = refusal("mood,weather\ngood,rain\n")
    assert (refused.reason_code, "this is a diary; take sales" in refused.detail) == ("unknown_kind", True)
    assert refusal("mood,wind\ngood,rain\n").detail.find("this is a diary") < 0


@pytest.mark.parametrize(
    ("repeats", "landed", "conflicting", "duplicates"),
    [("versions", 3, 0, 1), ("parts", 3, 0, 1), ("last", 2, 0, 2), ("one", 1, 2, 1)],
)
def test_two_rows_of_one_key(repeats: Any, landed: int, conflicting: int, duplicates: int) -> None:
    layout = Layout("stock", "a stock list", STOCK.columns, STOCK.required, key=("article",), repeats=repeats)
    sheet = table("article,pieces\nx,5\nx,6\ny,1\ny,1\n", Book((layout,)))
    assert (len(sheet.rows), len(sheet.rejections), sheet.rows_duplicate) == (landed, conflicting, duplicates)
    assert {each.reason_code for each in sheet.rejections} <= {"conflicting_rows"}
    if repeats == "last":
        assert [row.values["pieces"] for row in sheet.rows] == [6, 1]
    assert sheet.rows_read == len(sheet.rows) + len(sheet.rejections) + sheet.rows_duplicate


def test_one_id_under_two_names_is_a_conflict() -> None:
    layout = Layout("s", "sales", SALES.columns, SALES.required, named=(("shop_id", "shop"),))
    content = f"{HEADER},shop_id\n2026-10-01,a,5,1\n2026-10-01,b,6,1\n2026-10-01,c,7,2\n2026-10-02,c,8,2\n"
    sheet = table(content, Book((layout,)))
    assert [row.line for row in sheet.rows] == [4, 5]
    assert [(each.source_row, each.reason_code) for each in sheet.rejections] == [
        (2, "conflicting_rows"),
        (3, "conflicting_rows"),
    ]


def test_a_damaged_line_costs_itself() -> None:
    sheet = table(f'{HEADER}\n2026-10-01,"a,5\n2026-10-02,b,6\n2026-10-03,c\n2026-10-04,d,7,8\n2026-10-05,e,8,\n')
    assert [row.line for row in sheet.rows] == [3]
    assert [(each.source_row, each.reason_code) for each in sheet.rejections] == [
        (2, "missing_field"),
        (4, "missing_field"),
        (5, "missing_field"),
        # Blank or not, a cell too many may stand in any place: `1.234,56` without quotes has two.
        (6, "missing_field"),
    ]


@pytest.mark.parametrize("write", [as_xlsx, as_xls, as_ods])
def test_a_workbook_s_cells_have_types(write: Any) -> None:
    rows: Rows = [
        ["Sales of October"],
        ["day", "shop", "amount", "share", "sold_at", "sale_id", "note"],
        [date(2026, 10, 1), "a", 0.1 + 0.2, 0.015, datetime(2026, 10, 1, 19, 5), 1234567, 2.50],
        ["2026-10-02", "b", "1,234.50", "1.5%", "2026-10-02 19:05", "0012", "x"],
        [],
        [date(2026, 10, 3), "c", 3, 0.5, datetime(2026, 10, 3, 23, 59, 59), 2**53, None],
        [date(2026, 10, 4), "d", "#N/A", None, None, None, None],
    ]
    content = write(rows, percent_columns=(3,))
    sheet = table(content)
    first, second = sheet.rows
    assert first.values == {
        **{"day": date(2026, 10, 1), "shop": "a", "amount": Decimal("0.3"), "share": Decimal("1.5")},
        **{"sold_at": datetime(2026, 10, 1, 19, 5), "sale_id": "1234567"},
    }
    assert first.extra == {"note": "2.5"}
    assert (second.values["amount"], second.values["share"], second.values["sale_id"]) == (
        Decimal("1234.50"),
        Decimal("1.5"),
        "0012",
    )
    assert (first.line, second.line, sheet.rows_read) == (3, 4, 4)
    assert [(each.source_row, each.reason_code) for each in sheet.rejections] == [(6, "damaged_id"), (7, "bad_number")]
    assert "cell F6" in sheet.rejections[0].message
    assert "'Sheet1'" in sheet.rejections[0].message


def test_numbers_of_a_workbook_where_dates_or_dates_where_numbers_are_due() -> None:
    header = ["day", "shop", "amount", "sale_id", "pieces"]
    rows: Rows = [
        header,
        [46000, "a", 5, "x", 1],
        [date(2026, 10, 1), "a", date(2026, 10, 1), "x", 1],
        [date(2026, 10, 1), "a", 5, date(2026, 10, 1), 1],
        [date(2026, 10, 1), "a", 5, "x", 1.5],
        [date(2026, 10, 1), "a", 5, "x", 1],
    ]
    sheet = table(as_xlsx(rows))
    assert [each.reason_code for each in sheet.rejections] == ["bad_date", "bad_number", "damaged_id", "bad_number"]
    assert len(sheet.rows) == 1


def test_every_known_sheet_of_a_workbook_is_read() -> None:
    sales: Rows = [["day", "shop", "amount"], [date(2026, 10, 1), "a", 5]]
    stock: Rows = [["article", "pieces"], ["x", 7]]
    notes: Rows = [["Notes"], ["nothing of interest"]]
    found = tables(as_xlsx(notes, sales, stock, names=("Notes", "Sales", "Stock")))
    assert [(sheet.layout.name, [row.line for row in sheet.rows]) for sheet in found] == [
        ("sales", [10_000_002]),
        ("stock", [20_000_002]),
    ]
    refused = refusal(as_xlsx(notes, names=("Notes",)))
    assert (refused.reason_code, "'Notes'" in refused.detail) == ("unknown_kind", True)


def test_the_settings_of_tables_are_checked() -> None:
    for name, wrong, right in (
        ("LEDGERLINE_TEXT_ENCODING", "klingon", "cp1252"),
        ("LEDGERLINE_TEXT_ENCODING", "hex", "latin-1"),
        ("LEDGERLINE_DECIMAL_MARK", "comma", ","),
        ("LEDGERLINE_ROUND_IDS", "yes", "allow"),
    ):
        with pytest.raises(ConfigError, match=name):
            load_settings({name: wrong}).of(sheet_settings)
        assert load_settings({name: right}).of(sheet_settings)
