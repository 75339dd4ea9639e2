"""What was counted and what could not be: every offence under the request's codes and every row of the exports.

The counts are exact and internal. `statement` turns them into the lines that pass disclosure control with the tables
of the release and are printed with every answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from clearcount.model.months import Month
from clearcount.model.record import OFFENCE, Noun, spoken_of
from clearcount.model.statement import Statement, StatementLine

TITLE = "What was counted and what could not be"
NAME = "account"


@dataclass(frozen=True)
class LeftOut:
    """Offences that the condition on one column of `where` leaves out.

    The column is `blank`, or it holds an `other` value. Where a range is asked for, `unsaid` means no number, or a band
    across the edge. Conditions are tried in the order of the request, so one column leaves each offence out.
    """

    column: str
    blank: int = 0
    unsaid: int = 0
    other: int = 0


@dataclass(frozen=True)
class OffenceAccount:
    """Every offence of the snapshot under the request's codes, each once.

    `counted` are in scope. `cancelled` are cancelled or transferred, and are left out for it. Then come those
    `left_out` by the filter, `undated`, and `outside` the period. Those `alone` lack the other offences asked for
    beside them. `with_text` of the counted have a text in a searched field, None where no words are looked for.
    `uncoded` offences have no code and are dated in the period, `uncoded_undated` have neither; both pass the status
    and the filter.
    """

    counted: int = 0
    cancelled: int = 0
    left_out: tuple[LeftOut, ...] = ()
    alone: int = 0
    undated: int = 0
    outside: Mapping[Month, int] = field(default_factory=dict)
    with_text: int | None = None
    uncoded: int = 0
    uncoded_undated: int = 0

    @property
    def total(self) -> int:
        """Every offence under the codes."""
        filtered = sum(each.blank + each.unsaid + each.other for each in self.left_out)
        lost = self.cancelled + filtered + self.alone + self.undated + sum(self.outside.values())
        return self.counted + lost

    @property
    def without_text(self) -> int:
        """Offences in scope of which no text stands in a searched field."""
        return 0 if self.with_text is None else self.counted - self.with_text


@dataclass(frozen=True)
class PeopleAccount:
    """The people of one role on the offences in scope, each once for each offence.

    `counted` are those that count; the filter on people leaves the others out (`left_out`). On `offences_without` of
    the offences in scope nobody of that role is recorded. `astray` people name a crime number that no offence of their
    occurrence has, which is in scope; of `stray` ones no offence names the occurrence. `twice` of those on offences
    in scope have rows that do not agree, and the age of `unread_age` is none.
    """

    unit: str
    counted: int = 0
    left_out: tuple[LeftOut, ...] = ()
    offences: int = 0
    offences_without: int = 0
    astray: int = 0
    stray: int = 0
    twice: int = 0
    unread_age: int = 0

    @property
    def total(self) -> int:
        """Everybody of the role on offences in scope."""
        return self.counted + sum(each.blank + each.unsaid + each.other for each in self.left_out)


@dataclass(frozen=True)
class RowAccount:
    """Every record that the exports behind the snapshot gave, of one kind (`offences`, `texts`, `persons`).

    read = kept + changed + unchanged + gone + purged + set aside. `kept` records are in the snapshot. `changed` rows
    replaced a record that was kept. `unchanged` rows repeated one. `gone` records were not in a later complete export.
    `purged` records were removed since. Rows set aside: `in_reach` could have counted by code and date. Of `unread`
    ones the code or the date could not be read. `out_of_reach` ones could not have counted. A later import read the
    `mended` ones again.
    """

    kind: str
    kept: int = 0
    changed: int = 0
    unchanged: int = 0
    gone: int = 0
    purged: int = 0
    in_reach: int = 0
    unread: int = 0
    out_of_reach: int = 0
    mended: int = 0

    @property
    def set_aside(self) -> int:
        """Every row in quarantine."""
        return self.in_reach + self.unread + self.out_of_reach + self.mended

    @property
    def read(self) -> int:
        """Every record read."""
        return self.kept + self.changed + self.unchanged + self.gone + self.purged + self.set_aside


@dataclass(frozen=True)
class RequestAccount:
    """The account of one request on one snapshot."""

    offences: OffenceAccount
    rows: tuple[RowAccount, ...] = ()
    people: tuple[PeopleAccount, ...] = ()


@dataclass(frozen=True)
class Named:
    """What the lines of an account need to know of the answer.

    `counted_by` is the table whose grand total is the number of counted offences, or nothing. A table that counts
    occurrences, or only some of the parts, does not qualify. `date` is the basis of the dates, `snapshot` the
    snapshot's number. `people_by` names such a table for each role of people. `has_codes` says whether any question has
    a code, `status_matters` whether cancelled records are left out.
    """

    counted_by: str
    date: str
    snapshot: int
    has_codes: bool = True
    status_matters: bool = True
    people_by: Mapping[str, str] = field(default_factory=dict)
    noun: Noun = OFFENCE


_UNSAID = "is no number, or a band across the edge asked for"


def statement(account: RequestAccount, named: Named) -> Statement:
    """Return the account as lines in print order."""
    offences = tuple(_under_the_codes(account.offences, named)) if named.has_codes else ()
    rows = tuple(line for rows in account.rows for line in _row_lines(rows, named))
    people = tuple(line for people in account.people for line in _people_lines(people, named))
    return Statement(NAME, TITLE, (*offences, *_uncoded(account.offences, named), *people, *rows))


def _people_lines(people: PeopleAccount, named: Named) -> Iterator[StatementLine]:
    line, unit, (_, more) = StatementLine, people.unit, spoken_of(people.unit)
    yield line(
        unit,
        named.noun.put(f"{more.capitalize()} on offences in scope, each once for each offence"),
        people.total,
        is_sum=True,
    )
    yield line(f"{unit}: counted", "counted", people.counted, 1, table=named.people_by.get(unit, ""))
    for left in people.left_out:
        key, column = f"{unit}: {left.column}", left.column.replace("_", " ")
        yield line(f"{key} blank", f"left out by the filter: {column} is not recorded", left.blank, 1)
        if left.unsaid:
            yield line(
                f"{key} unsaid",
                f"left out by the filter: {column} {_UNSAID}",
                left.unsaid,
                1,
            )
        yield line(f"{key} other", f"left out by the filter: {column} holds another value", left.other, 1)
    yield line(
        f"{unit}: none", named.noun.put(f"Offences in scope on which no {more} are recorded"), people.offences_without
    )
    if people.astray:
        yield line(
            f"{unit}: astray", f"{more.capitalize()} of a crime number that is not held: not counted", people.astray
        )


def _under_the_codes(account: OffenceAccount, named: Named) -> Iterator[StatementLine]:
    line = StatementLine
    yield line("offences", named.noun.put("Offences under the codes of the request"), account.total, is_sum=True)
    yield line("offences: counted", "counted: in scope", account.counted, 1, table=named.counted_by)
    yield line("offences: outside", "dated outside the period", sum(account.outside.values()), 1)
    if named.status_matters:
        yield line("offences: cancelled", "cancelled or transferred", account.cancelled, 1)
    yield line("offences: undated", f"without a {named.date} date", account.undated, 1)
    for left in account.left_out:
        key, column = f"offences: {left.column}", left.column.replace("_", " ")
        yield line(f"{key} blank", f"left out by the filter: {column} is not recorded", left.blank, 1)
        if left.unsaid:
            yield line(
                f"{key} unsaid",
                f"left out by the filter: {column} {_UNSAID}",
                left.unsaid,
                1,
            )
        yield line(f"{key} other", f"left out by the filter: {column} holds another value", left.other, 1)
    if account.alone:
        yield line("offences: alone", named.noun.put("without the other offence asked for beside it"), account.alone, 1)
    if account.with_text is not None:
        rest = account.without_text
        same = named.counted_by if not rest else ""
        yield line("texts: with", "Of those counted, with a text to search", account.with_text, is_sum=True, table=same)
        yield line("texts: without", "Of those counted, without a text to search", rest, rest=account.with_text)


def _uncoded(account: OffenceAccount, named: Named) -> Iterator[StatementLine]:
    yield StatementLine("no code", named.noun.put("Offences without a code, dated in the period"), account.uncoded)
    undated = named.noun.put(f"Offences without a code and without a {named.date} date")
    yield StatementLine("no code: undated", undated, account.uncoded_undated)


_REACH = {
    "offences": (
        "under the codes and in the period",
        "whose code or date is missing or could not be read",
        "under other codes or in other periods",
    ),
}
_OF_OCCURRENCES = ("of occurrences in scope", "whose occurrence could not be read", "of other occurrences")


def _row_lines(rows: RowAccount, named: Named) -> Iterator[StatementLine]:
    def line(key: str, label: str, n: int, level: int = 1, *, is_sum: bool = False) -> StatementLine:
        return StatementLine(f"rows of {rows.kind}: {key}", label, n, level, is_sum=is_sum)

    in_reach, unread, out_of_reach = _REACH.get(rows.kind, _OF_OCCURRENCES)
    what = f"Rows for {named.noun.put(rows.kind)} in the exports behind snapshot {named.snapshot}"
    yield line("read", what, rows.read, 0, is_sum=True)
    yield line("kept", "kept as a record", rows.kept)
    yield line("changed", "later versions of a record", rows.changed)
    yield line("unchanged", "repeats without a change", rows.unchanged)
    if rows.gone:
        yield line("gone", "records that a later complete export no longer held", rows.gone)
    if rows.purged:
        yield line("purged", "records that were removed when their time was over", rows.purged)
    yield line(
        "set aside", "set aside, because they could not be read or contradict another", rows.set_aside, is_sum=True
    )
    yield line("in reach", in_reach, rows.in_reach, 2)
    yield line("unread", unread, rows.unread, 2)
    yield line("out of reach", out_of_reach, rows.out_of_reach, 2)
    if rows.mended:
        yield line("mended", "read whole by a later import", rows.mended, 2)
