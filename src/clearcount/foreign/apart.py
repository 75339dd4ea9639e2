"""Runs a reader in a process of its own, with bounds on its time and memory.

A library written in C or Rust can abort the interpreter: one cell at XFD1048576 asks for 500 GB, and the allocator ends
the process. Apart, the reader dies alone, and the file is refused in a sentence. What comes back is data: JSON, or
Arrow batches that are validated. It is never pickled, so a reader taken over by a file cannot run code here.
"""

from __future__ import annotations

import json
import os
import struct
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, TypeAlias

from clearcount.errors import ClearcountError, ForeignFileError
from clearcount.foreign.bounds import MEGABYTE

if TYPE_CHECKING:
    import pyarrow as pa

Answer: TypeAlias = "pa.RecordBatch | dict[str, Any] | list[Any] | str | int | float | bool | None"
"""What a reader may give: a batch, or a value of JSON."""

FRAME = struct.Struct(">cQ")
"""Kind and length of what follows."""
VALUE, BATCH, REFUSAL, FAULT, END = b"v", b"b", b"r", b"f", b"."
_KINDS = frozenset((VALUE, BATCH, REFUSAL, FAULT, END))
LARGEST_FRAME = 512 * MEGABYTE
TASK = "CLEARCOUNT_APART"
"""The variable that tells the process what to run: arguments on a command line are seen by every user."""


@dataclass(frozen=True)
class Allowance:
    """What a reader apart may use: `seconds` of processor time, twice as many of waiting, `memory` in bytes."""

    seconds: int = 8
    memory: int = 1 << 30

    @classmethod
    def for_content(cls, size: int) -> Allowance:
        """Return what an honest workbook of `size` unpacked bytes needs, which is more than a small one."""
        return cls(seconds=8 + size // (4 * MEGABYTE), memory=(1 << 30) + 8 * size)


def read_apart(
    function: Callable[..., Iterable[Answer]],
    content: Path | bytes,
    *,
    name: str,
    allowance: Allowance | None = None,
    error: type[ClearcountError] = ForeignFileError,
    **arguments: object,
) -> Iterator[Answer]:
    """Give what `function(stream, **arguments)` yields in a process of its own.

    `function` is public at the top of a module; `stream` has the content; `arguments` are values of JSON. `name` is
    what messages call the file. The process ends when the iterator is closed.

    Raises:
        error: when the file cannot be opened, the reader refuses it, breaks off, or needs more than the allowance.
    """
    allowed = allowance or Allowance()
    with _started(function, content, name, allowed, error, arguments) as process:
        assert process.stdout is not None
        while True:
            kind, payload = _next(process, process.stdout, name, allowed, error)
            if kind == END:
                return
            if kind == REFUSAL:
                raise error(payload.decode("utf-8"))
            if kind == FAULT:
                why = _TOO_LARGE if payload.startswith(b"MemoryError") else _DAMAGED
                raise _refused(error, f"{name} cannot be read: {why}", payload)
            yield _batch(payload, name, error) if kind == BATCH else json.loads(payload)


@contextmanager
def _started(
    function: Callable[..., Iterable[Answer]],
    content: Path | bytes,
    name: str,
    allowed: Allowance,
    error: type[ClearcountError],
    arguments: dict[str, object],
) -> Iterator[subprocess.Popen[bytes]]:
    task = {
        "function": f"{function.__module__}:{function.__qualname__}",
        "arguments": arguments,
        "seconds": allowed.seconds,
        "memory": allowed.memory,
    }
    environment = {**os.environ, TASK: json.dumps(task), "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, "-P", "-m", "clearcount.foreign.child"]
    try:
        given = content.open("rb") if isinstance(content, Path) else subprocess.PIPE
    except OSError as fault:
        raise error(f"{name} cannot be read: {fault.strerror}") from None
    try:
        process = subprocess.Popen(  # noqa: S603  our own module
            command, stdin=given, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
        )
    finally:
        if not isinstance(given, int):
            given.close()
    try:
        if isinstance(content, bytes):
            threading.Thread(target=_feed, args=(process, content), daemon=True).start()
        yield process
    finally:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def _feed(process: subprocess.Popen[bytes], content: bytes) -> None:
    assert process.stdin is not None
    with suppress(OSError), process.stdin as stdin:  # the reader may have stopped early
        stdin.write(content)


def _next(
    process: subprocess.Popen[bytes], stream: IO[bytes], name: str, allowed: Allowance, error: type[ClearcountError]
) -> tuple[bytes, bytes]:
    """The next frame; only the time that is spent waiting for it counts."""
    late = threading.Event()

    def stop() -> None:
        late.set()
        process.kill()

    guard = threading.Timer(2 * allowed.seconds, stop)
    guard.daemon = True
    guard.start()
    try:
        head = stream.read(FRAME.size)
        if len(head) == FRAME.size:
            kind, length = FRAME.unpack(head)
            payload = stream.read(length) if length <= LARGEST_FRAME else b""
            if len(payload) == length and kind in _KINDS:
                return kind, payload
    finally:
        guard.cancel()
    process.kill()
    code = process.wait()
    if late.is_set() or _used_up(code):
        raise _refused(
            error, f"{name} takes longer to read than {allowed.seconds} seconds of work; {_SMALLER}", b"time"
        )
    raise _refused(error, f"{name} cannot be read: {_TOO_LARGE}", f"exit {code}".encode())


_SMALLER = "save what is needed of it as CSV, or as a new file, and give that"
_TOO_LARGE = f"the file is damaged or claims to be far larger than it is; {_SMALLER}"
_DAMAGED = "it is damaged or not what its name says; save it again"


def _used_up(code: int) -> bool:
    """Whether the process was ended for its processor time."""
    import signal

    return code == -getattr(signal, "SIGXCPU", 0) and code != 0


def _refused(error: type[ClearcountError], sentence: str, fault: bytes) -> ClearcountError:
    cause = ForeignFileError(sentence, fault=fault.decode("utf-8", "replace"))
    if error is ForeignFileError:
        return cause
    refusal = error(sentence)
    refusal.__cause__ = cause
    return refusal


def _batch(payload: bytes, name: str, error: type[ClearcountError]) -> pa.RecordBatch:
    import pyarrow as pa

    with suppress(pa.ArrowInvalid, OSError, StopIteration), pa.ipc.open_stream(payload) as reader:
        batch = reader.read_next_batch()
        batch.validate(full=True)
        return batch
    raise _refused(error, f"{name} cannot be read: its reader gave something broken; save it again", b"batch")
