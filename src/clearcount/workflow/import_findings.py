"""What an import finds of its own rows: only the reader of the files can know it, so it is kept with the snapshot."""

from __future__ import annotations

from collections.abc import Iterator

from clearcount.importers import Export
from clearcount.importers.codes import masked
from clearcount.importers.dates import reads_days
from clearcount.store import DataFinding

CODES_AS_DATES = "codes eaten by a spreadsheet"
CODES_WITHOUT_ZEROS = "codes that lost their zeros"
WITHOUT_STATUS = "offences without a status"
FULL_SHEET = "as many rows as a spreadsheet holds"
FOOTERS = "lines under a report"
MONTHS_ALONE = "dates that name a month alone"
OTHER_NUMBER = "another number of rows than the file states"
_SHEET_LIMITS = (65_536, 1_048_576)
"""The last row of an XLS and of an XLSX sheet."""


def import_findings(export: Export) -> tuple[DataFinding, ...]:
    """Return the findings of an export that was read to its end."""
    return (
        *_codes(export),
        *_without_status(export),
        *_full_sheets(export),
        *_footers(export),
        *_months(export),
        *(DataFinding(each.kind, each.rows, each.what, each.column, each.file) for each in export.told),
    )


def _codes(export: Export) -> Iterator[DataFinding]:
    for mended, kind in (("date", CODES_AS_DATES), ("zeros", CODES_WITHOUT_ZEROS)):
        readings = {text: reading for text, reading in export.tally.mended.items() if reading.mended == mended}
        if readings:
            rows = sum(export.tally.mended_rows[text] for text in readings)
            codes = tuple(sorted({reading.code or "" for reading in readings.values()}))
            pairs = dict.fromkeys(f"{masked(text)} is {reading.code}" for text, reading in sorted(readings.items()))
            yield DataFinding(kind, rows, f"mended: {', '.join(list(pairs)[:20])}", "code", codes=codes)


def _without_status(export: Export) -> Iterator[DataFinding]:
    if rows := export.tally.blank_status:
        yield DataFinding(WITHOUT_STATUS, rows, "the status is blank; they count as recorded", "status")


def _full_sheets(export: Export) -> Iterator[DataFinding]:
    """Files whose rows, with or without the header, fill a sheet: the rest was cut off when it was saved."""
    for raw, fit in export.files:
        rows = export.tally.rows[fit.number]
        lines = rows + len(export.tally.footers.get(fit.number, ()))
        if {rows, rows + 1, lines, lines + raw.header_row} & set(_SHEET_LIMITS):
            what = f"{raw.source.name} has as many rows as a spreadsheet can hold ({rows:,}): the export may be cut off"
            yield DataFinding(FULL_SHEET, rows, what, file=raw.source.name)


def _footers(export: Export) -> Iterator[DataFinding]:
    for raw, fit in export.files:
        if not (lines := export.tally.footers.get(fit.number)):
            continue
        name, rows = raw.source.name, export.tally.rows[fit.number]
        what = (
            "lines such as totals, end marks and repeated headers are no records and were stepped over; the first is "
            f"row {min(lines)}"
        )
        yield DataFinding(FOOTERS, len(lines), what, file=name)
        stated = [number for number in lines.values() if number is not None]
        if stated and rows not in (*stated, sum(stated)):
            said = f"the file states {max(stated):,} rows and {rows:,} were read"
            yield DataFinding(OTHER_NUMBER, abs(rows - max(stated)), said, file=name)


def _months(export: Export) -> Iterator[DataFinding]:
    """Files whose dates have no day: a record stands on the first of its month."""
    for raw, fit in export.files:
        shapes = fit.form.dates or ()
        if fit.file.offence and any(reads_days(shape) is False for shape in shapes):
            what = "dates without a day stand on the first of their month; ask for whole months"
            yield DataFinding(MONTHS_ALONE, export.tally.rows[fit.number], what, file=raw.source.name)
