"""Delimited text: quotes out of place, cut files, line ends at the edges of blocks. No row swallows another."""

from __future__ import annotations

import csv
import io
import random
from pathlib import Path

import pytest

from clearcount.errors import ExportError
from clearcount.importers import delimited, scan, sieve
from clearcount.importers.delimited import look
from clearcount.importers.layout import AS_FOUND, Form
from clearcount.importers.raw import NO_LINE_END, ROW, RowFault
from clearcount.importers.rows import grammar
from clearcount.importers.sources import Source

HEAD = "occurrence_no,field,entry_no,entered_at,text\n"


def _read(path: Path, form: Form = AS_FOUND) -> tuple[list[tuple[int, list[str]]], list[RowFault]]:
    """(rows with their numbers, faults) of a file."""
    faults: list[RowFault] = []
    rows: list[tuple[int, list[str]]] = []
    file = look(Source(path), ["occurrence_no", "text"], form)
    for batch in file.batches(faults.append):
        columns = [column.to_pylist() for column in batch.columns[:-1]]
        rows += zip(batch.column(ROW).to_pylist(), map(list, zip(*columns, strict=True)), strict=True)
    return rows, sorted(faults, key=lambda fault: fault.row)


def _texts(path: Path, content: str) -> tuple[dict[str, str], list[tuple[int, str]]]:
    """(text by occurrence, (row, reason) of the faults) of a file with these rows."""
    path.write_text(HEAD + content, encoding="utf-8", newline="")
    rows, faults = _read(path)
    return {cells[0]: cells[-1] for _, cells in rows}, [(fault.row, fault.reason) for fault in faults]


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks and chunks of a few hundred bytes, so that short files have many edges."""
    monkeypatch.setattr(delimited, "_BLOCK", 256)
    monkeypatch.setattr(delimited, "_CHUNK", 128)
    monkeypatch.setattr(scan, "_CHUNK", 192)
    monkeypatch.setattr(sieve, "_CHUNK", 160)


BROKEN = {
    "a character after a closing quote": (
        '501,mo,1,2024-05-01,"seen" by a lake\n502,mo,1,2024-05-01,fine\n',
        {"502": "fine"},
        [(2, "a character follows")],
    ),
    "a quote left open before rows with quotes": (
        '501,mo,1,2024-05-01,"open\n502,mo,1,2024-05-01,"kite"\n503,mo,1,2024-05-01,"boat"\n',
        {"502": "kite", "503": "boat"},
        [(2, "a character follows")],
    ),
    "a quote left open before rows without quotes": (
        '501,mo,1,2024-05-01,"open\n502,mo,1,2024-05-01,kite\n503,mo,1,2024-05-01,boat\n',
        {"502": "kite", "503": "boat"},
        [(2, "opened and not closed")],
    ),
    "two stray quotes that pair over two rows": (
        '500,mo,1,2024-05-01,a\n501,mo,1,2024-05-01,"open\n502,mo,1,2024-05-01,kite"\n503,mo,1,2024-05-01,boat\n',
        {"500": "a", "502": 'kite"', "503": "boat"},
        [(3, "looks like further rows")],
    ),
    "two stray quotes three rows apart": (
        '500,mo,1,2024-05-01,a\n501,mo,1,2024-05-01,"open\n502,mo,1,2024-05-01,kite\n503,mo,1,2024-05-01,boat"\n',
        {"500": "a", "502": "kite", "503": 'boat"'},
        [(3, "looks like further rows")],
    ),
    "a quote left open in a text of several lines": (
        '500,mo,1,2024-05-01,a\n501,mo,1,2024-05-01,"open\nand on\nand on\n502,mo,1,2024-05-01,"kite"\n',
        {"500": "a", "502": "kite"},
        [(3, "2 lines after it begin no row")],
    ),
    "a quote left open in another column": (
        '500,mo,1,2024-05-01,a\n501,"mo,1,2024-05-01,open\n502,mo,1,2024-05-01,"kite, boat"\n',
        {"500": "a", "502": "kite, boat"},
        [(3, "a character follows")],
    ),
    "quotes escaped with a backslash": (
        '500,mo,1,2024-05-01,a\n501,mo,1,2024-05-01,"said \\"kite\\" twice"\n502,mo,1,2024-05-01,b\n',
        {"500": "a", "502": "b"},
        [(3, "a character follows")],
    ),
    "a blank after the closing quote": (
        '500,mo,1,2024-05-01,a\n501,mo,1,2024-05-01,"kite" \n502,mo,1,2024-05-01,b\n',
        {"500": "a", "502": "b"},
        [(3, "a character follows")],
    ),
    "an open quote whose row ends with a delimiter": (
        '500,mo,1,2024-05-01,a\n501,mo,1,2024-05-01,"open\n502,mo,1,2024-05-01,", kite"\n503,mo,1,2024-05-01,b\n',
        {"500": "a", "502": ", kite", "503": "b"},
        [(3, "looks like further rows")],
    ),
    "two rows that are broken one after the other": (
        '500,mo,1,2024-05-01,a\n501,mo,1,2024-05-01,"x" y\n502,mo,1,2024-05-01,"x" y\n503,mo,1,2024-05-01,b\n',
        {"500": "a", "503": "b"},
        [(3, "a character follows"), (4, "a character follows")],
    ),
    "a lone CR as line end and a quote left open": (
        '500,mo,1,2024-05-01,a\r501,mo,1,2024-05-01,"open\r502,mo,1,2024-05-01,"kite"\r',
        {"500": "a", "502": "kite"},
        [(3, "a character follows")],
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_row_is_refused_and_swallows_no_other(tmp_path: Path, case: str) -> None:
    content, texts, faults = BROKEN[case]
    kept, refused = _texts(tmp_path / "texts.csv", content)
    assert kept == texts
    assert [row for row, _ in refused] == [row for row, _ in faults]
    assert all(words in reason for (_, reason), (_, words) in zip(refused, faults, strict=True)), refused


@pytest.mark.parametrize("case", BROKEN)
def test_the_same_at_every_edge_of_a_block(tmp_path: Path, case: str, small: None) -> None:
    content, texts, faults = BROKEN[case]
    for length in range(0, 280, 7):
        rows = "".join(f"{number},mo,1,2024-05-01,{'z' * 20}\n" for number in range(100, 110))
        filler = f"111,mo,1,2024-05-01,{'y' * length}\n"
        kept, refused = _texts(tmp_path / "texts.csv", rows + filler + content)
        assert {key: text for key, text in kept.items() if key >= "500"} == texts
        assert [row - 11 for row, _ in refused] == [row for row, _ in faults]


@pytest.mark.parametrize(
    "text",
    ['5" blade', 'he said "kite" and left', "x\ny", "x\r\ny", "x\ry", 'x "a, b" y', '"', '""', 'a""b', ", ", "x,\n,y"],
)
def test_a_text_is_kept_byte_for_byte(tmp_path: Path, text: str) -> None:
    out = io.StringIO(newline="")
    csv.writer(out).writerow(["501", "mo", "1", "2024-05-01", text])
    assert _texts(tmp_path / "texts.csv", out.getvalue()) == ({"501": text}, [])


@pytest.mark.parametrize("text", ['5" blade', 'he said "kite" and left', 'x""', 'x"', 'a "', 'x""y'])
def test_a_quote_inside_a_cell_that_is_not_quoted_is_a_sign_like_any_other(tmp_path: Path, text: str) -> None:
    kept, refused = _texts(tmp_path / "texts.csv", f'501,mo,1,2024-05-01,{text}\n502,mo,1,2024-05-01,"q"\n')
    assert (kept, refused) == ({"501": text, "502": "q"}, [])


@pytest.mark.parametrize(
    "rows",
    [
        '501,mo,1,2024-05-01,a\n502,mo,1,2024-05-01,"cut',
        '501,mo,1,2024-05-01,a\n502,mo,1,2024-05-01,"cut\n',
        '501,mo,1,2024-05-01,a\n502,mo,1,2024-05-01,"',
        '501,mo,1,2024-05-01,a\n502,"mo',
        '501,mo,1,2024-05-01,a\n502,mo,1,2024-05-01,"said ""cut',
        '501,mo,1,2024-05-01,a\n502,mo,1,2024-05-01,"line one\nline two\nline th',
    ],
)
def test_a_file_that_ends_inside_a_quote_is_refused(tmp_path: Path, rows: str) -> None:
    with pytest.raises(ExportError, match=r"texts\.csv ends inside a quoted cell that begins in row 3"):
        _texts(tmp_path / "texts.csv", rows)


@pytest.mark.parametrize(
    ("rows", "cut"),
    [
        ("501,mo,1,2024-05-01,a\n", False),
        ("501,mo,1,2024-05-01,a\r\n", False),
        ("501,mo,1,2024-05-01,a", True),
        ("501,mo,1,2024-05-01,a\n502,mo,1", True),
        ('501,mo,1,2024-05-01,"a"', True),
        ("501,mo,1,2024-05-01,a\n ", True),
        ("501,mo,1,2024-05-01,a\n\n", False),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_last_row_without_a_line_end_is_noticed(tmp_path: Path, rows: str, cut: bool, encoding: str) -> None:
    path = tmp_path / "texts.csv"
    path.write_bytes((HEAD + rows).encode(encoding))
    noticed = look(Source(path), []).noticed
    assert [each.kind for each in noticed] == [NO_LINE_END] * cut
    assert all(each.file == "texts.csv" for each in noticed)


def test_half_a_line_end_is_noticed_where_lines_end_with_cr_and_lf(tmp_path: Path) -> None:
    path = tmp_path / "texts.csv"
    for rows, cut in (("501,mo,1,,a\r\n502,mo,1,,b\r", True), ("501,mo,1,,a\r\n502,mo,1,,b\r\n", False)):
        path.write_text(HEAD.replace("\n", "\r\n") + rows, newline="")
        assert bool(look(Source(path), []).noticed) == cut
    path.write_text(HEAD.replace("\n", "\r") + "501,mo,1,,a\r", newline="")
    assert not look(Source(path), []).noticed


@pytest.mark.parametrize("line_end", ["\r\n", "\r", "\n", "\r\r\n", "\n\r"])
def test_a_line_end_inside_a_text_survives_at_every_place_of_a_block(
    tmp_path: Path, line_end: str, small: None
) -> None:
    path = tmp_path / "texts.csv"
    for length in range(180, 320):
        text = "y" * length + line_end + "end"
        for before in ("", 'x"y', "é"):  # read at once, with care, and turned into UTF-8
            rows = f"400,mo,1,2024-05-01,{before}\n" if before else ""
            path.write_bytes((HEAD + rows + f'501,mo,1,2024-05-01,"{text}"\n502,mo,1,2024-05-01,b\n').encode("cp1252"))
            rows_read, faults = _read(path)
            assert ({cells[0]: cells[-1] for _, cells in rows_read}["501"], faults) == (text, [])


@pytest.mark.slow
def test_a_line_end_survives_at_the_edges_of_blocks_of_the_real_size(tmp_path: Path) -> None:
    path = tmp_path / "texts.csv"
    filler = "".join(f"{number},mo,1,2024-05-01,{'z' * 180}\r\n" for number in range(100_000, 110_000))
    filler = filler[: filler.rindex("\r\n", 0, (2 << 20) - 4000) + 2]
    for offset in range(-8, 9):
        start = '1401,mo,1,2024-05-01,"'
        text = "y" * ((2 << 20) + offset - len(HEAD) - len(filler) - len(start)) + "\r\nend"
        path.write_text(HEAD + filler + start + text + '"\r\n', newline="")
        rows, faults = _read(path)
        assert (rows[-1][1][-1] == text, faults) == (True, [])


_SIGNS = ["a", "b c", ",", ";", '"', '""', "\r\n", "\n", "\r", " ", "é", "0", "\t", "501,mo", ""]


@pytest.mark.parametrize("seed", range(60))
def test_rows_are_those_of_the_standard_library(tmp_path: Path, seed: int, small: None) -> None:
    draw = random.Random(seed)
    quoting = draw.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
    signs = [sign for sign in _SIGNS if sign != "\r" or quoting == csv.QUOTE_ALL]  # csv does not quote a lone CR
    rows = [
        [f"K{number}", "mo", *("".join(draw.choices(signs, k=draw.randint(0, 30))) for _ in range(3))]
        for number in range(draw.randint(1, 40))
    ]
    out = io.StringIO(newline="")
    writer = csv.writer(
        out, delimiter=draw.choice(",;\t|"), quoting=quoting, lineterminator=draw.choice(["\r\n", "\n"])
    )
    writer.writerows([HEAD.strip().split(","), *rows])
    encoding = draw.choice(["utf-8", "utf-8-sig", "utf-16", "cp1252"])
    path = tmp_path / "texts.csv"
    path.write_bytes(out.getvalue().encode(encoding))
    found, faults = _read(path)
    assert faults == []
    assert found == list(enumerate(rows, start=2))


@pytest.mark.parametrize("seed", range(200))
def test_one_stray_or_missing_quote_never_puts_words_of_one_row_into_another(
    tmp_path: Path, seed: int, small: None
) -> None:
    draw = random.Random(seed)
    rows = [
        [
            f"{1000 + number}",
            "mo",
            "1",
            "2024-05-01",
            f"w{number} " + "".join(draw.choices([*_SIGNS[:6], "\n", "é"], k=8)),
        ]
        for number in range(12)
    ]
    out = io.StringIO(newline="")
    csv.writer(out, quoting=draw.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]), lineterminator="\n").writerows(rows)
    content = out.getvalue()
    quotes = [at for at, sign in enumerate(content) if sign == '"']
    if quotes and draw.random() < 0.5:
        at = draw.choice(quotes)
        content = content[:at] + content[at + 1 :]
    else:
        at = draw.randrange(len(content))
        content = content[:at] + '"' + content[at:]
    try:
        kept, refused = _texts(tmp_path / "texts.csv", content)
    except ExportError as error:
        assert "texts.csv" in str(error)
        return
    truth = {row[0]: row[-1] for row in rows}
    wrong = {key: text for key, text in kept.items() if key in truth and text != truth[key]}
    for key, text in wrong.items():
        others = {f"w{number} " for number in range(12)} - {truth[key].split(" ")[0] + " "}
        assert not any(other in text for other in others), (key, text)
    spoilt = [key for key in kept if '"' in key]  # a cell that is not quoted keeps its sign: the key is refused later
    assert refused or wrong or spoilt or kept == truth


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_separator_line_is_no_row_and_says_the_delimiter(tmp_path: Path, sign: str, encoding: str) -> None:
    path = tmp_path / "texts.csv"
    row = sign.join(["501", "mo", "1", "2024-05-01", "a:b c"])
    path.write_bytes(f"sep={sign}\r\n{HEAD.strip().replace(',', sign)}\r\n{row}\r\n".encode(encoding))
    assert _read(path) == ([(2, ["501", "mo", "1", "2024-05-01", "a:b c"])], [])


@pytest.mark.parametrize("line", ['"sep=;"', "SEP=;", "sep=;;;;;", '"Sep=;";;;;'])
def test_a_separator_line_that_a_program_took_for_a_row_is_none_either(tmp_path: Path, line: str) -> None:
    path = tmp_path / "texts.csv"
    path.write_text(f"{line}\n{HEAD.strip().replace(',', ';')}\n501;mo;1;2024-05-01;a, b\n", encoding="utf-8")
    assert _read(path) == ([(2, ["501", "mo", "1", "2024-05-01", "a, b"])], [])


def test_titles_above_the_header_are_stepped_over_whatever_they_hold(tmp_path: Path) -> None:
    path = tmp_path / "texts.csv"
    path.write_text(f'"Crimes, all\nReport "B", page 1\n\n{HEAD}501,mo,1,2024-05-01,x\n', encoding="utf-8")
    assert _read(path, Form(header_row=4)) == ([(5, ["501", "mo", "1", "2024-05-01", "x"])], [])


@pytest.mark.parametrize("text", ['"seen" by a lake', '"', '""', 'a "b', '5" blade, 6" too', '"open'])
def test_a_file_that_is_said_to_have_no_quotes_keeps_them_as_signs(tmp_path: Path, text: str) -> None:
    path = tmp_path / "texts.csv"
    rows = (
        f"501,mo,1,2024-05-01,{text}\n502,mo,1,2024-05-01,b\n".replace(", ", "~").replace(",", "\t").replace("~", ", ")
    )
    path.write_text(HEAD.replace(",", "\t") + rows, encoding="utf-8")
    rows_read, faults = _read(path, Form(quotes="none"))
    assert ([cells[-1] for _, cells in rows_read], faults) == ([text, "b"], [])


LONE_CR: dict[str, tuple[str, list[str], int]] = {
    "in a text": ("900,mo,1,2024-05-01,a lake\rand a kite\n", [], 1),
    "before what reads like a total": ("900,mo,1,2024-05-01,a lake\rTotal 5\n", [], 1),
    "before what has as many cells": ("900,mo,1,2024-05-01,a lake\rand,a,b,c\n", [], 1),
    "twice": ("900,mo,1,2024-05-01,a lake\r\rand a kite\n", [], 1),
    "in a number": ("9\r00,mo,1,2024-05-01,a lake\n", [], 1),
    "in a middle cell": ("900,mo\rx,1,2024-05-01,a lake\n", [], 1),
    "in a quoted text": ('900,mo,1,2024-05-01,"a lake\rand a kite"\n', ["a lake\rand a kite"], 0),
    "in a text with a quote": ('900,mo,1,2024-05-01,a lake\r5" deep\n', [], 1),
    "between two rows": ("900,mo,1,2024-05-01,a lake\r901,mo,1,2024-05-01,a kite\n", ["a lake", "a kite"], 0),
    "before the line end": ("900,mo,1,2024-05-01,a lake\r\r\n", ["a lake"], 0),
    "behind the line end": ("\r900,mo,1,2024-05-01,a lake\n", ["a lake"], 0),
    "at the end of the file": ("900,mo,1,2024-05-01,a lake\r", ["a lake"], 0),
    "in the last text of the file": ("900,mo,1,2024-05-01,a lake\rand a kite", [], 1),
}


def _with_a_lone_cr(path: Path, case: str, end: str) -> None:
    row, texts, refused = LONE_CR[case]
    rows = [f"{number},mo,1,2024-05-01,w{number}\n" for number in range(501, 561)]
    before, after = ("".join(rows[:30]), "".join(rows[30:])) if row.endswith("\n") else ("".join(rows), "")
    path.write_bytes((HEAD + before + row + after).replace("\n", end).encode())
    found, faults = _read(path)
    assert [cells[-1] for _, cells in found if not cells[-1].startswith("w")] == texts
    assert len([cells for _, cells in found if cells[-1].startswith("w")]) == 60, "no other row is touched"
    assert len(faults) == refused


@pytest.mark.parametrize("case", LONE_CR)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_carriage_return_alone_never_swallows_words_or_cuts_a_text(tmp_path: Path, case: str, end: str) -> None:
    _with_a_lone_cr(tmp_path / "texts.csv", case, end)


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("case", LONE_CR)
def test_the_same_at_the_edges_of_blocks(tmp_path: Path, case: str) -> None:
    _with_a_lone_cr(tmp_path / "texts.csv", case, "\n")


def _end_by_hand(data: bytes) -> int | None:
    """Where the first row of `data` ends, read sign by sign; None where a quote is left open."""
    at = 0
    while True:
        if data[at : at + 1] == b'"':
            at = data.find(b'"', at + 1)
            while at >= 0 and data[at + 1 : at + 2] == b'"':
                at = data.find(b'"', at + 2)
            if at < 0:
                return None
            at += 1
        else:
            while at < len(data) and data[at] not in b",\r\n":
                at += 1
        if data[at : at + 1] != b",":
            return at
        at += 1


def test_a_row_ends_where_a_reader_by_hand_ends_it() -> None:
    """Older Pythons take too much with a possessive repeat of a group, so the pattern is held against plain code."""
    dice = random.Random(5)
    reading = grammar(",")
    for _ in range(20_000):
        data = bytes(dice.choice(b'"",a\r\n') for _ in range(dice.randrange(1, 14)))
        verdict, end = reading.end_of(data, 0)
        expected = _end_by_hand(data)
        assert (verdict == "unclosed") == (expected is None), data
        assert expected is None or end == expected, data
