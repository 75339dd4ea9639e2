"""How good a flag, a search or a ranker is against what people say: precision and recall, with exact intervals.

The figures are about the records of which both are known. A record that nobody decided is counted as unknown and is in
neither share. What was never looked at can neither confirm a flag nor convict it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from clearcount.reading.proportions import Interval, proportion_interval


@dataclass(frozen=True)
class JudgedRecord:
    """One record: whether it is flagged, whether it is relevant (None: not known), and the group of each cut."""

    flagged: bool
    relevant: bool | None
    groups: tuple[str, ...] = ()


@dataclass(frozen=True)
class Evaluation:
    """The figures of one group of records.

    `right` records are flagged and relevant, `wrong` flagged and not, `missed` relevant and not flagged. `clear` ones
    are neither. `unknown` are records of which nobody knows whether they are relevant. The shares are None where
    nothing counts.
    """

    right: int
    wrong: int
    missed: int
    clear: int
    unknown: int
    flagged_unknown: int
    precision: Interval | None
    recall: Interval | None

    @property
    def records(self) -> int:
        """How many records there are in all."""
        return self.right + self.wrong + self.missed + self.clear + self.unknown


def evaluate(judged: Iterable[JudgedRecord]) -> Evaluation:
    """Return precision and recall of a flag over records, each with its 95 per cent Clopper-Pearson interval."""
    counts = {(flagged, relevant): 0 for flagged in (True, False) for relevant in (True, False, None)}
    for each in judged:
        counts[each.flagged, each.relevant] += 1
    right, wrong, missed = counts[True, True], counts[True, False], counts[False, True]
    return Evaluation(
        right=right,
        wrong=wrong,
        missed=missed,
        clear=counts[False, False],
        unknown=counts[True, None] + counts[False, None],
        flagged_unknown=counts[True, None],
        precision=proportion_interval(right, right + wrong) if right + wrong else None,
        recall=proportion_interval(right, right + missed) if right + missed else None,
    )


def evaluate_by(judged: Sequence[JudgedRecord], place: int) -> dict[str, Evaluation]:
    """Return the figures of each group of one cut, in order of the groups' names."""
    groups: dict[str, list[JudgedRecord]] = {}
    for each in judged:
        groups.setdefault(each.groups[place], []).append(each)
    return {name: evaluate(groups[name]) for name in sorted(groups)}
