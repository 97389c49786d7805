"""Sources have no reading of tables, dates or numbers of their own: the reader of tables has it."""

from __future__ import annotations

import re
from pathlib import Path

from loaders.config import PROJECT_DIR

OWN = re.compile(
    r"csv\.(?:reader|DictReader|read_csv)|strptime|fromisoformat|\b(?:line_records|header_cells|header_names)\b"
    r"|csv_text import [^\n]*\brecords\b"
)
# What reads no table, or none that a person saved, and what still has a reading of its own.
EXCEPT = {
    # Times of JSON, each in the format that its API documents.
    **dict.fromkeys(("funnel/values.py", "ticketing/values.py"), "JSON"),
    # Printed reports.
    **dict.fromkeys(("box_office/values.py", "box_office/report.py"), "printed reports"),
    "box_office/csv_kinds.py": "history, metadata, comparisons and migration",
    # By column, since exports have millions of rows.
    **dict.fromkeys(("cruva/plain.py", "cruva/videos.py"), "videos"),
}


def _own_reading(root: Path) -> set[str]:
    return {path.relative_to(root).as_posix() for path in root.rglob("*.py") if OWN.search(path.read_text())}


def test_no_other_source_reads_tables_dates_or_numbers_by_itself() -> None:
    found = _own_reading(PROJECT_DIR / "loaders" / "sources")
    assert found - EXCEPT.keys() == set()
    # Who no longer does is no exception.
    assert EXCEPT.keys() - found == set()


def test_reading_of_ones_own_is_seen(tmp_path: Path) -> None:
    for name, text in (
        ("a.py", "from loaders.readers.csv_text import decode, records\n"),
        ("b.py", "rows = csv.reader(text)\n"),
        ("c.py", "date.fromisoformat(text)\n"),
        ("d.py", "from loaders.readers.csv_text import decode\n"),
    ):
        (tmp_path / name).write_text(text)
    assert _own_reading(tmp_path) == {"a.py", "b.py", "c.py"}
