"""Files that are refused whole, each for one reason, beside a file that nearly has the defect and lands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from loaders.samples.printed_reports import ERROR, Production
from loaders.sources.box_office.furniture import Page
from tests.support import reports
from tests.support.broken_reports import bomb, bomb_with_report, encrypted, saved_again, without_xref
from tests.support.reports import PACKAGES, PAGE, PRODUCTIONS, SECTIONS, SHOW

CSV = (
    "performance_code,snapshot_date,single_tickets_sold,subscription_tickets_sold,total_revenue\n"
    "301115E,2030-10-04,1,2,3.00\n"
)


def cells(*cells: tuple[str, str, str | None], page: Page = PAGE) -> Page:
    return replace(page, cells={(row, column): text for row, column, text in cells})


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
    Case("truncated_pdf", "no_xref.pdf", lambda: without_xref(reports.sales()), saved_again, "cross-reference"),
    Case("encrypted_pdf", "locked.pdf", lambda: encrypted("secret"), reports.sales, "password"),
    Case("encrypted_pdf", "locked_for_show.pdf", lambda: encrypted(""), reports.sales, "password"),
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
        lambda: reports.sales(cells(("301115E", "code", "301115E*"))),
        lambda: reports.sales(cells(("301115E", "code", "30-115_E"))),
        "page 1, line 10",
    ),
    Case(
        "unreadable_cell",
        "date.pdf",
        lambda: reports.sales(cells(("301115E", "date", "11/31/2030 8:00 PM"))),
        lambda: reports.sales(cells(("301115E", "date", "11/30/2030 12:00 AM"))),
        "11/31/2030",
    ),
    Case(
        "unreadable_cell",
        "time.pdf",
        lambda: reports.sales(cells(("301115E", "date", "11/15/2030 20:00 PM"))),
        lambda: reports.sales(cells(("301115E", "date", "11/15/2030 12:59 PM"))),
        "20:00",
    ),
    Case(
        "unreadable_cell",
        "count.pdf",
        lambda: reports.sales(cells(("301115E", "single_count", "58O"))),
        lambda: reports.sales(cells(("301115E", "single_count", "0580"))),
        "single_count",
    ),
    Case(
        "unreadable_cell",
        "blank.pdf",
        lambda: reports.sales(cells(("301115E", "single_count", None))),
        lambda: reports.sales(cells(("301115E", "cap", None))),
        "a blank in column single_count",
    ),
    Case(
        "unreadable_cell",
        "cut_digit.pdf",
        lambda: reports.sales(cells(("301115E", "total", "57,500.0"))),
        lambda: reports.sales(cells(("301115E", "total", "57500.00"))),
        "57,500.0",
    ),
    Case(
        "unreadable_cell",
        "comma.pdf",
        lambda: reports.sales(cells(("301220AM", "available", "12,04"))),
        lambda: reports.sales(cells(("301220AM", "available", "1204"))),
        "12,04",
    ),
    Case(
        "unreadable_cell",
        "error.pdf",
        lambda: reports.sales(cells(("301115E", "fixed_count", ERROR))),
        lambda: reports.sales(cells(("301115E", "budget", ERROR))),
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
        lambda: reports.price_types(cells(("301115E", "date", "13/15/2030 8:00 PM"))),
        lambda: reports.price_types(cells(("301115E", "date", "1/5/2031 8:00 PM"))),
        "13/15/2030",
    ),
    Case(
        "unreadable_cell",
        "ptc_count.pdf",
        lambda: reports.price_types(cells(("301115E", "comp_count", "2S"))),
        lambda: reports.price_types(cells(("301115E", "budget", ""))),
        "comp_count",
    ),
    Case(
        "unreadable_cell",
        "package.pdf",
        lambda: reports.package_sales(cells(("31 Trio", "orders", "two"))),
        lambda: reports.package_sales(cells(("31 Trio", "orders", "02"))),
        "orders",
    ),
    Case(
        "unreadable_cell",
        "renewal.pdf",
        lambda: reports.renewals(cells(("31 Trio", "new_amount", "$50"))),
        lambda: reports.renewals(cells(("31 Trio", "new_amount", "50.00"))),
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
        lambda: reports.sales(cells(("Total", "single_count", "1,741"))),
        lambda: reports.sales(cells(("Total", "single_count", "1740"))),
        "1,741, expected 1,740",
    ),
    Case(
        "totals_mismatch",
        "group.pdf",
        lambda: reports.sales(cells(("31 CS01 Spring Songs", "available", "1,181"))),
        lambda: reports.sales(cells(("31 CS01 Spring Songs", "cap", "99.9%"))),
        "expected 1,180",
    ),
    Case(
        "totals_mismatch",
        "subtotal.pdf",
        lambda: reports.sales(cells(("301115E", "subtotal", "56,900.01"))),
        lambda: reports.sales(cells(("301115E", "subtotal", "56900.00"))),
        "fixed + non-fixed + single $",
    ),
    Case(
        "totals_mismatch",
        "ptc_grand.pdf",
        lambda: reports.price_types(cells(("Report Total", "comp_count", "76"))),
        lambda: reports.price_types(cells(("Report Total", "comp_count", "075"))),
        "expected 75",
    ),
    Case(
        "totals_mismatch",
        "ptc_parts.pdf",
        lambda: reports.price_types(cells(("301115E", "total", "56,900.10"))),
        lambda: reports.price_types(cells(("301115E", "total", "56900.00"))),
        "301115E",
    ),
    Case(
        "totals_mismatch",
        "packages_off.pdf",
        lambda: reports.package_sales(cells(("Total", "paid", "1.00"))),
        reports.package_sales,
        "the total of paid",
    ),
    Case(
        "totals_mismatch",
        "renewals_row.pdf",
        lambda: reports.renewals(cells(("31 Trio", "total_count", "3"))),
        lambda: reports.renewals(cells(("31 Trio", "total_count", "02"))),
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
