"""A home to test in: files to land, commands run as real processes, and what the warehouse holds afterwards."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pytest
from filelock import FileLock

from loaders.config import PROJECT_DIR, Settings, export, load_settings
from loaders.landing import files
from loaders.landing.writing import Outcome
from loaders.source import Source
from loaders.sources import registry
from loaders.warehouse.engine import Warehouse
from tests.support import storms, warm

# What happens to a command in a test, and the exit status that says so.
ENDED = {"kill": -signal.SIGKILL, "term": -signal.SIGTERM, "full": 1, "interrupt": 1}
AS_OF = "2030-11-05T18:00:00Z"
# What takes a fifth of a small build and no test reads: dbt's log and its files for other tools, and more threads than
# there are cores. `make soak` builds as users do.
QUICK = {"DBT_LOG_LEVEL_FILE": "none", "DBT_WRITE_JSON": "false", "LEDGERLINE_THREADS": "2"}
# Ids of a load, and where a row came from: what may differ between two homes that hold the same data.
LOAD_IDS = ("_dlt_load_id", "load_id", "_landed_run", "landed_run")

# What the processes of one session share.
_SESSION = os.getppid() if "PYTEST_XDIST_WORKER" in os.environ else os.getpid()
SHARED = Path(tempfile.gettempdir()) / f"ledgerline-tests-{_SESSION}"
# What dbt has parsed, by content as in a home: it takes longer than most builds.
PARSED = SHARED / "parsed"
FUNNEL = ("funnel", "clickfunnels", "ads", "attendance", "workflow")


def copy_project(folder: Path, *, only: Collection[str] = ()) -> Path:
    """The project without what builds and tests leave in it, to be changed.

    With `only`, the models, seeds and data tests of these sources and domains alone: a run of them costs no more when
    the project grows.
    """
    left_at_the_top = {".venv", ".git", "data", "target", "logs"}

    def left_out(path: str, names: list[str]) -> set[str]:
        top = left_at_the_top if Path(path) == PROJECT_DIR else set()
        return {name for name in names if name in top or name == "__pycache__" or name.endswith("_cache")}

    shutil.copytree(PROJECT_DIR, folder, ignore=left_out)
    layers = ("models/staging/settings", "models/staging", "models/intermediate", "models/marts")
    for parent in (*layers, "seeds", "tests/data"):
        for domain in (folder / parent).iterdir():
            if only and domain.is_dir() and domain.name not in (*only, "ops", "generic", "settings"):
                shutil.rmtree(domain)
    if only:
        # It asks every source.
        for name in ("source_freshness.sql", "source_freshness.yml"):
            (folder / "models" / "marts" / "ops" / name).unlink()
    return folder


def project_of(*only: str) -> Path:
    """A copy of the project with these sources and domains alone, one for the whole session: read it only."""
    folder = SHARED / "projects" / "-".join(only)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(folder.with_suffix(".lock")):
        if not folder.exists():
            copy_project(folder.with_suffix(".next"), only=only).rename(folder)
    return folder


@dataclass
class Home:
    """A home below a temporary folder."""

    path: Path
    env: dict[str, str] = field(default_factory=dict)
    project: Path = PROJECT_DIR

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("LEDGERLINE_", "DBT_", "PG"))}
        quick = {} if storms.IS_SOAK else QUICK
        return {**kept, **quick, "LEDGERLINE_HOME": str(self.path), "LEDGERLINE_AS_OF": AS_OF, **self.env}

    @property
    def settings(self) -> Settings:
        return load_settings(self.environment)

    @property
    def published(self) -> Path:
        return self.path / "published" / "marts.duckdb"

    def put(self, name: str, content: bytes | str, source: str = "box_office") -> Path:
        """A file below the landing folder of a source."""
        path = self.path / "landing" / source / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def settle(self, files: Mapping[str, bytes | str]) -> None:
        """Settings files, by path below `settings/`."""
        for name, content in files.items():
            path = self.path / "settings" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)

    def ledgerline(self, *arguments: str, project: Path | None = None, **env: str) -> subprocess.CompletedProcess[str]:
        """`ledgerline …` as a process of its own, in this project or a copy of it."""
        environment = {**self.environment, **env}
        target = environment.get("LEDGERLINE_TARGET", "duckdb")
        parsed = PARSED / target / str(project or self.project).replace("/", "_")
        if self.path.exists() and parsed.exists():
            # As the first command would make it.
            (self.path / "state").mkdir(mode=0o750, exist_ok=True)
            self._share_parsed(parsed, self.path / "state" / "dbt")
        if warm.can_run(environment):
            done = warm.run(arguments, cwd=project or self.project, env=environment, timeout=600)
        else:
            done = subprocess.run(
                [sys.executable, "-m", "loaders", *arguments],
                cwd=project or self.project,
                env=environment,
                capture_output=True,
                text=True,
                timeout=600,
                check=False,
            )
        self._share_parsed(self.path / "state" / "dbt", parsed)
        return done

    @staticmethod
    def _share_parsed(here: Path, there: Path) -> None:
        for manifest in here.glob("manifest-*.msgpack"):
            if not (there / manifest.name).exists():
                there.mkdir(parents=True, exist_ok=True)
                aside = there / f"{os.getpid()}.partial"
                shutil.copyfile(manifest, aside)
                aside.replace(there / manifest.name)

    def struck(
        self, point: str, count: int, *command: str, fault: str = "kill", project: Path | None = None, **env: str
    ) -> str:
        """What `ledgerline …` says to which something happens when it passes a named point: see `support.killed`."""
        done = subprocess.run(
            [sys.executable, "-m", "tests.support.killed", point, str(count), *command],
            cwd=project or self.project,
            env={**self.environment, **env, "PYTHONPATH": str(project or self.project), "FAULT": fault},
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
        assert done.returncode == ENDED[fault], (point, count, fault, done.stdout + done.stderr)
        assert "Traceback" not in done.stderr, done.stderr
        return done.stderr

    def load(self, source: str | Source = "box_office", **env: str) -> Outcome:
        """Land what is new of a source in this process: the quick way, for tests of landing itself."""
        before = dict(os.environ)
        try:
            settings = load_settings({**self.environment, **env})
            export(settings)
            warehouse = Warehouse(settings)
            from loaders.landing import books  # noqa: PLC0415

            warehouse.create_missing("ops", books.OPS_TABLES)
            for folder in (settings.landing, settings.state):
                folder.mkdir(parents=True, exist_ok=True)
            run = files.next_run(warehouse)
            found = registry.SOURCES[source] if isinstance(source, str) else source
            return files.land(found, settings, warehouse, run, quiet=True)
        finally:
            os.environ.clear()
            os.environ.update(before)

    def query(self, sql: str, *parameters: Any, published: bool = False) -> list[tuple[Any, ...]]:
        path = self.published if published else self.path / "warehouse.duckdb"
        with duckdb.connect(str(path), read_only=True) as connection:
            connection.execute("set TimeZone = 'UTC'")
            return connection.execute(sql, list(parameters)).fetchall()

    def value(self, sql: str, *parameters: Any) -> Any:
        return self.query(sql, *parameters)[0][0]

    def export(
        self,
        schemas: Sequence[str],
        *,
        leave_out: Iterable[str] = LOAD_IDS,
        where: str = "true",
        published: bool = False,
    ) -> dict[str, list[str]]:
        """Every table of some schemas as sorted lines of text, without the columns that may differ."""
        path = self.published if published else self.path / "warehouse.duckdb"
        with duckdb.connect(str(path), read_only=True) as connection:
            connection.execute("set TimeZone = 'UTC'")
            return export_tables(connection, schemas, leave_out=leave_out, where=where)


def export_tables(
    connection: duckdb.DuckDBPyConnection, schemas: Sequence[str], *, leave_out: Iterable[str], where: str = "true"
) -> dict[str, list[str]]:
    tables = connection.execute(
        "select table_schema, table_name from information_schema.tables where list_contains(?, table_schema)"
        " and not starts_with(table_name, '_dlt') order by 1, 2",
        [list(schemas)],
    ).fetchall()
    exported = {}
    for schema, name in tables:
        columns = [
            row[0]
            for row in connection.execute(
                "select column_name from information_schema.columns where table_schema = ? and table_name = ?"
                " order by ordinal_position",
                [schema, name],
            ).fetchall()
            if row[0] not in leave_out
        ]
        rows = connection.execute(f'select {", ".join(columns)} from "{schema}"."{name}" where {where}').fetchall()
        exported[f"{schema}.{name}"] = sorted(repr(row) for row in rows)
    return exported


def shared_home(factory: pytest.TempPathFactory, name: str, make: Callable[[Home], None]) -> Home:
    """A home that the first test process to ask for it makes, and all of them read."""
    is_worker = "PYTEST_XDIST_WORKER" in os.environ
    folder = (factory.getbasetemp().parent if is_worker else factory.getbasetemp()) / f"shared-{name}"
    made = folder / "made"
    with FileLock(folder.with_suffix(".lock")):
        if not made.exists():
            shutil.rmtree(folder, ignore_errors=True)
            make(Home(folder / "home"))
            made.touch()
    return Home(folder / "home")
