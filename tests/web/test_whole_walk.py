"""The whole walk of one person: home, help, report, code, reply; then the officer's part, to a count that is one more.

Safe contact is compared word for word wherever it is shown. The walk is gone with scripts and without. Whoever has the
browser after the person sees neither code nor reference.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from browsing import PHONE, clearcount, follow, manage, move, press, report, sign_in, unlock
from test_circle import CODE, Cells, changes, counted, demo, one_more

__all__ = ["demo"]
pytestmark = [pytest.mark.browser, pytest.mark.slow]
STORY = "Somebody threatens to share a picture of me. I think that it was made with AI."
REPLY = "We have read what you wrote. We will not call you."
TYPED = {"Voicemail": "NO (do not leave a voicemail)", "Number": "a made-up number"}
"""What the person answered about safe contact (`browsing.report`), as staff must see it."""
RIGHT_HELP = {
    "Help if you are under 18": "tel:08001111",
    "Sextortion: what to do": "tel:03456000459",
    "For parents and carers": "tel:08088005000",
    "Someone is threatening me now": "tel:116123",
}
"""Page of advice -> the number that whoever asks there needs."""


def right_help_in_two_clicks(page: Any, address: str) -> None:
    """From any page of advice the header leads to the list (one click), and the list to each page of help (two)."""
    page.goto(f"{address}/")
    follow(page, page.get_by_role("link", name="What to do now"))
    assert page.locator("main a[href='tel:999']").count() and page.locator("main a[href='/r/']").count()
    page.goto(f"{address}/advice/")
    pages = [link.get_attribute("href") for link in page.locator("main ul.cc-list a").all()]
    assert len(pages) > 10
    for path in pages:
        page.goto(address + path)
        assert page.locator(".cc-strip a[href='tel:999']").count() == 1, path
        follow(page, page.get_by_label("Main").get_by_role("link", name="Advice"))
        assert page.url == f"{address}/advice/", path
    for name, number in RIGHT_HELP.items():
        page.goto(f"{address}/advice/")
        follow(page, page.locator("main").get_by_role("link", name=name, exact=True))
        assert page.locator(f"main a[href='{number}']").count(), name
    follow(page, page.locator("main").get_by_role("link", name="Report online"))
    assert page.url == f"{address}/r/"


def facts(page: Any) -> list[tuple[str, str]]:
    """The safe contact on a staff page: label and words, in order."""
    lines = page.locator("aside.cc-safe-contact dl > div")
    return [(line.locator("dt").inner_text(), line.locator("dd").inner_text()) for line in lines.all()]


def nothing_is_left(page: Any, address: str, *secrets: str) -> None:
    """Another person at the same browser: Back, every page of the report, storage and cookies."""
    kept = "() => JSON.stringify([localStorage, sessionStorage]) + document.cookie"
    for _ in range(15):
        shown = move(page, page.go_back)
        assert not [each for each in secrets if each in shown]
    for _ in range(15):
        shown = move(page, page.go_forward)
        assert not [each for each in secrets if each in shown]
    for path in ("/r/", "/r/code", "/r/sent", "/r/check", "/r/1", "/r/7", "/r/10", "/r/now", "/r/help", "/"):
        page.goto(address + path)
        assert not [each for each in secrets if each in page.content()], path
        assert not [each for each in secrets if each in page.evaluate(kept)], path
    assert not [each for each in secrets if each in str(page.context.cookies())]


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_from_the_front_page_to_the_count(browser: Any, doors: Any, demo: Path, tmp_path: Path, scripts: bool) -> None:
    export = tmp_path / "occurrences"
    manage(doors, "export_occurrences", str(export))
    clearcount("import", str(export), "--store", str(demo / "store"), "--quiet")
    before: Cells = counted(demo, "before")

    phone = browser.new_context(**PHONE, java_script_enabled=scripts)
    page = phone.new_page()
    right_help_in_two_clicks(page, doors.public)
    reference = report(page, doors.public, story=STORY)
    code = page.locator(".cc-code").inner_text()
    follow(page, page.locator("main").get_by_role("link", name="Advice and people who can help"))
    nothing_is_left(page, doors.public, code, reference, STORY, TYPED["Number"])
    phone.close()

    office = browser.new_context(java_script_enabled=scripts)
    desk = office.new_page()
    sign_in(desk, doors, "corin")
    unlock(desk, doors)
    desk.goto(f"{doors.staff}/reports/?q={reference}")
    line = desk.get_by_role("link", name=reference)
    for _ in range(240):  # the worker of the demo takes reports in every 15 seconds
        if line.count():
            break
        time.sleep(1)
        desk.reload()
    follow(desk, line)
    told = facts(desk)
    assert TYPED.items() <= dict(told).items()
    copied = desk.locator("textarea[readonly]").input_value().splitlines()
    assert copied[: len(told)] == [f"{label}: {words}" for label, words in told]
    follow(desk, desk.get_by_role("link", name="Reply to the code"))
    assert facts(desk) == told
    desk.get_by_label("Reply", exact=True).fill(REPLY)
    press(desk, "Save")
    desk.goto(f"{doors.staff}/reports/{reference}/record")
    assert facts(desk) == told
    desk.get_by_label("Offence code").fill(CODE)
    for part, value in (("Day", "14"), ("Month", "5"), ("Year", "2025")):
        desk.get_by_label(part, exact=True).fill(value)
    desk.get_by_label("Summary").fill("Caller thinks that a picture was made with AI.")
    press(desk, "Save")
    heading = desk.get_by_role("heading", level=1).inner_text()
    assert sorted(facts(desk)) == sorted(told)
    office.close()

    reader = browser.new_context(**PHONE, java_script_enabled=scripts)
    page = reader.new_page()
    page.goto(f"{doors.public}/r/")
    follow(page, page.get_by_role("link", name="I have a code"))
    page.get_by_label("Your code").fill(code)
    for _ in range(120):  # the reply goes to the public side with the worker's next round
        press(page, "Continue")
        if REPLY in page.locator("main").inner_text():
            break
        time.sleep(1)
        page.goto(f"{doors.public}/r/code")
        page.get_by_label("Your code").fill(code)
    assert REPLY in page.locator("main").inner_text()
    # whoever has that browser next goes back to the reply and lets the browser send the form again
    page.goto(f"{doors.public}/")
    for _again in range(3):
        shown = move(page, page.go_back)
        assert not [each for each in (REPLY, code, reference) if each in shown]
    reader.close()

    manage(doors, "export_occurrences", str(export))
    clearcount("import", str(export), "--store", str(demo / "store"), "--quiet")
    assert heading.removeprefix("Occurrence ") in (export / "offences.csv").read_text(encoding="utf-8")
    written = "".join(path.read_text(encoding="utf-8") for path in sorted(export.rglob("*.csv")))
    assert not [each for each in (code, TYPED["Number"], STORY) if each in written]
    assert changes(before, counted(demo, "after")) == one_more(before)
