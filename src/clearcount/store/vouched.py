"""A folder of small files that an index beside it vouches for: decisions, sheets, holds.

STORE/NAME.json lists the files of STORE/NAME/ with their SHA-256. A change writes new files first and the index last,
so a writer that is stopped has changed nothing. A file that is lost, another one, or unknown to the index is damage.
What people decided may not change, or be fewer, without a word.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from clearcount.errors import StoreDamaged
from clearcount.files import write_whole
from clearcount.store.layout import private_files
from clearcount.store.lock import write_lock

_WAIT = 60.0


@dataclass(frozen=True)
class FolderChange:
    """What becomes of a folder: files that come or take the place of one of that name, and files that go."""

    put: Mapping[str, bytes] = field(default_factory=dict)
    drop: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Index:
    """The files with their digests, and the names that a writer is about to make or to drop."""

    files: Mapping[str, str]
    moving: tuple[str, ...] = ()


class VouchedFolder:
    """The files of STORE/NAME. Names may hold one slash; equal names never hold other bytes than they were given."""

    def __init__(self, store: Path, name: str) -> None:
        self._store = store
        self.path = store / name
        self._list = store / f"{name}.json"

    def files(self) -> dict[str, bytes]:
        """Return every file by its name, in order of the names.

        Raises:
            StoreDamaged: naming the first file that is missing, unknown, or not what was written.
        """
        index = self._index()
        try:
            return self._read(index)
        except StoreDamaged:
            if self._index() == index:
                raise
        return self.files()  # a writer has just put another index in place

    def faults(self) -> Iterator[str]:
        """Give every fault of the folder, without the store's name and what to do."""
        try:
            index = self._index()
        except StoreDamaged as fault:
            yield fault.what
            return
        for name, digest in index.files.items():
            try:
                self._read_one(name, digest)
            except StoreDamaged as fault:
                yield fault.what
        yield from map(self._unknown, self._strangers(index))

    def change(self, change: Callable[[Mapping[str, bytes]], FolderChange]) -> FolderChange:
        """Change the folder by what `change` makes of its files, while nobody else does; return the change.

        A file that is put under the name of another one takes its place under a name of its own.
        """
        with self._alone():
            held = self.files()
            wanted = change(held)
            if not wanted.put and not wanted.drop:
                return wanted
            index = self._index()
            self._sweep(index)  # what a writer left that was stopped
            put = {self._free(name, index): content for name, content in wanted.put.items()}
            gone = {*wanted.drop, *(name for name in wanted.put if name in index.files)}
            self._save(_Index(index.files, tuple(sorted({*put, *gone}))))
            for name, content in put.items():
                place = self.path / name
                place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                write_whole(place, content, mode=0o600)
            kept = {name: digest for name, digest in index.files.items() if name not in gone}
            kept.update((name, hashlib.sha256(content).hexdigest()) for name, content in put.items())
            self._save(_Index(kept, tuple(sorted(gone))))
            if gone:
                self._sweep(_Index(kept))
                self._save(_Index(kept))
            return wanted

    def adopt(self) -> None:
        """Vouch for the files of a store of an older format, which has no index."""
        with self._alone():
            if not self._list.exists() and self.path.is_dir():
                found = {name: hashlib.sha256((self.path / name).read_bytes()).hexdigest() for name in self._there()}
                self._save(_Index(found))

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with private_files(), write_lock(self._store, wait=_WAIT, name=f"{self.path.name}.lock"):
            yield

    def _index(self) -> _Index:
        try:
            content = self._list.read_bytes()
            found = json.loads(content)
            index = _Index(dict(found["files"]), tuple(found["moving"]))
            if content == _written(index):
                return index
        except FileNotFoundError:
            if not self._there():
                return _Index({})
            raise StoreDamaged(self._store, f"its file {self._list.name} is missing") from None
        except (ValueError, KeyError, TypeError, RecursionError):
            pass
        raise StoreDamaged(self._store, f"its file {self._list.name} is not what was written")

    def _save(self, index: _Index) -> None:
        write_whole(self._list, _written(index), mode=0o600)

    def _read(self, index: _Index) -> dict[str, bytes]:
        found = {name: self._read_one(name, digest) for name, digest in sorted(index.files.items())}
        for stranger in self._strangers(index):
            raise StoreDamaged(self._store, self._unknown(stranger))
        return found

    def _read_one(self, name: str, digest: str) -> bytes:
        where = f"its file {self.path.name}/{name}"
        try:
            content = (self.path / name).read_bytes()
        except FileNotFoundError:
            raise StoreDamaged(self._store, f"{where} is missing") from None
        except OSError as error:
            raise StoreDamaged(self._store, f"{where} cannot be read ({error.strerror})") from error
        if hashlib.sha256(content).hexdigest() != digest:
            raise StoreDamaged(self._store, f"{where} is not what was written")
        return content

    def _unknown(self, name: str) -> str:
        return f"its file {self.path.name}/{name} is unknown to {self._list.name}"

    def _strangers(self, index: _Index) -> list[str]:
        """Return the files that are neither in the index nor on their way in or out."""
        return sorted(self._there() - index.files.keys() - set(index.moving))

    def _there(self) -> set[str]:
        found = (path for path in self.path.rglob("*") if path.is_file() and not path.name.startswith(".new-"))
        return {path.relative_to(self.path).as_posix() for path in found}

    def _sweep(self, index: _Index) -> None:
        for name in self._there() - index.files.keys():
            (self.path / name).unlink()

    def _free(self, name: str, index: _Index) -> str:
        """Return a name that no file has: `000001.csv`, else `000001~2.csv`, so that the order stays."""
        stem, dot, kind = name.rpartition(".")
        stem, number = stem.split("~")[0], 1
        while name in index.files:
            number += 1
            name = f"{stem}~{number}{dot}{kind}"
        return name


def _written(index: _Index) -> bytes:
    """Return the bytes of an index; they end with the digest of what stands before it."""
    content = {"files": dict(sorted(index.files.items())), "moving": list(index.moving)}
    digest = hashlib.sha256(json.dumps(content).encode()).hexdigest()
    return f"{json.dumps({**content, 'sha256': digest}, indent=1)}\n".encode()
