"""Tables of counts, before and after disclosure control.

A cell is not an int: a zero, "not in force", "not searched" and "hidden" are different answers and print differently.
`Table` holds exact counts and never leaves the force. `ControlledTable` is made only by
`clearcount.disclosure.control`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product
from typing import Literal, TypeAlias

from clearcount.errors import DisclosureError
from clearcount.model.keys import ALL, CodeKey, Key, MergedKey, PeriodKey, Place
from clearcount.model.marks import joined_marks
from clearcount.model.months import Month
from clearcount.model.population import EVERYTHING, Population


@dataclass(frozen=True)
class Count:
    """An exact count; zero is 0."""

    n: int


@dataclass(frozen=True)
class NotInForce:
    """The offence did not exist in any part of the period and nothing was recorded. Printed [z]."""


@dataclass(frozen=True)
class NotSearched:
    """Not searched or not held. Printed [x]."""


@dataclass(frozen=True)
class Suppressed:
    """A suppressed count. `low`: labelled as below the threshold, which tells a reader 1..T-1. Printed [c] or [low]."""

    why: Literal["primary", "complementary"]
    low: bool = False


@dataclass(frozen=True)
class Rounded:
    """A count rounded to `base`. Its marker is `round`; a page says so in the heading of the table."""

    n: int
    base: int


Cell: TypeAlias = Count | NotInForce | NotSearched | Suppressed | Rounded


@dataclass(frozen=True)
class Leaf:
    """One line or column of a dimension, or its total.

    `members` are the finest parts that it adds up: the codes of a question, the codes that a policy merged. A leaf
    that is no sum is its own only member. `code` is what a bundle prints in its column `code`.
    """

    key: Key
    label: str
    members: tuple[Key, ...] = ()

    def __post_init__(self) -> None:
        if not self.members:
            object.__setattr__(self, "members", (self.key,))

    @property
    def code(self) -> str:
        """`HO 086/02`; the codes of a question joined by `|`, those of merged lines by ` + `; empty without a code."""
        codes = [member.printed for member in self.members if isinstance(member, CodeKey)]
        return (" + " if isinstance(self.key, MergedKey) else "|").join(codes)


@dataclass(frozen=True)
class Dimension:
    """One way in which a table cuts its records.

    `name` is what a request calls it (`offence`, `month`, `victim_age`), `title` what a page calls it. `leaves` are the
    lines that print, in order. `total` is the margin over them, or None where there is none. In an `exclusive`
    dimension each record is under one leaf at most, so that the leaves add up to the total. In another, largest leaf <=
    total <= sum of leaves. `values` says that each leaf is one value of the column `name`, and no group.
    """

    name: str
    title: str
    leaves: tuple[Leaf, ...]
    total: Leaf | None = Leaf(ALL, "Total")
    exclusive: bool = True
    values: bool = False

    def leaf(self, key: Key) -> Leaf:
        """Return the leaf or total with this key. Raises KeyError."""
        return self._by_key[key]

    @cached_property
    def _by_key(self) -> Mapping[Key, Leaf]:
        return {leaf.key: leaf for leaf in (*self.leaves, *((self.total,) if self.total else ()))}

    @property
    def is_time(self) -> bool:
        """Whether its leaves are stretches of days."""
        return all(isinstance(leaf.key, PeriodKey) for leaf in self.leaves) and bool(self.leaves)


@dataclass(frozen=True)
class There:
    """A line that prints because records are in it, not because somebody asked for it.

    A reader knows that at least one record of `population` is in the leaves `at`, each with the name of its dimension.
    `unlawful` says that the offence did not exist then, so that without a record the cell would print "not in force".
    """

    at: tuple[tuple[str, Leaf], ...]
    population: Population
    unlawful: bool = False


class _Shape:
    """What exact and controlled tables share: their lines, their columns and the places of their cells."""

    rows: tuple[Dimension, ...]
    columns: tuple[Dimension, ...]
    omitted_rows: tuple[Place, ...]
    omitted_columns: tuple[Place, ...]

    @property
    def dimensions(self) -> tuple[Dimension, ...]:
        """Every dimension, those of the rows first; a place has one key for each."""
        return (*self.rows, *self.columns)

    @property
    def lines(self) -> tuple[Place, ...]:
        """The row part of every place that prints, in order, the margin last; one empty line without rows."""
        return lines_of(self.rows, self.omitted_rows)

    @property
    def heads(self) -> tuple[Place, ...]:
        """The column part of every place that prints, in order, the margin last."""
        return lines_of(self.columns, self.omitted_columns)

    def coordinates(self) -> tuple[Place, ...]:
        """Return every place in print order, margins last."""
        return tuple((*line, *head) for line in self.lines for head in self.heads)

    @property
    def whole(self) -> Place:
        """The place of the grand total; the only cell of a table without dimensions."""
        return (ALL,) * len(self.dimensions)

    @property
    def additive(self) -> bool:
        """Whether every margin is the sum of the cells beside it."""
        return all(dimension.exclusive for dimension in self.dimensions)

    def leaf(self, at: int, key: Key) -> Leaf:
        """Return the leaf of the dimension numbered `at` (rows first). Raises KeyError."""
        return self.dimensions[at].leaf(key)

    def place(self, *texts: str) -> Place:
        """Return the place that the texts of its keys name, as a file writes them. Raises KeyError."""
        return self._by_texts[texts]

    @cached_property
    def _by_texts(self) -> Mapping[tuple[str, ...], Place]:
        return {tuple(key.text for key in place): place for place in self.coordinates()}


def places(dimensions: tuple[Dimension, ...], omitted: tuple[Place, ...] = ()) -> tuple[Place, ...]:
    """Return every combination of leaves in print order but for the omitted; one empty place without dimensions."""
    gone = frozenset(omitted)
    keys = (tuple(leaf.key for leaf in dimension.leaves) for dimension in dimensions)
    return tuple(place for place in product(*keys) if place not in gone)


def lines_of(dimensions: tuple[Dimension, ...], omitted: tuple[Place, ...] = ()) -> tuple[Place, ...]:
    """Return the places of one side of a table in print order, the margin last."""
    has_margin = bool(dimensions) and all(dimension.total for dimension in dimensions)
    return (*places(dimensions, omitted), *(((ALL,) * len(dimensions),) if has_margin else ()))


@dataclass(frozen=True)
class Table(_Shape):
    """Exact counts, internal. Every pair of a line and a column, margins included, has a cell.

    Two tables of one `population` are cuts of the same records. `known_zero` are (code, month) pairs that a reader
    knows to be zero because the offence was not in force. `provisional` are keys whose period is held in part.
    `omitted_rows` and `omitted_columns` are lines and columns that do not print because they hold no count above 0.
    `there` are the lines that print because records are in them. `nowhere` are codes that were asked for and have no
    line, because the table counts no record of them. `said_empty` says that words beside the table tell that it counts
    nothing at all.
    """

    name: str
    title: str
    rows: tuple[Dimension, ...]
    columns: tuple[Dimension, ...]
    cells: Mapping[Place, Cell]
    population: Population = EVERYTHING
    unit: str = "offences"
    known_zero: frozenset[tuple[Key, Month]] = frozenset()
    provisional: frozenset[Key] = frozenset()
    omitted_rows: tuple[Place, ...] = ()
    omitted_columns: tuple[Place, ...] = ()
    there: tuple[There, ...] = ()
    nowhere: frozenset[Key] = frozenset()
    said_empty: bool = False

    def __post_init__(self) -> None:
        missing = [at for at in self.coordinates() if at not in self.cells]
        if missing:
            first = " / ".join(key.text for key in missing[0])
            raise ValueError(f"table {self.name!r} lacks {len(missing)} cells, the first at {first}")


@dataclass(frozen=True)
class Link:
    """Every cell of table `less` is at most the cell of table `than` at the same place."""

    less: str
    than: str


_CONTROL = object()


@dataclass(frozen=True)
class ControlledTable(_Shape):
    """A table that disclosure control has let out; the same shape as `Table`, but its cells are safe to print.

    Only `clearcount.disclosure.control` can make one: it passes `controlled_by`.
    """

    name: str
    title: str
    rows: tuple[Dimension, ...]
    columns: tuple[Dimension, ...]
    cells: Mapping[Place, Cell]
    population: Population
    unit: str
    provisional: frozenset[Key]
    omitted_rows: tuple[Place, ...]
    omitted_columns: tuple[Place, ...]
    controlled_by: object = field(default=None, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.controlled_by is not _CONTROL:
            raise DisclosureError(
                "a ControlledTable is made only by clearcount.disclosure.control; pass the table through it"
            )

    def value(self, at: Place) -> str:
        """Return the column `value` of a bundle: a whole number, or empty for a cell that prints a marker only."""
        cell = self.cells[at]
        return str(cell.n) if isinstance(cell, Count | Rounded) else ""

    def marks(self, at: Place) -> tuple[str, ...]:
        """Return the shorthand of the cell: `c`, `low`, `z`, `x`, `round`, and `p` where its period is provisional."""
        kinds = {Suppressed: "c", NotInForce: "z", NotSearched: "x", Rounded: "round"}
        cell = self.cells[at]
        mark = "low" if isinstance(cell, Suppressed) and cell.low else kinds.get(type(cell), "")
        provisional = not self.provisional.isdisjoint(at)
        return tuple(filter(None, (mark, "p" if provisional else "")))

    def marker(self, at: Place) -> str:
        """Return the column `marker` of a bundle: the shorthand joined by `|`, or empty."""
        return joined_marks(self.marks(at))

    def shown(self, at: Place) -> str:
        """Return what a page prints in the cell: the number, or the shorthand in brackets; never blank."""
        marks = (mark for mark in self.marks(at) if mark != "round")
        return " ".join(filter(None, (self.value(at), *(f"[{mark}]" for mark in marks))))
