"""How much of each storm runs: a sample in `make test`, the whole of it in `make soak`.

A storm repeats one property over many kills, hours, histories or schedules. The sample passes every kind of fault at
least once; the whole passes each of them often. `make soak` sets SOAK=1 and runs every test that reads a size here.
"""

from __future__ import annotations

import os

import pytest

IS_SOAK = os.environ.get("SOAK") == "1"

# Storm: (size in `make test`, size in `make soak`).
SIZES = {
    # Kills, ends and full disks per point of a load, and per point of a run.
    "kills_of_a_load": (1, 135),
    "kills_of_a_run": (1, 90),
    # Kills of a refresh, each at another point.
    "kills_of_a_refresh": (3, 6),
    # Runs of the scripted day, on each engine.
    "hours_of_a_day": (8, 24),
    # Warehouses of 100 drawn salons each whose recent refreshes equal full ones.
    "refreshed_warehouses": (1, 5),
    # Publications that come while readers read, on each engine.
    "publications_read": (20, 50),
    # Publications that take each other's place while the front door answers, and questions meanwhile.
    "publications_served": (20, 50),
    "questions_meanwhile": (10_000, 100_000),
    # What a client that tries everything asks of each route.
    "questions_of_a_route": (4, 200),
    # Senders of events, and kills of the front door while they send.
    "kills_of_the_inbox": (6, 200),
    # One kill at every n-th call that writes a publication (in soak at every one).
    "publication_kill_stride": (7, 1),
    "server_publication_kill_stride": (25, 3),
    # Drawn orders in which reports may arrive.
    "schedules_of_reports": (8, 24),
    # Runs that are started at the same moment, on the busiest of three days.
    "runs_together": (3, 8),
}

# What runs in `make soak` alone, and what `make test` shows of the same.
WHOLE = {
    "ads on a server": "the demo's ads and drawn reports of ads are compared on a server",
    "files of events on a server": "the demo's and drawn exports of events are compared on a server",
    "events of which little is known on a server": "the demo's and drawn exports of events are compared on a server",
    "settings on a server": "the demo's settings are those of every mart that is compared on a server",
    "samples of reports on a server": "the demo's reports are compared on a server",
    "an empty server": "the same on DuckDB, and of the box office on a server",
    "a day on a server": "the same day on DuckDB; publications on a server have tests of their own",
}
# A build whose marts are compared with those of a build that was tested: its data tests run in `make soak`.
COMPARED = () if IS_SOAK else ("--exclude-resource-type", "test")

# Seconds that each area may take in `make test`, on two quiet cores; `make test` prints what it took.
BUDGETS = {"loaders": 120, "warehouse": 300, "web": 90, "pages": 90, "speed": 60, "postgresql": 60}


def size(storm: str) -> int:
    """The size of a storm in this run."""
    sampled, whole = SIZES[storm]
    return whole if IS_SOAK else sampled


def whole(storm: str) -> pytest.MarkDecorator:
    """A test, or one case of it, of `make soak` alone."""
    return pytest.mark.skipif(not IS_SOAK, reason=f"{storm}: in `make soak`; here, {WHOLE[storm]}")
