"""Ticketing: event definitions and the orders, tickets and payments of every platform an organiser sells on.

pretix, Eventbrite and Hi.Events export CSV files and pages; the organiser's own shop writes JSON. An export is a
snapshot: every row of every new file lands, and the models decide which version of an order holds at which moment.

    landing/ticketing/**.csv, **.xlsx … ->  events, ticket_types, event_campaigns, pretix_orders, pretix_positions,
                                            pretix_fees, pretix_payments, pretix_quotas, eventbrite_attendees,
                                            hi_events_orders, hi_events_attendees
    landing/ticketing/**.json, **.jsonl ->  native_orders, eventbrite_api_attendees

All in `raw_ticketing`, merged on tenant, folder event, file hash and line; the first landed stays. A folder
`org=<organization_id>` names the tenant and `event=<event_key>` the event of what is below it; header or JSON keys tell
the kind. Not loaded: what the exports' links and counters say, beyond keeping their text.
"""

from __future__ import annotations

from loaders.readers.sheets import TEXT_SUFFIXES, WORKBOOK_SUFFIXES, unsupported
from loaders.source import File, Kind, Source
from loaders.sources.ticketing import csv_kinds, json_kinds
from loaders.sources.ticketing.definitions import folders_of, read_definitions
from loaders.sources.ticketing.seeds import CURRENCIES, HEADERS, NO_LIMIT, SEEDS
from loaders.sources.ticketing.tables import TABLES

CSV = Kind("csv", csv_kinds.VERSION, csv_kinds.read_csv)
JSON = Kind("json", json_kinds.VERSION, json_kinds.read_json)


def kind_of(file: File) -> Kind:
    """A table or JSON by ending; what is in it, by its header or keys."""
    if file.suffix in (*TEXT_SUFFIXES, *WORKBOOK_SUFFIXES):
        return CSV
    if file.suffix in (".json", ".jsonl", ".ndjson"):
        return JSON
    raise unsupported(file, (".json", ".jsonl"))


def scope_of(source_file: str) -> str:
    """What a path says of its rows: the same bytes below another folder tenant or event are another file."""
    return "/".join(folders_of(source_file))


SOURCE = Source(
    name="ticketing",
    tables=TABLES,
    kind_of=kind_of,
    scope_of=scope_of,
    prepare=read_definitions,
    seeds=(HEADERS, CURRENCIES, NO_LIMIT),
    home_seeds=SEEDS,
)
