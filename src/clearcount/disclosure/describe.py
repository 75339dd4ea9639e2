"""From tables to the document a reader could draw up: which records each figure counts, and what ties figures.

Every figure counts the records of a box over offence codes, months, the further dimensions, and `records`. The latter
are the parts into which the filters of a release cut what is recorded. Sums over these parts give the mentions, the
confirmed among them, the marked and all that is recorded. So a part that no table prints is still there to be judged.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations

from clearcount.disclosure.document import (
    At,
    Axis,
    Box,
    CellLink,
    Document,
    PublishedCell,
    PublishedTable,
    axis,
)
from clearcount.disclosure.filters import RECORDS, parts_of, within
from clearcount.disclosure.kinds import role_leaf
from clearcount.disclosure.lines import MOST_OVERLAPPING, impossible, overlapping_leaf
from clearcount.disclosure.linked import FORCE, MONTH, OFFENCE
from clearcount.disclosure.stretches import Days, inside, segments
from clearcount.disclosure.there import TableLines
from clearcount.errors import DisclosureError
from clearcount.model.keys import ALL, PeriodKey, TotalKey
from clearcount.model.keys import Place as Spot
from clearcount.model.months import COLUMNS, TOTAL
from clearcount.model.population import Population
from clearcount.model.table import Count, Dimension, Leaf, Link, NotInForce, NotSearched, Table

_QUESTION = "question"
_OF_OFFENCES = frozenset(("offence", "question", "class", "sub-class", "category"))
OCCURRENCE = "occurrence"
RECORD_UNITS = frozenset(("offences", "occurrences"))
"""The units whose records are offences."""


@dataclass(frozen=True)
class Described:
    """The document with every true count (low = high), and where each cell of each table stands in it."""

    document: Document
    places: Mapping[tuple[str, Spot], At]


def describe(tables: Sequence[Table], links: Sequence[Link], force: str = "") -> Described:
    """Return the true document of `tables` and the place of every cell that holds a number.

    Raises:
        DisclosureError: two tables of one name, a link to a table that is not there, a cell that is hidden already.
    """
    if not tables:
        raise DisclosureError("disclosure control needs at least one table")
    names = [table.name for table in tables]
    if len(set(names)) != len(names):
        raise DisclosureError(f"two tables share a name among {', '.join(names)}; names must differ")
    if unknown := {name for link in links for name in (link.less, link.than)} - set(names):
        raise DisclosureError(f"a link names the table {min(unknown)!r}, which is not given")
    drawn = [_Drawing(table, finest) for finest in [segments(_stretches(tables))] for table in tables]
    filters = _filters(drawn)
    leaves: dict[str, dict[str, None]] = {OFFENCE: {}}
    for drawing in drawn:
        for name in drawing.by:
            leaves.setdefault(name, {}).update(dict.fromkeys(drawing.leaves[name]))
        for name, found in drawing.scope.items():
            leaves.setdefault(name, {}).update(dict.fromkeys(found))
    leaves[RECORDS] = dict.fromkeys(leaf for parts in filters.values() for found in parts.values() for leaf in found)
    if force:
        leaves[FORCE] = {force: None}
    axes = {
        name: axis(f"dimension {name!r}", (sorted(found) if name.startswith(MONTH) else tuple(found)) or (TOTAL,))
        for name, found in leaves.items()
        if found or name != RECORDS
    }
    published = tuple(drawing.published(axes, filters, words_only=_words_only(drawn)) for drawing in drawn)
    spots = {(each.table.name, at): place for each in drawn for at, place in each.places.items()}
    nowhere = (box for drawing in drawn for box in drawing.lines(filters).empty(axes))
    document = Document(
        axes,
        published,
        known_zero=tuple(dict.fromkeys((*_known_zero(drawn, axes), *_apart(drawn, filters, axes), *nowhere))),
        links=(*_between(tables, published, links, spots), *(link for each in drawn for link in each.links())),
    )
    return Described(document, spots)


def _stretches(tables: Sequence[Table]) -> Iterator[Days]:
    """Every stretch of days that some table names."""
    for table in tables:
        dates = table.population.dates
        if dates and dates.last:
            yield dates.first, dates.last
        for dimension in table.dimensions:
            for leaf in dimension.leaves:
                if isinstance(leaf.key, PeriodKey):
                    yield leaf.key.period.first_day, leaf.key.period.last_day


def dimension_name(dimension: Dimension, population: Population) -> str:
    """Return what the document calls a dimension: questions and classes are totals over codes, years over months.

    Questions that count different records and share a code are lines of their own: no code says where a record lies.
    """
    if dimension.name == _QUESTION and population.aside and not dimension.exclusive:
        return _QUESTION
    if dimension.name in _OF_OFFENCES:
        return OFFENCE
    if dimension.is_time or dimension.name in COLUMNS:
        return time_name(population)
    return dimension.name


def time_name(population: Population) -> str:
    """Return what the document calls the months: those of another date than the recorded one are others."""
    basis = population.dates.basis if population.dates else "recorded"
    return MONTH if basis == "recorded" else f"{MONTH}, {basis}"


def apart(table: Table) -> str:
    """Return the name of records that no filter of the release cuts, or nothing: a sample, people, other records."""
    if table.population.aside:
        return table.population.aside
    if table.unit not in RECORD_UNITS:
        return table.unit
    return table.population.records


def _filters(drawn: Sequence[_Drawing]) -> dict[str, Mapping[str, tuple[str, ...]]]:
    """For each kind of records apart, the parts that each filter counts.

    Parts of people bear the name of their role: what is said of victims does not hold for suspects under a like filter.
    """
    kinds: dict[str, dict[str, Population]] = {}
    people: set[str] = set()
    for drawing in drawn:
        if not drawing.table.population.aside:
            kind = apart(drawing.table)
            kinds.setdefault(kind, {})[drawing.filter] = drawing.table.population
            kinds[kind] |= {each.population.filter: each.population for each in drawing.table.there}
            if drawing.table.unit not in RECORD_UNITS:
                people.add(kind)
    return {
        kind: {
            name: tuple(role_leaf(kind, leaf) if kind in people else leaf for leaf in leaves)
            for name, leaves in parts_of(populations).items()
        }
        for kind, populations in kinds.items()
    }


def _apart(
    drawn: Sequence[_Drawing], filters: Mapping[str, Mapping[str, tuple[str, ...]]], axes: Mapping[str, Axis]
) -> Iterator[Box]:
    """The parts of the records that lie in no line of a dimension, because the line says what the filter says."""
    for kind, parts in filters.items():
        mine = [each for each in drawn if not each.table.population.aside and apart(each.table) == kind]
        populations = {each.filter: each.table.population for each in mine if each.filter in parts}
        cuts = [(found, each.table.population) for each in mine for found in each.table.dimensions]
        yield from impossible(cuts, populations, parts, axes)


def _words_only(drawn: Sequence[_Drawing]) -> bool:
    """Whether the filters of a release differ in words alone."""
    bare = {
        replace(each.table.population, words=None, codes=(), dates=None)
        for each in drawn
        if not each.table.population.aside
    }
    return len(bare) == 1 and not any(each.marker or each.state for each in bare)


class _Drawing:
    """One table on its way into the document."""

    def __init__(self, table: Table, finest: list[Days]) -> None:
        self.table, self.finest = table, finest
        self.filter = table.population.filter
        self.by = tuple(dimension_name(dimension, table.population) for dimension in table.dimensions)
        if len(set(self.by)) != len(self.by):
            raise DisclosureError(f"table {table.name!r}: two of its dimensions cut the same thing")
        self.places = {
            at: tuple(key.text for key in at)
            for at in table.coordinates()
            if not isinstance(table.cells[at], NotSearched)
        }
        self.searched = [self._searched(at) for at in range(len(self.by))]
        self.once = OCCURRENCE if table.unit == "occurrences" else ""
        self.sets = [self._sets(at) for at in range(len(self.by))]
        self.leaves: dict[str, tuple[str, ...]] = {}
        self.totals: dict[str, dict[str, tuple[str, ...]]] = {}
        for at, name in enumerate(self.by):
            self.leaves[name], self.totals[name] = self._axis(at)
        self.scope = self._scope()

    def parts(self, leaf: Leaf) -> tuple[str, ...]:
        """Return the leaves of the document that a leaf of the table adds up."""
        if isinstance(leaf.key, PeriodKey):
            return inside((leaf.key.period.first_day, leaf.key.period.last_day), self.finest)
        return tuple(member.text for member in leaf.members)

    def _scope(self) -> dict[str, tuple[str, ...]]:
        """The codes and months that count where no dimension of the table says them."""
        found: dict[str, tuple[str, ...]] = {}
        population, time = self.table.population, time_name(self.table.population)
        if population.codes and OFFENCE not in self.by:
            found[OFFENCE] = population.codes
        if population.dates and population.dates.last and time not in self.by:
            found[time] = inside((population.dates.first, population.dates.last), self.finest)
        return found

    def _searched(self, at: int) -> tuple[Leaf, ...]:
        """The leaves of one dimension of which some cell holds a number, and the omitted, which hold none."""
        held = {place[at] for place in self.places}
        many = len(self.table.rows)
        omitted = self.table.omitted_rows if at < many else self.table.omitted_columns
        held |= {place[at if at < many else at - many] for place in omitted}
        return tuple(leaf for leaf in self.table.dimensions[at].leaves if leaf.key in held)

    def _sets(self, at: int) -> bool:
        """Whether the leaves of a dimension overlap, so that sets of them are what records lie in."""
        dimension = self.table.dimensions[at]
        return not dimension.exclusive and not self.once and self.by[at] != OFFENCE and not dimension.is_time

    def _axis(self, at: int) -> tuple[tuple[str, ...], dict[str, tuple[str, ...]]]:
        searched = self.searched[at]
        totals: dict[str, tuple[str, ...]]
        if self.sets[at]:
            if len(searched) > MOST_OVERLAPPING:
                self.once = self.once or "record"
                self.sets[at] = False
            else:
                return self._overlapping(searched)
        parts = (lambda leaf: (leaf.key.text,)) if self.by[at] == _QUESTION else self.parts
        leaves = tuple(dict.fromkeys(each for leaf in searched for each in parts(leaf)))
        sums = {leaf.key.text: parts(leaf) for leaf in searched}
        totals = {text: parts for text, parts in sums.items() if parts != (text,)}
        if leaves:
            totals[TOTAL] = leaves
        return leaves, totals

    @staticmethod
    def _overlapping(searched: Sequence[Leaf]) -> tuple[tuple[str, ...], dict[str, tuple[str, ...]]]:
        """A leaf for each set of overlapping lines that one record may lie in."""
        texts = [leaf.key.text for leaf in searched]
        sets = [combo for size in range(1, len(texts) + 1) for combo in combinations(texts, size)]
        named = {combo: overlapping_leaf(combo) for combo in sets}
        totals = {text: tuple(name for combo, name in named.items() if text in combo) for text in texts}
        return tuple(named.values()), {**totals, TOTAL: tuple(named.values())}

    def published(
        self, axes: Mapping[str, Axis], filters: Mapping[str, Mapping[str, tuple[str, ...]]], *, words_only: bool
    ) -> PublishedTable:
        """Return the table as the document holds it, with its true counts.

        With `words_only` its release has no filter but words, which are in all records of an occurrence or in none.
        """
        own = dict(axes)
        for name in self.by:
            if self.leaves[name]:
                where = f"table {self.table.name!r}, {name}"
                own[name] = axis(where, self.leaves[name], self.totals[name], axes[name])
            elif (
                self.places and TOTAL not in axes[name].leaves
            ):  # no line was counted, and the total is of all that others print
                own[name] = axis(f"table {self.table.name!r}, {name}", axes[name].leaves, {TOTAL: axes[name].leaves})
        for name, found in self.scope.items():
            own[name] = axis(f"table {self.table.name!r}, {name}", found, {}, axes[name])
        parts = filters.get(apart(self.table), {}).get(self.filter)
        population = apart(self.table)
        if not parts and not self.table.population.aside:  # too many filters to cut the records by
            population = ", ".join(filter(None, (population, self.filter)))
        if parts and RECORDS in axes:
            own[RECORDS] = axis(f"table {self.table.name!r}, {RECORDS}", parts, {}, axes[RECORDS])
        cells = [PublishedCell(place, n := _number(self.table, at), n) for at, place in self.places.items()]
        cells += [PublishedCell(place, 0, 0) for place in self.empty()]
        if self.has_holes:
            population = f"{population or 'all'}, as searched for {self.table.name}"
        together = (RECORDS,) if parts and self.once == OCCURRENCE and words_only else ()
        made = PublishedTable(self.table.name, self.by, own, tuple(cells), population, self.once, together)
        return replace(made, not_empty=self.lines(filters).not_empty(axes))

    def lines(self, filters: Mapping[str, Mapping[str, tuple[str, ...]]]) -> TableLines:
        """Return its lines, which tell where records are and where none are."""
        mine = {} if self.has_holes else filters.get(apart(self.table), {})
        time = time_name(self.table.population)
        return TableLines(self.table, self.by, time, self.leaves, self.scope, self.parts, mine)

    def empty(self) -> list[At]:
        """Return the places of lines and columns that were left out because nothing was counted in them."""
        rows, columns = len(self.table.rows), len(self.table.columns)
        spots: list[Spot] = [(*line, *(ALL,) * columns) for line in self.table.omitted_rows]
        spots += [(*(ALL,) * rows, *head) for head in self.table.omitted_columns]
        return [tuple(key.text for key in spot) for spot in spots]

    @cached_property
    def has_holes(self) -> bool:
        """Whether single cells, not whole lines or columns, were not searched: totals then count fewer records."""
        held = [{ALL, *(leaf.key for leaf in searched)} for searched in self.searched]
        return any(
            isinstance(cell, NotSearched) and all(key in keys for key, keys in zip(at, held, strict=True))
            for at, cell in self.table.cells.items()
        )

    def links(self) -> list[CellLink]:
        """Return, for a table that counts records once over many overlapping lines, what still adds up."""
        if self.once != "record":
            return []
        found = []
        for at, dimension in enumerate(self.table.dimensions):
            if not dimension.exclusive:
                continue
            for spot in self.places:
                if not isinstance(spot[at], TotalKey):
                    continue
                parts = [(*spot[:at], leaf.key, *spot[at + 1 :]) for leaf in self.searched[at]]
                if all(part in self.places for part in parts):
                    total = ((self.table.name, self.places[spot]),)
                    inside = tuple((self.table.name, self.places[part]) for part in parts)
                    found += [CellLink(total, inside), CellLink(inside, total)]
        return found


def _number(table: Table, at: Spot) -> int:
    cell = table.cells[at]
    if isinstance(cell, Count):
        return cell.n
    if isinstance(cell, NotInForce):
        return 0
    where = [key.text for key in at]
    raise DisclosureError(
        f"table {table.name!r}: the cell at {where} is {type(cell).__name__} before disclosure control"
    )


def _between(
    tables: Sequence[Table],
    told: Sequence[PublishedTable],
    links: Sequence[Link],
    found: Mapping[tuple[str, Spot], At],
) -> list[CellLink]:
    """A link of tables as links of the cells that both have at the same place, where no common part says it."""
    named = {table.name: table for table in tables}
    published = {table.name: table for table in told}
    made = []
    for link in links:
        less, than = named[link.less].population, named[link.than].population
        if published[link.less].measure == published[link.than].measure and not less.aside and within(less, than):
            continue
        for at in named[link.less].coordinates():
            if (link.less, at) in found and (link.than, at) in found:
                made.append(CellLink(((link.less, found[link.less, at]),), ((link.than, found[link.than, at]),)))
    return made


def _known_zero(drawn: Sequence[_Drawing], axes: Mapping[str, Axis]) -> tuple[Box, ...]:
    """Offences that a reader knows were not law in a month, unless something was recorded all the same."""
    recorded: set[tuple[str, str, str]] = set()
    pairs: set[tuple[str, str, str]] = set()
    cut: set[tuple[str, str, str]] = set()
    for drawing in drawn:
        table, names = drawing.table, drawing.by
        time = time_name(table.population)
        for code, month in table.known_zero:
            days = month.first_day, month.last_day
            pairs |= {(code.text, time, stretch) for stretch in inside(days, drawing.finest)}
        if OFFENCE not in names or time not in names:
            continue
        at, when = names.index(OFFENCE), names.index(time)
        for spot, cell in table.cells.items():
            if isinstance(spot[at], TotalKey) or isinstance(spot[when], TotalKey):
                continue
            codes, months = (drawing.parts(table.leaf(index, spot[index])) for index in (at, when))
            if isinstance(cell, NotInForce):
                pairs |= {(code, time, month) for code in codes for month in months}
            elif isinstance(cell, Count) and cell.n > 0 and len(codes) == len(months) == 1:
                recorded.add((codes[0], time, months[0]))
        cut |= {(code, time, month) for code in drawing.leaves[OFFENCE] for month in drawing.leaves[time]}
    whole = {name: frozenset(found.leaves) for name, found in axes.items()}
    return tuple(
        tuple(
            frozenset((code,)) if name == OFFENCE else frozenset((month,)) if name == time else side
            for name, side in whole.items()
        )
        for code, time, month in sorted((pairs & cut) - recorded)
    )
