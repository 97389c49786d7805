"""Every reason for which a file is refused whole, beside a file that nearly has the defect and lands.

All files land in one run: for each the reason and a message that names what to do, nothing of it in raw, the good ones
landed, and the same bytes are not tried again.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

import pikepdf
import pytest

from loaders.samples.printed_reports import ERROR, Page, Production, Sold
from tests.support import reports
from tests.support.homes import Home
from tests.support.reports import PACKAGES, PAGE, PRODUCTIONS, SECTIONS, SHOW


def _cells(*cells: tuple[str, str, str | None], page: Page = PAGE) -> Page:
    return replace(page, cells={(row, column): text for row, column, text in cells})


def _without_xref(content: bytes) -> bytes:
    start = content.rindex(b"startxref")
    return content[:start] + b"startxref\n99\n%%EOF\n"


def _encrypted(password: str) -> bytes:
    output = io.BytesIO()
    with pikepdf.open(io.BytesIO(reports.sales())) as pdf:
        pdf.save(output, encryption=pikepdf.Encryption(user=password, owner="owner"))
    return output.getvalue()


def _saved_again() -> bytes:
    """The same report as another program writes it: object streams, a cross-reference stream."""
    output = io.BytesIO()
    with pikepdf.open(io.BytesIO(reports.sales())) as pdf:
        pdf.save(output, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return output.getvalue()


def bomb(megabytes: int) -> bytes:
    """A page whose content is a few KB that inflate to so many megabytes of drawing."""
    packer = zlib.compressobj(9)
    piece = b"0 0 m 1 1 l S\n" * (1024 * 1024 // 14)
    packed = b"".join(packer.compress(piece) for _ in range(megabytes)) + packer.flush()
    output = io.BytesIO()
    with pikepdf.open(io.BytesIO(reports.sales())) as pdf:
        stream = pikepdf.Stream(pdf, b"")
        twice = pikepdf.Array([pikepdf.Name.FlateDecode, pikepdf.Name.FlateDecode])
        stream.write(zlib.compress(packed, 9), filter=twice)
        pdf.pages[0].obj.Contents = stream
        pdf.save(output, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)
    return output.getvalue()


CSV = (
    "performance_code,snapshot_date,single_tickets_sold,subscription_tickets_sold,total_revenue\n"
    "301115E,2030-10-04,1,2,3.00\n"
)
TIGHT = {
    "LEDGERLINE_PDF_MAX_PAGES": "3",
    "LEDGERLINE_PDF_MAX_BYTES": "40000",
    "LEDGERLINE_PDF_MAX_SECONDS": "20",
    "LEDGERLINE_PDF_MAX_MEMORY_MB": "300",
}


@dataclass(frozen=True)
class Case:
    reason: str
    name: str
    bad: Callable[[], bytes]
    near: Callable[[], bytes]
    says: str = ""


CASES = [
    Case(
        "file_too_large",
        "large.pdf",
        lambda: reports.sales() + b"%" * 40_000,
        lambda: reports.sales() + b"%" * 30_000 + b"\n%%EOF\n",
        "40000",
    ),
    Case("empty_file", "empty.pdf", lambda: b"", reports.sales, "0 bytes"),
    Case("empty_file", "empty.csv", lambda: b"", CSV.encode, "0 bytes"),
    Case("not_a_pdf", "note.pdf", lambda: b"Dear box office, " * 99, lambda: b" " * 1000 + reports.sales(), "%PDF-"),
    Case(
        "not_a_pdf", "late.pdf", lambda: b" " * 1024 + reports.sales(), lambda: b" " * 1019 + reports.sales(), "%PDF-"
    ),
    Case("truncated_pdf", "cut.pdf", lambda: reports.sales()[:-900], lambda: reports.sales() + b" " * 1000, "%%EOF"),
    Case("truncated_pdf", "no_xref.pdf", lambda: _without_xref(reports.sales()), _saved_again, "cross-reference"),
    Case("encrypted_pdf", "locked.pdf", lambda: _encrypted("secret"), reports.sales, "password"),
    Case("encrypted_pdf", "locked_for_show.pdf", lambda: _encrypted(""), reports.sales, "password"),
    Case(
        "too_many_pages",
        "thick.pdf",
        lambda: reports.sales(replace(PAGE, rows_per_page=1)),
        lambda: reports.sales(replace(PAGE, rows_per_page=3)),
        "3 pages",
    ),
    Case(
        "parse_limit",
        "bomb.pdf",
        lambda: bomb(600),
        lambda: bomb_with_report(),  # noqa: PLW0108 - defined below
        "LEDGERLINE_PDF_MAX",
    ),
    Case("image_only_pdf", "scan.pdf", lambda: reports.sales(replace(PAGE, as_image=True)), reports.sales, "no text"),
    Case(
        "unknown_report",
        "other.pdf",
        lambda: reports.sales(replace(PAGE, title="Performance Sale Summary")),
        lambda: reports.sales(replace(PAGE, title="Evening Performance Sales Summary")),
        "page 1",
    ),
    Case(
        "layout_mismatch",
        "headless.pdf",
        lambda: reports.sales(replace(PAGE, without_header=True)),
        reports.sales,
        "page 1",
    ),
    Case(
        "layout_mismatch",
        "no_total.pdf",
        lambda: reports.sales(replace(PAGE, without_total=True)),
        reports.sales,
        "Total",
    ),
    Case("layout_mismatch", "no_rows.pdf", lambda: reports.sales(productions=[]), reports.sales, "no performance"),
    Case(
        "layout_mismatch",
        "ptc_no_total.pdf",
        lambda: reports.price_types(replace(PAGE, without_total=True)),
        reports.price_types,
        "Report Total",
    ),
    Case(
        "layout_mismatch",
        "ptc_headless.pdf",
        lambda: reports.price_types(replace(PAGE, without_header=True)),
        reports.price_types,
        "page 1",
    ),
    Case(
        "layout_mismatch",
        "packages_no_total.pdf",
        lambda: reports.package_sales(replace(PAGE, without_total=True)),
        reports.package_sales,
        "Total",
    ),
    Case(
        "layout_mismatch",
        "renewals_no_total.pdf",
        lambda: reports.renewals(replace(PAGE, without_total=True)),
        reports.renewals,
        "Total",
    ),
    Case(
        "unreadable_cell",
        "code.pdf",
        lambda: reports.sales(_cells(("301115E", "code", "301115E*"))),
        lambda: reports.sales(_cells(("301115E", "code", "30-115_E"))),
        "page 1, line 10",
    ),
    Case(
        "unreadable_cell",
        "date.pdf",
        lambda: reports.sales(_cells(("301115E", "date", "11/31/2030 8:00 PM"))),
        lambda: reports.sales(_cells(("301115E", "date", "11/30/2030 12:00 AM"))),
        "11/31/2030",
    ),
    Case(
        "unreadable_cell",
        "time.pdf",
        lambda: reports.sales(_cells(("301115E", "date", "11/15/2030 20:00 PM"))),
        lambda: reports.sales(_cells(("301115E", "date", "11/15/2030 12:59 PM"))),
        "20:00",
    ),
    Case(
        "unreadable_cell",
        "count.pdf",
        lambda: reports.sales(_cells(("301115E", "single_count", "58O"))),
        lambda: reports.sales(_cells(("301115E", "single_count", "0580"))),
        "single_count",
    ),
    Case(
        "unreadable_cell",
        "blank.pdf",
        lambda: reports.sales(_cells(("301115E", "single_count", None))),
        lambda: reports.sales(_cells(("301115E", "cap", None))),
        "a blank in column single_count",
    ),
    Case(
        "unreadable_cell",
        "cut_digit.pdf",
        lambda: reports.sales(_cells(("301115E", "total", "57,500.0"))),
        lambda: reports.sales(_cells(("301115E", "total", "57500.00"))),
        "57,500.0",
    ),
    Case(
        "unreadable_cell",
        "comma.pdf",
        lambda: reports.sales(_cells(("301220AM", "available", "12,04"))),
        lambda: reports.sales(_cells(("301220AM", "available", "1204"))),
        "12,04",
    ),
    Case(
        "unreadable_cell",
        "error.pdf",
        lambda: reports.sales(_cells(("301115E", "fixed_count", ERROR))),
        lambda: reports.sales(_cells(("301115E", "budget", ERROR))),
        "#Error",
    ),
    Case(
        "unreadable_cell",
        "historical.pdf",
        lambda: reports.sales(replace(PAGE, historical_date="soon")),
        lambda: reports.sales(replace(PAGE, historical_date="10/5/2030")),
        "Historical Date",
    ),
    Case(
        "unreadable_cell",
        "ptc_date.pdf",
        lambda: reports.price_types(_cells(("301115E", "date", "13/15/2030 8:00 PM"))),
        lambda: reports.price_types(_cells(("301115E", "date", "1/5/2031 8:00 PM"))),
        "13/15/2030",
    ),
    Case(
        "unreadable_cell",
        "ptc_count.pdf",
        lambda: reports.price_types(_cells(("301115E", "comp_count", "2S"))),
        lambda: reports.price_types(_cells(("301115E", "budget", ""))),
        "comp_count",
    ),
    Case(
        "unreadable_cell",
        "package.pdf",
        lambda: reports.package_sales(_cells(("31 Trio", "orders", "two"))),
        lambda: reports.package_sales(_cells(("31 Trio", "orders", "02"))),
        "orders",
    ),
    Case(
        "unreadable_cell",
        "renewal.pdf",
        lambda: reports.renewals(_cells(("31 Trio", "new_amount", "$50"))),
        lambda: reports.renewals(_cells(("31 Trio", "new_amount", "50.00"))),
        "new_amount",
    ),
    Case(
        "unreadable_cell",
        "page_date.pdf",
        lambda: reports.renewals(replace(PAGE, footer="2/30/2030")),
        lambda: reports.renewals(replace(PAGE, footer="2/28/2030")),
        "2/30/2030",
    ),
    Case(
        "duplicate_key",
        "twice.pdf",
        lambda: reports.sales(productions=[*PRODUCTIONS, Production("31 Again", [SHOW])]),
        lambda: reports.sales(productions=[*PRODUCTIONS, Production("31 Again", [replace(SHOW, code="301115F")])]),
        "301115E",
    ),
    Case(
        "duplicate_key",
        "ptc_twice.pdf",
        lambda: reports.price_types(productions=[*PRODUCTIONS, Production("31 Again", [SHOW])]),
        lambda: reports.price_types(productions=[Production("31 Again", [SHOW])]),
        "301115E",
    ),
    Case(
        "duplicate_key",
        "package_twice.pdf",
        lambda: reports.package_sales(packages=[*PACKAGES, PACKAGES[0]]),
        lambda: reports.package_sales(packages=[*PACKAGES, replace(PACKAGES[0], package_type="SY-Mini")]),
        "Bravo",
    ),
    Case(
        "duplicate_key",
        "renewal_twice.pdf",
        lambda: reports.renewals(sections={"30-31 SY Pops": [*PACKAGES, PACKAGES[0]]}),
        lambda: reports.renewals(sections=SECTIONS),
        "Bravo",
    ),
    Case(
        "totals_mismatch",
        "grand.pdf",
        lambda: reports.sales(_cells(("Total", "single_count", "1,741"))),
        lambda: reports.sales(_cells(("Total", "single_count", "1740"))),
        "1,741, expected 1,740",
    ),
    Case(
        "totals_mismatch",
        "group.pdf",
        lambda: reports.sales(_cells(("31 CS01 Spring Songs", "available", "1,181"))),
        lambda: reports.sales(_cells(("31 CS01 Spring Songs", "cap", "99.9%"))),
        "expected 1,180",
    ),
    Case(
        "totals_mismatch",
        "subtotal.pdf",
        lambda: reports.sales(_cells(("301115E", "subtotal", "56,900.01"))),
        lambda: reports.sales(_cells(("301115E", "subtotal", "56900.00"))),
        "fixed + non-fixed + single $",
    ),
    Case(
        "totals_mismatch",
        "ptc_grand.pdf",
        lambda: reports.price_types(_cells(("Report Total", "comp_count", "76"))),
        lambda: reports.price_types(_cells(("Report Total", "comp_count", "075"))),
        "expected 75",
    ),
    Case(
        "totals_mismatch",
        "ptc_parts.pdf",
        lambda: reports.price_types(_cells(("301115E", "total", "56,900.10"))),
        lambda: reports.price_types(_cells(("301115E", "total", "56900.00"))),
        "301115E",
    ),
    Case(
        "totals_mismatch",
        "packages_off.pdf",
        lambda: reports.package_sales(_cells(("Total", "paid", "1.00"))),
        reports.package_sales,
        "the total of paid",
    ),
    Case(
        "totals_mismatch",
        "renewals_row.pdf",
        lambda: reports.renewals(_cells(("31 Trio", "total_count", "3"))),
        lambda: reports.renewals(_cells(("31 Trio", "total_count", "02"))),
        "New + Renewed",
    ),
    Case(
        "missing_report_date",
        "undated.pdf",
        lambda: reports.sales(Page()),
        lambda: reports.sales(reports.CREATED),
        "email_date",
    ),
    Case(
        "missing_report_date",
        "unreadable_creation.pdf",
        lambda: reports.sales(Page(created="yesterday")),
        lambda: reports.sales(Page(created="D:2030")),
        "email_date",
    ),
    Case(
        "bad_encoding",
        "latin.csv",
        lambda: CSV.encode() + b"301116E,2030-10-04,1,2,\xa3",
        lambda: b"\xef\xbb\xbf" + CSV.encode(),
        "line 3",
    ),
    Case("bad_encoding", "utf16.csv", lambda: CSV.encode("utf-16-le"), CSV.replace("\n", "\r\n").encode, "line 1"),
    Case(
        "unknown_csv_layout",
        "unknown.csv",
        lambda: CSV.replace("total_revenue", "revenue").encode(),
        lambda: CSV.replace("total_revenue", " TOTAL_Revenue").encode(),
        "total_revenue",
    ),
    Case(
        "unknown_csv_layout",
        "surplus.csv",
        lambda: b"colour," + CSV.encode(),
        lambda: CSV.replace("code,", "code,performance_id,").replace("E,", "E,7,").encode(),
        "colour",
    ),
    Case(
        "unknown_csv_layout",
        "repeated.csv",
        lambda: CSV.replace("total_revenue", "total_revenue,Title,title").encode(),
        lambda: CSV.replace("total_revenue", "total_revenue,Title").replace("3.00", "3.00,x").encode(),
        "twice",
    ),
    Case(
        "unknown_csv_layout",
        "quote.csv",
        lambda: CSV.encode() + b'301116E,2030-10-04,1,2,"3.00\n',
        lambda: CSV.encode() + b'301116E,2030-10-04,1,2,"3.00"\n',
        "quoting",
    ),
    Case(
        "sales_fields_not_editable",
        "metadata/sales.csv",
        lambda: b"performance_code,capacity,total_revenue\n301115E,1,1.00\n",
        lambda: b"performance_code,performance_id,performance_date\n301115E,7,2030-11-15\n",
        "total_revenue",
    ),
    Case(
        "unknown_csv_layout",
        "metadata/colour.csv",
        lambda: b"performance_code,colour\n301115E,red\n",
        lambda: b"performance_code,venue\n301115E,Red Hall\n",
        "colour",
    ),
    Case("unsupported_file", "notes.docx", lambda: b"PK", reports.sales, ".docx"),
]


def bomb_with_report() -> bytes:
    """Plenty of drawing before an ordinary report: more work than usual, within the limits."""
    output = io.BytesIO()
    with pikepdf.open(io.BytesIO(reports.sales())) as pdf:
        page = pdf.pages[0]
        page.contents_add(pikepdf.Stream(pdf, b"0 0 m 1 1 l S\n" * 20_000), prepend=True)
        pdf.save(output)
    return output.getvalue()


@pytest.fixture(scope="module")
def landed(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("quarantine") / "home", env=TIGHT)
    for index, case in enumerate(CASES):
        # Some bytes after the end tell equal files apart; a reader that is not told by bytes does not mind them.
        tell = f"\n%{index}".encode() if case.name.endswith(".pdf") and case.bad() else b""
        home.put(f"{index:02d}/bad/{case.name}", case.bad() + tell)
        near = case.near()
        name = case.name if case.name.endswith((".pdf", ".csv")) else "near.pdf"
        home.put(f"{index:02d}/near/{name}", near + (f"\n%{index}".encode() if name.endswith(".pdf") else b""))
    done = home.ledgerline("load", "--quiet")
    assert done.returncode == 1, done.stderr
    return home


@pytest.mark.parametrize("case", CASES, ids=[f"{case.reason}-{case.name}" for case in CASES])
def test_a_file_is_refused_by_name_and_the_one_next_to_it_lands(landed: Home, case: Case) -> None:
    index = CASES.index(case)
    bad = f"box_office/{index:02d}/bad/{case.name}"
    found = landed.query("select reason_code, message from ops.quarantined_files where source_file = ?", bad)
    assert [reason for reason, _ in found] == [case.reason], found
    assert found[0][1].startswith(f"{bad}: ")
    assert case.says in found[0][1]
    assert landed.query("select 1 from ops.load_audit where source_file = ?", bad) == []
    near = landed.query(
        "select reason_code, message from ops.quarantined_files where source_file like ?",
        f"box_office/{index:02d}/near/%",
    )
    assert near == []
    audits = landed.query(
        "select rows_read, rows_rejected from ops.load_audit where source_file like ?", f"box_office/{index:02d}/near/%"
    )
    assert len(audits) == 1
    assert audits[0][0] > 0
    assert audits[0][1] == 0


def test_nothing_of_a_refused_file_is_in_raw(landed: Home) -> None:
    for (table,) in landed.query(
        "select table_name from information_schema.tables"
        " where table_schema = 'raw_box_office' and table_name not like '_dlt%'"
    ):
        assert landed.query(f"select 1 from raw_box_office.{table} where _source_file like '%/bad/%'") == []


def test_the_same_bytes_are_not_tried_again_and_a_mended_file_is(landed: Home) -> None:
    again = landed.load()
    assert (again.files_new, again.problems) == (0, [])
    index = next(i for i, case in enumerate(CASES) if case.name == "undated.pdf")
    landed.put(f"{index:02d}/bad/undated.pdf", reports.sales(Page(datetime(2030, 10, 1, 5, 0))))
    mended = landed.load()
    assert (mended.files_new, mended.rows_landed, mended.problems) == (1, 3, [])


def test_the_reason_is_the_first_that_applies(home: Home) -> None:
    everything = replace(Page(), without_total=True, cells={("301115E", "single_count"): "58O"})
    doubled = [*PRODUCTIONS, Production("31 Again", [SHOW])]
    home.put("all.pdf", reports.sales(everything, doubled))
    with_total = replace(everything, without_total=False)
    home.put("cell.pdf", reports.sales(with_total, doubled))
    wrong = replace(with_total, cells={("Total", "total"): "1.00"})
    home.put("key.pdf", reports.sales(wrong, doubled))
    home.put("total.pdf", reports.sales(wrong))
    home.put("date.pdf", reports.sales(replace(wrong, cells={})))
    home.load()
    reasons = dict(home.query("select source_file, reason_code from ops.quarantined_files"))
    assert reasons == {
        "box_office/all.pdf": "layout_mismatch",
        "box_office/cell.pdf": "unreadable_cell",
        "box_office/key.pdf": "duplicate_key",
        "box_office/total.pdf": "totals_mismatch",
        "box_office/date.pdf": "missing_report_date",
    }


def test_a_reader_that_runs_too_long_costs_its_time_and_the_rest_lands(home: Home) -> None:
    home.put("slow.pdf", bomb(60))
    home.put("good.pdf", reports.sales())
    outcome = home.load(LEDGERLINE_PDF_MAX_SECONDS="2", LEDGERLINE_PDF_MAX_MEMORY_MB="8000")
    assert outcome.rows_landed == 3
    assert home.query("select reason_code from ops.quarantined_files") == [("parse_limit",)]
    assert "2 seconds" in home.value("select message from ops.quarantined_files")


def test_money_that_no_decimal_holds_is_refused(home: Home) -> None:
    huge = replace(SHOW, fixed=Sold(400, Decimal("9999999999999.00")))
    home.put("huge.pdf", reports.sales(productions=[Production("31 Gala", [huge])]))
    home.load()
    assert home.query("select reason_code from ops.quarantined_files") == [("unreadable_cell",)]
