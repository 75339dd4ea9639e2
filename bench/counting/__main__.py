"""A request of twelve tables over all codes, and over five, beside the matcher's own scan of the same entries.

Processor time, because it does not depend on what else the machine does; each run is a process of its own, so that
peak memory is its own. DuckDB, the named peer, adds up the same twelve tables from the same columns, and each figure is
compared.

    python -m bench.counting [--offences N] [--full]
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from typing import Any

USUAL, FULL = 100_000, 1_000_000
FIVE = ["086/02", "086/10", "088/14", "088/15", "008/01"]
SHAPES: list[tuple[list[str], list[str]]] = [
    (["offence"], ["year"]), (["class"], ["financial-year"]), (["category"], []), ([], ["month"]),
    (["district"], ["year"]), (["outcome"], ["year"]), (["victim_age"], []), (["district", "outcome"], []),
    (["weekday"], []), (["term"], ["year"]), ([], ["quarter"]), ([], []),
]  # fmt: skip
RUNS = ("generate", "scan", "all", "five codes", "tables alone")


def request(codes: list[str]) -> dict[str, Any]:
    """Return the request of twelve tables."""
    return {
        "request": {"reference": "BENCH", "received": "2025-07-01"},
        "scope": {"from": "2021-01", "to": "2025-05", "codes": codes},
        "terms": {"any": ["deepfake*", "AI"], "fields": ["oel"]},
        "question": [{"text": "bench"}],
        "table": [{"rows": rows, "columns": columns} for rows, columns in SHAPES],
        "column": {"victim_age": {"bands": ["0-9", "10-17", "18-24", "25+"]}},
    }


def one(run: str, size: int) -> dict[str, float]:
    """Return processor seconds and peak memory of one run."""
    from bench.counting.records import SNAPSHOT, MadeUp
    from clearcount.engines.local import scan
    from clearcount.model.request_reader import parse_request
    from clearcount.model.terms import TermSet
    from clearcount.offences import code_list
    from clearcount.workflow.counting import count_request

    records, codes, hits = MadeUp(size), code_list(), 0
    begin = time.process_time()
    if run == "generate":
        hits = sum(len(batch) for batch in records.texts(SNAPSHOT, records.table["occurrence_no"].combine_chunks()))  # type: ignore[attr-defined]
    elif run == "scan":
        wanted = records.table["occurrence_no"].combine_chunks()  # type: ignore[attr-defined]
        batches = records.texts(SNAPSHOT, wanted)
        hits = sum(len(part.kept) for part in scan(batches, TermSet("word", ("deepfake*", "AI"))))
    elif run == "tables alone":
        return _beside_the_peer(records, codes)
    else:
        asked = parse_request(request(["all"] if run == "all" else FIVE))
        counted = count_request(asked, records, codes=codes)  # type: ignore[arg-type]
        hits = len(counted.found.mentions)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": time.process_time() - begin, "peak": peak, "hits": hits}


def _beside_the_peer(records: Any, codes: Any) -> dict[str, float]:
    """Return the processor seconds of the twelve tables alone, ours and DuckDB's; both say the same or it fails."""
    from bench.counting import peer
    from clearcount.model.request_reader import parse_request
    from clearcount.workflow.counting import _tables, count_request

    counted = count_request(parse_request(request(["all"])), records, codes=codes)
    begin = time.process_time()
    _tables(counted.request, counted.tabulator)
    ours = time.process_time() - begin
    terms = counted.request.terms.searched.terms if counted.request.terms else ()
    figures, seconds = peer.tables(*peer.columns(counted, codes), terms, SHAPES)
    for shape, answer, wanted in zip(SHAPES, counted.answers, figures, strict=True):
        if peer.figures_of(answer.table) != wanted:
            raise SystemExit(f"DuckDB counts otherwise in the table {shape}")
    return {"seconds": ours, "peer": seconds, "figures": sum(map(len, figures))}


def main() -> int:
    """Run everything and print the table."""
    parser = argparse.ArgumentParser(prog="python -m bench.counting", description=__doc__)
    parser.add_argument("--offences", type=int, default=USUAL)
    parser.add_argument("--full", action="store_true", help=f"{FULL:,} offences")
    parser.add_argument("--one", choices=RUNS, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    size = FULL if arguments.full else arguments.offences
    if arguments.one:
        print(json.dumps(one(arguments.one, size)))
        return 0
    measured: dict[str, dict[str, float]] = {}
    for run in RUNS:
        command = [sys.executable, "-m", "bench.counting", "--offences", str(size), "--one", run]
        measured[run] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    floor = measured["generate"]["seconds"]
    own = measured["scan"]["seconds"] - floor
    print(f"{size:,} offences, {size * 20:,} entries; making the entries costs {floor:.1f} s and is taken off")
    for run in RUNS[1:-1]:
        less = floor if run in ("scan", "all") else 0.0
        seconds = measured[run]["seconds"] - less
        print(f"{run:16} {seconds:8.1f} s {seconds / own:6.2f} of the scan {measured[run]['peak']:8,.0f} MB")
    alone = measured["tables alone"]
    print(
        f"the twelve tables alone, with all in scope beside them: {alone['seconds']:.2f} s; DuckDB, the twelve without "
        f"these: {alone['peer']:.2f} s; {alone['figures']:,} figures above 0 are the same"
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
