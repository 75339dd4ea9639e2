"""Doubts that come from the law, on the questions of a real request and on each rule alone."""

from __future__ import annotations

import pytest

from clearcount.model.months import Month
from clearcount.model.request import Doubt, Question
from clearcount.offences import code_list, doubts_of_law

CODES = code_list()
FIRST, LAST = Month(2023, 1), Month(2025, 6)
ASKED = (
    "Under Section 66b The Sexual Offences Act 2003 (the offence of sharing or threatening to share an intimate "
    "photograph or film)",
    "Under Section 66 E-F The Sexual Offences Act 2003 (the offence of creating purported intimate image of adult)",
    "Under Section 1a Protection of Children Act 1978 (creating sexually explicit images / pseudo images of a child)",
    "Under Section 1b Protection of Children Act 1978 (to distribute or show such indecent photographs)",
    "Under Section 1c Protection of Children Act 1978 (to possess such indecent photographs or pseudo-photographs)",
)


def doubts(*codes: tuple[str, ...], first: Month = FIRST, last: Month = LAST, text: str = "") -> dict[str, Doubt]:
    questions = [Question(number, ASKED[number - 1], given) for number, given in enumerate(codes, 1)]
    return {doubt.id: doubt for doubt in doubts_of_law(questions, first, last, CODES, text)}


def of(text: str, *codes: str, first: Month = FIRST, last: Month = LAST) -> dict[str, Doubt]:
    return {doubt.id: doubt for doubt in doubts_of_law([Question(1, text, codes)], first, last, CODES)}


def test_the_codes_of_the_source_answer_raise_every_doubt_it_kept_silent() -> None:
    found = doubts(("088/09", "088/14", "088/15", "175/08"), (), ("086/02",), ("086/02",), ("086/02",))
    assert set(found) == {
        "088/09-not-asked",
        "088/14-not-asked",
        "q2-no-code",
        "086/10-not-searched",
        "008/71-not-searched",
        "088/14-not-in-force",
        "088/15-not-in-force",
        "175/08-not-in-force",
        "086/02-answers-several",
    }
    assert "Exposure" in found["088/09-not-asked"].what
    assert found["088/09-not-asked"].where == "question[1].codes"
    assert "in no month of the period" in found["q2-no-code"].what
    assert "6 February 2026" in found["q2-no-code"].what
    assert found["086/02-answers-several"].where == "question[3].codes, question[4].codes, question[5].codes"


def test_the_codes_that_answer_leave_only_what_no_choice_of_codes_can_mend() -> None:
    found = doubts(("088/15", "175/08", "008/71"), (), ("086/02",), ("086/02",), ("086/02", "086/10"))
    assert set(found) == {
        "q2-no-code",
        "088/15-not-in-force",
        "175/08-not-in-force",
        "008/71-not-in-force",
        "086/02-answers-several",
    }


def test_every_doubt_says_where_what_and_what_to_do_once() -> None:
    found = doubts_of_law(
        [Question(n, text, ("088/09", "086/02")) for n, text in enumerate(ASKED, 1)], FIRST, LAST, CODES
    )
    assert len({doubt.id for doubt in found}) == len(found)
    assert all(doubt.where and doubt.what and doubt.do for doubt in found)


def test_a_code_that_answers_another_question_is_sent_there() -> None:
    found = doubts(("086/02", "088/15", "175/08"), (), ("086/02",), first=Month(2024, 2))
    assert "move it to question 3" in found["086/02-not-asked"].do


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (Month(2024, 2), Month(2025, 6), set()),
        (Month(2024, 1), Month(2025, 6), {"088/15-not-in-force", "175/08-not-in-force", "008/71-not-searched"}),
        (Month(2022, 1), Month(2023, 12), {"088/15-not-in-force", "175/08-not-in-force", "008/71-not-searched"}),
        (Month(2014, 1), Month(2015, 3), {"088/15-not-in-force", "175/08-not-in-force"}),
    ],
)
def test_the_period_decides_what_was_in_force_and_what_came_before(
    first: Month, last: Month, expected: set[str]
) -> None:
    assert set(of("Section 66B Sexual Offences Act 2003", "088/15", "175/08", first=first, last=last)) == expected


def test_half_of_a_section_searched_is_a_doubt() -> None:
    assert set(of("s66B SOA 2003", "088/15", first=Month(2024, 2))) == {"175/08-not-searched"}


def test_one_paragraph_asked_where_its_code_records_four() -> None:
    found = of("Section 1(1)(b) Protection of Children Act 1978", "086/02")
    assert set(found) == {"086/02-wider-than-asked"}
    assert "1(1)(a), 1(1)(c), 1(1)(d)" in found["086/02-wider-than-asked"].what
    assert of("Section 1 Protection of Children Act 1978", "086/02") == {}
    every = "Section 1(1)(a), section 1(1)(b), section 1(1)(c) and section 1(1)(d) Protection of Children Act 1978"
    assert of(every, "086/02") == {}


def test_two_questions_of_one_code_are_several() -> None:
    questions = [Question(n, "Section 1 Protection of Children Act 1978", ("086/02",)) for n in (1, 2)]
    assert [doubt.id for doubt in doubts_of_law(questions, FIRST, LAST, CODES)] == ["086/02-answers-several"]


def test_words_without_a_section_are_understood_and_give_the_benefit_of_the_doubt() -> None:
    assert of("possession of indecent photographs of children", "086/10", "086/02") == {}
    assert set(of("possession of indecent photographs of children", "086/02")) == {"086/10-not-searched"}
    assert set(of("revenge porn", "088/15", "175/08", "088/09", first=Month(2024, 2))) == {"088/09-not-asked"}
    assert of("revenge porn and exposure", "088/15", "175/08", "088/09", first=Month(2024, 2)) == {}


def test_a_question_that_names_no_offence_says_nothing_about_its_codes() -> None:
    assert of("How many incidents involved a drone?", "049/10", "086/02") == {}


def test_a_section_in_the_wording_that_no_question_covers() -> None:
    text = "Offences under section 66B and section 66A of the Sexual Offences Act 2003, and section 46A"
    found = doubts(("088/15", "175/08"), first=Month(2024, 2), text=text)
    assert set(found) == {"s66A-not-answered", "s46A-not-answered"}
    assert '"088/14"' in found["s66A-not-answered"].do


def test_possession_in_the_wording_only() -> None:
    text = "I ask about Section 1 Protection of Children Act 1978 and possessing such images"
    questions = [Question(1, "Section 1 Protection of Children Act 1978", ("086/02",))]
    assert [doubt.id for doubt in doubts_of_law(questions, FIRST, LAST, CODES, text)] == ["086/10-not-searched"]


def test_a_question_without_codes_says_which_would_answer() -> None:
    found = of("Section 66B Sexual Offences Act 2003")
    assert '["088/15", "175/08"]' in found["q1-no-code"].do
    unconfirmed = of("Section 46A Sexual Offences Act 2003")["q1-no-code"]
    assert "not confirmed" in unconfirmed.what and "no Home Office code" in unconfirmed.what


def test_a_question_that_names_its_codes_asks_for_them() -> None:
    assert of("Offences recorded under HO code 86/2 and 086/10", "086/02", "086/10") == {}
    assert set(of("Offences recorded under 086/02 and 086/10", "086/02", "088/09")) == {
        *("088/09-not-asked", "086/10-not-searched")
    }
    assert of("Open 24/7 or on 01/02/2022", "088/09") == {}


def test_a_section_that_only_a_description_names_is_asked_for() -> None:
    """The Ministry of Justice's list prints the law inside the description."""
    assert "196/43-not-asked" not in of("Section 33 Civil Partnership Act 2004", "196/43")


def test_one_of_many_codes_of_a_section_is_a_choice_and_none_of_them_is_a_doubt() -> None:
    assert of("Shoplifting, section 1 Theft Act 1968", "046/00") == {}
    assert "046/00-not-searched" in of("Section 1 Theft Act 1968", "086/02")
