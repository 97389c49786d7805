"""The sources there are. A new one is one line here."""

from __future__ import annotations

from loaders.source import Source
from loaders.sources import ads, attendance, box_office, clickfunnels, cruva, loyalty, square, ticketing, workflow

SOURCES: dict[str, Source] = {
    source.name: source
    for source in (
        *(box_office.SOURCE, square.SOURCE, cruva.SOURCE, loyalty.SOURCE),
        *(clickfunnels.SOURCE, ads.SOURCE, attendance.SOURCE, workflow.SOURCE, ticketing.SOURCE),
    )
}
