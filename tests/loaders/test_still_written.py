"""Files that somebody is still writing: they wait for the next run, whole, and nothing is wrong with them."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from loaders.landing import files
from loaders.source import File, look_at
from tests.support.homes import Home

# Writes lines until it is told to end; then it makes the file whole.
WRITER = """
import os, sys, time
with open(sys.argv[1], "w") as stream:
    stream.write("date,platform,participant_count\\n")
    number = 0
    while not os.path.exists(sys.argv[1] + ".end"):
        number += 1
        stream.write(f"2030-01-01,Zoom,{number}\\n")
        stream.flush()
        time.sleep(0.002)
    stream.write("2030-01-02,Zoom,7\\n")
"""


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    end = path.with_name(path.name + ".end")
    process = subprocess.Popen([sys.executable, "-c", WRITER, str(path)])
    try:
        until = time.monotonic() + 30
        while not path.exists() or path.stat().st_size < 200:
            assert time.monotonic() < until
            time.sleep(0.01)
        yield
    finally:
        end.touch()
        process.wait(30)
        end.unlink()


def test_a_file_that_grows_waits_for_the_next_run(home: Home) -> None:
    path = home.path / "landing" / "attendance" / "counts.csv"
    home.put("other.csv", "date,platform,participant_count\n2030-01-03,Zoom,1\n", "attendance")
    with _writing(path):
        outcome = home.load("attendance")
        assert outcome.waiting == ["attendance/counts.csv is still being written; the next run reads it"]
        assert (outcome.rows_landed, outcome.problems) == (1, [])
    written = path.read_text().count("\n") - 1
    outcome = home.load("attendance")
    assert (outcome.rows_landed, outcome.waiting, outcome.problems) == (written, [], [])
    assert home.value("select count(*) from ops.quarantined_files") == 0
    assert home.query("select source_file, rows_landed from ops.load_audit order by 1") == [
        ("attendance/counts.csv", written),
        ("attendance/other.csv", 1),
    ]


def test_half_a_report_that_is_being_copied_is_not_refused(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    path = home.put("report.pdf", b"%PDF-1.4 the first half of it")
    read_bytes = Path.read_bytes

    def copied_meanwhile(self: Path) -> bytes:
        content = read_bytes(self)
        if self == path:
            with path.open("ab") as stream:
                stream.write(b" and more")
        return content

    monkeypatch.setattr(Path, "read_bytes", copied_meanwhile)
    outcome = home.load()
    assert (outcome.problems, len(outcome.waiting)) == ([], 1)
    assert home.value("select count(*) from ops.quarantined_files") == 0
    monkeypatch.undo()
    # Nobody goes on with it: now it is what it is.
    assert [problem.split(":")[0] for problem in home.load().problems] == ["quarantined truncated_pdf"]


def test_a_copy_of_a_file_that_changes_before_its_rows_land_waits_with_it(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    export = "date,platform,participant_count\n2030-01-03,Zoom,1\n"
    path = home.put("a.csv", export, "attendance")
    home.put("b.csv", export, "attendance")
    prepare = files.write_batch

    def overwritten_meanwhile(*arguments: object) -> None:
        path.write_text("date,platform,participant_count\n2030-01-04,Zoom,2\n")
        prepare(*arguments)

    monkeypatch.setattr(files, "write_batch", overwritten_meanwhile)
    outcome = home.load("attendance")
    assert (outcome.rows_landed, len(outcome.waiting), outcome.problems) == (0, 2, [])
    monkeypatch.undo()
    outcome = home.load("attendance")
    assert (outcome.rows_landed, outcome.waiting, outcome.problems) == (2, [], [])


def test_the_summary_says_what_waits_and_the_run_is_well(home: Home) -> None:
    with _writing(home.path / "landing" / "attendance" / "counts.csv"):
        done = home.ledgerline("load", "attendance")
    assert done.returncode == 0, done.stderr
    assert "waits: attendance/counts.csv is still being written; the next run reads it" in done.stderr
    assert home.value("select json_extract(payload, '$.files_waiting') from ops.application_logs") == "1"


def test_size_and_time_tell(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("1")
    file = File(path, "attendance/a.csv", "main", look=look_at(path))
    assert not file.is_written_still()
    stat = path.stat()
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns + 1))
    assert file.is_written_still()
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert not file.is_written_still()
    path.write_text("12")
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert file.is_written_still()
    # One that is gone is not being written, and an API's answer is no file.
    path.unlink()
    assert not file.is_written_still()
    assert not File(path, "square/api/bookings", "main").is_written_still()
