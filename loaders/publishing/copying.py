"""Rows from one PostgreSQL database into another, and the moment when everybody can see them."""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor

import psycopg2
from psycopg2.extensions import cursor as Cursor  # noqa: N812

# Between planning a statement and running it lie microseconds, not this.
_LONGEST_PLAN_SECONDS = 1.0


def wait_for_plans(cursor: Cursor) -> None:
    """Wait for statements that were planned without the new content and are yet to take their snapshot.

    Whoever plans a statement holds a lock on what it reads. A lock that is still there after a second is that of a
    statement that runs, or of a transaction that stays open.
    """
    locks = (
        "select virtualtransaction from pg_locks where mode = 'AccessShareLock' and pid <> pg_backend_pid()"
        " and relation in (select oid from pg_class where relnamespace = 'content'::regnamespace)"
    )
    cursor.execute(locks)
    earlier = set(cursor.fetchall())
    until = time.monotonic() + _LONGEST_PLAN_SECONDS
    while earlier and time.monotonic() < until:
        time.sleep(0.01)
        cursor.connection.commit()
        cursor.execute(locks)
        earlier &= set(cursor.fetchall())


def stream(source: Cursor, copy_out: str, target: Cursor, copy_in: str) -> None:
    """Rows from one connection into another, without either of them waiting for all of it."""
    read_end, write_end = os.pipe()

    def send() -> None:
        with os.fdopen(write_end, "wb") as pipe:
            source.copy_expert(copy_out, pipe)

    with ThreadPoolExecutor(1) as pool, os.fdopen(read_end, "rb") as pipe:
        sent = pool.submit(send)
        try:
            target.copy_expert(copy_in, pipe)
        except psycopg2.Error:
            # The sender waits for a reader that is gone.
            pipe.close()
            if error := sent.exception():
                raise error from None
            raise
        sent.result()
