"""The sheets that XLSX and ODS share, laid out by the Government Analysis Function's rules for spreadsheets.

The cover lists the sheets, and the answer in short follows. Then each sheet holds one table. It has one heading row,
and no merged and no blank cell. What a shorthand means is said beside its table. Codes are text cells and numbers are
numbers. Many periods run down a sheet and not across, so that it prints on one page.
Source: Government Analysis Function, Releasing statistics in spreadsheets (2021, revised 2023).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from clearcount.model.months import TOTAL
from clearcount.model.record import Noun, spoken_of
from clearcount.writers.arranged import arranged
from clearcount.writers.blocks import (
    DRAFT,
    IN_SHORT,
    LINES,
    AnswerInShort,
    Block,
    Bullets,
    Codes,
    Heading,
    Paragraph,
    Quote,
    explained,
)
from clearcount.writers.content import codes_block, contact, draft_lines, facts, sections
from clearcount.writers.front import answers, asked, how_sure, not_counted
from clearcount.writers.printed import PrintedCell, PrintedRow, PrintedTable, inert
from clearcount.writers.printed_release import PrintedRelease, PrintedStatement

NO_FIGURE = "no figure"
"""What a cell for a figure says beside words, because no cell is blank and "none" would read as a zero."""
LONGEST_CELL = 32_000
"""Characters that a cell takes; Excel's limit is 32,767."""
_SHEET_NAME = re.compile(r"[\[\]:*?/\\']")
_WORDS = (
    *("the-request", "offence-codes", "data-source", "data-processing"),
    *("method", "small-numbers", "notes"),
)
COUNT_HEADS = (("Code",), ("Period",))
"""The first cell of the heading row of a table of counts: no other table begins with it."""


Cell: TypeAlias = str | int


@dataclass(frozen=True)
class WrittenSheet:
    """One sheet: a title, lines of words, then one table (none on the cover). The first `words` columns are wrapped.

    `upright` sheets print on portrait pages. Every sheet prints as wide as one page. A text of the first column that is
    one of `links` leads to the sheet of that name.
    """

    name: str
    title: str
    lines: tuple[str, ...]
    header: tuple[str, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()
    words: int = 0
    upright: bool = False
    links: frozenset[str] = frozenset()

    @property
    def table_name(self) -> str:
        """The name by which a formula or screen reader finds the sheet's table."""
        return re.sub(r"\W+", "_", self.name).strip("_").lower()


def workbook(release: PrintedRelease) -> tuple[WrittenSheet, ...]:
    """Return every sheet of the workbook in order."""
    draft = (DRAFT,) if release.draft_because else ()
    tables = tuple(_figures(table, draft, release.noun) for table in _named(release.told, release.noun))
    method = _words(release, draft)
    lines = tuple(_lines(statement, draft) for statement in release.statements)
    body = (_answer(release, draft), *tables, *lines, *_codes(release, draft), method)
    return tuple(map(_inert, (_cover(release, body), *body)))


def _inert(sheet: WrittenSheet) -> WrittenSheet:
    """The sheet without a text that a program could run as a formula."""
    rows = tuple(tuple(inert(cell) if isinstance(cell, str) else cell for cell in row) for row in sheet.rows)
    return replace(sheet, title=inert(sheet.title), lines=tuple(map(inert, sheet.lines)), rows=rows)


def data_rows(table: PrintedTable) -> tuple[tuple[str, ...], tuple[tuple[Cell, ...], ...]]:
    """Return the heading row and the rows of a table of counts.

    A turned table has its periods in the first column. Any other has `Code` and the further dimensions as columns of
    their own.
    """
    shape = arranged(table)
    if shape.turned:
        header = ("Period", *(head.text for head in shape.heads))
        return header, tuple((row.heading, *map(_number, row.cells)) for row in shape.rows)
    dimensions = (name.replace("_", " ").capitalize() for name in table.dimensions)
    header = ("Code", *dimensions, "Counted", *(column.printed for column in table.columns))
    lines = zip(table.lines, table.cells, strict=True)
    return header, tuple((*sheet_words(line), *map(_number, cells)) for line, cells in lines)


def _number(cell: PrintedCell) -> Cell:
    return int(cell.value) if cell.value else cell.shown


def sheet_words(line: PrintedRow) -> tuple[str, ...]:
    """Return the words of a row of a data sheet; a line of no one code is the total over codes."""
    label = line.label if line.row and not line.named else line.printed
    return (line.code or line.row or TOTAL, *line.extra, label or TOTAL)


def _named(tables: Iterable[PrintedTable], noun: Noun) -> list[tuple[str, PrintedTable]]:
    """Each table with a sheet name of its own, at most 31 characters (Excel's limit)."""
    named: list[tuple[str, PrintedTable]] = []
    for place, table in enumerate(tables):
        name = _SHEET_NAME.sub(" ", table.title)[:27].strip()
        if table.role:
            name = "Counts" if table.role == "answer" else f"All {noun.many} in scope"[:27]
            name += f" {table.number}" if table.number > 1 else ""
        taken = {used.casefold() for used, _ in named} | {"cover", "answer", "codes", "method", "account"}
        named.append((name if name.casefold() not in taken else f"{name[:27]} {place + 1}", table))
    return named


def _figures(named: tuple[str, PrintedTable], draft: tuple[str, ...], noun: Noun) -> WrittenSheet:
    name, table = named
    header, rows = data_rows(table)
    turned = header[0] == "Period"
    one = f"This sheet contains one table, “{name}”. It counts {spoken_of(table.unit, noun)[1]}."
    lines = (*draft, one, *explained(table.shorthand), *table.left_out)
    words = 1 if turned else 2 + len(table.dimensions)
    return WrittenSheet(name, table.title, lines, header, rows, words=words, upright=turned)


def _lines(statement: PrintedStatement, draft: tuple[str, ...]) -> WrittenSheet:
    rows = tuple((line.heading, int(line.shown) if line.shown.isdigit() else line.shown) for line in statement.lines)
    lines = (*draft, f"This sheet contains one table, “{statement.title}”. A dash marks a part of the line above.")
    return WrittenSheet(statement.name.capitalize(), statement.title, lines, LINES, rows, words=1, upright=True)


def _cover(release: PrintedRelease, body: Sequence[WrittenSheet]) -> WrittenSheet:
    """What the workbook is and whom to ask about it, one line each, above the list of its sheets."""
    drafts = draft_lines(release)
    lines = (
        *((DRAFT, "These doubts about the request are open:", *drafts) if drafts else ()),
        *(f"{name}: {value}" for name, value in (*facts(release), *contact(release))),
        f"Licence: {release.force.licence}, {release.force.licence_url}",
        f"What the numbers are: {release.heading}.",
        "This sheet contains one table, the list of sheets.",
    )
    rows = tuple((sheet.name, sheet.title) for sheet in body)
    links = frozenset(sheet.name for sheet in body)
    return WrittenSheet("Cover", release.title, lines, ("Sheet", "What it holds"), rows, words=2, links=links)


def _answer(release: PrintedRelease, draft: tuple[str, ...]) -> WrittenSheet:
    """The answer in short: for each question a row as asked, a row with the sentence, and a row for each line."""
    blocks = answers(release)
    found = [block for block in blocks if isinstance(block, AnswerInShort)]
    heads = tuple(dict.fromkeys(head for block in found for head in block.heads))
    nothing = (NO_FIGURE,) * len(heads)
    rows: list[tuple[Cell, ...]] = []
    for block in found:
        rows += [(block.name, text[:LONGEST_CELL], *nothing) for text in block.texts]
        rows += [(block.name, block.sentence, *nothing)] if block.sentence else []
        for heading, cells in block.rows:
            given = dict(zip(block.heads, map(_number, cells), strict=True))
            rows.append((block.name, heading, *(given.get(head, NO_FIGURE) for head in heads)))
    rows += [("All questions", text, *nothing) for text in release.together]
    used = (bullet for block in blocks if isinstance(block, Bullets) for bullet in block.items)
    lines = (*draft, "This sheet contains one table, the answer in short.", *used)
    header = ("Question", "As asked, and what was counted", *heads)
    return WrittenSheet("Answer", IN_SHORT, lines, header, tuple(rows), words=2)


def _codes(release: PrintedRelease, draft: tuple[str, ...]) -> Iterator[WrittenSheet]:
    """The codes of all questions, each once; no sheet where there is none."""
    for block in codes_block(release):
        if isinstance(block, Codes):
            lines = (*draft, f"This sheet contains one table, the {'offence codes' if block.has_law else 'codes'}.")
            # The first heading of the block is that of a table of counts.
            header = ("Offence code" if block.has_law else "Code of the data", *block.heads[1:])
            yield WrittenSheet("Codes", block.caption, lines, header, block.rows, words=len(header))


def _words(release: PrintedRelease, draft: tuple[str, ...]) -> WrittenSheet:
    """The words of the first page and of the sections, one paragraph a row."""
    by_id = {section.id: section for section in sections(release)}
    parts = (
        ("What was asked", asked(release)),
        ("What was not counted", not_counted(release)),
        ("How sure this is", how_sure(release)),
        *((by_id[name].heading, by_id[name].blocks) for name in _WORDS if name in by_id),
    )
    rows = tuple(
        (heading, text[start : start + LONGEST_CELL])
        for heading, blocks in parts
        for text in _texts(blocks)
        for start in range(0, len(text), LONGEST_CELL)
    )
    lines = (*draft, "This sheet contains one table, the words of the answer, with one paragraph a row.")
    return WrittenSheet(
        "Method", "The request, the method and your rights", lines, ("Section", "Text"), rows, words=2, upright=True
    )


def _texts(blocks: Iterable[Block]) -> Iterator[str]:
    for block in blocks:
        match block:
            case Paragraph():
                yield block.spelt_out
            case Heading(text):
                yield text
            case Bullets(items):
                yield from items
            case Quote(paragraphs):
                yield from paragraphs
            case _:
                pairs = getattr(block, "pairs", ())
                yield from (f"{name}: {value}" for name, value in pairs)
