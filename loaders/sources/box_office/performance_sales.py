"""Performance Sales Summary: a line per performance, a bold line per production after them, a grand total."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from loaders.readers.dates import span
from loaders.sources.box_office import values
from loaders.sources.box_office.geometry import PERFORMANCE_SALES as GEOMETRY
from loaders.sources.box_office.geometry import WRAP_PITCH
from loaders.sources.box_office.page import Line, Page, Word, aligned, find_words
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

PARAMETERS_RIGHT_X0 = 401.9
_COUNTS = ("fixed_count", "non_fixed_count", "single_count", "reserved_count", "available")
_AMOUNTS = ("fixed_amount", "non_fixed_amount", "single_amount", "subtotal", "reserved_amount", "total")
_PAIRS = (
    "fixed_count",
    "fixed_amount",
    "non_fixed_count",
    "non_fixed_amount",
    "single_count",
    "single_amount",
    "reserved_count",
    "reserved_amount",
)
# The widest a budget cell can be: what ends left of it is text.
_BUDGET_WIDTH = 40.0
GRAND_TOTAL = "Ticket Price Category Total"
OTHER_TOTAL = "Other Price Categories Total"


@dataclass(frozen=True)
class _Row:
    line: Line
    text: tuple[Word, ...]
    cells: Cells

    @property
    def label(self) -> str:
        return " ".join(word.text for word in self.text)


def parse(pages: Iterable[Page], parameters: Parameters, findings: Findings) -> Body:
    """Rows of `performance_sales_rows` with their production's label: one dict a performance."""
    productions = Sections(findings, (*_COUNTS, *_AMOUNTS), GRAND_TOTAL, "performance")
    for page in pages:
        lines = page.lines(GEOMETRY.line_tolerance)
        header_end, edges = _read_header(lines)
        if edges is None:
            findings.note("layout_mismatch", f"page {page.number}", "found no header line with Budget to % Cap")
            continue
        read_footer(lines, GEOMETRY, parameters, findings)
        if page.number == 1:
            box = [line for line in lines[: header_end - 2] if line.top > GEOMETRY.parameters_top]
            read_parameters(box, PARAMETERS_RIGHT_X0, parameters, findings)
        for row in _rows(split_body(lines, GEOMETRY, header_end), edges, findings):
            if row.label == OTHER_TOTAL:
                if row.cells.found:
                    findings.note("layout_mismatch", row.line.place, f"found amounts in {OTHER_TOTAL}, expected none")
            elif row.label == GRAND_TOTAL:
                productions.close_report(row.line, _numbers(row))
            elif row.text and row.text[-1].text == "Total":
                label = row.label.removesuffix(" Total")
                label_productions(productions.close_section(row.line, label, _numbers(row)), label)
            else:
                performance = _performance(row, findings)
                code = performance["performance_code"]
                productions.add(row.line, (code,) if code else None, performance)
    return productions.finish(("fixed_count", "non_fixed_count", "single_count"), "total", _RAW_NAMES)


def _read_header(lines: Sequence[Line]) -> tuple[int, dict[str, float] | None]:
    """Where the body starts, and the columns' right edges as the header's own tokens give them."""
    for index, line in enumerate(lines[:-1]):
        names = find_words(line.words, "Budget", "Subtotal", "Total", "Avail", "Cap")
        signs = lines[index + 1].words
        if len(names) == 5 and [word.text for word in signs] == ["#", "$"] * 4:
            edges = dict(zip(("budget", "subtotal", "total", "available", "cap"), (w.x1 for w in names), strict=True))
            edges.update(zip(_PAIRS, (word.x1 for word in signs), strict=True))
            return index + 2, edges
    return 0, None


def _rows(lines: Sequence[Line], edges: dict[str, float], findings: Findings) -> list[_Row]:
    """Printed rows; the rest of a value that wrapped stands under it and is put back."""
    rows: list[_Row] = []
    text_limit = edges["budget"] - _BUDGET_WIDTH
    for line in lines:
        # A wide label may reach into the budget column; its line's `Total` ends it.
        ends = [index + 1 for index, word in enumerate(line.words) if word.x0 < text_limit]
        ends += [i + 1 for i, word in enumerate(line.words) if word.text == "Total" and word.x0 < edges["budget"]]
        text = line.words[: max(ends, default=0)]
        cells = line.words[len(text) :]
        if not text and rows and line.top - rows[-1].line.top < WRAP_PITCH + 2:
            for word in cells:
                column = aligned(word, edges, GEOMETRY.edge_tolerance)
                if column is None or column not in rows[-1].cells.found:
                    findings.note("unreadable_cell", line.place, f"found {word.text!r} below no value that it ends")
                else:
                    rows[-1].cells.found[column] += word.text
            continue
        rows.append(_Row(line, text, assign(cells, edges, GEOMETRY.edge_tolerance, line, findings)))
    return rows


def _numbers(row: _Row) -> dict[str, Any]:
    numbers: dict[str, Any] = {name: row.cells.count(name) for name in _COUNTS}
    numbers.update({name: row.cells.amount(name) for name in _AMOUNTS})
    return numbers


def _performance(row: _Row, findings: Findings) -> dict[str, Any]:
    """One performance; what is unreadable is noted and None."""
    words = [word.text for word in row.text]
    code = day = time = None
    if len(words) == 4:
        code = values.read_code(words[0])
        day = values.read_us_date(words[1])
        time = values.read_us_time(words[2], words[3])
    if code is None or day is None or time is None:
        findings.note(
            "unreadable_cell",
            row.line.place,
            f"found {row.label!r}, expected a code, a date and a time such as '301115E 11/15/2030 8:00 PM'"
            f", the date {span()}",
        )
    numbers = _numbers(row)
    if not findings.has("unreadable_cell"):
        parts = [numbers["fixed_amount"], numbers["non_fixed_amount"], numbers["single_amount"]]
        check_sum(findings, row.line, f"Subtotal of {code}", numbers["subtotal"], parts, "fixed + non-fixed + single $")
        parts = [numbers["subtotal"], numbers["reserved_amount"]]
        check_sum(findings, row.line, f"Total of {code}", numbers["total"], parts, "Subtotal + Reserved $")
    return {
        **numbers,
        "_source_row": row.line.source_row,
        "performance_code": code,
        "performance_date": day,
        "performance_time": time,
        "group_label": None,
        "reported_budget_percent": row.cells.percent("budget"),
        "reported_budget_error": row.cells.is_error("budget"),
        "reported_cap_percent": row.cells.percent("cap"),
        "reported_cap_error": row.cells.is_error("cap"),
    }


_RAW_NAMES = {
    "fixed_count": "fixed_tickets_sold",
    "fixed_amount": "fixed_revenue",
    "non_fixed_count": "non_fixed_tickets_sold",
    "non_fixed_amount": "non_fixed_revenue",
    "single_count": "single_tickets_sold",
    "single_amount": "single_revenue",
    "subtotal": "subtotal_revenue",
    "reserved_count": "reserved_tickets",
    "reserved_amount": "reserved_revenue",
    "total": "total_revenue",
    "available": "available_seats",
}
