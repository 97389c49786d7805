"""How much of each storm runs: a sample in `make test`, the whole of it in `make soak`.

A storm repeats one property over many kills, hours, histories or schedules. The sample passes every kind of fault at
least once; the whole passes each of them often. `make soak` sets SOAK=1 and runs every test that reads a size here.
"""

from __future__ import annotations

import os

IS_SOAK = os.environ.get("SOAK") == "1"

# Storm: (size in `make test`, size in `make soak`).
SIZES = {
    # Kills, ends and full disks per point of a load, and per point of a run.
    "kills_of_a_load": (3, 135),
    "kills_of_a_run": (3, 90),
    # Runs of the scripted day, on each engine.
    "hours_of_a_day": (11, 24),
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
    # Runs that are started at the same moment.
    "runs_together": (4, 8),
}

# Seconds that each area may take in `make test`, on two quiet cores; `make test` prints what it took.
BUDGETS = {"loaders": 120, "warehouse": 300, "web": 90, "pages": 90, "speed": 60, "postgresql": 60}


def size(storm: str) -> int:
    """The size of a storm in this run."""
    sampled, whole = SIZES[storm]
    return whole if IS_SOAK else sampled
