"""The words of a release, made from what was run. A number of records stands here only as a `Figure`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from clearcount.model.keys import ALL, CodeKey, Place, QuestionKey, is_margin
from clearcount.model.release import AnsweredQuestion, CodeLine, Figure, Force, Prose
from clearcount.model.request import CountRequest, Question
from clearcount.model.table import ControlledTable
from clearcount.offences import CodeList
from clearcount.workflow.counting import Counted

_RULES = {
    "contains": "the term exactly as written, spaces included, anywhere in the text, capitals or not",
    "padded": "the term with a space on each side, capitals or not; a term beside punctuation or at the start or end "
    "of a text is not found",
    "word": "the term as a whole word or phrase, capitals or not; punctuation, a line end or the start or end of the "
    "text may stand beside it",
    "variant": "the term as a whole word or phrase, capitals or not, and the spellings that its own shape implies: "
    "joined, hyphenated, spaced or dotted",
}
_BASIS = {
    "recorded": "An offence counts in the month in which the force recorded it.",
    "reported": "An offence counts in the month in which it was reported to the force.",
    "committed": "An offence counts in the month in which it was committed; where that is a range of days, in the "
    "month in which the range starts.",
}
_FIELDS = {"summary": "occurrence summaries", "mo": "MO notes"}


def spoken_list(words: list[str]) -> str:
    """`a, b and c`."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def field_names(request: CountRequest, force: Force) -> list[str]:
    """The searched fields in the force's own words."""
    names = {**_FIELDS, "oel": force.oel_label}
    return [names.get(field, field) for field in request.terms.fields] if request.terms else []


def data_source(counted: Counted, force: Force) -> tuple[Prose, ...]:
    """Which system, which extract."""
    shot = counted.snapshot
    return (
        (f"{force.source_system}.",),
        (f"The extract was taken on {_day(shot.as_at)}; it is snapshot {shot.number} of the record store.",),
    )


def data_processing(counted: Counted, force: Force) -> tuple[Prose, ...]:
    """What was selected, what was looked for, and how it was counted."""
    request = counted.request
    return tuple(_processing(counted, request, force))


def _processing(counted: Counted, request: CountRequest, force: Force) -> Iterator[Prose]:
    kind = "offence codes of the data" if counted.snapshot.own_codes else "Home Office codes"
    members = [member for leaf in counted.lines for member in leaf.members]
    codes = list(dict.fromkeys(member.printed for member in members if isinstance(member, CodeKey)))
    yield (f"Selected by {kind}: {', '.join(codes) or 'none'}.",)
    if counted.snapshot.own_codes:
        yield ("The codes are the data's own, so nothing was checked against the list of offences or the law.",)
    for column, condition in request.scope.where.items():
        yield (f"Only records whose {column.replace('_', ' ')} {condition.spoken}.",)
    if request.terms and counted.answer.name != "marked":
        yield (f"The words were looked for in {spoken_list(field_names(request, force))}.",)
        quoted = ", ".join(f"“{term}”" for term in request.terms.set.terms)
        yield (f"Terms: {quoted}. Each finds {_RULES[request.terms.set.rule]}.",)
        if request.terms.set.none:
            yield (f"A hit inside one of these phrases does not count: {', '.join(request.terms.set.none)}.",)
    if request.marker:
        yield (
            f"The force's own marker {request.marker.name} was used. It, or a decision against it, stands on ",
            Figure("marker_decided", counted.answer.whole),
            " of ",
            Figure("denominators", counted.answer.whole),
            f" {request.scope.unit} in scope. The others have not been looked at for the marker; that is not a “no”.",
        )
    if not request.terms and not request.marker:
        yield ("No words were looked for: every offence in scope counts.",)
    yield (_BASIS[request.scope.date_basis],)
    if request.scope.unit == "offences":
        yield ("Each line counts offences. Several offences may stand on one occurrence and share its texts.",)
    else:
        yield (
            "Each line counts occurrences. An occurrence with several of these offences stands in several lines and "
            "once in the line “any of these offences”.",
        )
    yield (
        "Cancelled and transferred records are left out."
        if request.scope.cancelled == "exclude"
        else "Cancelled and transferred records are counted too.",
    )
    yield (f"The period is {request.scope.first.spoken} to {counted.last.spoken}; a month without records shows 0.",)


def method(counted: Counted) -> tuple[Prose, ...]:
    """How a match was made, with every term as the program read it."""
    lines: list[Prose] = []
    if counted.found.expansion and counted.answer.name != "marked":
        lines.append(
            (
                "The texts were searched by a program that looks at every text of every record in scope and decides "
                "by fixed rules; no generative model took part. Each term was read as follows.",
            )
        )
        lines += [(f"“{term}”: {read_as}",) for term, read_as in counted.found.expansion]
        lines.append(
            (
                "An offence counts when at least one text of its occurrence holds a term. Texts hang on the "
                "occurrence, so one entry can mark several offences.",
            )
        )
    lines.append(
        (
            "The count can be repeated from the same snapshot with the request in release.json and gives the same "
            "files, byte for byte.",
        )
    )
    return tuple(lines)


def answered(counted: Counted, answer: ControlledTable, denominators: ControlledTable) -> tuple[AnsweredQuestion, ...]:
    """Each question with its codes, what to know about them, and its answer in figures of the controlled table."""
    request = counted.request
    return tuple(
        AnsweredQuestion(
            question.number,
            question.text,
            tuple(_code_line(code, counted) for code in question.codes),
            tuple(_remarks(question, counted)),
            _answer(question, counted, answer, denominators),
        )
        for question in request.questions
    )


def _code_line(code: str, counted: Counted) -> CodeLine:
    line = next((leaf for leaf in counted.lines if leaf.key == CodeKey(code, counted.snapshot.own_codes)), None)
    known = None if counted.snapshot.own_codes else counted.codes.get(code)
    printed = code if counted.snapshot.own_codes else f"HO {code}"
    label = line.label if line else (known.label if known else code)
    in_force = known.in_force_spoken if known else ""
    return CodeLine(printed, label, known.law if known else "", in_force[:1].upper() + in_force[1:])


def _remarks(question: Question, counted: Counted) -> Iterator[Prose]:
    codes: CodeList = counted.codes
    first, last = counted.request.scope.first, counted.last
    if not question.codes:
        provisions = codes.law(question.text)
        for each in provisions:
            if each.in_force_during(first, last) == "none":
                yield (
                    f"{each.title} ({each.act} section {each.section}) was not in force in any part of the period "
                    f"({each.in_force_spoken}), so no such offence can have been recorded.",
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
    for code in question.codes:
        shared = [q.number for q in counted.request.questions if code in q.codes and q.number != question.number]
        if shared:
            numbers = [str(number) for number in shared]
            yield (
                f"HO {code} also answers {_questions(numbers)}: one code records all of them, and it cannot tell them "
                "apart. Its figure stands in the table once.",
            )
        if (known := codes.get(code)) and known.in_force_during(first, last) != "all":
            yield (f"HO {code} was in force {known.in_force_spoken}; [z] marks the months in which it did not exist.",)


def _answer(question: Question, counted: Counted, answer: ControlledTable, denominators: ControlledTable) -> Prose:
    """The totals of a question's lines, each beside all recorded offences in scope of that line."""
    if not question.codes:
        line = next((line for line in answer.lines if line[0] == QuestionKey(question.number)), None)
        figure: Prose = (" ", Figure(answer.name, (*line, ALL))) if line else ()
        provisions = counted.codes.law(question.text)
        span = counted.request.scope.first, counted.last
        if provisions and all(each.in_force_during(*span) == "none" for each in provisions):
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
    period = f"{counted.request.scope.first.spoken} to {counted.last.spoken}"
    if not lines:
        return (f"{what[0].upper()}{what[1:]}, {period}: none.",)
    under = set(denominators.lines)
    parts: list[str | Figure] = [f"{what[0].upper()}{what[1:]}, {period}: "]
    for number, line in enumerate(lines):
        first = answer.rows[0].leaf(line[0])
        name = " ".join((first.code or first.label, *(key.text for key in line[1:])))
        parts += ["; " if number else "", f"{name}: ", Figure(answer.name, (*line, ALL))]
        if answer.name != "offences" and line in under:
            parts += [" of ", Figure(counted.denominator.name, (*line, ALL))]
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


def quality_unread(counted: Counted) -> tuple[Prose, ...]:
    """What must be said of counts that nobody read."""
    if counted.answer.name != "mentions":
        return ()
    return (
        (
            "These are mentions found by a program. No person has read the texts, so a record may mention a term "
            "without the offence involving it (“no sign of AI”), and a record may involve it without using the words.",
        ),
        ("This measures what is written in the records, not what happened.",),
    )


_FINDINGS = {
    "texts cut off": "The export may cut long texts off ({column}), so a mention further on cannot be found.",
    "dates without a day": "The data give only the month of some dates ({column}).",
    "codes not in the list": "Some records carry codes that no list of offences knows; no line here counts them.",
    "offences dated where not in force": "Some records carry an offence dated when it was not in force.",
    "duplicate entries": "Some log entries stand twice; a record still counts once.",
}
"""What a reader of the figures should know of the data, by the kind of finding; without numbers of records."""


def data_quality(counted: Counted) -> tuple[Prose, ...]:
    """The findings about the data that bear on these figures."""
    shot = counted.snapshot
    searched = set(counted.request.terms.fields) if counted.request.terms else set()
    lines: list[Prose] = []
    if shot.purged:
        lines.append(
            ("Records have been removed from this snapshot since, as retention asks; it cannot be counted again.",)
        )
    for finding in shot.findings:
        if finding.kind in _FINDINGS and (finding.kind != "texts cut off" or finding.column in searched):
            lines.append((_FINDINGS[finding.kind].format(column=finding.column),))
    if searched and set(counted.found.offences.occurrence_no) - counted.found.searched:
        lines.append(("Some records in scope hold no text in the fields searched; they count as without a mention.",))
    return tuple(dict.fromkeys(lines))


def notes(counted: Counted) -> tuple[Prose, ...]:
    """The shorthand, and what a reader must not conclude."""
    lines: list[Prose] = [
        ("0 means that the records were searched and none was found.",),
        ("[z] the offence was not in force in any part of the period and nothing was recorded.",),
        ("[x] not searched or not held.",),
        ("[c] a count that is not shown. [low] a count that is not shown and is below the threshold.",),
        ("[p] provisional: the extract holds only a part of the period.",),
        (
            "Crime records are live: offences are reclassified, cancelled and written to for months. The same question "
            "asked of a later extract can give other figures for the same months.",
        ),
    ]
    answer = counted.answer
    if answer.omitted_rows:
        first = [answer.rows[0].leaf(line[0]) for line in answer.omitted_rows]
        named = ", ".join(leaf.code or leaf.label for leaf in first)
        lines.append((f"Lines without any count above 0 are left out: {named}.",))
    if answer.omitted_columns:
        named = ", ".join(answer.columns[0].leaf(head[0]).label for head in answer.omitted_columns)
        lines.append((f"Columns without any count above 0 are left out: {named}.",))
    return (*lines, *data_quality(counted))


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
