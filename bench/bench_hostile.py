"""What hostile rows cost: files of every source that are refused row by row, over as many good rows."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
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
        good, _ = _load(folder / f"{number}-good", kind, kind.good(rows))
        bad, peak = _load(folder / f"{number}-bad", kind, kind.good(0) + kind.bad(rows))
        worst = max(worst, bad / good)
        say(
            f"hostile: {rows:,} of {kind.source}/{Path(kind.name).name} over as many good, CPU (peak {peak:.0f} MB)",
            f"{bad / good:.2f}x",
            f"at most {TARGET}x",
        )
    say("hostile: the worst of them", f"{worst:.2f}x", f"at most {TARGET}x")


def _load(home: Path, kind: Hostile, content: str) -> tuple[float, float]:
    """CPU seconds of landing one file, from a cold command line, and the peak of its memory in MB."""
    path = home / "landing" / kind.source / kind.name
    path.parent.mkdir(parents=True)
    path.write_text(content)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LEDGERLINE_", "DBT_"))}
    before = children_cpu()
    done = subprocess.run(
        [sys.executable, "-c", _COMMAND, "load", "--quiet", kind.source],
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
