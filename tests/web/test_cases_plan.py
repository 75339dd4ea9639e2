"""From the letter to the plan: parts that are ticked, doubts that are live, and requests that are alike."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

sys.path.insert(0, str(Path(__file__).parent))
from casework import ADDRESS, NAME, act, officer, opened

from clearcount.foreign import parse_toml
from clearcount_web.accounts.roles import Role
from clearcount_web.audit.models import Event
from clearcount_web.cases.letters_in import others_of
from clearcount_web.cases.models import Applicant, Case, Part
from clearcount_web.cases.opening import NewCase, open_case
from clearcount_web.cases.plans import check_plan
from clearcount_web.cases.similar import alike, words_of
from clearcount_web.ground.refusals import Refused

LETTER = f"""Dear force,

Under the Freedom of Information Act 2000 please tell me the number of offences since January 2024, by month, that
mention "deepfake" or "AI":

1. Sharing or threatening to share intimate photographs under section 66B Sexual Offences Act 2003
2. Taking indecent photographs of children under section 1 Protection of Children Act 1978

I write on behalf of {NAME}, who studies this.

Yours faithfully,
{NAME}
"""


def planned(letter: str = LETTER) -> Case:
    """A case whose letter is as given, ready to be planned."""
    case = open_case(NewCase("Image offences", "email", date(2026, 3, 3), NAME, ADDRESS, letter), by=officer())
    act(case, "confirm", day=case.received_on)
    return case


def test_the_letter_becomes_parts_and_a_plan(staff: Client, sign_in: Callable[..., Any]) -> None:
    case = planned()
    sign_in("olive", Role.FOI_OFFICER)
    page = staff.get(f"/cases/{case.pk}/letter/").content.decode()
    assert "088/15" in page and "Clarification, ready to copy" in page and "not understood" in page
    seen = Case.objects.get(pk=case.pk).version
    sent = staff.post(f"/cases/{case.pk}/letter/", {"seen": seen, "part": ["1"], "text_1": "Sharing under section 66B"})
    assert sent.headers["location"] == f"/cases/{case.pk}/plan/"
    assert list(Part.objects.filter(case=case).values_list("text", flat=True)) == ["Sharing under section 66B"]
    case.refresh_from_db()
    plan = parse_toml(case.plan, "the plan")
    assert plan["request"]["reference"] == case.reference and plan["request"]["received"] == date(2026, 3, 3)
    assert len(plan["question"]) == 1 and plan["scope"]["from"] == "2024-01"
    assert NAME not in case.plan and "Quenby" not in case.plan, "the sentence that says who asked is left out"
    again = staff.post(f"/cases/{case.pk}/letter/", {"seen": seen, "part": ["1"]}).content.decode()
    assert "changed this case after your page was opened" in again
    assert f'name="seen" value="{seen}"' in again, "the page stays out of date until it is opened again"
    assert Part.objects.filter(case=case).count() == 1


def test_nothing_ticked_and_words_that_say_who_asked_are_refused(staff: Client, sign_in: Callable[..., Any]) -> None:
    case = planned()
    sign_in("olive", Role.FOI_OFFICER)
    seen = Case.objects.get(pk=case.pk).version
    assert "at least one part" in staff.post(f"/cases/{case.pk}/letter/", {"seen": seen}).content.decode()
    named = {"seen": seen, "part": ["1"], "text_1": f"What {NAME} asks"}
    assert "say who asked" in staff.post(f"/cases/{case.pk}/letter/", named).content.decode()
    assert not Part.objects.filter(case=case).exists()


def test_an_analyst_plans_without_the_letter(staff: Client, sign_in: Callable[..., Any]) -> None:
    case = planned()
    sign_in("amir", Role.ANALYST)
    assert staff.get(f"/cases/{case.pk}/letter/").status_code == 403
    page = staff.get(f"/cases/{case.pk}/plan/")
    assert page.status_code == 200 and "Quenby" not in page.content.decode()


def plan_text(reference: str, more: str = "") -> str:
    return f"""[request]
reference = "{reference}"
title = "Image offences"
received = 2026-03-03
text = "Offences since January 2024"
[scope]
from = "2023-01"
to = "2025-12"
[[question]]
text = "Offences under section 66B Sexual Offences Act 2003"
codes = ["088/15"]
{more}"""


def test_doubts_are_live_and_accepted_with_a_reason(staff: Client, sign_in: Callable[..., Any]) -> None:
    case = planned()
    act(case, "plan", texts=["Sharing"])
    sign_in("amir", Role.ANALYST)
    page = f"/cases/{case.pk}/plan/"
    seen = Case.objects.get(pk=case.pk).version
    assert staff.post(page, {"seen": seen, "plan": plan_text(case.reference)}).status_code == 302
    shown = staff.get(page).content.decode()
    doubt = check_plan(Case.objects.get(pk=case.pk).plan).open[0].id
    assert doubt in shown and "mend the plan, or accept each with a reason" in shown
    seen += 1
    bare = staff.post(f"{page}accept", {"seen": seen, "doubt": doubt, "reason": ""}).content.decode()
    assert "This field is required" in bare
    assert (
        staff.post(f"{page}accept", {"seen": seen, "doubt": doubt, "reason": 'They said "all".\nYes.'}).status_code
        == 302
    )
    checked = check_plan(Case.objects.get(pk=case.pk).plan)
    assert doubt in {each.id for each in checked.accepted} and doubt not in {each.id for each in checked.open}
    twice = staff.post(f"{page}accept", {"seen": seen + 1, "doubt": doubt, "reason": "Again."}).content.decode()
    assert "no open doubt" in twice
    told = Event.objects.filter(verb="case.doubt_accepted").get()
    assert doubt in told.changes


@pytest.mark.parametrize(
    ("plan", "says"),
    [
        ("not = [toml", "the plan"),
        ("[request]\nreference = 'FOI-9999'", "of another case"),
        ("x = 1", "of another case"),
        ("request = 5", "of another case"),
        (f"# for {NAME}", "say who asked"),
        ("[" * 5000, "the plan"),
        ("a\x00b = 1", "the plan"),
    ],
    ids=range(7),
)
def test_a_plan_that_is_none_is_refused(db: None, plan: str, says: str) -> None:
    case = planned()
    with pytest.raises(Refused, match=says):
        act(case, "write_plan", plan=plan)
    assert Case.objects.get(pk=case.pk).plan == ""


def test_faults_are_shown_and_stop(staff: Client, sign_in: Callable[..., Any]) -> None:
    case = planned()
    act(case, "write_plan", plan=plan_text(case.reference).replace("088/15", "999/99"))
    sign_in("amir", Role.ANALYST)
    assert "nothing can be counted before they are mended" in staff.get(f"/cases/{case.pk}/plan/").content.decode()
    asked = staff.get(f"/cases/{case.pk}/plan/?records")
    assert asked.status_code == 200, "without a store nothing breaks"


def test_requests_that_are_alike_are_found_by_telling_words(staff: Client, sign_in: Callable[..., Any]) -> None:
    texts = {
        "A-1": "How many bicycles were stolen near railway stations in 2024, by month?",
        "A-2": "Please give the number of bicycles stolen at railway stations, by ward and month",
        "A-3": "How many burglaries were recorded in 2024, by month?",
        "A-4": "Number of officers by rank and age",
    }
    made = {}
    for reference, text in texts.items():
        made[reference] = opened(reference, title=text.split(",")[0][:60])
        act(made[reference], "confirm", day=made[reference].received_on)
        act(made[reference], "plan", texts=[text])
    found = alike(made["A-1"])
    assert found[0].case.reference == "A-2" and found[0].share > 0.4
    assert {"railway", "station", "bicycle"} & set(found[0].words)
    assert "A-4" not in [each.case.reference for each in found]
    sign_in("amir", Role.ANALYST)
    page = staff.get(f"/cases/{made['A-1'].pk}/similar/").content.decode()
    assert "A-2" in page and "railway" in page


def test_one_case_alone_is_like_none(db: None) -> None:
    assert alike(opened()) == [] and words_of("Wards' class, of 2024, please") == {"ward", "class"}


def test_other_requests_of_a_person_within_sixty_working_days_are_told(db: None) -> None:
    first = opened("P-1", received=date(2026, 1, 5))
    opened("P-2", received=date(2026, 3, 3))
    opened("P-3", received=date(2025, 6, 3))
    other = NewCase("Other", "email", date(2026, 3, 3), "Somebody Else", "else@post.example", "x", "P-4")
    open_case(other, by=officer())
    near = others_of(Applicant.objects.get(case=first))
    assert [(each.case.reference, each.within) for each in near] == [("P-2", True), ("P-3", False)]


def test_parts_from_a_browser_are_parted_at_empty_lines(staff: Client, sign_in: Callable[..., Any]) -> None:
    case = opened()
    act(case, "confirm", day=case.received_on)
    sign_in("olive", Role.FOI_OFFICER)
    case.refresh_from_db()
    given = {"parts": "How many thefts?\r\nBy month.\r\n \r\nHow many solved?\r\n", "seen": str(case.version)}
    assert staff.post(f"/cases/{case.pk}/do/plan/", given).status_code == 302
    assert [part.text for part in case.parts.all()] == ["How many thefts? By month.", "How many solved?"]
