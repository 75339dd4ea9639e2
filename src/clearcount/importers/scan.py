"""One pass over the raw bytes of a text file before it is read: encoding, NUL bytes, header, quotes out of place.

An export does not say its encoding, and a Windows-1252 apostrophe may first stand in row 900,000, so the whole file is
looked at. Chunks that are plain ASCII cost next to nothing.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import BinaryIO

import numpy as np
import pyarrow as pa

from clearcount.errors import ExportError
from clearcount.importers.header import Header
from clearcount.importers.quotes import QuoteCheck
from clearcount.importers.sources import Source
from clearcount.matching.ahead import made_ahead

_CHUNK = 4 << 20
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True)
class Scan:
    """What the bytes say: `encoding` as Python names it, the header, and the rows that follow it in the first bytes.

    `mixed`: the file is UTF-8 but for some bytes; rows that hold one are quarantined. `sound`: every quote is where one
    may be. `ended`: the last row has a line end. `start` is the byte under the header, and `sample` begins there, once
    the file is turned into UTF-8 without a mark.
    """

    encoding: str
    mixed: bool
    header: Header
    start: int
    sample: bytes
    sound: bool
    ended: bool


def scan(source: Source, find: Callable[[bytes], Header], encoding: str = "", *, quoted: bool = True) -> Scan:
    """Read `source` once. `find` finds the header in its first bytes; `encoding` overrides what the bytes suggest.

    Without `quoted`, no look is taken at quotes.

    Raises:
        ExportError: for an empty file, NUL bytes, or bytes outside the encoding given.
    """
    with source.open() as stream:
        head = stream.read(_CHUNK)
        if not head:
            raise ExportError(f"{source.name} is empty; export it again")
        mark, found = next((pair for pair in _BOMS if head.startswith(pair[0])), (b"", ""))
        guess = found if found.startswith("utf-") and found != "utf-8" else _wide_without_mark(head)
        asked = _name_of(encoding)
        if asked not in ("", "utf-8", "cp1252") or (guess and not asked):
            return _scan_as(source, head, stream, asked or guess, find, quoted=quoted)
        return _scan_bytes(source, head, stream, asked, mark, find, quoted=quoted)


def _name_of(encoding: str) -> str:
    name = codecs.lookup(encoding).name if encoding else ""
    return "utf-8" if name == "utf-8-sig" else name


def _wide_without_mark(head: bytes) -> str:
    """UTF-16 without a mark: every second byte of an English text is NUL."""
    sample = head[:4000]
    if sample[1::2].count(0) > len(sample) * 0.4:
        return "utf-16-le"
    if sample[::2].count(0) > len(sample) * 0.4:
        return "utf-16-be"
    return ""


def _scan_bytes(
    source: Source,
    head: bytes,
    stream: BinaryIO,
    asked: str,
    mark: bytes,
    find: Callable[[bytes], Header],
    *,
    quoted: bool,
) -> Scan:
    utf8 = _Utf8Check()
    multibyte = size = 0
    header = find(head[len(mark) :])
    start = len(mark) + header.start
    quotes = _quote_check(header, quoted=quoted)
    last = b""
    with closing(made_ahead(iter(partial(stream.read, _CHUNK), b""))) as further:
        for chunk in chain([head], further):
            if b"\0" in chunk:
                raise ExportError(
                    f"{source.name} holds a NUL byte at byte {size + chunk.index(0) + 1}: it is not text, or was cut "
                    "off while being written; export it again"
                )
            quotes.take(chunk if size else chunk[start:])
            size += len(chunk)
            last = chunk[-1:]
            if not chunk.isascii() or utf8.within_character:
                utf8.take(chunk)
                if utf8.valid:
                    multibyte += 0 if chunk.isascii() else 3
                else:
                    multibyte += _pairs(chunk)
    quotes.finish()
    is_utf8 = utf8.valid and not utf8.within_character
    cp1252 = (is_utf8 and not asked) or _is_cp1252(source)
    mixed = not is_utf8 and (asked == "utf-8" or (multibyte > 0 and (bool(mark) or not cp1252 or multibyte >= 3)))
    encoding = asked or ("utf-8" if is_utf8 or mixed else "cp1252")
    if encoding == "cp1252" and not cp1252:
        raise ExportError(
            f"{source.name} is neither UTF-8 nor Windows-1252; say its encoding with --encoding, or export it as UTF-8"
        )
    errors = "replace" if mixed else "strict"
    if encoding == "utf-8" and not mixed:
        before, sample = start, head[start:]
    else:  # what the parser is given is turned into UTF-8, without a mark
        before = len(head[len(mark) : start].decode(encoding, errors).encode())
        sample = head[start:].decode(encoding, "replace").encode()
    return Scan(encoding, mixed, header, before, sample, quotes.sound, _is_ended(last, header))


def _quote_check(header: Header, *, quoted: bool) -> QuoteCheck:
    return QuoteCheck(header.delimiter if quoted else "", whole_ends=header.line_end in (b"\n", b"\r\n"))


def _is_ended(last: bytes, header: Header) -> bool:
    """Whether the file ends with a line end, and not with the half of one."""
    return last[-1:] == b"\n" or (last[-1:] == b"\r" == header.line_end)


def _is_cp1252(source: Source) -> bool:
    """Whether the file has none of the bytes that Windows-1252 leaves open. Reads it again: few files are not UTF-8."""
    with source.open() as stream:
        while chunk := stream.read(_CHUNK):
            if any(byte in chunk for byte in b"\x81\x8d\x8f\x90\x9d"):
                return False
    return True


class _Utf8Check:
    """Whether bytes that come in chunks are UTF-8. Arrow looks at eight at a time and makes no text of them."""

    def __init__(self) -> None:
        self.valid = True
        self._tail = b""

    @property
    def within_character(self) -> bool:
        """Whether the bytes so far end in the middle of a character."""
        return bool(self._tail)

    def take(self, chunk: bytes) -> None:
        if not self.valid:
            return
        data = self._tail + chunk if self._tail else chunk
        whole = len(data) - _begun(data[-3:])
        self._tail = data[whole:]
        offsets = pa.py_buffer(np.array([0, whole], np.int32))
        held = pa.Array.from_buffers(pa.binary(), 1, [None, offsets, pa.py_buffer(data)])
        try:
            held.cast(pa.string())
        except pa.ArrowInvalid:
            self.valid, self._tail = False, b""


def _begun(end: bytes) -> int:
    """How many bytes at the end begin a character that is not whole."""
    for length in range(1, len(end) + 1):
        lead = end[-length]
        if lead >= 0xC0:
            needed = 4 if lead >= 0xF0 else 3 if lead >= 0xE0 else 2
            return length if length < needed else 0
        if lead < 0x80:
            return 0
    return 0


def _pairs(chunk: bytes) -> int:
    """How many characters in the chunk are certainly UTF-8: a lead byte followed by its continuation bytes."""
    text = chunk.decode("utf-8", errors="ignore")
    return len(text.encode("utf-8")) - len(text)


def _scan_as(
    source: Source, head: bytes, stream: BinaryIO, encoding: str, find: Callable[[bytes], Header], *, quoted: bool
) -> Scan:
    """The same for an encoding in which the signs of the format are other bytes, or may be: the file is decoded."""
    header: Header | None = None
    first = last = b""
    quotes = QuoteCheck("")
    try:
        for data in _as_utf8(head, stream, encoding):
            if b"\0" in data:
                raise ExportError(f"{source.name} holds a NUL character: it is not text; export it again")
            if header is None:
                first = data
                header = find(first)
                quotes = _quote_check(header, quoted=quoted)
                quotes.take(data[header.start :])
            else:
                quotes.take(data)
            last = data[-1:] or last
    except UnicodeError as error:
        raise ExportError(f"{source.name} is not {encoding} throughout; say its encoding with --encoding") from error
    if header is None:
        raise ExportError(f"{source.name} is empty; export it again")
    quotes.finish()
    ended = _is_ended(last, header)
    return Scan(encoding, False, header, header.start, first[header.start :], quotes.sound, ended)


def _as_utf8(head: bytes, stream: BinaryIO, encoding: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(encoding)(errors="strict")
    chunk, start = head, True
    while True:
        text = decoder.decode(chunk, final=not chunk)
        if start and text:
            text, start = text.removeprefix("\ufeff"), False
        if text:
            yield text.encode()
        if not chunk:
            return
        chunk = stream.read(_CHUNK)
