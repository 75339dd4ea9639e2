"""One writer at a time. The operating system drops the lock when its holder dies, so no stale lock can stay."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from clearcount.errors import StoreError


@contextmanager
def write_lock(
    store: Path, *, wait: float, waiting: Callable[[], None] = lambda: None, name: str = "lock"
) -> Iterator[None]:
    """Hold the store for writing; while another holds it, call `waiting` once and wait up to `wait` seconds.

    `name` is the file that is locked: that of the records, or that of a folder which changes by itself.

    Raises:
        StoreError: when the other writer is not done in time, or the lock cannot be made.
    """
    deadline = time.monotonic() + wait
    told = False
    while True:
        try:
            handle = (store / name).open("a+b")
        except OSError as error:
            raise StoreError(
                f"the store {store} cannot be written: {error.strerror}; check the folder's owner"
            ) from error
        with handle:
            if _take(handle):
                if _is_still(handle, store / name):
                    yield  # closing the file gives the lock back
                    return
                continue  # its holder took the whole store away; begin again with a new file
        if not told:
            waiting()
            told = True
        if time.monotonic() >= deadline:
            raise StoreError(f"another import is writing to {store}; run this one again when it is done")
        time.sleep(0.1)


def _is_still(handle: IO[bytes], path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(handle.fileno()), path.stat())
    except OSError:
        return False


if sys.platform == "win32":
    import msvcrt

    def _take(handle: IO[bytes]) -> bool:
        try:
            handle.seek(0)
            msvcrt.locking(handle.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _take(handle: IO[bytes]) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
