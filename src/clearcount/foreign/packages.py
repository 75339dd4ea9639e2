"""Opens zip and gzip files within bounds: no bomb, no password, no odd method, no two files in one place."""

from __future__ import annotations

import gzip
import io
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, cast

from clearcount.errors import ForeignFileError
from clearcount.foreign.bounds import DOCUMENT, MEGABYTE, Bounds

_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2}
_METHOD_NAMES = {6: "implode", 9: "Deflate64", 14: "LZMA", 93: "Zstandard", 95: "XZ", 98: "PPMd"}
_AES = 99
_ENCRYPTED = 0x1
_ENTRY_BYTES = 46
"""A directory entry has at least so many (APPNOTE 4.3.12)."""
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    OverflowError,
    IndexError,
    struct.error,
)
"""What zipfile and gzip raise for damaged files; a `ForeignFileError` is none of them and goes through."""


class Package:
    """A zip file whose directory was checked; its members are read by name."""

    def __init__(self, archive: zipfile.ZipFile, stream: BinaryIO, name: str) -> None:
        self._archive = archive
        self._stream = stream
        self._members = {info.filename: info for info in archive.infolist() if not info.is_dir()}
        self.name = name

    @property
    def members(self) -> tuple[str, ...]:
        """The names of the files inside, sorted."""
        return tuple(sorted(self._members))

    @property
    def in_order(self) -> tuple[str, ...]:
        """The names of the files inside, as the directory lists them."""
        return tuple(self._members)

    @property
    def unpacked(self) -> int:
        """How many bytes all members hold unpacked."""
        return sum(info.file_size for info in self._members.values())

    def size(self, member: str) -> int:
        """Return how many bytes a member holds unpacked."""
        return self._members[member].file_size

    def read(self, member: str) -> bytes:
        """Return a member's bytes.

        Raises:
            ForeignFileError: when there is no such member or it is damaged.
        """
        with self.open(member) as stream:
            return stream.read()

    @contextmanager
    def open(self, member: str) -> Iterator[BinaryIO]:
        """Give a member's bytes as a stream. It ends at the size that the directory states.

        Raises:
            ForeignFileError: when there is no such member or it is damaged.
        """
        if member not in self._members:
            raise ForeignFileError(f"{self.name}: holds no part {member}; save it again")
        where = f"{self.name}: {member}"
        try:
            stream = self._archive.open(self._members[member])
        except _BROKEN as error:
            raise _damaged(where, error) from None
        with stream:
            yield _Guarded(cast(BinaryIO, stream), where).buffered()

    def close(self) -> None:
        """Close the file."""
        self._archive.close()
        self._stream.close()

    def __enter__(self) -> Package:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_package(source: Path | bytes, name: str, bounds: Bounds = DOCUMENT) -> Package:
    """Open a zip file after a look at its directory; `name` is what messages call it.

    Raises:
        ForeignFileError: when it cannot be opened, has a password or an odd method, or unpacks beyond `bounds`.
    """
    try:
        stream: BinaryIO = io.BytesIO(source) if isinstance(source, bytes) else source.open("rb")
    except OSError as error:
        raise ForeignFileError(f"{name} cannot be read: {error.strerror}") from None
    try:
        archive = _opened(stream, name, bounds)
    except BaseException:
        stream.close()
        raise
    return Package(archive, stream, name)


def check_directory(stream: BinaryIO, name: str, bounds: Bounds = DOCUMENT) -> None:
    """Refuse what is no zip file, and a directory of more files than the bounds, before it is read into memory.

    Raises:
        ForeignFileError: with a sentence that names the file.
    """
    try:
        end = zipfile._EndRecData(stream)  # type: ignore[attr-defined]  # the very place from which zipfile reads
    except (*_BROKEN, OSError) as error:
        raise _damaged(name, error) from None
    if end is None:
        raise ForeignFileError(f"{name} cannot be read: it is damaged or not a zip file")
    if end[zipfile._ECD_SIZE] > bounds.members * (_ENTRY_BYTES + 400):  # type: ignore[attr-defined]
        raise ForeignFileError(f"{name} holds more than {bounds.members:,} files; unpack it and give those needed")


def _opened(stream: BinaryIO, name: str, bounds: Bounds) -> zipfile.ZipFile:
    check_directory(stream, name, bounds)
    try:
        archive = zipfile.ZipFile(stream)
    except _BROKEN as error:
        raise _damaged(name, error) from None
    _check_members(archive.infolist(), name, bounds)
    return archive


def _check_members(members: Sequence[zipfile.ZipInfo], name: str, bounds: Bounds) -> None:
    if len(members) > bounds.members:
        raise ForeignFileError(f"{name} holds more than {bounds.members:,} files; unpack it and give those needed")
    for info in members:
        if info.flag_bits & _ENCRYPTED or info.compress_type == _AES:
            raise ForeignFileError(f"{name} has a password; unpack it with the password and give what is inside")
        if info.compress_type not in _METHODS:
            method = _METHOD_NAMES.get(info.compress_type, f"number {info.compress_type}")
            raise ForeignFileError(
                f"{name} is packed by a method that is not read ({method}); unpack it and give what is inside"
            )
    names = {info.filename for info in members}
    if len(names) < len(members):
        raise ForeignFileError(f"{name} holds two files of one name; pack it again")
    _check_overlaps(members, name)
    _check_sizes(members, name, bounds)


def _check_overlaps(members: Sequence[zipfile.ZipInfo], name: str) -> None:
    """Refuse members that share bytes: so one megabyte of zeros is given out a thousand times."""
    end = 0
    for info in sorted(members, key=lambda info: info.header_offset):
        if info.header_offset < 0:
            raise _damaged(name, ValueError())
        if info.header_offset < end:
            raise ForeignFileError(f"{name} holds files that lie over each other, as bombs do; pack it again")
        end = info.header_offset + info.compress_size


def _check_sizes(members: Sequence[zipfile.ZipInfo], name: str, bounds: Bounds) -> None:
    unpacked = sum(info.file_size for info in members)
    if unpacked > bounds.unpacked:
        raise ForeignFileError(
            f"{name} holds {unpacked // MEGABYTE:,} MB unpacked, more than {bounds.unpacked // MEGABYTE:,} MB; "
            "give a smaller file"
        )
    for info in members:
        if info.file_size > bounds.ratio_from and info.file_size > bounds.ratio * max(1, info.compress_size):
            raise _bomb(name, bounds)
    packed = sum(info.compress_size for info in members)
    if unpacked > bounds.ratio_from and unpacked > bounds.ratio * max(1, packed):
        raise _bomb(name, bounds)


def _bomb(name: str, bounds: Bounds) -> ForeignFileError:
    return ForeignFileError(
        f"{name} unpacks to more than {bounds.ratio} times its size, as bombs do and exports do not; "
        "unpack it yourself and give what is inside"
    )


def _damaged(name: str, error: Exception) -> ForeignFileError:
    return ForeignFileError(
        f"{name} cannot be read: it is damaged or not what its name says; save it again", fault=type(error).__name__
    )


@contextmanager
def unzipped(stream: BinaryIO, name: str, bounds: Bounds) -> Iterator[BinaryIO]:
    """Give the unpacked bytes of a gzip stream. Reading raises ForeignFileError for a damaged one and for a bomb."""
    packed = _Counted(stream)
    with gzip.GzipFile(fileobj=packed, mode="rb") as unpacked:
        yield _Guarded(cast(BinaryIO, unpacked), name, packed, bounds).buffered()


class _Counted(io.RawIOBase):
    """Counts the bytes that were read from a stream."""

    def __init__(self, stream: BinaryIO) -> None:
        super().__init__()
        self._stream = stream
        self.given = 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        found = self._stream.read(size)
        self.given += len(found)
        return found


class _Guarded(io.RawIOBase):
    """Turns what a damaged stream raises into a sentence, and refuses one that gives too much for what it took."""

    def __init__(self, stream: BinaryIO, name: str, packed: _Counted | None = None, bounds: Bounds = DOCUMENT) -> None:
        super().__init__()
        self._stream, self._name, self._packed, self._bounds = stream, name, packed, bounds
        self._given = 0

    def buffered(self) -> BinaryIO:
        """Return it with a buffer."""
        return cast(BinaryIO, io.BufferedReader(self, 256 << 10))

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        try:
            found = self._stream.read(len(buffer))
        except (*_BROKEN, OSError) as error:
            raise _damaged(self._name, error) from None
        buffer[: len(found)] = found
        self._given += len(found)
        if self._packed is not None:
            over = self._given > self._bounds.ratio * max(1, self._packed.given)
            if self._given > self._bounds.unpacked or (self._given > self._bounds.ratio_from and over):
                raise _bomb(self._name, self._bounds)
        return len(found)
