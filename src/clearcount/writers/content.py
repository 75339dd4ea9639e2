"""What an answer says, in order, apart from how any one format draws it.

The headings follow the published answers that forces give (Data source, Data processing, The request, The answer), and
the answer as asked comes first. HTML, DOCX and the spreadsheets draw the same sections, so they cannot disagree.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from clearcount.foi.bodies import regulator_on
from clearcount.model.release import CodeLine
from clearcount.writers.printed import SHORTHAND, PrintedTable
from clearcount.writers.printed_release import PrintedQuestion, PrintedRelease, PrintedStatement, spoken_date

DRAFT = "DRAFT, not for publication."
ICO = "https://ico.org.uk/make-a-complaint/foi-and-eir-complaints/"
DOWNLOADS = (
    ("counts.csv", "the counts, one line for each cell, with the reason for every cell that has no number"),
    ("denominators.csv", "all offences in scope, in the same columns"),
    ("counts.csv-metadata.json", "what the columns of both mean (CSVW)"),
    ("table.csv", "the table as printed"),
    ("codes.csv", "every offence code that a question takes, with its law"),
    ("counts.xlsx", "every table as a workbook"),
    ("counts.ods", "the same workbook in the open document format"),
    ("response.docx", "this answer as a letter"),
    ("chart.svg", "the chart"),
    ("release.json", "how to repeat the answer, and the hash of every file"),
)
"""The files that a page may offer beside itself, and what each holds."""


def downloads(release: PrintedRelease) -> tuple[tuple[str, str], ...]:
    """Return the files that the page of this release offers."""
    return tuple(each for each in DOWNLOADS if each[0] != "codes.csv" or release.has_code_list)


@dataclass(frozen=True)
class Paragraph:
    """A paragraph; with `href` its text is a link."""

    text: str
    href: str = ""


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
        shorthand = (f"[{mark}] {SHORTHAND[mark]}" for mark in self.table.shorthand)
        return (*shorthand, *self.table.left_out)


@dataclass(frozen=True)
class Codes:
    """The offence codes that answer one question."""

    question: int
    lines: tuple[CodeLine, ...]


LINES = ("What", "Number")
"""The headings of the two columns of a statement."""


@dataclass(frozen=True)
class Lines:
    """Numbers beside the tables, one a line: what was counted and what could not be."""

    statement: PrintedStatement


@dataclass(frozen=True)
class Chart:
    """Where the chart of the answer stands."""


@dataclass(frozen=True)
class Files:
    """Where the list of the bundle's other files stands."""

    files: tuple[tuple[str, str], ...] = ()


Block: TypeAlias = Paragraph | Bullets | Facts | Quote | Heading | Figures | Codes | Lines | Chart | Files


@dataclass(frozen=True)
class Section:
    """A section of the answer; `id` is its anchor."""

    id: str
    heading: str
    blocks: tuple[Block, ...]


def facts(release: PrintedRelease) -> tuple[tuple[str, str], ...]:
    """Return the head of every format: reference, who answers, and the dates a reader needs."""
    force = release.force
    pairs = (
        ("Reference", release.reference),
        ("Answered by", ", ".join(filter(None, (force.name, force.department)))),
        ("Request received", spoken_date(release.received)),
        ("Version date", spoken_date(release.version_date)),
        ("Period covered", release.period),
        ("Records as they stood on", extract_date(release)),
        ("Replaces", release.supersedes),
    )
    return tuple(pair for pair in pairs if pair[1])


def extract_date(release: PrintedRelease) -> str:
    """Return the day as of which the records are counted, in words; of several stores the day of each."""
    made = release.provenance
    if made.stores:
        return "; ".join(f"{store.name}: {_spoken(store.extract_date)}" for store in made.stores)
    return _spoken(made.extract_date)


def _spoken(day: str) -> str:
    try:
        return spoken_date(date.fromisoformat(day))
    except ValueError:
        return day


def draft_lines(release: PrintedRelease) -> tuple[str, ...]:
    """Return why this is a draft, one doubt an item; nothing for an answer that may be published."""
    return release.draft_because


def _paragraphs(texts: Iterable[str]) -> tuple[Paragraph, ...]:
    return tuple(map(Paragraph, texts))


def _asked(release: PrintedRelease) -> Section:
    answers = tuple(
        f"Question {question.number}: {question.answer}" for question in release.questions if question.answer
    )
    return Section(
        "answer-as-asked",
        "The answer as asked",
        (
            *((Bullets(answers),) if answers else ()),
            Heading(release.heading),
            Figures(release.answer, 1),
            Chart(),
            *(Figures(table, number) for number, table in enumerate(release.answers[1:], 2)),
            *((Heading(_scope_heading(release)),) if release.under else ()),
            *(Figures(table, number) for number, table in enumerate(release.under, len(release.answers) + 1)),
        ),
    )


def _scope_heading(release: PrintedRelease) -> str:
    people = release.answer.unit not in ("offences", "occurrences")
    return f"All {release.answer.unit if people else 'offences'} in scope, whether or not they match"


def _question(question: PrintedQuestion) -> tuple[Block, ...]:
    return (
        Heading(f"Question {question.number}"),
        Quote((question.text,)),
        *((Paragraph(question.answer),) if question.answer else ()),
        *((Codes(question.number, question.codes),) if question.codes else ()),
        *((Bullets(question.remarks),) if question.remarks else ()),
    )


def _request(release: PrintedRelease) -> Section:
    reasons = tuple(reason for _, reason in release.accepted)
    return Section(
        "the-request",
        "The request",
        (
            Quote(release.request or (release.title,)),
            *((Paragraph("How the request was read where it leaves room:"), Bullets(reasons)) if reasons else ()),
        ),
    )


def _others(release: PrintedRelease) -> tuple[Block, ...]:
    return tuple(
        block
        for number, table in enumerate(release.others, start=len(release.tables) - len(release.others) + 1)
        for block in (Heading(table.title), Figures(table, number))
    )


def _repeat(release: PrintedRelease) -> Section:
    made = release.provenance
    snapshots = "; ".join(f"{store.name}: {store.snapshot}" for store in made.stores)
    return Section(
        "to-repeat-this",
        "To repeat this answer",
        (
            Facts(
                (
                    (
                        "Record snapshot",
                        snapshots or str(made.snapshot),
                    ),
                    ("Offence code list", made.codes_version),
                    ("clearcount", made.clearcount_version),
                    ("Matcher", made.matcher_version),
                    ("Unicode tables", made.unicode_version),
                )
            ),
            Files(downloads(release)),
        ),
    )


def _rights(release: PrintedRelease) -> Section:
    force, regulator = release.force, regulator_on(release.version_date)
    contact = tuple((name.replace("_", " ").capitalize(), how) for name, how in force.contact.items())
    return Section(
        "your-rights",
        "Your rights",
        (
            Paragraph(
                "If you are not content with this answer, you can ask us for an internal review within 40 working "
                "days of its date. Wherever possible, somebody who did not make this decision will look at your "
                "request afresh (Freedom of Information Code of Practice 2018, part 5)."
            ),
            Paragraph(
                f"After the review, you can ask the {regulator} for a decision under "
                f"section 50 of the Freedom of Information Act 2000. The {regulator} asks for complaints within six "
                "weeks of our last answer to you."
            ),
            Paragraph(f"How to complain to the {regulator}", ICO),
            *((Facts(contact),) if contact else ()),
            *((Paragraph(_quote(release)),) if force.reference_scheme else ()),
            Paragraph("You may use this answer again under the licence named here."),
            Paragraph(force.licence, force.licence_url),
        ),
    )


def _quote(release: PrintedRelease) -> str:
    return (
        f"Please give the reference {release.reference} when you write to us. "
        f"Our references have the form {release.force.reference_scheme}."
    )


def sections(release: PrintedRelease) -> tuple[Section, ...]:
    """Return the answer, section by section; one without content is left out."""
    made = (
        _asked(release),
        Section("data-source", "Data source", _paragraphs(release.data_source)),
        Section(
            "data-processing",
            "Data processing",
            (*_paragraphs(release.data_processing), *map(Lines, release.statements)),
        ),
        _request(release),
        Section("the-answer", "The answer", tuple(b for q in release.questions for b in _question(q))),
        Section("further-tables", "Further tables", _others(release)),
        Section("method", "How the count was made", _paragraphs(release.method)),
        Section("quality", "Quality", _paragraphs(release.quality)),
        Section("small-numbers", "Small numbers", _paragraphs(release.disclosure)),
        Section("notes", "Notes", _paragraphs(release.notes)),
        _repeat(release),
        _rights(release),
    )
    return tuple(section for section in made if section.blocks)
