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
        return cls(run_id, as_text(settings.as_of), as_text(datetime.now(UTC)))


# What the newest build made of a domain.
BUILT, UNCHANGED, FAILED, SKIPPED = "built", "unchanged", "failed", "skipped"


@dataclass(frozen=True)
class Domain:
    """Which run built the marts of a domain, and what the newest build made of them; no run where it has no marts.

    `reason` says what failed, or why the marts are not all of that run.
    """

    run_id: str | None
    as_of: str | None
    built_at: str | None
    outcome: str
    reason: str | None = None


@dataclass(frozen=True)
class Publication:
    """A set of marts: which, with what content (a fingerprint each), and how many rows."""

    number: int
    about: About
    fingerprints: Mapping[str, str]
    rows: Mapping[str, int]
    # The contents that a mart is kept in, where they are files: several of a large one.
    parts: Mapping[str, Sequence[str]] = field(default_factory=dict)
    # By name; none in a publication of an older version.
    domains: Mapping[str, Domain] = field(default_factory=dict)
    # Marts that had to be written; the others are those of an earlier publication.
    written: int = 0
    # The same content as the publication before: that one, said of a newer run.
    is_same: bool = False

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> Publication:
        domains = {name: Domain(**domain) for name, domain in said.get("domains", {}).items()}
        return cls(**{**said, "about": About(**said["about"]), "domains": domains})

    def of_domains(self) -> dict[str, Domain]:
        """The domains of the publication; one of an older version was all of one run."""
        about = self.about
        return dict(self.domains) or {
            domain: Domain(about.run_id, about.as_of, about.published_at, BUILT)
            for domain in sorted({domain_of(key) for key in self.fingerprints})
        }


def domain_of(key: str) -> str:
    """The domain of a mart, which is given by its schema and name."""
    return key.partition(".")[0]


def as_text(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
