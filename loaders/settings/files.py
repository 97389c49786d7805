"""A settings file of a home, `<home>/settings/<domain>/<seed>.csv`: its columns are those of the seed of its name, and
each cell is held to what the seed's column can mean."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from loaders.config import PROJECT_DIR, ConfigError
from loaders.readers.csv_text import Record, decode, header_cells, line_records
from loaders.source import Quarantined, Seed, Unreadable


@dataclass(frozen=True)
class Line:
    """A line of a settings file: where it stands, its cells as text, and as values."""

    number: int
    texts: Mapping[str, str]
    values: Mapping[str, Any]


@cache
def shipped_rows(domain: str, name: str) -> tuple[dict[str, str], ...]:
    """The rows of a seed as the project ships it, cells as text."""
    path = PROJECT_DIR / "seeds" / domain / f"{name}.csv"
    if not path.exists():
        # A project of one domain has the seeds of no other.
        return ()
    with path.open(encoding="utf-8", newline="") as stream:
        return tuple(csv.DictReader(stream))


def shipped_words(domain: str, name: str, column: str) -> list[str]:
    """What stands in a column of a seed as the project ships it, each once."""
    return list(dict.fromkeys(row[column] for row in shipped_rows(domain, name)))


def home_lines(seed: Seed, home: Path) -> tuple[Line, ...]:
    """What a home's file says of a seed; nothing where there is none. Raises `ConfigError`."""
    path = home / seed.source_file
    try:
        found = path.stat()
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise ConfigError(f"{seed.source_file} cannot be read ({error.strerror}); check its permissions") from None
    return _home_lines(seed, path, found.st_mtime_ns, found.st_size)


@lru_cache(maxsize=256)
def _home_lines(seed: Seed, path: Path, modified: int, size: int) -> tuple[Line, ...]:
    """Read once while the file stays as it is: readers ask for each of their files."""
    try:
        return read_lines(seed, path.read_bytes())
    except OSError as error:
        raise ConfigError(f"{seed.source_file} cannot be read ({error.strerror}); check its permissions") from None


def read_lines(seed: Seed, content: bytes) -> tuple[Line, ...]:
    """The lines of a settings file. Raises `ConfigError` with file, line, what was found and what was expected."""
    try:
        text = decode(content, utf16=True)
    except Quarantined as refused:
        raise ConfigError(f"{seed.source_file}: {refused.detail}") from None
    if not text.strip():
        raise ConfigError(f"{seed.source_file} is empty, expected the line {','.join(_names(seed))}; or remove it")
    header_line, by_delimiter = header_cells(text)
    delimiter = max(by_delimiter, key=lambda mark: len(by_delimiter[mark]))
    header = [cell.lower() for cell in by_delimiter[delimiter]]
    _require_columns(seed, header_line, header)
    lines: list[Line] = []
    first_of: dict[tuple[str, ...], int] = {}
    for record in line_records(text, len(header), delimiter=delimiter):
        if record.line <= header_line or (record.cells and not any(record.cells)):
            continue
        line = _line(seed, header, record)
        first = first_of.setdefault(seed.key_of(line.texts), line.number)
        if first != line.number:
            raise ConfigError(
                f"{seed.source_file}, line {line.number}: the same {', '.join(seed.key)} as in line {first}; leave one"
            )
        lines.append(line)
    return tuple(lines)


def _names(seed: Seed) -> list[str]:
    return [column.name for column in seed.columns]


def _require_columns(seed: Seed, line: int, header: Sequence[str]) -> None:
    where = f"{seed.source_file}, line {line}"
    expected = f"expected {','.join(_names(seed))}"
    for position, name in enumerate(header, start=1):
        if name not in _names(seed):
            shown = f" {name!r}" if re.fullmatch(r"[a-z_ ]{1,40}", name) else ""
            raise ConfigError(f"{where}: column {position}{shown} is not known, {expected}")
        if name in header[: position - 1]:
            raise ConfigError(f"{where}: column {name!r} is there twice, {expected}")
    missing = [name for name in _names(seed) if name not in header]
    if missing:
        raise ConfigError(f"{where}: found no column {', '.join(missing)}, {expected}")


def _line(seed: Seed, header: Sequence[str], record: Record) -> Line:
    where = f"{seed.source_file}, line {record.line}"
    if len(record.cells) != len(header):
        what = f"{len(record.cells)} cells" if record.cells else "broken quoting"
        raise ConfigError(f"{where}: found {what}, expected {len(header)} as in the header")
    found = dict(zip(header, record.cells, strict=True))
    values: dict[str, Any] = {}
    for column in seed.columns:
        cell = found[column.name]
        if not cell and column.is_needed:
            raise ConfigError(f"{where}: {column.name} is blank")
        try:
            values[column.name] = column.read(cell) if cell else None
        except Unreadable as why:
            raise ConfigError(f"{where}: {column.name} is {cell[:40]!r}, {why.message}") from None
    if problem := seed.check(values):
        raise ConfigError(f"{where}: {problem}")
    return Line(record.line, {name: _as_text(value) for name, value in values.items()}, values)


def _as_text(value: Any) -> str:
    """A value as a seed's own file has it."""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)
