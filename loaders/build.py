"""dbt in this process, with the manifest of the last parse for as long as nothing in the project changed."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

from loaders.config import PROJECT_DIR, Settings

# What dbt reads to make a manifest. The environment is not part of it: models see it only when they are compiled.
_PARSED = ("dbt_project.yml", "profiles.yml", "models", "macros", "seeds", "tests/data")


@dataclass
class BuildResult:
    """How a build ended: whether all passed, the seconds per kind of node, and what failed."""

    passed: bool
    seconds: dict[str, float] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)


def dbt(command: Sequence[str], settings: Settings, *, quiet: bool) -> BuildResult:
    """Run one dbt command against the home. dbt prints what it does; failures come back by name."""
    from dbt.cli.main import dbtRunner  # noqa: PLC0415 - over a second that other commands need not pay
    from dbt.contracts.graph.manifest import Manifest  # noqa: PLC0415

    target_dir = settings.state / "dbt"
    target_dir.mkdir(parents=True, exist_ok=True)
    cache = target_dir / f"manifest-{_project_digest(settings)}.msgpack"
    manifest = Manifest.from_msgpack(cache.read_bytes()) if cache.is_file() else None
    if manifest is not None:
        # Hooks read `graph`, which dbt builds only when it parses.
        manifest.build_flat_graph()
    arguments = [
        *command,
        *("--project-dir", str(PROJECT_DIR), "--profiles-dir", str(PROJECT_DIR)),
        *("--target", settings.target, "--target-path", str(target_dir), "--log-path", str(target_dir / "logs")),
    ]
    # By environment, so that the user's own arguments win. Schedulers get plain lines.
    os.environ.setdefault("DBT_USE_COLORS", str(sys.stdout.isatty()))
    os.environ.setdefault("DBT_QUIET", str(quiet))
    before = Path.cwd()
    os.chdir(PROJECT_DIR)
    try:
        result = dbtRunner(manifest=manifest).invoke(arguments)
    finally:
        os.chdir(before)
    if manifest is None:
        _keep_manifest(target_dir, cache)
    if result.exception is not None:
        return BuildResult(False, failures=[str(result.exception)])
    outcome = BuildResult(bool(result.success))
    for node in getattr(result.result, "results", None) or []:
        kind = str(node.node.resource_type)
        outcome.seconds[kind] = outcome.seconds.get(kind, 0.0) + node.execution_time
        if str(node.status) in ("error", "fail", "runtime error"):
            outcome.failures.append(f"{kind} {node.node.name}: {' '.join(str(node.message).split())}")
    return outcome


def _keep_manifest(target_dir: Path, cache: Path) -> None:
    parsed = target_dir / "partial_parse.msgpack"
    if not parsed.is_file():
        return
    for old in target_dir.glob("manifest-*.msgpack"):
        old.unlink()
    partial = cache.with_suffix(".partial")
    partial.write_bytes(parsed.read_bytes())
    partial.replace(cache)


def _project_digest(settings: Settings) -> str:
    """Changes when a file that dbt parses, a pinned package or the engine changes."""
    digest = hashlib.sha256(f"{settings.target} {PROJECT_DIR} ".encode())
    for package in ("dbt-core", "dbt-duckdb", "dbt-postgres"):
        digest.update(version(package).encode())
    for name in _PARSED:
        root = PROJECT_DIR / name
        for path in sorted([root] if root.is_file() else [p for p in root.rglob("*") if p.is_file()]):
            digest.update(path.relative_to(PROJECT_DIR).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def last_build(rows: Sequence[tuple[Any, ...]]) -> str | None:
    """Why the marts must not be published, or None. `rows` are (is_whole, status) of all builds, newest first.

    Every build since the last whole one, and that one itself, must have passed.
    """
    for is_whole, status in rows:
        if status == "running":
            return "the last build did not end"
        if status == "untested":
            return "the last build was not tested"
        if status != "passed":
            return "the last build failed"
        if is_whole:
            return None
    return "nothing was built yet"
