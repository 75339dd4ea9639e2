"""What a phrase matches, written once and rendered as a pattern for each engine.

A phrase becomes one or more `Shape`s over the folded form. Python's `re` decides on them (look-around, possessive
repeats); RE2 and hyperscan only nominate rows, so their patterns eat the neighbouring character instead of looking at
it and may let more through, never less.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from itertools import groupby
from typing import TypeAlias

from clearcount.matching.folding import SPACE, WORD, base, folded, spellings
from clearcount.model.characters import is_word
from clearcount.model.terms import Phrase, Rule, Wildcard


class Sign(Enum):
    """One place of a shape that is not a character."""

    SPACE = auto()  # one or more whitespace characters
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
    """Every spelling that `phrase` takes under `rule` (`word` or `variant`)."""
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
    """The letters, when the phrase is 2 to 6 capitals, dotted or not (`AI`, `A.I.`); else nothing."""
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


# ---------------------------------------------------------------------------------------------------- rendering


@dataclass(frozen=True)
class Dialect:
    """How a shape is written. `word` and `space` are the insides of character classes; `start` and `end` stand for
    the edge of a text in patterns that eat the neighbouring character, and are None in those that look at it."""

    word: str
    space: str
    character: Callable[[str], str]
    start: str | None = None
    end: str | None = None

    @property
    def exact(self) -> bool:
        """Whether patterns take exactly the texts that the shape takes; else at least those."""
        return self.start is None


def _escape(character: str) -> str:
    if character.isascii() and character.isalnum():
        return character
    return f"\\x{ord(character):02x}" if character < "\x80" else character


def _escape_re2(character: str) -> str:
    return character if character.isascii() and character.isalnum() else f"\\x{{{ord(character):x}}}"


def _class(ranges: Sequence[tuple[int, int]], escape: Callable[[str], str], last: int = 0x10FFFF) -> str:
    return "".join(f"{escape(chr(low))}-{escape(chr(min(high, last)))}" for low, high in ranges if low <= last)


def _plain(character: str) -> str:
    return _escape(base(character))


def _any_spelling(escape: Callable[[str], str]) -> Callable[[str], str]:
    return lambda character: f"[{''.join(map(escape, spellings(character)))}]"


PYTHON_ASCII = Dialect(_class(WORD, _escape, 0x7F), _class(SPACE, _escape, 0x7F), _plain)
PYTHON = Dialect(_class(WORD, _escape), _class(SPACE, _escape), _any_spelling(_escape))
LINES = Dialect(PYTHON_ASCII.word, PYTHON_ASCII.space, _plain, "^|", "|$")
"""One ASCII text at a time, in RE2."""
BUFFER = Dialect(PYTHON_ASCII.word, PYTHON_ASCII.space, _plain, "", "")
"""Many ASCII texts in one buffer, each ended by a line feed, in hyperscan."""
RE2 = Dialect(_class(WORD, _escape_re2), _class(SPACE, _escape_re2), _any_spelling(_escape_re2), "^|", "|$")
"""The folded form of other texts, one at a time, in RE2."""


def render(shape: Shape, dialect: Dialect) -> str:
    """The pattern of `shape` in `dialect`."""
    if dialect.exact:
        body = "".join(_body(shape.elements, dialect))
        return f"{_before(shape.before, dialect)}(?:{body}){_after(shape, dialect)}"
    elements = shape.elements
    front = "" if shape.before is Edge.FREE else f"(?:{dialect.start}[^{dialect.word}])"
    back = "" if shape.after is Edge.FREE or elements[-1] == "." else f"(?:[^{dialect.word}]{dialect.end})"
    if elements[0] is Sign.ANY:  # the rest of the word is for the verifier
        elements, front = elements[1:], ""
    if elements[-1] is Sign.ANY:
        elements, back = elements[:-1], ""
    return f"{front}{''.join(_element(element, dialect) for element in elements)}{back}"


def _before(edge: Edge, dialect: Dialect) -> str:
    if edge is Edge.FREE:
        return ""
    word = f"(?<![{dialect.word}])"
    return word if edge is Edge.WORD else f"{word}(?<!{word}[{dialect.word}]{dialect.character('.')})"


def _after(shape: Shape, dialect: Dialect) -> str:
    if shape.after is Edge.FREE:
        return ""
    word, initial = f"(?![{dialect.word}])", f"[{dialect.word}](?![{dialect.word}])"
    if shape.after is Edge.WORD:
        return word
    return f"(?!{initial})" if shape.elements[-1] == "." else f"{word}(?!{dialect.character('.')}{initial})"


def _body(elements: Sequence[Element], dialect: Dialect) -> Iterator[str]:
    """The elements as a pattern. What stands between two `*` is taken at the first place it fits and held there: a
    later place could not let the rest match where the first does not, and so the time stays linear."""
    stars = [place for place, element in enumerate(elements) if element is Sign.ANY]
    yield from (_element(element, dialect) for element in elements[: stars[0] if stars else len(elements)])
    for start, end in zip(stars, [*stars[1:], len(elements)] if stars else [], strict=True):
        segment = f"[{dialect.word}]*?" + "".join(_element(element, dialect) for element in elements[start + 1 : end])
        yield segment if start == stars[-1] else f"(?>{segment})"


def _element(element: Element, dialect: Dialect) -> str:
    hold = "+" if dialect.exact else ""  # possessive: a space is never given back
    space = f"[{dialect.space}]"
    match element:
        case str():
            return dialect.character(element)
        case Sign.SPACE:
            return f"{space}+{hold}"
        case Sign.ONE:  # folding may make up to three characters of a capital that a cased term takes as one
            return f"[{dialect.word}]" if dialect.exact else f"[{dialect.word}]{{1,3}}"
        case Sign.ANY:
            return f"[{dialect.word}]*"
        case Joint(count, needed):
            dash = f"(?:{dialect.character('-')}|{dialect.character('_')})"
            dashes = f"(?:{dash}{space}*{hold})"
            if needed:
                return f"(?:{space}+{hold}{dashes}{{0,{count}}}|{dashes}{{1,{count}}})"
            return f"{space}*{hold}{dashes}{{0,{count}}}" if count else f"{space}*{hold}"
        case Either(spellings):
            return f"(?:{'|'.join(''.join(_element(e, dialect) for e in word) for word in spellings)})"


def text_of(elements: Sequence[Element]) -> str:
    """The longest run of plain characters in `elements`: a text without it cannot match."""
    runs = ["".join(map(base, run)) for plain, run in _runs(elements) if plain]
    return max(runs, key=len, default="")


def _runs(elements: Sequence[Element]) -> Iterator[tuple[bool, list[str]]]:
    for plain, run in groupby(elements, lambda element: isinstance(element, str)):
        yield plain, [element for element in run if isinstance(element, str)]
