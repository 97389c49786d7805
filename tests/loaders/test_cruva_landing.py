"""My Videos as it lands: once a day whatever its name, in parts where it is large, and by column as by row."""

from __future__ import annotations

import os
import random
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from loaders.source import File, Quarantined
from loaders.sources.cruva import plain, videos
from loaders.warehouse import parts
from tests.loaders.test_cruva import HEADER, line, read, read_content, rows_of
from tests.support.homes import Home


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
