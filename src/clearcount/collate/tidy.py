"""A grid of text -> tidy lines, one per cell; what a blank or a sign means stays apart from the number."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from clearcount.collate.grids import Grid
from clearcount.errors import CodeError
from clearcount.model.codes import HomeOfficeCode
from clearcount.model.months import TOTAL, Month

COLUMNS = ("source", "force", "reference", "row", "code", "label", "period", "value", "marker")

_LONG = ("row", "period", "value")
_NAMES = {
    name: at
    for at, name in enumerate(["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1)
}
_NAME = r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_TOTALS = re.compile(r"^(grand\s+|sub\s*)?totals?$|^all$|^sum$", re.IGNORECASE)
_CODE = re.compile(r"(?<!\d)(?:HO\s*)?(\d{1,3}/\d{1,2})(?!\d)", re.IGNORECASE)
_MARKERS = {
    "[c]": "c",
    "c": "c",
    "*": "c",
    "**": "c",
    "suppressed": "c",
    "[low]": "low",
    "[z]": "z",
    "z": "z",
    "n/a": "z",
    "[x]": "x",
    "x": "x",
    "not held": "x",
    "-": "blank",
    "\u2013": "blank",
    "": "blank",
}
_LESS = re.compile(r"^(?:<|less than|fewer than|under)\s*\d+$", re.IGNORECASE)


@dataclass(frozen=True)
class Line:
    """One published cell. `marker` `blank` says that the source printed nothing, which may mean four things."""

    source: str
    force: str
    reference: str
    row: str
    code: str
    label: str
    period: str
    value: str
    marker: str


@dataclass(frozen=True)
class Mismatch:
    """A printed total that its own cells do not add up to. `low` and `high` are what the printed cells allow."""

    source: str
    row: str
    period: str
    printed: int
    low: int
    high: int | None


def tidy(grid: Grid, *, force: str = "", reference: str = "") -> tuple[Line, ...]:
    """The cells of a long or wide table as lines; an empty tuple when no column is a period."""
    head = [name.strip().lower() for name in grid.rows[0]]
    if set(_LONG) <= set(head):
        return tuple(_long(grid, head))
    return tuple(_wide(grid, force, reference))


def _long(grid: Grid, head: Sequence[str]) -> Iterator[Line]:
    for cells in grid.rows[1:]:
        held = dict(zip(head, cells, strict=True))
        values = {name: held.get(name, "") for name in COLUMNS}
        yield Line(**{**values, "source": grid.place})


def _wide(grid: Grid, force: str, reference: str) -> Iterator[Line]:
    found = _header(grid)
    if found is None:
        return
    first_body, periods = found
    labels = [column for column in range(len(grid.rows[0])) if column not in periods]
    for cells in grid.rows[first_body:]:
        label = " ".join(filter(None, (cells[column] for column in labels))).strip()
        if not label:
            continue
        code = _code(label)
        row = TOTAL if _TOTALS.match(label) else code or label
        for column, period in periods.items():
            value, marker = _read(cells[column])
            printed = f"HO {code}" if code else ""
            yield Line(grid.place, force, reference, row, printed, label, period, value, marker)


def _header(grid: Grid) -> tuple[int, dict[int, str]] | None:
    """The first row of the body, and which column is which period: from one header row, or years over months."""
    for at in range(min(8, len(grid.rows))):
        periods = {column: period for column, text in enumerate(grid.rows[at]) if (period := _period(text))}
        months = {column: name for column, text in enumerate(grid.rows[at]) if (name := _bare_month(text))}
        if len(months) > len(periods) and at > 0:
            years = _years(grid.rows[at - 1])
            joined = {column: str(Month(years[column], month)) for column, month in months.items() if column in years}
            totals = {c: TOTAL for row in grid.rows[at - 1 : at + 1] for c, t in enumerate(row) if _TOTALS.match(t)}
            if joined:
                return at + 1, {**joined, **totals}
        elif (len(periods) > 1 or (periods and at == 0)) and not months and not _years_over_months(grid, at):
            return at + 1, periods
    return None


def _years_over_months(grid: Grid, at: int) -> bool:
    below = grid.rows[at + 1] if at + 1 < len(grid.rows) else ()
    return any(_bare_month(text) for text in below)


def _years(row: Sequence[str]) -> dict[int, int]:
    """The year over each column; a year written once stands for the columns up to the next one."""
    years: dict[int, int] = {}
    current: int | None = None
    for column, text in enumerate(row):
        if re.fullmatch(r"(19|20)\d\d", text):
            current = int(text)
        elif text:
            current = None
        if current is not None:
            years[column] = current
    return years


def _bare_month(text: str) -> int | None:
    match = re.fullmatch(_NAME, text.strip().lower())
    return _NAMES[match[1]] if match else None


def _period(text: str) -> str | None:
    """The period that a column head names, as clearcount prints it; None when it names none."""
    bare = re.sub(r"\s*\[[a-z]\]$", "", text.strip().lower())
    if _TOTALS.match(bare):
        return TOTAL
    if match := re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])(?:-01)?", bare):
        return f"{match[1]}-{match[2]}"
    if match := re.fullmatch(rf"{_NAME}[\s'\u2019-]*((?:20)?\d\d)", bare):
        return f"20{match[2][-2:]}-{_NAMES[match[1]]:02d}"
    if match := re.fullmatch(r"(?:01/)?(0[1-9]|1[0-2])/(20\d\d)", bare):
        return f"{match[2]}-{match[1]}"
    if match := re.fullmatch(r"(20\d\d)[\s-]*q([1-4])", bare) or re.fullmatch(r"q([1-4])[\s-]*(20\d\d)", bare):
        year, quarter = sorted(match.groups(), key=len, reverse=True)
        return f"{year}-Q{quarter}"
    if match := re.fullmatch(rf"{_NAME}\s*(?:[–-]|to)\s*{_NAME}\s+(20\d\d)", bare):
        start, end = _NAMES[match[1]], _NAMES[match[2]]
        return f"{match[3]}-Q{end // 3}" if (start % 3, end) == (1, start + 2) else None
    if match := re.fullmatch(r"(20\d\d)\s*[/-]\s*(?:20)?(\d\d)", bare):
        return f"{match[1]}/{match[2]}"
    return bare if re.fullmatch(r"(19|20)\d\d", bare) else None


def _code(label: str) -> str:
    match = _CODE.search(label)
    try:
        return str(HomeOfficeCode.parse(match[1])) if match else ""
    except CodeError:
        return ""


def _read(text: str) -> tuple[str, str]:
    bare = re.sub(r"\s*\[(?:r|p)\]", "", text.strip()).replace(",", "").replace("\u00a0", "")
    if re.fullmatch(r"\d+(\.0+)?", bare):
        return str(int(float(bare))), ""
    if _LESS.match(bare):
        return "", "low"
    return "", _MARKERS.get(bare.lower(), "unread")


def check_totals(lines: Sequence[Line]) -> tuple[Mismatch, ...]:
    """Every printed total that its printed cells cannot add up to; a hidden cell may be anything from 0 upwards.

    A blank counts as 0, because the sources that print blanks leave zeros out.
    """
    cells: dict[str, dict[tuple[str, str], Line]] = defaultdict(dict)
    for line in lines:
        cells[line.source][line.row, line.period] = line
    found: list[Mismatch] = []
    for source, table in cells.items():
        rows = dict.fromkeys(row for row, _ in table if row != TOTAL)
        periods = dict.fromkeys(period for _, period in table if period != TOTAL)
        for row in (*rows, TOTAL):
            parts = [table[row, period] for period in periods if (row, period) in table]
            found += _mismatch(source, row, TOTAL, table.get((row, TOTAL)), parts)
        for period in (*periods, TOTAL):
            parts = [table[row, period] for row in rows if (row, period) in table]
            found += _mismatch(source, TOTAL, period, table.get((TOTAL, period)), parts)
    return tuple(dict.fromkeys(found))


def _mismatch(source: str, row: str, period: str, total: Line | None, parts: Sequence[Line]) -> Iterator[Mismatch]:
    if total is None or not total.value or not parts:
        return
    printed = int(total.value)
    low = sum(int(part.value) for part in parts if part.value)
    hidden = any(part.marker in ("c", "low", "unread") for part in parts)
    if printed < low or (printed > low and not hidden):
        yield Mismatch(source, row, period, printed, low, None if hidden else low)
