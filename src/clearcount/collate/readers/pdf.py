"""PDF: tables whose cells are ruled, by pdfplumber's table finder. Scans are refused, unruled tables are unread."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Sequence

from clearcount.collate.grid import Cell, Grid, Page, lay_out
from clearcount.collate.readers.lists import read_words
from clearcount.errors import EngineUnavailable, ExportError

_MOST_PAGES = 200


def read_pdf(raw: bytes, name: str) -> Page:
    """Return the ruled tables of a PDF, page by page, and its words.

    Raises:
        EngineUnavailable: when pdfplumber is not installed.
        ExportError: when the file is no PDF, has a password, holds no text (a scan), or too many pages.
    """
    try:
        import pdfplumber
        from pdfminer.pdfdocument import PDFPasswordIncorrect
        from pdfplumber.utils.exceptions import PdfminerException
    except ModuleNotFoundError:
        raise EngineUnavailable(
            "PDF needs pdfplumber, which is not installed; run: pip install 'clearcount[collate]'"
        ) from None
    try:
        with pdfplumber.open(io.BytesIO(raw)) as document:
            if len(document.pages) > _MOST_PAGES:
                raise ExportError(f"{name}: has more than {_MOST_PAGES} pages; give the pages with the tables")
            return _read(document, name)
    except PdfminerException as error:
        locked = any(isinstance(each, PDFPasswordIncorrect) for each in error.args)
        why = "has a password; save it without one" if locked else "cannot be read as a PDF; ask for the table as CSV"
        raise ExportError(f"{name}: {why}") from None


def _read(document: object, name: str) -> Page:
    grids: list[Grid] = []
    words: list[str] = []
    said: list[str] = []
    found_lists: list[Grid] = []
    around: list[tuple[frozenset[str], frozenset[str]]] = []
    pictures = 0
    for number, page in enumerate(document.pages, 1):  # type: ignore[attr-defined]
        tables = page.find_tables({"vertical_strategy": "lines", "horizontal_strategy": "lines"})
        outside = page
        for index, table in enumerate(tables, 1):
            where = f"page {number}, table {index}"
            placed = list(_cells(page, table, where))
            if placed:
                grids.append(lay_out(placed, _place(where), name=where))
            outside = outside.outside_bbox(table.bbox, strict=False)
        text = outside.extract_text() or ""
        words.append(text)
        pictures += len(page.images)
        lists, unread = read_words(text, f"page {number}, line of words")
        found_lists += lists
        said += unread
        around.append(_around(page, tables))
    joined = "\n".join(words)
    if not grids and not joined.strip():
        raise ExportError(
            f"{name}: holds {'pictures of' if pictures else 'no'} text (a scan); ask for the table as CSV"
        )
    if len(grids) == 1:
        grids = [Grid(grids[0].rows, "", grids[0].title, grids[0].said)]
    return Page((*_continued(grids, around), *found_lists), joined, tuple(said))


def _place(where: str) -> Callable[[int, int], str]:
    return lambda row, column: f"{where}, row {row + 1}, column {column + 1}"


def _cells(page: object, table: object, where: str) -> list[tuple[int, int, Cell]]:
    """Return the cells placed by the lines that bound them, so that a merged cell spans what it covers."""
    boxes = [cell for cell in table.cells if cell]  # type: ignore[attr-defined]
    lefts = _edges(box[0] for box in boxes)
    tops = _edges(box[1] for box in boxes)
    rights, bottoms = _edges(box[2] for box in boxes), _edges(box[3] for box in boxes)
    columns = sorted({*lefts, *rights})
    rows = sorted({*tops, *bottoms})
    placed = []
    for box in boxes:
        left, right = _near(columns, box[0]), _near(columns, box[2])
        top, bottom = _near(rows, box[1]), _near(rows, box[3])
        cut = page.within_bbox(_clip(box, page.bbox), strict=False)  # type: ignore[attr-defined]
        text, notes = _text(cut)
        origin = f"{where}, row {top + 1}, column {left + 1}"
        cell = Cell(text, origin, max(1, bottom - top), max(1, right - left), notes)
        placed.append((top, left, cell))
    return placed


def _text(cut: object) -> tuple[str, tuple[str, ...]]:
    """Return the words of a cell; characters that are smaller and raised above their line are notes."""
    chars = [char for char in cut.chars if char["text"].strip()]  # type: ignore[attr-defined]
    if not chars:
        return "", ()
    size = max(char["size"] for char in chars)
    base = max(char["bottom"] for char in chars if char["size"] > size * 0.9)
    raised = [
        char
        for char in chars
        if char["size"] < size * 0.8 and char["bottom"] < base - size * 0.15 and char["text"].strip()
    ]
    kept = cut
    if raised and len(raised) < len(chars):
        keys = {(char["x0"], char["top"]) for char in raised}
        kept = cut.filter(lambda item: (item.get("x0"), item.get("top")) not in keys)  # type: ignore[attr-defined]
    notes = ("".join(char["text"] for char in raised),) if raised and len(raised) < len(chars) else ()
    lines = [line.strip() for line in (kept.extract_text() or "").splitlines() if line.strip()]  # type: ignore[attr-defined]
    figures = all(re.fullmatch(r"[\d,.%<*-]+", line) for line in lines)
    return ("\n" if figures else " ").join(lines), notes


def _clip(box: tuple[float, ...], page: tuple[float, ...]) -> tuple[float, float, float, float]:
    return (max(box[0], page[0]), max(box[1], page[1]), min(box[2], page[2]), min(box[3], page[3]))


def _edges(values: object) -> list[float]:
    found: list[float] = []
    for value in sorted(values):  # type: ignore[call-overload]
        if not found or value - found[-1] > 2:
            found.append(value)
    return found


def _near(edges: list[float], value: float) -> int:
    merged: list[float] = []
    for edge in edges:
        if not merged or edge - merged[-1] > 2:
            merged.append(edge)
    return min(range(len(merged)), key=lambda at: abs(merged[at] - value))


def _around(page: object, tables: Sequence[object]) -> tuple[frozenset[str], frozenset[str]]:
    """Return the lines of words above the first and below the last table of a page; none where it has no table."""
    if not tables:
        return frozenset(), frozenset()
    left, top, right, bottom = page.bbox  # type: ignore[attr-defined]
    first = max(top, min(table.bbox[1] for table in tables))  # type: ignore[attr-defined]
    last = min(bottom, max(table.bbox[3] for table in tables))  # type: ignore[attr-defined]
    above = page.within_bbox((left, top, right, first), strict=False).extract_text() if first > top + 1 else ""  # type: ignore[attr-defined]
    below = page.within_bbox((left, last, right, bottom), strict=False).extract_text() if last < bottom - 1 else ""  # type: ignore[attr-defined]
    return _worded(above), _worded(below)


def _worded(text: str) -> frozenset[str]:
    """Return the lines that hold words; page numbers are none."""
    lines = (re.sub(r"\d+", "0", " ".join(line.split()).casefold()) for line in (text or "").splitlines())
    return frozenset(line for line in lines if re.sub(r"\b(?:page|of|p)\b|[\W\d_]", "", line))


def _goes_on(before: Grid, grid: Grid, around: Sequence[tuple[frozenset[str], frozenset[str]]]) -> bool:
    """Return whether a table on a later page may be the rest of one before: no words of their own stand between."""
    first, second = _last_page(before), _page(grid)
    if second != first + 1:
        return False
    (over, under), (above, below) = around[first - 1], around[second - 1]
    return above <= over and (under <= below or not under)


def _continued(grids: list[Grid], around: Sequence[tuple[frozenset[str], frozenset[str]]]) -> list[Grid]:
    """Return the tables; one that goes on over a page without a heading is put below the one that it continues.

    Words between the two part them, save a running head or foot, which stands on both pages.
    """
    found: list[Grid] = []
    for grid in grids:
        before = found[-1] if found else None
        if before is not None and before.width == grid.width and not _headed(grid) and _goes_on(before, grid, around):
            found[-1] = Grid(
                (*before.rows, *grid.rows),
                before.name,
                before.title,
                (*before.said, f"{grid.name} goes on with the table above"),
            )
        else:
            found.append(grid)
    return found


def _headed(grid: Grid) -> bool:
    from clearcount.collate.structure import kind_of

    return bool(grid.rows) and kind_of(grid.rows[0]) in ("head", "years", "solo")


def _last_page(grid: Grid) -> int:
    pages = [int(match[1]) for row in grid.rows for cell in row if (match := re.match(r"page (\d+)", cell.origin))]
    return max(pages, default=_page(grid))


def _page(grid: Grid) -> int:
    match = re.match(r"page (\d+)", grid.name)
    return int(match[1]) if match else 0
