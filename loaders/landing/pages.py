"""Landing what an API answers: its pages, with the same books as files."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from loaders.config import Settings
from loaders.landing.books import Known
from loaders.landing.fates import Fate, Read, Refused
from loaders.landing.reading import attempt_of, beyond_bounds, read_bytes
from loaders.landing.repeats import path_key
from loaders.landing.retries import only_rejected, refused_rows
from loaders.landing.writing import BATCH_BYTES, BATCH_FILES, Outcome, size_of, write_batch
from loaders.settings.lookup import seed_digest
from loaders.source import Extracted, Page, Quarantined, Source
from loaders.warehouse.engine import Warehouse


def _read(
    source: Source, settings: Settings, warehouse: Warehouse, known: Known, page: Page, attempt: str
) -> Read | Refused:
    kind = source.kind_of(page.file)
    try:
        parsed = read_bytes(kind.read, page.content, page.file, settings, None)
    except Quarantined as quarantined:
        return Refused(page.file, quarantined, attempt)
    except Exception as error:
        if verdict := beyond_bounds(error):
            return Refused(page.file, verdict, attempt)
        raise
    if known.refused_as(page.file, attempt) is not None:
        parsed = only_rejected(parsed, refused_rows(warehouse, known, page.file, attempt))
    return Read(page.file, parsed, attempt, is_retry=known.holds_rejected(page.file, attempt))


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
    words = seed_digest(source.seeds, settings.home)
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
            attempt = attempt_of(source, kind, page.file, settings, words)
            if known.holds(page.file, attempt) or path_key(page.file) in read:
                outcome.files_known += 1
                continue
            read.add(path_key(page.file))
            outcome.files_new += 1
            fate = known.copy_of(page.file, attempt)
            if fate is None:
                fate = _read(source, settings, warehouse, known, page, attempt)
                known.remember(fate)
            batch.append(fate)
            size += size_of(fate)
            if len(batch) >= BATCH_FILES or size >= BATCH_BYTES:
                land_batch()
    land_batch()
    return outcome
