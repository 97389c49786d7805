"""What a publication on the embedded engine holds: of personal columns, of domains that failed, and for whom."""

from __future__ import annotations

import stat
from typing import Any

import duckdb
import pytest

from loaders.publishing import PublishError
from loaders.publishing.catalogue import read_marts
from tests.support.homes import Home
from tests.warehouse.test_publications import _files, _mark, _publish, _read, _store


def test_personal_columns_are_hashed_with_the_key_or_left_out(demo_copy: Home) -> None:
    personal = [(mart, column) for mart in read_marts() for column in mart.columns if column.is_personal]
    assert len(personal) > 40
    _publish(demo_copy)
    for mart, column in personal:
        for plain, shown in zip(
            demo_copy.query(f"select distinct {column.name} from {mart.key} where {column.name} is not null"),
            demo_copy.query(
                f"select distinct {column.name} from {mart.key} where {column.name} is not null", published=True
            ),
            strict=True,
        ):
            assert plain != shown
            assert len(shown[0]) == 32
    joined = "select count(*) from creators.videos inner join creators.users using (client_id, handle_key)"
    assert demo_copy.query(joined, published=True) == demo_copy.query(joined)
    one = "select handle_key from creators.users order by 1 limit 1"
    before = demo_copy.query(one, published=True)
    # Another key, other hashes; no key, no column.
    _publish(demo_copy, LEDGERLINE_PII_KEY="another key of this test")
    assert demo_copy.query(one, published=True) != before
    _publish(demo_copy, LEDGERLINE_PII_KEY="")
    with pytest.raises(duckdb.BinderException):
        demo_copy.query(one, published=True)
    refused = demo_copy.ledgerline("publish", LEDGERLINE_PII="hash")
    assert (refused.returncode, "LEDGERLINE_PII_KEY is not set" in refused.stderr) == (2, True)


def test_the_file_with_personal_columns_is_its_owners_alone(demo_copy: Home) -> None:
    private = demo_copy.published.with_name("marts_with_pii.duckdb")
    first = _publish(demo_copy).number
    assert not private.exists()
    _mark(demo_copy, 1)
    second = _publish(demo_copy, with_pii=True).number
    assert stat.S_IMODE(private.stat().st_mode) == 0o600
    assert stat.S_IMODE((private.parent / "with_pii").stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in (private.parent / "with_pii").iterdir()} == {0o600}
    contacts = "select id, email, phone from funnel.contacts order by id"
    with duckdb.connect(str(private), read_only=True) as connection:
        assert connection.execute(contacts).fetchall() == demo_copy.query(contacts)
        for mart in read_marts():
            (rows,) = connection.execute(f"select count(*) from {mart.key}").fetchall()[0]
            assert [(rows,)] == demo_copy.query(f"select count(*) from {mart.key}"), mart.key
    # What is withdrawn is withdrawn there too.
    _store(demo_copy).restore(first)
    assert not private.exists()
    moved = Home(demo_copy.path.with_name("moved"))
    demo_copy.path.rename(moved.path)
    _store(moved).restore(second)
    private = moved.published.with_name("marts_with_pii.duckdb")
    assert stat.S_IMODE(private.stat().st_mode) == 0o600
    with duckdb.connect(str(private), read_only=True) as connection:
        assert connection.execute(contacts).fetchall() == moved.query(contacts)


def test_only_what_passed_is_published(demo_copy: Home) -> None:
    with duckdb.connect(str(demo_copy.path / "warehouse.duckdb")) as connection:
        for table in ("ops.builds", "ops.domain_builds"):
            connection.execute(f"update {table} set status = 'failed'")
    before = _files(demo_copy.path / "published")
    with pytest.raises(PublishError, match="the last build failed"):
        _publish(demo_copy)
    assert _files(demo_copy.path / "published") == before


def test_a_domain_that_is_held_back_keeps_its_marts_in_both_files(demo_copy: Home) -> None:
    """Those that are tables of the file among them, and the personal columns that its owner sees."""
    private = demo_copy.published.with_name("marts_with_pii.duckdb")
    profiles = "select square_customer_id, email_address from appointments.customer_analytics order by all"
    names = "select distinct name from events.event_overview"
    users = "select client_id, handle_key from creators.users order by all"

    def read(sql: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(private), read_only=True) as connection:
            return connection.execute(sql).fetchall()

    _mark(demo_copy, 1)
    _publish(demo_copy, with_pii=True)
    before = {sql: demo_copy.query(sql, published=True) for sql in (profiles, users)}
    plain = {sql: demo_copy.query(sql) for sql in (profiles, users)}
    with duckdb.connect(str(demo_copy.path / "warehouse.duckdb")) as connection:
        connection.execute(
            "update ops.domain_builds set status = 'failed', reason = 'a test failed' where domain <> 'box_office'"
        )
        connection.execute("delete from appointments.customer_analytics")
        connection.execute("drop table creators.users")
    for mark, with_pii in ((2, True), (3, False), (4, True)):
        _mark(demo_copy, mark)
        publication = _publish(demo_copy, with_pii=with_pii)
        assert {name: told.outcome for name, told in publication.domains.items()} == {
            "box_office": "built",
            **dict.fromkeys(("appointments", "creators", "events", "funnel"), "failed"),
        }
        assert _read(demo_copy) == (f"mark {mark}", "mark 1")
        assert {sql: demo_copy.query(sql, published=True) for sql in before} == before
        if with_pii:
            assert read(names) == [("mark 1",)]
            assert read("select distinct title from box_office.performances") == [(f"mark {mark}",)]
        # Of the third one there is no file for the owner to go on from: what was a table in it is hidden then.
        assert read(users) == plain[users]
        assert read(profiles) == (plain if mark < 4 else before)[profiles]
    _store(demo_copy).restore(publication.number - 2)
    assert {sql: read(sql) for sql in plain} == plain
