"""CONTRIBUTING's "Add a source and its domain", followed to the letter: what it prints lands, builds and is published.

It changes no file of the project but the registry: what the platform must know of a domain, the domain says.
"""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

import pytest

from loaders.config import PROJECT_DIR
from tests.support.homes import Home, copy_project

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
REGISTRY = "loaders/sources/registry.py"


def printed_files() -> dict[str, str]:
    """Every file that the section prints, by the path in the words before it."""
    page = (PROJECT_DIR / "CONTRIBUTING.md").read_text()
    section = page.partition("## Add a source and its domain")[2].partition("\n## ")[0]
    printed = re.findall(r"`([\w/.]+)`[^`\n]*\n\n   ```\w+\n(.*?)   ```\n", section, re.DOTALL)
    return {path: textwrap.dedent(text) for path, text in printed}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project without any domain of its own."""
    return copy_project(tmp_path / "project", only=("none",))


def add_the_domain(project: Path) -> None:
    files = printed_files()
    columns = "\n".join(f"          - {{name: {name}, data_type: {kind}}}" for name, kind in RAW_COLUMNS)
    files["models/staging/kiosk/_kiosk__sources.yml"] = (
        "sources:\n  - name: kiosk\n    schema: raw_kiosk\n    tables:\n      - name: sales_rows\n"
        f"        columns:\n{columns}\n"
    )
    files["models/staging/kiosk/stg_kiosk__sales.sql"] = (
        "select organization_id, article, sold_count, _source_row as source_row"
        " from {{ source('kiosk', 'sales_rows') }}\n"
    )
    for name, text in files.items():
        path = project / name
        assert "kiosk" in path.parent.name
        assert not path.exists()
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    # The one line.
    text = (project / REGISTRY).read_text()
    names = "import ads, attendance, box_office, clickfunnels, cruva, loyalty, square, ticketing, workflow\n"
    assert names in text
    assert "ticketing.SOURCE)" in text
    text = text.replace(names, names.replace("cruva, ", "cruva, kiosk, "))
    (project / REGISTRY).write_text(text.replace("ticketing.SOURCE)", "ticketing.SOURCE, kiosk.SOURCE)"))


def test_the_page_prints_what_a_domain_is() -> None:
    assert list(printed_files()) == [
        "loaders/sources/kiosk/__init__.py",
        "seeds/kiosk/kiosk_prices.csv",
        "seeds/kiosk/_kiosk__seeds.yml",
        "models/staging/settings/kiosk/_settings_kiosk__sources.yml",
        "models/staging/settings/kiosk/stg_settings__kiosk_prices.sql",
        "models/marts/kiosk/kiosk_sales.sql",
        "models/marts/kiosk/kiosk_sales.yml",
        "models/marts/kiosk/_kiosk__exposures.yml",
    ]


def test_adding_a_source_as_the_page_says(home: Home, project: Path) -> None:
    add_the_domain(project)
    home.put("org=foyer/monday.csv", "article,sold_count\nTea,12\nScone,many\nCoffee,7\n", "kiosk")
    home.put("note.txt", "refill the cups", "kiosk")
    home.settle({"kiosk/kiosk_prices.csv": "article,price\nTea,1.50\n"})
    # The platform takes the new source for one of its own.
    home.settle({"ops/source_limits.csv": "source,stale_hours,why\nkiosk,26,Emptied every day\n"})
    done = home.ledgerline("load", "kiosk", project=project, PYTHONPATH=str(project))
    assert done.returncode == 1, done.stdout + done.stderr
    assert "rejected invalid_number: kiosk/org=foyer/monday.csv, line 3" in done.stderr
    assert "quarantined unsupported_file: kiosk/note.txt" in done.stderr
    # With unit tests.
    done = home.ledgerline("build", project=project, PYTHONPATH=str(project))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "build: all models and tests passed" in done.stderr
    done = home.ledgerline("publish", project=project, PYTHONPATH=str(project))
    assert done.returncode == 0, done.stderr
    assert home.query("select * from staging.stg_kiosk__sales order by source_row") == [
        ("foyer", "Tea", 12, 2),
        ("foyer", "Coffee", 7, 4),
    ]
    assert home.query("select rows_read, rows_landed, rows_rejected from ops.load_audit") == [(3, 2, 1)]
    assert home.query(
        "select article, sold_count, cast(revenue_amount as varchar) from kiosk.kiosk_sales order by 1",
        published=True,
    ) == [("Coffee", 7, None), ("Tea", 12, "18.00")]
    assert home.value("select stale_hours from staging.stg_settings__source_limits where source = 'kiosk'") == 26
    # What is looked up by its key is a table of its own; other marts are read from their files.
    kind = "select table_type from information_schema.tables where table_schema = 'kiosk'"
    assert home.query(kind, published=True) == [("BASE TABLE",)]
    # What the home says is judged as every domain's files are.
    home.settle({"kiosk/kiosk_prices.csv": "article,price\nTea,cheap\n"})
    wrong = home.ledgerline("load", "kiosk", project=project, PYTHONPATH=str(project))
    assert wrong.returncode == 2
    assert "settings/kiosk/kiosk_prices.csv, line 2: price is 'cheap', expected a number" in wrong.stderr
