"""The programme's tables: every reason code beside a near one, and a real SQL database of either kind."""

from __future__ import annotations

import sqlite3
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from loaders.config import export, load_settings
from loaders.landing.books import OPS_TABLES
from loaders.landing.files import next_run
from loaders.landing.pages import land_pages
from loaders.landing.writing import Outcome
from loaders.readers.export_dates import Observed
from loaders.source import File, Parsed, Quarantined
from loaders.sources.loyalty import SOURCE
from loaders.sources.loyalty.exports import read_export
from loaders.warehouse.engine import Warehouse
from tests.support.homes import Home
from tests.support.tables import as_xlsx

CLIENTS = "id,name,vip_metric,tier_calculation_mode,checkpoint_months,created_at"
USERS = "id,client_id,tiktok_handle,current_tier,is_admin,tier_achieved_at"
MISSIONS = "id,client_id,mission_type,target_value,enabled"
ADJUSTMENTS = "id,client_id,user_id,adjustment_type,applied_at,amount,amount_units"


def read(header: str, *lines: str) -> Parsed:
    file = File(Path("x_2030-01-10.csv"), "loyalty/x_2030-01-10.csv", "main", "hash")
    content = "\n".join([header, *lines, ""]).encode()
    return read_export(content, file, load_settings({}), None, context=Observed({}))


def one(header: str, row: str) -> dict[str, Any]:
    parsed = read(header, row)
    assert not parsed.rejections, parsed.rejections
    return next(iter(parsed.tables.values()))[0]


@pytest.mark.parametrize(
    ("header", "row", "reason"),
    [
        (CLIENTS, "glow,Glow,sales,fixed_checkpoint,four,", "bad_number"),
        (CLIENTS, "glow,Glow,sales,fixed_checkpoint,0,", "bad_number"),
        (CLIENTS, "glow,Glow,,fixed_checkpoint,4,", "bad_value"),
        (CLIENTS, "glow,Glow,dollars,fixed_checkpoint,4,", "bad_value"),
        (CLIENTS, "glow,Glow,sales,monthly,4,", "bad_value"),
        (CLIENTS, "glow,,sales,fixed_checkpoint,4,", "missing_value"),
        (CLIENTS, "my brand,Glow,sales,fixed_checkpoint,4,", "bad_value"),
        (CLIENTS, "glow,Glow,sales,fixed_checkpoint,4,yesterday", "bad_timestamp"),
        (CLIENTS, "glow,Glow,sales", "column_count"),
        (USERS, ",glow,@ada,,,", "missing_value"),
        (USERS, "u,glow,@ada,t,maybe,", "bad_value"),
        (USERS, "u,glow,@ada,t,,2030-01-01", "bad_timestamp"),
        (MISSIONS, "m,glow,dance,1,", "bad_value"),
        (MISSIONS, "m,glow,views,,", "missing_value"),
        (MISSIONS, "m,glow,views,1.234,56,", "column_count"),
        (MISSIONS, "m,glow,views,lots,", "bad_money"),
        (ADJUSTMENTS, "a,glow,u,bonus,2030-01-01T00:00:00Z,,", "empty_adjustment"),
        (ADJUSTMENTS, "a,glow,u,bonus,2030-01-01T00:00:00Z,x,", "bad_money"),
        (ADJUSTMENTS, "a,glow,u,bonus,2030-01-01T00:00:00Z,,1.5", "bad_number"),
        (ADJUSTMENTS, "a,glow,u,gift,2030-01-01T00:00:00Z,1,", "bad_value"),
    ],
)
def test_a_bad_row_is_refused_by_name(header: str, row: str, reason: str) -> None:
    assert [rejection.reason_code for rejection in read(header, row).rejections] == [reason]


def test_blanks_take_the_defaults_of_the_programme() -> None:
    client = one(CLIENTS, "glow,Glow,units,,,")
    assert (client["tier_calculation_mode"], client["checkpoint_months"], client["currency"]) == (
        "fixed_checkpoint",
        4,
        "USD",
    )
    mission = one(MISSIONS, "m,glow,views,10,")
    assert (mission["enabled"], mission["activated"], mission["tier_eligibility"]) == (True, False, "all")
    assert one(USERS, "u,glow,@Ada,,,")["current_tier"] is None
    for none in ("NULL", "\\N"):
        user = one(USERS, f"u,glow,@Ada,{none},Y,{none}")
        assert (user["current_tier"], user["is_admin"], user["tier_achieved_at"]) == (None, True, None)
        assert read(USERS, f"u,glow,{none},{none},n,{none}").rows_skipped == 1
        assert [why.reason_code for why in read(USERS, f"{none},glow,@Ada,,,").rejections] == ["missing_value"]
    assert one(ADJUSTMENTS, "a,glow,u,bonus,,,5")["amount_units"] == 5
    pending = one(ADJUSTMENTS, "a,glow,u,refund,,-50.0051,")
    assert (pending["applied_at"], pending["amount"]) == (None, Decimal("-50.01"))


@pytest.mark.parametrize(
    "text", ["2030-01-01T19:00:00Z", "2030-01-01 19:00:00+00", "2030-01-01 19:00:00", "2030-01-01T14:00:00-05:00"]
)
def test_times_are_instants(text: str) -> None:
    assert one(USERS, f"u,glow,@ada,t,,{text}")["tier_achieved_at"] == datetime(2030, 1, 1, 19, tzinfo=UTC)


def test_a_user_without_a_handle_waits_for_one() -> None:
    parsed = read(USERS, "u,glow,,t,,", "v,glow,@,t,,", "w,glow,@w,t,,")
    assert (parsed.rows_read, parsed.rows_landed, parsed.rows_skipped) == (3, 1, 2)


def test_columns_that_are_not_listed_never_land() -> None:
    row = one(USERS + ",email,iban", "u,glow,@ada,t,,,ada@example.com,DE00")
    assert not any("example.com" in str(value) or "DE00" in str(value) for value in row.values())
    # Nor do they stand in the books of what was refused.
    for refused in ("u,glow,@ada,t,maybe,,ada@example.com,DE00", "u,glow,ada@example.com"):
        rejection = read(USERS + ",email,iban", refused).rejections[0]
        assert "example.com" not in rejection.raw_text + rejection.message
    assert "is_admin=maybe" in read(USERS + ",email", "u,glow,@ada,t,maybe,,ada@example.com").rejections[0].raw_text
    with pytest.raises(Quarantined) as headless:
        read("ada@example.com,glow,@ada", "bea@example.com,glow,@bea")
    assert "example.com" not in headless.value.detail


def test_a_table_saved_as_a_workbook_says_the_same() -> None:
    """An id that is a number stays one; what a database gave is written with points, whatever else is in it."""
    file = File(Path("x_2030-01-10.xlsx"), "loyalty/x_2030-01-10.xlsx", "main", "hash")
    rows = [ADJUSTMENTS.split(","), [7, "glow", 12, "refund", None, -12.5, None]]
    parsed = read_export(as_xlsx(rows), file, load_settings({}), None, context=Observed({}))
    (found,), expected = parsed.tables["sales_adjustments"], one(ADJUSTMENTS, "7,glow,12,refund,,-12.5,")
    assert found == expected
    page = File(Path("sql:sales_adjustments"), "sql:sales_adjustments", "main", "hash")
    content = f"{ADJUSTMENTS}\n7,glow,12,refund,,-12.500,\n".encode()
    (found,) = read_export(content, page, load_settings({}), None).tables["sales_adjustments"]
    assert found["amount"] == Decimal("-12.50")
    with pytest.raises(Quarantined) as refused:
        read(ADJUSTMENTS, "7,glow,12,refund,,-12.500,")
    assert refused.value.reason_code == "ambiguous_number_style"


def test_of_a_key_twice_the_last_row_lands() -> None:
    parsed = read(USERS, "u,glow,@a,t,,", "u,glow,@b,t,,", "u,bolt,@c,t,,")
    assert (parsed.rows_landed, parsed.rows_duplicate) == (2, 1)
    assert [row["tiktok_handle_key"] for row in parsed.tables["users"]] == ["b", "c"]


def test_a_table_may_be_empty_and_an_unknown_one_is_refused() -> None:
    assert read("client_id,old_handle,new_handle,detected_at,resolved_at").rows_read == 0
    for header, reason in (("id,name", "unknown_kind"), (USERS + ",id", "duplicate_header")):
        with pytest.raises(Quarantined) as refused:
            read(header, "1,2")
        assert refused.value.reason_code == reason


def test_the_client_is_the_rows_own_whatever_the_folder(home: Home) -> None:
    home.put("org=else/2030-01-10/users.csv", f"{USERS}\nu,glow,@ada,t,,\n", "loyalty")
    home.load("loyalty")
    assert home.query("select client_id, export_date from raw_loyalty.users") == [("glow", date(2030, 1, 10))]


def _extract(home: Home, url: str, as_of: str) -> Outcome:
    settings = load_settings({**home.environment, "LOYALTY_DATABASE_URL": url, "LEDGERLINE_AS_OF": as_of})
    export(settings)
    warehouse = Warehouse(settings)
    warehouse.create_missing("ops", OPS_TABLES)
    pages = SOURCE.extract(settings, warehouse, "recent", "")
    return land_pages(SOURCE, settings, warehouse, next_run(warehouse), pages)


_TABLES = (
    "create table clients (id text, name text, vip_metric text, email text)",
    "create table users (id text, client_id text, tiktok_handle text, current_tier text, is_admin boolean,"
    " tier_achieved_at timestamp)",
    "insert into clients values ('glow', 'Glow', 'sales', 'secret@example.com')",
    "insert into users values ('u-1', 'glow', '@Ada', 'tier_2', false, '2030-01-01 08:00:00')",
    "insert into users values ('u-2', 'glow', '@Bea', '', true, null)",
)


def _database(kind: str, folder: Path, request: pytest.FixtureRequest) -> tuple[str, Any]:
    """A database with two of the tables: its URL, and what executes a statement in it."""
    if kind == "sqlite":
        path = folder / "app.sqlite"

        def execute(statement: str) -> None:
            with sqlite3.connect(path) as connection:
                connection.execute(statement)

        return f"sqlite:///{path}", execute
    server = request.getfixturevalue("postgres")
    connection = psycopg2.connect(host=server["PGHOST"], user=server["PGUSER"], dbname="postgres")
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("drop database if exists loyalty_app")
        cursor.execute("create database loyalty_app")
    connection.close()
    app = psycopg2.connect(host=server["PGHOST"], user=server["PGUSER"], dbname="loyalty_app")
    app.autocommit = True
    request.addfinalizer(app.close)
    return (
        f"postgresql://{server['PGUSER']}:hush@/loyalty_app?host={server['PGHOST']}",
        lambda statement: app.cursor().execute(statement),
    )


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_a_database_is_read_as_an_export_of_the_day(
    kind: str, home: Home, tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DLT_DATA_DIR", str(tmp_path / "dlt"))
    url, execute = _database(kind, tmp_path, request)
    for statement in _TABLES:
        execute(statement)

    def tiers() -> list[tuple[Any, ...]]:
        return home.query(
            "select export_date, _landed_run, current_tier from raw_loyalty.users where id = 'u-1' order by 1, 2"
        )

    outcome = _extract(home, url, "2030-01-10T08:00:00Z")
    assert not outcome.problems
    assert home.query(
        "select id, is_admin, tier_achieved_at, _source_file, export_date from raw_loyalty.users order by id"
    ) == [
        ("u-1", False, datetime(2030, 1, 1, 8, tzinfo=UTC), "sql:users", date(2030, 1, 10)),
        ("u-2", True, None, "sql:users", date(2030, 1, 10)),
    ]
    # Nothing changed: nothing lands. Tomorrow it is an export of its own.
    assert _extract(home, url, "2030-01-10T09:00:00Z").rows_landed == 0
    assert _extract(home, url, "2030-01-11T09:00:00Z").rows_landed == 3
    # On one day A, B and A again: the last reading says how it is.
    for tier in ("tier_3", "tier_2"):
        execute(f"update users set current_tier = '{tier}' where id = 'u-1'")
        assert _extract(home, url, "2030-01-11T10:00:00Z").rows_landed == 2
    assert [row[2] for row in tiers()] == ["tier_2", "tier_2", "tier_3", "tier_2"]
    assert _extract(home, url, "2030-01-11T11:00:00Z").rows_landed == 0
    # What is not listed stays where it is.
    warehouse = (home.path / "warehouse.duckdb").read_bytes()
    assert b"secret@example.com" not in warehouse


def test_a_database_that_does_not_answer_is_said_without_its_password(home: Home, tmp_path: Path) -> None:
    outcome = _extract(home, "postgresql://app:hush@127.0.0.1:1/loyalty", "2030-01-10T08:00:00Z")
    assert len(outcome.problems) == 1
    assert "hush" not in outcome.problems[0]
    assert "LOYALTY_DATABASE_URL" in outcome.problems[0]
    outcome = _extract(home, f"sqlite:///{tmp_path}/empty.sqlite", "2030-01-10T08:00:00Z")
    assert "found none of the tables" in outcome.problems[0]


def test_a_table_without_a_required_column_is_said_and_the_others_land(home: Home, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "app.sqlite") as connection:
        connection.execute("create table users (id text, client_id text)")
        connection.execute(_TABLES[0])
        connection.execute(_TABLES[2])
    outcome = _extract(home, f"sqlite:///{tmp_path}/app.sqlite", "2030-01-10T08:00:00Z")
    assert outcome.problems == [
        "loyalty database: table users has no column tiktok_handle, current_tier; it was not read."
    ]
    assert outcome.rows_landed == 1
