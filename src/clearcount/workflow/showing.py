"""A controlled table as text, as cells for a machine, and as HTML: the same for the command line and for Python."""

from __future__ import annotations

import html
from collections.abc import Iterator

from clearcount.lines import aligned
from clearcount.model.marks import joined_marks
from clearcount.model.table import ControlledTable
from clearcount.writers.printed import PrintedColumn, PrintedRow, PrintedTable, printed


def text_table(table: ControlledTable) -> str:
    """Return the table as a terminal shows it: where time stands in columns, one line a period, to fit a screen."""
    shown = printed(table)
    names = [_line_name(line, shown) for line in shown.lines]
    heads = [_head_name(column) for column in shown.columns]
    cells = [[_cell(shown, row, column) for column in range(len(heads))] for row in range(len(names))]
    if any(column.period for column in shown.columns):
        across = [[cells[row][column] for row in range(len(names))] for column in range(len(heads))]
        return aligned([["", *names], *([head, *row] for head, row in zip(heads, across, strict=True))])
    return aligned([["", *heads], *([name, *row] for name, row in zip(names, cells, strict=True))])


def _cell(table: PrintedTable, row: int, column: int) -> str:
    shown = table.cells[row][column].shown
    provisional = table.lines[row].provisional or table.columns[column].provisional
    return f"{shown} [p]" if provisional else shown


def _line_name(line: PrintedRow, table: PrintedTable) -> str:
    if line.is_margin or not line.row:
        return line.heading
    return " ".join(filter(None, (line.code if "offence" in table.axes[0] else "", *_rest(line))))


def _rest(line: PrintedRow) -> tuple[str, ...]:
    return (line.row, *line.extra) if not line.code or line.row != line.code.removeprefix("HO ") else line.extra


def _head_name(column: PrintedColumn) -> str:
    return "Total" if column.is_margin else column.period or column.heading


def cells_of(table: ControlledTable) -> Iterator[dict[str, object]]:
    """Yield each cell: row, code, further dimensions by name, label, period, value (text, or "") and marker."""
    shown = printed(table)
    for line, row in zip(shown.lines, shown.cells, strict=True):
        for column, cell in zip(shown.columns, row, strict=True):
            extra = zip(shown.all_dimensions, (*line.extra, *column.extra), strict=True)
            provisional = "p" if line.provisional or column.provisional else ""
            yield {
                "row": line.row or column.row,
                "code": line.code or column.code,
                **dict(extra),
                "label": line.label or column.label or line.heading,
                "period": line.period or column.period,
                "value": cell.value,
                "marker": joined_marks((cell.marker, provisional)),
            }


def html_table(table: ControlledTable) -> str:
    """Return the table as HTML, for a notebook."""
    shown = printed(table)
    head = "".join(f'<th scope="col">{html.escape(column.printed)}</th>' for column in shown.columns)
    body = "".join(
        f'<tr><th scope="row" title="{html.escape(line.heading)}">{html.escape(line.code or line.printed)}</th>'
        + "".join(f"<td>{html.escape(cell.shown)}</td>" for cell in row)
        + "</tr>"
        for line, row in zip(shown.lines, shown.cells, strict=True)
    )
    caption = html.escape(table.title)
    return f"<table><caption>{caption}</caption><thead><tr><td></td>{head}</tr></thead><tbody>{body}</tbody></table>"
