"""Files made to break a reader: bombs, far corners, spans, deep nesting, passwords, cuts. Each is small."""

from __future__ import annotations

import gzip
import io
import struct
import zipfile

from books import ods, ods_cell, ods_row, ods_table, row, xlsx, zipped

_LAUGHS = '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">' + "".join(
    f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)
_BLOWUP = f'<!DOCTYPE a [<!ENTITY a "{"x" * 50_000}">]><a>{"&a;" * 20_000}</a>'
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_FLAG_ENCRYPTED = 0x1


def encrypted(content: bytes) -> bytes:
    """The archive with the flag of a password in both headers of its first member."""
    made = bytearray(content)
    for at in (6, made.index(b"PK\x01\x02") + 8):
        made[at] |= _FLAG_ENCRYPTED
    return bytes(made)


def lying(content: bytes, size: int) -> bytes:
    """The archive, whose directory states another size for its first member."""
    made = bytearray(content)
    at = made.index(b"PK\x01\x02") + 24
    made[at : at + 4] = struct.pack("<I", size)
    return bytes(made)


def overlapping(members: int) -> bytes:
    """An archive whose directory names one place many times."""
    content = zipped({"a.csv": b"a,b\n" * 50_000})
    start = content.index(b"PK\x01\x02")
    end = content.index(b"PK\x05\x06")
    entry = content[start:end]
    entries = b"".join(entry.replace(b"a.csv", f"{number:05d}".encode()) for number in range(members))
    tail = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, members, members, len(entries), start, 0)
    return content[:start] + entries + tail


def stored_bomb(name: str, megabytes: int) -> bytes:
    """An archive that holds one member of nothing but zeros."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive, archive.open(name, "w") as member:
        for _ in range(megabytes):
            member.write(bytes(1 << 20))
    return out.getvalue()


def files() -> dict[str, bytes]:
    """Every hostile file, by a name that tells what it is and how it is read."""
    plain = zipped({"offences.csv": "a,b\n1,2\n"})
    book = xlsx({"offences": [row("a"), row("b")]})
    far = '<c r="XFD1048576"><v>1</v></c>'
    sheet = "<workbook/>"
    parts = {
        name: zipfile.ZipFile(io.BytesIO(book)).read(name) for name in zipfile.ZipFile(io.BytesIO(book)).namelist()
    }
    endless = 'table:number-rows-repeated="1048576"'
    wide = ods_row(ods_cell("x" * 30_000, 'office:value-type="string" table:number-columns-repeated="16384"'))
    return {
        "bomb-200.zip": stored_bomb("offences.csv", 200),
        "bomb-many.zip": zipped({f"{number}.csv": bytes(1 << 20) for number in range(100)}),
        "nested.zip": zipped({"offences.zip": zipped({"a.zip": stored_bomb("a.csv", 20)})}),
        "overlap.zip": overlapping(1_000),
        "password.zip": encrypted(plain),
        "lying-large.zip": lying(plain, 0xFFFFFFF0),
        "lying-small.zip": lying(zipped({"offences.csv": "a,b\n" + "1,2\n" * 999}), 5),
        "cut.zip": plain[:-30],
        "garbage.zip": b"PK\x03\x04" + bytes(range(256)) * 40,
        "empty.zip": b"",
        "directory-only.zip": b"PK\x05\x06" + bytes(18),
        "bomb.csv.gz": gzip.compress(bytes(300 << 20), 9),
        "cut.csv.gz": gzip.compress(b"a,b\n" * 9_999)[:-20],
        "no.csv.gz": b"\x1f\x8b\x08\0" + bytes(99),
        "far-corner.xlsx": xlsx({"offences": [f'<row r="1048576">{far}</row>']}),
        "far-corner-with-header.xlsx": xlsx({"offences": [row("a", "b"), f'<row r="1048576">{far}</row>']}),
        "far-corners.xlsx": xlsx({f"s{n}": [row("a"), f'<row r="1048576">{far}</row>'] for n in range(40)}),
        "laughs.xlsx": zipped({**parts, "xl/workbook.xml": f"{_LAUGHS}]>{sheet}"}),
        "blowup.xlsx": zipped({**parts, "xl/worksheets/sheet1.xml": _BLOWUP}),
        "deep.xlsx": zipped({**parts, "xl/worksheets/sheet1.xml": "<a>" * 200_000}),
        "bomb.xlsx": zipped({**parts, "xl/worksheets/sheet1.xml": bytes(200 << 20)}),
        "strings.xlsx": xlsx(
            {"offences": [row(*['<c t="s"><v>0</v></c>'] * 200)] * 300}, strings=f"<si><t>{'x' * 30_000}</t></si>"
        ),
        "no-string.xlsx": xlsx({"offences": [row('<c t="s"><v>99999999999999</v></c>')]}),
        "merges.xlsx": xlsx(
            {"offences": [row("a"), row("b")]},
            after="<mergeCells>" + '<mergeCell ref="A2:XFD1048576"/>' * 210_000 + "</mergeCells>",
        ),
        "password.xlsx": _OLE + bytes(2_000) + "EncryptedPackage".encode("utf-16-le"),
        "cut.xlsx": book[:-400],
        "loop.xlsx": zipped({"_rels/.rels": parts["_rels/.rels"], "xl/workbook.xml": "<a/>" * 2}),
        "garbage.xls": _OLE + bytes(range(256)) * 99,
        "endless.xls": _OLE + b"\xff" * 40_000,
        "laughs.ods": zipped({"content.xml": f"{_LAUGHS}]><a>&i;</a>"}),
        "utf-16-laughs.ods": zipped({"content.xml": f"{_LAUGHS}]><a>&i;</a>".encode("utf-16")}),
        "repeats.ods": ods(ods_table("offences", *[wide] * 1, attributes="") + ods_table("x", wide * 99)),
        "rows.ods": ods(ods_table("offences", ods_row("x" * 30_000, attributes=endless))),
        "beyond.ods": ods(ods_table("offences", ods_row("x", attributes='table:number-rows-repeated="99999999"'))),
        "spaces.ods": ods(ods_table("offences", ods_row(ods_cell('<text:s text:c="99999999"/>x')))),
        "sheets-in-sheets.ods": ods('<table:table table:name="a">' * 5_000),
        "password.ods": ods("", more={"META-INF/manifest.xml": "<manifest:encryption-data/>"}),
        "no.parquet": b"PAR1" + bytes(500) + b"PAR1",
        "cut.parquet": b"PAR1" + bytes(40),
        "deep.jsonl": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
        "brackets.jsonl": b"[" * 1_000_000,
        "figures.jsonl": b'{"a":' + b"9" * 500_000 + b"}",
    }
