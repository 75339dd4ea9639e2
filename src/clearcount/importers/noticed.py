"""What a reader of files notices that could change a figure: parts that are hidden, sheets that do not fit, markup."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from clearcount.errors import ExportError
from clearcount.importers.kinds import (
    DOUBLES,
    FILES_LEFT_OUT,
    GAPS,
    HIDDEN_PARTS,
    MARKUP,
    MENDED,
    NOTHING,
    PARTED,
    SHEETS_LEFT_OUT,
)
from clearcount.importers.raw import Noticed, RawFile
from clearcount.importers.sheets import ExportSheet
from clearcount.importers.sources import Source

if TYPE_CHECKING:
    from clearcount.importers.fit import Fit

OfTexts = Literal["mended", "gaps", "doubles", "nothing", "parted"]
_SHOWN = 10


def hidden_parts(raw: RawFile, fit: Fit) -> Iterator[Noticed]:
    """Yield what is hidden in a sheet that is read: all of it, rows, or columns that the layout names."""
    if not isinstance(raw, ExportSheet):
        return
    name, facts = raw.source.name, raw.facts
    if raw.hidden:
        yield Noticed(HIDDEN_PARTS, raw.rows, "the sheet is hidden; its rows were read", file=name)
    if facts.hidden_rows:
        why = "a filter is set" if facts.filtered else "perhaps by a filter"
        what = (
            f"{facts.hidden_rows:,} rows are hidden ({why}; the first is row {facts.first_hidden_row}); they were read"
        )
        yield Noticed(HIDDEN_PARTS, facts.hidden_rows, what, file=name)
    read = {fit.positions[header.strip().lower()] for header in _read_headers(fit)}
    if hidden := [raw.header[column] for column in facts.hidden_columns if column in read]:
        what = f"hidden columns were read: {_listed(hidden)}"
        yield Noticed(HIDDEN_PARTS, raw.rows, what, file=name)


def left_out_file(source: Source) -> Noticed:
    """Return a file of a folder whose columns fit the layout and whose name does not."""
    what = "its columns fit the layout and its name does not, so it was left out; name it in match, or under skip"
    return Noticed(FILES_LEFT_OUT, 0, what, file=source.name)


def unopened_file(source: Source) -> Noticed:
    """Return a workbook of a folder that cannot be opened: it may hold a sheet that the layout names."""
    what = "it cannot be opened, so nobody can tell whether it holds records; mend it, or name it under skip"
    return Noticed(FILES_LEFT_OUT, 0, what, file=source.name)


def left_out_sheet(raw: RawFile, misfit: ExportError) -> Noticed:
    """Return a sheet that the layout does not name and that does not fit it."""
    rows = raw.rows if isinstance(raw, ExportSheet) else 0
    what = f"the layout does not name the sheet and it does not fit, so it was left out ({misfit})"
    return Noticed(SHEETS_LEFT_OUT, rows, what, file=raw.source.name)


@dataclass(frozen=True, order=True)
class TextColumn:
    """A column of texts: the number of its file, its header and the format that the layout says."""

    file: int
    header: str
    format: str


def of_texts(what: Literal["HTML", "RTF"] | OfTexts, column: TextColumn, rows: int, file: str) -> Noticed:
    """Return texts that hold markup once they are read, whose letters were mended, or whose pieces do not lie in a
    row.
    """
    if what == "gaps":
        told = "the piece before it is missing: a term may be lost there; export the rows of each text whole"
        return Noticed(GAPS, rows, told, column.header, file)
    if what == "doubles":
        told = "two rows have the same place in one text; equal ones were joined once, others one behind the other"
        return Noticed(DOUBLES, rows, told, column.header, file)
    if what == "parted":
        told = "a sign that nobody sees stands between two letters, so a term may be missed; export plain spaces"
        return Noticed(PARTED, rows, told, column.header, file)
    if what == "nothing":
        told = "they hold only a word such as NULL, which databases write where there is no text; export blanks"
        return Noticed(NOTHING, rows, told, column.header, file)
    texts = "1 text" if rows == 1 else f"{rows:,} texts"
    if what == "mended":
        told = f"{texts} held letters of a wrong encoding, which were mended as the layout asks"
        return Noticed(MENDED, rows, told, column.header, file)
    if column.format == what.lower():
        told = f"{texts} still {'holds' if rows == 1 else 'hold'} {what} once read as {what}: it was escaped twice"
    else:
        mending = f'write format = "{what.lower()}" beside text = "{column.header}" in the layout'
        told = f"{texts} {'holds' if rows == 1 else 'hold'} {what}, in which a phrase may be parted; {mending}"
    return Noticed(MARKUP, rows, told, column.header, file)


def _read_headers(fit: Fit) -> list[str]:
    return [name for column in fit.file.columns() if (name := fit.name_of(column))]


def _listed(names: list[str]) -> str:
    shown = ", ".join(names[:_SHOWN])
    return shown + (f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else "")
