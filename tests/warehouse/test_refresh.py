"""A recent refresh leaves every mart as a full one would, whatever happened and in whatever schedule."""

from __future__ import annotations

import random
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.homes import Home
from tests.salons import draw_salon, text

WAREHOUSES = 2
SALONS_EACH = 100
STEPS = 6


def _as_ofs(draw: random.Random) -> list[datetime]:
    """As-ofs an hour, a day or two months apart, and now and then an earlier one."""
    moments = [datetime(2026, 3, 8, 7, 30, tzinfo=UTC) + timedelta(hours=draw.randrange(600))]
    for _ in range(STEPS - 1):
        moments.append(moments[-1] + timedelta(hours=draw.choice((0, 1, 1, 2, 23, 24 * 31, -3, -24 * 20))))
    return moments


@pytest.mark.parametrize("seed", range(WAREHOUSES))
def test_recent_equals_full_for_every_history_and_schedule(tmp_path: Path, seed: int) -> None:
    draw = random.Random(seed)
    as_ofs = _as_ofs(draw)
    salons = [draw_salon(seed * 1_000 + number, as_ofs) for number in range(SALONS_EACH)]
    home = Home(tmp_path / "home")
    compared = kept = 0
    for step, as_of in enumerate(as_ofs):
        for number, files in enumerate(salons):
            for name, content in files[step].items():
                home.put(f"org=salon_{number}/{name}", content, "square")
        # The first run finds nothing and makes every row; of the others one may be full.
        mode = "full" if step and draw.random() < 0.2 else "recent"
        done = home.ledgerline("refresh", mode, LEDGERLINE_AS_OF=text(as_of))
        assert done.returncode in (0, 1), done.stderr
        assert "build failed" not in done.stderr, done.stderr
        everyone, touched = home.query(
            "select bool_or(is_everyone), count(*) from intermediate.int_square__customers_touched"
        )[0]
        if mode == "full" or everyone:
            continue
        kept += home.value("select count(*) from appointments.customer_analytics") - touched
        recent = home.export(["appointments"])
        # The same raw and as-of made whole, aside, so that the next step goes on from the recent one.
        aside = Home(tmp_path / f"full_{step}")
        shutil.copytree(home.path, aside.path)
        done = aside.ledgerline("refresh", "full", LEDGERLINE_AS_OF=text(as_of))
        assert done.returncode == 0, done.stderr
        full = aside.export(["appointments"])
        shutil.rmtree(aside.path)
        for mart, rows in full.items():
            assert recent[mart] == rows, mart
        compared += 1
    assert home.value("select count(distinct organization_id) from appointments.customer_analytics") == SALONS_EACH
    # Rows that were not made anew are what this is about.
    assert compared >= STEPS // 2
    assert kept > 5 * SALONS_EACH
