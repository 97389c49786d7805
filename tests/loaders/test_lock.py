"""One writer at a time, told apart by real processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from loaders.config import PROJECT_DIR
from tests.support import reports
from tests.support.homes import Home

HOLDER = """
import sys, time
from loaders.config import load_settings
from loaders.operations.runs import single_writer
with single_writer(load_settings(), "run"):
    print("held", flush=True)
    time.sleep(float(sys.argv[1]))
"""


def _hold(home: Home, seconds: float) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(seconds)],
        env=home.environment,
        cwd=PROJECT_DIR,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_a_second_run_waits_and_then_goes_on(home: Home) -> None:
    home.put("a.pdf", reports.sales())
    holder = _hold(home, 2)
    started = time.monotonic()
    done = home.ledgerline("load")
    assert done.returncode == 0, done.stderr
    assert time.monotonic() - started > 1
    holder.wait()


def test_a_second_run_gives_up_and_names_the_holder(home: Home) -> None:
    holder = _hold(home, 60)
    try:
        done = home.ledgerline("load", LEDGERLINE_LOCK_TIMEOUT_SECONDS="1")
        assert done.returncode == 1
        assert f"process {holder.pid}" in done.stderr
        assert "`ledgerline run`" in done.stderr
    finally:
        holder.kill()
        holder.wait()


def test_status_names_a_run_that_goes_on(home: Home) -> None:
    holder = _hold(home, 60)
    try:
        done = home.ledgerline("status")
        assert (done.returncode, done.stderr) == (0, "")
        assert f"running: `ledgerline run` (process {holder.pid}" in done.stdout
    finally:
        holder.kill()
        holder.wait()
    assert "No run yet" in home.ledgerline("status").stdout


def test_a_killed_holder_holds_nothing(home: Home) -> None:
    holder = _hold(home, 60)
    os.kill(holder.pid, signal.SIGKILL)
    holder.wait()
    done = home.ledgerline("load", LEDGERLINE_LOCK_TIMEOUT_SECONDS="5")
    assert done.returncode == 0, done.stderr


def test_runs_started_together_land_each_row_once(home: Home) -> None:
    for index in range(3):
        home.put(f"{index}.pdf", reports.sales() + f"\n%{index}".encode())
    started = [
        subprocess.Popen([sys.executable, "-m", "loaders", "load", "--quiet"], env=home.environment, cwd=PROJECT_DIR)
        for _ in range(4)
    ]
    assert [process.wait(timeout=120) for process in started] == [0, 0, 0, 0]
    assert home.value("select count(*) from raw_box_office.performance_sales_rows") == 9
    assert home.query("select status, count(*) from ops.application_logs group by 1") == [("completed", 4)]


def test_another_home_is_not_held(home: Home, tmp_path: Path) -> None:
    holder = _hold(home, 60)
    try:
        assert Home(tmp_path / "other").ledgerline("load", LEDGERLINE_LOCK_TIMEOUT_SECONDS="1").returncode == 0
    finally:
        holder.kill()
        holder.wait()
