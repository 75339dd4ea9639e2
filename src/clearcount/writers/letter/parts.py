"""What a letter template can ask for: words that stand in a line, and parts that take a paragraph's place."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from clearcount.writers.blocks import DRAFT, Block, Bullets, Facts, Figures, Heading, Lines, Paragraph
from clearcount.writers.content import codes_block, draft_lines, facts, sections
from clearcount.writers.front import answers, asked, extract_date, how_sure, not_counted
from clearcount.writers.printed import plain
from clearcount.writers.printed_release import PrintedRelease, spoken_date


@dataclass(frozen=True)
class Word:
    """A placeholder inside a line; it may stand anywhere and as often as wished."""

    prints: str
    value: Callable[[PrintedRelease], str]


@dataclass(frozen=True)
class LetterPart:
    """A placeholder that stands alone in a paragraph of the letter's body, once, and becomes paragraphs or tables."""

    prints: str
    blocks: Callable[[PrintedRelease, Collection[str]], tuple[Block, ...]]
    """Its content for a release, in a letter that has the parts of these names."""
    required: bool = True
    tables: bool = False
    """Whether it may hold tables, which need the width of a page and cannot stand in a cell."""


def _section(name: str) -> Callable[[PrintedRelease, Collection[str]], tuple[Block, ...]]:
    """The content of one section of the answer. Statements stand in `tables`, and a link leads there."""

    def blocks(release: PrintedRelease, names: Collection[str]) -> tuple[Block, ...]:
        found = next((section.blocks for section in sections(release) if section.id == name), ())
        return tuple(
            Paragraph(f"See the table “{block.statement.title}”.", f"#{block.anchor}")
            if isinstance(block, Lines)
            else block
            for block in found
        )

    return blocks


def _of(make: Callable[[PrintedRelease], tuple[Block, ...]]) -> Callable[..., tuple[Block, ...]]:
    """A part that is the same whatever else the letter has."""
    return lambda release, names: make(release)


def _draft_notice(release: PrintedRelease) -> tuple[Block, ...]:
    drafts = draft_lines(release)
    return (Paragraph(f"{DRAFT} These doubts about the request are open:"), Bullets(drafts)) if drafts else ()


_ROWS = 46
"""Rows of tables that the letter itself takes; what is longer stands in the annex."""
_ACROSS, _ACROSS_TURNED = 6, 8
"""Columns of numbers that such a table has at most, as it is and turned."""


def _near(release: PrintedRelease) -> tuple[Figures, ...]:
    """The tables asked for that are small enough to stand in the letter itself."""
    found: list[Figures] = []
    rows = 0
    for number, table in enumerate(release.answers, 1):
        figures = Figures(table, number)
        rows += len(figures.shape.rows) + 3
        if rows > _ROWS or len(figures.shape.heads) > (_ACROSS_TURNED if figures.shape.turned else _ACROSS):
            break
        found.append(figures)
    return tuple(found)


def _figures(release: PrintedRelease) -> tuple[Block, ...]:
    near = _near(release)
    far = (Figures(table, number) for number, table in enumerate(release.answers, 1) if number > len(near))
    return (*near, *(Paragraph(figures.caption, f"#cc-table-{figures.number}") for figures in far))


def _tables(release: PrintedRelease, names: Collection[str]) -> tuple[Block, ...]:
    """Every table that `figures`, where the letter has it, does not print."""
    apart = "figures" in names
    near = len(_near(release)) if apart else 0
    figures = (Figures(table, number) for number, table in enumerate(release.told, start=1) if number > near)
    # What the numbers are stands over the first of them, wherever that is.
    heading = () if apart else (Heading(release.heading),)
    return (*heading, *figures, *map(Lines, release.statements))


WORDS: Mapping[str, Word] = {
    "reference": Word("the reference of the request", lambda release: release.reference),
    "title": Word("the title of the request", lambda release: release.title),
    "force": Word("the name of the force", lambda release: release.force.name),
    "department": Word("the department that answers", lambda release: release.force.department),
    "received": Word("the day on which the request arrived", lambda release: spoken_date(release.received)),
    "answered": Word("the date of the answer", lambda release: spoken_date(release.version_date)),
    "period": Word("the period covered", lambda release: release.period),
    "records_as_at": Word("the day as of which the records are counted", extract_date),
    "replaces": Word("the earlier answer that this one replaces, or nothing", lambda release: release.supersedes),
    "heading": Word("what the numbers are, such as mentions that no person read", lambda release: release.heading),
    "licence": Word("the licence under which the answer may be used again", lambda release: release.force.licence),
    "licence_url": Word("the address of the licence", lambda release: release.force.licence_url),
    "draft": Word("that this is a draft, or nothing", lambda release: DRAFT if release.draft_because else ""),
}
"""The placeholders inside a line, by name."""

PARTS: Mapping[str, LetterPart] = {
    "facts": LetterPart(
        "reference, who answers, dates, period and what is replaced, one a line",
        _of(lambda release: (Facts(facts(release)),)),
        required=False,
    ),
    "draft_notice": LetterPart("the doubts that make this a draft, or nothing", _of(_draft_notice), required=False),
    "asked": LetterPart("what was asked, in short", _of(asked), required=False),
    "summary": LetterPart("the answer to each question: a sentence and a small table", _of(answers), tables=True),
    "figures": LetterPart("the tables asked for where they are small, else links to them", _of(_figures),
                          required=False, tables=True),
    "not_counted": LetterPart("what was left out, with its number", _of(not_counted), required=False),
    "data_source": LetterPart("where the records come from", _section("data-source")),
    "data_processing": LetterPart("what was counted and how months are made", _section("data-processing")),
    "request": LetterPart("the request in its own words, and how it was read", _section("the-request")),
    "answers": LetterPart("the offence codes that answer each question, and what to know of them", _of(codes_block),
                    tables=True),
    "method": LetterPart("how the count was made", _section("method")),
    "quality": LetterPart("how sure the numbers are", _of(how_sure)),
    "small_numbers": LetterPart("what is hidden or rounded, and why", _section("small-numbers")),
    "notes": LetterPart("further notes, and what changed since an earlier version", _section("notes")),
    "repeat": LetterPart("what it takes to repeat the answer, and the files that belong to it",
                         _section("to-repeat-this"), required=False),
    "rights": LetterPart("internal review, the Information Commissioner, contact and licence", _section("your-rights")),
    "tables": LetterPart("every table of the answer that `figures` does not print, with its notes", _tables,
                         tables=True),
}  # fmt: skip
"""The placeholders that become paragraphs and tables, by name."""

ASKED_OF_EVERY_LETTER = ("reference", "received", "answered")
"""Words that a letter says somewhere; the part `facts` says all three."""


def words_of(release: PrintedRelease) -> dict[str, str]:
    """Return what each word prints for this release, on one line."""
    return {name: plain(word.value(release)) for name, word in WORDS.items()}
