"""Every fault and doubt of a request at once: what cannot be counted, and what should not be counted unmended."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from difflib import get_close_matches
from typing import TYPE_CHECKING

from clearcount.errors import RequestError
from clearcount.model.keys import QuestionKey
from clearcount.model.months import TOTAL, Month
from clearcount.model.nearest import nearest
from clearcount.model.parted import faults_of_stores, parted, store_of, where_in_whole
from clearcount.model.request import (
    Accepted,
    CountRequest,
    Doubt,
    Fault,
    FaultyRequest,
)
from clearcount.model.request_reader import parse_request
from clearcount.model.visible import visible
from clearcount.offences import CodeList, doubts_of_law
from clearcount.workflow.dating import doubts_of_date, release_day
from clearcount.workflow.selecting import faults_of_selections, last_day

if TYPE_CHECKING:
    from clearcount.store import Snapshot
    from clearcount.workflow.counting_stores import StoreCount
    from clearcount.workflow.stores import NamedStore

_MONTHS = [date(2000, number, 1).strftime("%B") for number in range(1, 13)]
_SINCE = re.compile(
    r"\b(?:since|from|starting|beginning)\s+(?:and\s+including\s+)?(?:1(?:st)?\s+)?("
    + "|".join(_MONTHS)
    + r")\s+(\d{4})\b",
    re.IGNORECASE,
)
_UNTIL = re.compile(
    r"\b(?:until|to|up\s+to|ending)\s+(?:the\s+end\s+of\s+)?(?:3[01](?:st|th)?\s+)?("
    + "|".join(_MONTHS)
    + r")\s+(\d{4})\b",
    re.IGNORECASE,
)
_FIELD_WORDS = {
    "mo": re.compile(r"\bMOs?\b|modus\s+operandi"),
    "oel": re.compile(r"\bOELs?\b"),
    "summary": re.compile(r"\bsummar(?:y|ies)\b", re.IGNORECASE),
}


@dataclass(frozen=True)
class Checked:
    """Faults stop a count; doubts are mended or accepted. `request` is None while there are faults.

    `with_records` says that the doubts which only records can show are among them.
    """

    faults: tuple[Fault, ...]
    doubts: tuple[Doubt, ...]
    request: CountRequest | None = None
    with_records: bool = False

    def open(self) -> tuple[Doubt, ...]:
        """Return the doubts that the request does not accept."""
        accepted = {each.doubt for each in self.request.accepted} if self.request else set()
        return tuple(doubt for doubt in self.doubts if doubt.id not in accepted)

    def notes(self) -> tuple[str, ...]:
        """Return a sentence for each invisible character in the request, and each thing it accepts that is no doubt
        here.

        Records move, so an entry can outlive its doubt; its reason would be printed all the same. Without records
        nobody can tell, and there is no note.
        """
        if self.request is None:
            return ()
        taken_out = tuple(f"{each} is invisible; it was taken out" for each in self.request.unseen)
        if not self.with_records:
            return taken_out
        known = {doubt.id for doubt in self.doubts}
        return taken_out + tuple(
            f"accepted[{at}]: {each.doubt!r} is no doubt about this request on these records, and its reason is "
            "printed; take it out unless the reason should stand"
            for at, each in enumerate(self.request.accepted, 1)
            if each.doubt not in known
        )

    def as_dict(self) -> dict[str, object]:
        """Return `{"faults": [{where, what, do}], "doubts": [{id, where, what, do}], "notes": [sentence]}`."""
        return {
            "faults": [vars(fault) for fault in self.faults],
            "doubts": [vars(doubt) for doubt in self.doubts],
            "notes": list(self.notes()),
        }


def faults_of(
    data: Mapping[str, object], codes: CodeList, stores: Sequence[NamedStore] = ()
) -> tuple[CountRequest, tuple[Fault, ...]]:
    """Return the parsed request with the faults that only the code list and the stores can show.

    Raises:
        FaultyRequest: for what the request itself shows, the other faults added.
    """
    try:
        request = parse_request(data, own_codes=_own_codes(stores))
    except FaultyRequest as error:
        if error.request is None:
            raise
        period_read = not any(fault.where in ("scope.from", "scope.to") for fault in error.faults)
        further = _further_faults(error.request, codes, stores, period_read=period_read)
        raise FaultyRequest((*error.faults, *further), error.request) from None
    return request, tuple(_further_faults(request, codes, stores))


def _own_codes(stores: Sequence[NamedStore]) -> bool | frozenset[str]:
    """Whether the codes are the data's own; of several stores, the names of those whose codes are."""
    if len(stores) < 2:
        return any(store.snapshot.own_codes for store in stores)
    return frozenset(store.name for store in stores if store.snapshot.own_codes)


def _further_faults(
    request: CountRequest, codes: CodeList, stores: Sequence[NamedStore], *, period_read: bool = True
) -> Iterator[Fault]:
    """The faults of the parts of each store, told by their places in the whole request."""
    if not stores:
        yield from _faults_on(request, codes, None, period_read=period_read)
        return
    names = [store.name for store in stores]
    yield from faults_of_stores(request, names)
    parts = parted(request, names)
    said: set[Fault] = set()
    for store in stores:
        if (part := parts.get(store.name)) is None:
            continue
        for fault in _faults_on(part, codes, store.snapshot, period_read=period_read):
            told = replace(fault, where=where_in_whole(request, part, fault.where)) if part.records else fault
            if told not in said:
                said.add(told)
                yield told
    if len(stores) > 1:
        known = {name for s in stores for name in (*s.snapshot.extra_columns, *s.snapshot.person_columns)}
        for name in request.groupings:
            if name not in known:
                yield Fault(f"column.{name}", "is no column of any of the stores", nearest(name, sorted(known)))


def _faults_on(
    request: CountRequest, codes: CodeList, shot: Snapshot | None, *, period_read: bool = True
) -> Iterator[Fault]:
    if shot is None or not shot.own_codes:
        for question in request.questions:
            for code in () if question.is_wide else question.codes:
                if codes.get(code) is None:
                    yield Fault(
                        f"question[{question.number}].codes",
                        f"{code} is on no list",
                        "look it up with: clearcount codes, or add it with --codes",
                    )
    yield from faults_of_selections(request, codes, ())
    if shot is None:
        return
    from clearcount.workflow.checking_shape import faults_of_shape  # here: a check without a store loads no Arrow

    if shot.own_codes:
        yield from _names_of_other_lines(request)
    yield from _missing_columns(request, shot)
    yield from faults_of_shape(request, shot)
    if period_read:
        try:
            for question in request.questions:
                last_day(request.scope_of(question), shot.as_at)
        except RequestError as error:
            where, _, what = str(error).partition(": ")
            yield Fault(where, what, "ask for another period or import a newer export")


def _names_of_other_lines(request: CountRequest) -> Iterator[Fault]:
    """Codes of the data's own that have the name of another line of the table, which nobody could tell apart."""
    by_question = any("question" in shape.dimensions for shape in request.tables)
    lines = (question for question in request.questions if by_question or not question.codes)
    taken = {QuestionKey(question.number).text: "a question's line" for question in lines}
    taken[TOTAL] = "the total line"
    for code in request.codes:
        if code in taken:
            yield Fault(
                "question",
                f"the code {code} has the name of {taken[code]}",
                "give the code another name in the data, or ask for it in a request of its own"
                + (' with rows = ["offence"]' if by_question and code != TOTAL else ""),
            )


def _missing_columns(request: CountRequest, shot: Snapshot) -> Iterator[Fault]:
    for field in request.terms.fields if request.terms else ():
        if field not in shot.layout_fields:
            yield Fault(
                "terms.fields",
                f"the store's layout has no field {field!r}",
                f"use {', '.join(shot.layout_fields) or 'none: it holds no text'}",
            )
    of_people = shot.person_columns if request.scope.counts_people else ()
    for column in request.scope.where:
        if column not in (*shot.extra_columns, *of_people):
            known = ", ".join((*shot.extra_columns, *of_people)) or "none"
            yield Fault(
                f"scope.where.{column}",
                "is not a column that the layout names",
                f"use {known}, or import with a layout that keeps it",
            )


def check_request(
    data: Mapping[str, object],
    *,
    codes: CodeList,
    stores: Sequence[NamedStore] = (),
    counts: Sequence[StoreCount] = (),
    made_on: date | None = None,
) -> Checked:
    """Return every fault and doubt. With stores the doubts that need records are among them.

    `counts` save the second count and account where the caller has made the first. `made_on` dates the answer where
    the request does not; without it that is the day of the check.
    """
    try:
        request, faults = faults_of(data, codes, stores)
    except FaultyRequest as error:
        return Checked(error.faults, ())
    if faults:
        return Checked(faults, ())
    home = next((store for store in stores if store.name == request.scope.records), stores[0] if stores else None)
    last = Month.of(last_day(request.scope, home.snapshot.as_at)) if home else request.scope.last
    doubts = list(_doubts_of_wording(request, codes, last, stores))
    made = made_on or release_day()
    doubts += doubts_of_date(request, made, stores[0].snapshot.as_at if len(stores) == 1 else None)
    if stores:
        from clearcount.workflow.checking_records import doubts_with_records  # here, for the same reason

        doubts += doubts_with_records(request, stores, codes=codes, counts=counts, made_on=made)
    unique = {doubt.id: doubt for doubt in doubts}
    return Checked((), tuple(unique.values()), request, with_records=bool(stores))


def accept(request: CountRequest, accepted: Mapping[str, str]) -> CountRequest:
    """Return the request with further accepted doubts, as `--accept DOUBT=REASON` gives them."""
    more = tuple(Accepted(doubt, visible(reason)) for doubt, reason in accepted.items())
    source = dict(request.source)
    if more:
        entries = [{"doubt": each.doubt, "reason": each.reason} for each in (*request.accepted, *more)]
        source["accepted"] = entries
    return replace(request, accepted=(*request.accepted, *more), source=source)


def accepts_only_doubts(accepted: Mapping[str, str], checked: Checked) -> None:
    """Raise RequestError when something is accepted that is no doubt about this request on these records."""
    known = [each.id for each in checked.doubts]
    unknown = [doubt for doubt in accepted if doubt not in known]
    if unknown:
        left = ", ".join(doubt.id for doubt in checked.open())
        near = get_close_matches(unknown[0], known, 1)
        raise RequestError(
            f"{unknown[0]!r} was accepted and is no doubt about this request"
            + (f" (did you mean {near[0]!r}?)" if near else "")
            + "; "
            + (f"the open doubts are {left}" if left else "no doubt is open, so leave it out")
        )


def _doubts_of_wording(
    request: CountRequest, codes: CodeList, last: Month | None, stores: Sequence[NamedStore]
) -> Iterator[Doubt]:
    own = {store.name for store in stores if store.snapshot.own_codes}
    names = [store.name for store in stores]
    listed = [each for each in request.questions if store_of(request.scope_of(each), names) not in own]
    if listed:
        period_end = last or Month.of(request.received)
        yield from doubts_of_law(
            [q for q in listed if not q.is_wide], request.scope.first, period_end, codes, request.text
        )
    wordings = [("request.text", request.text), *((f"question[{q.number}].text", q.text) for q in request.questions)]
    starts = {month for _, text in wordings for month in _named_months(_SINCE, text)}
    if starts - {request.scope.first}:
        named = " and ".join(month.spoken for month in sorted(starts))
        yield Doubt(
            "wording-from",
            "request.text",
            f"the wording asks from {named}, the scope starts in {request.scope.first.spoken}",
            "ask the requester which is meant, or say why this start was taken",
        )
    ends = {month for _, text in wordings for month in _named_months(_UNTIL, text)}
    if last and ends - {last}:
        named = " and ".join(month.spoken for month in sorted(ends))
        yield Doubt(
            "wording-to",
            "request.text",
            f"the wording asks up to {named}, the scope ends in {last.spoken}",
            "ask the requester which is meant, or say why this end was taken",
        )
    if last and last > Month.of(request.received):
        yield Doubt(
            "period-after-received",
            "scope.to",
            f"the period ends in {last.spoken}, after the request was received",
            "end it with the month of receipt, or say why later records are given",
        )
    yield from _doubts_of_terms(request)


def _named_months(pattern: re.Pattern[str], text: str) -> Iterator[Month]:
    for name, year in pattern.findall(text):
        yield Month(int(year), _MONTHS.index(name.capitalize()) + 1)


def _doubts_of_terms(request: CountRequest) -> Iterator[Doubt]:
    if request.terms is None:
        return
    asked = {field for field, pattern in _FIELD_WORDS.items() if pattern.search(request.text)}
    if asked and (missing := sorted(asked - set(request.terms.fields))):
        yield Doubt(
            "wording-fields",
            "terms.fields",
            f"the wording names {', '.join(missing)}, which is not searched",
            "add the field, or say why it is left out",
        )
    if asked and (further := sorted(set(request.terms.fields) - asked)):
        yield Doubt(
            "wording-further-fields",
            "terms.fields",
            f"{', '.join(further)} is searched though the wording names only {', '.join(sorted(asked))}",
            "take it out, or say why it is searched as well",
        )
    rule = request.terms.set.rule
    if rule in ("padded", "contains"):
        yield Doubt(
            f"rule-{rule}",
            "terms.rule",
            f"the rule {rule!r} misses a term beside punctuation or at the start or end of a text, "
            + ("and finds letters inside other words" if rule == "contains" else "such as (AI) and AI-generated"),
            'write rule = "word", or say why this rule is wanted; see: clearcount compare',
        )
