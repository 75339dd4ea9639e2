"""The folded form of a text, in which equal words are equal strings, with the way back to the original.

Per base character with its combining marks: NFKC, full casefold, NFKC. Characters of the categories So, No and Sk keep
their own form. NFKC would turn (TM) into the letters TM and a superscript 2 into the digit 2. Invisible characters are
deleted (`model.characters.DELETED`), and with a soft hyphen the line end behind it. Dashes, apostrophes, double quotes
and spaces beyond ASCII become their ASCII sign. ASCII text is folded by `str.lower`, so offsets stay as they are; of
two ASCII signs for an apostrophe, patterns take either.

Whether a folded character is part of a word is decided by the ORIGINAL character, and by its surroundings. Letters that
were read in the wrong encoding (`model.mojibake`) are none. Some characters were not part of a word, but would look
like one once folded. To keep that in a plain string, they are lifted out of the way into planes 4 to 10, in which
Unicode has no characters. So one short class of characters (`WORD`) tells words from everything else, in Python's `re`
and in RE2 alike.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Literal

from clearcount.model.characters import APOSTROPHES, DELETED, SPACES, is_word
from clearcount.model.mojibake import MOJIBAKE

UNICODE_VERSION = unicodedata.unidata_version
"""The version of Python's character tables; another version may fold other characters."""

WORD = ((0x30, 0x39), (0x41, 0x5A), (0x61, 0x7A), (0x80, 0x3FFFF), (0xC0000, 0xC007F))
"""Ranges of code points that are part of a word in the folded form."""
SPACE = ((0x09, 0x0D), (0x1C, 0x20), (0xC0020, 0xC0020))
"""Ranges of code points that are whitespace in the folded form."""

LIFTED_ASCII = ((0x40000, 0x4007F), (0xC0000, 0xC007F))
"""Ranges of code points that stand for an ASCII character which is not spelled as itself."""

ASCII_APOSTROPHES = "'`"
"""Signs for an apostrophe that stay as they are in the folded form."""

_LIFT, _LOWER = 0x40000, 0x60000  # planes 0-3 go up by 4 planes, planes 14-16 down by 6: both land in 4-10
_WORDLIKE = 0xC0000
_UNASSIGNED = chr(0xBFFFF)
_MOST_MARKS = 30  # on one character, as in Unicode's stream-safe format (UAX #15): sorting more takes quadratic time
LINE_END = r"[ \t]*[\n\v\f\r][ \t\n\v\f\r]*"
"""What is deleted behind a soft hyphen: the line end that it was put at, with the white space round it."""
_REGION = re.compile(rf"[\x00-\x7f]?(?:\xad{LINE_END}|[^\x00-\x7f])+")
_BROKEN = re.compile(rf"\xad(?:{LINE_END}|[\x85\u2028\u2029])")
_LIFTED_ASCII = re.compile("[{}]".format("".join(f"{chr(low)}-{chr(high)}" for low, high in LIFTED_ASCII)))
_KEPT_IN_FORM = frozenset({"So", "No", "Sk"})
_SIGNS = (
    {ord(dash): "-" for dash in "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"}
    | {ord(sign): "'" for sign in APOSTROPHES if sign > "\x7f"}
    | {ord(quote): '"' for quote in "\u201c\u201d\u201e\u201f"}
    | {ord(space): " " for space in SPACES if space > "\x7f"}
)


@dataclass(frozen=True)
class Folded:
    """A folded text. Character i of `text` came from `original[starts[i]:ends[i]]`.

    Neighbours that came out of the same original characters carry the same start: a hit may not divide them.
    """

    text: str
    starts: Sequence[int]
    ends: Sequence[int]
    ascii: bool

    @cached_property
    def lifts_ascii(self) -> bool:
        """Whether an ASCII character of the folded text is not spelled as itself, as in a Roman numeral's one sign."""
        return not self.ascii and _LIFTED_ASCII.search(self.text) is not None

    def divides(self, start: int, end: int) -> bool:
        """Return whether a hit at [start:end] of the folded text would begin or end inside one original cluster."""
        starts = self.starts
        return (start > 0 and starts[start - 1] == starts[start]) or (
            end < len(starts) and starts[end] == starts[end - 1]
        )


def folded(text: str, *, cased: bool = False) -> Folded:
    """Return `text` folded, with offsets; `cased` leaves capitals as they are."""
    if text.isascii():
        places = range(len(text) + 1)
        return Folded(text if cased else text.lower(), places[:-1], places[1:], True)
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    done = 0
    for region in _REGION.finditer(text):
        start, end = region.span()
        pieces.append(text[done:start] if cased else text[done:start].lower())
        starts += range(done, start)
        ends += range(done + 1, start + 1)
        for output, first, last in _region(region[0], cased):
            pieces.append(output)
            starts += [start + first] * len(output)
            ends += [start + last] * len(output)
        done = end
    pieces.append(text[done:] if cased else text[done:].lower())
    starts += range(done, len(text))
    ends += range(done + 1, len(text) + 1)
    return Folded("".join(pieces), starts, ends, False)


def base(character: str) -> str:
    """Return the character that `character` of a folded text stood for before it was lifted."""
    code = ord(character)
    if 0x40000 <= code < 0x80000:
        return chr(code - _LIFT)
    if 0x80000 <= code < 0xB0000:
        return chr(code + _LOWER)
    return chr(code - _WORDLIKE) if _WORDLIKE <= code <= _WORDLIKE + 0x7F else character


def spellings(character: str) -> tuple[str, ...]:
    """Return every folded character that reads as `base(character)`: itself, lifted, and as part of a word."""
    plain = base(character)
    wordlike = (chr(_WORDLIKE + ord(plain)),) if plain < "\x80" and not plain.isalnum() else ()
    return (plain, _lifted(plain), *wordlike)


def _lifted(character: str) -> str:
    code = ord(character)
    if code < 0x40000:
        return chr(code + _LIFT)
    return chr(code - _LOWER) if code >= 0xE0000 else _UNASSIGNED


@lru_cache(maxsize=1 << 16)
def folded_region(region: str) -> str:
    """Return the folded form of a run of non-ASCII characters, with or without the ASCII character before it."""
    return "".join(output for output, _, _ in _region(region, False))


@lru_cache(maxsize=1 << 16)
def _region(region: str, cased: bool) -> tuple[tuple[str, int, int], ...]:
    """(folded form, start, end) of each cluster of a run of non-ASCII characters and the ASCII character before it."""
    clusters: list[tuple[list[str], int, int]] = []
    broken = {place for found in _BROKEN.finditer(region) for place in range(*found.span())}
    for place, character in enumerate(region):
        if character in DELETED or place in broken:
            continue
        last = clusters[-1] if clusters else ([" "], 0, 0)
        if last[0][0] not in SPACES and len(last[0]) <= _MOST_MARKS and joins(character):
            last[0].append(character)
            clusters[-1] = (last[0], last[1], place + 1)
        else:
            clusters.append(([character], place, place + 1))
    damaged = {place for found in MOJIBAKE.finditer(region) for place in range(*found.span())}
    return tuple(
        (_cluster("".join(cluster), cased, damaged=start in damaged), start, end) for cluster, start, end in clusters
    )


def joins(character: str) -> bool:
    """Return whether `character` is folded with the one before it: a mark, or a Hangul vowel or final consonant."""
    return unicodedata.category(character)[0] == "M" or "\u1160" <= character <= "\u11ff"


def _cluster(cluster: str, cased: bool, *, damaged: bool) -> str:
    composed = unicodedata.normalize("NFC", cluster)
    form: Literal["NFC", "NFKC"] = "NFC" if unicodedata.category(cluster[0]) in _KEPT_IN_FORM else "NFKC"
    output = unicodedata.normalize(form, cluster)
    if not cased:
        output = unicodedata.normalize(form, output.casefold())
    output = output.translate(_SIGNS)
    words = [is_word(composed[0])] * (len(output) - 1) + [is_word(composed[-1])]
    if len(output) == 1:
        words[0] = is_word(composed[0]) and words[0]
    if damaged:
        words = [False] * len(output)
    return "".join(map(_marked, output, words))


def _marked(character: str, word: bool) -> str:
    """`character` in the spelling that `WORD` reads as `word`."""
    looks_like_word = character.isalnum() if character < "\x80" else True
    if looks_like_word == word:
        return character
    return chr(_WORDLIKE + ord(character)) if word else _lifted(character)
