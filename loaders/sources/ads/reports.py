"""Reports of Meta and Google ads: which rows are ads' days, and what each says."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path

from loaders.config import Settings
from loaders.readers.sheets import Row, Sheet, read_tables
from loaders.source import File, Parsed, Quarantined, Rejection, Unreadable
from loaders.sources.ads.layouts import ACCOUNT_FOLDER, LAYOUTS, NUMBERS
from loaders.sources.funnel.values import header_book, log_unknown

VERSION = "4"

# One absurd row must not overflow a mart, and so fail everybody's build.
_MOST = 10**10
_CENT = Decimal("0.01")


def account_folder(source_file: str) -> str:
    """The ad account that a path names, '' for none."""
    accounts = [part[8:].strip() for part in Path(source_file).parts[1:-1] if part.startswith("account=")]
    return (accounts or [""])[-1]


def read_report(content: bytes, file: File, settings: Settings, sidecar: bytes | None) -> Parsed:
    """Read one report. Raises `Quarantined` for a file that is no daily report or does not tie to its totals rows."""
    landed: dict[str, list[Mapping[str, str | int | None]]] = {}
    rejections: list[Rejection] = []
    read = skipped = duplicates = 0
    folder = account_folder(file.source_file)
    for sheet in read_tables(content, header_book(settings, *LAYOUTS), settings):
        log_unknown(file.source_file, sheet.unknown)
        _require_days(sheet)
        read, skipped = read + sheet.rows_read, skipped + sheet.rows_skipped
        duplicates += sheet.rows_duplicate
        rejections += sheet.rejections
        rows = landed.setdefault(sheet.layout.name, [])
        numbers = [column.name for column in sheet.layout.columns if column.kind in NUMBERS]
        for row in sheet.rows:
            if all(row.values.get(name) is None for name in numbers):
                # An ad that was not delivered.
                skipped += 1
                continue
            try:
                rows.append({**_read_row(sheet, row), ACCOUNT_FOLDER: folder, "_source_row": row.line})
            except Unreadable as why:
                rejections.append(Rejection(row.line, why.reason_code, why.message, row.text))
    return Parsed(landed, read, sum(map(len, landed.values())), rejections, duplicates, skipped)


def _require_days(sheet: Sheet) -> None:
    """Raise `Quarantined` (`not_daily`) for a report without a day whose rows span several."""
    if "day" in sheet.titles:
        return
    starts, ends = sheet.titles.get("reporting_starts", ""), sheet.titles.get("reporting_ends", "")
    for row in sheet.rows:
        first, last = row.values.get("reporting_starts"), row.values.get("reporting_ends")
        if first is None or first != last:
            raise Quarantined(
                "not_daily",
                f"row {row.line}: found {first or 'a blank'} in {starts!r} and {last or 'nothing'} in"
                f" {ends or 'no column of ends'!r}, expected a row per day; export it again with the breakdown by day",
            )


def _read_row(sheet: Sheet, row: Row) -> dict[str, str | None]:
    found: dict[str, str | None] = {}
    for column in sheet.layout.columns:
        value = row.values.get(column.name)
        if isinstance(value, (int, Decimal)):
            found[column.name] = _number(sheet.titles[column.name], Decimal(value), is_money=column.kind == "money")
        else:
            found[column.name] = value.isoformat() if isinstance(value, date) else None if value is None else str(value)
    found["day"] = found["day"] or found.get("reporting_starts")
    if found["spend"] is None:
        raise Unreadable("missing_field", f"{sheet.titles['spend']} is blank")
    if found["campaign_name"] == "--":
        raise Unreadable("missing_field", f"{sheet.titles['campaign_name']} is blank")
    found["currency"] = row.currency
    found["extra"] = json.dumps(row.extra, ensure_ascii=False)
    return found


def _number(title: str, value: Decimal, *, is_money: bool) -> str:
    if value < 0:
        raise Unreadable("negative_value", f"{title} is {value}, expected 0 or more")
    if value >= _MOST:
        raise Unreadable("bad_number", f"{title} is {value}, expected less than {_MOST:,}")
    if is_money and value == value.quantize(_CENT):
        value = value.quantize(_CENT)
    return format(value, "f")
