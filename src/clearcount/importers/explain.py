"""How an export would be read, and a first draft of a layout: shapes and counts, never content."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pyarrow as pa

from clearcount.importers.codes import CodeReading, masked
from clearcount.importers.export import Export
from clearcount.importers.fit import Fit
from clearcount.importers.headings import shown_column
from clearcount.importers.layout import Column
from clearcount.importers.raw import Raw, RawFile

_SAMPLES = 3


@dataclass(frozen=True)
class ColumnReading:
    """One column: what it becomes, where it comes from, and the shapes of a few values (letters a, figures 9)."""

    becomes: str
    source: str
    samples: tuple[str, ...]


@dataclass
class FileReading:
    """One file: how it is read, its columns, the columns left out, its rows, and what would be quarantined, and why."""

    name: str
    how: str
    columns: tuple[ColumnReading, ...]
    left_out: tuple[str, ...]
    rows: int = 0
    quarantined: int = 0
    faults: Counter[tuple[str, str]] = field(default_factory=Counter)


def explain(export: Export, read_code: Callable[[str], CodeReading]) -> tuple[FileReading, ...]:
    """Read the whole export and stores nothing. Repeated keys are found only by an import."""
    readings = [_reading(raw, fit) for raw, fit in export.files]
    said: dict[tuple[int, int], set[tuple[str, str]]] = {}

    def refuse(faults: pa.RecordBatch) -> None:
        for fault in faults.to_pylist():
            what = fault["column"], fault["reason"]
            told = said.setdefault((fault["file"], fault["row"]), set())
            if what not in told:  # a row that gives several records may be refused for each
                told.add(what)
                readings[fault["file"]].faults[what] += 1

    for _ in export.offences(refuse, read_code):
        pass
    for _ in export.texts(refuse):
        pass
    for _ in export.persons(refuse):
        pass
    for number, reading in enumerate(readings):
        reading.rows = export.tally.rows[number]
        reading.quarantined = sum(file == number for file, _ in said)
    return tuple(readings)


def _reading(raw: RawFile, fit: Fit) -> FileReading:
    first = next(raw.batches(lambda fault: None), None)
    columns = tuple(
        ColumnReading(becomes, _source(fit, column), _samples(fit, column, first)) for becomes, column in _all(fit)
    )
    used = {column.source for column in columns}
    return FileReading(
        raw.source.name,
        raw.how,
        columns,
        tuple(shown_column(number, name) for number, name in enumerate(raw.header, 1) if name not in used),
    )


def _all(fit: Fit) -> Iterator[tuple[str, Column]]:
    if part := fit.file.offence:
        yield from ((f"offence {name}", column) for name, column in part.columns.items())
        yield from ((f"offence extra {name}", column) for name, column in part.extra.items())
    for person in fit.file.persons:
        yield from ((f"person {name}", column) for name, column in person.columns.items())
        yield from ((f"person extra {name}", column) for name, column in person.extra.items())
    for text in fit.file.texts:
        named = text.columns["field"].constant
        columns = text.columns if text.order is None else {**text.columns, "order": text.order}
        yield from ((f"text {f'({named}) ' if named else ''}{name}", column) for name, column in columns.items())


def _source(fit: Fit, column: Column) -> str:
    if column.constant is not None:
        return f"always {column.constant!r}"
    return fit.name_of(column) or "not in the file, left blank"


def _samples(fit: Fit, column: Column, first: Raw | None) -> tuple[str, ...]:
    if first is None or column.constant is not None:
        return ()
    shapes = (masked(text.strip()) for text in fit.values(column, first).slice(0, 200).to_pylist() if text.strip())
    return tuple(dict.fromkeys(shapes))[:_SAMPLES]
