"""The publications that a server keeps: which there are, and dropping what none of them names any more."""

from __future__ import annotations

import json

from psycopg2.extensions import connection as PostgresConnection  # noqa: N812
from psycopg2.extensions import cursor as Cursor  # noqa: N812
from psycopg2.sql import SQL, Identifier, Literal

from loaders.publishing.publication import Publication

_SET_UP = """
    create schema if not exists content;
    create schema if not exists ops;
    create table if not exists content.publications (number bigint primary key, said text not null);
    create table if not exists content.current (mart varchar primary key, content varchar not null);
    create table if not exists content.current_publication (
        publication_id bigint not null, run_id varchar not null, as_of timestamptz not null,
        published_at timestamptz not null
    );
    create table if not exists content.freshness (publication_id bigint not null, said text not null);
    create view ops.publication as select * from content.current_publication;
"""
# Since a later version.
_SET_UP_DOMAINS = """
    create table if not exists content.current_domains (
        domain varchar primary key, run_id varchar, as_of timestamptz, built_at timestamptz, outcome varchar not null,
        reason varchar
    );
    create view ops.publication_domains as select * from content.current_domains;
"""
_PATIENCE = "5s"
# Partitions, first those that an earlier prune began to cut off: of one table there can be one at a time.
_ATTACHED = """
    select parent.relname, child.relname, inhdetachpending
    from pg_inherits
    join pg_class as parent on parent.oid = inhparent
    join pg_class as child on child.oid = inhrelid
    where child.relnamespace = 'content'::regnamespace
    order by inhdetachpending desc, child.relname
"""
# What a killed prune had cut off and not dropped.
_CUT_OFF = """
    select relname from pg_class
    where relnamespace = 'content'::regnamespace and relkind = 'r' and not relispartition and relname ~ '_[0-9a-f]{20}$'
"""


def set_up(cursor: Cursor) -> None:
    """Make what is not there yet. To make a view anew, even the same, readers of it would have to wait."""
    for view, statements in (("ops.publication", _SET_UP), ("ops.publication_domains", _SET_UP_DOMAINS)):
        cursor.execute("select to_regclass(%s) is null", [view])
        if cursor.fetchall()[0][0]:
            cursor.execute(statements)


def kept(cursor: Cursor) -> list[Publication]:
    """The publications that can come back, newest first."""
    cursor.execute("select to_regclass('content.publications') is not null")
    if not cursor.fetchall()[0][0]:
        return []
    cursor.execute("select said from content.publications order by number desc")
    return [Publication.from_json(json.loads(said)) for (said,) in cursor.fetchall()]


def current(cursor: Cursor) -> int | None:
    """The id of the publication that readers see; None where there is none."""
    cursor.execute("select to_regclass('content.current_publication') is not null")
    if not cursor.fetchall()[0][0]:
        return None
    cursor.execute("select publication_id from content.current_publication")
    row = cursor.fetchone()
    return row[0] if row else None


def prune(connection: PostgresConnection, publications_kept: int) -> None:
    """Drop what is older than the publications that are kept, without a reader waiting for it."""
    with connection, connection.cursor() as cursor:
        newest = kept(cursor)[:publications_kept]
        oldest = newest[-1].number if newest else 0
        shown = current(cursor) or oldest
        cursor.execute("delete from content.publications where number < %s and number <> %s", [oldest, shown])
        cursor.execute(
            "delete from content.freshness where publication_id < %s and publication_id <> %s", [oldest, shown]
        )
        named = {fingerprint for each in kept(cursor) for fingerprint in each.fingerprints.values()}
        cursor.execute(_ATTACHED)
        unused = [found for found in cursor.fetchall() if found[1].rpartition("_")[2] not in named]
        cursor.execute(_CUT_OFF)
        cut_off = [child for (child,) in cursor.fetchall()]
    connection.autocommit = True
    with connection.cursor() as cursor:
        # To cut off a partition is to wait for whoever has it open: a report that somebody left open overnight, say.
        cursor.execute(SQL("set statement_timeout = {}").format(Literal(_PATIENCE)))
        for parent, child, is_begun in unused:
            cursor.execute(
                SQL("alter table {} detach partition {} {}").format(
                    Identifier("content", parent),
                    Identifier("content", child),
                    SQL("finalize" if is_begun else "concurrently"),
                )
            )
            cut_off.append(child)
        for child in cut_off:
            cursor.execute(SQL("drop table {}").format(Identifier("content", child)))
