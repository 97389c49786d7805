"""Prints synthetic reports of all four kinds, in the geometry that the parser reads: for the demo, tests and benchmark.

Base-14 Helvetica, deterministic to the byte. Long values, codes and labels wrap as on the real page by themselves;
`Page` asks for every other trap and for defects. Amounts are `Decimal`, texts are printed as they are given.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from loaders.box_office import geometry
from loaders.box_office.geometry import LABEL_LENGTH, WRAP_LENGTH, WRAP_PITCH, Geometry

_ORGANISATION = "Example Orchestra"
# From a word's top to its baseline, in ems of Helvetica as pdfplumber measures it.
_BASELINE = 1 - 0.207
ERROR = "#Error"


class Sold(NamedTuple):
    """A count and its money."""

    count: int
    amount: Decimal


@dataclass(frozen=True)
class Show:
    """One performance as both performance reports print it. Percents are texts; "" is a blank cell."""

    code: str
    day: date
    time: str
    fixed: Sold
    non_fixed: Sold
    single: Sold
    reserved: Sold
    available: int
    budget: str = "50.0%"
    cap: str = "50.0%"
    # The price-type report tells singles apart: so many are discounted, complimentary, of other types.
    discount: Sold = Sold(0, Decimal(0))
    comp: int = 0
    other: Sold = Sold(0, Decimal(0))

    @property
    def printed_day(self) -> str:
        return f"{self.day.month}/{self.day.day}/{self.day.year}"


@dataclass(frozen=True)
class Production:
    """A group of performances under one label, such as `31 CS01 Spring Songs`."""

    label: str
    shows: Sequence[Show]
    budget: str = "50.0%"
    cap: str = "50.0%"


@dataclass(frozen=True)
class Package:
    """A line of either package report."""

    name: str
    package_type: str
    new: Sold = Sold(0, Decimal(0))
    renewed: Sold = Sold(0, Decimal(0))
    performance_seats: int = 0
    orders: int = 0


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


class _Piece(NamedTuple):
    page: int
    x: float
    top: float
    text: str
    right: bool
    bold: bool
    size: float


class _Sheet:
    """Pieces of text placed on pages; pagination by the geometry's last row."""

    def __init__(self, layout: Geometry, page: Page) -> None:
        self.layout = layout
        self.page = page
        self.pieces: list[_Piece] = []
        self.number = 1
        self.top = layout.first_row
        self.rows = 0

    def put(
        self, x: float, top: float, text: str, *, right: bool = False, bold: bool = False, size: float | None = None
    ) -> None:
        if text:
            self.pieces.append(_Piece(self.number, x, top, text, right, bold, size or self.layout.size))

    def line(self, height: float | None = None) -> float:
        """The top of the next line; a new page where this one is full."""
        is_full = self.page.rows_per_page is not None and self.rows >= self.page.rows_per_page
        if self.top > self.layout.last_row or is_full:
            self.number += 1
            self.rows = 0
            self.top = self.layout.first_row_other
        top = self.top
        self.top += height or self.layout.row_pitch
        self.rows += 1
        return top

    def cell(self, row: str, column: str, text: str) -> str | None:
        return self.page.cells.get((row, column), text)

    def right_cells(self, top: float, row: str, values: Mapping[str, str], edges: Mapping[str, float], bold: bool) -> bool:
        """Print right-aligned cells; whether one of them wrapped."""
        wrapped = False
        for column, value in values.items():
            text = self.cell(row, column, value)
            if text is None:
                continue
            if len(text) >= WRAP_LENGTH and self.layout.kind == "performance_sales":
                self.put(edges[column], top, text[: WRAP_LENGTH - 1], right=True, bold=bold)
                self.put(edges[column], top + WRAP_PITCH, text[WRAP_LENGTH - 1 :], right=True, bold=bold)
                wrapped = True
            else:
                self.put(edges[column], top, text, right=True, bold=bold)
        return wrapped

    def render(self) -> bytes:
        page = self.page
        buffer = io.BytesIO()
        encrypt = StandardEncryption(page.password, ownerPassword="owner") if page.password is not None else None
        canvas = Canvas(
            buffer, pagesize=(self.layout.width, self.layout.height), invariant=1, pageCompression=1, encrypt=encrypt
        )
        canvas.setTitle(self.layout.title.replace(" ", ""))
        canvas.setCreator("Ledgerline's report writer")
        canvas.setDateFormatter(lambda *_: page.created)
        total = self.number + page.blank_pages
        for number in range(1, total + 1):
            pieces = [*self._furniture(number, total), *(p for p in self.pieces if p.page == number)]
            if page.as_image:
                canvas.rect(40, 40, 200, 200, fill=1)
                pieces = []
            for piece in reversed(pieces) if page.reversed_text else pieces:
                self._draw(canvas, piece)
            canvas.showPage()
        canvas.save()
        return buffer.getvalue()

    def _draw(self, canvas: Canvas, piece: _Piece) -> None:
        font = "Helvetica-Bold" if piece.bold else "Helvetica"
        y = self.layout.height - piece.top - piece.size * _BASELINE
        x = piece.x - stringWidth(piece.text, font, piece.size) if piece.right else piece.x
        canvas.setFont(font, piece.size)
        if not self.page.mixed_fonts or len(piece.text) < 2:
            canvas.drawString(x, y, piece.text)
            return
        # The same word from two fonts of the same widths, as when a glyph is missing from the first.
        canvas.drawString(x, y, piece.text[:1])
        x += stringWidth(piece.text[:1], font, piece.size)
        canvas.setFont(f"{font}Oblique" if piece.bold else f"{font}-Oblique", piece.size)
        canvas.drawString(x, y, piece.text[1:])

    def _furniture(self, number: int, total: int) -> list[_Piece]:
        layout, page = self.layout, self.page
        pieces = [
            _Piece(number, layout.width / 2, layout.title_top - 22, _ORGANISATION, False, True, 12),
            _Piece(number, layout.title_x0, layout.title_top, page.title or layout.title, False, True, 12),
            _Piece(number, layout.width - 42, layout.page_number_top, f"Page {number} of {total}", True, False, 8),
        ]
        pieces += _parameters(layout, page, number)
        if not page.without_header:
            pieces += _header(layout, number)
        if layout.kind == "package_renewals":
            pieces += _page_date(page, number)
        else:
            pieces += _footer(layout, page, number)
        return pieces


def performance_sales(productions: Sequence[Production], page: Page) -> bytes:
    """A Performance Sales Summary."""
    sheet = _Sheet(geometry.PERFORMANCE_SALES, page)
    code_x0, date_x0 = sheet.layout.text_x0
    for production in productions:
        for show in production.shows:
            top = sheet.line()
            sheet.put(code_x0, top, sheet.cell(show.code, "code", show.code) or "")
            when = f"{show.printed_day} {show.time}"
            sheet.put(date_x0, top, sheet.cell(show.code, "date", when) or "")
            numbers = _sales_cells([show], show.budget, show.cap)
            if sheet.right_cells(top, show.code, numbers, geometry.PERFORMANCE_SALES_EDGES, bold=False):
                sheet.top += WRAP_PITCH
        label = _cut(production.label)
        top = sheet.line()
        sheet.put(code_x0, top, f"{label} Total", bold=True)
        numbers = _sales_cells(production.shows, production.budget, production.cap)
        if sheet.right_cells(top, production.label, numbers, geometry.PERFORMANCE_SALES_EDGES, bold=True):
            sheet.top += WRAP_PITCH
    if not page.without_total:
        shows = [show for production in productions for show in production.shows]
        top = sheet.line(22)
        sheet.put(code_x0, top, "Ticket Price Category Total", bold=True)
        numbers = _sales_cells(shows, "60.0%", "40.0%")
        sheet.right_cells(top, "Total", numbers, geometry.PERFORMANCE_SALES_EDGES, bold=True)
        sheet.put(code_x0, sheet.line(), "Other Price Categories Total", bold=True)
    return sheet.render()


def price_types(productions: Sequence[Production], page: Page) -> bytes:
    """A Performance Sales Summary by Price Type Category."""
    sheet = _Sheet(geometry.PRICE_TYPES, page)
    for production in productions:
        for show in production.shows:
            _price_type_lines(sheet, show.code, show, [show], show.budget, show.cap)
        _price_type_lines(sheet, _cut(production.label), None, production.shows, production.budget, production.cap)
        sheet.put(sheet.layout.text_x0[1], sheet.line(), "Other Categories", bold=True)
    if not page.without_total:
        shows = [show for production in productions for show in production.shows]
        _price_type_lines(sheet, "Report Total", None, shows, "67.9%", "47.1%")
        sheet.put(sheet.layout.text_x0[1], sheet.line(), "Other Categories", bold=True)
    return sheet.render()


def package_sales(packages: Sequence[Package], page: Page) -> bytes:
    """A Package Sales Report; packages of one type stand together."""
    sheet = _Sheet(geometry.PACKAGE_SALES, page)
    type_x0, name_x0 = sheet.layout.text_x0
    edges = geometry.PACKAGE_SALES_EDGES
    for package_type, members in _by_type(packages).items():
        for part in _wrapped(package_type, 60, sheet.layout.size):
            sheet.put(type_x0, sheet.line(), part)
        for package in members:
            top = sheet.line()
            sheet.put(name_x0, top, package.name)
            sheet.right_cells(top, package.name, _package_cells([package]), edges, bold=False)
        top = sheet.line()
        sheet.put(type_x0, top, "SubTotal")
        sheet.right_cells(top, "SubTotal", _package_cells(members), edges, bold=False)
    if not page.without_total:
        top = sheet.line()
        sheet.put(geometry.PACKAGE_SALES_TOTAL_X0, top, "Total", bold=True)
        sheet.right_cells(top, "Total", _package_cells(packages), edges, bold=True)
    return sheet.render()


def package_renewals(sections: Mapping[str, Sequence[Package]], page: Page) -> bytes:
    """A Package Sales Renewal Report: packages by section, such as `30-31 SY Classical`."""
    sheet = _Sheet(geometry.PACKAGE_RENEWALS, page)
    name_x0, type_x0 = sheet.layout.text_x0
    edges = geometry.RENEWAL_EDGES
    for section, packages in sections.items():
        sheet.put(geometry.RENEWAL_SECTION_X0, sheet.line(14), section)
        number = sheet.number
        for package in packages:
            top = sheet.line()
            if sheet.number != number:
                # A section that goes on over the page break says its name again.
                number = sheet.number
                sheet.put(geometry.RENEWAL_SECTION_X0, top, section)
                top = sheet.line()
            sheet.put(name_x0, top, package.name)
            sheet.put(type_x0, top, package.package_type)
            sheet.right_cells(top, package.name, _renewal_cells([package], page), edges, bold=False)
        top = sheet.line(17)
        sheet.put(geometry.RENEWAL_SUBTOTAL_X0, top, "SubTotal", bold=True)
        sheet.right_cells(top, "SubTotal", _renewal_cells(packages, page), edges, bold=True)
    if not page.without_total:
        top = sheet.line()
        sheet.put(geometry.RENEWAL_TOTAL_X0, top, "Total", bold=True)
        every = [package for packages in sections.values() for package in packages]
        sheet.right_cells(top, "Total", _renewal_cells(every, page), edges, bold=True)
    return sheet.render()


def _cut(label: str) -> str:
    return label[:LABEL_LENGTH].rstrip()


def _money(amount: Decimal) -> str:
    return f"{amount:,.2f}"


def _sum(sold: Iterable[Sold]) -> Sold:
    sold = list(sold)
    return Sold(sum(s.count for s in sold), sum((s.amount for s in sold), Decimal(0)))


def _sales_cells(shows: Sequence[Show], budget: str, cap: str) -> dict[str, str]:
    fixed, non_fixed = _sum(s.fixed for s in shows), _sum(s.non_fixed for s in shows)
    single, reserved = _sum(s.single for s in shows), _sum(s.reserved for s in shows)
    subtotal = fixed.amount + non_fixed.amount + single.amount
    return {
        "budget": budget,
        "fixed_count": f"{fixed.count:,}",
        "fixed_amount": _money(fixed.amount),
        "non_fixed_count": f"{non_fixed.count:,}",
        "non_fixed_amount": _money(non_fixed.amount),
        "single_count": f"{single.count:,}",
        "single_amount": _money(single.amount),
        "subtotal": _money(subtotal),
        "reserved_count": f"{reserved.count:,}",
        "reserved_amount": _money(reserved.amount),
        "total": _money(subtotal + reserved.amount),
        "available": f"{sum(s.available for s in shows):,}",
        "cap": cap,
    }


def _price_type_cells(shows: Sequence[Show]) -> dict[str, str]:
    package = _sum([*(s.fixed for s in shows), *(s.non_fixed for s in shows)])
    discount, other = _sum(s.discount for s in shows), _sum(s.other for s in shows)
    reserved, comp, all_single = _sum(s.reserved for s in shows), sum(s.comp for s in shows), _sum(s.single for s in shows)
    single = Sold(
        all_single.count - discount.count - other.count - comp, all_single.amount - discount.amount - other.amount
    )
    return {
        "package_count": f"{package.count:,}",
        "package_amount": _money(package.amount),
        "single_count": f"{single.count:,}",
        "single_amount": _money(single.amount),
        "discount_count": f"{discount.count:,}",
        "discount_amount": _money(discount.amount),
        "comp_count": f"{comp:,}",
        "other_count": f"{other.count:,}",
        "other_amount": _money(other.amount),
        "total": _money(package.amount + all_single.amount),
        "reserved_count": f"{reserved.count:,}",
        "reserved_amount": _money(reserved.amount),
    }


def _price_type_lines(
    sheet: _Sheet, row: str, show: Show | None, shows: Sequence[Show], budget: str, cap: str
) -> None:
    """Both lines of a performance (`show`) or of a total: codes, half days and labels wrap where they are too long."""
    code_x0, date_x0 = sheet.layout.text_x0
    bold = show is None
    top = sheet.line(14.7)
    cells_top = top
    if show is not None:
        code = sheet.cell(row, "code", show.code) or ""
        for index, part in enumerate(_broken(code, date_x0 - code_x0 - 3, sheet.layout.size)):
            sheet.put(code_x0, top + index * WRAP_PITCH, part)
            sheet.top += WRAP_PITCH if index else 0
        when = sheet.cell(row, "date", f"{show.printed_day} {show.time}") or ""
        lines = _wrapped(when, 77, sheet.layout.size)
        for index, part in enumerate(lines):
            sheet.put(date_x0, top + index * WRAP_PITCH, part)
        sheet.top += WRAP_PITCH * (len(lines) - 1)
    else:
        lines = _wrapped(row, 125, sheet.layout.size + 1)
        for index, part in enumerate(lines):
            sheet.put(code_x0, top + index * 9.7, part, bold=True, size=9)
        if len(lines) > 1:
            # Cells of a label on two lines stand between them.
            cells_top = top + 4.8
            sheet.top += 9.7
    left = {"budget": budget, "available": f"{sum(s.available for s in shows):,}", "cap": cap}
    for column, value in left.items():
        sheet.put(
            geometry.PRICE_TYPE_LEFT_EDGES[column], cells_top, sheet.cell(row, column, value) or "", bold=bold
        )
    second = sheet.line(sheet.layout.row_pitch)
    sheet.put(date_x0, second, "Ticket Price", bold=bold)
    sheet.right_cells(second, row, _price_type_cells(shows), geometry.PRICE_TYPE_EDGES, bold=bold)


def _package_cells(packages: Sequence[Package]) -> dict[str, str]:
    sold = _sum([*(p.new for p in packages), *(p.renewed for p in packages)])
    return {
        "package": f"{sold.count:,}",
        "performance": f"{sum(p.performance_seats for p in packages):,}",
        "total": _money(sold.amount),
        "paid": _money(sold.amount),
        "orders": f"{sum(p.orders for p in packages):,}",
    }


def _renewal_cells(packages: Sequence[Package], page: Page) -> dict[str, str]:
    new, renewed = _sum(p.new for p in packages), _sum(p.renewed for p in packages)
    both = _sum([new, renewed])
    cells = {
        f"{name}_{unit}": value
        for name, sold in (("new", new), ("renewed", renewed), ("total", both))
        for unit, value in (("count", f"{sold.count:,}"), ("amount", f"${sold.amount:,.2f}"))
    }
    return {name: text.replace(",", "") for name, text in cells.items()} if page.without_commas else cells


def _by_type(packages: Sequence[Package]) -> dict[str, list[Package]]:
    types: dict[str, list[Package]] = {}
    for package in packages:
        types.setdefault(package.package_type, []).append(package)
    return types


def _wrapped(text: str, width: float, size: float) -> list[str]:
    """A text broken at spaces where it is too wide."""
    lines: list[str] = []
    for word in text.split():
        if lines and stringWidth(f"{lines[-1]} {word}", "Helvetica-Bold", size) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines or [""]


def _broken(text: str, width: float, size: float) -> list[str]:
    """A word broken between letters where it is too wide."""
    parts = [""]
    for letter in text:
        if stringWidth(parts[-1] + letter, "Helvetica", size) > width:
            parts.append("")
        parts[-1] += letter
    return parts


def _parameters(layout: Geometry, page: Page, number: int) -> list[_Piece]:
    """The parameter box of page 1 (renewals: of every page)."""
    top, left = layout.parameters_top, layout.title_x0 + 3
    if layout.kind == "package_renewals":
        box = [("Parameters: Season(s):", page.seasons), ("Fully Paid Only:", "Yes"), ("Packages:", "(All)")]
        box += [("Ticket Price Only:", page.ticket_price_only), ("List:", "(None)")]
        return [
            piece
            for index, (name, value) in enumerate(box)
            for piece in (
                _Piece(number, 147, top + index * 12, name, True, False, 8),
                _Piece(number, 151.3, top + index * 12, value, False, False, 8),
            )
        ]
    if number > 1:
        return []
    if layout.kind == "package_sales":
        texts = [(left, 0, "Report Parameters"), (left + 4, 13, f"Season: {page.seasons}"), (290.6, 13, "Package(s): (All)")]
        texts += [(left + 4, 26, "Package Type(s): (All)"), (290.6, 26, "List: (None)")]
    else:
        right = 401.9 if layout.kind == "performance_sales" else 379.6
        asked = "Include Resold Seats?: Yes" if layout.kind == "performance_sales" else "Include Resold Seats: Yes"
        texts = [(left, 0, "Report Parameters"), (left, 13, "Performance Start Date: 2030-07-01")]
        texts += [(left, 26, "Performance End Date: 2031-06-30"), (left, 40, "Mode: Summary"), (right, 13, "Group By: Event")]
        texts += [(right, 26, f"Historical Date: {page.historical_date}".rstrip()), (right, 40, asked)]
        lines = _wrapped(f"Season(s): {page.seasons}", 310, 8)
        texts += [(left, 53 + index * 9.7, line) for index, line in enumerate(lines)]
    return [_Piece(number, x, top + down, text, False, False, 8) for x, down, text in texts]


def _header(layout: Geometry, number: int) -> list[_Piece]:
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
        right += [(1, edges[f"{pair}_{unit}"], sign) for pair in pairs for unit, sign in (("count", "#"), ("amount", "$"))]
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
        names = {"package": "Pkg", "performance": "Perf", "total": "Total Amount", "paid": "Paid Amount", "orders": "Orders"}
        right = [(1, edges[column], name) for column, name in names.items()]
    else:
        edges = geometry.RENEWAL_HEADER_EDGES
        left = [(1, 22.3, "Package"), (1, 188.9, "Type")]
        right = [(0, edges[f"{name}_{unit}"] - 8, name.title()) for name in ("new", "renewed", "total") for unit in ("count", "amount")]
        right += [(1, edge, "# Pkg Seats" if column.endswith("count") else "Amount") for column, edge in edges.items()]
    pieces = [_Piece(number, x, tops[line], text, False, True, 8) for line, x, text in left]
    return pieces + [_Piece(number, x, tops[line], text, True, True, 8) for line, x, text in right]


def _footer(layout: Geometry, page: Page, number: int) -> list[_Piece]:
    text = page.footer
    if text is None and page.run_at is not None:
        moment = page.run_at
        clock = f"{moment.hour % 12 or 12}:{moment:%M:%S} {'AM' if moment.hour < 12 else 'PM'}"
        day = f"{moment.month}/{moment.day}/{moment.year}"
        text = f"Run by demo/BOX on {day} {clock} (Request {page.request})"
    pieces = [_Piece(number, layout.title_x0, layout.footer_top, "/Reports/" + layout.title.replace(" ", ""), False, False, 7)]
    if text:
        edge = layout.width - 38.2 if layout.kind != "package_sales" else 549.8
        pieces.append(_Piece(number, edge, layout.footer_top, text, True, False, 7))
    return pieces


def _page_date(page: Page, number: int) -> list[_Piece]:
    pieces = [_Piece(number, 396.6, 59, "demo", False, False, 8)]
    if page.run_at is not None:
        text = page.footer or f"{page.run_at.month}/{page.run_at.day}/{page.run_at.year}"
        pieces.append(_Piece(number, geometry.RENEWAL_PAGE_DATE_X1, 58, text, True, False, 8))
    return pieces
