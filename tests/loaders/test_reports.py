"""Reading the four printed reports: every trap of the page is read whole, and every total ties."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from loaders.samples.printed_reports import Page, Production, Sold
from loaders.source import Quarantined
from loaders.sources.box_office.geometry import PERFORMANCE_SALES
from loaders.sources.box_office.page import Line, Word
from loaders.sources.box_office.report import Findings, Parameters, read_footer, split_body
from tests.support import reports
from tests.support.reports import KINDS, PAGE, SECOND, SHOW, THIRD


def test_performance_sales_rows_hold_what_is_printed() -> None:
    parsed = reports.read(reports.sales())
    first, second, third = reports.rows(parsed)
    assert first == {
        "_source_row": 10_000 + 10,
        "source": "pdf_import",
        "snapshot_date": date(2030, 11, 4),
        "report_run_at": datetime(2030, 11, 4, 11, 0, 10, tzinfo=UTC),
        "request_id": 900004,
        "performance_code": "301115E",
        "group_label": "31 CS01 Spring Songs",
        "performance_date": date(2030, 11, 15),
        "performance_time": "20:00",
        "reported_budget_percent": Decimal("50.0"),
        "reported_budget_error": False,
        "fixed_tickets_sold": 400,
        "fixed_revenue": Decimal("24000.00"),
        "non_fixed_tickets_sold": 20,
        "non_fixed_revenue": Decimal("1500.00"),
        "single_tickets_sold": 580,
        "single_revenue": Decimal("31400.00"),
        "subtotal_revenue": Decimal("56900.00"),
        "reserved_tickets": 10,
        "reserved_revenue": Decimal("600.00"),
        "total_revenue": Decimal("57500.00"),
        "available_seats": 590,
        "reported_cap_percent": Decimal("57.5"),
        "reported_cap_error": False,
    }
    # A blank cell and #Error are both unknown, and later cells keep their columns.
    assert (second["reported_budget_percent"], second["reported_budget_error"]) == (None, False)
    assert (second["reported_cap_percent"], second["reported_cap_error"]) == (None, True)
    assert (second["fixed_tickets_sold"], second["available_seats"]) == (400, 590)
    assert (third["performance_code"], third["available_seats"]) == ("301220AM", 1204)
    header = reports.report(parsed)
    assert header["row_count"] == 3
    assert header["group_count"] == 2
    assert header["printed_total_tickets"] == 3000
    assert header["printed_total_revenue"] == Decimal("172500.00")
    assert header["season_list"] == "30-31 SY Classical, 30-31 SY Pops, 30-31 SY Special"
    assert header["include_resold"] is True


def test_price_type_rows_hold_what_is_printed() -> None:
    parsed = reports.read(reports.price_types())
    first, second, _ = reports.rows(parsed)
    assert first["performance_code"] == "301115E"
    assert first["group_label"] == "31 CS01 Spring Songs"
    assert (first["package_tickets"], first["package_revenue"]) == (420, Decimal("25500.00"))
    assert (first["single_tickets"], first["single_revenue"]) == (515, Decimal("30200.00"))
    assert (first["discount_tickets"], first["discount_revenue"]) == (30, Decimal("900.00"))
    assert (first["comp_tickets"], first["other_tickets"], first["other_revenue"]) == (25, 10, Decimal("300.00"))
    assert (first["total_revenue"], first["reserved_tickets"]) == (Decimal("56900.00"), 10)
    assert (first["available_seats"], first["reported_cap_percent"]) == (590, Decimal("57.5"))
    # Its half day stands on the next line.
    assert (second["performance_time"], second["reported_budget_percent"]) == ("10:30", None)
    assert reports.report(parsed)["printed_total_tickets"] == 3000


def test_package_names_keep_their_digits() -> None:
    parsed = reports.read(reports.package_sales())
    first = reports.rows(parsed)[0]
    assert (first["package_name"], first["package_type"]) == ("31 Friday Bravo 7", "SY-Full")
    assert (first["season"], first["category"]) == ("30-31", "Pops")
    assert (first["package_seats"], first["perf_seats"], first["orders"]) == (1402, 70, 8)
    assert first["total_amount"] == first["paid_amount"] == Decimal("7875.00")
    assert reports.report(parsed)["group_count"] == 2


def test_renewals_read_with_and_without_thousands_commas() -> None:
    for page in (PAGE, replace(PAGE, without_commas=True)):
        parsed = reports.read(reports.renewals(page))
        first = reports.rows(parsed)[0]
        assert (first["package_name"], first["category"]) == ("31 Friday Bravo 7", "Classical")
        assert (first["new_pkg_seats"], first["renewed_pkg_seats"], first["total_pkg_seats"]) == (2, 1400, 1402)
        assert first["renewed_amount"] == Decimal("7483.00")
        assert first["ticket_price_only"] is True
        assert reports.report(parsed)["snapshot_date_basis"] == "page_date"
        assert reports.report(parsed)["printed_total_tickets"] == 2823


def test_ticket_price_only_is_kept() -> None:
    parsed = reports.read(reports.renewals(replace(PAGE, ticket_price_only="No")))
    assert {row["ticket_price_only"] for row in reports.rows(parsed)} == {False}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "trap",
    [
        Page(reports.RUN_AT, reversed_text=True),
        Page(reports.RUN_AT, mixed_fonts=True),
        Page(reports.RUN_AT, rows_per_page=2),
        Page(reports.RUN_AT, rows_per_page=3, reversed_text=True, mixed_fonts=True),
    ],
    ids=["text in any order", "a word in two fonts", "a page break anywhere", "all at once"],
)
def test_the_page_may_be_written_in_any_way(kind: str, trap: Page) -> None:
    plain, trapped = reports.read(KINDS[kind](Page(reports.RUN_AT))), reports.read(KINDS[kind](trap))

    def without_row(row: dict) -> dict:
        return {name: value for name, value in row.items() if name != "_source_row"}

    assert [without_row(row) for row in reports.rows(trapped)] == [without_row(row) for row in reports.rows(plain)]
    assert reports.report(trapped)["printed_total_revenue"] == reports.report(plain)["printed_total_revenue"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_generated_report_is_the_same_to_the_byte(kind: str) -> None:
    assert KINDS[kind]() == KINDS[kind]()


def test_a_value_whose_last_digits_wrap_is_read_whole() -> None:
    rich = replace(SHOW, single=Sold(580, Decimal("1099026.00")), reserved=Sold(10, Decimal("1234567890.12")))
    parsed = reports.read(reports.sales(productions=[Production("31 Gala", [rich])]))
    row = reports.rows(parsed)[0]
    assert row["single_revenue"] == Decimal("1099026.00")
    assert row["reserved_revenue"] == Decimal("1234567890.12")


def test_long_codes_labels_and_half_days_wrap_in_price_types() -> None:
    long_code = replace(THIRD, code="31QUARTET_1", time="12:00 PM")
    label = "31 CS10 A Very Long Label Wraps"
    parsed = reports.read(reports.price_types(productions=[Production(label, [long_code, SECOND])]))
    first, second = reports.rows(parsed)
    assert (first["performance_code"], first["performance_time"]) == ("31QUARTET_1", "12:00")
    assert first["group_label"] == second["group_label"] == label[:30]


def test_a_label_that_looks_like_anything_stays_a_label() -> None:
    for label in (
        "31 On Stage 1",
        "31 Ticket Price Gala",
        "31 1812 and 2030",
        "31 Other Categories",
        "31 9/11 Memorial",
    ):
        for make in (reports.sales, reports.price_types):
            parsed = reports.read(make(productions=[Production(label, [SHOW])]))
            assert [row["group_label"] for row in reports.rows(parsed)] == [label], make


def test_a_wide_label_may_reach_into_the_budget_column() -> None:
    label = "31 CS01 MOZART'S GRAND MASS MM"
    assert len(label) == 30
    row = reports.rows(reports.read(reports.sales(productions=[Production(label, [SHOW], budget="")])))[0]
    assert row["group_label"] == label


def test_a_percent_may_exceed_100_and_money_may_be_negative() -> None:
    refunded = replace(SHOW, cap="1,104.5%", single=Sold(580, Decimal("-31400.00")))
    row = reports.rows(reports.read(reports.sales(productions=[Production("31 Gala", [refunded])])))[0]
    assert row["reported_cap_percent"] == Decimal("1104.5")
    assert row["single_revenue"] == Decimal("-31400.00")


@pytest.mark.parametrize(
    ("page", "sidecar", "day", "basis", "run_at"),
    [
        (PAGE, None, date(2030, 11, 4), "run_at", "2030-11-04T11:00:10+00:00"),
        (
            replace(PAGE, historical_date="2030-10-15"),
            None,
            date(2030, 10, 15),
            "historical_date",
            "2030-11-04T11:00:10+00:00",
        ),
        (
            replace(PAGE, historical_date="10/15/2030"),
            None,
            date(2030, 10, 15),
            "historical_date",
            "2030-11-04T11:00:10+00:00",
        ),
        (reports.CREATED, None, date(2030, 10, 21), "creation_date", "2030-10-21T10:00:09+00:00"),
        # 23:30 in Tokyo is that day there, whatever day it is here.
        (
            Page(created="D:20301021233000+09'00'"),
            None,
            date(2030, 10, 21),
            "creation_date",
            "2030-10-21T14:30:00+00:00",
        ),
        (Page(created="D:20301021050009"), None, date(2030, 10, 21), "creation_date", "2030-10-21T10:00:09+00:00"),
        (Page(created="D:20301021050009Z"), None, date(2030, 10, 21), "creation_date", "2030-10-21T05:00:09+00:00"),
        (
            Page(),
            b'{"email_date": "2030-10-22T03:00:00Z"}',
            date(2030, 10, 21),
            "email_date",
            "2030-10-21T05:00:00+00:00",
        ),
        (PAGE, b"not json", date(2030, 11, 4), "run_at", "2030-11-04T11:00:10+00:00"),
        # The repeated hour of a clock change is the earlier instant.
        (Page(datetime(2030, 11, 3, 1, 30)), None, date(2030, 11, 3), "run_at", "2030-11-03T06:30:00+00:00"),
    ],
)
def test_the_snapshot_date_is_the_first_that_the_report_says(
    page: Page, sidecar: bytes | None, day: date, basis: str, run_at: str
) -> None:
    header = reports.report(reports.read(reports.sales(page), sidecar))
    assert (header["snapshot_date"], header["snapshot_date_basis"]) == (day, basis)
    assert header["report_run_at"].isoformat() == run_at


def test_the_longest_title_wins() -> None:
    assert reports.report(reports.read(reports.price_types()))["report_kind"] == "price_types"
    assert reports.report(reports.read(reports.renewals()))["report_kind"] == "package_renewals"


def test_nobodys_login_is_read() -> None:
    for make in KINDS.values():
        parsed = reports.read(make(PAGE))
        said = repr(parsed)
        assert "demo/BOX" not in said
        assert "'demo'" not in said


def test_a_broken_footer_is_quoted_without_the_login() -> None:
    footer = "Run by demo/BOX on 13/45/2030 5:00:10 AM (Request 900004)"
    with pytest.raises(Quarantined) as caught:
        reports.read(reports.sales(replace(PAGE, footer=footer)))
    assert caught.value.reason_code == "unreadable_cell"
    assert "13/45/2030" in caught.value.detail
    assert "demo" not in caught.value.detail


def test_a_footer_is_no_row_wherever_it_stands() -> None:
    def line(text: str, top: float) -> Line:
        return Line(1, 1, tuple(Word(word, 40.0 * n, 40.0 * n + 30, top) for n, word in enumerate(text.split())))

    footer = line("Run by demo/BOX on 11/4/2030 5:00:10 AM (Request 900004)", 300)
    label = line("31 Run by the River Total", 310)
    assert split_body([footer, label], PERFORMANCE_SALES, 0) == [label]
    parameters = Parameters()
    read_footer([footer], PERFORMANCE_SALES, parameters, Findings())
    assert parameters.request_id == 900004


def test_a_season_list_that_breaks_inside_a_season_is_joined() -> None:
    seasons = ", ".join(f"30-31 SY Category {n}" for n in range(9))
    assert reports.report(reports.read(reports.sales(replace(PAGE, seasons=seasons))))["season_list"] == seasons


@pytest.mark.parametrize("kind", KINDS)
def test_a_damaged_report_is_refused_or_read_whole(kind: str) -> None:
    """Bytes changed, lost or added anywhere: never a wrong number, never a reader that fails."""
    draw = random.Random(kind)
    good = KINDS[kind]()
    expected = reports.rows(reports.read(good))
    refused = 0
    for _ in range(120):
        damaged = bytearray(good)
        at = draw.randrange(len(damaged))
        match draw.randrange(3):
            case 0:
                for _ in range(draw.choice([1, 2, 5, 20])):
                    damaged[draw.randrange(len(damaged))] = draw.randrange(256)
            case 1:
                del damaged[at : at + draw.randrange(1, 400)]
            case 2:
                damaged[at:at] = draw.randbytes(draw.randrange(1, 50))
        try:
            assert reports.rows(reports.read(bytes(damaged))) == expected
        except Quarantined:
            refused += 1
    assert 60 < refused < 120
