"""The signature of a webhook, for whoever receives them."""

from __future__ import annotations

import hashlib
import hmac


def verify_webhook(
    secret: str, timestamp: str, body: bytes, signature: str, *, now: float, tolerance_seconds: float = 600
) -> bool:
    """Whether `body`, the bytes as received, was signed with `secret` at `timestamp`, the text of the header.

    The signature is the hexadecimal HMAC-SHA256 of `timestamp + "." + body`, compared in constant time; `now`, in epoch
    seconds, is at most `tolerance_seconds` away from the timestamp. Never raises.
    """
    try:
        is_recent = abs(now - float(int(timestamp))) <= tolerance_seconds
        expected = hmac.new(secret.encode(), timestamp.encode() + b"." + bytes(body), hashlib.sha256).hexdigest()
        return hmac.compare_digest(expected.encode(), signature.encode()) and is_recent
    except (TypeError, ValueError, AttributeError, OverflowError):
        return False
