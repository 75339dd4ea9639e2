"""Every reader of a file that somebody else made, an honest file for each, and ways to damage one."""

from __future__ import annotations

import gzip
import io
import json
import random
import re
import shutil
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

import docx
import fpdf
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import xlwt
from books import ods, ods_row, ods_table, zipped

WORDS = ("Quillonwick", "Brambleforth", "Tamsinroe", "ZX90417733", "QV55120", "1961")
"""Words and numbers that stand in the records below and nowhere else."""
HEAD = (
    "occurrence_no,crime_no,home_office_code,offence,recorded_on,reported_on,committed_from,committed_to,status,markers"
)
OFFENCES = [
    HEAD.split(","),
    [
        "ZX90417733",
        "QV55120/1",
        "086/02",
        "Brambleforth",
        "2024-02-05",
        "05/02/2024",
        "2024-02-01",
        "",
        "recorded",
        "AI",
    ],
    ["ZX90417734", "QV55120/2", "8602", "Seen by Brambleforth", "2024-03-06", "", "", "", "recorded", ""],
    ["ZX90417735", "QV55120/3", "25051", "Images", "2024-04-06", "", "", "", "cancelled", ""],
]
TEXTS = [
    ["occurrence_no", "field", "entry_no", "entered_at", "text"],
    ["ZX90417733", "mo", "1", "2024-02-05", "Quillonwick Tamsinroe sent AI"],
    ["ZX90417733", "mo", "2", "", "Quillonwick, born 1961, sent a deepfake.\nTamsinroe saw it."],
    ["ZX90417734", "oel", "1", "", 'He said "Brambleforth" again; AI'],
]
COUNTS = [["Offence", "2023", "2024", "Total"], ["Theft", "12", "15", "27"], ["Fraud", "3", "c", "c"]]
REQUEST = """[request]
reference = "FOI/1"
title = "Images"
received = 2024-06-01
version_date = 2024-07-01
[scope]
from = "2024-01"
to = "2024-05"
[[question]]
text = "Images"
codes = ["086/02"]
[terms]
any = ["AI", "deepfake*"]
fields = ["oel", "mo"]
[table]
rows = ["offence"]
columns = "month"
[[accepted]]
doubt = "x"
reason = "A reason."
"""
POLICY = '[disclosure]\nrule = "suppress"\nthreshold = 5\nlabel = "c"\nreason = "A test."\napproved_by = "Tester"\n'
FORCE = '[force]\nname = "Made up"\ntime_zone = "UTC"\n[force.information_rights]\nemail = "foi@force.example"\n'
LAYOUT = """name = "ours"
codes = "home-office"
[status]
"no crime" = "cancelled"
[[file]]
match = ["offences*"]
dates = ["%Y-%m-%d", "%d/%m/%Y"]
[file.offence]
occurrence_no = "occurrence_no"
crime_no = "crime_no"
code = { header = "home_office_code", split = "|" }
recorded_on = "recorded_on"
status = "status"
[file.offence.extra]
kind = "offence"
"""
HIDDEN = b"offence,Jan,Feb,Total\nA,1,c,c\nB,3,4,7\n"
CODES = '[[code]]\ncode = "900/01"\ndescription = "Local matter"\nfrom = 2023-01-01\nto = 2024-02-01\n'
LETTER = "Dear Sir,\n\nPlease tell me how many offences under section 66B were recorded from January 2023.\n1. AI\n"
HOLIDAYS = {
    name: {
        "division": name,
        "events": [
            {"title": "Holiday", "date": f"{year}-0{month}-01", "notes": "", "bunting": True}
            for year in (2029, 2030)
            for month in range(1, 10)
        ],
    }
    for name in ("england-and-wales", "scotland", "northern-ireland")
}


def csv_of(rows: Sequence[Sequence[str]], delimiter: str = ",") -> bytes:
    """Rows as delimited text."""

    def quoted(cell: str) -> str:
        return '"' + cell.replace('"', '""') + '"' if re.search(f'["\n{delimiter}]', cell) else cell

    return "".join(delimiter.join(map(quoted, row)) + "\n" for row in rows).encode()


def xlsx_of(rows: Sequence[Sequence[str]], name: str = "texts") -> bytes:
    """Rows as a workbook."""
    book, out = openpyxl.Workbook(), io.BytesIO()
    book.active.title = name
    for row in rows:
        book.active.append(list(row))
    book.save(out)
    return out.getvalue()


def xls_of(rows: Sequence[Sequence[str]], name: str = "texts") -> bytes:
    """Rows as a workbook of Excel before 2007."""
    book, out = xlwt.Workbook(), io.BytesIO()
    sheet = book.add_sheet(name)
    for at, row in enumerate(rows):
        for column, cell in enumerate(row):
            sheet.write(at, column, cell)
    book.save(out)
    return out.getvalue()


def ods_of(rows: Sequence[Sequence[str]], name: str = "texts") -> bytes:
    """Rows as an OpenDocument workbook."""
    return ods(ods_table(name, *(ods_row(*row) for row in rows)))


def docx_of(rows: Sequence[Sequence[str]], text: str = "An answer") -> bytes:
    """A document with paragraphs and a table."""
    document, out = docx.Document(), io.BytesIO()
    for line in text.splitlines():
        document.add_paragraph(line)
    table = document.add_table(len(rows), len(rows[0]))
    for at, row in enumerate(rows):
        for column, cell in enumerate(row):
            table.cell(at, column).text = cell
    document.save(out)
    return out.getvalue()


def pdf_of(rows: Sequence[Sequence[str]]) -> bytes:
    """A page with a ruled table."""
    page = fpdf.FPDF()
    page.add_page()
    page.set_font("helvetica", size=10)
    for row in rows:
        for cell in row:
            page.cell(40, 8, cell, border=1)
        page.ln()
    return bytes(page.output())


def mail_of(text: str, attachment: bytes = b"") -> bytes:
    """A message with a body and, where given, an attachment."""
    message = EmailMessage()
    message["Subject"] = "A request"
    message["From"] = "a@example.invalid"
    message.set_content(text)
    if attachment:
        message.add_attachment(attachment, maintype="text", subtype="csv", filename="counts.csv")
    return message.as_bytes()


def parquet_of(rows: Sequence[Sequence[str]]) -> bytes:
    """Rows as Parquet."""
    sink = io.BytesIO()
    pq.write_table(pa.table({name: [row[at] for row in rows[1:]] for at, name in enumerate(rows[0])}), sink)
    return sink.getvalue()


def json_rows(rows: Sequence[Sequence[str]]) -> list[dict[str, str]]:
    """Rows as mappings."""
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


@dataclass(frozen=True)
class Reader:
    """A command that reads one file. `content` is honest; `arguments` say how to call it with the damaged file.

    `weight` is how often it is tried.
    """

    name: str
    file: str
    content: bytes
    arguments: Callable[[Path, Path], Sequence[object]]
    weight: int = 2


def _imports(folder: Path, file: Path) -> Sequence[object]:
    return ("import", file, "--store", folder / "out", "--as-at", "2024-06-30")


def _collates(folder: Path, file: Path) -> Sequence[object]:
    return ("collate", file, "--force", "Made up", "--reference", "R", "--out", folder / "out.csv")


def _drafts(folder: Path, file: Path) -> Sequence[object]:
    return ("new", folder / "out", "--from", file)


def readers(base: Path) -> list[Reader]:
    """Every reader. `base` holds a store, a bundle, a sheet of decisions, and the files to use them with."""
    decisions, document = (base / "hits.csv").read_bytes(), (base / "document.json").read_bytes()
    lines = "".join(json.dumps(each) + "\n" for each in json_rows(OFFENCES)).encode()
    found = [
        Reader("import CSV of offences", "offences.csv", csv_of(OFFENCES), _imports, 8),
        Reader("import CSV of texts", "texts.csv", csv_of(TEXTS), _imports, 8),
        Reader("import TSV", "offences.tsv", csv_of(OFFENCES, "\t"), _imports, 4),
        Reader("import JSON lines", "offences.jsonl", lines, _imports, 4),
        Reader("import JSON array", "texts.json", json.dumps(json_rows(TEXTS)).encode(), _imports, 4),
        Reader("import Parquet", "offences.parquet", parquet_of(OFFENCES), _imports, 4),
        Reader("import gzip", "texts.csv.gz", gzip.compress(csv_of(TEXTS)), _imports),
        Reader("import zip", "texts.zip", zipped({"texts.csv": csv_of(TEXTS)}), _imports),
        Reader("import XLSX", "texts.xlsx", xlsx_of(TEXTS), _imports),
        Reader("import XLS", "texts.xls", xls_of(TEXTS), _imports),
        Reader("import ODS", "texts.ods", ods_of(TEXTS), _imports),
        Reader("new --from text", "letter.txt", LETTER.encode(), _drafts, 2),
        Reader("new --from mail", "letter.eml", mail_of(LETTER), _drafts, 3),
        Reader("new --from Word", "letter.docx", docx_of(COUNTS, LETTER), _drafts, 3),
        Reader("collate CSV", "a.csv", csv_of(COUNTS), _collates),
        Reader("collate XLSX", "a.xlsx", xlsx_of(COUNTS), _collates),
        Reader("collate ODS", "a.ods", ods_of(COUNTS), _collates),
        Reader("collate XLS", "a.xls", xls_of(COUNTS), _collates, 1),
        Reader("collate DOCX", "a.docx", docx_of(COUNTS), _collates),
        Reader("collate HTML", "a.html", b"<table><tr><th>Offence<th>2023</tr><tr><td>Theft<td>12</table>", _collates),
        Reader("collate PDF", "a.pdf", pdf_of(COUNTS), _collates),
        Reader("collate mail", "a.eml", mail_of("See the table.", csv_of(COUNTS)), _collates),
        Reader("collate text", "a.txt", b"Offence\t2023\t2024\nTheft\t12\t9\nFraud\t3\t1\n", _collates, 1),
        Reader(
            "collate --list", "list.csv",
            f"path,force,reference,url,received\n{base / 'counts.csv'},F,R,,2024-01-01\n".encode(),
            lambda folder, file: ("collate", "--list", file, "--out", folder / "out.csv"), 2,
        ),
        Reader(
            "collate --mapping", "mapping.csv", b"label,code\nTheft,030/01\n",
            lambda folder, file: (*_collates(folder, base / "counts.csv"), "--mapping", file), 1,
        ),
        Reader("quality", "d.csv", decisions, lambda folder, file: ("quality", "--decisions", file), 4),
        Reader(
            "review import", "d.csv", decisions,
            lambda folder, file: ("review", "import", file, "--store", base / "store"), 3,
        ),
        Reader(
            "review import XLSX", "d.xlsx", (base / "hits.xlsx").read_bytes(),
            lambda folder, file: ("review", "import", file, "--store", base / "store"), 2,
        ),
        Reader("request", "r.toml", REQUEST.encode(), lambda folder, file: ("check", file), 6),
        Reader(
            "request and store", "r.toml", REQUEST.encode(),
            lambda folder, file: ("check", file, "--store", base / "store"), 2,
        ),
        Reader(
            "policy", "p.toml", POLICY.encode(),
            lambda folder, file: ("protect", base / "true.csv", "--policy", file, "--out", folder / "out"), 6,
        ),
        Reader(
            "force", "f.toml", FORCE.encode(),
            lambda folder, file: (
                "count", base / "request.toml", "--store", base / "store", "--policy", base / "policy.toml",
                "--force", file, "--out", folder / "out", "--internal", folder / "papers",
            ), 2,
        ),
        Reader(
            "layout", "l.toml", LAYOUT.encode(),
            lambda folder, file: ("import", base / "offences.csv", "--layout", file, "--explain"), 6,
        ),
        Reader("codes", "c.toml", CODES.encode(), lambda folder, file: ("codes", "900/01", "--codes", file), 5),
        Reader("protect JSON", "t.json", document, lambda folder, file: ("audit", file), 4),
        Reader("audit CSV", "t.csv", HIDDEN, lambda folder, file: ("audit", file), 3),
        Reader(
            "ledger add JSON", "t.json", document, lambda folder, file: ("ledger", base / "store", "add", file), 2
        ),
        Reader(
            "ledger add release", "release.json", (base / "bundle" / "release.json").read_bytes(),
            lambda folder, file: ("ledger", base / "store", "add", file), 2,
        ),
        Reader(
            "calendar", "h.json", json.dumps(HOLIDAYS).encode(),
            lambda folder, file: ("calendar", "update", file, "--calendar", folder / "out"), 3,
        ),
        Reader(
            "letter template", "t.docx", (base / "template.docx").read_bytes(),
            lambda folder, file: (
                "count", base / "request.toml", "--store", base / "store", "--policy", base / "policy.toml",
                "--letter-template", file, "--out", folder / "out", "--internal", folder / "papers",
            ), 2,
        ),
    ]  # fmt: skip
    for path in sorted((base / "bundle").iterdir()):
        found.append(
            Reader(
                f"verify {path.name}", path.name, path.read_bytes(),
                lambda folder, file: ("verify", _bundle_with(base / "bundle", folder / "bundle", file)),
                2 if path.name == "release.json" else 1,
            )
        )  # fmt: skip
    return found


def _bundle_with(bundle: Path, folder: Path, file: Path) -> Path:
    """A copy of the bundle in which one file is the damaged one."""
    shutil.copytree(bundle, folder)
    shutil.copyfile(file, folder / file.name)
    return folder


_SIGNS = b"\0\n\r\t \"'<>[]{}(),;:=&#\\/%\x7f\x80\xbf\xe2\xff0123456789eE-+."
_TOKENS = (
    b"", b"\0", b"[" * 70, b"{" * 70, b'"' * 3, b"\xff\xfe", b"\xef\xbb\xbf", b"1e999", b"99999999999999999999", b"-1",
    b"NaN", b"null", b"true", b"[]", b"{}", b"0001-01-01", b"9999-12-31", b"2024-02-30", b"&#0;", b"<!DOCTYPE a>",
    b"\\ud800", b"\r", b"\n\n", "\u202e\u200b".encode(), b"%s%n{0}", b"../../etc", b"=1+1", b"1" * 400,
)  # fmt: skip


def damaged(content: bytes, dice: random.Random) -> bytes:
    """The content after a few accidents: bits, cuts, repeats, odd signs; of a package also one of its parts."""
    if content.startswith(b"PK\x03\x04") and dice.random() < 0.6:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts: dict[str, bytes] = {name: archive.read(name) for name in archive.namelist()}
        name = dice.choice(sorted(parts))
        match dice.randrange(5):
            case 0:
                del parts[name]
            case 1:
                parts[f"{name}x"] = parts[name]
            case _:
                parts[name] = _hurt(parts[name], dice)
        return zipped(parts)
    return _hurt(content, dice)


def _hurt(content: bytes, dice: random.Random) -> bytes:
    made = bytearray(content)
    for _ in range(dice.choice([1, 1, 1, 2, 3, 8, 30])):
        at = dice.randrange(len(made) + 1)
        if b"\n" in made and dice.random() < 0.3:  # where the header ends and the first record begins
            at = max(0, made.index(b"\n") + dice.randrange(-30, 6))
        match dice.randrange(8):
            case 0 if at < len(made):
                made[at] ^= 1 << dice.randrange(8)
            case 1 if at < len(made):
                made[at] = dice.choice(_SIGNS)
            case 2:
                del made[at : at + dice.choice([1, 2, 5, 20, 80])]
            case 3:
                made[at:at] = made[at : at + dice.randrange(1, 80)]
            case 4:
                made[at:at] = dice.choice(_TOKENS)
            case 5 if dice.random() < 0.3:
                del made[at:]
            case 6:
                _swap_words(made, dice)
            case 7:
                _swap_lines(made, dice)
    return bytes(made)


def _swap_words(made: bytearray, dice: random.Random) -> None:
    """Put one word of the file, or an odd token, in the place of another."""
    words = [found.span() for found in re.finditer(rb"[\w./:-]+", bytes(made[:20_000]))]
    if len(words) > 1:
        (start, end), (other, last) = dice.choice(words), dice.choice(words)
        made[start:end] = dice.choice([bytes(made[other:last]), dice.choice(_TOKENS)])


def _swap_lines(made: bytearray, dice: random.Random) -> None:
    lines = bytes(made).splitlines(keepends=True)
    if len(lines) > 1:
        one, two = dice.randrange(len(lines)), dice.randrange(len(lines))
        lines[one], lines[two] = lines[two], lines[one]
        made[:] = b"".join(lines)


def snapshot(folder: Path) -> Mapping[str, bytes]:
    """Every file of a folder with its bytes."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
