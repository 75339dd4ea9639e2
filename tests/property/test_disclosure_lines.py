"""Tables of one answer of which one cuts by what another filters by: districts, what readers decided, the marker."""

from __future__ import annotations

from itertools import product
from random import Random

import pytest
from tests.property.print_attack import Reader

from clearcount.disclosure import Policy
from clearcount.disclosure.control import control
from clearcount.errors import DisclosureError
from clearcount.model.columns import Condition
from clearcount.model.keys import ALL, BandKey, BlankKey, CodeKey, Key, StateKey, TermKey, ValueKey
from clearcount.model.population import Population, State, Words
from clearcount.model.table import Cell, Count, Dimension, Leaf, Table

POLICY = Policy.parse({"rule": "suppress", "reason": "small counts", "approved_by": "reviewer"})
CODES = ("086/02", "086/10", "088/15")
STATES = ("confirmed", "unclear", "not relevant", "undecided")
CUTS: dict[State, tuple[str, ...]] = {
    "": STATES,
    "confirmed": STATES[:1],
    "confirmed or unclear": STATES[:2],
    "undecided": STATES[3:],
}
MARKS = ("marked AI", "marked unclear whether AI", "marked not AI", "without a word of the marker")
PLACES = ("North", "South", "West")
AGES = {"0-17": BandKey(0, 17), "18-24": BandKey(18, 24), "25+": BandKey(25, None), "not recorded": BlankKey()}
WORDS = Words.of("word", ["alpha"], fields=["mo"])


def _filters(kind: str) -> dict[Population, tuple[str, ...]]:
    """Filters of a release, each with the lines of the dimension `kind` that it counts."""
    if kind == "state":
        return {Population(words=WORDS, state=state): lines for state, lines in CUTS.items()}
    if kind == "age":
        return {
            Population(): tuple(AGES),
            Population(where=(("age", ("<=17",)),)): ("0-17",),
            Population(where=(("age", (">=18", "<=24")),)): ("18-24",),
            Population(where=(("age", (">=18",)),)): ("18-24", "25+"),
            Population(where=(("age", ("blank=True",)),)): ("not recorded",),
        }
    if kind == "marker":
        return {
            Population(): MARKS,
            Population(marker="AI", state="any mark"): MARKS[:3],
            Population(marker="ai", state="confirmed"): MARKS[:1],
        }
    return {
        Population(): PLACES,
        Population(where=(("place", ("=north",)),)): PLACES[:1],
        Population(where=(("place", ("=south", "=west")),)): PLACES[1:],
        Population(where=(("place", ("!north",)),)): PLACES[1:],
    }


def _line(kind: str, name: str) -> Key:
    return AGES[name] if kind == "age" else ValueKey(name) if kind == "place" else StateKey(name)


def _released(kind: str, seed: int) -> list[str]:
    """What a reader of one random answer learns; each table is of one filter, by code or by `kind` or by both."""
    random = Random(seed)
    lines = {"state": STATES, "marker": MARKS, "place": PLACES, "age": tuple(AGES)}[kind]
    counts = {at: max(0, int(random.gauss(4, 5))) for at in product(CODES, lines)}
    tables, cells = [], []
    for number, (population, inside) in enumerate(_filters(kind).items()):
        if number and random.random() < 0.3:
            continue
        by_line = number == 0 or random.random() < 0.4
        shown = inside if kind in ("place", "age") else lines
        rows = [Dimension("offence", "Offence", tuple(Leaf(CodeKey(code), code) for code in CODES))]
        if by_line:
            leaves = tuple(Leaf(_line(kind, line), line) for line in shown)
            rows.append(Dimension(kind, kind, leaves, values=kind == "place"))
        found: dict[tuple[Key, ...], Cell] = {}
        for code in (*CODES, ""):
            for line in (*(shown if by_line and code else ()), *(("",) if not (by_line and code) else ())):
                key = [CodeKey(code) if code else ALL, *([_line(kind, line) if line else ALL] if by_line else [])]
                box = ((code,) if code else CODES, tuple({line} & set(inside)) if line else inside)
                truth = sum(counts[at] for at in product(*box))
                found[tuple(key)] = Count(truth)
                cells.append((f"t{number}", tuple(key), box, truth))
        tables.append(Table(f"t{number}", f"t{number}", tuple(rows), (), found, population))
    try:
        let_out = control(tables, policy=POLICY).tables
    except DisclosureError as refused:
        assert "safe" in str(refused) or "coarser" in str(refused), refused
        return []
    reader = Reader({"code": CODES, "line": lines})
    for table, at, (codes, inside), truth in cells:
        reader.sees(reader.mask(code=codes, line=inside), let_out[table].shown(at), truth, table)
    return reader.learns()


@pytest.mark.parametrize("kind", ["state", "marker", "place", "age"])
def test_what_a_line_says_of_a_filter_is_known_to_the_auditor(kind: str) -> None:
    assert not [(seed, learnt) for seed in range(8) if (learnt := _released(kind, seed))]


@pytest.mark.parametrize("seed", range(6))
def test_a_line_of_a_term_and_a_search_for_that_term_are_the_same_records(seed: int) -> None:
    """A table with a line for each of two terms, and others that look for one of them alone."""
    random = Random(seed)
    counts = {
        (code, held): max(0, int(random.gauss(4, 5))) for code in CODES for held in ("alpha", "seen", "alpha seen")
    }
    cells, tables = [], []
    for name, words in (("both", ("alpha", "Seen")), ("one", ("ALPHA",)), ("other", ("seen",))):
        found: dict[tuple[Key, ...], Cell] = {}
        for code, term in product(("", *CODES), ("", *(words if name == "both" else ()))):
            if name == "both" and bool(code) != bool(term):  # one line for all of them together
                continue
            lines = (CodeKey(code) if code else ALL, *((TermKey(term) if term else ALL,) if name == "both" else ()))
            met = [w.casefold() for w in ((term,) if term else words)]
            box = (
                (code,) if code else CODES,
                [h for h in ("alpha", "seen", "alpha seen") if set(h.split()) & set(met)],
            )
            truth = sum(counts[at] for at in product(*box))
            found[lines] = Count(truth)
            cells.append((name, lines, box, truth))
        rows = [Dimension("offence", "Offence", tuple(Leaf(CodeKey(code), code) for code in CODES))]
        if name == "both":
            leaves = tuple(Leaf(TermKey(term), term) for term in words)
            rows.append(Dimension("term", "Term", leaves, Leaf(ALL, "Any"), exclusive=False))
        tables.append(
            Table(name, name, tuple(rows), (), found, Population(words=Words.of("word", words, fields=["mo"])))
        )
    try:
        let_out = control(tables, policy=POLICY).tables
    except DisclosureError as refused:
        assert "safe" in str(refused) or "coarser" in str(refused), refused
        return
    reader = Reader({"code": CODES, "held": ("alpha", "seen", "alpha seen")})
    for name, place, (codes, held), truth in cells:
        reader.sees(reader.mask(code=codes, held=held), let_out[name].shown(place), truth, name)
    assert not reader.learns()


@pytest.mark.parametrize(
    "condition",
    [
        Condition(values=("North", "old town")),
        Condition(excluded=("North",)),
        Condition(low=3),
        Condition(high=17),
        Condition(low=10, high=17),
        Condition(blank=True),
        Condition(blank=False, excluded=("=x", "!y")),
        Condition(values=(">=5", "blank=True")),
    ],
)
def test_a_condition_is_read_back_from_its_normal_form(condition: Condition) -> None:
    again = Condition.of(condition.normal)
    assert again.normal == condition.normal
    for value in ("North", "OLD  TOWN", "", "5", "12", "10-17", "=x", ">=5", "blank=True"):
        assert again.holds(value) == condition.holds(value), value


def test_a_group_of_values_is_taken_for_no_value() -> None:
    """A group may be called what one of its values is called: nothing is known of it, and nothing contradicts."""
    places = tuple(Leaf(ValueKey(name), name) for name in ("North", "Rest"))
    by_group = Dimension("place", "Place", places)
    whole = {(ValueKey("North"),): Count(30), (ValueKey("Rest"),): Count(9), (ALL,): Count(39)}
    north = Dimension("offence", "Offence", (Leaf(CodeKey("086/02"), ""),))
    tables = [
        Table("t1", "t1", (by_group,), (), dict(whole), Population()),
        Table("t2", "t2", (north,), (), {(CodeKey("086/02"),): Count(12), (ALL,): Count(12)},
              Population(where=(("place", ("=north",)),))),
    ]  # fmt: skip
    assert control(tables, policy=POLICY).tables["t2"].shown((ALL,)) in ("12", "[c]")
