"""The videos export: every reason code beside a near one that lands, sync dates, duplicates, and damaged files."""

from __future__ import annotations

import io
import os
import random
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from loaders.config import load_settings
from loaders.readers.export_dates import Observed
from loaders.source import File, Parsed, Quarantined
from loaders.sources.cruva import plain, videos
from loaders.sources.cruva.video_cells import video_key
from loaders.sources.cruva.videos import read_videos
from loaders.warehouse import parts
from loaders.warehouse.parts import Parts
from tests.support.homes import Home

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


def _books(home: Home) -> list[tuple[Any, ...]]:
    return home.query(
        "select source_file, rows_read, rows_landed, rows_duplicate from ops.load_audit"
        " order by landed_run, source_file"
    )


def test_the_same_bytes_count_once_a_day_and_again_under_another_stated_day(home: Home) -> None:
    content = "\n".join([HEADER, line(), line(Video="8"), ""])
    for name in ("2030-01-10/a.csv", "2030-01-10/b.csv", "copy_2030-01-11.csv", "undated.csv"):
        home.put(f"org=glow/{name}", content, "cruva")
    home.load("cruva")
    assert _books(home) == [
        ("cruva/org=glow/2030-01-10/a.csv", 2, 2, 0),
        ("cruva/org=glow/2030-01-10/b.csv", 2, 0, 2),
        ("cruva/org=glow/copy_2030-01-11.csv", 2, 2, 0),
        ("cruva/org=glow/undated.csv", 2, 0, 2),
    ]
    home.load("cruva")
    assert len(_books(home)) == 4
    assert home.query("select sync_date, count(*) from raw_cruva.videos group by 1 order by 1") == [
        (date(2030, 1, 10), 2),
        (date(2030, 1, 11), 2),
    ]
    assert home.query("select count(distinct sync_date) from raw_cruva.syncs") == [(2,)]


def test_undated_bytes_land_once_on_the_day_of_their_last_change(home: Home) -> None:
    content = "\n".join([HEADER, line(), ""])
    first = home.put("org=glow/videos.csv", content, "cruva")
    changed = datetime(2030, 1, 20, 23, 30, tzinfo=UTC).timestamp()
    os.utime(first, (changed, changed))
    home.load("cruva", LEDGERLINE_AS_OF="2030-02-01T00:00:00Z")
    copy = home.put("org=glow/again/videos.csv", content, "cruva")
    os.utime(copy, (changed + 864_000, changed + 864_000))
    home.load("cruva", LEDGERLINE_AS_OF="2030-02-02T00:00:00Z")
    assert home.query("select sync_date, sync_date_source from raw_cruva.videos") == [(date(2030, 1, 20), "modified")]
    assert [row[1:] for row in _books(home)] == [(1, 1, 0), (1, 0, 1)]
    # The same bytes, now dated: that day's export said so too.
    home.put("org=glow/videos_2030-01-25.csv", content, "cruva")
    home.load("cruva", LEDGERLINE_AS_OF="2030-02-03T00:00:00Z")
    assert home.value("select count(*) from raw_cruva.videos") == 2


def test_a_refused_file_is_listed_and_its_neighbours_land(home: Home) -> None:
    home.put("org=glow/2030-01-10/affiliates.csv", "Affiliate Handle,Shop GMV\nada,1", "cruva")
    home.put("org=glow/2030-01-10/videos.csv", "\n".join([HEADER, line(), ""]), "cruva")
    home.put("videos_2030-01-10.csv", "\n".join([HEADER, line(), ""]), "cruva")
    home.put("org=no body/videos_2030-01-10.csv", "\n".join([HEADER, line(), ""]), "cruva")
    outcome = home.load("cruva")
    assert len(outcome.problems) == 3
    assert home.query("select source_file, reason_code from ops.quarantined_files order by 1") == [
        ("cruva/org=glow/2030-01-10/affiliates.csv", "retired_source"),
        ("cruva/org=no body/videos_2030-01-10.csv", "missing_client"),
        ("cruva/videos_2030-01-10.csv", "missing_client"),
    ]
    assert home.query("select reason_code, rows_read, rows_landed from raw_cruva.syncs order by 1") == [
        ("", 1, 1),
        ("retired_source", 0, 0),
    ]
    assert home.value("select count(*) from raw_cruva.videos") == 1


def test_a_big_export_lands_in_parts_as_a_small_one_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Twice in one run under two names, with a repeated video, one under two handles, and a line that is no video."""
    address = "https://www.tiktok.com/@ada/video/{}"
    lines = [line(Video=address.format(number), Video_Title=f"Part {number}") for number in range(200)]
    lines += [line(Video=address.format(7)), line(Handle="bea", Video="8"), line(Views="no")]
    lines += [line(Views="12.7K", Video="900")]
    content = "\n".join([HEADER, *lines, ""])
    homes = {}
    for name in ("small", "big"):
        if name == "big":
            monkeypatch.setattr(plain, "_BLOCK_BYTES", 2_000)
            monkeypatch.setattr(parts, "HELD_BYTES", 5_000)
            monkeypatch.setattr(parts, "PART_ROWS", 50)
        homes[name] = Home(tmp_path / name)
        homes[name].put("org=glow/2030-01-10/a.csv", content, "cruva")
        homes[name].put("org=glow/b_2030-01-10.csv", content, "cruva")
        homes[name].put("org=glow/c_2030-01-11.csv", "\n".join([HEADER, line(), ""]), "cruva")
        assert homes[name].load("cruva").rows_landed == 201
    rows = [home.export(["raw_cruva", "ops"], leave_out=("_dlt_load_id", "load_id")) for home in homes.values()]
    assert rows[0] == rows[1]
    assert len(rows[0]["raw_cruva.videos"]) == 201
    # A run that died before its books has landed its rows: another one finds all of them there.
    with duckdb.connect(str(homes["big"].path / "warehouse.duckdb")) as connection:
        connection.execute("delete from ops.load_audit")
    assert homes["big"].load("cruva").rows_landed == 201
    assert homes["big"].value("select count(*) from raw_cruva.videos") == 201


def test_an_export_that_grows_while_it_is_read_waits_for_the_next_run(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = home.put("org=glow/a_2030-01-10.csv", "\n".join([HEADER, line(), ""]), "cruva")
    read_plain = videos.read_plain

    def growing(*arguments: Any) -> Any:
        with path.open("a") as stream:
            stream.write(line(Video="8") + "\n")
        return read_plain(*arguments)

    monkeypatch.setattr(videos, "read_plain", growing)
    outcome = home.load("cruva")
    assert outcome.waiting == ["cruva/org=glow/a_2030-01-10.csv is still being written; the next run reads it"]
    assert home.value("select count(*) from ops.load_audit") == 0
    monkeypatch.undo()
    assert home.load("cruva").rows_landed == 2


_CELLS = {
    "Handle": ("ada", "@Ada", "b.e_a", " cleo ", "@@dov", "é", "", "--"),
    "Video": (
        *("https://www.tiktok.com/@ada/video/{}", "m.tiktok.com/@ada/photo/{}", "{}", "http://x.example/{}"),
        *(
            "https://www.tiktok.com/@ada/video/{}?lang=en",
            "https://www.tiktok.com/@ada/video/",
            "HTTPS://tiktok.com/@a/video/{}",
        ),
    ),
    "Views": ("0", "12", "1,200", "12.7K", "--", "-1", "007", "1.0"),
    "Likes": ("3", "3", "12,34", " 5 "),
    "Comments": ("4", "4", "", "x"),
    "GMV": ("$300.00", "12", "1,234.5", "$1,234.56", "($5)", "-3", "0.005", "abc", "$"),
    "CTR": ("1.5", "1.50%", "--", "1.005", "2 %", "-1"),
    "Units Sold": ("1", "-2", "1.5", "1,000", "--"),
    "Post Date": (
        "2030-01-02",
        "2030-01-11",
        "2030-01-12",
        "2030-02-30",
        "2029-12-31",
        "1/2/2030",
        "2030-01-02T10:00:00Z",
    ),
    "Video Title": ("New", "a, b", "", '5" tv', " x ", "ünï", '"', "'q'", "Summary", "a  b"),
}


def _drawn_file(draw: random.Random) -> bytes:
    lines = [HEADER + draw.choice(("", ",Product"))]
    width = lines[0].count(",") + 1
    for _ in range(draw.randrange(1, 30)):
        number = draw.randrange(20)
        cells = [draw.choice(texts[:2] if draw.random() < 0.8 else texts).format(number) for texts in _CELLS.values()]
        cells += ["p"] * (width - len(cells))
        written = [f'"{cell}"' if "," in cell and draw.random() < 0.9 else cell for cell in cells]
        lines.append(",".join(written[: draw.choice((width,) * 30 + (3,))]))
        if draw.random() < 0.03:
            lines.append(draw.choice(("", ",,,", "Summary,-,1,,,,,,,", '"open', 'a,"b\nc",d')))
    end = draw.choice(("\n", "\r\n"))
    return (draw.choice(("", "\ufeff")) + end.join(lines) + draw.choice(("", end))).encode()


@pytest.mark.parametrize("seed", range(20))
def test_a_plain_row_is_read_by_column_as_it_is_by_itself(
    seed: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Forty drawn files each: the quick way and the careful way give the same rows, verdicts and counts; so do files of
    many blocks whose rows are put aside.
    """
    draw = random.Random(seed)
    (tmp_path / "state").mkdir()
    if seed % 2:
        monkeypatch.setattr(plain, "_BLOCK_BYTES", 200)
        monkeypatch.setattr(parts, "HELD_BYTES", 0)
    quick_rows = 0
    for _ in range(40):
        content = _drawn_file(draw)
        file = File(Path("v_2030-01-10.csv"), "cruva/org=glow/v_2030-01-10.csv", "glow", "hash")
        found = []
        for is_quick in (True, False):
            with monkeypatch.context() as patched:
                if not is_quick:
                    patched.setattr(videos, "read_plain", lambda *_: None)
                try:
                    parsed = read_content(content, file, str(tmp_path))
                except Quarantined as refused:
                    found.append((refused.reason_code, refused.detail))
                    continue
            rows = [{name: row[name] for name in sorted(row)} for row in rows_of(parsed)]
            verdicts = [(each.source_row, each.reason_code, each.message, each.raw_text) for each in parsed.rejections]
            counts = (parsed.rows_read, parsed.rows_landed, parsed.rows_duplicate, parsed.rows_skipped)
            quick_rows += len(rows)
            found.append((rows, verdicts, counts))
        assert found[0] == found[1], content.decode()
    assert quick_rows > 50


def test_a_letter_on_the_edge_of_a_files_head_is_no_broken_one() -> None:
    rows = [line(Video=str(1_000 + number), Video_Title="ü" * 5_000) for number in range(20)]
    for shift in range(2):
        assert read(line(Video="7", Video_Title="x" * shift), *rows).rows_landed == 21
