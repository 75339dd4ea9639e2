"""Suppression of one release: the small counts, what must be hidden with them, and the proof that it holds.

The pattern comes from the cutting planes of `complementary`; whether it is safe is for the auditor alone to say.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from clearcount.disclosure.attack import Attacker
from clearcount.disclosure.auditor import AuditResult, Interval, audit, exact_targets
from clearcount.disclosure.complementary import cheapest_pattern, hideable
from clearcount.disclosure.document import Document, PublishedCell, Target
from clearcount.disclosure.equations import Equations, Place, equations
from clearcount.disclosure.policy import Policy
from clearcount.disclosure.primary import Aim, primary


@dataclass(frozen=True)
class Suppression:
    """Which cells to hide and why.

    `unsafe` is empty when a safe pattern was found; else it holds the places that stay exact, or narrower than
    required, even with everything hidden. `known` are places that a reader knew before this release.
    """

    primary: tuple[Place, ...] = ()
    complementary: tuple[Place, ...] = ()
    protects: tuple[tuple[Place, tuple[Place, ...]], ...] = ()
    optimal: bool = False
    gap: int = 0
    unsafe: tuple[Place, ...] = ()
    known: tuple[Place, ...] = ()
    result: AuditResult | None = None


def suppress(
    document: Document, own: frozenset[str], policy: Policy, *, clock: Callable[[], float] = time.monotonic
) -> Suppression:
    """The cheapest safe suppression of the tables named in `own`, given all others as published.

    The document must be consistent (the caller audits it): true counts in `own`, a reader's bounds elsewhere.
    """
    return _Suppressor(document, own, policy).run(clock)


def as_printed(document: Document, own: frozenset[str], hidden: frozenset[Place], policy: Policy) -> Document:
    """The document as a reader sees it when the cells at `hidden` are hidden."""

    def shown(name: str, cell: PublishedCell) -> PublishedCell:
        return PublishedCell(cell.at, *policy.hidden_bounds(cell.low)) if (name, cell.at) in hidden else cell

    tables = tuple(
        replace(table, cells=tuple(shown(table.name, cell) for cell in table.cells)) if table.name in own else table
        for table in document.tables
    )
    return replace(document, tables=tables)


class _Suppressor:
    def __init__(self, document: Document, own: frozenset[str], policy: Policy) -> None:
        self._document, self._own, self._policy = document, own, policy
        self._equations: Equations = equations(document, own)

    def run(self, clock: Callable[[], float]) -> Suppression:
        unknowns = self._equations.unknowns
        primaries = primary(self._equations, self._policy)
        past = tuple(index for index in self._past_aims() if index not in primaries)
        aims, unsafe, known = self._attainable(primaries, past)
        if unsafe:
            return Suppression(unsafe=tuple(self._place(index) for index in unsafe), known=self._places(known))
        pattern = cheapest_pattern(
            self._equations,
            self._policy,
            primaries,
            aims,
            still_exact=lambda h: bool(self._unmet(h, aims)),
            clock=clock,
        )
        hidden, protects = self._explain(pattern.hidden, pattern.complements, aims)
        result = self._full_audit(hidden)
        # a complement that can be worked out all the same protects nothing and may as well be read
        idle = {self._equations.of_place[item.target.table, item.target.cells[0]] for item in result.exact}
        idle &= hidden - set(primaries)
        if idle:
            hidden -= idle
            protects = {index: cells for index, cells in protects.items() if index not in idle}
            result = self._full_audit(hidden)
        return Suppression(
            primary=tuple(place for index in primaries for place in unknowns[index].places),
            complementary=tuple(place for index in sorted(hidden - set(primaries)) for place in unknowns[index].places),
            protects=tuple(
                (place, self._places(cells))
                for index, cells in sorted(protects.items())
                for place in unknowns[index].places
            ),
            optimal=pattern.optimal or (pattern.gap > 0 and pattern.gap <= self._saved(pattern.complements, hidden)),
            gap=max(0, pattern.gap - self._saved(pattern.complements, hidden)),
            known=self._places(known),
            result=result,
        )

    def _saved(self, before: frozenset[int], after: frozenset[int]) -> int:
        spared = before - after
        return (
            len(spared) if self._policy.cost == "cells" else sum(self._equations.unknowns[i].count or 0 for i in spared)
        )

    def _place(self, index: int) -> Place:
        unknown = self._equations.unknowns[index]
        return (unknown.places or unknown.earlier)[0]

    def _places(self, indices: Sequence[int]) -> tuple[Place, ...]:
        return tuple(self._place(index) for index in indices)

    def _past_aims(self) -> list[int]:
        """What earlier releases hid and may be small: it must not be learnt from this one either."""
        found = []
        for index, unknown in enumerate(self._equations.unknowns):
            if not unknown.earlier or unknown.out or unknown.low >= self._policy.threshold:
                continue
            if unknown.count is not None and not self._policy.is_small(unknown.count):
                continue
            if any(self._document.why_hidden.get(place, "primary") == "primary" for place in unknown.earlier):
                found.append(index)
        return found

    def _targets(self, indices: Sequence[int]) -> tuple[Target, ...]:
        return tuple(Target(table, (at,)) for table, at in self._places(indices))

    def _printed(self, hidden: frozenset[int], targets: Sequence[int]) -> Document:
        places = frozenset(place for index in hidden for place in self._equations.unknowns[index].places)
        return replace(as_printed(self._document, self._own, places, self._policy), targets=self._targets(targets))

    def _attainable(
        self, primaries: Sequence[int], past: Sequence[int]
    ) -> tuple[tuple[Aim, ...], list[int], list[int]]:
        """The aims that hiding everything meets, the figures for which it does not, and those known beforehand."""
        everything = frozenset(primaries) | frozenset(hideable(self._equations, self._policy).tolist())
        wanted = [*primaries, *past]
        intervals = self._intervals(everything, wanted)
        lost = [i for i, found in intervals.items() if _too_narrow(found, self._policy.width if i in primaries else 1)]
        known = self._known_before(lost)
        aims = tuple(self._aim(index, intervals[index], index in past) for index in wanted if index not in lost)
        return aims, [index for index in lost if index not in known], known

    def _aim(self, index: int, interval: Interval, past: bool) -> Aim:
        if past:
            return Aim(index)
        if self._policy.requirement != "range":
            return Aim(index, self._policy.width)
        top = self._policy.threshold - 1
        return Aim(index, 1, (max(1, interval.low), top if interval.high is None else min(top, interval.high)))

    def _known_before(self, indices: Sequence[int]) -> list[int]:
        """Which figures are exact from the earlier tables alone."""
        if not indices or all(table.name in self._own for table in self._document.tables):
            return []
        tables = tuple(
            replace(table, cells=()) if table.name in self._own else table for table in self._document.tables
        )
        links = tuple(link for link in self._document.links if not {link.less[0], link.than[0]} & self._own)
        before = replace(self._document, tables=tables, links=links, targets=self._targets(indices))
        exact = {item.cells[0] + (item.table,) for item in exact_targets(before)}
        return [index for index in indices if (place := self._place(index))[1] + (place[0],) in exact]

    def _intervals(self, hidden: frozenset[int], targets: Sequence[int]) -> dict[int, Interval]:
        """What a reader knows of each target under a pattern; quicker where only exactness matters."""
        document = self._printed(hidden, targets)
        if self._policy.requirement == "not-exact":
            exact = {(item.table, item.cells) for item in exact_targets(document)}
            return {
                index: Interval(target, 0, 0 if (target.table, target.cells) in exact else 1)
                for index, target in zip(targets, document.targets, strict=True)
            }
        return dict(zip(targets, audit(document).intervals, strict=True))

    def _unmet(self, hidden: frozenset[int], aims: Sequence[Aim]) -> list[int]:
        """The aims that the whole-number auditor finds unmet."""
        intervals = self._intervals(hidden, [aim.unknown for aim in aims])
        return [aim.unknown for aim in aims if not _meets(intervals[aim.unknown], aim)]

    def _explain(
        self, hidden: frozenset[int], complements: frozenset[int], aims: Sequence[Aim]
    ) -> tuple[frozenset[int], dict[int, tuple[int, ...]]]:
        """What each complement protects: the aims unmet when it alone is opened. One that protects none is opened.

        The linear attacker says which; the whole-number audit is asked once for all that were opened, and for each of
        them only where it finds that one should have stayed.
        """
        found = self._opened(hidden, complements, aims, audited=False)
        if found[0] == hidden or not self._unmet(found[0], aims):
            return found
        return self._opened(hidden, complements, aims, audited=True)

    def _opened(
        self, hidden: frozenset[int], complements: frozenset[int], aims: Sequence[Aim], *, audited: bool
    ) -> tuple[frozenset[int], dict[int, tuple[int, ...]]]:
        """The pattern without the complements that protect nothing, and what each of the others protects."""
        attacker = Attacker(self._equations, self._policy, aims)
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
                lost = self._unmet(frozenset(kept - {index}), aims)
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
        return audit(self._printed(hidden, order))


def _too_narrow(interval: Interval, width: int) -> bool:
    return interval.width is not None and interval.width < width


def _meets(interval: Interval, aim: Aim) -> bool:
    if _too_narrow(interval, aim.width):
        return False
    if aim.reach is None:
        return True
    return interval.low <= aim.reach[0] and (interval.high is None or interval.high >= aim.reach[1])
