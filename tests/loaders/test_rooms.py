"""The rooms of `loaders/`: imports go down, never round, and the platform knows no source or domain by its name."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import loaders
from loaders.config import PROJECT_DIR

ROOMS = re.findall(r"^ {4}(\w+) {2,}", loaders.__doc__ or "", re.MULTILINE)


def modules(project: Path) -> dict[str, Path]:
    """The modules of a project's package by dotted name, but for the package itself, which says what its rooms are."""
    found = {}
    for path in sorted((project / "loaders").rglob("*.py")):
        parts = path.relative_to(project).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    del found["loaders"]
    return found


def imports(tree: ast.Module, known: Mapping[str, Path]) -> Iterator[tuple[int, str]]:
    """Line and name of every module of the package that a module imports, within functions too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "imports are absolute"
            whole = [f"{node.module}.{alias.name}" for alias in node.names]
            names = [name if name in known else str(node.module) for name in whole]
        else:
            continue
        for name in names:
            if name.split(".")[0] == "loaders":
                yield node.lineno, name


def wrong_imports(project: Path) -> list[str]:
    """Imports that go up, and the first circle of modules that import each other."""
    known = modules(project)
    wrong = []
    arrows: dict[str, set[str]] = {}
    for module, path in known.items():
        arrows[module] = set()
        for line, name in imports(ast.parse(path.read_text()), known):
            here, there = module.split(".")[1], name.partition(".")[2].split(".")[0]
            if not there or ROOMS.index(there) < ROOMS.index(here):
                wrong.append(f"{path.relative_to(project)}, line {line}: {here} imports {name}, which is above it")
            arrows[module].add(name)
    try:
        TopologicalSorter(arrows).prepare()
    except CycleError as circle:
        wrong.append(f"modules import each other: {' <- '.join(circle.args[1])}")
    return wrong


def package(project: Path, files: Mapping[str, str]) -> Path:
    for name, text in {"__init__.py": "", **files}.items():
        path = project / "loaders" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return project


def test_the_rooms_are_those_of_the_page() -> None:
    assert len(ROOMS) == len(set(ROOMS)) == 14
    assert {module.split(".")[1] for module in modules(PROJECT_DIR)} == set(ROOMS)


def test_imports_go_down_and_never_round() -> None:
    assert wrong_imports(PROJECT_DIR) == []


def test_an_import_that_goes_up_is_found_wherever_it_stands(tmp_path: Path) -> None:
    top = package(tmp_path / "top", {"config.py": "import loaders.logs\nfrom loaders.settings.lookup import rows\n"})
    (told,) = wrong_imports(top)
    assert told == "loaders/config.py, line 2: config imports loaders.settings.lookup, which is above it"
    hidden = {
        "landing/files.py": "def land():\n    if True:\n        from loaders import sources\n",
        "sources/a.py": "",
    }
    hidden |= {"sources/__init__.py": ""}
    (told,) = wrong_imports(package(tmp_path / "hidden", hidden))
    assert told == "loaders/landing/files.py, line 3: landing imports loaders.sources, which is above it"


def test_a_circle_is_found_within_a_room(tmp_path: Path) -> None:
    files = {
        "readers/a.py": "from loaders.readers import b\n",
        "readers/b.py": "def f(): from loaders.readers.c import g\n",
    }
    files["readers/c.py"] = "from loaders.config import x\n"
    assert wrong_imports(package(tmp_path, files)) == []
    (told,) = wrong_imports(package(tmp_path, {"readers/c.py": "from loaders.readers.a import h\n"}))
    assert told.startswith("modules import each other: ")
    assert set(re.findall(r"loaders\.readers\.\w", told)) == {f"loaders.readers.{name}" for name in "abc"}
