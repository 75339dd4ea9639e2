"""What readers found in a random sample of a case's hits: asked of the rooms above, which say here that they know."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class ReadSample:
    """A random sample of hits that was read to its end.

    `read` of `frame` records were read, and `found` of them are relevant. `unsure` more could not be decided.
    `estimate`, `lower` and `upper` speak of the whole frame, at 95 per cent. `minutes` are the times of single
    records, and `untimed` is how many have none.
    """

    frame: int
    read: int
    found: int
    unsure: int
    estimate: float
    lower: float
    upper: float
    minutes: tuple[float, ...]
    untimed: int


Source = Callable[[str], ReadSample | None]
_sources: list[Source] = []


def tells_samples(source: Source) -> Source:
    """Register a function that returns the last sample read for a case by its reference, or None."""
    if source not in _sources:
        _sources.append(source)
    return source


def sample_of(reference: str) -> ReadSample | None:
    """Return the last random sample of the case's hits that was read to its end, or None."""
    return next((found for found in (source(reference) for source in _sources) if found is not None), None)
