"""A reader per file kind."""

from __future__ import annotations

from collections.abc import Sequence

from clearcount.importers import delimited
from clearcount.importers.layout import Layout
from clearcount.importers.raw import RawFile
from clearcount.importers.sources import Source


def open_raw(source: Source, wanted: Sequence[str], layout: Layout) -> tuple[RawFile, ...]:
    """The tables inside one file, looked at but not read: one, or one per sheet that has a header."""
    return (
        delimited.look(
            source, wanted, encoding=layout.encoding, delimiter=layout.delimiter, header_row=layout.header_row
        ),
    )
