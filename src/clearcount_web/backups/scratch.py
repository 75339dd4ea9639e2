"""Databases of PostgreSQL that a rehearsal makes, fills, looks at and drops again."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from clearcount_web.backups.databases import BackupFault

_PREFIX = "clearcount_rehearsal_"


@contextmanager
def scratch(url: str, which: str) -> Iterator[str]:
    """Yield the address of a new, empty database on the server that `url` names; drop it in the end.

    A rehearsal that was killed leaves its database behind, with copies of what people wrote. The next one drops it. The
    session of a rehearsal holds a lock on the name of its database, and what nobody holds is left over.

    Raises:
        BackupFault: when the server cannot be reached, or the role may not make a database there.
    """
    import psycopg
    from psycopg import sql

    name = f"{_PREFIX}{which}_{secrets.token_hex(6)}"
    try:
        server = psycopg.connect(url, autocommit=True)
    except psycopg.Error:
        raise BackupFault(
            "the dumps are not loaded: the server of PostgreSQL does not answer; start it, or name another in "
            "CLEARCOUNT_REHEARSAL_DB_URL"
        ) from None
    try:
        _drop_left_over(server, which)
        server.execute("SELECT pg_advisory_lock(hashtext(%s))", (name,))
        try:
            server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
        except psycopg.errors.InsufficientPrivilege:
            raise BackupFault(
                "the dumps are not loaded: this role may not make a database; name a server and a role that may in "
                "CLEARCOUNT_REHEARSAL_DB_URL"
            ) from None
        try:
            yield urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
        finally:
            _drop(server, name)
    finally:
        server.close()


def _drop_left_over(server: Any, which: str) -> None:
    rows = server.execute(
        "SELECT datname FROM pg_database WHERE starts_with(datname, %s) AND pg_get_userbyid(datdba) = current_user",
        (f"{_PREFIX}{which}_",),
    ).fetchall()
    for (name,) in rows:
        [free] = server.execute("SELECT pg_try_advisory_lock(hashtext(%s))", (name,)).fetchone()
        if free:
            _drop(server, name)
            server.execute("SELECT pg_advisory_unlock(hashtext(%s))", (name,))


def _drop(server: Any, name: str) -> None:
    from psycopg import sql

    server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
