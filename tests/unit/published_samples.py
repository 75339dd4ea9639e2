"""Made-up answers in the manner in which forces publish them, each with its reading written by hand.

Most stand in published_samples.txt: a name, a format, the parts of the page, and after "====" the reading. A part is a
table with bars, or words. In a table "<<" belongs to the cell on its left and "^^" to the one above.
A reading has a line for each row: words that tell it from the others, periods, figures or signs, parted by ";". Words
are parted by " + ", periods and figures by ", ". The figure "?" may only come out as unread.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Box:
    """A cell with its place and the cells it covers."""

    row: int
    column: int
    text: str
    down: int
    right: int

    @property
    def value(self) -> str | int:
        """A whole number as a number."""
        return int(self.text) if re.fullmatch(r"-?\d{1,9}", self.text) else self.text


@dataclass(frozen=True)
class Sample:
    """One published file: its ending, its bytes, and its reading as (words, period, figure)."""

    kind: str
    raw: bytes
    truth: tuple[tuple[str, str, str], ...]


def rows_of(text: str) -> list[list[str]]:
    """Return the cells of lines parted by bars."""
    return [[cell.strip() for cell in line.split("|")] for line in text.splitlines()]


def boxes(text: str) -> Iterator[Box]:
    """Give the cells of a table in reading order."""
    grid = rows_of(text)
    for at, row in enumerate(grid):
        for column, cell in enumerate(row):
            if cell in ("<<", "^^"):
                continue
            right = next((n for n in range(1, len(row) - column) if row[column + n] != "<<"), len(row) - column)
            down = next(
                (n for n in range(1, len(grid) - at) if grid[at + n][column : column + 1] != ["^^"]), len(grid) - at
            )
            yield Box(at, column, cell, down, right)


def saved(document: Any, save: str = "save") -> bytes:
    """Return the bytes that a document saves."""
    target = io.BytesIO()
    getattr(document, save)(target)
    return target.getvalue()


def html(parts: Sequence[str], th: int = 1) -> bytes:
    """Return a page in UTF-8; a part that begins with "<" is markup."""
    body = "".join(_markup(part, th) for part in parts)
    return f"<!doctype html><html><head><meta charset=utf-8></head><body>{body}</body></html>".encode()


def _markup(part: str, th: int) -> str:
    if part.startswith("<"):
        return part
    if "|" not in part:
        return f"<p>{part}</p>"
    lines: dict[int, str] = dict.fromkeys(range(len(part.splitlines())), "")
    for box in boxes(part):
        tag = "th" if box.row < th else "td"
        span = (f" colspan={box.right}" if box.right > 1 else "") + (f" rowspan={box.down}" if box.down > 1 else "")
        text = re.sub(r"<(?=\d)", "&lt;", box.text)
        lines[box.row] += f"<{tag}{span}>{text}</{tag}>"
    return f"<table>{''.join(f'<tr>{line}</tr>' for line in lines.values())}</table>"


def workbook(make: Callable[[Any], None]) -> bytes:
    """Return the workbook that `make` fills."""
    import xlsxwriter

    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    make(book)
    book.close()
    return target.getvalue()


def xlsx(parts: Sequence[str]) -> bytes:
    """Return a workbook with a sheet for each part."""

    def make(book: Any) -> None:
        for part in parts:
            held = book.add_worksheet()
            for box in boxes(part):
                if box.right * box.down > 1:
                    end = (box.row + box.down - 1, box.column + box.right - 1)
                    held.merge_range(box.row, box.column, *end, box.value)
                elif box.text:
                    held.write(box.row, box.column, box.value)

    return workbook(make)


def docx(parts: Sequence[str]) -> bytes:
    """Return a letter: paragraphs and tables."""
    import docx as library

    document = library.Document()
    for part in parts:
        if "|" not in part:
            for line in part.splitlines():
                document.add_paragraph(line)
            continue
        grid = rows_of(part)
        held = document.add_table(rows=len(grid), cols=len(grid[0]))
        for box in boxes(part):
            cell = held.cell(box.row, box.column)
            if box.right * box.down > 1:
                cell = cell.merge(held.cell(box.row + box.down - 1, box.column + box.right - 1))
            cell.text = box.text
    return saved(document)


def xls(parts: Sequence[str]) -> bytes:
    """Return an old workbook."""
    import xlwt

    book = xlwt.Workbook()
    for number, part in enumerate(parts, 1):
        held = book.add_sheet(f"Data {number}")
        for box in boxes(part):
            held.write_merge(
                box.row, box.row + box.down - 1, box.column, box.column + box.right - 1, box.value if box.text else None
            )
    return saved(book)


def ods(parts: Sequence[str]) -> bytes:
    """Return an open workbook with spans."""
    from odf.opendocument import OpenDocumentSpreadsheet
    from odf.table import CoveredTableCell, Table, TableCell, TableRow
    from odf.text import P

    book = OpenDocumentSpreadsheet()
    for number, part in enumerate(parts, 1):
        held = Table(name=f"Sheet{number}")
        placed = {(box.row, box.column): box for box in boxes(part)}
        for at, row in enumerate(rows_of(part)):
            line = TableRow()
            for column in range(len(row)):
                box = placed.get((at, column))
                if box is None:
                    line.addElement(CoveredTableCell())
                    continue
                look: dict[str, Any] = {}
                if box.right * box.down > 1:
                    look = {"numbercolumnsspanned": box.right, "numberrowsspanned": box.down}
                if isinstance(box.value, int):
                    look |= {"valuetype": "float", "value": box.value}
                cell = TableCell(**look)
                cell.addElement(P(text=box.text))
                line.addElement(cell)
            held.addElement(line)
        book.spreadsheet.addElement(held)
    return saved(book, "write")


def pdf(parts: Sequence[str], borders: str = "ALL") -> bytes:
    """Return a PDF with a page for each table; words stand above the next table."""
    from fpdf import FPDF

    document = FPDF()
    document.set_font("Helvetica", size=9)
    fresh = True
    for part in parts:
        if fresh:
            document.add_page()
        fresh = "|" in part
        if not fresh:
            document.multi_cell(0, 5, part, new_x="LMARGIN", new_y="NEXT")
            continue
        with document.table(borders_layout=borders, first_row_as_headings=False) as held:
            line, at = held.row(), 0
            for box in boxes(part):
                if box.row != at:
                    line, at = held.row(), box.row
                line.cell(box.text, colspan=box.right, rowspan=box.down)
    return bytes(document.output())


def message(body: str, **files: bytes) -> bytes:
    """Return a message with attachments; a file is named with "_" for the point before its ending."""
    from email.message import EmailMessage

    mail = EmailMessage()
    mail["Subject"] = "Freedom of Information 1234/25"
    mail["From"], mail["To"] = "foi@force.example", "a@b.example"
    mail.set_content(body)
    for name, raw in files.items():
        mail.add_attachment(raw, maintype="application", subtype="octet-stream", filename=".".join(name.rsplit("_", 1)))
    return mail.as_bytes()


_WRITERS: dict[str, Callable[..., bytes]] = {
    "html": html,
    "xlsx": xlsx,
    "docx": docx,
    "xls": xls,
    "ods": ods,
    "pdf": pdf,
}


def truths(text: str) -> tuple[tuple[str, str, str], ...]:
    """Return a reading as (words, period, figure), one for each figure."""
    found = []
    for line in text.strip().splitlines():
        words, periods, figures = (part.strip() for part in line.split(";"))
        values = figures.split(", ")
        spans = periods.split(", ") if ", " in periods else [periods] * len(values)
        found += [(words, period, value) for period, value in zip(spans, values, strict=True)]
    return tuple(found)


def _written(text: str) -> Sample:
    kind, _, rest = text.partition("\n")
    page, _, truth = rest.partition("\n====\n")
    name, *options = kind.split()
    if name in ("csv", "txt", "tsv"):
        return Sample(f".{name}", page.replace("\\t", "\t").encode(), truths(truth))
    said: dict[str, Any] = dict(each.split("=") for each in options)
    if "th" in said:
        said["th"] = int(said["th"])
    return Sample(f".{name}", _WRITERS[name](page.split("\n----\n"), **said), truths(truth))


def _formats(book: Any) -> None:
    held = book.add_worksheet()
    codes = ("mmm-yy", "#,##0,", "0%", "#,##0;(#,##0)", '"*"', '[<5]"<5";0', '0;-0;"-"', "0.0")
    day, thousands, share, negative, star, below, dash, point = (
        book.add_format({"num_format": each}) for each in codes
    )
    held.write_row(0, 0, ["Offence"])
    for column, serial in enumerate((45292, 45323, 45352), 1):
        held.write(0, column, serial, day)
    cells = [
        ("Arson", (12, None), (3, below), (0, dash)),
        ("Theft", (45000, thousands), (-4, negative), (7, star)),
        ("Robbery", (9, None), (0.25, share), (2.5, point)),
    ]
    for at, (label, *figures) in enumerate(cells, 1):
        held.write(at, 0, label)
        for column, (figure, look) in enumerate(figures, 1):
            held.write(at, column, figure, look)


def _serials(book: Any) -> None:
    held = book.add_worksheet()
    for at, row in enumerate([["Offence", 45292, 45323], ["Arson", 12, 3], ["Theft", 5, 6]]):
        held.write_row(at, 0, row)


def _hidden(book: Any) -> None:
    held = book.add_worksheet("Answer")
    for at, row in enumerate([["Offence", 2022, 2023], ["Arson", 1, 2], ["Theft", 30, 40], ["Total", 31, 42]]):
        held.write_row(at, 0, row)
    held.set_row(2, None, None, {"hidden": True})
    other = book.add_worksheet("Working")
    other.write_row(0, 0, ["Offence", 2022])
    other.write_row(1, 0, ["Arson", 99])
    other.hide()


def _two_sheets(book: Any) -> None:
    for name, number in (("Victims", 3), ("Suspects", 8)):
        held = book.add_worksheet(name)
        held.write_row(0, 0, ["FOI 2025/001"])
        held.write_row(2, 0, ["Sex", "2022/23", "2023/24"])
        held.write_row(3, 0, ["Female", number, number + 1])
        held.write_row(4, 0, ["Male", number + 2, number + 3])
        held.write_row(6, 0, ["Notes: 1. Figures are correct as at 3 March 2025."])


_MAIL = message(
    "Please find our answer.\n\n2022: 5\n2023: 6\n",
    a_xlsx=xlsx(["Offence | 2022\nArson | 7\nTheft | 8"]),
    b_csv=b"Offence,2023\nFraud,9\nRape,11\n",
)
_BUILT = {
    "number formats": (
        ".xlsx",
        workbook(_formats),
        "Arson; 2024-01, 2024-02; 12, ?\nRobbery; 2024-01, 2024-02, 2024-03; 9, 25%, 2.5 rate\n"
        "Theft; 2024-02; -4\nTheft; ; ?",
    ),
    "dates left as serial numbers": (".xlsx", workbook(_serials), "Arson; ; ?\nTheft; ; ?"),
    "hidden row and hidden sheet": (
        ".xlsx",
        workbook(_hidden),
        "Arson; 2022, 2023; 1, 2\nTotal; 2022, 2023; 31, 42",
    ),
    "two sheets with title and notes": (
        ".xlsx",
        workbook(_two_sheets),
        "Victims + Female; 2022/23, 2023/24; 3, 4\nVictims + Male; 2022/23, 2023/24; 5, 6\n"
        "Suspects + Female; 2022/23, 2023/24; 8, 9\nSuspects + Male; 2022/23, 2023/24; 10, 11",
    ),
    "message with a body and two files": (
        ".eml",
        _MAIL,
        "; 2022, 2023; 5, 6\nArson; 2022; 7\nTheft; 2022; 8\nFraud; 2023; 9\nRape; 2023; 11",
    ),
}


def samples() -> dict[str, Sample]:
    """Return every sample by its name."""
    text = (Path(__file__).parent / "published_samples.txt").read_text("utf-8")
    found = {name: Sample(kind, raw, truths(truth)) for name, (kind, raw, truth) in _BUILT.items()}
    for part in text.split("## ")[1:]:
        name, _, rest = part.partition("\n")
        if name in found:
            raise ValueError(f"two samples are named {name}")
        found[name] = _written(rest.rstrip("\n"))
    return found
