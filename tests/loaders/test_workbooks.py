"""Workbooks that would cost anything cost their limit, and no other file anything; each beside one that is good."""

from __future__ import annotations

import io
import time
import zipfile
from pathlib import Path

import pytest

from loaders.config import load_settings
from loaders.landing.reading import attempt_of
from loaders.source import File
from loaders.sources.attendance import COUNTS, SOURCE
from tests.support.homes import Home
from tests.support.tables import Rows, as_csv, as_xls, as_xlsx

COUNTED: Rows = [["date", "platform", "participant_count"], ["2030-01-01", "Zoom", 7]]
SMALL = {
    "LEDGERLINE_PDF_MAX_BYTES": "1000000",
    "LEDGERLINE_PDF_MAX_MEMORY_MB": "300",
    "LEDGERLINE_PDF_MAX_SECONDS": "20",
}


def _repacked(content: bytes, **parts: bytes) -> bytes:
    """A workbook with other parts; `__` stands for `/` and `_dot_` for `.` in their names."""
    stream = io.BytesIO()
    named = {name.replace("__", "/").replace("_dot_", "."): part for name, part in parts.items()}
    with (
        zipfile.ZipFile(io.BytesIO(content)) as source,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in [*source.namelist(), *(name for name in named if name not in source.namelist())]:
            target.writestr(name, named.get(name) or source.read(name))
    return stream.getvalue()


BOMBS = {
    # Gigabytes when it is unpacked.
    "unpacked": lambda: _repacked(as_xlsx(COUNTED), xl__junk_dot_bin=bytes(60_000_000)),
    # Two cells as far apart as a sheet is large.
    "far": lambda: _repacked(
        as_xlsx(COUNTED),
        xl__worksheets__sheet1_dot_xml=b'<worksheet><sheetData><row r="1"><c r="A1"><v>1</v></c></row><row r="1048576">'
        b'<c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>',
    ),
    "sheets": lambda: _repacked(
        as_xlsx(COUNTED),
        xl__workbook_dot_xml=b'<workbook xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
        b"<sheets>" + b'<sheet name="a" sheetId="1" r:id="rId1"/>' * 200_000 + b"</sheets></workbook>",
    ),
    "entities": lambda: _repacked(
        as_xlsx(COUNTED),
        xl__styles_dot_xml=b'<!DOCTYPE a [<!ENTITY b "' + b"x" * 1000 + b'">]><styleSheet>&b;</styleSheet>',
    ),
    "cut": lambda: as_xlsx(COUNTED)[:-100],
    "cut_xls": lambda: as_xls(COUNTED)[:1500],
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_costs_its_limits_and_nothing_else(home: Home, name: str) -> None:
    home.put("a.xlsx", BOMBS[name](), "attendance")
    home.put("b.xlsx", as_xlsx(COUNTED), "attendance")
    start = time.monotonic()
    outcome = home.load("attendance", **SMALL)
    assert time.monotonic() - start < 60
    (problem,) = outcome.problems
    assert problem.startswith(
        ("quarantined parse_limit: attendance/a.xlsx", "quarantined bad_workbook: attendance/a.xlsx")
    )
    assert outcome.failures == []
    assert home.query("select date, participant_count from raw_attendance.platform_counts") == [("2030-01-01", "7")]


def test_empty_columns_to_the_end_of_a_sheet_are_none(home: Home) -> None:
    rows: Rows = [[*COUNTED[0], *[None] * 16_380, "note"], [*COUNTED[1], *[None] * 16_380, None]]
    home.put("wide.xlsx", as_xlsx(rows), "attendance")
    (problem,) = home.load("attendance").problems
    assert "too_many_columns" in problem
    formatted = b"".join(f'<c r="{name}1" s="1"/>'.encode() for name in ("D", "AA", "XFD"))
    plain = as_xlsx(COUNTED)
    with zipfile.ZipFile(io.BytesIO(plain)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").replace(b"</row>", formatted + b"</row>", 1)
    home.put("formatted.xlsx", _repacked(plain, xl__worksheets__sheet1_dot_xml=sheet), "attendance")
    assert home.load("attendance").rows_landed == 1


def test_what_is_no_workbook_is_named(home: Home) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("counts.csv", as_csv(COUNTED))
    # An Office document with a password is another container, which holds this part.
    locked = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + "EncryptedPackage".encode("utf-16-le") + bytes(1024)
    home.put("a_archive.xlsx", stream.getvalue(), "attendance")
    home.put("b_archive.zip", stream.getvalue(), "attendance")
    home.put("c_locked.xlsx", locked, "attendance")
    home.put("d_text.xlsx", as_csv(COUNTED), "attendance")
    home.put("e_large.xlsx", as_xlsx(COUNTED), "attendance")
    outcome = home.load("attendance", LEDGERLINE_PDF_MAX_BYTES="5000")
    found = {problem.split(": ")[1]: problem for problem in outcome.problems}
    assert "unsupported_file" in found["attendance/a_archive.xlsx"]
    assert "'counts.csv'; unpack it" in found["attendance/a_archive.xlsx"]
    assert "unpack it" in found["attendance/b_archive.zip"]
    assert "encrypted_workbook" in found["attendance/c_locked.xlsx"]
    assert "LEDGERLINE_PDF_MAX_BYTES" in found["attendance/e_large.xlsx"]
    # A text that is called a workbook is still a table.
    assert outcome.rows_landed == 1


def test_a_verdict_rests_on_all_that_reading_depends_on(tmp_path: Path) -> None:
    for name, content, follows_pdf in (("a.csv", as_csv(COUNTED), False), ("b.csv", as_xlsx(COUNTED), True)):
        (tmp_path / name).write_bytes(content)
        file = File(tmp_path / name, f"attendance/{name}", "main")

        def attempt(words: str = "", file: File = file, **env: str) -> str:
            return attempt_of(SOURCE, COUNTS, file, load_settings(env), words)

        for env in (
            {"LEDGERLINE_TEXT_ENCODING": "cp1252"},
            {"LEDGERLINE_DECIMAL_MARK": ","},
            {"LEDGERLINE_ROUND_IDS": "allow"},
            {"LEDGERLINE_FUNNEL_DATE_ORDER": "dmy"},
        ):
            assert attempt(**env) != attempt()
        assert attempt("other words") != attempt()
        assert (attempt(LEDGERLINE_PDF_MAX_SECONDS="9") != attempt()) == follows_pdf
        assert attempt() == attempt()
