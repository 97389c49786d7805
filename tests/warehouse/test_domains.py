"""Domains fail independently: each is published when what it uses was built and passed, and else keeps what it was."""

from __future__ import annotations

import json
import shutil
import subprocess
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import psycopg2
import pytest

from tests.fakes.loopback import webhook
from tests.support.domains import BREAKS, MARTS, project_of_three
from tests.support.homes import Home

DOMAINS = {"kiosk", "stall", "loft"}


def _day(number: int) -> str:
    return f"2030-11-{number:02}T18:00:00Z"


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _read(home: Home) -> dict[str, set[Any]]:
    """The as-ofs that readers see in the marts of each domain."""
    seen: dict[str, set[Any]] = {}
    for mart, domain in MARTS.items():
        seen.setdefault(domain, set()).update(
            as_of for (as_of,) in home.query(f"select as_of from {mart}", published=True)
        )
    return seen


def _told(home: Home) -> dict[str, tuple[Any, ...]]:
    rows = home.query(
        "select domain, outcome, as_of, run_id, built_at, reason from ops.publication_domains", published=True
    )
    return {domain: told for domain, *told in rows}


@pytest.fixture(scope="module")
def three_built(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home of three domains, built on the first of November. Read it; do not write to it."""
    home = Home(tmp_path_factory.mktemp("three") / "home", project=project_of_three())
    done = home.ledgerline("run", LEDGERLINE_AS_OF=_day(1))
    assert done.returncode == 0, done.stderr
    return home


@pytest.fixture
def three(three_built: Home, tmp_path: Path) -> Home:
    """A copy of it, published where it is."""
    shutil.copytree(three_built.path, tmp_path / "home", ignore=shutil.ignore_patterns("published"))
    home = Home(tmp_path / "home", project=three_built.project)
    done = home.ledgerline("publish", LEDGERLINE_AS_OF=_day(1))
    assert done.returncode == 0, done.stderr
    return home


def _held_back(done: subprocess.CompletedProcess[str]) -> set[str]:
    return {line.split()[0] for line in done.stderr.splitlines() if " is held back: " in line}


def test_each_break_holds_back_what_uses_it_and_nothing_else(three: Home) -> None:
    as_of = dict.fromkeys(DOMAINS, _day(1))
    for number, (broken, domains) in enumerate(BREAKS.items(), start=2):
        before = _told(three)
        done = three.ledgerline("run", BROKEN=broken, LEDGERLINE_AS_OF=_day(number))
        assert done.returncode == 1, broken
        assert _held_back(done) == domains, (broken, done.stderr)
        as_of.update(dict.fromkeys(DOMAINS - domains, _day(number)))
        assert _read(three) == {domain: {_instant(text)} for domain, text in as_of.items()}, broken
        told = _told(three)
        (run_id,) = three.query("select run_id from ops.publication", published=True)[0]
        for domain in DOMAINS:
            outcome, instant, run, _, reason = told[domain]
            assert instant == _instant(as_of[domain]), broken
            if domain in domains:
                assert (outcome, run) == ("failed", before[domain][2]), broken
                assert broken.split()[1] in reason, reason
                assert f"{domain} is held back: {reason}; readers keep its marts as of {as_of[domain]}" in done.stderr
            else:
                assert (outcome, run, reason) == ("built", run_id, None), broken
    last = three.value("select count(*) from ops.builds") + 1
    mended = three.ledgerline("run", LEDGERLINE_AS_OF=_day(last))
    assert (mended.returncode, _held_back(mended)) == (0, set()), mended.stderr
    assert _read(three) == {domain: {_instant(_day(last))} for domain in DOMAINS}
    assert {told[0] for told in _told(three).values()} == {"built"}
    # A publication comes back whole, with what it said of each domain.
    assert three.ledgerline("publish", "--undo").returncode == 0
    assert _read(three)["loft"] == {_instant(as_of["loft"])} != _read(three)["stall"]
    assert _told(three) == told
    # And what is held back then keeps what was brought back, not what was withdrawn.
    three.ledgerline("run", BROKEN="model rooms", LEDGERLINE_AS_OF=_day(last + 1))
    assert _read(three) == {
        "kiosk": {_instant(_day(last + 1))},
        "stall": {_instant(_day(last + 1))},
        "loft": {_instant(as_of["loft"])},
    }


def test_a_domain_that_never_passed_has_no_marts_and_the_others_are_served(home: Home) -> None:
    home.project = project_of_three()
    done = home.ledgerline("run", BROKEN="model rooms")
    assert (done.returncode, _held_back(done)) == (1, {"loft"})
    assert "loft is held back: model rooms failed; readers have none of its marts yet" in done.stderr
    marts = home.query(
        "select table_schema || '.' || table_name from information_schema.tables where table_schema <> 'ops'",
        published=True,
    )
    assert {mart for (mart,) in marts} == {mart for mart, domain in MARTS.items() if domain != "loft"}
    assert _told(home)["loft"] == ["failed", None, None, None, "model rooms failed"]
    assert home.ledgerline("run").returncode == 0
    assert _told(home)["loft"][0] == "built"


def test_a_part_that_was_built_is_all_that_is_new(three: Home) -> None:
    _, _, run, built_at, _ = _told(three)["kiosk"]
    select = ("build", "--quiet", "--select", "path:models/marts/loft")
    assert three.ledgerline(*select, LEDGERLINE_AS_OF=_day(2)).returncode == 0
    assert three.ledgerline("publish", LEDGERLINE_AS_OF=_day(2)).returncode == 0
    told = _told(three)
    assert told["loft"][:2] == ["built", _instant(_day(2))]
    assert told["loft"][2] == three.value("select run_id from ops.application_logs where job = 'build'")
    assert told["kiosk"] == ["skipped", _instant(_day(1)), run, built_at, "not built since"]
    # Published again, as it is, it says the same.
    assert three.ledgerline("publish").returncode == 0
    assert _told(three) == told
    # One mart of two.
    assert three.ledgerline("build", "--quiet", "--select", "hours", LEDGERLINE_AS_OF=_day(3)).returncode == 0
    assert three.ledgerline("publish").returncode == 0
    assert _told(three)["kiosk"][4] == "1 of 2 marts were built"
    # A part that fails holds back what uses it, until that or all of it passes.
    select = ("build", "--quiet", "--select", "sales")
    assert three.ledgerline(*select, BROKEN="test sales", LEDGERLINE_AS_OF=_day(4)).returncode == 1
    done = three.ledgerline("publish")
    assert (done.returncode, _held_back(done)) == (1, {"kiosk", "stall"})
    assert _read(three)["kiosk"] == {_instant(_day(1)), _instant(_day(3))}
    assert {domain: told[0] for domain, told in _told(three).items()} == {
        "kiosk": "failed",
        "stall": "failed",
        "loft": "skipped",
    }
    assert three.ledgerline("build", "--quiet", "--select", "+path:models/marts/kiosk").returncode == 0
    done = three.ledgerline("publish")
    assert (done.returncode, _held_back(done)) == (1, {"stall"})
    assert three.ledgerline("build", "--quiet", "--select", "+path:models/marts/stall").returncode == 0
    assert three.ledgerline("publish").returncode == 0


def test_a_definition_that_changed_holds_back_its_domain(three: Home) -> None:
    """A unit test fails before its model is built."""
    assert three.ledgerline("build", "--quiet", BROKEN="unit rooms").returncode == 1
    done = three.ledgerline("publish", LEDGERLINE_AS_OF=_day(2))
    assert (done.returncode, _held_back(done)) == (1, {"loft"}), done.stderr
    assert "loft is held back: unit test a_thing_has_a_room failed; " in done.stderr


def test_the_same_content_of_a_newer_run_is_unchanged(three: Home) -> None:
    assert three.ledgerline("run", LEDGERLINE_AS_OF=_day(1)).returncode == 0
    told = _told(three)
    assert {outcome for outcome, *_ in told.values()} == {"unchanged"}
    assert {run for _, _, run, *_ in told.values()} == {
        three.query("select run_id from ops.publication", published=True)[0][0]
    }


def test_books_that_do_not_add_up_hold_back_all(three: Home) -> None:
    before = three.published.read_bytes()
    with duckdb.connect(str(three.path / "warehouse.duckdb")) as connection:
        connection.execute(
            "insert into ops.load_audit (source, organization_id, source_file, source_hash, rows_read, rows_landed,"
            " rows_rejected, rows_duplicate, rows_skipped) values ('ads', 'main', 'a', 'b', 2, 1, 0, 0, 0)"
        )
    done = three.ledgerline("run", LEDGERLINE_AS_OF=_day(2))
    assert (done.returncode, _held_back(done)) == (1, DOMAINS)
    assert done.stderr.count("test assert_every_row_is_accounted_for") >= len(DOMAINS)
    refused = three.ledgerline("publish")
    assert (refused.returncode, _held_back(refused)) == (1, DOMAINS)
    assert "the last build failed; published/ stays as it is" in refused.stderr
    assert three.published.read_bytes() == before


def test_on_a_server_it_is_the_same(postgres: dict[str, str], home: Home) -> None:
    server = {**postgres, "PGDATABASE": "three", "LEDGERLINE_TARGET": "postgres"}

    def query(database: str, sql: str) -> list[tuple[Any, ...]]:
        with closing(
            psycopg2.connect(host=server["PGHOST"], user=server["PGUSER"], dbname=database, options="-c TimeZone=UTC")
        ) as connection:
            connection.autocommit = True
            cursor = connection.cursor()
            cursor.execute(sql)
            return cursor.fetchall() if cursor.description else []

    def read() -> list[tuple[Any, ...]]:
        return query(
            "three_published",
            "select sales.as_of, rooms.as_of, outcome, reason from kiosk.sales cross join loft.rooms"
            " cross join ops.publication_domains where domain = 'kiosk'",
        )

    query("postgres", "create database three template template0 lc_collate 'C' lc_ctype 'C'")
    three = Home(home.path, env=server, project=project_of_three())
    first, second = _instant(_day(1)), _instant(_day(2))
    try:
        assert three.ledgerline("run", LEDGERLINE_AS_OF=_day(1)).returncode == 0
        done = three.ledgerline("run", BROKEN="test sales", LEDGERLINE_AS_OF=_day(2))
        assert (done.returncode, _held_back(done)) == (1, {"kiosk", "stall"}), done.stderr
        assert read() == [(first, second, "failed", "test sales_has_one_row_per_key failed")]
        assert three.ledgerline("publish", "--undo").returncode == 0
        assert read() == [(first, first, "built", None)]
        assert three.ledgerline("run", LEDGERLINE_AS_OF=_day(2)).returncode == 0
        assert read() == [(second, second, "built", None)]
    finally:
        for database in ("three_published", "three"):
            query("postgres", f"drop database if exists {database} with (force)")


def test_status_and_alerts_tell_each_domain_once(three: Home) -> None:
    with webhook() as (url, told, _):
        three.env = {"LEDGERLINE_ALERT_WEBHOOK": url}
        for number in (2, 3):
            assert three.ledgerline("run", BROKEN="model rooms", LEDGERLINE_AS_OF=_day(number)).returncode == 1
        (loft,) = [each for each in told if each["incident"] == "domain loft held back"]
        assert loft["event"] == "failure"
        assert f"model rooms failed; readers keep its marts as of {_day(1)}" in loft["text"]
        status = three.ledgerline("status", "--json")
        entries = {each["job"]: each for each in json.loads(status.stdout) if each["kind"] == "domain"}
        assert {domain: each["status"] for domain, each in entries.items()} == {
            "kiosk": "built",
            "stall": "built",
            "loft": "failed",
        }
        assert "model rooms failed" in entries["loft"]["error"]
        assert "loft: model rooms failed; readers keep" in three.ledgerline("status").stdout
        # A later build of the domain that passes is the end of it.
        assert three.ledgerline("build", "--quiet", "--select", "+path:models/marts/loft").returncode == 0
        entries = {each["job"]: each for each in json.loads(three.ledgerline("status", "--json").stdout)}
        assert (entries["loft"]["status"], entries["loft"]["error"]) == ("built", None)
        assert [each["event"] for each in told if each["incident"] == "domain loft held back"] == [
            "failure",
            "recovery",
        ]


def test_a_publication_of_an_older_version_comes_back(three: Home) -> None:
    """It knows of no domains, and its builds said nothing of them."""
    kept = three.path / "published" / "publications"
    said = json.loads((kept / "1.json").read_text())
    del said["domains"]
    (kept / "1.json").write_text(json.dumps(said))
    with duckdb.connect(str(kept / "1.duckdb")) as connection:
        connection.execute("drop table ops.publication_domains")
    (kept / "1.duckdb").replace(three.published)
    (kept / "1.duckdb").write_bytes(three.published.read_bytes())
    with duckdb.connect(str(three.path / "warehouse.duckdb")) as connection:
        connection.execute("drop table ops.domain_builds")
        connection.execute("alter table ops.builds drop domains")
    done = three.ledgerline("publish")
    assert done.returncode == 0, done.stderr
    assert three.ledgerline("run", BROKEN="model rooms", LEDGERLINE_AS_OF=_day(2)).returncode == 1
    assert _told(three)["loft"][:2] == ["failed", _instant(_day(1))]
    assert three.ledgerline("publish", "--undo").returncode == 0
    assert {told[1] for told in _told(three).values()} == {_instant(_day(1))}
