"""Workflow: what went wrong in the automations between the funnel's tools.

The automation tool lists its failed executions; people export the list or let it write a file.

    landing/workflow/**.csv, **.xlsx, **.json, **.jsonl, …  ->  raw_workflow.errors

Merged on tenant, file hash and line; the same failure in two files is one in the mart. A time in words is kept as text
beside the time the row was made. Not loaded: executions that succeeded.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date

import pyarrow as pa

from loaders.config import Settings
from loaders.readers.json_text import elements, require_storable
from loaders.readers.sheets import TEXT_SUFFIXES, WORKBOOK_SUFFIXES, Column, Layout, read_tables, unsupported
from loaders.readers.sheets.columns import Value
from loaders.source import File, Kind, Parsed, Quarantined, Rejection, Source, Unreadable, raw_table
from loaders.sources.funnel.seeds import HEADER_ALIASES
from loaders.sources.funnel.settings import funnel_settings, of_times
from loaders.sources.funnel.values import export_text, header_book, instant, log_unknown, spelled_instant

_TEXTS = ("workflow_name", "error_node", "error_message", "error_timestamp", "execution_id", "created_at")

_ERRORS = Layout(
    "workflow_errors",
    "a list of errors of workflows",
    # When an error was may be said in words.
    (*(Column(name, "name") for name in _TEXTS if name != "created_at"), Column("created_at", "moment"), Column("id")),
    (("workflow_name",),),
    order="",
)

TABLE = raw_table("errors", [pa.field(name, pa.string()) for name in (*_TEXTS, "error_at", "extra")])


def read_errors(content: bytes, file: File, settings: Settings, sidecar: bytes | None) -> Parsed:
    """Read one list of errors. Raises `Quarantined` (`unreadable`, `unknown_kind`, what a table is refused for)."""
    is_json = content.lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n")[:1] in (b"{", b"[")
    found = _of_json(export_text(content)) if is_json else _of_table(content, file, settings)
    landed: list[dict[str, str | int | None]] = []
    rejections: list[Rejection] = []
    for line, cells, said in found:
        try:
            if isinstance(cells, Unreadable):
                raise cells
            landed.append({**_row(cells, settings), "_source_row": line})
        except Unreadable as why:
            rejections.append(Rejection(line, why.reason_code, why.message, said))
    return Parsed({TABLE.name: landed}, len(found), len(landed), rejections)


def _of_table(content: bytes, file: File, settings: Settings) -> list[tuple[int, Mapping[str, str] | Unreadable, str]]:
    found: list[tuple[int, Mapping[str, str] | Unreadable, str]] = []
    for sheet in read_tables(content, header_book(settings, _ERRORS), settings):
        log_unknown(file.source_file, sheet.unknown)
        for row in sheet.rows:
            texts = {name: _spelled(name, value, settings) for name, value in row.values.items()}
            found.append((row.line, {**texts, **row.extra}, row.text))
        for each in sheet.rejections:
            found.append((each.source_row, Unreadable(each.reason_code, each.message), each.raw_text))
    return sorted(found, key=lambda each: each[0])


def _spelled(name: str, value: Value, settings: Settings) -> str:
    if isinstance(value, date):
        return spelled_instant(name, value, settings)
    return "" if value is None else str(value)


def _of_json(text: str) -> list[tuple[int, Mapping[str, str] | Unreadable, str]]:
    found: list[tuple[int, Mapping[str, str] | Unreadable, str]] = []
    for line, entry, said in elements(text):
        if entry is None:
            found.append((line, Unreadable("bad_json", "found text that is no JSON, expected one object a line"), said))
        elif not isinstance(entry, dict) or "workflow_name" not in entry:
            found.append((line, Unreadable("unknown_kind", "found no workflow_name, expected an error"), said))
        else:
            texts = {name: "" if value is None else str(value).strip() for name, value in entry.items()}
            try:
                require_storable(texts)
            except Unreadable as why:
                found.append((line, why, said))
            else:
                found.append((line, texts, said))
    if found and all(isinstance(cells, Unreadable) for _, cells, _ in found):
        raise Quarantined("unknown_kind", "found JSON without workflow_name, expected a list of errors")
    return found


def _row(found: Mapping[str, str], settings: Settings) -> dict[str, str | None]:
    """One error. Its time may be in words where the row says when it was made."""
    if not found.get("workflow_name"):
        raise Unreadable("missing_field", "workflow_name is blank")
    row: dict[str, str | None] = {name: found.get(name) or None for name in _TEXTS}
    if row["created_at"]:
        row["created_at"] = instant("created_at", row["created_at"], settings)
    try:
        row["error_at"] = instant("error_timestamp", row["error_timestamp"] or "", settings)
    except Unreadable as why:
        if not row["created_at"]:
            raise Unreadable("bad_date", f"{why.message}; and created_at is blank") from None
        row["error_at"] = None
    extra = {name: value for name, value in found.items() if name not in (*_TEXTS, "id")}
    row["extra"] = json.dumps(extra, ensure_ascii=False, sort_keys=True)
    return row


ERRORS = Kind("errors", "2", read_errors)


def kind_of(file: File) -> Kind:
    """A table or JSON, as its first character tells."""
    if file.suffix in (*TEXT_SUFFIXES, ".txt", *WORKBOOK_SUFFIXES, ".json", ".jsonl", ".ndjson"):
        return ERRORS
    raise unsupported(file, (".txt", ".json", ".jsonl"))


SOURCE = Source(
    name="workflow",
    tables=(TABLE,),
    kind_of=kind_of,
    follows=of_times,
    seeds=(HEADER_ALIASES,),
    settings=(funnel_settings,),
)
