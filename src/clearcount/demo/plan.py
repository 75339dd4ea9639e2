"""Which made-up records mention a term of the example request, and how: everything that a count will find.

The published answer that the example follows searched four spellings in log entries and summaries under five codes. It
printed 16 of 30 months, four lines and 45 offences. `PUBLISHED` is that table. The plan holds exactly those mentions in
the form that search finds. It also holds some that only an honest search finds, and some that none should count.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import TypeVar

from clearcount.demo.prose import AWKWARD, PLAIN, SHAPED, UNFOUND, DemoSentence
from clearcount.model.months import Month, month_range
from clearcount.model.record import Status

T = TypeVar("T")

FIRST, LAST = Month(2023, 1), Month(2025, 6)
"""The period of the example request."""

BEGAN = Month(2024, 2)
"""The first whole month in which sections 66A and 66B of the Sexual Offences Act 2003 were in force."""

PUBLISHED: dict[str, dict[str, int]] = {
    "088/14": {"2024-04": 1, "2025-01": 1, "2025-06": 1},
    "088/15": {"2024-07": 1, "2024-12": 1, "2025-01": 1, "2025-02": 1, "2025-05": 1, "2025-06": 1},
    "175/08": {"2025-01": 1},
    "086/02": {
        "2023-09": 1,
        "2024-02": 1,
        "2024-03": 1,
        "2024-04": 1,
        "2024-05": 3,
        "2024-07": 2,
        "2024-09": 2,
        "2024-10": 1,
        "2024-11": 2,
        "2024-12": 1,
        "2025-01": 6,
        "2025-02": 2,
        "2025-03": 1,
        "2025-04": 3,
        "2025-05": 6,
        "2025-06": 2,
    },
}
"""Offences by code and month of recording; every month and line not named here is zero."""

_TOGETHER = (("2025-01", ("086/02", "088/15")), ("2025-06", ("088/14", "088/15")))
"""Months in which one occurrence carries two of the published offences: its text marks both."""


@dataclass(frozen=True)
class Planned:
    """One occurrence with mentions: (code, status) of its offences, the month of recording, (field, text) of each."""

    offences: tuple[tuple[str, Status], ...]
    month: Month
    texts: tuple[tuple[str, str], ...]


def pick(rng: Random, choices: Sequence[T]) -> T:
    """Return one of `choices`, by `rng.random()` only: its stream is the same on every Python."""
    return choices[int(rng.random() * len(choices))]


def plan(rng: Random) -> list[Planned]:
    """Return every occurrence that holds a term or a spelling near one, in a fixed order."""
    return [*_published(rng), *_further(rng), *_near_misses(rng), *_outside(rng)]


def _published(rng: Random) -> Iterator[Planned]:
    left = {(code, month): n for code, months in PUBLISHED.items() for month, n in months.items()}
    groups: list[tuple[str, tuple[str, ...]]] = []
    for month, together in _TOGETHER:
        groups.append((month, together))
        for code in together:
            left[code, month] -= 1
    groups += [(month, (code,)) for (code, month), n in left.items() for _ in range(n)]
    for number, (month, codes) in enumerate(groups):
        more = ("086/10",) if codes == ("086/02",) and number % 5 == 0 else ("035/00",) if number % 11 == 0 else ()
        texts = [(_log_or_summary(rng), PLAIN[number % len(PLAIN)])]
        if rng.random() < 0.3:
            texts.append(("oel", pick(rng, PLAIN + AWKWARD)))
        if rng.random() < 0.2:
            texts.append(("mo", pick(rng, PLAIN)))
        yield _planned([*codes, *more], Month.parse(month), texts)


def _further(rng: Random) -> Iterator[Planned]:
    """What only the honest search finds: other spellings, the MO, and the codes that were left out."""
    spellings = 0
    for code, number in (("086/02", 40), ("088/15", 12), ("175/08", 4), ("088/14", 3)):
        for each in range(number):
            if each % 4 == 3:
                text = ("mo", pick(rng, PLAIN + AWKWARD))
            else:
                text = (_log_or_summary(rng), AWKWARD[spellings % len(AWKWARD)])
                spellings += 1
            yield _planned([code], _growing(rng, FIRST if code == "086/02" else BEGAN, LAST), [text])
    for code, number, last in (("086/10", 34, LAST), ("008/71", 6, Month(2023, 12))):
        for _ in range(number):
            field = pick(rng, ("oel", "oel", "summary", "mo"))
            yield _planned([code], _growing(rng, FIRST, last), [(field, pick(rng, PLAIN + AWKWARD))])


def _near_misses(rng: Random) -> Iterator[Planned]:
    """Spellings that the rule `word` does not find, and words that no term covers."""
    for number in range(24):
        phrases = SHAPED if number % 2 else UNFOUND
        code = ("086/02", "086/10", "088/15")[number % 3]
        month = _growing(rng, BEGAN, LAST)
        yield _planned([code], month, [(_log_or_summary(rng), phrases[number // 2 % len(phrases)])])


def _outside(rng: Random) -> Iterator[Planned]:
    """Mentions that the scope leaves out: cancelled, transferred, other months, other codes."""
    for number in range(10):
        status: Status = "transferred" if number % 4 == 3 else "cancelled"
        code = ("086/02", "088/15")[number % 2]
        month = _growing(rng, BEGAN, LAST)
        yield _planned([code], month, [(_log_or_summary(rng), pick(rng, PLAIN))], status)
    for number in range(8):
        month = (Month(2022, 11), Month(2022, 12), Month(2025, 7))[number % 3]
        yield _planned(["086/02"], month, [("oel", pick(rng, PLAIN + AWKWARD))])
    for number in range(70):
        code = ("035/00", "008/72", "053/40", "088/10", "071/17")[number % 5]
        field = pick(rng, ("oel", "summary", "mo"))
        yield _planned([code], _growing(rng, FIRST, LAST), [(field, pick(rng, PLAIN + AWKWARD))])


def _planned(
    codes: Sequence[str], month: Month, texts: Sequence[tuple[str, DemoSentence]], status: Status = "recorded"
) -> Planned:
    return Planned(
        tuple((code, status) for code in codes), month, tuple((field, phrase.text) for field, phrase in texts)
    )


def _log_or_summary(rng: Random) -> str:
    return pick(rng, ("oel", "oel", "summary"))


def _growing(rng: Random, first: Month, last: Month) -> Month:
    """A month of the period; later ones come up more often."""
    months = list(month_range(first, last))
    return months[int(len(months) * rng.random() ** 0.6)]
