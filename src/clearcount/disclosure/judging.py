"""A finished release beside everything that left before it: whether it may leave too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from clearcount.disclosure.auditor import audit
from clearcount.disclosure.differences import small_pieces
from clearcount.disclosure.document import Document, Piece, Place, Target, hidden_targets
from clearcount.disclosure.promises import known_before, narrowed
from clearcount.disclosure.protection import Join
from clearcount.disclosure.revised import loosened
from clearcount.disclosure.uncovered import uncovered


@dataclass(frozen=True)
class Judged:
    """What a reader of a release and of all before it learns: figures in words, none for a release that may leave."""

    learnt: tuple[str, ...] = ()
    loosened: tuple[str, ...] = ()

    @property
    def safe(self) -> bool:
        """Whether nothing small is learnt."""
        return not self.learnt


def judge(document: Document, join: Join, threshold: int, *, small: Sequence[Place] = (), width: int = 1) -> Judged:
    """Judge a release as it is printed. `small` are the places of its small counts, `width` what each must keep open.

    What a reader knew before is not held against it.

    Raises:
        WorkLimit: the auditor cannot prove it in its limit of work.
        DisclosureError: the figures of the release contradict each other.
    """
    document = replace(document, targets=())  # those of a part may name tables that it lacks
    own = frozenset(table.name for table in document.tables)
    worlds, clashing = [], []
    for found, revised in loosened([replace(world, targets=()) for world in join(document)], own):
        worlds.append(found)
        clashing += [f"{table} {list(at)}" for table, at in revised.slack]
    learnt: dict[Target | Piece, None] = {}
    kept = {Target(table, (at,)) for table, at in small}
    for world in worlds:
        here: dict[Target | Piece, None] = {}
        result = audit(replace(world, targets=hidden_targets(world.tables)))
        for item in result.intervals:
            narrow = item.target in kept and item.width is not None and item.width < width
            if (item.exact and 1 <= item.low < threshold) or narrow:
                here[item.target] = None
        here |= dict.fromkeys(small_pieces(world, threshold, sums=True))
        before = set(known_before([world], own, list(here)))
        here |= dict.fromkeys(narrowed(world, own, result.intervals, threshold))
        learnt |= dict.fromkeys(target for target in here if target not in before)
    named = [_said(target) for target in learnt]
    return Judged(tuple(dict.fromkeys(named)), tuple(dict.fromkeys(clashing)))


def judge_as_it_is(document: Document, join: Join, threshold: int) -> Judged:
    """Judge a release whose counts are printed as they are: what it gives away of what earlier ones hide.

    Raises:
        WorkLimit: the auditor cannot prove it in its limit of work.
        DisclosureError: the figures of the release contradict each other.
    """
    document = replace(document, targets=())
    own = frozenset(table.name for table in document.tables)
    return Judged(tuple(map(_said, uncovered(join(document), own, threshold))))


def _said(target: Target | Piece) -> str:
    return target.called if isinstance(target, Piece) else f"{target.table} {list(target.cells[0])}"
