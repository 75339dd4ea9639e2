"""Compares the printed tables with the tables that a reader was promised."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from clearcount.writers.printed import ROUND, PrintedTable


def promised(released: Mapping[str, object], tables: Sequence[PrintedTable]) -> Iterator[str]:
    """Yield where the printed tables and the tables as a reader knows them disagree, cell by cell."""
    known = released.get("tables")
    if not isinstance(known, list):
        yield "release.json: has no 'tables'"
        return
    parts = [part for part in known if isinstance(part, Mapping) and isinstance(part.get("name"), str)]
    if len(parts) < len(known):
        yield "release.json: 'tables' holds something that is no table with a name"
    by_name = {part["name"]: part for part in parts}
    for place, part in enumerate(parts, start=1):
        if part["name"] not in {table.name for table in tables}:
            yield f"release.json: 'tables' holds a table that is printed nowhere (its number {place})"
    for number, table in enumerate(tables, start=1):
        if table.name not in by_name:
            yield f"release.json: 'tables' lacks the printed table {number}"
            continue
        try:
            cells = {tuple(map(str, at)): (_bound(low), _bound(high)) for at, low, high in by_name[table.name]["cells"]}
        except (KeyError, TypeError, ValueError):
            yield f"release.json: 'tables' has a cell of table {number} that is not [coordinates, low, high]"
            continue
        yield from _cells(number, table, cells)


def _bound(value: object) -> int | None:
    """A bound of a cell. Raises TypeError for what is neither a whole number nor null."""
    if value is not None and (not isinstance(value, int) or isinstance(value, bool)):
        raise TypeError
    return value


def _cells(
    number: int, table: PrintedTable, known: dict[tuple[str, ...], tuple[int | None, int | None]]
) -> Iterator[str]:
    for place, (line, row) in enumerate(zip(table.lines, table.cells, strict=True), start=1):
        for across, (column, cell) in enumerate(zip(table.columns, row, strict=True), start=1):
            at = table.at(line, column)
            low, high = known.pop(at, (None, None))
            if cell.marker in ("c", "low"):
                agrees = low != high
            elif cell.marker == ROUND:
                agrees = (low or 0) <= int(cell.value) and (high is None or int(cell.value) <= high)
            elif cell.value:
                agrees = low == high == int(cell.value)
            elif cell.marker == "z":
                agrees = low == high == 0  # also where zeros are rounded: it is known to be none
            else:
                agrees = low is None and high is None
            if not agrees:
                yield f"release.json: 'printed' and 'tables' disagree in table {number}, line {place}, column {across}"
    rounded = any(cell.marker == ROUND for row in table.cells for cell in row)
    for low, high in known.values():
        # A line or column left out because all of it is zero is known, and not printed; rounded, it may be above zero.
        if low != 0 or (high != 0 and not rounded):
            yield f"release.json: 'tables' tells of a cell of table {number} that is not printed"
