"""Reads published answers into one tidy CSV and adds every total again."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import astuple, replace
from pathlib import Path

from clearcount.collate import COLUMNS, Line, Mismatch, check_totals, read_grids, tidy
from clearcount.errors import ExportError, ForeignFileError
from clearcount.files import write_whole
from clearcount.foreign import parse_json


def collate(files: Sequence[Path], out: Path) -> tuple[tuple[Line, ...], tuple[Mismatch, ...]]:
    """Writes the cells of every table in `files` to `out`; gives them back with the totals that do not add up.

    Raises:
        ExportError: when a file cannot be read or holds no table with periods in its head; nothing is written then.
    """
    lines: list[Line] = []
    for file in files:
        force, reference = _who(file)
        found = [line for grid in read_grids(file) for line in tidy(grid, force=force, reference=reference)]
        if not found:
            raise ExportError(f"{file}: no table has months, quarters or years in its head; collate reads counts only")
        lines += [replace(line, force=line.force or force, reference=line.reference or reference) for line in found]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows(map(astuple, lines))
    write_whole(out, text.getvalue())
    return tuple(lines), check_totals(lines)


def _who(file: Path) -> tuple[str, str]:
    """Force and reference from the release.json beside a bundle's table; empty where there is none."""
    beside = (file if file.is_dir() else file.parent) / "release.json"
    if not beside.is_file():
        return "", ""
    try:
        release = parse_json(beside.read_bytes(), str(beside))
    except ForeignFileError:
        return "", ""
    force = release.get("force")
    name = force.get("name", "") if isinstance(force, dict) else force
    return str(name or ""), str(release.get("reference", ""))
