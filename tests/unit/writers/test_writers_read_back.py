"""Every format of every table, read again by a library that did not write it, and compared cell by cell.

What must stand there is taken from the controlled table itself, not from what the writers make of it.
"""

from __future__ import annotations

import csv
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import lxml.etree
import lxml.html
import mammoth
import openpyxl
import pytest
from csvw import CSVW
from docx import Document
from odf.opendocument import load as load_opendocument
from odf.table import Table as OdfTable
from odf.table import TableCell, TableRow
from odf.teletype import extractText

from clearcount.model.keys import ALL
from clearcount.model.release import Release
from clearcount.model.table import ControlledTable
from clearcount.writers.letter import letter
from clearcount.writers.printed_release import printed_release
from drawing import texts

from .letters import plain_template


def cells_of(table: ControlledTable) -> list[list[str]]:
    """The body as a reader sees it: numbers, or shorthand in brackets; a period's `p` stands in its heading."""
    return [[table.shown((*line, *head)).replace(" [p]", "") for head in table.heads] for line in table.lines]


def headings_of(table: ControlledTable) -> list[str]:
    """The column headings with `[p]` where the period is provisional."""
    names = {leaf.key: leaf.label for leaf in table.columns[0].leaves} | {ALL: "Total"}
    return [names[head[0]] + (" [p]" if head[0] in table.provisional else "") for head in table.heads]


def labels_of(table: ControlledTable) -> list[str]:
    return [table.rows[0].leaf(line[0]).label for line in table.lines]


def laid(table: ControlledTable) -> tuple[list[str], list[list[str]], list[str]]:
    """The headings of the numbers, the numbers, and what heads each row; many months run down."""
    heads, cells, labels = headings_of(table), cells_of(table), labels_of(table)
    if len(heads) > 13 and len(labels) <= 10:
        return labels, [list(row) for row in zip(*cells, strict=True)], heads
    return heads, cells, labels


def same_heads(read: list[str], wanted: list[str]) -> None:
    """Whether each heading is the wanted one, or a code in front of it."""
    assert len(read) == len(wanted)
    assert all(text.endswith(label) for text, label in zip(read, wanted, strict=True))


@pytest.mark.parametrize(("name", "which"), [("counts.csv", "answer"), ("denominators.csv", "denominators")])
def test_long_csv(bundle: Any, name: str, which: str) -> None:
    table = getattr(bundle.release, which)
    with (bundle.folder / name).open(encoding="utf-8", newline="") as file:
        read = list(csv.DictReader(file))

    dimensions = [dimension.name for dimension in table.rows[1:]]
    told = {tuple(line[k] for k in ("row", *dimensions, "period")): (line["value"], line["marker"]) for line in read}
    assert len(told) == len(read) == len(table.coordinates())
    for place in table.coordinates():
        assert told[texts(place)] == (table.value(place), table.marker(place))


def test_wide_csv(bundle: Any) -> None:
    with (bundle.folder / "table.csv").open(encoding="utf-8", newline="") as file:
        head, *body = list(csv.reader(file))

    assert head[1:] == headings_of(bundle.release.answer)
    assert [line[1:] for line in body] == cells_of(bundle.release.answer)
    for line, label in zip(body, labels_of(bundle.release.answer), strict=True):
        assert label in line[0]


def test_csvw_metadata_describes_both_long_files(bundle: Any) -> None:
    described = CSVW(str(bundle.folder / "counts.csv-metadata.json"), validate=True)
    assert described.is_valid
    metadata = json.loads((bundle.folder / "counts.csv-metadata.json").read_text())
    for table in metadata["tables"]:
        with (bundle.folder / table["url"]).open(encoding="utf-8", newline="") as file:
            head = next(csv.reader(file))
        assert [column["name"] for column in table["tableSchema"]["columns"]] == head
    rows = [row for table in described.tables for row in table]
    answer, denominators = bundle.release.answer, bundle.release.denominators
    assert len(rows) == len(answer.coordinates()) + len(denominators.coordinates())
    values = [row["value"] for row in rows]
    assert values == [
        int(value) if (value := table.value(at)) else None
        for table in (answer, denominators)
        for at in table.coordinates()
    ]


def test_xlsx_by_openpyxl(bundle: Any) -> None:
    book = openpyxl.load_workbook(bundle.folder / "counts.xlsx")

    assert book.sheetnames[:4] == ["Cover", "Answer", "Counts", "All offences in scope"]
    for sheet_name, table in (
        ("Counts", bundle.release.answer),
        ("All offences in scope", bundle.release.denominators),
    ):
        sheet = book[sheet_name]
        (range_,) = (each.ref for each in sheet.tables.values())
        head, *body = map(list, sheet[range_])
        heads, cells, _ = laid(table)
        words = 1 if head[0].value == "Period" else 1 + len(table.rows)
        same_heads([str(cell.value) for cell in head[words:]], heads)
        assert [[str(cell.value) for cell in row[words:]] for row in body] == cells
        for row, shown in zip(body, cells, strict=True):
            assert all(isinstance(cell.value, str) for cell in row[:words]), "codes and labels are text"
            for cell, text in zip(row[words:], shown, strict=True):
                assert cell.number_format in ("0", "General")
                assert cell.data_type == ("n" if text[0].isdigit() else "s")


def test_ods_by_odfpy(bundle: Any) -> None:
    document = load_opendocument(str(bundle.folder / "counts.ods"))
    sheets = {sheet.getAttribute("name"): sheet for sheet in document.spreadsheet.getElementsByType(OdfTable)}

    assert list(sheets)[:4] == ["Cover", "Answer", "Counts", "All offences in scope"]
    for sheet_name, table in (
        ("Counts", bundle.release.answer),
        ("All offences in scope", bundle.release.denominators),
    ):
        read = [
            [extractText(cell) for cell in row.getElementsByType(TableCell)]
            for row in sheets[sheet_name].getElementsByType(TableRow)
        ]
        head = next(at for at, row in enumerate(read) if row[0] in ("Code", "Period"))
        words = 1 if read[head][0] == "Period" else 1 + len(table.rows)
        heads, cells, _ = laid(table)
        same_heads(read[head][words:], heads)
        assert [row[words:] for row in read[head + 1 :]] == cells


def grid_of(table: Any) -> list[list[str]]:
    """The cells of a table of a page; months that stand below their year become `Jan 2023` again."""
    over, *below = [list(row) for row in table.iter("tr")]
    lines = [[cell.text_content() for cell in row] for row in below]
    if not any(cell.get("colspan") or cell.get("rowspan") for cell in over):
        return [[cell.text_content() for cell in over], *lines]
    months = iter(lines[0])
    head: list[str] = []
    for cell in over:
        text = cell.text_content()
        for _ in range(int(cell.get("colspan") or 1)):
            head.append(text if cell.get("rowspan") else re.sub(r"^(\w+)", rf"\1 {text}", next(months)))
    return [head, *lines[1:]]


@pytest.mark.parametrize("name", ["response.html", "response-body.html"])
def test_html_by_lxml(bundle: Any, name: str) -> None:
    root = lxml.html.fromstring((bundle.folder / name).read_bytes().decode())

    for number, table in enumerate((bundle.release.answer, bundle.release.denominators), start=1):
        (read,) = root.xpath(f"//table[@id='cc-table-{number}']")
        head, *body = grid_of(read)
        heads, cells, labels = laid(table)
        same_heads(head[1:], heads)
        assert [line[1:] for line in body] == cells
        for line, label in zip(body, labels, strict=True):
            assert label in line[0]
        assert not [cell for line in body for cell in line if not cell.strip()]


def test_docx_by_python_docx(bundle: Any) -> None:
    document = Document(str(bundle.folder / "response.docx"))
    joined: dict[str, list[list[str]]] = {}
    for table in document.tables:
        properties = table._tbl.tblPr.xpath("./w:tblCaption/@w:val")
        caption = str(properties[0]).partition(" (part ")[0]
        if not caption.startswith("Table "):
            continue
        # python-docx makes a cell object for every look; the text of the XML is the same and far quicker
        lines = [["".join(cell.xpath(".//w:t/text()")) for cell in row.xpath("./w:tc")] for row in table._tbl.tr_lst]
        have = joined.setdefault(caption, [[line[0]] for line in lines])
        for line, more in zip(have, lines, strict=True):
            assert line[0] == more[0]
            line.extend(more[1:])

    assert len(joined) == 2
    for read, table in zip(joined.values(), (bundle.release.answer, bundle.release.denominators), strict=True):
        heads, cells, _ = laid(table)
        same_heads(read[0][1:], heads)
        assert [line[1:] for line in read[1:]] == cells


def _in_letter_by_mammoth(path: Path) -> dict[str, list[list[str]]]:
    """The tables of a letter by the line above them, as mammoth turns them into HTML; parts of a wide one joined."""
    with path.open("rb") as file:
        root = lxml.html.fromstring(f"<div>{mammoth.convert_to_html(file).value}</div>")
    joined: dict[str, list[list[str]]] = {}
    for table in root.iter("table"):
        above = table.getprevious()
        caption = above.text_content().partition(" (part ")[0] if above is not None else ""
        if not caption.startswith("Table "):
            continue
        assert len(table.xpath("./thead/tr")) == 1, "the heading row repeats on every page, and no other row does"
        lines = [[cell.text_content() for cell in row.xpath("./td|./th")] for row in table.iter("tr")]
        have = joined.setdefault(caption, [[line[0]] for line in lines])
        for line, more in zip(have, lines, strict=True):
            assert line[0] == more[0]
            line.extend(more[1:])
    return joined


def _same_as_the_tables(path: Path, release: Release) -> None:
    joined = _in_letter_by_mammoth(path)
    assert len(joined) == 2
    for read, table in zip(joined.values(), (release.answer, release.denominators), strict=True):
        heads, cells, labels = laid(table)
        same_heads(read[0][1:], heads)
        assert [line[1:] for line in read[1:]] == cells
        for line, label in zip(read[1:], labels, strict=True):
            assert label in line[0]


def test_docx_by_mammoth(bundle: Any) -> None:
    _same_as_the_tables(bundle.folder / "response.docx", bundle.release)


@pytest.mark.parametrize("name", ["the source table", "every marker", "right-to-left label", "long names"])
def test_docx_in_a_plain_letterhead_by_mammoth(written: Any, tmp_path: Path, name: str) -> None:
    release = replace(written(name).release, letter_template=plain_template())
    (tmp_path / "response.docx").write_bytes(letter(printed_release(release)))

    _same_as_the_tables(tmp_path / "response.docx", release)


def test_release_json_says_what_is_printed(bundle: Any) -> None:
    printed = json.loads((bundle.folder / "release.json").read_text())["printed"]

    shown = [[cell.removesuffix(" [round]") for cell in line] for line in printed[0]["cells"]]
    assert shown == cells_of(bundle.release.answer)
    below = [[cell.removesuffix(" [round]") for cell in line] for line in printed[1]["cells"]]
    assert below == cells_of(bundle.release.denominators)


def test_svg_is_well_formed_and_names_every_drawn_line(bundle: Any) -> None:
    root = lxml.etree.fromstring((bundle.folder / "chart.svg").read_bytes())
    space = "{http://www.w3.org/2000/svg}"

    described = root.findtext(f"{space}desc")
    assert root.get("role") == "img" and described
    for label in labels_of(bundle.release.answer)[:-1][:8]:
        assert label in described
