"""One published home and one server over it for all tests that only ask."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.homes import Home, shared_home
from tests.web.serving import Served, serving


@pytest.fixture(scope="session")
def published_home(demo_home: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The demo's home, with personal columns in its private file too. Read it; do not write to it."""

    def make(home: Home) -> None:
        shutil.copytree(demo_home.path, home.path)
        done = home.ledgerline("publish", "--with-pii")
        assert done.returncode == 0, done.stdout + done.stderr

    return shared_home(tmp_path_factory, "front-door", make)


@pytest.fixture
def published_copy(published_home: Home, tmp_path: Path) -> Home:
    """A copy of it to publish in."""
    shutil.copytree(published_home.path, tmp_path / "home")
    return Home(tmp_path / "home")


@pytest.fixture(scope="session")
def door(published_home: Home, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server over a copy of that home, whose keys and inbox tests add to."""
    path = tmp_path_factory.mktemp("door") / "home"
    shutil.copytree(published_home.path, path)
    with serving(Home(path)) as served:
        yield served
