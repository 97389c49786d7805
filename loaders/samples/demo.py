"""`ledgerline demo`: made-up organisations through the whole path into a throw-away home, and what came out."""

from __future__ import annotations

import getpass
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb

from loaders.samples import challenge, festival, orchestra, printed_reports, programme, salon
from loaders.sources.box_office.furniture import Page

AS_OF = "2030-11-05T18:00:00Z"
# Hides invented people; a real home has a secret of its own.
_PII_KEY = "the-demo-has-no-secrets"
# Mornings with a report: weekly in early autumn, daily in the last week.
MORNINGS = [date(2030, 9, 9) + timedelta(days=7 * week) for week in range(8)] + [
    date(2030, 10, 29) + timedelta(days=day) for day in range(7)
]

_SHOWN = (
    (
        "What is sold now (box_office.performances)",
        "select performance_code, title, performance_date, total_tickets_sold as tickets, total_revenue as revenue,"
        " round(capacity_percent, 1) as capacity_percent from box_office.performances"
        " where capacity is not null order by performance_date, performance_code limit 5",
    ),
    (
        "The season on each morning (box_office.season_sales_totals)",
        "select snapshot_date, season, performances, total_tickets_sold as tickets, total_revenue as revenue,"
        " round(capacity_percent, 1) as capacity_percent from box_office.season_sales_totals"
        " where performances > 1 order by snapshot_date desc limit 5",
    ),
    (
        "Where shows will end (box_office.performance_projections)",
        "select performance_code, tracking_status, comparison_tickets_now as comparison_now,"
        " projected_total_tickets as projected_tickets, projected_revenue from box_office.performance_projections"
        " where tracking_status <> 'past'"
        " order by performance_code limit 5",
    ),
    (
        "Who the salon's customers are (appointments.customer_analytics)",
        "select visit_segment, customer_type, count(*) as customers, sum(total_visits) as visits,"
        " sum(total_revenue_cents) / 100 as revenue, sum(upcoming_bookings) as upcoming"
        " from appointments.customer_analytics where organization_id = 'salon' group by all order by 1, 2",
    ),
    (
        "Where its revenue goes, last month (appointments.revenue_bridge)",
        "select line_no, line, amount_cents / 100 as amount, payment_count as payments, is_memo"
        " from appointments.revenue_bridge where organization_id = 'salon' and month = date '2030-10-01'"
        " order by line_no",
    ),
    (
        "Where creators stand (creators.users)",
        "select client_id, user_id, current_tier as tier, leaderboard_rank as rank, total_sales, total_units,"
        " checkpoint_value, next_tier_percent from creators.users where not is_admin order by client_id, rank limit 9",
    ),
    (
        "Why a tier changed (creators.tier_checkpoints)",
        "select client_id, user_id, status, basis, decision_value, required_value, tier_before, tier_after"
        " from creators.tier_checkpoints order by client_id, user_id",
    ),
    (
        "What a lead and a sale cost (funnel.funnel_kpis_periods)",
        "select period, leads, plus_sales, revenue_amount as revenue, spend_amount as spend,"
        " true_cpl_amount as per_lead, true_cpp_amount as per_sale, roas, net_sales_amount as net_sales"
        " from funnel.funnel_kpis_periods where organization_id = 'challenge' order by leads desc, period limit 4",
    ),
    (
        "A day's sales as reported, and as they stand (funnel.sales_restatements)",
        "select purchase_date, reported_date, orders, revenue_amount as revenue, orders_delta, revenue_delta_amount"
        " from funnel.sales_restatements where reported_date > purchase_date order by 1, 2 limit 4",
    ),
    (
        "What the organiser's dashboard shows (events.event_overview)",
        "select event_key, currency, total_sales_current as sales, total_sales_trend as trend, tickets_sold as sold,"
        " tickets_percentage as percent, sales_velocity_status as velocity, days_to_sell_out"
        " from events.event_overview order by event_key",
    ),
    (
        "Where its money moved (events.event_money_ledger)",
        "select event_key, entry_kind, count(*) as entries, sum(amount) as amount from events.event_money_ledger"
        " group by event_key, entry_kind order by event_key, entry_kind limit 8",
    ),
)


def run_demo(run: Callable[[Sequence[str]], int], *, quiet: bool) -> int:
    """Write sample files, `ledgerline run` them, and print a few rows of what was built. The exit status of the run."""
    home = Path(tempfile.gettempdir()) / f"ledgerline-demo-{getpass.getuser()}"
    shutil.rmtree(home, ignore_errors=True)
    files = write_landing(home / "landing")
    write_settings(home / "settings")
    os.environ.update(
        LEDGERLINE_HOME=str(home), LEDGERLINE_AS_OF=AS_OF, LEDGERLINE_TARGET="duckdb", LEDGERLINE_PII_KEY=_PII_KEY
    )
    print(
        f"Made {files} sample files of an invented orchestra, salon, creator programme, online challenge and event"
        f" organiser in {home}/landing",
        flush=True,
    )
    status = run(["run", "--quiet"] if quiet else ["run"])
    published = home / "published" / "marts.duckdb"
    if not published.exists():
        return status
    with duckdb.connect(str(published), read_only=True) as connection:
        marts = connection.execute(
            "select table_schema || '.' || table_name from information_schema.tables"
            " where table_schema <> 'ops' order by 1"
        ).fetchall()
        print("\nBuilt, tested and published:")
        for (name,) in marts:
            (rows,) = connection.execute(f"select count(*) from {name}").fetchall()[0]
            print(f"  {name:<50} {rows:>6} rows")
        for title, query in _SHOWN:
            print(f"\n{title}")
            print(connection.sql(query))
    print(f"Open it:    duckdb -readonly {published}   (or any BI tool that reads DuckDB)")
    print(f"Over HTTP:  LEDGERLINE_HOME={home} {_command()} serve --open   (docs/api.md)")
    print(f"Raw to marts, books of every file and rejected row (schema ops): {home / 'warehouse.duckdb'}")
    print(f"Your own files: put them into data/landing/<source>/ and run `{_command()} run`")
    return status


def write_landing(folder: Path) -> int:
    """The demo's landing files of every source, below `folder`. Returns their number."""
    return (
        write_box_office(folder / "box_office")
        + _write(folder / "square", salon.files())
        + _write(folder / "cruva", programme.videos_exports())
        + _write(folder / "loyalty", programme.programme_exports())
        + _write(folder / "ticketing", festival.files())
        + _write(folder / "clickfunnels", challenge.files())
        + _write(folder / "ads", {**festival.ads(), **challenge.ads()})
        + _write(folder / "attendance", challenge.attendance())
        + _write(folder / "workflow", challenge.workflow())
    )


def write_settings(folder: Path) -> int:
    """What the demo's businesses say of themselves, below `folder`. Returns the number of files."""
    return _write(folder, challenge.settings())


def write_box_office(folder: Path) -> int:
    """The orchestra's files: reports of every kind, history, edits and comparisons. Returns their number."""
    files: dict[str, bytes] = {}
    for number, day in enumerate(MORNINGS):
        run_at = datetime(day.year, day.month, day.day, 5, 0, 10)
        page = Page(run_at, request=900_000 + number)
        files[f"reports/sales_{day}.pdf"] = printed_reports.performance_sales(orchestra.productions(day), page)
    last = MORNINGS[-1]
    run_at = datetime(last.year, last.month, last.day, 14, 15)
    page = Page(run_at, request=900_100)
    files["webhook/sales_afternoon.pdf"] = printed_reports.performance_sales(orchestra.productions(last), page)
    files["reports/price_types.pdf"] = printed_reports.price_types(
        orchestra.productions(last), Page(run_at, request=900_101)
    )
    files["reports/packages.pdf"] = printed_reports.package_sales(
        orchestra.packages(), Page(run_at, request=900_102, seasons="30-31 SY Pops")
    )
    for week in (1, 2):
        morning = datetime(2030, 3, 3 + 7 * week, 5, 31)
        files[f"reports/renewals/week_{week}.pdf"] = printed_reports.package_renewals(
            orchestra.renewals(week), Page(morning)
        )
    show = orchestra.productions(last)[3].shows[0]
    files["history/august.csv"] = (
        "performance_code,snapshot_date,single_tickets_sold,subscription_tickets_sold,total_revenue,capacity_percent\n"
        f'{show.code},2030-08-12,4,{show.fixed.count},"20,150.00",20.2\n'
        f'{show.code},2030-08-19,9,{show.fixed.count},"20,462.50",20.5\n'
    ).encode()
    edits = ["performance_code,capacity,budget_goal,venue,changed_by,changed_at"]
    comparisons = ["performance_code,comparison_name,is_target,week,tickets,subs,atp"]
    for production in orchestra.productions(last)[:6]:
        for performance in production.shows:
            edits.append(f"{performance.code},1600,60000.00,Main Hall,planner@example.com,2030-09-01T15:00:00Z")
            comparisons += [
                f"{performance.code},29-30 season,true,{week},{tickets},260,58.00"
                for week, tickets in (("8", 90), ("4", 210), ("1", 380), ("final", 520))
            ]
    files["metadata/capacities.csv"] = ("\n".join(edits) + "\n").encode()
    files["comparisons/last_season.csv"] = ("\n".join(comparisons) + "\n").encode()
    return _write(folder, files)


def _write(folder: Path, files: Mapping[str, bytes]) -> int:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return len(files)


def _command() -> str:
    return ".venv/bin/ledgerline" if shutil.which("ledgerline") is None else "ledgerline"
