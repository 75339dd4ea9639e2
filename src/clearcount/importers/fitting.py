"""Which files of an export a layout names, and where each header stands in them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import pyarrow as pa

from clearcount.errors import ExportError
from clearcount.importers.fit import Fit
from clearcount.importers.headings import is_header, is_shown, row_with, shown, shown_list
from clearcount.importers.layout import FileLayout, Layout
from clearcount.importers.noticed import (
    hidden_parts,
    left_out_file,
    left_out_sheet,
    unopened_file,
)
from clearcount.importers.open import open_raw
from clearcount.importers.raw import Noticed, RawFile
from clearcount.importers.sources import Source, is_readable_kind
from clearcount.model.nearest import nearest

Refuse = Callable[[pa.RecordBatch], None]

_PACKED = (".zip", ".7z", ".rar", ".tar", ".tgz", ".bz2", ".xz", ".zst")
"""Endings of archives that are not opened where they lie in another, or at all."""


def files_left_out(found: Sequence[Source], chosen: Sequence[Source], layout: Layout) -> Iterator[Noticed]:
    """Yield the files left out by their names that may hold records, because they fit or cannot be opened."""
    for source in found:
        if source in chosen or layout.skips(source.file):
            continue
        if source.file.lower().endswith(_PACKED):
            yield unopened_file(source)
        if not is_readable_kind(source.file):
            continue
        try:
            open_raw(source, (), layout)
        except ExportError:
            if source.kind == "sheet":
                yield unopened_file(source)
            continue
        try:
            fitted(source, layout, 0, [], [])
        except ExportError:
            continue
        yield left_out_file(source)


def is_named(source: Source, layout: Layout) -> bool:
    """Return whether the layout names a file, or a sheet of it."""
    if any(file.names(source.file) for file in layout.files):
        return True
    if source.kind != "sheet":
        return False
    try:
        sheets = open_raw(source, (), layout)
    except ExportError:
        return False  # nobody can tell what it holds; that is told, see `_left_out`
    return any(file.names(raw.source.sheet) for file in layout.files for raw in sheets)


def fitted(
    source: Source, layout: Layout, number: int, warnings: list[str], noticed: list[Noticed]
) -> list[tuple[RawFile, Fit]]:
    """Yield the tables of one file that fit. A sheet that the layout names must fit; another is left out and told."""
    wanted = [header for kind in layout.files for column in kind.columns() for header in column.headers]
    fitted: list[tuple[RawFile, Fit]] = []
    misfits: list[tuple[RawFile, ExportError]] = []
    refusals: list[str] = []
    for raw in open_raw(source, wanted, layout):
        sheet = raw.source.sheet
        if sheet and layout.skips(sheet):
            warnings.append(f"{raw.source.name}: left out, the layout skips it")
            continue
        try:
            fitted.append((raw, _fit(raw, layout, number + len(fitted), warnings)))
        except ExportError as error:
            if sheet and any(file.names(sheet) for file in layout.files):
                refusals.append(f"{error}; mend the sheet, or name it under skip in the layout to leave it out")
            else:
                misfits.append((raw, error))
    if refusals:
        raise ExportError("\n".join(refusals))
    if not fitted:
        raise misfits[0][1] if misfits else ExportError(f"{source.name}: the layout skips every sheet of it")
    noticed.extend(left_out_sheet(raw, misfit) for raw, misfit in misfits)
    for raw, fit in fitted:
        noticed.extend((*raw.noticed, *hidden_parts(raw, fit)))
    return fitted


def _fit(raw: RawFile, layout: Layout, number: int, warnings: list[str]) -> Fit:
    """The kind of file that the layout names, else the one whose columns the file has."""
    by_sheet = [file for file in layout.files if raw.source.sheet and file.names(raw.source.sheet)]
    kinds = by_sheet or [file for file in layout.files if file.names(raw.source.file)] or list(layout.files)
    positions = _positions(raw)
    kind = min(kinds, key=lambda kind: (len(_lacking(kind, positions)), -len(_known(kind, positions))))
    if lacks := _lacking(kind, positions):
        raise ExportError(_misfit(raw, lacks, layout))
    _warn(raw, kind, positions, warnings)
    return Fit(number, kind, layout, positions)


def _positions(raw: RawFile) -> dict[str, int]:
    positions: dict[str, int] = {}
    for index, header in enumerate(raw.header):
        positions.setdefault(header.strip().lower(), index)
    return positions


def _known(kind: FileLayout, positions: dict[str, int]) -> set[str]:
    return {h.strip().lower() for column in kind.columns() for h in column.headers} & positions.keys()


def _lacking(kind: FileLayout, positions: dict[str, int]) -> list[str]:
    return [
        column.headers[0]
        for column in dict.fromkeys(kind.columns())
        if column.headers and not column.optional and not any(h.strip().lower() in positions for h in column.headers)
    ]


def _misfit(raw: RawFile, lacks: list[str], layout: Layout) -> str:
    """Why a table does not fit, without the words of a record: a table without a header has one in its place."""
    if not raw.header:
        return f"{raw.source.name} has no column names in row {raw.header_row}; say header_row in the layout"
    name, top, row = raw.source.name, raw.top(), raw.header_row
    wanted = [header for kind in layout.files for column in kind.columns() for header in column.headers]
    if (other := row_with(wanted, top)) not in (0, row):
        return (
            f"{name} does not fit the layout {layout.name}: row {other} holds the column names, not row {row}; say "
            f"header_row = {other} in the layout"
        )
    sentence = f"{name} does not fit the layout {layout.name}"
    if len(raw.header) == 1:
        return f"{sentence}: row {row} has one cell; is the delimiter right? The layout needs {', '.join(lacks)}"
    below = [cells for number, cells in top.items() if number > row]
    if not other and not is_header(raw.header, below):
        return (
            f"{sentence}: row {row} looks like a record, not like column names; add a row of column names, or say "
            f"header_row in the layout. It needs {', '.join(lacks)}"
        )
    names = [header for header in raw.header if is_shown(header, wanted)]
    return f"{sentence}: " + "; ".join(f"column {lack!r} is missing; {nearest(lack, names)}" for lack in lacks)


def _warn(raw: RawFile, kind: FileLayout, positions: dict[str, int], warnings: list[str]) -> None:
    known = {h.strip().lower(): h for column in kind.columns() for h in column.headers}
    strangers = {
        number: header
        for number, header in enumerate(raw.header, 1)
        if header.strip() and header.strip().lower() not in known
    }
    absent = [
        column.headers[0]
        for column in dict.fromkeys(kind.columns())
        if column.headers and not any(h.strip().lower() in positions for h in column.headers)
    ]
    for number, header in strangers.items():
        close = nearest(header, absent) if absent else ""
        if close.startswith("the nearest"):
            raise ExportError(
                f"{raw.source.name}: unknown column {shown(header, known.values())} (column {number}); {close}: "
                "rename it, or name it in a layout"
            )
    doubled = sorted({h for h in raw.header if h.strip().lower() in known and _count(h, raw.header) > 1})
    if doubled:
        raise ExportError(f"{raw.source.name} has two columns called {shown(doubled[0], known.values())}; rename one")
    if strangers:
        warnings.append(f"{raw.source.name}: columns not kept: {shown_list(strangers)} (a layout can name them)")
    warnings.extend(f"{raw.source.name} has no column {name!r}: left blank" for name in absent)


def _count(header: str, headers: Sequence[str]) -> int:
    return sum(1 for other in headers if other.strip().lower() == header.strip().lower())
