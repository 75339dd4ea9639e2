"""From offences in scope to tables of exact counts, zero months and "did not exist" included."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from clearcount.counting.found import InScope
from clearcount.model.months import TOTAL, Month, Period, periods
from clearcount.model.request import CountRequest
from clearcount.model.table import At, Cell, Count, NotInForce, NotSearched, Row, Table

InForce = Callable[[str, Month], bool]
"""(code or question key, month) -> whether its offence was in force in any part of the month."""


@dataclass(frozen=True)
class Layout:
    """The lines and columns of an answer, and what is known of them before anything is counted.

    `in_force` answers for codes and for the keys of questions without a code. `held_to` is the last month that the
    snapshot holds (later ones are "not held"), `partial` months are held in part and print as provisional.
    """

    rows: tuple[Row, ...]
    periods: tuple[Period, ...]
    in_force: InForce
    held_to: Month | None = None
    partial: frozenset[Month] = frozenset()


@dataclass(frozen=True)
class Tables:
    """Every offence in scope (`denominator`), and the counts asked for (`answer`); both have the same shape."""

    answer: Table
    denominator: Table


def rows_of(request: CountRequest, label: Callable[[str], str], printed: Callable[[str], str]) -> tuple[Row, ...]:
    """The lines of a request's table: one per distinct code in order of first mention, or one per question.

    A question without a code is a line of its own (`q3`). Each further row dimension multiplies the lines.
    """
    lines: list[Row] = []
    if "question" in request.table.rows:
        for question in request.questions:
            code = "|".join(printed(code) for code in question.codes)
            lines.append(Row(question.key, question.text, code, members=question.codes or (question.key,)))
    else:
        for question in request.questions:
            if question.codes:
                lines.extend(Row(code, label(code), printed(code)) for code in question.codes)
            else:
                lines.append(Row(question.key, question.text))
        lines = list({line.key: line for line in lines}.values())
    columns = [name for name in request.table.rows if name not in ("offence", "question")]
    if not columns:
        return tuple(lines)
    return tuple(
        replace(
            line,
            key="|".join((line.key, *values)),
            row=line.key,
            members=tuple("|".join((member, *values)) for member in line.members),
            extra=tuple(zip(columns, values, strict=True)),
        )
        for line in lines
        for values in itertools.product(*(request.scope.where[name] for name in columns))
    )


def tabulate(
    offences: InScope,
    counted: Sequence[bool],
    *,
    request: CountRequest,
    layout: Layout,
    name: str,
    title: str,
    population: str,
    recorded: Table | None = None,
) -> Table:
    """The table of the offences for which `counted` is true, with every month, both margins and no blank.

    A cell is "not in force" when its offence did not exist in any part of the period and nothing was recorded there;
    `recorded` is the table of all offences in scope, against which "nothing was recorded" is judged (without it, this
    table's own counts). Months that the snapshot does not hold are "not searched".
    """
    occurrences = request.scope.unit == "occurrences"
    columns = [name_ for name_ in request.table.rows if name_ not in ("offence", "question")]
    places = [list(request.scope.where).index(column) for column in columns]
    members: dict[str, list[Row]] = defaultdict(list)
    for row in layout.rows:
        for member in row.members:
            members[member].append(row)
    label_of = {month: period.label for period in layout.periods for month in period.months}
    tally: dict[At, int] = defaultdict(int)
    seen: dict[At, set[str]] = defaultdict(set)
    for at in range(len(offences)):
        if not counted[at]:
            continue
        extra = offences.extra[at] if places else ()
        member = "|".join((offences.code[at], *(extra[place] for place in places)))
        period = label_of.get(offences.month[at])
        if period is None or member not in members:
            continue
        for key in (*(row.key for row in members[member]), TOTAL):
            for label in (period, TOTAL):
                if occurrences:
                    seen[key, label].add(offences.occurrence_no[at])
                else:
                    tally[key, label] += 1
    if occurrences:
        tally.update({at_: len(numbers) for at_, numbers in seen.items()})
    cells = _cells(tally, layout, recorded)
    overlapping = any(len(rows) > 1 for rows in members.values())
    table = Table(
        name=name,
        title=title,
        rows=layout.rows,
        periods=layout.periods,
        cells=cells,
        population=population,
        unit=request.scope.unit,
        additive=not occurrences and not overlapping,
        total_label="Any of these offences" if occurrences or overlapping else "Total",
        known_zero=_known_zero(layout, cells),
        provisional=_provisional(layout),
    )
    return dropped(table) if request.table.empty == "drop" and recorded is not None else table


def _cells(tally: dict[At, int], layout: Layout, recorded: Table | None) -> dict[At, Cell]:
    cells: dict[At, Cell] = {}
    everything = Period(TOTAL, tuple(month for period in layout.periods for month in period.months))
    columns = (*layout.periods, everything)
    for row in layout.rows:
        for period in columns:
            at = (row.key, period.label)
            cells[at] = _cell(tally.get(at, 0), row, period, layout, recorded.cells[at] if recorded else None)
    for period in columns:
        column = [cells[row.key, period.label] for row in layout.rows]
        if any(isinstance(cell, Count) for cell in column):
            cells[TOTAL, period.label] = Count(tally.get((TOTAL, period.label), 0))
        else:
            cells[TOTAL, period.label] = NotInForce() if all(c == NotInForce() for c in column) else NotSearched()
    return cells


def _cell(count: int, row: Row, period: Period, layout: Layout, recorded: Cell | None) -> Cell:
    nothing = count == 0 and (recorded is None or not isinstance(recorded, Count) or recorded.n == 0)
    bare = {member.split("|")[0] for member in row.members}
    in_force = any(layout.in_force(code, month) for code in bare for month in period.months)
    if nothing and not in_force:
        return NotInForce()
    if all(code == row.row and not row.code for code in bare):  # a question that no code answers
        return NotSearched()
    held = layout.held_to is None or any(month <= layout.held_to for month in period.months)
    return Count(count) if held or count else NotSearched()


def _known_zero(layout: Layout, cells: dict[At, Cell]) -> frozenset[tuple[str, Month]]:
    """Where a reader knows a zero because the offence did not exist and the table prints so."""
    return frozenset(
        (member, month)
        for row in layout.rows
        for period in layout.periods
        if cells[row.key, period.label] == NotInForce()
        for member in row.members
        for month in period.months
    )


def _provisional(layout: Layout) -> frozenset[str]:
    return frozenset(p.label for p in layout.periods if any(month in layout.partial for month in p.months))


def dropped(table: Table) -> Table:
    """The table without the lines and columns that hold no count above 0; what went is listed in it."""

    def empty(ats: Iterable[At]) -> bool:
        return not any(isinstance(cell := table.cells[at], Count) and cell.n > 0 for at in ats)

    rows = tuple(row for row in table.rows if not empty((row.key, p.label) for p in table.periods))
    columns = tuple(p for p in table.periods if not empty((row.key, p.label) for row in table.rows))
    return keep(table, {row.key for row in rows}, {column.label for column in columns})


def keep(table: Table, keys: Collection[str], labels: Collection[str]) -> Table:
    """The table with only these lines and columns, the margins as they were."""
    kept = {*keys, TOTAL}, {*labels, TOTAL}
    return replace(
        table,
        rows=tuple(row for row in table.rows if row.key in keys),
        periods=tuple(period for period in table.periods if period.label in labels),
        cells={at: cell for at, cell in table.cells.items() if at[0] in kept[0] and at[1] in kept[1]},
        dropped_rows=tuple(row for row in table.rows if row.key not in keys),
        dropped_periods=tuple(period for period in table.periods if period.label not in labels),
    )


def layout_periods(request: CountRequest, last: Month) -> tuple[Period, ...]:
    """The columns of a request whose period ends with `last`."""
    return periods(request.scope.first, last, request.table.columns)
