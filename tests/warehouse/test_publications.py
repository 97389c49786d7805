"""What BI reads on the embedded engine: publications that come and go whole, and that readers never notice."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from loaders.config import PROJECT_DIR, load_settings
from loaders.publishing import Publication, content, publish, store_of
from loaders.publishing.catalogue import looked_up, read_marts
from loaders.warehouse.engine import Warehouse
from tests.support import storms
from tests.support.homes import Home

KEY = "a key of this test only"
# Two marts that say the same in every publication: a Parquet file and a table of the file itself.
MARKED = ("box_office.performances", "events.event_overview")


def _publish(home: Home, *, with_pii: bool = False, **env: str) -> Publication:
    settings = load_settings({**home.environment, "LEDGERLINE_PII_KEY": KEY, **env})
    return publish(settings, Warehouse(settings), "a-run", with_pii=with_pii)


def _store(home: Home) -> Any:
    settings = load_settings(home.environment)
    return store_of(settings, Warehouse(settings))


def _mark(home: Home, mark: int) -> None:
    """Change two marts, as a build would."""
    with duckdb.connect(str(home.path / "warehouse.duckdb")) as connection:
        connection.execute(f"update box_office.performances set title = 'mark {mark}'")
        connection.execute(f"update events.event_overview set name = 'mark {mark}'")


def _read(home: Home) -> tuple[str, str]:
    sql = "select distinct title, name from box_office.performances cross join events.event_overview"
    ((first, second),) = home.query(sql, published=True)
    return first, second


def _files(folder: Path) -> dict[str, tuple[int, bytes]]:
    return {
        str(path.relative_to(folder)): (path.stat().st_mtime_ns, path.read_bytes())
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture
def marked(demo_home: Home, tmp_path: Path) -> Home:
    """Three publications of a few marts, marked 1 to 3."""
    home = Home(tmp_path / "home")
    home.path.mkdir()
    kept = ("box_office", "events", "ops")
    with duckdb.connect(str(home.path / "warehouse.duckdb")) as connection:
        connection.execute(f"attach '{demo_home.path / 'warehouse.duckdb'}' as demo (read_only)")
        for schema, name in connection.execute(
            "select schema_name, table_name from duckdb_tables() where database_name = 'demo'"
        ).fetchall():
            if schema in kept:
                connection.execute(f"create schema if not exists {schema}")
                connection.execute(f"create table {schema}.{name} as from demo.{schema}.{name}")
    for mark in (1, 2, 3):
        _mark(home, mark)
        assert _publish(home).number == mark
    return home


def test_a_mart_that_did_not_change_is_not_written_again(demo_copy: Home) -> None:
    shutil.rmtree(demo_copy.path / "published")
    marts = len(read_marts())
    first = _publish(demo_copy)
    assert (first.number, first.written, len(first.rows)) == (1, marts - len(looked_up()), marts)
    data = demo_copy.path / "published" / "data"
    before = _files(data)
    assert len(before) == marts - len(looked_up())
    # Nothing changed: the same publication, said of a newer run.
    again = _publish(demo_copy, LEDGERLINE_AS_OF="2030-11-06T18:00:00Z")
    assert (again.number, again.written, again.is_same) == (1, 0, True)
    assert demo_copy.query("select publication_id, as_of from ops.publication", published=True) == [
        (1, datetime(2030, 11, 6, 18, tzinfo=UTC))
    ]
    _mark(demo_copy, 1)
    second = _publish(demo_copy)
    assert (second.number, second.written) == (2, 1)
    after = _files(data)
    assert before.items() <= after.items()
    assert len(after) == len(before) + 1


def test_of_a_large_mart_only_the_quarter_that_changed_is_written(
    marked: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(content, "_SPLIT_ROWS", 10)
    mart = "box_office.performance_sales_snapshots"
    data = marked.path / "published" / "data"
    _publish(marked)
    before = set(data.glob(f"{mart}.*"))
    quarters = marked.value(f"select count(distinct date_trunc('quarter', snapshot_date)) from {mart}")
    # What it was before in one file, and now in several.
    assert len(before) == 1 + quarters > 2
    assert marked.query(f"from {mart} order by all", published=True) == marked.query(f"from {mart} order by all")
    with duckdb.connect(str(marked.path / "warehouse.duckdb")) as connection:
        newest = f"(select max(snapshot_date) from {mart})"
        connection.execute(f"update {mart} set snapshot_date = null where snapshot_date = {newest}")
    # The newest quarter without them, and they in one of their own.
    assert _publish(marked).written == 1
    assert len(set(data.glob(f"{mart}.*")) - before) == 2
    assert marked.query(f"from {mart} order by all", published=True) == marked.query(f"from {mart} order by all")
    _store(marked).restore(3)
    nulls = f"select count(*) from {mart} where snapshot_date is null"
    assert marked.query(nulls, published=True) == [(0,)] != marked.query(nulls)


def test_order_of_rows_is_no_change(demo_copy: Home) -> None:
    _publish(demo_copy)
    with duckdb.connect(str(demo_copy.path / "warehouse.duckdb")) as connection:
        connection.execute(
            "create or replace table box_office.performances as from box_office.performances order by random()"
        )
    assert _publish(demo_copy).is_same


def test_a_publication_comes_back_in_a_second_while_a_run_goes_on(marked: Home) -> None:
    with duckdb.connect(str(marked.path / "warehouse.duckdb")) as a_run:
        a_run.execute("select 1")
        listed = marked.ledgerline("publish", "--list")
        assert listed.stdout.splitlines()[1].split()[:2] == ["*", "3"], listed.stderr
        done = marked.ledgerline("publish", "--undo")
        assert done.returncode == 0, done.stderr
        assert "publication 2 again" in done.stdout
        assert _read(marked) == ("mark 2", "mark 2")
        _store(marked).restore(1)
        assert _read(marked) == ("mark 1", "mark 1")
        assert marked.ledgerline("publish", "--undo").returncode == 1
        done = marked.ledgerline("publish", "--to", "3")
        assert done.returncode == 0
        assert _read(marked) == ("mark 3", "mark 3")
        refused = marked.ledgerline("publish", "--to", "17")
        assert (refused.returncode, "kept are 1, 2, 3" in refused.stderr) == (1, True)
    # What was withdrawn is not what the next publication starts from.
    _store(marked).restore(1)
    _mark(marked, 4)
    assert _publish(marked).number == 4
    assert _read(marked) == ("mark 4", "mark 4")


def test_a_home_that_was_moved_reads_its_own_data(marked: Home, tmp_path: Path) -> None:
    moved = Home(tmp_path / "moved")
    marked.path.rename(moved.path)
    _store(moved).restore(2)
    assert _read(moved) == ("mark 2", "mark 2")
    assert _publish(moved).number == 4
    assert _read(moved) == ("mark 3", "mark 3")


def test_a_published_file_that_broke_is_told_and_made_anew(marked: Home) -> None:
    marked.published.write_bytes(b"no database " * 10_000)
    status = marked.ledgerline("status")
    assert (status.returncode, "`ledgerline publish` makes it anew" in status.stdout) == (1, True), status.stdout
    assert _publish(marked).number == 4
    assert _read(marked) == ("mark 3", "mark 3")


def test_the_last_ones_are_kept_and_their_data_a_day_longer(marked: Home) -> None:
    data = marked.path / "published" / "data"
    open_since_long = duckdb.connect(str(marked.published), read_only=True)
    for mark in range(4, 8):
        _mark(marked, mark)
        _publish(marked, LEDGERLINE_PUBLICATIONS_KEPT="2")
    assert [publication.number for publication in _store(marked).kept()] == [7, 6]
    assert len(list(data.glob("box_office.performances.*"))) == 7
    # Whoever opened the third still reads it.
    assert open_since_long.execute("select distinct title from box_office.performances").fetchall() == [("mark 3",)]
    # In one process, a file is opened once: whoever goes on to the next publication closes the one before.
    open_since_long.close()
    ledger = marked.path / "published" / "publications" / "unused.json"
    long_ago = (datetime.now(UTC) - timedelta(days=2)).isoformat()
    ledger.write_text(json.dumps(dict.fromkeys(json.loads(ledger.read_text()), long_ago)))
    _publish(marked, LEDGERLINE_PUBLICATIONS_KEPT="2")
    assert len(list(data.glob("box_office.performances.*"))) == 2
    assert _read(marked) == ("mark 7", "mark 7")


def test_what_is_not_of_the_project_is_not_published(demo_copy: Home) -> None:
    with duckdb.connect(str(demo_copy.path / "warehouse.duckdb")) as connection:
        connection.execute("create table funnel.left_over as select 'person@example.com' as email")
    _publish(demo_copy)
    assert (
        demo_copy.query("select 1 from information_schema.tables where table_name = 'left_over'", published=True) == []
    )


READER = """
import sys, time
path, engine = sys.argv[1], sys.argv[2]
marts = "box_office.performances, events.event_overview, ops.publication"
query = "select distinct title, name, publication_id from " + marts
if engine == "duckdb":
    import duckdb
    def read():
        with duckdb.connect(path, read_only=True) as connection:
            return connection.execute(query).fetchall()
else:
    import sqlalchemy
    def read():
        bi = sqlalchemy.create_engine("duckdb:///" + path, connect_args={"read_only": True})
        with bi.connect() as connection:
            rows = connection.execute(sqlalchemy.text(query)).fetchall()
        bi.dispose()
        return rows
seen, reads = set(), 0
print("ready", flush=True)
while "stop" not in seen:
    ((first, second, number),) = read()
    assert first == second == f"mark {number}", (first, second, number)
    seen.add(number)
    reads += 1
    if number >= int(sys.argv[3]):
        seen.add("stop")
print(len(seen) - 1, reads)
"""


@contextmanager
def _readers(home: Home, last: int) -> Iterator[list[subprocess.Popen[str]]]:
    readers = [
        subprocess.Popen(
            [sys.executable, "-c", READER, str(home.published), engine, str(last)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for engine in ("duckdb", "sqlalchemy")
    ]
    try:
        for reader in readers:
            assert reader.stdout is not None
            assert reader.stdout.readline() == "ready\n", reader.stderr
        yield readers
    finally:
        for reader in readers:
            reader.kill()
            reader.wait()


def test_readers_see_one_publication_after_the_other_and_never_an_error(marked: Home) -> None:
    last = storms.size("publications_read")
    with _readers(marked, last) as readers:
        for mark in range(4, last + 1):
            _mark(marked, mark)
            _publish(marked)
        for reader in readers:
            told, error = reader.communicate(timeout=60)
            assert reader.returncode == 0, error
            seen, reads = map(int, told.split())
            assert seen > 5
            assert reads > seen


# The limit holds from when the store starts to write: the books need the space of the warehouse alone.
LIMITED = """
import resource, sys
from loaders.publishing import embedded
def limited(connection, found=embedded._there):
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), int(sys.argv[1])))
    return found(connection)
embedded._there = limited
from loaders.command.cli import main
sys.exit(main(["publish"]))
"""


def test_a_full_disk_changes_nothing(marked: Home) -> None:
    """No small file system can be mounted here: a limit on the size of files stands in for the full disk."""
    published = marked.path / "published"
    for limit in (1_000, 100_000, 1_000_000):
        _mark(marked, 4)
        before = _files(published)
        done = subprocess.run(
            [sys.executable, "-c", LIMITED, str(limit)],
            cwd=PROJECT_DIR,
            env={**marked.environment, "LEDGERLINE_PII_KEY": KEY},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 1, done.stderr
        assert "publishing failed" in done.stderr
        assert "then run `ledgerline publish`" in done.stderr
        assert "Traceback" not in done.stderr
        assert _files(published) == before, limit
    assert _publish(marked).number == 4
    assert _read(marked) == ("mark 4", "mark 4")


KILLED = """
import os, signal, sys
from loaders.publishing import embedded
passed = 0
def killed(call):
    def counted(*arguments, **options):
        global passed
        passed += 1
        if passed == int(sys.argv[1]):
            os.kill(os.getpid(), signal.SIGKILL)
        return call(*arguments, **options)
    return counted
embedded.Path.replace = killed(embedded.Path.replace)
embedded.os.fsync = killed(embedded.os.fsync)
embedded.shutil.copyfile = killed(embedded.shutil.copyfile)
embedded.Path.unlink = killed(embedded.Path.unlink)
from loaders.command.cli import main
code = main(["publish"])
print(passed)
sys.exit(code)
"""


def test_a_kill_at_any_step_leaves_the_old_or_the_new(marked: Home, tmp_path: Path) -> None:
    def killed(home: Home, step: int) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", KILLED, str(step)],
            cwd=PROJECT_DIR,
            env={**home.environment, "LEDGERLINE_PII_KEY": KEY},
            capture_output=True,
            text=True,
            check=False,
        )

    _mark(marked, 4)
    for step in range(1, 60, storms.size("publication_kill_stride")):
        home = Home(tmp_path / f"step {step}")
        shutil.copytree(marked.path, home.path)
        done = killed(home, step)
        if done.returncode == 0:
            assert step > 6
            break
        assert done.returncode == -9, done.stderr
        assert _read(home) in (("mark 3", "mark 3"), ("mark 4", "mark 4")), step
        assert _publish(home).number in (4, 5)
        assert _read(home) == ("mark 4", "mark 4")
        assert not (home.path / "published" / ".next").exists()
        shutil.rmtree(home.path)
    else:
        pytest.fail("the command never ended by itself")


def test_the_published_files_can_be_read_by_others(marked: Home) -> None:
    """BI runs as another user, who must be able to read what is no secret."""
    umask = os.umask(0)
    os.umask(umask)
    for path in (marked.published, *(marked.path / "published" / "data").iterdir()):
        assert path.stat().st_mode & 0o044 == 0o044 & ~umask
