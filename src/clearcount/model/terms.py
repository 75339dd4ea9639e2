"""Search terms: the rule they are read under, and the small term language as parsed values.

Under the rules `word` and `variant` a term is read by this grammar; capitals mark the operators:

    term   = part [ NEAR/n part ] [ EXCEPT part { "," part } ]
    part   = [ "=" ] ( quoted phrase | phrase | word "~1" )
    phrase = any characters, in which * stands for 0 or more and ? for 1 letter or digit

A backslash before `* ? " = ~` takes their meaning away. Under `contains` and `padded` every character is literal.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import Literal, NoReturn, get_args

from clearcount.errors import TermError
from clearcount.model.characters import DELETED, SPACES

Rule = Literal["contains", "padded", "word", "variant"]
RULES: tuple[Rule, ...] = get_args(Rule)
LITERAL_RULES: tuple[Rule, ...] = ("contains", "padded")
"""The rules that know no term language."""

LONGEST_TERM = 1000
"""Characters. Longer terms are pasted text, not terms."""
WIDEST_NEAR = 100
"""Words. Two words further apart than this share an entry, not a sentence."""

_LITERALS_BESIDE_WILDCARDS = 3
_MOST_STARS = 3
_MOST_JOINTS = 6  # spaces or hyphens behind the first * of a phrase: each doubles the ways of reading it
_LETTERS_BEFORE_TYPO = 5
_OPENING = '"\u201c\u201d\u201e\u201f'
_OPERATOR = re.compile(r"(?<!\S)(NEAR(?:/\S*)?|EXCEPT|AND|OR|NOT)(?!\S)")
_TYPO = re.compile(r"~(\d+)\s*\Z")


class Wildcard(Enum):
    """A stand-in for characters of a word; it never stands for a space or a sign."""

    ANY = "*"
    ONE = "?"


@dataclass(frozen=True)
class Phrase:
    """Words in a row. `parts` are the literal stretches and the wildcards between them, in order.

    `exact`: quoted, so rule `word` applies whatever the rule of the run. `cased`: capitals must agree.
    `typo`: one letter may be added, left out, changed or swapped with its neighbour.
    """

    parts: tuple[str | Wildcard, ...]
    exact: bool = False
    cased: bool = False
    typo: bool = False

    @property
    def literal(self) -> str:
        """The phrase with its wildcards left out."""
        return "".join(part for part in self.parts if isinstance(part, str))

    def __str__(self) -> str:
        return "".join(part if isinstance(part, str) else part.value for part in self.parts)


@dataclass(frozen=True)
class Near:
    """Two phrases in the same text, in either order, with at most `words` words between them."""

    left: Phrase
    right: Phrase
    words: int


@dataclass(frozen=True)
class Term:
    """One term as typed (`source`) and as understood. A hit inside a hit of one of `exceptions` is dropped."""

    source: str
    body: Phrase | Near
    exceptions: tuple[Phrase, ...] = ()

    @property
    def phrases(self) -> tuple[Phrase, ...]:
        """The phrases that must stand in a text for the term to hit it."""
        return (self.body.left, self.body.right) if isinstance(self.body, Near) else (self.body,)


@dataclass(frozen=True)
class TermSet:
    """The terms of a run: at least one, all different, with the phrases (`none`) inside which no hit counts.

    Equal values match the same texts. `parsed` and `excluded` are the terms and `none` as understood.

    Raises:
        TermError: each fault names the term, the place and what to write; `position` is that of the first fault.
    """

    rule: Rule
    terms: tuple[str, ...]
    none: tuple[str, ...] = ()
    parsed: tuple[Term, ...] = field(init=False, compare=False, repr=False)
    excluded: tuple[Phrase, ...] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        if self.rule not in RULES:
            raise TermError(f"there is no term rule {self.rule!r}; the rules are {', '.join(RULES)}")
        if not self.terms:
            raise TermError("there is no term to search for; give at least one, or leave the terms out altogether")
        faults: list[TermError] = []
        parsed: list[Term] = []
        excluded: list[Phrase] = []
        for source in self.terms:
            try:
                parsed.append(parse_term(source, self.rule))
            except TermError as fault:
                faults.append(fault)
        for source in self.none:
            try:
                excluded.append(parse_phrase(source, self.rule))
            except TermError as fault:
                faults.append(fault)
        faults += [
            TermError(f"the term {source!r} is listed twice; its hits would count twice; take one out")
            for source in dict.fromkeys(self.terms)
            if self.terms.count(source) > 1
        ]
        if faults:
            raise TermError("\n".join(map(str, faults)), position=faults[0].position)
        object.__setattr__(self, "parsed", tuple(parsed))
        object.__setattr__(self, "excluded", tuple(excluded))

    @property
    def digest(self) -> str:
        """A hash (SHA-256, hexadecimal) of rule, terms and exclusions: equal for equal sets on every machine."""
        blocks = (self.rule, str(len(self.terms)), *self.terms, *self.none)
        data = b"".join(len(raw).to_bytes(8, "big") + raw for raw in (block.encode() for block in blocks))
        return hashlib.sha256(data).hexdigest()


def parse_term(source: str, rule: Rule) -> Term:
    """Return the term that `source` spells under `rule`. Raises TermError at the place where reading stopped."""
    _check_characters(source)
    if rule in LITERAL_RULES:
        return Term(source, Phrase((source,)))
    operators = list(_operators(source))
    for place, word in operators:
        if word in ("AND", "OR", "NOT"):
            _fail(source, place, f"{word} is not part of the term language; write one term per line")
    excepts = [place for place, word in operators if word == "EXCEPT"]
    if len(excepts) > 1:
        _fail(source, excepts[1], "a second EXCEPT; write all exceptions behind the first, with commas between them")
    end = excepts[0] if excepts else len(source)
    exceptions = tuple(_exceptions(source, end + len("EXCEPT"))) if excepts else ()
    nears = [(place, word) for place, word in operators if word.startswith("NEAR")]
    for place, _ in nears[1:]:
        _fail(source, place, "a second NEAR; a term joins two phrases")
    if not nears:
        return Term(source, _part(source, 0, end), exceptions)
    place, word = nears[0]
    if place > end:
        _fail(source, place, "NEAR stands behind EXCEPT; an exception is a phrase")
    if not (number := re.fullmatch(r"NEAR/(\d{1,3})", word)) or int(number[1]) > WIDEST_NEAR:
        _fail(
            source,
            place,
            f"NEAR needs the most words that may be between, from 0 to {WIDEST_NEAR}, as in NEAR/3. "
            "For the word itself write it in small letters or the phrase in quotes",
        )
    body = Near(_part(source, 0, place), _part(source, place + len(word), end), int(number[1]))
    return Term(source, body, exceptions)


def parse_phrase(source: str, rule: Rule) -> Phrase:
    """Return the phrase that `source` spells under `rule`: a term without NEAR and EXCEPT. Raises TermError."""
    term = parse_term(source, rule)
    if term.exceptions or not isinstance(term.body, Phrase):
        _fail(source, 0, "an excluded phrase takes neither NEAR nor EXCEPT")
    return term.body


def _fail(source: str, position: int, why: str) -> NoReturn:
    """Raise the TermError that points at `position`."""
    shown = "".join(character if character.isprintable() else " " for character in source)
    raise TermError(
        f"term {source!r}, character {position + 1}: {why}\n  {shown}\n  {' ' * position}^", position=position
    )


def _check_characters(source: str) -> None:
    if len(source) > LONGEST_TERM:
        raise TermError(
            f"the term that begins {source[:20]!r} has {len(source)} characters; terms have at most {LONGEST_TERM}",
            position=LONGEST_TERM,
        )
    if all(character in SPACES or character in DELETED for character in source):
        raise TermError(f"the term {source!r} is blank; write the words to look for")
    for place, character in enumerate(source):
        if unicodedata.category(character) == "Cs" or 0x40000 <= ord(character) < 0xE0000:
            _fail(source, place, f"U+{ord(character):04X} is not a character of any text; delete it")


def _operators(source: str) -> Iterator[tuple[int, str]]:
    """Place and word of each operator outside quotes. AND, OR and NOT count only beside words in small letters,
    because in a term that is all capitals they are words like the others."""
    for match in _OPERATOR.finditer(_without_quotes(source)):
        if match[1] not in ("AND", "OR", "NOT") or source != source.upper():
            yield match.start(), match[1]


def _without_quotes(source: str) -> str:
    """`source` with every quoted phrase blanked out, at the same length."""
    masked = list(source)
    place = 0
    while place < len(source):
        opens = source[place] in _OPENING and _starts_a_part(source, place)
        close = _closing(source, place) if opens else None
        if close is None:
            place += 1
            continue
        masked[place : close + 1] = "_" * (close + 1 - place)
        place = close + 1
    return "".join(masked)


def _starts_a_part(source: str, place: int) -> bool:
    """Whether a quotation mark at `place` opens a phrase: at the start of the term, or behind an operator or comma."""
    before = source[:place].rstrip("".join(SPACES))
    before = before.removesuffix("=").rstrip() if before.endswith("=") else before
    return not before or before.endswith(",") or re.search(r"(?<!\S)(NEAR(/\S*)?|EXCEPT)\Z", before) is not None


def _closing(source: str, opening: int) -> int | None:
    place = opening + 1
    while place < len(source):
        if source[place] == "\\":
            place += 1
        elif source[place] in _OPENING:
            return place
        place += 1
    return None


def _exceptions(source: str, start: int) -> Iterator[Phrase]:
    masked = _without_quotes(source)
    while True:
        comma = masked.find(",", start)
        yield _part(source, start, len(source) if comma < 0 else comma)
        if comma < 0:
            return
        start = comma + 1


def _part(source: str, start: int, end: int) -> Phrase:
    """The phrase spelled by `source[start:end]`."""
    while start < end and source[start] in SPACES:
        start += 1
    while end > start and source[end - 1] in SPACES:
        end -= 1
    if start == end:
        _fail(source, start, "a phrase is missing here")
    cased = source[start] == "="
    first = start + cased
    if first == end:
        _fail(source, start, '"=" asks for the capitals as typed, but no phrase follows; write \\= for the sign itself')
    if source[first] in _OPENING:
        close = _closing(source, first)
        if close is None or close >= end:
            _fail(source, first, 'this quotation mark is never closed; close it, or write \\" for the sign itself')
        if close + 1 != end:
            _fail(
                source, close + 1, "nothing may follow a quoted phrase but NEAR/n, EXCEPT or, among exceptions, a comma"
            )
        return _phrase(source, first + 1, close, exact=True, cased=cased, typo=False)
    typo = _TYPO.search(source, first, end)
    if typo and source[typo.start() - 1 : typo.start()] == "\\":
        typo = None
    if typo and typo[1] != "1":
        _fail(source, typo.start(), "only ~1 is known: one letter added, left out, changed or swapped")
    return _phrase(source, first, typo.start() if typo else end, exact=False, cased=cased, typo=bool(typo))


def _phrase(source: str, start: int, end: int, *, exact: bool, cased: bool, typo: bool) -> Phrase:
    parts: list[str | Wildcard] = []
    literal = ""
    place = start
    while place < end:
        character = source[place]
        if character == "\\" and place + 1 < end and source[place + 1] in '*?"=~':
            place += 1
            literal += source[place]
        elif character in "*?":
            parts += [literal, Wildcard(character)] if literal else [Wildcard(character)]
            literal = ""
        else:
            literal += character
        place += 1
    phrase = Phrase(tuple([*parts, literal] if literal else parts), exact=exact, cased=cased, typo=typo)
    _check_phrase(source, start, end, phrase)
    return phrase


def _check_phrase(source: str, start: int, end: int, phrase: Phrase) -> None:
    text = phrase.literal
    letters = sum(unicodedata.category(character)[0] == "L" for character in text)
    digits = sum(unicodedata.category(character) == "Nd" for character in text)
    if all(character in SPACES or character in DELETED for character in text) and len(phrase.parts) <= 1:
        _fail(source, start, "a phrase is missing here")
    wild = any(isinstance(part, Wildcard) for part in phrase.parts)
    if phrase.typo and wild:
        _fail(source, start, "~1 and wildcards do not go together; use one or the other")
    if phrase.typo and (letters < _LETTERS_BEFORE_TYPO or letters != len(text)):
        _fail(
            source,
            start,
            f"~1 needs a single word of at least {_LETTERS_BEFORE_TYPO} letters: a short word has too many neighbours "
            "(AI~1 would take a, I, air and aid)",
        )
    stars = [at for at in range(start, end) if phrase.parts.count(Wildcard.ANY) and source[at] == "*"]
    if phrase.parts.count(Wildcard.ANY) > _MOST_STARS:
        _fail(source, stars[_MOST_STARS], f"a phrase takes at most {_MOST_STARS} *; split it into several terms")
    if stars and len(re.findall(r"[\s-]+", source[stars[0] : end])) > _MOST_JOINTS:
        _fail(source, stars[0], f"at most {_MOST_JOINTS} spaces or hyphens may follow the first *; shorten the phrase")
    if wild and letters + digits < _LITERALS_BESIDE_WILDCARDS:
        place = next(at for at in range(start, len(source)) if source[at] in "*?")
        _fail(
            source,
            place,
            f"a term with * or ? needs at least {_LITERALS_BESIDE_WILDCARDS} letters or digits of its own; "
            f"write \\{source[place]} for the sign itself",
        )
