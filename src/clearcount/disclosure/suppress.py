"""Suppression of one release: the small counts, what must be hidden with them, and the proof that it holds.

The pattern comes from the cutting planes of `complementary`; whether it is safe is for the auditor alone to say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from clearcount.disclosure.attack import Attacker
from clearcount.disclosure.auditor import AuditResult, ProtectionInterval, audit, exact_targets
from clearcount.disclosure.complementary import cheapest_pattern, hideable
from clearcount.disclosure.differences import small_pieces
from clearcount.disclosure.document import Document, Piece, Place, PublishedCell, Target
from clearcount.disclosure.equations import Equations, equations
from clearcount.disclosure.policy import Policy
from clearcount.disclosure.primary import Aim, primary
from clearcount.disclosure.promises import kept_open, known_before, widths_before
from clearcount.disclosure.solver import PER_SECOND, Work
from clearcount.errors import DisclosureError


@dataclass(frozen=True)
class Suppression:
    """Which cells to hide and why.

    `unsafe` is empty when a safe pattern was found; else it holds what stays exact, or narrower than required, even
    with everything hidden. `known` is what a reader knew before this release. `differences` are small counts that
    would follow from figures of which one lies inside the other, and that the pattern protects. `work` is what the
    solver did, in its units.
    """

    primary: tuple[Place, ...] = ()
    complementary: tuple[Place, ...] = ()
    protects: tuple[tuple[Place, tuple[Target | Piece, ...]], ...] = ()
    optimal: bool = False
    gap: int = 0
    unsafe: tuple[Target | Piece, ...] = ()
    known: tuple[Target | Piece, ...] = ()
    differences: tuple[Piece, ...] = ()
    result: AuditResult | None = None
    work: int = 0


_ROUNDS = 25
_MORE_WORK, _LEAST_WORK = 3, 20 * PER_SECOND
"""What the proofs may take: so many times the limit of the search, and so much in any case."""


def suppress(
    document: Document,
    own: frozenset[str],
    policy: Policy,
    *,
    others: Sequence[Document] = (),
    sums: bool = False,
    work: Work | None = None,
) -> Suppression:
    """Return the cheapest safe suppression of the tables named in `own`, given all others as published.

    The document must be consistent (the caller audits it): true counts in `own`, a reader's bounds elsewhere. The
    pattern is safe for a reader of each of `others` too: the same tables, with other knowledge of what came before.

    With `sums`, what a printed total leaves for suppressed cells is judged too.
    Differences are judged like cells: those that a pattern gives away are protected by the next one.
    All of it ends at a limit that follows from the policy's, and at that of `work`, of which it is a part.

    Raises:
        WorkLimit: the auditor cannot prove in its limit of work that a pattern is safe.
        DisclosureError: each pattern gives away a further difference, to the last round.
    """
    pieces: tuple[Piece, ...] = ()
    worlds = (document, *others)
    before: list[set[Piece]] = [set() for _ in worlds]
    limit = policy.time_limit * PER_SECOND
    work = Work(_LEAST_WORK + _MORE_WORK * limit, within=work)
    search = Work(limit, within=work, soft=True)
    for _ in range(_ROUNDS):
        step = _Suppressor(worlds, own, policy, pieces, work)
        found = step.run(Work(max(search.left, limit / _ROUNDS), within=search, soft=True))
        if found.unsafe:
            return replace(found, differences=pieces, work=work.spent)
        fresh: list[Piece] = []
        # what each complement protects, and which protect none, takes as long as the search: so at the end, once
        for last in (False, True):
            opened = True
            if last:
                found, opened = step.explained()
            fresh = _given_away(worlds, own, policy, found, before, work, sums=sums) if opened else []
            fresh = [piece for piece in fresh if piece not in pieces]
            if fresh:
                break
        else:
            known_too = sorted(frozenset().union(*before), key=lambda piece: piece.called)
            return replace(found, differences=pieces, known=(*found.known, *known_too), work=work.spent)
        pieces = (*pieces, *fresh)
    raise DisclosureError(
        "each pattern of suppressed figures that was tried reveals a small difference of two figures. Make the table "
        "coarser (longer periods, fewer rows), or leave out the table or period that repeats an earlier one"
    )


def _given_away(
    worlds: Sequence[Document],
    own: frozenset[str],
    policy: Policy,
    found: Suppression,
    before: list[set[Piece]],
    work: Work,
    *,
    sums: bool,
) -> list[Piece]:
    """The small differences that a reader of a pattern learns in any world.

    What was known in a world before is not learnt there. It goes into `before`, one set for each world: what is known
    where nothing was revised may be news where something was.
    """
    hidden = frozenset([*found.primary, *found.complementary])
    given: dict[Piece, None] = {}
    for world, known in zip(worlds, before, strict=True):
        seen = as_printed(world, own, hidden, policy)
        fresh = [piece for piece in small_pieces(seen, policy.threshold, sums=sums, work=work) if piece not in known]
        known.update(x for x in known_before([world], own, fresh, work) if isinstance(x, Piece))
        given |= dict.fromkeys(piece for piece in fresh if piece not in known)
    return list(given)


def as_printed(document: Document, own: frozenset[str], hidden: frozenset[Place], policy: Policy) -> Document:
    """Return the document as a reader sees it when the cells at `hidden` are hidden."""

    def shown(name: str, cell: PublishedCell) -> PublishedCell:
        return PublishedCell(cell.at, *policy.hidden_bounds(cell.low)) if (name, cell.at) in hidden else cell

    tables = tuple(
        replace(table, cells=tuple(shown(table.name, cell) for cell in table.cells)) if table.name in own else table
        for table in document.tables
    )
    return replace(document, tables=tables)


class _Suppressor:
    def __init__(
        self,
        worlds: Sequence[Document],
        own: frozenset[str],
        policy: Policy,
        pieces: tuple[Piece, ...],
        work: Work,
    ) -> None:
        self._work = work
        self._skip: set[tuple[int, int]] = set()  # (world, figure): known there before, so nothing to protect
        self._needs: dict[tuple[int, int], int] = {}  # (world, figure): how far apart its values must stay
        self._worlds, self._own, self._policy = worlds, own, policy
        self._document = worlds[0]
        self._equations: Equations = equations(replace(self._document, targets=pieces), own)
        self._pieces = {index: piece for piece, index in self._equations.of_piece.items()}

    def run(self, search: Work) -> Suppression:
        """Return the cheapest pattern found in the work of a search; `explained` says what its complements protect."""
        self._primaries = primaries = primary(self._equations, self._policy)
        past = tuple(index for index in self._past_aims() if index not in primaries)
        past += tuple(index for index in self._pieces if index not in primaries and index not in past)
        self._aims, unsafe, self._known = self._attainable(primaries, past)
        if unsafe:
            return Suppression(unsafe=self._targets(unsafe), known=self._targets(self._known))
        self._pattern = cheapest_pattern(
            self._equations,
            self._policy,
            primaries,
            [aim for aim in self._aims if (0, aim.unknown) not in self._skip],
            still_exact=lambda h: bool(self._unmet(h, self._aims)),
            work=search,
        )
        return self._suppression(self._pattern.hidden)

    def explained(self) -> tuple[Suppression, bool]:
        """Return the pattern with what each complement protects, and whether one that protects none was opened."""
        aims = tuple(aim for aim in self._aims if (0, aim.unknown) not in self._skip)
        hidden, protects = self._explain(self._pattern.hidden, self._pattern.complements, aims)
        result = self._full_audit(hidden)
        # a complement that can be worked out all the same protects nothing and may as well be read
        idle = {
            self._equations.of_place[item.target.table, item.target.cells[0]]
            for item in result.exact
            if isinstance(item.target, Target)
        }
        idle &= hidden - set(self._primaries)
        if idle:
            hidden -= idle
            protects = {index: cells for index, cells in protects.items() if index not in idle}
            result = self._full_audit(hidden)
        return replace(
            self._suppression(hidden),
            protects=tuple(
                (place, self._targets(cells))
                for index, cells in sorted(protects.items())
                for place in self._equations.unknowns[index].places
            ),
            result=result,
        ), hidden != self._pattern.hidden

    def _suppression(self, hidden: frozenset[int]) -> Suppression:
        pattern, unknowns = self._pattern, self._equations.unknowns
        saved = self._saved(pattern.complements, hidden)
        complements = sorted(hidden - set(self._primaries))
        return Suppression(
            primary=tuple(place for index in self._primaries for place in unknowns[index].places),
            complementary=tuple(place for index in complements for place in unknowns[index].places),
            optimal=pattern.optimal or (pattern.gap > 0 and pattern.gap <= saved),
            gap=max(0, pattern.gap - saved),
            known=self._targets(self._known),
        )

    def _saved(self, before: frozenset[int], after: frozenset[int]) -> int:
        spared = before - after
        return (
            len(spared) if self._policy.cost == "cells" else sum(self._equations.unknowns[i].count or 0 for i in spared)
        )

    def _place(self, index: int) -> Place:
        unknown = self._equations.unknowns[index]
        return (unknown.places or unknown.earlier)[0]

    def _past_aims(self) -> list[int]:
        """What earlier releases hid and may be small: it must not be learnt from this one either."""
        found = []
        # a figure that was loosened in one world is printed in another, and was never hidden
        printed = {
            (table.name, cell.at)
            for world in self._worlds
            for table in world.tables
            for cell in (table.cells if table.name not in self._own else ())
            if cell.printed
        }
        for index, unknown in enumerate(self._equations.unknowns):
            if not unknown.earlier or unknown.out or unknown.low >= self._policy.threshold:
                continue
            if not printed.isdisjoint(unknown.earlier):
                continue
            if unknown.count is not None and not self._policy.is_small(unknown.count):
                continue
            if any(self._document.why_hidden.get(place, "primary") == "primary" for place in unknown.earlier):
                found.append(index)
        return found

    def _target(self, index: int) -> Target | Piece:
        unknown = self._equations.unknowns[index]
        if unknown.places or unknown.earlier:
            table, at = self._place(index)
            return Target(table, (at,))
        return self._pieces[index]

    def _targets(self, indices: Sequence[int]) -> tuple[Target | Piece, ...]:
        return tuple(map(self._target, indices))

    def _printed(self, hidden: frozenset[int], targets: Sequence[int], world: int = 0) -> Document:
        places = frozenset(place for index in hidden for place in self._equations.unknowns[index].places)
        seen = as_printed(self._worlds[world], self._own, places, self._policy)
        return replace(seen, targets=self._targets(targets))

    def _attainable(
        self, primaries: Sequence[int], past: Sequence[int]
    ) -> tuple[tuple[Aim, ...], list[int], list[int]]:
        """The aims that hiding everything meets, the figures for which it does not, and those known beforehand."""
        everything = frozenset(primaries) | frozenset(hideable(self._equations, self._policy).tolist())
        wanted = [*primaries, *past]
        self._needs = self._needed(wanted, frozenset(primaries))
        worlds = range(len(self._worlds))
        seen = [self._intervals_in(world, everything, wanted) for world in worlds]
        for index in past:  # what a reader takes for large is no small count that must stay open
            if index not in self._pieces and all(seen[w][index].low >= self._policy.threshold for w in worlds):
                self._needs |= {(w, index): 1 for w in worlds}
        lost = [i for i in wanted if any(_too_narrow(seen[w][i], self._needs[w, i]) for w in worlds)]
        unsafe: dict[int, None] = {}
        for world in worlds if lost else ():
            here = [i for i in lost if _too_narrow(seen[world][i], self._needs[world, i])]
            before = set(known_before([self._worlds[world]], self._own, self._targets(here), self._work))
            self._skip |= {(world, index) for index in here if self._target(index) in before}
            unsafe |= dict.fromkeys(index for index in here if self._target(index) not in before)
        # a figure that is known in one world may still be unknown in another, and is an aim there
        known = [index for index in lost if self._skip.issuperset((w, index) for w in worlds)]
        aims = [
            self._aim(index, [seen[w][index] for w in worlds if (w, index) not in self._skip], index in past)
            for index in wanted
            if index not in known
        ]
        return tuple(aims), list(unsafe), known

    def _needed(self, wanted: Sequence[int], primaries: frozenset[int]) -> dict[tuple[int, int], int]:
        """How far apart the values of each figure must stay in each world: what is promised, or what is left of it."""
        promised = {table.name: table.width for table in self._document.tables if table.name not in self._own}
        most = {}
        for index in wanted:
            now = self._policy.width if index in primaries or index in self._pieces else 1
            most[index] = max(now, *(promised[name] for name, _ in self._equations.unknowns[index].earlier), 1)
        found = {}
        for world, document in enumerate(self._worlds):
            asked = [index for index in wanted if most[index] > 1]
            before = widths_before(document, self._own, self._targets(asked), self._work)
            for index in wanted:
                left = before[self._target(index)] if most[index] > 1 else None
                found[world, index] = kept_open(most[index], left)
        return found

    def _aim(self, index: int, seen: Sequence[ProtectionInterval], past: bool) -> Aim:
        width = self._needs[0, index]
        if self._policy.requirement != "range" or (past and index not in self._pieces):
            return Aim(index, width)
        top = self._policy.threshold - 1
        least = max(1, *(item.low for item in seen))
        return Aim(index, width, (least, min(top, *(top if item.high is None else item.high for item in seen))))

    def _intervals_in(
        self, world: int, hidden: frozenset[int], targets: Sequence[int]
    ) -> dict[int, ProtectionInterval]:
        """What a reader knows of each target under a pattern, in one world."""
        document = self._printed(hidden, targets, world)
        wide = any(self._needs[world, index] > 1 for index in targets)
        if self._policy.requirement != "range" and not wide:  # quicker, because only exactness matters
            exact = set(exact_targets(document, self._work))
            seen = [ProtectionInterval(each, 0, 0 if each in exact else 1) for each in document.targets]
        else:
            seen = list(audit(document, self._work).intervals)
        return dict(zip(targets, seen, strict=True))

    def _unmet(self, hidden: frozenset[int], aims: Sequence[Aim]) -> list[int]:
        """The aims that the whole-number auditor finds unmet in some world."""
        unmet: dict[int, None] = {}
        for world in range(len(self._worlds)):
            asked = [aim for aim in aims if (world, aim.unknown) not in self._skip and aim.unknown not in unmet]
            seen = self._intervals_in(world, hidden, [aim.unknown for aim in asked])
            for aim in asked:
                if not _meets(seen[aim.unknown], replace(aim, width=self._needs[world, aim.unknown])):
                    unmet[aim.unknown] = None
        return [aim.unknown for aim in aims if aim.unknown in unmet]

    def _explain(
        self, hidden: frozenset[int], complements: frozenset[int], aims: Sequence[Aim]
    ) -> tuple[frozenset[int], dict[int, tuple[int, ...]]]:
        """What each complement protects: the aims unmet when it alone is opened. One that protects none is opened.

        The linear attacker says which; the whole-number audit is asked once for all that were opened, and for each of
        them only where it finds that one should have stayed.
        """
        found = self._opened(hidden, complements, aims, audited=False)
        if found[0] == hidden or not self._unmet(found[0], self._aims):
            return found
        return self._opened(hidden, complements, aims, audited=True)

    def _opened(
        self, hidden: frozenset[int], complements: frozenset[int], aims: Sequence[Aim], *, audited: bool
    ) -> tuple[frozenset[int], dict[int, tuple[int, ...]]]:
        """The pattern without the complements that protect nothing, and what each of the others protects."""
        attacker = Attacker(self._equations, self._policy, aims, spent=self._work)
        size = len(self._equations.unknowns)
        protects: dict[int, tuple[int, ...]] = {}
        counts = {index: self._equations.unknowns[index].count or 0 for index in complements}
        kept = set(hidden)
        full = np.zeros(size)
        full[list(kept)] = 1
        attacker.pattern(full)
        attacker.unmet()
        for index in sorted(complements, key=lambda i: (-counts[i], i)):
            lost = attacker.without(index)
            if not lost and audited:
                lost = self._unmet(frozenset(kept - {index}), self._aims)
            if not lost:
                kept.discard(index)
                full[index] = 0
                attacker.pattern(full)
            else:
                protects[index] = tuple(lost)
        return frozenset(kept), protects

    def _full_audit(self, hidden: frozenset[int]) -> AuditResult:
        """The exact interval of every figure that this release hides."""
        order = sorted(hidden, key=lambda index: self._place(index))
        return audit(self._printed(hidden, order), self._work)


def _too_narrow(interval: ProtectionInterval, width: int) -> bool:
    return interval.width is not None and interval.width < width


def _meets(interval: ProtectionInterval, aim: Aim) -> bool:
    if _too_narrow(interval, aim.width):
        return False
    if aim.reach is None:
        return True
    return interval.low <= aim.reach[0] and (interval.high is None or interval.high >= aim.reach[1])
