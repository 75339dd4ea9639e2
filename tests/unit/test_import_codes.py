"""Codes that a spreadsheet spoilt: mended where one known code can have become them, set aside otherwise."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from clearcount.importers import parse_layout
from clearcount.importers.codes import padded, read_code
from clearcount.offences import code_list
from clearcount.store import open_store
from clearcount.workflow.importing import import_export

NOW = datetime(2025, 7, 1, tzinfo=UTC)
HEAD = (
    "occurrence_no,crime_no,home_office_code,offence,recorded_on,reported_on,committed_from,committed_to,status,markers"
)
KNOWN = frozenset({"004/41", "044/01", "044/00", "001/05", "105/02", "086/02", "099/09", "099/10"})


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("4400", "044/00"),
        ("4400.0", "044/00"),
        (" 4400 ", "044/00"),
        ("8602", "086/02"),
        ("0105", "001/05"),
        ("862", "086/02"),
        ("10502", "105/02"),
        ("10502.00", "105/02"),
        ("1052", "105/02"),
    ],
)
def test_figures_that_one_known_code_becomes_are_that_code(text: str, code: str) -> None:
    assert read_code(text, KNOWN).code == code


@pytest.mark.parametrize("text", ["441", "44", "7799", "4401.5", "-4400", "44 00", "4400,0", "٤٤٠٠"])
def test_figures_that_several_known_codes_become_or_none_are_set_aside(text: str) -> None:
    reading = read_code(text, KNOWN)
    assert reading.code is None
    assert reading.reason
    assert text not in reading.reason


def test_three_figures_that_are_a_class_are_set_aside() -> None:
    assert read_code("105", KNOWN - {"105/02"}).code == "001/05"
    assert read_code("105", KNOWN).code is None


@pytest.mark.parametrize("code", sorted(code_list().codes)[::40])
def test_no_code_is_mended_into_another(code: str) -> None:
    """Whatever a spreadsheet leaves of a known code, it is that code or it is set aside."""
    known = frozenset(code_list().codes)
    figures = code.replace("/", "")
    for text in {
        figures,
        str(int(figures)),
        f"{int(figures)}.0",
        code,
        code.lstrip("0"),
        f"{int(figures[:3])}/{int(figures[3:])}",
    }:
        assert read_code(text, known).code in (code, None), text


@pytest.mark.parametrize(
    ("text", "pad", "expected"),
    [
        ("441", 5, "00441"),
        ("4400", 5, "04400"),
        ("86/2", 5, "86/2"),
        ("", 5, ""),
        ("x1", 5, "x1"),
        ("12345", 5, "12345"),
        ("7", 3, "007"),
        ("4400.0", 5, "04400"),
    ],
)
def test_a_pad_puts_zeros_before_figures_alone(text: str, pad: int, expected: str) -> None:
    assert padded(text, pad) == expected


def _imported(
    tmp_path: Path, codes: list[str], layout: str = ""
) -> tuple[list[str], list[tuple[str, int, tuple[str, ...]]]]:
    """(codes held, findings about codes) after an import of one offence for each code."""
    rows = [f"O{n},C{n},{code},x,2024-05-01,,,,recorded," for n, code in enumerate(codes)]
    (tmp_path / "offences.csv").write_text("\n".join([HEAD, *rows]) + "\n", encoding="utf-8")
    options = {"layout": parse_layout(layout)} if layout else {}
    result = import_export([tmp_path / "offences.csv"], tmp_path / "store", now=NOW, **options)  # type: ignore[arg-type]
    store = open_store(tmp_path / "store")
    found = [(f.kind, f.rows, f.codes) for f in store.account(result.snapshot).findings if f.column == "code"]
    return store.offences(result.snapshot)["code"].to_pylist(), found


def test_mended_codes_are_told_with_their_rows(tmp_path: Path) -> None:
    codes, found = _imported(tmp_path, ["044/00", "4400", "4400", "8602", "25051", "7799"])
    assert codes == ["044/00", "044/00", "044/00", "086/02", "008/68"]
    assert found == [
        ("codes eaten by a spreadsheet", 1, ("008/68",)),
        ("codes that lost their zeros", 3, ("044/00", "086/02")),
    ]


LAYOUT = """name = "ours"
%s
[[file]]
match = "*"
%s
[file.offence]
occurrence_no = "occurrence_no"
crime_no = "crime_no"
code = "home_office_code"
"""


@pytest.mark.parametrize("where", [("pad = 5", ""), ("", "pad = 5"), ("pad = 2", "pad = 5")])
def test_a_layout_says_how_many_figures_a_code_has(tmp_path: Path, where: tuple[str, str]) -> None:
    codes, found = _imported(tmp_path, ["441", "44", "044/00"], LAYOUT % where)
    assert (codes, found) == (["004/41", "000/44", "044/00"], [])


def test_own_codes_are_padded_too(tmp_path: Path) -> None:
    codes, _ = _imported(tmp_path, ["7", "X7", "0012"], LAYOUT % ('codes = "own"\npad = 4', ""))
    assert codes == ["0007", "X7", "0012"]
