"""Publishing: what changed against everything, going back, and readers while a run goes on."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from loaders.config import load_settings
from loaders.landing import books
from loaders.publishing import store_of
from loaders.publishing.catalogue import MART_SCHEMAS, Mart, read_marts
from loaders.publishing.domains import Verdict
from loaders.publishing.publication import About
from loaders.warehouse.engine import Warehouse

_READERS = 32
# What every mart spans, evenly: five years and a half.
_DAYS = 2000
# A dashboard's question: one mart, grouped.
_QUESTION = "select organization_id, count(*) from funnel.orders group by 1"


def bench_publishing(folder: Path, say: Callable[[str, str, str], None], rows: int) -> None:
    """Every mart with as many made-up rows; one mart changes, then the newest 1 % of the rows of each."""
    settings = load_settings({"LEDGERLINE_HOME": str(folder), "LEDGERLINE_PII_KEY": "a key of the benchmark"})
    warehouse = Warehouse(settings)
    warehouse.create_missing("ops", books.OPS_TABLES)
    marts = [mart for mart in read_marts() if not mart.lookup_key]
    with warehouse.connect() as connection:
        for mart in marts:
            connection.execute(f"create schema if not exists {mart.schema}")
            connection.execute(_filled(mart, rows))
    store = store_of(settings, warehouse)

    def publish() -> float:
        before = time.process_time()
        store.replace(About.of(settings, "bench"), dict.fromkeys(MART_SCHEMAS, Verdict()), with_pii=False)
        return time.process_time() - before

    everything = publish()
    size = sum(path.stat().st_size for path in (folder / "published").rglob("*.parquet")) / 1e9
    with warehouse.connect() as connection:
        connection.execute(f"update {marts[0].key} set organization_id = 'other'")
    one = publish()
    say(
        f"  publishing after one mart of {len(marts)} changed, over all ({size:.2f} GB), CPU",
        f"{one / everything:.3f}x",
        "at most 0.2x",
    )
    say("  publishing after nothing changed, CPU", f"{publish() / everything:.3f}x", "")
    with warehouse.connect() as connection:
        for mart in marts:
            connection.execute(f"update {mart.key} set {mart.columns[0].name} = null where rowid >= {rows * 99 // 100}")
    say(
        "  publishing after the newest 1 % of every mart's rows changed, CPU",
        f"{publish() / everything:.3f}x",
        "at most 0.2x",
    )
    started = time.perf_counter()
    store.restore(1)
    say("  undo", f"{time.perf_counter() - started:.2f} s", "at most 1 s at 1 GB")
    store.restore(3)
    _readers(say, settings.published)


def _filled(mart: Mart, rows: int) -> str:
    made = {
        "varchar": "md5(cast(n as varchar))",
        "bigint": "n * 7919",
        "integer": "cast(n % 100000 as integer)",
        "boolean": "n % 3 = 0",
        "date": f"date '2020-01-01' + cast(n * {_DAYS} // {rows} as integer)",
        "timestamp": f"timestamp '2020-01-01 00:00:00' + to_seconds(n * {_DAYS} * 86400 // {rows})",
        "timestamptz": f"timestamptz '2020-01-01 00:00:00+00' + to_seconds(n * {_DAYS} * 86400 // {rows})",
    }
    columns = ", ".join(
        f"{made.get(column.data_type, f'cast(n % 90 as {column.data_type})')} as {column.name}"
        for column in mart.columns
    )
    return f"create table {mart.key} as select {columns} from range({rows}) as made(n)"


_READER = """
import sys, time
import duckdb
for _ in range(20):
    with duckdb.connect(sys.argv[1], read_only=True, config={"threads": 1}) as connection:
        # It would stand among the figures.
        connection.execute("set enable_progress_bar = false")
        before = time.perf_counter()
        connection.execute(sys.argv[2]).fetchall()
        print(time.perf_counter() - before)
    time.sleep(0.5)
"""
_WORK = "import duckdb\nwhile True: duckdb.sql('select sum(hash(n)) from range(50000000) as made(n)').fetchall()"


def _readers(say: Callable[[str, str, str], None], published: Path) -> None:
    """A question of many processes, in rest and while another one works as hard as a run (nice, as deploy/ has it)."""

    def p95() -> float:
        command = [sys.executable, "-c", _READER, str(published), _QUESTION]
        readers = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(_READERS)]
        seconds = [float(line) for reader in readers for line in reader.communicate()[0].splitlines()]
        return statistics.quantiles(seconds, n=20)[-1]

    rest = p95()
    with subprocess.Popen(["nice", "-n", "10", sys.executable, "-c", _WORK]) as run:
        busy = p95()
        run.kill()
    say(
        f"  p95 of a question by {_READERS} readers while a run goes on, over rest",
        f"{busy / rest:.2f}x",
        "at most 1.5x",
    )
