"""The sources there are. A new one is one line here."""

from __future__ import annotations

from loaders.config import Settings
from loaders.readers.sheets import sheet_settings
from loaders.settings.seeds import own_seeds
from loaders.source import Seed, Source
from loaders.sources import ads, attendance, box_office, clickfunnels, cruva, loyalty, square, ticketing, workflow

SOURCES: dict[str, Source] = {
    source.name: source
    for source in (
        *(box_office.SOURCE, square.SOURCE, cruva.SOURCE, loyalty.SOURCE),
        *(clickfunnels.SOURCE, ads.SOURCE, attendance.SOURCE, workflow.SOURCE, ticketing.SOURCE),
    )
}
# Of which a home's settings may say something.
HOME_SEEDS: tuple[Seed, ...] = (
    *(seed for source in SOURCES.values() for seed in source.home_seeds),
    *own_seeds(SOURCES),
)


def check_settings(settings: Settings) -> None:
    """Read what the environment says of tables, and of every source. Raises `ConfigError`."""
    settings.of(sheet_settings)
    for source in SOURCES.values():
        for read in source.settings:
            settings.of(read)
