"""`compare` and `mentions` on a small made-up store."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

HEAD = (
    "occurrence_no,crime_no,home_office_code,offence,recorded_on,reported_on,committed_from,committed_to,status,markers"
)
TEXTS = {
    "B1": "Made with AI there.",
    "B2": "Made with (AI), it is said.",
    "B3": "AI at the start.",
    "B4": "The maker wrote A.I. throughout.",
    "B5": "A\u00a0deep\u00a0fake.",
    "B6": "Deepfake film.",
    "B7": "The officer said so.",
    "B8": "Letter of AI Lettings received.",
}
REQUEST = """[request]
reference = "02"
received = 2024-06-01
[scope]
from = "2024-01"
to = "2024-05"
[[question]]
text = "Making, section 1(1)(a) Protection of Children Act 1978"
codes = ["086/02"]
[terms]
any = ["AI", "deep fake"]
none = ["AI Lettings"]
"""


@pytest.fixture
def records(tmp_path: Path, run: Callable[..., Any]) -> Path:
    """A folder with a request, and a store of eight occurrences with one text each."""
    export = tmp_path / "export"
    export.mkdir()
    offences = [
        f"{number},C{number},086/02,Indecent photographs,2024-02-05,2024-02-05,2024-02-05,,recorded,"
        for number in TEXTS
    ]
    (export / "offences.csv").write_text("\n".join([HEAD, *offences, ""]), encoding="utf-8")
    with (export / "texts.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["occurrence_no", "field", "entry_no", "entered_at", "text"])
        writer.writerows([number, "summary", "", "2024-02-05", text] for number, text in TEXTS.items())
    (tmp_path / "request.toml").write_text(REQUEST, encoding="utf-8")
    done = run("import", export, "--store", tmp_path / "store", "--as-at", "2024-06-30")
    assert done.code == 0, done.err
    return tmp_path


def test_compare_puts_the_rules_side_by_side(records: Path, run: Callable[..., Any]) -> None:
    done = run("compare", records / "request.toml", "--store", records / "store", "--json")
    assert done.code == 0, done.err
    found = json.loads(done.out)
    counts = {rule: each["count"] for rule, each in found["rules"].items()}
    assert counts == {"contains": 4, "padded": 1, "word": 4, "variant": 6}
    assert {rule: each["by_offence"]["086/02"] for rule, each in found["rules"].items()} == counts
    gaps = {(gap["found_by"], gap["missed_by"]): gap for gap in found["differences"]}
    assert ("padded", "word") not in gaps and ("word", "variant") not in gaps
    assert gaps["word", "padded"]["classes"] == {
        "start of field": 1,
        "no-break space": 1,
        "punctuation beside the word": 1,
    }
    assert gaps["variant", "word"]["classes"] == {"dotted": 1, "joined": 1}
    assert gaps["contains", "word"]["classes"] == {"inside a longer word": 2}
    examples = {each["occurrence_no"]: each for each in gaps["variant", "word"]["examples"]}
    assert examples["B4"]["matched"] == "A.I." and examples["B4"]["before"] == "The maker wrote "


def test_compare_agrees_with_count(records: Path, run: Callable[..., Any]) -> None:
    """What is compared is what a run under that rule would count."""
    (records / "policy.toml").write_text(
        '[disclosure]\nrule = "none"\nreason = "A test."\napproved_by = "Tester"\n', encoding="utf-8"
    )
    compared = json.loads(run("compare", records / "request.toml", "--store", records / "store", "--json").out)
    for rule, each in compared["rules"].items():
        request = records / f"{rule}.toml"
        request.write_text(REQUEST.replace("[terms]", f'[terms]\nrule = "{rule}"'), encoding="utf-8")
        out = records / rule
        done = run("count", request, "--store", records / "store", "--out", out, "--policy", records / "policy.toml")
        assert done.code == 0, done.err
        with (out / "counts.csv").open(encoding="utf-8", newline="") as file:
            total = next(r for r in csv.DictReader(file) if r["row"] == r["period"] == "total")
        assert int(total["value"]) == each["count"]


def test_compare_prints_examples_in_context(records: Path, run: Callable[..., Any]) -> None:
    done = run("compare", records / "request.toml", "--store", records / "store")
    assert done.code == 0, done.err
    assert "contains" in done.out.splitlines()[0]
    assert "The maker wrote [A.I.] throughout." in done.out
    quiet = run("compare", records / "request.toml", "--store", records / "store", "--quiet")
    assert "[A.I.]" not in quiet.out and "086/02" in quiet.out


def test_compare_says_which_rule_cannot_read_the_terms(records: Path, run: Callable[..., Any]) -> None:
    text = REQUEST.replace("[terms]", '[terms]\nrule = "contains"').replace('"AI", ', '"a*", ')
    (records / "request.toml").write_text(text, encoding="utf-8")
    done = run("compare", records / "request.toml", "--store", records / "store")
    assert done.code == 0, done.err
    assert "word: cannot read these terms" in done.out
    assert "at least 3 letters" in done.out


@pytest.mark.parametrize("command", ["compare", "mentions"])
def test_a_request_without_terms_is_refused(command: str, records: Path, run: Callable[..., Any]) -> None:
    (records / "request.toml").write_text(REQUEST.split("[terms]")[0], encoding="utf-8")
    done = run(command, records / "request.toml", "--store", records / "store")
    assert done.code == 2
    assert "has no [terms]" in done.err and "add the words" in done.err


def test_mentions_are_aligned_on_the_hit(records: Path, run: Callable[..., Any]) -> None:
    done = run("mentions", records / "request.toml", "--store", records / "store")
    assert done.code == 0, done.err
    lines = [line for line in done.out.splitlines() if not line.startswith("dropped")]
    assert len(lines) == 4
    assert len({line.index("[") for line in lines}) == 1
    assert any("Made with ([AI]), it is said." in line for line in lines)
    assert sum(line.startswith("dropped by an exception: B8") for line in done.out.splitlines()) == 1
    assert "4 hits in 4 records, 1 dropped" in done.err
    assert "as whole words" in done.err


def test_mentions_sort_by_their_surroundings(records: Path, run: Callable[..., Any]) -> None:
    def order(by: str) -> list[str]:
        done = run("mentions", records / "request.toml", "--store", records / "store", "--sort", by, "--json")
        return [hit["occurrence_no"] for hit in json.loads(done.out)["mentions"]]

    assert order("place") == ["B1", "B2", "B3", "B5"]
    assert order("left") == ["B3", "B2", "B5", "B1"]  # nothing, "(", "a", "with"
    assert order("right") == ["B2", "B5", "B3", "B1"]  # "),", ".", "at", "there"


def test_mentions_as_a_file(records: Path, run: Callable[..., Any]) -> None:
    arguments = ("mentions", records / "request.toml", "--store", records / "store", "--csv", records / "m.csv")
    done = run(*arguments)
    assert done.code == 0, done.err
    assert done.out == ""
    with (records / "m.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    names = "occurrence_no,crime_no,field,entry_no,term,start,end,matched,before,after,hints"
    assert ",".join(rows[0]) == names
    for row in rows:
        text = TEXTS[row["occurrence_no"]]
        start, end = int(row["start"]), int(row["end"])
        assert text[start:end] == row["matched"]
        assert (text[max(0, start - 60) : start], text[end : end + 60]) == (row["before"], row["after"])
    assert (records / "m.csv").stat().st_mode & 0o077 == 0
    again = run(*arguments)
    assert again.code == 2 and "--replace" in again.err
    assert run(*arguments, "--replace", "--quiet").code == 0
