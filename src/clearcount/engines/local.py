"""The default engine: Arrow columns narrowed by code, date and key, then whole batches through the matcher."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from clearcount.counting.found import Found, InScope
from clearcount.counting.scope import where_value
from clearcount.engines.base import Question, Records
from clearcount.engines.memory import expansion, mention, place
from clearcount.matching import Matcher, matcher
from clearcount.model.decision import State, flag_state
from clearcount.model.mention import Mention, Span
from clearcount.model.months import Month
from clearcount.model.record import Text
from clearcount.model.request import CountRequest
from clearcount.model.terms import TermSet

_DATE = {"recorded": "recorded_on", "reported": "reported_on", "committed": "committed_from"}


@dataclass(frozen=True)
class Scanned:
    """What one stretch of texts gave: who had text to search, the hits, and the hits that an exception dropped."""

    searched: tuple[str, ...]
    kept: tuple[Mention, ...]
    dropped: tuple[Mention, ...]


Scan: TypeAlias = Callable[[Iterator[pa.RecordBatch], TermSet], Iterator[Scanned]]
"""Texts through the matcher: here, or on the workers of a cluster."""


def run(records: Records, question: Question) -> Found:
    """Filters the offences in Arrow, then scans only the texts of occurrences in scope."""
    return narrow_and_scan(records, question, scan)


def narrow_and_scan(records: Records, question: Question, scan: Scan) -> Found:
    """The offences in scope by Arrow filters, and the mentions that `scan` finds in their texts."""
    request = question.request
    offences = _narrowed(records.offences(request.codes), request)
    dates = offences[_DATE[request.scope.date_basis]]
    inside = pc.and_(
        pc.greater_equal(dates, pa.scalar(request.scope.first.first_day, pa.date32())),
        pc.less(dates, pa.scalar(question.last.next().first_day, pa.date32())),
    )
    offences = offences.filter(inside).sort_by([("occurrence_no", "ascending"), ("crime_no", "ascending")])
    scanned: list[Scanned] = []
    if request.terms:
        wanted = pc.unique(offences["occurrence_no"].combine_chunks())
        scanned = list(scan(records.texts(wanted, request.terms.fields), request.terms.set))
    return Found(
        offences=_columns(offences, request),
        mentions=tuple(sorted((hit for part in scanned for hit in part.kept), key=place)),
        dropped=tuple(sorted((hit for part in scanned for hit in part.dropped), key=place)),
        searched=frozenset(number for part in scanned for number in part.searched),
        undated=dates.null_count,
        spread=_spread(offences),
        expansion=expansion(matcher(request.terms.set)) if request.terms else (),
    )


def scan(batches: Iterator[pa.RecordBatch], terms: TermSet) -> Iterator[Scanned]:
    """Each batch through the matcher of this process, on two cores."""
    match = matcher(terms)
    for batch, hits in match.scan(batches):
        with_text = batch["occurrence_no"].filter(pc.greater(pc.binary_length(batch["text"]), 0))
        yield Scanned(
            tuple(pc.unique(with_text).to_pylist()),
            tuple(_mentions(batch, hits.kept, match)),
            tuple(_mentions(batch, hits.dropped, match)),
        )


def _narrowed(offences: pa.Table, request: CountRequest) -> pa.Table:
    if request.scope.cancelled == "exclude":
        offences = offences.filter(pc.equal(offences["status"], "recorded"))
    if request.scope.where:
        held = offences["extra"].to_pylist()
        keep = [
            all(where_value(dict(row or ()).get(c, ""), v) is not None for c, v in request.scope.where.items())
            for row in held
        ]
        offences = offences.filter(pa.array(keep, pa.bool_()))
    return offences


def _columns(offences: pa.Table, request: CountRequest) -> InScope:
    where = request.scope.where
    states: list[State] = ["undecided"] * len(offences)
    if request.marker:
        states = [flag_state(held or (), request.marker.name) for held in offences["markers"].to_pylist()]
    months: dict[tuple[int, int], Month] = {}

    def month(day: date) -> Month:
        return months.setdefault((day.year, day.month), Month.of(day))

    return InScope(
        occurrence_no=offences["occurrence_no"].to_pylist(),
        crime_no=offences["crime_no"].to_pylist(),
        code=offences["code"].to_pylist(),
        month=[month(day) for day in offences[_DATE[request.scope.date_basis]].to_pylist()],
        extra=[
            tuple(where_value(dict(row or ()).get(column, ""), values) or "" for column, values in where.items())
            for row in offences["extra"].to_pylist()
        ]
        if where
        else [()] * len(offences),
        marked=[state == "confirmed" for state in states],
        flagged=[state != "undecided" for state in states],
        label=offences["offence"].to_pylist(),
    )


def _spread(offences: pa.Table) -> int:
    start, end = offences["committed_from"], offences["committed_to"]
    differs = pc.or_(
        pc.not_equal(pc.year(start), pc.year(end)),
        pc.not_equal(pc.month(start), pc.month(end)),
    )
    return int(pc.sum(differs).as_py() or 0)


def _mentions(batch: pa.RecordBatch, hits: pa.Table, match: Matcher) -> Iterator[Mention]:
    for row, term, start, end in zip(
        *(hits[name].to_pylist() for name in ("row", "term", "start", "end")), strict=True
    ):
        names = ("occurrence_no", "field", "entry_no", "text")
        text = Text(**{name: batch[name][row].as_py() for name in names})
        yield mention(text, Span(match.terms[term], start, end, text.text[start:end]))
