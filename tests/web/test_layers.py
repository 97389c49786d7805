"""Imports of `web/` go down its rooms, and of `loaders/` only commands know it, when they run."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import web
from loaders.config import PROJECT_DIR

ROOMS = [
    name.strip()
    for line in re.findall(r"^ {4}(\w[\w, ]*?) {2,}", web.__doc__ or "", re.MULTILINE)
    for name in line.split(",")
]


def imported(path: Path) -> Iterator[tuple[str, bool]]:
    """Every module that a file imports, and whether it does when it is itself imported."""
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [str(node.module), *(f"{node.module}.{alias.name}" for alias in node.names)]
        for name in names:
            yield name, node in tree.body


def test_imports_of_the_front_door_go_down() -> None:
    wrong = []
    for path in (PROJECT_DIR / "web").rglob("*.py"):
        here = path.relative_to(PROJECT_DIR / "web").parts[0].removesuffix(".py")
        if here == "__init__":
            continue
        assert here in ROOMS, f"the page of web/ does not name {here}"
        wrong += [
            f"{here} imports {name}"
            for name, _ in imported(path)
            if name.startswith("web.") and ROOMS.index(name.split(".")[1]) < ROOMS.index(here)
        ]
    assert wrong == []


def test_only_commands_know_the_front_door_and_only_when_they_run() -> None:
    for path in (PROJECT_DIR / "loaders").rglob("*.py"):
        for name, is_at_once in imported(path):
            if name.split(".")[0] == "web":
                assert path.parent.name == "command"
                assert not is_at_once, path


def test_the_help_of_the_command_does_not_wait_for_the_front_door() -> None:
    script = (
        "import sys\nfrom loaders.command import cli\n"
        "try: cli.main(['--help'])\nexcept SystemExit: pass\n"
        "print(sorted({name.split('.')[0] for name in sys.modules} & {'web', 'fastapi', 'uvicorn', 'starlette'}))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
