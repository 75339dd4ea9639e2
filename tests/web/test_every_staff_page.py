"""Every page of the staff door, found by its routes, in Chromium: no fault by axe-core, no sideways scroll."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from clearcount_web.accounts.access import ANYONE
from clearcount_web.accounts.roles import Role
from clearcount_web.accounts.routes import Route, staff_routes
from clearcount_web.records.inbox import key_of

sys.path.insert(0, str(Path(__file__).parent))
from browsing import faults, follow, press, sign_in, unlock

pytestmark = [pytest.mark.browser, pytest.mark.slow]

NO_PAGE = {
    "brand": "a stylesheet", "health": "JSON", "alive": "a word",
    "cancel_job": "an act", "retry_job": "an act", "account_settings": "an act", "end_session": "an act",
    "person_act": "an act", "correspondence:acknowledge": "an act", "correspondence:close": "an act",
    "correspondence:take": "an act",
    "triage:lock": "an act", "triage:hold": "an act", "account_logout": "an act",
    "mfa_index": "leads to the account", "mfa_deactivate_totp": "leads to the account",
    "triage:person-export": "a file", "triage:statistics-file": "a file", "cases:due-days": "a file",
    "triage:rows": "a part of the page of reports", "triage:note-done": "an act", "triage:unlink": "an act",
    "cases:mail": "an act", "cases:accept": "an act",
    "cases:bundle": "a file", "cases:task": "looked at in test_cases_departments",
    "cases:hits": "looked at in test_cases_walks", "cases:rules": "looked at in test_cases_walks",
    "records:intake": "looked at in test_cases_walks", "records:answer": "looked at in test_cases_walks",
    "records:put-aside": "an act",
    "cases:quarterly": "a file", "cases:choose": "an act",
    "cases:count": "looked at in test_cases_browser", "cases:written": "looked at in test_cases_browser",
    "review:close": "an act", "review:take": "an act", "review:ahead": "an act", "review:decide": "an act",
    "review:undo": "an act", "review:leave": "an act",
    "review:near": "looked at in test_reading_browser", "review:examples": "looked at in test_reading_browser",
    "mfa_authenticate": "shown between password and code, looked at below",
    "mfa_activate_totp": "shown to those without a second step, looked at in test_ground_browser",
    "openid_connect_login": "leads to the sign-in service",
}  # fmt: skip
"""Routes that show nothing by themselves, and why."""


@contextmanager
def opened(browser: Any) -> Iterator[Any]:
    """A page of its own; in the end nothing was blocked, no script has failed and nothing broke on the server."""
    context = browser.new_context()
    page = context.new_page()
    said: list[str] = []
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("console", lambda told: said.append(told.text) if told.type == "error" else None)
    yield page
    context.close()
    assert [words for words in said if "with a status of 4" not in words] == []  # pages that are refused or not there


def test_every_page_light_and_dark(browser: Any, doors: Any) -> None:
    with opened(browser) as public:
        public.goto(f"{doors.public}/privacy/complaint/")
        public.get_by_label("Your name").fill("Made Up")
        public.get_by_label("How we can reach you").fill("made.up@northmoor.example")
        public.get_by_label("What went wrong").fill("A made-up complaint.")
        press(public, "Send complaint")
        public.goto(f"{doors.public}/make-a-request/")
        public.get_by_label("What would you like to know?").fill("How many made-up offences were there, by month?")
        press(public, "Continue")
        public.get_by_label("Your real name").fill("Made Up")
        public.get_by_label("Where to send the answer").fill("made.up@northmoor.example")
        press(public, "Continue")
        press(public, "Send request")
        public.goto(f"{doors.public}/feedback/")
        public.locator("main textarea").fill("A made-up remark.")
        follow(public, public.locator("main button"))
        assert public.url.endswith("/thanks/")

    looked: set[str] = set()
    found: list[tuple[str, int, str]] = []
    routes = [route for route in staff_routes() if route.name not in NO_PAGE]
    people = {
        "ada": Role.ADMINISTRATOR,
        "olive": Role.FOI_OFFICER,
        "corin": Role.CONTACT_OFFICER,
        "amir": Role.ANALYST,
        "rhona": Role.READER,
        "dep": Role.DEPARTMENT,
    }
    for username, role in people.items():
        with opened(browser) as page:
            sign_in(page, doors, username)
            known = {"user_id": "2"}
            mine = [r for r in routes if r.access != ANYONE and r.admits(frozenset({role})) and r.name not in looked]
            if role is Role.FOI_OFFICER:
                page.goto(f"{doors.staff}/cases/new/")
                known |= {"reference": page.locator("main ul a").first.inner_text(), "act": "answer_part"}
                page.goto(f"{doors.staff}/cases/?state=drafting")
                address = page.locator("table tbody a").first.get_attribute("href")
                known |= {"case_id": re.sub(r"\D", "", address)}
            known |= {"number": "1", "key": key_of("august")}
            if role in (Role.ANALYST, Role.READER):
                page.goto(f"{doors.staff}/reading/")
                address = page.locator("table tbody a").first.get_attribute("href")
                known |= {"round_id": re.sub(r"\D", "", address)}
            if role is Role.CONTACT_OFFICER:
                unlock(page, doors)
                known |= {"reference": first(page, f"{doors.staff}/reports/")}
                number = first(page, f"{doors.staff}/occurrences/")
                known |= {"number": number, "crime_no": f"{number}-1"}
            for scheme in ("light", "dark"):
                for route in mine:
                    found += look(page, doors, route, known, f"staff-{scheme}")
                for path, name in (
                    ("reports/" if username == "ada" else "audit/", "refused"),
                    ("nothing", "not-there"),
                ):
                    page.goto(f"{doors.staff}/{path}")
                    found += faults(page, f"staff-{scheme}-{username}-{name}")
                page.goto(f"{doors.staff}/accounts/account/")
                page.get_by_label("Dark pages").click()
                press(page, "Save")
            looked |= {route.name for route in mine}

    with opened(browser) as page:
        for route in routes:
            if route.access == ANYONE:
                found += look(page, doors, route, {"provider_id": "force"}, "staff-anyone")
                looked.add(route.name)
        page.goto(f"{doors.staff}/accounts/sign-in/")
        password = re.search(r"password (\S+?)\.", page.locator("main").inner_text())
        assert password is not None
        page.get_by_role("textbox", name="Sign-in name").fill("rhona")
        page.get_by_label("Password").fill(password[1])
        press(page, "Sign in")
        found += faults(page, "staff-code")
        page.get_by_label("Code from your authenticator app").fill("000000")
        press(page, "Continue")
        assert page.title().startswith("Error: ")
        found += faults(page, "staff-code-error")
    assert {route.name for route in routes} == looked
    assert found == []


def first(page: Any, address: str) -> str:
    """What the first row of the table there is called."""
    page.goto(address)
    return str(page.locator("table tbody a").first.inner_text())


def look(page: Any, doors: Any, route: Route, known: dict[str, str], kind: str) -> list[tuple[str, int, str]]:
    """The faults of the page of a route, with what is known in place of its parts."""
    path = re.sub(r"<\w+:(\w+)>", lambda part: known[part[1]], route.pattern)
    answer = page.goto(f"{doors.staff}/{path}")
    assert answer.headers["content-type"].startswith("text/html"), path
    assert page.url.partition("?")[0] == f"{doors.staff}/{path}", "leads elsewhere: say so in NO_PAGE"
    return faults(page, f"{kind}-{route.name.replace(':', '-')}")
