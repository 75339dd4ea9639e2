"""Writing to the tables, which Delta Lake's library does.

A table's data files are named `NUMBER-DIGEST.parquet`, NUMBER being the part of the store that the file holds and
DIGEST that of its bytes. `commit_files` states in one transaction which files the table consists of. A version, once
written, stays readable for ever: log expiry is switched off, and only a purge deletes files. The log is kept without
checkpoints: its entries say everything, and each file that is not there cannot be damaged. The library is loaded when
something is written, because whoever only reads a store does without it.
"""

from __future__ import annotations

import json
import os
import re
import sys
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from clearcount.errors import StoreError
from clearcount.files import flush_file, flush_folder
from clearcount.store.log import FOLDER, TableVersion, entry, last_version, log_digest, read_log, store_of
from clearcount.store.parquet import row_count
from clearcount.store.verified import remember

if TYPE_CHECKING:
    from deltalake import DeltaTable
    from deltalake.transaction import AddAction, RemoveAction

_KEEP_FOR_EVER = {
    "delta.enableExpiredLogCleanup": "false",
    "delta.logRetentionDuration": "interval 36500 days",
    "delta.deletedFileRetentionDuration": "interval 36500 days",
}
_UNWRITABLE = re.compile(r"%[0-9A-Fa-f]{2}|[\x00-\x1f\x7f]" + ("" if os.name == "nt" else r"|\\"))
"""What Delta Lake's library misreads in the path of a table: it takes `%20` for a blank and refuses control signs."""

_LONGEST_ON_WINDOWS = 150
"""Windows programs may take 259 signs for a path unless each says otherwise; names in a store need up to 100."""


def _plain() -> Any:
    from deltalake import PostCommitHookProperties

    return PostCommitHookProperties(create_checkpoint=False, cleanup_expired_logs=False)


def refuse_path(store: Path) -> None:
    """Raise StoreError when tables cannot be written below that path, with the sign or the length that is the cause."""
    place = str(store.resolve())
    if sys.platform == "win32" and len(place) > _LONGEST_ON_WINDOWS:
        raise StoreError(
            f"the path of the store {store} has {len(place)} signs, and Windows leaves room for "
            f"{_LONGEST_ON_WINDOWS}; choose a place nearer to the drive"
        )
    found = _UNWRITABLE.search(place)
    if found is None:
        return
    sign = found.group()
    shown = (
        f"the sign {sign[0]} followed by {sign[1:]}" if sign.isprintable() and len(sign) > 1 else f"the sign {sign!r}"
    )
    raise StoreError(
        f"the path of the store {store} holds {shown}, which the tables' format takes for something else; "
        "rename the folder or choose another place"
    )


def create_table(path: Path, schema: pa.Schema) -> None:
    """Make an empty table, version 0."""
    from deltalake import DeltaTable

    with _said(path):
        DeltaTable.create(str(path), schema=schema, configuration=dict(_KEEP_FOR_EVER))
    _flush_entry(path, 0)


def add_columns(path: Path, schema: pa.Schema) -> None:
    """Add the columns that the table lacks; files written before have none of them."""
    from deltalake import DeltaTable, Schema

    with _said(path):
        table = DeltaTable(str(path))
        has = {field.name for field in table.schema().fields}
        fields = [field for field in Schema.from_arrow(schema).fields if field.name not in has]
        if fields:
            table.alter.add_columns(fields, post_commithook_properties=_plain())
    _flush_entry(path, last_version(path))


def commit_files(path: Path, files: Collection[Path], *, why: str) -> TableVersion:
    """Make the table consist of exactly `files`, which lie in its folder; return the version that says so.

    Nothing is written when the latest version already is that.
    """
    from deltalake import DeltaTable

    latest = last_version(path)
    now = {file.name for file in read_log(path, TableVersion(latest, "")).files}
    wanted = {file.name: file for file in files}
    if now != wanted.keys():
        fresh = [wanted[name] for name in sorted(wanted.keys() - now)]
        for file in fresh:
            flush_file(file)
        flush_folder(path)
        with _said(path):
            _commit(DeltaTable(str(path)), wanted, now, why)
        latest += 1
        _flush_entry(path, latest)
        remember(store_of(path), fresh)
    return log_digest(path, latest)


def _commit(table: DeltaTable, wanted: dict[str, Path], now: set[str], why: str) -> None:
    from deltalake import CommitProperties
    from deltalake.transaction import AddAction, RemoveAction

    now_ms = int(time.time() * 1000)
    actions: list[AddAction | RemoveAction] = []
    for name in sorted(wanted.keys() - now):
        stat = wanted[name].stat()
        # No minima and maxima: the log must not hold keys, because a purge cannot take them out of it again.
        stats = json.dumps({"numRecords": row_count(wanted[name])})
        actions.append(AddAction(name, stat.st_size, {}, int(stat.st_mtime * 1000), True, stats))
    actions.extend(RemoveAction(name, True, now_ms, None, {}) for name in sorted(now - wanted.keys()))
    table.create_write_transaction(
        actions,
        "append",
        table.schema(),
        commit_properties=CommitProperties(custom_metadata={"why": why}),
        post_commithook_properties=_plain(),
    )


def cut_log(path: Path, version: int) -> None:
    """Delete the entries after `version` and whatever else lies in the log's folder: no snapshot knows of them."""
    kept = {entry(path, number).name for number in range(version + 1)}
    for file in (path / FOLDER).iterdir():
        if file.name not in kept and file.is_file():
            file.unlink()


def _flush_entry(path: Path, version: int) -> None:
    flush_file(entry(path, version))
    flush_folder(path / FOLDER)


@contextmanager
def _said(path: Path) -> Iterator[None]:
    """Raise what the library says as a sentence; its own text names files of its making only, and codes."""
    from deltalake.exceptions import DeltaError

    try:
        yield
    except (DeltaError, OSError) as error:
        full = "os error 28" in str(error) or "os error 27" in str(error) or "os error 122" in str(error)
        what = "the store's disk is full; make room" if full else "check the store's disk and the folder's owner"
        raise StoreError(f"the table {path.name} of the store cannot be written: {what} and run it again") from error
