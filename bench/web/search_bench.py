"""Searching a log of 10,000 releases: the time until the whole page has come, p95 at most 150 ms.

The floor measured beside it is a page of the same door that asks the database nothing.
"""

from __future__ import annotations

import random
import statistics
import time
from urllib.request import urlopen

from bench.web.door import door
from bench.web.fill import CODES, WORDS

RELEASES, QUERIES, BOUND_MS = 10_000, 300, 150


def queries(number: int) -> list[str]:
    """One word, two words, the start of a word, an offence, a year, and all together, in turn."""
    draw = random.Random(7)
    made = []
    for at in range(number):
        word, other = draw.sample(WORDS, 2)
        code, year = draw.choice(CODES).replace(" ", "+"), draw.randrange(2015, 2027)
        kinds = (
            f"q={word}", f"q={word}+{other}", f"q={word[:4]}", f"offence={code}", f"year={year}",
            f"q={word}&offence={code}&year={year}", "page=40",
        )  # fmt: skip
        made.append("/disclosure-log/?" + kinds[at % len(kinds)])
    return made


def _milliseconds(url: str) -> float:
    began = time.perf_counter()
    with urlopen(url) as answer:
        answer.read()
    return (time.perf_counter() - began) * 1000


def run(*, full: bool) -> bool:
    """Prints the percentiles; True when p95 holds."""
    with door(RELEASES) as served:
        _milliseconds(served.url + "/disclosure-log/")
        floor = statistics.median(_milliseconds(served.url + "/privacy/") for _ in range(30))
        taken = sorted(_milliseconds(served.url + path) for path in queries(QUERIES * (4 if full else 1)))
    p50, p95 = taken[len(taken) // 2], taken[int(len(taken) * 0.95)]
    print(f"search in {RELEASES}: p50 {p50:.1f} ms, p95 {p95:.1f} ms (bound {BOUND_MS}), worst {taken[-1]:.1f} ms")
    print(f"a page without a search: {floor:.1f} ms; p95 is {p95 / floor:.1f} times that")
    return p95 <= BOUND_MS
