"""What a release answers to each question: its codes, what to know about them, and its figures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from clearcount.model.keys import ALL, CodeKey, Place, QuestionKey, is_margin
from clearcount.model.months import Month, month_range, spoken_span
from clearcount.model.release import AnsweredQuestion, CodeLine, Figure, Prose, SelectedCode
from clearcount.model.request import DateBasis, Question
from clearcount.model.table import ControlledTable
from clearcount.offences import CodeList, OffenceCode, Provision
from clearcount.workflow.counting import Counted
from clearcount.workflow.prose import spoken_list
from clearcount.workflow.selecting import codes_of

_MOST_LINES = 60
"""Lines of a table that a sentence names one by one."""


def answered(
    counted: Counted, answer: ControlledTable, denominators: ControlledTable, tables: Mapping[str, ControlledTable]
) -> tuple[AnsweredQuestion, ...]:
    """Return each question with its codes, what to know about them, and its answer in figures of the controlled tables.

    `answer` is the headline table, `tables` are all of the release by name.
    """
    request = counted.request
    return tuple(
        AnsweredQuestion(
            question.number,
            question.text,
            _code_lines(question, counted),
            tuple(_remarks(question, counted)),
            _answer(question, counted, answer, denominators)
            if _is_by_line(question, counted)
            else _whole(question, counted, answer, tables),
            tuple(_selected(question, counted)),
        )
        for question in request.questions
    )


def _is_by_line(question: Question, counted: Counted) -> bool:
    """Whether the headline table has lines for the question that a sentence can name one by one."""
    wanted, table = counted.answers[0].wanted, counted.answer
    leads = bool(table.rows) and table.rows[0].name in ("offence", "question") and len(table.columns) == 1
    named = question in wanted.parts and not question.is_wide
    return leads and named and wanted.number == 1 and len(table.lines) <= _MOST_LINES


def _whole(
    question: Question, counted: Counted, answer: ControlledTable, tables: Mapping[str, ControlledTable]
) -> Prose:
    """The total of the first table that answers the question, and which tables give the rest."""
    mine = [(each.wanted.number, each) for each in counted.answers if question in each.wanted.parts]
    if not mine:
        return ("No table of this answer is about this question.",)
    numbers = [str(at) for at, _ in mine]
    where = f"Table{'s' if len(mine) > 1 else ''} {spoken_list(numbers)} give{'' if len(mine) > 1 else 's'} the figures"
    _, first = next(((at, each) for at, each in mine if len(each.wanted.parts) == 1), mine[0])
    table = answer if first.table.name == counted.answer.name else tables[first.table.name]
    scope = counted.request.scope_of(question)
    span = spoken_span(scope.start, counted.facts.until[question.number])
    place = _place_of(question, table, alone=len(first.wanted.parts) == 1)
    if place is None:
        return (f"{where}.",)
    what = {"terms": f"{table.unit} whose records mention the terms", "marked": f"{table.unit} that carry the marker"}
    said = what.get(first.wanted.counts, table.unit)
    if table.name == "confirmed":
        said = f"{table.unit} whose mention of the terms people read and confirmed"
    parts: list[str | Figure] = [f"{said[0].upper()}{said[1:]}, {span}: ", Figure(table.name, place)]
    if first.denominator and first.wanted.counts != "scope":
        whole = tables[first.denominator.name]
        under = _place_of(question, whole, alone=len(first.wanted.parts) == 1)
        parts += [f" of all {table.unit} in scope, ", Figure(whole.name, under)] if under is not None else []
    return (*parts, f". {where}.")


def _place_of(question: Question, table: ControlledTable, *, alone: bool) -> Place | None:
    """Where the total of a question stands: the grand total of its own table, or its line."""
    if alone:
        return table.whole if table.whole in table.cells else None
    place = tuple(
        QuestionKey(question.number) if dimension.name == "question" else ALL for dimension in table.dimensions
    )
    return place if QuestionKey(question.number) in place and place in table.cells else None


def _code_lines(question: Question, counted: Counted) -> tuple[CodeLine, ...]:
    """The codes of a question with their law; a selection of many codes by its name and their number."""
    if not question.is_wide:
        return tuple(_code_line(code, counted) for code in question.codes)
    singles = {selection.name for selection in question.selections if not selection.is_wide}
    named = spoken_list([selection.spoken for selection in question.selections if selection.is_wide])
    many = CodeLine("several", f"{named}: {len(question.codes)} codes")
    return (many, *(_code_line(code, counted) for code in question.codes if code in singles))


def _selected(question: Question, counted: Counted) -> Iterator[SelectedCode]:
    """The codes of a question whose answer does not list them one by one.

    What a selection holds is taken from the code list alone: a code that only the records hold would say of a single
    record that it is there.
    """
    if not question.is_wide:
        return
    own = counted.snapshot.own_codes
    for selection in question.selections:
        if selection.kind == "all" or (own and selection.is_wide):
            yield SelectedCode(f"{selection.spoken}, as the records hold them")
            continue
        for code in codes_of(selection, counted.codes, ()):
            line = _code_line(code, counted)
            known = None if own else counted.codes.get(code)
            yield SelectedCode(selection.spoken, line.code, known.label if known else "", line.law, line.in_force)


def _code_line(code: str, counted: Counted) -> CodeLine:
    line = next((leaf for leaf in counted.lines if leaf.key == CodeKey(code, counted.snapshot.own_codes)), None)
    known = None if counted.snapshot.own_codes else counted.codes.get(code)
    printed = code if counted.snapshot.own_codes else f"HO {code}"
    label = line.label if line else (known.label if known else code)
    in_force = known.in_force_spoken if known else ""
    return CodeLine(printed, label, known.law if known else "", in_force[:1].upper() + in_force[1:])


def _remarks(question: Question, counted: Counted) -> Iterator[Prose]:
    codes: CodeList = counted.codes
    scope = counted.request.scope_of(question)
    first, last = scope.first, Month.of(counted.facts.until[question.number])
    if not question.codes:
        provisions = codes.law(question.text)
        for each in provisions:
            if not _possible(each, question, counted):
                yield (
                    f"{each.title} ({each.act} section {each.section}) was not in force in any part of the period "
                    f"({each.in_force_spoken}), so no such offence can have been recorded.",
                )
            elif each.codes:
                under = spoken_list([f"HO {code}" for code in each.codes])
                yield (
                    f"{each.title} ({each.act} section {each.section}) is recorded under {under}, and this question "
                    "was answered without a code.",
                )
            else:
                yield (
                    f"No Home Office code records {each.title} ({each.act} section {each.section}) by itself, so it "
                    "cannot be counted by code.",
                )
        if not provisions:
            yield ("No offence code answers this question, so nothing was searched for it.",)
    if counted.snapshot.own_codes:
        return
    if question.is_wide:
        printed = {leaf.key.code for leaf in counted.lines if isinstance(leaf.key, CodeKey)}
        for code in question.codes:
            if code in printed and (known := codes.get(code)) and known.in_force_to:
                yield from _time_of(known, first, last, scope.date_basis)
        return
    for code in question.codes:
        shared = [q.number for q in counted.request.questions if code in q.codes and q.number != question.number]
        if shared:
            numbers = [str(number) for number in shared]
            yield (
                f"HO {code} also answers {_questions(numbers)}: one code records all of them, and it cannot tell them "
                "apart. Its figure stands in the table once.",
            )
        if known := codes.get(code):
            yield from _time_of(known, first, last, scope.date_basis)


def _possible(provision: Provision, question: Question, counted: Counted) -> bool:
    """Whether an offence against the provision can be among the records of some month of the question's period."""
    scope = counted.request.scope_of(question)
    months = month_range(scope.first, Month.of(counted.facts.until[question.number]))
    return any(counted.codes.can_be_recorded(provision, month, scope.date_basis) for month in months)


def _time_of(code: OffenceCode, first: Month, last: Month, basis: DateBasis) -> Iterator[Prose]:
    """When a code was in force, what the months outside print, and who says so; nothing where it always was."""
    if code.in_force_during(first, last) == "all":
        return
    said = f"HO {code.code} was in force {code.in_force_spoken}"
    if code.in_force_to is None or Month.of(code.in_force_to) >= last or basis == "committed":
        yield (f"{said}; [z] marks the months in which it did not exist.",)
        return
    if code.after_end == "recorded":
        before = code.in_force_from is not None and Month.of(code.in_force_from) > first
        yield (
            f"{said}. An offence of that time can be recorded under it later, so later months print counts "
            f"(source: {code.after_end_source})." + (" [z] marks the months before it began." if before else ""),
        )
        return
    if code.after_end == "not-recorded":
        what = f"Nothing is recorded under it later (source: {code.after_end_source})."
    else:
        what = "The list of codes does not say whether an offence of that time is recorded under it later."
    yield (f"{said}. {what} [z] marks the months outside in which nothing was recorded.",)


def _answer(question: Question, counted: Counted, answer: ControlledTable, denominators: ControlledTable) -> Prose:
    """The totals of a question's lines, each beside all recorded offences in scope of that line."""
    if not question.codes:
        line = next((line for line in answer.lines if line[0] == QuestionKey(question.number)), None)
        figure: Prose = (" ", Figure(answer.name, (*line, ALL))) if line else ()
        provisions = counted.codes.law(question.text)
        if provisions and not any(_possible(each, question, counted) for each in provisions):
            return ("None can have been recorded: the offence was not in force in any month of the period.", *figure)
        return ("Not counted: no offence code answers this question by itself.", *figure)
    if answer.name == "marked" and counted.request.marker:
        what = f"{answer.unit} marked {counted.request.marker.name}"
    elif answer.name == "mentions":
        what = f"{answer.unit} whose records mention the terms"
    elif answer.name == "confirmed":
        what = f"{answer.unit} whose mention of the terms people read and confirmed"
    else:
        what = answer.unit
    if answer.name != "offences":
        what += f", out of all {answer.unit} in scope"
    lines = [line for line in answer.lines if _answers(answer, line, question)]
    scope = counted.request.scope_of(question)
    period = spoken_span(scope.start, counted.facts.until[question.number])
    if not lines:
        return (f"{what[0].upper()}{what[1:]}, {period}: none.",)
    under = set(denominators.lines)
    parts: list[str | Figure] = [f"{what[0].upper()}{what[1:]}, {period}: "]
    for number, line in enumerate(lines):
        first = answer.rows[0].leaf(line[0])
        name = " ".join((first.code or first.label, *(key.text for key in line[1:])))
        parts += ["; " if number else "", f"{name}: ", Figure(answer.name, (*line, ALL))]
        if answer.name != "offences" and line in under:
            parts += [" of ", Figure(denominators.name, (*line, *(ALL,) * len(denominators.columns)))]
    shared = [
        str(other.number)
        for other in counted.request.questions
        if other is not question and set(other.codes) & set(question.codes)
    ]
    if shared:
        parts.append(f". A code that also answers {_questions(shared)} stands in each of these answers")
    return (*parts, ".")


def _questions(numbers: list[str]) -> str:
    """`question 3`, `questions 3 and 4`."""
    return f"question{'s' if len(numbers) > 1 else ''} {spoken_list(numbers)}"


def _answers(answer: ControlledTable, line: Place, question: Question) -> bool:
    """Whether a line answers the question: it is the question, or a line of codes that holds one of its codes."""
    if is_margin(line) or isinstance(line[0], QuestionKey):
        return line[0] == QuestionKey(question.number)
    members = answer.rows[0].leaf(line[0]).members
    return any(isinstance(member, CodeKey) and member.code in question.codes for member in members)
