"""A reader in a process of its own: results and verdicts come back, limits hold in whatever form they are passed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from loaders.config import PROJECT_DIR, load_settings
from loaders.landing import isolation
from loaders.source import Quarantined

LIMITS = isolation.of_pdf(load_settings({"LEDGERLINE_PDF_MAX_SECONDS": "2", "LEDGERLINE_PDF_MAX_MEMORY_MB": "100"}))


def double(number: int) -> int:
    return 2 * number


def refuse() -> None:
    raise Quarantined("totals_mismatch", "page 1: off by one")


def hoard() -> int:
    return len(bytearray(400 * 1024 * 1024))


def hoard_and_hide_it() -> None:
    try:
        hoard()
    except MemoryError as error:
        raise ValueError("the page cannot be read", error) from None


def sleep() -> None:
    time.sleep(60)


def die() -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def touch(path: str) -> None:
    Path(path).write_text(str(os.getpid()))


def call(function: object, *arguments: object) -> object:
    return isolation.call(function, arguments, LIMITS, ())[0]


def test_results_and_verdicts_come_back() -> None:
    assert call(double, 21) == 42
    with pytest.raises(Quarantined) as caught:
        call(refuse)
    assert (caught.value.reason_code, caught.value.detail) == ("totals_mismatch", "page 1: off by one")


@pytest.mark.parametrize(
    ("function", "says"),
    [
        (hoard, "100 MB"),
        (hoard_and_hide_it, "100 MB"),
        (sleep, "2 seconds"),
        (die, "exit code -11"),
    ],
)
def test_a_limit_is_a_limit_however_it_shows(function: object, says: str) -> None:
    started = time.monotonic()
    with pytest.raises(isolation.LimitExceeded, match=says):
        call(function)
    assert time.monotonic() - started < 10


def test_the_reader_is_not_this_process(tmp_path: Path) -> None:
    call(touch, str(tmp_path / "pid"))
    assert int((tmp_path / "pid").read_text()) != os.getpid()


def test_a_temporary_folder_of_a_long_path_keeps_no_reader_from_starting(tmp_path: Path) -> None:
    folder = tmp_path / ("a" * 90)
    folder.mkdir()
    lines = (
        "import tempfile",
        "from loaders.landing import isolation",
        "limits = isolation.Limits(500, 60, 'A_SETTING')",
        "print(isolation.call(len, ('four',), limits, ())[0], tempfile.gettempdir())",
    )
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(lines)],
        cwd=PROJECT_DIR,
        env={**os.environ, "TMPDIR": str(folder)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stdout.strip()) == (0, f"4 {folder}"), done.stderr
