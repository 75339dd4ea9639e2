"""The packaged code list: spellings, several rows a code, dates, history, the law, search and the force's overlay."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from clearcount import data as package_data
from clearcount.errors import CodeError
from clearcount.model.codes import HomeOfficeCode
from clearcount.model.months import Month
from clearcount.offences import code_list, codes_for, overlaid
from clearcount.offences.law import section_numbers
from clearcount.workflow.codes import look_up

ROOT = Path(__file__).parents[2]
CODES = code_list()


@pytest.mark.parametrize(
    "spelling",
    [
        "086/02",
        "86/2",
        "86/02",
        "086/2",
        "08602",
        "HO 086/02",
        "ho 86/2",
        "HO code 08602",
        "Home Office code 86/02",
        " 086/02 ",
        "086 / 02",
        "HO: 086/02",
        "HO\u00a0086/02",
        "code 86/2",
        "H.O. 86/2",
    ],
)
def test_one_code_has_many_spellings(spelling: str) -> None:
    assert str(HomeOfficeCode.parse(spelling)) == "086/02"
    assert str(HomeOfficeCode.parse(HomeOfficeCode.parse(spelling).printed)) == "086/02"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "086",
        "8602",
        "86.2",
        "86-02",
        "86\\2",
        "086/002",
        "0086/02",
        "086/02/01",
        "01/02/2022",
        "2022-01-02",
        "1-Feb",
        "44563",
        "25051",
        "11902",
        "19207",
        "86/2 and 86/10",
        "n/a",
        "086/0x",
        "²/2",
        "٨٦/٢",
        "HO",
        "-1/2",
        "086/02\n088/09",
    ],
)
def test_what_is_not_certainly_a_code_is_refused_with_the_text(text: str) -> None:
    with pytest.raises(CodeError) as refused:
        HomeOfficeCode.parse(text)
    assert repr(text) in str(refused.value)
    assert CODES.get(text) is None


def test_an_excel_date_number_says_what_it_may_be_and_ho_in_front_makes_it_certain() -> None:
    with pytest.raises(CodeError, match="date number that Excel made"):
        HomeOfficeCode.parse("25051")
    assert str(HomeOfficeCode.parse("HO 25051")) == "250/51"
    for number in ("20304", "60000", "10959"):
        with pytest.raises(CodeError, match="date number"):
            HomeOfficeCode.parse(number)
    assert str(HomeOfficeCode.parse("81473")) == "814/73", "Excel's dates for codes end long before"
    assert str(HomeOfficeCode.parse("17508")) == "175/08", "no first day of a month, so Excel did not make it"


@pytest.mark.data
def test_a_list_after_a_trip_through_excel_loses_every_date_number_aloud(data: Path) -> None:
    """63 codes became date numbers, in two ways (1/2 a day of 2022; 8/68 and 8/32 the first of a month)."""
    book = CalamineWorkbook.from_path(str(data / "police_uk_category_mappings_part1.xlsx"))
    cells = [row[0] for row in book.get_sheet_by_index(0).to_python()[1:]]
    said: Counter[str] = Counter()
    for cell in cells:
        try:
            HomeOfficeCode.parse(str(int(cell)) if isinstance(cell, float) else str(cell))
            said["read"] += 1
        except CodeError as refused:
            said["date number" if "date number" in str(refused) else "class alone"] += 1
    assert said == {"read": 679, "date number": 63, "class alone": 14}


def test_an_error_never_repeats_a_long_text() -> None:
    with pytest.raises(CodeError) as refused:
        HomeOfficeCode.parse("the caller said " * 20)
    assert len(str(refused.value)) < 150


def test_parts_outside_the_numbers_are_refused() -> None:
    with pytest.raises(CodeError):
        HomeOfficeCode(1000, 1)
    with pytest.raises(CodeError):
        HomeOfficeCode(1, 100)


def test_the_list_holds_both_published_lists_and_the_history() -> None:
    listed = [code for code in CODES.codes.values() if code.listed]
    assert len(listed) == 1306
    assert sum(row.source == "home-office" for code in listed for row in code.rows) == 1608
    assert sum(row.source == "moj" for code in CODES.codes.values() for row in code.rows) == 1972
    assert sum(sum(row.source == "home-office" for row in code.rows) > 1 for code in listed) == 60
    assert CODES.version.startswith("2026-04.")
    assert all(str(HomeOfficeCode.parse(code)) == code for code in CODES.codes)
    assert all(label == " ".join(label.split()) for code in CODES.codes.values() for label in code.descriptions)


def test_a_code_with_two_rows_keeps_both_descriptions_and_both_sections() -> None:
    code = CODES.get("88/15")
    assert code is not None
    assert code.label.startswith("Sharing intimate photograph or film to cause alarm")
    assert "Threaten to share intimate photograph or film" in code.descriptions
    assert "66B (4) (10)" in code.law
    assert code.category == "88C Other Miscellaneous Sexual Offences"
    assert (code.state_based, code.mode) == (False, "E")


def test_state_based_codes_name_no_victim() -> None:
    found = {code: CODES.codes[code].state_based for code in ("086/02", "086/10", "086/15", "088/14", "008/71")}
    assert found == {"086/02": True, "086/10": True, "086/15": False, "088/14": False, "008/71": False}


@pytest.mark.parametrize(
    ("code", "first", "last"),
    [
        ("088/14", date(2024, 1, 31), None),
        ("088/15", date(2024, 1, 31), None),
        ("175/08", date(2024, 1, 31), None),
        ("008/71", date(2015, 4, 13), date(2024, 1, 30)),
        ("088/13", date(2022, 6, 28), None),
        ("071/17", date(2017, 4, 3), None),
        ("071/16", date(2015, 5, 3), None),
        ("086/16", date(2015, 7, 7), None),
        ("008/77", date(2022, 6, 7), None),
        ("088/12", date(2019, 4, 12), None),
        ("086/02", None, None),
        ("088/09", None, None),
    ],
)
def test_dates_in_force(code: str, first: date | None, last: date | None) -> None:
    found = CODES.codes[code]
    assert (found.in_force_from, found.in_force_to) == (first, last)


@pytest.mark.parametrize("code", ["097/01", "008/72", "008/73", "195/20", "068/25"])
def test_the_day_of_an_amendment_is_not_taken_for_the_start(code: str) -> None:
    """The list dates the Animal Welfare Act 2006 offences 29 June 2021, when the maximum sentence was raised."""
    assert CODES.codes[code].in_force_from is None
    assert CODES.in_force(code, Month(1990, 1))


def test_a_month_counts_as_in_force_when_any_day_of_it_is() -> None:
    assert not CODES.in_force("088/15", Month(2023, 12))
    assert CODES.in_force("088/15", Month(2024, 1))
    assert CODES.in_force("008/71", Month(2024, 1))
    assert not CODES.in_force("008/71", Month(2024, 2))
    assert not CODES.in_force("008/71", Month(2015, 3))
    assert CODES.in_force("999/98", Month(2024, 1)), "an unknown code counts as in force"


def test_a_period_is_in_force_wholly_in_part_or_not_at_all() -> None:
    code = CODES.codes["088/15"]
    assert code.in_force_during(Month(2023, 1), Month(2023, 12)) == "none"
    assert code.in_force_during(Month(2023, 1), Month(2025, 6)) == "part"
    assert code.in_force_during(Month(2024, 1), Month(2024, 1)) == "part"
    assert code.in_force_during(Month(2024, 2), Month(2025, 6)) == "all"
    old = CODES.codes["008/71"]
    assert old.in_force_during(Month(2023, 1), Month(2023, 12)) == "all"
    assert old.in_force_during(Month(2023, 1), Month(2024, 1)) == "part"
    assert old.in_force_during(Month(2024, 2), Month(2024, 3)) == "none"
    assert code.in_force_during(Month(1, 1), Month(9999, 12)) == "part"
    assert replace(old, in_force_to=date(2024, 1, 31)).in_force_during(Month(2023, 1), Month(2024, 1)) == "all"
    assert (code.in_force_spoken, old.in_force_spoken) == (
        "from 31 January 2024",
        "from 13 April 2015 until 30 January 2024",
    )
    assert "not known" in CODES.codes["086/02"].in_force_spoken


@pytest.mark.parametrize(
    ("text", "sections"),
    [
        ("Sec 66B, (2) (3) and (10)", ("66B",)),
        ("Secs 1 & 6 as amended by the Criminal Justice & Public Order Act 1994 Sec 84", ("1", "6")),
        ("Sec 67A (2A) (2B) and (4)", ("67A",)),
        ("Sec 15A (1) & (3) as amended by Serious Crime Act 2015 Sec 67", ("15A",)),
        ("", ()),
    ],
)
def test_section_numbers_of_a_list(text: str, sections: tuple[str, ...]) -> None:
    assert section_numbers(text) == sections


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("Section 66b The Sexual Offences Act 2003", ["SOA 2003 s66B"]),
        ("section 66B", ["SOA 2003 s66B"]),
        ("s66B(1)&(9) SOA 2003", ["SOA 2003 s66B"]),
        ("s.66B(2), (3) and s.66A SOA 2003", ["SOA 2003 s66B", "SOA 2003 s66A"]),
        ("Section 66 E-F The Sexual Offences Act 2003", ["SOA 2003 s66E", "SOA 2003 s66F"]),
        ("Section 66E-F Sexual Offences Act 2003", ["SOA 2003 s66E", "SOA 2003 s66F"]),
        ("sections 66E and 66F of the Sexual Offences Act, 2003", ["SOA 2003 s66E", "SOA 2003 s66F"]),
        ("ss 66E\u201366F", ["SOA 2003 s66E", "SOA 2003 s66F"]),
        ("Sections 66E, F of the SOA 2003", ["SOA 2003 s66E", "SOA 2003 s66F"]),
        ("Section 1a Protection of Children Act 1978", ["PoCA 1978 s1"]),
        ("Sec 1(1)(c) of the Protection of Children Act (1978)", ["PoCA 1978 s1"]),
        ("Sexual Offences Act 2003, section 15A", ["SOA 2003 s15A"]),
        ("s160 CJA 1988", ["CJA 1988 s160"]),
        ("s20 Offences Against the Person Act 1861", ["Offences against the Person Act 1861 s20"]),
        (
            "section 15A SOA 2003 and s63 of the Criminal Justice and Immigration Act 2008",
            ["SOA 2003 s15A", "CJIA 2008 s63"],
        ),
        ("section 187 of the Online Safety Act 2023", ["OSA 2023 s187"]),
        ("sections 66E-66E SOA 2003", ["SOA 2003 s66E"]),
        (
            "Sexual Offences Act 2003 section 15A, on communication with a child and nothing else that an Act would "
            "have to be named for; Criminal Justice Act 1988 section 160",
            ["SOA 2003 s15A", "CJA 1988 s160"],
        ),
        ("section 8", []),
        ("12 persons in class 5", []),
        ("section 999 Sexual Offences Act 2003", []),
        ("section 66C Sexual Offences Act 2003", []),
    ],
)
def test_sections_named_in_a_wording(text: str, ids: list[str]) -> None:
    assert [provision.id for provision in CODES.law(text)] == ids


def test_a_lettered_section_without_an_act_is_taken_only_where_one_act_has_it() -> None:
    (sharing,) = CODES.law("section 66B")
    other = replace(sharing, id="Other s66B", act="Other Act 1999")
    assert replace(CODES, provisions=(*CODES.provisions, other)).law("section 66B") == ()


def test_sections_without_a_code_have_dates_or_say_that_none_is_confirmed() -> None:
    created, requested = CODES.law("sections 66E and 66F Sexual Offences Act 2003")
    assert created.codes == requested.codes == ()
    assert created.in_force_from == requested.in_force_from == date(2026, 2, 6)
    assert created.in_force_during(Month(2023, 1), Month(2025, 6)) == "none"
    (generator,) = CODES.law("section 46A Sexual Offences Act 2003")
    assert (generator.in_force_from, generator.mark) == (None, "unconfirmed")
    assert "not confirmed" in generator.in_force_spoken


@pytest.mark.parametrize(
    ("question", "codes", "before", "possession"),
    [
        ("Section 66b The Sexual Offences Act 2003 (revenge pornography)", ("088/15", "175/08"), ("008/71",), False),
        ("Section 66 E-F The Sexual Offences Act 2003", (), (), False),
        ("Section 1a Protection of Children Act 1978 (creating images)", ("086/02",), (), False),
        ("Section 1c Protection of Children Act 1978 (to possess such photographs)", ("086/02", "086/10"), (), True),
        ("possession of indecent images of children", ("086/02", "086/10"), (), True),
        ("possession of cannabis", (), (), False),
        ("sextortion offences", ("035/00",), (), False),
        ("Threatening to share intimate photographs", ("088/15", "175/08"), ("008/71",), False),
        ("cyberflashing", ("088/14",), (), False),
        ("upskirting", ("088/12", "088/13"), (), False),
        ("how many bicycles", (), (), False),
    ],
)
def test_what_a_question_asks_for(
    question: str, codes: tuple[str, ...], before: tuple[str, ...], possession: bool
) -> None:
    asked = codes_for(question, CODES)
    assert (asked.codes, asked.before, asked.possession) == (codes, before, possession)


def test_every_code_that_a_provision_names_is_known() -> None:
    named = {code for provision in CODES.provisions for code in (*provision.codes, *provision.before)}
    assert named <= set(CODES.codes)
    assert all(
        provision.mark in ("read", "recalled", "unconfirmed") and provision.source for provision in CODES.provisions
    )


def test_search_by_class_words_and_day() -> None:
    assert {code.code for code in CODES.search("86")} >= {"086/01", "086/02", "086/17"}
    assert [code.code for code in CODES.search("indecent pseudo distribute child")] == ["086/02"]
    assert [code.code for code in CODES.search("008/71", date(2024, 1, 31))] == []
    assert [code.code for code in CODES.search("8/71", date(2024, 1, 30))] == ["008/71"]
    assert len(CODES.search("")) == len(CODES.codes)


def test_an_overlay_adds_and_replaces_and_marks_the_version() -> None:
    laid = overlaid(
        CODES,
        {
            "code": [
                {"code": "88/16", "description": "Create purported intimate image", "from": date(2026, 2, 6)},
                {"code": "086/02", "description": "Indecent images"},
            ]
        },
    )
    new, old = laid.codes["088/16"], laid.codes["086/02"]
    assert (new.label, new.in_force_from, new.mark) == ("Create purported intimate image", date(2026, 2, 6), "force")
    assert old.label == "Indecent images" and old.category == "86 Obscene Publications etc"
    assert laid.version == f"{CODES.version}+force"
    assert CODES.get("088/16") is None, "the packaged list itself is unchanged"


@pytest.mark.parametrize(
    ("entries", "named"),
    [
        ({"codes": []}, "'codes'"),
        ({"code": "086/02"}, "write [[code]]"),
        ({"code": [{"description": "x"}]}, "code[1] has no code"),
        ({"code": [{"code": "86.2", "description": "x"}]}, "'86.2'"),
        ({"code": [{"code": "900/01"}]}, "code[1] has no description"),
        ({"code": [{"code": "900/01", "description": "x", "start": 1}]}, "'start'"),
        ({"code": [{"code": "900/01", "description": "x", "from": "2024"}]}, "code[1].from is not a date"),
        ({"code": [{"code": "900/01", "description": 5}]}, "code[1].description is not text"),
        ({"code": [{"code": "900/01", "description": "x", "from": date(2025, 1, 2), "to": date(2025, 1, 1)}]}, "swap"),
    ],
)
def test_an_overlay_that_cannot_be_read_names_the_entry(entries: dict[str, object], named: str) -> None:
    with pytest.raises(CodeError) as refused:
        overlaid(CODES, entries)
    assert named in str(refused.value)


@pytest.mark.data
def test_the_packaged_file_is_what_the_script_builds_from_the_published_lists(data: Path, tmp_path: Path) -> None:
    built = tmp_path / "offence_codes.json"
    command = [sys.executable, str(ROOT / "tools/build_codes.py"), "--list-date", "2026-04", "--out", str(built)]
    command += ["--home-office", str(data / "codes/home_office_notifiable_offences_2026-04.csv")]
    command += ["--moj", str(data / "ho_codes_part1.csv.gz"), "--history", str(ROOT / "tools/offence_history.toml")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert built.read_bytes() == (ROOT / "src/clearcount/data/offence_codes.json").read_bytes()


def test_the_packaged_file_names_its_sources_licences_and_hashes() -> None:
    raw = package_data.read_json("offence_codes.json")
    assert [bool(source["licence"]) and len(source["sha256"]) == 64 for source in raw["sources"]] == [True] * 3
    assert json.loads(package_data.read_text("offence_codes.json")) == raw
    assert len(package_data.digest("offence_codes.json")) == 64


@pytest.mark.parametrize(
    "query",
    ["66E", "66e", "66 E", "s66E", "s. 66E", "ss 66E", "section 66E", "66E SOA 2003", "66E Sexual Offences Act 2003"],
)
def test_a_section_is_found_as_papers_write_it(query: str) -> None:
    found = look_up(query)
    assert [each.id for each in found.provisions] == ["SOA 2003 s66E"]
    assert found.codes == ()


@pytest.mark.parametrize(
    ("query", "wanted"), [("66E-F", {"66E", "66F"}), ("66b", {"66B"}), ("66A", {"66A"}), ("33A", {"33A"})]
)
def test_other_bare_sections_are_found(query: str, wanted: set[str]) -> None:
    assert {each.section for each in look_up(query).provisions} >= wanted


@pytest.mark.parametrize("query", ["66Z", "999ZZ", "12 xy"])
def test_a_section_that_no_act_has_is_not_found(query: str) -> None:
    found = look_up(query)
    assert (found.codes, found.provisions) == ((), ())
