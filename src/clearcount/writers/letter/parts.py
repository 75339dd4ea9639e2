"""What a letter template can ask for: words that stand in a line, and parts that take a paragraph's place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from clearcount.writers.content import (
    DRAFT,
    Block,
    Bullets,
    Chart,
    Facts,
    Figures,
    Lines,
    Paragraph,
    draft_lines,
    extract_date,
    facts,
    sections,
)
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
    blocks: Callable[[PrintedRelease], tuple[Block, ...]]
    required: bool = True
    tables: bool = False
    """Whether it may hold tables, which need the width of a page and cannot stand in a cell."""


def _section(name: str) -> Callable[[PrintedRelease], tuple[Block, ...]]:
    """The content of one section of the answer. Tables stand together in `tables`, and the chart is a file."""

    def blocks(release: PrintedRelease) -> tuple[Block, ...]:
        found = next((section.blocks for section in sections(release) if section.id == name), ())
        return tuple(
            Paragraph(f"See {block.caption}.")
            if isinstance(block, Figures)
            else Paragraph(f"See the table “{block.statement.title}”.")
            if isinstance(block, Lines)
            else block
            for block in found
            if not isinstance(block, Chart)
        )

    return blocks


def _draft_notice(release: PrintedRelease) -> tuple[Block, ...]:
    drafts = draft_lines(release)
    return (Paragraph(f"{DRAFT} These doubts about the request are open:"), Bullets(drafts)) if drafts else ()


def _tables(release: PrintedRelease) -> tuple[Block, ...]:
    figures = (Figures(table, number) for number, table in enumerate(release.tables, start=1))
    return (*figures, *map(Lines, release.statements))


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
        lambda release: (Facts(facts(release)),),
        required=False,
    ),
    "draft_notice": LetterPart("the doubts that make this a draft, or nothing", _draft_notice, required=False),
    "summary": LetterPart("the answer in brief: one line a question, and whether people read the hits",
                    _section("answer-as-asked")),
    "data_source": LetterPart("where the records come from", _section("data-source")),
    "data_processing": LetterPart("what was counted and how months are made", _section("data-processing")),
    "request": LetterPart("the request in its own words, and how it was read", _section("the-request")),
    "answers": LetterPart("each question, its answer and the offence codes that answer it", _section("the-answer"),
                    tables=True),
    "method": LetterPart("how the count was made", _section("method")),
    "quality": LetterPart("how reliable the count is", _section("quality")),
    "small_numbers": LetterPart("what is hidden or rounded, and why", _section("small-numbers")),
    "notes": LetterPart("further notes, and what changed since an earlier version", _section("notes")),
    "repeat": LetterPart("what it takes to repeat the answer, and the files that belong to it",
                         _section("to-repeat-this"), required=False),
    "rights": LetterPart("internal review, the Information Commissioner, contact and licence", _section("your-rights")),
    "tables": LetterPart("every table of the answer, with its notes", _tables, tables=True),
}  # fmt: skip
"""The placeholders that become paragraphs and tables, by name."""

ASKED_OF_EVERY_LETTER = ("reference", "received", "answered")
"""Words that a letter says somewhere; the part `facts` says all three."""


def words_of(release: PrintedRelease) -> dict[str, str]:
    """Return what each word prints for this release, on one line."""
    return {name: plain(word.value(release)) for name, word in WORDS.items()}
