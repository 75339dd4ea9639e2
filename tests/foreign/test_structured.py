"""JSON and TOML that somebody else made are read, or refused in a sentence that names the file."""

from __future__ import annotations

import pytest

from clearcount.errors import ForeignFileError
from clearcount.foreign import parse_json, parse_toml

_DEEP = 3_000


@pytest.mark.parametrize(
    "text",
    [
        "a = " + "[" * _DEEP + "]" * _DEEP,
        "a = " + "[" * _DEEP,
        "a = " + "{b = " * _DEEP + "1" + "}" * _DEEP,
        "[" + ".".join("a" * _DEEP) + "]",
        ".".join("a" * 500_000) + " = 1",
        "x = 1\n" + " . ".join(["a", '"b"', "'c'"] * _DEEP) + " = 1",
        "a = [\n" * _DEEP + "]\n" * _DEEP,
        'a = "[[["\nb = ' + "[" * 65 + "]" * 65,
        "a = '''\n[\n'''\nb = [" + "{a=[" * 70,
    ],
)
def test_deep_toml_is_refused_before_it_is_parsed(text: str) -> None:
    with pytest.raises(ForeignFileError, match=r"policy\.toml: line \d+: values lie inside each other"):
        parse_toml(text, "policy.toml")


@pytest.mark.parametrize(
    "text",
    [
        'a = "' + "[" * 500 + '"',
        "# " + "[" * 500 + "\na = 1",
        "a = '" + "[" * 500 + "'",
        'a = """\n' + "[" * 500 + '"\n""\n"""',
        "a = '''\n" + "{" * 500 + "'\n'''",
        'a = "\\"' + "[" * 500 + '"',
        "a = [" + ", ".join(["1.5"] * 500) + "]",
        "a = [" + ", ".join(["[1]"] * 500) + "]",
        'a = "x' + "." * 500 + '"',
        "\n".join(f"[a{number}.b.c]" for number in range(500)),
        'a = """' + "\\\\" * 300 + '"""',
        "a = " + "[" * 64 + "]" * 64,
    ],
)
def test_brackets_and_dots_that_do_not_nest_are_read(text: str) -> None:
    assert parse_toml(text, "x")


@pytest.mark.parametrize(
    "content",
    [b"\xff\xfe", b"a = ", b"a = 1\na = 2", b"a = 2025-13-45", b"[a\n", b'a = "\x01"', b"\0" * 100, b'"""', b"a = '''"],
)
def test_what_is_no_toml_is_refused_by_name(content: bytes) -> None:
    with pytest.raises(ForeignFileError, match=r"^policy\.toml: "):
        parse_toml(content, "policy.toml")


def test_a_mark_and_windows_line_ends_are_read() -> None:
    assert parse_toml(b"\xef\xbb\xbfa = 1\r\nb = 2\r\n", "x") == {"a": 1, "b": 2}


def test_a_huge_toml_is_refused() -> None:
    with pytest.raises(ForeignFileError, match="larger than 4 MB"):
        parse_toml(b"#" * (4 << 20) + b"\n", "x")


@pytest.mark.parametrize(
    "text",
    [
        "[" * _DEEP + "]" * _DEEP,
        "[" * 100_000,
        '{"a":' * _DEEP + "1" + "}" * _DEEP,
        '[{"a":' * 40 + "1" + "}]" * 40,
        '"\\"[", ' + "[" * 65,
        "[" * 65 + "]" * 65,
    ],
)
def test_deep_json_is_refused_before_it_is_parsed(text: str) -> None:
    with pytest.raises(ForeignFileError, match=r"release\.json: line 1: values lie inside each other"):
        parse_json(text, "release.json")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff",
        b"{",
        b"[1,]",
        b"NaN",
        b"[Infinity]",
        b"[" + b"9" * 5_000 + b"]",
        b'["\\ud83d"]',
        b'{"\\uDC00": 1}',
        b"\0",
        b'{"a": 1} x',
    ],
)
def test_what_is_no_json_is_refused_by_name(content: bytes) -> None:
    with pytest.raises(ForeignFileError, match=r"^release\.json: "):
        parse_json(content, "release.json")


def test_json_with_many_brackets_in_strings_and_beside_each_other_is_read() -> None:
    assert parse_json('["' + "[" * 500 + '\\"{"]', "x") == ["[" * 500 + '"{']
    assert parse_json("[" + ",".join(["[]"] * 500) + "]", "x") == [[]] * 500
    assert parse_json(b'\xef\xbb\xbf{"a": "\\ud83d\\ude00"}', "x") == {"a": "😀"}
