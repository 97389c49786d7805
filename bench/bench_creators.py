"""What the creator programme costs: an export landed over a bare COPY, and the build after a day over a full one."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import duckdb

from bench.bench_events import children_cpu
from loaders.config import PROJECT_DIR

FIRST_DAY = date(2030, 1, 2)
DAYS = 30
VIDEOS_EACH = 50
_COPY = """
    create table videos (
        handle varchar, video varchar, views bigint, likes bigint, comments bigint, gmv varchar, ctr decimal(9, 2),
        units_sold bigint, post_date date, video_title varchar
    );
    copy videos from '{path}' (header);
"""


def write_export(path: Path, videos: int, number: int) -> None:
    """The export of a day: every video, of which one in fifty has sold since the day before."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect() as connection:
        connection.execute(
            f"""copy (
                select
                    'creator' || (n // {VIDEOS_EACH}) as "Handle",
                    'https://www.tiktok.com/@creator' || (n // {VIDEOS_EACH}) || '/video/74' || (10000000000000 + n)
                        as "Video",
                    1000 + n % 90000 + {number} * cast(n % 50 = 0 as int) as "Views",
                    n % 900 as "Likes",
                    n % 60 as "Comments",
                    '$' || cast((n * 7 % 5000) / 100.0 + {number} * cast(n % 50 = 0 as int) as decimal(18, 2)) as "GMV",
                    cast(n % 500 / 100.0 as decimal(9, 2)) as "CTR",
                    n % 40 as "Units Sold",
                    date '2030-01-01' - cast(n % 300 as int) as "Post Date",
                    'Part ' || n % 9 || ', how I use it' as "Video Title"
                from range({videos}) as numbers (n)
            ) to '{path}' (header)"""
        )


def write_programme(home: Path, creators: int) -> None:
    """One client with four tiers, whose app knows every other creator."""
    folder = home / "landing" / "loyalty" / str(FIRST_DAY)
    folder.mkdir(parents=True)
    (folder / "clients.csv").write_text("id,name,vip_metric\nbrand,Brand,sales\n")
    (folder / "tiers.csv").write_text(
        "client_id,tier_order,tier_id,tier_name,sales_threshold\n"
        "brand,1,stone,Stone,\nbrand,2,copper,Copper,500\nbrand,3,silver,Silver,2000\nbrand,4,gold,Gold,9000\n"
    )
    users = "".join(
        f"u{n},brand,creator{n},copper,2029-11-01T00:00:00Z,2030-01-{3 + n % 20:02}T00:00:00Z\n"
        for n in range(0, creators, 2)
    )
    (folder / "users.csv").write_text(
        f"id,client_id,tiktok_handle,current_tier,tier_achieved_at,next_checkpoint_at\n{users}"
    )


def ledgerline_cpu(home: Path, day: date, *arguments: str) -> float:
    """CPU seconds of a command whose as-of is in the evening of a day."""
    return ledgerline_cost(home, day, *arguments)[0]


def ledgerline_cost(home: Path, day: date, *arguments: str) -> tuple[float, float]:
    """CPU seconds and peak memory (MB) of a command whose as-of is in the evening of a day."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LEDGERLINE_", "DBT_"))}
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "loaders", *arguments],
            cwd=PROJECT_DIR,
            env={**kept, "LEDGERLINE_HOME": str(home), "LEDGERLINE_AS_OF": f"{day}T20:00:00Z"},
            stdout=said,
            stderr=said,
        )
        # Of this command alone: what all children together used says nothing of one's memory.
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            said.seek(0)
            raise SystemExit(said.read()[-8000:].decode())
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def build_cpu(home: Path, day: date, *arguments: str) -> float:
    paths = [f"path:models/staging/{source}" for source in ("cruva", "loyalty")]
    paths += [f"path:{folder}/creators" for folder in ("models/intermediate", "models/marts")]
    return ledgerline_cpu(home, day, "build", "--exclude-resource-type", "unit_test", *arguments, "--select", *paths)


def copy_cpu(path: Path, folder: Path) -> float:
    """CPU seconds of a bare COPY into a table, in a process of its own."""
    script = "import duckdb, sys; duckdb.connect(sys.argv[1]).execute(sys.argv[2])"
    before = children_cpu()
    subprocess.run([sys.executable, "-c", script, str(folder / "bare.duckdb"), _COPY.format(path=path)], check=True)
    return children_cpu() - before


def bench_creators(folder: Path, say: Callable[..., None], videos: int) -> None:
    """A day's export of so many videos; days of history, the last one built on top of the others and from nothing."""
    home = folder / "home"
    write_programme(home, videos // VIDEOS_EACH)
    days = [FIRST_DAY + timedelta(days=number) for number in range(DAYS)]
    exports = [home / "landing" / "cruva" / "org=brand" / f"videos_{day}.csv" for day in days]
    write_export(exports[0], videos, 0)
    bare = copy_cpu(exports[0], folder)
    ledgerline_cpu(home, days[0], "load", "loyalty")
    landed, peak = ledgerline_cost(home, days[0], "load", "cruva")
    say(
        f"{videos:,} videos: a day's export landed over a bare COPY, CPU",
        f"{landed / bare:.1f}x",
        f"at most 3x; COPY {bare:.1f} s",
    )
    say("  its peak memory", f"{peak:,.0f} MB", "at most 1,000 MB")
    for number in range(1, DAYS - 1):
        write_export(exports[number], videos, number)
    ledgerline_cpu(home, days[-2], "load", "cruva")
    build_cpu(home, days[-2])
    write_export(exports[-1], videos, DAYS - 1)
    ledgerline_cpu(home, days[-1], "load", "cruva")
    daily = build_cpu(home, days[-1])
    full = build_cpu(home, days[-1], "--full-refresh")
    say(f"  build after a day with 2 % changed over a full one, {DAYS} days of history", f"{daily / full:.2f}x", "0.2x")
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as connection:
        rows = connection.execute("select count(*) from creators.video_daily_changes where sync_date = ?", [days[-1]])
        say("  rows that the day added to video_daily_changes", f"{rows.fetchall()[0][0]:,}", f"{videos // 50:,}")
