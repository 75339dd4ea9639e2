"""`python -m bench.reading`: the bound's coverage, the stop test's promise, the ranker's saving, the hint's F1."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from bench.reading import coverage, negation, ranking, stopping

_DRAWS = 2_000


def run() -> int:
    """Runs all of them; 1 when one misses its mark. The last two need CLEARCOUNT_DATA and say when they lack it."""
    parser = argparse.ArgumentParser(prog="python -m bench.reading", description=__doc__)
    parser.add_argument("--full", action="store_true", help="ten runs of the ranker instead of two")
    full = parser.parse_args().full
    good = [coverage.main(_DRAWS), stopping.main(_DRAWS)]
    data = Path(os.environ.get("CLEARCOUNT_DATA", ""))
    if (data / "review_nagtegaal2019.csv.gz").exists():
        good += [negation.main(data), ranking.main(data, 10 if full else 2)]
    else:
        print("CLEARCOUNT_DATA does not point to the real data: the ranker and the hint were not measured")
        good.append(not os.environ.get("CLEARCOUNT_NO_SKIP"))
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(run())
