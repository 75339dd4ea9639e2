"""A term is found beside damaged letters, with any sign for an apostrophe, and over a soft hyphen at a line end."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearcount.matching import TermSet, find, matcher
from clearcount.matching.candidates import available
from clearcount.model.characters import APOSTROPHES, is_word
from clearcount.model.mojibake import MOJIBAKE
from clearcount.model.terms import Rule

SIGNS = (
    "\u2018\u2019\u201c\u201d\u2013\u2014\u2026\u2022\u20ac\u2122\u00a0\u00a3\u00b0\u00a9\u00ae\u00bd"
    "\u00e9\u00e8\u00f1\u00fc\u00c9\u00df\ufeff\ufffd"
)
ENCODINGS = ("cp1252", "latin-1", "cp1250", "cp1251", "cp1253", "cp1254", "cp437", "cp850", "mac_roman")


def _misread(sign: str, encoding: str) -> str:
    return "".join(bytes((b,)).decode(encoding, "ignore") or chr(b) for b in sign.encode())


def _everywhere(term: str, text: str, rule: Rule = "word") -> list[str]:
    """What is found in one text, and in a column by every engine."""
    spans = find(term, text, rule)
    for engine in available():
        hits = matcher(TermSet(rule, (term,)), engine).hits(pa.array(["x", text, "é", text])).kept.to_pylist()
        for row in (1, 3):
            assert [(hit["start"], hit["end"]) for hit in hits if hit["row"] == row] == [
                (s.start, s.end) for s in spans
            ]
    return [span.matched for span in spans]


@pytest.mark.parametrize("sign", SIGNS)
@pytest.mark.parametrize("encoding", ["cp1252", "latin-1"])
def test_utf_8_read_as_western_letters_ends_a_word(sign: str, encoding: str) -> None:
    damage = _misread(sign, encoding)
    assert _everywhere("drone", f"the drone{damage}s and {damage}Drone{damage}") == ["drone", "Drone"]
    assert _everywhere("drone", f"drone{_misread(damage, encoding)}s") == ["drone"]  # damaged twice


@pytest.mark.parametrize("sign", "\u2018\u2019\u201c\u201d\u2013\u2014\u2026\u2022\u20ac\u2122")
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_punctuation_read_as_any_encoding_ends_a_word(sign: str, encoding: str) -> None:
    damage = _misread(sign, encoding)
    assert _everywhere("drone", f"the drone{damage}s and {damage}drone") == ["drone", "drone"]


@pytest.mark.parametrize("text", ["droneÉ", "Édrone", "droneâ", "Ãdrone", "droneé", "éâdrone", "ßdrone", "droneж"])
def test_true_letters_are_part_of_a_word(text: str) -> None:
    assert not _everywhere("drone", text)


@pytest.mark.parametrize("text", ["CAFÉ™", "Ünlü", "naïve", "Ærø", "всё", "Вий", "El Niño", "¿Qué?", "Ça va", "Łódź"])
def test_true_words_are_no_damage(text: str) -> None:
    assert not MOJIBAKE.search(text)
    assert _everywhere(text.strip("¿?™"), f"a {text} b") == [text.strip("¿?™")]


@pytest.mark.parametrize("sign", sorted(APOSTROPHES))
def test_every_sign_for_an_apostrophe_is_one(sign: str) -> None:
    assert not is_word(sign)
    for text in (f"the victim{sign}s phone", f"é the VICTIM{sign}S phone"):
        assert len(_everywhere("victim's", text)) == 1
        assert len(_everywhere("victim", text)) == 1
        assert len(_everywhere(f"victim{sign}s", text.replace(sign, "'"))) == 1
        assert len(_everywhere(f"victim{sign}s", text.replace(sign, "`"))) == 1
        assert len(_everywhere("vic?im's", text)) == 1
        assert len(_everywhere("victim's", text, "variant")) == 1
    assert not _everywhere("victim's", f"victim{sign} s victims victim s")


@pytest.mark.parametrize("white", ["\n", "\r\n", "\r", " \n", "\n  ", "\t\r\n\t", "\v", "\f", "\n\n", "\u2028", "\x85"])
@pytest.mark.parametrize("after", ["", "é", "\u0301"])
def test_a_soft_hyphen_at_a_line_end_is_no_part_of_a_word(white: str, after: str) -> None:
    text = f"seen dro\u00ad{white}ne by {after}"
    assert _everywhere("drone", text) == [f"dro\u00ad{white}ne"]
    assert not _everywhere("drone", text.replace("\u00ad", "-"))


@pytest.mark.parametrize("white", [" ", "\t", "\u00a0", "\u2003"])
def test_a_soft_hyphen_before_another_space_parts_nothing_new(white: str) -> None:
    assert _everywhere("dro", f"dro\u00ad{white}ne") == ["dro"]


_PIECES = st.sampled_from(
    [
        "drone",
        "dro",
        "ne",
        "victim",
        "s",
        " ",
        "\n",
        "\r\n",
        "\u00ad",
        "\u00ad\n",
        "'",
        "`",
        "\u2019",
        "\u02bb",
        "\u00e9",
        "\u0301",
    ]
    + [_misread(sign, encoding) for sign in "\u2019\u00a0\u00e9" for encoding in ENCODINGS]
)


@given(st.lists(_PIECES, max_size=12), st.sampled_from(["drone", "victim's", "dr*ne", '"drone"', "drone~1", "ne s"]))
def test_every_engine_finds_in_a_column_what_is_found_in_one_text(pieces: list[str], term: str) -> None:
    for rule in ("word", "variant"):
        _everywhere(term, "".join(pieces), rule)  # type: ignore[arg-type]
