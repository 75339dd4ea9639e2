"""Reading the hits through the command line, on a small made-up store: to a spreadsheet, back, and what it shows."""

from __future__ import annotations

import csv
import io
import json
import math
import re
import shutil
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner, Result

from clearcount import quality
from clearcount.cli import cli
from clearcount.model.decision import COLUMNS
from clearcount.workflow.importing import import_export

REQUEST = """
[request]
reference = "R1"
received = 2025-01-15
[scope]
from = "2023-01"
to = "2024-12"
[[question]]
text = "Indecent photographs"
codes = ["086/02"]
[[question]]
text = "Sharing photographs"
codes = ["088/15"]
[terms]
any = ["AI", "deepfake*"]
"""
SAYS = {
    0: "Officer confirmed that the picture was made with AI.",
    1: "Suspect denies that any AI was used. Exhibit list follows.",
    2: "IP believes that it is a deepfake. Friend says so too.",
    3: "Exhibit AI/4 was sealed and booked in.",
}
RELEVANT = {0: "relevant", 1: "not_relevant", 2: "relevant", 3: "not_relevant"}
QUIET = ("Picture sent by phone, sender unknown.", "Video shown at school, face swap app said to be used.")


def occurrence(number: int) -> str:
    return f"{number:06d}"


def said_in(number: int) -> str:
    return SAYS[number % 40 % 4] if number % 40 < 4 else QUIET[number % 20 == 7]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reading")
    export = folder / "export"
    export.mkdir()
    offences = [("occurrence_no", "crime_no", "home_office_code", "offence", "recorded_on", "reported_on",
                 "committed_from", "committed_to", "status", "markers")]  # fmt: skip
    texts = [("occurrence_no", "field", "entry_no", "entered_at", "text")]
    for number in range(1, 801):
        day = f"{2023 + number % 2}-{1 + number % 12:02d}-11"
        code = "086/02" if number % 3 else "088/15"
        offences.append((occurrence(number), f"C{number}", code, "", day, day, day, "", "recorded", ""))
        texts.append((occurrence(number), "oel", "1", "", said_in(number)))
        texts.append((occurrence(number), "summary", "1", "", f"Report {number} taken at the front desk."))
    offences.append(("009999", "C9999", "086/02", "", "2023-05-01", "", "", "", "recorded", ""))  # no text at all
    for name, rows in (("offences.csv", offences), ("texts.csv", texts)):
        with (export / name).open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows(rows)
    (folder / "request.toml").write_text(REQUEST)
    import_export([export], folder / "store", now=datetime(2025, 1, 20, tzinfo=UTC), as_at=date(2025, 1, 18))
    return folder


@pytest.fixture
def place(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(made, tmp_path / "w")
    monkeypatch.chdir(tmp_path / "w")
    return tmp_path / "w"


def run(*words: str, exit_code: int = 0) -> Result:
    result = CliRunner().invoke(cli, [str(word) for word in words])
    assert result.exit_code == exit_code, result.output
    return result


def asked(command: str, *words: str) -> tuple[str, ...]:
    return (*command.split(), "request.toml", "--store", "store", *words)


def filled(path: str, decide: Callable[[dict[str, str]], str], coder: str = "A") -> None:
    """Fills `code` and `coder` as a person would, in the spreadsheet itself."""
    book = openpyxl.load_workbook(path)
    sheet = book.active
    header = [cell.value for cell in sheet[1]]
    for cells in sheet.iter_rows(min_row=2):
        row = {name: cell.value or "" for name, cell in zip(header, cells, strict=True)}
        cells[header.index("code")].value = decide(row) or None
        cells[header.index("coder")].value = coder
    book.save(path)


def truth(row: dict[str, str]) -> str:
    number = int(row["occurrence_no"])
    return RELEVANT[number % 40] if number % 40 < 4 else "not_relevant"


def rows_of(path: str) -> list[dict[str, str]]:
    with Path(path).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_reading_walk_from_hits_to_quality(place):
    plan = json.loads(run(*asked("plan", "--at-most", "25", "--json")).output)
    assert (plan["records"], plan["matches"], plan["not_searchable"], plan["frame"]) == (801, 80, 1, 720)
    assert plan["read"] == quality.sample_size(720, 25)

    run(*asked("review export", "--out", "hits.xlsx"))
    filled("hits.xlsx", truth)
    again = "80 rows: 0 decisions added, 80 known already"
    assert "80 decisions added" in run("review", "import", "hits.xlsx", "--store", "store").output
    assert again in run("review", "import", "hits.xlsx", "--store", "store").output

    run(*asked("sample", "--size", "120", "--seed", "7", "--out", "sample.xlsx"))
    filled("sample.xlsx", lambda row: "relevant" if "face swap" in row["context"] else "not_relevant")
    run("review", "import", "sample.xlsx", "--store", "store")

    run(*asked("review decisions", "--out", "decisions.csv"))
    found = json.loads(run("quality", "--decisions", "decisions.csv", "--json").output)
    swapped = sum(row["source"] == "random" and row["code"] == "relevant" for row in rows_of("decisions.csv"))
    assert (found["precision"]["found"], found["precision"]["read"]) == (40, 80)
    assert (found["sample"]["read"], found["sample"]["frame"], found["sample"]["found"]) == (120, 720, swapped)
    missed = quality.missed_records(swapped, 120, 720)
    assert (found["missed"]["lower"], found["missed"]["upper"]) == (missed.lower, missed.upper)
    truly = sum(number % 20 == 7 and number % 40 >= 4 for number in range(1, 801))
    assert missed.lower <= truly <= missed.upper
    assert found["recall"]["lower"] == pytest.approx(40 / (40 + missed.upper))
    assert "recall" in run("quality", "--decisions", "decisions.csv").output


def test_reading_hits_show_text_marks_and_hints(place):
    run(*asked("review export", "--out", "hits.csv", "--coder", "A", "--guide", "ai-7"))
    rows = rows_of("hits.csv")
    assert list(rows[0]) == [*COLUMNS, "context"]
    assert {row["guide_version"] for row in rows} == {"ai-7"}
    assert {row["coder"] for row in rows} == {"A"}
    assert {row["code"] for row in rows} == {""}
    by_number = {int(row["occurrence_no"]) % 40: row["context"] for row in rows}
    assert "[oel 1: officer_asserts] Officer confirmed that the picture was made with ⟦AI⟧." in by_number[0]
    assert "[oel 1: negated, suspect_claims] Suspect denies that any ⟦AI⟧ was used." in by_number[1]
    assert "[oel 1: other_sense] Exhibit ⟦AI⟧/4" in by_number[3]
    first_half = [int(row["occurrence_no"]) % 40 for row in rows[:40]]
    assert set(first_half) == {0, 2}  # hits without a hint against them come first
    assert Path("hits.csv").stat().st_mode & 0o077 == 0


def test_reading_changed_rows_are_refused_and_nothing_is_added(place):
    run(*asked("review export", "--out", "hits.csv", "--coder", "A"))
    good = rows_of("hits.csv")

    def spoiled(**changes: str) -> None:
        rows = [{**row, "code": "relevant"} for row in good]
        rows[4] |= changes
        with Path("bad.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, good[0])
            writer.writeheader()
            writer.writerows(rows)

    for changes in (
        {"occurrence_no": good[4]["occurrence_no"].lstrip("0")},
        {"occurrence_no": good[5]["occurrence_no"]},
        {"offence_code": "086/10"},
        {"round": "2"},
        {"text_hash": "t0"},
        {"source": "ranked"},
        {"sample_id": "sample-0"},
    ):
        spoiled(**changes)
        result = run("review", "import", "bad.csv", "--store", "store", exit_code=2)
        assert "row 6" in result.stderr
        assert "is not as it was exported" in result.stderr
        assert good[4]["occurrence_no"] not in result.output + result.stderr
    spoiled(code="definitely")
    assert "row 6, column code" in run("review", "import", "bad.csv", "--store", "store", exit_code=2).stderr
    spoiled()
    assert "80 decisions added" in run("review", "import", "bad.csv", "--store", "store").output


def test_reading_store_that_handed_nothing_out_takes_nothing(place):
    run(*asked("review export", "--out", "hits.csv", "--coder", "A"))
    shutil.rmtree("store/decisions")
    assert "is damaged" in run("review", "import", "hits.csv", "--store", "store", exit_code=2).stderr
    Path("store/decisions.json").unlink()
    assert "handed out nothing" in run("review", "import", "hits.csv", "--store", "store", exit_code=2).stderr


def test_reading_sample_is_frozen_repeatable_and_not_redrawn(place):
    shutil.copytree("store", "other")
    run(*asked("sample", "--size", "60", "--seed", "7", "--out", "one.csv"))
    run("sample", "request.toml", "--store", "other", "--size", "60", "--seed", "7", "--out", "two.csv")
    assert Path("one.csv").read_bytes() == Path("two.csv").read_bytes()
    run(*asked("sample", "--size", "60", "--seed", "8", "--out", "three.csv"))
    keys = [{row["occurrence_no"] for row in rows_of(name)} for name in ("one.csv", "three.csv")]
    assert len(keys[0]) == len(keys[1]) == 60
    assert keys[0] != keys[1]
    assert not keys[0] & {occurrence(n) for n in range(801) if n % 40 < 4}
    assert "009999" not in keys[0] | keys[1]
    assert (
        "is there already"
        in run(*asked("sample", "--size", "60", "--seed", "7", "--out", "one.csv"), exit_code=2).stderr
    )
    rows = rows_of("one.csv")
    with Path("one.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows({**row, "code": "not_relevant", "coder": "A"} for row in rows)
    run("review", "import", "one.csv", "--store", "store")
    redrawn = run(*asked("sample", "--size", "90", "--seed", "9", "--out", "four.csv"), exit_code=2)
    assert "may not be drawn again" in redrawn.stderr
    assert not Path("four.csv").exists()
    run(*asked("sample", "--size", "60", "--seed", "7", "--out", "again.csv"))
    assert {row["occurrence_no"] for row in rows_of("again.csv")} == keys[0]


def test_reading_hits_are_drawn_by_term_where_they_are_too_many(place):
    """80 hits: 60 hold AI alone, 20 deepfake alone. 40 are drawn, read, and say how many of all are relevant."""
    run(*asked("sample", "--hits", "--size", "40", "--seed", "7", "--out", "part.xlsx"))
    asked_again = run(*asked("sample", "--hits", "--size", "40", "--seed", "7", "--out", "again.csv"))
    assert "40 of 80 records drawn as hits-" in asked_again.output
    assert "missed" not in asked_again.output
    rows = rows_of("again.csv")
    assert Counter((row["source"], row["stratum"], row["frame_size"]) for row in rows) == {
        ("match", "term: AI", "60"): 30,
        ("match", "term: deepfake*", "20"): 10,
    }
    filled("part.xlsx", truth)
    assert "40 decisions added" in run("review", "import", "part.xlsx", "--store", "store").output

    run(*asked("review decisions", "--out", "decisions.csv"))
    found = json.loads(run("quality", "--decisions", "decisions.csv", "--json").output)
    relevant = sum(row["code"] == "relevant" for row in rows_of("decisions.csv"))
    bounds = quality.missed_records(relevant, 40, 80)
    assert (found["precision"]["found"], found["precision"]["read"], found["confirmed"]["hits"]) == (relevant, 40, 80)
    assert (found["confirmed"]["lower"], found["confirmed"]["upper"]) == (bounds.lower, bounds.upper)
    assert bounds.lower <= 40 <= bounds.upper  # 40 of the 80 are relevant
    assert found["matches"]["undecided"] == 40
    said = run("quality", "--decisions", "decisions.csv").output
    assert f"{relevant} of 40 read are relevant; of all 80 hits" in said
    assert "term: AI: " in said

    Path("policy.toml").write_text('[disclosure]\nrule = "none"\nreason = "a test"\napproved_by = "nobody"\n')
    run(*asked("count", "--policy", "policy.toml", "--decisions", "decisions.csv", "--out", "answer"))
    page = re.sub(r"<[^>]+>", "", Path("answer/response.html").read_text(encoding="utf-8"))
    assert f"One person read a part of them and confirmed {relevant} (Table 1);" in page
    assert "Not all of them have been decided yet. What is not decided is not counted as confirmed." in page
    run("verify", "answer", "--store", "store")

    other = run(*asked("sample", "--hits", "--size", "50", "--seed", "8", "--out", "other.csv"), exit_code=2)
    assert "may not be drawn again" in other.stderr
    run(*asked("sample", "--size", "60", "--seed", "7", "--out", "rest.csv"))  # the records without a term are apart

    run(*asked("review export", "--out", "rest.xlsx"))  # whoever reads the others as well has a count again
    filled("rest.xlsx", truth)
    run("review", "import", "rest.xlsx", "--store", "store")
    run(*asked("review decisions", "--out", "all.csv"))
    found = json.loads(run("quality", "--decisions", "all.csv", "--json").output)
    assert (found["precision"]["found"], found["precision"]["read"], found["confirmed"]) == (40, 80, None)


def test_reading_plan_offers_a_part_where_the_hits_are_too_many(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("export").mkdir()
    numbers = [occurrence(number) for number in range(1_200)]
    offences = "".join(f"{n},C{n},086/02,2024-01-05,recorded\n" for n in numbers)
    Path("export/offences.csv").write_text("occurrence_no,crime_no,home_office_code,recorded_on,status\n" + offences)
    texts = "".join(f"{n},oel,1,An AI image\n" for n in numbers)
    Path("export/texts.csv").write_text("occurrence_no,field,entry_no,text\n" + texts)
    Path("request.toml").write_text(REQUEST)
    import_export(["export"], "store", now=datetime(2025, 1, 20, tzinfo=UTC))
    worst = quality.missed_records(150, 300, 1_200)
    within = {"read": 300, "within": math.ceil((worst.upper - worst.lower) / 2)}
    assert within in json.loads(run(*asked("plan", "--json")).output)["within"]
    said = run(*asked("plan")).output
    assert "1,200 hold a term: read them all, or draw a part by term:" in said
    assert f"300 drawn with --hits and read say how many are relevant to within {within['within']} at worst" in said


def test_reading_hits_are_drawn_at_one_look_only(place):
    refused = asked("sample", "--hits", "--size", "40", "--seed", "7", "--looks", "2", "--out", "part.csv")
    assert "looked at once" in run(*refused, exit_code=2).stderr
    assert not Path("part.csv").exists()


def test_reading_looks_are_planned_before_the_draw(place):
    run(*asked("sample", "--size", "90", "--seed", "3", "--looks", "3", "--out", "sample.csv"))
    rows = rows_of("sample.csv")
    assert {row["sample_id"].split(".")[1] for row in rows} == {"1of3", "2of3", "3of3"}
    for row in rows[:30]:
        row |= {"code": "not_relevant", "coder": "A"}
    with Path("part.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    found = json.loads(run("quality", "--decisions", "part.csv", "--json").output)
    assert found["sample"]["looks"] == {"done": 1, "planned": 3}
    assert found["stop"]["below"] == pytest.approx(0.05 / 3)


def test_reading_two_coders_blind_and_settled(place):
    """Two people read, the second without a trace of the first; a third settles what they disagree on."""
    run(*asked("review export", "--out", "hits.xlsx"))
    filled("hits.xlsx", lambda row: "unclear" if row["occurrence_no"] == "000042" else truth(row), coder="First Reader")
    run("review", "import", "hits.xlsx", "--store", "store")

    run(*asked("review export", "--round", "2", "--out", "second.xlsx", "--coder", "Second Reader"))
    book = openpyxl.load_workbook("second.xlsx")
    sheet = book.active
    header = [cell.value for cell in sheet[1]]
    assert header == [*COLUMNS, "context"]
    cells = [dict(zip(header, [cell.value for cell in row], strict=True)) for row in sheet.iter_rows(min_row=2)]
    assert "000042" in {row["occurrence_no"] for row in cells}
    assert len(cells) >= 30
    assert {(row["code"], row["reason"], row["at"], row["round"]) for row in cells} == {(None, None, None, "2")}
    with Path("second.xlsx").open("rb") as file:
        assert b"First Reader" not in b"".join(_parts(file.read()))

    wrong = {row["occurrence_no"] for row in cells if int(row["occurrence_no"]) % 40 == 2}

    def second(row: dict[str, str]) -> str:
        return "not_relevant" if row["occurrence_no"] in wrong else truth(row)

    filled("second.xlsx", second, coder="Second Reader")
    run("review", "import", "second.xlsx", "--store", "store")

    run(*asked("review decisions", "--out", "both.csv"))
    open_ = json.loads(run("quality", "--decisions", "both.csv", "--json").output)["agreement"]
    assert open_["records"] == len(cells)
    first = {row["occurrence_no"]: row["code"] for row in rows_of("both.csv") if row["round"] == "1"}
    disagree = {
        number for number in (row["occurrence_no"] for row in cells) if number in wrong or first[number] == "unclear"
    }
    assert open_["unsettled"] == len(disagree)
    classes = open_["codes"]
    expected = [[0] * len(classes) for _ in classes]
    for row in cells:
        one = first[row["occurrence_no"]]
        expected[classes.index(one)][classes.index(second(row))] += 1
    assert open_["table"] == expected
    measured = quality.agreement(expected)
    assert (open_["po"], open_["kappa"], open_["ac1"]) == (measured.po, measured.kappa, measured.ac1)

    run(*asked("review export", "--round", "adjudication", "--out", "settle.xlsx"))
    sheet = openpyxl.load_workbook("settle.xlsx").active
    header = [cell.value for cell in sheet[1]]
    assert header[len(COLUMNS) :] == ["code_1", "code_2", "context"]
    assert sheet.max_row - 1 == len(disagree)
    filled("settle.xlsx", truth, coder="Third Person")
    run("review", "import", "settle.xlsx", "--store", "store")
    run(*asked("review decisions", "--out", "settled.csv"))
    settled = json.loads(run("quality", "--decisions", "settled.csv", "--json").output)
    assert settled["agreement"]["unsettled"] == 0
    assert settled["agreement"]["table"] == expected
    assert settled["precision"]["found"] == 40
    nothing = run(*asked("review export", "--round", "adjudication", "--out", "none.xlsx"), exit_code=2)
    assert "nothing to settle" in nothing.stderr


def _parts(data: bytes) -> list[bytes]:
    import zipfile

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return [archive.read(name) for name in archive.namelist()]


def test_reading_a_changed_text_comes_back_to_be_read(place):
    run(*asked("review export", "--out", "hits.xlsx"))
    filled("hits.xlsx", truth)
    run("review", "import", "hits.xlsx", "--store", "store")
    assert "nothing is left to read" in run(*asked("review export", "--out", "more.csv"), exit_code=2).stderr
    with Path("export/texts.csv").open("a", newline="", encoding="utf-8") as file:
        csv.writer(file).writerow(("000042", "oel", "2", "", "Lab report: the deepfake claim is withdrawn."))
    import_export([Path("export")], Path("store"), now=datetime(2025, 2, 1, tzinfo=UTC), as_at=date(2025, 2, 1))
    run(*asked("review export", "--out", "more.csv"))
    assert [row["occurrence_no"] for row in rows_of("more.csv")] == ["000042"]
    run(*asked("review decisions", "--out", "decisions.csv"))
    codes = {row["occurrence_no"]: row["code"] for row in rows_of("decisions.csv")}
    assert codes["000042"] == ""
    assert codes["000002"] == "relevant"


def test_reading_suggests_terms_and_ranks_the_unread(place):
    run(*asked("review export", "--out", "hits.xlsx"))
    filled("hits.xlsx", truth)
    run("review", "import", "hits.xlsx", "--store", "store")
    run(*asked("sample", "--size", "120", "--seed", "7", "--out", "sample.xlsx"))
    filled("sample.xlsx", lambda row: "relevant" if "face swap" in row["context"] else "not_relevant")
    run("review", "import", "sample.xlsx", "--store", "store")
    run(*asked("review decisions", "--out", "decisions.csv"))
    found = json.loads(run(*asked("suggest", "--decisions", "decisions.csv", "--json", "--top", "60")).output)
    swap = next(each for each in found["suggestions"] if each["term"] == "face swap")
    assert swap["kind"] in ("related", "keyness")
    assert swap["records"] == sum(number % 20 == 7 for number in range(1, 801))
    assert 0 < swap["unread"] < swap["records"]
    unread_swaps = {occurrence(n) for n in range(1, 801) if n % 20 == 7} - {
        row["occurrence_no"] for row in rows_of("decisions.csv") if row["code"]
    }
    assert unread_swaps
    top = [row["occurrence_no"] for row in found["ranked"][: len(unread_swaps)]]
    assert set(top) == unread_swaps
    run(*asked("review export", "--ranked", "5", "--out", "likely.csv"))
    ranked = rows_of("likely.csv")
    assert {row["source"] for row in ranked} == {"ranked"}
    assert {row["occurrence_no"] for row in ranked} <= unread_swaps
    assert "face swap" in run(*asked("suggest")).output


def test_reading_flags_go_to_the_crime_system_and_come_back_as_markers(place):
    run(*asked("review export", "--out", "hits.xlsx"))
    filled("hits.xlsx", lambda row: "" if row["occurrence_no"] == "000040" else truth(row))
    run("review", "import", "hits.xlsx", "--store", "store")
    said = run(*asked("review flags", "--topic", "AI", "--out", "flags.csv")).output
    assert 'flag "AI" decided for 79 of 801 records in scope' in said
    flags = {row["crime_no"]: row for row in rows_of("flags.csv")}
    assert {row["value"] for row in flags.values()} == {"confirmed", "not"}
    assert flags["C42"]["markers"] == "AI"
    assert flags["C1"]["markers"] == "AI:not"
    assert "C40" not in flags
    offences = rows_of("export/offences.csv")
    with Path("export/offences.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, offences[0])
        writer.writeheader()
        writer.writerows({**row, "markers": flags.get(row["crime_no"], {}).get("markers", "")} for row in offences)
    import_export([Path("export")], Path("store"), now=datetime(2025, 2, 1, tzinfo=UTC), as_at=date(2025, 2, 1))
    from clearcount import open_store
    from clearcount.workflow.reading_files import read_toml

    request = {**read_toml(Path("request.toml"), "request"), "marker": {"name": "AI", "use": "instead"}}
    policy = {"disclosure": {"rule": "none", "reason": "a test", "approved_by": "nobody"}}
    result = open_store("store").count(request, policy=policy)
    assert result.table.table.cells[result.table.table.whole].n == 39
    release = result.release.release
    said = " ".join(release.say(paragraph) for paragraph in release.data_processing)
    assert "or a decision against it, stands on 79 of 801 offences in scope" in said
    assert "that is not a “no”" in said


def test_reading_commands_say_what_is_wrong(place):
    Path("bare.toml").write_text(REQUEST.split("[terms]")[0])
    said = run("review", "export", "bare.toml", "--store", "store", "--out", "hits.csv", exit_code=2).stderr
    assert "has no [terms]" in said
    assert "name the file .xlsx" in run(*asked("review export", "--out", "hits.doc"), exit_code=2).stderr
    assert "no such decisions file" in run("quality", "--decisions", "none.csv", exit_code=2).stderr
    assert "nothing to look for" in run(*asked("review export", "--ranked", "5", "--out", "x.csv"), exit_code=2).stderr
    assert (
        "draw at least 1" in run(*asked("sample", "--size", "0", "--seed", "1", "--out", "x.csv"), exit_code=2).stderr
    )


def test_reading_count_with_decisions_neither_counts_nor_drops_the_undecided(place):
    Path("policy.toml").write_text('[disclosure]\nrule = "none"\nreason = "a test"\napproved_by = "nobody"\n')
    run(*asked("review export", "--out", "hits.xlsx"))
    open_ = {"000040", "000041"}
    codes = {"000042": "unclear", "000043": "cannot_decide"}
    filled(
        "hits.xlsx", lambda row: "" if row["occurrence_no"] in open_ else codes.get(row["occurrence_no"], truth(row))
    )
    counting = (*asked("count", "--policy", "policy.toml", "--decisions", "hits.xlsx"), "--out")
    said = run(*counting, "answer").output
    assert "in part read" in said

    def totals(folder: str) -> dict[str, int]:
        document = json.loads(Path(folder, "release.json").read_text())
        return {
            table["name"]: low for table in document["tables"] for at, low, _ in table["cells"] if set(at) == {"total"}
        }

    found = totals("answer")
    assert found["mentions"] == 80
    assert found["confirmed"] == 40 - 2  # 000040 is open, 000042 unclear
    assert found["confirmed_or_unclear"] == found["confirmed"] + 2
    assert found["undecided"] == 2
    assert "Not all of them have been decided yet" in Path("answer/response.html").read_text()

    with Path("export/texts.csv").open("a", newline="", encoding="utf-8") as file:
        csv.writer(file).writerow(("000080", "oel", "2", "", "A later entry."))
    import_export([Path("export")], Path("store"), now=datetime(2025, 2, 1, tzinfo=UTC), as_at=date(2025, 2, 1))
    run(*counting, "later")
    assert totals("later")["confirmed"] == found["confirmed"] - 1
    assert totals("later")["undecided"] == 3

    filled("hits.xlsx", truth)
    book = openpyxl.load_workbook("hits.xlsx")
    sheet = book.active
    sheet.cell(2, [cell.value for cell in sheet[1]].index("text_hash") + 1).value = None
    book.save("nameless.xlsx")
    counting = (*asked("count", "--policy", "policy.toml", "--decisions", "nameless.xlsx"), "--out", "none")
    assert "have no text_hash" in run(*counting, exit_code=2).stderr
    assert not Path("none").exists()
