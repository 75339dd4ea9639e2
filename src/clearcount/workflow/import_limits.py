"""What an import has to hold before it is kept: the rows that its maker states, and not far fewer than the last one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from clearcount.errors import ExportError
from clearcount.importers import Export
from clearcount.store import Snapshot
from clearcount.store.writing import Writer

_FIGURES = re.compile(r"\d+")


@dataclass(frozen=True)
class ExpectedRows:
    """How many rows the maker of an export states for a file: its name, or that of a workbook or zip for all in it."""

    file: str
    rows: int


def refuse_other_counts(export: Export, expected: Sequence[ExpectedRows]) -> None:
    """Hold the rows of each file that were read against those stated.

    Raises:
        ExportError: with a line for each file that holds another number of rows, or that is not there.
    """
    rows: Counter[str] = Counter()
    for raw, fit in export.files:
        for name in {raw.source.name, raw.source.file, raw.source.path.name}:
            rows[name] += export.tally.rows[fit.number]
    faults = [
        f"{each.file} holds {rows[each.file]:,} rows and {each.rows:,} were stated; nothing was imported. Export it "
        "again, or state the right number"
        if each.file in rows
        else f"no file {each.file} was read, and {each.rows:,} rows were stated for it; the files are {', '.join(rows)}"
        for each in expected
        if rows.get(each.file) != each.rows
    ]
    if faults:
        raise ExportError("\n".join(faults))


def refuse_far_smaller(export: Export, writer: Writer) -> None:
    """Refuse an import that looks like a part of the last one from such files.

    Its rows for offences are asked, or all where it has none: texts of some occurrences alone are an ordinary delta. It
    has fewer than half the rows, and most of its records were in the store already. A first import has none before
    it, and what was added since the last one is mostly new or changed.

    Raises:
        ExportError: naming both numbers.
    """
    compared = writer.compared()
    for kind in ("offences",) if "offences" in compared else compared:
        change, repeats = compared[kind]
        last = _last_of_kind(writer.earlier, kind, export)
        if last is None:
            continue
        before = last.changes[kind].read
        held = change.unchanged - repeats
        if 2 * change.read < before and held > change.added + change.changed:
            raise ExportError(
                f"this import has {change.read:,} rows for {kind} and the last one from such files (snapshot "
                f"{last.number}) had {before:,}. The store had {held:,} of its records already, so the export may be "
                "cut off. Nothing was imported. Export it again; if it is all there is say --complete, if it is a "
                "part on purpose say --reason TEXT"
            )


def _last_of_kind(earlier: Sequence[Snapshot], kind: str, export: Export) -> Snapshot | None:
    """The newest import by the same layout from as many files with names of the same shapes."""
    kinds = export.kinds()
    own = _shapes(raw.source.name for raw, fit in export.files if kind in kinds[fit.number])
    for shot in reversed(earlier):
        same = _shapes(file.name for file in shot.files if kind in file.kinds) == own
        if same and shot.layout == export.layout.name and kind in shot.changes:
            return shot
    return None


def _shapes(names: Iterable[str]) -> Counter[str]:
    """How many names there are of each shape; figures, as those of a date, are no part of it."""
    return Counter(_FIGURES.sub("9", name.lower()) for name in names)
