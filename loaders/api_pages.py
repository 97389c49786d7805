"""Landing what an API answers: its pages, with the same books as files."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from loaders.audit import Fate, Known
from loaders.config import Settings
from loaders.landing import BATCH_BYTES, BATCH_FILES, Outcome, size_of, write_batch
from loaders.repeats import path_key
from loaders.source import Extracted, Page, Quarantined, Source
from loaders.warehouse import Warehouse


def land_pages(
    source: Source,
    settings: Settings,
    warehouse: Warehouse,
    landed_run: int,
    pages: Iterable[Extracted],
) -> Outcome:
    """Land the pages of an API as they come, with the same books as files.

    Between pages stand problems, as text; what to do once everything before it is in the books, such as remembering how
    far a resource was read; and None where everything so far must land before the next page is asked for.
    """
    outcome = Outcome()
    known = Known.read(source, warehouse)
    warehouse.create_missing(source.schema, source.tables)
    batch: list[Fate] = []
    once_landed: list[Callable[[], None]] = []
    # Empty windows answer alike.
    read: set[tuple[str, str, str]] = set()

    size = 0

    def land_batch() -> None:
        nonlocal size
        size = 0
        write_batch(source, settings, warehouse, landed_run, batch, outcome)
        batch.clear()
        for call in once_landed:
            call()
        once_landed.clear()

    for page in pages:
        if page is None:
            land_batch()
        elif isinstance(page, str):
            outcome.problems.append(page)
            outcome.failures.append(page)
        elif not isinstance(page, Page):
            once_landed.append(page)
        else:
            kind = source.kind_of(page.file)
            attempt = f"{kind.name}:{kind.version}:"
            if known.holds(page.file, attempt) or path_key(page.file) in read:
                outcome.files_known += 1
                continue
            read.add(path_key(page.file))
            outcome.files_new += 1
            fate = known.copy_of(page.file, attempt)
            if fate is None:
                try:
                    fate = Fate(page.file, kind.read(page.content, page.file, settings, None), attempt=attempt)
                except Quarantined as quarantined:
                    fate = Fate(page.file, quarantine=quarantined, attempt=attempt)
                known.remember(fate)
            batch.append(fate)
            size += size_of(fate)
            if len(batch) >= BATCH_FILES or size >= BATCH_BYTES:
                land_batch()
    land_batch()
    return outcome
