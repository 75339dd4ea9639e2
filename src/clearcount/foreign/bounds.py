"""Says how large a file made elsewhere may be."""

from __future__ import annotations

from dataclasses import dataclass

MEGABYTE = 1 << 20


@dataclass(frozen=True)
class Bounds:
    """How far an archive may unpack.

    `members` counts files in it, `unpacked` bytes of all of them. `ratio` is how many bytes one packed byte may give,
    judged from `ratio_from` unpacked bytes on. Small files of one repeated letter pack better than any bomb.
    """

    members: int
    unpacked: int
    ratio: int
    ratio_from: int = 16 * MEGABYTE


DOCUMENT = Bounds(members=2_000, unpacked=256 * MEGABYTE, ratio=150)
"""A letter, a published answer: read whole, so it must fit in memory."""

EXPORT = Bounds(members=20_000, unpacked=1 << 40, ratio=250)
"""An export: read as a stream, so its length costs time alone. Exports of boilerplate texts pack up to 60 times."""
