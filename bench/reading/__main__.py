"""`python -m bench.reading`: coverage of the bound, saving of the ranker, F1 of the negation hint."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from bench.reading import coverage, negation, ranking


def run() -> int:
    """Runs all three; 1 when one misses its mark. The last two need CLEARCOUNT_DATA and say when they lack it."""
    parser = argparse.ArgumentParser(prog="python -m bench.reading", description=__doc__)
    parser.add_argument("--full", action="store_true", help="2,000 draws of each design and ten runs of the ranker")
    full = parser.parse_args().full
    good = [coverage.main(2_000 if full else 300)]
    data = Path(os.environ.get("CLEARCOUNT_DATA", ""))
    if (data / "review_nagtegaal2019.csv.gz").exists():
        good += [negation.main(data), ranking.main(data, 10 if full else 2)]
    else:
        print("CLEARCOUNT_DATA does not point to the real data: the ranker and the hint were not measured")
        good.append(False)
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(run())
