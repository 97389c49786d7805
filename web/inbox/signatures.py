"""What providers sign, and how: each as its documentation says, compared in constant time."""

from __future__ import annotations

import base64
import hashlib
import hmac


def is_square(key: str, url: str, body: bytes, signature: str) -> bool:
    """`x-square-hmacsha256-signature`: base64 of the HMAC-SHA256 of the notification URL and the body."""
    expected = base64.b64encode(hmac.new(key.encode(), url.encode() + body, hashlib.sha256).digest())
    return hmac.compare_digest(expected, signature.encode())


def is_mailgun(key: str, timestamp: str, token: str, signature: str, *, now: float, tolerance_seconds: float) -> bool:
    """Mailgun's `signature`: hexadecimal HMAC-SHA256 of timestamp and token, which is at most so old."""
    expected = hmac.new(key.encode(), (timestamp + token).encode(), hashlib.sha256).hexdigest()
    is_recent = timestamp.isdigit() and abs(now - int(timestamp)) <= tolerance_seconds
    return hmac.compare_digest(expected.encode(), signature.encode()) and is_recent
