"""Every call that the page of the API shows is made, and answers as it shows."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from loaders.config import PROJECT_DIR
from tests.support.homes import Home
from tests.web.pushing import PDF
from tests.web.serving import Served, serving

PAGE = (PROJECT_DIR / "docs" / "api.md").read_text(encoding="utf-8")
CALLS = re.findall(r"```sh\n((?:(?!```).)*?curl(?:(?!```).)*?)```\n```json\n(.*?)```", PAGE, re.DOTALL)
SECRETS = {
    "CLICKFUNNELS_WEBHOOK_SECRET": "whsec_docs",
    "SQUARE_WEBHOOK_SIGNATURE_KEY": "square-docs",
    "LEDGERLINE_PUBLIC_URL": "https://data.example.org",
    "MAILGUN_SIGNING_KEY": "mail-docs",
}
ANYTHING = "…"


@pytest.fixture(scope="module")
def shown(published_home: Home, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    home = Home(tmp_path_factory.mktemp("docs") / "home")
    shutil.copytree(published_home.path, home.path)
    (home.path / "report.pdf").write_bytes(PDF)
    (home.path / "counts.csv").write_text(
        "date,platform,participant_count\n2030-11-01,YouTube,5\n2030-11-02,YouTube,many\n"
    )
    with serving(home, **SECRETS) as served:
        yield served


def is_like(said: Any, wanted: Any) -> bool:
    """Whether an answer is the one shown: `…` is anything, and as a key whatever more there is."""
    if wanted == ANYTHING:
        return True
    if isinstance(wanted, dict):
        shown = set(wanted) - {ANYTHING}
        return (
            isinstance(said, dict)
            and (shown <= set(said) if ANYTHING in wanted else shown == set(said))
            and all(is_like(said[name], wanted[name]) for name in shown)
        )
    if isinstance(wanted, list):
        return isinstance(said, list) and len(said) == len(wanted) and all(map(is_like, said, wanted))
    return bool(said == wanted)


def test_the_page_shows_calls() -> None:
    assert len(CALLS) > 18


def test_every_call_of_the_page_answers_as_shown(shown: Served) -> None:
    if shutil.which("curl") is None or shutil.which("openssl") is None:
        pytest.skip("curl or openssl is not installed")
    wrong = []
    for call, answer in CALLS:
        done = subprocess.run(
            ["sh", "-eu", "-c", call],
            cwd=shown.home.path,
            env={**SECRETS, "PATH": "/usr/local/bin:/usr/bin:/bin", "KEY": shown.key(), "LEDGERLINE": shown.url},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, (call, done.stderr)
        if not is_like(json.loads(done.stdout, parse_float=str), json.loads(answer, parse_float=str)):
            wrong.append((call, done.stdout[:600]))
    assert wrong == []


def test_every_route_is_named_on_the_page(shown: Served) -> None:
    paths = shown.get("/openapi.json").json()["paths"]
    missing = []
    for path in paths:
        last = [part for part in path.split("/") if part and "{" not in part][-1:]
        if last and last[0] not in PAGE:
            missing.append(path)
    assert missing == []


def test_the_commands_of_the_page_are_those_there_are(home: Home) -> None:
    for line in re.findall(r"^ledgerline (\w+)", PAGE, re.MULTILINE):
        assert home.ledgerline(line, "--help").returncode == 0, line
    assert Path(PROJECT_DIR / ".env.example").is_file()
