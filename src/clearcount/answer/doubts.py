"""Doubts that come from the records: what could have counted and did not, or counted and should not have.

Each is made from numbers and names alone; no text of a record reaches a doubt. Names of doubts stay the same from run
to run, so that a request can accept them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from clearcount.answer.account import RequestAccount, RowAccount
from clearcount.answer.people import SAY, of_left_out, of_people
from clearcount.answer.values import listed, many, nearest_value, plain_values, shape_of, shown_or_shape, slug
from clearcount.model.columns import folded
from clearcount.model.months import Month
from clearcount.model.request import CountRequest, Doubt


@dataclass(frozen=True)
class FieldTexts:
    """The texts of one field in the occurrences in scope.

    `longest` is the most characters of one, and `at_longest` how many have so many. `damaged` ones hold letters read in
    a wrong encoding. `pieces` look like a piece of one text that was written over several rows.
    """

    field: str
    rows: int
    longest: int = 0
    at_longest: int = 0
    damaged: int = 0
    pieces: int = 0


@dataclass(frozen=True)
class HeldColumn:
    """What a column holds in the whole snapshot, and what the request asks of it.

    `held` counts records by value, `blank` those without one. `asked` are the values that the request names, each with
    its place in it; `blank_asked` says that it asks for blanks. `ungrouped` counts the records of each value that lies
    outside every band and group of the request, where it gives the others no name.
    """

    column: str
    held: Mapping[str, int]
    blank: int
    asked: tuple[tuple[str, str], ...] = ()
    blank_asked: bool = False
    ungrouped: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class NoticedInStore:
    """One finding of the store, in the store's own words. `codes` are those it is about, where it is about some."""

    kind: str
    rows: int
    what: str
    column: str = ""
    file: str = ""
    codes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Evidence:
    """Everything that doubts of the records are made from."""

    account: RequestAccount
    reasons: Mapping[str, Sequence[tuple[str, int]]]
    texts: tuple[FieldTexts, ...]
    columns: tuple[HeldColumn, ...]
    noticed: tuple[NoticedInStore, ...]
    crimes_twice: int
    codes_held: frozenset[str] | None
    alongside_lacking: tuple[str, ...]
    marked: bool
    in_force: bool
    extract: Month


def doubts_of_evidence(request: CountRequest, evidence: Evidence) -> Iterator[Doubt]:
    """Yield every doubt about `request` that the records show, in a fixed order."""
    searched = searched_fields(request)
    yield from _of_scope(request, evidence)
    for column in evidence.columns:
        yield from _of_column(column)
    yield from _of_account(request, evidence.account)
    yield from _of_days(evidence)
    people = any(request.scope_of(part).counts_people for part in request.questions)
    for rows in evidence.account.rows:
        yield from _of_rows(rows, evidence.reasons.get(rows.kind, ()), words=bool(searched), people=people)
    if searched:
        yield from _of_texts(evidence.texts, searched)
    if evidence.crimes_twice:
        yield Doubt(
            "crime-under-several-occurrences",
            "store",
            f"{many(evidence.crimes_twice, 'crime number', 'crime numbers')} in scope under more than one occurrence "
            "or in more than one spelling: each would count twice",
            "have the export give each crime once, or say why they are different crimes",
        )
    yield from _of_findings(request, evidence.noticed, searched)


def searched_fields(request: CountRequest) -> tuple[str, ...]:
    """Return the text fields in which some part looks for words; none where the marker counts instead."""
    if request.marker and request.marker.use == "instead":
        return ()
    return tuple(dict.fromkeys(name for part in request.questions if part.terms for name in part.terms.fields))


def _of_scope(request: CountRequest, evidence: Evidence) -> Iterator[Doubt]:
    for code in request.codes if evidence.codes_held is not None else ():
        if code not in (evidence.codes_held or ()):
            near = nearest_value(code, evidence.codes_held or ())
            yield Doubt(
                f"code-{slug(code)}-not-held",
                "question.codes",
                f"no record holds the code {code}",
                (f"write {near}, the nearest that records hold, " if near else "take it out, ")
                + "or say why none may be recorded",
            )
    for code in evidence.alongside_lacking:
        yield Doubt(
            f"alongside-{slug(code)}-not-held",
            "scope.alongside",
            f"no record holds {code}, so nothing is counted for having it alongside",
            "look at the code, or say why none may be recorded",
        )
    if request.codes and not evidence.account.offences.counted and evidence.in_force:
        yield Doubt(
            "scope-empty",
            "scope",
            "no offence is in scope: every figure of the answer would be 0 without a record behind it",
            "look at codes, period and filter, " + SAY + " records",
        )
    if request.marker and not evidence.marked and evidence.account.offences.counted:
        yield Doubt(
            "marker-not-held",
            "marker.name",
            f"no offence in scope carries the marker {request.marker.name} or a decision against it",
            "look at the name of the marker, or say why none carries it",
        )


def _of_column(column: HeldColumn) -> Iterator[Doubt]:
    """Values that no record holds, each with the nearest that one does, and values that no group holds."""
    names = {folded(value) for value in column.held}
    if column.blank_asked and not column.blank:
        yield Doubt(
            f"where-{slug(column.column)}-blank-not-held",
            f"scope.where.{column.column}",
            f"no record is blank in {column.column}",
            "take the blank out, or say why none may be blank",
        )
    for value, where in column.asked:
        if folded(value) not in names:
            near = nearest_value(value, plain_values(column.column, column.held))
            yield Doubt(
                f"where-{slug(column.column)}-{slug(value)}-not-held",
                where,
                f"no record holds {value!r} in {column.column}",
                (f"write {near!r}, the nearest that records hold, " if near else "see: clearcount values, ")
                + "or say why none may hold it",
            )
    if column.ungrouped:
        plain = plain_values(column.column, column.held)
        shown = [f"“{value}”" if value in plain else shape_of(value) for value in column.ungrouped]
        records = sum(column.ungrouped.values())
        yield Doubt(
            f"column-{slug(column.column)}-outside-groups",
            f"column.{column.column}",
            f"{many(records, 'record', 'records')} in no band or group of {column.column}: "
            + listed(list(dict.fromkeys(shown))),
            'add a group for them, or name the others with other = "…"',
        )


def _of_account(request: CountRequest, account: RequestAccount) -> Iterator[Doubt]:
    offences, date = account.offences, request.scope.date_basis
    for left in offences.left_out:
        yield from of_left_out(left, "offences", "under the codes")
    for people in account.people:
        for left in people.left_out:
            yield from of_left_out(left, people.unit, "on offences in scope")
        yield from of_people(people)
    if offences.undated:
        yield Doubt(
            "offences-undated",
            "scope.date_basis",
            f"{many(offences.undated, 'offence', 'offences')} under the codes without a {date} date: not counted",
            f"have the dates mended, count by another date, {SAY} them",
        )
    if without := offences.uncoded + offences.uncoded_undated:
        of_them = f", {offences.uncoded_undated:,} of them without a {date} date" if offences.uncoded_undated else ""
        yield Doubt(
            "offences-without-code",
            "question.codes",
            f"{many(without, 'offence', 'offences')} without a code, outside every question{of_them}",
            f"have the codes mended, {SAY} them",
        )
    if offences.without_text:
        yield Doubt(
            "offences-without-text",
            "terms.fields",
            f"{offences.without_text:,} of {many(offences.counted, 'offence', 'offences')} in scope without a text in "
            "the fields searched: no term can be found there",
            f"import their texts, search further fields, {SAY} them",
        )


_PLACEHOLDERS = frozenset(
    map(Month.parse, ("0001-01", "1752-09", "1753-01", "1899-12", "1900-01", "1901-01", "1970-01"))
)
"""Months of days that databases, spreadsheets and programs write where they know none."""


def _of_days(evidence: Evidence) -> Iterator[Doubt]:
    """Offences under the codes that are outside the period on a day that cannot be theirs."""
    outside = evidence.account.offences.outside
    do = f"have the dates mended, {SAY} them"
    if late := sum(n for month, n in outside.items() if month > evidence.extract):
        said = f"{many(late, 'offence', 'offences')} under the codes dated after the month of the extract: not counted"
        yield Doubt("offences-dated-after-the-extract", "scope.date_basis", said, do)
    placed = sum(n for month, n in outside.items() if month in _PLACEHOLDERS)
    if placed and evidence.codes_held is None:
        said = (
            f"{many(placed, 'offence', 'offences')} under the codes with a day that systems write where they know "
            "none, such as 1900-01-01: not counted"
        )
        yield Doubt("offences-with-a-placeholder-date", "scope.date_basis", said, do)


def _of_rows(rows: RowAccount, reasons: Sequence[tuple[str, int]], *, words: bool, people: bool) -> Iterator[Doubt]:
    """Rows in quarantine that could have changed the figure."""
    lost = rows.in_reach + rows.unread
    if not lost or (rows.kind == "texts" and not words) or (rows.kind == "persons" and not people):
        return
    parts = ("of occurrences in scope", "whose occurrence cannot be read")
    if rows.kind == "offences":
        parts = ("under the codes and in the period", "whose code or date is missing or cannot be read")
    each = [f"{n:,} {what}" for n, what in zip((rows.in_reach, rows.unread), parts, strict=True) if n]
    why = f" ({listed([f'{reason}: {n:,}' for reason, n in reasons], 3)})" if reasons else ""
    yield Doubt(
        f"{rows.kind[:-1]}-rows-set-aside",
        "store",
        f"{many(lost, 'row', 'rows')} for {rows.kind} set aside at the import that could count: "
        f"{' and '.join(each)}{why}",
        f"mend the export and import it again, {SAY} them; see: clearcount store",
    )


LIMITS = (255, 256, 384, 500, 512, 1000, 1024, 2000, 2048, 4000, 4096, 8000, 8192, 32767, 65535)
"""Lengths at which systems and spreadsheets cut text off."""


def _of_texts(texts: Sequence[FieldTexts], searched: Sequence[str]) -> Iterator[Doubt]:
    for text in texts:
        name, label = slug(text.field), shown_or_shape(text.field)
        if text.field not in searched:
            yield Doubt(
                f"field-{name}-not-searched",
                "terms.fields",
                f"{many(text.rows, 'text', 'texts')} of occurrences in scope in the field {label}, in which no term is "
                "looked for",
                "add the field to terms.fields, have the layout name it as one that is searched, or say why it is left "
                "out",
            )
            continue
        if text.longest in LIMITS:
            yield Doubt(
                f"texts-cut-off-{name}",
                f"field {label}",
                f"the longest text in scope has {text.longest:,} characters, a length at which systems cut off; "
                f"{many(text.at_longest, 'text ends', 'texts end')} there",
                "export the texts whole, or say why nothing is missing",
            )
        if text.damaged:
            yield Doubt(
                f"damaged-letters-{name}",
                f"field {label}",
                f"{many(text.damaged, 'text', 'texts')} in scope with letters that were read in a wrong encoding "
                "(mojibake): a term beside them may be missed",
                "export again in UTF-8, or say why the answer stands",
            )
        if text.pieces:
            yield Doubt(
                f"text-in-pieces-{name}",
                f"field {label}",
                f"{many(text.pieces, 'text looks', 'texts look')} like pieces of one text, written over several rows: "
                "a term across a cut is missed",
                'write order = "entry_no", or the column that numbers the rows, in place of entry_no under '
                "[[file.text]] in the layout. Then the pieces are joined. Or export the texts whole, or say why each "
                "is a text of its own",
            )


_When: TypeAlias = Literal["always", "codes", "searched"]
_FINDINGS: Mapping[str, tuple[str, _When, str]] = {
    "as many rows as a spreadsheet holds": (
        "full-spreadsheet",
        "always",
        "export again without a spreadsheet between, or say why no record may be missing",
    ),
    "crimes reclassified since the last import": (
        "crimes-reclassified",
        "codes",
        "say that the newer code counts, or have the records mended",
    ),
    "crimes under two codes in one import": (
        "crimes-under-two-codes",
        "codes",
        "have the export give each crime once, or say why the first row counts",
    ),
    "crimes with two dates in one import": (
        "crimes-with-two-dates",
        "codes",
        "have the export give each crime once, or say why the first row counts",
    ),
    "codes not in the list": (
        "codes-not-in-list",
        "always",
        "have the codes mended, add them with --codes, or say why none of them was asked for",
    ),
    "texts without an offence": (
        "texts-without-offence",
        "always",
        "import the offences of their occurrences, or say why they have none",
    ),
    "offences without a status": (
        "offences-without-status",
        "always",
        "have the status mended, or say why they count as recorded",
    ),
    "texts shorter than in the import before": (
        "texts-shortened",
        "searched",
        "export the texts whole, or say why they were shortened",
    ),
    "texts cut off": ("texts-cut-off", "searched", "export the texts whole, or say why nothing is missing"),
}
_HARMLESS = frozenset(
    (
        *("offences without a code", "offences without a recorded date", "occurrences without text", "mojibake"),
        *("numbers turned to 5.5E+11", "codes eaten by a spreadsheet", "offences dated where not in force"),
        *("committed over several months", "committed backwards", "future dates", "future entries"),
        *("entries dated before their occurrence", "duplicate entries", "dates without a day"),
        "median text length by year",
        *("people without an offence", "people of an unknown crime", "people of an unknown role"),
        *("people given twice", "ages that are no age"),
        "zero-width spaces inside words",
    )
)
"""Findings that change no figure by themselves, or that the account counts for this very request."""


def _of_findings(request: CountRequest, noticed: Iterable[NoticedInStore], searched: Sequence[str]) -> Iterator[Doubt]:
    """What the store found of its data, as far as it bears on the request. A kind that is not known here is a doubt."""
    by_doubt: dict[str, list[NoticedInStore]] = {}
    for finding in noticed:
        if finding.kind in _HARMLESS or (finding.codes and not set(finding.codes) & set(request.codes)):
            continue
        name, when, _ = _FINDINGS.get(finding.kind, (slug(finding.kind), "always", ""))
        if when == "codes" and not finding.codes:
            continue
        if when == "searched" and finding.column not in searched:
            continue
        column = finding.column if when == "searched" or finding.kind not in _FINDINGS else ""
        by_doubt.setdefault(f"{name}-{slug(column)}" if column else name, []).append(finding)
    for name, findings in by_doubt.items():
        do = _FINDINGS.get(
            findings[0].kind, ("", "", "mend the export and import it again, or say why the answer stands")
        )
        rows = sum(finding.rows for finding in findings)
        said = listed(list(dict.fromkeys(finding.what for finding in findings)), 3)
        places = list(dict.fromkeys(finding.file for finding in findings if finding.file))
        yield Doubt(
            name,
            listed(places, 3) if places else "store",
            f"{findings[0].kind}: {many(rows, 'row', 'rows')}; {said}",
            do[2],
        )
