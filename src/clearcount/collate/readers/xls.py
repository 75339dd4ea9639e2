"""XLS, the workbook of before 2007, by xlrd: what a reader sees of each sheet, as in `xlsx`."""

from __future__ import annotations

from clearcount.collate.grid import Cell, Grid, Page, lay_out
from clearcount.collate.readers.numfmt import shown
from clearcount.collate.readers.xlsx import column_letters
from clearcount.errors import ClearcountError, EngineUnavailable, ExportError


def read_xls(raw: bytes, name: str) -> Page:
    """Return the sheets of an old workbook as a reader sees them.

    Raises:
        EngineUnavailable: when xlrd is not installed.
        ExportError: when it is no such workbook or has a password.
    """
    try:
        import xlrd
    except ModuleNotFoundError:
        raise EngineUnavailable(
            "XLS needs xlrd, which is not installed; run: pip install 'clearcount[collate]'"
        ) from None
    if raw[:4] == b"PK\x03\x04":
        raise ExportError(f"{name}: is a newer workbook than its name says; rename it to .xlsx")
    try:
        book = xlrd.open_workbook(file_contents=raw, formatting_info=True, logfile=_Silent())
    except Exception:  # xlrd raises what its parser meets: struct.error, AssertionError, IndexError, XLRDError
        raise ExportError(f"{name}: cannot be read as a workbook; save it again or use CSV") from None
    grids: list[Grid] = []
    said: list[str] = []
    visible = [sheet for sheet in book.sheets() if sheet.visibility == 0]
    for sheet in book.sheets():
        if sheet.visibility:
            said.append(f"the hidden sheet {sheet.name} was left out")
            continue
        try:
            grids.append(_grid(book, sheet, several=len(visible) > 1))
        except ClearcountError as error:
            said.append(f"sheet {sheet.name} was not read: {error}")
    return Page(tuple(grids), "", tuple(said))


class _Silent:
    """Takes what xlrd would print."""

    def write(self, text: str) -> int:
        return len(text)


def _grid(book, sheet, *, several: bool) -> Grid:  # type: ignore[no-untyped-def]
    hidden_rows = {at for at, info in sheet.rowinfo_map.items() if info.hidden}
    hidden_columns = {at for at, info in sheet.colinfo_map.items() if info.hidden}
    merged = {(top, left): (bottom - top, right - left) for top, bottom, left, right in sheet.merged_cells}
    placed = []
    for row in range(sheet.nrows):
        if row in hidden_rows:
            continue
        for column in range(sheet.row_len(row)):
            if column in hidden_columns:
                continue
            text, fault = _value(book, sheet, row, column)
            if not text and not fault:
                continue
            down, right = merged.get((row, column), (1, 1))
            down = sum(at not in hidden_rows for at in range(row, row + down))
            right = sum(at not in hidden_columns for at in range(column, column + right))
            at, left = (
                row - sum(each < row for each in hidden_rows),
                column - sum(each < column for each in hidden_columns),
            )
            origin = f"sheet {sheet.name}, cell {column_letters(column)}{row + 1}"
            placed.append((at, left, Cell(text, origin, max(1, down), max(1, right), (), fault)))
    said = []
    if hidden_rows:
        said.append(f"sheet {sheet.name}: {len(hidden_rows)} hidden row(s) were left out")
    if hidden_columns:
        said.append(f"sheet {sheet.name}: {len(hidden_columns)} hidden column(s) were left out")
    rows = [at for at in range(sheet.nrows) if at not in hidden_rows]
    columns = [at for at in range(sheet.ncols) if at not in hidden_columns]
    return lay_out(
        placed,
        lambda at, left: f"sheet {sheet.name}, cell {column_letters(columns[left])}{rows[at] + 1}",
        name=sheet.name if several else "",
        said=said,
    )


def _value(book, sheet, row: int, column: int) -> tuple[str, str]:  # type: ignore[no-untyped-def]
    kind, value = sheet.cell_type(row, column), sheet.cell_value(row, column)
    style = book.xf_list[sheet.cell_xf_index(row, column)]
    struck = book.font_list[style.font_index].struck_out
    if kind in (2, 3):
        seen = shown(float(value), book.format_map[style.format_key].format_str, from_1904=bool(book.datemode))
        text, fault = seen.text, seen.fault
    elif kind == 4:
        text, fault = ("TRUE" if value else "FALSE"), ""
    elif kind == 5:
        text, fault = "#ERROR", "an error stands in the cell"
    else:
        text, fault = str(value).strip(), ""
    return ("", "the cell is struck out") if struck and text else (text, fault)
