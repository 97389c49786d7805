"""Small reports to test with: one production of two shows, and one of one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from loaders.config import load_settings
from loaders.samples import printed_reports
from loaders.samples.printed_reports import Package, Production, Show, Sold
from loaders.source import File, Parsed, RawRows
from loaders.sources.box_office.furniture import Page
from loaders.sources.box_office.pdf import read_report

RUN_AT = datetime(2030, 11, 4, 5, 0, 10)
PAGE = Page(RUN_AT, request=900004)
SHOW = Show(
    code="301115E",
    day=date(2030, 11, 15),
    time="8:00 PM",
    fixed=Sold(400, Decimal("24000.00")),
    non_fixed=Sold(20, Decimal("1500.00")),
    single=Sold(580, Decimal("31400.00")),
    reserved=Sold(10, Decimal("600.00")),
    available=590,
    budget="50.0%",
    cap="57.5%",
    discount=Sold(30, Decimal("900.00")),
    comp=25,
    other=Sold(10, Decimal("300.00")),
)
SECOND = replace(SHOW, code="301116E", day=date(2030, 11, 16), time="10:30 AM", budget="", cap="#Error")
THIRD = replace(SHOW, code="301220AM", day=date(2030, 12, 20), available=1204)
PRODUCTIONS = [
    Production("31 CS01 Spring Songs", [SHOW, SECOND]),
    Production("31 PS1 Night at the Movies Live", [THIRD]),
]
PACKAGES = [
    Package("31 Friday Bravo 7", "SY-Full", Sold(2, Decimal(392)), Sold(1400, Decimal(7483)), 70, 8),
    Package("31 Sunday Matinee_sub", "SY-Full", Sold(3, Decimal(400)), Sold(14, Decimal(800)), 90, 9),
    Package("31 Trio", "SY-Mini", Sold(1, Decimal(50)), Sold(1, Decimal(60)), 6, 2),
]
SECTIONS = {"30-31 SY Classical": PACKAGES, "30-31 SY Pops": PACKAGES[:1]}
# A report with a CreationDate and no footer.
CREATED = Page(created="D:20301021050009-05'00'")


def sales(page: Page = PAGE, productions: Sequence[Production] = PRODUCTIONS) -> bytes:
    return printed_reports.performance_sales(productions, page)


def price_types(page: Page = PAGE, productions: Sequence[Production] = PRODUCTIONS) -> bytes:
    return printed_reports.price_types(productions, page)


def package_sales(page: Page = PAGE, packages: Sequence[Package] = PACKAGES) -> bytes:
    return printed_reports.package_sales(packages, replace(page, seasons="30-31 SY Pops"))


def renewals(page: Page = PAGE, sections: Mapping[str, Sequence[Package]] = SECTIONS) -> bytes:
    return printed_reports.package_renewals(sections, page)


KINDS = {
    "performance_sales": sales,
    "price_types": price_types,
    "package_sales": package_sales,
    "package_renewals": renewals,
}


def read(content: bytes, sidecar: bytes | None = None, **env: str) -> Parsed:
    """Read one report in this process."""
    file = File(Path("report.pdf"), "box_office/report.pdf", "main")
    return read_report(content, file, load_settings(env), sidecar)


def rows(parsed: Parsed) -> list[dict[str, Any]]:
    return next(mappings(table) for name, table in parsed.tables.items() if name != "reports")


def report(parsed: Parsed) -> dict[str, Any]:
    return mappings(parsed.tables["reports"])[0]


def mappings(found: RawRows) -> list[dict[str, Any]]:
    """Rows of a reader that gives them one by one."""
    assert isinstance(found, Sequence)
    return [dict(row) for row in found]
