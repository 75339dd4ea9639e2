"""What EXPORT on the command line names: files, folders, globs, and what lies inside gzip and zip files."""

from __future__ import annotations

import glob
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

from clearcount.errors import ExportError, ForeignFileError
from clearcount.foreign import EXPORT, open_package, unzipped

Kind = Literal["delimited", "sheet", "parquet", "json"]
_KINDS: dict[str, Kind] = {
    ".csv": "delimited",
    ".tsv": "delimited",
    ".txt": "delimited",
    ".psv": "delimited",
    ".ssv": "delimited",
    ".xlsx": "sheet",
    ".xlsm": "sheet",
    ".xls": "sheet",
    ".ods": "sheet",
    ".parquet": "parquet",
    ".json": "json",
    ".jsonl": "json",
    ".ndjson": "json",
}


@dataclass(frozen=True)
class Source:
    """One file of an export: where it lies, the member of a zip or the sheet of a workbook if it is one."""

    path: Path
    member: str = ""
    sheet: str = ""

    @property
    def file(self) -> str:
        """The name of the file."""
        return self.member or self.path.name

    @property
    def name(self) -> str:
        """The name that a layout matches and a message prints."""
        return f"{self.file} ({self.sheet})" if self.sheet else self.file

    @property
    def kind(self) -> Kind:
        """Which reader it needs, by its extension."""
        suffixes = [suffix.lower() for suffix in Path(self.file).suffixes]
        suffix = suffixes[-2] if len(suffixes) > 1 and suffixes[-1] == ".gz" else suffixes[-1] if suffixes else ""
        if suffix not in _KINDS:
            raise ExportError(f"{self.name}: a {suffix or 'nameless'} file is not read; known: {', '.join(_KINDS)}")
        return _KINDS[suffix]

    @property
    def is_plain(self) -> bool:
        """Whether the file is neither packed nor a part of another."""
        return not self.member and self.path.suffix.lower() != ".gz"

    @property
    def size(self) -> int:
        """About how many bytes it holds unpacked; a guess of five times for gzip, which does not say."""
        if self.member:
            with open_package(self.path, self.path.name, EXPORT) as package:
                return package.size(self.member)
        size = self.path.stat().st_size
        return size * 5 if self.path.suffix.lower() == ".gz" else size

    def stamp(self) -> tuple[int, int, int]:
        """Return what differs once the file was written to or replaced: its number, its size and when it was
        written.
        """
        try:
            found = self.path.stat()
        except OSError as error:
            raise ExportError(f"{self.name} cannot be read: {error.strerror}") from error
        return found.st_ino, found.st_size, found.st_mtime_ns

    @contextmanager
    def open(self) -> Iterator[BinaryIO]:
        """Give the unpacked bytes, as a stream.

        Raises:
            ExportError: for a file that cannot be opened or is damaged, with the reason.
        """
        try:
            with self._opened() as stream:
                yield stream
        except ForeignFileError as error:
            raise ExportError(str(error)) from error
        except OSError as error:
            reason = error.strerror or "it is damaged or not what its name says"
            raise ExportError(f"{self.name} cannot be read: {reason}") from error

    @contextmanager
    def _opened(self) -> Iterator[BinaryIO]:
        if self.member:
            with open_package(self.path, self.path.name, EXPORT) as package, package.open(self.member) as member:
                if self.member.lower().endswith(".gz"):
                    with unzipped(member, self.name, EXPORT) as stream:
                        yield stream
                else:
                    yield member
        elif self.path.suffix.lower() == ".gz":
            with self.path.open("rb") as packed, unzipped(packed, self.name, EXPORT) as stream:
                yield stream
        else:
            with self.path.open("rb") as stream:
                yield stream


def is_readable_kind(name: str) -> bool:
    """Return whether a file of that name is of a kind that can be read."""
    try:
        return bool(Source(Path(name)).kind)
    except ExportError:
        return False


def find_sources(exports: Sequence[str | Path]) -> tuple[tuple[Source, ...], tuple[Source, ...]]:
    """Return (named, found): the files that `exports` name one by one, and those found in folders, globs and zips.

    A file that was named must fit the layout; one that was found is left out when the layout does not name it.

    Raises:
        ExportError: when something named does not exist or cannot be read.
    """
    named: list[Source] = []
    found: list[Source] = []
    for export in map(str, exports):
        path = Path(export)
        if path.is_dir():
            found.extend(_inside(path))
        elif path.exists():
            if path.suffix.lower() == ".zip":
                found.extend(_members(path))
            else:
                named.append(Source(path))
        elif matches := sorted(glob.glob(export, recursive=True)):  # noqa: PTH207 - the shell's own rules
            for match in map(Path, matches):
                found.extend(_inside(match) if match.is_dir() else [Source(match)])
        else:
            raise ExportError(f"{export} does not exist; give a file, a folder or a pattern that matches something")
    return tuple(dict.fromkeys(named)), tuple(dict.fromkeys(found))


def _inside(folder: Path) -> list[Source]:
    try:
        entries = sorted(entry for entry in folder.iterdir() if entry.is_file() and not entry.name.startswith("."))
    except PermissionError as error:
        raise ExportError(f"the folder {folder} cannot be listed: {error.strerror}") from error
    sources: list[Source] = []
    for entry in entries:
        sources.extend(_members(entry) if entry.suffix.lower() == ".zip" else [Source(entry)])
    return sources


def _members(path: Path) -> list[Source]:
    try:
        with open_package(path, path.name, EXPORT) as package:
            return [Source(path, member) for member in package.members]
    except ForeignFileError as error:
        raise ExportError(str(error)) from error
