"""The words of letters, versioned: a clause for each thing that a letter says, with its legal basis."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from clearcount_web.ground.refusals import Refused

PACKAGED = Path(__file__).with_name("case-letters.toml")
APPLICANT = "[[applicant]]"
_WORD = re.compile(r"\{([a-z_]+)\}")
_STRAY = re.compile(r"[{}]")
MOST_BYTES = 200_000
NO_BASIS = frozenset({"greeting", "part", "own", "end", "referral", "considered"})
"""Clauses that say nothing of law."""


@dataclass(frozen=True)
class Clause:
    """Words with places to fill, and the law that they rest on."""

    key: str
    basis: str
    text: str

    @property
    def places(self) -> tuple[str, ...]:
        """The names of the places to fill."""
        return tuple(dict.fromkeys(_WORD.findall(self.text)))

    def filled(self, values: Mapping[str, str]) -> str:
        """Return the words with each place filled.

        Raises:
            Refused: naming the places for which the case gives nothing.
        """
        missing = [name for name in self.places if not values.get(name, "").strip()]
        if missing:
            names = ", ".join(missing)
            raise Refused(f"The letter is not whole: the clause “{self.key}” ({self.basis}) lacks {names}.")
        return _WORD.sub(lambda place: values[place[1]], self.text).strip()


@dataclass(frozen=True)
class Clauses:
    """Every clause by its key, and what names this version of them."""

    by_key: Mapping[str, Clause]
    version: str

    def __getitem__(self, key: str) -> Clause:
        return self.by_key[key]


def clauses() -> Clauses:
    """Return the force's own clauses, or those of the package.

    Raises:
        Refused: for a file that cannot be read, lacks a clause or its legal basis, or has a place that is not known.
    """
    packaged = _read(PACKAGED)
    if settings.CASE_LETTERS is None:
        return packaged
    own = _read(settings.CASE_LETTERS)
    if missing := sorted(set(packaged.by_key) - set(own.by_key)):
        raise Refused(f"The force's letters lack the clauses {', '.join(missing)}. Copy them from the package's file.")
    for key, clause in own.by_key.items():
        known = packaged.by_key.get(key)
        if known is None:
            raise Refused(f"The force's letters have a clause “{key}” that no letter uses. Take it out.")
        if strange := set(clause.places) - set(known.places):
            raise Refused(f"The clause “{key}” has places that nothing fills: {', '.join(sorted(strange))}.")
        if lost := set(known.places) - set(clause.places) if known.basis else set():
            raise Refused(f"The clause “{key}” leaves out what the law wants said: {', '.join(sorted(lost))}.")
    return own


def _read(path: Path) -> Clauses:
    try:
        content = path.read_bytes()
        raw = tomllib.loads(content.decode("utf-8")) if len(content) <= MOST_BYTES else {}
        entries = raw["clause"]
        found = {
            str(key): Clause(str(key), str(entry["basis"]).strip(), str(entry["text"]))
            for key, entry in entries.items()
        }
        version = str(raw["version"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise Refused(
            "The file of letters cannot be read. Copy the package's file again and change its words."
        ) from None
    for clause in found.values():
        if not clause.basis and clause.key not in NO_BASIS:
            raise Refused(f"The clause “{clause.key}” names no legal basis. Give it one.")
        if _STRAY.search(_WORD.sub("", clause.text)):
            raise Refused(f"The clause “{clause.key}” has a brace that is no place to fill. Mend it.")
    return Clauses(found, f"{version[:40]}, sha256 {hashlib.sha256(content).hexdigest()[:16]}")
