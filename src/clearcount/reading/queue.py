"""In which order to read: the likeliest first, learnt from what was decided so far.

It uses word and character TF-IDF with a linear support vector machine, and the context hints as further features. The
recipe is that of ASReview's default model (settings of `elas_u4`, Apache-2.0). Its source is Van de Schoot and others,
Nature Machine Intelligence 3 (2021) 125. Random unread records serve as presumed negatives, after Cormack and
Grossman's AutoTAR (arXiv 1504.06868). The order is a help: it decides nothing, and no estimate rests on it.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from clearcount.errors import EngineUnavailable
from clearcount.reading.hints import HINTS

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

ENOUGH = 5
"""With at least so many relevant and so many other records decided, the model orders the queue."""

_PRESUMED = 100
_LONGEST = 20_000
_SVM_C, _RELEVANT_WEIGHT = 0.11, 9.8
_CHARACTERS = 0.3  # weight of the character features: full weight costs 0.04 of WSS@95 (docs/adr/0052)


@dataclass(frozen=True)
class Reading:
    """What the order is made from: a record's text, its hints, and whether it is relevant (None: not decided)."""

    text: str
    hints: tuple[str, ...] = ()
    relevant: bool | None = None


def queue_order(records: Sequence[Reading], *, seed: int = 1) -> list[int]:
    """Return the places of the undecided records in the order in which to read them.

    Before five relevant and five other records are decided: hints that speak for relevance first, those against it
    last. After that: by the model's score, and one place in ten is a random pick, so that the reader sees the tail.
    The same input and seed give the same order.

    Raises:
        EngineUnavailable: when the model is due and scikit-learn is not installed.
    """
    waiting = [at for at, record in enumerate(records) if record.relevant is None]
    decided = [record.relevant for record in records if record.relevant is not None]
    if min(decided.count(True), decided.count(False)) < ENOUGH:
        return sorted(waiting, key=lambda at: (_doubts(records[at]), _shuffled(seed, at)))
    scores = score(records, seed=seed)
    ranked = sorted(waiting, key=lambda at: (-scores[at], _shuffled(seed, at)))
    return _with_random_picks(ranked, seed)


def score(records: Sequence[Reading], *, seed: int = 1) -> list[float]:
    """Return how much each record looks like the relevant ones: the higher, the likelier; only the order means
    anything.

    Raises:
        EngineUnavailable: when scikit-learn is not installed.
        ValueError: when no record is relevant, or none is left to learn the contrast from.
    """
    model = Ranker([record.text for record in records], [record.hints for record in records])
    return model.score([record.relevant for record in records], seed=seed)


class Ranker:
    """The features of a fixed set of records, refitted as decisions come."""

    def __init__(self, texts: Sequence[str], hints: Sequence[Sequence[str]] = ()) -> None:
        self._features = _features(texts, hints)

    def score(self, relevant: Sequence[bool | None], *, seed: int = 1) -> list[float]:
        """Return the score of every record, learnt from those that are decided."""
        import numpy as np
        from sklearn.svm import LinearSVC

        labels = {at: value for at, value in enumerate(relevant) if value is not None}
        if True not in labels.values():
            raise ValueError("no record is relevant yet, so there is nothing to look for")
        if sum(not value for value in labels.values()) < _PRESUMED:
            waiting = [at for at, value in enumerate(relevant) if value is None]
            generator = random.Random(seed)  # noqa: S311  a choice of examples, not a secret
            labels |= dict.fromkeys(generator.sample(waiting, min(_PRESUMED, len(waiting))), False)
        if all(labels.values()):
            raise ValueError("every record is relevant, so there is nothing to tell apart")
        places = sorted(labels)
        target = np.array([labels[at] for at in places])
        weights = np.where(target, _RELEVANT_WEIGHT, 1.0)
        model = LinearSVC(C=_SVM_C, loss="squared_hinge", random_state=0, max_iter=5000)
        model.fit(self._features[places], target, sample_weight=weights)
        scores: list[float] = model.decision_function(self._features).tolist()
        return scores


def _features(texts: Sequence[str], hints: Sequence[Sequence[str]]) -> csr_matrix:
    try:
        from scipy.sparse import csr_matrix, hstack
        from sklearn.feature_extraction.text import TfidfVectorizer
    except ModuleNotFoundError:
        raise EngineUnavailable(
            "ordering the queue needs scikit-learn; install it with: pip install 'clearcount[reading]'"
        ) from None
    cut = [text[:_LONGEST] for text in texts]
    # Texts without a single word leave a vocabulary empty, which scikit-learn refuses; such a part is left out.
    makers: tuple[tuple[Callable[[], Any], float], ...] = (
        (lambda: TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, max_df=0.95), 1.0),
        (lambda: TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True, min_df=2), _CHARACTERS),
    )
    parts = []
    for make, weight in makers:
        try:
            parts.append(make().fit_transform(cut) * weight)
        except ValueError:
            continue
    held = [set(each) for each in hints] or [set[str]() for _ in texts]
    parts.append(csr_matrix([[float(name in each) for name in HINTS] for each in held]))
    return csr_matrix(hstack(parts))


def _doubts(record: Reading) -> int:
    """0 for a hit without a hint against it, more for each reason to think that it is none."""
    return sum(name in record.hints for name in ("negated", "hypothetical", "other_sense"))


def _shuffled(seed: int, at: int) -> str:
    return hashlib.sha256(f"{seed}|{at}".encode()).hexdigest()


def _with_random_picks(ranked: Sequence[int], seed: int) -> list[int]:
    """Every tenth place goes to a random one of those still waiting."""
    generator = random.Random(seed)  # noqa: S311
    waiting = list(ranked)
    order: list[int] = []
    while waiting:
        tenth = len(order) % 10 == 9
        order.append(waiting.pop(generator.randrange(len(waiting)) if tenth else 0))
    return order
