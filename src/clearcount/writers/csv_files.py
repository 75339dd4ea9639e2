"""The CSV files of a bundle, and the CSVW metadata that describes them (W3C Tabular Data Model, 2015).

Long files are the ones to compute with: one line per cell, zero is 0, and why a cell is empty stands in `marker`.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from typing import Any

from clearcount.writers.printed import MARKERS, PrintedTable, inert
from clearcount.writers.printed_release import PrintedRelease

PERIOD = ("period", "period_from", "period_to")
"""The columns that say what time a line counts: the period as data, and its first and its last day."""


def _text(lines: Iterable[Sequence[str]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([inert(cell) for cell in line] for line in lines)
    return out.getvalue()


def long_header(table: PrintedTable) -> list[str]:
    """The columns of a long file; each further dimension is a column after `code`."""
    return ["force", "reference", "row", "code", *table.dimensions, "label", *PERIOD, "value", "marker"]


def long_lines(table: PrintedTable, force: str, reference: str) -> list[list[str]]:
    """One line per cell in print order, margins last."""
    return [
        [force, reference, line.row, line.code, *line.extra, line.label, column.period, column.first, column.last,
         cell.value, "|".join(filter(None, (cell.marker, "p" if column.provisional else "")))]
        for line, row in zip(table.lines, table.cells, strict=True)
        for column, cell in zip(table.columns, row, strict=True)
    ]  # fmt: skip


def wide_lines(table: PrintedTable) -> list[list[str]]:
    """The table as printed: one heading line, then one line per row."""
    head = [table.corner, *(column.printed for column in table.columns)]
    body = ([line.heading, *(cell.shown for cell in row)] for line, row in zip(table.lines, table.cells, strict=True))
    return [head, *body]


def _long(table: PrintedTable, release: PrintedRelease) -> bytes:
    lines = long_lines(table, release.force.name, release.reference)
    return _text([long_header(table), *lines]).encode()


def counts(release: PrintedRelease) -> bytes:
    """counts.csv."""
    return _long(release.answer, release)


def denominators(release: PrintedRelease) -> bytes:
    """denominators.csv."""
    return _long(release.denominators, release)


def wide(release: PrintedRelease) -> bytes:
    """table.csv."""
    return _text(wide_lines(release.answer)).encode()


_DESCRIPTIONS = {
    "force": "Who answers.",
    "reference": "The reference of the request.",
    "row": "The offence code, q and a number for a question that has no code, or total.",
    "code": "The Home Office offence code with HO in front, which spreadsheets leave as text; empty for a total.",
    "label": "What the line counts.",
    "period": "A month 2023-01, a quarter 2023-Q1, a calendar year 2023, a financial year 2023/24, or total.",
    "period_from": "The first day that the period counts.",
    "period_to": "The last day that the period counts; a part of a year ends or begins inside it.",
    "value": "A whole number; zero is 0; empty where the marker says why there is none.",
    "marker": "Shorthand, several joined by |: " + "; ".join(f"{mark} = {text}" for mark, text in MARKERS.items()),
}


def _column(name: str) -> dict[str, Any]:
    datatypes: dict[str, Any] = {
        "value": {"base": "nonNegativeInteger"},
        "period_from": "date",
        "period_to": "date",
        "marker": {"base": "string", "format": "|".join(MARKERS)},
    }
    column: dict[str, Any] = {
        "name": name,
        "titles": name,
        "dc:description": _DESCRIPTIONS.get(name, f"Further dimension of the request: {name}."),
        "datatype": datatypes.get(name, "string"),
        "required": name in ("force", "reference", "row", "label", "period"),
    }
    if name == "marker":
        column["separator"] = "|"
    return column


def _table(url: str, table: PrintedTable) -> dict[str, Any]:
    return {
        "url": url,
        "dc:title": table.title,
        "tableSchema": {
            "columns": [_column(name) for name in long_header(table)],
            "primaryKey": ["row", *table.dimensions, "period"],
        },
    }


def metadata(release: PrintedRelease) -> bytes:
    """counts.csv-metadata.json: a CSVW table group of the two long files."""
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
            _table("counts.csv", release.answer),
            _table("denominators.csv", release.denominators),
        ],
    }
    return (json.dumps(group, ensure_ascii=False, indent=1) + "\n").encode()
