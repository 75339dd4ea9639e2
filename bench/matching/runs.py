"""One way of scanning the corpus each, from the same Parquet file; every function returns the hits or rows it found.

The peers answer a weaker question: which rows match a regular expression. They give no offsets, no folding and no
word boundary beside an accent, so they are compared on time only.
"""

from __future__ import annotations

import resource
import sqlite3
import subprocess
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from bench.matching.corpus import TERMS, many_terms
from clearcount.matching import Matcher, TermSet
from clearcount.matching.ahead import ahead
from clearcount.model.terms import Rule

PATTERN = rf"\b(?:{'|'.join(TERMS)})\b"
SQLITE_ROWS = 100_000
preparing: list[float] = []
"""Processor seconds that a run spent before its first text: preparing the terms, filling a table."""


def seconds() -> float:
    """Processor seconds of this process and of the processes it waited for."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def decode(path: Path) -> int:
    """The floor: entry numbers and texts out of Parquet, and nothing else."""
    return sum(len(table) for table in _groups(path, ["entry_id", "text"]))


def scan(path: Path, rule: Rule, engine: str, terms: int = len(TERMS), workers: int = 1) -> int:
    """clearcount: entry number, term and offsets of every hit, both lanes."""
    wanted = many_terms(terms)
    if rule == "contains":  # as in the published method: spaces around the short term only
        wanted = (" AI ", *wanted[1:])
    start = seconds()
    match = Matcher(TermSet(rule, wanted), engine)
    if engine != "auto":
        match.hits(pa.array(["-", "é"]))
    preparing.append(seconds() - start)
    found = 0
    columns = ["entry_id", "text", "folded"]
    if workers == 1:
        for table in _groups(path, columns):
            kept = match.hits(table["text"], table["folded"]).kept
            found += len(kept.append_column("entry_id", table["entry_id"].take(kept["row"])))
        return found
    batches = (
        batch for table in _groups_ahead(path, columns, workers) for batch in table.combine_chunks().to_batches()
    )
    for batch, hits in match.scan(batches, workers=workers):
        found += len(hits.kept.append_column("entry_id", batch["entry_id"].take(hits.kept["row"].combine_chunks())))
    return found


def mask(path: Path) -> int:
    """The bare pyarrow mask: which rows match, nothing verified."""
    found = 0
    for table in _groups(path, ["entry_id", "text"]):
        found += pc.sum(pc.match_substring_regex(table["text"], PATTERN, ignore_case=True)).as_py()
    return found


def in_duckdb(path: Path) -> int:
    """DuckDB `regexp_matches`, one thread."""
    with duckdb.connect() as connection:
        connection.execute("SET threads = 1")
        query = "SELECT entry_id, text FROM read_parquet(?) WHERE regexp_matches(text, ?, 'i')"
        return len(connection.execute(query, [str(path), PATTERN]).fetchall())


def in_polars(path: Path) -> int:
    """Polars `str.contains`; the caller sets POLARS_MAX_THREADS=1."""
    import polars as pl

    frame = pl.scan_parquet(path).select("entry_id", "text").filter(pl.col("text").str.contains(f"(?i){PATTERN}"))
    return len(frame.collect())


def in_sqlite(path: Path) -> int:
    """SQLite `LIKE '% term %'` on the first rows of the corpus; filling the table counts as preparation."""
    start = seconds()
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE entries (entry_id INTEGER PRIMARY KEY, text TEXT)")
    first = next(_groups(path, ["entry_id", "text"])).slice(0, SQLITE_ROWS)
    pairs = zip(first["entry_id"].to_pylist(), first["text"].to_pylist(), strict=True)
    connection.executemany("INSERT INTO entries VALUES (?, ?)", pairs)
    preparing.append(seconds() - start)
    where = " OR ".join(["text LIKE ?"] * len(TERMS))
    return len(
        connection.execute(f"SELECT entry_id FROM entries WHERE {where}", [f"% {t} %" for t in TERMS]).fetchall()
    )


def in_ripgrep(path: Path) -> int:
    """ripgrep with ASCII boundaries on plain text beside the corpus: no Parquet to decode."""
    plain = path.with_suffix(".txt")
    command = ["rg", "--no-unicode", "-a", "-i", "-c", PATTERN, str(plain)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return int(done.stdout)


def write_plain(path: Path) -> None:
    """The texts of the corpus, one a line, for ripgrep."""
    with path.with_suffix(".txt").open("w", encoding="utf-8") as file:
        for table in _groups(path, ["text"]):
            lines = pc.replace_substring(table["text"], "\n", " ")
            file.write("\n".join(lines.to_pylist()) + "\n")


def _groups(path: Path, columns: list[str]) -> Iterator[pa.Table]:
    with pq.ParquetFile(path) as file:
        for group in range(file.num_row_groups):
            yield file.read_row_group(group, columns=columns, use_threads=False)


def _groups_ahead(path: Path, columns: list[str], workers: int) -> Iterator[pa.Table]:
    """The row groups as the store reads them: on threads, a few ahead of the matcher."""
    with pq.ParquetFile(path) as file:
        metadata = file.metadata

    def read(group: int) -> pa.Table:
        with pq.ParquetFile(path, metadata=metadata) as own:
            return own.read_row_group(group, columns=columns, use_threads=False)

    return ahead((partial(read, group) for group in range(metadata.num_row_groups)), workers)
