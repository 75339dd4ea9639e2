"""The parts of a request: written down as asked, each with its own outcome."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from clearcount.foi import exemption, outcomes
from clearcount_web.cases.acting import Doing
from clearcount_web.cases.answers import kind_of_answer
from clearcount_web.cases.clock import deadline
from clearcount_web.cases.models import EXEMPT, Part
from clearcount_web.ground.refusals import Refused

MOST_PARTS = 60
USUAL_TEST = 20
"""Further working days that the section 45 Code calls best practice for a public interest test."""
HELD_OF = {
    "granted": ("yes",),
    "part": ("yes", "partly"),
    "withheld": ("yes", "partly"),
    "ncnd": ("ncnd",),
    "not-held": ("no",),
    "cost": ("", "yes", "partly"),
    "cost-to-confirm": ("",),
    "cost-estimate": ("yes", "partly"),
}
"""What each outcome says about holding the information; an outcome that is not here says nothing of it."""
WITH_REASON = frozenset({"part", "withheld", "ncnd", "cost", "cost-to-confirm", "vexatious", "repeated"})


def outcome_choices() -> list[tuple[str, str]]:
    """Return the outcomes that an officer may give a part; lapsed, withdrawn and invalid follow from the case."""
    by_act = {"lapsed", "withdrawn", "invalid"}
    return [(each.key, each.title) for each in outcomes() if each.key not in by_act]


def add_parts(now: Doing, texts: Sequence[str]) -> None:
    """Write parts down after those that are there.

    Raises:
        Refused: for none, too many, or words that say who asked.
    """
    wanted = [text.strip() for text in texts if text.strip()]
    now.ensure_nameless(*wanted)
    there = now.case.parts.count()
    if not wanted:
        raise Refused("Write at least one part.")
    if there + len(wanted) > MOST_PARTS:
        raise Refused(f"A case has at most {MOST_PARTS} parts. Put some of them together.")
    for number, text in enumerate(wanted, there + 1):
        Part.objects.create(case=now.case, number=number, text=text)
    now.changes["parts"] = (there, there + len(wanted))


def answer_part(now: Doing, given: Mapping[str, Any]) -> None:
    """Say how a part was read and how it ends.

    Raises:
        Refused: when its outcome, its holding, its exemption and its reasons do not fit together.
    """
    part = _part(now, given["number"], answered=kind_of_answer(now.case) != "answer")
    outcome, held, limb = str(given["outcome"]), str(given.get("held", "")), str(given.get("limb", "")).strip()
    section = _section(outcome, limb)
    if outcome in HELD_OF and held not in HELD_OF[outcome]:
        raise Refused("The outcome and whether it is held contradict each other. Choose the two that belong together.")
    if outcome not in HELD_OF and held == "ncnd":
        raise Refused("Neither confirmed nor denied is an outcome of its own. Choose it as the outcome too.")
    why = str(given.get("why", "")).strip()
    if outcome in WITH_REASON and not why:
        raise Refused("Write why this refusal applies: section 17 wants the applicant to be told.")
    known = exemption(section) if section else None
    weighed = [str(given.get(name, "")).strip() for name in ("interest_for", "interest_against")]
    if known is not None and known.needs_public_interest_test and known.kind == "qualified" and not all(weighed):
        raise Refused(
            f"Section {section} is qualified. Write the public interest for disclosure and against it (section 17(3))."
        )
    if section == "21" and not str(given.get("log_address", "")).strip():
        raise Refused("Section 21 needs the address where it is published already.")
    written = {
        "reading": str(given.get("reading", "")).strip(),
        "why": why,
        "interest_for": weighed[0],
        "interest_against": weighed[1],
        "log_address": str(given.get("log_address", "")).strip(),
        "tables": str(given.get("tables", "")).strip(),
    }
    now.ensure_nameless(*written.values(), limb)
    for name, value in written.items():
        setattr(part, name, value)
    now.changes |= {"part": part.number, "outcome": (part.outcome, outcome)}
    part.held, part.outcome, part.exemption, part.limb = held, outcome, section, limb if section else ""
    part.save()


def test_interest(now: Doing, given: Mapping[str, Any]) -> None:
    """Give a part further working days for its public interest test; the other parts keep their day.

    Raises:
        Refused: unless a qualified exemption is named.
    """
    part = _part(now, given["number"])
    known = exemption(str(given["limb"]))
    if known is None or not known.needs_public_interest_test:
        raise Refused("Only a qualified exemption gives time for the public interest test. Name one, such as 31(1)(a).")
    days = int(given["days"])
    if days > USUAL_TEST and not now.reason.strip():
        raise Refused(f"More than {USUAL_TEST} further working days is beyond the Code's best practice. Say why.")
    found = deadline(now.case, list(now.case.pauses.all()), more_days=days)
    if found.due is None:
        raise Refused("The clock does not run, so there is no day to extend.")
    limb, why = str(given["limb"]).strip(), str(given.get("why") or "").strip()
    now.ensure_nameless(limb, why)
    part.why = why
    if (part.test_limb, part.due) != (limb, found.due):
        part.test_told_on = None  # what the applicant was told is no more what is done
    part.test_days, part.due, part.test_limb = days, found.due, limb
    part.outcome = part.exemption = part.limb = part.held = ""
    part.save()
    now.changes |= {"part": part.number, "part_due": str(found.due), "under": str(given["limb"])[:40]}


def _section(outcome: str, limb: str) -> str:
    """The section of the limb that an outcome rests on; empty for an outcome without one."""
    if outcome not in EXEMPT:
        if limb:
            raise Refused("Only a refusal under an exemption names one. Take it out or choose another outcome.")
        return ""
    known = exemption(limb)
    if known is None:
        raise Refused("Name the exemption with its limb, such as 31(1)(a) or 40(2).")
    if outcome == "ncnd" and not known.ncnd:
        raise Refused(f"Section {known.section} has no limb for neither confirming nor denying.")
    if "(" not in limb and any(part in known.section for part in ("30", "31", "40")):
        raise Refused(f"Section {known.section} has several limbs. Name one, such as {known.section}(1)(a).")
    return known.section


def _part(now: Doing, number: int, *, answered: bool = False) -> Part:
    part = now.case.parts.filter(number=number).first()
    if part is None:
        raise Refused(f"The case has no part {number}.")
    if part.issued_on is not None and not answered:
        raise Refused(f"Part {number} was answered on {part.issued_on}. An internal review decides it afresh.")
    return part
