"""The process in which `read_apart` runs a reader. It takes its bounds upon itself before it imports the reader."""

from __future__ import annotations

import importlib
import json
import os
import sys
from collections.abc import Iterator
from io import BufferedWriter
from typing import Any, BinaryIO

from clearcount.errors import ClearcountError
from clearcount.foreign.apart import BATCH, END, FAULT, FRAME, REFUSAL, TASK, VALUE


def main() -> None:
    """Run the task that the environment names on what comes in, and write its answers as frames."""
    task = json.loads(os.environ.pop(TASK))
    out = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # a library that prints must not write between the frames
    _bound(task["seconds"], task["memory"])
    try:
        for kind, payload in _answers(task, sys.stdin.buffer):
            _write(out, kind, payload)
        _write(out, END, b"")
    except ClearcountError as error:
        _write(out, REFUSAL, str(error).encode("utf-8", "replace"))
    except Exception as error:
        _write(out, FAULT, _place(error).encode("utf-8", "replace"))
    out.close()
    os._exit(0)  # nothing native is taken down: an exit handler of a library could hang or abort


def _bound(seconds: int, memory: int) -> None:
    """Bound processor time and memory where the system can, and leave no core file, which would hold the content."""
    if sys.platform == "win32":
        return  # no such bounds there: the parent's clock and the checks before reading remain
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    if sys.platform == "linux":  # macOS refuses or ignores it
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


def _answers(task: dict[str, Any], content: BinaryIO) -> Iterator[tuple[bytes, bytes]]:
    module, _, name = task["function"].partition(":")
    function = getattr(importlib.import_module(module), name)
    for answer in function(content, **task["arguments"]):
        if type(answer).__name__ == "RecordBatch":
            import pyarrow as pa

            sink = pa.BufferOutputStream()
            with pa.ipc.new_stream(sink, answer.schema) as writer:
                writer.write_batch(answer)
            yield BATCH, sink.getvalue().to_pybytes()
        else:
            yield VALUE, json.dumps(answer).encode("ascii")


def _write(out: BufferedWriter, kind: bytes, payload: bytes) -> None:
    out.write(FRAME.pack(kind, len(payload)))
    out.write(payload)
    out.flush()


def _place(error: Exception) -> str:
    """The kind of the error and where it was raised; its words may hold text of the file."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f"{trace.tb_frame.f_globals.get('__name__')}:{trace.tb_lineno}" if trace is not None else ""
    return f"{type(error).__name__} at {where}"


if __name__ == "__main__":
    main()
