"""The project keeps its own rules: names, layers, contracts, documentation and tests, read from dbt's manifest."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from loaders.config import PROJECT_DIR
from loaders.landing.books import OPS_TABLES
from loaders.readers.csv_text import WHITESPACE
from loaders.settings import landed
from loaders.sources.box_office.csv_kinds import SALES_FIELDS
from loaders.sources.box_office.values import EDITABLE_FIELDS
from loaders.sources.funnel.seeds import KPIS
from loaders.sources.registry import HOME_SEEDS, SOURCES
from loaders.warehouse.engine import sql_type
from tests.support.homes import Home

MODELS = PROJECT_DIR / "models"
# Of every setting another value than the project's own.
OTHER_SETTINGS = {
    "reporting_timezone": "America/New_York",
    "season_start_month": 9,
    "default_occupancy_goal": 70,
    "week_over_week_min_days": 4,
    "week_over_week_max_days": 9,
    "tracking_band_percent": 5,
    "stale_days": 2,
    "partial_ratio": 0.8,
    "revenue_drop_floor": 100,
    "revenue_drop_ratio": 0.5,
    "ticket_drop": 10,
    "funnel_google_conversions": "purchases",
    "funnel_currency": "EUR",
    "funnel_null_tokens": ["", "n/a"],
    "square_identity_policy": "any",
    "square_identity_max_block": 5,
    "square_new_days": 10,
    "square_active_days": 20,
    "square_at_risk_days": 40,
    "square_link_before_minutes": 60,
    "square_link_after_minutes": 600,
    "square_late_cancel_hours": 48,
    "square_acquisition_attribute": "heard",
    "square_prepaid_days": 20,
    "square_invoiced_days": 10,
    "square_missed_fee_days": 3,
    "creators_tier_master": "app",
    "creators_silent_days": 10,
    "creators_risk_days": 5,
    "creators_row_drop_alert_percent": 50,
    "creators_unmatched_alert_percent": 50,
    "display_rounding": "round",
    "comparator": "previous_period",
    "comparator_period_days": 10,
    "velocity_steady_min": 3,
    "velocity_peak_min": 9,
    "velocity_quiet_ratio": 0.1,
    "velocity_peak_ratio": 5,
    "demographic_min_cell": 0,
    "complimentary_order_types": ["guest"],
    "funnel_renewal_invoice_types": ["rebill"],
    "funnel_paid_invoice_statuses": ["settled"],
    "job_stale_hours": 3,
    "data_quality_days": 3,
}


@pytest.fixture(scope="module")
def manifest(demo_home: Home) -> dict[str, Any]:
    return json.loads((demo_home.path / "state" / "dbt" / "manifest.json").read_text())


def _models(manifest: dict[str, Any], folder: str = "") -> list[dict[str, Any]]:
    return [
        node
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["path"].startswith(folder)
    ]


def test_one_name_per_source(manifest: dict[str, Any]) -> None:
    for name in SOURCES:
        assert (PROJECT_DIR / "loaders" / "sources" / name).is_dir()
        assert (PROJECT_DIR / "docs" / "sources" / f"{name}.md").is_file()
        staging = _models(manifest, f"staging/{name}/")
        assert staging
        assert all(model["name"].startswith(f"stg_{name}__") for model in staging)
        schemas = {s["schema"] for s in manifest["sources"].values() if s["source_name"] == name}
        assert schemas == {f"raw_{name}"}


def test_raw_tables_are_described_alike_in_python_and_in_yaml(manifest: dict[str, Any]) -> None:
    described = {
        (source["schema"], source["name"]): [
            (column["name"], re.sub(r",\s+", ",", column["data_type"])) for column in source["columns"].values()
        ]
        for source in manifest["sources"].values()
    }
    written = {
        (schema, table.name): [(field.name, sql_type(field.type)) for field in table.stored_schema]
        for schema, tables in [
            ("ops", OPS_TABLES),
            (landed.SCHEMA, landed.tables(HOME_SEEDS)),
            *((s.schema, s.tables) for s in SOURCES.values()),
        ]
        for table in tables
    }
    assert described == written


def test_layers_only_look_down(manifest: dict[str, Any]) -> None:
    allowed = {
        # The lists in an object are staged from the object.
        "staging": ("source.", "model.ledgerline.stg_square__"),
        # Where a seed and the home's settings become one.
        "settings": ("source.", "seed."),
        "intermediate": ("model.ledgerline.stg_", "model.ledgerline.int_", "seed."),
        "marts": ("model.ledgerline.", "seed."),
    }
    for model in _models(manifest):
        layer = "settings" if model["path"].startswith("staging/settings/") else model["path"].split("/")[0]
        for parent in model["depends_on"]["nodes"]:
            assert parent.startswith(allowed[layer]), f"{model['name']} in {layer} refers to {parent}"


def test_seeds_of_one_business_ship_empty() -> None:
    business = {seed.name for seed in HOME_SEEDS if seed.is_business}
    assert business >= {
        *("funnel_goals", "funnel_product_roles", "funnel_challenges", "funnel_hosts", "funnel_high_ticket"),
        "funnel_campaign_types",
    }
    for seed in HOME_SEEDS:
        lines = (PROJECT_DIR / "seeds" / seed.domain / f"{seed.name}.csv").read_text().splitlines()
        assert lines[0] == ",".join(column.name for column in seed.columns)
        assert (len(lines) == 1) == seed.is_business, seed.name


def test_one_model_chooses_between_a_seed_and_the_homes_settings(manifest: dict[str, Any]) -> None:
    readers: dict[str, list[str]] = {}
    for node in manifest["nodes"].values():
        for parent in node["depends_on"].get("nodes", []):
            is_of_itself = node["resource_type"] == "test" and node.get("attached_node") == parent
            if parent.startswith("seed.") and not is_of_itself:
                readers.setdefault(parent.split(".")[-1], []).append(node["name"])
    for seed in HOME_SEEDS:
        # What only readers look up has no model.
        chooser = f"stg_settings__{seed.name}"
        expected = [chooser] if f"model.ledgerline.{chooser}" in manifest["nodes"] else []
        assert readers.get(seed.name, []) == expected, seed.name
        read = {seed for source in SOURCES.values() for seed in source.seeds}
        assert expected or seed in read, f"nobody reads {seed.name}"


def test_a_goal_can_be_whatever_the_models_add_up() -> None:
    macros = (PROJECT_DIR / "macros" / "funnel_kpis.sql").read_text()
    code = dict(re.findall(r"macro (\w+)\(.*?\)(.*?)endmacro", macros, re.DOTALL))
    added = [
        name
        for names in re.findall(
            r"\('\w+', '\w+', \[(.*?)\]\)", code["funnel_counts"] + code["funnel_amounts"], re.DOTALL
        )
        for name in re.findall(r"'(\w+)'", names)
    ]
    assert set(KPIS) == {*added, *re.findall(r"(?<=[ ,])'(\w+)'", code["measure_names"].split("endfor")[1])}


def test_every_mart_has_a_contract_documentation_a_key_and_a_unit_test(manifest: dict[str, Any]) -> None:
    tested = {node["model"] for node in manifest["unit_tests"].values()}
    keyed = {
        node["attached_node"]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "test" and (node.get("test_metadata") or {}).get("name") == "unique_key"
    }
    marts = _models(manifest, "marts/")
    assert {mart["name"] for mart in marts} == {path.stem for path in (MODELS / "marts").rglob("*.sql")}
    for mart in marts:
        name = mart["name"]
        assert mart["config"]["contract"]["enforced"], name
        assert mart["config"]["access"] == "public", name
        assert mart["config"]["group"], name
        assert "**Grain:**" in mart["description"], name
        assert name in tested, f"{name} has no unit test"
        assert mart["unique_id"] in keyed, f"{name} has no unique_key test"
        for column in mart["columns"].values():
            assert column["description"].strip(), f"{name}.{column['name']}"
            assert column["description"].lower() != column["name"].replace("_", " "), f"{name}.{column['name']}"
        if "marts/creators/" in mart["original_file_path"]:
            # Runs are of all clients.
            assert next(iter(mart["columns"])) == ("as_of" if name == "evaluation_runs" else "client_id"), name
        elif "marts/ops/" not in mart["original_file_path"]:
            assert next(iter(mart["columns"])) == "organization_id", name


def test_every_mart_is_read_by_somebody(manifest: dict[str, Any]) -> None:
    read = {parent for exposure in manifest["exposures"].values() for parent in exposure["depends_on"]["nodes"]}
    assert {mart["unique_id"] for mart in _models(manifest, "marts/") if mart["config"]["group"] != "ops"} <= read


def test_every_model_and_seed_is_described(manifest: dict[str, Any]) -> None:
    for node in manifest["nodes"].values():
        if node["resource_type"] in ("model", "seed"):
            assert node["description"].strip(), node["name"]


def test_no_unit_test_fails_because_somebody_changed_a_setting(
    demo_copy: Home, manifest: dict[str, Any], tmp_path: Path
) -> None:
    """A unit test states the settings that its figures rest on."""
    own = yaml.safe_load((PROJECT_DIR / "dbt_project.yml").read_text())["vars"]
    assert own.keys() == OTHER_SETTINGS.keys()
    assert not [name for name, value in OTHER_SETTINGS.items() if value == own[name]]
    done = subprocess.run(
        [
            *(Path(sys.executable).with_name("dbt"), "test", "--select", "test_type:unit"),
            *("--vars", json.dumps(OTHER_SETTINGS), "--target-path", tmp_path, "--log-path", tmp_path),
        ],
        cwd=PROJECT_DIR,
        env={
            **demo_copy.environment,
            "LEDGERLINE_REPORTING_TIMEZONE": "Asia/Tokyo",
            "LEDGERLINE_BOX_OFFICE_TIMEZONE": "Europe/Berlin",
            "SQUARE_IDENTITY_POLICY": "any",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:]
    (tested,) = re.findall(r"Finished .* (\d+) unit tests", done.stdout)
    assert int(tested) == len(manifest["unit_tests"])


def test_a_unit_test_has_a_name_that_a_server_takes(manifest: dict[str, Any]) -> None:
    for test in manifest["unit_tests"].values():
        assert len(test["name"]) <= 63, test["name"]


def test_the_clock_is_asked_in_one_macro() -> None:
    clocks = re.compile(
        r"\b(now\(|current_date|current_timestamp|localtimestamp|getdate|today\(|run_started_at)", re.IGNORECASE
    )
    for path in [*MODELS.rglob("*.sql"), *(PROJECT_DIR / "macros").glob("*.sql")]:
        code = re.sub(r"\{#.*?#\}|--[^\n]*", "", path.read_text(), flags=re.DOTALL)
        found = clocks.findall(code)
        assert not found or path.name == "clock.sql", f"{path.name}: {found}"


def test_no_model_asks_which_engine_it_runs_on() -> None:
    one_engine_only = re.compile(
        r"\b(qualify|group by all|order by all|any_value|arg_max|arg_min|mode\(|stddev|list_agg|target\.type|::)",
        re.IGNORECASE,
    )
    for path in MODELS.rglob("*.sql"):
        code = re.sub(r"\{#.*?#\}|--[^\n]*", "", path.read_text(), flags=re.DOTALL)
        assert not one_engine_only.findall(code), path.name


def test_text_is_trimmed_by_one_macro_and_of_the_same_characters_as_in_readers() -> None:
    bare = re.compile(r"(?<!\w)trim\(|\\s", re.IGNORECASE)
    for path in [*MODELS.rglob("*.sql"), *(PROJECT_DIR / "macros").rglob("*.sql")]:
        code = re.sub(r"\{#.*?#\}|--[^\n]*", "", path.read_text(), flags=re.DOTALL)
        assert path.name == "text.sql" or not bare.findall(code), path.name
    macro = (PROJECT_DIR / "macros" / "text.sql").read_text()
    parts = re.search(r"macro whitespace_characters.*?endmacro", macro, re.DOTALL)
    assert parts
    spelled = "".join(re.findall(r"'([^']*)'", parts[0])).encode().decode("unicode_escape")
    assert set(spelled) == set(WHITESPACE)
    assert set(WHITESPACE) == {chr(code) for code in range(0x110000) if chr(code).isspace()} | {"\u200b", "\ufeff"}


def test_sales_fields_are_the_marts_columns_that_nobody_may_edit() -> None:
    mart = yaml.safe_load((MODELS / "marts/box_office/performance_sales_snapshots.yml").read_text())
    columns = [column["name"] for column in mart["models"][0]["columns"]]
    editable = {"performance_code", "performance_id", *EDITABLE_FIELDS}
    assert set(SALES_FIELDS) == set(columns) - editable


def test_files_and_lines_stay_readable() -> None:
    code = [path for room in ("loaders", "web", "tests") for path in (PROJECT_DIR / room).rglob("*.py")]
    for path in [*MODELS.rglob("*.yml"), *MODELS.rglob("*.sql"), *code]:
        lines = path.read_text().splitlines()
        assert len(lines) <= (410 if path.suffix == ".py" else 300), f"{path} is too long to read"
        if path.suffix == ".sql":
            assert max(map(len, lines)) <= 120, path


def test_the_legacy_columns_come_first_and_keep_their_names() -> None:
    def columns(mart: str) -> list[str]:
        text = (MODELS / "marts/box_office" / f"{mart}.yml").read_text()
        return [column["name"] for column in yaml.safe_load(text)["models"][0]["columns"]]

    assert columns("performance_sales_snapshots")[:13] == [
        "organization_id",
        "snapshot_id",
        "performance_code",
        "snapshot_date",
        "performance_id",
        "single_tickets_sold",
        "subscription_tickets_sold",
        "total_tickets_sold",
        "total_revenue",
        "capacity_percent",
        "budget_percent",
        "source",
        "created_at",
    ]
    assert columns("weekly_sales")[1:8] == [
        "performance_id",
        "week_number",
        "tickets_sold",
        "percentage",
        "cumulative_tickets",
        "cumulative_percentage",
        "created_at",
    ]


def test_no_path_of_a_machine_and_no_registry_stands_in_the_project() -> None:
    # A path `/users/` of the API is none.
    suspicious = re.compile(r"(?i:/(home|root|work)/|pypi\.|index-url http|artifactory)|/Users/")
    for path in PROJECT_DIR.rglob("*"):
        relative = path.relative_to(PROJECT_DIR)
        if (
            not path.is_file()
            or relative.parts[0] in (".git", ".venv", "data", "target", "logs")
            or path.suffix == ".pyc"
        ):
            continue
        if any(part.startswith(".") and part not in (".ci", ".env.example") for part in relative.parts):
            continue
        if path == Path(__file__):
            continue
        assert not suspicious.findall(path.read_text(errors="ignore")), relative
