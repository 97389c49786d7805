"""Things to push at a front door, signed as their providers sign them, and what is in its inbox."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from typing import Any

import httpx

from loaders.samples import printed_reports
from tests.support.reports import PAGE, PRODUCTIONS
from tests.web.serving import Served

SECRETS = {
    "CLICKFUNNELS_WEBHOOK_SECRET": "whsec_old, whsec_new",
    "CLICKFUNNELS_WEBHOOK_SECRET_ORG_OWN": "whsec_own",
    "SQUARE_WEBHOOK_SIGNATURE_KEY": "asdf1234",
    "LEDGERLINE_PUBLIC_URL": "https://data.example.org",
    "MAILGUN_SIGNING_KEY": "mail-key",
}
CLICK = "/inbox/clickfunnels/main"
PDF = printed_reports.performance_sales(PRODUCTIONS, PAGE)


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
