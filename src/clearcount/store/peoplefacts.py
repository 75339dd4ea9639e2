"""What the findings need to know about people, part by part: an occurrence's people and offences lie in one part."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from clearcount.model.record import UNREAD_AGE, unit_of
from clearcount.store import schema
from clearcount.store.parquet import part_of, read_rows

_COLUMNS = ["occurrence_no", "crime_no", "person_no", "role", "age", "content"]


@dataclass(frozen=True)
class PersonCounts:
    """Rows of people with a property. `twice` are rows of a person whose rows do not say the same."""

    rows: int = 0
    stray: int = 0
    astray: int = 0
    unread_age: int = 0
    twice: int = 0

    def __add__(self, other: PersonCounts) -> PersonCounts:
        return PersonCounts(*(getattr(self, part.name) + getattr(other, part.name) for part in fields(PersonCounts)))


PERSON_FINDINGS = (
    (
        "stray",
        "people without an offence",
        "occurrence_no",
        "no offence row names their occurrence; they are kept and never in scope",
    ),
    (
        "astray",
        "people of an unknown crime",
        "crime_no",
        "their occurrence has no offence of that crime number; they are kept and never counted",
    ),
    (
        "unread_age",
        "ages that are no age",
        "age",
        "the cell holds neither an age in years nor a band; it counts as neither, and what it held is not kept",
    ),
    (
        "twice",
        "people given twice",
        "person_no",
        "rows of one person in one role do not agree; on one offence the first that meets a filter counts",
    ),
)
"""Which count of `PersonCounts` it is, the kind of finding, the column and the sentence."""


def person_facts(files: Mapping[str, Sequence[Path]]) -> tuple[PersonCounts, tuple[str, ...]]:
    """Return the counts over the parts of `persons` and `offences`, and the units that the people's roles give."""
    offences = {part_of(file): file for file in files["offences"]}
    counts, roles = PersonCounts(), set()
    for file in files.get("persons", ()):
        people = read_rows(file, _COLUMNS)
        counts += _counts(people, offences.get(part_of(file)))
        roles |= set(people["role"].unique().to_pylist())
    return counts, tuple(dict.fromkeys(unit_of(role) for role in _in_order(roles)))


def _in_order(roles: set[str]) -> Iterator[str]:
    """The roles of the default layout first."""
    yield from (role for role in ("victim", "suspect", "charged") if role in roles)
    yield from sorted(roles - {"victim", "suspect", "charged"})


def _counts(people: pa.Table, offences: Path | None) -> PersonCounts:
    names = list(schema.OFFENCE_KEY)
    crimes = read_rows(offences, names) if offences else schema.OFFENCES.empty_table().select(names)
    crimes = pa.table([crimes[name].cast(pa.string()) for name in names], names=names)
    known = pc.is_in(people["occurrence_no"].cast(pa.string()), crimes["occurrence_no"].combine_chunks())
    named = people.filter(pc.and_(known, pc.not_equal(people["crime_no"], "")))
    keys = pa.table([named[name].cast(pa.string()) for name in names], names=names)
    return PersonCounts(
        rows=people.num_rows,
        stray=people.num_rows - (pc.sum(known).as_py() or 0),
        astray=keys.join(crimes, names, join_type="left anti").num_rows,
        unread_age=pc.sum(pc.equal(people["age"], UNREAD_AGE)).as_py() or 0,
        twice=_twice(people),
    )


def _twice(people: pa.Table) -> int:
    """How many rows a person has whose rows differ in age, sex or another column."""
    own = people.select(["occurrence_no", "person_no", "role", "content"])
    groups = own.group_by(["occurrence_no", "person_no", "role"]).aggregate(
        [("content", "count_distinct"), ("content", "count")]
    )
    return pc.sum(groups.filter(pc.greater(groups["content_count_distinct"], 1))["content_count"]).as_py() or 0
