"""The reference engine: plain loops over every record, so short that a reader can check it by eye."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa

from clearcount.counting.found import Found, InScope
from clearcount.counting.scope import in_scope, month_of, where_value
from clearcount.engines.base import Question, Records
from clearcount.matching import Matcher, matcher
from clearcount.matching.concordance import context
from clearcount.model.decision import flag_state
from clearcount.model.mention import Mention, Span
from clearcount.model.months import Month
from clearcount.model.record import Offence, Text
from clearcount.model.request import CountRequest
from clearcount.reading.hints import hints


def run(records: Records, question: Question) -> Found:
    """Reads every offence and every text, one after the other."""
    request = question.request
    rows: list[tuple[Offence, Month]] = []
    undated = spread = 0
    for offence in _offences(records.offences()):
        if not in_scope(offence, request.scope, frozenset(request.codes)):
            continue
        month = month_of(offence, request.scope.date_basis)
        if month is None:
            undated += 1
        elif request.scope.first <= month <= question.last:
            rows.append((offence, month))
            spread += _ends_in_another_month(offence)
    rows.sort(key=lambda row: (row[0].occurrence_no, row[0].crime_no))
    texts = _texts(records.texts()) if request.terms else iter(())
    wanted = {offence.occurrence_no for offence, _ in rows}
    mentions: list[Mention] = []
    dropped: list[Mention] = []
    searched: set[str] = set()
    if request.terms:
        match = matcher(request.terms.set)
        for text in texts:
            if text.occurrence_no in wanted and text.field in request.terms.fields:
                if text.text:
                    searched.add(text.occurrence_no)
                kept, lost = match.find(text.text)
                mentions += [mention(text, span) for span in kept]
                dropped += [mention(text, span) for span in lost]
    return Found(
        offences=columns(rows, request),
        mentions=tuple(sorted(mentions, key=place)),
        dropped=tuple(sorted(dropped, key=place)),
        searched=frozenset(searched),
        undated=undated,
        spread=spread,
        expansion=expansion(match) if request.terms else (),
    )


def columns(rows: list[tuple[Offence, Month]], request: CountRequest) -> InScope:
    """Offences with their months as the columns that counting takes."""
    where = request.scope.where
    states = [flag_state(o.markers, request.marker.name) if request.marker else "undecided" for o, _ in rows]
    return InScope(
        occurrence_no=[offence.occurrence_no for offence, _ in rows],
        crime_no=[offence.crime_no for offence, _ in rows],
        code=[offence.code for offence, _ in rows],
        month=[month for _, month in rows],
        extra=[tuple(where_value(o.extra.get(c, ""), values) or "" for c, values in where.items()) for o, _ in rows],
        marked=[state == "confirmed" for state in states],
        flagged=[state != "undecided" for state in states],
        label=[offence.offence for offence, _ in rows],
    )


def place(mention: Mention) -> tuple[str, str, tuple[int, str], int, int, str]:
    """The order of mentions: occurrence, field, entry (numbers as numbers), then place in the text."""
    entry = mention.entry_no
    number = int(entry) if entry.isdecimal() and len(entry) < 19 else -1
    return (mention.occurrence_no, mention.field, (number, entry), mention.start, mention.end, mention.term)


def expansion(match: Matcher) -> tuple[tuple[str, str], ...]:
    """Each term with what it was read as."""
    return tuple((term, read_as) for term, read_as in match.expansion())


def mention(text: Text, span: Span) -> Mention:
    """The hit with its surroundings and the hints that explain it."""
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
        hints=hints(text.text, span.start, span.end),
    )


def _ends_in_another_month(offence: Offence) -> bool:
    start, end = offence.committed_from, offence.committed_to
    return start is not None and end is not None and Month.of(start) != Month.of(end)


def _offences(table: pa.Table) -> Iterator[Offence]:
    for row in table.to_pylist():
        yield Offence(**{**row, "markers": tuple(row["markers"] or ()), "extra": dict(row["extra"] or ())})


def _texts(batches: Iterator[pa.RecordBatch]) -> Iterator[Text]:
    for batch in batches:
        for row in batch.select(["occurrence_no", "field", "entry_no", "text", "entered_at"]).to_pylist():
            yield Text(**{**row, "text": row["text"] or ""})
