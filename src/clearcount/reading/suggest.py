"""Words that a request might have asked for too: variants in the records, related words, words that mark the relevant.

A suggestion is a help for the next version of a query. Nothing is added by itself, and a new term is a new query: its
hits are read and its sample is drawn anew.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from clearcount.data import read_text
from clearcount.errors import ForeignFileError, RequestError
from clearcount.foreign import parse_toml
from clearcount.reading.keyness import keyness
from clearcount.reading.kin import kin

Kind = Literal["variant", "inflection", "related", "keyness", "neighbour"]
MOST_PER_TERM = 10
_SHORTEST = 5
_LEAST_RECORDS, _LEAST_LIKELIHOOD, _LEAST_RATIO = 3, 10.83, 2.0
_WORD = re.compile(r"[^\W_]+")
_TITLED = re.compile(
    r"\b(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|PC|PCSO|DC|DS|DI|DCI|Sgt|Insp)\.?\s+[A-Z][\w'’-]+(?:\s+[A-Z][\w'’-]+)?"
)
_STOP_WORDS = """
    a about above after again against all am an and any are as at be because been before being below between both but
    by can could did do does doing down during each few for from further had has have having he her here hers him his
    how i if in into is it its just me more most my no nor not now of off on once only or other our out over own said
    same she should so some such than that the their them then there these they this those through to too under until
    up us very was we were what when where which while who whom why will with would you your
"""
STOP = frozenset(_STOP_WORDS.split())


@dataclass(frozen=True)
class Suggestion:
    """A term to consider. `of` is the term or topic it comes from.

    For keyness: `relevant` and `others` are the records of either kind that hold it, with log-likelihood and log ratio.
    `p` is the chance of such a likelihood after Bonferroni's correction for all the words looked at.
    """

    term: str
    kind: Kind
    of: str
    relevant: int = 0
    others: int = 0
    log_likelihood: float = 0.0
    log_ratio: float = 0.0
    p: float = 1.0


def without_names(text: str) -> str:
    """Return the text without names that stand behind a title or a rank."""
    return _TITLED.sub(" ", text)


def vocabulary(texts: Iterable[str]) -> Counter[str]:
    """Return how many texts hold each word and each pair of neighbouring words (joined by a space), without regard to
    case.
    """
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(_words_and_pairs(text))
    return counts


def variants(term: str, words: Mapping[str, int]) -> list[Suggestion]:
    """Return spellings of `term` and its inflections that stand in the records, the commonest first, at most ten.

    A variant begins with the same letter and differs by one edit (5 to 7 letters) or two (8 and more). An edit adds,
    drops or replaces a letter, or swaps two neighbours. Two neighbouring words count as a variant when they are one
    joined. Terms of fewer than five letters have inflections alone: too many other words lie near them.
    """
    parts = _WORD.findall(term.casefold().rstrip("*"))
    plain = "".join(parts)
    shortest = len(plain) if len(parts) > 1 else 0  # "artificial" is no form of "artificial intelligence"
    reach = 1 if len(plain) < 8 else 2
    found: dict[str, Kind] = {}
    for word in words:
        joined = word.replace(" ", "")
        if joined[:1] != plain[:1] or word == term.casefold():
            continue
        if " " not in word and len(word) >= shortest and kin(plain, word):
            found[word] = "inflection"
        elif len(plain) < _SHORTEST or abs(len(joined) - len(plain)) > reach:
            continue
        elif edit_distance(plain, joined, reach) <= reach:
            found[word] = "variant"
    best = sorted(found, key=lambda word: (-words[word], word))[:MOST_PER_TERM]
    return [Suggestion(word, found[word], term) for word in best]


def related(terms: Sequence[str], listed: str | None = None) -> list[Suggestion]:
    """Return the related words of every topic that one of `terms` belongs to, from the packaged list or the TOML
    `listed`.

    Raises:
        RequestError: when `listed` is not such a list.
    """
    asked = {_plain(term) for term in terms}
    try:
        topics = parse_toml(read_text("related_words.toml") if listed is None else listed, "list of words")["topic"]
        return [
            Suggestion(str(word), "related", str(topic["name"]))
            for topic in topics
            if asked & {_plain(when) for when in topic["when"]}
            for word in topic["words"]
            if _plain(word) not in asked
        ]
    except (ForeignFileError, KeyError, TypeError) as error:
        raise RequestError(
            f"the list of related words cannot be read ({error}); write [[topic]] with name, when and words"
        ) from None


def related_version() -> str:
    """Return the date of the packaged list of related words."""
    return str(tomllib.loads(read_text("related_words.toml"))["version"])


def key_words(
    relevant: Sequence[str], others: Sequence[str], *, known: Callable[[str], bool], most: int = 20
) -> list[Suggestion]:
    """Return words and pairs that stand in relevant texts far more often than in others, by number of texts.

    Kept when at least three relevant texts hold one, log-likelihood exceeds 10.83 and it is four times as frequent.
    Names after a title are masked; stop words and what `known` (the query finds it already) are left out.
    """
    if not relevant or not others:
        return []
    inside, outside = vocabulary(map(_masked, relevant)), vocabulary(map(_masked, others))
    tested = max(1, len(inside))
    found = []
    for word, a in inside.items():
        if a < _LEAST_RECORDS or _idle(word):
            continue
        measured = keyness(a, outside[word], len(relevant), len(others))
        if measured.log_likelihood <= _LEAST_LIKELIHOOD or measured.log_ratio <= _LEAST_RATIO or known(word):
            continue
        p = min(1.0, tested * math.erfc(math.sqrt(measured.log_likelihood / 2)))
        found.append(
            Suggestion(
                word, "keyness", "confirmed records", a, outside[word], measured.log_likelihood, measured.log_ratio, p
            )
        )
    return sorted(found, key=lambda each: (-each.log_likelihood, each.term))[:most]


def edit_distance(one: str, two: str, most: int) -> int:
    """Return the optimal string alignment distance; some number above `most` as soon as it exceeds that."""
    before_last: list[int] = []
    last = list(range(len(two) + 1))
    for i, a in enumerate(one, 1):
        row = [i]
        for j, b in enumerate(two, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a != b))
            if i > 1 and j > 1 and a == two[j - 2] and one[i - 2] == b:
                cost = min(cost, before_last[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
        before_last, last = last, row
    return last[-1]


def _words_and_pairs(text: str) -> set[str]:
    words = [word.casefold() for word in _WORD.findall(text)]
    return {*words, *(f"{one} {two}" for one, two in pairwise(words))}


def _idle(word: str) -> bool:
    parts = word.split()
    return parts[0] in STOP or parts[-1] in STOP or any(len(part) < 2 or part.isdigit() for part in parts)


def _masked(text: str) -> str:
    return _TITLED.sub(" ", text)


def _plain(term: str) -> str:
    return " ".join(_WORD.findall(term.casefold()))
