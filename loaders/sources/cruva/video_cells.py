"""The cells of a videos export: what each column holds, and what is said of one that cannot be read."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from loaders.readers import cells
from loaders.readers.export_dates import ExportDate
from loaders.source import Unreadable

COLUMNS = ("handle", "video", "views", "likes", "comments", "gmv", "ctr", "units_sold", "post_date", "video_title")
ABSENT = ("", "-", "--", "n/a", "null")
TITLES = {
    **{name: name.replace("_", " ").title() for name in COLUMNS},
    **{"gmv": "GMV", "ctr": "CTR", "sync_date": "Sync Date"},
}
_PLAIN_VIDEO = re.compile(r"(?:https?://)?(?:www\.)?tiktok\.com/@[A-Za-z0-9._]+/(?:video|photo)/([0-9]+)")
_VIDEO_ID = re.compile(r"/(?:video|photo)/(\d+)(?:/|$)")


def _is_absent(text: str) -> bool:
    return text.lower() in ABSENT


def _handle(title: str, text: str, flags: set[str], when: ExportDate) -> dict[str, Any]:
    if _is_absent(text) or not cells.handle_key(text):
        raise Unreadable("missing_handle", f"{title} is blank, expected the creator's handle")
    return {"handle": text, "handle_key": cells.handle_key(text)}


def video_key(text: str) -> str | None:
    """The id in a video's address, else the address without what may change; None where it is neither."""
    if text.isascii() and text.isdigit():
        return text
    # As nearly all are written; the rest takes the address apart.
    if match := _PLAIN_VIDEO.fullmatch(text):
        return match[1]
    address = urlsplit(text if "://" in text else f"//{text}")
    path = address.path.rstrip("/")
    if match := _VIDEO_ID.search(path):
        return match[1]
    host = re.sub(r"^(?:www\.|m\.)+", "", address.netloc.lower())
    return f"{host}{path}" if path and re.fullmatch(r"[\w-]+(\.[\w-]+)+(:\d+)?", host) else None


def _video(title: str, text: str, flags: set[str], when: ExportDate) -> dict[str, Any]:
    if _is_absent(text):
        raise Unreadable("missing_video", f"{title} is blank, expected a video's address")
    try:
        key = video_key(text)
    except ValueError:
        key = None
    if key is None or re.search(r"\s", text):
        raise Unreadable("bad_video", f"{title} is {text[:60]!r}, expected an address such as …/video/123, or an id")
    return {"video_key": key, "video_url": text}


def _counted(name: str) -> Callable[..., dict[str, Any]]:
    def read(title: str, text: str, flags: set[str], when: ExportDate) -> dict[str, Any]:
        value, is_abbreviated = (0, False) if _is_absent(text) else cells.abbreviated_count(title, text)
        if value < 0:
            raise Unreadable("negative_count", f"{title} is {text[:60]!r}, expected 0 or more")
        if is_abbreviated:
            flags.add("abbreviated_count")
        return {name: value}

    return read


def _units(title: str, text: str, flags: set[str], when: ExportDate) -> dict[str, Any]:
    # Returns may outweigh what was sold.
    return {"units_sold": 0 if _is_absent(text) else cells.count(title, text)}


def _gmv(title: str, text: str, flags: set[str], when: ExportDate) -> dict[str, Any]:
    return {"gmv": Decimal(0) if _is_absent(text) else cells.money(title, text)}


def _ctr(title: str, text: str, flags: set[str], when: ExportDate) -> dict[str, Any]:
    return {"ctr": None if _is_absent(text) else cells.percent(title, text)}


def _post_date(title: str, text: str, flags: set[str], when: ExportDate) -> dict[str, Any]:
    if _is_absent(text):
        raise Unreadable("missing_post_date", f"{title} is blank, expected the day the video was posted")
    posted = cells.day(title, text)
    if posted > when.day + timedelta(days=1):
        raise Unreadable(
            "post_date_after_sync", f"{title} is {text[:60]!r}, after the export's own day {when.day} and the next"
        )
    return {"post_date": posted}


def _title(title: str, text: str, flags: set[str], when: ExportDate) -> dict[str, Any]:
    return {"video_title": text or None}


READERS: Mapping[str, Callable[..., dict[str, Any]]] = {
    "handle": _handle,
    "video": _video,
    "views": _counted("views"),
    "likes": _counted("likes"),
    "comments": _counted("comments"),
    "gmv": _gmv,
    "ctr": _ctr,
    "units_sold": _units,
    "post_date": _post_date,
    "video_title": _title,
}
