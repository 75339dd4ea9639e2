"""The folder of a record store: what lies where, its format number, private files, network shares.

STORE/clearcount-store.json   the format number
STORE/tables/NAME/            Delta Lake tables: snapshots, offences, texts, occurrences, quarantine
STORE/staging/                work of the import that runs now; emptied by the next
STORE/runs/                   working papers of counts
STORE/lock                    held while something writes
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from clearcount.errors import StoreError

FORMAT = 2
"""The format this version writes. A store of a higher number is refused.

Format 1 kept no account of each file and of refused rows only their place and reason. Such a store is read as it is;
the next import writes format 2, which only adds.
"""

_MARK = "clearcount-store.json"
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
    """Where a table lies."""
    return store / "tables" / name


def read_format(store: Path) -> int:
    """The store's format number.

    Raises:
        StoreError: when there is no store, its mark is damaged, or a newer clearcount wrote it.
    """
    try:
        text = (store / _MARK).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise StoreError(f"{store} is not a record store; import an export into it first") from None
    except NotADirectoryError:
        raise StoreError(f"{store} is a file, not a record store; give the folder of the store") from None
    except (OSError, UnicodeDecodeError) as error:
        raise StoreError(f"the store {store} cannot be read: {getattr(error, 'strerror', None) or error}") from error
    try:
        number = json.loads(text)["format"]
    except (ValueError, KeyError, TypeError):
        number = None
    if not isinstance(number, int) or number < 1:
        raise StoreError(f"{store / _MARK} is damaged; restore it from a backup")
    if number > FORMAT:
        raise StoreError(
            f"the store {store} has format {number}; this clearcount knows up to {FORMAT}: use a newer clearcount"
        )
    return number


_OURS = {"lock", "staging", "tables", _MARK + ".new"}
"""What an import that was killed before it made the mark may have left."""


def make_folder(store: Path) -> bool:
    """Makes sure of a folder that is a store or can become one; says whether it was made here.

    Raises:
        StoreError: when the folder holds something else, is of a newer format, or cannot be written.
    """
    try:
        if (store / _MARK).exists():
            read_format(store)
            return False
        if store.exists() and (not store.is_dir() or any(entry.name not in _OURS for entry in store.iterdir())):
            raise StoreError(f"{store} exists and is not a record store; give a new or empty folder")
        made = not store.exists()
        store.mkdir(parents=True, exist_ok=True)
        if made:
            store.chmod(0o700)
    except OSError as error:
        raise StoreError(f"the store {store} cannot be made: {error.strerror}; check the folder's owner") from error
    return made


def is_marked(store: Path) -> bool:
    """Whether the folder is a store already."""
    return (store / _MARK).exists()


def write_format(store: Path, number: int) -> None:
    """Writes the format number; the old mark is replaced in one step."""
    beside = store / f"{_MARK}.new"
    beside.write_text(json.dumps({"format": number}) + "\n", encoding="utf-8")
    beside.replace(store / _MARK)


def unmake(store: Path, *, folder: bool) -> None:
    """Takes away a store that never got a snapshot, the folder itself when it was made for it."""
    for name in (_MARK, _MARK + ".new"):
        (store / name).unlink(missing_ok=True)
    shutil.rmtree(store / "tables", ignore_errors=True)
    if folder:
        shutil.rmtree(store, ignore_errors=True)
    else:
        (store / "lock").unlink(missing_ok=True)


@contextmanager
def private_files() -> Iterator[None]:
    """What is written inside gets mode 0700 or 0600: crime records are nobody else's to read."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


@contextmanager
def staging(store: Path) -> Iterator[Path]:
    """An empty private folder for one writer, gone afterwards; leftovers of a killed writer go first."""
    folder = store / "staging"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def network_share(path: Path) -> str:
    """The kind of network file system that `path` lies on, or "": locks and renames are weaker there."""
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
