"""The one place that turns an exception into a sentence and an exit code.

An exception that nobody foresaw becomes a sentence and a file for the maintainer. The file names types, modules, lines
and versions. It holds no message, no argument and no local value: any of these may carry words of a record.
"""

from __future__ import annotations

import errno
import os
import platform
import sys
import tempfile
import threading
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from clearcount.errors import ClearcountError

REFUSED = 2
"""The exit code of every command that could not do what it was asked."""

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS}
_CROWDED = {errno.ENOMEM, errno.EAGAIN}
_FIRST, _LAST = 20, 40
"""How many frames of a traceback are written at each end; a recursion without end has a thousand alike between."""
_LIBRARIES = ("click", "pyarrow", "numpy", "duckdb", "deltalake", "highspy", "lxml", "django")
_NO_MEMORY = (
    "this machine ran out of memory; nothing that was being written is left half done. "
    "Close other programs, raise the limit (ulimit -v) to 4 GB, or use a smaller scope"
)
_MEMORY_WORDS = ("can't start new thread", "cannot allocate memory", "failed to map segment", "bad_alloc")
"""What Python and the loader say in exceptions of other types when memory is short."""


@dataclass(frozen=True)
class End:
    """How a command ends: the lines for its user, and the exit code."""

    lines: tuple[str, ...]
    code: int = REFUSED


def end_of(error: BaseException, *, command: str = "") -> End:
    """Return how a command ends that `error` stopped; for an unforeseen one, after writing the maintainer's file.

    `command` is the name of the command, without its arguments.
    """
    if isinstance(error, ClearcountError):
        return End(tuple(f"error: {line}" for line in str(error).splitlines() or [type(error).__name__]))
    if isinstance(error, KeyboardInterrupt) or type(error).__name__ == "InterruptException":
        return End(("error: stopped by you; nothing that was being written is left half done",))
    if _is_memory(error):
        return End((f"error: {_NO_MEMORY}",))
    if isinstance(error, BrokenPipeError):
        return End(("error: the program that read this output has ended; the rest was not printed",))
    if isinstance(error, OSError) and error.errno is not None:
        return End((f"error: {_of_system(error, error.errno)}",))
    return End(_unforeseen(error, command))


def say(error: BaseException, *, command: str = "") -> int:
    """Print how a command ends that `error` stopped, on standard error; return its exit code."""
    end = end_of(error, command=command)
    for line in end.lines:
        try:
            print(line, file=sys.stderr, flush=True)
        except (OSError, ValueError):  # nobody reads standard error any more
            break
    return end.code


def keep_quiet() -> None:
    """Let no thread and no destructor print a traceback of its own: a message may carry words of a record."""
    threading.excepthook = lambda args: None
    sys.unraisablehook = lambda args: None


def _is_memory(error: BaseException) -> bool:
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryException":
        return True
    if isinstance(error, OSError) and error.errno in _CROWDED:
        return True
    if isinstance(error, RuntimeError | ImportError | OSError):
        return any(word in str(error).casefold() for word in _MEMORY_WORDS)
    return False


def _of_system(error: OSError, number: int) -> str:
    """Return what the operating system refused, in which file, and what to do."""
    where = f"{error.filename}: " if isinstance(error.filename, str) else ""
    what = os.strerror(number)
    if number in _FULL:
        return f"{where}{what}: the disk is full; make room and run it again"
    if number in _FORBIDDEN and sys.platform == "win32":
        return f"{where}{what}; close the program that has it open, such as Excel, or check who may write there"
    if number in _FORBIDDEN:
        return f"{where}{what}; check the path, its owner and its mode"
    return f"{where}{what}; check the path, its owner and the disk"


def _unforeseen(error: BaseException, command: str) -> tuple[str, ...]:
    lines = tuple(_report(error, command))
    said = "error: clearcount has a fault here; neither your files nor your request need be wrong"
    try:
        path = _written(lines)
    except OSError:
        return (said, "error: no file could be written; send these lines to the maintainer", *lines)
    return (said, f"error: send the file {path} to the maintainer; it holds no word of a record")


def _written(lines: tuple[str, ...]) -> Path:
    descriptor, name = tempfile.mkstemp(prefix="clearcount-fault-", suffix=".txt")
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write("\n".join([*lines, ""]))
    return Path(name)


def _report(error: BaseException, command: str) -> Iterator[str]:
    from importlib import metadata  # here: it takes longer to load than all that --help needs

    yield f"command: {command or 'not known'}"
    yield f"python: {platform.python_version()} on {platform.system()} {platform.machine()}"
    for name in ("clearcount", *_LIBRARIES):
        try:
            yield f"{name}: {metadata.version(name)}"
        except metadata.PackageNotFoundError:
            continue
    for each in _chain(error):
        yield ""
        yield _kind(each)
        frames = [
            f"  {frame.f_globals.get('__name__', '?')}:{line} in {frame.f_code.co_qualname}"
            for frame, line in traceback.walk_tb(each.__traceback__)
        ]
        if len(frames) > _FIRST + _LAST:
            frames[_FIRST:-_LAST] = [f"  ({len(frames) - _FIRST - _LAST} frames left out)"]
        yield from frames


def _kind(error: BaseException) -> str:
    """Return the type of an error and, from the system's own list, its number; never its message."""
    kind = type(error)
    number = f" (errno {error.errno})" if isinstance(error, OSError) and error.errno is not None else ""
    return f"{kind.__module__}.{kind.__qualname__}{number}"


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Give the error, what it was made of, and what it was raised from, each once."""
    waiting: list[BaseException | None] = [error]
    seen: set[int] = set()
    while waiting:
        each = waiting.pop(0)
        if each is None or id(each) in seen:
            continue
        seen.add(id(each))
        yield each
        if isinstance(each, BaseExceptionGroup):
            waiting.extend(each.exceptions)
        waiting += [each.__cause__, each.__context__]
