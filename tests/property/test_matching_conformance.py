"""The Unicode and regular-expression vectors, where the rules of matching agree with them; where not, why not."""

from __future__ import annotations

import gzip
import json
import re
import unicodedata
from collections import Counter
from pathlib import Path

import pytest

from clearcount.matching import find
from clearcount.matching.folding import base, folded
from clearcount.model.characters import SPACES, is_word

pytestmark = pytest.mark.data


def lines(data: Path, name: str) -> list[str]:
    with gzip.open(data / "conformance" / name, "rt", encoding="utf-8") as file:
        return [line for line in file if line.strip() and line[0] not in "#@"]


def characters(codes: str) -> str:
    return "".join(chr(int(code, 16)) for code in codes.split())


def test_normalization_vectors(data: Path) -> None:
    """Composed, decomposed and compatibility forms fold alike, but for characters that keep their own form."""
    kept = spaced = 0
    for number, line in enumerate(lines(data, "NormalizationTest-15.0_part1.txt.gz")):
        source, nfc, nfd, nfkc = map(characters, line.split(";")[:4])
        if any(unicodedata.category(char) == "Cn" for char in source + nfkc):
            continue  # not yet in the tables of this Python
        assert folded(source).text == folded(nfc).text == folded(nfd).text, line
        if "".join(map(base, folded(source).text)) != "".join(map(base, folded(nfkc).text)):
            # (TM), superscripts, fractions, circled letters and the like stay what they are
            assert any(unicodedata.category(char) in ("So", "No", "Sk") for char in source), line
            kept += 1
        spacing = base(folded(source).text[:1] or "x") in SPACES
        tried = spacing or number % 20 == 0  # each term is compiled anew
        if tried and folded(source).text.strip() and not find(source, nfd):
            # a sign that NFKC makes into a space and a mark: the space of a term is trimmed, the sign is not divided
            assert spacing, line
            spaced += 1
    assert kept > 500 and spaced == 10


WORD_BREAK_DIFFERENCES = {
    "3.3": "an emoji sequence is one character to a reader; signs end a word all the same",
    "4.0": "UAX #29 hangs marks and invisible characters on anything; here invisible ones are passed over instead",
    "5.0": "pairs with an invisible character between, as in 4",
    "6.0": "a full stop, colon or apostrophe inside a word joins it there: AI's, paid.AI are two words here",
    "7.0": "as 6",
    "7.1": "the Hebrew letter and apostrophe, as 6",
    "7.2": "the Hebrew letter and double quote, as 6",
    "7.3": "as 7.2",
    "9.0": "a letter and a digit with an invisible character between, as in 4",
    "11.0": "a full stop or comma inside a number joins it there",
    "12.0": "as 11",
    "13.1": "the underscore joins there; here AI_ref holds AI",
    "13.2": "as 13.1",
    "15.0": "two flags' letters make one flag",
    "16.0": "as 15",
    "999.0": "ideographs, kana and letters of scripts without spaces are each a word there, letters of one word here",
}


def test_word_break_vectors(data: Path) -> None:
    """Two characters belong to one word when both are letters, marks or digits. UAX #29 differs by these rules only."""
    differing: Counter[str] = Counter()
    checked = 0
    for line in lines(data, "WordBreakTest-15.0_part1.txt.gz"):
        string, comment = line.split("#", 1)
        marks = re.findall("[÷×]", string)
        text = characters(re.sub("[÷×]", "", string))
        rules = re.findall(r"\[(\d+\.\d+)\]", comment)
        for at in range(1, len(text)):
            checked += 1
            if (is_word(text[at - 1]) and is_word(text[at])) != (marks[at] == "×"):
                differing[rules[at]] += 1
    assert set(differing) == set(WORD_BREAK_DIFFERENCES)
    assert checked == 2167 and differing.total() == 865


TERM = re.compile(r"(\\b)?([\w☃]+)(\\b)?")
REGEX_DIFFERENCES = {
    "unicode3-only-ascii": "an accented letter is part of a word in every rule; there is no ASCII-only mode",
}


def test_regex_vectors(data: Path) -> None:
    """Vectors that are a literal, with a word boundary at both ends or at none, as terms under `word` or `contains`."""
    checked = 0
    for line in lines(data, "regex_vectors.jsonl.gz"):
        vector = json.loads(line)
        shape = TERM.fullmatch(vector["regex"])
        if not shape or bool(shape[1]) != bool(shape[3]) or vector["name"] in REGEX_DIFFERENCES:
            continue
        if vector.get("anchored") or vector.get("bounds"):
            continue
        text = vector["haystack"]
        spans = find(shape[2], text, "word" if shape[1] else "contains")
        places = [[len(text[: s.start].encode()), len(text[: s.end].encode())] for s in spans]
        assert places == vector["matches"], vector
        checked += 1
    assert checked >= 10
