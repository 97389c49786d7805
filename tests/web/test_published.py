"""What is answered is one publication, the newest, or the one that was asked for."""

from __future__ import annotations

import http.client
import json
import shutil
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from tests.support import storms
from tests.support.homes import Home
from tests.web.conftest import TITLES
from tests.web.serving import Served, publish_titles, restore, serving, until
from web.config import load_door
from web.published import NotPublishedError, TooMuchError
from web.published.embedded import Files

LIST = "/api/v1/marts/box_office/performances?fields=performance_code,title&order=performance_code"
LOOPBACK = "127.0.0.1"


def titles_of(home: Home, files: Files, number: int | None = None) -> set[str]:
    with files.reading(number) as read:
        return {row[0] for row in read.query(f"select title from {read.relation('box_office.performances')}")}


@pytest.fixture
def files(several_copy: Home) -> Iterator[Files]:
    files = Files(several_copy.settings, load_door({}, LOOPBACK))
    yield files
    files.close()


def test_a_reopened_path_gives_the_old_file_and_a_new_instance_the_new_one(tmp_path: Path) -> None:
    """Why a generation is an instance of its own: if this fails, opening the path again has become enough."""
    path = tmp_path / "marts.duckdb"
    for name, value in (("marts.duckdb", 1), ("next.duckdb", 2)):
        with duckdb.connect(str(tmp_path / name)) as made:
            made.execute(f"create table told as select {value} as value")
    old = duckdb.connect(str(path), read_only=True)
    old.execute("select value from told")
    (tmp_path / "next.duckdb").replace(path)
    with duckdb.connect(str(path), read_only=True) as again:
        assert again.execute("select value from told").fetchall() == [(1,)]
    with duckdb.connect(":memory:") as fresh:
        fresh.execute(f"attach '{path}' as published (read_only)")
        assert fresh.execute("select value from published.told").fetchall() == [(2,)]
    old.close()


def test_a_new_publication_is_answered_from_the_next_request_on(several_copy: Home, files: Files) -> None:
    assert titles_of(several_copy, files) == {TITLES[0]}
    assert files.hot() is not None
    number = publish_titles(several_copy, "Rondo")
    assert files.hot() is None
    assert titles_of(several_copy, files) == {"Rondo"}
    with files.reading() as read:
        assert read.identity.number == number == 5


def test_who_began_to_read_goes_on_in_the_same_publication(several_copy: Home, files: Files) -> None:
    with files.reading() as read:
        relation = read.relation("box_office.performances")
        before = read.query(f"select title from {relation} order by 1")
        restore(several_copy, 3)
        assert titles_of(several_copy, files) == {TITLES[1]}
        assert read.query(f"select title from {relation} order by 1") == before


def test_an_earlier_publication_is_answered_even_when_the_home_has_moved(several_copy: Home, files: Files) -> None:
    number = 4
    assert titles_of(several_copy, files, number - 1) == {TITLES[1]}
    assert titles_of(several_copy, files, number) == {TITLES[2]}
    with pytest.raises(NotPublishedError, match="no publication 999"), files.reading(999):
        pass
    moved = several_copy.path.rename(several_copy.path.with_name("moved"))
    elsewhere = Files(Home(moved).settings, load_door({}, LOOPBACK))
    assert titles_of(Home(moved), elsewhere, number - 1) == {TITLES[1]}
    assert titles_of(Home(moved), elsewhere) == {TITLES[0]}
    elsewhere.close()


def test_nothing_but_what_is_published_can_be_read(several_copy: Home, files: Files) -> None:
    outside = several_copy.path / "landing" / "box_office" / "metadata" / "capacities.csv"
    assert outside.is_file()
    with files.reading() as read:
        for sql in (
            f"select * from read_csv('{outside}')",
            "set enable_external_access = true",
            f"attach '{several_copy.path}/warehouse.duckdb' as other",
            "copy (select 1) to '/tmp/written.csv'",
        ):
            with pytest.raises(duckdb.Error):
                read.query(sql)


def test_personal_columns_are_of_the_same_publication_or_refused(several_copy: Home, files: Files) -> None:
    mart = "funnel.contacts"
    # Publication 1 was written with personal columns, those after it without.
    restore(several_copy, 1)
    with files.reading(with_people=True) as read:
        assert read.query(f"select count(email) from {read.relation(mart)}")[0][0] > 0
    with files.reading(1, with_people=True) as read:
        assert read.query(f"select count(email) from {read.relation(mart)}")[0][0] > 0
    with pytest.raises(NotPublishedError, match="LEDGERLINE_PUBLISH_PII=1"), files.reading(2, with_people=True):
        pass
    restore(several_copy, 2)
    with pytest.raises(NotPublishedError, match="LEDGERLINE_PUBLISH_PII=1"), files.reading(with_people=True):
        pass


def test_a_setting_writes_personal_columns_with_every_publication(several_copy: Home, files: Files) -> None:
    done = several_copy.ledgerline("publish", LEDGERLINE_PUBLISH_PII="1")
    assert done.returncode == 0, done.stderr
    with files.reading() as current, files.reading(with_people=True) as read:
        assert read.identity.number == current.identity.number
        assert read.query(f"select count(email) from {read.relation('funnel.contacts')}")[0][0] > 0


def test_a_query_that_takes_too_long_is_ended(several_copy: Home) -> None:
    files = Files(several_copy.settings, load_door({"LEDGERLINE_QUERY_SECONDS": "1"}, LOOPBACK))
    started = time.monotonic()
    with files.reading() as read, pytest.raises(TooMuchError):
        read.query("select sum(a.range * b.range) from range(10000000) a, range(1000000) b")
    assert time.monotonic() - started < 10
    files.close()


def test_a_home_without_a_publication_says_so(home: Home) -> None:
    home.path.mkdir()
    with serving(home) as served:
        answer = served.get("/api/v1/marts")
        assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json")
        assert "ledgerline run" in answer.json()["detail"]
        assert served.get("/readyz").status_code == 503
        assert served.get("/healthz").status_code == 200


def test_an_answer_has_a_tag_of_its_content(several_copy: Home) -> None:
    restore(several_copy, 4)
    with serving(several_copy) as served, served.client() as client:
        first = client.get(LIST)
        tag = first.headers["etag"]
        assert first.headers["cache-control"] == "private, no-cache"
        assert first.headers["vary"] == "Authorization, Accept, Accept-Language"
        for headers in ({"If-None-Match": tag}, {"If-None-Match": f'"other", W/{tag}'}, {"If-None-Match": "*"}):
            again = client.get(LIST, headers=headers)
            assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
        # Who sees something else, in rows, columns or form, has another tag.
        others = [served.get(LIST, "box_office:read", org=["main"]), client.get(LIST + "&format=csv")]
        others.append(client.get(LIST.replace(",title", "")))
        assert len({tag, *(other.headers["etag"] for other in others)}) == 4
        restore(several_copy, 3)
        changed = client.get(LIST, headers={"If-None-Match": tag})
        assert (changed.status_code, {row["title"] for row in changed.json()["items"]}) == (200, {TITLES[1]})
        # The same content under another number is the same answer.
        assert publish_titles(several_copy, TITLES[2]) == 5
        assert client.get(LIST, headers={"If-None-Match": tag}).status_code == 304
        # A link goes on showing what it showed.
        kept = client.get(f"{LIST}&publication=2")
        assert {row["title"] for row in kept.json()["items"]} == {TITLES[0]}
        assert client.get(f"{LIST}&publication=77").status_code == 404


def test_no_request_fails_or_mixes_while_publications_come_and_go(several_copy: Home) -> None:
    """Every answer is all of one publication, and its tag names that content and no other."""
    home = several_copy
    bodies: dict[str, bytes] = {}
    wrong: list[str] = []
    statuses: Counter[int] = Counter()
    ended = threading.Event()
    wanted = storms.size("questions_meanwhile")

    def ask(served: Served, key: str) -> None:
        connection = http.client.HTTPConnection(LOOPBACK, served.port, timeout=60)
        while not ended.is_set() or statuses.total() < wanted:
            connection.request("GET", LIST, headers={"Authorization": f"Bearer {key}"})
            answer = connection.getresponse()
            body = answer.read()
            statuses[answer.status] += 1
            if answer.status != 200:
                wrong.append(f"{answer.status}: {body[:200]!r}")
                continue
            titles = {row["title"] for row in json.loads(body)["items"]}
            if len(titles) != 1:
                wrong.append(f"mixed: {titles}")
            if bodies.setdefault(answer.headers["etag"], body) != body:
                wrong.append(f"two answers of one tag: {titles}")
        connection.close()

    with serving(home, LEDGERLINE_REQUESTS_PER_SECOND="100000") as served:
        key = served.key("box_office:read")
        askers = [threading.Thread(target=ask, args=(served, key)) for _ in range(3)]
        for asker in askers:
            asker.start()
        for number in range(storms.size("publications_served")):
            if number % 10 == 9:
                publish_titles(home, f"Gigue {number}")
            else:
                restore(home, 2 + number % 3)
        ended.set()
        for asker in askers:
            asker.join()
    assert wrong == []
    assert set(statuses) == {200}
    # Each content that was published was seen, by the tag of its own.
    assert len(bodies) >= len(TITLES)


def test_a_new_publication_is_served_within_a_third_of_a_second(several_copy: Home) -> None:
    """Restored, so that the time to make it does not count."""
    with serving(several_copy) as served, served.client() as client:
        client.get(LIST)
        waits = []
        for turn in range(5):
            wanted, started = TITLES[(turn + 1) % 2], time.monotonic()
            restore(several_copy, 2 + (turn + 1) % 2)
            made = time.monotonic() - started
            until(lambda wanted=wanted: client.get(LIST).json()["items"][0]["title"] == wanted)
            waits.append(time.monotonic() - started - made)
    assert sorted(waits)[len(waits) // 2] < 0.3


def test_a_file_that_is_no_publication_is_said_to_be_none(several_copy: Home) -> None:
    with serving(several_copy) as served, served.client() as client:
        assert client.get(LIST).status_code == 200
        aside = several_copy.path / "published" / "broken"
        aside.write_bytes(b"no database at all" * 1000)
        aside.replace(several_copy.published)
        broken = client.get(LIST)
        assert (broken.status_code, "publish" in broken.json()["detail"]) == (503, True)
        shutil.copyfile(several_copy.path / "published" / "publications" / "1.duckdb", aside)
        aside.replace(several_copy.published)
        assert client.get(LIST).status_code == 200
