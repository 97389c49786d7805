"""What every request passes: hosts, keys, rates, sizes; and what is written down of it."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
import threading
import time

import httpx
import pytest

from loaders.config import PROJECT_DIR
from tests.support.homes import Home
from tests.web.serving import Served, serving, start, until

SECURE = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
}
MARTS = "/api/v1/marts"


def raw(door: Served, request: bytes, wait: float = 5) -> bytes:
    """What comes back for these very bytes, until the connection ends."""
    with socket.create_connection(("127.0.0.1", door.port), timeout=wait) as connection:
        connection.sendall(request)
        answer = b""
        try:
            while chunk := connection.recv(65536):
                answer += chunk
        except TimeoutError:
            pass
        return answer


def test_only_who_has_a_key_is_answered(door: Served) -> None:
    for headers in ({}, {"Authorization": "Bearer llk_wrong"}, {"Authorization": "Basic YTpi"}, {"Authorization": "x"}):
        refused = httpx.get(door.url + MARTS, headers=headers)
        assert refused.status_code == 401
        assert refused.headers["content-type"] == "application/problem+json"
        assert set(refused.json()) == {"type", "title", "status", "detail", "instance", "errors"}
    assert httpx.get(door.url + "/openapi.json").status_code == 401
    assert httpx.get(door.url + "/healthz").status_code == 200


def test_every_answer_is_secured(door: Served) -> None:
    for path in ("/healthz", MARTS, "/nowhere", "/api/v1/marts/events/event_overview"):
        answer = door.get(path)
        assert SECURE.items() <= dict(answer.headers).items(), path
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert "server" not in answer.headers
    wrong = door.get("/nowhere")
    assert (wrong.status_code, wrong.json()["instance"]) == (404, "/nowhere")
    with door.client() as client:
        assert client.delete(MARTS).status_code == 405


def test_a_key_does_what_its_scopes_say(door: Served) -> None:
    assert door.get("/api/v1/marts/events/event_overview", "events:read").status_code == 200
    refused = door.get("/api/v1/marts/events/event_overview", "funnel:read")
    assert (refused.status_code, "events:read" in refused.json()["detail"]) == (403, True)
    assert door.get("/metrics", "events:read").status_code == 403
    assert "ledgerline_requests_total" in door.get("/metrics", "ops:read").text


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "localhost.", ""])
def test_a_name_that_points_here_is_not_served(door: Served, host: str) -> None:
    answer = raw(door, f"GET /healthz HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
    assert b" 421 " in answer.splitlines()[0]
    named = raw(door, b"GET /healthz HTTP/1.1\r\nHost: LOCALHOST:99\r\nConnection: close\r\n\r\n")
    assert b" 200 " in named.splitlines()[0]


def test_open_is_for_this_machine_and_never_shows_people(published_home: Home) -> None:
    refused = published_home.ledgerline("serve", "--open", "--host", "0.0.0.0", "--port", "0")
    assert (refused.returncode, "--open" in refused.stderr) == (2, True)
    with serving(published_home, "--open", "--root-path", "/tickets") as served:
        people = httpx.get(served.url + "/api/v1/marts/funnel/contacts").json()["items"]
        assert len(people) > 10
        assert not any(row.get("email", "").count("@") for row in people)
        # Behind a proxy's prefix, whether or not it is taken off.
        for prefix in ("", "/tickets"):
            assert httpx.get(f"{served.url}{prefix}{MARTS}").status_code == 200
        assert httpx.get(served.url + "/tickets/openapi.json").json()["servers"] == [{"url": "/tickets"}]
        assert httpx.get(served.url + "/other" + MARTS).status_code == 404
        # A wrong key is not better than none.
        assert httpx.get(served.url + MARTS, headers={"Authorization": "Bearer llk_x"}).status_code == 401


def test_who_asks_too_often_waits(published_home: Home) -> None:
    with (
        serving(published_home, "--open", LEDGERLINE_REQUESTS_PER_SECOND="1") as served,
        httpx.Client(base_url=served.url) as client,
    ):
        assert client.get(MARTS).status_code == 200
        answers = [client.get(MARTS) for _ in range(20)]
        late = next(answer for answer in answers if answer.status_code == 429)
        assert late.headers["retry-after"] == "1"
        time.sleep(1.1)
        assert client.get(MARTS).status_code == 200


def test_who_guesses_keys_is_slowed_down(published_home: Home) -> None:
    with serving(published_home) as served, httpx.Client(base_url=served.url) as client:
        statuses = [
            client.get(MARTS, headers={"Authorization": f"Bearer llk_{number}"}).status_code for number in range(35)
        ]
    assert (statuses[:30], statuses[-1]) == ([401] * 30, 429)


def test_sizes_are_held_while_it_still_comes(door: Served) -> None:
    key = door.key().encode()
    head = b"Host: localhost\r\nConnection: close\r\nAuthorization: Bearer " + key + b"\r\n"
    for request, status in (
        (b"POST /nowhere HTTP/1.1\r\n" + head + b"Content-Length: 999999999\r\n\r\n", b"413"),
        (b"GET /healthz HTTP/1.1\r\n" + head + b"X-Long: " + b"x" * 40_000 + b"\r\n\r\n", b"431"),
        (b"GET /healthz?" + b"x" * 40_000 + b" HTTP/1.1\r\n" + head + b"\r\n", b"414"),
        (b"POST /nowhere HTTP/1.1\r\n" + head + b"Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\nhi", b"415"),
    ):
        assert raw(door, request).split(b" ")[1] == status
    # Headers without an end are cut, and cost nothing.
    with socket.create_connection(("127.0.0.1", door.port), timeout=10) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n")
        sent, ended = 0, False
        try:
            while not ended and sent < 64 * 1024 * 1024:
                sent += connection.send(b"X: " + b"y" * 8_000 + b"\r\n")
                connection.setblocking(True)
        except OSError:
            ended = True
        assert ended
    assert httpx.get(door.url + "/healthz").status_code == 200


def test_the_log_names_who_asked_and_not_what_for(door: Served) -> None:
    with door.client("funnel:read", "pii:read") as client:
        answer = client.get("/api/v1/marts/funnel/contacts?email=like.%25@%25&limit=2")
        assert answer.json()["items"][0]["email"]
    lines = [line for line in door.log() if line["route"] == "/api/v1/marts/{schema}/{mart}" and line.get("personal")]
    assert lines
    assert lines[-1]["key"] == "a test"
    assert lines[-1]["status"] == 200
    said = "\n".join(door.said)
    assert "like." not in said
    assert "llk_" not in said
    assert not any(row["email"] in said for row in answer.json()["items"])


def test_a_fault_tells_nothing_of_the_inside(published_copy: Home) -> None:
    """A mart whose file is gone: what is wrong stands in the log."""
    with serving(published_copy) as served:
        for file in (published_copy.path / "published" / "data").glob("box_office.performances.*"):
            file.unlink()
        answer = served.get("/api/v1/marts/box_office/performances")
        assert answer.status_code == 500
        assert "parquet" not in json.dumps(answer.json())
        until(lambda: any("IOException" in line for line in served.said))


def test_it_ends_within_three_seconds_though_somebody_holds_on(published_home: Home) -> None:
    served = start(published_home, "--open")
    held = [socket.create_connection(("127.0.0.1", served.port)) for _ in range(5)]
    for connection in held:
        connection.sendall(b"POST /nowhere HTTP/1.1\r\nHost: localhost\r\nContent-Length: 50\r\n\r\n")
    started = time.monotonic()
    assert served.end() == 0
    assert time.monotonic() - started < 5
    for connection in held:
        connection.close()


def test_what_waits_is_bounded(published_home: Home) -> None:
    with serving(published_home, "--open", LEDGERLINE_REQUESTS_WAITING="2") as served:
        slow = [socket.create_connection(("127.0.0.1", served.port)) for _ in range(3)]
        for connection in slow:
            connection.sendall(b"PUT /inbox/ads/main/x.csv HTTP/1.1\r\nHost: localhost\r\nContent-Length: 50\r\n\r\n")
        threading.Event().wait(0.3)
        statuses = {httpx.get(served.url + MARTS).headers.get("retry-after") for _ in range(2)}
        for connection in slow:
            connection.close()
    assert statuses <= {None, "1"}


def test_pages_of_other_origins_ask_only_where_they_are_named(published_home: Home) -> None:
    named = {"Origin": "https://app.example"}
    with (
        serving(published_home, "--open", LEDGERLINE_CORS_ORIGINS="https://app.example") as served,
        httpx.Client(base_url=served.url) as client,
    ):
        asked = client.get(MARTS, headers=named)
        assert asked.headers["access-control-allow-origin"] == "https://app.example"
        assert (
            "access-control-allow-origin" not in client.get(MARTS, headers={"Origin": "https://evil.example"}).headers
        )
        before = {"Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "authorization"}
        assert client.options(MARTS, headers={**named, **before}).status_code == 200
        assert client.options(MARTS, headers={"Origin": "https://evil.example", **before}).status_code == 400
    refused = published_home.ledgerline("serve", "--port", "0", LEDGERLINE_CORS_ORIGINS="app.example")
    assert (refused.returncode, "LEDGERLINE_CORS_ORIGINS" in refused.stderr) == (2, True)


@pytest.mark.skipif(shutil.which("systemd-socket-activate") is None, reason="systemd is not on this machine")
def test_it_takes_the_socket_that_systemd_opened(published_home: Home) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = subprocess.Popen(
        ["systemd-socket-activate", "-l", f"127.0.0.1:{port}", "--setenv=PATH"]
        + [f"--setenv={name}={value}" for name, value in published_home.environment.items() if name != "PATH"]
        + [sys.executable, "-m", "loaders", "serve", "--open", "--no-runs", "--port", "1"],
        cwd=PROJECT_DIR,
        stderr=subprocess.DEVNULL,
    )
    try:
        # It is started by the first who knocks, who waits for it.
        until(lambda: is_open(port))
        assert httpx.get(f"http://127.0.0.1:{port}/healthz", timeout=60).json() == {"status": "ok"}
    finally:
        process.terminate()
        process.wait(10)


def is_open(port: int) -> bool:
    with socket.socket() as connection:
        return connection.connect_ex(("127.0.0.1", port)) == 0
