"""The rooms of `loaders/`: imports go down and never round, and the platform knows no source or domain by its name."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import loaders
from loaders.config import PROJECT_DIR
from loaders.publishing.catalogue import MART_SCHEMAS
from loaders.sources.commands import EDITS, REFRESH
from loaders.sources.registry import HOME_SEEDS, SOURCES

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


def domains_named(project: Path, names: set[str]) -> list[str]:
    """Where a module of the platform says the name of a source or a domain, in code or in words."""
    named = re.compile(rf"(?<![a-z])(?:{'|'.join(sorted(names))})(?![a-z])", re.IGNORECASE)
    return [
        f"{path.relative_to(project)}, line {number}: {found[0]}"
        for path in (project / "loaders").rglob("*.py")
        if path.relative_to(project).parts[1] not in ("sources", "samples")
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if (found := named.search(line))
    ]


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


def test_no_source_imports_another() -> None:
    """What several share is no source: the registry does not have it."""
    known = modules(PROJECT_DIR)
    for module, path in known.items():
        own = module.split(".")[2] if module.startswith("loaders.sources.") else ""
        if own in SOURCES:
            read = {
                name.split(".")[2] for _, name in imports(ast.parse(path.read_text()), known) if ".sources." in name
            }
            assert not read & (SOURCES.keys() - {own}), module


def test_the_platform_knows_no_source_and_no_domain_by_its_name() -> None:
    names = {*SOURCES, *MART_SCHEMAS}
    assert names >= {"square", "cruva", "box_office", "appointments", "creators", "events", "funnel"}
    assert domains_named(PROJECT_DIR, names) == []


def test_a_name_is_found_in_whatever_it_stands(tmp_path: Path) -> None:
    files = {
        "building/dbt.py": 'TABLE = "int_square__refresh_state"\nSQUARED = 4\n',
        "command/cli.py": "# Events are told.\neventually = 1\n",
        "sources/square/__init__.py": "square = 1\n",
    }
    assert sorted(domains_named(package(tmp_path, files), {"square", "events"})) == [
        "loaders/building/dbt.py, line 1: square",
        "loaders/command/cli.py, line 1: Events",
    ]


def test_what_the_command_line_says_of_edits_is_what_sources_can_edit() -> None:
    edited = {thing: source.name for source in SOURCES.values() for thing in source.edits}
    assert edited == {thing: said.source for thing, said in EDITS.items()}
    assert REFRESH.source in SOURCES
    assert REFRESH.domain in MART_SCHEMAS


def test_each_seed_is_declared_once() -> None:
    named = [(seed.domain, seed.name) for seed in HOME_SEEDS]
    assert len(named) == len(set(named))


def test_the_pages_list_the_rooms_in_their_order() -> None:
    rooms = [f"{room}/" if (PROJECT_DIR / "loaders" / room).is_dir() else f"{room}.py" for room in ROOMS[1:]]
    page = (PROJECT_DIR / "CONTRIBUTING.md").read_text()
    assert re.findall(r"^\| `([\w/.]+)` \| ", page.partition("\n## Add a source")[0], re.MULTILINE) == rooms
    tree = (PROJECT_DIR / "README.md").read_text().partition("\nloaders/ ")[2].partition("\nweb/")[0]
    assert re.findall(r"^ {2}([\w/.]+) ", tree, re.MULTILINE) == rooms
    sources = re.findall(r"(\w+)/", tree.partition("registry:")[2].partition(";")[0])
    assert sources == list(SOURCES)


def test_the_public_place_of_the_webhook_check_is_its_source() -> None:
    public = importlib.import_module("loaders.sources.clickfunnels")
    assert "verify_webhook" in public.__all__
    parameters = inspect.signature(public.verify_webhook).parameters
    assert list(parameters) == ["secret", "timestamp", "body", "signature", "now", "tolerance_seconds"]
