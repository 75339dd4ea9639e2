"""Earlier requests like this one, by the telling words that they share; no model, and no applicant."""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass

from clearcount_web.cases.models import Case, Part
from clearcount_web.disclosure_log.models import Release
from clearcount_web.disclosure_log.search import COMMON, nearest

_WORD = re.compile(r"[^\W_]{2,}")
MOST = 8
LEAST = 0.25
"""The share of a case's telling words that another must have to be shown."""


@dataclass(frozen=True)
class Alike:
    """A case like this one: the share of this one's telling words that it has, 0 to 1, and some of those words."""

    case: Case
    share: float
    words: tuple[str, ...]

    @property
    def percent(self) -> int:
        """The share in whole per cent."""
        return round(100 * self.share)


def alike(case: Case) -> list[Alike]:
    """Return earlier and later cases that share telling words, the most alike first.

    A word counts the more the fewer cases have it: ln(1 + cases / cases with the word).
    """
    texts: dict[int, set[str]] = {}
    for pk, title in Case.objects.values_list("pk", "title"):
        texts[pk] = words_of(title)
    for pk, text in Part.objects.values_list("case_id", "text"):
        texts[pk] |= words_of(text)
    mine = texts.pop(case.pk, set())
    if not mine or not texts:
        return []
    spread = Counter(word for words in texts.values() for word in words & mine)
    weight = {word: math.log(1 + (len(texts) + 1) / (spread[word] + 1)) for word in mine}
    whole = sum(weight.values())
    scored = [(sum(weight[word] for word in words & mine) / whole, -pk) for pk, words in texts.items()]
    best = [(share, -pk) for share, pk in sorted(scored, reverse=True)[:MOST] if share >= LEAST]
    found = Case.objects.defer("plan").in_bulk([pk for _, pk in best])
    return [
        Alike(found[pk], share, tuple(sorted(texts[pk] & mine, key=lambda word: (-weight[word], word))[:6]))
        for share, pk in best
    ]


def published_like(case: Case) -> list[Release]:
    """Return answers on the disclosure log that share telling words with the case."""
    texts = [case.title, *case.parts.values_list("text", flat=True)]
    return nearest("\n".join(texts), most=MOST)


def words_of(text: str) -> set[str]:
    """Return the telling words of a text in small letters, without the plural's s; words of every request are not."""
    words = {word.casefold() for word in _WORD.findall(text)}
    telling = {word for word in words if word not in COMMON and not word.isdecimal() and len(word) > 2}
    return {word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word for word in telling}
