"""The SHA-256 of a file, made from the very bytes that the import reads, on a thread beside the parser."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import BinaryIO, cast

from clearcount.importers.sources import Source

_CHUNK = 4 << 20


class Digest:
    """The SHA-256 of a source's unpacked bytes: known once a stream from `reading` came to its end."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._known = ""

    @contextmanager
    def reading(self) -> Iterator[BinaryIO]:
        """Give the source's bytes as a stream, hashed as they are read; only the first whole reading is hashed."""
        with self._source.open() as stream:
            if self._known:
                yield stream
                return
            with ThreadPoolExecutor(1) as beside:
                hashed = _Hashed(stream, beside)
                yield cast(BinaryIO, hashed)
                self._known = hashed.digest()

    @property
    def sha256(self) -> str:
        """In hexadecimal digits; reads the source where nobody has read all of it yet."""
        if not self._known:
            with self.reading() as stream:
                while stream.read(_CHUNK):
                    pass
        return self._known


class _Hashed(io.RawIOBase):
    """A stream that hashes what is read from it; a hash lets go of the interpreter, so the reader goes on meanwhile."""

    def __init__(self, stream: BinaryIO, beside: ThreadPoolExecutor) -> None:
        self._read = stream.read
        self._beside = beside
        self._hash = hashlib.sha256()
        self._begun: Future[None] | None = None
        self._ended = False

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        chunk = self._read(size)
        self._ended = not chunk
        self._wait()  # no more than one chunk is hashed at a time
        self._begun = self._beside.submit(self._hash.update, chunk)
        return chunk

    def digest(self) -> str:
        """Return the digest of the whole stream, "" when it was not read to its end."""
        self._wait()
        return self._hash.hexdigest() if self._ended else ""

    def _wait(self) -> None:
        if self._begun is not None:
            self._begun.result()
