"""What hostile rows cost: files of every source that are refused row by row, over as many good rows.

Landed file by file; then together beside good ones by a whole run, which also builds, tests and publishes.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from bench.bench_events import children_cpu
from loaders.config import PROJECT_DIR
from loaders.samples.demo import AS_OF
from tests.drawn.hostile import KINDS, Hostile

TARGET = 1.2


def bench_hostile(folder: Path, say: Callable[..., None], rows: int) -> None:
    """Land each kind of file twice: once all good, once all hostile."""
    worst = 0.0
    for number, kind in enumerate(KINDS):
        good, _ = _cost(folder / f"{number}-good", {kind: kind.good(rows)}, "load", kind.source)
        bad, peak = _cost(folder / f"{number}-bad", {kind: kind.good(0) + kind.bad(rows)}, "load", kind.source)
        worst = max(worst, bad / good)
        say(
            f"hostile: {rows:,} of {kind.source}/{Path(kind.name).name} over as many good, CPU (peak {peak:.0f} MB)",
            f"{bad / good:.2f}x",
            f"at most {TARGET}x",
        )
    say("hostile: the worst of them", f"{worst:.2f}x", f"at most {TARGET}x")
    good, _ = _cost(folder / "good", {kind: kind.good(2 * rows) for kind in KINDS}, "run")
    bad, _ = _cost(folder / "bad", {kind: kind.good(rows) + kind.bad(rows) for kind in KINDS}, "run")
    say(
        f"hostile: a run with {rows:,} of each beside {rows:,} good ones over one with good ones alone, CPU",
        f"{bad / good:.2f}x",
        f"at most {TARGET}x",
    )


def _cost(home: Path, files: Mapping[Hostile, str], command: str, *sources: str) -> tuple[float, float]:
    """CPU seconds of one command in a new home, from a cold command line, and the peak of its memory in MB."""
    for kind, content in files.items():
        path = home / "landing" / kind.source / kind.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LEDGERLINE_", "DBT_"))}
    before = children_cpu()
    done = subprocess.run(
        [sys.executable, "-c", _COMMAND, command, "--quiet", *sources],
        cwd=PROJECT_DIR,
        env={**kept, "LEDGERLINE_HOME": str(home), "LEDGERLINE_AS_OF": AS_OF},
        capture_output=True,
        text=True,
        check=False,
    )
    # What was refused ends a run with 1; that is the job done well.
    if done.returncode not in (0, 1) or "Traceback" in done.stderr:
        raise SystemExit(done.stdout + done.stderr)
    return children_cpu() - before, float(done.stdout.splitlines()[-1])


_COMMAND = """
import resource, sys
from loaders.command.cli import main
status = main(sys.argv[1:])
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
sys.exit(status)
"""
