"""How big a part of a file may be: what is just within lands, what is just beyond is refused by name."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from loaders.landing import reading
from loaders.readers import csv_text, json_text
from loaders.readers.sizes import MAX_CELL, MAX_COLUMNS, MAX_DEPTH, MAX_LINE
from loaders.source import Quarantined, Unreadable
from loaders.sources.cruva import plain, videos
from tests.drawn.hostile import KINDS, Hostile
from tests.support.homes import Home

RAW = {
    **{("box_office", "history.csv"): "history_rows", ("square", "org=salon/bookings/bookings.jsonl"): "bookings"},
    ("square", "org=salon/transactions.csv"): "export_transactions",
    ("cruva", "org=brand/videos_2030-11-05.csv"): "videos",
    ("loyalty", "org=brand/adjustments_2030-11-05.csv"): "sales_adjustments",
    **{("clickfunnels", "orders.jsonl"): "orders", ("clickfunnels", "events.jsonl"): "events"},
    **{("clickfunnels", "contacts.csv"): "export_contacts", ("ads", "meta.csv"): "meta_ads"},
    **{("attendance", "counts.csv"): "platform_counts", ("workflow", "errors.csv"): "errors"},
    **{
        ("ticketing", "org=org/orders.jsonl"): "native_orders",
        ("ticketing", "org=org/event=lab/pretix.csv"): "pretix_orders",
    },
}


def _reason(call: Any, *arguments: Any) -> str | None:
    try:
        found = call(*arguments)
        list(found) if found is not None else None
    except (Quarantined, Unreadable) as refused:
        return refused.reason_code
    return None


def test_a_cell_is_as_large_as_a_cell_may_be() -> None:
    for reader in (csv_text.records, lambda text: csv_text.line_records(text, 2, delimiter=",")):
        fits, beyond = list(reader(f"a,{'x' * MAX_CELL}\nb,{'x' * (MAX_CELL + 1)}\nc,d\n"))[:2]
        fits.check()
        assert len(fits.cells[1]) == MAX_CELL
        with pytest.raises(Unreadable, match="1,000,001 characters") as caught:
            beyond.check()
        assert caught.value.reason_code == "cell_too_large"
        # It is not kept, but where it stands is.
        assert (beyond.line, beyond.cells, len(beyond.text)) == (2, (), 2_000)


def test_many_cells_may_be_longer_together_than_one_may() -> None:
    (record,) = csv_text.records(",".join(["x" * 600_000] * 2))
    assert len(record.cells) == 2


def test_a_line_is_as_long_as_a_line_may_be() -> None:
    cells = ",".join(["x" * 999_999] * 10)
    assert _reason(csv_text.records, cells[:MAX_LINE]) is None
    for reader in (csv_text.records, lambda text: csv_text.line_records(text, 10, delimiter=",")):
        assert _reason(reader, "a\n" + "x" * (MAX_LINE + 1)) == "line_too_long"


def test_a_header_has_as_many_columns_as_a_header_may() -> None:
    for width, reason in ((MAX_COLUMNS, None), (MAX_COLUMNS + 1, "too_many_columns")):
        header = ",".join(f"c{number}" for number in range(width))
        assert _reason(csv_text.records, header) == reason
        assert _reason(csv_text.header_cells, header) == reason
    # A row that is wider is a row with too many cells.
    assert _reason(csv_text.records, "a,b\n" + "," * 100_000) is None


def _nested(depth: int) -> Any:
    value: Any = "text"
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (_nested(MAX_DEPTH), None),
        (_nested(MAX_DEPTH + 1), "too_deep"),
        ({"a": {"b": _nested(MAX_DEPTH - 1)}}, "too_deep"),
        ("x" * MAX_CELL, None),
        ("x" * (MAX_CELL + 1), "cell_too_large"),
        ({"x" * (MAX_CELL + 1): 1}, "cell_too_large"),
        (["x" * MAX_CELL] * 9, None),
        (["x" * MAX_CELL] * 11, "line_too_long"),
        (["a \ud800"], "bad_json"),
        ({"a \0": 1}, "bad_json"),
        (["\x01 \x7f \u2028 \U0001f600"], None),
    ],
)
def test_an_object_is_as_deep_and_large_as_one_may_be(value: Any, reason: str | None) -> None:
    assert _reason(json_text.require_storable, value) == reason
    # The quick look never lets through what the other one refuses.
    assert reason is None or json_text.may_be_odd(json.dumps(value))


def test_json_that_no_parser_follows_is_no_json() -> None:
    with pytest.raises(ValueError, match="more than 64 deep"):
        json_text.loads("[" * 100_000)
    with pytest.raises(Quarantined, match="more than 64 deep"):
        json_text.document("[" * 100_000)
    assert [entry for _, entry, _ in json_text.lines("{}\n" + "[" * 100_000)] == [{}, None]


def test_utf_16_with_a_zero_character_is_no_text() -> None:
    assert csv_text.decode("a,\x01b".encode("utf-16"), utf16=True) == "a,\x01b"
    with pytest.raises(Quarantined) as caught:
        csv_text.decode("a,\0b".encode("utf-16"), utf16=True)
    assert caught.value.reason_code == "bad_encoding"


def test_a_file_is_as_big_as_the_setting_says(home: Home) -> None:
    content = "date,platform,participant_count\n2030-01-01,Zoom,1\n"
    home.put("a.csv", content, "attendance")
    small = {"LEDGERLINE_MAX_BYTES": str(len(content) - 1)}
    (problem,) = home.load("attendance", **small).problems
    assert problem.startswith("quarantined file_too_large: attendance/a.csv: found 50 bytes, expected at most 49 (")
    assert "LEDGERLINE_MAX_BYTES" in problem
    assert home.load("attendance", **small).files_new == 0
    assert home.load("attendance", LEDGERLINE_MAX_BYTES=str(len(content))).rows_landed == 1


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: f"{kind.source}-{Path(kind.name).name}")
def test_a_large_file_lands_as_a_small_one_does(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: Hostile
) -> None:
    """Read in a process of its own it gives the same rows, the same verdicts and the same books."""
    alone = Home(tmp_path / "alone")
    for each in (home, alone):
        each.put(kind.name, kind.good(3) + kind.bad(8, size=MAX_CELL + 1), kind.source)
    home.load(kind.source)
    monkeypatch.setattr(reading, "_READ_HERE_BYTES", 0)
    alone.load(kind.source)
    schemas = [f"raw_{kind.source}", "ops"]
    assert alone.export(schemas) == home.export(schemas)
    assert alone.value(f"select count(*) from raw_{kind.source}.{RAW[kind.source, kind.name]}") >= 3


def test_a_reader_that_needs_too_much_memory_is_ended_and_named(home: Home) -> None:
    line = "2030-01-01,Zoom,1\n"
    home.put("a.csv", "date,platform,participant_count\n" + line * (20_000_000 // len(line)), "attendance")
    home.put("b.csv", "date,platform,participant_count\n" + line, "attendance")
    outcome = home.load("attendance", LEDGERLINE_MAX_MEMORY_MB="100")
    assert outcome.rows_landed == 1
    (problem,) = outcome.problems
    assert problem.startswith(
        "quarantined parse_limit: attendance/a.csv: reading needs more than 100 MB (LEDGERLINE_MAX"
    )


def test_what_libraries_say_of_depth_and_memory_is_no_fault_to_report(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    for error, reason in ((RecursionError(), "too_deep"), (MemoryError(), "parse_limit")):

        def broken(*_: object, why: Exception = error) -> None:
            raise ValueError("wrapped") from why

        content = f"date,platform,participant_count\n2030-01-01,Zoom,{len(reason)}\n"
        home.put(f"{reason}.csv", content, "attendance")
        with monkeypatch.context() as patch:
            patch.setattr("loaders.sources.attendance.COUNTS", replace(home_counts(), read=broken))
            (problem,) = home.load("attendance").problems
        assert problem.startswith(f"quarantined {reason}: attendance/{reason}.csv: ")
        assert "report it" not in problem


def home_counts() -> Any:
    from loaders.sources.attendance import COUNTS  # noqa: PLC0415

    return COUNTS


def test_an_export_of_videos_that_only_the_careful_reader_can_read_is_bounded(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind = next(kind for kind in KINDS if kind.source == "cruva")
    for module in (plain, videos):
        monkeypatch.setattr(module, "CAREFUL_BYTES", 10_000)
    # Plain rows are read as a stream, however many.
    home.put("org=brand/videos_2030-11-05.csv", kind.good(1_000), "cruva")
    home.put("org=brand/videos_2030-11-04.csv", kind.good(0) + kind.bad(1_000, size=1), "cruva")
    outcome = home.load("cruva")
    assert outcome.rows_landed == 1_000
    (problem,) = outcome.problems
    assert problem.startswith("quarantined parse_limit: cruva/org=brand/videos_2030-11-04.csv: found more than ")


def test_texts_of_the_books_are_short() -> None:
    assert len(json_text.quoted("x" * 5_000_000)) == json_text.QUOTED_CHARACTERS
    assert pa.array([json_text.quoted("half \ud800")])[0].as_py() == "half \\ud800"
