"""Disclosure control: the proven least, audits, releases over time, and other tools on the same tables.

    python -m bench.disclosure [--full] [--peers] [--only optima|releases|shapes|peers]

CPU seconds are those of the process that does the work; on a machine that does other work they are what to compare.
"""

from __future__ import annotations

import argparse
import sys

import highspy
import numpy as np

from bench.disclosure.instances import SHAPES
from bench.disclosure.optima import optima
from bench.disclosure.peers import peers
from bench.disclosure.releases import SERIES, releases
from bench.disclosure.shapes import shapes


def main() -> int:
    """Runs what is asked for and prints Markdown tables."""
    parser = argparse.ArgumentParser(prog="python -m bench.disclosure", description=__doc__)
    parser.add_argument("--full", action="store_true", help="with the large tables and the other tools: half an hour")
    parser.add_argument("--peers", action="store_true", help="only the other tools, beside clearcount, every table")
    parser.add_argument("--only", choices=["optima", "releases", "shapes", "peers"])
    given = parser.parse_args()
    only = "peers" if given.peers else given.only
    large = given.full or given.peers
    tables = ["source", "source + years", *SHAPES][: None if large else -2]
    series = list(SERIES)[: None if large else -1]
    print(f"HiGHS {highspy.Highs().version()}, numpy {np.__version__}, Python {sys.version.split()[0]}\n", flush=True)  # type: ignore[no-untyped-call]
    if only in (None, "optima"):
        optima(tables)
    if only in (None, "releases"):
        releases(series)
    if only in (None, "shapes"):
        shapes()
    if only == "peers" or given.full:
        peers(tables)
    return 0


if __name__ == "__main__":
    sys.exit(main())
