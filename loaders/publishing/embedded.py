"""Publications as files: what BI opens is one DuckDB file, whatever was published before it.

    published/marts.duckdb               what readers open: one view a mart
    published/data/<mart>.<content>.parquet  what the views read; what did not change is not written again: a mart, or
                                         of a large one a quarter of a year
    published/publications/<n>.duckdb, .json the last publications, each as it was
    published/marts_with_pii.duckdb      only on request, for its owner alone; its files in published/with_pii/

A data file is never changed, and is deleted only when no kept publication has named it for a day: whoever has an older
publication open goes on reading it.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace as changed
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path

import duckdb
from filelock import FileLock

from loaders.config import Settings
from loaders.publishing.catalogue import Mart, looked_up, read_marts
from loaders.publishing.content import Content, read_content
from loaders.publishing.domains import Verdict, domains_of, with_kept_marts, without_lost_marts
from loaders.publishing.marts_file import (
    attached,
    create_schemas,
    create_table,
    create_view,
    empty,
    files,
    quoted,
    tell,
    tell_domains,
)
from loaders.publishing.publication import About, Publication, PublishError, domain_of
from loaders.warehouse.engine import Connection, Warehouse

log = logging.getLogger("ledgerline")

# Whoever opened an older publication has this long to open a newer one.
_GRACE = timedelta(days=1)
_OWNER_ONLY = 0o600


class FileStore:
    """The publications of a home with the embedded engine."""

    def __init__(self, settings: Settings, warehouse: Warehouse) -> None:
        self._settings = settings
        self._warehouse = warehouse
        self._folder = settings.published.parent
        self._data = self._folder / "data"
        self._history = self._folder / "publications"
        self._private = self._folder / "with_pii"
        self._next = self._folder / ".next"

    @property
    def _private_file(self) -> Path:
        return self._settings.published.with_name("marts_with_pii.duckdb")

    def kept(self) -> list[Publication]:
        """The publications that can come back, newest first."""
        numbers = sorted((int(path.stem) for path in self._history.glob("*.json") if path.stem.isdigit()), reverse=True)
        return [Publication.from_json(json.loads((self._history / f"{number}.json").read_text())) for number in numbers]

    def current(self) -> int | None:
        """The id of the publication that readers see, by what the file itself says."""
        if not self._settings.published.is_file():
            return None
        try:
            with duckdb.connect(str(self._settings.published), read_only=True) as connection:
                return _publication_id(connection)
        except duckdb.Error:
            # Of a version that kept no history, or broken: the next publication takes its place.
            return None

    def replace(self, about: About, verdicts: Mapping[str, Verdict], *, with_pii: bool) -> Publication:
        """Write what changed aside, then let the new file take the old one's place."""
        with self._writing():
            shutil.rmtree(self._next, ignore_errors=True)
            try:
                publication = self._replace(about, verdicts, with_pii)
            except (OSError, duckdb.Error) as error:
                raise PublishError(
                    f"publishing failed: {str(error).splitlines()[0]}; {self._folder} stays as it is. Mend that (a full"
                    " disk, a permission), then run `ledgerline publish`"
                ) from error
            finally:
                shutil.rmtree(self._next, ignore_errors=True)
            self._prune()
        return publication

    def restore(self, number: int) -> Publication:
        """Let an earlier publication take the current one's place."""
        with self._writing():
            kept = {publication.number: publication for publication in self.kept()}
            if number not in kept:
                raise PublishError(
                    f"there is no publication {number}; kept are {', '.join(map(str, sorted(kept))) or 'none'}"
                )
            shutil.rmtree(self._next, ignore_errors=True)
            self._next.mkdir(parents=True)
            private = self._private / f"{number}.duckdb"
            if private.is_file():
                aside = self._pointed(private, kept[number], _OWNER_ONLY)
                self._swap(aside, self._private_file, _OWNER_ONLY)
            else:
                # What was withdrawn must not stay readable beside what took its place.
                self._private_file.unlink(missing_ok=True)
            aside = self._pointed(self._history / f"{number}.duckdb", kept[number])
            self._swap(aside, self._settings.published)
            shutil.rmtree(self._next, ignore_errors=True)
        return kept[number]

    def _pointed(self, file: Path, publication: Publication, mode: int = 0) -> Path:
        """A copy of a kept file whose views read where the data is now: the home may have been moved."""
        aside = self._next / f"kept.{file.parent.name}.duckdb"
        _copy(file, aside, mode)
        with duckdb.connect(str(aside)) as connection:
            for key in publication.fingerprints:
                if key in looked_up():
                    continue
                is_private = mode and files(self._private, key, publication)[0].is_file()
                folder = self._private if is_private else self._data
                create_view(Connection(connection), "", key, folder, publication)
            # One of an older version says nothing of them.
            tell_domains(Connection(connection), "", publication)
        return aside

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Alone in published/. Not the lock of the home: to go back must not wait for a run that is on its way."""
        self._settings.state.mkdir(parents=True, exist_ok=True)
        with FileLock(self._settings.state / "publish.lock", timeout=self._settings.lock_timeout_seconds):
            yield

    def _replace(self, about: About, verdicts: Mapping[str, Verdict], with_pii: bool) -> Publication:
        for folder in (self._data, self._history, self._next):
            folder.mkdir(parents=True, exist_ok=True)
        kept = self.kept()
        newest = kept[0] if kept else None
        current = self.current()
        base = next((publication for publication in kept if publication.number == current), newest)
        with self._warehouse.connect() as connection:
            there = _there(connection)
            verdicts = without_lost_marts(verdicts, {mart.key for mart in there}, base)
            marts = [mart for mart in there if verdicts[mart.schema].held_back is None]
            contents = {mart.key: read_content(connection, mart, _hider(self._settings)) for mart in marts}
            publication = with_kept_marts(
                Publication(
                    number=newest.number + 1 if newest else 1,
                    about=about,
                    fingerprints={key: content.fingerprint for key, content in contents.items()},
                    rows={key: content.rows for key, content in contents.items()},
                    parts={key: [part.fingerprint for part in content.parts] for key, content in contents.items()},
                ),
                verdicts,
                base,
            )
            if newest and newest.fingerprints == publication.fingerprints and current == newest.number:
                publication = changed(publication, number=newest.number, is_same=True)
            publication = changed(publication, domains=domains_of(publication, verdicts, base))
            written = {mart.key: self._write_data(connection, mart, contents[mart.key]) for mart in marts}
            try:
                self._write_views(connection, marts, publication, base)
                if with_pii:
                    self._write_private(connection, marts, publication, base, contents)
                # From here on nothing is made any more, only moved; last of all what readers open.
                self._keep(publication, with_pii)
            except BaseException:
                if self.current() != publication.number:
                    for path in chain.from_iterable(written.values()):
                        path.unlink(missing_ok=True)
                raise
        return changed(publication, written=sum(1 for paths in written.values() if paths))

    def _write_data(self, connection: Connection, mart: Mart, content: Content) -> list[Path]:
        """The Parquet files of a mart's content that no publication had yet; those that were written."""
        if mart.lookup_key:
            return []
        columns = mart.selected(_hider(self._settings))
        return [
            self._data / name
            for name, select in content.selects(mart, columns)
            if self._write_file(connection, select, self._data / name)
        ]

    def _write_file(self, connection: Connection, select: str, path: Path) -> bool:
        if path.is_file():
            return False
        aside = self._next / path.name
        connection.execute(f"copy ({select}) to '{quoted(aside)}' (format parquet, compression zstd)")
        with aside.open("rb") as written:
            os.fsync(written.fileno())
        aside.replace(path)
        return True

    def _write_views(
        self, connection: Connection, marts: list[Mart], publication: Publication, previous: Publication | None
    ) -> None:
        """The file that readers open. Tables in it that did not change come along with a copy of the one before."""
        aside = self._next / "marts.duckdb"
        same = {
            key
            for key in looked_up()
            if previous and publication.fingerprints.get(key, "") == previous.fingerprints.get(key)
        }
        if previous and same:
            # A table's blocks are copied as they are; what changed is dropped and made again.
            shutil.copyfile(self._history / f"{previous.number}.duckdb", aside)
        with attached(connection, aside):
            empty(connection, keep=same)
            create_schemas(connection, publication)
            for key in publication.fingerprints:
                if key not in looked_up():
                    create_view(connection, "published.", key, self._data, publication)
            for mart in marts:
                if mart.lookup_key and mart.key not in same:
                    create_table(connection, mart, mart.selected(_hider(self._settings)))
            tell(connection, publication)

    def _write_private(
        self,
        connection: Connection,
        marts: list[Mart],
        publication: Publication,
        base: Publication | None,
        contents: Mapping[str, Content],
    ) -> None:
        """The same marts with their personal columns, for the owner of the home alone."""
        self._private.mkdir(mode=0o700, exist_ok=True)
        self._private.chmod(0o700)
        aside = self._next / "private.duckdb"
        aside.touch(mode=_OWNER_ONLY)
        held_back = set(publication.fingerprints) - set(contents)
        if base and held_back:
            before = self._private / f"{base.number}.duckdb"
            if not before.is_file():
                before = self._next / "marts.duckdb"
                log.warning(
                    "publish: personal columns of %s stay hidden in %s while it is held back",
                    ", ".join(sorted({domain_of(key) for key in held_back})),
                    self._private_file.name,
                )
            shutil.copyfile(before, aside)
        else:
            aside.unlink()
        with attached(connection, aside):
            empty(connection, keep=held_back)
            create_schemas(connection, publication)
            for key in held_back - looked_up():
                folder = self._private if files(self._private, key, publication)[0].is_file() else self._data
                create_view(connection, "published.", key, folder, publication)
            for mart in marts:
                if mart.lookup_key:
                    create_table(connection, mart, mart.all_columns)
                elif not mart.is_personal:
                    create_view(connection, "published.", mart.key, self._data, publication)
                else:
                    for name, select in contents[mart.key].selects(mart, mart.all_columns):
                        if self._write_file(connection, select, self._private / name):
                            (self._private / name).chmod(_OWNER_ONLY)
                    create_view(connection, "published.", mart.key, self._private, publication)
            tell(connection, publication)
        aside.chmod(_OWNER_ONLY)

    def _keep(self, publication: Publication, with_pii: bool) -> None:
        kept = self._history / f"{publication.number}.duckdb"
        (self._next / "marts.duckdb").replace(kept)
        said = self._next / "said.json"
        said.write_text(json.dumps(publication.as_json(), indent=1, sort_keys=True))
        said.replace(kept.with_suffix(".json"))
        private = self._private / f"{publication.number}.duckdb"
        if with_pii:
            (self._next / "private.duckdb").replace(private)
            self._swap(private, self._private_file, _OWNER_ONLY)
        elif self._private_file.exists():
            log.warning(
                "publish: %s shows publication %s still; `ledgerline publish --with-pii` brings it up to date",
                self._private_file.name,
                _number_of(self._private_file),
            )
        self._swap(kept, self._settings.published)

    def _swap(self, source: Path, target: Path, mode: int = 0) -> None:
        """Let a copy of `source` take the place of `target`, in one step that survives a power cut."""
        aside = self._next / target.name
        _copy(source, aside, mode)
        with aside.open("rb") as written:
            os.fsync(written.fileno())
        aside.replace(target)
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def _prune(self) -> None:
        """Drop what is older than the publications that are kept, and data that none of them has named for a day."""
        kept = self.kept()
        for old in kept[self._settings.publications_kept :]:
            for path in (self._history / f"{old.number}.json", self._history / f"{old.number}.duckdb"):
                path.unlink(missing_ok=True)
            (self._private / f"{old.number}.duckdb").unlink(missing_ok=True)
        named = {
            path.name
            for publication in kept[: self._settings.publications_kept]
            for key in publication.fingerprints
            for path in files(self._data, key, publication)
        }
        ledger = self._history / "unused.json"
        try:
            since = json.loads(ledger.read_text())
        except (OSError, ValueError):
            since = {}
        now = datetime.now(UTC)
        unused = {}
        for path in [*self._data.glob("*.parquet"), *self._private.glob("*.parquet")]:
            if path.name in named:
                continue
            first = since.get(path.name, now.isoformat())
            if now - datetime.fromisoformat(first) > _GRACE:
                path.unlink(missing_ok=True)
            else:
                unused[path.name] = first
        ledger.write_text(json.dumps(unused, indent=1, sort_keys=True))


def _copy(source: Path, target: Path, mode: int = 0) -> None:
    """Copy a file's content; a mode holds from the first byte on."""
    target.unlink(missing_ok=True)
    if mode:
        target.touch(mode=mode)
    shutil.copyfile(source, target)


def _number_of(file: Path) -> int:
    with duckdb.connect(str(file), read_only=True) as connection:
        return _publication_id(connection)


def _publication_id(connection: duckdb.DuckDBPyConnection) -> int:
    """What a published file says of itself. Raises `duckdb.Error` for one of a version that kept no history."""
    ((number,),) = connection.execute("select publication_id from ops.publication").fetchall()
    return int(number)


def _there(connection: Connection) -> list[Mart]:
    tables = set(connection.query("select table_schema, table_name from information_schema.tables"))
    return [mart for mart in read_marts() if (mart.schema, mart.name) in tables]


def _hider(settings: Settings) -> Callable[[str], str] | None:
    """SQL of text that keeps its equality and nothing else; hashed twice, so that nothing can be appended to it."""
    key = quoted(settings.masking.key)
    if not key:
        return None
    return lambda column: f"left(sha256('{key}' || sha256('{key}' || {column})), 32)"
