"""What reports of Meta's and Google's ad managers look like, and the raw tables that they land in."""

from __future__ import annotations

import pyarrow as pa

from loaders.readers.sheets import Column, Layout
from loaders.source import raw_table
from loaders.warehouse.engine import Table

# The `account=<id>` folder that a file lies in, '' for none. NULL in rows that an older version landed, which read no
# account at all.
ACCOUNT_FOLDER = "account_folder"

_NAMED = (("campaign_id", "campaign_name"), ("adset_id", "adset_name"), ("ad_id", "ad_name"))
META = Layout(
    "meta_ads",
    "a report of Meta Ads Manager",
    (
        *(Column(name, "date") for name in ("day", "reporting_starts", "reporting_ends")),
        *(Column("account_id", "id"), Column("account_name", "name")),
        *(Column("campaign_id", "id"), Column("campaign_name", "name")),
        *(Column("adset_id", "id"), Column("adset_name", "name"), Column("ad_id", "id"), Column("ad_name", "name")),
        *(Column("currency", "currency"), Column("spend", "money", is_summed=True)),
        *(
            Column(name, "count", is_summed=True)
            for name in ("impressions", "clicks", "link_clicks", "landing_page_views")
        ),
        Column("landing_page_view_rate", "rate"),
        *(Column("leads", "count", is_summed=True), Column("purchases", "count", is_summed=True)),
        # Results of different indicators have no sum, and frequencies have none.
        *(Column("results", "count"), Column("result_indicator"), Column("frequency", "decimal")),
    ),
    (("campaign_name",), ("spend",), ("day", "reporting_starts")),
    advice="export it again with that column, and with the breakdown by day",
    # `Amount spent` and `Cost` are words of no other tool's daily tables.
    least_alike=2,
    needed=(("day", "reporting_starts"), ("campaign_name",)),
    names=("campaign_id", "campaign_name", "adset_id", "adset_name", "ad_id", "ad_name"),
    totals_are_blank=True,
    repeats="parts",
    named=_NAMED,
    order="",
)
GOOGLE = Layout(
    "google_ads",
    "a report of Google Ads",
    (
        *(Column("day", "date"), Column("account_id", "id"), Column("account_name", "name")),
        *(Column("campaign_id", "id"), Column("campaign_name", "name")),
        *(Column("adset_id", "id"), Column("adset_name", "name"), Column("ad_id", "id")),
        *(Column("currency", "currency"), Column("spend", "money", is_summed=True)),
        *(Column("impressions", "count", is_summed=True), Column("clicks", "count", is_summed=True)),
        Column("conversions", "decimal", is_summed=True),
    ),
    (("campaign_name",), ("spend",), ("day",)),
    advice="export it again with that column, and with the segment Day",
    least_alike=2,
    needed=(("day",), ("campaign_name",)),
    keys=("day", "campaign_id", "campaign_name", "adset_id", "adset_name", "ad_id"),
    # Its totals of accounts and kinds of campaigns count what the report may leave out.
    covering=frozenset(
        (
            *("total", "total_campaigns", "total_campagnes", "total_campanas", "total_campanhas", "gesamt"),
            *("gesamt_kampagnen", "totale", "totale_campagne", "totaal", "totaal_campagnes"),
        )
    ),
    repeats="parts",
    named=_NAMED[:2],
    order="",
)
LAYOUTS = (META, GOOGLE)
NUMBERS = frozenset(("count", "money", "decimal", "rate"))


def table_of(layout: Layout) -> Table:
    """The raw table of a layout: its columns as text, whatever has no column, and the folder's account."""
    fields = [pa.field(name, pa.string()) for name in (*layout.by_name, "extra", ACCOUNT_FOLDER)]
    return raw_table(layout.name, fields, key=(ACCOUNT_FOLDER,))
