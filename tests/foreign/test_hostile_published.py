"""No published file, however it was made, costs collate more than 10 seconds or 1 GB, or ends in a traceback."""

from __future__ import annotations

import io
import resource
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

_SECONDS, _MEMORY = 10, 1 << 30
_RUN = "import sys\nfrom clearcount.__main__ import main\nsys.argv = ['clearcount', *sys.argv[1:]]\nmain()\n"


def totals_everywhere() -> bytes:
    """Every second row is a total: adding each up from all rows above would take hours."""
    return b"Offence,2022,2023\n" + b"".join(b"Row %d,1,2\nTotal,1,2\n" % at for at in range(18_000))


def periods_and_notes() -> bytes:
    """Thousands of periods, and thousands of notes that each may narrow one."""
    days = b"".join(
        b"%02d/%02d/20%02d,1\n" % (d, m, y) for y in range(10, 25) for m in range(1, 13) for d in range(1, 29)
    )
    notes = b"".join(b'"Figures for 2024 are to %d March 2024, note %d"\n' % (at % 28 + 1, at) for at in range(9_000))
    return b"Date,Reports\n" + days + b"\n" + notes


def heads_of_words() -> bytes:
    """Headings of a hundred thousand words that begin like periods."""
    return b"Offence," + b"1 to 2 " * 16_000 + b"2024," + b"offences " * 12_000 + b"2023\nArson,1,2\n"


def wide_table() -> bytes:
    """Totals over many periods in each of many rows."""
    head = ",".join(f"{year}-{month:02d},{year} total {month}" for year in range(1950, 2024) for month in range(1, 13))
    return (f"Offence,{head},Total\n" + ("Arson" + ",1" * 1777 + "\n") * 60).encode()


def tables_in_tables() -> bytes:
    return b"<table><tr><td>" * 60_000 + b"7"


def spans() -> bytes:
    return b"<table>" + b"<tr><td rowspan=900 colspan=900>2022" * 900 + b"</table>"


def ruled_page() -> bytes:
    """A page with twenty thousand lines and no table that anybody could read."""
    from fpdf import FPDF

    document = FPDF()
    document.add_page()
    document.set_font("Helvetica", size=4)
    for at in range(10_000):
        document.line(at % 200, 0, at % 200, 280)
        document.line(0, at % 280, 200, at % 280)
    document.cell(0, 4, "2022 7")
    return bytes(document.output())


def letter_of_tables() -> bytes:
    """A letter whose tables lie inside each other, ten thousand deep."""
    name = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    inner = "<w:tbl><w:tr><w:tc>" * 10_000 + "</w:tc></w:tr></w:tbl>" * 10_000
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", f'<w:document xmlns:w="{name}"><w:body>{inner}</w:body></w:document>')
    return target.getvalue()


def list_of_lines() -> bytes:
    return b"".join(b"%d - %d\n" % (1900 + at % 120, at) for at in range(200_000)) + b"a: " * 100_000


HOSTILE: dict[str, tuple[str, Callable[[], bytes]]] = {
    "totals everywhere": (".csv", totals_everywhere),
    "periods and notes": (".csv", periods_and_notes),
    "heads of words": (".csv", heads_of_words),
    "wide table": (".csv", wide_table),
    "tables in tables": (".html", tables_in_tables),
    "spans": (".html", spans),
    "ruled page": (".pdf", ruled_page),
    "letter of tables": (".docx", letter_of_tables),
    "list of lines": (".txt", list_of_lines),
}


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="memory is measured as Linux counts it")
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_published_file_stays_within_its_bounds(tmp_path: Path, name: str) -> None:
    kind, make = HOSTILE[name]
    path = tmp_path / f"answer{kind}"
    path.write_bytes(make())
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [sys.executable, "-c", _RUN, "collate", str(path), "--out", str(tmp_path / "out.csv"), "--json"],
        capture_output=True,
        text=True,
        check=False,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert done.returncode in (0, 1, 2), done.stderr[-500:]
    assert "Traceback" not in done.stderr and "fault here" not in done.stderr, done.stderr[-500:]
    if done.returncode == 2:
        assert str(path) in done.stderr
        assert not (tmp_path / "out.csv").exists()
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    assert spent < _SECONDS + 3, spent  # 10 for the file, the rest for starting twice
    assert after.ru_maxrss * 1024 < _MEMORY
