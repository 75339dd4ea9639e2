"""One request counted in each store that it names: one count, one snapshot and one account a store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from clearcount.counting.plan import Numbers, table_numbers
from clearcount.errors import RequestError
from clearcount.model.parted import faults_of_stores, parted
from clearcount.model.request import CountRequest, FaultyRequest
from clearcount.model.request_reader import parse_request
from clearcount.offences import CodeList
from clearcount.workflow.accounting import Accounted, account_for
from clearcount.workflow.counting import Counted, count_request, last_days
from clearcount.workflow.reading_files import read_request_file
from clearcount.workflow.stores import NamedStore


@dataclass(frozen=True)
class StoreCount:
    """What was counted in one store, with the account of its offences and exports."""

    store: NamedStore
    counted: Counted
    accounted: Accounted

    @property
    def name(self) -> str:
        """What the request calls the store; empty where there is one."""
        return self.counted.request.records


def count_stores(
    request: CountRequest,
    stores: Sequence[NamedStore],
    *,
    codes: CodeList,
    engine: str = "local",
    hints: bool = True,
) -> tuple[StoreCount, ...]:
    """Count the parts of a request, each in its store; the tables are numbered as in the whole answer.

    Without `hints` their mentions carry none.

    Raises:
        RequestError, StoreError, EngineUnavailable: with a sentence.
    """
    parts = parted(request, [store.name for store in stores])
    numbers = _numbers(request, stores, parts) if len(stores) > 1 else None
    found = []
    for store in stores:
        counted = count_request(
            parts[store.name],
            store.store,
            codes=codes,
            snapshot=store.snapshot.number,
            engine_name=engine,
            numbers=numbers,
            hints=hints,
        )
        found.append(StoreCount(store, counted, account_for(counted, store.store)))
    first = {count.store.name: min(each.wanted.number for each in count.counted.answers) for count in found}
    return tuple(sorted(found, key=lambda count: first[count.store.name]))


def part_in(file: Path, store: NamedStore) -> CountRequest:
    """Return the request in a file, or where the store has a name, the parts of it that count there.

    Raises: RequestError: with every fault of the file at once. It is also raised when no part counts in the store, or
        when a store without a name is asked for one that has one.
    """
    data, own = read_request_file(file), store.snapshot.own_codes
    if not store.name:
        request = parse_request(data, own_codes=own)
        if faults := faults_of_stores(request, [""]):
            raise FaultyRequest(faults, request)
        return request
    # parts of other stores are left out, so it does not matter how their codes read
    known = {*_named_stores(data), "", store.name} if own else _named_stores(data) - {store.name}
    request = parse_request(data, own_codes=frozenset(known))
    part = parted(request, [store.name]).get(store.name)
    if part is None:
        raise RequestError(f"{file}: no part of it counts in the store {store.name!r}")
    return part


def _named_stores(data: Mapping[str, object]) -> set[str]:
    """Every name of a store in a request, whether it can be read or not."""
    questions = data.get("question")
    sections = [data.get("scope"), *(questions if isinstance(questions, list) else [])]
    return {str(each["records"]) for each in sections if isinstance(each, Mapping) and "records" in each}


def _numbers(request: CountRequest, stores: Sequence[NamedStore], parts: dict[str, CountRequest]) -> Numbers:
    until: dict[int, date] = {}
    for store in stores:
        until |= last_days(parts[store.name], store.snapshot)
    return table_numbers(_with_scopes(request), until)


def _with_scopes(request: CountRequest) -> CountRequest:
    """The request with the scope of each part written out."""
    questions = tuple(replace(part, scope=request.scope_of(part)) for part in request.questions)
    return replace(request, questions=questions)
