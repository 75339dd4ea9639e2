"""Words found by their company in real texts: half of the synonyms that were held out, within ten proposals."""

from __future__ import annotations

import csv
import gzip
import io
import random
from pathlib import Path

import pytest

from clearcount.reading.discover import neighbours


def texts_of(path: Path, column: str, delimiter: str) -> list[str]:
    body = gzip.decompress(path.read_bytes()).decode("utf-8")
    return [row[column] for row in csv.DictReader(io.StringIO(body, newline=""), delimiter=delimiter)]


HELD_OUT = {
    # What the page of the data names as the hospital coders' ways of writing "alcohol": ETOH, BAC, intox, beer.
    "drink": ("neiss_2020_unpowered_scooters.tsv.gz", "Narrative_1", "\t", ["alcohol"],
              ["etoh", "bac", "intoxication", "beers"]),
    # Verbs by which the inspectorate's summaries tell of a fall, read in fifty of them.
    "fall": ("osha_accidents_part1.csv.gz", "summary", ",", ["fell"],
             ["slipped", "tripped", "falling", "tumbled", "plunged", "dropped"]),
}  # fmt: skip


@pytest.mark.data
@pytest.mark.parametrize("name", ["drink", pytest.param("fall", marks=pytest.mark.slow)])
def test_half_of_the_synonyms_held_out_are_among_ten_proposals(data: Path, name: str) -> None:
    file, column, delimiter, terms, held_out = HELD_OUT[name]
    texts = texts_of(data / file, column, delimiter)
    found = [each.term for each in neighbours(terms, texts)]
    assert len(found) == 10
    assert 2 * len(set(found) & set(held_out)) >= len(held_out), found


SAID = ["The picture was made with AI by the sender."] * 4 + ["The picture was made with deepfake by the sender."] * 4


def test_the_same_texts_in_another_order_give_the_same_words() -> None:
    texts = SAID + [f"Log {number}: nothing of note in the street." for number in range(20)]
    first = [each.term for each in neighbours(["AI"], texts)]
    assert first[0] == "deepfake"
    for seed in range(5):
        random.Random(seed).shuffle(texts)
        assert [each.term for each in neighbours(["AI"], texts)] == first


@pytest.mark.parametrize(
    ("terms", "texts"),
    [
        (["AI"], []),
        (["AI"], ["AI AI AI"]),
        (["AI"], ["nothing"] * 9),
        (["***"], SAID),
        ([], SAID),
        (["AI"], ["AI"] * 9),
    ],
)
def test_too_little_text_proposes_nothing(terms: list[str], texts: list[str]) -> None:
    assert neighbours(terms, texts) == []


def test_names_behind_a_title_and_common_words_are_not_proposed() -> None:
    texts = ["The picture was made with AI by the sender."] * 4 + [
        "The picture was made with Mr Vale by the sender."
    ] * 4
    found = {each.term for each in neighbours(["AI"], texts)}
    assert "vale" not in found and found.isdisjoint({"the", "was", "with", "by"})
