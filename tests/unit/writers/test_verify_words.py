"""A hidden count that slipped into words, an alternative text, a note or a chart of a bundle is found from it alone."""

from __future__ import annotations

import hashlib
import io
import json
import re
import shutil
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest

from clearcount.disclosure import Policy
from clearcount.model.table import Count, Suppressed
from clearcount.store import open_store
from clearcount.workflow.answering import answer_request
from clearcount.workflow.demo import Demo, make_demo
from clearcount.workflow.inputs import Inputs, one_store
from clearcount.workflow.verifying import verify
from clearcount.writers import write_bundle
from clearcount.writers.words import read_words
from drawing import grid, texts

RULE = {"rule": "suppress", "coarsen": {"columns": "quarter"}, "reason": "Small numbers.", "approved_by": "A. Officer"}
Change = Callable[[bytes, str], bytes]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """A small made-up store, and the answer made from it."""
    folder = tmp_path_factory.mktemp("words") / "demo"
    return make_demo(folder, occurrences=1500, now=datetime(2026, 1, 2, 9, tzinfo=UTC))


@pytest.fixture(scope="module")
def hidden(demo: Demo, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A bundle with hidden counts, and the exact value of one of them."""
    answer = answer_request(
        Inputs(
            demo.honest.counted.request, one_store(open_store(demo.folder / "store")), policy=Policy.parse(RULE),
            force=demo.honest.release.force,
        )
    )  # fmt: skip
    folder = tmp_path_factory.mktemp("words") / "answer"
    write_bundle(answer.release, folder)
    told = answer.release.answer
    exact = answer.counted.answer
    by_month = grid(exact)
    members = {leaf.key.text: leaf.key.period.months for leaf in told.columns[0].leaves}
    for row, label in map(texts, told.coordinates()):
        if isinstance(grid(told)[row, label], Suppressed) and label in members and row != "total":
            cells = [by_month[row, str(month)] for month in members[label]]
            return folder, str(sum(cell.n for cell in cells if isinstance(cell, Count)))
    raise AssertionError("the policy hides nothing")


def _after(pattern: str, words: str) -> Change:
    """Puts words with the count behind the first place of a pattern."""
    return lambda content, count: re.sub(
        pattern.encode(), lambda found: found[0] + words.format(count).encode(), content, count=1
    )


def _in_member(name: str, change: Change) -> Change:
    def within(content: bytes, count: str) -> bytes:
        out = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(content)) as archive, zipfile.ZipFile(out, "w") as packed:
            for info in archive.infolist():
                body = archive.read(info)
                packed.writestr(zipfile.ZipInfo(info.filename), change(body, count) if info.filename == name else body)
        return out.getvalue()

    return within


def _in_sheet(name: str) -> Change:
    def note(content: bytes, count: str) -> bytes:
        book = openpyxl.load_workbook(io.BytesIO(content))
        cell = book[name]["A2"]
        cell.value = f"{cell.value} {count} are hidden."
        out = io.BytesIO()
        book.save(out)
        return out.getvalue()

    return note


PLANTS: dict[str, tuple[str, Change]] = {
    "a sentence of the page": ("response.html", _after("0 means that", " one of the hidden counts is {}, and that")),
    "a paragraph of its own": ("response.html", _after("</h1>", "<p>{}</p>")),
    "an alternative text of the page": ("response.html", _after('aria-label="Chart', " with {} in the first quarter")),
    "a text between the cells of a table": ("response-body.html", _after("<tbody>", "{}")),
    "the title of the page": ("response.html", _after("<title>", "{}: ")),
    "the chart's alternative text in the page": ("response.html", _after('<desc id="cc-chart-text">', "{} in all. ")),
    "a label of the chart": ("chart.svg", _after("</desc>", '<text x="9" y="9">{}</text>')),
    "the chart's title": ("chart.svg", _after('<title id="cc-chart-title">', "{} of ")),
    "a note of the fragment": ("response-body.html", _after(r"hidden to protect people[^<]*", " ({} of them)")),
    "a paragraph of the letter": (
        "response.docx", _in_member("word/document.xml", _after("0 means that", " {} are hidden, and that")),
    ),
    "the alternative text of a table of the letter": (
        "response.docx", _in_member("word/document.xml", _after('<w:tblDescription w:val="', "{} hidden. ")),
    ),
    "the head of the letter's pages": (
        "response.docx", _in_member("word/header1.xml", _after(r"<w:t[^>]*>", "{} ")),
    ),
    "the letter's properties": ("response.docx", _in_member("docProps/core.xml", _after("<dc:subject>", "{} "))),
    "a line above a table of the workbook": ("counts.xlsx", _in_sheet("Counts")),
    "the words of the workbook": ("counts.xlsx", _in_sheet("Method")),
    "a note of the open document": (
        "counts.ods", _in_member("content.xml", _after("This sheet contains one table", " and the count {}")),
    ),
    "the description of the columns": ("counts.csv-metadata.json", _after('"dc:title": "', "{} ")),
}  # fmt: skip


@pytest.mark.parametrize("where", PLANTS)
def test_a_planted_count_is_found_though_the_hashes_were_mended(
    hidden: tuple[Path, str], tmp_path: Path, where: str
) -> None:
    folder, count = hidden
    copy = Path(shutil.copytree(folder, tmp_path / "copy"))
    name, plant = PLANTS[where]
    before = (copy / name).read_bytes()
    (copy / name).write_bytes(plant(before, count))
    assert (copy / name).read_bytes() != before
    released = json.loads((copy / "release.json").read_text())
    released["files"][name] = hashlib.sha256((copy / name).read_bytes()).hexdigest()
    (copy / "release.json").write_text(json.dumps(released, ensure_ascii=False, indent=1) + "\n")

    faults = [fault for check in verify(copy).checks for fault in check.faults]
    assert any(fault.startswith(f"{name}") for fault in faults), faults
    assert not any("was changed" in fault for fault in faults)


def test_the_bundle_without_a_plant_is_whole_and_its_words_hold_no_bare_number(hidden: tuple[Path, str]) -> None:
    """A line that is a number alone would excuse that number in every paragraph."""
    folder, count = hidden
    verified = verify(folder)
    assert verified.ok, verified.as_dict()
    released = json.loads((folder / "release.json").read_text())
    assert int(count) > 0 and not [line for line in released["words"] if re.fullmatch(r"\W*\d+\W*", line)]
    for path in folder.iterdir():
        if path.suffix in (".html", ".docx", ".xlsx", ".ods"):
            assert len(read_words(path)) > 30, path.name


def test_a_release_that_lists_no_words_is_not_taken_at_its_word(hidden: tuple[Path, str], tmp_path: Path) -> None:
    copy = Path(shutil.copytree(hidden[0], tmp_path / "copy"))
    released = json.loads((copy / "release.json").read_text())
    del released["words"]
    (copy / "release.json").write_text(json.dumps(released))

    assert "lists no 'words'" in str(verify(copy).as_dict())
