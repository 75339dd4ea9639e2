"""Words found by their company in real texts: the share of synonyms on lists that is within ten proposals."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import random
import re
from pathlib import Path

import pytest

from clearcount.reading.discover import neighbours
from clearcount.reading.kin import stem

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
# page of the data names ETOH, BAC, intox and beer. Within each file the lists were dealt out by the SHA-256 of their
# names: to those that the method was chosen on, and to those that were kept back.
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


# A word is asked for where it stands in eight records or more: fewer teach too little. Forms of one word count as one.
# Forms of the term and words with its first five letters are struck out.
LEAST = 8
# From a published inventory: abbreviations in the clinic and discharge notes of one hospital (Vanderbilt, a source of
# the Medical Abbreviation and Acronym Meta-Inventory). Taken is every one of two letters or more that stands for one
# word in a quarter of its uses or more, where both stand in eight narratives. Nothing was chosen on them.
CLINICAL = {
    SCOOTERS: "fracture:fx laceration:lac left:lt mother:mom patient:pt right:rt",
    FIREWORKS: "abdomen:abd alcohol:etoh bilateral:bilat degree:deg feet:ft fracture:fx laceration:lac left:lt "
    "patient:pt right:rt unknown:unk",
}


def texts_of(data: Path, name: str) -> list[str]:
    columns, delimiter = COLUMNS[name]
    body = gzip.decompress((data / name).read_bytes()).decode("utf-8")
    rows = csv.DictReader(io.StringIO(body, newline=""), delimiter=delimiter)
    return ["\n".join(row[column] for column in columns) for row in rows]


def found_and_wanted(
    data: Path, lists: dict[str, tuple[str, str, str]], files: tuple[str, ...], *, half_asked: bool
) -> dict[str, tuple[int, int]]:
    """How many words of each list are within ten proposals, and how many there are.

    The term is asked for alone; or with half of the list for the other half, and then the other way round. The halves
    are every second word in the order of their SHA-256. So each word is held out once.
    """
    counts = {}
    for file in files:
        texts = texts_of(data, file)
        held = [{word.casefold() for word in WORDS.findall(text)} for text in texts]
        for name, (where, term, words) in lists.items():
            if where != file:
                continue
            forms: dict[str, list[str]] = {}
            for word in words.split():
                if sum(word in each for each in held) >= LEAST and word[:5] != term[:5] and stem(word) != stem(term):
                    forms.setdefault(stem(word), []).append(word)
            dealt = sorted(forms, key=lambda each: hashlib.sha256(each.encode()).hexdigest())
            got = 0
            for held_out in (dealt[::2], dealt[1::2]) if half_asked else (dealt,):
                if held_out:
                    asked = [term, *(word for each in forms if each not in held_out for word in forms[each])]
                    proposed = {stem(each.term) for each in neighbours(asked, texts)}
                    assert len(proposed) == 10
                    got += len(proposed & {*held_out})
            counts[name] = got, len(dealt)
    return counts


def share(counts: dict[str, tuple[int, int]]) -> float:
    """The share of a list that is found, on average over the lists that have a word."""
    shares = [got / wanted for got, wanted in counts.values() if wanted]
    return sum(shares) / len(shares)


def of_file(counts: dict[str, tuple[int, int]], lists: dict[str, tuple[str, str, str]], *files: str) -> tuple[int, int]:
    return (
        sum(got for name, (got, _) in counts.items() if lists[name][0] in files),
        sum(wanted for name, (_, wanted) in counts.items() if lists[name][0] in files),
    )


@pytest.mark.data
@pytest.mark.parametrize("files", [(SCOOTERS,), pytest.param(tuple(COLUMNS), marks=pytest.mark.slow)])
def test_most_of_the_synonyms_are_among_ten_proposals_where_the_method_was_chosen(
    data: Path, files: tuple[str, ...]
) -> None:
    counts = found_and_wanted(data, CHOSEN_ON, files, half_asked=True)
    assert share(counts) >= 0.65, counts


@pytest.mark.data
@pytest.mark.slow
def test_half_of_the_synonyms_held_out_are_among_ten_proposals_on_lists_kept_back(data: Path) -> None:
    counts = found_and_wanted(data, MEASURED_ON, tuple(COLUMNS), half_asked=True)
    assert share(counts) >= 0.5, counts
    # In the small store it is less than half. The docs say so, and this holds them to it in both directions.
    assert of_file(counts, MEASURED_ON, AIID) == (3, 8), counts
    assert of_file(counts, MEASURED_ON, SCOOTERS, FIREWORKS) == (3, 6), counts
    assert of_file(counts, MEASURED_ON, BUILDING) == (8, 10), counts


@pytest.mark.data
@pytest.mark.slow
def test_one_term_alone_finds_less_than_half_on_lists_kept_back(data: Path) -> None:
    """The docs say so, and this holds them to it in both directions."""
    counts = found_and_wanted(data, MEASURED_ON, tuple(COLUMNS), half_asked=False)
    assert 0.35 <= share(counts) < 0.5, counts


@pytest.mark.data
@pytest.mark.parametrize(("file", "least"), [(SCOOTERS, 6), (FIREWORKS, 9)])
def test_clinical_abbreviations_of_a_published_inventory_are_among_ten_proposals(
    data: Path, file: str, least: int
) -> None:
    texts = texts_of(data, file)
    pairs = [pair.split(":") for pair in CLINICAL[file].split()]
    missed = [(word, short) for word, short in pairs if short not in {each.term for each in neighbours([word], texts)}]
    assert len(pairs) - len(missed) >= least, missed


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


def test_forms_of_a_term_are_left_to_its_inflections_and_one_form_of_each_other_word_is_proposed() -> None:
    texts = [f"The {hurt} hand was {way} by fire." for hurt in ("left", "right") for way in WAYS for _ in range(3)]
    texts += [f"Log {number}: nothing of note in the street." for number in range(20)]
    found = [each.term for each in neighbours(["burned"], texts)]
    assert not {"burn", "burns", "burning"} & {*found}
    assert len({"scald", "scalded", "scalding"} & {*found}) == 1


def test_a_phrase_is_asked_for_as_one_and_not_word_by_word() -> None:
    texts = [text.replace("AI", "artificial intelligence") for text in SAID]
    texts += [f"The artificial hip was fitted at ward {way}, the intelligence was shared." for way in WAYS]
    texts += ["Artificial grass, artificial light. Intelligence, artificial", "artificial", ""]
    found = [each.term for each in neighbours(["Artificial intelligence"], texts)]
    assert found[0] == "deepfake" and not {"artificial", "intelligence"} & {*found}
    assert {each.of for each in neighbours(["artificial intelligence", "nothing here"], texts)} == {
        "artificial intelligence"
    }
    assert neighbours(["intelligence artificial"], texts) == []


WAYS = ("burned", "burn", "burns", "burning", "scald", "scalded", "scalding")


def test_names_behind_a_title_and_common_words_are_not_proposed() -> None:
    texts = ["The picture was made with AI by the sender."] * 4 + [
        "The picture was made with Mr Vale by the sender."
    ] * 4
    found = {each.term for each in neighbours(["AI"], texts)}
    assert "vale" not in found and found.isdisjoint({"the", "was", "with", "by"})
