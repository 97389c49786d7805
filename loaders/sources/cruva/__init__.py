"""Cruva: the daily export of every video of a client's creators, with its lifetime numbers.

Somebody (or a job) downloads "My Videos" each day and drops it below the client's folder. The export carries no date: a
`Sync Date` column, the file's name, a folder or the file's last change tells which day it speaks of. A day's export
restates every video; all of them are kept, and the models ask the newest one known.

    landing/cruva/org=<client_id>/**.csv  ->  raw_cruva.videos, and raw_cruva.syncs for every file, refused ones too

Merged on client, sync date, file hash and line. Not loaded: `Summary` and `Total` lines, columns that the seed
`creators_header_aliases` does not know, and affiliates.csv, which disagreed with this export and is retired.
"""

from __future__ import annotations

from loaders.readers.export_dates import scope_of
from loaders.source import File, Kind, Source
from loaders.sources.cruva import videos
from loaders.sources.cruva.seeds import SEEDS

VIDEOS = Kind("videos", videos.VERSION, videos.read_videos, streamed=True)


def kind_of(_file: File) -> Kind:
    """Every file is a videos export until its header says otherwise, so that a refused one is listed too."""
    return VIDEOS


SOURCE = Source(
    name="cruva",
    tables=videos.TABLES,
    kind_of=kind_of,
    scope_of=scope_of,
    prepare=videos.observed,
    bad_tenant="missing_client",
    needs_tenant=True,
    seeds=SEEDS,
    home_seeds=SEEDS,
)
