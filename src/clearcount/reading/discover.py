"""Words that keep the same company as a term in the store's own texts: no list, no model, no download.

Each word is described three times. The first takes the words within four places of it. The second tells its direct
neighbours apart by side as well. The third takes the two words on each side, told apart. The nearer a word is, the
heavier. The measure is positive pointwise mutual information with smoothed contexts (Levy, Goldberg, Dagan, TACL 3
(2015) 211). Words described most like the terms come first. The three best of them are then asked for too, at half
weight (pseudo-relevance feedback). The same texts give the same words. A term in fewer than three records teaches too
little.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, TypeAlias

from clearcount.errors import EngineUnavailable
from clearcount.reading.suggest import STOP, Suggestion, inflects, without_names

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

_Near: TypeAlias = dict[tuple[int, int], float]

MOST = 10
_WINDOW, _LEAST, _MOST_WORDS = 4, 3, 30_000
_CONTEXTS = ((4, 0), (4, 1), (2, 2))
"""Kinds of context: how many places away, and how many of them are told apart by side."""
_FEEDBACK, _FEEDBACK_WEIGHT = 3, 0.5
_SMOOTHING = 0.75
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


def neighbours(terms: Sequence[str], texts: Iterable[str], *, most: int = MOST) -> list[Suggestion]:
    """Return the words that keep most the same company as the terms, at most `most`, the likest first.

    Words of the terms, their inflections, stop words and names behind a title are left out.

    Raises:
        EngineUnavailable: when SciPy is not installed.
    """
    documents = [[word.casefold() for word in _WORD.findall(without_names(text))] for text in texts]
    held = Counter(word for words in documents for word in set(words))
    common = sorted((word for word in held if held[word] >= _LEAST), key=lambda word: (-held[word], word))
    places = {word: at for at, word in enumerate(sorted(common[:_MOST_WORDS]))}
    asked = {word.casefold() for term in terms for word in _WORD.findall(term)}
    known = sorted(asked & places.keys())
    if not known:
        return []
    near = _company(documents, places)
    if not all(near):
        return []
    _require_scipy()
    described = [_described(each, len(places)) for each in near]
    terms_at = [places[word] for word in known]
    first = _likeness(described, terms_at, terms_at)

    def best(likeness: Sequence[float]) -> list[str]:
        order = sorted(places, key=lambda word: (-likeness[places[word]], word))
        return [word for word in order if likeness[places[word]] > 0 and word not in asked and word not in STOP]

    again = [places[word] for word in best(first)[:_FEEDBACK]]
    second = _likeness(described, again, terms_at) if again else [0.0] * len(places)
    both = [one + _FEEDBACK_WEIGHT * two for one, two in zip(first, second, strict=True)]
    found = [word for word in best(both) if not any(inflects(term, word) for term in known)]
    return [Suggestion(word, "neighbour", ", ".join(known)) for word in found[:most]]


def _require_scipy() -> None:
    try:
        import scipy.sparse  # noqa: F401
    except ModuleNotFoundError:
        raise EngineUnavailable(
            "finding words by their company needs SciPy; install it with: pip install 'clearcount[reading]'"
        ) from None


def _company(documents: Iterable[Sequence[str]], places: dict[str, int]) -> list[_Near]:
    """Return for each kind of context how often two words stand near each other, a pair next to each other most.

    A context is three times the place of its word, plus 1 before and 2 behind where the side is told apart.
    """
    found: list[_Near] = [{} for _ in _CONTEXTS]
    for words in documents:
        row = [places.get(word, -1) for word in words]
        for at, one in enumerate(row):
            for apart in range(1, min(_WINDOW, len(row) - at - 1) + 1):
                two = row[at + apart]
                if one < 0 or two < 0:
                    continue
                for near, (reach, sided) in zip(found, _CONTEXTS, strict=True):
                    if apart <= reach:
                        behind, before = (2, 1) if apart <= sided else (0, 0)
                        near[one, 3 * two + behind] = near.get((one, 3 * two + behind), 0.0) + 1 / apart
                        near[two, 3 * one + before] = near.get((two, 3 * one + before), 0.0) + 1 / apart
    return found


def _described(near: _Near, words: int) -> csr_matrix:
    """Return a row of length one for each word: how surprising each of its contexts is."""
    import numpy as np
    from scipy.sparse import csr_matrix, diags

    pairs = sorted(near)
    rows, columns = np.array([one for one, _ in pairs]), np.array([two for _, two in pairs])
    counts = np.array([near[pair] for pair in pairs])
    whole = counts.sum()
    of_word = np.bincount(rows, counts, words)
    of_context = np.bincount(columns, counts, 3 * words) ** _SMOOTHING
    of_context *= whole / of_context.sum()
    surprise = np.log(counts * whole / (of_word[rows] * of_context[columns]))
    kept = surprise > 0
    told = csr_matrix((surprise[kept], (rows[kept], columns[kept])), shape=(words, 3 * words))
    lengths = np.sqrt(np.asarray(told.multiply(told).sum(axis=1)).ravel())
    lengths[lengths == 0] = 1.0
    return csr_matrix(diags(1 / lengths) @ told)


def _likeness(described: Sequence[csr_matrix], asked: Sequence[int], left_out: Sequence[int]) -> list[float]:
    """Return how like each word is to those asked for, over all descriptions; 1 is the likest of each."""
    import numpy as np

    total = np.zeros(described[0].shape[0])
    for told in described:
        alike = np.asarray(told @ told[list(asked)].sum(axis=0).T).ravel()
        alike[list(left_out)] = 0.0
        if alike.max() > 0:
            total += alike / alike.max()
    likeness: list[float] = total.round(12).tolist()
    return likeness
