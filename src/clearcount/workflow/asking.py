"""A layout by asking: what an export's columns and words probably are, for a person to confirm or change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from clearcount.errors import ExportError
from clearcount.importers.column_names import state_of
from clearcount.importers.drafted import layout_text
from clearcount.importers.headings import header_row, is_header, row_under_groups, shown
from clearcount.importers.layout import Form, Layout
from clearcount.importers.open import open_raw
from clearcount.importers.proposing import ProposedTable, propose
from clearcount.importers.raw import RawFile
from clearcount.importers.sources import Source, find_sources, is_readable_kind


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
