"""A release as the files of a bundle print it: plain words, printed tables, and nothing that is not printed.

Every writer takes a `PrintedRelease`, and release.json holds one. The files can therefore be written again from
release.json alone, byte for byte, and whatever else stands in a file shows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, astuple, dataclass, field, fields
from datetime import date
from typing import Any

from clearcount.errors import BundleError
from clearcount.model.keys import PeriodKey
from clearcount.model.months import Month
from clearcount.model.record import OFFENCE, Noun
from clearcount.model.release import (
    AnsweredQuestion,
    CodeLine,
    Figure,
    Force,
    Prose,
    Provenance,
    Release,
    SelectedCode,
    StoreVersion,
)
from clearcount.model.statement import ControlledStatement
from clearcount.model.table import ControlledTable
from clearcount.model.visible import visible
from clearcount.writers.printed import PrintedCell, PrintedTable, ReleaseJson, plain, printed_tables, told_once
from clearcount.writers.printed_answer import CellAt, PrintedAnswerLine

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_PROSE = ("asked", "together", "data_source", "data_processing", "method", "quality", "disclosure", "notes")
"""The sections of plain paragraphs, by their names in a release."""
_LATER = frozenset(("asked", "together"))
"""Those that older bundles have not."""


@dataclass(frozen=True)
class PrintedQuestion:
    """One question as printed: its text, the codes that answer it, remarks, and the answer in a sentence.

    `heads` are the headings of the numbers in the small table of the answer, `lines` its lines.
    """

    number: int
    text: str
    codes: tuple[CodeLine, ...] = ()
    remarks: tuple[str, ...] = ()
    answer: str = ""
    selected: tuple[SelectedCode, ...] = ()
    heads: tuple[str, ...] = ()
    lines: tuple[PrintedAnswerLine, ...] = ()

    def as_dict(self) -> dict[str, object]:
        """Return the question for release.json."""
        return {
            "number": self.number,
            "text": self.text,
            "codes": [list(astuple(line)) for line in self.codes],
            "remarks": list(self.remarks),
            "answer": self.answer,
            **({"selected": [list(astuple(line)) for line in self.selected]} if self.selected else {}),
            **({"heads": list(self.heads), "lines": [line.as_list() for line in self.lines]} if self.lines else {}),
        }

    @classmethod
    def from_dict(cls, raw: ReleaseJson) -> PrintedQuestion:
        """Return the question that `as_dict` wrote. Raises KeyError, TypeError or ValueError for another shape."""
        return cls(
            int(raw["number"]),
            str(raw["text"]),
            tuple(CodeLine(*map(str, line)) for line in raw["codes"]),
            tuple(map(str, raw["remarks"])),
            str(raw["answer"]),
            tuple(SelectedCode(*map(str, line)) for line in raw.get("selected", ())),
            tuple(map(str, raw.get("heads", ()))),
            tuple(map(PrintedAnswerLine.from_list, raw.get("lines", ()))),
        )


@dataclass(frozen=True)
class PrintedLine:
    """One line of a statement: its lasting name, its label, how deep it is a part of the line above, its number."""

    key: str
    label: str
    level: int
    shown: str

    @property
    def heading(self) -> str:
        """The label behind a dash for each level."""
        return f"{'– ' * self.level}{self.label}"


@dataclass(frozen=True)
class PrintedStatement:
    """Lines of numbers as printed beside the tables."""

    name: str
    title: str
    lines: tuple[PrintedLine, ...]

    def as_dict(self) -> dict[str, object]:
        """Return the statement for release.json."""
        return {"name": self.name, "title": self.title, "lines": [list(astuple(line)) for line in self.lines]}

    @classmethod
    def from_dict(cls, raw: ReleaseJson) -> PrintedStatement:
        """Return the statement that `as_dict` wrote. Raises KeyError, TypeError or ValueError for another shape."""
        lines = (PrintedLine(str(key), str(label), int(level), str(shown)) for key, label, level, shown in raw["lines"])
        return cls(str(raw["name"]), str(raw["title"]), tuple(lines))


@dataclass(frozen=True)
class PrintedRelease:
    """Everything that the files of a bundle print.

    `period` is the period covered in words; `request` the wording, one line an item; `tables` the answer, the
    denominators, then the others. Text is plain (one line, no character that cannot be seen). `letter_template` is
    the force's own .docx, or empty; it is not printed and does not stand in release.json.
    """

    reference: str
    title: str
    force: Force
    received: date
    version_date: date
    period: str
    request: tuple[str, ...]
    heading: str
    questions: tuple[PrintedQuestion, ...]
    tables: tuple[PrintedTable, ...]
    provenance: Provenance
    asked: tuple[str, ...] = ()
    together: tuple[str, ...] = ()
    data_source: tuple[str, ...] = ()
    data_processing: tuple[str, ...] = ()
    method: tuple[str, ...] = ()
    quality: tuple[str, ...] = ()
    disclosure: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    accepted: tuple[tuple[str, str], ...] = ()
    draft_because: tuple[str, ...] = ()
    supersedes: str = ""
    statements: tuple[PrintedStatement, ...] = ()
    noun: Noun = OFFENCE
    letter_template: bytes = field(default=b"", repr=False)

    @property
    def answer(self) -> PrintedTable:
        """The headline table."""
        return self.tables[0]

    def cells_of(self, line: PrintedAnswerLine) -> tuple[PrintedCell, ...]:
        """Return the cells of a line of a small table. Raises IndexError when there is no such cell."""
        if any(at < 0 for cell in line.cells for at in cell):
            raise IndexError("a cell before the first")
        return tuple(self.tables[table].cells[row][column] for table, row, column in line.cells)

    @property
    def has_code_list(self) -> bool:
        """Whether some question takes its codes by a selection, which codes.csv then writes out."""
        return any(question.selected for question in self.questions)

    @property
    def denominators(self) -> PrintedTable:
        """Every offence in scope, mentioned or not; the answer itself where it counts all in scope."""
        return next(iter(self.under), self.answer)

    @property
    def answers(self) -> tuple[PrintedTable, ...]:
        """The tables that the request asks for, in order; in bundles of older formats the first table."""
        return tuple(table for table in self.tables if table.role == "answer") or self.tables[:1]

    @property
    def under(self) -> tuple[PrintedTable, ...]:
        """What lies in scope of each answer, where that is printed; in bundles of older formats the second table."""
        known = any(table.role for table in self.tables)
        return tuple(table for table in self.tables if table.role == "scope") if known else self.tables[1:2]

    @property
    def told(self) -> tuple[PrintedTable, ...]:
        """The tables that pages, letters and workbooks show, each once."""
        return told_once(self.tables)

    @property
    def others(self) -> tuple[PrintedTable, ...]:
        """The tables that are no answers: of reading, of an earlier version."""
        return self.tables[len(self.answers) + len(self.under) :]

    def as_dict(self) -> dict[str, object]:
        """Return what release.json holds of the release; `from_dict` reads it back."""
        return {
            "reference": self.reference,
            "title": self.title,
            "force": self.force.name,
            "answered_by": {**asdict(self.force), "contact": dict(self.force.contact)},
            "received": self.received.isoformat(),
            "version_date": self.version_date.isoformat(),
            "draft": bool(self.draft_because),
            "draft_because": list(self.draft_because),
            "accepted": [list(pair) for pair in self.accepted],
            "supersedes": self.supersedes,
            "provenance": self.provenance.as_dict(),
            "statements": [statement.as_dict() for statement in self.statements],
            **({} if self.noun == OFFENCE else {"noun": asdict(self.noun)}),
            "printed": [table.as_dict() for table in self.tables],
            "prose": {
                "period": self.period,
                "request": list(self.request),
                "heading": self.heading,
                "questions": [question.as_dict() for question in self.questions],
                **{name: list(getattr(self, name)) for name in _PROSE if getattr(self, name) or name not in _LATER},
            },
        }

    @classmethod
    def from_dict(cls, raw: ReleaseJson, *, letter_template: bytes = b"") -> PrintedRelease:
        """Return the release that `as_dict` wrote.

        Values of another kind are read as text or number where that is possible. To know whether `raw` is what this
        module writes, compare `as_dict` of the result with it.

        Raises:
            BundleError: when `raw` has not the shape of a release.
        """
        tables = tuple(PrintedTable.from_dict(table) for table in _list(raw.get("printed"), "printed"))
        if not tables:
            raise BundleError("release.json: 'printed' does not hold the answer")
        try:
            prose = raw["prose"]
            made = cls(
                reference=str(raw["reference"]),
                title=str(raw["title"]),
                force=force_of(raw["answered_by"]),
                received=date.fromisoformat(raw["received"]),
                version_date=date.fromisoformat(raw["version_date"]),
                period=str(prose["period"]),
                request=_texts(prose["request"]),
                heading=str(prose["heading"]),
                questions=tuple(PrintedQuestion.from_dict(each) for each in prose["questions"]),
                tables=tables,
                provenance=_provenance(raw["provenance"]),
                accepted=tuple((str(doubt), str(reason)) for doubt, reason in raw["accepted"]),
                draft_because=_texts(raw["draft_because"]),
                supersedes=str(raw["supersedes"]),
                statements=tuple(PrintedStatement.from_dict(each) for each in raw.get("statements", ())),
                noun=_noun(raw.get("noun")),
                letter_template=letter_template,
                **{name: _texts(prose.get(name, []) if name in _LATER else prose[name]) for name in _PROSE},
            )
            for question in made.questions:
                if any(len(made.cells_of(line)) != len(question.heads) for line in question.lines):
                    raise ValueError("a line with more or fewer numbers than headings")
            return made
        except (KeyError, TypeError, ValueError, AttributeError, IndexError):
            raise BundleError(
                "release.json: does not hold what the files print, so they cannot be written again from it"
            ) from None


def _list(value: object, name: str) -> list[ReleaseJson]:
    if not isinstance(value, list) or not all(isinstance(each, Mapping) for each in value):
        raise BundleError(f"release.json: {name!r} is not a list of tables")
    return value


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise TypeError
    return tuple(map(str, value))


def _noun(raw: object) -> Noun:
    return Noun(str(raw["one"]), str(raw["many"])) if isinstance(raw, Mapping) else OFFENCE


def force_of(raw: ReleaseJson) -> Force:
    """Return who answered, as release.json says; what has no text there keeps its default."""
    known = {each.name for each in fields(Force)} - {"contact"}
    contact = raw.get("contact")
    return Force(
        **{key: value for key, value in raw.items() if key in known and isinstance(value, str)},
        contact={str(k): str(v) for k, v in contact.items()} if isinstance(contact, Mapping) else {},
    )


def _provenance(raw: ReleaseJson) -> Provenance:
    """The provenance that release.json holds; an answer of one store names none."""
    kinds: dict[str, Callable[[Any], Any]] = {
        **dict.fromkeys(("request", "policy", "digests"), dict),
        **dict.fromkeys(("snapshot", "seed"), int),
    }
    names = [each.name for each in fields(Provenance) if each.name != "stores"]
    stores = tuple(
        StoreVersion(str(each["name"]), int(each["snapshot"]), date.fromisoformat(each["extract_date"]).isoformat())
        for each in raw.get("stores", ())
    )
    return Provenance(**{name: kinds.get(name, str)(raw[name]) for name in names}, stores=stores)


def printed_release(release: Release) -> PrintedRelease:
    """Return `release` as it is printed: each figure in prose as its cell prints, every text plain."""
    said = {name: _said(release, getattr(release, name)) for name in _PROSE}
    return PrintedRelease(
        reference=plain(release.reference),
        title=plain(release.title),
        force=_force(release.force, said),
        received=release.received,
        version_date=release.version_date,
        period=_period_covered(release),
        request=tuple(filter(None, map(plain, visible(release.request_text).split("\n")))),
        heading=plain(release.heading),
        questions=tuple(_question(release, question) for question in release.questions),
        tables=printed_tables(release),
        provenance=release.provenance,
        accepted=tuple((doubt, plain(reason)) for doubt, reason in release.accepted),
        draft_because=tuple(map(plain, release.draft_because)),
        supersedes=plain(release.supersedes),
        statements=tuple(_statement(each) for each in release.statements),
        noun=release.noun,
        letter_template=release.letter_template,
        **said,
    )


def _force(force: Force, said: Mapping[str, tuple[str, ...]]) -> Force:
    """Who answers, in plain words, without what no file prints: a bundle holds nothing that nobody reads."""
    texts = {each.name: plain(getattr(force, each.name)) for each in fields(Force) if each.name != "contact"}
    if not any(texts["oel_label"] in text for part in said.values() for text in part):
        texts["oel_label"] = Force().oel_label
    return Force(**texts, contact={plain(name): plain(how) for name, how in force.contact.items()})


def _said(release: Release, prose: Iterable[Prose]) -> tuple[str, ...]:
    return tuple(text for item in prose if (text := plain(release.say(item))))


def _statement(statement: ControlledStatement) -> PrintedStatement:
    lines = (PrintedLine(line.key, plain(line.label), line.level, line.shown) for line in statement.lines)
    return PrintedStatement(statement.name, plain(statement.title), tuple(lines))


def _question(release: Release, question: AnsweredQuestion) -> PrintedQuestion:
    return PrintedQuestion(
        question.number,
        plain(question.text),
        tuple(CodeLine(*map(plain, astuple(line))) for line in question.codes),
        _said(release, question.remarks),
        plain(release.say(question.answer)),
        tuple(SelectedCode(*map(plain, astuple(line))) for line in question.selected),
        tuple(map(plain, question.heads)) if question.lines else (),
        tuple(
            PrintedAnswerLine(
                plain(line.code), plain(line.label), tuple(_cell_at(release, each) for each in line.figures)
            )
            for line in question.lines
        ),
    )


def _cell_at(release: Release, figure: Figure) -> CellAt:
    """Where a cell stands among the printed tables, which are in the order of the release's."""
    names = [table.name for table in release.tables]
    table = release.table(figure.table)
    rows = len(table.rows)
    return names.index(figure.table), table.lines.index(figure.at[:rows]), table.heads.index(figure.at[rows:])


def _period_covered(release: Release) -> str:
    """`January 2023 to June 2025`, with days where a month is cut: from the first to the last day that a table counts.

    Months of a table that were left out of print count too.
    """
    days = sorted(day for table in release.tables for day in _days(table))
    if not days:
        return "all records"
    first, last = days[0], days[-1]
    if first.day > 1 or last < Month.of(last).last_day:
        return f"{spoken_date(first)} to {spoken_date(last)}"
    months = [f"{_MONTHS[day.month - 1]} {day.year}" for day in (first, last)]
    return " to ".join(dict.fromkeys(months))


def _days(table: ControlledTable) -> Iterator[date]:
    """The first and the last day of each period of a table, and of its filter."""
    for dimension in table.dimensions:
        for leaf in dimension.leaves:
            if isinstance(leaf.key, PeriodKey):
                yield from (leaf.key.period.first_day, leaf.key.period.last_day)
    if (dates := table.population.dates) and dates.last:
        yield from (dates.first, dates.last)


def spoken_date(day: date) -> str:
    """Return `19 August 2025`, whatever the machine's locale."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
