"""The published source answer went wrong in nine ways; the page of an answer has an element against each of them.

The made-up release answers the same request. Elements are read from the page as a browser would find them.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from lxml import html

from clearcount_web.disclosure_log.actions import publish

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def page(public: Client, bundle: Path) -> Any:
    publish(bundle, at=NOW)
    return html.fromstring(public.get("/disclosure-log/01-fin-25-003516-c/").content.decode())


def words(page: Any, identity: str) -> str:
    """The text of the section whose heading has this id."""
    return " ".join(page.get_element_by_id(identity).getparent().text_content().split())


def lines(page: Any, table: str = "cc-table-1") -> dict[str, list[str]]:
    """Offence -> its cells; the months of this answer run down the page."""
    drawn = page.get_element_by_id(table)
    heads = [cell.text_content() for cell in drawn.xpath("./thead/tr/th")][1:]
    rows = [[cell.text_content() for cell in row.findall("td")] for row in drawn.xpath("./tbody/tr | ./tfoot/tr")]
    return dict(zip(heads, map(list, zip(*rows, strict=True)), strict=True))


def test_1_the_codes_searched_are_listed_and_no_other_is_counted(page: Any) -> None:
    selected = words(page, "cc-data-processing")
    assert "Selected by Home Office codes: HO 088/15, HO 175/08, HO 008/71, HO 086/02, HO 086/10." in selected
    assert not any("088/09" in heading or "088/14" in heading for heading in lines(page))


def test_2_possession_and_the_older_offence_have_their_lines(page: Any) -> None:
    found = lines(page)
    possession = next(cells for heading, cells in found.items() if heading.startswith("HO 086/10"))
    older = next(cells for heading, cells in found.items() if heading.startswith("HO 008/71"))
    assert possession[-1] == "0"
    assert older[:12] == ["0"] * 12
    assert older[-2] == "0"  # offences of its time are still recorded under it, as the list says


def test_3_a_line_that_answers_several_questions_says_so(page: Any) -> None:
    assert "HO 086/02 answers questions 3, 4 and 5, so its figures appear under each." in words(
        page, "cc-answer-as-asked"
    )
    assert "the code cannot tell them apart" in words(page, "cc-offence-codes")


def test_4_an_offence_that_did_not_exist_is_said_not_to_have_existed(page: Any) -> None:
    assert "was not in force in any part of the period" in words(page, "cc-offence-codes")
    line = next(cells for heading, cells in lines(page).items() if "66E" in heading)
    assert set(line) == {"[z]"}


def test_5_every_month_is_there_and_no_cell_is_blank(page: Any) -> None:
    heads = page.get_element_by_id("cc-table-1").xpath(".//th[@scope='row']")
    months = [f"{month} {year}" for year in (2023, 2024, 2025) for month in MONTHS][:30]
    assert [head.text_content() for head in heads] == [*months, "Total"]
    for cells in lines(page).values():
        assert len(cells) == 31
        assert all(cells)
    assert any("[z] " in item.text_content() for item in page.xpath("//li"))


def test_6_each_term_is_shown_with_what_it_finds(page: Any) -> None:
    assert "Terms: “AI”, “artificial intelligence”, “deep fake*”, “deepfake*”." in words(page, "cc-data-processing")
    assert "punctuation" in words(page, "cc-data-processing")
    method = words(page, "cc-method")
    assert method.count("“AI”:") == 1


def test_7_basis_unit_extract_cancelled_fields_reading_and_denominator_are_stated(page: Any) -> None:
    processing = words(page, "cc-data-processing")
    assert "An offence counts in the month in which the force recorded it." in processing
    assert "Each line counts offences." in processing
    assert "Cancelled and transferred records are left out." in processing
    assert "The words were looked for in" in processing
    assert "The extract was taken on 1 August 2025" in words(page, "cc-data-source")
    assert any("not read by a person" in heading.text_content() for heading in page.xpath("//h3"))
    denominator = lines(page, "cc-table-2")
    assert int(denominator["Total"][-1]) > int(lines(page)["Total"][-1])


def test_8_a_contradiction_in_the_request_was_asked_about(page: Any) -> None:
    facts = {
        term.text_content(): term.getnext().text_content() for term in page.xpath("//section[h2[@id='cc-about']]/dl/dt")
    }
    assert facts["Period covered"] == "January 2023 to June 2025"
    assert "We asked the requester, who agreed to this reading." in page.text_content()


def test_9_how_small_numbers_are_treated_has_a_reason(page: Any) -> None:
    assert "nobody can be recognised from them" in words(page, "cc-small-numbers")


def test_headings_do_not_skip_a_level(page: Any) -> None:
    levels = [int(heading.tag[1]) for heading in page.xpath("//main//*[self::h1 or self::h2 or self::h3 or self::h4]")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_the_page_shows_the_numbers_of_the_files(page: Any, bundle: Path) -> None:
    import csv

    with (bundle / "counts.csv").open(encoding="utf-8-sig", newline="") as file:
        printed = [row["value"] or f"[{row['marker']}]" for row in csv.DictReader(file)]
    shown = [cell for cells in lines(page).values() for cell in cells]
    assert shown == printed


def test_licence_rights_and_versions_are_on_the_page(page: Any) -> None:
    text = page.text_content()
    assert "Open Government Licence v3.0" in text
    assert "Information Commissioner" in text
    assert page.get_element_by_id("versions") is not None
    assert page.xpath("//figure//*[local-name()='svg'][@role='img']")


def test_the_page_opens_with_the_answer_and_folds_how_it_was_made(page: Any) -> None:
    order = [heading.get("id") for heading in page.xpath("//main//h2")]
    assert order == [
        "cc-answer-as-asked", "cc-figures", "downloads", "cc-about", "cc-offence-codes", "cc-the-request", "cc-how",
        "cc-your-rights", "versions",
    ]  # fmt: skip
    (fold,) = page.xpath("//section[h2[@id='cc-how']]/details[@class='cc-fold']")
    assert fold.get("open") is None
    assert [heading.get("id") for heading in fold.xpath(".//h3[@id]")] == [
        "cc-data-source", "cc-data-processing", "cc-method", "cc-small-numbers", "cc-notes",
        "cc-to-repeat-this",
    ]  # fmt: skip
    assert not page.xpath("//details//table[starts-with(@id, 'cc-table-')]")  # no figure of the answer is folded away


def test_no_word_of_the_answer_is_lost_or_said_twice(public: Client, bundle: Path) -> None:
    from collections import Counter

    from clearcount_web.disclosure_log.arranging import arranged
    from clearcount_web.disclosure_log.models import Version

    publish(bundle, at=NOW)
    before = Version.objects.get().html
    after = arranged(before, files="")
    added = ["About this answer", "How this was counted", "Show the source, the method and the notes"]

    def words_of(markup: str) -> Counter[str]:
        return Counter(html.fromstring(markup).text_content().split())

    assert words_of(after) == words_of(before) + Counter(" ".join(added).split())
    assert sorted(html.fromstring(after).xpath("//@id")) == sorted(
        [*html.fromstring(before).xpath("//@id"), "cc-about", "cc-how"]
    )


@pytest.mark.parametrize(
    "body",
    [
        "",
        "<p>No sections.</p>",
        '<article><section aria-labelledby="a"><h2 id="a">A</h2></section></article>',
        '<article><section aria-labelledby="cc-answer-as-asked"><section></section></section></article>',
        '<section aria-labelledby="cc-answer-as-asked"></section>',
    ],
)
def test_a_body_of_another_shape_is_left_as_it_is(body: str) -> None:
    from clearcount_web.disclosure_log.arranging import arranged

    assert arranged(body, files="<i>files</i>") == body + "<i>files</i>"


@pytest.mark.parametrize(
    ("octets", "words"),
    [
        (0, "1 KB"), (1, "1 KB"), (1499, "1 KB"), (116_700, "117 KB"), (999_499, "999 KB"), (999_500, "1.0 MB"),
        (2_340_000, "2.3 MB"),
    ],
)  # fmt: skip
def test_a_size_is_said_for_people(octets: int, words: str) -> None:
    from clearcount_web.disclosure_log.views import _size

    assert _size(octets) == words


def test_the_answer_comes_before_the_files_and_files_have_names_for_people(page: Any) -> None:
    whole = html.tostring(page, encoding="unicode")
    assert whole.index('id="cc-table-1"') < whole.index('id="downloads"')
    named = page.xpath("//ul[@class='cc-files']/li/a")
    found = [re.fullmatch(r"(.*) \((.*), (\d+) KB\)", each.text_content()) for each in named]
    assert [each and each.groups()[:2] for each in found] == [
        ("Letter", "Word"), ("Spreadsheet", "ODS"), ("Spreadsheet", "Excel"), ("Table for programs", "CSV"),
    ]  # fmt: skip
    contents = page.xpath("//nav[@class='cc-contents']//a")
    assert len(contents) > 4
    for link in contents:
        place = page.get_element_by_id(link.get("href").removeprefix("#"))
        assert link.text_content() == place.text_content()
