"""From the letter to parts and a plan: what the rules propose, beside the words they come from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from clearcount.drafting import Draft, draft_request
from clearcount.drafting.draft import DraftedPart
from clearcount.errors import ClearcountError
from clearcount.foi import aggregate
from clearcount.workflow.codes import codes_in_use
from clearcount_web.cases.clock import calendar
from clearcount_web.cases.models import Applicant, Case


@dataclass(frozen=True)
class Reading:
    """What the rules read in a letter: the draft, and the clarification letter that is ready when it is in doubt."""

    draft: Draft
    clarification: str


def read_letter(letter: str) -> Reading:
    """Return what the rules propose for a letter."""
    draft = draft_request(letter, codes_in_use(None))
    return Reading(draft, draft.clarification())


def plan_of(case: Case, draft: Draft, parts: list[DraftedPart]) -> str:
    """Return the request to count, as TOML, with the parts that an officer ticked."""
    ticked = replace(draft, parts=parts)
    return ticked.request_toml(reference=case.reference, received=case.received_on, title=case.title)


@dataclass(frozen=True)
class Near:
    """Another case of the same person, and whether both came within sixty working days (SI 2004/3244 regulation 5)."""

    case: Case
    within: bool


def others_of(who: Applicant) -> list[Near]:
    """Return the other cases of the same name or address, the latest first; for those who may know who asked."""
    if who.deleted_on or not (who.address or who.name):
        return []
    found = Applicant.objects.filter(deleted_on=None).exclude(pk=who.pk).select_related("case")
    found = found.filter(address__iexact=who.address) | found.filter(name__iexact=who.name)
    cases = [each.case for each in found]
    return [Near(case, _within(who.case, case)) for case in sorted(cases, key=lambda c: c.received_on, reverse=True)]


def _within(one: Case, other: Case) -> bool:
    if abs(one.received_on - other.received_on) > timedelta(days=120):
        return False
    try:
        return aggregate(one.received_on, other.received_on, calendar=calendar())
    except ClearcountError:
        return False
