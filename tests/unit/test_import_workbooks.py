"""A workbook is imported as what it holds: cells without a value are set aside, hidden parts are told."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from clearcount.errors import ExportError
from clearcount.importers import Layout, load_layout, parse_layout
from clearcount.store import open_store
from clearcount.workflow.importing import ImportResult, explain_export, import_export

sys.path.append(str(Path(__file__).parents[1] / "foreign"))
from books import ods, ods_cell, ods_row, ods_table, row, xlsx

NOW = datetime(2025, 7, 1, tzinfo=UTC)
OFFENCES = ("occurrence_no", "crime_no", "home_office_code", "recorded_on", "status")
TEXTS = ("occurrence_no", "field", "entry_no", "text")


def _crime(number: int, **changed: str) -> str:
    cells = {
        "occurrence_no": f"O{number}",
        "crime_no": f"C{number}",
        "home_office_code": "044/00",
        "recorded_on": "2024-05-01",
        "status": "recorded",
    }
    return row(*{**cells, **changed}.values())


def _texts(*rows: str) -> list[str]:
    return [row(*TEXTS), row("O1", "mo", "1", "seen with a drone"), *rows]


def _import(folder: Path, content: bytes, layout: str | Layout = "niche", name: str = "export.xlsx") -> ImportResult:
    path = folder / name
    path.write_bytes(content)
    return import_export([path], folder / "store", layout=layout, now=NOW)


def _reasons(folder: Path) -> list[tuple[int, str, str]]:
    store = open_store(folder / "store")
    rows = store.quarantine(store.snapshots()[-1]).to_pylist()
    return sorted((each["row"], each["column"], each["reason"]) for each in rows)


@pytest.mark.parametrize(
    ("column", "xml", "words"),
    [
        ("status", '<c t="e"><v>#N/A</v></c>', "the spreadsheet error #N/A"),
        ("status", '<c t="e"><f>VLOOKUP(A2,X!A:B,2,0)</f><v>#REF!</v></c>', "the spreadsheet error #REF!"),
        ("recorded_on", '<c t="e"><v>#VALUE!</v></c>', "the spreadsheet error #VALUE!"),
        ("home_office_code", '<c t="e"><v>#NAME?</v></c>', "the spreadsheet error #NAME?"),
        ("crime_no", '<c t="e"><v>#DIV/0!</v></c>', "the spreadsheet error #DIV/0!"),
        ("status", '<c t="inlineStr"><is><t>#N/A</t></is></c>', "the spreadsheet error #N/A"),
        ("crime_no", "<c><v>2024000000000011</v></c>", "16 figures or more"),
        ("occurrence_no", "<c><v>5.5E+15</v></c>", "16 figures or more"),
        ("crime_no", '<c><f>"C"&amp;A2</f></c>', "a formula without a saved value"),
        ("status", "<c><f>A1</f><v/></c>", "a formula without a saved value"),
    ],
)
def test_a_cell_without_a_value_sets_its_row_aside(tmp_path: Path, column: str, xml: str, words: str) -> None:
    content = xlsx({"offences": [row(*OFFENCES), _crime(1), _crime(2, **{column: xml})], "texts": _texts()})
    result = _import(tmp_path, content)
    assert (result.read, result.added, result.quarantined) == (3, 2, 1)
    ((number, named, reason),) = _reasons(tmp_path)
    assert (number, named) == (3, column)
    assert words in reason


@pytest.mark.parametrize("word", ["#NAME?", "#N/A", "#REF!", "#VALUE!", "#NUM!"])
def test_an_error_where_a_text_was_sets_its_row_aside(tmp_path: Path, word: str) -> None:
    wrong = row("O2", "mo", "1", f'<c t="e"><v>{word}</v></c>')
    result = _import(tmp_path, xlsx({"offences": [row(*OFFENCES), _crime(1), _crime(2)], "texts": _texts(wrong)}))
    assert (result.added, result.quarantined) == (3, 1)
    assert word in _reasons(tmp_path)[0][2]


@pytest.mark.parametrize("word", ["#NAME?", "#N/A", " #REF!", "#VALUE! "])
def test_an_error_that_was_saved_as_csv_sets_its_row_aside(tmp_path: Path, word: str) -> None:
    (tmp_path / "export").mkdir()
    offences = [",".join(OFFENCES), "O1,C1,044/00,2024-05-01,recorded", "O2,C2,044/00,2024-05-01,recorded"]
    texts = [",".join(TEXTS), "O1,mo,1,#1 seen with a drone", f"O2,mo,1,{word}"]
    (tmp_path / "export" / "offences.csv").write_text("\n".join(offences) + "\n")
    (tmp_path / "export" / "texts.csv").write_text("\n".join(texts) + "\n")
    result = import_export([tmp_path / "export"], tmp_path / "store", now=NOW)
    assert (result.added, result.quarantined) == (3, 1)
    assert "spreadsheet error" in _reasons(tmp_path)[0][2]


def test_an_error_in_a_column_that_is_not_read_changes_nothing(tmp_path: Path) -> None:
    rows = [row(*OFFENCES, "our note"), _crime(1).replace("</row>", '<c t="e"><v>#N/A</v></c></row>')]
    assert _import(tmp_path, xlsx({"offences": rows, "texts": _texts()})).quarantined == 0


@pytest.mark.parametrize(
    ("area", "wrong"),
    [("E2:E4", {3, 4}), ("A2:A3", {3}), ("D2:E2", {2}), ("A4:E4", {4}), ("B2:C3", {2, 3}), ("A1:E1", set())],
)
def test_merged_cells_set_their_rows_aside(tmp_path: Path, area: str, wrong: set[int]) -> None:
    after = f'<mergeCells><mergeCell ref="{area}"/></mergeCells>'
    content = xlsx({"offences": [row(*OFFENCES), *(_crime(number) for number in (1, 2, 3))]}, after=after)
    if len(wrong) == 3:
        pytest.skip("nothing is left to import")
    result = _import(tmp_path, content)
    assert {number for number, _, reason in _reasons(tmp_path) if "merged cells" in reason} == wrong
    assert result.quarantined == len(wrong)


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (lambda rows: {"sheets": {"offences": rows("hidden='1'"), "texts": _texts()}}, "2 rows are hidden"),
        (lambda rows: {"sheets": {"offences": rows("ht='0'"), "texts": _texts()}}, "2 rows are hidden"),
        (
            lambda rows: {"sheets": {"offences": rows("")}, "before": '<cols><col min="5" max="5" hidden="1"/></cols>'},
            "hidden columns were read: status",
        ),
        (
            lambda rows: {"sheets": {"offences": rows(""), "texts": _texts()}, "states": {"texts": "hidden"}},
            "the sheet is hidden",
        ),
        (
            lambda rows: {"sheets": {"offences": rows("")}, "states": {"offences": "veryHidden"}},
            "the sheet is hidden",
        ),
    ],
)
def test_hidden_parts_are_a_finding_and_a_note(tmp_path: Path, made: object, words: str) -> None:
    def rows(attributes: str) -> list[str]:
        crimes = [_crime(number).replace("<row ", f"<row {attributes} ") for number in (1, 2)]
        return [row(*OFFENCES), *crimes, _crime(3)]

    result = _import(tmp_path, xlsx(**made(rows)))  # type: ignore[operator]
    found = [each for each in result.snapshot.findings if each.kind == "hidden parts of a workbook"]
    assert words in found[0].what
    assert found[0].of_import
    assert "export.xlsx" in found[0].file
    assert any(words in note for note in result.notes)
    assert result.quarantined == 0


OURS = """
name = "ours"
[[file]]
match = ["Jan", "Feb"]
[file.offence]
occurrence_no = "occurrence_no"
crime_no = "crime_no"
code = "home_office_code"
recorded_on = "recorded_on"
status = "status"
"""


def _other(number: int) -> list[str]:
    return [row("occurrence_no", "crime_no", "HO code", "recorded_on", "status"), _crime(number)]


def test_a_named_sheet_that_does_not_fit_is_refused_by_name(tmp_path: Path) -> None:
    content = xlsx({"Jan": [row(*OFFENCES), _crime(1)], "Feb": _other(2)})
    with pytest.raises(ExportError, match=r"export\.xlsx \(Feb\) does not fit .*'home_office_code'.*skip"):
        _import(tmp_path, content, parse_layout(OURS))
    assert not (tmp_path / "store").exists()


def test_a_named_sheet_without_column_names_is_refused_by_name(tmp_path: Path) -> None:
    content = xlsx({"Jan": [row(*OFFENCES), _crime(1)], "Feb": [row(attributes='r="1"'), row("x", attributes='r="7"')]})
    with pytest.raises(ExportError, match=r"export\.xlsx \(Feb\) has no column names"):
        _import(tmp_path, content, parse_layout(OURS))


def test_a_sheet_that_the_layout_skips_is_left_out(tmp_path: Path) -> None:
    content = xlsx({"Jan": [row(*OFFENCES), _crime(1)], "Feb": _other(2), "Notes": [row("of no use")]})
    result = _import(tmp_path, content, parse_layout('skip = ["Feb", "note*"]\n' + OURS))
    assert result.added == 1
    assert [each.kind for each in result.snapshot.findings if "sheet" in each.kind] == []
    assert sum("the layout skips it" in note for note in result.notes) == 2


def test_a_sheet_that_no_section_names_is_told_when_it_does_not_fit_and_read_when_it_does(tmp_path: Path) -> None:
    content = xlsx({"Jan": [row(*OFFENCES), _crime(1)], "Mar": [row(*OFFENCES), _crime(3)], "Apr": _other(4)})
    result = _import(tmp_path, content, parse_layout(OURS))
    assert result.added == 2
    (found,) = [each for each in result.snapshot.findings if each.kind == "sheets left out"]
    assert (found.rows, found.file) == (1, "export.xlsx (Apr)")
    assert any("Apr" in note and "left out" in note for note in result.notes)


def test_each_kind_of_file_may_have_its_own_header_row(tmp_path: Path) -> None:
    layout = parse_layout(
        OURS.replace('match = ["Jan", "Feb"]', 'match = ["Jan"]\nheader_row = 3')
        + '[[file]]\nmatch = ["Log"]\n[[file.text]]\noccurrence_no = "occurrence_no"\nfield = "field"\ntext = "text"\n'
    )
    content = xlsx({"Jan": [row("Crimes"), row("of a month"), row(*OFFENCES), _crime(1)], "Log": _texts()})
    result = _import(tmp_path, content, layout)
    assert (result.added, result.quarantined) == (2, 0)


@pytest.mark.parametrize("wrong", ["0", '"1"', "true", "1.5"])
def test_a_header_row_that_is_no_row_is_refused(wrong: str) -> None:
    with pytest.raises(ExportError, match="header_row"):
        parse_layout(OURS.replace('match = ["Jan", "Feb"]', f'match = ["Jan"]\nheader_row = {wrong}'))


def test_a_workbook_in_a_folder_is_found_by_its_sheets(tmp_path: Path) -> None:
    (tmp_path / "export").mkdir()
    content = xlsx({"offences": [row(*OFFENCES), _crime(1)], "texts": _texts()})
    (tmp_path / "export" / "crimes.xlsx").write_bytes(content)
    (tmp_path / "export" / "rota.xlsx").write_bytes(xlsx({"staff": [row("name"), row("x")]}))
    (tmp_path / "export" / "locked.xlsx").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
    result = import_export([tmp_path / "export"], tmp_path / "store", now=NOW)
    assert result.added == 2
    assert any("locked.xlsx, rota.xlsx" in note for note in result.notes)


def test_an_ods_export_gives_the_records_of_an_xlsx_export(tmp_path: Path) -> None:
    day = 'office:value-type="date" office:date-value="2024-05-01"'
    offence = ods_row(
        "O1", "C1", ods_cell("04400", 'office:value-type="float" office:value="4400"'), ods_cell("x", day), ""
    )
    tables = ods_table("offences", ods_row(*OFFENCES), offence) + ods_table(
        "texts", ods_row(*TEXTS), ods_row("O1", "mo", "1", ods_cell("used<text:line-break/>drone"))
    )
    result = _import(tmp_path, ods(tables), name="export.ods")
    assert (result.added, result.quarantined) == (2, 0)


def test_explain_says_what_cells_hold_no_value(tmp_path: Path) -> None:
    wrong = _crime(2, status='<c t="e"><v>#N/A</v></c>')
    (tmp_path / "export.xlsx").write_bytes(xlsx({"offences": [row(*OFFENCES), _crime(1), wrong], "texts": _texts()}))
    readings, _ = explain_export([tmp_path / "export.xlsx"])
    assert readings[0].quarantined == 1
    assert any("#N/A" in reason for _, reason in readings[0].faults)
    assert load_layout("niche").form.header_row is None
