"""Where the ticketing system prints what: one description that the parser and the project's own generator share.

Points; `top` counts from the page's top; right-aligned columns are named by their right edge, the others by their left.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Geometry:
    """One report kind's page."""

    kind: str
    title: str
    width: float
    height: float
    # How far apart the tops of words on one line may be, and a cell's right edge from its header token's.
    line_tolerance: float
    edge_tolerance: float
    title_x0: float
    title_top: float
    page_number_top: float
    parameters_top: float
    header_tops_first: tuple[float, ...]
    header_tops_other: tuple[float, ...]
    first_row: float
    first_row_other: float
    row_pitch: float
    last_row: float
    size: float
    text_x0: tuple[float, ...]
    footer_top: float


PERFORMANCE_SALES = Geometry(
    kind="performance_sales",
    title="Performance Sales Summary",
    width=792,
    height=595.44,
    line_tolerance=2.5,
    edge_tolerance=1.5,
    title_x0=38.7,
    title_top=63,
    page_number_top=62,
    parameters_top=82,
    header_tops_first=(170, 184),
    header_tops_other=(83, 98),
    first_row=198,
    first_row_other=111,
    row_pitch=14.4,
    last_row=530,
    size=8,
    text_x0=(38.0, 106.1),
    footer_top=548,
)

PRICE_TYPES = Geometry(
    kind="price_types",
    title="Performance Sales Summary by Price Type Category",
    width=792,
    height=595.44,
    line_tolerance=3.2,
    edge_tolerance=1.5,
    title_x0=17.1,
    title_top=45,
    page_number_top=44,
    parameters_top=67,
    header_tops_first=(157, 171, 185),
    header_tops_other=(),
    first_row=199,
    first_row_other=65,
    row_pitch=14.3,
    last_row=545,
    size=8,
    text_x0=(16.4, 67.8),
    footer_top=566,
)

PACKAGE_SALES = Geometry(
    kind="package_sales",
    title="Package Sales Report",
    width=595.44,
    height=792,
    line_tolerance=2.5,
    edge_tolerance=1.5,
    title_x0=20.7,
    title_top=63,
    page_number_top=61,
    parameters_top=83,
    header_tops_first=(143, 157),
    header_tops_other=(143, 157),
    first_row=172,
    first_row_other=172,
    row_pitch=14.4,
    last_row=730,
    size=8,
    text_x0=(23.5, 95.5),
    footer_top=745,
)

PACKAGE_RENEWALS = Geometry(
    kind="package_renewals",
    title="Package Sales Renewal Report",
    width=792,
    height=612,
    line_tolerance=3.2,
    edge_tolerance=4.0,
    title_x0=40.3,
    title_top=59,
    page_number_top=72,
    parameters_top=82,
    header_tops_first=(205, 216),
    header_tops_other=(205, 216),
    first_row=234,
    first_row_other=234,
    row_pitch=11,
    last_row=560,
    size=9,
    text_x0=(35.9, 188.2),
    footer_top=612,
)

KINDS = (PERFORMANCE_SALES, PRICE_TYPES, PACKAGE_SALES, PACKAGE_RENEWALS)

# Performance sales: the header token of each right-aligned column and its right edge, in print order.
PERFORMANCE_SALES_EDGES = {
    "budget": 250.0,
    "fixed_count": 278.8,
    "fixed_amount": 329.5,
    "non_fixed_count": 357.3,
    "non_fixed_amount": 406.9,
    "single_count": 435.8,
    "single_amount": 485.4,
    "subtotal": 535.1,
    "reserved_count": 563.9,
    "reserved_amount": 613.6,
    "total": 663.3,
    "available": 706.8,
    "cap": 750.2,
}

# Price types: line 1 has left-aligned cells, line 2 right-aligned ones.
PRICE_TYPE_LEFT_EDGES = {"budget": 147.0, "available": 192.1, "cap": 253.3}
PRICE_TYPE_EDGES = {
    "package_count": 188.0,
    "package_amount": 249.2,
    "single_count": 288.9,
    "single_amount": 350.0,
    "discount_count": 391.8,
    "discount_amount": 452.7,
    "comp_count": 494.5,
    "other_count": 536.3,
    "other_amount": 597.4,
    "total": 658.6,
    "reserved_count": 700.4,
    "reserved_amount": 761.6,
}

PACKAGE_SALES_EDGES = {"package": 286.8, "performance": 350.3, "total": 422.3, "paid": 494.3, "orders": 549.8}
PACKAGE_SALES_TOTAL_X0 = 47.3

# Renewals: where data ends, and where the header tokens of the same columns end.
RENEWAL_EDGES = {
    "new_count": 337.4,
    "new_amount": 415.3,
    "renewed_count": 489.5,
    "renewed_amount": 571.3,
    "total_count": 644.8,
    "total_amount": 722.8,
}
RENEWAL_HEADER_EDGES = {
    "new_count": 337.9,
    "new_amount": 416.4,
    "renewed_count": 490.1,
    "renewed_amount": 568.7,
    "total_count": 645.7,
    "total_amount": 724.0,
}
RENEWAL_SECTION_X0 = 20.9
RENEWAL_SUBTOTAL_X0 = 54.1
RENEWAL_TOTAL_X0 = 28.4
RENEWAL_NAME_LIMIT = 300.0
RENEWAL_PAGE_DATE_X1 = 524.0

# The title stands in the top of page 1, and so does a renewal's page date.
TITLE_LIMIT = 80.0
# A value that is too long for its cell goes on this much lower.
WRAP_PITCH = 9.0
WRAP_LENGTH = 12
LABEL_LENGTH = 30
# Footers and last rows keep this distance, wrapped cells included.
FOOTER_MARGIN = 5.0
