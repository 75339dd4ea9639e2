"""Letters: put together from clauses, whole or not at all, kept without the applicant's name, sent by hand."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

import docx
from django.conf import settings
from django.utils import timezone
from django.utils.timezone import localdate

from clearcount.foi import exemption
from clearcount.foi.afterwards import REVIEW_ASKED
from clearcount.foi.bodies import regulator_on
from clearcount.writers.zips import repacked
from clearcount_web.cases.acting import Doing
from clearcount_web.cases.answers import kind_of_answer, order_of
from clearcount_web.cases.clauses import APPLICANT, Clauses, clauses
from clearcount_web.cases.costs import Sheet, worked_out
from clearcount_web.cases.models import Case, Letter, Part, Worksheet
from clearcount_web.cases.seals import digest_of
from clearcount_web.cases.table import S
from clearcount_web.ground.refusals import Refused

KINDS = {
    "acknowledgement": "Acknowledgement",
    "validity": "What the request needs to be valid",
    "clarification": "Clarification",
    "interest": "More time for a public interest test",
    "referral": "Referral to the national unit",
    "answer": "Answer, with every refusal",
    "review-received": "Acknowledgement of an internal review",
    "review": "Decision of an internal review",
    "ordered": "Fresh answer after a decision of the regulator",
    "correction": "Correction of an answer that was sent",
}
"""The letters there are. An answer holds a clause for each outcome: given, in part, refused, not held, section 12."""
STATES = {"answer": (S.DRAFTING,), "review": (S.DRAFTING,), "ordered": (S.DRAFTING,), "correction": (S.DRAFTING,)}
"""Where a letter belongs to one state alone: those that an approval is of."""
_OUTCOMES = {"part": "partly"}
"""The clause of an outcome, where its key is another."""
_WITHOUT_RIGHTS = frozenset({"acknowledgement", "validity", "clarification", "referral", "review-received"})
"""Letters that refuse nothing, so that section 17(7) asks nothing of them."""
_OWN_WORDS_WITHIN = frozenset({"clarification", "validity", "referral"})
"""Letters in which the officer's own words fill a clause; in the others they are a paragraph before the rights."""
Said = Iterator[tuple[str, dict[str, str]]]


def write_letter(now: Doing, given: Mapping[str, Any]) -> None:
    """Put a letter together and keep it.

    Raises:
        Refused: when a particular that the law wants is missing, naming it; then no letter is kept.
    """
    kind, own = str(given["kind"]), str(given.get("own_words", "")).strip()
    if kind not in KINDS:
        raise Refused("There is no such letter.")
    if kind in STATES and now.case.state not in STATES[kind]:
        raise Refused("This letter is written while the answer is being drafted.")
    if kind == "acknowledgement" and now.case.state == S.RECEIVED:
        raise Refused("Confirm the day of receipt first: the letter says by when we answer.")
    now.ensure_nameless(own)
    if APPLICANT in own:
        raise Refused("The name is put in by the letter itself. Take the place for it out of your words.")
    words = clauses()
    paragraphs = _paragraphs(now.case, kind, own, localdate(), words)
    if kind in STATES:  # an answer has one letter: the last
        Letter.objects.filter(case=now.case, round=now.case.round, kind__in=tuple(STATES), sent_on=None).delete()
    numbers = Letter.objects.filter(case=now.case).values_list("number", flat=True)
    letter = Letter.objects.create(
        case=now.case,
        number=max(numbers, default=0) + 1,
        round=now.case.round,
        kind=kind,
        own_words=own,
        paragraphs=paragraphs,
        templates=words.version,
        digest=digest_of(paragraphs),
        made_by=now.by,
        made_at=timezone.now(),
    )
    now.changes |= {"letter": letter.number, "kind": kind, "digest": letter.digest}


def _paragraphs(case: Case, kind: str, own: str, day: date, words: Clauses) -> list[list[str]]:
    return [[words[key].filled(values), words[key].basis] for key, values in _said(case, kind, own, day)]


def ensure_current(case: Case) -> None:
    """Raise Refused unless the answer of this round has a letter that says what the parts and the worksheet say now."""
    letter = case.letters.filter(round=case.round, kind__in=tuple(STATES)).first()
    if letter is None:
        raise Refused("The answer has no letter yet. Write it: what is approved is what is sent.")
    wanted = kind_of_answer(case)
    if letter.kind != wanted:
        raise Refused(f"This answer needs the letter “{KINDS[wanted]}”. Write that one.")
    if not says_what_is_now(letter, case):
        raise Refused("The letter says something else than the parts do now. Write it again.")


def says_what_is_now(letter: Letter, case: Case) -> bool:
    """Return whether the letter would come out the same if it were put together now, as of the day of its writing.

    Raises:
        Refused: when it could not be put together at all.
    """
    day = timezone.localdate(letter.made_at)
    again = _paragraphs(case, letter.kind, letter.own_words, day, clauses())
    return digest_of(letter.paragraphs) == letter.digest == digest_of(again)


def letter_sent(now: Doing, given: Mapping[str, Any]) -> None:
    """Note by hand that a letter was sent; nothing is sent from here.

    Raises:
        Refused: for a letter that is not there or was sent, or an answer that is not approved.
    """
    letter = now.case.letters.filter(number=given["number"]).first()
    if letter is None or letter.sent_on is not None:
        raise Refused("There is no such letter that is still to be sent.")
    if letter.kind in STATES:
        raise Refused("An answer is sent when it is approved: note it as the answer that was sent.")
    day = given["day"]
    if day > localdate() or day < now.case.received_on:
        raise Refused(f"The letter cannot have been sent on {day}.")
    now.ensure_nameless(str(given["how"]))
    letter.sent_on, letter.sent_how = day, str(given["how"]).strip()
    letter.save()
    if letter.kind == "interest":
        _told_of_tests(now, letter, day)
    now.changes |= {"letter": letter.number, "day": str(day)}


def _told_of_tests(now: Doing, letter: Letter, day: date) -> None:
    """Note for each part under test that the applicant was told, when the letter says what is done now.

    A letter that says another exemption or another day is still noted as sent, and tells of no test.
    """
    try:
        current = says_what_is_now(letter, now.case)
    except Refused:
        current = False
    now.changes["tells_of_tests"] = current
    if current:
        now.case.parts.exclude(test_limb="").filter(issued_on=None, test_told_on=None).update(test_told_on=day)


def ensure_named_as_on(letters: Iterable[Letter], day: date) -> None:
    """Raise Refused when a body has another name on the day of sending than in a letter written before."""
    for letter in letters:
        written = timezone.localdate(letter.made_at)
        if regulator_on(written) != regulator_on(day) and day > written:
            raise Refused(
                f"Letter {letter.number} names the {regulator_on(written)}, which is the {regulator_on(day)} on {day}. "
                "Open the answer again and write the letter anew."
            )


def _said(case: Case, kind: str, own: str, day: date) -> Said:
    """The clauses of a letter with what fills them, in order."""
    values = _values(case, own, day)
    if kind == "referral":
        yield from _referral(case, values)
        return
    yield "greeting", values
    yield "received", values
    if kind == "acknowledgement":
        yield "due", values
    elif kind == "validity":
        yield "validity", values
    elif kind == "clarification":
        yield "ask", values
        yield "clock", values
    elif kind == "review-received":
        yield "review-received", values
    elif kind == "interest":
        tested = [part for part in case.parts.all() if part.test_limb and not part.outcome and part.issued_on is None]
        if not tested:
            raise Refused("No part is under a public interest test.")
        for part in tested:
            yield from _test(part, values)
    else:
        yield from _answer(case, kind, values)
    if own and kind not in _OWN_WORDS_WITHIN:
        yield "own", values
    if kind not in _WITHOUT_RIGHTS:
        if kind not in ("review", "ordered"):
            yield "rights", values
        yield "regulator", values
    yield "end", values


def _referral(case: Case, values: dict[str, str]) -> Said:
    """What the national unit is told: what is asked and what we mean to do, never by whom it is asked."""
    parts = list(case.parts.all())
    if not parts:
        raise Refused("The case has no part to refer. Plan it first.")
    yield "referral", values
    for part in parts:
        yield "part", values | _of_part(part)
        if part.reading:
            yield "reading", values | _of_part(part)
        if limb := part.limb or part.test_limb:
            known = exemption(limb)
            yield "considered", values | {"limb": limb, "exemption_title": known.title if known else ""}
    yield "end", values


def _answer(case: Case, kind: str, values: dict[str, str]) -> Said:
    if kind == "review":
        yield "review-decision", values
    if kind == "ordered":
        yield "ordered", values
    if kind == "correction":
        yield "corrected", values
    parts = [part for part in case.parts.all() if kind != "answer" or part.issued_on is None]
    if not any(part.outcome for part in parts):
        raise Refused("No part has an outcome that is still to be told.")
    sheet = Worksheet.objects.filter(case=case).first()
    figures = worked_out(sheet, case) if sheet else None
    for part in parts:
        mine = values | _of_part(part)
        if not part.outcome:
            if not part.test_limb:
                raise Refused(f"Part {part.number} has neither an outcome nor time for a public interest test.")
            yield from _test(part, mine)
            continue
        yield "part", mine
        if part.reading and part.outcome != "other-regime":
            yield "reading", mine
        yield from _outcome(part, mine, sheet, figures)


def _test(part: Part, values: dict[str, str]) -> Said:
    """That a part is under a public interest test, and why the exemption applies where that is not apparent."""
    yield "test", values | _tested(part)
    if part.why:
        yield "test-why", values | _tested(part)


def _outcome(part: Part, mine: dict[str, str], sheet: Worksheet | None, figures: Sheet | None) -> Said:
    costly = part.outcome in ("cost", "cost-to-confirm", "cost-estimate")
    if costly and (sheet is None or figures is None):
        raise Refused("A refusal under section 12 carries its estimate. Fill the cost worksheet in first.")
    if part.outcome == "cost-estimate" and (figures is None or figures.estimate is None):
        raise Refused("An estimate rests on a sample. Write into the cost worksheet what was read and found.")
    if costly and figures is not None and not figures.cost.exceeds:
        raise Refused("The estimate is within the limit, so section 12 does not apply. Answer the part instead.")
    priced = mine | (_cost(sheet, figures) if sheet and figures else {})
    known = exemption(part.exemption) if part.exemption else None
    published = known is not None and known.section == "21" and part.outcome == "withheld"
    yield "accessible" if published else _OUTCOMES.get(part.outcome, part.outcome), priced
    if known is not None:
        yield "exemption", mine | {"exemption_title": known.title}
        if known.section == "21":
            yield "elsewhere", mine
        if known.kind == "qualified" or part.interest_for:
            yield "interest-ncnd" if part.outcome == "ncnd" else "interest", mine
    if costly and figures is not None:
        yield "cost-sum-with" if sheet and sheet.other_minutes else "cost-sum", priced
        if part.tables and part.outcome != "cost-estimate":
            yield "goodwill", priced
        yield "narrow", priced
        if figures.estimate is not None:
            yield "estimate", priced


def _values(case: Case, own: str, day: date) -> dict[str, str]:
    review, order = case.reviews.filter(answered_on=None).first(), order_of(case)
    rights = settings.FORCE.information_rights
    return {
        "reference": case.reference,
        "title": case.title,
        "received": _day(case.received_on),
        "due": _day(case.due) if case.due else "",
        "due_why": case.due_why,
        "own_words": own,
        "department": settings.FORCE.department,
        "force": settings.FORCE.name,
        "contact": ", ".join(rights[key] for key in ("email", "post", "online", "telephone") if key in rights),
        "review_days": str(REVIEW_ASKED),
        "regulator": regulator_on(day),
        "review_asked": _day(review.asked_on) if review else "",
        "review_due": _day(case.due) if review and case.due else "",
        "order_day": _day(order.ended_on) if order and order.ended_on else "",
        "correction": case.correction,
        "answered": _day(case.issued_on) if case.issued_on else "",
    }


def _of_part(part: Part) -> dict[str, str]:
    return {
        "number": str(part.number),
        "text": part.text,
        "reading": part.reading,
        "limb": part.limb,
        "why": part.why,
        "interest_for": part.interest_for,
        "interest_against": part.interest_against,
        "log_address": part.log_address,
        "tables": f"See {_named(part.tables)}." if part.tables else "It is in the annex to this letter.",
    }


def _named(tables: str) -> str:
    """Tables as a letter names them: bare numbers become “table 1”."""
    numbers = tables.replace(",", " ").split()
    if not all(each.isdecimal() for each in numbers):
        return tables
    return f"table{'s' if len(numbers) > 1 else ''} {', '.join(numbers)}"


def _tested(part: Part) -> dict[str, str]:
    known = exemption(part.test_limb)
    return _of_part(part) | {
        "test_limb": part.test_limb,
        "test_title": known.title if known else "",
        "part_due": _day(part.due) if part.due else "",
    }


def _cost(sheet: Worksheet, figures: Sheet) -> dict[str, str]:
    limit = figures.cost.limit
    found = {
        "limit": str(limit.pounds),
        "limit_hours": f"{float(limit.hours):g}",
        "rate": str(limit.rate),
        "records": f"{sheet.records:,}",
        "timed": str(len(sheet.minutes)),
        "minutes": f"{figures.minutes:.1f}",
        "minutes_lower": f"{figures.minutes_lower:.1f}",
        "minutes_upper": f"{figures.minutes_upper:.1f}",
        "other_hours": f"{sheet.other_minutes / 60:.1f}",
        "hours": f"{float(figures.cost.hours):,.1f}",
        "cost": f"{float(figures.cost.cost):,.0f}",
        "method": sheet.method,
        "fits": f"{figures.fits:,}",
        "advice": sheet.advice,
    }
    if figures.estimate is not None:
        found |= {
            "read": f"{sheet.read:,}",
            "found": f"{sheet.found:,}",
            "estimate": f"{figures.estimate.estimate:,.0f}",
            "estimate_lower": f"{figures.estimate.lower:,.0f}",
            "estimate_upper": f"{figures.estimate.upper:,.0f}",
        }
    return found


def text_of(letter: Letter, name: str) -> str:
    """Return the letter as text to copy, with the applicant's name."""
    return "\n\n".join(str(words) for words, _ in letter.paragraphs).replace(APPLICANT, name) + "\n"


def bases_of(letter: Letter) -> list[str]:
    """Return the law that the clauses of a letter rest on, each once."""
    return list(dict.fromkeys(str(basis) for _, basis in letter.paragraphs if basis))


def docx_of(letter: Letter, name: str) -> bytes:
    """Return the letter as a Word file, with the applicant's name and nobody's in its properties."""
    document = docx.Document()
    for words, _ in letter.paragraphs:
        for block in str(words).replace(APPLICANT, name).split("\n\n"):
            document.add_paragraph("".join(sign for sign in block if sign in "\n\t" or ord(sign) >= 32))
    properties = document.core_properties
    properties.author = properties.last_modified_by = properties.comments = properties.title = ""
    properties.created = properties.modified = letter.made_at.replace(tzinfo=None)
    properties.revision = 1
    out = io.BytesIO()
    document.save(out)
    return repacked(out.getvalue())


def _day(day: Any) -> str:
    return f"{day.day} {day:%B %Y}"
