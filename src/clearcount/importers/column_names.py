"""What a column's name says: synonyms met in other systems, with the words left out that say nothing of its kind."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from functools import cache
from importlib import resources
from typing import Any

_CLOSE = 0.87
_ASIDE = re.compile(r"\([^()]*\)")
_SUBJECTS = {"investigation", "incident", "occurrence", "occ", "crime", "offence", "event", "case", "report", "stats"}
"""Words of a name that say whose day or status it is, which every system calls differently."""
_OF_TIME = {"date", "time", "datetime", "timestamp", "on", "at", "and"}
_SAYS_NOTHING = {"", "no", "number", "id", "ref", "type", "code"}


def folded(name: str) -> str:
    """Return a column's name in lower case, its words parted by one blank: `OccurrenceNo` and `occurrence_no` alike."""
    parted = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    return " ".join(re.sub(r"[^0-9a-z]+", " ", parted.lower()).split())


def field_name(name: str) -> str:
    """Return what a text column is called as a field of a request."""
    fields = synonyms()["fields"]
    for words in _readings(name):
        for kept, names in fields.items():
            if words in names:
                return str(kept)
    return folded(name).replace(" ", "_")


def extra_name(name: str) -> str:
    """Return what a further column is called in a request."""
    return folded(name).replace(" ", "_")


def state_of(word: str) -> str:
    """Return what a word of a system's status column probably means; "" where nobody can know."""
    words = folded(word)
    return next((state for state, names in synonyms()["status_words"].items() if words in map(folded, names)), "")


def named(name: str, known: Sequence[str], *, loosely: bool = False) -> float:
    """Return how well a name is one of those `known`: 1 for the first of them, 0 for none.

    `loosely` also takes a name of which only the words that tell kinds apart are known, as `created` of
    `Investigation_Created_DateTime`. Values have to confirm it.
    """
    words, plain = folded(name), folded(_ASIDE.sub(" ", name))
    for reading in dict.fromkeys((words, plain)):
        if reading in known:
            return 1.0 - 0.002 * known.index(reading)
    first, _, rest = plain.partition(" ")
    if first in _SUBJECTS and " " in rest and rest in known:
        return 0.9 - 0.002 * known.index(rest)
    cores = [_core(each) for each in known]
    if loosely and (core := _core(plain)) not in _SAYS_NOTHING and core in cores:
        return 0.85 - 0.001 * cores.index(core)
    close = max((SequenceMatcher(None, words, each).ratio() for each in known if len(each) > 4), default=0.0)
    return close * 0.8 if close >= _CLOSE else 0.0


def is_personal(name: str) -> bool:
    """Return whether a column's name says that it is about one person or one place, and not about an area."""
    held, words = synonyms()["personal"], folded(name)
    if any(f" {area} " in f" {words} " for area in held["areas"]):
        return False
    return any(f" {each} " in f" {words} " for each in held["words"])


def is_of_text(name: str) -> bool:
    """Return whether a column is called as a text is that requests name as a field."""
    return any(folded(name) in names for names in synonyms()["fields"].values())


@cache
def synonyms() -> dict[str, Any]:
    """Return `synonyms.toml`."""
    text = resources.files("clearcount.importers").joinpath("synonyms.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def _readings(name: str) -> Iterator[str]:
    """The name, the name without what stands in brackets, and what is left of it without its subject."""
    plain = folded(_ASIDE.sub(" ", name))
    yield from (folded(name), plain, " ".join(word for word in plain.split() if word not in _SUBJECTS))


def _core(words: str) -> str:
    return " ".join(word for word in words.split() if word not in _SUBJECTS and word not in _OF_TIME)
