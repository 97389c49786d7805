"""Prints synthetic reports of all four kinds, in the geometry that the parser reads: for the demo, tests and benchmark.

Base-14 Helvetica, deterministic to the byte. Long values, codes and labels wrap as on the real page by themselves;
`Page` asks for every other trap and for defects. Amounts are `Decimal`, texts are printed as they are given.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from loaders.sources.box_office import geometry
from loaders.sources.box_office.furniture import Page, Piece, furniture, wrapped
from loaders.sources.box_office.geometry import LABEL_LENGTH, WRAP_LENGTH, WRAP_PITCH, Geometry

_ORGANISATION = "Example Orchestra"
# From a word's top to its baseline, in ems of Helvetica as pdfplumber measures it.
_BASELINE = 1 - 0.207
ERROR = "#Error"


@dataclass(frozen=True)
class Sold:
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


class _Sheet:
    """Pieces of text placed on pages; pagination by the geometry's last row."""

    def __init__(self, layout: Geometry, page: Page) -> None:
        self.layout = layout
        self.page = page
        self.pieces: list[Piece] = []
        self.number = 1
        self.top = layout.first_row
        self.rows = 0

    def put(
        self, x: float, top: float, text: str, *, right: bool = False, bold: bool = False, size: float | None = None
    ) -> None:
        if text:
            self.pieces.append(Piece(self.number, x, top, text, right, bold, size or self.layout.size))

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

    def right_cells(
        self, top: float, row: str, values: Mapping[str, str], edges: Mapping[str, float], bold: bool
    ) -> bool:
        """Print right-aligned cells; whether one of them wrapped."""
        has_wrapped = False
        for column, value in values.items():
            text = self.cell(row, column, value)
            if text is None:
                continue
            if len(text) >= WRAP_LENGTH and self.layout.kind == "performance_sales":
                self.put(edges[column], top, text[: WRAP_LENGTH - 1], right=True, bold=bold)
                self.put(edges[column], top + WRAP_PITCH, text[WRAP_LENGTH - 1 :], right=True, bold=bold)
                has_wrapped = True
            else:
                self.put(edges[column], top, text, right=True, bold=bold)
        return has_wrapped

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

    def _draw(self, canvas: Canvas, piece: Piece) -> None:
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

    def _furniture(self, number: int, total: int) -> list[Piece]:
        layout, page = self.layout, self.page
        pieces = [
            Piece(number, layout.width / 2, layout.title_top - 22, _ORGANISATION, False, True, 12),
            Piece(number, layout.title_x0, layout.title_top, page.title or layout.title, False, True, 12),
            Piece(number, layout.width - 42, layout.page_number_top, f"Page {number} of {total}", True, False, 8),
        ]
        return pieces + furniture(layout, page, number)


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
        for part in wrapped(package_type, 60, sheet.layout.size):
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
    reserved, comp, all_single = (
        _sum(s.reserved for s in shows),
        sum(s.comp for s in shows),
        _sum(s.single for s in shows),
    )
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


def _price_type_lines(sheet: _Sheet, row: str, show: Show | None, shows: Sequence[Show], budget: str, cap: str) -> None:
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
        lines = wrapped(when, 77, sheet.layout.size)
        for index, part in enumerate(lines):
            sheet.put(date_x0, top + index * WRAP_PITCH, part)
        sheet.top += WRAP_PITCH * (len(lines) - 1)
    else:
        lines = wrapped(row, 125, sheet.layout.size + 1)
        for index, part in enumerate(lines):
            sheet.put(code_x0, top + index * 9.7, part, bold=True, size=9)
        if len(lines) > 1:
            # Cells of a label on two lines stand between them.
            cells_top = top + 4.8
            sheet.top += 9.7
    left = {"budget": budget, "available": f"{sum(s.available for s in shows):,}", "cap": cap}
    for column, value in left.items():
        sheet.put(geometry.PRICE_TYPE_LEFT_EDGES[column], cells_top, sheet.cell(row, column, value) or "", bold=bold)
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


def _broken(text: str, width: float, size: float) -> list[str]:
    """A word broken between letters where it is too wide."""
    parts = [""]
    for letter in text:
        if stringWidth(parts[-1] + letter, "Helvetica", size) > width:
            parts.append("")
        parts[-1] += letter
    return parts
