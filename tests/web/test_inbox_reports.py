"""Reports that mails bring, orders of an own shop, and edits of metadata: stored so that landing reads them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from pathlib import Path

import httpx

from tests.support.homes import Home
from tests.web.pushing import PDF, files
from tests.web.serving import Served


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
