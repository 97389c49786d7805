"""The home's settings files, `<home>/settings/<domain>/<seed>.csv`, in the warehouse, where the models choose.

    settings/**  ->  raw_settings.<seed>  and  raw_settings.read_files

What a business says of itself is no history: the tables hold what the files say now. One wrong file stops the command
before anything is read or built by half of what somebody meant.
"""

from __future__ import annotations

import difflib
import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pyarrow as pa

from loaders.config import ConfigError, Settings
from loaders.settings.files import Line, read_lines
from loaders.source import Seed
from loaders.warehouse.engine import Connection, Table, Warehouse, required

SCHEMA = "raw_settings"
# Which bytes the tables were filled from.
READ_FILES = Table(
    "read_files",
    pa.schema([required("_source_file", pa.string()), required("_source_hash", pa.string())]),
    ("_source_file",),
    has_load_id=False,
)
# Changes when a file of the same bytes is read differently.
_VERSION = "1"
_LEFT_OUT = (".", "_", "~$", "README")


def tables(seeds: Sequence[Seed]) -> tuple[Table, ...]:
    """What is in `raw_settings`: a table a seed, and which bytes they were filled from."""
    return (READ_FILES, *(seed.table for seed in seeds))


def settings_files(seeds: Sequence[Seed], home: Path) -> dict[Seed, bytes]:
    """A home's settings files. Raises `ConfigError` for one that cannot be read, or that nothing would."""
    by_file = {seed.source_file: seed for seed in seeds}
    found: dict[Seed, bytes] = {}
    for source_file in _files(home):
        seed = by_file.get(source_file)
        if seed is None:
            raise ConfigError(_unknown_file(source_file, list(by_file)))
        try:
            found[seed] = (home / source_file).read_bytes()
        except OSError as error:
            raise ConfigError(f"{source_file} cannot be read ({error.strerror}); check its permissions") from None
    return found


def land_settings(seeds: Sequence[Seed], settings: Settings, warehouse: Warehouse) -> None:
    """Bring `raw_settings` up to the home's files. Raises `ConfigError`, and then changes nothing."""
    files = settings_files(seeds, settings.home)
    hashes = {seed: hashlib.sha256(f"{_VERSION} ".encode() + content).hexdigest() for seed, content in files.items()}
    with warehouse.connect() as connection:
        if _read_files(connection) == {seed.source_file: digest for seed, digest in hashes.items()}:
            return
    said = {seed: read_lines(seed, content) for seed, content in files.items()}
    warehouse.create_missing(SCHEMA, tables(seeds))
    # All of it or nothing, also where the process is killed in between.
    with warehouse.writing(SCHEMA) as connection:
        for table in tables(seeds):
            connection.execute(f"delete from {SCHEMA}.{table.name}")
        for seed, lines in said.items():
            _insert(connection, seed, lines)
            connection.execute(
                f"insert into {SCHEMA}.{READ_FILES.name} values (%s, %s)", seed.source_file, hashes[seed]
            )


def _files(home: Path) -> Iterator[str]:
    """The files below `settings/`, by path."""

    def refuse(error: OSError) -> None:
        raise ConfigError(f"settings/ of the home cannot be read ({error.strerror}); check its permissions")

    root = home / "settings"
    if not os.path.lexists(root):
        return
    if not root.is_dir():
        raise ConfigError("settings of the home is no folder, expected settings/<domain>/<seed>.csv")
    for folder, folders, names in os.walk(root, onerror=refuse, followlinks=True):
        folders[:] = sorted(name for name in folders if not name.startswith(_LEFT_OUT))
        for name in sorted(names):
            if not name.startswith(_LEFT_OUT) and name not in ("Thumbs.db", "desktop.ini"):
                yield (Path(folder) / name).relative_to(home).as_posix()


def _unknown_file(source_file: str, known: list[str]) -> str:
    by_name = [name for name in known if Path(name).name == Path(source_file).name]
    meant = by_name or difflib.get_close_matches(source_file, known, n=1)
    hint = f"did you mean {meant[0]}?" if meant else "docs/settings.md lists them"
    return f"{source_file} is no settings file that anything reads: {hint} Rename or remove it"


def _read_files(connection: Connection) -> Mapping[str, str]:
    there = connection.query(
        "select 1 from information_schema.tables where table_schema = %s and table_name = %s", SCHEMA, READ_FILES.name
    )
    return dict(connection.query(f"select _source_file, _source_hash from {SCHEMA}.{READ_FILES.name}")) if there else {}


def _insert(connection: Connection, seed: Seed, lines: tuple[Line, ...]) -> None:
    names = [column.name for column in seed.columns]
    for line in lines:
        values = [line.values[name] for name in names]
        connection.execute(
            f"insert into {SCHEMA}.{seed.name} ({', '.join(names)}, _source_file, _source_row)"
            f" values ({', '.join(['%s'] * (len(names) + 2))})",
            *values,
            seed.source_file,
            line.number,
        )
