"""What the events domain costs at the size of a big organiser, over a bare query on the same raw rows."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import duckdb

from bench import event_data
from loaders.config import PROJECT_DIR

AS_OF = "2025-06-30T12:00:00Z"
NEXT_MINUTE = "2025-06-30T12:01:00Z"
DOMAIN = ("+path:models/marts/events",)
LIVE = ("+tag:live",)


def children_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def build_cpu(home: Path, as_of: str, select: tuple[str, ...]) -> float:
    """CPU seconds of `ledgerline build` on a part of the project, without unit tests."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LEDGERLINE_", "DBT_"))}
    before = children_cpu()
    done = subprocess.run(
        [sys.executable, "-m", "loaders", "build", "--exclude-resource-type", "unit_test", "--select", *select],
        cwd=PROJECT_DIR,
        env={**kept, "LEDGERLINE_HOME": str(home), "LEDGERLINE_AS_OF": as_of},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(done.stdout[-4000:] + done.stderr[-4000:])
    return children_cpu() - before


def bare_cpu(home: Path) -> float:
    """CPU seconds of the bare query, in a process of its own."""
    script = (
        "import duckdb, sys; c = duckdb.connect(sys.argv[1], read_only=True); c.execute(\"set TimeZone = 'UTC'\");"
        " c.execute(sys.argv[2]).fetchall()"
    )
    before = children_cpu()
    subprocess.run([sys.executable, "-c", script, str(home / "warehouse.duckdb"), event_data.BARE], check=True)
    return children_cpu() - before


def p95_ms(connection: duckdb.DuckDBPyConnection, query: str, keys: list[str]) -> float:
    times = []
    for key in keys:
        started = time.perf_counter()
        connection.execute(query, [key]).fetchall()
        times.append(1000 * (time.perf_counter() - started))
    return statistics.quantiles(times, n=20)[-1]


def bench_events(folder: Path, say: Callable[..., None], events: int, orders: int) -> None:
    """Full build, a minute's new orders on top, and single reads of the published file."""
    empty, home = folder / "empty", folder / "events"
    for each in (empty, home):
        build_cpu(each, AS_OF, DOMAIN)
    start_up = build_cpu(empty, AS_OF, DOMAIN)
    live_start_up = build_cpu(empty, AS_OF, LIVE)
    with duckdb.connect(str(home / "warehouse.duckdb")) as connection:
        connection.execute("set TimeZone = 'UTC'; set preserve_insertion_order = false")
        event_data.make(connection, events, orders)
        tickets = connection.execute(
            "select (select count(*) from raw_ticketing.pretix_positions)"
            " + (select sum(json_array_length(payload, '$.tickets')) from raw_ticketing.native_orders)"
        ).fetchall()[0][0]
    size = f"{events:,} events, {orders:,} orders, {tickets:,} tickets"
    bare = min(bare_cpu(home) for _ in range(2))
    full = build_cpu(home, AS_OF, DOMAIN) - start_up
    say(f"{size}: build over the bare query, CPU", f"{full / bare:.1f}x", f"at most 10x; bare {bare:.0f} s CPU")
    with duckdb.connect(str(home / "warehouse.duckdb")) as connection:
        connection.execute("set TimeZone = 'UTC'")
        event_data.make(connection, events, 500, first_order=orders, run=2)
    live = build_cpu(home, NEXT_MINUTE, LIVE) - live_start_up
    say("  a minute's 500 new orders, live marts, over the full build, CPU", f"{live / full:.3f}x", "at most 0.2x")
    publish_cpu(home)
    keys = [f"e{number * 37 % events}" for number in range(200)]
    with duckdb.connect(str(home / "published" / "marts.duckdb"), read_only=True) as connection:
        overview = p95_ms(connection, "select payload from events.event_overview where event_key = ?", keys)
        timeline = p95_ms(
            connection,
            "select date, amount, tickets from events.event_timeline where event_key = ? and timeline_range = 'all'"
            " order by date",
            keys,
        )
    say("  overview of one event from the published file, p95", f"{overview:.1f} ms", "at most 5 ms")
    say("  its whole timeline, p95", f"{timeline:.1f} ms", "at most 10 ms")


def publish_cpu(home: Path) -> None:
    """Publish: the build was of a part, so the log is told that the whole passed."""
    with duckdb.connect(str(home / "warehouse.duckdb")) as connection:
        connection.execute("update ops.builds set is_whole = true")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LEDGERLINE_", "DBT_"))}
    subprocess.run(
        [sys.executable, "-m", "loaders", "publish", "--quiet"],
        cwd=PROJECT_DIR,
        env={**kept, "LEDGERLINE_HOME": str(home), "LEDGERLINE_AS_OF": NEXT_MINUTE},
        check=True,
    )
