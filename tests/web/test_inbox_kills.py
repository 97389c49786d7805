"""Whatever kills the front door: what it acknowledged is there, and nothing is there twice."""

from __future__ import annotations

import http.client
import json
import os
import random
import signal
import threading
from collections import Counter
from pathlib import Path

from tests.support import storms
from tests.support.homes import Home
from tests.web.pushing import CLICK, SECRETS, event, signed
from tests.web.serving import start, until

_SENDERS = 8


class Sender(threading.Thread):
    """Sends events, each again and again until it is acknowledged, as a provider does."""

    def __init__(self, number: int, port: int, waiting: list[str]) -> None:
        super().__init__(daemon=True)
        self.number, self.port, self.waiting = number, port, waiting
        self.acknowledged: list[str] = []

    def run(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        count = 0
        try:
            while True:
                name = self.waiting.pop(0) if self.waiting else f"{self.port}-{self.number}-{count}"
                count += 1
                body = event(name)
                self.waiting.append(name)
                connection.request("POST", CLICK, body, signed(body))
                answer = connection.getresponse()
                answer.read()
                if answer.status in (200, 202):
                    self.waiting.remove(name)
                    self.acknowledged.append(f"e-{name}")
        except (OSError, http.client.HTTPException):
            return


def stored_ids(home: Path) -> Counter[str]:
    found: Counter[str] = Counter()
    for path in (home / "landing").rglob("org=main/inbox/*/*"):
        assert not path.name.startswith("."), "the next start removes what a kill left"
        found.update(json.loads(line)["event_id"] for line in path.read_text().splitlines())
    return found


def test_no_acknowledged_event_is_lost_and_none_is_stored_twice(home: Home) -> None:
    """A kill -9 at any moment; who was not answered sends again to the next process."""
    home.path.mkdir()
    draw = random.Random(7)
    acknowledged: list[str] = []
    waiting: list[list[str]] = [[] for _ in range(_SENDERS)]
    for _ in range(storms.size("kills_of_the_inbox")):
        served = start(home, **SECRETS)
        senders = [Sender(number, served.port, waiting[number]) for number in range(_SENDERS)]
        for sender in senders:
            sender.start()
        # In the middle of it, however fast the machine is.
        wanted = draw.randrange(1, 60)
        until(lambda senders=senders, wanted=wanted: sum(len(each.acknowledged) for each in senders) >= wanted, 60)
        os.kill(served.process.pid, signal.SIGKILL)
        served.process.wait()
        for sender in senders:
            sender.join(20)
            acknowledged += sender.acknowledged
    # The last one goes on until everything that anybody waits for is there.
    served = start(home, **SECRETS)
    for names in waiting:
        connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=10)
        for name in names:
            body = event(name)
            connection.request("POST", CLICK, body, signed(body))
            answer = connection.getresponse()
            answer.read()
            assert answer.status in (200, 202)
            acknowledged.append(f"e-{name}")
    served.end()
    found = stored_ids(home.path)
    assert len(acknowledged) > 10 * storms.size("kills_of_the_inbox")
    assert sorted(acknowledged) == sorted(found)
    assert set(found.values()) == {1}
