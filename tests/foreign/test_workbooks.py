"""Workbooks are read as what they hold: no error is a blank, no formula without a value, nothing hidden goes unsaid."""

from __future__ import annotations

import io
import sys
import zipfile
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
import xlwt
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clearcount.errors import ForeignFileError
from clearcount.foreign.workbooks import BookSheet, Merged, open_workbook
from clearcount.foreign.workbooks.numbers import NumberShape, number_text, read_format, too_long

sys.path.append(str(Path(__file__).parent))
from books import cell, ods, ods_cell, ods_row, ods_table, row, xlsx, zipped


def _rows(sheet: BookSheet) -> list[list[str]]:
    return [list(cells) for _, cells in sheet.first_rows(10_000)]


def _faults(sheet: BookSheet) -> list[tuple[int, int, str, str]]:
    return [
        (number, fault["column"], fault["kind"], fault["shown"])
        for batch in sheet.batches()
        for number, faults in zip(batch.column("row").to_pylist(), batch.column("faults").to_pylist(), strict=True)
        for fault in faults or ()
    ]


def _only(content: bytes) -> BookSheet:
    (sheet,) = open_workbook(content, "x.xlsx").sheets
    return sheet


@pytest.mark.parametrize(
    ("code", "form"),
    [
        ("General", NumberShape.PLAIN),
        ("0.00", NumberShape.PLAIN),
        ("#,##0", NumberShape.PLAIN),
        ("0%", NumberShape.PLAIN),
        ("0.00E+00", NumberShape.PLAIN),
        ('"day "0', NumberShape.PLAIN),
        ("[$-809]dd mmmm yyyy", NumberShape.DATE),
        ("dd/mm/yyyy", NumberShape.DATE),
        ("yyyy-mm-dd hh:mm:ss.000", NumberShape.DATE),
        ("mmm-yy", NumberShape.DATE),
        ("mmmm", NumberShape.DATE),
        (r"dd\.mm\.yy;@", NumberShape.DATE),
        ("d", NumberShape.DATE),
        ("[Red]dd/mm/yy", NumberShape.DATE),
        ("h:mm AM/PM", NumberShape.TIME),
        ("hh:mm:ss", NumberShape.TIME),
        ("mm:ss.0", NumberShape.TIME),
        ("[h]:mm", NumberShape.LENGTH),
        ("[mm]:ss", NumberShape.LENGTH),
        ("[$£-809]#,##0.00", NumberShape.PLAIN),
        ("00000", NumberShape.ZEROS),
        ("0", NumberShape.PLAIN),
        ("@", NumberShape.PLAIN),
        ('000"/"00', NumberShape.ZEROS),
        (r"000\/00", NumberShape.ZEROS),
        ("00-00", NumberShape.ZEROS),
        ("0.00;00", NumberShape.PLAIN),
        ("", NumberShape.PLAIN),
    ],
)
def test_a_number_format_says_what_a_number_is(code: str, form: NumberShape) -> None:
    assert read_format(code).form is form


@pytest.mark.parametrize(
    ("serial", "from_1904", "code", "text"),
    [
        (45413, False, "dd/mm/yyyy", "2024-05-01"),
        (43951, True, "dd/mm/yyyy", "2024-05-01"),
        (45413.4375, False, "dd/mm/yyyy hh:mm", "2024-05-01 10:30:00"),
        (45413.999999999, False, "dd/mm/yyyy hh:mm", "2024-05-02"),
        (1, False, "dd/mm/yyyy", "1900-01-01"),
        (59, False, "dd/mm/yyyy", "1900-02-28"),
        (60, False, "dd/mm/yyyy", "1900-02-29"),
        (61, False, "dd/mm/yyyy", "1900-03-01"),
        (0, False, "dd/mm/yyyy", "1900-01-00"),
        (0, True, "dd/mm/yyyy", "1904-01-01"),
        (2958465, False, "dd/mm/yyyy", "9999-12-31"),
        (-1, False, "dd/mm/yyyy", "-1"),
        (2958466, False, "dd/mm/yyyy", "2958466"),
        (0.4375, False, "hh:mm", "10:30:00"),
        (0.4375, True, "hh:mm", "10:30:00"),
        (45413.4375, False, "hh:mm", "2024-05-01 10:30:00"),
        (1.5, False, "[h]:mm", "36:00:00"),
        (4400, False, "00000", "04400"),
        (8602, False, '000"/"00', "086/02"),
        (123456, False, "00000", "123456"),
        (1234567, False, "00-00", "12345-67"),
        (-5, False, "00000", "-5"),
        (0.1 + 0.2, False, "General", "0.3"),
        (12, False, "0.00", "12"),
    ],
)
def test_a_number_is_shown_as_the_sheet_shows_it(serial: float, from_1904: bool, code: str, text: str) -> None:
    assert number_text(float(serial), read_format(code), from_1904=from_1904) == text


@given(st.dates(date(1900, 3, 1), date(9999, 12, 31)), st.booleans())
def test_every_day_comes_back(day: date, from_1904: bool) -> None:
    if from_1904 and day.year < 1904:
        return
    start = date(1904, 1, 1) if from_1904 else date(1899, 12, 30)
    serial = float((day - start).days)
    assert number_text(serial, read_format("yyyy-mm-dd"), from_1904=from_1904) == day.isoformat()


@pytest.mark.parametrize(
    ("number", "long"),
    [(999_999_999_999_999, False), (10**15, True), (2024000000000011, True), (-(10**16), True), (1e-20, False)],
)
def test_sixteen_figures_are_too_long(number: float, long: bool) -> None:
    assert too_long(float(number)) is long


_ERRORS = ("#N/A", "#NAME?", "#REF!", "#VALUE!", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!", "#GETTING_DATA")


@pytest.mark.parametrize("formula", ["", "<f>LOOKUP(A1,B:B)</f>"])
def test_an_error_of_xlsx_is_no_blank(formula: str) -> None:
    rows = [row("x", f'<c t="e">{formula}<v>{word}</v></c>') for word in _ERRORS]
    sheet = _only(xlsx({"S": [row("a", "b"), *rows]}))
    assert _faults(sheet) == [(number, 1, "error", word) for number, word in enumerate(_ERRORS, 2)]


def test_an_error_of_ods_is_no_blank() -> None:
    marked = 'office:value-type="string" office:string-value="" calcext:value-type="error" table:formula="of:=NA()"'
    plain = 'office:value-type="string" table:formula="of:=NA()"'
    cells = [(word, attributes) for word in _ERRORS[:7] for attributes in (marked, plain)]
    rows = [ods_row("x", ods_cell(word, attributes)) for word, attributes in cells]
    sheet = _only(ods(ods_table("S", ods_row("a", "b"), *rows)))
    assert _faults(sheet) == [(number, 1, "error", word) for number, (word, _) in enumerate(cells, 2)]


def test_errors_of_libreoffice_by_number_are_errors() -> None:
    cells = [
        ods_cell(f"Err:{number}", 'office:value-type="string" table:formula="of:=X"') for number in (502, 504, 508)
    ]
    assert [fault[2:] for fault in _faults(_only(ods(ods_table("S", ods_row(*cells)))))] == [("error", "#N/A")] * 3


def test_a_formula_without_a_value_is_named() -> None:
    cells = (
        "<c><f>A1</f></c>",
        "<c><f>A1</f><v/></c>",
        "<c><f>A1</f><v></v></c>",
        '<c t="str"><f>A1&amp;B1</f></c>',
        '<c t="n"><f t="shared" si="0"/><v/></c>',
        '<c><f t="array" ref="A2">SUM(B1:B2)</f></c>',
        '<c t="b"><f>A1</f><v/></c>',
    )
    sheet = _only(xlsx({"S": [row("a"), *(row(xml) for xml in cells)]}))
    assert _faults(sheet) == [(number, 0, "formula", "") for number in range(2, 2 + len(cells))]


def test_a_formula_of_ods_without_a_value_is_named() -> None:
    sheet = _only(ods(ods_table("S", ods_row("a"), ods_row('<table:table-cell table:formula="of:=[.A1]"/>'))))
    assert _faults(sheet) == [(2, 0, "formula", "")]


_XLSX_CELLS = (
    ('<c t="str"><f>""</f><v></v></c>', ""),
    ('<c t="str"><f>A1</f><v>x&#10;y</v></c>', "x\ny"),
    ("<c><f>1+1</f><v>2</v></c>", "2"),
    ('<c t="b"><v>1</v></c>', "true"),
    ('<c t="b"><v>0</v></c>', "false"),
    ('<c t="d"><v>2024-05-01T00:00:00</v></c>', "2024-05-01"),
    ('<c t="d"><v>2024-05-01T10:30:00Z</v></c>', "2024-05-01 10:30:00"),
    ('<c t="s"><v>0</v></c>', "plain"),
    ('<c t="s"><v>1</v></c>', "rich text"),
    ('<c t="s"><v>2</v></c>', "base"),
    ('<c t="s"><v>3</v></c>', "a\r\nb"),
    ('<c t="inlineStr"><is><r><t>two </t></r><r><t>runs</t></r></is></c>', "two runs"),
    ('<c t="inlineStr"><is><t>kanji</t><rPh sb="0" eb="1"><t>sound</t></rPh></is></c>', "kanji"),
    ("<c><v>007</v></c>", "7"),
    ("<c><v>1.5E3</v></c>", "1500"),
    ("<c><v>-2</v></c>", "-2"),
    ('<c s="1"><v>4400</v></c>', "04400"),
    ('<c s="2"><v>45413</v></c>', "2024-05-01"),
    ('<c s="99"><v>45413</v></c>', "45413"),
    ("<c/>", ""),
    ('<c s="1"/>', ""),
)


def test_a_cell_of_xlsx_is_read_as_its_text() -> None:
    strings = (
        "<si><t>plain</t></si><si><r><t>rich </t></r><r><rPr/><t>text</t></r></si>"
        '<si><t>base</t><rPh sb="0" eb="1"><t>ruby</t></rPh><phoneticPr fontId="1"/></si><si><t>a_x000D_\nb</t></si>'
    )
    rows = [row("a", "b"), *(row(xml, "end") for xml, _ in _XLSX_CELLS)]
    content = xlsx({"S": rows}, strings=strings, formats=["00000", "dd/mm/yyyy"])
    assert _rows(_only(content))[1:] == [[text, "end"] for _, text in _XLSX_CELLS]


_ODS_TEXTS = (
    ("used<text:line-break/>drone", "used\ndrone"),
    ("used<text:tab/>drone", "used\tdrone"),
    ('used<text:s text:c="3"/>drone', "used   drone"),
    ("used<text:s/>drone", "used drone"),
    ("used <text:span>a <text:span>new</text:span></text:span> drone", "used a new drone"),
    ("used</text:p><text:p>drone", "used\ndrone"),
    ("used\n      drone", "used\ndrone"),
    ("  used   drone  ", "used drone"),
    ('<text:a xlink:href="x" xmlns:xlink="y">used</text:a> drone', "used drone"),
    ("used<office:annotation><text:p>a remark</text:p></office:annotation> drone", "used drone"),
    ("used<text:note><text:note-body><text:p>foot</text:p></text:note-body></text:note> drone", "used drone"),
    ("used<text:soft-page-break/> drone", "used drone"),
    (
        "<text:ruby><text:ruby-base>used</text:ruby-base><text:ruby-text>x</text:ruby-text></text:ruby> drone",
        "used drone",
    ),
)


def test_white_space_of_ods_parts_words_and_remarks_are_no_text() -> None:
    sheet = _only(ods(ods_table("S", *(ods_row(ods_cell(xml)) for xml, _ in _ODS_TEXTS))))
    assert _rows(sheet) == [[text] for _, text in _ODS_TEXTS]


_ODS_VALUES = (
    ('office:value-type="float" office:value="12"', "12.00", "12"),
    ('office:value-type="float" office:value="4400"', "04400", "04400"),
    ('office:value-type="percentage" office:value="0.25"', "25%", "0.25"),
    ('office:value-type="currency" office:value="3.5"', "£3.50", "3.5"),
    ('office:value-type="date" office:date-value="2024-05-01"', "01/05/24", "2024-05-01"),
    ('office:value-type="date" office:date-value="2024-05-01T10:30:00"', "01/05/24", "2024-05-01 10:30:00"),
    ('office:value-type="date" office:date-value="2024-05-01T00:00:00"', "01/05/24", "2024-05-01"),
    ('office:value-type="time" office:time-value="PT09H05M00S"', "09:05", "09:05:00"),
    ('office:value-type="boolean" office:boolean-value="true"', "TRUE", "true"),
    ('office:value-type="string" office:string-value="held"', "", "held"),
)


def test_a_cell_of_ods_is_read_as_its_value() -> None:
    rows = [ods_row(ods_cell(shown, attributes)) for attributes, shown, _ in _ODS_VALUES]
    assert _rows(_only(ods(ods_table("S", *rows)))) == [[text] for *_, text in _ODS_VALUES]


def test_a_number_of_sixteen_figures_is_named() -> None:
    written = ("2024000000000011", "1000000000000000", "-5500000000000001", "5.5E+15", "1e20")
    named = [(number, 0, "figures", "") for number in range(1, 1 + len(written))]
    assert _faults(_only(xlsx({"S": [row(f"<c><v>{figures}</v></c>") for figures in written]}))) == named
    values = [(figures, f'office:value-type="float" office:value="{figures}"') for figures in written]
    assert _faults(_only(ods(ods_table("S", *(ods_row(ods_cell(*each)) for each in values))))) == named


@pytest.mark.parametrize(
    ("attributes", "before", "hidden"),
    [
        ('hidden="1"', "", 1),
        ('hidden="true"', "", 1),
        ('ht="0" customHeight="1"', "", 1),
        ("", '<sheetFormatPr defaultRowHeight="15" zeroHeight="1"/>', 3),
        ('hidden="0"', '<sheetFormatPr defaultRowHeight="15" zeroHeight="1"/>', 2),
        ("", "", 0),
    ],
)
def test_hidden_rows_of_xlsx_are_counted(attributes: str, before: str, hidden: int) -> None:
    sheet = _only(xlsx({"S": [row("a"), row("x", attributes=attributes), row("y")]}, before=before))
    assert sheet.facts.hidden_rows == hidden


def test_hidden_columns_and_sheets_filters_and_merges_of_xlsx_are_named() -> None:
    content = xlsx(
        {"S": [row("a", "b", "c", "d"), row("x", "y", "z", "")], "T": [row("t")], "U": [row("u")]},
        before='<cols><col min="2" max="2" hidden="1"/><col min="3" max="3" width="0"/>'
        '<col min="9" max="16384" hidden="1"/></cols>',
        after='<autoFilter ref="A1:D2"><filterColumn colId="0"><filters/></filterColumn></autoFilter>'
        '<mergeCells><mergeCell ref="A2:A3"/><mergeCell ref="B2:D2"/></mergeCells>',
        states={"T": "hidden", "U": "veryHidden"},
    )
    first, second, third = open_workbook(content, "x").sheets
    assert first.facts.hidden_columns == (1, 2)
    assert first.facts.filtered
    assert first.facts.merged == (Merged(2, 3, 0, 0), Merged(2, 2, 1, 3))
    assert (first.state, second.state, third.state) == ("visible", "hidden", "very hidden")


def test_hidden_parts_and_merges_of_ods_are_named() -> None:
    styles = '<style:style style:name="ta2"><style:table-properties table:display="false"/></style:style>'
    columns = '<table:table-column/><table:table-column table:visibility="collapse" table:number-columns-repeated="2"/>'
    rows = [
        ods_row("a", "b", "c", "d"),
        ods_row("1", "", "", "", attributes='table:visibility="filter"'),
        ods_row("2", "x", attributes='table:visibility="collapse"'),
        f'<table:table-row-group table:display="false">{ods_row("3")}</table:table-row-group>',
        ods_row(
            ods_cell("4", 'office:value-type="string" table:number-rows-spanned="2" table:number-columns-spanned="2"')
        ),
    ]
    content = ods(
        ods_table("S", *rows, columns=columns) + ods_table("T", ods_row("t"), attributes='table:style-name="ta2"'),
        styles=styles,
    )
    first, second = open_workbook(content, "x").sheets
    assert (first.facts.hidden_rows, first.facts.first_hidden_row, first.facts.filtered) == (3, 2, True)
    assert first.facts.hidden_columns == (1, 2)
    assert first.facts.merged == (Merged(5, 6, 0, 1),)
    assert (first.state, second.state) == ("visible", "hidden")


def test_repeated_rows_and_cells_of_ods_are_spelled_out_and_empty_ones_are_not() -> None:
    table = ods_table(
        "S",
        ods_row("a", ods_cell("b", 'office:value-type="string" table:number-columns-repeated="2"')),
        ods_row("x", attributes='table:number-rows-repeated="3"'),
        ods_row(
            '<table:table-cell table:number-columns-repeated="16384"/>',
            attributes='table:number-rows-repeated="1048570"',
        ),
    )
    assert _rows(_only(ods(table))) == [["a", "b", "b"], *[["x", "", ""]] * 3]


def test_xls_keeps_errors_formats_and_hidden_parts() -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("Crimes")
    for at, name in enumerate(("occ", "err", "when", "zeros", "long", "flag")):
        sheet.write(0, at, name)
    day = xlwt.easyxf(num_format_str="dd/mm/yyyy hh:mm")
    for number in range(1, 4):
        sheet.write(number, 0, f"O{number}")
        sheet.write(number, 2, datetime(2024, 5, number, 10, 30), day)
        sheet.write(number, 3, 4400, xlwt.easyxf(num_format_str="00000"))
        sheet.write(number, 4, 2024000000000011 if number == 2 else 5)
        sheet.write(number, 5, True)
    sheet.row(1).set_cell_error(1, "#N/A!")
    sheet.row(2).hidden = True
    sheet.col(3).hidden = True
    sheet.write_merge(5, 6, 0, 0, "merged")
    book.add_sheet("Secret").visibility = 1
    out = io.BytesIO()
    book.save(out)
    first, second = open_workbook(out.getvalue(), "x.xls").sheets
    assert _rows(first)[1] == ["O1", "#N/A", "2024-05-01 10:30:00", "04400", "5", "true"]
    assert _faults(first) == [(2, 1, "error", "#N/A"), (3, 4, "figures", "")]
    assert (first.facts.hidden_rows, first.facts.hidden_columns) == (1, (3,))
    assert first.facts.merged == (Merged(6, 7, 0, 0),)
    assert (second.name, second.state) == ("Secret", "hidden")


_ODS_LAUGHS = '<!DOCTYPE a [<!ENTITY l "x"><!ENTITY m "&l;&l;">]><a>&m;</a>'


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"no workbook", "text with the name of one"),
        (b"<html><table>", "web page"),
        (b"\xef\xbb\xbf <!DOCTYPE html>", "web page"),
        (b'<?xml version="1.0"?><Workbook/>', "plain XML"),
        (b"\x09\x08\x10\0", "before 1997"),
        (b"\0\x01\x02", "not a workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le"), "password"),
        (zipped({"a.txt": "x"}), "no workbook"),
        (zipped({"xl/workbook.xml": "<x"}), "not XML"),
        (zipped({"content.xml": "<x"}), "not XML"),
        (zipped({"content.xml": _ODS_LAUGHS}), "document type"),
        (zipped({"xl/workbook.xml": _ODS_LAUGHS}), "document type"),
        (ods("", more={"META-INF/manifest.xml": "<manifest:encryption-data/>"}), "password"),
        (zipped({"_rels/.rels": '<R><R Id="a" Type="x/officeDocument" Target="xl/workbook.bin"/></R>'}), "XLSB"),
        (xlsx({"S": [row("a", attributes='r="2"'), row("b", attributes='r="2"')]}), "row 2 stands twice"),
        (xlsx({"S": [row("a", attributes='r="1048577"')]}), "beyond the last row"),
        (xlsx({"S": [row('<c r="B1"><v>1</v></c>', '<c r="A1"><v>1</v></c>')]}), "twice or out of order"),
        (xlsx({"S": [row('<c r="A7"><v>1</v></c>')]}), "lies in row 1"),
        (xlsx({"S": [row('<c r="XFE1"><v>1</v></c>')]}), "twice or out of order"),
        (xlsx({"S": [row('<c r="7"><v>1</v></c>')]}), "no column"),
        (xlsx({"S": [row('<c t="s"><v>5</v></c>')]}), "the file lacks"),
        (xlsx({"S": [row('<c t="s"><v>-1</v></c>')]}), "the file lacks"),
        (ods(ods_table("S", ods_row("x", attributes='table:number-rows-repeated="1048577"'))), "more rows"),
        (ods(ods_table("S", ods_row(ods_cell("x", 'table:number-columns-repeated="16385"')))), "column 16,385"),
        (ods(ods_table("S", ods_table("T"))), "inside another"),
    ],
)
def test_what_is_no_workbook_is_refused_in_true_words(content: bytes, words: str) -> None:
    with pytest.raises(ForeignFileError, match=rf"^x\.xlsx.*{words}"):
        open_workbook(content, "x.xlsx")


def test_prefixed_and_strict_workbooks_are_read() -> None:
    content = xlsx({"S": [row("a", "<c><v>5</v></c>")]})
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    strict = {
        name: text.replace("http://schemas.openxmlformats.org/spreadsheetml/2006/main", "http://purl.oclc.org/ooxml/x")
        for name, text in parts.items()
    }
    assert _rows(_only(zipped(strict))) == [["a", "5"]]
    sheet = parts["xl/worksheets/sheet1.xml"].replace("<", "<x:").replace("<x:/", "</x:").replace("xmlns=", "xmlns:x=")
    assert _rows(_only(zipped({**parts, "xl/worksheets/sheet1.xml": sheet}))) == [["a", "5"]]


def _trimmed(texts: list[str]) -> list[str]:
    while texts and not texts[-1]:
        texts.pop()
    return texts


_VALUES = st.one_of(
    st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=20),
    st.integers(-(10**14), 10**14),
    st.floats(-1e9, 1e9).map(lambda value: float(format(value, ".12g"))),
    st.booleans(),
    st.datetimes(datetime(1990, 1, 1), datetime(2099, 1, 1)).map(lambda value: value.replace(microsecond=0)),
    st.dates(date(1990, 1, 1), date(2099, 1, 1)),
    st.times().map(lambda value: value.replace(microsecond=0)),
    st.none(),
)


def _expected(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case datetime() if value.time() != time(0):
            return value.isoformat(sep=" ")
        case datetime():
            return value.date().isoformat()
        case time():
            return "00:00:00" if value == time(0) else value.isoformat()
        case float() if value.is_integer():
            return str(int(value))
        case float():
            return format(value, ".15g")
    return str(value)


@settings(max_examples=10, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.lists(st.lists(_VALUES, min_size=1, max_size=5), min_size=1, max_size=6))
def test_what_another_library_writes_is_read_as_it_and_others_read_it(table: list[list[Any]]) -> None:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_numbers": False, "strings_to_formulas": False})
    sheet = book.add_worksheet()
    kinds = {
        datetime: book.add_format({"num_format": "dd/mm/yyyy hh:mm:ss"}),
        date: book.add_format({"num_format": "dd/mm/yyyy"}),
        time: book.add_format({"num_format": "hh:mm:ss"}),
    }
    sheet.write_string(0, 0, "head")
    for at, cells in enumerate(table, start=1):
        for column, value in enumerate(cells):
            if isinstance(value, str):
                sheet.write_string(at, column, value)
            elif type(value) in kinds:
                sheet.write_datetime(at, column, value, kinds[type(value)])
            elif value is not None:
                sheet.write(at, column, value)
    book.close()
    content = out.getvalue()
    (found,) = open_workbook(content, "x").sheets
    cells = {number: list(texts) for number, texts in found.first_rows(100)}
    expected = {at: _trimmed([_expected(value) for value in line]) for at, line in enumerate(table, start=2)}
    found_texts = {number: _trimmed(texts) for number, texts in cells.items() if number > 1}
    assert found_texts == {at: texts for at, texts in expected.items() if texts}
    third = openpyxl.load_workbook(io.BytesIO(content), read_only=True).worksheets[0]
    for number, line in enumerate(third.iter_rows(values_only=True), start=1):
        assert [value for value in line if isinstance(value, str) and value] == [
            text for text, value in zip(cells.get(number, ()), line, strict=False) if isinstance(value, str) and value
        ]


@pytest.mark.parametrize(("place", "fits"), [("BZT2", True), ("BZU2", False), ("XFD2", False)])
def test_a_table_has_a_width_beyond_which_nothing_is_read(place: str, fits: bool) -> None:
    content = xlsx({"S": [row(cell("a")), row(f'<c r="{place}"><v>1</v></c>')]})
    if fits:
        assert len(_only(content).first_rows(5)[1][1]) == 2_048
    else:
        with pytest.raises(ForeignFileError, match=r"^x\.xlsx \(S\): row 2 holds a value in column"):
            _only(content)


def test_styled_cells_without_a_value_reach_as_far_as_they_like() -> None:
    assert _rows(_only(xlsx({"S": [row("a", '<c r="XFD1" s="1"/>')]}))) == [["a"]]
