"""The report and triage in Chromium: no accessibility fault on a page, whole without scripts, the idle warning."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from browsing import PHONE, press, report, sign_in, unlock

pytestmark = pytest.mark.browser
WIDTHS = (320, 390, 1280)


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


def examine(page: Any, name: str, *, picture: bool = True) -> None:
    """axe-core and sideways scroll at each width; a picture when CLEARCOUNT_PICTURES names a folder."""
    from axe_playwright_python.sync_playwright import Axe

    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        faults = Axe().run(page).response["violations"]
        assert [(fault["id"], [node["html"] for node in fault["nodes"]]) for fault in faults] == [], (name, width)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, (name, width)
        folder = os.environ.get("CLEARCOUNT_PICTURES")
        if folder and picture:
            page.screenshot(path=str(Path(folder) / f"{name}-{width}.png"), full_page=True)


@pytest.mark.slow
def test_every_page_of_the_report_and_of_triage_is_free_of_faults(page: Any, doors: Any) -> None:
    reference = report(page, doors.public, story="A made-up story.", look=lambda name: examine(page, f"report-{name}"))
    for path in ("r/now", "r/help", "r/code", "r/7"):
        page.goto(f"{doors.public}/{path}")
        examine(page, f"report-{path.replace('/', '-')}")
    page.context.clear_cookies()
    page.goto(f"{doors.public}/r/3")
    examine(page, "report-expired")
    page.goto(f"{doors.public}/r/")
    press(page, "Start")
    page.goto(f"{doors.public}/r/3")
    press(page, "Continue")
    assert page.title().startswith("Error: ")
    page.get_by_role("link", name="Choose who this is about").click()
    assert page.evaluate("document.activeElement.id") == "id_who_0"
    examine(page, "report-error")

    sign_in(page, doors, "corin")
    unlock(page, doors)
    examine(page, "triage-queue")
    known = page.locator("table tbody a").first.inner_text()
    assert known != reference  # the made-up report that names danger stands first
    for path in ("unlock", "take", f"{known}/", f"{known}/outcome", f"{known}/record", f"{known}/reply"):
        page.goto(f"{doors.staff}/reports/{path}")
        examine(page, f"triage-{path.replace(known, 'one').strip('/').replace('/', '-')}")
    page.goto(f"{doors.staff}/occurrences/")
    examine(page, "occurrences")
    number = page.locator("table tbody a").first.inner_text()
    status = f"{number}/status/{number}-1"
    acts = ("", "text", "marker", "person", "offence", "force-number")
    for path in ("new", *(f"{number}/{act}" for act in acts), status):
        page.goto(f"{doors.staff}/occurrences/{path}")
        examine(page, f"occurrences-{path.replace(number, 'one').strip('/').replace('/', '-')}")


def test_the_journey_passes_whole_without_scripts(browser: Any, doors: Any) -> None:
    context = browser.new_context(**PHONE, java_script_enabled=False)
    page = context.new_page()
    story = "A made-up story.\n" * 100
    reference = report(page, doors.public, story=story)
    page.go_back()
    page.goto(f"{doors.public}/r/7")
    assert page.get_by_role("heading", level=1).inner_text() == "You have already sent this"
    page.get_by_role("link", name="Show the reference and the code").click()
    assert reference in page.locator("main").inner_text()
    code = page.locator(".cc-code").inner_text()
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
    press(page, "Stay on this page")
    warning.wait_for(state="detached")
    page.clock.fast_forward("25:01")
    warning.wait_for()
    page.clock.fast_forward("05:10")
    page.get_by_label("What happened, in your own words?").wait_for()
    assert page.get_by_label("What happened, in your own words?").input_value() == ""
