"""ODS: what a reader sees of each sheet, as in `xlsx`."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from clearcount.collate.grid import MOST_CELLS, Cell, Grid, Page, lay_out
from clearcount.collate.readers.xlsx import column_letters
from clearcount.errors import ClearcountError, ExportError
from clearcount.foreign import open_package, parse_xml

_O = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_T = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_X = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_S = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"


def read_ods(raw: bytes, name: str) -> Page:
    """Return the sheets of a workbook as a reader sees them.

    Raises:
        ExportError, ForeignFileError: when it is no workbook or beyond the bounds of a published one.
    """
    with open_package(raw, name) as package:
        if "content.xml" not in package.members:
            raise ExportError(f"{name}: is no workbook; it holds no content.xml")
        root = parse_xml(package.read("content.xml"), f"{name}: content.xml")
    looks = _looks(root)
    tables = list(root.iter(f"{_T}table"))
    grids: list[Grid] = []
    said: list[str] = []
    shown = [table for table in tables if looks.get(table.get(f"{_T}style-name", "")) != "hidden"]
    for table in tables:
        title = table.get(f"{_T}name", "")
        if table not in shown:
            said.append(f"the hidden sheet {title} was left out")
            continue
        try:
            grids.append(_grid(table, title, looks, several=len(shown) > 1))
        except ClearcountError as error:
            said.append(f"sheet {title} was not read: {error}")
    return Page(tuple(grids), "", tuple(said))


def _looks(root: Element) -> dict[str, str]:
    """Return the styles that hide a sheet, raise a text or strike it out."""
    found = {}
    for style in root.iter(f"{_S}style"):
        name = style.get(f"{_S}name", "")
        for each in style:
            kind = each.tag
            if kind == f"{_S}table-properties" and each.get(f"{_T}display") == "false":
                found[name] = "hidden"
            if kind == f"{_S}text-properties":
                if (each.get(f"{_S}text-position") or "").startswith("super"):
                    found[name] = "raised"
                if (each.get(f"{_S}text-line-through-style") or "none") != "none":
                    found[name] = "struck"
    return found


def _grid(table: Element, title: str, looks: dict[str, str], *, several: bool) -> Grid:
    hidden_columns = _hidden_columns(table)
    placed: list[tuple[int, int, Cell]] = []
    names: dict[int, int] = {}
    hidden_rows = at = shown_at = 0
    for row in table.iter(f"{_T}table-row"):
        times = _times(row, "number-rows-repeated")
        cells = _cells(row, looks)
        if row.get(f"{_T}visibility", "visible") != "visible":
            hidden_rows += times
            at += times
            continue
        if any(not cell.blank or cell.fault for _, cell in cells):
            if times * max(1, len(cells)) > MOST_CELLS:
                raise ExportError(f"a row is repeated {times:,} times; a published table is small")
            for _ in range(times):
                for column, cell in cells:
                    if column not in hidden_columns:
                        left = column - sum(each < column for each in hidden_columns)
                        origin = f"sheet {title}, cell {column_letters(column)}{at + 1}"
                        right = sum(each not in hidden_columns for each in range(column, column + cell.columns))
                        names[shown_at] = at
                        placed.append(
                            (shown_at, left, Cell(cell.text, origin, cell.rows, right, cell.notes, cell.fault))
                        )
                at, shown_at = at + 1, shown_at + 1
        else:
            at, shown_at = at + times, shown_at + min(times, 1)
    said = []
    if hidden_rows and placed:
        said.append(f"sheet {title}: {hidden_rows} hidden row(s) were left out")
    if hidden_columns and placed:
        said.append(f"sheet {title}: {len(hidden_columns)} hidden column(s) were left out")

    def place(row: int, left: int) -> str:
        column = left
        for each in sorted(hidden_columns):
            column += each <= column
        return f"sheet {title}, cell {column_letters(column)}{names.get(row, row) + 1}"

    return lay_out(placed, place, name=title if several else "", said=said)


def _hidden_columns(table: Element) -> set[int]:
    found: set[int] = set()
    at = 0
    for column in table.iter(f"{_T}table-column"):
        times = min(_times(column, "number-columns-repeated"), 20_000)
        if column.get(f"{_T}visibility", "visible") != "visible":
            found |= set(range(at, at + times))
        at += times
    return found


def _cells(row: Element, looks: dict[str, str]) -> list[tuple[int, Cell]]:
    found = []
    column = 0
    for each in row:
        if each.tag not in (f"{_T}table-cell", f"{_T}covered-table-cell"):
            continue
        times = _times(each, "number-columns-repeated")
        if each.tag == f"{_T}table-cell":
            text, notes = _text(each, looks)
            fault = _fault(each, text)
            if text or fault:
                down, right = (
                    min(_times(each, "number-rows-spanned"), 2000),
                    min(_times(each, "number-columns-spanned"), 2000),
                )
                if times > 2000:
                    raise ExportError(f"a cell is repeated {times:,} times; a published table is small")
                found += [(column + step, Cell(text, "", down, right, notes, fault)) for step in range(times)]
        column += times
    return found


def _fault(cell: Element, text: str) -> str:
    """Return why what is shown is not what the cell holds."""
    value = cell.get(f"{_O}value")
    if value is None or cell.get(f"{_O}value-type") not in ("float", "currency"):
        return ""
    digits = "".join(sign for sign in text if sign.isascii() and (sign.isdigit() or sign == "."))
    try:
        same = bool(digits) and float(digits) == abs(float(value))
    except ValueError:
        same = False
    return "" if same else "the cell holds another number than it shows"


def _text(cell: Element, looks: dict[str, str]) -> tuple[str, tuple[str, ...]]:
    notes: list[str] = []
    lines = ["".join(_words(each, looks, notes)) for each in cell if each.tag in (f"{_X}p", f"{_X}h")]
    return "\n".join(line.strip() for line in lines if line.strip()), tuple(notes)


def _words(element: Element, looks: dict[str, str], notes: list[str]) -> list[str]:
    found = [element.text or ""]
    for each in element:
        name = each.tag.removeprefix(_X)
        if name == "s":
            found.append(" " * min(_times(each, "c", _X), 100))
        elif name == "tab":
            found.append(" ")
        elif name == "line-break":
            found.append("\n")
        elif each.tag == f"{_O}annotation" or name == "note":
            notes.append("a note hangs on the cell")
        else:
            inner = "".join(_words(each, looks, notes))
            look = looks.get(each.get(f"{_X}style-name", ""))
            if look in ("raised", "struck"):
                notes.append(inner.strip() if look == "raised" else f"struck out: {inner.strip()}")
            else:
                found.append(inner)
        found.append(each.tail or "")
    return found


def _times(element: Element, name: str, space: str = _T) -> int:
    text = element.get(f"{space}{name}", "1")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 8 and int(text) > 0 else 1
