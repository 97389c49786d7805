"""Landing: provenance, tenants, repeats, verdicts and books, the same for every kind of file."""

from __future__ import annotations

import hashlib
import os
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from loaders.config import export
from loaders.landing import files
from loaders.sources import box_office
from loaders.warehouse.engine import Table, Warehouse
from tests.support import reports
from tests.support.homes import AS_OF, Home
from tests.support.reports import PAGE

HISTORY = (
    "performance_code,snapshot_date,single_tickets_sold,subscription_tickets_sold,total_revenue\n"
    "301115E,2030-10-04,1,2,3.00\n301116E,2030-10-04,x,2,3.00\n301116E,2030-10-05,1,2,3.00\n301116E,2030-10-05,1,2,3.00\n"
)
OTHER = reports.sales(replace(PAGE, request=900005, run_at=datetime(2030, 11, 5, 5, 0)))


def test_every_raw_row_says_where_it_comes_from(home: Home) -> None:
    path = home.put("deep/er/history.csv", HISTORY)
    home.load()
    found = home.query(
        "select organization_id, _source_file, _source_hash, _source_row, _extracted_at, _dlt_load_id"
        " from raw_box_office.history_rows order by _source_row"
    )
    assert [row[3] for row in found] == [2, 4]
    organization, source_file, source_hash, _, extracted_at, load_id = found[0]
    assert (organization, source_file) == ("main", "box_office/deep/er/history.csv")
    assert source_hash == hashlib.sha256(path.read_bytes()).hexdigest()
    assert extracted_at.isoformat().replace("+00:00", "Z") == AS_OF
    assert load_id == home.value("select load_id from ops.load_audit")


def test_a_pdf_row_is_page_times_10000_plus_line(home: Home) -> None:
    home.put("a.pdf", reports.sales(replace(PAGE, rows_per_page=2)))
    home.load()
    assert home.query("select _source_row from raw_box_office.performance_sales_rows order by 1") == [
        (10010,),
        (10011,),
        (20006,),
    ]


def test_every_row_is_landed_rejected_or_counted(home: Home) -> None:
    home.put("history.csv", HISTORY)
    outcome = home.load()
    assert home.query(
        "select rows_read, rows_landed, rows_rejected, rows_duplicate, rows_skipped from ops.load_audit"
    ) == [(4, 2, 1, 1, 0)]
    assert home.query("select source_row, reason_code, raw_text from ops.rejected_rows") == [
        (3, "invalid_number", "301116E,2030-10-04,x,2,3.00")
    ]
    assert len(outcome.problems) == 1
    assert "box_office/history.csv, line 3" in outcome.problems[0]


def test_an_unchanged_file_adds_nothing_on_a_later_run(home: Home) -> None:
    home.put("history.csv", HISTORY)
    home.put("a.pdf", reports.sales())
    home.load()
    before = home.export(["raw_box_office", "ops"], leave_out=())
    again = home.load(LEDGERLINE_AS_OF="2031-01-01T00:00:00Z")
    assert (again.files_new, again.files_known) == (0, 2)
    assert home.export(["raw_box_office", "ops"], leave_out=()) == before


def test_a_copy_under_another_name_is_all_duplicates_wherever_it_stands(home: Home) -> None:
    home.put("b.pdf", reports.sales())
    home.load()
    home.put("a.pdf", reports.sales())
    home.put("webhook/c.pdf", reports.sales())
    home.put("h1.csv", HISTORY)
    home.put("h2.csv", HISTORY)
    home.load()
    assert home.query(
        "select source_file, rows_read, rows_landed, rows_rejected, rows_duplicate from ops.load_audit order by 1"
    ) == [
        ("box_office/a.pdf", 3, 0, 0, 3),
        ("box_office/b.pdf", 3, 3, 0, 0),
        ("box_office/h1.csv", 4, 2, 1, 1),
        ("box_office/h2.csv", 4, 0, 0, 4),
        ("box_office/webhook/c.pdf", 3, 0, 0, 3),
    ]
    assert home.value("select count(*) from raw_box_office.performance_sales_rows") == 3
    assert home.value("select count(*) from raw_box_office.reports") == 1


def test_the_webhook_folder_tells_the_source_at_any_depth(home: Home) -> None:
    home.put("org=a/webhook/x/a.pdf", reports.sales())
    home.put("org=b/webhooks/a.pdf", reports.sales())
    home.load()
    assert home.query("select organization_id, source from raw_box_office.reports order by 1") == [
        ("a", "pdf_webhook"),
        ("b", "pdf_import"),
    ]


def test_the_same_bytes_under_two_tenants_are_two_files(home: Home) -> None:
    home.put("org=alto/a.pdf", reports.sales())
    home.put("deep/org=bass_2/a.pdf", reports.sales())
    home.load()
    # A later run must not take another tenant's rows for a repeat.
    home.put("a.pdf", reports.sales())
    home.load(LEDGERLINE_ORGANIZATION="house")
    assert home.query(
        "select organization_id, count(*) from raw_box_office.performance_sales_rows group by 1 order by 1"
    ) == [("alto", 3), ("bass_2", 3), ("house", 3)]


def test_a_folder_that_names_no_organization_is_quarantined(home: Home) -> None:
    home.put("org=a b/a.pdf", reports.sales())
    home.put(f"org={'x' * 65}/a.pdf", reports.sales())
    home.put("org=/a.pdf", reports.sales())
    home.put(f"org={'x' * 64}/a.pdf", reports.sales())
    outcome = home.load()
    assert home.query("select reason_code, count(*) from ops.quarantined_files group by 1") == [("bad_organization", 3)]
    assert outcome.rows_landed == 3
    assert home.load().files_new == 0


def test_names_that_start_with_a_dot_an_underscore_or_README_are_not_looked_at(home: Home) -> None:  # noqa: N802
    for name in (".hidden.pdf", "_draft.pdf", "README.md", "README", ".git/x.pdf", "_old/x.pdf", "READMEs/x.pdf"):
        home.put(name, b"not a report")
    home.put("reports/README.txt", b"about")
    assert home.load().files_new == 0
    assert home.value("select count(*) from ops.quarantined_files") == 0


def test_other_files_are_quarantined_and_endings_know_no_case(home: Home) -> None:
    home.put("a.PDF", reports.sales())
    home.put("b.Csv", HISTORY)
    home.put("c.xlsx", b"PK")
    home.put("noending", b"x")
    home.load()
    assert home.query("select source_file, reason_code from ops.quarantined_files order by 1") == [
        ("box_office/c.xlsx", "unsupported_file"),
        ("box_office/noending", "unsupported_file"),
    ]
    assert home.value("select count(*) from ops.load_audit") == 2


def test_a_sidecar_that_comes_later_has_its_quarantined_report_tried_again(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    undated = reports.sales(replace(PAGE, run_at=None))
    home.put("a.pdf", undated)
    home.load()
    assert home.value("select reason_code from ops.quarantined_files") == "missing_report_date"
    sidecar = home.put("a.pdf.json", b"{broken")
    still = home.load()
    assert [problem.split(":")[0] for problem in still.problems] == ["quarantined missing_report_date"]
    assert home.load().files_new == 0
    # One that may not be read counts as none, and stops nothing.
    read_bytes = Path.read_bytes

    def forbidden(self: Path) -> bytes:
        if self == sidecar:
            raise PermissionError(13, "Permission denied")
        return read_bytes(self)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "read_bytes", forbidden)
        assert [problem.split(":")[0] for problem in home.load().problems] == ["quarantined missing_report_date"]
    home.put("a.pdf.json", b'{"email_date": "2030-10-22T03:00:00Z"}')
    landed = home.load()
    assert (landed.rows_landed, landed.problems) == (3, [])
    assert home.query("select snapshot_date_basis, email_date::varchar from raw_box_office.reports") == [
        ("email_date", "2030-10-22 03:00:00+00")
    ]
    assert home.value("select count(*) from ops.quarantined_files") == 1


def test_a_new_version_of_the_parser_tries_quarantined_files_again(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    home.put("a.pdf", b"not a report")
    home.put("history.csv", HISTORY)
    home.load()
    assert home.load().files_new == 0
    monkeypatch.setattr(box_office, "PDF", replace(box_office.PDF, version="2"))
    again = home.load()
    assert again.files_new == 1
    assert home.value("select attempt from ops.quarantined_files").startswith("report:2:.pdf:")


def test_a_quarantined_file_under_another_name_is_refused_without_reading_it(home: Home) -> None:
    home.put("a.pdf", b"not a report")
    home.load()
    home.put("b.pdf", b"not a report")
    outcome = home.load()
    assert outcome.parse_seconds == 0
    assert home.query("select source_file, reason_code, message from ops.quarantined_files order by 1") == [
        (
            f"box_office/{name}",
            "not_a_pdf",
            f"box_office/{name}: found no %PDF- in the first 1024 bytes, expected a PDF",
        )
        for name in ("a.pdf", "b.pdf")
    ]


def test_a_file_that_changed_its_bytes_is_a_new_file(home: Home) -> None:
    home.put("a.pdf", reports.sales())
    home.load()
    home.put("a.pdf", OTHER)
    home.load()
    assert home.value("select count(*) from raw_box_office.reports") == 2
    assert home.value("select count(*) from ops.load_audit where source_file = 'box_office/a.pdf'") == 2


def test_a_file_that_changes_while_it_is_read_waits_for_the_next_run(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = home.put("history.csv", HISTORY)
    read_bytes = Path.read_bytes

    def grown(self: Path) -> bytes:
        return read_bytes(self) + b"301117M,2030-10-05,1,2,3.00\n" if self == path else read_bytes(self)

    monkeypatch.setattr(Path, "read_bytes", grown)
    outcome = home.load()
    assert outcome.waiting == ["box_office/history.csv is still being written; the next run reads it"]
    assert home.value("select count(*) from ops.load_audit") == 0
    monkeypatch.undo()
    assert home.load().rows_landed == 2


def test_a_reader_that_fails_does_not_stop_the_others(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> files.Parsed:
        raise RuntimeError("a fault of ours")

    home.put("history.csv", HISTORY)
    home.put("a.pdf", reports.sales())
    monkeypatch.setattr(box_office, "SALES_CSV", replace(box_office.SALES_CSV, read=broken))
    outcome = home.load()
    assert outcome.rows_landed == 3
    assert "a fault of ours" in outcome.problems[0]
    monkeypatch.undo()
    assert home.load().rows_landed == 2


def test_files_land_in_path_order_by_bytes(home: Home) -> None:
    header = HISTORY.splitlines()[0]
    for name, tickets in (("b.csv", 1), ("B.csv", 2), ("a/z.csv", 3), ("ä.csv", 4)):
        home.put(name, f"{header}\n301115E,2030-10-04,{tickets},2,3.00\n")
    home.load()
    found = home.query("select source_file from ops.load_audit order by rowid")
    assert [row[0] for row in found] == [f"box_office/{name}" for name in ("B.csv", "a/z.csv", "b.csv", "ä.csv")]


def test_landing_many_files_in_small_batches_gives_the_same(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_once = Home(tmp_path / "at_once")
    for target in (home, at_once):
        for day in range(1, 8):
            target.put(f"{day}.pdf", reports.sales(replace(PAGE, run_at=datetime(2030, 10, day, 5, 0))))
        target.put("again.pdf", reports.sales(replace(PAGE, run_at=datetime(2030, 10, 3, 5, 0))))
        target.put("x.pdf", b"not a report")
    at_once.load()
    monkeypatch.setattr(files, "BATCH_FILES", 2)
    home.load()
    assert home.export(["raw_box_office", "ops"]) == at_once.export(["raw_box_office", "ops"])


def test_names_that_are_no_text_and_things_that_are_no_files_do_not_stop_the_others(home: Home) -> None:
    home.put("good.pdf", reports.sales())
    folder = home.path / "landing" / "box_office"
    (Path(os.fsdecode(os.fsencode(folder) + b"/\xff.csv"))).write_text(HISTORY)
    os.mkfifo(folder / "pipe.pdf")
    (folder / "gone.pdf").symlink_to("nowhere.pdf")
    (folder / "folder.pdf").mkdir()
    outcome = home.load()
    assert outcome.rows_landed == 5
    assert [problem.split(":")[0] for problem in outcome.problems] == [
        "box_office/gone.pdf",
        "box_office/pipe.pdf",
        "rejected invalid_number",
    ]
    assert home.value("select count(*) from ops.load_audit where source_file = 'box_office/\\xff.csv'") == 1


def test_an_empty_landing_folder_is_no_problem(home: Home) -> None:
    outcome = home.load()
    assert (outcome.files_new, outcome.problems) == (0, [])


def test_rows_that_an_older_version_left_without_their_books_are_the_files_own(home: Home) -> None:
    home.put("history.csv", HISTORY)
    home.put("org=salon/customers/a.jsonl", '{"id": "C1"}\n{"id": "C2"}\n', "square")
    for source in ("box_office", "square"):
        home.load(source)
    before = home.export(["raw_box_office", "raw_square", "ops"], leave_out=())
    with duckdb.connect(str(home.path / "warehouse.duckdb")) as connection:
        connection.execute("delete from ops.load_audit; delete from ops.rejected_rows")
        # dlt's own tables stay where they are.
        connection.execute("create table raw_box_office._dlt_loads (load_id varchar)")
    for source in ("box_office", "square"):
        assert home.load(source).rows_landed == 2
    assert home.export(["raw_box_office", "raw_square", "ops"], leave_out=()) == before


def test_a_column_that_comes_with_an_update_is_written_to_a_table_of_before(home: Home) -> None:
    export(home.settings)
    warehouse = Warehouse(home.settings)
    before = Table("counts", pa.schema([pa.field("id", pa.string())]), ("id",))
    after = replace(before, schema=before.schema.append(pa.field("said", pa.string())))
    for table in (before, after):
        warehouse.create_missing("ops", [table])
        with warehouse.writing("ops") as connection:
            rows = pa.Table.from_pylist([{"id": str(len(table.schema))}], schema=table.schema)
            connection.land("ops", table, rows, "1")
    assert home.query("select id, said from ops.counts order by id") == [("1", None), ("2", None)]


def test_a_new_warehouse_is_stored_as_the_readme_says(home: Home) -> None:
    home.put("history.csv", HISTORY)
    home.load()
    assert home.value("select tags['storage_version'] from duckdb_databases() where database_name = 'warehouse'") == (
        "v1.4.0+"
    )
