"""What the log of builds says about publishing."""

from __future__ import annotations

import pytest

from loaders.build import last_build

WHOLE, PART = True, False


@pytest.mark.parametrize(
    ("builds", "reason"),
    [
        ([], "nothing was built yet"),
        ([(WHOLE, "passed")], None),
        ([(PART, "passed")], "nothing was built yet"),
        ([(PART, "passed"), (WHOLE, "passed")], None),
        ([(PART, "passed"), (WHOLE, "failed"), (WHOLE, "passed")], "the last build failed"),
        ([(WHOLE, "passed"), (WHOLE, "failed")], None),
        ([(WHOLE, "running"), (WHOLE, "passed")], "the last build did not end"),
        ([(PART, "untested"), (WHOLE, "passed")], "the last build was not tested"),
    ],
)
def test_every_build_since_the_last_whole_one_must_have_passed(
    builds: list[tuple[bool, str]], reason: str | None
) -> None:
    """Newest first."""
    assert last_build(builds) == reason
