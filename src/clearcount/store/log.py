"""The log of a Delta Lake table as its readers use it: which data files a version consists of.

Every entry is read as bytes and digested before it is believed. Delta Lake's own readers are not asked. They take a log
as it is, look for `a b` where a folder is called `a%20b`, and end the process on some damaged files.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clearcount.errors import StoreDamaged

FOLDER = "_delta_log"


@dataclass(frozen=True)
class TableVersion:
    """One version of a table: its number, and the SHA-256 of the log up to it, "" where a store of an old format."""

    number: int
    log: str


@dataclass(frozen=True)
class Log:
    """A log up to one version: the digest of its entries, the data files of that version, and all there ever were."""

    digest: str
    files: tuple[Path, ...]
    ever: frozenset[str]


def entry(table: Path, version: int) -> Path:
    """Return where the log entry of a version lies."""
    return table / FOLDER / f"{version:020}.json"


def store_of(table: Path) -> Path:
    """Return the store that a table's folder belongs to."""
    return table.parent.parent


def read_log(table: Path, version: TableVersion) -> Log:
    """Return the log of a table up to a version; without a digest in `version` it is taken as it is.

    Raises:
        StoreDamaged: when an entry is missing or the log is not what was written.
    """
    digest = hashlib.sha256()
    contents = []
    for content in _entries(table, version.number):
        digest.update(len(content).to_bytes(8, "big"))
        digest.update(content)
        contents.append(content)
    made = digest.hexdigest()
    if version.log and made != version.log:
        raise StoreDamaged(
            store_of(table), f"the log of its table {table.name} is not what was written up to version {version.number}"
        )
    try:
        return _replayed(table, made, contents)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise StoreDamaged(store_of(table), f"the log of its table {table.name} cannot be read") from None


def log_digest(table: Path, version: int) -> TableVersion:
    """Return the version with the digest of the log as it now is on the disk."""
    return TableVersion(version, read_log(table, TableVersion(version, "")).digest)


def last_version(table: Path) -> int:
    """Return the number of the last entry of a table's log.

    Raises:
        StoreDamaged: when there is none.
    """
    numbers = [int(path.stem) for path in (table / FOLDER).glob("*.json") if path.stem.isdecimal()]
    if not numbers:
        raise StoreDamaged(store_of(table), f"its table {table.name} has no log")
    return max(numbers)


def _entries(table: Path, version: int) -> Iterator[bytes]:
    for number in range(version + 1):
        path = entry(table, number)
        try:
            yield path.read_bytes()
        except FileNotFoundError:
            where = f"tables/{table.name}/{FOLDER}/{path.name}"
            raise StoreDamaged(store_of(table), f"its file {where} is missing") from None


def _replayed(table: Path, digest: str, contents: list[bytes]) -> Log:
    files: dict[str, None] = {}
    ever: set[str] = set()
    for content in contents:
        for line in content.splitlines():
            action: dict[str, Any] = json.loads(line)
            if "add" in action:
                name = str(action["add"]["path"])
                files[name] = None
                ever.add(name)
            elif "remove" in action:
                files.pop(str(action["remove"]["path"]), None)
    ordered = sorted(files, key=lambda name: (int(name.split("-", 1)[0]) if name[:1].isdecimal() else 0, name))
    return Log(digest, tuple(table / name for name in ordered), frozenset(ever))
