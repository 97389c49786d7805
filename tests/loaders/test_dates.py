"""Which dates readers believe: every maker of dates takes the limits themselves and refuses what is a day beyond."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from loaders.config import PROJECT_DIR, ConfigError, DateLimits, load_settings
from loaders.readers import cells, dates
from loaders.readers.export_dates import Observed, scope_of, stated_date
from loaders.readers.sheets import Book, Column
from loaders.readers.sheets.columns import read_column
from loaders.readers.sheets.style import Style
from loaders.source import File, Quarantined, Unreadable
from loaders.sources.box_office import values as box_office
from loaders.sources.box_office.page import read_pdf_date
from loaders.sources.clickfunnels.payloads import read_json as read_funnel
from loaders.sources.cruva.plain import read_plain
from loaders.sources.funnel import values
from loaders.sources.square.pages import read_json as read_square
from loaders.sources.ticketing import values as ticketing
from tests.support.homes import AS_OF

SETTINGS = load_settings({"LEDGERLINE_AS_OF": AS_OF, "LEDGERLINE_FUNNEL_DATE_ORDER": "mdy"})
SPAN = "from 1990-01-01 to 2100-01-01 (LEDGERLINE_EARLIEST_DATE, LEDGERLINE_LATEST_DATE)"


# Of each maker, what it reads of a text, and the texts at the limits and just beyond.
def _cell(kind: Any, text: str) -> Any:
    """A cell of a table, as the reader of tables reads it."""
    (found,) = read_column(Column("day", kind), "Day", [text], Style(), Book(())).values
    if isinstance(found, Unreadable):
        raise found
    return found


MAKERS: dict[str, tuple[Callable[[str], Any], tuple[str, ...], tuple[str, ...]]] = {
    "post date": (
        lambda text: cells.day("Post Date", text),
        ("1990-01-01", "2100-01-01", "1/1/1990", "Jan 1, 2100", "2100-01-01T23:59:59-10:00"),
        ("1989-12-31", "2100-01-02", "0001-01-01", "9999-12-31", "12/31/1989", "Jan 2, 2100", "1/1/0001"),
    ),
    "loyalty instant": (
        lambda text: cells.instant("created_at", text),
        ("1990-01-01T00:00:00Z", "2100-01-01T23:59:59Z", "1989-12-31T23:30:00-01:00", "2100-01-02 00:30:00+01"),
        (
            *("1989-12-31T23:59:59Z", "2100-01-02T00:00:00Z", "1990-01-01T00:30:00+01:00", "2100-01-01T23:30:00-01:00"),
            *("0001-01-01T00:00:00+02:00", "9999-12-31T23:59:59-02:00", "1970-01-01T00:00:00.000Z"),
        ),
    ),
    "funnel day": (
        lambda text: values.day("day", text, SETTINGS),
        ("1990-01-01", "2100-01-01", "01/01/1990", "1.1.2100", "Jan 1, 2100"),
        ("1989-12-31", "2100-01-02", "0001-01-01", "9999-12-31", "12/31/1989", "2.1.2100", "Jan 2, 2100"),
    ),
    "funnel instant": (
        lambda text: values.instant("created_at", text, SETTINGS),
        ("1990-01-01T00:00:00Z", "2100-01-01T23:59:59.999Z", "1989-12-31T23:30:00-01:00", "1/1/1990 8:00 AM"),
        (
            *("1989-12-31T23:59:59Z", "2100-01-02T00:00:00Z", "1990-01-01T00:30:00+01:00", "0001-01-01T00:00:00Z"),
            *("9999-12-31T23:59:59-02:00", "12/31/1989 8:00 AM", "2100-01-02", "1970-01-01 00:00:00"),
        ),
    ),
    "ticketing instant": (
        ticketing.instant,
        ("1990-01-01T00:00:00Z", "2100-01-02T00:30:00+01:00"),
        ("1989-12-31T23:59:59Z", "2100-01-01T23:30:00-01:00", "0001-01-01T00:00:00+02:00", "9999-12-31T00:00:00Z"),
    ),
    "table's date": (
        lambda text: _cell("date", text),
        ("1990-01-01", "1/1/2100", "2100-01-01 23:59:59", "1/1/26"),
        ("1989-12-31", "1/2/2100", "0001-01-01", "31.12.1989"),
    ),
    "table's time": (
        lambda text: _cell("moment", text),
        ("1990-01-01 00:00:00", "1/1/2100 11:59 PM", "2100-01-01T23:59:59Z", "1990-01-01T00:30:00-01:00"),
        ("1989-12-31 23:59:59", "1/2/2100 0:00", "2100-01-02T00:00:00Z", "9999-12-31 23:59:59", "1/1/0001 0:00"),
    ),
}
CASES = [(name, text, True) for name, (_, good, _) in MAKERS.items() for text in good] + [
    (name, text, False) for name, (_, _, bad) in MAKERS.items() for text in bad
]


@pytest.mark.parametrize(("maker", "text", "is_read"), CASES)
def test_a_date_is_believed_within_the_limits_alone(maker: str, text: str, is_read: bool) -> None:
    read = MAKERS[maker][0]
    if is_read:
        assert read(text)
        return
    with pytest.raises(Unreadable) as caught:
        read(text)
    # The reason is the source's own for an unreadable date.
    assert caught.value.reason_code in ("bad_post_date", "bad_timestamp", "bad_date")
    assert f"expected a date {SPAN}" in caught.value.message


@pytest.mark.parametrize(
    ("text", "is_read"),
    [("1990-01-01", True), ("2100-01-01", True), ("1989-12-31", False), ("2100-01-02", False), ("0001-01-01", False)],
)
def test_the_box_office_believes_the_same(text: str, is_read: bool) -> None:
    year, month, day = map(int, text.split("-"))
    assert (box_office.read_iso_date(text) is not None) is is_read
    assert (box_office.read_us_date(f"{month}/{day}/{year:04}") is not None) is is_read
    assert (box_office.canonical("performance_date", text) is not None) is is_read
    assert (read_pdf_date(f"D:{year:04}{month:02}{day:02}120000Z") is not None) is is_read
    assert SPAN in box_office.expected("performance_date")


def test_an_instant_is_held_by_its_utc_day() -> None:
    east, west = timezone(timedelta(hours=14)), timezone(timedelta(hours=-12))
    assert dates.is_plausible(datetime(2100, 1, 2, 13, 59, tzinfo=east))
    assert not dates.is_plausible(datetime(2100, 1, 2, 14, 0, tzinfo=east))
    assert dates.is_plausible(datetime(1989, 12, 31, 12, 0, tzinfo=west))
    assert not dates.is_plausible(datetime(1989, 12, 31, 11, 59, tzinfo=west))
    # No instant of UTC is that early, or that late.
    assert not dates.is_plausible(datetime(1, 1, 1, tzinfo=east))
    assert not dates.is_plausible(datetime(9999, 12, 31, 23, tzinfo=west))


def test_the_limits_are_those_of_the_settings_while_a_file_is_read() -> None:
    assert not dates.is_plausible(date(1985, 5, 1))
    with dates.limited(DateLimits(date(1985, 5, 1), date(1985, 5, 2))):
        assert dates.is_plausible(date(1985, 5, 1))
        assert not dates.is_plausible(date(1985, 4, 30))
        assert not dates.is_plausible(date(1985, 5, 3))
        assert dates.span().startswith("from 1985-05-01 to 1985-05-02 ")
    assert not dates.is_plausible(date(1985, 5, 1))


def test_an_object_of_square_with_such_a_time_is_rejected_and_a_birthday_is_none() -> None:
    customer = {"id": "C1", "created_at": "1989-12-31T23:59:59Z", "birthday": "0001-09-15"}
    page = {"customers": [customer, {**customer, "id": "C2", "created_at": "1990-01-01T00:00:00Z"}]}
    parsed = read_square(json.dumps(page).encode(), File(Path("a.json"), "square/a.json", "main"), SETTINGS, None)
    (landed,) = parsed.tables["customers"]
    assert json.loads(landed["payload"])["birthday"] == "0001-09-15"
    (rejection,) = parsed.rejections
    assert rejection.reason_code == "bad_timestamp"
    assert SPAN in rejection.message


def test_events_read_as_columns_are_held_to_the_limits_too() -> None:
    times = ("1990-01-01T00:00:00Z", "1989-12-31T23:59:59Z", "2100-01-01T23:59:59Z", "2100-01-02T00:00:00Z")
    lines = [{"type": "lead", "timestamp": time, "email": "a@example.com"} for time in times]
    content = "".join(json.dumps(line) + "\n" for line in lines).encode()
    parsed = read_funnel(content, File(Path("e.jsonl"), "clickfunnels/e.jsonl", "main"), SETTINGS, None)
    assert parsed.tables["events"]["timestamp"].to_pylist() == [times[0], times[2]]
    assert [(each.source_row, each.reason_code) for each in parsed.rejections] == [(2, "bad_date"), (4, "bad_date")]


def test_videos_read_as_columns_are_held_to_the_limits_too(tmp_path: Path) -> None:
    names = ("handle", "video", "views", "likes", "comments", "gmv", "ctr", "units_sold", "post_date", "video_title")
    row = "ada,https://www.tiktok.com/@ada/video/{n},1,1,1,1,1,1,{day},t\n"
    path = tmp_path / "videos.csv"
    path.write_text("header\n" + row.format(n=1, day="2024-12-31") + row.format(n=2, day="2025-01-01"))
    with path.open("rb") as stream, dates.limited(DateLimits(date(2025, 1, 1), date(2100, 1, 1))):
        plain = read_plain(stream, names, ",", date(2030, 1, 1), tmp_path)
    assert plain is not None
    assert plain.rows["post_date"].to_pylist() == [date(2025, 1, 1)]
    # What is not plain is left to the reader that says why.
    assert [record.line for record in plain.others] == [2]


def test_the_day_of_an_export_is_believed_or_refused_by_name(tmp_path: Path) -> None:
    assert stated_date("cruva/org=b/videos_1990-01-01.csv").day == date(1990, 1, 1)
    for name in ("videos_1989-12-31.csv", "videos_21000102.csv", "0001-01-01/videos.csv"):
        with pytest.raises(Quarantined, match=re.escape(SPAN)) as caught:
            stated_date(f"cruva/org=b/{name}")
        assert caught.value.reason_code == "ambiguous_sync_date"
        assert scope_of(f"cruva/org=b/{name}") == ""
    # A file whose time was stripped off is no observation of 1970.
    path = tmp_path / "videos.csv"
    path.touch()
    os.utime(path, (0, 0))
    with pytest.raises(Quarantined, match="name the file by its day"):
        Observed({}).date_of(File(path, "cruva/org=b/videos.csv", "b"))
    os.utime(path, (datetime(1990, 1, 1, tzinfo=UTC).timestamp(),) * 2)
    assert Observed({}).date_of(File(path, "cruva/org=b/videos.csv", "b")).day == date(1990, 1, 1)


@pytest.mark.parametrize(
    ("env", "says"),
    [
        ({"LEDGERLINE_EARLIEST_DATE": "1.1.1990"}, "LEDGERLINE_EARLIEST_DATE is '1.1.1990', expected a date"),
        ({"LEDGERLINE_LATEST_DATE": "2100-02-30"}, "LEDGERLINE_LATEST_DATE is '2100-02-30', expected a date"),
        ({"LEDGERLINE_EARLIEST_DATE": "2100-01-02"}, "LEDGERLINE_EARLIEST_DATE is '2100-01-02', expected a date no"),
        ({"LEDGERLINE_MAX_BYTES": "2GB"}, "LEDGERLINE_MAX_BYTES is '2GB', expected a whole number"),
        ({"LEDGERLINE_MAX_MEMORY_MB": "0"}, "LEDGERLINE_MAX_MEMORY_MB is '0', expected a whole number"),
    ],
)
def test_a_limit_that_is_none_is_said_before_anything_is_done(env: dict[str, str], says: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(says)):
        load_settings(env)


def test_limits_may_be_one_day_and_stand_in_the_example() -> None:
    one_day = load_settings({"LEDGERLINE_EARLIEST_DATE": "2100-01-01"}).date_limits
    assert one_day == DateLimits(date(2100, 1, 1), date(2100, 1, 1))
    example = (PROJECT_DIR / ".env.example").read_text()
    defaults = load_settings({})
    assert f"# LEDGERLINE_EARLIEST_DATE={defaults.date_limits.earliest}\n" in example
    assert f"# LEDGERLINE_LATEST_DATE={defaults.date_limits.latest}\n" in example
    assert f"# LEDGERLINE_MAX_BYTES={defaults.file_limits.max_bytes}\n" in example
    assert f"# LEDGERLINE_MAX_MEMORY_MB={defaults.file_limits.max_memory_mb}\n" in example
    # Days of marts begin where readers' dates do.
    assert f"or '{defaults.date_limits.earliest}'" in (PROJECT_DIR / "macros" / "local_time.sql").read_text()
