"""The pieces that an answer is made of. Each format draws the same pieces, so no two formats can disagree."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from clearcount.model.release import CodeLine
from clearcount.writers.arranged import Arranged, arranged
from clearcount.writers.printed import SHORTHAND, PrintedCell, PrintedTable, plain
from clearcount.writers.printed_release import PrintedStatement

IN_SHORT = "The answer in short"
"""The heading of the first page and the title of its sheet."""
DRAFT = "DRAFT, not for publication."
"""What every page of a draft says."""


def explained(marks: Iterable[str]) -> tuple[str, ...]:
    """Return what each shorthand means, one line a mark."""
    return tuple(f"[{mark}] {SHORTHAND[mark]}" for mark in marks)


@dataclass(frozen=True)
class Paragraph:
    """A paragraph; with `href` its text is a link. A link to a place in the document begins with `#`."""

    text: str
    href: str = ""

    @property
    def leads_inside(self) -> bool:
        """Whether it is a link to a place in the same document."""
        return self.href.startswith("#")

    @property
    def spelt_out(self) -> str:
        """The text, followed by the address of a link that leads out: for formats in which a link cannot be seen."""
        return f"{self.text}: {self.href}" if self.href and not self.leads_inside else self.text


@dataclass(frozen=True)
class Bullets:
    """A list."""

    items: tuple[str, ...]


@dataclass(frozen=True)
class Facts:
    """Names and values."""

    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Quote:
    """Somebody else's words, one paragraph an item."""

    paragraphs: tuple[str, ...]


@dataclass(frozen=True)
class Heading:
    """A heading one level below the section's."""

    text: str


@dataclass(frozen=True)
class Figures:
    """A table of the release; `number` counts the tables of the page from 1."""

    table: PrintedTable
    number: int

    @property
    def caption(self) -> str:
        """`Table 1: ...`."""
        return f"Table {self.number}: {self.table.title}"

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader needs where the table stands: the shorthand in it, and what was left out of it."""
        return (*explained(self.table.shorthand), *self.table.left_out)

    @property
    def shape(self) -> Arranged:
        """The table as it lies on a page."""
        return arranged(self.table)


@dataclass(frozen=True)
class Codes:
    """The codes of all questions, each once; with the law and the dates in force where any code has them."""

    lines: tuple[CodeLine, ...]
    questions: tuple[str, ...]

    @property
    def has_law(self) -> bool:
        """Whether they are offences that a law makes: the codes of other records have neither law nor dates."""
        return any(line.law or line.in_force for line in self.lines)

    @property
    def caption(self) -> str:
        """The caption of the table."""
        return f"{'Offence codes' if self.has_law else 'Codes'} and the questions that they answer"

    @property
    def heads(self) -> tuple[str, ...]:
        """The headings of the table."""
        return ("Code", "Offence", "Law", "In force", "Questions") if self.has_law else ("Code", "Name", "Questions")

    @property
    def rows(self) -> tuple[tuple[str, ...], ...]:
        """The cells of the table; none is blank."""
        law = self.has_law
        told = ((line.code, line.label, *((line.law, line.in_force) if law else ())) for line in self.lines)
        return tuple(
            (*(plain(text) or "not stated" for text in cells), numbers)
            for cells, numbers in zip(told, self.questions, strict=True)
        )


@dataclass(frozen=True)
class AnswerInShort:
    """The answer to a question, or to several that have the same one: a sentence, and a small table below it."""

    numbers: tuple[int, ...]
    texts: tuple[str, ...]
    sentence: str
    heads: tuple[str, ...] = ()
    rows: tuple[tuple[str, tuple[PrintedCell, ...]], ...] = ()

    @property
    def name(self) -> str:
        """`Question 1`, or `Questions 3 and 4`."""
        return numbered(self.numbers)

    @property
    def said(self) -> str:
        """The sentence behind the name."""
        return f"{self.name}: {self.sentence}" if self.sentence else ""

    @property
    def headings(self) -> tuple[str, ...]:
        """Each question as asked, behind its number."""
        return tuple(f"Question {number}: {text}" for number, text in zip(self.numbers, self.texts, strict=True))

    @property
    def caption(self) -> str:
        """What a screen reader calls the small table where the sentence stands above it."""
        return f"{self.name}: the answer in numbers"

    @property
    def header(self) -> tuple[str, ...]:
        """The heading line of the small table."""
        return ("Counted", *self.heads)

    @property
    def lines(self) -> tuple[tuple[str, ...], ...]:
        """The small table as text, without its heading line."""
        return tuple((heading, *(cell.shown for cell in cells)) for heading, cells in self.rows)


def numbered(numbers: Sequence[int]) -> str:
    """Return `Question 1`, or `Questions 3, 4 and 5`."""
    words = [str(number) for number in numbers]
    listed = " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
    return f"Question{'s' if len(words) > 1 else ''} {listed}"


LINES = ("What", "Number")
"""The headings of the two columns of a statement."""


@dataclass(frozen=True)
class Lines:
    """Numbers beside the tables, one a line: what was counted and what could not be."""

    statement: PrintedStatement

    @property
    def anchor(self) -> str:
        """The name of the place in a document where the lines stand."""
        return f"cc-lines-{re.sub(r'[^0-9A-Za-z]+', '-', self.statement.name)}"


@dataclass(frozen=True)
class Chart:
    """Where the chart of the answer stands, and how to read it."""

    note: str


@dataclass(frozen=True)
class Files:
    """Where the list of the bundle's other files stands."""

    files: tuple[tuple[str, str], ...] = ()


Block: TypeAlias = (
    AnswerInShort | Paragraph | Bullets | Facts | Quote | Heading | Figures | Codes | Lines | Chart | Files
)
