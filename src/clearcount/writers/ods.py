"""counts.ods: the same sheets as counts.xlsx as an OpenDocument package of four parts (OASIS ODF 1.3)."""

from __future__ import annotations

from clearcount.writers.printed_release import PrintedRelease
from clearcount.writers.templating import render
from clearcount.writers.workbook import WrittenSheet, workbook
from clearcount.writers.zips import package

_MIMETYPE = "application/vnd.oasis.opendocument.spreadsheet"
_ODF = "urn:oasis:names:tc:opendocument:xmlns"
_NAMESPACES = " ".join(
    f'xmlns:{prefix}="{uri}"'
    for prefix, uri in {
        "office": f"{_ODF}:office:1.0",
        "table": f"{_ODF}:table:1.0",
        "text": f"{_ODF}:text:1.0",
        "style": f"{_ODF}:style:1.0",
        "number": f"{_ODF}:datastyle:1.0",
        "meta": f"{_ODF}:meta:1.0",
        "fo": f"{_ODF}:xsl-fo-compatible:1.0",
        "dc": "http://purl.org/dc/elements/1.1/",
        "xlink": "http://www.w3.org/1999/xlink",
    }.items()
)


def _widths(sheet: WrittenSheet) -> list[int]:
    """Column widths in millimetres."""
    widths = []
    for column, heading in enumerate(sheet.header):
        longest = max((len(str(row[column])) for row in sheet.rows), default=0)
        words = column < sheet.words
        widths.append(min(max(longest, len(heading), 9) * 3, 150 if sheet.words == 2 else 100) if words else 26)
    return widths


def ods(release: PrintedRelease) -> bytes:
    """Return the workbook; the parts hold nothing but its sheets, its styles and its properties."""
    sheets = workbook(release)
    columns = [_widths(sheet) for sheet in sheets]
    parts = {
        "content.xml": render(
            "ods_content.xml.j2",
            namespaces=_NAMESPACES,
            sheets=list(zip(sheets, columns, strict=True)),
            widths=sorted({width for widths in columns for width in widths}),
        ),
        "styles.xml": render("ods_styles.xml.j2", namespaces=_NAMESPACES),
        "meta.xml": render(
            "ods_meta.xml.j2",
            namespaces=_NAMESPACES,
            title=release.title,
            reference=release.reference,
            force=release.force.name,
            day=release.version_date.isoformat(),
        ),
    }
    manifest = render("ods_manifest.xml.j2", names=list(parts))
    # ODF 1.3 part 2, 3.3: the mimetype comes first and is stored, so that the file can be told by its first bytes.
    members = {"mimetype": _MIMETYPE, **parts, "META-INF/manifest.xml": manifest}
    return package({name: text.encode() for name, text in members.items()})
