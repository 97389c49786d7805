"""The sources there are. A new one is one line here."""

from __future__ import annotations

from loaders import ads, box_office, cruva, loyalty, square, ticketing
from loaders.source import Source

SOURCES: dict[str, Source] = {
    source.name: source
    for source in (box_office.SOURCE, square.SOURCE, cruva.SOURCE, loyalty.SOURCE, ads.SOURCE, ticketing.SOURCE)
}
