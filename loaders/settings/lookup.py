"""The project's seeds with what a home says of them in its settings files, for readers, who look up what models join.

Seeds of a business ship empty: the home's file is what they hold. Seeds that hold for all ship filled: the home's file
adds lines, and its line wins where the key is the same. The models take the same from `raw_settings`
(`loaders.settings.landed`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from loaders.settings.files import home_lines, shipped_rows
from loaders.source import Seed


def seed_rows(seed: Seed, home: Path | None = None) -> list[dict[str, str]]:
    """The rows of a seed, cells as text, with the lines of a home's own file. Raises `ConfigError` of a wrong one."""
    shipped = shipped_rows(seed.domain, seed.name)
    if home is None or not seed.columns:
        return list(shipped)
    own = [dict(line.texts) for line in home_lines(seed, home)]
    if seed.is_business:
        return own or list(shipped)
    said = {seed.key_of(row) for row in own}
    return [row for row in shipped if seed.key_of(row) not in said] + own


def seed_stamp(seed: Seed, home: Path) -> tuple[Path, int, int]:
    """What a reader may keep the rows of a seed under: another one when the home's file was edited or removed."""
    try:
        found = (home / seed.source_file).stat()
    except OSError:
        return home, 0, 0
    return home, found.st_mtime_ns, found.st_size


def seed_digest(seeds: Sequence[Seed], home: Path) -> str:
    """Changes when some seeds, or what a home's files say of them, do."""
    digest = hashlib.sha256()
    for seed in seeds:
        for row in seed_rows(seed, home):
            digest.update(repr(sorted(row.items())).encode())
    return digest.hexdigest()[:16] if seeds else ""
