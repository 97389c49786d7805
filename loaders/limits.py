"""What the environment says of limits: which dates readers believe, and what reading one file may cost."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


class ConfigError(Exception):
    """A setting has a value that cannot be used; the message names it and what is expected."""


@dataclass(frozen=True)
class DateLimits:
    """The first and the last day that a reader believes, both within."""

    earliest: date = date(1990, 1, 1)
    latest: date = date(2100, 1, 1)


@dataclass(frozen=True)
class FileLimits:
    """What any one file may cost: bytes on disk, and memory of its reader."""

    max_bytes: int
    max_memory_mb: int


@dataclass(frozen=True)
class PdfLimits:
    """What one PDF may cost: bytes on disk, pages, seconds of wall clock, bytes of memory beyond the idle worker."""

    max_bytes: int
    max_pages: int
    max_seconds: int
    max_memory_mb: int


def integer(env: Mapping[str, str], name: str, default: int) -> int:
    """A setting that is a whole number. Raises `ConfigError`."""
    text = env.get(name, "") or str(default)
    if not text.isdigit() or int(text) < 1:
        raise ConfigError(f"{name} is {text!r}, expected a whole number of at least 1")
    return int(text)


def date_limits(env: Mapping[str, str]) -> DateLimits:
    """LEDGERLINE_EARLIEST_DATE, LEDGERLINE_LATEST_DATE. Raises `ConfigError`."""
    found = {}
    for name, default in (("EARLIEST", DateLimits.earliest), ("LATEST", DateLimits.latest)):
        text = env.get(f"LEDGERLINE_{name}_DATE") or default.isoformat()
        try:
            found[name.lower()] = date.fromisoformat(text) if _ISO_DATE.fullmatch(text) else None
        except ValueError:
            found[name.lower()] = None
        if found[name.lower()] is None:
            raise ConfigError(f"LEDGERLINE_{name}_DATE is {text!r}, expected a date as YYYY-MM-DD, such as {default}")
    if found["earliest"] > found["latest"]:
        raise ConfigError(
            f"LEDGERLINE_EARLIEST_DATE is {str(found['earliest'])!r}, expected a date no later than"
            f" LEDGERLINE_LATEST_DATE, which is {found['latest']}"
        )
    return DateLimits(**found)


def file_limits(env: Mapping[str, str]) -> FileLimits:
    """LEDGERLINE_MAX_BYTES, LEDGERLINE_MAX_MEMORY_MB."""
    return FileLimits(
        max_bytes=integer(env, "LEDGERLINE_MAX_BYTES", 2_147_483_648),
        max_memory_mb=integer(env, "LEDGERLINE_MAX_MEMORY_MB", 4096),
    )


def pdf_limits(env: Mapping[str, str]) -> PdfLimits:
    """LEDGERLINE_PDF_MAX_…"""
    return PdfLimits(
        max_bytes=integer(env, "LEDGERLINE_PDF_MAX_BYTES", 20_971_520),
        max_pages=integer(env, "LEDGERLINE_PDF_MAX_PAGES", 200),
        max_seconds=integer(env, "LEDGERLINE_PDF_MAX_SECONDS", 60),
        max_memory_mb=integer(env, "LEDGERLINE_PDF_MAX_MEMORY_MB", 1024),
    )
