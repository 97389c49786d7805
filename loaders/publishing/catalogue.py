"""The marts that BI may read, by the project's own YAML: their columns, and which of them are personal.

A table that no YAML describes is never published, nor is a column: what nobody described, nobody said to be harmless.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from loaders.building.described import described_models, meta
from loaders.config import PROJECT_DIR

# A folder of marts is a domain, and its schema. What the warehouse says of itself is published with every one of them.
MART_SCHEMAS = tuple(
    sorted(
        folder.name
        for folder in (PROJECT_DIR / "models" / "marts").iterdir()
        if folder.is_dir() and folder.name != "ops"
    )
)


@dataclass(frozen=True)
class Column:
    """A published column; a personal one is hidden unless the reader may see it."""

    name: str
    data_type: str
    is_personal: bool


@dataclass(frozen=True)
class Mart:
    """A mart by its schema and name, with the columns of its contract.

    One of which dashboards ask for a row by its key, which must come back in milliseconds, says so in its YAML
    (`meta: lookup_key`).
    """

    schema: str
    name: str
    columns: tuple[Column, ...]
    # What tells one row from another, as its data test says.
    unique_key: tuple[str, ...] = ()
    lookup_key: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        return f"{self.schema}.{self.name}"

    @property
    def is_personal(self) -> bool:
        return any(column.is_personal for column in self.columns)

    def selected(self, hide: Callable[[str], str] | None) -> str:
        """The select list that readers get: personal text as the SQL that `hide` makes of it, or else left out."""
        shown = []
        for column in self.columns:
            name = f'"{column.name}"'
            if not column.is_personal:
                shown.append(name)
            elif hide is not None and column.data_type == "varchar":
                shown.append(f"{hide(name)} as {name}")
        return ", ".join(shown)

    def shown(self, *, is_hashing: bool) -> list[Column]:
        """The columns of that list."""
        return [
            column
            for column in self.columns
            if not column.is_personal or (is_hashing and column.data_type == "varchar")
        ]

    @property
    def time_column(self) -> str | None:
        """What a large mart is split by: what is new has a new day, and the rest of it is as it was."""
        for kind in ("date", "timestamptz"):
            for column in self.columns:
                if column.data_type == kind:
                    return f'"{column.name}"'
        return None

    @property
    def all_columns(self) -> str:
        return ", ".join(f'"{column.name}"' for column in self.columns)


@cache
def read_marts() -> tuple[Mart, ...]:
    """Every mart of the project, by schema and name."""
    marts = []
    for schema in MART_SCHEMAS:
        for model in described_models(f"marts/{schema}", "[!_]*.yml"):
            if model.get("columns"):
                columns = tuple(_column(each) for each in model["columns"])
                lookup_key = tuple(meta(model).get("lookup_key", ()))
                marts.append(Mart(schema, model["name"], columns, _unique_key(model), lookup_key))
    return tuple(sorted(marts, key=lambda mart: mart.key))


def looked_up() -> frozenset[str]:
    """The marts that have a lookup key, as `schema.name`."""
    return frozenset(mart.key for mart in read_marts() if mart.lookup_key)


def _column(said: dict[str, Any]) -> Column:
    return Column(said["name"], said["data_type"], bool(meta(said).get("pii")))


def _unique_key(model: dict[str, Any]) -> tuple[str, ...]:
    for test in model.get("data_tests") or []:
        if isinstance(test, dict) and "unique_key" in test:
            return tuple(test["unique_key"]["arguments"]["columns"])
    return ()
