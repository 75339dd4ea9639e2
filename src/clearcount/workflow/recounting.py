"""An answer counted again on a later snapshot: which figures changed, and what happened to the records behind them.

Everything here is exact and internal. What may be said of a change goes through disclosure control as any release.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from clearcount.foreign import parse_toml
from clearcount.model.keys import ALL, Place
from clearcount.model.request_reader import parse_request
from clearcount.model.table import Cell, Count, Table
from clearcount.offences import CodeList, code_list
from clearcount.reading.decide import text_hash
from clearcount.store import Snapshot, Store, open_store
from clearcount.workflow.counting import Counted, count_request

NEW, EDITED, RECODED, DATED = "new record", "edited text", "recoded", "dated otherwise"
CANCELLED, RESTORED, LEFT_OUT = "cancelled or transferred", "restored", "left out of a complete export"
COLUMN, PURGED, LAW = "edited column", "purged", "law or code list"
OTHERWISE = "counted otherwise"
CAUSES = (NEW, EDITED, RECODED, DATED, CANCELLED, RESTORED, LEFT_OUT, COLUMN, PURGED, LAW, OTHERWISE)
_DAYS = ("recorded_on", "reported_on", "committed_from", "committed_to")
Key = tuple[str, str]
"""Occurrence and crime number."""


@dataclass(frozen=True)
class ChangedFigure:
    """One figure that changed: its table, line and column in words, and what it was and is."""

    table: str
    line: str
    column: str
    before: int
    after: int


@dataclass(frozen=True)
class AnswerChange:
    """What became of an answer between two snapshots.

    `figures` are those that changed, the greatest change first. `causes` says how many counted records each cause
    concerns. A record that counts under another code or month concerns one cause, the first that fits.
    """

    first: int
    second: int
    figures: tuple[ChangedFigure, ...]
    causes: Mapping[str, int]


@dataclass(frozen=True)
class Published:
    """What a published answer says of itself: the total of its first table where it is printed, and its code list."""

    total: int | None = None
    codes_version: str = ""


def answer_change(
    request: str, store: Path, first: int, second: int, published: Published | None = None
) -> AnswerChange:
    """Count the text of a request on two snapshots of a store, and return what changed and why.

    Raises:
        ClearcountError: when the request cannot be counted on one of them, or a snapshot is not there.
    """
    opened, codes = open_store(store), code_list()
    before, after = (_counted(request, opened, codes, number) for number in (first, second))
    causes = Counter(_causes(opened, before, after))
    causes.update(_since(before, published or Published(), codes.version))
    figures = sorted(_figures(before, after), key=lambda figure: -abs(figure.after - figure.before))
    return AnswerChange(
        before.snapshot.number,
        after.snapshot.number,
        tuple(figures),
        {cause: causes[cause] for cause in CAUSES if causes[cause]},
    )


def _counted(request: str, store: Store, codes: CodeList, number: int) -> Counted:
    shot = store.snapshot(number)
    asked = parse_request(parse_toml(request, "the request"), own_codes=shot.own_codes)
    return count_request(asked, store, codes=codes, snapshot=shot.number)


def _since(before: Counted, published: Published, codes_version: str) -> Iterator[str]:
    """Causes that lie between what was published and the same count now: a purge, another code list, another way."""
    total = before.answer.cells[before.answer.whole]
    moved = 0 if published.total is None else abs(published.total - _number(total))
    if moved and before.snapshot.purged:
        cause = PURGED
    elif moved:
        cause = LAW if published.codes_version not in ("", codes_version) else OTHERWISE
    else:
        return
    yield from [cause] * moved


def _figures(before: Counted, after: Counted) -> Iterator[ChangedFigure]:
    tables = {table.name: table for table in before.tables}
    for table in after.tables:
        earlier = tables.get(table.name)
        if earlier is None:
            continue
        for place in dict.fromkeys((*earlier.cells, *table.cells)):
            then, now = (_number(each.cells.get(place)) for each in (earlier, table))
            if then != now:
                named = table if place in table.cells else earlier
                yield ChangedFigure(table.title, *_labels(named, place), then, now)


def _labels(table: Table, place: Place) -> tuple[str, str]:
    names = [
        "total" if key == ALL else dimension.leaf(key).label
        for dimension, key in zip((*table.rows, *table.columns), place, strict=True)
    ]
    edge = len(table.rows)
    return ", ".join(names[:edge]) or "total", ", ".join(names[edge:]) or "total"


def _number(cell: Cell | None) -> int:
    return cell.n if isinstance(cell, Count) else 0


def _units(counted: Counted) -> dict[Key, tuple[str, str]]:
    """Each offence that counts, with its code and month."""
    found, hits = counted.found.offences, {mention.occurrence_no for mention in counted.found.mentions}
    units = {}
    for at in range(len(found)):
        number = found.occurrence_no[at]
        if (counted.kind == "mentions" and number not in hits) or (counted.kind == "marked" and not found.marked[at]):
            continue
        units[number, found.crime_no[at]] = (found.code[at], str(found.month[at]))
    return units


def _causes(store: Store, before: Counted, after: Counted) -> Iterator[str]:
    """The cause for each offence that counts in one of the two only, or under another code or in another month."""
    then, now = _units(before), _units(after)
    moved = [key for key in then.keys() | now.keys() if then.get(key) != now.get(key)]
    if not moved:
        return
    numbers = {number for number, _ in moved}
    fields = before.request.terms.fields if before.request.terms else ()
    rows = [_rows(store, counted.snapshot, numbers) for counted in (before, after)]
    texts = [_texts(store, counted.snapshot, numbers, fields) for counted in (before, after)]
    for key in moved:
        yield _cause(rows[0].get(key), rows[1].get(key), same_text=texts[0].get(key[0]) == texts[1].get(key[0]))


def _cause(then: Mapping[str, object] | None, now: Mapping[str, object] | None, *, same_text: bool) -> str:
    if then is None:
        return NEW
    if now is None:
        return LEFT_OUT
    if then["status"] != now["status"]:
        return RESTORED if now["status"] == "recorded" else CANCELLED
    if then["code"] != now["code"]:
        return RECODED
    if any(then[name] != now[name] for name in _DAYS):
        return DATED
    if not same_text:
        return EDITED
    if any(then[name] != now[name] for name in ("markers", "extra")):
        return COLUMN
    return OTHERWISE


def _rows(store: Store, shot: Snapshot, numbers: Collection[str]) -> dict[Key, Mapping[str, object]]:
    table = store.offences(shot)
    kept = table.filter(pc.is_in(table["occurrence_no"], pa.array(sorted(numbers), pa.string())))
    return {(row["occurrence_no"], row["crime_no"]): row for row in kept.to_pylist()}


def _texts(store: Store, shot: Snapshot, numbers: Collection[str], fields: Collection[str]) -> dict[str, str]:
    """A name for all the text of each occurrence in the fields that were searched."""
    if not fields:
        return {}
    found: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    for batch in store.texts(shot, pa.array(sorted(numbers), pa.string()), fields):
        columns = (batch[name].to_pylist() for name in ("occurrence_no", "field", "entry_no", "text"))
        for number, field, entry_no, text in zip(*columns, strict=True):
            found[number].append((field, entry_no, text or ""))
    return {number: text_hash(number, entries) for number, entries in found.items()}
