"""A client that tries what the description allows finds no answer that it does not describe."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from tests.support import storms
from tests.web.serving import Served

CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"


def test_whatever_the_description_allows_is_answered_as_it_says(door: Served, tmp_path: Path) -> None:
    """Every question and every parameter of it, with what nobody would send. Writing has tests of its own."""
    command = Path(sys.executable).with_name("schemathesis")
    assert shutil.which(str(command))
    done = subprocess.run(
        [
            *(str(command), "run", f"{door.url}/openapi.json", "--no-color", "--seed", "1"),
            *("--header", f"Authorization: Bearer {door.key()}"),
            *("--include-method", "GET", "--exclude-path-regex", "/live$"),
            *("--max-examples", str(storms.size("questions_of_a_route")), "--phases", "examples,fuzzing"),
            *("--checks", CHECKS, "--suppress-health-check", "all"),
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=1_800,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-6_000:]
