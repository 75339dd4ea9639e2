"""What a reader of a figure should know about the data, found over the whole snapshot and kept with it.

Each finding is one row of a table: what kind, in which column, the query that counts, and the sentence.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from clearcount.model.months import Month
from clearcount.offences import CodeList
from clearcount.store import schema
from clearcount.store.database import registered
from clearcount.store.parquet import read_rows
from clearcount.store.peoplefacts import PERSON_FINDINGS, PersonCounts, person_facts
from clearcount.store.snapshot import DataFinding
from clearcount.store.textfacts import Counts, text_facts

_LIMITS = (255, 256, 384, 500, 512, 1000, 1024, 2000, 2048, 4000, 4096, 8000, 8192, 32767, 65535)
"""Lengths at which systems and spreadsheets cut text off."""
_NARROW = "occurrence_no, code, recorded_on, reported_on, committed_from, committed_to"
_DATES = ("recorded_on", "reported_on", "committed_from", "committed_to")


@dataclass(frozen=True)
class SnapshotFacts:
    """Rows per kind, the fields that hold text, the units that people give, the recorded period, and the findings."""

    rows: Mapping[str, int]
    text_fields: tuple[str, ...]
    roles: tuple[str, ...]
    period: tuple[date | None, date | None]
    findings: tuple[DataFinding, ...]


@dataclass(frozen=True)
class _Check:
    kind: str
    column: str
    count: str
    what: str


_CHECKS = (
    _Check(
        "offences without a code", "code", "SELECT count(*) FROM now_offences WHERE code = ''", "no request counts them"
    ),
    _Check(
        "offences without a recorded date",
        "recorded_on",
        "SELECT count(*) FROM now_offences WHERE recorded_on IS NULL",
        "a count by recorded date leaves them out and says so",
    ),
    _Check(
        "committed over several months",
        "committed_to",
        "SELECT count(*) FROM now_offences"
        " WHERE date_trunc('month', committed_to) <> date_trunc('month', committed_from)",
        "a count by committed date puts them in the month of committed_from",
    ),
    _Check(
        "committed backwards",
        "committed_to",
        "SELECT count(*) FROM now_offences WHERE committed_to < committed_from",
        "committed_to lies before committed_from",
    ),
    _Check(
        "future dates",
        "recorded_on, reported_on, committed_from, committed_to",
        "SELECT count(*) FROM now_offences"
        " WHERE greatest(recorded_on, reported_on, committed_from, committed_to) > $as_at",
        "they lie after the day of the extract",
    ),
)


_TEXT_CHECKS = (
    ("textless", "occurrences without text", "text", "they hold no text, so no term can be found in them"),
    (
        "stray",
        "texts without an offence",
        "occurrence_no",
        "no offence row names their occurrence; they are kept and never in scope",
    ),
    ("future", "future entries", "entered_at", "they are dated after the day of the extract"),
    (
        "early",
        "entries dated before their occurrence",
        "entered_at",
        "the entry is older than every date of its occurrence",
    ),
    (
        "mojibake",
        "mojibake",
        "text",
        "signs such as Ã© or â€™ show that the text was once read in the wrong encoding; terms may be missed in them",
    ),
    ("doubled", "duplicate entries", "text", "an entry of the same occurrence has the same text and time"),
)
"""Which count of `textfacts.Counts` it is, the kind of finding, the column and the sentence."""


def find(
    connection: duckdb.DuckDBPyConnection,
    files: Mapping[str, Sequence[Path]],
    as_at: date,
    codes: CodeList | None,
) -> SnapshotFacts:
    """Read the narrow columns of every record of the snapshot to be; `codes` is None for codes of the data's own."""
    run = connection.execute
    connection.register("nothing", schema.OFFENCES.empty_table())
    run(f"CREATE TABLE now_offences AS SELECT {_NARROW} FROM nothing")  # noqa: S608 - our own column names
    for file in files["offences"]:
        with registered(connection, "held_rows", read_rows(file, _NARROW.split(", "))):
            run(f"INSERT INTO now_offences SELECT {_NARROW} FROM held_rows")  # noqa: S608 - our own column names
    counts, spread = text_facts(files, as_at)
    connection.register("lengths", spread)
    ((offences, first, last, occurrences),) = run(
        "SELECT count(*), min(recorded_on), max(recorded_on), count(DISTINCT occurrence_no) FROM now_offences"
    ).fetchall()
    fields = run("SELECT DISTINCT field FROM lengths WHERE length > 0 ORDER BY field").fetchall()
    people, roles = person_facts(files)
    ((texts,),) = run("SELECT coalesce(sum(rows), 0)::BIGINT FROM lengths").fetchall()
    return SnapshotFacts(
        rows={"occurrences": occurrences, "offences": offences, "texts": texts}
        | ({"persons": people.rows} if people.rows else {}),
        text_fields=tuple(field for (field,) in fields),
        roles=roles,
        period=(first, last),
        findings=(
            *_counted(connection, as_at),
            *_named_counts(_TEXT_CHECKS, counts),
            *_named_counts(PERSON_FINDINGS, people),
            *_cut(connection),
            *_first_of_month(connection),
            *(_unlawful(connection, codes) if codes is not None else ()),
            *_lengths(connection),
        ),
    )


def _counted(connection: duckdb.DuckDBPyConnection, as_at: date) -> Iterator[DataFinding]:
    for check in _CHECKS:
        parameters = {"as_at": as_at} if "$as_at" in check.count else {}
        ((rows,),) = connection.execute(check.count, parameters).fetchall()
        if rows:
            yield DataFinding(check.kind, rows, check.what, check.column)


def _named_counts(checks: Sequence[tuple[str, str, str, str]], counts: Counts | PersonCounts) -> Iterator[DataFinding]:
    for name, kind, column, what in checks:
        if rows := getattr(counts, name):
            yield DataFinding(kind, rows, what, column)


def _cut(connection: duckdb.DuckDBPyConnection) -> Iterator[DataFinding]:
    """Fields whose longest text sits at a length where systems cut, or at which many texts end."""
    longest = connection.execute(
        "SELECT field, longest, sum(rows)::BIGINT, any_value(total)::BIGINT FROM lengths"
        " JOIN (SELECT field, max(length) AS longest, sum(rows) AS total FROM lengths GROUP BY field) USING (field)"
        " WHERE length = longest GROUP BY field, longest ORDER BY field"
    ).fetchall()
    for field, length, at, rows in longest:
        piled = at >= 5 and at * 200 >= rows and length >= 50
        if (length in _LIMITS and at >= 2) or (length == 32767) or piled:
            yield DataFinding(
                "texts cut off",
                at,
                f"the longest text has {length:,} characters and {at:,} texts end there: the export may cut them",
                field,
            )


def _first_of_month(connection: duckdb.DuckDBPyConnection) -> Iterator[DataFinding]:
    for column in _DATES:
        ((rows, first, months),) = connection.execute(
            f"SELECT count({column}), count({column}) FILTER (day({column}) = 1),"  # noqa: S608 - our own column names
            f" count(DISTINCT date_trunc('month', {column})) FROM now_offences"
        ).fetchall()
        if rows >= 20 and rows == first and months > 1:
            yield DataFinding(
                "dates without a day", rows, "every date is the first of a month: only the month is known", column
            )


def _unlawful(connection: duckdb.DuckDBPyConnection, codes: CodeList) -> Iterator[DataFinding]:
    """Codes that no list knows, and offences dated where theirs was not in force."""
    found = connection.execute(
        "SELECT code, year(day), month(day), count(*) FROM (SELECT code, coalesce(committed_from, recorded_on) AS day"
        " FROM now_offences WHERE code <> '') GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    unknown: dict[str, int] = {}
    early: dict[str, int] = {}
    strange = {code for code in {row[0] for row in found} if codes.get(code) is None}
    for code, year, month, rows in found:
        if code in strange:
            unknown[code] = unknown.get(code, 0) + rows
        elif year is not None and not codes.in_force(code, Month(year, month)):
            early[code] = early.get(code, 0) + rows
    if unknown:
        yield DataFinding(
            "codes not in the list", sum(unknown.values()), f"kept as they are: {_told(unknown, codes)}", "code"
        )
    if early:
        yield DataFinding(
            "offences dated where not in force",
            sum(early.values()),
            f"by committed date, or recorded date where there is none: {_named(early)}",
            "code",
        )


def _told(unknown: Mapping[str, int], codes: CodeList) -> str:
    """Unknown codes by name where they look like codes: of a class that the list has, or in several records.

    Any other may be a number of its record that stands in the wrong column.
    """
    classes = {code.split("/")[0] for code in codes.codes}
    named = {code: rows for code, rows in unknown.items() if rows > 1 or code.split("/")[0] in classes}
    rest = len(unknown) - len(named)
    other = f"{rest:,} of classes that no list has, each in one record" if rest else ""
    return ", and ".join(filter(None, (_named(named), other)))


def _named(counts: Mapping[str, int]) -> str:
    shown = ", ".join(f"{code} ({rows:,})" for code, rows in sorted(counts.items())[:20])
    return shown + (f" and {len(counts) - 20} more codes" if len(counts) > 20 else "")


def _lengths(connection: duckdb.DuckDBPyConnection) -> Iterator[DataFinding]:
    """How long texts are, year by year: a jump says that the way of writing or of exporting changed."""
    found = connection.execute(
        "SELECT field, year, max(total)::BIGINT, ((min(length) FILTER (upto > (total - 1) // 2)"
        " + min(length) FILTER (upto > total // 2)) / 2)::INTEGER"
        " FROM (SELECT field, year, length, sum(rows) OVER (PARTITION BY field, year ORDER BY length) AS upto,"
        " sum(rows) OVER (PARTITION BY field, year) AS total FROM lengths WHERE length > 0 AND year <> '')"
        " GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    for field in dict.fromkeys(row[0] for row in found):
        years = [(year, rows, median) for name, year, rows, median in found if name == field]
        shown = ", ".join(f"{year}: {median:,}" for year, _, median in years)
        yield DataFinding("median text length by year", sum(rows for _, rows, _ in years), shown, field)
