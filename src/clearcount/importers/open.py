"""A reader per file kind."""

from __future__ import annotations

from collections.abc import Sequence

from clearcount.importers import columnar, delimited, jsonrows, sheets
from clearcount.importers.layout import Layout
from clearcount.importers.raw import RawFile
from clearcount.importers.sources import Source


def open_raw(source: Source, wanted: Sequence[str], layout: Layout) -> tuple[RawFile, ...]:
    """Return the tables inside one file, looked at but not read: one, or one per sheet that has a header."""
    match source.kind:
        case "sheet":
            return sheets.look(source, lambda sheet: layout.form_of(sheet, source.file))
        case "parquet":
            return (columnar.look_parquet(source),)
        case "json":
            return (jsonrows.look(source),)
    return (delimited.look(source, wanted, layout.form_of(source.file)),)
