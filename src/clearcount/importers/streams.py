"""Streams of bytes that change nothing but where they are cut."""

from __future__ import annotations

import io
from typing import BinaryIO, cast


def below(stream: BinaryIO, start: int) -> BinaryIO:
    """Return the stream after its first `start` bytes have been read."""
    while start and (skipped := stream.read(start)):
        start -= len(skipped)
    return stream


def whole_line_ends(stream: BinaryIO) -> BinaryIO:
    """Return the same bytes in pieces of which none but the last ends with CR.

    The parser drops an LF with which a piece begins after one that ends with CR, inside a quoted text too.
    """
    return cast(BinaryIO, _WholeLineEnds(stream))


class _WholeLineEnds(io.RawIOBase):
    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._held = b""

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        held, self._held = self._held, b""
        chunk = held + self._stream.read(max(1, size - len(held)) if size >= 0 else -1)
        if chunk == b"\r":
            chunk += self._stream.read(1)
        if len(chunk) > 1 and chunk.endswith(b"\r"):
            self._held = b"\r"
            return chunk[:-1]
        return chunk
