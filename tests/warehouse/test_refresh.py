"""A recent refresh leaves every mart as a full one would, whatever happened and in whatever schedule."""

from __future__ import annotations

import json
import random
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from loaders.publishing.catalogue import read_marts
from loaders.samples import salon
from tests.drawn.salons import draw_salon, text
from tests.support import storms
from tests.support.homes import AS_OF, LOAD_IDS, Home, copy_project, project_of

# Without a key, readers do not get these.
PERSONAL = (*LOAD_IDS, *(column.name for mart in read_marts() for column in mart.columns if column.is_personal))
SALONS_EACH = 100
STEPS = 6
FINGERPRINTS = "select facts_fingerprint from intermediate.int_square__customer_facts"
LATE_SALONS = 30


def _as_ofs(draw: random.Random) -> list[datetime]:
    """As-ofs an hour, a day or two months apart, and now and then an earlier one."""
    moments = [datetime(2026, 3, 8, 7, 30, tzinfo=UTC) + timedelta(hours=draw.randrange(600))]
    for _ in range(STEPS - 1):
        moments.append(moments[-1] + timedelta(hours=draw.choice((0, 1, 1, 2, 23, 24 * 31, -3, -24 * 20))))
    return moments


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(storms.size("refreshed_warehouses")))
def test_recent_equals_full_for_every_history_and_schedule(tmp_path: Path, seed: int) -> None:
    draw = random.Random(seed)
    as_ofs = _as_ofs(draw)
    salons = [draw_salon(seed * 1_000 + number, as_ofs) for number in range(SALONS_EACH)]
    home = Home(tmp_path / "home", project=project_of("appointments", "square"))
    compared = kept = 0
    known: set[str] = set()
    for step, as_of in enumerate(as_ofs):
        for number, files in enumerate(salons):
            for name, content in files[step].items():
                home.put(f"org=salon_{number}/{name}", content, "square")
        # Of those after the first one may be full.
        mode = "full" if step and draw.random() < 0.2 else "recent"
        done = home.ledgerline("refresh", mode, LEDGERLINE_AS_OF=text(as_of))
        assert done.returncode in (0, 1), done.stderr
        assert "build failed" not in done.stderr, done.stderr
        facts = {fingerprint for (fingerprint,) in home.query(FINGERPRINTS)}
        before, known = known, facts
        if mode == "full":
            continue
        kept += len(facts & before)
        recent = home.export(["appointments"])
        # The same raw and as-of made whole, aside, so that the next step goes on from the recent one.
        aside = Home(tmp_path / f"full_{step}", project=project_of("appointments", "square"))
        shutil.copytree(home.path, aside.path)
        done = aside.ledgerline("refresh", "full", LEDGERLINE_AS_OF=text(as_of))
        assert done.returncode == 0, done.stderr
        full = aside.export(["appointments"])
        shutil.rmtree(aside.path)
        for mart, rows in full.items():
            assert recent[mart] == rows, mart
        compared += 1
    assert home.value("select count(distinct organization_id) from appointments.customer_analytics") == SALONS_EACH
    # Rows that were not made again are what this is about.
    assert compared >= STEPS // 2
    assert kept > 5 * SALONS_EACH


@pytest.mark.slow
def test_marts_do_not_depend_on_what_was_loaded_before(tmp_path: Path) -> None:
    """Somebody who starts late lands everything at once; to another the older versions of things come last."""
    as_ofs = _as_ofs(random.Random(7))
    salons = [draw_salon(7_000 + number, as_ofs) for number in range(LATE_SALONS)]
    clock = {"LEDGERLINE_AS_OF": text(max(as_ofs))}
    exported = []
    for name, runs in (("once", [range(STEPS)]), ("backwards", [range(STEPS // 2, STEPS), range(STEPS // 2)])):
        home = Home(tmp_path / name, project=project_of("appointments", "square"))
        for steps in runs:
            for number, files in enumerate(salons):
                for step in steps:
                    for file, content in files[step].items():
                        home.put(f"org=salon_{number}/{file}", content, "square")
            done = home.ledgerline("refresh", "recent", **clock)
            assert done.returncode in (0, 1), done.stderr
            assert "build failed" not in done.stderr, done.stderr
        exported.append(home.export(["appointments"]))
    once, backwards = exported
    for mart, rows in once.items():
        assert backwards[mart] == rows, mart


@pytest.fixture(scope="module")
def salon_built(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The demo's salon, loaded and built. Read it; do not write to it."""
    home = Home(tmp_path_factory.mktemp("salon") / "home", project=project_of("appointments", "square"))
    for name, content in salon.files().items():
        home.put(name, content, "square")
    done = home.ledgerline("refresh", "full")
    assert done.returncode == 0, done.stderr
    return home


@pytest.fixture
def salon_home(salon_built: Home, tmp_path: Path) -> Home:
    """A copy of the demo's salon to write to."""
    shutil.copytree(salon_built.path, tmp_path / "home")
    return Home(tmp_path / "home", project=salon_built.project)


def _hour(home: Home, number: int) -> None:
    """One booking is cancelled, and somebody pays."""
    booking = {
        "id": f"booking{number:03d}",
        "version": 9,
        "status": "CANCELLED_BY_SELLER",
        "start_at": "2030-10-01T10:00:00Z",
        "updated_at": AS_OF,
        "customer_id": f"CUST_{number:02d}",
    }
    payment = {
        "id": f"hour{number}",
        "status": "COMPLETED",
        "created_at": AS_OF,
        "amount_money": {"amount": 1_000 + number, "currency": "USD"},
        "customer_id": f"CUST_{number + 1:02d}",
    }
    home.put(f"org=salon/bookings/hour_{number}.jsonl", json.dumps(booking) + "\n", "square")
    home.put(f"org=salon/payments/hour_{number}.jsonl", json.dumps(payment) + "\n", "square")


@pytest.mark.slow
def test_a_killed_refresh_shows_and_the_next_one_recovers(salon_home: Home) -> None:
    """Killed before and between landing's writes, and at a model here and there, between states that differ."""
    points = [
        ("between-books", 1),
        ("building", 30),
        ("built", 1),
        ("uncommitted", 1),
        ("building", 8),
        ("building", 38),
    ][: storms.size("kills_of_a_refresh")]
    for number, (point, count) in enumerate(points):
        _hour(salon_home, number)
        clock = {"LEDGERLINE_AS_OF": text(datetime(2030, 11, 5, 19 + number % 3, tzinfo=UTC))}
        salon_home.struck(point, count, "refresh", "recent", **clock)
        done = salon_home.ledgerline("refresh", "recent", LEDGERLINE_AS_OF=AS_OF)
        assert done.returncode == 0, done.stderr
        assert salon_home.query(
            "select job, mode, status from ops.application_logs order by run_number desc limit 2"
        ) == [("refresh", "recent", "completed"), ("refresh", "recent", "crashed")]
        recent = salon_home.export(["appointments"])
        shown = salon_home.export(["appointments"], leave_out=PERSONAL, published=True)
        assert shown == salon_home.export(["appointments"], leave_out=PERSONAL)
    assert salon_home.ledgerline("refresh", "full").returncode == 0
    assert salon_home.export(["appointments"]) == recent
    assert salon_home.value("select count(*) from raw_square.payments where object_id like 'hour%'") == len(points)


def test_a_refresh_that_fails_a_check_publishes_nothing_and_says_so(salon_home: Home) -> None:
    before = salon_home.published.read_bytes()
    with duckdb.connect(str(salon_home.path / "warehouse.duckdb")) as connection:
        connection.execute(
            "update intermediate.int_square__customer_facts set total_no_shows = 7"
            " where canonical_customer_id = 'CUST_09'"
        )
    done = salon_home.ledgerline("refresh", "recent")
    assert done.returncode == 1
    assert "assert_no_shows_are_counted" in done.stderr
    assert salon_home.published.read_bytes() == before
    assert salon_home.query("select status from ops.application_logs order by run_number desc limit 1") == [("failed",)]
    # Facts whose inputs are the same stay as they are; a full refresh makes them again.
    assert salon_home.ledgerline("refresh", "full").returncode == 0
    assert salon_home.published.read_bytes() != before


def test_a_refresh_tests_what_a_build_of_its_domain_tests(home: Home) -> None:
    """It knows of the project that domain alone, and of it all."""
    for name, content in salon.files().items():
        home.put(name, content, "square")
    tested = (
        "select test_name, model, severity, status from ops.test_results"
        " where build_number = (select max(build_number) from ops.test_results) order by test_name"
    )
    # The first may have to parse the whole project.
    for _ in range(2):
        done = home.ledgerline("refresh", "full")
        assert done.returncode == 0, done.stderr
    by_refresh = home.query(tested)
    assert list((home.path / "state" / "dbt").glob("manifest-*-appointments.msgpack"))
    folders = ("staging/square", "staging/settings/appointments", "*/appointments")
    paths = ["seeds/appointments", *(f"models/{each}" for each in folders)]
    done = home.ledgerline("build", "--select", *(f"path:{path}" for path in paths))
    assert done.returncode == 0, done.stderr
    assert home.query(tested) == by_refresh
    assert len(by_refresh) > 40


def test_facts_of_other_columns_are_made_again(salon_home: Home) -> None:
    """As a version of the project that kept a column as a wider type would have left them."""
    before = salon_home.export(["appointments"])
    with duckdb.connect(str(salon_home.path / "warehouse.duckdb")) as connection:
        connection.execute("alter table intermediate.int_square__customer_facts alter training_visits type hugeint")
        connection.execute("update intermediate.int_square__customer_facts set training_visits = 7")
    assert salon_home.ledgerline("refresh", "recent").returncode == 0
    assert salon_home.export(["appointments"]) == before


def test_facts_that_other_sql_made_are_made_again(salon_home: Home, tmp_path: Path) -> None:
    """By a plain build too: their SQL is part of the fingerprint."""
    other = copy_project(tmp_path / "other", only=("appointments", "square"))
    counted = other / "models/intermediate/appointments/facts/int_square__customer_orders_counted.sql"
    counted.write_text(counted.read_text().replace("order_class = 'retail'", "order_class = 'salon'"))
    before = salon_home.export(["appointments"])
    assert salon_home.ledgerline("build", "--exclude-resource-type", "unit_test", project=other).returncode == 0
    assert salon_home.export(["appointments"]) != before
    assert salon_home.ledgerline("build", "--exclude-resource-type", "unit_test").returncode == 0
    assert salon_home.export(["appointments"]) == before


def test_what_another_project_built_is_made_anew(salon_home: Home, tmp_path: Path) -> None:
    """Views among it: a refresh leaves those as they are, and nothing in them says which project made them."""
    before = salon_home.export(["appointments"])
    other = copy_project(tmp_path / "other", only=("appointments", "square"))
    notes = other / "models/intermediate/appointments/facts/int_square__customer_notes_collected.sql"
    notes.write_text(notes.read_text().replace('{"booking_id":', '{"noted_of":'))
    done = salon_home.ledgerline("build", "--exclude-resource-type", "unit_test", project=other)
    assert done.returncode == 0, done.stderr
    assert salon_home.export(["appointments"]) != before
    assert salon_home.ledgerline("refresh", "recent").returncode == 0
    assert salon_home.export(["appointments"]) == before
    built = "select folders from ops.builds order by build_number desc limit 1"
    assert salon_home.value(built) == ",appointments,facts,square,"
    # The same project changes nothing, nor does another part; other vars do.
    for arguments, folders in (
        (["--select", "stg_square__locations"], ",appointments,facts,"),
        (["--select", "application_logs job_status", "--vars", "{}"], ",appointments,facts,"),
        (["--select", "stg_square__locations", "--vars", "{}"], ",appointments,facts,square,"),
    ):
        assert salon_home.ledgerline("build", *arguments).returncode == 0
        assert salon_home.ledgerline("refresh", "recent").returncode == 0
        assert salon_home.value(built) == folders, arguments


def test_a_mart_whose_sql_changed_is_held_to_its_contract(home: Home, tmp_path: Path) -> None:
    """A refresh takes the columns of what did not change for granted."""
    project = copy_project(tmp_path / "project", only=("appointments", "square"))
    for name, content in salon.files().items():
        home.put(name, content, "square")
    assert home.ledgerline("refresh", "full", project=project).returncode == 0
    before = home.published.read_bytes()
    mart = project / "models" / "marts" / "appointments" / "analytics_overview_daily.sql"
    mart.write_text(mart.read_text().replace("\nselect * from final", "\nselect *, 1 as unheard_of from final"))
    done = home.ledgerline("refresh", "recent", project=project)
    assert done.returncode == 1
    assert "contract" in done.stderr
    assert "unheard_of" in done.stderr
    assert home.published.read_bytes() == before


def test_what_a_failed_build_left_undone_is_made_up_for(salon_home: Home) -> None:
    """Of one that fails, what hangs on another table may be built to the end, and remember that all was seen."""
    _hour(salon_home, 2)
    assert salon_home.ledgerline("refresh", "recent").returncode == 0
    assert salon_home.value("select count(*) from appointments.booking_changes where booking_id = 'booking002'") == 1
    before = salon_home.export(["appointments"])
    with duckdb.connect(str(salon_home.path / "warehouse.duckdb")) as connection:
        connection.execute(
            "delete from staging.stg_square__booking_versions"
            " where landed_run = (select max(landed_run) from staging.stg_square__booking_versions)"
        )
        connection.execute(
            "update ops.builds set status = 'failed' where build_number = (select max(build_number) from ops.builds)"
        )
    assert salon_home.ledgerline("refresh", "recent").returncode == 0
    assert salon_home.export(["appointments"]) == before


def test_one_organisation_loads_alone_and_all_rows_are_right(salon_home: Home) -> None:
    _hour(salon_home, 1)
    salon_home.put("org=other/customers/c.jsonl", '{"id": "NEW"}\n', "square")
    done = salon_home.ledgerline("refresh", "org", "salon")
    assert done.returncode == 0, done.stderr
    assert salon_home.query("select distinct organization_id from appointments.customer_analytics order by 1") == [
        ("salon",),
        ("stall",),
    ]
    assert salon_home.query(
        "select mode, organization_id, status from ops.application_logs order by run_number desc limit 1"
    ) == [("org", "salon", "completed")]
    assert salon_home.ledgerline("refresh", "org", "other").returncode == 0
    assert salon_home.value("select count(*) from appointments.customer_analytics where organization_id = 'other'") == 1
    recent = salon_home.export(["appointments"])
    assert salon_home.ledgerline("refresh", "full").returncode == 0
    assert salon_home.export(["appointments"]) == recent


@pytest.mark.parametrize("arguments", [["org"], ["recent", "salon"], ["hourly"], ["org", "a b"], []])
def test_refresh_says_what_it_expects(home: Home, arguments: list[str]) -> None:
    done = home.ledgerline("refresh", *arguments)
    assert done.returncode == 2
    assert "refresh" in done.stderr
