"""From what readers wrote down to what a count may use: the current decision, disagreements, changed texts."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

from clearcount.errors import DecisionError
from clearcount.model.decision import ROUNDS, Decision, Key, State

_STATES: Mapping[str, State] = {
    "relevant": "confirmed",
    "not_relevant": "not",
    "unclear": "unclear",
    "cannot_decide": "unclear",
}
_BY_RANK: Mapping[str, int] = {name: rank for rank, name in enumerate(ROUNDS)}


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
            if held is None or moment(decision.at) >= moment(held.at):
                last[decision.key] = decision
    return [decision for decision in decided if not _overtaken(decision, last.get(decision.key))]


def _overtaken(decision: Decision, last: Decision | None) -> bool:
    if last is None or not decision.guide_version or decision.guide_version == last.guide_version:
        return False
    return bool(decision.at) and moment(decision.at) < moment(last.at)


def current(decisions: Iterable[Decision]) -> dict[Key, Decision]:
    """Return the decision that holds for each record: the latest of the highest round, by the guide used last.

    Rows without a code are left out. "Latest" goes by the moment in `at`, then by the order given. A settlement holds
    as `settlements` says.
    """
    return {key: rounds[max(rounds, key=_BY_RANK.__getitem__)] for key, rounds in by_round(decisions).items() if rounds}


def by_round(decisions: Iterable[Decision]) -> dict[Key, dict[str, Decision]]:
    """Return for each record the latest decision of each round, by the guide used last.

    A settlement is there only when it holds; see `settlements`.
    """
    return {key: _holding(each) for key, each in _by_key(decisions).items()}


@dataclass(frozen=True)
class Settlement:
    """A settled disagreement: the decision that holds, and who made it. Two names mean that the two readers did."""

    decision: Decision
    by: tuple[str, ...]

    @property
    def jointly(self) -> bool:
        """Whether the two who differed settled it together."""
        return len(self.by) == 2


def settlements(decisions: Iterable[Decision]) -> dict[Key, Settlement]:
    """Return the settlements that hold, by record.

    A third person settles alone, and neither of the two readers does. What one of them says settles only when the
    other has said the same code and facts of the same text. A name counts as the same in any case.
    """
    found = {key: _settlement(each) for key, each in _by_key(decisions).items()}
    return {key: each for key, each in found.items() if each is not None}


@dataclass(frozen=True)
class Readers:
    """Everybody who read a record before it is settled, and the two whose decisions differ or agree.

    `two` has one name where one person read both times, or where nobody read a second time.
    """

    all: tuple[str, ...]
    two: tuple[str, ...]


def readers(decisions: Iterable[Decision]) -> dict[Key, Readers]:
    """Return who read each record in round 1 or 2 by the guide used last; a name counts once in any case."""
    found = {}
    for key, rows in _by_key(decisions).items():
        read = [row for row in rows if row.round != "adjudication"]
        latest = {row.round: row for row in read}
        two = {_name(latest[name]): latest[name].coder for name in ROUNDS if name in latest}
        found[key] = Readers(tuple({_name(row): row.coder for row in read}.values()), tuple(two.values()))
    return found


def half_settled(decisions: Iterable[Decision]) -> tuple[Key, ...]:
    """Return the records that one of the two readers wants to settle and the other has not said the same of."""
    open_keys = frozenset(disagreements(decisions))
    proposed = {key for key, each in _by_key(decisions).items() if any(row.round == "adjudication" for row in each)}
    return tuple(sorted(open_keys & proposed))


def _by_key(decisions: Iterable[Decision]) -> dict[Key, list[Decision]]:
    """Return the rows of each record by the guide used last, the latest last."""
    rows: dict[Key, list[Decision]] = defaultdict(list)
    for decision in of_last_guide(decisions):
        rows[decision.key].append(decision)
    ordered = {key: sorted(each, key=lambda row: moment(row.at)) for key, each in rows.items()}
    return _without_outdated(ordered) if any(row.applied_from for each in ordered.values() for row in each) else ordered


def still_applied(decisions: Iterable[Decision]) -> list[Decision]:
    """Return the decisions without those that were applied from a text about which something else holds by now.

    An applied decision rests on one reading. Where that reading was overturned, the record counts as undecided. A
    source that is not among `decisions` changes nothing.
    """
    given = list(decisions)
    left = {id(row) for each in _by_key(given).values() for row in each if row.applied_from}
    return [row for row in given if not row.applied_from or id(row) in left]


def _without_outdated(rows: Mapping[Key, list[Decision]]) -> dict[Key, list[Decision]]:
    said: dict[tuple[str, str], tuple[object, ...]] = {}
    for key, each in rows.items():
        rounds = _holding([row for row in each if not row.applied_from])
        if rounds:
            top = rounds[max(rounds, key=_BY_RANK.__getitem__)]
            said[key[1], top.text_hash] = top.code, top.facts

    def holds(row: Decision) -> bool:
        source = said.get((row.offence_code, row.applied_from))
        return not row.applied_from or source is None or source == (row.code, row.facts)

    return {key: left for key, each in rows.items() if (left := [row for row in each if holds(row)])}


def _holding(rows: Sequence[Decision]) -> dict[str, Decision]:
    latest = {row.round: row for row in rows if row.round != "adjudication"}
    found: dict[str, Decision] = {name: latest[name] for name in ROUNDS if name in latest}
    settled = _settlement(rows)
    return found | ({"adjudication": settled.decision} if settled else {})


def _settlement(rows: Sequence[Decision]) -> Settlement | None:
    """Return the settlement of one record that holds; `rows` are in order of time."""
    proposed = [row for row in rows if row.round == "adjudication"]
    readers = {_name(row): row.coder for row in rows if row.round != "adjudication"}
    pair = {_name(row) for row in {row.round: row for row in rows if row.round != "adjudication"}.values()}
    found: Settlement | None = None
    by_reader: dict[str, Decision] = {}
    for row in proposed:
        if _name(row) not in readers:
            found = Settlement(row, (row.coder,))
            continue
        by_reader[_name(row)] = row
        theirs = [by_reader[name] for name in sorted(pair) if name in by_reader]
        if _name(row) in pair and len(theirs) == 2 and len({_said(each) for each in theirs}) == 1:
            found = Settlement(row, tuple(each.coder for each in theirs))
        elif found is not None and found.jointly:
            found = None  # one of the two took the common word back
    return found


def _said(row: Decision) -> tuple[object, ...]:
    return row.code, row.facts, row.text_hash


def _name(row: Decision) -> str:
    return " ".join(row.coder.split()).casefold()


@lru_cache(maxsize=65_536)
def moment(at: str) -> datetime:
    """Return the moment that a decision's `at` names; UTC where it names no zone, the earliest where it is blank."""
    if not at:
        return datetime.min.replace(tzinfo=UTC)
    try:
        found = datetime.fromisoformat(at)
    except ValueError:
        raise DecisionError("a decision's time is no date and time; write it like 2025-08-01T14:30:00") from None
    try:
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except OverflowError:  # the first or last day there is, in another zone
        return found.replace(tzinfo=UTC)


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
