"""Readers that misbehave, for the tests of `read_apart`."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from typing import Any, BinaryIO

import pyarrow as pa

from clearcount.errors import ExportError


def lengths(stream: BinaryIO, *, more: list[int]) -> Iterator[Any]:
    print("a library that prints")
    yield len(stream.read())
    yield {"more": more}


def batches(stream: BinaryIO) -> Iterator[Any]:
    for number in range(3):
        yield pa.RecordBatch.from_pydict({"a": [f"{number}"] * 2, "b": [number, None]})


def refuses(stream: BinaryIO) -> Iterator[Any]:
    yield 1
    raise ExportError("sheet Two does not fit")


def breaks(stream: BinaryIO) -> Iterator[Any]:
    yield int("words of a record")


def aborts(stream: BinaryIO) -> Iterator[Any]:
    os.abort()
    yield 1


def eats_memory(stream: BinaryIO) -> Iterator[Any]:
    yield len(bytearray(3 << 30))


def never_ends(stream: BinaryIO) -> Iterator[Any]:
    while True:
        pass
    yield 1


def sleeps(stream: BinaryIO) -> Iterator[Any]:
    yield 1
    time.sleep(600)


def garbles(stream: BinaryIO) -> Iterator[Any]:
    sys.stderr.write("words of a record")
    for descriptor in range(3, 9):
        try:
            os.write(descriptor, b"garbage that is no frame")
        except OSError:
            continue
    yield 1


def leaves_a_trail(stream: BinaryIO) -> Iterator[Any]:
    """Says each value before it is asked for the next one."""
    yield os.getpid()
    yield from range(1_000_000)
