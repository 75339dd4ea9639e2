"""The base pages in Debian's Chromium: no accessibility fault at three widths, no sideways scroll, nothing blocked."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]
WIDTHS = (320, 390, 1280)


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    context = browser.new_context()
    opened = context.new_page()
    opened.said = []
    opened.on("console", lambda message: opened.said.append(message.text) if message.type == "error" else None)
    opened.on("pageerror", lambda error: opened.said.append(str(error)))
    yield opened
    context.close()


def examine(page: Any, address: str, name: str) -> None:
    """axe-core and sideways scroll at each width; a picture when CLEARCOUNT_PICTURES names a folder."""
    from axe_playwright_python.sync_playwright import Axe

    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(address)
        results = Axe().run(page).response["violations"]
        assert [(fault["id"], [node["html"] for node in fault["nodes"]]) for fault in results] == [], (name, width)
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, (name, width, wide)
        folder = os.environ.get("CLEARCOUNT_PICTURES")
        if folder:
            page.screenshot(path=str(Path(folder) / f"{name}-{width}.png"), full_page=True)


def sign_in(page: Any, doors: Any, username: str) -> None:
    page.goto(f"{doors.staff}/accounts/sign-in/")
    table = page.locator("main").inner_text()
    password = re.search(r"password (\S+?)\.", table)
    assert password is not None
    page.get_by_role("textbox", name="Sign-in name").fill(username)
    page.get_by_label("Password").fill(password[1])
    page.get_by_role("button", name="Sign in").click()
    page.get_by_label("Code from your authenticator app").fill(page.locator("main strong").inner_text())
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("heading", name="Start").wait_for()


def test_the_public_base_page(page: Any, doors: Any) -> None:
    examine(page, f"{doors.public}/nothing-is-here", "public-error")
    assert [said for said in page.said if "404" not in said] == []


def test_the_sign_in_pages(page: Any, doors: Any) -> None:
    examine(page, f"{doors.staff}/accounts/sign-in/", "sign-in")
    page.get_by_role("button", name="Sign in").click()
    assert page.title().startswith("Error:")
    assert page.evaluate("document.activeElement.className") == "govuk-error-summary"
    assert page.said == []


def test_the_staff_pages_light_and_dark(page: Any, doors: Any) -> None:
    sign_in(page, doors, "ada")
    for scheme in ("light", "dark"):
        for path, name in (("/", "start"), ("/accounts/account/", "account"), ("/accounts/people/", "people"),
                           ("/accounts/people/1/", "person"), ("/audit/", "audit"), ("/jobs/", "jobs"),
                           ("/accounts/second-factor/codes/", "codes"), ("/nothing", "staff-error")):  # fmt: skip
            examine(page, f"{doors.staff}{path}", f"{name}-{scheme}")
        page.goto(f"{doors.staff}/accounts/account/")
        page.get_by_label("Dark pages").click()
        page.get_by_role("button", name="Save").click()
    assert [said for said in page.said if "404" not in said] == []


def test_the_set_up_page_shows_its_code_under_the_content_policy(page: Any, doors: Any) -> None:
    sign_in(page, doors, "ada")
    page.goto(f"{doors.staff}/accounts/people/2/")
    page.get_by_role("button", name="Reset a lost second step").click()
    page.get_by_role("heading", name="Amir Stott").wait_for()
    page.get_by_role("button", name="Sign out").click()
    page.goto(f"{doors.staff}/accounts/sign-in/")
    password = re.search(r"password (\S+?)\.", page.locator("main").inner_text())
    assert password is not None
    page.get_by_role("textbox", name="Sign-in name").fill("amir")
    page.get_by_label("Password").fill(password[1])
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Set up your second step").wait_for()
    box = page.locator(".cc-qr svg").bounding_box()
    assert box is not None and box["width"] > 100
    examine(page, page.url, "set-up")
    assert page.said == []
