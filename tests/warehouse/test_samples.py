"""The shared sample reports give the figures of their README. Skipped where they are not beside this checkout."""

from __future__ import annotations

import shutil
from decimal import Decimal
from pathlib import Path

import pytest

from tests.support import storms
from tests.support.homes import Home, project_of


def _built(samples: Path, name: str, as_of: str, folder: Path, status: int, env: dict[str, str] | None = None) -> Home:
    home = Home(folder / "home", env={"LEDGERLINE_AS_OF": as_of, **(env or {})}, project=project_of("box_office"))
    shutil.copytree(samples / name, home.path / "landing" / "box_office")
    done = home.ledgerline("run", "box_office", "--quiet")
    assert done.returncode == status, done.stdout + done.stderr
    return home


@pytest.fixture(scope="module")
def real(samples: Path, tmp_path_factory: pytest.TempPathFactory) -> Home:
    return _built(samples, "real", "2025-12-05T18:00:00Z", tmp_path_factory.mktemp("real"), 0)


@pytest.fixture(scope="module")
def synthetic(samples: Path, tmp_path_factory: pytest.TempPathFactory) -> Home:
    return _built(samples, "synthetic", "2030-11-05T18:00:00Z", tmp_path_factory.mktemp("synthetic"), 1)


def test_real_reports_tie_to_the_printed_page(real: Home) -> None:
    assert real.query(
        "select report_kind, cast(snapshot_date as varchar), snapshot_date_basis, row_count, computed_total_tickets,"
        " computed_total_revenue from box_office.sales_reports order by 1, 2"
    ) == [
        ("package_renewals", "2025-03-10", "page_date", 13, 212, Decimal("104929.50")),
        ("package_renewals", "2025-03-17", "page_date", 19, 621, Decimal("310333.17")),
        ("package_sales", "2025-12-04", "run_at", 3, 1851, Decimal("617709.20")),
        ("performance_sales", "2025-09-25", "run_at", 124, 63955, Decimal("4027673.70")),
        ("performance_sales", "2025-09-30", "run_at", 124, 65819, Decimal("4103165.20")),
        ("price_types", "2025-12-02", "run_at", 130, 90685, Decimal("5371134.20")),
    ]
    assert real.value("select count(*) from ops.quarantined_files") == 0
    assert real.value("select count(*) from ops.rejected_rows") == 0


def test_real_columns_sum_as_the_readme_says(real: Home) -> None:
    assert real.query(
        "select sum(fixed_tickets_sold), sum(fixed_revenue), sum(non_fixed_tickets_sold), sum(non_fixed_revenue),"
        " sum(single_tickets_sold), sum(single_revenue), sum(subtotal_revenue), sum(reserved_tickets),"
        " sum(reserved_revenue), sum(available_seats), count(*) filter (reported_budget_error),"
        " count(*) filter (reported_cap_error) from box_office.performance_sales_snapshots"
        " where snapshot_date = '2025-09-30'"
    ) == [
        (
            32470,
            Decimal("2167379.00"),
            1014,
            Decimal("64899.90"),
            32335,
            Decimal("1865232.00"),
            Decimal("4097510.90"),
            124,
            Decimal("5654.30"),
            120753,
            8,
            8,
        )
    ]
    assert real.query(
        "select distinct group_count from box_office.sales_reports where report_kind = 'performance_sales'"
    ) == [(50,)]


def test_real_marts_give_the_expected_figures(real: Home) -> None:
    assert real.query(
        "select performances, total_tickets_sold, total_revenue, other_rows, other_tickets_sold, other_revenue"
        " from box_office.season_sales_totals where season = '25-26' order by snapshot_date"
    ) == [
        (117, 63947, Decimal("4027289.70"), 7, 8, Decimal("384.00")),
        (117, 65811, Decimal("4102781.20"), 7, 8, Decimal("384.00")),
    ]
    assert real.query("select count(*), count(*) filter (not has_sales_data) from box_office.performances") == [
        (130, 6)
    ]
    assert real.query(
        "select count(*), count(*) filter (is_upcoming), sum(total_tickets_change) filter (is_upcoming),"
        " sum(revenue_change) filter (is_upcoming) from box_office.performance_week_over_week where is_available"
    ) == [(124, 115, 1719, Decimal("73878.50"))]
    assert real.query(
        "select sum(comp_tickets), sum(counted_comp_tickets), count(*) filter (is_free_event), sum(available_seats)"
        " from box_office.performance_price_type_snapshots"
    ) == [(12705, 2904, 8, 95755)]
    assert real.query(
        "select status, count(*) from box_office.performance_report_reconciliations group by 1 order by 1"
    ) == [("match", 4), ("mismatch", 5), ("no_sales_snapshot", 6), ("not_comparable", 115)]
    assert real.query(
        "select category, total_pkg_seats, total_amount, unique_pkg_seats, seats_change, amount_change"
        " from box_office.subscription_season_totals where snapshot_date = '2025-03-17' order by 1"
    ) == [
        ("Classical", 371, Decimal("214327.17"), 361, 265, Decimal("148248.67")),
        ("Family", 15, Decimal("1872.00"), 15, 3, Decimal("412.00")),
        ("Pops", 235, Decimal("94134.00"), 235, 141, Decimal("56743.00")),
    ]
    assert real.query("select alert, value from box_office.snapshot_alerts") == [("stale", 66.0)]


def test_nobodys_login_reached_the_warehouse(real: Home, samples: Path) -> None:
    import pdfplumber  # noqa: PLC0415

    logins = set()
    for path in (samples / "real").rglob("*.pdf"):
        with pdfplumber.open(path) as pdf:
            text = pdf.pages[0].extract_text()
        logins |= {line.split("Run by ")[1].split("/")[0].strip() for line in text.splitlines() if "Run by " in line}
    assert logins
    for content in (real.path / "warehouse.duckdb", real.published):
        data = content.read_bytes()
        assert not [login for login in logins if login.encode() in data]


def test_synthetic_samples_give_the_expected_figures(synthetic: Home) -> None:
    assert synthetic.query(
        "select source, count(*) from box_office.performance_sales_snapshots group by 1 order by 1"
    ) == [("historical_import", 6), ("migration", 2), ("pdf_import", 105), ("pdf_webhook", 35)]
    assert synthetic.query("select performance_kind, count(*) from box_office.performances group by 1 order by 1") == [
        ("parking", 1),
        ("performance", 36),
        ("placeholder", 1),
    ]
    assert synthetic.value("select count(*) from box_office.performance_metadata_changes") == 23
    assert synthetic.value("select count(*) from box_office.weekly_sales") == 139
    assert synthetic.value("select count(*) from box_office.snapshot_alerts") == 0
    assert synthetic.query("select reason_code from ops.quarantined_files order by source_file") == [
        ("empty_file",),
        ("encrypted_pdf",),
        ("image_only_pdf",),
        ("missing_report_date",),
        ("not_a_pdf",),
        ("too_many_pages",),
        ("totals_mismatch",),
        ("truncated_pdf",),
        ("unknown_report",),
        ("sales_fields_not_editable",),
    ]
    assert synthetic.query(
        "select rows_read, rows_landed, rows_duplicate, rows_rejected from ops.load_audit"
        " where source_file not like '%.pdf' order by source_file"
    ) == [(8, 8, 0, 0), (16, 7, 1, 8), (4, 3, 0, 1), (3, 3, 0, 0), (3, 2, 0, 1)]
    assert synthetic.query(
        "select performances, productions, total_tickets_sold, total_revenue, capacity, round(capacity_percent, 4),"
        " budget_goal, round(budget_percent, 4), other_rows, other_tickets_sold, other_revenue"
        " from box_office.season_sales_totals where season = '30-31' and snapshot_date = '2030-11-04'"
    ) == [(33, 14, 19422, Decimal("1098930.00"), 4540, 58.9207, Decimal("144000.00"), 104.0046, 2, 2, Decimal("96.00"))]
    assert synthetic.query(
        "select cast(snapshot_date as varchar), total_tickets_sold, round(capacity_percent, 4)"
        " from box_office.performance_sales_snapshots where performance_code = '301116E' order by 1"
    ) == [
        ("2030-10-11", 750, 52.0833),
        ("2030-10-15", 742, 51.5278),
        ("2030-10-21", 777, 53.9583),
        ("2030-10-28", 811, 54.0667),
        ("2030-11-04", 880, 58.6667),
    ]
    assert synthetic.query(
        "select performance_code, projected_single_tickets, projected_total_tickets, projected_revenue,"
        " target_total_tickets, target_revenue from box_office.performance_projections order by 1"
    ) == [
        ("301115E", 760, 1180, Decimal("67850.00"), 1160, Decimal("63800.00")),
        ("301116E", 461, 901, Decimal("48586.12"), 800, Decimal("44000.00")),
    ]


@storms.whole("samples of reports on a server")
def test_the_samples_give_the_same_marts_on_a_server(
    synthetic: Home, samples: Path, postgres: dict[str, str], tmp_path: Path
) -> None:
    import psycopg2  # noqa: PLC0415

    connection = psycopg2.connect(host=postgres["PGHOST"], user=postgres["PGUSER"], dbname="postgres")
    connection.autocommit = True
    connection.cursor().execute("create database samples")
    connection.close()
    env = {"LEDGERLINE_TARGET": "postgres", **postgres, "PGDATABASE": "samples"}
    _built(samples, "synthetic", "2030-11-05T18:00:00Z", tmp_path, 1, env)
    query = "select * from box_office.performance_sales_snapshots order by snapshot_id"
    with (
        psycopg2.connect(
            host=postgres["PGHOST"], user=postgres["PGUSER"], dbname="samples", options="-c TimeZone=UTC"
        ) as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute(query)
        found = cursor.fetchall()
    assert [tuple(row) for row in found] == synthetic.query(query)
