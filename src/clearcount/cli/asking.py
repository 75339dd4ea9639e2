"""The dialogue of `clearcount import --ask`: what was found, and questions about what nobody can know."""

from __future__ import annotations

import click

from clearcount.cli.common import aligned
from clearcount.importers.drafted import cancelling
from clearcount.importers.headings import shown_name
from clearcount.importers.proposing import ProposedTable
from clearcount.workflow.asking import (
    STATES,
    Proposal,
    becomes,
    held_values,
    missing_roles,
    propose_layout,
    roles_of,
    shapes_of,
    shown_words,
)

_SHOWN = 12


def ask_for_layout(export: tuple[str, ...]) -> str:
    """Return the layout (TOML) that a person agreed to; Enter accepts what is proposed.

    Raises:
        ExportError: when the export holds no table.
        click.Abort: when the answers end.
    """
    proposal = propose_layout(export)
    for at in range(len(proposal.tables)):
        proposal = _ask_columns(proposal, at)
        proposal = _ask_needed(proposal, at)
        proposal = _ask_days(proposal, at)
        _say_values(proposal.tables[at])
    return _ask_states(proposal).layout()


def _ask_columns(proposal: Proposal, at: int) -> Proposal:
    table = proposal.tables[at]
    what = {"offences": "one offence a row", "texts": "one text a row", "persons": "one person a row"}[table.kind]
    over = f", under names of groups in row {table.group_row}" if table.group_row else ""
    click.echo(
        f"\n{table.match}: the column names are in row {table.header_row}{over}; {what}. Values are shown as shapes."
    )
    _say_columns(table)
    while answer := click.prompt(
        "Enter if right, or NUMBER=WHAT, as 5=recorded_on, 7=extra, 8=text, 9=skip", default="", show_default=False
    ).strip():
        number, _, role = (part.strip() for part in answer.partition("="))
        known = (*roles_of(table), "skip")
        if not number.isdigit() or not 1 <= int(number) <= len(table.columns) or role not in known:
            click.echo(f"{answer[:40]!r} is not understood; WHAT is one of {', '.join(known)}")
            continue
        table = table.with_role(int(number) - 1, "" if role == "skip" else role)
        proposal = proposal.with_table(at, table)
        _say_columns(table)
    return proposal


def _say_columns(table: ProposedTable) -> None:
    rows = [("", "column", "becomes", "first rows")]
    for number, column in enumerate(table.columns, start=1):
        rows.append((f"{number:>3}", shown_name(column.name), becomes(column, table), shapes_of(table, number - 1)))
    widths = [max(len(row[place]) for row in rows) for place in range(3)]
    for row in rows:
        start = "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=False))
        click.echo(f"{start}  {row[3]}".rstrip())


def _ask_needed(proposal: Proposal, at: int) -> Proposal:
    """Ask for the columns without which nothing can be imported."""
    for role, what in missing_roles(proposal.tables[at]):
        table = proposal.tables[at]
        number = click.prompt(
            f"Which column {what}? NUMBER", type=click.IntRange(1, len(table.columns)), show_choices=False
        )
        proposal = proposal.with_table(at, table.with_role(number - 1, role))
    return proposal


def _ask_days(proposal: Proposal, at: int) -> Proposal:
    """Ask whether the day or the month comes first, where every date of a table reads both ways."""
    table = proposal.tables[at]
    if not (doubtful := table.doubtful_days()):
        return proposal
    first = table.says_the_order() or click.prompt(
        f"{', '.join(shown_name(each.name) for each in doubtful)}: every date reads both ways; which comes first?",
        type=click.Choice(["day", "month"]),
        default="day",
    )
    return proposal.with_table(at, table.in_order(day_first=first == "day"))


def _say_values(table: ProposedTable) -> None:
    """List what columns with few values hold, so that nobody filters by a word that is not there."""
    for name, values in held_values(table):
        more = f" and {len(values) - _SHOWN} more" if len(values) > _SHOWN else ""
        listed = ", ".join(f"{value.shown} {value.records:,}" for value in values[:_SHOWN])
        click.echo(f"{name} holds {listed}{more}")


def _ask_states(proposal: Proposal) -> Proposal:
    for table in proposal.tables:
        for line in cancelling(table) if table.kind == "offences" else ():
            click.echo(f"CHECK: {line}.")
    if not proposal.words:
        if any(table.kind == "offences" for table in proposal.tables):
            click.echo("No column says whether a crime was cancelled, so every row counts as recorded.")
        return proposal
    rows = [("status", "rows", "means")]
    for word, name, count in shown_words(proposal):
        rows.append((name, f"{count:,}", proposal.states[word] or "not known: its rows are set aside"))
    click.echo(aligned(rows))
    question = "Enter if right, or WORD=recorded, WORD=cancelled, WORD=transferred; several joined by a semicolon"
    while answer := click.prompt(question, default="", show_default=False).strip():
        for part in answer.split(";"):
            word, _, state = (each.strip() for each in part.rpartition("="))
            known = {each.lower(): each for each in proposal.words}
            if word.lower() not in known or state not in STATES:
                click.echo(f"{part.strip()[:40]!r} is not understood; write one of the words above, = and its meaning")
                continue
            proposal = proposal.with_state(known[word.lower()], state)
            click.echo(f"{word} = {state}")
    return proposal
