"""Makes published tables with a known truth, in five formats and many manners. Nothing here reads a table."""

from __future__ import annotations

import calendar
import csv
import html
import io
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

import docx
import xlsxwriter
from fpdf import FPDF

MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October"]
MONTHS += ["November", "December"]
WORDS = ["Bicycle theft", "Shop theft", "Criminal damage", "Arson", "Burglary", "Fraud", "Drunk and disorderly"]
WORDS += ["Vehicle crime", "Littering", "Harassment", "Trespass", "Robbery"]
AREAS = ["North", "South", "Harbour", "Hill", "Old Town"]
SEXES = ["Male", "Female", "Not recorded"]
SIGNS = {
    "[c]": "c",
    "*": "c",
    "<5": "low",
    "fewer than five": "low",
    "-": "blank",
    "N/A": "blank",
    "[z]": "z",
    "not held": "x",
}


@dataclass(frozen=True)
class Truth:
    """One figure as a careful person reads it."""

    label: str
    group: str
    measure: str
    first: str
    last: str
    value: str
    marker: str = ""


@dataclass
class Made:
    """A table as rows of (text, columns spanned, rows spanned, note), and its truths by printed place."""

    rows: list[list[tuple[str, int, int, str]]] = field(default_factory=list)
    truths: list[Truth] = field(default_factory=list)
    spans: bool = True
    titles: int = 0


@dataclass(frozen=True)
class _Column:
    heads: tuple[str, ...]
    first: date | None
    last: date | None
    measure: str = ""
    sums: tuple[int, ...] = ()


def _month_end(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def _month_name(rng: random.Random, style: int, year: int, month: int) -> str:
    name = MONTHS[month - 1]
    return [
        f"{name} {year}",
        f"{name[:3]} {year}",
        f"{name[:3]}-{year % 100:02d}",
        f"{year}-{month:02d}",
        f"{month:02d}/{year}",
    ][style]


def _fy_name(style: int, year: int) -> str:
    end = (year + 1) % 100
    return [
        f"{year}/{end:02d}",
        f"FY {year}/{end:02d}",
        f"{year}-{end:02d}",
        f"{year}/{year + 1}",
        f"Apr {year} - Mar {year + 1}",
    ][style]


def _columns(rng: random.Random) -> list[_Column]:
    kind = rng.choice(
        ["years", "fy", "months", "years-months", "years-quarters", "fy-quarters", "years-sexes", "measure-years"]
    )
    start = rng.randint(2012, 2022)
    count = rng.randint(2, 4)
    columns: list[_Column] = []
    if kind == "years":
        columns = [_Column((str(y),), date(y, 1, 1), date(y, 12, 31)) for y in range(start, start + count)]
        if rng.random() < 0.3:
            year, month = start + count, rng.randint(2, 11)
            name = rng.choice([f"{year} (to {MONTHS[month - 1][:3]})", f"{year} (Jan\u2013{MONTHS[month - 1][:3]})"])
            columns.append(_Column((name,), date(year, 1, 1), _month_end(year, month)))
    elif kind == "fy":
        style = rng.randrange(5)
        columns = [
            _Column((_fy_name(style, y),), date(y, 4, 1), date(y + 1, 3, 31)) for y in range(start, start + count)
        ]
    elif kind == "months":
        style = rng.randrange(5)
        month = rng.randint(1, 12)
        for step in range(rng.randint(2, 6)):
            year, at = start + (month - 1 + step) // 12, (month - 1 + step) % 12 + 1
            columns.append(_Column((_month_name(rng, style, year, at),), date(year, at, 1), _month_end(year, at)))
        if style == 3:  # 2012-01 .. may be read as a financial year only when it fits; keep what cannot be doubted
            columns = [c for c in columns if c.first and c.first.month != (c.first.year + 1) % 100]
    elif kind == "years-months":
        for year in range(start, start + 2):
            first = rng.randint(1, 9)
            held = []
            for month in range(first, first + rng.randint(2, 3)):
                held.append(len(columns))
                columns.append(
                    _Column((str(year), MONTHS[month - 1][:3]), date(year, month, 1), _month_end(year, month))
                )
            if rng.random() < 0.4 or (year > start and any(c.sums for c in columns)):
                columns.append(_Column((str(year), "Total"), date(year, 1, 1), date(year, 12, 31), "", tuple(held)))
        if sum(bool(c.sums) for c in columns) == 1:
            columns = [c for c in columns if not c.sums]
    elif kind in ("years-quarters", "fy-quarters"):
        for year in range(start, start + 2):
            for quarter in range(1, 5):
                month = (quarter - 1) * 3 + (4 if kind[0] == "f" else 1)
                y, m = year + (month > 12), (month - 1) % 12 + 1
                name = str(year) if kind[0] == "y" else _fy_name(rng.choice([0, 1]), year)
                columns.append(_Column((name, f"Q{quarter}"), date(y, m, 1), _month_end(y, m + 2)))
        names = {c.heads[0][-2:]: c.heads[0] for c in columns}
        columns = [_Column((names[c.heads[0][-2:]], c.heads[1]), c.first, c.last) for c in columns]
    elif kind == "years-sexes":
        for year in range(start, start + count):
            for sex in SEXES[: rng.randint(2, 2)]:
                columns.append(_Column((str(year), sex), date(year, 1, 1), date(year, 12, 31), sex))
    else:
        for word in rng.sample(["Recorded", "Charged", "Closed"], 2):
            for year in range(start, start + count):
                columns.append(_Column((word, str(year)), date(year, 1, 1), date(year, 12, 31), word))
    plain = [at for at, column in enumerate(columns) if not column.sums]
    if rng.random() < 0.5 and kind not in ("years-sexes", "measure-years"):
        first = min(column.first for column in columns if column.first and not column.sums)
        last = max(column.last for column in columns if column.last and not column.sums)
        heads = (
            (rng.choice(["Total", "Grand Total"]),)
            if len(columns[0].heads) == 1
            else (rng.choice(["Total", "Grand Total"]), "")
        )
        columns.append(_Column(heads, first, last, "", tuple(plain)))
    return columns


def make(rng: random.Random) -> Made:
    """Return one table with its truth."""
    made = Made(spans=rng.random() < 0.6)
    columns = _columns(rng)
    levels = len(columns[0].heads)
    names = rng.sample(WORDS, rng.randint(2, 5))
    sections = rng.sample(AREAS, 2) if rng.random() < 0.25 else [""]
    blanks = rng.random() < 0.3 and sections == [""]
    down = levels == 1 and sections == [""] and rng.random() < 0.2 and not columns[0].measure
    if down:
        return _down(rng, made, columns, names)
    head = rng.choice(["Offence", "Crime type", "Description", "Row Labels"])
    outer = sections == [""] and rng.random() < 0.2
    titles = rng.sample(
        ["Table 1: recorded crime", "Freedom of Information answer", "Extracted on 3 March 2025"], rng.randint(0, 2)
    )
    made.rows += [[(title, 1, 1, "")] for title in titles]
    made.titles = len(titles)
    for level in range(levels):
        row = [(head, 1, levels, "")] if level == 0 and made.spans else [(head if level == 0 else "", 1, 1, "")]
        if outer:
            row = [("Area", 1, row[0][2], "") if level == 0 else ("", 1, 1, ""), *row]
        at = 0
        while at < len(columns):
            text = columns[at].heads[level]
            width = 1
            if level < levels - 1 and text not in ("Total", "Grand Total"):
                while (
                    at + width < len(columns)
                    and columns[at + width].heads[: level + 1] == columns[at].heads[: level + 1]
                ):
                    width += 1
            if level and made.spans and columns[at].heads[level] == "":
                at += 1
                continue
            tall = 2 if made.spans and level == 0 and levels == 2 and columns[at].heads[1] == "" else 1
            row.append((text, width, tall, ""))
            at += width
        if level and made.spans:
            row = row[2 if outer else 1 :]
        made.rows.append(row)
    if outer:
        return _outer(rng, made, columns, names)
    for section in sections:
        if section:
            made.rows.append([(section, 1, 1, "")])
        sums = [0] * len(columns)
        for name in names:
            values = [0] * len(columns)
            for at, column in enumerate(columns):
                if not column.sums:
                    values[at] = rng.choice([0, 1, 2, 3, 7, 12, 45, 1234, 2011, 2019])
            free = [at for at, column in enumerate(columns) if not column.sums and rng.random() < 0.08]
            signs = {at: rng.choice(list(SIGNS)) for at in free}
            for at, sign in signs.items():
                values[at] = 0 if sign == "[z]" else values[at]
            for at, column in enumerate(columns):
                if column.sums:
                    values[at] = sum(values[each] for each in column.sums)
            row = [(name, 1, 1, "")]
            for at, (column, value) in enumerate(zip(columns, values, strict=True)):
                sums[at] += value
                if at in signs:
                    row.append((signs[at], 1, 1, ""))
                    made.truths.append(_truth(name, section, column, "", SIGNS[signs[at]]))
                    continue
                text = f"{value:,}" if rng.random() < 0.3 else str(value)
                note = str(rng.randint(1, 9)) if rng.random() < 0.05 else ""
                if blanks and value == 0 and not column.sums:
                    row.append(("", 1, 1, ""))
                    continue
                row.append((text, 1, 1, note))
                _true(made, name, section, column, value)
            made.rows.append(row)
        if rng.random() < 0.6:
            made.rows.append([("Total", 1, 1, ""), *((str(value), 1, 1, "") for value in sums)])
            for column, value in zip(columns, sums, strict=True):
                _true(made, "Total", section, column, value)
    return made


def _true(made: Made, name: str, section: str, column: _Column, value: int) -> None:
    made.truths.append(_truth(name, section, column, str(value)))


def _truth(name: str, section: str, column: _Column, value: str, marker: str = "") -> Truth:
    first = column.first.isoformat() if column.first else ""
    last = column.last.isoformat() if column.last else ""
    return Truth(name, section, column.measure, first, last, value, marker)


def _outer(rng: random.Random, made: Made, columns: list[_Column], names: list[str]) -> Made:
    """Return the table with an area over several rows in a column of its own, merged or written once."""
    for area in rng.sample(AREAS, 2):
        for number, name in enumerate(names):
            cells = (
                [(area, 1, len(names) if made.spans else 1, "")]
                if number == 0
                else []
                if made.spans
                else [("", 1, 1, "")]
            )
            values = [0 if column.sums else rng.choice([0, 3, 8, 60, 2014]) for column in columns]
            values = [
                sum(values[each] for each in c.sums) if c.sums else v for c, v in zip(columns, values, strict=True)
            ]
            made.rows.append([*cells, (name, 1, 1, ""), *((str(value), 1, 1, "") for value in values)])
            for column, value in zip(columns, values, strict=True):
                _true(made, f"{area} {name}", "", column, value)
    return made


def _down(rng: random.Random, made: Made, columns: list[_Column], names: list[str]) -> Made:
    """Return the table with its periods down the side."""
    made.rows.append(
        [("Year" if columns[0].heads[0].isdigit() else "Period", 1, 1, ""), *((name, 1, 1, "") for name in names)]
    )
    held: list[list[int]] = []
    for column in columns:
        if column.sums:
            values = [sum(held[each][at] for each in column.sums) for at in range(len(names))]
        else:
            values = [rng.choice([0, 1, 4, 9, 30, 2015]) for _ in names]
        held.append(values)
        made.rows.append([(column.heads[0], 1, 1, ""), *((str(value), 1, 1, "") for value in values)])
        for name, value in zip(names, values, strict=True):
            _true(made, name, "", column, value)
    return made


def placed(made: Made) -> list[tuple[int, int, str, int, int, str]]:
    """Return (row, column, text, columns, rows, note) of each printed cell."""
    taken: set[tuple[int, int]] = set()
    found = []
    for at, row in enumerate(made.rows):
        column = 0
        for text, wide, tall, note in row:
            while (at, column) in taken:
                column += 1
            found.append((at, column, text, wide, tall, note))
            taken |= {(at + i, column + j) for i in range(tall) for j in range(wide)}
            column += wide
    return found


def as_csv(made: Made, rng: random.Random) -> bytes:
    """Return the table as CSV; spans leave blanks, a note is written in brackets."""
    cells = {(row, column): text + (f" [{note}]" if note else "") for row, column, text, _, _, note in placed(made)}
    height, width = max(row for row, _ in cells) + 1, max(column for _, column in cells) + 1
    target = io.StringIO(newline="")
    csv.writer(target, delimiter=rng.choice([",", ",", ";", "\t"])).writerows(
        [cells.get((row, column), "") for column in range(width)] for row in range(height)
    )
    return target.getvalue().encode(rng.choice(["utf-8", "utf-8-sig", "utf-16"]))


def as_html(made: Made, rng: random.Random) -> bytes:
    """Return the table as a page."""
    rows: dict[int, list[str]] = {}
    for row, _, text, wide, tall, note in placed(made):
        span = (f" colspan={wide}" if wide > 1 else "") + (f' rowspan="{tall}"' if tall > 1 else "")
        mark = f"<sup>{note}</sup>" if note else ""
        rows.setdefault(row, []).append(f"<td{span}>{html.escape(text)}{mark}</td>")
    body = "".join(f"<tr>{''.join(cells)}</tr>" for _, cells in sorted(rows.items()))
    return f"<!doctype html><meta charset=utf-8><h1>Answer</h1><table>{body}</table><p>Thank you.</p>".encode()


def as_xlsx(made: Made, rng: random.Random) -> bytes:
    """Return the table as a workbook; figures are numbers, spans are merged."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    sheet = book.add_worksheet("Data")
    raised, plain = book.add_format({"font_script": 1}), book.add_format()
    thousands = book.add_format({"num_format": "#,##0"})
    for row, column, text, wide, tall, note in placed(made):
        bare = text.replace(",", "")
        if wide * tall > 1:
            sheet.merge_range(row, column, row + tall - 1, column + wide - 1, text)
        elif note:
            sheet.write_rich_string(row, column, plain, text, raised, note)
        elif bare.isdigit():
            sheet.write_number(row, column, int(bare), thousands if "," in text else None)
        elif text:
            sheet.write_string(row, column, text)
    book.close()
    return target.getvalue()


def as_docx(made: Made, rng: random.Random) -> bytes:
    """Return the table as a letter."""
    document = docx.Document()
    document.add_paragraph("Thank you for your request.")
    cells = placed(made)
    height = max(row + tall for row, _, _, _, tall, _ in cells)
    width = max(column + wide for _, column, _, wide, _, _ in cells)
    table = document.add_table(rows=height, cols=width)
    for row, column, text, wide, tall, note in cells:
        cell = table.cell(row, column)
        if wide * tall > 1:
            cell = cell.merge(table.cell(row + tall - 1, column + wide - 1))
        run = cell.paragraphs[0].add_run(text)
        run.bold = row == 0
        if note:
            cell.paragraphs[0].add_run(note).font.superscript = True
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def as_pdf(made: Made, rng: random.Random) -> bytes:
    """Return the table as a PDF with ruled cells."""
    page = FPDF(orientation="landscape", format="A3")
    page.add_page()
    page.set_font("Helvetica", size=8)
    cells = placed(made)
    width = max(column + wide for _, column, _, wide, _, _ in cells)
    unit = min(40.0, 390.0 / width)
    top = 20.0
    for row, column, text, wide, tall, note in cells:
        page.set_xy(10 + column * unit, top + row * 8)
        if row < made.titles:
            page.cell(200, 8.0, text)
            continue
        page.cell(unit * wide, 8.0 * tall, text.replace("\u2013", "-") + (f" [{note}]" if note else ""), border=1)
    filled = {
        (row + i, column + j) for row, column, _, wide, tall, _ in cells for i in range(tall) for j in range(wide)
    }
    for row in range(max(at for at, _ in filled) + 1):
        for column in range(width):
            if (row, column) not in filled and row >= made.titles:
                page.rect(10 + column * unit, top + row * 8, unit, 8)
    return bytes(page.output())


FORMATS: dict[str, Callable[[Made, random.Random], bytes]] = {
    ".csv": as_csv,
    ".html": as_html,
    ".xlsx": as_xlsx,
    ".docx": as_docx,
    ".pdf": as_pdf,
}
