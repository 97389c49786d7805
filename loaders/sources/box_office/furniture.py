"""What a synthetic report prints around its rows: the page's settings, parameter box, header, footer, page date."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from reportlab.pdfbase.pdfmetrics import stringWidth

from loaders.sources.box_office import geometry
from loaders.sources.box_office.geometry import Geometry


@dataclass(frozen=True)
class Page:
    """Everything on the page besides the rows, and the traps and defects asked for."""

    run_at: datetime | None = None
    request: int = 900001
    created: str = ""
    historical_date: str = ""
    seasons: str = "30-31 SY Classical, 30-31 SY Pops, 30-31 SY Special"
    ticket_price_only: str = "Yes"
    title: str | None = None
    # Cells by (row, column): the row is a code, label, package name or total's label; None leaves the cell out.
    cells: Mapping[tuple[str, str], str | None] = field(default_factory=dict)
    footer: str | None = None
    without_header: bool = False
    without_total: bool = False
    without_commas: bool = False
    reversed_text: bool = False
    mixed_fonts: bool = False
    as_image: bool = False
    password: str | None = None
    blank_pages: int = 0
    rows_per_page: int | None = None


class Piece(NamedTuple):
    page: int
    x: float
    top: float
    text: str
    right: bool
    bold: bool
    size: float


def furniture(layout: Geometry, page: Page, number: int) -> list[Piece]:
    """Everything on page `number` but the title, the page count and the rows."""
    pieces = _parameters(layout, page, number)
    if not page.without_header:
        pieces += _header(layout, number)
    return pieces + (_page_date(page, number) if layout.kind == "package_renewals" else _footer(layout, page, number))


def wrapped(text: str, width: float, size: float) -> list[str]:
    """A text broken at spaces where it is too wide."""
    lines: list[str] = []
    for word in text.split():
        if lines and stringWidth(f"{lines[-1]} {word}", "Helvetica-Bold", size) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines or [""]


def _parameters(layout: Geometry, page: Page, number: int) -> list[Piece]:
    """The parameter box of page 1 (renewals: of every page)."""
    top, left = layout.parameters_top, layout.title_x0 + 3
    if layout.kind == "package_renewals":
        box = [("Parameters: Season(s):", page.seasons), ("Fully Paid Only:", "Yes"), ("Packages:", "(All)")]
        box += [("Ticket Price Only:", page.ticket_price_only), ("List:", "(None)")]
        return [
            piece
            for index, (name, value) in enumerate(box)
            for piece in (
                Piece(number, 147, top + index * 12, name, True, False, 8),
                Piece(number, 151.3, top + index * 12, value, False, False, 8),
            )
        ]
    if number > 1:
        return []
    if layout.kind == "package_sales":
        texts: list[tuple[float, float, str]] = [
            (left, 0, "Report Parameters"),
            (left + 4, 13, f"Season: {page.seasons}"),
            (290.6, 13, "Package(s): (All)"),
        ]
        texts += [(left + 4, 26, "Package Type(s): (All)"), (290.6, 26, "List: (None)")]
    else:
        right = 401.9 if layout.kind == "performance_sales" else 379.6
        asked = "Include Resold Seats?: Yes" if layout.kind == "performance_sales" else "Include Resold Seats: Yes"
        texts = [(left, 0, "Report Parameters"), (left, 13, "Performance Start Date: 2030-07-01")]
        texts += [
            (left, 26, "Performance End Date: 2031-06-30"),
            (left, 40, "Mode: Summary"),
            (right, 13, "Group By: Event"),
        ]
        texts += [(right, 26, f"Historical Date: {page.historical_date}".rstrip()), (right, 40, asked)]
        lines = wrapped(f"Season(s): {page.seasons}", 310, 8)
        texts += [(left, 53 + index * 9.7, line) for index, line in enumerate(lines)]
    return [Piece(number, x, top + down, text, False, False, 8) for x, down, text in texts]


def _header(layout: Geometry, number: int) -> list[Piece]:
    tops = layout.header_tops_first if number == 1 else layout.header_tops_other
    if not tops:
        return []
    left: list[tuple[int, float, str]] = []
    right: list[tuple[int, float, str]] = []
    if layout.kind == "performance_sales":
        edges = geometry.PERFORMANCE_SALES_EDGES
        left = [(0, 38.0, "Perf Code"), (0, 106.1, "Date"), (0, 270.1, "Fixed Pkgs"), (0, 339.3, "Non Fixed Pkgs")]
        left += [(0, 435.8, "Single"), (0, 557.7, "Reserved")]
        names = {"budget": "Budget", "subtotal": "Subtotal", "total": "Total", "available": "Avail", "cap": "% Cap"}
        right = [(0, edges[column], name) for column, name in names.items()]
        pairs = ("fixed", "non_fixed", "single", "reserved")
        right += [
            (1, edges[f"{pair}_{unit}"], sign) for pair in pairs for unit, sign in (("count", "#"), ("amount", "$"))
        ]
    elif layout.kind == "price_types":
        names = {"budget": "Budget", "available": "Available", "cap": "% Cap"}
        left = [(0, 16.4, "Perf"), (0, 67.8, "Date"), (1, 67.8, "Price Category")]
        left += [(0, geometry.PRICE_TYPE_LEFT_EDGES[column], name) for column, name in names.items()]
        left += [(1, 192.1, "Package"), (1, 292.9, "Single"), (1, 395.9, "Discount"), (1, 540.3, "Other")]
        right = [
            (2, edge, "#" if column.endswith("count") else "$") for column, edge in geometry.PRICE_TYPE_EDGES.items()
        ]
    elif layout.kind == "package_sales":
        edges = geometry.PACKAGE_SALES_EDGES
        left = [(0, 277.4, "Seats"), (1, 23.5, "Package Type"), (1, 188.9, "Package")]
        names = {
            "package": "Pkg",
            "performance": "Perf",
            "total": "Total Amount",
            "paid": "Paid Amount",
            "orders": "Orders",
        }
        right = [(1, edges[column], name) for column, name in names.items()]
    else:
        edges = geometry.RENEWAL_HEADER_EDGES
        left = [(1, 22.3, "Package"), (1, 188.9, "Type")]
        right = [
            (0, edges[f"{name}_{unit}"] - 8, name.title())
            for name in ("new", "renewed", "total")
            for unit in ("count", "amount")
        ]
        right += [(1, edge, "# Pkg Seats" if column.endswith("count") else "Amount") for column, edge in edges.items()]
    pieces = [Piece(number, x, tops[line], text, False, True, 8) for line, x, text in left]
    return pieces + [Piece(number, x, tops[line], text, True, True, 8) for line, x, text in right]


def _footer(layout: Geometry, page: Page, number: int) -> list[Piece]:
    text = page.footer
    if text is None and page.run_at is not None:
        moment = page.run_at
        clock = f"{moment.hour % 12 or 12}:{moment:%M:%S} {'AM' if moment.hour < 12 else 'PM'}"
        day = f"{moment.month}/{moment.day}/{moment.year}"
        text = f"Run by demo/BOX on {day} {clock} (Request {page.request})"
    pieces = [
        Piece(number, layout.title_x0, layout.footer_top, "/Reports/" + layout.title.replace(" ", ""), False, False, 7)
    ]
    if text:
        edge = layout.width - 38.2 if layout.kind != "package_sales" else 549.8
        pieces.append(Piece(number, edge, layout.footer_top, text, True, False, 7))
    return pieces


def _page_date(page: Page, number: int) -> list[Piece]:
    pieces = [Piece(number, 396.6, 59, "demo", False, False, 8)]
    if page.run_at is not None:
        text = page.footer or f"{page.run_at.month}/{page.run_at.day}/{page.run_at.year}"
        pieces.append(Piece(number, geometry.RENEWAL_PAGE_DATE_X1, 58, text, True, False, 8))
    return pieces
