"""`count`, `check` and `new` as a user meets them."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest

from clearcount.errors import ClearcountError
from clearcount.workflow.library import open_store
from clearcount.writers.letter import starter


def cells(bundle: Path, name: str = "counts.csv") -> dict[tuple[str, str], str]:
    with (bundle / name).open(encoding="utf-8", newline="") as file:
        return {(row["row"], row["period"]): row["value"] or row["marker"] for row in csv.DictReader(file)}


def count(run: Callable[..., Any], work: Path, *more: object) -> Any:
    return run(
        "count",
        work / "request.toml",
        "--store",
        work / "store",
        "--policy",
        work / "policy.toml",
        "--out",
        work / "answer",
        *more,
    )


@pytest.mark.usefixtures("store")
def test_a_request_is_answered(work: Path, run: Callable[..., Any]) -> None:
    done = count(run, work)
    assert done.code == 0, done.err
    assert cells(work / "answer") == {
        ("088/15", "2024-01"): "0",
        ("088/15", "2024-02"): "1",
        ("088/15", "2024-03"): "0",
        ("088/15", "2024-04"): "0",
        ("088/15", "2024-05"): "0",
        ("088/15", "total"): "1",
        ("086/02", "2024-01"): "0",
        ("086/02", "2024-02"): "1",
        ("086/02", "2024-03"): "1",
        ("086/02", "2024-04"): "0",
        ("086/02", "2024-05"): "0",
        ("086/02", "total"): "2",
        ("total", "2024-01"): "0",
        ("total", "2024-02"): "2",
        ("total", "2024-03"): "1",
        ("total", "2024-04"): "0",
        ("total", "2024-05"): "0",
        ("total", "total"): "3",
    }
    assert cells(work / "answer", "denominators.csv")[("086/02", "total")] == "2"


@pytest.mark.usefixtures("store")
def test_working_papers_hold_every_hit_with_offsets_into_the_text(work: Path, run: Callable[..., Any]) -> None:
    count(run, work, "--internal", work / "papers")
    with (work / "papers" / "mentions.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["occurrence_no"], row["crime_no"], row["field"], row["term"], row["matched"]) for row in rows] == [
        ("A1", "C1|C2", "summary", "AI", "AI"),
        ("A2", "C3", "oel", "deepfake", "deepfake"),
    ]
    text = "Report of an image.\nVictim says it was made with (AI)."
    assert text[int(rows[0]["start"]) : int(rows[0]["end"])] == "AI"
    assert rows[0]["before"] == text[: int(rows[0]["start"])].replace("\n", " ")[-60:]
    assert (work / "papers").stat().st_mode & 0o777 == 0o700


@pytest.mark.usefixtures("store")
def test_open_doubts_make_a_draft_and_accepting_them_ends_it(work: Path, run: Callable[..., Any]) -> None:
    done = run("check", work / "request.toml", "--store", work / "store", "--json")
    assert done.code == 0
    doubts = [doubt["id"] for doubt in json.loads(done.out)["doubts"]]
    assert run("check", work / "request.toml", "--store", work / "store", "--strict").code == 1
    assert doubts
    made = count(run, work, "--json")
    assert [doubt["id"] for doubt in json.loads(made.out)["open_doubts"]] == doubts
    assert json.loads((work / "answer" / "release.json").read_text())["draft"] is True
    accepts = [word for doubt in doubts for word in ("--accept", f"{doubt}=a reason")]
    made = count(run, work, "--json", "--replace", *accepts)
    assert json.loads(made.out)["draft"] is False
    assert json.loads((work / "answer" / "release.json").read_text())["draft"] is False


@pytest.mark.usefixtures("store")
def test_accepting_what_is_no_doubt_is_refused_and_names_the_open_ones(work: Path, run: Callable[..., Any]) -> None:
    done = run("check", work / "request.toml", "--store", work / "store", "--json")
    doubts = [doubt["id"] for doubt in json.loads(done.out)["doubts"]]
    made = count(run, work, "--accept", "no-such-doubt=a reason")
    assert made.code == 2
    assert "'no-such-doubt' was accepted and is no doubt about this request" in made.err
    assert doubts and all(doubt in made.err for doubt in doubts)
    assert not (work / "answer").exists() and not (work / "store" / "runs").exists()
    accepts = [word for doubt in doubts for word in ("--accept", f"{doubt}=a reason")]
    made = count(run, work, *accepts, "--accept", "no-such-doubt=a reason")
    assert made.code == 2 and "no doubt is open" in made.err


@pytest.mark.usefixtures("store")
def test_what_a_request_accepts_without_a_doubt_is_named(work: Path, run: Callable[..., Any]) -> None:
    request = work / "request.toml"
    done = run("check", request, "--store", work / "store", "--json")
    doubts = [doubt["id"] for doubt in json.loads(done.out)["doubts"]]
    assert doubts and json.loads(done.out)["notes"] == []
    entries = [f'[[accepted]]\ndoubt = "{doubt}"\nreason = "A reason."\n' for doubt in (*doubts, "outlived")]
    request.write_text("\n".join((request.read_text(), *entries)))
    words = f"accepted[{len(entries)}]: 'outlived' is no doubt about this request on these records"
    assert [
        note[: len(words)]
        for note in json.loads(run("check", request, "--store", work / "store", "--json").out)["notes"]
    ] == [words]
    assert f"note: {words}" in run("check", request, "--store", work / "store").err
    assert f"note: {words}" in count(run, work).err
    assert [note[: len(words)] for note in json.loads(count(run, work, "--json", "--replace").out)["notes"]] == [words]
    assert "outlived" not in run("check", request).err  # without records nobody can tell


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize("place", ["answer", "answer/papers", "."])
def test_working_papers_never_lie_inside_or_around_the_bundle(work: Path, run: Callable[..., Any], place: str) -> None:
    done = count(run, work, "--internal", work / place)
    assert done.code == 2
    assert "working papers" in done.err
    assert not (work / "answer").exists()


@pytest.mark.usefixtures("store")
def test_out_is_never_overwritten_unasked(work: Path, run: Callable[..., Any]) -> None:
    (work / "answer").mkdir()
    (work / "answer" / "mine.txt").write_text("mine")
    done = count(run, work)
    assert done.code == 2
    assert "--replace" in done.err
    assert [path.name for path in (work / "answer").iterdir()] == ["mine.txt"]
    assert count(run, work, "--replace").code == 0
    assert (work / "answer" / "counts.csv").exists()
    assert not (work / "answer" / "mine.txt").exists()


@pytest.mark.usefixtures("store")
def test_the_same_inputs_give_the_same_bytes_on_both_engines(work: Path, run: Callable[..., Any]) -> None:
    bundles = []
    for engine in ("local", "memory", "local"):
        assert count(run, work, "--engine", engine, "--replace").code == 0
        bundles.append({path.name: path.read_bytes() for path in (work / "answer").iterdir()})
    assert bundles[0] == bundles[1] == bundles[2]


def test_new_makes_files_that_check_takes(tmp_path: Path, run: Callable[..., Any]) -> None:
    assert run("new", tmp_path / "start").code == 0
    assert {path.name for path in (tmp_path / "start").iterdir()} == {
        "request.toml",
        "policy.toml",
        "force.toml",
        "layout.toml",
        "letter.docx",
    }
    assert run("check", tmp_path / "start" / "request.toml").code == 0
    assert run("new", tmp_path / "start").code == 2


def test_the_python_face_gives_frames_and_a_bundle(store: Path, work: Path) -> None:
    result = open_store(store).count(work / "request.toml", policy=work / "policy.toml")
    frame = result.table.to_pandas()
    assert frame[(frame["row"] == "total") & (frame["period"] == "total")]["value"].item() == 3
    assert result.table.to_polars().height == len(frame) == result.table.to_arrow().num_rows
    assert "<table>" in result.table._repr_html_()
    assert len(result.mentions) == 2
    assert (result.release.write(work / "written") / "counts.csv").exists()


@pytest.mark.usefixtures("store")
@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")
def test_the_store_and_its_runs_are_private(work: Path, run: Callable[..., Any]) -> None:
    count(run, work)
    runs = work / "store" / "runs"
    assert all(path.stat().st_mode & 0o077 == 0 for path in runs.rglob("*"))


def test_what_is_known_of_the_data_is_said_where_it_matters(work: Path, run: Callable[..., Any]) -> None:
    texts = work / "export" / "texts.csv"
    rows = "".join(f"A2,oel,{number},2024-03-03,{'x' * 384}\n" for number in range(10, 40))
    texts.write_text(texts.read_text(encoding="utf-8") + rows, encoding="utf-8")
    assert run("import", work / "export", "--store", work / "store", "--as-at", "2024-06-30").code == 0
    assert count(run, work).code == 0
    page = (work / "answer" / "response.html").read_text(encoding="utf-8")
    assert "may cut long texts off (oel)" in page


@pytest.mark.usefixtures("store")
def test_every_format_says_the_denominator_beside_the_count(work: Path, run: Callable[..., Any]) -> None:
    count(run, work)
    said = "1 of 1 offences have a record that mentions the words."
    answer = work / "answer"

    assert said in (answer / "response.html").read_text()
    assert said in "\n".join(paragraph.text for paragraph in docx.Document(str(answer / "response.docx")).paragraphs)
    sheet = openpyxl.load_workbook(answer / "counts.xlsx")["Answer"]
    assert any(said in str(cell.value) for row in sheet.iter_rows() for cell in row)
    with zipfile.ZipFile(answer / "counts.ods") as archive:
        assert said in archive.read("content.xml").decode()


def letters(bundle: Path) -> str:
    """The headers of a letter's pages, as text."""
    document = docx.Document(str(bundle / "response.docx"))
    return "\n".join(paragraph.text for section in document.sections for paragraph in section.header.paragraphs)


def forces_template(path: Path, header: str) -> None:
    """The packaged template with words of the force's own in the header."""
    document = docx.Document(io.BytesIO(starter()))
    document.sections[0].header.paragraphs[-1].text = header
    document.save(str(path))


@pytest.mark.usefixtures("store")
def test_the_letter_is_made_with_the_forces_template(work: Path, run: Callable[..., Any]) -> None:
    """force.toml names it, relative to itself; an option goes before; its hash stands in release.json, its name not."""
    (work / "own").mkdir()
    (work / "own" / "force.toml").write_text('[force]\nname = "Exampleshire"\nletter_template = "head.docx"\n')
    forces_template(work / "own" / "head.docx", "Station Road {{ reference }}")
    forces_template(work / "other.docx", "Castle Street {{ reference }}")
    force = ("--force", work / "own" / "force.toml", "--replace")

    assert count(run, work, *force).code == 0
    assert "Station Road 01/FOI/24/1" in letters(work / "answer")
    told = (work / "answer" / "release.json").read_text()
    digest = hashlib.sha256((work / "own" / "head.docx").read_bytes()).hexdigest()
    assert json.loads(told)["provenance"]["digests"] == {"letter_template": digest}
    assert "head.docx" not in told

    first = (work / "answer" / "response.docx").read_bytes()
    assert count(run, work, *force, "--engine", "memory").code == 0
    assert (work / "answer" / "response.docx").read_bytes() == first

    assert count(run, work, *force, "--letter-template", work / "other.docx").code == 0
    assert "Castle Street 01/FOI/24/1" in letters(work / "answer")


@pytest.mark.usefixtures("store")
def test_the_python_face_takes_a_template_too(store: Path, work: Path) -> None:
    forces_template(work / "head.docx", "Station Road {{ reference }}")
    (work / "force.toml").write_text('[force]\nletter_template = "head.docx"\n')
    given = {"policy": work / "policy.toml"}
    for place, more in (
        ("a", {"force": work / "force.toml"}),
        ("b", {"letter_template": work / "head.docx"}),
        ("c", {"force": {"force": {"letter_template": str(work / "head.docx")}}}),
    ):
        open_store(store).count(work / "request.toml", **given, **more).release.write(work / place)
        assert "Station Road 01/FOI/24/1" in letters(work / place)


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "head.docx: cannot be read (No such file or directory); name a letter template"),
        (b"", "head.docx: is empty or larger than 20 MB"),
        (b"Dear requester", "head.docx: is not a whole Word document"),
    ],
)
def test_a_template_that_cannot_be_filled_stops_the_run_before_anything_is_written(
    work: Path, run: Callable[..., Any], content: bytes | None, sentence: str
) -> None:
    (work / "force.toml").write_text('[force]\nletter_template = "head.docx"\n')
    if content is not None:
        (work / "head.docx").write_bytes(content)

    done = count(run, work, "--force", work / "force.toml")
    assert done.code == 2
    assert sentence in done.err and "Traceback" not in done.err
    assert not (work / "answer").exists() and not (work / "store" / "runs").exists()


@pytest.mark.usefixtures("store")
def test_a_letter_in_a_template_is_verified_with_and_without_it(work: Path, run: Callable[..., Any]) -> None:
    forces_template(work / "head.docx", "Station Road {{ reference }}")
    forces_template(work / "other.docx", "Castle Street {{ reference }}")
    assert count(run, work, "--letter-template", work / "head.docx").code == 0
    checked = ("verify", work / "answer", "--store", work / "store")

    without = run(*checked)
    assert without.code == 0, without.out
    assert "response.docx: not made again; name the force's template of it with --letter-template" in without.out
    whole = run(*checked, "--letter-template", work / "head.docx")
    assert whole.code == 0 and "not made again" not in whole.out
    other = run(*checked, "--letter-template", work / "other.docx")
    assert other.code == 2 and "is not the template of this letter" in other.err


@pytest.mark.usefixtures("store")
def test_words_changed_in_a_letter_are_found_with_its_template(work: Path, run: Callable[..., Any]) -> None:
    forces_template(work / "head.docx", "Station Road {{ reference }}")
    assert count(run, work, "--letter-template", work / "head.docx").code == 0
    path, listed = work / "answer" / "response.docx", work / "answer" / "release.json"
    before = hashlib.sha256(path.read_bytes()).hexdigest()
    path.write_bytes(path.read_bytes().replace(b"Station Road", b"Nowhere Road"))
    after = hashlib.sha256(path.read_bytes()).hexdigest()
    listed.write_text(listed.read_text().replace(before, after))
    checked = ("verify", work / "answer", "--store", work / "store", "--letter-template", work / "head.docx")

    found = run(*checked)
    assert found.code == 1
    assert "response.docx: made again it has other bytes" in found.out


@pytest.mark.usefixtures("store")
def test_what_new_writes_makes_a_letter_that_verify_makes_again(work: Path, run: Callable[..., Any]) -> None:
    assert run("new", work / "start").code == 0
    assert count(run, work, "--force", work / "start" / "force.toml").code == 0

    done = run("verify", work / "answer", "--store", work / "store")
    assert done.code == 0 and "not made again" not in done.out
    assert "Example Police   01/FOI/24/1" in letters(work / "answer")


@pytest.mark.parametrize("name", ["pandas", "polars"])
def test_a_missing_data_frame_library_is_named_with_what_installs_it(
    store: Path, work: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Hidden:
        def find_spec(self, wanted: str, path: object = None, target: object = None) -> None:
            if wanted.split(".")[0] == name:
                raise ModuleNotFoundError(f"No module named {name!r}", name=name)

    result = open_store(store).count(work / "request.toml", policy=work / "policy.toml")
    for loaded in [each for each in sys.modules if each.split(".")[0] == name]:
        monkeypatch.delitem(sys.modules, loaded)
    monkeypatch.setattr(sys, "meta_path", [Hidden(), *sys.meta_path])
    with pytest.raises(ClearcountError, match=f"pip install {name}"):
        getattr(result.table, f"to_{name}")()


def test_the_python_face_checks_compares_and_lists_values(store: Path, work: Path) -> None:
    opened = open_store(store)
    result = opened.count(work / "request.toml", policy=work / "policy.toml")

    assert repr(result.table).splitlines()[0] == result.table.table.title
    assert repr(result.table).splitlines()[-1].startswith("Total")
    assert len(result.tables) == 1
    assert opened.check(work / "request.toml").faults == ()
    assert opened.compare(work / "request.toml").own == "word"
    assert opened.values() == {}
    with pytest.raises(ClearcountError, match="not a column"):
        opened.values("district")


def test_codes_may_stand_in_a_file_beside_the_request(store: Path, work: Path, run: Callable[..., Any]) -> None:
    text = (work / "request.toml").read_text(encoding="utf-8")
    first = re.search(r"codes = \[(.*?)\]", text)
    assert first
    (work / "list.csv").write_text("code\n" + "\n".join(first[1].replace('"', "").split(", ")) + "\n", encoding="utf-8")
    (work / "by-file.toml").write_text(text.replace(first[0], 'codes = ["file:list.csv"]', 1), encoding="utf-8")
    both = [
        open_store(store).count(work / name, policy=work / "policy.toml").table.to_arrow()
        for name in ("request.toml", "by-file.toml")
    ]
    assert both[0] == both[1]
    (work / "by-file.toml").write_text(text.replace(first[0], 'codes = ["file:gone.csv"]', 1), encoding="utf-8")
    assert run("check", work / "by-file.toml").code == 2


def test_an_answer_carries_the_day_on_which_it_is_made(run: Any, work: Path, store: Path, monkeypatch: Any) -> None:
    request, policy = work / "request.toml", work / "policy.toml"
    made = []
    for name, seconds, words in (("a", "1740052800", "20 February 2025"), ("b", "1740139200", "21 February 2025")):
        monkeypatch.setenv("SOURCE_DATE_EPOCH", seconds)
        out = work / name
        assert run("count", request, "--store", store, "--out", out, "--policy", policy).code == 0
        assert words in (out / "response.html").read_text("utf-8")
        assert run("count", request, "--store", store, "--out", work / f"{name}2", "--policy", policy).code == 0
        made.append({each.name: each.read_bytes() for each in out.iterdir()})
        assert made[-1] == {each.name: each.read_bytes() for each in (work / f"{name}2").iterdir()}
    monkeypatch.delenv("SOURCE_DATE_EPOCH")  # another day, and the records say the same
    done = run("verify", work / "a", "--store", store)
    assert done.code == 0, done.out
    assert made[0]["counts.csv"] == made[1]["counts.csv"]


def test_a_given_date_is_the_date_of_the_answer(run: Any, work: Path, store: Path) -> None:
    request = work / "request.toml"
    dated = "received = 2024-06-01\nversion_date = 2024-06-05"
    request.write_text(request.read_text("utf-8").replace("received = 2024-06-01", dated), "utf-8")
    policy = work / "policy.toml"
    assert run("count", request, "--store", store, "--out", work / "out", "--policy", policy).code == 0
    assert "5 June 2024" in (work / "out" / "response.html").read_text("utf-8")
    checked = json.loads(run("check", request, "--store", store, "--json").out)
    assert "version-date-before-extract" in {doubt["id"] for doubt in checked["doubts"]}
