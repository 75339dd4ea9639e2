"""Nobody but those who must know sees who asked: every route as every role, and every text that others read."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import get_resolver
from django.utils import timezone

sys.path.insert(0, str(Path(__file__).parent))
from casework import ADDRESS, NAME, act, approved, drafted, issued, officer, opened, person

from clearcount_web.accounts.access import ANYONE
from clearcount_web.accounts.roles import EVERY_ROLE, Role
from clearcount_web.accounts.routes import Route, _walk, staff_routes
from clearcount_web.audit.models import Event
from clearcount_web.cases.identity import says_who
from clearcount_web.cases.models import Applicant, Case, DepartmentTask, Run, Worksheet
from clearcount_web.cases.table import ACTS, CASE_ROLES, IDENTITY
from clearcount_web.ground.refusals import Refused

TOLD = re.compile(r"Briony|Quenby|\bTarn\b|briony@", re.IGNORECASE)  # random tokens hold any four letters
MAY_NOT = sorted(EVERY_ROLE - IDENTITY)
OWN_PAGE = {"sec-fetch-site": "same-origin"}
"""What a browser says of a page of ours; without it a form counts as another site's and is soon asked to wait."""


OTHER_VIEWS = "?docx&records&order=right&mine&year=2026&quarter=1&only=ended"
"""What the addresses of pages may end with, for the pages that show something else then."""
OF_A_COUNT = frozenset({"cases:hits", "cases:rules"})
"""Pages of a count that the worker made: test_cases_counts.py opens them and looks for the name."""
NOT_FOR_GET = frozenset(
    {
        "cases:mail",
        "cases:accept",
        "cases:choose",
        "cases:bundle",
        "cases:take",
        "cases:act",
        "cases:letter",
        "cases:plan",
    }
)
"""Routes that take forms alone, or that the state of the case opens for another act."""


def everything(username: str, role: Role) -> Case:
    """A case with all that can be kept of one: parts, a letter, a sheet, a count, a review, a complaint, a task."""
    case = issued(opened())
    act(case, "ask_review", day=date(2026, 3, 25))
    user = person(username, role)
    DepartmentTask.objects.create(case=case, number=1, kind="department", to=user, asks="How many?", asked_by=officer(),
                                  due_on=date(2026, 4, 1), asked_on=date(2026, 3, 26))  # fmt: skip
    act(case, "to_regulator", day=date(2026, 3, 27))
    Run.objects.create(case=case, number=1, plan="[request]", asked_by=officer(), asked_at=timezone.now())
    Worksheet.objects.create(case=case, records=10, minutes=[1.0] * 5, method="Timed.", advice="Less.")
    return case


def addresses(route: Route, cases: list[Case]) -> list[str]:
    """The addresses of a route, with each case and each act in place of its parts; other parts get a number or word.

    A route of a kind that is not known here fails, so that none is left out.
    """
    if not route.pattern.startswith("cases/"):
        pattern = re.sub(r"<int:\w+>", "1", re.sub(r"<(?:str|slug|path):\w+>", "none", route.pattern))
        assert "<" not in pattern and "\\" not in pattern, f"say here what {route.pattern} is filled with"
        return [pattern]
    if "case_id" not in route.pattern:
        tasks = [str(pk) for pk in DepartmentTask.objects.values_list("pk", flat=True)] or ["1"]
        return [
            re.sub(r"<str:\w+>", "none", re.sub(r"<int:task_id>", pk, route.pattern)) for pk in dict.fromkeys(tasks)
        ]
    found = []
    for case in cases:
        one = re.sub(r"<int:case_id>", str(case.pk), route.pattern)
        one = re.sub(r"<int:\w+>", "1", one)
        found += [one.replace("<str:act>", each.name) for each in ACTS] if "<str:act>" in one else [one]
    filled = [re.sub(r"<str:\w+>", "none", each) for each in dict.fromkeys(found)]
    assert not [each for each in filled if "<" in each], f"say here what {route.pattern} is filled with"
    return filled


@pytest.mark.slow
@pytest.mark.parametrize("role", MAY_NOT)
def test_no_route_tells(staff: Client, sign_in: Callable[..., Any], role: Role) -> None:
    cases = [opened(), drafted(opened()), issued(opened()), everything(f"walker-{role}", role)]
    walked = 0
    for route in staff_routes():
        sign_in(f"walker-{role}", role)  # again for each route: some of them sign out
        for address in addresses(route, cases):
            for send in (staff.get, staff.post):
                answer = send(f"/{address}", headers=OWN_PAGE)
                assert answer.status_code != 429, "a page that asks to wait shows nothing"
                ensure_nameless(answer, address)
                walked += 1
            if address.startswith("cases/"):
                ensure_nameless(staff.get(f"/{address}{OTHER_VIEWS}", headers=OWN_PAGE), address)
    assert walked > 300


@pytest.mark.parametrize("role", MAY_NOT)
def test_no_page_of_casework_tells(staff: Client, sign_in: Callable[..., Any], role: Role) -> None:
    """The fast twin: the pages of casework, the start page, background work and the audit."""
    cases = [everything(f"walker-{role}", role)]
    seen: dict[str, int] = {}
    sign_in(f"walker-{role}", role)
    for route in staff_routes():
        if route.pattern.startswith("cases/") or route.name in {"home", "audit", "jobs"}:
            for address in addresses(route, cases):
                answer = staff.get(f"/{address}")
                ensure_nameless(answer, address)
                seen[route.name] = max(seen.get(route.name, 0), int(answer.status_code == 200))
    may = [
        route.name for route in staff_routes() if route.pattern.startswith("cases/") and route.admits(frozenset({role}))
    ]
    assert {name for name in may if not seen[name]} <= NOT_FOR_GET | OF_A_COUNT, (
        "a page that this role may open was never opened"
    )
    assert staff.get(f"/cases/{cases[0].pk}/").status_code == (200 if role in CASE_ROLES else 403)


def ensure_nameless(answer: Any, address: str) -> None:
    """Fails when an answer says who asked, in its content or its headers."""
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    assert not TOLD.search(content.decode("utf-8", "replace")), address
    assert not TOLD.search(str(answer.headers)), address


def test_no_route_tells_anybody_who_is_not_signed_in(staff: Client) -> None:
    cases = [everything("dep", Role.DEPARTMENT)]
    for route in staff_routes():
        for address in addresses(route, cases):
            for send in (staff.get, staff.post):
                answer = send(f"/{address}", headers=OWN_PAGE)
                ensure_nameless(answer, address)
                assert route.access == ANYONE or answer.status_code in (302, 403, 404, 405), address


def test_no_route_of_the_public_door_tells(public: Client) -> None:
    everything("dep", Role.DEPARTMENT)
    for pattern in public_patterns():
        address = re.sub(r"<int:\w+>", "1", re.sub(r"<(?:str|slug|path):\w+>", "none", pattern))
        if "<" not in address and "\\" not in address:
            for send in (public.get, public.post):
                answer = send(f"/{address}", headers=OWN_PAGE)
                assert answer.status_code != 429, "a page that asks to wait shows nothing"
                ensure_nameless(answer, address)


def public_patterns() -> list[str]:
    """Every address pattern of the public door."""
    return [route.pattern for route in _walk(get_resolver("clearcount_web.project.urls_public"), "", "")]


@pytest.mark.parametrize("role", sorted(IDENTITY))
def test_those_who_must_know_see_it_and_each_look_is_an_event(
    staff: Client, sign_in: Callable[..., Any], role: Role
) -> None:
    case = approved(opened())
    sign_in(f"sees-{role}", role)
    count = Event.objects.filter(verb="case.applicant_seen").count()
    page = staff.get(f"/cases/{case.pk}/applicant/")
    assert NAME in page.content.decode() and page.headers["Cache-Control"] == "no-store"
    assert Event.objects.filter(verb="case.applicant_seen", key=case.reference).count() == count + 1
    assert not TOLD.search(staff.get(f"/cases/{case.pk}/").content.decode()), "the case itself names nobody to anybody"


@pytest.mark.parametrize(
    "text",
    [
        f"{NAME} asks for thefts",
        "briony quenby-tarn asks",
        "BRIONY  QUENBY-TARN asks",
        "Briony\nQuenby-Tarn",
        "Ms Quenby-Tarn asks for",
        "Quenby-Tarn's request",
        "Quenby-Tarn’s request",
        f"send it to {ADDRESS}",
        "send it to BRIONY@QUENBY.EXAMPLE please",
        "Bri\u200bony Quenby-Tarn",
        "Briony Que\u0301nby-Tarn",
        "what Quenby asked",
        "the Tarn-Quenby request",
    ],
    ids=range(13),
)
def test_words_that_say_who_asked_are_found(text: str) -> None:
    assert says_who(Applicant(name=NAME, address=ADDRESS), [text])


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (NAME, "thefts by year"),
        ("Sam Street", "theft in the street"),
        ("Mr Lee", "people who flee"),
        ("Al Wu", "Al asks for Wu"),
        ("", "anything at all"),
        ("May Park", "a park in may"),
        ("Uphill", "an uphill road"),
    ],
    ids=range(7),
)
def test_other_words_are_not(name: str, text: str) -> None:
    assert says_who(Applicant(name=name, address="a@b.example"), [text]) is None


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("plan", {"texts": [f"What does {NAME} want?"]}),
        ("answer_part", {"number": 1, "outcome": "granted", "held": "yes", "reading": "as Quenby-Tarn says"}),
        ("answer_part", {"number": 1, "outcome": "cost", "why": f"write to {ADDRESS}"}),
        ("answer_part", {"number": 1, "outcome": "granted", "held": "yes", "tables": "Briony Quenby-Tarn"}),
        ("mend_receipt", {"day": None, "reason": f"{NAME} sent it earlier"}),
        ("keep", {"reason": f"{NAME} went to court"}),
    ],
    ids=range(6),
)
def test_no_act_writes_it_where_others_read(db: None, name: str, given: dict[str, Any]) -> None:
    case = drafted(opened())
    given = {**given, "day": case.received_on} if "day" in given else given
    with pytest.raises(Refused, match="say who asked"):
        act(case, name, **given)
    assert not TOLD.search(str(list(Event.objects.values())))


def test_a_title_that_says_who_asked_opens_no_case(db: None) -> None:
    with pytest.raises(Refused, match="say who asked"):
        opened(title=f"Thefts, for {NAME}")
    assert not Case.objects.exists() and not Applicant.objects.exists()
