"""Rows of the CSV kinds: every reason beside a row that nearly has it, and what the good ones become."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from loaders.config import load_settings
from loaders.source import File, Parsed
from loaders.sources.box_office import csv_kinds
from tests.support.homes import AS_OF

SETTINGS = load_settings({"LEDGERLINE_AS_OF": AS_OF, "LEDGERLINE_USER": "planner"})
HISTORY = (
    "performance_code,snapshot_date,single_tickets_sold,subscription_tickets_sold,total_revenue,"
    "fixed_tickets_sold,non_fixed_tickets_sold,total_tickets_sold,capacity_percent,budget_percent,title,performance_date"
)
MIGRATION = (
    "performance_code,title,series,venue,season,performance_date,capacity,budget_goal,occupancy_goal,cancelled,"
    "snapshot_date,single_tickets_sold,subscription_tickets_sold,total_revenue"
)
METADATA = (
    "performance_code,title,series,venue,season,performance_date,capacity,budget_goal,occupancy_goal,cancelled,"
    "changed_by,changed_at,effective_from,note"
)
COMPARISONS = "performance_code,comparison_name,week,tickets,is_target,comp_date,subs,atp,capacity"


def read(header: str, *rows: str, metadata: bool = False) -> Parsed:
    reader = csv_kinds.read_metadata_csv if metadata else csv_kinds.read_sales_csv
    file = File(Path("x.csv"), "box_office/x.csv", "main")
    return reader("\n".join([header, *rows]).encode(), file, SETTINGS, None)


def rows(parsed: Parsed) -> list[dict[str, Any]]:
    return [row for table in parsed.tables.values() for row in table]


def history(**cells: str) -> str:
    values = {
        "performance_code": "301115E",
        "snapshot_date": "2030-10-04",
        "single_tickets_sold": "10",
        "subscription_tickets_sold": "5",
        "total_revenue": "100.00",
        **cells,
    }
    return ",".join(values.get(name, "") for name in HISTORY.split(","))


def metadata(**cells: str) -> str:
    return ",".join({"performance_code": "301115E", **cells}.get(name, "") for name in METADATA.split(","))


def migration(**cells: str) -> str:
    values = {
        "performance_code": "301115E",
        "snapshot_date": "2030-10-04",
        "single_tickets_sold": "10",
        "subscription_tickets_sold": "5",
        "total_revenue": "100.00",
        **cells,
    }
    return ",".join(values.get(name, "") for name in MIGRATION.split(","))


def comparison(**cells: str) -> str:
    values = {"performance_code": "301115E", "comparison_name": "29-30", "week": "3", "tickets": "10", **cells}
    return ",".join(values.get(name, "") for name in COMPARISONS.split(","))


BAD_AND_NEAR = [
    ("column_count", HISTORY, history() + ",", history()),
    ("column_count", HISTORY, history().removesuffix(","), history()),
    ("missing_value", HISTORY, history(total_revenue=""), history(title="")),
    ("missing_value", HISTORY, history(performance_code=" "), history(performance_code=" 301115e ")),
    ("missing_value", COMPARISONS, comparison(comparison_name=""), comparison(subs="")),
    ("invalid_performance_code", HISTORY, history(performance_code="30/11/15"), history(performance_code="30-11_15")),
    (
        "invalid_performance_code",
        HISTORY,
        history(performance_code="A23456789012"),
        history(performance_code="A2345678901"),
    ),
    ("invalid_performance_code", HISTORY, history(performance_code="301115É"), history(performance_code="301115e")),
    ("invalid_date", HISTORY, history(snapshot_date="10/04/2030"), history(snapshot_date="2030-12-31")),
    ("invalid_date", HISTORY, history(snapshot_date="2030-02-29"), history(snapshot_date="2032-02-29")),
    ("invalid_date", HISTORY, history(performance_date="2030-1-5"), history(performance_date="2030-01-05")),
    (
        "invalid_date",
        METADATA,
        metadata(changed_at="2030-10-01 15:00"),
        metadata(changed_at="2030-10-01T15:00:00+02:00", venue="x"),
    ),
    ("invalid_date", METADATA, metadata(effective_from="today"), metadata(effective_from="2030-10-01", venue="x")),
    ("invalid_date", COMPARISONS, comparison(comp_date="2029-11-31"), comparison(comp_date="2029-11-30")),
    ("invalid_number", HISTORY, history(single_tickets_sold="-1"), history(single_tickets_sold="0")),
    ("invalid_number", HISTORY, history(single_tickets_sold="1.0"), history(single_tickets_sold='"1,002"')),
    ("invalid_number", HISTORY, history(single_tickets_sold='"1,02"'), history(single_tickets_sold="1002")),
    ("invalid_number", HISTORY, history(single_tickets_sold="\u0661"), history(single_tickets_sold="1")),
    ("invalid_number", HISTORY, history(single_tickets_sold="10000000"), history(single_tickets_sold="9999999")),
    ("invalid_number", HISTORY, history(total_revenue="1.001"), history(total_revenue="1.1")),
    ("invalid_number", HISTORY, history(total_revenue="12.7K"), history(total_revenue='"-$1,250.5"')),
    ("invalid_number", HISTORY, history(total_revenue="10000000000"), history(total_revenue="9999999999.99")),
    ("invalid_number", HISTORY, history(capacity_percent="n/a"), history(capacity_percent="57.46%")),
    ("invalid_number", COMPARISONS, comparison(tickets="many"), comparison(tickets="0")),
    ("inconsistent_total", HISTORY, history(total_tickets_sold="16"), history(total_tickets_sold="15")),
    (
        "inconsistent_total",
        HISTORY,
        history(fixed_tickets_sold="4", non_fixed_tickets_sold="2"),
        history(fixed_tickets_sold="4", non_fixed_tickets_sold="1"),
    ),
    ("invalid_value", METADATA, metadata(capacity="0"), metadata(capacity="1")),
    ("invalid_value", METADATA, metadata(capacity="100001"), metadata(capacity='"100,000"')),
    ("invalid_value", METADATA, metadata(budget_goal="-0.01"), metadata(budget_goal="0")),
    ("invalid_value", METADATA, metadata(occupancy_goal="100.01"), metadata(occupancy_goal="100")),
    ("invalid_value", METADATA, metadata(season="2030-31"), metadata(season="30-31")),
    ("invalid_value", METADATA, metadata(season="30-32"), metadata(season="99-00")),
    ("invalid_value", METADATA, metadata(cancelled="yes"), metadata(cancelled="TRUE")),
    ("invalid_value", METADATA, metadata(title="x" * 201), metadata(title="x" * 200)),
    ("invalid_value", METADATA, metadata(performance_date="11/15/2030"), metadata(performance_date="NULL")),
    ("invalid_value", MIGRATION, migration(capacity="-5"), migration(capacity="")),
    ("invalid_value", COMPARISONS, comparison(week="105"), comparison(week="104")),
    ("invalid_value", COMPARISONS, comparison(week="last"), comparison(week="Final")),
    ("invalid_value", COMPARISONS, comparison(is_target="1"), comparison(is_target="False")),
]


@pytest.mark.parametrize(("reason", "header", "bad", "near"), BAD_AND_NEAR)
def test_a_row_is_rejected_by_name_and_the_one_next_to_it_lands(reason: str, header: str, bad: str, near: str) -> None:
    is_metadata = header == METADATA
    refused = read(header, bad, metadata=is_metadata)
    assert [rejection.reason_code for rejection in refused.rejections] == [reason]
    assert refused.rejections[0].source_row == 2
    assert refused.rejections[0].raw_text == bad
    assert "expected" in refused.rejections[0].message
    assert (refused.rows_read, refused.rows_landed, rows(refused)) == (1, 0, [])
    landed = read(header, near, metadata=is_metadata)
    assert landed.rejections == []
    assert (landed.rows_read, landed.rows_landed) == (1, 1)


def test_the_reason_is_the_first_that_applies() -> None:
    bad = history(performance_code="?", snapshot_date="?", single_tickets_sold="?", total_tickets_sold="3")
    assert read(HISTORY, bad).rejections[0].reason_code == "invalid_performance_code"
    bad = migration(capacity="?", single_tickets_sold="?")
    assert read(MIGRATION, bad).rejections[0].reason_code == "invalid_number"
    bad = migration(capacity="?", snapshot_date="")
    assert read(MIGRATION, bad).rejections[0].reason_code == "missing_value"


def test_rows_of_one_key_that_differ_are_all_rejected_and_repeats_are_counted() -> None:
    parsed = read(
        HISTORY,
        history(),
        history(total_revenue="100"),
        history(performance_code="301115E ", snapshot_date="2030-10-05"),
        history(snapshot_date="2030-10-05", single_tickets_sold="11"),
        history(snapshot_date="2030-10-05", single_tickets_sold="?"),
    )
    # 100 and 100.00 say the same.
    assert [row["_source_row"] for row in rows(parsed)] == [2]
    assert parsed.rows_duplicate == 1
    assert [(r.source_row, r.reason_code) for r in parsed.rejections] == [
        (4, "conflicting_rows"),
        (5, "conflicting_rows"),
        (6, "invalid_number"),
    ]
    assert parsed.rows_read == parsed.rows_landed + parsed.rows_duplicate + len(parsed.rejections) == 5


def test_edits_of_one_moment_to_one_performance_must_agree() -> None:
    first = metadata(capacity="1440", changed_at="2030-10-01T15:00:00Z")
    second = metadata(venue="Main Hall", changed_at="2030-10-01T15:00:00Z")
    later = metadata(venue="Main Hall", changed_at="2030-10-01T15:00:01Z")
    parsed = read(METADATA, first, second, later, metadata=True)
    assert [r.reason_code for r in parsed.rejections] == ["conflicting_rows"] * 2
    assert [row["field"] for row in rows(parsed)] == ["venue"]


def test_history_rows_hold_what_the_file_says() -> None:
    row = rows(
        read(HISTORY, history(performance_code=" 301115e", total_revenue='"$1,250.50"', capacity_percent="57.45"))
    )[0]
    assert row["performance_code"] == "301115E"
    assert row["snapshot_date"] == date(2030, 10, 4)
    assert row["total_revenue"] == Decimal("1250.50")
    # A copied percent is kept to the one decimal of the page, half away from zero.
    assert row["reported_cap_percent"] == Decimal("57.5")
    assert row["title"] is None


def test_a_migration_row_is_a_snapshot_and_its_filled_cells_are_changes_of_that_midnight() -> None:
    row = rows(
        read(MIGRATION, migration(title="Spring", capacity='"1,600"', budget_goal="50000", occupancy_goal="90"))
    )[0]
    assert (row["title"], row["capacity"], row["budget_goal"], row["occupancy_goal"]) == (
        "Spring",
        "1600",
        "50000.00",
        "90.00",
    )
    assert row["venue"] is None
    assert row["changed_at"] == datetime(2030, 10, 4, 5, tzinfo=UTC)


def test_blank_metadata_cells_change_nothing_and_NULL_clears() -> None:  # noqa: N802
    parsed = read(METADATA, metadata(capacity="NULL", note="why"), metadata(performance_code="301116E"), metadata=True)
    assert [(row["field"], row["value"]) for row in rows(parsed)] == [("capacity", None)]
    edit = rows(parsed)[0]
    assert edit["changed_at"] == SETTINGS.as_of
    assert edit["effective_from"] == date(2030, 11, 5)
    assert edit["changed_by"] == "planner"
    # A row that edits nothing is read, and skipped.
    assert (parsed.rows_read, parsed.rows_landed, parsed.rows_skipped) == (2, 1, 1)


def test_an_edit_holds_from_the_local_day_of_its_change() -> None:
    late = metadata(cancelled="true", changed_at="2030-10-10T04:30:00Z")
    assert rows(read(METADATA, late, metadata=True))[0]["effective_from"] == date(2030, 10, 9)


def test_comparisons_keep_their_weeks() -> None:
    parsed = read(COMPARISONS, comparison(week="8"), comparison(week="final", tickets="520", atp="$55"))
    assert [(row["week"], row["tickets"]) for row in rows(parsed)] == [(8, 10), (0, 520)]
    assert rows(parsed)[1]["atp"] == Decimal("55.00")
    assert rows(parsed)[0]["is_target"] is False


def test_a_week_given_as_0_and_as_final_is_one_key() -> None:
    parsed = read(COMPARISONS, comparison(week="0", tickets="1"), comparison(week="final", tickets="2"))
    assert [r.reason_code for r in parsed.rejections] == ["conflicting_rows"] * 2


def test_lines_are_counted_as_an_editor_counts_them() -> None:
    broken = history(title='"two\nlines"')
    parsed = read(HISTORY, broken, "", history(snapshot_date="?"), history(snapshot_date="2030-10-09"))
    # Lines 2-3 are one record, line 4 is blank and no row.
    assert [(r.source_row, r.reason_code) for r in parsed.rejections] == [(5, "invalid_date")]
    assert [row["_source_row"] for row in rows(parsed)] == [2, 6]
    assert parsed.rows_read == 3


def test_column_order_and_case_do_not_matter_and_performance_id_is_ignored() -> None:
    header = (
        "Total_Revenue, SNAPSHOT_date ,performance_id,performance_code,single_tickets_sold,subscription_tickets_sold"
    )
    parsed = read(header, "1.00,2030-10-04,77,301115E,1,2")
    assert parsed.rows_landed == 1


def test_a_header_alone_is_an_empty_file_of_its_kind() -> None:
    assert read(HISTORY).rows_read == 0
