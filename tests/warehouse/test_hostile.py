"""One bad cell never takes the warehouse down: hostile files of every source, from landing to what BI reads."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from loaders.publishing.content import MAX_PARTS
from tests.drawn.hostile import GOOD_DAY, KINDS
from tests.support.homes import Home

pytestmark = pytest.mark.slow

GOOD, BAD = 3, 11
# Rows of which one is as wide as a table: in an export whose last column may hold anything, that is a long title.
WIDE_TITLES = 1


def test_what_is_good_is_published_and_the_rest_is_named(home: Home) -> None:
    for kind in KINDS:
        home.put(kind.name, kind.good(GOOD) + kind.bad(BAD), kind.source)
        path = Path(kind.name)
        for what, text in kind.refused_whole().items():
            home.put(str(path.with_name(f"{what}_{path.name}")), text, kind.source)
    done = home.ledgerline("run")
    said = done.stdout + done.stderr
    assert done.returncode == 1, said
    assert "build: all models and tests passed" in said
    assert "Traceback" not in said
    assert "please report it" not in said
    # Every file landed what is good of it, and every other row of it has a name.
    for kind in KINDS:
        more = WIDE_TITLES if kind.source == "cruva" else 0
        assert home.query(
            "select rows_read, rows_landed, rows_rejected from ops.load_audit where source_file = ?",
            f"{kind.source}/{kind.name}",
        ) == [(GOOD + BAD, GOOD + more, BAD - more)]
    whole = {
        f"{kind.source}/{Path(kind.name).with_name(f'{what}_{Path(kind.name).name}')}"
        for kind in KINDS
        for what in kind.refused_whole()
    }
    found = home.query("select source_file, reason_code, message from ops.quarantined_files")
    assert {path for path, _, _ in found} == whole
    assert {reason for _, reason, _ in found} == {"bad_encoding", "unreadable", "too_many_columns"}
    named = home.query("select reason_code, message, raw_text from ops.rejected_rows")
    assert {"cell_too_large", "too_deep"} <= {reason for reason, _, _ in named}
    # The books are no second copy of the file.
    assert max(len(message) + len(text) for _, message, text in named) < 10_000
    # No mart has a day that nobody believes, and days start with the first that counts.
    first, rows = home.query("select min(date), count(*) from funnel.daily_kpis", published=True)[0]
    assert (first, rows) == (date.fromisoformat(GOOD_DAY), 33)
    files = [path.name.rsplit(".", 2)[0] for path in (home.path / "published" / "data").glob("*.parquet")]
    assert max(files.count(mart) for mart in set(files)) <= MAX_PARTS + 1
    assert home.ledgerline("load").returncode == 0
