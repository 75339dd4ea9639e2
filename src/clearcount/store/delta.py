"""All contact with Delta Lake.

A table's data files are written beside the log and named `NUMBER-DIGEST.parquet`, NUMBER being the part of
the store that the file holds. `commit_files` then states in one transaction which files the table consists of. A
version, once written, stays readable for ever: log expiry is switched off, and only a purge deletes files.
"""

from __future__ import annotations

import hashlib
import json
import time
import uuid
from collections.abc import Collection
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from deltalake import CommitProperties, DeltaTable, PostCommitHookProperties, Schema, write_deltalake
from deltalake.exceptions import DeltaError
from deltalake.transaction import AddAction, RemoveAction

from clearcount.errors import StoreError

_KEEP_FOR_EVER = {
    "delta.enableExpiredLogCleanup": "false",
    "delta.logRetentionDuration": "interval 36500 days",
    "delta.deletedFileRetentionDuration": "interval 36500 days",
}
_NO_CLEANUP = PostCommitHookProperties(create_checkpoint=True, cleanup_expired_logs=False)


def create_table(path: Path, schema: pa.Schema) -> None:
    """Makes an empty table, version 0, unless there is one."""
    if not DeltaTable.is_deltatable(str(path)):
        DeltaTable.create(str(path), schema=schema, configuration=dict(_KEEP_FOR_EVER))


def add_columns(path: Path, schema: pa.Schema) -> None:
    """Adds the columns that the table lacks; files written before have none of them."""
    table = open_table(path)
    has = {field.name for field in table.schema().fields}
    fields = [field for field in Schema.from_arrow(schema).fields if field.name not in has]
    if fields:
        table.alter.add_columns(fields)


def new_file(path: Path, part: int) -> Path:
    """A name that no file of the table has, for a data file that is being written and will hold `part`."""
    return path / f"{part:06d}-{uuid.uuid4().hex}.parquet"


def sealed(file: Path) -> Path:
    """The file under its lasting name, which says the part and the SHA-256 of the bytes, so that damage can be seen."""
    named = file.with_name(f"{part_of(file):06d}-{digest_of(file)}.parquet")
    file.replace(named)
    return named


def digest_of(file: Path) -> str:
    """The first 32 hexadecimal digits of the SHA-256 of a file's bytes."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()[:32]


def part_of(file: Path) -> int:
    """The part that a data file holds."""
    return int(file.name.split("-", 1)[0])


def open_table(path: Path, version: int | None = None) -> DeltaTable:
    """The table as of a version, or its latest. Raises StoreError when its log is missing or damaged."""
    try:
        return DeltaTable(str(path), version=version)
    except (DeltaError, OSError, ValueError) as error:
        raise StoreError(
            f"the table {path.name} of the store cannot be opened at version {version}; restore the store from a backup"
        ) from error


def latest_version(path: Path) -> int:
    """The number of the table's last version."""
    return int(open_table(path).version())


def files_at(path: Path, version: int) -> tuple[Path, ...]:
    """The data files of one version, in order of their parts."""
    table = open_table(path, version)
    names = pa.table(table.get_add_actions(flatten=True))["path"].to_pylist()
    return tuple(sorted((path / name for name in names), key=lambda file: (part_of(file), file.name)))


def commit_files(path: Path, files: Collection[Path], *, why: str) -> int:
    """Makes the table consist of exactly `files`; returns the version that says so.

    Whatever an import that never reached its snapshot left in the log is taken out by the same transaction. Nothing is
    written when the latest version already is that.
    """
    table = open_table(path)
    now = {file.name for file in files_at(path, int(table.version()))}
    wanted = {file.name: file for file in files}
    if now == wanted.keys():
        return int(table.version())
    now_ms = int(time.time() * 1000)
    actions: list[AddAction | RemoveAction] = []
    for name in sorted(wanted.keys() - now):
        stat = wanted[name].stat()
        # No minima and maxima: the log must not hold keys, because a purge cannot take them out of it again.
        stats = json.dumps({"numRecords": int(pq.read_metadata(wanted[name]).num_rows)})
        actions.append(AddAction(name, stat.st_size, {}, int(stat.st_mtime * 1000), True, stats))
    actions.extend(RemoveAction(name, True, now_ms, None, {}) for name in sorted(now - wanted.keys()))
    table.create_write_transaction(
        actions,
        "append",
        table.schema(),
        commit_properties=CommitProperties(custom_metadata={"why": why}),
        post_commithook_properties=_NO_CLEANUP,
    )
    return int(open_table(path).version())


def append_rows(path: Path, rows: pa.Table) -> None:
    """Adds rows to a small table in one transaction."""
    write_deltalake(str(path), rows, mode="append", post_commithook_properties=_NO_CLEANUP)


def replace_rows(path: Path, rows: pa.Table) -> None:
    """Replaces all rows of a small table in one transaction."""
    write_deltalake(str(path), rows, mode="overwrite", post_commithook_properties=_NO_CLEANUP)
