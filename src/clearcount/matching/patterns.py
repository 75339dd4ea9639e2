"""Shapes as patterns, in the dialect of each engine.

Python's `re` decides: its patterns look at the neighbours of a hit (look-around) and never give a space back
(possessive repeats). RE2 and hyperscan only nominate texts: their patterns eat the neighbouring character instead of
looking at it, and may let more through, never less.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from clearcount.matching.folding import ASCII_APOSTROPHES, LIFTED_ASCII, SPACE, WORD, base, spellings
from clearcount.matching.shapes import Edge, Either, Element, Joint, Shape, Sign, needle


@dataclass(frozen=True)
class Dialect:
    """How a shape is written. `word` and `space` are the insides of character classes. `start` and `end` mark the edge
    of a text in patterns that eat the neighbouring character. They are None in those that look at it.
    """

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
    return _alternatives(base(character), _escape)


def _alternatives(plain: str, escape: Callable[[str], str]) -> str:
    return f"[{''.join(map(escape, ASCII_APOSTROPHES))}]" if plain in ASCII_APOSTROPHES else escape(plain)


def _spelled(escape: Callable[[str], str]) -> Callable[[str], str]:
    def spelled(character: str) -> str:
        plain = ASCII_APOSTROPHES if base(character) in ASCII_APOSTROPHES else character
        return f"[{''.join(escape(spelling) for sign in plain for spelling in spellings(sign))}]"

    return spelled


PYTHON_ASCII = Dialect(_class(WORD, _escape, 0x7F), _class(SPACE, _escape, 0x7F), _plain)
PYTHON = Dialect(_class(WORD, _escape), _class(SPACE, _escape), _spelled(_escape))
LINES = Dialect(PYTHON_ASCII.word, PYTHON_ASCII.space, _plain, "^|", "|$")
"""One ASCII text at a time, in RE2."""
BUFFER = Dialect(PYTHON_ASCII.word, PYTHON_ASCII.space, _plain, "", "")
"""Many ASCII texts in one buffer, each ended by a line feed, in hyperscan."""
RE2 = Dialect(
    _class(WORD, _escape_re2),
    PYTHON_ASCII.space,
    lambda character: (
        _alternatives(base(character), _escape_re2) if base(character) < "\x80" else _spelled(_escape_re2)(character)
    ),
    "^|",
    "|$",
)
"""The folded form of other texts, one at a time, in RE2; not texts with ASCII characters that are not spelled as
themselves (`Folded.lifts_ascii`), because spelling every letter in three ways costs RE2 its speed."""
LIFTED_ASCII_RE2 = f"[{_class(LIFTED_ASCII, _escape_re2)}]"
"""Finds just those texts."""


def render(shape: Shape, dialect: Dialect) -> str:
    """Return the pattern of `shape` in a dialect that looks at the neighbours. It takes exactly what the shape takes,
    but for hits that divide a character of the original.
    """
    return f"{_before(shape.before, dialect)}(?:{''.join(_body(shape.elements, dialect))}){_after(shape, dialect)}"


@dataclass(frozen=True)
class Net:
    """A pattern that takes at least what a shape takes, in three parts that are written one after the other."""

    front: str
    body: str
    back: str


def net(shape: Shape, dialect: Dialect) -> Net:
    """Return the pattern of `shape` in a dialect that eats the neighbours."""
    elements = shape.elements
    front = "" if shape.before is Edge.FREE else f"(?:{dialect.start}[^{dialect.word}])"
    back = "" if shape.after is Edge.FREE or elements[-1] == "." else f"(?:[^{dialect.word}]{dialect.end})"
    if elements[0] is Sign.ANY:  # the rest of the word is for the verifier
        elements, front = elements[1:], ""
    if elements[-1] is Sign.ANY:
        elements, back = elements[:-1], ""
    return Net(front, "".join(_element(element, dialect) for element in elements), back)


_LONG = 7


def nets(shape: Shape, dialect: Dialect) -> Iterator[Net]:
    """Yield `net` for an engine that loves literals: patterns of fixed length, one of which takes what the shape takes.

    "voice clone" becomes `voice clone` with one space, and the longer word beside two: a repeat would make a thousand
    phrases six times slower. Long words go without their neighbours, which halves compilation and nominates little.
    """
    long = len(needle(shape)) >= _LONG
    before, after = (Edge.FREE, Edge.FREE) if long else (shape.before, shape.after)
    single = tuple(Sign.ONE_SPACE if element is Sign.SPACE else element for element in shape.elements)
    yield net(Shape(single, before, after), dialect)
    gaps = [place for place, element in enumerate(shape.elements) if element is Sign.SPACE]
    from_start = bool(gaps) and gaps[0] >= len(single) - gaps[-1]
    for gap in gaps:  # the first wide gap when counted from the longer end of the phrase
        if from_start:
            yield net(Shape((*single[:gap], Sign.ONE_SPACE, Sign.ONE_SPACE), before, Edge.FREE), dialect)
        else:
            yield net(Shape((Sign.ONE_SPACE, Sign.ONE_SPACE, *single[gap + 1 :]), Edge.FREE, after), dialect)


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
        case Sign.ONE_SPACE:
            return space
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
