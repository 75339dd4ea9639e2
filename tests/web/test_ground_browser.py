"""The base pages in Debian's Chromium: no accessibility fault at three widths, no sideways scroll, nothing blocked."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from browsing import examine, press, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    context = browser.new_context()
    opened = context.new_page()
    opened.said = []
    opened.on("console", lambda message: opened.said.append(message.text) if message.type == "error" else None)
    opened.on("pageerror", lambda error: opened.said.append(str(error)))
    yield opened
    context.close()


def look(page: Any, address: str, name: str) -> None:
    """Opens and examines the page at that address."""
    page.goto(address)
    examine(page, name)


def test_the_public_base_page(page: Any, doors: Any) -> None:
    look(page, f"{doors.public}/nothing-is-here", "public-error")
    assert [said for said in page.said if "404" not in said] == []


def test_the_sign_in_pages(page: Any, doors: Any) -> None:
    look(page, f"{doors.staff}/accounts/sign-in/", "sign-in")
    press(page, "Sign in")
    assert page.title().startswith("Error:")
    assert page.evaluate("document.activeElement.className") == "govuk-error-summary"
    assert page.said == []


def test_the_set_up_page_shows_its_code_under_the_content_policy(page: Any, doors: Any) -> None:
    sign_in(page, doors, "ada")
    page.goto(f"{doors.staff}/accounts/people/2/")
    press(page, "Reset a lost second step")
    page.get_by_role("heading", name="Amir Stott").wait_for()
    press(page, "Sign out")
    page.goto(f"{doors.staff}/accounts/sign-in/")
    password = re.search(r"password (\S+?)\.", page.locator("main").inner_text())
    assert password is not None
    page.get_by_role("textbox", name="Sign-in name").fill("amir")
    page.get_by_label("Password").fill(password[1])
    press(page, "Sign in")
    page.get_by_role("heading", name="Set up your second step").wait_for()
    box = page.locator(".cc-qr svg").bounding_box()
    assert box is not None and box["width"] > 100
    examine(page, "set-up")
    assert page.said == []
