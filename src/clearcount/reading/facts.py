"""What readers said of the facts that a request asks for: in the request's words, and what a table may count."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from clearcount.model.columns import folded
from clearcount.model.decision import Decision, Key
from clearcount.model.facts import NOT_CODED, FactAsked, FactSaid, facts_said


def known_facts(decision: Decision, asked: Sequence[FactAsked]) -> tuple[FactSaid, ...]:
    """Return the facts of a decision in the request's spelling and order, whatever case a person typed.

    Raises:
        ValueError: naming the fact and why its values are no answer.
    """
    spelled = {fact.name: {folded(value): value for value in fact.offered} for fact in asked}
    chosen = {
        said.name: [spelled.get(said.name, {}).get(folded(value), value) for value in said.values]
        for said in decision.facts
    }
    return facts_said(asked, chosen)


def fact_values(fact: FactAsked, current: Mapping[Key, Decision], keys: Iterable[Key]) -> list[str]:
    """Return the value of a fact with one answer for each record: `not coded` where it is not confirmed or not said."""
    values = []
    for key in keys:
        decision = current.get(key)
        said = decision.facts if decision is not None and decision.code == "relevant" else ()
        values.append(next((each.values[0] for each in said if each.name == fact.name), NOT_CODED))
    return values
