"""The commands as a person or a scheduler meets them: exit status, last lines, editing, publishing, time travel."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import duckdb
import pytest

from loaders.config import PROJECT_DIR
from loaders.publishing.catalogue import read_marts
from tests.support import reports
from tests.support.homes import Home, project_of

CODE = "301018E"


@pytest.fixture(scope="module")
def box_office() -> Path:
    """The project with one domain: what is said of a run holds however much is built."""
    return project_of("box_office")


@pytest.fixture
def small_copy(demo_copy: Home, box_office: Path) -> Home:
    """The demo's home, of which one domain is built on."""
    return Home(demo_copy.path, env={"PYTHONPATH": str(box_office)}, project=box_office)


def test_help_says_what_there_is(home: Home) -> None:
    said = home.ledgerline("--help").stdout
    for command in ("load", "build", "publish", "run", "edit", "status", "demo"):
        assert command in said
        assert home.ledgerline(command, "--help").returncode == 0
    assert "LEDGERLINE_HOME" in said


@pytest.mark.parametrize(
    ("arguments", "env", "says"),
    [
        (["lood"], {}, "invalid choice"),
        ([], {}, "COMMAND"),
        (
            ["load", "box_ofice"],
            {},
            "no source 'box_ofice'; expected one of box_office, square, cruva, loyalty, clickfunnels, ads,",
        ),
        (["load", "--fast"], {}, "--fast"),
        (["load"], {"LEDGERLINE_AS_OF": "yesterday"}, "LEDGERLINE_AS_OF is 'yesterday', expected RFC 3339"),
        (["load"], {"LEDGERLINE_AS_OF": "2030-11-05T18:00:00"}, "RFC 3339"),
        (["load"], {"LEDGERLINE_TARGET": "oracle"}, "expected one of duckdb, postgres"),
        (["load"], {"LEDGERLINE_ORGANIZATION": "a b"}, "1-64 of A-Z a-z 0-9 _ -"),
        (["load"], {"LEDGERLINE_BOX_OFFICE_TIMEZONE": "Mars/Olympus"}, "IANA time zone"),
        (["load"], {"LEDGERLINE_PDF_MAX_PAGES": "many"}, "whole number"),
        (["edit", "performance", CODE, "--total-revenue", "5"], {}, "sales come from reports only"),
        (["edit", "performance", CODE, "--snapshot-date=2030-01-01"], {}, "sales come from reports only"),
        (["edit", "performance", CODE, "--colour", "red"], {}, "--colour: no such field; expected one of --title"),
        (
            ["edit", "performance", CODE, "--capacity", "0"],
            {},
            "--capacity is '0', expected a whole number from 1 to 100000",
        ),
        (["edit", "performance", CODE, "--capacity", "10", "--season", "30/31"], {}, "--season is '30/31'"),
        (["edit", "performance", CODE, "--capacity"], {}, "--capacity has no value"),
        (["edit", "performance", CODE, "--capacity", "1", "--capacity", "2"], {}, "twice"),
        (
            ["edit", "performance", CODE, "--effective-from", "soon", "--capacity", "1"],
            {},
            "--effective-from is 'soon'",
        ),
        (["edit", "performance", CODE], {}, "nothing to edit"),
        (["edit", "performance", "no/code", "--capacity", "1"], {}, "expected 1-11 of"),
    ],
)
def test_wrong_usage_ends_with_2_and_says_what_is_expected(
    home: Home, arguments: list[str], env: dict[str, str], says: str
) -> None:
    done = home.ledgerline(*arguments, **env)
    assert done.returncode == 2, done.stderr
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert not (home.path / "warehouse.duckdb").exists()


def test_last_lines_say_what_was_refused_and_where(home: Home) -> None:
    home.put("bad.pdf", b"not a report")
    home.put("good.pdf", reports.sales())
    done = home.ledgerline("load")
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("quarantined not_a_pdf: box_office/bad.pdf: found")
    again = home.ledgerline("load")
    assert again.returncode == 0
    assert "0 new files, 2 known" in again.stderr
    assert home.ledgerline("load", "--quiet").stderr == ""


def test_an_edit_of_an_unknown_code_ends_with_1_and_writes_nothing(home: Home) -> None:
    home.put("a.pdf", reports.sales())
    home.load()
    done = home.ledgerline("edit", "performance", "999999Z", "--capacity", "10")
    assert done.returncode == 1
    assert "no performance 999999Z" in done.stderr
    assert home.value("select count(*) from raw_box_office.metadata_edits") == 0


def test_an_edit_is_in_raw_at_once_and_takes_the_codes_case(home: Home) -> None:
    home.put("a.pdf", reports.sales())
    home.load()
    done = home.ledgerline(
        "edit",
        "performance",
        "301115e",
        "--capacity",
        "1,440",
        "--budget-goal=150000",
        "--by",
        "planner",
        "--note",
        "why",
        "--effective-from",
        "2030-10-01",
    )
    assert done.returncode == 0, done.stderr
    assert home.query(
        "select performance_code, field, value, cast(effective_from as varchar), changed_by, source, note"
        " from raw_box_office.metadata_edits order by field"
    ) == [
        ("301115E", "budget_goal", "150000.00", "2030-10-01", "planner", "cli", "why"),
        ("301115E", "capacity", "1440", "2030-10-01", "planner", "cli", "why"),
    ]


def test_an_edit_made_again_after_another_one_counts(home: Home) -> None:
    home.put("a.pdf", reports.sales())
    home.load()
    for capacity in ("1440", "1500", "1440"):
        assert home.ledgerline("edit", "performance", "301115E", "--capacity", capacity).returncode == 0
    found = home.query("select value from raw_box_office.metadata_edits order by _landed_run")
    assert found == [("1440",), ("1500",), ("1440",)]


def test_an_edit_changes_percents_from_its_day_on_and_no_ticket(small_copy: Home) -> None:
    sales = "select snapshot_date, single_tickets_sold, subscription_tickets_sold, total_revenue, source_file from {}"
    sales = sales.format("box_office.performance_sales_snapshots order by snapshot_id")
    before = small_copy.query(sales)
    done = small_copy.ledgerline("edit", "performance", CODE, "--capacity", "800", "--effective-from", "2030-11-01")
    assert done.returncode == 0, done.stderr
    done = small_copy.ledgerline("run", "--quiet")
    assert done.returncode == 0, done.stdout + done.stderr
    assert small_copy.query(sales) == before
    percents = small_copy.query(
        "select snapshot_date >= date '2030-11-01', round(100.0 * total_tickets_sold / capacity_percent)"
        " from box_office.performance_sales_snapshots where performance_code = ? group by all order by 1",
        CODE,
    )
    assert percents == [(False, 1600.0), (True, 800.0)]
    assert small_copy.query(
        "select old_value, new_value, source from box_office.performance_metadata_changes"
        " where performance_code = ? and field = 'capacity' order by changed_at desc limit 1",
        CODE,
    ) == [("1600", "800", "cli")]


def test_plain_dbt_build_passes_on_an_empty_warehouse_without_any_environment(tmp_path: Path) -> None:
    import os  # noqa: PLC0415
    import subprocess  # noqa: PLC0415
    import sys  # noqa: PLC0415

    project = tmp_path / "project"
    kept = ("dbt_project.yml", "profiles.yml", "models", "macros", "seeds", "tests", "data")
    for name in kept:
        source = PROJECT_DIR / name
        if source.is_dir():
            shutil.copytree(
                source, project / name, ignore=shutil.ignore_patterns("*.duckdb*", "landing", "state", "published")
            )
        else:
            project.mkdir(exist_ok=True)
            shutil.copy(source, project / name)
    env = {name: value for name, value in os.environ.items() if not name.startswith(("LEDGERLINE_", "DBT_"))}
    done = subprocess.run(
        [str(Path(sys.executable).with_name("dbt")), "build", "--exclude-resource-type", "unit_test"],
        cwd=project,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:]
    assert "ERROR=0" in done.stdout
    with duckdb.connect(str(project / "data" / "warehouse.duckdb"), read_only=True) as connection:
        assert connection.execute("select count(*) from box_office.performances").fetchone() == (0,)
        assert connection.execute("select status from ops.builds").fetchall() == [("passed",)]


def test_published_holds_marts_only(demo_home: Home) -> None:
    tables = demo_home.query("select table_schema, table_name from information_schema.tables", published=True)
    told = {("ops", "publication"), ("ops", "publication_domains"), ("ops", "source_freshness")}
    assert set(tables) == {(mart.schema, mart.name) for mart in read_marts()} | told
    # Without a key, personal columns are left out.
    personal = {column.name for mart in read_marts() for column in mart.columns if column.is_personal}
    for mart in read_marts():
        shown = [column.name for column in mart.columns if not column.is_personal]
        assert personal.isdisjoint(shown)
        rows = f"select {', '.join(shown)} from {mart.key} order by all"
        assert demo_home.query(rows, published=True) == demo_home.query(rows), mart.key


def test_a_failed_test_publishes_nothing_and_a_mended_one_does(small_copy: Home) -> None:
    before = small_copy.published.read_bytes()
    with duckdb.connect(str(small_copy.path / "warehouse.duckdb")) as connection:
        # No run ever succeeded here, but a load did.
        connection.execute("update ops.application_logs set job = 'load' where job = 'run'")
        connection.execute("update ops.load_audit set rows_read = rows_read + 1 where source_file like '%august.csv'")
    done = small_copy.ledgerline("run", "--quiet")
    assert done.returncode == 1
    assert "assert_every_row_is_accounted_for" in done.stderr.splitlines()[-1]
    assert small_copy.published.read_bytes() == before
    refused = small_copy.ledgerline("publish")
    assert refused.returncode == 1
    assert "the last build failed" in refused.stderr
    # A part that passes does not heal the whole.
    assert small_copy.ledgerline("build", "--select", "weekly_sales", "--quiet").returncode == 0
    assert small_copy.ledgerline("publish").returncode == 1
    status = small_copy.ledgerline("status", "--json")
    assert status.returncode == 1
    jobs = {entry["job"]: entry for entry in json.loads(status.stdout)}
    assert jobs["run"]["status"] == "failed"
    assert jobs["run"]["consecutive_failures"] == 1
    # It never succeeded here; the load did a moment ago.
    assert (jobs["run"]["is_stale"], jobs["load"]["is_stale"]) == (True, False)
    with duckdb.connect(str(small_copy.path / "warehouse.duckdb")) as connection:
        connection.execute("update ops.load_audit set rows_read = rows_read - 1 where source_file like '%august.csv'")
    done = small_copy.ledgerline("run", "--quiet")
    assert done.returncode == 0, done.stderr
    assert small_copy.ledgerline("status").returncode == 1  # the last `publish` was refused


@pytest.mark.parametrize(
    "arguments", [["--exclude-resource-type", "test"], ["--resource-type", "model"], ["--empty"]], ids=" ".join
)
def test_a_build_that_tested_nothing_is_not_published(small_copy: Home, arguments: list[str]) -> None:
    before = small_copy.published.read_bytes()
    assert small_copy.ledgerline("build", "--quiet", *arguments).returncode in (0, 1)
    refused = small_copy.ledgerline("publish")
    assert refused.returncode == 1
    assert "not tested" in refused.stderr or "failed" in refused.stderr
    assert small_copy.published.read_bytes() == before


def test_readers_of_the_published_file_are_not_disturbed_by_a_run(small_copy: Home) -> None:
    file = small_copy.published.stat().st_ino
    with duckdb.connect(str(small_copy.published), read_only=True) as reader:
        before = reader.execute("select count(*) from box_office.performances").fetchone()
        done = small_copy.ledgerline("run", "--quiet")
        assert done.returncode == 0, done.stderr
        assert reader.execute("select count(*) from box_office.performances").fetchone() == before
    # Another file took the place of the one that was open, and nothing unfinished lies beside it.
    assert small_copy.published.stat().st_ino != file
    beside = sorted(path.name for path in small_copy.published.parent.iterdir())
    assert beside == ["data", "marts.duckdb", "publications"]


def test_an_earlier_as_of_shows_the_books_of_that_day(small_copy: Home, demo_home: Home) -> None:
    done = small_copy.ledgerline("run", "--quiet", LEDGERLINE_AS_OF="2030-10-15T18:00:00Z")
    assert done.returncode == 0, done.stdout + done.stderr
    assert (
        str(small_copy.value("select max(snapshot_date) from box_office.performance_sales_snapshots")) == "2030-10-14"
    )
    early = (
        "select snapshot_id, total_tickets_sold, total_revenue, capacity_percent"
        " from box_office.performance_sales_snapshots where snapshot_date <= '2030-10-15' order by 1"
    )
    assert small_copy.query(early) == demo_home.query(early)
    assert small_copy.query("select alert from box_office.snapshot_alerts where severity = 'fail'") == []
    # At 03:00 UTC it is still the evening before where the box office is.
    done = small_copy.ledgerline("run", "--quiet", LEDGERLINE_AS_OF="2030-10-14T03:00:00Z")
    assert done.returncode == 0, done.stdout + done.stderr
    assert (
        str(small_copy.value("select max(snapshot_date) from box_office.performance_sales_snapshots")) == "2030-10-07"
    )
    # The evening before somebody edited, nobody had.
    assert small_copy.value("select count(*) from box_office.performance_metadata_changes") > 0
    done = small_copy.ledgerline("run", "--quiet", LEDGERLINE_AS_OF="2030-08-31T18:00:00Z")
    assert done.returncode == 0, done.stdout + done.stderr
    assert small_copy.value("select count(*) from box_office.performance_metadata_changes") == 0


def test_the_run_log_tells_each_run(demo_home: Home) -> None:
    found = demo_home.query(
        "select job, status, rows_in, rows_out, organization_id, as_of is not null, duration_ms > 0, error"
        " from ops.application_logs order by run_number"
    )
    assert [row[0] for row in found] == ["run", "publish"]
    assert {row[1] for row in found} == {"completed"}
    # Every row but the totals row of the ads report, and the summary of each of fourteen videos exports.
    assert found[0][2] == found[0][3] + 1 + 14 > 100
    assert all(row[4:] == ("", True, True, None) for row in found)
    assert demo_home.query("select job, consecutive_failures, is_stale from ops.job_status order by 1") == [
        ("publish", 0, False),
        ("run", 0, False),
    ]


def test_demo_ends_well_and_shows_rows(demo_home: Home) -> None:
    said = (demo_home.path.parent / "said.txt").read_text()
    assert "box_office.performance_sales_snapshots" in said
    assert "301018E" in said
    assert "lantern-night-2030" in said
    assert "marts.duckdb" in said


def test_every_mart_and_command_is_in_the_readme() -> None:
    readme = (PROJECT_DIR / "README.md").read_text()
    assert len(read_marts()) > 80
    for mart in read_marts():
        assert f"`{mart.name}`" in readme, mart.key
    for command in ("make demo", "make test", "ledgerline run", "ledgerline edit performance"):
        assert command in readme


def test_a_setting_that_is_misspelt_is_refused_by_name(demo_copy: Home) -> None:
    misspelt = {
        "display_rounding": ("event_pace", "truncate, round"),
        "comparator": ("int_event_sales_compared", "previous_event, previous_period, previous_month"),
        "funnel_google_conversions": ("stg_ads__google_ads", "none, leads, purchases"),
        "creators_tier_master": ("int_creators__states_carried", "newest, app, warehouse"),
        "square_identity_policy": ("int_square__customer_edges_found", "explicit, standard, any"),
    }
    models = [model for model, _ in misspelt.values()]
    settings = json.dumps(dict.fromkeys(misspelt, "wurds"))
    done = demo_copy.ledgerline("build", "--quiet", "--select", *models, "--vars", settings)
    assert done.returncode == 1
    for name, (_, words) in misspelt.items():
        assert f'var {name} is "wurds", expected one of {words}' in done.stderr
