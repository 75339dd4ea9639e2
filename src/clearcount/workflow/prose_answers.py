"""What a release answers to each question: its codes, what to know about them, and its figures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from clearcount.model.keys import CodeKey
from clearcount.model.months import Month
from clearcount.model.release import AnsweredQuestion, CodeLine, Prose, SelectedCode
from clearcount.model.request import DateBasis, Question
from clearcount.model.table import ControlledTable
from clearcount.offences import CodeList, OffenceCode
from clearcount.workflow.counting import Counted
from clearcount.workflow.prose import spoken_list
from clearcount.workflow.prose_short import answer_of, possible
from clearcount.workflow.selecting import codes_of


def answered(
    counted: Counted, answer: ControlledTable, denominators: ControlledTable, tables: Mapping[str, ControlledTable]
) -> tuple[AnsweredQuestion, ...]:
    """Return each question with its codes, what to know about them, and its answer in figures of the controlled tables.

    `answer` is the headline table, `tables` are all of the release by name. What is to be known of several questions
    stands under the first.
    """
    said: set[Prose] = set()
    found = []
    for question in counted.request.questions:
        remarks = tuple(remark for remark in _remarks(question, counted) if remark not in said)
        said.update(remarks)
        given = answer_of(question, counted, answer, denominators, tables)
        shared = _shared(question, counted) if given.lines else ()
        found.append(
            AnsweredQuestion(
                question.number,
                question.text,
                _code_lines(question, counted),
                remarks,
                (*given.sentence, *shared),
                tuple(_selected(question, counted)),
                given.heads,
                given.lines,
            )
        )
    return tuple(found)


def _shared(question: Question, counted: Counted) -> Prose:
    """That a code of the question also answers others; said once, under the first question that has it."""
    parts: list[str] = []
    for code in () if question.is_wide else question.codes:
        numbers = [each.number for each in counted.request.questions if code in each.codes]
        if len(numbers) > 1 and numbers[0] == question.number:
            named = CodeKey(code, counted.snapshot.own_codes).printed
            parts.append(f" {named} answers {_questions(list(map(str, numbers)))}, so its figures appear under each.")
    return tuple(parts)


def _code_lines(question: Question, counted: Counted) -> tuple[CodeLine, ...]:
    """The codes of a question with their law; a selection of many codes by its name and their number."""
    if not question.is_wide:
        return tuple(_code_line(code, counted) for code in question.codes)
    singles = {selection.name for selection in question.selections if not selection.is_wide}
    named = counted.snapshot.noun.put(
        spoken_list([selection.spoken for selection in question.selections if selection.is_wide])
    )
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
            if not possible(each, question, counted):
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
        numbers = [str(each.number) for each in counted.request.questions if code in each.codes]
        if len(numbers) > 1:
            yield (
                f"HO {code} records what {_questions(numbers)} ask, and the code cannot tell them apart. The tables "
                "of offences count it once.",
            )
        if known := codes.get(code):
            yield from _time_of(known, first, last, scope.date_basis)


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


def _questions(numbers: list[str]) -> str:
    """`question 3`, `questions 3 and 4`."""
    return f"question{'s' if len(numbers) > 1 else ''} {spoken_list(numbers)}"
