"""Disclosure control of the lines that an answer prints beside its tables.

What it does, where the rule is not `none`: a small number is printed as low. A larger one is rounded down to a multiple
of five. A line is not printed when it adds up others, or is all but a small rest of a number that is printed.
Why: the lines count records that no table cuts, so the auditor cannot hold them against earlier answers. Exact totals
of two answers would give away by subtraction what each hides.
Example: 12 offences without a date in one answer and 10 under one code less in the next are 2 under that code.
Use instead: a table, for numbers that a reader needs to the last unit.
"""

from __future__ import annotations

from collections.abc import Mapping

from clearcount.disclosure.policy import Policy
from clearcount.model.statement import ControlledLine, ControlledStatement, Statement, StatementLine
from clearcount.model.table import _CONTROL, Cell, ControlledTable, Count, Rounded, Suppressed

STEP = 5
"""Numbers are rounded down to a multiple of this, or of the policy's threshold or base where that is larger."""


def control_statement(
    statement: Statement, policy: Policy, tables: Mapping[str, ControlledTable]
) -> ControlledStatement:
    """Let out a statement beside `tables`, which have passed disclosure control under the same policy."""
    step = step_of(policy)
    title = (
        statement.title
        if policy.rule == "none"
        else f"{statement.title}, rounded down to {step}; [low] is 1 to {step - 1}"
    )
    lines = tuple(
        ControlledLine(line.key, line.label, line.level, _cell(line, policy, step, tables)) for line in statement.lines
    )
    return ControlledStatement(statement.name, title, lines, controlled_by=_CONTROL)


def step_of(policy: Policy) -> int:
    """Return the multiple to which a policy rounds the lines of a statement; 1 where it prints exact numbers."""
    return 1 if policy.rule == "none" else max(STEP, policy.threshold, policy.base if policy.rule == "round" else 0)


def _cell(line: StatementLine, policy: Policy, step: int, tables: Mapping[str, ControlledTable]) -> Cell:
    if policy.rule == "none":
        return Count(line.n)
    if line.table:
        table = tables[line.table]
        return table.cells[table.whole]
    if line.n == 0:
        return Count(0)
    near = line.rest is not None and 0 < line.rest < policy.threshold + step
    if line.is_sum or near:
        return Suppressed("complementary")
    if line.n < step:
        return Suppressed("primary", low=True)
    return Rounded(line.n // step * step, step)
