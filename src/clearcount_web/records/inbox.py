"""The inbox: a folder of the server into which exports are put. It is only read, and no link in it is followed."""

from __future__ import annotations

import hashlib
import os
import stat
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

from clearcount.model.visible import visible
from clearcount_web.ground.refusals import Refused

MOST_FILES = 10_000


@dataclass(frozen=True)
class InboxEntry:
    """A file or folder of the inbox. `key` stands for its name in an address; `refused` says why it is not read."""

    key: str
    name: str
    path: Path
    files: int
    size: int
    changed: datetime | None
    fingerprint: str
    refused: str = ""

    @property
    def shown(self) -> str:
        """Its name with every sign that would turn or hide text replaced."""
        return visible(self.name)


def inbox() -> Path | None:
    """Return the folder, or None where the service has none."""
    folder: Path | None = settings.INBOX_DIR
    return folder if folder is not None and folder.is_dir() else None


def exports() -> list[InboxEntry]:
    """Return what lies in the inbox, by name; hidden files are left out."""
    folder = inbox()
    if folder is None:
        return []
    return [_export(path) for path in sorted(folder.iterdir()) if not path.name.startswith(".")]


def export_of(key: str) -> InboxEntry:
    """Return one export by its key.

    Raises:
        Refused: when it is gone, or may not be read.
    """
    found = next((each for each in exports() if each.key == key), None)
    if found is None:
        raise Refused("This export is not in the inbox any more. Open the data room again.")
    if found.refused:
        raise Refused(f"This export is not read: {found.refused}.")
    return found


def key_of(name: str) -> str:
    """Return what stands for a name in an address."""
    return hashlib.sha256(os.fsencode(name)).hexdigest()[:16]


def _export(path: Path) -> InboxEntry:
    found: list[tuple[str, int, int]] = []
    refused = ""
    try:
        for each in [path, *(sorted(path.rglob("*")) if path.is_dir() and not path.is_symlink() else ())]:
            told = each.lstat()
            if stat.S_ISLNK(told.st_mode):
                refused = "it is a link or holds one; copy the files themselves"
            elif stat.S_ISREG(told.st_mode):
                found.append((str(each.relative_to(path.parent)), told.st_size, told.st_mtime_ns))
            elif not stat.S_ISDIR(told.st_mode):
                refused = "it holds something that is no file"
            if len(found) > MOST_FILES:
                refused = f"it holds more than {MOST_FILES:,} files"
                break
    except OSError:
        refused = "it cannot be read, or somebody is still copying it"
    if not found and not refused:
        refused = "it holds no file"
    digest = hashlib.sha256(repr(found).encode("utf-8", "surrogatepass")).hexdigest()
    latest = max((when for _, _, when in found), default=None)
    return InboxEntry(
        key=key_of(path.name),
        name=path.name,
        path=path,
        files=len(found),
        size=sum(size for _, size, _ in found),
        changed=datetime.fromtimestamp(latest / 1e9, tz=UTC) if latest is not None else None,
        fingerprint=digest,
        refused=refused,
    )
