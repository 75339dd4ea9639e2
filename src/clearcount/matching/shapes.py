"""What a phrase matches, written once: one or more `Shape`s over the folded form, to be rendered as patterns."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from itertools import groupby
from typing import TypeAlias

from clearcount.matching.folding import ASCII_APOSTROPHES, SPACE, WORD, base, folded
from clearcount.model.characters import is_word
from clearcount.model.terms import Phrase, Rule, Wildcard


class Sign(Enum):
    """One place of a shape that is not a character."""

    SPACE = auto()  # one or more whitespace characters
    ONE_SPACE = auto()  # one whitespace character
    ANY = auto()  # word characters, or none
    ONE = auto()  # one word character


@dataclass(frozen=True)
class Joint:
    """`count` spaces or hyphens of a term under `variant`: spaces, up to `count` hyphens or underscores, or nothing
    (unless `needed`)."""

    count: int
    needed: bool = False


@dataclass(frozen=True)
class Either:
    """One of several spellings of a whole word."""

    spellings: tuple[tuple[str | Sign, ...], ...]


Element: TypeAlias = str | Sign | Joint | Either
"""A string is one character of the folded form."""


class Edge(Enum):
    """What may stand beside a hit."""

    FREE = auto()  # anything: the term itself begins or ends with a sign
    WORD = auto()  # no word character
    INITIALS = auto()  # no word character, nor another initial: A.I. is not inside U.S.A.I.D.


@dataclass(frozen=True)
class Shape:
    """One spelling of a phrase. At one place of a text a shape matches in at most one way."""

    elements: tuple[Element, ...]
    before: Edge
    after: Edge


def shapes(phrase: Phrase, rule: Rule) -> tuple[Shape, ...]:
    """Return every spelling that `phrase` takes under `rule` (`word` or `variant`)."""
    elements = tuple(_elements(phrase))
    if phrase.typo:
        return (Shape((Either(tuple(_typos([e for e in elements if isinstance(e, str)]))),), Edge.WORD, Edge.WORD),)
    plain = _framed(elements)
    if phrase.exact or rule == "word":
        return (plain,)
    found = [_framed(reading) for reading in _readings(tuple(_joined(elements)))]
    if letters := acronym(phrase):
        found += _initials([folded(letter, cased=phrase.cased).text for letter in letters])
    return tuple(dict.fromkeys([*found, plain]))


def acronym(phrase: Phrase) -> str:
    """Return the letters, when the phrase is 2 to 6 capitals, dotted or not (`AI`, `A.I.`); else nothing."""
    text = phrase.literal.strip()
    if len(phrase.parts) != 1 or not re.fullmatch(r"[^\W\d_]{2,6}|(?:[^\W\d_]\.){1,5}[^\W\d_]\.?", text):
        return ""
    letters = text.replace(".", "")
    return letters if 2 <= len(letters) <= 6 and all(letter.isupper() for letter in letters) else ""


def _elements(phrase: Phrase) -> Iterator[Element]:
    elements: list[Element] = []
    for part in phrase.parts:
        if part is Wildcard.ANY:
            elements.append(Sign.ANY)
        elif part is Wildcard.ONE:
            elements.append(Sign.ONE)
        else:
            elements += [
                Sign.SPACE if _within(character, SPACE) else character
                for character in folded(part, cased=phrase.cased).text
            ]
    while elements and elements[0] is Sign.SPACE:
        del elements[0]
    while elements and elements[-1] is Sign.SPACE:
        del elements[-1]
    for element, repeats in groupby(elements):
        yield from [element] if element in (Sign.SPACE, Sign.ANY) else repeats


def _framed(elements: tuple[Element, ...]) -> Shape:
    return Shape(elements, _edge(elements[0]), _edge(elements[-1]))


def _edge(outer: Element) -> Edge:
    wordy = not isinstance(outer, str) or _within(outer, WORD) or is_word(base(outer))
    return Edge.WORD if wordy else Edge.FREE


def _joined(elements: Sequence[Element]) -> Iterator[Element]:
    """`elements` with every run of spaces and hyphens as one joint, but for hyphens at either end of the term."""
    solid = [place for place, element in enumerate(elements) if element not in (Sign.SPACE, "-")]
    for is_joint, run in groupby(enumerate(elements), lambda item: item[1] in (Sign.SPACE, "-")):
        places = [place for place, _ in run]
        if is_joint and solid and solid[0] < places[0] < solid[-1]:
            yield Joint(len(places))
        else:
            yield from (elements[place] for place in places)


def _readings(elements: tuple[Element, ...]) -> Iterator[tuple[Element, ...]]:
    """`elements` with the joints behind each `*` settled, so that every reading ends at one place only: either all
    joints up to the next `*` are nothing, or the first that is something is named, and the `*` ends at it."""
    start = elements.index(Sign.ANY) + 1 if Sign.ANY in elements else len(elements)
    end = next((place for place in range(start, len(elements)) if elements[place] is Sign.ANY), len(elements))
    head, segment, rest = elements[:start], elements[start:end], elements[end:]
    joints = [place for place, element in enumerate(segment) if isinstance(element, Joint)]
    settled: list[tuple[Element, ...]] = [tuple(element for element in segment if not isinstance(element, Joint))]
    for first in joints:
        before = tuple(element for element in segment[:first] if not isinstance(element, Joint))
        joint = segment[first]
        assert isinstance(joint, Joint)
        settled.append((*before, Joint(joint.count, needed=True), *segment[first + 1 :]))
    for tail in _readings(rest) if rest else [()]:
        for reading in settled:
            yield (*head, *reading, *tail)


def _initials(letters: Sequence[str]) -> Iterator[Shape]:
    """`A. I.` (the last dot needed), `A.I` and `AI`; each letter is a folded string of one or more characters."""
    spaced: list[Element] = []
    dotted: list[Element] = []
    for number, letter in enumerate(letters):
        spaced += [Joint(0), *letter, "."] if number else [*letter, "."]
        dotted += [".", *letter] if number else [*letter]
    yield Shape(tuple(spaced), Edge.INITIALS, Edge.INITIALS)
    yield Shape(tuple(dotted), Edge.INITIALS, Edge.INITIALS)
    yield _framed(tuple("".join(letters)))


def _typos(word: Sequence[str]) -> Iterator[tuple[str | Sign, ...]]:
    """The word with at most one letter behind the first added, left out, changed or swapped with its neighbour."""
    for place in range(1, len(word)):
        yield (*word[:place], Sign.ONE, *word[place + 1 :])
        yield (*word[:place], Sign.ONE, *word[place:])
        yield (*word[:place], *word[place + 1 :])
        yield (*word[:place], *word[place : place + 2][::-1], *word[place + 2 :])
    yield (*word, Sign.ONE)


def _within(character: str, ranges: Sequence[tuple[int, int]]) -> bool:
    return any(low <= ord(character) <= high for low, high in ranges)


def needle(shape: Shape) -> str:
    """Return the longest run of ASCII characters that every text hit by `shape` holds in its folded form, perhaps
    none.
    """
    runs = [""]
    for element in shape.elements:
        if isinstance(element, str) and base(element) < "\x80" and base(element) not in ASCII_APOSTROPHES:
            runs[-1] += base(element)
        else:
            runs.append("")
    return max(runs, key=len)


def is_ascii(shape: Shape) -> bool:
    """Return whether an ASCII pattern finds `shape` in every folded text that spells ASCII as itself. Such a shape
    names only ASCII characters. Its word characters mean others at most at its ends, where a pattern leaves them out.
    """
    inner = shape.elements[shape.elements[0] is Sign.ANY : len(shape.elements) - (shape.elements[-1] is Sign.ANY)]
    return all(
        base(element) < "\x80" if isinstance(element, str) else element is Sign.SPACE or isinstance(element, Joint)
        for element in inner
    )
