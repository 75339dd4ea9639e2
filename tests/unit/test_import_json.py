"""JSON: lines or an array of objects; half signs, names twice, NUL characters and cut files are set aside or told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from clearcount.errors import ExportError
from clearcount.importers.jsonrows import look
from clearcount.importers.raw import NO_LINE_END, ROW, RowFault
from clearcount.importers.sources import Source

ROWS = [{"occurrence_no": str(n), "field": "mo", "text": f"text {n}, é"} for n in range(1, 6)]


def _read(path: Path, content: bytes | str) -> tuple[list[tuple[int, str]], list[RowFault]]:
    """((row number, text) of the rows kept, faults) of a file with that content."""
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    faults: list[RowFault] = []
    rows: list[tuple[int, str]] = []
    file = look(Source(path))
    for batch in file.batches(faults.append):
        texts = batch.column(f"c{file.header.index('text')}").to_pylist()
        rows += zip(batch.column(ROW).to_pylist(), texts, strict=True)
    return rows, faults


def _lines(rows: list[dict[str, str]]) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


WHOLE = {
    "lines": _lines(ROWS).encode(),
    "lines with a mark": b"\xef\xbb\xbf" + _lines(ROWS).encode(),
    "lines with CR LF": _lines(ROWS).replace("\n", "\r\n").encode(),
    "lines in signs of their own": "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in ROWS).encode(),
    "an array": json.dumps(ROWS).encode(),
    "an array over lines": json.dumps(ROWS, indent=2).encode(),
    "an array with a row a line": ("[" + ",\n".join(map(json.dumps, ROWS)) + "]\n").encode(),
    "an array with a mark": b"\xef\xbb\xbf" + json.dumps(ROWS).encode(),
    "an array after blank lines": b"\n\n" + json.dumps(ROWS).encode(),
}


@pytest.mark.parametrize("name", ["texts.json", "texts.jsonl", "texts.ndjson"])
@pytest.mark.parametrize("case", WHOLE)
def test_rows_are_read_with_their_numbers(tmp_path: Path, case: str, name: str) -> None:
    rows, faults = _read(tmp_path / name, WHOLE[case])
    assert ([text for _, text in rows], faults) == ([row["text"] for row in ROWS], [])
    assert [number for number, _ in rows] == [1, 2, 3, 4, 5]


SPOILT = {
    "half a sign": ('{"occurrence_no":"9","text":"half \\ud83d"}', "half a sign"),
    "the other half of a sign": ('{"occurrence_no":"9","text":"half \\ude00 sign"}', "half a sign"),
    "half a sign in a key": ('{"occurrence_no":"\\udc00","text":"x"}', "half a sign"),
    "a name with half a sign": ('{"occurrence_no":"9","\\ud83d":"x"}', "no earlier row has"),
    "a NUL character": ('{"occurrence_no":"9","text":"a\\u0000b"}', "NUL character"),
    "one name twice": ('{"occurrence_no":"9","text":"a","text":"b"}', "twice"),
    "a table in a cell": ('{"occurrence_no":"9","text":{"a":1}}', "a table inside a cell"),
    "a list of tables in a cell": ('{"occurrence_no":"9","text":[[1]]}', "a table inside a cell"),
    "a list for a row": ('["9", "x"]', "not a JSON object"),
    "a number for a row": ("9", "not a JSON object"),
    "no number": ('{"occurrence_no":"9","text":NaN}', "not JSON"),
    "infinite": ('{"occurrence_no":"9","text":-Infinity}', "not JSON"),
    "a cut row": ('{"occurrence_no":"9","te', "not JSON"),
    "many brackets": ("[" * 30_000, "not JSON"),
    "bytes that are no text": (b'{"occurrence_no":"9","text":"\xff"}', "not JSON"),
    "a late name": ('{"occurrence_no":"9","text":"x","age":"5"}', "no earlier row has"),
}


@pytest.mark.parametrize("case", SPOILT)
def test_a_spoilt_line_is_set_aside_alone(tmp_path: Path, case: str) -> None:
    spoilt, reason = SPOILT[case]
    line = spoilt if isinstance(spoilt, bytes) else spoilt.encode()
    many = _lines(ROWS[:3] * 400).encode()  # so many that later names are not looked for
    rows, (fault,) = _read(tmp_path / "texts.jsonl", many + line + b"\n" + _lines(ROWS[3:]).encode())
    assert len(rows) == 1202
    assert fault.row == 1201
    assert reason in fault.reason


@pytest.mark.parametrize("case", [case for case in SPOILT if "\\ud" in str(SPOILT[case][0])])
def test_an_array_with_half_a_sign_is_refused_by_name(tmp_path: Path, case: str) -> None:
    with pytest.raises(ExportError, match=r"texts\.json.*half a sign"):
        _read(tmp_path / "texts.json", f"[{json.dumps(ROWS[0])}, {SPOILT[case][0]}]")


REFUSED = {
    "nothing": (b"", "is empty"),
    "a cut array": (json.dumps(ROWS).encode()[:-20], "not JSON"),
    "one object over lines": (json.dumps({"rows": ROWS}, indent=1).encode(), "none of its first rows"),
    "lines of lists": (b'["a","b"]\n["1","2"]\n', "none of its first rows"),
    "an array of lists": (b'[["a","b"],["1","2"]]', "none of its first rows"),
    "an array of numbers": (b"[1, 2]", "none of its first rows"),
    "UTF-16": (_lines(ROWS).encode("utf-16"), "not UTF-8"),
    "UTF-16 without a mark": (_lines(ROWS).encode("utf-16-le"), "not UTF-8"),
    "deep brackets": (b"[" * 5_000, "."),
    "words": (b"a note\n", "none of its first rows"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_table_is_refused_by_name(tmp_path: Path, case: str) -> None:
    content, reason = REFUSED[case]
    with pytest.raises(ExportError, match=rf"texts\.json.*{reason}"):
        _read(tmp_path / "texts.json", content)


@pytest.mark.parametrize(("end", "cut"), [("\n", False), ("", True), ("\n\n", False), ("\r\n", False)])
def test_a_last_line_without_a_line_end_is_noticed(tmp_path: Path, end: str, cut: bool) -> None:
    path = tmp_path / "texts.jsonl"
    path.write_text(_lines(ROWS)[:-1] + end, encoding="utf-8", newline="")
    assert [each.kind for each in look(Source(path)).noticed] == [NO_LINE_END] * cut
    path.write_text(json.dumps(ROWS), encoding="utf-8")
    assert look(Source(path)).noticed == ()
