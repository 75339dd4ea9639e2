"""The sheets that XLSX and ODS share, laid out by the Government Analysis Function's rules for spreadsheets.

It has a cover, a list of contents, notes, then one table a sheet. A sheet has one heading row, and no merged and no
blank cell. Shorthand is in brackets and explained. Sheet names say what the sheet holds. Codes are text cells and
numbers are numbers. Source: Government Analysis Function, Releasing statistics in spreadsheets (2021, revised 2023).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TypeAlias

from clearcount.model.months import TOTAL
from clearcount.writers.content import (
    DRAFT,
    LINES,
    Bullets,
    Heading,
    Paragraph,
    Quote,
    Section,
    draft_lines,
    facts,
    sections,
)
from clearcount.writers.printed import SHORTHAND, PrintedRow, PrintedTable, inert
from clearcount.writers.printed_release import PrintedRelease, PrintedStatement

NONE = "none"
"""What a cell of words says where there is nothing to say, because no cell is blank."""
LONGEST_CELL = 32_000
"""Characters that a cell takes; Excel's limit is 32,767."""
_SHEET_NAME = re.compile(r"[\[\]:*?/\\']")
_WORDS = ("the-request", "data-source", "data-processing", "method", "quality", "small-numbers", "notes", "your-rights")


Cell: TypeAlias = str | int


@dataclass(frozen=True)
class WrittenSheet:
    """One sheet: a title, lines of words, then one table (none on the cover). The first `words` columns are wrapped."""

    name: str
    title: str
    lines: tuple[str, ...]
    header: tuple[str, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()
    words: int = 0

    @property
    def fits_a_page(self) -> bool:
        """Whether the columns stay readable when they are printed side by side on one landscape page."""
        return len(self.header) <= 16

    @property
    def table_name(self) -> str:
        """The name by which a formula or screen reader finds the sheet's table."""
        return re.sub(r"\W+", "_", self.name).strip("_").lower()


def workbook(release: PrintedRelease) -> tuple[WrittenSheet, ...]:
    """Return every sheet of the workbook in order."""
    draft = (DRAFT,) if release.draft_because else ()
    tables = tuple(_figures(table, draft) for table in _named(release.tables))
    method = _words(release, draft)
    lines = tuple(_lines(statement, draft) for statement in release.statements)
    body = (_notes(draft), _questions(release, draft), *tables, *lines, method)
    return tuple(map(_inert, (_cover(release), _contents(body, draft), *body)))


def _inert(sheet: WrittenSheet) -> WrittenSheet:
    """The sheet without a text that a program could run as a formula."""
    rows = tuple(tuple(inert(cell) if isinstance(cell, str) else cell for cell in row) for row in sheet.rows)
    return replace(sheet, title=inert(sheet.title), lines=tuple(map(inert, sheet.lines)), rows=rows)


def data_header(table: PrintedTable) -> tuple[str, ...]:
    """Return the heading row of a data sheet; `Code` and the further dimensions are columns of their own."""
    dimensions = (name.replace("_", " ").capitalize() for name in table.dimensions)
    return ("Code", *dimensions, "Counted", *(column.printed for column in table.columns))


def sheet_words(line: PrintedRow) -> tuple[str, ...]:
    """Return the words of a row of a data sheet; a line of no one code is the total over codes."""
    label = line.label if line.row and not line.named else line.printed
    return (line.code or line.row or TOTAL, *line.extra, label or TOTAL)


def _named(tables: Iterable[PrintedTable]) -> list[tuple[str, PrintedTable]]:
    """Each table with a sheet name of its own, at most 31 characters (Excel's limit)."""
    named: list[tuple[str, PrintedTable]] = []
    for place, table in enumerate(tables):
        name = _SHEET_NAME.sub(" ", table.title)[:27].strip()
        if table.role:
            name = "Counts" if table.role == "answer" else "All offences in scope"
            name += f" {table.number}" if table.number > 1 else ""
        taken = {used.casefold() for used, _ in named} | {"cover", "contents", "notes", "questions and codes", "method"}
        taken |= {"account"}
        named.append((name if name.casefold() not in taken else f"{name[:27]} {place + 1}", table))
    return named


def _figures(named: tuple[str, PrintedTable], draft: tuple[str, ...]) -> WrittenSheet:
    name, table = named
    rows: list[tuple[Cell, ...]] = []
    for line, cells in zip(table.lines, table.cells, strict=True):
        numbers: list[Cell] = [int(cell.value) if cell.value else cell.shown for cell in cells]
        rows.append((*sheet_words(line), *numbers))
    shorthand = (f"[{mark}] {SHORTHAND[mark]}" for mark in table.shorthand)
    lines = (*draft, f"This sheet contains one table. It counts {table.unit}.", *shorthand, *table.left_out)
    return WrittenSheet(name, table.title, lines, data_header(table), tuple(rows), words=2 + len(table.dimensions))


def _lines(statement: PrintedStatement, draft: tuple[str, ...]) -> WrittenSheet:
    rows = tuple((line.heading, int(line.shown) if line.shown.isdigit() else line.shown) for line in statement.lines)
    lines = (*draft, "This sheet contains one table. A dash marks a part of the line above.")
    return WrittenSheet(statement.name.capitalize(), statement.title, lines, LINES, rows, words=1)


def _cover(release: PrintedRelease) -> WrittenSheet:
    drafts = draft_lines(release)
    lines = (
        *((f"{DRAFT} These doubts about the request are open: {'; '.join(drafts)}.",) if drafts else ()),
        *(f"{name}: {value}" for name, value in facts(release)),
        f"Licence: {release.force.licence}, {release.force.licence_url}",
        f"What the numbers are: {release.heading}.",
    )
    return WrittenSheet("Cover", release.title, lines)


def _contents(body: Iterable[WrittenSheet], draft: tuple[str, ...]) -> WrittenSheet:
    rows = tuple((sheet.name, sheet.title) for sheet in body)
    lines = (*draft, "This sheet contains one table: the sheets of this workbook.")
    return WrittenSheet("Contents", "Contents", lines, ("Sheet", "What it holds"), rows, words=2)


def _notes(draft: tuple[str, ...]) -> WrittenSheet:
    rows = (("0", "a count of zero"), *((f"[{mark}]", meaning) for mark, meaning in SHORTHAND.items()))
    lines = (*draft, "This sheet contains one table. Not every shorthand stands in this workbook.")
    return WrittenSheet("Notes", "Shorthand used in the tables", lines, ("Shorthand", "Meaning"), rows, words=2)


def _questions(release: PrintedRelease, draft: tuple[str, ...]) -> WrittenSheet:
    rows = tuple(
        tuple(
            text or NONE
            for text in (
                str(question.number), question.text[:LONGEST_CELL], question.answer,
                code and code.code, code and code.label, code and code.law, code and code.in_force,
                " ".join(question.remarks)[:LONGEST_CELL],
            )
        )
        for question in release.questions
        for code in question.codes or (None,)
    )  # fmt: skip
    header = ("Question", "As asked", "Answer", "Code", "Offence", "Law", "In force", "Remarks")
    lines = (*draft, "This sheet contains one table: which offence codes answer which question.")
    return WrittenSheet("Questions and codes", "Questions and the codes that answer them", lines, header, rows, words=8)


def _words(release: PrintedRelease, draft: tuple[str, ...]) -> WrittenSheet:
    """The sections of words, one paragraph a row."""
    by_id = {section.id: section for section in sections(release)}
    rows = tuple(
        (section.heading, text[start : start + LONGEST_CELL])
        for section in (by_id[name] for name in _WORDS if name in by_id)
        for text in _texts(section)
        for start in range(0, len(text), LONGEST_CELL)
    )
    lines = (*draft, "This sheet contains one table: the words of the answer, one paragraph a row.")
    return WrittenSheet("Method", "The request, the method and your rights", lines, ("Section", "Text"), rows, words=2)


def _texts(section: Section) -> Iterable[str]:
    for block in section.blocks:
        match block:
            case Paragraph(text, href):
                yield f"{text}: {href}" if href else text
            case Heading(text):
                yield text
            case Bullets(items):
                yield from items
            case Quote(paragraphs):
                yield from paragraphs
            case _:
                pairs = getattr(block, "pairs", ())
                yield from (f"{name}: {value}" for name, value in pairs)
