"""Which records a table counts, as a value: two spellings of one filter are one population."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeVar

_Item = TypeVar("_Item", str, tuple[str, ...])
State = Literal["", "any mark", "confirmed", "confirmed or unclear", "undecided"]


@dataclass(frozen=True)
class Dates:
    """The days that count, both included, and which date of a record is meant; `last` None is open."""

    first: date
    last: date | None
    basis: str = "recorded"


@dataclass(frozen=True)
class Words:
    """The words looked for, in normal form: no capitals, no double, no order."""

    rule: str
    any: tuple[str, ...]
    all: tuple[tuple[str, ...], ...]
    none: tuple[str, ...]
    fields: tuple[str, ...]

    @classmethod
    def of(
        cls,
        rule: str,
        any: Iterable[str],
        none: Iterable[str] = (),
        fields: Iterable[str] = (),
        all: Iterable[Iterable[str]] = (),
    ) -> Words:
        """Return the normal form of the words, read by `rule`."""
        # Under `contains` a space is a part of the term; the other rules read a run of spaces as one gap.
        fold = str.casefold if rule in ("contains", "padded") else _folded
        return cls(
            rule,
            _set(map(fold, any)),
            _set(_set(map(fold, group)) for group in all),
            _set(map(fold, none)),
            _set(fields),
        )


@dataclass(frozen=True)
class Population:
    """The records of one table.

    `where` holds each column with its condition in normal form. `codes` and `dates` are empty for a table whose own
    dimensions say them. `state` is what must be known of a record. `aside` names records that no other table cuts,
    such as a sample.
    """

    records: str = ""
    codes: tuple[str, ...] = ()
    dates: Dates | None = None
    cancelled: bool = False
    where: tuple[tuple[str, tuple[str, ...]], ...] = ()
    alongside: tuple[str, ...] = ()
    words: Words | None = None
    marker: str = ""
    state: State = ""
    aside: str = ""

    @property
    def filter(self) -> str:
        """The text that names the filter in a document; codes and days are dimensions there and are left out."""
        if self.aside:
            return self.aside
        basis = self.dates.basis if self.dates else "recorded"
        base = [f"records:{_digest(self.records)}"] if self.records else []
        base += [f"dates:{basis}"] if basis != "recorded" else []
        base += ["cancelled too"] if self.cancelled else []
        base += [f"where:{_digest(self.where)}"] if self.where else []
        base += [f"alongside:{_digest(self.alongside)}"] if self.alongside else []
        parts = base or ["all"]
        if self.words:
            words = self.words
            spelled = (words.rule, words.any, words.none, words.fields, *((words.all,) if words.all else ()))
            parts.append(f"terms:{_digest(*spelled)}")
        if self.marker:
            parts.append(f"marker:{_digest(self.marker.casefold())}")
        return "+".join(parts) + (f", {self.state}" if self.state else "")

    @property
    def digest(self) -> str:
        """Sixteen hexadecimal digits of the whole normal form, codes and days included."""
        dates = (self.dates.first, self.dates.last) if self.dates else ()
        return _digest(self.filter, sorted(self.codes), dates)


EVERYTHING = Population()


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def _set(items: Iterable[_Item]) -> tuple[_Item, ...]:
    return tuple(sorted(set(items)))


def _digest(*parts: object) -> str:
    """Sixteen hexadecimal digits that name a filter; made of the request alone, never of counts."""
    text = json.dumps(parts, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
