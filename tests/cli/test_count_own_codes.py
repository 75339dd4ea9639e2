"""Codes of the data's own, whatever they look like, and questions that no code answers."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

LAYOUT = """name = "own"
codes = "own"
[[file]]
match = ["offences*"]
[file.offence]
occurrence_no = "occurrence_no"
crime_no = "crime_no"
code = "code"
recorded_on = "recorded_on"
[[file]]
match = ["texts*"]
[[file.text]]
occurrence_no = "occurrence_no"
field = "field"
text = "text"
"""
REQUEST = """[request]
reference = "T/1"
received = 2025-02-03
version_date = 2025-02-20
[scope]
from = "2024-01"
to = "2024-12"
{unit}
{questions}
[terms]
fields = ["mo"]
any = ["drone"]
[table]
rows = ["{rows}"]
columns = "year"
"""
POLICIES = {
    "none": 'rule = "none"',
    "suppress": 'rule = "suppress"',
    "round": 'rule = "round"',
    "nearest": 'rule = "round"\nmethod = "nearest"',
}
ODD = ("quadx", "q", "q1", "q12", "theft|motor", "|", "a|b|c", "086/02|x", "total note", "Qé", "1", "x+y", "q|1")


def _count(work: Path, run: Callable[..., Any], *codes: str, rows: str = "offence", policy: str = "none") -> Any:
    export = work / "own"
    export.mkdir()
    with (export / "offences.csv").open("w", newline="", encoding="utf-8") as file:
        lines = csv.writer(file)
        lines.writerow(["occurrence_no", "crime_no", "code", "recorded_on"])
        for number, code in enumerate((*codes, *codes, "other")):
            lines.writerow([f"O{number}", f"C{number}", code, "2024-05-01"])
    with (export / "texts.csv").open("w", newline="", encoding="utf-8") as file:
        lines = csv.writer(file)
        lines.writerow(["occurrence_no", "field", "text"])
        lines.writerows([f"O{number}", "mo", "A drone was seen."] for number in range(2 * len(codes) + 1))
    (work / "layout.toml").write_text(LAYOUT, encoding="utf-8")
    asked = "\n".join(
        f'[[question]]\ntext = "Asked {number}"\ncodes = [{json.dumps(code, ensure_ascii=False)}]'
        for number, code in enumerate(codes, 1)
    )
    (work / "request.toml").write_text(REQUEST.format(unit="", questions=asked, rows=rows), encoding="utf-8")
    (work / "policy.toml").write_text(f'[disclosure]\n{POLICIES[policy]}\nreason = "r"\napproved_by = "a"\n')
    place = ["--store", work / "own-store"]
    done = run("import", export, *place, "--layout", work / "layout.toml", "--as-at", "2025-01-31")
    assert done.code == 0, done.err
    return run("count", work / "request.toml", *place, "--policy", work / "policy.toml", "--out", work / "answer")


@pytest.mark.parametrize(
    ("code", "rows"),
    [(code, rows) for code in ODD for rows in ("offence", "question") if (code, rows) != ("q1", "question")],
)
def test_an_odd_code_is_counted_and_named_as_it_stands(
    work: Path, run: Callable[..., Any], code: str, rows: str
) -> None:
    done = _count(work, run, code, rows=rows)
    assert done.code == 0, done.err
    released = json.loads((work / "answer" / "release.json").read_text(encoding="utf-8"))
    question = released["prose"]["questions"][0]
    assert question["answer"].startswith("2 of 2 offences") and [line[0] for line in question["codes"]] == [code]
    assert f"Selected by offence codes of the data: {code}." in released["prose"]["data_processing"]
    with (work / "answer" / "counts.csv").open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    wanted = code if rows == "offence" else "q1"
    assert {line["value"] for line in lines} == {"2"} and {line["row"] for line in lines} == {wanted, "total"}
    assert run("verify", work / "answer", "--store", work / "own-store").code == 0


@pytest.mark.parametrize("rows", ["offence", "question"])
def test_many_odd_codes_stay_apart(work: Path, run: Callable[..., Any], rows: str) -> None:
    odd = ODD if rows == "offence" else [code for code in ODD if code not in ("q1", "q12")]
    done = _count(work, run, *odd, rows=rows)
    assert done.code == 0, done.err
    released = json.loads((work / "answer" / "release.json").read_text(encoding="utf-8"))
    for question, code in zip(released["prose"]["questions"], odd, strict=True):
        assert question["answer"].startswith("2 of 2 offences") and [line[0] for line in question["codes"]] == [code]


def test_a_code_with_the_name_of_a_questions_line_is_refused_by_name(work: Path, run: Callable[..., Any]) -> None:
    assert _count(work, run, "q2").code == 0
    request = work / "request.toml"
    more = '[[question]]\ntext = "No code"\ncodes = []\n[terms]'
    request.write_text(request.read_text(encoding="utf-8").replace("[terms]", more), encoding="utf-8")
    done = run("check", request, "--store", work / "own-store")
    assert done.code == 2 and "q2" in done.err and "question" in done.err


@pytest.mark.parametrize(("code", "rows"), [("q1", "question"), ("total", "offence"), ("total", "question")])
def test_a_code_with_the_name_of_another_line_is_refused_by_name(
    work: Path, run: Callable[..., Any], code: str, rows: str
) -> None:
    done = _count(work, run, code, rows=rows)
    assert done.code == 2 and f"the code {code} has the name of" in done.err
    assert not (work / "answer").exists()


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("unit", ["offences", "occurrences"])
@pytest.mark.parametrize("rows", ["offence", "question"])
@pytest.mark.parametrize(
    "asked", [("Toy balloons",), ("Toy balloons", "Kites"), ("Section 66E Sexual Offences Act 2003",)], ids=len
)
@pytest.mark.usefixtures("store")
def test_questions_without_a_code_are_answered_in_words(
    work: Path, run: Callable[..., Any], asked: tuple[str, ...], rows: str, unit: str, policy: str
) -> None:
    questions = "\n".join(f'[[question]]\ntext = "{text}"\ncodes = []' for text in asked)
    (work / "request.toml").write_text(
        REQUEST.format(unit=f'unit = "{unit}"', questions=questions, rows=rows), encoding="utf-8"
    )
    (work / "policy.toml").write_text(f'[disclosure]\n{POLICIES[policy]}\nreason = "r"\napproved_by = "a"\n')
    words = ["count", work / "request.toml", "--store", work / "store", "--policy", work / "policy.toml"]
    done = run(*words, "--out", work / "answer")
    assert done.code == 0, done.err
    released = json.loads((work / "answer" / "release.json").read_text(encoding="utf-8"))
    for question in released["prose"]["questions"]:
        assert "no offence code answers" in question["answer"] or "not in force" in question["answer"]
    shown = {cell for line in released["printed"][0]["cells"] for cell in line}
    assert shown <= {"[x]", "[z]"}, "nothing was counted, so no zero is printed"
    checked = run("verify", work / "answer", "--store", work / "store")
    assert checked.code == 0, checked.out
