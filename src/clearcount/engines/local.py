"""The default engine: Arrow columns narrowed by code, date and key, then whole batches through the matcher."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import reduce

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from clearcount.counting.found import Flag, Found, HoldsTerm, InPart, InScope, Marked, Matched, Mentioned, Searched
from clearcount.engines.base import DATE_COLUMN, Engine, RecordSource, Search, SearchedPart
from clearcount.engines.columns import ArrowColumn, Flags, Mask, as_mask
from clearcount.engines.memory import mention, place, together
from clearcount.engines.tallying import distinct, tally
from clearcount.matching import Matcher, matcher
from clearcount.matching.ahead import WORKERS
from clearcount.model.columns import Condition
from clearcount.model.decision import State, flag_state
from clearcount.model.mention import Mention, Span
from clearcount.model.record import Text
from clearcount.model.request import Terms
from clearcount.model.terms import TermSet

_ORDER = [("occurrence_no", "ascending"), ("crime_no", "ascending")]


@dataclass(frozen=True)
class Scanned:
    """What one stretch of texts gave: who had text to search, the hits, and the hits that an exception dropped."""

    searched: tuple[str, ...]
    kept: tuple[Mention, ...]
    dropped: tuple[Mention, ...]


@dataclass(frozen=True)
class _Holding:
    """The occurrences in which each term of a wording counts, those that hold a text, and those with a hit."""

    terms: Mapping[Terms, Mapping[str, set[str]]]
    searched: set[str]
    mentioned: set[str]


@dataclass(frozen=True)
class Narrowed:
    """The offences in scope in order of their keys, and which of them each part counts.

    `undated` counts the offences that only lack the date asked for.
    """

    offences: pa.Table
    inside: Mapping[int, Mask]
    undated: int


def run(records: RecordSource, search: Search, *, workers: int = WORKERS) -> Found:
    """Filter the offences in Arrow, then scan only the texts of occurrences in scope, on so many cores."""
    narrowed = narrow(records, search)
    offences, inside = narrowed.offences, narrowed.inside
    holding, kept, dropped = _scanned(records, search, offences, inside, workers)
    people = {role: _people(records, role, offences, inside, search) for role in search.roles}
    return Found(
        offences=_columns(offences, inside, search, holding),
        mentions=tuple(sorted(kept, key=place)),
        dropped=tuple(sorted(dropped, key=place)),
        searched=frozenset(holding.searched),
        undated=narrowed.undated,
        spread=_spread(offences),
        expansion=expansions(search),
        people={role: _columns(*held, search, holding) for role, held in people.items()},
    )


def expansions(search: Search) -> tuple[tuple[str, str], ...]:
    """Return each term of a search with what it was read as."""
    return tuple({t: r for terms in search.wordings for t, r in matcher(terms.searched).expansion()}.items())


def narrow(records: RecordSource, search: Search) -> Narrowed:
    """Return the records in scope by Arrow filters."""
    offences = records.offences(search.codes)
    undated = np.zeros(len(offences), bool)
    inside: dict[int, Mask] = {}
    for part in search.parts:
        mask = _in_scope(offences, part, search) & _alongside(offences, part, records)
        dates = offences[DATE_COLUMN[part.scope.date_basis]]
        undated |= mask & as_mask(pc.is_null(dates))
        first, last = (pa.scalar(day, pa.date32()) for day in (part.scope.start, part.until))
        inside[part.number] = mask & as_mask(pc.and_(pc.greater_equal(dates, first), pc.less_equal(dates, last)))
    wanted = reduce(np.logical_or, inside.values())
    offences = offences.filter(pa.array(wanted))
    order = pc.sort_indices(offences, _ORDER)
    offences = offences.take(order)
    inside = {number: mask[wanted][order.to_numpy()] for number, mask in inside.items()}
    return Narrowed(offences, inside, int(undated.sum()))


def in_scope(records: RecordSource, search: Search) -> pa.Array:
    """Return the numbers of the occurrences in scope, each once."""
    return pc.unique(narrow(records, search).offences["occurrence_no"].combine_chunks())


def scan(
    batches: Iterator[pa.RecordBatch], terms: TermSet, *, workers: int = WORKERS, hints: bool = True
) -> Iterator[Scanned]:
    """Yield each batch through the matcher of this process, on two cores unless said."""
    match = matcher(terms)
    for batch, found in match.scan(batches, workers=workers):
        with_text = batch["occurrence_no"].filter(pc.greater(pc.binary_length(batch["text"]), 0))
        yield Scanned(
            tuple(pc.unique(with_text).to_pylist()),
            tuple(_mentions(batch, found.kept, match, hints)),
            tuple(_mentions(batch, found.dropped, match, hints)),
        )


def _in_scope(offences: pa.Table, part: SearchedPart, search: Search) -> Mask:
    """The offences of a part, their dates apart."""
    mask = np.ones(len(offences), bool)
    if part.codes is not None:
        mask &= as_mask(pc.is_in(offences["code"], pa.array(sorted(part.codes), pa.string())))
    if part.scope.cancelled == "exclude":
        mask &= as_mask(pc.equal(offences["status"], "recorded"))
    skipped = search.person_columns if part.scope.counts_people else ()
    for name, condition in part.scope.where.items():
        if name not in skipped:
            mask &= _holds(_extra(offences, name), condition)
    return mask


def _extra(table: pa.Table, name: str) -> ArrowColumn[str]:
    """One extra column, blank where a record has none."""
    held = table["extra"].combine_chunks()
    if not len(held):
        return ArrowColumn(pa.array([], pa.string()))
    found = pc.map_lookup(held, pa.scalar(name, pa.string()), "first")
    return ArrowColumn(pc.fill_null(found.cast(pa.string()), ""))


def _holds(values: ArrowColumn[str], condition: Condition) -> Mask:
    indices, different = values.encoded
    return np.array([condition.holds(value) for value in different], bool)[indices] if different else np.zeros(0, bool)


def _alongside(offences: pa.Table, part: SearchedPart, records: RecordSource) -> Mask:
    """The offences whose occurrence holds another offence of one of the codes asked for."""
    if part.alongside is None:
        return np.ones(len(offences), bool)
    others = records.offences(part.alongside)
    if part.scope.cancelled == "exclude":
        others = others.filter(pc.equal(others["status"], "recorded"))
    counted = pc.value_counts(others["occurrence_no"].combine_chunks()).to_pylist()
    held = {each["values"]: each["counts"] for each in counted}
    itself = as_mask(pc.is_in(offences["code"], pa.array(sorted(part.alongside), pa.string())))
    if part.scope.cancelled == "exclude":
        itself &= as_mask(pc.equal(offences["status"], "recorded"))
    indices, numbers = ArrowColumn[str](offences["occurrence_no"]).encoded
    many = np.array([held.get(number, 0) for number in numbers], np.int64)
    return many[indices] > itself.astype(np.int64) if numbers else np.zeros(0, bool)


def _scanned(
    records: RecordSource, search: Search, offences: pa.Table, inside: Mapping[int, Mask], workers: int
) -> tuple[_Holding, set[Mention], set[Mention]]:
    """What the texts hold, the hits, and the dropped hits."""
    holding: dict[Terms, dict[str, set[str]]] = {}
    kept: set[Mention] = set()
    dropped: set[Mention] = set()
    searched: set[str] = set()
    for terms in search.wordings:
        mask = reduce(np.logical_or, [inside[part.number] for part in search.asking(terms)])
        wanted = pc.unique(offences["occurrence_no"].filter(pa.array(mask)).combine_chunks())
        texts = records.texts(wanted, terms.fields)
        parts = list(scan(texts, terms.searched, workers=workers, hints=search.hints))
        hits = [hit for part in parts for hit in part.kept]
        holding[terms] = together(terms, hits)
        matched = set().union(*holding[terms].values())
        kept |= {hit for hit in hits if hit.occurrence_no in matched}
        dropped |= {hit for part in parts for hit in part.dropped}
        searched |= {number for part in parts for number in part.searched}
    return _Holding(holding, searched, {hit.occurrence_no for hit in kept}), kept, dropped


def _people(
    records: RecordSource, role: str, offences: pa.Table, inside: Mapping[int, Mask], search: Search
) -> tuple[pa.Table, dict[int, Mask]]:
    """Each person of a role once on each offence in scope: the offences' columns with those of the person."""
    persons = records.persons(role)
    rows = offences.select(["occurrence_no", "crime_no"]).append_column("at", pa.array(np.arange(len(offences))))
    persons = persons.append_column("who", pa.array(np.arange(len(persons))))
    keys = persons.select(["occurrence_no", "crime_no", "person_no", "who"])
    blank = pc.equal(keys["crime_no"], "")
    named = keys.filter(pc.invert(blank)).join(rows, ["occurrence_no", "crime_no"], join_type="inner")
    spread = keys.filter(blank).drop(["crime_no"]).join(rows, ["occurrence_no"], join_type="inner")
    order = ["at", "person_no", "who"]
    pairs = pa.concat_tables([named.select(order), spread.select(order)]).sort_by(
        [(name, "ascending") for name in order]
    )
    at, who = pairs["at"].to_numpy(), pairs["who"].to_numpy()
    taken, of_people = offences.take(pa.array(at)), persons.take(pa.array(who))
    columns = {name: _person_value(of_people, name) for name in search.person_columns}
    masks = {}
    for part in search.parts:
        mask = inside[part.number][at] if part.scope.unit == role else np.zeros(len(at), bool)
        for name, condition in part.scope.where.items():
            if name in search.person_columns:
                mask = mask & _holds(columns[name], condition)
        masks[part.number] = mask
    keep = reduce(np.logical_or, masks.values(), np.zeros(len(at), bool)) & _first(pairs, masks)
    for name, column in columns.items():
        taken = taken.append_column(f"person:{name}", column.array)
    taken = taken.append_column("person_no", of_people["person_no"])
    return taken.filter(pa.array(keep)), {number: mask[keep] for number, mask in masks.items()}


def _first(pairs: pa.Table, masks: Mapping[int, Mask]) -> Mask:
    """The first row that counts of each person on each offence; a person may be given twice."""
    seen: set[tuple[int, str]] = set()
    counts = reduce(np.logical_or, masks.values(), np.zeros(len(pairs), bool))
    if len(set(zip(pairs["at"].to_pylist(), pairs["person_no"].to_pylist(), strict=True))) == len(pairs):
        return counts
    found = np.zeros(len(pairs), bool)
    for row, (at, person) in enumerate(zip(pairs["at"].to_pylist(), pairs["person_no"].to_pylist(), strict=True)):
        if counts[row] and (at, person) not in seen:
            seen.add((at, person))
            found[row] = True
    return found


def _person_value(people: pa.Table, name: str) -> ArrowColumn[str]:
    if name in ("age", "sex"):
        return ArrowColumn(pc.fill_null(people[name], ""))
    return _extra(people, name)


def _columns(records: pa.Table, inside: Mapping[int, Mask], search: Search, holding: _Holding) -> InScope:
    """Return records as the columns that counting takes."""
    numbers: ArrowColumn[str] = ArrowColumn(records["occurrence_no"])
    flags: dict[Flag, Flags] = {
        Searched(): Flags(_among(numbers, holding.searched)),
        Mentioned(): Flags(_among(numbers, holding.mentioned)),
    }
    states = _states(records, search.marker)
    for part in search.parts:
        mask = inside[part.number]
        flags[InPart(part.number)] = Flags(mask)
        if search.marker:
            indices, different = states.encoded
            for decided in (False, True):
                said = [s != "undecided" if decided else s == "confirmed" for s in different]
                flags[Marked(part.number, decided)] = (
                    Flags(mask & np.array(said, bool)[indices]) if said else Flags(mask)
                )
        if part.terms:
            by_term = holding.terms[part.terms]
            for term, held in by_term.items():
                flags[HoldsTerm(part.number, term)] = Flags(mask & _among(numbers, held))
            flags[Matched(part.number)] = Flags(mask & _among(numbers, set().union(*by_term.values())))
    return InScope(
        occurrence_no=numbers,
        crime_no=ArrowColumn(records["crime_no"]),
        code=ArrowColumn(records["code"]),
        label=ArrowColumn(records["offence"]),
        days={basis: ArrowColumn(records[DATE_COLUMN[basis]]) for basis in search.bases},
        values={name: _value(records, name) for name in search.columns},
        states=states,
        flags=flags,
        person_no=ArrowColumn(records["person_no"]) if "person_no" in records.column_names else (),
    )


def _value(records: pa.Table, name: str) -> ArrowColumn[str]:
    of_person = f"person:{name}"
    return ArrowColumn(records[of_person]) if of_person in records.column_names else _extra(records, name)


def _among(numbers: ArrowColumn[str], held: set[str]) -> Mask:
    return as_mask(pc.is_in(numbers.array, pa.array(sorted(held), pa.string())))


def _states(records: pa.Table, marker: str) -> ArrowColumn[State]:
    if not marker:
        return ArrowColumn(pa.array(["undecided"] * len(records), pa.string()))
    held = records["markers"].combine_chunks()
    joined: ArrowColumn[str] = ArrowColumn(pc.binary_join(held, "\x1f"))
    indices, different = joined.encoded
    states = [flag_state((each or "").split("\x1f"), marker) for each in different]
    return ArrowColumn(pa.array(states, pa.string()).take(pa.array(indices)))


def _spread(offences: pa.Table) -> int:
    start, end = offences["committed_from"], offences["committed_to"]
    differs = pc.or_(
        pc.not_equal(pc.year(start), pc.year(end)),
        pc.not_equal(pc.month(start), pc.month(end)),
    )
    return int(pc.sum(differs).as_py() or 0)


def _mentions(batch: pa.RecordBatch, hits: pa.Table, match: Matcher, hinted: bool) -> Iterator[Mention]:
    for row, term, start, end in zip(
        *(hits[name].to_pylist() for name in ("row", "term", "start", "end")), strict=True
    ):
        names = ("occurrence_no", "field", "entry_no", "text")
        text = Text(**{name: batch[name][row].as_py() for name in names})
        yield mention(text, Span(match.terms[term], start, end, text.text[start:end]), hinted)


ENGINE = Engine("local", run, tally, distinct)
