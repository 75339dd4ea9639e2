"""Keeping who asked out of what others read."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from clearcount_web.cases.models import Applicant

_SPACES = re.compile(r"\s+")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_TITLES = frozenset({"mr", "mrs", "ms", "miss", "mx", "dr", "prof", "professor", "sir", "lady", "lord", "rev"})
_SHORTEST = 3
_LINE = 9
"""Letters and digits below which a line of an address is said by chance."""


def says_who(applicant: Applicant, texts: Iterable[str]) -> str | None:
    """Return a sentence when one of the texts says who asked; None when none does.

    Looked for are the address, an e-mail address or a line with a number in it, and the whole name. The family name,
    or one half of a double one, is found where it has a capital.
    Letters are compared without accents, invisible signs and differences of spacing.
    """
    address = _plain(applicant.address).casefold()
    name = _plain(applicant.name).casefold()
    mails = re.findall(r"[^\s<>,;]+@[^\s<>,;]+", address)
    mails += [line for line in map(str.strip, re.split(r"[,;\n]", _lines(applicant.address))) if _tells(line)]
    words = [word for word in _WORD.findall(_plain(applicant.name)) if word.casefold() not in _TITLES]
    family = words[-1] if words and len(words[-1]) >= _SHORTEST else ""
    halves = [half for half in family.split("-") if len(half) > _SHORTEST]
    for text in texts:
        plain = _plain(text)
        small = plain.casefold()
        if any(found and found in small for found in (address, *mails)) or (len(words) > 1 and _holds(small, name)):
            return SENTENCE
        if len(words) > 1 and _holds(small, " ".join(words).casefold()):
            return SENTENCE
        found = [word for word in _WORD.findall(plain) if _capital(word)]
        if family and any(_same(word, family) for word in found):
            return SENTENCE
        if any(_same(part, half) for word in found for part in word.split("-") for half in halves):
            return SENTENCE
    return None


SENTENCE = (
    "These words say who asked. Take the name and the address out: people who must not know who asked read this page."
)


def _lines(address: str) -> str:
    return "\n".join(_plain(line).casefold() for line in address.splitlines())


def _tells(line: str) -> bool:
    """Whether one line of an address says where somebody lives: it holds a number and some words beside it."""
    return len(line) >= _LINE and any(sign.isdigit() for sign in line) and any(sign.isalpha() for sign in line)


def _capital(word: str) -> bool:
    return word[:1].isupper()


def _same(word: str, family: str) -> bool:
    found = word.casefold().replace("’", "'")
    wanted = family.casefold().replace("’", "'")
    return found == wanted or found == f"{wanted}'s"


def _holds(text: str, words: str) -> bool:
    """Whether the words stand in the text as whole words."""
    return re.search(rf"(?<!\w){re.escape(words)}(?!\w)", text) is not None


def _plain(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text)
    kept = "".join(sign for sign in letters if not unicodedata.combining(sign) and unicodedata.category(sign) != "Cf")
    return _SPACES.sub(" ", kept).strip()
