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
from typing import Any

import httpx
import pytest

from loaders.samples import printed_reports
from tests.support.homes import Home
from tests.support.reports import PAGE, PRODUCTIONS
from tests.web.serving import Served, serving
from web.config import load_door, require_distinct
from web.inbox.signatures import is_mailgun, is_square
from web.inbox.storing import safe_name

SECRETS = {
    "CLICKFUNNELS_WEBHOOK_SECRET": "whsec_old, whsec_new",
    "CLICKFUNNELS_WEBHOOK_SECRET_ORG_OWN": "whsec_own",
    "SQUARE_WEBHOOK_SIGNATURE_KEY": "asdf1234",
    "LEDGERLINE_PUBLIC_URL": "https://data.example.org",
    "MAILGUN_SIGNING_KEY": "mail-key",
}
CLICK = "/inbox/clickfunnels/main"
PDF = printed_reports.performance_sales(PRODUCTIONS, PAGE)


@pytest.fixture(scope="module")
def inbox(published_home: Home, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server with every secret, over a home whose landing folder is its own."""
    home = Home(tmp_path_factory.mktemp("inbox") / "home")
    home.path.mkdir()
    (home.path / "published").symlink_to(published_home.path / "published")
    with serving(home, **SECRETS) as served:
        yield served


def signed(body: bytes, secret: str = "whsec_new", at: float | None = None) -> dict[str, str]:
    timestamp = str(int(time.time() if at is None else at))
    digest = hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return {"X-Webhook-ClickFunnels-Signature": digest, "X-Webhook-ClickFunnels-Timestamp": timestamp}


def event(number: int | str, **more: Any) -> bytes:
    said = {"event_id": f"e-{number}", "event_type": "order.created", "data": {"id": 1, "é": "ü"}, **more}
    return json.dumps(said, ensure_ascii=False).encode()


def post(served: Served, path: str, body: bytes, headers: dict[str, str] | None = None) -> httpx.Response:
    with httpx.Client(base_url=served.url, timeout=30) as client:
        return client.post(path, content=body, headers=headers or {})


def files(served: Served, source: str, organization: str = "main") -> dict[str, bytes]:
    """Everything in an inbox, by name below it."""
    root = served.home.path / "landing" / source / f"org={organization}" / "inbox"
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


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
    # A provider sends it again, signed anew, or with another body under the same id.
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


# --- reports and orders


def test_a_report_comes_as_make_sends_it_as_a_form_and_as_it_is(inbox: Served) -> None:
    with inbox.client("inbox:write") as client:
        said = {
            "pdf_base64": base64.b64encode(PDF).decode(),
            "metadata": {"filename": "Daily.pdf", "email_date": "Mon, 4 Nov 2030 11:00:00 +0000", "email_id": "m1"},
        }
        taken = client.post("/inbox/box-office/hall", json=said)
        assert (taken.status_code, taken.json()["status"]) == (200, "accepted")
        name = Path(taken.json()["file"])
        assert "webhook" in name.parts
        stored = inbox.home.path / "landing" / name
        assert stored.read_bytes() == PDF
        beside = json.loads(stored.with_name(stored.name + ".json").read_bytes())
        assert beside["email_date"] == "2030-11-04T11:00:00Z"
        for again in (
            client.post("/inbox/box-office/hall", json=said),
            client.post("/inbox/box-office/hall", content=PDF, headers={"Content-Type": "application/pdf"}),
            client.post("/inbox/box-office/hall", files={"file": ("x.pdf", PDF, "application/pdf")}),
        ):
            assert (again.status_code, again.json()["status"]) == (200, "duplicate")
        for body, status, pointer in (
            ({"pdf_url": "http://169.254.169.254/latest"}, 422, "#/body/pdf_url"),
            ({"pdf_text": "Sales"}, 422, "#/body/pdf_text"),
            ({"pdf_base64": "bm8gcGRm"}, 415, "#/body"),
            ({"pdf_base64": "%%%"}, 422, "#/body/pdf_base64"),
            ({}, 422, "#/body/pdf_base64"),
        ):
            refused = client.post("/inbox/box-office/hall", json=body)
            assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (status, pointer)
        assert (
            client.post("/inbox/box-office/hall", content=b"x", headers={"Content-Type": "text/html"}).status_code
            == 415
        )
    outcome = Home(inbox.home.path).load("box_office")
    assert outcome.problems == []
    assert inbox.home.query("select distinct organization_id, source from raw_box_office.performance_sales_rows") == [
        ("hall", "pdf_webhook")
    ]


def test_a_mail_is_taken_when_mailgun_signed_it(inbox: Served) -> None:
    def form(**more: str) -> dict[str, str]:
        at, token = str(int(time.time())), "t" * 50
        good = hmac.new(b"mail-key", (at + token).encode(), hashlib.sha256).hexdigest()
        said = {"timestamp": at, "token": token, "signature": good, "subject": "Daily", "Message-Id": "<1@x>"}
        return {**said, "Date": "Mon, 4 Nov 2030 05:00:00 -0600", **more}

    path = "/inbox/box-office/mailed/mailgun"
    attached = {
        "attachment-1": ("Report 4.pdf", PDF, "application/pdf"),
        "attachment-2": ("a.png", b"png", "image/png"),
    }
    with httpx.Client(base_url=inbox.url, timeout=30) as client:
        assert client.post(path, data=form(signature="0" * 64), files=attached).status_code == 406
        assert client.post(path, data=form(timestamp="1529006854"), files=attached).status_code == 406
        assert files(inbox, "box_office", "mailed") == {}
        assert client.post(path, data=form(), files=attached).json()["status"] == "accepted"
        assert client.post(path, data=form(), files=attached).json()["status"] == "duplicate"
        nothing = client.post(path, data=form())
        assert (nothing.status_code, nothing.json()["status"]) == (200, "ignored")
    found = files(inbox, "box_office", "mailed")
    assert PDF in found.values()
    assert len(found) == 2
    assert json.loads(next(body for name, body in found.items() if name.endswith(".json")))["email_id"] == "<1@x>"


def test_orders_of_an_own_shop_come_as_json_or_as_lines(inbox: Served) -> None:
    order = {"id": "o-1", "event_key": "spring", "created_at": "2030-11-01T10:00:00Z", "total": "10.00"}
    with inbox.client("inbox:write") as client:
        path = "/inbox/ticketing/shop/orders"
        assert client.post(path, json=order).status_code == 202
        assert client.post(path, json=order).status_code == 200
        lines = json.dumps(order) + "\n" + json.dumps({**order, "id": "o-2"}) + "\n"
        assert client.post(path, content=lines.encode()).status_code == 202
        refused = client.post(path, content=b'{"id": 1}\nnot json\n')
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "#/body/2")
        assert client.post(path, content=b"5").status_code == 422
    assert lines.encode() in files(inbox, "ticketing", "shop").values()


# --- metadata


def test_an_edit_is_a_file_that_landing_reads_in_the_name_of_the_key(inbox: Served) -> None:
    code = "301115E"
    with inbox.client("metadata:write") as client:
        done = client.put(
            f"/api/v1/performances/{code}/metadata", json={"capacity": 1440, "title": 'Autumn, "live"', "venue": None}
        )
        assert done.status_code == 202
        legacy = client.put(
            "/api/v1/update-metadata", json={"performanceCode": code, "updates": {"budget_goal": 150000.5}}
        )
        assert legacy.json()["edit_id"] != done.json()["edit_id"]
        unknown = client.put("/api/v1/performances/999999Z/metadata", json={"capacity": 5})
        assert unknown.status_code == 404
        refused = client.put(
            f"/api/v1/performances/{code}/metadata",
            json={"total_revenue": 5, "nothing": 1, "capacity": -1, "title": ["x"], "season": "30-31"},
        )
        assert refused.status_code == 422
        assert {error["pointer"] for error in refused.json()["errors"]} == {
            "#/body/total_revenue",
            "#/body/nothing",
            "#/body/capacity",
            "#/body/title",
        }
        for body in ([1], {}, {"performanceCode": code}):
            assert client.put("/api/v1/update-metadata", json=body).status_code == 422
    with inbox.client("box_office:read") as client:
        assert client.put(f"/api/v1/performances/{code}/metadata", json={"capacity": 1}).status_code == 403
    outcome = Home(inbox.home.path).load("box_office")
    assert outcome.problems == []
    landed = inbox.home.query(
        "select field, value, changed_by from raw_box_office.metadata_edits where organization_id = 'main' order by 1"
    )
    assert landed == [
        ("budget_goal", "150000.50", "a test"),
        ("capacity", "1440", "a test"),
        ("title", 'Autumn, "live"', "a test"),
        ("venue", None, "a test"),
    ]
