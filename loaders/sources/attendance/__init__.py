"""Attendance: how many people watched each day of a live challenge, as somebody counted them.

Nobody offers these counts over an API: a person reads them off the streaming platform and writes a line a day. A count
that is corrected is a new line in a new file, and the models let the last landed hold.

    landing/attendance/**.csv, **.tsv, **.txt, **.xlsx, **.xls, **.ods  ->  raw_attendance.platform_counts

Merged on tenant, file hash and line. A blank count is unknown, not 0. Not loaded: who attended; those are events of
ClickFunnels.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

import pyarrow as pa

from loaders.config import Settings
from loaders.readers.sheets import TEXT_SUFFIXES, WORKBOOK_SUFFIXES, Column, Layout, Row, read_tables, unsupported
from loaders.readers.words import plain_word
from loaders.source import File, Kind, Parsed, Rejection, Source, Unreadable, raw_table
from loaders.sources.funnel.seeds import HEADER_ALIASES
from loaders.sources.funnel.settings import funnel_settings, of_days
from loaders.sources.funnel.values import header_book, log_unknown

_COLUMNS = ("date", "platform", "participant_count")
_PLATFORMS = {"youtube": "YouTube", "zoom": "Zoom"}
_MOST = 2**31 - 1

TABLE = raw_table("platform_counts", [pa.field(name, pa.string()) for name in (*_COLUMNS, "extra")])
COUNTS_LAYOUT = Layout(
    TABLE.name,
    "a list of counts",
    (Column("date", "date"), Column("platform"), Column("participant_count", "count")),
    tuple((name,) for name in _COLUMNS),
    least_alike=2,
    needed=(("date",), ("platform",)),
    keys=("date", "platform"),
    # Whoever counts writes dates as they do: there is no tool whose order it would be.
    order="",
)


def read_counts(content: bytes, file: File, settings: Settings, sidecar: bytes | None) -> Parsed:
    """Read one list of counts. Raises `Quarantined` (`unreadable`, `unknown_kind`, `missing_column`, …)."""
    landed: list[dict[str, str | int | None]] = []
    rejections: list[Rejection] = []
    read = skipped = 0
    for sheet in read_tables(content, header_book(settings, COUNTS_LAYOUT), settings):
        log_unknown(file.source_file, sheet.unknown)
        read, skipped = read + sheet.rows_read, skipped + sheet.rows_skipped
        rejections += sheet.rejections
        for row in sheet.rows:
            try:
                landed.append({**_count(row), "_source_row": row.line})
            except Unreadable as why:
                rejections.append(Rejection(row.line, why.reason_code, why.message, row.text))
    return Parsed({TABLE.name: landed}, read, len(landed), rejections, rows_skipped=skipped)


def _count(row: Row) -> Mapping[str, str | None]:
    """One count; a blank one is unknown, not 0."""
    day, platform, count = (row.values[name] for name in _COLUMNS)
    if plain_word(str(platform)) not in _PLATFORMS:
        expected = " or ".join(_PLATFORMS.values())
        raise Unreadable("bad_type", f"platform is {str(platform)[:40]!r}, expected {expected}")
    if isinstance(count, int) and count < 0:
        raise Unreadable("negative_value", f"participant_count is {count}, expected 0 or more")
    if isinstance(count, int) and count > _MOST:
        raise Unreadable("bad_number", f"participant_count is {count}, more people than there can be")
    return {
        "date": str(day),
        "platform": _PLATFORMS[plain_word(str(platform))],
        "participant_count": None if count is None else str(count),
        "extra": json.dumps(row.extra, ensure_ascii=False),
    }


COUNTS = Kind("counts", "2", read_counts)


def kind_of(file: File) -> Kind:
    """Every table is a list of counts."""
    if file.suffix in (*TEXT_SUFFIXES, ".txt", *WORKBOOK_SUFFIXES):
        return COUNTS
    raise unsupported(file, (".txt",))


SOURCE = Source(
    name="attendance",
    tables=(TABLE,),
    kind_of=kind_of,
    follows=of_days,
    seeds=(HEADER_ALIASES,),
    settings=(funnel_settings,),
)
