"""Why one rule sees a hit that another does not, as one of a few named classes."""

from __future__ import annotations

from typing import Literal, get_args

from clearcount.model.characters import DELETED, SPACES, is_word

Difference = Literal[
    "dotted",
    "joined",
    "hyphen or underscore",
    "inflected",
    "inside a longer word",
    "start of field",
    "end of field",
    "no-break space",
    "punctuation beside the word",
    "line break or wide space",
    "term language",
    "other spelling",
]
DIFFERENCES: tuple[Difference, ...] = get_args(Difference)

_ENDINGS = ("s", "es", "ed", "d", "r", "er", "ers", "ing", "ly")
_INFLECTS = 4  # letters: a shorter word takes only the s, or "ai" would be inflected in "aid"
_BREAKING = frozenset(" \t\r\n\v\f\x1c\x1d\x1e\x1f\x85\u2028\u2029")


def difference(term: str, before: str, matched: str, after: str) -> Difference:
    """Return what sets this hit of `term` apart from the term between two plain spaces.

    Args:
        term: as typed.
        before, after: the text on each side of the hit, empty at an edge of the field; line breaks may be spaces.
        matched: the hit itself.

    "term language" is a hit of a wildcard, typo or NEAR that the rules without a term language cannot read.
    A hit may differ in several ways; the first of `DIFFERENCES` that holds is named.
    """
    written = matched.strip("".join(SPACES))
    left = _beside(before[::-1] if matched[:1] == written[:1] else " ")
    right = _beside(after if matched[-1:] == written[-1:] else " ")
    grown = _ending(term, written) + (after[: _word_length(after)] if right and is_word(right) else "")
    parted, joint = _parted(term), _joints(written)
    if "." in written and "." not in term.strip(". "):
        return "dotted"
    if parted and not joint:
        return "joined"
    if joint & {"-", "_"} and "-" not in term and "_" not in term:
        return "hyphen or underscore"
    if left and is_word(left):
        return "inside a longer word"
    if grown:
        endings = _ENDINGS if len(term.strip('"=* ')) >= _INFLECTS else _ENDINGS[:1]
        return "inflected" if grown.casefold() in endings else "inside a longer word"
    if not before:
        return "start of field"
    if not after:
        return "end of field"
    if any(space in SPACES and space not in _BREAKING for space in (left, right, *written)):
        return "no-break space"
    if left not in SPACES or right not in SPACES:
        return "punctuation beside the word"
    plain = " ".join(term.strip('"= ').split()).casefold()
    if " ".join(written.split()).casefold() == plain:
        return "line break or wide space"
    return "term language" if set(term) & set('*?~="') or " NEAR/" in term else "other spelling"


def _beside(text: str) -> str:
    """The first visible character, or nothing."""
    return next((character for character in text if character not in DELETED), "")


def _word_length(text: str) -> int:
    return next((place for place, character in enumerate(text) if not is_word(character)), len(text))


def _ending(term: str, written: str) -> str:
    """What a hit of a term that ends in `*` has beyond the term."""
    stem = term.strip('"= ')
    return written[len(stem) - 1 :] if stem.endswith("*") and stem.count("*") == 1 and "?" not in stem else ""


def _parted(term: str) -> bool:
    return any(character in SPACES or character == "-" for character in term.strip('"= -'))


def _joints(written: str) -> set[str]:
    signs = [character for character in written if not is_word(character) and character not in DELETED]
    return {" " if sign in SPACES else "_" if sign == "_" else "-" for sign in signs}
