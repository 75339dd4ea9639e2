"""What readers say of a relevant record beyond that it is one: the platform named, the relationship, and the like.

A request defines its facts. Each has values of its own, and every fact can be answered with "cannot tell". A reader who
is not sure must not have to guess.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeGuard

CANNOT_TELL = "cannot tell"
NOT_CODED = "not coded"
"""What a table calls a record that is not confirmed, or of which nobody said the fact."""
MOST_FACTS, MOST_VALUES = 6, 10
SEPARATOR = "; "
"""What stands between several values in one cell of a sheet; no value may hold a semicolon."""


@dataclass(frozen=True)
class FactAsked:
    """One fact that readers are asked for: its name, the question as readers see it, its values, one or several."""

    name: str
    question: str
    values: tuple[str, ...]
    several: bool = False

    @property
    def offered(self) -> tuple[str, ...]:
        """Every value that may be chosen: those of the request, and that one cannot tell."""
        return (*self.values, CANNOT_TELL)

    @property
    def lines(self) -> tuple[str, ...]:
        """The lines that a table has for it, the last one for what is not coded."""
        return (*self.offered, NOT_CODED)

    def refusal(self, chosen: Sequence[str]) -> str | None:
        """Return why these values are no answer, or None when they are; no value at all is left open."""
        if any(value not in self.offered for value in chosen):
            return f"takes {', '.join(self.offered)}"
        if len(set(chosen)) != len(chosen):
            return "holds a value twice"
        if len(chosen) > 1 and not self.several:
            return "takes one value"
        if len(chosen) > 1 and CANNOT_TELL in chosen:
            return f"holds {CANNOT_TELL} beside another value"
        return None


@dataclass(frozen=True, order=True)
class FactSaid:
    """What a reader said of one fact, in the order of the request's values."""

    name: str
    values: tuple[str, ...]


def facts_said(asked: Sequence[FactAsked], chosen: Mapping[str, Sequence[str]]) -> tuple[FactSaid, ...]:
    """Return what was said of each fact that was answered, in the request's order.

    Raises:
        ValueError: naming the fact and why its values are no answer.
    """
    if strange := sorted(set(chosen) - {fact.name for fact in asked}):
        raise ValueError(f"{strange[0]} is no fact of this request")
    said = []
    for fact in asked:
        values = chosen.get(fact.name, ())
        if (refusal := fact.refusal(values)) is not None:
            raise ValueError(f"{fact.name} {refusal}")
        if values:
            said.append(FactSaid(fact.name, tuple(value for value in fact.offered if value in values)))
    return tuple(said)


def read_facts(
    entries: Sequence[tuple[str, Mapping[str, object]]],
    fault: Callable[[str, str, str], None],
    taken: Sequence[str] = (),
) -> tuple[FactAsked, ...]:
    """Return the facts of a request's `[[fact]]` sections; every fault is told to `fault` (where, what, what to do).

    `taken` are names that mean something else in a table, such as `month`.
    """
    found: list[FactAsked] = []
    if len(entries) > MOST_FACTS:
        fault("fact", f"there are {len(entries)} facts", f"ask readers for {MOST_FACTS} at most")
    for where, entry in entries:
        name, question, several = entry.get("name", ""), entry.get("text", ""), entry.get("several", False)
        values = entry.get("values", [])
        if not _is_name(name) or name in taken:
            fault(f"{where}.name", "is no name for a fact", 'write one word in small letters, such as "platform"')
            continue
        if any(name.casefold() == fact.name.casefold() for fact in found):
            fault(f"{where}.name", f"{name!r} is asked for twice", "give each fact a name of its own")
        if not isinstance(question, str) or "\n" in question:
            fault(f"{where}.text", "is no question", "write one line of text")
            continue
        if not isinstance(several, bool):
            fault(f"{where}.several", "is neither true nor false", "write several = true when more than one may fit")
            continue
        wrong = _wrong_values(values) if _are_words(values) else "is no list of words"
        if wrong is not None or not _are_words(values):
            fault(f"{where}.values", str(wrong), 'write values = ["one", "other"]')
            continue
        found.append(FactAsked(name, question or name, tuple(" ".join(value.split()) for value in values), several))
    return tuple(found)


def _is_name(name: object) -> TypeGuard[str]:
    return isinstance(name, str) and name.isidentifier() and name.isascii() and name == name.lower()


def _are_words(values: object) -> TypeGuard[list[str]]:
    return isinstance(values, list) and all(isinstance(value, str) and value.strip() for value in values)


def _wrong_values(values: Sequence[str]) -> str | None:
    folded = [" ".join(value.split()).casefold() for value in values]
    if not 1 <= len(folded) <= MOST_VALUES:
        return f"has {len(folded)} values; a fact takes 1 to {MOST_VALUES}"
    if len(set(folded)) != len(folded):
        return "holds a value twice"
    if CANNOT_TELL in folded or NOT_CODED in folded:
        return f"names {CANNOT_TELL!r} or {NOT_CODED!r}, which are always there"
    if any(";" in value or value != value.strip() or len(value) > 60 or value[0] in "=+-@'" for value in folded):
        return "holds a value that no cell of a sheet holds: no semicolon, no sign of a formula, 60 letters at most"
    return None
