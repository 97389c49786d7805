"""Every reason for which a file is refused whole, beside a file that nearly has the defect and lands.

All files land in one run: for each the reason and a message that names what to do, nothing of it in raw, the good ones
landed, and the same bytes are not tried again.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

import pytest

from loaders.samples.printed_reports import Page, Production, Sold
from tests.support import reports
from tests.support.broken_reports import bomb
from tests.support.homes import Home
from tests.support.refused_reports import CASES, Case
from tests.support.reports import PRODUCTIONS, SHOW

TIGHT = {
    "LEDGERLINE_PDF_MAX_PAGES": "3",
    "LEDGERLINE_PDF_MAX_BYTES": "40000",
    "LEDGERLINE_PDF_MAX_SECONDS": "20",
    "LEDGERLINE_PDF_MAX_MEMORY_MB": "300",
}


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
