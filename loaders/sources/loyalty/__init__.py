"""Loyalty: a creator programme's own tables: who takes part, by which rules, what was granted and corrected by hand.

The programme's application exports each table, whole, whenever somebody asks; or its SQL database is read directly. The
date of an export goes by the same rule as a videos export's: its file's name, a folder, or its last change.

    landing/loyalty/**.csv             ->  raw_loyalty.clients, tiers, users, missions, sales_adjustments,
                                           redemptions, handle_changes
    LOYALTY_DATABASE_URL (any of SQLAlchemy's)  ->  the same tables, dated the day of the as-of

Merged on export date, file hash and line. A row's client is its own `client_id`, whatever the folder. The header tells
the table. Not loaded: columns that are not listed in `tables.py`, so that e-mail addresses and payment data stay out.
"""

from __future__ import annotations

from loaders.readers.export_dates import scope_of
from loaders.readers.sheets import TEXT_SUFFIXES, WORKBOOK_SUFFIXES, unsupported
from loaders.source import File, Kind, Source
from loaders.sources.loyalty import database, exports
from loaders.sources.loyalty.look_back import look_back
from loaders.sources.loyalty.settings import database_url
from loaders.sources.loyalty.tables import RAW_TABLES

EXPORT = Kind("export", exports.VERSION, exports.read_export)


def kind_of(file: File) -> Kind:
    """Every table is an export; its header tells of which."""
    if file.suffix in (*TEXT_SUFFIXES, *WORKBOOK_SUFFIXES) or file.source_file.startswith("sql:"):
        return EXPORT
    raise unsupported(file)


SOURCE = Source(
    name="loyalty",
    tables=RAW_TABLES,
    kind_of=kind_of,
    scope_of=scope_of,
    prepare=exports.observed,
    extract=database.extract,
    settings=(database_url,),
    built=look_back,
    bad_tenant="missing_client",
)
