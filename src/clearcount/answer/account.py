"""What was counted and what could not be: every offence under the request's codes and every row of the exports.

The counts are exact and internal. `statement` turns them into the lines that pass disclosure control with the tables
of the release and are printed with every answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from clearcount.model.months import Month
from clearcount.model.statement import AtLeast, Part, Statement, StatementLine

TITLE = "What was counted and what could not be"
NAME = "account"
_UNCODED = "(no code)"
_WITH, _WITHOUT = "with", "without"


@dataclass(frozen=True)
class LeftOut:
    """Offences that the condition on one column of `where` leaves out.

    The column is `blank`; or a range is asked for and it holds no number, or a band across the edge (`unsaid`); or it
    holds an `other` value. Conditions are tried in the order of the request, so one column leaves each offence out.
    """

    column: str
    blank: int = 0
    unsaid: int = 0
    other: int = 0


@dataclass(frozen=True)
class OffenceAccount:
    """Every offence of the snapshot under the request's codes, each once.

    `counted` are in scope; `cancelled` are cancelled or transferred and left out for it; then come those `left_out` by
    the filter, `alone` (without the other offences asked for beside them), `undated`, and `outside` the period.
    `with_text` of the counted have a text in a searched field, None where no words are looked for. `uncoded` offences
    have no code and are dated in the period, `uncoded_undated` have neither; both pass the status and the filter.
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
class RowAccount:
    """Every record that the exports behind the snapshot gave, of one kind (`offences`, `texts`, `persons`).

    read = kept + changed + unchanged + gone + purged + set aside. `kept` records are in the snapshot; `changed` rows
    replaced a record that was kept; `unchanged` repeated one; `gone` were not in a later complete export; `purged`
    were removed since. Rows set aside: `in_reach` could have counted by code and date; of `unread` ones the code or the
    date could not be read; `out_of_reach` ones could not have counted; `mended` ones a later import read again.
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


@dataclass(frozen=True)
class Named:
    """What the lines of an account call things: the table of all records in scope, its codes and months, the fields.

    `population` is the records that table counts, as offences; `shared` says that its total is the same number as the
    account's line of counted offences (false where the table counts occurrences). `mentions` is the table of those that
    hold a term, if there is one.
    """

    table: str
    population: str
    shared: bool
    codes: tuple[str, ...]
    months: tuple[Month, ...]
    fields: tuple[str, ...]
    date: str
    snapshot: int
    status_matters: bool = True
    mentions: str = ""


def statement(account: RequestAccount, named: Named) -> Statement:
    """Return the account as lines, with what each counts, so that disclosure control knows what follows from what."""
    return Statement(
        NAME,
        TITLE,
        (*_offence_lines(account.offences, named), *(line for rows in account.rows for line in _row_lines(rows))),
        (*_offence_parts(account.offences, named), *(_row_part(rows, named) for rows in account.rows)),
        tuple(_links(account.offences, named)),
    )


def _links(account: OffenceAccount, named: Named) -> Iterator[AtLeast]:
    if not named.codes:
        return
    if not named.shared:  # an occurrence in scope has at least one offence in scope
        yield AtLeast(f"{NAME}: offences", "counted", named.table)
    if named.mentions and account.with_text is not None:
        yield AtLeast(f"{NAME}: texts", _WITH, named.mentions)


def _offence_lines(account: OffenceAccount, named: Named) -> Iterator[StatementLine]:
    def line(key: str, label: str, n: int, level: int = 1, part: str = "offences") -> StatementLine:
        return StatementLine(f"{part}: {key}", label, n, level, (f"{NAME}: {part}", key))

    if named.codes:
        yield from _under_the_codes(account, named, line)
    yield line("uncoded", "Offences without a code, dated in the period", account.uncoded, 0, "no code")
    undated = f"Offences without a code and without a {named.date} date"
    yield line("uncoded undated", undated, account.uncoded_undated, 0, "no code")


def _under_the_codes(
    account: OffenceAccount, named: Named, line: Callable[..., StatementLine]
) -> Iterator[StatementLine]:
    yield line("under the codes", "Offences under the codes of the request", account.total, 0)
    whose = "" if named.shared else ", in all occurrences in scope"
    yield line("counted", f"counted: in scope{whose}", account.counted)
    yield line("outside", "dated outside the period", sum(account.outside.values()))
    if named.status_matters:
        yield line("cancelled", "cancelled or transferred", account.cancelled)
    yield line("undated", f"without a {named.date} date", account.undated)
    for left in account.left_out:
        column = left.column.replace("_", " ")
        yield line(f"{left.column} blank", f"left out by the filter: {column} is not recorded", left.blank)
        yield line(f"{left.column} other", f"left out by the filter: {column} holds another value", left.other)
    if account.with_text is not None:
        where = "the fields searched"
        yield line(_WITH, f"Of those counted, with a text in {where}", account.with_text, 0, "texts")
        yield line(_WITHOUT, f"Of those counted, without a text in {where}", account.without_text, 0, "texts")


def _offence_parts(account: OffenceAccount, named: Named) -> Iterator[Part]:
    """The same offences as disclosure control sees them: cut by month, by searched text, and those without a code.

    Whatever has no month of the period stands under a leaf of its own, so that each offence lies under one leaf.
    """
    uncoded = {"uncoded": account.uncoded, "uncoded undated": account.uncoded_undated}
    yield Part(
        f"{NAME}: no code",
        "month",
        uncoded,
        ("uncoded undated",),
        {},
        own="uncoded",
        population=named.population,
        codes=(_UNCODED,),
        months=named.months,
    )
    if not named.codes:
        return
    outer = {str(month): n for month, n in sorted(account.outside.items()) if n}
    lost = {"cancelled": account.cancelled} if named.status_matters else {}
    lost["undated"] = account.undated
    for left in account.left_out:
        lost |= {f"{left.column} blank": left.blank, f"{left.column} other": left.other}
    counts = {"counted": account.counted, **lost, "under the codes": account.total}
    totals = {"under the codes": ("counted", *(("outside",) if outer else ()), *lost)}
    if outer:
        counts["outside"] = sum(outer.values())
        totals["outside"] = tuple(outer)
    shared = Part(
        f"{NAME}: offences",
        "month",
        counts,
        (*outer, *lost),
        totals,
        like=named.table if named.shared else "",
        own="counted",
        population=named.population,
        codes=named.codes,
        months=named.months,
    )
    yield shared
    if account.with_text is not None:
        cut = f"a text in {', '.join(named.fields)}"
        texts = {_WITH: account.with_text, _WITHOUT: account.without_text}
        yield replace(
            shared, name=f"{NAME}: texts", dimension=cut, counts=texts, leaves=(_WITH, _WITHOUT), totals={}, own=""
        )


_KINDS = {"offences": "offence", "texts": "text"}
_REACH = {
    "offences": (
        "under the codes and in the period",
        "whose code or date is missing or could not be read",
        "under other codes or in other periods",
    ),
    "texts": ("of occurrences in scope", "whose occurrence could not be read", "of other occurrences"),
}


def _row_lines(rows: RowAccount) -> Iterator[StatementLine]:
    part = f"rows of {rows.kind}"

    def line(key: str, label: str, n: int, level: int = 1) -> StatementLine:
        return StatementLine(f"{part}: {key}", label, n, level, (f"{NAME}: {part}", key))

    in_reach, unread, out_of_reach = _REACH[rows.kind]
    yield line("read", f"Rows for {rows.kind} in the exports behind the snapshot", rows.read, 0)
    yield line("kept", "kept as a record", rows.kept)
    yield line("changed", "later versions of a record", rows.changed)
    yield line("unchanged", "repeats without a change", rows.unchanged)
    if rows.gone:
        yield line("gone", "records that a later complete export no longer held", rows.gone)
    if rows.purged:
        yield line("purged", "records that were removed when their time was over", rows.purged)
    yield line("set aside", "set aside, because they could not be read or contradicted another", rows.set_aside)
    yield line("in reach", in_reach, rows.in_reach, 2)
    yield line("unread", unread, rows.unread, 2)
    yield line("out of reach", out_of_reach, rows.out_of_reach, 2)
    if rows.mended:
        yield line("mended", "read whole by a later import", rows.mended, 2)


def _row_part(rows: RowAccount, named: Named) -> Part:
    parts = {
        "kept": rows.kept,
        "changed": rows.changed,
        "unchanged": rows.unchanged,
        **({"gone": rows.gone} if rows.gone else {}),
        **({"purged": rows.purged} if rows.purged else {}),
    }
    aside = {
        "in reach": rows.in_reach,
        "unread": rows.unread,
        "out of reach": rows.out_of_reach,
        **({"mended": rows.mended} if rows.mended else {}),
    }
    counts = {**parts, **aside, "set aside": rows.set_aside, "read": rows.read}
    return Part(
        f"{NAME}: rows of {rows.kind}",
        "offence",
        counts,
        (*parts, *aside),
        {"set aside": tuple(aside), "read": (*parts, "set aside")},
        population=f"rows of {rows.kind} in the exports behind snapshot {named.snapshot}",
    )
