"""The page, its fragment, the letter and the chart: what they say and in which order."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from itertools import pairwise
from typing import Any

import lxml.html
import pytest
from docx import Document

from clearcount.errors import DisclosureError
from clearcount.model.release import Figure
from clearcount.model.table import Count, NotInForce, NotSearched, Suppressed
from clearcount.writers import bundle_files
from drawing import Row, at

ORDER = ["Contents", "The answer in short", "The figures", "Offence codes", "The request"]
LETTER = ["Our answer", "How sure this is", "The figures: Mentions, not read by a person", "Your rights"]
"""The headings of a letter whose answer has no account of what was left out."""


def headings(content: bytes, level: str) -> list[str]:
    return [each.text_content() for each in lxml.html.fromstring(content.decode()).iter(level)]


def test_the_answer_comes_first_on_the_page_and_in_the_letter(written: Any) -> None:
    folder = written("the source table").folder

    assert headings((folder / "response.html").read_bytes(), "h2")[:5] == ORDER
    assert headings((folder / "response-body.html").read_bytes(), "h3")[:4] == ORDER[1:]
    letter = Document(str(folder / "response.docx"))
    assert [p.text for p in letter.paragraphs if p.style.name == "Heading 1"][:4] == LETTER


def test_no_heading_level_is_skipped(bundle: Any) -> None:
    for name, top in (("response.html", 1), ("response-body.html", 2)):
        root = lxml.html.fromstring((bundle.folder / name).read_bytes().decode())
        levels = [int(each.tag[1]) for each in root.iter("h1", "h2", "h3", "h4", "h5")]
        assert levels[0] == top and levels.count(top) == 1
        assert all(later - earlier <= 1 for earlier, later in pairwise(levels))


def test_the_fragment_has_neither_script_nor_style_and_loads_nothing(bundle: Any) -> None:
    root = lxml.html.fromstring((bundle.folder / "response-body.html").read_bytes().decode())

    assert not list(root.iter("script", "style", "link", "img", "iframe", "object"))
    for element in root.iter():
        assert not {name for name in element.attrib if name.startswith("on") or name in ("style", "src")}
    assert (bundle.folder / "response-body.html").read_bytes().startswith(b"<article ")


def test_every_identifier_of_a_page_is_its_own(bundle: Any) -> None:
    root = lxml.html.fromstring((bundle.folder / "response.html").read_bytes().decode())
    ids = root.xpath("//@id")
    assert len(ids) == len(set(ids))
    for named in root.xpath("//@aria-labelledby"):
        assert set(named.split()) <= set(ids)


def test_links_of_the_page_lead_to_files_of_the_bundle_or_to_named_places(written: Any) -> None:
    folder = written("the source table").folder
    links = lxml.html.fromstring((folder / "response.html").read_bytes().decode()).xpath("//a/@href")

    near = [link for link in links if "://" not in link and not link.startswith("#")]
    ids = lxml.html.fromstring((folder / "response.html").read_bytes().decode()).xpath("//@id")
    assert {link[1:] for link in links if link.startswith("#")} <= set(ids)
    assert set(near) == {path.name for path in folder.iterdir()} - {"response.html", "response-body.html"}
    assert {link.split("/")[2] for link in links if "://" in link} == {"ico.org.uk", "www.nationalarchives.gov.uk"}


def test_a_sentence_prints_the_cell_it_names_so_that_it_cannot_undo_suppression(releasing: Any, tabling: Any) -> None:
    table = tabling(
        (Row("086/02", "Photographs", "HO 086/02"),), "2024-01", "2024-02", lambda r, p: Suppressed("primary")
    )
    release = releasing(
        table, notes=(("In January there were ", Figure("mentions", at(table, "086/02", "2024-01")), "."),)
    )

    files = bundle_files(release)

    assert b"In January there were [c]." in files["response.html"]
    assert b"Question 1: [c] offences mention the terms." in files["response-body.html"]


def test_every_number_of_a_draft_says_that_it_is_one(releasing: Any, tabling: Any) -> None:
    table = tabling((Row("086/02", "Photographs", "HO 086/02"),), "2024-01", "2024-02", lambda r, p: 3)
    files = bundle_files(releasing(table, draft_because=("088/09 was not asked for",)))

    for name in ("response.html", "response-body.html", "chart.svg", "counts.csv-metadata.json"):
        assert b"DRAFT, not for publication." in files[name], name
    for name in ("counts.ods", "response.docx"):
        assert b"DRAFT, not for publication." in files[name], name
    sheets = files["counts.ods"].count(b"<table:table ")
    assert files["counts.ods"].count(b"<text:p>DRAFT, not for publication.") == sheets >= 5
    assert b'"draft": true' in files["release.json"]


def test_drop_says_what_it_left_out(releasing: Any, tabling: Any) -> None:
    from clearcount.counting.tabulate import dropped

    rows = (Row("086/02", "Photographs", "HO 086/02"), Row("088/09", "Exposure", "HO 088/09"))
    table = dropped(tabling(rows, "2023-12", "2024-02", lambda r, p: 3 if r.key == "086/02" and p > "2024" else 0))
    files = bundle_files(releasing(table))

    said = b"Left out because no count in them is above 0: HO 088/09 Exposure; Dec 2023."
    assert said in files["response.html"] and said in files["counts.ods"] and said in files["response.docx"]
    assert b"December 2023 to February 2024" in files["response.html"]


def test_text_of_a_request_stays_text(releasing: Any, tabling: Any) -> None:
    nasty = "<script>alert(1)</script> & \"quotes\" 'and' =1+1 \u202egnp.exe\x00\x0b {{ 7*7 }} {% raw %}"
    table = tabling((Row("q1", nasty, ""),), "2024-01", "2024-02", lambda r, p: 3)
    files = bundle_files(releasing(table, title=nasty, request_text=nasty, notes=((nasty,),)))

    for name in ("response.html", "response-body.html", "chart.svg", "counts.ods"):
        assert b"<script" not in files[name], name
        assert "\u202e".encode() not in files[name]
        assert b"{{ 7*7 }}" in files[name], name


def test_words_longer_than_a_cell_are_split(releasing: Any, tabling: Any) -> None:
    import io

    import openpyxl

    long = "word " * 20_000
    table = tabling((Row("086/02", "Photographs", "HO 086/02"),), "2024-01", "2024-02", lambda r, p: 3)
    files = bundle_files(releasing(table, request_text=long))

    sheet = openpyxl.load_workbook(io.BytesIO(files["counts.xlsx"]))["Method"]
    rows = [row[1].value for row in sheet.iter_rows() if row[0].value == "The request"]
    assert "".join(rows) == long.strip() and len(rows) > 1 and max(map(len, rows)) <= 32_767


def test_a_release_takes_no_table_that_control_did_not_make(source_release: Any, tabling: Any) -> None:
    with pytest.raises(DisclosureError, match="passed disclosure control"):
        replace(source_release, others=(tabling((Row("a", "b"),), "2024-01", "2024-01", lambda r, p: 1),))


def chart(files: dict[str, bytes]) -> ET.Element:
    return ET.fromstring(files["chart.svg"])


SVG = "{http://www.w3.org/2000/svg}"


def test_the_chart_never_draws_a_hidden_or_inapplicable_period_as_zero(releasing: Any, tabling: Any) -> None:
    cells = [Count(4), Suppressed("primary"), NotInForce(), NotSearched(), Count(0)]
    table = tabling(
        (Row("086/02", "Photographs", "HO 086/02"),), "2024-01", "2024-05", lambda r, p: cells[int(p[-2:]) - 1]
    )
    root = chart(bundle_files(releasing(table)))
    texts = [text.text for text in root.iter(f"{SVG}text")]
    lower = texts[texts.index("HO 086/02 Photographs") :]

    assert lower[1:6] == ["hidden", "not in force", "not searched", "4", "0"]
    rects = [rect for rect in root.iter(f"{SVG}rect") if rect.get("stroke")]
    hatched = [rect for rect in rects if rect.get("fill") == "url(#cc-hatch)"]
    outlined = [rect for rect in rects if rect.get("fill") == "none" and rect.get("stroke-dasharray")]
    assert hatched and len(outlined) == 2
    bars = [rect for rect in root.iter(f"{SVG}rect") if rect.get("fill") == "#28A197"]
    assert len(bars) == 1 and float(bars[0].get("height", "0")) > 0


def test_bars_are_in_proportion_across_panels_and_start_at_zero(releasing: Any, tabling: Any) -> None:
    numbers = {"086/02": 8, "088/15": 2}
    rows = (Row("086/02", "Photographs", "HO 086/02"), Row("088/15", "Images", "HO 088/15"))
    root = chart(bundle_files(releasing(tabling(rows, "2024-01", "2024-02", lambda r, p: numbers[r.key]))))

    total = [float(r.get("height", "0")) for r in root.iter(f"{SVG}rect") if r.get("fill") == "#12436D"]
    lines = [float(r.get("height", "0")) for r in root.iter(f"{SVG}rect") if r.get("fill") == "#28A197"]
    assert total[0] == pytest.approx(96)
    assert lines == pytest.approx([96 * 8 / 10] * 2 + [96 * 2 / 10] * 2, abs=0.1)


def test_the_chart_has_no_style_so_that_a_strict_page_keeps_its_colours(bundle: Any) -> None:
    text = (bundle.folder / "chart.svg").read_text()
    assert not re.search(r"<style|style=|class=|<script", text)


def test_the_text_alternative_is_made_from_the_cells(written: Any) -> None:
    described = chart({"chart.svg": (written("the source table").folder / "chart.svg").read_bytes()}).findtext(
        f"{SVG}desc"
    )
    assert described is not None
    assert described.startswith("Bars by period. Total: highest 9 in Jan 2025.")
    assert "SOA 2003: highest 1 in Apr 2024, Jan 2025, Jun 2025; not in force: Jan 2023 to Dec 2023." in described
    assert described.endswith("The table gives every number.")
