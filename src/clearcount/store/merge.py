# ruff: noqa: S608 - the pieces put together here are this module's own column names; every value is a parameter
"""The comparison of an import with the records held, by key and content hash, part by part.

An occurrence is placed in one part when it is first seen, and all its offences and texts lie there. New occurrences are
placed in order of month and lowest code, so a question over few codes and months touches few parts. A part is compared
and written by itself, so memory is bounded by the part, not by the store. A part without a change is not written at
all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from clearcount.matching.ahead import ahead
from clearcount.matching.columns import fold
from clearcount.model.mojibake import DAMAGED
from clearcount.store import schema
from clearcount.store.account import summed
from clearcount.store.again import Key, keys_among
from clearcount.store.database import of_thread, registered
from clearcount.store.datafile import write_part
from clearcount.store.dealing import Places, deal, take_dealt
from clearcount.store.parquet import new_file, part_of, read_rows
from clearcount.store.part import PartDone, arriving_columns, content_of, merge_part
from clearcount.store.snapshot import Change

_PART_BYTES = 48 << 20
"""About how much text a part holds."""
_PLACE = """INSERT INTO placed
    SELECT occurrence_no, ($next + (row_number() OVER (ORDER BY month, lead, occurrence_no) - 1) * $parts
      // (count(*) OVER ()))::INTEGER, lead, true
    FROM (SELECT occurrence_no, coalesce(min(code), '') AS lead,
            date_trunc('month', min(coalesce(recorded_on, reported_on, committed_from))) AS month
          FROM incoming_offences ANTI JOIN placed USING (occurrence_no) GROUP BY occurrence_no)"""


@dataclass
class MergedTable:
    """What became of one table: the file that each part now is in, and the counts, in all and by file of the import.

    `repeats`, `recoded`, `contradicted` and `shortened` are as in `PartDone`. `again` holds the keys of `Merge.owed`
    that were read. With `replaced`, only records of this import are left.
    """

    files: dict[int, Path]
    change: Change = field(default_factory=Change)
    by_file: dict[int, Change] = field(default_factory=dict)
    recoded: Counter[tuple[str, str]] = field(default_factory=Counter)
    contradicted: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    shortened: Counter[str] = field(default_factory=Counter)
    repeats: int = 0
    again: set[Key] = field(default_factory=set)
    replaced: bool = False

    @property
    def moved(self) -> bool:
        """Whether any record was added, changed or removed."""
        return bool(self.change.added or self.change.changed or self.change.removed)


@dataclass
class Merge:
    """One import against one snapshot. `base` gives the current files of each table, `flush` gets each new file.

    `owed` holds the keys of records that earlier imports refused, by kind.
    """

    connection: duckdb.DuckDBPyConnection
    staging: Path
    tables: Path
    base: dict[str, tuple[Path, ...]]
    complete: bool
    by_row: bool
    text_bytes: int
    flush: Callable[[Path], object]
    owed: Mapping[str, frozenset[Key]] = field(default_factory=dict)
    _spread: int = field(init=False)
    _next_part: int = field(init=False)
    _refused: list[tuple[str, pa.RecordBatch]] = field(default_factory=list)

    def __post_init__(self) -> None:
        run = self.connection.execute
        self.connection.register("no_faults", schema.FAULTS.empty_table())
        run("CREATE TABLE faults AS SELECT *, '' AS kind FROM no_faults")
        self.connection.unregister("no_faults")
        run("CREATE TABLE placed (occurrence_no VARCHAR, part INTEGER, lead_code VARCHAR, fresh BOOLEAN)")
        run("CREATE TABLE outcome (file INTEGER, row BIGINT, severity TINYINT)")
        for file in self.base["occurrences"]:
            with registered(self.connection, "held_rows", read_rows(file)):
                run("INSERT INTO placed SELECT occurrence_no, part, lead_code, false FROM held_rows")
        self._spread = max(1, self.text_bytes // _PART_BYTES)
        self._next_part = self._number("SELECT coalesce(max(part), -1) + 1 FROM placed")

    def refuse(self, faults: pa.RecordBatch, kind: str) -> None:
        """Take rows that the importer refused."""
        self._refused.append((kind, faults))

    def offences(self, batches: Iterator[pa.RecordBatch], columns: pa.Schema) -> MergedTable:
        """Compare the import's offences with those held, and writes the parts that changed."""
        self._take("offences", batches, columns)
        self.connection.execute(_PLACE, {"next": self._next_part, "parts": self._spread})
        return self._merge_taken("offences")

    def persons(self, batches: Iterator[pa.RecordBatch], columns: pa.Schema) -> MergedTable:
        """Return the same for people; those of an occurrence that no offence names are placed like its texts."""
        self._take("persons", batches, columns)
        numbers = self.connection.sql("SELECT DISTINCT occurrence_no FROM incoming_persons ORDER BY ALL")
        places = Places(self.connection, first=self._next_part, spread=self._spread)
        places.of(numbers.to_arrow_table()["occurrence_no"].combine_chunks())
        self._keep_strays(places)
        return self._merge_taken("persons")

    def _take(self, table: str, batches: Iterator[pa.RecordBatch], columns: pa.Schema) -> None:
        """Read every row of a narrow table."""
        self.connection.register("reader", pa.RecordBatchReader.from_batches(columns, batches))
        self.connection.execute(
            f"CREATE TABLE incoming_{table} AS SELECT *, {content_of(table)} AS content FROM reader"
        )
        self.connection.unregister("reader")
        self._take_refused()

    def _merge_taken(self, table: str) -> MergedTable:
        run = self.connection.execute
        rows = f"SELECT * FROM incoming_{table} JOIN placed USING (occurrence_no) ORDER BY part"
        run(f"CREATE TABLE placed_{table} AS {rows}")
        run(f"DROP TABLE incoming_{table}")
        parts = [row[0] for row in run(f"SELECT DISTINCT part FROM placed_{table} ORDER BY part").fetchall()]
        merged = self._merge(table, parts, partial(_placed, table))
        run(f"DROP TABLE placed_{table}")
        return merged

    def _keep_strays(self, places: Places) -> None:
        """Keep where occurrences were placed that no offence names."""
        self.connection.register("strays", places.strays())
        self.connection.execute("INSERT INTO placed SELECT occurrence_no, part, '', true FROM strays")
        self.connection.unregister("strays")

    def texts(self, batches: Iterator[pa.RecordBatch], columns: pa.Schema) -> MergedTable:
        """Return the same for texts, which are first dealt out to their parts on disk."""
        places = Places(self.connection, first=self._next_part, spread=self._spread)
        dealt = deal(batches, columns, places, self.staging / "texts")
        self._take_refused()
        self._keep_strays(places)
        del places
        return self._merge("texts", list(dealt), lambda run, part: _with_facts(run, take_dealt(dealt[part])))

    def new_occurrences(self) -> Path | None:
        """Write the occurrences that this import placed; None when there are none."""
        fresh = self.connection.sql("SELECT occurrence_no, part, lead_code FROM placed WHERE fresh").to_arrow_table()
        return write_part(self.connection, "occurrences", fresh, new_file(self.tables / "occurrences", self._next_part))

    def faults(self) -> pa.Table:
        """Return every refused record in order of file, row and kind: `schema.FAULTS` and the kind."""
        return self.connection.sql('SELECT * FROM faults ORDER BY file, row, kind, "column", reason').to_arrow_table()

    def outcome_by_row(self) -> dict[int, Change]:
        """Return the counts by row of each file of the export, for layouts in which one row gives several records.

        A row counts as the worst of its records: quarantined, then changed, then added, then unchanged.
        """
        found = self.connection.execute(
            "SELECT file, worst, count(*) FROM (SELECT file, max(severity) AS worst FROM (SELECT * FROM outcome"
            " UNION ALL SELECT file, row, 3 FROM faults) GROUP BY file, row) GROUP BY ALL"
        ).fetchall()
        counts = {(file, worst): rows for file, worst, rows in found}
        return {
            file: _change(*(counts.get((file, worst), 0) for worst in (1, 2, 0, 3)))
            for file in sorted({file for file, _ in counts})
        }

    def _take_refused(self) -> None:
        for kind, faults in self._refused:
            self.connection.register("refused", pa.table(faults))
            self.connection.execute("INSERT INTO faults BY NAME SELECT *, $kind AS kind FROM refused", {"kind": kind})
            self.connection.unregister("refused")
        self._refused.clear()

    def _number(self, query: str, parameters: dict[str, object] | None = None) -> int:
        row = self.connection.execute(query, parameters or {}).fetchall()[0]
        return int(row[0])

    def _merge(
        self, table: str, parts: list[int], rows_of: Callable[[duckdb.DuckDBPyConnection, int], pa.Table]
    ) -> MergedTable:
        current = {part_of(file): file for file in self.base[table]}
        merged = MergedTable(dict(current))
        # A row that cannot be read may be any record: then nothing can be said to be missing from the export.
        unnamed = self._number("SELECT count(*) FROM faults WHERE kind = $kind AND occurrence_no = ''", {"kind": table})
        removes = self.complete and not unnamed
        arriving = set(parts)

        owed = self.owed.get(table, frozenset())

        def merged_part(part: int) -> tuple[int, PartDone, set[Key]]:
            with of_thread(self.connection) as run:
                rows = rows_of(run, part) if part in arriving else arriving_columns(table).empty_table()
                target = new_file(self.tables / table, part)
                done = merge_part(
                    run, table, rows, current.get(part), target, removes=removes, keep_outcome=self.by_row
                )
                return part, done, keys_among(rows, table, owed)

        totals: Counter[tuple[int, str]] = Counter()
        removed = 0
        everything = [*parts, *(sorted(current.keys() - arriving) if removes else ())]
        for part, done, again in ahead(partial(merged_part, part) for part in everything):
            totals.update(done.counts)
            merged.recoded.update(done.recoded)
            merged.contradicted.update(done.contradicted)
            merged.shortened.update(done.shortened)
            merged.repeats += done.repeats
            merged.again |= again
            removed += done.removed
            if done.differs:
                merged.files.pop(part, None)
            if done.file is not None:
                merged.files[part] = done.file
                self.flush(done.file)
        refused = self.connection.execute(
            "SELECT file, count(*) FROM faults WHERE kind = $kind GROUP BY file", {"kind": table}
        ).fetchall()
        totals.update({(file, "quarantined"): rows for file, rows in refused})
        outcomes = ("added", "changed", "unchanged", "quarantined")
        merged.by_file = {
            file: _change(*(totals[file, what] for what in outcomes)) for file in sorted({file for file, _ in totals})
        }
        merged.change = replace(summed(merged.by_file.values()), removed=removed)
        merged.replaced = removes
        return merged


def _change(added: int, changed: int, unchanged: int, quarantined: int) -> Change:
    return Change(added + changed + unchanged + quarantined, added, changed, unchanged, quarantined)


def _placed(table: str, connection: duckdb.DuckDBPyConnection, part: int) -> pa.Table:
    columns = arriving_columns(table)
    rows = connection.sql(f"SELECT * FROM placed_{table} WHERE part = $part", params={"part": part})
    return rows.to_arrow_table().select(columns.names).cast(columns)


def _with_facts(connection: duckdb.DuckDBPyConnection, dealt: pa.Table) -> pa.Table:
    """The texts of one part with their folded form and length, whether they are mojibake, and their content hash.

    A text without a folded form is plain ASCII: it has as many characters as bytes.
    """
    folded = pa.chunked_array([fold(texts) for texts in dealt["text"].chunks], pa.string())
    length = pc.binary_length(dealt["text"])
    beyond = pc.is_valid(folded).combine_chunks()
    odd = dealt["text"].filter(beyond).combine_chunks()
    mojibake = pa.array(np.zeros(dealt.num_rows, bool))
    if len(odd):
        length = pc.replace_with_mask(length, beyond, pc.utf8_length(odd))
        mojibake = pc.replace_with_mask(mojibake, beyond, pc.match_substring_regex(odd, DAMAGED))
    connection.register("dealt", dealt.select(["entered_at", "text"]))
    content = connection.sql(f"SELECT {content_of('texts')} AS content FROM dealt").to_arrow_table()
    connection.unregister("dealt")
    known = {"folded": folded, "length": length, "mojibake": mojibake, "content": content["content"]}
    return pa.table(dict(zip(dealt.column_names, dealt.columns, strict=True)) | known).select(
        arriving_columns("texts").names
    )
