"""One request over the stores of several forces: each counted alone, and in all only what they print."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from clearcount.collate.in_all import in_all

LAYOUT = """name = "{name}"
[[file]]
match = ["crimes*"]
[file.offence]
occurrence_no = "{key}"
crime_no = "crime"
code = "code"
recorded_on = "day"
[[file]]
match = ["notes*"]
[[file.text]]
occurrence_no = "{key}"
field = {{ constant = "{field}" }}
text = "{text}"
"""
POLICY = """[disclosure]
rule = "{rule}"
reason = "r"
approved_by = "a"
"""
REQUEST = """[request]
reference = "FOI/43"
received = 2025-02-03
version_date = 2025-02-20
[scope]
from = "2024-01"
to = "2024-06"
[[question]]
text = "Robbery and theft with a scooter"
codes = ["034/01", "039/00"]
[terms]
fields = ["mo"]
any = ["scooter"]
[[table]]
rows = ["offence"]
columns = ["quarter"]
"""
FORCES = ("alder", "birch", "cedar")


@pytest.fixture
def forces(work: Path, run: Callable[..., Any]) -> Callable[..., Any]:
    """Three forces with the same occurrence numbers; cedar keeps no field `mo`. Gives a function that asks them all."""

    def put(name: str, field: str, size: int, rule: str = "none", every: int = 2) -> None:
        export, key = work / name / "export", f"{name} number"
        export.mkdir(parents=True)
        with (export / "crimes.csv").open("w", newline="", encoding="utf-8") as file:
            lines = csv.writer(file)
            lines.writerow([key, "crime", "code", "day"])
            codes = ("034/01", "039/00")
            lines.writerows([f"N{n}", f"C{n}", codes[n % 3 == 0], f"2024-0{n % 6 + 1}-11"] for n in range(size))
        with (export / "notes.csv").open("w", newline="", encoding="utf-8") as file:
            lines = csv.writer(file)
            lines.writerow([key, f"{name} words"])
            lines.writerows([f"N{n}", "A scooter was seen." if n % every else "Nothing."] for n in range(size))
        text = LAYOUT.format(name=name, key=key, field=field, text=f"{name} words")
        (work / name / "layout.toml").write_text(text, encoding="utf-8")
        (work / name / "policy.toml").write_text(POLICY.format(rule=rule), encoding="utf-8")
        about = f'[force]\nname = "{name.title()} Police"\n'
        (work / name / "force.toml").write_text(about, encoding="utf-8")
        layout = ("--layout", work / name / "layout.toml", "--as-at", "2025-01-31")
        done = run("import", export, "--store", work / name / "store", *layout)
        assert done.code == 0, done.err

    put("alder", "mo", 60)
    put("birch", "mo", 66)
    put("cedar", "summary", 90)
    (work / "request.toml").write_text(REQUEST, encoding="utf-8")

    def ask(*names: str, more: tuple[str, ...] = (), out: str = "out") -> Any:
        entries = [
            f'[[force]]\nname = "{name}"\nstore = "{name}/store"\npolicy = "{name}/policy.toml"\n'
            f'force = "{name}/force.toml"\n'
            for name in names
        ]
        (work / "forces.toml").write_text("\n".join(entries), encoding="utf-8")
        return run("forces", work / "forces.toml", work / "request.toml", "--out", work / out, *more)

    ask.put, ask.run = put, run  # type: ignore[attr-defined]
    return ask


def _lines(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _place(line: dict[str, str]) -> tuple[str, ...]:
    return line["table"], line["row"], line["period"]


def test_two_forces_add_up_and_each_has_an_answer_of_its_own(
    forces: Callable[..., Any], work: Path, run: Callable[..., Any]
) -> None:
    done = forces("alder", "birch")
    assert done.code == 0, done.err
    single = [_lines(work / "out" / name / "counts.csv") for name in ("alder", "birch")]
    assert _lines(work / "out" / "by-force.csv") == [line for lines in single for line in lines]
    assert {line["force"] for line in _lines(work / "out" / "by-force.csv")} == {"Alder Police", "Birch Police"}
    together = {_place(line): line for line in _lines(work / "out" / "in-all.csv")}
    assert together.keys() == {_place(line) for lines in single for line in lines}
    for lines in zip(*single, strict=True):
        assert int(together[_place(lines[0])]["value"]) == sum(int(line["value"]) for line in lines)
    assert all(line["forces_counted"] == "2" for line in together.values())
    for name in ("alder", "birch"):
        checked = run("verify", work / "out" / name, "--store", work / name / "store")
        assert checked.code == 0, checked.out


def test_a_force_without_the_field_is_not_searched_and_never_zero(forces: Callable[..., Any], work: Path) -> None:
    done = forces(*FORCES)
    assert done.code == 1 and "not searched: Cedar Police" in done.out and "'mo'" in done.out, done
    assert not (work / "out" / "cedar").exists()
    told = {line["force"]: line for line in _lines(work / "out" / "forces.csv")}
    assert told["Cedar Police"]["outcome"] == "not searched" and told["Cedar Police"]["why"]
    assert told["Alder Police"]["outcome"] in ("counted", "draft")
    for line in _lines(work / "out" / "in-all.csv"):
        assert (line["value"], line["marker"], line["forces_not_counted"]) == ("", "x", "1")
        assert int(line["at_least"]) >= 0
    assert not {"Cedar Police"} & {line["force"] for line in _lines(work / "out" / "by-force.csv")}


def test_what_one_force_suppresses_no_sum_gives_away(forces: Callable[..., Any], work: Path) -> None:
    """Dogwood finds 2 and 4 of one offence in the two quarters; the sums over both forces stay open there."""
    forces.put("dogwood", "mo", 26, "suppress", 4)  # type: ignore[attr-defined]
    assert forces("alder", "dogwood").code == 0
    printed = {_place(line): line for line in _lines(work / "out" / "dogwood" / "counts.csv")}
    hidden = {place for place, line in printed.items() if line["marker"] in ("c", "low")}
    together = {_place(line): line for line in _lines(work / "out" / "in-all.csv")}
    alder = {_place(line): line for line in _lines(work / "out" / "alder" / "counts.csv")}
    assert hidden and hidden != printed.keys()
    for place, line in together.items():
        if place in hidden:
            assert (line["value"], line["marker"], line["at_least"]) == ("", "c", alder[place]["value"])
            assert line["forces_suppressed"] == "1"
        else:
            assert int(line["value"]) == int(alder[place]["value"]) + int(printed[place]["value"])


def test_what_stops_one_force_stops_all_and_leaves_nothing(
    forces: Callable[..., Any], work: Path, run: Callable[..., Any]
) -> None:
    (work / "birch" / "policy.toml").write_text(POLICY.format(rule="whatever"), encoding="utf-8")
    done = forces("alder", "birch")
    assert done.code == 2 and "birch: policy: rule" in done.err and not (work / "out").exists()
    (work / "birch" / "policy.toml").write_text(POLICY.format(rule="none"), encoding="utf-8")
    next((work / "birch" / "store" / "tables" / "texts").glob("*.parquet")).unlink()
    done = forces("alder", "birch")
    assert done.code == 2 and "birch" in done.err and "is missing" in done.err and not (work / "out").exists()
    assert not list(work.glob(".out.*"))
    about = work / "birch" / "force.toml"
    about.write_text(about.read_text(encoding="utf-8").replace("Birch", "Alder"), encoding="utf-8")
    (work / "cedar" / "force.toml").write_text(about.read_text(encoding="utf-8"), encoding="utf-8")
    done = forces("alder", "cedar")
    assert done.code == 2 and "another force is called 'Alder Police' too" in done.err and not (work / "out").exists()
    done = forces("cedar")
    assert done.code == 2 and "cedar" in done.err and not (work / "out").exists()
    done = forces("alder", more=("--accept", "no-such-doubt=why"))
    assert done.code == 2 and "no-such-doubt" in done.err and not (work / "out").exists()
    done = forces("alder", out="alder/store/out")
    assert done.code == 2 and "may not lie inside" in done.err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "names no force"),
        ("[[force]]\nname = 'a b'\nstore = 's'\npolicy = 'p'\nforce = 'f'\n", "is no name of a force here"),
        ("[[force]]\nname = 'a'\nstore = 's'\n", "policy is missing"),
        ("[[force]]\nname = 'a'\nstore = 's'\npolicy = 'p'\nforce = 'f'\nsnapshot = 'x'\n", "no number of one"),
        ("[[force]]\nname = 'a'\nstor = 's'\n", "'stor' is not known"),
        ("[force]\nname = 'a'\n", "write [[force]] for each"),
    ],
)
def test_a_catalogue_with_a_fault(work: Path, run: Callable[..., Any], text: str, said: str) -> None:
    (work / "forces.toml").write_text(text, encoding="utf-8")
    (work / "request.toml").write_text(REQUEST, encoding="utf-8")
    done = run("forces", work / "forces.toml", work / "request.toml", "--out", work / "out")
    assert done.code == 2 and said in done.err, done.err


def test_one_store_under_two_names(forces: Callable[..., Any], work: Path) -> None:
    entry = '[[force]]\nname = "{}"\nstore = "alder/store"\npolicy = "alder/policy.toml"\nforce = "alder/force.toml"\n'
    assert forces("alder").code == 0
    (work / "forces.toml").write_text(entry.format("alder") + entry.format("Alder"), encoding="utf-8")
    done = forces.run("forces", work / "forces.toml", work / "request.toml", "--out", work / "two")  # type: ignore[attr-defined]
    assert done.code == 2 and "two forces are named" in done.err
    (work / "forces.toml").write_text(entry.format("alder") + entry.format("other"), encoding="utf-8")
    done = forces.run("forces", work / "forces.toml", work / "request.toml", "--out", work / "two")  # type: ignore[attr-defined]
    assert done.code == 2 and "is the same store" in done.err


def _line(value: str, marker: str = "", **place: str) -> dict[str, str]:
    return {"force": "F", "table": "1", "row": "total", "label": "Total", **place, "value": value, "marker": marker}


@pytest.mark.parametrize(
    ("lines", "without", "value", "marker", "at_least"),
    [
        (("3", "4"), 0, 7, "", None),
        (("0", "0"), 0, 0, "", None),
        (("3|p", "4"), 0, 7, "p", None),
        (("3", "4"), 1, None, "x", 7),
        (("3", "|c"), 0, None, "c", 3),
        (("|c", "|low"), 0, None, "c", None),
        (("|z", "|z"), 0, None, "z", None),
        (("3", "|z"), 0, 3, "", None),
        (("|z",), 1, None, "x", None),
        (("3", "|x"), 0, None, "x", 3),
        (("10|round", "5|round"), 0, 15, "round", None),
        (("10|round", "|c"), 0, None, "c", None),
    ],
)
def test_each_kind_of_cell(
    lines: tuple[str, ...], without: int, value: int | None, marker: str, at_least: int | None
) -> None:
    answers = [[_line(*text.split("|"))] for text in lines]
    (found,) = in_all(answers, without)
    assert (found.value, "|".join(found.marks), found.at_least) == (value, marker, at_least)
    assert found.counted + found.suppressed + found.not_counted == len(lines) + without


def test_other_days_are_another_line() -> None:
    """One force's records end in May, so its total is of another stretch and is not added to the other's."""
    answers = [[_line("5", period_to="2024-06-30")], [_line("4", period_to="2024-05-31")]]
    assert [(line.value, line.marks, line.at_least) for line in in_all(answers, 0)] == [
        (None, ("x",), 5),
        (None, ("x",), 4),
    ]
