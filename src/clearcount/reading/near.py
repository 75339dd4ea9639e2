"""Records of nearly the same text: which of them may be decided by one reading, if the reader chooses so.

In two near records the words round each hit are the same, and so are the hints. Nearly all of their text is the same
too. The measure is the Jaccard index of runs of three words. It is computed exactly for each pair; nothing is
estimated. Figures count as one sign, since copies of a text differ in dates and numbers. A reader is shown every word
that differs before a decision is applied.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from clearcount.model.decision import Key

LEAST_LIKENESS = 0.8
"""The least share of runs of three words that two near records have in common."""
_AROUND = 12
_RUN = 3
_WORD = re.compile(r"\w+(?:['’]\w+)*")
_FIGURES = re.compile(r"\d+")


@dataclass(frozen=True)
class HitText:
    """A record with hits: its key, the text of its entries, where hits are in each, and the hints about them.

    `entries` are pairs of a text and the (start, end) of its hits, in code points.
    """

    key: Key
    entries: tuple[tuple[str, tuple[tuple[int, int], ...]], ...]
    hints: tuple[str, ...] = ()


@dataclass(frozen=True)
class NearRecord:
    """A record, the record that is read in its place, and the share of their text that is the same (1 for all)."""

    key: Key
    read: Key
    likeness: float


def near_records(records: Sequence[HitText], *, least: float = LEAST_LIKENESS) -> tuple[NearRecord, ...]:
    """Return the records that an earlier one of the same offence is near to, in the order given.

    A record is compared with those that are to be read, never with one that is left out itself. Each pair is near by
    its own text.

    Raises:
        ValueError: unless 0.5 <= least <= 1.
    """
    if not 0.5 <= least <= 1:
        raise ValueError("the least likeness is a share from 0.5 to 1")
    read: dict[tuple[object, ...], list[tuple[Key, Counter[tuple[str, ...]]]]] = defaultdict(list)
    found = []
    for record in records:
        if not any(spans for _, spans in record.entries):
            continue
        bucket = read[record.key[1], _round_hits(record), record.hints]
        runs = _runs(record)
        best: tuple[float, Key] | None = None
        for key, others in bucket:
            likeness = _likeness(runs, others, least)
            if likeness >= least and (best is None or likeness > best[0]):
                best = likeness, key
        if best is None:
            bucket.append((record.key, runs))
        else:
            found.append(NearRecord(record.key, best[1], best[0]))
    return tuple(found)


def differing(one: Sequence[str], other: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the words that only the texts of `one` have, and those that only the texts of `other` have, in order.

    Figures are words here. A word that one side has more often is there as often as that.
    """
    first, second = (list(map(str.casefold, _WORD.findall("\n".join(texts)))) for texts in (one, other))
    return _left(first, Counter(second)), _left(second, Counter(first))


def _left(words: Sequence[str], taken: Counter[str]) -> tuple[str, ...]:
    """Return the words that are left when as many as `taken` holds are crossed out."""
    left = []
    for word in words:
        if taken[word]:
            taken[word] -= 1
        else:
            left.append(word)
    return tuple(left)


def _normal(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKC", text).casefold()
    return [_FIGURES.sub("0", word) for word in _WORD.findall(plain)]


def _round_hits(record: HitText) -> tuple[tuple[str, ...], ...]:
    """Return the words of each hit with twelve before and twelve behind it, sorted."""
    windows = []
    for text, spans in record.entries:
        for start, end in spans:
            before, after = _normal(text[:start][-600:]), _normal(text[end : end + 600])
            windows.append((*before[-_AROUND:], "", *_normal(text[start:end]), "", *after[:_AROUND]))
    return tuple(sorted(windows))


def _runs(record: HitText) -> Counter[tuple[str, ...]]:
    runs: Counter[tuple[str, ...]] = Counter()
    for text, _ in record.entries:
        words = _normal(text)
        runs.update(tuple(words[at : at + _RUN]) for at in range(max(1, len(words) - _RUN + 1)))
    return runs


def _likeness(one: Counter[tuple[str, ...]], other: Counter[tuple[str, ...]], least: float) -> float:
    """Return the Jaccard index with repeats; 0 as soon as the sizes alone show that it is below `least`."""
    sizes = sorted((one.total(), other.total()))
    if sizes[0] < least * sizes[1]:
        return 0.0
    both = (one & other).total()
    return both / (sum(sizes) - both)
