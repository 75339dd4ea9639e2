"""Counts of records on real texts, each found a second way: plain Python that shares nothing with the matcher."""

from __future__ import annotations

import csv
import gzip
import io
import re
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from clearcount.matching import TermSet, fold, matcher
from clearcount.matching.candidates import available
from clearcount.model.terms import Rule

pytestmark = pytest.mark.data

FILES = {
    "osha": ("osha_accidents_part1.csv.gz", ",", ("title", "summary")),
    "neiss": ("neiss_2020_unpowered_scooters.tsv.gz", "\t", ("Narrative_1",)),
    "aiid": ("aiid_to_2023_export_2026-07.csv.gz", ",", ("title", "description")),
}
COUNTS: dict[str, dict[str, tuple[int, int, int, int]]] = {
    "oldbailey": {"forged": (174, 156, 174, 174), "forging": (785, 781, 785, 785), "forgery": (182, 75, 182, 182)},
    "osha": {
        "ladder": (189, 161, 174, 174),  # contains: ladders
        "forklift": (38, 36, 38, 38),
        "fork lift": (9, 4, 9, 45),  # variant: forklift, fork-lift
        "scaffold": (162, 136, 152, 152),  # contains: scaffolding
    },
    "neiss": {
        "ETOH": (9, 6, 8, 8),
        "BAC": (79, 1, 4, 4),  # contains: back
        "intox": (10, 3, 5, 5),  # contains: intoxicated
        "beer": (3, 0, 0, 0),  # contains: beers
    },
    "aiid": {
        "AI": (307, 90, 144, 144),  # contains: said, again, training
        "artificial intelligence": (3, 3, 3, 3),
        "deepfake": (40, 30, 34, 34),  # contains: deepfakes, deepfaked
        "facial recognition": (41, 37, 41, 41),
    },
}
"""Records with a hit under contains, padded, word and variant. Fields are searched one by one."""


def records(folder: Path, name: str) -> list[list[str]]:
    """The texts of each record."""
    if name == "oldbailey":
        texts = pq.read_table(folder / "oldbailey_1875_1884.parquet", columns=["text"])["text"]
        return [[text] for text in texts.to_pylist()]
    file, delimiter, fields = FILES[name]
    with gzip.open(folder / file) as raw:
        rows = csv.DictReader(io.TextIOWrapper(raw, encoding="utf-8", newline=""), delimiter=delimiter)
        return [[row[field] for field in fields] for row in rows]


def plainly(term: str, rule: Rule, text: str) -> bool:
    """The term, by nothing but `in` and splitting on what is not a letter or digit of western Europe."""
    text, term = text.casefold(), term.casefold()
    if rule == "contains":
        return term in text
    if rule == "padded":
        return f" {term} " in text
    if " " not in term:
        return term in re.split(r"[^0-9a-zà-öø-ÿ]+", text)
    return re.search(rf"(?<![0-9a-zà-öø-ÿ]){term}(?![0-9a-zà-öø-ÿ])", " ".join(text.split())) is not None


def cases() -> list[object]:
    """(data set, term); the largest set belongs to the slow tests."""
    return [
        pytest.param(name, term, marks=[pytest.mark.slow] if name == "oldbailey" else [])
        for name, terms in COUNTS.items()
        for term in terms
    ]


@pytest.mark.parametrize(("name", "term"), cases())
def test_counts_on_real_texts(name: str, term: str, data: Path) -> None:
    rows = records(data, name)
    texts = pa.array([text for row in rows for text in row])
    folded = fold(texts)
    owner = [number for number, row in enumerate(rows) for _ in row]
    found: list[int] = []
    rules: tuple[Rule, ...] = ("contains", "padded", "word", "variant")
    for rule in rules:
        kept = [matcher(TermSet(rule, (term,)), engine).hits(texts, folded).kept for engine in available()]
        assert all(table == kept[0] for table in kept)
        hit = {owner[row] for row in kept[0]["row"].to_pylist()}
        found.append(len(hit))
        if rule != "variant":
            assert hit == {n for n, row in enumerate(rows) if any(plainly(term, rule, text) for text in row)}
    assert tuple(found) == COUNTS[name][term]


def test_every_incident_that_padding_misses_is_explained(data: Path) -> None:
    """`padded` finds AI in 90 of the 480 incidents, `word` in 144: the other 54 have punctuation or an edge beside."""
    match = {rule: matcher(TermSet(rule, ("AI",))) for rule in ("padded", "word")}  # type: ignore[arg-type]
    missed = [
        row
        for row in records(data, "aiid")
        if any(match["word"].find(text)[0] for text in row) and not any(match["padded"].find(text)[0] for text in row)
    ]
    assert len(missed) == 54
    for row in missed:
        beside = {
            (text[max(0, span.start - 1) : span.start], text[span.end : span.end + 1])
            for text in row
            for span in match["word"].find(text)[0]
        }
        assert all(not (left + right).isalnum() and (left, right) != (" ", " ") for left, right in beside)
