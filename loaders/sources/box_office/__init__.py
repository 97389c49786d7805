"""Box office: sales reports that a ticketing system prints, history, and edited metadata.

The ticketing system offers no API. Every morning it prints a PDF that lists each performance with its sales to date.
We keep one row per printed line and never correct one: a corrected report is a new file, and the models choose.

    landing/box_office/**.pdf           ->  reports, performance_sales_rows, price_type_rows,
                                            package_sales_rows, package_renewal_rows
    landing/box_office/**.csv           ->  history_rows, migration_rows, comparison_rows
    landing/box_office/metadata/**.csv  ->  metadata_edits (and `ledgerline edit performance`)
    a mailbox, where one is set         ->  landing/box_office/org=<id>/inbox/

All in `raw_box_office`, merged on tenant, file hash and row (metadata: and field), first landed stays. Not loaded: the
login of whoever ran a report, and group rows other than their label, since they are sums that the parser has checked.
"""

from __future__ import annotations

from collections.abc import Iterable

from loaders.config import Settings
from loaders.source import Extracted, File, Kind, Parsed, Quarantined, Source
from loaders.sources.box_office import csv_kinds, edits
from loaders.sources.box_office.seeds import SEEDS
from loaders.sources.box_office.settings import mailbox, timezone
from loaders.sources.box_office.tables import TABLES
from loaders.warehouse.engine import Warehouse


def _read_report(content: bytes, file: File, settings: Settings, sidecar: bytes | None) -> Parsed:
    # Imported by the reader processes alone: the parent never needs the PDF libraries.
    from loaders.sources.box_office.pdf import read_report  # noqa: PLC0415

    return read_report(content, file, settings, sidecar)


def _check_size(file: File, settings: Settings) -> None:
    size, limit = file.size(), settings.pdf_limits.max_bytes
    if size > limit:
        raise Quarantined("file_too_large", f"found {size} bytes, expected at most {limit} (LEDGERLINE_PDF_MAX_BYTES)")


PDF = Kind("report", "1", _read_report, check=_check_size, isolated=True)
METADATA = Kind("metadata", csv_kinds.VERSION, csv_kinds.read_metadata_csv)
SALES_CSV = Kind("csv", csv_kinds.VERSION, csv_kinds.read_sales_csv)


def kind_of(file: File) -> Kind:
    """PDF by ending, metadata by folder, the other CSV kinds by their header."""
    if file.suffix == ".pdf":
        return PDF
    if file.suffix == ".csv":
        return METADATA if "metadata" in file.folders else SALES_CSV
    raise Quarantined("unsupported_file", f"found a {file.suffix or 'nameless'} file, expected .pdf or .csv")


def fetch_mails(settings: Settings, warehouse: Warehouse, mode: str, tenant: str) -> Iterable[Extracted]:
    """Put reports that came by mail into landing/, where there is a mailbox."""
    if not settings.of(mailbox).is_set:
        return ()
    from loaders.sources.box_office.mailbox import fetch  # noqa: PLC0415 - most homes have none

    return fetch(settings, warehouse, mode, tenant)


SOURCE = Source(
    name="box_office",
    tables=TABLES,
    kind_of=kind_of,
    sidecar_of=lambda path: path.with_name(path.name + ".json") if path.suffix.lower() == ".pdf" else None,
    is_sidecar=lambda path: path.name.lower().endswith(".pdf.json"),
    preload=("loaders.sources.box_office.pdf",),
    follows=lambda settings: (settings.of(timezone),),
    settings=(timezone, mailbox),
    extract=fetch_mails,
    home_seeds=SEEDS,
    edits={"performance": edits.PERFORMANCE},
)
