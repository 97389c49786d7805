"""The videos export: every reason code beside a near one that lands, sync dates, duplicates, and damaged files."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from loaders.config import load_settings
from loaders.readers.export_dates import Observed
from loaders.source import File, Parsed, Quarantined
from loaders.sources.cruva.video_cells import video_key
from loaders.sources.cruva.videos import read_videos
from loaders.warehouse.parts import Parts

HEADER = "Handle,Video,Views,Likes,Comments,GMV,CTR,Units Sold,Post Date,Video Title"
ROW = {
    "Handle": "ada",
    "Video": "https://www.tiktok.com/@ada/video/101",
    "Views": "1200",
    "Likes": "60",
    "Comments": "6",
    "GMV": "$300.00",
    "CTR": "1.50",
    "Units Sold": "6",
    "Post Date": "2030-01-02",
    "Video Title": "New year",
}


def line(**cells: str) -> str:
    row = {**ROW, **{name.replace("_", " "): value for name, value in cells.items()}}
    return ",".join(f'"{row[name]}"' if "," in row[name] else row[name] for name in ROW)


def read_content(content: bytes, file: File, home: str = "") -> Parsed:
    settings = load_settings({"LEDGERLINE_HOME": home})
    return read_videos(io.BytesIO(content), file, settings, None, context=Observed({}))


def read(*lines: str, header: str = HEADER, name: str = "videos_2030-01-10.csv") -> Parsed:
    file = File(Path(name), f"cruva/org=glow/{name}", "glow", "hash")
    return read_content("\n".join([header, *lines, ""]).encode(), file)


def rows_of(parsed: Parsed) -> list[dict[str, Any]]:
    """The landed rows in the order of the file, as they were read by column or one by one."""
    rows = parsed.tables["videos"]
    table = pa.concat_tables(rows.read()) if isinstance(rows, Parts) else rows
    assert len(table) == len(rows)
    return sorted(table.to_pylist(), key=lambda row: row["_source_row"])


def landed(**cells: str) -> dict[str, Any]:
    parsed = read(line(**cells))
    assert not parsed.rejections, parsed.rejections
    return rows_of(parsed)[0]


def refused(**cells: str) -> str:
    parsed = read(line(**cells), line(Video="https://www.tiktok.com/@ada/video/999"))
    assert parsed.rows_landed == 1, "the good row beside it lands"
    assert [rejection.source_row for rejection in parsed.rejections] == [2]
    return parsed.rejections[0].reason_code


@pytest.mark.parametrize(
    ("column", "text", "reason"),
    [
        ("Handle", "", "missing_handle"),
        ("Handle", "@", "missing_handle"),
        ("Handle", "--", "missing_handle"),
        ("Handle", "Null", "missing_handle"),
        ("Video", "N/A", "missing_video"),
        ("Video", "my video", "bad_video"),
        ("Video", "https://www.tiktok.com/", "bad_video"),
        ("Views", "12.7", "bad_number"),
        ("Views", "1,20", "bad_number"),
        ("Views", "12.75555K", "bad_number"),
        ("Views", "-3", "negative_count"),
        ("Likes", "-1", "negative_count"),
        ("Comments", "many", "bad_number"),
        ("GMV", "abc", "bad_money"),
        ("GMV", "1.234,56", "bad_money"),
        ("GMV", "US$1", "bad_money"),
        ("GMV", "1.2K", "bad_money"),
        ("GMV", "$", "bad_money"),
        ("GMV", "(-$1)", "bad_money"),
        ("GMV", "$12,34", "bad_money"),
        ("CTR", "much", "bad_percent"),
        ("CTR", "-1%", "bad_percent"),
        ("Units Sold", "1.5", "bad_number"),
        ("Units Sold", "1.2K", "bad_number"),
        ("Post Date", "", "missing_post_date"),
        ("Post Date", "15/01/2030", "bad_post_date"),
        ("Post Date", "2030-02-30", "bad_post_date"),
        ("Post Date", "Janvier 2, 2030", "bad_post_date"),
        ("Post Date", "2030-01-12", "post_date_after_sync"),
    ],
)
def test_a_bad_cell_is_refused_by_name_and_the_rest_lands(column: str, text: str, reason: str) -> None:
    assert refused(**{column.replace(" ", "_"): text}) == reason


@pytest.mark.parametrize(
    ("column", "text", "field", "value"),
    [
        ("Handle", " @@Kilo.One ", "handle_key", "kilo.one"),
        ("Views", "", "views", 0),
        ("Views", "null", "views", 0),
        ("Views", "1,234", "views", 1234),
        ("Views", "12.7K", "views", 12700),
        ("Likes", "1.2M", "likes", 1_200_000),
        ("Views", "+12.0", "views", 12),
        ("GMV", "--", "gmv", Decimal("0.00")),
        ("GMV", "$1,234.56", "gmv", Decimal("1234.56")),
        ("GMV", "($12.30)", "gmv", Decimal("-12.30")),
        ("GMV", "-$12.3", "gmv", Decimal("-12.30")),
        ("GMV", "0.125", "gmv", Decimal("0.13")),
        ("GMV", "-0.125", "gmv", Decimal("-0.13")),
        ("GMV", ".5", "gmv", Decimal("0.50")),
        ("CTR", "-", "ctr", None),
        ("CTR", "1.005%", "ctr", Decimal("1.01")),
        ("Units Sold", "-2", "units_sold", -2),
        ("Post Date", "1/5/2030", "post_date", date(2030, 1, 5)),
        ("Post Date", "Jan 5, 2030", "post_date", date(2030, 1, 5)),
        ("Post Date", "2030-01-05T23:30:00-05:00", "post_date", date(2030, 1, 5)),
        ("Post Date", "2030-01-11", "post_date", date(2030, 1, 11)),
        ("Video Title", "", "video_title", None),
    ],
)
def test_forms_that_people_and_tools_write_are_read(column: str, text: str, field: str, value: object) -> None:
    assert landed(**{column.replace(" ", "_"): text})[field] == value


def test_an_abbreviated_count_is_flagged() -> None:
    assert landed(Views="12.7K", Likes="3K")["quality_flags"] == "abbreviated_count"
    assert landed()["quality_flags"] is None


def test_the_first_bad_field_in_header_order_names_the_reason() -> None:
    assert refused(Views="x", GMV="y") == "bad_number"
    header = "GMV,Handle,Video,Views,Likes,Comments,CTR,Units Sold,Post Date,Video Title"
    parsed = read("y,ada,7,x,1,1,1,1,2030-01-02,t", header=header)
    assert [rejection.reason_code for rejection in parsed.rejections] == ["bad_money"]


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("https://m.tiktok.com/@a/video/7", "7"),
        ("www.tiktok.com/@b/video/7?x=1", "7"),
        ("https://www.tiktok.com/@b/photo/81/#top", "81"),
        ("7400000000000000101", "7400000000000000101"),
        ("HTTPS://WWW.Shop.Example/Clips/Abc/?utm=1", "shop.example/Clips/Abc"),
        ("https://example.com/watch?next=/video/5", "example.com/watch"),
    ],
)
def test_a_videos_address_gives_one_key(address: str, key: str) -> None:
    assert video_key(address) == key


def test_columns_go_by_name_in_any_order_and_others_are_ignored() -> None:
    header = "Video;video  title;HANDLE;Product;PostDate;Views;Likes;Comments;GMV;CTR;Units Sold"
    parsed = read("7;Unboxing;@Hal;Earbuds;2030-01-02;900;45;4;$600.00;1.00%;30", header=header)
    row = rows_of(parsed)[0]
    assert (row["handle"], row["gmv"], row["units_sold"], row["video_title"]) == ("@Hal", Decimal(600), 30, "Unboxing")


def test_an_unquoted_comma_in_the_last_column_belongs_to_the_title() -> None:
    parsed = read(line() + ", part 2, and 3", line(Video="8", Video_Title='5" speaker'))
    assert [row["video_title"] for row in rows_of(parsed)] == ["New year, part 2, and 3", '5" speaker']


def test_an_unquoted_thousands_comma_shifts_no_number_into_another_column() -> None:
    # Views 1,200 without quotes: every cell after it stands one column too far, and the money where the CTR should.
    parsed = read("ada,7,1,200,60,6,$300.00,1.50,6,2030-01-02,New year")
    assert [(r.source_row, r.reason_code) for r in parsed.rejections] == [(2, "bad_percent")]
    assert parsed.rows_landed == 0


def test_too_few_or_too_many_cells_are_refused() -> None:
    header = HEADER + ",Product"
    parsed = read("ada,7,1", line() + ",p", line() + ",p,q", header=header)
    assert [(r.source_row, r.reason_code) for r in parsed.rejections] == [(2, "column_count"), (4, "column_count")]


def test_a_quote_that_never_closes_costs_its_own_line() -> None:
    good = [line(Video=str(number)) for number in range(10, 13)]
    parsed = read(good[0], line(Video="7").replace("New year", '"New year'), *good[1:])
    assert [(r.source_row, r.reason_code) for r in parsed.rejections] == [(3, "column_count")]
    assert parsed.rows_landed == 3
    # Another quote, later, would close it over the rows between.
    parsed = read(line(Video="7").replace("ada,", '"ada,', 1), *good, line(Video="8").replace("ada,", '"ada,', 1))
    assert [r.reason_code for r in parsed.rejections] == ["column_count", "column_count"]
    assert parsed.rows_landed == 3


def test_a_quote_that_closes_rows_later_hides_none_of_them() -> None:
    good = [line(Video=str(number)) for number in range(10, 13)]
    ends = line(Video="14", Video_Title='inches 5"')
    # The record has ten cells: the last one holds three rows and most of a fourth.
    parsed = read(line(Video="7", Video_Title='"open'), *good, ends)
    assert [(r.source_row, r.reason_code) for r in parsed.rejections] == [(2, "column_count")]
    assert [row["video_key"] for row in rows_of(parsed)] == ["10", "11", "12", "14"]
    # And here too few: what it swallowed is read for itself.
    parsed = read(line(Video="7", Comments='"6'), 'x"', line(Video="9"))
    assert [(r.source_row, r.reason_code) for r in parsed.rejections] == [(2, "column_count"), (3, "column_count")]
    assert parsed.rows_landed == 1


def test_a_title_may_break_its_line() -> None:
    parsed = read(line(Video="7").replace("New year", '"New\nyear"'), line(Video="8"))
    assert [(row["_source_row"], row["video_title"]) for row in rows_of(parsed)] == [
        (2, "New\nyear"),
        (4, "New year"),
    ]


def test_a_half_written_file_lands_what_is_whole() -> None:
    parsed = read(line(Video="7"), line(Video="8")[:40])
    assert (parsed.rows_read, parsed.rows_landed) == (2, 1)
    assert parsed.rejections[0].reason_code == "column_count"


def test_summaries_and_blank_lines_are_skipped_and_counted() -> None:
    parsed = read("Summary,-,19000,,,,--,97,--,", line(), "", ",,,,,,,,,", "  ", "Total,,1,1,1,$1,1,1,,")
    assert (parsed.rows_read, parsed.rows_landed, parsed.rows_skipped) == (5, 1, 4)
    # A creator may be called so.
    assert read(line(Handle="summary")).rows_landed == 1


def test_of_a_video_twice_the_last_row_lands() -> None:
    parsed = read(line(GMV="$1.00"), line(GMV="$2.00"), line(Video="8"))
    assert (parsed.rows_landed, parsed.rows_duplicate) == (2, 1)
    assert rows_of(parsed)[0]["gmv"] == Decimal(2)


def test_a_video_under_two_handles_is_refused_whole() -> None:
    parsed = read(line(), line(Handle="@ADA"), line(Handle="bea"), line(Video="8"))
    assert parsed.rows_landed == 1
    assert [r.reason_code for r in parsed.rejections] == ["conflicting_handles"] * 3


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("Affiliate Handle,Status,Shop GMV\nada,active,$1", "retired_source"),
        ("a,b,c\n1,2,3", "unknown_kind"),
        (HEADER.replace(",GMV", "") + "\n" + line(), "missing_columns"),
        ("Handle,Video,Views,Likes,Comments\na,1,1,1,1", "missing_columns"),
        ("Handle,Video,Views,Likes\na,1,1,1", "unknown_kind"),
        (HEADER + ",gmv\n" + line() + ",1", "duplicate_header"),
        (HEADER + "\n", "no_rows"),
        (HEADER + "\nSummary,,,,,,,,,\n", "no_rows"),
        ("", "no_rows"),
        (HEADER + ",Sync Date\n" + line() + ",2030-01-09\n" + line(Video="8") + ",2030-01-10", "mixed_sync_date"),
        (HEADER + ",Sync Date\n" + line() + ",9 Jan", "ambiguous_sync_date"),
    ],
)
def test_a_file_that_is_no_export_is_refused_whole(content: str, reason: str) -> None:
    file = File(Path("v_2030-01-10.csv"), "cruva/org=glow/v_2030-01-10.csv", "glow", "hash")
    with pytest.raises(Quarantined) as refused:
        read_content(content.encode(), file)
    assert refused.value.reason_code == reason
    # It is listed, unless nobody can say for which day.
    assert bool(refused.value.tables) == (not reason.endswith("sync_date"))


def test_a_missing_column_is_named() -> None:
    with pytest.raises(Quarantined, match=r"GMV, CTR"):
        read(line(), header=HEADER.replace("GMV,CTR", "A,B"))


def test_text_that_is_no_utf8_is_refused() -> None:
    file = File(Path("v_2030-01-10.csv"), "cruva/org=glow/v_2030-01-10.csv", "glow", "hash")
    for content in (HEADER.encode() + b"\n\xff\xfe", HEADER.encode("utf-16")):
        with pytest.raises(Quarantined) as refused:
            read_content(content, file)
        assert refused.value.reason_code == "bad_encoding"


@pytest.mark.parametrize(
    ("name", "day", "source"),
    [
        ("videos_2030-01-10.csv", date(2030, 1, 10), "file_name"),
        ("20300109/videos.csv", date(2030, 1, 9), "folder"),
        ("2030-01-08/more/videos_20300107_1712.csv", date(2030, 1, 7), "file_name"),
        ("2030-01-08/2030-01-06/videos.csv", date(2030, 1, 6), "folder"),
        ("videos_2030-13-45_20300110.csv", date(2030, 1, 10), "file_name"),
        # Digits among others are no date.
        ("2030-01-08/export_120300105_203001061.csv", date(2030, 1, 8), "folder"),
    ],
)
def test_the_name_or_the_nearest_folder_says_the_day(name: str, day: date, source: str) -> None:
    sync = read(line(Post_Date="2030-01-01"), name=name).tables["syncs"][0]
    assert (sync["sync_date"], sync["sync_date_source"]) == (day, source)


def test_two_dates_in_a_name_say_nothing() -> None:
    with pytest.raises(Quarantined) as refused:
        read(line(), name="videos_2030-01-01_2030-01-31.csv")
    assert refused.value.reason_code == "ambiguous_sync_date"


def test_a_column_says_the_day_before_any_name() -> None:
    parsed = read(line() + ",2030-01-09", header=HEADER + ",Sync Date")
    assert rows_of(parsed)[0]["sync_date"] == date(2030, 1, 9)
    assert parsed.tables["syncs"][0]["sync_date_source"] == "column"
