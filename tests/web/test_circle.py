"""The whole circle: a report from a phone is read, recorded, exported, imported, counted and published, once."""

from __future__ import annotations

import csv
import json
import sys
import time
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from browsing import PHONE, clearcount, follow, manage, press, report, sign_in, unlock

pytestmark = pytest.mark.browser
STORY = "Somebody threatens to share a picture of me. I think that it was made with AI."
CODE, MONTH = "088/15", "2025-05"
Cells = dict[tuple[str, str], str]
_CELL = """([code, month]) => [...document.querySelectorAll("table")].flatMap(table => {
  const heads = [...[...table.tHead.rows].at(-1).cells];
  const column = heads.findIndex(each => each.innerText.includes(code));
  const line = [...table.tBodies[0].rows].find(each => each.cells[0].innerText.includes(month));
  return column > 0 && line ? [line.cells[column].innerText.trim()] : [];
}).slice(0, 1)"""
"""What the first table with codes over months says of both."""


@pytest.fixture
def demo(tmp_path: Path) -> Path:
    """The made-up export in a store, and the example request asked by the month of the offence."""
    folder = tmp_path / "demo"
    clearcount("demo", "--out", str(folder), "--occurrences", "1000", "--quiet")
    request = folder / "request.toml"
    text = request.read_text(encoding="utf-8")
    for old, new in (('date_basis = "recorded"', 'date_basis = "committed"'), ("FS/FOI/25/0117", "FS/FOI/25/0999")):
        assert text.count(old) == 1
        text = text.replace(old, new)
    text += '\n[[accepted]]\ndoubt = "offences-undated"\nreason = "The answer states how many there are."\n'
    # what staff record today comes after the date of the answer in the made-up request
    text += (
        '\n[[accepted]]\ndoubt = "version-date-before-extract"\nreason = "A made-up date; the counts are of today."\n'
    )
    request.write_text(text, encoding="utf-8")
    return folder


def counted(demo: Path, name: str) -> Cells:
    """The counts of the request on the newest snapshot: code and month -> the value as published."""
    out = demo / name
    clearcount(
        *("count", str(demo / "request.toml"), "--store", str(demo / "store"), "--policy", str(demo / "policy.toml")),
        *("--force", str(demo / "force.toml"), "--out", str(out), "--quiet"),
    )
    with (out / "counts.csv").open(encoding="utf-8", newline="") as file:
        return {(row["row"], row["period"]): row["value"] + row["marker"] for row in csv.DictReader(file)}


def changes(before: Cells, after: Cells) -> dict[tuple[str, str], tuple[str, str]]:
    assert before.keys() == after.keys()
    return {cell: (before[cell], after[cell]) for cell in before if before[cell] != after[cell]}


def one_more(before: Cells) -> dict[tuple[str, str], tuple[str, str]]:
    """One offence more in its cell, and so in the totals of its row, its month and the table."""
    cells = ((CODE, MONTH), (CODE, "total"), ("total", MONTH), ("total", "total"))
    return {cell: (before[cell], str(int(before[cell]) + 1)) for cell in cells}


def recorded(page: Any, doors: Any, reference: str) -> str:
    """Staff read the report and record it as an occurrence with a log entry; gives the occurrence's number."""
    page.goto(f"{doors.staff}/reports/?q={reference}")  # other tests leave reports that fill the first page
    line = page.get_by_role("link", name=reference)
    for _ in range(240):  # the worker of the demo takes reports in every 15 seconds
        if line.count():
            break
        time.sleep(1)
        page.reload()
    follow(page, line)
    page.get_by_text(STORY).first.wait_for()
    facts = page.get_by_label("Safe contact").locator("dl > div").filter(has_text="Voicemail")
    assert facts.locator("dd").inner_text() == "NO (do not leave a voicemail)"
    follow(page, page.get_by_role("link", name="Record as an occurrence here"))
    page.get_by_label("Offence code").fill(CODE)
    for part, value in (("Day", "14"), ("Month", "5"), ("Year", "2025")):
        page.get_by_label(part, exact=True).fill(value)
    page.get_by_label("Summary").fill("Caller says that somebody threatens to share a picture.")
    press(page, "Save")
    follow(page, page.get_by_role("link", name="Add a log entry"))
    page.get_by_label("Text", exact=True).fill("Caller thinks that the picture was made with AI.")
    press(page, "Save")
    heading = page.get_by_role("heading", level=1).inner_text()
    assert heading.startswith("Occurrence W")
    return str(heading.removeprefix("Occurrence "))


def test_a_report_from_a_phone_is_one_more_in_the_published_table(
    browser: Any, doors: Any, demo: Path, tmp_path: Path
) -> None:
    export = tmp_path / "occurrences"
    manage(doors, "export_occurrences", str(export))  # the occurrences that the demo holds already
    first = json.loads(clearcount("import", str(export), "--store", str(demo / "store"), "--json"))
    assert first["quarantined"] == 0
    before = counted(demo, "before")

    visitor = browser.new_context(**PHONE)
    reference = report(visitor.new_page(), doors.public, story=STORY)
    visitor.close()
    office = browser.new_context()
    page = office.new_page()
    sign_in(page, doors, "corin")
    unlock(page, doors)
    number = recorded(page, doors, reference)
    page.goto(f"{doors.staff}/reports/")
    assert page.locator("table").get_by_text(reference).count() == 0

    for _ in range(2):  # exporting and importing again changes nothing
        manage(doors, "export_occurrences", str(export))
        clearcount("import", str(export), "--store", str(demo / "store"), "--quiet")
    after = counted(demo, "after")
    was = int(before[CODE, MONTH])
    assert changes(before, after) == one_more(before)

    manage(doors, "publish", str(demo / "after"), "--store", str(demo / "store"))
    public = browser.new_context()
    table = public.new_page()
    table.goto(f"{doors.public}/disclosure-log/fs-foi-25-0999/")
    assert table.evaluate(_CELL, [f"HO {CODE}", "May 2025"]) == [str(was + 1)]
    public.close()

    # The force's own system holds it too: under that number it counts once, wherever it came from first.
    page.goto(f"{doors.staff}/occurrences/{number}/force-number")
    page.get_by_label("Number in the force's own system").fill("259999999")
    page.get_by_label("I have carried safe contact on").check()
    press(page, "Save")
    office.close()
    manage(doors, "export_occurrences", str(export))
    clearcount("import", str(export), "--store", str(demo / "store"), "--quiet")
    assert changes(before, counted(demo, "moved")) == {}
    own = tmp_path / "force"
    own.mkdir()
    (own / "offences.csv").write_text(
        "occurrence_no,crime_no,home_office_code,offence,recorded_on,reported_on,committed_from,committed_to,status,"
        f"markers\n259999999,FS/259999999/1,{CODE},Sharing,2025-06-01,2025-06-01,2025-05-14,,recorded,\n"
    )
    (own / "texts.csv").write_text(
        "occurrence_no,field,entry_no,entered_at,text\n259999999,oel,1,2025-06-01,Picture made with AI.\n"
    )
    clearcount("import", str(own), "--store", str(demo / "store"), "--quiet")
    manage(doors, "export_occurrences", str(export))
    clearcount("import", str(export), "--store", str(demo / "store"), "--quiet")
    assert changes(before, counted(demo, "both")) == one_more(before)
