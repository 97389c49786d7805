"""A command in a warm process is as one that is started: same code, environment, streams, children and exit status."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from loaders.config import PROJECT_DIR
from tests.support import warm
from tests.support.homes import Home

# A project whose command does what its first argument says.
PROGRAM = """
import multiprocessing, os, sys
from loaders import child

def main():
    what = sys.argv[1]
    if what == "say":
        print(child.WORD, os.getcwd(), os.environ.get("WORD"), os.environ.get("OTHER"), "dbt" in sys.modules)
        print([name for name in os.environ if name.startswith("PYTEST")])
        print("aside", file=sys.stderr)
    elif what == "spawn":
        os.environ["WORD"] = "changed"
        context = multiprocessing.get_context("spawn")
        for _ in range(2):
            ours, theirs = context.Pipe()
            process = context.Process(target=child.work, args=(theirs,))
            process.start()
            parent, word = ours.recv()
            process.join()
            print(parent == os.getpid(), word, process.exitcode)
    elif what == "end":
        os.kill(os.getpid(), 9)
    elif what == "raise":
        raise ValueError("unheard of")
    return int(sys.argv[2]) if len(sys.argv) > 2 else sys.exit("no number")

if __name__ == "__main__":
    sys.exit(main())
"""
CHILD = """
import os, sys
WORD = "{}"

def work(connection):
    connection.send((os.getppid(), os.environ["WORD"]))
    sys.exit(3)
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    package = tmp_path / "project" / "loaders"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "__main__.py").write_text(PROGRAM)
    (package / "child.py").write_text(CHILD.format("first"))
    return package.parent


def _run(project: Path, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1", **env}
    return warm.run(arguments, cwd=project, env=environment, timeout=60)


@pytest.mark.parametrize("arguments", [["--help"], ["lood"], ["status"], ["edit", "performance", "A", "--capacity"]])
def test_it_says_and_returns_what_a_cold_one_does(home: Home, arguments: list[str]) -> None:
    env = home.environment
    cold = subprocess.run(
        [sys.executable, "-m", "loaders", *arguments],
        cwd=PROJECT_DIR,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    found = warm.run(arguments, cwd=PROJECT_DIR, env=env, timeout=60)
    assert (found.returncode, found.stdout, found.stderr) == (cold.returncode, cold.stdout, cold.stderr)


def test_it_runs_the_code_of_its_folder_as_it_is_now_in_its_own_environment(project: Path) -> None:
    said = _run(project, "say", "0", WORD="a")
    assert (said.returncode, said.stdout, said.stderr) == (0, f"first {project} a None True\n[]\n", "aside\n")
    (project / "loaders" / "child.py").write_text(CHILD.format("second"))
    said = _run(project, "say", "7", OTHER="b")
    assert (said.returncode, said.stdout) == (7, f"second {project} None b True\n[]\n")


def test_what_it_spawns_is_its_child_and_sees_its_environment(project: Path) -> None:
    """The first is forked before the command has begun; the second is started."""
    said = _run(project, "spawn", "0", WORD="a")
    assert (said.returncode, said.stdout) == (0, "True changed 3\n" * 2), said.stderr


def test_it_ends_as_it_does(project: Path) -> None:
    assert _run(project, "end").returncode == -9
    raised = _run(project, "raise")
    assert (raised.returncode, raised.stderr.splitlines()[-1]) == (1, "ValueError: unheard of")
    text = _run(project, "say")
    assert (text.returncode, text.stderr.splitlines()[-1]) == (1, "no number")
