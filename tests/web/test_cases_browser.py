"""A request from receipt to a published answer in Chromium, with the officer's acts counted and each page looked at."""

from __future__ import annotations

import re
import sys
import time
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from browsing import follow
from desks import desk

pytestmark = [pytest.mark.browser, pytest.mark.slow]

MOST_ACTS = 40
LETTER = """Dear Northmoor Police,

Under the Freedom of Information Act 2000 please tell me the total number of offences since January 2024, broken down
by month, that mention "AI" or "deepfake":

1. Section 66B Sexual Offences Act 2003 (sharing or threatening to share an intimate photograph or film)
2. Section 1 Protection of Children Act 1978 (making indecent photographs of children)

Yours faithfully,
Sam Uphill
"""


def test_from_the_letter_to_the_disclosure_log(browser: Any, doors: Any) -> None:
    found: list[Any] = []
    with desk(browser, doors, "olive", found) as olive:
        olive.open("/cases/", "list")
        olive.open("/cases/backlog/", "backlog")
        olive.open("/cases/new/", "new")
        form = olive.page.locator("form", has=olive.page.locator("[name=title]"))
        form.locator("[name=title]").fill("Image offences that mention AI")
        form.locator("[name=name]").fill("Sam Uphill")
        form.locator("[name=address]").fill("sam.uphill@post.example")
        form.locator("[name=letter]").fill(LETTER)
        olive.press("Open the case")
        case = re.sub(r"^https?://[^/]+", "", olive.page.url)
        reference = olive.page.locator("h1").inner_text()
        olive.act(case, "confirm", "Confirm the day of receipt")
        olive.act(case, "write_letter", "Write a letter", kind="acknowledgement")
        olive.look("case")
        follow(olive.page, olive.page.get_by_role("link", name="1. Acknowledgement"))
        olive.look("written")
        olive.open(f"{case}letter/", "letter")
        olive.press("Take these parts and write the plan")
        olive.look("plan")
        olive.page.goto(f"{doors.staff}{case}plan/?records")
        while (button := olive.page.get_by_role("button", name=re.compile("^Accept "))).count():
            olive.page.locator("[name=reason]").first.fill("The officer looked at it and the answer says so.")
            follow(olive.page, button.first)
            olive.acts += 1
            olive.page.goto(f"{doors.staff}{case}plan/?records")
            assert olive.acts <= MOST_ACTS
        olive.look("plan-with-records")
        assert "Nothing is in doubt." in olive.page.locator("main").inner_text()
        olive.act(case, "search", "Begin to count")
        olive.open(f"{case}counts/", "counts-empty")
        olive.press("Count")
        patience = time.monotonic() + 120
        while not olive.page.get_by_role("button", name=re.compile("^Rest the answer on it")).count():
            assert time.monotonic() < patience, olive.page.locator("main").inner_text()
            time.sleep(1)
            olive.page.reload()
        olive.look("counts")
        follow(olive.page, olive.page.get_by_role("button", name=re.compile("^Rest the answer on it")))
        olive.acts += 1
        olive.open(f"{case}counts/1/", "count")
        olive.open(f"{case}similar/", "similar")
        olive.act(case, "estimate_cost", "Estimate the cost", records="1144", minutes="3 3 3 2 4", method="Timed.",
                  advice="Name one year.")  # fmt: skip
        olive.act(case, "draft", "Begin to draft the answer")
        for number in ("1", "2"):
            olive.act(
                case, "answer_part", "Say how a part ends", number=number, outcome="granted", held="yes", tables="1"
            )
        olive.act(case, "write_letter", "Write a letter", kind="answer")
        olive.act(case, "submit", "Put the answer forward")
        with desk(browser, doors, "dilys", found) as dilys:
            dilys.act(case, "approve", "Approve the answer")
            assert "approved, not sent" in dilys.page.locator("main").inner_text()
            dilys.page.go_back()
            dilys.page.reload()
            assert "the case is approved, not sent" in dilys.page.locator("main").inner_text()
        olive.act(case, "sent", "Note that the answer was sent", how="by e-mail, filed with the case")
        olive.look("case-issued")
        assert olive.acts <= MOST_ACTS, f"{olive.acts} acts"
        print(f"{olive.acts} acts of the officer")
    with desk(browser, doors, "percy", found) as percy:
        percy.act(case, "publish", "Publish the answer")
        patience = time.monotonic() + 120
        while "Published by" not in percy.page.locator("main").inner_text():
            assert time.monotonic() < patience, percy.page.locator("main").inner_text()
            time.sleep(1)
            percy.page.goto(f"{doors.staff}{case}")
        percy.look("case-published")
        percy.page.goto(f"{doors.public}/disclosure-log/")
        assert reference in percy.page.content() or "Image offences that mention AI" in percy.page.content()
        assert "Uphill" not in percy.page.content()
        percy.act(case, "withdraw_answer", "Take the published answer down", reason="A figure may be wrong.")
    assert found == []
