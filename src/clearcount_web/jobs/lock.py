"""One worker at a time, whatever happens to it: a lock that dies with the process that holds it.

On SQLite it is an exclusive transaction on a small file beside the database. On PostgreSQL it is a session advisory
lock on the very connection the worker works with. Neither needs a clock, a lease or a heartbeat, so a worker that is
merely slow or stopped is never mistaken for a dead one.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connections

from clearcount_web.platform.databases import STAFF

_ADVISORY = 0x636C_6561_7263


@contextmanager
def sole_worker() -> Iterator[Callable[[], bool]]:
    """Give a function that says whether this process is the only worker of its staff database, each time anew.

    On PostgreSQL the lock goes with the connection. A connection that was lost and made again holds it no more.
    """
    connection = connections[STAFF]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [_ADVISORY])
            held = bool(cursor.fetchone()[0])
        session = connection.connection
        try:
            yield lambda: held and connection.connection is session and connection.is_usable()
        finally:
            if held and connection.connection is session:
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_advisory_unlock(%s)", [_ADVISORY])
        return
    beside = sqlite3.connect(f"{connection.settings_dict['NAME']}.worker-lock", timeout=0, isolation_level=None)
    try:
        try:
            beside.execute("BEGIN EXCLUSIVE")
            held = True
        except sqlite3.OperationalError:
            held = False
        yield lambda: held
    finally:
        beside.close()
