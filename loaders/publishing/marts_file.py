"""What is in the file that readers open: views of data files, the marts that are tables, and what it says of itself."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import astuple
from pathlib import Path

import duckdb

from loaders.publishing.catalogue import Mart
from loaders.publishing.content import file_name
from loaders.publishing.publication import Publication, domain_of
from loaders.warehouse.engine import Connection

log = logging.getLogger("ledgerline")


def files(folder: Path, key: str, publication: Publication) -> list[Path]:
    """The data files of a mart, oldest rows first."""
    return [folder / file_name(key, part) for part in publication.parts.get(key) or [publication.fingerprints[key]]]


@contextmanager
def attached(connection: Connection, path: Path) -> Iterator[None]:
    """A file as database `published`."""
    connection.execute(f"attach '{quoted(path)}' as published")
    try:
        yield
    finally:
        connection.execute("detach published")


def empty(connection: Connection, keep: Collection[str]) -> None:
    """Drop all but these marts."""
    for schema, name, kind in connection.query(
        "select table_schema, table_name, table_type from information_schema.tables where table_catalog = 'published'"
    ):
        if f"{schema}.{name}" not in keep:
            connection.execute(f'drop {"view" if kind == "VIEW" else "table"} published."{schema}"."{name}"')


def create_schemas(connection: Connection, publication: Publication) -> None:
    """One a domain; of one that was never published it is empty."""
    for domain in sorted({*publication.domains, *map(domain_of, publication.fingerprints)}):
        connection.execute(f'create schema if not exists published."{domain}"')


def create_view(connection: Connection, database: str, key: str, folder: Path, publication: Publication) -> None:
    """Let a mart be what its data files hold."""
    schema, name = key.split(".")
    paths = ", ".join(f"'{quoted(path)}'" for path in files(folder, key, publication))
    connection.execute(f'create or replace view {database}"{schema}"."{name}" as select * from read_parquet([{paths}])')


def create_table(connection: Connection, mart: Mart, columns: str) -> None:
    """A copy of a mart, by its key."""
    connection.execute(
        f'create table published."{mart.schema}"."{mart.name}" as select {columns} from "{mart.schema}"."{mart.name}"'
        f" order by {', '.join(mart.lookup_key)}"
    )


def tell(connection: Connection, publication: Publication) -> None:
    """What the file says of itself: which publication, as of when, and how fresh each source was."""
    connection.execute("create schema if not exists published.ops")
    connection.execute(
        "create table published.ops.publication as select cast(%s as bigint) as publication_id, %s as run_id,"
        " cast(%s as timestamptz) as as_of, cast(%s as timestamptz) as published_at",
        publication.number,
        publication.about.run_id,
        publication.about.as_of,
        publication.about.published_at,
    )
    tell_domains(connection, "published.", publication)
    there = connection.query(
        "select 1 from information_schema.tables where table_schema = 'ops' and table_name = 'source_freshness'"
        " and table_catalog = current_database()"
    )
    if not there:
        return
    try:
        connection.execute("create table published.ops.source_freshness as select * from ops.source_freshness")
    except duckdb.Error as error:
        # A view over marts of domains, of which a build that failed may have left another one.
        log.warning("publish: ops.source_freshness is left out (%s)", str(error).splitlines()[0])


def tell_domains(connection: Connection, database: str, publication: Publication) -> None:
    """And of which run each domain's marts are."""
    connection.execute(
        f"create or replace table {database}ops.publication_domains (domain varchar, run_id varchar, as_of timestamptz,"
        " built_at timestamptz, outcome varchar, reason varchar)"
    )
    domains = sorted(publication.of_domains().items())
    connection.execute(
        f"insert into {database}ops.publication_domains values "
        + ", ".join(["(%s, %s, %s, %s, %s, %s)"] * len(domains)),
        *(value for domain, told in domains for value in (domain, *astuple(told))),
    )


def quoted(text: Path | str) -> str:
    return str(text).replace("'", "''")
