"""The records that two readers coded: how far they agree, what did not stand, what is still open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from clearcount.model.decision import CODES, Code, Decision, Key
from clearcount.reading.agreement import Agreement, agreement, bootstrap
from clearcount.reading.decide import by_round, disagreements

LEAST_AC1 = 0.70
"""Below it the guide is mended and the records are coded again."""


@dataclass(frozen=True)
class TwiceRead:
    """The records that two readers coded, the table of their codes, and how far they agree.

    `intervals` are 95 per cent bootstrap intervals. `by_code` is the specific agreement on each code: twice the records
    both gave it, over all times it was given. `overturned` counts first codes that did not stand.
    """

    records: int
    codes: tuple[Code, ...]
    table: tuple[tuple[int, ...], ...]
    measured: Agreement
    intervals: Mapping[str, tuple[float, float]]
    by_code: Mapping[str, float]
    overturned: int
    unsettled: int


def read_twice(decisions: Sequence[Decision], codes: Mapping[Key, str], remarks: list[str]) -> TwiceRead | None:
    """Return the figures of the second reading; None when nothing was read twice. What a reader must know goes to
    `remarks`.

    `codes` holds the code that stands for each record.
    """
    both = {key: rounds for key, rounds in by_round(decisions).items() if "1" in rounds and "2" in rounds}
    if not both:
        remarks.append("no record was read twice, so nothing can be said about how far readers agree")
        return None
    pairs = [(rounds["1"].code, rounds["2"].code) for rounds in both.values()]
    given = [code for code in CODES if any(code in pair for pair in pairs)]
    # Two classes at least, so that chance agreement is defined when everybody says the same of everything.
    other = next(code for code in CODES if code not in given[:1])
    classes: tuple[Code, ...] = tuple(given) if len(given) > 1 else (given[0], other)
    table = tuple(tuple(sum(pair == (one, two) for pair in pairs) for two in classes) for one in classes)
    measured = agreement(table)
    same_coder = sum(rounds["1"].coder == rounds["2"].coder for rounds in both.values())
    unsettled = len(disagreements(decisions))
    if same_coder:
        remarks.append(f"{same_coder} of {len(both)} records read twice were read by the same person both times")
    if unsettled:
        remarks.append(f"{unsettled} disagreements are not settled; the second reading stands until they are")
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
    )
