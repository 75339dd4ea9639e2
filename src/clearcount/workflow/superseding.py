"""A new version of an answer beside the one it replaces: what was printed then, what changed, and why.

The earlier numbers are a table of their own, so they pass disclosure control with the new ones. A sentence about a
change names cells of both, so that it cannot say more than the two tables show.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from clearcount.errors import BundleError
from clearcount.model.keys import ALL, CodeKey, Key, PeriodKey, Place, QuestionKey, ValueKey
from clearcount.model.months import Month, Period
from clearcount.model.population import Population
from clearcount.model.release import Figure, Prose, Provenance
from clearcount.model.table import Cell, ControlledTable, Count, Dimension, Leaf, NotInForce, Table, places
from clearcount.writers.printed import PrintedCell, PrintedColumn, PrintedRow, PrintedTable, ReleaseJson
from clearcount.writers.readback import read_release

EARLIER = "earlier version"
"""The name of the table of earlier numbers in a release."""
_MOST_CHANGES = 24
_QUESTION = re.compile(r"q([0-9]+)$")
_COUNTS = {
    "mentions": "every mention",
    "confirmed": "what people confirmed",
    "marked": "what carries the force's marker",
    "offences": "every offence in scope",
}
"""What a table that an answer can start with counts."""


@dataclass(frozen=True)
class EarlierVersion:
    """The bundle that is replaced: what a page calls it, its numbers as a table (or none), and how it was made.

    `counts` is the name of the table that it answered with, such as `mentions` or `confirmed`.
    """

    name: str
    table: Table | None
    provenance: Mapping[str, object]
    counts: str = ""
    released: Mapping[str, object] = field(default_factory=dict, repr=False)


def read_earlier(bundle: Path) -> EarlierVersion:
    """Return the bundle in the folder `bundle` as the earlier version of an answer.

    Raises:
        BundleError: when it is not a bundle that this clearcount reads.
    """
    released = read_release(bundle)
    provenance = released.get("provenance")
    if not isinstance(provenance, Mapping):
        raise BundleError(f"{bundle}: release.json has no provenance; name the bundle of an earlier answer")
    name = f"{released.get('reference', '')}, version of {released.get('version_date', '')}"
    table = release_difference(released)
    return EarlierVersion(name, table, provenance, _answered_with(released), released)


def check_same_stores(earlier: EarlierVersion, names: Sequence[str]) -> None:
    """Raise BundleError when an earlier answer counted in other stores: nobody could say what left which of them."""
    before = sorted(str(each.get("name")) for each in _stores(earlier.provenance))
    if before != (sorted(names) if len(names) > 1 else []):
        said = ", ".join(before) or "one store"
        raise BundleError(
            f"{earlier.name} was counted in {said}; a new version of it is counted in the same, by the same names"
        )


def _stores(provenance: Mapping[str, object]) -> list[Mapping[str, object]]:
    stores = provenance.get("stores", ())
    return [each for each in stores if isinstance(each, Mapping)] if isinstance(stores, list) else []


def _answered_with(released: ReleaseJson) -> str:
    try:
        return str(released["printed"][0]["name"])
    except (KeyError, IndexError, TypeError):
        return ""


def release_difference(released: ReleaseJson) -> Table | None:
    """Return the numbers that the answer in `released` (a release.json) printed, as a table to print beside new ones.

    Lines with a suppressed or rounded number are left out, because an exact table cannot hold them. The totals are then
    those of the lines that stay. None when no line stays.
    """
    try:
        printed = PrintedTable.from_dict(released["printed"][0])
        additive = printed.unit != "occurrences"
        periods = tuple(_period(column) for column in printed.columns[:-1])
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise BundleError("release.json: does not hold the table of an earlier answer") from error
    kept = [at for at, cells in enumerate(printed.cells[:-1]) if all(map(_exact, cells))]
    if not kept or (not additive and not all(map(_exact, printed.cells[-1]))):
        return None
    lines = [printed.lines[at] for at in kept]
    heads = [PeriodKey(period) for period in periods]
    keys: tuple[Key, ...] = (*heads, ALL)
    cells: dict[Place, Cell] = {}
    for at, line in zip(kept, lines, strict=True):
        for head, cell in zip(keys, printed.cells[at], strict=True):
            cells[*_key(line), head] = _cell(cell)
    for place, head in enumerate(keys):
        whole = printed.cells[-1][place]
        added = sum(int(printed.cells[at][place].value or 0) for at in kept)
        cells[*(ALL,) * (1 + len(printed.dimensions)), head] = _cell(whole) if not additive else Count(added)
    version = released.get("version_date", "")
    first = {_key(line)[0]: Leaf(_key(line)[0], line.label, _members(line)) for line in lines}
    total = Leaf(ALL, printed.lines[-1].label)
    rows = (
        Dimension("offence", "Offence", tuple(first.values()), total, additive),
        *(
            Dimension(name, name.replace("_", " "), tuple(Leaf(ValueKey(v), v) for v in values), exclusive=additive)
            for at, name in enumerate(printed.dimensions)
            for values in [dict.fromkeys(line.extra[at] for line in lines)]
        ),
    )
    there = set(map(_key, lines))
    columns = Dimension("month", "Period", tuple(Leaf(head, head.period.spoken) for head in heads), exclusive=additive)
    return Table(
        name=EARLIER,
        title=f"The earlier version of this answer, of {version}",
        rows=rows,
        columns=(columns,),
        cells=cells,
        population=Population(aside=f"{released.get('reference', '')}, version of {version}"),
        unit="occurrences" if not additive else "offences",
        omitted_rows=tuple(place for place in places(rows) if place not in there),
    )


def _key(line: PrintedRow) -> Place:
    """The row part of a place, read from a printed line."""
    if match := _QUESTION.match(line.row):
        return (QuestionKey(int(match[1])), *map(ValueKey, line.extra))
    return (CodeKey(line.row, own=not line.code.startswith("HO ")), *map(ValueKey, line.extra))


def _members(line: PrintedRow) -> tuple[Key, ...]:
    """The codes of a question, which its line prints joined by a bar."""
    if not _QUESTION.match(line.row) or not line.code:
        return ()
    return tuple(
        CodeKey(code.removeprefix("HO "), own=not code.startswith("HO ")) for code in re.split(r"\|", line.code)
    )


def _exact(cell: PrintedCell) -> bool:
    return cell.marker in ("", "z")


def _cell(cell: PrintedCell) -> Cell:
    return NotInForce() if cell.marker == "z" else Count(int(cell.value))


def _period(column: PrintedColumn) -> Period:
    """The period that a printed column names: as many months of it as its heading says, all when it does not say."""
    months = _months(column.period)
    parts = [
        Period(column.period, months[start:end])
        for start in range(len(months))
        for end in range(start + 1, len(months) + 1)
    ]
    return next((part for part in parts if part.spoken == column.heading), Period(column.period, months))


def _months(label: str) -> tuple[Month, ...]:
    """The months of a period that `label` names, whole: 2023-01, 2023-Q1, 2023 or 2023/24."""
    if "/" in label:
        first, count = Month(int(label[:4]), 4), 12
    elif "Q" in label:
        first, count = Month(int(label[:4]), 3 * int(label[-1]) - 2), 3
    elif "-" in label:
        first, count = Month.parse(label), 1
    else:
        first, count = Month(int(label), 1), 12
    months = [first]
    while len(months) < count:
        months.append(months[-1].next())
    return tuple(months)


def what_changed(
    earlier: EarlierVersion,
    now: Provenance,
    *,
    answer: ControlledTable,
    tables: Mapping[str, ControlledTable],
    reason: str,
) -> tuple[Prose, ...]:
    """Return the note on a new version: why it was made, what was made otherwise, and the cells that differ.

    `answer` and `tables` have passed disclosure control. The earlier numbers are compared with the table that counts
    the same thing, which is not always the answer of today. Only cells that both print are named.
    """
    before, same = tables.get(EARLIER), tables.get(earlier.counts, answer)
    said: list[Prose] = [(f"This version replaces {earlier.name}.", *((f" Reason: {reason}",) if reason else ()))]
    said += [(sentence,) for sentence in _made_otherwise(earlier.provenance, now)]
    if earlier.counts in _COUNTS and answer.name in _COUNTS and earlier.counts != answer.name:
        said.append((f"Table 1 counted {_COUNTS[earlier.counts]}. Now it counts {_COUNTS[answer.name]}.",))
    changes = list(_changes(same, before)) if before is not None else []
    said += changes[:_MOST_CHANGES]
    if len(changes) > _MOST_CHANGES:
        said.append(("Further cells differ; both tables are printed in full.",))
    if not changes and before is not None:
        said.append(("No number that both versions print differs.",))
    return tuple(said)


def _made_otherwise(old: Mapping[str, object], now: Provenance) -> Iterator[str]:
    before = {each.get("name"): each for each in _stores(old)}
    if now.stores:
        for store in now.stores:
            was = before.get(store.name, {})
            if was.get("extract_date") != store.extract_date:
                yield (
                    f"The first answer used records of {store.name} extracted on {was.get('extract_date')}. This one "
                    f"uses records extracted on {store.extract_date}. Records are added and amended all the time."
                )
            elif was.get("snapshot") != store.snapshot:
                yield f"The records of {store.name} were imported again in between."
    elif old.get("extract_date") != now.extract_date:
        yield (
            f"The first answer used records extracted on {old.get('extract_date')}. "
            f"This one uses records extracted on {now.extract_date}. Records are added and amended all the time."
        )
    elif old.get("snapshot") != now.snapshot:
        yield "The records were imported again in between."
    asked = old.get("request")
    old_request = asked if isinstance(asked, Mapping) else {}
    names = {
        "terms": "The search terms have changed.",
        "scope": "The period, the kind of date or another part of the scope has changed.",
        "question": "The questions or their codes have changed.",
        "marker": "The marker has changed.",
    }
    for key, sentence in names.items():
        if old_request.get(key) != now.request.get(key):
            yield sentence
    parts = {
        "codes_version": ("offence code list", now.codes_version),
        "clearcount_version": ("clearcount", now.clearcount_version),
        "matcher_version": ("matcher", now.matcher_version),
    }
    for key, (words, value) in parts.items():
        if old.get(key) != value:
            yield f"The version of the {words} was {old.get(key)} and is {value}."
    if old.get("policy") != dict(now.policy):
        yield "The disclosure policy is other than before."


def _changes(answer: ControlledTable, before: ControlledTable) -> Iterator[Prose]:
    """One sentence for each cell that both tables print and that differs."""
    same = {tuple(key.text for key in at): at for at in answer.coordinates()}  # a cut period may have another length
    for line in before.lines[:-1]:
        for head in before.heads[:-1]:
            at = (*line, *head)
            now = same.get(tuple(key.text for key in at))
            if now is None:
                continue
            if answer.value(now) and before.value(at) and answer.value(now) != before.value(at):
                first = before.rows[0].leaf(line[0])
                name = " ".join(filter(None, (first.code, first.label, *(key.text for key in line[1:]))))
                yield (
                    f"{name}, {before.columns[0].leaf(head[0]).label}: ",
                    Figure(before.name, at),
                    " then, ",
                    Figure(answer.name, now),
                    " now.",
                )
