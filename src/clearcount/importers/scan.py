"""One pass over the raw bytes of a text file before it is read: encoding, NUL bytes, open quotes.

An export does not say its encoding, and a Windows-1252 apostrophe may first stand in row 900,000, so the whole file is
looked at. Chunks that are plain ASCII cost next to nothing.
"""

from __future__ import annotations

import codecs
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import BinaryIO

import numpy as np
import pyarrow as pa

from clearcount.errors import ExportError
from clearcount.importers.sources import Source
from clearcount.matching.ahead import made_ahead

_CHUNK = 4 << 20
_QUOTE = ord('"')
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True)
class Scan:
    """What the bytes say: `encoding` as Python names it, whether quotes pair up, the first rows.

    `mixed`: the file is UTF-8 but for some bytes; rows that hold one are quarantined.
    """

    encoding: str
    mixed: bool
    quotes_pair: bool
    head: str


def scan(source: Source, encoding: str = "") -> Scan:
    """Reads `source` once. `encoding` overrides what the bytes suggest.

    Raises:
        ExportError: for an empty file, NUL bytes, or bytes outside the encoding given.
    """
    with source.open() as stream:
        head = stream.read(_CHUNK)
        if not head:
            raise ExportError(f"{source.name} is empty; export it again")
        mark = next((name for bom, name in _BOMS if head.startswith(bom)), "")
        wide = encoding.lower().startswith(("utf-16", "utf-32")) or mark.startswith(("utf-16", "utf-32"))
        guess = encoding or mark or _wide_without_mark(head)
        if wide or guess.startswith("utf-16"):
            return _scan_as(source, head, stream, guess)
        return _scan_bytes(source, head, stream, encoding, bool(mark))


def _wide_without_mark(head: bytes) -> str:
    """UTF-16 without a mark: every second byte of an English text is NUL."""
    sample = head[:4000]
    if sample[1::2].count(0) > len(sample) * 0.4:
        return "utf-16-le"
    if sample[::2].count(0) > len(sample) * 0.4:
        return "utf-16-be"
    return ""


def _scan_bytes(source: Source, head: bytes, stream: BinaryIO, asked: str, bom: bool) -> Scan:
    utf8 = _Utf8Check()
    multibyte = size = quotes = 0
    with closing(made_ahead(iter(partial(stream.read, _CHUNK), b""))) as further:
        for chunk in chain([head], further):
            if b"\0" in chunk:
                raise ExportError(
                    f"{source.name} holds a NUL byte at byte {size + chunk.index(0) + 1}: it is not text, or was cut "
                    "off while being written; export it again"
                )
            size += len(chunk)
            quotes += int(np.count_nonzero(np.frombuffer(chunk, np.uint8) == _QUOTE))
            if not chunk.isascii() or utf8.within_character:
                utf8.take(chunk)
                if utf8.valid:
                    multibyte += 0 if chunk.isascii() else 3
                else:
                    multibyte += _pairs(chunk)
    is_utf8 = utf8.valid and not utf8.within_character
    mixed = False
    cp1252 = (is_utf8 and not asked) or _is_cp1252(source)
    if asked:
        found, mixed = codecs.lookup(asked).name, not is_utf8 and codecs.lookup(asked).name == "utf-8"
    elif is_utf8:
        found = "utf-8"
    elif multibyte > 0 and (bom or not cp1252 or multibyte >= 3):
        found, mixed = "utf-8", True
    else:
        found = "cp1252"
    if found == "cp1252" and not cp1252:
        raise ExportError(
            f"{source.name} is neither UTF-8 nor Windows-1252; say its encoding with --encoding, or export it as UTF-8"
        )
    text = head.decode(found, errors="replace")
    return Scan(found, mixed, quotes % 2 == 0, text.removeprefix("\ufeff"))


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


def _scan_as(source: Source, head: bytes, stream: BinaryIO, encoding: str) -> Scan:
    decoder = codecs.getincrementaldecoder(encoding)(errors="strict")
    quotes = 0
    first = ""
    chunk = head
    while chunk:
        try:
            text = decoder.decode(chunk)
        except UnicodeDecodeError as error:
            raise ExportError(
                f"{source.name} is not {encoding} throughout; say its encoding with --encoding"
            ) from error
        if "\0" in text:
            raise ExportError(f"{source.name} holds a NUL character: it is not text; export it again")
        quotes += text.count('"')
        first = first or text
        chunk = stream.read(_CHUNK)
    return Scan(encoding, False, quotes % 2 == 0, first.removeprefix("\ufeff"))
