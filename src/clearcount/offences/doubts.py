"""Doubts that come from the law: codes that do not answer their question, and offences that did not exist yet."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from clearcount.model.months import Month
from clearcount.model.request import Doubt, Question
from clearcount.offences.codes import CodeList
from clearcount.offences.law import references
from clearcount.offences.values import OffenceCode, Provision
from clearcount.offences.wording import POSSESSION, AskedOffence, codes_for


def doubts_of_law(
    questions: Sequence[Question], first: Month, last: Month, codes: CodeList, text: str = ""
) -> tuple[Doubt, ...]:
    """Return every doubt about which codes answer which question in the months from `first` to `last`.

    `text` is the request's whole wording: sections named there that no question covers are doubts too. A question
    whose wording names no known offence says nothing about its codes. Identities are unique and stable:
    `CODE-not-asked`, `CODE-not-searched`, `CODE-not-in-force`, `CODE-answers-several`, `CODE-wider-than-asked`,
    `qN-no-code`, `SECTION-not-answered`.
    """
    asked = [codes_for(question.text, codes) for question in questions]
    found = [
        *_not_asked(questions, asked, codes),
        *_no_code(questions, asked, first, last, codes),
        *_not_searched(questions, asked, codes),
        *_before(questions, asked, first, last, codes),
        *_not_in_force(questions, first, last, codes),
        *_several(questions, codes),
        *_wider(questions, asked, codes),
        *_wording(questions, asked, codes, text),
    ]
    return tuple({doubt.id: doubt for doubt in reversed(found)}.values())[::-1]


def _not_asked(questions: Sequence[Question], asked: Sequence[AskedOffence], codes: CodeList) -> Iterator[Doubt]:
    strays: dict[str, list[Question]] = {}
    for question, wanted in zip(questions, asked, strict=True):
        if not wanted.understood:
            continue
        for code in question.codes:
            if code not in (*wanted.codes, *wanted.before) and not _described(question, wanted, codes, code):
                strays.setdefault(code, []).append(question)
    for code, places in strays.items():
        wanted = asked[questions.index(places[0])]
        names = _ids(wanted.provisions) or "possession of indecent images"
        homes = [q.number for q, each in zip(questions, asked, strict=True) if code in (*each.codes, *each.before)]
        remedy = f"move it to question {homes[0]}" if homes else "take the code out"
        yield Doubt(
            f"{code}-not-asked",
            ", ".join(f"question[{question.number}].codes" for question in places),
            f"{_named(codes.get(code), code)} is not what the question asks for ({names})",
            f"{remedy}, or say why it is counted",
        )


def _no_code(
    questions: Sequence[Question], asked: Sequence[AskedOffence], first: Month, last: Month, codes: CodeList
) -> Iterator[Doubt]:
    for question, wanted in zip(questions, asked, strict=True):
        if question.codes:
            continue
        what = "the question has no code, so nothing is counted for it"
        groups: dict[str, list[str]] = {}
        for provision in wanted.provisions:
            if provision.mark == "unconfirmed" or provision.in_force_from or provision.in_force_to:
                groups.setdefault(_state(provision, first, last), []).append(provision.id)
        what += "".join(f"; {' and '.join(ids)}: {state}" for state, ids in groups.items())
        if without := [provision.id for provision in wanted.provisions if not provision.codes]:
            what += f"; no Home Office code in the list {codes.version} records {' or '.join(without)}"
        remedy = f"write codes = [{_quoted(wanted.codes)}], or" if wanted.codes else "let the answer say so, and"
        yield Doubt(
            f"q{question.number}-no-code",
            f"question[{question.number}].codes",
            what,
            f"{remedy} say why in a reason",
        )


def _state(provision: Provision, first: Month, last: Month) -> str:
    """`in force from 6 February 2026, in no month of the period`, or that the commencement is not confirmed."""
    if provision.mark == "unconfirmed":
        return provision.in_force_spoken
    how = {"none": "in no month", "part": "in a part"}.get(provision.in_force_during(first, last), "in every month")
    return f"in force {provision.in_force_spoken}, {how} of the period"


def _not_searched(questions: Sequence[Question], asked: Sequence[AskedOffence], codes: CodeList) -> Iterator[Doubt]:
    """Codes asked for that no question has.

    A section known only from the published lists may stand beside dozens of codes (theft, section 1): one of them
    in scope is taken for the choice that was meant. A provision kept by hand names the codes that belong together.
    """
    scope = _scope(questions)
    for question, wanted in zip(questions, asked, strict=True):
        if not question.codes:
            continue
        half = {
            code
            for each in wanted.provisions
            if each.mark == "listed" and set(each.codes) & set(scope)
            for code in each.codes
        }
        for code in wanted.codes:
            if code not in scope and code not in half:
                why = (
                    "possession is asked for"
                    if code == POSSESSION and wanted.possession
                    else "the question asks for it"
                )
                yield Doubt(
                    f"{code}-not-searched",
                    f"question[{question.number}].codes",
                    f"{why}, but {_named(codes.get(code), code)} is not searched",
                    f'add "{code}", or say why it is left out',
                )


def _before(
    questions: Sequence[Question], asked: Sequence[AskedOffence], first: Month, last: Month, codes: CodeList
) -> Iterator[Doubt]:
    scope = _scope(questions)
    for question, wanted in zip(questions, asked, strict=True):
        for code in wanted.before if question.codes else ():
            old = codes.get(code)
            if code not in scope and old is not None and old.in_force_during(first, last) != "none":
                yield Doubt(
                    f"{code}-not-searched",
                    f"question[{question.number}].codes",
                    f"{_named(old, code)} recorded this conduct {old.in_force_spoken}, within the period, "
                    "and is not searched",
                    f'add "{code}", or say why the earlier offence is left out',
                )


def _not_in_force(questions: Sequence[Question], first: Month, last: Month, codes: CodeList) -> Iterator[Doubt]:
    for code in _scope(questions):
        found = codes.get(code)
        span = found.in_force_during(first, last) if found else "all"
        if found is None or span == "all":
            continue
        how = "in no month" if span == "none" else "for part"
        late = found.after_end == "recorded" and found.in_force_to is not None and Month.of(found.in_force_to) < last
        outside = "that the months before it print [z] and later ones what is recorded late"
        outside = outside if late else "that the months outside print [z]"
        yield Doubt(
            f"{code}-not-in-force",
            _places(questions, code),
            f"{_named(found, code)} was in force {how} of the period: {found.in_force_spoken}",
            f"change the period or the code, or accept {outside}",
        )


def _several(questions: Sequence[Question], codes: CodeList) -> Iterator[Doubt]:
    for code in _scope(questions):
        numbers = [str(question.number) for question in questions if code in question.codes]
        if len(numbers) > 1:
            yield Doubt(
                f"{code}-answers-several",
                _places(questions, code),
                f"one code, {_named(codes.get(code), code)}, answers questions {', '.join(numbers)}: "
                "records cannot be told apart by question, and one line answers them all",
                "ask the requester whether one line will do, or say so in a reason",
            )


def _wider(questions: Sequence[Question], asked: Sequence[AskedOffence], codes: CodeList) -> Iterator[Doubt]:
    shared = {code for code in _scope(questions) if sum(code in question.codes for question in questions) > 1}
    for question, wanted in zip(questions, asked, strict=True):
        parts = {f"{each.section}{each.part}".lower() for each in references(question.text, codes.acts)}
        for provision in wanted.provisions if wanted.by_section else ():
            narrow = sorted(
                part for part in provision.parts if part in parts or part.replace("(1)(", "").rstrip(")") in parts
            )
            for code in provision.codes:
                if narrow and len(narrow) < len(provision.parts) and code in question.codes and code not in shared:
                    yield Doubt(
                        f"{code}-wider-than-asked",
                        f"question[{question.number}].codes",
                        f"the question asks for section {', '.join(narrow)} only; {_named(codes.get(code), code)} "
                        f"also records section {', '.join(part for part in provision.parts if part not in narrow)}",
                        "let the answer say that the code is wider, and say so in a reason",
                    )


def _wording(
    questions: Sequence[Question], asked: Sequence[AskedOffence], codes: CodeList, text: str
) -> Iterator[Doubt]:
    scope = _scope(questions)
    covered = {provision.id for wanted in asked for provision in wanted.provisions}
    wanted = codes_for(text, codes)
    for provision in wanted.provisions if wanted.by_section else ():
        if provision.id not in covered and not set(provision.codes) & set(scope):
            remedy = (
                f"add a question with codes = [{_quoted(provision.codes)}]" if provision.codes else "add a question"
            )
            yield Doubt(
                f"{provision.id.split()[-1]}-not-answered",
                "request.text",
                f"the wording names {provision.id} ({provision.title}), and no question covers it",
                f"{remedy}, or say why it is left out",
            )
    if wanted.possession and POSSESSION not in scope:
        yield Doubt(
            f"{POSSESSION}-not-searched",
            "request.text",
            f"possession is asked for, but {_named(codes.get(POSSESSION), POSSESSION)} is not searched",
            f'add "{POSSESSION}", or say why it is left out',
        )


_COMMON = {
    "offence",
    "offences",
    "person",
    "persons",
    "sexual",
    "section",
    "image",
    "images",
    "without",
    "under",
    "cause",
}


def _described(question: Question, wanted: AskedOffence, codes: CodeList, given: str) -> bool:
    """Whether a question asks for a code in the code's own words.

    It repeats a description; or names a section that only the description names, as some lists print the law there;
    or, naming no section at all, uses a telling word of a description.
    """
    code = codes.get(given)
    if code is None:
        return False
    if any(description.lower() in question.text.lower() for description in code.descriptions):
        return True
    if not wanted.by_section:
        return bool((_telling(question.text) & _telling(" ".join(code.descriptions))) - _COMMON)
    own = {provision.id for description in code.descriptions for provision in codes.law(description)}
    return bool(own & {provision.id for provision in wanted.provisions})


def _telling(text: str) -> set[str]:
    return set(re.findall(r"[a-z]{5,}", text.lower()))


_LONGEST = 60
"""Longer labels are cut in a doubt, which is one sentence; `clearcount codes` prints them whole."""


def _scope(questions: Iterable[Question]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(code for question in questions for code in question.codes))


def _places(questions: Sequence[Question], code: str) -> str:
    return ", ".join(f"question[{question.number}].codes" for question in questions if code in question.codes)


def _named(code: OffenceCode | None, given: str) -> str:
    if code is None:
        return given
    label = code.label if len(code.label) <= _LONGEST else f"{code.label[:_LONGEST].rstrip()}…"
    return f"{code.code} {label}"


def _ids(provisions: Iterable[Provision]) -> str:
    return ", ".join(provision.id for provision in provisions)


def _quoted(codes: Iterable[str]) -> str:
    return ", ".join(f'"{code}"' for code in codes)
