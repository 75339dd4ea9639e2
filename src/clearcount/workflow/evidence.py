"""Gathers from a store what the doubts about one count are made from: numbers and names, never a text."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

import pyarrow as pa
import pyarrow.compute as pc

from clearcount.answer.doubts import Evidence, FieldTexts, HeldColumn, NoticedInStore, searched_fields
from clearcount.model.keys import CodeKey, OtherKey
from clearcount.model.months import Month, month_range
from clearcount.model.request import CountRequest
from clearcount.store import Account, Snapshot, Store
from clearcount.store.marks import MARKS
from clearcount.workflow.accounting import Accounted
from clearcount.workflow.counting import Counted
from clearcount.workflow.selecting import codes_of

_COUNTER = r"^\d{1,2}(/\d)?$"
"""A crime number that only counts the crimes of its occurrence; many occurrences have it."""
_SHORTEST_PIECE = 30
_CUTS = frozenset(
    (
        *(40, 50, 60, 64, 70, 72, 75, 76, 78, 79, 80, 90, 100, 120, 127, 128, 132, 150, 160, 200, 240, 250, 254, 255),
        *(256, 300, 400, 500, 512, 1000, 1024, 2000, 2048, 3000, 4000, 4096),
    )
)
"""Widths at which systems write a long text on into another row."""
_LOOKED_AT = 200
"""Occurrences whose texts are read to see whether one text runs on into the next."""


def gather(counted: Counted, store: Store, accounted: Accounted) -> Evidence:
    """Return everything that doubts about `counted` are made from."""
    request, shot = counted.request, counted.snapshot
    texts: tuple[FieldTexts, ...] = ()
    if searched_fields(request) and len(counted.found.offences):
        texts = tuple(_texts(counted, store))
    return Evidence(
        account=accounted.account,
        reasons={rows.kind: _reasons(accounted.exports, rows.kind) for rows in accounted.account.rows},
        texts=texts,
        columns=tuple(_column(name, request, _held(name, request, store, shot)) for name in _columns(request, shot)),
        noticed=tuple(_noticed(counted, accounted.exports)),
        crimes_twice=_crimes_twice(counted),
        codes_held=frozenset(store.held(shot, "code")) - {""} if shot.own_codes else None,
        alongside_lacking=_alongside_lacking(counted, store),
        marked=any(state != "undecided" for state in set(counted.found.offences.states)),
        in_force=_in_force(counted),
        extract=Month.of(shot.as_at),
    )


def _alongside_lacking(counted: Counted, store: Store) -> tuple[str, ...]:
    """The codes that must be recorded alongside and that no record holds."""
    request = counted.request
    wanted = {
        each.spoken: each
        for part in request.questions
        for each in request.scope_of(part).alongside
        if each.kind != "all"
    }
    held = frozenset(store.codes(counted.snapshot)) if wanted else frozenset()
    return tuple(name for name, each in wanted.items() if held.isdisjoint(codes_of(each, counted.codes, held)))


def _columns(request: CountRequest, shot: Snapshot) -> tuple[str, ...]:
    """The extra columns of offences that a filter or a grouping of the request names."""
    named = dict.fromkeys(name for part in request.questions for name in request.scope_of(part).where)
    named |= dict.fromkeys(name for name, each in request.groupings.items() if not each.is_plain)
    return tuple(name for name in named if name in (*shot.extra_columns, *shot.person_columns))


def _held(name: str, request: CountRequest, store: Store, shot: Snapshot) -> dict[str, int]:
    """What a column holds: of the people that the request counts where they have it, and of offences."""
    units = list(dict.fromkeys(request.scope_of(part).unit for part in request.questions))
    people = [unit for unit in units if unit in shot.roles and name in shot.person_columns]
    held: Counter[str] = Counter()
    for unit in people:
        held.update(store.held_by_people(shot, name, unit))
    if len(people) < len(units) and name in shot.extra_columns:  # offences and occurrences have the same columns
        held.update(store.held(shot, name))
    return dict(held)


def _column(name: str, request: CountRequest, held: dict[str, int]) -> HeldColumn:
    """What a column holds, and what filters and groups ask of it."""
    asked: dict[tuple[str, str], None] = {}
    blank = False
    for part in request.questions:
        condition = request.scope_of(part).where.get(name)
        if condition is None:
            continue
        where = (
            f"scope.where.{name}" if part.scope in (None, request.scope) else f"question[{part.number}].where.{name}"
        )
        named = (*condition.values, *condition.excluded)
        asked |= {(value, where): None for value in named if value.strip()}
        blank |= condition.blank is True or any(not value.strip() for value in condition.values)
    grouping = request.groupings.get(name)
    ungrouped: dict[str, int] = {}
    if grouping and not grouping.is_plain:
        asked |= {(value, f"column.{name}.groups"): None for _, values in grouping.groups for value in values}
        if not grouping.other:
            ungrouped = {value: n for value, n in held.items() if isinstance(grouping.key(value), OtherKey)}
    filled = {value: n for value, n in held.items() if value}
    return HeldColumn(name, filled, held.get("", 0), tuple(asked), blank, ungrouped)


def _in_force(counted: Counted) -> bool:
    """Whether any offence asked for was in force in any month of its period."""
    request, own = counted.request, counted.snapshot.own_codes
    return any(
        counted.facts.in_force(CodeKey(code, own), month)
        for part in request.questions
        for code in part.codes
        for month in month_range(request.scope_of(part).first, Month.of(counted.facts.until[part.number]))
    )


def _noticed(counted: Counted, exports: Account) -> Iterator[NoticedInStore]:
    whole = (finding for finding in counted.snapshot.findings if not finding.of_import)
    for finding in (*exports.findings, *whole):
        yield NoticedInStore(finding.kind, finding.rows, finding.what, finding.column, finding.file, finding.codes)


def _reasons(exports: Account, kind: str) -> tuple[tuple[str, int], ...]:
    """Why rows were refused, the commonest first, without anything that a row holds."""
    counts = Counter(_without_values(reason) for reason in exports.refused_of(kind)["reason"].to_pylist())
    return tuple(sorted(counts.items(), key=lambda each: (-each[1], each[0])))


def _without_values(reason: str) -> str:
    bare = re.sub(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"", "a value", reason.split(";")[0])
    return re.sub(r"\d+", "#", bare)[:80].strip()


def _crimes_twice(counted: Counted) -> int:
    """How many crimes in scope stand under more than one occurrence, or under more than one spelling of their key.

    Capitals and blanks make another spelling. A number that only counts the crimes of its occurrence is one of that.
    """
    offences = counted.found.offences
    keys = pa.table(
        {
            "occurrence": pa.array(list(offences.occurrence_no), pa.string()),
            "crime": pa.array(list(offences.crime_no), pa.string()),
        }
    )
    keys = keys.group_by(["occurrence", "crime"]).aggregate([])
    counter = pc.match_substring_regex(keys["crime"], _COUNTER)
    folded = pa.table(
        {
            "home": pc.if_else(counter, _folded(keys["occurrence"]), ""),
            "crime": _folded(keys["crime"]),
        }
    )
    spelled = folded.group_by(["home", "crime"]).aggregate([([], "count_all")])
    return pc.sum(pc.greater(spelled["count_all"], 1)).as_py() or 0


def _folded(keys: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.utf8_lower(pc.replace_substring_regex(keys, r"\s+", ""))


def _texts(counted: Counted, store: Store) -> Iterator[FieldTexts]:
    wanted = pa.array(sorted(set(counted.found.offences.occurrence_no)), pa.string())
    marks = pa.concat_tables([MARKS.empty_table(), *store.marks(counted.snapshot, wanted)])
    marks = marks.filter(pc.greater(marks["length"], 0))
    for field in sorted(marks["field"].unique().to_pylist()):
        own = marks.filter(pc.equal(marks["field"], field))
        longest = pc.max(own["length"]).as_py()
        yield FieldTexts(
            field=field,
            rows=own.num_rows,
            longest=longest,
            at_longest=pc.sum(pc.equal(own["length"], longest)).as_py() or 0,
            damaged=pc.sum(own["mojibake"]).as_py() or 0,
            pieces=_pieces(own, longest, counted, store, field),
        )


def _pieces(own: pa.Table, longest: int, counted: Counted, store: Store, field: str) -> int:
    """How many texts of a field look as if they ran on into the next entry of the same moment.

    They fill the width of a row to the last character, or they break off inside a sentence that the next goes on with.
    Where longer texts stand in the field too, they do both.
    """
    follows = [place for place in _followed(own) if place[2] >= _SHORTEST_PIECE]
    widths = Counter(length for _, _, length in follows)
    in_one = Counter((occurrence, length) for occurrence, _, length in follows)
    full = [place for place in follows if place[2] == longest]
    if full and (longest in _CUTS or widths[longest] >= 3 or max(in_one[place[0], longest] for place in full) >= 2):
        return len(full)
    near = [
        (occurrence, entry, length)
        for occurrence, entry, length in follows
        if length >= 0.6 * longest
        or in_one[occurrence, length] >= 2
        or (length in _CUTS and widths[length] > 2 * max(widths[length - 1], widths[length + 1]))
    ]
    return sum(_run_on(near, counted, store, field)) if near else 0


def _followed(own: pa.Table) -> list[tuple[str, int, int]]:
    """(occurrence, entry, length) of each entry with a number that is followed by the next, of the same moment."""
    rows = own.select(["occurrence_no", "entry_no", "entered_at", "length"]).filter(
        pc.match_substring_regex(own["entry_no"], r"^\d{1,9}$")
    )
    rows = rows.set_column(1, "entry_no", rows["entry_no"].cast(pa.int64()))
    after = rows.select(["occurrence_no", "entry_no", "entered_at"])
    after = after.set_column(1, "entry_no", pc.subtract(after["entry_no"], 1))
    joined = rows.join(after, ["occurrence_no", "entry_no", "entered_at"], join_type="left semi")
    return [(row["occurrence_no"], row["entry_no"], row["length"]) for row in joined.to_pylist()]


def _run_on(near: list[tuple[str, int, int]], counted: Counted, store: Store, field: str) -> Iterable[int]:
    """1 for each of these texts that breaks off inside a sentence; of the first occurrences only, in their order."""
    occurrences = sorted({occurrence for occurrence, _, _ in near})[:_LOOKED_AT]
    texts: dict[str, dict[int, str]] = defaultdict(dict)
    for batch in store.texts(counted.snapshot, pa.array(occurrences, pa.string()), {field}):
        for row in batch.select(["occurrence_no", "entry_no", "text"]).to_pylist():
            if row["entry_no"].isdecimal():
                texts[row["occurrence_no"]][int(row["entry_no"])] = row["text"]
    for occurrence, entry, _ in near:
        first, second = texts[occurrence].get(entry, ""), texts[occurrence].get(entry + 1, "")
        broken = first[-1:].isalnum() or first[-1:] in ",- "
        goes_on = second[:1].islower() or second[:1] == " "
        yield int(broken and goes_on)
