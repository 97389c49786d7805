"""dbt, with the manifest of the last parse for as long as nothing in the project changed; and which part is built."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from loaders.config import PROJECT_DIR, Settings

if TYPE_CHECKING:
    from dbt.cli.main import dbtRunnerResult
    from dbt.contracts.graph.manifest import Manifest

    from loaders.warehouse.engine import Warehouse

# What dbt reads to make a manifest. Of the environment only the database's name is part of it: models see the rest only
# when they are compiled.
_PARSED = ("dbt_project.yml", "profiles.yml", "models", "macros", "seeds", "tests/data")

# The folder of a domain's staging models, and that of its seeds, other models and tests.
Domain = tuple[str, str]
NOTHING_BUILT = "nothing was built yet"


@dataclass
class BuildResult:
    """How a build ended: whether all passed, the seconds per kind of node, and what failed."""

    passed: bool
    seconds: dict[str, float] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)


class Dbt:
    """dbt in this process, ready to run: over a second to import, and half of another to read what it needs.

    Where it is there for one domain, it knows that domain alone: the rest would be read and searched at every build.
    """

    def __init__(self, settings: Settings, *, quiet: bool, domain: Domain | None = None) -> None:
        import dbt.cli.main  # noqa: PLC0415 - other commands need not pay for it
        import dbt.contracts.graph.manifest  # noqa: PLC0415

        self._settings = settings
        self._target_dir = settings.state / "dbt"
        self._target_dir.mkdir(parents=True, exist_ok=True)
        # By environment, so that the user's own arguments win. Schedulers get plain lines.
        os.environ.setdefault("DBT_USE_COLORS", str(sys.stdout.isatty()))
        os.environ.setdefault("DBT_QUIET", str(quiet))
        cache = self._target_dir / f"manifest-{_project_digest(settings)}.msgpack"
        self._manifest = _kept_manifest(cache, domain)
        # Parses only what was not kept, but opens profile, project and adapter either way: the run finds them there.
        # What is wrong with them is the run's to say.
        parsed = self._invoke(["parse", "--no-write-json", "--log-level", "none", "--log-level-file", "none"])
        if self._manifest is None and isinstance(parsed.result, dbt.contracts.graph.manifest.Manifest):
            _keep_manifest(parsed.result, cache)
            self._manifest = _kept_manifest(cache, domain)

    def run(self, command: Sequence[str]) -> BuildResult:
        """Run one dbt command against the home. dbt prints what it does; failures come back by name."""
        result = self._invoke(command)
        if result.exception is not None:
            return BuildResult(False, failures=[str(result.exception)])
        outcome = BuildResult(bool(result.success))
        for node in getattr(result.result, "results", None) or []:
            kind = str(node.node.resource_type)
            outcome.seconds[kind] = outcome.seconds.get(kind, 0.0) + node.execution_time
            if str(node.status) in ("error", "fail", "runtime error"):
                outcome.failures.append(f"{kind} {node.node.name}: {' '.join(str(node.message).split())}")
        return outcome

    def _invoke(self, command: Sequence[str]) -> dbtRunnerResult:
        from dbt.cli.main import dbtRunner  # noqa: PLC0415

        arguments = [
            *command,
            *("--project-dir", str(PROJECT_DIR), "--profiles-dir", str(PROJECT_DIR)),
            *("--target", self._settings.target, "--target-path", str(self._target_dir)),
            *("--log-path", str(self._target_dir / "logs")),
        ]
        before = Path.cwd()
        os.chdir(PROJECT_DIR)
        try:
            return dbtRunner(manifest=self._manifest).invoke(arguments)
        finally:
            os.chdir(before)


def domain_selection(
    domain: Domain, settings: Settings, warehouse: Warehouse, *, is_full: bool
) -> tuple[list[str], bool]:
    """What dbt must select to build one domain, and whether that is all of the domain.

    A domain is given as its staging folder and its own folder. Views and seeds are skipped where this project built
    them, has not changed since, and they still exist: rebuilding them would change nothing. (PostgreSQL drops a view
    together with a table that it reads, so there only the views of staging, which read raw, are skipped.) After a build
    of another project, whose tables may have other columns, everything is rebuilt. Incremental staging is skipped where
    nothing landed since the last build that passed.
    """
    staging, folder = domain
    if is_full or not _is_as_built(domain, settings, warehouse) or not _has_every(warehouse, staging, folder):
        every = [f"path:{path}" for path in _folders(domain)]
        return ["--select", *every, "--full-refresh"], True
    landed = [
        f"source:{staging}.{table}+,staging.{staging},config.materialized:incremental"
        for table in _landed_since_the_last_build(domain, warehouse)
    ]
    # By name: dbt compares paths one by one.
    changing = [*landed, f"intermediate.{folder}", f"marts.{folder}"]
    kept_views = ["config.materialized:view"] if settings.target == "duckdb" else []
    return ["--select", *changing, *(["--exclude", *kept_views] if kept_views else [])], False


def _folders(domain: Domain) -> list[str]:
    """Where the seeds and models of a domain are."""
    staging, folder = domain
    staged = [f"models/staging/{staging}"]
    settings = f"models/staging/settings/{folder}"
    staged += [settings] if (PROJECT_DIR / settings).is_dir() else []
    return [f"seeds/{folder}", *staged, f"models/intermediate/{folder}", f"models/marts/{folder}"]


def _landed_since_the_last_build(domain: Domain, warehouse: Warehouse) -> list[str]:
    """The raw tables of a domain's source that have rows of a later landing run than what staging keeps of them.

    All of them, where the last build did not pass: what it left undone is not known.
    """
    staging, folder = domain
    with warehouse.connect() as connection:
        last = connection.query(
            "select status from ops.builds where is_whole or selection = %s order by build_number desc limit 1", folder
        )
        staged = connection.query(
            "select raw.table_name from information_schema.columns as raw"
            " inner join information_schema.columns as staged on staged.table_schema = 'staging'"
            " and staged.table_name = %s || raw.table_name and staged.column_name = 'landed_run'"
            " where raw.table_schema = %s and raw.column_name = '_landed_run' order by 1",
            f"stg_{staging}__",
            f"raw_{staging}",
        )
        newest = {
            name: connection.query(
                f"select (select max(_landed_run) from raw_{staging}.{name}),"
                f" (select max(landed_run) from staging.stg_{staging}__{name})"
            )[0]
            for (name,) in staged
        }
    return [
        name
        for name, (landed, kept) in newest.items()
        if landed is not None and (last != [("passed",)] or kept is None or landed > kept)
    ]


def remember_whole_build(domain: Domain, settings: Settings, warehouse: Warehouse) -> None:
    """Keep that all of a domain was built from the project as it is, and by which build."""
    with warehouse.connect() as connection:
        number = connection.query("select max(build_number) from ops.builds")[0][0]
    _kept(domain, settings).write_text(json.dumps({"made_from": made_from(settings), "build_number": number}))


def _is_as_built(domain: Domain, settings: Settings, warehouse: Warehouse) -> bool:
    """Whether what makes a domain is what it was when all of it was built, and no other project built any of it since.

    Of dbt alone nobody knows the project. What another one left does not say who made it.
    """
    project = made_from(settings)
    try:
        kept = json.loads(_kept(domain, settings).read_text())
        whole_by, number = kept["made_from"], int(kept["build_number"])
    except (OSError, ValueError, KeyError, TypeError):
        return False
    if whole_by != project:
        return False
    staging, folder = domain
    with warehouse.connect() as connection:
        return not connection.query(
            "select 1 from ops.builds where build_number > %s and coalesce(project, '') <> %s"
            " and (folders is null or strpos(folders, %s) > 0 or strpos(folders, %s) > 0) limit 1",
            number,
            project,
            f",{staging},",
            f",{folder},",
        )


def _kept(domain: Domain, settings: Settings) -> Path:
    return settings.state / f"built-{domain[1]}"


def made_from(settings: Settings) -> str:
    """What views are made from: the project, and the zone that stands in them; `ops.builds` keeps it."""
    return f"{_project_digest(settings)} {settings.reporting_timezone}"


def _has_every(warehouse: Warehouse, staging: str, folder: str) -> bool:
    """Whether every model and seed of a domain that is not a mart is there."""
    wanted = {path.stem for path in (PROJECT_DIR / "models" / "staging" / staging).glob("*.sql")}
    wanted |= {path.stem for path in (PROJECT_DIR / "models" / "staging" / "settings" / folder).glob("*.sql")}
    wanted |= {path.stem for path in (PROJECT_DIR / "models" / "intermediate" / folder).glob("*.sql")}
    wanted |= {path.stem for path in (PROJECT_DIR / "seeds" / folder).glob("*.csv")}
    with warehouse.connect() as connection:
        found = connection.query(
            "select table_name from information_schema.tables where table_schema in ('staging', 'intermediate')"
        )
    return wanted <= {name for (name,) in found}


def _keep_manifest(manifest: Manifest, cache: Path) -> None:
    _write_manifest(manifest, cache)
    for old in cache.parent.glob("manifest-*"):
        if not old.name.startswith(cache.stem):
            old.unlink(missing_ok=True)


def _kept_manifest(cache: Path, domain: Domain | None) -> Manifest | None:
    """What dbt last parsed, or of it one domain with all that this rests on; None where that was another project."""
    from dbt.contracts.graph.manifest import Manifest  # noqa: PLC0415
    from dbt.parser.manifest import extended_mashumuro_decoder  # noqa: PLC0415

    if not cache.is_file():
        return None
    part = cache.with_name(f"{cache.stem}-{domain[1]}{cache.suffix}") if domain else cache
    kept = (part if part.is_file() else cache).read_bytes()
    manifest = Manifest.from_msgpack(kept, extended_mashumuro_decoder)
    if domain and not part.is_file():
        _leave_out_the_others(manifest, domain)
        _write_manifest(manifest, part)
    # Hooks read `graph`, which dbt makes only when it parses.
    manifest.build_flat_graph()
    return manifest


def _leave_out_the_others(manifest: Manifest, domain: Domain) -> None:
    """Of a manifest leave one domain: its seeds, models, tests, hooks, all they read, and who reads nothing else."""
    staging, folder = domain
    inside = tuple(f"{path}/" for path in [*_folders(domain), f"tests/data/{folder}"])
    wanted = [
        key
        for key, node in manifest.nodes.items()
        if node.original_file_path.startswith(inside) or str(node.resource_type) == "operation"
    ]
    kept = set()
    read = set()
    while wanted:
        key = wanted.pop()
        read.add(key)
        if key in manifest.nodes and key not in kept:
            kept.add(key)
            wanted += manifest.nodes[key].depends_on_nodes
    manifest.nodes = {key: node for key, node in manifest.nodes.items() if key in kept}
    # The hooks write to the books, and make the sources' tables that are missing.
    manifest.sources = {
        key: raw for key, raw in manifest.sources.items() if key in read or raw.source_name in (staging, "ops")
    }
    manifest.exposures = {key: by for key, by in manifest.exposures.items() if kept.issuperset(by.depends_on_nodes)}
    # What nobody asks of a manifest that is not parsed again.
    manifest.unit_tests, manifest.disabled, manifest.files = {}, {}, {}


def _write_manifest(manifest: Manifest, path: Path) -> None:
    """Whole or not at all, whoever does the same at the same time: dbt gets ready before a run has the home's lock."""
    from dbt.parser.manifest import extended_mashumaro_encoder  # noqa: PLC0415

    partial = path.with_suffix(f".{os.getpid()}.partial")
    # A copy of the rest, as hooks read it: made where it is read.
    manifest.flat_graph = {}
    partial.write_bytes(manifest.to_msgpack(extended_mashumaro_encoder))
    partial.replace(path)


def _project_digest(settings: Settings) -> str:
    """Changes when a file that dbt parses, a pinned package, the engine or the database changes.

    The database's name stands in every node that dbt parsed.
    """
    database = settings.postgres.dbname if settings.target == "postgres" else ""
    digest = hashlib.sha256(f"{settings.target} {database} {PROJECT_DIR} ".encode())
    for package in ("dbt-core", "dbt-duckdb", "dbt-postgres"):
        digest.update(version(package).encode())
    for name in _PARSED:
        root = PROJECT_DIR / name
        for path in sorted([root] if root.is_file() else [p for p in root.rglob("*") if p.is_file()]):
            digest.update(path.relative_to(PROJECT_DIR).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def last_build(rows: Sequence[tuple[Any, ...]]) -> str | None:
    """Why marts must not be published, or None. `rows` are (is_whole, status, selection) of builds, newest first."""
    if not rows:
        return NOTHING_BUILT
    holding = holding_build(rows)
    if holding is None:
        return None
    said = {"running": "the last build did not end", "untested": "the last build was not tested"}
    return said.get(rows[holding][1], "the last build failed")


def holding_build(rows: Sequence[tuple[Any, ...]]) -> int | None:
    """Which of the builds holds a publication back, or None; `rows` as for `last_build`.

    The last whole build must have passed, and of every part built since, its last build. Of parts alone, what was built
    passed, and what was not built is not there.
    """
    seen = set()
    for position, (is_whole, status, selection) in enumerate(rows):
        if selection in seen and not is_whole:
            continue
        seen.add(selection)
        if status != "passed":
            return position
        if is_whole:
            return None
    return None
