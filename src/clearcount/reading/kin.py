"""Which words are forms of one word: burn, burned, burning; scaffold, scaffolding."""

from __future__ import annotations

import re

_LEAST_STEM = 3
_LEAST_BEGINNING = 5
_VOWEL = re.compile(r"[aeiouy]")
_SHORT = re.compile(r"[^aeiouy]*[aeiouy][^aeiouywx]")
"""One vowel between consonants: such a word doubles its last letter (pin, pinned) or had a silent e (pine, pined)."""


def stem(word: str) -> str:
    """Return the word without the endings of number and tense, in small letters. It need not be a word itself."""
    plain = word.casefold().replace("’", "'").removesuffix("'s")
    if len(plain) > 4 and plain.endswith("ies"):
        return plain[:-3] + "y"
    if len(plain) > _LEAST_STEM and plain.endswith("s") and not plain.endswith(("ss", "us", "is")):
        plain = plain[:-1]
    for ending in ("ing", "ed"):
        short = plain.removesuffix(ending)
        if short != plain and len(short) >= _LEAST_STEM and _VOWEL.search(short):
            if len(short) > _LEAST_STEM and short[-1] == short[-2] and short[-1] not in "lsz":
                return short[:-1]
            return short + "e" if _SHORT.fullmatch(short) else short
    if len(plain) > _LEAST_STEM and plain.endswith("e") and not _SHORT.fullmatch(plain[:-1]):
        return plain[:-1]
    return plain


def kin(one: str, two: str) -> bool:
    """Return whether two words have one stem, or the longer begins with a stem of five letters or more."""
    first, second = sorted((stem(one), stem(two)), key=len)
    return first == second or (len(first) >= _LEAST_BEGINNING and second.startswith(first))
