"""Attendance: how many people watched each day of a live challenge, as somebody counted them.

Nobody offers these counts over an API: a person reads them off the streaming platform and writes a line a day. A count
that is corrected is a new line in a new file, and the models let the last landed hold.

    landing/attendance/**.csv, **.tsv, **.txt  ->  raw_attendance.platform_counts

Merged on tenant, file hash and line. A blank count is unknown, not 0. Not loaded: who attended; those are events of
ClickFunnels.
"""

from __future__ import annotations

import json

import pyarrow as pa

from loaders.config import Settings
from loaders.readers.words import plain_word
from loaders.source import File, Kind, Parsed, Quarantined, Rejection, Source, Unreadable, raw_table
from loaders.sources.funnel.seeds import HEADER_ALIASES
from loaders.sources.funnel.settings import funnel_settings, of_days
from loaders.sources.funnel.values import (
    csv_export,
    day,
    export_text,
    found_cells,
    log_unknown,
    required,
    targets,
    whole_number,
)

_COLUMNS = ("date", "platform", "participant_count")
_PLATFORMS = {"youtube": "YouTube", "zoom": "Zoom"}

TABLE = raw_table("platform_counts", [pa.field(name, pa.string()) for name in (*_COLUMNS, "extra")])


def read_counts(content: bytes, file: File, settings: Settings, sidecar: bytes | None) -> Parsed:
    """Read one list of counts. Raises `Quarantined` (`unreadable`, `unknown_kind`, `missing_column`)."""
    text = export_text(content)
    line, header, records = csv_export(text)
    names = targets("platform_counts", header, settings)
    missing = [name for name in _COLUMNS if name not in names]
    if missing:
        code = "missing_column" if len(missing) < len(_COLUMNS) else "unknown_kind"
        raise Quarantined(code, f"line {line}: found no column {', '.join(missing)}, expected {', '.join(_COLUMNS)}")
    log_unknown(file.source_file, set(names) - set(_COLUMNS))
    landed: list[dict[str, str | int | None]] = []
    rejections: list[Rejection] = []
    skipped = 0
    for record in records:
        if record.cells and not any(record.cells):
            skipped += 1
            continue
        try:
            found = found_cells(names, record)
            required(found, "date", "platform")
            row = {
                "date": day("date", found["date"], settings),
                "platform": _platform(found["platform"]),
                "participant_count": _count(found["participant_count"]),
                "extra": json.dumps({k: v for k, v in found.items() if k not in _COLUMNS}, ensure_ascii=False),
            }
        except Unreadable as why:
            rejections.append(Rejection(record.line, why.reason_code, why.message, record.text))
        else:
            landed.append({**row, "_source_row": record.line})
    return Parsed({TABLE.name: landed}, len(records), len(landed), rejections, rows_skipped=skipped)


def _platform(text: str) -> str:
    if plain_word(text) not in _PLATFORMS:
        raise Unreadable("bad_type", f"platform is {text[:40]!r}, expected {' or '.join(_PLATFORMS.values())}")
    return _PLATFORMS[plain_word(text)]


def _count(text: str) -> str | None:
    """A whole number of 0 or more; None for a blank, which is unknown."""
    if not text:
        return None
    count = whole_number("participant_count", text.replace(",", ""))
    if count.startswith("-"):
        raise Unreadable("negative_value", f"participant_count is {text[:40]!r}, expected 0 or more")
    if int(count) > 2**31 - 1:
        raise Unreadable("bad_number", f"participant_count is {text[:40]!r}, more people than there can be")
    return count


COUNTS = Kind("counts", "1", read_counts)


def kind_of(file: File) -> Kind:
    """Every text file is a list of counts."""
    if file.suffix in (".csv", ".tsv", ".txt"):
        return COUNTS
    raise Quarantined("unknown_kind", f"found a {file.suffix or 'nameless'} file, expected .csv")


SOURCE = Source(
    name="attendance",
    tables=(TABLE,),
    kind_of=kind_of,
    follows=of_days,
    seeds=(HEADER_ALIASES,),
    settings=(funnel_settings,),
)
