# ruff: noqa: S608 - the pieces put together here are this module's own column names; every value is a parameter
"""The comparison of an import with the records held, by key and content hash, part by part.

An occurrence is placed in one part when it is first seen, and all its offences and texts lie there. New occurrences
are placed in order of month and lowest code, so a question over few codes and months touches few parts. A part is
compared and written by itself: memory is bounded by the part, not by the store, and a part without a change is not
written at all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from clearcount.store import schema
from clearcount.store.database import name_list
from clearcount.store.delta import new_file, part_of
from clearcount.store.snapshot import Change

_PART_BYTES = 48 << 20
"""About how much text a part holds."""
_HASH = "(md5_number_lower({record})::HUGEINT - 9223372036854775808)::BIGINT"
"""A content hash that is the same in every version of every library: the low half of MD5, made signed."""
_OFFENCE_RECORD = (
    "concat_ws(chr(31), code, offence, coalesce(recorded_on::VARCHAR, ''), coalesce(reported_on::VARCHAR, ''),"
    " coalesce(committed_from::VARCHAR, ''), coalesce(committed_to::VARCHAR, ''), status,"
    " array_to_string(markers, chr(30)), array_to_string(map_keys(extra), chr(30)),"
    " array_to_string(map_values(extra), chr(30)))"
)
_OFFENCE_CONTENT = _HASH.format(record=_OFFENCE_RECORD)
_PLACE = """INSERT INTO placed
    SELECT occurrence_no, ($next + (row_number() OVER (ORDER BY month, lead, occurrence_no) - 1) * $parts
      // (count(*) OVER ()))::INTEGER, lead, true
    FROM (SELECT occurrence_no, coalesce(min(code), '') AS lead,
            date_trunc('month', min(coalesce(recorded_on, reported_on, committed_from))) AS month
          FROM incoming_offences ANTI JOIN placed USING (occurrence_no) GROUP BY occurrence_no)"""
_MOJIBAKE = "regexp_matches(text, '\u00c3[\u0080-\u00bf]|\u00c2[\u00a0-\u00bf]|\u00e2\u20ac|\u00ef\u00bf\u00bd|\ufffd')"
"""UTF-8 that was once read as Windows-1252, or a character lost on the way."""
_DEAL_TEXTS = f"""COPY (
    SELECT r.*, coalesce(p.part, $next + (hash(r.occurrence_no) % $parts)::INTEGER) AS part,
      coalesce(p.lead_code, '') AS lead_code, length(text)::INTEGER AS length, {_MOJIBAKE} AS mojibake,
      {_HASH.format(record="concat_ws(chr(31), entered_at, text)")} AS content
    FROM reader r LEFT JOIN placed p USING (occurrence_no)
  ) TO $folder (FORMAT parquet, COMPRESSION lz4_raw, PARTITION_BY (part))"""
_PLACE_STRAYS = """INSERT INTO placed
    SELECT DISTINCT occurrence_no, part, '', true
    FROM read_parquet($files, hive_partitioning = true, hive_types = {'part': INTEGER})
    ANTI JOIN placed USING (occurrence_no)"""


@dataclass(frozen=True)
class _Spec:
    key: tuple[str, ...]
    order: str
    columns: tuple[str, ...]

    @property
    def named(self) -> str:
        return ", ".join(self.key)


_SPECS = {
    "offences": _Spec(schema.OFFENCE_KEY, schema.OFFENCE_ORDER, tuple(schema.OFFENCES.names)),
    "texts": _Spec(schema.TEXT_KEY, schema.TEXT_ORDER, tuple(schema.TEXTS.names)),
}


@dataclass
class Merged:
    """What became of one table: the files it now consists of, rows of the new ones, and the counts."""

    files: dict[int, Path]
    rows: dict[str, int] = field(default_factory=dict)
    change: Change = field(default_factory=Change)

    @property
    def moved(self) -> bool:
        """Whether any record was added, changed or removed."""
        return bool(self.change.added or self.change.changed or self.change.removed)


@dataclass
class Merge:
    """One import against one snapshot. `base` gives the current files of each table."""

    connection: duckdb.DuckDBPyConnection
    staging: Path
    tables: Path
    base: dict[str, tuple[Path, ...]]
    complete: bool
    by_row: bool
    text_bytes: int
    _refused: list[tuple[str, pa.RecordBatch]] = field(default_factory=list)

    def __post_init__(self) -> None:
        run = self.connection.execute
        run("SET partitioned_write_max_open_files = 100000")
        run(
            'CREATE TABLE faults (occurrence_no VARCHAR, file INTEGER, row BIGINT, "column" VARCHAR, reason VARCHAR,'
            " kind VARCHAR)"
        )
        run("CREATE TABLE placed (occurrence_no VARCHAR, part INTEGER, lead_code VARCHAR, fresh BOOLEAN)")
        run("CREATE TABLE outcome (file INTEGER, row BIGINT, severity TINYINT)")
        if self.base["occurrences"]:
            run(
                "INSERT INTO placed SELECT occurrence_no, part, lead_code, false FROM read_parquet($files)",
                {"files": name_list(self.base["occurrences"])},
            )
        self._next_part = self._number("SELECT coalesce(max(part), -1) + 1 FROM placed")

    def refuse(self, faults: pa.RecordBatch, kind: str) -> None:
        """Takes rows that the importer refused."""
        self._refused.append((kind, faults))

    def offences(self, reader: pa.RecordBatchReader) -> Merged:
        """Compares the import's offences with those held, and writes the parts that changed."""
        run = self.connection.execute
        run(f"CREATE TABLE incoming_offences AS SELECT *, {_OFFENCE_CONTENT} AS content FROM reader")
        self._take_refused()
        run(_PLACE, {"next": self._next_part, "parts": max(1, self.text_bytes // _PART_BYTES)})
        run("CREATE TABLE dealt AS SELECT * FROM incoming_offences JOIN placed USING (occurrence_no)")
        run("DROP TABLE incoming_offences")
        parts = [row[0] for row in run("SELECT DISTINCT part FROM dealt ORDER BY part").fetchall()]
        merged = self._merge("offences", parts, lambda part: ("SELECT * FROM dealt WHERE part = $part", {"part": part}))
        run("DROP TABLE dealt")
        return merged

    def texts(self, reader: pa.RecordBatchReader) -> Merged:
        """The same for texts, which are first dealt out to their parts on disk."""
        run = self.connection.execute
        folder = self.staging / "texts"
        run(
            _DEAL_TEXTS,
            {"next": self._next_part, "parts": max(1, self.text_bytes // _PART_BYTES), "folder": str(folder)},
        )
        self._take_refused()
        dealt = {int(entry.name.removeprefix("part=")): entry for entry in folder.iterdir()} if folder.exists() else {}
        if dealt:
            run(_PLACE_STRAYS, {"files": str(folder / "*" / "*.parquet")})
        return self._merge(
            "texts",
            sorted(dealt),
            lambda part: (
                "SELECT * FROM read_parquet($rows, hive_partitioning = false)",
                {"rows": str(dealt[part] / "*.parquet")},
            ),
        )

    def new_occurrences(self) -> tuple[Path, int] | None:
        """Writes the occurrences that this import placed; their file and how many there are."""
        count = self._number("SELECT count(*) FROM placed WHERE fresh")
        if not count:
            return None
        path = new_file(self.tables / "occurrences", self._next_part)
        self.connection.execute(
            "COPY (SELECT occurrence_no, part, lead_code FROM placed WHERE fresh ORDER BY occurrence_no) TO $path"
            " (FORMAT parquet, COMPRESSION zstd)",
            {"path": str(path)},
        )
        return path, count

    def faults(self) -> pa.Table:
        """Every quarantined row: file number, row, column, reason."""
        return self.connection.sql(
            'SELECT DISTINCT file, row, "column", reason FROM faults ORDER BY file, row, "column"'
        ).to_arrow_table()

    def outcome_by_row(self) -> Change:
        """The counts by row of the export, for layouts in which one row gives several records.

        A row counts as the worst of its records: quarantined, then changed, then added, then unchanged.
        """
        found = self.connection.execute(
            "SELECT worst, count(*) FROM (SELECT max(severity) AS worst FROM (SELECT * FROM outcome UNION ALL"
            " SELECT file, row, 3 FROM faults) GROUP BY file, row) GROUP BY worst"
        ).fetchall()
        counts = dict(found)
        return Change(
            read=sum(counts.values()),
            added=counts.get(1, 0),
            changed=counts.get(2, 0),
            unchanged=counts.get(0, 0),
            quarantined=counts.get(3, 0),
        )

    def _take_refused(self) -> None:
        for kind, faults in self._refused:
            self.connection.register("refused", pa.table(faults))
            self.connection.execute("INSERT INTO faults SELECT *, $kind FROM refused", {"kind": kind})
            self.connection.unregister("refused")
        self._refused.clear()

    def _number(self, query: str, parameters: dict[str, object] | None = None) -> int:
        row = self.connection.execute(query, parameters or {}).fetchall()[0]
        return int(row[0])

    def _merge(self, table: str, parts: list[int], rows_of: Callable[[int], tuple[str, dict[str, object]]]) -> Merged:
        current = {part_of(file): file for file in self.base[table]}
        merged = Merged(dict(current))
        # A row that cannot be read may be any record: then nothing can be said to be missing from the export.
        unnamed = self._number("SELECT count(*) FROM faults WHERE kind = $kind AND occurrence_no = ''", {"kind": table})
        removes = self.complete and not unnamed
        totals: Counter[str] = Counter()
        for part in parts:
            totals += self._merge_part(table, part, rows_of(part), current.get(part), removes, merged)
        for part in sorted(current.keys() - set(parts)) if removes else ():
            totals += self._merge_part(table, part, None, current[part], removes, merged)
        quarantined = self._number(
            "SELECT count(*) FROM (SELECT DISTINCT file, row FROM faults WHERE kind = $kind)", {"kind": table}
        )
        merged.change = Change(
            read=totals["a"] + totals["c"] + totals["u"] + quarantined,
            added=totals["a"],
            changed=totals["c"],
            unchanged=totals["u"],
            quarantined=quarantined,
            removed=totals["removed"],
        )
        return merged

    def _merge_part(
        self,
        table: str,
        part: int,
        rows: tuple[str, dict[str, object]] | None,
        current: Path | None,
        removes: bool,
        merged: Merged,
    ) -> Counter[str]:
        """Compares one part, writes it when it changed; counts by outcome (a, c, u) and "removed"."""
        run = self.connection.execute
        spec = _SPECS[table]
        key = ", ".join(spec.key)
        source, parameters = rows or (
            "SELECT * FROM (SELECT 0 AS file, 0::BIGINT AS row, * FROM read_parquet($rows)) WHERE false",
            {"rows": str(current)},
        )
        run(f"CREATE OR REPLACE TEMP TABLE incoming AS {source}", parameters)
        run(
            f"CREATE OR REPLACE TEMP TABLE held AS SELECT {key}, content FROM read_parquet($file)"
            if current
            else f"CREATE OR REPLACE TEMP TABLE held AS SELECT {key}, content FROM incoming WHERE false",
            {"file": str(current)} if current else {},
        )
        run(
            f"""CREATE OR REPLACE TEMP TABLE compared AS
            SELECT {key}, i.file, i.row, i.nth, i.first_file, i.first_row,
              CASE WHEN i.nth > 1 AND i.content <> i.first_content THEN 'q' WHEN i.nth > 1 THEN 'u'
                WHEN h.content IS NULL THEN 'a' WHEN h.content = i.content THEN 'u' ELSE 'c' END AS what
            FROM (SELECT {key}, file, row, content, row_number() OVER rows AS nth,
                    first_value(content) OVER rows AS first_content, first_value(file) OVER rows AS first_file,
                    first_value(row) OVER rows AS first_row
                  FROM incoming WINDOW rows AS (PARTITION BY {key} ORDER BY file, row)) i
            LEFT JOIN held h USING ({key})"""
        )
        run(
            f"""INSERT INTO faults SELECT occurrence_no, file, row, '{spec.named}',
              'the key stands in row ' || first_row || ' already, with other content', '{table}'
            FROM compared WHERE what = 'q'"""
        )
        if self.by_row:
            run(
                "INSERT INTO outcome SELECT file, row, CASE what WHEN 'c' THEN 2 WHEN 'a' THEN 1 ELSE 0 END"
                " FROM compared WHERE what <> 'q'"
            )
        counts = Counter(dict(run("SELECT what, count(*) FROM compared GROUP BY what").fetchall()))
        kept = "SELECT occurrence_no FROM faults WHERE kind = $kind"
        gone = f"FROM held ANTI JOIN incoming USING ({key}) WHERE occurrence_no NOT IN ({kept})"
        if removes:
            counts["removed"] = self._number(f"SELECT count(*) {gone}", {"kind": table})
        if not (counts["a"] or counts["c"] or counts["removed"]):
            return counts
        columns = ", ".join(spec.columns)
        path = new_file(self.tables / table, part)
        query = (
            f"SELECT {columns} FROM incoming SEMI JOIN (FROM compared WHERE nth = 1) AS firsts USING (file, row, {key})"
        )
        parameters = {"path": str(path)}
        if current:
            query += f" UNION ALL SELECT {columns} FROM read_parquet($current) ANTI JOIN incoming USING ({key})"
            parameters["current"] = str(current)
            if removes:
                query += f" WHERE occurrence_no IN ({kept})"
                parameters["kind"] = table
        run(
            f"COPY ({query} ORDER BY {spec.order}) TO $path (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1,"
            f" ROW_GROUP_SIZE {schema.ROW_GROUP})",
            parameters,
        )
        count = pq.read_metadata(path).num_rows
        if count:
            merged.files[part] = path
            merged.rows[path.name] = count
        else:
            path.unlink()
            merged.files.pop(part, None)
        return counts
