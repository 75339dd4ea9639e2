"""Taking occurrences out of every version of the store for good, and proving that no file holds them any more."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from clearcount.errors import StoreError
from clearcount.store import layout, schema
from clearcount.store.commit import write_snapshots
from clearcount.store.database import database
from clearcount.store.datafile import write_part
from clearcount.store.delta import commit_files
from clearcount.store.head import MARK
from clearcount.store.holds import held
from clearcount.store.parquet import new_file, opened, part_of, read_rows, row_count
from clearcount.store.quarantine import write_quarantine
from clearcount.store.rewrite import delete_unnamed
from clearcount.store.snapshot import TABLES, Snapshot
from clearcount.store.store import Store
from clearcount.store.verified import LIST
from clearcount.store.writing import exclusive

_KEYED = TABLES


@dataclass(frozen=True)
class Purged:
    """How many occurrences were taken out, of which snapshots, how many files were written anew or deleted.

    `runs` are the folders of working papers that named one of them and were deleted with them.
    """

    occurrences: int
    snapshots: tuple[int, ...]
    rewritten: int
    deleted: int
    runs: int


def older_than(store: Store, day: date) -> frozenset[str]:
    """Return the occurrences of any snapshot whose offences were all recorded and reported before `day`."""
    files = sorted({file for snapshot in store.snapshots() for file in store.files(snapshot, "offences")})
    latest: list[pa.Table] = []
    for file in files:
        rows = read_rows(file, ["occurrence_no", "recorded_on", "reported_on"])
        days = pc.max_element_wise(rows["recorded_on"].cast(pa.int32()), rows["reported_on"].cast(pa.int32()))
        latest.append(pa.table({"occurrence_no": rows["occurrence_no"], "day": days}))
    if not latest:
        return frozenset()
    last = pa.concat_tables(latest).group_by("occurrence_no").aggregate([("day", "max")])
    before = pc.less(last["day_max"], day.toordinal() - date(1970, 1, 1).toordinal())
    return frozenset(last.filter(before)["occurrence_no"].to_pylist())


def purge(path: Path, occurrences: Collection[str], *, waiting: Callable[[], None] = lambda: None) -> Purged:
    """Take `occurrences` out of every snapshot, every file and every working paper of the store.

    Snapshots that held one are marked as purged: a count from them may no longer be repeated.

    Raises:
        StoreError: when an open case holds one of them (nothing is changed), or one is still found afterwards.
    """
    wanted = frozenset(occurrences)
    with exclusive(path, wait=600.0, waiting=waiting) as store:
        refuse_held(path, wanted)
        keys = pa.array(sorted(wanted), pa.string())
        snapshots = store.snapshots()
        with layout.staging(path) as folder, database(folder) as connection:
            replaced = _replacements(connection, store, snapshots, keys)
        found = {number for number, files in _named(store, snapshots) if files & replaced.keys()}
        present = _present(replaced.keys(), keys)
        _write(store, snapshots, replaced, found)
        deleted = delete_unnamed(store, older_than=float("inf"))
        runs = _delete_runs(path / "runs", wanted)
        if left := still_held(path, wanted):
            raise StoreError(f"these files still name a purged occurrence: {', '.join(left)}; delete them by hand")
        return Purged(present, tuple(sorted(found)), sum(file is not None for file in replaced.values()), deleted, runs)


def refuse_held(path: Path, occurrences: Collection[str]) -> None:
    """Raise StoreError, naming the cases, when an open case holds one of the occurrences."""
    if cases := held(path, occurrences):
        named = ", ".join(f"{case} ({count})" for case, count in cases.items())
        raise StoreError(f"open cases count some of these occurrences: {named}; close the cases first")


def still_held(path: Path, occurrences: Collection[str]) -> tuple[str, ...]:
    """Return every file of the store that names one of the occurrences, read to the last byte."""
    wanted = frozenset(occurrences)
    keys = pa.array(sorted(wanted), pa.string())
    ours = {path / MARK, path / LIST}  # numbers and names that this room makes up
    return tuple(
        str(file.relative_to(path))
        for file in sorted(path.rglob("*"))
        if file.is_file()
        and file not in ours
        and (_parquet_names(file, keys) if file.suffix == ".parquet" else _names_one(file, wanted))
    )


def _named(store: Store, snapshots: Collection[Snapshot]) -> Iterator[tuple[int, set[Path]]]:
    for snapshot in snapshots:
        yield snapshot.number, {file for table in _KEYED for file in store.files(snapshot, table)}


def _replacements(
    connection: duckdb.DuckDBPyConnection, store: Store, snapshots: Collection[Snapshot], keys: pa.Array
) -> dict[Path, Path | None]:
    """For each file that names one of `keys`, the file that takes its place; None when nothing is left of it."""
    replaced: dict[Path, Path | None] = {}
    for table in _KEYED:
        files = {file for snapshot in snapshots for file in store.files(snapshot, table)}
        for file in sorted(files):
            if not _parquet_names(file, keys):
                continue
            rows = read_rows(file, schema.DATA_TABLES[table].names)
            kept = rows.filter(pc.invert(pc.is_in(rows["occurrence_no"], keys)))
            if table == "quarantine":
                replaced[file] = write_quarantine(kept, file.parent, part_of(file)) if kept.num_rows else None
            else:
                replaced[file] = write_part(connection, table, kept, new_file(file.parent, part_of(file)))
    return replaced


def _write(
    store: Store, snapshots: Collection[Snapshot], replaced: dict[Path, Path | None], found: Collection[int]
) -> None:
    """New versions of the tables for every snapshot, then all snapshots in one transaction."""
    written = []
    for snapshot in snapshots:
        versions = dict(snapshot.versions)
        for table in snapshot.versions:
            files = [replaced.get(file, file) for file in store.files(snapshot, table)]
            kept = [file for file in files if file is not None]
            versions[table] = commit_files(
                layout.table_path(store.path, table), kept, why=f"purge snapshot {snapshot.number}"
            )
        renewed = replace(snapshot, versions=versions, purged=snapshot.purged or snapshot.number in found)
        written.append(replace(renewed, rows=_rows(store, renewed)) if snapshot.number in found else renewed)
    write_snapshots(store.path, written)


def _rows(store: Store, snapshot: Snapshot) -> dict[str, int]:
    counts = {
        kind: sum(row_count(file) for file in store.files(snapshot, kind)) for kind in ("offences", "texts", "persons")
    }
    counts = {kind: n for kind, n in counts.items() if kind in snapshot.rows}
    return {"occurrences": len(pc.unique(store.offences(snapshot)["occurrence_no"])), **counts}


def _present(files: Collection[Path], keys: pa.Array) -> int:
    found: set[str] = set()
    for file in files:
        if file.exists():
            column = read_rows(file, ["occurrence_no"])["occurrence_no"]
            found.update(column.filter(pc.is_in(column, keys)).unique().to_pylist())
    return len(found)


def _parquet_names(file: Path, keys: pa.Array) -> bool:
    with opened(file) as parquet:
        if "occurrence_no" not in parquet.schema_arrow.names:
            return False
        return any(
            pc.any(pc.is_in(batch.column(0).cast(pa.string()), keys)).as_py()
            for batch in parquet.iter_batches(columns=["occurrence_no"])
        )


def _names_one(file: Path, wanted: frozenset[str]) -> bool:
    """Whether a file of working papers names one of the occurrences; a word of it, not a piece of another number."""
    text = file.read_text(encoding="utf-8", errors="replace")
    if not set(text.translate(_APART).split()).isdisjoint(wanted):
        return True
    return any(number in text for number in wanted if number.translate(_APART).split() != [number])


_APART = str.maketrans(dict.fromkeys(',;|"\t[]{}()', " "))


def _delete_runs(runs: Path, wanted: frozenset[str]) -> int:
    deleted = 0
    for run in sorted(runs.iterdir()) if runs.is_dir() else ():
        files = [run] if run.is_file() else [file for file in run.rglob("*") if file.is_file()]
        if any(_names_one(file, wanted) for file in files):
            shutil.rmtree(run) if run.is_dir() else run.unlink()
            deleted += 1
    return deleted
