"""Runs pytauargus on one table. Started with the Python of its own environment: table as JSON in, hidden cells out.

    PYTHON_WITH_PYTAUARGUS tau_argus.py < table.json > hidden.json

The table is {"rows": {name: group or null}, "columns": {name: [outer, inner groups]}, "counts": [[row, column, n]]}.
Names are short codes. Each crime is one record with response 1, so that the frequency rule sees the counts.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

from pytauargus import protect


def _tree(leaves: dict[str, list[str]]) -> str:
    """An .hrc file: one `@` in front for each level down."""
    lines, open_groups = [], []
    for leaf, groups in leaves.items():
        for depth, group in enumerate(groups):
            if open_groups[: depth + 1] != groups[: depth + 1]:
                lines.append("@" * depth + group)
                open_groups = groups[: depth + 1]
        lines.append("@" * len(groups) + leaf)
    return "\n".join(lines) + "\n"


def main() -> None:
    table = json.load(sys.stdin)
    row, column = [], []
    for name, label, n in table["counts"]:
        row += [name] * n
        column += [label] * n
    folder = Path(tempfile.mkdtemp())
    hrc = {}
    for variable, part in (("row", "rows"), ("col", "columns")):
        if any(table[part].values()):
            (folder / f"{variable}.hrc").write_text(_tree(table[part]))
            hrc[variable] = str(folder / f"{variable}.hrc")
    started = time.process_time()
    result = protect(
        {"row": row, "col": column, "n": [1] * len(row)},
        ["row", "col"],
        response="n",
        safety_rules=f"FREQ({table['threshold']},0)",
        suppress=table["method"],
        hrc=hrc or None,
        hierleadstring="@",
        totcode="Total",
        workdir=str(folder),
    )
    seconds = time.process_time() - started
    found = result.tables[0]
    status = found.status()
    hidden = [
        [cells["row"], cells["col"], mark]
        for cells, mark in zip(_rows(found), status, strict=False)
        if mark in ("U", "M")
    ]
    json.dump({"hidden": hidden, "seconds": seconds, "version": version("pytauargus")}, sys.stdout)


def _rows(found: object) -> list[dict[str, str]]:
    rows = found.rows
    if rows and isinstance(rows[0], dict):
        return rows
    return [dict(zip(found.columns, row, strict=False)) for row in rows]


if __name__ == "__main__":
    main()
