"""One published home and one server over it for all tests that only ask."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.homes import Home, shared_home
from tests.web.pushing import SECRETS
from tests.web.serving import Served, publish_titles, restore, serving


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


TITLES = ("Allemande", "Bourree", "Courante")


@pytest.fixture(scope="session")
def several_publications(published_home: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with publications 2, 3 and 4, which differ in the titles of performances alone. Read it only."""

    def make(home: Home) -> None:
        shutil.copytree(published_home.path, home.path)
        for title in TITLES:
            publish_titles(home, title)

    return shared_home(tmp_path_factory, "front-door-several", make)


@pytest.fixture
def several_copy(several_publications: Home, tmp_path: Path) -> Home:
    """A copy of it to publish in; publication 2, of the first title, is the current one."""
    shutil.copytree(several_publications.path, tmp_path / "home")
    home = Home(tmp_path / "home")
    restore(home, 2)
    return home


@pytest.fixture(scope="session")
def door(published_home: Home, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server over a copy of that home, whose keys and inbox tests add to."""
    path = tmp_path_factory.mktemp("door") / "home"
    shutil.copytree(published_home.path, path)
    with serving(Home(path)) as served:
        yield served


@pytest.fixture(scope="session")
def inbox(published_home: Home, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server with every secret, over a home whose landing folder is its own."""
    home = Home(tmp_path_factory.mktemp("inbox") / "home")
    home.path.mkdir()
    (home.path / "published").symlink_to(published_home.path / "published")
    with serving(home, **SECRETS) as served:
        yield served
