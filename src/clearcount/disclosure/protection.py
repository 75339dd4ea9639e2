"""Disclosure control of a document: the policy's rule, proved by the auditor, or a refusal with ways out."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Any

from clearcount.disclosure.auditor import AuditResult, audit
from clearcount.disclosure.coarsen import coarser_document, groupings
from clearcount.disclosure.document import Document, parse_document
from clearcount.disclosure.equations import Place, equations
from clearcount.disclosure.linked import together
from clearcount.disclosure.policy import Policy
from clearcount.disclosure.revised import loosen
from clearcount.disclosure.rounding import RoundedFigure, rounded
from clearcount.disclosure.suppress import Suppression, as_printed, suppress
from clearcount.errors import DisclosureError

Clock = Callable[[], float]
_PROPOSALS = 12
_PROPOSAL_SECONDS = 5.0


@dataclass(frozen=True)
class Protection:
    """What a rule makes of a document.

    `safe` false: no pattern is safe, `why` says so and `coarsenings` are ways out. Else `document` is what a reader
    sees; `hidden` and `protects` say why each cell is hidden, which is not for a reader.
    """

    safe: bool
    document: Mapping[str, Any] = field(default_factory=dict)
    hidden: tuple[Mapping[str, Any], ...] = ()
    protects: tuple[Mapping[str, Any], ...] = ()
    optimal: bool = True
    gap: int = 0
    why: str = ""
    coarsenings: tuple[Mapping[str, Any], ...] = ()
    result: AuditResult | None = None
    rounded: Mapping[Place, RoundedFigure] = field(default_factory=dict)
    known_before: tuple[Place, ...] = ()
    revised: Mapping[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """What `protect --json` prints."""
        if not self.safe:
            return {"why": self.why, "coarsenings": list(self.coarsenings)}
        return {
            "hidden": list(self.hidden),
            "protects": list(self.protects),
            "optimal": self.optimal,
            "gap": self.gap,
        }


def protect(
    document: Mapping[str, Any],
    policy: Policy | Mapping[str, Any],
    *,
    published: Sequence[Mapping[str, Any]] = (),
    clock: Clock = time.monotonic,
) -> Protection:
    """A document of true counts (low = high, every cell listed) under a policy, given what was published before.

    Raises:
        DisclosureError: the document cannot be read, hides a cell already, lacks a cell, or contradicts itself.
    """
    policy = policy if isinstance(policy, Policy) else Policy.parse(policy)
    document = {key: value for key, value in document.items() if key not in ("targets", "hidden", "protects")}
    parsed = parse_document(document)
    _complete(parsed)
    if policy.coarsen:
        document = coarser_document(document, _named_groups(parsed, policy))
    found = protect_described(document, policy, published=published, clock=clock)
    return found if found.safe else replace(found, coarsenings=proposals(document, policy, published))


def protect_described(
    document: Mapping[str, Any],
    policy: Policy,
    *,
    published: Sequence[Mapping[str, Any]] = (),
    home: Mapping[str, str] | None = None,
    clock: Clock = time.monotonic,
) -> Protection:
    """As `protect`, for a document that need not list every cell, without proposals for coarsening."""
    own = frozenset(table["name"] for table in document["tables"])
    whole = parse_document(together([document, *published], home) | {"targets": []})
    for table in whole.tables:
        if table.name in own and (unclear := [cell.at for cell in table.cells if not cell.printed]):
            raise DisclosureError(f"table {table.name!r}: cell {list(unclear[0])} is not a true count (low = high)")
    whole, revised = loosen(whole, own)
    if policy.rule == "none":
        return Protection(True, document, result=audit(whole), revised=revised)
    if policy.rule == "round":
        return _round(document, whole, own, policy, revised)
    found = suppress(whole, own, policy, clock=clock)
    if found.unsafe:
        return Protection(False, why=_why(found, policy), known_before=found.known, revised=revised)
    hidden = frozenset([*found.primary, *found.complementary])
    return Protection(
        True,
        _bounded(document, as_printed(whole, own, hidden, policy)),
        hidden=tuple(
            _place(place) | {"why": why}
            for why, places in (("primary", found.primary), ("complementary", found.complementary))
            for place in places
        ),
        protects=tuple(_place(place) | {"cells": [_place(cell) for cell in cells]} for place, cells in found.protects),
        optimal=found.optimal,
        gap=found.gap,
        result=found.result,
        known_before=found.known,
        revised=revised,
    )


def _round(
    document: Mapping[str, Any], whole: Document, own: frozenset[str], policy: Policy, revised: Mapping[str, Any]
) -> Protection:
    system = equations(whole, own)
    figures = rounded(system, policy)
    at = {place: figures[index] for index in figures for place in system.unknowns[index].places}
    tables = tuple(
        replace(
            table,
            cells=tuple(
                replace(cell, low=at[table.name, cell.at].low, high=at[table.name, cell.at].high)
                for cell in table.cells
            ),
        )
        if table.name in own
        else table
        for table in whole.tables
    )
    small = {
        place
        for index in figures
        for place in system.unknowns[index].places
        if policy.is_small(system.unknowns[index].count or 0) and not system.unknowns[index].out
    }
    printed = _bounded(document, replace(whole, tables=tables))
    names = {table.name for table in whole.tables} - own
    seen = parse_document({**printed})
    others = tuple(table for table in whole.tables if table.name in names)
    joint = replace(whole, tables=(*(t for t in tables if t.name in own), *others), targets=seen.targets)
    result = audit(joint)
    lost = [item.target for item in result.exact if (item.target.table, item.target.cells[0]) in small]
    if lost or not result.consistent:
        places = ", ".join(f"{target.table} {list(target.cells[0])}" for target in lost[:3])
        why = f"rounding to {policy.base} by {policy.method} leaves {len(lost)} small counts exact, among them {places}"
        return Protection(False, why=why, revised=revised)
    values = [_place(place) | {"value": figure.value} for place, figure in at.items()]
    return Protection(True, {**printed, "rounded": values}, result=result, rounded=at, revised=revised)


def _place(place: Place) -> dict[str, Any]:
    return {"table": place[0], "at": list(place[1])}


def _bounded(document: Mapping[str, Any], seen: Document) -> dict[str, Any]:
    """The document with the bounds that a reader sees."""
    tables = []
    for raw in document["tables"]:
        cells = [[list(cell.at), cell.low, cell.high] for cell in seen.table(raw["name"]).cells]
        tables.append({**raw, "cells": cells})
    return {**document, "tables": tables}


def _complete(document: Document) -> None:
    """Every cell of every table must be there: what is not listed would be taken for unpublished."""
    for table in document.tables:
        listed = {cell.at for cell in table.cells}
        names = [[*table.axes[name].leaves, *table.axes[name].totals] for name in table.by]
        for at in product(*names):
            if at not in listed:
                raise DisclosureError(f"table {table.name!r}: cell {list(at)} is missing; list every cell, totals too")


def _why(found: Suppression, policy: Policy) -> str:
    places = "; ".join(f"{table} {list(at)}" for table, at in found.unsafe[:3])
    more = f" and {len(found.unsafe) - 3} more" if len(found.unsafe) > 3 else ""
    what = "exact" if policy.requirement != f"width:{policy.width}" else f"known to within less than {policy.width}"
    labels = f"label {policy.label!r} and zeros {policy.zeros}"
    return (
        f"no pattern is safe: with every figure hidden, {labels} leave {what}: {places}{more}; coarsen the table first"
    )


def _named_groups(document: Document, policy: Policy) -> dict[str, dict[str, tuple[str, ...]]]:
    """The policy's coarsening as groups of the document's leaves."""
    groups: dict[str, dict[str, tuple[str, ...]]] = {}
    raw = {"dimensions": {name: {"leaves": list(leaves)} for name, leaves in document.leaves.items()}, "tables": []}
    if policy.coarsen.columns and policy.coarsen.columns != "month":
        by_name = dict(groupings(raw, [policy.coarsen.columns]))
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


def proposals(
    document: Mapping[str, Any], policy: Policy, published: Sequence[Mapping[str, Any]]
) -> tuple[Mapping[str, Any], ...]:
    """Ways to coarsen, each tried under the policy and audited, the one that leaves most figures first."""
    found = []
    quick = replace(policy, time_limit=min(policy.time_limit, _PROPOSAL_SECONDS))
    for name, groups in groupings(document)[:_PROPOSALS]:
        coarser = coarser_document(document, groups)
        tried = protect_described(coarser, quick, published=published)
        if not tried.safe:
            continue
        figures = sum(low > 0 for table in coarser["tables"] for _, low, _ in table["cells"])
        hidden = len(tried.hidden)
        found.append(
            {
                "name": name,
                "merge": {
                    dimension: {new: list(olds) for new, olds in part.items()} for dimension, part in groups.items()
                },
                "figures": figures,
                "hidden": hidden,
                "left": figures - hidden,
                "exact": len(tried.result.exact) if tried.result else 0,
            }
        )
    return tuple(sorted(found, key=lambda item: (-item["left"], item["hidden"])))
