"""Publications on PostgreSQL: a database of their own, which readers may read and nothing else.

    <warehouse>_published
        a schema per domain     one view a mart, masked: what the readers' role may select
        ops                     which publication it is, and how fresh each source was
        content                 one partition a mart and content; the rows of `current` choose which one a view shows

The choice is data, not names: a statement, or a whole transaction that repeats its reads, sees the rows of one
publication even while the next one comes in, and no reader ever waits for a lock. Content comes first, in a transaction
of its own, because a statement may be planned before it and run after it; then one transaction makes the choice.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import astuple
from dataclasses import replace as changed
from typing import Any

import psycopg2
import psycopg2.errors
from psycopg2.extensions import connection as PostgresConnection  # noqa: N812
from psycopg2.extensions import cursor as Cursor  # noqa: N812
from psycopg2.sql import SQL, Composed, Identifier, Literal

from loaders.config import Settings
from loaders.publishing import server_history
from loaders.publishing.catalogue import MART_SCHEMAS, Mart, read_marts
from loaders.publishing.copying import stream, wait_for_plans
from loaders.publishing.domains import Verdict, domains_of, with_kept_marts, without_lost_marts
from loaders.publishing.publication import About, Publication, PublishError
from loaders.warehouse.engine import Warehouse

log = logging.getLogger("ledgerline")

# Held until the connection closes; readers do not wait for it.
_ONE_AT_A_TIME = "select pg_advisory_lock(hashtext('ledgerline publishes'))"


class ServerStore:
    """The publications of a warehouse on a server."""

    def __init__(self, settings: Settings, warehouse: Warehouse) -> None:
        self._settings = settings
        self._warehouse = warehouse
        self._database = settings.postgres.published

    def kept(self) -> list[Publication]:
        """The publications that can come back, newest first."""
        if not self._exists():
            return []
        with self._connect() as cursor:
            return server_history.kept(cursor)

    def current(self) -> int | None:
        """The id of the publication that readers see; None where there is none."""
        if not self._exists():
            return None
        with self._connect() as cursor:
            return server_history.current(cursor)

    def replace(self, about: About, verdicts: Mapping[str, Verdict], *, with_pii: bool) -> Publication:
        """Copy the marts that changed, then let the views show them; one transaction."""
        if with_pii:
            raise PublishError(
                "--with-pii writes a file, and there is none on PostgreSQL: who may see personal columns reads the"
                f" marts in database {self._settings.postgres.dbname}"
            )
        try:
            self._create_database()
            self._create_reader()
            with self._connect() as cursor, self._connect(self._settings.postgres.dbname) as source:
                publication = self._replace(about, verdicts, cursor, source)
        except psycopg2.Error as error:
            raise PublishError(
                f"publishing failed: {str(error).strip().splitlines()[0]}; database {self._database} stays as it is."
                " Mend that, then run `ledgerline publish`"
            ) from error
        self._prune()
        return publication

    def restore(self, number: int) -> Publication:
        """Let the views show an earlier publication."""
        kept = {publication.number: publication for publication in self.kept()}
        if number not in kept:
            raise PublishError(
                f"there is no publication {number}; kept are {', '.join(map(str, sorted(kept))) or 'none'}"
            )
        with self._connect() as cursor:
            cursor.execute(_ONE_AT_A_TIME)
            server_history.set_up(cursor)
            self._show(cursor, kept[number])
        return kept[number]

    def _replace(self, about: About, verdicts: Mapping[str, Verdict], cursor: Cursor, source: Cursor) -> Publication:
        server_history.set_up(cursor)
        cursor.execute(_ONE_AT_A_TIME)
        source.execute("set transaction isolation level repeatable read")
        source.execute("select table_schema, table_name from information_schema.tables")
        tables = set(source.fetchall())
        kept = server_history.kept(cursor)
        newest = kept[0] if kept else None
        current = server_history.current(cursor)
        base = next((publication for publication in kept if publication.number == current), newest)
        there = {mart.key: mart for mart in read_marts() if (mart.schema, mart.name) in tables}
        verdicts = without_lost_marts(verdicts, there, base)
        marts = {key: mart for key, mart in there.items() if verdicts[mart.schema].held_back is None}
        found = {key: self._fingerprint(source, mart) for key, mart in marts.items()}
        publication = with_kept_marts(
            Publication(
                number=newest.number + 1 if newest else 1,
                about=about,
                fingerprints={key: fingerprint for key, (fingerprint, _) in found.items()},
                rows={key: rows for key, (_, rows) in found.items()},
            ),
            verdicts,
            base,
        )
        if newest and current == newest.number and newest.fingerprints == publication.fingerprints:
            publication = changed(publication, number=newest.number, is_same=True)
        publication = changed(publication, domains=domains_of(publication, verdicts, base))
        written = sum(
            self._write(cursor, source, mart, publication.fingerprints[key])
            for key, mart in marts.items()
            if not _has(cursor, f"{mart.name[:40]}_{publication.fingerprints[key]}")
        )
        cursor.connection.commit()
        if written:
            wait_for_plans(cursor)
        cursor.execute("delete from content.publications where number = %s", [publication.number])
        cursor.execute(
            "insert into content.publications values (%s, %s)",
            [publication.number, json.dumps(publication.as_json(), sort_keys=True)],
        )
        self._keep_freshness(cursor, source, publication, tables, base)
        self._show(cursor, publication)
        return changed(publication, written=written)

    def _fingerprint(self, source: Cursor, mart: Mart) -> tuple[str, int]:
        """What tells one content of a mart from another, in whatever order its rows stand; and its rows."""
        source.execute(
            "select count(*), cast(sum(hashed) as varchar), cast(sum(hashint8extended(hashed, 1)) as varchar) from"
            " (select hashtextextended(mart::text, 0) as hashed from"
            f' (select {mart.all_columns} from "{mart.schema}"."{mart.name}") as mart) as hashes'
        )
        ((rows, first, second),) = source.fetchall()
        said = [mart.key, rows, first, second, mart.selected(_hider(self._settings)), _signature(mart, self._settings)]
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:20], rows

    def _write(self, cursor: Cursor, source: Cursor, mart: Mart, fingerprint: str) -> int:
        """One mart's content as a partition of its own."""
        columns = mart.shown(is_hashing=self._settings.masking.is_hashing)
        described = SQL(", ").join(SQL("{} " + column.data_type).format(Identifier(column.name)) for column in columns)
        parent = _parent(mart, self._settings)
        cursor.execute(
            SQL("create table if not exists {} ({}, content varchar not null) partition by list (content)").format(
                Identifier("content", parent), described
            )
        )
        name = Identifier("content", f"{mart.name[:40]}_{fingerprint}")
        cursor.execute(
            SQL("create table {} ({}, content varchar not null default {} check (content = {}))").format(
                name, described, Literal(fingerprint), Literal(fingerprint)
            )
        )
        listed = SQL(", ").join(Identifier(column.name) for column in columns)
        stream(
            source,
            f'copy (select {mart.selected(_hider(self._settings))} from "{mart.schema}"."{mart.name}")'
            " to stdout (format binary)",
            cursor,
            SQL("copy {} ({}) from stdin (format binary)").format(name, listed).as_string(cursor),
        )
        if mart.lookup_key:
            key = SQL(", ").join(map(Identifier, mart.lookup_key))
            cursor.execute(SQL("create index on {} ({})").format(name, key))
        cursor.execute(SQL("analyze {}").format(name))
        cursor.execute(
            SQL("alter table {} attach partition {} for values in ({})").format(
                Identifier("content", parent), name, Literal(fingerprint)
            )
        )
        return 1

    def _show(self, cursor: Cursor, publication: Publication) -> None:
        """Let every view show the publication's content, and no other mart be there."""
        for schema in MART_SCHEMAS:
            cursor.execute(SQL("create schema if not exists {}").format(Identifier(schema)))
        cursor.execute(
            "select schemaname || '.' || viewname, definition from pg_views where schemaname = any(%s)",
            [list(MART_SCHEMAS)],
        )
        there = dict(cursor.fetchall())
        for key, fingerprint in publication.fingerprints.items():
            schema, name = key.split(".")
            cursor.execute(
                "select relname from pg_inherits join pg_class on pg_class.oid = inhparent"
                " where inhrelid = %s::regclass",
                [f'content."{name[:40]}_{fingerprint}"'],
            )
            ((parent,),) = cursor.fetchall()
            # Only an upgrade that changes a mart's columns makes its view anew.
            if key not in there or parent not in there[key]:
                # Readers queue behind whoever waits for a view: better to try again with the next run.
                cursor.execute("set local lock_timeout = '5s'")
                cursor.execute(SQL("drop view if exists {}").format(Identifier(schema, name)))
                cursor.execute(self._view(cursor, key, parent))
        for key in set(there) - set(publication.fingerprints):
            cursor.execute(SQL("drop view {}").format(Identifier(*key.split("."))))
        cursor.execute("delete from content.current")
        cursor.executemany("insert into content.current values (%s, %s)", list(publication.fingerprints.items()))
        about = publication.about
        cursor.execute("delete from content.current_publication")
        cursor.execute(
            "insert into content.current_publication values (%s, %s, %s, %s)",
            [publication.number, about.run_id, about.as_of, about.published_at],
        )
        cursor.execute("delete from content.current_domains")
        cursor.executemany(
            "insert into content.current_domains values (%s, %s, %s, %s, %s, %s)",
            [(domain, *astuple(told)) for domain, told in sorted(publication.of_domains().items())],
        )
        self._grant(cursor)

    def _view(self, cursor: Cursor, key: str, parent: str) -> Composed:
        cursor.execute(
            "select column_name from information_schema.columns where table_schema = 'content' and table_name = %s"
            " and column_name <> 'content' order by ordinal_position",
            [parent],
        )
        columns = SQL(", ").join(Identifier(name) for (name,) in cursor.fetchall())
        return SQL(
            "create view {} as select {} from {} where content = (select content from content.current where mart = {})"
        ).format(Identifier(*key.split(".")), columns, Identifier("content", parent), Literal(key))

    def _keep_freshness(
        self, cursor: Cursor, source: Cursor, publication: Publication, tables: set[Any], base: Publication | None
    ) -> None:
        if ("ops", "source_freshness") not in tables:
            # A view, which goes with any table that it reads and comes when all of them passed.
            if base and base.number != publication.number:
                cursor.execute(
                    "insert into content.freshness select %s, said from content.freshness where publication_id = %s",
                    [publication.number, base.number],
                )
            return
        source.execute("select json_agg(f order by source, organization_id)::text from ops.source_freshness as f")
        ((said,),) = source.fetchall()
        cursor.execute("delete from content.freshness where publication_id = %s", [publication.number])
        cursor.execute("insert into content.freshness values (%s, %s)", [publication.number, said or "[]"])
        described = (
            "select column_name, data_type from information_schema.columns"
            " where table_schema = 'ops' and table_name = 'source_freshness' order by ordinal_position"
        )
        source.execute(described)
        cursor.execute(described)
        told = source.fetchall()
        if told == cursor.fetchall():
            return
        columns = ", ".join(f"{name} {kind}" for name, kind in told)
        cursor.execute("drop view if exists ops.source_freshness")
        cursor.execute(
            "create view ops.source_freshness as select told.* from content.freshness"
            " inner join content.current_publication using (publication_id)"
            f" cross join json_to_recordset(cast(said as json)) as told ({columns})"
        )

    def _grant(self, cursor: Cursor) -> None:
        reader = Identifier(self._settings.postgres.reader)
        cursor.execute("select 1 from pg_roles where rolname = %s", [self._settings.postgres.reader])
        if cursor.fetchone() is None:
            return
        for schema in (*MART_SCHEMAS, "ops"):
            cursor.execute(SQL("grant usage on schema {} to {}").format(Identifier(schema), reader))
            cursor.execute(SQL("grant select on all tables in schema {} to {}").format(Identifier(schema), reader))

    def _prune(self) -> None:
        """What could not be dropped costs room and nothing else: the next publication drops it."""
        try:
            with closing(self._open(self._database)) as connection:
                server_history.prune(connection, self._settings.publications_kept)
        except psycopg2.Error as error:
            log.warning("publish: older publications are still there (%s)", str(error).strip().splitlines()[0])

    def _exists(self) -> bool:
        with self._connect(self._settings.postgres.dbname) as cursor:
            cursor.execute("select 1 from pg_database where datname = %s", [self._database])
            return cursor.fetchone() is not None

    def _create_database(self) -> None:
        if self._exists():
            return
        with closing(self._open(self._settings.postgres.dbname)) as connection, connection.cursor() as cursor:
            connection.autocommit = True
            try:
                cursor.execute(
                    SQL("create database {} template template0 encoding 'UTF8' lc_collate 'C' lc_ctype 'C'").format(
                        Identifier(self._database)
                    )
                )
                cursor.execute(SQL("revoke all on database {} from public").format(Identifier(self._database)))
            except psycopg2.errors.InsufficientPrivilege as error:
                raise PublishError(
                    f"{self._settings.postgres.user} may not create database {self._database}, which readers read;"
                    f" have an administrator run: create database {self._database} owner"
                    f" {self._settings.postgres.user} template template0 encoding 'UTF8' lc_collate 'C' lc_ctype 'C'"
                ) from error

    def _create_reader(self) -> None:
        """The role that may read the marts. Without the right to make one, an administrator does."""
        reader = self._settings.postgres.reader
        with closing(self._open(self._settings.postgres.dbname)) as connection, connection.cursor() as cursor:
            connection.autocommit = True
            cursor.execute("select 1 from pg_roles where rolname = %s", [reader])
            if cursor.fetchone() is None:
                try:
                    cursor.execute(SQL("create role {} login").format(Identifier(reader)))
                    cursor.execute(
                        SQL("alter role {} set default_transaction_read_only = on").format(Identifier(reader))
                    )
                except psycopg2.errors.InsufficientPrivilege:
                    log.warning(
                        "publish: there is no role %s for BI, and %s may not create it; have an administrator run:"
                        ' create role "%s" login',
                        reader,
                        self._settings.postgres.user,
                        reader,
                    )
                    return
            cursor.execute(
                SQL("grant connect on database {} to {}").format(Identifier(self._database), Identifier(reader))
            )

    @contextmanager
    def _connect(self, database: str = "") -> Iterator[Cursor]:
        """One transaction; nothing of it is there when it fails."""
        with closing(self._open(database or self._database)) as connection, connection, connection.cursor() as cursor:
            yield cursor

    def _open(self, database: str) -> PostgresConnection:
        server = self._settings.postgres
        return psycopg2.connect(
            host=server.host,
            port=server.port,
            user=server.user,
            password=server.password,
            dbname=database,
            options="-c TimeZone=UTC -c DateStyle=ISO -c client_min_messages=warning",
        )


def _has(cursor: Cursor, name: str) -> bool:
    cursor.execute("select to_regclass(%s) is not null", [f'content."{name}"'])
    return bool(cursor.fetchall()[0][0])


def _signature(mart: Mart, settings: Settings) -> str:
    columns = [(column.name, column.data_type) for column in mart.shown(is_hashing=settings.masking.is_hashing)]
    return hashlib.sha256(json.dumps([mart.key, columns]).encode()).hexdigest()[:8]


def _parent(mart: Mart, settings: Settings) -> str:
    return f"{mart.name[:40]}_by_content_{_signature(mart, settings)}"


def _hider(settings: Settings) -> Callable[[str], str] | None:
    """SQL of text that keeps its equality and nothing else; the same text as the embedded engine makes of it."""
    if not settings.masking.is_hashing:
        return None
    key = settings.masking.key.replace("'", "''")

    def hashed(text: str) -> str:
        return f"encode(sha256(convert_to('{key}' || {text}, 'UTF8')), 'hex')"

    return lambda column: f"left({hashed(hashed(column))}, 32)"
