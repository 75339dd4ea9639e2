"""Disclosure control of a document: the policy's rule, proved by the auditor, or a refusal with ways out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from typing import TypeAlias

from clearcount.disclosure.auditor import AuditResult, audit
from clearcount.disclosure.coarsen import Groups, coarser_document, groupings
from clearcount.disclosure.differences import small_pieces
from clearcount.disclosure.document import Document, Piece, Place, PublishedCell, PublishedTable, Target
from clearcount.disclosure.document_json import Json, document_json, parse_document, place_json
from clearcount.disclosure.equations import equations
from clearcount.disclosure.linked import together
from clearcount.disclosure.policy import Policy
from clearcount.disclosure.revised import Revision, loosened
from clearcount.disclosure.rounding import RoundedFigure, rounded
from clearcount.disclosure.solver import PER_SECOND, Work, WorkLimit
from clearcount.disclosure.suppress import Suppression, as_printed, suppress
from clearcount.disclosure.uncovered import uncovered
from clearcount.errors import DisclosureError

Join: TypeAlias = Callable[[Document], Sequence[Document]]
"""Puts a document beside everything that was published before: once for each thing that a reader may take for true."""

_PROPOSALS = 12
_PROPOSAL_SECONDS = 5.0


@dataclass(frozen=True)
class Coarsening:
    """One way to make a document coarser, tried under the policy: how many figures there are and how many hidden."""

    name: str
    merge: Groups
    figures: int
    hidden: int
    exact: int

    @property
    def left(self) -> int:
        """How many figures above 0 are printed."""
        return self.figures - self.hidden

    def as_dict(self) -> dict[str, object]:
        """Return what `protect --json` prints of it."""
        merge = {name: {new: list(olds) for new, olds in part.items()} for name, part in self.merge.items()}
        counts = {"figures": self.figures, "hidden": self.hidden, "left": self.left, "exact": self.exact}
        return {"name": self.name, "merge": merge, **counts}


@dataclass(frozen=True)
class Protection:
    """What a rule makes of a document.

    `safe` false: no pattern is safe, `why` says so and `ways` are ways out. Else `seen` is what a reader sees.
    `suppressed` (place, reason), `reasons` (what each complement protects), `differences`, `known` and `revised` say
    why each cell is suppressed and what a reader knows beside. None of it is for a reader. `work` is what the solver
    did.
    """

    safe: bool
    seen: Document | None = None
    suppressed: tuple[tuple[Place, str], ...] = ()
    reasons: tuple[tuple[Place, tuple[Target | Piece, ...]], ...] = ()
    differences: tuple[Piece, ...] = ()
    known: tuple[Target | Piece, ...] = ()
    optimal: bool = True
    gap: int = 0
    why: str = ""
    ways: tuple[Coarsening, ...] = ()
    result: AuditResult | None = None
    rounded: Mapping[Place, RoundedFigure] = field(default_factory=dict)
    revised: Revision = field(default_factory=Revision)
    work: int = 0

    @property
    def document(self) -> dict[str, object]:
        """What a reader sees, as JSON; empty when nothing is safe."""
        return document_json(self.seen) if self.seen else {}

    @property
    def hidden(self) -> tuple[dict[str, object], ...]:
        """Each suppressed cell and why, as JSON."""
        return tuple(place_json(place) | {"why": why} for place, why in self.suppressed)

    @property
    def protects(self) -> tuple[dict[str, object], ...]:
        """What each complement protects, as JSON."""
        return tuple(
            place_json(place) | {"cells": [target_json(target) for target in targets]}
            for place, targets in self.reasons
        )

    @property
    def coarsenings(self) -> tuple[dict[str, object], ...]:
        """The ways out, as JSON."""
        return tuple(way.as_dict() for way in self.ways)

    def as_dict(self) -> dict[str, object]:
        """Return what `protect --json` prints."""
        if not self.safe:
            return {"why": self.why, "coarsenings": list(self.coarsenings)}
        return {
            "hidden": list(self.hidden),
            "protects": list(self.protects),
            "optimal": self.optimal,
            "gap": self.gap,
        }


def target_json(target: Target | Piece) -> dict[str, object]:
    """Return the place of a figure, or the words for a difference."""
    if isinstance(target, Piece):
        return {"difference": target.called}
    return place_json((target.table, target.cells[0]))


def protect(document: Json, policy: Policy | Json, *, published: Sequence[Json] = ()) -> Protection:
    """Protect a document of true counts (low = high, every cell listed), given what was published before.

    Raises:
        DisclosureError: the document cannot be read, hides a cell already, lacks a cell, or contradicts itself.
    """
    policy = policy if isinstance(policy, Policy) else Policy.parse(policy)
    truth = parse_document({key: value for key, value in document.items() if key not in ("targets", "hidden")})
    truth = replace(truth, targets=())
    _complete(truth)
    if policy.coarsen:
        truth = coarser_document(truth, _named_groups(truth, policy))
    earlier = [parse_document(each) for each in published]

    def join(own: Document) -> tuple[Document, ...]:
        return (together([own, *earlier]).document,)

    found = protect_described(truth, policy, join)
    return found if found.safe else replace(found, ways=proposals(truth, policy, join))


def protect_described(
    document: Document, policy: Policy, join: Join, *, sums: bool = False, work: Work | None = None
) -> Protection:
    """Protect a document that need not list every cell, without proposals for coarsening.

    With `sums`, what a printed total leaves for suppressed cells is judged like a cell. With `work`, suppression is a
    part of it.

    Raises:
        DisclosureError: a figure is no true count, or the figures contradict each other.
    """
    own = frozenset(table.name for table in document.tables)
    for table in document.tables:
        if unclear := [cell.at for cell in table.cells if not cell.printed]:
            raise DisclosureError(f"table {table.name!r}: cell {list(unclear[0])} is not a true count (low = high)")
    try:
        return _protected(document, own, policy, join, sums, work)
    except WorkLimit as limit:
        return Protection(False, why=str(limit))


def _protected(
    document: Document, own: frozenset[str], policy: Policy, join: Join, sums: bool, work: Work | None
) -> Protection:
    joined = join(document)
    worlds = loosened([replace(each, targets=()) for each in joined], own)
    (whole, revised), others = worlds[0], [each for each, _ in worlds[1:]]
    if policy.rule == "none":
        return _as_it_is(document, joined, own, policy, result=audit(whole), revised=revised)
    if policy.rule == "round":
        return _round(document, [whole, *others], own, policy, revised)
    found = suppress(whole, own, policy, others=others, sums=sums, work=work)
    if found.unsafe:
        why = _why(found, policy, promised=any(table.width > 1 for table in whole.tables if table.name not in own))
        return Protection(
            False, why=why, known=found.known, differences=found.differences, revised=revised, work=found.work
        )
    hidden = frozenset([*found.primary, *found.complementary])
    return Protection(
        True,
        _promising(_bounded(document, as_printed(whole, own, hidden, policy)), policy),
        suppressed=tuple(
            (place, why)
            for why, places in (("primary", found.primary), ("complementary", found.complementary))
            for place in places
        ),
        reasons=found.protects,
        differences=found.differences,
        known=found.known,
        optimal=found.optimal,
        gap=found.gap,
        result=found.result,
        revised=revised,
        work=found.work,
    )


def _as_it_is(
    document: Document,
    joined: Sequence[Document],
    own: frozenset[str],
    policy: Policy,
    *,
    result: AuditResult,
    revised: Revision,
) -> Protection:
    """The document with every count, unless it gives away what an earlier release hid."""
    if lost := uncovered(joined, own, policy.threshold):
        places = "; ".join(map(_said, lost[:3]))
        more = f" and {len(lost) - 3} more" if len(lost) > 3 else ""
        why = (
            f"rule none suppresses no count. With these figures a reader can work out {len(lost)} small counts that an "
            f"earlier answer suppresses: {places}{more}. Suppress this answer, coarsen it or hold it back"
        )
        return Protection(False, why=why, revised=revised)
    return Protection(True, document, result=result, revised=revised)


def _round(
    document: Document, worlds: Sequence[Document], own: frozenset[str], policy: Policy, revised: Revision
) -> Protection:
    system = equations(worlds[0], own)
    before = {
        system.of_place[place]: value
        for place, value in worlds[0].values.items()
        if place[0] not in own and place in system.of_place
    }
    figures = rounded(system, policy, before)
    at = {place: figures[index] for index in figures for place in system.unknowns[index].places}

    def shown(table: PublishedTable, cell: PublishedCell) -> PublishedCell:
        figure = at[table.name, cell.at]
        return replace(cell, low=figure.low, high=figure.high)

    def seen(world: Document) -> Document:
        return replace(
            world,
            tables=tuple(
                replace(table, cells=tuple(shown(table, cell) for cell in table.cells)) if table.name in own else table
                for table in world.tables
            ),
        )

    small = tuple(
        Target(table, (place,))
        for index in figures
        for table, place in system.unknowns[index].places
        if policy.is_small(system.unknowns[index].count or 0) and not system.unknowns[index].out
    )
    results = [audit(replace(seen(world), targets=small)) for world in worlds]
    lost = list(dict.fromkeys(item.target for result in results for item in result.exact))
    lost += [piece for world in worlds for piece in small_pieces(seen(world), policy.threshold)]
    lost += [each for each in uncovered([seen(world) for world in worlds], own, policy.threshold) if each not in lost]
    if lost or not all(result.consistent for result in results):
        places = ", ".join(map(_said, lost[:3]))
        why = f"rounding to {policy.base} by {policy.method} leaves {len(lost)} small counts exact, among them {places}"
        return Protection(False, why=why, revised=revised)
    printed = replace(_bounded(document, seen(worlds[0])), values={place: at[place].value for place in at})
    return Protection(True, printed, result=results[0], rounded=at, revised=revised)


def _bounded(document: Document, seen: Document) -> Document:
    """The document with the bounds that a reader sees."""
    tables = tuple(replace(table, cells=seen.table(table.name).cells) for table in document.tables)
    return replace(document, tables=tables)


def _promising(document: Document, policy: Policy) -> Document:
    """The document with what its policy promises of the figures that it hides, for later releases to keep."""
    return replace(document, tables=tuple(replace(table, width=policy.promised) for table in document.tables))


def _complete(document: Document) -> None:
    """Every cell of every table must be there: what is not listed would be taken for unpublished."""
    for table in document.tables:
        listed = {cell.at for cell in table.cells}
        names = [[*table.axes[name].leaves, *table.axes[name].totals] for name in table.by]
        for at in product(*names):
            if at not in listed:
                raise DisclosureError(f"table {table.name!r}: cell {list(at)} is missing; list every cell, totals too")


def _said(target: Target | Piece) -> str:
    return target.called if isinstance(target, Piece) else f"{target.table} {list(target.cells[0])}"


def _why(found: Suppression, policy: Policy, *, promised: bool) -> str:
    places = "; ".join(map(_said, found.unsafe[:3]))
    more = f" and {len(found.unsafe) - 3} more" if len(found.unsafe) > 3 else ""
    what = "exact" if policy.requirement != f"width:{policy.width}" else f"known to within less than {policy.width}"
    what += ", or narrower than an earlier answer promised," if promised else ""
    labels = f"label {policy.label!r} and zeros {policy.zeros}"
    return (
        f"no pattern is safe: with every figure hidden, {labels} leave {what}: {places}{more}; coarsen the table first"
    )


def _named_groups(document: Document, policy: Policy) -> dict[str, dict[str, tuple[str, ...]]]:
    """The policy's coarsening as groups of the document's leaves."""
    groups: dict[str, dict[str, tuple[str, ...]]] = {}
    if policy.coarsen.columns and policy.coarsen.columns != "month":
        bare = replace(document, tables=())
        by_name = dict(groupings(bare, [policy.coarsen.columns]))
        spans = [found for name, found in by_name.items() if name.endswith(f": {policy.coarsen.columns}")]
        if not spans:
            raise DisclosureError("policy: coarsen names columns, but no dimension of the document is made of months")
        groups |= {name: dict(part) for name, part in spans[0].items()}
    for group in policy.coarsen.merge:
        home = [name for name, leaves in document.leaves.items() if set(group) <= set(leaves)]
        if not home:
            raise DisclosureError(f"policy: coarsen merges {', '.join(group)}, which are not leaves of one dimension")
        groups.setdefault(home[0], {})["+".join(group)] = tuple(group)
    return groups


def proposals(document: Document, policy: Policy, join: Join, *, sums: bool = False) -> tuple[Coarsening, ...]:
    """Return ways to coarsen, each tried under the policy and audited, the one that leaves most figures first."""
    found = []
    quick = replace(policy, time_limit=min(policy.time_limit, _PROPOSAL_SECONDS))
    if any(table.once for table in document.tables):
        return ()
    work = Work(_PROPOSALS * _PROPOSAL_SECONDS * PER_SECOND)
    for name, groups in groupings(document)[:_PROPOSALS]:
        if work.over:
            break
        coarser = coarser_document(document, groups)
        try:
            tried = protect_described(coarser, quick, join, sums=sums, work=work)
        except DisclosureError:
            continue
        if not tried.safe:
            continue
        figures = sum(cell.low > 0 for table in coarser.tables for cell in table.cells)
        exact = len(tried.result.exact) if tried.result else 0
        found.append(Coarsening(name, groups, figures, len(tried.suppressed), exact))
    return tuple(sorted(found, key=lambda way: (-way.left, way.hidden)))
