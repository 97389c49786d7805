"""The project's own seeds, for readers that must know what the models join."""

from __future__ import annotations

import csv

from loaders.config import PROJECT_DIR


def seed_rows(domain: str, name: str) -> list[dict[str, str]]:
    """The rows of `seeds/<domain>/<name>.csv`, cells as text."""
    with (PROJECT_DIR / "seeds" / domain / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))
