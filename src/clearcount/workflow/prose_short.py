"""The answer to a question in short: one sentence, and a small table of its lines. Every number is a printed cell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from clearcount.counting.plan import Counts
from clearcount.model.keys import ALL, CodeKey, Key, Place, QuestionKey, is_margin
from clearcount.model.months import Month, month_range, spoken_span
from clearcount.model.record import spoken_of
from clearcount.model.release import AnswerLine, Figure, Prose, Sum
from clearcount.model.request import Question
from clearcount.model.table import Cell, ControlledTable, Count, Dimension, NotInForce, Rounded, Suppressed
from clearcount.offences import Provision
from clearcount.workflow.counting import Counted, CountedTable
from clearcount.workflow.prose import spoken_list

MOST_LINES = 12
"""Lines of a small table; a longer one is shown by the tables alone."""


@dataclass(frozen=True)
class ShortAnswer:
    """A sentence, and the small table below it, which may be empty."""

    sentence: Prose
    heads: tuple[str, ...] = ()
    lines: tuple[AnswerLine, ...] = ()


@dataclass(frozen=True)
class _Source:
    """The table that a question is answered from, all in scope in its shape, and whether it answers nothing else."""

    table: ControlledTable
    under: ControlledTable | None
    counts: Counts
    alone: bool


def answer_of(
    question: Question,
    counted: Counted,
    answer: ControlledTable,
    denominators: ControlledTable,
    tables: Mapping[str, ControlledTable],
) -> ShortAnswer:
    """Return the answer to `question`; `answer` is the headline table, `tables` are all of the release by name."""
    if not question.codes:
        return ShortAnswer(_without_code(question, counted))
    mine = [(each.wanted.number, each) for each in counted.answers if question in each.wanted.parts]
    if not mine:
        return ShortAnswer(("No table of this answer is about this question.",))
    numbers = [str(at) for at, _ in mine]
    where = (
        f" (Table{'s' if len(mine) > 1 else ''} {spoken_list(numbers)})"
        if mine[-1][0] > 1 or len(counted.answers) > 1
        else ""
    )
    best = next((each for _, each in mine if len(each.wanted.parts) == 1), mine[0][1])
    source = _source(best, counted, answer, denominators, tables)
    places = _places(question, source)
    sentence = _sentence(question, counted, source, places, where)
    if source.under is not None and not set(places) <= set(source.under.cells):
        source = replace(source, under=None)
    lines = _lines(places, source) if len(places) <= MOST_LINES else ()
    return ShortAnswer(sentence, _heads(source, counted), lines) if lines else ShortAnswer(sentence)


def together(counted: Counted, answer: ControlledTable, denominators: ControlledTable) -> tuple[Prose, ...]:
    """Return one sentence for all questions, whose answers may share records; none where no cell holds that number."""
    first = counted.answers[0]
    if len(counted.answers) > 1 or len(first.wanted.parts) < 2 or answer.whole not in answer.cells:
        return ()
    source = replace(_source(first, counted, answer, denominators, {}), alone=True)
    under = source.under if source.under is not None and source.under.whole in source.under.cells else None
    cells = [table.cells[table.whole] for table in (answer, under) if table is not None]
    if not all(isinstance(cell, Count | Rounded) for cell in cells):
        return ()
    of: Prose = (" of ", Figure(under.name, under.whole)) if under is not None else ()
    said = f" {spoken_of(answer.unit, counted.snapshot.noun)[1]} {_said(source, counted)}. Each is counted once."
    return (("All questions together: ", Figure(answer.name, answer.whole), *of, said),)


def _source(
    best: CountedTable,
    counted: Counted,
    answer: ControlledTable,
    denominators: ControlledTable,
    tables: Mapping[str, ControlledTable],
) -> _Source:
    headline = best.table.name == counted.answer.name
    table = answer if headline else tables[best.table.name]
    under = denominators if headline else tables[best.denominator.name] if best.denominator else None
    if best.wanted.counts == "scope" or (under is not None and under.name == table.name):
        under = None
    return _Source(table, under, best.wanted.counts, len(best.wanted.parts) == 1)


def _without_code(question: Question, counted: Counted) -> Prose:
    provisions = counted.codes.law(question.text)
    if provisions and not any(possible(each, question, counted) for each in provisions):
        return ("None can have been recorded: the offence was not in force in any month of the period.",)
    return ("Not counted: no offence code answers this question by itself.",)


def _places(question: Question, source: _Source) -> tuple[Place, ...]:
    """Where the lines of the question stand in the table, each over all columns; none where it has none."""
    table = source.table
    if not table.rows:
        return tuple(head for head in table.heads if not is_margin(head)) if source.alone else ()
    head = (ALL,) * len(table.columns)
    if head not in table.heads or not (source.alone or table.rows[0].name in ("offence", "question")):
        return ()
    lines = (line for line in table.lines if not is_margin(line) and _is_about(table, line, question, source))
    return tuple((*line, *head) for line in lines)


def _is_about(table: ControlledTable, line: Place, question: Question, source: _Source) -> bool:
    """Whether a line answers the question: it is the question, or a line of codes that holds one of its codes."""
    if isinstance(line[0], QuestionKey):
        return line[0] == QuestionKey(question.number)
    if table.rows[0].name != "offence" or source.alone:
        return source.alone
    members = table.rows[0].leaf(line[0]).members
    return any(isinstance(member, CodeKey) and member.code in question.codes for member in members)


def _lines(places: tuple[Place, ...], source: _Source) -> tuple[AnswerLine, ...]:
    """The small table. A single line that only repeats the question is none, and so is a table's one number."""
    if len(places) == 1 and (not places[0] or isinstance(places[0][0], QuestionKey)):
        return ()
    return tuple(_line(place, source) for place in places)


def _line(place: Place, source: _Source) -> AnswerLine:
    table = source.table
    named = [(dimension, key) for dimension, key in zip(table.dimensions, place, strict=True) if key != ALL]
    code = next((dimension.leaf(key).code for dimension, key in named if dimension.name == "offence"), "")
    label = ", ".join(_label(dimension, key) for dimension, key in named)
    figures = [Figure(table.name, place)]
    if source.under is not None:
        figures.append(Figure(source.under.name, place))
    return AnswerLine(code, label, tuple(figures))


def _label(dimension: Dimension, key: Key) -> str:
    return dimension.leaf(key).label


def _heads(source: _Source, counted: Counted) -> tuple[str, ...]:
    _, unit = spoken_of(source.table.unit, counted.snapshot.noun)
    marker = counted.request.marker.name if counted.request.marker else ""
    first = {"mentions": "Mention the words", "confirmed": "Confirmed by readers", "marked": f"Marked {marker}"}
    kind = _kind(source)
    return (first.get(kind, unit.capitalize()), *((f"All {unit}",) if source.under is not None else ()))


def _kind(source: _Source) -> str:
    if source.table.name == "confirmed":
        return "confirmed"
    return {"terms": "mentions", "marked": "marked"}.get(source.counts, "recorded")


def _sentence(question: Question, counted: Counted, source: _Source, places: tuple[Place, ...], where: str) -> Prose:
    table, (_, unit) = source.table, spoken_of(source.table.unit, counted.snapshot.noun)
    number = _number(question, source, table, places)
    if number is None:
        return (f"The figures are in the tables{where}.",)
    cells = _cells(table, number)
    if all(isinstance(cell, NotInForce) for cell in cells):
        return (f"None can have been recorded: the offence was not in force in any month of the period{where}.",)
    if any(isinstance(cell, Suppressed) for cell in cells):
        return (f"The number is not shown, to protect people who might be recognised{where}.",)
    if not all(isinstance(cell, Count | Rounded | NotInForce) for cell in cells):
        return (f"This was not searched, or is not held{where}.",)
    mine = _period(question, counted)
    apart = any(_period(each, counted) != mine for each in counted.request.questions)
    span = f" from {spoken_span(*mine)}" if apart else ""
    whole = _number(question, source, source.under, places) if source.under is not None else None
    of: Prose = ()
    if source.under is not None and whole is not None:
        shown = all(isinstance(cell, Count | Rounded) for cell in _cells(source.under, whole))
        of = (" of ", whole) if shown else ()
    overlap = "" if len(places) < 2 or _is_exclusive(source.table) else "; one record can be under several lines"
    return (number, *of, f" {unit} {_said(source, counted)}{span}{where}{overlap}.")


def _said(source: _Source, counted: Counted) -> str:
    marker = counted.request.marker.name if counted.request.marker else ""
    return {
        "mentions": "have a record that mentions the words",
        "confirmed": "have a mention that people read and confirmed",
        "marked": f"carry the marker {marker}",
    }.get(_kind(source), "were recorded")


def _period(question: Question, counted: Counted) -> tuple[date, date]:
    """The first and the last day of a question."""
    return counted.request.scope_of(question).start, counted.facts.until[question.number]


def _number(
    question: Question, source: _Source, table: ControlledTable, places: tuple[Place, ...]
) -> Figure | Sum | None:
    """The cell, or the cells that add up to the question's total; None where there is no such number."""
    if source.alone and table.whole in table.cells:
        return Figure(table.name, table.whole)
    line = tuple(QuestionKey(question.number) if each.name == "question" else ALL for each in table.dimensions)
    if QuestionKey(question.number) in line and line in table.cells:
        return Figure(table.name, line)
    held = [place for place in places if place in table.cells]
    if not held or len(held) < len(places):
        return None
    figures = tuple(Figure(table.name, place) for place in held)
    if len(figures) == 1:
        return figures[0]
    exact = all(isinstance(table.cells[place], Count | NotInForce) for place in held)
    return Sum(figures) if exact and _is_exclusive(table) else None


def _is_exclusive(table: ControlledTable) -> bool:
    """Say whether no record is under two lines of the table, or under two columns of one without lines."""
    return all(each.exclusive for each in table.rows or table.columns)


def _cells(table: ControlledTable, number: Figure | Sum) -> list[Cell]:
    figures = number.figures if isinstance(number, Sum) else (number,)
    return [table.cells[each.at] for each in figures]


def possible(provision: Provision, question: Question, counted: Counted) -> bool:
    """Say whether an offence against the provision can be among the records of some month of the question's period."""
    scope = counted.request.scope_of(question)
    months = month_range(scope.first, Month.of(counted.facts.until[question.number]))
    return any(counted.codes.can_be_recorded(provision, month, scope.date_basis) for month in months)
