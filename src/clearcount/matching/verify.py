"""The exact verifier: where a term stands in one text. It alone decides; everything else only nominates texts."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property, lru_cache
from itertools import accumulate
from typing import TypeAlias

from clearcount.matching.folding import Folded, folded
from clearcount.matching.patterns import PYTHON, PYTHON_ASCII, render
from clearcount.matching.shapes import Shape, needle, shapes
from clearcount.model.terms import LITERAL_RULES, Near, Phrase, Rule, Term

Place: TypeAlias = tuple[int, int]
"""Start and end of a hit in code points of the original text, end exclusive."""


class FoldedText:
    """One text with its folded forms, each made when first asked for."""

    def __init__(self, original: str) -> None:
        self.original = original

    @cached_property
    def folded(self) -> Folded:
        """The folded form."""
        return folded(self.original)

    @cached_property
    def cased(self) -> Folded:
        """The folded form with capitals as typed."""
        return folded(self.original, cased=True)

    @cached_property
    def casefolded(self) -> str:
        """The text without regard to case and otherwise as it is: full casefold of each character."""
        return self.original.casefold()

    @cached_property
    def lowered(self) -> Folded | None:
        """`casefolded` with the way back to the original; None where every character became one character."""
        if len(self.casefolded) == len(self.original):
            return None
        starts = [place for place, character in enumerate(self.original) for _ in character.casefold()]
        return Folded(self.casefolded, starts, [place + 1 for place in starts], False)

    @cached_property
    def word_starts(self) -> list[int]:
        """Where the words of the text begin, in code points of the original."""
        return [self.folded.starts[word.start()] for word in _words(self.folded.ascii).finditer(self.folded.text)]


@lru_cache(maxsize=2)
def _words(ascii: bool) -> re.Pattern[str]:
    return re.compile(f"[{(PYTHON_ASCII if ascii else PYTHON).word}]+")


class PhraseVerifier:
    """A phrase under `word` or `variant`, compiled when first needed."""

    def __init__(self, phrase: Phrase, rule: Rule) -> None:
        self.cased = phrase.cased
        self.shapes: tuple[Shape, ...] = shapes(phrase, rule)

    @cached_property
    def _needles(self) -> tuple[str, ...]:
        needles = dict.fromkeys(needle(shape) for shape in self.shapes)
        return () if "" in needles else tuple(needles)

    @cached_property
    def _ascii(self) -> tuple[re.Pattern[str], ...]:
        return tuple(re.compile(render(shape, PYTHON_ASCII)) for shape in self.shapes)

    @cached_property
    def _beyond(self) -> tuple[re.Pattern[str], ...]:
        return tuple(re.compile(render(shape, PYTHON)) for shape in self.shapes)

    def places(self, text: FoldedText) -> Iterator[Place]:
        """Yield leftmost-longest hits that do not overlap, in order."""
        view = text.cased if self.cased else text.folded
        if self._needles and not any(needle in view.text for needle in self._needles) and not view.lifts_ascii:
            return  # most terms of a long list leave here, before their pattern is even compiled
        patterns = self._ascii if view.ascii else self._beyond
        found = [pattern.search(view.text) for pattern in patterns]
        while any(found):
            start = min(match.start() for match in found if match)
            ends = [match.end() for match in found if match and match.start() == start]
            whole = [end for end in ends if view.ascii or not view.divides(start, end)]
            follow = start + 1
            if whole:
                follow = max(whole)
                yield view.starts[start], view.ends[follow - 1]
            found = [
                pattern.search(view.text, follow) if match and match.start() < follow else match
                for pattern, match in zip(patterns, found, strict=True)
            ]


class LiteralVerifier:
    """A term under `contains` or `padded`: the characters as typed, in any case."""

    def __init__(self, phrase: Phrase, rule: Rule) -> None:
        self.needle = phrase.literal.casefold()
        self.padded = rule == "padded"

    def places(self, text: FoldedText) -> Iterator[Place]:
        """Yield leftmost hits that do not overlap, in order. Padding spaces are not part of a hit, so two may share
        one.
        """
        lowered, needle, length = text.casefolded, self.needle, len(self.needle)
        start = lowered.find(needle)
        if start < 0:
            return  # the way back to the original is not made for the many texts that were nominated for little
        view = text.lowered
        while start >= 0:
            end = start + length
            spaced = not self.padded or (lowered[start - 1 : start] == " " and lowered[end : end + 1] == " ")
            hit = spaced and (view is None or not view.divides(start, end))
            if hit:
                yield (start, end) if view is None else (view.starts[start], view.ends[end - 1])
            start = lowered.find(needle, end if hit else start + 1)


Verifier: TypeAlias = PhraseVerifier | LiteralVerifier


def phrase_verifier(phrase: Phrase, rule: Rule) -> Verifier:
    """Return the verifier of one phrase."""
    return LiteralVerifier(phrase, rule) if rule in LITERAL_RULES else PhraseVerifier(phrase, rule)


class TermVerifier:
    """A whole term: its phrase, or two phrases near each other, and its exceptions."""

    def __init__(self, term: Term, rule: Rule) -> None:
        self.phrases = tuple(phrase_verifier(phrase, rule) for phrase in term.phrases)
        self.words_between = term.body.words if isinstance(term.body, Near) else 0
        self.exceptions = tuple(phrase_verifier(phrase, rule) for phrase in term.exceptions)

    def places(self, text: FoldedText) -> Iterator[Place]:
        """Return leftmost-longest hits that do not overlap, in order, before any exception."""
        if len(self.phrases) == 1:
            return self.phrases[0].places(text)
        left, right = (tuple(phrase.places(text)) for phrase in self.phrases)
        return _leftmost_longest([*self._pairs(text, left, right), *self._pairs(text, right, left)])

    def _pairs(self, text: FoldedText, firsts: Sequence[Place], seconds: Sequence[Place]) -> Iterator[Place]:
        """From each of `firsts` to the farthest of `seconds` behind it with few enough words between."""
        words = text.word_starts
        starts = [start for start, _ in seconds]
        for start, end in firsts:
            limit = bisect_left(words, end) + self.words_between
            last = words[limit] if limit < len(words) else len(text.original)
            place = bisect_right(starts, last) - 1
            if place >= 0 and starts[place] >= end:
                yield start, seconds[place][1]


def _leftmost_longest(places: Iterable[Place]) -> Iterator[Place]:
    done = 0
    for start, end in sorted(places, key=lambda place: (place[0], -place[1])):
        if start >= done:
            yield start, end
            done = end


class Around:
    """Places of exceptions, to be asked many times."""

    def __init__(self, places: Iterable[Place]) -> None:
        ordered = sorted(places)
        self._starts = [start for start, _ in ordered]
        self._farthest = list(accumulate((end for _, end in ordered), max))

    def holds(self, place: Place) -> bool:
        """Return whether `place` lies inside one of the places, equal ones included."""
        begun = bisect_right(self._starts, place[0])
        return begun > 0 and self._farthest[begun - 1] >= place[1]
