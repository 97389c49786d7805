"""The schedules under deploy/: each verified by its own tool where that is here, and run for real where it can be."""

from __future__ import annotations

import re
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from loaders.config import PROJECT_DIR

DEPLOY = PROJECT_DIR / "deploy"
JOBS = ("run", "refresh-recent", "refresh-full", "status")


def _job(name: str, home: Path, command: str) -> subprocess.CompletedProcess[str]:
    fake = home / "command"
    fake.write_text(f"#!/bin/sh\n{command}\n")
    fake.chmod(0o755)
    return subprocess.run(
        [DEPLOY / "job", name],
        env={"PATH": "/usr/bin:/bin", "LEDGERLINE_HOME": str(home), "LEDGERLINE_COMMAND": str(fake)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("run", "run --quiet --log-format json"),
        ("refresh-recent", "refresh recent --quiet --log-format json"),
        ("refresh-full", "refresh full --quiet --log-format json"),
        ("status", "status --alert --log-format json"),
    ],
)
def test_a_job_is_one_command_and_its_exit_status(name: str, arguments: str, tmp_path: Path) -> None:
    from loaders.command.cli import _parser  # noqa: PLC0415

    done = _job(name, tmp_path, 'echo "$@"; exit 3')
    assert (done.stdout.strip(), done.returncode) == (arguments, 3)
    _parser().parse_args(arguments.split())


def test_an_unknown_job_is_refused(tmp_path: Path) -> None:
    assert _job("runn", tmp_path, "true").returncode == 2


def test_a_job_that_is_at_work_is_not_started_twice(tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    with subprocess.Popen(["flock", tmp_path / "state" / "job-run.lock", "sleep", "60"]) as at_work:
        for _ in range(100):
            if (tmp_path / "state" / "job-run.lock").exists():
                break
            time.sleep(0.05)
        time.sleep(0.2)
        skipped = _job("run", tmp_path, "echo started")
        other = _job("status", tmp_path, "echo started")
        subprocess.run(["pkill", "-P", str(at_work.pid)], check=False)
        at_work.kill()
    assert (skipped.returncode, skipped.stdout) == (0, "")
    assert other.stdout == "started\n"
    assert _job("run", tmp_path, "echo started").stdout == "started\n"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not on this machine")
def test_systemd_takes_the_units(tmp_path: Path) -> None:
    for path in (DEPLOY / "systemd").iterdir():
        text = path.read_text().replace("/opt/ledgerline/", f"{PROJECT_DIR}/")
        (tmp_path / path.name).write_text(text)
    for name in JOBS:
        shutil.copy(tmp_path / "ledgerline@.service", tmp_path / f"ledgerline@{name}.service")
    units = [path for path in sorted(tmp_path.iterdir()) if "@." not in path.name]
    # A timer and a service of each job, and the front door with its socket.
    assert len(units) == 2 * len(JOBS) + 2
    for unit in units:
        done = subprocess.run(
            ["systemd-analyze", "verify", "--man=no", unit], capture_output=True, text=True, check=False
        )
        said = [line for line in done.stderr.splitlines() if "ledgerline" in line]
        assert (done.returncode, said) == (0, []), unit.name


def test_timers_crontab_and_services_name_jobs_that_exist() -> None:
    timers = {
        re.search(r"Unit=ledgerline@(.+)\.service", path.read_text()).group(1)
        for path in DEPLOY.glob("systemd/*.timer")
    }
    lines = [line for line in (DEPLOY / "crontab").read_text().splitlines() if re.match(r"[\d*]", line)]
    assert timers == {line.rsplit(" ", 1)[1] for line in lines} == set(JOBS)
    for line in lines:
        assert re.match(r"(?:[\d*/,]+ ){5}\S", line), line
        # In a crontab a bare % ends the command.
        assert not re.search(r"(?<!\\)%", line), line


def test_the_container_copies_what_a_run_needs() -> None:
    copied = {
        name
        for line in (DEPLOY / "Containerfile").read_text().splitlines()
        if line.startswith("COPY ")
        for name in line.split()[1:-1]
    }
    assert all((PROJECT_DIR / name).exists() for name in copied)
    assert {"loaders", "models", "macros", "seeds", "tests/data", "dbt_project.yml", "profiles.yml"} <= copied
