"""What customer analytics cost: an hourly refresh of a salon, and the model at the size of a big group."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import duckdb

from bench import square_data
from bench.bench_events import p95_ms
from loaders.config import PROJECT_DIR

NEXT_HOUR = "2026-03-15T20:00:00Z"
# The table itself, the facts that are kept of it, and the fingerprints that say which of them may stay.
MART, FACTS, FINGERPRINTS = "customer_analytics", "int_square__customer_facts", "int_square__customers_fingerprinted"


def refresh(home: Path, mode: str, as_of: str = square_data.AS_OF, **env: str) -> float:
    """Seconds of `ledgerline refresh`, from a cold command line."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LEDGERLINE_", "DBT_"))}
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "loaders", "refresh", mode, "--quiet"],
        cwd=PROJECT_DIR,
        env={**kept, "LEDGERLINE_HOME": str(home), "LEDGERLINE_AS_OF": as_of, **env},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(done.stdout[-4000:] + done.stderr[-4000:])
    return time.perf_counter() - started


def node_seconds(home: Path) -> dict[str, float]:
    """Seconds of each node of the last build."""
    results = json.loads((home / "state" / "dbt" / "run_results.json").read_text())["results"]
    return {result["unique_id"].split(".")[2]: result["execution_time"] for result in results}


def last_run(home: Path) -> dict[str, Any]:
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as connection:
        payloads = connection.execute("select payload from ops.application_logs order by run_number desc limit 1")
        found: dict[str, Any] = json.loads(payloads.fetchall()[0][0])
    return found


def bare_seconds(home: Path) -> float:
    """Seconds of the two-table group-by, written to a table of the warehouse, as the build's engine is set.

    The one in the middle of three: the model is built once, and was not in luck.
    """
    with duckdb.connect(str(home / "warehouse.duckdb")) as connection:
        connection.execute("set TimeZone = 'UTC'; set memory_limit = '4GB'")
        times = []
        for _ in range(3):
            started = time.perf_counter()
            connection.execute(f"create or replace table main.bare as {square_data.BARE}")
            times.append(time.perf_counter() - started)
        connection.execute("drop table main.bare")
    return median(times)


def made(home: Path, customers: int) -> None:
    """A home whose raw holds so many customers' rows."""
    refresh(home, "full")
    with duckdb.connect(str(home / "warehouse.duckdb")) as connection:
        square_data.make(connection, customers)
    # Rows of a file that is there: those of an API would be kept in the journal too.
    (home / "landing" / "made").touch()


def put_an_hour(home: Path, customers: int) -> None:
    """One customer in a hundred moves a booking and pays."""
    for name, content in square_data.lines_of_change(customers, 100).items():
        path = home / "landing" / "square" / "org=salon" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)


def hourly(home: Path, customers: int) -> float:
    """Seconds of the refresh after the next hour."""
    put_an_hour(home, customers)
    return refresh(home, "recent", NEXT_HOUR)


def bench_square(folder: Path, say: Callable[..., None], customers: int) -> None:
    """The hourly refresh of one salon; the model over the bare group-by for `customers`, and reads of the file."""
    salon = folder / "salon"
    made(salon, 6_700)
    refresh(salon, "full")
    full = min(refresh(salon, "full") for _ in range(2))
    say("6,700 customers, 67,000 bookings, 80,400 payments: `refresh full`", f"{full:.1f} s", "at most 8 s")
    recent = hourly(salon, 6_700)
    seconds = last_run(salon)
    nodes = seconds["node_seconds"]
    say("  `refresh recent` with 1 % touched, from a cold command line", f"{recent:.1f} s", "at most 4 s")
    say(
        "    of which load, wait for dbt, build, publish; in the build models and tests, two at a time",
        ", ".join(f"{seconds['seconds'][step]:.1f}" for step in ("load", "wait for dbt", "build", "publish"))
        + f"; {nodes['model']:.1f}, {nodes.get('test', 0):.1f} s",
        "models and tests at most 1 s",
    )
    few = folder / "few"
    made(few, 100)
    refresh(few, "full")
    say("    the same of 100 customers: what it takes for any", f"{hourly(few, 100):.1f} s")

    group = folder / "group"
    made(group, customers)
    # One at a time: of two the engine gives each what the other leaves.
    kept = {"LEDGERLINE_MEMORY_LIMIT": "4GB", "DBT_WRITE_JSON": "true", "LEDGERLINE_THREADS": "1"}
    refresh(group, "full", **kept)
    whole = node_seconds(group)
    bare = bare_seconds(group)
    size = f"{customers:,} customers, {10 * customers:,} bookings, {12 * customers:,} payments"
    say(
        f"{size}: `{MART}` and its facts over the bare group-by",
        f"{(whole[MART] + whole[FACTS]) / bare:.1f}x",
        f"at most 7x, 4 GB; bare {bare:.1f} s, facts {whole[FACTS]:.1f} s, mart {whole[MART]:.1f} s",
    )
    say("  with the fingerprints", f"{(whole[MART] + whole[FACTS] + whole[FINGERPRINTS]) / bare:.1f}x")
    put_an_hour(group, customers)
    refresh(group, "recent", NEXT_HOUR, **kept)
    touched = node_seconds(group)
    say("  1 % changed over all, facts", f"{touched[FACTS] / whole[FACTS]:.3f}x", "at most 0.08x")
    say(
        f"  1 % changed over all, facts and `{MART}`",
        f"{(touched[MART] + touched[FACTS]) / (whole[MART] + whole[FACTS]):.3f}x",
        f"the mart {touched[MART]:.1f} s",
    )
    steps = (MART, FACTS, FINGERPRINTS)
    say(
        "  1 % changed over all, with the fingerprints",
        f"{sum(touched[step] for step in steps) / sum(whole[step] for step in steps):.3f}x",
        f"the fingerprints {touched[FINGERPRINTS]:.1f} s",
    )
    say(
        "  1 % changed over all, the whole domain with its tests",
        f"{sum(touched.values()) / sum(whole.values()):.2f}x",
    )
    with duckdb.connect(str(group / "published" / "marts.duckdb"), read_only=True) as connection:
        people = [f"c{number * 7919 % customers // 100 * 100 + 50}" for number in range(200)]
        profile = p95_ms(
            connection,
            "select * from appointments.customer_analytics where organization_id = 'salon' and square_customer_id = ?",
            people,
        )
        months = [f"2025-{number % 12 + 1:02d}-01" for number in range(100)]
        daily = p95_ms(
            connection,
            "select * from appointments.analytics_overview_daily where organization_id = 'salon'"
            " and date_trunc('month', date) = ?::date order by date",
            months,
        )
    say("  a customer's profile by id from the published file, p95", f"{profile:.1f} ms", "at most 10 ms")
    say("  the daily view of a month, p95", f"{daily:.1f} ms", "at most 25 ms")
