"""`make bench`: what Ledgerline costs, as ratios measured side by side in this run.

Every figure is printed with the target it is held against. Nothing here fails: seconds depend on the machine, ratios on
the code.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pdfplumber

from bench.bench_creators import bench_creators
from bench.bench_events import bench_events
from bench.bench_funnel import bench_funnel
from bench.bench_hostile import bench_hostile
from bench.bench_publishing import bench_publishing
from bench.bench_square import bench_square
from loaders.config import PROJECT_DIR, load_settings
from loaders.landing import isolation
from loaders.samples import orchestra, printed_reports
from loaders.samples.demo import AS_OF, write_box_office
from loaders.source import File
from loaders.sources.box_office.furniture import Page
from loaders.sources.box_office.page import X_TOLERANCE
from loaders.sources.box_office.pdf import read_report

SETTINGS = load_settings({"LEDGERLINE_AS_OF": AS_OF})
REPORT_FILE = File(Path("report.pdf"), "box_office/report.pdf", "main")


def report(day: date, productions: int = 66, rows_per_page: int | None = None) -> bytes:
    """A sales report; 66 productions fill seven pages, as a big house's season does."""
    page = Page(datetime(day.year, day.month, day.day, 5, 0, 10), rows_per_page=rows_per_page)
    return printed_reports.performance_sales(orchestra.productions(day, productions), page)


def parse(content: bytes) -> int:
    return read_report(content, REPORT_FILE, SETTINGS, None).rows_read


def extract_words(content: bytes) -> int:
    """pdfplumber alone: every page's words, every page closed."""
    count = 0
    with pdfplumber.open(io.BytesIO(content)) as pdf:
        for page in pdf.pages:
            count += len(page.extract_words(x_tolerance=X_TOLERANCE))
            page.close()
    return count


def peak_memory_mb(content: bytes) -> float:
    import resource  # noqa: PLC0415

    parse(content)
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def cpu(function: Callable[[bytes], Any], content: bytes) -> float:
    started = time.process_time()
    function(content)
    return time.process_time() - started


def ledgerline(home: Path, *arguments: str, **env: str) -> float:
    """Seconds of one command, from a cold command line."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LEDGERLINE_", "DBT_"))}
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "loaders", *arguments],
        cwd=PROJECT_DIR,
        env={**kept, "LEDGERLINE_HOME": str(home), "LEDGERLINE_AS_OF": AS_OF, **env},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(done.stdout + done.stderr)
    return time.perf_counter() - started


def say(what: str, measured: str, target: str = "") -> None:
    print(f"{what:<74} {measured:>22}   {target}", flush=True)


def bench_parsing(repeats: int) -> None:
    content = report(date(2030, 11, 4))
    pages = len(pdfplumber.open(io.BytesIO(content)).pages)
    parse(content), extract_words(content)
    ratios = [cpu(parse, content) / cpu(extract_words, content) for _ in range(repeats)]
    say(
        f"parse a {pages}-page report, CPU over bare extract_words (median)",
        f"{statistics.median(ratios):.2f}x",
        "at most 1.25x",
    )
    for rows_per_page in (None, 6, 1):
        content = report(date(2030, 11, 4), rows_per_page=rows_per_page)
        pages = len(pdfplumber.open(io.BytesIO(content)).pages)
        peak, _ = isolation.call(
            peak_memory_mb, (content,), isolation.of_pdf(SETTINGS), ("loaders.sources.box_office.pdf",)
        )
        say(f"peak memory of a reader, {pages} pages", f"{peak:.0f} MB", "at most 150 MB, flat in pages")


def bench_files(folder: Path) -> None:
    mornings = [date(2030, 1, 1) + timedelta(days=day) for day in range(365)]
    one, many = folder / "one", folder / "many"
    for home in (one, many):
        reports = home / "landing" / "box_office"
        reports.mkdir(parents=True)
        for day in mornings[:24]:
            (reports / f"{day}.pdf").write_bytes(report(day, 24))
    alone = ledgerline(one, "load", LEDGERLINE_WORKERS="1")
    together = ledgerline(many, "load")
    say(
        f"24 waiting reports with {os.cpu_count()} readers, seconds over one reader's",
        f"{together / alone:.2f}x",
        f"towards {1 / (os.cpu_count() or 1):.2f}x",
    )
    year = folder / "year" / "landing" / "box_office"
    year.mkdir(parents=True)
    for day in mornings:
        (year / f"{day}.pdf").write_bytes(report(day, 8))
    seconds = ledgerline(year.parents[1], "load")
    say("a season of 365 reports in one run", f"{seconds:.1f} s", "one run, one progress bar")

    empty, full = folder / "empty", folder / "full"
    landing = full / "landing" / "box_office"
    landing.mkdir(parents=True)
    content = report(mornings[0], 8)
    for number in range(1000):
        (landing / f"{number:04d}.pdf").write_bytes(content + f"\n%{number}".encode())
    ledgerline(full, "load")
    ledgerline(empty, "load")
    extra = min(ledgerline(full, "load") for _ in range(3)) - min(ledgerline(empty, "load") for _ in range(3))
    say("1,000 unchanged files, seconds added to a run", f"{extra:.2f} s", "at most 1.5 s")


def bench_run(folder: Path) -> None:
    home = folder / "demo"
    write_box_office(home / "landing" / "box_office")
    ledgerline(home, "run")
    (home / "landing" / "box_office" / "new.pdf").write_bytes(report(date(2030, 11, 5)))
    total = ledgerline(home, "run")
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as connection:
        payload = json.loads(
            connection.execute("select payload from ops.application_logs order by run_number desc limit 1").fetchall()[
                0
            ][0]
        )
    seconds, nodes = payload["seconds"], payload["node_seconds"]
    inside = sum(seconds.values())
    say("`ledgerline run` with one new 7-page report on the demo warehouse", f"{total:.2f} s")
    say("  Python, command line, lock and log", f"{total - inside:.2f} s")
    say("  wait for dbt, which got ready meanwhile", f"{seconds['wait for dbt']:.2f} s")
    say("  parse the report (CPU of its reader)", f"{payload['parse_seconds']:.2f} s")
    say("  load, parsing included (hash, read, dlt)", f"{seconds['load']:.2f} s")
    say("  build (dbt: models, seeds and tests)", f"{seconds['build']:.2f} s")
    busy = sum(nodes.values()) or 1
    say("    of its nodes' time, tests", f"{100 * nodes.get('test', 0) / busy:.0f} %")
    say("  publish", f"{seconds['publish']:.2f} s")
    bare = bare_sql_seconds(home)
    say("build over the bare SQL of its models", f"{seconds['build'] / bare:.1f}x", f"bare SQL: {bare:.2f} s")


def bare_sql_seconds(home: Path) -> float:
    """The compiled SQL of every model, run as plain `create or replace` on a copy, in the order of their references."""
    manifest = json.loads((home / "state" / "dbt" / "manifest.json").read_text())
    models = {key: node for key, node in manifest["nodes"].items() if node["resource_type"] == "model"}
    done: list[str] = []
    while len(done) < len(models):
        done += [
            key
            for key, node in models.items()
            if key not in done and all(parent in done for parent in node["depends_on"]["nodes"] if parent in models)
        ]
    copy = home / "bare.duckdb"
    shutil.copy(home / "warehouse.duckdb", copy)
    with duckdb.connect(str(copy)) as connection:
        connection.execute("set TimeZone = 'UTC'")
        # The compiled SQL names the warehouse it was compiled for.
        statements = [
            f"create or replace {'view' if models[key]['config']['materialized'] == 'view' else 'table'} "
            f'"{models[key]["schema"]}"."{models[key]["name"]}" as '
            + models[key]["compiled_code"].replace('"warehouse".', "")
            for key in done
        ]
        started = time.perf_counter()
        for statement in statements:
            connection.execute(statement)
        return time.perf_counter() - started


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--repeats", type=int, default=7)
    options.add_argument("--events", type=int, default=10_000, help="events of the organiser")
    options.add_argument(
        "--orders", type=int, default=5_000_000, help="their orders, a multiple of 5; 2.4 tickets each"
    )
    options.add_argument("--customers", type=int, default=1_000_000, help="customers of the salon group, by hundreds")
    options.add_argument("--videos", type=int, default=1_000_000, help="videos of the creators' brand, by fifties")
    options.add_argument("--funnel-orders", type=int, default=1_000_000, help="orders of the funnel, five events each")
    options.add_argument("--hostile-rows", type=int, default=10_000, help="hostile rows of each kind of file")
    options.add_argument("--mart-rows", type=int, default=300_000, help="rows of each published mart")
    options.add_argument(
        "--only", choices=["square", "creators", "funnel", "publishing", "hostile"], help="this part alone"
    )
    chosen = options.parse_args()
    repeats = chosen.repeats
    with tempfile.TemporaryDirectory() as folder:
        if chosen.only in (None, "square"):
            bench_square(Path(folder) / "square", say, chosen.customers)
        if chosen.only in (None, "creators"):
            bench_creators(Path(folder) / "creators", say, chosen.videos)
        if chosen.only in (None, "funnel"):
            bench_funnel(Path(folder) / "funnel", say, chosen.funnel_orders)
        if chosen.only in (None, "publishing"):
            bench_publishing(Path(folder) / "publishing", say, chosen.mart_rows)
        if chosen.only in (None, "hostile"):
            bench_hostile(Path(folder) / "hostile", say, chosen.hostile_rows)
        if chosen.only:
            return
        bench_parsing(repeats)
        bench_files(Path(folder))
        bench_run(Path(folder))
        bench_events(Path(folder) / "events", say, chosen.events, chosen.orders)


if __name__ == "__main__":
    main()
