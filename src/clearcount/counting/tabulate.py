"""From counts at places to tables of exact cells, zero months and "did not exist" included."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import product
from math import prod

from clearcount.counting.axes import Axes, ByValue
from clearcount.counting.plan import OFFENCES, CountingFacts, Wanted
from clearcount.errors import RequestError
from clearcount.model.keys import ALL, Key, PeriodKey, Place, QuestionKey, TotalKey
from clearcount.model.months import Month, month_range
from clearcount.model.population import Population
from clearcount.model.table import Cell, Count, Dimension, Leaf, NotInForce, NotSearched, Table, There, lines_of, places

MOST_CELLS = 250_000
"""Cells that a table may have. A reader, and disclosure control, take no more."""


@dataclass(frozen=True)
class TableHeading:
    """What a table is called in the release, and on a page."""

    name: str
    title: str


def tabulate(
    tally: Mapping[Place, int],
    axes: tuple[Axes, Axes],
    *,
    wanted: Wanted,
    facts: CountingFacts,
    heading: TableHeading,
    population: Population,
    recorded: Table | None = None,
) -> Table:
    """Return the table of the counts in `tally`, with every month, both margins and no blank.

    A cell is "not in force" when its offence did not exist in any part of the period and nothing was recorded there.
    `recorded` is the table of all records in scope, by which "nothing was recorded" is judged. Without it, this table's
    own counts are used. Months that the snapshot does not hold are "not searched".

    Raises:
        RequestError: when the table would have too many cells.
    """
    rows, columns = (tuple(axis.dimension for axis in side) for side in axes)
    size = prod(len(dimension.leaves) + 1 for dimension in (*rows, *columns))
    if size > MOST_CELLS:
        raise RequestError(
            f"table {wanted.number} would have {size:,} cells, more than {MOST_CELLS:,}; "
            "ask for fewer dimensions, coarser periods or groups"
        )
    judge = _Judge(rows, columns, wanted, facts)
    scope = wanted.whole.population("scope", facts)
    cells = judge.cells(tally, recorded)
    return Table(
        name=heading.name,
        title=heading.title,
        rows=rows,
        columns=columns,
        cells=cells,
        population=population,
        unit=wanted.unit,
        known_zero=judge.known_zero(cells),
        provisional=judge.provisional(),
        there=(*_found_lines(axes, population, scope), *judge.recorded_all_the_same(population, scope)),
        nowhere=frozenset().union(*(axis.nowhere for side in axes for axis in side if isinstance(axis, ByValue))),
    )


def _found_lines(axes: tuple[Axes, Axes], population: Population, scope: Population) -> Iterator[There]:
    """The lines that print because a record is in them."""
    for axis in (*axes[0], *axes[1]):
        if isinstance(axis, ByValue):
            for leaves, known_of in ((axis.of_scope, scope), (axis.of_counted, population)):
                yield from (There(((axis.dimension.name, leaf),), known_of) for leaf in leaves)


class _Judge:
    """Says of each place whether its number is a count, or why there is none."""

    def __init__(
        self, rows: tuple[Dimension, ...], columns: tuple[Dimension, ...], wanted: Wanted, facts: CountingFacts
    ) -> None:
        self.rows, self.columns, self.wanted, self.facts = rows, columns, wanted, facts
        dimensions = (*rows, *columns)
        self.time = next((at for at, each in enumerate(dimensions) if each.is_time), None)
        self.offence = next((at for at, each in enumerate(dimensions) if each.name in OFFENCES), None)
        self.dimensions = dimensions
        self.recorded: set[tuple[Key | None, Key | None]] = set()
        self.judged_by_scope = False
        request = wanted.request
        scopes = {part.number: request.scope_of(part) for part in wanted.parts}
        self.asked = {n: set(month_range(scope.first, Month.of(facts.until[n]))) for n, scope in scopes.items()}
        self.whole = tuple(sorted(set().union(*self.asked.values())))

    def cells(self, tally: Mapping[Place, int], recorded: Table | None) -> dict[Place, Cell]:
        """Return every cell; a margin over offences of which none has a number says why they have none."""
        cells: dict[Place, Cell] = {}
        margins: list[Place] = []
        names = [each.name for each in self.dimensions]
        alike = recorded is not None and [each.name for each in recorded.dimensions] == names
        cells_held = recorded.cells.items() if alike and recorded else ()
        self.judged_by_scope = alike
        held = {at for at, cell in cells_held if isinstance(cell, Count) and cell.n}
        self.recorded = {self._offence_and_time(at) for at in (*(at for at, n in tally.items() if n), *held)}
        for at in ((*line, *head) for line, head in product(lines_of(self.rows), lines_of(self.columns))):
            if self.offence is not None and isinstance(at[self.offence], TotalKey):
                margins.append(at)
            else:
                cells[at] = self._cell(at, tally.get(at, 0))
        if self.offence is None:
            return cells
        first, leaves = self.offence, [leaf.key for leaf in self.dimensions[self.offence].leaves]
        inner = [places(side) for side in (self.rows, self.columns)]
        for at in margins:
            below = [cells[place] for place in self._below(at, first, leaves, inner)]
            if any(isinstance(cell, Count) for cell in below) or not below:
                cells[at] = Count(tally.get(at, 0))
            else:
                cells[at] = NotInForce() if all(cell == NotInForce() for cell in below) else NotSearched()
        everywhere = product(lines_of(self.rows), lines_of(self.columns))
        return {(*line, *head): cells[*line, *head] for line, head in everywhere}

    def _below(self, at: Place, offence: int, leaves: list[Key], inner: list[tuple[Place, ...]]) -> Iterable[Place]:
        """The places that the margin over offences adds up."""
        if offence < len(self.rows):
            return ((*line, *at[len(self.rows) :]) for line in inner[0])
        return ((*at[: len(self.rows)], *head) for head in inner[1])

    def _months(self, at: Place) -> tuple[Month, ...]:
        key = at[self.time] if self.time is not None else ALL
        return key.period.months if isinstance(key, PeriodKey) else self.whole

    def _offence_and_time(self, at: Place) -> tuple[Key | None, Key | None]:
        """The offence and the period of a place; a further dimension does not say whether an offence existed."""
        return (
            at[self.offence] if self.offence is not None and self.offence < len(at) else None,
            at[self.time] if self.time is not None and self.time < len(at) else None,
        )

    def _cell(self, at: Place, count: int) -> Cell:
        months = self._months(at)
        nothing = self._offence_and_time(at) not in self.recorded
        if self.offence is not None:
            leaf = self.dimensions[self.offence].leaf(at[self.offence])
            in_force = any(self.facts.in_force(member, month) for member in leaf.members for month in months)
            if nothing and not in_force:
                return NotInForce()
            if all(isinstance(member, QuestionKey) for member in leaf.members):  # a question that no code answers
                return NotSearched()
            key = leaf.key
            if isinstance(key, QuestionKey) and self.asked[key.number].isdisjoint(months):
                return NotSearched()
        held_to = self.facts.held_to
        held = held_to is None or any(month.first_day <= held_to for month in months)
        return Count(count) if held or count else NotSearched()

    def known_zero(self, cells: Mapping[Place, Cell]) -> frozenset[tuple[Key, Month]]:
        """Return where a reader knows a zero, because the offence did not exist and the table prints so."""
        if self.offence is None or self.time is None:
            return frozenset()
        return frozenset(
            (member, month)
            for at, cell in cells.items()
            if cell == NotInForce() and not {TotalKey} & {type(at[self.offence]), type(at[self.time])}
            for member in self.dimensions[self.offence].leaf(at[self.offence]).members
            for month in self._months(at)
        )

    def recorded_all_the_same(self, population: Population, scope: Population) -> Iterator[There]:
        """Yield where an offence did not exist and records of it are there: the cell does not print "not in force"."""
        known_of = scope if self.judged_by_scope else population
        for offence, time in sorted(self.recorded, key=str):
            if self.offence is None or offence not in {leaf.key for leaf in self.dimensions[self.offence].leaves}:
                continue  # a total, or a line that the table of all in scope has alone
            assert offence is not None
            leaf = self.dimensions[self.offence].leaf(offence)
            months = time.period.months if isinstance(time, PeriodKey) else self.whole
            if any(self.facts.in_force(member, month) for member in leaf.members for month in months):
                continue
            at = [(self.dimensions[self.offence].name, leaf)]
            if self.time is not None and isinstance(time, PeriodKey):
                at.append((self.dimensions[self.time].name, self.dimensions[self.time].leaf(time)))
            yield There(tuple(at), known_of, unlawful=True)

    def provisional(self) -> frozenset[Key]:
        """Return the periods that the snapshot holds in part."""
        if self.time is None or self.facts.partial is None or self.facts.held_to is None:
            return frozenset()
        leaves: tuple[Leaf, ...] = self.dimensions[self.time].leaves
        partial, held_to = self.facts.partial, self.facts.held_to
        return frozenset(
            leaf.key
            for leaf in leaves
            if isinstance(leaf.key, PeriodKey)
            and partial in leaf.key.period.months
            and leaf.key.period.last_day > held_to
        )


def dropped(table: Table) -> Table:
    """Return the table without the lines and columns that hold no count above 0; what went is listed in it."""

    def empty(ats: Iterable[Place]) -> bool:
        return not any(isinstance(cell := table.cells[at], Count) and cell.n > 0 for at in ats)

    lines, heads = places(table.rows), places(table.columns)
    return keep(
        table,
        {line for line in lines if not table.rows or not empty((*line, *head) for head in heads)},
        {head for head in heads if not table.columns or not empty((*line, *head) for line in lines)},
    )


def keep(table: Table, lines: Collection[Place], heads: Collection[Place]) -> Table:
    """Return the table with only these lines and columns, the margins as they were."""
    omitted_rows = tuple(line for line in places(table.rows) if line not in lines)
    omitted_columns = tuple(head for head in places(table.columns) if head not in heads)
    kept = product(lines_of(table.rows, omitted_rows), lines_of(table.columns, omitted_columns))
    return replace(
        table,
        cells={(*line, *head): table.cells[*line, *head] for line, head in kept},
        omitted_rows=omitted_rows,
        omitted_columns=omitted_columns,
    )
