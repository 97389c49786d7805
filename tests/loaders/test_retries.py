"""What was refused is judged again when anything changes that the verdict rests on, and what has landed stays."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from loaders.landing import files, retries
from loaders.source import Parsed, Rejection
from tests.support.homes import Home

COUNTS = "date,platform,participant_count\n"
AUDIT = (
    "select rows_read, rows_landed, rows_rejected, rows_duplicate, rows_skipped from ops.load_audit"
    " order by source_file"
)
LANDED = "select date from raw_attendance.platform_counts order by date"


def _counts(*days: str) -> str:
    return COUNTS + "".join(f"{day},Zoom,{number}\n" for number, day in enumerate(days, 1))


def _is_conserved(home: Home) -> bool:
    """What two data tests of the books hold."""
    unequal = home.value(
        "select count(*) from ops.load_audit as a where rows_read <> rows_landed + rows_rejected + rows_duplicate"
        " + rows_skipped or rows_rejected <> (select count(*) from ops.rejected_rows as r where"
        " r.source_file = a.source_file and r.source_hash = a.source_hash and r.organization_id = a.organization_id)"
    )
    return unequal == 0


def test_rows_refused_under_other_limits_land_when_the_limits_change(home: Home) -> None:
    home.put("a.csv", _counts("1980-01-01", "1979-12-31", "2030-01-01", "someday"), "attendance")
    first = home.load("attendance")
    assert (first.rows_landed, len(first.problems)) == (1, 3)
    assert "1990-01-01 to 2100-01-01" in first.problems[0]
    assert home.load("attendance").files_new == 0
    wider = {"LEDGERLINE_EARLIEST_DATE": "1980-01-01"}
    again = home.load("attendance", **wider)
    assert (again.files_new, again.rows_landed, len(again.problems)) == (1, 1, 2)
    assert home.query(LANDED) == [("1980-01-01",), ("2030-01-01",)]
    assert home.query(AUDIT) == [(4, 2, 2, 0, 0)]
    # Each verdict names the limits that it rests on now.
    assert home.query("select source_row, reason_code from ops.rejected_rows order by 1") == [
        (3, "bad_date"),
        (5, "bad_date"),
    ]
    assert "1980-01-01 to 2100-01-01" in home.value("select message from ops.rejected_rows where source_row = 3")
    assert _is_conserved(home)
    # Now the books know it under these limits, and a file without a refused row never comes up again.
    assert home.load("attendance", **wider).files_new == 0


def test_what_landed_stays_when_the_limits_become_narrower(home: Home) -> None:
    home.put("a.csv", _counts("1980-01-01", "2030-01-01", "2040-01-01"), "attendance")
    home.load("attendance")
    home.load("attendance", LEDGERLINE_EARLIEST_DATE="1980-01-01", LEDGERLINE_LATEST_DATE="2035-01-01")
    assert home.query(LANDED) == [("1980-01-01",), ("2030-01-01",), ("2040-01-01",)]
    assert home.query(AUDIT) == [(3, 3, 0, 0, 0)]
    assert _is_conserved(home)


def test_objects_that_land_once_are_counted_once(home: Home) -> None:
    """An object's refused line that stands in another file too lands from one of them."""
    early = {"id": "C1", "created_at": "1985-01-01T00:00:00Z"}
    lines = [json.dumps(each) for each in (early, {"id": "C2", "created_at": "2025-01-01T00:00:00Z"})]
    home.put("org=salon/customers/a.jsonl", "\n".join(lines) + "\n", "square")
    home.put("org=salon/customers/b.jsonl", lines[0] + "\n", "square")
    assert len(home.load("square").problems) == 2
    home.load("square", LEDGERLINE_EARLIEST_DATE="1985-01-01")
    assert home.query("select object_id, _source_file from raw_square.customers order by 1") == [
        ("C1", "square/org=salon/customers/a.jsonl"),
        ("C2", "square/org=salon/customers/a.jsonl"),
    ]
    assert home.query(AUDIT) == [(2, 2, 0, 0, 0), (1, 0, 0, 1, 0)]
    assert _is_conserved(home)


def test_a_copy_of_bytes_that_landed_but_for_some_rows_brings_only_those(home: Home) -> None:
    home.put("b.csv", _counts("1980-01-01", "2030-01-01"), "attendance")
    home.load("attendance")
    home.put("a.csv", _counts("1980-01-01", "2030-01-01"), "attendance")
    home.load("attendance", LEDGERLINE_EARLIEST_DATE="1980-01-01")
    assert home.query(LANDED) == [("1980-01-01",), ("2030-01-01",)]
    # The file itself comes before its copy, whatever their names.
    assert home.query(AUDIT) == [(2, 0, 0, 2, 0), (2, 2, 0, 0, 0)]
    assert _is_conserved(home)


def test_a_killed_retry_is_made_again(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    home.put("a.csv", _counts("1980-01-01", "2030-01-01"), "attendance")
    home.load("attendance")

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("loaders.landing.writing.rebook", killed)
        with pytest.raises(KeyboardInterrupt):
            home.load("attendance", LEDGERLINE_EARLIEST_DATE="1980-01-01")
    home.load("attendance", LEDGERLINE_EARLIEST_DATE="1980-01-01")
    assert home.query(LANDED) == [("1980-01-01",), ("2030-01-01",)]
    assert home.query(AUDIT) == [(2, 2, 0, 0, 0)]
    assert _is_conserved(home)


def test_a_file_renamed_to_what_it_is_lands(home: Home) -> None:
    path = home.put("org=salon/customers/a.json", '{"id": "C1"}\n{"id": "C2"}\n', "square")
    assert "quarantined bad_json" in home.load("square").problems[0]
    path.rename(path.with_suffix(".jsonl"))
    assert home.load("square").rows_landed == 2


def test_a_quarantined_file_is_tried_again_under_another_setting_or_seed(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.put("a.csv", "Title,Platform\nx,Zoom\n", "attendance")
    assert len(home.load("attendance").problems) == 1
    assert home.load("attendance").files_new == 0
    # A setting that its reader follows, a limit, a seed; one that it does not follow changes nothing.
    assert home.load("attendance", LEDGERLINE_FUNNEL_DATE_ORDER="dmy").files_new == 1
    assert home.load("attendance", LEDGERLINE_FUNNEL_DATE_ORDER="dmy", LEDGERLINE_PDF_MAX_PAGES="9").files_new == 0
    assert home.load("attendance", LEDGERLINE_MAX_BYTES="99999").files_new == 1
    monkeypatch.setattr(files, "seed_digest", lambda seeds, home: "another")
    assert home.load("attendance", LEDGERLINE_MAX_BYTES="99999").files_new == 1
    assert home.load("attendance", LEDGERLINE_MAX_BYTES="99999").files_new == 0


def test_a_row_refused_before_its_verdict_was_kept_is_judged_anew(home: Home) -> None:
    """The books of an older version do not say what their verdicts rest on."""
    home.put("a.csv", _counts("someday", "2030-01-01"), "attendance")
    home.load("attendance")
    import duckdb  # noqa: PLC0415

    with duckdb.connect(str(home.path / "warehouse.duckdb")) as connection:
        connection.execute("alter table ops.rejected_rows drop column attempt")
    again = home.load("attendance")
    assert (again.files_new, again.rows_landed, len(again.problems)) == (1, 0, 1)
    assert home.query(AUDIT) == [(2, 1, 1, 0, 0)]
    assert home.load("attendance").files_new == 0


def test_only_rows_that_were_refused_are_looked_at() -> None:
    rows = [{"_source_row": line} for line in (2, 3, 4)]
    parsed = Parsed({"counts": rows}, 5, 3, [Rejection(5, "bad_date", "", ""), Rejection(6, "bad_date", "", "")])
    found = retries.only_rejected(parsed, {3, 6})
    assert list(found.tables["counts"]) == [{"_source_row": 3}]
    assert [each.source_row for each in found.rejections] == [6]
    assert (found.rows_read, found.rows_landed, found.rows_duplicate) == (5, 1, 3)


def test_recovery_lands_what_a_retry_landed(home: Home) -> None:
    home.put("a.csv", _counts("1980-01-01", "2030-01-01"), "attendance")
    env = {"LEDGERLINE_EARLIEST_DATE": "1980-01-01"}
    assert home.ledgerline("load", "attendance").returncode == 1
    assert home.ledgerline("load", "attendance", **env).returncode == 0
    lines = (home.path / "state" / "journal" / "landed.jsonl").read_text().splitlines()
    assert [json.loads(line)["landed"][0]["counts"]["rows_landed"] for line in lines] == [1, 2]
    assert Path(home.path / "landing" / "attendance" / "a.csv").exists()
