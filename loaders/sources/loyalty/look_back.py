"""Decisions on tiers are made once, by the run of their day: an earlier as-of only looks back."""

from __future__ import annotations

from datetime import UTC

from loaders.config import Settings
from loaders.warehouse.engine import Warehouse


def look_back(settings: Settings, warehouse: Warehouse) -> str | None:
    """That this as-of lies before a run that decided tiers, so that nothing was decided; None where it does not."""
    with warehouse.connect() as connection:
        there = connection.query(
            "select 1 from information_schema.tables where table_schema = 'intermediate'"
            " and table_name = 'int_creators__run_opened'"
        )
        last = there and connection.query(
            "select max(runs.as_of) from intermediate.int_creators__run_opened as run"
            " cross join intermediate.int_creators__runs_recorded as runs where run.as_of = %s and not run.is_deciding",
            settings.as_of,
        )
    if not last or last[0][0] is None:
        return None
    return (
        f"creators: {settings.as_of.isoformat()} is before the last evaluation,"
        f" {last[0][0].astimezone(UTC).isoformat()}: nothing was decided, and what is recorded stays"
    )
