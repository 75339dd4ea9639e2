"""A release: everything that may be sent, and nothing else.

Writers take a `Release` only. Every number of records in it is a cell of a `ControlledTable`. Prose names the cell
(`Figure`) instead of holding the number. So what a sentence says has passed disclosure control with the tables.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TypeAlias

from clearcount.errors import DisclosureError
from clearcount.model.keys import Place
from clearcount.model.record import OFFENCE, Noun
from clearcount.model.statement import ControlledStatement
from clearcount.model.table import ControlledTable, Count, NotInForce


@dataclass(frozen=True)
class Figure:
    """A number in prose: the cell at `at` of the table called `table`."""

    table: str
    at: Place


@dataclass(frozen=True)
class Sum:
    """The sum of several cells, each of which prints its count or is not in force. A reader could add them up too."""

    figures: tuple[Figure, ...]


Prose: TypeAlias = tuple[str | Figure | Sum, ...]
"""One paragraph: words, and figures that stand in controlled tables."""


@dataclass(frozen=True)
class Force:
    """Who answers, from force.toml."""

    name: str = "Police force"
    department: str = "Freedom of Information team"
    source_system: str = "crime record system"
    oel_label: str = "OEL entries"
    licence: str = "Open Government Licence v3.0"
    licence_url: str = "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"
    reference_scheme: str = ""
    time_zone: str = "Europe/London"
    contact: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class CodeLine:
    """One offence code that answers a question: `HO 086/02`, its description, the law and when it was in force."""

    code: str
    label: str
    law: str = ""
    in_force: str = ""


@dataclass(frozen=True)
class SelectedCode:
    """One code that a question takes, and the words of the request that take it; blank where every code is taken."""

    selection: str
    code: str = ""
    label: str = ""
    law: str = ""
    in_force: str = ""


@dataclass(frozen=True)
class AnswerLine:
    """One line of the small table under a question: what it counts, and a cell of the release for each heading."""

    code: str
    label: str
    figures: tuple[Figure, ...]


@dataclass(frozen=True)
class AnsweredQuestion:
    """One question as asked, the codes that answer it, what to know about the mapping, and the answer in a sentence.

    `selected` lists every code where the answer does not list them one by one. `heads` and `lines` are the small table
    of the answer; its cells are cells of the release's tables.
    """

    number: int
    text: str
    codes: tuple[CodeLine, ...]
    remarks: tuple[Prose, ...] = ()
    answer: Prose = ()
    selected: tuple[SelectedCode, ...] = ()
    heads: tuple[str, ...] = ()
    lines: tuple[AnswerLine, ...] = ()


@dataclass(frozen=True)
class StoreVersion:
    """One of several record stores that an answer counts: its name in the request, the snapshot and its day."""

    name: str
    snapshot: int
    extract_date: str


@dataclass(frozen=True)
class Provenance:
    """What is needed to run it again. `as_dict` is what release.json prints: no path, machine, engine or run time.

    `stores` are those of an answer over several; `snapshot` and `extract_date` are then those of the first.
    """

    request: Mapping[str, object]
    policy: Mapping[str, object]
    snapshot: int
    extract_date: str
    codes_version: str
    clearcount_version: str
    matcher_version: str
    unicode_version: str
    seed: int = 0
    digests: Mapping[str, str] = field(default_factory=dict)
    stores: tuple[StoreVersion, ...] = ()

    def as_dict(self) -> dict[str, object]:
        """Return the provenance as plain values, in a fixed order."""
        return {
            "request": dict(self.request),
            "policy": dict(self.policy),
            "snapshot": self.snapshot,
            "extract_date": self.extract_date,
            "codes_version": self.codes_version,
            "clearcount_version": self.clearcount_version,
            "matcher_version": self.matcher_version,
            "unicode_version": self.unicode_version,
            "seed": self.seed,
            "digests": dict(self.digests),
            **({"stores": [vars(store) | {} for store in self.stores]} if self.stores else {}),
        }


@dataclass(frozen=True)
class Release:
    """One published answer.

    `answer` is the headline table; `denominators` counts every offence in scope, mentioned or not. `further` are the
    other tables that the request asks for, each with all in its scope where that is printed. `others` are
    further controlled tables in print order (confirmed counts, quality figures, a comparison, version differences).
    `statements` are lines of numbers beside the tables: what was counted and what could not be. `asked` says in short
    what was asked, `together` what the answer to all questions is.
    `document` is the JSON of docs/reference/tables.md: the tables as a reader knows them. `control` records the
    choice of disclosure rule and the auditor's result. `draft_because` lists the open doubts: while there is one,
    every page says that this is a draft. `letter_template` is the force's own .docx for the letter; empty
    stands for the packaged one. `noun` is what a record is called.
    """

    reference: str
    title: str
    received: date
    version_date: date
    request_text: str
    force: Force
    questions: tuple[AnsweredQuestion, ...]
    answer: ControlledTable
    denominators: ControlledTable
    provenance: Provenance
    document: Mapping[str, object]
    control: Mapping[str, object]
    statements: tuple[ControlledStatement, ...] = ()
    asked: tuple[Prose, ...] = ()
    together: tuple[Prose, ...] = ()
    others: tuple[ControlledTable, ...] = ()
    further: tuple[tuple[ControlledTable, ControlledTable | None], ...] = ()
    heading: str = "Mentions, not read by a person"
    data_source: tuple[Prose, ...] = ()
    data_processing: tuple[Prose, ...] = ()
    method: tuple[Prose, ...] = ()
    quality: tuple[Prose, ...] = ()
    disclosure: tuple[Prose, ...] = ()
    notes: tuple[Prose, ...] = ()
    accepted: tuple[tuple[str, str], ...] = ()
    draft_because: tuple[str, ...] = ()
    supersedes: str = ""
    noun: Noun = OFFENCE
    letter_template: bytes = field(default=b"", repr=False)

    def __post_init__(self) -> None:
        for table in self.tables:
            if not isinstance(table, ControlledTable):
                raise DisclosureError(f"a release takes only tables that passed disclosure control, not {type(table)}")
        for lines in self.statements:
            if not isinstance(lines, ControlledStatement):
                raise DisclosureError(f"a release takes only lines that passed disclosure control, not {type(lines)}")

    @property
    def tables(self) -> tuple[ControlledTable, ...]:
        """Every table of the release: the answers, what lies in scope of each, and the others."""
        return (*self.answers, *(table for _, table in self.under), *self.others)

    @property
    def answers(self) -> tuple[ControlledTable, ...]:
        """The tables that the request asks for, in order."""
        return (self.answer, *(table for table, _ in self.further))

    @property
    def under(self) -> tuple[tuple[int, ControlledTable], ...]:
        """All in scope of an answer, with the number of the answer; not where that is the answer itself."""
        pairs = enumerate((self.denominators, *(table for _, table in self.further)), 1)
        return tuple((number, table) for number, table in pairs if table and table.name != self.answer.name)

    def table(self, name: str) -> ControlledTable:
        """Return the table called `name`. Raises KeyError."""
        for table in self.tables:
            if table.name == name:
                return table
        raise KeyError(name)

    def say(self, prose: Prose) -> str:
        """Return a paragraph as text, each figure as its cell prints. Raises DisclosureError for an unsafe sum."""
        return "".join(part if isinstance(part, str) else self._number(part) for part in prose)

    def _number(self, part: Figure | Sum) -> str:
        if isinstance(part, Figure):
            return self.table(part.table).shown(part.at)
        cells = [self.table(each.table).cells[each.at] for each in part.figures]
        if not all(isinstance(cell, Count | NotInForce) for cell in cells):
            raise DisclosureError("a sum in prose takes only cells that print their count")
        return str(sum(cell.n for cell in cells if isinstance(cell, Count)))
