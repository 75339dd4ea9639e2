"""What an answer says, in order, apart from how any one format draws it.

The headings follow the published answers that forces give (Data source, Data processing, The request, The answer), and
the answer as asked comes first. HTML, DOCX and the spreadsheets draw the same sections, so they cannot disagree.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from clearcount.model.release import AnsweredQuestion, CodeLine, Prose, Release
from clearcount.writers.printed import SHORTHAND, UNPRINTABLE, PrintedTable, plain, printed

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
DRAFT = "DRAFT, not for publication."
ICO = "https://ico.org.uk/make-a-complaint/foi-and-eir-complaints/"
DOWNLOADS = (
    ("counts.csv", "the counts, one line for each cell, with the reason for every cell that has no number"),
    ("denominators.csv", "all offences in scope, in the same columns"),
    ("counts.csv-metadata.json", "what the columns of both mean (CSVW)"),
    ("table.csv", "the table as printed"),
    ("counts.xlsx", "every table as a workbook"),
    ("counts.ods", "the same workbook in the open document format"),
    ("response.docx", "this answer as a letter"),
    ("chart.svg", "the chart"),
    ("release.json", "how to repeat the answer, and the hash of every file"),
)
"""The files that a page offers beside itself, and what each holds."""


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


@dataclass(frozen=True)
class Chart:
    """Where the chart of the answer stands."""


@dataclass(frozen=True)
class Files:
    """Where the list of the bundle's other files stands."""


Block: TypeAlias = Paragraph | Bullets | Facts | Quote | Heading | Figures | Codes | Chart | Files


@dataclass(frozen=True)
class Section:
    """A section of the answer; `id` is its anchor."""

    id: str
    heading: str
    blocks: tuple[Block, ...]


def spoken_date(day: date) -> str:
    """`19 August 2025`, whatever the machine's locale."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def period_covered(release: Release) -> str:
    """`January 2023 to June 2025`: the months of the request's scope that stand in or were left out of the answer."""
    table = release.answer
    months = sorted(month for period in (*table.periods, *table.dropped_periods) for month in period.months)
    if not months:
        return "no month"
    first, last = (f"{_MONTHS[month.month - 1]} {month.year}" for month in (months[0], months[-1]))
    return first if first == last else f"{first} to {last}"


def facts(release: Release) -> tuple[tuple[str, str], ...]:
    """The head of every format: reference, who answers, and the dates a reader needs."""
    force = release.force
    pairs = (
        ("Reference", plain(release.reference)),
        ("Answered by", plain(", ".join(filter(None, (force.name, force.department))))),
        ("Request received", spoken_date(release.received)),
        ("Version date", spoken_date(release.version_date)),
        ("Period covered", period_covered(release)),
        ("Records as they stood on", extract_date(release)),
        ("Replaces", plain(release.supersedes)),
    )
    return tuple(pair for pair in pairs if pair[1])


def extract_date(release: Release) -> str:
    """The day as of which the records are counted, in words where it is a date."""
    try:
        return spoken_date(date.fromisoformat(release.provenance.extract_date))
    except ValueError:
        return plain(release.provenance.extract_date)


def draft_lines(release: Release) -> tuple[str, ...]:
    """Why this is a draft, one doubt an item; nothing for an answer that may be published."""
    return tuple(plain(doubt) for doubt in release.draft_because)


def _paragraphs(release: Release, prose: Iterable[Prose]) -> tuple[Paragraph, ...]:
    return tuple(Paragraph(text) for item in prose if (text := plain(release.say(item))))


def _asked(release: Release) -> Section:
    answers = tuple(
        f"Question {question.number}: {text}"
        for question in release.questions
        if (text := plain(release.say(question.answer)))
    )
    return Section(
        "answer-as-asked",
        "The answer as asked",
        (
            *((Bullets(answers),) if answers else ()),
            Heading(plain(release.heading)),
            Figures(printed(release.answer), 1),
            Chart(),
            Heading("All offences in scope, whether or not they match"),
            Figures(printed(release.denominators), 2),
        ),
    )


def _question(release: Release, question: AnsweredQuestion) -> tuple[Block, ...]:
    answer = plain(release.say(question.answer))
    remarks = tuple(paragraph.text for paragraph in _paragraphs(release, question.remarks))
    return (
        Heading(f"Question {question.number}"),
        Quote((plain(question.text),)),
        *((Paragraph(answer),) if answer else ()),
        *((Codes(question.number, question.codes),) if question.codes else ()),
        *((Bullets(remarks),) if remarks else ()),
    )


def _request(release: Release) -> Section:
    lines = tuple(filter(None, (plain(line) for line in UNPRINTABLE.sub(" ", release.request_text).split("\n"))))
    reasons = tuple(plain(reason) for _, reason in release.accepted)
    return Section(
        "the-request",
        "The request",
        (
            Quote(lines or (plain(release.title),)),
            *((Paragraph("How the request was read where it leaves room:"), Bullets(reasons)) if reasons else ()),
        ),
    )


def _others(release: Release) -> tuple[Block, ...]:
    return tuple(
        block
        for number, table in enumerate(release.others, start=3)
        for block in (Heading(plain(table.title)), Figures(printed(table), number))
    )


def _repeat(release: Release) -> Section:
    made = release.provenance
    return Section(
        "to-repeat-this",
        "To repeat this answer",
        (
            Facts(
                (
                    ("Record snapshot", str(made.snapshot)),
                    ("Offence code list", plain(made.codes_version)),
                    ("clearcount", plain(made.clearcount_version)),
                    ("Matcher", plain(made.matcher_version)),
                    ("Unicode tables", plain(made.unicode_version)),
                )
            ),
            Files(),
        ),
    )


def _rights(release: Release) -> Section:
    force = release.force
    contact = tuple((plain(name.replace("_", " ")).capitalize(), plain(how)) for name, how in force.contact.items())
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
                "If you are still not content after the review, you can ask the Information Commissioner for a "
                "decision under section 50 of the Freedom of Information Act 2000. The Commissioner asks for "
                "complaints within six weeks of our last answer to you."
            ),
            Paragraph("How to complain to the Information Commissioner", ICO),
            *((Facts(contact),) if contact else ()),
            Paragraph("You may use this answer again under the licence named here."),
            Paragraph(plain(force.licence), force.licence_url),
        ),
    )


def sections(release: Release) -> tuple[Section, ...]:
    """The answer, section by section; one without content is left out."""
    made = (
        _asked(release),
        Section("data-source", "Data source", _paragraphs(release, release.data_source)),
        Section("data-processing", "Data processing", _paragraphs(release, release.data_processing)),
        _request(release),
        Section("the-answer", "The answer", tuple(b for q in release.questions for b in _question(release, q))),
        Section("further-tables", "Further tables", _others(release)),
        Section("method", "How the count was made", _paragraphs(release, release.method)),
        Section("quality", "Quality", _paragraphs(release, release.quality)),
        Section("small-numbers", "Small numbers", _paragraphs(release, release.disclosure)),
        Section("notes", "Notes", _paragraphs(release, release.notes)),
        _repeat(release),
        _rights(release),
    )
    return tuple(section for section in made if section.blocks)
