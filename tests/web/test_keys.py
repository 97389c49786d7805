"""Keys: made, listed, revoked at once, and never written down."""

from __future__ import annotations

import hashlib
import json
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.homes import Home
from tests.web.serving import Served
from web.keys import Keyring


def create(home: Home, *arguments: str) -> subprocess.CompletedProcess[str]:
    return home.ledgerline("key", "create", *arguments)


def test_the_key_alone_is_printed_and_its_hash_alone_is_stored(home: Home) -> None:
    made = create(home, "dashboard", "--scope", "events:read", "--scope", "ops:read", "--org", "org_kumo")
    text = made.stdout.removesuffix("\n")
    assert (made.returncode, text[:4], len(text)) == (0, "llk_", 47)
    assert "events:read, ops:read of org_kumo" in made.stderr
    assert text not in made.stderr
    file = home.path / "state" / "keys.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    stored = file.read_text()
    assert text not in stored
    assert json.loads(stored)["keys"][0]["sha256"] == hashlib.sha256(text.encode()).hexdigest()
    # Names need not be unique; each is a key of its own.
    assert create(home, "dashboard", "--scope", "events:read").returncode == 0
    listed = home.ledgerline("key", "list").stdout
    assert listed.count("dashboard") == 2
    assert text not in listed


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["x"], "needs a --scope"),
        (["x", "--scope", "events:write"], "no scope 'events:write'"),
        (["x", "--scope", "events:read", "--org", "../up"], "--org is '../up'"),
        (["x", "--scope", "events:read", "--expires", "2020-01-01"], "--expires is '2020-01-01'"),
        (["x", "--scope", "events:read", "--expires", "soon"], "--expires is 'soon'"),
        (["x\ny", "--scope", "events:read"], "name"),
    ],
)
def test_a_key_that_could_not_work_is_not_made(home: Home, arguments: list[str], said: str) -> None:
    done = create(home, *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert not (home.path / "state" / "keys.json").exists()


def test_a_key_holds_until_it_is_revoked_and_not_one_request_longer(door: Served) -> None:
    with door.client("events:read") as client:
        assert client.get("/api/v1/marts").status_code == 200
        keys = Keyring(door.home.path / "state")
        newest = keys.all()[-1]
        assert keys.revoke("no such key") is None
        assert keys.revoke(newest.id) is not None
        refused = client.get("/api/v1/marts")
    assert (refused.status_code, refused.headers["www-authenticate"]) == (401, 'Bearer realm="ledgerline"')
    assert newest.name in {key.name for key in keys.all()}


def test_an_expired_key_is_refused(tmp_path: Path) -> None:
    keys = Keyring(tmp_path)
    _, text = keys.create("old", ["events:read"])
    assert keys.find(text) is not None
    file = tmp_path / "keys.json"
    said = json.loads(file.read_text())
    said["keys"][0]["expires_at"] = "2020-01-01T00:00:00+00:00"
    file.write_text(json.dumps(said))
    assert keys.find(text) is None


def test_two_who_make_keys_at_once_both_have_theirs(tmp_path: Path) -> None:
    """Each process reads, adds and writes the whole file."""
    script = (
        "import sys; from pathlib import Path; from web.keys import Keyring\n"
        "for number in range(20): Keyring(Path(sys.argv[1])).create(sys.argv[2], ['ops:read'])"
    )
    both = [subprocess.Popen([sys.executable, "-c", script, str(tmp_path), name]) for name in ("a", "b")]
    assert [each.wait(60) for each in both] == [0, 0]
    assert sorted(key.name for key in Keyring(tmp_path).all()) == ["a"] * 20 + ["b"] * 20
