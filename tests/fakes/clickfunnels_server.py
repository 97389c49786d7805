"""A ClickFunnels workspace on loopback: a real HTTP server that pages, sorts and fails as the real API does.

Bare arrays of at most 20 rows; the next cursor stands in the header `Pagination-Next`, and is absent on the last page;
whoever sends no User-Agent of their own gets 403. Faults are scripted: what goes wrong on the n-th request to a path.
`between` runs before the n-th request, to edit what the workspace holds meanwhile.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlparse

from tests.fakes.loopback import JsonHandler, listening

TOKEN = "cf-secret-of-the-test"
PAGE = 20


@dataclass
class Workspace:
    """What the workspace holds by path, what goes wrong, and what was asked."""

    lists: dict[str, list[dict[str, Any]]]
    faults: dict[tuple[str, int], str] = field(default_factory=dict)
    between: dict[tuple[str, int], Callable[[], None]] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)


def path_of(resource: str) -> str:
    """The path of a workspace's list."""
    return f"/api/v2/workspaces/42/{resource}"


class _Handler(JsonHandler):
    workspace: Workspace

    def do_GET(self) -> None:  # noqa: N802 - the server calls it so
        parsed = urlparse(self.path)
        query = {name: values[0] for name, values in parse_qs(parsed.query).items()}
        held = self.workspace
        held.counts[parsed.path] += 1
        number = held.counts[parsed.path]
        if (parsed.path, number) in held.between:
            held.between[parsed.path, number]()
        fault = held.faults.get((parsed.path, number), held.faults.get((parsed.path, 0), ""))
        if not self.headers.get("User-Agent", "").startswith("ledgerline/"):
            self._send(403, [])
        elif self.headers.get("Authorization") != f"Bearer {TOKEN}":
            self._send(401, [])
        elif fault == "cut":
            self.cut(b'[{"id": ')
        elif fault.startswith("status"):
            _, status, *wait = fault.split()
            self._send(int(status), [], retry_after=wait[0] if wait else "")
        elif fault == "html":
            self._send(200, {"message": "maintenance"})
        elif parsed.path not in held.lists:
            self._send(404, [])
        else:
            self._page(held.lists[parsed.path], query, fault)

    def _page(self, rows: list[dict[str, Any]], query: dict[str, str], fault: str) -> None:
        if query.get("sort_property") == "updated_at" and fault != "unsorted":
            rows = sorted(rows, key=lambda row: (row["updated_at"], row["id"]), reverse=query["sort_order"] == "desc")
        start = 0
        if "after" in query:
            # The cursor names the last row that was sent, wherever it stands by now.
            places = [number for number, row in enumerate(rows) if str(row["id"]) == query["after"]]
            start = places[0] + 1 if places else len(rows)
        part = rows[start : start + PAGE]
        has_next = start + PAGE < len(rows)
        next_cursor = str(part[-1]["id"]) if has_next else ""
        self._send(200, part, next_cursor="stuck" if fault == "endless" else next_cursor)

    def _send(self, status: int, answer: Any, *, retry_after: str = "", next_cursor: str = "") -> None:
        self.answer(status, answer, {"Retry-After": retry_after, "Pagination-Next": next_cursor})


@contextmanager
def serving(workspace: Workspace) -> Iterator[dict[str, str]]:
    """Serve the workspace on a free port; the environment that reads from it."""
    with listening(type("Handler", (_Handler,), {"workspace": workspace})) as address:
        yield {
            "CLICKFUNNELS_BASE_URL": f"{address}/api/v2",
            "CLICKFUNNELS_API_TOKEN": TOKEN,
            "CLICKFUNNELS_WORKSPACE_ID": "42",
        }
