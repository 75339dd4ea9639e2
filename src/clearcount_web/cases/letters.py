"""Letters: put together from clauses, whole or not at all, kept without the applicant's name, sent by hand."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import docx
from django.conf import settings
from django.utils import timezone
from django.utils.timezone import localdate

from clearcount.foi import afterwards, exemption
from clearcount.writers.zips import repacked
from clearcount_web.cases.acting import Doing
from clearcount_web.cases.clauses import APPLICANT, Clauses, clauses
from clearcount_web.cases.clock import calendar
from clearcount_web.cases.costs import Sheet, worked_out
from clearcount_web.cases.models import Case, Letter, Part, Worksheet
from clearcount_web.cases.table import S
from clearcount_web.ground.refusals import Refused

KINDS = {
    "acknowledgement": "Acknowledgement",
    "clarification": "Clarification",
    "interest": "More time for a public interest test",
    "answer": "Answer, with every refusal",
    "review": "Decision of an internal review",
}
"""The letters there are. An answer holds a clause for each outcome: given, in part, refused, not held, section 12."""
STATES = {"answer": (S.DRAFTING,), "review": (S.DRAFTING,)}
"""Where a letter belongs to one state alone."""
_OUTCOMES = {"part": "partly"}
"""The clause of an outcome, where its key is another."""
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
        digest=_digest(paragraphs),
        made_by=now.by,
        made_at=timezone.now(),
    )
    now.changes |= {"letter": letter.number, "kind": kind, "digest": letter.digest}


def _paragraphs(case: Case, kind: str, own: str, day: date, words: Clauses) -> list[list[str]]:
    return [[words[key].filled(values), words[key].basis] for key, values in _said(case, kind, own, day)]


def _digest(paragraphs: list[list[str]]) -> str:
    return hashlib.sha256(json.dumps(paragraphs, ensure_ascii=False).encode()).hexdigest()


def ensure_current(case: Case) -> None:
    """Raise Refused unless the answer of this round has a letter that says what the parts and the worksheet say now."""
    letter = case.letters.filter(round=case.round, kind__in=tuple(STATES)).first()
    if letter is None:
        raise Refused("The answer has no letter yet. Write it: what is approved is what is sent.")
    reviewed = case.reviews.filter(answered_on=None).exists()
    if (letter.kind == "review") != reviewed:
        raise Refused(f"This answer needs the letter “{KINDS['review' if reviewed else 'answer']}”. Write that one.")
    words = clauses()
    day = timezone.localdate(letter.made_at)
    if letter.digest != _digest(_paragraphs(case, letter.kind, letter.own_words, day, words)):
        raise Refused("The letter says something else than the parts do now. Write it again.")


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
    now.changes |= {"letter": letter.number, "day": str(day)}


def _said(case: Case, kind: str, own: str, day: date) -> Said:
    """The clauses of a letter with what fills them, in order."""
    values = _values(case, own, day)
    yield "greeting", values
    yield "received", values
    if kind == "acknowledgement":
        yield "due", values
    elif kind == "clarification":
        yield "ask", values
        yield "clock", values
    elif kind == "interest":
        tested = [part for part in case.parts.all() if part.test_limb and part.issued_on is None]
        if not tested:
            raise Refused("No part is under a public interest test.")
        for part in tested:
            yield "test", values | _tested(part)
    else:
        yield from _answer(case, kind, values)
    if own and kind != "clarification":
        yield "own", values
    if kind not in ("acknowledgement", "clarification"):
        if kind != "review":
            yield "rights", values
        yield "regulator", values
    yield "end", values


def _answer(case: Case, kind: str, values: dict[str, str]) -> Said:
    if kind == "review":
        yield "review-decision", values
    parts = [part for part in case.parts.all() if kind == "review" or part.issued_on is None]
    if not any(part.outcome for part in parts):
        raise Refused("No part has an outcome that is still to be told.")
    sheet = Worksheet.objects.filter(case=case).first()
    figures = worked_out(sheet, case) if sheet else None
    for part in parts:
        mine = values | _of_part(part)
        if not part.outcome:
            if not part.test_limb:
                raise Refused(f"Part {part.number} has neither an outcome nor time for a public interest test.")
            yield "test", mine | _tested(part)
            continue
        yield "part", mine
        if part.reading and part.outcome != "other-regime":
            yield "reading", mine
        yield from _outcome(part, mine, sheet, figures)


def _outcome(part: Part, mine: dict[str, str], sheet: Worksheet | None, figures: Sheet | None) -> Said:
    costly = part.outcome in ("cost", "cost-to-confirm")
    if costly and (sheet is None or figures is None):
        raise Refused("A refusal under section 12 carries its estimate. Fill the cost worksheet in first.")
    if costly and figures is not None and not figures.cost.exceeds:
        raise Refused("The estimate is within the limit, so section 12 does not apply. Answer the part instead.")
    priced = mine | (_cost(sheet, figures) if sheet and figures else {})
    yield _OUTCOMES.get(part.outcome, part.outcome), priced
    known = exemption(part.exemption) if part.exemption else None
    if known is not None:
        yield "exemption", mine | {"exemption_title": known.title}
        if known.section == "21":
            yield "elsewhere", mine
        if known.kind == "qualified" or part.interest_for:
            yield "interest", mine
    if costly and figures is not None:
        yield "cost-sum", priced
        yield "narrow", priced
        if figures.estimate is not None:
            yield "estimate", priced


def _values(case: Case, own: str, day: date) -> dict[str, str]:
    after = afterwards(day, calendar=calendar())
    review = case.reviews.filter(answered_on=None).first()
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
        "review_until": _day(after.review_until),
        "regulator": after.regulator,
        "review_asked": _day(review.asked_on) if review else "",
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
        "tables": f"See: {part.tables}." if part.tables else "It stands in the annex to this letter.",
    }


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
