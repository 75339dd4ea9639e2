"""Leaks to plant in a bundle: words, and numbers that are shown otherwise, of every kind that a file can carry."""

from __future__ import annotations

import io
import json
import re
import warnings
import zipfile
from collections.abc import Callable
from typing import Any

SECRET = "Blue Heron, Willow Lane"
"""What somebody would look for in a leak; its words stand in no release."""
Change = Callable[[bytes], bytes]


def text(old: str, new: str) -> Change:
    """Puts `new` in the place of the first `old`."""

    def change(content: bytes) -> bytes:
        assert old.encode() in content, f"the plant no longer fits: {old!r}"
        return content.replace(old.encode(), new.encode(), 1)

    return change


def after(old: str, more: str = SECRET) -> Change:
    """Puts `more` behind the first `old`."""
    return text(old, old + more)


def before(old: str, more: str = SECRET) -> Change:
    """Puts `more` before the first `old`."""
    return text(old, more + old)


def shape(pattern: str, new: str) -> Change:
    """Puts `new` in the place of the first match of a pattern."""

    def change(content: bytes) -> bytes:
        made, count = re.subn(pattern.encode(), new.encode(), content, count=1)
        assert count, f"the plant no longer fits: {pattern!r}"
        return made

    return change


def every(*changes: Change) -> Change:
    """Makes several changes."""

    def change(content: bytes) -> bytes:
        for each in changes:
            content = each(content)
        return content

    return change


def _packed(members: list[tuple[zipfile.ZipInfo, bytes]], comment: bytes = b"") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for info, body in members:
            archive.writestr(info, body)
        archive.comment = comment
    return out.getvalue()


def _members(content: bytes) -> list[tuple[zipfile.ZipInfo, bytes]]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return [(info, archive.read(info)) for info in archive.infolist()]


def part(name: str, change: Change) -> Change:
    """Changes one part of a package."""

    def within(content: bytes) -> bytes:
        members = _members(content)
        assert name in [info.filename for info, _ in members], f"the plant no longer fits: {name!r}"
        return _packed([(info, change(body) if info.filename == name else body) for info, body in members])

    return within


def more(name: str, body: str = f"<a>{SECRET}</a>") -> Change:
    """Adds a part to a package."""
    return lambda content: _packed([*_members(content), (zipfile.ZipInfo(name), body.encode())])


def _comment(content: bytes) -> bytes:
    return _packed(_members(content), SECRET.encode())


def _extra(content: bytes) -> bytes:
    members = _members(content)
    members[0][0].extra = b"\x99\x99" + len(SECRET).to_bytes(2, "little") + SECRET.encode()
    return _packed(members)


def _member_comment(content: bytes) -> bytes:
    members = _members(content)
    members[0][0].comment = SECRET.encode()
    return _packed(members)


def _time(content: bytes) -> bytes:
    members = _members(content)
    members[0][0].date_time = (2025, 8, 19, 10, 30, 0)
    return _packed(members)


def _twice(content: bytes) -> bytes:
    members = _members(content)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # zipfile warns of the very thing that is planted
        return _packed([*members, (zipfile.ZipInfo(members[-1][0].filename), f"<a>{SECRET}</a>".encode())])


def value(change: Callable[[dict[str, Any]], object]) -> Change:
    """Changes the values of a JSON file and writes it as clearcount does."""

    def within(content: bytes) -> bytes:
        read = json.loads(content)
        change(read)
        return (json.dumps(read, ensure_ascii=False, indent=1) + "\n").encode()

    return within


def at(*path: Any, new: Any = SECRET) -> Change:
    """Sets one value of a JSON file."""

    def put(read: Any) -> None:
        for key in path[:-1]:
            read = read[key]
        read[path[-1]] = new

    return value(put)


def add(*path: Any, new: Any = SECRET) -> Change:
    """Adds to one list of a JSON file."""

    def put(read: Any) -> None:
        for key in path:
            read = read[key]
        read.append(new)

    return value(put)


PACKAGE: dict[str, Change] = {
    "comment of the package": _comment,
    "extra field of a part": _extra,
    "comment of a part": _member_comment,
    "time of a part": _time,
    "part that stands twice": _twice,
    "bytes behind the end": lambda content: content + SECRET.encode(),
    "bytes before the start": lambda content: SECRET.encode() + content,
}
_SHEET = "xl/worksheets/sheet3.xml"
XLSX: dict[str, Change] = {
    "text that no cell uses": part("xl/sharedStrings.xml", before("</sst>", f"<si><t>{SECRET}</t></si>")),
    "phonetic text": part("xl/sharedStrings.xml", before("</si>", f'<rPh sb="0" eb="1"><t>{SECRET}</t></rPh>')),
    "rich text beside a text": part("xl/sharedStrings.xml", before("</si>", f"<r><t>{SECRET}</t></r>")),
    "space in a shared text": part("xl/sharedStrings.xml", after("<sst", f' uniqueName="{SECRET}"')),
    "name of a style": part("xl/styles.xml", text('name="Normal"', f'name="{SECRET}"')),
    "name of a font": part("xl/styles.xml", text('name val="Arial"', f'name val="{SECRET}"')),
    "number format with words": part(
        "xl/styles.xml",
        before("<fonts", f'<numFmts count="1"><numFmt numFmtId="170" formatCode="0&quot;{SECRET}&quot;"/></numFmts>'),
    ),
    "number format that prints another number": part(
        "xl/styles.xml",
        every(
            before("<fonts", '<numFmts count="1"><numFmt numFmtId="170" formatCode="&quot;9&quot;"/></numFmts>'),
            text('numFmtId="1" fontId="0"', 'numFmtId="170" fontId="0"'),
        ),
    ),
    "date as the format of a number": part(
        "xl/styles.xml", text('numFmtId="1" fontId="0"', 'numFmtId="14" fontId="0"')
    ),
    "letters nearly white": part("xl/styles.xml", text('rgb="FF0F4C81"', 'rgb="FFFDFDFD"')),
    "letters of one point": part("xl/styles.xml", text('sz val="12"', 'sz val="1"')),
    "dark fill behind dark letters": part("xl/styles.xml", text('patternType="gray125"', 'patternType="solid"')),
    "hidden protection": part("xl/styles.xml", before("</xf></cellXfs>", '<protection hidden="1"/>')),
    "title of a print": part(
        _SHEET, before("<tableParts", f"<headerFooter><oddFooter>{SECRET}</oddFooter></headerFooter>")
    ),
    "name of a sheet in code": part(_SHEET, after("<sheetPr", f' codeName="{SECRET}"')),
    "hidden row": part(_SHEET, after('<row r="5"', ' hidden="1"')),
    "hidden column": part(_SHEET, after("<col ", 'hidden="1" ')),
    "row height of nothing": part(_SHEET, text('ht="15.75"', 'ht="0"')),
    "text beside the numbers": part(
        _SHEET,
        text("</row></sheetData>", f'<c r="AZ5" t="inlineStr"><is><t>{SECRET}</t></is></c></row></sheetData>'),
    ),
    "message of an allowed value": part(
        _SHEET,
        before(
            "<pageMargins",
            f'<dataValidations count="1"><dataValidation prompt="{SECRET}" sqref="A1"/></dataValidations>',
        ),
    ),
    "tool tip of a link": part(
        "xl/worksheets/sheet1.xml", shape(r'display="[^"]*"', f'display="Answer" tooltip="{SECRET}"')
    ),
    "name of a table": part("xl/tables/table3.xml", text('displayName="counts"', 'displayName="Blue_Heron"')),
    "alternative text of a table": part(
        "xl/tables/table3.xml", before("</table>", f'<extLst><ext altText="{SECRET}"/></extLst>')
    ),
    "name of a column of a table": part("xl/tables/table3.xml", text('name="Counted"', f'name="{SECRET}"')),
    "defined name": part(
        "xl/workbook.xml",
        before("<calcPr", '<definedNames><definedName name="Blue_Heron">1</definedName></definedNames>'),
    ),
    "name of a sheet": part("xl/workbook.xml", text('name="Method"', f'name="{SECRET[:20]}"')),
    "person who saved": part("docProps/core.xml", shape(r"<cp:lastModifiedBy>[^<]*", f"<cp:lastModifiedBy>{SECRET}")),
    "company": part("docProps/app.xml", shape(r"<Company>[^<]*", f"<Company>{SECRET}")),
    "manager": part("docProps/app.xml", before("</Properties>", f"<Manager>{SECRET}</Manager>")),
    "list of titles": part("docProps/app.xml", text("<vt:lpstr>Method", f"<vt:lpstr>{SECRET}")),
    "custom properties": more("docProps/custom.xml"),
    "custom data": more("customXml/item1.xml"),
    "cache of a pivot table": more("xl/pivotCache/pivotCacheDefinition1.xml"),
    "cache of a chart": more("xl/charts/chart1.xml"),
    "picture that no sheet shows": more("xl/media/image1.png"),
    "part with a name of its own": more(f"xl/{SECRET}.xml", "<a/>"),
    "relation to elsewhere": part(
        "xl/_rels/workbook.xml.rels",
        before(
            "</Relationships>",
            '<Relationship Id="rId99" Type="a" TargetMode="External" Target="https://heron.example"/>',
        ),
    ),
    "type of a part": part(
        "[Content_Types].xml", before("</Types>", f'<Default Extension="x" ContentType="{SECRET}"/>')
    ),
    "name in the theme": part("xl/theme/theme1.xml", shape(r'name="Office[^"]*"', f'name="{SECRET}"')),
    **PACKAGE,
}
ODS: dict[str, Change] = {
    "other value than is shown": part("content.xml", text('office:value="12"', 'office:value="13"')),
    "other text than the value": part("content.xml", shape(r"(?<=<text:p>)12(?=</text:p>)", "13")),
    "name of a style": part("content.xml", text('style:name="whole"', 'style:name="BlueHeron"')),
    "name of a sheet": part("content.xml", text('table:name="Method"', f'table:name="{SECRET}"')),
    "formula": part("content.xml", after("<table:table-cell ", f'table:formula="of:=&quot;{SECRET}&quot;" ')),
    "message of an allowed value": part(
        "content.xml",
        after(
            "<office:spreadsheet>",
            f'<table:content-validations><table:content-validation table:name="v"><table:help-message><text:p>{SECRET}'
            "</text:p></table:help-message></table:content-validation></table:content-validations>",
        ),
    ),
    "text of a number style": part(
        "content.xml", before("</number:number-style>", f"<number:text>{SECRET}</number:text>")
    ),
    "letters of one point": part("content.xml", text('fo:font-size="16pt"', 'fo:font-size="1pt"')),
    "letters nearly white": part("content.xml", text('fo:color="#0F4C81"', 'fo:color="#FDFDFD"')),
    "text that is not shown": part("content.xml", text('style:text-underline-style="solid"', 'text:display="none"')),
    "hidden row": part("content.xml", after("<table:table-row ", 'table:visibility="collapse" ')),
    "span beside a text": part(
        "content.xml", after("<text:p>", f'<text:span text:style-name="text">{SECRET}</text:span>')
    ),
    "title of a sheet": part("content.xml", after('table:name="Counts"', f' xlink:title="{SECRET}"')),
    "description of a sheet": part(
        "content.xml", shape(r'(<table:table table:name="Counts"[^>]*>)', rf"\1<table:desc>{SECRET}</table:desc>")
    ),
    "user data of a sheet": part("content.xml", after('table:name="Counts"', f' table:protection-key="{SECRET}"')),
    "name in a link": part("content.xml", after('xlink:type="simple"', f' office:name="{SECRET}"')),
    "annotation": part(
        "content.xml", before("<text:p>", f"<office:annotation><text:p>{SECRET}</text:p></office:annotation>")
    ),
    "settings": more("settings.xml"),
    "name of a master page": part("styles.xml", text('style:name="Upright"', 'style:name="Heron"')),
    "foot of the pages": part(
        "styles.xml",
        text(
            '<style:master-page style:name="Default" style:page-layout-name="page"/>',
            '<style:master-page style:name="Default" style:page-layout-name="page"><style:footer>'
            f"<text:p>{SECRET}</text:p></style:footer></style:master-page>",
        ),
    ),
    "creator": part("meta.xml", shape(r"<dc:creator>[^<]*", f"<dc:creator>{SECRET}")),
    "program": part("meta.xml", shape(r"<meta:generator>[^<]*", f"<meta:generator>{SECRET}")),
    "described": part("meta.xml", before("</office:meta>", f"<dc:description>{SECRET}</dc:description>")),
    "keyword": part("meta.xml", before("</office:meta>", f"<meta:keyword>{SECRET}</meta:keyword>")),
    "entry of the list of parts": part(
        "META-INF/manifest.xml",
        before("</manifest:manifest>", f'<manifest:file-entry manifest:full-path="{SECRET}" manifest:media-type=""/>'),
    ),
    "picture": more("Pictures/1.png"),
    "kind of file": part("mimetype", lambda content: content + SECRET.encode()),
    **PACKAGE,
}
_DOC = "word/document.xml"
DOCX: dict[str, Change] = {
    "bookmark": part(
        _DOC, before("</w:body>", '<w:p><w:bookmarkStart w:id="9" w:name="Blue_Heron"/><w:bookmarkEnd w:id="9"/></w:p>')
    ),
    "hidden text": part(
        _DOC, before("</w:body>", f"<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>{SECRET}</w:t></w:r></w:p>")
    ),
    "text of half a point": part(
        _DOC, before("</w:body>", f'<w:p><w:r><w:rPr><w:sz w:val="1"/></w:rPr><w:t>{SECRET}</w:t></w:r></w:p>')
    ),
    "text nearly white": part(
        _DOC, before("</w:body>", f'<w:p><w:r><w:rPr><w:color w:val="FDFDFD"/></w:rPr><w:t>{SECRET}</w:t></w:r></w:p>')
    ),
    "text nearly white, of known words": part(
        _DOC, shape(r"(<w:r>)(?=<w:t[ >])", r'\1<w:rPr><w:color w:val="FDFDFD"/></w:rPr>')
    ),
    "description of a table": part(
        _DOC, shape(r'<w:tblDescription w:val="[^"]*"', f'<w:tblDescription w:val="{SECRET}"')
    ),
    "name of a part of the page": part(_DOC, shape(r'w:fill="[^"]*"|<w:tblLook ', f'<w:tblLook w:name="{SECRET}" ')),
    "tag of a control": part(
        _DOC, before("</w:body>", f'<w:sdt><w:sdtPr><w:tag w:val="{SECRET}"/></w:sdtPr><w:sdtContent/></w:sdt>')
    ),
    "comment in XML": part(_DOC, before("</w:body>", f"<!-- {SECRET} -->")),
    "text that no program shows": part(_DOC, before("</w:body>", SECRET)),
    "delayed field": part(_DOC, before("</w:body>", f'<w:p><w:fldSimple w:instr=" QUOTE {SECRET} "/></w:p>')),
    "tracked insertion": part(
        _DOC, before("</w:body>", f'<w:p><w:ins w:author="{SECRET}"><w:r><w:t>a</w:t></w:r></w:ins></w:p>')
    ),
    "revision number": part(_DOC, text("<w:p>", f'<w:p w:rsidR="{SECRET}">')),
    "name of a style": part("word/styles.xml", shape(r'<w:name w:val="Cell"', f'<w:name w:val="{SECRET}"')),
    "other name of a style": part("word/styles.xml", before("</w:style>", f'<w:aliases w:val="{SECRET}"/>')),
    "language": part("word/styles.xml", text('w:val="en-GB"', 'w:val="en-HERON"')),
    "white style": part("word/styles.xml", before("</w:style></w:styles>", '<w:rPr><w:color w:val="FFFFFF"/></w:rPr>')),
    "variable of the document": part(
        "word/settings.xml", before("</w:settings>", f'<w:docVars><w:docVar w:name="a" w:val="{SECRET}"/></w:docVars>')
    ),
    "font": part("word/fontTable.xml", shape(r'w:name="[^"]*"', f'w:name="{SECRET}"')),
    "list template": part("word/numbering.xml", before("</w:abstractNum>", f'<w:name w:val="{SECRET}"/>')),
    "sign of a list": part("word/numbering.xml", shape(r'<w:lvlText w:val="[^"]*"', f'<w:lvlText w:val="{SECRET}"')),
    "head of the pages": part("word/header1.xml", before("</w:hdr>", f"<w:p><w:r><w:t>{SECRET}</w:t></w:r></w:p>")),
    "category": part("docProps/core.xml", before("</cp:coreProperties>", f"<cp:category>{SECRET}</cp:category>")),
    "time of the last change": part("docProps/core.xml", shape(r"2025-08-19T\d\d", "2025-08-19T11")),
    "theme": part("word/theme/theme1.xml", shape(r' name="[^"]*"', f' name="{SECRET}"')),
    "footnotes": more("word/footnotes.xml"),
    "glossary": more("word/glossary/document.xml"),
    "unused picture": more("word/media/image9.png"),
    "relation to elsewhere": part(
        "word/_rels/document.xml.rels",
        before(
            "</Relationships>",
            '<Relationship Id="rId99" Type="http://a/hyperlink" TargetMode="External" Target="https://heron.example/?a=1"/>',
        ),
    ),
    **PACKAGE,
}
HTML: dict[str, Change] = {
    "short form of a cell": text("<td>", f'<td abbr="{SECRET}">'),
    "title of a cell": text("<td>", f'<td title="{SECRET}">'),
    "class": text("<td>", '<td class="blue-heron">'),
    "identity": text("<tbody>", '<tbody id="blue-heron">'),
    "data attribute": text("<td>", f'<td data-name="{SECRET}">'),
    "spoken label": text("<tbody>", f'<tbody aria-label="{SECRET}">'),
    "spoken description": text("<tbody>", f'<tbody aria-description="{SECRET}">'),
    "known attribute, other words": text('aria-label="Chart"', f'aria-label="{SECRET}"'),
    "language": text('lang="en-GB"', 'lang="x-heron"'),
    "address of a letter": shape(r'href="https://[^"]*"', 'href="mailto:heron@lane.example?subject=Blue"'),
    "part of an address": shape(r'href="(https://[^"]*)"', r'href="\1?heron"'),
    "microdata": text("<main>", f'<main itemprop="{SECRET}">'),
    "attribute without a name that is known": text("<main>", "<main blueheron>"),
    "words made by style": text("</style>", f'tfoot::after {{ content: "{SECRET}"; }}</style>'),
    "number changed by style": text("</style>", 'td { font-size: 0 } td::before { content: "9"; }</style>'),
    "style that paints white": text("</style>", "td { color: #FDFDFD; }</style>"),
    "style of one pixel": text("</style>", "td { font-size: 1px; }</style>"),
    "style out of the page": text("</style>", "td { position: absolute; margin-left: -9999px; }</style>"),
    "style with a name": text("</style>", ".blue-heron { top: 0; }</style>"),
    "comment in the style": text("</style>", f"/* {SECRET} */</style>"),
    "known value of a style changed": text("color: #0B1F33;", "color: #FDFDFD;"),
    "comment": text("<main>", f"<main><!-- {SECRET} -->"),
    "description of the page": text("<title>", f'<meta name="description" content="{SECRET}"><title>'),
    "policy of the page": text("default-src 'none'", "default-src https://heron.example"),
    "words behind the page": lambda content: content + SECRET.encode(),
    "spaces": text("<main>", "<main> \t  \t\t "),
    "title of the chart": shape(r'<title id="cc-chart-title">[^<]*', f'<title id="cc-chart-title">{SECRET}'),
    "identity in the chart": text('id="cc-hatch"', 'id="blue-heron"'),
    "deleted text": text("<main>", f"<main><del>{SECRET}</del>"),
    "word break in a number": text("<td>12", "<td>1<wbr>2"),
}
FRAGMENT: dict[str, Change] = {
    "short form of a cell": text("<td>", f'<td abbr="{SECRET}">'),
    "style": before("<article", "<style>td { color: #FFFFFF; }</style>"),
    "words before the answer": before("<article"),
    "details that are closed": text("<table", f"<details><summary>{SECRET}</summary></details><table"),
}
SVG: dict[str, Change] = {
    "identity": text('id="cc-hatch"', 'id="blue-heron"'),
    "class": text("<rect ", '<rect class="blue-heron" '),
    "data": text("<rect ", f'<rect data-label="{SECRET}" '),
    "title of a bar": shape(r"(<rect [^>]*)/>", rf"\1><title>{SECRET}</title></rect>"),
    "description": text("</desc>", f"</desc><desc>{SECRET}</desc>"),
    "text outside the picture": text("</svg>", f'<text x="-900" y="9" fill="#0B1F33">{SECRET}</text></svg>'),
    "text without size": text("</svg>", f'<text font-size="0">{SECRET}</text></svg>'),
    "text nearly white": text("</svg>", f'<text x="9" y="9" fill="#FDFDFD">{SECRET}</text></svg>'),
    "text under a fill": text('fill="#0B1F33">12<', 'fill="none">12<'),
    "bar of half the height": text('height="96.0" fill="#28A197"', 'height="48.0" fill="#28A197"'),
    "bar at another place": text('y="48.0" width="235.1"', 'y="44.0" width="235.1"'),
    "bar painted as the ground": text('fill="#28A197"', 'fill="#FFFFFF"'),
    "bar that is not there": shape(r'<rect [^>]*fill="#28A197"/>\n', ""),
    "group that is clear": every(text("<defs>", '<g opacity="0.01"><defs>'), text("</svg>", "</g></svg>")),
    "metadata": text("</svg>", f"<metadata>{SECRET}</metadata></svg>"),
    "namespace": text("<svg ", '<svg xmlns:h="https://blue.heron.example" '),
    "words behind the picture": lambda content: content + f"<!--{SECRET}-->".encode(),
}
CSV: dict[str, Change] = {
    "further line": lambda content: content + SECRET.encode() + b"\n",
    "further column": text(",marker\n", ",marker,note\n"),
    "further cell": text("\n", f"\n{SECRET},"),
    "mark at the start": lambda content: b"\xef\xbb\xbf" + content,
    "other line ends": lambda content: content.replace(b"\n", b"\r\n"),
    "spaces at the end": text("\n", "  \t \n"),
    "quotes where none are needed": text("Exampleshire Police", '"Exampleshire Police"'),
    "bytes that are no text": lambda content: content + b"\xff\xfe",
    "words for a name": text("Exampleshire Police", SECRET.replace(",", "")),
}
METADATA: dict[str, Change] = {
    "note": value(lambda read: read.update({"notes": [SECRET]})),
    "note of a column": value(lambda read: read["tables"][0]["tableSchema"]["columns"][0].update({"dc:note": SECRET})),
    "words of a title": at("dc:title"),
    "name of a key": value(lambda read: read.update({SECRET: 1})),
    "spaces": lambda content: content.replace(b"\n", b"\n  "),
}
RELEASE: dict[str, Change] = {
    "key at the top": at("raw"),
    "key in the provenance": at("provenance", "host"),
    "key in the request": at("provenance", "request", "request", "note"),
    "key in the scope": at("provenance", "request", "scope", "officer"),
    "key in the policy": at("provenance", "policy", "note"),
    "words of the request": at("provenance", "request", "request", "title"),
    "question of the request": at("provenance", "request", "question", 0, "text"),
    "digest that is words": at("provenance", "digests", "decisions"),
    "key in the record": at("disclosure", "note"),
    "key in the audit": at("disclosure", "audit", new={"auditor": "1", "machine": SECRET}),
    "words of the record": at("disclosure", "reader"),
    "key in a table": at("tables", 0, "note"),
    "population of a table": at("tables", 0, "population"),
    "table that is not printed": add("tables", new={"name": SECRET, "by": ["offence"], "cells": []}),
    "leaf of a dimension": add("dimensions", "offence", "leaves"),
    "total of a dimension": at("dimensions", "offence", "totals", new={SECRET: ["086/02"]}),
    "figure that was not printed": add("tables", 0, "cells", new=[["086/02", "2024-01"], 7, 7]),
    "key in what is printed": at("printed", 0, "note"),
    "line of words": add("words"),
    "name in a printed table": at("printed", 0, "name"),
    "unit of a table": at("printed", 0, "unit"),
    "key in the prose": at("prose", "draft"),
    "paragraph that no file prints": add("prose", "notes"),
    "code of a question": at("prose", "questions", 0, "codes", 0, 1),
    "way to reach the force": at("answered_by", "contact", "x"),
    "scheme of references": at("answered_by", "reference_scheme"),
    "time zone": at("answered_by", "time_zone", new="Blue/Heron"),
    "name of a field": at("answered_by", "oel_label"),
    "accepted without a doubt": add("accepted", new=[SECRET, "A reason."]),
    "name of a file": at("files", SECRET, new="0" * 64),
    "digest of a file": at("files", "counts.csv"),
    "spaces": lambda content: content.replace(b"\n ", b"\n  "),
    "escapes": text("Exampleshire", "\\u0045xampleshire"),
    "words behind the end": lambda content: content + SECRET.encode(),
    "mark at the start": lambda content: b"\xef\xbb\xbf" + content,
    "a list for a name": at("tables", 0, "name", new=["a", SECRET]),
    "a number for a text": at("title", new=5),
    "key twice": text('"format": 2', f'"title": "{SECRET}", "format": 2'),
}
LEAKS: dict[str, dict[str, Change]] = {
    "counts.xlsx": XLSX,
    "counts.ods": ODS,
    "response.docx": DOCX,
    "response.html": HTML,
    "response-body.html": FRAGMENT,
    "chart.svg": SVG,
    "counts.csv": CSV,
    "denominators.csv": CSV,
    "counts.csv-metadata.json": METADATA,
    "release.json": RELEASE,
}
"""The plants for each file of the bundle of the table of Welsh letters."""
