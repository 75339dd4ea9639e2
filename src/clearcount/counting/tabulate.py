"""From offences in scope to tables of exact counts, zero months and "did not exist" included."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from clearcount.counting.found import InScope
from clearcount.model.keys import ALL, CodeKey, Key, PeriodKey, Place, QuestionKey, TotalKey, ValueKey
from clearcount.model.months import Month, periods
from clearcount.model.population import Population
from clearcount.model.request import CountRequest, Question
from clearcount.model.table import (
    Cell,
    Count,
    Dimension,
    Leaf,
    NotInForce,
    NotSearched,
    Table,
    lines_of,
    places,
)

InForce = Callable[[Key, Month], bool]
"""(code or question, month) -> whether its offence was in force in any part of the month."""


@dataclass(frozen=True)
class Layout:
    """The lines and columns of an answer, and what is known of them before anything is counted.

    `in_force` answers for codes and for questions without a code. `held_to` is the last month that the snapshot
    holds (later ones are "not held"), `partial` months are held in part and print as provisional.
    """

    rows: tuple[Dimension, ...]
    columns: tuple[Dimension, ...]
    in_force: InForce
    held_to: Month | None = None
    partial: frozenset[Month] = frozenset()

    @property
    def lines(self) -> tuple[Leaf, ...]:
        """The leaves of the dimension of offences or questions."""
        return self.rows[0].leaves


@dataclass(frozen=True)
class Tables:
    """Every offence in scope (`denominator`), and the counts asked for (`answer`); both have the same shape."""

    answer: Table
    denominator: Table


def rows_of(request: CountRequest, label: Callable[[str], str], *, own: bool = False) -> tuple[Dimension, ...]:
    """The row dimensions of a request's table: one line per distinct code in order of first mention, or per question.

    A question without a code is a line of its own. Each further dimension multiplies the lines.
    """

    def codes(question: Question) -> tuple[Key, ...]:
        return tuple(CodeKey(code, own) for code in question.codes)

    if "question" in request.table.rows:
        leaves = [Leaf(QuestionKey(each.number), each.text, members=codes(each)) for each in request.questions]
    else:
        leaves = []
        for each in request.questions:
            leaves += [Leaf(CodeKey(code, own), label(code)) for code in each.codes]
            leaves += [Leaf(QuestionKey(each.number), each.text)] if not each.codes else []
        leaves = list({leaf.key: leaf for leaf in leaves}.values())
    members = [member for leaf in leaves for member in leaf.members]
    exclusive = request.scope.unit == "offences" and len(set(members)) == len(members)
    name, title = ("question", "Question") if "question" in request.table.rows else ("offence", "Offence")
    total = Leaf(ALL, "Total" if exclusive else "Any of these offences")
    first = Dimension(name, title, tuple(leaves), total, exclusive)
    further = (
        Dimension(
            column,
            column.replace("_", " "),
            tuple(Leaf(ValueKey(v), v) for v in request.scope.where[column]),
            exclusive=request.scope.unit == "offences",
        )
        for column in request.table.rows
        if column not in ("offence", "question")
    )
    return (first, *further)


def tabulate(
    offences: InScope,
    counted: Sequence[bool],
    *,
    request: CountRequest,
    layout: Layout,
    name: str,
    title: str,
    population: Population,
    recorded: Table | None = None,
) -> Table:
    """The table of the offences for which `counted` is true, with every month, both margins and no blank.

    A cell is "not in force" when its offence did not exist in any part of the period and nothing was recorded there;
    `recorded` is the table of all offences in scope, against which "nothing was recorded" is judged (without it, this
    table's own counts). Months that the snapshot does not hold are "not searched".
    """
    occurrences = request.scope.unit == "occurrences"
    further = [list(request.scope.where).index(dimension.name) for dimension in layout.rows[1:]]
    lines: dict[str, list[Key]] = defaultdict(list)
    for leaf in layout.lines:
        for member in leaf.members:
            if isinstance(member, CodeKey):
                lines[member.code].append(leaf.key)
    period_of = {
        month: leaf.key
        for leaf in layout.columns[0].leaves
        if isinstance(leaf.key, PeriodKey)
        for month in leaf.key.period.months
    }
    margin = (ALL,) * len(layout.rows)
    tally: dict[Place, int] = defaultdict(int)
    seen: dict[Place, set[str]] = defaultdict(set)
    for at in range(len(offences)):
        period = period_of.get(offences.month[at])
        if not counted[at] or period is None or offences.code[at] not in lines:
            continue
        values = tuple(ValueKey(offences.extra[at][column]) for column in further)
        for line in (*((key, *values) for key in lines[offences.code[at]]), margin):
            for head in (period, ALL):
                if occurrences:
                    seen[*line, head].add(offences.occurrence_no[at])
                else:
                    tally[*line, head] += 1
    if occurrences:
        tally.update({place: len(numbers) for place, numbers in seen.items()})
    cells = _cells(tally, layout, recorded)
    table = Table(
        name=name,
        title=title,
        rows=layout.rows,
        columns=layout.columns,
        cells=cells,
        population=population,
        unit=request.scope.unit,
        known_zero=_known_zero(layout, cells),
        provisional=_provisional(layout),
    )
    return dropped(table) if request.table.empty == "drop" and recorded is not None else table


def _cells(tally: Mapping[Place, int], layout: Layout, recorded: Table | None) -> dict[Place, Cell]:
    cells: dict[Place, Cell] = {}
    whole = tuple(month for leaf in layout.columns[0].leaves for month in _months(leaf.key))
    heads = {(leaf.key,): _months(leaf.key) for leaf in layout.columns[0].leaves} | {(ALL,): whole}
    lines = places(layout.rows)
    for line in lines:
        leaf = layout.rows[0].leaf(line[0])
        for head, months in heads.items():
            at = (*line, *head)
            cells[at] = _cell(tally.get(at, 0), leaf, months, layout, recorded.cells[at] if recorded else None)
    for head in heads:
        column = [cells[*line, *head] for line in lines]
        at = (*(ALL,) * len(layout.rows), *head)
        if any(isinstance(cell, Count) for cell in column):
            cells[at] = Count(tally.get(at, 0))
        else:
            cells[at] = NotInForce() if all(c == NotInForce() for c in column) else NotSearched()
    return cells


def _months(key: Key) -> tuple[Month, ...]:
    return key.period.months if isinstance(key, PeriodKey) else ()


def _cell(count: int, leaf: Leaf, months: tuple[Month, ...], layout: Layout, recorded: Cell | None) -> Cell:
    nothing = count == 0 and (recorded is None or not isinstance(recorded, Count) or recorded.n == 0)
    in_force = any(layout.in_force(member, month) for member in leaf.members for month in months)
    if nothing and not in_force:
        return NotInForce()
    if all(isinstance(member, QuestionKey) for member in leaf.members):  # a question that no code answers
        return NotSearched()
    held = layout.held_to is None or any(month <= layout.held_to for month in months)
    return Count(count) if held or count else NotSearched()


def _known_zero(layout: Layout, cells: Mapping[Place, Cell]) -> frozenset[tuple[Key, Month]]:
    """Where a reader knows a zero because the offence did not exist and the table prints so."""
    return frozenset(
        (member, month)
        for at, cell in cells.items()
        if cell == NotInForce() and not isinstance(at[0], TotalKey)
        for member in layout.rows[0].leaf(at[0]).members
        for month in _months(at[-1])
    )


def _provisional(layout: Layout) -> frozenset[Key]:
    leaves = (leaf.key for leaf in layout.columns[0].leaves)
    return frozenset(key for key in leaves if any(month in layout.partial for month in _months(key)))


def dropped(table: Table) -> Table:
    """The table without the lines and columns that hold no count above 0; what went is listed in it."""

    def empty(ats: Iterable[Place]) -> bool:
        return not any(isinstance(cell := table.cells[at], Count) and cell.n > 0 for at in ats)

    lines, heads = places(table.rows), places(table.columns)
    return keep(
        table,
        {line for line in lines if not empty((*line, *head) for head in heads)},
        {head for head in heads if not empty((*line, *head) for line in lines)},
    )


def keep(table: Table, lines: Collection[Place], heads: Collection[Place]) -> Table:
    """The table with only these lines and columns, the margins as they were."""
    omitted_rows = tuple(line for line in places(table.rows) if line not in lines)
    omitted_columns = tuple(head for head in places(table.columns) if head not in heads)
    kept = itertools.product(lines_of(table.rows, omitted_rows), lines_of(table.columns, omitted_columns))
    return replace(
        table,
        cells={(*line, *head): table.cells[*line, *head] for line, head in kept},
        omitted_rows=omitted_rows,
        omitted_columns=omitted_columns,
    )


def columns_of(request: CountRequest, last: Month) -> tuple[Dimension, ...]:
    """The column dimension of a request whose period ends with `last`."""
    spans = periods(request.scope.first, last, request.table.columns)
    leaves = tuple(Leaf(PeriodKey(span), span.spoken) for span in spans)
    return (Dimension(request.table.columns, "Period", leaves, exclusive=request.scope.unit == "offences"),)
