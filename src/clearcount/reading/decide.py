"""From what readers wrote down to what a count may use: the current decision, disagreements, changed texts."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from clearcount.errors import DecisionError
from clearcount.model.decision import ROUNDS, Decision, Key, State

_STATES: Mapping[str, State] = {
    "relevant": "confirmed",
    "not_relevant": "not",
    "unclear": "unclear",
    "cannot_decide": "unclear",
}


@dataclass(frozen=True)
class Resolution:
    """What the decisions say about the records as they are now.

    `states` holds every record that was decided on the text it has now. `changed` holds those whose text has changed
    since, so that they are read again.
    """

    states: Mapping[Key, State]
    changed: frozenset[Key]

    def of(self, occurrence_no: str, offence_code: str) -> State:
        """Return the state of one record; `undecided` when nobody has decided on its present text."""
        return self.states.get((occurrence_no, offence_code), "undecided")


def text_hash(occurrence_no: str, entries: Iterable[tuple[str, str, str]]) -> str:
    """Return a name for all the text that a reader is shown: `entries` are (field, entry number, text), in any order.

    It begins with a letter, so that no spreadsheet takes it for a number. The occurrence number goes into it: a row
    whose number was changed by mistake no longer fits its hash.
    """
    digest = hashlib.sha256()
    for part in (occurrence_no, *(part for entry in sorted(entries) for part in entry)):
        encoded = part.encode("utf-8", "surrogatepass")
        digest.update(len(encoded).to_bytes(8, "big") + encoded)
    return f"t{digest.hexdigest()[:32]}"


def of_last_guide(decisions: Iterable[Decision]) -> list[Decision]:
    """Return the decisions without those that a first reading by another guide has overtaken, and without blank rows.

    When a guide is mended, the records are read again. What was said by the guide before it, in any round, then counts
    no more, though a second reading otherwise outranks a first one.
    """
    decided = [decision for decision in decisions if decision.code]
    last: dict[Key, Decision] = {}
    for decision in decided:
        if decision.round == "1" and decision.guide_version:
            held = last.get(decision.key)
            if held is None or decision.at >= held.at:
                last[decision.key] = decision
    return [decision for decision in decided if not _overtaken(decision, last.get(decision.key))]


def _overtaken(decision: Decision, last: Decision | None) -> bool:
    if last is None or not decision.guide_version or decision.guide_version == last.guide_version:
        return False
    return bool(decision.at) and decision.at < last.at


def current(decisions: Iterable[Decision]) -> dict[Key, Decision]:
    """Return the decision that holds for each record: the latest of the highest round, by the guide used last.

    Rows without a code are left out. "Latest" goes by `at`, then by the order given.
    """
    best: dict[Key, Decision] = {}
    for decision in of_last_guide(decisions):
        held = best.get(decision.key)
        if held is None or _rank(decision) >= _rank(held):
            best[decision.key] = decision
    return best


def by_round(decisions: Iterable[Decision]) -> dict[Key, dict[str, Decision]]:
    """Return for each record the latest decision of each round, by the guide used last."""
    rounds: dict[Key, dict[str, Decision]] = defaultdict(dict)
    for decision in of_last_guide(decisions):
        held = rounds[decision.key].get(decision.round)
        if held is None or decision.at >= held.at:
            rounds[decision.key][decision.round] = decision
    return dict(rounds)


def disagreements(decisions: Iterable[Decision]) -> tuple[Key, ...]:
    """Return the records that two readers coded differently and that nobody has settled, in order of their keys.

    A settlement of an earlier text settles nothing about the present one.
    """
    return tuple(
        sorted(
            key
            for key, rounds in by_round(decisions).items()
            if "1" in rounds
            and "2" in rounds
            and rounds["1"].code != rounds["2"].code
            and ("adjudication" not in rounds or rounds["adjudication"].text_hash != rounds["2"].text_hash)
        )
    )


def resolve(decisions: Iterable[Decision], hashes: Mapping[str, str]) -> Resolution:
    """Return what a count may do with each record.

    Args:
        decisions: of any round and in any order, undecided rows included.
        hashes: the present `text_hash` by occurrence number, for the occurrences in scope. Decisions on other
            occurrences are of no concern and are left out.

    Raises:
        DecisionError: when a decision does not say which text was read.
    """
    decided = [decision for decision in decisions if decision.code and decision.occurrence_no in hashes]
    if nameless := sum(not decision.text_hash for decision in decided):
        raise DecisionError(
            f"{nameless} decisions have no text_hash, so nobody can tell whether the text has changed since; "
            "use a file made by `clearcount review export` or `clearcount sample`"
        )
    fresh = [decision for decision in decided if decision.text_hash == hashes[decision.occurrence_no]]
    states = {key: _STATES[decision.code] for key, decision in current(fresh).items()}
    return Resolution(states, frozenset({decision.key for decision in decided} - states.keys()))


def _rank(decision: Decision) -> tuple[int, str]:
    return ROUNDS.index(decision.round), decision.at
