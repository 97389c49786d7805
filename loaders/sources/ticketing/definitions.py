"""Which event a row belongs to, as far as a reader must know: local times are checked in the event's zone.

The models decide the same from the landed rows, for every row and again in every build; here it only tells a time that
clocks skip from one that exists. A row whose event is not defined yet lands and waits.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from loaders.config import Settings
from loaders.readers.sheets import TEXT_SUFFIXES, is_workbook, read_tables
from loaders.source import File, Quarantined, Unreadable
from loaders.sources.ticketing import values
from loaders.sources.ticketing.sheets import book
from loaders.sources.ticketing.tables import CSV_LAYOUTS, Layout
from loaders.warehouse.engine import Warehouse


@lru_cache
def folders_of(source_file: str) -> tuple[str, str]:
    """The tenant and the event that a path names, '' for what it does not."""
    parts = Path(source_file).parts[1:-1]
    tenants = [part[4:] for part in parts if part.startswith("org=")]
    events = [part[6:] for part in parts if part.startswith("event=")]
    return (tenants or [""])[-1], (events or [""])[-1]


@dataclass
class Definitions:
    """Event zones by key, and events by platform reference."""

    zones: dict[str, ZoneInfo] = field(default_factory=dict)
    events: dict[tuple[str, str], set[tuple[str, str]]] = field(default_factory=dict)

    def add(self, event: Mapping[str, Any]) -> None:
        try:
            self.zones[event["event_key"]] = ZoneInfo(values.zone(event["timezone"]))
        except Unreadable:
            return
        for reference in (event.get("platform_refs") or "").split(";"):
            platform, found, name = reference.strip().partition(":")
            if found:
                key = (platform.strip().lower(), name.strip())
                self.events.setdefault(key, set()).add((event["organization_id"], event["event_key"]))

    def zone(self, layout: Layout, row: Mapping[str, Any], file: File) -> ZoneInfo | None:
        """The zone of a row's event, None where no event is known for it."""
        organization, folder_event = folders_of(file.source_file)
        found = self.events.get((layout.platform, row.get(layout.reference) or ""), set())
        keys = {key for tenant, key in found if organization in ("", tenant)}
        return self.zones.get(keys.pop() if len(keys) == 1 else folder_event)


def read_definitions(settings: Settings, warehouse: Warehouse, files: Sequence[File]) -> Definitions:
    """The event definitions that landed before, and those among the new files."""
    definitions = Definitions()
    for event in (*_landed(warehouse), *_arriving(files, settings)):
        definitions.add(event)
    return definitions


def _landed(warehouse: Warehouse) -> Iterable[Mapping[str, Any]]:
    with warehouse.connect() as connection:
        rows = connection.query(
            "select event_key, row_organization_id, timezone, platform_refs from raw_ticketing.events"
            " order by _landed_run, _source_file, _source_row"
        )
    return [
        {"event_key": key, "organization_id": organization, "timezone": zone, "platform_refs": references}
        for key, organization, zone, references in rows
    ]


def _arriving(files: Sequence[File], settings: Settings) -> Iterable[Mapping[str, Any]]:
    """Rows of new definition files. Unreadable ones give nothing here: their reader says what is wrong. Nor do
    workbooks, which are read in processes of their own: rows of their events wait, as of events that come later."""
    for file in files:
        if file.suffix not in TEXT_SUFFIXES:
            continue
        try:
            with file.path.open("rb") as stream:
                head = stream.read(4096)
                if b"timezone" not in head.lower().replace(b"\0", b"") or is_workbook(head):
                    continue
                sheets = read_tables(head + stream.read(), book(settings, CSV_LAYOUTS[0]), settings)
        except (OSError, Quarantined):
            continue
        for row in (row for sheet in sheets for row in sheet.rows):
            yield {**row.values, "organization_id": row.values["row_organization_id"]}
