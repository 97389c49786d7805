"""Which day an export speaks of, where its file does not say: the date in its name, in a folder, or of its last change.

A dated export is one observation: the same bytes under another stated date are another one, while bytes that state no
date count once, as whatever observation they first were.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from loaders.readers.dates import is_plausible, plausible, span
from loaders.source import File, Quarantined

_DATE = re.compile(r"(?<!\d)(\d{4})(-?)(\d{2})\2(\d{2})(?!\d)")


@dataclass(frozen=True)
class ExportDate:
    """A day, and what said so: `column`, `file_name`, `folder` or `modified`."""

    day: date
    source: str


def dates_in(text: str) -> set[date]:
    """The calendar dates that a name holds, as `YYYY-MM-DD` or `YYYYMMDD`."""
    found = set()
    for year, _, month, day in _DATE.findall(text):
        try:
            found.add(date(int(year), int(month), int(day)))
        except ValueError:
            continue
    return found


def stated_date(source_file: str) -> ExportDate | None:
    """The one date in a file's name, else in the nearest folder below the tenant's; None where none is stated.

    Raises `Quarantined` (`ambiguous_sync_date`) where a name holds several.
    """
    folders = list(Path(source_file).parts[1:-1])
    for index, folder in enumerate(folders):
        if folder.startswith("org="):
            folders = folders[index + 1 :]
            break
    for name, kind in ((Path(source_file).name, "file_name"), *((folder, "folder") for folder in reversed(folders))):
        found = dates_in(name)
        if len(found) > 1:
            raise Quarantined(
                "ambiguous_sync_date",
                f"{name!r} holds the dates {', '.join(sorted(day.isoformat() for day in found))}, expected one",
            )
        if found:
            day = found.pop()
            if not is_plausible(day):
                raise Quarantined("ambiguous_sync_date", f"{name!r} holds the date {day}, expected a date {span()}")
            return ExportDate(day, kind)
    return None


def scope_of(source_file: str) -> str:
    """What a path says of its rows: the date that it states."""
    try:
        stated = stated_date(source_file)
    except Quarantined:
        return ""
    return stated.day.isoformat() if stated else ""


@dataclass(frozen=True)
class Observed:
    """The dates under which bytes were observed already, or are in this run by a stated date, by tenant and digest."""

    days: Mapping[tuple[str, str], ExportDate]

    @classmethod
    def of(cls, landed: Mapping[tuple[str, str], ExportDate], files: Sequence[File]) -> Observed:
        days = dict(landed)
        for file in files:
            try:
                stated = stated_date(file.source_file)
            except Quarantined:
                continue
            if stated is not None:
                days.setdefault((file.organization_id, file.source_hash), stated)
        return cls(days)

    def date_of(self, file: File) -> ExportDate:
        """The date of a file by its name, folder, earlier observation or last change."""
        stated = stated_date(file.source_file)
        if stated is not None:
            return stated
        known = self.days.get((file.organization_id, file.source_hash))
        if known:
            return known
        try:
            return ExportDate(plausible(file.modified_on()), "modified")
        except (ValueError, OverflowError):
            raise Quarantined(
                "ambiguous_sync_date",
                f"its last change is no date {span()}; name the file by its day, such as videos_2025-03-31.csv",
            ) from None
