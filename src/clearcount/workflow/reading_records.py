"""The records that a request asks people to read: which they are, what their text is, how it is shown."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

import pyarrow as pa

from clearcount.errors import RequestError
from clearcount.model.decision import Decision, Key
from clearcount.model.mention import Mention
from clearcount.model.months import Month
from clearcount.model.request import CountRequest, Question
from clearcount.offences import code_list
from clearcount.reading.decide import text_hash
from clearcount.reading.hints import hints
from clearcount.reading.sampling import Candidate, blank
from clearcount.store import Store
from clearcount.workflow.counting import Counted, count_request
from clearcount.workflow.counting_stores import part_in
from clearcount.workflow.stores import NamedStore

Entry = tuple[str, str, str]
"""(field, entry number, text)."""


@dataclass(frozen=True)
class ReadingScope:
    """A counted request as records to be read: one per occurrence and offence code in scope."""

    counted: Counted
    store: Store

    @property
    def request(self) -> CountRequest:
        """The request."""
        return self.counted.request

    @property
    def own_codes(self) -> bool:
        """Whether the offence codes are the data's own."""
        return self.counted.snapshot.own_codes

    @cached_property
    def months(self) -> dict[Key, Month]:
        """Every record in scope with the month of its first offence."""
        found: dict[Key, Month] = {}
        offences = self.counted.found.offences
        for number, code, month in zip(offences.occurrence_no, offences.code, offences.month, strict=True):
            key = number, code
            found[key] = min(month, found.get(key, month))
        return found

    @cached_property
    def mentions(self) -> dict[str, list[Mention]]:
        """The hits by occurrence."""
        found: dict[str, list[Mention]] = defaultdict(list)
        for mention in self.counted.found.mentions:
            found[mention.occurrence_no].append(mention)
        return dict(found)

    @cached_property
    def matches(self) -> tuple[Key, ...]:
        """The records that hold a term, in order of their keys."""
        return tuple(sorted(key for key in self.months if key[0] in self.mentions))

    @cached_property
    def unmatched(self) -> tuple[Key, ...]:
        """The records with text and without a term, in order of their keys."""
        searched = self.counted.found.searched
        return tuple(sorted(key for key in self.months if key[0] in searched and key[0] not in self.mentions))

    @cached_property
    def not_searchable(self) -> int:
        """How many records have no text in the fields asked for."""
        return len(self.months) - len(self.matches) - len(self.unmatched)

    @cached_property
    def query_version(self) -> str:
        """A name for what was looked for and where; another term, field, code or period gives another name."""
        return query_version(self.request, self.counted.last)

    def candidates(self, keys: Collection[Key]) -> list[Candidate]:
        """Return records as candidates for a draw."""
        return [Candidate(*key, str(self.months[key].year)) for key in sorted(keys)]

    def term_of(self, candidate: Candidate) -> str:
        """Return the stratum of a record that holds a term: `term: AI`, or `several terms`."""
        terms = {mention.term for mention in self.mentions[candidate.occurrence_no]}
        return f"term: {terms.pop()}" if len(terms) == 1 else "several terms"

    def entries(self, occurrences: Collection[str]) -> dict[str, list[Entry]]:
        """Return all text of these occurrences in the fields asked for; an occurrence without any has an empty list."""
        found: dict[str, list[Entry]] = {number: [] for number in occurrences}
        if not found or self.request.terms is None:
            return found
        wanted = pa.array(sorted(found), pa.string())
        for batch in self.store.texts(self.counted.snapshot, wanted, self.request.terms.fields):
            columns = (batch[name].to_pylist() for name in ("occurrence_no", "field", "entry_no", "text"))
            for number, field, entry_no, text in zip(*columns, strict=True):
                found[number].append((field, entry_no, text or ""))
        return {number: in_reading_order(entries) for number, entries in found.items()}

    def hashes(self, occurrences: Collection[str]) -> dict[str, str]:
        """Return the present text hash of those of `occurrences` that are in scope."""
        inside = {number for number, _ in self.months}
        return hashes_of(self.entries(inside.intersection(occurrences)))

    def as_they_stand(self, decisions: Collection[Decision], hashes: Mapping[str, str]) -> list[Decision]:
        """Return the rows that quality figures are made of. They are those of records in scope, undecided where the
        text has changed since. A hit that the file leaves out gets a blank row, so that it counts as undecided.
        """
        rows = []
        for row in decisions:
            if row.key in self.months:
                stale = row.code and row.text_hash != hashes[row.occurrence_no]
                rows.append(blank(row, round_=row.round) if stale else row)
        missing = set(self.matches) - {row.key for row in rows}
        return [*rows, *(Decision(*key) for key in sorted(missing))]

    def context(self, occurrence_no: str, entries: Collection[Entry]) -> str:
        """Return what a reader reads: every entry under its name, each hit in brackets, its hints beside the name."""
        places: dict[tuple[str, str], list[Mention]] = defaultdict(list)
        for mention in self.mentions.get(occurrence_no, ()):
            places[mention.field, mention.entry_no].append(mention)
        parts = []
        for field, entry_no, text in entries:
            hits = places.get((field, entry_no), [])
            said = dict.fromkeys(hint for hit in hits for hint in hints(text, hit.start, hit.end))
            name = f"[{field} {entry_no}{': ' if said else ''}{', '.join(said)}]"
            parts.append(f"{name} {_marked(text, hits)}")
        return "\n".join(parts) or "[no text in the fields that were searched]"

    def hints(self, key: Key, entries: Collection[Entry]) -> tuple[str, ...]:
        """Return the hints of all hits of a record."""
        texts = {(field, entry_no): text for field, entry_no, text in entries}
        said = (
            hint
            for hit in self.mentions.get(key[0], ())
            for hint in hints(texts.get((hit.field, hit.entry_no), ""), hit.start, hit.end)
            if (hit.field, hit.entry_no) in texts
        )
        return tuple(dict.fromkeys(said))


def open_scope(request: Path, store: NamedStore) -> ReadingScope:
    """Count the request file, or its parts that count in the store, and return its records.

    Raises:
        RequestError: when the request names no terms, so that there is nothing to read for.
    """
    asked = part_in(request, store)
    return scope_of(asked, store.store, snapshot=store.snapshot.number, named=str(request))


def scope_of(asked: CountRequest, store: Store, *, snapshot: int, named: str = "the request") -> ReadingScope:
    """Count a request on an opened store and return its records; `named` is what messages call the request.

    Raises:
        RequestError: when the request names no terms, so that there is nothing to read for.
    """
    if asked.terms is None:
        raise RequestError(f"{named}: has no [terms], so there are no hits to read; add the words to look for")
    return ReadingScope(count_request(asked, store, codes=code_list(), snapshot=snapshot), store)


def in_reading_order(entries: Collection[Entry]) -> list[Entry]:
    """Return entries by field, then by number."""
    return sorted(entries, key=_place)


def hashes_of(entries: Mapping[str, Collection[Entry]]) -> dict[str, str]:
    """Return the text hash of each occurrence."""
    return {number: text_hash(number, each) for number, each in entries.items()}


def _further(request: CountRequest, question: Question) -> list[object]:
    """What one part asks for beyond months, codes and terms of the request: days, filters and words of its own."""
    scope, terms = request.scope_of(question), question.terms
    found: list[object] = []
    if scope != request.scope or terms != request.terms:
        where = {column: list(condition.normal) for column, condition in scope.where.items()}
        words = [terms.set.rule, *terms.searched.terms, *terms.set.none, *terms.fields] if terms else []
        found += [
            sorted(question.codes),
            str(scope.start),
            str(scope.end),
            scope.date_basis,
            scope.cancelled,
            where,
            words,
        ]
    if scope.start != scope.first.first_day or (
        isinstance(scope.end, date) and scope.end != Month.of(scope.end).last_day
    ):
        found += [str(scope.start), str(scope.end)]
    found += [str(scope.end)] if scope.end == "extract" else []
    found += [[str(selection) for selection in scope.alongside]] if scope.alongside else []
    found += [list(map(list, terms.together))] if terms and terms.together else []
    return found


def query_version(request: CountRequest, last: Month) -> str:
    """Return `q` and twelve hexadecimal digits, made of what decides which records match and which are in scope."""
    scope, terms = request.scope, request.terms
    parts: dict[str, object] = {
        "terms": [terms.set.rule, list(terms.set.terms), list(terms.set.none), list(terms.fields)] if terms else None,
        "codes": sorted(request.codes),
        "period": [str(scope.first), str(last), scope.date_basis],
        "cancelled": scope.cancelled,
        "where": {column: list(condition.normal) for column, condition in scope.where.items()},
    }
    further = [_further(request, question) for question in request.questions]
    if any(further):  # only what a request of one plain scope does not have, so that its name stays what it was
        parts["parts"] = further
    text = json.dumps(parts, ensure_ascii=False, sort_keys=True)
    return f"q{hashlib.sha256(text.encode()).hexdigest()[:12]}"


def _marked(text: str, hits: Collection[Mention]) -> str:
    """The text with every hit in ⟦brackets⟧; hits that overlap are marked as one."""
    parts, at = [], 0
    for start, end in _merged(sorted((hit.start, hit.end) for hit in hits)):
        parts += [text[at:start], "⟦", text[start:end], "⟧"]
        at = end
    return "".join([*parts, text[at:]])


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in spans:
        if merged and start < merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return merged


def _place(entry: Entry) -> tuple[str, int, str]:
    field, number, _ = entry
    return field, int(number) if number.isdecimal() and len(number) < 19 else -1, number
