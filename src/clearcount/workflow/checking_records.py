"""The doubts about a request that only the records of a store can show."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache

from clearcount.answer.doubts import doubts_of_evidence
from clearcount.counting.found import InPart
from clearcount.engines.base import TextOf
from clearcount.model.keys import CodeKey
from clearcount.model.months import Month
from clearcount.model.parted import where_in_whole
from clearcount.model.request import CountRequest, Doubt
from clearcount.offences import CodeList
from clearcount.store.ledger import Ledger
from clearcount.workflow.checking_shape import doubts_of_shape
from clearcount.workflow.checking_words import doubts_of_words
from clearcount.workflow.counting import Counted
from clearcount.workflow.counting_stores import StoreCount, count_stores
from clearcount.workflow.dating import doubts_of_date
from clearcount.workflow.evidence import gather
from clearcount.workflow.stores import NamedStore


def doubts_with_records(
    request: CountRequest,
    stores: Sequence[NamedStore],
    *,
    codes: CodeList,
    counts: Sequence[StoreCount] = (),
    made_on: date,
) -> Iterator[Doubt]:
    """Yield the doubts that a count on the stores opens, and the one about a ledger that is gone.

    `counts` save the second count and account where the caller has made the first.
    """
    for count in counts or count_stores(request, stores, codes=codes, hints=False):
        yield from _of_store(request, count, tuple(_doubts_of_store(count, made_on)))


def _doubts_of_store(count: StoreCount, made: date) -> Iterator[Doubt]:
    """The doubts that the records of one store show."""
    done, store, account = count.counted, count.store.store, count.accounted
    if count.name:
        dated = doubts_of_date(done.request, made, done.snapshot.as_at)
        yield from (doubt for doubt in dated if doubt.id == "version-date-before-extract")
    yield from _doubts_of_records(done)
    yield from doubts_of_evidence(done.request, gather(done, store, account))
    yield from doubts_of_shape(done)
    yield from doubts_of_words(done, account.exports)
    if Ledger(store.path).is_missing:
        yield Doubt(
            "ledger-missing",
            "store",
            "answers have left this store, and the ledger that names them is gone",
            "put STORE/ledger back from a backup, so that a new answer can be compared with what left before",
        )


def _of_store(request: CountRequest, count: StoreCount, doubts: Sequence[Doubt]) -> Iterator[Doubt]:
    """The doubts with the name of their store, where there are several: what is accepted of one holds for one."""
    noun = count.counted.snapshot.noun
    for doubt in (replace(each, what=noun.put(each.what), do=noun.put(each.do)) for each in doubts):
        where = where_in_whole(request, count.counted.request, doubt.where)
        yield (
            Doubt(f"{count.name}:{doubt.id}", where, f"in {count.name}: {doubt.what}", doubt.do)
            if count.name
            else doubt
        )


def _doubts_of_records(counted: Counted) -> Iterator[Doubt]:
    request, shot = counted.request, counted.snapshot
    for field in request.terms.fields if request.terms else ():
        if field not in shot.text_fields:
            yield Doubt(
                f"field-{field}-empty",
                "terms.fields",
                f"the snapshot holds no text in the field {field!r}",
                "import an export that has it, or say that it was not searched",
            )
    if counted.last > Month.of(shot.as_at):
        yield Doubt(
            "period-after-extract",
            "scope.to",
            f"the extract was taken on {shot.as_at}, before the period ends in {counted.last.spoken}",
            "import a newer export, or say that later months are not held",
        )
    if not shot.own_codes:
        yield from _recorded_out_of_force(counted)


@lru_cache(4096)  # a period has few days, and each part asks for them again
def _month(day: object) -> str:
    assert isinstance(day, date)
    return str(Month.of(day))


def _recorded_out_of_force(counted: Counted) -> Iterator[Doubt]:
    """Offences in scope of a code that was not in force in their month, whatever the tables look like."""
    months: dict[str, set[Month]] = defaultdict(set)
    for part in counted.request.questions:
        day = f"day:{counted.request.scope_of(part).date_basis}"
        columns: dict[str, TextOf] = {"code": str, day: _month}
        for code, month in counted.engine.grouped(counted.found.offences, (InPart(part.number),), columns):
            months[code].add(Month.parse(month))
    for code in counted.request.codes:
        early = [month for month in sorted(months[code]) if not counted.facts.in_force(CodeKey(code), month)]
        if early:
            yield Doubt(
                f"{code}-recorded-out-of-force",
                "scope",
                f"offences of {code} are recorded in periods in which it was not in force, such as {early[0]}",
                "have the records mended, or say why they are counted",
            )
