"""Writing rows to an engine: what arrives is what was given, once, all of it or none; the same on both engines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from loaders.config import Settings, load_settings
from loaders.warehouse.engine import INSTANT, Table, Warehouse, WarehouseError, required
from loaders.warehouse.parts import Parts

ROWS = Table(
    "engine_rows",
    pa.schema(
        [
            required("_source_hash", pa.string()),
            required("_source_row", pa.int64()),
            pa.field("said", pa.string()),
            pa.field("amount", pa.decimal128(18, 2)),
            pa.field("counted", pa.int32()),
            pa.field("is_so", pa.bool_()),
            pa.field("day", pa.date32()),
            pa.field("said_at", INSTANT),
        ]
    ),
    ("_source_hash", "_source_row"),
)
TEXTS = [
    "",
    None,
    "NULL",
    "\\N",
    "\\.",
    '"',
    "a,b",
    "two\nlines",
    "\r\n",
    "\\.\n\\.",
    " x ",
    "'",
    "ä\U0001f600",
    "\t",
    "%s",
]
FULL: dict[str, Any] = {
    "said": "x",
    "amount": Decimal("-12345678901234.50"),
    "counted": -(2**31),
    "is_so": False,
    "day": date(1990, 1, 1),
    "said_at": datetime(2030, 3, 31, 1, 30, 0, 123456, tzinfo=UTC),
}


@pytest.fixture(params=["duckdb", "postgres"])
def warehouse(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Warehouse]:
    server = request.getfixturevalue("postgres") if request.param == "postgres" else {}
    env = {"LEDGERLINE_HOME": str(tmp_path), "LEDGERLINE_TARGET": request.param, **server}
    settings: Settings = load_settings(env)
    found = Warehouse(settings)
    found.create_missing("engine_test", [ROWS])
    yield found
    with found.connect() as connection:
        connection.execute("drop schema engine_test cascade")


def _rows(table: Table, *rows: dict[str, Any], digest: str = "a") -> pa.Table:
    numbered = [{"_source_hash": digest, "_source_row": number, **row} for number, row in enumerate(rows, 1)]
    return pa.Table.from_pylist(numbered, schema=table.schema)


def _land(warehouse: Warehouse, table: Table, rows: pa.Table | Parts, load: str = "1") -> None:
    with warehouse.writing("engine_test") as connection:
        connection.land("engine_test", table, rows, load)


def _found(warehouse: Warehouse, columns: str) -> list[tuple[Any, ...]]:
    with warehouse.connect() as connection:
        return connection.query(f"select {columns} from engine_test.engine_rows order by _source_hash, _source_row")


# A file that raw does not know takes another way in than one that it knows.
@pytest.mark.parametrize("is_known", [False, True])
def test_every_value_arrives_as_it_was(warehouse: Warehouse, is_known: bool) -> None:
    if is_known:
        _land(warehouse, ROWS, _rows(ROWS, {"_source_row": 0, "said": "before"}))
    _land(warehouse, ROWS, _rows(ROWS, *({"said": text} for text in TEXTS), FULL, {}), "7")
    known = int(is_known)
    assert [said for (said,) in _found(warehouse, "said")][known:] == [*TEXTS, "x", None]
    *full, at = _found(warehouse, "amount, counted, is_so, day, said_at")[known + len(TEXTS)]
    assert full == [FULL[name] for name in ("amount", "counted", "is_so", "day")]
    assert at.astimezone(UTC) == FULL["said_at"]
    assert _found(warehouse, "amount, counted, is_so, day, said_at")[-1] == (None,) * 5
    assert {load for (load,) in _found(warehouse, "_dlt_load_id")[known:]} == {"7"}


def test_a_repeat_adds_what_is_missing_and_changes_nothing(warehouse: Warehouse) -> None:
    _land(warehouse, ROWS, _rows(ROWS, {"said": "first"}))
    _land(warehouse, ROWS, _rows(ROWS, {"said": "again"}, {"said": "second"}), "2")
    assert _found(warehouse, "_source_row, said, _dlt_load_id") == [(1, "first", "1"), (2, "second", "2")]


def test_a_table_that_replaces_has_the_newest_of_a_key(warehouse: Warehouse) -> None:
    newest = replace(ROWS, replaces=True)
    _land(warehouse, newest, _rows(ROWS, {"said": "first"}, {"said": "other"}))
    _land(warehouse, newest, _rows(ROWS, {"said": "again"}))
    _land(warehouse, newest, _rows(ROWS, {"said": "b"}, digest="b"))
    assert _found(warehouse, "said") == [("again",), ("other",), ("b",)]


def test_rows_in_parts_arrive_as_those_of_one_table(warehouse: Warehouse) -> None:
    whole = _rows(ROWS, *({"said": str(number)} for number in range(100)))
    parts = Parts(100, lambda: iter([whole.slice(0, 60), whole.slice(60)]))
    for load in ("1", "2"):
        _land(warehouse, ROWS, parts, load)
    assert _found(warehouse, "said, _dlt_load_id") == [(str(number), "1") for number in range(100)]


def test_what_fails_on_the_way_leaves_nothing(warehouse: Warehouse) -> None:
    def fail(statement: str) -> None:
        with warehouse.writing("engine_test") as connection:
            connection.land("engine_test", ROWS, _rows(ROWS, {"said": "x"}), "1")
            connection.execute("create table engine_test.other (id integer)")
            if not statement:
                raise KeyboardInterrupt
            connection.execute(statement)

    with pytest.raises(KeyboardInterrupt):
        fail("")
    with pytest.raises(WarehouseError, match=r"writing to engine_test failed: .*Nothing of it was written"):
        fail("select no_such_column from engine_test.engine_rows")
    assert _found(warehouse, "said") == []
    with warehouse.connect() as connection:
        assert connection.query("select table_name from information_schema.tables where table_name = 'other'") == []
