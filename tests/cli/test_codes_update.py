"""`clearcount codes update`: a newer list, what it changes, what that touches, and the overlay that keeps it."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from openpyxl import Workbook

from clearcount.cli import cli
from clearcount.offences import code_list
from clearcount.offences.values import HOME_OFFICE

HEADER = [
    "Class",
    "Sub class",
    "Offence category",
    "Offence",
    "Act",
    "Section",
    "Home Office code",
    "Mode",
    "Max Sentence",
    "Victim or State Based",
    "Current",
    "Commencement date",
    "Cessation date",
]


def the_list() -> list[list[str]]:
    """The packaged lines of the Home Office, as the workbook has them."""
    return [
        [
            row.class_,
            row.sub_class,
            row.category,
            row.description,
            row.act,
            row.section,
            code.code,
            row.mode,
            row.max_sentence,
            row.based,
            "Y",
            row.listed_from,
            "",
        ]
        for code in code_list().codes.values()
        for row in code.rows
        if row.source == HOME_OFFICE
    ]


def as_csv(path: Path, rows: list[list[str]]) -> Path:
    held = io.StringIO()
    csv.writer(held).writerows([HEADER, *rows])
    path.write_text(held.getvalue(), encoding="utf-8-sig")
    return path


def as_xlsx(path: Path, rows: list[list[str]]) -> Path:
    book = Workbook()
    book.active.append(["About this list"])
    sheet = book.create_sheet("Offences")
    sheet.append(["Notifiable offences, October 2026"])
    sheet.append([])
    for row in [HEADER, *rows]:
        sheet.append(row)
    book.save(path)
    return path


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli, ["codes", *map(str, arguments)])


def update(*arguments: object) -> dict[str, list[dict[str, object]]]:
    done = run("update", *arguments, "--json")
    assert done.exit_code == 0, done.output
    found: dict[str, list[dict[str, object]]] = json.loads(done.stdout)
    return found


def changed_list() -> list[list[str]]:
    """The list with one code more, one less, one with another name, one that began on a day."""
    rows = [row for row in the_list() if row[6] != "086/10"]
    for row in rows:
        if row[6] == "088/15":
            row[3] = "Sharing an intimate image"
    new = ["Sexual Offences", "", "88C Other", "Creating a purported intimate image", "Sexual Offences Act 2003"]
    return [*rows, [*new, "Sec 66E", "88/19", "S", "", "V", "Y", "6 February 2026", ""]]


@pytest.mark.parametrize(("write", "name"), [(as_csv, "list.csv"), (as_xlsx, "list.xlsx")])
def test_the_list_in_use_changes_nothing_and_a_newer_one_is_told(tmp_path: Path, write: object, name: str) -> None:
    assert callable(write)
    same = update(write(tmp_path / name, the_list()))
    assert (same["came"], same["went"], same["changed"]) == ([], [], [])
    found = update(write(tmp_path / f"new-{name}", changed_list()))
    assert found["came"] == [{"code": "088/19", "label": "Creating a purported intimate image"}]
    assert [each["code"] for each in found["went"]] == ["086/10"]
    assert found["changed"] == [{"code": "088/15", "label": "Sharing an intimate image", "changed": ["offence"]}]
    assert found["out"] is None


def test_the_overlay_makes_the_newer_list_of_the_older(tmp_path: Path) -> None:
    file, overlay = as_csv(tmp_path / "new.csv", changed_list()), tmp_path / "codes.toml"
    update(file, "--out", overlay)
    again = json.loads(run("88/19", "--codes", overlay, "--json").stdout)
    [new] = again["codes"]
    assert (new["label"], new["in_force_from"], new["listed"]) == (
        "Creating a purported intimate image",
        "2026-02-06",
        True,
    )
    [gone] = json.loads(run("86/10", "--codes", overlay, "--json").stdout)["codes"]
    assert gone["listed"] is False and gone["label"]
    [renamed] = json.loads(run("88/15", "--codes", overlay, "--json").stdout)["codes"]
    assert renamed["label"] == "Sharing an intimate image"
    assert run("88/19").exit_code == 1, "nothing changes without --codes"
    assert run("update", file, "--out", overlay).exit_code == 2, "what is there is not written over"


def test_requests_and_releases_that_name_a_changed_code_are_told(tmp_path: Path) -> None:
    folder = tmp_path / "requests"
    folder.mkdir()
    asked = (
        '[request]\nreference = "R-{n}"\nreceived = 2026-01-05\n[scope]\nfrom = "2024-01"\nto = "2024-12"\n'
        '[terms]\nany = ["AI"]\n[[question]]\ntext = "x"\ncodes = {codes}\n'
    )
    for n, codes in enumerate(('["086/10"]', '["086/*"]', '["053/01"]', '["all"]')):
        (folder / f"{n}.toml").write_text(asked.format(n=n, codes=codes), encoding="utf-8")
    (folder / "policy.toml").write_text('method = "none"\n', encoding="utf-8")
    (folder / "broken.toml").write_text("a = [", encoding="utf-8")
    (folder / "release.json").write_text("{}", encoding="utf-8")
    found = update(as_csv(tmp_path / "new.csv", changed_list()), "--look-in", folder)
    names = {Path(str(each["path"])).name: each["codes"] for each in found["touches"]}
    assert names == {"0.toml": ["086/10"], "1.toml": ["086/10"], "3.toml": ["086/10", "088/15", "088/19"]}
    assert {Path(str(path)).name for path in found["unread"]} == {"broken.toml", "release.json"}


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([["a", "b"]], "is not the Home Office"),
        ([], "is not the Home Office"),
        ([HEADER], "no current code"),
        ([HEADER, ["", "", "", "Theft", "", "", "44563", "", "", "", "Y", "", ""]], "row 2 has no Home Office code"),
        ([HEADER, ["", "", "", "Theft", "", "", "", "", "", "", "Y", "", ""]], "row 2 has no Home Office code"),
        ([HEADER, ["", "", "", "Theft", "", "", "049/10", "", "", "", "Y", "soon", ""]], "row 2 has a day in a style"),
    ],
)
def test_a_file_that_is_not_the_list_is_refused_in_a_sentence(tmp_path: Path, rows: list[list[str]], says: str) -> None:
    path = tmp_path / "list.csv"
    held = io.StringIO()
    csv.writer(held).writerows(rows)
    path.write_text(held.getvalue(), encoding="utf-8")
    done = run("update", path, "--out", tmp_path / "o.toml")
    assert (done.exit_code, says in done.output) == (2, True), done.output
    assert not (tmp_path / "o.toml").exists() and "Traceback" not in done.output


def test_a_list_that_was_cut_or_lacks_columns_is_refused(tmp_path: Path) -> None:
    whole = the_list()
    done = run("update", as_csv(tmp_path / "cut.csv", whole[: len(whole) // 3]), "--out", tmp_path / "o.toml")
    assert done.exit_code == 2 and "looks cut" in done.output
    held = io.StringIO()
    csv.writer(held).writerows([["Offence", "Home Office code"], *([row[3], row[6]] for row in whole)])
    (tmp_path / "few.csv").write_text(held.getvalue(), encoding="utf-8")
    done = run("update", tmp_path / "few.csv", "--out", tmp_path / "o.toml")
    assert done.exit_code == 2 and "lacks the columns act" in done.output
    assert not (tmp_path / "o.toml").exists()


def test_a_provision_of_the_force_is_laid_over_and_found(tmp_path: Path) -> None:
    overlay = tmp_path / "codes.toml"
    overlay.write_text(
        '[[code]]\ncode = "088/19"\ndescription = "Creating"\n'
        '[[provision]]\nact = "Sexual Offences Act 2003"\nsection = "66E"\ntitle = "Creating an image"\n'
        'codes = ["88/19"]\nfrom = 2026-02-06\nwords = ["creating deepfake"]\n'
        '[[provision]]\nact = "Made Up Act 2030"\nsection = "66E"\ntitle = "Another"\n',
        encoding="utf-8",
    )
    found = json.loads(run("section 66E Sexual Offences Act 2003", "--codes", overlay, "--json").stdout)
    assert [each["code"] for each in found["codes"]] == ["088/19"]
    assert [(each["id"], each["title"]) for each in found["provisions"]] == [("SOA 2003 s66E", "Creating an image")]
    other = json.loads(run("section 66E Made Up Act 2030", "--codes", overlay, "--json").stdout)["provisions"]
    assert [each["title"] for each in other] == ["Another"]


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        ('section = "1"\ntitle = "x"', "has no act"),
        ('act = "A"\ntitle = "x"', "has no section"),
        ('act = "A"\nsection = "1"', "has no title"),
        ('act = "A"\nsection = "1"\ntitle = "x"\ncodes = "086/02"', "no list of texts"),
        ('act = "A"\nsection = "1"\ntitle = "x"\ncodes = ["999/99"]', "is on no list"),
        ('act = "A"\nsection = "1"\ntitle = "x"\nfrom = "2024"', "is not a date"),
        ('act = "A"\nsection = "1"\ntitle = "x"\nfrom = 2024-02-01\nto = 2024-01-01', "swap"),
        ('act = "A"\nsection = "1"\ntitle = "x"\nspeed = 1', "unknown key"),
    ],
)
def test_a_provision_that_cannot_be_read_names_its_key(tmp_path: Path, entry: str, says: str) -> None:
    overlay = tmp_path / "codes.toml"
    overlay.write_text(f"[[provision]]\n{entry}\n", encoding="utf-8")
    done = run("66B", "--codes", overlay)
    assert done.exit_code == 2 and says in done.output, done.output


@pytest.mark.parametrize("words", ["deepfake", "a deep fake", "DEEPFAKES", "AI-generated", "nudify", "sextortion"])
def test_everyday_words_find_the_law_and_ask_for_nothing_in_a_letter(words: str) -> None:
    done = run("find", words)
    assert (done.exit_code == 0 and "Sexual Offences Act 2003" in done.output) or "SOA 2003" in done.output


def test_a_letter_that_looks_for_deepfake_does_not_ask_for_a_section() -> None:
    from clearcount.offences import codes_for

    assert not codes_for("how many offences mention deepfake or AI-generated", code_list()).understood
