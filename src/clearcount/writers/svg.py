"""The chart of the answer as SVG: bars from zero by period, the total first, then one panel for each line.

Fills are presentation attributes, so the colours survive an <img> and a strict Content-Security-Policy. A suppressed
count is a hatched column over the whole height. A period in which the offence was not in force is an outline. Neither
is drawn as a zero. The chart never stands alone: its text alternative is made from the same cells, and the table
follows it.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from clearcount.writers.blocks import DRAFT
from clearcount.writers.printed import PrintedCell, PrintedColumn, PrintedRow, PrintedTable
from clearcount.writers.printed_release import PrintedRelease

INK, QUIET, LINE = "#0B1F33", "#F3F5F7", "#C5CDD5"
TOTAL_BAR, LINE_BAR = "#12436D", "#28A197"
"""The total's colour and that of every line; the panels carry their names, so colour alone says nothing."""
FONT = 'system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif'
PANELS = 8
"""Lines drawn below the total; the table has them all."""
BARS = 24
"""Bars drawn where each is a line of the table."""

WIDTH, LEFT, RIGHT = 960, 16, 16
_PLOT, _TITLE, _AXIS, _GAP = 96, 26, 34, 14
_WITHOUT_NUMBER = {"c": "hidden", "low": "hidden, below the threshold", "z": "not in force", "x": "not searched"}


def _text(x: float, y: float, text: str, *, size: int = 13, anchor: str = "start", weight: str = "normal") -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}" font-weight="{weight}" '
        f'fill="{INK}">{escape(text)}</text>'
    )


def _shortened(text: str, limit: int = 118) -> str:
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def _runs(cells: tuple[PrintedCell, ...]) -> list[tuple[str, int, int]]:
    """Neighbouring cells without a number, as (marker, first, last)."""
    runs: list[tuple[str, int, int]] = []
    for place, cell in enumerate(cells):
        if cell.value:
            continue
        if runs and runs[-1][0] == cell.marker and runs[-1][2] == place - 1:
            runs[-1] = (cell.marker, runs[-1][1], place)
        else:
            runs.append((cell.marker, place, place))
    return runs


def _gaps(cells: tuple[PrintedCell, ...], step: float, top: float) -> list[str]:
    drawn = []
    for marker, first, last in _runs(cells):
        x, width = LEFT + first * step + 1, (last - first + 1) * step - 2
        hidden = marker in ("c", "low")
        fill = "url(#cc-hatch)" if hidden else "none"
        dash = "" if hidden else ' stroke-dasharray="4 3"'
        drawn.append(
            f'<rect x="{x:.1f}" y="{top:.1f}" width="{width:.1f}" height="{_PLOT}" fill="{fill}" stroke="{INK}"{dash}/>'
        )
        words = _WITHOUT_NUMBER[marker]
        label = words if width > 7.5 * len(words) else f"[{marker}]"
        if width >= 7 * len(label):
            middle, wide = x + width / 2, 7.2 * len(label) + 6
            drawn.append(
                f'<rect x="{middle - wide / 2:.1f}" y="{top + _PLOT / 2 - 12:.1f}" width="{wide:.1f}" height="18" '
                'fill="#FFFFFF"/>'
            )
            drawn.append(_text(middle, top + _PLOT / 2 + 2, label, size=12, anchor="middle"))
    return drawn


def _panel(
    title: str,
    cells: tuple[PrintedCell, ...],
    columns: tuple[PrintedColumn, ...],
    *,
    top: float,
    colour: str,
    highest: int,
) -> list[str]:
    """One panel: its title, its bars with their numbers, and the columns without a number as such.

    `highest` is the number that fills the panel; all panels share it, so that equal bars are equal numbers.
    """
    step = (WIDTH - LEFT - RIGHT) / max(len(columns), 1)
    plot = top + _TITLE + 14
    base = plot + _PLOT
    drawn = [_text(LEFT, top + 16, title, size=14, weight="bold")]
    drawn += _gaps(cells, step, plot)
    labelled = step >= 7.5 * len(str(highest)) + 2
    for place, cell in enumerate(cells):
        if not cell.value:
            continue
        x, height = LEFT + place * step, _PLOT * int(cell.value) / highest if highest else 0.0
        if height:
            drawn.append(
                f'<rect x="{x + step * 0.12:.1f}" y="{base - height:.1f}" width="{step * 0.76:.1f}" '
                f'height="{height:.1f}" fill="{colour}"/>'
            )
        if labelled:
            drawn.append(_text(x + step / 2, base - height - 4, cell.value, size=12, anchor="middle"))
    drawn.append(f'<line x1="{LEFT}" y1="{base}" x2="{WIDTH - RIGHT}" y2="{base}" stroke="{INK}"/>')
    every = max(1, round(44 / step + 0.5)) if step < 44 else 1
    for place, column in enumerate(columns):
        if place % every == 0:
            month, _, year = column.heading.partition(" ")
            middle = LEFT + (place + 0.5) * step
            drawn.append(_text(middle, base + 15, month, size=11, anchor="middle"))
            drawn.append(_text(middle, base + 28, year, size=11, anchor="middle"))
    if not labelled and highest:
        drawn.append(_text(WIDTH - RIGHT, top + 16, f"full height {highest}", size=12, anchor="end"))
    return drawn


def _sentence(line: PrintedRow, cells: tuple[PrintedCell, ...], columns: tuple[PrintedColumn, ...]) -> str:
    """What a line's bars show, in words: the highest bars, and the periods without a number."""
    numbers = [(int(cell.value), column.heading) for cell, column in zip(cells, columns, strict=True) if cell.value]
    highest = max((number for number, _ in numbers), default=0)
    parts = []
    if numbers and not highest:
        parts.append("0 in every period shown with a number")
    elif numbers:
        at = [heading for number, heading in numbers if number == highest]
        where = ", ".join(at) if len(at) <= 3 else f"{at[0]} and other periods"
        parts.append(f"highest {highest} in {where}")
    for marker, words in _WITHOUT_NUMBER.items():
        spans = [
            columns[first].heading if first == last else f"{columns[first].heading} to {columns[last].heading}"
            for found, first, last in _runs(cells)
            if found == marker
        ]
        if spans:
            where = ", ".join(spans) if len(spans) <= 3 else f"{len(spans)} places between {spans[0]} and {spans[-1]}"
            parts.append(f"{words}: {where}")
    return f"{line.heading}: {'; '.join(parts)}."


@dataclass(frozen=True)
class _Drawn:
    """What is drawn of a table: its bars, one panel for each line, and whether lines or bars are left out."""

    columns: tuple[PrintedColumn, ...]
    panels: tuple[tuple[PrintedRow, tuple[PrintedCell, ...]], ...]
    what: str
    more: str = ""


def _drawn(table: PrintedTable, most: int) -> _Drawn:
    """Bars by period with a panel for the total and for `most` lines, or for the first line where there is no total;
    where no time stands in columns, ordered bars for the lines."""
    if any(column.period for column in table.columns):
        columns = tuple(column for column in table.columns if not column.is_margin)
        kept = [at for at, column in enumerate(table.columns) if not column.is_margin]
        lines = [(line, tuple(row[at] for at in kept)) for line, row in zip(table.lines, table.cells, strict=True)]
        margin = [pair for pair in lines if pair[0].is_margin]
        others = [pair for pair in lines if not pair[0].is_margin]
        shown = others[: most if margin else max(most, 1)]
        more = " The table has the lines that are not drawn." if len(others) > len(shown) else ""
        return _Drawn(columns, (*margin, *shown), "Bars by period.", more)
    timed = any(line.period for line in table.lines)
    bars = [(line, row[-1]) for line, row in zip(table.lines, table.cells, strict=True) if not line.is_margin]
    if not timed:  # the highest first; what has no number last, in the order of the table
        bars.sort(key=lambda pair: -int(pair[1].value) if pair[1].value else 1)
    kept_bars = bars if timed else bars[:BARS]
    columns = tuple(PrintedColumn(line.period, line.heading, line.provisional) for line, _ in kept_bars)
    total = PrintedRow("", "", "", "Total" if len(table.columns) > 1 or len(bars) > 1 else table.columns[-1].heading)
    more = " The table has the bars that are not drawn." if len(kept_bars) < len(bars) else ""
    what = "Bars by period." if timed else "Bars from the highest to the lowest."
    return _Drawn(columns, ((total, tuple(cell for _, cell in kept_bars)),), what, more)


def drawn_markers(table: PrintedTable, most: int) -> frozenset[str]:
    """Return the markers of the cells that a chart draws: what stands there instead of a bar."""
    return frozenset(cell.marker for _, cells in _drawn(table, most).panels for cell in cells if not cell.value)


def description(table: PrintedTable, most: int = PANELS) -> str:
    """Return the chart's text alternative, made from its cells."""
    drawn = _drawn(table, most)
    told = [_sentence(line, cells, drawn.columns) for line, cells in drawn.panels]
    return f"{drawn.what} {' '.join(told)}{drawn.more} The table gives every number."


def chart_of(table: PrintedTable, *, title: str, draft: bool = False, most: int = PANELS) -> str:
    """Return the chart of one table as an SVG element, `most` lines beside the total."""
    drawn = _drawn(table, most)
    columns, panels = drawn.columns, drawn.panels
    height_of = _TITLE + 14 + _PLOT + _AXIS + _GAP
    top = 40.0 if draft else 8.0
    height = top + height_of * len(panels)
    highest = max((int(cell.value) for _, cells in panels for cell in cells if cell.value), default=0)
    body = [_text(LEFT, 24, DRAFT, size=16, weight="bold")] if draft else []
    for place, (line, cells) in enumerate(panels):
        colour = TOTAL_BAR if place == 0 else LINE_BAR
        at = top + place * height_of
        body += _panel(_shortened(line.heading), cells, columns, top=at, colour=colour, highest=highest)
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:.0f}" role="img" '
            f"aria-labelledby=\"cc-chart-title cc-chart-text\" font-family='{FONT}'>",
            f'<title id="cc-chart-title">{escape(title)}</title>',
            f'<desc id="cc-chart-text">{escape(description(table, most))}</desc>',
            '<defs><pattern id="cc-hatch" width="6" height="6" patternUnits="userSpaceOnUse" '
            f'patternTransform="rotate(45)"><rect width="6" height="6" fill="#FFFFFF"/>'
            f'<line x1="0" y1="0" x2="0" y2="6" stroke="{INK}" stroke-width="2"/></pattern></defs>',
            f'<rect width="{WIDTH}" height="{height:.0f}" fill="#FFFFFF"/>',
            *body,
            "</svg>",
        ]
    )


def inline_chart(release: PrintedRelease) -> str:
    """Return the chart of the answer for its first page: the total alone, or the only line."""
    return page_chart(release.answer, release.title, draft=bool(release.draft_because))


def page_chart(table: PrintedTable, title: str, *, draft: bool) -> str:
    """Return the chart that a page of an answer called `title` shows."""
    return chart_of(table, title=f"Chart: {title}", draft=draft, most=0)


def chart(release: PrintedRelease) -> bytes:
    """Return chart.svg."""
    drawn = chart_of(release.answer, title=f"Chart: {release.title}", draft=bool(release.draft_because))
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{drawn}\n'.encode()
