"""Exports that come late, again, twice for a day or from the future: a build keeps what is right of the last one."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from tests.drawn.programmes import CREATORS, build, load, put, text
from tests.support.homes import Home, copy_project, project_of

CLIENTS = 40
FIRST_DAY = date(2030, 5, 27)
HEADER = "Handle,Video,Views,Likes,Comments,GMV,CTR,Units Sold,Post Date,Video Title"


def _export(draw: random.Random) -> str:
    """Some of a client's few videos, so that each is often gone and back, under one handle or another."""
    rows = [
        f"{draw.choice('aab')}_creator,7{video},{draw.randrange(2)},1,1,{draw.randrange(3)},,1,2030-05-01,T{draw.randrange(2)}"
        for video in range(6)
        if draw.random() < 0.6
    ]
    return "\n".join([HEADER, *(rows or ["a_creator,79,1,1,1,1,,1,2030-05-01,T"]), ""])


def _exports_of_a_step(draw: random.Random, step: int) -> dict[str, str | bytes]:
    """For some clients exports of a day before, of one that landed, of the next or of one that is not there yet."""
    found: dict[str, str | bytes] = {}
    for client in range(CLIENTS):
        for number in range(draw.choice((0, 1, 1, 2))):
            day = FIRST_DAY + timedelta(days=draw.choice((step, step, step + 1, draw.randrange(9))))
            found[f"cruva/org=brand{client}/{step}_{number}/videos_{day}.csv"] = _export(draw)
    return found


@pytest.mark.slow
def test_a_build_on_top_of_others_is_that_from_nothing(tmp_path: Path) -> None:
    draw = random.Random(11)
    home = Home(tmp_path / "home", project=project_of(*CREATORS))
    clients = "".join(f"brand{client},Brand,sales\n" for client in range(CLIENTS))
    put(home, {f"loyalty/{FIRST_DAY}/clients.csv": f"id,name,vip_metric\n{clients}"})
    # The clock goes on, and once back.
    for day in (1, 2, 4, 3, 6):
        put(home, _exports_of_a_step(draw, day))
        as_of = text(datetime.combine(FIRST_DAY + timedelta(days=day), datetime.min.time(), UTC))
        load(home, as_of)
        build(home, as_of)
    found = home.export(["intermediate", "creators"])
    build(home, as_of, "--full-refresh")
    assert home.export(["intermediate", "creators"]) == found
    # What is compared must have happened, often.
    steps = dict(home.query("select step, count(*) from intermediate.int_creators__syncs_compared group by 1"))
    returned = home.value(
        "select count(*) from intermediate.int_creators__syncs_compared as steps"
        " inner join intermediate.int_creators__syncs_fingerprinted as syncs using (client_id, sync_date)"
        " where steps.step = 'changed' and steps.previous_sync_date < syncs.previous_sync_date"
    )
    assert min(steps["first"], steps["changed"], steps["gone"], returned) >= 20, (steps, returned)

    # A version that keeps another column of an export makes everything again, unasked.
    project = copy_project(tmp_path / "project", only=CREATORS)
    macros = project / "macros" / "creators.sql"
    said = macros.read_text().replace(
        "('ctr', 'decimal(9, 2)'),", "('ctr', 'decimal(9, 2)'), ('source_file', 'varchar'),"
    )
    macros.write_text(said)
    updated = Home(home.path, env={"PYTHONPATH": str(project)}, project=project)
    build(updated, as_of)
    found = updated.export(["intermediate", "creators"])
    assert (
        updated.value(
            "select count(*) from information_schema.columns where table_schema = 'intermediate'"
            " and column_name = 'source_file' and table_name in ('int_creators__syncs_compared',"
            " 'int_creators__snapshots_deduped')"
        )
        == 2
    )
    build(updated, as_of, "--full-refresh")
    assert updated.export(["intermediate", "creators"]) == found
