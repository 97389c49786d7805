"""What the log of builds says about publishing."""

from __future__ import annotations

import pytest

from loaders.building.dbt import last_build

WHOLE, PART = True, False


@pytest.mark.parametrize(
    ("builds", "reason"),
    [
        ([], "nothing was built yet"),
        ([(WHOLE, "passed", "")], None),
        ([(PART, "passed", "a part")], None),
        ([(PART, "passed", "a part"), (WHOLE, "passed", "")], None),
        ([(PART, "passed", "a part"), (WHOLE, "failed", ""), (WHOLE, "passed", "")], "the last build failed"),
        ([(WHOLE, "passed", ""), (WHOLE, "failed", "")], None),
        ([(WHOLE, "running", ""), (WHOLE, "passed", "")], "the last build did not end"),
        ([(PART, "untested", "a part"), (WHOLE, "passed", "")], "the last build was not tested"),
        ([(PART, "passed", "a part"), (PART, "failed", "a part"), (WHOLE, "passed", "")], None),
        ([(PART, "passed", "other"), (PART, "failed", "a part"), (WHOLE, "passed", "")], "the last build failed"),
        ([(PART, "failed", "a part"), (PART, "passed", "a part")], "the last build failed"),
    ],
)
def test_every_build_since_the_last_whole_one_must_have_passed(
    builds: list[tuple[bool, str, str]], reason: str | None
) -> None:
    """Newest first."""
    assert last_build(builds) == reason
