"""Leaving from every page of the report: the answers are gone from browser and server, and Back does not show them."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from browsing import move, press, report

pytestmark = [pytest.mark.browser, pytest.mark.slow]
TYPED, STORY = "typed and not sent", "A made-up story that was sent on."
Reach = Callable[[Any, Any], None]


def opened(path: str) -> Reach:
    """Reaches a page with a draft that holds a story; what can be typed there is typed."""

    def reach(page: Any, doors: Any) -> None:
        page.goto(f"{doors.public}/r/")
        press(page, "Start")
        page.goto(f"{doors.public}/r/7")
        page.get_by_label("What happened, in your own words?").fill(STORY)
        press(page, "Continue")
        page.goto(f"{doors.public}/r/{path}")
        for box in page.locator("main textarea, main input[type=text]").all():
            box.fill(TYPED)

    return reach


def at_check(page: Any, doors: Any) -> None:
    report(page, doors.public, story=STORY, send=False)


def at_code(page: Any, doors: Any) -> None:
    report(page, doors.public, story=STORY)


def at_messages(page: Any, doors: Any) -> None:
    at_code(page, doors)
    code = page.locator(".cc-code").inner_text()
    page.goto(f"{doors.public}/r/code")
    page.get_by_label("Your code").fill(code)
    press(page, "Continue")
    page.get_by_label("Add a message").fill(TYPED)


PAGES: dict[str, Reach] = {
    "start": opened(""),
    **{f"question {step}": opened(str(step)) for step in (1, 3, 4, 5, 6, 7, 8, 9, 10, 11)},
    "999": opened("now"), "under 18": opened("help"), "your code": opened("code"),
    "check": at_check, "the code": at_code, "messages": at_messages,
}  # fmt: skip


def leave(page: Any, way: str) -> None:
    """Leaves by the key or by the first button, and waits for the other site, which is not asked."""
    target = page.locator("meta[name=leave-target]").get_attribute("content")
    if way == "without scripts":  # the server leads there, and Playwright cannot answer in its place
        with page.expect_event("requestfailed", lambda request: request.url.startswith(target)):
            page.locator("[data-leave]").first.click(no_wait_after=True)
        return
    page.route(f"{target}**", lambda route: route.fulfill(content_type="text/html", body="<h1>Weather</h1>"))
    if way == "key":
        page.keyboard.press("Escape")
    else:
        page.locator("[data-leave]").first.click(no_wait_after=True)
    page.get_by_role("heading", name="Weather").wait_for()


def drafts(doors: Any) -> int:
    return int(doors.public_rows("SELECT count(*) FROM reporting_draft")[0][0])


@pytest.mark.parametrize("way", ["key", "button", "without scripts"])
@pytest.mark.parametrize("name", PAGES)
def test_leaving_takes_everything_along(browser: Any, doors: Any, name: str, way: str) -> None:
    before = drafts(doors)
    context = browser.new_context(java_script_enabled=way != "without scripts")
    page = context.new_page()
    PAGES[name](page, doors)
    kept = [page.locator(".cc-code").inner_text()] if name == "the code" else []
    leave(page, way)
    for _ in range(100):  # the server is told while the browser is on its way
        if not context.cookies(doors.public) and drafts(doors) <= before:
            break
        page.wait_for_timeout(100)
    assert context.cookies(doors.public) == [] and drafts(doors) <= before
    if way == "without scripts":  # Back cannot be kept from the page; it shows nothing of the visitor
        shown = move(page, page.go_back)
        assert not [words for words in (STORY, TYPED, *kept) if words in shown]
    else:
        page.go_back(wait_until="commit")
        page.get_by_role("heading", name="Weather").wait_for()
    page.goto(f"{doors.public}/r/7")
    assert page.get_by_role("heading", level=1).inner_text() == "There are no answers here"
    context.close()
