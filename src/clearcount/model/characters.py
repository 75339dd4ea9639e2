"""What a character is to the matcher: part of a word, a space, or nothing at all.

Categories are those of the Unicode character database that this Python carries (`unicodedata.unidata_version`).
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

MODIFIER_APOSTROPHE = "\u02bc"
"""U+02BC is a letter to Unicode (Lm) and an apostrophe to everybody who types it: here it ends a word."""

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
    """Whether `character` is part of a word: a letter, a mark or a decimal digit (categories L, M and Nd).

    So the underscore, apostrophes, hyphens, full stops, `@`, `#`, emoji, (TM) and superscript digits end a word.
    """
    category = unicodedata.category(character)
    return (category[0] in "LM" or category == "Nd") and character != MODIFIER_APOSTROPHE
