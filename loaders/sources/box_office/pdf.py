"""A printed report: bytes in, raw rows out, or the reason why it is refused.

The title line tells the kind. A report is proved by its own totals, so one bad cell refuses it whole.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime
from typing import Any

from loaders.config import PdfLimits, Settings, local_instant, start_of_day
from loaders.readers.dates import Implausible, read_instant, span
from loaders.source import File, Parsed, Quarantined
from loaders.sources.box_office import packages, performance_sales, price_types
from loaders.sources.box_office.geometry import KINDS, TITLE_LIMIT, Geometry
from loaders.sources.box_office.page import Document, Page, check_bytes
from loaders.sources.box_office.report import Body, Findings, Parameters
from loaders.sources.box_office.settings import timezone

VERSION = "1"

_PARSERS: dict[str, tuple[str, Callable[[Iterable[Page], Parameters, Findings], Body]]] = {
    "performance_sales": ("performance_sales_rows", performance_sales.parse),
    "price_types": ("price_type_rows", price_types.parse),
    "package_sales": ("package_sales_rows", packages.parse_sales),
    "package_renewals": ("package_renewal_rows", packages.parse_renewals),
}


def read_report(content: bytes, file: File, settings: Settings, sidecar: bytes | None) -> Parsed:
    """Read one report of any kind. Raises `Quarantined` with the first reason that applies."""
    check_bytes(content)
    document = _open(content, settings.pdf_limits)
    pages = document.pages()
    first = next(pages)
    if not first.words and not any(page.words for page in pages):
        raise Quarantined("image_only_pdf", "found no text on any page, expected a printed report, not a scan")
    geometry = _kind(first)
    findings, parameters = Findings(), Parameters()
    table, parse = _PARSERS[geometry.kind]
    body = parse(_chain(first, pages), parameters, findings)
    email_date = _email_date(sidecar)
    snapshot_date, basis, run_at = _dates(parameters, document, email_date, settings, findings)
    findings.raise_first()
    run = {
        "source": "pdf_webhook" if "webhook" in file.folders else "pdf_import",
        "snapshot_date": snapshot_date,
        "report_run_at": run_at,
        "request_id": parameters.request_id,
    }
    report = {
        **run,
        "_source_row": 10_001,
        "report_kind": geometry.kind,
        "snapshot_date_basis": basis,
        "season_list": parameters.season_list,
        "include_resold": parameters.include_resold,
        "ticket_price_only": parameters.ticket_price_only,
        "page_count": document.page_count,
        "row_count": len(body.rows),
        "group_count": body.group_count,
        "printed_total_tickets": body.printed_total_tickets,
        "printed_total_revenue": body.printed_total_revenue,
        "email_date": email_date,
        "parser_version": VERSION,
    }
    return Parsed(
        tables={"reports": [report], table: [{**row, **run} for row in body.rows]},
        rows_read=len(body.rows),
        rows_landed=len(body.rows),
    )


def _open(content: bytes, limits: PdfLimits) -> Document:
    """Open a PDF. Bytes may stand before its header (a mail gateway's, say); its offsets count from either start."""
    header = content.index(b"%PDF-")
    if header:
        try:
            return Document(content[header:], limits)
        except Quarantined as quarantined:
            if quarantined.reason_code != "truncated_pdf":
                raise
    return Document(content, limits)


def _chain(first: Page, rest: Iterator[Page]) -> Iterator[Page]:
    yield first
    yield from rest


def _kind(page: Page) -> Geometry:
    """The report kind by a line in the top of page 1 that contains its title; the longest title wins."""
    found: list[Geometry] = []
    for geometry in KINDS:
        lines = page.lines(geometry.line_tolerance)
        if any(geometry.title in line.text for line in lines if line.top <= TITLE_LIMIT):
            found.append(geometry)
    if not found:
        raise Quarantined(
            "unknown_report",
            f"page 1: found no known title in its top {TITLE_LIMIT:.0f} pt, expected one of "
            + ", ".join(repr(geometry.title) for geometry in KINDS),
        )
    return max(found, key=lambda geometry: len(geometry.title))


def _email_date(sidecar: bytes | None) -> datetime | None:
    """The instant a sidecar gives; an unreadable sidecar counts as none."""
    if sidecar is None:
        return None
    try:
        said: Any = json.loads(sidecar)
    except (ValueError, RecursionError):
        return None
    text = said.get("email_date") if isinstance(said, dict) else None
    try:
        return read_instant(text) if isinstance(text, str) else None
    except Implausible:
        return None


def _dates(
    parameters: Parameters, document: Document, email_date: datetime | None, settings: Settings, findings: Findings
) -> tuple[date | None, str | None, datetime | None]:
    """The snapshot date, what it rests on, and the UTC instant of the run. Never the file's name or its arrival."""
    zone = settings.of(timezone)
    created = document.created_at()
    candidates = (
        (parameters.historical_date, "historical_date"),
        (parameters.run_at.date() if parameters.run_at else None, "run_at"),
        (parameters.page_date, "page_date"),
        (created[0].date() if created else None, "creation_date"),
        (email_date.astimezone(zone).date() if email_date else None, "email_date"),
    )
    day, basis = next(((day, basis) for day, basis in candidates if day is not None), (None, None))
    if day is None:
        findings.note(
            "missing_report_date",
            "page 1",
            "found no Historical Date, footer date, page date or CreationDate; add a sidecar NAME.pdf.json with "
            f'{{"email_date": "<RFC 3339>"}}, {span()}',
        )
        return None, None, None
    run_at = local_instant(parameters.run_at, zone) if parameters.run_at else None
    if parameters.run_at and run_at is None:
        findings.note(
            "unreadable_cell", "page 1", f"the footer's time {parameters.run_at} does not exist in {zone.key}"
        )
    if run_at is None and created is not None:
        moment, has_offset = created
        run_at = moment.astimezone(UTC) if has_offset else local_instant(moment, zone)
    return day, basis, run_at or start_of_day(day, zone)
