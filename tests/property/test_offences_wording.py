"""Reading wordings: any text at all, and every code asked for in the words of the lists."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from clearcount.errors import CodeError
from clearcount.model.codes import HomeOfficeCode
from clearcount.model.months import Month
from clearcount.model.request import Question
from clearcount.offences import code_list, codes_for, doubts_of_law

CODES = code_list()
FIRST, LAST = Month(2023, 1), Month(2025, 6)
PIECES = st.sampled_from(
    (
        *"0123456789ABCabc()-&/.,; ",
        *("section ", "s", "ss ", "Sexual Offences Act 2003", "SOA 2003", "Act", " of ", " and ", "66", "66B"),
        *("1(1)(a)", "Protection of Children Act 1978", "possess", "child", "086/02", "HO ", "\u2013", "\n"),
    )
)


@given(st.one_of(st.text(max_size=200), st.lists(PIECES, max_size=40).map("".join)))
def test_any_wording_can_be_read(text: str) -> None:
    asked = codes_for(text, CODES)
    assert set(asked.codes) | set(asked.before) <= set(CODES.codes)
    questions = [Question(1, text, ("086/02", "088/09")), Question(2, text, ())]
    doubts = doubts_of_law(questions, FIRST, LAST, CODES, text)
    assert len({doubt.id for doubt in doubts}) == len(doubts)
    CODES.search(text)
    CODES.law(text)


@given(st.text(max_size=30))
def test_any_text_is_one_code_or_is_refused(text: str) -> None:
    try:
        code = HomeOfficeCode.parse(text)
    except CodeError:
        return
    assert HomeOfficeCode.parse(str(code)) == HomeOfficeCode.parse(code.printed) == code


@given(st.integers(0, 999), st.integers(0, 99), st.sampled_from(["", "HO ", "ho code ", "Home Office code: "]))
def test_every_spelling_of_a_code_is_that_code(class_: int, sub: int, lead: str) -> None:
    code = HomeOfficeCode(class_, sub)
    for spelling in (f"{class_}/{sub}", f"{class_:03d}/{sub}", f"{class_}/{sub:02d}", f"{class_:03d}/{sub:02d}"):
        assert HomeOfficeCode.parse(lead + spelling) == code
    if lead:
        assert HomeOfficeCode.parse(f"{lead}{class_:03d}{sub:02d}") == code


def test_a_code_asked_for_in_the_words_of_its_list_is_never_called_not_asked() -> None:
    for code in CODES.codes.values():
        for description in code.descriptions[:1]:
            doubts = doubts_of_law([Question(1, description, (code.code,))], FIRST, LAST, CODES)
            assert f"{code.code}-not-asked" not in {doubt.id for doubt in doubts}


def test_a_long_wording_is_read_quickly_enough_to_finish() -> None:
    """No pattern may backtrack without end: a wording of 50,000 characters is read, whatever it holds."""
    for piece in (
        "s 1, ",
        "1(1)(a), ",
        "section 66 A-",
        "word ",
        "Act 2003 ",
        "s66B(1)&(9) ",
        "((",
        "a",
        " ",
        "66E-F and ",
    ):
        codes_for(piece * (50_000 // len(piece)), CODES)
