"""Random answers one after another, from the same records: a reader of all that is printed learns no small count.

The requests differ in codes, months, places, words and their spelling, in parts and wholes, and in what they replace;
between two of them records may be moved, changed, dropped and added. The reader knows how they relate, and where.
The attack is in `print_attack`, which shares no code with disclosure control.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from random import Random

import numpy as np
import pytest
from tests.property.print_attack import Mask, Reader

from clearcount.disclosure import Controlled, Policy
from clearcount.disclosure.control import control
from clearcount.disclosure.records import Earlier, Records
from clearcount.disclosure.revised import loosen
from clearcount.disclosure.ties import beside
from clearcount.errors import DisclosureError
from clearcount.model.keys import ALL, CodeKey, Key, PeriodKey, ValueKey
from clearcount.model.months import Month, Period
from clearcount.model.population import Population, Words
from clearcount.model.table import Cell, Count, Dimension, Leaf, Table

SETTINGS = {"rule": "suppress", "reason": "small counts", "approved_by": "reviewer", "time_limit": 20}
POLICY = Policy.parse(SETTINGS)
CODES = ("086/02", "086/10", "088/15")
MONTHS = tuple(Month(2024, month) for month in range(1, 7))
PLACES = ("North", "South", "West")
KINDS = ("month", "code", "place", "words", "gone", "new")
WORDS = ("none", "alpha", "alpha and beta")
SPELLINGS = {"alpha": (("alpha",), ("Alpha",), ("alpha", "zzyzx")), "beta": (("beta",),)}


@dataclass(frozen=True)
class Offence:
    """One record: code, month, place, and the words in it."""

    number: int
    code: str
    month: Month
    place: str
    words: str


@dataclass(frozen=True)
class Asked:
    """One request."""

    codes: tuple[str, ...]
    months: tuple[Month, ...]
    places: tuple[str, ...]
    by_place: bool
    by_month: bool
    word: str
    spelling: tuple[str, ...]


def _world(random: Random) -> list[Offence]:
    found: list[Offence] = []
    for code, month, place, words in product(CODES, MONTHS, PLACES, WORDS):
        for _ in range(max(0, int(random.gauss(1.8, 2.2)))):
            found.append(Offence(len(found), code, month, place, words))
    return found


def _asked(random: Random) -> Asked:
    first = random.randrange(3)
    word = random.choice(("", "", "alpha", "beta"))
    return Asked(
        codes=tuple(random.sample(CODES, random.randint(1, 3))),
        months=MONTHS[first : first + random.randint(2, 6 - first)],
        places=random.choice((PLACES, PLACES, PLACES[:1], PLACES[1:], PLACES[:2])),
        by_place=random.random() < 0.3,
        by_month=random.random() < 0.7,
        word=word,
        spelling=random.choice(SPELLINGS[word]) if word else (),
    )


def _counts(offence: Offence, asked: Asked, *, mentioned: bool) -> bool:
    return (
        offence.code in asked.codes
        and offence.month in asked.months
        and offence.place in asked.places
        and (not mentioned or asked.word in offence.words)
    )


def _population(asked: Asked, *, mentioned: bool) -> Population:
    where = () if asked.places == PLACES else (("place", tuple(f"={place.casefold()}" for place in asked.places)),)
    words = Words.of("word", asked.spelling, fields=["mo"]) if mentioned else None
    return Population(where=where, words=words)


def _lines(asked: Asked) -> Iterator[tuple[tuple[Key, ...], tuple[str, ...], tuple[str, ...], tuple[Month, ...]]]:
    """The place of each cell, and the codes, places and months that it counts."""
    spans = [(month,) for month in asked.months] if asked.by_month else [asked.months]
    heads = [(PeriodKey(_period(span)), span) for span in spans] + [(ALL, asked.months)]
    lines: list[tuple[tuple[Key, ...], tuple[str, ...], tuple[str, ...]]]
    if asked.by_place:
        lines = [((CodeKey(c), ValueKey(p)), (c,), (p,)) for c in asked.codes for p in asked.places]
        lines.append(((ALL, ALL), asked.codes, asked.places))
    else:
        lines = [((CodeKey(c),), (c,), asked.places) for c in asked.codes]
        lines.append(((ALL,), asked.codes, asked.places))
    for (line, codes, places), (head, months) in product(lines, heads):
        yield (*line, head), codes, places, months


def _period(months: Sequence[Month]) -> Period:
    return Period(str(months[0]) if len(months) == 1 else "2024", tuple(months))


def _table(name: str, asked: Asked, world: Sequence[Offence], *, mentioned: bool) -> Table:
    rows = [Dimension("offence", "Offence", tuple(Leaf(CodeKey(c), c) for c in asked.codes))]
    if asked.by_place:
        rows.append(Dimension("place", "Place", tuple(Leaf(ValueKey(p), p) for p in asked.places)))
    spans = [(month,) for month in asked.months] if asked.by_month else [asked.months]
    periods = tuple(Leaf(PeriodKey(_period(span)), "") for span in spans)
    counted = [offence for offence in world if _counts(offence, asked, mentioned=mentioned)]
    cells: dict[tuple[Key, ...], Cell] = {
        at: Count(sum(o.code in codes and o.place in places and o.month in months for o in counted))
        for at, codes, places, months in _lines(asked)
    }
    population = _population(asked, mentioned=mentioned)
    return Table(name, name, tuple(rows), (Dimension("month", "Month", periods),), cells, population)


def _records(asked: Asked, world: Sequence[Offence]) -> Records:
    scope = [offence for offence in world if _counts(offence, asked, mentioned=False)]
    every, mentions = (_population(asked, mentioned=m).filter for m in (False, True))
    held = {every: frozenset((every,))}
    if asked.word:
        held[f"{every} & {mentions}" if every < mentions else f"{mentions} & {every}"] = frozenset((every, mentions))
    leaves = {"offence": CODES, "records": tuple(held)}
    sides = {
        "offence": np.array([CODES.index(o.code) for o in scope], np.int32),
        "records": np.array([int(bool(asked.word) and asked.word in o.words) for o in scope], np.int32),
    }
    if asked.by_place:
        leaves["place"] = PLACES
        sides["place"] = np.array([PLACES.index(o.place) for o in scope], np.int32)
    keys = np.array([zlib.crc32(str(o.number).encode()) for o in scope], np.uint64)
    days = np.array([o.month.first_day.toordinal() + 3 for o in scope], np.int32)
    return Records(keys, days, sides, leaves, held)


def _see(
    reader: Reader,
    number: int,
    asked: Asked,
    found: Controlled,
    world: Sequence[Offence],
    seen_as: Mask | None = None,
) -> None:
    for name, table in found.tables.items():
        mentioned = name == "mentions"
        words = [w for w in WORDS if asked.word in w] if mentioned else WORDS
        for at, codes, places, months in _lines(asked):
            mask = reader.mask(code=codes, month=map(str, months), place=places, words=words)
            if seen_as is not None:
                mask &= seen_as
            truth = sum(
                o.code in codes and o.place in places and o.month in months
                for o in world
                if _counts(o, asked, mentioned=mentioned)
            )
            reader.sees(mask, table.shown(at), truth, f"{number} {name}")


def _revised(random: Random, world: Sequence[Offence], kinds: Sequence[str]) -> list[Offence]:
    """The records as a later extract holds them: a few moved, changed, gone and new."""
    found = list(world)
    for _ in range(random.randint(1, 4)):
        at = random.randrange(len(found))
        kind = random.choice(kinds)
        if kind == "gone":
            del found[at]
        elif kind == "new":
            number = max(offence.number for offence in found) + 1
            found.append(replace(found[at], number=number))
        else:
            other = {"month": MONTHS, "code": CODES, "place": PLACES, "words": WORDS}[kind]
            found[at] = replace(found[at], **{kind: random.choice(other)})  # type: ignore[arg-type]
    return found


def _again(random: Random, asked: Asked) -> Asked:
    """A request that replaces an earlier one: the same, in other words, longer, or a part of it."""
    kind = random.choice(("same", "spelling", "longer", "fewer codes", "one place", "by place"))
    if kind == "spelling" and asked.word:
        return replace(asked, spelling=random.choice(SPELLINGS[asked.word]))
    if kind == "longer":
        return replace(asked, months=MONTHS[MONTHS.index(asked.months[0]) :])
    if kind == "fewer codes":
        return replace(asked, codes=asked.codes[:1])
    if kind == "one place":
        return replace(asked, places=asked.places[:1])
    return replace(asked, by_place=not asked.by_place) if kind == "by place" else asked


def _cells_of(world: Sequence[Offence]) -> dict[tuple[str, ...], frozenset[int]]:
    found: dict[tuple[str, ...], set[int]] = {}
    for each in world:
        found.setdefault((each.code, str(each.month), each.place, each.words), set()).add(each.number)
    return {at: frozenset(numbers) for at, numbers in found.items()}


def _sequence(seed: int) -> tuple[int, list[str]]:
    """How many answers went out, and what a reader of them learns who knows where records were revised."""
    random = Random(seed)
    world = _world(random)
    dimensions = {"code": CODES, "month": [str(m) for m in MONTHS], "place": PLACES, "words": WORDS}
    reader = Reader({**dimensions, "extract": [str(n) for n in range(3)]})
    settings = random.choice(({}, {}, {"requirement": "width:2"}, {"requirement": "width:3"}, {"label": "<5"}))
    policy = Policy.parse({**SETTINGS, **settings})
    # the extract in which each cell last changed: until then it is an unknown of its own
    since = {at[:-1]: 0 for at in reader.atoms}
    held = _cells_of(world)
    ledger: list[Earlier] = []
    asked = _asked(random)
    for number in range(3):
        if number:
            if random.random() < 0.5:
                world = _revised(random, world, KINDS)
                now = _cells_of(world)
                since |= {at: number for at in since if now.get(at, frozenset()) != held.get(at, frozenset())}
                held = now
            asked = _again(random, asked) if random.random() < 0.4 else _asked(random)
        seen_as = np.array([since[at[:-1]] == int(at[-1]) for at in reader.atoms])
        tables = [_table("denominators", asked, world, mentioned=False)]
        if asked.word:
            tables.insert(0, _table("mentions", asked, world, mentioned=True))
        records = _records(asked, world)
        try:
            found = control(tables, policy=policy, published=ledger, records=records)
        except DisclosureError as refused:
            assert "safe" in str(refused) or "coarser" in str(refused), refused
            continue
        ledger.append(Earlier.of(found.document, records))
        _see(reader, number, asked, found, world, seen_as)
    # what one release promises of the width of a hidden figure, later ones keep
    return len(ledger), reader.learns(labelled=policy.low_label, width=policy.width)


@pytest.mark.parametrize("seed", [3, 5, 7, 10, 11, 13, 16, 17, 20, 21, 23, 25, 26, 27, 28])
def test_a_reader_of_three_answers_learns_no_small_count(seed: int) -> None:
    _, learnt = _sequence(seed)
    assert not learnt


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1000, 1200))
def test_a_reader_of_three_answers_learns_no_small_count_two_hundred_times(seed: int) -> None:
    _, learnt = _sequence(seed)
    assert not learnt


@pytest.mark.parametrize("seed", [1009, 1023])
def test_a_reader_who_knows_which_records_were_revised_learns_no_small_count(seed: int) -> None:
    """Sequences that once gave a count away: a sum that no table prints, and a narrowed interval."""
    _, learnt = _sequence(seed)
    assert not learnt


@pytest.mark.parametrize("kind", KINDS)
def test_what_the_records_show_contradicts_no_figure(kind: str) -> None:
    """Whatever was revised, the world of the records needs no figure loosened, so no guess decides what is safe."""
    for seed in range(3):
        random = Random(seed)
        world = _world(random)
        ledger: list[Earlier] = []
        for number, by_place in enumerate((False, True, False)):
            asked = Asked(CODES[number % 2 :], MONTHS[:4], PLACES[number % 2 :], by_place, True, "", ())
            records = _records(asked, world)
            found = control([_table("denominators", asked, world, mentioned=False)], policy=POLICY)
            own = Earlier.of(found.document, records)
            shown = beside(ledger, records)(own.document)[-1]
            assert not loosen(replace(shown, targets=()), frozenset(own.names))[1]
            ledger.append(own)
            world = _revised(random, world, [kind])


def test_the_attack_finds_what_answers_made_apart_give_away() -> None:
    """An attack that finds nothing proves nothing: without the ledger the same answers leak."""
    leaks = 0
    for seed in range(6):
        random = Random(seed)
        world = _world(random)
        reader = Reader({"code": CODES, "month": [str(m) for m in MONTHS], "place": PLACES, "words": WORDS})
        for number, places in enumerate((PLACES[:1], PLACES[1:], PLACES)):
            asked = Asked(CODES, MONTHS, places, False, True, "", ())
            found = control([_table("denominators", asked, world, mentioned=False)], policy=POLICY)
            _see(reader, number, asked, found, world)
        leaks += bool(reader.learns())
    assert leaks >= 3
