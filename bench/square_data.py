"""A salon group's raw rows, made by the engine from their numbers: the same every time, at any size.

Ten bookings and twelve payments a customer over three years, one in fifty still to come; some cancelled or missed,
some moved once; one customer in a hundred is listed twice.
"""

from __future__ import annotations

import duckdb

AS_OF = "2026-03-15T19:00:00Z"
BOOKINGS_EACH = 10
PAYMENTS_EACH = 12

# What a group-by of the same two tables costs: the least that any such table can.
BARE = """
    select
        bookings.customer_id, visits, first_at, last_at, cancelled, payments, cents, last_paid_at
    from (
        select
            customer_id,
            count(*) filter (status = 'ACCEPTED') as visits,
            count(*) filter (status <> 'ACCEPTED') as cancelled,
            min(start_at) as first_at,
            max(start_at) as last_at
        from staging.stg_square__bookings group by customer_id
    ) as bookings
    left join (
        select customer_id, count(*) as payments, sum(amount_cents) as cents, max(created_at) as last_paid_at
        from staging.stg_square__payments group by customer_id
    ) as payments using (customer_id)
"""

_ROW = (
    "'made' as _source_file, 'made' as _source_hash, n as _source_row, timestamptz '2026-03-15 19:00:00+00'"
    " as _extracted_at, {run} as _landed_run, 'made' as _dlt_load_id"
)
_NOW = "timestamp '2026-03-15 19:00:00'"
_TEXT = "strftime({}, '%Y-%m-%dT%H:%M:%SZ')"


def make(connection: duckdb.DuckDBPyConnection, customers: int) -> None:
    """Raw rows of so many customers."""
    connection.execute("set TimeZone = 'UTC'; set preserve_insertion_order = false")
    provenance = _ROW.format(run=1)
    connection.execute(
        "insert into raw_square.locations select 'salon', 'L' || n, null, null, md5('L' || n),"
        ' \'{"id":"L\' || n || \'","name":"Place \' || n || \'","timezone":"America/\''
        ' || [\'New_York\', \'Los_Angeles\'][n + 1] || \'","currency":"USD","created_at":"2020-01-01T00:00:00Z"}\','
        f" {provenance} from range(2) as numbers (n)"
    )
    # Twins have the telephone and name of the one before.
    connection.execute(
        "insert into raw_square.customers select 'salon', 'c' || n, 1, timestamptz '2025-01-01 00:00:00+00',"
        ' md5(\'c\' || n), \'{"id":"c\' || n || \'","given_name":"Ada","family_name":"F\' || one ||'
        ' \'","email_address":"c\' || n || \'@example.com","phone_number":"+1212\' || lpad(one::varchar, 7, \'0\') ||'
        ' \'","created_at":"2024-01-01T00:00:00Z"}\','
        f" {provenance} from (select n, n - (n % 100 = 1)::int as one from range({customers}) as numbers (n))"
    )
    connection.execute(
        _bookings(f"range({customers * BOOKINGS_EACH}) as numbers (n)", customers, provenance, version=1)
    )
    connection.execute(_payments(f"range({customers * PAYMENTS_EACH}) as numbers (n)", customers, provenance))
    # The books of what was made.
    rows = 2 + customers * (1 + BOOKINGS_EACH + PAYMENTS_EACH)
    connection.execute(
        "insert into ops.load_audit (source, organization_id, source_file, source_hash, rows_read, rows_landed,"
        " rows_rejected, rows_duplicate, rows_skipped, load_id, loaded_at, landed_run)"
        f" values ('square', 'salon', 'made', 'made', {rows}, {rows}, 0, 0, 0, 'made', '{AS_OF}', 1)"
    )


def lines_of_change(customers: int, share: int) -> dict[str, str]:
    """What an hour brings: one in `share` customers moves their latest booking and pays once more; as files."""
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        moved = _bookings(
            f"range(0, {customers}, {share}) as numbers (n)", customers, _ROW.format(run=2), version=2, insert=False
        )
        paid = _payments(
            f"(select {customers * PAYMENTS_EACH} + n as n from range(0, {customers}, {share}) as numbers (n))",
            customers,
            _ROW.format(run=2),
            insert=False,
        )
        return {
            "bookings/hour.jsonl": "\n".join(row[5] for row in connection.execute(moved).fetchall()) + "\n",
            "payments/hour.jsonl": "\n".join(row[5] for row in connection.execute(paid).fetchall()) + "\n",
        }


def _bookings(numbers: str, customers: int, provenance: str, *, version: int, insert: bool = True) -> str:
    # A later version has moved by a day.
    start = f"{_NOW} - to_minutes((n * 7919 % 1555200) - 31104 - {1440 * (version - 1)})"
    return (
        f"{'insert into raw_square.bookings ' if insert else ''}"
        f"select 'salon', 'b' || n, {version}, ({start} - interval '7 days')::timestamptz + to_hours({version}),"
        f" md5('b' || n || '/{version}'),"
        f' \'{{"id":"b\' || n || \'","version":{version},"status":"\' ||'
        " case n % 25 when 3 then 'CANCELLED_BY_CUSTOMER' when 13 then 'NO_SHOW' when 17 then 'CANCELLED_BY_SELLER'"
        f" else 'ACCEPTED' end || '\",\"customer_id\":\"c' || n % {customers} ||"
        f' \'","location_id":"L\' || n % 2 || \'","start_at":"\' || {_TEXT.format(start)} ||'
        f' \'","created_at":"\' || {_TEXT.format(f"{start} - interval (n % 20) day")} ||'
        f' \'","updated_at":"\' || {_TEXT.format(f"{start} - interval (n % 20) day")} ||'
        " '\",\"source\":\"' || ['FIRST_PARTY_BUYER', 'FIRST_PARTY_MERCHANT'][n % 2 + 1] ||"
        ' \'","appointment_segments":[{"team_member_id":"T\' || n % 40 || \'","service_variation_id":"S\''
        f' || n % 60 || \'","duration_minutes":60}}]}}\', {provenance} from {numbers}'
    )


def _payments(numbers: str, customers: int, provenance: str, *, insert: bool = True) -> str:
    at = f"{_NOW} - to_minutes(n * 6007 % 1555200)"
    return (
        f"{'insert into raw_square.payments ' if insert else ''}"
        f"select 'salon', 'p' || n, null, ({at})::timestamptz, md5('p' || n), '{{\"id\":\"p' || n ||"
        " '\",\"status\":\"' || case n % 30 when 7 then 'FAILED' else 'COMPLETED' end ||"
        f' \'","customer_id":"c\' || n % {customers} || \'","location_id":"L\' || n % 2 ||'
        ' \'","amount_money":{"amount":\' || 2000 + n * 31 % 9000 ||'
        ' \',"currency":"USD"},"tip_money":{"amount":\' || n * 17 % 1500 ||'
        f' \',"currency":"USD"}},"created_at":"\' || {_TEXT.format(at)} || \'","updated_at":"\' ||'
        f" {_TEXT.format(at)} || '\"}}', {provenance} from {numbers}"
    )
