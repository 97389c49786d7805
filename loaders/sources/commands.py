"""What single sources add to the command line, as plain data.

Neither `ledgerline --help` nor the start of a run imports a reader for it. What is done is the source's own:
`Source.edits`.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Refreshing:
    """What `ledgerline refresh` brings up to date: the source that it loads, and the domain that it builds."""

    source: str
    domain: str
    text: str


@dataclass(frozen=True)
class Editing:
    """What `ledgerline edit` edits of a source: its help, an example of a field, and all fields with their values."""

    source: str
    text: str
    example: str
    fields: str


REFRESH = Refreshing("square", "appointments", "customer analytics alone: load Square, build its domain, test, publish")
EDITS = {
    "performance": Editing(
        "box_office",
        "edit a performance's metadata, never its sales: --capacity 1440 --budget-goal 150000",
        "--capacity 1440",
        "--title --series --venue --season 30-31 --performance-date YYYY-MM-DD --capacity 1..100000 "
        "--budget-goal AMOUNT --occupancy-goal 0..100 --cancelled true|false; NULL clears one.",
    )
}
# What a key for the front door may do, as an example.
SCOPE_EXAMPLE = "events:read"
