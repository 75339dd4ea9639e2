"""Import against DuckDB's own CSV-to-Parquet copy of the same files in the same run; re-import, compaction, questions.

    python -m bench.importing [--full] [--occurrences N] [--checks] [--workbook]

`--workbook` measures only what it costs to read an XLSX of half a million cells, beside calamine, which gives values
alone. `--checks` measures only what it costs that pages carry checksums and files are held against their digests.

Every step runs in a process of its own: CPU seconds, wall seconds and peak memory are that process's. On a machine that
does other work only CPU seconds can be compared.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path

from bench.importing.generate import CODES, ENTRIES, write_export

NOW = datetime(2025, 7, 1, tzinfo=UTC)
PAIRS = 5


def main() -> int:
    """Runs every step and prints a line for each; 1 when a target is missed."""
    parser = argparse.ArgumentParser(prog="python -m bench.importing", description=__doc__)
    parser.add_argument("--full", action="store_true", help="1,000,000 occurrences, 20,000,000 entries, about 4 GB")
    parser.add_argument("--occurrences", type=int, default=0)
    parser.add_argument("--checks", action="store_true", help="only the cost of checksums and digests")
    parser.add_argument("--workbook", action="store_true", help="only the cost of reading a workbook")
    parser.add_argument("--step", nargs="+", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.step:
        name, *paths = arguments.step
        print(json.dumps(STEPS[name](*map(Path, paths))))
        return 0
    occurrences = arguments.occurrences or (1_000_000 if arguments.full else 20_000)
    with tempfile.TemporaryDirectory() as name:
        if arguments.workbook:
            return _workbook(Path(name) / "book.xlsx")
        if arguments.checks:
            size = write_export(Path(name) / "all", occurrences)
            print(f"{occurrences:,} occurrences, {size / 1e6:,.0f} MB of CSV", flush=True)
            return _verdicts(_cost_of_checks(Path(name)))
        return _run(Path(name), occurrences)


def _run(folder: Path, occurrences: int) -> int:
    size = write_export(folder / "all", occurrences)
    print(f"{occurrences:,} occurrences, {occurrences * ENTRIES:,} entries, {size / 1e6:,.0f} MB of CSV", flush=True)
    write_export(folder / "month", occurrences, months=range(10, 11), edited=0.05)
    copy = _step("copy", folder / "all", folder / "copy")
    whole = _step("import", folder / "all", folder / "store")
    again = _step("import", folder / "month", folder / "store")
    everything = _step("all codes", folder / "store")
    five = _step("five codes", folder / "store")
    print(f"text bytes of five codes against all before compaction: {five['bytes'] / everything['bytes']:.3f}")
    laid = _step("compact", folder / "store")
    everything = _step("all codes", folder / "store")
    five = _step("five codes", folder / "store")
    verdicts = {
        "import against DuckDB's copy, CPU time": (whole["cpu"] / copy["cpu"], 3.0),
        "import against DuckDB's copy, wall time": (whole["wall"] / copy["wall"], 3.0),
        "peak memory of the import in GB": (whole["peak"] / 1e9, 2.0),
        "month with 5% edited entries against the whole import": (again["cpu"] / whole["cpu"], 0.2),
        "text bytes of five codes against all": (five["bytes"] / everything["bytes"], 0.1),
        "engine time of five codes against all": (five["cpu_used"] / everything["cpu_used"], 0.2),
    }
    print(f"compaction: {laid['cpu']:.1f} CPU s")
    return _verdicts({**verdicts, **_cost_of_checks(folder)})


def _cost_of_checks(folder: Path) -> dict[str, tuple[float, float]]:
    """What checksums and digests cost an import and counts: the median over pairs of runs, one with and one without."""
    ratios = []
    for number in range(PAIRS):
        seconds = {}
        for how in (("", " unchecked"), (" unchecked", ""))[number % 2]:
            store = folder / f"checks{how}"
            shutil.rmtree(store, ignore_errors=True)
            seconds[how] = _step(f"import{how}", folder / "all", store)["cpu"]
        ratios.append(seconds[""] / seconds[" unchecked"])
    found = {"import with checks against without, CPU time": (statistics.median(ratios), 1.05)}
    for name in ("all codes", "five codes"):
        ratio = _step(f"{name} in pairs", folder / "checks")["ratio"]
        found[f"{name} with checks against without, CPU time"] = (ratio, 1.1)
    first, again = (_step(step, folder / "checks")["cpu_used"] for step in ("all codes anew", "all codes"))
    print(f"all codes, all files held anew against their digests: {first / again:.2f} times")
    return found


def _workbook(path: Path) -> int:
    """Writes half a million cells, two of three of them text, and reads them by both readers in turn."""
    import xlsxwriter

    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    sheet = book.add_worksheet("texts")
    for row in range(50_000):
        for column in range(10):
            sheet.write(row, column, f"value {row % 977} of column {column}" if column % 3 else row * column)
    book.close()
    seconds: dict[str, list[float]] = {"workbook": [], "workbook by calamine": []}
    for _ in range(PAIRS):
        for name, found in seconds.items():
            found.append(_step(name, path)["cpu"])
    own, other = (statistics.median(found) * 2 for found in seconds.values())
    print(f"a million cells: {own:.1f} CPU s, by calamine {other:.1f}, both with the start of the process")
    return 0


def _cells(path: Path) -> dict[str, float]:
    from clearcount.foreign.workbooks import open_workbook

    sheets = open_workbook(path, path.name).sheets
    return {"cells": sum(batch.num_rows * (batch.num_columns - 2) for sheet in sheets for batch in sheet.batches())}


def _cells_by_calamine(path: Path) -> dict[str, float]:
    from python_calamine import load_workbook

    book = load_workbook(str(path))
    return {"cells": sum(len(row) for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python())}


def _verdicts(verdicts: dict[str, tuple[float, float]]) -> int:
    missed = 0
    for what, (found, target) in verdicts.items():
        missed += found > target
        print(f"{'ok    ' if found <= target else 'MISSED'} {what}: {found:.3f}, target at most {target}")
    return 1 if missed else 0


def _step(name: str, *paths: Path) -> dict[str, float]:
    os.sync()  # no step pays for writing out what another left
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    command = [sys.executable, "-m", "bench.importing", "--step", name, *map(str, paths)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env={**os.environ})
    wall = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    found = {**json.loads(done.stdout), "cpu": cpu, "wall": wall}
    extra = ", ".join(
        f"{key} {value:,.3g}" if value < 100 else f"{key} {value:,.0f}"
        for key, value in found.items()
        if key not in ("cpu", "wall", "cpu_used")
    )
    print(f"{name}: {cpu:.1f} CPU s, {wall:.1f} s, {extra}", flush=True)
    return found


@contextmanager
def _without_checks() -> Iterator[None]:
    """No checksums of pages; no file is held against its digest, and none is noted as held."""
    from clearcount.store import delta, parquet, store

    kept = store.hold, delta.remember
    parquet.PAGE_CHECKS = False
    store.hold = delta.remember = lambda store, files: None  # type: ignore[attr-defined]
    try:
        yield
    finally:
        parquet.PAGE_CHECKS = True
        store.hold, delta.remember = kept  # type: ignore[attr-defined]


def _import_unchecked(export: Path, store: Path) -> dict[str, float]:
    with _without_checks():
        return _import(export, store)


def _in_pairs(store: Path, codes: list[str]) -> dict[str, float]:
    """The same question again and again in one process, with and without checks in turn."""
    _question(store, codes)
    ratios = []
    for number in range(4 * PAIRS):
        seconds = {}
        for checked in (True, False) if number % 2 else (False, True):
            with nullcontext() if checked else _without_checks():
                seconds[checked] = _question(store, codes)["cpu_used"]
        ratios.append(seconds[True] / seconds[False])
    return {"ratio": statistics.median(ratios)}


def _anew(store: Path) -> dict[str, float]:
    """A question over all codes when no file is known to have been held, as after a backup was put back."""
    from clearcount.store.verified import forget

    forget(store)
    return _question(store, CODES)


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024.0


def _copy(export: Path, out: Path) -> dict[str, float]:
    import duckdb

    duckdb.execute("SET enable_progress_bar = false")  # it is printed to the output that the figures are read from
    out.mkdir()
    for name in ("offences", "texts"):
        duckdb.execute(
            "COPY (FROM read_csv($csv, all_varchar = true)) TO $out (FORMAT parquet)",
            {"csv": str(export / f"{name}.csv"), "out": str(out / f"{name}.parquet")},
        ).fetchall()
    return {"peak": _peak()}


def _import(export: Path, store: Path) -> dict[str, float]:
    from clearcount.workflow.importing import ImportTerms, import_export

    result = import_export([export], store, now=NOW, terms=ImportTerms(reason="a month is measured against the whole"))
    assert result.read == result.added + result.changed + result.unchanged + result.quarantined
    return {"peak": _peak(), "read": result.read, "added": result.added, "changed": result.changed}


def _compact(store: Path) -> dict[str, float]:
    from clearcount.workflow.storing import compact_store

    return {"files": compact_store(store, now=time.time()).files_after, "peak": _peak()}


def _question(store: Path, codes: list[str]) -> dict[str, float]:
    """Reads and matches the texts of the occurrences with one of `codes`, as the counting engine does."""
    import pyarrow.compute as pc

    from clearcount.matching import TermSet, matcher
    from clearcount.store import open_store

    match = matcher(TermSet(rule="word", terms=("AI", "deepfake*"), none=()))
    opened = open_store(store)
    shot = opened.snapshot()
    started, read = time.process_time(), _bytes_read()
    wanted = pc.unique(opened.offences(shot, codes)["occurrence_no"].combine_chunks())
    between = _bytes_read()
    hits = sum(
        match.hits(batch["text"], batch["folded"]).kept.num_rows for batch in opened.texts(shot, occurrences=wanted)
    )
    return {
        "cpu_used": time.process_time() - started,
        "bytes": _bytes_read() - between,
        "offence bytes": between - read,
        "hits": hits,
    }


def _bytes_read() -> float:
    """What this process has read from files so far, in the cache or not."""
    return float(Path("/proc/self/io").read_text(encoding="ascii").split()[1])


STEPS = {
    "copy": _copy,
    "import": _import,
    "compact": _compact,
    "all codes": lambda store: _question(store, CODES),
    "five codes": lambda store: _question(store, CODES[20:25]),
    "import unchecked": _import_unchecked,
    "all codes in pairs": lambda store: _in_pairs(store, CODES),
    "five codes in pairs": lambda store: _in_pairs(store, CODES[20:25]),
    "all codes anew": _anew,
    "workbook": _cells,
    "workbook by calamine": _cells_by_calamine,
}

if __name__ == "__main__":
    sys.exit(main())
