"""Publications in the readers' database of PostgreSQL: an answer is read in one transaction that repeats its reads.

What is published is rows there (`ops.publication`, `content.current`), so such a transaction sees one publication even
while the next one comes in. Earlier ones are read from the partitions that hold their content.
"""

from __future__ import annotations

import contextlib
import json
import queue
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg2
import psycopg2.errors
from psycopg2.sql import SQL, Identifier, Literal

from loaders.config import Settings
from loaders.publishing.publication import Publication
from web.config import Door
from web.published import AnswerCache, Field, Identity, NotPublishedError, Reading, TooMuchError, described

_KINDS = {
    16: "boolean",
    20: "integer",
    21: "integer",
    23: "integer",
    700: "number",
    701: "number",
    1082: "date",
    1114: "local",
    1184: "instant",
    1700: "decimal",
}
_IDLE_CONNECTIONS = 8
_FETCHED_ROWS = 2_000
_KEPT_ANSWERS = 4


class Transaction:
    """One publication, for as long as the transaction lasts."""

    def __init__(self, connection: Any, identity: Identity, answers: AnswerCache, kept: Publication | None) -> None:
        self._connection = connection
        self._kept = kept
        self.identity = identity
        self.answers = answers

    def marts(self) -> list[str]:
        if self._kept is not None:
            return sorted(key for key in self._kept.fingerprints if key in described())
        found = self.query("select schemaname || '.' || viewname from pg_views where schemaname = any(%s)", _schemas())
        return sorted(key for (key,) in found if key in described() or key.startswith("ops."))

    def fields(self, mart: str) -> tuple[Field, ...] | None:
        if mart not in self.marts():
            return None
        said = None if mart.startswith("ops.") else described()[mart]
        with self._connection.cursor() as cursor:
            cursor.execute(f"select * from {self.relation(mart)} limit 0")
            return tuple(
                Field(column.name, _KINDS.get(column.type_code, "text"), bool(said and said[column.name]))
                for column in cursor.description
                if said is None or column.name in said
            )

    def relation(self, mart: str) -> str:
        schema, name = mart.split(".")
        if self._kept is None:
            return SQL("{}").format(Identifier(schema, name)).as_string(self._connection)
        fingerprint = self._kept.fingerprints[mart]
        found = self.query(
            "select relname from pg_inherits join pg_class on pg_class.oid = inhparent"
            " where inhrelid = to_regclass(%s)",
            f'content."{name[:40]}_{fingerprint}"',
        )
        if not found:
            raise NotPublishedError(f"{mart} of publication {self.identity.number} is no longer kept", is_unknown=True)
        return (
            SQL("(select * from {} where content = {}) as kept")
            .format(Identifier("content", found[0][0]), Literal(fingerprint))
            .as_string(self._connection)
        )

    def instant(self, column: str) -> str:
        return f"cast(extract(epoch from {column}) * 1000000 as bigint)"

    def query(self, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
        with self._connection.cursor() as cursor:
            try:
                cursor.execute(sql, parameters or None)
            except psycopg2.errors.QueryCanceled as error:
                raise TooMuchError(type(error).__name__) from None
            rows: list[tuple[Any, ...]] = cursor.fetchall()
            return rows

    def stream(self, sql: str, *parameters: Any) -> Iterator[tuple[Any, ...]]:
        # A named cursor: the server hands the rows out in batches.
        with self._connection.cursor(name="answer") as cursor:
            cursor.itersize = _FETCHED_ROWS
            cursor.execute(sql, parameters or None)
            yield from cursor


class Server:
    """The publications of a warehouse on a server."""

    def __init__(self, settings: Settings, door: Door) -> None:
        self._server = settings.postgres
        self._door = door
        self._idle: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._answers: OrderedDict[tuple[int, str, str], AnswerCache] = OrderedDict()

    def hot(self) -> AnswerCache | None:
        """Which publication it is has to be asked."""
        return None

    @contextmanager
    def reading(self, number: int | None = None, *, with_people: bool = False) -> Iterator[Reading]:
        if with_people:
            raise NotPublishedError(
                "personal columns are not published on PostgreSQL; who may see them reads the marts in database"
                f" {self._server.dbname}"
            )
        connection = self._connected()
        try:
            yield self._begun(connection, number)
        finally:
            self._give_back(connection)

    def mark(self) -> object:
        with self.reading() as read:
            identity = read.identity
            return identity.number, identity.run_id, identity.published_at

    def close(self) -> None:
        with contextlib.suppress(queue.Empty):
            while True:
                self._idle.get_nowait().close()

    def _give_back(self, connection: Any) -> None:
        try:
            connection.rollback()
        except psycopg2.Error:
            connection.close()
            return
        if self._idle.qsize() < _IDLE_CONNECTIONS:
            self._idle.put(connection)
        else:
            connection.close()

    def _begun(self, connection: Any, number: int | None) -> Transaction:
        with connection.cursor() as cursor:
            try:
                cursor.execute(
                    'select publication_id, run_id, to_char(as_of, \'YYYY-MM-DD"T"HH24:MI:SS"Z"\'),'
                    ' to_char(published_at, \'YYYY-MM-DD"T"HH24:MI:SS"Z"\') from ops.publication'
                )
            except psycopg2.errors.UndefinedTable:
                raise NotPublishedError("nothing is published yet; `ledgerline run` publishes what passes") from None
            current = cursor.fetchone()
            if current is None:
                raise NotPublishedError("nothing is published yet; `ledgerline run` publishes what passes")
            said = self._said(cursor, current[0] if number is None else number)
        if number is None:
            fingerprints = dict(said.fingerprints) if said else {}
            identity = Identity(current[0], current[1], current[2], current[3], fingerprints)
            return Transaction(connection, identity, self._answers_of(identity), None)
        if said is None:
            raise NotPublishedError(f"there is no publication {number} any more", is_unknown=True)
        about = said.about
        identity = Identity(number, about.run_id, about.as_of, about.published_at, dict(said.fingerprints))
        return Transaction(connection, identity, AnswerCache(), said)

    def _said(self, cursor: Any, number: int) -> Publication | None:
        """What is known of a publication. A role that may read the marts alone is not told."""
        cursor.execute("select has_schema_privilege('content', 'usage')")
        if not cursor.fetchone()[0]:
            return None
        cursor.execute("select said from content.publications where number = %s", [number])
        row = cursor.fetchone()
        return Publication.from_json(json.loads(row[0])) if row else None

    def _answers_of(self, identity: Identity) -> AnswerCache:
        key = (identity.number, identity.run_id, identity.published_at)
        answers = self._answers.get(key)
        if answers is None:
            answers = self._answers[key] = AnswerCache()
            while len(self._answers) > _KEPT_ANSWERS:
                self._answers.popitem(last=False)
        return answers

    def _connected(self) -> Any:
        with contextlib.suppress(queue.Empty):
            while True:
                connection = self._idle.get_nowait()
                if not connection.closed:
                    return connection
        server = self._server
        try:
            connection = psycopg2.connect(
                host=server.host,
                port=server.port,
                user=server.user,
                password=server.password,
                dbname=server.published,
                connect_timeout=5,
                options=f"-c TimeZone=UTC -c DateStyle=ISO -c statement_timeout={self._door.query_seconds}s",
            )
        except psycopg2.OperationalError:
            raise NotPublishedError(
                f"database {server.published} cannot be opened; `ledgerline doctor` says what is wrong"
            ) from None
        connection.set_session(isolation_level="REPEATABLE READ", readonly=True)
        return connection


def _schemas() -> list[str]:
    return sorted({key.partition(".")[0] for key in described()} | {"ops"})
