"""How an export would be read, and a first draft of a layout: shapes and counts, never content."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pyarrow as pa

from clearcount.errors import ExportError
from clearcount.importers.codes import CodeReading, masked, read_code
from clearcount.importers.export import Export
from clearcount.importers.headings import is_header, shown_name
from clearcount.importers.layout import OFFENCE_COLUMNS, TEXT_COLUMNS, Column
from clearcount.importers.mapping import Fit
from clearcount.importers.raw import Raw, RawFile

_SAMPLES = 3
_NAMES = {
    "occurrence_no": (
        "occurrence_no",
        "occurrence_number",
        "occurrence",
        "incident_id",
        "record_id",
        "case_number",
        "id",
    ),
    "crime_no": ("crime_no", "crime_number", "crime_reference", "crime_ref", "offence_no"),
    "code": ("home_office_code", "ho_code", "offence_code", "code"),
    "offence": ("offence", "offence_description", "offence_title", "category"),
    "recorded_on": ("recorded_on", "date_recorded", "recorded_date", "created_date", "date"),
    "reported_on": ("reported_on", "date_reported", "reported_date"),
    "committed_from": ("committed_from", "date_from", "offence_date", "committed_date"),
    "committed_to": ("committed_to", "date_to"),
    "status": ("status", "crime_status"),
    "markers": ("markers", "flags", "marker"),
    "field": ("field", "text_type", "entry_type"),
    "entry_no": ("entry_no", "entry_number", "sequence"),
    "entered_at": ("entered_at", "entry_date", "entered"),
    "text": ("text", "entry_text", "mo", "modus_operandi", "summary", "narrative", "description", "notes"),
}
"""What columns are often called; the first is the default layout's own name."""


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
    """Reads the whole export and stores nothing. Repeated keys are found only by an import."""
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
        raw.source.name, raw.how, columns, tuple(shown_name(name) for name in raw.header if name not in used)
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
        yield from ((f"text {f'({named}) ' if named else ''}{name}", column) for name, column in text.columns.items())


def _source(fit: Fit, column: Column) -> str:
    if column.constant is not None:
        return f"always {column.constant!r}"
    return fit.name_of(column) or "not in the file, left blank"


def _samples(fit: Fit, column: Column, first: Raw | None) -> tuple[str, ...]:
    if first is None or column.constant is not None:
        return ()
    shapes = (masked(text.strip()) for text in fit.values(column, first).slice(0, 200).to_pylist() if text.strip())
    return tuple(dict.fromkeys(shapes))[:_SAMPLES]


def draft_layout(files: tuple[RawFile, ...]) -> str:
    """A layout (TOML) for these files, guessed from column names and the shapes of values; to be read and mended.

    Raises:
        ExportError: when a file has no column names, or a record in their place.
    """
    lines = [
        "# A draft. Check every line: a column that is not named here is not kept.",
        'name = "own layout"',
        f'codes = "{"home-office" if any(_has_codes(raw) for raw in files) else "own"}"',
        "",
        "# [status]                      # words of this system that are none of recorded, cancelled, transferred",
        '# "no crime" = "cancelled"',
    ]
    for raw in files:
        below = [cells for number, cells in raw.top().items() if number > raw.header_row]
        if not is_header(raw.header, below):
            raise ExportError(
                f"{raw.source.name}: row {raw.header_row} looks like a record, not like column names; add a row of "
                "column names above the first record, then draft again"
            )
        alone = sum(other.source.file == raw.source.file for other in files) == 1
        named = raw.source.file.split(".")[0] if alone else raw.source.sheet
        lines += ["", "[[file]]", f"match = [{_quoted(named)}]"]
        if raw.header_row > 1:
            lines.append(f"header_row = {raw.header_row}")
        lines += _draft_parts(raw)
    return "\n".join(lines) + "\n"


def _draft_parts(raw: RawFile) -> Iterator[str]:
    found = {becomes: header for becomes in _NAMES if (header := _guess(becomes, raw.header))}
    has_offence = "code" in found or "recorded_on" in found
    used: set[str] = set()
    if has_offence:
        yield "\n[file.offence]"
        for name in OFFENCE_COLUMNS:
            if header := found.get(name) or (found.get("occurrence_no", "") if name == "crime_no" else ""):
                used.add(header)
                yield f"{name} = {_quoted(header)}"
            elif name in ("occurrence_no", "crime_no", "code"):
                yield f'{name} = "FILL IN"  # needed: the column that holds it'
        if "status" not in found:
            yield 'status = { constant = "recorded" }'
    for header in _long_columns(raw) or ([found["text"]] if "text" in found else []):
        used.add(header)
        yield "\n[[file.text]]"
        values = {**found, "text": header}
        for name in TEXT_COLUMNS:
            if name == "field" and ("field" not in found or has_offence):
                yield f"field = {{ constant = {_quoted('_'.join(header.lower().split()))} }}"
            elif name in ("occurrence_no", "text") or (name in found and not has_offence):
                used.add(values.get(name, ""))
                yield f"{name} = {_quoted(values.get(name, 'FILL IN'))}"
    if left := [header for header in raw.header if header not in used]:
        yield f"\n# not used: {', '.join(map(shown_name, left))}"


def _guess(becomes: str, header: tuple[str, ...]) -> str:
    """The column that most likely holds `becomes`, by its name."""
    folded = {"_".join(name.lower().replace("-", " ").split()): name for name in header}
    for name in _NAMES[becomes]:
        if close := difflib.get_close_matches(name, folded, n=1, cutoff=0.88):
            return folded[close[0]]
    return ""


def _long_columns(raw: RawFile) -> list[str]:
    """Columns whose values are long enough to be free text."""
    first = next(raw.batches(lambda fault: None), None)
    if first is None:
        return []
    lengths = {name: max(map(len, first.column(at).to_pylist())) for at, name in enumerate(raw.header)}
    return [name for name, length in lengths.items() if length > 120]


def _has_codes(raw: RawFile) -> bool:
    header = _guess("code", raw.header)
    first = next(raw.batches(lambda fault: None), None)
    if not header or first is None:
        return False
    values = [text for text in first.column(raw.header.index(header)).slice(0, 500).to_pylist() if text.strip()]
    sound = sum(read_code(text, ()).code is not None for text in values)
    return bool(values) and sound * 2 > len(values)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\t", " ").replace("\n", " ")
    return f'"{escaped}"'
