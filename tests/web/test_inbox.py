"""What is pushed is on the disk before it is acknowledged, byte for byte, once; what is forged is not."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from tests.support.homes import Home
from tests.web.pushing import CLICK, PDF, SECRETS, event, files, post, signed
from tests.web.serving import Served, serving
from web.config import load_door, require_distinct
from web.inbox.signatures import is_mailgun, is_square
from web.inbox.storing import safe_name

# --- signatures


def test_signatures_are_those_of_the_providers_documentation() -> None:
    body = (
        b'{"merchant_id":"MLEFBHHSJGVHD","type":"webhooks.test_notification",'
        b'"event_id":"ac3ac95b-f97d-458c-a6e6-18981597e05f","created_at":"2022-07-13T20:30:59.037339943Z",'
        b'"data":{"type":"webhooks","id":"bc368e64-01aa-407e-b46e-3231809b1129"}}'
    )
    url = "https://webhook.site/679a4f3a-dcfa-49ee-bac5-9d0edad886b9"
    signature = "GF4YkrJgGBDZ9NIYbNXBnMzqb2HoL4RW/S6vkZ9/2N4="
    assert is_square("Ibxx_5AKakO-3qeNVR61Dw", url, body, signature)
    assert is_square(
        "asdf1234", "https://example.com/webhook", b'{"hello":"world"}', "2kRE5qRU2tR+tBGlDwMEw2avJ7QM4ikPYD/PJ3bd9Og="
    )
    assert not is_square("Ibxx_5AKakO-3qeNVR61Dw", url + "/", body, signature)
    assert not is_square("Ibxx_5AKakO-3qeNVR61Dw", url, body + b" ", signature)
    assert not is_square("Ibxx_5AKakO-3qeNVR61Dw", url, body, "ü")
    token, at = "a" * 50, "1529006854"
    good = hmac.new(b"key", (at + token).encode(), hashlib.sha256).hexdigest()
    assert is_mailgun("key", at, token, good, now=1529006900, tolerance_seconds=900)
    assert not is_mailgun("key", at, token, good, now=1529009900, tolerance_seconds=900)
    assert not is_mailgun("key", at, token + "a", good, now=1529006900, tolerance_seconds=900)
    assert not is_mailgun("key", "soon", token, good, now=1529006900, tolerance_seconds=900)


def test_an_event_is_stored_byte_for_byte_and_once(inbox: Served) -> None:
    body = event("bytes") + b"  "
    taken = post(inbox, CLICK, body, signed(body))
    assert (taken.status_code, taken.json()) == (202, {"status": "accepted", "id": "e-bytes"})
    assert body in files(inbox, "clickfunnels").values()
    before = files(inbox, "clickfunnels")
    # A provider sends it again with a new signature, or with another body under the same id.
    for again in (body, event("bytes", attempt=2)):
        repeated = post(inbox, CLICK, again, signed(again))
        assert (repeated.status_code, repeated.json()) == (200, {"status": "duplicate", "id": "e-bytes"})
    assert files(inbox, "clickfunnels") == before
    # The same id of another organisation is another event.
    assert post(inbox, "/inbox/clickfunnels/org_two", body, signed(body)).status_code == 202
    assert list(files(inbox, "clickfunnels", "org_two").values()) == [body]


def test_what_is_not_signed_now_and_for_this_organisation_is_refused(inbox: Served) -> None:
    body = event("forged")
    good = signed(body)
    for path, headers, sent in (
        (CLICK, {}, body),
        (CLICK, signed(body, "whsec_wrong"), body),
        (CLICK, good, body + b" "),
        (CLICK, {**good, "X-Webhook-ClickFunnels-Timestamp": str(int(time.time()) + 1)}, body),
        (CLICK, signed(body, at=time.time() - 601), body),
        (CLICK, signed(body, at=time.time() + 700), body),
        (CLICK, {**good, "X-Webhook-ClickFunnels-Timestamp": "now"}, body),
        # One with a secret of its own has no other.
        ("/inbox/clickfunnels/org-own", signed(body, "whsec_new"), body),
    ):
        refused = post(inbox, path, sent, headers)
        assert (refused.status_code, refused.json()["type"][-13:]) == (401, "bad-signature"), headers
    assert not any(b"forged" in content for content in files(inbox, "clickfunnels").values())
    # While a secret is rotated both hold.
    for name, secret in (("old", "whsec_old"), ("new", "whsec_new")):
        assert post(inbox, CLICK, event(name), signed(event(name), secret)).status_code == 202
    own = event("own")
    assert post(inbox, "/inbox/clickfunnels/org-own", own, signed(own, "whsec_own")).status_code == 202
    # Whose name would be the same setting cannot pass as it.
    assert post(inbox, "/inbox/clickfunnels/org_own", own, signed(own, "whsec_own")).status_code == 401


def test_two_organisations_of_one_secret_stop_the_server(home: Home) -> None:
    door = load_door({"CLICKFUNNELS_WEBHOOK_SECRET_A_B": "x"}, "127.0.0.1")
    require_distinct(door, ["a-b", "c"])
    for name in ("a-b", "a_b"):
        (home.path / "landing" / "clickfunnels" / f"org={name}").mkdir(parents=True)
    done = home.ledgerline("serve", "--port", "0", CLICKFUNNELS_WEBHOOK_SECRET_A_B="x")
    assert done.returncode == 2
    assert "CLICKFUNNELS_WEBHOOK_SECRET_A_B would be the secret of both a-b and a_b" in done.stderr


def test_a_webhook_of_square_is_signed_with_its_address(inbox: Served) -> None:
    body = b'{"event_id":"sq-1","type":"customer.created","data":{}}'

    def signature(url: str) -> dict[str, str]:
        digest = hmac.new(b"asdf1234", url.encode() + body, hashlib.sha256).digest()
        return {"x-square-hmacsha256-signature": base64.b64encode(digest).decode()}

    good = signature("https://data.example.org/inbox/square/salon")
    assert post(inbox, "/inbox/square/salon", body, good).status_code == 202
    assert post(inbox, "/inbox/square/salon", body, good).status_code == 200
    assert post(inbox, "/inbox/square/other", body, good).status_code == 401
    assert list(files(inbox, "square", "salon").values()) == [body]


def test_a_body_too_large_is_refused_before_its_signature_is_asked(inbox: Served) -> None:
    body = b'{"event_id":"' + b"x" * (2 * 1024 * 1024) + b'"}'
    assert post(inbox, CLICK, body).status_code == 413
    assert post(inbox, CLICK, b"", signed(b"")).status_code == 422

    def endless() -> Iterator[bytes]:
        for _ in range(64):
            yield b"y" * 65536

    # Whether the answer is read, or the connection is found cut first, is a race.
    with httpx.Client(base_url=inbox.url) as client, contextlib.suppress(httpx.WriteError):
        assert client.post(CLICK, content=endless()).status_code == 413


def test_events_that_come_together_are_landed_each_once(inbox: Served) -> None:
    """Through the real reader of the source: what is acknowledged is what lands."""
    path = "/inbox/clickfunnels/many"
    data = {"id": 5, "email_address": "ada@example.org", "created_at": "2030-11-01T00:00:00Z"}
    bodies = [
        event(f"many-{number}", subject_type="Contact", created_at="2030-11-01T00:00:00Z", data={**data, "id": number})
        for number in range(60)
    ]
    # One of several lines is a file of its own.
    several = json.loads(event("many-lines", created_at="2030-11-01T00:00:00Z", data=data))
    bodies.append(json.dumps(several, indent=1).encode())
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda body: post(inbox, path, body, signed(body)).status_code, bodies * 2))
    assert sorted(answers) == [200] * 61 + [202] * 61
    stored = files(inbox, "clickfunnels", "many")
    assert len(stored) < 61
    outcome = Home(inbox.home.path).load("clickfunnels")
    assert outcome.problems == []
    landed = inbox.home.query(
        "select event_key, count(*) from raw_clickfunnels.webhook_events where organization_id = 'many' group by 1"
    )
    assert sorted(landed) == sorted((json.loads(body)["event_id"], 1) for body in bodies)


def test_a_repeat_is_known_after_a_restart_and_what_a_kill_left_is_gone(published_home: Home, home: Home) -> None:
    home.path.mkdir()
    body, lines = event("before"), [event(f"l{number}") for number in range(2)]
    with serving(home, **SECRETS) as served:
        assert post(served, CLICK, body, signed(body)).status_code == 202
        day = next((home.path / "landing").glob("clickfunnels/org=main/inbox/*"))
    (day / ".inbox-999999-1").write_bytes(b"half")
    (day / "000000.000000-x.jsonl").write_bytes(b"\n".join(lines) + b"\n")
    with serving(home, **SECRETS) as served:
        assert not (day / ".inbox-999999-1").exists()
        for each in (body, *lines):
            assert post(served, CLICK, each, signed(each)).json()["status"] == "duplicate"


# --- files


@pytest.mark.parametrize(
    ("name", "stored"),
    [
        ("report.csv", "report.csv"),
        ("..%2F..%2Fetc%2Fpasswd.csv", "passwd.csv"),
        ("..%5C..%5Cboot.csv", "boot.csv"),
        (".hidden.csv", "hidden.csv"),
        ("_left out.csv", "left_out.csv"),
        ("README.csv", "file-README.csv"),
        ("a%00b.csv", "a_b.csv"),
        ("é ü.csv", "csv"),
    ],
)
def test_a_name_from_outside_never_chooses_a_path(inbox: Served, name: str, stored: str) -> None:
    body = f"platform,date,participant_count\nYouTube,2030-11-01,{sum(name.encode())}\n".encode()
    with inbox.client("inbox:write") as client:
        answer = client.put(f"/inbox/attendance/main/{name}", content=body)
    if answer.status_code == 201:
        path = Path(answer.json()["file"])
        assert path.parts[:3] == ("attendance", "org=main", "inbox")
        assert path.name.startswith(stored.removesuffix(".csv")) or path.name.startswith("file-")
        assert (inbox.home.path / "landing" / path).read_bytes() == body
    else:
        assert answer.status_code in (404, 422)
    assert not list(inbox.home.path.glob("*.csv"))


def test_names_are_made_safe() -> None:
    assert safe_name("../../x.pdf") == "x.pdf"
    assert safe_name("C:\\up\\y.csv") == "y.csv"
    assert safe_name("~$lock.csv") == "lock.csv"
    assert safe_name("") == "file-unnamed"
    assert safe_name("x" * 300 + ".csv") == "x" * 117 + ".csv"
    assert safe_name("readme.md").startswith("file-")


def test_a_file_is_put_once_and_never_over_another(inbox: Served) -> None:
    header = b"date,platform,participant_count\n"
    first, second = header + b"2030-11-01,YouTube,5\n", header + b"2030-11-02,YouTube,6\n"
    with inbox.client("inbox:write", org=["salon"]) as client:
        path = "/inbox/attendance/salon/counts.csv"
        put = client.put(path, content=first)
        assert (put.status_code, put.json()["status"]) == (201, "accepted")
        assert client.put(path, content=first).status_code == 200
        assert client.put("/inbox/attendance/salon/other.csv", content=first).json()["status"] == "duplicate"
        other = client.put(path, content=second)
        assert other.status_code == 201
        assert other.json()["file"] != put.json()["file"]
        assert sorted(files(inbox, "attendance", "salon").values()) == [first, second]
        # Not of another organisation, no source of that name, no file of that kind, nothing at all.
        assert client.put("/inbox/attendance/other/counts.csv", content=first).status_code == 404
        assert client.put("/inbox/nowhere/salon/counts.csv", content=first).status_code == 404
        assert client.put("/inbox/attendance/salon/counts.exe", content=first).status_code == 422
        assert client.put(path, content=b"").status_code == 422
    with inbox.client("events:read") as client:
        assert client.put(path, content=first).status_code == 403


def test_a_checked_file_is_read_as_landing_reads_it_and_not_stored(inbox: Served) -> None:
    good = b"date,platform,participant_count\n2030-11-01,YouTube,5\n2030-11-02,YouTube,many\n"
    with inbox.client("inbox:write") as client:
        path = "/inbox/attendance/checked/counts.csv?check=1"
        verdict = client.put(path, content=good)
        assert verdict.status_code == 200
        said = verdict.json()
        assert (said["rows_read"], said["rows_landed"]) == (2, 1)
        assert [(each["row"], each["reason"]) for each in said["rejected"]] == [(3, "bad_number")]
        refused = client.put(path, content=b"a,b\n1,2\n")
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "#/body")
        report = client.put("/inbox/box_office/checked/report.pdf?check=1", content=PDF)
        assert (report.status_code, report.json()["rejected"]) == (200, [])
        assert report.json()["rows_landed"] > 0
        assert client.put("/inbox/box_office/checked/report.pdf?check=1", content=PDF[:900]).status_code == 422
        orders = client.put("/inbox/ticketing/checked/orders.json?check=1", content=b'[{"id": "1"}]')
        assert orders.status_code in (200, 422)
    assert files(inbox, "attendance", "checked") == files(inbox, "box_office", "checked") == {}
    assert not list((inbox.home.path / "state").glob(".check-*"))
