"""The programme's tables straight from its SQL database, as exports dated the day of the as-of.

Each table becomes the CSV text that an export of it would be, with the listed columns alone and rows in the order of
their text, so that unchanged content has an unchanged digest.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from loaders.config import Settings
from loaders.source import Extracted, File, Page
from loaders.sources.loyalty.settings import database_url
from loaders.sources.loyalty.tables import LAYOUTS, Layout
from loaders.warehouse.engine import Warehouse


def extract(settings: Settings, warehouse: Warehouse, mode: str, tenant: str) -> Iterator[Extracted]:
    """The tables whose content is not what the day's last reading gave.

    Yields what went wrong in words, and never the URL.
    """
    url = settings.of(database_url)
    if not url or tenant:
        return
    try:
        found = _tables(url)
    except Exception as error:
        # The driver's own message may quote the URL, and with it the password.
        yield (
            f"loyalty database: not read ({type(error).__name__}); check LOYALTY_DATABASE_URL and the driver it names."
            " The next run tries again."
        )
        return
    if not found:
        yield f"loyalty database: found none of the tables {', '.join(layout.name for layout in LAYOUTS)}."
    for layout in LAYOUTS:
        if layout.name not in found:
            continue
        missing = [name for name in layout.required if name not in found[layout.name]]
        if missing:
            yield f"loyalty database: table {layout.name} has no column {', '.join(missing)}; it was not read."
            continue
        names = [column.name for column in layout.columns if column.name in found[layout.name]]
        try:
            rows = _rows(url, layout, names)
        except Exception as error:
            yield f"loyalty database: {layout.name} was not read ({type(error).__name__}). The next run tries again."
            continue
        landed = _digests_of_the_day(settings, warehouse, layout)
        page = _page_unless_it_stands(names, rows, settings.as_of.date(), landed)
        if page is not None:
            name = f"sql:{layout.name}"
            yield Page(File(Path(name), name, settings.organization, hashlib.sha256(page).hexdigest()), page)


def _tables(url: str) -> dict[str, list[str]]:
    """The columns of those of our tables that are there."""
    import sqlalchemy  # noqa: PLC0415 - only where a database is read

    engine = sqlalchemy.create_engine(url)
    try:
        inspector = sqlalchemy.inspect(engine)
        there = {*inspector.get_table_names(), *inspector.get_view_names()}
        return {
            layout.name: [column["name"] for column in inspector.get_columns(layout.name)]
            for layout in LAYOUTS
            if layout.name in there
        }
    finally:
        engine.dispose()


def _rows(url: str, layout: Layout, names: list[str]) -> list[tuple[str, ...]]:
    """One table as text, in the order of that text."""
    from dlt.sources.sql_database import sql_table  # noqa: PLC0415

    table = sql_table(url, table=layout.name, included_columns=names, defer_table_reflect=True)
    return sorted(tuple(_text(row.get(name)) for name in names) for row in table)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return (value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return format(value, "f") if isinstance(value, (Decimal, float)) else str(value)


def _digests_of_the_day(settings: Settings, warehouse: Warehouse, layout: Layout) -> list[str]:
    """The digests under which the table landed today, oldest first."""
    warehouse.create_missing("raw_loyalty", [layout.table])
    with warehouse.connect() as connection:
        return [
            digest
            for digest, _ in connection.query(
                f"select _source_hash, max(_landed_run) from raw_loyalty.{layout.name}"
                " where organization_id = %s and _source_file = %s and export_date = %s"
                " group by _source_hash order by 2",
                settings.organization,
                f"sql:{layout.name}",
                settings.as_of.date(),
            )
        ]


def _page_unless_it_stands(names: list[str], rows: list[tuple[str, ...]], day: date, landed: list[str]) -> bytes | None:
    """The page to land; None where it is what the day's last reading gave.

    It says which of the day's readings it is, so that content which comes back on a day is another page.
    """
    reading = 1
    while True:
        stream = io.StringIO(newline="")
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow([*names, "read_on"])
        writer.writerows([*row, f"{day} ({reading})"] for row in rows)
        page = stream.getvalue().encode()
        digest = hashlib.sha256(page).hexdigest()
        if digest not in landed:
            return page
        if digest == landed[-1]:
            return None
        reading += 1
