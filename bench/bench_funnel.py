"""What the funnel costs: JSON lines landed over DuckDB's own read_json, and a webhook batch over a full rebuild."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb

from bench.bench_creators import ledgerline_cost, ledgerline_cpu
from bench.bench_events import children_cpu
from loaders.samples.demo import write_settings

DAY = date(2030, 3, 1)
ORDERS_A_FILE = 50_000
EVENTS_EACH = 5
_PATHS = [
    *(f"path:models/staging/{source}" for source in ("clickfunnels", "ads", "attendance", "workflow")),
    *("path:models/staging/settings/funnel", "path:models/intermediate/funnel", "path:models/marts/funnel"),
]
_ORDER = """
    n as id,
    '#' || n as order_number,
    n % {people} as contact_id,
    true as live_mode,
    case when n % 40 = 0 then '1500.00' when n % 3 = 0 then '45.00' else '31.00' end as total_amount,
    'USD' as currency,
    case when {number} > 0 then 'refunded' when n % 50 = 0 then 'pending' else 'paid' end as billing_status,
    'Funnel' as origination_channel_type,
    77 as origination_channel_id,
    'Challenge' as origination_channel_name,
    case when n % 3 = 0 then 'https://www.daily-challenge.example/plus-order'
        else 'https://www.daily-challenge-free.example/plus-order' end as funnel_name,
    {{'id': 88, 'public_id': 'pgDemo', 'name': 'Order form'}} as order_page,
    n || ' Test Street' as billing_address_street_one,
    'Testville' as billing_address_city,
    'CA' as billing_address_region,
    'US' as billing_address_country,
    lpad(cast(n % 99999 as varchar), 5, '0') as billing_address_postal_code,
    strftime({placed}, '%Y-%m-%dT%H:%M:%S.000Z') as created_at,
    strftime({placed} + to_minutes({number}), '%Y-%m-%dT%H:%M:%S.000Z') as updated_at,
    {{'id': n % {people}, 'email_address': 'buyer' || (n % {people}) || '@example.com'}} as contact,
    [
        {{'id': 2 * n, 'quantity': 1, 'original_product': {{'id': 6501, 'name': 'Challenge Plus'}},
          'products_price': {{'id': 6511, 'amount': '31.00', 'currency': 'usd'}}}},
        {{'id': 2 * n + 1, 'quantity': 1 + n % 3, 'original_product': {{'id': 6504, 'name': 'Extra Journal'}},
          'products_price': {{'id': 6514, 'amount': '7.00', 'currency': 'usd'}}}}
    ] as line_items
"""
_PLACED = "(timestamp '2030-01-01' + to_seconds(cast(n % 4000000 as bigint)))"


def write_orders(folder: Path, orders: int) -> None:
    """Orders with two items each, as the API gives them, some files of JSON lines."""
    folder.mkdir(parents=True)
    columns = _ORDER.format(people=orders // 2, number=0, placed=_PLACED)
    for number, first in enumerate(range(0, orders, ORDERS_A_FILE)):
        last = min(first + ORDERS_A_FILE, orders)
        _copy(folder / f"orders_{number:03}.jsonl", f"select {columns} from range({first}, {last}) as numbers (n)")


def write_events(folder: Path, events: int, people: int) -> None:
    """What people did, as automations send it, some files of JSON lines."""
    folder.mkdir(parents=True)
    size = ORDERS_A_FILE * EVENTS_EACH
    for number, first in enumerate(range(0, events, size)):
        last = min(first + size, events)
        _copy(
            folder / f"events_{number:03}.jsonl",
            f"""select
                'e' || n as event_id,
                'buyer' || (n % {people}) || '@example.com' as email,
                case n % 5 when 0 then 'form.submitted' when 1 then 'vidalytics.view_video' when 2 then 'keap.add_tag'
                    else 'message.sent' end as name,
                case n % 5 when 1 then 'Intro View ' || (n % 4 * 25) || '%'
                    when 2 then 'Status - Demo - Clicked NTN In Email' else '' end as value,
                case n % 5 when 0 then 'lead' else 'action' end as type,
                strftime({_PLACED}, '%Y-%m-%dT%H:%M:%SZ') as timestamp,
                case n % 5 when 0 then 'https://www.daily-challenge.example/start' else '' end as comment
            from range({first}, {last}) as numbers (n)""",
        )


def write_webhooks(path: Path, webhooks: int, orders: int) -> None:
    """Refunds of orders that the warehouse knows, as webhooks."""
    path.parent.mkdir(parents=True)
    order = _ORDER.format(people=orders // 2, number=60, placed=_PLACED)
    step = max(orders // webhooks, 1)
    _copy(
        path,
        f"""select
            'w' || orders.id as event_id,
            'one_time_order.refunded' as event_type,
            2 as api_version,
            orders.updated_at as created_at,
            orders as data
        from (select {order} from range(0, {webhooks * step}, {step}) as numbers (n)) as orders""",
    )


def _copy(path: Path, query: str) -> None:
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute(f"copy ({query}) to '{path}' (format json)")


def read_json_cpu(folder: Path) -> float:
    """CPU seconds of DuckDB reading the same files into tables, in a process of its own."""
    script = (
        "import duckdb, sys; c = duckdb.connect(sys.argv[1] + '/bare.duckdb')\n"
        "for name in ('orders', 'events'):\n"
        "    c.execute(f\"create table {name} as from read_json('{sys.argv[1]}/landed/{name}/*.jsonl')\")"
    )
    before = children_cpu()
    subprocess.run([sys.executable, "-c", script, str(folder)], check=True)
    return children_cpu() - before


def build_cpu(home: Path, *arguments: str) -> float:
    """CPU seconds of building the funnel, its tests but no unit tests."""
    return ledgerline_cpu(
        home, DAY, "build", "--exclude-resource-type", "unit_test", *arguments, "--select", *_PATHS, "path:seeds/funnel"
    )


def bench_funnel(folder: Path, say: Callable[..., None], orders: int) -> None:
    """So many orders and five times as many events; then 10,000 webhooks on top of them."""
    home = folder / "home"
    landed = home / "landing" / "clickfunnels"
    write_settings(home / "settings")
    write_orders(landed / "orders", orders)
    write_events(landed / "events", orders * EVENTS_EACH, orders // 2)
    (folder / "landed").symlink_to(landed)
    bare = read_json_cpu(folder)
    cost, peak = ledgerline_cost(home, DAY, "load", "clickfunnels")
    say(
        f"{orders:,} orders and {orders * EVENTS_EACH:,} events landed over read_json, CPU",
        f"{cost / bare:.1f}x",
        f"at most 4x; read_json {bare:.1f} s",
    )
    say("  its peak memory", f"{peak:,.0f} MB", "at most 1,500 MB")
    build_cpu(home)
    startup = build_cpu(folder / "empty")
    write_webhooks(landed / "webhooks" / "batch.jsonl", min(10_000, orders), orders)
    load = ledgerline_cpu(home, DAY, "load", "clickfunnels")
    batch = build_cpu(home) - startup
    full = build_cpu(home, "--full-refresh") - startup
    say(
        "  10,000 webhooks on top: load and build over a full rebuild, without dbt's start-up",
        f"{(load + batch) / full:.2f}x",
        f"at most 0.25x; load {load:.1f} s, build {batch:.1f} s, full {full:.1f} s, empty {startup:.1f} s",
    )
