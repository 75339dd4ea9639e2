"""The folder of a record store: what lies where, private files, network shares.

STORE/clearcount-store.json   the mark: the format number and the head
STORE/tables/NAME/            Delta Lake tables: snapshots, offences, texts, occurrences, quarantine
STORE/staging/                work of the import that runs now; emptied by the next
STORE/runs/                   working papers of counts
STORE/verified.json           which data files were held against their digest, and when they last changed
STORE/lock                    held while something writes
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from clearcount.errors import StoreDamaged, StoreError
from clearcount.store.head import MARK, holds_records, is_marked, read_format

_NETWORK = {
    "nfs",
    "nfs4",
    "cifs",
    "smb3",
    "smbfs",
    "9p",
    "afs",
    "fuse.sshfs",
    "fuse.s3fs",
    "davfs",
    "glusterfs",
    "ceph",
}


def table_path(store: Path, name: str) -> Path:
    """Return where a table lies."""
    return store / "tables" / name


_OURS = {"lock", "staging", "tables"}
"""What an import that was stopped before it made the mark may have left; so may names that begin with `.new-`."""


_ADDRESS = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+):/")
"""What a path begins with that was an address, such as `s3://bucket/store`; a drive of Windows has one letter."""


def refuse_address(store: Path) -> None:
    """Raise StoreError for the address of an object store: no lock and no rename holds there."""
    if found := _ADDRESS.match(store.as_posix()):
        raise StoreError(
            f"{found[1]}:// is the address of an object store, where no lock of clearcount holds. Keep the record "
            "store on a disk, or on a share that every worker sees under one name"
        )


def make_folder(store: Path) -> bool:
    """Make sure of a folder that is a store or can become one; say whether it was made here.

    Raises:
        StoreError: when the folder holds something else, is of a newer format, or cannot be written.
        StoreDamaged: when it holds records and no mark.
    """
    refuse_address(store)
    try:
        if is_marked(store):
            read_format(store)
            return False
        if store.is_dir() and holds_records(store):
            raise StoreDamaged(store, f"its file {MARK} is missing")
        if store.exists() and (not store.is_dir() or any(_is_strange(entry.name) for entry in store.iterdir())):
            raise StoreError(f"{store} exists and is not a record store; give a new or empty folder")
        made = not store.exists()
        store.mkdir(0o700, parents=True, exist_ok=True)  # later Pythons shut others out with it on Windows too
        if made:
            store.chmod(0o700)
    except OSError as error:
        raise StoreError(f"the store {store} cannot be made: {error.strerror}; check the folder's owner") from error
    return made


def _is_strange(name: str) -> bool:
    return name not in _OURS and not name.startswith(".new-")


def remove_tables(store: Path) -> None:
    """Delete what a writer left that was stopped before it had made the store.

    Raises:
        StoreDamaged: when there are records: then it is a store that has lost its mark.
    """
    if holds_records(store):
        raise StoreDamaged(store, f"its file {MARK} is missing")
    shutil.rmtree(store / "tables", ignore_errors=True)


def unmake(store: Path, *, folder: bool) -> None:
    """Take away a store that never got a snapshot, the folder itself when it was made for it."""
    (store / MARK).unlink(missing_ok=True)
    shutil.rmtree(store / "tables", ignore_errors=True)
    if folder:
        shutil.rmtree(store, ignore_errors=True)
    else:
        with suppress(PermissionError):  # Windows keeps a file that is open: the next import takes it as it is
            (store / "lock").unlink(missing_ok=True)


@contextmanager
def private_files() -> Iterator[None]:
    """Give what is written inside gets mode 0700 or 0600: crime records are nobody else's to read."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


@contextmanager
def staging(store: Path) -> Iterator[Path]:
    """Give an empty private folder for one writer, gone afterwards; leftovers of a killed writer go first."""
    folder = store / "staging"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def network_share(path: Path) -> str:
    """Return the kind of network file system that `path` lies on, or "": locks and renames are weaker there."""
    if sys.platform == "win32":
        return "network share" if str(path.resolve()).startswith("\\\\") else ""
    try:
        mounts = Path("/proc/self/mounts").read_text(encoding="utf-8").splitlines()
    except OSError:
        return ""
    real = str(path.resolve())
    best, kind = "", ""
    for line in mounts:
        _, mount, system, *_ = line.split(" ")
        mount = mount.replace("\\040", " ")
        if (real == mount or real.startswith(mount.rstrip("/") + "/")) and len(mount) >= len(best):
            best, kind = mount, system
    return kind if kind in _NETWORK else ""
