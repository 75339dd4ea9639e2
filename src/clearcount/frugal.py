"""Under a limit of the address space (`ulimit -v`), let the native libraries ask for less of it.

By default each thread of each library takes its own share: heaps of 64 MB, buffers, stacks. Under a limit that is met
before any record is read, and some libraries then end the process without a word. Nothing is changed where no limit is.
"""

from __future__ import annotations

import ctypes
import os
import sys
from importlib.abc import MetaPathFinder

_LESS = {
    "OPENBLAS_NUM_THREADS": "1",  # 32 MB a thread, and the process ended when they cannot be had
    "OMP_NUM_THREADS": "1",
    "TOKIO_WORKER_THREADS": "1",  # the threads of Delta Lake's library
    "ARROW_DEFAULT_MEMORY_POOL": "system",  # jemalloc complains where it may not start a thread
}
LEAST = 1_000_000_000
"""Bytes of address space below which nothing is begun; a small store is imported and counted with 800,000,000."""
_ARENAS = -8
"""M_ARENA_MAX of glibc's mallopt: how many heaps threads may share out among themselves."""


def be_frugal() -> None:
    """Set the libraries up for little memory, when the address space is limited; call it before they are loaded."""
    if sys.platform != "linux" or limit_of_memory() is None:
        return
    for name, value in _LESS.items():
        os.environ.setdefault(name, value)
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # other C libraries have none
    if mallopt is not None:
        mallopt(_ARENAS, 1)


class _NoPandas(MetaPathFinder):
    """Finds nothing, and says of pandas that it is not installed."""

    def find_spec(self, fullname: str, path: object, target: object = None) -> None:
        if fullname == "pandas":
            raise ModuleNotFoundError("pandas is left out here", name="pandas")


_no_pandas = _NoPandas()


def leave_pandas_out() -> None:
    """Let Arrow find no pandas: it loads all of it, for a third of a second, to look at one value.

    The command line shows no frame. Call it before Arrow is loaded; an engine that needs pandas calls `let_pandas_in`.
    """
    if _no_pandas not in sys.meta_path:
        sys.meta_path.insert(0, _no_pandas)


def let_pandas_in() -> None:
    """Take `leave_pandas_out` back."""
    if _no_pandas in sys.meta_path:
        sys.meta_path.remove(_no_pandas)


def require_memory() -> None:
    """Raise MemoryError where the address space is too small for the libraries alone.

    With less than that some of them end the process by themselves, with a signal or a code that means something else.
    """
    limit = limit_of_memory()
    if limit is not None and limit < LEAST:
        raise MemoryError(f"{limit} bytes")


def limit_of_memory() -> int | None:
    """Return the bytes of address space that this process may have; None where there is no limit."""
    if sys.platform == "win32":
        return None
    import resource

    soft, _ = resource.getrlimit(resource.RLIMIT_AS)
    return None if soft == resource.RLIM_INFINITY else soft
