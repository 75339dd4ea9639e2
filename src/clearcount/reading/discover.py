"""Words that keep the same company as a term in the store's own texts: no list, no model, no download.

Each word is described by the words within four places of it, the nearer the heavier. The measure is positive pointwise
mutual information with smoothed contexts (Levy, Goldberg, Dagan, TACL 3 (2015) 211). Words described most like the
terms are proposed. The same texts give the same words. A term in fewer than three records teaches too little.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from clearcount.errors import EngineUnavailable
from clearcount.reading.suggest import STOP, Suggestion, without_names

MOST = 10
_WINDOW, _LEAST, _MOST_WORDS = 4, 3, 30_000
_SMOOTHING = 0.75
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


def neighbours(terms: Sequence[str], texts: Iterable[str], *, most: int = MOST) -> list[Suggestion]:
    """Return the words that keep most the same company as the terms, at most `most`, the likest first.

    Words of the terms, stop words and names behind a title are left out.

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
    likeness = _likeness(_company(documents, places), [places[word] for word in known], len(places))
    words = sorted(places, key=lambda word: (-likeness[places[word]], word))
    found = [word for word in words if word not in asked and word not in STOP and likeness[places[word]] > 0]
    return [Suggestion(word, "neighbour", ", ".join(known)) for word in found[:most]]


def _company(documents: Iterable[Sequence[str]], places: dict[str, int]) -> dict[tuple[int, int], float]:
    """Return how often two words stand near each other, a pair next to each other counting most."""
    near: dict[tuple[int, int], float] = {}
    for words in documents:
        row = [places.get(word, -1) for word in words]
        for at, one in enumerate(row):
            for apart in range(1, _WINDOW + 1):
                if at + apart >= len(row):
                    break
                two = row[at + apart]
                if one >= 0 and two >= 0:
                    near[one, two] = near.get((one, two), 0.0) + 1 / apart
                    near[two, one] = near.get((two, one), 0.0) + 1 / apart
    return near


def _likeness(near: dict[tuple[int, int], float], asked: Sequence[int], words: int) -> list[float]:
    """Return for each word the cosine of its description with that of the terms together."""
    try:
        import numpy as np
        from scipy.sparse import csr_matrix
    except ModuleNotFoundError:
        raise EngineUnavailable(
            "finding words by their company needs SciPy; install it with: pip install 'clearcount[reading]'"
        ) from None
    pairs = sorted(near)
    rows, columns = np.array([one for one, _ in pairs]), np.array([two for _, two in pairs])
    counts = np.array([near[pair] for pair in pairs])
    if not len(counts):
        return [0.0] * words
    whole = counts.sum()
    of_word = np.bincount(rows, counts, words)
    of_context = np.bincount(columns, counts, words) ** _SMOOTHING
    of_context *= whole / of_context.sum()
    surprise = np.log(counts * whole / (of_word[rows] * of_context[columns]))
    kept = surprise > 0
    told = csr_matrix((surprise[kept], (rows[kept], columns[kept])), shape=(words, words))
    lengths = np.sqrt(np.asarray(told.multiply(told).sum(axis=1)).ravel())
    lengths[lengths == 0] = 1.0
    together = sum(np.asarray(told[at].todense()).ravel() / lengths[at] for at in asked)
    likeness: list[float] = ((told @ together) / lengths).round(12).tolist()
    return likeness
