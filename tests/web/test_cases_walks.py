"""Two more requests walked in Chromium: one that would cost too much to read, and one of eight parts.

The first is about every crime. Its words are in 1,144 records, and to read one takes three minutes. So a random sample
that fits the limit is read in the reading room, and the letter gives an estimate with its interval.
"""

from __future__ import annotations

import csv
import re
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from browsing import faults, follow
from desks import Desk, desk

pytestmark = [pytest.mark.browser, pytest.mark.slow]

HITS, QUIET, FITS = 1144, 300, 360
MOST_ACTS = 40
COSTLY = """Dear Northmoor Police,

Under the Freedom of Information Act 2000 please tell me:

1. How many of all crimes recorded between January 2019 and December 2019 mention the word "drone", by month?

Yours faithfully,
Sam Uphill
"""
EIGHT = """Dear Northmoor Police,

Under the Freedom of Information Act 2000 please tell me, since January 2024:

1. The number of offences under section 66B Sexual Offences Act 2003 that mention "deepfake", by month.
2. The number of offences under section 1 Protection of Children Act 1978 that mention "deepfake", by month.

Yours faithfully,
Sam Uphill
"""
MORE = (
    "The age of each person recorded as a victim.",
    "The names of the tools with which officers look for such pictures.",
    "The number of such offences before 1950.",
    "The figures that you published last year.",
    "Whether any source was paid for information on one named street.",
    "The policy on how long such pictures are kept.",
)


def export_of(folder: Path) -> Path:
    """Records of 2019 of many kinds: 1,144 hold the word, and three in ten of those are about flying one."""
    folder.mkdir()
    offences = [("occurrence_no", "crime_no", "home_office_code", "offence", "recorded_on", "reported_on",
                 "committed_from", "committed_to", "status", "markers")]  # fmt: skip
    texts = [("occurrence_no", "field", "entry_no", "entered_at", "text")]
    codes = ("030/02", "045/10", "046/00", "053/40", "105/01", "125/09", "149/00", "008/01")
    for number in range(HITS + QUIET):
        day = f"2019-{1 + number % 12:02d}-{1 + number % 28:02d}"
        offences.append((f"D{number:05d}", f"DC{number}", codes[number % 8], "", day, day, day, "", "recorded", ""))
        said = "A drone was flown over the yard." if number % 10 < 3 else "A drone was on the list of what was sold."
        texts.append((f"D{number:05d}", "summary", "1", "", said if number < HITS else "Nothing of the kind."))
    for name, rows in (("offences.csv", offences), ("texts.csv", texts)):
        with (folder / name).open("w", newline="", encoding="utf-8") as file:
            csv.writer(file, lineterminator="\n").writerows(rows)
    return folder


def opened(olive: Desk, letter: str, title: str) -> str:
    """Opens a case by hand and confirms its day; gives its address."""
    olive.open("/cases/new/", "new")
    form = olive.page.locator("form", has=olive.page.locator("[name=title]"))
    form.locator("[name=title]").fill(title)
    form.locator("[name=name]").fill("Sam Uphill")
    form.locator("[name=address]").fill("sam.uphill@post.example")
    form.locator("[name=letter]").fill(letter)
    olive.press("Open the case")
    case = re.sub(r"^https?://[^/]+", "", olive.page.url)
    olive.act(case, "confirm", "Confirm the day of receipt")
    olive.open(f"{case}letter/", "letter")
    olive.press("Take these parts and write the plan")
    return case


def counted(olive: Desk, case: str, number: int, *, decisions: bool = False) -> None:
    """Counts the plan, waits for the worker, and rests the answer on the count."""
    olive.open(f"{case}counts/", f"counts-{number}")
    if decisions:
        olive.page.get_by_label("Count what readers decided").check()
    olive.press("Count")
    olive.wait_for("Rest the answer on it", path=f"{case}counts/", seconds=300)
    olive.follow("button", "Rest the answer on it")
    olive.open(f"{case}counts/{number}/", f"count-{number}")


def approved_and_sent(browser: Any, doors: Any, olive: Desk, case: str, found: list[Any]) -> None:
    """Puts the answer forward; another person approves it; the officer notes that it was sent."""
    olive.act(case, "submit", "Put the answer forward")
    with desk(browser, doors, "dilys", found) as dilys:
        dilys.act(case, "approve", "Approve the answer")
    olive.act(case, "sent", "Note that the answer was sent", how="by e-mail, filed with the case")


def read_sample(rhona: Desk, round_: str) -> None:
    """Reads every card of the round as a reader does: by what is on the screen, with the keys."""
    rhona.page.goto(f"{rhona.doors.staff}{round_}")
    rhona.follow("button", "Start reading")
    rhona.found += faults(rhona.page, "walk-reading")
    from playwright.sync_api import TimeoutError

    token = rhona.page.locator("#card [name=token]")
    while token.count():
        card, before = rhona.page.locator("#card").inner_text(), token.first.input_value()
        assert "drone" in card, card
        rhona.page.keyboard.press("r" if "flown over" in card else "n")
        with suppress(TimeoutError):  # a key that comes before the card is on screen is not taken: it is pressed again
            rhona.page.wait_for_function(
                "before => document.querySelector('#card [name=token]')?.value !== before", arg=before, timeout=3000
            )
    rhona.page.get_by_text("Every card of this round is decided.").wait_for()


def brought(amir: Desk, name: str, reason: str) -> None:
    """Imports an export of the inbox in the data room, and looks at each page on the way."""
    amir.open("/records/", "records")
    follow(amir.page, amir.page.get_by_role("link", name=name, exact=True))
    amir.look("records-export")
    amir.press("Read it and say how")
    amir.wait_for("read, not imported")
    amir.look("records-explained")
    assert "0 would be quarantined" in amir.words(), amir.words()
    amir.page.locator("[name=reason]").fill(reason)
    amir.press("Import")
    amir.wait_for("What became of its records")
    amir.look("records-imported")
    follow(amir.page, amir.page.locator("dd a").first)
    amir.look("records-snapshot")
    amir.follow("link", "Count what changed")
    amir.look("records-changes")


def test_too_many_to_read_becomes_an_estimate(browser: Any, doors: Any) -> None:
    found: list[Any] = []
    export_of(doors.folder / "inbox" / "drones")
    with desk(browser, doors, "amir", found) as amir:
        brought(amir, "drones", "the records of one year alone")
    with desk(browser, doors, "olive", found) as olive:
        case = opened(olive, COSTLY, "Crimes that mention a drone")
        reference = olive.page.goto(f"{doors.staff}{case}") and olive.page.locator("h1").inner_text()
        olive.accept_doubts(case, MOST_ACTS)
        olive.act(case, "search", "Begin to count")
        counted(olive, case, 1)
        olive.open(f"{case}counts/", "counts-hits")
        assert "1144" in olive.words().replace(",", "")
        olive.act(case, "estimate_cost", "Estimate the cost", minutes="3 3 2 4 3 3 3 3",
                  method="Eight records were drawn at random and timed.", advice="Name one kind of crime.")  # fmt: skip
        olive.look("walk-costly")
        assert "Above the limit of section 12." in olive.words() and f"{FITS} records fit the limit." in olive.words()
        assert f"A random sample of {FITS} could be published" in olive.words()
        with desk(browser, doors, "amir", found) as amir:
            amir.open(f"{case}counts/1/hits/", "walk-hits")
            assert "drone" in amir.words() and "D00000" in amir.words()
            amir.open(f"{case}counts/1/rules/", "walk-rules-none")
            amir.press("Compare the rules")
            amir.wait_for("What each rule counts", path=f"{case}counts/1/rules/")
            amir.look("walk-rules")
            amir.open(case, "walk-analyst")
            amir.follow("link", "Draw this sample in the reading room")
            amir.look("walk-round")
            assert amir.page.locator("[name=size]").input_value() == str(FITS)
            amir.page.locator("[name=sitting_minutes]").fill("0")
            amir.press("Save")
            round_ = re.sub(r"^https?://[^/]+", "", amir.page.url)
            amir.wait_for("open", path=round_)
        with desk(browser, doors, "rhona", found) as rhona:
            rhona.page.goto(f"{doors.staff}{round_}")
            rhona.wait_for("Start reading", path=round_)
            read_sample(rhona, round_)
            rhona.follow("button", "Leave the room")
        olive.open(f"{case}do/estimate_cost/", "walk-sample")
        assert f"The reading room has read {FITS} of {HITS} records drawn at random" in olive.words(), olive.words()
        assert olive.page.locator("[name=read]").input_value() == str(FITS)
        relevant = int(olive.page.locator("[name=found]").input_value())
        olive.press("Estimate the cost")
        said = re.search(r"about (\d+) of all between (\d+) and (\d+)", olive.words().replace(",", ""))
        assert said is not None, olive.words()
        estimate, lower, upper = map(int, said.groups())
        truth = sum(number % 10 < 3 for number in range(HITS))
        assert lower <= truth <= upper and lower < estimate < upper and relevant < FITS
        counted(olive, case, 2, decisions=True)
        olive.act(case, "draft", "Begin to draft the answer")
        olive.act(case, "answer_part", "Say how a part ends", number="1", outcome="cost-estimate", held="yes",
                  tables="1")  # fmt: skip
        olive.act(case, "write_letter", "Write a letter", kind="answer")
        olive.follow("link", "1. Answer")
        olive.look("walk-letter")
        letter = olive.words()
        for words in (
            f"{HITS:,} records",
            f"we read {FITS}",
            f"between {lower}",
            "section 12",
            "Name one kind of crime.",
        ):
            assert words in letter, (words, letter)
        approved_and_sent(browser, doors, olive, case, found)
        assert olive.acts <= MOST_ACTS, olive.acts
        print(f"{olive.acts} acts; {relevant} of {FITS} relevant, about {estimate}, {lower} to {upper}; truth {truth}")
    with desk(browser, doors, "percy", found) as percy:
        percy.act(case, "publish", "Publish the answer")
        percy.wait_for("Published by", path=case)
        percy.page.goto(f"{doors.public}/disclosure-log/")
        percy.follow("link", "Crimes that mention a drone|.*" + re.escape(str(reference)))
        percy.found += faults(percy.page, "walk-published")
        assert f"confirmed {relevant}" in percy.words() and "read a part of them" in percy.words(), percy.words()
    later = doors.folder / "inbox" / "later"
    export_of(later)
    rows = (later / "offences.csv").read_text(encoding="utf-8").replace("recorded,\n", "cancelled,\n", 1)
    (later / "offences.csv").write_text(rows, encoding="utf-8")
    with desk(browser, doors, "amir", found) as amir:
        brought(amir, "later", "the records of one year alone")
        amir.wait_for(str(reference), path="/records/answers/")
        amir.look("records-answers")
        amir.follow("link", re.escape(str(reference)))
        amir.look("records-answer")
        assert "cancelled or transferred" in amir.words() and "exact and internal" in amir.words(), amir.words()
        assert "counted otherwise" not in amir.words(), "what readers confirmed is no total of the hits"
    assert found == []


def test_eight_parts_with_five_outcomes(browser: Any, doors: Any) -> None:
    found: list[Any] = []
    with desk(browser, doors, "olive", found) as olive:
        case = opened(olive, EIGHT, "Deepfakes in eight parts")
        olive.act(case, "plan", "Write parts down", parts="\n\n".join(MORE))
        olive.accept_doubts(case, MOST_ACTS)
        olive.act(case, "search", "Begin to count")
        counted(olive, case, 1)
        olive.act(case, "draft", "Begin to draft the answer")

        def ends(number: int, outcome: str, held: str, **more: str) -> None:
            olive.act(
                case, "answer_part", "Say how a part ends", number=str(number), outcome=outcome, held=held, **more
            )

        ends(1, "granted", "yes", tables="1")
        ends(2, "granted", "yes", tables="1")
        ends(3, "part", "yes", limb="40(2)", why="Exact ages would single people out; bands are given.", tables="2")
        ends(4, "withheld", "yes", limb="31(1)(a)", why="Naming the tools would help people to avoid them.",
             interest_for="It shows how money is spent.", interest_against="It would weaken detection.")  # fmt: skip
        ends(5, "not-held", "no")
        ends(6, "withheld", "yes", limb="21", why="It is on our site.", log_address="https://northmoor.example/log/1")
        ends(7, "ncnd", "ncnd", limb="30(3)", why="To say so would show who talks to officers.",
             interest_for="It shows that rules are kept.", interest_against="It would put people at risk.")  # fmt: skip
        olive.act(case, "test_interest", "Give a part time for the public interest test", number="8", limb="31(1)(a)")
        olive.look("walk-eight-parts")
        olive.act(case, "write_letter", "Write a letter", kind="answer")
        olive.follow("link", "1. Answer")
        olive.look("walk-eight-letter")
        letter = olive.words()
        for words in ("Part 1", "section 40(2)", "section 31(1)(a)", "We do not hold", "https://northmoor.example/log/1",
                      "neither confirm nor deny", "We expect to decide by"):  # fmt: skip
            assert words in letter, (words, letter)
        approved_and_sent(browser, doors, olive, case, found)
        olive.page.goto(f"{doors.staff}{case}")
        assert olive.words().count("answered on") == 7 and "own day" in olive.words()
        olive.act(case, "go_on", "Go on with the parts that are left")
        ends(8, "granted", "yes", tables="the policy, attached")
        olive.act(case, "write_letter", "Write a letter", kind="answer")
        approved_and_sent(browser, doors, olive, case, found)
        olive.act(case, "close", "Close the case")
        olive.page.goto(f"{doors.staff}{case}")
        olive.look("walk-eight-closed")
        assert olive.words().count("answered on") == 8
        print(f"{olive.acts} acts of the officer")
        assert olive.acts <= MOST_ACTS
    assert found == []
