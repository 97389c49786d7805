"""Square: customers, bookings, payments and what belongs to them, from its API, from files and from the dashboard.

A salon books and sells through Square. Its API answers pages of objects, webhooks and dumps hold the same objects in
files, and its dashboard exports CSV. Raw keeps every version of every object once; models take the latest by the
source's own version and time.

    landing/square/org=<id>/<resource>/**.json, .jsonl, .ndjson  ->  customers, bookings, payments, refunds, orders,
                                                                     locations, team_members, catalog, gift_cards,
                                                                     gift_card_activities, referral_profiles,
                                                                     referral_rewards, customer_merges
    landing/square/org=<id>/**.csv, **.xlsx, …                   ->  export_transactions, export_items,
                                                                     export_customers
    the Square API (`loaders.sources.square.api`)                        ->  the same tables as files

All in `raw_square`, objects merged on tenant, id and the hash of the object in one spelling: the same object again, in
whatever file, page or event, is a duplicate. Not loaded: invoices, loyalty, disputes, payouts, and cards' numbers.
"""

from __future__ import annotations

from loaders.readers.sheets import TEXT_SUFFIXES, WORKBOOK_SUFFIXES, unsupported
from loaders.source import File, Kind, Source
from loaders.sources.square import api, exports, pages
from loaders.sources.square.resources import TABLES
from loaders.sources.square.seeds import SEEDS, TIME_ZONES
from loaders.sources.square.settings import credentials, square_api

JSON = Kind("json", pages.VERSION, pages.read_json)
CSV = Kind("csv", exports.VERSION, exports.read_csv)


def kind_of(file: File) -> Kind:
    """JSON or a table by ending; what is in it, by its keys or header."""
    if file.suffix in (".json", ".jsonl", ".ndjson"):
        return JSON
    if file.suffix in (*TEXT_SUFFIXES, *WORKBOOK_SUFFIXES):
        return CSV
    raise unsupported(file, (".json", ".jsonl"))


SOURCE = Source(
    name="square",
    tables=TABLES,
    kind_of=kind_of,
    scope_of=pages.folder_resource,
    extract=api.extract,
    seeds=(TIME_ZONES,),
    home_seeds=SEEDS,
    settings=(square_api,),
    credentials=credentials,
)
