"""CONTRIBUTING's "Add a source", followed to the letter: its code becomes a source that lands, builds and is tested."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import duckdb

from loaders.config import PROJECT_DIR
from tests.support.homes import AS_OF, copy_project

RAW_COLUMNS = (
    ("organization_id", "varchar"),
    ("article", "varchar"),
    ("sold_count", "bigint"),
    ("_source_file", "varchar"),
    ("_source_hash", "varchar"),
    ("_source_row", "bigint"),
    ("_extracted_at", "timestamptz"),
    ("_landed_run", "bigint"),
    ("_dlt_load_id", "varchar"),
)


def test_adding_a_source_as_the_page_says(tmp_path: Path) -> None:
    project = copy_project(tmp_path / "project")

    # 1. The package, as the page prints it.
    page = (PROJECT_DIR / "CONTRIBUTING.md").read_text()
    block = re.search(r"```python\n(.*?)```", page, re.DOTALL)
    assert block
    code = "\n".join(line.removeprefix("   ") for line in block[1].splitlines())
    (project / "loaders" / "sources" / "kiosk").mkdir()
    (project / "loaders" / "sources" / "kiosk" / "__init__.py").write_text(code + "\n")
    # 2. One line in the registry.
    registry = project / "loaders" / "sources" / "registry.py"
    text = registry.read_text()
    names = "import ads, attendance, box_office, clickfunnels, cruva, loyalty, square, ticketing, workflow\n"
    assert names in text
    assert "ticketing.SOURCE)" in text
    text = text.replace(names, names.replace("cruva, ", "cruva, kiosk, "))
    registry.write_text(text.replace("ticketing.SOURCE)", "ticketing.SOURCE, kiosk.SOURCE)"))
    # 3. and 4. The raw table and its staging model.
    staging = project / "models" / "staging" / "kiosk"
    staging.mkdir()
    columns = "\n".join(f"          - {{name: {name}, data_type: {kind}}}" for name, kind in RAW_COLUMNS)
    (staging / "_kiosk__sources.yml").write_text(
        "sources:\n  - name: kiosk\n    schema: raw_kiosk\n    tables:\n      - name: sales_rows\n"
        f"        columns:\n{columns}\n"
    )
    (staging / "stg_kiosk__sales.sql").write_text(
        "select organization_id, article, sold_count, _source_row as source_row"
        " from {{ source('kiosk', 'sales_rows') }}\n"
    )

    home = tmp_path / "home"
    landing = home / "landing" / "kiosk"
    (landing / "org=foyer").mkdir(parents=True)
    (landing / "org=foyer" / "monday.csv").write_text("article,sold_count\nTea,12\nScone,many\nCoffee,7\n")
    (landing / "note.txt").write_text("refill the cups")
    env = {name: value for name, value in os.environ.items() if not name.startswith(("LEDGERLINE_", "DBT_"))}
    env.update(LEDGERLINE_HOME=str(home), LEDGERLINE_AS_OF=AS_OF, PYTHONPATH=str(project))
    done = subprocess.run(
        [sys.executable, "-m", "loaders", "run", "kiosk"],
        cwd=project,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    assert "build: all models and tests passed" in done.stderr
    assert "rejected invalid_number: kiosk/org=foyer/monday.csv, line 3" in done.stderr
    assert "quarantined unsupported_file: kiosk/note.txt" in done.stderr
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as connection:
        assert connection.execute("select * from staging.stg_kiosk__sales order by source_row").fetchall() == [
            ("foyer", "Tea", 12, 2),
            ("foyer", "Coffee", 7, 4),
        ]
        assert connection.execute("select rows_read, rows_landed, rows_rejected from ops.load_audit").fetchall() == [
            (3, 2, 1)
        ]
