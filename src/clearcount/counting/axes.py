"""How a record finds its line: one axis for each dimension of a table."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, TypeAlias

from clearcount.counting.found import Flag
from clearcount.model.keys import Key
from clearcount.model.table import Dimension, Leaf


@dataclass(frozen=True)
class ByValue:
    """An axis that one value of a record decides: `keys` gives the lines of a value, none for outside.

    `column` names the values: `code`, `state`, `day:recorded`, or an extra column as `value:district`. `of_scope` are
    the lines that print because a record in scope is in them, `of_counted` those that one which counts made. `nowhere`
    are codes that were asked for and have no line.
    """

    dimension: Dimension
    column: str
    keys: Callable[[Any], Collection[Key]]
    of_scope: tuple[Leaf, ...] = ()
    of_counted: tuple[Leaf, ...] = ()
    nowhere: frozenset[Key] = frozenset()


@dataclass(frozen=True)
class ByFlag:
    """An axis whose lines each have flags; a record stands in every line of which it carries a flag."""

    dimension: Dimension
    lines: tuple[tuple[Key, tuple[Flag, ...]], ...]


Axis: TypeAlias = ByValue | ByFlag
Axes: TypeAlias = tuple[Axis, ...]
