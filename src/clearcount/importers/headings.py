"""Column names in messages: shown where they look like names, and as shapes where they may be the words of a record.

A file without a header has its first record where the names should be. Nothing of a record is ever printed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from clearcount.importers.codes import masked
from clearcount.importers.column_words import is_of_column_words

_LONGEST, _MOST_WORDS = 40, 6
_VALUE = re.compile(r"\d{3}|\d[/:.-]\d|[\r\n\t\"]|[.;!?,](\s|$)")
"""What a column name does not hold: a run of figures, a date or a code, a line end, the end of a sentence."""
_FIGURES = re.compile(r"[\d\s.,:/+-]+")
_ROWS = 20


def is_heading(name: str) -> bool:
    """Return whether a text looks like the name of a column: short, few words, no figures to speak of, no sentence."""
    return (
        0 < len(name.strip()) <= _LONGEST
        and len(name.split()) <= _MOST_WORDS
        and not _VALUE.search(name)
        and not _FIGURES.fullmatch(name)
    )


def is_shown(name: str, wanted: Iterable[str] = ()) -> bool:
    """Return whether a message may hold a name: it looks like one and is made of words for columns, or of those
    `wanted`.
    """
    return is_heading(name) and is_of_column_words(name, wanted)


def shown(name: str, wanted: Iterable[str] = ()) -> str:
    """Return a column name in quotes, or its shape where it may be the words of a record."""
    return repr(name) if is_shown(name, wanted) else masked(name)


def shown_name(name: str) -> str:
    """Return what a person who is asked about a column sees: a name that looks like one, else its shape."""
    return name if is_heading(name) else masked(name)


def shown_list(names: Mapping[int, str], most: int = 20) -> str:
    """Return column names as one text, by their numbers; one that may be the words of a record has its number."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(shown_column(number, name) for number, name in list(names.items())[:most]) + more


def shown_column(number: int, name: str) -> str:
    """Return the name of a column, or its number and shape where the name may be the words of a record."""
    return name if is_shown(name) else f"column {number} ({masked(name)})"


def is_header(row: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Return whether a row holds column names: all look like names, none stands twice, and the rows below are of
    another kind.

    Where the rows below are words throughout, as the row is, nobody can tell, so it is taken for a record.
    """
    cells = [cell for cell in row if cell.strip()]
    if len(cells) < 2 or not all(map(is_heading, cells)) or len({cell.strip().lower() for cell in cells}) < len(cells):
        return False
    return any(
        not is_heading(other[at])
        for at, cell in enumerate(row)
        for other in below[:_ROWS]
        if cell.strip() and at < len(other) and other[at].strip()
    )


def header_row(rows: Mapping[int, Sequence[str]]) -> int:
    """Return the number of the row that holds the column names, title lines above it left out; 0 for none."""
    found = 0
    for number, row in rows.items():
        below = [rows[other] for other in rows if other > number and any(cell.strip() for cell in rows[other])][:_ROWS]
        widths = Counter(map(_width, below))
        usual = max(widths, key=lambda width: (widths[width], width), default=0)
        if is_header(row, below) and _width(row) * 2 > usual and len(row) >= usual:
            found = number  # of several such rows the last is nearest to the records
        elif found and _width(row) * 2 > usual:
            break
    return found


def under_groups(groups: Sequence[str], names: Sequence[str]) -> tuple[str, ...]:
    """Return each name behind that of its group, which stands over the first of its columns: `Victim Age`."""
    found, group = [], ""
    for at, name in enumerate(names):
        group = (groups[at].strip() if at < len(groups) else "") or group
        found.append(f"{group} {name.strip()}" if group and name.strip() else name)
    return tuple(found)


def row_under_groups(rows: Mapping[int, Sequence[str]]) -> int:
    """Return the number of the row whose names are told apart only by a row of groups over it; 0 for none."""
    for number, row in rows.items():
        over = [cell for cell in rows.get(number - 1, ()) if cell.strip()]
        names = [cell.strip().lower() for cell in row if cell.strip()]
        if len(set(names)) == len(names) or not 1 < len(over) < len(names) or not all(map(is_heading, over)):
            continue
        below = [rows[other] for other in rows if other > number and any(cell.strip() for cell in rows[other])][:_ROWS]
        if is_header(under_groups(rows[number - 1], row), below):
            return number
    return 0


def row_with(names: Sequence[str], rows: Mapping[int, Sequence[str]]) -> int:
    """Return the number of the row that holds most of the column names, two at the least; 0 for none."""
    wanted = {name.strip().lower() for name in names}
    held = {number: len(wanted & {cell.strip().lower() for cell in row}) for number, row in rows.items()}
    best = max(held, key=lambda number: (held[number], -number), default=0)
    return best if best and held[best] > 1 else 0


def _width(row: Sequence[str]) -> int:
    return sum(bool(cell.strip()) for cell in row)
