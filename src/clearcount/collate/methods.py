"""Whether answers were counted in one way: the facts of their methods held against each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from clearcount.model.method import MethodFact

NOT_SAID = "not said"


@dataclass(frozen=True)
class MethodDifference:
    """One choice in which methods differ: each value with who made it."""

    name: str
    values: Mapping[str, tuple[str, ...]]

    @property
    def sentence(self) -> str:
        """The difference as a line for people."""
        parts = (f"{value} ({', '.join(who)})" for value, who in self.values.items())
        return f"{self.name}: {'; '.join(parts)}"


@dataclass(frozen=True)
class Overlap:
    """What the methods of several answers have in common, and where they differ. `unknown` do not say theirs."""

    same: tuple[MethodFact, ...]
    differs: tuple[MethodDifference, ...]
    unknown: tuple[str, ...]


def overlap(methods: Mapping[str, Sequence[MethodFact]]) -> Overlap | None:
    """Return how far the methods of answers agree, by who gave them; None where fewer than two say theirs."""
    said = {who: {fact.name: fact.value for fact in facts} for who, facts in methods.items() if facts}
    if len(said) < 2:
        return None
    same: list[MethodFact] = []
    differs: list[MethodDifference] = []
    for name in dict.fromkeys(name for facts in said.values() for name in facts):
        values: dict[str, list[str]] = {}
        for who, facts in said.items():
            values.setdefault(facts.get(name, NOT_SAID), []).append(who)
        if len(values) == 1:
            same.append(MethodFact(name, next(iter(values))))
        else:
            differs.append(MethodDifference(name, {value: tuple(who) for value, who in values.items()}))
    return Overlap(tuple(same), tuple(differs), tuple(who for who, facts in methods.items() if not facts))
