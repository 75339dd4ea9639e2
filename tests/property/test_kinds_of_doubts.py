"""Each kind of doubt about the records, on several of its kind and on what only looks like one."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.property.dirty_export import CODE, OFFENCE_HEAD, OTHER_CODE, REQUEST, TEXT_HEAD

from clearcount.importers.layout_file import parse_layout
from clearcount.offences import code_list
from clearcount.store import open_store
from clearcount.workflow.checking import check_request
from clearcount.workflow.importing import ImportTerms, import_export
from clearcount.workflow.inputs import one_store

NOW = datetime(2025, 2, 1, tzinfo=UTC)
LAYOUT = """
name = "kinds"
[[file]]
match = ["offences*"]
[file.offence]
occurrence_no = "occurrence_no"
crime_no = "crime_no"
code = "home_office_code"
recorded_on = "recorded_on"
status = "status"
[file.offence.extra]
district = "markers"
[[file]]
match = ["texts*"]
[[file.text]]
occurrence_no = "occurrence_no"
field = "field"
entry_no = "entry_no"
entered_at = "entered_at"
text = "text"
"""
_SENTENCE = "A bicycle was seen."


def _offence(number: str, crime: str = "", code: str = CODE, district: str = "", status: str = "recorded") -> str:
    return f"{number},{crime or f'C/{number}'},{code},x,2024-05-01,,,,{status},{district}"


def _text(number: str, text: str = _SENTENCE, field: str = "mo", entry: int = 1) -> str:
    return f'{number},{field},{entry},2024-05-01,"{text}"'


def _import(folder: Path, offences: list[str], texts: list[str]) -> None:
    export = folder / "export"
    export.mkdir(exist_ok=True)
    for name, head, rows in (("offences", OFFENCE_HEAD, offences), ("texts", TEXT_HEAD, texts)):
        (export / f"{name}.csv").write_text("".join(f"{row}\n" for row in (head, *rows)), encoding="utf-8")
    import_export([export], folder / "store", layout=parse_layout(LAYOUT), now=NOW, terms=ImportTerms(reason="a test"))


def _doubts(folder: Path, **terms: Any) -> dict[str, str]:
    """Open doubts by name, of the request with these terms and, as `where`, this filter."""
    where = terms.pop("where", None)
    scope = {**REQUEST["scope"], **({"where": where} if where else {})}
    request = {**REQUEST, "scope": scope, "terms": {**REQUEST["terms"], **terms}}
    checked = check_request(request, codes=code_list(), stores=one_store(open_store(folder / "store")))
    assert not checked.faults
    return {doubt.id: doubt.what for doubt in checked.open()}


FIELDS = {
    "Modus Operandi": "field-modus-operandi-not-searched",
    "M.O.": "field-m-o-not-searched",
    "mo notes": "field-mo-notes-not-searched",
    "Modus-Operandi": "field-modus-operandi-not-searched",
    "mo_text": "field-mo-text-not-searched",
    "mo2": "field-mo2-not-searched",
    "Summary": "field-summary-not-searched",
    "oel": "field-oel-not-searched",
}


def test_each_field_that_no_term_is_looked_for_in_is_a_doubt(tmp_path: Path) -> None:
    numbers = [f"2400{n}" for n in range(10, 20)]
    texts = [_text(numbers[0], field=name) for name in FIELDS]
    texts += [_text(number, field=name) for number, name in zip(numbers, ("mo", " MO", "Mo ") * 4, strict=False)]
    _import(tmp_path, [*map(_offence, numbers), _offence("1", code=OTHER_CODE)], [*texts, _text("1", field="else")])
    assert set(_doubts(tmp_path)) == set(FIELDS.values()), "and a field of other occurrences is none"
    assert set(_doubts(tmp_path, fields=["mo", "oel", "summary"])) == set(FIELDS.values()) - {
        "field-oel-not-searched",
        "field-summary-not-searched",
    }


TWICE: dict[str, tuple[list[str], int]] = {
    "the same number": ([_offence("1001", "FS/77"), _offence("1002", "FS/77")], 1),
    "under three occurrences": ([_offence(f"100{n}", "FS/77") for n in range(3)], 1),
    "two numbers": ([_offence(f"100{n}", f"FS/{m}") for n in range(2) for m in (77, 78)], 2),
    "in capitals": ([_offence("1001", "fs/77a"), _offence("1002", "FS/77A")], 1),
    "with a blank": ([_offence("1001", "FS 77"), _offence("1002", "FS77")], 1),
    "a number of the year": ([_offence("1001", "123/24"), _offence("1002", "123/24")], 1),
    "a number of three figures": ([_offence("1001", "123"), _offence("1002", "123")], 1),
    "in capitals in one occurrence": ([_offence("1001", "fs/77a"), _offence("1001", "FS/77A")], 1),
    "an occurrence in capitals": ([_offence("o1001", "1"), _offence("O1001", "1")], 1),
    "crimes counted by occurrence": ([_offence("1001", "1"), _offence("1002", "1"), _offence("1002", "2")], 0),
    "a row of two crimes": ([_offence("1001", "1/1"), _offence("1002", "1/1")], 0),
    "one under another code": ([_offence("1001", "FS/77"), _offence("1002", "FS/77", OTHER_CODE)], 0),
    "one that is cancelled": ([_offence("1001", "FS/77"), _offence("1002", "FS/77", status="cancelled")], 0),
}


@pytest.mark.parametrize("case", TWICE)
def test_a_crime_that_would_count_twice_is_a_doubt(tmp_path: Path, case: str) -> None:
    rows, number = TWICE[case]
    _import(tmp_path, rows, [_text(key) for key in sorted({row.split(",")[0] for row in rows})])
    doubts = _doubts(tmp_path)
    assert list(doubts) == ["crime-under-several-occurrences"] * bool(number)
    if number:
        assert doubts["crime-under-several-occurrences"].startswith(f"{number} crime number")


def _cut(width: int, size: int, start: str = "W") -> list[str]:
    whole = start + " ".join(f"word{n}" for n in range(size))
    return [whole[at : at + width] for at in range(0, len(whole), width)]


_WRAPPED = [
    "The rider went along the road behind the mill and on over the narrow bridge,",
    "then he turned at the second gate and came back along the same road to the",
    "yard where the gate stood open and the lamp was lit.",
]
PIECES: dict[str, tuple[list[str], bool]] = {
    "w80": (_cut(80, 40), True),
    "w255": (_cut(255, 120), True),
    "w72": (_cut(72, 30), True),
    "w61": (_cut(61, 30), True),
    "w2000": (_cut(2000, 600), True),
    "wrapped": (_WRAPPED, True),
    "two": (_cut(120, 25), True),
    "sentences": ([f"{_SENTENCE} {'Seen' * n} and whole, as every other one here is too." for n in range(5)], False),
    "short": (["seen", "not seen", "left"], False),
    "alone": ([_cut(80, 40)[0]], False),
}


def test_a_text_in_pieces_is_a_doubt_whatever_its_width(tmp_path: Path) -> None:
    numbers = [f"2400{n}" for n in range(10, 20)]
    texts = [
        _text("240010", text, name, at) for name, (pieces, _) in PIECES.items() for at, text in enumerate(pieces, 1)
    ]
    _import(tmp_path, list(map(_offence, numbers)), [*texts, *map(_text, numbers)])
    doubts = _doubts(tmp_path, fields=["mo", *PIECES])
    found = {name.removeprefix("text-in-pieces-"): what for name, what in doubts.items() if "pieces" in name}
    assert set(found) == {name for name, (_, is_one) in PIECES.items() if is_one}


def test_pieces_among_longer_texts_of_the_same_field_are_a_doubt(tmp_path: Path) -> None:
    numbers = [f"2400{n}" for n in range(10, 20)]
    texts = [_text("240010", text, entry=at) for at, text in enumerate(_cut(80, 30), 1)]
    texts += [_text(number, f"{_SENTENCE} " * 20 + f"Number {number}.") for number in numbers[1:]]
    _import(tmp_path, list(map(_offence, numbers)), texts)
    assert "text-in-pieces-mo" in _doubts(tmp_path)


LENGTHS = (255, 256, 500, 1000, 1024, 2000, 4000, 8000, 32767)


def test_a_longest_text_of_a_length_at_which_systems_cut_is_a_doubt(tmp_path: Path) -> None:
    texts = [_text("240010", "x" * (length - 1) + "y", f"f{length}") for length in LENGTHS]
    texts += [_text("240010", "x" * (length + 1), f"g{length}") for length in LENGTHS]
    _import(tmp_path, [_offence("240010")], [_text("240010"), *texts])
    fields = ["mo", *(f"f{length}" for length in LENGTHS), *(f"g{length}" for length in LENGTHS)]
    doubts = _doubts(tmp_path, fields=fields)
    cut = {name for name in doubts if name.startswith("texts-cut-off")}
    beside = {f"texts-cut-off-g{length}" for length in LENGTHS if length + 1 in LENGTHS}
    assert cut == {f"texts-cut-off-f{length}" for length in LENGTHS} | beside


VALUES: dict[str, tuple[object, list[str]]] = {
    "a letter too few": (["Alder", "Birch", "Cedr"], ["where-district-cedr-not-held"]),
    "a letter for another": (["Alder", "Ceder"], ["where-district-ceder-not-held"]),
    "two of three": (["Aldr", "Birch", "Ceder"], ["where-district-aldr-not-held", "where-district-ceder-not-held"]),
    "another spelling": (["Alder District"], ["where-district-alder-district-not-held", "scope-empty"]),
    "a value alone": (["Oak"], ["where-district-oak-not-held", "scope-empty"]),
    "left out by a value": ({"not": ["Ceder"]}, ["where-district-ceder-not-held", "where-district-blank"]),
    "capitals and blanks": (["  ALDER ", "birch"], []),
    "every value": (["Alder", "Birch", "Cedar"], []),
}


@pytest.fixture(scope="module")
def districts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("districts")
    held = ("Alder", "Birch", "Cedar", "Cedar")
    rows = [_offence(f"10{n}", district=name) for n, name in enumerate(held, 10)]
    _import(folder, rows, [_text(row.split(",")[0]) for row in rows])
    return folder


@pytest.mark.parametrize("case", VALUES)
def test_a_filter_value_that_no_record_holds_is_a_doubt(districts: Path, case: str) -> None:
    asked, names = VALUES[case]
    found = [name for name in _doubts(districts, where={"district": asked}) if name != "where-district-blank"]
    assert sorted(found) == sorted(name for name in names if name != "where-district-blank")


RECLASSIFIED: dict[str, tuple[str, str, bool]] = {
    "to another code": (CODE, OTHER_CODE, True),
    "from another code": (OTHER_CODE, CODE, True),
    "from none": ("", CODE, True),
    "to none": (CODE, "", True),
    "to one that no list knows": (CODE, "999/98", True),
    "between others": (OTHER_CODE, "030/01", False),
    "in another spelling": (CODE, "HO 44/0", False),
}


@pytest.mark.parametrize("case", RECLASSIFIED)
def test_a_crime_of_another_code_than_before_is_a_doubt(tmp_path: Path, case: str) -> None:
    before, after, told = RECLASSIFIED[case]
    for code in (before, after):
        _import(tmp_path, [_offence("1001", code=code), _offence("1002")], [_text("1001"), _text("1002")])
    assert ("crimes-reclassified" in _doubts(tmp_path)) is told
