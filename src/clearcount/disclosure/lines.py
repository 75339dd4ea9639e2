"""What the lines of a table say of the filters of its release: by logic alone, no count has a say in it.

What it does: names the parts of the records that cannot lie in a line.
Why: a table by what readers decided and a table of the confirmed count the same records. One has a dimension for it
and the other a filter, and nothing else ties the two.
Example: the line North of a table by district holds no record of the filter "district is South".
Use instead: nothing. Groups of values are not compared, because a group may be called what one of its values is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import TypeAlias

from clearcount.disclosure.document import Axis, Box
from clearcount.disclosure.filters import RECORDS, within
from clearcount.model.columns import Condition, NumberRange
from clearcount.model.keys import BandKey, BlankKey, CodedKey, Key, StateKey, TermKey, ValueKey
from clearcount.model.population import Population, Words
from clearcount.model.table import Dimension

_STATES: Mapping[str, tuple[str, ...]] = {
    "confirmed": ("confirmed",),
    "confirmed or unclear": ("confirmed", "unclear"),
    "undecided": ("undecided",),
}
MOST_OVERLAPPING = 5
"""With more overlapping lines, the sets in which a record may lie are not written out."""
_NO_MARK = "without a word of the marker"


def overlapping_leaf(lines: Sequence[str]) -> str:
    """Return the leaf of the records that lie in these overlapping lines and in no other."""
    return "only " + " & ".join(sorted(lines))


@dataclass(frozen=True)
class _Held:
    """The line of the records that hold these terms and no others of `searched`, in the words of a table."""

    terms: frozenset[str]
    searched: frozenset[str]
    words: Words


_Line: TypeAlias = Key | _Held


def impossible(
    cuts: Sequence[tuple[Dimension, Population]],
    populations: Mapping[str, Population],
    parts: Mapping[str, Sequence[str]],
    axes: Mapping[str, Axis],
) -> Iterator[Box]:
    """Yield boxes that hold no record: a part of the records, and the lines of a dimension in which it cannot lie.

    `cuts` are the dimensions of each table with what the table counts. `populations` and `parts` give each filter of
    the release and the parts that it counts.
    """
    held: dict[str, set[str]] = {}
    for name, leaves in parts.items():
        for leaf in leaves:
            held.setdefault(leaf, set()).add(name)
    for dimension, lines in _lines(cuts).items():
        # records that no table with these lines counts may lie in none of them
        counted = {leaf for cut, each in cuts if cut.name == dimension for leaf in parts.get(each.filter, ())}
        for part in sorted(counted):
            names = held[part]
            apart = {
                text
                for text, line in lines.items()
                if dimension in axes
                and text in axes[dimension].leaves
                and _contradicts(dimension, line, names, populations)
            }
            if apart:
                sides: dict[str, frozenset[str]] = {RECORDS: frozenset((part,)), dimension: frozenset(apart)}
                yield tuple(sides.get(name, frozenset(axis.leaves)) for name, axis in axes.items())


def _lines(cuts: Sequence[tuple[Dimension, Population]]) -> dict[str, dict[str, _Line]]:
    """The lines of each dimension by their text; those that mean two things in two tables are left out."""
    found: dict[str, dict[str, set[_Line]]] = {}
    grouped = {cut.name for cut, _ in cuts if not cut.values}
    for dimension, population in cuts:
        lines = found.setdefault(dimension.name, {})
        if dimension.exclusive:
            for leaf in dimension.leaves:
                if not (isinstance(leaf.key, ValueKey) and dimension.name in grouped):
                    lines.setdefault(leaf.key.text, set()).add(leaf.key)
        elif population.words and all(isinstance(leaf.key, TermKey) for leaf in dimension.leaves):
            terms = [leaf.key.text for leaf in dimension.leaves]
            for size in range(1, len(terms) + 1) if len(terms) <= MOST_OVERLAPPING else ():
                for combination in combinations(terms, size):
                    line = _Held(frozenset(combination), frozenset(terms), population.words)
                    lines.setdefault(overlapping_leaf(combination), set()).add(line)
    return {
        name: {text: next(iter(several)) for text, several in lines.items() if len(several) == 1}
        for name, lines in found.items()
    }


def _contradicts(dimension: str, line: _Line, names: set[str], populations: Mapping[str, Population]) -> bool:
    """Whether no record of a line can be counted under these filters and no others."""
    for name, population in populations.items():
        said = _says(dimension, line, population)
        if name in names and said is False:
            return True
        if name not in names and said:
            bare = _without("state" if isinstance(line, CodedKey) else dimension, population)
            if any(within(populations[other], bare) for other in names):
                return True
    return False


def _says(dimension: str, line: _Line, population: Population) -> bool | None:
    """Whether a record in a line meets what a filter says of the line's dimension; None where it says nothing."""
    if isinstance(line, _Held):
        return _meets(line, population.words) if population.words else None
    if isinstance(line, StateKey) and dimension == "state":
        states = () if population.marker else _STATES.get(population.state, ())
        return line.state in states if states else None
    if isinstance(line, StateKey) and dimension == "marker":
        if not population.marker:
            return None
        if population.state == "any mark":
            return line.state != _NO_MARK
        return line.state.casefold() == f"marked {population.marker}".casefold()
    if isinstance(line, CodedKey):  # only what is confirmed is coded; of the others the line says nothing
        states = () if population.marker else _STATES.get(population.state, ())
        return "confirmed" in states if states and line.coded else None
    normal = dict(population.where).get(dimension)
    if not normal:
        return None
    condition = Condition.of(normal)
    if isinstance(line, ValueKey | BlankKey):
        return condition.holds(line.value if isinstance(line, ValueKey) else "")
    if isinstance(line, BandKey) and not (condition.values or condition.excluded):
        band = NumberRange(line.low, line.high)
        if condition.blank or not band.meets(condition.low, condition.high):
            return False
        return True if band.within(condition.low, condition.high) else None
    return None


def _meets(line: _Held, words: Words) -> bool | None:
    """Whether records that hold some terms and no others of a search are found by another search."""
    if words.all or words.none or (words.rule, words.fields) != (line.words.rule, line.words.fields):
        return None
    if not set(words.any) <= set(Words.of(words.rule, line.searched).any):
        return None
    return bool(set(words.any) & set(Words.of(words.rule, line.terms).any))


def _without(dimension: str, population: Population) -> Population:
    """The filter without what it says of a dimension."""
    if dimension == "state":
        return replace(population, state="")
    if dimension == "marker":
        return replace(population, marker="", state="")
    if dimension == "term":
        return replace(population, words=None)
    return replace(population, where=tuple(each for each in population.where if each[0] != dimension))
