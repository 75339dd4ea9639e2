"""The list of the desk in Chromium: it refreshes itself without losing place or focus, and works without JavaScript."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from browsing import press, sign_in, unlock

pytestmark = [pytest.mark.browser, pytest.mark.slow]

EVERY = 31_000
"""Milliseconds of the page's own clock after which the list has been loaded again."""


def take(page: Any, doors: Any, story: str, **how: str) -> None:
    """Takes a report by phone."""
    page.goto(f"{doors.staff}/reports/take")
    page.get_by_label("How did it reach you?").select_option("phone")
    page.get_by_label("What happened, in your own words?").fill(story)
    for label, words in how.items():
        page.get_by_label(label).fill(words)
    press(page, "Save")


def shown(page: Any) -> list[str]:
    """The references of the list, in its order."""
    return [str(row.get_attribute("data-reference")) for row in page.locator("[data-reference]").all()]


def until(page: Any, happened: Any) -> None:
    """Lets the page's clock run, half a minute at a time, until something has happened.

    An answer that is still being read has not planned the next one yet, so one step may come too early.
    """
    for _ in range(100):
        if happened():
            return
        page.clock.fast_forward(EVERY)
        page.wait_for_timeout(100)
    raise AssertionError("it did not happen")


def test_the_list_refreshes_without_losing_place_or_focus(browser: Any, doors: Any) -> None:
    mine, other = browser.new_context(), browser.new_context()
    desk, phone = mine.new_page(), other.new_page()
    asked: list[str] = []
    desk.on("request", lambda request: asked.append(request.url) if "/reports/rows" in request.url else None)
    sign_in(phone, doors, "corin")
    unlock(phone, doors)
    sign_in(desk, doors, "corin")
    unlock(desk, doors)
    for number in range(6):
        take(phone, doors, f"A made-up story, number {number} of several.")
    desk.clock.install()
    desk.set_viewport_size({"width": 1280, "height": 500})
    desk.goto(f"{doors.staff}/reports/")
    before = shown(desk)
    last = desk.get_by_role("link", name=before[-1], exact=True)
    last.focus()
    desk.wait_for_timeout(100)
    top = last.bounding_box()["y"]

    # a report with danger comes in and goes to the top of the list: focus and place stay
    phone.goto(f"{doors.staff}/reports/take")
    phone.get_by_label("How did it reach you?").select_option("phone")
    phone.get_by_label("Is anyone in danger right now?").get_by_label("Yes").or_(
        phone.locator("input[name=danger][value=yes]")
    ).first.check()
    phone.get_by_label("What happened, in your own words?").fill("A made-up story with danger.")
    press(phone, "Save")
    until(desk, lambda: len(shown(desk)) == len(before) + 1)
    assert desk.evaluate("document.activeElement.textContent") == before[-1]
    assert abs(desk.get_by_role("link", name=before[-1], exact=True).bounding_box()["y"] - top) < 2
    new = set(shown(desk)) - set(before)
    assert len(new) == 1
    assert desk.locator("#live-status").inner_text().startswith(f"New in this list: {new.pop()}.")
    assert desk.locator("#live-status").get_attribute("role") == "status"

    # a tab that nobody sees asks nothing; when it is seen again it asks at once
    def hide(hidden: bool) -> None:
        desk.evaluate(
            "hidden => { Object.defineProperty(document, 'hidden', {configurable: true, get: () => hidden});"
            " document.dispatchEvent(new Event('visibilitychange')); }",
            hidden,
        )

    hide(True)
    count = len(asked)
    desk.clock.fast_forward(EVERY * 5)
    assert len(asked) == count
    hide(False)
    until(desk, lambda: len(asked) > count)

    # it stops when somebody says so
    desk.get_by_role("button", name="Stop refreshing this list").click()
    count = len(asked)
    desk.clock.fast_forward(EVERY * 5)
    assert len(asked) == count
    desk.get_by_role("button", name="Refresh this list by itself").click()
    until(desk, lambda: len(asked) > count)

    # what the list is narrowed to stays
    desk.goto(f"{doors.staff}/reports/?flag=danger")
    narrowed = shown(desk)
    until(desk, lambda: asked[-1].endswith("/reports/rows?flag=danger"))
    assert shown(desk) == narrowed and len(narrowed) < len(before)

    # without the network it says so and tries again; signed out it says so and stops
    said = desk.locator("#live-status")
    mine.set_offline(True)
    until(desk, lambda: said.inner_text().startswith("This list could not be refreshed."))
    mine.set_offline(False)
    until(desk, lambda: not said.inner_text().startswith("This list could not be refreshed."))
    mine.clear_cookies()
    until(desk, lambda: said.inner_text() == "This list is not refreshed any more. Load the page again.")
    count = len(asked)
    desk.clock.fast_forward(EVERY * 3)
    assert len(asked) == count
    mine.close(), other.close()


def test_the_desk_works_without_javascript(browser: Any, doors: Any) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(page, doors, "corin")
    unlock(page, doors)
    take(page, doors, "A made-up story that nobody scripted.")
    assert not page.locator("#live-words").is_visible()
    count = len(shown(page))
    page.get_by_label("Age of the report").select_option("72")
    press(page, "Show")
    assert len(shown(page)) < count
    page.get_by_role("link", name="Show all reports").click()
    assert len(shown(page)) == count
    context.close()
