"""How the filters of one release cut what is recorded into parts, by logic alone: no count has a say in it.

Example: mentions hold the confirmed; the confirmed and the undecided have nothing in common. So recorded offences fall
into five parts: no mention, confirmed, unclear, undecided, and mentions that are none of these.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from clearcount.model.population import Population, Words

RECORDS = "records"
"""The dimension of a document whose leaves are the parts."""
_MOST = 256


def parts_of(populations: Mapping[str, Population]) -> dict[str, tuple[str, ...]]:
    """Return for each filter, by name, the parts that it counts; each part is named by the filters that count it.

    Where there would be more than 256 parts, only filters without words or markers are cut; the others are left out.
    """
    names = list(populations)
    grown: list[frozenset[str]] = [frozenset()]
    for name in names:
        both = [held | {name} for held in grown] + grown
        grown = [held for held in dict.fromkeys(both) if _possible(held, name, names, populations)]
        if len(grown) > _MOST:
            plain = {name: each for name, each in populations.items() if each.words is None and not each.marker}
            return parts_of(plain) if len(plain) < len(populations) else {}
    possible = [held for held in grown if held]
    return {name: tuple(filter_leaf(held) for held in possible if name in held) for name in names}


def filter_leaf(held: Iterable[str]) -> str:
    """Return the name of the part that is counted under these filters and no others of its release."""
    return " & ".join(sorted(held))


def _possible(held: frozenset[str], last: str, names: list[str], populations: Mapping[str, Population]) -> bool:
    """Whether one record may be counted under `held` and under no other of the filters up to `last`."""
    for name in names[: names.index(last) + 1]:
        for other in held:
            if name not in held and within(populations[other], populations[name]):
                return False
            if name in held and name != other and _disjoint(populations[other], populations[name]):
                return False
    return True


def within(less: Population, than: Population) -> bool:
    """Return whether every record of the first filter is one of the second, whatever the records are."""
    if less == than:
        return True
    if not _same_scope(less, than):
        return False
    return _words_within(less.words, than.words) and _marker_within(less, than) and _state_within(less, than)


def _same_scope(less: Population, than: Population) -> bool:
    """Whether both take their records from the same scope; a part of the `where` values is within the whole."""
    bare = {"where": (), "words": None, "marker": "", "state": "", "codes": (), "dates": None}
    if replace(less, **bare) != replace(than, **bare):  # type: ignore[arg-type]
        return False
    values = dict(less.where)
    return all(column in values and _values_within(values[column], allowed) for column, allowed in than.where)


def _values_within(less: tuple[str, ...], than: tuple[str, ...]) -> bool:
    """Whether a condition on a column is the other or lists some of the values that it lists."""
    plain = all(each.startswith("=") for each in (*less, *than))
    return less == than or (plain and set(less) <= set(than))


def _words_within(less: Words | None, than: Words | None) -> bool:
    if than is None:
        return True
    if less is None:
        return False
    wider = {"contains", "variant"} if less.rule == "word" else {"contains"} if less.rule == "padded" else set()
    if less.rule != than.rule and (than.rule not in wider or less.none or than.none):
        return False
    return (
        set(less.any) <= set(than.any)
        and set(than.all) <= set(less.all)
        and set(less.none) >= set(than.none)
        and set(less.fields) <= set(than.fields)
    )


def _marker_within(less: Population, than: Population) -> bool:
    if not than.marker:
        return True
    return less.marker.casefold() == than.marker.casefold() and (than.state == "any mark" or less.state == than.state)


def _state_within(less: Population, than: Population) -> bool:
    if than.marker or than.state in ("", "any mark"):
        return True
    if less.words != than.words:
        return False
    return less.state == than.state or (less.state == "confirmed" and than.state == "confirmed or unclear")


def _disjoint(one: Population, two: Population) -> bool:
    states = {one.state, two.state}
    same = replace(one, state="") == replace(two, state="")
    return same and "undecided" in states and bool(states & {"confirmed", "confirmed or unclear"})
