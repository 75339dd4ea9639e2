"""The records that two readers coded: how far they agree, what did not stand, what is still open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from clearcount.model.decision import CODES, Code, Decision, Key
from clearcount.reading.agreement import Agreement, agreement, bootstrap
from clearcount.reading.decide import by_round, disagreements, half_settled, settlements

LEAST_AC1 = 0.70
"""Below it the guide is mended and the records are coded again."""


@dataclass(frozen=True)
class TwiceRead:
    """The records that two readers coded, the table of their codes, and how far they agree.

    `intervals` are 95 per cent bootstrap intervals. `by_code` is the specific agreement on each code: twice the records
    both gave it, over all times it was given. `overturned` counts first codes that did not stand. `settled_by_third`
    and `settled_jointly` count disagreements settled by a third person, and by the two readers together.
    """

    records: int
    codes: tuple[Code, ...]
    table: tuple[tuple[int, ...], ...]
    measured: Agreement
    intervals: Mapping[str, tuple[float, float]]
    by_code: Mapping[str, float]
    overturned: int
    unsettled: int
    by_fact: Mapping[str, FactTwice] = field(default_factory=dict)
    settled_by_third: int = 0
    settled_jointly: int = 0


@dataclass(frozen=True)
class FactTwice:
    """How far two readers agree on one fact, over the records that both call relevant and both said it of."""

    records: int
    measured: Agreement


def read_twice(decisions: Sequence[Decision], codes: Mapping[Key, str], remarks: list[str]) -> TwiceRead | None:
    """Return the figures of the second reading; None when nothing was read twice. What a reader must know goes to
    `remarks`.

    `codes` holds the code that stands for each record.
    """
    both = {key: rounds for key, rounds in by_round(decisions).items() if "1" in rounds and "2" in rounds}
    if not both:
        remarks.append("no record was read twice, so nothing can be said about how far readers agree")
        return None
    classes, table = _table_of(both)
    measured = agreement(table)
    same_coder = sum(rounds["1"].coder == rounds["2"].coder for rounds in both.values())
    unsettled, half = len(disagreements(decisions)), len(half_settled(decisions))
    differed = {key for key, rounds in both.items() if rounds["1"].code != rounds["2"].code}
    settled = [each for key, each in settlements(decisions).items() if key in differed]
    if same_coder:
        remarks.append(f"{same_coder} of {len(both)} records read twice were read by the same person both times")
    if unsettled:
        remarks.append(f"{unsettled} disagreements are not settled; the second reading stands until they are")
    if half:
        remarks.append(f"{half} of them were settled by one of the two readers alone; the other must say the same")
    if measured.ac1 < LEAST_AC1:
        remarks.append(f"AC1 is below {LEAST_AC1:.2f}: mend the guide and code again before anything is published")
    return TwiceRead(
        records=len(both),
        codes=classes,
        table=table,
        measured=measured,
        intervals={
            "po": bootstrap(table, lambda each: each.po),
            "kappa": bootstrap(table, lambda each: each.kappa),
            "ac1": bootstrap(table, lambda each: each.ac1),
        },
        by_code={
            code: 2 * table[k][k] / given_times
            for k, code in enumerate(classes)
            if (given_times := sum(table[k]) + sum(row[k] for row in table))
        },
        overturned=sum(codes[key] != rounds["1"].code for key, rounds in both.items()),
        unsettled=unsettled,
        by_fact=_by_fact([(rounds["1"], rounds["2"]) for rounds in both.values()]),
        settled_by_third=sum(not each.jointly for each in settled),
        settled_jointly=sum(each.jointly for each in settled),
    )


def _table_of(both: Mapping[Key, Mapping[str, Decision]]) -> tuple[tuple[Code, ...], tuple[tuple[int, ...], ...]]:
    pairs = [(rounds["1"].code, rounds["2"].code) for rounds in both.values()]
    given = [code for code in CODES if any(code in pair for pair in pairs)]
    # Two classes at least, so that chance agreement is defined when everybody says the same of everything.
    other = next(code for code in CODES if code not in given[:1])
    classes: tuple[Code, ...] = tuple(given) if len(given) > 1 else (given[0], other)
    return classes, tuple(tuple(sum(pair == (one, two) for pair in pairs) for two in classes) for one in classes)


def agreement_so_far(decisions: Sequence[Decision]) -> tuple[int, float]:
    """Return how many records were read twice, and AC1 over them (1 for none): quick, for asking after each reading."""
    both = {key: rounds for key, rounds in by_round(decisions).items() if "1" in rounds and "2" in rounds}
    return (len(both), agreement(_table_of(both)[1]).ac1) if both else (0, 1.0)


def _by_fact(pairs: Sequence[tuple[Decision, Decision]]) -> dict[str, FactTwice]:
    """Return the agreement on each fact; several values together are one class, so a part of them is no agreement."""
    said: dict[str, list[tuple[tuple[str, ...], tuple[str, ...]]]] = {}
    for one, two in pairs:
        if one.code == two.code == "relevant":
            other = {each.name: each.values for each in two.facts}
            for each in one.facts:
                if each.name in other:
                    said.setdefault(each.name, []).append((each.values, other[each.name]))
    found = {}
    for name, values in sorted(said.items()):
        classes = sorted({each for pair in values for each in pair})
        classes += [()] if len(classes) == 1 else []
        table = [[sum(pair == (row, column) for pair in values) for column in classes] for row in classes]
        found[name] = FactTwice(len(values), agreement(table))
    return found
