"""Clique by clique or whole: the auditor finds the same intervals, and no small part is lost."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from random import Random

import pytest

from clearcount.disclosure import crosses
from clearcount.disclosure.auditor import audit
from clearcount.disclosure.cliques import tree
from clearcount.disclosure.differences import small_pieces
from clearcount.disclosure.document import Document, PublishedCell, PublishedTable, axis, hidden_targets

SIZES = {"a": 3, "b": 4, "c": 2, "d": 3}
HALVES = {"b": {"b01": ("b0", "b1"), "b23": ("b2", "b3")}}


def _document(seed: int, *, hide: float) -> Document:
    """Two to five tables over some hundred records, some of whose figures are hidden, with a few known zeros."""
    random = Random(seed)
    leaves = {name: [f"{name}{n}" for n in range(size)] for name, size in SIZES.items()}
    every = list(product(*leaves.values()))
    zeros = tuple(
        tuple(
            frozenset((leaf,)) if name in ("a", "b") else frozenset(leaves[name])
            for name, leaf in zip(SIZES, at, strict=True)
        )
        for at in random.sample(every, random.choice((0, 0, 1, 2)))
    )
    counts = {
        at: 0
        if any(all(x in side for x, side in zip(at, zero, strict=True)) for zero in zeros)
        else int(random.expovariate(0.7))
        for at in every
    }
    plain = {name: axis(name, leaves[name]) for name in SIZES}
    tables = []
    for number in range(random.randint(2, 5)):
        by = tuple(random.sample(list(SIZES), random.choice((1, 2, 2, 3 if number == 0 else 2))))
        axes = dict(plain)
        names = []
        for name in by:
            halves = HALVES.get(name, {}) if random.random() < 0.5 else {}
            parts = list(halves) or leaves[name]
            axes[name] = axis(name, leaves[name], {**halves, "total": parts})
            names.append([*parts, "total"])
        cells = []
        for at in product(*names):
            sides = [axes[n].members[at[by.index(n)]] if n in by else frozenset(leaves[n]) for n in SIZES]
            n = sum(count for place, count in counts.items() if all(x in s for x, s in zip(place, sides, strict=True)))
            hidden = n and random.random() < hide
            cells.append(PublishedCell(at, 1, None) if hidden else PublishedCell(at, n, n))
        tables.append(PublishedTable(f"t{number}", by, axes, tuple(cells)))
    return Document(plain, tuple(tables), known_zero=zeros, targets=hidden_targets(tables))


@pytest.mark.parametrize("seed", range(60))
def test_the_intervals_are_those_of_the_whole_cross(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    document = _document(seed, hide=0.3 if seed % 2 else 0.6)
    whole = audit(document)
    monkeypatch.setattr(crosses, "MOST_WHOLE", 0)
    apart = audit(document)
    assert whole.consistent and apart.consistent
    assert [(item.low, item.high) for item in apart.intervals] == [(item.low, item.high) for item in whole.intervals]


@pytest.mark.parametrize("seed", range(30))
def test_small_parts_of_the_whole_cross_are_found_apart_too(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    document = _document(seed, hide=0.5)
    whole = small_pieces(document, 5, sums=True)
    monkeypatch.setattr(crosses, "MOST_WHOLE", 0)
    apart = small_pieces(document, 5, sums=True)
    assert bool(apart) or not whole


def test_a_contradiction_is_found_apart_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crosses, "MOST_WHOLE", 0)
    found = 0
    for seed in range(12):
        document = _document(seed, hide=0)
        table = document.tables[-1]
        wrong = tuple(PublishedCell(c.at, c.low + (n == 0), c.low + (n == 0)) for n, c in enumerate(table.cells))
        changed = Document(
            document.axes, (*document.tables[:-1], PublishedTable(table.name, table.by, table.axes, wrong))
        )
        result = audit(changed)
        assert not result.consistent and result.clash
        found += 1
    assert found == 12


def _sides(*sides: Sequence[int]) -> tuple[frozenset[int], ...]:
    return tuple(map(frozenset, sides))


def test_only_what_tables_cross_is_crossed() -> None:
    every = [range(4), range(6), range(5)]

    def pair(one: int, two: int) -> list[tuple[frozenset[int], ...]]:
        return [
            _sides(*([place[axis]] if axis in (one, two) else every[axis] for axis in range(3)))
            for place in product(*every)
        ]

    apart = tree((4, 6, 5), [pair(0, 1), pair(1, 2)])
    assert sorted(clique.size for clique in apart.cliques) == [24, 30]
    assert [[len(blocks) for blocks in meet.blocks] for _, _, meet in apart.meets] == [[1, 6, 1]]
    around = tree((4, 6, 5), [pair(0, 1), pair(1, 2), pair(2, 0)])
    assert [clique.size for clique in around.cliques] == [4 * 6 * 5]


def test_years_and_months_meet_in_years() -> None:
    months, years = [frozenset((n,)) for n in range(24)], [frozenset(range(12)), frozenset(range(12, 24))]
    offences, places = [frozenset((n,)) for n in range(3)], [frozenset((n,)) for n in range(7)]
    anything, anywhere = frozenset(range(3)), frozenset(range(7))
    found = tree(
        (3, 24, 7),
        [[(o, m, anywhere) for o in offences for m in months], [(anything, y, p) for y in years for p in places]],
    )
    assert sorted(clique.size for clique in found.cliques) == [14, 72]
    assert [[len(blocks) for blocks in meet.blocks] for _, _, meet in found.meets] == [[1, 2, 1]]


def test_what_stands_in_the_way_is_joined_and_no_more() -> None:
    """Offence by month, by place and by age, place by year and by age: no month is crossed with a place."""
    sizes = (10, 60, 8, 6)
    whole = [frozenset(range(size)) for size in sizes]
    years = [frozenset(range(n, n + 12)) for n in range(0, 60, 12)]
    single = [[frozenset((n,)) for n in range(size)] for size in sizes]

    def group(**parts: list[frozenset[int]]) -> list[tuple[frozenset[int], ...]]:
        return [tuple(at) for at in product(*(parts.get(f"d{axis}", [whole[axis]]) for axis in range(4)))]

    found = tree(
        sizes,
        [
            group(d0=single[0], d1=single[1]),
            group(d0=single[0], d2=single[2]),
            group(d0=single[0], d3=single[3]),
            group(d2=single[2], d1=years),
            group(d2=single[2], d3=single[3]),
        ],
    )
    assert sorted(clique.size for clique in found.cliques) == [10 * 5 * 8, 10 * 8 * 6, 10 * 60]
