"""The CSV files of a bundle, and the CSVW metadata that describes them (W3C Tabular Data Model, 2015).

Long files are the ones to compute with: one line per cell, zero is 0, and why a cell is empty stands in `marker`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple

from clearcount.model.marks import joined_marks
from clearcount.writers.json_text import as_text
from clearcount.writers.printed import MARKERS, PrintedTable, inert
from clearcount.writers.printed_release import PrintedRelease

PERIOD = ("period", "period_from", "period_to")
"""The columns that say what time a line counts: the period as data, and its first and its last day."""


def _text(lines: Iterable[Sequence[str]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([inert(cell) for cell in line] for line in lines)
    return out.getvalue()


def further_dimensions(tables: Sequence[PrintedTable]) -> tuple[str, ...]:
    """Return every dimension of the tables but offences, questions and calendar time, in order of first mention."""
    return tuple(dict.fromkeys(name for table in tables for name in table.all_dimensions))


def long_header(tables: Sequence[PrintedTable]) -> list[str]:
    """Return the columns of a long file; each further dimension is a column after `code`."""
    return [
        "force",
        "reference",
        "table",
        "row",
        "code",
        *further_dimensions(tables),
        "label",
        *PERIOD,
        "value",
        "marker",
    ]


def long_lines(tables: Sequence[PrintedTable], force: str, reference: str) -> Iterator[list[str]]:
    """Yield one line per cell in print order, margins last; a dimension that a table lacks is blank in its lines."""
    dimensions = further_dimensions(tables)
    for table in tables:
        for line, row in zip(table.lines, table.cells, strict=True):
            for column, cell in zip(table.columns, row, strict=True):
                extra = dict(zip(table.all_dimensions, (*line.extra, *column.extra), strict=True))
                time = line if line.period else column
                label = line.label or column.label or line.heading
                provisional = "p" if line.provisional or column.provisional else ""
                yield [
                    force, reference, str(table.number), line.row or column.row, line.code or column.code,
                    *(extra.get(name, "") for name in dimensions), label, time.period, time.first, time.last,
                    cell.value, joined_marks((cell.marker, provisional)),
                ]  # fmt: skip


def wide_lines(table: PrintedTable) -> list[list[str]]:
    """Return the table as printed: one heading line, then one line per row."""
    head = [table.corner, *(column.printed for column in table.columns)]
    body = ([line.printed, *(cell.shown for cell in row)] for line, row in zip(table.lines, table.cells, strict=True))
    return [head, *body]


def _long(tables: Sequence[PrintedTable], release: PrintedRelease) -> bytes:
    lines = long_lines(tables, release.force.name, release.reference)
    return _text([long_header(tables), *lines]).encode()


def counts(release: PrintedRelease) -> bytes:
    """Return counts.csv."""
    return _long(release.answers, release)


def denominators(release: PrintedRelease) -> bytes:
    """Return denominators.csv."""
    return _long(release.under, release)


CODE_LIST = ("question", "selection", "code", "label", "law", "in_force")
"""The columns of codes.csv."""


def code_list(release: PrintedRelease) -> bytes:
    """Return codes.csv."""
    lines = [[str(question.number), *astuple(line)] for question in release.questions for line in question.selected]
    return _text([CODE_LIST, *lines]).encode()


def wide(release: PrintedRelease) -> bytes:
    """Return table.csv."""
    return _text(wide_lines(release.answer)).encode()


_DESCRIPTIONS = {
    "force": "Who answers.",
    "reference": "The reference of the request.",
    "table": "The number of the table that the line belongs to.",
    "row": "The offence code, q and a number for a question, or total; empty where the table has neither.",
    "code": "The Home Office offence code with HO in front, which spreadsheets leave as text; empty for a total.",
    "label": "What the line counts.",
    "period": "A month 2023-01, a quarter 2023-Q1, a calendar year 2023, a financial year 2023/24, a week "
    "2023-W05, or total. It is empty where the table has no time.",
    "period_from": "The first day that the period counts.",
    "period_to": "The last day that the period counts; a part of a year ends or begins inside it.",
    "value": "A whole number; zero is 0; empty where the marker says why there is none.",
    "marker": "Shorthand, several joined by |: " + "; ".join(f"{mark} = {text}" for mark, text in MARKERS.items()),
}


def _column(name: str) -> dict[str, object]:
    datatypes: dict[str, object] = {
        "table": {"base": "nonNegativeInteger"},
        "value": {"base": "nonNegativeInteger"},
        "period_from": "date",
        "period_to": "date",
        "marker": {"base": "string", "format": "|".join(MARKERS)},
    }
    column: dict[str, object] = {
        "name": name,
        "titles": name,
        "dc:description": _DESCRIPTIONS.get(
            name, f"Further dimension of the request: {name}; empty where the table lacks it."
        ),
        "datatype": datatypes.get(name, "string"),
        "required": name in ("force", "reference", "table", "label"),
    }
    if name == "marker":
        column["separator"] = "|"
    return column


def _table(url: str, title: str, tables: Sequence[PrintedTable]) -> dict[str, object]:
    return {
        "url": url,
        "dc:title": title,
        "tableSchema": {
            "columns": [_column(name) for name in long_header(tables)],
            "primaryKey": ["table", "row", *further_dimensions(tables), "period"],
        },
    }


def metadata(release: PrintedRelease) -> bytes:
    """Return counts.csv-metadata.json, a CSVW table group of the two long files."""
    group = {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "dc:title": release.title,
        "dc:identifier": release.reference,
        "dc:publisher": release.force.name,
        "dc:source": release.force.source_system,
        "dc:issued": {"@value": release.version_date.isoformat(), "@type": "xsd:date"},
        "dc:license": {"@id": release.force.licence_url},
        "dc:description": "DRAFT, not for publication." if release.draft_because else "Published answer.",
        "dialect": {"encoding": "utf-8", "header": True, "delimiter": ",", "quoteChar": '"', "doubleQuote": True},
        "tables": [
            _table("counts.csv", release.answer.title, release.answers),
            _table("denominators.csv", release.denominators.title, release.under),
        ],
    }
    return as_text(group)
