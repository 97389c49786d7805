"""Raw ticketing rows at the size of a big organiser, made in the warehouse itself: landing them is not measured here.

Everything follows from a row's number, so that two runs make the same data. Of five orders four are the organiser's own
and one is from pretix; of ten, one is refunded. An order has 2.4 tickets on average.
"""

from __future__ import annotations

import duckdb

from loaders.sources.ticketing.tables import TABLES

TICKETS = "(1 + i % 5 % 4 + i % 5 // 4)"
FILES = 50

BARE = """
    with native as (
        select
            event_key,
            json_extract_string(payload, [
                '$.status', '$.total_amount', '$.fee_amount', '$.currency', '$.buyer_email', '$.created_at',
                '$.updated_at', '$.paid_at', '$.cancelled_at'
            ]) as texts,
            json_extract(payload, '$.tickets[*]') as tickets
        from raw_ticketing.native_orders
    ),
    native_typed as (
        select
            event_key,
            texts[1] as status,
            cast(texts[2] as decimal(18, 2)) as amount,
            cast(texts[3] as decimal(18, 2)) as fee,
            cast(texts[6] as timestamptz) as sold_at,
            cast(texts[7] as timestamptz) as updated_at,
            tickets
        from native
    ),
    native_tickets as (
        select event_key, sold_at, json_extract_string(ticket, [
            '$.ticket_code', '$.ticket_type_id', '$.status', '$.revoked_at', '$.checked_in_at', '$.answers'
        ]) as texts
        from (select event_key, sold_at, unnest(tickets) as ticket from native_typed)
    ),
    zones as (select event_key, timezone, 'p' || substr(event_key, 2) as slug from raw_ticketing.events),
    pretix as (
        select
            zones.event_key, zones.timezone, cast(order_total as decimal(18, 2)) as amount,
            timezone(zones.timezone, cast(order_time as timestamp)) as sold_at
        from raw_ticketing.pretix_orders inner join zones on event_slug = slug
    ),
    positions as (
        select zones.event_key, zones.timezone, cast(price as decimal(18, 2)) as price,
            timezone(zones.timezone, cast(order_time as timestamp)) as sold_at
        from raw_ticketing.pretix_positions inner join zones on event_slug = slug
    ),
    unioned as (
        select zones.event_key, cast(timezone(timezone, sold_at) as date) as date, amount, fee, 0 as tickets
        from native_typed inner join zones on native_typed.event_key = zones.event_key
        union all
        select event_key, cast(timezone(timezone, sold_at) as date), amount, 0, 0 from pretix
        union all
        select zones.event_key, cast(timezone(timezone, sold_at) as date), 0, 0, 1
        from native_tickets inner join zones on native_tickets.event_key = zones.event_key
        where texts[3] = 'active' and texts[1] is not null and texts[6] is not null
        union all
        select event_key, cast(timezone(timezone, sold_at) as date), 0, 0, 1 from positions where price >= 0
    )
    select event_key, date, sum(amount), sum(fee), sum(tickets) from unioned group by event_key, date
"""


def make(
    connection: duckdb.DuckDBPyConnection, events: int, orders: int, *, first_order: int = 0, run: int = 1
) -> None:
    """Events (in the first run) and their orders, landed by run number `run`. `orders` is a multiple of 5."""
    if run == 1:
        _insert(
            connection,
            "events",
            {
                "event_key": "'e' || i",
                "row_organization_id": "'org_' || i % 100",
                "name": "'Event ' || i",
                "timezone": "['Europe/Berlin', 'America/New_York', 'Africa/Mbabane', 'Asia/Tokyo'][1 + i % 4]",
                "starts_at": "strftime(timestamp '2025-07-01 19:00:00' + to_days(cast(i % 200 as integer)), '%Y-%m-%d')"
                " || ' 19:00:00'",
                "currency": "'EUR'",
                "capacity": "'1000'",
                "platform_refs": "'pretix:p' || i",
                "updated_at": "'2024-01-01 00:00:00Z'",
            },
            f"range({events}) t(i)",
            run,
        )
        _insert(
            connection,
            "ticket_types",
            {
                "event_key": "'e' || i",
                "ticket_type_id": "'ga'",
                "name": "'General'",
                "updated_at": "'2024-01-01 00:00:00Z'",
            },
            f"range({events}) t(i)",
            run,
        )
    # The minute's new orders are of that minute, the others of the 180 days before.
    ordered = (
        "timestamptz '2025-01-01 00:00:00+00' + to_seconds((i * 7919) % 15500000)"
        if run == 1
        else "timestamptz '2025-06-30 12:00:01+00' + to_seconds(i % 59)"
    )
    numbers = f"range({first_order}, {first_order + orders}) t(i)"
    _insert(
        connection,
        "native_orders",
        {"order_id": "'o' || i", "event_key": "'e' || event", "payload": _PAYLOAD},
        f"(select *, {TICKETS} as tickets, i % {events} as event, strftime({ordered}, '%Y-%m-%d %H:%M:%SZ') as moment"
        f" from {numbers} where i % 5 < 4)",
        run,
    )
    local = f"strftime({ordered}, '%Y-%m-%d %H:%M:%S')"
    sold = {
        "event_slug": f"'p' || i % {events}",
        "order_code": "'X' || i",
        "status": "'paid'",
        "order_date": f"substr({local}, 1, 10)",
        "order_time": local,
    }
    of_pretix = f"from {numbers} where i % 5 = 4"
    _insert(
        connection,
        "pretix_orders",
        {
            **sold,
            "order_total": f"25 * {TICKETS}",
            "date_of_last_payment": f"substr({local}, 1, 10)",
            "email": "'x' || i || '@example.com'",
        },
        f"(select i {of_pretix})",
        run,
    )
    _insert(
        connection,
        "pretix_positions",
        {
            **sold,
            "position_id": "n",
            "product": "'General'",
            "price": "'25.00'",
            "extra": "'{\"gender\":\"' || ['Male', 'Female'][1 + (i + n) % 2] || '\"}'",
        },
        f"(select i, unnest(range(1, {TICKETS} + 1)) as n {of_pretix})",
        run,
        line="i * 10 + n",
    )
    _keep_books(connection, run)


def _keep_books(connection: duckdb.DuckDBPyConnection, run: int) -> None:
    """What landing would have written of these rows: a data test holds raw to it."""
    for table in ("events", "ticket_types", "native_orders", "pretix_orders", "pretix_positions"):
        connection.execute(
            "insert into ops.load_audit (source, organization_id, source_file, source_hash, rows_read, rows_landed,"
            " rows_rejected, rows_duplicate, rows_skipped, loaded_at, landed_run)"
            " select 'ticketing', organization_id, any_value(_source_file), _source_hash, count(*), count(*), 0, 0, 0,"
            f" max(_extracted_at), max(_landed_run) from raw_ticketing.{table} where _landed_run = {run}"
            " group by organization_id, _source_hash"
        )


_PAYLOAD = """
    '{"amount_unit":"major","buyer_email":"b' || i || '@example.com","cancelled_at":null,"created_at":"' || moment
    || '","currency":"EUR","event_key":"e' || event || '","fee_amount":"1.25","items":[{"complimentary":null,'
    || '"price_at_purchase":"25.00","quantity":"' || tickets || '","ticket_type_id":"ga","total":"' || 25 * tickets
    || '"}],"items_total":"' || 25 * tickets || '","order_id":"o' || i || '","paid_at":null,"refunds":'
    || case when i % 10 = 1
        then '[{"amount":"' || 25 * tickets || '","completed_at":"2025-06-29 10:00:00Z","created_at":'
        || '"2025-06-29 10:00:00Z","refund_id":"r' || i || '","status":"succeeded","ticket_codes":[]}]'
        else '[]'
    end
    || ',"status":"paid","tax_amount":null,"tickets":['
    || array_to_string([
        '{"answers":{"age_range":"' || ['18-24', '25-34', '35+'][1 + (i + n) % 3] || '","gender":"'
        || ['Male', 'Female'][1 + (i + n) % 2] || '"},"checked_in_at":null,"complimentary":null,'
        || '"price_at_purchase":"25.00","revoked_at":null,"status":"active","ticket_code":"t' || i || '-' || n
        || '","ticket_type_id":"ga"}' for n in range(tickets)
    ], ',')
    || '],"total_amount":"' || 25 * tickets || '","updated_at":"' || moment || '"}'
"""


def _insert(
    connection: duckdb.DuckDBPyConnection, table: str, values: dict[str, str], source: str, run: int, line: str = "i"
) -> None:
    fields = [field.name for field in next(t for t in TABLES if t.name == table).stored_schema]
    row = {
        **dict.fromkeys(fields, "null"),
        **({"extra": "'{}'"} if "extra" in fields else {}),
        **values,
        "organization_id": "'bench'",
        "_folder_organization_id": "''",
        "_folder_event_key": "''",
        "_source_file": f"'bench/run_{run}'",
        "_source_hash": f"'{table}_{run}_' || i % {FILES}",
        "_source_row": line,
        "_extracted_at": "timestamptz '2025-06-30 12:00:00+00'",
        "_landed_run": str(run),
        "_dlt_load_id": "'bench'",
    }
    connection.execute(
        f"insert into raw_ticketing.{table} ({', '.join(row)}) select {', '.join(row.values())} from {source}"
    )
