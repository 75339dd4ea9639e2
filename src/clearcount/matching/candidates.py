"""Candidate engines: they nominate the rows of a batch in which a term may stand. They may nominate too much, never
too little; the verifier decides.

Texts take one of two lanes. ASCII texts are scanned as bytes for all terms at once by the engine chosen. Texts with
other characters (a few in a hundred) are scanned in the same way. They are scanned in their folded form, which the
store keeps, or as they are under `contains` and `padded`. RE2 then looks for what ASCII patterns cannot say.
"""

from __future__ import annotations

import importlib
import importlib.util
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import lru_cache, reduce
from typing import Protocol, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from clearcount.errors import EngineUnavailable
from clearcount.matching.patterns import BUFFER, LIFTED_ASCII_RE2, LINES, RE2, Dialect, Net, net, nets
from clearcount.matching.shapes import is_ascii, shapes
from clearcount.model.terms import LITERAL_RULES, Phrase, TermSet

Rows = npt.NDArray[np.int64]
Mask: TypeAlias = Callable[[pa.Array], pa.Array]
ENGINES = ("re2", "hyperscan")
_LINE_FEED = pa.scalar("\n")
_NOTHING = pa.scalar("")


@dataclass(frozen=True)
class Nominated:
    """Rows of a batch in any order, some perhaps named twice, each with the term it is nominated for (-1: any term)."""

    rows: Rows
    terms: Rows


class Scanner(Protocol):
    """Scans a batch for the ASCII patterns of the terms."""

    def scan(self, text: pa.StringArray) -> Nominated:
        """Return every row whose text is ASCII and may hold a term, and other rows in which the patterns are found."""
        ...


def available() -> tuple[str, ...]:
    """Return the candidate engines that are installed here; the first needs nothing beyond pyarrow."""
    return ENGINES if importlib.util.find_spec("hyperscan") else ENGINES[:1]


def scanner(engine: str, terms: TermSet) -> Scanner:
    """Return the scanner called `engine`, prepared for `terms`. Raises EngineUnavailable for one that is not
    installed.
    """
    if engine == "re2":
        return _Lines(_ascii_patterns(terms, LINES))
    if engine not in ENGINES:
        raise EngineUnavailable(f"there is no matching engine {engine!r}; use auto, {' or '.join(ENGINES)}")
    if engine not in available():
        raise EngineUnavailable(
            "hyperscan is not installed; run: pip install 'clearcount[fast]', or use the engine re2"
        )
    return _Buffer(_ascii_patterns(terms, BUFFER))


@dataclass(frozen=True)
class _Pattern:
    """A pattern that nominates texts for one term."""

    term: int
    net: Net
    cased: bool = False


def _leading(terms: TermSet) -> Iterable[tuple[int, Phrase]]:
    """For each term a phrase without which it cannot match: of two near each other, the longer."""
    for number, term in enumerate(terms.parsed):
        yield number, max(term.phrases, key=lambda phrase: len(phrase.literal))


def _ascii_patterns(terms: TermSet, dialect: Dialect) -> list[_Pattern]:
    if terms.rule in LITERAL_RULES:
        found = [_Pattern(number, Net("", _literal(needle), "")) for number, needle in _needles(terms)]
    else:
        found = [
            _Pattern(number, part, phrase.cased)
            for number, phrase in _leading(terms)
            for shape in shapes(phrase, terms.rule)
            for part in (nets(shape, dialect) if dialect is BUFFER else [net(shape, dialect)])
        ]
    return [pattern for pattern in found if pattern.net.body.isascii()]


def _needles(terms: TermSet) -> Iterable[tuple[int, str]]:
    padding = " " if terms.rule == "padded" else ""
    for number, phrase in _leading(terms):
        yield number, f"{padding}{phrase.literal.casefold()}{padding}"


def _literal(text: str) -> str:
    """`text` character by character. RE2 looks for a space at the front by itself, and so stops at every word: a class
    of two characters keeps it from that and halves the time."""
    escaped = [c if c.isalnum() or c > "\x7f" else f"\\x{ord(c):02x}" for c in text]
    return "".join(["[\\x1f\\x20]", *escaped[1:]] if text[0] == " " else escaped)


class _Lines:
    """RE2 through pyarrow, one text at a time: no dependency beyond Arrow, and edges of texts are seen as such."""

    def __init__(self, patterns: list[_Pattern]) -> None:
        self._mask = _re2_mask(patterns)

    def scan(self, text: pa.StringArray) -> Nominated:
        # As bytes, because only ASCII texts matter here and RE2's byte automata are the smaller.
        rows = pc.indices_nonzero(self._mask(text.cast(pa.binary()))).to_numpy().astype(np.int64)
        return Nominated(rows, np.full(len(rows), -1, np.int64))


class _Buffer:
    """hyperscan over all texts of a batch at once, joined by line feeds; offsets become rows by a binary search."""

    def __init__(self, patterns: list[_Pattern]) -> None:
        hyperscan = importlib.import_module("hyperscan")
        self._empty = not patterns
        self._local = threading.local()
        self._new_scratch: Callable[[], object] = lambda: hyperscan.Scratch(self._database)
        self._database = hyperscan.Database()
        if patterns:
            self._database.compile(
                expressions=[f"{p.net.front}{p.net.body}{p.net.back}".encode() for p in patterns],
                ids=[pattern.term for pattern in patterns],
                elements=len(patterns),
                flags=[0 if pattern.cased else hyperscan.HS_FLAG_CASELESS for pattern in patterns],
            )

    def scan(self, text: pa.StringArray) -> Nominated:
        joined = pc.binary_join_element_wise(text, _LINE_FEED, _NOTHING)
        offsets = np.frombuffer(joined.buffers()[1], np.int32)[joined.offset : joined.offset + len(joined) + 1]
        if self._empty or offsets[0] == offsets[-1]:
            return Nominated(np.empty(0, np.int64), np.empty(0, np.int64))
        ends: list[int] = []
        terms: list[int] = []

        def on_match(term: int, start: int, end: int, flags: int, context: object) -> None:
            ends.append(end)
            terms.append(term)

        data = memoryview(joined.buffers()[2])[offsets[0] : offsets[-1]]
        self._database.scan(data, match_event_handler=on_match, scratch=self._scratch())
        # The first text (null ones take no room) has no line feed in front, so that a hit at its start goes unseen:
        # the search for the row of the first byte always nominates it.
        places = np.array([*ends, 1], np.int64) + (offsets[0] - 1)
        rows = np.searchsorted(offsets, places, side="right") - 1
        return Nominated(rows.astype(np.int64), np.array([*terms, -1], np.int64))

    def _scratch(self) -> object:
        """One per thread: hyperscan refuses a scratch space that is in use."""
        if not hasattr(self._local, "scratch"):
            self._local.scratch = self._new_scratch()
        return self._local.scratch


class Beyond:
    """Nominates, by RE2, those texts with characters beyond ASCII that a `Scanner` of ASCII patterns may pass over.

    It looks at the folded form, or under the literal rules (`literal`) at the text itself. There most terms are ASCII
    and the scanner sees them. What is left are terms with other characters, with wildcards, or with capitals that
    matter. A few texts also remain in which ASCII is not spelled as itself.
    """

    def __init__(self, terms: TermSet) -> None:
        self.literal = terms.rule in LITERAL_RULES
        if self.literal:
            odd = f"[{_folding_apart()}]"
            patterns = [
                _Pattern(-1, Net("", _literal(needle), "")) for _, needle in _needles(terms) if not needle.isascii()
            ]
        else:
            odd = LIFTED_ASCII_RE2
            patterns = [
                _Pattern(-1, net(shape, RE2), cased=True)  # the folded form has no capitals
                for _, phrase in _leading(terms)
                for shape in shapes(replace(phrase, cased=False), terms.rule)
                if phrase.cased or not is_ascii(shape)
            ]
        self._masks = (_re2_mask(patterns), _re2_mask([_Pattern(-1, Net("", odd, ""), cased=True)]))

    def rows(self, text: pa.StringArray) -> Rows:
        """Return the rows of `text` (folded, unless `literal`) that may hold such a term."""
        found = reduce(pc.or_, (mask(text) for mask in self._masks))
        rows: Rows = pc.indices_nonzero(found).to_numpy().astype(np.int64)
        return rows


@lru_cache(maxsize=1)
def _folding_apart() -> str:
    """Every character beyond ASCII whose casefold is several characters or holds ASCII; all are in the basic plane."""
    beyond = map(chr, range(0x80, 0x10000))
    return "".join(c for c in beyond if len(c.casefold()) > 1 or c.casefold().isascii())


def _re2_mask(patterns: list[_Pattern]) -> Mask:
    """A function from texts to whether any of `patterns` matches; split in halves where RE2 finds it too large."""
    if not patterns:
        return lambda texts: pa.array(np.zeros(len(texts), bool))
    # Patterns that share their neighbours are one alternation: RE2 then builds one small automaton, where a thousand
    # whole patterns outgrow its memory and fall back to a search a hundred times slower.
    groups: dict[tuple[bool, str, str], list[str]] = {}
    for pattern in patterns:
        groups.setdefault((pattern.cased, pattern.net.front, pattern.net.back), []).append(pattern.net.body)
    joined = "|".join(
        f"(?{'-i' if cased else 'i'}:{front}(?:{'|'.join(bodies)}){back})"
        for (cased, front, back), bodies in groups.items()
    )
    try:
        pc.match_substring_regex(pa.array([], pa.binary()), joined)
    except pa.ArrowInvalid:
        if len(patterns) == 1:
            raise
        left, right = _re2_mask(patterns[: len(patterns) // 2]), _re2_mask(patterns[len(patterns) // 2 :])
        return lambda texts: pc.or_(left(texts), right(texts))
    return lambda texts: pc.match_substring_regex(texts, joined)
