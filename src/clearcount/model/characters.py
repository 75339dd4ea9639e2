"""What a character is to the matcher: part of a word, a space, or nothing at all.

Categories are those of the Unicode character database that this Python carries (`unicodedata.unidata_version`).
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

APOSTROPHES = frozenset(
    "'`\u00b4\u02b9\u02bb\u02bc\u02bd\u02be\u02bf\u02c8\u02ca\u02cb\u02f4\u0374\u0384\u055a\u055d\u05f3\u07f4\u07f5"
    "\u1fbd\u1fbf\u1fef\u1ffd\u1ffe\u2018\u2019\u201a\u201b\u2032\u2035\ua78b\ua78c\uff07\uff40"
)
"""Signs that people and programs write for an apostrophe (among Unicode's confusables of U+0027): they are read as one.

Some are letters to Unicode (Lm), as U+02BC, and an apostrophe to everybody who types them: here they end a word.
"""

DELETED = frozenset(
    map(
        chr,
        (
            0x00AD,  # soft hyphen
            0x061C,  # Arabic letter mark
            *range(0x180B, 0x180E),  # Mongolian variation selectors
            0x180F,
            *range(0x200C, 0x2010),  # joiners and direction marks
            *range(0x202A, 0x202F),  # direction embeddings and overrides
            0x2060,  # word joiner
            *range(0x2066, 0x206A),  # direction isolates
            *range(0xFE00, 0xFE10),  # variation selectors
            0xFEFF,  # byte order mark
            *range(0xE0100, 0xE01F0),  # supplementary variation selectors
        ),
    )
)
"""Characters that nobody sees and that stand inside words: they are passed over in texts and in terms."""

SPACES = frozenset("\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000") | frozenset(
    map(chr, range(0x2000, 0x200C))
)
"""Whitespace: every character that `str.isspace` knows (line ends and the no-break space are among them), and U+200B,
the zero width space, because a word ends there."""


@lru_cache(maxsize=4096)
def is_word(character: str) -> bool:
    """Return whether `character` is part of a word: a letter, a mark or a decimal digit (categories L, M and Nd).

    So the underscore, apostrophes, hyphens, full stops, `@`, `#`, emoji, (TM) and superscript digits end a word.
    """
    category = unicodedata.category(character)
    return (category[0] in "LM" or category == "Nd") and character not in APOSTROPHES
