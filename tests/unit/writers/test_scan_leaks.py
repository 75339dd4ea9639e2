"""Leaks planted in a clean bundle, each of a kind that has got out of real files: every one must be found."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.packaging.custom import StringProperty
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject

from clearcount.errors import BundleError
from clearcount.writers.scan import scan, scan_file

from .letters import repacked

SECRET = "Leftover 55250012345"


def in_part(name: str, old: str, new: str) -> Callable[[bytes], bytes]:
    """Replaces `old` once in one part of a package."""

    def change(content: bytes) -> bytes:
        def edit(members: dict[str, bytes]) -> None:
            assert old.encode() in members[name], f"the test no longer fits {name}"
            members[name] = members[name].replace(old.encode(), new.encode(), 1)

        return repacked(content, edit)

    return change


def with_part(name: str, body: bytes = SECRET.encode()) -> Callable[[bytes], bytes]:
    """Adds a part to a package."""
    return lambda content: repacked(content, lambda members: members.update({name: body}))


def in_book(change: Callable[[Any], None]) -> Callable[[bytes], bytes]:
    """Changes a workbook the way somebody with a spreadsheet program would."""

    def edit(content: bytes) -> bytes:
        book = openpyxl.load_workbook(io.BytesIO(content))
        change(book)
        out = io.BytesIO()
        book.save(out)
        return out.getvalue()

    return edit


def in_text(old: str, new: str) -> Callable[[bytes], bytes]:
    def change(content: bytes) -> bytes:
        assert old.encode() in content, f"the test no longer fits: {old!r} is not in the file"
        return content.replace(old.encode(), new.encode(), 1)

    return change


def _hidden_sheet(book: Any) -> None:
    book.create_sheet("Data")["A1"] = SECRET
    book["Data"].sheet_state = "hidden"


def _very_hidden_sheet(book: Any) -> None:
    book.create_sheet("Data")["A1"] = SECRET
    book["Data"].sheet_state = "veryHidden"


def _zero_width(book: Any) -> None:
    book["Counts"]["AZ1"] = SECRET
    book["Counts"].column_dimensions["AZ"].width = 0.1


def _hidden_column(book: Any) -> None:
    book["Counts"]["AZ1"] = SECRET
    book["Counts"].column_dimensions["AZ"].hidden = True


def _hidden_row(book: Any) -> None:
    book["Counts"]["A90"] = SECRET
    book["Counts"].row_dimensions[90].hidden = True


def _low_row(book: Any) -> None:
    book["Counts"]["A90"] = SECRET
    book["Counts"].row_dimensions[90].height = 0.5


def _comment(book: Any) -> None:
    book["Counts"]["A1"].comment = Comment(SECRET, "somebody")


def _custom_property(book: Any) -> None:
    book.custom_doc_props.append(StringProperty(name="Source", value=SECRET))


def _property(book: Any) -> None:
    book.properties.keywords = SECRET


def _defined_name(book: Any) -> None:
    book.defined_names["Raw"] = DefinedName("Raw", attr_text="'Counts'!$A$1:$A$9")


def _formula(book: Any) -> None:
    book["Cover"]["A20"] = "=SUM(1,2)"


def _formula_text(book: Any) -> None:
    book["Cover"]["A20"] = "=cmd"
    book["Cover"]["A20"].data_type = "s"


def _white(book: Any) -> None:
    book["Cover"]["A20"] = SECRET
    book["Cover"]["A20"].font = openpyxl.styles.Font(color="FFFFFFFF")


def _no_show(book: Any) -> None:
    book["Cover"]["A20"] = 5
    book["Cover"]["A20"].number_format = ";;;"


def _validation(book: Any) -> None:
    listed = DataValidation(type="list", formula1=f'"{SECRET}"')
    listed.add("A1")
    book["Counts"].add_data_validation(listed)


def _filter(book: Any) -> None:
    book["Counts"].auto_filter.ref = "A1:B9"


XLSX = {
    "hidden sheet": (in_book(_hidden_sheet), "hidden sheet"),
    "very hidden sheet": (in_book(_very_hidden_sheet), "hidden sheet"),
    "column of width 0": (in_book(_zero_width), "hidden column"),
    "hidden column": (in_book(_hidden_column), "hidden column"),
    "hidden row": (in_book(_hidden_row), "hidden row"),
    "row too low to see": (in_book(_low_row), "hidden row"),
    "comment": (in_book(_comment), "comments"),
    "custom property": (in_book(_custom_property), "custom properties"),
    "keyword property": (in_book(_property), "document property keywords"),
    "defined name": (in_book(_defined_name), "defined name"),
    "formula": (in_book(_formula), "formula"),
    "text cell starting with =": (in_book(_formula_text), "starts like a formula"),
    "white text": (in_book(_white), "white text"),
    "number format that shows nothing": (in_book(_no_show), "shows nothing"),
    "list of allowed values": (in_book(_validation), "list of allowed values"),
    "filter": (in_book(_filter), "filter"),
    "pivot cache": (with_part("xl/pivotCache/pivotCacheRecords1.xml", b"<pivotCacheRecords/>"), "pivot"),
    "macro": (with_part("xl/vbaProject.bin"), "macro"),
    "external link": (with_part("xl/externalLinks/externalLink1.xml", b"<externalLink/>"), "link to data elsewhere"),
    "embedded object": (with_part("xl/embeddings/oleObject1.bin"), "macro or control"),
    "threaded comments": (with_part("xl/threadedComments/threadedComment1.xml", b"<a/>"), "comments"),
    "picture": (with_part("xl/media/image1.png"), "picture"),
    "XML comment": (in_part("xl/workbook.xml", "<sheets>", f"<!-- {SECRET} --><sheets>"), "comment in XML"),
    "bytes after the end": (lambda content: content + SECRET.encode(), "bytes after the end"),
    "bytes before the start": (lambda content: SECRET.encode() + content, "bytes that belong to no part"),
    "entity": (in_part("xl/workbook.xml", "<workbook", '<!DOCTYPE a [<!ENTITY b "c">]><workbook'), "document type"),
}
ODS = {
    "hidden sheet": (
        in_part(
            "content.xml",
            'style:master-page-name="Upright"><style:table-properties table:display="true"',
            'style:master-page-name="Upright"><style:table-properties table:display="false"',
        ),
        "hidden sheet",
    ),
    "hidden column": (
        in_part("content.xml", "<table:table-column ", '<table:table-column table:visibility="collapse" '),
        "hidden column",
    ),
    "filtered row": (
        in_part("content.xml", "<table:table-row ", '<table:table-row table:visibility="filter" '),
        "hidden row",
    ),
    "column of width 0": (
        in_part("content.xml", 'style:column-width="26mm"', 'style:column-width="0mm"'),
        "hidden column",
    ),
    "annotation": (
        in_part("content.xml", "<text:p>", f"<office:annotation><text:p>{SECRET}</text:p></office:annotation><text:p>"),
        "comment",
    ),
    "formula": (
        in_part("content.xml", 'office:value-type="float"', 'table:formula="of:=1" office:value-type="float"'),
        "formula",
    ),
    "defined name": (
        in_part(
            "content.xml",
            "</office:spreadsheet>",
            '<table:named-expressions><table:named-range table:name="r"/></table:named-expressions>'
            "</office:spreadsheet>",
        ),
        "defined name",
    ),
    "user-defined property": (
        in_part(
            "meta.xml", "</office:meta>", f'<meta:user-defined meta:name="a">{SECRET}</meta:user-defined></office:meta>'
        ),
        "user-defined",
    ),
    "thumbnail": (with_part("Thumbnails/thumbnail.png"), "picture"),
    "script": (with_part("Basic/Standard/Module1.xml", b"<a/>"), "macro"),
    "object": (with_part("Object 1/content.xml", b"<a/>"), "embedded object"),
}
DOCX = {
    "hidden text": (
        in_part("word/document.xml", "<w:t>", f"<w:rPr><w:vanish/></w:rPr><w:t>{SECRET}</w:t><w:t>"),
        "hidden text",
    ),
    "tracked deletion": (
        in_part(
            "word/document.xml",
            "<w:body>",
            f"<w:body><w:p><w:del><w:r><w:delText>{SECRET}</w:delText></w:r></w:del></w:p>",
        ),
        "tracked change",
    ),
    "comments part": (with_part("word/comments.xml", b"<comments/>"), "comments"),
    "custom XML": (with_part("customXml/item1.xml", b"<a/>"), "custom properties or data"),
    "field code": (
        in_part("word/document.xml", "<w:body>", f"<w:body><w:p><w:r><w:instrText>{SECRET}</w:instrText></w:r></w:p>"),
        "field code",
    ),
    "white text": (
        in_part("word/document.xml", "<w:t>", '<w:rPr><w:color w:val="FFFFFF"/></w:rPr><w:t>'),
        "white text",
    ),
    "attached template": (
        in_part("word/settings.xml", "</w:settings>", "<w:attachedTemplate/></w:settings>"),
        "attached template",
    ),
    "category property": (
        in_part(
            "docProps/core.xml",
            "</cp:coreProperties>",
            f"<cp:contentStatus>{SECRET}</cp:contentStatus></cp:coreProperties>",
        ),
        "document property contentStatus",
    ),
    "comment property": (
        in_part("docProps/core.xml", "</cp:coreProperties>", f"<cp:version>{SECRET}</cp:version></cp:coreProperties>"),
        "document property version",
    ),
}
HTML = {
    "comment": (in_text("<main>", f"<main><!-- {SECRET} -->"), "comment"),
    "script": (in_text("<main>", "<main><script>1</script>"), "element <script>"),
    "data attribute": (in_text("<main>", f'<main data-row="{SECRET}">'), "data attribute"),
    "hidden attribute": (in_text("<main>", f"<main><p hidden>{SECRET}</p>"), "attribute hidden"),
    "hiding style": (in_text("<main>", f'<main><p style="display:none">{SECRET}</p>'), "attribute style"),
    "hiding style sheet": (in_text("</style>", ".a { visibility: hidden; }</style>"), "style that hides"),
    "style comment": (in_text("</style>", f"/* {SECRET} */</style>"), "comment in a style sheet"),
    "event handler": (in_text("<main>", '<main onclick="a()">'), "event handler"),
    "image elsewhere": (in_text("<main>", '<main><img src="https://example.org/a.png" alt="">'), "element <img>"),
    "data address": (in_text('href="counts.csv"', 'href="data:text/csv,1"'), "address"),
    "meta author": (in_text("<title>", f'<meta name="author" content="{SECRET}"><title>'), "meta element"),
    "template": (in_text("<main>", f"<main><template>{SECRET}</template>"), "element <template>"),
    "zero-width text": (in_text("<main>", "<main>\u200b\u2060"), "invisible character U+200B"),
    "screen-reader trick": (in_text("<main>", f'<main><p aria-hidden="true">{SECRET}</p>'), "aria-hidden"),
}
SVG = {
    "comment": (in_text("</svg>", f"<!-- {SECRET} --></svg>"), "comment"),
    "metadata": (in_text("</svg>", f"<metadata>{SECRET}</metadata></svg>"), "element <metadata>"),
    "script": (in_text("</svg>", "<script>1</script></svg>"), "element <script>"),
    "foreign object": (in_text("</svg>", "<foreignObject/></svg>"), "element <foreignobject>"),
    "invisible part": (in_text("</svg>", f'<g opacity="0"><text>{SECRET}</text></g></svg>'), "drawn invisibly"),
    "white text": (in_text("</svg>", f'<text fill="#FFFFFF">{SECRET}</text></svg>'), "drawn invisibly"),
    "data attribute": (in_text("<defs>", f'<defs data-raw="{SECRET}">'), "data attribute"),
    "use of another file": (in_text("</svg>", '<use href="https://example.org/a.svg#b"/></svg>'), "element <use>"),
}
CSV = {
    "formula": (in_text(",HO 086/02,", ",=HYPERLINK(1),"), "formula"),
    "extra column": (in_text("value,marker\n", "value,marker,\n"), "column without a heading"),
    "ragged line": (in_text(",,z\n", f",,z,{SECRET}\n"), "more or fewer cells"),
    "invisible character": (in_text("Exampleshire", "Example\u2063shire"), "invisible character U+2063"),
    "NUL": (in_text("Exampleshire", "Example\x00shire"), "invisible character U+0000"),
}
JSON = {
    "unknown key": (in_text('"format": 2', f'"raw": "{SECRET}", "format": 2'), "key that a release does not have"),
    "key twice": (in_text('"format": 2', f'"reference": "{SECRET}", "format": 2'), "stands twice"),
}
LEAKS = [
    pytest.param(file, change, kind, id=f"{file}: {name}")
    for file, leaks in (
        ("counts.xlsx", XLSX), ("counts.ods", ODS), ("response.docx", DOCX), ("response.html", HTML),
        ("chart.svg", SVG), ("counts.csv", CSV), ("release.json", JSON),
    )
    for name, (change, kind) in leaks.items()
]  # fmt: skip


def test_a_clean_bundle_has_nothing_to_find(bundle: Any) -> None:
    assert scan(bundle.folder) == ()


@pytest.mark.parametrize(("file", "change", "kind"), LEAKS)
def test_every_planted_leak_is_found_and_not_repeated(
    written: Any, tmp_path: Path, file: str, change: Callable[[bytes], bytes], kind: str
) -> None:
    content = (written("the source table").folder / file).read_bytes()
    leaky = change(content)
    assert leaky != content
    (tmp_path / file).write_bytes(leaky)

    found = scan_file(tmp_path / file)

    assert any(kind in str(finding) for finding in found), [str(finding) for finding in found]
    assert not [finding for finding in found if SECRET in str(finding)], "a finding must not carry what it found"


def test_files_and_folders_that_do_not_belong_are_found(tmp_path: Path) -> None:
    (tmp_path / ".DS_Store").write_bytes(b"x")
    (tmp_path / "raw").mkdir()
    (tmp_path / "notes.xls").write_bytes(b"x")
    (tmp_path / "link.csv").symlink_to("/etc/hostname")

    kinds = {str(finding) for finding in scan(tmp_path)}

    assert {re.sub(r" \(.*", "", kind) for kind in kinds} == {
        ".DS_Store: kind of file that cannot be scanned",
        ".DS_Store: hidden file",
        "raw: folder inside the bundle",
        "notes.xls: kind of file that cannot be scanned",
        "link.csv: link to another file",
    }


def test_damaged_files_are_findings_not_crashes(written: Any, tmp_path: Path) -> None:
    folder = written("the source table").folder
    for path in folder.iterdir():
        for name, content in (("cut", path.read_bytes()[:200]), ("empty", b""), ("noise", b"\xff\xfe\x00\x80" * 50)):
            (tmp_path / name).mkdir(exist_ok=True)
            (tmp_path / name / path.name).write_bytes(content)
    for kind in ("cut", "noise"):
        for path in sorted((tmp_path / kind).iterdir()):
            if kind == "noise" or path.suffix in (".xlsx", ".ods", ".docx", ".json"):
                assert scan_file(path), f"{kind} {path.name}"
    for path in (tmp_path / "empty").iterdir():
        scan_file(path)


def test_a_decompression_bomb_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from clearcount.writers.scan import office

    monkeypatch.setattr(office, "LARGEST", 10_000)
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"<a>" + b" " * 100_000 + b"</a>")

    assert "unpacks to more than" in " ".join(map(str, scan_file(tmp_path / "a.xlsx")))


def test_a_pdf_with_an_attachment_and_properties_is_found(tmp_path: Path) -> None:
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    writer.add_attachment("raw.csv", SECRET.encode())
    writer.add_metadata({"/Keywords": SECRET})
    writer.root_object[NameObject("/OpenAction")] = DictionaryObject()
    with (tmp_path / "answer.pdf").open("wb") as file:
        writer.write(file)

    found = " ".join(map(str, scan_file(tmp_path / "answer.pdf")))

    assert "attached file" in found and "document property" in found and "action on opening" in found


def test_a_folder_that_cannot_be_read_says_so(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match=r"gone\.csv"):
        scan_file(tmp_path / "gone.csv")


def test_json_keys_of_the_writer_are_those_the_scan_knows(written: Any) -> None:
    from clearcount.writers.release_keys import RELEASE_KEYS

    assert set(json.loads((written("every marker").folder / "release.json").read_text())) <= RELEASE_KEYS
