"""Builds workbooks from their own XML, so that tests can hold what no writer of today would write."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape, quoteattr

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_ODF = "urn:oasis:names:tc:opendocument:xmlns:"


def zipped(members: Mapping[str, str | bytes]) -> bytes:
    """The members as a zip file."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def cell(text: str) -> str:
    """A cell of text."""
    return f'<c t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'


def row(*cells: str, attributes: str = "") -> str:
    """A row of cells, each as XML or as a plain text."""
    return f"<row {attributes}>{''.join(each if each.startswith('<c') else cell(each) for each in cells)}</row>"


def xlsx(
    sheets: Mapping[str, str | Sequence[str]],
    *,
    formats: Sequence[str] = (),
    strings: str = "",
    before: str = "",
    after: str = "",
    states: Mapping[str, str] | None = None,
    settings: str = "",
) -> bytes:
    """A workbook of rows as XML. `formats` are the number formats of styles 1, 2, …; `before` and `after` lie round
    the rows of each sheet."""
    parts: dict[str, str] = {
        "_rels/.rels": f'<Relationships xmlns="{_RELATIONS}"><Relationship Id="r" Type="{_OFFICE}/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>',
    }
    listed = related = ""
    for number, (name, rows) in enumerate(sheets.items(), start=1):
        state = f'state="{(states or {})[name]}"' if name in (states or {}) else ""
        listed += f'<sheet name={quoteattr(name)} sheetId="{number}" r:id="s{number}" {state}/>'
        related += f'<Relationship Id="s{number}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{number}.xml"/>'
        content = rows if isinstance(rows, str) else "".join(rows)
        parts[f"xl/worksheets/sheet{number}.xml"] = (
            f'<worksheet xmlns="{_MAIN}">{before}<sheetData>{content}</sheetData>{after}</worksheet>'
        )
    related += f'<Relationship Id="st" Type="{_OFFICE}/styles" Target="styles.xml"/>'
    if strings:
        related += f'<Relationship Id="ss" Type="{_OFFICE}/sharedStrings" Target="/xl/sharedStrings.xml"/>'
        parts["xl/sharedStrings.xml"] = f'<sst xmlns="{_MAIN}">{strings}</sst>'
    own = "".join(f'<numFmt numFmtId="{164 + at}" formatCode={quoteattr(code)}/>' for at, code in enumerate(formats))
    styles = "".join(f'<xf numFmtId="{164 + at}"/>' for at in range(len(formats)))
    parts["xl/styles.xml"] = (
        f'<styleSheet xmlns="{_MAIN}"><numFmts>{own}</numFmts>'
        f'<cellXfs><xf numFmtId="0"/>{styles}</cellXfs></styleSheet>'
    )
    parts["xl/workbook.xml"] = (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">{settings}<sheets>{listed}</sheets></workbook>'
    )
    parts["xl/_rels/workbook.xml.rels"] = f'<Relationships xmlns="{_RELATIONS}">{related}</Relationships>'
    return zipped(parts)


def ods(tables: str, *, styles: str = "", more: Mapping[str, str] | None = None) -> bytes:
    """A workbook of `<table:table>` elements."""
    names = " ".join(f'xmlns:{name}="{_ODF}{name}:1.0"' for name in ("office", "table", "text", "style"))
    calc = 'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
    content = (
        f"<office:document-content {names} {calc}><office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    return zipped({"mimetype": kind, "content.xml": content, **(more or {})})


def ods_cell(text: str, attributes: str = 'office:value-type="string"') -> str:
    """A cell; `text` is the XML inside its paragraph."""
    return f"<table:table-cell {attributes}><text:p>{text}</text:p></table:table-cell>"


def ods_row(*cells: str, attributes: str = "") -> str:
    """A row of cells, each as XML or as a plain text."""
    made = (each if each.startswith("<table:") else ods_cell(escape(each)) for each in cells)
    return f"<table:table-row {attributes}>{''.join(made)}</table:table-row>"


def ods_table(name: str, *rows: str, attributes: str = "", columns: str = "") -> str:
    """A sheet."""
    return f"<table:table table:name={quoteattr(name)} {attributes}>{columns}{''.join(rows)}</table:table>"
