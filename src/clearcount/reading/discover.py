"""Words that keep the same company as a term in the store's own texts: no list, no model, no download.

Each word is described three times. The first takes the words within four places of it. The second tells its direct
neighbours apart by side as well. The third takes the two words on each side, told apart. The nearer a word is, the
heavier. The measure is positive pointwise mutual information with smoothed contexts (Levy, Goldberg, Dagan, TACL 3
(2015) 211). Words described most like the terms come first. The three best of them are then asked for too, at half
weight (pseudo-relevance feedback). The same texts give the same words. A term in fewer than three records teaches too
little. Each proposal is another word: a form of a term is offered as its inflection, and of two forms of one word the
likest stands.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from clearcount.errors import EngineUnavailable
from clearcount.reading.kin import kin, stem
from clearcount.reading.suggest import STOP, Suggestion, without_names

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

MOST = 10
_LEAST, _MOST_WORDS = 3, 30_000
_CONTEXTS = ((4, 0), (4, 1), (2, 2))
"""Kinds of context: how many places away, and how many of them are told apart by side."""
_WINDOW = max(reach for reach, _ in _CONTEXTS)
_NEXT = 12
"""The weight of a direct neighbour. It is divided by the distance, which leaves whole numbers: their sums are exact."""
_FEEDBACK, _FEEDBACK_WEIGHT = 3, 0.5
_SMOOTHING = 0.75
_AT_ONCE = 500_000
_RARE, _END = -1, -2
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


def neighbours(terms: Sequence[str], texts: Iterable[str], *, most: int = MOST) -> list[Suggestion]:
    """Return the words that keep most the same company as the terms, at most `most`, the likest first.

    A term of several words is one thing to describe: the company of `deep` or `fake` is not asked for. Words of the
    terms and their kin, stop words and names behind a title are left out.

    Raises:
        EngineUnavailable: when SciPy is not installed.
    """
    phrases = [tuple(word.casefold() for word in _WORD.findall(term)) for term in terms]
    documents = [_joined([word.casefold() for word in _WORD.findall(without_names(text))], phrases) for text in texts]
    held = Counter(word for words in documents for word in set(words))
    common = sorted((word for word in held if held[word] >= _LEAST), key=lambda word: (-held[word], word))
    places = {word: at for at, word in enumerate(sorted(common[:_MOST_WORDS]))}
    known = sorted({" ".join(phrase) for phrase in phrases} & places.keys())
    asked = {*known, *(word for phrase in phrases for word in phrase)}
    if not known:
        return []
    _require_scipy()
    described = [_described(each) for each in _company(documents, places)]
    if not all(each.nnz for each in described):
        return []
    terms_at = [places[word] for word in known]
    first = _likeness(described, terms_at, terms_at)

    def best(likeness: Sequence[float]) -> list[str]:
        order = sorted(places, key=lambda word: (-likeness[places[word]], word))
        return [word for word in order if likeness[places[word]] > 0 and word not in asked and word not in STOP]

    again = [places[word] for word in best(first)[:_FEEDBACK]]
    second = _likeness(described, again, terms_at) if again else [0.0] * len(places)
    both = [one + _FEEDBACK_WEIGHT * two for one, two in zip(first, second, strict=True)]
    found: dict[str, str] = {}
    for word in best(both):
        if not any(kin(term, word) for term in asked):
            found.setdefault(stem(word), word)
    return [Suggestion(word, "neighbour", ", ".join(known)) for word in list(found.values())[:most]]


def _joined(words: list[str], phrases: Iterable[tuple[str, ...]]) -> list[str]:
    """Return the words with each phrase as one of them, joined by spaces; longer phrases first."""
    for phrase in sorted({each for each in phrases if len(each) > 1}, key=lambda each: (-len(each), each)):
        if phrase[0] not in words:
            continue
        joined, at = [], 0
        while at < len(words):
            found = words[at] == phrase[0] and tuple(words[at : at + len(phrase)]) == phrase
            joined.append(" ".join(phrase) if found else words[at])
            at += len(phrase) if found else 1
        words = joined
    return words


def _require_scipy() -> None:
    try:
        import scipy.sparse  # noqa: F401
    except ModuleNotFoundError:
        raise EngineUnavailable(
            "finding words by their company needs SciPy; install it with: pip install 'clearcount[reading]'"
        ) from None


def _company(documents: Iterable[Sequence[str]], places: dict[str, int]) -> list[csr_matrix]:
    """Return for each kind of context how often two words stand near each other, a pair next to each other most.

    A row is a word. A column is the place of its context, plus the number of words where that stands before it, plus
    twice that number where it stands behind and the side is told apart.
    """
    import numpy as np
    from scipy.sparse import coo_matrix, csr_matrix

    words = len(places)
    found = [csr_matrix((words, 3 * words)) for _ in _CONTEXTS]
    for row in _runs(documents, places):
        pairs = {}
        for apart in range(1, _WINDOW + 1):
            one, two = row[:-apart], row[apart:]
            both = (one >= 0) & (two >= 0)
            pairs[apart] = one[both], two[both]
        for at, (reach, sided) in enumerate(_CONTEXTS):
            near = [(apart, words * (apart <= sided), *pairs[apart]) for apart in range(1, reach + 1)]
            of_word = [part for _, _, one, two in near for part in (one, two)]
            of_context = [part for _, side, one, two in near for part in (two + 2 * side, one + side)]
            heavy = [np.full(2 * len(one), float(_NEXT // apart)) for apart, _, one, _ in near]
            places_of = np.concatenate(of_word), np.concatenate(of_context)
            found[at] = found[at] + coo_matrix((np.concatenate(heavy), places_of), shape=(words, 3 * words)).tocsr()
    return found


def _runs(documents: Iterable[Sequence[str]], places: dict[str, int]) -> Iterator[NDArray[np.int64]]:
    """Yield the places of the words of many documents, apart so far that no pair reaches from one into the next."""
    import numpy as np

    run: list[int] = []
    for words in documents:
        run.extend(places.get(word, _RARE) for word in words)
        run.extend([_END] * _WINDOW)
        if len(run) >= _AT_ONCE:
            yield np.array(run, np.int64)
            run = []
    yield np.array(run, np.int64)


def _described(near: csr_matrix) -> csr_matrix:
    """Return a row of length one for each word: how surprising each of its contexts is."""
    import numpy as np
    from scipy.sparse import csr_matrix, diags

    pairs = near.tocoo()
    words, contexts = near.shape
    whole = pairs.data.sum()
    of_word = np.bincount(pairs.row, pairs.data, words)
    of_context = np.bincount(pairs.col, pairs.data, contexts) ** _SMOOTHING
    of_context *= whole / max(of_context.sum(), 1.0)
    surprise = np.log(pairs.data * whole / (of_word[pairs.row] * of_context[pairs.col]))
    kept = surprise > 0
    told = csr_matrix((surprise[kept], (pairs.row[kept], pairs.col[kept])), shape=near.shape)
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
