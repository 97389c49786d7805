"""Performance Sales Summary by Price Type Category: two lines per performance and per production, then a report total.

Line 1 has code, date, time and three left-aligned cells, line 2 (`Ticket Price`) twelve right-aligned ones. Codes, `PM`
and labels wrap, so line 1 is everything between two second lines; it may end a page and line 2 open the next.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from loaders.readers.dates import span
from loaders.sources.box_office import values
from loaders.sources.box_office.geometry import PRICE_TYPE_EDGES, PRICE_TYPE_LEFT_EDGES
from loaders.sources.box_office.geometry import PRICE_TYPES as GEOMETRY
from loaders.sources.box_office.page import Line, Page, Word, find_words
from loaders.sources.box_office.report import (
    Body,
    Cells,
    Findings,
    Parameters,
    Sections,
    assign,
    check_sum,
    label_productions,
    read_footer,
    read_parameters,
    split_body,
)

PARAMETERS_RIGHT_X0 = 379.6
GRAND_TOTAL = "Report Total"
_COUNTS = ("package_count", "single_count", "discount_count", "comp_count", "other_count", "reserved_count")
_AMOUNTS = ("package_amount", "single_amount", "discount_amount", "other_amount", "total", "reserved_amount")
_SUMMED = ("available", *_COUNTS, *_AMOUNTS)
_SIGNS = ["#", "$", "#", "$", "#", "$", "#", "#", "$", "$", "#", "$"]
_DATE_SHAPE = re.compile(r"\d+/\d+/\d+", re.ASCII)
_CODE_START = re.compile(r"(SY)?\d{6}[A-Z]", re.ASCII)
_SEASON_START = re.compile(r"\d\d", re.ASCII)


def parse(pages: Iterable[Page], parameters: Parameters, findings: Findings) -> Body:
    """Rows of `price_type_rows` with their production's label: one dict a performance."""
    productions = Sections(findings, _SUMMED, GRAND_TOTAL, "performance")
    edges = PRICE_TYPE_EDGES
    # Line 1 of a performance or total, until its line 2 comes: several printed lines, maybe of the page before.
    head: list[Line] = []
    for page in pages:
        lines = page.lines(GEOMETRY.line_tolerance)
        read_footer(lines, GEOMETRY, parameters, findings)
        if page.number == 1:
            start, edges = _read_first_page(lines, parameters, findings)
        else:
            start = next((i for i, line in enumerate(lines) if line.top > GEOMETRY.title_top + 10), len(lines))
        for line in split_body(lines, GEOMETRY, start):
            match _kind(line):
                case "first":
                    head.append(line)
                case "second" if not head:
                    findings.note("layout_mismatch", line.place, "found a Ticket Price line without its first line")
                case "second":
                    cells = assign(line.words[2:], edges, GEOMETRY.edge_tolerance, line, findings)
                    _add(productions, head, line, _numbers(cells), findings)
                    head = []
                case "other" if len(line.words) > 2:
                    findings.note("layout_mismatch", line.place, "found cells in Other Categories, expected none")
    if head:
        findings.note("layout_mismatch", head[0].place, "found a first line without its Ticket Price line")
    return productions.finish(tuple(name for name in _COUNTS if name != "reserved_count"), "total", _RAW_NAMES)


def _kind(line: Line) -> str:
    """`second` for a Ticket Price line, `other` for Other Categories, else `first`: a label may say either, but at the
    margin."""
    if line.words[0].x0 < GEOMETRY.text_x0[1] - 2:
        return "first"
    match [word.text for word in line.words[:2]]:
        case ["Ticket", "Price"]:
            return "second"
        case ["Other", "Categories"]:
            return "other"
    return "first"


def _add(
    productions: Sections, head: Sequence[Line], second: Line, numbers: dict[str, Any], findings: Findings
) -> None:
    """One performance, production or report total from both its lines."""
    label, first = _read_head(head, findings)
    row = {**first, **numbers}
    if label is None:
        code = row["performance_code"]
        productions.add(head[0], (code,) if code else None, row)
        if not findings.has("unreadable_cell"):
            parts = [row[name] for name in ("package_amount", "single_amount", "discount_amount", "other_amount")]
            check_sum(findings, second, f"total $ of {row['performance_code']}", row["total"], parts, "its parts")
    elif label == GRAND_TOTAL:
        productions.close_report(head[0], row)
    else:
        label_productions(productions.close_section(head[0], label, row), label)


def _read_first_page(lines: Sequence[Line], parameters: Parameters, findings: Findings) -> tuple[int, dict[str, float]]:
    """Where the body starts and where columns end; only page 1 has headers and the parameter box."""
    start, edges = _read_header(lines)
    if edges is None:
        findings.note("layout_mismatch", "page 1", "found no header lines with Budget, Available, # and $")
    box = [line for line in lines[: max(start - 3, 0)] if line.top > GEOMETRY.parameters_top]
    read_parameters(box, PARAMETERS_RIGHT_X0, parameters, findings)
    return start, edges or PRICE_TYPE_EDGES


def _read_header(lines: Sequence[Line]) -> tuple[int, dict[str, float] | None]:
    for index, line in enumerate(lines[:-2]):
        names = find_words(line.words, "Budget", "Available", "Cap")
        signs = lines[index + 2].words
        if len(names) == 3 and [word.text for word in signs] == _SIGNS:
            return index + 3, dict(zip(PRICE_TYPE_EDGES, (word.x1 for word in signs), strict=True))
    return 0, None


def _read_head(head: Sequence[Line], findings: Findings) -> tuple[str | None, dict[str, Any]]:
    """A production's label, or None and a performance's code, date and time; and the three left-aligned cells."""
    first = head[0]
    cells_x0 = PRICE_TYPE_LEFT_EDGES["budget"] - GEOMETRY.edge_tolerance
    text = [[word for word in line.words if word.x0 < cells_x0] for line in head]
    row: dict[str, Any] = {**_left_cells(head, cells_x0, findings), "_source_row": first.source_row}
    if not _is_performance(text):
        return " ".join(word.text for words in text for word in words), row
    middle = GEOMETRY.text_x0[1] - 2
    code = "".join(word.text for words in text for word in words if word.x0 < middle)
    printed = [word.text for words in text for word in words if word.x0 >= middle]
    day = values.read_us_date(printed[0]) if len(printed) == 3 else None
    time = values.read_us_time(printed[1], printed[2]) if len(printed) == 3 else None
    if values.read_code(code) is None or day is None or time is None:
        findings.note(
            "unreadable_cell",
            first.place,
            f"found {' '.join([code, *printed])!r}, expected a code, a date and a time such as "
            f"'301115E 11/15/2030 8:00 PM', the date {span()}",
        )
    row.update(performance_code=values.read_code(code), performance_date=day, performance_time=time, group_label=None)
    return None, row


def _is_performance(text: Sequence[Sequence[Word]]) -> bool:
    """A performance has its date where line 2 begins; a label starts with two digits of its season."""
    words = text[0] if text else []
    if not words:
        return False
    if _CODE_START.match(words[0].text):
        return True
    dates = [word for word in words if abs(word.x0 - GEOMETRY.text_x0[1]) <= GEOMETRY.edge_tolerance]
    if any(_DATE_SHAPE.fullmatch(word.text) for word in dates):
        return True
    return bool(dates) and words.index(dates[0]) == 1 and not _SEASON_START.fullmatch(words[0].text)


def _left_cells(head: Sequence[Line], cells_x0: float, findings: Findings) -> dict[str, Any]:
    found: dict[str, str] = {}
    for line in head:
        for word in line.words:
            if word.x0 < cells_x0:
                continue
            column = min(PRICE_TYPE_LEFT_EDGES, key=lambda name: abs(PRICE_TYPE_LEFT_EDGES[name] - word.x0))
            if abs(PRICE_TYPE_LEFT_EDGES[column] - word.x0) > GEOMETRY.edge_tolerance or column in found:
                findings.note("unreadable_cell", line.place, f"found {word.text!r} where no cell of its own starts")
            else:
                found[column] = word.text
    cells = Cells(head[0], found, findings)
    return {
        "reported_budget_percent": cells.percent("budget"),
        "available": cells.count("available"),
        "reported_cap_percent": cells.percent("cap"),
    }


def _numbers(cells: Cells) -> dict[str, Any]:
    numbers: dict[str, Any] = {name: cells.count(name) for name in _COUNTS}
    numbers.update({name: cells.amount(name) for name in _AMOUNTS})
    return numbers


_RAW_NAMES = {
    "available": "available_seats",
    "package_count": "package_tickets",
    "package_amount": "package_revenue",
    "single_count": "single_tickets",
    "single_amount": "single_revenue",
    "discount_count": "discount_tickets",
    "discount_amount": "discount_revenue",
    "comp_count": "comp_tickets",
    "other_count": "other_tickets",
    "other_amount": "other_revenue",
    "total": "total_revenue",
    "reserved_count": "reserved_tickets",
    "reserved_amount": "reserved_revenue",
}
