"""Small counts that follow from others: differences of figures of which one lies inside the other, and finest parts.

What it does: finds what a reader of a document knows exactly, though no table prints it. That is the difference of two
known figures of which one counts a part of the other. It is also each of the finest parts that the figures tell apart.
Why: "January to June 41" in one release and "January to July 43" in the next say that July had 2.
Example: 42 offences of two codes and 41 of the first are one offence of the second.
Use instead: nothing. In a table by itself each suppressed cell is judged, and their sum is not. A later answer may ask
for just these lines. With `sums`, what a printed total leaves for the suppressed cells under it is judged too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import combinations, product

import numpy as np

from clearcount.disclosure.atoms import AtomSystem, Measure, atom_system
from clearcount.disclosure.auditor import Attack
from clearcount.disclosure.document import At, Box, Document, Piece, PublishedTable, Target, hidden_targets
from clearcount.disclosure.reduced import Reduced, reduce_system
from clearcount.disclosure.solver import Work
from clearcount.errors import DisclosureError
from clearcount.model.months import TOTAL


@dataclass(frozen=True)
class _Figure:
    """A figure that a reader knows exactly: what it counts, its value, and the tables that print or hide it."""

    box: Box
    value: int
    called: str
    tables: frozenset[str]


def small_pieces(
    document: Document, threshold: int, *, sums: bool = False, work: Work | None = None
) -> tuple[Piece, ...]:
    """Return every piece of 1 to threshold - 1 that a reader of a consistent document knows exactly.

    With `sums`, what a known total leaves for the suppressed cells under it is a piece too.

    Raises:
        DisclosureError: the document contradicts itself, or the solver does not settle an answer.
    """
    margins = tuple(_margins(document)) if sums else ()
    document = replace(document, targets=(*hidden_targets(document.tables), *margins))
    system = atom_system(document)
    reduced = reduce_system(system)
    if reduced is None:
        raise DisclosureError("the tables contradict each other; audit them to see which figures clash")
    many = len(document.targets)
    reduced = _with_atoms(reduced)
    attack = Attack.begin(reduced, work)
    if attack is None:
        raise DisclosureError("the tables contradict each other; audit them to see which figures clash")
    attack.stir(range(len(reduced.targets)))
    found = dict.fromkeys(_finest(system, reduced, attack, many, threshold))
    exact = {
        target: int(attack.least[index]) for index, target in enumerate(document.targets) if not attack.not_exact(index)
    }
    for measure in system.measures.values():
        figures = _known(document, measure.name, exact)
        figures += [
            _Figure(margin.whole[0], exact[margin], margin.called, frozenset())
            for margin in margins
            if margin.measure == measure.name and exact.get(margin)
        ]
        found |= dict.fromkeys(_between(document, measure, figures, threshold))
        if sums and not measure.name[1]:
            found |= dict.fromkeys(_left_over(document, measure, figures, threshold))
    return tuple(found)


def _margins(document: Document) -> Iterator[Piece]:
    """The sums over whole dimensions that a table does not print, where other tables may help to work them out.

    A table by code, place and month with one total line prints no figure for a code in a month, wherever it was.
    """
    several: dict[tuple[str, str], int] = {}
    for table in document.tables:
        several[table.measure] = several.get(table.measure, 0) + 1
    printed = {(table.measure, table.box(cell.at)) for table in document.tables for cell in table.cells}
    for table in document.tables:
        if several[table.measure] < 2 or table.once:
            continue
        sides = []
        for name in table.by:
            axis = table.axes[name]
            whole = frozenset(axis.leaves)
            found = {side: text for text, side in axis.members.items() if text in axis.leaves}
            found |= {side: text for text, side in axis.members.items() if text in axis.totals}
            sides.append({**found, whole: found.get(whole, TOTAL)})
        for chosen in product(*(found.items() for found in sides)):
            at = dict(zip(table.by, (side for side, _ in chosen), strict=True))
            box = tuple(at.get(name, frozenset(axis.leaves)) for name, axis in table.axes.items())
            if (table.measure, box) not in printed:
                printed.add((table.measure, box))
                yield Piece(table.measure, (box,), called=f"{table.name} {[text for _, text in chosen]}")


def _with_atoms(reduced: Reduced) -> Reduced:
    """The system with every free atom as a target behind the others."""
    one = np.ones(1, np.int64)
    atoms = tuple((np.array([atom], np.int64), one) for atom in range(reduced.size))
    return replace(reduced, targets=(*reduced.targets, *atoms), constant=(*reduced.constant, *([0] * reduced.size)))


def _finest(system: AtomSystem, reduced: Reduced, attack: Attack, many: int, threshold: int) -> Iterator[Piece]:
    """The finest parts that are exact and small. Parts that stand in the same figures are one."""
    pieces = system.pieces()
    together: dict[int, list[int]] = {}
    for number in pieces:
        if 1 <= reduced.fixed[number] < threshold:
            yield replace(pieces[number], called=_words(pieces[number].whole))
        elif reduced.merged[number] >= 0:
            together.setdefault(int(reduced.merged[number]), []).append(number)
    for atom, numbers in together.items():
        if attack.exactly_small(many + atom, threshold):
            whole = tuple(box for number in numbers for box in pieces[number].whole)
            yield Piece(pieces[numbers[0]].measure, whole, called=_words(whole))


def _words(boxes: tuple[Box, ...]) -> str:
    """The narrow sides of a box, for a person; the first of several."""
    return "; ".join(", ".join(sorted(side)[:4]) for side in boxes[0] if len(side) <= 4)


def _known(document: Document, measure: tuple[str, str], exact: Mapping[Target | Piece, int]) -> list[_Figure]:
    """The figures of one measure that are printed or can be worked out."""
    found: dict[Box, _Figure] = {}
    for table in document.tables:
        for cell in table.cells if table.measure == measure else ():
            value = cell.low if cell.printed else exact.get(Target(table.name, (cell.at,)))
            if not value:
                continue
            box = table.box(cell.at)
            if box in found:
                found[box] = replace(found[box], tables=found[box].tables | {table.name})
            else:
                called = f"{table.name} {list(cell.at)}"
                found[box] = _Figure(box, value, called, frozenset((table.name,)))
    return list(found.values())


def _between(document: Document, measure: Measure, figures: list[_Figure], threshold: int) -> Iterator[Piece]:
    """The small differences of known figures of which one lies inside the other."""
    if len(figures) < 2:
        return
    values = np.array([figure.value for figure in figures], np.int64)
    less = values[None, :] - values[:, None]
    close = (less >= 1) & (less < threshold)
    if not close.any():
        return
    tables = {table.name: table for table in document.tables}
    crosses, seen = measure.crosses, set[bytes]()
    for small, large in np.argwhere(close):
        part, whole = figures[small], figures[large]
        if not crosses.inside(part.box, whole.box):
            continue
        rest = crosses.rest(part.box, whole.box)
        if rest is not None:
            if not len(rest) or rest.tobytes() in seen:
                continue
            common = part.tables & whole.tables if not measure.name[1] else ()  # sets are not made up of others
            if any(crosses.made_of((tables[n].box(cell.at) for cell in tables[n].cells), rest) for n in common):
                continue
            seen.add(rest.tobytes())
        yield Piece(measure.name, (whole.box,), (part.box,), f"{whole.called} less {part.called}")


def _left_over(document: Document, measure: Measure, figures: list[_Figure], threshold: int) -> Iterator[Piece]:
    """What a known total leaves for those of its parts that are not known, along one dimension of its table."""
    known = {figure.box: figure for figure in figures}
    for table in document.tables:
        if table.measure != measure.name:
            continue
        printed = {cell.at: table.box(cell.at) for cell in table.cells}
        for at, box in printed.items():
            whole = known.get(box)
            if whole is None:
                continue
            for parts in _parts(table, printed, at):
                told = [part for part in parts if part in known]
                rest = whole.value - sum(known[part].value for part in told)
                if 1 <= rest < threshold and len(told) < len(parts) - 1:
                    called = f"{whole.called} less its printed parts ({len(parts) - len(told)} hidden)"
                    yield Piece(measure.name, (box,), tuple(told), called)


def _parts(table: PublishedTable, printed: Mapping[At, Box], at: At) -> Iterator[list[Box]]:
    """The boxes of the cells that a total adds up: along each of its dimensions, and along several at once."""
    totals = [axis for axis, name in enumerate(table.by) if at[axis] in table.axes[name].totals]
    for many in range(1, len(totals) + 1):
        for chosen in combinations(totals, many):
            children = [
                table.axes[name].totals[at[axis]] if axis in chosen else (at[axis],)
                for axis, name in enumerate(table.by)
            ]
            places = list(product(*children))
            if len(places) > 1 and all(place in printed for place in places):
                yield [printed[place] for place in places]
