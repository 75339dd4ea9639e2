"""Work done ahead of its reader: a few pieces at a time on threads, given out in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from itertools import repeat
from typing import TypeVar

Piece = TypeVar("Piece")

WORKERS = 2
"""Threads: reading and matching let go of the interpreter, so two keep two cores at work; more only hold memory."""
_MADE = 4
"""Items made before they are asked for: enough that neither side waits for the other's slower ones."""


def ahead(pieces: Iterable[Callable[[], Piece]], workers: int = WORKERS, held: int = 0) -> Iterator[Piece]:
    """Yield what each of `pieces` gives, in their order, `workers` of them at work at a time.

    At most `held` + 1 results wait (`workers` + 1 unless said), so memory stays bounded however many there are. The
    first error of a piece is raised in place of its result. Pieces that were not yet begun are then left alone, as they
    are when the reader stops early.
    """
    pool = ThreadPoolExecutor(workers)
    try:
        waiting: deque[Future[Piece]] = deque()
        for piece in pieces:
            waiting.append(pool.submit(piece))
            if len(waiting) > (held or workers):
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)


def made_ahead(items: Iterable[Piece]) -> Generator[Piece, None, None]:
    """Yield the same items in the same order, the next few made on a thread while the reader is busy with one."""
    source, end = iter(items), object()
    for item in ahead(repeat(partial(next, source, end)), workers=1, held=_MADE):
        if item is end:
            return
        yield item
