"""Words found by their company in real texts: the share of synonyms on lists that is within ten proposals."""

from __future__ import annotations

import csv
import gzip
import io
import random
import re
from pathlib import Path

import pytest

from clearcount.reading.discover import neighbours

WORDS = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


AIID, SCOOTERS = "aiid_to_2023_export_2026-07.csv.gz", "neiss_2020_unpowered_scooters.tsv.gz"
FIREWORKS, BUILDING = "neiss_fireworks_part1.csv.gz", "osha_accidents_part1.csv.gz"
COLUMNS = {
    AIID: (("title", "description"), ","),
    SCOOTERS: (("Narrative_1",), "\t"),
    FIREWORKS: (("narrative",), ","),
    BUILDING: (("title", "summary"), ","),
}
# Written before anything was run. The source is general English and clinical shorthand as the writer knows them; the
# page of the data names ETOH, BAC, intox and beer. A word in fewer than three records, or with the first five letters
# of the term, is struck out by rule. Within each file the lists were dealt out by the SHA-256 of their names: to those
# that the method was chosen on, and to those that it was then measured on once.
CHOSEN_ON = {
    "aiid killed": (AIID, "killed", "died death deaths fatal fatally fatality deadly dead"),
    "aiid deepfake": (AIID, "deepfake", "fabricated synthetic manipulated doctored fake cloned impersonating "
                      "impersonated generated ai-generated altered faked"),
    "aiid self-driving": (AIID, "self-driving", "autonomous driverless autopilot robotaxi robotaxis automated "
                          "driver-assist fsd"),
    "neiss fracture": (SCOOTERS, "fracture", "fx fxs frx broken broke fxr"),
    "neiss alcohol": (SCOOTERS, "alcohol", "etoh bac intox intoxicated intoxication beer beers drunk drinking drank"),
    "fireworks exploded": (FIREWORKS, "exploded", "detonated blew erupted ignited"),
    "osha hospitalized": (BUILDING, "hospitalized", "transported admitted treated"),
    "osha fell": (BUILDING, "fell", "slipped tripped tumbled plunged dropped"),
    "osha amputated": (BUILDING, "amputated", "severed lost"),
}  # fmt: skip
MEASURED_ON = {
    "aiid scam": (AIID, "scam", "fraud fraudsters fraudulent defraud defrauded swindled stole"),
    "aiid racist": (AIID, "racist", "bias biased discriminatory discrimination offensive sexist gender"),
    "aiid chatbot": (AIID, "chatbot", "chatgpt bot assistant gpt-3 gpt-4 llm conversational"),
    "neiss contusion": (SCOOTERS, "contusion", "bruise bruised bruising hematoma abrasion abrasions ecchymosis"),
    "neiss laceration": (SCOOTERS, "laceration", "lac lacs cut avulsion puncture"),
    "fireworks burn": (FIREWORKS, "burn", "scald blister blisters"),
    "osha scaffold": (BUILDING, "scaffold", "platform staging planks plank"),
    "osha crushed": (BUILDING, "crushed", "pinned caught struck trapped compressed"),
    "osha electrocuted": (BUILDING, "electrocuted", "shock shocked energized"),
}


def texts_of(data: Path, name: str) -> list[str]:
    columns, delimiter = COLUMNS[name]
    body = gzip.decompress((data / name).read_bytes()).decode("utf-8")
    rows = csv.DictReader(io.StringIO(body, newline=""), delimiter=delimiter)
    return ["\n".join(row[column] for column in columns) for row in rows]


def shares(data: Path, lists: dict[str, tuple[str, str, str]], files: tuple[str, ...]) -> dict[str, float]:
    """The share of each list that is within ten proposals."""
    found = {}
    for file in files:
        texts = texts_of(data, file)
        held = [{word.casefold() for word in WORDS.findall(text)} for text in texts]
        for name, (where, term, words) in lists.items():
            if where != file:
                continue
            wanted = [w for w in words.split() if sum(w in each for each in held) >= 3 and w[:5] != term[:5]]
            proposed = [each.term for each in neighbours([term], texts)]
            assert len(proposed) == 10
            found[name] = len({*proposed} & {*wanted}) / len(wanted)
    return found


@pytest.mark.data
@pytest.mark.parametrize("files", [(SCOOTERS,), pytest.param(tuple(COLUMNS), marks=pytest.mark.slow)])
def test_half_of_the_synonyms_are_among_ten_proposals_where_the_method_was_chosen(
    data: Path, files: tuple[str, ...]
) -> None:
    found = shares(data, CHOSEN_ON, files)
    assert sum(found.values()) / len(found) >= 0.6, found


@pytest.mark.data
@pytest.mark.slow
def test_a_quarter_of_the_synonyms_are_among_ten_proposals_on_lists_kept_back(data: Path) -> None:
    """It is less than half: the docs say so, and this holds them to it in both directions."""
    found = shares(data, MEASURED_ON, tuple(COLUMNS))
    assert 0.25 <= sum(found.values()) / len(found) < 0.5, found


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
