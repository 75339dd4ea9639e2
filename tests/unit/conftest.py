"""What tests of the record store share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from clearcount.store import Store
from clearcount.store.commit import write_snapshots
from clearcount.store.delta import commit_files
from clearcount.store.layout import table_path
from clearcount.store.parquet import new_file, part_of, sealed
from clearcount.store.writing import exclusive

PutInstead = Callable[..., None]


@pytest.fixture
def put_instead() -> PutInstead:
    """Gives every file of a table other rows, as a writer would that made them: with digests, log and snapshot.

    `metadata` replaces that of the files; further names are fields of the newest snapshot.
    """

    def put(
        store: Store,
        table: str,
        change: Callable[[pa.Table], pa.Table],
        *,
        metadata: dict[str, str] | None = None,
        **about: object,
    ) -> None:
        with exclusive(store.path, wait=1, waiting=lambda: None):
            shot, files = store.snapshot(), []
            for file in store.files(shot, table):
                rows = change(pq.read_table(file))
                target = new_file(file.parent, part_of(file))
                pq.write_table(rows.replace_schema_metadata(metadata) if metadata else rows, target)
                files.append(sealed(target))
            version = commit_files(table_path(store.path, table), files, why="test")
            newest = replace(shot, versions={**shot.versions, table: version}, **about)  # type: ignore[arg-type]
            write_snapshots(store.path, [*store.snapshots()[:-1], newest])

    return put
