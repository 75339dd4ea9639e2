"""What the parts of the benchmark share: a policy, a clock, and the attack on a pattern of hidden cells."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from clearcount.disclosure import audit

POLICY = {"rule": "suppress", "reason": "benchmark", "approved_by": "benchmark", "time_limit": 300}
Document = dict[str, Any]
Place = tuple[str, ...]


@dataclass(frozen=True)
class Took:
    """Seconds of this process, and on the clock; on a machine that does other work only the first can be compared."""

    cpu: float
    wall: float


def timed(work: Callable[[], Any]) -> tuple[Any, Took]:
    """The value of `work` and the time it took."""
    cpu, wall = time.process_time(), time.perf_counter()
    value = work()
    return value, Took(time.process_time() - cpu, time.perf_counter() - wall)


def truth(document: Document) -> dict[Place, int]:
    """Every count of the document's table, by place."""
    return {tuple(at): n for at, n, _ in document["tables"][0]["cells"]}


def small(document: Document) -> set[Place]:
    """The cells of 1 to 4."""
    return {at for at, n in truth(document).items() if 1 <= n < 5}


def exact_under(document: Document, hidden: Collection[Place], floor: int) -> int:
    """How many small cells a reader who knows that hidden cells are `floor` or more works out."""
    part = document["tables"][0]
    cells = [[at, *((floor, None) if tuple(at) in hidden else (n, n))] for at, n, _ in part["cells"]]
    result = audit({**document, "tables": [part | {"cells": cells}]})
    if not result.consistent:
        raise AssertionError("a pattern of true counts contradicts itself")
    return len({item.target.cells[0] for item in result.exact} & small(document))


def line(*cells: object) -> None:
    """Prints one line of a Markdown table."""
    print("|", " | ".join(map(str, cells)), "|", flush=True)


def heading(*names: str) -> None:
    """Prints the first two lines of a Markdown table."""
    line(*names)
    line(*("---" for _ in names))
