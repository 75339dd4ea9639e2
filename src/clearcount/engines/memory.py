"""The reference engine: plain loops over every record, so short that a reader can check it by eye."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import product

import pyarrow as pa

from clearcount.counting.axes import Axis, ByValue
from clearcount.counting.found import Flag, Found, HoldsTerm, InPart, InScope, Marked, Matched, Mentioned, Searched
from clearcount.counting.scope import day_of, in_scope
from clearcount.engines.base import Engine, RecordSource, Search, SearchedPart
from clearcount.matching import Matcher, matcher
from clearcount.matching.concordance import context
from clearcount.model.decision import flag_state
from clearcount.model.keys import ALL, Key, Place
from clearcount.model.mention import Mention, Span
from clearcount.model.months import Month
from clearcount.model.record import Offence, Person, Text
from clearcount.model.request import Terms
from clearcount.reading.hints import hints


@dataclass(frozen=True)
class _Row:
    """One record: an offence, or a person on it."""

    offence: Offence
    parts: frozenset[int]
    person: Person | None = None

    def value(self, column: str) -> str:
        """Return the extra column of the person, else of the offence."""
        if self.person and column in self.person.values:
            return self.person.values[column]
        return self.offence.extra.get(column, "")


def run(records: RecordSource, search: Search) -> Found:
    """Read every offence and every text, one after the other."""
    offences = list(_offences(records.offences()))
    undated = spread = 0
    rows: list[_Row] = []
    for offence in offences:
        held = frozenset(part.number for part in search.parts if _counts(offence, part, offences, search))
        dated = {part.number for part in search.parts if part.number in held and _in_days(offence, part)}
        undated += any(n in held and day_of(offence, part.scope.date_basis) is None for n, part in _numbered(search))
        if dated:
            rows.append(_Row(offence, frozenset(dated)))
            spread += _ends_in_another_month(offence)
    rows.sort(key=lambda row: (row.offence.occurrence_no, row.offence.crime_no))
    texts = list(_texts(records.texts())) if search.wordings else []
    mentions, dropped, searched = set(), set(), set()
    holding: dict[int, dict[str, set[str]]] = {}
    expanded: dict[str, str] = {}
    for terms in search.wordings:
        asking = {part.number for part in search.asking(terms)}
        wanted = {row.offence.occurrence_no for row in rows if row.parts & asking}
        match = matcher(terms.searched)
        expanded |= dict(match.expansion())
        kept: list[Mention] = []
        lost: list[Mention] = []
        for text in texts:
            if text.occurrence_no in wanted and text.field in terms.fields:
                if text.text:
                    searched.add(text.occurrence_no)
                for into, spans in zip((kept, lost), match.find(text.text), strict=True):
                    into += [mention(text, span, search.hints) for span in spans]
        by_term = together(terms, kept)
        matched = set().union(*by_term.values()) if by_term else set()
        mentions |= {hit for hit in kept if hit.occurrence_no in matched}
        dropped |= set(lost)
        holding |= dict.fromkeys(asking, by_term)
    people = {role: _people(records, role, rows, search) for role in search.roles}
    texts_of: dict[Searched | Mentioned, set[str]] = {
        Searched(): searched,
        Mentioned(): {hit.occurrence_no for hit in mentions},
    }
    return Found(
        offences=columns([row for row in rows if row.parts], search, holding, texts_of),
        mentions=tuple(sorted(mentions, key=place)),
        dropped=tuple(sorted(dropped, key=place)),
        searched=frozenset(searched),
        undated=undated,
        spread=spread,
        expansion=tuple(expanded.items()),
        people={role: columns(held, search, holding, texts_of, people=True) for role, held in people.items()},
    )


def _numbered(search: Search) -> list[tuple[int, SearchedPart]]:
    return [(part.number, part) for part in search.parts]


def _counts(offence: Offence, part: SearchedPart, offences: list[Offence], search: Search) -> bool:
    """Whether the offence is in scope of a part, its date apart."""
    if not in_scope(offence, part.scope, part.codes, search.person_columns):
        return False
    return part.alongside is None or any(
        other.occurrence_no == offence.occurrence_no
        and other.crime_no != offence.crime_no
        and other.code in part.alongside
        and (part.scope.cancelled == "include" or other.status == "recorded")
        for other in offences
    )


def _in_days(offence: Offence, part: SearchedPart) -> bool:
    day = day_of(offence, part.scope.date_basis)
    return day is not None and part.scope.start <= day <= part.until


def _people(records: RecordSource, role: str, rows: list[_Row], search: Search) -> list[_Row]:
    """Each person of a role once on each offence in scope that the record of the person names."""
    found: dict[tuple[str, str, str], _Row] = {}
    parts = {part.number: part for part in search.parts if part.scope.unit == role}
    for person in _persons(records.persons(role)):
        for row in rows:
            on = row.offence.occurrence_no == person.occurrence_no
            if not on or person.crime_no not in ("", row.offence.crime_no):
                continue
            held = {number for number in row.parts & set(parts) if _person_counts(person, parts[number], search)}
            if held:
                key = (row.offence.occurrence_no, row.offence.crime_no, person.person_no)
                found.setdefault(key, _Row(row.offence, frozenset(held), person))
    return [found[key] for key in sorted(found)]


def _person_counts(person: Person, part: SearchedPart, search: Search) -> bool:
    where = part.scope.where.items()
    return all(c.holds(person.values.get(name, "")) for name, c in where if name in search.person_columns)


def together(terms: Terms, hits: Sequence[Mention]) -> dict[str, set[str]]:
    """Return the occurrences that hold each term, among those that hold one term of every list."""
    by_term: dict[str, set[str]] = {term: set() for term in terms.searched.terms}
    for hit in hits:
        by_term[hit.term].add(hit.occurrence_no)
    lists = [set().union(*(by_term[term] for term in group)) for group in terms.groups]
    whole = set.intersection(*lists)
    return {term: numbers & whole for term, numbers in by_term.items()}


def columns(
    rows: list[_Row],
    search: Search,
    holding: Mapping[int, Mapping[str, set[str]]],
    texts_of: Mapping[Searched | Mentioned, Collection[str]],
    *,
    people: bool = False,
) -> InScope:
    """Return records as the columns that counting takes."""
    offences = [row.offence for row in rows]
    states = [flag_state(o.markers, search.marker) if search.marker else "undecided" for o in offences]
    flags: dict[Flag, list[bool]] = {
        flag: [offence.occurrence_no in numbers for offence in offences] for flag, numbers in texts_of.items()
    }
    for part in search.parts:
        inside = [part.number in row.parts for row in rows]
        flags[InPart(part.number)] = inside
        if search.marker:
            flags[Marked(part.number)] = [i and s == "confirmed" for i, s in zip(inside, states, strict=True)]
            flags[Marked(part.number, True)] = [i and s != "undecided" for i, s in zip(inside, states, strict=True)]
        if part.terms:
            by_term = holding[part.number]
            for term, numbers in by_term.items():
                hit = [i and o.occurrence_no in numbers for i, o in zip(inside, offences, strict=True)]
                flags[HoldsTerm(part.number, term)] = hit
            matched = set().union(*by_term.values())
            flags[Matched(part.number)] = [
                i and o.occurrence_no in matched for i, o in zip(inside, offences, strict=True)
            ]
    return InScope(
        occurrence_no=[offence.occurrence_no for offence in offences],
        crime_no=[offence.crime_no for offence in offences],
        code=[offence.code for offence in offences],
        label=[offence.offence for offence in offences],
        days={basis: [day_of(offence, basis) for offence in offences] for basis in search.bases},
        values={column: [row.value(column) for row in rows] for column in search.columns},
        states=states,
        flags=flags,
        person_no=[row.person.person_no for row in rows if row.person] if people else (),
    )


def tally(records: InScope, flags: Sequence[Flag], axes: Sequence[Axis], once: bool, rows: int) -> Mapping[Place, int]:
    """Count record by record; the first `rows` axes share one margin, and so do the others."""
    counted: Counter[Place] = Counter()
    seen: dict[Place, set[str]] = defaultdict(set)
    for at in range(len(records)):
        if not any(records.flags[flag][at] for flag in flags):
            continue
        keys = [_keys(records, axis, at) for axis in axes]
        if not all(keys):
            continue
        sides = [[*product(*keys[:rows]), *_margin(rows)], [*product(*keys[rows:]), *_margin(len(axes) - rows)]]
        for line, head in product(*sides):
            counted[(*line, *head)] += 1
            seen[(*line, *head)].add(records.occurrence_no[at])
    return {place: len(numbers) for place, numbers in seen.items()} if once else counted


def distinct(records: InScope, flags: Sequence[Flag], name: str) -> list[object]:
    """Return the different values of a column among the records with one of `flags`."""
    values = column(records, name)
    return list({values[at] for at in range(len(records)) if any(records.flags[flag][at] for flag in flags)})


def _margin(dimensions: int) -> list[Place]:
    return [(ALL,) * dimensions] if dimensions else []


def _keys(records: InScope, axis: Axis, at: int) -> list[Key]:
    if isinstance(axis, ByValue):
        return list(axis.keys(column(records, axis.column)[at]))
    return [key for key, flags in axis.lines if any(records.flags[flag][at] for flag in flags)]


def column(records: InScope, name: str) -> Sequence[str] | Sequence[date | None]:
    """Return the values that an axis reads: `code`, `label`, `state`, `day:recorded` or `value:district`."""
    kind, _, rest = name.partition(":")
    if kind == "label":
        return records.label
    if kind == "day":
        return records.days[rest]
    return records.values[rest] if kind == "value" else records.code if kind == "code" else records.states


def place(mention: Mention) -> tuple[str, str, tuple[int, str], int, int, str]:
    """Return the order of mentions: occurrence, field, entry (numbers as numbers), then place in the text."""
    entry = mention.entry_no
    number = int(entry) if entry.isdecimal() and len(entry) < 19 else -1
    return (mention.occurrence_no, mention.field, (number, entry), mention.start, mention.end, mention.term)


def expansion(match: Matcher) -> tuple[tuple[str, str], ...]:
    """Return each term with what it was read as."""
    return tuple((term, read_as) for term, read_as in match.expansion())


def mention(text: Text, span: Span, hinted: bool = True) -> Mention:
    """Return the hit with its surroundings, and when `hinted` with the hints that explain it."""
    before, after = context(text.text, span.start, span.end)
    return Mention(
        occurrence_no=text.occurrence_no,
        field=text.field,
        entry_no=text.entry_no,
        term=span.term,
        start=span.start,
        end=span.end,
        matched=span.matched,
        before=before,
        after=after,
        hints=hints(text.text, span.start, span.end) if hinted else (),
    )


def _ends_in_another_month(offence: Offence) -> bool:
    start, end = offence.committed_from, offence.committed_to
    return start is not None and end is not None and Month.of(start) != Month.of(end)


def _offences(table: pa.Table) -> Iterator[Offence]:
    for row in table.to_pylist():
        yield Offence(**{**row, "markers": tuple(row["markers"] or ()), "extra": dict(row["extra"] or ())})


def _persons(table: pa.Table) -> Iterator[Person]:
    for row in table.to_pylist():
        yield Person(**{**row, "extra": dict(row["extra"] or ())})


def _texts(batches: Iterator[pa.RecordBatch]) -> Iterator[Text]:
    for batch in batches:
        for row in batch.select(["occurrence_no", "field", "entry_no", "text", "entered_at"]).to_pylist():
            yield Text(**{**row, "text": row["text"] or ""})


ENGINE = Engine("memory", run, tally, distinct)
