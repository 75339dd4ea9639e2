"""The request to count: written from the letter or by hand, and checked as often as it is looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from clearcount.errors import ClearcountError
from clearcount.foreign import parse_toml
from clearcount.lines import toml_value
from clearcount.model.request import Doubt, Fault
from clearcount.workflow.checking import check_request
from clearcount.workflow.codes import codes_in_use
from clearcount.workflow.stores import StorePlace, opened
from clearcount_web.cases.acting import Doing
from clearcount_web.cases.identity import says_who
from clearcount_web.cases.letters_in import plan_of, read_letter
from clearcount_web.cases.models import Applicant
from clearcount_web.cases.parts import add_parts
from clearcount_web.ground.refusals import Refused

MOST_LETTERS = 60_000


@dataclass(frozen=True)
class Checked:
    """What is wrong with a plan: sentences that stop it, faults, and doubts that are open or accepted."""

    stops: str = ""
    faults: tuple[Fault, ...] = ()
    open: tuple[Doubt, ...] = ()
    accepted: tuple[Doubt, ...] = ()
    with_records: bool = False

    @property
    def good(self) -> bool:
        """Whether nothing is open."""
        return not (self.stops or self.faults or self.open)


def check_plan(plan: str, *, records: bool = False) -> Checked:
    """Return the faults and doubts of a plan; with `records`, those too that only the record store can show."""
    store: Path | None = settings.STORE_DIR
    try:
        data = parse_toml(plan, "the plan")
        stores = opened((StorePlace(store),)) if records and store is not None else ()
        found = check_request(data, codes=codes_in_use(None), stores=stores)
    except ClearcountError as error:
        return Checked(stops=f"{error}.")
    still = {doubt.id for doubt in found.open()}
    return Checked(
        faults=found.faults,
        open=tuple(doubt for doubt in found.doubts if doubt.id in still),
        accepted=tuple(doubt for doubt in found.doubts if doubt.id not in still),
        with_records=found.with_records,
    )


def take_letter(now: Doing, given: Mapping[str, Any]) -> None:
    """Write the ticked parts of the letter down and make the plan from them.

    Raises:
        Refused: when nothing is ticked, or a part or the plan says who asked.
    """
    applicant = Applicant.objects.get(case=now.case)
    draft = read_letter(applicant.letter).draft
    draft.letter = tuple(sentence for sentence in draft.letter if not says_who(applicant, [sentence.text]))
    ticked = [part for number, part in enumerate(draft.parts, 1) if number in set(given["ticked"])]
    texts = {int(number): str(text) for number, text in given.get("texts", {}).items()}
    for number, part in enumerate(draft.parts, 1):
        part.text = " ".join(texts.get(number, part.text).split()) or part.text
    add_parts(now, [part.text for part in ticked])
    plan = plan_of(now.case, draft, ticked)
    now.ensure_nameless(plan)
    now.case.plan = plan


def write_plan(now: Doing, given: Mapping[str, Any]) -> None:
    """Keep the plan as it was written by hand.

    Raises:
        Refused: when it is no TOML, belongs to another case, or says who asked.
    """
    plan = str(given["plan"]).replace("\r\n", "\n")
    now.ensure_nameless(plan)
    if plan.strip():
        try:
            head = parse_toml(plan, "the plan").get("request")
        except ClearcountError as error:
            raise Refused(f"{error}.") from None
        if not isinstance(head, Mapping) or head.get("reference") != now.case.reference:
            raise Refused(f"The plan is of another case: write reference = {toml_value(now.case.reference)}.")
    now.case.plan = plan


def accept_doubt(now: Doing, given: Mapping[str, Any]) -> None:
    """Accept one doubt with the reason that the answer prints.

    Raises:
        Refused: without a reason, or for what is no open doubt.
    """
    reason = " ".join(str(given["reason"]).split())
    checked = check_plan(now.case.plan, records=True)
    if given["doubt"] not in {doubt.id for doubt in checked.open}:
        raise Refused("This is no open doubt of the plan. Look at the plan again.")
    entry = f"\n[[accepted]]\ndoubt = {toml_value(given['doubt'])}\nreason = {toml_value(reason)}\n"
    now.ensure_nameless(reason)
    now.case.plan = now.case.plan.rstrip() + "\n" + entry
    now.changes["accepted"] = str(given["doubt"])[:100]
