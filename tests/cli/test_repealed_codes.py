"""Codes whose offence ended: what later months print, by the list, the kind of date and the records."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

HEAD = "occurrence_no,crime_no,home_office_code,offence,recorded_on,reported_on,committed_from,committed_to,status\n"
LATE = "Counting rules of a test"
CODES = f"""
[[code]]
code = "900/01"
description = "Still recorded"
from = 2023-01-01
to = 2024-02-10
after_end = "recorded"
after_end_source = "{LATE}"
[[code]]
code = "900/02"
description = "Recorded under another code"
to = 2024-02-29
after_end = "not-recorded"
after_end_source = "{LATE}"
[[code]]
code = "900/03"
description = "Nobody says"
to = 2024-02-10
[[code]]
code = "900/04"
description = "Began and ended"
from = 2024-02-01
to = 2024-03-15
after_end = "recorded"
[[code]]
code = "900/05"
description = "Never ended"
from = 2024-02-20
[[code]]
code = "900/06"
description = "Ended before the period"
to = 2023-05-31
after_end = "recorded"
[[code]]
code = "900/07"
description = "Ended before the period, and nobody says"
to = 2023-05-31
"""
PERIODS = ["2024-01", "2024-02", "2024-03", "2024-04"]


def answer(run: Any, work: Path, basis: str, rows: str = "") -> tuple[dict[str, list[str]], str, set[str]]:
    """What each code prints for the four months, the page, and the doubts of a check."""
    (work / "codes.toml").write_text(CODES)
    export = work / "repealed"
    export.mkdir()
    other = "Z1,Y1,086/02,Other,2024-01-05,2024-01-05,2024-01-05,,recorded\n"
    (export / "offences.csv").write_text(HEAD + other + rows)
    done = run("import", export, "--store", work / "ended", "--as-at", "2024-06-30")
    assert done.code == 0, done.err
    codes = ", ".join(f'"900/0{number}"' for number in range(1, 8))
    request = work / "ended.toml"
    request.write_text(
        '[request]\nreference = "R/1"\nreceived = 2024-06-01\n[scope]\nfrom = "2024-01"\nto = "2024-04"\n'
        f'date_basis = "{basis}"\n[[question]]\ntext = "Local matters"\ncodes = [{codes}]\n'
    )
    given = ("--store", work / "ended", "--codes", work / "codes.toml")
    done = run("count", request, *given, "--out", work / "ended-out", "--policy", work / "policy.toml")
    assert done.code == 0, done.err
    printed: dict[str, list[str]] = {}
    with (work / "ended-out" / "counts.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["row"].startswith("900/") and row["period"] in PERIODS:
                printed.setdefault(row["row"][4:], []).append(row["value"] + row["marker"])
    checked = json.loads(run("check", request, *given, "--json").out)
    page = (work / "ended-out" / "response.html").read_text("utf-8")
    return printed, page, {doubt["id"] for doubt in checked["doubts"]}


@pytest.mark.parametrize("basis", ["recorded", "reported"])
def test_a_code_that_is_recorded_after_its_end_prints_counts(run: Any, work: Path, basis: str) -> None:
    printed, page, _ = answer(run, work, basis)
    assert printed == {
        "01": ["0", "0", "0", "0"],
        "02": ["0", "0", "z", "z"],
        "03": ["0", "0", "z", "z"],
        "04": ["z", "0", "0", "0"],
        "05": ["z", "0", "0", "0"],
        "06": ["0", "0", "0", "0"],
        "07": ["z", "z", "z", "z"],
    }
    assert "HO 900/01 was in force from 1 January 2023 until 10 February 2024. An offence of that time can be" in page
    assert f"so later months print counts (source: {LATE})." in page
    assert f"Nothing is recorded under it later (source: {LATE})." in page
    assert (
        "later months print counts (source: the force&#39;s own overlay). [z] marks the months before it" in page
        or ("later months print counts (source: the force's own overlay). [z] marks the months before it" in page)
    )
    assert page.count("does not say whether an offence of that time is recorded under it later") >= 2


def test_nothing_is_committed_after_the_end(run: Any, work: Path) -> None:
    printed, page, _ = answer(run, work, "committed")
    assert printed["01"] == printed["02"] == printed["03"] == ["0", "0", "z", "z"]
    assert printed["04"] == ["z", "0", "0", "z"]
    assert printed["06"] == printed["07"] == ["z", "z", "z", "z"]
    assert "later months print counts" not in page


def test_late_records_are_counted_and_are_a_doubt_only_where_the_list_does_not_allow_them(run: Any, work: Path) -> None:
    rows = "".join(f"A{n},C{n},900/0{n},Late,2024-04-03,2024-04-02,2024-01-15,,recorded\n" for n in (1, 2, 3, 4, 6, 7))
    printed, _, doubts = answer(run, work, "recorded", rows)
    assert all(printed[f"0{n}"][3] == "1" for n in (1, 2, 3, 4, 6, 7))
    late = {f"900/0{n}" for n in range(1, 8) if f"900/0{n}-recorded-out-of-force" in doubts}
    assert late == {"900/02", "900/03", "900/07"}
