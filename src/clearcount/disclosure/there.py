"""What the lines of a table tell before one cell of it is read: where records are, and where none are.

What it does: names the boxes that a line proves not to be empty. It also names those that are empty, because a table
has no line for them.
Why: a line for each district that records name is there because a record is in it. Five such lines over a total of 5
are five ones, whatever their cells hide. And what has no line has no record, so that two totals are one figure.
Example: lines for East and North, zeros hidden, and a total of 2.
Use instead: name the lines in the request. A line that was asked for tells nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from clearcount.disclosure.document import Axis, Box
from clearcount.disclosure.filters import RECORDS
from clearcount.disclosure.linked import OFFENCE
from clearcount.model.table import Leaf, Table


@dataclass(frozen=True)
class TableLines:
    """The lines of one table as the document has them.

    `by` are the document's names of its dimensions, `time` that of its days. `leaves` are the document's leaves of each
    dimension, `scope` those that count where no dimension says them; `parts` gives those of a line. `filters` are the
    parts of the records that each filter of its kind counts.
    """

    table: Table
    by: tuple[str, ...]
    time: str
    leaves: Mapping[str, tuple[str, ...]]
    scope: Mapping[str, tuple[str, ...]]
    parts: Callable[[Leaf], tuple[str, ...]]
    filters: Mapping[str, tuple[str, ...]]

    @property
    def _asked(self) -> dict[str, frozenset[str]]:
        """The codes and days of the table: outside them it counts nothing by choice."""
        own = {name: self.leaves[name] for name in (OFFENCE, self.time) if name in self.leaves}
        return {name: frozenset(found) for name, found in {**self.scope, **own}.items()}

    def not_empty(self, axes: Mapping[str, Axis]) -> tuple[Box, ...]:
        """Return the boxes in which a record is, because the table has a line for them."""
        asked, nowhere = self._asked, frozenset(key.text for key in self.table.nowhere)
        if not nowhere <= frozenset(axes[OFFENCE].leaves):
            return ()  # a record in scope may have a code that the document does not name
        if nowhere:
            asked[OFFENCE] = asked.get(OFFENCE, frozenset()) | nowhere
        names = [dimension.name for dimension in self.table.dimensions]
        found: dict[Box, None] = {}
        for each in self.table.there:
            if each.population.aside or not (parts := self.filters.get(each.population.filter)):
                continue
            lines = {self.by[names.index(name)]: frozenset(self.parts(leaf)) for name, leaf in each.at}
            found[_box(axes, {**asked, RECORDS: frozenset(parts), **lines})] = None
        return tuple(found)

    def empty(self, axes: Mapping[str, Axis]) -> Iterator[Box]:
        """Yield what the table has no line for: lines that other tables have, and codes that it counts none of."""
        population = self.table.population
        if population.aside or not (parts := self.filters.get(population.filter)):
            return
        if self.table.said_empty:
            yield _box(axes, {**self._asked, RECORDS: frozenset(parts)})
        absent = {OFFENCE: frozenset(key.text for key in self.table.nowhere) & frozenset(axes[OFFENCE].leaves)}
        for name, dimension in zip(self.by, self.table.dimensions, strict=True):
            whole = dimension.exclusive or (self.table.unit == "occurrences" and dimension.name != "term")
            if whole and name not in (OFFENCE, self.time) and self.leaves[name]:
                absent[name] = frozenset(axes[name].leaves) - frozenset(self.leaves[name])
        for name, side in absent.items():
            if side:
                yield _box(axes, {**self._asked, RECORDS: frozenset(parts), name: side})


def _box(axes: Mapping[str, Axis], sides: Mapping[str, frozenset[str]]) -> Box:
    return tuple(sides.get(name, frozenset(found.leaves)) for name, found in axes.items())
