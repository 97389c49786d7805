"""What a publication is, on any engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

from loaders.config import Settings


class PublishError(Exception):
    """Nothing was published; the message says why and what to do."""


@dataclass(frozen=True)
class About:
    """Which run publishes, as of when, and when it does."""

    run_id: str
    as_of: str
    published_at: str

    @classmethod
    def of(cls, settings: Settings, run_id: str) -> About:
        return cls(run_id, _text(settings.as_of), _text(datetime.now(UTC)))


@dataclass(frozen=True)
class Publication:
    """A set of marts: which, with what content (a fingerprint each), and how many rows."""

    number: int
    about: About
    fingerprints: Mapping[str, str]
    rows: Mapping[str, int]
    # The contents that a mart is kept in, where they are files: several of a large one.
    parts: Mapping[str, Sequence[str]] = field(default_factory=dict)
    # Marts that had to be written; the others are those of an earlier publication.
    written: int = 0
    # The same content as the publication before: that one, said of a newer run.
    is_same: bool = False

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> Publication:
        return cls(**{**said, "about": About(**said["about"])})


def _text(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
