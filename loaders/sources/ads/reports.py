"""Reports of Meta and Google ads: header, number style, totals row, and the rows between."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

import pyarrow as pa

from loaders.config import Settings
from loaders.readers.csv_text import Record, check_header, records
from loaders.readers.sizes import MAX_COLUMNS
from loaders.source import File, Parsed, Quarantined, Rejection, Unreadable, raw_table
from loaders.sources.funnel.values import day, export_text, header_aliases, log_unknown, normalised
from loaders.warehouse.engine import Table

VERSION = "3"

# The `account=<id>` folder that a file lies in, '' for none. NULL in rows that an older version landed, which read no
# account at all.
ACCOUNT_FOLDER = "account_folder"

_PREAMBLE_LINES = 10
# Of a column; a longer cell is text.
_LONGEST_TITLE = 1_000
_NONE = ("", "--")
# One absurd row must not overflow a mart, and so fail everybody's build.
_DIGITS = 10
_NUMBER = re.compile(r"-?[\d.,]*\d[\d.,]*%?")


@dataclass(frozen=True)
class Report:
    """A platform's report: its columns, those that a row must have, and those that are numbers."""

    name: str
    columns: tuple[str, ...]
    counts: tuple[str, ...]
    decimals: tuple[str, ...]
    names: tuple[str, ...]

    @property
    def table(self) -> Table:
        fields = [pa.field(name, pa.string()) for name in (*self.columns, "extra", ACCOUNT_FOLDER)]
        return raw_table(self.name, fields, key=(ACCOUNT_FOLDER,))


META = Report(
    "meta_ads",
    columns=(
        *("day", "reporting_starts", "reporting_ends", "account_id", "account_name"),
        *("campaign_id", "campaign_name", "adset_id", "adset_name"),
        *("ad_id", "ad_name", "currency", "spend", "impressions", "clicks", "link_clicks", "landing_page_views"),
        *("landing_page_view_rate", "leads", "purchases", "results", "result_indicator", "frequency"),
    ),
    counts=("impressions", "clicks", "link_clicks", "landing_page_views", "leads", "purchases", "results"),
    decimals=("spend", "landing_page_view_rate", "frequency"),
    names=("campaign_id", "campaign_name", "adset_id", "adset_name", "ad_id", "ad_name"),
)
GOOGLE = Report(
    "google_ads",
    columns=(
        *("day", "account_id", "account_name", "campaign_id", "campaign_name", "adset_id", "adset_name", "ad_id"),
        *("currency", "spend", "impressions", "clicks", "conversions"),
    ),
    counts=("impressions", "clicks"),
    decimals=("spend", "conversions"),
    names=("campaign_id", "campaign_name", "adset_id", "adset_name", "ad_id"),
)


def account_folder(source_file: str) -> str:
    """The ad account that a path names, '' for none."""
    accounts = [part[8:].strip() for part in Path(source_file).parts[1:-1] if part.startswith("account=")]
    return (accounts or [""])[-1]


@dataclass(frozen=True)
class Header:
    """Where a report's header stands, what its columns are called here, and how it writes money."""

    report: Report
    line: int
    names: tuple[str, ...]
    currency: str | None
    is_decimal_comma: bool


def read_report(content: bytes, file: File, settings: Settings, sidecar: bytes | None) -> Parsed:
    """Read one report. Raises `Quarantined` for a file that is no daily report or does not tie to its totals row."""
    text = export_text(content)
    lines = text.splitlines(keepends=True)
    delimiter, header, start = _find_header(lines, settings)
    rows = list(records("".join(lines[start + 1 :]), delimiter=delimiter, broken="unreadable", is_headed=False))
    rows = [replace(row, line=row.line + start + 1) for row in rows]
    report = header.report
    log_unknown(file.source_file, set(header.names) - set(report.columns))
    cells = [dict(zip(header.names, row.cells, strict=False)) for row in rows]
    totals = [not row.too_large and _is_total(report, row, found) for row, found in zip(rows, cells, strict=True)]
    data = [(row, found) for row, found, total in zip(rows, cells, totals, strict=True) if not total]
    _require_days(header, [found for row, found in data if not row.too_large])
    is_comma = _decimal_comma(header, cells)
    landed: list[dict[str, str | int | None]] = []
    rejections: list[Rejection] = []
    folder = account_folder(file.source_file)
    for row, found in data:
        try:
            row.check()
            if len(row.cells) != len(header.names):
                raise Unreadable("missing_field", f"found {len(row.cells)} cells, expected {len(header.names)}")
            read = _read_row(header, found, is_comma, settings)
            landed.append({**read, ACCOUNT_FOLDER: folder, "_source_row": row.line})
        except Unreadable as why:
            rejections.append(Rejection(row.line, why.reason_code, why.message, row.text))
    if report is META and not rejections:
        _tie(landed, [found for found, total in zip(cells, totals, strict=True) if total], is_comma)
    return Parsed({report.name: landed}, len(rows), len(landed), rejections, rows_skipped=sum(totals))


def _find_header(lines: Sequence[str], settings: Settings) -> tuple[str, Header, int]:
    """The delimiter, the header, and the index of its line; at most ten lines of preamble stand before it."""
    best: tuple[str, Header, int] | None = None
    missing = ""
    too_wide: tuple[int, list[str]] | None = None
    for index, line in enumerate(lines[: _PREAMBLE_LINES + 1]):
        for delimiter in ("\t", ";", ","):
            cells = next(csv.reader(io.StringIO(line), delimiter=delimiter), [])
            if len(cells) > MAX_COLUMNS:
                too_wide = too_wide or (index + 1, cells)
            if len(cells) > MAX_COLUMNS or max(map(len, cells), default=0) > _LONGEST_TITLE:
                continue
            for report in (META, GOOGLE):
                header = _header(report, cells, index + 1, settings)
                if header and "spend" in header.names:
                    if "campaign_name" in header.names and (report is META or "day" in header.names):
                        best = best or (delimiter, header, index)
                    elif not missing:
                        lacking = [name for name in ("campaign_name", "day") if name not in header.names]
                        missing = f"line {index + 1}: found a {report.name} header, expected also {', '.join(lacking)}"
        if best:
            return best
    if too_wide:
        check_header(*too_wide)
    if missing:
        raise Quarantined("missing_column", missing)
    raise Quarantined("unknown_kind", "found no header of a Meta or Google ads report in the first lines")


def _header(report: Report, cells: Sequence[str], line: int, settings: Settings) -> Header | None:
    aliases = header_aliases(report.name, settings)
    names: list[str] = []
    currency = None
    commas = []
    for cell in cells:
        match = re.fullmatch(r"\s*(.*?)\s*\(([A-Za-z]{3})\)\s*", cell)
        plain = normalised(match[1]) if match else ""
        if match and aliases.get(plain, ("", False))[0] == "spend":
            currency = match[2].upper()
        else:
            plain = normalised(cell)
        target, is_comma = aliases.get(plain, (plain, False))
        if plain in aliases:
            commas.append(is_comma)
        names.append(target if target not in names else f"{target}__{names.count(target) + 1}")
    if "spend" not in names:
        return None
    return Header(report, line, tuple(names), currency, bool(commas) and sum(commas) * 2 > len(commas))


def _is_total(report: Report, row: Record, found: Mapping[str, str]) -> bool:
    if report is META:
        return all(found.get(name, "") in _NONE for name in report.names)
    first = row.cells[0].strip().lower()
    return (first == "total" or first.startswith("total:")) and found.get("day", "") in _NONE


def _require_days(header: Header, rows: Sequence[Mapping[str, str]]) -> None:
    if "day" in header.names:
        return
    for found in rows:
        starts, ends = found.get("reporting_starts", ""), found.get("reporting_ends", "")
        if not starts or starts != ends:
            raise Quarantined(
                "not_daily",
                f"found {starts or 'no day'} to {ends or 'no day'} in one row, expected a row per day; "
                "export it again with the breakdown by day",
            )


def _decimal_comma(header: Header, rows: Sequence[Mapping[str, str]]) -> bool:
    """Whether the comma is the decimal sign, once for the file.

    A value with both signs tells, else a sign that does not stand before exactly three digits, else the language.
    """
    both: set[bool] = set()
    single: set[bool] = set()
    for found in rows:
        for name in (*header.report.counts, *header.report.decimals):
            value = found.get(name, "").rstrip("%").strip()
            if "," in value and "." in value:
                both.add(value.rfind(",") > value.rfind("."))
            elif match := re.search(r"[.,]", value):
                sign = match[0]
                if value.count(sign) > 1:
                    single.add(sign == ".")
                elif not re.fullmatch(rf"-?\d{{1,3}}(?:\{sign}\d{{3}})+", value):
                    single.add(sign == ",")
    found_styles = both | single
    if len(found_styles) > 1:
        raise Quarantined(
            "mixed_number_style", "found decimal commas and decimal points in one file, expected one style"
        )
    return found_styles.pop() if found_styles else header.is_decimal_comma


def _number(name: str, text: str, is_comma: bool) -> str | None:
    if text in _NONE:
        return None
    value = text.rstrip("%").strip()
    thousands, sign = (".", ",") if is_comma else (",", ".")
    pattern = rf"-?(?:\d+|\d{{1,3}}(?:\{thousands}\d{{3}})+)(?:\{sign}\d+)?"
    if not _NUMBER.fullmatch(text) or not re.fullmatch(pattern, value) or len(value) > 18:
        raise Unreadable("bad_number", f"{name} is {text[:40]!r}, expected a number")
    plain = value.replace(thousands, "").replace(sign, ".")
    if plain.startswith("-"):
        raise Unreadable("negative_value", f"{name} is {text[:40]!r}, expected 0 or more")
    if len(plain.partition(".")[0].lstrip("0")) > _DIGITS:
        raise Unreadable("bad_number", f"{name} is {text[:40]!r}, expected less than 10 billion")
    return format(Decimal(plain) / 100, "f") if text.endswith("%") else plain


def _count(name: str, text: str, is_comma: bool) -> str | None:
    value = _number(name, text, is_comma)
    if value is not None and Decimal(value) != int(Decimal(value)):
        raise Unreadable("bad_number", f"{name} is {text[:40]!r}, expected a whole number")
    return None if value is None else str(int(Decimal(value)))


def _read_row(header: Header, found: Mapping[str, str], is_comma: bool, settings: Settings) -> dict[str, str | None]:
    report = header.report
    row: dict[str, str | None] = {
        name: None if found.get(name, "") in _NONE else found[name] for name in report.columns
    }
    row["day"] = row["day"] or row.get("reporting_starts")
    for name in ("day", "campaign_name", "spend"):
        if row[name] is None:
            raise Unreadable("missing_field", f"{name} is blank")
    row["day"] = day("day", row["day"] or "", settings)
    for name in report.counts:
        row[name] = _count(name, found.get(name, ""), is_comma)
    for name in report.decimals:
        row[name] = _number(name, found.get(name, ""), is_comma)
    row["currency"] = (header.currency or found.get("currency") or "").upper() or None
    extra = {name: value for name, value in found.items() if name not in report.columns}
    row["extra"] = json.dumps(extra, ensure_ascii=False)
    return row


def _tie(landed: Sequence[Mapping[str, object]], totals: Sequence[Mapping[str, str]], is_comma: bool) -> None:
    if len(totals) != 1:
        return
    try:
        printed = _number("spend", totals[0].get("spend", ""), is_comma)
    except Unreadable as why:
        raise Quarantined("totals_mismatch", f"the totals row's {why.message}") from None
    if printed is None:
        return
    found = sum((Decimal(str(row["spend"])) for row in landed), Decimal(0))
    if abs(found - Decimal(printed)) > Decimal("0.01"):
        raise Quarantined("totals_mismatch", f"rows sum to {found}, the totals row says {printed}; export it again")
