"""Ads: what Meta and Google say a campaign cost and brought, one row per ad and day.

People export reports from the two ad managers, daily ones, in their own language, with preambles, totals rows and the
number style of their country. An export restates its days: every file lands whole, and the models let the newest win.

    landing/ads/**.csv, **.tsv, **.txt, **.xlsx, **.xls, **.ods  ->  raw_ads.meta_ads, google_ads

Merged on tenant, account folder, file hash and line; the first landed stays. A folder `account=<id>` names the ad
account of what is below it, for reports that have no column of it. Headers tell the kind: `Amount spent` is Meta's,
`Cost` is Google's, in any of the languages of the seed `funnel_header_aliases`. Not loaded: totals rows, since they are
sums that the reader has checked; a report over several days without a day column, which could only be put on a wrong
day.
"""

from __future__ import annotations

from loaders.readers.sheets import TEXT_SUFFIXES, WORKBOOK_SUFFIXES, unsupported
from loaders.source import File, Kind, Source
from loaders.sources.ads import reports
from loaders.sources.ads.layouts import LAYOUTS, table_of
from loaders.sources.funnel.seeds import HEADER_ALIASES
from loaders.sources.funnel.settings import funnel_settings, of_days

REPORT = Kind("report", reports.VERSION, reports.read_report)


def kind_of(file: File) -> Kind:
    """Every table is a report; its header tells whose."""
    if file.suffix in (*TEXT_SUFFIXES, ".txt", *WORKBOOK_SUFFIXES):
        return REPORT
    raise unsupported(file, (".txt",))


SOURCE = Source(
    name="ads",
    tables=tuple(map(table_of, LAYOUTS)),
    kind_of=kind_of,
    scope_of=reports.account_folder,
    follows=of_days,
    seeds=(HEADER_ALIASES,),
    settings=(funnel_settings,),
)
