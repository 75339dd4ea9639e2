"""The report in Chromium: no accessibility fault on a page, whole without scripts, the idle warning."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from browsing import PHONE, SCHEMES, examine, press, report

pytestmark = pytest.mark.browser


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    context = browser.new_context()
    opened = context.new_page()
    said: list[str] = []
    opened.on("response", lambda answer: said.append(answer.url) if answer.status >= 400 else None)
    opened.on("pageerror", lambda error: said.append(str(error)))
    yield opened
    context.close()
    assert said == []


@pytest.mark.slow
def test_every_page_of_the_report_is_free_of_faults(page: Any, doors: Any) -> None:
    report(page, doors.public, story="A made-up story.", look=lambda name: examine(page, f"report-{name}", SCHEMES))
    for path in ("r/now", "r/help", "r/code", "r/7"):
        page.goto(f"{doors.public}/{path}")
        examine(page, f"report-{path.replace('/', '-')}", SCHEMES)
    page.context.clear_cookies()
    page.goto(f"{doors.public}/r/3")
    examine(page, "report-expired", SCHEMES)
    page.goto(f"{doors.public}/r/")
    press(page, "Start")
    page.goto(f"{doors.public}/r/3")
    press(page, "Continue")
    assert page.title().startswith("Error: ")
    page.get_by_role("link", name="Choose who this is about").click()
    assert page.evaluate("document.activeElement.id") == "id_who_0"
    examine(page, "report-error", SCHEMES)


LARGEST, MOST_REQUESTS = 35_000, 10
"""As on every public page (`test_public_pages.py`)."""


def test_each_page_of_the_report_takes_at_most_35_kb_and_10_requests(browser: Any, doors: Any) -> None:
    """Everything that a phone fetches which has been on no page of this site before, as it comes over the network."""
    context = browser.new_context(**PHONE)
    page = context.new_page()
    network = context.new_cdp_session(page)
    network.send("Network.enable")
    network.send("Network.setCacheDisabled", {"cacheDisabled": True})
    sizes: list[int] = []
    network.on("Network.loadingFinished", lambda done: sizes.append(done["encodedDataLength"]))
    found: dict[str, tuple[int, int]] = {}

    def look(name: str) -> None:
        if name != "sent":  # which is shown once; the others without the form that led there
            page.wait_for_load_state("load")
            sizes.clear()
            page.reload()
        found[name] = sum(sizes), len(sizes)
        sizes.clear()

    report(page, doors.public, story="A made-up story.", look=look)
    for path in ("now", "help", "code", "7"):
        page.goto(f"{doors.public}/r/{path}")
        look(path)
    context.close()
    assert len(found) > 15 and all(requests > 3 for _size, requests in found.values())
    assert {name: each for name, each in found.items() if each[0] > LARGEST or each[1] > MOST_REQUESTS} == {}


def test_the_journey_passes_whole_without_scripts(browser: Any, doors: Any) -> None:
    context = browser.new_context(**PHONE, java_script_enabled=False)
    page = context.new_page()
    story = "A made-up story.\n" * 100
    page.goto(f"{doors.public}/r/")
    press(page, "Start")
    page.goto(f"{doors.public}/r/7")
    assert "Up to 5,000 characters." in page.locator("main").inner_text()
    assert page.locator(".govuk-character-count__message").count() == 0
    reference = report(page, doors.public, story=story)
    code = page.locator(".cc-code").inner_text()
    assert page.locator(".cc-code").count() == 1
    page.go_back()
    page.goto(f"{doors.public}/r/7")
    assert page.get_by_role("heading", level=1).inner_text() == "There are no answers here"
    for _ in range(12):  # whoever has the phone next presses Back as often as they like
        page.go_back()
        assert code not in page.content() and reference not in page.content() and "made-up story" not in page.content()
    page.goto(f"{doors.public}/r/code")
    page.get_by_label("Your code").fill(code.lower())
    press(page, "Continue")
    assert "There is no answer yet." in page.locator("main").inner_text()
    page.get_by_label("Add a message").fill("One more thing.")
    press(page, "Send")
    assert "We have your message." in page.locator("main").inner_text()
    page.goto(f"{doors.public}/r/code")
    page.get_by_label("Your code").fill("WRONG")
    press(page, "Continue")
    assert page.title().startswith("Error: ")
    context.close()


def test_a_long_box_says_how_much_is_left_as_the_server_counts(page: Any, doors: Any) -> None:
    page.goto(f"{doors.public}/r/")
    press(page, "Start")
    page.goto(f"{doors.public}/r/7")
    box, shown = page.get_by_label("What happened, in your own words?"), page.locator(".govuk-character-count__message")
    said = page.locator("main form [role=status]")
    assert shown.inner_text() == "Characters left: 5,000"
    assert said.inner_text() == ""  # nothing is read out before anything is typed
    box.fill("  a line\nand a sign \U0001f642  ")
    assert shown.inner_text() == "Characters left: 4,981"
    said.get_by_text("Characters left: 4,981").wait_for()
    examine(page, "report-count")
    for most, words in ((5000, "Characters left: 0"), (5003, "Characters too many: 3")):
        box.fill("\U0001f642" * most)
        assert shown.inner_text() == words
    examine(page, "report-count-over")
    press(page, "Continue")
    assert page.title().startswith("Error: ")
    assert "Use 5000 characters or fewer. You have used 5003." in page.locator("main").inner_text()
    assert shown.inner_text() == "Characters too many: 3"
    box.fill("\U0001f642" * 5000)
    press(page, "Continue")
    page.get_by_role("heading", name="Question 8").wait_for()


def test_the_idle_warning_offers_to_stay_and_clears_the_screen_in_the_end(page: Any, doors: Any) -> None:
    page.clock.install()
    page.goto(f"{doors.public}/r/")
    press(page, "Start")
    page.goto(f"{doors.public}/r/7")
    page.get_by_label("What happened, in your own words?").fill("Typed and not sent.")
    warning = page.get_by_role("alert")
    page.clock.fast_forward("24:59")
    assert warning.count() == 0
    page.clock.fast_forward("00:02")
    warning.get_by_text("Your answers will be gone in 5 minutes.").wait_for()
    examine(page, "report-idle")
    page.get_by_role("button", name="Stay on this page").click()
    warning.wait_for(state="detached")
    page.clock.fast_forward("25:01")
    warning.wait_for()
    page.clock.fast_forward("05:10")
    page.get_by_label("What happened, in your own words?").wait_for()
    assert page.get_by_label("What happened, in your own words?").input_value() == ""


def test_a_lost_connection_keeps_what_was_typed(page: Any, doors: Any) -> None:
    page.goto(f"{doors.public}/r/")
    press(page, "Start")
    page.goto(f"{doors.public}/r/7")
    box = page.get_by_label("What happened, in your own words?")
    box.fill("Typed in a tunnel.")
    page.route("**/r/reach", lambda route: route.abort())
    page.get_by_role("button", name="Continue").click()
    page.get_by_text("What you typed is still here.").wait_for()
    assert page.url.endswith("/r/7") and box.input_value() == "Typed in a tunnel."
    examine(page, "report-unsent")
    page.unroute("**/r/reach")
    press(page, "Continue")
    page.get_by_role("heading", name="Question 8").wait_for()
    page.goto(f"{doors.public}/r/7")
    assert box.input_value() == "Typed in a tunnel."
