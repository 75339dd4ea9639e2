"""What the next version of a query might ask for, and which unread records to look at next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import pyarrow as pa

from clearcount.errors import EngineUnavailable, RequestError, TermError
from clearcount.foreign import parse_toml
from clearcount.matching import TermSet, matcher
from clearcount.model.decision import Decision, Key
from clearcount.model.request_reader import parse_request
from clearcount.reading.decide import current
from clearcount.reading.discover import neighbours
from clearcount.reading.queue import Reading, score
from clearcount.reading.suggest import Suggestion, key_words, related, variants, vocabulary
from clearcount.store import open_store
from clearcount.store.decisions import DecisionStore
from clearcount.workflow.reading_records import Entry, ReadingScope, scope_of

_EXAMPLES = 10


@dataclass(frozen=True)
class Example:
    """Where a suggested term stands in an unread record: code point offsets in an entry, end exclusive."""

    occurrence_no: str
    field: str
    entry_no: str
    start: int
    end: int


@dataclass(frozen=True)
class CountedSuggestion:
    """A suggested term, the records in scope that hold it, and how many unread records it would add.

    `examples` are its first places in up to ten unread records, or in read ones where no unread one holds it.
    """

    suggestion: Suggestion
    records: int
    unread: int
    examples: tuple[Example, ...] = ()

    def as_dict(self) -> dict[str, object]:
        """Return plain values; the figures of keyness only where they were measured."""
        plain: dict[str, object] = asdict(self.suggestion) | {"records": self.records, "unread": self.unread}
        if self.suggestion.kind != "keyness":
            for name in ("relevant", "others", "log_likelihood", "log_ratio", "p"):
                del plain[name]
        return plain


@dataclass(frozen=True)
class Suggested:
    """Suggestions for a query, and the likeliest of its unread records with their scores (none before any is
    confirmed)."""

    query_version: str
    terms: tuple[CountedSuggestion, ...]
    ranked: tuple[tuple[Key, float], ...]

    def as_dict(self) -> dict[str, object]:
        """Return plain values for a machine."""
        return {
            "query_version": self.query_version,
            "suggestions": [each.as_dict() for each in self.terms],
            "ranked": [{"occurrence_no": key[0], "offence_code": key[1], "score": score} for key, score in self.ranked],
        }


def suggest(
    scope: ReadingScope,
    decisions: Sequence[Decision] | None = None,
    *,
    top: int = 20,
    related_file: Path | None = None,
    by_company: bool = False,
) -> Suggested:
    """Suggest terms and ranks what nobody has read. Decisions are the store's when none are given.

    Raises:
        RequestError: when the file of related words cannot be read.
        EngineUnavailable: when there is something to rank and scikit-learn is not installed.
    """
    terms = scope.request.terms
    assert terms is not None
    entries = scope.entries({number for number, _ in scope.months})
    texts = {number: "\n".join(text for _, _, text in each) for number, each in entries.items() if each}
    if decisions is None:
        decisions = DecisionStore(scope.store.path).decisions()
    held = {key: decision for key, decision in current(decisions).items() if key in scope.months}
    confirmed = {key[0] for key, decision in held.items() if decision.code == "relevant"}
    asked = matcher(terms.set)
    words = vocabulary(texts.values())
    found = [
        *(each for term in terms.set.terms for each in variants(term, words)),
        *related(terms.set.terms, _listed(related_file)),
        *key_words(
            [texts[number] for number in sorted(confirmed) if number in texts],
            [text for number, text in texts.items() if number not in confirmed],
            known=lambda word: bool(asked.find(word)[0]),
        ),
        *(neighbours(terms.set.terms, [texts[number] for number in sorted(texts)]) if by_company else ()),
    ]
    fresh = {each.term.casefold(): each for each in reversed(found) if not asked.find(each.term)[0]}
    return Suggested(
        scope.query_version,
        tuple(_counted(scope, list(reversed(fresh.values())), entries, {key[0] for key in held})),
        _ranked(scope, entries, held, top),
    )


def suggest_for_room(request_text: str, store: Path, *, snapshot: int) -> tuple[CountedSuggestion, ...]:
    """Return the terms to consider for a request on a snapshot, with the decisions that the store keeps.

    Words by their company are among them where SciPy is installed. Nothing is ranked.

    Raises:
        ClearcountError: when the request cannot be read or counted.
    """
    opened = open_store(store)
    own_codes = opened.snapshot(snapshot).own_codes
    asked = parse_request(parse_toml(request_text, "the request"), own_codes=own_codes)
    scope = scope_of(asked, opened, snapshot=snapshot)
    try:
        return suggest(scope, top=0, by_company=True).terms
    except EngineUnavailable:
        return suggest(scope, top=0).terms


def _counted(
    scope: ReadingScope, found: Sequence[Suggestion], entries: dict[str, list[Entry]], read: set[str]
) -> list[CountedSuggestion]:
    """Each suggestion with the records that the matcher finds it in under the request's own rule."""
    terms = scope.request.terms
    assert terms is not None
    unread = {number for number, _ in scope.unmatched} - read
    numbers = [number for number, each in entries.items() for _ in each]
    places = [(number, field, entry_no) for number, each in entries.items() for field, entry_no, _ in each]
    column = pa.array([text for each in entries.values() for _, _, text in each], pa.string())
    counted = []
    for suggestion in found:
        try:
            hits = matcher(TermSet(rule=terms.set.rule, terms=(suggestion.term,), none=())).hits(column).kept
        except TermError:
            continue
        holding = {numbers[row] for row in hits["row"].to_pylist()}
        records = sum(number in holding for number, _ in scope.months)
        if records:
            first: dict[str, Example] = {}
            for row, start, end in zip(*(hits[name].to_pylist() for name in ("row", "start", "end")), strict=True):
                number, field, entry_no = places[row]
                first.setdefault(number, Example(number, field, entry_no, start, end))
            shown = sorted(first, key=lambda number: (number not in unread, number))[:_EXAMPLES]
            fresh = holding & unread
            counted.append(
                CountedSuggestion(
                    suggestion,
                    records,
                    sum(key[0] in fresh for key in scope.unmatched),
                    tuple(first[number] for number in shown),
                )
            )
    order = {"variant": 0, "inflection": 0, "keyness": 1, "related": 2, "neighbour": 3}
    return sorted(counted, key=lambda each: (order[each.suggestion.kind], -each.unread, -each.records))


def _ranked(
    scope: ReadingScope, entries: dict[str, list[Entry]], held: dict[Key, Decision], top: int
) -> tuple[tuple[Key, float], ...]:
    keys = [*(key for key in scope.matches if key in held), *scope.unmatched]
    verdicts = {key: held[key].code == "relevant" for key in keys if key in held and _settled(held[key])}
    waiting = [at for at, key in enumerate(keys) if key not in held]
    if True not in verdicts.values() or not waiting or top < 1:
        return ()
    readings = [
        Reading("\n".join(text for _, _, text in entries[key[0]]), scope.hints(key, entries[key[0]]), verdicts.get(key))
        for key in keys
    ]
    scores = score(readings)
    best = sorted(waiting, key=lambda at: (-scores[at], keys[at]))[:top]
    return tuple((keys[at], round(scores[at], 6)) for at in best)


def _settled(decision: Decision) -> bool:
    return decision.code in ("relevant", "not_relevant")


def _listed(file: Path | None) -> str | None:
    if file is None:
        return None
    try:
        return file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise RequestError(f"{file}: cannot be read as UTF-8 text; name a list like the packaged one") from None
