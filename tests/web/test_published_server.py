"""What is published on PostgreSQL is answered as the embedded engine's is."""

from __future__ import annotations

import pytest

from tests.warehouse.test_server_publications import Server, server  # noqa: F401 - a fixture
from tests.web.serving import serving
from web.config import load_door
from web.published import NotPublishedError
from web.published.server import Server as Published


def test_an_answer_is_of_one_publication_of_the_server(server: Server) -> None:  # noqa: F811
    server.mark(1)
    server.publish()
    published = Published(server.home.settings, load_door({}, "127.0.0.1"))
    with published.reading() as read:
        assert read.identity.number == 1
        assert read.marts() == ["events.event_overview", "funnel.contacts", "ops.publication", *read.marts()[3:]]
        server.mark(2)
        server.publish()
        relation = read.relation("events.event_overview")
        assert read.query(f"select name from {relation}") == [("mark 1",)]
    with published.reading() as read:
        assert read.query(f"select name from {read.relation('events.event_overview')}") == [("mark 2",)]
        assert read.identity.fingerprint("funnel.contacts")
    with published.reading(1) as read:
        assert read.query(f"select name from {read.relation('events.event_overview')}") == [("mark 1",)]
    with pytest.raises(NotPublishedError, match="no publication 9"), published.reading(9):
        pass
    with pytest.raises(NotPublishedError, match="database small"), published.reading(with_people=True):
        pass
    published.close()


def test_questions_are_answered_alike_on_the_server(server: Server) -> None:  # noqa: F811
    with server.cursor() as cursor:
        cursor.execute(
            "update funnel.contacts set created_at = timestamptz '2030-01-01 00:00:00.5+00' + id * interval '1 day'"
        )
        cursor.execute("update events.event_overview set total_sales_current = 12.50, payload = '{}'")
    server.publish()
    with serving(server.home) as served, served.client() as client:
        first = client.get("/api/v1/marts/funnel/contacts?order=-created_at&limit=2&fields=id,created_at&id=le.500")
        assert first.json()["items"][0] == {"id": 500, "created_at": "2031-05-16T00:00:00.500000Z"}
        after = client.get(f"{first.request.url}&cursor={first.json()['next']}").json()
        assert [row["id"] for row in after["items"]] == [498, 497]
        assert client.get(str(first.request.url), headers={"If-None-Match": first.headers["etag"]}).status_code == 304
        sold = client.get("/api/v1/marts/events/event_overview?fields=total_sales_current,tickets_sold").json()
        assert sold["items"] == [{"total_sales_current": "12.50", "tickets_sold": None}]
        lines = client.get("/api/v1/marts/funnel/contacts?format=csv&fields=id").text.split("\r\n")
        assert (lines[0], len(lines)) == ("id", 1002)
        kept = client.get("/api/v1/marts/events/event_overview?publication=1&fields=event_key")
        assert kept.json()["items"] == [{"event_key": "e1"}]
        like = client.get("/api/v1/marts/funnel/contacts?calendar_status=like.x\\&fields=id")
        assert (like.status_code, like.json().get("items")) == (200, []), like.text
