"""ClickFunnels: contacts, orders, products, form submissions and events of a challenge funnel, and its second checkout.

The funnel's pages take leads and orders; automations add events; a second checkout, Spiffy, sells beside it. The API
(`loaders.sources.clickfunnels.api`) has the current state; webhooks tell what happened, in any order and more than
once; people export CSV.

    landing/clickfunnels/**.json, .jsonl, .csv  ->  contacts, orders, products, form_submissions, transactions,
                                                    invoices, webhook_events, spiffy_events, events, export_orders,
                                                    export_contacts
    the ClickFunnels API                        ->  contacts, orders, products, form_submissions, transactions

All in `raw_clickfunnels`. Objects are merged on tenant, id and the hash of the object in one spelling, webhooks on the
id of their event, events and exports on file hash and line. Content tells the kind, never the folder. Not loaded: what
ads cost (source `ads`), and payment methods, which the API does not give.
"""

from __future__ import annotations

from loaders.config import Settings
from loaders.readers.sheets import TEXT_SUFFIXES, WORKBOOK_SUFFIXES, unsupported
from loaders.source import File, Kind, Parsed, Source
from loaders.sources.clickfunnels import api, exports, payloads
from loaders.sources.clickfunnels.settings import clickfunnels_api, credentials
from loaders.sources.clickfunnels.signature import verify_webhook
from loaders.sources.clickfunnels.tables import TABLES
from loaders.sources.funnel.seeds import HEADER_ALIASES, SEEDS
from loaders.sources.funnel.settings import funnel_settings, of_times

__all__ = ["SOURCE", "verify_webhook"]


def read_any(content: bytes, file: File, settings: Settings, sidecar: bytes | None) -> Parsed:
    """JSON or CSV, as the first character that is not blank tells."""
    reader = (
        payloads.read_json
        if content.lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n")[:1] in (b"{", b"[", b"")
        else exports.read_csv
    )
    return reader(content, file, settings, sidecar)


EXPORT = Kind("export", f"{payloads.VERSION}.{exports.VERSION}", read_any)


def kind_of(file: File) -> Kind:
    """Every text file may hold any of it."""
    if file.suffix in (".json", ".jsonl", ".ndjson", ".txt", *TEXT_SUFFIXES, *WORKBOOK_SUFFIXES):
        return EXPORT
    raise unsupported(file, (".txt", ".json", ".jsonl"))


SOURCE = Source(
    name="clickfunnels",
    tables=TABLES,
    kind_of=kind_of,
    extract=api.extract,
    follows=of_times,
    seeds=(HEADER_ALIASES,),
    home_seeds=SEEDS,
    settings=(clickfunnels_api, funnel_settings),
    credentials=credentials,
)
