"""A layout by asking: what an export's columns and words probably are, for a person to confirm or change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from clearcount.answer.values import FEW, ShownValue, shown_values
from clearcount.errors import ExportError
from clearcount.importers.codes import masked
from clearcount.importers.column_names import extra_name, state_of
from clearcount.importers.drafted import layout_text
from clearcount.importers.headings import header_row, is_header, row_under_groups, shown, shown_name
from clearcount.importers.layout import OFFENCE_COLUMNS, PERSON_COLUMNS, TEXT_COLUMNS, Form, Layout
from clearcount.importers.open import open_raw
from clearcount.importers.proposing import Proposed, ProposedTable, propose
from clearcount.importers.raw import RawFile
from clearcount.importers.sources import Source, find_sources, is_readable_kind

STATES = ("recorded", "cancelled", "transferred")
"""What the word of a status may mean."""
_COLUMNS = {"offences": OFFENCE_COLUMNS, "texts": TEXT_COLUMNS, "persons": PERSON_COLUMNS}
_MANY = frozenset({"", "text", "extra"})
"""What several columns of a table may be."""
_NEEDED = {
    "offences": (("occurrence_no", "tells one occurrence from another"), ("code", "holds the offence's code")),
    "texts": (("occurrence_no", "tells one occurrence from another"),),
    "persons": (
        ("occurrence_no", "tells one occurrence from another"),
        ("person_no", "tells the people of an occurrence apart"),
    ),
}


@dataclass(frozen=True)
class Proposal:
    """The tables of an export with what their columns are taken for, and what the words of their statuses mean."""

    tables: tuple[ProposedTable, ...]
    states: Mapping[str, str]
    words: Mapping[str, int] = field(default_factory=dict)

    def with_table(self, at: int, table: ProposedTable) -> Proposal:
        """Return the proposal with another table, the words of its status read again."""
        tables = (*self.tables[:at], table, *self.tables[at + 1 :])
        words = _words(tables)
        return Proposal(tables, {word: self.states.get(word, state_of(word)) for word in words}, words)

    def with_state(self, word: str, state: str) -> Proposal:
        """Return the proposal with another meaning of a word."""
        return replace(self, states={**self.states, word: state})

    def layout(self) -> str:
        """Return the layout (TOML)."""
        return layout_text(self.tables, self.states)


def propose_layout(sources: Sequence[str | Path]) -> Proposal:
    """Return what an export's columns probably are.

    Raises:
        ExportError: when no file holds a table, or one has a record where its column names should be.
    """
    named, found = find_sources(sources)
    readable = [source for source in (*named, *found) if source in named or is_readable_kind(source.file)]
    found_tables = [found for source in readable for found in _tables(source)]
    raws = [raw for raw, _ in found_tables]
    if not raws:
        raise ExportError(f"{', '.join(map(str, sources))}: no file holds a table; give files with rows and columns")
    files = Counter(raw.source.file for raw in raws)
    tables = tuple(
        propose(raw, raw.source.file.split(".")[0] if files[raw.source.file] == 1 else raw.source.sheet, groups)
        for raw, groups in found_tables
    )
    words = _words(tables)
    return Proposal(tables, {word: state_of(word) for word in words}, words)


@dataclass(frozen=True)
class Answers:
    """What a person said of a proposal at once.

    `roles` holds what each column is, by the places of table and column. `day_first` holds the order of doubtful days,
    by the place of the table, and `states` the meaning of each word of a status.
    """

    roles: Mapping[tuple[int, int], str] = field(default_factory=dict)
    day_first: Mapping[int, bool] = field(default_factory=dict)
    states: Mapping[str, str] = field(default_factory=dict)


def answered(proposal: Proposal, answers: Answers) -> Proposal:
    """Return the proposal as a person answered it; what they did not say stays as proposed.

    Raises:
        ExportError: when two columns are the same thing, or a thing is not known or not there that is needed.
    """
    for at, table in enumerate(proposal.tables):
        columns = [
            replace(column, role=role, sure=1.0)
            if (role := answers.roles.get((at, place), column.role)) != column.role
            else column
            for place, column in enumerate(table.columns)
        ]
        for place, column in enumerate(columns, 1):
            said = answers.roles.get((at, place - 1))
            if said and said not in (*roles_of(table), table.columns[place - 1].role):
                raise ExportError(f"{table.match}: column {place} cannot be that; choose from the list")
            twice = column.role not in _MANY and [each.role for each in columns].count(column.role) > 1
            if twice:
                raise ExportError(f"{table.match}: two columns are {column.role}; choose one of them")
        table = table.settled(columns)
        if missing := missing_roles(table):
            needed = "; ".join(f"{role}, which {what}" for role, what in missing)
            raise ExportError(f"{table.match}: no column is {needed}; choose it")
        if table.doubtful_days():
            first = table.says_the_order() or ("day" if answers.day_first.get(at, True) else "month")
            table = table.in_order(day_first=first == "day")
        proposal = proposal.with_table(at, table)
    for word, state in answers.states.items():
        if word in proposal.words and state in STATES:
            proposal = proposal.with_state(word, state)
    return proposal


def roles_of(table: ProposedTable) -> tuple[str, ...]:
    """Return what a column of the table may be, beside not being kept."""
    return tuple(dict.fromkeys((*_COLUMNS[table.kind], "text", "extra")))


def missing_roles(table: ProposedTable) -> list[tuple[str, str]]:
    """Return what no column of the table is and an import needs: the name, and what such a column does."""
    return [(role, what) for role, what in _NEEDED[table.kind] if table.column(role) is None]


def becomes(column: Proposed, table: ProposedTable) -> str:
    """Return what a column is taken for, in words; a question mark where that is not sure."""
    if not column.role:
        return "not kept"
    sure = "" if column.sure >= 0.75 else " ?"
    name = f"extra {extra_name(column.name)}" if column.role == "extra" else column.role
    if column.role == "code" and table.own_codes:
        name = "code (the system's own words)"
    if column.values.range_sign and column.role.startswith("committed"):
        name = f"{name}, a range"
    return name + sure


def shapes_of(table: ProposedTable, at: int) -> str:
    """Return the shapes of a column's first values: letters as a, figures as 9."""
    cells = [row[at].strip() for row in table.rows]
    return " ".join(dict.fromkeys(masked(cell) for cell in cells if cell))[:60]


def held_values(table: ProposedTable) -> list[tuple[str, tuple[ShownValue, ...]]]:
    """Return what columns with few values hold, so that nobody filters by a word that is not there."""
    return [
        (shown_name(column.name), shown_values(column.name, column.values.counts))
        for column in table.columns
        if column.role in ("extra", "markers", "field", "role", "sex") and 0 < column.values.distinct <= FEW
    ]


def shown_words(proposal: Proposal) -> list[tuple[str, str, int]]:
    """Return each word of a status with how it may be shown and its rows; what may be free text is a shape."""
    exact = {value.shown for value in shown_values("status", proposal.words) if value.exact}
    return [(word, word if word in exact else masked(word), count) for word, count in proposal.words.items()]


def drafted_layout(sources: Sequence[str | Path]) -> str:
    """Return a first draft of a layout (TOML), nobody asked; raises ExportError as `propose_layout`."""
    return propose_layout(sources).layout()


def _words(tables: Sequence[ProposedTable]) -> dict[str, int]:
    found: Counter[str] = Counter()
    for table in tables:
        if table.kind == "offences" and (status := table.column("status")):
            found.update(status.values.counts)
    return dict(found.most_common())


def _tables(source: Source) -> Iterator[tuple[RawFile, int]]:
    """The tables of a file that hold rows, each from the row that looks like its header on, with its row of groups."""
    for at, raw in enumerate(open_raw(source, (), Layout("draft", ()))):
        top = raw.top()
        if len(top) < 2:
            raise ExportError(f"{source.name} holds no table: it has one row; give a file with rows and columns")
        row = header_row(top)
        groups = 0
        if not row and (row := row_under_groups(top)):
            groups = row - 1
        if groups or row not in (0, raw.header_row):
            form = Form(header_row=row, group_row=groups or None)
            raw = open_raw(source, (), Layout("draft", (), form=form))[at]
        below = [cells for number, cells in raw.top().items() if number > raw.header_row]
        twice = [name for name, count in Counter(name.strip().lower() for name in raw.header).items() if count > 1]
        if any(twice):
            raise ExportError(
                f"{raw.source.name}: two columns are called {shown(next(filter(None, twice)))}; give each its own name"
            )
        if not is_header(raw.header, below):
            raise ExportError(
                f"{raw.source.name}: row {raw.header_row} looks like a record, not like column names. Write short "
                "names of words above the first record, or write the layout by hand"
            )
        yield raw, groups
