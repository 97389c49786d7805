"""Package Sales Report and Package Sales Renewal Report: subscription packages sold, new against renewed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from loaders.readers.dates import span
from loaders.sources.box_office import geometry, values
from loaders.sources.box_office.page import Line, Page
from loaders.sources.box_office.report import (
    Body,
    Cells,
    Findings,
    Parameters,
    Sections,
    assign,
    check_sum,
    read_footer,
    read_parameters,
    split_body,
)

_SECTION = re.compile(r"(\d\d-\d\d) SY (\S.*)", re.ASCII)
_SALES_COUNTS = ("package", "performance", "orders")
_SALES_AMOUNTS = ("total", "paid")
_RENEWAL_COUNTS = ("new_count", "renewed_count", "total_count")
_RENEWAL_AMOUNTS = ("new_amount", "renewed_amount", "total_amount")
# Package sales: what starts left of this is the package's name, even where it is a number.
_SALES_NAME_LIMIT = geometry.PACKAGE_SALES_EDGES["package"] - 45.0
SALES_PARAMETERS_RIGHT_X0 = 290.6


def parse_sales(pages: Iterable[Page], parameters: Parameters, findings: Findings) -> Body:
    """Rows of `package_sales_rows`: one dict a package."""
    layout = geometry.PACKAGE_SALES
    packages = Sections(findings, (*_SALES_COUNTS, *_SALES_AMOUNTS), "Total", "package")
    package_type: list[str] = []
    season = category = None
    is_type_open = False
    for page in pages:
        lines = page.lines(layout.line_tolerance)
        header_end, edges = _read_header(
            lines, geometry.PACKAGE_SALES_EDGES, ("Pkg", "Perf", "Amount", "Amount", "Orders")
        )
        if edges is None:
            findings.note("layout_mismatch", f"page {page.number}", "found no header line with Pkg to Orders")
            continue
        read_footer(lines, layout, parameters, findings)
        if page.number == 1:
            box = [line for line in lines[:header_end] if line.top > layout.parameters_top + 5]
            read_parameters(_only_season(box), SALES_PARAMETERS_RIGHT_X0, parameters, findings)
            season, category = _season(parameters.season_list or "", lines[0], findings)
        for line in split_body(lines, layout, header_end):
            text = [word for word in line.words if word.x0 < _SALES_NAME_LIMIT]
            label = " ".join(word.text for word in text)
            if len(text) == len(line.words):
                package_type = [*package_type, label] if is_type_open else [label]
                is_type_open = True
                continue
            is_type_open = False
            cells = assign(line.words[len(text) :], edges, layout.edge_tolerance, line, findings)
            numbers = _numbers(cells, _SALES_COUNTS, _SALES_AMOUNTS)
            # A package may be called anything; totals stand further left.
            is_total = bool(text) and text[0].x0 < layout.text_x0[1] - 10
            if is_total and label == "SubTotal":
                packages.close_section(line, " ".join(package_type), numbers)
                package_type = []
            elif is_total and label == "Total":
                packages.close_report(line, numbers)
            else:
                name = _named(line, label, " ".join(package_type), findings)
                row = {
                    **numbers,
                    "_source_row": line.source_row,
                    "season": season,
                    "category": category,
                    "package_type": " ".join(package_type),
                    "package_name": name,
                }
                packages.add(line, (row["package_type"], name), row)
    return packages.finish(
        ("package",),
        "total",
        {
            "package": "package_seats",
            "performance": "perf_seats",
            "total": "total_amount",
            "paid": "paid_amount",
        },
    )


def parse_renewals(pages: Iterable[Page], parameters: Parameters, findings: Findings) -> Body:
    """Rows of `package_renewal_rows`: one dict a package line."""
    layout = geometry.PACKAGE_RENEWALS
    packages = Sections(findings, (*_RENEWAL_COUNTS, *_RENEWAL_AMOUNTS), "Total", "package")
    season = category = None
    for page in pages:
        lines = page.lines(layout.line_tolerance)
        header_end, header = _read_header(
            lines, geometry.RENEWAL_HEADER_EDGES, ("Seats", "Amount", "Seats", "Amount", "Seats", "Amount")
        )
        if header is None:
            findings.note("layout_mismatch", f"page {page.number}", "found no header line with three Seats and Amount")
            continue
        if page.number == 1:
            _read_page_date(lines, parameters, findings)
            _read_renewal_box(lines[:header_end], parameters)
        for line in split_body(lines, layout, header_end):
            text = [word for word in line.words if word.x0 < geometry.RENEWAL_NAME_LIMIT]
            label = " ".join(word.text for word in text)
            if len(text) == len(line.words):
                season, category = _season(label, line, findings)
                continue
            cells = assign(line.words[len(text) :], header, layout.edge_tolerance, line, findings)
            numbers = _numbers(cells, _RENEWAL_COUNTS, _RENEWAL_AMOUNTS)
            if label == "SubTotal":
                packages.close_section(line, f"{season} {category}", numbers)
            elif label == "Total":
                packages.close_report(line, numbers)
            else:
                name = " ".join(word.text for word in text if word.x0 < layout.text_x0[1] - 2)
                package_type = " ".join(word.text for word in text if word.x0 >= layout.text_x0[1] - 2)
                name = _named(line, name, package_type, findings)
                if season is None:
                    findings.note("layout_mismatch", line.place, "found a package above the first section line")
                if not findings.has("unreadable_cell"):
                    for unit in ("count", "amount"):
                        parts = [numbers[f"new_{unit}"], numbers[f"renewed_{unit}"]]
                        total = numbers[f"total_{unit}"]
                        check_sum(findings, line, f"Total {unit} of {name}", total, parts, "New + Renewed")
                row = {
                    **numbers,
                    "_source_row": line.source_row,
                    "season": season,
                    "category": category,
                    "package_type": package_type,
                    "package_name": name,
                    "ticket_price_only": parameters.ticket_price_only,
                }
                packages.add(line, (f"{season} {category}", package_type, name), row)
    return packages.finish(
        ("total_count",),
        "total_amount",
        {
            "new_count": "new_pkg_seats",
            "renewed_count": "renewed_pkg_seats",
            "total_count": "total_pkg_seats",
        },
    )


def _read_header(
    lines: Sequence[Line], columns: dict[str, float], tokens: tuple[str, ...]
) -> tuple[int, dict[str, float] | None]:
    """Where the body starts, and each column's right edge as its header token gives it."""
    for index, line in enumerate(lines):
        found = [word for word in line.words if word.text in tokens]
        if tuple(word.text for word in found) == tokens:
            return index + 1, dict(zip(columns, (word.x1 for word in found), strict=True))
    return 0, None


def _numbers(cells: Cells, counts: tuple[str, ...], amounts: tuple[str, ...]) -> dict[str, Any]:
    read: list[tuple[tuple[str, ...], Callable[[str], Any]]] = [(counts, cells.count), (amounts, cells.amount)]
    return {name: reader(name) for names, reader in read for name in names}


def _named(line: Line, name: str, package_type: str, findings: Findings) -> str:
    if not name or not package_type:
        findings.note("unreadable_cell", line.place, "found a package without its name and type")
    return name


def _season(text: str, line: Line, findings: Findings) -> tuple[str | None, str | None]:
    match = _SECTION.fullmatch(text)
    if not match:
        findings.note("unreadable_cell", line.place, f"found {text!r}, expected a season such as '30-31 SY Pops'")
        return None, None
    return match[1], match[2]


def _only_season(lines: Sequence[Line]) -> list[Line]:
    """The first lines of a box whose season list is followed by other parameters on the left."""
    kept: list[Line] = []
    for line in lines:
        if kept and line.words[0].text in ("Package", "Order"):
            break
        kept.append(line)
    return kept


def _read_page_date(lines: Sequence[Line], parameters: Parameters, findings: Findings) -> None:
    """The date at the right of the title line; the login before it is not looked at."""
    layout = geometry.PACKAGE_RENEWALS
    for line in lines:
        last = line.words[-1]
        at_date = abs(last.x1 - geometry.RENEWAL_PAGE_DATE_X1) <= layout.edge_tolerance
        if line.top < layout.page_number_top - layout.line_tolerance and at_date and last.x0 > 400:
            parameters.page_date = values.read_us_date(last.text)
            if parameters.page_date is None:
                findings.note(
                    "unreadable_cell",
                    line.place,
                    f"the page date is {last.text!r}, expected one such as 3/17/2030 {span()}",
                )
            return


def _read_renewal_box(lines: Sequence[Line], parameters: Parameters) -> None:
    seasons: list[str] = []
    is_season = False
    for line in lines:
        label, _, value = line.text.partition(": ")
        if line.text.startswith("Parameters: Season(s):"):
            is_season, seasons = True, [line.text.removeprefix("Parameters: Season(s):").strip()]
        elif ":" in line.text:
            is_season = False
        elif is_season:
            seasons.append(line.text)
        if label == "Ticket Price Only" and value in ("Yes", "No"):
            parameters.ticket_price_only = value == "Yes"
    parameters.season_list = " ".join(seasons) or None
