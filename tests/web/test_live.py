"""What is new comes by itself: to whoever listens, and to the webhook; and runs start on request and on arrival."""

from __future__ import annotations

import hashlib
import hmac
import json
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.fakes.loopback import listening
from tests.support.homes import Home
from tests.web.pushing import SECRETS, event, signed
from tests.web.serving import Served, restore, serving, start, until

EVENT = "lantern-night-2030"


class Listener(threading.Thread):
    """Listens to a stream until it ends; what it heard, as (name, id, data)."""

    def __init__(self, served: Served, path: str, last: str = "") -> None:
        super().__init__(daemon=True)
        self.heard: list[tuple[str, str, Any]] = []
        self.status = 0
        self._client = served.client()
        self._path = path
        self._headers = {"Last-Event-ID": last} if last else {}
        self.start()

    def run(self) -> None:
        with self._client.stream("GET", self._path, headers=self._headers, timeout=60) as answer:
            self.status = answer.status_code
            told: dict[str, str] = {}
            for line in answer.iter_lines():
                if line:
                    name, _, value = line.partition(": ")
                    told[name] = value
                elif "data" in told:
                    self.heard.append((told["event"], told["id"], json.loads(told["data"])))
                    told = {}


def test_a_new_publication_is_told_to_who_listens_and_every_stream_ends_with_the_server(
    several_copy: Home,
) -> None:
    home, first = several_copy, 2
    told: list[tuple[dict[str, str], bytes]] = []

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            # The first try is refused: it comes again.
            status = 500 if not told else 200
            told.append((dict(self.headers), body))
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    with listening(Hook) as address:
        served = start(
            home, LEDGERLINE_PUBLICATION_WEBHOOK=address, LEDGERLINE_PUBLICATION_WEBHOOK_SECRET="a secret of hooks"
        )
        whole, event_only = Listener(served, "/api/v1/live"), Listener(served, f"/api/v1/events/{EVENT}/live")
        until(lambda: bool(whole.heard) and len(event_only.heard) == 2)
        name, known, data = whole.heard[0]
        assert (name, data["publication"]) == ("publication", first)
        assert event_only.heard[1][0] == "overview"
        assert event_only.heard[1][2]["ticketsSold"]["sold"] == 349
        restore(home, first + 1)
        until(lambda: len(whole.heard) == 2)
        name, newest, data = whole.heard[1]
        assert (data["publication"], data["domains"]) == (first + 1, ["box_office"])
        assert data["changed"] == ["box_office.performances"]
        # Whoever was away is told what it missed, and nothing twice; the overview did not change.
        missed, up_to_date = Listener(served, "/api/v1/live", known), Listener(served, "/api/v1/live", newest)
        until(lambda: bool(missed.heard))
        assert missed.heard[0][1] == newest
        until(lambda: len(event_only.heard) == 3)
        assert [each[0] for each in event_only.heard] == ["publication", "overview", "publication"]
        until(lambda: len(told) == 2)
        headers, body = told[1]
        said = headers["X-Ledgerline-Timestamp"].encode() + b"." + body
        assert headers["X-Ledgerline-Signature"] == hmac.new(b"a secret of hooks", said, hashlib.sha256).hexdigest()
        assert json.loads(body)["changed"] == ["box_office.performances"]
        started = time.monotonic()
        assert served.end() == 0
        assert time.monotonic() - started < 3.5
        for each in (whole, event_only, missed, up_to_date):
            each.join(5)
            assert not each.is_alive()
        assert up_to_date.heard == []


def test_a_stream_is_refused_like_any_question(door: Served) -> None:
    assert door.get(f"/api/v1/events/{EVENT}/live", "funnel:read").status_code == 403
    assert door.get(f"/api/v1/events/{EVENT}/live", "events:read", org=["main"]).status_code == 404
    assert httpx.get(door.url + "/api/v1/live").status_code == 401


def test_many_may_listen_at_once(published_home: Home, tmp_path: Path) -> None:
    """Each costs a connection and little memory, and nothing of what waits in line."""
    home = Home(tmp_path / "home")
    home.path.mkdir()
    (home.path / "published").symlink_to(published_home.path / "published")
    with serving(home, LEDGERLINE_REQUESTS_WAITING="8") as served:
        key = served.key("ops:read", "box_office:read")
        request = f"GET /api/v1/live HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {key}\r\n\r\n".encode()
        before = memory_of(served)
        held = [socket.create_connection(("127.0.0.1", served.port)) for _ in range(200)]
        for connection in held:
            connection.sendall(request)
        for connection in held:
            connection.settimeout(20)
            heard = b""
            while b"event: publication" not in heard:
                heard += connection.recv(65536)
        assert served.get("/api/v1/marts").status_code == 200
        grown = memory_of(served) - before
        for connection in held:
            connection.close()
    assert grown < 40 * 1024 * 1024


def memory_of(served: Served) -> int:
    """Bytes that the process has in memory."""
    with open(f"/proc/{served.process.pid}/statm") as file:  # noqa: PTH123
        return int(file.read().split()[1]) * 4096


# --- runs


def test_a_job_that_cannot_be_is_refused_by_name(door: Served) -> None:
    with door.client() as client:
        for body, pointer in (
            ({"job": "build"}, "#/body/job"),
            ({"job": "run", "mode": "full"}, "#/body/mode"),
            ({"job": "refresh", "mode": "soon"}, "#/body/mode"),
            ({"job": "refresh", "mode": "org"}, "#/body/organization"),
            ({"job": "refresh", "organization": "../x"}, "#/body/organization"),
        ):
            refused = client.post("/api/v1/jobs", json=body)
            assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, pointer)
        assert client.post("/api/v1/jobs", content=b"nothing").status_code == 422
        assert client.get("/api/v1/jobs/none").status_code == 404
    with door.client("jobs:write", "ops:read", org=["salon"]) as client:
        # Of some organisations: neither everybody's job, nor another's.
        assert client.post("/api/v1/jobs", json={"job": "run"}).status_code == 403
        assert client.post("/api/cron/refresh-customer-analytics").status_code == 403
        assert client.post("/api/v1/jobs", json={"job": "refresh", "organization": "other"}).status_code == 404
        assert client.get("/api/v1/jobs/status").status_code == 403
    with door.client("events:read") as client:
        assert client.post("/api/v1/jobs", json={"job": "run"}).status_code == 403


def test_every_job_of_the_home_is_told(door: Served) -> None:
    for path in ("/api/v1/jobs/status", "/admin/jobs/status"):
        told = door.get(path, "ops:read").json()
        assert told["running"] is None
        assert {"build", "run"} & {entry["job"] for entry in told["jobs"] if entry["kind"] == "job"}


@pytest.mark.slow
def test_what_arrives_is_loaded_built_and_published_by_itself(home: Home) -> None:
    """One run at a time, which can be followed to its end."""
    home.path.mkdir()
    body = event("live", created_at="2030-11-01T00:00:00Z", data={"id": 7, "email_address": "ada@example.org"})
    with serving(home, runs=True, **SECRETS) as served, served.client() as client:
        assert client.post("/inbox/clickfunnels/main", content=body, headers=signed(body)).status_code == 202
        until(lambda: bool(client.get("/api/v1/jobs/status").json()["recent"]), seconds=60)
        job = client.get("/api/v1/jobs/status").json()["recent"][0]
        assert (job["job"], job["started_by"], job["status"]) == ("run", "arrivals", "running")
        busy = client.post("/api/v1/jobs", json={"job": "run"})
        assert (busy.status_code, busy.headers["location"]) == (409, f"/api/v1/jobs/{job['id']}")
        until(lambda: client.get(busy.headers["location"]).json()["status"] != "running", seconds=500)
        ended = client.get(busy.headers["location"]).json()
        assert any("publish" in line["message"] for line in ended["progress"])
        contacts = client.get("/api/v1/contacts?fields=clickfunnels_id").json()["items"]
        assert contacts == [{"clickfunnels_id": 7}]
        # Another kind of job waits for nobody; when the server ends, so does the job.
        started = client.post("/api/cron/refresh-customer-analytics")
        assert started.status_code == 202
        pid = next(
            int(folder.name)
            for folder in Path("/proc").iterdir()
            if folder.name.isdigit()
            and b"refresh\0recent" in command_of(folder)
            and str(home.path) in environment_of(folder)
        )
        assert served.end() == 0
        until(lambda: not Path(f"/proc/{pid}").exists() or state_of(pid) == "Z")


def command_of(folder: Path) -> bytes:
    try:
        return (folder / "cmdline").read_bytes()
    except OSError:
        return b""


def environment_of(folder: Path) -> str:
    try:
        return (folder / "environ").read_text(errors="replace")
    except OSError:
        return ""


def state_of(process: int) -> str:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return "Z"
