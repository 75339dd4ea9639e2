"""What an answer says, in order, apart from how any one format draws it.

The first page is the answer in short. The rest follows for who wants it, under the headings of the answers that forces
publish (the request, data source, data processing). HTML, DOCX and the spreadsheets draw the same sections.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from clearcount.foi.bodies import regulator_on
from clearcount.model.record import OFFENCE, spoken_of
from clearcount.model.release import CodeLine
from clearcount.writers.blocks import (
    IN_SHORT,
    Block,
    Bullets,
    Codes,
    Facts,
    Figures,
    Files,
    Heading,
    Lines,
    Paragraph,
    Quote,
    numbered,
)
from clearcount.writers.front import extract_date, front
from clearcount.writers.printed_release import PrintedRelease, spoken_date

ICO = "https://ico.org.uk/make-a-complaint/foi-and-eir-complaints/"
DOWNLOADS = (
    ("counts.csv", "the counts, one line for each cell, with the reason for every cell that has no number"),
    ("denominators.csv", "all offences in scope, in the same columns"),
    ("counts.csv-metadata.json", "what the columns of both mean (CSVW)"),
    ("table.csv", "the first table, one line for each offence"),
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
    return tuple(
        (name, release.noun.put(what)) for name, what in DOWNLOADS if name != "codes.csv" or release.has_code_list
    )


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


def draft_lines(release: PrintedRelease) -> tuple[str, ...]:
    """Return why this is a draft, one doubt an item; nothing for an answer that may be published."""
    return release.draft_because


def _paragraphs(texts: Iterable[str]) -> tuple[Paragraph, ...]:
    return tuple(map(Paragraph, texts))


def _figures(release: PrintedRelease) -> Section:
    under = [table for table in release.told if table in release.under]
    return Section(
        "figures",
        "The figures",
        (
            Heading(release.heading),
            *(Figures(table, number) for number, table in enumerate(release.answers, 1)),
            *((Heading(_scope_heading(release)),) if under else ()),
            *(Figures(table, number) for number, table in enumerate(under, len(release.answers) + 1)),
        ),
    )


def _scope_heading(release: PrintedRelease) -> str:
    return f"All {spoken_of(release.answer.unit, release.noun)[1]} in scope, whether or not they match"


def codes_block(release: PrintedRelease) -> tuple[Block, ...]:
    """Return the codes of all questions, each once with the questions that it answers, and what to know about them."""
    held: dict[CodeLine, list[int]] = {}
    for question in release.questions:
        for line in question.codes:
            held.setdefault(line, []).append(question.number)
    numbers = tuple(map(numbered, held.values()))
    remarks = tuple(
        f"{numbered((question.number,))}: {remark}" for question in release.questions for remark in question.remarks
    )
    return (*((Codes(tuple(held), numbers),) if held else ()), *((Bullets(remarks),) if remarks else ()))


def _codes(release: PrintedRelease) -> Section:
    blocks = codes_block(release)
    offences = release.noun == OFFENCE or any(isinstance(block, Codes) and block.has_law for block in blocks)
    return Section("offence-codes", "Offence codes" if offences else "Codes", blocks)


def _request(release: PrintedRelease) -> Section:
    reasons = tuple(dict.fromkeys(reason for _, reason in release.accepted))
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
        for number, table in enumerate(release.others, start=len(release.told) - len(release.others) + 1)
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
            Paragraph("Where to complain", ICO),
            *((Facts(contact(release)),) if force.contact else ()),
            *((Paragraph(_quote(release)),) if force.reference_scheme else ()),
            Paragraph(f"You may use this answer again under the {force.licence}", force.licence_url),
        ),
    )


def contact(release: PrintedRelease) -> tuple[tuple[str, str], ...]:
    """Return the ways to reach the force, by name."""
    return tuple((name.replace("_", " ").capitalize(), how) for name, how in release.force.contact.items())


def _quote(release: PrintedRelease) -> str:
    form = release.force.reference_scheme
    return f"Please quote our reference {release.reference} when you write to us (its form is {form})."


def sections(release: PrintedRelease) -> tuple[Section, ...]:
    """Return the answer, section by section; one without content is left out."""
    made = (
        Section("answer-as-asked", IN_SHORT, front(release)),
        _figures(release),
        _codes(release),
        _request(release),
        Section("data-source", "Data source", _paragraphs(release.data_source)),
        Section(
            "data-processing",
            "Data processing",
            (*_paragraphs(release.data_processing), *map(Lines, release.statements)),
        ),
        Section("further-tables", "Further tables", _others(release)),
        Section("method", "How the count was made", _paragraphs(release.method)),
        Section("small-numbers", "Small numbers", _paragraphs(release.disclosure)),
        Section("notes", "Notes", _paragraphs(release.notes)),
        _repeat(release),
        _rights(release),
    )
    return tuple(section for section in made if section.blocks)
