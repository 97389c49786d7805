"""How a source declares itself to landing: what it reads, how a row is parsed, its raw tables and their keys."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, TypeAlias

import pyarrow as pa

from loaders.config import Settings
from loaders.warehouse.engine import INSTANT, Table, Warehouse, required
from loaders.warehouse.parts import Parts

# What landing adds to every row, besides its line.
ADDED = ("organization_id", "_source_file", "_source_hash", "_extracted_at", "_landed_run")
_PROVENANCE_KEY = ("organization_id", "_source_hash", "_source_row")


def raw_table(
    name: str, columns: Sequence[pa.Field[pa.DataType]], key: tuple[str, ...] = (), identity: tuple[str, ...] = ()
) -> Table:
    """A raw table: the source's own columns between the tenant and the provenance that landing adds.

    `key` is what tells two raw rows of one source line apart, where a line can give several. `identity` takes the
    place of file and line where the source names what a row is: the same in another file or page is a duplicate.
    """
    schema = pa.schema(
        [
            required("organization_id", pa.string()),
            *columns,
            required("_source_file", pa.string()),
            required("_source_hash", pa.string()),
            required("_source_row", pa.int64()),
            required("_extracted_at", INSTANT),
            # Runs in the order they ran: with path and row, the landing order, which no clock can upset.
            required("_landed_run", pa.int64()),
        ]
    )
    schema = pa.schema(
        [schema.field(f.name).with_nullable(f.nullable and f.name not in key + identity) for f in schema]
    )
    if identity:
        return Table(name, schema, ("organization_id", *identity), is_landed_once=True)
    return Table(name, schema, _PROVENANCE_KEY + key)


@dataclass(frozen=True)
class Column:
    """A column of a seed: how a cell is read, its type in the warehouse, and what makes two cells the same one."""

    name: str
    read: Callable[[str], Any] = str
    type: pa.DataType = pa.string()
    is_needed: bool = True
    alike: Callable[[str], str] = lambda cell: " ".join(cell.casefold().split())


@dataclass(frozen=True)
class Seed:
    """A seed; where it has columns, a home's settings may say something of it. `check` says what is wrong with a line
    as a whole. One `is_business` that says what a business is ships empty."""

    domain: str
    name: str
    columns: tuple[Column, ...] = ()
    key: tuple[str, ...] = ()
    is_business: bool = False
    check: Callable[[Mapping[str, Any]], str] = lambda line: ""

    @property
    def source_file(self) -> str:
        """Where a home's file is, below the home."""
        return f"settings/{self.domain}/{self.name}.csv"

    @property
    def table(self) -> Table:
        """Where its lines land, in `raw_settings`."""
        own = [pa.field(column.name, column.type) for column in self.columns]
        where = [required("_source_file", pa.string()), required("_source_row", pa.int64())]
        return Table(self.name, pa.schema([*own, *where]), self.key, has_load_id=False)

    def key_of(self, line: Mapping[str, str]) -> tuple[str, ...]:
        """What a line, as text, must not share with another one."""
        alike = {column.name: column.alike for column in self.columns}
        return tuple(alike[name](line[name]) for name in self.key)


class EditRefused(Exception):  # noqa: N818 - an answer to the user, not a fault
    """Nothing was written; the message names the field and what is expected."""


class UnknownCode(EditRefused):
    """Nothing that landed has what was to be edited."""


@dataclass(frozen=True)
class Edit:
    """New values of editable fields of one thing, in their canonical spelling; None clears a field."""

    code: str
    fields: Mapping[str, str | None]
    effective_from: date | None
    changed_by: str | None
    note: str | None


@dataclass(frozen=True)
class Editor:
    """How a thing is edited from the command line.

    `read(code, fields, effective_from, by, note)` checks a command's words and raises `EditRefused`;
    `apply(source, edit, settings, warehouse)` lands an edit, or raises `UnknownCode`, and then nothing was written.
    """

    read: Callable[[str, Mapping[str, str], str | None, str | None, str | None], Edit]
    apply: Callable[[Source, Edit, Settings, Warehouse], int]


# What a reader gives, by raw table: rows as mappings, an Arrow table or parts of one, each with its `_source_row`.
RawRows: TypeAlias = Sequence[Mapping[str, Any]] | pa.Table | Parts
RawTables: TypeAlias = Mapping[str, RawRows]


class Quarantined(Exception):  # noqa: N818 - a verdict on a file, not a fault of the program
    """A file is refused whole. `detail` says page or line, what was found and what was expected, but not the file.

    `tables` are raw rows about the file itself, where a source keeps a list of the files that it was given.
    """

    def __init__(self, reason_code: str, detail: str, tables: RawTables | None = None) -> None:
        super().__init__(reason_code, detail)
        self.reason_code = reason_code
        self.detail = detail
        self.tables: RawTables = tables or {}


class Unreadable(ValueError):  # noqa: N818 - a verdict on a row
    """A row or cell that cannot be read: the reason code, and what was found and expected."""

    def __init__(self, reason_code: str, message: str) -> None:
        super().__init__(reason_code, message)
        self.reason_code = reason_code
        self.message = message


@dataclass(frozen=True)
class Rejection:
    """A row that cannot be read: its 1-based line, why, and its text."""

    source_row: int
    reason_code: str
    message: str
    raw_text: str


@dataclass(frozen=True)
class Parsed:
    """What one file holds: its raw rows, and how many rows were read, landed, refused, repeated and left out."""

    tables: RawTables
    rows_read: int
    rows_landed: int
    rejections: Sequence[Rejection] = ()
    rows_duplicate: int = 0
    rows_skipped: int = 0


def look_at(path: Path) -> tuple[int, int] | None:
    """A file's size and time of change; None for one that cannot be seen."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns


@dataclass(frozen=True)
class File:
    """A file in landing/: where it is, whose it is, its bytes' SHA-256, and its size and time at the first look."""

    path: Path
    source_file: str
    organization_id: str
    source_hash: str = ""
    sidecar: Path | None = None
    look: tuple[int, int] | None = None

    @property
    def folders(self) -> tuple[str, ...]:
        return Path(self.source_file).parts[1:-1]

    @property
    def suffix(self) -> str:
        return self.path.suffix.lower()

    def size(self) -> int:
        return self.path.stat().st_size

    def is_written_still(self) -> bool:
        """Whether its size or time is another one than when it was first seen. What is no file of landing/ is not."""
        return self.look is not None and look_at(self.path) not in (None, self.look)

    def modified_on(self) -> date:
        """The UTC date of the file's modification time."""
        return datetime.fromtimestamp(self.path.stat().st_mtime, UTC).date()


@dataclass(frozen=True)
class Page:
    """An answer of an API: its bytes, and the resource in place of a path."""

    file: File
    content: bytes


@dataclass(frozen=True)
class Credentials:
    """What the environment has for a source's API: all, nothing, or too little, in words."""

    is_ok: bool
    said: str

    @classmethod
    def of(cls, *, is_set: bool, lacks: str = "") -> Credentials:
        return cls(not lacks, lacks or ("API" if is_set else "files only"))


# What an extraction yields: a page; a problem in words; what to do once all before it has landed; None to land it now.
Extracted = Page | str | Callable[[], None] | None


@dataclass(frozen=True)
class Kind:
    """How files of one kind are read.

    `read(content, file, settings, sidecar)` is pure and raises `Quarantined`; `version` changes when it reads
    differently, so that quarantined files are tried again. `check` runs before the bytes are read at all. Where the
    source has a `prepare`, `read` gets its result as `context`. Of a kind that is `streamed`, whose files may be too
    big to hold, it gets the file opened in place of its bytes.
    """

    name: str
    version: str
    read: Callable[..., Parsed]
    check: Callable[[File, Settings], None] | None = None
    isolated: bool = False
    streamed: bool = False


@dataclass(frozen=True)
class Source:
    """How a source declares itself: its name (folder, raw schema suffix), its raw tables, and what each file is."""

    name: str
    tables: tuple[Table, ...]
    # Raises `Quarantined` for a file that the source does not read.
    kind_of: Callable[[File], Kind]

    # The file that may stand beside one and lands with it; and whether a file is such a one.
    sidecar_of: Callable[[Path], Path | None] = lambda path: None
    is_sidecar: Callable[[Path], bool] = lambda path: False
    # What, besides the tenant, a path says of a file's rows: the same bytes in another scope are another file.
    scope_of: Callable[[str], str] = lambda source_file: ""
    # A path that names no good tenant is refused with this code; and whether one that names none is.
    bad_tenant: str = "bad_organization"
    needs_tenant: bool = False
    # Modules that reader processes import once.
    preload: tuple[str, ...] = ()
    # Looks up, once a run with new files, what readers must know besides a file's bytes.
    prepare: Callable[[Settings, Warehouse, Sequence[File]], Any] | None = None

    # Fetches what an API has, where its credentials are set: `extract(settings, warehouse, mode, tenant)`. The mode is
    # `recent` or `full`; a tenant other than theirs has nothing there.
    extract: Callable[[Settings, Warehouse, str, str], Iterable[Extracted]] | None = None
    # Whether the API can be read.
    credentials: Callable[[Settings], Credentials] | None = None

    # What reads the source's settings (`Settings.of`). A command reads them before it does anything, so that what is
    # wrong is said then.
    settings: tuple[Callable[[Settings], object], ...] = ()
    # The settings that readers follow, and the seeds in which they look words up, with what the home says of them: when
    # one of either changes, what was refused is tried again.
    follows: Callable[[Settings], tuple[object, ...]] = lambda settings: ()
    seeds: tuple[Seed, ...] = ()
    # The seeds of its domain of which a home's settings may say something; each is declared by one source.
    home_seeds: tuple[Seed, ...] = ()

    # The things that `ledgerline edit` edits, by their names; `loaders.sources.commands` has the words for its help.
    edits: Mapping[str, Editor] = field(default_factory=dict)
    # What somebody must know of a build that passed, in words.
    built: Callable[[Settings, Warehouse], str | None] | None = None

    @property
    def schema(self) -> str:
        return f"raw_{self.name}"
