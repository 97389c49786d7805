"""What becomes of a file: it was read, is refused, failed, or waits for the next run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from loaders.source import File, Parsed, Quarantined, RawTables


@dataclass(frozen=True)
class Read:
    """A file that was read. A retry adds rows to those that it landed before."""

    file: File
    parsed: Parsed
    attempt: str = ""
    is_retry: bool = False

    @property
    def tables(self) -> RawTables:
        """The raw rows to write, by table."""
        return self.parsed.tables


@dataclass(frozen=True)
class Refused:
    """A file that is refused whole, and what that verdict depends on besides its bytes."""

    file: File
    verdict: Quarantined
    attempt: str = ""

    @property
    def tables(self) -> RawTables:
        """The raw rows about the file itself."""
        return self.verdict.tables


@dataclass(frozen=True)
class Failed:
    """A file that could not be read for a reason that is not its own: nothing of it is written."""

    file: File
    why: str


@dataclass(frozen=True)
class Waits:
    """A file that is not whole yet: nothing of it is written, and nothing is wrong with it."""

    file: File
    why: str


Fate: TypeAlias = Read | Refused | Failed | Waits
